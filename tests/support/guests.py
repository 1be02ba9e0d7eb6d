# SPDX-License-Identifier: LGPL-2.1-or-later
"""Domains of libvirt's test driver that tests define: their documents, and where they are then.

Owns no expectations of what becomes of them.
"""

from support.client import HOST

# Ordinary, and with something of every sort that may not be lost unnoticed.
DOCUMENT = """<domain type='test'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='KiB'>1048576</memory>
  <vcpu>2</vcpu>
  <os>
    <type arch='i686'>hvm</type>
  </os>
  <features>
    <acpi/>
  </features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='/srv/vm/{name}.img'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='network' device='cdrom'>
      <driver name='qemu' type='raw'/>
      <source protocol='https' name='debian.iso'>
        <host name='images.example' port='443'/>
        <cookies>
          <cookie name='session'>{secret}</cookie>
        </cookies>
      </source>
      <target dev='sdc' bus='sata'/>
      <readonly/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:11:22:33'/>
      <source network='default'/>
      <filterref filter='clean-traffic'/>
    </interface>
    <graphics type='vnc' port='-1' autoport='yes' passwd='{secret}'/>
  </devices>
  <seclabel type='dynamic' model='dac' relabel='yes'/>
</domain>
"""
SECRET = "Chipotle"


def document(name, number, secret=SECRET):
    return DOCUMENT.format(name=name, uuid=uuid_of(number), secret=secret)


def uuid_of(number):
    return f"00000000-0000-4000-8000-{number:012x}"


def path_of(number):
    return f"{HOST}/domain/_" + uuid_of(number).replace("-", "_")
