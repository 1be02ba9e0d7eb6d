/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One part of a document, a device or a setting of the domain, walked once along with what the
 * table says of it: what in it is safe, what is not, and what of the host it names. What no row
 * covers is not safe, nor is what stands twice where there may be one: libvirt could read the other
 * one.
 */
#include <string.h>

#include "devices.h"
#include "effects.h"
#include "forms.h"
#include "secrets.h"

typedef struct {
    const Facts *facts;
    Part *part;
    GString *path; /* of elements, from the part's own */
    unsigned indices[DW_MAX_INDICES];
    unsigned n_indices;
    bool through; /* to a device of the host's: see is_passed_through */
} Walk;

static void token_clear(void *data)
{
    Token *token = data;

    g_free(token->where);
    if (token->value) {
        explicit_bzero(token->value, strlen(token->value)); /* it may be a secret */
        g_free(token->value);
    }
}

char *token_where(const Token *token)
{
    if (token->where)
        return g_strdup(token->where);
    DwPlace place = {.row = token->covered.row,
                     .section = token->covered.section,
                     .n_indices = token->n_indices};
    memcpy(place.indices, token->indices, sizeof place.indices);
    return place_key(&place);
}

/* ---- Values ---- */

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *p = words; *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        if (n == length && memcmp(p, word, n) == 0)
            return true;
        p += n;
    }
    return false;
}

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

    if (!row->safe || !is_of_form(row, value) ||
        (row->safe_values && !has_word(row->safe_values, value)))
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

/* ---- Tokens ---- */

static void add_path(Walk *walk, const char *value)
{
    if (*value)
        g_ptr_array_add(walk->part->paths, path_for_list(value));
}

/* What is safe leaves no token. Takes value. */
static void add_token(Walk *walk, const CoverRow *covered, Safety safety, char *value)
{
    Token token = {.covered = *covered, .n_indices = walk->n_indices, .value = value};

    if (value && covered->row->form != DW_FORM_PCI &&
        (covered->row->form == DW_FORM_PATH || (covered->row->flags & DW_ROW_HOST)))
        add_path(walk, value);
    if (safety == SAFETY_YES && !walk->through) {
        g_free(value);
        return;
    }
    token.safety = walk->through ? SAFETY_NO : safety;
    memcpy(token.indices, walk->indices, sizeof token.indices);
    g_array_append_val(walk->part->tokens, token);
}

/* For what no row covers: `name` of that length is below the walk's path. Takes value. */
static void add_unknown(Walk *walk, const char *mark, const char *name, size_t length, char *value)
{
    Token token = {.value = value, .safety = SAFETY_NO};
    g_autofree char *below = g_strndup(name, length);

    token.where = g_strconcat(walk->path->str, walk->path->len ? "/" : "", mark, below, NULL);
    g_array_append_val(walk->part->tokens, token);
}

/* That the element itself is there. */
static void add_presence(Walk *walk, Safety safety)
{
    Token token = {.where = g_strdup(walk->path->str), .safety = safety};

    g_array_append_val(walk->part->tokens, token);
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

/* ---- One spelling ---- */

static int compare_attributes(const void *a, const void *b)
{
    const DwNodeAttribute *in_a = a, *in_b = b;
    int order = memcmp(in_a->name, in_b->name, MIN(in_a->name_length, in_b->name_length));

    return order
               ? order
               : (in_a->name_length > in_b->name_length) - (in_a->name_length < in_b->name_length);
}

/* No document can hold the characters that end strings here. */
static void print_attributes(GString *out, const DwDocument *document, DwNode node)
{
    g_autoptr(GArray) all = NULL;
    DwNodeAttribute attribute = {0};

    while (node_next_attribute(document, node, &attribute)) {
        if (!all)
            all = g_array_sized_new(FALSE, FALSE, sizeof attribute, 8);
        g_array_append_val(all, attribute);
    }
    if (all && all->len > 1)
        g_array_sort(all, compare_attributes);
    for (guint i = 0; all && i < all->len; i++) {
        const DwNodeAttribute *one = &g_array_index(all, DwNodeAttribute, i);
        g_autofree char *value = attribute_value(one);
        g_string_append_len(out, one->name, (gssize)one->name_length);
        g_string_append_c(out, '\2');
        g_string_append(out, value);
        g_string_append_c(out, '\1');
    }
}

void element_print_tag(GString *out, const DwDocument *document, DwNode node)
{
    bool leaf = node_first_child(document, node) == DW_NODE_NONE;
    size_t length;
    const char *name = node_raw_name(document, node, &length);

    g_string_append_c(out, '\3');
    g_string_append_len(out, name, (gssize)length);
    g_string_append_c(out, '\1');
    if (node_is_foreign(document, node)) {
        g_autofree char *uri = node_namespace(document, node);
        g_string_append(out, uri ? uri : "");
        g_string_append_c(out, '\1');
    }
    print_attributes(out, document, node);
    if (node_has_text(document, node) || (leaf && !node_is_blank(document, node))) {
        g_autofree char *text = node_text(document, node);
        g_string_append(out, leaf ? text : g_strstrip(text));
    }
}

void element_print(GString *out, const DwDocument *document, DwNode node)
{
    element_print_tag(out, document, node);
    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child))
        element_print(out, document, child);
    g_string_append_c(out, '\4');
}

static void add_unknown_element(Walk *walk, DwNode node)
{
    const DwDocument *document = walk->facts->document;
    g_autofree char *name = node_name(document, node);
    g_autoptr(GString) out = g_string_new(NULL);

    element_print(out, document, node);
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
        add_token(walk, &known->covered, unit_factor(value) ? safety : SAFETY_NO, value);
    } else if (known) {
        add_token(walk, &known->covered, judge_value(walk->facts, &known->covered, value), value);
    } else if (cover->key && strlen(cover->key) == attribute->name_length &&
               memcmp(cover->key, attribute->name, attribute->name_length) == 0) {
        g_free(value); /* by which the element was found */
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
        add_token(walk, &cover->text, judge_value(walk->facts, &cover->text, text), text);
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
        add_token(walk, &cover->here, cover_row_safety(cover->here), NULL);
    while (node_next_attribute(document, node, &attribute))
        walk_attribute(walk, cover, &attribute);
    walk_text(walk, node, cover);
    if (walk->part->type != PART_TAG)
        walk_children(walk, node, cover);
}

/* What counts is how often it is there, or how deep. */
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

void part_clear(Part *part)
{
    g_clear_pointer(&part->kind, g_free);
    g_clear_pointer(&part->id, g_free);
    g_clear_pointer(&part->tokens, g_array_unref);
    g_clear_pointer(&part->paths, g_ptr_array_unref);
    if (part->signature) {
        explicit_bzero(part->signature->str, part->signature->len); /* secrets, too */
        g_string_free(g_steal_pointer(&part->signature), TRUE);
    }
    g_clear_pointer(&part->culprit, g_free);
    g_clear_pointer(&part->image, g_free);
}

/* In a device that is reach, also what is safe only in one that is safe as a whole stays: by that
 * it is told from others, to which nothing of it may move. */
static void keep_reach(Part *part, bool is_safe)
{
    Safety least = SAFETY_YES;

    for (guint i = 0; i < part->tokens->len; i++)
        least = MIN(least, g_array_index(part->tokens, Token, i).safety);
    if (least == SAFETY_NO)
        g_clear_pointer(&part->image, g_free);
    else if (is_safe)
        g_array_set_size(part->tokens, 0);
}

/* Rows are known by where they are in memory. */
static GString *sign(const Part *part)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < part->tokens->len; i++) {
        const Token *token = &g_array_index(part->tokens, Token, i);
        if (token->where)
            g_string_append(out, token->where);
        else
            g_string_append_len(out, (const char *)&token->covered, sizeof token->covered);
        g_string_append_len(out, (const char *)token->indices,
                            (gssize)(token->n_indices * sizeof *token->indices));
        g_string_append_c(out, '\2');
        g_string_append(out, token->value ? token->value : "");
        g_string_append_c(out, '\1');
    }
    if (out->len > 0)
        g_string_append(out, part->kind);
    return out;
}

/* Through a lun the guest talks to the host's device itself: how it is connected decides what it
 * can say to it. */
static bool is_passed_through(const DwDocument *document, const Part *part)
{
    return strcmp(part->kind, "disk") == 0 &&
           node_attribute_is(document, part->node, "device", "lun");
}

static void walk_device(Walk *walk)
{
    Part *part = walk->part;
    const DwGroup *group = table_group(part->kind);

    part->cover = cover_of_kind(part->kind);
    if (!part->cover || node_is_foreign(walk->facts->document, part->node)) {
        add_unknown_element(walk, part->node);
        return;
    }
    walk->through = is_passed_through(walk->facts->document, part);
    add_presence(walk, SAFETY_WHOLE);
    walk_element(walk, part->node, part->cover);
    bool is_safe = device_is_safe(walk->facts, part->node, group, &part->culprit, &part->image);
    if (strcmp(group->kind, "hostdev") == 0) {
        g_autofree char *id = device_natural_id(walk->facts->document, part->node);
        add_path(walk, id ? id : "");
    }
    keep_reach(part, is_safe);
}

void part_judge(const Facts *facts, Part *part)
{
    Walk walk = {.facts = facts, .part = part, .path = g_string_new(NULL)};

    part->tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    g_array_set_clear_func(part->tokens, token_clear);
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
    part->signature = sign(part);
}
