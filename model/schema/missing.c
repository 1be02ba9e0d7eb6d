/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a schema misses: keys of the table are added to the tree one at a time, and the schema is
 * asked again. Used by probe.c; edits libxml2's tree and takes away what it added.
 */
#include <string.h>

#include "keys/key-place.h"
#include "schema/probe.h"
#include "table/value-form.h"

const char *const schema_samples[] = {
    "yes",
    "on",
    "1",
    "a",
    "/a",
    "vda",
    "0",
    "1024",
    "no",
    "off",
    "auto",
    "default",
    "c7a5fdbd-cdaf-9455-926a-d65c16db1809",
    "52:54:00:00:00:01",
    "0x0001",
    "127.0.0.1",
    "host",
    "virtio",
    "pci",
    "file",
    "user",
    "unix",
    "tcp",
    "kvm",
    "qemu",
    "emulator",
    "pty",
    "utc",
    "iqn.2000-01.a:b",
    "0123456789abcdef",
    "0xfe",
    "pci-root",
    "pcie-root",
    "pcie-root-port",
    NULL,
};

/* Makes the elements and the attribute of a plain path, with a value; gives the first thing made,
 * or NULL when there was nothing to make. */
static xmlNode *add_path(xmlDoc *tree, xmlNode *base, const char *path, const char *value)
{
    g_auto(GStrv) steps = g_strsplit(path, "/", -1);
    xmlNode *made = NULL, *node = base;

    for (char **step = steps; *step; step++) {
        if (**step == '@') {
            xmlAttr *attribute = xmlHasProp(node, BAD_CAST(*step + 1));
            if (attribute)
                return NULL;
            attribute = xmlNewProp(node, BAD_CAST(*step + 1), BAD_CAST value);
            return made ? made : (xmlNode *)attribute;
        }
        xmlNode *child = tree_child(node, *step);
        if (!child && **step) {
            child = xmlAddChild(node, xmlNewDocNode(tree, NULL, BAD_CAST * step, NULL));
            made = made ? made : child;
        }
        node = child ? child : node;
    }
    if (made && *value)
        xmlNodeAddContent(node, BAD_CAST value);
    return made;
}

/* A value the row would accept, whatever else is in the document. */
static char *row_sample(const DwRow *row)
{
    g_auto(GStrv) values = row_values(row);

    if (*values)
        return g_strdup(*values);
    switch (row->form) {
    case DW_FORM_PRESENCE:
        return g_strdup("");
    case DW_FORM_PATH:
        return g_strdup("/a");
    case DW_FORM_YESNO:
        return g_strdup("yes");
    case DW_FORM_ONOFF:
        return g_strdup("on");
    case DW_FORM_UUID:
        return g_strdup("c7a5fdbd-cdaf-9455-926a-d65c16db1809");
    case DW_FORM_STRING:
        return g_strdup("vda");
    default:
        return g_strdup("1");
    }
}

static bool fits_with_value(SchemaProbe *probe, xmlNode *base, const char *path, const char *value)
{
    xmlNode *made = add_path(probe->tree, base, path, value);

    if (!made)
        return false;
    bool fits = schema_probe_fits(probe);
    if (made->type == XML_ATTRIBUTE_NODE) {
        xmlRemoveProp((xmlAttr *)made);
    } else {
        xmlUnlinkNode(made);
        xmlFreeNode(made);
    }
    return fits;
}

/* Of a choice of values another may be the one that goes with the rest: looked at for the
 * element's own attributes, as it costs. */
static bool fits_with_row(SchemaProbe *probe, xmlNode *base, const char *path, const DwRow *row)
{
    g_autofree char *sample = row_sample(row);
    g_auto(GStrv) values = row_values(row);
    bool fits = fits_with_value(probe, base, path, sample);

    for (char **value = values; *path == '@' && !fits && *value && probe->budget > 0; value++)
        fits = fits_with_value(probe, base, path, *value);
    return fits;
}

static bool fits_with_sample(SchemaProbe *probe, xmlNode *base, const char *path, const DwRow *row)
{
    bool fits = false;

    if (row->form != DW_FORM_STRING)
        return false;
    for (const char *const *value = schema_samples; !fits && *value && probe->budget > 0; value++)
        fits = fits_with_value(probe, base, path, *value);
    return fits;
}

/* The path of a row from its group's element; of a list, its first item. NULL when it nests. */
static char *row_path(const DwSection *section, const DwRow *row)
{
    g_autofree char *path = g_strconcat(section->path, *section->path ? "/" : "", row->path, NULL);
    char *item;

    if (strchr(path, '^') || strstr(path, "[@") || row->form == DW_FORM_CHAIN_END)
        return NULL;
    while ((item = strstr(path, "[N]")))
        memmove(item, item + 3, strlen(item + 3) + 1);
    return g_steal_pointer(&path);
}

/* Does the row belong to the element at hand? Devices are their group's element; of the domain, an
 * element has the rows that begin with it, the root those of its own attributes. */
static bool row_is_of(const SchemaProbe *probe, const xmlNode *element, const char *path)
{
    size_t length = strlen((const char *)element->name);

    if (*probe->kind)
        return true;
    if (element == xmlDocGetRootElement(probe->tree))
        return *path == '@';
    return strncmp(path, (const char *)element->name, length) == 0 &&
           (path[length] == '/' || path[length] == '\0');
}

static SchemaFault *missing_new(char *key, DwNode element, const DwRow *row)
{
    SchemaFault *fault = g_new0(SchemaFault, 1);

    fault->type = FAULT_MISSING;
    fault->spot = (SchemaSpot){.element = element, .key = key, .row = row};
    fault->allowed = g_new0(char *, 1);
    return fault;
}

/* The first row that would make the document valid, with a value that one of two ways finds. */
static SchemaFault *missing_by(SchemaProbe *probe, xmlNode *element,
                               bool (*fits)(SchemaProbe *, xmlNode *, const char *, const DwRow *))
{
    const DwGroup *group = table_group(probe->kind);
    xmlNode *base = *probe->kind ? element : xmlDocGetRootElement(probe->tree);

    for (const DwSection *section = group ? group->sections : NULL; section && section->key;
         section++)
        for (const DwRow *row = section->rows; row->key && probe->budget > 0; row++) {
            g_autofree char *path = row_path(section, row);
            if (!path || !row_is_of(probe, element, path) || !fits(probe, base, path, row))
                continue;
            return missing_new(g_strdelimit(g_strconcat(section->key, row->key, NULL), "N", '1'),
                               GPOINTER_TO_INT(element->_private) - 1, row);
        }
    return NULL;
}

/* A text may have to be a number in hexadecimal, or such: of the few rows of one element of the
 * domain that is tried, too. */
SchemaFault *schema_missing(SchemaProbe *probe, xmlNode *element)
{
    SchemaFault *fault = missing_by(probe, element, fits_with_row);

    return fault || *probe->kind ? fault : missing_by(probe, element, fits_with_sample);
}

/* The attribute that a row of an element in the document stands for, when the element at hand is
 * the one that would have it; else NULL. */
static const char *attribute_at(const SchemaProbe *probe, DwNode base, const DwRow *row,
                                DwNode element)
{
    const char *at = strrchr(row->path, '@');

    if (!at || strchr(at, ']') || row->form == DW_FORM_CHAIN_END)
        return NULL;
    g_autofree char *path = g_strndup(row->path, (gsize)(at - row->path));
    if (g_str_has_suffix(path, "/"))
        path[strlen(path) - 1] = '\0';
    DwNode holder = *path ? lens_find(probe->document, base, path, NULL) : base;
    return holder == element ? at + 1 : NULL;
}

/* The attribute by whose value a section tells its elements apart: "vcpu" of
 * "cputune/vcpupin[@vcpu=N]"; NULL: none. */
static char *section_attribute(const DwSection *section)
{
    const char *at = strrchr(section->path, '[');

    return at && at[1] == '@' && g_str_has_suffix(at, "=N]") ? g_strndup(at + 2, strlen(at) - 5)
                                                             : NULL;
}

static SchemaFault *missing_number(SchemaProbe *probe, xmlNode *element, const DwSection *section)
{
    g_autofree char *name = section_attribute(section);
    g_autofree char *path = name ? g_strconcat("@", name, NULL) : NULL;

    for (const char *const *value = schema_samples; path && *value && probe->budget > 0; value++)
        if (fits_with_value(probe, element, path, *value)) {
            SchemaFault *fault =
                missing_new(g_strdup(""), GPOINTER_TO_INT(element->_private) - 1, NULL);

            fault->spot.attribute = g_steal_pointer(&name);
            return fault;
        }
    return NULL;
}

bool schema_names_element(const char *kind, const char *name)
{
    const DwGroup *group = table_group(kind);
    g_autofree char *pattern = g_strdup_printf("(^|/)%s(/|\\[|\\^|$)", name);

    for (const DwSection *section = group ? group->sections : NULL; section && section->key;
         section++) {
        if (g_regex_match_simple(pattern, section->path, 0, 0))
            return true;
        for (const DwRow *row = section->rows; row->key; row++)
            if (strchr(row->path, '/') && g_regex_match_simple(pattern, row->path, 0, 0))
                return true;
    }
    return false;
}

bool schema_selects_by(const char *kind, const char *name)
{
    const DwGroup *group = table_group(kind);
    g_autofree char *step = g_strdup_printf("[@%s=", name);

    for (const DwSection *section = group ? group->sections : NULL; section && section->key;
         section++) {
        if (strstr(section->path, step))
            return true;
        for (const DwRow *row = section->rows; row->key; row++)
            if (strstr(row->path, step))
                return true;
    }
    return false;
}

SchemaFault *schema_missing_in(SchemaProbe *probe, xmlNode *element)
{
    const DwGroup *group = table_group(probe->kind);
    DwNode node = GPOINTER_TO_INT(element->_private) - 1;
    DwPlace place = {0};
    DwNode base;

    while (group && group->sections && node != DW_NODE_NONE && probe->budget > 0 &&
           place_next_section(probe->document, probe->node, group, &place, &base)) {
        SchemaFault *number = base == node ? missing_number(probe, element, place.section) : NULL;
        if (number)
            return number;
        for (const DwRow *row = place.section->rows; row->key; row++) {
            const char *name = attribute_at(probe, base, row, node);
            g_autofree char *path = name ? g_strconcat("@", name, NULL) : NULL;

            if (!path || (!fits_with_row(probe, element, path, row) &&
                          !fits_with_sample(probe, element, path, row)))
                continue;
            DwPlace found = place;
            found.row = row;
            return missing_new(place_key(&found), node, row);
        }
    }
    return NULL;
}
