# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests of all sorts, started and never edited: nothing waits, whether their start was seen or not.

The documents are libvirt's own, from ../shared/corpus beside the source tree where that is there, made
such that they can be started here: what they need of the host is left out. DOMWRIGHT_DOCUMENTS is how
many of the 1,070 are tried, 20 otherwise, or which of them: 200-399.
"""

import os
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

import rig
from support import client, services, tap
from support.client import MANAGER

ARCHIVE = os.path.join(os.environ["SOURCE_ROOT"], "..", "shared", "corpus",
                       "libvirt-9.0-domains.tar.xz")
MISSING = services.Libvirtd.missing() or (
    None if os.path.exists(ARCHIVE) else "needs the documents of ../shared/corpus")
TRIED = os.environ.get("DOMWRIGHT_DOCUMENTS", "20")

OF_THE_HOST = ("uuid", "memoryBacking", "numatune", "cputune", "blkiotune", "memtune", "seclabel",
               "resource", "launchSecurity", "keywrap", "maxMemory")
FIRMWARE = ("loader", "nvram", "kernel", "initrd", "dtb", "firmware")
DEVICES_OF_THE_HOST = ("hostdev", "filesystem", "tpm", "smartcard", "redirdev", "shmem", "nvram",
                       "memory", "lease", "vsock", "crypto", "iommu")


def tried(names):
    """Number and name of each."""
    first, dash, last = TRIED.partition("-")
    numbered = list(enumerate(names))
    return numbered[int(first):int(last) + 1] if dash else numbered[::max(1, len(names) // int(first))]


def drop(element, *tags):
    for tag in tags:
        for child in element.findall(tag):
            element.remove(child)


@unittest.skipIf(MISSING, MISSING)
class Corpus(rig.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        subprocess.run(["tar", "-xJf", ARCHIVE, "-C", cls.folder], check=True)

    def adapt_disk(self, disk, name):
        """False: it cannot be had here."""
        source, driver = disk.find("source"), disk.find("driver")
        form = driver.get("type", "raw") if driver is not None else "raw"
        if source is None:
            return True
        if disk.get("type") not in ("file", "block") or form not in ("raw", "qcow2"):
            return False
        path = os.path.join(self.libvirtd.directory, name)
        subprocess.run(["qemu-img", "create", "-q", "-f", form, path, "1M"], check=True)
        self.libvirtd.make_readable(path)
        disk.set("type", "file")
        drop(disk, "backingStore", "mirror")
        source.clear()
        source.set("file", path)
        return True

    @staticmethod
    def adapt_device(device):
        """False: it cannot be had here."""
        if device.tag == "emulator":
            device.text = "/usr/bin/qemu-system-x86_64"
        elif device.tag == "interface":
            device.set("type", "user")
            drop(device, "source", "virtualport", "script", "backend", "vlan", "bandwidth", "ip",
                 "route", "target", "port", "filterref")
        elif device.tag in ("serial", "parallel", "console"):
            device.set("type", "pty")
            drop(device, "source", "protocol", "log")
        elif device.tag == "channel":
            return device.get("type") in ("unix", "spicevmc")
        return device.tag not in DEVICES_OF_THE_HOST

    def adapt(self, path, number):
        """The document as one that can be started here, or None."""
        root = ElementTree.parse(path).getroot()
        kind = root.find("os/type")
        devices = root.find("devices")
        if (kind is None or devices is None or kind.get("arch", "x86_64") != "x86_64"
                or root.get("type") not in ("qemu", "kvm") or root.find("cpu/numa") is not None):
            return None
        root.set("type", "qemu")
        drop(root, *OF_THE_HOST)
        drop(root.find("os"), *FIRMWARE)
        root.find("name").text = f"c{number}"
        for tag in ("memory", "currentMemory"):
            for element in root.findall(tag):
                element.text = "65536"
                element.set("unit", "KiB")
        for place, device in enumerate(list(devices)):
            had = (self.adapt_disk(device, f"c{number}-{place}") if device.tag == "disk"
                   else self.adapt_device(device))
            if not had:
                devices.remove(device)
        return ElementTree.tostring(root, encoding="unicode")

    def start(self, name, document):
        """The object of the guest, or None when it does not start here."""
        path = os.path.join(self.libvirtd.directory, "document.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(document)
        if self.libvirtd.virsh("define", path, check=False).returncode != 0:
            return None
        uuid = self.libvirtd.virsh("domuuid", name).stdout.strip()
        found = f"{MANAGER}/host/local/domain/_{uuid.replace('-', '_')}"
        services.wait_for(lambda: self.bus.busctl(
            "get-property", client.NAME, found, client.NAME + ".Domain", "Name",
            check=False).returncode == 0, "the guest is known")
        if self.bus.busctl("--timeout=60", "call", client.NAME, found, client.NAME + ".Domain",
                           "Start", "a{sv}", "0", check=False).returncode != 0:
            return None
        return found

    def test_nothing_waits(self):
        folder = os.path.join(self.folder, "qemuxml2argvdata")
        started = 0
        for number, name in tried(sorted(os.listdir(folder))):
            document = self.adapt(os.path.join(folder, name), number)
            try:
                path = self.start(f"c{number}", document) if document else None
                if not path:
                    continue
                started += 1
                with self.subTest(name):
                    self.assertEqual([], self.client.domain(path, "ListPending"))
                    uuid = self.client.property(path, "Domain", "UUID")
                    os.unlink(os.path.join(self.daemon.directory, "baselines", "local", uuid))
                    self.assertEqual([], self.client.domain(path, "ListPending"))
            finally:
                self.libvirtd.virsh("destroy", f"c{number}", check=False)
                self.libvirtd.virsh("undefine", f"c{number}", "--nvram", check=False)
        print(f"# {started} guests started")
        self.assertGreater(started, 0)


if __name__ == "__main__":
    tap.main()
