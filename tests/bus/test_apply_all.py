# SPDX-License-Identifier: LGPL-2.1-or-later
"""Host.ApplyAll: which domains it changes, what each of them answers, and what is left alone.

Owns the call over many domains; what one edit does is test_config's, who may make it is policy's.
"""

import unittest

from gi.repository import GLib

import rig
from rig import ERROR, HOST, TEST
from support import tap
from support.client import device, settings

GUEST = {"memory": "1GiB", "vcpu": 2}
DISK = device("disk", source__file="/srv/vm/a.img", target__dev="vda", target__bus="virtio")
SIGNATURE = "(a{sv}a(sssa{sv}as)a{sv})"
MORE = [("set", "", "", settings({"vcpu": 4}), [])]


class ApplyAll(rig.Case):
    def define(self, *names, devices=(), **values):
        return [self.client.define({**GUEST, "name": name, **values}, devices)[0] for name in names]

    def apply(self, where, edits=MORE, **options):
        options = {key.replace("_", "-"): value for key, value in options.items()}
        return self.call(HOST, "Host", "ApplyAll", SIGNATURE, settings(where), edits,
                         settings(options))

    def names(self, rows):
        return [row["name"] for _, row in rows]

    def vcpus(self, *paths):
        return [self.client.get_settings(path, "vcpu")["vcpu"] for path in paths]

    def uuid(self, path):
        return self.client.property(path, "Domain", "UUID")

    def test_by_name(self):
        b, a, other = self.define("web-b", "web-a", "db")
        rows = self.apply({"name": "web-*"})
        self.assertEqual([a, b], [path for path, _ in rows])
        self.assertEqual(["web-a", "web-b"], self.names(rows))
        for path, row in rows:
            self.assertEqual({"name", "revision", "changed", "restart-needed", "applied", "problems"},
                             set(row))
            self.assertTrue(row["changed"])
            self.assertEqual("config", row["applied"])
            self.assertEqual(self.revision(path), row["revision"])
        self.assertEqual([4, 4, 2], self.vcpus(a, b, other))
        self.assertEqual([False, False], [row["changed"] for _, row in self.apply({"name": "web-*"})])

    def test_filters(self):
        a, b = self.define("a", "b")
        c, = self.define("c", devices=[DISK], vcpu=3)
        for where, names in (
                ({"active": True}, ["test"]),
                ({"active": False, "name": "[ab]"}, ["a", "b"]),
                ({"uuid": [self.uuid(b), self.uuid(a).upper(), self.uuid(b)]}, ["a", "b"]),
                ({"uuid": [self.uuid(c)], "name": "a"}, []),
                ({"vcpu": 3}, ["c"]),
                ({"memory": "1GiB", "name": "*"}, ["a", "b", "c"]),
                ({"memory": 1 << 30, "vcpu": "2"}, ["a", "b"]),
                ({"disk/vda/source.file": "/srv/vm/a.img"}, ["c"]),
                ({"disk/*/source.file": "/srv/vm/a.img"}, ["c"]),
                ({"disk/vda/readonly": False, "active": False}, ["a", "b", "c"]),
                ({"disk/vda/readonly": True}, []),
                ({"name": "nothing*"}, [])):
            with self.subTest(where):
                self.assertEqual(names, self.names(self.apply(where, dry_run=True)))

    def test_refused_filters(self):
        with self.refused("InvalidValue", "empty"):
            self.apply({})
        for key, value, words in (("name", 1, ["name", "(s)"]), ("active", "yes", ["(b)"]),
                                  ("uuid", "x", ["(as)"]), ("memroy", 1, ["memory"]),
                                  ("memory", "much", ["memory"]), ("dsk/vda/serial", "x", ["dsk"]),
                                  ("graphics/vnc/passwd", "x", ["secret"]),
                                  ("uuid", ["not one"], ["not one"])):
            with self.subTest(key), self.refused("InvalidValue", *words):
                self.apply({key: value})
        nobody = "5e0f5a3c-0000-4000-8000-00000000dead"
        with self.refused("NotFound", nobody):
            self.apply({"uuid": [nobody]})
        with self.refused("LimitExceeded", "pattern", "900003"):
            self.apply({"name": "*[" + 900000 * "b" + "]"})
        with self.refused("LimitExceeded", "64"):
            self.apply({f"disk/vd{number}/readonly": False for number in range(65)})
        with self.refused("InvalidValue", "stop-on-error"):
            self.apply({"name": "*"}, stop_on_eror=True)
        with self.refused("InvalidValue", "a{ss}"):
            self.apply({"name": "*"}, expected=["x"])
        with self.refused("UnknownKey", "verb"):
            self.apply({"name": "*"}, [("sett", "", "", {}, [])])

    def test_dry_run(self):
        a, b = self.define("a", "b")
        before = [self.revision(a), self.revision(b)]
        rows = self.apply({"name": "[ab]"}, dry_run=True)
        self.assertEqual(before, [row["revision"] for _, row in rows])
        for _, row in rows:
            self.assertIn("+  <vcpu placement='static'>4</vcpu>", row["diff"])
            self.assertTrue(row["changed"])
        self.assertEqual(before, [self.revision(a), self.revision(b)])

    def test_each_for_itself(self):
        """One fails, the others are changed; nothing of the one that fails is."""
        a, = self.define("a")
        b, = self.define("b", devices=[DISK])
        c, = self.define("c")
        kind, values = DISK
        rows = dict(self.apply({"name": "[abc]"}, [*MORE, ("add", kind, "", values, [])]))
        self.assertEqual([True, True], [rows[a]["changed"], rows[c]["changed"]])
        self.assertEqual({"name", "error", "message"}, set(rows[b]))
        self.assertEqual(ERROR + "AlreadyExists", rows[b]["error"])
        self.assertIn("vda", rows[b]["message"])
        self.assertEqual([4, 2, 4], self.vcpus(a, b, c))

    def test_ids(self):
        a, b = self.define("a", "b")
        kind, values = DISK
        rows = self.apply({"name": "[ab]"}, [("add", kind, "", values, [])])
        self.assertEqual(["vda", "vda"], [row["id"] for _, row in rows])

    def test_boot_order(self):
        a, b = self.define("a", "b", devices=[DISK])
        order = {"devices": GLib.Variant("a(ss)", [("disk", "vda")])}
        self.apply({"name": "[ab]"}, [("boot", "", "", order, [])])
        for path in (a, b):
            disks = self.call(path, "Config", "GetDevices", "(sa{sv})", "disk", {})
            self.assertEqual([1], [have["boot.order"] for _, _, have in disks])

    def test_stop_on_error(self):
        paths = self.define("a", "c", "d")
        b, = self.define("b", devices=[DISK])
        kind, values = DISK
        rows = self.apply({"name": "[abcd]"}, [*MORE, ("add", kind, "", values, [])],
                          stop_on_error=True)
        self.assertEqual([None, ERROR + "AlreadyExists", ERROR + "Cancelled", ERROR + "Cancelled"],
                         [row.get("error") for _, row in rows])
        self.assertEqual([4, 2, 2], self.vcpus(*paths))

    def test_expected(self):
        a, b, c = self.define("a", "b", "c")
        expected = {self.uuid(path).upper(): self.revision(path) for path in (a, b)}
        self.client.modify(b, {"memory": "2GiB"})
        rows = self.apply({"name": "[abc]"}, expected=GLib.Variant("a{ss}", expected))
        self.assertEqual([None, ERROR + "Conflict", ERROR + "Conflict"],
                         [row.get("error") for _, row in rows])
        self.assertIn("revision", rows[1][1]["message"])
        self.assertIn("expected", rows[2][1]["message"])
        self.assertEqual([4, 2, 2], self.vcpus(a, b, c))
        with self.refused("InvalidValue", "expected", "x"):
            self.apply({"name": "*"}, expected=GLib.Variant("a{ss}", {"x": "y"}))
        rows = self.apply({"name": "[abc]"}, expected=GLib.Variant("a{ss}", {}))
        self.assertEqual({ERROR + "Conflict"}, {row.get("error") for _, row in rows})

    def test_affect(self):
        """Sides that a domain does not have are its own error."""
        a, = self.define("a")
        edit = [("set", "", "", settings({"title": "Seen"}), [])]
        rows = dict(self.apply({"name": "*"}, edit, affect="live"))
        self.assertEqual(ERROR + "Unsupported", rows[a]["error"])
        self.assertNotEqual(ERROR + "Unsupported", rows[TEST].get("error"))
        for title in ("Seen", "Later"):  # it runs with the first already
            edit = [("set", "", "", settings({"title": title}), [])]
            rows = dict(self.apply({"name": "*"}, edit, affect="config"))
            self.assertEqual([True, True], [row["changed"] for row in rows.values()])
            self.assertEqual(title == "Later", rows[TEST]["restart-needed"])
        self.assertFalse(rows[a]["restart-needed"])
        with self.refused("InvalidValue", "affect"):
            self.apply({"name": "*"}, edit, affect="all")

    def test_signals(self):
        a, b = self.define("a", "b")
        watcher = rig.Signals(self.client)
        self.apply({"name": "[ab]"})
        for path in (a, b):
            live, keys, _, revision = watcher.wait_named(path, "Config.Changed")
            self.assertEqual((False, ["vcpu"], self.revision(path)), (live, keys, revision))

    def test_history(self):
        a, b = self.define("a", "b")
        before = {path: self.revision(path) for path in (a, b)}
        self.apply({"name": "[ab]"})
        for path in (a, b):
            row = self.plain(path, "Domain", "ListHistory")[0]
            self.assertEqual([before[path], "domwright", ["vcpu"]],
                             [row["revision"], row["origin"], row["keys"]])

    def test_many(self):
        names = [f"n{number:04}" for number in range(1001)]
        paths = self.define(*names)
        with self.refused("LimitExceeded", "1001", "1000"):
            self.apply({"name": "n*"})
        self.assertEqual([2, 2], self.vcpus(paths[0], paths[-1]))
        rows = self.apply({"name": "n0*"})
        self.assertEqual([(path, name, True) for path, name in zip(paths, names[:1000])],
                         [(path, row["name"], row["changed"]) for path, row in rows])
        self.assertEqual([4, 2], self.vcpus(paths[999], paths[1000]))
        # Two at once: what comes second finds it done, or does it.
        twice = [rig.Pending(self.client, HOST, "Host", "ApplyAll", SIGNATURE, settings({"name": "n0*"}),
                             [("set", "", "", settings({"vcpu": 3}), [])], {}) for _ in range(2)]
        changed = [[row["changed"] for _, row in pending.wait()[0]] for pending in twice]
        self.assertEqual([1] * 1000, [one + other for one, other in zip(*changed)])

    def test_details_are_bounded(self):
        """Differences that do not fit into an answer are left out, and that is told."""
        names = [f"n{number:02}" for number in range(40)]
        self.define(*names, description="x" * 130000)
        rows = self.apply({"name": "n*"}, [("set", "", "", settings({"description": "y" * 130000}), [])],
                          diff=True)
        self.assertEqual([True] * 40, [row.get("changed", row.get("message")) for _, row in rows])
        told = ["diff" in row for _, row in rows]
        self.assertEqual(sorted(told, reverse=True), told)
        self.assertIn(False, told)
        self.assertEqual({("details-left-out", "info")},
                         {(problem["rule"], problem["severity"]) for _, row in rows
                          if "diff" not in row for problem in row["problems"]})

    def test_caller_leaves(self):
        """What has not begun is not done."""
        paths = self.define(*(f"n{number:03}" for number in range(300)))
        caller = self.new_client()
        edit = [("set", "", "", settings({"vcpu": 3}), [])]
        pending = rig.Pending(caller, HOST, "Host", "ApplyAll", SIGNATURE, settings({"name": "n*"}),
                              edit, {})
        caller.connection.flush_sync(None)
        caller.close()
        self.assertNotIn(None, self.vcpus(*paths))
        rows = self.apply({"name": "n*"}, edit)
        self.assertEqual(300, len(rows))
        self.assertEqual([3], sorted(set(self.vcpus(*paths))))
        del pending


if __name__ == "__main__":
    tap.main()
