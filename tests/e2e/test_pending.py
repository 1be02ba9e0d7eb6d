# SPDX-License-Identifier: LGPL-2.1-or-later
"""What waits for the next start of guests of a private libvirtd with QEMU.

Owns ListPending and Pending against what libvirt makes of documents, edits on either side, and runs
that began unseen. What two documents amount to is a unit test's business.
"""

import os
import random
import re

from gi.repository import GLib

import rig
from support import services, tap
from support.client import device, settings

MIB = 1 << 20


class Pending(rig.Case):
    def define(self, name, start=True):
        values = {"name": name, "type": "qemu", "memory": "64MiB", "currentMemory": "48MiB",
                  "vcpu": 4, "vcpu.current": 2, "os.arch": "x86_64", "os.machine": "q35",
                  "cpu.mode": "maximum", "features.acpi": True}
        devices = [
            device("disk", source__file=self.image(name + ".qcow2"), driver__type="qcow2",
                   target__dev="vda", target__bus="virtio"),
            device("disk", device="cdrom", source__file=self.image(name + ".iso", "raw"),
                   target__dev="sda", target__bus="sata"),
            device("disk", device="cdrom", target__dev="sdb", target__bus="sata"),
            device("controller", type="scsi", model="virtio-scsi"),
            device("interface", type="user", mac__address="52:54:00:00:00:01", model__type="virtio"),
            device("channel", target__name="org.test.0"),
            device("serial"),
            device("rng", model="virtio", backend__model="random"),
            device("graphics", type="vnc", autoport=True, passwd="Jalapeno"),
            device("video", model__type="vga"),
            device("input", type="tablet", bus="usb"),
            device("memballoon", model="virtio"),
        ]
        path, _ = self.client.define(values, devices)
        self.addCleanup(self.libvirtd.virsh, "undefine", name, check=False)
        self.addCleanup(self.libvirtd.virsh, "destroy", name, check=False)
        if start:
            self.client.domain(path, "Start")
        return path

    def rows(self, path):
        """{"KIND/ID/key": (live, config, waits)}; all of them sure."""
        found = {}
        for row in self.client.domain(path, "ListPending"):
            self.assertTrue(row["sure"], row)
            name = "/".join(filter(None, (row["kind"], row["id"], row["key"])))
            found[name] = (row.get("live"), row.get("config"), row["waits"])
        return found

    def pending(self, path):
        return self.client.property(path, "Domain", "Pending")

    def await_pending(self, path, expected):
        services.wait_for(lambda: self.pending(path) == expected, f"Pending is {expected}", 20)

    def test_edits(self):
        path = self.define("edits")
        self.assertEqual({}, self.rows(path))
        self.client.modify(path, {"vcpu.current": 3, "memory": "96MiB"})
        self.assertEqual({"vcpu.current": (2, 3, "now"),
                          "memory": (64 * MIB, 96 * MIB, "restart")}, self.rows(path))
        self.await_pending(path, True)
        self.client.modify(path, {"vcpu.current": 2, "memory": "64MiB"})
        self.assertEqual({}, self.rows(path))
        self.await_pending(path, False)

    # What is edited: kind, id, key, the value there and another one; None: not set.
    EDITS = [
        ("", "", "memory", 64 * MIB, 96 * MIB), ("", "", "vcpu.current", 2, 3),
        ("", "", "title", None, "words"), ("", "", "on_crash", "destroy", "restart"),
        ("disk", "vda", "driver.cache", None, "none"), ("disk", "vda", "serial", None, "S1"),
        ("interface", "52:54:00:00:00:01", "link.state", None, "down"),
        ("memballoon", None, "stats.period", None, 5),
    ]

    def put(self, path, kind, id, key, value, **options):
        values = {} if value is None else {key: value}
        unset = [key] if value is None else []
        if kind:
            return self.client.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", kind, id or "#1",
                                    settings(values), unset, settings(options))
        return self.client.modify(path, values, unset, options)

    def test_random_edits(self):
        """Rows are exactly the edits that are not taken back, in whatever order they were made."""
        path = self.define("random")
        edits = self.EDITS
        made = set()
        for number in range(int(os.environ.get("DOMWRIGHT_EDITS", "30"))):
            place = random.randrange(len(edits))
            kind, id, key, first, other = edits[place]
            foreseen, result = (self.put(path, kind, id, key, first if place in made else other, **options)
                                for options in ({"dry-run": True}, {}))
            made ^= {place}
            self.assertEqual(*((one["changed"], one["restart-needed"], one["applied"])
                               for one in (foreseen, result)), key)
            self.assertEqual((True, place in made), (result["changed"], result["restart-needed"]), key)
            expected = {"/".join(filter(None, (kind, id, key))) for kind, id, key, _, _ in
                        (edits[place] for place in made)}
            found = {name.replace("memballoon/" + name.split("/")[1], "memballoon")
                     if name.startswith("memballoon/") else name for name in self.rows(path)}
            self.assertEqual(expected, found, number)
        for place in made:
            kind, id, key, first, _ = edits[place]
            self.put(path, kind, id, key, first)
        self.assertEqual({}, self.rows(path))

    def test_what_is_so_already(self):
        """libvirt does not write a number of processors that is all of them."""
        path = self.define("so")
        self.assertTrue(self.client.modify(path, {"vcpu.current": 4})["restart-needed"])
        self.assertEqual({"vcpu.current": (2, 4, "now")}, self.rows(path))
        before = self.client.domain(path, "ListHistory")
        for affect, changed, applied in (("config", False, None), ("both", True, "live"),
                                         ("both", False, None)):
            with self.subTest(affect, changed=changed):
                result = self.client.modify(path, {"vcpu.current": 4}, options={"affect": affect})
                self.assertEqual((changed, False, applied), (result["changed"], result["restart-needed"],
                                                             result.get("applied")))
        self.assertEqual(before, self.client.domain(path, "ListHistory"))
        self.assertEqual({}, self.rows(path))

    USUAL = [
        ("", "os.bios.useserial", False), ("", "os.smbios.mode", "emulate"),
        ("", "features.vmcoreinfo", False), ("", "hyperv.relaxed", False),
        ("disk/vda", "driver.copy_on_read", False), ("disk/sda", "source.startupPolicy", "mandatory"),
        ("interface/52:54:00:00:00:01", "link.state", "up"), ("memballoon/#1", "autodeflate", False),
        ("video/#1", "model.acceleration.accel3d", False), ("rng/#1", "driver.iommu", False),
        ("graphics/vnc", "connected", "keep"),
    ]

    def test_what_libvirt_takes_it_for(self):
        """A setting that one side leaves out and the other has as libvirt takes it then."""
        path = self.define("usual", start=False)

        def put(there):
            edits = [("modify" if place else "set", *(place.split("/") if place else ("", "")),
                      settings({key: value} if there else {}), [] if there else [key])
                     for place, key, value in self.USUAL]
            _, result = self.client.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, {})
            return result["changed"], result["restart-needed"], self.rows(path)
        for started_with in (False, True):
            with self.subTest(started_with=started_with):
                self.client.domain(path, "Start")
                self.assertEqual((True, False, {}), put(not started_with))
                self.client.domain(path, "Destroy")

    def test_password(self):
        """That it is another one than that of the running domain is told of the change alone."""
        path = self.define("password")
        for affect, passwd, changed, restart in (
                ("config", "Serrano", True, True), ("config", "Serrano", False, False),
                ("both", "Serrano", True, False), ("config", "Poblano", True, True)):
            with self.subTest(affect, passwd=passwd, changed=changed):
                for options in ({"dry-run": True}, {}):
                    result = self.put(path, "graphics", "vnc", "passwd", passwd, affect=affect, **options)
                    self.assertEqual((changed, restart), (result["changed"], result["restart-needed"]))
                self.assertEqual({}, self.rows(path))

    def test_what_has_no_key(self):
        path = self.define("no-key")
        uri = "urn:example:note"
        for affect, waits in (("config", (None, True, "now")), ("live", None), ("both", None)):
            with self.subTest(affect):
                text = "<n xmlns='%s'>%s</n>" % (uri, "both" if affect == "both" else "one")
                for changed in (True, False):  # and then it has it
                    result = self.client.call(path, "Config", "SetMetadata", "(ssa{sv})", uri, text,
                                              settings({"affect": affect}))
                    self.assertEqual(changed, result["changed"])
                self.assertEqual({"metadata/" + uri: waits} if waits else {}, self.rows(path))
        self.libvirtd.virsh("metadata", "no-key", "--uri", uri, "--key", "n", "--set", "<n/>", "--live")
        self.assertEqual({"metadata/" + uri: (True, True, "now")}, self.rows(path))
        self.libvirtd.virsh("metadata", "no-key", "--uri", uri, "--remove", "--config")
        self.assertEqual({"metadata/" + uri: (True, None, "lost")}, self.rows(path))
        self.libvirtd.virsh("metadata", "no-key", "--uri", uri, "--remove", "--live")
        self.assertEqual({}, self.rows(path))

    def test_saved_image(self):
        """It goes on with what was configured when it was saved, or earlier."""
        path = self.define("saved")
        self.client.modify(path, {"memory": "96MiB"})
        self.libvirtd.virsh("managedsave", "saved")
        self.client.domain(path, "Start")
        [row] = self.client.domain(path, "ListPending")
        self.assertEqual(("memory", 64 * MIB, 96 * MIB, "restart", False),
                         tuple(row[name] for name in ("key", "live", "config", "waits", "sure")))
        self.libvirtd.virsh("managedsave", "saved")
        self.libvirtd.virsh("start", "saved")
        self.await_pending(path, True)
        self.assertEqual([row], self.client.domain(path, "ListPending"))
        self.client.modify(path, {"memory": "64MiB"})
        self.assertEqual([], self.client.domain(path, "ListPending"))

    def test_devices(self):
        path = self.define("devices")
        target, _ = self.client.add_disk(path, {
            "source.file": self.image("data.qcow2"), "driver.type": "qcow2", "target.bus": "virtio"})
        self.assertEqual({f"disk/{target}": (None, True, "now")}, self.rows(path))
        self.client.call(path, "Config", "RemoveDisk", "(sa{sv})", target, {})
        self.assertEqual({}, self.rows(path))
        [rng] = self.client.call(path, "Config", "GetDevices", "(sa{sv})", "rng", {})
        self.client.call(path, "Config", "RemoveDevice", "(ssa{sv})", "rng", rng[1], {})
        self.assertEqual({f"rng/{rng[1]}": (True, None, "now")}, self.rows(path))
        [video] = self.client.call(path, "Config", "GetDevices", "(sa{sv})", "video", {})
        self.client.call(path, "Config", "RemoveDevice", "(ssa{sv})", "video", video[1], {})
        self.assertEqual((True, None, "restart"), self.rows(path)[f"video/{video[1]}"])

    def test_before_others_of_its_kind(self):
        """Those of the machine, which have no ids, are what they were."""
        path = self.define("inputs")
        [id, *_] = [id for _, id, _ in self.client.call(path, "Config", "GetDevices", "(sa{sv})", "input", {})]
        for affect, expected in (("config", {f"input/{id}": (True, None, "now")}), ("live", {})):
            self.client.call(path, "Config", "RemoveDevice", "(ssa{sv})", "input", id,
                             settings({"affect": affect}))
            self.assertEqual(expected, self.rows(path))

    def test_taken_out_and_put_back(self):
        """The next start has it, and so could the guest: nothing is lost."""
        path = self.define("back", start=False)
        disk = settings({"source.file": self.image("back-hot.qcow2"), "driver.type": "qcow2",
                         "target.bus": "scsi", "target.dev": "sdc"})
        self.client.call(path, "Config", "AddDisk", "(a{sv}a{sv})", disk, {})
        self.client.domain(path, "Start")
        self.client.call(path, "Config", "RemoveDisk", "(sa{sv})", "sdc", settings({"affect": "both"}))
        self.assertEqual({}, self.rows(path))
        self.client.call(path, "Config", "AddDisk", "(a{sv}a{sv})", disk, {})
        self.assertEqual({"disk/sdc": (None, True, "now")}, self.rows(path))
        self.client.call(path, "Config", "RemoveDisk", "(sa{sv})", "sdc", {})
        self.assertEqual({}, self.rows(path))

    def test_lost(self):
        """What virsh does to a running guest without saying that it is to stay."""
        path = self.define("lost")
        image = self.image("hot.qcow2")
        self.libvirtd.virsh("attach-disk", "lost", image, "sdc", "--targetbus", "scsi",
                            "--subdriver", "qcow2")
        self.libvirtd.virsh("domif-setlink", "lost", "52:54:00:00:00:01", "down")
        self.assertEqual({"disk/sdc": (True, None, "lost"),
                          "interface/52:54:00:00:00:01/link.state": ("down", None, "lost")},
                         self.rows(path))
        self.await_pending(path, True)
        self.libvirtd.virsh("detach-disk", "lost", "sdc", check=False)
        self.libvirtd.virsh("domif-setlink", "lost", "52:54:00:00:00:01", "up")
        self.client.domain(path, "Destroy")
        self.assertEqual({}, self.rows(path))
        self.await_pending(path, False)

    def test_both_sides(self):
        path = self.define("both")
        image = self.image("both-hot.qcow2")
        self.libvirtd.virsh("attach-disk", "both", image, "sdc", "--targetbus", "scsi",
                            "--subdriver", "qcow2", "--live", "--config")
        self.libvirtd.virsh("change-media", "both", "sdb", self.image("m.iso", "raw"), "--live",
                            "--config")
        self.assertEqual({}, self.rows(path))

    def test_fewer_threads(self):
        """The same ones go on both sides, whatever order libvirt lists them in and what is said of them."""
        one, two = "iothreadids.iothread.1", "iothreadids.iothread.2"
        for name, config, both, unset, left in (
                ("plain", {}, {}, [], 1), ("tuned", {two + ".thread_pool_max": 8}, {}, [], 1),
                ("kept", {}, {two + ".thread_pool_max": 8}, [], 2),
                ("pinned", {}, {"cputune.iothreadpin.2.cpuset": "0"}, [], 1),
                ("chosen", {one: True, two: True}, {}, [one], 2), ("own", {}, {}, [one], 2),
                ("scheduled", {}, {"cputune.iothreadsched.1.iothreads": "1-2",
                                   "cputune.iothreadsched.1.scheduler": "batch"}, [], 1)):
            with self.subTest(name):
                path = self.define("threads-" + name, start=False)
                self.client.modify(path, {"iothreads": 2, **(both if name == "scheduled" else {})})
                self.client.domain(path, "Start")
                self.client.modify(path, config)
                if name == "pinned":
                    self.client.modify(path, both, options={"affect": "both"})
                number = {} if name == "own" else {"iothreads": 1, **(both if name == "kept" else {})}
                result = self.client.modify(path, number, unset, {"affect": "both"})
                self.assertEqual("both", result["applied"])
                self.assertEqual([[str(left)]] * 2, [self.threads(name, side)
                                                     for side in ("--config", "--live")])
                self.assertEqual({}, self.rows(path))

    def threads(self, name, side):
        text = self.libvirtd.virsh("iothreadinfo", side, "threads-" + name).stdout
        return re.findall("^ *([0-9]+) ", text, re.MULTILINE)

    def test_device_that_came_later(self):
        """What it is on either side is told as of the others, whatever libvirt filled in."""
        path = self.define("later")
        disk = {"source.file": self.image("later-hot.qcow2"), "driver.type": "qcow2", "target.bus": "scsi",
                "target.dev": "sdc", "serial": "S1"}
        mac = "52:54:00:00:00:09"
        both = settings({"affect": "both"})
        self.client.call(path, "Config", "AddDisk", "(a{sv}a{sv})", settings(disk), both)
        self.client.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", "interface", settings(
            {"type": "user", "mac.address": mac, "model.type": "virtio"}), both)
        self.assertEqual({}, self.rows(path))
        self.put(path, "disk", "sdc", "serial", None)
        self.libvirtd.virsh("domif-setlink", "later", mac, "down")
        rows = {"disk/sdc/serial": ("S1", None, "restart"),
                f"interface/{mac}/link.state": ("down", None, "lost")}
        self.assertEqual(rows, self.rows(path))
        uuid = self.client.property(path, "Domain", "UUID")
        os.unlink(os.path.join(self.daemon.directory, "baselines", "local", uuid))
        self.assertEqual({(*name.split("/"), False): row for name, row in rows.items()},
                         {(row["kind"], row["id"], row["key"], row["sure"]):
                          (row.get("live"), row.get("config"), row["waits"])
                          for row in self.client.domain(path, "ListPending")})
        self.put(path, "disk", "sdc", "serial", "S1")
        self.libvirtd.virsh("domif-setlink", "later", mac, "up")
        self.assertEqual([], self.client.domain(path, "ListPending"))

    def test_snapshot(self):
        """libvirt writes a new chain into both documents, to its end in one of them."""
        path = self.define("snap")
        over = os.path.join(self.libvirtd.directory, "over.qcow2")
        self.libvirtd.virsh("snapshot-create-as", "snap", "--diskspec", "vda,snapshot=external,file=" + over,
                            "--disk-only", "--no-metadata")
        self.assertEqual({}, self.rows(path))
        uuid = self.client.property(path, "Domain", "UUID")
        os.unlink(os.path.join(self.daemon.directory, "baselines", "local", uuid))
        self.assertEqual([], self.client.domain(path, "ListPending"))

    def test_restart_applies(self):
        path = self.define("applied")
        self.client.modify(path, {"memory": "96MiB"})
        self.await_pending(path, True)
        self.client.call(path, "Domain", "Restart", "(a{sv})",
                         settings({"timeout": 0, "force": True}))
        self.assertEqual({}, self.rows(path))
        self.await_pending(path, False)

    def test_daemon_that_comes_later(self):
        """A run that was seen to begin is known again; of another nothing is sure."""
        path = self.define("seen")
        self.client.modify(path, {"memory": "96MiB"})
        started = self.client.property(path, "Domain", "StartedAt")
        unseen = self.define("unseen", start=False)
        self.daemon.stop()
        self.libvirtd.virsh("start", "unseen")
        self.daemon.start()
        self.daemon.wait_connected()
        self.assertEqual({"memory": (64 * MIB, 96 * MIB, "restart")}, self.rows(path))
        self.await_pending(path, True)
        self.assertAlmostEqual(started, self.client.property(path, "Domain", "StartedAt"),
                               delta=10_000_000)
        self.assertEqual([], self.client.domain(unseen, "ListPending"))
        self.client.modify(unseen, {"memory": "96MiB"})
        [row] = self.client.domain(unseen, "ListPending")
        self.assertEqual(("memory", False), (row["key"], row["sure"]))
        self.client.modify(unseen, {"memory": "64MiB"})
        self.libvirtd.virsh("attach-disk", "unseen", self.image("unseen-hot.qcow2"), "sdc", "--targetbus",
                            "scsi", "--subdriver", "qcow2")
        [row] = self.client.domain(unseen, "ListPending")
        self.assertEqual(("disk", "sdc", "lost", False), (row["kind"], row["id"], row["waits"], row["sure"]))
        self.assertEqual(0, self.client.property(unseen, "Domain", "StartedAt"))

    def test_what_is_kept(self):
        """Of running domains only, for nobody else to read, without passwords."""
        path = self.define("kept")
        uuid = self.client.property(path, "Domain", "UUID")
        name = os.path.join(self.daemon.directory, "baselines", "local", uuid)
        self.assertEqual(0o600, os.stat(name).st_mode & 0o777)
        self.assertEqual(0o700, os.stat(os.path.dirname(name)).st_mode & 0o777)
        with open(name, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(2, text.count("passwd='(unchanged secret)'"))
        self.assertNotIn("Jalapeno", text)
        self.client.domain(path, "Destroy")
        services.wait_for(lambda: not os.path.exists(name), "the file is gone", 20)

    def test_what_libvirt_orders_anew(self):
        """It is no edit of anybody: nothing waits, and the history tells what it is. Newer ones keep the
        order, and then there is nothing to tell."""
        path, _ = self.client.define(
            {"name": "floppy", "type": "qemu", "memory": "64MiB", "os.arch": "x86_64", "os.machine": "q35"},
            [device("disk", device="floppy", target__dev="fda", target__bus="fdc")])
        self.addCleanup(self.libvirtd.virsh, "undefine", "floppy", check=False)
        self.addCleanup(self.libvirtd.virsh, "destroy", "floppy", check=False)
        before = self.libvirtd.virsh("dumpxml", "--inactive", "floppy").stdout
        self.client.domain(path, "Start")
        if self.libvirtd.virsh("dumpxml", "--inactive", "floppy").stdout == before:
            self.assertEqual(([], {}), (self.client.domain(path, "ListHistory"), self.rows(path)))
            return
        [row] = services.wait_for(lambda: self.client.domain(path, "ListHistory"), "a row", 20)
        self.assertEqual(("external", [], [], True),
                         (row["origin"], row["keys"], row["devices"], "another order" in row["summary"]))
        self.assertEqual({}, self.rows(path))

    def test_what_libvirt_orders_anew_later(self):
        """A start for once leaves the configuration as it was defined; the next edit has it read anew."""
        path, _ = self.client.define(
            {"name": "ports", "type": "qemu", "memory": "64MiB", "os.arch": "x86_64", "os.machine": "q35"},
            rig.PORTS[:3])
        self.addCleanup(self.libvirtd.virsh, "undefine", "ports", check=False)
        self.addCleanup(self.libvirtd.virsh, "destroy", "ports", check=False)
        self.client.call(path, "Domain", "Start", "(a{sv})",
                         {"settings": GLib.Variant("a{sv}", settings({"title": "once"}))})
        self.assertEqual({}, self.rows(path))
        self.client.modify(path, {"description": "later"})
        self.assertEqual({"description": (None, "later", "now")}, self.rows(path))

    def test_transient(self):
        path = self.define("gone")
        self.client.modify(path, {"memory": "96MiB"})
        self.await_pending(path, True)
        self.client.domain(path, "Undefine")
        self.assertEqual({}, self.rows(path))
        self.await_pending(path, False)


if __name__ == "__main__":
    tap.main()
