# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pairs of keys of a kind, and of the domain, set together over the bus in both orders, with right and
wrong values: in Build, in a draft, and on a domain. What comes of it is an answer or an error of ours,
and the daemon lives.

The model has every pair in unit/test-pairs.c; here is a sample of those that meet in one element, and
in the long form all of them.
"""

import itertools
import random
import unittest

from gi.repository import GLib

import rig
from support import client, services, tap
from support.client import HOST, MANAGER, settings, variant

SAMPLE = 100
SEED = 10
UNDER_WAY = 64
PATIENCE = 120000  # of a call, ms
TEST = HOST + "/domain/_6695eb01_f6a4_8304_79aa_97f2502e193f"  # the test driver's own domain
CRASHED = ("hostdev", "source.address", "source.address.bus")  # once
EDITS = "(a(sssa{sv}as)a{sv})"


def above(key):
    return key.rpartition(".")[0]


def may_meet(one, other):
    """In one element, or one of them within what the other is in."""
    return (above(one) == above(other) or (one + ".").startswith(above(other) + ".")
            or (other + ".").startswith(above(one) + "."))


def name_of(row):
    """The key with numbers and names where it stands for several."""
    return ".".join({"N": "1", "NAME": "a"}.get(part, part) for part in row["key"].split("."))


def value_of(row, other):
    """One that the key takes, or the other one."""
    if row["values"]:
        word = row["values"][-1 if other else 0]
        return variant([word] if row["type"] == "as" else word)
    kinds = {"b": not other, "as": ["a"], "i": 7 if other else -1, "x": 7 if other else -1,
             "u": min(row["max"] or 1, 2**32 - 1) if other else row["min"] + 1,
             "t": row["max"] if other else row["min"] + 1}
    if row["type"] in kinds:
        return GLib.Variant(row["type"], kinds[row["type"]])
    texts = {"pci-address": ("0001:01:02.3", "0000:00:00.0"), "path": ("/a", "/b"),
             "uuid": ("c7a5fdbd-edaf-9455-926a-d65c16db1809", "11111111-edaf-9455-926a-d65c16db1809")}
    return variant(texts.get(row["form"], ("a", "0"))[other])


class Pairs(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(self.bus, "--host", "local=test:///default"))
        self.daemon.wait_connected()
        self.client = rig.connect(self, self.bus)
        self.under_way, self.outcomes, self.wrong = 0, {}, []
        self.draft = None

    # Many calls at once

    def begin(self, what, path, interface, method, signature, *arguments):
        """The call's error, or None, goes to outcomes."""
        self.drain(UNDER_WAY - 1)
        self.under_way += 1
        self.client.connection.call(
            client.NAME, path, f"{client.NAME}.{interface}", method, GLib.Variant(signature, arguments),
            None, 0, PATIENCE, None, self.on_answer, (what, method))

    def drain(self, most=0):
        """Until no more than so many are under way; each ends, by its timeout at the latest."""
        while self.under_way > most:
            GLib.MainContext.default().iteration(True)

    def on_answer(self, connection, answer, about):
        self.under_way -= 1
        name = "ok"
        try:
            connection.call_finish(answer)
        except GLib.Error as error:
            name = client.error_name(error)
            if not name.startswith(client.NAME + ".Error."):
                self.wrong.append((*about, error.message))
        counts = self.outcomes.setdefault(about[1], {})
        counts[name] = counts.get(name, 0) + 1

    # Ways to set two keys

    def new_draft(self, kind):
        self.drain()
        if self.draft:
            self.client.call(self.draft, "Draft", "Discard", "(a{sv})", {})
        devices = f"<devices><{kind}/></devices>" if kind else ""
        self.draft = self.client.call(
            MANAGER, "Manager", "ImportDraft", "(sa{sv})",
            f"<domain type='test'><name>a</name>{devices}</domain>", {})

    def build(self, kind, pair):
        together = dict(pair)
        self.begin((kind, pair), MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})",
                   {"name": variant("a"), **({} if kind else together)},
                   [(kind, together)] if kind else [], settings({"host": ""}))

    def edit(self, kind, pair):
        """In the draft one after the other, and undone; on the domain as one edit that is not made."""
        verb, device = ("modify", "#1") if kind else ("set", "")
        after_another = [(verb, kind, device, {key: value}, []) for key, value in pair]
        undo = (verb, kind, device, {}, [key for key, _ in pair])
        self.begin((kind, pair), self.draft, "Config", "Apply", EDITS, [*after_another, undo], {})
        self.begin((kind, pair), TEST, "Config", "Apply", EDITS,
                   [("add" if kind else "set", kind, "", dict(pair), [])], settings({"dry-run": True}))

    # The test

    def rows(self):
        kinds = {}
        for row in self.client.call(MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", "*", "", {}):
            kinds.setdefault(row["kind"], {})[name_of(row)] = row
        return kinds

    def pairs(self, rows):
        """Kind -> pairs of a name and its row."""
        found = [(kind, *names) for kind in sorted(rows)
                 for names in itertools.combinations(sorted(rows[kind]), 2) if may_meet(*names)]
        self.assertGreater(len(found), 10 * SAMPLE)
        chosen = found if rig.FULL else random.Random(SEED).sample(found, SAMPLE)
        by_kind = {}
        for kind, *names in [*chosen, CRASHED]:
            by_kind.setdefault(kind, []).append([(name, rows[kind][name]) for name in names])
        return by_kind

    def test_pairs(self):
        for kind, pairs in self.pairs(self.rows()).items():
            self.new_draft(kind)
            for pair in pairs:
                self.try_pair(kind, pair)
        self.drain()
        self.assertEqual([], self.wrong)
        for method, counts in self.outcomes.items():
            with self.subTest(method):
                self.assertIn("ok", counts)
        self.assertIsNone(self.daemon.process.poll())
        self.assertEqual([], rig.reports(self.daemon))

    def try_pair(self, kind, pair):
        (one, one_row), (other, other_row) = pair
        right = value_of(one_row, False)
        for values in ((right, value_of(other_row, False)),
                       (value_of(one_row, True), value_of(other_row, True)),
                       (right, variant("no such value"))):
            both = ((one, values[0]), (other, values[1]))
            for way in (both, both[::-1]):
                self.build(kind, way)
                self.edit(kind, way)


if __name__ == "__main__":
    tap.main()
