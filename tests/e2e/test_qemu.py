# SPDX-License-Identifier: LGPL-2.1-or-later
"""The main job on a real hypervisor: a private libvirtd with QEMU in emulation.

Owns the proof that what is set over the bus arrives on QEMU's command line and in a running guest.
What each key means in XML is the unit tests' business.
"""

import os
import shlex
import subprocess
import unittest

from support import client, services, tap
from support.client import device

MISSING = services.Libvirtd.missing()

# Feature over the bus: what QEMU 7.2 is told. Those that need no other feature.
HYPERV = {
    "relaxed": "hv-relaxed=on",
    "vapic": "hv-vapic=on",
    "spinlocks": "hv-spinlocks=0x1fff",
    "vpindex": "hv-vpindex=on",
    "runtime": "hv-runtime=on",
    "reset": "hv-reset=on",
    "frequencies": "hv-frequencies=on",
    "reenlightenment": "hv-reenlightenment=on",
}


@unittest.skipIf(MISSING, MISSING)
class Qemu(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.libvirtd = cls.enterClassContext(services.Libvirtd())
        cls.bus = cls.enterClassContext(services.Bus())
        daemon = services.Daemon(cls.bus, "--host", "local=" + cls.libvirtd.uri)
        cls.enterClassContext(daemon).wait_connected()
        cls.client = client.Client(cls.bus.address)
        cls.addClassCleanup(cls.client.close)

    def image(self, name, fmt="qcow2"):
        path = os.path.join(self.libvirtd.directory, name)
        subprocess.run(["qemu-img", "create", "-q", "-f", fmt, path, "8M"], check=True)
        self.libvirtd.make_readable(path)
        return path

    def define(self, name, **more):
        values = {"name": name, "type": "qemu", "memory": "64MiB", "vcpu": 1,
                  "os.arch": "x86_64", "os.machine": "pc", "os.boot": ["hd", "cdrom"],
                  "hyperv.relaxed": True, "hyperv.vapic": True,
                  "hyperv.spinlocks": True, "hyperv.spinlocks.retries": 8191,
                  "clock.offset": "localtime", **more}
        devices = [
            device("disk", source__file=self.image(name + ".qcow2"), driver__type="qcow2",
                   target__dev="vda", target__bus="virtio"),
            device("disk", device="cdrom", source__file=self.image(name + ".iso", "raw"),
                   target__dev="sda", target__bus="sata"),
            device("channel", target__name="org.qemu.guest_agent.0"),
        ]
        path, _ = self.client.define(values, devices)
        self.addCleanup(self.libvirtd.virsh, "undefine", name, check=False)
        return path

    def command_line(self, name):
        """QEMU's arguments for the persistent definition."""
        xml = os.path.join(self.libvirtd.directory, name + "-argv.xml")
        with open(xml, "w") as file:
            file.write(self.libvirtd.virsh("dumpxml", "--inactive", "--security-info", name).stdout)
        return shlex.split(self.libvirtd.virsh("domxml-to-native", "qemu-argv", xml).stdout)

    def option(self, name, option):
        words = self.command_line(name)
        return [words[i + 1] for i, word in enumerate(words[:-1]) if word == option]

    def hyperv_on_command_line(self, name):
        [cpu] = self.option(name, "-cpu")
        return sorted(word for word in cpu.split(",") if word.startswith("hv-") and word != "hv-time=on")

    def state(self, name):
        return self.libvirtd.virsh("domstate", name).stdout.strip()

    def test_whole_life(self):
        path = self.define("life")
        self.addCleanup(self.libvirtd.virsh, "destroy", "life", check=False)
        self.assertEqual("shut off", self.state("life"))
        self.assertEqual(["64"], self.option("life", "-m"))
        self.assertEqual(["hv-relaxed=on", "hv-spinlocks=0x1fff", "hv-vapic=on"],
                         self.hyperv_on_command_line("life"))
        self.assertIn("life.qcow2", " ".join(self.option("life", "-blockdev")))
        self.assertIn("life.iso", " ".join(self.option("life", "-blockdev")))
        self.assertIn("org.qemu.guest_agent.0", " ".join(self.option("life", "-device")))
        self.assertIn("base=localtime", self.option("life", "-rtc"))

        self.client.domain(path, "Start")
        self.assertEqual("running", self.state("life"))
        services.wait_for(lambda: self.client.property(path, "Domain", "Active"), "Active")
        self.assertEqual("running", self.client.property(path, "Domain", "State"))

        result = self.client.modify(path, {"memory": "96MiB", "currentMemory": "96MiB"})
        self.assertTrue(result["changed"])
        target, _ = self.client.add_disk(path, {
            "source.file": self.image("life-data.qcow2"), "driver.type": "qcow2",
            "target.bus": "virtio", "serial": "DATA01"})
        self.assertEqual("vdb", target)
        self.client.set_hyperv(path, {"vapic": False, "runtime": True})

        self.assertEqual(["96"], self.option("life", "-m"))
        self.assertIn("life-data.qcow2", " ".join(self.option("life", "-blockdev")))
        self.assertIn('"serial":"DATA01"', " ".join(self.option("life", "-device")))
        self.assertEqual(["hv-relaxed=on", "hv-runtime=on", "hv-spinlocks=0x1fff"],
                         self.hyperv_on_command_line("life"))
        self.assertNotIn("life-data", self.libvirtd.virsh("dumpxml", "life").stdout)

        self.client.domain(path, "Destroy")
        self.assertEqual("shut off", self.state("life"))
        self.client.set_hyperv(path, {"runtime": False})  # emulation cannot run it
        self.client.domain(path, "Start")
        self.assertIn("life-data", self.libvirtd.virsh("dumpxml", "life").stdout)
        self.client.domain(path, "Destroy")
        self.client.domain(path, "Undefine")
        self.assertNotIn("life", self.libvirtd.virsh("list", "--all", "--name").stdout.split())
        self.assertTrue(os.path.exists(os.path.join(self.libvirtd.directory, "life.qcow2")))

    def test_each_hyperv_toggle_reaches_qemu(self):
        path = self.define("toggles")
        self.client.set_hyperv(path, {"all": False})
        self.assertEqual([], self.hyperv_on_command_line("toggles"))
        for feature, told in HYPERV.items():
            with self.subTest(feature=feature):
                self.client.set_hyperv(path, {feature: True})
                self.assertEqual([told], self.hyperv_on_command_line("toggles"))
                self.client.set_hyperv(path, {feature: False})
                self.assertEqual([], self.hyperv_on_command_line("toggles"))

    def test_hyperv_values_reach_qemu(self):
        path = self.define("values")
        self.client.set_hyperv(path, {"all": False})
        self.client.modify(path, {"hyperv.spinlocks": True, "hyperv.spinlocks.retries": 4096,
                                  "hyperv.vendor_id": True, "hyperv.vendor_id.value": "KVM Hv"})
        self.assertEqual(["hv-spinlocks=0x1000", "hv-vendor-id=KVM Hv"],
                         self.hyperv_on_command_line("values"))
        self.client.set_hyperv(path, {"all": False})
        self.client.set_hyperv(path, {"stimer": True})
        self.assertEqual(["hv-stimer=on", "hv-synic=on", "hv-vpindex=on"],
                         self.hyperv_on_command_line("values"))

    def test_a_definition_equals_its_source(self):
        # What libvirt stored, read back over the bus, is what was asked for.
        path = self.define("same", title="The same", description="read back")
        self.assertEqual(
            {"title": "The same", "description": "read back", "memory": 64 * 1024 * 1024, "vcpu": 1,
             "os.boot": ["hd", "cdrom"], "clock.offset": "localtime"},
            self.client.get_settings(path, "title", "description", "memory", "vcpu", "os.boot",
                                     "clock.offset"))


if __name__ == "__main__":
    tap.main()
