/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on what only some machines have, and on places that the machine or a bus does not have,
 * each at both sides of its edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules-support.h"

#define OTHER(arch, machine) PLAIN_HEAD(arch, machine, "")
#define MICROVM              OTHER("x86_64", "microvm") "<devices>"
#define ISAPC                OTHER("x86_64", "isapc") "<devices>"
#define PC                   OTHER("x86_64", "pc-i440fx-7.2") "<devices>"
#define Q35                  OTHER("x86_64", "pc-q35-7.2") "<devices>"
#define ARM                  OTHER("aarch64", "virt-7.2") "<devices>"
#define RISCV                OTHER("riscv64", "virt") "<devices>"
#define PSERIES              OTHER("ppc64", "pseries-7.2") "<devices>"
#define S390                 OTHER("s390x", "s390-ccw-virtio-7.2") "<devices>"

/* What a machine without PCI does not get from libvirt. */
#define BALLOON "<memballoon model='none'/>"
#define NO_USB  "<controller type='usb' index='0' model='none'/>"
#define BARE    MICROVM NO_USB BALLOON
#define RNG(inside)                                                                                \
    "<rng model='virtio'><backend model='random'>/dev/urandom</backend>" inside "</rng>"
#define MMIO "<address type='virtio-mmio'/>"
#define PLACE(domain, bus, slot, function)                                                         \
    "<address type='pci' domain='" domain "' bus='" bus "' slot='" slot "' function='" function    \
    "'/>"
#define SOUND(bus, slot, function) "<sound model='ich6'>" PLACE("0", bus, slot, function) "</sound>"
#define CARD(inside)                                                                               \
    "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target dev='sda' "      \
    "bus='sd'/>" inside "</disk>"
#define SERIAL(inside)  "<serial type='pty'>" inside "</serial>"
#define CONSOLE(inside) "<console type='pty'>" inside "</console>"

#define OF_PORT(type, model)                                                                       \
    "<serial type='pty'><target type='" type "'><model name='" model "'/></target></serial>"

static const Edge pci_edges[] = {
    {"device-pci", WARNING, "os.machine", MICROVM NO_USB TAIL, BARE TAIL},
    {"device-pci", WARNING, "os.machine", MICROVM BALLOON TAIL, BARE TAIL},
    {"device-pci", WARNING, "os.machine", BARE "<graphics type='vnc'/>" TAIL,
     BARE "<graphics type='vnc'/><video><model type='none'/></video>" TAIL},
    {"device-pci", WARNING, "os.machine", ISAPC TAIL, ISAPC BALLOON TAIL},
    {"device-pci", ERROR, "", BARE RNG("") TAIL, BARE RNG(MMIO) TAIL},
    {"device-pci", ERROR, "", BARE CARD(PLACE("0", "0", "5", "0")) TAIL, BARE CARD("") TAIL},
    {"device-pci", ERROR, "", BARE "<interface type='user'/>" TAIL,
     PC "<interface type='user'/>" TAIL},
    {"device-pci", ERROR, "", BARE "<sound model='ich6'/>" TAIL, BARE "<sound model='sb16'/>" TAIL},
    {"device-pci", ERROR, "", BARE "<video><model type='vga'/></video>" TAIL,
     BARE "<video><model type='ramfb'/></video>" TAIL},
    {"device-pci", ERROR, "",
     BARE "<channel type='pty'><target type='virtio' name='a.b'/></channel>" TAIL,
     BARE "<controller type='virtio-serial' index='0'>" MMIO
          "</controller><channel type='pty'><target type='virtio' name='a.b'/></channel>" TAIL},
    {"device-pci", ERROR, "",
     BARE "<disk type='file'><source file='/a'/><target dev='sda' bus='scsi'/></disk>" TAIL,
     BARE "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/>" MMIO
          "</disk>" TAIL},
    {"device-address-mmio", WARNING, "address.type", PC RNG(MMIO) TAIL, BARE RNG(MMIO) TAIL},
};

#define ZPCI(attributes) RNG("<address type='pci'><zpci " attributes "/></address>")
#define BUILTIN          "pci-address-builtin", ERROR, "address.slot"

static const Edge place_edges[] = {
    {"pci-zpci-arch", ERROR, "address.zpci.uid", Q35 ZPCI("uid='0x1'") TAIL,
     S390 ZPCI("uid='0x1'") TAIL},
    {"pci-zpci-uid", ERROR, "address.zpci.uid", S390 ZPCI("uid='0x0'") TAIL,
     S390 ZPCI("fid='0x0'") TAIL},
    {"pci-zpci-unique", ERROR, "address.zpci.uid", S390 ZPCI("uid='0x1'") ZPCI("uid='1'") TAIL,
     S390 ZPCI("uid='0x1'") ZPCI("uid='2'") TAIL},
    {"pci-zpci-unique", ERROR, "address.zpci.fid", S390 ZPCI("fid='0x0'") ZPCI("fid='0x0'") TAIL,
     S390 ZPCI("uid='0x1'") ZPCI("fid='0x1'") TAIL},
    /* What is not said is given in order. */
    {"pci-zpci-unique", ERROR, "address.zpci.uid", S390 ZPCI("fid='0x1'") ZPCI("uid='0x1'") TAIL,
     S390 ZPCI("fid='0x1'") ZPCI("uid='0x2'") TAIL},
    {"pci-zpci-unique", ERROR, "address.zpci.fid", S390 ZPCI("uid='0x1'") ZPCI("fid='0x0'") TAIL,
     S390 ZPCI("uid='0x2'") ZPCI("fid='0x1'") TAIL},
    {BUILTIN, Q35 SOUND("0", "0x1f", "0") TAIL, Q35 SOUND("0", "0x1f", "1") TAIL},
    {BUILTIN, Q35 SOUND("0", "0x1f", "2") TAIL, PC SOUND("0", "0x1f", "2") TAIL},
    {BUILTIN,
     Q35 "<controller type='sata' index='0'>" PLACE("0", "0", "0x1e", "2") "</controller>" TAIL,
     Q35 "<controller type='sata' index='0'>" PLACE("0", "0", "0", "2") "</controller>" TAIL},
    {BUILTIN,
     Q35 "<controller type='sata' index='1'>" PLACE("0", "0", "0x1f", "2") "</controller>" TAIL,
     Q35 "<controller type='sata' index='0'>" PLACE("0", "0", "0x1f", "2") "</controller>" TAIL},
    {BUILTIN,
     Q35 "<controller type='sata' index='0'>" PLACE("0", "0", "5", "0") "</controller>" TAIL,
     PC "<controller type='sata' index='0'>" PLACE("0", "0", "5", "0") "</controller>" TAIL},
    {BUILTIN, PC SOUND("0", "1", "0") TAIL, PC SOUND("0", "1", "4") TAIL},
    {BUILTIN, PC "<controller type='ide' index='0'/>" SOUND("0", "1", "1") TAIL,
     PC SOUND("0", "1", "1") TAIL},
    {BUILTIN,
     PC "<disk type='file'><source file='/a'/><target dev='hda' bus='ide'/></disk>" SOUND("0", "1",
                                                                                          "1") TAIL,
     PC "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk>" SOUND(
         "0", "1", "1") TAIL},
    {BUILTIN, PC SOUND("0", "1", "2") TAIL, PC NO_USB SOUND("0", "1", "2") TAIL},
    {BUILTIN, PC "<controller type='usb' index='1'>" PLACE("0", "0", "1", "2") "</controller>" TAIL,
     PC "<controller type='usb' index='0' model='qemu-xhci'/>" SOUND("0", "1", "2") TAIL},
    {BUILTIN, PC "<controller type='usb' index='0'>" PLACE("0", "0", "5", "0") "</controller>" TAIL,
     PC "<controller type='usb' index='0' model='qemu-xhci'>" PLACE("0", "0", "5",
                                                                    "0") "</controller>" TAIL},
    {"pci-address-domain", ERROR, "address.domain", PC RNG(PLACE("1", "0", "5", "0")) TAIL,
     PC RNG(PLACE("0", "0", "5", "0")) TAIL},
    {"pci-address-slot", ERROR, "address.slot", RISCV RNG(PLACE("0", "3", "1", "0")) TAIL,
     RISCV RNG(PLACE("0", "3", "0", "0")) TAIL},
    {"pci-address-slot", ERROR, "address.slot", Q35 CARD(PLACE("0", "1", "0", "0")) TAIL,
     Q35 CARD(PLACE("0", "1", "1", "0")) TAIL},
    {"pci-address-slot", ERROR, "address.slot", PC RNG(PLACE("0", "3", "0", "0")) TAIL,
     PC RNG(PLACE("0", "3", "1", "0")) TAIL},
    {"pci-address-slot", ERROR, "address.slot", PSERIES RNG(PLACE("0", "3", "0", "0")) TAIL,
     PSERIES RNG(PLACE("0", "3", "1", "0")) TAIL},
    {"pci-address-slot", ERROR, "address.slot",
     Q35 "<controller type='pci' index='1' model='pcie-to-pci-bridge'/>" RNG(
         PLACE("0", "1", "0", "0")) TAIL,
     Q35 "<controller type='pci' index='1' model='pcie-to-pci-bridge'/>" RNG(
         PLACE("0", "1", "1", "0")) TAIL},
    {"controller-ide-single", ERROR, "index", PC "<controller type='ide' index='1'/>" TAIL,
     PC "<controller type='ide' index='0'/>" TAIL},
    {"controller-target-index", ERROR, "target.index",
     PSERIES
     "<controller type='pci' index='0' model='pci-root'><target index='4'/></controller>" TAIL,
     PSERIES
     "<controller type='pci' index='0' model='pci-root'><target index='0'/></controller>" TAIL},
    {"controller-target-index", ERROR, "target.index",
     PSERIES
     "<controller type='pci' index='1' model='pci-root'><target index='0'/></controller>" TAIL,
     PSERIES
     "<controller type='pci' index='1' model='pci-root'><target index='4'/></controller>" TAIL},
};

#define XHCI(attributes) "<controller type='usb' index='0' model='qemu-xhci'" attributes "/>"
#define ON(port)         "<address type='usb' bus='0' port='" port "'/>"
#define MOUSE(port)      "<input type='mouse' bus='usb'>" ON(port) "</input>"
#define HUB(port)        "<hub type='usb'>" ON(port) "</hub>"
#define PORT             "usb-port-missing", ERROR, "address.port"
#define NO_HUB           "usb-hub-missing", ERROR, "address.port"

static const Edge usb_edges[] = {
    {NO_HUB, Q35 XHCI("") MOUSE("1.1") TAIL, Q35 XHCI("") MOUSE("1.1") HUB("1") TAIL},
    {NO_HUB, Q35 XHCI("") HUB("1.1") HUB("1") TAIL, Q35 XHCI("") HUB("1") HUB("1.1") TAIL},
    {NO_HUB, Q35 HUB("1") MOUSE("2.1") TAIL, Q35 HUB("2") MOUSE("2.1") TAIL},
    {PORT, Q35 XHCI("") HUB("1") MOUSE("1.9") TAIL, Q35 XHCI("") HUB("1") MOUSE("1.8") TAIL},
    {PORT, Q35 XHCI("") MOUSE("5") TAIL, Q35 XHCI("") MOUSE("4") TAIL},
    {PORT, Q35 XHCI(" ports='5'") MOUSE("6") TAIL, Q35 XHCI(" ports='5'") MOUSE("5") TAIL},
    {PORT, PC MOUSE("3") TAIL, PC MOUSE("2") TAIL},
    {PORT, Q35 MOUSE("5") TAIL, Q35 MOUSE("4") TAIL},
    {PORT, Q35 "<controller type='usb' index='0'/>" MOUSE("3") TAIL,
     ARM "<controller type='usb' index='0'/>" MOUSE("4") TAIL},
    {PORT, PSERIES MOUSE("5") TAIL, PSERIES MOUSE("4") TAIL},
    {PORT, Q35 "<controller type='usb' index='0' model='pci-ohci'/>" MOUSE("4") TAIL,
     Q35 "<controller type='usb' index='0' model='pci-ohci'/>" MOUSE("3") TAIL},
    {"usb-model", ERROR, "model", Q35 "<controller type='usb' index='0' model='qusb2'/>" TAIL,
     Q35 XHCI("") TAIL},
    {"usb-companion", ERROR, "model",
     Q35 "<controller type='usb' index='0' model='ich9-uhci1'/>" TAIL,
     Q35 "<controller type='usb' index='0' model='ich9-ehci1'/><controller type='usb' index='0' "
         "model='ich9-uhci1'/>" TAIL},
    {"usb-companion", WARNING, "master.startport",
     Q35 XHCI("") "<controller type='usb' index='1'><master startport='0'/></controller>" TAIL,
     Q35 XHCI("") "<controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/>"
                  "</controller>" TAIL},
    {"usb-disabled", ERROR, "type",
     S390 "<controller type='usb' index='0'/><input type='mouse' bus='usb'/>" TAIL,
     S390 "<controller type='usb' index='0'><address type='pci'/></controller><input type='mouse' "
          "bus='usb'/>" TAIL},
    {"usb-disabled", ERROR, "type", Q35 NO_USB "<controller type='ccid' index='0'/>" TAIL,
     Q35 "<controller type='ccid' index='0'/>" TAIL},
    {"usb-machine", ERROR, "type", RISCV "<controller type='ccid' index='0'/>" TAIL,
     PSERIES "<controller type='ccid' index='0'/>" TAIL},
    {"usb-machine", ERROR, "type",
     OTHER("aarch64", "raspi3b") "<devices><input type='tablet'/>" TAIL,
     S390 "<input type='tablet'/>" TAIL},
    {"usb-machine", ERROR, "type", ISAPC BALLOON "<input type='tablet'/>" TAIL,
     PC "<input type='tablet'/>" TAIL},
};

#define MDEV(model, uuid)                                                                          \
    "<hostdev mode='subsystem' type='mdev' model='" model "'><source><address uuid='" uuid         \
    "'/></source></hostdev>"
#define ROOT           "<controller type='pci' index='0' model='pcie-root'/>"
#define PORT_AT(index) "<controller type='pci' index='" index "' model='pcie-root-port'/>"
#define PROGRAM(name)  "<emulator>/usr/bin/" name "</emulator>"
#define VIRTIO_DISK(address)                                                                       \
    "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target dev='vda' "      \
    "bus='virtio'/><address type='" address "'/></disk>"
#define TPM(version) "<tpm model='tpm-tis'><backend type='emulator' version='" version "'/></tpm>"
#define HOST_CARD(inside)                                                                          \
    "<interface type='hostdev'><source><address type='pci' bus='3' slot='0'/></source><model "     \
    "type='virtio'/>" inside "</interface>"
#define UUID_A "11111111-2222-3333-4444-555555555555"
#define UUID_B "11111111-2222-3333-4444-555555555556"

static const Edge kind_edges[] = {
    {"device-arch", ERROR, "model", Q35 MDEV("vfio-ap", UUID_A) TAIL,
     S390 MDEV("vfio-ap", UUID_A) TAIL},
    {"device-arch", ERROR, "model", ARM MDEV("vfio-ccw", UUID_A) TAIL,
     ARM MDEV("vfio-pci", UUID_A) TAIL},
    {"hostdev-ap-single", ERROR, "model", S390 MDEV("vfio-ap", UUID_A) MDEV("vfio-ap", UUID_B) TAIL,
     S390 MDEV("vfio-ap", UUID_A) MDEV("vfio-ccw", UUID_B) TAIL},
    {"device-arch", ERROR, "", PSERIES "<parallel type='pty'/>" TAIL,
     Q35 "<parallel type='pty'/>" TAIL},
    {"device-single", ERROR, "", Q35 "<smartcard mode='host'/><smartcard mode='host'/>" TAIL,
     Q35 "<smartcard mode='host'/>" TAIL},
    {"pci-address-slot", ERROR, "address.slot", Q35 PORT_AT("2") SOUND("1", "1", "0") TAIL,
     Q35 ROOT PORT_AT("2") "<controller type='pci' model='pcie-root-port'/>" SOUND("1", "0", "0")
         TAIL},
    {"vcpu-machine", ERROR, "vcpu", OTHER("x86_64", "isapc") "<vcpu>2</vcpu><devices>" TAIL,
     OTHER("x86_64", "isapc") "<vcpu>1</vcpu><devices>" TAIL},
    {"vcpu-machine", ERROR, "vcpu", OTHER("x86_64", "isapc") "<vcpu>2</vcpu><devices>" TAIL,
     OTHER("x86_64", "microvm") "<vcpu>2</vcpu><devices>" TAIL},
    {"input-bus", ERROR, "bus", ARM "<input type='mouse' bus='ps2'/>" TAIL,
     Q35 "<input type='mouse' bus='ps2'/>" TAIL},
    {"input-bus", ERROR, "bus", S390 "<input type='keyboard' bus='ps2'/>" TAIL,
     PSERIES "<input type='keyboard' bus='ps2'/>" TAIL},
    {"domain-emulator", ERROR, "emulator", Q35 PROGRAM("qemu-system-i386") TAIL,
     OTHER("i686", "pc") "<devices>" PROGRAM("qemu-system-i386") TAIL},
    {"domain-emulator", ERROR, "emulator", ARM PROGRAM("qemu-system-arm") TAIL,
     OTHER("armv6l", "versatilepb") "<devices>" PROGRAM("qemu-system-arm") TAIL},
    {"domain-emulator", ERROR, "emulator", Q35 PROGRAM("qemu-system-riscv64") TAIL,
     Q35 PROGRAM("qemu-system-x86_64") TAIL},
    {"domain-emulator", ERROR, "emulator", ARM PROGRAM("qemu-system-x86_64") TAIL,
     OTHER("armv7l", "virt") "<devices>" PROGRAM("qemu-system-aarch64") TAIL},
    {"domain-emulator", ERROR, "emulator", ARM PROGRAM("qemu-system-x86_64") TAIL,
     ARM PROGRAM("qemu-kvm") TAIL},
    {"device-option", ERROR, "driver.name", Q35 "<video><driver name='vhostuser'/></video>" TAIL,
     S390 "<video><driver name='vhostuser'/></video>" TAIL},
    {"device-source-missing", ERROR, "source.path", Q35 "<console type='dev'/>" TAIL,
     Q35 SERIAL("") "<console type='dev'><source path='/a'/></console>" TAIL},
    {"device-source-missing", WARNING, "source.path", Q35 SERIAL("") "<console type='dev'/>" TAIL,
     Q35 SERIAL("") "<console type='pty'/>" TAIL},
    {"disk-address-mmio", ERROR, "address.type", S390 VIRTIO_DISK("virtio-mmio") TAIL,
     ARM VIRTIO_DISK("virtio-mmio") TAIL},
    {"disk-address-mmio", ERROR, "address.type", PSERIES VIRTIO_DISK("virtio-mmio") TAIL,
     PSERIES VIRTIO_DISK("pci") TAIL},
    {"tpm-proxy", ERROR, "model",
     PSERIES "<tpm model='spapr-tpm-proxy'><backend type='emulator'/></tpm>" TAIL,
     PSERIES "<tpm model='spapr-tpm-proxy'><backend type='passthrough'><device path='/dev/tpmrm0'/>"
             "</backend></tpm>" TAIL},
    {"tpm-version-arch", ERROR, "backend.version", ARM TPM("1.2") TAIL, ARM TPM("2.0") TAIL},
    {"tpm-version-arch", ERROR, "backend.version", ARM TPM("1.2") TAIL, Q35 TPM("1.2") TAIL},
    {"interface-hostdev-model", ERROR, "model.type", S390 HOST_CARD("") TAIL,
     S390 HOST_CARD("<address type='pci'/>") TAIL},
    {"interface-hostdev-model", ERROR, "model.type", S390 HOST_CARD("") TAIL,
     ARM HOST_CARD("") TAIL},
    {"usb-disabled", ERROR, "type",
     Q35 "<controller type='usb' model='none'/><input type='tablet'/>" TAIL,
     Q35 "<controller type='usb' model='none'/><input type='mouse'/>" TAIL},
    {"controller-type", ERROR, "type", Q35 "<controller type='isa' index='0'/>" TAIL,
     Q35 "<controller type='fdc' index='0'/>" TAIL},
    {"controller-scsi-model", ERROR, "model",
     S390 "<controller type='scsi' index='0' model='lsilogic'/>" TAIL,
     S390 "<controller type='scsi' index='0' model='dc390'/>" TAIL},
    {"controller-scsi-model", WARNING, "model",
     Q35 "<controller type='scsi' index='0' model='ibmvscsi'/>" TAIL,
     PSERIES "<controller type='scsi' index='0' model='ibmvscsi'/>" TAIL},
    {"controller-type", ERROR, "type", S390 "<controller type='sata' index='0'/>" TAIL,
     PSERIES "<controller type='sata' index='0'/>" TAIL},
    {"serial-target-model", ERROR, "target.model", PSERIES OF_PORT("isa-serial", "isa-serial") TAIL,
     PSERIES OF_PORT("isa-serial", "spapr-vty") TAIL},
    {"serial-target-model", ERROR, "target.model", ARM OF_PORT("isa-serial", "isa-serial") TAIL,
     ARM OF_PORT("isa-serial", "pl011") TAIL},
    {"serial-target-model", ERROR, "target.model",
     OTHER("sh4", "r2d") "<devices>" OF_PORT("isa-serial", "isa-serial") TAIL,
     OTHER("sh4", "r2d") "<devices><serial type='pty'><target type='isa-serial'/></serial>" TAIL},
    {"controller-type", ERROR, "type", PC "<controller type='xenbus' index='0'/>" TAIL,
     "<domain type='xen'><name>t</name><devices><controller type='xenbus' index='0'/>" TAIL},
    {"interface-usb-net", WARNING, "model.type",
     Q35 "<interface type='user'><model type='usb-net'/></interface>" TAIL,
     Q35 "<interface type='user'><model type='usb-net'/>" ON("1") "</interface>" TAIL},
    {"interface-bandwidth-class", ERROR, "bandwidth.classID",
     Q35 "<interface type='user'><bandwidth classID='1'/></interface>" TAIL,
     Q35 "<interface type='user'><bandwidth/></interface>" TAIL},
    {"device-option", ERROR, "target.managed",
     Q35 "<interface type='user'><target dev='tap9' managed='no'/></interface>" TAIL,
     Q35 "<interface type='ethernet'><target dev='tap9' managed='no'/></interface>" TAIL},
    {"device-console-serial", ERROR, "target.type", S390 CONSOLE("") CONSOLE("") TAIL,
     S390 CONSOLE("") CONSOLE("<target type='sclp'/>") TAIL},
    {"device-virtio-option", ERROR, "driver.ats", PSERIES "<video><driver ats='on'/></video>" TAIL,
     ARM "<video><driver ats='on'/></video>" TAIL},
    {"video-secondary", ERROR, "model.type",
     PSERIES "<video><model type='virtio'/></video><video/>" TAIL,
     ARM "<video><model type='virtio'/></video><video/>" TAIL},
    {"device-source-missing", ERROR, "source.slave",
     Q35 "<serial type='nmdm'><source master='/dev/a'/></serial>" TAIL,
     Q35 "<serial type='nmdm'/>" TAIL},
    {"device-source-missing", ERROR, "source.path", Q35 "<serial type='unix'/>" TAIL,
     Q35 "<serial type='unix'><source path='/a'/></serial>" TAIL},
    {"device-reconnect-mode", ERROR, "source.reconnect.enabled",
     Q35 "<serial type='tcp'><source mode='bind' host='h' service='1'><reconnect enabled='no'/>"
         "</source></serial>" TAIL,
     Q35 "<serial type='tcp'><source host='h' service='1'><reconnect enabled='yes' timeout='3'/>"
         "</source></serial>" TAIL},
    {"device-arch", ERROR, "model", Q35 "<memballoon model='xen'/>" TAIL,
     Q35 "<memballoon model='virtio'/>" TAIL},
    {"device-arch", ERROR, "model", Q35 "<sound model='ich7'/>" TAIL,
     Q35 "<sound model='ich6'/>" TAIL},
    {"device-arch", ERROR, "model", RISCV "<panic/>" TAIL, S390 "<panic/>" TAIL},
    {"device-arch", ERROR, "model", PSERIES "<panic model='isa'/>" TAIL, Q35 "<panic/>" TAIL},
    {"device-option", ERROR, "boot.order",
     Q35 "<filesystem type='mount'><source dir='/a'/><target dir='b'/><boot order='1'/>"
         "</filesystem>" TAIL,
     Q35 "<filesystem type='mount'><driver type='virtiofs'/><source dir='/a'/><target dir='b'/>"
         "<boot order='1'/></filesystem>" TAIL},
    {"graphics-type", ERROR, "type", Q35 "<graphics type='desktop'/>" TAIL,
     Q35 "<graphics type='vnc'/>" TAIL},
    {"tpm-banks", ERROR, "backend.version",
     Q35 "<tpm><backend type='emulator' version='1.2'><active_pcr_banks><sha1/></active_pcr_banks>"
         "</backend></tpm>" TAIL,
     Q35 "<tpm><backend type='emulator' version='2.0'><active_pcr_banks><sha1/></active_pcr_banks>"
         "</backend></tpm>" TAIL},
    {"input-bus", ERROR, "bus", Q35 "<input type='mouse' bus='xen'/>" TAIL,
     "<domain type='xen'><name>t</name><devices><input type='mouse' bus='xen'/>" TAIL},
    {"input-bus", ERROR, "bus", Q35 "<input type='tablet' bus='ps2'/>" TAIL,
     Q35 "<input type='mouse' bus='ps2'/>" TAIL},
    {"input-bus", ERROR, "bus", S390 "<input type='evdev'><source dev='/dev/a'/></input>" TAIL,
     ARM "<input type='evdev'><source dev='/dev/a'/></input>" TAIL},
};

#define PANIC(model) "<panic" model "><address type='isa'/></panic>"
#define AT(type)     "<address type='" type "'/>"
#define WHERE        "serial-address", ERROR, "address.type"
#define INDEX        "device-acpi-index", ERROR, "acpi.index"
#define ACPI         "<acpi index='3'/>"

static const Edge address_edges[] = {
    {WHERE, S390 SERIAL(AT("isa")) TAIL, PSERIES SERIAL(AT("isa")) TAIL},
    {WHERE, RISCV SERIAL("<target type='isa-serial'/>" AT("isa")) TAIL,
     Q35 SERIAL("<target type='isa-serial'/>" AT("isa")) TAIL},
    {WHERE, Q35 SERIAL(PLACE("0", "0", "5", "0")) TAIL,
     Q35 SERIAL("<target type='pci-serial'/>" PLACE("0", "0", "5", "0")) TAIL},
    {WHERE, Q35 CONSOLE(AT("drive")) TAIL, Q35 CONSOLE(AT("isa")) TAIL},
    {WHERE, Q35 CONSOLE("<target type='serial'/>" AT("drive")) TAIL,
     Q35 SERIAL("") CONSOLE("<target type='serial'/>" AT("drive")) TAIL},
    {"serial-target-arch", ERROR, "target.type", ARM SERIAL("<target type='sclp-serial'/>") TAIL,
     S390 SERIAL("<target type='sclp-serial'/>") TAIL},
    {"serial-target-arch", ERROR, "target.type",
     Q35 SERIAL("<target type='system-serial'><model name='pl011'/></target>") TAIL,
     ARM SERIAL("<target type='system-serial'><model name='pl011'/></target>") TAIL},
    {"serial-target-arch", WARNING, "target.type",
     Q35 SERIAL("<target type='system-serial'/>") TAIL,
     ARM SERIAL("<target type='system-serial'/>") TAIL},
    {"device-address-arch", ERROR, "address.type", Q35 PANIC(" model='hyperv'") TAIL,
     Q35 PANIC(" model='isa'") TAIL},
    {"device-address-arch", ERROR, "address.type", PSERIES PANIC("") TAIL, Q35 PANIC("") TAIL},
    {"device-address-arch", ERROR, "address.type",
     Q35 "<input type='mouse' bus='ps2'>" AT("ccw") "</input>" TAIL,
     Q35 "<input type='mouse' bus='ps2'>" AT("isa") "</input>" TAIL},
    {"device-address-unassigned", ERROR, "address.type",
     Q35 "<input type='mouse' bus='ps2'>" AT("unassigned") "</input>" TAIL,
     Q35 "<input type='mouse' bus='ps2'>" AT("drive") "</input>" TAIL},
    {"device-address-arch", ERROR, "address.type",
     Q35 "<iommu model='virtio'>" AT("virtio-mmio") "</iommu>" TAIL,
     Q35 "<iommu model='virtio'>" AT("pci") "</iommu>" TAIL},
    {INDEX, S390 RNG(ACPI) TAIL, ARM RNG(ACPI) TAIL},
    {INDEX, S390 "<interface type='user'>" ACPI "</interface>" TAIL,
     S390 "<interface type='user'><model type='e1000'/>" ACPI "</interface>" TAIL},
    {INDEX, S390 "<controller type='virtio-serial' index='0'>" ACPI "</controller>" TAIL,
     S390 "<controller type='usb' index='0' model='qemu-xhci'>" ACPI "</controller>" TAIL},
    {INDEX, PSERIES CONSOLE(ACPI) TAIL, PSERIES CONSOLE("<target type='virtio'/>" ACPI) TAIL},
    {INDEX, PSERIES "<controller type='scsi' index='0'>" ACPI "</controller>" TAIL,
     PSERIES "<controller type='scsi' index='0' model='virtio-scsi'>" ACPI "</controller>" TAIL},
    {INDEX, PSERIES "<input type='mouse'>" ACPI "</input>" TAIL,
     Q35 "<input type='mouse'>" ACPI "</input>" TAIL},
    {"device-rom", ERROR, "rom.file",
     S390 "<interface type='user'><rom file='/a'/></interface>" TAIL,
     Q35 "<interface type='user'><rom file='/a'/></interface>" TAIL},
    {"device-rom", ERROR, "rom.bar",
     Q35 "<interface type='user'><model type='spapr-vlan'/><rom bar='off'/></interface>" TAIL,
     Q35 "<interface type='user'><model type='virtio'/><rom bar='off'/></interface>" TAIL},
};

#define SET(arch, machine, xml) OTHER(arch, machine) xml "</domain>"
#define SLEEP                   "<pm><suspend-to-mem enabled='no'/></pm>"
#define EOI                     "<features><apic eoi='on'/></features>"
#define ENV(name)                                                                                  \
    "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:env "         \
    "name='" name "' value='x'/></qemu:commandline>"
#define TIMER(inside) "<clock offset='utc'><timer " inside "/></clock>"
#define BITS          "<cpu mode='maximum'><maxphysaddr mode='passthrough'/></cpu>"

static const Edge domain_edges[] = {
    {"features-sleep", ERROR, "pm.suspend-to-mem", SET("aarch64", "virt", SLEEP),
     SET("x86_64", "q35", SLEEP)},
    {"features-apic", ERROR, "features.apic.eoi", SET("ppc64", "pseries", EOI),
     SET("x86_64", "q35", EOI)},
    {"timer-tickpolicy", ERROR, "clock.timer.pit.tickpolicy",
     SET("riscv64", "virt", TIMER("name='pit' tickpolicy='catchup'")),
     SET("x86_64", "q35", TIMER("name='pit' tickpolicy='catchup'"))},
    {"timer-name", ERROR, "clock.timer.hpet.present",
     SET("s390x", "s390-ccw-virtio", TIMER("name='hpet' present='yes'")),
     SET("s390x", "s390-ccw-virtio", TIMER("name='hpet' present='no'"))},
    {"features-arch", ERROR, "features.vmport",
     SET("aarch64", "virt", "<features><vmport state='off'/></features>"),
     SET("x86_64", "q35", "<features><vmport state='off'/></features>")},
    {"features-arch", ERROR, "features.vmcoreinfo",
     SET("s390x", "s390-ccw-virtio", "<features><vmcoreinfo state='on'/></features>"),
     SET("riscv64", "virt", "<features><vmcoreinfo state='on'/></features>")},
    {"features-arch", ERROR, "features.vmcoreinfo",
     SET("s390x", "s390-ccw-virtio", "<features><vmcoreinfo/></features>"),
     SET("s390x", "s390-ccw-virtio", "<features><vmcoreinfo state='off'/></features>")},
    {"features-pmu", ERROR, "features.pmu",
     SET("ppc64", "pseries", "<features><pmu state='off'/></features>"),
     SET("ppc64", "pseries", "<features><pmu state='on'/></features>")},
    {"memory-guarantee", ERROR, "memtune.min_guarantee",
     SET("x86_64", "q35", "<memtune><min_guarantee>1024</min_guarantee></memtune>"),
     SET("x86_64", "q35", "<memtune><hard_limit>1024</hard_limit></memtune>")},
    {"domain-environment", ERROR, "qemu.commandline.env.1A", SET("x86_64", "q35", ENV("1A")),
     SET("x86_64", "q35", ENV("_A1"))},
    {"cpu-address-arch", ERROR, "cpu.maxphysaddr.mode", SET("aarch64", "virt", BITS),
     SET("x86_64", "q35", BITS)},
};

#define RUN(edges) check_edges(edges, G_N_ELEMENTS(edges), "", "", NULL)

static void test_without_pci(void **state)
{
    RUN(pci_edges);
}

static void test_places(void **state)
{
    RUN(place_edges);
}

static void test_usb(void **state)
{
    RUN(usb_edges);
}

static void test_kinds(void **state)
{
    RUN(kind_edges);
}

/* What libvirt learned since. */
static void test_versions(void **state)
{
    static const Edge rdp[] = {{"graphics-type", ERROR, "type", Q35 "<graphics type='rdp'/>" TAIL,
                                Q35 "<graphics type='vnc'/>" TAIL}};
    static const Edge banks = {
        "tpm-banks", ERROR, "backend.version",
        Q35 "<tpm><backend type='emulator'><active_pcr_banks><sha1/></active_pcr_banks></backend>"
            "</tpm>" TAIL,
        ARM "<tpm><backend type='emulator'><active_pcr_banks><sha1/></active_pcr_banks></backend>"
            "</tpm>" TAIL};
    const DwHost old = {.libvirt_version = 9000000}, next = {.libvirt_version = 11001000};
    g_autoptr(GPtrArray) none = problems_of(rdp[0].bad, &next);
    Edge unsure = banks;

    check_edges(rdp, 1, "", "", &old);
    assert_null(find_rule(none, "graphics-type"));
    check_edges(&banks, 1, "", "", &old);
    unsure.severity = WARNING;
    check_edges(&unsure, 1, "", "", &next);
}

static void test_addresses(void **state)
{
    RUN(address_edges);
}

static void test_domain(void **state)
{
    RUN(domain_edges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_pci), cmocka_unit_test(test_places),
        cmocka_unit_test(test_usb),         cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_versions),    cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_domain),
    };
    dw_end_without_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
