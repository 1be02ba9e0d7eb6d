/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on words that only some devices of a kind take, and on what two of them cannot share, each
 * at both sides of its edge; tried with libvirt's QEMU driver. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules-support.h"

#define OTHER(arch, machine, more) PLAIN_HEAD(arch, machine, more) "<devices>"
#define Q35                        HEAD("qemu", "pc-q35-7.2") "<devices>"
#define PC                         HEAD("qemu", "pc-i440fx-7.2") "<devices>"
#define PSERIES                    OTHER("ppc64", "pseries-7.2", "")
#define S390                       OTHER("s390x", "s390-ccw-virtio-7.2", "")
#define RISCV                      OTHER("riscv64", "virt", "")
#define AT(type)                   "<address type='" type "'/>"
#define USB(inside)                                                                                \
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product "                     \
    "id='0x2'/></source>" inside "</hostdev>"
#define USB_AT(device)                                                                             \
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product "                     \
    "id='0x2'/><address bus='1' device='" device "'/></source></hostdev>"
#define PCI(inside)                                                                                \
    "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='3' slot='0' "           \
    "function='0'/></source>" inside "</hostdev>"
#define SCSI(attributes, inside)                                                                   \
    "<hostdev mode='subsystem' type='scsi'" attributes "><source><adapter name='scsi_host0'/>"     \
    "<address bus='0' target='0' unit='0'/></source>" inside "</hostdev>"
#define ISCSI(name)                                                                                \
    "<hostdev mode='subsystem' type='scsi'><source protocol='iscsi' name='" name                   \
    "'><host name='h' port='3260'/></source></hostdev>"
#define PORT(id)                                                                                   \
    "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa." id            \
    "'/></hostdev>"
#define MDEV(inside)                                                                               \
    "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address "                     \
    "uuid='11111111-2222-3333-4444-555555555555'/></source>" inside "</hostdev>"
#define CARD(bus)                                                                                  \
    "<interface type='hostdev'><source><address type='pci' domain='0' bus='" bus                   \
    "' slot='0' function='0'/></source></interface>"
#define SHARE(attributes, inside)                                                                  \
    "<filesystem type='mount'" attributes "><source dir='/srv'/><target dir='s'/>" inside          \
    "</filesystem>"
#define EGD(type, source)                                                                          \
    "<rng model='virtio'><backend model='egd' type='" type "'><source mode='connect' " source      \
    "/></backend></rng>"
#define FORWARD(type, source, inside)                                                              \
    "<channel type='" type "'>" source                                                             \
    "<target type='guestfwd' address='10.0.2.1' port='1'/>" inside "</channel>"
#define SHMEM(model, inside) "<shmem name='a'><model type='" model "'/>" inside "</shmem>"
#define SERVER               "<server path='/srv/s'/>"
#define SIZE                 "<size unit='M'>4</size>"
#define NIC(type, inside)    "<interface type='" type "'>" inside "</interface>"
#define USER(inside)         NIC("user", "<model type='virtio'/>" inside)
#define FILTER               "<redirfilter><usbdev allow='yes'/></redirfilter>"
#define NONE                 "<controller type='usb' index='0' model='none'/>"
#define SERIAL(type, target, source)                                                               \
    "<serial type='" type "'>" source "<target type='" target "' port='0'/></serial>"
#define SPICE "<graphics type='spice'/>"
#define ON_BUS(model, bus)                                                                         \
    "<controller type='pci' index='1' model='pcie-root-port'/>"                                    \
    "<controller type='pci' index='2' model='" model "'><address type='pci' domain='0' bus='" bus  \
    "' slot='5' function='0'/></controller>"
#define CCW(devno)                                                                                 \
    "<rng model='virtio'><backend model='random'>/dev/urandom</backend><address type='ccw' "       \
    "cssid='0xfe' ssid='0x0' devno='" devno "'/></rng>"
#define REG(reg)                                                                                   \
    "<serial type='pty'><target type='spapr-vio-serial'/><address type='spapr-vio' reg='" reg      \
    "'/></serial>"
#define ISA(port)     "<serial type='pty'><target type='isa-serial' port='" port "'/></serial>"
#define AGENT(source) "<channel type='unix'>" source "<target type='virtio' name='a.b'/></channel>"
#define TPM(model, inside)                                                                         \
    "<tpm model='" model                                                                           \
    "'><backend type='passthrough'><device path='/dev/tpm0'/></backend>" inside "</tpm>"
#define PROXY TPM("spapr-tpm-proxy", "")
#define DIMM(model, inside)                                                                        \
    "<memory model='" model "'>" inside "<target><size unit='KiB'>524288</size></target></memory>"

#define THREADS "<driver><iothreads><iothread id='1'/></iothreads></driver>"
#define GAP(index)                                                                                 \
    "<controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' "             \
    "index='" index "' model='pcie-root-port'/>"
#define UNNUMBERED "<controller type='pci' model='pcie-root-port'/>"
#define CONVENTIONAL(bus)                                                                          \
    "<interface type='user'><model type='e1000'/><address type='pci' domain='0' bus='" bus         \
    "' slot='1' function='0'/></interface>"
#define CELL "<cpu><numa><cell id='0' cpus='0' memory='2097152' unit='KiB'/></numa></cpu>"
#define CELLED(arch, machine, devices)                                                             \
    "<domain type='qemu'><name>t</name><maxMemory slots='4' unit='GiB'>8</maxMemory>"              \
    "<memory>1048576</memory><os><type arch='" arch "' machine='" machine "'>hvm</type></os>" CELL \
    "<devices>" devices "</devices></domain>"
#define BLOCKS(kib)                                                                                \
    "<memory model='virtio-mem'><target><size unit='KiB'>131072</size><node>0</node><block "       \
    "unit='KiB'>" kib "</block><requested unit='KiB'>0</requested></target></memory>"
#define ROOM(kib, cpu) ROOM_ON("aarch64", "virt-7.2", kib, cpu)
#define ROOM_ON(arch, machine, kib, cpu)                                                           \
    "<domain type='qemu'><name>t</name><maxMemory slots='4' unit='KiB'>" kib                       \
    "</maxMemory><memory unit='MiB'>8</memory><os><type arch='" arch "' machine='" machine         \
    "'>hvm</type></os>" cpu "</domain>"

#define CONTROLLER(model) "<controller type='scsi' index='0' model='" model "'/>"

static const Edge device_edges[] = {
    {"controller-scsi-model", ERROR, "model", CONTROLLER("buslogic"), CONTROLLER("vmpvscsi")},
    {"controller-scsi-model", ERROR, "model", CONTROLLER("ncr53c90"), CONTROLLER("am53c974")},
    {"device-choice", ERROR, "address.type",
     SPICE "<smartcard mode='host'>" AT("pci") "</smartcard>",
     SPICE "<smartcard mode='host'><address type='ccid' controller='0' slot='0'/></smartcard>"},
    {"device-choice", ERROR, "address.type",
     "<redirdev bus='usb' type='pty'>" AT("pci") "</redirdev>",
     "<redirdev bus='usb' type='pty'><address type='usb' bus='0' port='1'/></redirdev>"},
    {"device-choice", ERROR, "address.type", "<input type='tablet' bus='usb'>" AT("pci") "</input>",
     "<input type='tablet' bus='virtio'>" AT("pci") "</input>"},
    {"device-choice", WARNING, "address.type", "<input type='tablet'>" AT("virtio-mmio") "</input>",
     "<input type='mouse'>" AT("virtio-mmio") "</input>"},
    {"device-choice", ERROR, "address.type", USB(AT("pci")), USB(AT("usb"))},
    {"device-choice", ERROR, "address.type", PCI(AT("usb")), PCI(AT("unassigned"))},
    {"device-choice", ERROR, "address.type", SCSI("", AT("isa")), SCSI("", AT("drive"))},
    {"device-choice", ERROR, "address.type", MDEV(AT("unassigned")), MDEV(AT("pci"))},
    {"device-choice", ERROR, "sgio", SCSI(" sgio='unfiltered'", ""), SCSI(" sgio='filtered'", "")},
    {"device-choice", ERROR, "teaming.type", PCI("<teaming type='persistent'/>"),
     PCI("<teaming type='transient' persistent='ua-a'/>")},
    {"device-source-missing", ERROR, "teaming.persistent", PCI("<teaming type='transient'/>"),
     PCI("<teaming type='transient' persistent='ua-a'/>")},
    {"device-choice", ERROR, "driver.name", USER("<driver name='vfio'/>"),
     USER("<driver name='vhost'/>")},
    {"device-choice", ERROR, "accessmode", SHARE(" accessmode='mapped'", "<driver type='handle'/>"),
     SHARE(" accessmode='passthrough'", "<driver type='handle'/>")},
    {"device-foreign", ERROR, "driver.type", SHARE("", "<driver type='loop'/>"),
     SHARE("", "<driver type='path'/>")},
    {"device-choice", ERROR, "accessmode",
     SHARE(" accessmode='squash'", "<driver type='virtiofs'/>"),
     "<filesystem type='mount' accessmode='squash'><driver type='virtiofs'/><source "
     "socket='/srv/s'/><target dir='s'/></filesystem>"},
    {"device-choice", ERROR, "multidevs", SHARE(" multidevs='remap'", "<driver type='virtiofs'/>"),
     SHARE(" multidevs='remap'", "<driver type='path'/>")},
    {"filesystem-virtiofs-readonly", ERROR, "readonly",
     SHARE("", "<driver type='virtiofs'/><readonly/>"), NULL},
    {"device-reconnect-mode", ERROR, "source.reconnect.enabled",
     AGENT("<source><reconnect enabled='no'/></source>"),
     AGENT("<source path='/srv/s'><reconnect enabled='no'/></source>")},
    {"device-choice", ERROR, "address.type",
     NIC("hostdev", "<source>" AT("pci") "</source>" AT("drive")), CARD("3")},
    {"device-virtio-option", ERROR, "driver.packed", NIC("user", "<driver packed='on'/>"),
     NIC("vdpa", "<source dev='/dev/vhost-vdpa-0'/><driver packed='on'/>")},
    {"device-option", ERROR, "teaming.type", NIC("user", "<teaming type='persistent'/>"),
     NIC("vdpa", "<source dev='/dev/vhost-vdpa-0'/><teaming type='persistent'/>")},
    {"device-source-missing", ERROR, "backend.source.host", EGD("tcp", "service='1'"),
     EGD("tcp", "service='1' host='h'")},
    {"device-source-missing", ERROR, "backend.source.service", EGD("tcp", "host='h'"),
     EGD("tcp", "service='1' host='h'")},
    {"device-spice-graphics", ERROR, "backend.type", EGD("spicevmc", ""),
     SPICE EGD("spicevmc", "")},
    {"channel-spice-graphics", ERROR, "type", FORWARD("spiceport", "<source channel='a.b'/>", ""),
     SPICE FORWARD("spiceport", "<source channel='a.b'/>", "")},
    {"device-source-missing", ERROR, "source.path", FORWARD("unix", "<source mode='bind'/>", ""),
     AGENT("") FORWARD("unix", "<source mode='bind' path='/srv/s'/>", "")},
    {"device-address-arch", ERROR, "address.type", FORWARD("pty", "", AT("ccw")),
     "<channel type='pty'><target type='virtio' name='a.b'/>" AT("ccw") "</channel>"},
    {"device-address-unassigned", ERROR, "address.type", FORWARD("pty", "", AT("unassigned")),
     "<memballoon model='none'>" AT("unassigned") "</memballoon>"},
    {"device-address-slot", ERROR, "address.slot", "<sound model='ich9'>" AT("dimm") "</sound>",
     "<memballoon model='none'>" AT("dimm") "</memballoon>"},
    {"device-address-dimm", WARNING, "address.type",
     "<sound model='ich9'><address type='dimm' slot='0'/></sound>",
     "<memballoon model='none'>" AT("dimm") "</memballoon>"},
    {"device-acpi-index", ERROR, "acpi.index",
     "<smartcard mode='host'><acpi index='3'/></smartcard>",
     "<memballoon model='none'>" AT("drive") "<acpi index='3'/></memballoon>"},
    {"alias-unique", ERROR, "alias",
     "<sound model='ich9'><alias name='ua-a'/></sound><memballoon model='virtio'><alias "
     "name='ua-a'/></memballoon>",
     "<sound model='ich9'><alias name='ua-a'/></sound><memballoon model='none'><alias "
     "name='ua-a'/></memballoon>"},
    {"video-acceleration", ERROR, "model.acceleration.accel2d",
     "<video><model type='vga'><acceleration accel2d='yes'/></model></video>",
     "<video><model type='none'><acceleration accel2d='yes' accel3d='yes'/></model></video>"},
    {"device-option", ERROR, "coalesce.rx.frames.max",
     USER("<coalesce><rx><frames max='7'/></rx></coalesce>"),
     NIC("bridge", "<source bridge='b'/><coalesce><rx><frames max='7'/></rx></coalesce>")},
    {"device-option", ERROR, "teaming.type", USER("<teaming type='transient' persistent='ua-a'/>"),
     USER("<teaming type='persistent'/>")},
    {"filesystem-modes", ERROR, "fmode", SHARE(" fmode='0600'", ""),
     SHARE(" accessmode='mapped' fmode='0600'", "")},
    {"filesystem-modes", ERROR, "dmode", SHARE(" accessmode='squash' dmode='0700'", ""),
     SHARE(" dmode='0000'", "")},
    {"shmem-name", ERROR, "name", "<shmem name='.'><model type='ivshmem-plain'/></shmem>",
     "<shmem name='.a'><model type='ivshmem-plain'/></shmem>"},
    {"shmem-name", ERROR, "name", "<shmem name='..'><model type='ivshmem-plain'/></shmem>",
     "<shmem name='...'><model type='ivshmem-plain'/></shmem>"},
    {"shmem-server", ERROR, "model.type", SHMEM("ivshmem-doorbell", ""),
     SHMEM("ivshmem-doorbell", SERVER)},
    {"shmem-server", ERROR, "model.type", SHMEM("ivshmem-plain", SERVER),
     SHMEM("ivshmem-plain", SIZE)},
    {"shmem-server", ERROR, "size", SHMEM("ivshmem-doorbell", SERVER SIZE),
     SHMEM("ivshmem-doorbell", SERVER)},
    {"hostdev-unique", ERROR, "source.address", ISCSI("iqn.a:b/1") ISCSI("iqn.a:b/1"),
     ISCSI("iqn.a:b/1") ISCSI("iqn.a:b/2")},
    {"hostdev-unique", ERROR, "source.address", PORT("5123456789abcde0") PORT("5123456789abcde0"),
     PORT("5123456789abcde0") PORT("5123456789abcde1")},
    {"hostdev-unique", ERROR, "source.address", CARD("4") CARD("4"), CARD("4") CARD("5")},
    {"hostdev-unique", ERROR, "source.address", USB("") USB(""), USB("")},
    {"hostdev-unique", ERROR, "source.address", USB("") USB_AT("4"), USB_AT("4") USB("")},
    {"hostdev-unique", ERROR, "source.address", USB_AT("4") USB_AT("4"), USB_AT("4") USB_AT("5")},
    {"hostdev-unique", ERROR, "source.address", PCI("") CARD("3"), PCI("") CARD("4")},
    {"device-single", ERROR, "", FILTER FILTER, FILTER},
    {"tpm-version-model", ERROR, "backend.version",
     "<tpm model='tpm-crb'><backend type='emulator' version='1.2'/></tpm>",
     "<tpm model='tpm-tis'><backend type='emulator' version='1.2'/></tpm>"},
#define USB_PLACE "<address type='usb' bus='0' port='1'/>"
    /* The console is the serial port once more. */
    {"usb-address-unique", ERROR, "address.port",
     "<serial type='pty'><target type='usb-serial'/>" USB_PLACE
     "</serial><hub type='usb'>" USB_PLACE "</hub>",
     "<serial type='pty'><target type='usb-serial'/>" USB_PLACE "</serial><console type='pty'>"
     "<target type='serial'/>" USB_PLACE "</console>"},
    {"usb-disabled", ERROR, "model", NONE NONE, NONE},
    {"usb-disabled", ERROR, "type", NONE SERIAL("pty", "usb-serial", ""),
     NONE SERIAL("pty", "isa-serial", "")},
    {"device-reconnect-timeout", ERROR, "source.reconnect.enabled",
     NIC("vhostuser",
         "<source type='unix' path='/s' mode='client'><reconnect enabled='yes'/></source>"),
     NIC("vhostuser", "<source type='unix' path='/s' mode='client'><reconnect enabled='yes' "
                      "timeout='10'/></source>")},
    {"device-spice-kind", ERROR, "type", SPICE SERIAL("spicevmc", "isa-serial", ""),
     SPICE SERIAL("spicevmc", "usb-serial", "")},
    {"device-spice-graphics", ERROR, "type",
     SERIAL("spiceport", "isa-serial", "<source channel='org.a'/>"),
     SPICE SERIAL("spiceport", "isa-serial", "<source channel='org.a'/>")},
    {"pci-address-root", ERROR, "address.bus", ON_BUS("pcie-expander-bus", "1"),
     ON_BUS("pcie-expander-bus", "0")},
    {"pci-address-root", ERROR, "address.bus",
     "<iommu model='virtio'><address type='pci' domain='0' bus='1' slot='0' function='0'/></iommu>",
     "<iommu model='virtio'><address type='pci' domain='0' bus='0' slot='5' "
     "function='0'/></iommu>"},
    {"device-address-arch", ERROR, "address.type",
     "<sound model='ich9'><address type='ccw'/></sound>",
     "<video><model type='none'/><address type='ccw'/></video>"},
    {"serial-ports", ERROR, "target.type",
     ISA("0") ISA("1") ISA("2") ISA("3") "<serial type='pty'><target type='isa-serial'/></serial>",
     ISA("0") ISA("1") ISA("2") ISA("3") "<serial type='pty'><target type='usb-serial'/></serial>"},
    {"serial-ports", DW_SEVERITY_WARNING, "target.type",
     ISA("0") ISA("1") ISA("2") ISA("3") "<serial type='pty'/>",
     ISA("0") ISA("1") ISA("2") "<serial type='pty'/>"},
    {"serial-ports", ERROR, "target.type", ISA("4"), ISA("3")},
    {"device-reconnect-mode", ERROR, "source.reconnect.enabled",
     AGENT("<source><reconnect enabled='yes' timeout='1'/></source>"),
     AGENT("<source path='/s'><reconnect enabled='yes' timeout='1'/></source>")},
    {"audio-reference", WARNING, "audio.id", "<graphics type='dbus'><audio id='2'/></graphics>",
     NULL},
    {"audio-reference", ERROR, "audio.id", "<graphics type='vnc'><audio id='2'/></graphics>", NULL},
    {"video-heads", ERROR, "model.heads", "<video><model type='vga' heads='2'/></video>",
     "<video><model type='none' heads='2'/></video>"},
    {"device-option", ERROR, "driver.name",
     "<video><driver name='vhostuser'/><model type='vga'/></video>",
     "<video><driver name='vhostuser'/><model type='none'/></video>"},
    {"device-address-arch", ERROR, "address.type",
     "<controller type='usb' index='0' model='qemu-xhci'><address type='ccw'/></controller>", NULL},
    {"device-address-arch", ERROR, "address.type",
     "<controller type='usb' index='0' model='piix3-uhci'><address type='ccw'/></controller>",
     NULL},
    {"pci-address-slot", ERROR, "address.slot",
     "<sound model='ich6'><address type='pci' domain='0' bus='3' slot='0' function='0'/></sound>",
     "<sound model='ich6'><address type='pci' domain='0' bus='3' slot='1' function='0'/></sound>"},
    {"pci-address-slot", ERROR, "address.slot",
     "<rng model='virtio'><backend model='random'>/dev/random</backend><address type='pci' "
     "domain='0' bus='3' slot='1' function='0'/></rng>",
     "<rng model='virtio'><backend model='random'>/dev/random</backend><address type='pci' "
     "domain='0' bus='3' slot='0' function='0'/></rng>"},
#define AT_BUS(slot) "<address type='pci' domain='0' bus='3' slot='" slot "' function='0'/>"
    {"pci-address-slot", ERROR, "address.slot",
     "<rng model='virtio-transitional'><backend model='random'>/dev/random</backend>" AT_BUS(
         "0") "</rng>",
     "<rng model='virtio-non-transitional'><backend model='random'>/dev/random</backend>" AT_BUS(
         "0") "</rng>"},
    {"pci-address-slot", ERROR, "address.slot",
     "<interface type='user'><model type='vmxnet3'/>" AT_BUS("0") "</interface>",
     "<interface type='user'><model type='e1000e'/>" AT_BUS("0") "</interface>"},
    {"pci-address-slot", ERROR, "address.slot",
     "<controller type='usb' index='1' model='ich9-ehci1'>" AT_BUS("0") "</controller>",
     "<controller type='usb' index='1' model='qemu-xhci'>" AT_BUS("0") "</controller>"},
    {"pci-address-slot", ERROR, "address.slot", "<video><model type='vga'/>" AT_BUS("0") "</video>",
     "<video><model type='bochs'/>" AT_BUS("0") "</video>"},
    {"disk-dir-format", ERROR, "driver.type",
     "<disk type='dir' device='cdrom'><driver type='fat'/><target dev='sda' bus='sata'/></disk>",
     "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>"},
    {"memory-device-maximum", ERROR, "model", DIMM("sgx-epc", ""), NULL},
    {"device-choice", ERROR, "access",
     "<memory model='virtio-pmem' access='private'><source><path>/n</path></source><target><size "
     "unit='KiB'>65536</size></target></memory>",
     "<memory model='dimm' access='private'><target><size "
     "unit='KiB'>65536</size></target></memory>"},
    {"controller-bridge", ERROR, "model", "<controller type='pci' index='1' model='pci-bridge'/>",
     "<controller type='pci' index='1' model='pcie-to-pci-bridge'/>"
     "<controller type='pci' index='2' model='pci-bridge'/>"},
    {"device-acpi-index", ERROR, "acpi.index",
     "<memory model='dimm'><target><size unit='KiB'>65536</size></target><acpi "
     "index='3'/></memory>",
     "<memory model='virtio-pmem'><target><size unit='KiB'>65536</size></target><acpi index='3'/>"
     "</memory>"},
    {"memory-device-uuid", ERROR, "uuid",
     DIMM("nvdimm", "<uuid>11111111-2222-3333-4444-555555555555</uuid><source><path>/n</path>"
                    "</source>"),
     DIMM("nvdimm", "<source><path>/n</path></source>")},
    {"disk-vhostuser-setting", ERROR, "iotune",
     "<disk type='vhostuser'><source type='unix' path='/s'/><target dev='vda' bus='virtio'/>"
     "<iotune><read_iops_sec>1</read_iops_sec></iotune></disk>",
     "<disk type='vhostuser'><source type='unix' path='/s'/><target dev='vda' bus='virtio'/>"
     "<iotune><read_iops_sec>0</read_iops_sec></iotune></disk>"},
    {"disk-dir-format", ERROR, "backing.1.format",
     "<disk type='file'><driver type='qcow2'/><source file='/a'/><backingStore type='dir'><format "
     "type='raw'/><source dir='/srv'/></backingStore><target dev='vda' bus='virtio'/></disk>",
     "<disk type='file'><driver type='qcow2'/><source file='/a'/><backingStore type='dir'><format "
     "type='fat'/><source dir='/srv'/></backingStore><target dev='vda' bus='virtio'/></disk>"},
};

static const Edge machine_edges[] = {
    {"device-option", ERROR, "teaming.type",
     OTHER("aarch64", "virt", "")
         NIC("hostdev", "<source>" AT("pci") "</source><teaming type='persistent'/>") TAIL,
     OTHER("aarch64", "virt", "") NIC("user", "<teaming type='persistent'/>") TAIL},
    {"device-address-unique", ERROR, "address.type", S390 CCW("0x0001") CCW("0x0001") TAIL,
     S390 CCW("0x0001") CCW("0x0002") TAIL},
    {"device-address-unique", ERROR, "address.type", PSERIES REG("0x4000") REG("0x4000") TAIL,
     PSERIES REG("0x4000") REG("0x5000") TAIL},
    {"device-arch", ERROR, "model",
     S390
     "<memory model='virtio-pmem'><target><size unit='KiB'>65536</size></target></memory>" TAIL,
     Q35 "<memory model='virtio-mem'><target><size unit='KiB'>65536</size></target></memory>" TAIL},
    {"controller-root-machine", ERROR, "model",
     PSERIES "<controller type='pci' index='0' model='pcie-root'/>" TAIL,
     RISCV "<controller type='pci' index='0' model='pcie-root'/>" TAIL},
    {"controller-target-index", ERROR, "target.index",
     OTHER("x86_64", "microvm", "") "<controller type='pci' index='0' model='pci-root'><target "
                                    "index='0'/></controller>" TAIL,
     PSERIES
     "<controller type='pci' index='0' model='pci-root'><target index='0'/></controller>" TAIL},
    {"controller-target-index", ERROR, "target.index",
     S390 "<controller type='pci' index='0' model='pci-root'><target index='0'/></controller>" TAIL,
     S390 "<controller type='pci' index='0' model='pci-root'/>" TAIL},
    {"device-address-arch", WARNING, "address.type",
     Q35 "<controller type='sata' index='0'><address type='ccw'/></controller>" TAIL, NULL},
    {"device-address-arch", ERROR, "address.type",
     PC "<controller type='sata' index='0'><address type='ccw'/></controller>" TAIL, NULL},
    {"device-address-arch", WARNING, "address.type",
     PC "<controller type='ide' index='0'><address type='ccw'/></controller>" TAIL, NULL},
    {"device-address-arch", WARNING, "address.type",
     PC
     "<controller type='usb' index='0' model='piix3-uhci'><address type='ccw'/></controller>" TAIL,
     NULL},
    {"device-address-arch", ERROR, "address.type",
     PC
     "<controller type='usb' index='1' model='piix3-uhci'><address type='ccw'/></controller>" TAIL,
     NULL},
    {"device-address-unassigned", WARNING, "address.type",
     PC "<controller type='usb' index='0'><address type='unassigned'/></controller>" TAIL, NULL},
    {"device-address-unassigned", WARNING, "address.type",
     PSERIES TPM("tpm-spapr", AT("unassigned")) TAIL, NULL},
    {"device-address-unassigned", ERROR, "address.type",
     PSERIES TPM("spapr-tpm-proxy", AT("unassigned")) TAIL, NULL},
    {"device-address-arch", WARNING, "address.type",
     PSERIES "<controller type='scsi' model='ibmvscsi'>" AT("ccw") "</controller>" TAIL, NULL},
    {"device-address-arch", WARNING, "address.type",
     Q35 NIC("user", "<model type='spapr-vlan'/>" AT("ccw")) TAIL, NULL},
    {"device-address-arch", ERROR, "address.type", Q35 USER(AT("ccw")) TAIL, NULL},
    {"device-address-unassigned", WARNING, "address.type",
     Q35 "<hub type='usb'><address type='unassigned'/></hub>" TAIL, NULL},
    {"device-option", ERROR, "driver.iothreads",
     Q35 "<controller type='scsi' index='0' model='lsilogic'>" THREADS "</controller>" TAIL,
     Q35 "<controller type='scsi' index='0' model='virtio-scsi'>" THREADS "</controller>" TAIL},
    {"device-option", ERROR, "target.memReserve",
     Q35 "<controller type='pci' index='0' model='pcie-root'><target "
         "memReserve='4'/></controller>" TAIL,
     Q35 "<controller type='pci' index='1' model='pcie-root-port'><target memReserve='4'/>"
         "</controller>" TAIL},
    {"value", ERROR, "target.memReserve",
     Q35 "<controller type='pci' index='1' model='pcie-root-port'><target memReserve='0'/>"
         "</controller>" TAIL,
     Q35 "<controller type='pci' index='1' model='pcie-root-port'><target memReserve='1'/>"
         "</controller>" TAIL},
    {"controller-hole", ERROR, "pcihole64",
     OTHER("x86_64", "isapc", "") "<controller type='pci' index='0' model='pci-root'>"
                                  "<pcihole64>1024</pcihole64></controller>" TAIL,
     PC "<controller type='pci' index='0' model='pci-root'><pcihole64>1024</pcihole64>"
        "</controller>" TAIL},
    {"controller-root-index", ERROR, "index",
     PSERIES "<controller type='pci' index='31' model='pci-root'/>" TAIL,
     PSERIES "<controller type='pci' index='30' model='pci-root'/>" TAIL},
    {"controller-root-index", ERROR, "index", Q35 UNNUMBERED TAIL,
     Q35 UNNUMBERED "<controller type='pci' index='0' model='pcie-root'/>" TAIL},
    {"controller-root-index", ERROR, "index", Q35 GAP("3") UNNUMBERED TAIL,
     Q35 "<controller type='pci' model='pcie-root'/>" UNNUMBERED TAIL},
    {"pci-address-slot", ERROR, "address.slot", Q35 GAP("3") CONVENTIONAL("2") TAIL,
     Q35 GAP("3") CONVENTIONAL("4") TAIL},
    {"controller-model-machine", ERROR, "model",
     PC "<controller type='pci' index='1' model='pcie-expander-bus'><address type='isa'/>"
        "</controller>" TAIL,
     PC "<controller type='pci' index='1' model='pcie-root-port'><address type='isa'/>"
        "</controller>" TAIL},
    {"device-address-unassigned", WARNING, "address.type",
     PSERIES "<console type='pty'><address type='unassigned'/></console>" TAIL, NULL},
    {"device-address-unassigned", ERROR, "address.type",
     PSERIES
     "<console type='pty'><target type='virtio'/><address type='unassigned'/></console>" TAIL,
     NULL},
    {"memory-device-block", ERROR, "target.block", CELLED("x86_64", "pc-q35-7.2", BLOCKS("1024")),
     CELLED("x86_64", "pc-q35-7.2", BLOCKS("2048"))},
    {"memory-device-block", ERROR, "target.block",
     CELLED("s390x", "s390-ccw-virtio-7.2", BLOCKS("512")),
     CELLED("s390x", "s390-ccw-virtio-7.2", BLOCKS("1024"))},
    {"memory-maximum-cells", WARNING, "maxMemory.slots", ROOM("2097152", ""),
     ROOM("2097152", CELL)},
    {"memory-maximum-cells", WARNING, "maxMemory.slots",
     ROOM_ON("s390x", "s390-ccw-virtio", "524288", ""), ROOM_ON("ppc64", "pseries", "524288", "")},
    {"memory-room", ERROR, "maxMemory", ROOM_ON("ppc64", "pseries", "8191", ""),
     ROOM_ON("ppc64", "pseries", "8192", "")},
    {"memory-room", ERROR, "maxMemory", ROOM("2097151", CELL), ROOM("2097152", CELL)},
    {"device-address-arch", ERROR, "address.type",
     Q35 "<controller type='scsi' index='0'><address type='ccw'/></controller>" TAIL, NULL},
    {"controller-model-machine", ERROR, "model",
     HEAD(
         "qemu",
         "pc-i440fx-7.2") "<devices><controller type='pci' index='1' model='pcie-root-port'/>" TAIL,
     HEAD("qemu", "pc-i440fx-7.2") "<devices><controller type='pci' index='1' "
                                   "model='pcie-root-port'><address type='isa'/>"
                                   "</controller>" TAIL},
    {"tpm-single", ERROR, "model", PSERIES PROXY PROXY TAIL, PSERIES PROXY TAIL},
    {"controller-model-machine", ERROR, "model",
     PSERIES "<controller type='pci' index='1' model='pcie-expander-bus'/>" TAIL,
     Q35 "<controller type='pci' index='1' model='pcie-expander-bus'/>" TAIL},
    {"controller-model-machine", ERROR, "model",
     PSERIES "<controller type='pci' index='1' model='pci-expander-bus'/>" TAIL,
     HEAD("qemu", "pc-i440fx-7.2") "<devices><controller type='pci' index='1' "
                                   "model='pci-expander-bus'/>" TAIL},
    {"device-virtio-option", ERROR, "driver.ats",
     RISCV "<interface type='hostdev'><source><address type='pci' domain='0' bus='4' slot='0' "
           "function='0'/></source><driver ats='on'/></interface>" TAIL,
     RISCV "<interface type='user'><driver ats='on'/></interface>" TAIL},
    {"device-option", ERROR, "teaming.type",
     Q35 "<interface type='user'><teaming type='persistent'/></interface>" TAIL,
     RISCV "<interface type='user'><teaming type='persistent'/></interface>" TAIL},
    {"memory-device-label", ERROR, "target.label.size",
     PSERIES
     "<memory model='nvdimm'><source><path>/n</path></source><target><size "
     "unit='KiB'>65536</size><label><size unit='KiB'>128</size></label></target></memory>" TAIL,
     Q35
     "<memory model='nvdimm'><source><path>/n</path></source><target><size "
     "unit='KiB'>65536</size><label><size unit='KiB'>128</size></label></target></memory>" TAIL},
    {"usb-machine", ERROR, "type", RISCV SERIAL("pty", "usb-serial", "") TAIL,
     RISCV "<controller type='usb' index='0' model='qemu-xhci'/>" SERIAL("pty", "usb-serial", "")
         TAIL},
    {"controller-numa-node", ERROR, "target.node",
     PSERIES "<controller type='pci' index='0' model='pci-root'><target><node>0</node></target>"
             "</controller>" TAIL,
     PSERIES "<controller type='pci' index='0' model='pci-root'/>" TAIL},
};

#define GUEST(before, inside) PLAIN_HEAD("x86_64", "pc-q35-7.2", before) inside "</domain>"
#define HUGE(inside)          GUEST("<memoryBacking><hugepages/>" inside "</memoryBacking>", "")
#define PAGES(more)                                                                                \
    GUEST("<memoryBacking><hugepages><page size='2048' unit='KiB'/>" more                          \
          "</hugepages></memoryBacking>",                                                          \
          "")
#define CACHE(kib)                                                                                 \
    GUEST("", "<features><tcg><tb-cache unit='KiB'>" kib "</tb-cache></tcg></features>")
#define TUNED(placement, set)                                                                      \
    GUEST("<vcpu placement='auto'>2</vcpu><numatune><memory mode='strict' " placement set          \
          "/></numatune>",                                                                         \
          "")
#define CHECKED(arch, machine)                                                                     \
    "<domain type='qemu'><name>t</name><memory>1048576</memory><os><type arch='" arch              \
    "' machine='" machine "'>hvm</type></os><cpu check='full'/></domain>"
#define CELLS(a, b)                                                                                \
    GUEST("<vcpu>2</vcpu>",                                                                        \
          "<cpu><numa><cell id='0' cpus='" a "' memory='1024'/><cell id='1' cpus='" b              \
          "' memory='1024'/></numa></cpu>")
#define VECTORS(policy)                                                                            \
    "<domain type='qemu'><name>t</name><memory>1048576</memory><os><type arch='aarch64' "          \
    "machine='virt-7.2'>hvm</type></os><cpu><model>max</model><feature policy='" policy            \
    "' name='sve'/><feature policy='require' name='sve256'/></cpu></domain>"
#define THREADED(current)                                                                          \
    "<domain type='qemu'><name>t</name><memory>1048576</memory><vcpu current='" current            \
    "'>8</vcpu><os><type arch='ppc64' machine='pseries-7.2'>hvm</type></os><cpu><topology "        \
    "sockets='1' cores='2' threads='4'/></cpu></domain>"

static const Edge domain_edges[] = {
    {"memory-page-source", ERROR, "memoryBacking.source.type", HUGE("<source type='anonymous'/>"),
     HUGE("<source type='memfd'/>")},
    {"memory-page-source", ERROR, "memoryBacking.allocation.mode",
     HUGE("<allocation mode='ondemand'/>"), HUGE("<allocation mode='immediate'/>")},
    {"memory-page-default", ERROR, "memoryBacking.hugepages.page",
     PAGES("<page size='1048576' unit='KiB' nodeset='0'/>"), PAGES("")},
    {"features-translation", ERROR, "features.tcg.tb-cache", CACHE("1025"), CACHE("2048")},
    {"numa-nodeset", ERROR, "numatune.memory.nodeset", TUNED("placement='static'", ""),
     TUNED("placement='auto'", "")},
    {"numa-nodeset", ERROR, "numatune.memory.nodeset", TUNED("", " nodeset='0,^0'"),
     TUNED("", " nodeset='0-1,^0'")},
    {"cpu-check-model", WARNING, "cpu.check", CHECKED("riscv64", "virt"), NULL},
    {"cpu-check-model", WARNING, "cpu.check", CHECKED("x86_64", "pc-q35-7.2"), NULL},
    {"numa-cell-cpus", ERROR, "cpu.numa.cell.1.cpus", CELLS("0", "0-1"), CELLS("0", "1")},
    {"cpu-feature-vectors", ERROR, "cpu.feature.sve.policy", VECTORS("disable"),
     VECTORS("require")},
    {"vcpu-threads", ERROR, "vcpu.current", THREADED("2"), THREADED("4")},
};

#define RUN(edges, head, tail) check_edges(edges, G_N_ELEMENTS(edges), head, tail, NULL)

static void test_devices(void **state)
{
    RUN(device_edges, Q35, TAIL);
}

static void test_machines(void **state)
{
    RUN(machine_edges, "", "");
}

static void test_domains(void **state)
{
    RUN(domain_edges, "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_machines),
        cmocka_unit_test(test_domains),
    };
    dw_end_without_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
