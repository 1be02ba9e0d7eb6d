# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Linux guest that does as it is told: Debian's kernel for clouds, and an initrd of busybox with the
modules that acknowledge what is plugged and unplugged.

Owns making the two files and knowing when the guest is ready; what is tried on it is the tests' business.
It says `guest-ready` on its console, and runs each line it reads there.
"""

import glob
import os
import re
import shutil
import socket
import stat
import time

from support import services

BUSYBOX = "/bin/busybox"
KERNELS = "/boot/vmlinuz-*-cloud-amd64"
MODULES = ("virtio_pci", "virtio_blk", "virtio_net", "virtio_balloon", "virtio_scsi", "sd_mod", "sr_mod",
           "virtio_console", "virtio_mem", "virtiofs", "acpiphp", "pciehp")
READY = "guest-ready"

INIT = """#!/bin/sh
/bin/busybox mkdir -p /proc /sys /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
for module in $(cat /modules/order); do insmod /modules/$module 2>/dev/null; done
echo {ready}
while read -r line; do eval "$line"; echo "done: $?"; done
while :; do sleep 60; done
"""


def kernel():
    """The newest one, or None."""
    return max(glob.glob(KERNELS), default=None)


def missing():
    """What this machine lacks, as text for a skip; None when nothing."""
    lacks = services.Libvirtd.missing()
    if lacks:
        return lacks
    absent = [name for name, there in (("linux-image-cloud-amd64", kernel()),
                                       ("busybox-static", os.path.exists(BUSYBOX))) if not there]
    return "needs " + ", ".join(absent) if absent else None


def _modules(release):
    """Paths of the wanted modules and of what they need, in order of loading."""
    root = os.path.join("/lib/modules", release)
    needs = {}
    with open(os.path.join(root, "modules.dep")) as file:
        for line in file:
            path, _, others = line.partition(":")
            needs[path] = others.split()
    paths = {re.sub(r"\.ko.*", "", os.path.basename(path)): path for path in needs}
    order = []
    for name in MODULES:
        if name in paths:  # others are built in
            order += [*reversed(needs[paths[name]]), paths[name]]
    return [os.path.join(root, path) for path in dict.fromkeys(order)]


class _Archive:
    """A cpio archive of the kind the kernel reads."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.number = 0

    def add(self, name, mode, data=b""):
        self.number += 1
        fields = (self.number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        self._write(b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0")
        self._write(data)

    def _write(self, data):
        self.file.write(data + b"\0" * (-len(data) % 4))

    def close(self):
        self.add("TRAILER!!!", 0)
        self.file.close()


def make_initrd(path):
    archive = _Archive(path)
    release = re.sub(r".*/vmlinuz-", "", kernel())
    modules = _modules(release)
    for folder in ("bin", "modules", "dev"):
        archive.add(folder, stat.S_IFDIR | 0o755)
    for name, source in [("bin/busybox", BUSYBOX),
                         *(("modules/" + os.path.basename(module), module) for module in modules)]:
        with open(source, "rb") as file:
            archive.add(name, stat.S_IFREG | 0o755, file.read())
    archive.add("bin/sh", stat.S_IFLNK | 0o777, b"/bin/busybox")
    order = " ".join(os.path.basename(module) for module in modules)
    archive.add("modules/order", stat.S_IFREG | 0o644, order.encode())
    archive.add("init", stat.S_IFREG | 0o755, INIT.replace("{ready}", READY).encode())
    archive.close()


class Files:
    """Kernel and initrd in the directory of a libvirtd, for its QEMU to read."""

    def __init__(self, libvirtd):
        self.kernel = os.path.join(libvirtd.directory, "vmlinuz")
        self.initrd = os.path.join(libvirtd.directory, "initrd")
        shutil.copy(kernel(), self.kernel)
        make_initrd(self.initrd)
        for path in (self.kernel, self.initrd):
            os.chmod(path, 0o644)

    def settings(self):
        """What a domain needs to start it."""
        return {"os.kernel": self.kernel, "os.initrd": self.initrd, "features.acpi": True,
                "os.cmdline": "console=ttyS0 quiet panic=-1 no_timer_check random.trust_cpu=on "
                              "memhp_default_state=online_kernel"}


class Console:
    """The console of a guest, on a socket that QEMU listens on."""

    SECONDS = 400

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(self.SECONDS)
        self.socket.connect(path)
        self.text = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _await(self, pattern):
        """What was said up to the first match, which is the answer; that is forgotten."""
        end = time.monotonic() + self.SECONDS
        while not (found := re.search(pattern, self.text)):
            if time.monotonic() > end:
                raise AssertionError("the guest has not said " + pattern + " but: " + self.text)
            said = self.socket.recv(4096)
            if not said:
                raise AssertionError("the guest has ended, having said: " + self.text)
            self.text += said.decode(errors="replace")
        before, self.text = self.text[:found.start()], self.text[found.end():]
        return before, found

    def await_ready(self):
        self._await(READY)

    def run(self, line):
        """Has the guest run a line of shell; what it prints. AssertionError when that fails."""
        self.socket.sendall(line.encode() + b"\n")
        said, done = self._await(r"done: (\d+)")
        if done[1] != "0":
            raise AssertionError(f"{line}: {said}")
        return said
