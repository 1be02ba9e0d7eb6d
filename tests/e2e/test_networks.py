# SPDX-License-Identifier: LGPL-2.1-or-later
"""Interfaces of virtual networks in a running guest of a privileged libvirtd: the network says what is behind
them, and only the running document has that.

Owns that a change leaves an interface in its network, and that nothing of the network's own is told of.
"""

import unittest

import rig
from support import system_libvirtd, tap
from support.client import device, settings

MISSING = system_libvirtd.SystemLibvirtd.missing()
BRIDGES = "br0", "br1"
MACS = [f"52:54:00:00:00:{number:02}" for number in range(3)]


@unittest.skipIf(MISSING, MISSING)
class Networks(rig.LiveCase):
    LIBVIRTD = system_libvirtd.SystemLibvirtd

    @classmethod
    def setUpClass(cls):
        system_libvirtd.own_network(*BRIDGES)
        super().setUpClass()
        system_libvirtd.define_networks(cls.libvirtd, *BRIDGES)
        cls.path = cls.define("deaf", [*rig.PORTS, *(
            device("interface", type="network", source__network="br0", mac__address=mac, model__type="virtio")
            for mac in MACS)])
        cls.client.domain(cls.path, "Start")

    def change(self, mac, values, unset=(), **options):
        """What is said of it, and what is behind the interface then."""
        result = self.client.call(self.path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "interface", mac,
                                  settings(values), list(unset), settings({**rig.BOTH, **options}))
        running = self.device(self.path, "interface", mac, True)
        return (result["applied"], self.rules(result, "warning"),
                *(running.get("source." + key) for key in ("network", "bridge")))

    def waiting(self):
        return sorted((row["key"], row["waits"]) for row in self.client.domain(self.path, "ListPending"))

    def test_stays_in_its_network(self):
        network = "br0"
        for values, unset in (({"link.state": "down"}, []), ({"link.state": "up"}, []), ({}, ["link.state"]),
                              ({"coalesce.rx.frames.max": 5}, []), ({"source.network": "br1"}, []),
                              ({"source.network": "br0", "link.state": "down"}, [])):
            with self.subTest(values=values, unset=unset):
                network = values.get("source.network", network)
                self.assertEqual(("both", [], network, network), self.change(MACS[0], values, unset))
                self.assertEqual([], self.waiting())

    def test_another_bridge(self):
        """It is in no network then, and comes back."""
        mac = MACS[1]
        self.assertEqual(("live", [], None, "br1"), self.change(mac, {"source.bridge": "br1"}, affect="live"))
        self.assertEqual([("source.bridge", "lost"), ("source.network", "lost")], self.waiting())
        self.assertEqual(("both", [], "br1", "br1"), self.change(mac, {"source.network": "br1"}))
        self.assertEqual([], self.waiting())

    def test_bridge_and_network(self):
        mac = MACS[2]
        for values, network in (({"type": "bridge", "source.bridge": "br1"}, None), ({"link.state": "down"}, None),
                                ({"source.network": "br0"}, "br0"), ({"link.state": "up"}, "br0")):
            with self.subTest(values=values):
                applied, _, *behind = self.change(mac, values)
                self.assertEqual(("both", [network, network or "br1"]), (applied, behind))
                self.assertEqual([], self.waiting())


if __name__ == "__main__":
    tap.main()
