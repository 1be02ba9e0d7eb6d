/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on devices of all kinds and between them, each at both sides of its edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules-support.h"

#define Q35_HEAD HEAD("qemu", "pc-q35-7.2") "<devices>"
#define PC_HEAD  HEAD("qemu", "pc-i440fx-7.2") "<devices>"

#define NIC(inside) "<interface type='user'>" inside "</interface>"
#define AT(place)   "<address type='pci' domain='0x0000' bus='0x00' slot='" place "' function='0x0'/>"
#define PCI(place)                                                                                 \
    "<hostdev mode='subsystem' type='pci'><source><address " place "/></source></hostdev>"
#define SPICE "<graphics type='spice'/>"
#define VNC   "<graphics type='vnc'/>"
#define XHCI  "<controller type='usb' index='0' model='qemu-xhci'/>"
#define MDEV(attributes, uuid)                                                                     \
    "<hostdev mode='subsystem' type='mdev' model='vfio-pci' " attributes "><source><address "      \
    "uuid='" uuid "'/></source></hostdev>"
#define USB_IDS(vendor, product)                                                                   \
    "<hostdev mode='subsystem' type='usb'><source><vendor id='" vendor "'/><product id='" product  \
    "'/></source></hostdev>"
#define UUID_A "11111111-2222-3333-4444-555555555555"
#define UUID_B "11111111-2222-3333-4444-555555555556"
#define DIR    "<source dir='/srv'/><target dir='t'/>"

static const Edge device_edges[] = {
    {"device-source-missing", ERROR, "source.bridge", "<interface type='bridge'/>",
     "<interface type='bridge'><source bridge='br0'/></interface>"},
    {"device-source-missing", ERROR, "source.network", "<interface type='network'/>",
     "<interface type='network'><source network='default'/></interface>"},
    {"device-source-missing", ERROR, "source.dev", "<interface type='direct'/>",
     "<interface type='direct'><source dev='eth0'/></interface>"},
    {"device-source-missing", ERROR, "source.address", "<hostdev mode='subsystem' type='pci'/>",
     PCI("bus='3' slot='0' function='0'")},
    {"device-source-missing", ERROR, "source.dev", "<input type='evdev'><source/></input>",
     "<input type='evdev'><source dev='/dev/input/event0'/></input>"},
    {"device-source-missing", ERROR, "source.dir",
     "<filesystem type='mount'><target dir='t'/></filesystem>",
     "<filesystem type='mount'>" DIR "</filesystem>"},
    {"device-source-missing", ERROR, "target.dir",
     "<filesystem type='mount'><source dir='/srv'/><target dir=''/></filesystem>",
     "<filesystem type='mount'>" DIR "</filesystem>"},
    {"device-source-missing", ERROR, "source.path", "<serial type='dev'/>",
     "<serial type='dev'><source path='/dev/ttyS0'/></serial>"},
    {"device-source-missing", ERROR, "source.path",
     "<console type='unix'><target type='virtio'/></console>",
     "<channel type='unix'><target type='virtio' name='a'/></channel>"},
    {"device-virtio-option", ERROR, "driver.iommu",
     NIC("<model type='e1000e'/><driver iommu='on'/>"),
     NIC("<model type='virtio'/><driver iommu='on'/>")},
    {"device-reconnect-mode", ERROR, "source.reconnect.enabled",
     "<serial type='unix'><source mode='bind' path='/s'><reconnect enabled='yes' timeout='1'/>"
     "</source></serial>",
     "<serial type='unix'><source mode='connect' path='/s'><reconnect enabled='yes' timeout='1'/>"
     "</source></serial>"},
    {"device-reconnect-timeout", ERROR, "source.reconnect.enabled",
     "<serial type='unix'><source mode='connect' path='/s'><reconnect enabled='yes' timeout='0'/>"
     "</source></serial>",
     "<serial type='unix'><source mode='connect' path='/s'><reconnect enabled='no'/></source>"
     "</serial>"},
    {"device-sources", ERROR, "source.2.mode",
     "<serial type='tcp'><source mode='bind' host='h' service='1'/><source mode='connect' host='h' "
     "service='2'/></serial>",
     "<serial type='tcp'><source mode='bind' host='h' service='1'/></serial>"},
    {"device-sources", ERROR, "source.3.mode",
     "<channel type='udp'><source service='1'/><source mode='bind' service='2'/><source "
     "service='3'/><target type='virtio' name='a'/></channel>",
     "<channel type='udp'><source service='1'/><source mode='bind' service='2'/><target "
     "type='virtio' name='a'/></channel>"},
    {"device-udp-connect", ERROR, "source.mode",
     "<serial type='udp'><source mode='bind' service='1'/></serial>",
     "<serial type='udp'><source mode='bind' service='1'/><source mode='connect' service='2'/>"
     "</serial>"},
    {"device-udp-connect", ERROR, "backend.source.mode",
     "<rng model='virtio'><backend model='egd' type='udp'><source mode='bind' service='1'/>"
     "</backend></rng>",
     "<rng model='virtio'><backend model='egd' type='udp'><source service='1'/></backend></rng>"},
    {"device-udp-connect", ERROR, "source.service",
     "<serial type='udp'><source host='localhost'/></serial>",
     "<serial type='udp'><source mode='bind' host='localhost'/><source service='2'/></serial>"},
    {"device-source-missing", ERROR, "source.service", "<serial type='udp'/>",
     "<serial type='udp'><source service='2'/></serial>"},
    {"device-single", ERROR, "", "<memballoon model='virtio'/><memballoon model='virtio'/>",
     "<memballoon model='virtio'/>"},
    {"device-single", ERROR, "", "<vsock model='virtio'/><vsock model='virtio'/>",
     "<vsock model='virtio'/>"},
    {"interface-mac", ERROR, "mac.address", NIC("<mac address='hello'/>"),
     NIC("<mac address='52:54:00:aa:bb:0c'/>")},
    {"interface-mac", ERROR, "mac.address", NIC("<mac address='52:54:00:aa:bb'/>"), NULL},
    {"interface-mac-multicast", ERROR, "mac.address", NIC("<mac address='53:54:00:aa:bb:0c'/>"),
     NIC("<mac address='52:54:00:aa:bb:0c'/>")},
    {"interface-queue-size", ERROR, "driver.rx_queue_size",
     NIC("<model type='virtio'/><driver rx_queue_size='33'/>"),
     NIC("<model type='virtio'/><driver rx_queue_size='512'/>")},
    {"interface-driver-model", WARNING, "driver.queues",
     NIC("<model type='e1000e'/><driver queues='4'/>"),
     NIC("<model type='virtio'/><driver queues='4'/>")},
    {"interface-model", WARNING, "model.type", NIC("<model type='virtoi'/>"),
     NIC("<model type='ne2k_isa'/>")},
    {"device-console-serial", ERROR, "target.type", "<console type='pty'/><console type='pty'/>",
     "<console type='pty'/><console type='pty'><target type='virtio'/></console>"},
    {"interface-bandwidth", ERROR, "bandwidth.inbound.average",
     NIC("<bandwidth><inbound peak='3'/></bandwidth>"),
     NIC("<bandwidth><inbound average='3' peak='3'/></bandwidth>")},
    {"interface-coalesce", ERROR, "coalesce.rx.frames.max",
     NIC("<coalesce><rx><frames max='3'/></rx></coalesce>"), NIC("")},
    {"device-spice-graphics", ERROR, "type", "<redirdev bus='usb' type='spicevmc'/>",
     SPICE "<redirdev bus='usb' type='spicevmc'/>"},
    {"device-arch", ERROR, "model", "<iommu model='smmuv3'/>", "<iommu model='intel'/>"},
    {"device-arch", ERROR, "", "<nvram/>", ""},
    {"device-address-arch", ERROR, "address.type",
     "<panic model='isa'><address type='pci'/></panic>",
     "<panic model='isa'><address type='isa' iobase='0x505'/></panic>"},
    {"device-address-arch", ERROR, "address.type",
     NIC("<address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0001'/>"), NIC("")},
    {"device-address-arch", WARNING, "address.type",
     "<controller type='scsi' model='virtio-scsi'><address type='spapr-vio'/></controller>",
     "<controller type='scsi' model='ibmvscsi'><address type='spapr-vio' reg='0x2000'/>"
     "</controller>"},
    {"device-address-arch", ERROR, "address.type",
     "<watchdog model='i6300esb'><address type='isa'/></watchdog>",
     "<watchdog model='i6300esb'>" AT("0x05") "</watchdog>"},
    {"device-address-arch", ERROR, "address.type",
     "<watchdog model='itco'><address type='pci'/></watchdog>", "<watchdog model='itco'/>"},
    {"watchdog-action", ERROR, "action",
     "<watchdog model='itco'/><watchdog model='i6300esb' action='none'/>",
     "<watchdog model='itco' action='none'/><watchdog model='i6300esb' action='none'/>"},
    {"watchdog-unique", ERROR, "model",
     "<watchdog model='itco' action='reset'/><watchdog model='itco'/>",
     "<watchdog model='i6300esb'/><watchdog model='i6300esb'/><watchdog model='itco'/>"},
    {"interface-isolated-port", ERROR, "port.isolated",
     NIC("<virtualport type='openvswitch'/><port isolated='yes'/>"), NIC("<port isolated='yes'/>")},
    {"interface-forward", ERROR, "portForward", NIC("<portForward proto='tcp'/>"),
     NIC("<portForward proto='tcp'/><backend type='passt'/>")},
    {"tpm-single", ERROR, "model",
     "<tpm model='tpm-crb'><backend type='passthrough'/></tpm>"
     "<tpm model='tpm-tis'><backend type='passthrough'/></tpm>",
     "<tpm model='tpm-crb'><backend type='passthrough'/></tpm>"},
    {"tpm-model-arch", ERROR, "model", "<tpm model='tpm-spapr'><backend type='passthrough'/></tpm>",
     "<tpm model='tpm-tis'><backend type='passthrough'/></tpm>"},
    {"shmem-msi", ERROR, "msi", "<shmem name='a'><model type='ivshmem-plain'/><msi/></shmem>",
     "<shmem name='a'><model type='ivshmem-plain'/></shmem>"},
    {"shmem-size", WARNING, "size",
     "<shmem name='a'><model type='ivshmem-plain'/><size unit='MiB'>3</size></shmem>",
     "<shmem name='a'><model type='ivshmem-plain'/><size unit='MiB'>4</size></shmem>"},
    {"serial-target-arch", ERROR, "target.type",
     "<serial type='pty'><target type='spapr-vio-serial'/></serial>",
     "<serial type='pty'><target type='isa-serial'/></serial>"},
    {"input-model", ERROR, "model",
     "<input type='keyboard' bus='virtio' model='virtio-transitional'/>",
     "<input type='keyboard' bus='virtio' model='virtio'/>"},
    {"filesystem-shared-memory", ERROR, "driver.type",
     "<filesystem type='mount'><driver type='virtiofs'/>" DIR "</filesystem>",
     "<filesystem type='mount'><driver type='path'/>" DIR "</filesystem>"},
    {"filesystem-virtiofs-readonly", ERROR, "readonly",
     "<filesystem type='mount'><driver type='virtiofs'/>" DIR "<readonly/></filesystem>",
     "<filesystem type='mount'><driver type='path'/>" DIR "<readonly/></filesystem>"},
    {"controller-iothread", ERROR, "driver.iothread",
     "<controller type='scsi' index='0' model='virtio-scsi'><driver iothread='1'/></controller>",
     "<controller type='scsi' index='0' model='virtio-scsi'/>"},
};

#define UNTIL(time) "<graphics type='vnc' passwdValidTo='" time "'/>"
static const Edge display_edges[] = {
    {"graphics-password-time", ERROR, "passwdValidTo", UNTIL("2030-1-1T00:00:00"),
     UNTIL("2030-12-31T23:59:59")},
    {"graphics-password-time", ERROR, "passwdValidTo", UNTIL("2030-02-29T00:00:00"),
     UNTIL("2028-02-29T00:00:00")},
    {"graphics-port", WARNING, "port", "<graphics type='vnc' port='5899'/>",
     "<graphics type='vnc' port='5900'/>"},
    {"graphics-port", WARNING, "port", "<graphics type='vnc' autoport='no'/>",
     "<graphics type='vnc' autoport='no'><listen type='socket'/></graphics>"},
    {"graphics-port", WARNING, "port", "<graphics type='vnc' port='-1' autoport='no'/>",
     "<graphics type='vnc' port='-1'/>"},
    {"graphics-port", WARNING, "listen",
     "<graphics type='spice'><listen type='address'/></graphics>",
     "<graphics type='spice' port='5900'><listen type='address'/></graphics>"},
    {"graphics-vnc-password", ERROR, "passwd", "<graphics type='vnc' passwd='123456789'/>",
     "<graphics type='vnc' passwd='12345678'/>"},
    {"graphics-vnc-password", ERROR, "passwd", "<graphics type='vnc' passwd='123456789'/>",
     "<graphics type='vnc' passwd='" DW_SECRET_PLACEHOLDER "'/>"},
    {"graphics-listen", ERROR, "listen",
     "<graphics type='vnc' listen='0.0.0.0'><listen type='address' "
     "address='127.0.0.1'/></graphics>",
     "<graphics type='vnc' listen='0.0.0.0'><listen type='address' address='0.0.0.0'/></graphics>"},
    {"graphics-listen-name", WARNING, "listen", "<graphics type='vnc' listen='any'/>",
     "<graphics type='vnc' listen='0.0.0.0'/>"},
    {"graphics-listen-name", WARNING, "listen.1.address",
     "<graphics type='vnc'><listen type='address' address='*'/></graphics>",
     "<graphics type='vnc'><listen type='address' address='::'/></graphics>"},
    {"graphics-listen-several", WARNING, "listen.2.type",
     "<graphics type='vnc'><listen type='address'/><listen type='socket'/></graphics>",
     "<graphics type='vnc'><listen type='address'/></graphics>"},
    {"graphics-type-unique", WARNING, "type", VNC VNC, VNC SPICE},
    {"graphics-dbus-audio", ERROR, "audio.id",
     "<graphics type='dbus'><audio id='1'/></graphics><audio id='1' type='none'/>",
     "<graphics type='dbus'><audio id='1'/></graphics><audio id='1' type='dbus'/>"},
    {"graphics-egl-alone", ERROR, "type", "<graphics type='sdl'/><graphics type='egl-headless'/>",
     VNC "<graphics type='egl-headless'/>"},
    {"graphics-opengl-unique", ERROR, "gl.enable",
     "<graphics type='spice'><listen type='none'/><gl enable='yes'/></graphics>"
     "<graphics type='egl-headless'/>",
     "<graphics type='spice'><listen type='none'/><gl enable='no'/></graphics>"
     "<graphics type='egl-headless'/>"},
    {"video-primary-unique", ERROR, "model.primary",
     "<video><model type='virtio' primary='yes'/></video><video><model type='qxl' "
     "primary='yes'/></video>",
     "<video><model type='virtio' primary='yes'/></video><video><model type='qxl'/></video>"},
    {"video-none-alone", ERROR, "video",
     "<video><model type='none'/></video><video><model type='virtio'/></video>",
     "<video><model type='none'/></video>"},
    {"video-ramfb-address", ERROR, "address.type",
     "<video><model type='ramfb'/>" AT("0x05") "</video>", "<video><model type='ramfb'/></video>"},
    {"audio-reference", ERROR, "audio.id",
     "<sound model='ich9'><audio id='2'/></sound><audio id='1' type='none'/>",
     "<sound model='ich9'><audio id='1'/></sound>"},
    {"audio-spice-graphics", ERROR, "type", VNC "<audio id='1' type='spice'/>",
     SPICE "<audio id='1' type='spice'/>"},
    {"audio-id-unique", ERROR, "id", "<audio id='1' type='none'/><audio id='1' type='none'/>",
     "<audio id='1' type='none'/><audio id='2' type='none'/>"},
    {"hostdev-display-graphics", ERROR, "display", MDEV("display='on'", UUID_A),
     VNC MDEV("display='on'", UUID_A)},
    {"hostdev-ramfb", WARNING, "ramfb", VNC MDEV("display='off' ramfb='on'", UUID_A),
     VNC MDEV("display='on' ramfb='on'", UUID_A)},
    {"hostdev-ramfb", ERROR, "ramfb",
     VNC MDEV("display='on' ramfb='on'", UUID_A) MDEV("display='on' ramfb='on'", UUID_B),
     VNC MDEV("display='on' ramfb='on'", UUID_A) MDEV("display='on'", UUID_B)},
    {"hostdev-unique", ERROR, "source.address", MDEV("", UUID_A) MDEV("", UUID_A),
     MDEV("", UUID_A) MDEV("", UUID_B)},
    {"hostdev-unique", ERROR, "source.address",
     PCI("domain='0x0000' bus='0x06' slot='0x00' function='0x0'")
         PCI("bus='6' slot='0' function='0'"),
     PCI("domain='0x0000' bus='0x06' slot='0x00' function='0x0'")
         PCI("bus='7' slot='0' function='0'")},
    {"hostdev-usb-source", ERROR, "source.vendor",
     "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/></source></hostdev>",
     "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product "
     "id='0x1'/></source>"
     "</hostdev>"},
    {"hostdev-usb-id", ERROR, "source.vendor", USB_IDS("046d", "0xc52b"),
     USB_IDS("0x046d", "0xc52b")},
    {"hostdev-usb-id", ERROR, "source.product", USB_IDS("0x46d", "21863"), USB_IDS("0x46d", "0x1")},
    {"hostdev-usb-id", ERROR, "source.vendor", USB_IDS("0x0", "0x1"), USB_IDS("0xffff", "0x1")},
    {"hostdev-usb-decimal", WARNING, "source.vendor", USB_IDS("1921", "0x1"),
     USB_IDS("0x1921", "0x1")},
    {"hostdev-boot", ERROR, "boot.order",
     "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' "
     "wwpn='naa.5123456789abcde0'/><boot order='1'/></hostdev>",
     "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' "
     "wwpn='naa.5123456789abcde0'/></hostdev>"},
    {"hostdev-address-unique", ERROR, "address.unit",
     "<controller type='scsi' index='0' model='virtio-scsi'/>"
     "<disk type='block' device='disk'><source dev='/dev/a'/><target dev='sda' bus='scsi'/>"
     "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>"
     "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/>"
     "<address bus='0' target='0' unit='0'/></source>"
     "<address type='drive' controller='0' bus='0' target='0' unit='0'/></hostdev>",
     "<controller type='scsi' index='0' model='virtio-scsi'/>"
     "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/>"
     "<address bus='0' target='0' unit='0'/></source>"
     "<address type='drive' controller='0' bus='0' target='0' unit='0'/></hostdev>"},
};

static const Edge bus_edges[] = {
    {"pci-address-unique", ERROR, "address.slot",
     NIC(AT("0x05")) "<memballoon model='virtio'>" AT("0x05") "</memballoon>",
     NIC(AT("0x05")) "<memballoon model='virtio'>" AT("0x06") "</memballoon>"},
    {"controller-index-unique", ERROR, "index",
     "<controller type='scsi' index='0' model='virtio-scsi'/><controller type='scsi' index='0' "
     "model='virtio-scsi'/>",
     "<controller type='scsi' index='0' model='virtio-scsi'/><controller type='scsi' index='1' "
     "model='virtio-scsi'/>"},
    {"controller-root-machine", ERROR, "model",
     "<controller type='pci' index='0' model='pci-root'/>",
     "<controller type='pci' index='0' model='pcie-root'/>"},
    {"controller-root-index", ERROR, "index",
     "<controller type='pci' index='1' model='pcie-root'/>",
     "<controller type='pci' index='0' model='pcie-root'/>"},
    {"controller-root-address", ERROR, "address.type",
     "<controller type='pci' index='0' model='pcie-root'>" AT("0x03") "</controller>",
     "<controller type='pci' index='0' model='pcie-root'/>"},
    {"controller-model-machine", ERROR, "model",
     "<controller type='pci' index='0' model='pcie-root'/>"
     "<controller type='pci' index='1' model='pci-expander-bus'/>",
     "<controller type='pci' index='0' model='pcie-root'/>"
     "<controller type='pci' index='1' model='pcie-root-port'/>"},
    {"controller-numa-node", ERROR, "target.node",
     "<controller type='pci' index='1' model='pcie-expander-bus'><target busNr='254'>"
     "<node>1</node></target></controller>",
     "<controller type='pci' index='1' model='pcie-expander-bus'><target "
     "busNr='254'/></controller>"},
    {"controller-ide-machine", ERROR, "type", "<controller type='ide' index='0'/>",
     "<controller type='sata' index='0'/>"},
    {"usb-disabled", ERROR, "type",
     "<controller type='usb' index='0' model='none'/><input type='tablet' bus='usb'/>",
     XHCI "<input type='tablet' bus='usb'/>"},
    {"usb-address-unique", ERROR, "address.port",
     XHCI "<input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>"
          "<input type='keyboard' bus='usb'><address type='usb' bus='0' port='1'/></input>",
     XHCI "<input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>"
          "<input type='keyboard' bus='usb'><address type='usb' bus='0' port='2'/></input>"},
    {"usb-bus-missing", ERROR, "address.bus",
     XHCI "<input type='tablet' bus='usb'><address type='usb' bus='1' port='1'/></input>",
     XHCI "<input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>"},
    {"usb-ports", ERROR, "ports", "<controller type='usb' index='0' model='qemu-xhci' ports='16'/>",
     "<controller type='usb' index='0' model='qemu-xhci' ports='15'/>"},
    {"usb-companion", ERROR, "master.startport",
     "<controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/></controller>",
     "<controller type='usb' index='0' model='ich9-ehci1'/>"
     "<controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/></controller>"},
};

static const Edge pc_edges[] = {
    {"device-arch", ERROR, "model", "<watchdog model='itco'/>", "<watchdog model='ib700'/>"},
    {"controller-root-machine", ERROR, "model",
     "<controller type='pci' index='0' model='pcie-root'/>",
     "<controller type='pci' index='0' model='pci-root'/>"},
    {"controller-model-machine", ERROR, "model",
     "<controller type='pci' index='1' model='pcie-root-port'/>",
     "<controller type='pci' index='1' model='pci-bridge'/>"},
    {"iommu-machine", ERROR, "model", "<iommu model='intel'/>", ""},
    {"iommu-machine", ERROR, "model", "<iommu model='virtio'/>", ""},
};

static void test_devices(void **state)
{
    check_edges(device_edges, G_N_ELEMENTS(device_edges), Q35_HEAD, TAIL, NULL);
}

static void test_displays(void **state)
{
    check_edges(display_edges, G_N_ELEMENTS(display_edges), Q35_HEAD, TAIL, NULL);
}

static void test_buses(void **state)
{
    check_edges(bus_edges, G_N_ELEMENTS(bus_edges), Q35_HEAD, TAIL, NULL);
    check_edges(pc_edges, G_N_ELEMENTS(pc_edges), PC_HEAD, TAIL, NULL);
}

/* ---- Domain settings ---- */

#define DOMAIN(before, os, features, after)                                                        \
    "<domain type='qemu'><name>t</name><memory unit='KiB'>1048576</memory>" before                 \
    "<vcpu>4</vcpu>" os "<features><acpi/>" features "</features>" after "</domain>"
#define OS_Q35         "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"
#define OS_PC          "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>"
#define AFTER(xml)     DOMAIN("", OS_Q35, "", xml)
#define BEFORE(xml)    DOMAIN(xml, OS_Q35, "", "")
#define FEATURE(xml)   DOMAIN("", OS_Q35, xml, "")
#define CELL(id, rest) "<cell id='" id "' cpus='0-1' memory='1048576' unit='KiB'" rest
#define CELLS(inside)  "<cpu><numa>" inside "</numa></cpu>"
#define ONE_CELL       CELLS(CELL("0", "/>"))
#define MEMDEV(model, node)                                                                        \
    "<devices><memory model='" model "'><target><size unit='KiB'>524288</size><node>" node         \
    "</node></target></memory></devices>"
#define ROOM "<maxMemory slots='4' unit='KiB'>8388608</maxMemory>"

static const Edge domain_edges[] = {
    {"numa-cell-ids", ERROR, "cpu.numa.cell", AFTER(CELLS(CELL("1", "/>"))), AFTER(ONE_CELL)},
    {"numa-sibling", ERROR, "cpu.numa.cell",
     AFTER(CELLS(CELL("0", "><distances><sibling id='3' value='20'/></distances></cell>"))),
     AFTER(CELLS(CELL("0", "><distances><sibling id='0' value='10'/></distances></cell>")))},
    {"numa-sibling", ERROR, "cpu.numa.cell",
     AFTER(CELLS(CELL("0", "><distances><sibling id='+1' value='20'/></distances></cell>"))),
     AFTER(CELLS(CELL("0", "><distances><sibling id='0' value='10'/></distances></cell>")))},
    {"numa-sibling", ERROR, "cpu.numa.cell",
     AFTER(CELLS(CELL("0", "><distances><sibling id='-1' value='20'/></distances></cell>"))),
     AFTER(CELLS(CELL("0", "><distances><sibling id='0' value='10'/></distances></cell>")))},
    {"numa-sibling", ERROR, "cpu.numa.cell",
     AFTER(CELLS(
         CELL("0", "><distances/><distances><sibling id='1' value='20'/></distances></cell>"))),
     AFTER(CELLS(CELL("0", "><distances><sibling id='0' value='10'/></distances></cell>")))},
    {"numa-sibling", ERROR, "cpu.numa.cell",
     AFTER(CELLS(CELL(
         "0", "><distances><q:sibling xmlns:q='urn:q' id='1' value='20'/></distances></cell>"))),
     AFTER(CELLS(CELL("0", "><distances><sibling id='0' value='10'/></distances></cell>")))},
    {"memory-numa-sum", WARNING, "memory",
     AFTER("<cpu><numa><cell id='0' cpus='0-1' memory='2097152' unit='KiB'/></numa></cpu>"),
     AFTER(ONE_CELL)},
    {"numa-memnode-cells", ERROR, "numatune.memnode",
     AFTER("<numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune>"),
     AFTER(ONE_CELL "<numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune>")},
    {"numa-memnode", ERROR, "numatune.memnode",
     AFTER(ONE_CELL "<numatune><memnode cellid='1' mode='strict' nodeset='0'/></numatune>"),
     AFTER(ONE_CELL "<numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune>")},
    {"numa-memnode-mode", ERROR, "numatune.memnode",
     AFTER(ONE_CELL "<numatune><memory mode='restrictive' nodeset='0'/>"
                    "<memnode cellid='0' mode='strict' nodeset='0'/></numatune>"),
     AFTER(ONE_CELL "<numatune><memory mode='strict' nodeset='0'/>"
                    "<memnode cellid='0' mode='strict' nodeset='0'/></numatune>")},
    {"numa-nodeset", ERROR, "numatune.memory.nodeset",
     AFTER("<numatune><memory mode='strict' placement='static'/></numatune>"),
     AFTER("<numatune><memory mode='strict' placement='auto'/></numatune>")},
    {"numa-nodeset", ERROR, "numatune.memory.nodeset",
     AFTER("<numatune><memory mode='restrictive'/></numatune>"),
     AFTER("<numatune><memory mode='restrictive' nodeset='0'/></numatune>")},
    {"memory-maximum-cells", WARNING, "maxMemory.slots", BEFORE(ROOM),
     DOMAIN(ROOM, OS_Q35, "", ONE_CELL)},
    {"memory-page-default", ERROR, "memoryBacking.hugepages.page",
     AFTER("<memoryBacking><hugepages><page size='2048' unit='KiB'/><page size='1048576' "
           "unit='KiB'/></hugepages></memoryBacking>"),
     AFTER("<memoryBacking><hugepages><page size='2048' unit='KiB'/></hugepages></memoryBacking>")},
    {"memory-page-nodeset", ERROR, "memoryBacking.hugepages.page",
     AFTER("<memoryBacking><hugepages><page size='2048' unit='KiB' nodeset='1'/></hugepages>"
           "</memoryBacking>" ONE_CELL),
     AFTER("<memoryBacking><hugepages><page size='2048' unit='KiB' nodeset='0'/></hugepages>"
           "</memoryBacking>" ONE_CELL)},
    {"memory-device-node", ERROR, "target.node",
     DOMAIN(ROOM, OS_Q35, "", ONE_CELL MEMDEV("dimm", "1")),
     DOMAIN(ROOM, OS_Q35, "", ONE_CELL MEMDEV("dimm", "0"))},
    {"memory-device-cells", WARNING, "model", BEFORE(ROOM MEMDEV("dimm", "0")),
     DOMAIN(ROOM, OS_Q35, "", ONE_CELL MEMDEV("dimm", "0"))},
    {"memory-device-maximum", ERROR, "model", AFTER(ONE_CELL MEMDEV("dimm", "0")),
     DOMAIN(ROOM, OS_Q35, "", ONE_CELL MEMDEV("dimm", "0"))},
    {"memory-current-lower", INFO, "currentMemory",
     BEFORE("<currentMemory unit='KiB'>524288</currentMemory>"),
     BEFORE("<currentMemory unit='KiB'>1048576</currentMemory>")},
    {"cputune-vcpupin", WARNING, "cputune.vcpupin",
     AFTER("<cputune><vcpupin vcpu='4' cpuset='0'/></cputune>"),
     AFTER("<cputune><vcpupin vcpu='3' cpuset='0'/></cputune>")},
    {"cputune-vcpusched", ERROR, "cputune.vcpusched",
     AFTER("<cputune><vcpusched vcpus='0-1' scheduler='batch'/><vcpusched vcpus='1' "
           "scheduler='idle'/></cputune>"),
     AFTER("<cputune><vcpusched vcpus='0-3,^1' scheduler='batch'/><vcpusched vcpus='1' "
           "scheduler='idle'/></cputune>")},
    {"cputune-kvm", ERROR, "cputune.cachetune",
     AFTER("<cputune><cachetune vcpus='0-1'><cache id='0' level='3' type='both' size='3' "
           "unit='MiB'/></cachetune></cputune>"),
     AFTER("<cputune><shares>3</shares></cputune>")},
    {"cputune-iothread", ERROR, "cputune.iothreadpin",
     AFTER("<iothreads>1</iothreads><cputune><iothreadpin iothread='2' cpuset='0'/></cputune>"),
     AFTER("<iothreads>2</iothreads><cputune><iothreadpin iothread='2' cpuset='0'/></cputune>")},
    {"cpu-cache", ERROR, "cpu.cache.mode",
     AFTER("<cpu mode='host-passthrough'><cache level='2' mode='emulate'/></cpu>"),
     AFTER("<cpu mode='host-passthrough'><cache level='3' mode='emulate'/></cpu>")},
    {"cpu-cache-mode", ERROR, "cpu.cache.mode",
     AFTER("<cpu mode='custom'><model>qemu64</model><cache mode='passthrough'/></cpu>"),
     AFTER("<cpu mode='maximum'><cache mode='passthrough'/></cpu>")},
    {"cpu-address-bits", ERROR, "cpu.maxphysaddr.bits",
     AFTER("<cpu mode='maximum'><maxphysaddr mode='passthrough' bits='42'/></cpu>"),
     AFTER("<cpu mode='maximum'><maxphysaddr mode='emulate' bits='42'/></cpu>")},
    {"features-arch", ERROR, "features.hpt", FEATURE("<hpt resizing='enabled'/>"),
     FEATURE("<pae/>")},
    {"features-arch", ERROR, "features.ras", FEATURE("<ras state='off'/>"),
     DOMAIN("", "<os><type arch='aarch64' machine='virt'>hvm</type></os>", "<ras state='on'/>",
            "")},
    {"features-gic", ERROR, "features.gic", FEATURE("<gic version='3'/>"), FEATURE("<pae/>")},
    {"features-acpi-firmware", ERROR, "features.acpi",
     DOMAIN("", "<os><type arch='aarch64' machine='virt'>hvm</type></os>", "", ""),
     DOMAIN("", "<os firmware='efi'><type arch='aarch64' machine='virt'>hvm</type></os>", "", "")},
    {"features-tseg-machine", ERROR, "features.smm.tseg",
     DOMAIN("", OS_PC, "<smm state='on'><tseg unit='MiB'>48</tseg></smm>", ""),
     FEATURE("<smm state='on'><tseg unit='MiB'>48</tseg></smm>")},
    {"features-tseg-size", ERROR, "features.smm.tseg",
     FEATURE("<smm state='on'><tseg unit='KiB'>12345</tseg></smm>"),
     FEATURE("<smm state='on'><tseg unit='KiB'>12288</tseg></smm>")},
    {"vcpu-first", ERROR, "vcpus.vcpu",
     AFTER("<vcpus><vcpu id='0' enabled='no' hotpluggable='yes'/></vcpus>"),
     AFTER("<vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/></vcpus>")},
    {"seclabel-model", ERROR, "seclabel",
     AFTER("<seclabel type='static'><label>x</label></seclabel>"),
     AFTER("<seclabel type='dynamic'/>")},
    {"seclabel-model", ERROR, "seclabel",
     AFTER("<seclabel type='dynamic'><baselabel>x</baselabel></seclabel>"),
     AFTER("<seclabel type='dynamic'><baselabel/></seclabel>")},
    {"seclabel-unique", ERROR, "seclabel",
     AFTER("<seclabel type='dynamic' model='selinux'/><seclabel type='dynamic' model='selinux'/>"),
     AFTER("<seclabel type='dynamic' model='selinux'/><seclabel type='dynamic' model='dac'/>")},
    {"sysinfo-uuid", ERROR, "sysinfo.system.uuid",
     AFTER("<uuid>" UUID_A "</uuid><sysinfo type='smbios'><system><entry name='uuid'>" UUID_B
           "</entry></system></sysinfo>"),
     AFTER("<uuid>" UUID_A "</uuid><sysinfo type='smbios'><system><entry name='uuid'>" UUID_A
           "</entry></system></sysinfo>")},
    {"cputune-quota", ERROR, "cputune.quota", AFTER("<cputune><quota>999</quota></cputune>"),
     AFTER("<cputune><quota>1000</quota></cputune>")},
    {"sysinfo-date", ERROR, "sysinfo.bios.date",
     AFTER("<sysinfo type='smbios'><bios><entry name='date'>2001-01-01</entry></bios></sysinfo>"),
     AFTER("<sysinfo type='smbios'><bios><entry name='date'>01/01/2001</entry></bios></sysinfo>")},
    {"iommu-acpi", ERROR, "model",
     "<domain type='qemu'><name>t</name><memory>1024</memory>" OS_Q35
     "<devices><iommu model='virtio'/></devices></domain>",
     AFTER("<devices><iommu model='virtio'/></devices>")},
};

static void test_domains(void **state)
{
    check_edges(domain_edges, G_N_ELEMENTS(domain_edges), "", "", NULL);
}

/* What libvirt up to some version took, though the guest has nothing of it. */
static void test_vhostuser(void **state)
{
    static const char card[] = "<devices><interface type='vhostuser'><source type='unix' path='/s' "
                               "mode='client'/><model type='virtio'/></interface>" TAIL;
    static const char head[] = HEAD("qemu", "pc-q35-7.2");
    static const char all[] =
        "<memoryBacking><access mode='shared'/></memoryBacking><cpu><numa>"
        "<cell id='0' cpus='0' memory='1'/><cell id='1' cpus='1' memory='1'/></numa></cpu>";
    static const char one[] =
        "<memoryBacking><access mode='shared'/></memoryBacking><cpu><numa>"
        "<cell id='0' cpus='0' memory='1'/><cell id='1' cpus='1' memory='1' memAccess='private'/>"
        "</numa></cpu>";
    static const struct {
        uint64_t version;
        DwSeverity severity;
    } hosts[] = {{0, WARNING}, {9000000, WARNING}, {11003000, ERROR}};
    g_autofree char *none = g_strconcat(head, card, NULL);
    g_autofree char *some = g_strconcat(head, one, card, NULL);
    g_autofree char *good = g_strconcat(head, all, card, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        const Edge edge = {"interface-vhostuser-memory", hosts[i].severity, "type", NULL, NULL};
        const DwHost host = {.libvirt_version = hosts[i].version};

        check_edge(&edge, none, good, &host);
        check_edge(&edge, some, good, &host);
    }
}

static void test_versions(void **state)
{
    static const Edge before[] = {{"watchdog-single", ERROR, "model",
                                   "<watchdog model='i6300esb'/><watchdog model='ib700'/>",
                                   "<watchdog model='i6300esb'/>"}};
    static const Edge ssh[] = {
        {"disk-network-extra", ERROR, "source.identity.user",
         "<disk type='network' device='disk'><source protocol='ssh' name='/a'><host name='h'/>"
         "<identity username='u'/></source><target dev='vda' bus='virtio'/></disk>",
         ""}};
    static const Edge product[] = {
        {"disk-inquiry-bus", ERROR, "product",
         "<disk type='file' device='disk'><source file='/a'/><target dev='sda' bus='sata'/>"
         "<product>x</product></disk>",
         ""}};
    const DwHost old = {.libvirt_version = 9000000}, new = {.libvirt_version = 12008000};
    static const Edge *const groups[] = {before, ssh, product};

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        g_autofree char *xml = g_strconcat(Q35_HEAD, groups[i]->bad, TAIL, NULL);

        check_edges(groups[i], 1, Q35_HEAD, TAIL, &old);
        g_autoptr(GPtrArray) problems = problems_of(xml, &new);
        assert_null(find_rule(problems, groups[i]->rule));
    }
}

/* libvirt writes the first serial port a second time, as a console. */
static void test_mirrored_console(void **state)
{
    g_autoptr(GPtrArray) problems = problems_of(
        Q35_HEAD
        "<serial type='pty'><target port='0'/><alias name='ua-a'/></serial>"
        "<console type='pty'><target type='serial' port='0'/><alias name='ua-a'/></console>" TAIL,
        NULL);
    g_autoptr(GPtrArray) others = problems_of(
        Q35_HEAD
        "<serial type='pty'><target port='0'/><alias name='ua-a'/></serial>"
        "<console type='pty'><target type='virtio' port='0'/><alias name='ua-a'/></console>" TAIL,
        NULL);

    assert_null(find_rule(problems, "alias-unique"));
    assert_non_null(find_rule(others, "alias-unique"));
}

/* Other hypervisors have words of their own: what the table does not know is no error there. */
static void test_other_words(void **state)
{
    static const Edge words[] = {
        {"value", INFO, "driver.cache",
         "<domain type='vmware'><name>t</name><memory>1</memory><devices><disk type='file'>"
         "<driver cache='lsilogic'/><source file='a'/><target dev='sda' bus='scsi'/></disk>"
         "</devices></domain>",
         NULL},
        {"value", ERROR, "driver.cache",
         "<domain type='kvm'><name>t</name><memory>1</memory><devices><disk type='file'>"
         "<driver cache='lsilogic'/><source file='/a'/><target dev='sda' bus='scsi'/></disk>"
         "</devices></domain>",
         NULL}};

    check_edges(words, G_N_ELEMENTS(words), "", "", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices),     cmocka_unit_test(test_displays),
        cmocka_unit_test(test_buses),       cmocka_unit_test(test_domains),
        cmocka_unit_test(test_versions),    cmocka_unit_test(test_mirrored_console),
        cmocka_unit_test(test_other_words), cmocka_unit_test(test_vhostuser),
    };

    dw_end_without_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
