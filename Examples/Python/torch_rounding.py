"""PyTorch variants that are right: in exact arithmetic each gives the plain script's weights. Only roundings differ."""
import torch
from torch import nn
from torch.nn import functional

from recording import Variants

VARIANTS = Variants()
EVERYTHING = {"momentum": 0.9, "weight_decay": 5e-4}


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
