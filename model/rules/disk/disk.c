/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on what a disk's device type, bus and target allow each other, and on its identity as the
 * guest sees it. Run for each disk.
 */
#include "rules/facts.h"
#include "rules/tables.h"

#include <string.h>

#include "common/words.h"
#include "guest/disk.h"
#include "keys/devices.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING
#define INFO    DW_SEVERITY_INFO

static bool has_bus(const DwRuleContext *context, const char *bus)
{
    return context->bus && g_str_equal(context->bus, bus);
}

static bool is_device(const DwRuleContext *context, const char *device)
{
    return g_str_equal(context->device, device);
}

static void rule_target_name(DwRuleContext *context)
{
    g_autofree char *dev = lens_text(context->document, context->node, "target/@dev", NULL);
    size_t letters;

    if (!dev || !*dev) {
        rule_report(context, "disk-target-required", ERROR, "target.dev", NULL, NULL,
                    "The disk has no target.dev; give it a name such as \"vda\".");
        return;
    }
    if (disk_index(dev) >= 0)
        return;
    letters = strcspn(dev, "0123456789");
    if (letters < strlen(dev) && strspn(dev + letters, "0123456789") == strlen(dev + letters)) {
        g_autofree char *whole = g_strndup(dev, letters);

        if (disk_index(whole) >= 0) {
            if (context->guest.is_qemu && !context->guest.is_test)
                rule_report(context, "disk-target-partition", ERROR, "target.dev", dev, NULL,
                            "target.dev is %s, a partition; name the whole disk: %s.", dev, whole);
            return;
        }
    }
    /* Names of the new NVMe bus, which may be of any, and of containers' mount points follow rules
     * of their own. */
    bool is_nvme = g_regex_match_simple("^nvme[0-9]+n[0-9]+$", dev, G_REGEX_DOLLAR_ENDONLY, 0) &&
                   !rule_is_before(context, 11005000);
    if (context->guest.is_qemu && !has_bus(context, "nvme") && !is_nvme)
        rule_report(
            context, "disk-target-name", ERROR, "target.dev", dev, NULL,
            "target.dev is \"%s\"; it must be vd, sd, hd, fd, xvd or ubd followed by one to three "
            "lower-case letters, such as \"vda\".",
            dev);
}

static void rule_target_device(DwRuleContext *context)
{
    g_autofree char *dev = lens_text(context->document, context->node, "target/@dev", NULL);
    bool is_floppy = is_device(context, "floppy");

    if (!dev || !*dev)
        return;
    if (is_floppy && !g_str_has_prefix(dev, "fd"))
        rule_report(context, "disk-target-device", ERROR, "target.dev", dev, NULL,
                    "target.dev is %s, but a floppy's must begin with fd.", dev);
    else if (!is_floppy && !is_device(context, "cdrom") && g_str_has_prefix(dev, "fd"))
        rule_report(context, "disk-target-device", ERROR, "target.dev", dev, NULL,
                    "target.dev is %s, but only a floppy's may begin with fd.", dev);
}

static void report_bus(DwRuleContext *context, const char *bus, const char *const *allowed,
                       const char *device)
{
    g_autofree char *list = g_strjoinv(", ", (char **)allowed);

    rule_report(context, "disk-bus-device", ERROR, "target.bus", bus, allowed,
                "target.bus is %s, which cannot carry device %s; use one of: %s.", bus, device,
                list);
}

static void rule_bus_device(DwRuleContext *context)
{
    static const char *const for_floppy[] = {"fdc", NULL};
    static const char *const for_cdrom[] = {"sata", "scsi", "ide", "usb", NULL};
    static const char *const for_lun[] = {"scsi", "virtio", NULL};
    static const char *const for_disk[] = {"virtio", "scsi", "sata", "ide", "usb", NULL};
    const char *bus = context->bus;

    if (!bus || !*bus)
        return;
    if (is_device(context, "floppy")) {
        if (!g_str_equal(bus, "fdc"))
            report_bus(context, bus, for_floppy, "floppy");
    } else if (is_device(context, "cdrom")) {
        if (g_str_equal(bus, "fdc") ||
            (context->guest.is_qemu && (g_str_equal(bus, "virtio") || g_str_equal(bus, "sd"))))
            report_bus(context, bus, for_cdrom, "cdrom");
    } else if (is_device(context, "lun")) {
        if (context->guest.is_qemu && !g_strv_contains(for_lun, bus))
            report_bus(context, bus, for_lun, "lun");
    } else if (g_str_equal(bus, "fdc")) {
        report_bus(context, bus, for_disk, "disk");
    }
}

static void rule_bus_machine(DwRuleContext *context)
{
    static const char *const allowed[] = {"sata", "virtio", "scsi", "usb", NULL};

    if (context->guest.is_qemu && context->guest.is_other && has_bus(context, "fdc"))
        rule_report(context, "disk-bus-machine", rule_since(context, 12008000), "target.bus", "fdc",
                    allowed,
                    "target.bus is fdc, which only machines of x86 have; remove the disk.");

    if (context->guest.is_q35 && has_bus(context, "ide"))
        rule_report(context, "disk-bus-machine", ERROR, "target.bus", "ide", allowed,
                    "target.bus is ide, which a q35 machine does not have; use sata instead.");
}

/* A domain can be without USB: by a controller whose model is none. */
static void rule_usb_disabled(DwRuleContext *context)
{
    if (has_bus(context, "usb") && context->guest.is_qemu && rule_is_usb_off(context))
        rule_report(context, "disk-usb-disabled", ERROR, "target.bus", "usb", NULL,
                    "target.bus is usb, but a controller of model none turns USB off; use "
                    "another bus or remove that controller.");
}

/* Without an address libvirt takes the place from the name, and some buses have few. */
static void rule_target_slot(DwRuleContext *context)
{
    g_autofree char *dev = lens_text(context->document, context->node, "target/@dev", NULL);
    int index = dev ? disk_index(dev) : -1;

    if (index < 0 || !context->guest.is_qemu ||
        node_child(context->document, context->node, "address") != DW_NODE_NONE)
        return;
    if (context->guest.is_pc && has_bus(context, "ide") && index > 3)
        rule_report(
            context, "disk-target-slot", ERROR, "target.dev", dev, NULL,
            "target.dev is %s, but the machine has one IDE controller with four places; use "
            "a free one of hda to hdd, or another target.bus.",
            dev);
    else if (has_bus(context, "fdc") && index > 1)
        rule_report(context, "disk-target-slot", ERROR, "target.dev", dev, NULL,
                    "target.dev is %s, but there are two floppy drives at most: fda and fdb.", dev);
}

static void rule_readonly_bus(DwRuleContext *context)
{
    const char *bus = context->bus;

    if (!context->guest.is_qemu || !is_device(context, "disk") || !bus ||
        node_child(context->document, context->node, "readonly") == DW_NODE_NONE ||
        !(g_str_equal(bus, "ide") || g_str_equal(bus, "sata")))
        return;
    rule_report(
        context, "disk-readonly-bus", ERROR, "readonly", "yes", NULL,
        "readonly is set, but %s has no read-only hard disks; use target.bus virtio or scsi, "
        "or device cdrom.",
        bus);
}

static void rule_tray(DwRuleContext *context)
{
    g_autofree char *tray = rule_attribute(context, context->node, "target", "tray");

    /* libvirt drops "closed". */
    if (g_strcmp0(tray, "open") == 0 && !is_device(context, "cdrom") &&
        !is_device(context, "floppy"))
        rule_report(context, "disk-tray", ERROR, "target.tray", tray, NULL,
                    "target.tray is %s, but only a cdrom or floppy has a tray; unset it.", tray);
}

static void rule_tray_boot(DwRuleContext *context)
{
    if (!lens_is(context->document, context->node, "target/@tray", "open") ||
        lens_find(context->document, context->node, "boot", NULL) == DW_NODE_NONE)
        return;
    rule_report(
        context, "disk-tray-boot", WARNING, "target.tray", "open", NULL,
        "target.tray is open, so the guest finds no medium to boot from (boot.order is set); "
        "unset target.tray.");
}

static void rule_removable(DwRuleContext *context)
{
    g_autofree char *removable = rule_attribute(context, context->node, "target", "removable");
    uint64_t version = context->host->libvirt_version;

    if (!removable || has_bus(context, "usb"))
        return;
    /* libvirt 9.0 takes it for usb only, 11.3 also for scsi; in between is not known. */
    if (has_bus(context, "scsi") && is_device(context, "disk") &&
        (version == 0 || version > 9000999)) {
        if (version < 11003000)
            rule_report(context, "disk-removable-bus", WARNING, "target.removable", removable, NULL,
                        "target.removable on target.bus scsi needs a recent libvirt; older ones "
                        "refuse it on anything but usb.");
        return;
    }
    rule_report(context, "disk-removable-bus", ERROR, "target.removable", removable, NULL,
                "target.removable is %s, but only a disk on target.bus usb can be removable; unset "
                "it.",
                removable);
}

static void rule_forced_access(DwRuleContext *context)
{
    g_autofree char *value = rule_attribute(context, context->node, "target", "dpofua");

    if (value && context->guest.is_qemu && context->bus && !has_bus(context, "scsi"))
        rule_report(context, "disk-dpofua-bus", ERROR, "target.dpofua", value, NULL,
                    "target.dpofua is %s, but only a disk on target.bus scsi has it; unset it.",
                    value);
}

static void rule_lun_blocks(DwRuleContext *context)
{
    static const char *const names[] = {"logical_block_size", "physical_block_size",
                                        "discard_granularity"};
    /* Of the granularity libvirt takes 0 as said. */
    const char *last = names[G_N_ELEMENTS(names) - 1];

    for (size_t i = 0; i < G_N_ELEMENTS(names) && context->guest.is_qemu; i++) {
        g_autofree char *value = rule_attribute(context, context->node, "blockio", names[i]);
        g_autofree char *key = g_strconcat("blockio.", names[i], NULL);

        if (value && is_device(context, "lun") &&
            (names[i] == last || strspn(value, "0") < strlen(value)))
            rule_report(context, "disk-lun-blockio", rule_since(context, 12008000), key, value,
                        NULL, "%s is %s, but device lun has the real unit's; unset it.", key,
                        value);
    }
}

static void rule_statistics(DwRuleContext *context)
{
    const char *bus = context->bus;

    if (context->guest.is_qemu && bus && *bus && !words_have("virtio scsi ide sata usb", bus) &&
        rule_there(context, context->node, "driver/statistics/statistic"))
        rule_report(context, "disk-statistics-bus", ERROR, "driver.statistics.statistic", NULL,
                    NULL,
                    "driver.statistics.statistic is set, but of disks on %s none is counted; use "
                    "target.bus virtio, scsi, ide, sata or usb, or unset it.",
                    bus);
}

static void rule_rotation(DwRuleContext *context)
{
    static const char *const allowed[] = {"scsi", "sata", "ide", NULL};
    const char *bus = context->bus;
    g_autofree char *text = rule_attribute(context, context->node, "target", "rotation_rate");
    uint64_t rate;

    if (!text)
        return;
    if (bus && !g_strv_contains(allowed, bus))
        rule_report(
            context, "disk-rotation-bus", ERROR, "target.rotation_rate", text, NULL,
            "target.rotation_rate is %s, but a disk on %s has none; use target.bus scsi, sata "
            "or ide, or unset it.",
            text, *bus ? bus : "this bus");
    else if (!is_device(context, "disk"))
        rule_report(context, "disk-rotation-bus", ERROR, "target.rotation_rate", text, NULL,
                    "target.rotation_rate is %s, but only device disk has one; unset it.", text);
    if (lens_number(context->document, context->node, "target/@rotation_rate", &rate) && rate > 1 &&
        rate < 1025)
        rule_report(
            context, "disk-rotation-value", WARNING, "target.rotation_rate", text, NULL,
            "target.rotation_rate is %s; use 1 (solid state) or 1025 to 65534 revolutions a "
            "minute.",
            text);
}

static bool child_text(const DwRuleContext *context, const char *child, char **ret_text)
{
    DwNode node = node_child(context->document, context->node, child);

    *ret_text = node == DW_NODE_NONE ? NULL : node_text(context->document, node);
    return *ret_text != NULL;
}

static void rule_serial(DwRuleContext *context)
{
    static const char safe[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+- ";
    g_autofree char *serial = NULL;

    if (!child_text(context, "serial", &serial))
        return;
    if (serial[strspn(serial, safe)] && context->guest.is_qemu)
        rule_report(context, "disk-serial-characters", ERROR, "serial", serial, NULL,
                    "serial is \"%s\"; use letters, digits, blanks and _ . + - only.", serial);
    if (has_bus(context, "sd"))
        rule_report(context, "disk-serial-bus", ERROR, "serial", serial, NULL,
                    "serial is set, but a disk on target.bus sd has none; unset it.");
}

static void rule_serial_length(DwRuleContext *context)
{
    const char *bus = context->bus;
    g_autofree char *serial = NULL;
    size_t limit = 20;

    if (!bus || !context->guest.is_qemu || !child_text(context, "serial", &serial))
        return;
    if (g_str_equal(bus, "scsi"))
        limit = 247;
    else if (!g_str_equal(bus, "virtio") && !g_str_equal(bus, "ide") && !g_str_equal(bus, "sata"))
        return;
    if (strlen(serial) > limit)
        rule_report(context, "disk-serial-length", WARNING, "serial", serial, NULL,
                    "serial has %zu characters, but the guest sees the first %zu on target.bus %s; "
                    "shorten it.",
                    strlen(serial), limit, bus);
}

static void rule_wwn(DwRuleContext *context)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    const char *bus = context->bus;
    g_autofree char *wwn = NULL;
    const char *digits;

    if (!child_text(context, "wwn", &wwn))
        return;
    digits = g_str_has_prefix(wwn, "0x") ? wwn + 2 : wwn;
    if (strlen(digits) != 16 || digits[strspn(digits, hex)])
        rule_report(context, "disk-wwn-form", ERROR, "wwn", wwn, NULL,
                    "wwn is \"%s\"; it must be 16 hexadecimal digits.", wwn);
    if (context->guest.is_qemu && bus && !g_str_equal(bus, "scsi") && !g_str_equal(bus, "ide"))
        rule_report(context, "disk-wwn-bus", ERROR, "wwn", wwn, NULL,
                    "wwn is set, but only a disk on target.bus scsi or ide has one; unset it.");
}

/* Which buses have vendor and product; SATA and IDE the latter since libvirt 11.1. */
static bool has_inquiry(const DwRuleContext *context, const char *key)
{
    return has_bus(context, "scsi") ||
           (g_str_equal(key, "product") && !rule_is_before(context, 11001000) &&
            (has_bus(context, "sata") || has_bus(context, "ide")));
}

static void rule_inquiry(DwRuleContext *context)
{
    static const struct {
        const char *key;
        size_t limit;
    } texts[] = {{"vendor", 8}, {"product", 16}};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = NULL;
        size_t good = 0;

        if (!child_text(context, texts[i].key, &text) || !*text)
            continue;
        while (text[good] && g_ascii_isprint(text[good]))
            good++;
        if (text[good])
            rule_report(context, "disk-inquiry-text", ERROR, texts[i].key, text, NULL,
                        "%s is \"%s\"; it must be printable ASCII.", texts[i].key, text);
        size_t limit = has_bus(context, "scsi") ? texts[i].limit : 40;
        if (strlen(text) > limit)
            rule_report(context, "disk-inquiry-length", ERROR, texts[i].key, text, NULL,
                        "%s is \"%s\"; it must not be longer than %zu characters.", texts[i].key,
                        text, limit);
        if (context->guest.is_qemu && !has_inquiry(context, texts[i].key))
            rule_report(context, "disk-inquiry-bus", ERROR, texts[i].key, text, NULL,
                        "%s is set, but only a disk on target.bus scsi has one; unset it.",
                        texts[i].key);
    }
}

static void rule_lun_identity(DwRuleContext *context)
{
    static const char *const keys[] = {"serial", "wwn", "vendor", "product"};

    if (!context->guest.is_qemu || !is_device(context, "lun"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *text = NULL;

        if (child_text(context, keys[i], &text) && *text && has_bus(context, "scsi"))
            rule_report(context, "disk-lun-identity", ERROR, keys[i], text, NULL,
                        "%s is set, but device lun passes the real unit's on; unset it.", keys[i]);
    }
}

static void rule_lun_only(DwRuleContext *context)
{
    static const char *const keys[] = {"rawio", "sgio"};

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *value = node_attribute(context->document, context->node, keys[i]);

        if (value && !is_device(context, "lun"))
            rule_report(context, "disk-lun-only", ERROR, keys[i], value, NULL,
                        "%s is %s, but only device lun can have it; unset it.", keys[i], value);
    }
    if (context->guest.is_qemu &&
        node_attribute_is(context->document, context->node, "sgio", "unfiltered"))
        rule_report(context, "disk-sgio-unfiltered", ERROR, "sgio", "unfiltered", NULL,
                    "sgio is unfiltered, which libvirt no longer supports; unset it.");
}

static void rule_reservations(DwRuleContext *context)
{
    DwNode node = lens_find(context->document, context->node, "source/reservations", NULL);

    if (node != DW_NODE_NONE && node_attribute_is(context->document, node, "managed", "no") &&
        !rule_there(context, node, "source"))
        rule_report(context, "disk-reservations-source", ERROR, "source.reservations.managed", "no",
                    NULL,
                    "source.reservations.managed is no, which needs the helper's socket; set "
                    "source.reservations.source.path, .type to unix and .mode to client.");
    if (node != DW_NODE_NONE && !rule_has(context, node, "managed"))
        rule_report(context, "disk-reservations-source", ERROR, "source.reservations.managed", NULL,
                    NULL,
                    "source.reservations.managed is missing; say whether libvirt runs the helper.");
    if (!is_device(context, "lun") && node != DW_NODE_NONE)
        rule_report(context, "disk-lun-only", ERROR, "source.reservations", NULL, NULL,
                    "source.reservations is set, but only device lun can have it; remove it.");
}

static void rule_shareable(DwRuleContext *context)
{
    g_autofree char *format = rule_attribute(context, context->node, "driver", "type");

    if (!context->guest.is_qemu || !format ||
        node_child(context->document, context->node, "shareable") == DW_NODE_NONE ||
        disk_is_readonly(context->document, context->node))
        return;
    if (disk_format_is_raw(format)) {
        if (rule_is(context, context->node, "source/encryption/@format", "luks"))
            rule_report(context, "disk-shareable-format", rule_since(context, 11003000),
                        "shareable", "yes", NULL,
                        "shareable is set, but an encrypted image is for one guest; unset it.");
        return;
    }
    rule_report(context, "disk-shareable-format", ERROR, "shareable", "yes", NULL,
                "shareable is set, but two guests writing to one %s image destroy it; use "
                "driver.type raw, or set readonly.",
                format);
}

static void rule_transient(DwRuleContext *context)
{
    DwNode transient = node_child(context->document, context->node, "transient");
    const char *bus = context->bus;
    const char *reason = NULL;

    if (transient == DW_NODE_NONE || !context->guest.is_qemu)
        return;
    if (disk_is_readonly(context->document, context->node))
        reason = "a read-only disk has nothing to discard";
    else if (!is_device(context, "disk"))
        reason = "only device disk can be";
    else if (!node_attribute_is(context->document, context->node, "type", "file"))
        reason = "only a disk of type file can be";
    if (reason)
        rule_report(context, "disk-transient", ERROR, "transient", "yes", NULL,
                    "transient is set, but %s; unset it.", reason);
    if (bus && node_attribute_is(context->document, transient, "shareBacking", "yes") &&
        !g_str_equal(bus, "virtio") && !g_str_equal(bus, "scsi") && !g_str_equal(bus, "usb"))
        rule_report(
            context, "disk-transient-bus", ERROR, "target.bus", bus, NULL,
            "target.bus is %s, which cannot share a transient disk's image; use virtio, scsi "
            "or usb.",
            bus);
}

static void rule_model_bus(DwRuleContext *context)
{
    static const char *const virtio[] = {"virtio", "virtio-transitional", "virtio-non-transitional",
                                         NULL};
    g_autofree char *model = node_attribute(context->document, context->node, "model");

    if (model && context->guest.is_qemu && g_strv_contains(virtio, model) &&
        !has_bus(context, "virtio"))
        rule_report(context, "disk-model-bus", ERROR, "model", model, NULL,
                    "model is %s, which only a disk on target.bus virtio has; unset it.", model);
}

static void rule_geometry(DwRuleContext *context)
{
    g_autofree char *translation = rule_attribute(context, context->node, "geometry", "trans");

    if (translation && !has_bus(context, "ide"))
        rule_report(context, "disk-geometry-bus", ERROR, "geometry.trans", translation, NULL,
                    "geometry.trans is %s, but only a disk on target.bus ide has it; unset it.",
                    translation);
}

/* libvirt 11.5 has the serial on the controller, too. */
static void rule_nvme_serial(DwRuleContext *context)
{
    if (has_bus(context, "nvme") && context->guest.is_qemu && !rule_has_nvme_serial(context) &&
        node_child(context->document, context->node, "serial") == DW_NODE_NONE)
        rule_report(context, "disk-nvme-serial", ERROR, "serial", NULL, NULL,
                    "serial is missing; a disk on target.bus nvme or its controller needs one.");
}

const DwRule rules_disk[] = {
    {rule_target_name},
    {rule_target_device},
    {rule_bus_device},
    {rule_bus_machine},
    {rule_target_slot},
    {rule_usb_disabled},
    {rule_readonly_bus, {"readonly"}},
    {rule_tray, {"tray"}},
    {rule_tray_boot, {"tray"}},
    {rule_removable, {"removable"}},
    {rule_rotation, {"rotation_rate"}},
    {rule_statistics, {"statistics"}},
    {rule_forced_access, {"dpofua"}},
    {rule_lun_blocks, {"blockio"}},
    {rule_serial, {"serial"}},
    {rule_serial_length, {"serial"}},
    {rule_wwn, {"wwn"}},
    {rule_inquiry, {"vendor", "product"}},
    {rule_lun_identity, {"serial", "wwn", "vendor", "product"}},
    {rule_lun_only, {"rawio", "sgio"}},
    {rule_reservations, {"reservations"}},
    {rule_shareable, {"shareable"}},
    {rule_transient, {"transient"}},
    {rule_model_bus, {"model"}},
    {rule_nvme_serial},
    {rule_geometry, {"trans"}},
    {NULL},
};
