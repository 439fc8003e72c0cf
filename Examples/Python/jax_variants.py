"""JAX variants: first those that differ in rounding only, then mistakes."""
import jax
import jax.numpy as jnp
from jax import lax

from recording import Variants

VARIANTS = Variants()
EVERYTHING = {"momentum": 0.9, "weight_decay": 5e-4}


@VARIANTS.correct()
class Plain:
    """The training as it stands, the gradient compiled by jit."""


@VARIANTS.correct()
class WithoutJit:
    """The same, one operation at a time."""

    def compiled(self, function):
        return function


@VARIANTS.correct()
class OneHotLoss:
    """Cross-entropy as −Σ one-hot · log-softmax."""

    def cross_entropy(self, z, y):
        return -(jax.nn.one_hot(y, 10, dtype=z.dtype) * jax.nn.log_softmax(z)).sum(1)


@VARIANTS.correct()
class PerSampleGradients:
    """The loss of every sample is made by vmap, as for per-sample gradients."""

    def cross_entropy(self, z, y):
        return jax.vmap(lambda row, label: jax.nn.logsumexp(row) - row[label])(z, y)


@VARIANTS.correct(models=["cnn-small"])
class ChannelsFirst:
    """The convolution is computed with channels first and turned back."""

    def convolve(self, x, kernel):
        y = lax.conv_general_dilated(x.transpose(0, 3, 1, 2), kernel.transpose(3, 2, 0, 1), (1, 1), "SAME")
        return y.transpose(0, 2, 3, 1)


@VARIANTS.bug(dtypes=["float32"])
class Bfloat16Compute:
    """Layers compute in bfloat16 and keep their parameters in binary32: Flax's dtype=bfloat16."""

    def layer(self, name, weights, x):
        short = {key: w.astype(jnp.bfloat16) for key, w in weights.items()}
        return super().layer(name, short, x.astype(jnp.bfloat16)).astype(self.dtype)


@VARIANTS.bug()
class SummedLoss:
    """The losses are summed."""

    def mean(self, losses):
        return losses.sum()


@VARIANTS.bug(models=["cnn-small"])
class PaddingBottomRight:
    """Both rows and columns of padding are at the bottom and the right."""

    def convolve(self, x, kernel):
        return lax.conv_general_dilated(x, kernel, (1, 1), ((0, 2), (0, 2)), dimension_numbers=("NHWC", "HWIO", "NHWC"))


@VARIANTS.bug()
class StoppedBias:
    """stop_gradient takes the biases out of the derivative."""

    def parameters(self, name, weights):
        kernel, bias = super().parameters(name, weights)
        return kernel, lax.stop_gradient(bias)


@VARIANTS.bug(**EVERYTHING)
class DecayOnKernelsOnly:
    """The biases do not decay: the mask that many recipes use."""

    def decayed(self, gradients):
        return {name: g if name.endswith("bias") else super(DecayOnKernelsOnly, self).decayed({name: g})[name]
                for name, g in gradients.items()}


@VARIANTS.bug(momentum=0.9, nesterov=True)
class NesterovMissing:
    """The study says Nesterov; the step is along the buffer."""

    def along(self, gradients):
        return self.buffers
