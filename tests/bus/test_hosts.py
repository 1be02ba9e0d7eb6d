# SPDX-License-Identifier: LGPL-2.1-or-later
"""What hosts have and can do, on private libvirtds with QEMU in emulation.

Owns choices, capabilities and what follows from them; what is promised while libvirt is away is in
test_libvirtd.py.
"""

import os
import unittest

import rig
from rig import HOST
from support import services, tap
from support.client import settings

NETWORK = "<network><name>lab</name><forward mode='bridge'/><bridge name='br7'/></network>"


class Case(rig.Case):
    """One libvirtd for all tests of a class, and for each a daemon that knows it as local."""

    @classmethod
    def setUpClass(cls):
        cls.libvirtd = cls.enterClassContext(services.Libvirtd())

    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(
            self.bus, "--host", f"local={self.libvirtd.uri}"))
        self.client = self.new_client()

    def choices(self, kind, key, **options):
        """value -> doc"""
        found = self.call(HOST, "Host", "ListChoices", "(ssa{sv})", kind, key, settings(options))
        return {choice["value"]: choice["doc"] for choice in found}

    def file(self, name, text, mode=0o644):
        path = os.path.join(self.libvirtd.directory, name)
        with open(path, "w") as out:
            out.write(text)
        os.chmod(path, mode)
        return path


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Choices(Case):
    def test_networks(self):
        self.assertEqual({}, self.choices("interface", "source.network"))
        self.libvirtd.virsh("net-define", self.file("net.xml", NETWORK))
        self.assertEqual({"lab": "not active, bridge br7"},
                         self.choices("interface", "source.network"))
        self.libvirtd.virsh("net-start lab; net-autostart lab")
        self.assertEqual({"lab": "active, started with the host, bridge br7"},
                         self.choices("interface", "source.network"))

    def test_pools_and_volumes(self):
        place = os.path.join(self.libvirtd.directory, "pool")
        self.libvirtd.virsh(f"pool-define-as images dir --target {place}; pool-build images")
        self.assertEqual({"images": "not active"}, self.choices("disk", "source.pool"))
        self.libvirtd.virsh("pool-start images; vol-create-as images b.raw 3M --format raw; "
                            "vol-create-as images a.raw 1536M --allocation 0 --format raw")
        pools = self.choices("disk", "source.pool")
        self.assertRegex(pools["images"], r"^active, \d+(\.\d)? [MGTP]iB of \d+(\.\d)? [MGTP]iB available$")
        self.assertEqual(pools, self.choices("disk", "backing.1.source.pool"))
        self.assertEqual([("a.raw", f"file of 1.5 GiB, 0 bytes in use, {place}/a.raw"),
                          ("b.raw", f"file of 3.0 MiB, 3.0 MiB in use, {place}/b.raw")],
                         list(self.choices("disk", "source.volume", pool="images").items()))
        with self.refused("InvalidValue", "pool"):
            self.choices("disk", "source.volume")
        with self.refused("NotFound", "nothing"):
            self.choices("disk", "source.volume", pool="nothing")

    def devices(self, capability, pattern):
        """What virsh says of the host's devices: the texts between two marks."""
        found = set()
        for name in self.libvirtd.virsh("nodedev-list", "--cap", capability).stdout.split():
            xml = self.libvirtd.virsh("nodedev-dumpxml", name).stdout
            before, after = pattern
            found.add(xml.split(before)[1].split(after)[0])
        return found

    def test_host_devices(self):
        names = self.devices("net", ("<interface>", "<"))
        found = self.choices("interface", "source.dev")
        self.assertEqual(names, set(found))
        self.assertIn("lo", names)
        self.assertEqual("00:00:00:00:00:00, link unknown", found["lo"])
        self.assertEqual(found, self.choices("hostdev", "source.interface"))
        self.assertEqual(self.devices("storage", ("<block>", "<")),
                         set(self.choices("disk", "source.dev")))
        pci = {name.removeprefix("pci_")
               for name in self.libvirtd.virsh("nodedev-list", "--cap", "pci").stdout.split()}
        self.assertEqual(pci, {address.replace(":", "_").replace(".", "_")
                               for address in self.choices("hostdev", "source.address")})
        for key in ("source.vendor", "source.product", "source.address.bus", "source.address.uuid",
                    "source.adapter.name", "source.address.unit"):
            self.assertIsInstance(self.choices("hostdev", key), dict)

    def test_machines(self):
        machines = self.choices("", "os.machine", arch="x86_64")
        q35 = [name for name, doc in machines.items() if doc == "also called q35"]
        guests = self.plain(HOST, "Host", "GetCapabilities")["guests"]
        self.assertEqual([guest["aliases"]["q35"] for guest in guests if guest["arch"] == "x86_64"],
                         q35)


if __name__ == "__main__":
    tap.main()
