/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules that are not true for every libvirt: what each says of one document to hosts with an old
 * one, with one that is not known, and with a new one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules-support.h"

#define NOTHING ((DwSeverity)-1)

#define GUEST(arch, machine, more, devices)                                                        \
    PLAIN_HEAD(arch, machine, "<maxMemory slots='4' unit='GiB'>8</maxMemory><vcpu>2</vcpu>" more)  \
    "<devices>" devices TAIL
#define Q35(more, devices) GUEST("x86_64", "pc-q35-7.2", more, devices)
#define S390(devices)      GUEST("s390x", "s390-ccw-virtio-7.2", "", devices)
#define NIC(type, inside)  Q35("", "<interface type='" type "'>" inside "</interface>")
#define SOCKET(inside)     "<source type='unix' path='/srv/s' mode='client'/>" inside
#define PASST              "<backend type='passt'/>"
#define DISK(bus, inside)                                                                          \
    Q35("", "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target "        \
            "dev='sda' bus='" bus "'/>" inside "</disk>")
#define TCP(protocol)                                                                              \
    Q35("",                                                                                        \
        "<serial type='tcp'><source mode='bind' host='h' service='1'/><protocol type='" protocol   \
        "'/></serial>")
#define BLOCKS                                                                                     \
    "<memory model='virtio-mem'><target><size unit='KiB'>131072</size><node>0</node><block "       \
    "unit='KiB'>2048</block><requested unit='KiB'>0</requested></target></memory>"

#define NO_USB                 "<controller type='usb' index='0' model='none'/>"
#define NONE                   "<memballoon model='none'/>"
#define VLAN                   "<vlan><tag id='3'/></vlan>"
#define DOG(model, attributes) "<watchdog model='" model "'" attributes "/>"
#define SHARE(driver, inside)                                                                      \
    Q35("", "<filesystem type='mount'><driver type='" driver "'/><source dir='/a'/><target "       \
            "dir='b'/>" inside "</filesystem>")
#define STORE(attributes)                                                                          \
    Q35("", "<disk type='file'><driver name='qemu' type='qcow2'/><source "                         \
            "file='/a'><dataStore" attributes                                                      \
            "><format type='raw'/><source file='/b'/></dataStore></source><target "                \
            "dev='vda' bus='virtio'/></disk>")
#define VDPA(driver)                                                                               \
    Q35("", "<disk type='vhostvdpa'><driver name='qemu' type='raw' " driver "/><source "           \
            "dev='/dev/v'/><target dev='vda' bus='virtio'/></disk>")
#define VHOST(size)                                                                                \
    Q35("", "<disk type='vhostuser' snapshot='no'><driver name='qemu' type='raw'/><source "        \
            "type='unix' path='/s'/><target dev='vda' bus='virtio'/><blockio "                     \
            "discard_granularity='" size "'/></disk>")
#define MAPPED(threads)                                                                            \
    Q35(threads,                                                                                   \
        "<disk type='file'><driver name='qemu' type='raw'><iothreads><iothread id='1'/>"           \
        "</iothreads></driver><source file='/a'/><target dev='vda' bus='virtio'/></disk>")

#define FORWARDED(port)                                                                            \
    NIC("user", PASST "<portForward proto='tcp'><range start='" port "'/></portForward>")
#define BURST(burst)                                                                               \
    NIC("network", "<source network='default'/><bandwidth><inbound average='1' burst='" burst      \
                   "'/></bandwidth>")
#define SHARED(format)                                                                             \
    Q35("", "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'><encryption "     \
            "format='" format "'/></source><target dev='vda' bus='virtio'/><shareable/></disk>")
#define AHEAD(protocol)                                                                            \
    Q35("", "<disk type='network'><driver name='qemu' type='raw'/><source protocol='" protocol     \
            "' name='a'><host name='h'/><readahead size='1'/></source><target dev='vda'/></disk>")
#define NAMED(name, bus)                                                                           \
    Q35("",                                                                                        \
        "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target dev='" name  \
        "' bus='" bus "'/></disk>")
#define FLOPPY "<disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>"
#define FORCED(bus)                                                                                \
    Q35("", "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target "        \
            "dev='sda' bus='" bus "' dpofua='on'/></disk>")
#define LUN(size)                                                                                  \
    Q35("", "<disk type='block' device='lun'><driver name='qemu' type='raw'/><source dev='/a'/>"   \
            "<target dev='sda' bus='scsi'/><blockio logical_block_size='" size "'/></disk>")
#define BOOT(inside)                                                                               \
    "<domain type='qemu'><name>t</name><memory>1048576</memory><os><type arch='x86_64' "           \
    "machine='pc-q35-7.2'>hvm</type>" inside "</os></domain>"
#define HOLE(arch, machine)                                                                        \
    GUEST(arch, machine, "",                                                                       \
          "<controller type='pci' index='0' model='pcie-root'><pcihole64>1024"                     \
          "</pcihole64></controller>")
#define IOMMU(model, options) Q35("", "<iommu model='" model "'><driver " options "/></iommu>")
#define SMMU(options)                                                                              \
    GUEST("aarch64", "virt-7.2", "", "<iommu model='smmuv3'><driver " options "/></iommu>")
#define CARD(driver, device, accelerated)                                                          \
    Q35("", "<video>" driver "<model type='virtio' device='" device                                \
            "'><acceleration accel3d='" accelerated "'/></model></video>")
#define DIMM                                                                                       \
    "<memory model='dimm'><target><size unit='MiB'>512</size><node>0</node></target></memory>"
#define PLACED(slot, base)                                                                         \
    "<memory model='dimm'><target><size unit='MiB'>512</size><node>0</node></target><address "     \
    "type='dimm' slot='" slot "' base='" base "'/></memory>"
#define ARM(machine, devices) GUEST("armv7l", machine, "", devices)
#define UNIT_AT(target)                                                                            \
    "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/><address bus='0' "  \
    "target='0' unit='0'/></source><address type='drive' controller='0' bus='0' target='" target   \
    "' unit='0'/></hostdev>"
#define AT_TARGET(controller)                                                                      \
    "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target dev='sdb' "      \
    "bus='scsi'/><address type='drive' controller='" controller                                    \
    "' bus='0' target='1' unit='0'/></disk>"
#define SERVING(nodes) Q35("", "<input type='tablet' bus='usb'><acpi nodeset='" nodes "'/></input>")
#define MAC(devices)   GUEST("ppc", "mac99", "", devices)
#define M68K(devices)  GUEST("m68k", "virt", "", devices)
#define ROOT(name)     "<controller type='pci' index='0' model='" name "-root'/>"
#define ROOT_PORT(target)                                                                          \
    "<controller type='pci' index='1' model='pcie-root-port'><model "                              \
    "name='pcie-root-port'/>" target "</controller>"
#define AT_SLOT "<rng model='virtio'><backend model='random'/><address type='pci' slot='5'/></rng>"
#define MMIO_DISK                                                                                  \
    "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target dev='vda' "      \
    "bus='virtio'/><address type='virtio-mmio'/></disk>"
#define USB_HOSTDEV                                                                                \
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x2'/></source>"  \
    "</hostdev>"
#define SOUND "<sound model='ac97'/>"
#define RNG   "<rng model='virtio'><backend model='random'/></rng>"
#define XEN_CHANNEL(type)                                                                          \
    Q35("", "<channel type='unix'><target type='" type                                             \
            "' name='a'/><address type='unassigned'/></channel>")
#define USB_NET "<model type='usb-net'/>"
#define GRANULE(attributes)                                                                        \
    Q35("", "<iommu model='virtio'><driver><granule " attributes "/></driver></iommu>")
#define BOOTABLE(inside)                                                                           \
    "<filesystem type='mount'><driver type='virtiofs'/><source dir='/a'/><target dir='b'/><boot "  \
    "order='1'/>" inside "</filesystem>"
#define HYPERV(name)                                                                               \
    Q35("<features><hyperv mode='custom'><" name " state='on'/></hyperv></features>", "")

static const struct {
    const char *rule;
    uint64_t before, after; /* the two versions */
    DwSeverity old, unknown, new;
    const char *document;
} rows[] = {
    {"cputune-shares", 9000000, 9001000, ERROR, WARNING, WARNING,
     Q35("<cputune><shares>1</shares></cputune>", "")},
    {"interface-vhostuser-memory", 11002000, 11003000, WARNING, WARNING, ERROR,
     NIC("vhostuser", SOCKET("<model type='virtio'/>"))},
    {"device-source-missing", 9000000, 12008000, ERROR, ERROR, ERROR, NIC("vhostuser", "")},
    {"device-source-missing", 11000000, 11001000, NOTHING, NOTHING, NOTHING,
     NIC("vhostuser", PASST)},
    {"interface-backend", 11000000, 11001000, ERROR, NOTHING, NOTHING, NIC("vhostuser", PASST)},
    {"interface-backend", 9000000, 12008000, ERROR, ERROR, ERROR, NIC("ethernet", PASST)},
    {"interface-backend", 9000000, 9002000, ERROR, NOTHING, NOTHING, NIC("user", PASST)},
    {"device-arch", 11000000, 11001000, ERROR, NOTHING, NOTHING, S390(BLOCKS)},
    {"disk-inquiry-bus", 11000000, 11001000, ERROR, NOTHING, NOTHING,
     DISK("sata", "<product>x</product>")},
    {"disk-inquiry-bus", 11000000, 11001000, ERROR, ERROR, ERROR,
     DISK("sata", "<vendor>x</vendor>")},
    {"device-pci", 11003000, 12008000, ERROR, WARNING, NOTHING,
     GUEST("x86_64", "microvm", "", NO_USB)},
    {"device-pci", 11003000, 12008000, WARNING, WARNING, ERROR,
     GUEST("x86_64", "microvm", "", NO_USB NONE "<controller type='pci' model='pcie-root'/>")},
    {"device-address-slot", 9000000, 11003000, WARNING, WARNING, WARNING,
     Q35("", "<controller type='usb' index='0' model='none'><address type='dimm'/></controller>")},
    {"interface-vlan", 11003000, 12008000, WARNING, WARNING, ERROR, NIC("user", VLAN)},
    {"interface-vlan", 11003000, 12008000, WARNING, WARNING, ERROR,
     NIC("direct", "<source dev='e' mode='bridge'/>" VLAN)},
    {"interface-vlan", 11003000, 12008000, NOTHING, NOTHING, NOTHING,
     NIC("direct", "<source dev='e' mode='passthrough'/>" VLAN)},
    {"interface-vlan", 10007000, 11000000, WARNING, NOTHING, NOTHING,
     NIC("bridge", "<source bridge='b'/>" VLAN)},
    {"interface-vlan", 9000000, 12008000, NOTHING, NOTHING, NOTHING,
     NIC("bridge", "<source bridge='b'/><virtualport type='openvswitch'/>" VLAN)},
    {"interface-backend", 9000000, 12008000, ERROR, ERROR, ERROR,
     NIC("user", "<backend hostname='h'/>")},
    {"interface-backend", 9002000, 12008000, NOTHING, NOTHING, NOTHING,
     NIC("user", "<backend type='passt' hostname='h'/>")},
    {"interface-guest-address", 9000000, 12008000, ERROR, ERROR, ERROR,
     NIC("ethernet", "<ip address='10.0.0.1'/>")},
    {"interface-guest-address", 9000000, 11003000, WARNING, WARNING, ERROR,
     NIC("vdpa", "<source dev='/dev/v'/><ip address='10.0.0.1'/>")},
    {"interface-guest-address", 9000000, 12008000, NOTHING, NOTHING, NOTHING,
     NIC("user", "<ip address='10.0.0.1'/>")},
    {"disk-queue-size-bus", 11000000, 11003000, WARNING, WARNING, ERROR,
     Q35("", "<disk type='file'><driver name='qemu' type='raw' queue_size='8'/><source file='/a'/>"
             "<target dev='sda' bus='sata'/></disk>")},
    {"cpu-check-model", 9000000, 11003000, ERROR, WARNING, WARNING,
     GUEST("riscv64", "virt", "<cpu check='full'/>", "")},
    {"cpu-check-model", 11003000, 12008000, WARNING, WARNING, ERROR,
     GUEST("aarch64", "virt", "<cpu check='full'/>", "")},
    {"disk-usb-empty", 10005000, 10007000, WARNING, WARNING, ERROR,
     Q35("", "<disk type='file' device='cdrom'><target dev='sda' bus='usb'/></disk>")},
    {"disk-usb-empty", 11003000, 12008000, ERROR, WARNING, NOTHING,
     Q35("", "<disk type='file' device='cdrom'><target dev='sda' bus='usb'/></disk>")},
    {"hyperv-dependency", 11009000, 12000000, ERROR, WARNING, WARNING, HYPERV("synic")},
    {"hyperv-dependency", 11009000, 12008000, ERROR, WARNING, ERROR, HYPERV("tlbflush")},
    {"usb-passed-on", 9000000, 11003000, ERROR, WARNING, ERROR,
     S390("<controller type='usb' index='0' model='qemu-xhci'/><redirdev bus='usb' type='tcp'>"
          "<source mode='connect' host='h' service='1'/></redirdev>")},
    {"seclabel-model", 11003000, 12008000, ERROR, NOTHING, NOTHING,
     Q35("", "</devices><seclabel relabel='yes'/><devices>")},
    {"device-pci", 11003000, 12008000, ERROR, WARNING, ERROR,
     GUEST("x86_64", "microvm", "", NO_USB NONE "<graphics type='vnc'/>")},
    {"device-pci", 11003000, 12008000, ERROR, ERROR, ERROR,
     GUEST("x86_64", "microvm", "", NO_USB NONE "<panic model='pvpanic'/>")},
    {"device-pci", 11003000, 12008000, ERROR, ERROR, ERROR,
     GUEST("x86_64", "microvm", "",
           NO_USB NONE "<crypto model='virtio' type='qemu'><backend "
                       "model='builtin'/></crypto>")},
    {"usb-machine", 11003000, 12008000, NOTHING, NOTHING, ERROR,
     GUEST("x86_64", "microvm", "",
           "<disk type='file'><driver name='qemu' type='raw'/><source "
           "file='/a'/><target dev='sda' bus='usb'/></disk>")},
    {"device-arch", 9000000, 11003000, ERROR, NOTHING, NOTHING,
     GUEST("aarch64", "virt-7.2", "", "<panic/>")},
    {"device-arch", 11003000, 12008000, ERROR, ERROR, ERROR,
     GUEST("riscv64", "virt", "", "<panic/>")},
    {"device-address-arch", 9001000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<panic model='pvpanic'><address type='isa'/></panic>")},
    {"features-arch", 11001000, 12008000, ERROR, ERROR, ERROR,
     Q35("<features><aia>none</aia></features>", "")},
    {"features-arch", 11001000, 12008000, NOTHING, NOTHING, NOTHING,
     GUEST("riscv64", "virt", "<features><aia>none</aia></features>", "")},
    {"features-arch", 11001000, 12008000, ERROR, ERROR, ERROR,
     GUEST("aarch64", "virt-7.2", "<features><aia>none</aia></features>", "")},
    {"controller-hole", 11003000, 12008000, ERROR, WARNING, NOTHING, HOLE("aarch64", "virt-7.2")},
    {"controller-hole", 11003000, 12008000, ERROR, ERROR, ERROR, HOLE("riscv64", "virt")},
    {"device-option", 12001000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<iommu model='amd'><driver accel='off'/></iommu>")},
    {"device-option", 12001000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<iommu model='intel'><driver><granule mode='host'/></driver></iommu>")},
    {"device-option", 12001000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("", "<iommu model='virtio'><driver><granule mode='host'/></driver></iommu>")},
    {"device-option", 9000000, 12008000, ERROR, ERROR, ERROR, IOMMU("virtio", "intremap='on'")},
    {"device-option", 9000000, 12008000, ERROR, ERROR, ERROR, IOMMU("virtio", "iotlb='on'")},
    {"device-option", 9000000, 12008000, ERROR, ERROR, ERROR, IOMMU("virtio", "eim='off'")},
    {"device-option", 9000000, 12008000, ERROR, ERROR, ERROR, IOMMU("virtio", "caching_mode='on'")},
    {"device-option", 9000000, 12008000, NOTHING, NOTHING, NOTHING, IOMMU("intel", "iotlb='on'")},
    {"device-option", 11003000, 12008000, NOTHING, NOTHING, NOTHING, IOMMU("amd", "intremap='on'")},
    {"device-option", 11003000, 12008000, ERROR, ERROR, ERROR, IOMMU("amd", "aw_bits='48'")},
    {"device-option", 9000000, 12008000, ERROR, NOTHING, NOTHING, IOMMU("virtio", "aw_bits='48'")},
    {"device-option", 11003000, 11004000, ERROR, NOTHING, NOTHING, IOMMU("virtio", "aw_bits='48'")},
    {"device-option", 9000000, 12008000, NOTHING, NOTHING, NOTHING, IOMMU("virtio", "aw_bits='0'")},
    {"iommu-address-width", 11004000, 12008000, WARNING, WARNING, ERROR,
     IOMMU("virtio", "aw_bits='31'")},
    {"iommu-address-width", 11004000, 12008000, WARNING, WARNING, ERROR,
     IOMMU("virtio", "aw_bits='65'")},
    {"iommu-address-width", 11004000, 12008000, NOTHING, NOTHING, NOTHING,
     IOMMU("virtio", "aw_bits='32'")},
    {"memory-device-overlap", 9000000, 12008000, WARNING, WARNING, ERROR,
     Q35("", PLACED("0", "0x100000000") PLACED("1", "0x11fffffff"))},
    {"memory-device-overlap", 9000000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("", PLACED("1", "0x120000000") PLACED("0", "0x100000000"))},
    {"device-pci", 9000000, 12008000, ERROR, WARNING, NOTHING, ARM("versatilepb", SOUND)},
    {"device-pci", 9000000, 12008000, NOTHING, NOTHING, NOTHING,
     ARM("versatilepb", SOUND "<controller type='pci' index='0' model='pci-root'/>")},
    {"device-pci", 9000000, 12008000, ERROR, WARNING, NOTHING,
     GUEST("x86_64", "microvm", "",
           "<video><model type='none'/><address type='pci' domain='0' bus='0' slot='0x10' "
           "function='0'/></video>")},
    {"device-pci", 9000000, 12008000, WARNING, WARNING, ERROR, ARM("realview-pb-a8", RNG)},
    {"device-pci", 9000000, 12008000, NOTHING, NOTHING, NOTHING, ARM("vexpress-a9", RNG)},
    {"device-pci", 9000000, 12008000, WARNING, WARNING, ERROR, ARM("vexpress-a9", SOUND)},
    {"device-pci", 9000000, 12008000, NOTHING, NOTHING, NOTHING,
     ARM("realview-pb-a8", "<interface type='user'/>")},
    {"disk-address-drive", 9000000, 12008000, ERROR, NOTHING, NOTHING,
     GUEST("aarch64", "virt-7.2", "", AT_TARGET("0"))},
    {"disk-address-drive", 9000000, 12008000, ERROR, ERROR, ERROR, Q35("", AT_TARGET("0"))},
    {"disk-address-drive", 9000000, 12008000, ERROR, NOTHING, NOTHING,
     Q35("", AT_TARGET("1") "<controller type='scsi' model='virtio-scsi'/>")},
    {"disk-address-drive", 9000000, 12008000, ERROR, NOTHING, NOTHING,
     Q35("", UNIT_AT("5") "<controller type='scsi' model='virtio-scsi'/>")},
    {"disk-address-drive", 9000000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("", UNIT_AT("5") "<controller type='scsi' index='0' model='virtio-scsi'/>")},
    {"device-nodeset", 11008000, 12008000, ERROR, ERROR, ERROR, SERVING("1,^1")},
    {"device-nodeset", 11008000, 12008000, ERROR, ERROR, ERROR, SERVING("65536")},
    {"device-nodeset", 11008000, 12008000, NOTHING, NOTHING, NOTHING, SERVING("0-1")},
    {"device-choice", 9000000, 11003000, ERROR, WARNING, WARNING,
     Q35("", "<input type='tablet'><address type='virtio-mmio'/></input>")},
    {"device-pci", 9000000, 12008000, WARNING, WARNING, ERROR, ARM("raspi2b", RNG)},
    {"device-pci", 9000000, 12008000, WARNING, WARNING, NOTHING, ARM("realview-eb", RNG)},
    {"device-pci", 9000000, 12008000, ERROR, ERROR, ERROR, ARM("vexpress-a9", AT_SLOT)},
    {"device-pci", 9000000, 12008000, WARNING, WARNING, ERROR, ARM("vexpress-a9", ROOT("pci"))},
    {"device-pci", 9000000, 12008000, WARNING, WARNING, ERROR, ARM("vexpress-a9", ROOT("pcie"))},
    {"device-pci", 9000000, 12008000, ERROR, ERROR, ERROR, ARM("vexpress-a9", ROOT("pcie") RNG)},
    {"device-pci", 9000000, 12008000, WARNING, WARNING, ERROR,
     ARM("vexpress-a9", ROOT_PORT("<target chassis='1' port='0x8'/>") ROOT("pcie"))},
    {"device-pci", 9000000, 12008000, ERROR, ERROR, ERROR,
     ARM("vexpress-a9", ROOT_PORT("<target chassis='1'/>") ROOT("pcie"))},
    {"device-pci", 9000000, 12008000, WARNING, WARNING, NOTHING, ARM("realview-eb", ROOT("pcie"))},
    {"device-pci", 9000000, 11003000, WARNING, WARNING, ERROR, ARM("realview-eb", ROOT("pcie"))},
    {"controller-root-machine", 9000000, 12008000, NOTHING, NOTHING, ERROR,
     ARM("realview-eb", ROOT("pcie"))},
    {"controller-root-machine", 9000000, 11003000, NOTHING, NOTHING, ERROR,
     ARM("versatilepb", ROOT("pcie"))},
    {"controller-root-machine", 9000000, 11003000, ERROR, ERROR, ERROR, MAC(ROOT("pcie"))},
    {"controller-root-machine", 9000000, 11003000, NOTHING, NOTHING, NOTHING, MAC(ROOT("pci"))},
    {"disk-address-mmio", 9000000, 12008000, ERROR, ERROR, ERROR, MAC(MMIO_DISK)},
    {"disk-address-mmio", 9000000, 12008000, NOTHING, NOTHING, NOTHING,
     ARM("vexpress-a9", MMIO_DISK)},
    {"device-pci", 9000000, 11003000, ERROR, ERROR, ERROR, M68K(NONE NO_USB RNG)},
    {"device-pci", 9000000, 11003000, NOTHING, NOTHING, NOTHING, M68K(ROOT("pci") RNG)},
    {"device-pci", 9000000, 11003000, ERROR, NOTHING, NOTHING, M68K("")},
    {"device-pci", 9000000, 11003000, NOTHING, NOTHING, NOTHING, M68K(NONE NO_USB)},
    {"controller-root-machine", 9000000, 11003000, NOTHING, NOTHING, NOTHING, M68K(ROOT("pci"))},
    {"device-pci", 9000000, 11003000, ERROR, ERROR, ERROR,
     GUEST("cris", "axis-dev88", "", NONE NO_USB RNG)},
    {"device-pci", 9000000, 11003000, ERROR, NOTHING, NOTHING,
     GUEST("microblaze", "petalogix-ml605", "", "")},
    {"device-pci", 9000000, 11003000, NOTHING, NOTHING, NOTHING,
     GUEST("xtensa", "virt", "", NONE NO_USB)},
    /* What is virtio's has a bus of its own there. */
    {"device-pci", 9000000, 11003000, ERROR, ERROR, ERROR, GUEST("armv6l", "virt", "", SOUND)},
    {"device-pci", 9000000, 11003000, NOTHING, NOTHING, NOTHING, GUEST("armv6l", "virt", "", RNG)},
    {"device-pci", 9000000, 11003000, NOTHING, NOTHING, NOTHING,
     GUEST("armv6l", "virt", "", "<controller type='scsi' index='0' model='lsilogic'/>")},
    {"device-pci", 9000000, 11003000, NOTHING, NOTHING, NOTHING,
     GUEST("armv6l", "virt", "",
           "<disk type='file'><source file='/a'/><target dev='sda' bus='scsi'/></disk>")},
    {"device-pci", 9000000, 11003000, NOTHING, NOTHING, NOTHING, ARM("virt", SOUND)},
    {"device-pci", 9000000, 12008000, NOTHING, NOTHING, NOTHING,
     GUEST("armv6l", "versatilepb", "", SOUND)},
    {"usb-machine", 9000000, 11003000, ERROR, ERROR, NOTHING, ARM("versatilepb", USB_HOSTDEV)},
    {"usb-machine", 9000000, 11003000, ERROR, ERROR, ERROR, ARM("vexpress-a9", USB_HOSTDEV)},
    {"device-address-unassigned", 9000000, 12008000, ERROR, ERROR, ERROR, XEN_CHANNEL("xen")},
    {"device-address-unassigned", 9000000, 12008000, NOTHING, NOTHING, NOTHING,
     XEN_CHANNEL("virtio")},
    {"device-option", 12000000, 12008000, NOTHING, NOTHING, NOTHING,
     IOMMU("virtio", "passthrough='on'")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR, IOMMU("virtio", "ats='on'")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR, IOMMU("intel", "ssidsize='0'")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR, IOMMU("intel", "oas='0'")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR, SMMU("ats='on'")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR, SMMU("ril='off'")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR, SMMU("accel='off' cmdqv='off'")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR, SMMU("oas='0'")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR, SMMU("ssidsize='0'")},
    {"device-option", 12000000, 12008000, NOTHING, NOTHING, NOTHING,
     SMMU("accel='on' ats='on' ril='off' ssidsize='0' oas='0' cmdqv='off'")},
    {"features-arch", 12000000, 12008000, ERROR, ERROR, ERROR,
     Q35("<features><virtualization state='on'/></features>", "")},
    {"features-sleep", 9000000, 11003000, WARNING, WARNING, ERROR,
     GUEST("ppc64", "pseries-7.2", "<pm><suspend-to-mem enabled='no'/></pm>", "")},
    {"device-option", 11005000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<iommu model='intel'><driver passthrough='on'/></iommu>")},
    {"device-option", 11005000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("", "<iommu model='amd'><driver passthrough='on'/></iommu>")},
    {"iommu-granule", 12001000, 12008000, ERROR, ERROR, ERROR, GRANULE("size='4097' unit='b'")},
    {"iommu-granule", 12001000, 12008000, NOTHING, NOTHING, NOTHING, GRANULE("size='64'")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<iommu model='virtio'><driver pciBus='0'/></iommu>")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<video><model type='cirrus' edid='on'/></video>")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<video><model type='qxl' edid='on'/></video>")},
    {"device-option", 12000000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("", "<video><model type='vga' edid='on'/></video>")},
    {"video-device", 12008000, 12009000, ERROR, ERROR, ERROR, CARD("", "virtio-vga-gl", "no")},
    {"video-device", 12008000, 12009000, ERROR, ERROR, ERROR,
     Q35("", "<video><model type='virtio' device='vhost-user-vga'/></video>")},
    {"device-arch", 10006000, 12008000, ERROR, ERROR, ERROR,
     S390("<pstore backend='acpi-erst'><path>/p</path><size>64</size></pstore>")},
    {"device-arch", 10006000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("", "<pstore backend='acpi-erst'><path>/p</path><size>64</size></pstore>")},
    {"video-device", 12008000, 12009000, NOTHING, NOTHING, NOTHING,
     CARD("", "virtio-vga-gl", "yes")},
    {"video-device", 12008000, 12009000, ERROR, ERROR, ERROR, CARD("", "vhost-user-vga", "yes")},
    {"video-device", 12008000, 12009000, ERROR, ERROR, ERROR,
     CARD("<driver name='vhostuser'/>", "virtio-vga", "no")},
    {"video-device", 12008000, 12009000, NOTHING, NOTHING, NOTHING,
     CARD("<driver name='vhostuser'/>", "vhost-user-gpu", "no")},
    {"device-pci", 11003000, 12008000, NOTHING, NOTHING, ERROR,
     GUEST("x86_64", "microvm", "",
           NONE "<controller type='usb' model='qemu-xhci'><address type='isa'/></controller>")},
    {"device-pci", 11003000, 12008000, ERROR, ERROR, ERROR,
     GUEST("x86_64", "microvm", "",
           NO_USB NONE "<controller type='ide' index='0'><address type='isa'/></controller>")},
    {"video-blob", 9002000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<video><model type='virtio' blob='on'/></video>")},
    {"video-blob", 9002000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("<memoryBacking><source type='memfd'/></memoryBacking>",
         "<video><model type='virtio' blob='on'/></video>")},
    {"disk-bus-machine", 11003000, 12008000, WARNING, WARNING, ERROR,
     GUEST("riscv64", "virt", "", FLOPPY)},
    {"disk-bus-machine", 11003000, 12008000, NOTHING, NOTHING, NOTHING, Q35("", FLOPPY)},
    {"disk-dpofua-bus", 12000000, 12008000, ERROR, ERROR, ERROR, FORCED("sata")},
    {"disk-dpofua-bus", 12000000, 12008000, NOTHING, NOTHING, NOTHING, FORCED("scsi")},
    {"disk-lun-blockio", 11003000, 12008000, WARNING, WARNING, ERROR, LUN("512")},
    {"disk-lun-blockio", 11003000, 12008000, NOTHING, NOTHING, NOTHING, LUN("0")},
    {"disk-reservations-source", 12001000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<disk type='block' device='lun'><driver name='qemu' type='raw'/><source dev='/a'>"
             "<reservations migration='yes'/></source><target dev='sda' bus='scsi'/></disk>")},
    {"os-shim", 11002000, 12008000, WARNING, WARNING, ERROR, BOOT("<shim>/s</shim>")},
    {"os-shim", 11002000, 12008000, ERROR, ERROR, ERROR,
     BOOT("<loader>/l</loader><shim>/s</shim>")},
    {"os-shim", 11002000, 12008000, NOTHING, NOTHING, NOTHING,
     BOOT("<kernel>/k</kernel><shim>/s</shim>")},
    {"os-acpi-table", 11002000, 12008000, ERROR, ERROR, ERROR,
     BOOT("<acpi><table type='rawset'>/t</table></acpi>")},
    {"os-acpi-table", 11002000, 12008000, NOTHING, NOTHING, NOTHING,
     BOOT("<acpi><table type='raw'>/t</table></acpi>")},
    {"seclabel-model", 11003000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "</devices><seclabel relabel='yes'/><seclabel relabel='no'/><devices>")},
    {"disk-usb-empty", 10005000, 10007000, NOTHING, NOTHING, NOTHING, DISK("usb", "")},
    {"disk-data-store", 10010000, 12008000, ERROR, ERROR, ERROR, STORE("")},
    {"disk-data-store", 10010000, 12008000, NOTHING, NOTHING, NOTHING, STORE(" type='file'")},
    {"disk-network-removed", 11002000, 11003000, WARNING, WARNING, ERROR,
     Q35("", "<disk type='network'><driver name='qemu' type='raw'/><source protocol='sheepdog' "
             "name='a'/><target dev='vda' bus='virtio'/></disk>")},
    {"disk-vhostuser-memory", 9008000, 12008000, ERROR, ERROR, ERROR, VDPA("cache='none'")},
    {"disk-vhostvdpa-cache", 9008000, 12008000, ERROR, ERROR, ERROR, VDPA("cache='writeback'")},
    {"disk-vhostvdpa-cache", 9008000, 12008000, NOTHING, NOTHING, NOTHING,
     VDPA("cache='directsync'")},
    {"disk-vhostuser-setting", 9000000, 12008000, ERROR, ERROR, ERROR, VHOST("8")},
    {"disk-vhostuser-setting", 11003000, 12008000, NOTHING, NOTHING, ERROR, VHOST("0")},
    {"disk-removable-bus", 9008000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<disk type='block' device='lun'><driver name='qemu' type='raw'/><source dev='/a'/>"
             "<target dev='sda' bus='scsi' removable='on'/></disk>")},
    {"filesystem-virtiofs-readonly", 11003000, 12008000, WARNING, WARNING, ERROR,
     Q35("", "<filesystem type='mount'><driver type='virtiofs'/><source socket='/srv/s'/><target "
             "dir='s'/><readonly/></filesystem>")},
    {"device-single", 11003000, 12008000, ERROR, WARNING, NOTHING,
     Q35("", "<iommu model='virtio'/><iommu model='virtio'/>")},
    {"device-single", 11003000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<memballoon model='virtio'/><memballoon model='virtio'/>")},
    {"device-option", 12000000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("", "<iommu model='virtio'><driver xtsup='on'/></iommu>")},
    {"device-option", 12000000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<iommu model='intel'><driver ril='on'/></iommu>")},
    {"device-pci", 11003000, 12008000, ERROR, ERROR, ERROR,
     GUEST("x86_64", "microvm", "", NO_USB NONE "<memory model='virtio-pmem'/>")},
    {"filesystem-handle", 12000000, 12002000, WARNING, WARNING, ERROR, SHARE("handle", "")},
    {"filesystem-handle", 12000000, 12002000, NOTHING, NOTHING, NOTHING, SHARE("path", "")},
    {"filesystem-space", 9000000, 9008000, WARNING, WARNING, ERROR,
     SHARE("path", "<space_hard_limit>9</space_hard_limit>")},
    {"device-choice", 10002000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<filesystem type='mount' accessmode='mapped'><driver type='mtp'/><source dir='/a'/>"
             "<target dir='b'/></filesystem>")},
    {"shmem-model", 9000000, 9008000, WARNING, WARNING, ERROR, Q35("", "<shmem name='a'/>")},
    {"shmem-model", 9000000, 9008000, NOTHING, NOTHING, NOTHING,
     Q35("", "<shmem name='a'><model type='ivshmem-plain'/></shmem>")},
    {"shmem-size", 10000000, 10005000, WARNING, WARNING, ERROR,
     Q35("", "<shmem name='a'><model type='ivshmem-plain'/><size unit='KiB'>4</size></shmem>")},
    {"watchdog-machine", 9001000, 9003000, NOTHING, WARNING, ERROR, Q35("", DOG("ib700", ""))},
    {"watchdog-machine", 9001000, 9003000, NOTHING, NOTHING, NOTHING,
     GUEST("x86_64", "pc-i440fx-7.2", "", DOG("ib700", ""))},
    {"device-choice", 9001000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<pstore backend='acpi-erst'><path>/p</path><size unit='KiB'>64</size><address "
             "type='isa'/></pstore>")},
    {"device-acpi-index", 9000000, 12008000, ERROR, ERROR, ERROR,
     S390("<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa.1'/><acpi "
          "index='3'/></hostdev>")},
    {"usb-machine", 10002000, 12008000, ERROR, ERROR, ERROR,
     GUEST("aarch64", "virt-7.2", "",
           "<filesystem type='mount'><driver type='mtp'/><source "
           "dir='/a'/><target dir='b'/></filesystem>")},
    {"device-iothread", 10001000, 12008000, ERROR, ERROR, ERROR, MAPPED("")},
    {"device-iothread", 10001000, 12008000, NOTHING, NOTHING, NOTHING,
     MAPPED("<iothreads>1</iothreads>")},
    {"controller-nvme-serial", 11005000, 12008000, ERROR, ERROR, ERROR,
     Q35("", "<controller type='nvme' index='0'/>")},
    {"controller-nvme-serial", 11005000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("", "<controller type='nvme' index='0'><serial>1</serial></controller>")},
    {"device-protocol", 11002000, 11003000, WARNING, WARNING, ERROR, TCP("tls")},
    {"device-protocol", 11002000, 11003000, NOTHING, NOTHING, NOTHING, TCP("telnet")},
    {"features-ps2", 10007000, 12008000, ERROR, ERROR, ERROR,
     Q35("<features><vmport state='on'/><ps2 state='off'/></features>", "")},
    {"features-ps2", 10007000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("<features><vmport state='on'/><ps2 state='on'/></features>", "")},
    {"input-bus", 10007000, 12008000, ERROR, ERROR, ERROR,
     Q35("<features><ps2 state='off'/></features>", "<input type='mouse' bus='ps2'/>")},
    {"input-bus", 10007000, 12008000, NOTHING, NOTHING, NOTHING,
     Q35("<features><ps2 state='off'/></features>", "<input type='mouse' bus='usb'/>")},
    {"os-loader-writable", 11003000, 12008000, WARNING, WARNING, ERROR,
     BOOT("<loader type='rom' readonly='no'>/l</loader>")},
    {"os-loader-writable", 11003000, 12008000, WARNING, WARNING, ERROR,
     BOOT("<loader type='pflash' readonly='no'>/l</loader><nvram/>")},
    {"os-loader-writable", 11003000, 12008000, NOTHING, NOTHING, NOTHING,
     BOOT("<loader type='pflash' readonly='no'>/l</loader>")},
    {"os-loader-format", 11003000, 12008000, WARNING, WARNING, ERROR,
     BOOT("<loader type='rom' format='qcow2'>/l</loader>")},
    {"os-loader-format", 11003000, 12008000, NOTHING, NOTHING, NOTHING,
     BOOT("<loader type='pflash' format='qcow2'>/l</loader>")},
    {"interface-forward-port", 9000000, 11003000, WARNING, WARNING, ERROR, FORWARDED("0")},
    {"interface-forward-port", 9000000, 11003000, NOTHING, NOTHING, NOTHING, FORWARDED("1")},
    {"interface-bandwidth-burst", 9000000, 11003000, WARNING, WARNING, ERROR, BURST("4194304")},
    {"interface-bandwidth-burst", 9000000, 11003000, NOTHING, NOTHING, NOTHING, BURST("4194303")},
    {"iotune-bus", 9000000, 11003000, WARNING, WARNING, ERROR,
     DISK("sd", "<iotune><total_bytes_sec>5</total_bytes_sec></iotune>")},
    {"iotune-bus", 9000000, 11003000, NOTHING, NOTHING, NOTHING,
     DISK("sd", "<iotune><total_bytes_sec>0</total_bytes_sec></iotune>")},
    {"iotune-bus", 9000000, 11003000, NOTHING, NOTHING, NOTHING,
     DISK("sata", "<iotune><total_bytes_sec>5</total_bytes_sec></iotune>")},
    {"disk-shareable-format", 9000000, 11003000, WARNING, WARNING, ERROR, SHARED("luks")},
    {"disk-shareable-format", 9000000, 11003000, NOTHING, NOTHING, NOTHING, SHARED("luks2")},
    {"disk-network-extra", 9000000, 11003000, ERROR, NOTHING, NOTHING, AHEAD("ssh")},
    {"disk-network-extra", 9000000, 11003000, ERROR, ERROR, ERROR, AHEAD("nbd")},
    {"disk-target-name", 11003000, 12008000, ERROR, NOTHING, NOTHING, NAMED("nvme0n1", "sata")},
    {"disk-target-name", 11003000, 12008000, ERROR, ERROR, ERROR, NAMED("nvme0", "sata")},
    {"tpm-version-arch", 9000000, 11003000, WARNING, WARNING, ERROR,
     GUEST("riscv64", "virt", "",
           "<tpm model='tpm-tis'><backend type='emulator' version='1.2'/></tpm>")},
    {"disk-iothread", 10000000, 12008000, ERROR, ERROR, ERROR,
     Q35("<iothreads>1</iothreads>",
         "<disk type='file'><driver name='qemu' type='raw' iothread='1'><iothreads><iothread "
         "id='1'/></iothreads></driver><source file='/a'/><target dev='vda' "
         "bus='virtio'/></disk>")},
    {"os-secure-machine", 9000000, 12008000, ERROR, ERROR, ERROR,
     "<domain type='qemu'><name>t</name><memory>1048576</memory><os><type arch='aarch64' "
     "machine='virt-7.2'>hvm</type><loader type='pflash' readonly='yes' secure='yes'>/l</loader>"
     "</os></domain>"},
    {"os-varstore", 12001000, 12008000, ERROR, ERROR, ERROR,
     BOOT("<loader type='pflash' readonly='yes'>/l</loader><varstore/>")},
    {"os-varstore", 12001000, 12008000, NOTHING, NOTHING, NOTHING,
     BOOT("<loader type='rom'>/l</loader><varstore/>")},
    {"os-loader-stateless", 11003000, 12008000, ERROR, WARNING, WARNING,
     BOOT("<loader type='rom' stateless='no'>/l</loader>")},
    {"memory-maximum-cells", 9005000, 9006000, ERROR, WARNING, NOTHING, Q35("", "")},
    {"memory-maximum-cells", 9005000, 9006000, ERROR, WARNING, NOTHING, S390("")},
    {"memory-maximum-slots", 9005000, 9006000, ERROR, NOTHING, NOTHING,
     PLAIN_HEAD("x86_64", "pc-q35-7.2",
                "<maxMemory slots='0'>4194304</maxMemory>") "<devices>" TAIL},
    {"memory-device-cells", 9005000, 9006000, ERROR, WARNING, NOTHING, Q35("", DIMM)},
    {"numa-memnode-mode", 9003000, 9004000, WARNING, WARNING, ERROR,
     Q35("<cpu><numa><cell id='0' cpus='0-1' memory='1048576'/></numa></cpu><numatune><memnode "
         "cellid='0' mode='restrictive' nodeset='0'/></numatune>",
         "")},
    {"graphics-listen-several", 11003000, 12008000, WARNING, WARNING, ERROR,
     Q35("", "<graphics type='vnc'><listen type='address'/><listen type='socket'/></graphics>")},
    {"interface-vhostuser-model", 11000000, 11001000, ERROR, NOTHING, NOTHING,
     NIC("vhostuser", SOCKET(""))},
    {"interface-vhostuser-model", 11000000, 11001000, ERROR, ERROR, ERROR,
     NIC("vhostuser", SOCKET("<model type='e1000'/>"))},
    {"interface-usb-net", 10003000, 10004000, ERROR, WARNING, NOTHING, NIC("user", USB_NET)},
    {"usb-disabled", 9000000, 12008000, ERROR, ERROR, ERROR,
     Q35("", NO_USB "<interface type='user'>" USB_NET "</interface>")},
    {"device-reconnect-mode", 9000000, 11003000, ERROR, NOTHING, NOTHING,
     Q35("", "<channel type='unix'><source mode='connect' path='/run/domain-t/a'><reconnect "
             "enabled='yes' timeout='1'/></source><target type='virtio' name='a'/></channel>")},
    {"filesystem-boot", 11002000, 11003000, WARNING, WARNING, ERROR, S390(BOOTABLE(""))},
    {"filesystem-boot", 11002000, 11003000, NOTHING, NOTHING, NOTHING,
     S390(BOOTABLE("<address type='pci'/>"))},
    {"filesystem-boot", 11002000, 11003000, WARNING, WARNING, ERROR,
     Q35("", BOOTABLE("<address type='virtio-mmio'/>"))},
};

static void check(const char *document, uint64_t version, const char *rule, DwSeverity severity)
{
    const DwHost host = {.libvirt_version = version};
    g_autoptr(GPtrArray) problems = problems_of(document, &host);
    const DwProblem *found = find_rule(problems, rule);

    if ((found ? found->severity : NOTHING) != severity)
        fail_msg("%s with libvirt %u: %s", rule, (unsigned)version, document);
    if (found)
        check_message(found);
}

static void test_versions(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        check(rows[i].document, rows[i].before, rows[i].rule, rows[i].old);
        check(rows[i].document, 0, rows[i].rule, rows[i].unknown);
        check(rows[i].document, rows[i].after, rows[i].rule, rows[i].new);
    }
}

/* Between them nobody knows: it is a warning. */
static void test_address_bits(void **state)
{
    static const char xml[] = GUEST("x86_64", "pc-q35-7.2",
                                    "<cpu mode='maximum'><maxphysaddr mode='emulate'/></cpu>", "");

    check(xml, 9000000, "cpu-address-bits", ERROR);
    check(xml, 9001000, "cpu-address-bits", WARNING);
    check(xml, 9008000, "cpu-address-bits", NOTHING);
    check(xml, 0, "cpu-address-bits", NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_address_bits),
    };

    dw_end_without_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
