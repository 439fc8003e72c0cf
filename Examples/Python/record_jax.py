"""Train on the digits in JAX and record every update as a trace.

    python record_jax.py --output traces/jax --model cnn-small --dtype float64
    python record_jax.py --list
"""
import os
import sys

from recording import Trace, fail, require, settings

os.environ.setdefault("JAX_PLATFORMS", "cpu")
np = require("numpy", "numpy")
jax = require("jax", "jax")
safetensors = require("safetensors.numpy", "safetensors")

from jax_training import Training  # noqa: E402 (after the check that JAX is there)
from jax_variants import VARIANTS  # noqa: E402
from layouts import from_lockstep  # noqa: E402


def main(arguments=None):
    s = settings(__doc__.splitlines()[0], VARIANTS, ["float32", "float64", "bfloat16", "float16"], arguments)
    jax.config.update("jax_enable_x64", s.dtype == "float64")
    weights = None
    if s.init:
        try:
            weights = from_lockstep(safetensors.load_file(s.init), "jax", s.model)
        except Exception as error:  # safetensors has no common error type
            fail(f"--init {s.init}: {error}")
    training = type(s.variant, (s.body, Training), {})(s, weights)
    trace = Trace(s, lambda tensors, path: safetensors.save_file(
        {name: np.ascontiguousarray(t) for name, t in tensors.items()}, path))
    trace.initial(training.weights)
    for number in range(s.steps):
        loss, gradients, outputs, output_gradients = training.train(number)
        trace.update(number, loss, gradients, outputs, output_gradients, training.weights, training.buffers)
    trace.close()


if __name__ == "__main__":
    sys.exit(main())
