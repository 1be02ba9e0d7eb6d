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
#define VIRTIO     "virtio virtio-transitional virtio-non-transitional"

/* All are words separated by blanks; the key "x.*" is every key that begins with "x.". */
typedef struct {
    const char *kinds, *keys, *by, *values;
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
    {"interface",
     "driver.queues driver.rx_queue_size driver.tx_queue_size driver.txmode "
     "driver.event_idx driver.rss driver.rss_hash_report driver.host.* "
     "driver.guest.* driver.iommu driver.ats driver.packed "
     "driver.page_per_vq",
     "model.type", VIRTIO},
    {"graphics",
     "tlsPort defaultMode channel.* image.compression jpeg.compression "
     "zlib.compression playback.compression streaming.mode "
     "clipboard.copypaste mouse.mode filetransfer.enable",
     "type", "spice"},
    {"graphics", "passwd passwdValidTo connected", "type", "vnc spice"},
    {"graphics", "keymap", "type", "vnc spice"},
    {"graphics", "websocket sharePolicy powerControl", "type", "vnc"},
    {"graphics", "socket", "type", "vnc spice"},
    {"graphics", "port autoport listen listen.*", "type", "vnc spice rdp"},
    {"graphics", "display fullscreen", "type", "sdl desktop"},
    {"graphics", "xauth", "type", "sdl"},
    {"graphics", "replaceUser multiUser username", "type", "rdp"},
    {"graphics", "p2p address", "type", "dbus"},
    {"graphics", "gl.enable", "type", "spice sdl dbus"},
    {"graphics", "gl.rendernode", "type", "spice egl-headless dbus"},
    {"graphics", "audio.id", "type", "vnc dbus"},
    {"video", "model.ram model.vram64 model.vgamem", "model.type", "qxl"},
    {"video", "model.blob", "model.type", "virtio"},
    {"video", "driver.iommu driver.ats driver.packed driver.page_per_vq", "model.type", "virtio"},
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
    {"hostdev", "source.protocol", "type", "scsi scsi_host"},
    {"hostdev", "model", "type", "mdev scsi_host"},
    {"tpm", "backend.device.path", "backend.type", "passthrough"},
    {"tpm",
     "backend.version backend.encryption.secret backend.persistent_state "
     "backend.active_pcr_banks.* backend.profile.* backend.debug",
     "backend.type", "emulator"},
    {"tpm", "backend.source.*", "backend.type", "external emulator"},
    {"rng", "backend.type backend.source.* backend.protocol.type", "backend.model", "egd"},
    {"rng", "backend", "backend.model", "random"},
    {"filesystem", "driver.queue binary.* source.socket", "driver.type", "virtiofs"},
    {"filesystem", "driver.wrpolicy", "driver.type", "path handle loop nbd ploop"},
    {"filesystem", "driver.format", "driver.type", "loop nbd ploop"},
    {"filesystem", "source.dir", "type", "mount bind"},
    {"filesystem", "source.file", "type", "file"},
    {"filesystem", "source.dev", "type", "block"},
    {"filesystem", "source.name", "type", "template"},
    {"filesystem", "source.usage source.units", "type", "ram"},
    {"input", "source.evdev", "type", "passthrough"},
    {"input", "source.dev source.grab source.grabToggle source.repeat", "type", "evdev"},
    {"input", "driver.iommu driver.ats driver.packed driver.page_per_vq", "bus", "virtio"},
    {"controller", "ports", "model", "nec-xhci qemu-xhci qusb1 qusb2 " VIRTIO},
    {"controller", "vectors", "type", "virtio-serial"},
    {"controller", "maxGrantFrames maxEventChannels", "type", "xenbus"},
    {"controller",
     "driver.queues driver.cmd_per_lun driver.max_sectors driver.ioeventfd driver.iothread "
     "driver.iommu driver.ats driver.packed driver.page_per_vq",
     "model", "virtio-scsi " VIRTIO},
    {"watchdog", "address.*", "model", "i6300esb"},
    {"controller", "pcihole64 model.name target.*", "type", "pci"},
    {"controller", "master.startport", "type", "usb"},
    {"controller", "serial", "type", "nvme"},
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
     "source.protocol source.name source.query source.host.* source.auth.* "
     "source.ssl.verify source.initiator source.tls source.tlsHostname "
     "source.snapshot.name source.config.file source.readahead.size "
     "source.timeout.seconds source.identity.* source.cookies.* "
     "source.knownHosts.path",
     "type", "network volume"},
    {"disk", "source.managed source.namespace source.address", "type", "nvme"},
    {"disk", "source.type", "type", "nvme vhostuser"},
    {"disk", "source.path source.reconnect.*", "type", "vhostuser"},
    {"disk", "target.tray", "device", "cdrom floppy"},
    {CHARACTERS, "source.host source.service", "type", "tcp udp"},
    {CHARACTERS, "source.N.* source.2.*", "type", "udp"},
    {CHARACTERS, "source.tls protocol.type", "type", "tcp"},
    {CHARACTERS, "source.path", "type", "unix dev file pipe pty"},
    {CHARACTERS, "source.append", "type", "file"},
    {CHARACTERS, "source.channel", "type", "spiceport dbus"},
    {CHARACTERS, "source.mode", "type", "unix tcp udp"},
    {CHARACTERS, "source.reconnect.*", "type", "unix tcp"},
    {CHARACTERS, "source.master source.slave", "type", "nmdm"},
    {CHARACTERS, "source.clipboard.copypaste source.mouse.mode", "type", "qemu-vdagent"},
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
    const Belonging *belonging;
} Belonger;

/* Kind -> GArray of Belonger, in the order of the table; made once. */
static GHashTable *by_kind;

static void add_keys(GArray *belongers, const Belonging *belonging)
{
    for (const char *key = belonging->keys; *key; key += strspn(key, " ")) {
        size_t length = strcspn(key, " ");
        bool is_group = key[length - 1] == '*';
        Belonger belonger = {key, length - is_group, is_group, belonging};

        g_array_append_val(belongers, belonger);
        key += length;
    }
}

static void sort_by_kind(void)
{
    by_kind = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < G_N_ELEMENTS(belongings); i++) {
        g_auto(GStrv) kinds = g_strsplit(belongings[i].kinds, " ", -1);

        for (char **kind = kinds; *kind; kind++) {
            GArray *belongers = g_hash_table_lookup(by_kind, *kind);

            if (!belongers) {
                belongers = g_array_new(FALSE, FALSE, sizeof(Belonger));
                g_hash_table_insert(by_kind, g_strdup(*kind), belongers);
            }
            add_keys(belongers, &belongings[i]);
        }
    }
}

const DwBelonging *belonging_of(const char *kind, const char *key, DwBelonging *ret_belonging)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    size_t length = strlen(key);

    pthread_once(&once, sort_by_kind);
    const GArray *belongers = g_hash_table_lookup(by_kind, kind);
    for (guint i = 0; belongers && i < belongers->len; i++) {
        const Belonger *at = &g_array_index(belongers, Belonger, i);

        if (at->is_group ? length < at->length : length != at->length)
            continue;
        if (memcmp(key, at->key, at->length) == 0) {
            *ret_belonging = (DwBelonging){at->belonging->by, at->belonging->values};
            return ret_belonging;
        }
    }
    return NULL;
}

bool belonging_allows(const DwBelonging *belonging, const char *value)
{
    return words_have(belonging->values, value);
}

char *belonging_text(const char *kind, const char *key)
{
    DwBelonging belonging;

    if (!belonging_of(kind, key, &belonging))
        return g_strdup("");
    char *text = g_strconcat(belonging.by, "=", belonging.values, NULL);
    return g_strdelimit(text, " ", ',');
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
