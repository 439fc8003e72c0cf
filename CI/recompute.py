#!/usr/bin/env python3
"""Recompute golden traces in binary32 without a line of the project's code: from Documentation/contract.md alone.

    python3 CI/recompute.py Fixtures/traces/*.trace

Reads the study of each trace, trains in numpy's float32, and compares every loss and every digest of the section `float`.
Exit codes: 0 all are the same; 1 something differs (the first is named); 2 a trace that this script cannot follow. It knows
digits and digits28, mlp(...), cnn-small and lenet5, cross-entropy, `init: torch`, constant rates and warmup:W+cosine:T.
Needs numpy and mpmath. Section numbers are the contract's.
"""
import gzip, hashlib, math, os, re, sys
from fractions import Fraction
import numpy as np
from mpmath import mp, mpf, cos, exp, log, pi

mp.prec = 300
F = np.float32
ZERO, ONE = F(0), F(1)
WORD = (1 << 64) - 1
HERE = os.path.dirname(os.path.abspath(__file__))


def rounded(x):
    """The binary32 number nearest to a rational, ties to even (section 1)."""
    x = Fraction(x)
    if x == 0:
        return ZERO
    exponent = math.frexp(float(abs(x)))[1] - 1
    exponent += (abs(x) >= Fraction(2) ** (exponent + 1)) - (abs(x) < Fraction(2) ** exponent)
    ulp = Fraction(2) ** (max(exponent, -126) - 23)
    return F(float(round(x / ulp) * ulp))  # Python rounds a Fraction's halves to even


def real(x):
    """An mpmath number as a rational, exactly."""
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * mantissa * Fraction(2) ** exponent


def fma(a, b, c):
    """a*b + c rounded once: the product is exact in binary64, the sum is rounded to odd there, then to 24 bits."""
    a, b, c = np.broadcast_arrays(a, b, c)
    product, c = a.astype(np.float64) * b.astype(np.float64), c.astype(np.float64)
    total = product + c
    part = total - product
    error = (product - (total - part)) + (c - part)
    bits = total.view(np.int64)
    step = np.where((total < 0) == (error < 0), 1, -1)
    return np.where((error != 0) & (bits & 1 == 0), bits + step, bits).view(np.float64).astype(F)


def matmul(a, b):
    """Chains over the inner index (section 3)."""
    s = np.zeros((a.shape[0], b.shape[1]), F)
    for k in range(a.shape[1]):
        s = fma(a[:, k : k + 1], b[k : k + 1, :], s)
    return s


def total(x):
    """The chain sum over the first axis."""
    s = np.zeros(x.shape[1:], F)
    for row in x:
        s = s + row
    return s


def elementary(f, x):
    return np.array([rounded(real(f(mpf(float(v))))) for v in x.ravel()], F).reshape(x.shape)


# --- Random streams (section 5)


def philox(key, counter):
    (k0, k1), (c0, c1, c2, c3) = key, counter
    for _ in range(10):
        a, b = c0 * 0xD2E7470EE14C6C93, c2 * 0xCA5A826395121157
        c0, c1, c2, c3 = (b >> 64) ^ c1 ^ k0, b & WORD, (a >> 64) ^ c3 ^ k1, a & WORD
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) & WORD, (k1 + 0xBB67AE8584CAA73B) & WORD
    return c0, c1, c2, c3


def stream(seed, purpose, i0):
    block = 0
    while True:
        yield from philox((seed, purpose), (block, i0, 0, 0))
        block += 1


def bounded(words, n):
    while True:
        product = next(words) * n
        if product & WORD >= (1 << 64) % n:
            return product >> 64


def batches(seed, samples, size, steps):
    for step in range(steps):
        epoch, place = divmod(step, samples // size)
        if place == 0:
            words, order = stream(seed, 2, epoch), list(range(samples))
            for i in range(samples - 1, 0, -1):
                j = bounded(words, i + 1)
                order[i], order[j] = order[j], order[i]
        yield order[place * size : (place + 1) * size]


def initial(shape, fan, seed, ordinal):
    words, beta = stream(seed, 1, ordinal), 1.0 / np.sqrt(np.float64(fan))
    values = [beta * (2 * ((next(words) >> 11) * 2.0**-53) - 1) for _ in range(math.prod(shape))]
    return np.array(values).astype(F).reshape(shape)


# --- Layers (section 3a): forward gives the output, backward the gradients of the input and of the parameters


class Dense:
    def __init__(self, inputs, outputs):
        self.shapes, self.fan = [(outputs, inputs), (outputs,)], inputs

    def forward(self, x, w, b):
        self.x = x.reshape(len(x), -1)
        self.shape = x.shape
        return matmul(self.x, w.T) + b

    def backward(self, g, w, b):
        return matmul(g, w).reshape(self.shape), [matmul(g.T, self.x), total(g)]


class Convolution:
    """Stride 1. Taps that fall on the padding are left out."""

    def __init__(self, inputs, outputs, kernel, padding):
        self.shapes, self.fan = [(outputs, inputs, kernel, kernel), (outputs,)], inputs * kernel * kernel
        self.padding = padding

    def reach(self, kernel, size, out):
        """Per tap: the outputs that see it inside the image, and the positions that they see."""
        for tap in range(kernel):
            low, high = max(0, self.padding - tap), min(out, size + self.padding - tap)
            yield tap, slice(low, high), slice(low + tap - self.padding, high + tap - self.padding)

    def taps(self, w, x, y):
        for kh, oh, ih in self.reach(w.shape[2], x.shape[2], y.shape[2]):
            for kw, ow, iw in self.reach(w.shape[3], x.shape[3], y.shape[3]):
                yield kh, kw, (slice(None), slice(None), oh, ow), (slice(None), slice(None), ih, iw)

    def forward(self, x, w, b):
        self.x = x
        size = [x.shape[2 + i] + 2 * self.padding - w.shape[2 + i] + 1 for i in (0, 1)]
        y = np.zeros((len(x), len(w), *size), F)
        for c in range(x.shape[1]):
            for kh, kw, out, into in self.taps(w, x, y):
                y[out] = fma(x[into][:, c : c + 1], w[:, c, kh, kw][:, None, None], y[out])
        return y + b[:, None, None]

    def backward(self, g, w, b):
        x, dx = self.x, np.zeros_like(self.x)
        for o in range(len(w)):
            for kh, kw, out, into in self.taps(w, x, g):
                dx[into] = fma(g[out][:, o : o + 1], w[o, :, kh, kw][:, None, None], dx[into])
        dw, kernel, p = np.zeros_like(w), w.shape[2], self.padding
        for n, i, j in np.ndindex(len(x), *g.shape[2:]):
            top, left = max(0, p - i), max(0, p - j)
            bottom, right = min(kernel, x.shape[2] + p - i), min(kernel, x.shape[3] + p - j)
            part = (slice(None), slice(None), slice(top, bottom), slice(left, right))
            seen = x[n, :, i + top - p : i + bottom - p, j + left - p : j + right - p]
            dw[part] = fma(g[n, :, i, j][:, None, None, None], seen, dw[part])
        db = total(g.transpose(0, 2, 3, 1).reshape(-1, len(w)))
        return dx, [dw, db]


class Relu:
    shapes = []

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, ZERO)

    def backward(self, g):
        return np.where(self.x > 0, g, ZERO), []


class Pool:
    """Windows of 2 x 2, side by side."""

    shapes = []

    def __init__(self, largest):
        self.largest = largest

    def windows(self, x):
        n, c, h, w = x.shape
        return x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)

    def forward(self, x):
        values = self.windows(x)
        self.kept = values.argmax(-1)[..., None]  # numpy keeps the first of equal values
        if self.largest:
            return np.take_along_axis(values, self.kept, -1)[..., 0]
        return total(np.moveaxis(values, -1, 0)) * F(0.25)

    def backward(self, g):
        values = np.zeros((*g.shape, 4), F)
        # A sum of one term, from +0.
        if self.largest:
            np.put_along_axis(values, self.kept, (ZERO + g)[..., None], -1)
        else:
            values[:] = (ZERO + g * F(0.25))[..., None]
        n, c, h, w = g.shape
        return values.reshape(n, c, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, 2 * h, 2 * w), []


def cross_entropy(z, labels):
    rows = np.arange(len(z))
    t = z - z.max(axis=1, keepdims=True)
    e = elementary(exp, t)
    s = total(e.T)
    mean, p = rounded(Fraction(1, len(z))), e / s[:, None]
    p[rows, labels] = p[rows, labels] - ONE
    return total(elementary(log, s) - t[rows, labels]) * mean, p * mean


# --- A study


class Unknown(Exception):
    pass


def layers(model):
    if model == "lenet5":
        return [
            Convolution(1, 6, 5, 2), Relu(), Pool(True), Convolution(6, 16, 5, 0), Relu(), Pool(True),
            Dense(400, 120), Relu(), Dense(120, 84), Relu(), Dense(84, 10),
        ]  # fmt: skip
    if model == "cnn-small":
        return [Convolution(1, 4, 3, 1), Relu(), Pool(False), Dense(64, 10)]
    if not re.fullmatch(r"mlp\([\d,]+\)", model):
        raise Unknown(f"model {model}")
    sizes = [int(n) for n in model[4:-1].split(",")]
    result = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        result += [Dense(inputs, outputs), Relu()]
    return result[:-1]


def data(name, share):
    lines = gzip.open(os.path.join(HERE, "../Fixtures/digits.csv.gz"), "rt").read().split()
    table = np.array([[int(n) for n in line.split(",")] for line in lines])
    table = table[: len(table) - int(share * len(table))]
    images = (table[:, :64] / 16).astype(F).reshape(-1, 1, 8, 8)
    if name == "digits28":  # every pixel three times each way, and a border of two
        images = np.pad(images.repeat(3, 2).repeat(3, 3), ((0, 0), (0, 0), (2, 2), (2, 2)))
    elif name != "digits":
        raise Unknown(f"data {name}")
    return images, table[:, 64]


def rates(optimizer, schedule):
    """The rate of each update (section 4), rounded once."""
    parts = dict(part.split(":") for part in schedule.split("+") if part != "constant")
    if parts.keys() - {"warmup", "cosine"}:
        raise Unknown(f"schedule {schedule}")

    def rate(t):
        s = mpf(1) if "cosine" not in parts else (1 + cos(pi * min(t, int(parts["cosine"])) / int(parts["cosine"]))) / 2
        factor = min(Fraction(1), Fraction(t, int(parts["warmup"]))) if "warmup" in parts else 1
        return rounded(Fraction(optimizer["lr"]) * factor * real(s))

    return rate


def train(study):
    """Yields loss and parameters: of the start, then after each update."""
    expected = {"loss": "cross-entropy", "init": "torch", "normalize": "0/1", "last-batch": "drop", "order": "shuffled"}
    for key, value in {**expected, "grid": "coarsest"}.items():
        if study[key] != value:
            raise Unknown(f"{key} {study[key]}")
    optimizer = dict(item.split(": ") for item in study["optimizer"].strip("{}").split(", "))
    mu, decay = rounded(optimizer["momentum"]), rounded(optimizer["weight-decay"])
    nesterov, k = optimizer["nesterov"] == "true", int(optimizer["k"])
    rate, clip, seed = rates(optimizer, study["schedule"]), study["clip"], int(study["seed"])
    net = layers(study["model"])
    images, labels = data(study["data"], Fraction(study["test-fraction"]))

    ordinals = iter(range(1000))
    parameters = [[initial(shape, layer.fan, seed, next(ordinals)) for shape in layer.shapes] for layer in net]
    velocities = [[None for _ in layer.shapes] for layer in net]
    yield None, sum(parameters, [])
    for t, batch in enumerate(batches(seed, len(images), int(study["batch"]), int(study["steps"]))):
        x = images[batch]
        for layer, own in zip(net, parameters):
            x = layer.forward(x, *own)
        loss, g = cross_entropy(x, labels[batch])
        gradients = []
        for layer, own in zip(reversed(net), reversed(parameters)):
            g, those = layer.backward(g, *own)
            gradients.insert(0, those)
        if clip != "none":
            every = np.concatenate([g.ravel() for those in gradients for g in those])[None, :]
            norm = np.sqrt(matmul(every, every.T)[0, 0])
            if norm > rounded(clip):
                gradients = [[g * (rounded(clip) / norm) for g in those] for those in gradients]
        eta = rounded(Fraction(float(rate(t))) * k)
        for own, those, buffers in zip(parameters, gradients, velocities):
            for i, g in enumerate(those):
                g = g + decay * own[i] if decay else g
                d = g
                if mu:
                    buffers[i] = g if t == 0 else mu * buffers[i] + g
                    d = g + mu * buffers[i] if nesterov else buffers[i]
                own[i] = own[i] - eta * (d / F(k))
        yield loss, sum(parameters, [])


def read(path):
    """The study, and per step of the section `float` its loss and the digests."""
    study, steps, section = {}, [], None
    for line in open(path, encoding="utf-8").read().splitlines():
        words = line.rsplit(" #", 1)[0].split(" ")
        if words[0] == "study" and ":" in words[1]:
            study[words[1][:-1]] = " ".join(words[2:]).strip('"')
        elif words[0] == "arithmetic":
            section = words[1]
        elif words[0] == "step" and section == "float":
            steps.append((words[3], []))
        elif words[0] == "tensor" and section == "float":
            steps[-1][1].append((words[1], words[2]))
    if not steps:
        raise Unknown("no section float")
    return study, steps


def check(path):
    study, steps = read(path)
    number = -1
    for number, (loss, parameters) in enumerate(train(study)):
        recorded, tensors = steps[number]
        if loss is not None and float.fromhex(recorded) != float(loss):
            return f"step {number}: loss {recorded}, recomputed {float(loss).hex()}"
        if len(tensors) != len(parameters):
            return f"step {number}: {len(tensors)} tensors recorded, {len(parameters)} recomputed"
        for (name, digest), values in zip(tensors, parameters):
            if hashlib.sha256(values.astype("<f4").tobytes()).hexdigest() != digest:
                return f"step {number}: {name} differs"
    if number + 1 != len(steps):
        return f"{len(steps) - 1} steps recorded, {number} recomputed"
    print(f"{path}: recomputed, {number} steps in float")
    return None


status = 0 if len(sys.argv) > 1 else 2
for path in sys.argv[1:]:
    try:
        difference = check(path)
    except (Unknown, KeyError, OSError, ValueError) as error:
        print(f"{path}: cannot be followed: {error}", file=sys.stderr)
        status = 2
        continue
    if difference:
        print(f"{path}: {difference}")
        status = max(status, 1)
sys.exit(status)
