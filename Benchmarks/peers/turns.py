"""Two sides of a ratio, measured in turn.

A machine is never twice the same: what runs beside, clock rate, heat. So the sides take turns, A B A B, in one run; each
turn gives one ratio, and what counts is the median of the ratios, with the least and the most beside it.
"""

from dataclasses import dataclass, field
from statistics import median


class Missing(Exception):
    """A peer that is not here; the message says why."""


@dataclass
class Row:
    """One piece of work, ours beside one peer's."""

    work: str
    arithmetic: str
    threads: int
    peer: str
    unit: str  # of the times
    ours: list = field(default_factory=list)  # one time a turn
    theirs: list = field(default_factory=list)

    @property
    def ratios(self):
        """How many times as long the peer takes, turn by turn."""
        return [b / a for a, b in zip(self.ours, self.theirs)]

    @property
    def ratio(self):
        return median(self.ratios)

    def json(self):
        return {
            "work": self.work, "arithmetic": self.arithmetic, "threads": self.threads, "peer": self.peer,
            "unit": self.unit, "ours": self.ours, "theirs": self.theirs, "ratio": self.ratio,
            "leastRatio": min(self.ratios), "mostRatio": max(self.ratios),
        }


def take_turns(rows, ours, theirs, turns):
    """Fills in the rows, which share our side.

    ours() gives one time; theirs[i]() that of row i. Whoever comes first in one turn comes last in the next.
    """
    for turn in range(turns):
        order = [(ours, [row.ours for row in rows])] + [(their, [row.theirs]) for their, row in zip(theirs, rows)]
        for measure, places in order if turn % 2 == 0 else reversed(order):
            time = measure()
            for place in places:
                place.append(time)
    return rows
