/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on what only devices of some model, machines of some architecture or hosts have, each at
 * both sides of its edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules-support.h"

#define Q35_HEAD          HEAD("qemu", "pc-q35-7.2") "<devices>"
#define PC_HEAD           HEAD("qemu", "pc-i440fx-7.2") "<devices>"
#define NIC(type, inside) "<interface type='" type "'><source bridge='br0'/>" inside "</interface>"
#define PCI(model, inside)                                                                         \
    "<controller type='pci' index='1' model='" model "'>" inside "</controller>"
#define VIDEO(model, attributes, inside)                                                           \
    "<video><model type='" model "'" attributes ">" inside "</model></video>"
#define DISK(target, bus)                                                                          \
    "<disk type='file' device='disk'><source file='/a'/><target dev='" target "' bus='" bus        \
    "'/><acpi index='3'/></disk>"
#define PORT(type, model)                                                                          \
    "<serial type='pty'><target " type "><model name='" model "'/></target></serial>"
#define OTHER(arch, machine) PLAIN_HEAD(arch, machine, "")

#define VHOSTUSER(inside)                                                                          \
    "<interface type='vhostuser'><source type='unix' path='/s' mode='client'/>" inside             \
    "</interface>"
#define VDPA(inside) "<interface type='vdpa'><source dev='/dev/v'/>" inside "</interface>"
#define HOST_CARD(filtering)                                                                       \
    "<hostdev mode='subsystem' type='pci'><source" filtering                                       \
    "><address domain='0' bus='3' slot='0' function='0'/></source></hostdev>"
#define USER(inside) "<interface type='user'>" inside "</interface>"
#define MEDIATED(model, inside)                                                                    \
    "<hostdev mode='subsystem' type='mdev' model='" model                                          \
    "'><source><address uuid='5bfcd486-c5eb-43e4-a5ee-97366690106f'/></source>" inside             \
    "</hostdev>"

static const Edge q35_edges[] = {
    {"device-option", ERROR, "driver.queues",
     "<controller type='scsi' index='0' model='lsilogic'><driver queues='4'/></controller>",
     "<controller type='scsi' index='0' model='virtio-scsi'><driver queues='4'/></controller>"},
    {"device-option", ERROR, "driver.queues",
     "<controller type='ccid' index='0'><driver queues='4'/></controller>",
     "<controller type='ccid' index='0'><driver iommu='on'/></controller>"},
    {"device-option", ERROR, "target.busNr", PCI("pcie-root-port", "<target busNr='3'/>"),
     PCI("pcie-expander-bus", "<target busNr='3'/>")},
    {"device-option", ERROR, "target.chassisNr",
     PCI("pcie-root-port", "<target chassisNr='3' port='0x8'/>"),
     PCI("pcie-root-port", "<target chassis='3' port='0x8'/>")},
    {"device-option", ERROR, "pcihole64", PCI("pcie-root-port", "<pcihole64>1024</pcihole64>"),
     "<controller type='pci' index='0' model='pcie-root'><pcihole64>1024</pcihole64></controller>"},
    {"device-option", ERROR, "input.fixedSettings",
     "<audio id='1' type='none'><input fixedSettings='yes'/></audio>",
     "<audio id='1' type='none'><input mixingEngine='yes' fixedSettings='yes'/></audio>"},
    {"device-option", ERROR, "output.settings",
     "<audio id='1' type='none'><output mixingEngine='yes'><settings channels='2'/></output>"
     "</audio>",
     "<audio id='1' type='none'><output mixingEngine='yes' fixedSettings='yes'><settings "
     "channels='2'/></output></audio>"},
    {"device-option", ERROR, "driver.name",
     "<video><driver name='vhostuser'/><model type='qxl'/></video>",
     "<video><driver name='qemu'/><model type='qxl'/></video>"},
    {"device-option", ERROR, "mtu.size", NIC("user", "<mtu size='1400'/>"),
     NIC("bridge", "<mtu size='1400'/>")},
    {"device-option", ERROR, "port.isolated", NIC("user", "<port isolated='yes'/>"),
     NIC("bridge", "<port isolated='yes'/>")},
    {"device-option", ERROR, "bandwidth.inbound.floor",
     NIC("bridge", "<bandwidth><inbound average='1' floor='1'/></bandwidth>"),
     "<interface type='network'><source network='default'/><bandwidth><inbound average='1' "
     "floor='1'/></bandwidth></interface>"},
    {"device-option", ERROR, "model", "<input type='mouse' bus='usb' model='virtio'/>",
     "<input type='mouse' bus='virtio' model='virtio'/>"},
    {"device-virtio-option", ERROR, "driver.ats", NIC("bridge", "<driver ats='on'/>"),
     NIC("bridge", "<model type='virtio'/><driver ats='on'/>")},
    {"serial-address", ERROR, "address.type",
     "<serial type='pty'><target type='isa-serial'/><address type='usb' bus='0' "
     "port='1'/></serial>",
     "<serial type='pty'><target type='isa-serial'/><address type='isa' iobase='0x3f8'/></serial>"},
    {"serial-address", ERROR, "address.type", "<serial type='pty'><address type='drive'/></serial>",
     "<serial type='pty'><address type='isa'/></serial>"},
    {"interface-floor", ERROR, "bandwidth.outbound.floor",
     NIC("bridge", "<bandwidth><outbound average='1' floor='1'/></bandwidth>"),
     NIC("bridge", "<bandwidth><outbound average='1'/></bandwidth>")},
    {"filesystem-type", ERROR, "type",
     "<filesystem type='block'><source dev='/dev/sda'/><target dir='t'/></filesystem>",
     "<filesystem type='mount'><source dir='/srv'/><target dir='t'/></filesystem>"},
    {"device-source-missing", ERROR, "source.channel", "<serial type='spiceport'/>",
     "<serial type='spiceport'><source channel='org.example'/></serial>"},
    {"device-console-target", ERROR, "target.type",
     "<console type='pty'><target type='sclp'/></console>",
     "<console type='pty'><target type='virtio'/></console>"},
    {"device-console-target", ERROR, "target.type",
     "<console type='pty'><target type='xen'/></console>",
     "<console type='pty'><target type='serial'/></console>"},
    {"device-address-unassigned", ERROR, "address.type",
     NIC("bridge", "<address type='unassigned'/>"),
     "<hostdev mode='subsystem' type='pci'><source><address bus='3' slot='0' function='0'/>"
     "</source><address type='unassigned'/></hostdev>"},
    {"device-address-dimm", WARNING, "address.type",
     "<sound model='ich9'><address type='dimm' slot='1'/></sound>", "<sound model='ich9'/>"},
    {"device-address-mmio", WARNING, "address.type",
     "<rng model='virtio'><backend model='random'/><address type='virtio-mmio'/></rng>",
     "<rng model='virtio'><backend model='random'/></rng>"},
    {"device-source-missing", ERROR, "backend.source.channel",
     "<rng model='virtio'><backend model='egd' type='spiceport'/></rng>",
     "<rng model='virtio'><backend model='egd' type='spiceport'><source channel='a'/></backend>"
     "</rng>"},
    {"device-spice-kind", ERROR, "type", "<graphics type='spice'/><parallel type='spicevmc'/>",
     "<graphics type='spice'/><redirdev bus='usb' type='spicevmc'/>"},
    {"video-secondary", ERROR, "model.type", "<video><model type='qxl'/></video><video/>",
     "<video/><video><model type='qxl'/></video>"},
    {"device-virtio-option", WARNING, "driver.iommu",
     "<input type='tablet' bus='usb'><driver iommu='on'/></input>",
     "<input type='tablet' bus='virtio'><driver iommu='on'/></input>"},
    {"device-acpi-index", ERROR, "acpi.index", DISK("sda", "sata"), DISK("vda", "virtio")},
    {"device-acpi-index", ERROR, "acpi.index",
     "<input type='tablet' bus='usb'><acpi index='3'/></input>",
     "<input type='tablet' bus='virtio'><acpi index='3'/></input>"},
    {"device-acpi-index", ERROR, "acpi.index", "<input type='tablet'><acpi index='3'/></input>",
     "<input type='mouse'><acpi index='3'/></input>"},
    {"device-acpi-index", ERROR, "acpi.index",
     "<serial type='pty'><target type='usb-serial'/><acpi index='3'/></serial>",
     "<serial type='pty'><target type='isa-serial'/><acpi index='3'/></serial>"},
    {"device-acpi-index", ERROR, "acpi.index",
     "<hostdev mode='subsystem' type='pci'><source><address bus='3' slot='0' function='0'/>"
     "</source><acpi index='3'/><address type='unassigned'/></hostdev>",
     "<hostdev mode='subsystem' type='pci'><source><address bus='3' slot='0' function='0'/>"
     "</source><address type='unassigned'/></hostdev>"},
    {"device-acpi-index", ERROR, "acpi.index", "<sound model='usb'><acpi index='3'/></sound>",
     "<sound model='ich9'><acpi index='3'/></sound>"},
    {"device-acpi-index", ERROR, "acpi.index",
     "<controller type='ccid' index='0'><acpi index='3'/></controller>",
     "<controller type='usb' index='0'><acpi index='3'/></controller>"},
    {"device-acpi-index", ERROR, "acpi.index",
     "<smartcard mode='host'><acpi index='3'/></smartcard>", "<smartcard mode='host'/>"},
    {"device-acpi-index", ERROR, "acpi.index",
     "<hostdev mode='subsystem' type='usb'><source><vendor id='1'/><product id='2'/></source>"
     "<acpi index='3'/></hostdev>",
     "<hostdev mode='subsystem' type='pci'><source><address bus='3' slot='0' function='0'/>"
     "</source><acpi index='3'/></hostdev>"},
    {"device-acpi-index", ERROR, "acpi.index",
     "<serial type='pty'><acpi index='3'/><address type='isa' iobase='0x3f8'/></serial>",
     "<serial type='pty'><target type='pci-serial'/><acpi index='3'/><address type='pci' bus='1' "
     "slot='0'/></serial>"},
    {"video-secondary", ERROR, "model.type",
     "<video><model type='qxl' primary='yes'/></video><video><model type='vga'/></video>",
     "<video><model type='qxl'/></video><video><model type='vga' primary='yes'/></video>"},
    {"device-panic-unique", ERROR, "model", "<panic/><panic model='isa'/>",
     "<panic model='hyperv'/><panic model='isa'/>"},
    {"device-foreign", ERROR, "driver.type",
     "<disk type='file'><driver name='qemu' type='iso'/><source file='/a'/><target dev='sda' "
     "bus='sata'/></disk>",
     "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target dev='sda' "
     "bus='sata'/></disk>"},
    {"device-foreign", ERROR, "model", "<sound model='ich7'/>", "<sound model='ich9'/>"},
    {"device-foreign", ERROR, "source.writeFiltering", HOST_CARD(" writeFiltering='no'"),
     HOST_CARD("")},
    {"serial-target-model", ERROR, "target.model", PORT("type='pci-serial'", "isa-serial"),
     PORT("type='pci-serial'", "pci-serial")},
    {"serial-target-model", ERROR, "target.model", PORT("", "usb-serial"), PORT("", "isa-serial")},
    {"serial-target-model", ERROR, "target.model", PORT("type='isa-debug'", "isa-serial"),
     PORT("type='isa-serial'", "elsewhere")},
    {"device-foreign", ERROR, "model", "<memballoon model='xen'/>", "<memballoon model='none'/>"},
    {"interface-virtualport", ERROR, "virtualport.type",
     NIC("bridge", "<virtualport><parameters profileid='a'/></virtualport>"),
     "<interface type='network'><source network='default'/><virtualport><parameters "
     "profileid='a'/></virtualport></interface>"},
    {"interface-virtualport", ERROR, "virtualport.profileid",
     NIC("bridge", "<virtualport type='802.1Qbh'/>"),
     NIC("bridge", "<virtualport type='802.1Qbh'><parameters profileid='a'/></virtualport>")},
    {"interface-virtualport", ERROR, "virtualport.typeid",
     NIC("bridge", "<virtualport type='802.1Qbg'><parameters managerid='1' typeidversion='1'/>"
                   "</virtualport>"),
     NIC("bridge", "<virtualport type='openvswitch'/>")},
    {"video-acceleration", ERROR, "model.acceleration.accel2d",
     VIDEO("virtio", "", "<acceleration accel2d='yes'/>"),
     VIDEO("virtio", "", "<acceleration accel2d='no'/>")},
    {"video-acceleration", ERROR, "model.acceleration.accel3d",
     VIDEO("qxl", "", "<acceleration accel3d='yes'/>"),
     VIDEO("virtio", "", "<acceleration accel3d='yes'/>")},
    {"video-acceleration", ERROR, "model.acceleration.rendernode",
     VIDEO("virtio", "", "<acceleration rendernode='/r'/>"),
     "<video><driver name='vhostuser'/><model type='virtio'><acceleration rendernode='/r'/>"
     "</model></video>"},
    {"video-heads", ERROR, "model.heads", VIDEO("vga", " heads='2'", ""),
     VIDEO("qxl", " heads='2'", "")},
    {"video-memory", ERROR, "model.vgamem", VIDEO("qxl", " vgamem='1000'", ""),
     VIDEO("qxl", " vgamem='1024'", "")},
    {"video-memory", ERROR, "model.vgamem", VIDEO("qxl", " vgamem='3072'", ""),
     VIDEO("vga", " vgamem='3072'", "")},
    {"video-memory", ERROR, "model.vram", VIDEO("vga", " vram='1000'", ""),
     VIDEO("vga", " vram='1024'", "")},
    {"device-address-arch", ERROR, "address.type",
     "<watchdog model='ib700'><address type='pci' slot='9'/></watchdog>",
     "<watchdog model='ib700'/>"},
    {"pci-address-slot", ERROR, "address.slot",
     "<rng model='virtio'><backend model='random'/><address type='pci' bus='2' slot='1'/></rng>",
     PCI("dmi-to-pci-bridge",
         "") "<controller type='pci' index='2' model='pci-bridge'/>"
             "<sound model='ich9'><address type='pci' bus='2' slot='1'/></sound>"},
    {"pci-address-slot", ERROR, "address.slot",
     PCI("pcie-root-port", "") "<sound model='ich9'><address type='pci' bus='1' slot='1'/></sound>",
     PCI("pcie-root-port",
         "") "<sound model='ich9'><address type='pci' bus='1' slot='0' function='1'/></sound>"},
    {"pci-address-slot", ERROR, "address.slot",
     PCI("pcie-root-port", "") "<controller type='pci' index='2' model='pcie-switch-upstream-port'>"
                               "<address type='pci' bus='1' slot='1'/></controller>",
     PCI("pcie-root-port",
         "") "<controller type='pci' index='2' model='pcie-switch-upstream-port'>"
             "<address type='pci' bus='1' slot='0'/></controller>"
             "<controller type='pci' index='3' model='pcie-switch-downstream-port'>"
             "<address type='pci' bus='2' slot='3'/></controller>"},
    {"hostdev-boot", ERROR, "boot.order", MEDIATED("vfio-pci", "<boot order='1'/>"),
     MEDIATED("vfio-pci", "")},
    {"hostdev-mode", ERROR, "mode",
     "<hostdev mode='capabilities' type='misc'><source><char>/dev/x</char></source></hostdev>",
     "<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source>"
     "</hostdev>"},
    {"interface-vhostuser-model", ERROR, "model.type", VHOSTUSER("<model type='e1000'/>"),
     VHOSTUSER("<model type='virtio-transitional'/>")},
    {"interface-vdpa-model", ERROR, "model.type", VDPA("<model type='virtio-transitional'/>"),
     VDPA("<model type='virtio'/>")},
    {"interface-guest-address", ERROR, "ip.1.address",
     "<interface type='bridge'><source bridge='b'/><ip address='10.0.2.0'/></interface>",
     USER("<ip address='10.0.2.0'/><ip family='ipv6' address='fec0::'/>")},
    {"interface-guest-address", ERROR, "ip.2.address",
     USER("<ip address='10.0.2.0'/><ip address='10.0.3.0'/>"), USER("<ip address='10.0.2.0'/>")},
    {"interface-guest-address", ERROR, "ip.1.prefix", USER("<ip address='10.0.2.0' prefix='28'/>"),
     USER("<ip address='10.0.2.0' prefix='27'/>")},
    {"interface-guest-address", ERROR, "ip.1.prefix",
     USER("<ip family='ipv6' address='fec0::' prefix='48'/>"),
     USER("<ip family='ipv6' address='fec0::' prefix='64'/>")},
    {"interface-guest-address", ERROR, "ip.1.peer",
     USER("<ip address='10.0.2.0' peer='10.0.2.1'/>"), USER("<ip address='10.0.2.0'/>")},
    {"interface-guest-address", ERROR, "route.1.address",
     USER("<route address='10.0.0.0' prefix='8' gateway='10.0.2.2'/>"),
     USER("<backend type='passt'/><route gateway='10.0.2.2'/>")},
    {"interface-guest-address", ERROR, "route.1.address",
     USER("<backend type='passt'/><route address='10.0.0.0' prefix='8' gateway='10.0.2.2'/>"),
     USER("<backend type='passt'/><route family='ipv4' gateway='10.0.2.2'/>")},
    {"interface-guest-address", ERROR, "route.2.gateway",
     USER("<backend type='passt'/><route gateway='10.0.2.2'/><route gateway='10.0.2.3'/>"),
     USER("<backend type='passt'/><route gateway='10.0.2.2'/><route family='ipv6' "
          "gateway='fd00::1'/>")},
};

#define REMAPS_OF(processors, features, options)                                                   \
    "<domain type='qemu'><name>t</name><memory>1048576</memory><vcpu>" processors "</vcpu>"        \
    "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><features>" features              \
    "</features><devices><iommu model='intel'><driver " options "/></iommu></devices></domain>"
#define REMAPS(features, options) REMAPS_OF("2", features, options)
#define SPLIT                     "<ioapic driver='qemu'/>"
#define WHOLE                     "<ioapic driver='kvm'/>"

/* What no libvirt sets by itself. */
static const Edge remapping_edges[] = {
    {"iommu-ioapic", ERROR, "driver.intremap", REMAPS(WHOLE, "intremap='on'"),
     REMAPS(SPLIT, "intremap='on'")},
    {"iommu-ioapic", ERROR, "driver.intremap", REMAPS(WHOLE, "intremap='on'"),
     REMAPS(WHOLE, "intremap='off'")},
    {"iommu-eim", ERROR, "driver.eim", REMAPS(SPLIT, "eim='on' intremap='off'"),
     REMAPS(SPLIT, "eim='on' intremap='on'")},
    {"iommu-eim", ERROR, "driver.eim", REMAPS(SPLIT, "eim='on'"), REMAPS(SPLIT, "eim='off'")},
};

/* What libvirt sets since 10.9. */
static const Edge remapping_old_edges[] = {
    {"iommu-ioapic", ERROR, "driver.intremap", REMAPS("", "intremap='on'"),
     REMAPS(SPLIT, "intremap='on'")},
    {"iommu-eim", ERROR, "driver.eim", REMAPS_OF("256", SPLIT, "eim='on'"),
     REMAPS_OF("256", SPLIT, "eim='off'")},
};

static const Edge domain_edges[] = {
    {"cputune-shares", WARNING, "cputune.shares", "<cputune><shares>1</shares></cputune>",
     "<cputune><shares>2</shares></cputune>"},
    {"cputune-shares", WARNING, "cputune.shares", "<cputune><shares>1</shares></cputune>",
     "<cputune><shares>0</shares></cputune>"},
    {"cputune-scheduled", ERROR, "cputune.vcpusched.1.vcpus",
     "<cputune><vcpusched scheduler='batch'/></cputune>",
     "<cputune><vcpusched vcpus='0' scheduler='batch'/></cputune>"},
    {"iothread-pool", ERROR, "defaultiothread.thread_pool_min",
     "<defaultiothread thread_pool_min='3'/>",
     "<defaultiothread thread_pool_min='3' thread_pool_max='3'/>"},
    {"iothread-pool", ERROR, "iothreadids.iothread.2.thread_pool_min",
     "<iothreads>1</iothreads><iothreadids><iothread id='2' thread_pool_min='4' "
     "thread_pool_max='3'/></iothreadids>",
     "<iothreads>1</iothreads><iothreadids><iothread id='2' thread_pool_max='3'/></iothreadids>"},
    {"vcpu-first", ERROR, "vcpus.vcpu",
     "<vcpus><vcpu id='1' enabled='no' hotpluggable='yes'/></vcpus>",
     "<vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/><vcpu id='1' enabled='no' "
     "hotpluggable='yes'/></vcpus>"},
};

static const Edge other_edges[] = {
    {"features-arch", ERROR, "features.pvspinlock",
     OTHER("riscv64", "virt") "<features><pvspinlock state='on'/></features></domain>",
     OTHER("x86_64", "q35") "<features><pvspinlock state='on'/></features></domain>"},
    {"features-arch", ERROR, "features.htm",
     OTHER("s390x", "s390-ccw-virtio") "<features><htm state='on'/></features></domain>",
     OTHER("ppc64", "pseries") "<features><htm state='on'/></features></domain>"},
    {"features-gic", ERROR, "features.gic",
     OTHER("ppc64", "pseries") "<features><gic version='3'/></features></domain>",
     OTHER("aarch64", "virt") "<features><gic version='3'/></features></domain>"},
    {"features-sleep", WARNING, "pm.suspend-to-mem",
     OTHER("ppc64", "pseries") "<pm><suspend-to-mem enabled='no'/></pm></domain>",
     OTHER("x86_64", "q35") "<pm><suspend-to-mem enabled='no'/></pm></domain>"},
    {"device-arch", ERROR, "",
     OTHER("s390x", "s390-ccw-virtio") "<devices><nvram/></devices></domain>",
     OTHER("ppc64", "pseries") "<devices><nvram/></devices></domain>"},
    {"device-arch", ERROR, "model",
     OTHER("riscv64", "virt") "<devices><panic model='hyperv'/></devices></domain>",
     OTHER("x86_64", "q35") "<devices><panic model='hyperv'/></devices></domain>"},
    {"device-arch", ERROR, "model",
     OTHER("ppc64", "pseries") "<devices><iommu model='smmuv3'/></devices></domain>",
     OTHER("aarch64", "virt") "<devices><iommu model='smmuv3'/></devices></domain>"},
    {"device-address-arch", ERROR, "address.type",
     OTHER("riscv64", "virt") "<devices><watchdog model='i6300esb'><address type='isa'/></watchdog>"
                              "</devices></domain>",
     OTHER("riscv64", "virt") "<devices><watchdog model='i6300esb'/></devices></domain>"},
    {"device-address-arch", ERROR, "address.type",
     OTHER("aarch64",
           "virt") "<devices><sound model='ich9'><address type='ccw'/></sound></devices></domain>",
     OTHER("s390x", "s390-ccw-virtio") "<devices><rng model='virtio'><address "
                                       "type='ccw'/></rng></devices></domain>"},
    {"device-panic-unique", ERROR, "model",
     OTHER("s390x", "s390-ccw-virtio") "<devices><panic/><panic model='s390'/></devices></domain>",
     OTHER("s390x", "s390-ccw-virtio") "<devices><panic/></devices></domain>"},
    {"hyperv-arch", ERROR, "hyperv",
     OTHER("riscv64", "virt") "<features><hyperv><vapic state='on'/></hyperv></features></domain>",
     OTHER("aarch64", "virt") "<features><hyperv><vapic state='on'/></hyperv></features></domain>"},
    {"cpu-cache-arch", ERROR, "cpu.cache.mode",
     OTHER("ppc64", "pseries") "<cpu mode='maximum'><cache mode='disable'/></cpu></domain>",
     OTHER("x86_64", "q35") "<cpu mode='maximum'><cache mode='disable'/></cpu></domain>"},
    {"controller-hole", WARNING, "pcihole64",
     OTHER("aarch64",
           "virt") "<devices><controller type='pci' index='0' "
                   "model='pcie-root'><pcihole64>1024</pcihole64></controller></devices></domain>",
     OTHER("x86_64",
           "q35") "<devices><controller type='pci' index='0' "
                  "model='pcie-root'><pcihole64>1024</pcihole64></controller></devices></domain>"},
    {"usb-machine", ERROR, "type",
     OTHER("s390x",
           "s390-ccw-virtio") "<devices><input type='tablet' bus='usb'/></devices></domain>",
     OTHER("s390x",
           "s390-ccw-virtio") "<devices><input type='tablet' bus='virtio'/></devices></domain>"},
    {"usb-machine", ERROR, "type",
     OTHER("s390x", "s390-ccw-virtio") "<devices><redirdev bus='usb' type='tcp'><source host='h' "
                                       "service='1'/></redirdev></devices></domain>",
     OTHER("s390x", "s390-ccw-virtio") "<devices><controller type='usb' index='0' "
                                       "model='qemu-xhci'/><redirdev bus='usb' type='tcp'><source "
                                       "host='h' service='1'/></redirdev></devices></domain>"},
    {"usb-machine", ERROR, "type",
     OTHER("riscv64", "virt") "<devices><input type='mouse'/></devices></domain>",
     OTHER("ppc64", "pseries") "<devices><input type='mouse'/></devices></domain>"},
    {"controller-root-index", ERROR, "index",
     OTHER("aarch64", "virt") "<devices><controller type='pci' index='3' model='pcie-root'/>"
                              "</devices></domain>",
     OTHER("ppc64", "pseries") "<devices><controller type='pci' index='3' model='pci-root'/>"
                               "</devices></domain>"},
};

static void test_models(void **state)
{
    check_edges(q35_edges, G_N_ELEMENTS(q35_edges), Q35_HEAD, TAIL, NULL);
}

static void test_domain(void **state)
{
    check_edges(domain_edges, G_N_ELEMENTS(domain_edges), HEAD("qemu", "pc-q35-7.2"), "</domain>",
                NULL);
}

static void test_architectures(void **state)
{
    check_edges(other_edges, G_N_ELEMENTS(other_edges), "", "", NULL);
}

static void test_remapping(void **state)
{
    const DwHost old = {.libvirt_version = 9000000}, next = {.libvirt_version = 10009000};

    check_edges(remapping_edges, G_N_ELEMENTS(remapping_edges), "", "", NULL);
    check_edges(remapping_edges, G_N_ELEMENTS(remapping_edges), "", "", &next);
    check_edges(remapping_old_edges, G_N_ELEMENTS(remapping_old_edges), "", "", &old);
    for (size_t i = 0; i < G_N_ELEMENTS(remapping_old_edges); i++) {
        Edge unsure = remapping_old_edges[i];
        g_autoptr(GPtrArray) none = problems_of(unsure.bad, &next);

        unsure.severity = WARNING;
        check_edge(&unsure, unsure.bad, unsure.good, NULL);
        assert_null(find_rule(none, unsure.rule));
    }
}

/* libvirt's own parser of 9.0 knows a word of its schema not. */
static void test_release(void **state)
{
    static const char xml[] =
        Q35_HEAD "<interface type='user'><backend type='passt'/></interface>" TAIL;
    const DwHost old = {.libvirt_version = 9000000}, next = {.libvirt_version = 9001000};
    const Edge edge = {"interface-backend", ERROR, "backend.type"};
    g_autoptr(GPtrArray) none = problems_of(xml, &next);

    check_edge(&edge, xml, NULL, &old);
    assert_null(find_rule(none, "interface-backend"));
}

/* ---- What the host has ---- */

#define CELL(id, cpus)                                                                             \
    "<cell id='" id "'><memory unit='KiB'>1048576</memory><cpus num='2'>" cpus "</cpus></cell>"

static const char host_xml[] =
    "<capabilities><host><cpu><arch>x86_64</arch></cpu><topology><cells num='2'>" CELL(
        "0", "<cpu id='0'/><cpu id='1'/>")
        CELL("1", "<cpu id='2'/><cpu id='5'/>") "</cells></topology></host></capabilities>";

#define MODULE(nodes)                                                                              \
    "<devices><memory model='dimm'><source><nodemask>" nodes                                       \
    "</nodemask></source><target><size>4096</size></target></memory></devices>"
static const Edge host_edges[] = {
    {"host-memory", WARNING, "memory", "<memory unit='KiB'>2097153</memory>",
     "<memory unit='KiB'>2097152</memory>"},
    {"host-processors", WARNING, "vcpu.cpuset", "<vcpu cpuset='0-6'>2</vcpu>",
     "<vcpu cpuset='0-5,^9'>2</vcpu>"},
    {"host-processors", WARNING, "cputune.emulatorpin.cpuset",
     "<cputune><emulatorpin cpuset='6'/></cputune>",
     "<cputune><emulatorpin cpuset='5'/></cputune>"},
    {"host-processors", WARNING, "cputune.vcpupin.1.cpuset",
     "<vcpu>2</vcpu><cputune><vcpupin vcpu='1' cpuset='1,99'/></cputune>",
     "<vcpu>2</vcpu><cputune><vcpupin vcpu='1' cpuset='1'/></cputune>"},
    {"host-nodes", WARNING, "numatune.memory.nodeset",
     "<numatune><memory mode='strict' nodeset='2'/></numatune>",
     "<numatune><memory mode='strict' nodeset='1'/></numatune>"},
    {"host-nodes", WARNING, "numatune.memnode.0.nodeset",
     "<numatune><memnode cellid='0' mode='strict' nodeset='0,2'/></numatune>",
     "<numatune><memnode cellid='0' mode='strict' nodeset='0-1'/></numatune>"},
    {"host-nodes", WARNING, "source.nodemask", MODULE("2"), MODULE("0-1")},
};

static void test_host(void **state)
{
    g_autoptr(DwCapabilities) capabilities = dw_capabilities_parse(host_xml, NULL);
    const DwHost host = {.capabilities = capabilities};

    check_edges(host_edges, G_N_ELEMENTS(host_edges), "<domain type='kvm'><name>t</name>",
                "</domain>", &host);
}

/* What is named is listed, and each sort of thing has a warning of its own. */
static void test_references(void **state)
{
    static const char xml[] = Q35_HEAD
        "<interface type='network'><source network='lan'/></interface>"
        "<interface type='bridge'><source bridge='br0'/></interface>"
        "<interface type='direct'><source dev='eth9'/></interface>"
        "<interface type='user'><source dev='eth1'/></interface>"
        "<disk type='volume' device='disk'><source pool='p' volume='v'/><target dev='vda'/></disk>"
        "<disk type='file' device='disk'><source file='/a'/><target dev='vdb'/></disk>" TAIL;
    static const struct {
        const char *rule, *kind, *key, *value;
    } expected[] = {
        {"host-network", "interface", "source.network", "lan"},
        {"host-bridge", "interface", "source.bridge", "br0"},
        {"host-nic", "interface", "source.dev", "eth9"},
        {"host-pool", "disk", "source.pool", "p"},
        {"host-volume", "disk", "source.volume", "v"},
    };
    g_autoptr(DwDocument) document = dw_document_parse(xml, strlen(xml), NULL);
    g_autoptr(GPtrArray) references = dw_references(document);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);

    for (guint i = 0; i < references->len; i++)
        dw_reference_report(references->pdata[i], problems);
    assert_int_equal(problems->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < problems->len; i++) {
        const DwProblem *problem = problems->pdata[i];

        assert_string_equal(problem->rule, expected[i].rule);
        assert_string_equal(problem->kind, expected[i].kind);
        assert_string_equal(problem->key, expected[i].key);
        assert_string_equal(problem->value, expected[i].value);
        assert_int_equal(problem->severity, DW_SEVERITY_WARNING);
        assert_string_not_equal(problem->id, "");
        check_message(problem);
    }
    assert_string_equal(((DwReference *)references->pdata[4])->pool, "p");
    assert_true(dw_references_have(references, references->pdata[2]));
    g_ptr_array_set_size(references, 4);
    char volume[] = "v", pool[] = "p";
    const DwReference gone = {.target = DW_REFERENCE_VOLUME, .value = volume, .pool = pool};
    assert_false(dw_references_have(references, &gone));
}

/* Since 11.1 a card of vhost-user is one of virtio's where nothing is said. */
static void test_default_card(void **state)
{
    static const char xml[] =
        Q35_HEAD "<interface type='vhostuser'><source type='unix' path='/s' mode='client'/>"
                 "<driver packed='on'/></interface>" TAIL;
    const DwHost old = {.libvirt_version = 9000000}, next = {.libvirt_version = 11001000};
    g_autoptr(GPtrArray) refused = problems_of(xml, &old), taken = problems_of(xml, &next);

    assert_non_null(find_rule(refused, "device-virtio-option"));
    assert_null(find_rule(taken, "device-virtio-option"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models),        cmocka_unit_test(test_domain),
        cmocka_unit_test(test_architectures), cmocka_unit_test(test_release),
        cmocka_unit_test(test_host),          cmocka_unit_test(test_references),
        cmocka_unit_test(test_remapping),     cmocka_unit_test(test_default_card),
    };

    dw_end_without_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
