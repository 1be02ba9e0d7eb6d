# SPDX-License-Identifier: LGPL-2.1-or-later
"""ListDomains with keys as columns: what they answer, and what they do not.

Owns the table of domains; the columns that are properties are test_config's.
"""

import unittest

import rig
from rig import HOST, TEST
from support import tap
from support.client import device

GUEST = {"name": "web", "memory": "1GiB", "vcpu": 2}
DISKS = [device("disk", source__file="/srv/vm/a.img", target__dev="vda", target__bus="virtio"),
         device("disk", source__file="/srv/vm/b.img", target__dev="vdb", target__bus="virtio",
                readonly=True),
         device("disk", device="cdrom", target__dev="sda", target__bus="sata")]


class Columns(rig.Case):
    def setUp(self):
        super().setUp()
        self.web = self.client.define(GUEST, DISKS)[0]

    def rows(self, *columns, **options):
        return self.plain(HOST, "Host", "ListDomains", columns=list(columns), **options)

    def row(self, *columns, **options):
        return dict(self.rows(*columns, **options))[self.web]

    def test_settings(self):
        self.assertEqual({"name": "web", "memory": 1 << 30, "vcpu": 2},
                         self.row("name", "memory", "vcpu"))
        self.assertEqual({"memory": 8 << 30}, dict(self.rows("memory"))[TEST])

    def test_devices(self):
        self.assertEqual({"disk/vda/source.file": "/srv/vm/a.img", "disk/vdb/readonly": True,
                          "disk/#3/device": "cdrom"},
                         self.row("disk/vda/source.file", "disk/vdb/readonly", "disk/#3/device"))

    def test_every_device(self):
        self.assertEqual({"disk/*/source.file": ["/srv/vm/a.img", "/srv/vm/b.img"],
                          "disk/*/target.dev": ["vda", "vdb", "sda"],
                          "disk/*/readonly": ["yes", "yes"]},
                         self.row("disk/*/source.file", "disk/*/target.dev", "disk/*/readonly",
                                  "interface/*/mac.address"))

    def test_absent(self):
        self.assertEqual({"uuid": self.client.get_settings(self.web, "uuid")["uuid"]},
                         self.row("uuid", "description", "disk/vda/serial", "disk/vdz/source.file",
                                  "tpm/*/model"))

    def test_what_is_asked_again(self):
        """What is remembered of a list is what its domains are when the next one is asked for."""
        columns = ("memory", "disk/vda/source.file", "description")
        self.assertEqual(self.rows(*columns), self.rows(*columns))
        self.client.modify(self.web, {"memory": "2GiB", "description": "x"})
        for _ in range(2):
            self.assertEqual({"memory": 2 << 30, "disk/vda/source.file": "/srv/vm/a.img",
                              "description": "x"}, self.row(*columns))
        self.assertEqual({"vcpu": 2}, self.row("vcpu"))
        self.client.call(self.web, "Config", "RemoveDevice", "(ssa{sv})", "disk", "vda", {})
        self.assertEqual({"memory": 2 << 30, "description": "x"}, self.row(*columns))
        self.assertEqual(8 << 30, dict(self.rows(*columns))[TEST]["memory"])
        self.client.domain(self.web, "Undefine")
        self.assertEqual([TEST], [path for path, _ in self.rows(*columns)])

    def test_order_and_filters(self):
        self.client.define({**GUEST, "name": "alpha"})
        self.client.define({**GUEST, "name": "zeta"})
        for columns in (["name"], ["name", "vcpu"]):
            self.assertEqual(["alpha", "test", "web", "zeta"],
                             [row["name"] for _, row in self.rows(*columns)])
        self.assertEqual(["alpha", "web", "zeta"],
                         [row["name"] for _, row in self.rows("name", "memory", active=False)])
        self.assertEqual([(self.web, {"memory": 1 << 30})], self.rows("memory", name="w*"))
        self.assertEqual([], self.rows("memory", name="nothing*"))

    def test_after_an_edit(self):
        self.row("vcpu")
        self.client.modify(self.web, {"vcpu": 3})
        self.assertEqual({"vcpu": 3}, self.row("vcpu"))

    def test_live(self):
        self.client.modify(TEST, {"vcpu": 1})
        running = dict(self.rows("vcpu", "name", live=True))
        self.assertEqual({"vcpu": 2, "name": "test"}, running[TEST])
        self.assertEqual({"vcpu": 2, "name": "web"}, running[self.web])
        self.assertEqual({"vcpu": 1}, dict(self.rows("vcpu"))[TEST])

    def test_no_secrets(self):
        made = self.client.define(
            {**GUEST, "name": "shown"},
            [device("graphics", type="vnc", passwd="secret")])[0]
        rows = dict(self.rows("graphics/vnc/passwd", "graphics/*/passwd", "graphics/*/type"))
        self.assertEqual({"graphics/*/type": ["vnc"]}, rows[made])

    def test_refused(self):
        for column, word in (("memroy", "memory"), ("disk/vda/sorce.file", "source.file"),
                             ("dsk/vda/serial", "dsk"), ("disk/serial", "disk/serial"), ("", '""')):
            with self.subTest(column), self.refused("InvalidValue", "columns", word):
                self.rows("name", column)
        with self.refused("InvalidValue", "memory", "twice"):
            self.rows("memory", "name", "memory")
        with self.refused("LimitExceeded", "65"):
            self.rows(*(f"disk/vd{number}/serial" for number in range(65)))
        with self.refused("LimitExceeded", "pattern", "513"):
            self.rows("name", name="*[" + 510 * "_" + "]")
        self.assertEqual([], self.rows("name", name="*[" + 509 * "_" + "]"))

    def test_many(self):
        """More domains than are answered at once."""
        for number in range(300):
            self.client.define({**GUEST, "name": f"n{number:03}", "vcpu": 1 + number % 2})
        rows = self.rows("name", "vcpu", "memory", name="n*")
        self.assertEqual([{"name": f"n{number:03}", "vcpu": 1 + number % 2, "memory": 1 << 30}
                          for number in range(300)], [row for _, row in rows])


if __name__ == "__main__":
    tap.main()
