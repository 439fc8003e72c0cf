"""resnet8 in PyTorch, built and named as torchvision does, with ways to write its batch norm, right and wrong."""
import torch
from torch import nn
from torch.nn import functional

from recording import Variants
import torch_training

VARIANTS = Variants()
MODELS = {"resnet8": "resnet8(width:2)"}
WIDTH = 2


class Block(nn.Module):
    """Two 3×3 convolutions beside a shortcut, which is a 1×1 convolution where the shape changes."""

    def __init__(self, norm, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = norm(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = norm(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), norm(outputs))


class ResNet(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.conv1 = nn.Conv2d(1, WIDTH, 3, padding=1, bias=False)
        self.bn1 = norm(WIDTH)
        self.layer1 = nn.Sequential(Block(norm, WIDTH, WIDTH, 1))
        self.layer2 = nn.Sequential(Block(norm, WIDTH, 2 * WIDTH, 2))
        self.layer3 = nn.Sequential(Block(norm, 2 * WIDTH, 4 * WIDTH, 2))
        self.fc = nn.Linear(4 * WIDTH, 10)

    def outputs(self, x):
        """Every layer's output under Lockstep's name of the layer."""
        seen = {}

        def note(name, value):
            seen[name] = value
            return value

        x = note("conv1", self.conv1(x))
        x = note("bn1", self.bn1(x))
        x = note("relu1", functional.relu(x))
        for number, (block,) in enumerate([self.layer1, self.layer2, self.layer3], start=1):
            name = f"block{number}"
            y = note(f"{name}.conv1", block.conv1(x))
            y = note(f"{name}.bn1", block.bn1(y))
            y = note(f"{name}.relu1", functional.relu(y))
            y = note(f"{name}.conv2", block.conv2(y))
            y = note(f"{name}.bn2", block.bn2(y))
            if block.downsample is not None:
                x = note(f"{name}.shortcut.conv1", block.downsample[0](x))
                x = note(f"{name}.shortcut.bn1", block.downsample[1](x))
            x = note(name, y + x)
            x = note(f"relu{number + 1}", functional.relu(x))
        x = note("global-average-pool1", functional.adaptive_avg_pool2d(x, 1))
        note("fc1", self.fc(x.flatten(1)))
        return seen


class Training(torch_training.Training):
    def network(self):
        return ResNet(self.norm)

    def norm(self, channels):
        return nn.BatchNorm2d(channels)

    def forward(self, x):
        return self.model.outputs(x)

    def weights(self):
        """Parameters and running statistics."""
        return {name: value.detach() for name, value in self.model.state_dict().items()}


class HandNorm(nn.BatchNorm2d):
    """Batch norm written out; subclasses make one decision differently."""

    def forward(self, x):
        mean = x.mean((0, 2, 3))
        d = x - mean[:, None, None]
        variance = (d * d).mean((0, 2, 3))
        count = x.numel() / len(mean)
        y = d / torch.sqrt(self.normaliser(variance, count) + self.eps)[:, None, None]
        with torch.no_grad():
            self.running_mean += self.momentum * (mean - self.running_mean)
            self.running_var += self.momentum * (self.kept(variance, count) - self.running_var)
        return y * self.weight[:, None, None] + self.bias[:, None, None]

    def normaliser(self, variance, count):
        return variance

    def kept(self, variance, count):
        return variance * count / (count - 1)


# ---- right -----------------------------------------------------------------------------------------------------

@VARIANTS.correct(models=MODELS)
class Plain:
    """The training as it stands."""


@VARIANTS.correct(models=MODELS, dtypes=["float64"])
class ChannelsLast:
    """Activations and kernels are laid out channels last."""

    def network(self):
        return super().network().to(memory_format=torch.channels_last)

    def inputs(self, pixels):
        return super().inputs(pixels).contiguous(memory_format=torch.channels_last)


@VARIANTS.correct(models=MODELS)
class NormByHand:
    """Batch norm is written out; running statistics move by momentum times the difference."""

    def norm(self, channels):
        return HandNorm(channels)


# ---- wrong -----------------------------------------------------------------------------------------------------

@VARIANTS.bug(models=MODELS)
class BiasedRunningVariance:
    """The running variance lacks the factor M/(M − 1)."""

    def norm(self, channels):
        class Norm(HandNorm):
            def kept(self, variance, count):
                return variance
        return Norm(channels)


@VARIANTS.bug(models=MODELS)
class MomentumOtherWay:
    """momentum=0.9, as TensorFlow means it; PyTorch then takes 0.9 of each batch."""

    def norm(self, channels):
        return nn.BatchNorm2d(channels, momentum=0.9)


@VARIANTS.bug(models=MODELS)
class SlowStatistics:
    """momentum=0.01 in the norms."""

    def norm(self, channels):
        return nn.BatchNorm2d(channels, momentum=0.01)


@VARIANTS.bug(models=MODELS)
class StatisticsNotKept:
    """momentum=0: running statistics never move."""

    def norm(self, channels):
        return nn.BatchNorm2d(channels, momentum=0.0)


@VARIANTS.bug(models=MODELS)
class EvaluationMode:
    """model.eval() was called and model.train() was not."""

    def network(self):
        return super().network().eval()


@VARIANTS.bug(models=MODELS)
class EpsilonOfKeras:
    """eps=1e-3, the default of Keras."""

    def norm(self, channels):
        return nn.BatchNorm2d(channels, eps=1e-3)


@VARIANTS.bug(models=MODELS)
class UnbiasedNormalisation:
    """Training normalises with the unbiased variance, as x.var() gives it."""

    def norm(self, channels):
        class Norm(HandNorm):
            def normaliser(self, variance, count):
                return variance * count / (count - 1)
        return Norm(channels)


@VARIANTS.bug(models=MODELS)
class ShortcutDetached:
    """No gradient passes the shortcuts."""

    def network(self):
        model = super().network()
        for block in [model.layer2[0], model.layer3[0]]:
            block.downsample[0].register_forward_pre_hook(lambda module, inputs: (inputs[0].detach(),))
        return model
