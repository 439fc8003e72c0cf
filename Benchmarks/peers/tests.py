#!/usr/bin/env python3
"""Tests of what lies between a time and a table: python3 Benchmarks/peers/tests.py. Nothing is measured."""

import importlib.machinery
import importlib.util
import math
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from document import fill  # noqa: E402
from figure import smaller  # noqa: E402
from parts import Part  # noqa: E402
from table import tables  # noqa: E402
from turns import Missing, Row, take_turns  # noqa: E402

loader = importlib.machinery.SourceFileLoader("growth", os.path.join(HERE, "..", "growth"))
growth = importlib.util.module_from_spec(importlib.util.spec_from_loader("growth", loader))
loader.exec_module(growth)


def row(peer, ours, theirs):
    return Row("w", "float", 1, peer, "ms a step", ours, theirs)


class Turns(unittest.TestCase):
    def test_sides_alternate_and_the_first_of_one_turn_is_the_last_of_the_next(self):
        order = []
        sides = {name: (lambda name=name: order.append(name) or float(len(order))) for name in "abc"}
        rows = take_turns([row("b", [], []), row("c", [], [])], sides["a"], [sides["b"], sides["c"]], 2)
        self.assertEqual("".join(order), "abccba")
        self.assertEqual([(r.ours, r.theirs) for r in rows], [([1, 6], [2, 5]), ([1, 6], [3, 4])])

    def test_a_ratio_is_the_median_of_the_turns_and_not_of_the_times(self):
        slow_in_one_turn = row("b", [1, 10, 1], [2, 20, 3])
        self.assertEqual(slow_in_one_turn.ratio, 2)
        self.assertEqual(slow_in_one_turn.json()["mostRatio"], 3)


class Parts(unittest.TestCase):
    def part(self):
        return Part(None, 0, 1, lambda line: None)

    def test_a_missing_peer_is_named_and_the_others_are_measured(self):
        def absent(stack):
            raise Missing("not installed")

        part = self.part()
        part.compare("w", "float", 1, "ms a step", lambda: 2.0, [("gone", absent), ("here", lambda _: lambda: 3.0)])
        self.assertEqual(part.missing, {"gone": "not installed"})
        self.assertEqual([(r.peer, r.ratio) for r in part.rows], [("here", 1.5)])

    def test_a_peer_that_ends_on_the_way_is_named(self):
        def ends():
            raise Missing("it ended")

        part = self.part()
        part.compare("w", "float", 1, "ms a step", lambda: 2.0, [("gone", lambda _: ends)])
        self.assertEqual((part.missing, part.rows), ({"w in float": "it ended"}, []))


class Tables(unittest.TestCase):
    def test_only_the_best_of_several_peers_is_bold(self):
        rows = [row("fast", [2], [1]), row("slow", [2], [4])]
        text = tables({"rows": [dict(part="training", **r.json()) for r in rows]})["training"]
        self.assertIn("| w | float | 1 | 2 ms | fast | 1 ms | **0.50** (0.50–0.50) |", text)
        self.assertIn("| slow | 4 ms | 2.00 (2.00–2.00) |", text)

    def test_tables_replace_what_stands_in_their_place_only(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "d.md")
            before = "a\n<!-- measured: x -->\nold\n<!-- end -->\nb\n<!-- measured: y -->\nkept\n<!-- end -->\n"
            with open(path, "w") as file:
                file.write(before)
            fill(path, {"x": "new\\1"})
            with open(path) as file:
                self.assertEqual(file.read(), before.replace("old", "\nnew\\1\n"))
            with self.assertRaises(SystemExit):
                fill(path, {"z": "nowhere"})


class Growth(unittest.TestCase):
    def test_slopes_of_powers_are_their_exponents(self):
        sizes = [1, 2, 4, 8]
        for power in [-1, 0, 0.5, 2]:
            self.assertTrue(math.isclose(growth.slope(sizes, [3 * n**power for n in sizes]), power, abs_tol=1e-12))

    def test_every_axis_has_at_least_four_sizes(self):
        every = list(growth.all_series())
        self.assertEqual({s["axis"] for s in every}, {"batch", "width", "precision", "threads"})
        self.assertTrue(all(len(s["sizes"]) >= 4 for s in every))
        # What a size means is bound to its own series.
        self.assertEqual(len({s["step"](s["sizes"][0]) for s in every if s["axis"] == "batch"}), 5)

    def test_a_smaller_figure_keeps_its_curves(self):
        svg = '<svg>\n<g a="b">\n</g>\n  <g c="d">\n    <path/>\n  </g>\n<text><tspan x="y" >10</tspan></text>\n</svg>'
        self.assertEqual(smaller(svg), '<svg>\n<g c="d">\n<path/>\n</g>\n<text>10</text>\n</svg>')


if __name__ == "__main__":
    unittest.main()
