# SPDX-License-Identifier: LGPL-2.1-or-later
"""Option affect of every call that changes a domain, for one that runs, one that does not, and one that is
transient: what is applied is what was asked for, and what is refused leaves both sides as they were.

Owns that no call forgets the option. What libvirt's test driver cannot do with devices, real guests do
in tests/e2e.
"""

import os
import unittest
import xml.etree.ElementTree as ElementTree

import rig
from rig import TEST
from support import tap
from support.client import device, settings

SIDES = ("config", "live", "both", "auto")
READING = {"Describe", "GetSettings", "GetDevices", "GetXML", "GetMetadata", "Validate"}
DISK = {"source.file": "/x.img", "driver.type": "raw", "target.bus": "virtio"}
GUEST = {"memory": "64MiB", "type": "test", "os.arch": "i686"}
DEVICES = [device("disk", target__dev="vda", target__bus="virtio", source__file="/vda.img"),
           device("disk", device="cdrom", target__dev="hdc", target__bus="ide"),
           device("interface", type="network", source__network="default",
                  mac__address="52:54:00:00:00:07")]


class Affect(rig.Case):
    def config(self, path, method, signature, *arguments):
        return self.client.call(path, "Config", method, signature, *arguments)

    # What each call does; a function of the domain and the options, that returns the result.
    CALLS = {
        "Modify": lambda s, p, o: s.config(p, "Modify", "(a{sv}asa{sv})", settings({"title": "t"}), [], o),
        "Apply": lambda s, p, o: s.config(p, "Apply", "(a(sssa{sv}as)a{sv})", [
            ("set", "", "", settings({"title": "t"}), [])], o)[1],
        "SetMetadata": lambda s, p, o: s.config(p, "SetMetadata", "(ssa{sv})", "urn:t", "<t xmlns='urn:t'/>", o),
        "AddDevice": lambda s, p, o: s.config(p, "AddDevice", "(sa{sv}a{sv})", "rng", {}, o)[1],
        "ModifyDevice": lambda s, p, o: s.config(
            p, "ModifyDevice", "(ssa{sv}asa{sv})", "interface", "52:54:00:00:00:07",
            settings({"link.state": "down"}), [], o),
        "RemoveDevice": lambda s, p, o: s.config(p, "RemoveDevice", "(ssa{sv})", "interface",
                                                 "52:54:00:00:00:07", o),
        "AddDisk": lambda s, p, o: s.config(p, "AddDisk", "(a{sv}a{sv})", settings(DISK), o)[1],
        "ModifyDisk": lambda s, p, o: s.config(p, "ModifyDisk", "(sa{sv}asa{sv})", "vda",
                                               settings({"iotune.total_iops_sec": 100,
                                                         "iotune.total_iops_sec_max": 200}), [], o),
        "RemoveDisk": lambda s, p, o: s.config(p, "RemoveDisk", "(sa{sv})", "vda", o),
        "SetHyperV": lambda s, p, o: s.config(p, "SetHyperV", "(a{sv}a{sv})", settings({"relaxed": True}), o),
        "SetBootOrder": lambda s, p, o: s.config(p, "SetBootOrder", "(a(ss)a{sv})", [("disk", "vda")], o),
        "ApplyPreset": lambda s, p, o: s.config(p, "ApplyPreset", "(sa{sv})", "linux", o),
        "ChangeMedia": lambda s, p, o: s.config(p, "ChangeMedia", "(sa{sv}a{sv})", "hdc",
                                                settings({"source.file": "/m.iso"}), o),
        "DefineXML": lambda s, p, o: s.client.call(
            rig.HOST, "Host", "DefineXML", "(sa{sv})",
            s.documents(p)[0].replace("</uuid>", "</uuid><title>t</title>"),
            {**o, **settings({"expected-revision": s.client.property(p, "Config", "Revision")})})[1],
        "Commit": lambda s, p, o: s.client.call(s.drafted(p), "Draft", "Commit", "(a{sv})", o)[1],
        "Restore": lambda s, p, o: s.client.call(p, "Domain", "Restore", "(sa{sv})", s.earlier(p), o),
        "ApplyAll": lambda s, p, o: s.of_all(p, o),
    }

    def drafted(self, path):
        draft = self.client.domain(path, "Edit")
        self.client.modify(draft, {"title": "t"})
        return draft

    def earlier(self, path):
        return self.client.call(path, "Domain", "ListHistory", "(a{sv})", {})[0]["revision"]

    def of_all(self, path, options):
        uuid = self.client.property(path, "Domain", "UUID")
        [[found, row]] = self.client.call(
            rig.HOST, "Host", "ApplyAll", "(a{sv}a(sssa{sv}as)a{sv})", settings({"uuid": [uuid]}),
            [("set", "", "", settings({"title": "t"}), [])], options)
        self.assertEqual(path, found)
        if "error" in row:
            raise Refused(row["error"], row["message"])
        return row

    def documents(self, path):
        """The persistent document and, where there is one, the running one."""
        live = self.client.property(path, "Domain", "Active")
        return [self.client.get_xml(path, {"live": side}) for side in ((False, True) if live else (False,))]

    @staticmethod
    def told(result):
        """What both a dry run and the call tell of the sides."""
        return [result.get(member) for member in ("changed", "applied", "waiting", "restart-needed")]

    def dry_run(self, name, path, affect):
        """What a dry run says of it, None: that it cannot be done; nothing changes."""
        before = self.documents(path)
        try:
            result = self.CALLS[name](self, path, settings({"affect": affect, "dry-run": True}))
        except (rig.GLib.Error, Refused):
            return None
        finally:
            self.assertEqual(before, self.documents(path), "a dry run changes nothing")
        errors = any(row["severity"] == "error" for row in result["problems"])
        return None if errors else self.told(result)

    def outcome(self, name, path, affect):
        """What was applied, or the error; then nothing has changed. A dry run has told it."""
        foreseen = self.dry_run(name, path, affect)
        outcome = self.call_really(name, path, affect, foreseen)
        if "Libvirt reported" not in outcome[1]:
            self.assertEqual(foreseen is not None, isinstance(outcome[1], list), outcome)
        return outcome

    def call_really(self, name, path, affect, foreseen):
        before = self.documents(path)
        try:
            result = self.CALLS[name](self, path, settings({"affect": affect}))
        except (rig.GLib.Error, Refused) as error:
            self.assertEqual(before, self.documents(path), "a refusal changes nothing")
            return error_of(error)
        self.assertTrue(result["changed"])
        self.assertEqual(foreseen, self.told(result))
        changed = [old != new for old, new in zip(before, self.documents(path))]
        return result["applied"], changed, result.get("waiting", [])

    def make(self, name, kind):
        path, _ = self.client.define({**GUEST, "name": name}, DEVICES)
        self.client.modify(path, {"description": "first"})
        if kind != "off":
            self.client.domain(path, "Start")
        if kind == "transient":
            self.client.domain(path, "Undefine")
        return path

    def each(self, kind, check, names=None):
        for number, name in enumerate(names or self.CALLS):
            for affect in SIDES:
                with self.subTest(name, affect=affect):
                    path = self.make(f"{kind}-{number}-{affect}", kind)
                    check(name, affect, self.outcome(name, path, affect))

    def test_all_calls_are_here(self):
        root = ElementTree.parse(os.path.join(os.environ["SOURCE_ROOT"], "dbus",
                                              "org.domwright1.Config.xml")).getroot()
        methods = {method.get("name") for method in root.iter("method")}
        self.assertEqual(methods - READING, set(self.CALLS) - {"DefineXML", "Commit", "Restore", "ApplyAll"})

    def test_running(self):
        def check(name, affect, outcome):
            if affect == "config":
                self.assertEqual(("config", [True, False]), outcome[:2])
            elif outcome[0] in ("Invalid", "Unsupported", "Libvirt"):  # so is all that libvirt cannot do
                self.assertIn("running domain", outcome[1])
                self.assertIn(name, DEVICE_CALLS | {"ApplyPreset", "SetHyperV", "SetBootOrder"})
            elif affect == "auto" and outcome[0] == "config":
                self.assertEqual([True, False], outcome[1])
                self.assertNotEqual([], outcome[2])
            else:
                self.assertEqual("both" if affect == "auto" else affect, outcome[0])
                self.assertEqual([affect != "live", True], outcome[1])
        self.each("running", check)

    def test_identity(self):
        """What a device is known by cannot be changed while it runs: so says a dry run, too."""
        path = self.make("identity", "running")
        self.config(path, "AddDevice", "(sa{sv}a{sv})", "rng", {}, {})
        self.client.domain(path, "Destroy")
        self.client.domain(path, "Start")
        before = self.documents(path)
        for kind, name, change in (("disk", "vda", {"target.dev": "vdz"}),
                                   ("interface", "#1", {"mac.address": "52:54:00:00:00:08"}),
                                   ("rng", "#1", {"alias": "ua-r"}),
                                   ("interface", "52:54:00:00:00:07", {"mac.address": "52:54:00:00:00:08"})):
            for affect in ("live", "both"):
                for option in ("dry-run", "diff"):
                    with self.subTest(kind, affect=affect, option=option):
                        def call():
                            return self.config(path, "ModifyDevice", "(ssa{sv}asa{sv})", kind, name,
                                               settings(change), [], settings({"affect": affect, option: True}))
                        if option == "diff":
                            with self.assertRaises(rig.GLib.Error) as caught:
                                call()
                            self.assertIn("cannot be changed", caught.exception.message)
                        else:
                            told = [row["message"] for row in call()["problems"] if row["severity"] == "error"]
                            self.assertEqual(1, len(told))
                            self.assertIn("cannot be changed", told[0])
                        self.assertEqual(before, self.documents(path))

    def test_off(self):
        def check(name, affect, outcome):
            if affect in ("live", "both"):
                self.assertEqual("Unsupported", outcome[0])
                self.assertIn("config", outcome[1])
            else:
                self.assertEqual(("config", [True]), outcome[:2])
        self.each("off", check)

    def test_transient(self):
        """What has no persistent definition has no drafts, no history and none to be replaced."""
        def check(name, affect, outcome):
            if affect in ("config", "both"):
                self.assertEqual("Unsupported", outcome[0])
                self.assertIn("transient", outcome[1])
            elif outcome[0] == "live":
                self.assertTrue(outcome[1][-1])
            else:
                self.assertIn(outcome[0], ("Invalid", "Unsupported", "Libvirt"))
                self.assertNotIn(name, ("Modify", "Apply", "SetMetadata", "ApplyAll"))
        self.each("transient", check, [name for name in self.CALLS
                                       if name not in ("Commit", "Restore", "DefineXML")])


DEVICE_CALLS = {name for name in Affect.CALLS if "Dis" in name or "Device" in name or name == "ChangeMedia"}


class Refused(Exception):
    """The row of one domain in the answer about several."""


def error_of(error):
    if isinstance(error, Refused):
        return error.args[0].rpartition(".")[2], error.args[1]
    return rig.client.error_name(error).rpartition(".")[2], error.message


if __name__ == "__main__":
    tap.main()
