"""PyTorch variants that are wrong: mistakes that its users make. What makes each visible (a momentum, a decay, a
schedule) is set unless the command line sets it."""
import torch
from torch import nn

from recording import Variants
from torch_rounding import MicroBatches

VARIANTS = Variants()
EVERYTHING = {"momentum": 0.9, "weight_decay": 5e-4}


# ---- data, model and loss ---------------------------------------------------------------------------------

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


# ---- gradients --------------------------------------------------------------------------------------------

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


# ---- the optimizer ----------------------------------------------------------------------------------------

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


# ---- precision --------------------------------------------------------------------------------------------

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
