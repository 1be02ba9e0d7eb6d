# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices of one kind of a guest of a private libvirtd, with names of their own and without: "#N" is another
device once one before it has gone, on one side or on both.

Owns that what is removed is the same device on both sides, and that what it leaves does not wait.
"""

import os
import re

import rig
from support import tap
from support.client import device


class Places(rig.LiveCase):
    def setUp(self):
        self.path = self.define(self._testMethodName, [rig.BUSES[0], *(
            device("input", type=each, bus="usb") for each in ("tablet", "mouse", "tablet", "keyboard"))])

    def ports(self):
        return [[have["address.port"] for _, _, have in self.devices(self.path, "input", live)
                 if have["bus"] == "usb"] for live in (False, True)]

    def take(self, port, **options):
        """The device at that port; what was applied, and the ports of both sides then."""
        [id] = [id for _, id, have in self.devices(self.path, "input", options.get("affect") == "live")
                if have.get("address.port") == port]
        return self.remove(self.path, "input", id, **options).get("applied"), self.ports()

    def waiting(self):
        return self.client.domain(self.path, "ListPending")

    def check(self):
        self.client.domain(self.path, "Start")
        self.assertEqual([["1", "2", "3", "4"]] * 2, self.ports())
        self.assertEqual(("both", [["2", "3", "4"]] * 2), self.take("1"))
        self.assertEqual([], self.waiting())
        self.assertEqual(("config", [["3", "4"], ["2", "3", "4"]]), self.take("2", affect="config"))
        self.assertEqual(1, len(self.waiting()))
        self.assertEqual(("both", [["4"], ["2", "4"]]), self.take("3"))
        self.assertEqual(("live", [["4"]] * 2), self.take("2", affect="live"))
        self.assertEqual([], self.waiting())

    def test_named(self):
        self.check()

    def test_nameless(self):
        file = os.path.join(self.libvirtd.directory, "nameless.xml")
        with open(file, "w") as out:
            out.write(re.sub("<alias name='ua-[^']*'/>", "", self.client.get_xml(self.path)))
        self.libvirtd.virsh("define", file)
        self.assertEqual({"#"}, {id[0] for id in self.ids(self.path, "input", False)})
        self.check()

    def test_crossed(self):
        """What is at the address of another one in the guest is not that one."""
        path = self.define("crossed", rig.PORTS[:4])
        self.client.domain(path, "Start")
        file = os.path.join(self.libvirtd.directory, "rng.xml")
        for rate, sides in ((2, ["--config"]), (3, ["--config", "--live"])):
            with open(file, "w") as out:
                out.write(f"<rng model='virtio'><rate bytes='{rate}'/><backend model='builtin'/></rng>")
            self.libvirtd.virsh("attach-device", "crossed", file, *sides)
        [row] = self.client.domain(path, "ListPending")
        self.assertEqual(("rng", "#1", "", "now"), tuple(row[key] for key in ("kind", "id", "key", "waits")))
        with self.refused("Invalid", "Nothing tells"):
            self.remove(path, "rng", "#1", timeout=0)
        self.client.domain(path, "Destroy")


if __name__ == "__main__":
    tap.main()
