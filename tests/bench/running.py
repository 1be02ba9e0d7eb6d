# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest that runs on a place's libvirtd: QEMU in emulation, with a drive and an interface, without a
system, so that it does nothing meanwhile.
"""

import os
import subprocess
import tempfile
import time

from support import services

NAME = "running"
MAC = "52:54:00:00:be:01"
DRIVE = "sda"
XML = """<domain type='qemu'>
  <name>{name}</name>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='cdrom'>
      <driver name='qemu' type='raw'/>
      <source file='{medium}'/>
      <target dev='{drive}' bus='sata'/>
      <readonly/>
    </disk>
    <interface type='user'><mac address='{mac}'/><model type='virtio'/></interface>
    <serial type='pty'/>
    <graphics type='vnc' autoport='yes'/>
    <video><model type='vga'/></video>
    <memballoon model='virtio'/>
  </devices>
</domain>
"""


class Guest:
    def __init__(self, place, stack):
        self.libvirtd = place.libvirtd
        self.media = [self._medium(name) for name in ("one.iso", "two.iso")]
        text = XML.format(name=NAME, mac=MAC, drive=DRIVE, medium=self.media[0])
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(text)
            file.flush()
            self.libvirtd.virsh("define", file.name)
        stack.callback(self.libvirtd.virsh, "undefine", NAME, check=False)
        self.libvirtd.virsh("start", NAME)
        stack.callback(self.libvirtd.virsh, "destroy", NAME, check=False)
        services.wait_for(self._is_idle, "the guest has found nothing to start from")

    def _medium(self, name):
        path = os.path.join(self.libvirtd.directory, name)
        subprocess.run(["qemu-img", "create", "-q", "-f", "raw", path, "1M"], check=True)
        self.libvirtd.make_readable(path)
        return path

    def _busy(self):
        """Nanoseconds of processor time."""
        words = self.libvirtd.virsh("domstats", "--cpu-total", NAME).stdout.split()
        return next((int(word.partition("=")[2]) for word in words if word.startswith("cpu.time=")), 0)

    def _is_idle(self):
        before, start = self._busy(), time.monotonic()
        time.sleep(0.2)
        return self._busy() - before < (time.monotonic() - start) * 1e9 / 10
