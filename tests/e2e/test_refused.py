# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a running guest of a private libvirtd cannot have, one case of each kind: it is refused with a rule
and a remedy before anything is touched, and with affect "auto" it waits for a restart.

Owns the cases of devices and settings that stay; the guest has no system. What is plugged is test_live.py's.
"""

import json
import os
import signal
import threading

import rig
from support import services, tap
from support.client import device, settings

MAC = "52:54:00:00:00:01"
# kind, id, key, value: None unsets it; the rule
CHANGES = [
    ("", "", "memory", "64MiB", "live.not-possible"), ("", "", "vcpu", 8, "live.not-possible"),
    ("", "", "cpu.mode", "maximum", "live.not-possible"),
    ("", "", "features.acpi", None, "live.not-possible"),
    ("", "", "hyperv.relaxed", True, "live.not-possible"), ("", "", "os.boot", "cdrom", "live.not-possible"),
    ("disk", "vda", "driver.cache", "none", "live.plug"), ("disk", "vda", "serial", None, "live.plug"),
    ("disk", "vda", "source.file", "/srv/other", "live.not-possible"),
    ("disk", "sda", "driver.type", "qcow2", "live.not-possible"),
    ("disk", "sdb", "source.seclabel.1.relabel", False, "live.not-possible"),
    ("interface", MAC, "model.type", "e1000", "live.plug"), ("interface", MAC, "boot.order", 1, "live.plug"),
    ("interface", MAC, "bandwidth.inbound.average", 1000, "live.not-possible"),
    ("graphics", "vnc", "port", 5999, "live.not-possible"),
    ("graphics", "vnc", "listen.1.address", "0.0.0.0", "live.not-possible"),
    ("video", "#1", "model.type", "cirrus", "live.not-possible"),
    ("sound", "#1", "model", "ac97", "live.not-possible"),
    ("controller", "scsi0", "driver.queues", 2, "live.plug"), ("rng", "#1", "rate.bytes", 1024, "live.plug"),
    ("memballoon", "#1", "autodeflate", True, "live.not-possible"),
]
ADDED = [
    ("rng", {"address.type": "pci", "address.bus": "0x0b", "address.slot": "0x00",
             "address.multifunction": "on"}, "several functions"),
    ("disk", {"target.bus": "sd", "source.file": "/x"}, "only virtio, scsi, usb"),
    ("disk", {"device": "cdrom", "target.bus": "virtio", "source.file": "/x"}, "cdrom"),
    ("controller", {"type": "usb", "model": "qemu-xhci"}, "only scsi"),
    ("interface", {"type": "mcast", "source.address": "230.0.0.1", "source.port": 5558}, "its type is"),
]


class Refused(rig.LiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = cls.define("still", [
            *rig.PORTS, *rig.BRIDGE, *rig.BUSES,
            device("disk", source__file=cls.image("root"), driver__type="raw", target__dev="vda",
                   target__bus="virtio", serial="S1"),
            device("disk", device="cdrom", target__dev="sda", target__bus="sata"),
            device("disk", device="cdrom", source__file=cls.image("disc"), driver__type="raw",
                   target__dev="sdb", target__bus="sata"),
            device("disk", device="floppy", target__dev="fda", target__bus="fdc"),
            device("interface", type="user", mac__address=MAC, model__type="virtio"),
            device("graphics", type="vnc"), device("video", model__type="vga"), device("sound", model="ich9"),
            device("watchdog", model="i6300esb", action="reset"), device("rng"), device("rng", alias="ua-r"),
            device("memballoon", model="virtio")])
        cls.client.domain(cls.path, "Start")

    def change(self, kind, id, key, value, **options):
        edit = ("modify" if kind else "set", kind, id, settings({} if value is None else {key: value}),
                [key] if value is None else [])
        return self.client.call(self.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", [edit],
                                settings(options))[1]

    def documents(self):
        return [self.libvirtd.virsh("dumpxml", "still", *side).stdout for side in ((), ("--inactive",))]

    def test_what_goes_with_another_medium(self):
        """Of one that stays it is refused."""
        edit = ("modify", "disk", "sdb", settings({"source.file": self.image("another"),
                                                   "source.seclabel.1.relabel": False}), [])
        result = self.client.call(self.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", [edit],
                                  settings({"affect": "both", "dry-run": True}))[1]
        self.assertEqual([], [row for row in result["problems"] if row["severity"] == "error"])
        self.assertEqual(("both", None), (result["applied"], result.get("waiting")))

    def test_changes(self):
        for kind, id, key, value, rule in CHANGES:
            with self.subTest(kind=kind, key=key):
                before, revision = self.documents(), self.client.property(self.path, "Config", "Revision")
                for affect in ("live", "both"):
                    with self.refused("Invalid", key, 'affect "config"'):
                        self.change(kind, id, key, value, affect=affect)
                    rules = {(row["rule"], row["key"]) for row in self.change(
                        kind, id, key, value, affect=affect, **{"dry-run": True})["problems"]
                        if row["severity"] == "error"}
                    self.assertIn((rule, key), rules)
                self.assertEqual(before, self.documents())
                result = self.change(kind, id, key, value, affect="auto")
                self.assertIn(key, {name.rpartition("/")[2] for name in result["waiting"]})
                self.assertEqual((True, before[0]), (result["restart-needed"], self.documents()[0]))
                self.assertIn((key, "restart"), {(row["key"], row["waits"]) for row in
                                                 self.client.domain(self.path, "ListPending")})
                [row] = [row for row in self.client.domain(self.path, "ListHistory")
                         if row["revision"] == revision][:1]
                self.client.call(self.path, "Domain", "Restore", "(sa{sv})", row["revision"], {})
                self.assertEqual([], self.client.domain(self.path, "ListPending"))

    def test_devices(self):
        before = self.documents()
        for kind, values, words in ADDED:
            with self.subTest(kind=kind, values=values):
                for affect in ("live", "both"):
                    with self.refused("Invalid", words):
                        self.add(self.path, kind, values, affect=affect)
        self.assertEqual(before, self.documents())

    def test_alias_in_other_case(self):
        """It is another one."""
        with self.refused("Invalid", "ua-r", "known by"):
            self.change("rng", "ua-r", "alias", "ua-R", **rig.BOTH)

    def test_memory(self):
        """Of models that QEMU takes or gives back in no case."""
        path = self.define(
            "memory", rig.PORTS, memory="64MiB", maxMemory="1GiB", maxMemory__slots=4, cpu__numa__cell__0__cpus="0",
            cpu__numa__cell__0__memory="64MiB")
        self.client.domain(path, "Start")
        id, _ = self.add(path, "memory", {"model": "virtio-pmem", "target.size": "128MiB",
                                          "source.path": self.image("pmem", 128 << 20)})
        for affect in ("live", "both"):
            with self.refused("Invalid", "virtio-pmem", 'affect "config"'):
                self.remove(path, "memory", id, affect=affect)
            with self.refused("Invalid", "without memory of model nvdimm", 'affect "config"'):
                self.add(path, "memory", {"model": "nvdimm", "target.size": "128MiB", "target.node": 0,
                                          "source.path": self.image("nvdimm", 128 << 20)}, affect=affect)

    def test_medium_comes_back(self):
        """libvirt takes it out before QEMU refuses the other one; what the guest put out is put in again."""
        def media():
            block = json.loads(self.libvirtd.virsh("qemu-monitor-command", "drive",
                                                   '{"execute": "query-block"}').stdout)["return"]
            return [(each["inserted"]["file"], each["tray_open"]) for each in block if "inserted" in each]
        image = self.image("inside.iso")
        path = self.define("drive", [device("disk", device="cdrom", source__file=image, driver__type="raw",
                                            target__dev="sda", target__bus="sata")])
        self.client.domain(path, "Start")
        for affect in ("both", "live"):
            with self.refused("Libvirt", "regular file", "running domain is what it was"):
                self.client.call(path, "Config", "ChangeMedia", "(sa{sv}a{sv})", "sda",
                                 settings({"source.file": self.libvirtd.directory}),
                                 settings({"affect": affect}))
            drive = self.device(path, "disk", "sda", True)
            self.assertEqual((image, None), (drive["source.file"], drive.get("target.tray")))
            self.assertEqual([(image, False)], media())
        for affect in ("both", "live", "auto"):
            self.libvirtd.virsh("qemu-monitor-command", "drive",
                                '{"execute": "blockdev-open-tray", "arguments": {"id": "sata0-0-0"}}')
            services.wait_for(lambda: self.device(path, "disk", "sda", True).get("target.tray") == "open", "the tray")
            result = self.client.call(path, "Config", "ChangeMedia", "(sa{sv}a{sv})", "sda",
                                      settings({"source.file": image}), settings({"affect": affect}))
            self.assertTrue(result["changed"])
            self.assertEqual([(image, False)], media())
            self.assertNotIn("target.tray", self.device(path, "disk", "sda", True))
        with self.refused("Invalid", "driver.type"):  # of the same medium
            self.client.call(path, "Config", "ChangeMedia", "(sa{sv}a{sv})", "sda",
                             settings({"source.file": image, "driver.type": "qcow2"}), settings(rig.BOTH))

    def test_guest_that_dies(self):
        """What is left of it is told."""
        path = self.define("mortal", [device("memballoon", model="virtio")])
        self.client.domain(path, "Start")
        with open(os.path.join(self.libvirtd.directory, "run", "libvirt", "qemu", "run", "mortal.pid")) as file:
            pid = int(file.read())
        os.kill(pid, signal.SIGSTOP)
        end = threading.Timer(1, os.kill, (pid, signal.SIGKILL))
        end.start()
        with self.refused("Libvirt", "configuration is what it was", "does not run any more"):
            self.modify(path, {"currentMemory": "16MiB"})
        end.join()

    def test_no_port(self):
        """What affect "auto" has no room for waits, and what needs it, too."""
        path = self.define("full", [device("disk", source__file=self.image("full"), driver__type="raw",
                                           target__bus="virtio")])
        self.client.domain(path, "Start")
        card = {"type": "user", "model.type": "virtio"}
        while True:
            id, result = self.add(path, "interface", card, affect="auto")
            if "waiting" in result:
                break
        self.assertEqual((["interface/" + id], "config"), (result["waiting"], result["applied"]))
        self.assertEqual([True, False], self.sides(path, "interface", id))
        id, result = self.add(path, "disk", {"source.file": self.image("more"), "driver.type": "raw",
                                             "target.bus": "scsi"}, affect="auto")
        self.assertEqual(({"controller/scsi0", "disk/" + id}, "config"),
                         (set(result["waiting"]), result["applied"]))
        self.assertEqual([True, False], self.sides(path, "disk", id))
        with self.refused("Invalid", "PCI Express port"):
            self.add(path, "interface", card)

    def test_tray(self):
        """The guest's alone."""
        for affect in ("live", "both"):
            with self.refused("Invalid", "target.tray"):
                self.change("disk", "sda", "target.tray", "open", affect=affect)

    def test_floppy(self):
        """It stays, and what is in it does not."""
        def change(source, **options):
            return self.client.call(self.path, "Config", "ChangeMedia", "(sa{sv}a{sv})", "fda",
                                    settings(source), settings({**rig.BOTH, **options}))

        def media():
            return [self.device(self.path, "disk", "fda", live).get("source.file") for live in (False, True)]
        image = self.image("floppy.img", 1440 << 10)
        self.assertEqual("both", change({"source.file": image})["applied"])
        self.assertEqual([image, image], media())
        self.assertEqual("live", change({}, affect="live")["applied"])
        self.assertEqual([image, None], media())
        self.assertEqual([("source.file", "now")], [(row["key"], row["waits"]) for row in
                                                     self.client.domain(self.path, "ListPending")])
        change({}, affect="config")
        self.assertEqual([None, None], media())
        with self.refused("Invalid", "only virtio, scsi, usb"):
            self.remove(self.path, "disk", "fda")

    def test_what_the_configuration_is_given(self):
        """Nothing that only the running document has."""
        before = self.documents()[1]
        for state in ("down", "up"):
            self.client.call(self.path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "interface", MAC,
                             settings({"link.state": state}), [], settings(rig.BOTH))
            self.assertEqual(before.replace("<model type='virtio'/>\\n      <address", "<address"),
                             self.documents()[1].replace(f"      <link state='{state}'/>\n", ""))


if __name__ == "__main__":
    tap.main()
