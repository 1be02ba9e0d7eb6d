# SPDX-License-Identifier: LGPL-2.1-or-later
"""An allocation fails, at one point after another of one method after another.

Each call is answered, or the daemon ends as programs end that have no memory (GLib's way, or
sd-event's), never by a fault of memory. What it acknowledged is so, and answered as ever; what it
refused has changed nothing; and the same call is good the next time.

The short form tries a sample of the points. The long form tries all but those of GLib, of which it
tries a sample of each call, too: there are 200 000, libxml2's and nearly all of libvirt's and the
daemon's own among them, each is GLib's abort by construction, and each costs a start of the daemon.
"""

import collections
import dataclasses
import time
import unittest

from gi.repository import GLib

import rig
import scene
import oom_daemon
from oom_daemon import CLEAN, LIBRARIES, Ended
from support import sample_calls, services, tap

# Points of each call, None for all.
SHORT = dict.fromkeys(LIBRARIES, 1)
FULL = {**dict.fromkeys(LIBRARIES), "libglib": 12}
SPARSE = 4  # of so many calls one has points of GLib in the short form: each is an end


def sample(count, points, number):
    """So many of the points of the call of this number: one is another for each call."""
    if points is None or count <= points:
        return range(1, count + 1)
    if points == 1:
        return [1 + number * 37 % count]
    return sorted({1 + i * (count - 1) // (points - 1) for i in range(points)})


class Usual:
    """What a call does when nothing fails."""

    def __init__(self, world, call):
        self.call = call
        self.stages = [world.prepare(call)]  # before it, and after each of its steps
        for steps in range(len(call.then) + 1):
            world.prepare(call)
            self.outcomes = world.make(dataclasses.replace(call, then=call.then[:steps]))
            world.watch_quiet()
            self.stages.append(world.look())
        world.prepare(call)
        world.arm(None, 0)
        world.make(call)
        self.answered, self.counts = world.wait_quiet()
        world.disarm()


@unittest.skipIf(services.sanitizers(), "a sanitizer has the allocations")
class Memory(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(oom_daemon.World())
        self.count = collections.Counter()
        self.faults = []
        self.growth = Growth(self.world.daemon)

    def test_contract(self):
        """Nothing that the introspection has is missing from the table."""
        self.assertEqual(set(), sample_calls.contract() - scene.covered())

    def test_every_method(self):
        calls = [Usual(self.world, call) for call in scene.all_calls()]
        for library in LIBRARIES:
            start = time.monotonic()
            self.count.clear()
            for number, usual in enumerate(calls):
                for point in self.points(usual, library, number):
                    self.try_point(usual, library, point)
            print(f"# {library}: {time.monotonic() - start:.1f} s, {dict(self.count)}", flush=True)
        print(f"# {len(calls)} calls, growth of {self.growth.most} KiB", flush=True)
        self.assertEqual([], self.faults[:10])
        self.assertLess(self.growth.most, Growth.BOUND)

    def points(self, usual, library, number):
        if not rig.FULL and library == "libglib" and number % SPARSE:
            return []
        return sample(usual.counts[library], (FULL if rig.FULL else SHORT)[library], number)

    def try_point(self, usual, library, point):
        where = f"{usual.call.label}, allocation {point} of {library}"
        self.outcomes = []
        try:
            self.world.prepare(usual.call)
            self.starve(usual, library, point)
            self.assertEqual([], self.world.daemon.reports())
        except (AssertionError, Ended, GLib.Error) as error:
            self.world.disarm()
            self.faults.append(f"{where}: {error!r}")
            print(f"# {where}: {self.outcomes[-1:]}: {str(error)[:2000]}", flush=True)
            self.world.daemon.process.kill()
            self.world.daemon.process.wait()
            self.growth.end()
            self.world.daemon.again()
            self.world.known = None
            self.world.daemon.reports()

    def starve(self, usual, library, point):
        world = self.world
        world.arm(library, point)
        try:
            self.outcomes = world.make(usual.call)
            if point > usual.answered[library] - 3:
                world.wait_failed(0.05)
            failed = world.failed()
            world.disarm()
            self.check(usual)
            world.prepare(usual.call)
            self.assertEqual(usual.outcomes, world.make(usual.call), "the same call afterwards")
            world.known = usual.stages[-1]
            self.growth.survived()
        except Ended:
            failed = world.failed()
            world.disarm()
            self.revive(usual, failed, library)
        self.count["failed" if failed else "not reached"] += 1

    def check(self, usual):
        """What was answered, against the world."""
        outcome, answer = self.outcomes[-1]
        if outcome == "ok" or self.outcomes == usual.outcomes:
            self.assertEqual(usual.outcomes, self.outcomes, "another answer")
            self.world.await_look(usual.stages[-1], "acknowledged")
            self.count["acknowledged"] += 1
            return
        self.world.await_look(usual.stages[len(self.outcomes) - 1], f"refused, {outcome}: {answer}")
        self.count[f"refused: {outcome}"] += 1

    def revive(self, usual, failed, library):
        """Starts the daemon again; the drafts there are then are those of before or after."""
        daemon = self.world.daemon
        code, done = daemon.process.returncode, len(self.outcomes)
        self.assertIn(code, CLEAN, daemon.log[-2000:])
        self.assertTrue(failed, "ended for no reason")
        self.count[f"ended with {code}"] += 1
        self.growth.end()
        daemon.again()
        self.world.known = None
        possible = [drafts_of(look) for look in usual.stages[done:]]
        self.assertIn(drafts_of(self.world.look()), possible, "drafts")
        if library != "libglib":  # what it has at hand then is the same again
            self.world.prepare(usual.call)
            self.world.make(usual.call)


def drafts_of(look):
    return [text for _, text in look[1]]


class Growth:
    """What a daemon keeps of failures it has survived."""

    EVERY = 100  # failures between two looks; by the first, what is kept once has been kept
    BOUND = 4096  # KiB

    def __init__(self, daemon):
        self.daemon = daemon
        self.failures = 0
        self.first = 0
        self.most = 0  # KiB

    def survived(self):
        self.failures += 1
        if self.failures % self.EVERY == 0:
            memory = rig.memory_of(self.daemon)
            self.first = self.first or memory
            self.most = max(self.most, memory - self.first)

    def end(self):
        self.failures = self.first = 0


if __name__ == "__main__":
    tap.main()
