#!/usr/bin/env python3
"""Write the tables and polynomials of the elementary functions.

    python3 CI/make-tables.py        rewrites Sources/CKernels/elementary-tables-f32.h, -f64.h, -lanes.h and -values.h

Needs mpmath. Polynomials are Chebyshev fits (close to minimax); the comment above each states a proven bound for the
error that the fit has after its coefficients were rounded, which is what the error bounds in the C files start from.
"""
import os
import struct
from mpmath import mp, mpf, log, exp, sin, cos, pi, floor, nint, ln, chebyfit, polyval

mp.prec = 2600  # 2/pi is needed to 1280 bits
TWO_OVER_PI = 2 / pi
mp.prec = 300
TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Sources", "CKernels")


def hexadecimal(x):
    """The double nearest to x, as a C hexadecimal literal."""
    return float(x).hex()


def shortened(x, quantum):
    """x rounded to a multiple of 2^-quantum: a double with trailing zeros."""
    return nint(x * mpf(2) ** quantum) / mpf(2) ** quantum


def words(x, units):
    """floor(x * 2^units) as two 64-bit words, high word first."""
    n = int(floor(x * mpf(2) ** units))
    assert 0 <= n < 2 ** 128
    return f"{{0x{n >> 64:016x}, 0x{n & (2 ** 64 - 1):016x}}}"


def fit(term, interval, count, rounded):
    """Fit sum of term(n) x^n: coefficients, lowest first, each through `rounded`, and a bound for the error.

    The bound is proven. Cut after the power d, the series is a polynomial, and so is the error. A polynomial of degree d
    is nowhere larger than 1/cos(pi d / (2 m)) times its largest value at m Chebyshev nodes (Ehlich and Zeller, 1964).
    All |term(n)| are at most 1, which bounds what was cut. mpmath's own errors are near 2^-300.
    """
    mp.prec = 300
    low, high = interval
    reach = max(abs(low), abs(high))
    d = int(-120 / log(reach, 2)) + 1
    terms = [term(n) for n in range(d + 1)]
    assert all(abs(t) <= 1 for t in terms)
    cut = reach ** (d + 1) / (1 - reach)
    coefficients = [rounded(c) for c in reversed(chebyfit(lambda x: polyval(terms[::-1], x), [low, high], count))]
    error = [c - t for c, t in zip(coefficients + [mpf(0)] * len(terms), terms)][::-1]
    m = 8 * d
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * m)) for i in range(m)]
    worst = max(abs(polyval(error, x)) for x in nodes) / cos(pi * d / (2 * m)) + 2 * cut
    return coefficients, f"below 2^{float(mp.ceil(log(worst, 2) * 10) / 10):.1f}"


def nearest_double(c):
    return mpf(float(c))


def fixed(units):
    return lambda c: floor(c * mpf(2) ** units) / mpf(2) ** units


def rows(items, per_line):
    lines = [", ".join(items[i:i + per_line]) for i in range(0, len(items), per_line)]
    return "{\n  " + ",\n  ".join(lines) + "}"


def write(name, promise, body):
    with open(os.path.join(TARGET, name), "w") as file:
        file.write(f"// {promise}\n// Made by CI/make-tables.py; change that and run it again.\n"
                   "#pragma once\n#include <stdint.h>\n\n" + "\n\n".join(body) + "\n")


def doubles(name, note, coefficients):
    return f"// {note}\nstatic const double {name}[{len(coefficients)}] = " + \
        rows([hexadecimal(c) for c in coefficients], 4) + ";"


def integers(name, note, coefficients, units):
    items = [f"0x{int(abs(c) * mpf(2) ** units):016x}" for c in coefficients]
    return f"// {note}\nstatic const uint64_t {name}[{len(items)}] = " + rows(items, 4) + ";"


factorial = mp.factorial


def binary32():
    body = []
    step = ln(2) / 64
    high = shortened(step, 45)
    body.append("// ln 2 / 64: the first part has 39 bits, so that its product with k < 2^14 is exact.\n"
                f"#define LS_F32_LN2_HIGH {hexadecimal(high)}\n#define LS_F32_LN2_LOW {hexadecimal(step - high)}\n"
                f"#define LS_F32_64_OVER_LN2 {hexadecimal(1 / step)}")
    pairs = []
    for j in range(64):
        t = mpf(2) ** (mpf(j) / 64)
        h = nearest_double(t)
        pairs.append(f"{{{hexadecimal(h)}, {hexadecimal(t - h)}}}")
    body.append("// 2^(j/64) = high + low.\nstatic const struct { double high, low; } ls_f32_exp_table[64] = "
                + rows(pairs, 2) + ";")
    h = ln(2) / 128 * mpf("1.001")
    c, e = fit(lambda n: 1 / factorial(n + 2), (-h, h), 4, nearest_double)
    body.append(doubles("ls_f32_exp_polynomial", f"(exp(r) - 1 - r) / r^2 for |r| <= ln 2 / 128, error {e}.", c))

    ln2_high = shortened(ln(2), 42)
    body.append("// ln 2 to a multiple of 2^-42, as the high logarithms below: their sums are exact.\n"
                f"#define LS_F32_LOG_LN2_HIGH {hexadecimal(ln2_high)}\n"
                f"#define LS_F32_LOG_LN2_LOW {hexadecimal(ln(2) - ln2_high)}")
    entries = []
    for i in range(128):  # significands in [11/16, 11/8): 80 cells of 2^-8 below 1, 48 of 2^-7 above
        low, width = (mpf(11) / 16 + mpf(i) / 256, mpf(1) / 256) if i < 80 else (1 + mpf(i - 80) / 128, mpf(1) / 128)
        center = mpf(1) if i in (79, 80) else low + width / 2
        high = shortened(ln(center), 42)
        entries.append(f"{{{hexadecimal(center)}, {hexadecimal(1 / center)}, {hexadecimal(high)}, "
                       f"{hexadecimal(ln(center) - high)}}}")
    body.append("// Cell i of [11/16, 11/8): centre (1 beside 1), its reciprocal, its logarithm = high + low.\n"
                "static const struct { double center, reciprocal, high, low; } ls_f32_log_table[128] = "
                + rows(entries, 1) + ";")
    h = mpf(2) ** -7
    c, e = fit(lambda n: mpf(-1) ** (n + 1) / (n + 2), (-h, h), 6, nearest_double)
    body.append(doubles("ls_f32_log_polynomial", f"(log(1 + r) - r) / r^2 for |r| <= 2^-7, error {e}.", c))

    first, second = shortened(pi / 2, 32), shortened(pi / 2 - shortened(pi / 2, 32), 65)
    body.append("// pi/2 in three parts, products of the first two with k < 2^20 being exact; and in one.\n"
                f"#define LS_F32_HALF_PI_1 {hexadecimal(first)}\n#define LS_F32_HALF_PI_2 {hexadecimal(second)}\n"
                f"#define LS_F32_HALF_PI_3 {hexadecimal(pi / 2 - first - second)}\n"
                f"#define LS_F32_HALF_PI {hexadecimal(pi / 2)}\n#define LS_F32_TWO_OVER_PI {hexadecimal(2 / pi)}")
    z = (pi / 4) ** 2 * mpf("1.001")
    s, es = fit(lambda n: mpf(-1) ** (n + 1) / factorial(2 * n + 3), (mpf(0), z), 6,
                nearest_double)
    c, ec = fit(lambda n: mpf(-1) ** (n + 1) / factorial(2 * n + 2), (mpf(0), z), 6,
                nearest_double)
    body.append(f"// In r^2, |r| <= pi/4. Row 0: (sin r - r) / r^3, error {es}; row 1: (cos r - 1) / r^2, error {ec}.\n"
                "static const double ls_f32_sine_polynomials[2][6] = {"
                + rows([hexadecimal(x) for x in s], 4) + ", " + rows([hexadecimal(x) for x in c], 4) + "};")
    write("elementary-tables-f32.h", "Tables of the binary32 elementary functions, in binary64.", body)


def binary64():
    body = ["typedef struct { uint64_t high, low; } ls_words;  // an integer of 128 bits"]
    body.append("// log2(e) * 2^127\n#define LS_F64_LOG2_E ((ls_words)" + words(1 / ln(2), 127) + ")")
    body.append("// 2^(j/128) * 2^127, rounded down.\nstatic const ls_words ls_f64_exp_table[128] = "
                + rows([words(mpf(2) ** (mpf(j) / 128), 127) for j in range(128)], 2) + ";")
    h = mpf(2) ** -7
    c, e = fit(lambda n: ln(2) ** (n + 1) / factorial(n + 1), (mpf(0), h), 6, fixed(64))
    body.append(integers("ls_f64_exp_polynomial", f"((2^r - 1) / r) * 2^64 for 0 <= r < 2^-7, error {e} before scaling.",
                         c, 64))
    h = mpf(1) / 8
    c, e = fit(lambda n: 1 / factorial(n + 3), (-h, h), 10, fixed(66))
    body.append(integers("ls_f64_expm1_polynomial",
                         f"((exp(x) - 1 - x - x^2/2) / x^3) * 2^66 for |x| <= 1/8, error {e} before scaling.", c, 66))

    body.append("// ln 2 * 2^117\n#define LS_F64_LN2 ((ls_words)" + words(ln(2), 117) + ")")
    cells = [256 if i == 0 else int(nint(256 / (1 + (mpf(i) + mpf(1) / 2) / 256))) for i in range(256)]
    worst = max(abs((1 + mpf(i + side) / 256) * cells[i] / 256 - 1) for i in range(256) for side in (0, 1))
    assert worst < mpf(2) ** -7
    body.append(f"// c - 128 for the cell [1 + i/256, 1 + (i+1)/256): |m*c/256 - 1| <= {float(worst):.6f} < 2^-7 there.\n"
                "static const uint8_t ls_f64_log_cell[256] = " + rows([str(c - 128) for c in cells], 24) + ";")
    body.append("// -log(c/256) * 2^117 for c = 128 ... 256; the first is LS_F64_LN2, the last 0.\n"
                "static const ls_words ls_f64_log_table[129] = "
                + rows([words(ln(256 / mpf(c)), 117) for c in range(128, 257)], 2) + ";")
    h = worst * mpf("1.001")
    c, e = fit(lambda n: mpf(-1) ** n / (n + 3), (-h, h), 7, fixed(64))
    assert all((c[n] > 0) == (n % 2 == 0) for n in range(7))
    body.append(integers("ls_f64_log_polynomial",
                         f"Absolute values of (log(1 + r) - r + r^2/2) / r^3, signs + - + ..., times 2^64; error {e}"
                         " before scaling.", c, 64))

    mp.prec = 2600
    n = int(floor(TWO_OVER_PI * mpf(2) ** 1280))
    mp.prec = 300
    bits = ["0", "0"] + [f"0x{(n >> (1280 - 64 * (i + 1))) & (2 ** 64 - 1):016x}" for i in range(20)]
    body.append("// 2/pi, most significant word first, behind 128 zero bits.\n"
                f"static const uint64_t ls_f64_two_over_pi[{len(bits)}] = " + rows(bits, 4) + ";")
    a = pi / 2
    s, es = fit(lambda n: mpf(-1) ** n * a ** (2 * n + 7) / factorial(2 * n + 7), (mpf(0), mpf(1) / 4), 7, fixed(69))
    c, ec = fit(lambda n: mpf(-1) ** n * a ** (2 * n + 6) / factorial(2 * n + 6), (mpf(0), mpf(1) / 4), 7, fixed(69))
    assert all((p[n] > 0) == (n % 2 == 0) for p in (s, c) for n in range(7))
    body.append("// sin(pi/2 f)/f = a - b v + c v^2 - v^3 S(v) and cos(pi/2 f) = a - b v + c v^2 - v^3 S(v), v = f^2, |f| <= 1/2.\n"
                "// Row 0 sine, row 1 cosine: a, b and c times 2^127.\n"
                "static const struct { ls_words a, b, c; } ls_f64_sine_start[2] = {\n  {"
                + ", ".join(words(x, 127) for x in (a, a ** 3 / 6, a ** 5 / 120)) + "},\n  {"
                + ", ".join(words(x, 127) for x in (mpf(1), a ** 2 / 2, a ** 4 / 24)) + "}};")
    items = [[f"0x{int(abs(x) * mpf(2) ** 69):016x}" for x in p] for p in (s, c)]
    body.append(f"// Absolute values of the coefficients of S, signs + - + ..., times 2^69; errors {es}"
                f" and {ec[6:]} before scaling.\n"
                "static const uint64_t ls_f64_sine_polynomials[2][7] = {"
                + rows(items[0], 4) + ", " + rows(items[1], 4) + "};")
    write("elementary-tables-f64.h", "Tables of the binary64 elementary functions, in fixed point.", body)


def single(x):
    """The nearest binary32 number."""
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def singles(name, note, values):
    """The values are binary32 numbers."""
    assert all(v == single(v) for v in values)
    return f"// {note}\nstatic const float {name}[{len(values)}] = " + rows([hexadecimal(v) + "f" for v in values], 4) + ";"


def narrow():
    """exp and log of binary32 over lanes of binary32."""
    step = ln(2) / 8
    high = single(step)
    assert high * mpf(2) ** 28 == int(high * mpf(2) ** 28)
    powers = [mpf(2) ** (mpf(j) / 8) for j in range(8)]
    h = step / 2 * mpf("1.001")
    c, e = fit(lambda n: 1 / factorial(n + 2), (-h, h), 4, single)
    body = ["// ln 2 / 8 = high + low. The high part is a multiple of 2^-28.\n"
            f"#define LS_NARROW_STEP_HIGH {hexadecimal(high)}f\n#define LS_NARROW_STEP_LOW {hexadecimal(single(step - high))}f\n"
            f"#define LS_NARROW_1_OVER_STEP {hexadecimal(single(1 / step))}f",
            singles("ls_narrow_exp_high", "2^(j/8) = high + low.", [single(t) for t in powers]),
            singles("ls_narrow_exp_low", "", [single(t - single(t)) for t in powers])[4:],
            singles("ls_narrow_exp", f"(exp(r) - 1 - r) / r^2 for |r| <= ln 2 / 16, error {e}.", c)]

    # Cells of [23/32, 23/16), from 0 on: widths 2^-4 below 1 and 2^-3 above; the fifth is [31/32, 17/16).
    inverses = [mpf(x) for x in ("1.3125", "1.25", "1.125", "1.0625", "1", "0.875", "0.8125", "0.71875")]
    edges = [mpf(23 + 2 * i) / 32 for i in range(5)] + [mpf(17 + 2 * i) / 16 for i in range(4)]
    worst = mpf(0)
    for i, inverse in enumerate(inverses):
        residual = max(abs(m * inverse - 1) for m in edges[i:i + 2])
        unit = inverse  # the last place of inverse times that of m; the residual is a multiple of it
        while unit != int(unit):
            unit *= 2
        unit = inverse / unit * (mpf(2) ** -24 if edges[i] < 1 else mpf(2) ** -23)
        assert residual <= unit * mpf(2) ** 24
        assert inverse == 1 or min(abs(ln(m)) for m in edges[i:i + 2]) > mpf(2) ** -5
        worst = max(worst, residual)
    h = worst * mpf("1.001")
    c, e = fit(lambda n: mpf(-1) ** n / (n + 3), (-h, h), 5, single)
    ln2_high = shortened(ln(2), 17)
    highs = [shortened(-ln(x), 17) for x in inverses]
    return body + [
        "// ln 2 = high + low; the high part and those of the table are multiples of 2^-17: their sums are exact.\n"
        f"#define LS_NARROW_LN2_HIGH {hexadecimal(ln2_high)}f\n#define LS_NARROW_LN2_LOW {hexadecimal(single(ln(2) - ln2_high))}f",
        singles("ls_narrow_inverse", "Cell i of [23/32, 23/16): c near the reciprocal of its m, -log c = high + low. "
                f"|m c - 1| <= {float(worst):.6f}.", inverses),
        singles("ls_narrow_log_high", "", highs)[4:],
        singles("ls_narrow_log_low", "", [single(-ln(x) - y) for x, y in zip(inverses, highs)])[4:],
        singles("ls_narrow_log", f"(log(1 + r) - r + r^2/2) / r^3 for |r| <= {float(h):.6f}, error {e}.", c)]


def sines(body):
    """sin and cos of binary64 over lanes: pi/128, the circle in 256 steps of that, and what lies between two of them."""
    step = pi / 128
    first = shortened(step, 58)
    second = shortened(step - first, 88)
    third = step - first - second
    assert first == nearest_double(first) and second == nearest_double(second) and abs(second) <= mpf(2) ** -59
    body.append("// pi/128 in three parts, multiples of 2^-58 and of 2^-88, and the rest.\n"
                f"#define LS_LANES_ANGLE_1 {hexadecimal(first)}\n#define LS_LANES_ANGLE_2 {hexadecimal(second)}\n"
                f"#define LS_LANES_ANGLE_3 {hexadecimal(third)}\n#define LS_LANES_1_OVER_ANGLE {hexadecimal(1 / step)}")
    entries = []
    for n in range(256):
        parts = []
        for exact in (sin(n * step), cos(n * step)):
            value = mpf(0) if abs(exact) < mpf(2) ** -200 else exact
            parts += [hexadecimal(value), hexadecimal(value - nearest_double(value))]
        entries.append("{" + ", ".join(parts) + "}")
    body.append("// sin and cos of n pi/128, each as a sum of two numbers.\n"
                "static const ls_lanes_angle ls_lanes_angles[256] = " + rows(entries, 1) + ";")
    z = (step / 2 * mpf("1.001")) ** 2
    for name, note, first in (("sine", "(sin(r)/r - 1) / r^2", 3), ("cosine", "(cos(r) - 1) / r^2", 2)):
        c, e = fit(lambda n: mpf(-1) ** (n + 1) / factorial(2 * n + first), (mpf(0), z), 3, nearest_double)
        body.append(doubles(f"ls_lanes_f64_{name}", f"{note} in z = r^2, |r| <= pi/256, error {e}.", c))


def values():
    """Single values of binary32, in binary64."""
    step = ln(2) / 64
    body = [f"#define LS_VALUES_1_OVER_STEP {hexadecimal(1 / step)}"]
    powers = [struct.unpack("<q", struct.pack("<d", float(mpf(2) ** (mpf(j) / 64))))[0] - (j << 46) for j in range(64)]
    body.append("// The bits of 2^(j/64), less j 2^46: what is left to add for 2^(n/64) is n 2^46, for every n with n mod 64 = j.\n"
                "static const uint64_t ls_values_power[64] = " + rows([f"0x{b:016x}" for b in powers], 4) + ";")
    half = mpf("0.501")
    for name, count in (("exp", 3), ("expm1", 4)):
        c, e = fit(lambda n: step ** (n + 1) / factorial(n + 1), (-half, half), count, nearest_double)
        body.append(doubles(f"ls_values_{name}", f"(2^(r/64) - 1) / r for |r| <= 0.501, error {e}.", c))

    entries, worst, least = [], mpf(0), mpf(1)
    for i in range(64):  # significands in [11/16, 11/8): 40 cells of 2^-7 below 1, 24 of 2^-6 above
        low, width = (mpf(11) / 16 + mpf(i) / 128, mpf(1) / 128) if i < 40 else (1 + mpf(i - 40) / 64, mpf(1) / 64)
        inverse = mpf(1) if i in (39, 40) else shortened(1 / (low + width / 2), 7)
        assert (inverse == 1) == (i in (39, 40))
        worst = max([worst] + [abs(m * inverse - 1) for m in (low, low + width)])
        if inverse != 1:
            least = min([least] + [abs(ln(m)) for m in (low, low + width)])
        entries.append(f"{{{hexadecimal(inverse)}, {hexadecimal(-ln(inverse))}}}")
    assert worst <= mpf(2) ** -6 and least > mpf(2) ** -7
    body.append("// Cell i of [11/16, 11/8): c near the reciprocal of its m (1 beside 1), with 7 bits after the point, and -log c.\n"
                f"// |m c - 1| <= {float(worst):.6f}.\n"
                "static const struct { double inverse, log; } ls_values_log_table[64] = " + rows(entries, 2) + ";")
    h = worst * mpf("1.001")
    c, e = fit(lambda n: mpf(-1) ** (n + 1) / (n + 2), (-h, h), 4, nearest_double)
    body.append(doubles("ls_values_log", f"(log(1 + r) - r) / r^2 for |r| <= {float(h):.6f}, error {e}.", c))
    z = (pi / 4) ** 2 * mpf("1.001")
    s, es = fit(lambda n: mpf(-1) ** (n + 1) / factorial(2 * n + 3), (mpf(0), z), 5, nearest_double)
    c, ec = fit(lambda n: mpf(-1) ** (n + 1) / factorial(2 * n + 2), (mpf(0), z), 5, nearest_double)
    body.append(f"// In r^2, |r| <= pi/4. Row 0: (sin r - r) / r^3, error {es}; row 1: (cos r - 1) / r^2, error {ec}.\n"
                "static const double ls_values_sine[2][5] = {"
                + rows([hexadecimal(x) for x in s], 4) + ", " + rows([hexadecimal(x) for x in c], 4) + "};")
    write("elementary-tables-values.h", "Tables of single values of the binary32 elementary functions, in binary64.", body)


def lanes():
    """Constants of the kernels over lanes: binary64, and binary32 where lanes are narrow."""
    body = [f"#define LS_LANES_LN2 {hexadecimal(ln(2))}\n#define LS_LANES_1_OVER_LN2 {hexadecimal(1 / ln(2))}"]
    h = ln(2) / 2 * mpf("1.001")
    c, e = fit(lambda n: 1 / factorial(n + 2), (-h, h), 7, nearest_double)
    body.append(doubles("ls_lanes_f32_exp", f"(exp(r) - 1 - r) / r^2 for |r| <= ln 2 / 2, error {e}.", c))
    s = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * mpf("1.001")
    c, e = fit(lambda n: mpf(1) / (2 * n + 3), (mpf(0), s * s), 5, nearest_double)
    body.append(doubles("ls_lanes_f32_log",
                        f"(atanh(s)/s - 1) / s^2 in z = s^2, |s| <= (2^(1/2) - 1)/(2^(1/2) + 1), error {e}.", c))
    z = (pi / 4) ** 2 * mpf("1.001")
    for name, note, first in (("sine", "(sin(r)/r - 1) / r^2", 3), ("cosine", "(cos(r) - 1) / r^2", 2)):
        c, e = fit(lambda n: mpf(-1) ** (n + 1) / factorial(2 * n + first), (mpf(0), z), 5, nearest_double)
        body.append(doubles(f"ls_lanes_f32_{name}", f"{note} in z = r^2, |r| <= pi/4, error {e}.", c))

    body.append("// pi/2 less its first part (elementary-tables-f32.h).\n"
                f"#define LS_LANES_HALF_PI_REST {hexadecimal(pi / 2 - shortened(pi / 2, 32))}")
    step = ln(2) / 256
    high = nearest_double(step)
    body.append("// ln 2 / 256 = high + low. The high part is a multiple of 2^-61.\n"
                f"#define LS_LANES_STEP_HIGH {hexadecimal(high)}\n#define LS_LANES_STEP_LOW {hexadecimal(step - high)}\n"
                f"#define LS_LANES_1_OVER_STEP {hexadecimal(1 / step)}")
    pairs = []
    for j in range(256):
        t = mpf(2) ** (mpf(j) / 256)
        pairs.append(f"{{{hexadecimal(nearest_double(t))}, {hexadecimal(t - nearest_double(t))}}}")
    body.append("// 2^(j/256) = high + low.\nstatic const ls_lanes_pair ls_lanes_exp_table[256] = " + rows(pairs, 2) + ";")
    h = step / 2 * mpf("1.001")
    c, e = fit(lambda n: 1 / factorial(n + 2), (-h, h), 4, nearest_double)
    body.append(doubles("ls_lanes_f64_exp", f"(exp(r) - 1 - r) / r^2 for |r| <= ln 2 / 512, error {e}.", c))

    ln2_high = shortened(ln(2), 42)
    body.append("// ln 2 = high + low; the high part and those of the table are multiples of 2^-42: their sums are exact.\n"
                f"#define LS_LANES_LN2_HIGH {hexadecimal(ln2_high)}\n#define LS_LANES_LN2_LOW {hexadecimal(ln(2) - ln2_high)}")
    entries, worst, least = [], mpf(0), mpf(1)
    for i in range(128):  # significands in [11/16, 11/8): 80 cells of 2^-8 below 1, 48 of 2^-7 above
        low, width = (mpf(11) / 16 + mpf(i) / 256, mpf(1) / 256) if i < 80 else (1 + mpf(i - 80) / 128, mpf(1) / 128)
        inverse = mpf(1) if i in (79, 80) else shortened(1 / (low + width / 2), 7 if i < 80 else 8)
        assert (inverse == 1) == (i in (79, 80))
        worst = max([worst] + [abs(m * inverse - 1) for m in (low, low + width)])
        if inverse != 1:
            least = min([least] + [abs(ln(m)) for m in (low, low + width)])
        high = shortened(-ln(inverse), 42)
        entries.append(f"{{{hexadecimal(inverse)}, {hexadecimal(high)}, {hexadecimal(-ln(inverse) - high)}, 0}}")
    assert worst <= mpf(2) ** -7 and least > mpf(2) ** -8
    body.append("// Cell i of [11/16, 11/8): c near the reciprocal of its m (1 beside 1), with 7 bits after the point below 1 and 8\n"
                f"// above; -log c = high + low. |m c - 1| <= {float(worst):.6f}.\n"
                "static const ls_lanes_cell ls_lanes_log_table[128] = " + rows(entries, 1) + ";")
    h = worst * mpf("1.001")
    c, e = fit(lambda n: mpf(-1) ** (n + 1) / (n + 2), (-h, h), 7, nearest_double)
    body.append(doubles("ls_lanes_f64_log", f"(log(1 + r) - r) / r^2 for |r| <= {float(h):.6f}, error {e}.", c))
    sines(body)
    body.insert(0, "typedef struct { double high, low; } ls_lanes_pair;\n"
                "typedef struct { double inverse, high, low, unused; } ls_lanes_cell;\n"
                "typedef struct { double sine, sineLow, cosine, cosineLow; } ls_lanes_angle;")
    write("elementary-tables-lanes.h", "Tables of the elementary functions over vector lanes.", body + narrow())


binary32()
binary64()
lanes()
values()
