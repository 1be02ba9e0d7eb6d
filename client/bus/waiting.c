/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A side of a row is a value, or, where the row is about a whole device, that it is there. */
#include "bus/waiting.h"

#include <string.h>

#include "alloc.h"
#include "bus/bus.h"

static const char *text_of(const Values *row, const char *name)
{
    const char *text = values_get(row, name);

    return text ? text : "";
}

int waiting_read(const char *path, Rows *rows, sd_bus_error *ret_error)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r =
        bus_call(path, DOMWRIGHT_DOMAIN_INTERFACE, "ListPending", ret_error, &reply, "a{sv}", 0);

    return r < 0 ? r : rows_read(reply, rows);
}

char *waiting_name(const Values *row)
{
    const char *kind = text_of(row, "kind"), *id = text_of(row, "id"), *key = text_of(row, "key");

    if (!*kind)
        return copy_string(*key ? key : "(what has no key)");
    return format_string("%s/%s%s%s", kind, id, *key ? "/" : "", key);
}

char *waiting_side(const Values *row, const char *side, Rows *keys)
{
    const char *key = text_of(row, "key");

    for (size_t i = 0; i < row->count; i++) {
        Value value = row->items[i];

        if (strcmp(value.name, side) != 0)
            continue;
        if (!*key)
            return copy_string("present");
        value.name = (char *)key;
        return keys_show_value(keys, text_of(row, "kind"), &value);
    }
    return *key ? NULL : copy_string("absent");
}
