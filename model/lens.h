/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads and writes one place of a document by a path relative to a node.
 *
 * Path grammar: steps separated by '/', the last one may be '@attribute'.
 *     name            the first child of that name
 *     name[@k='v']    the first child of that name whose attribute k is v
 *     name[N]         the child of that name at the next index (from 1)
 *     name^N          N levels of name nested in each other, N the next index
 * Indices are consumed from left to right. Rules read through lens_text: it needs no row.
 */
#pragma once

#include "document.h"
#include "table.h"

#define DW_MAX_INDICES 4

/* Decoded text at path, or NULL when it is not there. */
char *lens_text(const DwDocument *document, DwNode node, const char *path, const unsigned *indices);
/* The element at path (its '@attribute' part, if any, left out), or DW_NODE_NONE. */
DwNode lens_find(const DwDocument *document, DwNode node, const char *path,
                 const unsigned *indices);
/* Convenience for paths without indices: is the text at path exactly value? */
bool lens_is(const DwDocument *document, DwNode node, const char *path, const char *value);
/* A number at path: false when absent or not a number. */
bool lens_number(const DwDocument *document, DwNode node, const char *path, uint64_t *ret_number);

/* One key of a device or of the domain: a row, where it is, and the indices its name carried. */
typedef struct {
    const DwRow *row;
    const DwSection *section;
    unsigned indices[DW_MAX_INDICES];
    unsigned n_indices;
} DwPlace;

/* The place of a key as spelt by a caller; false when the table does not have it. */
bool place_find(const char *kind, const char *key, DwPlace *ret_place);
/* The inverse: "backing.2.source.file". */
char *place_key(const DwPlace *place);
/* "*" and "iotune.*"; and what their keys begin with, or NULL with UNKNOWN_KEY when there are none.
 */
bool key_is_group(const char *key);
char *key_group_prefix(const char *kind, const char *key, GError **error);
/* The spelling of the table, "source.host.3.prot" -> "source.host.N.prot"; and whether the key of a
 * row begins with that. */
char *key_pattern(const char *key);
bool row_begins(const DwSection *section, const DwRow *row, const char *pattern);
/* Fail with UNKNOWN_KEY, naming the nearest; always false. */
bool place_unknown(const char *kind, const char *key, GError **error);
bool kind_unknown(const char *kind, GError **error);

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
