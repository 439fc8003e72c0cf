"""What Lockstep says of recorded traces.

    python judge.py traces --lockstep ../../.build/release/lockstep
    python judge.py traces/numpy/mlp --weights-only --markdown

Runs `lockstep oracle check` on every trace under the folder and prints one line each: the verdict, how many times the
largest error of the ensemble was seen, where it shows first, and what Lockstep takes it for. A correct variant that is
called different, or a bug that is not, counts as a miss; with misses the exit code is 1.
"""
import argparse
import importlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from recording import fail

# NumPy's names are nobody's convention.
NUMPY_MAPS = {
    "mlp(64,32,10)": ["W1=fc1.weight", "b1=fc1.bias", "W2=fc2.weight", "b2=fc2.bias", "flat=flatten1", "hidden=fc1",
                      "rectified=relu1", "logits=fc2"],
    "cnn-small": ["W1=conv1.weight", "b1=conv1.bias", "W2=fc1.weight", "b2=fc1.bias", "convolved=conv1",
                  "rectified=relu1", "pooled=average-pool1", "flat=flatten1", "logits=fc1"],
}
JAX_LAYERS = {
    "mlp(64,32,10)": ["Dense_0=fc1", "relu_0=relu1", "Dense_1=fc2"],
    "cnn-small": ["Conv_0=conv1", "relu_0=relu1", "avg_pool_0=average-pool1", "Dense_0=fc1"],
}


def correct_variants():
    """Names of the variants that only round otherwise; those that need a missing framework are left out."""
    names = {"plain-everything", "plain-200"}
    for module, table in [("record_numpy", "VARIANTS"), ("record_torch", "VARIANTS"), ("record_jax", "VARIANTS")]:
        try:
            variants = getattr(importlib.import_module(module), table)
        except SystemExit:
            continue
        names |= {name for name, variant in variants.items() if variant.correct}
    return names


def check(lockstep, folder, weights_only, scratch):
    study = (folder / "study.yaml").read_text().splitlines()[0].removeprefix("model: ")
    command = [lockstep, "oracle", "check", "--study", folder / "study.yaml", "-q", "--json", scratch]
    if weights_only:
        command += ["--initial", folder / "initial.safetensors"]
        for file in sorted(folder.glob("step-*.safetensors")):
            command += ["--trace", f"{int(file.stem.removeprefix('step-'))}={file}"]
    else:
        command += ["--from", folder]
    maps = NUMPY_MAPS if "numpy" in folder.parts else JAX_LAYERS if "jax" in folder.parts else {}
    for rule in maps.get(study, []):
        if weights_only and "." not in rule:
            continue
        command += ["--map", rule]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (0, 1, 3):
        return None, run.stderr.strip()
    return json.loads(Path(scratch).read_text()), ""


def number(text):
    return float("inf") if text == "Infinity" else float(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("traces", type=Path, help="a folder of traces that the scripts here recorded")
    parser.add_argument("--lockstep", default="lockstep", help="the command")
    parser.add_argument("--weights-only", action="store_true", help="judge by weights alone")
    parser.add_argument("--markdown", action="store_true", help="rows of a table")
    options = parser.parse_args()
    lockstep = shutil.which(options.lockstep)
    if lockstep is None:
        fail(f"--lockstep {options.lockstep}: there is no such command; swift build -c release makes .build/release/lockstep")
    studies = sorted(options.traces.rglob("study.yaml"))
    if not studies:
        fail(f"{options.traces}: there are no traces")
    correct = correct_variants()
    misses = 0
    with tempfile.TemporaryDirectory() as folder:
        for study in studies:
            trace = study.parent
            name = "/".join(trace.parts[-4:])
            result, problem = check(lockstep, trace, options.weights_only, f"{folder}/result.json")
            if result is None:
                misses += 1
                print(f"{name}: {problem}")
                continue
            rows = result["tensors"]
            worst = max(rows, key=lambda row: number(row["ratio"])) if rows else None
            expected = "agrees" if trace.name in correct else "differs"
            miss = result["verdict"] != expected
            misses += miss
            first = result["firstDifference"]
            fault = result["firstOperation"]
            cells = [
                name, result["verdict"] + (" (MISS)" if miss else ""),
                f"{number(worst['ratio']):.3g}" if worst else "",
                f"update {first['update']}, {first['tensor']}" if first else "",
                f"{fault['pass']} {fault['operation']}" if fault else "",
                result["explanation"]["name"] if result["explanation"] else "",
            ]
            print("| " + " | ".join(cells) + " |" if options.markdown else "  ".join(cell for cell in cells if cell), flush=True)
    print(f"{len(studies)} traces, {misses} misses", file=sys.stderr)
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
