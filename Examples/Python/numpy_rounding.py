"""NumPy variants that are right: in exact arithmetic each gives the plain script's weights. Only roundings differ."""
import numpy as np

from recording import Variants, fail

VARIANTS = Variants()


@VARIANTS.correct()
class Plain:
    """The training as it stands: products by BLAS, convolution as a product with the patches."""


# ---- the order of sums -------------------------------------------------------------------------------------------

class _OverSamples:
    """Reorders the samples, but only inside the sums over them: the layers' outputs keep their order."""

    def weight_gradient(self, g, x):
        order = self.order(len(g))
        return super().weight_gradient(g[order], x[order])

    def sum_rows(self, g):
        return super().sum_rows(g[self.order(len(g))])


@VARIANTS.correct()
class ReversedBatch(_OverSamples):
    """Sums over the batch run from the last sample to the first."""

    def order(self, n):
        return np.arange(n)[::-1]


@VARIANTS.correct()
class PermutedBatch(_OverSamples):
    """Sums over the batch run in a random order."""

    def order(self, n):
        return np.random.default_rng(7).permutation(n)


@VARIANTS.correct()
class SequentialSums:
    """Every sum is one chain in index order, products rounded first."""

    def matmul(self, a, b):
        total = np.zeros((len(a), b.shape[1]), self.dtype)
        for k in range(len(b)):
            total = total + a[:, k, None] * b[k]
        return total

    def sum_rows(self, g):
        return np.add.accumulate(g, axis=0)[-1]


@VARIANTS.correct()
class PairwiseSums:
    """Every sum is a balanced tree."""

    def matmul(self, a, b):
        return self.sum_rows(a.T[:, :, None] * b[:, None, :])

    def sum_rows(self, g):
        if len(g) == 1:
            return g[0]
        half = len(g) // 2
        return self.sum_rows(g[:half]) + self.sum_rows(g[half:])


@VARIANTS.correct(dtypes=["float32"])
class DoubleAccumulation:
    """Sums are made in binary64 and rounded to binary32 once."""

    def matmul(self, a, b):
        return (a.astype(np.float64) @ b.astype(np.float64)).astype(self.dtype)

    def sum_rows(self, g):
        return g.sum(axis=0, dtype=np.float64).astype(self.dtype)


@VARIANTS.correct()
class MicroBatches:
    """Four micro-batches of 8 samples; their gradients are added."""

    def weight_gradient(self, g, x):
        return sum(super(MicroBatches, self).weight_gradient(g[i:i + len(g) // 4], x[i:i + len(g) // 4])
                   for i in range(0, len(g), len(g) // 4))


# ---- formulas that are algebraically equal -----------------------------------------------------------------------

@VARIANTS.correct(models=["cnn-small"])
class ShiftedConvolution:
    """The convolution is nine shifted images, each times its weight, added; no patches are laid out."""

    def convolve(self, x, w, b):
        h, wide = x.shape[2:]
        image = self.padded(x)
        total = np.zeros((len(x), len(w), h, wide), self.dtype)
        for row in range(3):
            for column in range(3):
                shifted = image[:, :, row:row + h, column:column + wide]
                total += np.einsum("bchw,oc->bohw", shifted, w[:, :, row, column])
        return total + b[:, None, None]


@VARIANTS.correct()
class FusedSoftmax:
    """Probabilities as exp(log-softmax), the logarithm as z − (maximum + log Σ)."""

    def probabilities(self, z):
        top = z.max(axis=1, keepdims=True)
        log_p = z - (top + np.log(self.exp(z - top).sum(axis=1, keepdims=True)))
        return self.exp(log_p), log_p


@VARIANTS.correct()
class UnshiftedSoftmax:
    """The maximum is not subtracted before the exponential; nothing overflows here."""

    def probabilities(self, z):
        e = self.exp(z)
        total = e.sum(axis=1, keepdims=True)
        return e / total, z - np.log(total)


@VARIANTS.correct(weight_decay=5e-4)
class FoldedDecay:
    """The update as w·(1 − η·λ) − η·g: the same as adding λ·w to the gradient, while there is no momentum."""

    def decayed(self, name, g):
        if self.settings.momentum:
            fail("variant folded-decay is right only without --momentum")
        return g

    def stepped(self, name, rate, g):
        return self.weights[name] * (1 - rate * self.dtype(self.settings.weight_decay)) - rate * g


@VARIANTS.correct()
class ScaledStep:
    """The update as w − (3·η)·(d / 3), the rescaling of perturbed SGD."""

    def stepped(self, name, rate, d):
        return self.weights[name] - rate * self.dtype(3) * (d / self.dtype(3))


@VARIANTS.correct(dtypes=["float32"])
class DoubleUpdate:
    """The update is made in binary64 and rounded to binary32 once."""

    def stepped(self, name, rate, d):
        return (self.weights[name] - np.float64(rate) * d).astype(self.dtype)


@VARIANTS.correct()
class FusedUpdate:
    """The update is one fused multiply-add: w − η·d, rounded once."""

    def stepped(self, name, rate, d):
        return fused_multiply_add(-rate, d, self.weights[name])


@VARIANTS.correct(dtypes=["float32"])
class DoubleExponential:
    """The exponential comes from the binary64 library, rounded: another last bit now and then."""

    def exp(self, x):
        return np.exp(x.astype(np.float64)).astype(self.dtype)


def fused_multiply_add(a, b, c):
    """round(a·b + c), correctly, barring over- and underflow. S. Boldo and G. Melquiond, Emulation of FMA and correctly
    rounded sums: proved algorithms using rounding to odd (IEEE Transactions on Computers 57, 2008)."""
    product, product_error = _two_product(a, b)
    low, low_error = _two_sum(c, product_error)
    high, high_error = _two_sum(product, low)
    return high + _round_to_odd(high_error, low_error)


def _two_sum(a, b):
    s = a + b
    other = s - a
    return s, (a - (s - other)) + (b - other)


def _two_product(a, b):
    p = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    return p, a_low * b_low - (((p - a_high * b_high) - a_low * b_high) - a_high * b_low)


def _halves(x):
    """Veltkamp's split: two numbers of half the precision whose sum is x."""
    factor = x.dtype.type(2 ** ((np.finfo(x.dtype).nmant + 2) // 2) + 1)
    c = factor * x
    high = c - (c - x)
    return high, x - high


def _round_to_odd(a, b):
    """a + b, where an inexact sum goes to the neighbour with an odd last bit."""
    s, error = _two_sum(a, b)
    even = s.view(f"u{s.itemsize}") & 1 == 0
    return np.where((error != 0) & even, np.nextafter(s, np.where(error > 0, np.inf, -np.inf).astype(s.dtype)), s)
