/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which keys only some devices of a kind have: those whose type, model, bus or backend is one of a
 * few. Data, and looking it up. Used by edits (what goes with a type that changes), by DescribeKeys
 * and by reading. What is not listed belongs to all. Any thread.
 */
#include "table/belongs.h"

#include <pthread.h>
#include <string.h>

#include "common/words.h"

#define CHARACTERS "serial console channel parallel redirdev smartcard"
#define DOMAIN     "domain" /* the kind of the domain's own keys */
#define CARD_DRIVER                                                                                \
    "driver.queues driver.rx_queue_size driver.tx_queue_size driver.txmode driver.ioeventfd "      \
    "driver.event_idx driver.rss driver.rss_hash_report driver.host.* driver.guest.* "             \
    "driver.iommu driver.ats driver.packed driver.page_per_vq"
#define EMULATED_CARDS                                                                             \
    "network bridge user ethernet direct internal server client mcast udp vhostuser vdpa null vds"
#define VIRTIO "virtio virtio-transitional virtio-non-transitional"

/* All are words separated by blanks. In keys, "x.*" stands for every key that begins with "x.", and
 * "x=y" for a key with that value only. N stands for a number, and N in `by` for the same number. A
 * key that has several rows belongs to a device that fits all of them. */
typedef struct {
    const char *kinds, *keys, *by, *values;
    bool leaves; /* it goes with a change, but that it is set is judged by a rule, or by nothing */
} Belonging;

static const Belonging belongings[] = {
    {"interface", "source.network source.portgroup source.portid", "type", "network"},
    {"interface", "source.bridge source.macTableManager", "type", "bridge"},
    {"interface", "source.mode", "type", "direct vhostuser"},
    {"interface", "source.path source.type source.reconnect.*", "type", "vhostuser"},
    {"interface", "source.dev", "type", "direct vdpa user"},
    {"interface", "source.name", "type", "internal"},
    {"interface", "source.port source.local.*", "type", "mcast server client udp"},
    {"interface", "source.address", "type", "mcast server client udp hostdev"},
    {"interface", "portForward.*", "type", "user"},
    {"interface", CARD_DRIVER " backend.vhost", "model.type", VIRTIO},
    {"interface", CARD_DRIVER " backend.vhost", "type", EMULATED_CARDS},
    {"interface", "filterref.*", "type", "network bridge ethernet"},
    {"interface", "virtualport.*", "type", "network bridge direct hostdev"},
    {"interface",
     "virtualport.managerid virtualport.typeid virtualport.typeidversion virtualport.instanceid",
     "virtualport.type", "802.1Qbg", true},
    {"interface", "virtualport.profileid", "virtualport.type", "802.1Qbh openvswitch", true},
    {"interface", "virtualport.interfaceid", "virtualport.type", "openvswitch midonet", true},
    {"interface", "coalesce.*", "type", "network bridge ethernet direct"},
    {"interface", "mtu.size", "type", "network bridge ethernet vhostuser"},
    {"interface", "bandwidth.inbound.floor", "type", "network"},
    {"interface", "port.isolated=yes", "type", "network bridge"},
    {"interface", "target.managed=no", "type", "ethernet"},
    {"interface", "driver.name=qemu driver.name=vhost", "type", EMULATED_CARDS},
    {"interface", "driver.name=qemu driver.name=vhost", "model.type", VIRTIO, true},
    {"interface", "driver.name=vfio driver.name=kvm driver.name=xen", "type", "hostdev"},
    {"interface", "teaming.type=persistent", "model.type", "virtio"},
    {"interface", "teaming.type=transient teaming.persistent", "type", "hostdev network"},
    {"graphics",
     "tlsPort defaultMode channel.* image.compression jpeg.compression "
     "zlib.compression playback.compression streaming.mode "
     "clipboard.copypaste mouse.mode filetransfer.enable",
     "type", "spice"},
    {"graphics", "passwd passwdValidTo connected", "type", "vnc spice"},
    {"graphics", "keymap", "type", "vnc spice"},
    {"graphics", "websocket sharePolicy powerControl", "type", "vnc"},
    {"graphics", "connected=fail connected=disconnect", "type", "spice"},
    {"graphics", "socket", "type", "vnc"},
    {"graphics", "socket", "listen.1.type", "socket", true},
    {"graphics", "websocket", "listen.1.type", "address network none", true},
    {"graphics", "listen port", "listen.1.type", "address network"},
    {"graphics", "autoport", "listen.1.type", "address network", true},
    {"graphics", "listen.N.socket", "listen.N.type", "socket"},
    {"graphics", "listen.N.network", "listen.N.type", "network"},
    {"graphics", "listen.N.address", "listen.N.type", "address network"},
    {"graphics", "port autoport listen listen.*", "type", "vnc spice rdp"},
    {"graphics", "display fullscreen", "type", "sdl desktop"},
    {"graphics", "xauth", "type", "sdl"},
    {"graphics", "replaceUser multiUser username", "type", "rdp"},
    {"graphics", "p2p address", "type", "dbus"},
    {"graphics", "gl.enable", "type", "spice sdl dbus"},
    {"graphics", "gl.rendernode", "type", "spice egl-headless dbus"},
    {"graphics", "audio.id", "type", "vnc dbus"},
    {"video", "model.ram model.vram64 model.vgamem", "model.type", "qxl"},
    {"video", "model.heads", "model.type", "qxl virtio", true},
    {"video", "model.blob", "model.type", "virtio"},
    {"video", "driver.iommu driver.ats driver.packed driver.page_per_vq", "model.type", "virtio"},
    {"video", "driver.name=vhostuser model.acceleration.accel3d=yes", "model.type", "virtio"},
    {"video", "model.acceleration.rendernode", "driver.name", "vhostuser"},
    {"video", "model.acceleration.rendernode", "model.type", "virtio"},
    {"hostdev", "source.vendor source.product source.guestReset source.startupPolicy", "type",
     "usb"},
    {"hostdev", "source.address", "type", "pci"},
    {"hostdev", "source.address.uuid", "type", "mdev"},
    {"hostdev", "source.address.device", "type", "usb"},
    {"hostdev", "source.address.bus", "type", "usb scsi"},
    {"hostdev", "source.address.target source.address.unit", "type", "scsi"},
    {"hostdev", "display ramfb", "type", "mdev"},
    {"hostdev", "rom.* driver.name source.writeFiltering teaming.*", "type", "pci"},
    {"hostdev",
     "source.adapter.name sgio rawio readonly shareable source.name "
     "source.initiator source.host.* source.auth.*",
     "type", "scsi"},
    {"hostdev", "source.wwpn", "type", "scsi_host"},
    {"hostdev", "boot.*", "type", "pci usb scsi", true},
    {"hostdev", "source.protocol", "type", "scsi scsi_host"},
    {"hostdev", "source.protocol=vhost", "type", "scsi_host"},
    {"hostdev", "source.protocol=adapter source.protocol=iscsi", "type", "scsi"},
    {"hostdev", "source.adapter.name source.adapter.type", "source.protocol", "adapter"},
    {"hostdev", "source.name source.initiator source.host.* source.auth.*", "source.protocol",
     "iscsi"},
    {"hostdev", "model", "type", "mdev scsi_host"},
    {"hostdev", "model=vfio-pci model=vfio-ccw model=vfio-ap", "type", "mdev"},
    {"hostdev", "model=virtio model=virtio-transitional model=virtio-non-transitional", "type",
     "scsi_host"},
    {"tpm", "backend.device.path", "backend.type", "passthrough"},
    {"tpm",
     "backend.version backend.encryption.secret backend.persistent_state "
     "backend.active_pcr_banks.* backend.profile.* backend.debug",
     "backend.type", "emulator"},
    {"tpm", "backend.source.*", "backend.type", "external emulator"},
    {"rng", "backend.type backend.source.* backend.protocol.type backend.log.*", "backend.model",
     "egd"},
    {"rng", "backend", "backend.model", "random"},
    {"rng", "backend.source.host backend.source.service", "backend.type", "tcp udp"},
    {"rng", "backend.source.tls backend.protocol.type", "backend.type", "tcp"},
    {"rng", "backend.source.path", "backend.type", "unix dev file pipe pty"},
    {"rng", "backend.source.append", "backend.type", "file"},
    {"rng", "backend.source.channel", "backend.type", "spiceport dbus"},
    {"rng", "backend.source.mode", "backend.type", "unix tcp udp"},
    {"rng", "backend.source.reconnect.*", "backend.type", "unix tcp"},
    {"rng", "backend.source.master backend.source.slave", "backend.type", "nmdm"},
    {"rng", "backend.source.clipboard.copypaste backend.source.mouse.mode", "backend.type",
     "qemu-vdagent"},
    {"rng", "backend.source.reconnect.*", "backend.source.mode", "connect"},
    {"filesystem", "driver.queue binary.* source.socket", "driver.type", "virtiofs"},
    {"filesystem", "driver.wrpolicy", "driver.type", "path handle loop nbd ploop"},
    {"filesystem", "model", "driver.type", "path handle"},
    {"filesystem", "boot.*", "driver.type", "virtiofs", true},
    {"filesystem", "accessmode=mapped accessmode=squash", "driver.type",
     "path handle loop nbd ploop", true},
    {"filesystem", "fmode dmode", "accessmode", "mapped", true},
    {"filesystem", "fmode dmode", "driver.type", "path handle loop nbd ploop", true},
    {"filesystem", "driver.format", "driver.type", "loop nbd ploop"},
    {"filesystem", "source.dir", "type", "mount bind"},
    {"filesystem", "source.file", "type", "file"},
    {"filesystem", "source.dev", "type", "block"},
    {"filesystem", "source.name", "type", "template"},
    {"filesystem", "source.usage source.units", "type", "ram"},
    {"input", "source.evdev", "type", "passthrough"},
    {"input", "source.dev source.grab source.grabToggle source.repeat", "type", "evdev"},
    {"input", "bus", "type", "mouse tablet keyboard passthrough"},
    {"input", "model", "bus", "virtio"},
    {"input", "model", "type", "mouse tablet keyboard passthrough"},
    {"input", "model=virtio-transitional model=virtio-non-transitional", "type",
     "mouse tablet keyboard"},
    {"input", "driver.iommu driver.ats driver.packed driver.page_per_vq", "bus", "virtio"},
    {"controller", "ports", "type", "usb virtio-serial"},
    {"controller", "ports", "model", "nec-xhci qemu-xhci qusb1 qusb2 " VIRTIO},
    {"controller", "vectors", "type", "virtio-serial"},
    {"controller", "maxGrantFrames maxEventChannels", "type", "xenbus"},
    {"controller",
     "driver.queues driver.cmd_per_lun driver.max_sectors driver.ioeventfd driver.iothread "
     "driver.iommu driver.ats driver.packed driver.page_per_vq",
     "model", "virtio-scsi " VIRTIO},
    {"controller", "driver.*", "type", "scsi virtio-serial"},
    {"watchdog", "address.*", "model", "i6300esb"},
    {"controller", "pcihole64 model.name target.*", "type", "pci"},
    {"controller", "master.startport", "type", "usb"},
    {"controller", "serial", "type", "nvme"},
    {"controller",
     "model=piix3-uhci model=piix4-uhci model=ehci model=ich9-ehci1 model=ich9-uhci1 "
     "model=ich9-uhci2 model=ich9-uhci3 model=vt82c686b-uhci model=pci-ohci model=nec-xhci "
     "model=qemu-xhci model=qusb1 model=qusb2 model=none",
     "type", "usb"},
    {"controller",
     "model=auto model=buslogic model=lsilogic model=lsisas1068 model=vmpvscsi model=ibmvscsi "
     "model=virtio-scsi model=lsisas1078 model=am53c974 model=dc390",
     "type", "scsi"},
    {"controller",
     "model=pci-root model=pcie-root model=pci-bridge model=dmi-to-pci-bridge "
     "model=pcie-to-pci-bridge model=pcie-root-port model=pcie-switch-upstream-port "
     "model=pcie-switch-downstream-port model=pci-expander-bus model=pcie-expander-bus",
     "type", "pci"},
    {"controller", "model=piix3 model=piix4 model=ich6", "type", "ide"},
    {"controller", "model=virtio model=virtio-transitional model=virtio-non-transitional", "type",
     "scsi virtio-serial"},
    {"memory", "target.label.size target.readonly source.alignsize source.pmem uuid", "model",
     "nvdimm"},
    {"memory", "source.path", "model", "nvdimm virtio-pmem"},
    {"memory", "target.node", "model", "dimm nvdimm virtio-mem sgx-epc"},
    {"memory", "target.block target.requested target.dynamicMemslots", "model", "virtio-mem"},
    {"memory", "target.address.base", "model", "virtio-pmem virtio-mem"},
    {"memory", "source.pagesize", "model", "dimm virtio-mem"},
    {"memory", "source.nodemask", "model", "dimm virtio-mem sgx-epc"},
    {"memory", "discard", "model", "dimm virtio-mem"},
    {"memory", "driver.*", "model", "virtio-pmem virtio-mem"},
    {"shmem", "size", "model.type", "ivshmem ivshmem-plain"},
    {"shmem", "server server.path msi msi.vectors msi.ioeventfd", "model.type",
     "ivshmem ivshmem-doorbell"},
    {"smartcard", "type source.* protocol.type log.*", "mode", "passthrough"},
    {"smartcard", "certificate database", "mode", "host-certificates"},
    {"sound", "codec.*", "model", "ich6 ich7 ich9"},
    {"sound", "multichannel", "model", "usb"},
    {"sound", "streams driver.*", "model", "virtio"},
    {"audio", "driver", "type", "sdl"},
    {"audio", "path", "type", "file"},
    {"audio", "serverName", "type", "pulseaudio"},
    {"audio", "runtimeDir", "type", "pipewire"},
    {"audio", "tryMMap exclusive dspPolicy", "type", "oss"},
    {"audio", "input.dev output.dev", "type", "alsa oss"},
    {"audio", "input.bufferCount output.bufferCount", "type", "coreaudio oss sdl"},
    {"audio", "input.tryPoll output.tryPoll", "type", "alsa oss"},
    {"audio",
     "input.serverName output.serverName input.clientName output.clientName "
     "input.connectPorts output.connectPorts input.exactName output.exactName",
     "type", "jack"},
    {"audio",
     "input.name output.name input.streamName output.streamName input.latency output.latency",
     "type", "pulseaudio pipewire"},
    {"memballoon", "stats.period autodeflate freePageReporting", "model", VIRTIO},
    {"iommu",
     "driver.intremap driver.caching_mode driver.eim driver.iotlb "
     "driver.aw_bits driver.dma_translation",
     "model", "intel amd"},
    {"disk", "source.file", "type", "file"},
    {"disk", "source.dev", "type", "block vhostvdpa"},
    {"disk", "source.dir", "type", "dir"},
    {"disk", "source.pool source.volume source.mode", "type", "volume"},
    {"disk",
     "source.protocol source.name source.query source.host.* "
     "source.ssl.verify source.initiator source.tls source.tlsHostname "
     "source.snapshot.name source.config.file source.readahead.size "
     "source.timeout.seconds source.identity.* source.cookies.* "
     "source.knownHosts.path",
     "type", "network"},
    {"disk", "source.auth.*", "type", "network volume"},
    {"disk", "source.auth.*", "type", "network", true},
    {"disk", "source.auth.*", "source.protocol", "iscsi rbd http https ftp ftps ssh", true},
    {"disk", "source.query source.cookies.*", "source.protocol", "http https", true},
    {"disk", "source.readahead.size source.timeout.seconds", "source.protocol",
     "http https ftp ftps", true},
    {"disk", "source.ssl.verify", "source.protocol", "https ftps", true},
    {"disk", "source.initiator", "source.protocol", "iscsi", true},
    {"disk", "source.snapshot.name source.config.file", "source.protocol", "rbd sheepdog", true},
    {"disk", "source.tls source.tlsHostname", "source.protocol", "nbd vxhs", true},
    {"disk", "source.identity.user source.identity.group", "source.protocol", "nfs", true},
    {"disk",
     "source.identity.username source.identity.keyfile source.identity.agentsock "
     "source.knownHosts.path",
     "source.protocol", "ssh", true},
    {"disk", "source.host.N.port", "source.protocol",
     "nbd iscsi rbd gluster http https ftp ftps ssh vxhs sheepdog tftp", true},
    {"disk", "source.encryption.*", "type", "file block network volume nvme", true},
    {"disk", "source.encryption.*", "source.protocol",
     "nbd rbd iscsi gluster http https ftp ftps sheepdog", true},
    {"disk", "source.startupPolicy", "type", "file block dir volume", true},
    {"disk", "source.slices.*", "device", "disk cdrom floppy", true},
    {"disk", "serial", "target.bus", "virtio scsi sata ide usb fdc xen uml nvme", true},
    {"disk", "source.managed source.namespace source.address", "type", "nvme"},
    {"disk", "source.type", "type", "nvme vhostuser"},
    {"disk", "source.path source.reconnect.*", "type", "vhostuser"},
    {"disk", "target.tray", "device", "cdrom floppy"},
    {"disk",
     "driver.queues driver.queue_size driver.ioeventfd driver.event_idx driver.iommu driver.ats "
     "driver.packed driver.page_per_vq driver.iothread driver.iothreads.* model=virtio "
     "model=virtio-transitional model=virtio-non-transitional",
     "target.bus", "virtio", true},
    {"disk", "model=usb-storage model=usb-bot", "target.bus", "usb", true},
    {"disk", "wwn", "target.bus", "ide scsi", true},
    {"disk", "vendor product", "target.bus", "scsi", true},
    {"disk", "target.rotation_rate", "target.bus", "ide scsi sata", true},
    {"disk", "target.removable", "target.bus", "usb scsi", true},
    {"disk", "driver.statistics.statistic.*", "target.bus", "virtio scsi ide sata usb", true},
    {"disk", "geometry.trans", "target.bus", "ide", true},
    {"disk", "target.rotation_rate transient transient.shareBacking", "device", "disk", true},
    {"disk", "driver.copy_on_read", "device", "disk", true},
    {"disk", "rawio sgio source.reservations.*", "device", "lun", true},
    {"disk", "transient transient.shareBacking", "type", "file", true},
    {"disk", "driver.metadata_cache.max_size driver.discard_no_unref", "driver.type", "qcow2",
     true},
    {CHARACTERS, "source.host source.service", "type", "tcp udp"},
    {CHARACTERS, "source.N.*", "type", "udp"},
    {CHARACTERS, "source.tls protocol.type", "type", "tcp"},
    {CHARACTERS, "source.path", "type", "unix dev file pipe pty"},
    {CHARACTERS, "source.seclabel.*", "type", "unix dev file pipe"},
    {CHARACTERS, "source.append", "type", "file"},
    {CHARACTERS, "source.channel", "type", "spiceport dbus"},
    {CHARACTERS, "source.mode", "type", "unix tcp udp"},
    {CHARACTERS, "source.reconnect.*", "type", "unix tcp"},
    {CHARACTERS, "source.master source.slave", "type", "nmdm"},
    {CHARACTERS, "source.clipboard.copypaste source.mouse.mode", "type", "qemu-vdagent"},
    {CHARACTERS, "source.reconnect.*", "source.mode", "connect"},
    {"channel", "target.name target.state", "target.type", "virtio xen"},
    {"channel", "target.address target.port", "target.type", "guestfwd"},
    {DOMAIN, "seclabel.N.label seclabel.N.imagelabel", "seclabel.N.type", "static", true},
    {DOMAIN, "seclabel.N.baselabel", "seclabel.N.type", "dynamic"},
    {DOMAIN, "seclabel.N.relabel=yes", "seclabel.N.type", "dynamic static"},
    {DOMAIN, "seclabel.N.relabel=no", "seclabel.N.type", "static none"},
    {DOMAIN, "vcpu.cpuset", "vcpu.placement", "static", true},
    {DOMAIN, "numatune.memory.nodeset", "numatune.memory.placement", "static", true},
    {DOMAIN, "launchSecurity.kernelHashes launchSecurity.cbitpos launchSecurity.reducedPhysBits",
     "launchSecurity.type", "sev sev-snp"},
    {DOMAIN, "launchSecurity.dhCert launchSecurity.session", "launchSecurity.type", "sev"},
    {DOMAIN,
     "launchSecurity.authorKey launchSecurity.vcek launchSecurity.guestVisibleWorkarounds "
     "launchSecurity.idBlock launchSecurity.idAuth launchSecurity.hostData",
     "launchSecurity.type", "sev-snp"},
    {DOMAIN,
     "launchSecurity.mrConfigId launchSecurity.mrOwner launchSecurity.mrOwnerConfig "
     "launchSecurity.quoteGenerationService launchSecurity.quoteGenerationService.path",
     "launchSecurity.type", "tdx"},
    {DOMAIN, "launchSecurity.policy", "launchSecurity.type", "sev sev-snp tdx"},
    {DOMAIN, "cpu.model cpu.model.fallback cpu.model.vendor_id cpu.match cpu.vendor", "cpu.mode",
     "custom", true},
    {DOMAIN, "cpu.migratable cpu.cache.mode=passthrough cpu.maxphysaddr.mode=passthrough",
     "cpu.mode", "host-passthrough maximum", true},
    {DOMAIN, "clock.timezone", "clock.offset", "timezone", true},
    {DOMAIN, "clock.basis", "clock.offset", "variable", true},
    {DOMAIN, "clock.start", "clock.offset", "absolute", true},
    {DOMAIN, "clock.adjustment", "clock.offset", "utc localtime variable", true},
    {DOMAIN, "clock.timer.rtc.catchup.*", "clock.timer.rtc.tickpolicy", "catchup", true},
    {DOMAIN, "clock.timer.pit.catchup.*", "clock.timer.pit.tickpolicy", "catchup", true},
    {DOMAIN, "cputune.vcpusched.N.priority", "cputune.vcpusched.N.scheduler", "fifo rr"},
    {DOMAIN, "cputune.iothreadsched.N.priority", "cputune.iothreadsched.N.scheduler", "fifo rr"},
    {DOMAIN, "cputune.emulatorsched.priority", "cputune.emulatorsched.scheduler", "fifo rr"},
    {DOMAIN, "os.firmware.feature.secure-boot os.firmware.feature.enrolled-keys", "os.firmware",
     "efi", true},
    {DOMAIN, "os.bootmenu.timeout", "os.bootmenu", "yes", true},
    {DOMAIN, "features.smm.tseg", "features.smm", "yes"},
    {DOMAIN, "hyperv.spinlocks.retries", "hyperv.spinlocks", "yes", true},
    {DOMAIN, "lxc.*", "type", "lxc"},
    {DOMAIN, "xen.*", "type", "xen"},
    {DOMAIN, "vmware.*", "type", "vmware"},
    {DOMAIN, "bhyve.*", "type", "bhyve"},
};

/* Their values mean another thing with each value of by: they never stay. */
static const Belonging renewed[] = {
    {"hostdev", "source.address.bus", "type", ""},
    {"interface", "source.address source.port source.mode source.dev", "type", ""},
    {"disk", "source.type", "type", ""},
    {"graphics", "socket listen.1.socket listen.1.network listen.1.address", "listen.1.type", ""},
    {"audio", "input.dev output.dev input.tryPoll output.tryPoll", "type", ""},
    {"serial", "target.model", "target.type", ""},
    {"", "launchSecurity.policy", "launchSecurity.type", ""},
};

/* Without these a device of the kind cannot be made; example is for the message. */
static const struct {
    const char *kind, *key, *example;
} required[] = {
    {"controller", "type", "scsi"}, {"filesystem", "target.dir", "share"},
    {"graphics", "type", "vnc"},    {"hostdev", "type", "pci"},
    {"input", "type", "tablet"},    {"iommu", "model", "intel"},
};

/* One word of a belonging's keys. */
typedef struct {
    const char *key;
    size_t length; /* of a group without the "*" */
    bool is_group;
    const char *value; /* behind the "=", or NULL */
    size_t value_length;
    const Belonging *belonging;
} Belonger;

/* Kind -> GArray of Belonger, in the order of the table; made once. */
static GHashTable *by_kind;

static void add_keys(GArray *belongers, const Belonging *belonging)
{
    for (const char *key = belonging->keys; *key; key += strspn(key, " ")) {
        size_t word = strcspn(key, " "), length = strcspn(key, " =");
        bool is_group = key[length - 1] == '*';
        Belonger belonger = {.key = key,
                             .length = length - is_group,
                             .is_group = is_group,
                             .value = length < word ? key + length + 1 : NULL,
                             .value_length = length < word ? word - length - 1 : 0,
                             .belonging = belonging};

        g_array_append_val(belongers, belonger);
        key += word;
    }
}

static void sort_by_kind(void)
{
    by_kind = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < G_N_ELEMENTS(belongings); i++) {
        g_auto(GStrv) kinds = g_strsplit(belongings[i].kinds, " ", -1);

        for (char **word = kinds; *word; word++) {
            const char *kind = strcmp(*word, DOMAIN) == 0 ? "" : *word;
            GArray *belongers = g_hash_table_lookup(by_kind, kind);

            if (!belongers) {
                belongers = g_array_new(FALSE, FALSE, sizeof(Belonger));
                g_hash_table_insert(by_kind, g_strdup(kind), belongers);
            }
            add_keys(belongers, &belongings[i]);
        }
    }
}

/* Is the key what the pattern says, or, of a group, begins so? digits: those that N stands for;
 * they may be none. */
static bool matches(const char *pattern, size_t length, bool is_group, const char *key,
                    const char **ret_digits)
{
    const char *end = pattern + length;

    *ret_digits = NULL;
    for (; pattern < end && *key; pattern++) {
        if (*pattern == 'N' && g_ascii_isdigit(*key)) {
            *ret_digits = key;
            key += strspn(key, "0123456789");
        } else if (*pattern != *key++) {
            return false;
        }
    }
    return pattern == end && (is_group || !*key);
}

/* "listen.N.type" -> "listen.2.type" */
static void write_by(DwBelonging *belonging, const char *by, const char *digits)
{
    const char *n = digits ? strchr(by, 'N') : NULL;

    if (n)
        g_snprintf(belonging->by, sizeof(belonging->by), "%.*s%.*s%s", (int)(n - by), by,
                   (int)strspn(digits, "0123456789"), digits, n + 1);
    else
        g_strlcpy(belonging->by, by, sizeof(belonging->by));
}

/* The key as a disk itself has it: what follows "backing.3." or "backing.N.", else all of it. */
static const char *key_of_image(const char *kind, const char *key)
{
    static const char prefix[] = "backing.";

    if (strcmp(kind, "disk") != 0 || !g_str_has_prefix(key, prefix))
        return key;
    const char *level = key + strlen(prefix), *end = level + strspn(level, "0123456789N");
    return end > level && *end == '.' ? end + 1 : key;
}

/* An image below a disk has a type and a source, and nothing else that says what it is. */
static bool is_of_image(const Belonger *belonger)
{
    return strcmp(belonger->belonging->by, "type") == 0 ||
           g_str_has_prefix(belonger->belonging->by, "source.");
}

/* NULL: none. */
static const GArray *belongers_of(const char *kind)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, sort_by_kind);
    return g_hash_table_lookup(by_kind, kind);
}

bool belonging_next(const char *kind, const char *key, unsigned *at, DwBelonging *ret_belonging)
{
    const GArray *belongers = belongers_of(kind);
    const char *own = key_of_image(kind, key);
    size_t prefix = (size_t)(own - key);

    while (belongers && *at < belongers->len) {
        const Belonger *belonger = &g_array_index(belongers, Belonger, (*at)++);
        const char *digits;

        if (!matches(belonger->key, belonger->length, belonger->is_group, own, &digits) ||
            (prefix && !is_of_image(belonger)))
            continue;
        ret_belonging->values = belonger->belonging->values;
        ret_belonging->leaves = belonger->belonging->leaves;
        ret_belonging->of = belonger->value;
        ret_belonging->of_length = belonger->value_length;
        write_by(ret_belonging, belonger->belonging->by, digits);
        if (prefix) {
            g_autofree char *by = g_strdup(ret_belonging->by);
            g_snprintf(ret_belonging->by, sizeof(ret_belonging->by), "%.*s%s", (int)prefix, key,
                       by);
        }
        return true;
    }
    return false;
}

bool belonging_concerns(const DwBelonging *belonging, const char *value)
{
    return !belonging->of || (strlen(value) == belonging->of_length &&
                              memcmp(value, belonging->of, belonging->of_length) == 0);
}

bool belonging_allows(const DwBelonging *belonging, const char *value)
{
    return words_have(belonging->values, value);
}

bool belonging_is_renewed(const char *kind, const char *key, const char **ret_by)
{
    for (size_t i = 0; i < G_N_ELEMENTS(renewed); i++)
        if (strcmp(renewed[i].kinds, kind) == 0 && words_have(renewed[i].keys, key)) {
            *ret_by = renewed[i].by;
            return true;
        }
    return false;
}

bool belonging_is_by(const char *kind, const char *key)
{
    const GArray *belongers = belongers_of(kind);
    const char *own = key_of_image(kind, key), *digits;

    for (size_t i = 0; i < G_N_ELEMENTS(renewed); i++)
        if (strcmp(renewed[i].kinds, kind) == 0 && strcmp(renewed[i].by, key) == 0)
            return true;
    for (guint i = 0; belongers && i < belongers->len; i++) {
        const char *by = g_array_index(belongers, Belonger, i).belonging->by;

        if (*by == *own && matches(by, strlen(by), false, own, &digits))
            return true;
    }
    return false;
}

char **belonging_texts(const char *kind, const char *key)
{
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    DwBelonging belonging;

    for (unsigned at = 0; belonging_next(kind, key, &at, &belonging);) {
        if (belonging.of)
            continue;
        g_autofree char *text = g_strconcat(belonging.by, "=", belonging.values, NULL);
        g_strv_builder_add(texts, g_strdelimit(text, " ", ','));
    }
    return g_strv_builder_end(texts);
}

const char *required_example(const char *kind, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(required); i++)
        if (strcmp(required[i].kind, kind) == 0 && strcmp(required[i].key, key) == 0)
            return required[i].example;
    return NULL;
}

const char *required_key(const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(required); i++)
        if (strcmp(required[i].kind, kind) == 0)
            return required[i].key;
    return NULL;
}
