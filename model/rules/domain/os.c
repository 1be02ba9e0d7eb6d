/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on booting: devices, menu, kernel and firmware. Run once for each document.
 */
#include "rules/tables.h"

#include <string.h>

#include "keys/devices.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING
#define INFO    DW_SEVERITY_INFO

/* As many <boot dev> as libvirt keeps. */
#define MOST_BOOT 4

static DwNode os_node(const DwRuleContext *context)
{
    return node_child(context->document, context->node, "os");
}

/* Text at a path that says something, white space around it left out; or NULL. */
static char *said(const DwRuleContext *context, const char *path)
{
    char *found = rule_text(context, context->node, path);

    if (found && !*g_strstrip(found))
        g_clear_pointer(&found, g_free);
    return found;
}

static void rule_os_type(DwRuleContext *context)
{
    g_autofree char *type = said(context, "os/type");

    if (!type && !rule_there(context, context->node, "bootloader"))
        rule_report(context, "os-type-required", ERROR, "os.type", NULL, NULL,
                    "os.type is missing; for a virtual machine it is hvm.");
}

static void rule_machine_stated(DwRuleContext *context)
{
    static const char *const keys[] = {"arch", "machine"};
    DwNode type = lens_find(context->document, context->node, "os/type", NULL);

    if (type == DW_NODE_NONE || !context->guest.is_qemu)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (rule_has(context, type, keys[i]))
            continue;
        g_autofree char *key = g_strconcat("os.", keys[i], NULL);
        rule_report(context, "os-machine-stated", WARNING, key, NULL, NULL,
                    "%s is missing; what the domain becomes depends on the host. Set it.", key);
    }
}

static void rule_boot_list(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode boot = lens_find(document, context->node, "os/boot", NULL);
    g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);

    for (; boot != DW_NODE_NONE; boot = node_next_same(document, boot)) {
        char *dev = node_attribute(document, boot, "dev");

        if (!dev)
            continue;
        if (g_ptr_array_find_with_equal_func(seen, dev, g_str_equal, NULL))
            rule_report(context, "os-boot-unique", WARNING, "os.boot", dev, NULL,
                        "os.boot has %s twice; remove one.", dev);
        else if (seen->len == MOST_BOOT)
            rule_report(context, "os-boot-count", ERROR, "os.boot", dev, NULL,
                        "os.boot has more than %d entries; libvirt drops %s. Remove some.",
                        MOST_BOOT, dev);
        if (seen->len <= MOST_BOOT)
            g_ptr_array_add(seen, dev);
        else
            g_free(dev);
    }
}

static void rule_boot_menu(DwRuleContext *context)
{
    g_autofree char *timeout = rule_text(context, context->node, "os/bootmenu/@timeout");

    if (timeout && !rule_is(context, context->node, "os/bootmenu/@enable", "yes"))
        rule_report(context, "os-bootmenu-timeout", WARNING, "os.bootmenu.timeout", timeout, NULL,
                    "os.bootmenu.timeout is %s, but libvirt drops it unless os.bootmenu is on; set "
                    "that or unset it.",
                    timeout);
}

static void rule_kernel(DwRuleContext *context)
{
    static const char *const keys[] = {"initrd", "cmdline", "dtb"};
    g_autofree char *kernel = said(context, "os/kernel");

    if (!context->guest.is_qemu || kernel)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *path = g_strconcat("os/", keys[i], NULL);
        g_autofree char *key = g_strconcat("os.", keys[i], NULL);
        g_autofree char *value = said(context, path);

        if (value)
            rule_report(context, "os-kernel-missing", WARNING, key, value, NULL,
                        "%s is set, but os.kernel is not; set os.kernel or unset it.", key);
    }
}

/* What only a kernel, or another hypervisor, can use. */
static void rule_shim(DwRuleContext *context)
{
    g_autofree char *shim = said(context, "os/shim"), *kernel = said(context, "os/kernel");
    g_autofree char *tables = rule_text(context, context->node, "os/acpi/table[@type='rawset']");

    /* Before 12.8 libvirt looks at it with a loader only. */
    if (shim && !kernel)
        rule_report(context, "os-shim",
                    rule_there(context, context->node, "os/loader") ? ERROR
                                                                    : rule_since(context, 12008000),
                    "os.shim", shim, NULL,
                    "os.shim is set, but os.kernel is not; set os.kernel or unset it.");
    if (tables && context->guest.is_qemu && !context->guest.is_test)
        rule_report(context, "os-acpi-table", ERROR, "os.acpi.table.rawset", tables, NULL,
                    "os.acpi.table.rawset is set, which QEMU cannot read; use raw.");
}

/* libvirt writes one <boot dev='hd'/> of its own accord, so that alone is nothing to tell. */
static void rule_kernel_boot(DwRuleContext *context)
{
    g_autofree char *kernel = said(context, "os/kernel");
    DwNode boot = lens_find(context->document, context->node, "os/boot", NULL);

    if (kernel && boot != DW_NODE_NONE && context->guest.is_qemu &&
        (!node_attribute_is(context->document, boot, "dev", "hd") ||
         node_next_same(context->document, boot) != DW_NODE_NONE))
        rule_report(context, "os-kernel-boot", INFO, "os.boot", NULL, NULL,
                    "os.boot is set, but with os.kernel the domain boots that kernel directly.");
}

static void rule_bios_serial(DwRuleContext *context)
{
    if (rule_is(context, context->node, "os/bios/@useserial", "yes") &&
        rule_device(context, "serial", DW_NODE_NONE) == DW_NODE_NONE &&
        rule_device(context, "console", DW_NODE_NONE) == DW_NODE_NONE)
        rule_report(
            context, "os-bios-serial", ERROR, "os.bios.useserial", "yes", NULL,
            "os.bios.useserial is on, but the domain has no serial device; add one or unset "
            "it.");
}

static void report_automatic(DwRuleContext *context, const char *key, const char *value,
                             const char *firmware)
{
    uint64_t version = context->host->libvirt_version;
    DwSeverity severity = !version || version >= 9002000 ? WARNING : ERROR;

    rule_report(context, "os-firmware-automatic", severity, key, value, NULL,
                "%s is set, but os.firmware %s makes libvirt choose it; unset one.", key, firmware);
}

/* Newer libvirt writes down what it chose, so there a whole description is fine; 9.0 refuses it. */
static void rule_firmware_loader(DwRuleContext *context)
{
    static const char *const names[] = {"readonly", "type"};
    DwNode os = os_node(context);
    DwNode loader = os == DW_NODE_NONE ? DW_NODE_NONE : node_child(context->document, os, "loader");
    g_autofree char *firmware = rule_text(context, context->node, "os/@firmware");
    g_autofree char *path = said(context, "os/loader");
    g_autofree char *template = rule_text(context, context->node, "os/nvram/@template");
    uint64_t version = context->host->libvirt_version;

    if (!firmware || (loader == DW_NODE_NONE && !template))
        return;
    if (path && version >= 9002000)
        return;
    if (path && version == 0) {
        rule_report(context, "os-firmware-loader", INFO, "os.loader", path, NULL,
                    "os.loader is set beside os.firmware %s, which libvirt takes since 9.2 only.",
                    firmware);
        return;
    }
    if (path)
        report_automatic(context, "os.loader", path, firmware);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *key = g_strconcat("os.loader.", names[i], NULL);
        g_autofree char *value =
            loader == DW_NODE_NONE ? NULL : node_attribute(context->document, loader, names[i]);

        if (value)
            report_automatic(context, key, value, firmware);
    }
    if (rule_is(context, context->node, "os/loader/@secure", "no"))
        report_automatic(context, "os.loader.secure", "no", firmware);
    if (template)
        report_automatic(context, "os.nvram.template", template, firmware);
}

static bool is_automatic(const DwRuleContext *context)
{
    DwNode os = os_node(context);

    return os != DW_NODE_NONE && rule_has(context, os, "firmware");
}

static void rule_loader_missing(DwRuleContext *context)
{
    g_autofree char *path = said(context, "os/loader");

    if (is_automatic(context) || !context->guest.is_qemu)
        return;
    if (!path && (rule_there(context, context->node, "os/loader") ||
                  rule_there(context, context->node, "os/nvram")))
        rule_report(
            context, "os-loader-missing", ERROR, "os.loader", NULL, NULL,
            "os.loader is missing; say which firmware, or set os.firmware to have one chosen.");
    if (rule_there(context, context->node, "os/firmware/feature"))
        rule_report(context, "os-firmware-missing", ERROR, "os.firmware", NULL, NULL,
                    "os.firmware is missing; firmware features need it to be efi.");
}

static void rule_nvram(DwRuleContext *context)
{
    g_autofree char *path = said(context, "os/nvram");
    g_autofree char *firmware = rule_text(context, context->node, "os/@firmware");
    g_autofree char *type = rule_text(context, context->node, "os/nvram/@type");
    g_autofree char *template = rule_text(context, context->node, "os/nvram/@template");
    bool has_loader = rule_there(context, context->node, "os/loader");
    bool is_said = path || type;
    bool is_stateless = rule_is(context, context->node, "os/loader/@stateless", "yes");

    if (!rule_there(context, context->node, "os/nvram"))
        return;
    if (is_said && firmware && g_str_equal(firmware, "bios"))
        rule_report(context, "os-nvram-bios", ERROR, "os.nvram", path, NULL,
                    "os.nvram is set, but os.firmware bios has none; unset it.");
    if (is_said && is_stateless)
        rule_report(context, "os-nvram-stateless", ERROR, "os.nvram", path, NULL,
                    "os.nvram is set, but os.loader.stateless keeps nothing; unset one.");
    else if (is_stateless && template)
        rule_report(context, "os-nvram-stateless", ERROR, "os.nvram.template", template, NULL,
                    "os.nvram.template is set, but os.loader.stateless keeps nothing; unset one.");
    if (has_loader && !firmware && !rule_is(context, context->node, "os/loader/@type", "pflash"))
        rule_report(
            context, "os-nvram-rom", WARNING, "os.nvram", path, NULL,
            "os.nvram is set, but only os.loader.type pflash uses it; set that or unset it.");
}

/* What the guest cannot write, and what it would write to in two places: 12.8 refuses both. */
static void rule_writable_loader(DwRuleContext *context)
{
    DwSeverity severity = rule_since(context, 12008000);
    g_autofree char *format = rule_text(context, context->node, "os/loader/@format");
    bool is_flash = rule_is(context, context->node, "os/loader/@type", "pflash");
    bool is_writable = rule_is(context, context->node, "os/loader/@readonly", "no");

    if (!context->guest.is_qemu || is_automatic(context))
        return;
    if (is_writable && !is_flash)
        rule_report(context, "os-loader-writable", severity, "os.loader.readonly", "no", NULL,
                    "os.loader.readonly is no, but a ROM cannot be written; unset it, or set "
                    "os.loader.type to pflash.");
    if (is_writable && is_flash && rule_there(context, context->node, "os/nvram"))
        rule_report(context, "os-loader-writable", severity, "os.loader.readonly", "no", NULL,
                    "os.loader.readonly is no, so that the variables are in the loader; unset it, "
                    "or os.nvram.");
    if (!is_flash && format && !g_str_equal(format, "raw"))
        rule_report(context, "os-loader-format", severity, "os.loader.format", format, NULL,
                    "os.loader.format is %s, but a ROM is raw; unset it.", format);
}

/* Flash memory has variables of its own, if any. */
static void rule_varstore(DwRuleContext *context)
{
    if (context->guest.is_qemu && rule_there(context, context->node, "os/varstore") &&
        rule_is(context, context->node, "os/loader/@type", "pflash"))
        rule_report(context, "os-varstore", ERROR, "os.varstore", NULL, NULL,
                    "os.varstore is set, which firmware in flash memory has not; unset it, or set "
                    "os.loader.type to rom.");
}

/* Only pflash, or UEFI that libvirt chooses, can have variables; a loader that has none is none of
 * newer libvirt's business. */
static void rule_stateless(DwRuleContext *context)
{
    g_autofree char *stateless = rule_text(context, context->node, "os/loader/@stateless");
    g_autofree char *firmware = rule_text(context, context->node, "os/@firmware");

    if (stateless && !rule_is(context, context->node, "os/loader/@type", "pflash") &&
        g_strcmp0(firmware, "efi") != 0 && g_str_equal(stateless, "no"))
        rule_report(context, "os-loader-stateless",
                    firmware || rule_is_before(context, 11004000) ? ERROR : WARNING,
                    "os.loader.stateless", stateless, NULL,
                    "os.loader.stateless is no, but only UEFI firmware keeps anything; unset it.");
}

static bool is_efi(const DwRuleContext *context)
{
    return rule_is(context, context->node, "os/@firmware", "efi") ||
           rule_is(context, context->node, "os/loader/@type", "pflash");
}

static void rule_efi_acpi(DwRuleContext *context)
{
    if (context->guest.is_qemu && context->guest.is_x86 && is_efi(context) &&
        !rule_there(context, context->node, "features/acpi"))
        rule_report(context, "os-efi-acpi", ERROR, "features.acpi", NULL, NULL,
                    "features.acpi is missing; UEFI firmware needs it. Set it.");
}

/* The firmware that libvirt chooses brings system management mode with it. */
static void rule_secure_loader(DwRuleContext *context)
{
    if (!context->guest.is_qemu || !(context->guest.is_x86 || context->guest.is_other) ||
        !rule_is(context, context->node, "os/loader/@secure", "yes"))
        return;
    if (!context->guest.is_q35 || rule_is(context, context->node, "os/type/@arch", "i686"))
        rule_report(context, "os-secure-machine", ERROR, "os.loader.secure", "yes", NULL,
                    "os.loader.secure is on, which needs a q35 machine of x86_64; change "
                    "os.machine or unset it.");
    else if (!is_automatic(context) &&
             !rule_is(context, context->node, "features/smm/@state", "on"))
        rule_report(context, "os-secure-smm", ERROR, "features.smm", NULL, NULL,
                    "features.smm is not on; os.loader.secure needs it. Set it.");
}

static bool feature_is(const DwRuleContext *context, const char *name, const char *enabled)
{
    g_autofree char *path = g_strdup_printf("os/firmware/feature[@name='%s']/@enabled", name);

    return rule_is(context, context->node, path, enabled);
}

static void rule_enrolled_keys(DwRuleContext *context)
{
    if (feature_is(context, "enrolled-keys", "yes") && feature_is(context, "secure-boot", "no"))
        rule_report(context, "os-enrolled-keys", ERROR, "os.firmware.feature.enrolled-keys", "yes",
                    NULL,
                    "os.firmware.feature.enrolled-keys is on, but secure-boot is off; turn that on "
                    "or this off.");
}

/* A device that says its own place makes the list of kinds meaningless, and libvirt refuses both.
 */
static void rule_boot_exclusive(DwRuleContext *context)
{
    DwNode boot = lens_find(context->document, context->node, "os/boot", NULL);

    if (boot == DW_NODE_NONE)
        return;
    for (DwNode device = rule_device(context, "", DW_NODE_NONE); device != DW_NODE_NONE;
         device = rule_device(context, "", device)) {
        DwNode order = node_child(context->document, device, "boot");
        g_autofree char *id = NULL;
        g_autofree char *kind = NULL;

        if (order == DW_NODE_NONE || !rule_has(context, order, "order"))
            continue;
        id = device_id(context->document, device);
        kind = node_name(context->document, device);
        rule_report(context, "os-boot-exclusive", ERROR, "os.boot", NULL, NULL,
                    "os.boot is set, but %s %s has a boot.order of its own; keep one of the two. "
                    "Setting the boot order of devices replaces os.boot.",
                    kind, id);
        return;
    }
}

/* A program of the host's which finds a kernel for a guest of Xen. */
static void rule_bootloader(DwRuleContext *context)
{
    static const char *const keys[] = {"bootloader", "bootloader_args"};

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *text = rule_text(context, context->node, keys[i]);

        if (text && *text && context->guest.is_qemu && !context->guest.is_test)
            rule_report(context, "domain-bootloader", ERROR, keys[i], text, NULL,
                        "%s is %s, which guests of QEMU have not; unset it.", keys[i], text);
    }
}

const DwRule rules_os[] = {
    {rule_bootloader, {"bootloader", "bootloader_args"}},
    {rule_os_type},
    {rule_machine_stated},
    {rule_boot_list, {"boot"}},
    {rule_boot_menu, {"timeout"}},
    {rule_kernel, {"initrd", "cmdline", "dtb"}},
    {rule_shim, {"shim", "acpi"}},
    {rule_kernel_boot, {"kernel"}},
    {rule_bios_serial, {"useserial"}},
    {rule_firmware_loader, {"firmware"}},
    {rule_loader_missing, {"loader", "nvram", "feature"}},
    {rule_nvram, {"nvram"}},
    {rule_efi_acpi, {"firmware", "loader"}},
    {rule_secure_loader, {"secure"}},
    {rule_writable_loader, {"loader"}},
    {rule_enrolled_keys, {"feature"}},
    {rule_boot_exclusive, {"boot"}},
    {rule_stateless, {"stateless"}},
    {rule_varstore, {"varstore"}},
    {NULL},
};
