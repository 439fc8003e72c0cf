"""Train resnet8 with batch norm on the digits in PyTorch and record every update, running statistics too, as a trace.

    python record_torch_resnet.py --output traces/resnet --momentum 0.9 --weight-decay 5e-4
    python record_torch_resnet.py --list
"""
import sys

from record_torch import main
from torch_resnet import MODELS, VARIANTS, Training

if __name__ == "__main__":
    sys.exit(main(None, __doc__, VARIANTS, MODELS, Training))
