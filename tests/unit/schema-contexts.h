/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents, devices and sources that are valid by themselves, into which the test of rows puts
 * keys. */
#pragma once

/*
 * Contexts: among them each row finds one it may be added to. Of disks, what is inside <disk> or
 * <backingStore>: the same sources may be in either, and are tried in both.
 */
#define NETWORK(rest) "type='network'><source protocol=" rest "</source>"
#define HOST          "<host name='h'/>"
#define UUID          "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define NVME          "<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>"

static const char *const sources[] = {
    "type='file'><source file='/a'/>",
    "type='file'><source file='/a' startupPolicy='optional'/>",
    "type='block'><source dev='/dev/a'/>",
    "type='dir'><source dir='/a'/>",
    "type='volume'><source pool='p' volume='v'/>",
    "type='nvme'><source type='pci' managed='yes' namespace='1'>" NVME "</source>",
    "type='vhostuser'><source type='unix' path='/a'/>",
    "type='vhostuser'><source type='unix' path='/a'><reconnect enabled='yes'/></source>",
    "type='block'><source dev='/a'><reservations managed='no'>"
    "<source type='unix' path='/a' mode='client'/></reservations></source>",
    NETWORK("'nbd'>" HOST),
    NETWORK("'nbd' tls='yes'>" HOST),
    NETWORK("'nbd'><host transport='unix' socket='/a'/>"),
    NETWORK("'iscsi' name='a/1'>" HOST),
    NETWORK("'iscsi' name='a/1'>" HOST
            "<auth username='u'><secret type='iscsi' usage='s'/></auth>"),
    NETWORK("'rbd' name='a/b'>" HOST),
    NETWORK("'rbd' name='a/b'>" HOST "<auth username='u'><secret type='ceph' usage='s'/></auth>"),
    NETWORK("'rbd' name='a/b'>" HOST "<auth username='u'><secret type='ceph' uuid='" UUID
            "'/></auth>"),
    NETWORK("'gluster' name='a/b'>" HOST),
    NETWORK("'http' name='a'>" HOST),
    NETWORK("'https' name='a'>" HOST),
    NETWORK("'ftp' name='a'>" HOST),
    NETWORK("'ftps' name='a'>" HOST),
    NETWORK("'nfs' name='a'>" HOST "<identity user='u' group='g'/>"),
    NETWORK("'vxhs' name='a'>" HOST),
    NULL,
};

#define ADDRESS(rest) "type='file'><address " rest "/>"
#define IOTUNE(rest)  "type='file'><iotune>" rest "</iotune>"

static const char *const disks[] = {
    "type='block' device='lun'><source dev='/a'/>",
    "type='file' device='cdrom'>",
    "type='file'><geometry cyls='1' heads='1' secs='1'/>",
    "type='file'><transient/>",
    "type='file'><boot order='1'/>",
    IOTUNE(
        "<total_bytes_sec_max>1</total_bytes_sec_max><total_iops_sec_max>1</total_iops_sec_max>"),
    IOTUNE("<read_bytes_sec_max>1</read_bytes_sec_max><write_bytes_sec_max>1</write_bytes_sec_max>"
           "<read_iops_sec_max>1</read_iops_sec_max><write_iops_sec_max>1</write_iops_sec_max>"),
    ADDRESS("type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'"),
    ADDRESS("type='drive' controller='0' bus='0' target='0' unit='0'"),
    ADDRESS("type='ccw' cssid='0xfe' ssid='0x0' devno='0x0000'"),
    ADDRESS("type='usb' bus='0' port='1'"),
    ADDRESS("type='spapr-vio' reg='0x2000'"),
    ADDRESS("type='isa' iobase='0x1' irq='0x1'"),
    ADDRESS("type='dimm' slot='0' base='0x1'"),
    ADDRESS("type='virtio-serial' controller='0' bus='0' port='1'"),
    ADDRESS("type='ccid' controller='0' slot='0'"),
    NULL,
};

#define PORT "<target type='virtio' name='a'/>"

static const char *const channels[] = {
    "type='unix'>" PORT,
    "type='unix'><source mode='bind' path='/a'/>" PORT,
    "type='pty'><source path='/a'/>" PORT,
    "type='file'><source path='/a'/>" PORT,
    "type='tcp'><source mode='connect' host='h' service='1'/>" PORT,
    "type='udp'><source mode='connect' host='h' service='1'/>" PORT,
    "type='tcp'><source mode='connect' host='h' service='1'><reconnect "
    "enabled='yes'/></source>" PORT,
    "type='unix'><log file='/a'/>" PORT,
    "type='spiceport'><source channel='c'/>" PORT,
    "type='unix'><target type='guestfwd' address='10.0.0.1' port='1'/>",
    "type='unix'><target type='xen' name='a'/>",
    NULL,
};

#define NET(type, rest) "type='" type "'>" rest
#define PCI             "domain='0x0000' bus='0x01' slot='0x00' function='0x0'"

static const char *const interfaces[] = {
    NET("network", "<source network='n'/>"),
    NET("network", "<source network='n'/><boot order='1'/>"),
    NET("network", "<source network='n'/><virtualport type='openvswitch'/>"),
    NET("network", "<source network='n'/><virtualport type='802.1Qbg'/>"),
    NET("network", "<source network='n'/><virtualport type='midonet'><parameters interfaceid='" UUID
                   "'/></virtualport>"),
    NET("network", "<source network='n'/><ip address='10.0.0.1'/>"),
    NET("network", "<source network='n'/><teaming type='transient' persistent='ua-a'/>"),
    NET("network", "<source network='n'/><vlan><tag id='1'/></vlan>"),
    NET("bridge", "<source bridge='b'/>"),
    NET("bridge", "<source bridge='b'/><target dev='a'/>"),
    NET("bridge", "<source bridge='b'/><driver name='qemu'/>"),
    NET("user", ""),
    NET("user", "<backend type='passt'/>"),
    NET("user", "<mac address='52:54:00:00:00:01'/>"),
    NET("ethernet", ""),
    NET("ethernet", "<target dev='a'/>"),
    NET("direct", "<source dev='a' mode='vepa'/>"),
    NET("hostdev", "<source><address type='pci' " PCI "/></source>"),
    NET("internal", "<source name='a'/>"),
    NET("server", "<source address='127.0.0.1' port='1'/>"),
    NET("client", "<source address='127.0.0.1' port='1'/>"),
    NET("mcast", "<source address='224.0.0.1' port='1'/>"),
    NET("udp",
        "<source address='127.0.0.1' port='1'><local address='127.0.0.1' port='2'/></source>"),
    NET("vhostuser", "<source type='unix' path='/a' mode='client'/>"),
    NET("vhostuser",
        "<source type='unix' path='/a' mode='client'><reconnect enabled='yes'/></source>"),
    NET("vdpa", "<source dev='/a'/>"),
    NET("null", ""),
    NET("vds", "<source switchid='" UUID "' portid='1' portgroupid='a' connectionid='1'/>"),
    NULL,
};

static const char *const graphics[] = {
    "type='vnc'>",
    "type='vnc' socket='/a'>",
    "type='spice'>",
    "type='spice' port='1' passwd='a'>",
    "type='spice'><gl enable='yes'/>",
    "type='sdl'>",
    "type='sdl'><gl enable='yes'/>",
    "type='rdp'>",
    "type='desktop'>",
    "type='egl-headless'>",
    "type='egl-headless'><gl/>",
    "type='dbus'>",
    "type='dbus'><gl enable='yes'/>",
    "type='vnc'><listen type='address'/>",
    "type='vnc'><listen type='network' network='n'/>",
    "type='vnc'><listen type='socket'/>",
    "type='vnc'><listen type='none'/>",
    NULL,
};

static const char *const videos[] = {
    ">",
    "><model type='qxl'/>",
    "><model type='virtio'><acceleration/></model>",
    "><model type='virtio'><resolution x='1' y='1'/></model>",
    NULL,
};

static const char *const controllers[] = {
    "type='scsi'>",
    "type='usb'>",
    "type='virtio-serial'>",
    "type='xenbus'>",
    "type='pci' model='pci-root'>",
    "type='pci' model='pcie-root-port'><model name='pcie-root-port'/><target/>",
    NULL,
};

static const char *const inputs[] = {
    "type='tablet'>",
    "type='passthrough' bus='virtio'><source evdev='/a'/>",
    "type='evdev'><source dev='/a'/>",
    NULL,
};

static const char *const tpms[] = {
    "><backend type='passthrough'><device path='/a'/></backend>",
    "><backend type='emulator'/>",
    "><backend type='emulator'><encryption secret='" UUID "'/></backend>",
    "><backend type='external'><source type='unix' mode='connect' path='/a'/></backend>",
    NULL,
};

static const char *const rngs[] = {
    "model='virtio'><backend model='random'>/a</backend>",
    "model='virtio'><backend model='random'/>",
    "model='virtio'><backend model='builtin'/><rate bytes='1'/>",
    "model='virtio'><backend model='egd' type='tcp'>"
    "<source mode='connect' host='h' service='1'><reconnect enabled='yes'/></source></backend>",
    NULL,
};

static const char *const filesystems[] = {
    "type='mount'><source dir='/a'/><target dir='t'/>",
    "type='mount'><driver type='virtiofs'/><source dir='/a'/><target dir='t'/>",
    "type='mount'><driver type='virtiofs'/><source socket='/a'/><target dir='t'/>",
    "type='mount'><driver type='loop'/><source dir='/a'/><target dir='t'/>",
    "type='mount'><source dir='/a'/><target dir='t'/><boot order='1'/>",
    "type='bind'><source dir='/a'/><target dir='t'/>",
    "type='file'><source file='/a'/><target dir='t'/>",
    "type='block'><source dev='/a'/><target dir='t'/>",
    "type='template'><source name='a'/><target dir='t'/>",
    "type='ram'><source usage='1'/><target dir='t'/>",
    NULL,
};

static const char *const hostdevs[] = {
    "mode='subsystem' type='pci'><source><address " PCI "/></source>",
    "mode='subsystem' type='pci'><source><address " PCI "/></source>"
    "<teaming type='transient' persistent='ua-a'/>",
    "mode='subsystem' type='pci'><source><address " PCI "/></source><boot order='1'/>",
    "mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x1'/></source>",
    "mode='subsystem' type='usb'><source><address bus='1' device='1'/></source>",
    "mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/>"
    "<address bus='0' target='0' unit='0'/></source>",
    "mode='subsystem' type='scsi'><source protocol='iscsi' name='iqn.2000-01.a:b/1'>"
    "<host name='h'/></source>",
    "mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa.5123456789abcde0'/>",
    "mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='" UUID "'/></source>",
    "mode='capabilities' type='storage'><source><block>/a</block></source>",
    "mode='capabilities' type='misc'><source><char>/a</char></source>",
    "mode='capabilities' type='net'><source><interface>a</interface></source>",
    NULL,
};

static const char *const redirdevs[] = {
    "bus='usb' type='spicevmc'>",
    "bus='usb' type='spicevmc'><boot order='1'/>",
    "bus='usb' type='tcp'><source mode='connect' host='h' service='1'/>",
    "bus='usb' type='tcp'><source mode='connect' host='h' service='1'>"
    "<reconnect enabled='yes'/></source>",
    "bus='usb' type='unix'><log file='/a'/>",
    NULL,
};

static const char *const characters[] = {
    "type='pty'>",
    "type='pty'><target/>",
    "type='unix'><source mode='bind' path='/a'/>",
    "type='tcp'><source mode='connect' host='h' service='1'><reconnect enabled='yes'/></source>",
    "type='pty'><log file='/a'/>",
    NULL,
};

static const char *const models[] = {
    ">", "model='virtio'>", "model='ich9'>", "model='i6300esb'>", "model='intel'>", NULL};

static const struct {
    const char *kind;
    const char *const *contexts;
} devices[] = {
    {"channel", channels},
    {"interface", interfaces},
    {"graphics", graphics},
    {"video", videos},
    {"controller", controllers},
    {"input", inputs},
    {"tpm", tpms},
    {"rng", rngs},
    {"filesystem", filesystems},
    {"hostdev", hostdevs},
    {"redirdev", redirdevs},
    {"serial", characters},
    {"console", characters},
    {"sound", models},
    {"memballoon", models},
    {"watchdog", models},
    {"panic", models},
    {"vsock", models},
    {"iommu", models},
};

#define HEAD "<domain type='kvm'><name>a</name><memory>1048576</memory><vcpu>1</vcpu>"
#define OS   "<os><type>hvm</type></os>"

static const char *const domains[] = {
    HEAD OS "</domain>",
    HEAD OS "<cpu mode='custom' match='exact'><model>a</model>"
            "<topology sockets='1' cores='1' threads='1'/></cpu></domain>",
    HEAD "<os firmware='efi'><type>hvm</type><firmware>"
         "<feature enabled='yes' name='secure-boot'/></firmware></os></domain>",
    HEAD "<os><type>hvm</type><loader>/a</loader><nvram>/b</nvram><bootmenu enable='yes'/></os>"
         "</domain>",
    "<domain type='xen'><name>a</name><os><type>linux</type><kernel>/a</kernel></os></domain>",
    "<domain type='lxc'><name>a</name><os><type>exe</type><init>/a</init></os></domain>",
    "<domain type='lxc'><name>a</name><os><type>exe</type><init>/a</init>"
    "<inituser>b</inituser><initgroup>b</initgroup></os></domain>",
    HEAD OS "<features><xen><passthrough state='on'/></xen></features></domain>",
    HEAD OS "<cpu><model>a</model></cpu><maxMemory slots='1'>1048576</maxMemory></domain>",
    "<domain type='xen'><name>a</name><bootloader>/a</bootloader></domain>",
    HEAD OS "<clock offset='variable' adjustment='0'/></domain>",
    HEAD OS "<clock offset='timezone' timezone='a'/></domain>",
    HEAD OS "<clock offset='localtime'/></domain>",
    HEAD OS "<clock offset='absolute' start='1'/></domain>",
    HEAD OS "<clock offset='utc'/></domain>",
    HEAD OS "<features><hyperv><spinlocks state='on' retries='4096'/><stimer state='on'/>"
            "<vendor_id state='on' value='a'/><tlbflush state='on'/></hyperv>"
            "<kvm><dirty-ring state='on' size='1024'/></kvm></features></domain>",
    HEAD OS "<features><hyperv mode='passthrough'/></features></domain>",
    HEAD OS "<cpu><maxphysaddr mode='emulate'/><cache mode='passthrough'/></cpu></domain>",
    NULL,
};
