/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small devices that are right on some machine, one line each. */
#include "bases.h"

#include <stddef.h>

#define RAW    " driver.type=raw "
#define VDA    RAW "target.dev=vda target.bus=virtio"
#define SHARED " | domain memoryBacking.source.type=memfd memoryBacking.access.mode=shared"
#define ROOM                                                                                       \
    " | domain maxMemory=4GiB maxMemory.slots=4 cpu.numa.cell.0.cpus=0-1 "                         \
    "cpu.numa.cell.0.memory=1GiB"
#define IQN   "source.name=iqn.2000-01.org.a:b/1 source.host.1.name=h "
#define SPICE " | graphics type=spice"
#define UUID  "11111111-2222-3333-4444-555555555555"
/* Where a device is. */
#define PCI "address.type=pci address.bus=0 address.slot=0x10 address.function=0"
#define USB "address.type=usb address.bus=0 address.port=1"
#define CCW "address.type=ccw address.cssid=0xfe address.ssid=0x0 address.devno=0x0007"
#define DRIVE                                                                                      \
    "address.type=drive address.controller=0 address.bus=0 address.target=0 address.unit=1"
#define PORT "address.type=virtio-serial address.controller=0 address.bus=0 address.port=1"
#define CELLS                                                                                      \
    "cpu.numa.cell.0.cpus=0 cpu.numa.cell.0.memory=512MiB cpu.numa.cell.1.cpus=1 "                 \
    "cpu.numa.cell.1.memory=512MiB "

const char *const bases[] = {
    "domain",
    "domain cpu.mode=custom cpu.model=qemu64",
    "domain cpu.mode=host-passthrough",
    "domain cpu.mode=host-model",
    "domain cpu.mode=maximum",
    "domain " CELLS,
    "domain " CELLS "numatune.memory.mode=strict numatune.memory.nodeset=0",
    "domain " CELLS
    "cpu.numa.cell.1.cache.1.associativity=none cpu.numa.cell.1.cache.1.policy=none "
    "cpu.numa.cell.1.cache.1.size=8KiB cpu.numa.cell.1.cache.1.line=64",
    "domain iothreads=2",
    "domain hyperv.mode=custom hyperv.relaxed=yes",
    "domain hyperv.mode=passthrough",
    "domain os.firmware=efi",
    "domain os.loader=/srv/code.fd os.loader.type=pflash os.loader.readonly=yes",
    "domain os.kernel=/srv/k",
    "domain os.boot=hd",
    "domain clock.offset=utc",
    "domain clock.offset=timezone clock.timezone=Europe/Paris",
    "domain clock.offset=variable clock.adjustment=0",
    "domain clock.offset=localtime clock.timer.rtc.tickpolicy=catchup",
    "domain clock.offset=utc clock.timer.tsc.present=yes",
    "domain memoryBacking.hugepages=yes",
    "domain memoryBacking.source.type=memfd memoryBacking.access.mode=shared",
    "domain maxMemory=4GiB maxMemory.slots=4 " CELLS,
    "domain vcpu.placement=auto",
    "domain vcpu.cpuset=0",
    "domain launchSecurity.type=sev launchSecurity.policy=0x1",
    "domain launchSecurity.type=s390-pv",
    "domain seclabel.1.type=none",
    "domain seclabel.1.type=static seclabel.1.model=dac seclabel.1.label=1:1",
    "disk device=cdrom target.dev=sda target.bus=sata",
    "disk type=file source.file=/srv/a.raw" VDA,
    "disk type=file source.file=/srv/a.raw" RAW "target.dev=sda target.bus=sata",
    "disk type=file source.file=/srv/a.raw" RAW "target.dev=hda target.bus=ide",
    "disk type=file source.file=/srv/a.qcow2 driver.type=qcow2 target.dev=sda target.bus=scsi",
    "disk type=file source.file=/srv/a.raw" RAW "target.dev=sda target.bus=usb",
    "disk type=block device=lun source.dev=/dev/null" RAW "target.dev=sda target.bus=scsi",
    "disk type=block source.dev=/dev/null" VDA,
    "disk type=network source.protocol=nbd source.host.1.name=h" VDA,
    "disk type=network source.protocol=rbd source.name=p/i source.host.1.name=h" VDA,
    "disk type=network source.protocol=iscsi " IQN VDA,
    "disk type=network device=cdrom source.protocol=https source.name=a source.host.1.name=h "
    "source.host.1.port=443" RAW "target.dev=sda target.bus=sata",
    "disk type=network source.protocol=gluster source.name=v/i source.host.1.name=h" VDA,
    "disk type=volume source.pool=p source.volume=v" VDA,
    "disk type=dir source.dir=/srv readonly=yes driver.type=fat target.dev=vda target.bus=virtio",
    "disk type=nvme source.type=pci source.namespace=1 source.managed=yes "
    "source.address=0000:01:00.0" VDA,
    "disk type=vhostuser source.type=unix source.path=/srv/s snapshot=no" VDA SHARED,
    "disk device=floppy target.dev=fda target.bus=fdc",
    "controller type=scsi model=virtio-scsi",
    "controller type=scsi model=lsilogic",
    "controller type=usb model=qemu-xhci",
    "controller type=usb model=piix3-uhci",
    "controller type=usb model=ich9-ehci1",
    "controller type=usb model=none",
    "controller type=virtio-serial",
    "controller type=ccid",
    "controller type=sata",
    "controller type=ide",
    "controller type=fdc",
    "controller type=pci model=pcie-root-port",
    "controller type=pci model=pcie-root index=0",
    "controller type=pci model=pci-root index=0",
    "controller type=pci model=pci-bridge",
    "controller type=pci model=pcie-to-pci-bridge",
    "controller type=pci model=pcie-switch-upstream-port",
    "controller type=pci model=dmi-to-pci-bridge",
    "controller type=pci model=pcie-expander-bus",
    "controller type=pci model=pci-expander-bus",
    "interface type=user",
    "interface type=user model.type=virtio",
    "interface type=user model.type=e1000",
    "interface type=network source.network=default model.type=virtio",
    "interface type=bridge source.bridge=br0 model.type=virtio",
    "interface type=bridge source.bridge=br0",
    "interface type=direct source.dev=eth0 source.mode=bridge model.type=virtio",
    "interface type=ethernet model.type=virtio",
    "interface type=internal source.name=a",
    "interface type=vhostuser source.type=unix source.path=/srv/s source.mode=client "
    "model.type=virtio",
    "interface type=hostdev source.address=0000:03:00.0",
    "interface type=udp source.address=127.0.0.1 source.port=5000 source.local.address=127.0.0.1 "
    "source.local.port=5001",
    "interface type=mcast source.address=230.0.0.1 source.port=5000",
    "interface type=server source.address=127.0.0.1 source.port=5000",
    "interface type=client source.address=127.0.0.1 source.port=5000",
    "interface type=vdpa source.dev=/dev/vhost-vdpa-0",
    "interface type=null",
    "graphics type=vnc",
    "graphics type=spice",
    "graphics type=sdl",
    "graphics type=egl-headless",
    "graphics type=dbus",
    "graphics type=rdp",
    "graphics type=desktop",
    "video model.type=virtio",
    "video model.type=qxl",
    "video model.type=vga",
    "video model.type=cirrus",
    "video model.type=bochs",
    "video model.type=ramfb",
    "video model.type=none",
    "sound model=ich9",
    "sound model=ich6",
    "sound model=usb",
    "sound model=sb16",
    "audio id=1 type=none",
    "audio id=1 type=alsa",
    "audio id=1 type=coreaudio",
    "audio id=1 type=jack",
    "audio id=1 type=oss",
    "audio id=1 type=pulseaudio",
    "audio id=1 type=sdl",
    "audio id=1 type=spice" SPICE,
    "audio id=1 type=file",
    "audio id=1 type=dbus | graphics type=dbus",
    "input type=tablet bus=usb",
    "input type=keyboard bus=virtio",
    "input type=mouse bus=ps2",
    "input type=passthrough bus=virtio source.evdev=/dev/input/event0",
    "input type=evdev source.dev=/dev/input/event0",
    "hostdev type=usb source.vendor=0x1234 source.product=0x0001",
    "hostdev type=usb source.address.bus=1 source.address.device=2",
    "hostdev type=pci source.address=0000:03:00.0",
    "hostdev type=scsi source.adapter.name=scsi_host0 source.address.bus=0 "
    "source.address.target=0 source.address.unit=0",
    "hostdev type=scsi source.protocol=iscsi " IQN,
    "hostdev type=scsi_host source.protocol=vhost source.wwpn=naa.5123456789abcde0",
    "hostdev type=mdev model=vfio-pci source.address.uuid=" UUID,
    "filesystem type=mount source.dir=/srv target.dir=share",
    "filesystem type=mount accessmode=mapped source.dir=/srv target.dir=share",
    "filesystem type=mount driver.type=virtiofs source.dir=/srv target.dir=share" SHARED,
    "filesystem type=mount driver.type=virtiofs source.socket=/srv/s target.dir=share" SHARED,
    "filesystem type=mount driver.type=path driver.wrpolicy=immediate source.dir=/srv "
    "target.dir=share",
    "rng model=virtio backend.model=random",
    "rng model=virtio backend.model=builtin",
    "rng model=virtio backend.model=egd backend.type=tcp backend.source.host=h "
    "backend.source.service=1 backend.source.mode=connect",
    "rng model=virtio backend.model=egd backend.type=unix backend.source.path=/srv/s "
    "backend.source.mode=connect",
    "tpm model=tpm-crb backend.type=passthrough backend.device.path=/dev/tpm0",
    "tpm model=tpm-tis backend.type=emulator backend.version=2.0",
    "tpm model=tpm-tis backend.type=external backend.source.type=unix backend.source.path=/srv/s "
    "backend.source.mode=connect",
    "memory model=dimm target.size=64MiB target.node=0" ROOM,
    "memory model=nvdimm source.path=/srv/n target.size=64MiB target.node=0 "
    "target.label.size=128KiB" ROOM,
    "memory model=virtio-mem target.size=64MiB target.block=2MiB target.requested=64MiB "
    "target.node=0" ROOM,
    "memory model=virtio-pmem source.path=/srv/n target.size=64MiB" ROOM,
    "memory model=sgx-epc target.size=64MiB",
    "shmem name=a model.type=ivshmem-plain size=4MiB",
    "shmem name=a model.type=ivshmem-doorbell server.path=/srv/s",
    "vsock model=virtio cid.auto=yes",
    "watchdog model=i6300esb",
    "watchdog model=ib700",
    "watchdog model=diag288",
    "memballoon model=virtio",
    "memballoon model=none",
    "panic model=isa",
    "panic model=hyperv",
    "panic model=s390",
    "panic model=pseries",
    "iommu model=intel",
    "iommu model=virtio",
    "iommu model=smmuv3",
    "hub type=usb",
    "nvram address.type=spapr-vio address.reg=0x3000",
    "lease lockspace=l key=k target.path=/srv/l",
    "redirfilter usbdev.1.class=0x03 usbdev.1.allow=yes",
    "smartcard mode=host" SPICE,
    "smartcard mode=host-certificates certificate=a,b,c",
    "crypto model=virtio type=qemu backend.model=builtin",
    "pstore backend=acpi-erst path=/srv/p size=64KiB",
    /* Settings that need others beside them. */
    "domain cputune.vcpusched.1.vcpus=0 cputune.vcpusched.1.scheduler=fifo "
    "cputune.vcpusched.1.priority=1",
    "domain iothreads=2 cputune.iothreadsched.1.iothreads=1 "
    "cputune.iothreadsched.1.scheduler=batch cputune.iothreadpin.1.cpuset=0",
    "domain cputune.emulatorsched.scheduler=rr cputune.emulatorsched.priority=1",
    "domain cputune.cachetune.1.vcpus=0 cputune.cachetune.1.cache.1.id=0 "
    "cputune.cachetune.1.cache.1.level=3 cputune.cachetune.1.cache.1.type=both "
    "cputune.cachetune.1.cache.1.size=3MiB",
    "domain cputune.memorytune.1.vcpus=0 cputune.memorytune.1.node.0.bandwidth=20",
    "domain blkiotune.device.1.path=/dev/sda blkiotune.device.1.weight=500",
    "domain iothreads=1 iothreadids.iothread.4=yes",
    "domain vcpu.current=1 vcpus.vcpu.0.enabled=yes vcpus.vcpu.0.hotpluggable=no "
    "vcpus.vcpu.1.enabled=no vcpus.vcpu.1.hotpluggable=yes",
    "domain os.smbios.mode=sysinfo sysinfo.system.manufacturer=a sysinfo.baseBoard.serial=b ",
    "domain sysinfo.fwcfg.entry.1.name=opt/a sysinfo.fwcfg.entry.1.value=b",
    "domain memoryBacking.hugepages.page.1.size=2MiB "
    "memoryBacking.hugepages.page.1.nodeset=0 " CELLS,
    "domain numatune.memnode.0.mode=strict numatune.memnode.0.nodeset=0 " CELLS,
    "domain " CELLS "cpu.numa.cell.0.distances.sibling.1.value=20 "
    "cpu.numa.cell.1.distances.sibling.0.value=20",
    "domain " CELLS "cpu.numa.interconnects.latency.1.initiator=0 "
    "cpu.numa.interconnects.latency.1.target=1 cpu.numa.interconnects.latency.1.type=access "
    "cpu.numa.interconnects.latency.1.value=5",
    "domain cpu.topology.sockets=1 cpu.topology.cores=2 cpu.topology.threads=1",
    "domain os.loader=/srv/code.fd os.loader.type=rom",
    "domain os.firmware=efi os.firmware.feature.secure-boot=yes",
    "domain os.loader=/srv/code.fd os.loader.type=pflash os.nvram=/srv/vars.fd",
    "domain features.kvm.dirty-ring=yes features.kvm.dirty-ring.size=4096",
    "domain features.smm=yes features.smm.tseg=48MiB",
    "disk type=file source.file=/srv/a.raw iotune.total_bytes_sec=1000 "
    "iotune.total_bytes_sec_max=2000 iotune.group_name=g" VDA,
    "disk type=file source.file=/srv/a.raw source.encryption.format=luks "
    "source.encryption.secret.1.type=passphrase source.encryption.secret.1.uuid=" UUID VDA,
    "disk type=file source.file=/srv/a.qcow2 driver.type=qcow2 backing.1.type=file "
    "backing.1.format=raw backing.1.source.file=/srv/b.raw target.dev=vda target.bus=virtio",
    "disk type=network source.protocol=rbd source.name=p/i source.host.1.name=h "
    "source.auth.username=u source.auth.secret.type=ceph source.auth.secret.uuid=" UUID VDA,
    "disk type=network source.protocol=nfs source.name=a source.host.1.name=h "
    "source.identity.user=1 source.identity.group=1" VDA,
    "disk type=network source.protocol=ssh source.name=/a source.host.1.name=h "
    "source.identity.username=u source.identity.keyfile=/srv/k" VDA,
    "disk type=vhostvdpa source.dev=/dev/vhost-vdpa-0" VDA SHARED,
    "disk type=file source.file=/srv/a.raw serial=s target.dev=nvme0n1 target.bus=nvme" RAW,
    "disk type=file source.file=/srv/a.raw driver.iothread=1" VDA " | domain iothreads=2",
    "interface type=user model.type=virtio backend.type=passt portForward.1.proto=tcp "
    "portForward.1.range.1.start=80",
    "interface type=bridge source.bridge=br0 model.type=virtio vlan.tag.1.id=5 "
    "virtualport.type=openvswitch",
    "interface type=direct source.dev=eth0 source.mode=vepa virtualport.type=802.1Qbg "
    "virtualport.managerid=1 virtualport.typeid=2 virtualport.typeidversion=1 "
    "virtualport.instanceid=" UUID,
    "interface type=direct source.dev=eth0 virtualport.type=802.1Qbh virtualport.profileid=a",
    "interface type=network source.network=default model.type=virtio "
    "bandwidth.inbound.average=1000 bandwidth.outbound.average=1000",
    "interface type=ethernet model.type=virtio ip.1.address=192.0.2.1 ip.1.prefix=24 "
    "route.1.address=198.51.100.0 route.1.prefix=24 route.1.gateway=192.0.2.2",
    "interface type=network source.network=default model.type=virtio teaming.type=persistent "
    "alias=ua-team",
    "interface type=network source.network=default filterref.filter=clean-traffic "
    "filterref.parameter.1.name=IP filterref.parameter.1.value=192.0.2.1",
    "graphics type=vnc autoport=no port=5901 listen.1.type=address listen.1.address=127.0.0.1",
    "graphics type=vnc listen.1.type=socket listen.1.socket=/srv/v",
    "graphics type=spice autoport=no port=5901 tlsPort=5902",
    "graphics type=spice gl.enable=yes listen.1.type=none",
    "video model.type=virtio model.acceleration.accel3d=yes model.resolution.x=800 "
    "model.resolution.y=600 | graphics type=spice gl.enable=yes listen.1.type=none",
    "audio id=1 type=alsa input.mixingEngine=yes input.fixedSettings=yes "
    "input.settings.frequency=44100 input.settings.channels=2 input.settings.format=s16",
    "iommu model=intel driver.intremap=on driver.eim=on | domain features.ioapic.driver=qemu",
    "shmem name=a model.type=ivshmem-doorbell server.path=/srv/s msi.vectors=4 msi.ioeventfd=yes",
    "controller type=usb model=ich9-uhci1 index=1 master.startport=0 | controller type=usb "
    "model=ich9-ehci1 index=1",
    "tpm backend.type=emulator backend.version=2.0",
    "tpm model=tpm-spapr backend.type=emulator",
    "tpm model=spapr-tpm-proxy backend.type=passthrough backend.device.path=/dev/tpmrm0",
    "hostdev type=mdev model=vfio-ccw source.address.uuid=" UUID,
    "hostdev type=mdev model=vfio-ap source.address.uuid=" UUID,
    "serial type=pty target.type=system-serial",
    "serial type=pty target.type=spapr-vio-serial",
    "serial type=pty target.type=sclp-serial",
    /* On each bus. */
    "channel type=unix target.type=virtio target.name=a " PORT,
    "console type=pty target.type=virtio " PORT,
    "serial type=pty target.type=isa-serial address.type=isa address.iobase=0x3f8 "
    "address.irq=0x4",
    "serial type=pty target.type=usb-serial " USB,
    "serial type=pty target.type=pci-serial " PCI,
    "panic model=isa address.type=isa address.iobase=0x505",
    "disk type=file source.file=/srv/a.raw" RAW "target.dev=sda target.bus=sata " DRIVE,
    "disk type=file source.file=/srv/a.raw" RAW "target.dev=hda target.bus=ide " DRIVE,
    "disk type=file source.file=/srv/a.raw" RAW "target.dev=sda target.bus=scsi " DRIVE
    " | controller type=scsi model=virtio-scsi index=0",
    "disk device=floppy target.dev=fda target.bus=fdc " DRIVE,
    "disk type=file source.file=/srv/a.raw" RAW "target.dev=sda target.bus=usb " USB,
    "disk type=file source.file=/srv/a.raw" VDA " " PCI,
    "disk type=file source.file=/srv/a.raw" VDA " " CCW,
    "disk type=file source.file=/srv/a.raw" VDA " address.type=virtio-mmio",
    "interface type=user model.type=virtio " PCI,
    "interface type=user model.type=virtio " CCW,
    "interface type=user model.type=virtio address.type=virtio-mmio",
    "interface type=user model.type=virtio address.type=pci address.zpci.uid=0x0001 "
    "address.zpci.fid=0x00000001",
    "interface type=user model.type=spapr-vlan address.type=spapr-vio address.reg=0x1000",
    "controller type=scsi model=ibmvscsi address.type=spapr-vio address.reg=0x2000",
    "controller type=scsi model=virtio-scsi " PCI,
    "controller type=pci model=pcie-root-port index=3 target.chassis=3 target.port=0x10 " PCI,
    "controller type=pci model=pci-bridge index=3 target.chassisNr=3 " PCI,
    "input type=tablet bus=usb " USB,
    "hub type=usb " USB,
    "redirdev bus=usb type=spicevmc " USB SPICE,
    "hostdev type=usb source.vendor=0x1234 source.product=0x0001 " USB,
    "hostdev type=pci source.address=0000:03:00.0 " PCI,
    "hostdev type=scsi source.adapter.name=scsi_host0 source.address.bus=0 "
    "source.address.target=0 source.address.unit=0 " DRIVE,
    "smartcard mode=host address.type=ccid address.controller=0 address.slot=0" SPICE,
    "memory model=dimm target.size=64MiB target.node=0 address.type=dimm address.slot=0 "
    "address.base=0x140000000" ROOM,
    "video model.type=virtio " PCI,
    "rng model=virtio backend.model=random " PCI,
    "rng model=virtio backend.model=random " CCW,
    "vsock model=virtio cid.auto=yes " CCW,
    "watchdog model=i6300esb " PCI,
    "sound model=ich9 " PCI,
    "memballoon model=virtio " PCI,
    NULL,
};

const char *const character_targets[] = {
    "serial",
    "serial target.type=isa-serial",
    "serial target.type=usb-serial",
    "serial target.type=pci-serial",
    "console",
    "console target.type=virtio",
    "console target.type=sclp",
    "parallel",
    "channel target.type=virtio target.name=org.a",
    "channel target.type=guestfwd target.address=10.0.2.1 target.port=1",
    "redirdev bus=usb",
    "smartcard mode=passthrough",
    NULL,
};

const char *const character_types[] = {
    "type=null",
    "type=vc",
    "type=pty",
    "type=stdio",
    "type=file source.path=/srv/f",
    "type=pipe source.path=/srv/f",
    "type=dev source.path=/dev/null",
    "type=unix source.path=/srv/s source.mode=bind",
    "type=unix source.path=/srv/s source.mode=connect",
    "type=tcp source.host=h source.service=1 source.mode=bind",
    "type=tcp source.host=h source.service=1 source.mode=connect",
    "type=udp source.host=h source.service=1",
    "type=spicevmc" SPICE,
    "type=spiceport source.channel=org.a" SPICE,
    "type=dbus source.channel=org.a | graphics type=dbus",
    "type=nmdm source.master=/dev/m source.slave=/dev/s",
    "type=qemu-vdagent",
    NULL,
};
