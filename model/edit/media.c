/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The medium in a cdrom or floppy drive: a new one takes the place of the old one with all that was
 * said of it, so that nothing of the old source is left beside the new. Used by the verb media. One
 * document, one thread.
 */
#include "edit/media.h"

#include <string.h>

#include "edit/defaults/defaults.h"
#include "edit/defaults/device.h"
#include "keys/devices.h"
#include "table/applies.h"

/* What was said of a medium goes with it; how it is to be read stays. */
static bool goes_with_medium(const char *key)
{
    return g_str_has_prefix(key, "source.") || g_str_has_prefix(key, "backing.");
}

static bool check_drive(const DwDocument *document, DwNode node, const char *target, GError **error)
{
    g_autofree char *device = defaults_document_text(document, "disk", node, "device");

    if (g_strcmp0(device, "cdrom") == 0 || g_strcmp0(device, "floppy") == 0)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Disk \"%s\" is a %s: only a cdrom or a floppy has a medium to change.", target,
                device ? device : "disk");
    return false;
}

static bool check_source(const DwSettings *source, GError **error)
{
    for (size_t i = 0; i < dw_settings_count(source); i++) {
        const char *key = dw_settings_key(source, i);
        DwPlace place;

        if (!place_find("disk", key, &place))
            return place_unknown("disk", key, error);
        if (key_is_of_medium("disk", key))
            continue;
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "Key \"%s\" is not about a medium; those are type, source.*, driver.type, "
                    "backing.* and startupPolicy.",
                    key);
        return false;
    }
    return true;
}

/* All that is said of the drive. Of `disks`, all that there are, which the result lasts as long as.
 * Several may have one id. */
static const DwSettings *find_said(const DwDocument *document, DwNode node, const GPtrArray *disks)
{
    guint number = 0;

    for (DwNode other = device_next(document, "disk", DW_NODE_NONE); other != node;
         other = device_next(document, "disk", other))
        number++;
    return ((const DwDevice *)disks->pdata[number])->properties;
}

/* The keys of the old medium that the new one does not have. */
static GPtrArray *list_old(const DwSettings *said, const DwSettings *source)
{
    GPtrArray *keys = g_ptr_array_new();

    for (size_t i = 0; i < dw_settings_count(said); i++) {
        const char *key = dw_settings_key(said, i);
        if (goes_with_medium(key) && !dw_settings_get(source, key))
            g_ptr_array_add(keys, (char *)key);
    }
    return keys;
}

/* libvirt writes it of any source of a running domain, even of an empty drive's. */
static bool is_of_libvirt(const char *key)
{
    DwPlace place;

    return place_find("disk", key, &place) &&
           (place.row->flags & DW_ROW_OUTPUT || place.row->form == DW_FORM_CHAIN_END);
}

/* The drive has this medium, or is as empty as it is to be: no change, which a running domain would
 * be asked to make for nothing. */
static bool is_in_drive(const DwSettings *said, const DwSettings *source, const GPtrArray *old)
{
    for (size_t i = 0; i < dw_settings_count(source); i++) {
        const DwValue *there = dw_settings_get(said, dw_settings_key(source, i));
        g_autofree char *text = there ? dw_value_to_text(there) : NULL;
        g_autofree char *wanted = dw_value_to_text(dw_settings_value(source, i));
        if (g_strcmp0(text, wanted) != 0)
            return false;
    }
    for (guint i = 0; i < old->len; i++)
        if (!is_of_libvirt(old->pdata[i]))
            return false;
    return true;
}

/* Of an empty drive libvirt wants a type that needs no source. */
static void default_empty(const DwDocument *document, DwNode node, DwSettings *values)
{
    g_autofree char *type = defaults_document_text(document, "disk", node, "type");

    if (dw_settings_count(values) == 0 && type && strcmp(type, "file") != 0 &&
        strcmp(type, "block") != 0)
        dw_settings_put(values, "type", dw_value_string("file"));
}

/* What is put into a drive that the guest has opened closes it, also when it is in there already.
 */
static void close_tray(DwDocument *document, DwNode drive)
{
    DwNode target = node_child(document, drive, "target");

    if (target != DW_NODE_NONE && node_attribute_is(document, target, "tray", "open"))
        node_unset_attribute(document, target, "tray");
}

bool media_apply(DwEditContext *context, const char *target, const DwSettings *source,
                 char **ret_id, GError **error)
{
    DwDocument *document = context->document;
    DwNode node = edit_find(context, "disk", target, error);

    if (node == DW_NODE_NONE || !check_drive(document, node, target, error) ||
        !check_source(source, error))
        return false;
    g_autoptr(DwSettings) values = dw_settings_copy(source);
    g_autoptr(GPtrArray) disks = dw_get_devices(document, "disk", true, NULL);
    const DwSettings *said = find_said(document, node, disks);
    g_autoptr(GPtrArray) old = list_old(said, source);
    if (is_in_drive(said, source, old)) {
        if (dw_settings_count(source) > 0)
            close_tray(document, node);
        *ret_id = device_id(document, node);
        return true;
    }
    g_ptr_array_add(old, NULL);
    default_empty(document, node, values);
    if (!edit_unset(context, "disk", node, (const char *const *)old->pdata, error) ||
        !defaults_for_device(context, "disk", node, values, error) ||
        !edit_write(context, "disk", node, values, error))
        return false;
    *ret_id = device_id(document, node);
    return true;
}
