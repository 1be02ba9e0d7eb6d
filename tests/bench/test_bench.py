# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tries the bench: that every part runs in its shortest form and every figure arrives in the JSON
file, and that medians, spreads and verdicts are right.

It asserts nothing of how long anything takes.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import figures  # noqa: E402
from support import machine, services, tap  # noqa: E402

BUILD = os.environ["BUILD_ROOT"]


class Run(unittest.TestCase):
    maxDiff = None

    def test_every_figure_arrives(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bench.json")
            done = subprocess.run([sys.executable, os.path.join(HERE, "run"), BUILD, "--quick", "--json",
                                   path], stdin=subprocess.DEVNULL, capture_output=True, text=True)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
            with open(path) as file:
                content = json.load(file)
        self.assertEqual((1, "quick"), (content["version"], content["form"]))
        expected = sorted((figure.name, place) for figure in figures.FIGURES for place in figure.places)
        arrived = [(each["name"], each["place"]) for each in content["figures"] + content["left_out"]]
        self.assertEqual(expected, sorted(arrived))
        if not services.Libvirtd.missing():
            absent = {each["name"] for each in content["left_out"]}
            may_be = ["cli-", "peer-", "apply-all-loop", "start-", "inventory",
                      *(["greedy-", "attack-"] if machine.missing() else [])]
            self.assertEqual(set(), {name for name in absent
                                     if not name.startswith(tuple(may_be)) and name != "growth-rest"})
        for each in content["figures"]:
            with self.subTest(figure=each["name"], place=each["place"]):
                self.assertTrue(math.isfinite(each["ours"]))
                self.assertEqual(each["other"] is None, each["ratio"] is None)
                self.assertEqual(each["goal"] is None, each["met"] is None)

    def test_unknown_figures_are_refused(self):
        done = subprocess.run([sys.executable, os.path.join(HERE, "run"), BUILD, "--only", "nothing"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual((1, "bench: there is no such figure; --list has them\n"),
                         (done.returncode, done.stderr))


def figure(goal, of="ratio", **more):
    return figures.Figure("f", "p", ("test-1",), "", goal, of, **more)


class Verdicts(unittest.TestCase):
    def verdict(self, wanted, ours, other):
        mine, _, ratio, spread = figures.compare(wanted, ours, other)
        return figures.judge(wanted, mine, ratio, spread)

    def test_medians_and_spread(self):
        # Nine pieces of one pair: all alike but a bad one at either end, which do not count.
        ours = [50, 10, 11, 10, 12, 10, 10, 10, 1]
        self.assertEqual((10, 10, 1.0, [1.0, 1.2]), figures.compare(figure(1.1), ours, [10] * 9))

    def test_tails(self):
        tail = figure(2, quantile=0.99, other_quantile=0.5)
        ours = [1] * 299 + [30]
        self.assertEqual((1, 2, 0.5, [0.5, 0.5]), figures.compare(tail, ours, [2, 2, 9]))

    def test_ratio(self):
        self.assertEqual((True, True), self.verdict(figure(1.1), [10] * 9, [10] * 9))
        self.assertEqual((False, True), self.verdict(figure(1.1), [12] * 9, [10] * 9))
        self.assertEqual((True, False), self.verdict(figure(1.1), [10] * 6 + [12] * 3, [10] * 9))
        self.assertEqual((False, False), self.verdict(figure(1.1), [12] * 6 + [10] * 3, [10] * 9))

    def test_times(self):
        self.assertEqual((True, True), self.verdict(figure(50, "times"), [1] * 9, [60] * 9))
        self.assertEqual((False, True), self.verdict(figure(50, "times"), [1] * 9, [40] * 9))

    def test_limit(self):
        self.assertEqual((True, True), self.verdict(figure(256, "ours", quantile=1.0), [100, 256], []))
        self.assertEqual((False, True), self.verdict(figure(256, "ours", quantile=1.0), [100, 257], []))

    def test_floor(self):
        """What the floor suffers is told, and moves no goal."""
        row = {"unit": "us", "ours": [5.0] * 40, "other": [1.0] * 40, "note": "n"}
        for floor, note in ((3.0, "the floor: 3.00"), (0.5, "n")):
            self.assertEqual(note, figures.note_of(figure(2), {
                **row, "floor": ([floor] * 40, [1.0] * 40)}))
        self.assertEqual("n", figures.note_of(figure(2), row))

    def test_no_goal(self):
        self.assertEqual((None, True), self.verdict(figure(None), [1], [2]))


if __name__ == "__main__":
    tap.main()
