/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a device of some type cannot do without, for the programs of this folder. Data first. */
#include "needs.h"

#include <string.h>

#define CHARACTERS "serial console channel parallel redirdev smartcard"

/* With one of these words (empty: with any) a device of the kinds needs these, or libvirt takes
 * none. All are words separated by blanks. */
static const struct {
    const char *kinds, *key, *words, *needs;
} needs[] = {
    {"interface", "type", "network", "source.network=default"},
    {"interface", "type", "bridge", "source.bridge=br0"},
    {"interface", "type", "direct", "source.dev=eth0"},
    {"interface", "type", "vdpa", "source.dev=/dev/vhost-vdpa-0 model.type=virtio"},
    {"interface", "type", "internal", "source.name=inside"},
    {"interface", "type", "hostdev", "source.address=0000:03:00.0"},
    {"interface", "type", "server client mcast", "source.address=230.0.0.1 source.port=5558"},
    {"interface", "type", "udp",
     "source.address=127.0.0.1 source.port=5558 source.local.address=127.0.0.1 "
     "source.local.port=5559"},
    {"interface", "type", "vhostuser",
     "source.path=/srv/v.sock source.type=unix source.mode=client model.type=virtio"},
    {"hostdev", "type", "pci", "source.address=0000:03:00.0"},
    {"hostdev", "type", "usb", "source.vendor=0x1234 source.product=0x5678"},
    {"hostdev", "type", "scsi",
     "source.adapter.name=scsi_host0 source.address.bus=0 source.address.target=0 "
     "source.address.unit=0"},
    {"hostdev", "type", "scsi_host", "source.protocol=vhost source.wwpn=naa.5123456789abcde0"},
    {"hostdev", "type", "mdev", "source.address.uuid=" UUID " model=vfio-pci"},
    {"hostdev", "source.protocol", "iscsi",
     "type=scsi source.name=iqn.2024-01.org.example:t/1 source.host.1.name=127.0.0.1"},
    {"filesystem", "", "", "target.dir=share"},
    {"filesystem", "type", "mount bind", "source.dir=/srv"},
    {"filesystem", "type", "file", "source.file=/srv/a.raw"},
    {"filesystem", "type", "block", "source.dev=/dev/null"},
    {"filesystem", "type", "template", "source.name=a"},
    {"filesystem", "type", "ram", "source.usage=1024"},
    {"filesystem", "driver.type", "path handle virtiofs", "source.dir=/srv"},
    {"tpm", "backend.type", "passthrough", "backend.device.path=/dev/tpm0"},
    {"tpm", "backend.type", "external", "backend.source.type=unix backend.source.path=/srv/t.sock"},
    {"rng", "backend.model", "egd",
     "backend.type=tcp backend.source.mode=connect backend.source.host=h "
     "backend.source.service=1"},
    {"rng", "backend.model", "random", "backend=/dev/urandom"},
    {"rng", "backend.type", "tcp",
     "backend.model=egd backend.source.mode=connect backend.source.host=h "
     "backend.source.service=1"},
    {"rng", "backend.type", "unix",
     "backend.model=egd backend.source.mode=connect backend.source.path=/srv/r.sock"},
    {"rng", "backend.type", "file dev pipe", "backend.model=egd backend.source.path=/srv/r"},
    {"rng", "backend.type", "", "backend.model=egd"},
    {"input", "type", "passthrough", "source.evdev=/dev/input/event1 bus=virtio"},
    {"input", "type", "evdev", "source.dev=/dev/input/event1"},
    {"input", "type", "", "bus=usb"},
    {"input", "bus", "", "type=tablet"},
    {"disk", "type", "file", "source.file=/srv/a.raw"},
    {"disk", "type", "block", "source.dev=/dev/null"},
    {"disk", "type", "dir", "source.dir=/srv"},
    {"disk", "type", "volume", "source.pool=default source.volume=a.raw"},
    {"disk", "type", "nvme", "source.address=0000:03:00.0"},
    {"disk", "type", "vhostuser", "source.path=/srv/v.sock target.bus=virtio"},
    {"disk", "type", "network",
     "source.protocol=nbd source.host.1.name=h source.host.1.port=10809"},
    {"disk", "source.protocol", "rbd iscsi gluster vxhs nfs",
     "type=network source.name=a/b source.host.1.name=h"},
    {"disk", "source.protocol", "", "type=network source.host.1.name=h source.name=/a"},
    {CHARACTERS, "type", "tcp", "source.host=h source.service=1 source.mode=connect"},
    {CHARACTERS, "type", "udp", "source.host=h source.service=1 source.mode=connect"},
    {CHARACTERS, "type", "file pipe dev", "source.path=/srv/file"},
    {CHARACTERS, "type", "unix", "source.path=/srv/a.sock source.mode=bind"},
    {CHARACTERS, "type", "spiceport dbus", "source.channel=org.example.0"},
    {CHARACTERS, "type", "nmdm", "source.master=/dev/a source.slave=/dev/b"},
    {"channel", "", "", "target.type=virtio"},
    {"channel", "type", "spicevmc qemu-vdagent", "target.name=com.redhat.spice.0"},
    {"channel", "target.type", "virtio", "target.name=org.example.1 type=unix"},
    {"channel", "target.type", "guestfwd",
     "target.address=10.0.2.1 target.port=4600 type=unix source.path=/srv/a.sock"},
    {"smartcard", "mode", "host-certificates", "certificate=a,b,c"},
    {"smartcard", "mode", "passthrough", "type=spicevmc"},
    {"smartcard", "type", "", "mode=passthrough"},
    {"memory", "", "", "target.size=128MiB"},
    {"memory", "model", "dimm", "target.node=0"},
    {"memory", "model", "nvdimm", "target.node=0 source.path=/srv/n"},
    {"memory", "model", "virtio-pmem", "source.path=/srv/n"},
    {"memory", "model", "virtio-mem", "target.node=0 target.block=2MiB target.requested=64MiB"},
    {"shmem", "", "", "name=shared"},
    {"shmem", "model.type", "ivshmem-plain", "size=4MiB"},
    {"shmem", "model.type", "ivshmem-doorbell", "server.path=/srv/s.sock"},
    {"lease", "", "", "key=a target.path=/srv/lease"},
    {"iommu", "", "", "model=intel"},
    {"controller", "model",
     "virtio-scsi lsilogic lsisas1078 auto buslogic ibmvscsi am53c974 "
     "lsisas1068 vmpvscsi dc390 virtio-transitional virtio-non-transitional",
     "type=scsi"},
    {"controller", "model",
     "pcie-root-port pcie-switch-upstream-port pcie-expander-bus "
     "pcie-to-pci-bridge dmi-to-pci-bridge pci-bridge pci-expander-bus "
     "pcie-switch-downstream-port pci-root pcie-root",
     "type=pci"},
    {"controller", "model", "piix3 piix4 ich6", "type=ide"},
    {"controller", "model", "", "type=usb"},
    {"video", "", "", "model.type=virtio"},
    {"graphics", "listen.1.type", "network", "listen.1.network=default type=vnc"},
    {"graphics", "listen.1.type", "socket", "listen.1.socket=/srv/v.sock type=vnc"},
    {"graphics", "listen.1.type", "", "type=vnc"},
    {"hub", "", "", "type=usb"},
    {"audio", "", "", "id=2 type=none"},
    {"sound", "codec.1.type", "", "model=ich9"},
};

bool has_word(const char *words, const char *word)
{
    g_auto(GStrv) all = g_strsplit(words, " ", -1);

    return g_strv_contains((const char *const *)all, word);
}

void put_text(DwSettings *settings, const char *key, const char *value)
{
    if (!dw_settings_get(settings, key))
        dw_settings_put(settings, key, dw_value_string(value));
}

/* Puts "key=value key=value". */
static void put_needs(DwSettings *settings, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (char **word = words; *word && **word; word++) {
        g_auto(GStrv) sides = g_strsplit(*word, "=", 2);

        put_text(settings, sides[0], sides[1]);
    }
}

DwSettings *least(const char *kind, const char *key, const char *word)
{
    DwSettings *settings = dw_settings_new();
    bool found = false;

    put_text(settings, key, word);
    for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
        if (!has_word(needs[i].kinds, kind))
            continue;
        if (!*needs[i].key) {
            put_needs(settings, needs[i].needs);
        } else if (strcmp(needs[i].key, key) == 0 && !found &&
                   (!*needs[i].words || has_word(needs[i].words, word))) {
            found = true;
            put_needs(settings, needs[i].needs);
        }
    }
    /* What the needed words need. */
    for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
        const DwValue *value = *needs[i].key ? dw_settings_get(settings, needs[i].key) : NULL;

        if (value && strcmp(needs[i].key, key) != 0 && has_word(needs[i].kinds, kind) &&
            has_word(needs[i].words, value->s))
            put_needs(settings, needs[i].needs);
    }
    return settings;
}
