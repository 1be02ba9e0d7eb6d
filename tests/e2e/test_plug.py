# SPDX-License-Identifier: LGPL-2.1-or-later
"""What can be plugged into a guest by the version of its libvirt, and where. The guest has no system: what
it would have to let go of is tests/e2e/test_live.py's.
"""

import rig
from support import client, services, tap
from support.client import device, settings


class Plug(rig.LiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        version = cls.client.property(client.HOST, "Host", "LibvirtVersion")
        cls.version = tuple(map(int, version.split(".")))

    def setUp(self):
        self.path = self.define("deaf", [*rig.PORTS, rig.BUSES[0]])
        self.addCleanup(self.libvirtd.virsh, "undefine", "deaf")
        self.client.domain(self.path, "Start")
        self.addCleanup(self.libvirtd.virsh, "destroy", "deaf")

    def test_since_versions(self):
        for kind, values, since in (
                ("input", {"type": "evdev", "source.dev": "/dev/input/event0"}, (10, 4)),
                ("controller", {"type": "virtio-serial"}, (11, 3)),
                ("disk", {"device": "cdrom", "target.bus": "usb"}, (9, 1))):
            with self.subTest(kind=kind, values=values):
                _, result = self.add(self.path, kind, values, **{"dry-run": True})
                self.assertEqual([] if self.version >= since else ["live.not-possible"],
                                 self.rules(result, "error"))
        self.add(self.path, "disk", {"device": "cdrom", "target.bus": "usb", "source.file": self.image("d.iso")})

    def test_cards_of_all_types(self):
        """libvirt takes them out, also those that it does not plug."""
        types = {"mcast": {"source__address": "230.0.0.1", "source__port": 5558},
                 "server": {"source__address": "127.0.0.1", "source__port": services.free_port()}}
        macs = {f"52:54:00:00:00:0{number}": each for number, each in enumerate(types)}
        path = self.define("cards", [*rig.PORTS, *(
            device("interface", type=each, mac__address=mac, model__type="virtio", **types[each])
            for mac, each in macs.items())])
        self.addCleanup(self.libvirtd.virsh, "undefine", "cards")
        self.client.domain(path, "Start")
        self.addCleanup(self.libvirtd.virsh, "destroy", "cards")
        for mac in macs:
            self.remove(path, "interface", mac, affect="config")
            [row] = self.client.domain(path, "ListPending")
            self.assertEqual((mac, "now"), (row["id"], row["waits"]))
            self.assertEqual([("interface", mac)],
                             self.remove(path, "interface", mac, affect="live", timeout=0)["removing"])
            self.client.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", "interface", settings(
                {"mac.address": mac, "type": macs[mac], "model.type": "virtio",
                 **{key.replace("__", "."): value for key, value in types[macs[mac]].items()}}), {})

    def test_controller_that_stays(self):
        """libvirt adds one of virtio-serial, and never takes it out again."""
        if self.version < (11, 3):
            self.skipTest("needs a libvirt that plugs it")
        id, result = self.add(self.path, "controller", {"type": "virtio-serial"})
        self.assertEqual(("both", [True, True]),
                         (result["applied"], self.sides(self.path, "controller", id)))
        with self.refused("Invalid", "running domain", "virtio-serial"):
            self.remove(self.path, "controller", id)
        self.assertEqual([True, True], self.sides(self.path, "controller", id))

    def test_places_of_several(self):
        """What the running domain has no place of the configuration's for leaves the others theirs."""
        self.add(self.path, "rng", affect="live")
        ids, result = self.client.call(self.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})",
                                       [("add", "rng", "", {}, [])] * 3, settings(rig.BOTH))
        self.assertEqual(["address-differs"], self.rules(result, "warning"))
        self.assertEqual([ids[0]], [id for id in ids if len(
            {self.device(self.path, "rng", id, live)["address.bus"] for live in (False, True)}) > 1])


if __name__ == "__main__":
    tap.main()
