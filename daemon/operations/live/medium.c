/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a drive is what the running document says of it. */
#include "operations/live/medium.h"

#include <string.h>

#include "operations/live/device.h"

bool live_medium_is(const DwDevice *drive)
{
    const char *form = live_device_text(drive, "device");
    return g_str_equal(form, "cdrom") || g_str_equal(form, "floppy");
}

bool live_medium_is_open(const DwDevice *drive)
{
    return g_str_equal(live_device_text(drive, "target.tray"), "open");
}

bool live_medium_is_in(const DwDevice *drive)
{
    return live_medium_is(drive) && dw_settings_get(drive->properties, "type") &&
           !live_medium_is_open(drive);
}

bool live_medium_is_read_with(const char *key)
{
    static const char *const groups[] = {
        "driver.type",        "backing.",        "source.seclabel.",     "source.slices.",
        "source.encryption.", "source.auth.",    "source.cookies.",      "source.ssl.",
        "source.readahead.",  "source.timeout.", "source.reservations.", "source.identity."};
    for (guint i = 0; i < G_N_ELEMENTS(groups); i++)
        if (g_str_has_prefix(key, groups[i]))
            return true;
    return false;
}

bool live_medium_is_place(const char *key)
{
    return g_str_equal(key, "type") ||
           (g_str_has_prefix(key, "source.") && !g_str_equal(key, "source.startupPolicy") &&
            !live_medium_is_read_with(key));
}

char *live_medium_emptied(const DwDocument *document, const DwDevice *drive)
{
    g_autoptr(DwDocument) copy = dw_document_copy(document);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MEDIA, "disk", drive->id, dw_settings_new(), NULL));
    return dw_apply(copy, edits, DW_APPLY_RUNNING | DW_APPLY_UNCHECKED, NULL, NULL, NULL)
               ? dw_device_text(copy, drive->kind, drive->id)
               : NULL;
}
