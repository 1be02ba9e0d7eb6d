# SPDX-License-Identifier: LGPL-2.1-or-later
"""A journal that takes nothing, and users who would fill it: the service goes on, and the record of
others' changes is whole.
"""

import os
import re
import time

import rig
from rig import machine
from support import services, tap

CHANGES = 30
REFUSALS, WRITTEN, PERIOD = 260, 200, 30  # of one user; those that are written in so many seconds


class Journalled(rig.Case):
    """Each test has a journal and a world of its own."""

    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        self.journal = self.enterContext(machine.Journal())
        self.world = self.enterContext(rig.World(rig.RULES, journal=self.journal))
        self.path = self.world.new_domain()

    def entries_of(self, person):
        return [entry for entry in self.journal.read()
                if f"DOMWRIGHT_UID={machine.USERS[person.user][0]}\n" in entry]

    def test_stuck(self):
        """Changes are made while the journal is stuck, and are in it later, in order."""
        person = self.person("oper")
        with self.journal.stuck():
            for number in range(CHANGES):
                person.modify(self.path, {"title": f"title {number}"})
            self.assertTrue(self.world.root.plain(rig.HOST, "Host", "ListDomains"))
            self.assertEqual(f"title {CHANGES - 1}",
                             self.world.property(self.path, "Domain", "Title"))
        person.modify(self.path, {"title": "after"})
        services.wait_for(lambda: len(self.entries_of(person)) > CHANGES, "all entries")
        entries = self.entries_of(person)
        revisions = [re.findall(r"^DOMWRIGHT_REVISION_(?:BEFORE|AFTER)=(\w+)$", entry, re.M)
                     for entry in entries]
        self.assertEqual(CHANGES + 1, len(revisions))
        for (_, after), (before, _) in zip(revisions, revisions[1:]):
            self.assertEqual(after, before)

    def test_stuck_for_good(self):
        """The service ends all the same."""
        person = self.person("oper")
        with self.journal.stuck():
            person.modify(self.path, {"title": "x"})
            self.world.daemon.process.terminate()
            self.assertEqual(0, self.world.daemon.process.wait(30))

    def test_gone(self):
        person = self.person("oper")
        os.rename(self.journal.PLACE, self.journal.PLACE + ".away")
        self.addCleanup(os.rename, self.journal.PLACE + ".away", self.journal.PLACE)
        person.modify(self.path, {"title": "x"})

    def test_flood_of_refusals(self):
        """One user's refusals are counted from the two hundredth on; another's changes are all there."""
        greedy, other = self.person("bob"), self.person("oper")
        begin = time.monotonic()
        for _ in range(REFUSALS):
            with self.refused(rig.INTERACTIVE):
                greedy.modify(self.path, {"title": "x"})
        several_periods = time.monotonic() - begin >= PERIOD
        other.modify(self.path, {"title": "y"})
        self.world.daemon.stop()  # which writes all that waits
        written = len(self.entries_of(greedy))
        counted = [int(count) for count in re.findall(
            f"MESSAGE=audit: uid {machine.USERS['bob'][0]}: (\\d+) further changes were refused "
            f"in {PERIOD} seconds\n", "".join(self.journal.read()))]
        self.assertEqual(1, len(self.entries_of(other)))
        self.assertEqual(REFUSALS, written + sum(counted))
        if several_periods:
            self.assertGreaterEqual(written, WRITTEN)
        else:
            self.assertEqual(WRITTEN, written)


if __name__ == "__main__":
    tap.main()
