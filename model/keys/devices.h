/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of a document: finding them, and the ids by which the bus names them. */
#pragma once

#include "keys/lens.h"

DwNode devices_node(const DwDocument *document);
/* Are both the same but for their devices, byte for byte? What stands between those does not count.
 */
bool same_but_devices(const DwDocument *document, const DwDocument *other);
/* Is a child of <devices> a device of that kind ("" = any)? */
bool device_is(const DwDocument *document, DwNode node, const char *kind);
/* Iterates over devices of a kind ("" = all) in document order: pass DW_NODE_NONE to begin. */
DwNode device_next(const DwDocument *document, const char *kind, DwNode node);
/* The id of a device: natural key, user alias, or "#N". */
char *device_id(const DwDocument *document, DwNode node);
/* The same ids for devices that are met in document order, without going through their siblings
 * each time; counts is of this walk. */
GHashTable *device_counts_new(void);
char *device_id_counted(const DwDocument *document, DwNode node, GHashTable *counts);
/* Passes one over, whose id is not wanted. Its number. */
unsigned device_count(const DwDocument *document, DwNode node, GHashTable *counts);
/* NOT_FOUND, or INVALID when the id fits two. */
DwNode device_find(const DwDocument *document, const char *kind, const char *id, GError **error);
/* The id without "#N": NULL when it has none. */
char *device_natural_id(const DwDocument *document, DwNode node);
