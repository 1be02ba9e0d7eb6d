# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may do what: every method, called by everybody, against a real polkitd.

The table is in rows.py; a method that is on the bus and not in the table fails.
"""

import rig
from rig import methods_of
from rows import Tried, all_rows
from support import tap

ROWS = all_rows()


class Matrix(rig.Case):
    """Each test is one column; each row is tried on a domain of its own, by a new connection."""

    def try_row(self, row, person):
        """What polkit was asked, what the call ended with, and whether anything was changed."""
        tried = Tried(self.world, person, row.active)
        try:
            where = tried.object(row.object)
            arguments = row.arguments(tried)
            before = self.world.all_states()
            person.reconnect()  # what was answered before is forgotten
            with self.world.watched() as checks:
                outcome = person.outcome(where, row.interface, row.method, row.signature, *arguments)
            changed = self.world.all_states() != before
        finally:
            tried.end()
        return [action for _, action, _ in checks], outcome, changed

    def column(self, person, expected):
        """expected(row): the actions asked for, and the error if there is one."""
        for row in ROWS:
            with self.subTest(row.label):
                asked, outcome, changed = self.try_row(row, person)
                actions, refused = expected(row)
                self.assertEqual((actions, refused or row.done), (asked, outcome))
                if refused:
                    self.assertFalse(changed)

    def test_every_method_is_in_the_table(self):
        person = self.person("root")
        found = set()
        tried = Tried(self.world, person)
        for kind in ("manager", "host", "domain", "draft"):
            found |= methods_of(person.call(tried.object(kind), "org.freedesktop.DBus.Introspectable",
                                            "Introspect"))
        tried.end()
        self.assertEqual(found, {(row.interface, row.method) for row in ROWS})

    def test_root(self):
        self.column(self.person("root"), lambda row: ([], None))


if __name__ == "__main__":
    tap.main()
