/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finding what a schema objects to by leaving out, altering and adding, and asking again. It edits
 * libxml2's tree and puts back what it took; it knows no element by name.
 */
#include "schema-probe.h"

#include <string.h>

#include "forms.h"

/* A place in the tree: an attribute, an element's text (is_text), or an element. */
typedef struct {
    xmlNode *element;
    xmlAttr *attribute;
    bool is_text;
} Spot;

/* One of these suits most places that take text. */
static const char *const samples[] = {
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
    NULL,
};

#define FIXED_COST 150 /* of asking about nothing, in nodes */
#define MAX_PAIRS  40  /* among so many spots two faults at once are looked for */

/* ---- Asking ---- */

static size_t count_nodes(const xmlNode *node)
{
    size_t n = 1;

    for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next)
        n++;
    for (const xmlNode *child = node->children; child; child = child->next)
        n += child->type == XML_ELEMENT_NODE ? count_nodes(child) : 1;
    return n;
}

static void ignore_error(void *data, xmlError *error)
{
}

bool schema_probe_fits(SchemaProbe *probe)
{
    size_t cost = count_nodes(xmlDocGetRootElement(probe->tree)) + FIXED_COST;

    if (probe->budget < cost) {
        probe->budget = 0;
        return false;
    }
    probe->budget -= cost;

    xmlRelaxNGValidCtxt *validator = xmlRelaxNGNewValidCtxt(probe->grammar);
    xmlRelaxNGSetValidStructuredErrors(validator, ignore_error, NULL);
    int verdict = xmlRelaxNGValidateDoc(validator, probe->tree);
    xmlRelaxNGFreeValidCtxt(validator);
    return verdict == 0;
}

void schema_probe_put(xmlNode *element, xmlNode *parent, xmlNode *next)
{
    xmlUnlinkNode(element);
    if (next)
        xmlAddPrevSibling(next, element);
    else if (parent)
        xmlAddChild(parent, element);
}

bool schema_probe_without(SchemaProbe *probe, xmlNode *element)
{
    xmlNode *parent = element->parent, *next = element->next;

    schema_probe_put(element, NULL, NULL);
    bool fits = schema_probe_fits(probe);
    schema_probe_put(element, parent, next);
    return fits;
}

static void remove_spot(const Spot *spot)
{
    xmlUnlinkNode(spot->attribute ? (xmlNode *)spot->attribute : spot->element);
}

static void restore_spot(const Spot *spot, xmlNode *parent, xmlNode *next)
{
    if (spot->attribute)
        xmlAddChild(spot->element, (xmlNode *)spot->attribute);
    else
        schema_probe_put(spot->element, parent, next);
}

static bool fits_without(SchemaProbe *probe, const Spot *spot)
{
    xmlNode *parent = spot->element->parent, *next = spot->element->next;

    remove_spot(spot);
    bool fits = schema_probe_fits(probe);
    restore_spot(spot, parent, next);
    return fits;
}

static bool fits_with(SchemaProbe *probe, const Spot *spot, const char *value)
{
    /* Attributes begin with the same fields as other nodes. */
    xmlNode *holder = spot->attribute ? (xmlNode *)spot->attribute : spot->element;
    xmlNode *children = holder->children, *last = holder->last;
    xmlNode *text = xmlNewDocText(probe->tree, BAD_CAST value);

    text->parent = holder;
    holder->children = holder->last = text;
    bool fits = schema_probe_fits(probe);
    holder->children = children;
    holder->last = last;
    xmlFreeNode(text);
    return fits;
}

/* ---- Faults ---- */

static SchemaSpot spot_name(const SchemaProbe *probe, const Spot *spot)
{
    const xmlAttr *attribute = spot->attribute;
    g_autofree char *name =
        attribute ? g_strconcat(attribute->ns ? (const char *)attribute->ns->prefix : "",
                                attribute->ns ? ":" : "", attribute->name, NULL)
                  : NULL;

    return schema_spot(probe, GPOINTER_TO_INT(spot->element->_private) - 1, name, spot->is_text);
}

static SchemaFault *fault_new(const SchemaProbe *probe, SchemaFaultType type, const Spot *spot)
{
    SchemaFault *fault = g_new0(SchemaFault, 1);

    fault->type = type;
    fault->spot = spot_name(probe, spot);
    fault->allowed = g_new0(char *, 1);
    return fault;
}

/* ---- Altering ---- */

/* A fault of the value, when another value would do; of the row's values, those that do. */
static SchemaFault *value_fault(SchemaProbe *probe, const Spot *spot)
{
    SchemaFault *fault = fault_new(probe, FAULT_VALUE, spot);
    g_auto(GStrv) values = fault->spot.row ? row_values(fault->spot.row) : g_new0(char *, 1);
    g_autoptr(GStrvBuilder) accepted = g_strv_builder_new();
    bool some = false;

    for (char **value = values; *value; value++)
        if (fits_with(probe, spot, *value)) {
            g_strv_builder_add(accepted, *value);
            some = true;
        }
    for (const char *const *value = samples; !some && *value; value++)
        some = fits_with(probe, spot, *value);
    if (!some) {
        schema_fault_free(fault);
        return NULL;
    }
    g_strfreev(fault->allowed);
    fault->allowed = g_strv_builder_end(accepted);
    return fault;
}

/* All places of an element and what is in it, in document order, itself first. */
static void list_spots(GArray *spots, xmlNode *element)
{
    Spot spot = {.element = element};

    g_array_append_val(spots, spot);
    for (xmlAttr *attribute = element->properties; attribute; attribute = attribute->next) {
        Spot of_attribute = {.element = element, .attribute = attribute};
        g_array_append_val(spots, of_attribute);
    }
    spot.is_text = true;
    if (!xmlFirstElementChild(element))
        g_array_append_val(spots, spot);
    for (xmlNode *child = xmlFirstElementChild(element); child;
         child = xmlNextElementSibling(child))
        list_spots(spots, child);
}

static SchemaFault *search_values(SchemaProbe *probe, xmlNode *element)
{
    g_autoptr(GArray) spots = g_array_new(FALSE, FALSE, sizeof(Spot));
    SchemaFault *fault = NULL;

    list_spots(spots, element);
    for (guint i = 0; i < spots->len && !fault && probe->budget > 0; i++) {
        const Spot *spot = &g_array_index(spots, Spot, i);
        if (spot->attribute || spot->is_text)
            fault = value_fault(probe, spot);
    }
    return fault;
}

/* ---- Leaving out ---- */

static xmlNode *largest_child(const xmlNode *element)
{
    xmlNode *largest = NULL;
    size_t most = 0;

    for (xmlNode *child = xmlFirstElementChild((xmlNode *)element); child;
         child = xmlNextElementSibling(child)) {
        size_t n = count_nodes(child);
        if (n > most) {
            largest = child;
            most = n;
        }
    }
    return largest;
}

/* Deep nesting is one line of elements. What can be left out anywhere below can be left out with
 * all around it, so the deepest one that can is found by halving. NULL when there is none. */
static xmlNode *deepest_removal(SchemaProbe *probe, xmlNode *element)
{
    g_autoptr(GPtrArray) line = g_ptr_array_new();
    guint low = 0, high;

    for (xmlNode *at = largest_child(element); at; at = largest_child(at))
        g_ptr_array_add(line, at);
    if (line->len < 8)
        return NULL;
    for (high = line->len; low < high;) {
        guint middle = low + (high - low) / 2;
        if (schema_probe_without(probe, line->pdata[middle]))
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? line->pdata[low - 1] : NULL;
}

static void search_attributes(SchemaProbe *probe, xmlNode *element, GArray *found)
{
    /* Listed first: leaving one out and putting it back alters their order. */
    g_autoptr(GPtrArray) attributes = g_ptr_array_new();

    for (xmlAttr *attribute = element->properties; attribute; attribute = attribute->next)
        g_ptr_array_add(attributes, attribute);
    for (guint i = 0; i < attributes->len && probe->budget > 0; i++) {
        Spot spot = {.element = element, .attribute = attributes->pdata[i]};
        if (fits_without(probe, &spot))
            g_array_append_val(found, spot);
    }
}

/* Collects the smallest things without which the tree is valid: one, or several in one element. */
static void search_removals(SchemaProbe *probe, xmlNode *element, GArray *found)
{
    guint before = found->len;
    xmlNode *deepest = deepest_removal(probe, element);

    if (deepest) {
        Spot spot = {.element = deepest};
        search_removals(probe, deepest, found);
        if (found->len == before)
            g_array_append_val(found, spot);
        return;
    }

    for (xmlNode *child = xmlFirstElementChild(element); child && probe->budget > 0;
         child = xmlNextElementSibling(child)) {
        Spot spot = {.element = child};
        if (!fits_without(probe, &spot))
            continue;
        guint n = found->len;
        search_removals(probe, child, found);
        if (found->len > n)
            return;
        g_array_append_val(found, spot);
    }
    search_attributes(probe, element, found);

    /* What cannot be left out may still hold what has to be. */
    for (xmlNode *child = xmlFirstElementChild(element); child && found->len == before;
         child = xmlNextElementSibling(child))
        search_removals(probe, child, found);
}

/* Of a spot without which the tree is valid. */
static SchemaFault *spot_fault(SchemaProbe *probe, const Spot *spot)
{
    SchemaFault *fault =
        spot->attribute ? value_fault(probe, spot) : search_values(probe, spot->element);

    return fault ? fault : fault_new(probe, FAULT_UNEXPECTED, spot);
}

static SchemaFault *removal_fault(SchemaProbe *probe, const GArray *found)
{
    const Spot *spot = &g_array_index(found, Spot, 0);

    if (found->len == 1)
        return spot_fault(probe, spot);
    SchemaFault *fault = fault_new(probe, FAULT_CONFLICT, spot);
    fault->other = spot_name(probe, &g_array_index(found, Spot, 1));
    return fault;
}

/* The fault at one spot while another is left out. */
static SchemaFault *fault_beside(SchemaProbe *probe, const Spot *spot, const Spot *left_out)
{
    xmlNode *parent = left_out->element->parent, *next = left_out->element->next;

    remove_spot(left_out);
    SchemaFault *fault = spot_fault(probe, spot);
    restore_spot(left_out, parent, next);
    return fault;
}

/* Two faults at once: leaving out two things helps. */
static bool search_pairs(SchemaProbe *probe, const GArray *spots, GPtrArray *faults)
{
    for (guint i = 0; i < spots->len && spots->len <= MAX_PAIRS && probe->budget > 0; i++) {
        const Spot *first = &g_array_index(spots, Spot, i);
        xmlNode *parent = first->element->parent, *next = first->element->next;
        const Spot *second = NULL;

        if (first->is_text)
            continue;
        remove_spot(first);
        for (guint j = i + 1; j < spots->len && !second; j++) {
            const Spot *spot = &g_array_index(spots, Spot, j);
            if (!spot->is_text && fits_without(probe, spot))
                second = spot;
        }
        restore_spot(first, parent, next);
        if (second) {
            g_ptr_array_add(faults, fault_beside(probe, first, second));
            g_ptr_array_add(faults, fault_beside(probe, second, first));
            return true;
        }
    }
    return false;
}

/* ---- Adding ---- */

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

static bool fits_with_row(SchemaProbe *probe, xmlNode *base, const char *path, const DwRow *row)
{
    g_autofree char *sample = row_sample(row);
    xmlNode *made = add_path(probe->tree, base, path, sample);

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

/* A key that makes the tree valid when it is added. */
static SchemaFault *search_missing(SchemaProbe *probe, xmlNode *element)
{
    const DwGroup *group = table_group(probe->kind);
    xmlNode *base = *probe->kind ? element : xmlDocGetRootElement(probe->tree);

    for (const DwSection *section = group ? group->sections : NULL; section && section->key;
         section++)
        for (const DwRow *row = section->rows; row->key; row++) {
            g_autofree char *path = row_path(section, row);
            if (!path || !row_is_of(probe, element, path) || !fits_with_row(probe, base, path, row))
                continue;
            SchemaFault *fault = fault_new(probe, FAULT_MISSING, &(Spot){.element = element});
            g_free(fault->spot.key);
            fault->spot.key = g_strdelimit(g_strconcat(section->key, row->key, NULL), "N", '1');
            fault->spot.row = row;
            return fault;
        }
    return NULL;
}

/* ---- All of it ---- */

static SchemaFault *search_single(SchemaProbe *probe, xmlNode *element)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Spot));
    SchemaFault *fault;

    search_removals(probe, element, found);
    if (found->len > 0)
        return removal_fault(probe, found);
    fault = search_missing(probe, element);
    return fault ? fault : search_values(probe, element);
}

void schema_probe_search(SchemaProbe *probe, xmlNode *element, GPtrArray *faults)
{
    SchemaFault *fault = search_single(probe, element);
    g_autoptr(GArray) spots = NULL;

    if (fault) {
        g_ptr_array_add(faults, fault);
        return;
    }
    spots = g_array_new(FALSE, FALSE, sizeof(Spot));
    list_spots(spots, element);
    g_array_remove_index(spots, 0);
    if (search_pairs(probe, spots, faults))
        return;
    fault = fault_new(probe, FAULT_UNCLEAR, &(Spot){.element = element});
    if (!*fault->spot.key && !(*probe->kind && table_group(probe->kind)))
        fault->type = FAULT_UNEXPECTED;
    g_ptr_array_add(faults, fault);
}

void schema_probe_repeated(SchemaProbe *probe, xmlNode *element, GPtrArray *faults)
{
    SchemaFault *fault = fault_new(probe, FAULT_CONFLICT, &(Spot){.element = element});

    fault->other = spot_name(probe, &(Spot){.element = element});
    g_ptr_array_add(faults, fault);
}
