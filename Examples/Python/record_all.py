"""Record every variant of every framework that is installed, all from the same starting weights.

    python record_all.py --output traces

Makes traces/FRAMEWORK/MODEL/DTYPE/VARIANT with 8 updates each; beside them plain-everything, the plain script with
Nesterov's momentum, decay, a schedule and clipping, and plain-200, 200 updates of weights.
"""
import argparse
import importlib
import sys
import time
from pathlib import Path

from recording import MODELS, fail, require

FRAMEWORKS = ["numpy", "torch", "jax"]
# Settings of the variants that need none of their own: everything that SGD has, so that all of it is looked at. The
# others set what they need, and keep the rest off.
SGD = ["--momentum", "0.9", "--weight-decay", "5e-4"]
REST = ["--nesterov", "--schedule", "step:3,0.5", "--clip", "0.1", "--activation-gradients"]


def jobs(framework, variants, root, starts):
    """The command lines of all recordings of one framework."""
    for model in MODELS:
        for dtype in ["float32", "float64"]:
            common = ["--model", model, "--dtype", dtype, "--init", str(starts[model])]
            folder = root / framework / model / dtype
            for variant in variants.values():
                if model in variant.models and dtype in variant.dtypes:
                    yield ["--output", str(folder / variant.name), "--variant", variant.name, *common,
                           *([] if variant.needs else SGD)]
            yield ["--output", str(folder / "plain-everything"), *common, *SGD, *REST]
            yield ["--output", str(folder / "plain-200"), "--steps", "200", "--weights-only", *common, *SGD]
        if framework == "torch":
            for dtype in ["bfloat16", "float16"]:
                yield ["--output", str(root / framework / model / dtype / "plain"), "--model", model, "--dtype", dtype,
                       "--init", str(starts[model]), *SGD]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, metavar="DIR", required=True, help="folder to make")
    parser.add_argument("--frameworks", default=",".join(FRAMEWORKS), help="which, with commas between")
    options = parser.parse_args()
    if options.output.exists():
        fail(f"{options.output} exists already; give --output a new folder")
    wanted = options.frameworks.split(",")
    if not set(wanted) <= set(FRAMEWORKS):
        fail(f"--frameworks {options.frameworks}: the frameworks are {', '.join(FRAMEWORKS)}")

    import record_numpy  # whose starting weights all frameworks take
    safetensors = require("safetensors.numpy", "safetensors")
    options.output.mkdir(parents=True)
    starts = {}
    for model in MODELS:
        starts[model] = options.output / f"start-{model}.safetensors"
        safetensors.save_file(record_numpy.own_weights(model, seed=1), starts[model])

    missing = []
    for framework in wanted:
        try:
            script = importlib.import_module(f"record_{framework}")
        except SystemExit:  # it has said what is missing
            missing.append(framework)
            continue
        begin, count = time.monotonic(), 0
        for job in jobs(framework, script.VARIANTS, options.output, starts):
            script.main(job)
            count += 1
        print(f"{framework}: {count} traces in {time.monotonic() - begin:.0f} s", flush=True)
    return 2 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
