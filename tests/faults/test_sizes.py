# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents and messages too long, too deep, too wide: refused by name, on a stack of half a MiB, with
memory back to where it was.
"""

import unittest

from gi.repository import GLib

import rig
from support import client, services, tap
from support.client import HOST, MANAGER, device, settings

ERROR = client.NAME + ".Error."
DOMAIN = ("<domain type='test'><name>big</name><memory>1024</memory><os><type>hvm</type></os>{}"
          "</domain>")
DISK = ("<devices><disk type='file'><source file='/a'/>{}<target dev='vda' bus='virtio'/></disk>"
        "</devices>")
MIB = 1024 * 1024
# What a sanitizer of threads keeps of each (`readelf -l` of it: TLS) is part of that one's stack.
STACK = MIB // 2 + (768 * 1024 if "libtsan" in "".join(services.sanitizers()) else 0)
ROUNDS = 2


def nested(start, end, count):
    return start * count + end * count


def attributes(count):
    return "<x " + " ".join(f"a{number}=''" for number in range(count)) + "/>"


# What it is -> the text; all are refused with LimitExceeded.
DOCUMENTS = {
    "10 MB of text": lambda: DOMAIN.format("<x>" + "x" * (10 * MIB) + "</x>"),
    "a message of nearly 32 MiB": lambda: DOMAIN.format("<x>" + "x" * (32 * MIB - 4096) + "</x>"),
    "100,000 levels": lambda: DOMAIN.format(nested("<a>", "</a>", 100000)),
    "100,000 levels left open": lambda: "<domain>" + "<a>" * 100000,
    "10,000 levels of backing": lambda: DOMAIN.format(
        DISK.format(nested("<backingStore type='file'>", "</backingStore>", 10000))),
    "100,000 attributes": lambda: DOMAIN.format(attributes(100000)),
    "200,000 siblings": lambda: DOMAIN.format("<a/>" * 200000),
    "1,000,000 siblings": lambda: DOMAIN.format("<a/>" * 1000000),
    "140,000 comments": lambda: DOMAIN.format("<!---->" * 140000),
}


class Sizes(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(rig.Narrow(
            self.bus, f"--stack={STACK}", arguments=["--host", "local=test:///default"]))
        self.daemon.wait_connected()
        self.client = client.Client(self.bus.address)
        self.addCleanup(self.client.close)
        self.path, _ = self.client.call(HOST, "Host", "DefineXML", "(sa{sv})", DOMAIN.format(""), {})
        self.before = self.client.get_xml(self.path)

    def tearDown(self):
        self.assertEqual(self.before, self.client.get_xml(self.path))
        self.assertEqual([], rig.reports(self.daemon))

    def refused(self, names, *call):
        with self.assertRaises(GLib.Error) as caught:
            self.client.call(*call)
        self.assertIn(client.error_name(caught.exception).removeprefix(ERROR), names,
                      caught.exception.message)
        return caught.exception.message

    def test_documents(self):
        base = rig.memory_of(self.daemon)
        for _ in range(ROUNDS):
            for what, make in DOCUMENTS.items():
                with self.subTest(what):
                    text = make()
                    for path, interface, method in ((MANAGER, "Manager", "Parse"),
                                                    (MANAGER, "Manager", "ImportDraft"),
                                                    (HOST, "Host", "DefineXML")):
                        self.refused(["LimitExceeded"], path, interface, method, "(sa{sv})", text, {})
                    self.refused(["LimitExceeded"], self.path, "Config", "SetMetadata", "(ssa{sv})",
                                 "urn:x", text.replace("<domain", "<domain xmlns='urn:x'", 1), {})
            # What held a message is freed a moment after it has been answered.
            if not services.sanitizers():
                services.wait_for(lambda: rig.memory_of(self.daemon) < base + 2048,
                                  "memory is back to what it was")

    def test_keys(self):
        """The same by keys: chains, lists, texts, numbers of keys and of devices."""
        many = {f"metadata.{number}": "x" for number in range(100000)}
        long = "x" * (2 * MIB)
        disk = {"target.bus": "virtio", "source.file": "/a"}
        calls = {
            "a backing level too high": ("AddDisk", {**disk, "backing.10000.source.file": "/b"}),
            "many keys": ("Modify", many),
            "a long text": ("Modify", {"title": long}),
            "a long path": ("AddDisk", {**disk, "source.file": "/" + long}),
        }
        for what, (method, values) in calls.items():
            with self.subTest(what):
                call = self.client.modify if method == "Modify" else self.client.add_disk
                with self.assertRaises(GLib.Error) as caught:
                    call(self.path, values)
                name = client.error_name(caught.exception).removeprefix(ERROR)
                self.assertIn(name, ("LimitExceeded", "InvalidValue", "UnknownKey"),
                              caught.exception.message)
        with self.subTest("many devices"):
            self.refused(["LimitExceeded"], MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})",
                         settings({"name": "x", "memory": "1GiB"}),
                         [device("disk", target__bus="virtio")] * 20000, {})


if __name__ == "__main__":
    tap.main()
