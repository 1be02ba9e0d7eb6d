# SPDX-License-Identifier: LGPL-2.1-or-later
"""A running guest that this service and virsh change in turn, one side or both, at random, with restarts
of the service between.

Owns that both documents are then as was asked, and that what waits is exactly what differs: now or after a
restart where the configuration was changed, lost where only the running domain was. DOMWRIGHT_EDITS is how
many changes are made; 40 otherwise.
"""

import os
import random

from gi.repository import GLib

import rig
from support import tap
from support.client import device, settings

EDITS = int(os.environ.get("DOMWRIGHT_EDITS", "40"))
MAC = "52:54:00:00:00:01"
SIDES = {"config": (0,), "live": (1,), "both": (0, 1)}
USUAL = {"link.state": "up"}


class Mixed(rig.LiveCase):
    def setUp(self):
        seed = random.randrange(1 << 32)
        print(f"# seed {seed}")
        self.random = random.Random(int(os.environ.get("DOMWRIGHT_SEED", seed)))
        self.images = [self.image(f"m{number}.iso") for number in range(3)]
        self.plugged = {place: self.image(place) for place in ("sdc", "sdd")}
        self.path = self.define("mixed", [
            *rig.PORTS[:6], *rig.BUSES,
            device("disk", source__file=self.image("root"), driver__type="raw", target__dev="vda",
                   target__bus="virtio"),
            device("disk", device="cdrom", target__dev="sda", target__bus="sata"),
            device("interface", type="user", mac__address=MAC, model__type="virtio"),
            device("memballoon", model="virtio", stats__period=2)], iothreads=1)
        self.client.domain(self.path, "Start")
        self.addCleanup(lambda: [self.libvirtd.virsh(*words, "mixed") for words in (["destroy"], ["undefine"])])
        # place, key: the values it may have; None: it is not set. The first is what it has.
        self.values = {
            ("", "title"): [None, "a", "b"], ("", "description"): [None, "x"],
            ("", "on_reboot"): ["restart", "destroy"], ("", "iothreads"): [1, 2, 3],
            ("disk/vda", "iotune.total_iops_sec"): [None, 100, 200],
            ("disk/sda", "source.file"): [None, *self.images],
            (f"interface/{MAC}", "link.state"): [None, "up", "down"],
            ("memballoon/#1", "stats.period"): [2, 3, 5],
            ("disk/vda", "serial"): [None, "S1", "S2"],
            ("disk/sdc", ""): [None, True], ("disk/sdd", ""): [None, True],
        }
        self.first = {what: have[0] for what, have in self.values.items()}
        self.sides = [dict(self.first), dict(self.first)]

    def ours(self, place, key, value, affect):
        if not key:
            file = settings({"source.file": self.plugged[place[5:]], "driver.type": "raw",
                             "target.bus": "scsi", "target.dev": place[5:], "readonly": True})
            edit = ("add", "disk", "", file, []) if value else ("remove", *place.split("/"), {}, [])
        else:
            edit = ("modify" if place else "set", *(place.split("/") if place else ("", "")),
                    settings({} if value is None else {key: value}), [key] if value is None else [])
        return self.client.call(self.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", [edit],
                                settings({"affect": affect}))[1]

    def virsh(self, place, key, value, affect):
        """False: it has no words for that."""
        flags = [f"--{side}" for side in ("config", "live") if affect in (side, "both")]
        words = {
            "title": ["desc", "mixed", "--title", "--new-desc", value or ""],
            "description": ["desc", "mixed", "--new-desc", value or ""],
            "on_reboot": ["set-lifecycle-action", "mixed", "reboot", value],
            "iotune.total_iops_sec": ["blkdeviotune", "mixed", "vda", "--total-iops-sec", str(value or 0)],
            "source.file": ["change-media", "mixed", "sda", *([value, "--update"] if value else ["--eject"])],
            "stats.period": ["dommemstat", "mixed", "--period", str(value)],
        }.get(key)
        if key == "link.state" and value and affect != "both":
            words = ["domif-setlink", "mixed", MAC, value]
            flags = ["--config"] if affect == "config" else []
        if not key and value:
            words = ["attach-disk", "mixed", self.plugged[place[5:]], place[5:], "--targetbus", "scsi",
                     "--mode", "readonly", "--subdriver", "raw"]
        empty = key == "source.file" and not all(self.sides[side][place, key] for side in SIDES[affect])
        if not words or (key == "iotune.total_iops_sec" and affect == "both") or (empty and not value):
            return False
        self.libvirtd.virsh(*words, *flags)
        return True

    def note(self, what, value, affect):
        for side in SIDES[affect]:
            self.sides[side][what] = value

    def expected(self):
        rows = {}
        for what in self.values:
            place, key = what
            config, live = (side[what] for side in self.sides)
            usual = USUAL.get(key)
            if (config or usual) == (live or usual):
                continue
            waits = "restart" if key == "serial" else "now"
            if config == self.first[what]:
                waits = "lost"
            rows["/".join(filter(None, what))] = (live, config, waits)
        return rows

    def found(self):
        rows = {}
        for row in self.client.domain(self.path, "ListPending"):
            self.assertTrue(row["sure"])
            kind, id = row["kind"], row["id"]
            name = "/".join(filter(None, (kind, "#1" if kind == "memballoon" else id, row["key"])))
            if not name.startswith("iothreadids"):
                rows[name] = (row.get("live"), row.get("config"), row["waits"])
        return rows

    def now(self, side, what):
        place, key = what
        live = bool(side)
        kind, _, id = place.partition("/")
        if not kind:
            return self.settings(self.path, key)[side]
        devices = {each: have for _, each, have in self.devices(self.path, kind, live)}
        if not key:
            return True if id in devices else None
        return (devices[id] if id in devices else next(iter(devices.values()))).get(key)

    def step(self):
        what = self.random.choice([*self.values])
        place, key = what
        affect = self.random.choice([*SIDES])
        if key == "serial":
            affect = "config"
        have = [self.sides[side][what] for side in SIDES[affect]]
        value = self.random.choice(self.values[what])
        if not key:
            if len({*have}) > 1 or (affect == "both" and None in have) != (None in have):
                return "skipped"
            value = None if have[0] else True
        if self.random.random() < .4 and self.virsh(place, key, value, affect):
            who = "virsh"
        else:
            who = "ours"
            result = self.ours(place, key, value, affect)
            self.assertEqual([], [row for row in result["problems"] if row["severity"] != "info"], what)
        self.note(what, value, affect)
        return f"{who} {place} {key}={value} {affect}"

    def test_mixed(self):
        done = []
        for number in range(EDITS):
            try:
                done.append(self.step())
            except (AssertionError, GLib.Error) as error:
                self.fail("\n".join([*done[-8:], str(error)]))
            if self.random.random() < .05:
                self.daemon.stop()
                self.daemon.start()
                self.daemon.wait_connected()
                done.append("restart of the service")
            usual = USUAL
            for what in self.values:
                for side in (0, 1):
                    now, expected = self.now(side, what), self.sides[side][what]
                    default = usual.get(what[1])
                    self.assertEqual(expected or default, now or default, (done[-8:], what, side))
            self.assertEqual(self.expected(), self.found(), done[-12:])

    def test_names(self):
        """What only the running domain has is not free for a new device of both sides."""
        self.libvirtd.virsh("attach-disk", "mixed", self.image("theirs"), "sdb", "--targetbus", "scsi",
                            "--subdriver", "raw", "--live")
        for affect, expected in (("both", "sdc"), ("auto", "sdd"), ("config", "sdb")):
            disk = {"source.file": self.image("for-" + affect), "driver.type": "raw", "target.bus": "scsi"}
            id, result = self.add(self.path, "disk", disk, affect=affect)
            self.assertEqual((expected, "config" if affect == "config" else "both"), (id, result["applied"]))
            self.assertTrue(all(id in self.ids(self.path, "disk", live) for live in (False, True)))


if __name__ == "__main__":
    tap.main()
