"""Worker: a training step of a model in PyTorch on the CPU, deterministic.

    torch_training.py MODEL BATCH DTYPE SETTING      SETTING: default, channels_last, compiled

Forward, backward and SGD with momentum 0.9 and weight decay 5e-4, as `lockstep bench training` has them.
"""

import os
import sys

from turns import Missing
from worker import serve


def build(name):
    """The model and the shape of a sample."""
    import torch.nn as nn

    class Block(nn.Module):
        """Two convolutions with norms, and a shortcut."""

        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.first = nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())
            self.second = nn.Sequential(nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
            self.shortcut = nn.Identity()
            if inputs != outputs:
                self.shortcut = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
            self.last = nn.ReLU()

        def forward(self, x):
            return self.last(self.second(self.first(x)) + self.shortcut(x))

    if name.startswith("mlp("):
        sizes = [int(size) for size in name[4:-1].split(",")]
        layers = []
        for inputs, outputs in zip(sizes, sizes[1:]):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        return nn.Sequential(*layers[:-1]), (sizes[0],)
    if name == "lenet5":
        return nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)), (1, 28, 28)
    if name == "resnet20":
        layers, inputs = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
        for group in range(3):
            for block in range(3):
                outputs = 16 << group
                layers.append(Block(inputs, outputs, 2 if group and block == 0 else 1))
                inputs = outputs
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)), (3, 32, 32)
    raise Missing(f"no model {name} here")


def prepare(model_name, batch, dtype_name, setting):
    import torch

    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.manual_seed(0)
    dtype = {"float": torch.float32, "double": torch.float64}[dtype_name]
    model, sample = build(model_name)
    model = model.to(dtype)
    x = torch.rand(int(batch), *sample, dtype=dtype)
    y = torch.randint(0, 10, (int(batch),))
    if setting == "channels_last":
        if len(sample) != 3:
            raise Missing("no channels to put last")
        model = model.to(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    loss = torch.nn.CrossEntropyLoss()
    forward = torch.compile(model) if setting == "compiled" else model

    def step():
        optimizer.zero_grad()
        loss(forward(x), y).backward()
        optimizer.step()

    return f"PyTorch {torch.__version__}", step


if __name__ == "__main__":
    serve(lambda: prepare(*sys.argv[1:5]))
