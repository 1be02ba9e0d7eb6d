/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One part of a document, a device or a setting of the domain, walked once along with what the
 * table says of it: what in it is safe, what is not, and what of the host it names. What no row
 * covers is not safe, nor is what occurs twice where there may be one: libvirt could read the
 * other one. Used by effects.c.
 */
#include <string.h>

#include "common/words.h"
#include "document/canonical.h"
#include "effects/effects.h"
#include "keys/devices.h"
#include "keys/secrets.h"
#include "table/value-form.h"

typedef struct {
    const Facts *facts;
    DocumentPart *part;
    GString *path; /* of elements, from the part's own */
    unsigned indices[DW_MAX_INDICES];
    unsigned n_indices;
    char name[DW_MAX_NAME]; /* what stands at NAME */
    bool through;           /* to a device of the host's: see is_passed_through */
} Walk;

static void token_clear(void *data)
{
    ReachItem *item = data;

    g_free(item->where);
    g_free(item->name);
    if (item->value) {
        explicit_bzero(item->value, strlen(item->value)); /* it may be a secret */
        g_free(item->value);
    }
}

char *reach_item_where(const ReachItem *item)
{
    if (item->where)
        return g_strdup(item->where);
    DwPlace place = {
        .row = item->covered.row, .section = item->covered.section, .n_indices = item->n_indices};
    memcpy(place.indices.numbers, item->indices, sizeof item->indices);
    g_strlcpy(place.indices.name, item->name ? item->name : "", DW_MAX_NAME);
    return place_key(&place);
}

/* ---- Values ---- */

/* Names, and with `slash` several of them. */
static bool is_names(const char *value, bool slash)
{
    bool begins = true;

    for (; *value; value++) {
        bool separates = slash && *value == '/';
        if (begins && (separates || *value == '.'))
            return false;
        if (!separates && !g_ascii_isalnum(*value) && !strchr("._+-", *value))
            return false;
        begins = separates;
    }
    return !begins;
}

static bool is_of_form(const DwRow *row, const char *value)
{
    DwValue parsed;

    if (row->form == DW_FORM_STRING || row->form == DW_FORM_ENUM || row->form == DW_FORM_LIST)
        return row_accepts(row, value);
    bool fits = form_parse(row, value, &parsed);
    dw_value_clear(&parsed);
    return fits;
}

static Safety judge_value(const Facts *facts, const CoverRow *covered, const char *value)
{
    const DwRow *row = covered->row;

    if (!row_safe(covered->section, row) || !is_of_form(row, value) ||
        (row->safe_values && !words_have(row->safe_values, value)))
        return SAFETY_NO;
    switch (row->safe_if) {
    case DW_SAFE_ALWAYS:
        return SAFETY_YES;
    case DW_SAFE_NAME:
        return is_names(value, false) ? SAFETY_YES : SAFETY_NO;
    case DW_SAFE_NAMES:
        return is_names(value, true) ? SAFETY_YES : SAFETY_NO;
    case DW_SAFE_ALIAS:
        return is_names(value, false) && !facts->refers ? SAFETY_YES : SAFETY_NO;
    case DW_SAFE_NEW:
        return facts->is_new && path_is_part(value) ? SAFETY_YES : SAFETY_NO;
    case DW_SAFE_HOST:
        return host_offers(facts, covered, value) ? SAFETY_YES : SAFETY_NO;
    case DW_SAFE_WHOLE:
        return SAFETY_WHOLE;
    }
    return SAFETY_NO;
}

/* ---- Items ---- */

static void add_path(Walk *walk, const char *value)
{
    if (*value)
        g_ptr_array_add(walk->part->paths, path_for_list(value));
}

/* What an interface without a source reaches by its type alone, such as the host's own network. */
static void add_interface_type(Walk *walk)
{
    g_autofree char *type = node_attribute(walk->facts->document, walk->part->node, "type");
    g_autofree char *path = g_strconcat("type=", type, NULL);

    if (type && strcmp(type, "network") != 0 && walk->part->paths->len == 0)
        add_path(walk, path);
}

/* What is safe leaves no item. Takes value. */
static void add_item(Walk *walk, const CoverRow *covered, Safety safety, char *value)
{
    ReachItem item = {.covered = *covered, .n_indices = walk->n_indices, .value = value};

    if (value && covered->row->form != DW_FORM_PCI &&
        (covered->row->form == DW_FORM_PATH || (covered->row->flags & DW_ROW_HOST)))
        add_path(walk, value);
    if (safety == SAFETY_YES && !walk->through) {
        g_free(value);
        return;
    }
    item.safety = walk->through ? SAFETY_NO : safety;
    memcpy(item.indices, walk->indices, sizeof item.indices);
    item.name = *walk->name ? g_strdup(walk->name) : NULL;
    g_array_append_val(walk->part->items, item);
}

/* For what no row covers: `name` of that length is below the walk's path. Takes value. */
static void add_unknown(Walk *walk, const char *mark, const char *name, size_t length, char *value)
{
    ReachItem item = {.value = value, .safety = SAFETY_NO};
    g_autofree char *below = g_strndup(name, length);

    item.where = g_strconcat(walk->path->str, walk->path->len ? "/" : "", mark, below, NULL);
    g_array_append_val(walk->part->items, item);
}

/* That the element itself is there. */
static void add_presence(Walk *walk, Safety safety)
{
    ReachItem item = {.where = g_strdup(walk->path->str), .safety = safety};

    g_array_append_val(walk->part->items, item);
}

static bool may_be_path(const DwNodeAttribute *attribute)
{
    return strncmp(attribute->name, "xmlns", strlen("xmlns")) != 0 &&
           !secret_is_attribute(attribute->name, attribute->name_length);
}

/* What may be a path, or hold one. */
static void add_possible_path(Walk *walk, const char *value)
{
    if (strchr(value, '/'))
        add_path(walk, value);
}

static void add_paths_below(Walk *walk, DwNode node)
{
    const DwDocument *document = walk->facts->document;
    DwNodeAttribute attribute = {0};

    while (node_next_attribute(document, node, &attribute)) {
        g_autofree char *value = attribute_value(&attribute);
        if (may_be_path(&attribute))
            add_possible_path(walk, value);
    }
    if (node_has_text(document, node) && !secret_is_text(document, node)) {
        g_autofree char *text = node_text(document, node);
        add_possible_path(walk, g_strstrip(text));
    }
    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child))
        add_paths_below(walk, child);
}

static void add_unknown_element(Walk *walk, DwNode node)
{
    const DwDocument *document = walk->facts->document;
    g_autofree char *name = node_name(document, node);
    g_autoptr(GString) out = g_string_new(NULL);

    canonical_element(out, document, node);
    add_unknown(walk, "", name, strlen(name), g_string_free(g_steal_pointer(&out), FALSE));
    add_paths_below(walk, node);
}

/* ---- Walking ---- */

static void walk_attribute(Walk *walk, const Cover *cover, const DwNodeAttribute *attribute)
{
    const CoverAttribute *known = cover_attribute(cover, attribute->name, attribute->name_length);
    char *value = attribute_value(attribute);

    if (known && known->is_unit) {
        Safety safety = cover_row_safety(known->covered);
        add_item(walk, &known->covered, unit_factor(value) ? safety : SAFETY_NO, value);
    } else if (known) {
        add_item(walk, &known->covered, judge_value(walk->facts, &known->covered, value), value);
    } else if (cover->key && strlen(cover->key) == attribute->name_length &&
               memcmp(cover->key, attribute->name, attribute->name_length) == 0) {
        g_free(value); /* by which the element was found */
    } else if (cover->uri && strncmp(attribute->name, "xmlns", strlen("xmlns")) == 0 &&
               strcmp(value, cover->uri) == 0) {
        g_free(value); /* the namespace it was found in */
    } else {
        if (may_be_path(attribute))
            add_possible_path(walk, value);
        add_unknown(walk, "@", attribute->name, attribute->name_length, value);
    }
}

/* An element without text says nothing by it when it has something else to say. */
static void walk_text(Walk *walk, DwNode node, const Cover *cover)
{
    const DwDocument *document = walk->facts->document;
    bool known = cover->text.row;

    if (!node_has_text(document, node) && (!known || node_has_attributes(document, node) ||
                                           node_first_child(document, node) != DW_NODE_NONE))
        return;
    char *text = node_text(document, node);
    if (known) {
        add_item(walk, &cover->text, judge_value(walk->facts, &cover->text, text), text);
    } else {
        add_possible_path(walk, text);
        add_unknown(walk, "text", "", 0, text);
    }
}

static void walk_children(Walk *walk, DwNode node, const Cover *cover);

/* Attributes and text; children too, unless the part is its tag only. */
static void walk_element(Walk *walk, DwNode node, const Cover *cover)
{
    const DwDocument *document = walk->facts->document;
    DwNodeAttribute attribute = {0};

    if (cover->here.row)
        add_item(walk, &cover->here, cover_row_safety(cover->here), NULL);
    while (node_next_attribute(document, node, &attribute))
        walk_attribute(walk, cover, &attribute);
    walk_text(walk, node, cover);
    if (walk->part->type != PART_TAG)
        walk_children(walk, node, cover);
}

/* What counts is how often it is there, how deep, or what its attribute says. False when that is
 * nothing a key could say. */
static bool find_index(Walk *walk, DwNode node, const Cover *cover, unsigned *index)
{
    char name[DW_MAX_NAME] = "";

    if (!cover->step || !*cover->step->key)
        return true;
    if (!step_index_of(walk->facts->document, node, cover->step, *index - 1, index, name) ||
        (*name && !is_names(name, false)))
        return false;
    if (*name)
        g_strlcpy(walk->name, name, sizeof walk->name);
    return true;
}

static void push_index(Walk *walk, const Cover *cover, const Cover *parent, unsigned index)
{
    if (cover == parent)
        walk->indices[walk->n_indices - 1]++;
    else if (walk->n_indices < DW_MAX_INDICES)
        walk->indices[walk->n_indices++] = index;
}

static void walk_child(Walk *walk, DwNode node, const Cover *cover, const Cover *parent,
                       unsigned index)
{
    size_t length = walk->path->len;
    unsigned n_indices = walk->n_indices, last = n_indices ? walk->indices[n_indices - 1] : 0;

    if (!find_index(walk, node, cover, &index)) {
        add_unknown_element(walk, node);
        return;
    }
    if (length)
        g_string_append_c(walk->path, '/');
    g_string_append(walk->path, cover->name);
    if (cover->repeats)
        g_string_append_printf(walk->path, "[%u]", index);
    if (cover->repeats || cover_nests(cover))
        push_index(walk, cover, parent, index);
    if (!cover->here.row && cover->presence != SAFETY_YES)
        add_presence(walk, cover->presence);
    walk_element(walk, node, cover);
    walk->n_indices = n_indices;
    if (n_indices)
        walk->indices[n_indices - 1] = last;
    if (cover->step && cover->step->mode == DW_STEP_NAME)
        *walk->name = '\0';
    g_string_truncate(walk->path, length);
}

/* First it is counted what is there of each kind, so that what stands twice is known at once. */
static void walk_children(Walk *walk, DwNode node, const Cover *cover)
{
    const DwDocument *document = walk->facts->document;
    g_autofree unsigned *counts = g_new0(unsigned, cover->children->len + 1);
    g_autofree unsigned *seen = g_new0(unsigned, cover->children->len + 1);
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(int));

    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child)) {
        int match = cover_match(cover, document, child);
        g_array_append_val(matches, match);
        if (match >= 0)
            counts[match]++;
    }
    guint i = 0;
    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child)) {
        int match = g_array_index(matches, int, i++);
        const Cover *known = match >= 0 ? cover->children->pdata[match] : NULL;
        if (known && (known->repeats || counts[match] == 1))
            walk_child(walk, child, known, cover, ++seen[match]);
        else
            add_unknown_element(walk, child);
    }
}

/* ---- Parts ---- */

void part_clear(DocumentPart *part)
{
    g_clear_pointer(&part->kind, g_free);
    g_clear_pointer(&part->id, g_free);
    g_clear_pointer(&part->items, g_array_unref);
    g_clear_pointer(&part->paths, g_ptr_array_unref);
    g_clear_pointer(&part->unsafe_key, g_free);
    g_clear_pointer(&part->image, g_free);
}

/* In a device that is reach, also what is safe only in one that is safe as a whole stays: by that
 * it is told from others, to which nothing of it may move. */
static void keep_reach(DocumentPart *part, bool is_safe)
{
    Safety least = SAFETY_YES;

    for (guint i = 0; i < part->items->len; i++)
        least = MIN(least, g_array_index(part->items, ReachItem, i).safety);
    if (least == SAFETY_NO)
        g_clear_pointer(&part->image, g_free);
    else if (is_safe)
        g_array_set_size(part->items, 0);
}

static bool same_token(const ReachItem *a, const ReachItem *b)
{
    return a->covered.row == b->covered.row && a->covered.section == b->covered.section &&
           a->n_indices == b->n_indices &&
           memcmp(a->indices, b->indices, a->n_indices * sizeof *a->indices) == 0 &&
           g_strcmp0(a->name, b->name) == 0 && g_strcmp0(a->where, b->where) == 0 &&
           g_strcmp0(a->value, b->value) == 0;
}

bool part_same_reach(const DocumentPart *a, const DocumentPart *b)
{
    if (strcmp(a->kind, b->kind) != 0 || a->items->len != b->items->len)
        return false;
    for (guint i = 0; i < a->items->len; i++)
        if (!same_token(&g_array_index(a->items, ReachItem, i),
                        &g_array_index(b->items, ReachItem, i)))
            return false;
    return true;
}

/* Through a lun the guest talks to the host's device itself: how it is connected decides what it
 * can say to it. */
static bool is_passed_through(const DwDocument *document, const DocumentPart *part)
{
    return strcmp(part->kind, "disk") == 0 &&
           node_attribute_is(document, part->node, "device", "lun");
}

static void walk_device(Walk *walk)
{
    DocumentPart *part = walk->part;
    const DwGroup *group = table_group(part->kind);

    part->cover = cover_of_kind(part->kind);
    if (!part->cover || node_is_foreign(walk->facts->document, part->node)) {
        add_unknown_element(walk, part->node);
        return;
    }
    walk->through = is_passed_through(walk->facts->document, part);
    add_presence(walk, SAFETY_WHOLE);
    walk_element(walk, part->node, part->cover);
    bool is_safe = device_is_safe(walk->facts, part->node, group, &part->unsafe_key, &part->image);
    if (strcmp(group->kind, "hostdev") == 0) {
        g_autofree char *id = device_natural_id(walk->facts->document, part->node);
        add_path(walk, id ? id : "");
    }
    if (strcmp(group->kind, "interface") == 0)
        add_interface_type(walk);
    keep_reach(part, is_safe);
}

void part_judge(const Facts *facts, DocumentPart *part)
{
    Walk walk = {.facts = facts, .part = part, .path = g_string_new(NULL)};

    part->items = g_array_new(FALSE, FALSE, sizeof(ReachItem));
    g_array_set_clear_func(part->items, token_clear);
    part->paths = g_ptr_array_new_with_free_func(g_free);
    part->kind =
        part->type == PART_DEVICE ? node_name(facts->document, part->node) : g_strdup("domain");
    if (part->type == PART_DEVICE) {
        walk_device(&walk);
    } else {
        if (part->type == PART_TAG)
            walk_element(&walk, part->node, part->cover);
        else if (part->type == PART_SETTING && part->cover)
            walk_child(&walk, part->node, part->cover, NULL, 1);
        else if (part->type == PART_SETTING)
            add_unknown_element(&walk, part->node);
        keep_reach(part, false);
    }
    g_string_free(walk.path, TRUE);
}
