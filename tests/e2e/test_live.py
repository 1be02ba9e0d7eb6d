# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices added to running guests and removed from them: one with Linux, which lets go of what it is asked
for, one without a system, which never answers, one that is paused, and one that refuses.

Owns that both sides of a domain agree with the guest, whatever the guest does. What has no guest in it
is tests/bus/test_live.py's.
"""

import concurrent.futures
import os
import subprocess
import unittest

from gi.repository import GLib

import rig
from support import client, linux_guest, services, tap
from support.client import device, settings
from support.watch import Signals

MISSING = linux_guest.missing()


@unittest.skipIf(MISSING, MISSING)
class Linux(rig.LiveCase):
    """It acknowledges what it is asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = cls.define_linux("linux", [*rig.PORTS, *rig.BRIDGE, *rig.BUSES, device(
            "disk", device="cdrom", target__dev="sda", target__bus="sata"), device(
                "disk", device="cdrom", target__dev="sdb", target__bus="scsi",
                source__file=cls.image("locked.iso"))],
                                    maxMemory="1GiB", maxMemory__slots=2, cpu__numa__cell__0__cpus="0-2",
                                    cpu__numa__cell__0__memory="192MiB", vcpu=3, vcpu__current=1,
                                    iothreads=1)

    def each_kind(self):
        return {
            "disk": ({"source.file": self.image("a"), "driver.type": "raw", "target.bus": "virtio"},
                     {"source.file": self.image("b"), "driver.type": "raw", "target.bus": "scsi"},
                     {"source.file": self.image("c"), "driver.type": "raw", "target.bus": "usb"},
                     {"device": "cdrom", "source.file": self.image("d.iso"), "target.bus": "scsi"}),
            "controller": ({"type": "scsi", "model": "virtio-scsi"},),
            "interface": ({"type": "user", "model.type": "virtio"},
                          {"type": "user", "model.type": "e1000"}),
            "channel": ({"target.name": "org.test.0", "type": "unix"},
                        {"type": "null", "target.type": "guestfwd", "target.address": "10.0.2.1",
                         "target.port": "4600"}),
            "console": ({"type": "pty", "target.type": "virtio"},),
            "serial": ({"type": "null", "target.type": "pci-serial"},
                       {"type": "null", "target.type": "usb-serial"}),
            "shmem": ({"name": f"live-{os.getpid()}", "model.type": "ivshmem-plain", "size": "4MiB"},),
            "rng": ({},),
            "input": ({"type": "tablet", "bus": "usb"}, {"type": "keyboard", "bus": "virtio"}),
            "redirdev": ({"bus": "usb", "type": "tcp", "source.host": "127.0.0.1",
                          "source.service": str(services.free_port()), "source.mode": "bind"},),
            "memory": ({"model": "dimm", "target.size": "128MiB", "target.node": 0},),
            "watchdog": ({"model": "i6300esb", "action": "reset"},),  # that of the machine's own
            "lease": ({"lockspace": "space", "key": "one", "target.path": self.image("lease")},),
        }

    def test_each_kind_comes_and_goes(self):
        for kind, all_values in self.each_kind().items():
            for values in all_values:
                with self.subTest(kind=kind, values=values):
                    before = [self.ids(self.path, kind, live) for live in (False, True)]
                    id, result = self.add(self.path, kind, values)
                    self.assertEqual(("both", False, []),
                                     (result["applied"], result["restart-needed"],
                                      self.rules(result, "warning")))
                    self.assertEqual([True, True], self.sides(self.path, kind, id))
                    result = self.remove(self.path, kind, id)
                    self.assertEqual(("both", False, []),
                                     (result["applied"], "removing" in result,
                                      self.rules(result, "warning")))
                    self.assertEqual(before, [self.ids(self.path, kind, live)
                                              for live in (False, True)])

    def test_live_only(self):
        id, result = self.add(self.path, "rng", affect="live")
        self.assertEqual(("live", [False, True]), (result["applied"], self.sides(self.path, "rng", id)))
        signals = Signals(self.client)
        self.remove(self.path, "rng", id, affect="live")
        self.wait_told(signals, self.path, "rng", id)
        self.assertEqual([False, False], self.sides(self.path, "rng", id))

    def test_one_address_on_both_sides(self):
        id, _ = self.add(self.path, "rng")
        addresses = [self.device(self.path, "rng", id, live)["address.bus"] for live in (False, True)]
        self.assertEqual(addresses[0], addresses[1])
        self.assertEqual(("both", False), self.history(self.path))
        # The next free place of the configuration is taken in the running domain, and is passed over.
        taken, _ = self.add(self.path, "rng", affect="live")
        other, result = self.add(self.path, "rng")
        self.assertEqual([("address-differs", "rng", other)], [
            (row["rule"], row["kind"], row["id"]) for row in result["problems"] if row["severity"] == "warning"
            and row["rule"] != "memory-numa-sum"])
        addresses = [self.device(self.path, "rng", other, live)["address.bus"] for live in (False, True)]
        self.assertNotEqual(addresses[0], addresses[1])
        for each, affect in ((id, "both"), (taken, "live"), (other, "both")):
            self.remove(self.path, "rng", each, affect=affect)

    def test_what_libvirt_refuses_is_taken_back(self):
        before = self.client.get_xml(self.path)
        disk = {"driver.type": "raw", "target.bus": "virtio"}
        edits = [("add", "disk", "", settings({**disk, "source.file": file, "target.dev": target}), [])
                 for file, target in ((self.image("vdw"), "vdw"), ("/nonexistent/x", "vdx"))]

        def apply(**options):
            return self.client.call(self.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits,
                                    settings({**rig.BOTH, **options}))
        running = self.ids(self.path, "disk", True)
        with self.refused("Libvirt", "nonexistent", "configuration is what it was",
                          "running domain is what it was"):
            apply()
        self.assertEqual(before, self.client.get_xml(self.path))
        self.assertEqual(running, self.ids(self.path, "disk", True))
        self.assertEqual(("both", True), self.history(self.path))
        _, result = apply(keep=True)
        self.assertEqual((["disk/vdx"], False, ["disk/vdw"], True),
                         (result["waiting"], result["undone"], result["not-undone"],
                          "live.failed" in self.rules(result)))
        self.assertEqual([True, False], self.sides(self.path, "disk", "vdx"))
        self.assertEqual([True, True], self.sides(self.path, "disk", "vdw"))
        self.remove(self.path, "disk", "vdw")
        self.remove(self.path, "disk", "vdx", affect="config")

    def test_memory_that_is_asked_for(self):
        """Of a device that QEMU of some versions cannot unplug."""
        id, _ = self.add(self.path, "memory", {
            "model": "virtio-mem", "target.size": "128MiB", "target.node": 0, "target.block": "2MiB",
            "target.requested": 0})
        self.assertEqual([True, True], self.sides(self.path, "memory", id))
        for requested in (64 << 20, 0):
            result = self.client.call(self.path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "memory", id,
                                      settings({"target.requested": requested}), [], settings(rig.BOTH))
            self.assertEqual(("both", []), (result["applied"], self.rules(result, "warning")))
            self.assertEqual([requested, requested],
                             [self.device(self.path, "memory", id, live)["target.requested"]
                              for live in (False, True)])
            services.wait_for(lambda: self.device(self.path, "memory", id, True)["target.current"]
                              == requested, "the guest has that much")
        try:
            self.remove(self.path, "memory", id)
        except GLib.Error as error:
            self.assertIn("configuration is what it was", error.message)
            self.assertEqual([True, True], self.sides(self.path, "memory", id))
        else:
            self.assertEqual([False, False], self.sides(self.path, "memory", id))

    def test_draft_and_restore(self):
        """What a draft changed is done in the guest, and undone there by bringing back what was before."""
        tablet = {"type": "tablet", "bus": "usb"}
        kept, _ = self.add(self.path, "input", tablet, affect="live")  # only the running domain has it
        before = self.client.get_xml(self.path), self.ids(self.path, "disk", True)
        draft = self.client.domain(self.path, "Edit")
        target, _ = self.client.add_disk(draft, {"source.file": self.image("drafted"),
                                                 "driver.type": "raw", "target.bus": "virtio"})
        rng, _ = self.client.call(draft, "Config", "AddDevice", "(sa{sv}a{sv})", "rng", {}, {})
        self.client.modify(draft, {"title": "drafted"})
        _, result = self.client.call(draft, "Draft", "Commit", "(a{sv})", settings(rig.BOTH))
        self.assertEqual(("both", False, []), (result["applied"], result["restart-needed"],
                                               self.rules(result, "warning")))
        for kind, id in (("disk", target), ("rng", rng)):
            self.assertEqual([True, True], self.sides(self.path, kind, id))
            addresses = [self.device(self.path, kind, id, live)["address.bus"] for live in (False, True)]
            self.assertEqual(addresses[0], addresses[1])
        row = self.client.call(self.path, "Domain", "ListHistory", "(a{sv})", {})[0]
        result = self.client.call(self.path, "Domain", "Restore", "(sa{sv})", row["revision"],
                                  settings(rig.BOTH))
        self.assertEqual(("both", False), (result["applied"], "removing" in result))
        self.assertEqual(before, (self.client.get_xml(self.path), self.ids(self.path, "disk", True)))
        self.assertEqual([False, False], self.sides(self.path, "rng", rng))
        self.assertEqual([False, True], self.sides(self.path, "input", kept))
        self.remove(self.path, "input", kept, affect="live")

    def test_balloon(self):
        for size in (176 << 20, 192 << 20):
            self.modify(self.path, {"currentMemory": size})
            services.wait_for(lambda: self.settings(self.path, "currentMemory") == [size, size],
                              "the guest has that much")

    def test_several_at_once(self):
        ids = [self.add(self.path, "rng")[0] for _ in range(2)]
        edits = [("remove", "rng", id, {}, []) for id in ids]

        def apply(**options):
            return self.client.call(self.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits,
                                    settings({**rig.BOTH, **options}))[1]
        self.assertIn("live.final", self.rules(apply(**{"dry-run": True})))
        self.assertEqual("both", apply()["applied"])
        for id in ids:
            self.assertEqual([False, False], self.sides(self.path, "rng", id))

    def test_what_cannot_be_plugged(self):
        before = self.client.get_xml(self.path)
        for kind, values in (("disk", {"target.bus": "sata", "source.file": "/x"}),
                             ("disk", {"device": "floppy"}), ("sound", {}), ("video", {}),
                             ("controller", {"type": "sata"}), ("filesystem", {
                                 "source.dir": "/x", "target.dir": "x"}),
                             ("tpm", {"backend.type": "passthrough", "backend.device.path": "/dev/tpm0"}),
                             ("serial", {"type": "null"}), ("parallel", {"type": "null"}),
                             ("smartcard", {}), ("hub", {}), ("audio", {"id": 2, "type": "none"}),
                             ("controller", {"type": "usb"}), ("controller", {
                                 "type": "pci", "model": "pcie-root-port"}),
                             ("panic", {"model": "isa"}), ("iommu", {"model": "virtio"})):
            with self.subTest(kind=kind, values=values):
                _, result = self.add(self.path, kind, values, **{"dry-run": True})
                self.assertIn("live.not-possible", self.rules(result, "error"))
                with self.refused("Invalid", "running domain"):
                    self.add(self.path, kind, values)
        with self.refused("Invalid", "running domain", "sata"):
            self.remove(self.path, "disk", "sda")
        self.assertEqual(before, self.client.get_xml(self.path))

    def test_auto(self):
        disk = {"target.bus": "sata", "source.file": self.image("later"), "driver.type": "raw"}
        id, result = self.add(self.path, "disk", disk, affect="auto")
        self.assertEqual(("config", [f"disk/{id}"], True),
                         (result["applied"], result["waiting"], result["restart-needed"]))
        self.remove(self.path, "disk", id, affect="config")

    def test_media(self):
        def change(source, **options):
            return self.client.call(self.path, "Config", "ChangeMedia", "(sa{sv}a{sv})", "sda",
                                    settings(source), settings({**rig.BOTH, **options}))

        def media():
            return [self.device(self.path, "disk", "sda", live).get("source.file")
                    for live in (False, True)]
        iso = self.image("some.iso")
        self.assertEqual("both", change({"source.file": iso})["applied"])
        self.assertEqual([iso, iso], media())
        other = self.image("other.iso")
        result = change({"source.file": other}, affect="live")
        self.assertEqual((True, [iso, other], []), (result["changed"], media(), self.rules(result)))
        change({})
        self.assertEqual([None, None], media())
        for affect in ("live", "both", "auto"):  # an empty drive stays one
            result = change({}, affect=affect, diff=True)
            self.assertEqual((False, ""), (result["changed"], result["diff"]))

    def test_locked_tray(self):
        """The guest locks it while it reads the medium."""
        def eject(**options):
            return self.client.call(self.path, "Config", "ChangeMedia", "(sa{sv}a{sv})", "sdb", {},
                                    settings({**rig.BOTH, **options}))

        def media():
            return ["source.file" in self.device(self.path, "disk", "sdb", live)
                    for live in (False, True)]
        self.console.run("until test -e /dev/sr0; do sleep 1; done; sleep 99999 < /dev/sr0 & sleep 1")
        self.console.run("ls -l /proc/$!/fd/0 | grep sr0")
        with self.refused("Libvirt", "locked it; option force", "configuration is what it was",
                          "running domain is what it was"):
            eject()
        self.assertEqual([True, True], media())
        self.assertEqual("both", eject(force=True)["applied"])
        self.assertEqual([False, False], media())
        self.console.run("kill $!; true")

    def test_processors(self):
        self.modify(self.path, {"vcpu.current": 2})
        self.assertEqual([2, 2], self.settings(self.path, "vcpu.current"))
        for key in ("cputune.vcpupin.0.cpuset", "cputune.emulatorpin.cpuset"):
            for cpus in ("0", "0-1"):
                self.modify(self.path, {key: cpus})
                self.assertEqual([cpus, cpus], self.settings(self.path, key))
        for number in (2, 1):
            result = self.modify(self.path, {"iothreads": number})
            self.assertEqual(("both", []), (result["applied"], self.rules(result, "warning")))
            self.assertEqual([number, number], self.settings(self.path, "iothreads"))
        self.modify(self.path, {"cputune.iothreadpin.1.cpuset": "0"})
        self.assertEqual(["0", "0"], self.settings(self.path, "cputune.iothreadpin.1.cpuset"))

    def test_controller_that_a_disk_needs(self):
        """Of the model that the others have, on both sides, and it is there first."""
        disk, result = self.add(self.path, "disk", {
            "source.file": self.image("eighth"), "driver.type": "raw", "target.bus": "scsi",
            "target.dev": "sdh"})
        self.assertEqual([], self.rules(result, "warning"))
        self.assertEqual([True, True], self.sides(self.path, "controller", "scsi1"))
        self.assertEqual(["virtio-scsi"] * 2, [self.device(self.path, "controller", "scsi1", live)["model"]
                                               for live in (False, True)])
        self.assertEqual([], self.client.domain(self.path, "ListPending"))
        edits = [("remove", "controller", "scsi1", {}, []), ("remove", "disk", disk, {}, [])]
        self.client.call(self.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, settings(rig.BOTH))
        self.assertEqual(([False, False], [False, False]), (self.sides(self.path, "disk", disk),
                                                            self.sides(self.path, "controller", "scsi1")))

    def test_id_in_other_case(self):
        mac, _ = self.add(self.path, "interface", {"type": "user", "mac.address": "52:54:00:AB:CD:EF"})
        mac = mac.lower()
        addresses = [self.device(self.path, "interface", mac, live)["address.bus"] for live in (False, True)]
        self.assertEqual(addresses[0], addresses[1])
        self.client.call(self.path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "interface",
                         "52:54:00:AB:CD:EF", settings({"link.state": "down"}), [], settings(rig.BOTH))
        self.assertEqual(["down", "down"], [self.device(self.path, "interface", mac, live)["link.state"]
                                            for live in (False, True)])
        self.remove(self.path, "interface", "52:54:00:AB:CD:EF")
        self.assertEqual([False, False], self.sides(self.path, "interface", mac))

    def test_limits_of_a_session(self):
        """It has no cgroups to set them with."""
        before = self.client.get_xml(self.path)
        for key, value in (("cputune.shares", 500), ("memtune.hard_limit", "1GiB"),
                           ("blkiotune.weight", 300), ("numatune.memory.nodeset", "0")):
            with self.subTest(key=key):
                with self.refused("Invalid", "session"):
                    self.modify(self.path, {key: value})
                result = self.modify(self.path, {key: value}, **{"dry-run": True})
                self.assertIn("live.session", self.rules(result, "error"))
        self.assertEqual(before, self.client.get_xml(self.path))

    def test_limits_of_disks(self):
        disk = {"driver.type": "raw", "target.bus": "virtio"}
        for target in ("vdp", "vdq"):
            self.add(self.path, "disk", {**disk, "source.file": self.image(target), "target.dev": target})

        def limit(target, values, unset=()):
            return self.client.call(self.path, "Config", "ModifyDisk", "(sa{sv}asa{sv})", target,
                                    settings(values), list(unset), settings(rig.BOTH))

        def limits(target, key):
            return [self.device(self.path, "disk", target, live).get("iotune." + key)
                    for live in (False, True)]
        limit("vdp", {"iotune.total_iops_sec": 100})
        self.assertEqual([100, 100], limits("vdp", "total_iops_sec"))
        limit("vdp", {}, ["iotune.*"])
        self.assertEqual([None, None], limits("vdp", "total_iops_sec"))
        for target in ("vdp", "vdq"):
            limit(target, {"iotune.group_name": "g", "iotune.read_bytes_sec": 4096})
        self.assertEqual([["g", "g"], ["g", "g"]], [limits(target, "group_name")
                                                    for target in ("vdp", "vdq")])
        with self.refused("Invalid", "group_name"):
            limit("vdp", {}, ["iotune.*"])
        for target in ("vdp", "vdq"):
            self.remove(self.path, "disk", target)

    def test_interface(self):
        mac, _ = self.add(self.path, "interface", {"type": "user", "model.type": "virtio"})

        def change(values, **options):
            return self.client.call(self.path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "interface",
                                    mac, settings(values), [], settings({**rig.BOTH, **options}))
        change({"link.state": "down"})
        self.assertEqual(["down", "down"], [self.device(self.path, "interface", mac, live)["link.state"]
                                            for live in (False, True)])
        result = change({"model.type": "e1000"}, **{"dry-run": True})
        self.assertEqual(["live.plug"], self.rules(result, "error"))
        result = change({"bandwidth.inbound.average": 1000}, **{"dry-run": True})
        self.assertEqual(["live.not-possible"], self.rules(result, "error"))
        self.remove(self.path, "interface", mac)


@unittest.skipIf(MISSING, MISSING)
class Others(rig.LiveCase):
    """Guests that do not do as they are asked."""

    def test_deaf(self):
        path = self.define("deaf", rig.PORTS, vcpu=3, vcpu__current=1)
        self.client.domain(path, "Start")
        id, _ = self.add(path, "rng")
        result = self.remove(path, "rng", id, timeout=300)
        self.assertEqual(("config", True, [("rng", id)]),
                         (result["applied"], result["changed"], result["removing"]))
        self.assertEqual([False, True], self.sides(path, "rng", id))
        for affect in ("both", "live"):
            result = self.modify(path, {"currentMemory": "24MiB"}, affect=affect)
            self.assertEqual([("live.asked", "info", str(32 << 20))],
                             [(row["rule"], row["severity"], row["value"]) for row in result["problems"]
                              if row["rule"].startswith("live.")])
        said = subprocess.run([services.CLIENT, "--address=" + self.bus.address, "set", "deaf",
                               "currentMemory=28MiB", "--now"], capture_output=True, text=True)
        self.assertEqual(0, said.returncode, said.stderr)
        self.assertRegex(said.stderr, "info: .*was asked for that and has 32 MiB now")
        self.modify(path, {"vcpu.current": 2})
        before = self.client.get_xml(path)
        # QEMU refuses where nothing in the guest has told it of plugging processors, which on newer machines
        # the firmware does; then libvirt waits in vain.
        with self.assertRaises(GLib.Error) as caught:
            self.modify(path, {"vcpu.current": 1})
        self.assertRegex(caught.exception.message, "(Error.Libvirt: .* The configuration is what it was. The running "
                         "domain is what it was|Error.Busy: .*has not given up the processors in time.* The "
                         "configuration is what it was. .* could not be taken back: vcpu.current)[.]")
        self.assertEqual((before, [2, 2]), (self.client.get_xml(path),
                                            self.settings(path, "vcpu.current")))
        with self.refused("Invalid", "has not let go"):
            self.add(path, "rng", {"alias": id})
        _, result = self.add(path, "rng", {"alias": id}, **{"dry-run": True})
        self.assertEqual(["live.removing"], self.rules(result, "error"))
        result = self.remove(path, "rng", id, affect="live", timeout=0)  # it is asked again
        self.assertEqual((None, False, [("rng", id)]),
                         (result.get("applied"), result["changed"], result["removing"]))
        result = self.remove(path, "rng", id, affect="live", **{"dry-run": True})
        self.assertEqual(("live", True, False), (result["applied"], result["changed"], "removing" in result))
        edits = [("remove", "rng", id, {}, []), ("set", "", "", settings({"title": "t"}), [])]
        _, result = self.client.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits,
                                     settings({"affect": "live", "timeout": 0}))
        self.assertEqual(("live", True, [("rng", id)]), (result["applied"], result["changed"], result["removing"]))
        for words in (("deaf",), ("dea*",), ("deaf", "--json")):
            with self.subTest(words=words):
                said = subprocess.run([services.CLIENT, "--address=" + self.bus.address, "remove", *words, "rng",
                                       id, "--live", "--timeout=0"], capture_output=True, text=True)
                self.assertEqual(1, said.returncode, said)
                self.assertIn(f"rng/{id}: The guest has not let go of it yet.", said.stderr)
                self.assertEqual(words != ("dea*",), "domwright remove deaf rng/" in said.stderr)
        self.libvirtd.virsh("suspend", "deaf")
        said = subprocess.run([services.CLIENT, "--address=" + self.bus.address, "remove", "deaf", "rng", id, "--live",
                               "--timeout=0"], capture_output=True, text=True)
        self.assertIn('It is paused; "domwright resume deaf" lets it go on.', said.stderr)
        self.libvirtd.virsh("resume", "deaf")
        other, _ = self.add(path, "rng")
        draft = self.client.domain(path, "Edit")
        self.client.call(draft, "Config", "RemoveDevice", "(ssa{sv})", "rng", other, {})
        said = subprocess.run([services.CLIENT, "--address=" + self.bus.address, "draft", "commit",
                               draft, "--now", "--timeout=0"], capture_output=True, text=True)
        self.assertEqual((1, "deaf\n"), (said.returncode, said.stdout), "it is defined")
        self.assertIn(f'"domwright remove deaf rng/{other} --live" asks it again.', said.stderr)
        signals = Signals(self.client)
        self.libvirtd.virsh("reset", "deaf")
        self.wait_told(signals, path, "rng", id)
        self.assertEqual([False, False], self.sides(path, "rng", id))
        self.add(path, "rng", {"alias": id})
        self.assertEqual([True, True], self.sides(path, "rng", id))

    def test_password_of_a_display(self):
        """libvirt would say that it was taken away, and QEMU go on asking for it."""
        path = self.define("display", [device("graphics", type="vnc", passwd="Jalapeno"),
                                       device("video", model__type="vga")])
        self.client.domain(path, "Start")

        def unset(**options):
            return self.client.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "graphics", "vnc", {},
                                    ["passwd"], settings(options))
        for affect in ("live", "both"):
            with self.refused("Invalid", "passwd", "cannot be unset", "affect \"config\""):
                unset(affect=affect)
        self.assertEqual(["live.not-possible"], self.rules(unset(affect="live", **{"dry-run": True}), "error"))
        result = unset(affect="auto")
        self.assertEqual(("config", ["graphics/vnc/passwd"]), (result["applied"], result["waiting"]))
        self.assertEqual([("passwd", "restart")],
                         [(row["key"], row["waits"]) for row in self.client.domain(path, "ListPending")])
        self.client.domain(path, "Destroy")

    def test_more_than_it_was_started_with(self):
        """What depends on a setting that waits, waits with it."""
        path = self.define("more", vcpu=3, vcpu__current=1)
        self.client.domain(path, "Start")
        waits = {"memory", "currentMemory", "vcpu", "vcpu.current"}
        result = self.modify(path, {"title": "more", "memory": "64MiB", "currentMemory": "64MiB", "vcpu": 4,
                                    "vcpu.current": 4}, affect="auto")
        self.assertEqual(("both", waits), (result["applied"], {*result["waiting"]}))
        self.assertEqual((["more", "more"], [64 << 20, 32 << 20], 1), (
            self.settings(path, "title"), self.settings(path, "memory"),
            self.settings(path, "vcpu.current")[1]))
        self.client.domain(path, "Destroy")

    def test_transient(self):
        """What it cannot have while it runs it cannot have at all: nothing speaks of its next start."""
        path = self.define("brief")
        file = os.path.join(self.libvirtd.directory, "brief.xml")
        with open(file, "w") as out:
            out.write(self.client.get_xml(path))
        self.client.domain(path, "Undefine")
        self.libvirtd.virsh("create", file)
        services.wait_for(lambda: [each for each, _ in self.client.call(
            client.HOST, "Host", "ListDomains", "(a{sv})", settings({"active": True})) if each == path],
            "it is known")
        for affect in ("live", "auto"):
            for call in (lambda: self.modify(path, {"memory": "64MiB"}, affect=affect),
                         lambda: self.modify(path, {"cputune.shares": 9}, affect=affect),
                         lambda: self.add(path, "sound", affect=affect)):
                with self.refused("Invalid", "no next start") as caught:
                    call()
                self.assertNotIn("config", caught.exception.message)
            result = self.modify(path, {"title": affect}, affect=affect)
            self.assertEqual(("live", True, False, []), (result["applied"], result["changed"],
                                                         result["restart-needed"], result.get("waiting", [])))
        self.client.domain(path, "Destroy")

    def test_first_password_of_a_display(self):
        """QEMU, which was not told to ask for one, refuses it; nothing is touched."""
        path = self.define("open", [device("graphics", type="vnc"), device("video", model__type="vga")])
        self.client.domain(path, "Start")
        before = self.client.get_xml(path)

        def change(**options):
            return self.client.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "graphics", "vnc",
                                    settings({"passwd": "Jalapeno"}), [], settings(options))
        for affect in ("live", "both"):
            with self.refused("Invalid", "passwd", "started without one", "affect \"config\""):
                change(affect=affect)
            self.assertEqual(["live.not-possible"],
                             self.rules(change(affect=affect, **{"dry-run": True}), "error"))
        self.assertEqual((before, []), (self.client.get_xml(path), self.client.domain(path, "ListHistory")))
        result = change(affect="auto")
        self.assertEqual(("config", ["graphics/vnc/passwd"]), (result["applied"], result["waiting"]))
        self.assertEqual([("passwd", "restart")],
                         [(row["key"], row["waits"]) for row in self.client.domain(path, "ListPending")])
        self.client.domain(path, "Destroy")

    def test_domain_that_stops_meanwhile(self):
        path = self.define("stops", rig.PORTS)
        self.client.domain(path, "Start")
        id, _ = self.add(path, "rng")
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            answer = thread.submit(self.remove, path, "rng", id, timeout=60000)
            services.wait_for(lambda: not self.sides(path, "rng", id)[0] and "live.removing" in self.rules(
                self.add(path, "rng", {"alias": id}, **{"dry-run": True})[1]), "it is asked for")
            self.libvirtd.virsh("qemu-monitor-command", "stops", "--hmp", "info status")  # has its turn behind
            self.libvirtd.virsh("destroy", "stops")
            self.assertNotIn("removing", answer.result())
        self.assertEqual([], self.ids(path, "rng", False))

    def test_no_slot(self):
        path = self.define("full")
        self.client.domain(path, "Start")
        before = self.client.get_xml(path)
        with self.assertRaises(GLib.Error) as caught:
            for _ in range(4):
                before = self.client.get_xml(path)
                self.add(path, "rng")
        self.assertIn("pcie-root-port", caught.exception.message)
        self.assertEqual(before, self.client.get_xml(path))
        _, result = self.add(path, "rng", **{"dry-run": True})
        self.assertEqual(["live.no-slot"], self.rules(result, "error"))
        _, result = self.add(path, "watchdog", {"model": "i6300esb"}, **{"dry-run": True})
        self.assertEqual(["live.no-slot"], self.rules(result, "error"))

    def test_no_usb_port(self):
        """One more than there are is refused before libvirt says so."""
        path = self.define("usb", [device("controller", type="usb", model="qemu-xhci", ports=2)])
        self.client.domain(path, "Start")
        added = []
        with self.refused("Invalid", "USB port", "hub"):
            for _ in range(3):
                before = self.client.get_xml(path)
                added.append(self.add(path, "input", {"type": "tablet", "bus": "usb"})[0])
        self.assertEqual((before, 2), (self.client.get_xml(path), len(added)))
        for kind, values in (("disk", {"target.bus": "usb", "source.file": self.image("stick")}),
                             ("serial", {"type": "null", "target.type": "usb-serial"}),
                             ("redirdev", {"bus": "usb", "type": "tcp", "source.host": "127.0.0.1",
                                           "source.service": "9", "source.mode": "connect"})):
            with self.subTest(kind=kind):
                _, result = self.add(path, kind, values, **{"dry-run": True})
                self.assertEqual(["live.no-slot"], self.rules(result, "error"))

    def test_paused_and_refusing(self):
        """A module of memory that the guest's kernel uses it cannot give back."""
        path = self.define_linux(
            "kernel", [*rig.PORTS, device("memory", model="dimm", target__size="128MiB", target__node=0)],
            memory="320MiB", maxMemory="1GiB", maxMemory__slots=2, cpu__numa__cell__0__cpus="0-2",
            cpu__numa__cell__0__memory="192MiB", vcpu=3, vcpu__current=1)
        self.libvirtd.virsh("suspend", "kernel")
        id, _ = self.add(path, "rng")
        self.libvirtd.virsh("resume", "kernel")
        self.libvirtd.virsh("suspend", "kernel")
        result = self.remove(path, "rng", id, timeout=200)
        self.assertEqual([("rng", id)], result["removing"])
        self.libvirtd.virsh("resume", "kernel")
        self.wait_gone(path, "rng", id)

        [[_, memory, _]] = self.devices(path, "memory", True)
        before = self.client.get_xml(path)
        with self.refused("Busy", "guest refused", "configuration is what it was"):
            self.remove(path, "memory", memory)
        self.assertEqual(before, self.client.get_xml(path))
        self.assertEqual([True, True], self.sides(path, "memory", memory))
        self.assertEqual(("both", True), self.history(path))
        with self.refused("Busy", "guest refused"):
            self.remove(path, "memory", memory, affect="live")
        result = self.remove(path, "memory", memory, keep=True)
        self.assertEqual(([f"memory/{memory}"], False, []),
                         (result["waiting"], result["undone"], result["not-undone"]))
        self.assertEqual([False, True], self.sides(path, "memory", memory))

        # The guest mostly takes longer to give a processor up than libvirt waits, five seconds; QEMU 7.2
        # in emulation does not live long afterwards, so this comes last.
        self.modify(path, {"vcpu.current": 2})
        before = self.client.get_xml(path)
        try:
            self.modify(path, {"vcpu.current": 1})
        except GLib.Error as error:
            self.assertEqual("org.domwright1.Error.Busy", client.error_name(error), error.message)
            self.assertIn("could not be taken back: vcpu.current", error.message)
            self.assertEqual(before, self.client.get_xml(path))
        else:
            self.assertEqual([1, 1], self.settings(path, "vcpu.current"))


if __name__ == "__main__":
    tap.main()
