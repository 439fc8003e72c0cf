"""Train on the digits in PyTorch and record every update as a trace.

    python record_torch.py --output traces/torch --model cnn-small --momentum 0.9 --weight-decay 5e-4
    python record_torch.py --list
"""
import sys
import warnings

from recording import MODELS, Trace, Variants, fail, require, settings

torch = require("torch", "torch")
safetensors = require("safetensors.torch", "safetensors")

import torch_bugs  # noqa: E402 (after the check that PyTorch is there)
import torch_rounding  # noqa: E402
from layouts import from_lockstep  # noqa: E402
from torch_training import Training  # noqa: E402

VARIANTS = Variants(torch_rounding.VARIANTS | torch_bugs.VARIANTS)


def main(arguments=None, description=__doc__, variants=VARIANTS, models=MODELS, base=Training):
    dtypes = ["float32", "float64", "bfloat16", "float16"]
    s = settings(description.splitlines()[0], variants, dtypes, arguments, models)
    weights = None
    if s.init and s.model not in MODELS:
        fail("--init is for " + " and ".join(MODELS))
    if s.init:
        try:
            weights = from_lockstep(safetensors.load_file(s.init), "torch", s.model)
        except Exception as error:  # safetensors has no common error type
            fail(f"--init {s.init}: {error}")
    warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")  # one variant does it on purpose
    warnings.filterwarnings("ignore", message="TF32 acceleration")  # said whenever oneDNN is switched
    torch.set_num_threads(1)  # threads cost more than they bring for tensors this small
    training = type(s.variant, (s.body, base), {})(s, weights)
    trace = Trace(s, lambda tensors, path: safetensors.save_file(
        {name: t.contiguous().clone() for name, t in tensors.items()}, path))
    trace.initial(training.weights())
    for number in range(s.steps):
        loss, gradients, outputs, output_gradients = training.train(number)
        trace.update(number, loss, gradients, outputs, output_gradients, training.weights(), training.buffers())
    trace.close()


if __name__ == "__main__":
    sys.exit(main())
