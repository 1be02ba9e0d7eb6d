/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Questions about keys, answered by DescribeKeys. Nothing about a key is compiled in, so that the
 * client never disagrees with the daemon it talks to.
 */
#include "keys.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "bus.h"
#include "report.h"

int keys_describe(const char *kind, const char *prefix, sd_bus_error *error, Rows *keys)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r = bus_call(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "DescribeKeys", error, &reply,
                     "ssa{sv}", kind, prefix, 0);

    return r < 0 ? r : rows_read(reply, keys);
}

/* Does a row's key, whose indices are spelt N, stand for this key? */
static bool key_fits(const char *row, const char *key)
{
    while (*row && *key) {
        if (*row == 'N' && isdigit((unsigned char)*key)) {
            row++;
            key += strspn(key, "0123456789");
        } else if (*row++ != *key++) {
            return false;
        }
    }
    return *row == *key;
}

const Values *keys_find(const Rows *keys, const char *kind, const char *key)
{
    for (size_t i = 0; i < keys->count; i++) {
        const char *row_key = values_get(&keys->items[i], "key");
        const char *row_kind = values_get(&keys->items[i], "kind");

        if (row_key && row_kind && strcmp(row_kind, kind) == 0 && key_fits(row_key, key))
            return &keys->items[i];
    }
    return NULL;
}

static bool is_size(const char *kind, const char *key)
{
    _cleanup_rows_ Rows keys = {0};
    /* Up to an index, which rows spell differently. */
    _cleanup_free_ char *prefix = copy_bytes(key, strcspn(key, "0123456789"));
    const Values *row;
    const char *form;

    /* A key or kind that is not there is the daemon's to refuse: it knows the nearest. */
    if (keys_describe(kind, prefix, NULL, &keys) < 0)
        return false;
    row = keys_find(&keys, kind, key);
    form = row ? values_get(row, "form") : NULL;
    return form && strcmp(form, "size") == 0;
}

bool sizes_have_units(const Edits *edits)
{
    for (size_t i = 0; i < edits->count; i++) {
        const Edit *edit = &edits->items[i];
        bool settings = strcmp(edit->verb, "hyperv") != 0;

        for (size_t j = 0; settings && j < edit->n_values; j++) {
            const char *key = edit->values[j].key, *value = edit->values[j].value;

            if (!*value || value[strspn(value, "0123456789")] || value[strspn(value, "0")] == '\0')
                continue;
            if (is_size(edit->kind, key)) {
                report_usage("%s needs a unit: %s=%sMiB, %s=%sGiB, or %s=%sB for bytes.", key, key,
                             value, key, value, key, value);
                return false;
            }
        }
    }
    return true;
}

char *size_with_unit(const char *bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    uint64_t size = strtoull(bytes, NULL, 10);
    size_t unit = 0;

    while (size && size % 1024 == 0 && unit + 1 < sizeof(units) / sizeof(*units)) {
        size /= 1024;
        unit++;
    }
    return format_string("%" PRIu64 "%s", size, units[unit]);
}
