# SPDX-License-Identifier: LGPL-2.1-or-later
"""One verdict everywhere of what the rules know: the documents at both sides of each rule's edge, in a draft
with and without a host, in a file, in a dry run, in a definition, by Validate, and by libvirt itself.

Owns the comparison; the documents are those of the programs tests/unit/test-rules-*.
"""

import os
import subprocess
import tempfile

from gi.repository import GLib

import rig
from rig import FINE, WRONG
from support import services, tap
from support.client import HOST, MANAGER, settings

# What only libvirt tells: where it finds places, which programs the host has, and that it is a user's own.
LIBVIRTS_OWN = ("Cannot automatically add a new PCI bus", "a PCI slot is needed", "slot must be >=",
                "Cannot check QEMU binary", "not yet supported in session mode")
PROGRAMS = os.environ["RULE_PROGRAMS"].split(os.pathsep)


def documents():
    """rule and text of each, once."""
    with tempfile.NamedTemporaryFile() as file:
        for program in PROGRAMS:
            subprocess.run([program], env={**os.environ, "DOMWRIGHT_EDGES": file.name}, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = {}
        for row in file.read().decode().split("\0")[:-1]:
            rule, text = row.split("\t", 1)
            found.setdefault(text, rule)
    return [(rule, text) for text, rule in found.items()]


class Findings(rig.Judged):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.documents = documents()

    def by_draft(self, text, host):
        draft = self.client.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text, settings({"host": host}))
        try:
            return self.verdict(self.client.call(draft, "Config", "Validate", "(a{sv})", {}))
        finally:
            self.client.call(draft, "Draft", "Discard", "(a{sv})", {})

    def by_file(self, text):
        file = os.path.join(self.libvirtd.directory, "finding.xml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
        done = subprocess.run([services.CLIENT, "--address=" + self.bus.address, "validate", file],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        return (WRONG if done.returncode else FINE), [done.stdout]

    def by_definition(self, text, **options):
        """The verdict, what libvirt had to say, and where the domain is."""
        try:
            path, result = self.client.call(HOST, "Host", "DefineXML", "(sa{sv})", text, settings(options))
        except GLib.Error as error:
            of_libvirt = "Libvirt reported" in error.message
            return WRONG, [error.message], error.message if of_libvirt else "", ""
        return *self.verdict(result["problems"]), "", path

    def takes_again(self, uuid):
        """Does libvirt take what it has stored? 9.0 does not with some caches and serial ports."""
        file = os.path.join(self.libvirtd.directory, "stored.xml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(self.libvirtd.virsh("dumpxml", "--inactive", "--security-info", uuid).stdout)
        return self.libvirtd.virsh("define", "--validate", file, check=False).returncode == 0

    def define(self, text):
        verdict, said, of_libvirt, path = self.by_definition(text)
        if verdict == WRONG:
            return verdict, said, of_libvirt
        uuid = self.client.property(path, "Domain", "UUID")
        after = self.verdict(self.client.call(path, "Config", "Validate", "(a{sv})", {}))
        if after[0] == WRONG and not self.takes_again(uuid):
            after = FINE, []
        self.libvirtd.virsh("undefine", "--nvram", uuid)
        return *after, ""

    def test_one_verdict(self):
        for rule, text in self.documents:
            if "(unchanged secret)" in text:  # in a draft it may stand for what the domain has
                continue
            with self.subTest(rule=rule, text=text):
                file, nowhere, here = self.by_file(text), self.by_draft(text, ""), self.by_draft(text, "local")
                planned, said, _, _ = self.by_definition(text, **{"dry-run": True})
                self.assertEqual(file[0], nowhere[0], (file, nowhere))
                self.assertEqual(here[0], planned, (here, said))
                defined, said, of_libvirt = self.define(text)
                if not any(words in of_libvirt for words in LIBVIRTS_OWN):
                    self.assertEqual(here[0], defined, (here, said))


if __name__ == "__main__":
    tap.main()
