/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads and writes one place of a document by a path relative to a node.
 *
 * Path grammar: steps separated by '/', the last one may be '@attribute'.
 *     name            the first child of that name
 *     name[@k='v']    the first child of that name whose attribute k is v
 *     name[N]         the child of that name at the next index (from 1)
 *     name^N          N levels of name nested in each other, N the next index
 *     name[@k=N]      the child of that name whose attribute k is the next index, a number; one
 *                     without the attribute stands for its position, from 0
 *     name[@k=NAME]   the child of that name whose attribute k is the key's name
 *     qemu:name       the child of that name in the namespace of the prefix: qemu, lxc, bhyve, xen,
 *                     vmware; the document may have another prefix for it
 * Indices are consumed from left to right. Rules read through lens_text: it needs no row.
 */
#pragma once

#include "document/document.h"
#include "table/table.h"

/* Decoded text at path, or NULL when it is not there. */
char *lens_text(const DwDocument *document, DwNode node, const char *path,
                const DwIndices *indices);
/* The element at path (its '@attribute' part, if any, left out), or DW_NODE_NONE. */
DwNode lens_find(const DwDocument *document, DwNode node, const char *path,
                 const DwIndices *indices);
/* Convenience for paths without indices: is the text at path exactly value? */
bool lens_is(const DwDocument *document, DwNode node, const char *path, const char *value);
/* A number at path: false when absent or not a number. */
bool lens_number(const DwDocument *document, DwNode node, const char *path, uint64_t *ret_number);

/* The next section of a group and index tuple that is in the document: begin with section NULL.
 * Rows of *place are then in the element *ret_base. */
bool place_next_section(const DwDocument *document, DwNode node, const DwGroup *group,
                        DwPlace *place, DwNode *ret_base);
/* place_get relative to the section's own element. */
bool row_get(const DwDocument *document, DwNode base, const DwRow *row, DwValue *ret_value);

/* True and a value when the key is present. Text that does not parse as its form is a string. */
bool place_get(const DwDocument *document, DwNode node, const DwPlace *place, DwValue *ret_value);
/* Checks, converts and writes. `key` is for the message. Nodes are stale afterwards. */
bool place_set(DwDocument *document, DwNode node, const DwPlace *place, const char *key,
               const DwValue *value, GError **error);
void place_unset(DwDocument *document, DwNode node, const DwPlace *place);
