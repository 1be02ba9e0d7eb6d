# SPDX-License-Identifier: LGPL-2.1-or-later
"""Wishes and faults that people met elsewhere, and one verdict of them everywhere: in a draft with and
without a host, by the command line in a file, in a dry run, in an edit, by Validate, and by libvirt itself.

Owns the cases; their documents are in tests/data/reports.
"""

import os
import subprocess

from gi.repository import GLib

import rig
from rig import FINE, WRONG
from support import features, services, tap
from support.client import HOST, MANAGER, device, settings

DOCUMENTS = os.path.join(os.path.dirname(__file__), "..", "data", "reports")
NIC = "52:54:00:aa:bb:01"
# As a bus and a controller, not only as what a disk is of.
NVME = FINE if features.schema_has("nvme", 2) else WRONG
NEW = {"memory": "1GiB", "vcpu": 1}
IMAGE = "jammy-cloudimg.img"


def put(values, *unset):
    return ("set", "", "", values, unset)


def modify(kind, id, values, *unset):
    return ("modify", kind, id, values, unset)


def add(kind, values):
    return ("add", kind, "", values, ())


def remove(kind, id):
    return ("remove", kind, id, {}, ())


# document, what is asked of it, and what becomes of it.
CASES = {
    "second-usb-device": ("usb-twice", [add("hostdev", {
        "source.vendor": "0x0781", "source.product": "0x5567", "source.address.bus": "1",
        "source.address.device": "9"})], FINE),
    "driver-of-host-device": ("passed-through", [modify("hostdev", "0000:09:00.0", {
        "driver.name": "vfio"})], FINE),
    "mode-keeps-features": ("vmx-off", [put({"cpu.mode": "maximum"})], FINE),
    "memory-beside-cells": ("cells", [put({"memory": "8GiB", "currentMemory": "8GiB"})], FINE),
    "cells-grow": ("cells", [put({"memory": "8GiB", "cpu.numa.cell.0.memory": "6GiB"})], FINE),
    "bridge-instead-of-network": ("network-card", [modify("interface", NIC, {
        "source.bridge": "br0"})], FINE),
    "fewer-vcpus-than-pins": ("pins", [put({"vcpu": 2})], FINE),
    "spice-to-vnc": ("spice", [modify("graphics", "spice", {"type": "vnc"})], FINE),
    "virtio-to-e1000e": ("network-card", [modify("interface", NIC, {"model.type": "e1000e"})], FINE),
    "url-to-file": ("cdrom-url", [modify("disk", "sda", {"source.file": "/srv/a.iso"})], FINE),
    "pc-to-q35": ("i440fx", [put({"os.machine": "pc-q35-7.2"})], FINE),
    "q35-to-pc": ("plain", [put({"os.machine": "pc-i440fx-7.2"})], FINE),
    "other-listen": ("vnc", [modify("graphics", "vnc", {"listen": "0.0.0.0"})], FINE),
    "virtiofs": ("plain", [add("filesystem", {
        "driver.type": "virtiofs", "source.dir": "/srv/s", "target.dir": "tag"})], WRONG),
    "one-place-for-two": ("same-place", [], WRONG),
    "display-without-graphics": ("plain", [add("hostdev", {
        "source.address.uuid": "5bfcd486-c5eb-43e4-a5ee-97366690106f", "display": "on"})], WRONG),
    "long-password": ("vnc", [modify("graphics", "vnc", {"passwd": "123456789"})], WRONG),
    "iothreads-in-use": ("iothreads", [put({}, "iothreads")], WRONG),
    "audio-in-use": ("sound", [remove("audio", "2")], WRONG),
    "usb-none-with-devices": ("plain", [add("controller", {"type": "usb", "model": "none"}), add(
        "input", {"type": "tablet", "bus": "usb"})], WRONG),
    "mac-of-words": ("network-card", [modify("interface", NIC, {"mac.address": "hello"})], WRONG),
    "mac-of-five": ("network-card", [modify("interface", NIC, {
        "mac.address": "52:54:00:aa:bb"})], WRONG),
    "mac-of-many": ("network-card", [modify("interface", NIC, {
        "mac.address": "53:54:00:aa:bb:01"})], WRONG),
    "bridge-of-no-name": ("plain", [add("interface", {"type": "bridge"})], WRONG),
    "host-device-of-no-address": ("plain", [add("hostdev", {"type": "pci"})], WRONG),
    "function-of-sr-iov": ("plain", [add("interface", {
        "type": "hostdev", "managed": True, "source.address": "0000:06:10.0",
        "vlan.tag.1.id": 101})], FINE),
    "pinned-vcpu": ("plain", [put({"cputune.vcpupin.0.cpuset": "0"})], FINE),
    "huge-pages": ("plain", [put({"memoryBacking.hugepages": True,
                                  "memoryBacking.hugepages.page.1.size": "2MiB"})], FINE),
    "feature": ("plain", [put({"cpu.mode": "host-model", "cpu.feature.vmx.policy": "disable"})], FINE),
    "arguments": ("plain", [put({"qemu.commandline.arg": ["-no-hpet"]})], FINE),
    "shared-memory": ("plain", [add("shmem", {
        "name": "looking-glass", "model.type": "ivshmem-plain", "size": "64MiB"})], FINE),
    "oem-strings": ("plain", [put({"os.smbios.mode": "sysinfo", "sysinfo.oemStrings": ["hello"]})], FINE),
    "encrypted": ("plain", [modify("disk", "vda", {
        "source.encryption.format": "luks", "source.encryption.secret.1.type": "passphrase",
        "source.encryption.secret.1.uuid": "5bfcd486-c5eb-43e4-a5ee-97366690106f"})], FINE),
    "companion": ("usb2", [modify("controller", "#2", {"master.startport": 2})], FINE),
    "address-of-nothing": ("passed-through", [modify("hostdev", "0000:09:00.0", {},
                                                     "source.address")], WRONG),
    "image-of-vnc": ("vnc-with-image", [], WRONG),
    "nvme-disk": ("plain", [add("disk", {"target.bus": "nvme", "source.file": "/srv/b.qcow2",
                                         "serial": "A1"})], NVME),
    "nvme-controller": ("plain", [add("controller", {"type": "nvme", "serial": "A1"})], NVME),
    "nvme-disk-without-serial": ("plain", [add("disk", {
        "target.bus": "nvme", "source.file": "/srv/b.qcow2"})], WRONG),
    "twin-by-position": ("usb2", [modify("controller", "#1", {"model": "ich9-ehci1"}),
                                  modify("controller", "#2", {"model": "ich9-uhci2"})], FINE),
    "no-such-twin": ("usb2", [modify("controller", "#3", {"model": "ich9-uhci2"})], WRONG),
    "twin-without-place": ("usb-twice", [add("hostdev", {
        "source.vendor": "0x0781", "source.product": "0x5567"})], WRONG),
    "more-memory": ("plain", [put({"memory": "8GiB"})], FINE),
    "features-of-another-mode": ("vmx-off", [put({"cpu.mode": "custom"})], FINE),
    "image-options-of-spice": ("spice", [modify("graphics", "spice", {
        "type": "vnc", "image.compression": "off"})], WRONG),
    "device-instead-of-network": ("network-card", [modify("interface", NIC, {
        "source.dev": "eth0"})], FINE),
    "usb-ids-in-decimal": ("plain", [add("hostdev", {
        "source.vendor": "1921", "source.product": "21863"})], WRONG),
    "usb-ids-of-lsusb": ("plain", [add("hostdev", {
        "source.vendor": "046d", "source.product": "c52b"})], WRONG),
    "iscsi-host-device": ("plain", [add("hostdev", {
        "type": "scsi", "source.protocol": "iscsi", "source.name": "iqn.2024-01.org.example:t/1",
        "source.host.1.name": "10.0.0.1"})], FINE),
    "place-of-usb-for-pci": ("passed-through", [modify("hostdev", "0000:09:00.0", {
        "source.address.bus": "4"})], WRONG),
    "no-place-of-usb": ("passed-through", [modify("hostdev", "0000:09:00.0", {},
                                                  "source.address.bus")], FINE),
    "spice-guest-to-vnc": ("spice-guest", [modify("graphics", "spice", {"type": "vnc"})], FINE),
    "spice-guest-without-display": ("spice-guest", [remove("graphics", "spice")], FINE),
    "fewer-heads": ("spice-guest", [modify("video", "#1", {"model.type": "vga"})], FINE),
    "disk-on-another-bus": ("options", [modify("disk", "vda", {"target.bus": "sata"})], FINE),
    "disk-to-cdrom": ("options", [modify("disk", "vda", {
        "device": "cdrom", "target.bus": "scsi"})], FINE),
    "port-on-another-bus": ("options", [modify("serial", "#1", {"target.type": "pci-serial"})], FINE),
    "port-of-another-model": ("options", [modify("serial", "#1", {
        "target.model": "usb-serial"})], WRONG),
    "no-serial-port": ("options", [remove("serial", "#1")], FINE),
    "another-audio": ("options", [modify("audio", "1", {"type": "alsa"})], FINE),
    "order-of-a-device": ("plain", [modify("disk", "vda", {"boot.order": 1})], FINE),
    "restart-beside-destroy": ("plain", [put({
        "on_poweroff": "restart", "on_reboot": "destroy"})], WRONG),
    "entropy-of-nowhere": ("plain", [add("rng", {
        "backend.model": "egd", "backend.type": "tcp"})], WRONG),
    "label-of-no-text": ("plain", [put({"seclabel.1.type": "static"})], WRONG),
    "image-by-name": ("plain", [add("disk", {"source.file": "/srv/jammy-cloudimg.img"})], FINE),
}


class Reports(rig.Judged):
    @staticmethod
    def edits(edits):
        return [(verb, kind, id, settings(values), list(unset))
                for verb, kind, id, values, unset in edits]

    def apply(self, path, edits, **options):
        return self.client.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", self.edits(edits),
                                settings(options))[1]

    def validate(self, path):
        return self.verdict(self.client.call(path, "Config", "Validate", "(a{sv})", {}))

    def attempt(self, function, *arguments, **options):
        """What the answer says, or the refusal."""
        try:
            return self.verdict(function(*arguments, **options)["problems"])
        except GLib.Error as error:
            return WRONG, [error.message]

    def by_draft(self, text, edits, host):
        draft = self.client.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text,
                                 settings({"host": host}))
        try:
            said = self.attempt(self.apply, draft, edits) if edits else (FINE, [])
            whole = self.validate(draft)
            return whole if said[0] == FINE else said, self.client.get_xml(draft, {"secrets": True})
        finally:
            self.client.call(draft, "Draft", "Discard", "(a{sv})", {})

    @staticmethod
    def words(file, edit):
        """An edit as a person types it."""
        verb, kind, id, values, unset = edit
        prefix = f"{kind}/{id}/" if verb == "modify" else ""

        def text(value):
            return ",".join(value) if isinstance(value, list) else \
                str(value).lower() if isinstance(value, bool) else str(value)
        changes = [f"{prefix}{key}={text(value)}" for key, value in values.items()]
        changes += [f"{prefix}{key}-" for key in unset]
        return {"add": ["add", file, kind], "remove": ["remove", file, kind, id]}.get(
            verb, ["set", file]) + changes

    def client_says(self, *words, wrong, stdin=""):
        done = subprocess.run([services.CLIENT, "--address=" + self.bus.address, *words], input=stdin,
                              capture_output=True, text=True, timeout=60)
        return (WRONG if done.returncode == wrong else FINE), [done.stderr], done.stdout

    def by_command_line(self, text, edits):
        """A file: dry run, edit, through a pipe, and Validate of what came of it."""
        file = os.path.join(self.libvirtd.directory, "edited.xml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
        said = {}
        for edit in edits:
            with open(file, encoding="utf-8") as read:
                before = read.read()
            *dry, _ = self.client_says("-n", *self.words(file, edit), wrong=2)
            *piped, out = self.client_says(*self.words("-", edit), wrong=1, stdin=before)
            *done, printed = self.client_says(*self.words(file, edit), wrong=1)
            with open(file, encoding="utf-8") as read:
                after = read.read()
            said = {"file -n": dry, "pipe": piped, "file": done}
            self.assertEqual(("", "", before) if done[0] == WRONG else (out, printed, after),
                             (out, printed, after), "nothing is done or printed of what is refused")
            if WRONG in (verdict for verdict, _ in said.values()):
                return said
        *said["file validate"], _ = self.client_says("validate", file, wrong=1)
        return said

    def by_libvirt(self, text):
        path = os.path.join(self.libvirtd.directory, "report.xml")
        with open(path, "w") as file:
            file.write(text)
        done = self.libvirtd.virsh("define", "--validate", path, check=False)
        self.libvirtd.virsh("undefine", "report", check=False)
        return (WRONG, [done.stderr]) if done.returncode else (FINE, [])

    def by_domain(self, text, edits):
        """Dry run, edit, and Validate of what came of it; a document libvirt does not take is only
        defined."""
        defined = self.attempt(lambda: self.client.call(HOST, "Host", "DefineXML", "(sa{sv})", text, {})[1])
        if defined[0] == WRONG:
            return {"define": defined}
        path = self.client.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "report", {})
        try:
            said = {"dry run": self.attempt(self.apply, path, edits, **{"dry-run": True}),
                    "edit": self.attempt(self.apply, path, edits)}
            if said["edit"][0] == FINE:
                said["validate"] = self.validate(path)
            return said
        finally:
            self.libvirtd.virsh("undefine", "report")

    def test_one_verdict(self):
        for name, (document, edits, expected) in CASES.items():
            with self.subTest(name=name):
                with open(os.path.join(DOCUMENTS, document + ".xml"), encoding="utf-8") as file:
                    text = file.read()
                said = {}
                said["draft of no host"], outcome = self.by_draft(text, edits, "")
                said["draft"], _ = self.by_draft(text, edits, "local")
                said.update(self.by_command_line(text, edits))
                said.update(self.by_domain(text, edits))
                if expected == FINE or not edits:
                    said["libvirt"] = self.by_libvirt(outcome)
                self.assertEqual({place: expected for place in said},
                                 {place: verdict for place, (verdict, _) in said.items()}, said)

    def build(self, values, devices=(), **options):
        return self.client.call(MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})", settings(values),
                                list(devices), settings(options))

    def rules(self, text, host=""):
        """What Validate says of a document in a draft: errors, warnings."""
        draft = self.client.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text,
                                 settings({"host": host}))
        found = self.client.call(draft, "Config", "Validate", "(a{sv})", {})
        self.client.call(draft, "Draft", "Discard", "(a{sv})", {})
        return [[row["rule"] for row in found if row["severity"] == severity]
                for severity in ("error", "warning")]

    def test_preset_of_other_machines(self):
        """ACPI on ARM wants UEFI: the preset brings both, and one alone is wrong."""
        arm = {**NEW, "name": "report", "type": "qemu", "os.type": "hvm", "os.arch": "aarch64",
               "os.machine": "virt"}
        text = self.build(arm, [device("disk", source__file="/srv/a.qcow2")], host="", preset="linux")
        self.assertIn("<os firmware='efi'>", text)
        self.assertIn("<acpi/>", text)
        self.assertEqual([[], []], self.rules(text))
        without = text.replace(" firmware='efi'", "")
        self.assertEqual([["features-acpi-firmware"], []], self.rules(without))
        draft = self.client.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text, settings({"host": ""}))
        unset = self.edits([put({}, "os.firmware")])
        planned = self.client.call(draft, "Config", "Apply", "(a(sssa{sv}as)a{sv})", unset,
                                   settings({"dry-run": True}))[1]
        self.assertEqual(WRONG, self.verdict(planned["problems"])[0])
        self.assertEqual(WRONG, self.attempt(self.apply, draft, [put({}, "os.firmware")])[0])
        self.client.call(draft, "Draft", "Discard", "(a{sv})", {})

    def test_guessed_format(self):
        """A name that says nothing of the format: raw, and the same warning everywhere."""
        added = [add("disk", {"source.file": self.image(IMAGE)})]
        with open(os.path.join(DOCUMENTS, "plain.xml"), encoding="utf-8") as file:
            text = file.read()
        answers = {}
        for place, host in (("file", ""), ("draft", "local")):
            draft = self.client.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text,
                                     settings({"host": host}))
            answers[place] = self.apply(draft, added)
            self.client.call(draft, "Draft", "Discard", "(a{sv})", {})
        path, _ = self.client.call(HOST, "Host", "DefineXML", "(sa{sv})", text, {})
        self.addCleanup(self.libvirtd.virsh, "undefine", "report")
        answers["dry run"] = self.apply(path, added, **{"dry-run": True})
        answers["edit"] = self.apply(path, added)
        for place, answer in answers.items():
            with self.subTest(place=place):
                [row] = [row for row in answer["problems"] if row["key"] == "driver.type"]
                self.assertEqual(("disk-format-guessed", "warning", "vdb"),
                                 (row["rule"], row["severity"], row["id"]))

    def test_new_without_name_and_type(self):
        devices = [device("disk", source__file="/srv/a.qcow2")]
        text = self.build(NEW, devices, host="")
        self.assertEqual(["domain-type-required", "domain-name-required"], self.rules(text)[0])
        self.assertEqual(WRONG, self.by_libvirt(text)[0])
        arguments = HOST, "Host", "Define", "(a{sv}a(sa{sv})a{sv})", settings(NEW), devices
        planned = self.client.call(*arguments, settings({"dry-run": True}))[1]
        self.assertEqual(["domain-name-required"], [row["rule"] for row in planned["problems"]
                                                    if row["severity"] == "error"])
        self.assertEqual(WRONG, self.attempt(lambda: self.client.call(*arguments, {})[1])[0])

    def test_documents_are_used(self):
        used = {document + ".xml" for document, _, _ in CASES.values()}
        self.assertEqual(sorted(os.listdir(DOCUMENTS)), sorted(used))


if __name__ == "__main__":
    tap.main()
