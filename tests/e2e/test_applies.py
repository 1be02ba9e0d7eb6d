# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the table says of each key, that it applies to a running domain or that it does not, against libvirt:
a guest of a privileged libvirtd, with bridges of its own.

Owns the samples, and why a key that applies cannot be tried on such a machine. Its guest has no system, so
that nothing is tried here that one has to agree to.
"""

import collections
import os
import re
import unittest
import xml.etree.ElementTree as ET

from gi.repository import GLib

import rig
from support import features, system_libvirtd, tap
from support.client import MANAGER, device, settings

MISSING = system_libvirtd.SystemLibvirtd.missing()
MIB = 1 << 20
KINDS = ("disk", "interface", "graphics", "memory", "rng", "watchdog", "input", "channel", "serial", "sound",
         "video", "memballoon", "controller", "shmem")
UPDATED = ("disk", "interface", "graphics", "memory")
FULL = os.environ.get("DOMWRIGHT_APPLIES") == "full"
OTHERS = {
    "graphics/passwd": [{"passwd": "Serrano"}], "graphics/passwdValidTo": [
        {"passwd": "Serrano", "passwdValidTo": "2090-01-31T12:00:00"}],
    "graphics/connected": [{"connected": "keep"}],
    "memballoon/stats.period": [{"stats.period": 3}, {"stats.period": 5}],
    "memory/target.requested": [{"target.requested": 64 * MIB}, {"target.requested": 0}],
}

# What applies: key → changes that are made one after the other.

SETTINGS = {
    "title": ["a", "b"], "description": ["a", "b"],
    "vcpu.current": [2], "iothreads": [2], "on_poweroff": ["restart", "destroy"],
    "on_reboot": ["destroy", "restart"], "on_crash": ["preserve", "destroy"],
    "memtune.hard_limit": [2048 * MIB], "memtune.soft_limit": [1024 * MIB],
    "memtune.swap_hard_limit": {"memtune.hard_limit": 2048 * MIB, "memtune.swap_hard_limit": 4096 * MIB},
    "cputune.shares": [500], **{f"cputune.{of}period": [50000] for of in
                                ("", "global_", "emulator_", "iothread_")},
    **{f"cputune.{of}quota": [40000, 50000] for of in ("", "emulator_", "iothread_")},
    "cputune.global_quota": [400000],
    "cputune.emulatorpin.cpuset": ["0"], "cputune.vcpupin.N.cpuset": ["0"],
    "cputune.iothreadpin.N.cpuset": ["0"], "numatune.memory.nodeset": ["0"],
    "blkiotune.weight": [400], "iothreadids.iothread.N.thread_pool_max": [32, 16],
    "iothreadids.iothread.N.thread_pool_min": [1, 2], "iothreadids.iothread.N": {"iothreadids.iothread.5": True},
}
IOTUNE = ("total_bytes_sec", "read_bytes_sec", "write_bytes_sec", "total_iops_sec", "read_iops_sec",
          "write_iops_sec")
BURST = {name: {"iotune." + name: 10000, f"iotune.{name}_max": 20000} for name in IOTUNE}
DISK = {
    "snapshot": {"snapshot": "no"}, "source.startupPolicy": {"source.startupPolicy": "optional"},
    **{"iotune." + name: {"iotune." + name: 10000} for name in IOTUNE},
    **{f"iotune.{name}_max": BURST[name] for name in IOTUNE},
    **{f"iotune.{name}_max_length": {**BURST[name], f"iotune.{name}_max_length": 3} for name in IOTUNE},
    "iotune.size_iops_sec": {"iotune.total_iops_sec": 100, "iotune.size_iops_sec": 4096},
}
BRIDGE = "52:54:00:00:00:01"
NETWORK = "52:54:00:00:00:02"
INTERFACE = {
    "link.state": (BRIDGE, {"link.state": "down"}), "source.bridge": (BRIDGE, {"source.bridge": "br1"}),
    "source.network": (NETWORK, {"source.network": "br1"}),
    **{f"bandwidth.{way}.{what}": (BRIDGE, {f"bandwidth.{way}.average": 1000, f"bandwidth.{way}.{what}": 2000})
       for way in ("inbound", "outbound") for what in ("average", "peak", "burst")},
}
NOT_HERE = {
    "a switch of another kind, or a network that allows it":
        r"interface/(virtualport\..*|vlan\..*|trustGuestRxFilters|bandwidth\..*\.floor)",
    "a guest that gives memory back: test_live.py": r"currentMemory",
    "a /sys of this network": r"interface/port\.isolated", "ebtables": r"interface/filterref\..*", "a tap device with the call": r"interface/coalesce\..*",
    "a disk of the host: test_privileged.py": r"blkiotune\.device\..*",
    "a later libvirt": r"iothreadids\.iothread\.N\.poll\..*",
    "a group, which a disk does not leave again: test_live.py": r"disk/iotune\.group_name",
}


@unittest.skipIf(MISSING, MISSING)
class Applies(rig.LiveCase):
    LIBVIRTD = system_libvirtd.SystemLibvirtd

    @classmethod
    def setUpClass(cls):
        system_libvirtd.own_network("br0", "br1")
        super().setUpClass()
        system_libvirtd.define_networks(cls.libvirtd, "br0", "br1")
        cls.path = cls.define("deaf", [
            *rig.PORTS, *rig.BRIDGE, *rig.BUSES,
            device("disk", source__file=cls.image("a"), driver__type="raw", target__bus="virtio"),
            device("disk", device="cdrom", source__file=cls.image("b.iso"), target__dev="sda",
                   target__bus="scsi"),
            device("interface", type="bridge", source__bridge="br0", model__type="virtio",
                   mac__address="52:54:00:00:00:01"),
            device("interface", type="network", source__network="br0", model__type="virtio",
                   mac__address="52:54:00:00:00:02"),
            device("interface", type="user", mac__address="52:54:00:00:00:03"),
            device("graphics", type="vnc", passwd="Jalapeno"),
            device("memory", model="virtio-mem", target__size="128MiB", target__node=0,
                   target__block="2MiB", target__requested=0),
            device("rng"), device("watchdog", model="i6300esb", action="none"),
            device("input", type="tablet", bus="usb"), device("channel", target__name="a.b"),
            device("serial", type="null"), device("sound", model="ich9"), device("video", model__type="vga"),
            device("shmem", name=f"applies-{os.getpid()}", model__type="ivshmem-plain", size="4MiB"),
        ], maxMemory="1GiB", maxMemory__slots=2, cpu__numa__cell__0__cpus="0-2", vcpu=3, vcpu__current=1,
            cpu__numa__cell__0__memory="64MiB", memory="192MiB", iothreads=1)
        cls.client.domain(cls.path, "Start")

    def rows(self, kind):
        return self.client.call(MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", kind, "", {})

    @staticmethod
    def other(row, have):
        """A value of the key that is not the one it has."""
        if row["values"]:
            return next((value for value in row["values"] if value != have), None)
        if row["type"] == "b":
            return not have
        if row["type"] in "iut":
            return max(row.get("min", 0), 1) if not have else have * 2
        if "mac" in row["key"]:
            return "52:54:00:00:00:77"
        return {"path": "/nonexistent"}.get(row["form"], "x1" if have != "x1" else "x2")

    def with_key(self, kind, id, number, key, value):
        """The running device's element with that value; None when no document can have it."""
        draft = self.client.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})",
                                 self.client.get_xml(self.path, {"live": True, "secrets": True}), {})
        try:
            self.client.call(draft, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", kind, id,
                             settings({key: value}), [], {})
            root = ET.fromstring(self.client.get_xml(draft, {"secrets": True}))
        except GLib.Error:
            return None
        finally:
            self.client.call(draft, "Draft", "Discard", "(a{sv})", {})
        return ET.tostring(root.findall(f"devices/{kind}")[number], encoding="unicode")

    def update(self, text):
        file = os.path.join(self.libvirtd.directory, "device.xml")
        with open(file, "w") as out:
            out.write(text)
        return self.libvirtd.virsh("update-device", "deaf", file, "--live", check=False)

    def try_key(self, kind, number, id, have, row):
        """Whether there is a document to try it with."""
        if row["applies"] == "media" and have.get("device") == "cdrom":
            return False
        key = row["key"].replace(".N", ".1")
        value = self.other(row, have.get(key))
        text = value is not None and self.with_key(kind, id, number, key, value)
        if not text:
            return False
        with self.subTest(kind=kind, id=id, key=key, value=value):
            done = self.update(text)
            now = self.devices(self.path, kind, True)[number][2]
            self.assertEqual(have.get(key), now.get(key), done.stderr)
        return True

    def test_what_does_not_apply(self):
        """libvirt refuses each, or leaves it as it is. Without DOMWRIGHT_APPLIES=full two keys of each
        group are tried, on one device."""
        tried = collections.Counter()
        for kind in KINDS:
            devices = list(enumerate(self.devices(self.path, kind, True)))
            for row in self.rows(kind):
                group = kind, row["key"].rpartition(".")[0] if kind in UPDATED else ""
                if row["applies"] not in ("plug", "restart", "media") or (not FULL and tried[group] >= 2):
                    continue
                for number, (_, id, have) in devices:
                    tried[group] += self.try_key(kind, number, id, have, row)
                    if tried[group] and not FULL:
                        break
        print(f"# {tried.total()} tried")
        self.assertLessEqual({*UPDATED}, {kind for kind, _ in +tried})

    def change(self, kind, id, values, unset=()):
        """In the running domain alone; what the keys are afterwards."""
        method = ("Modify", "(a{sv}asa{sv})") if not kind else ("ModifyDevice", "(ssa{sv}asa{sv})", kind, id)
        self.client.call(self.path, "Config", *method, settings(values), list(unset),
                         settings({"affect": "live"}))
        now = (self.device(self.path, kind, id, True) if kind else
               self.client.call(self.path, "Config", "GetSettings", "(asa{sv})", [], settings({"live": True})))
        return {key: now.get(key) for key in values}

    def test_every_key_that_applies_has_a_sample(self):
        missing = set()
        samples = {*SETTINGS, *("disk/" + key for key in DISK),
                   *("interface/" + key for key in INTERFACE), *OTHERS}
        for row in self.rows("*") + self.rows(""):
            name = row["kind"] + "/" + row["key"] if row["kind"] else row["key"]
            if row["applies"] == "live" and name not in samples and not any(
                    re.fullmatch(pattern, name) for pattern in NOT_HERE.values()):
                missing.add(name)
        self.assertEqual(set(), missing)

    def test_settings(self):
        for key, sample in SETTINGS.items():
            lacks = features.missing_controller(key)
            for value in [sample] if isinstance(sample, dict) else sample:
                values = value if isinstance(value, dict) else {key.replace(".N.", ".1."): value}
                with self.subTest(values=values):
                    if lacks:
                        self.skipTest(f"no control group of {lacks} is mounted")
                    self.assertEqual(values, self.change("", "", values))

    def test_disk(self):
        for key, values in DISK.items():
            with self.subTest(values=values):
                self.assertEqual(values, self.change("disk", "vda", values))
                if key.startswith("iotune."):
                    self.change("disk", "vda", {}, ["iotune.*"])

    def test_medium(self):
        for values in ({"source.file": self.image("c.iso")}, {"source.startupPolicy": "optional"}):
            with self.subTest(values=values):
                self.assertEqual(values, self.change("disk", "sda", values))

    def test_interface(self):
        for key, (id, values) in INTERFACE.items():
            with self.subTest(values=values):
                try:
                    self.assertEqual(values, self.change("interface", id, values))
                except GLib.Error as error:  # libvirt has tried what this kernel has no module for
                    self.assertTrue(key.startswith("bandwidth."), error.message)
                    self.assertRegex(error.message, r"(?s)Child process \(tc .*running domain is what it was")

    def test_what_an_interface_cannot_have(self):
        """A dry run tells the key, and the call is refused for it before libvirt is asked."""
        plain = {"vlan.tag.1.id": 42, "trustGuestRxFilters": True, "virtualport.type": "openvswitch"}
        for id, values in ((BRIDGE, plain), (NETWORK, {**plain, "source.network": "no"})):
            for key, value in values.items():
                for affect in ("live", "both"):
                    with self.subTest(id=id, key=key, affect=affect):
                        call = (self.path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "interface", id,
                                settings({key: value}), [])
                        problems = self.client.call(*call, settings({"affect": affect, "dry-run": True}))["problems"]
                        self.assertEqual([(key, str(value) if value is not True else "yes")], [
                            (row["key"], row["value"]) for row in problems if row["severity"] == "error"])
                        with self.refused("Invalid", key):
                            self.client.call(*call, settings({"affect": affect}))
        with self.refused("Invalid", "source.network"):
            self.add(self.path, "interface", {"type": "network", "source.network": "no"})
        id, result = self.add(self.path, "interface", {"type": "network", "source.network": "no"}, affect="auto")
        self.assertEqual(("config", ["interface/" + id]), (result["applied"], result["waiting"]))
        self.remove(self.path, "interface", id, affect="config")

    def test_others(self):
        for name, changes in OTHERS.items():
            kind = name.partition("/")[0]
            for values in changes:
                with self.subTest(kind=kind, values=values):
                    id = self.ids(self.path, kind, True)[0]
                    seen = self.change(kind, id, values)
                    self.assertEqual({**values, **({"passwd": seen.get("passwd")} if "passwd" in values
                                                   else {})}, seen)


if __name__ == "__main__":
    tap.main()
