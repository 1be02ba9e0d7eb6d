/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt takes one boot order only, and gives os.boot to every domain that has none of its
 * devices: who sets one means it instead of the other. Used by device.c and domain.c. One document,
 * one thread.
 */
#include "edit/defaults/boot.h"

#include <string.h>

#include "keys/devices.h"
#include "keys/lens.h"

#define ORDER "boot.order"
#define OS    "os.boot"
#define RULE  "boot-follows"

/* Does any edit of the call set the key, or the order by its verb? Both are then for the rules. */
static bool is_asked_elsewhere(const DwEditContext *context, const char *key)
{
    for (guint i = 0; context->edits && i < context->edits->len; i++) {
        const DwEdit *edit = context->edits->pdata[i];

        if (dw_settings_get(edit->values, key) || edit->verb == DW_VERB_BOOT)
            return true;
    }
    return false;
}

bool boot_follows(DwEditContext *context, GError **error)
{
    static const char *const keys[] = {OS, NULL};
    DwDocument *document = context->document;

    if (!dw_settings_get(context->edit->values, ORDER) || is_asked_elsewhere(context, OS))
        return true;
    g_autofree char *old = defaults_document_text(document, "", document_root(document), OS);
    if (!old)
        return true;
    if (!edit_unset(context, "", document_root(document), keys, error))
        return false;
    edit_note(context, RULE, DW_SEVERITY_INFO, "", "", OS,
              OS " was %s and is dropped: a device has a " ORDER " now, which goes instead.", old);
    return true;
}

bool defaults_for_os_boot(const DwDefaults *defaults, GError **error)
{
    static const char *const keys[] = {ORDER, NULL};
    DwEditContext *context = defaults->context;
    DwDocument *document = context->document;
    DwNode node = DW_NODE_NONE;

    if (!defaults_asked(defaults, OS) || is_asked_elsewhere(context, ORDER))
        return true;
    while ((node = device_next(document, "", node)) != DW_NODE_NONE) {
        g_autofree char *order = lens_text(document, node, "boot/@order", NULL);
        if (!order)
            continue;
        g_autofree char *kind = node_name(document, node);
        g_autofree char *id = device_id(document, node);
        if (!edit_unset(context, kind, node, keys, error))
            return false;
        edit_note(context, RULE, DW_SEVERITY_INFO, kind, id, ORDER,
                  ORDER " was %s and is dropped: " OS " is set, which goes instead.", order);
        node = DW_NODE_NONE; /* what was unset has moved the others */
    }
    return true;
}
