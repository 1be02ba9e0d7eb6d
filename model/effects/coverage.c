/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rows of the table as trees of elements, one for each kind, by which each element and
 * attribute of a document is found to belong to a row or to none. Used by section.c. Built once,
 * from the table alone; any thread.
 */
#include <pthread.h>
#include <string.h>

#include "effects/effects.h"
#include "keys/key-path.h"

static Cover *cover_new(const char *name)
{
    Cover *cover = g_new0(Cover, 1);

    cover->name = g_strdup(name);
    cover->length = strlen(name);
    cover->attributes = g_array_new(FALSE, FALSE, sizeof(CoverAttribute));
    cover->children = g_ptr_array_new();
    return cover;
}

static Cover *cover_step(Cover *parent, const DwStep *step)
{
    const char *key = *step->key ? step->key : NULL, *value = *step->value ? step->value : NULL;

    for (guint i = 0; i < parent->children->len; i++) {
        Cover *child = parent->children->pdata[i];
        if (strcmp(child->name, step->name) == 0 && child->uri == step->uri &&
            g_strcmp0(child->key, key) == 0 && g_strcmp0(child->value, value) == 0)
            return child;
    }

    Cover *child = cover_new(step->name);
    child->key = g_strdup(key);
    child->value = g_strdup(value);
    child->uri = step->uri;
    child->step = step_has_index(step) ? g_memdup2(step, sizeof *step) : NULL;
    child->repeats = child->step && step->mode != DW_STEP_LEVEL;
    if (step->mode == DW_STEP_LEVEL)
        g_ptr_array_add(child->children, child);
    g_ptr_array_add(parent->children, child);
    return child;
}

/* The first row that speaks of an attribute has it. */
static void add_attribute(Cover *cover, const char *name, CoverRow covered, bool is_unit)
{
    CoverAttribute attribute = {g_strdup(name), strlen(name), covered, is_unit};

    if (cover_attribute(cover, name, attribute.length))
        g_free(attribute.name);
    else
        g_array_append_val(cover->attributes, attribute);
}

/* The element at path; *ret_attribute is the name of its last step when that is an attribute. */
static Cover *follow(Cover *cover, const char *path, DwStep *ret_attribute)
{
    DwStep step;

    *ret_attribute->name = 0;
    while ((path = path_next_step(path, &step)))
        if (step.mode == DW_STEP_ATTRIBUTE)
            *ret_attribute = step;
        else
            cover = cover_step(cover, &step);
    return cover;
}

static void add_row(Cover *base, CoverRow covered)
{
    DwStep attribute;
    Cover *cover = follow(base, covered.row->path, &attribute);

    switch (covered.row->form) {
    case DW_FORM_CHAIN_END:
        return; /* the elements that say so are backing.N's */
    case DW_FORM_PRESENCE:
        cover->here = covered;
        return;
    case DW_FORM_PCI:
        for (size_t i = 0; i < G_N_ELEMENTS(lens_pci_attributes); i++)
            add_attribute(cover, lens_pci_attributes[i].name, covered, false);
        return;
    case DW_FORM_LIST:
        cover->repeats = true;
        break;
    case DW_FORM_SIZE:
        add_attribute(cover, "unit", covered, true);
        break;
    default:
        break;
    }
    if (*attribute.name)
        add_attribute(cover, attribute.name, covered, false);
    else
        cover->text = covered;
}

Safety cover_row_safety(CoverRow covered)
{
    if (!covered.row || !row_safe(covered.section, covered.row))
        return SAFETY_NO;
    return covered.row->safe_if == DW_SAFE_WHOLE ? SAFETY_WHOLE : SAFETY_YES;
}

/* An element that rows speak of is as safe to be there as the safest of them, or, where none is, as
 * what is below it. */
static void set_presence(Cover *cover)
{
    Safety own = MAX(cover_row_safety(cover->text), cover_row_safety(cover->here)),
           below = SAFETY_NO;

    for (guint i = 0; i < cover->attributes->len; i++)
        own =
            MAX(own, cover_row_safety(g_array_index(cover->attributes, CoverAttribute, i).covered));
    for (guint i = 0; i < cover->children->len; i++) {
        Cover *child = cover->children->pdata[i];
        if (child != cover)
            set_presence(child);
        below = MAX(below, child->presence);
    }
    cover->presence = own == SAFETY_NO ? below : own;
}

static Cover *cover_of_group(const DwGroup *group)
{
    Cover *root = cover_new(group->kind);
    DwStep attribute;

    for (const DwSection *section = group->sections; section->key; section++)
        for (const DwRow *row = section->rows; row->key; row++) {
            add_row(follow(root, section->path, &attribute), (CoverRow){row, section});
            if (section->alternative)
                add_row(follow(root, section->alternative, &attribute), (CoverRow){row, section});
        }
    set_presence(root);
    return root;
}

static GHashTable *covers; /* kind -> Cover */

static void make_covers(void)
{
    covers = g_hash_table_new(g_str_hash, g_str_equal);
    for (const DwGroup *const *g = table_groups(); *g; g++)
        g_hash_table_insert(covers, (char *)(*g)->kind, cover_of_group(*g));
}

const Cover *cover_of_kind(const char *kind)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_covers); /* not GLib's: sanitizers do not see that one */
    return g_hash_table_lookup(covers, kind);
}

const CoverAttribute *cover_attribute(const Cover *cover, const char *name, size_t length)
{
    for (guint i = 0; i < cover->attributes->len; i++) {
        const CoverAttribute *attribute = &g_array_index(cover->attributes, CoverAttribute, i);
        if (attribute->length == length && memcmp(attribute->name, name, length) == 0)
            return attribute;
    }
    return NULL;
}

static int match_foreign(const Cover *cover, const DwDocument *document, DwNode child)
{
    for (guint i = 0; i < cover->children->len; i++) {
        const Cover *candidate = cover->children->pdata[i];
        if (candidate->uri && node_is_in(document, child, candidate->uri, candidate->name) &&
            (!candidate->value ||
             node_attribute_is(document, child, candidate->key, candidate->value)))
            return (int)i;
    }
    return -1;
}

int cover_match(const Cover *cover, const DwDocument *document, DwNode child)
{
    size_t length;
    const char *name = node_raw_name(document, child, &length);

    if (node_is_foreign(document, child))
        return match_foreign(cover, document, child);
    for (guint i = 0; i < cover->children->len; i++) {
        const Cover *candidate = cover->children->pdata[i];
        if (!candidate->uri && candidate->length == length &&
            memcmp(candidate->name, name, length) == 0 &&
            (!candidate->value ||
             node_attribute_is(document, child, candidate->key, candidate->value)))
            return (int)i;
    }
    return -1;
}

bool cover_nests(const Cover *cover)
{
    return cover->children->len > 0 && cover->children->pdata[0] == cover;
}
