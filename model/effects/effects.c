/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a change of a document would let the guest reach on the host ("reach"): we diff two
 * documents by the table, and what no safe row covers is reach. Both documents are cut into parts,
 * settings of the domain and devices, in order; parts that are equal to the byte at both ends are
 * skipped. Used by the daemon to choose the polkit action. Reads texts only; any thread.
 */
#include <string.h>

#include "document/canonical.h"
#include "effects/effects.h"
#include "keys/devices.h"

void dw_effects_clear(DwEffects *effects)
{
    g_clear_pointer(&effects->kinds, g_strfreev);
    g_clear_pointer(&effects->paths, g_strfreev);
    g_clear_pointer(&effects->path, g_free);
    g_clear_pointer(&effects->reasons, g_strfreev);
    effects->reach = false;
}

/* ---- Parts ---- */

typedef struct {
    Facts facts;
    GArray *parts;    /* of DocumentPart */
    guint first, end; /* those that may differ */
    GPtrArray
        *reach; /* of DocumentPart: of these, those that are reach and the other side has not */
} DocumentSide;

static void clear_part(void *part)
{
    part_clear(part);
}

static void add_part(DocumentSide *side, DwNode node, PartType type, const Cover *cover)
{
    DocumentPart part = {.node = node, .type = type, .cover = cover};

    g_array_append_val(side->parts, part);
}

static void add_devices(DocumentSide *side, DwNode devices, const Cover *cover)
{
    const DwDocument *document = side->facts.document;
    DwNode emulator = node_child(document, devices, "emulator");
    bool alone = emulator != DW_NODE_NONE && node_next_same(document, emulator) == DW_NODE_NONE;

    add_part(side, devices, PART_TAG, cover);
    for (DwNode node = node_first_child(document, devices); node != DW_NODE_NONE;
         node = node_next(document, node)) {
        int match = node_is(document, node, "emulator") ? cover_match(cover, document, node) : -1;
        if (match >= 0)
            add_part(side, node, PART_SETTING, alone ? cover->children->pdata[match] : NULL);
        else
            add_part(side, node, PART_DEVICE, NULL);
    }
}

static void add_setting(DocumentSide *side, DwNode node, const Cover *cover)
{
    const DwDocument *document = side->facts.document;

    if (cover && strcmp(cover->name, "devices") == 0)
        add_devices(side, node, cover);
    else if (node_is(document, node, "metadata") &&
             node == node_child(document, document_root(document), "metadata"))
        add_part(side, node, PART_METADATA, NULL);
    else
        add_part(side, node, PART_SETTING, cover);
}

static void list_parts(DocumentSide *side)
{
    const DwDocument *document = side->facts.document;
    const Cover *cover = cover_of_kind("");
    g_autofree unsigned *counts = g_new0(unsigned, cover->children->len);
    DwNode root = document_root(document);
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(int));
    guint i = 0;

    for (DwNode node = node_first_child(document, root); node != DW_NODE_NONE;
         node = node_next(document, node)) {
        int match = cover_match(cover, document, node);
        g_array_append_val(matches, match);
        if (match >= 0)
            counts[match]++;
    }
    add_part(side, root, PART_TAG, cover);
    for (DwNode node = node_first_child(document, root); node != DW_NODE_NONE;
         node = node_next(document, node)) {
        int match = g_array_index(matches, int, i++);
        add_setting(side, node,
                    match >= 0 && counts[match] == 1 ? cover->children->pdata[match] : NULL);
    }
}

static bool same_bytes(const DocumentSide *a, const DocumentPart *in_a, const DocumentSide *b,
                       const DocumentPart *in_b)
{
    const DwDocument *document = a->facts.document, *other = b->facts.document;

    if (in_a->type != in_b->type)
        return false;
    if (in_a->type != PART_TAG)
        return node_same_bytes(document, in_a->node, other, in_b->node);
    return node_same_tag(document, in_a->node, other, in_b->node) &&
           !node_has_text(document, in_a->node) && !node_has_text(other, in_b->node);
}

static DocumentPart *part_at(const DocumentSide *side, guint i)
{
    return &g_array_index(side->parts, DocumentPart, i);
}

/* Could another part be judged otherwise because of this one? */
static bool is_told_from(const DocumentSide *side)
{
    const DwDocument *document = side->facts.document;

    for (guint i = side->first; i < side->end; i++) {
        const DocumentPart *part = part_at(side, i);
        if (i == 0 || node_is(document, part->node, "name") ||
            node_is(document, part->node, "os") || node_is(document, part->node, "audio"))
            return true;
    }
    return false;
}

/* Leaves alone what is equal at both ends, where nothing that differs has a say in it. */
static void trim(DocumentSide *before, DocumentSide *after)
{
    before->end = before->parts->len;
    after->end = after->parts->len;
    while (before->first < before->end && after->first < after->end &&
           same_bytes(before, part_at(before, before->first), after, part_at(after, after->first)))
        after->first = ++before->first;
    while (before->first < before->end && after->first < after->end &&
           same_bytes(before, part_at(before, before->end - 1), after,
                      part_at(after, after->end - 1))) {
        before->end--;
        after->end--;
    }
    if (is_told_from(before) || is_told_from(after)) {
        before->first = after->first = 0;
        before->end = before->parts->len;
        after->end = after->parts->len;
    }
}

/* ---- Facts ---- */

static void read_facts(Facts *facts)
{
    const DwDocument *document = facts->document;
    const DwReachContext *context = facts->context;
    DwNode root = document_root(document), devices = devices_node(document);
    DwNode name = node_child(document, root, "name");
    DwNode audio = devices == DW_NODE_NONE ? devices : node_child(document, devices, "audio");

    if (name != DW_NODE_NONE && node_next_same(document, name) == DW_NODE_NONE)
        facts->name = node_text(document, name);
    facts->type = node_attribute(document, root, "type");
    facts->os_type = lens_text(document, root, "os/type", NULL);
    facts->arch = lens_text(document, root, "os/type/@arch", NULL);
    for (DwNode node = node_first_child(document, root); node != DW_NODE_NONE;
         node = node_next(document, node))
        facts->refers |= node_is_foreign(document, node);
    for (; audio != DW_NODE_NONE; audio = node_next_same(document, audio))
        facts->is_heard |= !node_attribute_is(document, audio, "type", "none") &&
                           !node_attribute_is(document, audio, "type", "spice");
    facts->directories = image_directories_expand(context ? context->image_directories : NULL,
                                                  facts->name, context ? context->user : NULL);
}

static void side_clear(DocumentSide *side)
{
    g_clear_pointer(&side->parts, g_array_unref);
    g_clear_pointer(&side->reach, g_ptr_array_unref);
    g_clear_pointer(&side->facts.directories, g_ptr_array_unref);
    g_clear_pointer(&side->facts.name, g_free);
    g_clear_pointer(&side->facts.type, g_free);
    g_clear_pointer(&side->facts.os_type, g_free);
    g_clear_pointer(&side->facts.arch, g_free);
}

static void side_init(DocumentSide *side, const DwDocument *document, const DwReachContext *context)
{
    *side = (DocumentSide){.facts = {.document = document, .context = context}};
    side->parts = g_array_new(FALSE, FALSE, sizeof(DocumentPart));
    side->reach = g_ptr_array_new();
    g_array_set_clear_func(side->parts, clear_part);
    if (document)
        list_parts(side);
}

/* ---- What differs ---- */

static void judge(DocumentSide *side)
{
    if (side->first == side->end)
        return;
    read_facts(&side->facts);
    for (guint i = side->first; i < side->end; i++) {
        DocumentPart *part = part_at(side, i);
        part_judge(&side->facts, part);
        if (part->items->len > 0)
            g_ptr_array_add(side->reach, part);
    }
}

static bool same_reach(const DocumentSide *a, guint i, const DocumentSide *b, guint j)
{
    return part_same_reach(a->reach->pdata[i], b->reach->pdata[j]);
}

/* In the same order on both sides is the same reach. */
static void drop_same_reach(DocumentSide *before, DocumentSide *after)
{
    guint n = 0, m = 0;

    while (n < before->reach->len && n < after->reach->len && same_reach(before, n, after, n))
        n++;
    g_ptr_array_remove_range(before->reach, 0, n);
    g_ptr_array_remove_range(after->reach, 0, n);
    while (m < before->reach->len && m < after->reach->len &&
           same_reach(before, before->reach->len - m - 1, after, after->reach->len - m - 1))
        m++;
    g_ptr_array_set_size(before->reach, (int)(before->reach->len - m));
    g_ptr_array_set_size(after->reach, (int)(after->reach->len - m));
}

/* DocumentPart -> its one spelling. */
static GPtrArray *print_parts(const DocumentSide *side)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = side->first; i < side->end; i++) {
        const DocumentPart *part = part_at(side, i);
        GString *text = g_string_new(NULL);
        if (part->type == PART_TAG)
            canonical_tag(text, side->facts.document, part->node);
        else
            canonical_element(text, side->facts.document, part->node);
        g_ptr_array_add(texts, g_string_free(text, FALSE));
    }
    return texts;
}

/* Marks the parts whose text the other side has not, and gives the indices of the others. */
static GArray *mark_missing(DocumentSide *side, const GPtrArray *texts, const GPtrArray *others)
{
    g_autoptr(GHashTable) left = g_hash_table_new(g_str_hash, g_str_equal);
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < others->len; i++) {
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(left, others->pdata[i]));
        g_hash_table_replace(left, others->pdata[i], GUINT_TO_POINTER(n + 1));
    }
    for (guint i = 0; i < texts->len; i++) {
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(left, texts->pdata[i]));
        if (n > 0)
            g_array_append_val(found, i);
        else
            part_at(side, side->first + i)->changed = true;
        if (n > 0)
            g_hash_table_replace(left, texts->pdata[i], GUINT_TO_POINTER(n - 1));
    }
    return found;
}

/* What both have, but in another order, has moved. */
static void mark_changed(DocumentSide *before, DocumentSide *after)
{
    bool both = before->first < before->end && after->first < after->end;
    g_autoptr(GPtrArray) old = both ? print_parts(before) : g_ptr_array_new();
    g_autoptr(GPtrArray) new = both ? print_parts(after) : g_ptr_array_new();
    g_autoptr(GArray) old_found = mark_missing(before, old, new);
    g_autoptr(GArray) new_found = mark_missing(after, new, old);

    for (guint i = before->first; !both && i < before->end; i++)
        part_at(before, i)->changed = true;
    for (guint i = after->first; !both && i < after->end; i++)
        part_at(after, i)->changed = true;
    for (guint i = 0; i < old_found->len && i < new_found->len; i++) {
        guint a = g_array_index(old_found, guint, i), b = g_array_index(new_found, guint, i);
        if (strcmp(old->pdata[a], new->pdata[b]) != 0)
            part_at(before, before->first + a)->changed =
                part_at(after, after->first + b)->changed = true;
    }
    for (guint i = 0; i < before->reach->len; i++)
        ((DocumentPart *)before->reach->pdata[i])->changed = true;
    for (guint i = 0; i < after->reach->len; i++)
        ((DocumentPart *)after->reach->pdata[i])->changed = true;
}

/* ---- What is said about it ---- */

static void add_kinds(const DocumentSide *side, GHashTable *kinds)
{
    for (guint i = side->first; i < side->end; i++)
        if (part_at(side, i)->changed)
            g_hash_table_add(kinds, g_strdup(part_at(side, i)->kind));
}

/* Of the domain's own settings those that the other side has as well are left out. */
static void add_paths(const DocumentSide *side, const DocumentSide *other, GHashTable *paths)
{
    g_autoptr(GHashTable) kept = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = other->first; i < other->end; i++) {
        const DocumentPart *part = part_at(other, i);
        for (guint j = 0; part->type != PART_DEVICE && j < part->paths->len; j++)
            g_hash_table_add(kept, part->paths->pdata[j]);
    }
    for (guint i = side->first; i < side->end; i++) {
        const DocumentPart *part = part_at(side, i);
        for (guint j = 0; part->changed && j < part->paths->len; j++)
            if (part->type == PART_DEVICE || !g_hash_table_contains(kept, part->paths->pdata[j]))
                g_hash_table_add(paths, g_strdup(part->paths->pdata[j]));
    }
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes the set. */
static char **sorted(GHashTable *set)
{
    guint n;
    g_autofree char **keys = (char **)g_hash_table_get_keys_as_array(set, &n);
    char **copy;

    qsort(keys, n, sizeof *keys, compare_strings);
    copy = g_strdupv(keys);
    g_hash_table_unref(set);
    return copy;
}

/* Ids count devices of a kind, so all are met. */
static void name_devices(DocumentSide *side)
{
    g_autoptr(GHashTable) counts = device_counts_new();

    for (guint i = 0; side->reach->len > 0 && i < side->end; i++) {
        DocumentPart *part = part_at(side, i);
        if (part->type == PART_DEVICE)
            part->id = device_id_counted(side->facts.document, part->node, counts);
    }
}

static void tell(DocumentSide *before, DocumentSide *after, DwEffects *effects)
{
    GHashTable *kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTable *paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const DocumentPart *only = after->reach->len == 1 ? after->reach->pdata[0] : NULL;

    add_kinds(before, kinds);
    add_kinds(after, kinds);
    add_paths(before, after, paths);
    add_paths(after, before, paths);
    name_devices(before);
    name_devices(after);
    effects->reach = before->reach->len > 0 || after->reach->len > 0;
    effects->kinds = sorted(kinds);
    effects->paths = sorted(paths);
    effects->reasons = reasons_of(before->reach, after->reach);
    if (before->reach->len == 0 && only)
        effects->path = g_strdup(only->image);
}

void dw_effects_between(const DwDocument *before, const DwDocument *after,
                        const DwReachContext *context, DwEffects *ret_effects)
{
    DocumentSide old, new;

    side_init(&old, before, context);
    side_init(&new, after, context);
    new.facts.is_new = !before;
    trim(&old, &new);
    judge(&old);
    judge(&new);
    drop_same_reach(&old, &new);
    mark_changed(&old, &new);
    *ret_effects = (DwEffects){0};
    tell(&old, &new, ret_effects);
    side_clear(&old);
    side_clear(&new);
}
