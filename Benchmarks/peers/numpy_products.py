"""Worker: a square matrix product in NumPy, with the BLAS it was built with.

    numpy_products.py SIZE DTYPE
"""

import sys

from worker import serve


def prepare(size, dtype):
    import numpy

    random = numpy.random.default_rng(0)
    kind = {"float": numpy.float32, "double": numpy.float64}[dtype]
    a, b = (random.uniform(-1, 1, (int(size), int(size))).astype(kind) for _ in range(2))
    c = numpy.empty_like(a)
    return f"NumPy {numpy.__version__}", lambda: numpy.matmul(a, b, out=c)


if __name__ == "__main__":
    serve(lambda: prepare(*sys.argv[1:3]))
