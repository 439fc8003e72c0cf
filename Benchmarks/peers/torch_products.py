"""Worker: a matrix product or a convolution in PyTorch on the CPU, deterministic.

    torch_products.py DTYPE matmul SIZE
    torch_products.py DTYPE DIRECTION BATCH IN OUT KERNEL SIZE STRIDE PADDING     DIRECTION: forward, input, kernel
"""

import os
import sys

from worker import serve


def prepare(dtype_name, direction, *numbers):
    import torch

    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.manual_seed(0)
    dtype = {"float": torch.float32, "double": torch.float64}[dtype_name]
    name = f"PyTorch {torch.__version__}"
    numbers = [int(number) for number in numbers]
    if direction == "matmul":
        a, b = (torch.rand(numbers[0], numbers[0], dtype=dtype) for _ in range(2))
        return name, lambda: torch.matmul(a, b)
    batch, inputs, outputs, kernel, size, stride, padding = numbers
    x = torch.rand(batch, inputs, size, size, dtype=dtype)
    w = torch.rand(outputs, inputs, kernel, kernel, dtype=dtype)
    g = torch.nn.functional.conv2d(x, w, None, stride, padding)
    mask = {"input": [True, False, False], "kernel": [False, True, False]}

    def backward():
        return torch.ops.aten.convolution_backward(
            g, x, w, None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, mask[direction])

    if direction == "forward":
        return name, lambda: torch.nn.functional.conv2d(x, w, None, stride, padding)
    return name, backward


if __name__ == "__main__":
    serve(lambda: prepare(*sys.argv[1:]))
