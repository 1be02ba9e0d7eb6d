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

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"

static virConnectPtr connection;
static DwHost host;
static DwReachContext context;
static unsigned n_tried, n_reach, n_refused, n_wrong;
static GHashTable *tried,
    *defined; /* "KIND KEY" that were safe with a value, and that libvirt took */

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

#define CELL  "cpu.numa.cell.0.cpus", "0", "cpu.numa.cell.0.memory", "64MiB"
#define CACHE "cpu.numa.cell.0.cache.1."
#define LINK(kind)                                                                                 \
    "cpu.numa.interconnects." kind ".1.initiator", "0",                                            \
        "cpu.numa.interconnects." kind ".1.target", "0", "cpu.numa.interconnects." kind ".1.type", \
        "access", "cpu.numa.interconnects." kind ".1.value"

/* What keys need beside them, by what their names begin with: keys and values in turn. Of several
 * for one key each is tried. */
static const struct {
    const char *kind; /* NULL: every kind of device */
    const char *prefix;
    const char *keys[14];
} companions[] = {
    {NULL, "address.", {"address.type", "pci", "address.slot", "16"}},
    {NULL, "address.", {"address.type", "drive"}},
    {NULL, "address.", {"address.type", "usb", "address.bus", "0", "address.port", "1"}},
    {NULL, "address.", {"address.type", "virtio-serial", "address.port", "3"}},
    {NULL, "address.", {"address.type", "isa"}},
    {NULL, "acpi.index", {"address.type", "pci", "address.slot", "16"}},
    {"disk", "target.removable", {"target.bus", "usb", "target.dev", "sdb"}},
    {"disk", "target.rotation_rate", {"target.bus", "sata", "target.dev", "sdb"}},
    {"disk", "", {"device", "disk", "target.bus", "scsi", "target.dev", "sdb"}},
    {"disk", "driver.iothread", {"iothreads", "1"}},
    {"disk",
     "driver.statistics.latency-histogram.",
     {"driver.statistics.latency-histogram.1.bin", "1000"}},
    {"disk", "iotune.group_name", {"iotune.total_bytes_sec", "1000"}},
    {"controller", "master.", {"type", "usb", "model", "ich9-uhci1", "index", "0"}},
    {"controller", "target.", {"type", "pci", "model", "pcie-root-port", "index", "1"}},
    {"controller", "target.", {"type", "pci", "model", "pcie-expander-bus", "index", "1"}},
    {"video", "model.resolution.", {"model.resolution.x", "800", "model.resolution.y", "600"}},
    {"", "clock.adjustment", {"clock.offset", "variable"}},
    {"", "clock.timer.rtc.catchup.", {"clock.timer.rtc.tickpolicy", "catchup"}},
    {"", "clock.timer.pit.catchup.", {"clock.timer.pit.tickpolicy", "catchup"}},
    {"", "cpu.cache.", {"cpu.mode", "host-passthrough", "cpu.cache.mode", "emulate"}},
    {"", "cpu.feature.", {"cpu.mode", "custom", "cpu.model", "qemu64"}},
    {"", "cpu.vendor", {"cpu.mode", "custom", "cpu.model", "qemu64"}},
    {"", "cpu.model.vendor_id", {"cpu.mode", "host-model"}},
    {"", "cpu.migratable", {"cpu.mode", "host-passthrough"}},
    {"",
     "cpu.maxphysaddr.bits",
     {"cpu.mode", "custom", "cpu.model", "qemu64", "cpu.maxphysaddr.mode", "emulate"}},
    {"",
     "cpu.maxphysaddr.limit",
     {"cpu.mode", "host-passthrough", "cpu.maxphysaddr.mode", "passthrough"}},
    {"",
     "cpu.topology.",
     {"vcpu", "1", "cpu.topology.sockets", "1", "cpu.topology.cores", "1", "cpu.topology.threads",
      "1"}},
    {"", "cpu.numa.", {"vcpu", "1", CELL}},
    {"",
     "cpu.numa.cell.0.cache.",
     {CELL, CACHE "associativity", "direct", CACHE "policy", "writeback", CACHE "size", "1KiB",
      CACHE "line", "64"}},
    {"", "cpu.numa.interconnects.latency.", {CELL, LINK("latency"), "1"}},
    {"", "cpu.numa.interconnects.bandwidth.", {CELL, LINK("bandwidth"), "1KiB"}},
    {"", "maxMemory", {CELL, "maxMemory", "1GiB", "maxMemory.slots", "2"}},
    {"", "vcpu.current", {"vcpu", "2"}},
    {"",
     "vcpus.vcpu.",
     {"vcpu", "2", "vcpu.current", "1", "vcpus.vcpu.0.enabled", "yes", "vcpus.vcpu.1.enabled", "no",
      "vcpus.vcpu.1.hotpluggable", "yes"}},
    {"",
     "hyperv.stimer.",
     {"hyperv.vpindex", "yes", "hyperv.synic", "yes", "hyperv.stimer", "yes"}},
    {"", "hyperv.vendor_id.", {"hyperv.vendor_id", "yes"}},
    {"", "iothreadids.", {"iothreads", "1"}},
    {"", "throttlegroups.", {"throttlegroups.throttlegroup.1.group_name", "a"}},
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

/* libvirt 9.0's parser writes beyond its memory for these; the rule keeps them from it. */
static bool harms_libvirt(const DwDocument *document)
{
    g_autoptr(GPtrArray) problems = dw_validate(document, &host);

    for (guint i = 0; i < problems->len; i++)
        if (strcmp(((const DwProblem *)problems->pdata[i])->rule, "numa-sibling") == 0)
            return true;
    return false;
}

/* False: libvirt refuses it. */
static bool judge(const char *what, DwDocument *document)
{
    g_autofree char *stored = NULL;
    virDomainPtr domain;

    n_tried++;
    domain = harms_libvirt(document)
                 ? NULL
                 : virDomainDefineXML(connection, dw_document_text(document, NULL));
    if (!domain) {
        n_refused++;
        return false;
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
    return true;
}

/* Takes the device. key: which it is about, or NULL. */
static void try_device(DwSettings *more, DwDevice *device, const char *what, const char *key)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    g_autoptr(DwSettings) settings = more ? dw_settings_copy(more) : dw_settings_new();
    g_autoptr(DwDocument) document = NULL;
    DwEffects effects;
    bool reach;

    dw_settings_put(settings, "name", dw_value_string("safe"));
    dw_settings_put(settings, "uuid", dw_value_string(UUID));
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
    n_reach += reach;
    if (!reach && key)
        g_hash_table_add(tried, g_strdup(key));
    if (!reach && judge(what, document) && key)
        g_hash_table_add(defined, g_strdup(key));
}

/* A value for each thing a key can be. */
static char **values_of(const DwKey *key)
{
    const char *words[] = {NULL, NULL, NULL, NULL, NULL};
    static char least[24];

    if (key->values[0])
        return g_strdupv(key->values);
    if (strcmp(key->type, "b") == 0) {
        words[0] = "yes";
        words[1] = "no";
    } else if (strcmp(key->form, "size") == 0) {
        words[0] = "64MiB";
    } else if (strchr("uti", key->type[0])) {
        words[0] = "1";
        words[1] = "0";
        snprintf(least, sizeof least, "%" G_GUINT64_FORMAT, key->min);
        words[2] = least;
        words[3] = "3";
    } else if (g_str_has_suffix(key->key, "vendor_id") ||
               g_str_has_suffix(key->key, "vendor_id.value")) {
        words[0] = "twelve chars";
    } else if (g_str_has_suffix(key->key, "date")) {
        words[0] = "01/02/2020";
    } else if (g_str_has_suffix(key->key, "wwn")) {
        words[0] = "5000c50015ea71ad";
    } else if (strcmp(key->form, "uuid") == 0 || g_str_has_suffix(key->key, "system.uuid")) {
        words[0] = UUID;
    } else {
        words[0] = g_str_has_suffix(key->key, "address") ? "127.0.0.1" : "word";
        words[1] = "0";
    }
    return g_strdupv((char **)words);
}

/* The key with its value in the smallest device, with what it needs. */
static void try_value(const char *kind, const char *const *base, const char *name,
                      const char *value, const char *row, const char *const *with)
{
    g_autofree char *what = g_strdup_printf("%s %s=%s", kind, name, value);
    DwDevice *device = device_new(kind, base, G_MAXSIZE);
    g_autoptr(DwSettings) settings = dw_settings_new();

    for (gsize i = 0; with && with[i]; i += 2)
        dw_settings_put(strcmp(with[i], "iothreads") == 0 ? settings : device->properties, with[i],
                        dw_value_string(with[i + 1]));
    dw_settings_put(device->properties, name, dw_value_string(value));
    if (*kind) {
        try_device(settings, device, what, row);
        return;
    }
    try_device(device->properties, NULL, what, row);
    dw_device_free(device);
}

/* Numbers are positions from 1, or stand for themselves: cells and processors begin with 0. */
static char *name_of(const char *key)
{
    GString *name = g_string_new(key);

    g_string_replace(name, ".NAME", ".sse3", 0);
    if (g_str_has_prefix(key, "cpu.numa.cell.") || g_str_has_prefix(key, "vcpus.vcpu."))
        g_string_replace(name, ".N", ".0", 1);
    g_string_replace(name, ".N", ".1", 0);
    return g_string_free(name, FALSE);
}

static void try_companions(const char *kind, const char *const *base, const char *name,
                           const char *value, const char *row)
{
    for (gsize i = 0; i < G_N_ELEMENTS(companions); i++)
        if ((companions[i].kind ? strcmp(companions[i].kind, kind) == 0 : *kind != '\0') &&
            g_str_has_prefix(name, companions[i].prefix))
            try_value(kind, base, name, value, row, companions[i].keys);
}

static void try_keys(const char *kind, const char *const *base)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, "", NULL);

    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        g_autofree char *row = g_strdup_printf("%s %s", kind, key->key);
        g_autofree char *name = name_of(key->key);
        g_auto(GStrv) values = values_of(key);

        for (char **value = values; !key->output && *value; value++) {
            try_value(kind, base, name, *value, row, NULL);
            try_companions(kind, base, name, *value, row);
        }
    }
}

/* Why libvirt's QEMU driver here takes no value of a safe row, by what its name begins with. Each
 * has to be true of one row at least. */
static const struct {
    const char *row, *reason;
} refused[] = {
    {"* address.zpci.", "of s390x"},
    {" clock.timer.", "timers that QEMU has not, or has without this"},
    {" cpu.numa.cell.N.distances.", "a distance between two cells"},
    {" defaultiothread.", "needs a bound of its own"},
    {" features.", "of other architectures, of KVM, or of newer releases"},
    {" hyperv.", "newer, or with a least value of its own"},
    {" iothreadids.", "bounds of threads that go together"},
    {" memtune.min_guarantee", "of other drivers"},
    {" numatune.memory.", "needs nodes of the host, which are reach"},
    {" vcpu.placement", "automatic with the host's nodes, which are reach"},
    {"controller ", "of a controller of another type, or in a place that is taken"},
    {"disk boot.loadparm", "of s390x"},
    {"disk target.dev", "no name of a disk"},
    {"input ", "of an input device of another type"},
    {"serial target.", "of a port of another type"},
};

/* *: of every kind. */
static bool row_begins(const char *row, const char *beginning)
{
    return *beginning == '*' ? g_str_has_prefix(strchr(row, ' '), beginning + 1)
                             : g_str_has_prefix(row, beginning);
}

/* How many rows are tried in vain without a reason, and reasons are none. */
static unsigned count_undefined(void)
{
    bool used[G_N_ELEMENTS(refused)] = {0};
    GHashTableIter iter;
    gpointer row;
    unsigned count = 0;

    g_hash_table_iter_init(&iter, tried);
    while (g_hash_table_iter_next(&iter, &row, NULL)) {
        bool known = g_hash_table_contains(defined, row);
        for (gsize i = 0; !known && i < G_N_ELEMENTS(refused); i++) {
            known = row_begins(row, refused[i].row);
            used[i] |= known;
        }
        if (!known)
            printf("libvirt defined no value of: %s\n", (char *)row);
        count += !known;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++)
        if (!used[i]) {
            printf("not true any more: %s: %s\n", refused[i].row, refused[i].reason);
            count++;
        }
    return count;
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
    tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    defined = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    try_keys("", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(smallest); i++) {
        const char *const *keys = smallest[i].keys;

        try_device(NULL, device_new(smallest[i].kind, keys, G_MAXSIZE), smallest[i].kind, NULL);
        for (gsize j = 0; keys[j]; j += 2)
            try_device(NULL, device_new(smallest[i].kind, keys, j), keys[j], NULL);
        try_keys(smallest[i].kind, keys);
    }
    unsigned n_undefined = count_undefined();
    printf("%u of %u safe rows\n", g_hash_table_size(defined), g_hash_table_size(tried));
    printf("%u defined, %u refused by libvirt, %u reach from the start, %u become reach\n",
           n_tried - n_refused, n_refused, n_reach, n_wrong);
    virConnectClose(connection);
    return n_wrong > 0 || n_undefined > 0 || n_tried - n_refused < 500;
}
