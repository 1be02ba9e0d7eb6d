/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys that belong to some types only (table/belongs.h): refused where they are asked for in vain,
 * taken along where the type changes. Used by device.c for every kind. One document, one thread.
 */
#include "edit/defaults/belongings.h"

#include <string.h>

#include "keys/lens.h"
#include "table/belongs.h"

/* "bridge or network" */
static char *join(const char *values)
{
    g_auto(GStrv) words = g_strsplit(values, " ", -1);

    return g_strjoinv(" or ", words);
}

bool belongings_check(const DwDefaults *defaults, GError **error)
{
    for (size_t i = 0; i < dw_settings_count(defaults->values); i++) {
        const char *key = dw_settings_key(defaults->values, i);
        DwBelonging belonging;
        DwPlace place;

        /* What is no key at all is said when it is written. */
        if (!belonging_of(defaults->kind, key, &belonging) ||
            !place_find(defaults->kind, key, &place))
            continue;
        g_autofree char *is = defaults_text(defaults, belonging.by);
        if (!is || belonging_allows(&belonging, is))
            continue;
        g_autofree char *wanted = join(belonging.values);
        GError *fault = g_error_new(DW_ERROR, DW_ERROR_INVALID_VALUE,
                                    "Key \"%s\" belongs to %s %s, and %s is %s.", key, belonging.by,
                                    wanted, belonging.by, is);
        if (!edit_fault(defaults->context, defaults->kind, key,
                        dw_settings_value(defaults->values, i), fault, error))
            return false;
    }
    return true;
}

/* The keys of the device that do not belong to what it will be. */
static GPtrArray *list_foreign(const DwDefaults *defaults)
{
    const DwDocument *document = defaults->context->document;
    const DwGroup *group = table_group(defaults->kind);
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    DwPlace place = {0};
    DwNode base;

    while (group && place_next_section(document, defaults->device, group, &place, &base))
        for (const DwRow *row = place.section->rows; row->key; row++) {
            DwBelonging belonging;
            DwValue value;

            if (!row_get(document, base, row, &value))
                continue;
            dw_value_clear(&value);
            place.row = row;
            g_autofree char *key = place_key(&place);
            if (!belonging_of(defaults->kind, key, &belonging) ||
                !defaults_changed(defaults, belonging.by) || defaults_asked(defaults, key))
                continue;
            g_autofree char *is = defaults_text(defaults, belonging.by);
            if (is && !belonging_allows(&belonging, is))
                g_ptr_array_add(keys, g_steal_pointer(&key));
        }
    return keys;
}

bool belongings_drop(const DwDefaults *defaults, GError **error)
{
    g_autoptr(GPtrArray) keys = list_foreign(defaults);

    for (guint i = 0; i < keys->len; i++) {
        const char *key = keys->pdata[i];
        DwBelonging belonging = {"type", ""};
        g_autofree char *value = defaults_text(defaults, key);
        const DwKey *known = NULL;
        g_autofree char *is = NULL;

        belonging_of(defaults->kind, key, &belonging);
        is = defaults_text(defaults, belonging.by);
        known = dw_key_find(defaults->kind, key);
        defaults_say(defaults, "device-drops", DW_SEVERITY_INFO, key,
                     "%s was %s and is dropped: it does not belong to %s %s.", key,
                     known && known->secret ? DW_SECRET_PLACEHOLDER
                     : value                ? value
                                            : "set",
                     belonging.by, is);
        dw_key_free((DwKey *)known);
    }
    g_ptr_array_add(keys, NULL);
    return edit_unset(defaults->context, defaults->kind, defaults->device,
                      (const char *const *)keys->pdata, error);
}
