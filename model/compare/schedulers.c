/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the I/O threads that two documents have are scheduled alike in both. Any thread. */
#include "keys/lens.h"
#include "rules/context.h"

/* Threads are looked for in lists up to this number. */
#define MOST_LISTED 4096

/* Number → how it is scheduled. numbers: of those that count. */
static GHashTable *schedulers_of(const DwDocument *document, GHashTable *numbers)
{
    GHashTable *schedulers = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    DwNode node = lens_find(document, document_root(document), "cputune/iothreadsched", NULL);

    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        g_autofree char *list = node_attribute(document, node, "iothreads");
        g_autofree char *scheduler = node_attribute(document, node, "scheduler");
        g_autofree char *priority = node_attribute(document, node, "priority");
        bool in[MOST_LISTED];

        rule_read_list(list ? list : "", in, MOST_LISTED);
        for (unsigned number = 0; number < MOST_LISTED; number++)
            if (in[number] && g_hash_table_contains(numbers, GUINT_TO_POINTER(number)))
                g_hash_table_insert(schedulers, GUINT_TO_POINTER(number),
                                    g_strconcat(scheduler ? scheduler : "", " ", priority, NULL));
    }
    return schedulers;
}

bool dw_iothreads_keep_schedulers(const DwDocument *before, const DwDocument *after)
{
    g_autoptr(GHashTable) numbers = dw_iothreads(after);
    g_autoptr(GHashTable) old = schedulers_of(before, numbers);
    g_autoptr(GHashTable) new = schedulers_of(after, numbers);
    GHashTableIter iter;
    void *number, *scheduler;

    if (g_hash_table_size(old) != g_hash_table_size(new))
        return false;
    g_hash_table_iter_init(&iter, new);
    while (g_hash_table_iter_next(&iter, &number, &scheduler))
        if (g_strcmp0(g_hash_table_lookup(old, number), scheduler) != 0)
            return false;
    return true;
}
