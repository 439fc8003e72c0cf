"""Worker: a matrix product in FLINT, at a precision.

    flint_products.py nfloat|arb PRECISION M K N BINADES

FLINT comes as a C library, or inside the wheel of python-flint; it is called by its C interface either way. Numbers are thirds
of random ones, so that they have all their bits; exponents are spread over so many binades.
"""

import ctypes
import ctypes.util
import glob
import os
import random
import sys

from turns import Missing
from worker import serve


def library():
    try:
        import flint

        folder = os.path.join(os.path.dirname(os.path.dirname(flint.__file__)), "python_flint.libs")
        found = glob.glob(os.path.join(folder, "libflint*"))
    except ImportError:
        found = []
    path = found[0] if found else ctypes.util.find_library("flint")
    if not path:
        raise Missing("no libflint and no python-flint")
    flint = ctypes.CDLL(path)
    if not hasattr(flint, "nfloat_ctx_init"):
        raise Missing("this FLINT is older than 3.2")
    for name in ["gr_mat_entry_ptr", "arb_mat_entry_ptr"]:
        getattr(flint, name).restype = ctypes.c_void_p
    flint.arf_get_d.restype = ctypes.c_double
    return flint


def values(rows, columns, binades, seed):
    generator = random.Random(seed)
    return [
        [generator.choice([-1, 1]) * generator.uniform(0.5, 1) * 2.0 ** -generator.randrange(binades) for _ in range(columns)]
        for _ in range(rows)
    ]


class Machine:
    """Matrices of one kind of number. FLINT's structures are small; 4 kB hold any of them."""

    def __init__(self, flint, kind, precision):
        self.flint, self.kind, self.precision = flint, kind, precision
        self.context = ctypes.create_string_buffer(4096)
        if kind == "nfloat" and flint.nfloat_ctx_init(self.context, ctypes.c_long(precision), 0) != 0:
            raise Missing(f"nfloat has no {precision} bits")

    def matrix(self, values):
        place = ctypes.create_string_buffer(4096)
        rows, columns = ctypes.c_long(len(values)), ctypes.c_long(len(values[0]))
        if self.kind == "nfloat":
            self.flint.gr_mat_init(place, rows, columns, self.context)
        else:
            self.flint.arb_mat_init(place, rows, columns)
        for i, row in enumerate(values):
            for j, value in enumerate(row):
                entry = ctypes.c_void_p(self.entry(place, i, j))
                if self.kind == "nfloat":
                    self.flint.gr_set_d(entry, ctypes.c_double(value), self.context)
                    self.flint.gr_div_ui(entry, entry, ctypes.c_ulong(3), self.context)
                else:
                    self.flint.arb_set_d(entry, ctypes.c_double(value))
                    self.flint.arb_div_ui(entry, entry, ctypes.c_ulong(3), ctypes.c_long(self.precision))
        return place

    def entry(self, place, i, j):
        if self.kind == "nfloat":
            return self.flint.gr_mat_entry_ptr(place, ctypes.c_long(i), ctypes.c_long(j), self.context)
        return self.flint.arb_mat_entry_ptr(place, ctypes.c_long(i), ctypes.c_long(j))

    def double(self, place, i, j):
        entry = ctypes.c_void_p(self.entry(place, i, j))
        number = entry  # an arb begins with its midpoint, an arf
        if self.kind == "nfloat":
            number = ctypes.create_string_buffer(4096)
            self.flint.nfloat_get_arf(number, entry, self.context)
        return self.flint.arf_get_d(number, 4)  # to nearest

    def multiply(self, c, a, b):
        if self.kind == "nfloat":
            return self.flint.gr_mat_mul(c, a, b, self.context)
        return self.flint.arb_mat_mul(c, a, b, ctypes.c_long(self.precision))


def prepare(kind, precision, m, k, n, binades):
    m, k, n, binades = int(m), int(k), int(n), int(binades)
    flint = library()
    flint.flint_set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    machine = Machine(flint, kind, int(precision))
    a, b = values(m, k, binades, 1), values(k, n, binades, 2)
    left, right, product = machine.matrix(a), machine.matrix(b), machine.matrix([[0.0] * n for _ in range(m)])
    machine.multiply(product, left, right)
    terms = [a[m - 1][l] * b[l][n - 1] / 9 for l in range(k)]
    if not abs(machine.double(product, m - 1, n - 1) - sum(terms)) <= 1e-12 * sum(map(abs, terms)):
        raise Missing("its product is not the product")
    version = ctypes.string_at(ctypes.addressof(ctypes.c_char.in_dll(flint, "flint_version"))).decode()
    return f"FLINT {version} {kind}", lambda: machine.multiply(product, left, right)


if __name__ == "__main__":
    serve(lambda: prepare(*sys.argv[1:7]))
