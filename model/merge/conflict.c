/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A conflict is named by the key of the table that speaks for the place, and by the path of the
 * element where there is none. What both sides mean alike is no conflict.
 */
#include "merge/conflict.h"

#include <string.h>

#include "keys/key-place.h"
#include "problems/problems.h"

#define RULE "rebase-conflict"

/* The longest value that a sentence shows. */
#define SHOWN 64

static MergeDocument preferred(const Merge *merge)
{
    return merge->prefer == DW_PREFER_THEIRS ? MERGE_THEIRS : MERGE_OURS;
}

/* Takes the message. */
static MergeDocument add(Merge *merge, const char *key, const char *value, char *message)
{
    g_autofree char *what = message;
    DwSeverity severity = merge->prefer ? DW_SEVERITY_WARNING : DW_SEVERITY_ERROR;
    const char *kept = merge->prefer == DW_PREFER_MINE     ? " The draft's counts."
                       : merge->prefer == DW_PREFER_THEIRS ? " The domain's counts."
                                                           : "";

    problems_add(merge->conflicts, RULE, severity, merge->kind, merge->id, key, value, NULL,
                 g_strconcat(what, kept, NULL));
    return preferred(merge);
}

/* "driver/@foo", from the device or the domain on. */
static char *path_of(const DwDocument *document, DwNode thing, DwNode node, const char *attribute)
{
    GString *path = g_string_new(*attribute ? "@" : "");

    g_string_append(path, attribute);
    for (; node != DW_NODE_NONE && node != thing; node = node_parent(document, node)) {
        g_autofree char *name = node_name(document, node);
        if (path->len > 0)
            g_string_prepend_c(path, '/');
        g_string_prepend(path, name);
    }
    return g_string_free(path, FALSE);
}

static MergeDocument first_with(const DwNode nodes[MERGE_DOCUMENTS])
{
    MergeDocument document = MERGE_THEIRS;

    while (document > MERGE_BASE && nodes[document] == DW_NODE_NONE)
        document--;
    return document;
}

static char *said(const char *value, bool secret)
{
    if (!value)
        return g_strdup("nothing");
    if (secret)
        return g_strdup("a secret");
    g_autofree char *shown = problem_shown(value);
    bool longer = g_utf8_strlen(shown, -1) > SHOWN;
    g_autofree char *cut = g_utf8_substring(shown, 0, longer ? SHOWN : -1);
    return g_strconcat("\"", cut, longer ? "…\"" : "\"", NULL);
}

/* Do two documents mean the same by a key, however they write it? */
static bool means_same(const Merge *merge, const DwPlace *place, MergeDocument a, MergeDocument b)
{
    DwValue values[2];
    bool has[2];
    MergeDocument documents[2] = {a, b};

    for (unsigned i = 0; i < 2; i++) {
        DwNode thing = merge->things[documents[i]];
        has[i] = thing != DW_NODE_NONE &&
                 place_get(merge->documents[documents[i]], thing, place, &values[i]);
    }
    bool same = has[0] == has[1] && (!has[0] || dw_value_equal(&values[0], &values[1]));
    for (unsigned i = 0; i < 2; i++)
        if (has[i])
            dw_value_clear(&values[i]);
    return same;
}

/* True: the key has not been changed on both sides; *ret_side is the one that counts. */
static bool is_no_conflict(const Merge *merge, const char *key, MergeDocument *ret_side)
{
    DwPlace place;

    if (!place_find(merge->kind, key, &place))
        return false;
    bool kept = means_same(merge, &place, MERGE_OURS, MERGE_BASE);
    *ret_side = kept ? MERGE_THEIRS : MERGE_OURS;
    return kept || means_same(merge, &place, MERGE_THEIRS, MERGE_BASE) ||
           means_same(merge, &place, MERGE_OURS, MERGE_THEIRS);
}

/* The attributes of one key, such as a size and its unit, are one conflict. */
static bool is_told(const Merge *merge, const char *key)
{
    guint count = merge->conflicts->len;
    const DwProblem *last = count > 0 ? merge->conflicts->pdata[count - 1] : NULL;
    g_autofree char *id = problem_shown(merge->id);

    return last && strcmp(last->key, key) == 0 && strcmp(last->kind, merge->kind) == 0 &&
           strcmp(last->id, id) == 0;
}

/* Of a key as it is read, of anything else as it is written. NULL: nothing. */
static char *value_in(const Merge *merge, MergeDocument document, const char *key,
                      const char *written)
{
    DwPlace place;
    DwValue value;

    if (merge->things[document] == DW_NODE_NONE || !place_find(merge->kind, key, &place) ||
        !place_get(merge->documents[document], merge->things[document], &place, &value))
        return g_strdup(written);
    char *text = dw_value_to_text(&value);
    dw_value_clear(&value);
    return text;
}

MergeDocument conflict_value(Merge *merge, const DwNode nodes[MERGE_DOCUMENTS],
                             const char *attribute, char *const values[MERGE_DOCUMENTS])
{
    MergeDocument in = first_with(nodes), side;
    bool secret = false;
    const DwDocument *document = merge->documents[in];
    g_autofree char *key = key_at(document, merge->things[in], table_group(merge->kind), nodes[in],
                                  attribute, &secret);

    if (key && is_no_conflict(merge, key, &side))
        return side;
    if (!key)
        key = path_of(document, merge->things[in], nodes[in], attribute);
    if (is_told(merge, key))
        return preferred(merge);
    g_autofree char *own = value_in(merge, MERGE_OURS, key, values[MERGE_OURS]);
    char *texts[MERGE_DOCUMENTS];
    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++) {
        g_autofree char *value = value_in(merge, i, key, values[i]);
        texts[i] = said(value, secret);
    }
    char *message =
        g_strdup_printf("%s is %s in the draft, and now %s in the domain; both were made from %s.",
                        key, texts[MERGE_OURS], texts[MERGE_THEIRS], texts[MERGE_BASE]);
    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++)
        g_free(texts[i]);
    return add(merge, key, secret ? DW_SECRET_PLACEHOLDER : own, message);
}

MergeDocument conflict_element(Merge *merge, const DwNode nodes[MERGE_DOCUMENTS])
{
    MergeDocument in = first_with(nodes);
    const DwDocument *document = merge->documents[in];
    bool whole = nodes[in] == merge->things[in];
    g_autofree char *key =
        whole ? g_strdup("")
              : key_within(document, merge->things[in], table_group(merge->kind), nodes[in]);

    if (!key)
        key = path_of(document, merge->things[in], nodes[in], "");
    const char *what = whole ? "this device" : key;
    const char *form = nodes[MERGE_OURS] == DW_NODE_NONE
                           ? "The draft removes %s, which was changed in the domain."
                       : nodes[MERGE_THEIRS] == DW_NODE_NONE
                           ? "The draft changes %s, which was removed from the domain."
                       : nodes[MERGE_BASE] == DW_NODE_NONE
                           ? "The draft adds %s, and the domain got another one."
                           : "The draft changes %s, which was changed in the domain otherwise.";
    GString *message = g_string_new(form);
    g_string_replace(message, "%s", what, 1);
    return add(merge, key, "", g_string_free(message, FALSE));
}

MergeDocument conflict_order(Merge *merge, DwNode theirs)
{
    g_autofree char *key =
        path_of(merge->documents[MERGE_THEIRS], merge->things[MERGE_THEIRS], theirs, "");
    return add(merge, key, "",
               g_strdup_printf("What is in %s is in another order each in the draft and in the "
                               "domain.",
                               *key ? key : "the domain"));
}
