/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Delta debugging against a schema: finds what it objects to by leaving out, altering and adding,
 * and asking again until the smallest part at fault is known. Used by schema.c. Edits libxml2's
 * tree and puts back what it took; one schema, one thread.
 */
#include "schema/probe.h"

#include <string.h>

#include "table/value-form.h"

/* A place in the tree: an attribute, an element's text (is_text), or an element. */
typedef struct {
    xmlNode *element;
    xmlAttr *attribute;
    bool is_text;
} Spot;

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

static void ignore_error(void *data, TreeError *error)
{
}

bool schema_probe_fits(SchemaProbe *probe)
{
    if (probe->budget == 0)
        return false;
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
    for (const char *const *value = schema_samples; !some && *value; value++)
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

/* What the table has of the places of one path. */
typedef struct {
    bool has_key;
    const DwRow *row; /* or NULL */
} Named;

/* The names of an element and of those around it, and of the attribute. */
static char *path_of(const Spot *spot)
{
    GString *path = g_string_new(spot->is_text ? "#" : NULL);

    if (spot->attribute)
        g_string_append_printf(path, "@%s", (const char *)spot->attribute->name);
    for (const xmlNode *node = spot->element; node && node->type == XML_ELEMENT_NODE;
         node = node->parent)
        g_string_append_printf(path, "<%s", (const char *)node->name);
    return g_string_free(path, FALSE);
}

/* Looking a place up takes time in proportion to the document, so each path is looked up once. */
static const Named *find_named(const SchemaProbe *probe, const Spot *spot)
{
    g_autofree char *path = path_of(spot);
    Named *named = g_hash_table_lookup(probe->named, path);

    if (named)
        return named;
    SchemaFault *fault = fault_new(probe, FAULT_UNEXPECTED, spot);
    named = g_new(Named, 1);
    *named = (Named){*fault->spot.key != '\0', fault->spot.row};
    schema_fault_free(fault);
    g_hash_table_insert(probe->named, g_steal_pointer(&path), named);
    return named;
}

/* Is the value at a spot one of its row's? Then it is hardly the fault. */
static bool is_listed(const SchemaProbe *probe, const Spot *spot)
{
    const DwRow *row = find_named(probe, spot)->row;
    g_autofree char *value = NULL;

    if (!row || row->form != DW_FORM_ENUM)
        return false;
    value = spot->attribute ? (char *)xmlGetProp(spot->element, spot->attribute->name)
                            : (char *)xmlNodeGetContent(spot->element);
    return value && row_accepts(row, value);
}

/* listed: among values that their rows list, else among the others. */
static SchemaFault *search_values(SchemaProbe *probe, xmlNode *element, bool listed)
{
    g_autoptr(GArray) spots = g_array_new(FALSE, FALSE, sizeof(Spot));
    SchemaFault *fault = NULL;

    list_spots(spots, element);
    for (guint i = 0; i < spots->len && !fault && probe->budget > 0; i++) {
        const Spot *spot = &g_array_index(spots, Spot, i);
        if ((spot->attribute || spot->is_text) && is_listed(probe, spot) == listed)
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
    xmlNode *deepest = probe->budget > 0 ? deepest_removal(probe, element) : NULL;

    if (probe->budget == 0)
        return; /* looking further costs time, too, and finds nothing */
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

static bool is_known(const SchemaProbe *probe, const Spot *spot)
{
    const char *name =
        (const char *)(spot->attribute ? spot->attribute->name : spot->element->name);

    /* Sizes have their unit beside them. */
    return find_named(probe, spot)->has_key || g_str_equal(name, "unit") ||
           (spot->attribute ? schema_selects_by(probe->kind, name)
                            : schema_names_element(probe->kind, name));
}

/* The first attribute or element in an element whose name the table does not know there. */
static bool find_stranger(const SchemaProbe *probe, xmlNode *element, Spot *ret_spot)
{
    g_autoptr(GArray) spots = g_array_new(FALSE, FALSE, sizeof(Spot));

    list_spots(spots, element);
    for (guint i = 1; i < spots->len; i++) {
        const Spot *spot = &g_array_index(spots, Spot, i);

        if (!spot->is_text && !is_known(probe, spot)) {
            *ret_spot = *spot;
            return true;
        }
    }
    return false;
}

/* Of an element without which the tree is valid: what in it is at fault. */
static SchemaFault *element_fault(SchemaProbe *probe, const Spot *spot)
{
    SchemaFault *fault = search_values(probe, spot->element, false);
    Spot stranger;

    if (!fault)
        fault = schema_missing_in(probe, spot->element);
    if (!fault)
        fault = search_values(probe, spot->element, true);
    if (!fault && is_known(probe, spot) && find_stranger(probe, spot->element, &stranger))
        return fault_new(probe, FAULT_UNEXPECTED, &stranger);
    return fault ? fault : fault_new(probe, FAULT_UNEXPECTED, spot);
}

/* A device, or one of the domain's own groups. */
static bool is_whole(const SchemaProbe *probe, const xmlNode *element)
{
    const xmlNode *parent = element->parent;

    return *probe->kind ? parent && xmlStrEqual(parent->name, BAD_CAST "devices")
                        : parent == xmlDocGetRootElement(probe->tree);
}

/* Of an attribute: a value that its row has is right, and something else is missing. */
static SchemaFault *attribute_fault(SchemaProbe *probe, const Spot *spot)
{
    bool listed = is_listed(probe, spot);
    SchemaFault *fault = listed ? schema_missing_in(probe, spot->element) : NULL;

    if (!fault && listed && is_whole(probe, spot->element))
        fault = schema_missing(probe, spot->element);
    if (!fault)
        fault = value_fault(probe, spot);
    return fault ? fault : fault_new(probe, FAULT_UNEXPECTED, spot);
}

/* Of a spot without which the tree is valid. */
static SchemaFault *spot_fault(SchemaProbe *probe, const Spot *spot)
{
    return spot->attribute ? attribute_fault(probe, spot) : element_fault(probe, spot);
}

/* Two elements of one name in one place. */
static bool are_alike(const Spot *one, const Spot *other)
{
    return !one->attribute && !other->attribute && one->element->parent == other->element->parent &&
           xmlStrEqual(one->element->name, other->element->name);
}

/* Is it the element around it that the key names? */
static bool shares_key(const SchemaProbe *probe, xmlNode *element, const char *key)
{
    SchemaFault *around = fault_new(probe, FAULT_UNCLEAR, &(Spot){.element = element});
    bool shared = *key && g_str_equal(around->spot.key, key);

    schema_fault_free(around);
    return shared;
}

static SchemaFault *removal_fault(SchemaProbe *probe, const GArray *found)
{
    const Spot *spot = &g_array_index(found, Spot, 0), *other = &g_array_index(found, Spot, 1);

    if (found->len == 1)
        return spot_fault(probe, spot);
    SchemaFault *fault = fault_new(probe, FAULT_CONFLICT, spot);
    fault->other = spot_name(probe, are_alike(spot, other) ? spot : other);
    if (are_alike(spot, other) && shares_key(probe, spot->element->parent, fault->spot.key)) {
        *fault->spot.key = '\0';
        *fault->other.key = '\0';
    }
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

/* ---- All of it ---- */

static SchemaFault *search_single(SchemaProbe *probe, xmlNode *element)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Spot));
    SchemaFault *fault;

    search_removals(probe, element, found);
    if (found->len > 0)
        return removal_fault(probe, found);
    fault = schema_missing(probe, element);
    if (!fault)
        fault = search_values(probe, element, false);
    return fault ? fault : search_values(probe, element, true);
}

/* A name that the table does not know stands for one that has to be there: "typex" for "type". */
static bool search_misnamed(SchemaProbe *probe, xmlNode *element, const Spot *stranger,
                            GPtrArray *faults)
{
    xmlNode *parent = stranger->element->parent, *next = stranger->element->next;
    xmlNode *holder = stranger->attribute ? stranger->element : parent;

    remove_spot(stranger);
    SchemaFault *missing = schema_missing(probe, element);
    if (!missing && holder != element)
        missing = schema_missing_in(probe, holder);
    restore_spot(stranger, parent, next);
    if (!missing)
        return false;
    g_ptr_array_add(faults, fault_new(probe, FAULT_UNEXPECTED, stranger));
    g_ptr_array_add(faults, missing);
    return true;
}

void schema_probe_search(SchemaProbe *probe, xmlNode *element, GPtrArray *faults)
{
    SchemaFault *fault = search_single(probe, element);
    g_autoptr(GArray) spots = NULL;

    if (fault) {
        g_ptr_array_add(faults, fault);
        return;
    }
    Spot stranger;
    bool known = *probe->kind ? table_group(probe->kind) != NULL
                              : element == xmlDocGetRootElement(probe->tree) ||
                                    is_known(probe, &(Spot){.element = element});
    bool strange = known && find_stranger(probe, element, &stranger);
    if (strange && search_misnamed(probe, element, &stranger, faults))
        return;
    spots = g_array_new(FALSE, FALSE, sizeof(Spot));
    list_spots(spots, element);
    g_array_remove_index(spots, 0);
    if (search_pairs(probe, spots, faults))
        return;
    if (strange) {
        g_ptr_array_add(faults, fault_new(probe, FAULT_UNEXPECTED, &stranger));
        return;
    }
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
