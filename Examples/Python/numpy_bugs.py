"""NumPy variants that are wrong: bugs as they are seen in practice, each a short change to the plain script. What makes
each visible (a momentum, a decay, a schedule) is set unless the command line sets it."""
import numpy as np

from recording import Variants

VARIANTS = Variants()
EVERYTHING = {"momentum": 0.9, "weight_decay": 5e-4}


# ---- data --------------------------------------------------------------------------------------------------------

@VARIANTS.bug()
class InputsBy_255:
    """Pixels are divided by 255 instead of 16."""

    def inputs(self, pixels):
        return pixels.astype(self.dtype) / self.dtype(255)


@VARIANTS.bug()
class InputsBy_15:
    """Pixels are divided by 15, the largest of four bits, instead of 16."""

    def inputs(self, pixels):
        return pixels.astype(self.dtype) / self.dtype(15)


@VARIANTS.bug()
class TransposedImages:
    """Rows and columns of every image are exchanged; the shapes agree, being square."""

    def inputs(self, pixels):
        return super().inputs(pixels.swapaxes(2, 3))


@VARIANTS.bug()
class LabelsOffByOne:
    """Labels are counted from 1."""

    def targets(self, labels):
        return (labels + 1) % 10


@VARIANTS.bug()
class BatchesOffByOne:
    """Training begins with the second batch."""

    def batch(self, number):
        return super().batch(number + 1)


# ---- layers ------------------------------------------------------------------------------------------------------

@VARIANTS.bug(models=["cnn-small"])
class PaddingBottomRight:
    """Both rows and both columns of padding are put at the bottom and the right."""

    def padded(self, x):
        return np.pad(x, ((0, 0), (0, 0), (0, 2), (0, 2)))


@VARIANTS.bug(models=["cnn-small"])
class EdgePadding:
    """The image's edge is repeated instead of padding with zeros."""

    def padded(self, x):
        return np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")


@VARIANTS.bug(models=["cnn-small"])
class TrueConvolution:
    """The kernel is flipped, as mathematics has it, where networks correlate."""

    def patches(self, x):
        return super().patches(x)[..., ::-1, ::-1]


@VARIANTS.bug(models=["cnn-small"])
class TransposedKernel:
    """The 3×3 kernel is read column by column."""

    def patches(self, x):
        return super().patches(x).swapaxes(-1, -2)


@VARIANTS.bug(models=["cnn-small"])
class PoolingDividedByTwo:
    """Average pooling divides by the window's side, 2, instead of its area, 4."""

    def window_divisor(self):
        return self.dtype(2)


@VARIANTS.bug(models=["cnn-small"])
class PoolingGradientUndivided:
    """The gradient of average pooling is handed on without dividing it by 4."""

    def pool_backward(self, g):
        return g.repeat(2, axis=2).repeat(2, axis=3)


@VARIANTS.bug()
class ReluGradientMissing:
    """The gradient passes ReLU as if it were not there."""

    def relu_backward(self, x, g):
        return g


@VARIANTS.bug()
class ReluMaskOfGradient:
    """ReLU's gradient is masked where the gradient, not the input, is negative."""

    def relu_backward(self, x, g):
        return np.maximum(g, 0)


@VARIANTS.bug()
class StaleReluMask:
    """The mask of ReLU's gradient is that of the first batch, kept in a cache that is never renewed."""

    def relu_backward(self, x, g):
        self.mask = getattr(self, "mask", x > 0)
        return np.where(self.mask, g, self.dtype(0))


@VARIANTS.bug(models=["cnn-small"])
class ReluMaskOfPooling:
    """ReLU's mask is taken from the pooled output, where a window passes if any of its positions did."""

    def relu_backward(self, x, g):
        pooled = self.pool(self.relu(x)).repeat(2, axis=2).repeat(2, axis=3)
        return np.where(pooled > 0, g, self.dtype(0))


@VARIANTS.bug()
class LastBiasBroadcast:
    """The last layer adds the first element of its bias to every class."""

    def dense(self, x, w, b):
        return super().dense(x, w, b[:1] if len(b) == 10 else b)


# ---- loss --------------------------------------------------------------------------------------------------------

@VARIANTS.bug()
class SummedLossGradient:
    """The gradient is of the sum over the batch, not the mean."""

    def mean_gradient(self, g):
        return g


@VARIANTS.bug()
class MeanOverClassesToo:
    """The mean is taken over the batch and the classes."""

    def mean_gradient(self, g):
        return g / self.dtype(g.size)


@VARIANTS.bug()
class LastSampleWithoutTarget:
    """The softmax gradient has 1 subtracted for all samples but the last."""

    def minus_target(self, p, y):
        p[np.arange(len(y) - 1), y[:-1]] -= self.dtype(1)
        return p


@VARIANTS.bug()
class LogEpsilon:
    """The loss is −log(p + 1e-7), which also dampens the gradient a little."""

    def loss(self, z, y):
        p, _ = self.probabilities(z)
        each, epsilon = np.arange(len(y)), self.dtype(1e-7)
        target = p[each, y]
        g = self.minus_target(p, y) * (target / (target + epsilon))[:, None]
        return -np.log(target + epsilon).mean(), self.mean_gradient(g)


# ---- gradients ---------------------------------------------------------------------------------------------------

@VARIANTS.bug()
class BiasGradientMissing:
    """The biases have no gradient and never move."""

    def bias_gradient(self, g):
        return np.zeros(g.shape[1], self.dtype)


@VARIANTS.bug()
class BiasGradientMean:
    """The bias gradient is the mean over the batch of what is already a mean."""

    def bias_gradient(self, g):
        return self.sum_rows(g) / self.dtype(len(g))


@VARIANTS.bug()
class GradientsAccumulate:
    """Gradients are added to those of the updates before: zero_grad was forgotten."""

    def collected(self, gradients):
        before = getattr(self, "collection", {})
        self.collection = {name: g + before[name] if before else g for name, g in gradients.items()}
        return self.collection


@VARIANTS.bug(clip=0.1, momentum=0.9)
class ClipPerTensor:
    """Every tensor is clipped by its own norm."""

    def clipped(self, gradients):
        return {name: super(ClipPerTensor, self).clipped({name: g})[name] for name, g in gradients.items()}


@VARIANTS.bug(clip=0.1, momentum=0.9, weight_decay=0.05)
class ClipAfterDecay:
    """The norm that is clipped includes the weight decay."""

    def apply(self, gradients, number):
        super().apply({name: super(ClipAfterDecay, self).decayed(name, g) for name, g in gradients.items()}, number)

    def decayed(self, name, g):
        return g


# ---- SGD ---------------------------------------------------------------------------------------------------------

@VARIANTS.bug(**EVERYTHING)
class NoDecay:
    """Weight decay is left out."""

    def decayed(self, name, g):
        return g


@VARIANTS.bug(**EVERYTHING)
class DecayOnWeightsOnly:
    """The biases do not decay."""

    def decayed(self, name, g):
        return g if name.startswith("b") else super().decayed(name, g)


@VARIANTS.bug(**EVERYTHING)
class DecoupledDecay:
    """The decay is taken off the weight and bypasses the momentum."""

    def decayed(self, name, g):
        return g

    def stepped(self, name, rate, d):
        return super().stepped(name, rate, d) - rate * self.dtype(self.settings.weight_decay) * self.weights[name]


@VARIANTS.bug(momentum=0.9)
class DampenedStart:
    """The momentum buffer starts as (1 − μ)·g instead of g."""

    def direction(self, name, g):
        return super().direction(name, g if name in self.buffers else (1 - self.dtype(self.settings.momentum)) * g)


@VARIANTS.bug(momentum=0.9)
class AveragedMomentum:
    """The buffer is a moving average: μ·v + (1 − μ)·g."""

    def direction(self, name, g):
        return super().direction(name, (1 - self.dtype(self.settings.momentum)) * g)


@VARIANTS.bug(momentum=0.9, nesterov=True)
class NesterovMissing:
    """The study says Nesterov; the step is along the buffer."""

    def direction(self, name, g):
        super().direction(name, g)
        return self.buffers[name]


@VARIANTS.bug(momentum=0.9)
class NesterovExtra:
    """The study says momentum; the step is Nesterov's."""

    def direction(self, name, g):
        return g + self.dtype(self.settings.momentum) * super().direction(name, g)


@VARIANTS.bug(momentum=0.9, schedule="step:3,0.5")
class ScheduleOffByOne:
    """The schedule is moved on before the update, so every rate comes one update early."""

    def rate(self, number):
        return super().rate(number + 1)


@VARIANTS.bug(momentum=0.9, schedule="step:3,0.5")
class RateInsideBuffer:
    """The rate is multiplied into the buffer: the same while the rate is constant, and not when it changes."""

    def direction(self, name, g):
        self.current = self.dtype(self.rate(self.updates))
        return super().direction(name, self.current * g)

    def apply(self, gradients, number):
        self.updates = number
        super().apply(gradients, number)

    def stepped(self, name, rate, d):
        return self.weights[name] - d


# ---- precision ---------------------------------------------------------------------------------------------------

@VARIANTS.bug(dtypes=["float64"])
class SinglePrecisionProducts:
    """Matrix products of a binary64 run are made in binary32."""

    def matmul(self, a, b):
        return (a.astype(np.float32) @ b.astype(np.float32)).astype(self.dtype)


@VARIANTS.bug(dtypes=["float32"])
class Bfloat16Products:
    """Matrix products of a binary32 run take bfloat16 operands."""

    def matmul(self, a, b):
        return shortened(a, 16) @ shortened(b, 16)


@VARIANTS.bug(dtypes=["float32"])
class Tf32Products:
    """Matrix products of a binary32 run take TF32 operands, as some accelerators do unasked."""

    def matmul(self, a, b):
        return shortened(a, 13) @ shortened(b, 13)


def shortened(x, bits):
    """x rounded, ties to even, to a binary32 number whose last `bits` bits are 0."""
    word = np.ascontiguousarray(x).view(np.uint32)
    half = (word >> bits & 1) + (1 << (bits - 1)) - 1
    return ((word + half.astype(np.uint32)) >> bits << bits).view(np.float32)
