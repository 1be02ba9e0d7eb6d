/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a disk is driven: the image format, caching, and the options of <driver>. It knows nothing of
 * where the image is.
 */
#include "rules/facts.h"
#include "rules/tables.h"

#include <string.h>

#include "guest/disk.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING
#define INFO    DW_SEVERITY_INFO

static char *driver_text(const DwRuleContext *context, const char *name)
{
    return rule_attribute(context, context->node, "driver", name);
}

static bool driver_is(const DwRuleContext *context, const char *name, const char *value)
{
    DwNode driver = node_child(context->document, context->node, "driver");

    return driver != DW_NODE_NONE && node_attribute_is(context->document, driver, name, value);
}

static bool is_device(const DwRuleContext *context, const char *device)
{
    return g_str_equal(context->device, device);
}

static bool has_bus(const DwRuleContext *context, const char *bus)
{
    return !context->bus || g_str_equal(context->bus, bus);
}

static void rule_name(DwRuleContext *context)
{
    static const char *const allowed[] = {"qemu", NULL};
    g_autofree char *name = driver_text(context, "name");

    if (name && context->guest.is_qemu && !g_str_equal(name, "qemu"))
        rule_report(context, "disk-driver-name", ERROR, "driver.name", name, allowed,
                    "driver.name is %s; QEMU knows only qemu.", name);
}

static void rule_format(DwRuleContext *context)
{
    static const char *const allowed[] = {"raw", "qcow2", "qcow",  "qed",   "vmdk",  "vdi", "vpc",
                                          "vhd", "dmg",   "bochs", "cloop", "ploop", NULL};
    g_autofree char *format = driver_text(context, "type");

    if (!format || !context->guest.is_qemu)
        return;
    if (g_str_equal(format, "luks"))
        rule_report(context, "disk-format", ERROR, "driver.type", format, allowed,
                    "driver.type is luks, which is not a format here; use raw with encryption.");
    else if (g_str_equal(format, "fat") &&
             !node_attribute_is(context->document, context->node, "type", "dir") &&
             !node_attribute_is(context->document, context->node, "type", "volume"))
        rule_report(context, "disk-format", ERROR, "driver.type", format, allowed,
                    "driver.type is fat, which is for a disk of type dir only; use raw.");
}

/* Without a format libvirt takes raw, and a guest then sees the container instead of the disk. */
static void rule_format_stated(DwRuleContext *context)
{
    g_autofree char *format = driver_text(context, "type");

    if (format || !context->guest.is_qemu || is_device(context, "lun") ||
        is_device(context, "floppy") || is_device(context, "cdrom") ||
        node_attribute_is(context->document, context->node, "type", "dir") ||
        node_child(context->document, context->node, "source") == DW_NODE_NONE)
        return;
    rule_report(context, "disk-format-stated", WARNING, "driver.type", NULL, NULL,
                "driver.type is missing; libvirt takes the image as raw whatever it is. Set it.");
}

static void rule_io_cache(DwRuleContext *context)
{
    static const char *const allowed[] = {"none", "directsync", NULL};
    g_autofree char *cache = driver_text(context, "cache");

    if (context->guest.is_qemu && driver_is(context, "io", "native") &&
        (!cache || !g_strv_contains(allowed, cache)))
        rule_report(context, "disk-io-cache", ERROR, "driver.cache", cache, allowed,
                    "driver.cache is %s, but driver.io native needs none or directsync.",
                    cache ? cache : "missing");
}

static void rule_cache_unsafe(DwRuleContext *context)
{
    if (driver_is(context, "cache", "unsafe"))
        rule_report(
            context, "disk-cache-unsafe", WARNING, "driver.cache", "unsafe", NULL,
            "driver.cache is unsafe: the guest's flushes are ignored and a crash of the host "
            "loses data. Use none or writeback for a disk that matters.");
}

static void rule_virtio_options(DwRuleContext *context)
{
    static const char *const options[] = {"ioeventfd", "event_idx", "queues",     "iommu",
                                          "ats",       "packed",    "page_per_vq"};

    if (!context->guest.is_qemu || has_bus(context, "virtio"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        g_autofree char *value =
            rule_may(context, options[i]) ? driver_text(context, options[i]) : NULL;
        g_autofree char *key = value ? g_strconcat("driver.", options[i], NULL) : NULL;

        if (value)
            rule_report(context, "disk-virtio-option", ERROR, key, value, NULL,
                        "%s is %s, but only a disk on target.bus virtio has it; unset it.", key,
                        value);
    }
}

static void rule_queue_size(DwRuleContext *context)
{
    g_autofree char *text = driver_text(context, "queue_size");
    uint64_t size;

    if (!text || !context->guest.is_qemu ||
        !lens_number(context->document, context->node, "driver/@queue_size", &size))
        return;
    if (size < 4 || size > 1024 || (size & (size - 1)))
        rule_report(context, "disk-queue-size", WARNING, "driver.queue_size", text, NULL,
                    "driver.queue_size is %s; QEMU takes a power of two from 4 to 1024.", text);
    if (!has_bus(context, "virtio"))
        rule_report(
            context, "disk-queue-size-bus", rule_since(context, 11003000), "driver.queue_size",
            text, NULL,
            "driver.queue_size is %s, but only a disk on target.bus virtio has it; unset it.",
            text);
}

static void rule_copy_on_read(DwRuleContext *context)
{
    const char *reason = NULL;

    if (!context->guest.is_qemu || !driver_is(context, "copy_on_read", "on"))
        return;
    if (disk_is_readonly(context->document, context->node))
        reason = "a read-only disk cannot be copied to";
    else if (is_device(context, "floppy"))
        reason = "a floppy cannot have it";
    else if (is_device(context, "lun"))
        reason = "device lun cannot have it";
    if (reason)
        rule_report(context, "disk-copy-on-read", ERROR, "driver.copy_on_read", "on", NULL,
                    "driver.copy_on_read is on, but %s; unset it.", reason);
}

static void rule_discard_no_unref(DwRuleContext *context)
{
    g_autofree char *format = driver_text(context, "type");

    if (!context->guest.is_qemu || !driver_is(context, "discard_no_unref", "on"))
        return;
    if (!format || !g_str_equal(format, "qcow2"))
        rule_report(context, "disk-discard-no-unref", ERROR, "driver.discard_no_unref", "on", NULL,
                    "driver.discard_no_unref is on, but only driver.type qcow2 has it; unset it.");
    else if (disk_is_readonly(context->document, context->node))
        rule_report(context, "disk-discard-no-unref", ERROR, "driver.discard_no_unref", "on", NULL,
                    "driver.discard_no_unref is on, but the disk is read-only; unset it.");
}

static void rule_detect_zeroes(DwRuleContext *context)
{
    if (driver_is(context, "detect_zeroes", "unmap") && !driver_is(context, "discard", "unmap"))
        rule_report(
            context, "disk-detect-zeroes", WARNING, "driver.detect_zeroes", "unmap", NULL,
            "driver.detect_zeroes is unmap, which does no more than on unless driver.discard "
            "is unmap too; set both.");
}

static void rule_iothread(DwRuleContext *context)
{
    g_autofree char *text = driver_text(context, "iothread");
    uint64_t thread;

    if (!text || !context->guest.is_qemu ||
        !lens_number(context->document, context->node, "driver/@iothread", &thread))
        return;
    if (rule_there(context, context->node, "driver/iothreads"))
        rule_report(context, "disk-iothread", ERROR, "driver.iothread", text, NULL,
                    "driver.iothread is %s, but driver.iothreads says which threads there are; "
                    "unset one.",
                    text);
    else if (!has_bus(context, "virtio"))
        rule_report(
            context, "disk-iothread-bus", ERROR, "driver.iothread", text, NULL,
            "driver.iothread is %s, but only a disk on target.bus virtio has one of its own; "
            "unset it, or set it on the SCSI controller.",
            text);
    else if (!rule_has_iothread(context, thread))
        rule_report(context, "disk-iothread", ERROR, "driver.iothread", text, NULL,
                    "driver.iothread is %s, which is not among the domain's iothreads; raise "
                    "iothreads, or choose another.",
                    text);
}

const DwRule rules_disk_driver[] = {
    {rule_name, {"driver"}},
    {rule_format, {"driver"}},
    {rule_format_stated},
    {rule_io_cache, {"io"}},
    {rule_cache_unsafe, {"cache"}},
    {rule_virtio_options, {"driver"}},
    {rule_queue_size, {"queue_size"}},
    {rule_copy_on_read, {"copy_on_read"}},
    {rule_discard_no_unref, {"discard_no_unref"}},
    {rule_detect_zeroes, {"detect_zeroes"}},
    {rule_iothread, {"iothread"}},
    {NULL},
};
