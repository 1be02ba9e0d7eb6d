/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which I/O threads a domain has. One document, one thread. */
#include "guest/threads.h"

GHashTable *threads_listed(const DwDocument *document)
{
    GHashTable *numbers = g_hash_table_new(NULL, NULL);
    uint64_t number;

    for (DwNode node = lens_find(document, document_root(document), "iothreadids/iothread", NULL);
         node != DW_NODE_NONE; node = node_next_same(document, node))
        if (lens_number(document, node, "@id", &number) && number <= UINT_MAX)
            g_hash_table_add(numbers, GUINT_TO_POINTER((unsigned)number));
    return numbers;
}

GHashTable *dw_iothreads(const DwDocument *document)
{
    GHashTable *numbers = threads_listed(document);
    uint64_t count = 0;

    lens_number(document, document_root(document), "iothreads", &count);
    for (unsigned free = 1; g_hash_table_size(numbers) < MIN(count, UINT16_MAX); free++)
        g_hash_table_add(numbers, GUINT_TO_POINTER(free));
    return numbers;
}
