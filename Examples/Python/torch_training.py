"""The two networks in PyTorch, trained as its tutorials do. Every method is one decision; a variant is a class that
makes one of them differently."""
import torch
from torch import nn

from digits import batch_range, training_samples


class Training:
    """A model, an optimizer and a schedule."""

    def __init__(self, settings, weights):
        self.settings = settings
        self.dtype = getattr(torch, settings.dtype)
        torch.manual_seed(settings.seed)
        self.model = self.network().to(self.dtype)
        if weights is not None:
            self.model.load_state_dict({name: w.to(self.dtype) for name, w in weights.items()})
        pixels, labels = training_samples()
        self.pixels = torch.tensor(pixels, dtype=torch.uint8).reshape(-1, 1, 8, 8)
        self.labels = torch.tensor(labels)
        self.criterion = self.loss_function()
        self.optimizer = self.make_optimizer()
        self.schedule = self.make_schedule()

    def train(self, number):
        """One update; returns its loss, gradients, layer outputs and the gradients of these."""
        x, y = self.batch(number)
        self.clear_gradients()
        outputs = self.forward(x)
        for value in outputs.values():
            value.retain_grad()
        loss = self.criterion(self.scores(outputs), y)
        self.backward(loss)
        gradients = {name: p.grad.clone() for name, p in self.model.named_parameters() if p.grad is not None}
        self.clip()
        self.advance()
        output_gradients = {name: value.grad for name, value in outputs.items() if value.grad is not None}
        return loss.item(), gradients, {name: value.detach() for name, value in outputs.items()}, output_gradients

    # model and data

    def network(self):
        if self.settings.model == "mlp":
            return nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
        return nn.Sequential(self.convolution(), nn.ReLU(), self.pooling(), nn.Flatten(), nn.Linear(64, 10))

    def convolution(self):
        return nn.Conv2d(1, 4, 3, padding=1)

    def pooling(self):
        return nn.AvgPool2d(2)

    def batch(self, number):
        samples = batch_range(number, len(self.labels))
        return self.inputs(self.pixels[samples]), self.labels[samples]

    def inputs(self, pixels):
        return pixels.to(self.dtype) / 16

    # one update

    def clear_gradients(self):
        self.optimizer.zero_grad()

    def forward(self, x):
        """Every layer's output under the layer's name in the Sequential. An output that needs no gradient yet (the
        flattened input) is asked for one."""
        outputs = {}
        for name, layer in self.model.named_children():
            x = layer(x)
            if not x.requires_grad:
                x.requires_grad_()
            outputs[name] = x
        return outputs

    def scores(self, outputs):
        return list(outputs.values())[-1]

    def loss_function(self):
        return nn.CrossEntropyLoss()

    def backward(self, loss):
        loss.backward()

    def clip(self):
        """Scales all gradients by limit / norm if their norm is greater."""
        if self.settings.clip is None:
            return
        gradients = [p.grad for p in self.model.parameters()]
        norm = torch.stack([(g * g).sum() for g in gradients]).sum().sqrt()
        if norm > self.settings.clip:
            for g in gradients:
                g *= self.settings.clip / norm

    def advance(self):
        self.optimizer.step()
        self.schedule.step()

    # optimizer

    def make_optimizer(self):
        return torch.optim.SGD(self.model.parameters(), **self.options())

    def options(self):
        s = self.settings
        return {"lr": s.lr, "momentum": s.momentum, "weight_decay": s.weight_decay, "nesterov": s.nesterov}

    def make_schedule(self):
        s = self.settings
        return torch.optim.lr_scheduler.StepLR(self.optimizer, s.schedule_length or 2 ** 31, s.schedule_factor)

    # what is recorded

    def weights(self):
        return {name: p.detach() for name, p in self.model.named_parameters()}

    def buffers(self):
        return {name: self.optimizer.state[p]["momentum_buffer"] for name, p in self.model.named_parameters()
                if self.optimizer.state[p].get("momentum_buffer") is not None}
