"""Peers written in C and C++: compiled on first use, started once a turn."""

import os
import shutil
import subprocess

from turns import Missing

HERE = os.path.dirname(os.path.abspath(__file__))
BUILT = os.path.join(HERE, "..", ".build", "peers")
VECTORS = os.path.join(HERE, "..", "Sources", "CHostVectors")


class Native:
    def __init__(self, source, libraries=(), also=()):
        self.path = os.path.join(BUILT, source.rsplit(".", 1)[0])
        compiler = os.environ.get("CXX", "c++") if source.endswith("pp") else os.environ.get("CC", "cc")
        if not shutil.which(compiler):
            raise Missing(f"no compiler {compiler}")
        os.makedirs(BUILT, exist_ok=True)
        command = [compiler, "-O2", "-I", os.path.join(VECTORS, "include"), os.path.join(HERE, source), *also]
        done = subprocess.run(
            [*command, "-o", self.path, *(f"-l{name}" for name in libraries)], capture_output=True, text=True)
        if done.returncode != 0:
            errors = [line for line in done.stderr.splitlines() if "error" in line]
            raise Missing((errors or done.stderr.strip().splitlines() or [f"{compiler} failed"])[0])

    def measure(self, *arguments):
        """The median time of a call, in seconds."""
        done = subprocess.run([self.path, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise Missing(done.stderr.strip() or f"it ended with {done.returncode}")
        return float(done.stdout)
