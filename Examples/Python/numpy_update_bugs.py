"""NumPy variants that are wrong in the update (gradients, SGD) or in precision. What makes each visible (a momentum, a
decay, a schedule) is set unless the command line sets it."""
import numpy as np

from recording import Variants

VARIANTS = Variants()
EVERYTHING = {"momentum": 0.9, "weight_decay": 5e-4}


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
