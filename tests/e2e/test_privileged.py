# SPDX-License-Identifier: LGPL-2.1-or-later
"""A running guest of a privileged libvirtd: limits, which need its control groups, and devices that only
it can plug.

Owns that each is taken live, or, where this machine has not what it needs, that libvirt's refusal leaves
both sides as they were.
"""

import os
import unittest

from gi.repository import GLib

import rig
from support import features, linux_guest, system_libvirtd, tap

MISSING = linux_guest.missing() or system_libvirtd.SystemLibvirtd.missing()
MIB = 1 << 20
NOT_MOUNTED = ('(Invalid: Key .* cannot be changed in a running domain of this host|Libvirt): Libvirt reported: '
               '.*cgroup.*(; use affect "config"|The running domain is what it was)')


@unittest.skipIf(MISSING, MISSING)
class Privileged(rig.LiveCase):
    LIBVIRTD = system_libvirtd.SystemLibvirtd

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = cls.define_linux(
            "linux", [*rig.PORTS, *rig.BRIDGE, *rig.BUSES], iothreads=1, vcpu=2,
            memoryBacking__source__type="memfd", memoryBacking__access__mode="shared")

    def change(self, values, unset=(), **options):
        result = self.modify(self.path, values, unset, **options)
        self.assertEqual(("both", []), (result["applied"], self.rules(result, "error")))
        for key, value in values.items():
            self.assertEqual([value, value], self.settings(self.path, key), key)
        for key in unset:  # the running domain may say in a number that there is no limit
            self.assertIn(self.settings(self.path, key), ([None, None], [None, -1]), key)
            self.assertNotIn(key, [row["key"] for row in result["problems"]])
            self.assertNotIn(key, [row["key"] for row in self.client.domain(self.path, "ListPending")])

    def test_limits(self):
        for key, values in (("cputune.shares", (512, 1024)), ("cputune.period", (50000, 100000)),
                            ("cputune.quota", (20000, 40000)), ("cputune.global_quota", (90000,)),
                            ("cputune.emulator_quota", (90000,)), ("cputune.iothread_quota", (90000,)),
                            ("memtune.hard_limit", (1024 * MIB, 2048 * MIB)),
                            ("memtune.soft_limit", (512 * MIB,)), ("blkiotune.weight", (300, 500)),
                            ("cputune.vcpupin.1.cpuset", ("0",)), ("cputune.emulatorpin.cpuset", ("0",)),
                            ("cputune.iothreadpin.1.cpuset", ("0",))):
            for value in values:
                with self.subTest(key=key, value=value):
                    if features.missing_controller(key):
                        self.left_alone(lambda: self.modify(self.path, {key: value}), NOT_MOUNTED)
                    else:
                        self.change({key: value})
        for key in ("memtune.soft_limit", "memtune.hard_limit", "cputune.quota"):
            with self.subTest(key=key):
                if not features.missing_controller(key):
                    self.change({}, [key])

    def test_pins_to_what_the_host_has_not(self):
        """A control group takes no list with such a processor."""
        for key in ("cputune.vcpupin.1.cpuset", "cputune.emulatorpin.cpuset"):
            for affect in ("live", "both"):
                with self.refused("Invalid", key, "0,4000", "name others"):
                    self.modify(self.path, {key: "0,4000"}, affect=affect)

    def test_nodes_that_the_host_has_not(self):
        key = "numatune.memory.nodeset"
        for affect in ("live", "both"):
            result = self.modify(self.path, {key: "700"}, affect=affect, **{"dry-run": True})
            self.assertIn(("live.not-possible", key, "700"), {
                (row["rule"], row["key"], row["value"]) for row in result["problems"] if row["severity"] == "error"})
            with self.refused("Invalid", key, "name others"):
                self.modify(self.path, {key: "700"}, affect=affect)

    def test_limits_that_depend_on_one_another(self):
        hard, swap = "memtune.hard_limit", "memtune.swap_hard_limit"
        if features.missing_controller(hard):
            self.skipTest("no control group of memory is mounted")
        for affect in ("live", "both"):  # without the one there is no limit
            with self.refused("Invalid", hard, swap, 'affect "config"'):
                self.modify(self.path, {swap: 2048 * MIB}, affect=affect)
        self.change({hard: 1024 * MIB, swap: 2048 * MIB})
        for affect in ("live", "both"):
            with self.refused("Invalid", hard, swap, 'affect "config"'):
                self.modify(self.path, {hard: 3072 * MIB}, affect=affect)
        self.change({hard: 3072 * MIB, swap: 4096 * MIB})
        self.change({hard: 1024 * MIB, swap: 1024 * MIB})
        self.change({}, [swap, hard])

    def test_several_limits_and_one_that_is_refused(self):
        """libvirt has no weights of disks but for schedulers of the kernel that have them."""
        lacks = features.missing_controller("cputune.shares")
        key, value = ("cputune.vcpupin.0.cpuset", "0") if lacks else ("cputune.shares", 700)
        before = [self.client.get_xml(self.path), self.settings(self.path, key)]
        weight = {"blkiotune.device.1.path": "/nonexistent", "blkiotune.device.1.weight": 300}
        with self.refused("Libvirt", "configuration is what it was", "running domain is what it was"):
            self.modify(self.path, {key: value, **weight})
        self.assertEqual(before, [self.client.get_xml(self.path), self.settings(self.path, key)])

    def test_limits_of_a_disk_of_the_host(self):
        disks = system_libvirtd.disks()
        if not disks:
            self.skipTest("needs a disk in /dev")
        one = "blkiotune.device.1."
        if features.missing_controller(one):
            self.left_alone(lambda: self.modify(self.path, {one + "path": disks[0],
                                                            one + "read_iops_sec": 100000}),
                            NOT_MOUNTED)
            return
        for limit, other in (("read_iops_sec", "write_iops_sec"), ("read_bytes_sec", "write_bytes_sec")):
            self.change({one + "path": disks[0], one + limit: 100000})
            self.change({one + limit: 200000, one + other: 300000})
            self.change({}, [one + limit])
            self.change({}, [one + other, one + "path"])

    def test_threads(self):
        one, two = "iothreadids.iothread.1.", "iothreadids.iothread.2."
        self.change({one + "thread_pool_max": 32})
        self.change({one + "thread_pool_min": 2, one + "thread_pool_max": 16})
        result = self.modify(self.path, {"iothreads": 2, "iothreadids.iothread.2": True,
                                         two + "thread_pool_max": 8})
        self.assertEqual("both", result["applied"])
        self.assertEqual([8, 8], self.settings(self.path, two + "thread_pool_max"))
        with self.refused("Invalid", "thread_pool_max", "running domain", "config"):
            self.modify(self.path, {}, [two + "thread_pool_max"])

    def test_what_libvirt_has_no_call_for(self):
        before = self.client.get_xml(self.path)
        for values in ({"cputune.vcpusched.1.vcpus": "0", "cputune.vcpusched.1.scheduler": "batch"},
                       {"cputune.iothreadsched.1.iothreads": "1",
                        "cputune.iothreadsched.1.scheduler": "idle"},
                       {"cputune.emulatorsched.scheduler": "batch"}, {"numatune.memory.mode": "preferred",
                                                                      "numatune.memory.nodeset": "0"},
                       {"defaultiothread.thread_pool_max": 8}):
            with self.subTest(values=values):
                with self.refused("Invalid", "running domain", "affect \"config\""):
                    self.modify(self.path, values)
                result = self.modify(self.path, values, **{"dry-run": True})
                self.assertEqual({"live.not-possible"}, set(self.rules(result, "error")))
                result = self.modify(self.path, values, **{"dry-run": True, "affect": "auto"})
                self.assertEqual([], self.rules(result, "error"))
        self.assertEqual(before, self.client.get_xml(self.path))

    def comes_and_goes(self, kind, values):
        id, result = self.add(self.path, kind, values)
        self.assertEqual("both", result["applied"])
        self.assertEqual([True, True], self.sides(self.path, kind, id))
        result = self.remove(self.path, kind, id)
        self.assertNotIn("removing", result)
        self.assertEqual([False, False], self.sides(self.path, kind, id))

    def test_virtiofs(self):
        if not os.path.exists("/usr/lib/qemu/virtiofsd") and not os.path.exists("/usr/libexec/virtiofsd"):
            self.skipTest("needs virtiofsd")
        folder = os.path.join(self.libvirtd.directory, "shared")
        os.makedirs(folder)
        self.comes_and_goes("filesystem", {"driver.type": "virtiofs", "source.dir": folder,
                                           "target.dir": "shared"})

    def test_shared_memory(self):
        self.comes_and_goes("shmem", {"name": f"privileged-{os.getpid()}", "model.type": "ivshmem-plain",
                                      "size": "4MiB"})

    def refused_or_plugged(self, there, kind, values):
        """Where the machine has what it needs, or else libvirt's refusal."""
        if there:
            self.comes_and_goes(kind, values)
        else:
            self.left_alone(lambda: self.add(self.path, kind, values),
                            "(Libvirt|Unsupported): Libvirt reported: .* The configuration is what it was. "
                            "The running domain is what it was.")

    def left_alone(self, change, words):
        """What libvirt refuses, for want of what this machine has not."""
        before = self.client.get_xml(self.path), self.client.get_xml(self.path, {"live": True})
        with self.assertRaises(GLib.Error) as caught:
            change()
        self.assertRegex(caught.exception.message, words)
        self.assertEqual(before, (self.client.get_xml(self.path),
                                  self.client.get_xml(self.path, {"live": True})))

    def test_what_this_machine_may_not_have(self):
        for there, kind, values in (
                (os.path.exists("/dev/vhost-vsock"), "vsock", {"cid.auto": True}),
                (False, "hostdev", {"type": "usb", "source.vendor": "0x1234", "source.product": "0xbeef"}),
                (False, "hostdev", {"type": "pci", "source.address": "0000:00:1f.7"}),
                (False, "hostdev", {"type": "mdev", "model": "vfio-pci",
                                    "source.address.uuid": "11111111-2222-3333-4444-555555555555"})):
            with self.subTest(kind=kind, values=values):
                self.refused_or_plugged(there, kind, values)


if __name__ == "__main__":
    tap.main()
