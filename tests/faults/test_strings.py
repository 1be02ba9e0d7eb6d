# SPDX-License-Identifier: LGPL-2.1-or-later
"""Texts that should not be, in every place of every method that takes text: each call is answered, by
an error of the contract or because the text is fine there, and what libvirt has stays as it was.
"""

import unittest

from gi.repository import GLib

import rig
from support import client, services, tap
from support.client import HOST, MANAGER, settings

ERROR = client.NAME + ".Error."
TEXTS = {
    "noncharacter": "a\ufffe",
    "another noncharacter": "a\U0001fffe",
    "control character": "a\x01b",
    "escape sequence": "\x1b[2J",
    "delete": "a\x7f",
    "line break": "a\nb",
    "nothing": "",
    "blank": " ",
    "parent directory": "..",
    "slash": "a/b",
    "cut between bytes at 32": "x" + "\u00e9" * 40,
    "cut between bytes at 64": "\u20ac" * 3000,
    "cut between bytes at 128": "x" + "\u20ac" * 3000,
    "long": "x" * 70000,
    "right to left": "\u202eabc",
    "format": "%s%n%s",
    "markup": "\"'><x/>&amp;]]>",
    "reference to nothing": "&#0;",
    "reference to half a character": "&#xD800;",
    "reference to a noncharacter": "&#xFFFE;",
}
DISK = {"source.file": "/srv/a.img", "driver.type": "raw", "target.bus": "virtio"}
# Names that libvirt takes and that can do no harm.
ODD_NAMES = {("Define", what) for what in (
    "delete", "cut between bytes at 32", "right to left", "format", "reference to nothing",
    "reference to half a character", "reference to a noncharacter")} | {("DefineXML", what) for what in (
        "delete", "cut between bytes at 32", "right to left", "format")}


def calls_with(text, path):
    """(what, path, interface, method, signature, arguments) of every place that takes text."""
    new = "(a{sv}a(sa{sv})a{sv})"
    base = {"name": "x", "memory": "1GiB"}
    edit = ("set", "", "", settings({"title": "t"}), [])
    return [
        *((key, MANAGER, "Manager", "Build", new, (settings({**base, key: text}), [], {}))
          for key in ("name", "uuid", "title", "os.type", "cpu.model", "memory", text)),
        *((option, MANAGER, "Manager", "Build", new,
           (settings(base), [], settings({option: text}))) for option in ("host", "preset", text)),
        ("kind", MANAGER, "Manager", "Build", new, (settings(base), [(text, {})], {})),
        ("xml", MANAGER, "Manager", "Parse", "(sa{sv})", (text, {})),
        ("xml", MANAGER, "Manager", "ImportDraft", "(sa{sv})", (text, {})),
        ("name", MANAGER, "Manager", "FindDomain", "(sa{sv})", (text, {})),
        ("kind", MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", (text, "", {})),
        ("prefix", MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", ("", text, {})),
        ("glob", HOST, "Host", "ListDomains", "(a{sv})", (settings({"name": text}),)),
        ("column", HOST, "Host", "ListDomains", "(a{sv})", (settings({"columns": [text]}),)),
        *((option, HOST, "Host", "GetDomainCapabilities", "(a{sv})", (settings({option: text}),))
          for option in ("arch", "machine", "type", "emulator")),
        ("kind", HOST, "Host", "ListChoices", "(ssa{sv})", (text, "cpu.model", {})),
        ("key", HOST, "Host", "ListChoices", "(ssa{sv})", ("disk", text, {})),
        *((where, HOST, "Host", "DefineXML", "(sa{sv})", (xml, {})) for where, xml in (
            ("xml", text), ("xml", f"<domain type='test'><name>{text}</name></domain>"),
            ("xml", f"<domain type='{text}'><name>x</name><memory>1</memory></domain>"))),
        ("name", HOST, "Host", "Define", new, (settings({**base, "name": text}), [], {})),
        ("key", path, "Config", "GetSettings", "(asa{sv})", ([text], {})),
        ("kind", path, "Config", "GetDevices", "(sa{sv})", (text, {})),
        *((key, path, "Config", "Modify", "(a{sv}asa{sv})",
           (settings({key: text}), [], settings({"dry-run": True})))
          for key in ("title", "vcpu", "os.arch", "on_crash", "name", text)),
        ("unset", path, "Config", "Modify", "(a{sv}asa{sv})", ({}, [text], {})),
        ("revision", path, "Config", "Modify", "(a{sv}asa{sv})",
         (settings({"title": "t"}), [], settings({"expected-revision": text}))),
        ("affect", path, "Config", "Modify", "(a{sv}asa{sv})",
         (settings({"title": "t"}), [], settings({"affect": text}))),
        ("kind", path, "Config", "AddDevice", "(sa{sv}a{sv})", (text, {}, {})),
        *((key, path, "Config", "AddDisk", "(a{sv}a{sv})",
           (settings({**DISK, key: text}), settings({"dry-run": True})))
          for key in ("source.file", "target.dev", "serial", "backing.1.source.file", text)),
        ("id", path, "Config", "ModifyDisk", "(sa{sv}asa{sv})", (text, {}, [], {})),
        ("id", path, "Config", "RemoveDevice", "(ssa{sv})", ("disk", text, {})),
        ("kind", path, "Config", "RemoveDevice", "(ssa{sv})", (text, "vda", {})),
        ("id", path, "Config", "ChangeMedia", "(sa{sv}a{sv})", (text, {}, {})),
        ("feature", path, "Config", "SetHyperV", "(a{sv}a{sv})", (settings({text: True}), {})),
        ("kind", path, "Config", "SetBootOrder", "(a(ss)a{sv})", ([(text, "vda")], {})),
        ("id", path, "Config", "SetBootOrder", "(a(ss)a{sv})", ([("disk", text)], {})),
        ("preset", path, "Config", "ApplyPreset", "(sa{sv})", (text, {})),
        *(("edit", path, "Config", "Apply", "(a(sssa{sv}as)a{sv})",
           ([edit[:place] + (text,) + edit[place + 1:]], settings({"dry-run": True})))
          for place in range(3)),
        ("uri", path, "Config", "GetMetadata", "(sa{sv})", (text, {})),
        ("uri", path, "Config", "SetMetadata", "(ssa{sv})", (text, "<x xmlns='u'/>", {})),
        ("xml", path, "Config", "SetMetadata", "(ssa{sv})", ("urn:x", text or "<", {})),
        ("revision", path, "Domain", "Restore", "(sa{sv})", (text, {})),
    ]


class Strings(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(self.bus, "--host", "local=test:///default"))
        self.daemon.wait_connected()
        self.client = client.Client(self.bus.address)
        self.addCleanup(self.client.close)
        self.path = self.client.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "test", {})

    def state(self):
        rows = self.client.call(HOST, "Host", "ListDomains", "(a{sv})", {})
        return {path: self.client.get_xml(path, {"secrets": True}) for path, _ in rows}

    def outcome(self, *call):
        try:
            self.client.call(*call)
            return "ok"
        except GLib.Error as error:
            self.assertIsNotNone(client.error_name(error), error.message)
            return client.error_name(error)

    def test_every_place(self):
        allowed = {"ok", *(ERROR + name for name in (
            "UnknownKey", "InvalidValue", "InvalidXML", "Invalid", "NotFound", "AlreadyExists",
            "Conflict", "Unsupported", "LimitExceeded"))}
        before = self.state()
        for what, text in TEXTS.items():
            for place, path, interface, method, signature, arguments in calls_with(text, self.path):
                with self.subTest(text=what, place=place, method=method):
                    self.assertIn(
                        self.outcome(path, interface, method, signature, *arguments), allowed)
                    after = self.state()
                    for made in set(after) - set(before):
                        self.client.domain(made, "Undefine")
                    self.assertEqual(before, self.state())
                    if after != before:  # a name that is odd and yet a name
                        self.assertIn((method, what), ODD_NAMES)
        self.assertEqual([], rig.reports(self.daemon))

    def test_what_is_free_comes_back(self):
        """Text of any sort in a title is the same text when read, and alters nothing beside it."""
        for what, text in TEXTS.items():
            with self.subTest(what):
                try:
                    self.client.modify(self.path, {"title": text})
                except GLib.Error as error:
                    self.assertIn(client.error_name(error), (ERROR + "InvalidValue",
                                                             ERROR + "Invalid"))
                    continue
                self.assertEqual(text, self.client.get_settings(self.path, "title").get("title", ""))


if __name__ == "__main__":
    tap.main()
