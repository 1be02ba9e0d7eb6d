# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes of machine, architecture, type, program, firmware and processor: what is accepted libvirt defines, what is
refused it refuses, and a draft, imported or of a domain, its Validate, a dry run and an edit say the same.

Owns the changes, of x86 and of what else the host has QEMU for; nothing is asked about a machine beforehand, so that
each is judged the first time, too.
"""

import os
import re
import subprocess
import tempfile

from gi.repository import GLib

import rig
from rig import FINE, WRONG
from support import tap
from support.client import HOST, MANAGER, device, settings

QEMU = "/usr/bin/qemu-system-"
DISK = ("<disk type='file'><driver name='qemu' type='qcow2'/><source file='/srv/a.qcow2'/>"
        "<target dev='{}' bus='{}'/></disk>")


def document(system, rest="", devices=""):
    return (f"<domain type='qemu'><name>machine</name><memory unit='MiB'>512</memory><vcpu>2</vcpu>{system}{rest}"
            f"<devices>{devices}</devices></domain>")


def machine(arch, name, firmware=""):
    return f"<os{firmware}><type arch='{arch}' machine='{name}'>hvm</type></os>"


CARD = "<interface type='user'><model type='virtio'/></interface>"
DOCUMENTS = {
    "q35": document(machine("x86_64", "q35"), "<features><acpi/><apic/></features>",
                    DISK.format("vda", "virtio") + CARD + "<graphics type='vnc'/><video><model type='vga'/></video>"
                    "<sound model='ich9'/><input type='tablet' bus='usb'/><watchdog model='i6300esb'/>"),
    "pc": document(machine("x86_64", "pc"), "<features><acpi/><apic/><pae/></features>",
                   DISK.format("hda", "ide") + "<interface type='user'><model type='rtl8139'/></interface>"
                   "<disk device='floppy'><target dev='fda' bus='fdc'/></disk><serial type='pty'/>"),
    "efi": document(machine("x86_64", "q35", " firmware='efi'"), "<features><acpi/><smm state='on'/></features>",
                    DISK.format("vda", "virtio")),
    "arm": document(machine("aarch64", "virt"), "<features><gic version='2'/></features><cpu mode='custom'>"
                    "<model>cortex-a57</model></cpu>", DISK.format("vda", "virtio") + CARD),
    "s390x": document(machine("s390x", "s390-ccw-virtio"), "", DISK.format("vda", "virtio") + CARD +
                      "<console type='pty'><target type='sclp'/></console>"),
    "pseries": document(machine("ppc64", "pseries"), "", DISK.format("sda", "scsi")),
    "riscv": document(machine("riscv64", "virt"), "", DISK.format("vda", "virtio")),
}
ARM = {"os.arch": "aarch64", "os.machine": "virt", "emulator": QEMU + "aarch64"}
# Values, or names that end in "-" to unset them.
CHANGES = {
    "q35": [{"type": "kvm"}, {"type": "xen"}, {"os.machine": "pc"}, {"os.machine": "isapc"}, {"os.machine": "virt"},
            {"os.machine": "microvm"}, {"os.machine": "pc-q35-5.2"}, {"os.machine": "none"}, {"os.arch": "i686"},
            {"os.arch": "aarch64"}, {"os.arch": "aarch64", "features.acpi-": ""}, ARM, {"emulator-": ""},
            {"os.arch": "aarch64", "os.machine": "virt"},
            {"os.arch": "i686", "os.machine": "pc", "emulator": QEMU + "i386"}, {"emulator": QEMU + "i386"},
            {"os.arch": "riscv64", "os.machine": "virt", "emulator": QEMU + "riscv64"}, {"os.arch-": ""},
            {"os.arch": "armv7l", "os.machine": "vexpress-a15", "emulator": QEMU + "arm"}, {"vcpu": 300},
            {"os.arch": "s390x", "os.machine": "s390-ccw-virtio", "emulator": QEMU + "s390x"},
            {"os.firmware": "efi"}, {"os.firmware": "efi", "os.loader.secure": True}, {"os.type": "linux"},
            {"cpu.mode": "host-passthrough"}, {"cpu.mode": "maximum"}, {"cpu.model": "cortex-a72"}, {"os.type": "exe"}],
    "pc": [{"os.machine": "q35"}, {"os.machine": "isapc", "vcpu": 1}, {"os.machine-": ""}, {"os.machine": "microvm"},
           {"os.firmware": "efi"}, {"os.firmware": "efi", "os.loader.secure": True}, ARM, {"vcpu": 256}],
    "efi": [{"os.firmware-": ""}, {"os.machine": "pc"}, {"os.arch": "i686"}, {"features.acpi-": ""},
            {"os.loader.secure": True}, {"os.machine": "pc", "os.loader.secure": True}, {"os.firmware": "bios"}],
    "arm": [{"os.machine": "raspi3b"}, {"features.gic.version": "3"}, {"os.firmware": "efi"}, {"features.acpi": True},
            {"os.arch": "armv7l"}, {"emulator": QEMU + "arm"}, {"cpu.mode": "host-model"}, {"os.machine-": ""},
            {"features.gic-": "", "features.gic.version-": "", "os.arch": "x86_64", "os.machine": "q35",
             "emulator": QEMU + "x86_64"}],
    "s390x": [{"os.firmware": "efi"}, {"os.machine": "q35"}, {"cpu.mode": "maximum"}, {"features.acpi": True}],
    "pseries": [{"os.arch": "ppc64le"}, {"os.arch": "ppc"}, {"os.machine": "powernv9"}, {"vcpu": 1025}],
    "riscv": [{"os.arch": "riscv32"}, {"os.machine": "none"}, {"features.acpi": True}, {"memory": 1 << 60}],
}


def is_possible(text):
    """Is the program of its architecture there? Debian has one package for each family."""
    return os.path.exists(QEMU + re.search("arch='([^']*)'", text)[1])


class Machines(rig.Judged):
    def attempt(self, path, values, **options):
        unset = [key[:-1] for key in values if key.endswith("-")]
        values = {key: value for key, value in values.items() if not key.endswith("-")}
        try:
            return self.client.modify(path, values, unset, options={key.replace("_", "-"): value
                                                                    for key, value in options.items()})
        except GLib.Error as error:
            return {"problems": [{"severity": "error", "message": error.message}], "diff": ""}

    def validate(self, path):
        return self.verdict(self.client.call(path, "Config", "Validate", "(a{sv})", {}))

    def on_draft(self, draft, values):
        """The dry run, the edit, and what it leaves. What an edit refuses is left as it was."""
        try:
            planned = self.verdict(self.attempt(draft, values, dry_run=True)["problems"])
            done = self.verdict(self.attempt(draft, values)["problems"])
            return {"dry run": planned, "edit": done,
                    "validate": self.validate(draft) if done[0] == FINE else done}
        finally:
            self.client.call(draft, "Draft", "Discard", "(a{sv})", {})

    def imported(self, text):
        return self.client.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text, settings({"host": "local"}))

    def by_libvirt(self, before, diff):
        """Of what the edit would leave."""
        with tempfile.TemporaryDirectory(dir=self.libvirtd.directory) as place:
            for name, text in (("new.xml", before), ("diff", "--- new.xml\n+++ new.xml\n" + diff)):
                with open(f"{place}/{name}", "w", encoding="utf-8") as file:
                    file.write(text)
            if diff:
                subprocess.run(["patch", "-s", "-p0", "-i", "diff"], cwd=place, check=True)
            done = self.libvirtd.virsh("define", "--validate", f"{place}/new.xml", check=False)
        return (WRONG, [done.stderr]) if done.returncode else (FINE, [])

    def check(self, text, values):
        path, _ = self.client.call(HOST, "Host", "DefineXML", "(sa{sv})", text, {})
        try:
            before = self.client.get_xml(path, {"secrets": True})
            said = {f"imported {step}": said
                    for step, said in self.on_draft(self.imported(before), values).items()}
            said |= {f"opened {step}": said for step, said in self.on_draft(
                self.client.call(path, "Domain", "Edit", "(a{sv})", {}), values).items()}
            planned = self.attempt(path, values, dry_run=True)
            said["dry run"] = self.verdict(planned["problems"])
            self.told = self.attempt(path, values)["problems"]
            done = self.verdict(self.told)
            said["edit"] = done
            if done[0] == FINE:
                said["validate"] = self.validate(path)
            self.assertNotIn("Libvirt reported", str(done), "the rules know it")
            said["libvirt"] = self.by_libvirt(before, planned["diff"])
        finally:
            self.libvirtd.virsh("undefine", "--nvram", "machine", check=False)
        verdict = said["libvirt"][0]
        self.assertEqual({place: verdict for place in said}, {place: said[place][0] for place in said}, said)
        return verdict

    def test_changes(self):
        verdicts = []
        for name, changes in CHANGES.items():
            for values in changes if is_possible(DOCUMENTS[name]) else ():
                with self.subTest(document=name, values=values):
                    verdicts.append(self.check(DOCUMENTS[name], values))
        self.assertLess(len(verdicts) // 4, min(verdicts.count(FINE), verdicts.count(WRONG)), "both sides are tried")

    def build(self, arch, preset, devices):
        path, _ = self.client.define({"name": "machine", "type": "qemu", "memory": "1GiB", "os.arch": arch},
                                     devices, {"preset": preset})
        text = self.client.get_xml(path, {"secrets": True})
        self.libvirtd.virsh("undefine", "machine")
        return text

    def test_presets_elsewhere(self):
        """A guest of a preset becomes one of each architecture that this host has, or is refused beforehand; what
        the new machine has by itself is no part of the old one that came back."""
        architectures = set(re.findall("<arch name='([^']*)'", self.libvirtd.virsh("capabilities").stdout))
        verdicts = []
        drive, display = device("disk", device="cdrom"), device("graphics", type="vnc")
        guests = [("x86_64", preset, devices) for preset in ("linux", "windows")
                  for devices in ([], [drive], [display])]
        guests += [(arch, "linux", [drive]) for arch in ("aarch64", "ppc64", "s390x") if arch in architectures]
        for guest in guests:
            text = self.build(*guest)
            for arch in sorted(architectures):
                with self.subTest(guest=guest, arch=arch):
                    verdicts.append(self.check(text, {"os.arch": arch}))
                    self.assertEqual([], [row["message"] for row in self.told if row.get("rule") == "not-stored"])
        self.assertLess(len(architectures), verdicts.count(FINE))

    def test_unknown_program(self):
        """It may be there or not, which nobody but libvirt can tell."""
        draft = self.imported(DOCUMENTS["q35"])
        result = self.attempt(draft, {"emulator": "/usr/bin/nothing"})
        self.assertEqual([("host-emulator", "warning", [QEMU + "x86_64"])],
                         [(row["rule"], row["severity"], row["allowed"]) for row in result["problems"]])
        self.client.call(draft, "Draft", "Discard", "(a{sv})", {})


if __name__ == "__main__":
    tap.main()
