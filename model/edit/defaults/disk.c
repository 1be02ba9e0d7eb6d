/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is filled in for a disk: where it is, what it is and how it is driven; its place in the
 * guest is target.c's. Files are judged by their names alone. Used by device.c.
 */
#include "edit/defaults/disk.h"

#include <string.h>

#include "edit/defaults/target.h"
#include "edit/defaults/unsaid.h"

#define INFO    DW_SEVERITY_INFO
#define WARNING DW_SEVERITY_WARNING

static bool is_new(const DwDefaults *defaults)
{
    return defaults->device == DW_NODE_NONE;
}

/* ---- Where it is ---- */

/* The type a source speaks for, under a prefix of keys ("", "backing.1."); or NULL. */
static const char *source_type(const DwDefaults *defaults, const char *prefix)
{
    static const struct {
        const char *key, *type;
    } signs[] = {
        {"source.file", "file"},    {"source.dev", "block"},      {"source.dir", "dir"},
        {"source.pool", "volume"},  {"source.volume", "volume"},  {"source.protocol", "network"},
        {"source.address", "nvme"}, {"source.namespace", "nvme"}, {"source.path", "vhostuser"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        g_autofree char *key = g_strconcat(prefix, signs[i].key, NULL);

        if (defaults_asked(defaults, key))
            return signs[i].type;
    }
    return NULL;
}

static void default_type(const DwDefaults *defaults)
{
    const char *type = source_type(defaults, "");
    g_autofree char *present = defaults_text(defaults, "type");

    if (is_new(defaults)) {
        if (!present)
            defaults_take(defaults, "disk-type-default", INFO, "type",
                          dw_value_string(type ? type : "file"), "type is %s, %s.",
                          type ? type : "file", type ? "by the source that is given" : "as usual");
        return;
    }
    if (!type || defaults_asked(defaults, "type") ||
        g_strcmp0(present ? present : "file", type) == 0)
        return;
    defaults_take(defaults, "disk-type-default", INFO, "type", dw_value_string(type),
                  "type is now %s, by the source that is given.", type);
}

static void default_source(const DwDefaults *defaults)
{
    if (!is_new(defaults) && !defaults_changed(defaults, "type"))
        return;
    if (defaults_is(defaults, "type", "nvme")) {
        if (!defaults_asked(defaults, "source.type"))
            defaults_take(defaults, "disk-nvme-default", INFO, "source.type",
                          dw_value_string("pci"),
                          "source.type is pci, the only one for type nvme.");
        if (!defaults_asked(defaults, "source.namespace"))
            defaults_take(defaults, "disk-nvme-default", INFO, "source.namespace", dw_value_uint(1),
                          "source.namespace is 1 by default.");
        if (!defaults_asked(defaults, "source.managed"))
            defaults_take(defaults, "disk-nvme-default", WARNING, "source.managed",
                          dw_value_bool(true),
                          "source.managed is yes by default: libvirt takes the drive away from the "
                          "host.");
    }
    if (defaults_is(defaults, "type", "vhostuser") && !defaults_asked(defaults, "source.type"))
        defaults_take(defaults, "disk-vhostuser-default", INFO, "source.type",
                      dw_value_string("unix"),
                      "source.type is unix, the only one for type vhostuser.");
}

static void default_secret(const DwDefaults *defaults)
{
    g_autofree char *type = defaults_text(defaults, "source.auth.secret.type");
    const char *wanted = NULL;

    if (type || !(defaults_changed(defaults, "source.auth.username") ||
                  defaults_changed(defaults, "source.auth.secret.usage") ||
                  defaults_changed(defaults, "source.auth.secret.uuid")))
        return;
    if (defaults_is(defaults, "source.protocol", "iscsi"))
        wanted = "iscsi";
    else if (defaults_is(defaults, "source.protocol", "rbd"))
        wanted = "ceph";
    if (wanted)
        defaults_take(defaults, "disk-secret-default", INFO, "source.auth.secret.type",
                      dw_value_string(wanted),
                      "source.auth.secret.type is %s, as the protocol needs.", wanted);
}

/* ---- What it is ---- */

static void default_device(const DwDefaults *defaults)
{
    if (is_new(defaults) && !defaults_asked(defaults, "device"))
        defaults_take(defaults, "disk-device-default", INFO, "device", dw_value_string("disk"),
                      "device is disk by default.");
}

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), end = strlen(ending);

    return length > end && g_ascii_strcasecmp(name + length - end, ending) == 0;
}

static void warn_of_image(const DwDefaults *defaults)
{
    g_autofree char *file = defaults_text(defaults, "source.file");

    if (is_new(defaults) && file && has_ending(file, ".iso") &&
        defaults_is(defaults, "device", "disk"))
        defaults_say(
            defaults, "disk-iso-device", WARNING, "device",
            "device is disk, but source.file ends in .iso; set device cdrom if it is one, or "
            "the guest may write to it.");
}

/* Why the guest can only read it, or NULL. */
static const char *readonly_reason(const DwDefaults *defaults)
{
    static const char *const curl[] = {"http", "https", "ftp", "ftps", NULL};
    g_autofree char *protocol = defaults_text(defaults, "source.protocol");

    if (defaults_is(defaults, "device", "cdrom"))
        return "a cdrom can only be read";
    if (defaults_is(defaults, "type", "dir"))
        return "a directory can only be read by the guest";
    /* Hard disks on these buses cannot be read-only. */
    if (defaults_is(defaults, "target.bus", "ide") || defaults_is(defaults, "target.bus", "sata"))
        return NULL;
    if (protocol && g_strv_contains(curl, protocol))
        return "nothing can be written over that protocol";
    return NULL;
}

static void default_readonly(const DwDefaults *defaults)
{
    const char *reason = readonly_reason(defaults);
    g_autofree char *present = defaults_text(defaults, "readonly");
    bool concerns = is_new(defaults) || defaults_changed(defaults, "device") ||
                    defaults_changed(defaults, "type") ||
                    defaults_changed(defaults, "source.protocol");

    if (!reason || defaults_asked_true(defaults, "readonly") ||
        (!concerns && !defaults_asked(defaults, "readonly")))
        return;
    if (present && !defaults_asked(defaults, "readonly"))
        return;
    defaults_take(defaults, is_new(defaults) ? "disk-readonly-default" : "disk-readonly-follows",
                  defaults_asked(defaults, "readonly") ? WARNING : INFO, "readonly",
                  dw_value_bool(true), "readonly is set: %s.", reason);
}

/* What could only be read because it was a cdrom can be written to, unless somebody says
 * otherwise. */
static bool drop_readonly(const DwDefaults *defaults, GError **error)
{
    const char *gone = defaults_gone(defaults, "device");

    if (is_new(defaults) || !defaults_turned(defaults, "device"))
        return true;
    g_autofree char *was = gone ? g_strdup(gone)
                                : defaults_document_text(defaults->context->document, "disk",
                                                         defaults->device, "device");
    if (g_strcmp0(was, "cdrom") != 0 || readonly_reason(defaults))
        return true;
    return defaults_drop(defaults, "disk-readonly-drops", INFO, "readonly",
                         "it came with the cdrom, which the disk is not any more", error);
}

/* ---- How it is driven ---- */

static const struct {
    const char *ending, *format;
} endings[] = {
    {".qcow2", "qcow2"}, {".qcow", "qcow"}, {".qed", "qed"}, {".vmdk", "vmdk"},
    {".vdi", "vdi"},     {".vpc", "vpc"},   {".vhd", "vpc"}, {".dmg", "dmg"},
    {".iso", "raw"},     {".raw", "raw"},   {".bin", "raw"},
};

/* The format a name's ending stands for, or NULL. */
static const char *format_of(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(endings); i++)
        if (has_ending(name, endings[i].ending))
            return endings[i].format;
    return NULL;
}

/* What the image under prefix is called, and the key that says so. */
static char *image_name(const DwDefaults *defaults, const char *prefix, char **ret_key)
{
    static const char *const keys[] = {"source.file", "source.name", "source.volume", "source.dev"};

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *key = g_strconcat(prefix, keys[i], NULL);
        char *name = defaults_text(defaults, key);

        if (name) {
            *ret_key = g_steal_pointer(&key);
            return name;
        }
    }
    *ret_key = NULL;
    return NULL;
}

/* Formats that do not depend on a name. */
static const char *fixed_format(const DwDefaults *defaults, const char **ret_why)
{
    if (defaults_is(defaults, "type", "dir")) {
        *ret_why = "as a directory needs";
        return "fat";
    }
    *ret_why =
        defaults_is(defaults, "device", "lun") ? "as device lun needs" : "as type nvme needs";
    return defaults_is(defaults, "device", "lun") || defaults_is(defaults, "type", "nvme") ||
                   defaults_is(defaults, "type", "vhostuser")
               ? "raw"
               : NULL;
}

static void take_format(const DwDefaults *defaults, const char *prefix, const char *key)
{
    g_autofree char *source_key = NULL;
    g_autofree char *name = image_name(defaults, prefix, &source_key);
    const char *format = format_of(name);

    if (format)
        defaults_take(defaults, "disk-format-default", INFO, key, dw_value_string(format),
                      "%s is %s, by the ending of %s.", key, format, source_key);
    else if (!name)
        defaults_take(defaults, "disk-format-default", INFO, key, dw_value_string("raw"),
                      "%s is raw; there is no image yet.", key);
    else
        defaults_take(defaults, "disk-format-guessed", WARNING, key, dw_value_string("raw"),
                      "%s is raw, because nothing in %s says otherwise; set it if the image is of "
                      "another format, or the guest sees the wrong bytes.",
                      key, source_key);
}

/* Only a directory is shown as a FAT disk, and as nothing else. Raw is safe: it is the format that
 * reads nothing out of an image. */
static void change_driver(const DwDefaults *defaults, const char *format, const char *why)
{
    g_autofree char *present = defaults_text(defaults, "driver.type");
    bool is_fat = present && g_str_equal(present, "fat");
    bool for_dir = format && g_str_equal(format, "fat");

    if (!present || is_fat == for_dir || defaults_asked(defaults, "driver.type") ||
        !defaults_changed(defaults, "type"))
        return;
    defaults_take(defaults, "disk-format-default", INFO, "driver.type",
                  dw_value_string(for_dir ? "fat" : "raw"), "driver.type is %s, %s.",
                  for_dir ? "fat" : "raw", for_dir ? why : "fat was for a directory");
}

static void default_driver(const DwDefaults *defaults)
{
    const char *why = NULL;
    const char *format = fixed_format(defaults, &why);

    if (!is_new(defaults)) {
        change_driver(defaults, format, why);
        return;
    }
    if (!defaults_for_qemu(defaults))
        return;
    if (!defaults_asked(defaults, "driver.name"))
        defaults_take(defaults, "disk-driver-default", INFO, "driver.name", dw_value_string("qemu"),
                      "driver.name is qemu, the only one here.");
    if (defaults_asked(defaults, "driver.type"))
        return;
    if (format)
        defaults_take(defaults, "disk-format-default", INFO, "driver.type", dw_value_string(format),
                      "driver.type is %s, %s.", format, why);
    else
        take_format(defaults, "", "driver.type");
}

/* Another image under a format that was meant for the old one. The format is the owner's to change:
 * a wrong guess would let a guest name any file of the host. */
static void check_new_image(const DwDefaults *defaults)
{
    g_autofree char *format = defaults_text(defaults, "driver.type");
    g_autofree char *source_key = NULL;
    g_autofree char *name = image_name(defaults, "", &source_key);
    const char *expected = format_of(name);

    if (is_new(defaults) || !source_key || !defaults_changed(defaults, source_key) ||
        defaults_asked(defaults, "driver.type"))
        return;
    if (expected && g_strcmp0(format ? format : "raw", expected) != 0)
        defaults_say(
            defaults, "disk-format-kept", WARNING, "driver.type",
            "driver.type stays %s, but the ending of %s says %s; set driver.type if it is.",
            format ? format : "raw", source_key, expected);
}

/* Another image above what the old one was built upon. */
static void check_new_chain(const DwDefaults *defaults)
{
    g_autofree char *source_key = NULL;
    g_autofree char *below_key = NULL;
    g_autofree char *name = image_name(defaults, "", &source_key);

    if (is_new(defaults) || !name || !defaults_changed(defaults, source_key) ||
        defaults_asked_any(defaults, "backing."))
        return;
    g_autofree char *below = image_name(defaults, "backing.1.", &below_key);
    if (below)
        defaults_say(defaults, "disk-backing-kept", WARNING, below_key,
                     "%s stays %s, which the image before was built upon; set it if the new one is "
                     "not, or unset backing.* and libvirt looks by itself.",
                     below_key, below);
}

/* ---- What it is built upon ---- */

static void default_backing(const DwDefaults *defaults)
{
    for (unsigned level = 1; level <= DW_MAX_CHAIN; level++) {
        g_autofree char *prefix = g_strdup_printf("backing.%u.", level);
        g_autofree char *type_key = g_strconcat(prefix, "type", NULL);
        g_autofree char *format_key = g_strconcat(prefix, "format", NULL);
        g_autofree char *type = defaults_text(defaults, type_key);
        g_autofree char *format = defaults_text(defaults, format_key);
        const char *inferred = source_type(defaults, prefix);

        if (!defaults_asked_any(defaults, prefix)) {
            /* A change may name a deep level only. */
            if (!type)
                return;
            continue;
        }
        if (inferred && g_strcmp0(type, inferred) != 0 && !defaults_asked(defaults, type_key))
            defaults_take(defaults, "disk-type-default", INFO, type_key, dw_value_string(inferred),
                          "%s is %s%s, by the source that is given.", type_key, type ? "now " : "",
                          inferred);
        if (!format && inferred)
            take_format(defaults, prefix, format_key);
    }
}

bool defaults_for_disk(const DwDefaults *defaults, GError **error)
{
    default_type(defaults);
    default_device(defaults);
    default_source(defaults);
    default_secret(defaults);
    defaults_for_target(defaults);
    warn_of_image(defaults);
    default_readonly(defaults);
    if (!drop_readonly(defaults, error))
        return false;
    default_driver(defaults);
    check_new_image(defaults);
    check_new_chain(defaults);
    default_backing(defaults);
    return true;
}
