"""Our side: the built command."""

import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def fail(message):
    """What cannot be used ends the run with one line."""
    print(f"{os.path.basename(sys.argv[0])}: {message}", file=sys.stderr)
    raise SystemExit(2)


class Lockstep:
    """`lockstep bench`, asked for one line at a time."""

    def __init__(self, path=None):
        self.path = path or os.environ.get("LOCKSTEP") or os.path.join(ROOT, ".build", "release", "lockstep")
        if not os.access(self.path, os.X_OK):
            fail(f"{self.path} is not there; swift build -c release makes it, or name one with --lockstep")
        self.environment = {}

    def bench(self, arguments, threads, seconds):
        """All lines of a bench: name to median nanoseconds a unit."""
        command = [self.path, "bench", *arguments, "--threads", str(threads), "--seconds", str(seconds), "--json", "-"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            fail(f"{' '.join(command)}: {done.stderr.strip()}")
        result = json.loads(done.stdout)
        self.environment = result["environment"]
        return {line["name"]: line["nanosecondsPerUnit"]["median"] for line in result["results"]}

    def line(self, arguments, name, threads, seconds):
        """Nanoseconds a unit of one line."""
        return self.bench([*arguments, "--only", name], threads, seconds)[name]

    def step(self, model, batch, arithmetic, threads, seconds):
        """Milliseconds of a training step."""
        lines = self.bench(["training", "--model", model, "--batch", str(batch), "-a", arithmetic], threads, seconds)
        (nanoseconds,) = lines.values()
        return nanoseconds / 1e6
