/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the bytes of an image are: the cache of its metadata and its encryption, the same for a disk
 * and for each image that it is built upon.
 */
#include "rules/disk/source-facts.h"

#include "guest/disk.h"

#define ERROR DW_SEVERITY_ERROR

/* The format of the image, or NULL; where its element is, and its key. */
static char *image_format(const DwSource *source)
{
    return rule_attribute(source->context, source->holder, source->level ? "format" : "driver",
                          "type");
}

static const char *format_key(const DwSource *source)
{
    return source->level ? "format" : "driver.type";
}

static void rule_metadata_cache(DwSource *source)
{
    DwRuleContext *context = source->context;
    const char *element = source->level ? "format" : "driver";
    uint64_t size;

    if (!context->guest.is_qemu || !rule_may(context, "metadata_cache"))
        return;
    g_autofree char *path = g_strconcat(element, "/metadata_cache/max_size", NULL);
    if (rule_size_at(context, source->holder, path, 1, &size)
            ? size == 0
            : !rule_there(context, source->holder, path))
        return;
    g_autofree char *format = image_format(source);
    if (format && g_str_equal(format, "qcow2"))
        return;
    g_autofree char *key = g_strconcat(element, ".metadata_cache.max_size", NULL);
    source_report(source, "disk-metadata-cache", ERROR, key, NULL, NULL,
                  "%s is set, but only %s qcow2 has it; unset it.", key, format_key(source));
}

/* Who decrypts decides about the formats and the sources. */
static void check_encryption_engine(DwSource *source, DwNode encryption)
{
    const DwDocument *document = source->context->document;
    g_autofree char *format = node_attribute(document, encryption, "format");
    g_autofree char *protocol = source_attribute(source, "protocol");
    bool librbd = node_attribute_is(document, encryption, "engine", "librbd");

    if (!librbd && format && (g_str_equal(format, "luks2") || g_str_equal(format, "luks-any")))
        source_report(source, "disk-encryption-engine", ERROR, "source.encryption.format", format,
                      NULL,
                      "source.encryption.format is %s, which QEMU itself does not have; it needs "
                      "source.encryption.engine librbd and an image of protocol rbd.",
                      format);
    if (librbd && g_strcmp0(protocol, "rbd") != 0)
        source_report(source, "disk-encryption-engine", ERROR, "source.encryption.engine", "librbd",
                      NULL,
                      "source.encryption.engine is librbd, which only images of protocol rbd have; "
                      "unset it.");
}

/* That of a disk may also stand beside its source. */
static DwNode find_encryption(DwSource *source)
{
    DwNode inside = source_child(source, "encryption");
    DwNode beside = source->level
                        ? DW_NODE_NONE
                        : node_child(source->context->document, source->holder, "encryption");

    if (inside != DW_NODE_NONE && beside != DW_NODE_NONE)
        source_report(
            source, "disk-encryption-once", ERROR, "source.encryption.format", NULL, NULL,
            "source.encryption.format is given twice, in the source and beside it; keep one.");
    return inside != DW_NODE_NONE ? inside : beside;
}

/* The header of a LUKS image tells its cipher. */
static void check_cipher(DwSource *source, DwNode encryption)
{
    const DwDocument *document = source->context->document;
    DwNode cipher = node_child(document, encryption, "cipher");

    if (cipher != DW_NODE_NONE && node_attribute_is(document, encryption, "format", "luks"))
        source_report(source, "disk-encryption-cipher", ERROR, "source.encryption.cipher.name",
                      NULL, NULL,
                      "source.encryption.cipher.name is set, but a luks image tells its own; unset "
                      "source.encryption.cipher.* and source.encryption.ivgen.*.");
}

static void rule_encryption(DwSource *source)
{
    const DwDocument *document = source->context->document;

    if (!rule_may(source->context, "encryption"))
        return;
    DwNode encryption = find_encryption(source);
    g_autofree char *format = image_format(source);
    if (encryption == DW_NODE_NONE)
        return;
    check_cipher(source, encryption);
    if (!source->context->guest.is_qemu)
        return;
    check_encryption_engine(source, encryption);
    if (node_attribute_is(document, encryption, "format", "qcow") ||
        node_attribute_is(document, encryption, "format", "default"))
        source_report(
            source, "disk-encryption-qcow", ERROR, "source.encryption.format", "qcow", NULL,
            "source.encryption.format is qcow or default, which QEMU no longer has; convert the "
            "image to luks.");
    else if (format && !disk_format_is_raw(format) && !g_str_equal(format, "qcow2") &&
             !node_attribute_is(document, encryption, "engine", "librbd"))
        source_report(source, "disk-encryption-format", ERROR, format_key(source), format, NULL,
                      "%s is %s, but only raw and qcow2 images can be encrypted.",
                      format_key(source), format);
}

void (*const source_image_rules[])(DwSource *) = {rule_metadata_cache, rule_encryption, NULL};
