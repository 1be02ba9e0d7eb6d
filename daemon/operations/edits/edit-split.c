/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes edits apart where a running domain cannot have all of them: with affect "auto" what it can
 * have is not to wait for the rest. A device's keys are divided by what they apply to: those that
 * can be changed in running domains, those of media, and the others, which may need each other.
 */
#include "operations/edits/edit-split.h"

#include <string.h>

#include "operations/live/step.h"

/* Settings that are tried one by one: each costs a plan. */
#define MOST_ALONE 32

typedef struct {
    EditFits *fits;
    void *data;
    GPtrArray *accepted; /* of DwEdit */
    GPtrArray *names;
} Split;

static bool is_divided(const DwEdit *edit)
{
    return edit->verb == DW_VERB_SET || edit->verb == DW_VERB_MODIFY;
}

/* In the order in which they are tried. */
typedef enum { PART_LIVE, PART_MEDIA, PART_REST, N_PARTS } Part;

static Part part_of_key(const DwEdit *edit, const char *key)
{
    DwKey *row = dw_key_find(edit->kind, key);
    DwApplies applies = row ? row->applies : DW_APPLIES_RESTART;
    dw_key_free(row);
    return applies == DW_APPLIES_LIVE    ? PART_LIVE
           : applies == DW_APPLIES_MEDIA ? PART_MEDIA
                                         : PART_REST;
}

/* The edit with those keys alone. */
static DwEdit *part_of(const DwEdit *edit, Part part)
{
    DwSettings *values = dw_settings_new();
    g_autoptr(GStrvBuilder) unset = g_strv_builder_new();
    for (size_t i = 0; i < dw_settings_count(edit->values); i++) {
        const char *key = dw_settings_key(edit->values, i);
        if (part_of_key(edit, key) == part)
            dw_settings_put(values, key, dw_value_copy(dw_settings_value(edit->values, i)));
    }
    for (char **key = edit->unset; *key; key++)
        if (part_of_key(edit, *key) == part)
            g_strv_builder_add(unset, *key);
    g_auto(GStrv) keys = g_strv_builder_end(unset);
    return dw_edit_new(edit->verb, edit->kind, edit->id, values, (const char *const *)keys);
}

static size_t count_keys(const DwEdit *edit)
{
    return dw_settings_count(edit->values) + g_strv_length(edit->unset);
}

static void add_names(const DwEdit *edit, const char *id, GPtrArray *names)
{
    if (edit->verb == DW_VERB_ADD || edit->verb == DW_VERB_REMOVE) {
        g_autofree char *whole = live_name(edit->kind, id ? id : edit->id, "");
        live_add_text(names, whole);
    }
    if (!is_divided(edit) && edit->verb != DW_VERB_MEDIA)
        return;
    for (size_t i = 0; i < dw_settings_count(edit->values); i++) {
        g_autofree char *name = live_name(edit->kind, edit->id, dw_settings_key(edit->values, i));
        live_add_text(names, name);
    }
    for (char **key = edit->unset; *key; key++) {
        g_autofree char *name = live_name(edit->kind, edit->id, *key);
        live_add_text(names, name);
    }
}

void edit_split_add_names(const GPtrArray *edits, char **ids, GPtrArray *names)
{
    for (guint i = 0; i < edits->len; i++)
        add_names(edits->pdata[i], ids ? ids[i] : NULL, names);
}

/* Takes part. */
static bool accept(Split *split, DwEdit *part)
{
    g_ptr_array_add(split->accepted, part);
    if (split->fits(split->accepted, split->data))
        return true;
    g_ptr_array_remove_index(split->accepted, split->accepted->len - 1);
    return false;
}

static DwEdit *copy_of(const DwEdit *edit)
{
    return dw_edit_new(edit->verb, edit->kind, edit->id, dw_settings_copy(edit->values),
                       (const char *const *)edit->unset);
}

/* One setting of the domain after the other. */
static void try_each(Split *split, const DwEdit *edit)
{
    for (size_t i = 0; i < dw_settings_count(edit->values); i++) {
        const char *key = dw_settings_key(edit->values, i);
        DwSettings *value = dw_settings_new();
        g_autofree char *name = live_name("", "", key);
        dw_settings_put(value, key, dw_value_copy(dw_settings_value(edit->values, i)));
        if (!accept(split, dw_edit_new(DW_VERB_SET, "", "", value, NULL)))
            live_add_text(split->names, name);
    }
    for (char **key = edit->unset; *key; key++) {
        const char *const unset[] = {*key, NULL};
        if (!accept(split, dw_edit_new(DW_VERB_SET, "", "", dw_settings_new(), unset)))
            live_add_text(split->names, *key);
    }
}

static void try_edit(Split *split, const DwEdit *edit, const char *id)
{
    if (accept(split, copy_of(edit)))
        return;
    if (!is_divided(edit)) {
        add_names(edit, id, split->names);
        return;
    }
    for (Part number = PART_LIVE; number < N_PARTS; number++) {
        DwEdit *part = part_of(edit, number);
        size_t keys = count_keys(part);
        bool done = keys == 0 || (keys < count_keys(edit) && accept(split, copy_of(part)));
        if (!done && edit->verb == DW_VERB_SET && keys > 1 && keys <= MOST_ALONE)
            try_each(split, part);
        else if (!done)
            add_names(part, NULL, split->names);
        dw_edit_free(part);
    }
}

GPtrArray *edit_split_fitting(const GPtrArray *edits, char **ids, EditFits *fits, void *data,
                              GPtrArray *names)
{
    g_autoptr(GPtrArray) left = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) accepted = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    Split split = {fits, data, accepted, left};
    for (guint i = 0; i < edits->len; i++) {
        const DwEdit *edit = edits->pdata[i];
        if (!is_divided(edit) && edit->verb != DW_VERB_MEDIA && edit->verb != DW_VERB_ADD &&
            edit->verb != DW_VERB_REMOVE)
            return NULL;
        try_edit(&split, edit, ids ? ids[i] : NULL);
    }
    if (accepted->len == 0)
        return NULL;
    for (guint i = 0; i < left->len; i++)
        live_add_text(names, left->pdata[i]);
    return g_steal_pointer(&accepted);
}
