# SPDX-License-Identifier: LGPL-2.1-or-later
"""The main job on a real hypervisor: a private libvirtd with QEMU in emulation.

Owns the proof that what is set over the bus arrives on QEMU's command line and in a running guest.
What each key means in XML is the unit tests' business.
"""

import os
import re
import shlex
import subprocess

from gi.repository import GLib

import rig
from support import client, services, tap
from support.client import device

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


class Qemu(rig.Case):
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

    def memory(self, name):
        """`64`, in MiB, or since libvirt 10 `size=65536k`."""
        [said] = self.option(name, "-m")
        number, unit = re.fullmatch(r"(?:size=)?(\d+)(k?)", said).groups()
        return int(number) << (10 if unit else 20)

    def hyperv_on_command_line(self, name):
        [cpu] = self.option(name, "-cpu")
        return sorted(word for word in cpu.split(",") if word.startswith("hv-") and word != "hv-time=on")

    def state(self, name):
        return self.libvirtd.virsh("domstate", name).stdout.strip()

    def test_whole_life(self):
        path = self.define("life")
        self.addCleanup(self.libvirtd.virsh, "destroy", "life", check=False)
        self.assertEqual("shut off", self.state("life"))
        self.assertEqual(64 << 20, self.memory("life"))
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

        self.assertEqual(96 << 20, self.memory("life"))
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

    def live(self, path, *keys):
        return self.client.call(path, "Config", "GetSettings", "(asa{sv})", list(keys),
                                client.settings({"live": True}))

    def start_once(self, path, **options):
        variants = {"settings": lambda value: GLib.Variant("a{sv}", client.settings(value)),
                    "boot": lambda value: GLib.Variant("a(ss)", value)}
        options = {key: variants.get(key, client.variant)(value) for key, value in options.items()}
        self.client.call(path, "Domain", "Start", "(a{sv})", options)
        services.wait_for(lambda: self.client.property(path, "Domain", "Active"), "Active")

    def stop(self, path, name):
        self.client.domain(path, "Destroy")
        services.wait_for(lambda: not self.client.property(path, "Domain", "Active"), "inactive")
        self.assertEqual("shut off", self.state(name))

    def apply_all(self, pattern, edits, **options):
        return self.client.call("/org/domwright1/host/local", "Host", "ApplyAll",
                                "(a{sv}a(sssa{sv}as)a{sv})", client.settings({"name": pattern}), edits,
                                client.settings(options))

    def test_many_running_guests(self):
        """Devices come to all of them at once; guests that do not answer are waited for together, and
        the answer says what is still to go."""
        paths = [self.define(f"many{number}", **{"features.acpi": True}) for number in range(3)]
        for number, path in enumerate(paths):
            self.addCleanup(self.libvirtd.virsh, "destroy", f"many{number}", check=False)
            if number < 2:
                self.start_once(path)
        kind, values = device("disk", source__file=self.image("plugged.raw", "raw"), driver__type="raw",
                              target__dev="vdb", target__bus="virtio", shareable=True)
        rows = self.apply_all("many*", [("add", kind, "", values, [])], affect="both")
        self.assertEqual([("vdb", "both"), ("vdb", "both"), (None, None)],
                         [(row.get("id"), row.get("applied")) for _, row in rows], rows)
        self.assertEqual("org.domwright1.Error.Unsupported", rows[2][1]["error"])
        rows = self.apply_all("many[01]", [("remove", "disk", "vdb", {}, [])], affect="live",
                              timeout=GLib.Variant("u", 500))
        self.assertEqual([[("disk", "vdb")]] * 2, [row.get("removing") for _, row in rows])
        said = subprocess.run([services.CLIENT, "--address=" + self.bus.address, "remove", "many[01]", "disk", "vdb",
                               "--live", "--timeout=0"], capture_output=True, text=True)
        self.assertEqual(1, said.returncode)
        self.assertIn("domwright: many[01]: info: 2 domains: 2 unfinished.\n", said.stderr)
        for number, path in enumerate(paths[:2]):
            self.stop(path, f"many{number}")

    def test_start_once(self):
        """QEMU gets what is asked for once; libvirt keeps the definition to the byte, and starts that
        the next time."""
        path = self.define("once")
        self.addCleanup(self.libvirtd.virsh, "destroy", "once", check=False)
        before = self.libvirtd.virsh("dumpxml", "--inactive", "--security-info", "once").stdout

        def defined():
            return self.libvirtd.virsh("dumpxml", "--inactive", "--security-info", "once").stdout

        self.start_once(path, boot=[("disk", "sda")], settings={"memory": "96MiB", "currentMemory": "96MiB"},
                        until="reboot", paused=True)
        self.assertEqual("paused", self.state("once"))
        self.assertEqual({"memory": 96 << 20, "on_reboot": "destroy"}, self.live(path, "memory", "on_reboot"))
        disks = self.client.call(path, "Config", "GetDevices", "(sa{sv})", "disk",
                                 client.settings({"live": True}))
        self.assertEqual({"vda": None, "sda": 1}, {id: have.get("boot.order") for _, id, have in disks})
        self.assertEqual(before, defined())
        self.client.domain(path, "Resume")
        self.assertEqual("running", self.state("once"))
        self.stop(path, "once")
        self.assertEqual(before, defined())
        self.client.domain(path, "Start")
        services.wait_for(lambda: self.client.property(path, "Domain", "Active"), "Active")
        self.assertEqual({"memory": 64 << 20, "on_reboot": "restart"},
                         self.live(path, "memory", "on_reboot"))
        self.stop(path, "once")

    def test_start_once_ends_with_a_reboot(self):
        """A reset, as a guest that reboots makes one, is the end of it; and not of the next start."""
        path = self.define("reboots")
        self.addCleanup(self.libvirtd.virsh, "destroy", "reboots", check=False)
        self.start_once(path, until="reboot")
        # QEMU ends at it, and may have closed its monitor before it has answered.
        self.libvirtd.virsh("reset", "reboots", check=False)
        services.wait_for(lambda: self.state("reboots") == "shut off", "the end at the reboot")
        self.client.domain(path, "Start")
        self.libvirtd.virsh("reset", "reboots")
        self.assertEqual("running", self.state("reboots"))

    def test_start_once_beside_a_saved_image(self):
        path = self.define("saved")
        self.addCleanup(self.libvirtd.virsh, "destroy", "saved", check=False)
        self.client.domain(path, "Start")
        self.libvirtd.virsh("managedsave", "saved")
        with self.assertRaises(GLib.Error) as caught:
            self.start_once(path, settings={"memory": "96MiB", "currentMemory": "96MiB"})
        self.assertEqual("org.domwright1.Error.Invalid", client.error_name(caught.exception))
        self.assertEqual("shut off", self.state("saved"))
        self.client.domain(path, "Start")  # which goes on with the image
        self.assertEqual({"memory": 64 << 20}, self.live(path, "memory"))
        self.stop(path, "saved")

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
