"""What is measured: four parts, each a list of works with their peers."""

import os
from contextlib import ExitStack

import native
from native import Native
from turns import Missing, Row, take_turns
from worker import Worker

FLOATS = ["float", "double"]


class Part:
    """One part of a run. Peers that are not here are kept in `missing`, by name, with the reason."""

    def __init__(self, lockstep, seconds, turns, say):
        self.lockstep, self.seconds, self.turns, self.say = lockstep, seconds, turns, say
        self.missing = {}
        self.versions = set()
        self.rows = []

    def compare(self, work, arithmetic, threads, unit, ours, peers):
        """Our time beside each peer's: peers are (name, call that makes a measurement)."""
        with ExitStack() as stack:
            rows, theirs = [], []
            for name, make in peers:
                try:
                    measure = make(stack)
                except Missing as reason:
                    self.missing.setdefault(name, str(reason))
                    continue
                rows.append(Row(work, arithmetic, threads, name, unit))
                theirs.append(measure)
            if not rows:
                return
            try:
                take_turns(rows, ours, theirs, self.turns)
            except Missing as reason:  # a peer that ends half-way
                self.missing[f"{work} in {arithmetic}"] = str(reason)
                return
            self.rows += rows
            for row in rows:
                self.say(f"{work}, {arithmetic}, {threads}: {row.peer} {row.ratio:.2f}")

    def native(self, program, scale, *arguments):
        """A measurement by a program that is started for each turn."""
        program.measure(*arguments, 0)  # what cannot run shows here
        return lambda: program.measure(*arguments, self.seconds) * scale

    def worker(self, stack, script, arguments, threads, scale):
        """A measurement by a worker that stays for these turns; scale turns seconds into the row's unit."""
        worker = Worker(script, arguments, threads)
        stack.callback(worker.close)
        self.versions.add(worker.version)
        return lambda: worker.measure(self.seconds) * scale


class Training(Part):
    models = ["mlp(784,256,256,10)", "lenet5", "resnet20"]
    batch = 128

    def run(self, threads_list):
        for threads in threads_list:
            for model in self.models:
                for arithmetic in FLOATS:
                    settings = ["default", "compiled"] if model.startswith("mlp") else [
                        "default", "channels_last", "compiled"]
                    self.compare(
                        f"{model}, batch {self.batch}", arithmetic, threads, "ms a step",
                        lambda: self.lockstep.step(model, self.batch, arithmetic, threads, self.seconds),
                        [(f"PyTorch {setting}", lambda stack, setting=setting: self.worker(
                            stack, "torch_training.py", [model, self.batch, arithmetic, setting], threads, 1e3))
                         for setting in settings])


class Products(Part):
    #: As `lockstep bench products` calls them, and what PyTorch is told: channels in and out, kernel, size, stride, padding.
    layers = {
        "conv 6-16 5x5 14x14": (6, 16, 5, 14, 1, 0), "conv 16-16 3x3 32x32": (16, 16, 3, 32, 1, 1),
        "conv 16-32 3x3/2 32x32": (16, 32, 3, 32, 2, 1), "conv 32-32 3x3 16x16": (32, 32, 3, 16, 1, 1),
        "conv 64-64 3x3 8x8": (64, 64, 3, 8, 1, 1),
    }
    batch = 8

    def run(self, threads_list):
        for threads in threads_list:
            for arithmetic in FLOATS:
                for size in [128, 512]:
                    units = size**3
                    self.product(f"matmul {size}x{size}x{size}", arithmetic, threads, units, [
                        ("NumPy", "numpy_products.py", [size, arithmetic]),
                        ("PyTorch", "torch_products.py", [arithmetic, "matmul", size])])
                for name, (inputs, outputs, kernel, size, stride, padding) in self.layers.items():
                    out = (size + 2 * padding - kernel) // stride + 1
                    units = self.batch * outputs * out * out * inputs * kernel * kernel
                    for direction, ending in [("forward", ""), ("input", ", by input"), ("kernel", ", by kernel")]:
                        numbers = [self.batch, inputs, outputs, kernel, size, stride, padding]
                        self.product(name + ending, arithmetic, threads, units, [
                            ("PyTorch", "torch_products.py", [arithmetic, direction, *numbers])])

    def product(self, work, arithmetic, threads, units, peers):
        self.compare(
            work, arithmetic, threads, "ns a multiply-accumulate",
            lambda: self.lockstep.line(["products", "-a", arithmetic], work, threads, self.seconds),
            [(name, lambda stack, script=script, arguments=arguments: self.worker(
                stack, script, arguments, threads, 1e9 / units)) for name, script, arguments in peers])


class Functions(Part):
    ranges = {"log": (0.01, 100), "log1p": (-0.99, 100)}
    count = 4096

    def run(self, _):
        try:
            program = Native("vector_functions.c", ["dl", "m"], [os.path.join(native.VECTORS, "host_vectors.c")])
        except Missing as reason:
            self.missing["libmvec"] = str(reason)
            return
        for arithmetic in FLOATS:
            for function in ["exp", "expm1", "log", "log1p", "tanh", "sin", "cos"]:
                least, most = self.ranges.get(function, (-10, 10))
                name = function + ("f" if arithmetic == "float" else "")
                self.compare(
                    function, arithmetic, 1, "ns an element",
                    lambda: self.lockstep.line(["functions", "-a", arithmetic], function, 1, self.seconds),
                    [("libmvec", lambda _: self.native(program, 1e9 / self.count, name, least, most))])


class Big(Part):
    """MPFR arithmetic: products beside libraries, and steps beside our own in double."""

    precisions = [128, 256, 512]

    def run(self, threads_list):
        programs = {}
        for name, source in [("MPFR loop", "mpfr_products.c"), ("Boost", "boost_products.cpp")]:
            try:
                programs[name] = Native(source, ["mpfr", "gmp", "m"])
            except Missing as reason:
                self.missing[name] = str(reason)
        for threads in threads_list:
            for precision in self.precisions:
                for (m, k, n), binades in [((64, 128, 64), 1), ((64, 128, 64), 40), ((128, 128, 128), 1)]:
                    self.product(precision, m, k, n, binades, threads, programs)
        self.steps()

    def product(self, precision, m, k, n, binades, threads, programs):
        work = f"matmul {m}x{k}x{n}" + (f", {binades} binades" if binades > 1 else "")
        sizes = [precision, m, k, n, binades]
        scale = 1e9 / (m * k * n)
        peers = [(f"FLINT {kind}", lambda stack, kind=kind: self.worker(
            stack, "flint_products.py", [kind, *sizes], threads, scale)) for kind in ["nfloat", "arb"]]
        # These have one thread only.
        if threads == 1 and "MPFR loop" in programs:
            peers.append(("MPFR loop", lambda _: self.native(programs["MPFR loop"], scale, *sizes)))
        if threads == 1 and "Boost" in programs:
            peers += [(f"Boost {kind}", lambda _, kind=kind: self.native(programs["Boost"], scale, kind, *sizes))
                      for kind in ["mpfr_float", "cpp_bin_float"]]
        arithmetic = f"mpfr:{precision}"
        self.compare(
            work, arithmetic, threads, "ns a multiply-accumulate",
            lambda: self.lockstep.line(["products", "-a", arithmetic], work, threads, self.seconds), peers)

    def steps(self):
        model = "mlp(64,32,10)"
        for batch in [32, 128]:
            self.compare(
                f"{model}, batch {batch}", "mpfr:256", 1, "ms a step",
                lambda: self.lockstep.step(model, batch, "mpfr:256", 1, self.seconds),
                [("our double", lambda _: lambda: self.lockstep.step(model, batch, "double", 1, self.seconds))])


PARTS = {"training": Training, "products": Products, "functions": Functions, "big": Big}
