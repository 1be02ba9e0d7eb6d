/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libvirt makes of a domain that is safe is safe as well: for each kind of device, each key
 * with each of its values, in the smallest device of its kind, and with each of those keys left
 * out. `safe ROOT` defines them in qemu:///embed, reads them back and prints those that have become
 * reach. Exit status 1: there are such; 77: there is no such libvirt here.
 */
#include <stdio.h>
#include <string.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <domwright/model.h>

#include "embed.h"

static virConnectPtr connection;
static DwHost host;
static DwReachContext context;
static unsigned n_tried, n_reach, n_refused, n_wrong;

/* The smallest devices that libvirt defines: keys and values in turn. */
static const struct {
    const char *kind;
    const char *keys[11];
} smallest[] = {
    {"disk", {"device", "cdrom", "target.dev", "sda", "target.bus", "sata"}},
    {"disk",
     {"type", "file", "source.file", "/srv/images/a.raw", "driver.type", "raw", "target.dev", "vda",
      "target.bus", "virtio"}},
    {"controller", {"type", "scsi", "model", "virtio-scsi"}},
    {"controller", {"type", "usb", "model", "qemu-xhci"}},
    {"controller", {"type", "virtio-serial"}},
    {"controller", {"type", "pci", "model", "pcie-root-port"}},
    {"interface", {"type", "user"}},
    {"input", {"type", "tablet", "bus", "usb"}},
    {"graphics", {"type", "vnc"}},
    {"graphics", {"type", "spice"}},
    {"video", {"model.type", "virtio"}},
    {"sound", {"model", "ich9"}},
    {"audio", {"id", "1", "type", "none"}},
    {"watchdog", {"model", "i6300esb"}},
    {"memballoon", {"model", "virtio"}},
    {"rng", {"model", "virtio", "backend.model", "random"}},
    {"rng", {"model", "virtio", "backend.model", "random", "backend.random", "/dev/urandom"}},
    {"channel", {"type", "unix", "target.type", "virtio", "target.name", "org.qemu.guest_agent.0"}},
    {"channel", {"type", "spicevmc", "target.type", "virtio", "target.name", "com.redhat.spice.0"}},
    {"serial", {"type", "pty"}},
    {"console", {"type", "pty"}},
    {"tpm", {"model", "tpm-crb", "backend.type", "emulator"}},
    {"panic", {"model", "isa"}},
    {"iommu", {"model", "intel"}},
    {"vsock", {"model", "virtio", "cid.auto", "yes"}},
    {"smartcard", {"mode", "host"}},
    {"hub", {"type", "usb"}},
};

static DwDevice *device_new(const char *kind, const char *const *keys, gsize without)
{
    DwDevice *device = g_new0(DwDevice, 1);

    device->kind = g_strdup(kind);
    device->id = g_strdup("");
    device->properties = dw_settings_new();
    for (gsize i = 0; keys && keys[i]; i += 2)
        if (i != without)
            dw_settings_put(device->properties, keys[i], dw_value_string(keys[i + 1]));
    return device;
}

static bool is_reach(const DwDocument *document)
{
    DwEffects effects;
    bool reach;

    dw_effects_between(NULL, document, &context, &effects);
    reach = effects.reach;
    if (reach)
        printf("  %s", effects.reasons && effects.reasons[0] ? effects.reasons[0] : "");
    dw_effects_clear(&effects);
    return reach;
}

static void judge(const char *what, DwDocument *document)
{
    g_autofree char *stored = NULL;
    virDomainPtr domain;

    n_tried++;
    domain = virDomainDefineXML(connection, dw_document_text(document, NULL));
    if (!domain) {
        n_refused++;
        return;
    }
    stored = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
    virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_NVRAM);
    virDomainFree(domain);
    g_autoptr(DwDocument) back = stored ? dw_document_parse(stored, strlen(stored), NULL) : NULL;
    if (back && is_reach(back)) {
        printf(" is reach in what libvirt made of: %s\n%s\n", what,
               dw_document_text(document, NULL));
        n_wrong++;
    }
}

/* Takes the device. */
static void try_device(DwSettings *more, DwDevice *device, const char *what)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    g_autoptr(DwSettings) settings = more ? dw_settings_copy(more) : dw_settings_new();
    g_autoptr(DwDocument) document = NULL;
    DwEffects effects;
    bool reach;

    dw_settings_put(settings, "name", dw_value_string("safe"));
    dw_settings_put(settings, "type", dw_value_string("qemu"));
    dw_settings_put(settings, "memory", dw_value_string("64MiB"));
    dw_settings_put(settings, "os.type", dw_value_string("hvm"));
    dw_settings_put(settings, "os.arch", dw_value_string("x86_64"));
    dw_settings_put(settings, "os.machine", dw_value_string("pc-q35-7.2"));
    if (device)
        g_ptr_array_add(devices, device);
    document = dw_build(settings, devices, NULL, DW_APPLY_UNCHECKED, &host, NULL, NULL);
    if (!document)
        return;
    dw_effects_between(NULL, document, &context, &effects);
    reach = effects.reach;
    dw_effects_clear(&effects);
    if (reach)
        n_reach++;
    else
        judge(what, document);
}

/* A value for each thing a key can be. */
static char **values_of(const DwKey *key)
{
    const char *words[] = {NULL, NULL, NULL};

    if (key->values[0])
        return g_strdupv(key->values);
    if (strcmp(key->type, "b") == 0) {
        words[0] = "yes";
        words[1] = "no";
    } else if (strcmp(key->form, "size") == 0) {
        words[0] = "64MiB";
    } else if (strchr("uti", key->type[0])) {
        words[0] = key->min > 1 ? NULL : "1";
        words[1] = NULL;
    } else {
        words[0] = g_str_has_suffix(key->key, "address") ? "127.0.0.1" : "word";
    }
    return g_strdupv((char **)words);
}

static void try_keys(const char *kind, const char *const *base)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, "", NULL);

    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        g_auto(GStrv) parts = g_strsplit(key->key, ".N", -1);
        g_autofree char *name = g_strjoinv(".1", parts);
        g_auto(GStrv) values = values_of(key);

        for (char **value = values; !key->output && *value; value++) {
            g_autofree char *what = g_strdup_printf("%s %s=%s", kind, name, *value);
            DwDevice *device = device_new(kind, base, G_MAXSIZE);

            if (*kind) {
                dw_settings_put(device->properties, name, dw_value_string(*value));
                try_device(NULL, device, what);
            } else {
                dw_settings_put(device->properties, name, dw_value_string(*value));
                try_device(device->properties, NULL, what);
                dw_device_free(device);
            }
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: safe ROOT\n");
        return 2;
    }
    dw_end_without_memory();
    connection = embed_open(argv[1], &host.libvirt_version);
    if (!connection)
        return 77;
    g_autofree char *xml = virConnectGetCapabilities(connection);
    g_autoptr(DwCapabilities) capabilities = dw_capabilities_parse(xml, NULL);
    g_autoptr(GPtrArray) directories = dw_image_directories_parse("/srv/images", NULL);
    context.capabilities = host.capabilities = capabilities;
    context.image_directories = directories;
    try_keys("", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(smallest); i++) {
        const char *const *keys = smallest[i].keys;

        try_device(NULL, device_new(smallest[i].kind, keys, G_MAXSIZE), smallest[i].kind);
        for (gsize j = 0; keys[j]; j += 2)
            try_device(NULL, device_new(smallest[i].kind, keys, j), keys[j]);
        try_keys(smallest[i].kind, keys);
    }
    printf("%u defined, %u refused by libvirt, %u reach from the start, %u become reach\n",
           n_tried - n_refused, n_refused, n_reach, n_wrong);
    virConnectClose(connection);
    return n_wrong > 0 || n_tried - n_refused < 500;
}
