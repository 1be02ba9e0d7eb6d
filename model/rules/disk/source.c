/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a disk's bytes come from: the source, and the sources of the images it is built upon. What
 * a network source must say is in network.c, what the bytes of an image are in image.c. It knows
 * nothing of how the guest sees the disk.
 */
#include "rules/disk/source-facts.h"
#include "rules/facts.h"
#include "rules/tables.h"

#include <string.h>

#include "common/words.h"
#include "guest/disk.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

static const struct {
    const char *type;
    const char *attributes[3]; /* each must be there */
} type_table[] = {
    {"file", {"file"}},        {"block", {"dev"}},     {"dir", {"dir"}},
    {"network", {"protocol"}}, {"vhostvdpa", {"dev"}}, {"volume", {"pool", "volume"}},
};

void source_report(DwSource *source, const char *rule, DwSeverity severity, const char *key,
                   const char *value, const char *const *allowed, const char *format, ...)
{
    g_autofree char *prefix =
        source->level ? g_strdup_printf("backing.%u.", source->level) : g_strdup("");
    g_autofree char *full = g_strconcat(prefix, key, NULL);
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rule_report(source->context, rule, severity, full, value, allowed, "%s%s", prefix, message);
}

char *source_attribute(const DwSource *source, const char *name)
{
    return source->source == DW_NODE_NONE
               ? NULL
               : node_attribute(source->context->document, source->source, name);
}

DwNode source_child(const DwSource *source, const char *name)
{
    return source->source == DW_NODE_NONE
               ? DW_NODE_NONE
               : node_child(source->context->document, source->source, name);
}

bool source_is(const DwSource *source, const char *type)
{
    return source->type && g_str_equal(source->type, type);
}

static bool is_removable(const DwSource *source)
{
    const DwRuleContext *context = source->context;

    return g_str_equal(context->device, "cdrom") || g_str_equal(context->device, "floppy");
}

/* An empty drive: a cdrom or floppy whose source says nothing. */
static bool is_empty_drive(const DwSource *source)
{
    static const char *const names[] = {"file", "dev", "dir", "protocol", "pool", "volume"};

    if (source->level || !is_removable(source))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = source_attribute(source, names[i]);

        if (value && *value)
            return false;
    }
    return true;
}

static void rule_source_matches(DwSource *source)
{
    static const char *const all[] = {"file", "dev", "dir", "protocol", "pool", "volume"};
    const char *const *needed = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(type_table); i++)
        if (source_is(source, type_table[i].type))
            needed = type_table[i].attributes;
    if (!needed || is_empty_drive(source) || !source->context->guest.is_qemu)
        return;
    for (const char *const *name = needed; *name; name++) {
        g_autofree char *value = source_attribute(source, *name);
        g_autofree char *key = NULL;

        if (value && *value)
            continue;
        key = g_strconcat("source.", *name, NULL);
        source_report(source, "disk-source-missing", ERROR, key, NULL, NULL,
                      "%s is missing; a disk of type %s needs it.", key, source->type);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autofree char *value = NULL;
        g_autofree char *key = NULL;

        if (g_strv_contains(needed, all[i]) || !(value = source_attribute(source, all[i])))
            continue;
        key = g_strconcat("source.", all[i], NULL);
        source_report(source, "disk-source-type", ERROR, key, value, NULL,
                      "%s is set, but type %s does not use it; unset it or change the type.", key,
                      source->type);
    }
}

static void rule_startup_policy(DwSource *source)
{
    g_autofree char *policy = rule_may(source->context, "startupPolicy")
                                  ? source_attribute(source, "startupPolicy")
                                  : NULL;

    if (!policy)
        return;
    if (source_is(source, "network") || source_is(source, "nvme") || source_is(source, "vhostuser"))
        source_report(source, "disk-startup-policy", ERROR, "source.startupPolicy", policy, NULL,
                      "source.startupPolicy is %s, but a disk of type %s has none; unset it.",
                      policy, source->type);
    else if (g_str_equal(policy, "requisite") && !source->level && !is_removable(source))
        source_report(
            source, "disk-startup-policy", ERROR, "source.startupPolicy", policy, NULL,
            "source.startupPolicy is requisite, which is for a cdrom or floppy only; use mandatory "
            "or optional.");
}

static void rule_dir(DwSource *source)
{
    const DwRuleContext *context = source->context;

    const char *path = source->level ? "format/@type" : "driver/@type";
    const char *key = source->level ? "format" : "driver.type";

    if (!context->guest.is_qemu || !source_is(source, "dir"))
        return;
    if (is_empty_drive(source)) {
        /* libvirt makes it one of type file. */
        if (lens_is(context->document, source->holder, path, "fat"))
            source_report(source, "disk-dir-format", ERROR, key, "fat", NULL,
                          "%s is fat, but there is no directory; set source.dir, or unset this.",
                          key);
        return;
    }
    if (!lens_is(context->document, source->holder, path, "fat")) {
        static const char *const allowed[] = {"fat", NULL};
        g_autofree char *format = lens_text(context->document, source->holder, path, NULL);

        source_report(source, "disk-dir-format", ERROR, key, format, allowed,
                      "%s is %s, but a directory is shown as a FAT disk only; use fat.", key,
                      format ? format : "missing");
    }
    if (!source->level && !disk_is_readonly(context->document, context->node))
        source_report(
            source, "disk-dir-readonly", ERROR, "readonly", NULL, NULL,
            "readonly is missing; a directory can only be read by the guest. Set readonly.");
}

static void check_nvme(DwSource *source)
{
    static const char *const pci[] = {"pci", NULL};
    g_autofree char *type = source_attribute(source, "type");
    g_autofree char *namespace = source_attribute(source, "namespace");
    g_autofree char *managed = source_attribute(source, "managed");

    if (!type || !g_str_equal(type, "pci"))
        source_report(source, "disk-nvme-type", ERROR, "source.type", type, pci,
                      "source.type is %s; for a disk of type nvme it must be pci.",
                      type ? type : "missing");
    if (!namespace)
        source_report(source, "disk-nvme-namespace", ERROR, "source.namespace", NULL, NULL,
                      "source.namespace is missing; it is 1 for most drives.");
    if (source_child(source, "address") == DW_NODE_NONE)
        source_report(
            source, "disk-nvme-address", ERROR, "source.address", NULL, NULL,
            "source.address is missing; give the drive's PCI address, such as \"0000:01:00.0\".");
    if (!managed)
        source_report(
            source, "disk-nvme-managed", WARNING, "source.managed", NULL, NULL,
            "source.managed is missing; libvirt takes it as yes and detaches the drive from the "
            "host. Set it.");
}

static void rule_nvme(DwSource *source)
{
    if (source_is(source, "nvme") && (source->source != DW_NODE_NONE || !is_empty_drive(source)))
        check_nvme(source);
}

static void check_vhostuser(DwSource *source)
{
    DwRuleContext *context = source->context;
    g_autofree char *snapshot = node_attribute(context->document, context->node, "snapshot");
    const char *bus = context->bus;

    if (bus && !g_str_equal(bus, "virtio"))
        source_report(source, "disk-vhostuser-bus", ERROR, "target.bus", bus, NULL,
                      "target.bus is %s; a disk of type vhostuser is on virtio only.", bus);
    if (snapshot && !g_str_equal(snapshot, "no"))
        source_report(source, "disk-vhostuser-snapshot", ERROR, "snapshot", snapshot, NULL,
                      "snapshot is %s; a disk of type vhostuser has none: use no.", snapshot);
    if (!rule_memory_is_shared(context))
        source_report(
            source, "disk-vhostuser-memory", ERROR, "type", "vhostuser", NULL,
            "type is vhostuser, which needs shared memory: set memoryBacking access to shared, "
            "with source memfd or file.");
}

/* A limit of 0 is none. */
static bool has_limits(const DwSource *source)
{
    const DwDocument *document = source->context->document;
    DwNode limit = node_first_child(document, node_child(document, source->holder, "iotune"));

    for (; limit != DW_NODE_NONE; limit = node_next(document, limit)) {
        g_autofree char *text = node_text(document, limit);

        if (strspn(text, "0") < strlen(text))
            return true;
    }
    return false;
}

static void refuse_vhostuser(DwSource *source, const char *key, const char *value)
{
    source_report(source, "disk-vhostuser-setting", ERROR, key, value, NULL,
                  "%s is set, but the program that serves a disk of type vhostuser decides that; "
                  "unset it.",
                  key);
}

/* Blocks of size 0 are as if nothing were said, but for newer libvirt not their granularity. */
static bool has_blocks(const DwSource *source)
{
    static const char *const names[] = {"logical_block_size", "physical_block_size",
                                        "discard_granularity"};
    const DwDocument *document = source->context->document;
    DwNode node = node_child(document, source->holder, "blockio");
    uint64_t size;

    if (source->context->host->libvirt_version >= 12008000 &&
        rule_has(source->context, node, "discard_granularity"))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat("@", names[i], NULL);

        if (lens_number(document, node, path, &size) && size > 0)
            return true;
    }
    return false;
}

/* What libvirt refuses because it could do nothing about it. */
static void check_vhostuser_settings(DwSource *source)
{
    static const char *const options[] = {"error_policy", "rerror_policy", "io",
                                          "ioeventfd",    "copy_on_read",  "discard",
                                          "iothread",     "detect_zeroes"};
    static const char *const elements[] = {
        "readonly", "shareable", "transient", "serial",     "wwn",          "vendor", "product",
        "iotune",   "geometry",  "blockio",   "encryption", "backingStore", "auth"};
    const DwDocument *document = source->context->document;
    g_autofree char *cache = rule_attribute(source->context, source->holder, "driver", "cache");

    if (cache && !g_str_equal(cache, "default"))
        refuse_vhostuser(source, "driver.cache", cache);
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        g_autofree char *key = g_strconcat("driver.", options[i], NULL);
        g_autofree char *value =
            rule_attribute(source->context, source->holder, "driver", options[i]);

        if (value)
            refuse_vhostuser(source, key, value);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(elements); i++)
        if (node_child(document, source->holder, elements[i]) != DW_NODE_NONE &&
            (!g_str_equal(elements[i], "iotune") || has_limits(source)) &&
            (!g_str_equal(elements[i], "blockio") || has_blocks(source)))
            refuse_vhostuser(source, elements[i], NULL);
}

/* Refused from 10.7 on; before, the guest did not start. 12.8 has found a way. */
static void rule_empty_usb(DwSource *source)
{
    const char *bus = source->context->bus;

    if (source->context->host->libvirt_version < 11004000 && bus && g_str_equal(bus, "usb") &&
        source->context->guest.is_qemu && is_empty_drive(source))
        source_report(
            source, "disk-usb-empty", rule_since(source->context, 10007000), "target.bus", "usb",
            NULL, "target.bus is usb, where a drive cannot be empty; set a source, or use sata.");
}

static void rule_data_store(DwSource *source)
{
    if (!rule_may(source->context, "dataStore"))
        return;
    DwNode store = lens_find(source->context->document, source->holder, "source/dataStore", NULL);
    if (store != DW_NODE_NONE && !rule_has(source->context, store, "type"))
        source_report(source, "disk-data-store", ERROR, "source.dataStore.type", NULL, NULL,
                      "source.dataStore.type is missing; say what kind of source it is, such as "
                      "file.");
}

/* What the kernel carries instead of QEMU. */
static void check_vhostvdpa(DwSource *source)
{
    DwRuleContext *context = source->context;
    g_autofree char *cache = rule_attribute(context, source->holder, "driver", "cache");

    if (!rule_memory_is_shared(context))
        source_report(source, "disk-vhostuser-memory", ERROR, "type", "vhostvdpa", NULL,
                      "type is vhostvdpa, which needs shared memory: set memoryBacking access to "
                      "shared, with source memfd or file.");
    if (g_strcmp0(cache, "none") != 0 && g_strcmp0(cache, "directsync") != 0)
        source_report(source, "disk-vhostvdpa-cache", ERROR, "driver.cache", cache, NULL,
                      "driver.cache is %s; a disk of type vhostvdpa needs none or directsync.",
                      cache ? cache : "not set");
}

/* libvirt asks that of the disk itself only. */
static void rule_vhostuser(DwSource *source)
{
    if (source->level)
        return;
    if (source_is(source, "vhostvdpa") && source->context->guest.is_qemu)
        check_vhostvdpa(source);
    if (!source_is(source, "vhostuser"))
        return;
    check_vhostuser(source);
    check_vhostuser_settings(source);
}

static void (*const source_rules[])(DwSource *) = {
    rule_source_matches, rule_startup_policy, rule_dir,        rule_nvme,
    rule_vhostuser,      rule_empty_usb,      rule_data_store,
};

static void check_source(DwRuleContext *context, DwNode holder, unsigned level)
{
    DwSource source = {.context = context,
                       .protocol = -1,
                       .holder = holder,
                       .source = node_child(context->document, holder, "source"),
                       .level = level};
    g_autofree char *type = node_attribute(context->document, holder, "type");

    if (!type && !level)
        type = g_strdup("file");
    source.type = type;
    if (!type)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(source_rules); i++)
        source_rules[i](&source);
    for (size_t i = 0; source_image_rules[i]; i++)
        source_image_rules[i](&source);
    source_find_protocol(&source);
    for (size_t i = 0; source.protocol >= 0 && source_network_rules[i]; i++)
        source_network_rules[i](&source);
    source_rule_auth(&source);
}

static void rule_source(DwRuleContext *context)
{
    check_source(context, context->node, 0);
}

static void check_lun(DwRuleContext *context)
{
    g_autofree char *format = rule_attribute(context, context->node, "driver", "type");
    g_autofree char *protocol_name = rule_attribute(context, context->node, "source", "protocol");
    g_autofree char *type = node_attribute(context->document, context->node, "type");

    if (!type ||
        (!g_str_equal(type, "block") && !g_str_equal(type, "volume") &&
         !(g_str_equal(type, "network") && protocol_name && g_str_equal(protocol_name, "iscsi"))))
        rule_report(context, "disk-lun-source", ERROR, "type", type, NULL,
                    "type is %s, but device lun passes on a real SCSI unit only; use type block, a "
                    "volume, or network with source.protocol iscsi.",
                    type ? type : "file");
    if (format && !disk_format_is_raw(format))
        rule_report(context, "disk-lun-format", ERROR, "driver.type", format, NULL,
                    "driver.type is %s; device lun needs raw.", format);
    if (lens_find(context->document, context->node, "source/encryption", NULL) != DW_NODE_NONE ||
        node_child(context->document, context->node, "encryption") != DW_NODE_NONE)
        rule_report(context, "disk-lun-encryption", ERROR, "device", "lun", NULL,
                    "device is lun, which cannot be encrypted; remove the encryption.");
    if (rule_there(context, context->node, "source/slices/slice"))
        rule_report(context, "disk-lun-slice", ERROR, "source.slices", NULL, NULL,
                    "source.slices is set, but device lun is a whole unit; unset it.");
}

static void rule_lun_source(DwRuleContext *context)
{
    if (context->guest.is_qemu && g_str_equal(context->device, "lun"))
        check_lun(context);
}

static bool holds_anything(const DwDocument *document, DwNode backing)
{
    return node_first_child(document, backing) != DW_NODE_NONE;
}

/* Formats that are none of an image that another is built upon. Of a disk see device-foreign. */
static void check_format(DwRuleContext *context, DwNode backing, unsigned level)
{
    g_autofree char *format = lens_text(context->document, backing, "format/@type", NULL);
    g_autofree char *key = g_strdup_printf("backing.%u.format", level);
    bool is_fat = format && g_str_equal(format, "fat") &&
                  !node_attribute_is(context->document, backing, "type", "dir") &&
                  !node_attribute_is(context->document, backing, "type", "volume");

    if (context->guest.is_qemu && (is_fat || (format && words_have("luks cow dir iso", format))))
        rule_report(context, "disk-backing-format", ERROR, key, format, NULL,
                    "%s is %s, which %s; use raw.", key, format,
                    is_fat ? "is for a directory only" : "is no format here");
}

/* One level; `above` is the format of the image that is built upon it, or NULL. */
static void check_backing(DwRuleContext *context, DwNode backing, unsigned level, const char *above)
{
    const DwDocument *document = context->document;
    g_autofree char *prefix = g_strdup_printf("backing.%u.", level);
    g_autofree char *format_key = g_strconcat(prefix, "format", NULL);
    g_autofree char *source_key = g_strconcat(prefix, "source", NULL);
    g_autofree char *format = NULL;

    if (!rule_has(context, backing, "type")) {
        g_autofree char *type_key = g_strconcat(prefix, "type", NULL);

        if (holds_anything(document, backing))
            rule_report(context, "disk-backing-type", ERROR, type_key, NULL, NULL,
                        "%s is missing; libvirt would drop the whole level.", type_key);
        return;
    }
    format = rule_attribute(context, backing, "format", "type");
    if (!format || !*format)
        rule_report(context, "disk-backing-format", ERROR, format_key, format, NULL,
                    "%s is missing; say what the image is, such as qcow2 or raw.", format_key);
    if (node_child(document, backing, "source") == DW_NODE_NONE)
        rule_report(context, "disk-backing-source", ERROR, source_key, NULL, NULL,
                    "%s is missing; say where the image is.", source_key);
    if (disk_format_is_raw(above) && context->guest.is_qemu)
        rule_report(context, "disk-backing-raw", WARNING, source_key, NULL, NULL,
                    "%s is given to a raw image, which is built upon nothing; remove it or correct "
                    "the format above it.",
                    source_key);
    check_format(context, backing, level);
    check_source(context, backing, level);
}

static void rule_backing(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autofree char *above = rule_attribute(context, context->node, "driver", "type");
    DwNode backing = node_child(document, context->node, "backingStore");
    unsigned level = 0;

    for (; backing != DW_NODE_NONE; backing = node_child(document, backing, "backingStore")) {
        char *format = rule_attribute(context, backing, "format", "type");

        if (rule_has(context, backing, "type") || holds_anything(document, backing))
            level++;
        if (level <= DW_MAX_CHAIN)
            check_backing(context, backing, level, above);
        g_free(above);
        above = format;
    }
    if (level > DW_MAX_CHAIN)
        rule_report(context, "disk-backing-depth", ERROR, "backing", NULL, NULL,
                    "backing has %u levels; %d is the most that works. Merge some images.", level,
                    DW_MAX_CHAIN);
}

const DwRule rules_disk_source[] = {
    {rule_source},
    {rule_lun_source},
    {rule_backing, {"backingStore"}},
    {NULL},
};
