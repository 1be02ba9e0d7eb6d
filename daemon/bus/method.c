/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of methods: look-up by name, and the table sd-bus wants. Used by the filter and the object
 * tree; main thread. */
#include "bus/method.h"

#include <string.h>

sd_bus_vtable *interface_vtable(const Interface *interface)
{
    static const sd_bus_vtable start[] = {SD_BUS_VTABLE_START(0)};
    g_autoptr(GArray) table = g_array_new(FALSE, TRUE, sizeof(sd_bus_vtable));
    g_array_append_val(table, start[0]);
    for (gsize i = 0; i < interface->method_count; i++)
        g_array_append_val(table, interface->methods[i].entry);
    const sd_bus_vtable *other = interface->others;
    do
        g_array_append_val(table, *other);
    while ((other++)->type != _SD_BUS_VTABLE_END);
    return (sd_bus_vtable *)g_array_free(g_steal_pointer(&table), FALSE);
}

const Method *interface_find(const Interface *interface, const char *member)
{
    for (gsize i = 0; i < interface->method_count; i++) {
        if (strcmp(interface->methods[i].entry.x.method.member, member) == 0)
            return &interface->methods[i];
    }
    return NULL;
}
