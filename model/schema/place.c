/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the table calls the places a schema objects to. Used by schema.c; reads documents only.
 */
#include <string.h>

#include "keys/key-place.h"
#include "schema/probe.h"

static char *row_key(const DwPlace *section, const DwRow *row)
{
    DwPlace place = *section;

    place.row = row;
    return place_key(&place);
}

/* Names an element by the keys that are in it: "boot.order", "source.auth", "cpu.topology". */
static void name_element(SchemaSpot *spot, const DwPlace *section, const DwRow *row)
{
    g_autofree char *key = row_key(section, row);

    if (g_str_has_suffix(key, "."))
        key[strlen(key) - 1] = '\0';
    spot->row = spot->key || !*row->key ? NULL : row;
    spot->key = spot->key ? key_common_words(spot->key, key) : g_steal_pointer(&key);
}

static bool is_row_of(const DwRow *row, const SchemaSpot *spot, bool is_text)
{
    const char *at = strrchr(row->path, '@');
    const char *attribute = at && !strchr(at, ']') ? at + 1 : NULL;

    if (spot->attribute || is_text)
        return g_strcmp0(attribute, spot->attribute) == 0;
    return true;
}

SchemaSpot schema_spot(const SchemaProbe *probe, DwNode element, const char *attribute,
                       bool is_text)
{
    SchemaSpot spot = {.element = element, .attribute = g_strdup(attribute)};
    const DwGroup *group = table_group(probe->kind);
    static const DwRow whole = {.key = ""};
    DwPlace place = {0};
    DwNode base;

    while (group && group->sections && element != DW_NODE_NONE &&
           place_next_section(probe->document, probe->node, group, &place, &base)) {
        if (base == element && *place.section->key && !attribute && !is_text) {
            name_element(&spot, &place, &whole);
            continue;
        }
        for (const DwRow *row = place.section->rows; row->key; row++) {
            if (row->form == DW_FORM_CHAIN_END || !is_row_of(row, &spot, is_text) ||
                lens_find(probe->document, base, row->path, NULL) != element)
                continue;
            name_element(&spot, &place, row);
        }
    }
    if (!spot.key)
        spot.key = g_strdup("");
    return spot;
}

static void spot_clear(SchemaSpot *spot)
{
    g_free(spot->attribute);
    g_free(spot->key);
}

void schema_fault_free(SchemaFault *fault)
{
    if (!fault)
        return;
    spot_clear(&fault->spot);
    spot_clear(&fault->other);
    g_strfreev(fault->allowed);
    g_free(fault);
}
