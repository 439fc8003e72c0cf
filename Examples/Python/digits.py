"""The built-in digits, in the order in which Lockstep takes them: plain Python lists, no framework."""
import gzip
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "Fixtures" / "digits.csv.gz"
BATCH = 32


def training_samples():
    """Pixels (rows of 64 integers 0 … 16) and labels 0 … 9 of the samples that are not kept for testing: the last
    fifth, rounded down, is the test part."""
    with gzip.open(FILE, "rt") as file:
        rows = [[int(number) for number in line.split(",")] for line in file]
    rows = rows[:len(rows) - len(rows) // 5]
    return [row[:64] for row in rows], [row[64] for row in rows]


def batch_range(update, samples):
    """The samples of update 0, 1, …: in file order, each epoch from the beginning, an incomplete last batch dropped."""
    start = update % (samples // BATCH) * BATCH
    return slice(start, start + BATCH)
