# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents in memory, without bus or libvirt: domwright's model beside plain libxml2."""

import glob
import os
import tempfile

DISK = """    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source file='/srv/vm/guest-{number}-{disk}.qcow2'/>
      <target dev='vd{letter}' bus='virtio'/>
    </disk>
"""

DOMAIN = """<domain type='kvm'>
  <name>guest-{number}</name>
  <memory unit='KiB'>{memory}</memory>
  <vcpu placement='static'>{vcpu}</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
    <apic/>
  </features>
  <clock offset='utc'>
    <timer name='rtc' tickpolicy='catchup'/>
    <timer name='hpet' present='no'/>
  </clock>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
{disks}    <interface type='network'>
      <source network='default'/>
      <model type='virtio'/>
    </interface>
    <memballoon model='virtio'/>
  </devices>
</domain>
"""


def own_documents(folder, count):
    """Documents as libvirt writes them, for machines without a corpus."""
    for number in range(count):
        disks = "".join(DISK.format(number=number, disk=disk, letter=chr(97 + disk))
                        for disk in range(number % 8))
        with open(os.path.join(folder, f"{number}.xml"), "w") as file:
            file.write(DOMAIN.format(number=number, memory=1048576 + number, vcpu=1 + number % 16,
                                     disks=disks))
    return folder


def measure(bench, place, names):
    with tempfile.TemporaryDirectory() as folder:
        source = bench.corpus or own_documents(folder, 8 if bench.quick else 200)
        found = sorted(glob.glob(os.path.join(source, "**", "*.xml"), recursive=True))
        yield from bench.run("model", min(bench.turns, 27), bench.seconds * 2, *found)
