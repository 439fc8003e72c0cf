"""How far recorded traces are from Lockstep's own run of the same study and the same starting weights.

    python differences.py traces --lockstep ../../.build/release/lockstep

For every trace under the folder: the largest |theirs − ours| / max |ours| of a tensor of weights, after the first
update and after the last. Ours is the run in the study's own arithmetic. Nothing is judged: the table shows what a
judge sees.
"""
import argparse
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from recording import ARITHMETICS, MODELS, fail, require

np = require("numpy", "numpy")
safetensors = require("safetensors.numpy", "safetensors")

from layouts import NAMES, to_lockstep  # noqa: E402 (after the check that NumPy is there)

COMPARED = [f"arithmetics: [{ARITHMETICS[dtype]}]" for dtype in ("float32", "float64")]


def described(folder):
    """Framework and model of a trace, told by the names of its weights and by its study."""
    names = set(safetensors.load_file(folder / "initial.safetensors"))
    line = (folder / "study.yaml").read_text().splitlines()[0]
    model = next((short for short, name in MODELS.items() if line == f"model: {name}"), None)
    for framework, models in NAMES.items():
        if model and set(models[model].values()) == names:
            return framework, model
    fail(f"{folder}: not a trace that the scripts here recorded")


class Reference:
    """Lockstep's runs, each made once."""

    def __init__(self, lockstep):
        self.lockstep, self.runs = lockstep, {}
        self.scratch = tempfile.TemporaryDirectory()

    def weights(self, study, initial, steps):
        """[weights after the first update, …, after the last], under Lockstep's names."""
        words = b"".join(initial[name].tobytes() for name in sorted(initial))
        key = hashlib.sha256(study.read_bytes() + words).hexdigest()
        if key not in self.runs:
            self.runs[key] = self._run(Path(self.scratch.name) / key, study, initial, steps)
        return self.runs[key]

    def _run(self, folder, study, initial, steps):
        folder.mkdir()
        safetensors.save_file({name: np.ascontiguousarray(w) for name, w in initial.items()}, folder / "w.safetensors")
        run = subprocess.run(
            [self.lockstep, "compare", "--study", study, "--init-from", folder / "w.safetensors", "--save", folder,
             "--save-steps", ",".join(map(str, steps)), "-q"], capture_output=True, text=True)
        if run.returncode != 0:
            fail(f"{study}: {run.stderr.strip()}")
        return [safetensors.load_file(next(folder.glob(f"*/step-{step:06}.safetensors"))) for step in steps]


def difference(theirs, ours):
    """The largest over tensors of max |theirs − ours| / max |ours|; NaN counts as infinite."""
    worst = 0.0
    for name, b in ours.items():
        a, b = np.asarray(theirs[name], np.float64), np.asarray(b, np.float64)
        ratio = np.abs(a - b).max() / np.abs(b).max()
        worst = max(worst, ratio if ratio == ratio else np.inf)
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lockstep", default="lockstep", help="the command")
    options = parser.parse_args()
    traces = sorted(path.parent for path in options.folder.rglob("study.yaml"))
    if not traces:
        fail(f"{options.folder}: no trace in it (a folder with a study.yaml)")
    if shutil.which(options.lockstep) is None:
        fail(f"--lockstep {options.lockstep}: there is no such command; build it with swift build --product lockstep")
    reference = Reference(options.lockstep)
    width = max(len(str(trace.relative_to(options.folder))) for trace in traces)
    print(f"{'trace':{width}}  {'step 1':>8}  {'last':>8}")
    for trace in traces:
        name = f"{str(trace.relative_to(options.folder)):{width}}"
        if (trace / "study.yaml").read_text().splitlines()[-1] not in COMPARED:
            print(f"{name}  not compared: only binary32 and binary64 are")
            continue
        framework, model = described(trace)
        last = len(list(trace.glob("step-*.safetensors")))

        def load(file):
            return to_lockstep(safetensors.load_file(trace / f"{file}.safetensors"), framework, model)

        ours = reference.weights(trace / "study.yaml", load("initial"), sorted({1, last}))
        theirs = [load(f"step-{step:06}") for step in sorted({1, last})]
        first, final = difference(theirs[0], ours[0]), difference(theirs[-1], ours[-1])
        print(f"{name}  {first:8.1e}  {final:8.1e}", flush=True)


if __name__ == "__main__":
    main()
