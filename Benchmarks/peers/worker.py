"""Peers written in Python run as workers: processes that stay, so that what is slow to start starts once.

A worker reads a line of JSON, {"seconds": S}, and answers with one, the list of the seconds that its calls took. Its first
line says that it is ready, or that it cannot be: {"ready": "PyTorch 2.13"} or {"missing": "why"}.
"""

import json
import os
import subprocess
import sys
import time
from statistics import median

from turns import Missing


class Worker:
    def __init__(self, script, arguments, threads):
        # Numerical libraries read how many threads they may use when they are loaded.
        names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
        environment = dict(os.environ, **{name: str(threads) for name in names})
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), script)
        self.process = subprocess.Popen(
            [sys.executable, path, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=environment)
        answer = self.answer()
        if "missing" in answer:
            self.close()
            raise Missing(answer["missing"])
        self.version = answer["ready"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            reason = self.process.stderr.read().strip().splitlines()
            return {"missing": reason[-1] if reason else "it ended without a word"}
        return json.loads(line)

    def measure(self, seconds):
        """The median time of a call, in seconds."""
        print(json.dumps({"seconds": seconds}), file=self.process.stdin, flush=True)
        answer = self.answer()
        if isinstance(answer, dict):
            raise Missing(answer["missing"])
        return median(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def serve(prepare):
    """The worker's side. prepare() gives a name with a version and the call to be timed, or raises ImportError or Missing."""
    # What libraries print must not get between the lines.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(answer):
        print(json.dumps(answer), file=answers, flush=True)

    try:
        name, call = prepare()
        for _ in range(2):
            call()
    except Exception as error:  # whatever keeps a peer from running is said, and the others go on
        say({"missing": f"{type(error).__name__}: {error}".splitlines()[0]})
        return
    say({"ready": name})
    for line in sys.stdin:
        budget = json.loads(line)["seconds"]
        call()  # the other side has had the caches since
        times, start = [], time.perf_counter()
        while len(times) < 2 or time.perf_counter() - start < budget:
            before = time.perf_counter()
            call()
            times.append(time.perf_counter() - before)
        say(times)
