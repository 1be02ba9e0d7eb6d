/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unsetting a place, and taking away the elements that this leaves empty. */
#include <pthread.h>
#include <string.h>

#include "keys/key-path.h"

static GHashTable *presences; /* "parent/name" of elements that are settings by themselves */

static char *element_below(const char *parent, const char *name)
{
    return g_strconcat(parent, "/", name, NULL);
}

/* The element that a row stands for, below its parent: the last two of the steps from the group's
 * own element. */
static char *row_element(const DwGroup *group, const DwSection *section, const DwRow *row)
{
    g_autofree char *path = g_strconcat(*group->kind ? group->kind : "domain", "/", section->path,
                                        *section->path ? "/" : "", row->path, NULL);
    const char *rest = path;
    DwStep step, parent = {0}, last = {0};

    while (*rest && (rest = path_next_step(rest, &step)))
        if (step.mode != DW_STEP_ATTRIBUTE) {
            parent = last;
            last = step;
        }
    return element_below(parent.name, last.name);
}

static void list_presences(void)
{
    presences = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const DwGroup *const *g = table_groups(); *g; g++)
        for (const DwSection *section = (*g)->sections; section->key; section++)
            for (const DwRow *row = section->rows; row->key; row++)
                if (row->form == DW_FORM_PRESENCE)
                    g_hash_table_add(presences, row_element(*g, section, row));
}

/* Is an empty element of that name a setting by itself? */
static bool is_presence(const DwDocument *document, DwNode parent, const char *name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    g_autofree char *above = node_name(document, parent);
    g_autofree char *element = element_below(above, name);

    pthread_once(&once, list_presences);
    return g_hash_table_contains(presences, element);
}

/* Is attribute what chose `element` in the path, as in element[@attribute='…']? */
static bool is_selector(const char *path, const char *element, const char *attribute)
{
    const char *colon = strchr(element, ':');
    DwStep step;

    while ((path = path_next_step(path, &step)))
        if (strcmp(step.name, colon ? colon + 1 : element) == 0 && strcmp(step.key, attribute) == 0)
            return true;
    return false;
}

/* Nothing in it, and no attribute that says more than which element it is. */
static bool is_hollow(const DwDocument *document, DwNode node, const char *name, const char *path)
{
    if (!node_is_blank(document, node))
        return false;
    g_auto(GStrv) attributes = node_attribute_names(document, node);
    for (char **attribute = attributes; *attribute; attribute++)
        if (!is_selector(path, name, *attribute) &&
            !(node_is_foreign(document, node) && g_str_has_prefix(*attribute, "xmlns")))
            return false;
    return true;
}

/* A level that says nothing any more, with the chain's end below it, is the chain's end itself. */
static bool close_level(DwDocument *document, DwNode node)
{
    DwNode end = node_first_child(document, node);

    if (!node_is(document, node, "backingStore") || node_has_attributes(document, node) ||
        end == DW_NODE_NONE || node_next(document, end) != DW_NODE_NONE ||
        !chain_is_terminator(document, end))
        return false;
    node_remove(document, end);
    return true;
}

/* Removes node and its ancestors as far as they are hollow. What was there, empty, before an edit
 * put something into it stays; so do presence settings, devices and the root. */
static void prune(DwDocument *document, DwNode node, const char *path)
{
    while (node != DW_NODE_NONE) {
        DwNode parent = node_parent(document, node);
        g_autofree char *name = node_name(document, node);
        DwOrigin origin = node_origin(document, node);
        if (close_level(document, node) || !is_hollow(document, node, name, path) ||
            parent == DW_NODE_NONE ||
            (strcmp(name, "devices") == 0 && origin != DW_ORIGIN_CREATED) ||
            node_is(document, parent, "devices") || origin == DW_ORIGIN_EMPTY ||
            (origin == DW_ORIGIN_UNKNOWN && is_presence(document, parent, name)))
            return;
        node_remove(document, node);
        node = parent;
    }
}

static void remove_and_prune(DwDocument *document, DwNode node, const char *path)
{
    DwNode parent = node_parent(document, node);

    node_remove(document, node);
    prune(document, parent, path);
}

static void unset_list(DwDocument *document, DwNode node, const DwRow *row, const char *path)
{
    DwNode parent = node_parent(document, node);
    DwStep step;

    path_last_element(row->path, &step);
    while ((node = step_first(document, parent, &step)) != DW_NODE_NONE)
        node_remove(document, node);
    prune(document, parent, path);
}

static bool unset_attribute(DwDocument *document, DwNode node, const DwRow *row,
                            const char *attribute)
{
    if (!node_unset_attribute(document, node, attribute))
        return false;
    if (row->form == DW_FORM_SIZE)
        node_unset_attribute(document, node, "unit");
    return true;
}

void row_unset(DwDocument *document, DwNode node, const DwPlace *place, const DwRow *row)
{
    const char *path = place->section->path;
    g_autofree char *whole = g_strconcat(path, *path && *row->path ? "/" : "", row->path, NULL);
    DwNode base = place_base(document, node, place);
    const char *attribute;

    DwNode at =
        base == DW_NODE_NONE ? base : path_find(document, base, row->path, NULL, &attribute);
    if (at == DW_NODE_NONE)
        return;
    if (row->form == DW_FORM_LIST) {
        unset_list(document, at, row, whole);
    } else if (row->form == DW_FORM_CHAIN_END) {
        at = chain_end(document, at);
        if (chain_is_terminator(document, at))
            remove_and_prune(document, at, whole);
    } else if (lens_is_part_of_pci(document, at, row, attribute)) {
        return; /* the key is not there */
    } else if (row->form == DW_FORM_PCI) {
        if (!lens_is_pci(document, at))
            return;
        for (size_t i = 0; i < G_N_ELEMENTS(lens_pci_attributes); i++)
            node_unset_attribute(document, at, lens_pci_attributes[i].name);
        prune(document, at, whole);
    } else if (!*attribute && row->form != DW_FORM_PRESENCE && node_has_attributes(document, at) &&
               node_origin(document, at) == DW_ORIGIN_EMPTY) {
        node_set_text(document, at, ""); /* attributes alone were there before the text */
    } else if (!*attribute || row->flags & DW_ROW_WHOLE) {
        remove_and_prune(document, at, whole);
    } else if (unset_attribute(document, at, row, attribute) || row->bare) {
        prune(document, at, whole);
    }
}

void place_unset(DwDocument *document, DwNode node, const DwPlace *place)
{
    for (const DwRow *row = place->row; row; row = row_other(row))
        row_unset(document, node, place, row);
}
