"""PyTorch variants: first those that differ in rounding only, then the mistakes that users of PyTorch make."""
import torch
from torch import nn
from torch.nn import functional

from recording import Variants

VARIANTS = Variants()
EVERYTHING = {"momentum": 0.9, "weight_decay": 5e-4}


# ---- right: only roundings differ --------------------------------------------------------------------------------

@VARIANTS.correct()
class Plain:
    """The training as it stands."""


@VARIANTS.correct(**EVERYTHING)
class ForeachSgd:
    """SGD with foreach=True: all tensors in one call."""

    def options(self):
        return super().options() | {"foreach": True}


@VARIANTS.correct(**EVERYTHING)
class FusedSgd:
    """SGD with fused=True: one kernel for the whole update."""

    def options(self):
        return super().options() | {"fused": True}


@VARIANTS.correct()
class ChannelsLast:
    """Activations and kernels are laid out channels last."""

    def network(self):
        return super().network().to(memory_format=torch.channels_last)

    def inputs(self, pixels):
        return super().inputs(pixels).contiguous(memory_format=torch.channels_last)


@VARIANTS.correct(dtypes=["float32"])
class Compiled:
    """The forward pass goes through torch.compile (which needs a C++ compiler)."""

    def forward(self, x):
        if not hasattr(self, "compiled"):
            self.compiled = torch.compile(super().forward)
        return self.compiled(x)


@VARIANTS.correct()
class LogsumexpLoss:
    """Cross-entropy written by hand as logsumexp(z) − z_y."""

    def loss_function(self):
        return lambda z, y: (torch.logsumexp(z, 1) - z[torch.arange(len(y)), y]).mean()


@VARIANTS.correct()
class MicroBatches:
    """Gradient accumulation: four micro-batches of 8, each loss divided by 4."""

    divisor = 4

    def backward(self, loss):
        for samples in torch.arange(32).split(8):
            (self.criterion(self.model(self.x[samples]), self.y[samples]) / self.divisor).backward()

    def batch(self, number):
        self.x, self.y = super().batch(number)
        return self.x, self.y


@VARIANTS.correct(models=["cnn-small"])
class UnfoldedConvolution:
    """The convolution as unfold and a matrix product."""

    def convolution(self):
        return _UnfoldedConvolution(1, 4, 3, padding=1)


class _UnfoldedConvolution(nn.Conv2d):
    def forward(self, x):
        columns = functional.unfold(x, 3, padding=1)
        return (self.weight.flatten(1) @ columns + self.bias[:, None]).unflatten(2, x.shape[2:])


@VARIANTS.correct()
class WithoutOnednn:
    """PyTorch's own kernels instead of oneDNN's."""

    def train(self, number):
        with torch.backends.mkldnn.flags(enabled=False):
            return super().train(number)


# ---- wrong: data, model and loss ---------------------------------------------------------------------------------

@VARIANTS.bug()
class InputsBy_255:
    """Pixels are divided by 255, as ToTensor would, instead of 16."""

    def inputs(self, pixels):
        return pixels.to(self.dtype) / 255


@VARIANTS.bug()
class ShuffledBatches:
    """The loader shuffles where the study says sequential."""

    def batch(self, number):
        order = torch.randperm(len(self.labels), generator=torch.Generator().manual_seed(number))[:32]
        return self.inputs(self.pixels[order]), self.labels[order]


@VARIANTS.bug()
class SoftmaxTwice:
    """Probabilities, not logits, go into CrossEntropyLoss."""

    def scores(self, outputs):
        return super().scores(outputs).softmax(1)


@VARIANTS.bug()
class LabelSmoothing:
    """The loss smooths the labels by 0.1."""

    def loss_function(self):
        return nn.CrossEntropyLoss(label_smoothing=0.1)


@VARIANTS.bug()
class SummedLoss:
    """reduction="sum"."""

    def loss_function(self):
        return nn.CrossEntropyLoss(reduction="sum")


@VARIANTS.bug(models=["cnn-small"])
class ReflectedPadding:
    """padding_mode="reflect" instead of zeros."""

    def convolution(self):
        return nn.Conv2d(1, 4, 3, padding=1, padding_mode="reflect")


@VARIANTS.bug(models=["cnn-small"])
class MaximumPooling:
    """Max pooling instead of average pooling."""

    def pooling(self):
        return nn.MaxPool2d(2)


@VARIANTS.bug(models=["cnn-small"])
class PoolingDivisor:
    """divisor_override=2: the window's side instead of its area."""

    def pooling(self):
        return nn.AvgPool2d(2, divisor_override=2)


@VARIANTS.bug()
class LeakyActivation:
    """LeakyReLU instead of ReLU; at its slope of 0.01 the loss hardly tells."""

    def network(self):
        layers = super().network()
        return nn.Sequential(*(nn.LeakyReLU() if isinstance(layer, nn.ReLU) else layer for layer in layers))


# ---- wrong: gradients --------------------------------------------------------------------------------------------

@VARIANTS.bug()
class ZeroGradForgotten:
    """optimizer.zero_grad() is missing, so gradients accumulate."""

    def clear_gradients(self):
        pass


@VARIANTS.bug()
class MicroBatchesUndivided(MicroBatches):
    """Gradient accumulation over four micro-batches without dividing the loss by 4."""

    divisor = 1


@VARIANTS.bug()
class FrozenBias:
    """The last bias has requires_grad off and stays where it was."""

    def network(self):
        layers = super().network()
        layers[-1].bias.requires_grad_(False)
        return layers


@VARIANTS.bug(clip=0.1, momentum=0.9)
class ClipPerTensor:
    """clip_grad_norm_ is called for every parameter by itself."""

    def clip(self):
        for p in self.model.parameters():
            nn.utils.clip_grad_norm_([p], self.settings.clip)


@VARIANTS.bug(clip=0.1, momentum=0.9)
class ClipAfterStep:
    """The gradients are clipped after the optimizer has used them."""

    def clip(self):
        pass

    def advance(self):
        super().advance()
        super().clip()


@VARIANTS.bug(clip=0.1, momentum=0.9)
class ClipWithEpsilon:
    """clip_grad_norm_ as it comes: it divides by norm + 1e-6. No mistake of the user's, but not the study's formula."""

    def clip(self):
        nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)


# ---- wrong: the optimizer ----------------------------------------------------------------------------------------

@VARIANTS.bug(**EVERYTHING)
class NoDecay:
    """weight_decay is not given to SGD."""

    def options(self):
        return super().options() | {"weight_decay": 0}


@VARIANTS.bug(**EVERYTHING)
class DecayOnWeightsOnly:
    """The biases are in a parameter group without decay."""

    def make_optimizer(self):
        named = list(self.model.named_parameters())
        groups = [{"params": [p for name, p in named if not name.endswith("bias")]},
                  {"params": [p for name, p in named if name.endswith("bias")], "weight_decay": 0}]
        return torch.optim.SGD(groups, **self.options())


@VARIANTS.bug(**EVERYTHING)
class DecoupledDecay:
    """The weights are shrunk before the step, as AdamW does, and SGD gets no decay."""

    def options(self):
        return super().options() | {"weight_decay": 0}

    def advance(self):
        with torch.no_grad():
            for p in self.model.parameters():
                p *= 1 - self.optimizer.param_groups[0]["lr"] * self.settings.weight_decay
        super().advance()


@VARIANTS.bug(momentum=0.9)
class Dampening:
    """dampening=0.9, to make the buffer an average. (PyTorch does not dampen the first gradient.)"""

    def options(self):
        return super().options() | {"dampening": 0.9}


@VARIANTS.bug(momentum=0.9, nesterov=True)
class NesterovMissing:
    """nesterov=True is not given to SGD."""

    def options(self):
        return super().options() | {"nesterov": False}


@VARIANTS.bug(momentum=0.9)
class FreshOptimizer:
    """A new optimizer for every update, so that no momentum is kept."""

    def clear_gradients(self):
        self.optimizer = self.make_optimizer()
        super().clear_gradients()


@VARIANTS.bug(momentum=0.9, schedule="step:3,0.5")
class ScheduleOffByOne:
    """scheduler.step() comes before optimizer.step()."""

    def advance(self):
        self.schedule.step()
        self.optimizer.step()


# ---- wrong: precision --------------------------------------------------------------------------------------------

@VARIANTS.bug(dtypes=["float32"])
class AutocastBfloat16:
    """The forward pass runs under autocast to bfloat16."""

    def forward(self, x):
        with torch.autocast("cpu", torch.bfloat16):
            return super().forward(x)


@VARIANTS.bug(dtypes=["float64"])
class SinglePrecisionLoss:
    """The logits of a binary64 run pass through .float() on the way to the loss."""

    def scores(self, outputs):
        return super().scores(outputs).float()
