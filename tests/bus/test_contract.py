# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is served is what is published: names, signatures, arguments, properties, and who may not call.

Owns the shape of the contract; what the methods do is in the other programs.
"""

import glob
import os
import unittest
import xml.etree.ElementTree as ElementTree

from gi.repository import GLib

import rig
from rig import HOST, MANAGER, TEST
from support import client, tap

PUBLISHED = os.path.join(os.environ["SOURCE_ROOT"], "dbus")
STANDARD = ["Introspectable", "Peer", "Properties"]


def members(interface):
    """An <interface> as comparable data; annotations for Qt are an addition of the published form."""
    found = {}
    for member in interface:
        notes = sorted((note.get("name"), note.get("value")) for note in member.findall("annotation")
                       if not note.get("name").startswith("org.qtproject."))
        if member.tag == "property":
            shape = [member.get("type"), member.get("access")]
        else:
            shape = [(arg.get("name"), arg.get("type"), arg.get("direction"))
                     for arg in member.findall("arg")]
        found[member.tag, member.get("name")] = (shape, notes)
    return found


def published():
    interfaces = {}
    for path in glob.glob(os.path.join(PUBLISHED, "org.domwright1.*.xml")):
        interface = ElementTree.parse(path).getroot().find("interface")
        interfaces[interface.get("name")] = members(interface)
    return interfaces


class Contract(rig.Case):
    def interfaces(self, path):
        text = self.call(path, "org.freedesktop.DBus.Introspectable", "Introspect")
        return {item.get("name"): item for item in ElementTree.fromstring(text).findall("interface")}

    def objects(self):
        return {MANAGER: ["Manager"], HOST: ["Host"], TEST: ["Config", "Domain"],
                self.draft(): ["Config", "Draft"]}

    def test_served_is_published(self):
        expected = published()
        for path, names in self.objects().items():
            served = self.interfaces(path)
            ours = {name for name in served if name.startswith("org.domwright1.")}
            self.assertEqual({"org.domwright1." + name for name in names}, ours)
            for name in ours:
                with self.subTest(path=path, interface=name):
                    self.assertEqual(expected[name], members(served[name]))
            for name in STANDARD:
                self.assertIn("org.freedesktop.DBus." + name, served)
        self.assertIn("org.freedesktop.DBus.ObjectManager", self.interfaces(HOST))

    def test_every_argument_has_a_name(self):
        for path in self.objects():
            for name, interface in self.interfaces(path).items():
                if not name.startswith("org.domwright1."):
                    continue
                for argument in interface.iter("arg"):
                    self.assertTrue(argument.get("name"), ElementTree.tostring(interface))

    def test_every_method_is_in_the_table(self):
        """A method whose row is missing would answer AccessDenied, one that is not served UnknownMethod."""
        for path in self.objects():
            for name, interface in self.interfaces(path).items():
                if not name.startswith("org.domwright1."):
                    continue
                for method in interface.findall("method"):
                    with self.subTest(method=f"{name}.{method.get('name')}"):
                        self.assertNotIn(self.error_of(path, name, method), [
                            "org.freedesktop.DBus.Error.AccessDenied",
                            "org.freedesktop.DBus.Error.UnknownMethod"])

    def error_of(self, path, interface, method):
        types = [arg.get("type") for arg in method.findall("arg") if arg.get("direction") == "in"]
        empty = {"s": "", "b": False}
        signature = "(" + "".join(types) + ")"
        arguments = [{"no-such-option": GLib.Variant("b", True)} if kind == "a{sv}" and last
                     else empty.get(kind, {} if kind == "a{sv}" else [])
                     for kind, last in zip(types, [False] * (len(types) - 1) + [True])]
        try:
            self.call(path, interface, method.get("name"), signature, *arguments)
        except GLib.Error as error:
            return client.error_name(error)
        return self.fail("an unknown option was accepted")

    def test_unknown_option_everywhere(self):
        for path in self.objects():
            for name, interface in self.interfaces(path).items():
                if not name.startswith("org.domwright1."):
                    continue
                for method in interface.findall("method"):
                    with self.subTest(method=f"{name}.{method.get('name')}"):
                        self.assertEqual(rig.ERROR + "InvalidValue",
                                         self.error_of(path, name, method))

    def test_unknown_things(self):
        unknown = "org.freedesktop.DBus.Error.Unknown"
        absent = HOST + "/domain/_00000000_0000_0000_0000_000000000001"
        for path, interface, method, what in [
                (absent, "Config", "GetXML", "Object"),
                (MANAGER + "/draft/aaaaaaaaaaaaa", "Config", "GetXML", "Object"),
                (MANAGER + "/host/other", "Host", "ListDomains", "Object"),
                (TEST.upper().replace("/ORG/DOMWRIGHT1/HOST/LOCAL/DOMAIN", HOST + "/domain"),
                 "Config", "GetXML", "Object"),
                (MANAGER, "Manager", "NoSuchMethod", "Method"),
                (TEST, "Config", "NoSuchMethod", "Method"),
                (TEST, "NoSuchInterface", "GetXML", "")]:
            with self.subTest(path=path, method=method), self.assertRaises(GLib.Error) as caught:
                self.call(path, interface, method, "(a{sv})", {})
            self.assertTrue(client.error_name(caught.exception).startswith(unknown + what),
                            client.error_name(caught.exception))

    def test_wrong_signature(self):
        with self.refused("org.freedesktop.DBus.Error.InvalidArgs"):
            self.call(TEST, "Config", "GetXML", "(s)", "")

    def test_properties(self):
        def everything(path, interface):
            return self.call(path, "org.freedesktop.DBus.Properties", "GetAll", "(s)",
                             "org.domwright1." + interface)

        self.assertEqual({"Hosts": [HOST], "Version": "0.1.0"}, everything(MANAGER, "Manager"))
        host = everything(HOST, "Host")
        self.assertEqual(("local", "test:///default", True),
                         (host["Name"], host["Uri"], host["Connected"]))
        self.assertRegex(host["LibvirtVersion"], r"^[0-9]+\.[0-9]+\.[0-9]+$")
        self.assertEqual({"Name": "test", "UUID": "6695eb01-f6a4-8304-79aa-97f2502e193f", "Id": 1,
                          "State": "running", "Active": True, "Persistent": True,
                          "Autostart": False, "Title": "", "Host": HOST, "StartedAt": 0, "Pending": False},
                         everything(TEST, "Domain"))
        self.assertEqual({"Revision": self.revision(TEST)}, everything(TEST, "Config"))
        self.assertRegex(self.revision(TEST), "^[0-9a-f]{32}$")

    def test_nothing_can_be_set(self):
        with self.refused("org.freedesktop.DBus.Error.PropertyReadOnly"):
            self.call(TEST, "org.freedesktop.DBus.Properties", "Set", "(ssv)",
                      "org.domwright1.Domain", "Title", GLib.Variant("s", "x"))

    @rig.needs_root
    def test_others_are_denied(self):
        draft = self.draft()
        for words in [(MANAGER, "org.domwright1.Manager", "ListDrafts", "a{sv}", "0"),
                      (HOST, "org.domwright1.Host", "ListDomains", "a{sv}", "0"),
                      (TEST, "org.domwright1.Config", "GetXML", "a{sv}", "0"),
                      (TEST, "org.domwright1.Domain", "Destroy", "a{sv}", "0"),
                      (draft, "org.domwright1.Draft", "Discard", "a{sv}", "0"),
                      (TEST, "org.freedesktop.DBus.Properties", "GetAll", "s", "org.domwright1.Domain"),
                      (TEST, "org.freedesktop.DBus.Properties", "Get", "ss",
                       "org.domwright1.Config", "Revision"),
                      (HOST, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"),
                      (MANAGER, "org.freedesktop.DBus.Introspectable", "Introspect")]:
            with self.subTest(words=words):
                done = self.as_nobody("call", "org.domwright1", *words)
                self.assertNotEqual(0, done.returncode)
                # busctl's words for org.freedesktop.DBus.Error.AccessDenied
                self.assertEqual("Call failed: Access denied\n", done.stderr)
        done = self.as_nobody("call", "org.domwright1", MANAGER, "org.freedesktop.DBus.Peer", "Ping")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertEqual("running", self.client.property(TEST, "Domain", "State"))


if __name__ == "__main__":
    tap.main()
