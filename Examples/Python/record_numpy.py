"""Train on the digits in plain NumPy and record every update as a trace.

    python record_numpy.py --output traces/numpy --model mlp --dtype float64 --momentum 0.9
    python record_numpy.py --list
"""
import os
import sys

from recording import Trace, Variants, fail, require, settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads cost more than they bring for arrays this small
np = require("numpy", "numpy")
safetensors = require("safetensors.numpy", "safetensors")

import numpy_network_bugs  # noqa: E402 (after the check that NumPy is there)
import numpy_rounding  # noqa: E402
import numpy_update_bugs  # noqa: E402
from layouts import SHAPES, from_lockstep  # noqa: E402
from numpy_training import NETWORKS  # noqa: E402

VARIANTS = Variants(numpy_rounding.VARIANTS | numpy_network_bugs.VARIANTS | numpy_update_bugs.VARIANTS)


def own_weights(model, seed):
    """Uniform in ±1/√fan-in, binary32 numbers, under Lockstep's names."""
    generator = np.random.default_rng(seed)
    weights = {}
    for name, shape in SHAPES[model].items():
        if name.endswith("weight"):
            bound = np.prod(shape[1:]) ** -0.5
        weights[name] = generator.uniform(-bound, bound, shape).astype(np.float32)
    return weights


def main(arguments=None):
    s = settings(__doc__.splitlines()[0], VARIANTS, ["float32", "float64"], arguments)
    try:
        given = safetensors.load_file(s.init) if s.init else own_weights(s.model, s.seed)
        weights = from_lockstep(given, "numpy", s.model)
    except Exception as error:  # safetensors has no common error type
        fail(f"--init {s.init}: {error}")
    training = type(s.variant, (s.body, NETWORKS[s.model]), {})(s, weights)
    trace = Trace(s, lambda tensors, path: safetensors.save_file(
        {name: np.ascontiguousarray(t) for name, t in tensors.items()}, path))
    trace.initial(training.weights)
    for number in range(s.steps):
        loss, gradients, outputs, output_gradients = training.train(number)
        trace.update(number, loss, gradients, outputs, output_gradients, training.weights, training.buffers)
    trace.close()


if __name__ == "__main__":
    sys.exit(main())
