"""NumPy variants that are wrong in what the network computes: data, layers, loss. Each is a bug as it is seen in
practice, and a short change to the plain script."""
import numpy as np

from recording import Variants

VARIANTS = Variants()


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
