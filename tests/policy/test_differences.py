# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents that two parsers may read differently, by somebody who may define but not let a guest
reach its host: each is refused, or what libvirt has of it does not name the host's file. With
libvirt's schema, which refuses many of them, and without it, as on a host of another release.

Owns the documents; ways round policy by plain documents are in test_attacks.py.
"""

import subprocess

import rig
from rig import HOST, MANAGER, Refused, settings, uuid_of
from support import tap

SCHEMAS = "/usr/share/libvirt/schemas"
RULES = {"10-test.rules": """
polkit.addRule(function(action, subject) {
    var granted = ["define", "modify", "undefine"];
    if (subject.user == "alice" && granted.indexOf(action.id.replace("org.domwright1.", "")) >= 0)
        return polkit.Result.YES;
    return polkit.Result.NOT_HANDLED;
});
"""}
FILE = "/etc/shadow"
SAFE = """<domain type='test'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='KiB'>1048576</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='i686'>hvm</type>
  </os>
  <devices>
    <disk type='file' device='cdrom'>
      <target dev='sda' bus='sata'/>
    </disk>
  </devices>
</domain>
"""
CDROM, OS, END = "      <target dev='sda'", "  <os>\n", "  </devices>"
DISK = ("    <disk type='file'>{}<driver name='qemu' type='raw'/><target dev='vda' bus='virtio'/></disk>\n")

# What it is -> (what is replaced, by what).
DOCUMENTS = {
    "a path in plain sight": (CDROM, f"<source file='{FILE}'/>" + CDROM),
    # Character references and blanks.
    "a reference for a slash": (CDROM, "<source file='&#47;etc/shadow'/>" + CDROM),
    "references for all": (CDROM, "<source file='" + "".join(f"&#x{ord(c):x};" for c in FILE) + "'/>"
                           + CDROM),
    "a blank before the path": (CDROM, f"<source file=' {FILE}'/>" + CDROM),
    "a line break in front": (CDROM, f"<source file='\n{FILE}'/>" + CDROM),
    "a tab by reference": (CDROM, f"<source file='&#9;{FILE}'/>" + CDROM),
    "blanks round the equals sign": (CDROM, f"<source\n\tfile\n=\n'{FILE}'\n/>" + CDROM),
    "blanks in an end tag": (CDROM, f"<source file=\"{FILE}\"></source\n>" + CDROM),
    "blanks in a number": ("<vcpu>1</vcpu>", "<vcpu>\n 1 \n</vcpu>"),
    # CDATA, comments and instructions in texts.
    "an emulator as CDATA": (END, f"    <emulator><![CDATA[{FILE}]]></emulator>\n" + END),
    "a kernel as CDATA": (OS, OS + f"    <kernel><![CDATA[{FILE}]]></kernel>\n"),
    "a kernel in pieces of CDATA": (OS, OS + "    <kernel><![CDATA[/etc]]><![CDATA[/shadow]]></kernel>\n"),
    "a comment in a kernel": (OS, OS + "    <kernel>/etc<!-- -->/shadow</kernel>\n"),
    "an instruction in a kernel": (OS, OS + "    <kernel>/etc<?a b?>/shadow</kernel>\n"),
    "a reference in a kernel": (OS, OS + "    <kernel>&#47;etc/shadow</kernel>\n"),
    "a kernel in an element of its own": (OS, OS + f"    <kernel><a>{FILE}</a></kernel>\n"),
    "markup in CDATA": (CDROM, f"<![CDATA[<source file='{FILE}'/>]]>" + CDROM),
    "the end of CDATA in a text": (OS, OS + f"    <kernel>]]&gt;{FILE}</kernel>\n"),
    # Namespaces.
    "a prefixed source": (CDROM, f"<q:source xmlns:q='urn:q' file='{FILE}'/>" + CDROM),
    "a source of another default namespace": (CDROM, f"<source xmlns='urn:q' file='{FILE}'/>" + CDROM),
    "a prefixed attribute": (CDROM, f"<source xmlns:q='urn:q' q:file='{FILE}'/>" + CDROM),
    "both attributes": (CDROM, f"<source xmlns:q='urn:q' file='{FILE}' q:file='/srv/iso/a.iso'/>" + CDROM),
    "a prefixed disk": (END, DISK.replace("disk", "q:disk").replace("<q:disk", "<q:disk xmlns:q='urn:q'")
                        .format(f"<source file='{FILE}'/>") + END),
    "prefixed devices": ("</domain>", "<q:devices xmlns:q='urn:q'>" + DISK.format(
        f"<source file='{FILE}'/>") + "</q:devices></domain>"),
    "devices of another namespace": ("</domain>", "<devices xmlns='urn:q'>" + DISK.format(
        f"<source file='{FILE}'/>") + "</devices></domain>"),
    "a prefixed kernel": (OS, OS + f"    <q:kernel xmlns:q='urn:q'>{FILE}</q:kernel>\n"),
    "a root of another namespace": ("<domain type='test'>", "<domain type='test' xmlns='urn:q'>"),
    "arguments of QEMU under any prefix": (
        "</domain>", "<x:commandline xmlns:x='http://libvirt.org/schemas/domain/qemu/1.0'>"
        f"<x:arg value='{FILE}'/></x:commandline></domain>"),
    "arguments without a prefix": (
        "</domain>", "<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'>"
        f"<arg value='{FILE}'/></commandline></domain>"),
    # Two of what there is one of.
    "a second source": (CDROM, f"<source file='/srv/iso/a.iso'/><source file='{FILE}'/>" + CDROM),
    "a first source": (CDROM, f"<source file='{FILE}'/><source file='/srv/iso/a.iso'/>" + CDROM),
    "a source far from the other": ("bus='sata'/>", f"bus='sata'/><source/><source file='{FILE}'/>"),
    "second devices": ("</domain>", "<devices>" + DISK.format(f"<source file='{FILE}'/>")
                       + "</devices></domain>"),
    "a second os": ("</domain>", f"<os><type>hvm</type><kernel>{FILE}</kernel></os></domain>"),
    "a second kernel": (OS, OS + f"    <kernel/><kernel>{FILE}</kernel>\n"),
    "a second emulator": (END, f"    <emulator/><emulator>{FILE}</emulator>\n" + END),
    "a second name": ("  <uuid>", "  <name>other</name>\n  <uuid>"),
    "a second type": ("hvm</type>", "hvm</type>\n    <type>exe</type>"),
    "a source in an element nobody knows": (CDROM, f"<a><source file='{FILE}'/></a>" + CDROM),
    "a disk in an element nobody knows": (END, "<a>" + DISK.format(f"<source file='{FILE}'/>") + "</a>" + END),
    # Declarations and what comes before or after the root.
    "a declaration": ("<domain type", "<?xml version='1.0' encoding='UTF-8' standalone='yes'?><domain type"),
    "a declaration that lies": ("<domain type", "<?xml version='1.0' encoding='ISO-8859-1'?><domain type"),
    "a declaration of two bytes": ("<domain type", "<?xml version='1.0' encoding='UTF-16'?><domain type"),
    "a declaration nobody knows": ("<domain type", "<?xml version='1.0' encoding='x-none'?><domain type"),
    "a version nobody knows": ("<domain type", "<?xml version='1.1'?><domain type"),
    "a document type": ("<domain type", "<!DOCTYPE domain><domain type"),
    "an entity": ("<domain type", f"<!DOCTYPE domain [<!ENTITY f '{FILE}'>]><domain type"),
    "a default attribute": ("<domain type", "<!DOCTYPE domain [<!ATTLIST source file CDATA "
                            f"'{FILE}'>]><domain type"),
    "an inclusion": (CDROM, f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{FILE}'/>" + CDROM),
    "an instruction before": ("<domain type", "<?xml-stylesheet href='/etc/shadow'?><domain type"),
    "a comment before": ("<domain type", "<!-- <domain> --><domain type"),
    "a second root": ("</domain>\n", f"</domain><domain><os><kernel>{FILE}</kernel></os></domain>\n"),
    "a mark of the order of bytes": ("<domain type", "\ufeff<domain type"),
}
HARMLESS = ["a declaration", "a comment before"]  # are defined, or the test would show nothing


class Differences(rig.Case):
    RULES = RULES

    def try_document(self, way, person, number, find, replacement):
        """What libvirt has of it, or the name of the error."""
        name = f"odd-{number}"
        text = SAFE.format(name=name, uuid=uuid_of(number))
        self.assertEqual(1, text.count(find), find)
        text = text.replace(find, replacement)
        try:
            path, _ = way(person, text)
        except Refused as refusal:
            return refusal.name
        found = self.world.root.plain(path, "Config", "GetXML", secrets=True)
        self.world.remove(path)
        return found

    def define(self, person, text):
        return person.call(HOST, "Host", "DefineXML", "(sa{sv})", text, {})

    def commit(self, person, text):
        """By way of a draft."""
        draft = person.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text, {})
        try:
            return person.plain(draft, "Draft", "Commit", host="local")
        finally:
            person.outcome(draft, "Draft", "Discard", "(a{sv})", {})

    def test_documents(self):
        person = self.person("alice")
        for way in (self.define, self.commit):
            defined = []
            for number, (label, change) in enumerate(DOCUMENTS.items(), 5000):
                with self.subTest(label, way=way.__name__):
                    found = self.try_document(way, person, number, *change)
                    if found.startswith("<"):
                        defined.append(label)
                    self.assertNotIn(FILE, found)
                    self.assertEqual(1, len(self.world.all_states()))
            self.assertEqual([], [label for label in HARMLESS if label not in defined])


class WithoutSchema(Differences):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["mount", "-t", "tmpfs", "none", SCHEMAS], check=True)
        cls.addClassCleanup(subprocess.run, ["umount", SCHEMAS], check=True)
        super().setUpClass()

    def test_there_is_no_schema(self):
        found = self.world.root.call(HOST, "Host", "DefineXML", "(sa{sv})",
                                     SAFE.format(name="plain", uuid=uuid_of(7000)),
                                     settings({"dry-run": True}))[1]["problems"]
        self.assertIn("schema-missing", [problem["rule"] for problem in found])


if __name__ == "__main__":
    tap.main()
