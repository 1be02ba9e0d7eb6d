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
    "type='block'><source dev='/a'><reservations managed='no'><source type='unix' path='/a' "
    "mode='client'><reconnect enabled='yes'/></source></reservations></source>",
    "type='file'><source file='/a'><slices><slice type='storage' offset='0' size='1'/></slices>"
    "</source>",
    "type='file'><source file='/a'><encryption format='luks'/></source>",
    "type='file'><source file='/a'><encryption format='luks'><secret type='passphrase' uuid='" UUID
    "'/></encryption></source>",
    "type='file'><source file='/a'><encryption format='luks'><secret type='passphrase' "
    "usage='s'/></encryption></source>",
    "type='file'><source file='/a'><encryption format='luks'><secret type='passphrase' "
    "usage='s'/><cipher name='aes' size='256' mode='cbc' hash='sha256'/>"
    "<ivgen name='plain64' hash='sha256'/></encryption></source>",
    "type='file'><source file='/a'><seclabel model='dac' relabel='no'/></source>",
    "type='file'><source file='/a'><seclabel model='dac'><label>a</label></seclabel></source>",
    "type='file'><source file='/a'><dataStore type='file'><format type='raw'/>"
    "<source file='/b'/></dataStore></source>",
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
    NETWORK("'ssh' name='a'>" HOST),
    NETWORK("'ssh' name='a'>" HOST "<identity username='u' keyfile='/a'/>"),
    NETWORK("'ssh' name='a'>" HOST "<identity username='u' agentsock='/a'/>"),
    NULL,
};

#define ADDRESS(rest) "type='file'><address " rest "/>"
#define IOTUNE(rest)  "type='file'><iotune>" rest "</iotune>"

static const char *const disks[] = {
    "type='block' device='lun'><source dev='/a'/>",
    "type='file' device='cdrom'>",
    "type='file'><geometry cyls='1' heads='1' secs='1'/>",
    "type='file'><transient/>",
    "type='file'><driver name='qemu'><statistics><latency-histogram><bin start='1'/>"
    "</latency-histogram></statistics></driver>",
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
    "type='unix'><source path='/a'><seclabel model='dac' relabel='no'/></source>" PORT,
    "type='unix'><source path='/a'><seclabel><label>a</label></seclabel></source>" PORT,
    "type='qemu-vdagent'><source><clipboard/><mouse/></source>" PORT,
    NULL,
};

#define NET(type, rest) "type='" type "'>" rest
#define PCI             "domain='0x0000' bus='0x01' slot='0x00' function='0x0'"

#define ROUTE "<route family='ipv4' address='10.0.0.0' gateway='10.0.0.1'/>"

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
    NET("hostdev", "<source><address type='usb' bus='1' device='2'/></source>"),
    NET("hostdev", "<source><vendor id='0x1'/><product id='0x1'/></source>"),
    NET("hostdev", "<source><vendor id='0x1'/><product id='0x1'/><address bus='1' port='1'/>"
                   "</source>"),
    NET("ethernet", "<source><ip address='10.0.0.1'/></source>"),
    NET("ethernet", "<source>" ROUTE "</source>"),
    NET("network", "<source network='n'/>" ROUTE),
    NET("network", "<source network='n'/><filterref filter='f'><parameter name='a' value='b'/>"
                   "</filterref>"),
    NET("user", "<portForward proto='tcp'/>"),
    NET("user", "<portForward proto='tcp'><range start='1'/></portForward>"),
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
    "type='usb' model='ich9-uhci1'><master startport='0'/>",
    "type='nvme'>",
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
    "><backend type='emulator'><source type='file' path='/a'/></backend>",
    NULL,
};

static const char *const rngs[] = {
    "model='virtio'><backend model='random'>/a</backend>",
    "model='virtio'><backend model='random'/>",
    "model='virtio'><backend model='builtin'/><rate bytes='1'/>",
    "model='virtio'><backend model='egd' type='tcp'>"
    "<source mode='connect' host='h' service='1'><reconnect enabled='yes'/></source></backend>",
    "model='virtio'><backend model='egd' type='tcp'><source mode='connect' host='h' service='1'>"
    "<seclabel model='dac' relabel='no'/></source></backend>",
    "model='virtio'><backend model='egd' type='tcp'><source mode='connect' host='h' service='1'>"
    "<seclabel model='dac'><label>a</label></seclabel></source><log file='/a'/></backend>",
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
    "type='mount'><driver type='virtiofs'/><idmap><uid start='0' target='0' count='1'/>"
    "<gid start='0' target='0' count='1'/></idmap><source dir='/a'/><target dir='t'/>",
    NULL,
};

#define ISCSI(auth)                                                                                \
    "mode='subsystem' type='scsi'><source protocol='iscsi' name='iqn.2000-01.a:b/1'>"              \
    "<host name='h'/>" auth "</source>"
#define ADAPTER(rest)                                                                              \
    "mode='subsystem' type='scsi'><source><adapter " rest                                          \
    "<address bus='0' target='0' unit='0'/></source>"

static const char *const hostdevs[] = {
    "mode='subsystem' type='pci'><source><address " PCI "/></source>",
    "mode='subsystem' type='pci'><source><address " PCI "/></source>"
    "<teaming type='transient' persistent='ua-a'/>",
    "mode='subsystem' type='pci'><source><address " PCI "/></source><boot order='1'/>",
    "mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x1'/></source>",
    "mode='subsystem' type='usb'><source><address bus='1' device='1'/></source>",
    "mode='subsystem' type='usb'><source><address bus='1' port='1'/></source>",
    "mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/>"
    "<address bus='0' target='0' unit='0'/></source>",
    "mode='subsystem' type='scsi'><source protocol='iscsi' name='iqn.2000-01.a:b/1'>"
    "<host name='h'/></source>",
    ISCSI("<auth username='u'><secret type='iscsi' usage='s'/></auth>"),
    ISCSI("<auth username='u'><secret type='iscsi' uuid='" UUID "'/></auth>"),
    ADAPTER("type='scsi_host' name='scsi_host0'/>"),
    ADAPTER("type='scsi_host'><parentaddr unique_id='1'><address " PCI "/></parentaddr></adapter>"),
    ADAPTER("type='fc_host' wwnn='0123456789abcdef' wwpn='0123456789abcdef'/>"),
    ADAPTER("type='fc_host' parent_wwnn='0123456789abcdef' parent_wwpn='0123456789abcdef' "
            "wwnn='0123456789abcdef' wwpn='0123456789abcdef'/>"),
    "mode='capabilities' type='net'><source><interface>a</interface></source>"
    "<ip address='10.0.0.1'/>",
    "mode='capabilities' type='net'><source><interface>a</interface></source>" ROUTE,
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
    "bus='usb' type='unix'><source path='/a'><seclabel model='dac' relabel='no'/></source>",
    "bus='usb' type='unix'><source path='/a'><seclabel><label>a</label></seclabel></source>",
    NULL,
};

static const char *const characters[] = {
    "type='pty'>",
    "type='pty'><target/>",
    "type='unix'><source mode='bind' path='/a'/>",
    "type='tcp'><source mode='connect' host='h' service='1'><reconnect enabled='yes'/></source>",
    "type='pty'><log file='/a'/>",
    "type='unix'><source path='/a'><seclabel model='dac' relabel='no'/></source>",
    "type='unix'><source path='/a'><seclabel><label>a</label></seclabel></source>",
    "type='qemu-vdagent'><source><clipboard/><mouse/></source>",
    NULL,
};

static const char *const smartcards[] = {
    "mode='host'>",
    "mode='host-certificates'><certificate>a</certificate><certificate>b</certificate>"
    "<certificate>c</certificate>",
    "mode='passthrough' type='spicevmc'>",
    "mode='passthrough' type='pty'><target/>",
    "mode='passthrough' type='unix'><source mode='bind' path='/a'/>",
    "mode='passthrough' type='unix'><source path='/a'><seclabel model='dac' "
    "relabel='no'/></source>",
    "mode='passthrough' type='unix'><source path='/a'><seclabel><label>a</label></seclabel>"
    "</source>",
    "mode='passthrough' type='tcp'><source mode='connect' host='h' service='1'>"
    "<reconnect enabled='yes'/></source>",
    "mode='passthrough' type='qemu-vdagent'><source><clipboard/><mouse/></source>",
    "mode='passthrough' type='pty'><log file='/a'/>",
    NULL,
};

#define AUDIO(type, rest) "id='1' type='" type "'>" rest
#define STREAMS(rest)     "<input " rest "/><output " rest "/>"
#define SETTINGS                                                                                   \
    "<input fixedSettings='yes'><settings/></input><output "                                       \
    "fixedSettings='yes'><settings/></output>"

static const char *const audios[] = {
    AUDIO("none", ""),
    AUDIO("none", SETTINGS),
    AUDIO("alsa", STREAMS("dev='a'")),
    AUDIO("coreaudio", ""),
    AUDIO("file", ""),
    AUDIO("jack", STREAMS("serverName='a'")),
    AUDIO("oss", STREAMS("dev='a'")),
    AUDIO("pulseaudio", STREAMS("name='a'")),
    AUDIO("pipewire", ""),
    AUDIO("sdl", ""),
    AUDIO("spice", ""),
    NULL,
};

#define SIZE "<size unit='KiB'>1024</size>"

static const char *const memories[] = {
    "model='dimm'><target>" SIZE "</target>",
    "model='dimm'><source/><target>" SIZE "</target>",
    "model='nvdimm'><source><path>/a</path></source><target>" SIZE "</target>",
    "model='nvdimm'><source><path>/a</path></source><target>" SIZE "<label>" SIZE
    "</label></target>",
    "model='virtio-pmem'><source><path>/a</path></source><target>" SIZE "</target>",
    "model='virtio-mem'><source/><target>" SIZE
    "<block>2048</block><requested>1024</requested></target>",
    "model='sgx-epc'><target>" SIZE "</target>",
    NULL,
};

static const char *const shmems[] = {
    "name='a'>",
    "name='a'><model type='ivshmem-plain'/>",
    "name='a'><model type='ivshmem-doorbell'/><server path='/a'/>",
    NULL,
};

static const char *const hubs[] = {"type='usb'>", NULL};
static const char *const leases[] = {"><lockspace>a</lockspace><key>k</key><target path='/a'/>",
                                     NULL};
static const char *const redirfilters[] = {"><usbdev allow='yes'/>", NULL};
static const char *const cryptos[] = {"model='virtio' type='qemu'><backend model='builtin'/>",
                                      NULL};
static const char *const pstores[] = {
    "backend='acpi-erst'><path>/a</path><size unit='KiB'>64</size>", NULL};

static const char *const models[] = {
    ">",
    "model='virtio'>",
    "model='usb'>",
    "model='ich9'>",
    "model='i6300esb'>",
    "model='intel'>",
    "model='amd'>",
    "model='smmuv3'>",
    "model='virtio'><driver><granule size='4' unit='KiB'/></driver>",
    NULL,
};

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
    {"audio", audios},
    {"memory", memories},
    {"parallel", characters},
    {"smartcard", smartcards},
    {"shmem", shmems},
    {"hub", hubs},
    {"lease", leases},
    {"redirfilter", redirfilters},
    {"crypto", cryptos},
    {"pstore", pstores},
};

#define HEAD          "<domain type='kvm'><name>a</name><memory>1048576</memory><vcpu>1</vcpu>"
#define OS            "<os><type>hvm</type></os>"
#define CATCHUP(name) "<timer name='" name "' tickpolicy='catchup'><catchup/></timer>"

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
    HEAD OS "<clock offset='utc'>" CATCHUP("rtc") CATCHUP("pit") CATCHUP("hpet") CATCHUP("tsc")
        CATCHUP("platform") "</clock></domain>",
    HEAD OS "<sysinfo type='smbios'><baseBoard><entry name='asset'>a</entry></baseBoard>"
            "</sysinfo></domain>",
    HEAD OS "<features><hyperv><spinlocks state='on' retries='4096'/><stimer state='on'/>"
            "<vendor_id state='on' value='a'/><tlbflush state='on'/></hyperv>"
            "<kvm><dirty-ring state='on' size='1024'/></kvm></features></domain>",
    HEAD OS "<features><hyperv mode='passthrough'/></features></domain>",
    HEAD OS "<cpu><maxphysaddr mode='emulate'/><cache mode='passthrough'/></cpu></domain>",
    HEAD OS "<cpu><maxphysaddr mode='passthrough'/></cpu></domain>",
    HEAD OS "<blkiotune><device><path>/a</path></device></blkiotune></domain>",
    HEAD OS "<cputune><emulatorsched scheduler='fifo' priority='1'/>"
            "<vcpusched vcpus='0' scheduler='fifo' priority='1'/>"
            "<iothreadsched iothreads='1' scheduler='fifo' priority='1'/></cputune></domain>",
    HEAD OS "<cputune><cachetune vcpus='0'>"
            "<cache id='0' level='3' type='both' size='1' unit='KiB'/>"
            "<monitor level='3' vcpus='0'/></cachetune>"
            "<memorytune vcpus='0'><node id='0' bandwidth='10'/><monitor vcpus='0'/></memorytune>"
            "</cputune></domain>",
    HEAD OS "<sysinfo type='fwcfg'><entry name='opt/a'>b</entry></sysinfo></domain>",
    HEAD OS "<sysinfo type='fwcfg'><entry name='opt/a' file='/a'/></sysinfo></domain>",
    HEAD OS "<idmap><uid start='0' target='1' count='1'/><gid start='0' target='1' count='1'/>"
            "</idmap></domain>",
    HEAD OS "<features><smm state='on'/></features></domain>",
    HEAD OS "<features><capabilities policy='default'/></features></domain>",
    HEAD OS "<cpu><numa><cell id='0' cpus='0' memory='1' unit='KiB'/><interconnects>"
            "<latency initiator='0' target='0' type='access' value='1'/>"
            "<bandwidth initiator='0' target='0' type='access' value='1' unit='KiB'/>"
            "</interconnects></numa></cpu></domain>",
    HEAD OS "<cpu><numa><cell id='1' cpus='0' memory='1' unit='KiB'><distances>"
            "<sibling id='1' value='10'/></distances><cache level='1' associativity='none' "
            "policy='none'><size value='1' unit='KiB'/><line value='1' unit='KiB'/></cache>"
            "</cell></numa></cpu></domain>",
    HEAD OS "<seclabel type='dynamic'/></domain>",
    HEAD OS "<seclabel type='static'><label>a</label></seclabel></domain>",
    HEAD OS "<seclabel type='dynamic' model='a' relabel='yes'><baselabel>a</baselabel></seclabel>"
            "</domain>",
    HEAD OS "<seclabel type='static' model='a' relabel='yes'><label>a</label></seclabel></domain>",
    HEAD OS "<launchSecurity type='s390-pv'/></domain>",
    HEAD OS "<launchSecurity type='sev'><policy>0x1</policy></launchSecurity></domain>",
    HEAD OS "<memoryBacking><hugepages><page size='1' unit='KiB'/></hugepages></memoryBacking>"
            "</domain>",
    HEAD OS "<vcpus><vcpu id='1' enabled='yes'/></vcpus></domain>",
    HEAD OS "<keywrap><cipher name='aes' state='on'/></keywrap></domain>",
    HEAD OS "<numatune><memnode cellid='1' mode='strict' nodeset='0'/></numatune></domain>",
    "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name>"
    "<memory>1048576</memory><vcpu>1</vcpu>" OS "<q:override><q:device alias='a'><q:frontend>"
    "<q:property name='a' type='string' value='b'/></q:frontend></q:device></q:override></domain>",
    "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name>"
    "<memory>1048576</memory><vcpu>1</vcpu>" OS "<q:override><q:device alias='a'><q:frontend>"
    "<q:property name='a' type='remove'/></q:frontend></q:device></q:override></domain>",
    "<domain type='lxc' xmlns:l='http://libvirt.org/schemas/domain/lxc/1.0'><name>a</name>"
    "<memory>1048576</memory><vcpu>1</vcpu><os><type>exe</type><init>/a</init></os><l:namespace>"
    "<l:sharenet type='name' value='a'/><l:shareipc type='name' value='a'/>"
    "<l:shareuts type='name' value='a'/></l:namespace></domain>",
    NULL,
};

/* Documents that the oldest schema does not take. */
static const char *const newer_domains[] = {
    HEAD OS "<cputune><energytune vcpus='0'><monitor vcpus='0'/></energytune></cputune></domain>",
    HEAD OS "<launchSecurity type='sev-snp'><policy>0x1</policy></launchSecurity></domain>",
    HEAD OS "<launchSecurity type='tdx'><policy>0x1</policy></launchSecurity></domain>",
    HEAD OS "<throttlegroups><throttlegroup><group_name>a</group_name></throttlegroup>"
            "</throttlegroups></domain>",
    HEAD OS "<iommufd enabled='yes' fdgroup='a'/></domain>",
    HEAD "<os><type>hvm</type><loader>/a</loader><nvram template='/a'/></os></domain>",
    NULL,
};
