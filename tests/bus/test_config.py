# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reading and editing a defined domain: transactions, results, revisions, refusals.

Owns what Config, Domain and Host.Define promise on a domain; drafts and signals have their own program.
"""

import re
import time
import xml.etree.ElementTree as ElementTree

from gi.repository import Gio, GLib

import rig
from rig import HOST, MANAGER, NOTHING, TEST
from support import features, tap
from support.client import device, settings

DISK = device("disk", source__file=NOTHING + "/a.qcow2", target__dev="vda", driver__type="qcow2")
NEW_UUID = "0b0e3a6c-9d3c-4a55-8a36-1d9f9a8e2f01"
NETWORK = """<domain type='test'><name>net</name><memory>1024</memory><os><type>hvm</type></os>
<devices><interface type='user'><mac address='52:54:00:00:00:01'/></interface></devices></domain>"""


class Config(rig.Case):
    def define(self, name="web", devices=(DISK,), **values):
        path, result = self.client.define({"name": name, "memory": "1GiB", "vcpu": 2, **values},
                                          devices)
        self.assertTrue(result["changed"])
        return path

    def test_define(self):
        path, result = self.client.define({"name": "web", "memory": "1GiB", "vcpu": 2}, [DISK])
        self.assertEqual(path, self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "web", {}))
        self.assertEqual(self.revision(path), result["revision"])
        self.assertFalse(result["restart-needed"])
        read = self.client.get_settings(path, "name", "memory", "vcpu")
        self.assertEqual({"name": "web", "memory": 2 ** 30, "vcpu": 2}, read)
        uuid = self.client.property(path, "Domain", "UUID")
        self.assertEqual(path, HOST + "/domain/_" + uuid.replace("-", "_"))
        self.assertEqual(path, self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", uuid, {}))

    def test_define_never_meets_another_domain(self):
        path = self.define()
        uuid = self.client.property(path, "Domain", "UUID")
        before = self.client.get_xml(path)
        with self.refused("AlreadyExists", "web"):
            self.client.define({"name": "web", "memory": "2GiB"})
        with self.refused("AlreadyExists", uuid):
            self.client.define({"name": "other", "uuid": uuid, "memory": "2GiB"})
        with self.refused("AlreadyExists", "web"):
            self.call(HOST, "Host", "DefineXML", "(sa{sv})", before.replace(uuid, NEW_UUID), {})
        self.assertEqual(before, self.client.get_xml(path))
        self.assertEqual({"test", "web"}, set(self.domains()))

    def test_define_dry(self):
        path, result = self.client.define({"name": "web", "memory": "1GiB"}, [],
                                          {"dry-run": True})
        self.assertEqual("/", path)
        self.assertIn("+  <name>web</name>", result["diff"])
        self.assertEqual({"test"}, set(self.domains()))

    def test_bad_names(self):
        for name in ["..", " ", "a/b", "a\nb"]:
            with self.subTest(name=name), self.assertRaises(GLib.Error):
                self.client.define({"name": name, "memory": "1GiB"})
        with self.assertRaises(GLib.Error):
            self.client.define({"name": "zero", "memory": "1GiB",
                                "uuid": "00000000-0000-0000-0000-000000000000"})
        self.assertEqual({"test"}, set(self.domains()))

    def test_define_xml(self):
        path, result = self.call(HOST, "Host", "DefineXML", "(sa{sv})", NETWORK, {})
        self.assertTrue(result["changed"])
        self.assertEqual([("interface", "52:54:00:00:00:01")],
                         [(kind, id) for kind, id, _ in
                          self.call(path, "Config", "GetDevices", "(sa{sv})", "", {})
                          if kind == "interface"])
        for xml, name in [("<domain", "InvalidXML"), ("<network/>", "InvalidXML"),
                          ("<!DOCTYPE domain><domain/>", "InvalidXML"),
                          ("<domain>" + " " * 2 ** 20 + "</domain>", "LimitExceeded")]:
            with self.subTest(xml=xml[:20]), self.refused(name):
                self.call(HOST, "Host", "DefineXML", "(sa{sv})", xml, {})

    def test_lists_are_bounded(self):
        keys = {f"backing.{n}.source.file": "/x" for n in range(1, 4098)}
        with self.refused("LimitExceeded", "4096 keys"):
            self.client.define({"name": "long", **keys})
        with self.refused("LimitExceeded", "1024 devices"):
            self.client.define({"name": "long"}, [("disk", {})] * 1025)
        with self.refused("LimitExceeded", "4096 strings"):
            self.call(TEST, "Config", "GetSettings", "(asa{sv})", ["memory"] * 4097, {})
        with self.refused("LimitExceeded", "1024 edits"):
            self.call(TEST, "Config", "Apply", "(a(sssa{sv}as)a{sv})",
                      [("set", "", "", {}, [])] * 1025, {})
        with self.refused("LimitExceeded", "1024 devices"):
            self.call(TEST, "Config", "SetBootOrder", "(a(ss)a{sv})", [("disk", "vda")] * 1025, {})

    def test_placeholder_has_nothing_to_keep(self):
        xml = NETWORK.replace("</devices>", "<graphics type='vnc' passwd='(unchanged secret)'/></devices>")
        with self.refused("Invalid", "(unchanged secret)"):
            self.call(HOST, "Host", "DefineXML", "(sa{sv})", xml, {})

        xml = NETWORK.replace("<memory>", "<title>an (unchanged secret)</title><memory>")
        path, _ = self.call(HOST, "Host", "DefineXML", "(sa{sv})", xml, {})
        self.assertEqual("an (unchanged secret)", self.client.property(path, "Domain", "Title"))

    def test_replace(self):
        path = self.define()
        old = self.revision(path)
        xml = self.client.get_xml(path).replace("1048576", "2097152")
        found, result = self.call(HOST, "Host", "DefineXML", "(sa{sv})", xml,
                                  settings({"expected-revision": old}))
        self.assertEqual((path, True), (found, result["changed"]))
        self.assertEqual({"memory": 2 ** 31}, self.client.get_settings(path, "memory"))
        with self.refused("Conflict", old):
            self.call(HOST, "Host", "DefineXML", "(sa{sv})", xml,
                      settings({"expected-revision": old}))
        with self.refused("NotFound"):
            self.call(HOST, "Host", "DefineXML", "(sa{sv})", NETWORK,
                      settings({"expected-revision": old}))

    def test_modify(self):
        path = self.define()
        before = self.revision(path)
        result = self.client.modify(path, {"memory": "2GiB", "title": "a title"},
                                    options={"diff": True, "expected-revision": before})
        self.assertTrue(result["changed"])
        self.assertNotEqual(before, result["revision"])
        self.assertEqual(self.revision(path), result["revision"])
        self.assertIn("+  <memory unit='KiB'>2097152</memory>", result["diff"])
        self.assertEqual("a title", self.client.property(path, "Domain", "Title"))
        result = self.client.modify(path, {}, ["title"])
        self.assertEqual({}, self.client.get_settings(path, "title"))

    def test_nothing_to_change(self):
        path = self.define()
        before = self.revision(path)
        result = self.client.modify(path, {"memory": 2 ** 30})
        self.assertEqual((False, before), (result["changed"], result["revision"]))

    def test_conflict(self):
        path = self.define()
        old = self.revision(path)
        self.client.modify(path, {"memory": "2GiB"})
        with self.refused("Conflict", old):
            self.client.modify(path, {"memory": "3GiB"}, options={"expected-revision": old})
        self.assertEqual({"memory": 2 ** 31}, self.client.get_settings(path, "memory"))

    def test_dry_run(self):
        path = self.define()
        before = self.client.get_xml(path)
        result = self.client.modify(path, {"vcpu": 3, "cpu.topology.sockets": 1,
                                           "cpu.topology.cores": 2, "cpu.topology.threads": 1},
                                    options={"dry-run": True})
        self.assertTrue(result["changed"])
        self.assertIn("error", [problem["severity"] for problem in result["problems"]])
        self.assertEqual(before, self.client.get_xml(path))
        problem = result["problems"][0]
        self.assertEqual({"rule", "severity", "key", "kind", "id", "value", "message", "allowed", "edit"},
                         set(problem))

    def test_dry_run_answers_everything_at_once(self):
        path = self.define()
        edits = [("set", "", "", settings({"memroy": "1GiB"}), []),
                 ("modify", "disk", "vda", settings({"driver.cache": "nnoe"}), []),
                 ("add", "disk", "", settings({"source.flie": NOTHING}), ["serial"]),
                 ("remove", "disk", "vdz", {}, [])]
        _, result = self.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits,
                              settings({"dry-run": True}))
        rows = [(row["edit"], row["rule"], row["kind"], row["id"], row["key"], row["value"])
                for row in result["problems"] if row["severity"] == "error"]
        self.assertEqual([(1, "unknown-key", "", "", "memroy", ""),
                          (2, "invalid-value", "disk", "vda", "driver.cache", "nnoe"),
                          (3, "invalid-value", "disk", "", "", ""),
                          (4, "not-found", "disk", "vdz", "", "")], rows)
        [allowed] = [row["allowed"] for row in result["problems"] if row["key"] == "driver.cache"]
        self.assertIn("none", allowed)
        with self.refused("UnknownKey", "memroy", "disk/vda: ", "disk source.flie=", "disk/vdz: "):
            self.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, {})
        with self.refused("UnknownKey", "memroy", "disk/vdq: ", "driver.cahce"):
            self.call(MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})",
                      settings({"memroy": "1GiB", "host": ""}),
                      [device("disk", target__dev="vdq", driver__cahce="none")], {})
        _, result = self.client.define({"name": "web", "vcpu": "two"},
                                       [device("disk", target__dev="vdq", driver__cahce="none")],
                                       {"dry-run": True})
        rows = [(row["edit"], row["rule"], row["key"]) for row in result["problems"]
                if row["severity"] == "error"]
        for row in ((0, "invalid-value", "vcpu"), (1, "unknown-key", "driver.cahce"),
                    (0, "already-exists", "")):
            self.assertIn(row, rows)

    def test_fields_that_do_not_fit_the_verb(self):
        path = self.define()
        revision = self.revision(path)
        for edit, field in ((("set", "disk", "vda", settings({"title": "t"}), []), "kind"),
                            (("add", "disk", "vdz", settings({"source.file": NOTHING}), []), "id"),
                            (("boot", "", "vda", {"devices": GLib.Variant("a(ss)", [])}, []), "id"),
                            (("preset", "", "linux", settings({"vcpu": 2}), []), "values")):
            with self.subTest(edit=edit), self.refused("InvalidValue", "Edit 2", edit[0], "no " + field):
                self.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})",
                          [("set", "", "", settings({"vcpu": 3}), []), edit], {})
        self.assertEqual(revision, self.revision(path))

    def test_identity_is_fixed(self):
        path = self.define()
        for key, value in [("name", "other"), ("uuid", "6695eb01-f6a4-8304-79aa-97f2502e1931")]:
            with self.subTest(key=key), self.assertRaises(GLib.Error):
                self.client.modify(path, {key: value})
        self.assertEqual({"test", "web"}, set(self.domains()))

    def test_disks(self):
        path = self.define()
        target, result = self.client.add_disk(path, {"source.file": NOTHING + "/b.raw",
                                                     "driver.type": "raw", "target.bus": "virtio"})
        self.assertEqual(("vdb", "vdb"), (target, result["id"]))
        with self.refused("AlreadyExists", "vdb"):
            self.client.add_disk(path, {"source.file": NOTHING + "/c.raw", "driver.type": "raw",
                                        "target.dev": "vdb"})
        self.call(path, "Config", "ModifyDisk", "(sa{sv}asa{sv})", "vdb",
                  settings({"driver.cache": "none"}), [], {})
        disks = self.call(path, "Config", "GetDevices", "(sa{sv})", "disk", {})
        self.assertEqual(["vda", "vdb"], [id for _, id, _ in disks])
        self.assertEqual("none", disks[1][2]["driver.cache"])
        self.call(path, "Config", "RemoveDisk", "(sa{sv})", "vdb", {})
        with self.refused("NotFound", "vdb"):
            self.call(path, "Config", "RemoveDisk", "(sa{sv})", "vdb", {})

    def test_devices(self):
        path = self.define()
        id, _ = self.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", "channel",
                          settings({"target.name": "org.qemu.guest_agent.0"}), {})
        self.assertEqual("org.qemu.guest_agent.0", id)
        self.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "channel", id,
                  settings({"source.path": "/run/agent"}), [], {})
        self.call(path, "Config", "RemoveDevice", "(ssa{sv})", "channel", id, {})
        self.assertEqual([], self.call(path, "Config", "GetDevices", "(sa{sv})", "channel", {}))

    def test_apply_is_all_or_nothing(self):
        path = self.define()
        before = self.client.get_xml(path)
        edits = [("set", "", "", settings({"memory": "4GiB"}), []),
                 ("add", "disk", "", settings({"source.file": NOTHING + "/b.raw",
                                               "driver.type": "raw", "target.bus": "virtio"}), []),
                 ("modify", "disk", "vda", settings({"driver.cache": "writeback"}), [])]
        wrong = edits + [("remove", "disk", "vdz", {}, [])]
        with self.refused("NotFound", "vdz"):
            self.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", wrong, {})
        self.assertEqual(before, self.client.get_xml(path))
        ids, result = self.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, {})
        self.assertEqual(["", "vdb", "vda"], ids)
        self.assertTrue(result["changed"])
        with self.refused("UnknownKey", "ad"):
            self.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", [("ad", "", "", {}, [])], {})

    def test_hyperv_and_preset(self):
        path = self.define()
        self.client.set_hyperv(path, {"relaxed": True, "spinlocks": True})
        self.assertEqual({"hyperv.mode": "custom", "hyperv.relaxed": True, "hyperv.spinlocks": True,
                          "hyperv.spinlocks.retries": 8191},
                         self.client.get_settings(path, "hyperv.*"))
        result = self.call(path, "Config", "ApplyPreset", "(sa{sv})", "windows", {})
        self.assertTrue(result["changed"])
        with self.refused("UnknownKey", "windos"):
            self.call(path, "Config", "ApplyPreset", "(sa{sv})", "windos", {})

    def test_media(self):
        drive = device("disk", device="cdrom", target__dev="sda", source__file="/srv/a.iso")
        path = self.define(devices=[DISK, drive])
        draft = self.call(path, "Domain", "Edit", "(a{sv})", {})

        def media(where):
            disks = self.call(where, "Config", "GetDevices", "(sa{sv})", "disk", {})
            return {id: have.get("source.file") for _, id, have in disks}["sda"]

        def change(where, target, **source):
            return self.call(where, "Config", "ChangeMedia", "(sa{sv}a{sv})", target,
                             settings({key.replace("__", "."): source[key] for key in source}), {})
        for where in path, draft:
            with self.subTest(where=where):
                result = change(where, "sda", source__file="/srv/b.iso")
                self.assertEqual((True, "sda", "/srv/b.iso"),
                                 (result["changed"], result["id"], media(where)))
                self.assertFalse(change(where, "sda", source__file="/srv/b.iso")["changed"])
                change(where, "sda")
                self.assertIsNone(media(where))
                for values in {"serial": "x"}, {"source__file": 7}:
                    with self.refused("InvalidValue"):
                        change(where, "sda", **values)
                with self.refused("InvalidValue", "vda", "cdrom or a floppy"):
                    change(where, "vda")
                with self.refused("NotFound", "sdz"):
                    change(where, "sdz")
        edits = [("media", "", "sda", settings({"source.file": "/srv/c.iso"}), [])]
        ids, _ = self.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, {})
        self.assertEqual((["sda"], "/srv/c.iso"), (ids, media(path)))

    def test_boot_order(self):
        path = self.define(devices=[DISK, device("disk", device="cdrom", target__dev="sda",
                                                 boot__order=1)])
        order = [("disk", "vda"), ("disk", "sda")]
        self.call(path, "Config", "SetBootOrder", "(a(ss)a{sv})", order, {})
        disks = self.call(path, "Config", "GetDevices", "(sa{sv})", "disk", {})
        self.assertEqual({"vda": 1, "sda": 2}, {id: have["boot.order"] for _, id, have in disks})
        self.assertEqual({}, self.client.get_settings(path, "os.boot"))
        self.call(path, "Config", "SetBootOrder", "(a(ss)a{sv})", order[:1], {})
        disks = self.call(path, "Config", "GetDevices", "(sa{sv})", "disk", {})
        self.assertEqual({"vda": 1, "sda": None},
                         {id: have.get("boot.order") for _, id, have in disks})
        with self.refused("Unsupported", "sound"):
            self.call(path, "Config", "SetBootOrder", "(a(ss)a{sv})", [("sound", "#1")], {})

    def test_boot_order_among_edits(self):
        """A device that is added in the same transaction may come first."""
        path = self.define(devices=[DISK])
        kind, values = device("disk", source__file="/b.img", target__dev="vdb", target__bus="virtio")
        order = {"devices": GLib.Variant("a(ss)", [("disk", "vdb"), ("disk", "vda")])}
        ids, _ = self.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})",
                           [("add", kind, "", values, []), ("boot", "", "", order, [])], {})
        self.assertEqual(["vdb", ""], ids)
        disks = self.call(path, "Config", "GetDevices", "(sa{sv})", "disk", {})
        self.assertEqual({"vda": 2, "vdb": 1}, {id: have["boot.order"] for _, id, have in disks})
        revision = self.revision(path)
        order["devices"] = GLib.Variant("a(ss)", [("disk", "vda"), ("disk", "vdz")])
        with self.refused("NotFound", "vdz"):
            self.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})",
                      [("set", "", "", settings({"vcpu": 4}), []), ("boot", "", "", order, [])], {})
        self.assertEqual(revision, self.revision(path))
        with self.refused("InvalidValue", "devices"):
            self.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", [("boot", "", "", {}, [])], {})

    def test_boot_order_of_other_devices(self):
        path = self.define(devices=[DISK])
        mac, result = self.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", "interface",
                                settings({"source.network": "default"}), {})
        self.assertEqual({"type": "network", "mac.address": mac},
                         {problem["key"]: problem["message"].split()[3].rstrip(".,")
                          for problem in result["problems"] if problem["rule"] == "device-default"})
        host, _ = self.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", "hostdev",
                            settings({"source.address": "0000:01:00.0"}), {})
        order = [("hostdev", host), ("interface", mac), ("disk", "vda")]
        self.call(path, "Config", "SetBootOrder", "(a(ss)a{sv})", order, {})
        devices = self.call(path, "Config", "GetDevices", "(sa{sv})", "", {})
        self.assertEqual({host: 1, mac: 2, "vda": 3},
                         {id: have["boot.order"] for _, id, have in devices if "boot.order" in have})
        self.call(path, "Config", "SetBootOrder", "(a(ss)a{sv})", order[1:2], {})
        devices = self.call(path, "Config", "GetDevices", "(sa{sv})", "", {})
        self.assertEqual({mac: 1},
                         {id: have["boot.order"] for _, id, have in devices if "boot.order" in have})

    def test_other_devices(self):
        path = self.define()
        ids = {}
        for kind in ("rng", "tpm", "sound", "watchdog", "console", "vsock"):
            ids[kind], _ = self.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", kind, {}, {})
        devices = self.call(path, "Config", "GetDevices", "(sa{sv})", "", {})
        self.assertEqual(ids, {kind: id for kind, id, _ in devices if kind in ids})
        with self.refused("InvalidValue", "type"):
            self.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", "graphics", {}, {})
        ids["hub"], _ = self.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", "hub",
                                settings({"type": "usb"}), {})
        for kind, id in ids.items():
            self.call(path, "Config", "RemoveDevice", "(ssa{sv})", kind, id, {})

    def test_metadata(self):
        path = self.define()
        uri = "http://example.org/app"
        self.call(path, "Config", "SetMetadata", "(ssa{sv})", uri,
                  f"<app:it xmlns:app='{uri}' n='1'/>", {})
        read = ElementTree.fromstring(self.call(path, "Config", "GetMetadata", "(sa{sv})", uri, {}))
        self.assertEqual(("{http://example.org/app}it", {"n": "1"}), (read.tag, read.attrib))
        with self.refused("InvalidXML"):
            self.call(path, "Config", "SetMetadata", "(ssa{sv})", uri, "<it/>", {})
        self.call(path, "Config", "SetMetadata", "(ssa{sv})", uri, "", {})
        self.assertEqual("", self.call(path, "Config", "GetMetadata", "(sa{sv})", uri, {}))

    def test_secrets(self):
        xml = NETWORK.replace("</devices>", "<graphics type='vnc' passwd='hush'/></devices>")
        path, _ = self.call(HOST, "Host", "DefineXML", "(sa{sv})", xml, {})
        self.assertNotIn("hush", self.client.get_xml(path))
        self.assertIn("(unchanged secret)", self.client.get_xml(path))
        self.assertIn("hush", self.client.get_xml(path, {"secrets": True}))
        result = self.client.modify(path, {"memory": "2GiB"}, options={"diff": True})
        self.assertNotIn("hush", str(result))
        self.assertIn("hush", self.client.get_xml(path, {"secrets": True}))

    def test_secret_keys(self):
        path = self.define()
        self.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", "graphics",
                  settings({"type": "vnc", "passwd": "hush"}), {})
        (_, id, hidden), = self.call(path, "Config", "GetDevices", "(sa{sv})", "graphics", {})
        self.assertEqual(("vnc", "(unchanged secret)"), (id, hidden["passwd"]))
        self.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "graphics", "vnc",
                  settings({"passwd": hidden["passwd"], "keymap": "de"}), [], {})
        (_, _, shown), = self.call(path, "Config", "GetDevices", "(sa{sv})", "graphics",
                                   settings({"secrets": True}))
        self.assertEqual(("hush", "de"), (shown["passwd"], shown["keymap"]))
        self.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "graphics", "vnc", {},
                  ["passwd"], {})
        with self.refused("InvalidValue", "passwd"):
            self.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "graphics", "vnc",
                      settings({"passwd": "(unchanged secret)"}), [], {})

    def test_reading(self):
        values, devices, revision = self.plain(TEST, "Config", "Describe")
        self.assertEqual(self.revision(TEST), revision)
        self.assertEqual(values, self.client.get_settings(TEST))
        self.assertEqual(devices, self.call(TEST, "Config", "GetDevices", "(sa{sv})", "", {}))
        self.assertEqual({"os.arch": "i686", "os.type": "hvm", "os.boot": ["hd"]},
                         self.client.get_settings(TEST, "os.*"))
        self.assertEqual("test", self.call(TEST, "Config", "GetSettings", "(asa{sv})", ["name"],
                                           settings({"live": True}))["name"])
        self.assertEqual([], [p for p in self.plain(TEST, "Config", "Validate")
                              if p["severity"] == "error"])
        with self.refused("UnknownKey", "memry", "memory"):
            self.client.get_settings(TEST, "memry")
        everything = self.call(MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", "*", "", {})
        answer = Gio.DBusMessage.new()
        answer.set_message_type(Gio.DBusMessageType.METHOD_RETURN)
        answer.set_reply_serial(1)
        answer.set_body(self.client.connection.call_sync(
            "org.domwright1", MANAGER, "org.domwright1.Manager", "DescribeKeys",
            GLib.Variant("(ssa{sv})", ("*", "", {})), None, 0, 60000, None))
        self.assertLess(len(answer.to_blob(0)), 3 << 20)
        names = self.call(MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", "*", "", settings({"names": True}))
        self.assertEqual([{"key": key["key"], "kind": key["kind"]} for key in everything], names)
        with self.refused("UnknownKey", "dsk"):
            self.call(TEST, "Config", "GetDevices", "(sa{sv})", "dsk", {})

    def test_live_needs_a_running_domain(self):
        path = self.define()
        with self.refused("Invalid", "not running"):
            self.client.get_xml(path, {"live": True})

    def test_values(self):
        path = self.define()
        for changes, name, word in [
                ({"memmory": "1GiB"}, "UnknownKey", "memory"),
                ({"memory": "lots"}, "InvalidValue", "memory"),
                ({"vcpu": "many"}, "InvalidValue", "vcpu"),
                ({"vcpu": -1}, "InvalidValue", "vcpu"),
                ({"cpu.migratable": "perhaps"}, "InvalidValue", "cpu.migratable"),
                ({"clock.offset": "utcc"}, "InvalidValue", "utc"),
                ({"vcpu": GLib.Variant("d", 2.0)}, "InvalidValue", "vcpu"),
                ({"vcpu": GLib.Variant("a{sv}", {})}, "InvalidValue", "vcpu")]:
            with self.subTest(changes=changes), self.refused(name, word):
                self.client.modify(path, changes)
        for options, word in [({"dry_run": True}, "dry-run"), ({"dry-run": "yes"}, "dry-run")]:
            with self.subTest(options=options), self.refused("InvalidValue", word):
                self.client.modify(path, {}, options=options)

    def test_a_key_twice(self):
        done = self.bus.busctl("call", "org.domwright1", TEST, "org.domwright1.Config", "Modify",
                               "a{sv}asa{sv}", "2", "memory", "s", "1GiB", "memory", "s", "2GiB",
                               "0", "0", check=False)
        self.assertNotEqual(0, done.returncode)
        self.assertIn("memory", done.stderr)

    def test_power(self):
        state = lambda: (self.client.property(TEST, "Domain", "State"),
                         self.client.property(TEST, "Domain", "Active"))
        self.client.domain(TEST, "Suspend")
        self.assertEqual(("paused", True), state())
        self.client.domain(TEST, "Resume")
        self.assertEqual(("running", True), state())
        self.client.domain(TEST, "Reboot")
        first = [self.client.property(TEST, "Domain", key) for key in ("Id", "StartedAt")]
        self.assertEqual([1, 0], first)  # it ran before the daemon did
        before = int(time.time() * 1e6)
        self.client.domain(TEST, "Restart")
        self.assertEqual(("running", True), state())
        self.assertNotEqual(1, self.client.property(TEST, "Domain", "Id"))
        self.assertLessEqual(before, self.client.property(TEST, "Domain", "StartedAt"))
        with self.refused("InvalidValue", "timeout"):
            self.call(TEST, "Domain", "Restart", "(a{sv})", settings({"timeout": 3600001}))
        self.client.domain(TEST, "Shutdown")
        self.assertEqual(("shutoff", False), state())
        self.assertEqual(0, self.client.property(TEST, "Domain", "StartedAt"))
        with self.refused("Libvirt"):
            self.client.domain(TEST, "Restart")
        self.assertEqual(("shutoff", False), state())
        self.assertEqual(-1, self.client.property(TEST, "Domain", "Id"))
        with self.refused("Libvirt", "libvirt error 55"):
            self.client.domain(TEST, "Destroy")
        self.client.domain(TEST, "Start")
        self.assertEqual(("running", True), state())
        self.call(TEST, "Domain", "SetAutostart", "(ba{sv})", True, {})
        self.assertTrue(self.client.property(TEST, "Domain", "Autostart"))
        self.call(TEST, "Domain", "SetAutostart", "(ba{sv})", False, {})
        self.client.domain(TEST, "Undefine")
        self.assertFalse(self.client.property(TEST, "Domain", "Persistent"))
        with self.refused("Unsupported", "transient"):
            self.client.modify(TEST, {"memory": "1GiB"})
        with self.refused("Unsupported", "transient"):
            self.client.domain(TEST, "Restart")
        self.client.domain(TEST, "Destroy")
        self.assertEqual({}, self.domains())

    def test_list(self):
        self.define()
        rows = dict(self.plain(HOST, "Host", "ListDomains", columns=["name", "title", "id"]))
        self.assertEqual({"name": "test", "title": "", "id": 1}, rows[TEST])
        self.assertEqual(2, len(rows))
        for options, names in [({"active": True}, ["test"]), ({"active": False}, ["web"]),
                               ({"name": "w*"}, ["web"]), ({"name": "x"}, [])]:
            listed = self.plain(HOST, "Host", "ListDomains", **options)
            self.assertEqual(names, [row["name"] for _, row in listed])
        with self.refused("InvalidValue", "nam"):
            self.plain(HOST, "Host", "ListDomains", columns=["nam"])

    def test_capabilities(self):
        have = self.plain(HOST, "Host", "GetCapabilities")
        self.assertEqual("i686", have["host.arch"])
        self.assertEqual(["i686", "hvm", "/usr/bin/test-hv", 32, ["test"]],
                         [have["guests"][0][key] for key in
                          ("arch", "os_type", "emulator", "wordsize", "types")])
        self.assertIn("<capabilities>", self.plain(HOST, "Host", "GetCapabilitiesXML"))
        with self.refused("Unsupported", "/evil"):
            self.plain(HOST, "Host", "GetDomainCapabilities", emulator="/evil")
        if features.test_driver_has_domain_capabilities():
            self.assertEqual("i686", self.plain(HOST, "Host", "GetDomainCapabilities")["arch"])
        else:
            with self.refused("Unsupported", "virConnectGetDomainCapabilities"):
                self.plain(HOST, "Host", "GetDomainCapabilities")

    def choices(self, kind, key):
        found = self.call(HOST, "Host", "ListChoices", "(ssa{sv})", kind, key, {})
        return [choice["value"] for choice in found]

    def test_choices(self):
        self.assertIn("virtio", self.choices("disk", "target.bus"))
        self.assertEqual(["i686"], self.choices("", "os.arch"))
        self.assertEqual(["test"], self.choices("", "type"))
        with self.refused("UnknownKey", "target.bus"):
            self.choices("disk", "target.bux")
        self.assertEqual(["yes", "no"], self.choices("disk", "readonly"))
        with self.refused("InvalidValue"):
            self.choices("", "title")

    def test_choices_of_all_keys(self):
        for kind, some, other in (("", "type", "title"), ("disk", "target.bus", "serial"),
                                  ("interface", "source.network", "mac.address")):
            with self.subTest(kind):
                found = self.call(HOST, "Host", "ListChoices", "(ssa{sv})", kind, "", {})
                keys = {choice["key"] for choice in found}
                self.assertIn(some, keys)
                self.assertNotIn(other, keys)
                for key in keys:
                    self.assertEqual(self.choices(kind, re.sub(r"\.N\b", ".1", key)),
                                     [choice["value"] for choice in found if choice["key"] == key])
        with self.refused("UnknownKey", "dsk"):
            self.choices("dsk", "")
        with self.refused("UnknownKey", "one kind"):
            self.choices("*", "")

    def test_find(self):
        with self.refused("NotFound", "nobody"):
            self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "nobody", {})
        with self.refused("NotFound", "moon", "local"):
            self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "test",
                      settings({"host": "moon"}))

    def test_keys(self):
        keys = self.call(MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", "disk", "backing.N.s", {})
        names = [key["key"] for key in keys]
        self.assertIn("backing.N.source.file", names)
        self.assertEqual({"key", "kind", "type", "form", "values", "min", "max", "unit", "since",
                          "applies", "reach", "secret", "doc", "required", "belongs",
                          "index", "values-since"}, set(keys[0]))
        rows = {key["key"]: key for key in self.call(MANAGER, "Manager", "DescribeKeys",
                                                     "(ssa{sv})", "", "", {})}
        self.assertEqual("position", keys[0]["index"])
        self.assertEqual("id id", rows["cpu.numa.cell.N.distances.sibling.N.value"]["index"])
        self.assertEqual("name", rows["cpu.feature.NAME.policy"]["index"])
        self.assertEqual({"restrictive": "7.9.0"}, rows["numatune.memnode.N.mode"]["values-since"])
        self.assertEqual("runtime", rows["id"]["applies"])
        with self.refused("UnknownKey", "dsk"):
            self.call(MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", "dsk", "", {})

    def test_edits_at_once(self):
        """Edits of one domain that arrive together are all there at the end."""
        path = self.define(devices=[])
        pending = []
        for number in range(40):
            self.client.connection.call(
                "org.domwright1", path, "org.domwright1.Config", "AddDisk",
                GLib.Variant("(a{sv}a{sv})", (settings({
                    "source.file": f"{NOTHING}/{number}.raw", "driver.type": "raw",
                    "target.bus": "virtio"}), {})), None, 0, 60000, None,
                lambda connection, done: pending.append(connection.call_finish(done).unpack()[0]))
        context = GLib.MainContext.default()
        while len(pending) < 40:
            context.iteration(True)
        self.assertEqual(40, len(set(pending)))
        self.assertEqual(40, len(self.call(path, "Config", "GetDevices", "(sa{sv})", "disk", {})))


if __name__ == "__main__":
    tap.main()
