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
from support.client import device, settings

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


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Running(Case):
    """What changes in a guest that runs, by virsh and by the guest, is told with its names."""

    GUEST = {"name": "web", "type": "qemu", "memory": "64MiB", "os.arch": "x86_64",
             "os.machine": "q35"}

    def setUp(self):
        super().setUp()
        self.daemon.wait_connected()
        self.path, _ = self.client.define(self.GUEST, [
            device("disk", device="cdrom", target__dev="sda", target__bus="sata", readonly=True),
            *[device("controller", type="pci", model="pcie-root-port") for _ in range(4)],
            device("memballoon", model="virtio")])
        self.addCleanup(self.libvirtd.virsh, "destroy web; undefine web", check=False)
        self.signals = rig.Signals(self.client)
        self.client.domain(self.path, "Start")
        self.signals.wait_property(self.path, "Active", True)
        self.know()

    def know(self):
        """Waits until the daemon has seen what runs."""
        self.client.domain(self.path, "Suspend")
        self.signals.wait_property(self.path, "State", "paused")
        self.signals.settle()
        self.signals.told.clear()

    def changed(self):
        """What is told of the running side until it is what it is now; it may come in steps."""
        keys, devices = set(), set()

        def is_now(path, name, arguments):
            return (path, name) == (self.path, "Config.Changed") and arguments[0] and \
                arguments[3] == self.plain(self.path, "Config", "Describe", live=True)[2]

        self.signals.wait(is_now, "a change")
        for path, name, arguments in self.signals.told:
            if (path, name) == (self.path, "Config.Changed") and arguments[0]:
                keys.update(arguments[1])
                devices.update(arguments[2])
        self.signals.told.clear()
        return keys, devices

    def test_devices(self):
        image = self.file("extra.raw", "x" * 65536)
        self.libvirtd.make_readable(image)
        disk = self.file("disk.xml", f"<disk type='file' device='disk'><driver name='qemu' "
                         f"type='raw'/><source file='{image}'/><target dev='vdb' bus='virtio'/></disk>")
        self.libvirtd.virsh("attach-device", "web", disk, "--live")
        keys, devices = self.changed()
        self.assertEqual((set(), {("disk", "vdb")}), (keys, devices))
        self.assertNotIn("vdb", self.client.get_xml(self.path))
        self.assertIn("vdb", self.client.get_xml(self.path, {"live": True}))
        self.libvirtd.virsh("blkdeviotune", "web", "vdb", "--total-bytes-sec", "1000000", "--live")
        self.assertEqual((set(), {("disk", "vdb")}), self.changed())
        # The guest has no system that would let go of the device; without power it is gone.
        self.libvirtd.virsh("detach-disk", "web", "vdb", "--live")
        self.client.domain(self.path, "Resume")
        self.client.domain(self.path, "Reset")
        self.assertEqual((set(), {("disk", "vdb")}), self.changed())

    def test_tray_and_medium(self):
        image = self.file("disc.iso", "x" * 65536)
        self.libvirtd.make_readable(image)
        self.libvirtd.virsh("change-media", "web", "sda", image, "--insert", "--live")
        self.assertEqual((set(), {("disk", "sda")}), self.changed())
        self.client.domain(self.path, "Resume")
        self.signals.settle()
        self.signals.told.clear()
        self.libvirtd.virsh("qemu-monitor-command", "web",
                            '{"execute":"blockdev-open-tray","arguments":{"id":"sata0-0-0",'
                            '"force":true}}')
        self.assertEqual((set(), {("disk", "sda")}), self.changed())

    def test_restart_is_another_document(self):
        """What differs between two runs is no change of what runs."""
        self.client.modify(self.path, {"title": "other"})
        self.client.domain(self.path, "Destroy")
        self.client.domain(self.path, "Start")
        self.signals.wait_property(self.path, "Active", True)
        self.signals.settle()
        self.assertEqual([False], [arguments[0] for path, name, arguments in self.signals.told
                                   if name == "Config.Changed"])


if __name__ == "__main__":
    tap.main()
