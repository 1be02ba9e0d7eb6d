/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The undo frame round a set of edits, and the judgement of its outcome by the rules: an edit
 * answers for the errors it causes or leaves in what it touches, not for older ones. One document,
 * one thread.
 */
#include <string.h>

#include "edit/apply-edit.h"
#include "edit/preset-devices.h"
#include "problems/problems.h"
#include "rules/rules.h"

static gboolean problems_equal(const void *first, const void *second)
{
    const DwProblem *a = first, *b = second;

    return strcmp(a->rule, b->rule) == 0 && strcmp(a->kind, b->kind) == 0 &&
           strcmp(a->id, b->id) == 0 && strcmp(a->key, b->key) == 0 &&
           strcmp(a->value, b->value) == 0;
}

static guint problem_hash(const void *data)
{
    const DwProblem *problem = data;

    return ((g_str_hash(problem->rule) * 31 + g_str_hash(problem->id)) * 31 +
            g_str_hash(problem->key)) *
               31 +
           g_str_hash(problem->value);
}

/* A set: a document may have a problem for each of its elements. */
static GHashTable *problems_index(const GPtrArray *problems)
{
    GHashTable *index = g_hash_table_new(problem_hash, problems_equal);

    for (guint i = 0; i < problems->len; i++)
        g_hash_table_add(index, problems->pdata[i]);
    return index;
}

/* A long id is cut in the problem. */
static bool is_id(const DwProblem *problem, const char *id)
{
    if (!g_str_has_suffix(problem->id, "…"))
        return strcmp(problem->id, id ? id : "") == 0;
    g_autofree char *shown = problem_shown(id);
    return strcmp(problem->id, shown) == 0;
}

/* By which edit, from 1; 0: none. */
static guint touched_by(const DwProblem *problem, const GPtrArray *edits, char *const *ids)
{
    for (guint i = 0; i < edits->len; i++) {
        const DwEdit *edit = edits->pdata[i];
        if (*problem->kind && strcmp(problem->kind, edit->kind) == 0 &&
            (is_id(problem, edit->id) || is_id(problem, ids[i])))
            return i + 1;
        if (!*problem->kind && *problem->key && edit->verb == DW_VERB_SET &&
            dw_settings_get(edit->values, problem->key))
            return i + 1;
        if (edit->verb == DW_VERB_BOOT && strcmp(problem->key, "boot.order") == 0)
            return i + 1;
    }
    return 0;
}

/* As the caller counts. */
static unsigned number_of(const DwEditContext *context, guint edit)
{
    return edit > context->unnumbered ? edit - context->unnumbered : 0;
}

/* A draft may still lack what a domain needs. */
static bool is_tolerated(const DwProblem *problem, DwApplyFlags flags)
{
    return (flags & DW_APPLY_DRAFT) && g_str_has_suffix(problem->rule, "-required");
}

/* errors: of DwProblem, all of that severity; the faults first. */
static bool refuse_problems(const DwEditContext *context, const GPtrArray *errors, GError **error)
{
    g_autofree char *message = dw_problems_join(errors);
    bool host_only = true;

    for (guint i = 0; i < errors->len; i++)
        host_only &= g_str_has_prefix(((DwProblem *)errors->pdata[i])->rule, "host-");
    DwErrorCode code = context->faults->len > 0 ? edit_fault_code(context)
                       : host_only              ? DW_ERROR_UNSUPPORTED
                                                : DW_ERROR_INVALID;
    g_set_error_literal(error, DW_ERROR, code, message);
    return false;
}

/* A device without an id is named by what it was to get. */
static void name_fault(const DwEditContext *context, const GPtrArray *edits, DwProblem *fault)
{
    guint index = fault->edit + context->unnumbered;

    if (!*fault->kind || *fault->id || index == 0)
        return;
    g_free(fault->kind);
    fault->kind = edit_name(edits->pdata[index - 1]);
}

/* What an edit that cannot be done would have taken along is not told. */
static void drop_notes(DwEditContext *context, unsigned edit)
{
    for (guint i = context->problems->len; i > 0; i--) {
        const DwProblem *note = context->problems->pdata[i - 1];
        if (note->edit == edit && note->severity == DW_SEVERITY_INFO)
            g_ptr_array_remove_index(context->problems, i - 1);
    }
}

/* What cannot be done is an error or, dry, one of the problems. */
static void take_faults(DwEditContext *context, const GPtrArray *edits, GPtrArray *errors)
{
    unsigned last = 0;

    for (guint i = 0; i < context->faults->len; i++) {
        DwProblem *fault = context->faults->pdata[i];
        if (fault->edit != last)
            drop_notes(context, last = fault->edit);
        bool dry = context->flags & DW_APPLY_DRY;
        if (!dry)
            name_fault(context, edits, fault);
        g_ptr_array_add(dry ? context->problems : errors, fault);
        if (dry)
            g_ptr_array_set_free_func(context->faults, NULL);
    }
}

/* Something is missing where something could not be done: that is what is missing. */
static bool follows_fault(const DwEditContext *context, const DwProblem *problem)
{
    for (guint i = 0; i < context->faults->len; i++) {
        const DwProblem *fault = context->faults->pdata[i];
        if (fault->edit == problem->edit && !*problem->value)
            return true;
    }
    return false;
}

/* All of them set or unset text for people. */
static bool are_words(const GPtrArray *edits)
{
    for (guint i = 0; i < edits->len; i++) {
        const DwEdit *edit = edits->pdata[i];
        bool words = edit->verb == DW_VERB_SET;
        for (size_t j = 0; words && j < dw_settings_count(edit->values); j++)
            words = rules_is_words(dw_settings_key(edit->values, j));
        for (char **key = edit->unset; words && *key; key++)
            words = rules_is_words(*key);
        if (!words)
            return false;
    }
    return true;
}

/* A dry run tells what is wrong with all of it, and a draft may not be complete yet. */
static bool tells_own_only(const DwEditContext *context)
{
    return context->flags & DW_APPLY_RUNNING ||
           (context->flags & DW_APPLY_DOMAIN && !(context->flags & DW_APPLY_DRY));
}

#ifndef NDEBUG
/* What is the edit's own is there, whichever devices were not asked about. */
static void check_told(const DwEditContext *context, const DwDocument *before,
                       const GPtrArray *told)
{
    g_autoptr(GPtrArray) all =
        rules_validate_edited(context->document, before, context->host, NULL);
    g_autoptr(GPtrArray) old = rules_validate(before, context->host, NULL, NULL);
    g_autoptr(GHashTable) known = problems_index(old), found = problems_index(told);

    for (guint i = 0; i < all->len; i++)
        g_assert(g_hash_table_contains(known, all->pdata[i]) ||
                 g_hash_table_contains(found, all->pdata[i]));
}
#endif

static GPtrArray *validate(const DwEditContext *context, const DwDocument *before,
                           const GPtrArray *edits, GPtrArray *reporters)
{
    if (context->flags & DW_APPLY_UNCHECKED)
        return g_ptr_array_new();
    if (tells_own_only(context) && are_words(edits))
        return rules_validate_words(context->document, context->host, reporters);
    if (!before || !(context->flags & DW_APPLY_RUNNING))
        return rules_validate_edited(context->document, before, context->host, reporters);
    GPtrArray *told = rules_validate_changed(context->document, before, context->host, reporters);
#ifndef NDEBUG
    check_told(context, before, told);
#endif
    return told;
}

/* What is refused never gets its new id. A device that is there is called as the edit names it; one
 * that was to be added by the id that it was given, if any. in_message: one without is told by its
 * first value, as edit_name() does. */
static void name_as_written(DwProblem *problem, const DwEdit *edit, bool in_message)
{
    bool is_new =
        edit->verb == DW_VERB_ADD && strcmp(problem->kind, edit->kind) == 0 && !edit_given_id(edit);

    if (!*problem->kind || (!is_new && (edit->verb != DW_VERB_MODIFY || is_id(problem, edit->id))))
        return;
    g_free(problem->id);
    problem->id = is_new ? g_strdup("") : problem_shown(edit->id);
    if (!is_new || !in_message)
        return;
    g_free(problem->kind);
    problem->kind = edit_name(edit);
}

/* Does one of the first tell of the same edit, or of the same key of the domain? */
static bool is_told_of(const DwProblem *problem, const GPtrArray *problems, guint first)
{
    for (guint i = 0; problem->edit && i < first; i++) {
        const DwProblem *other = problems->pdata[i];
        if (other->severity == DW_SEVERITY_ERROR && other->edit == problem->edit &&
            (*problem->kind || strcmp(other->key, problem->key) == 0))
            return true;
    }
    return false;
}

void dw_problems_assign(GPtrArray *problems, guint first, const GPtrArray *edits, char *const *ids,
                        bool written)
{
    for (guint i = first; i < problems->len;) {
        DwProblem *problem = problems->pdata[i];

        problem->edit = touched_by(problem, edits, ids);
        if (problem->edit && (written || problem->severity == DW_SEVERITY_ERROR))
            name_as_written(problem, edits->pdata[problem->edit - 1], written);
        if (is_told_of(problem, problems, first))
            g_ptr_array_remove_index(problems, i);
        else
            i++;
    }
}

/* Moves to context->problems what the result is to say; false when the edit must be refused. */
static bool judge(DwEditContext *context, const DwDocument *before, const GPtrArray *edits,
                  char **ids, GError **error)
{
    g_autoptr(GPtrArray) reporters = g_ptr_array_new();
    g_autoptr(GPtrArray) after = validate(context, before, edits, reporters);
    g_autoptr(GPtrArray) old = NULL;
    g_autoptr(GHashTable) known = NULL;
    g_autoptr(GPtrArray) errors = g_ptr_array_new();
    bool dry = context->flags & DW_APPLY_DRY;

    take_faults(context, edits, errors);
    for (guint i = 0; i < after->len; i++) {
        DwProblem *problem = after->pdata[i];
        if (!old && before) {
            old = rules_validate(before, context->host, NULL, reporters);
            known = problems_index(old);
        }
        guint touched = touched_by(problem, edits, ids);
        bool own = !old || !g_hash_table_contains(known, problem) || touched;
        bool is_error = problem->severity == DW_SEVERITY_ERROR;
        problem->edit = number_of(context, touched);
        if (follows_fault(context, problem))
            continue;
        bool is_refused = own && is_error && !is_tolerated(problem, context->flags);
        if (is_refused && touched)
            name_as_written(problem, edits->pdata[touched - 1], !dry);
        if (is_refused && !dry)
            g_ptr_array_add(errors, problem);
        if (!own && context->flags & DW_APPLY_RUNNING)
            continue;
        if (is_error && (!own || (!dry && is_tolerated(problem, context->flags))))
            problem->severity = DW_SEVERITY_WARNING;
        else if (!own && !dry)
            continue;
        g_ptr_array_add(context->problems, problem);
        after->pdata[i] = NULL;
    }
    bool fine = errors->len == 0 || refuse_problems(context, errors, error);
    for (guint i = 0; i < after->len; i++)
        if (after->pdata[i])
            dw_problem_free(after->pdata[i]);
    g_ptr_array_set_free_func(after, NULL);
    return fine;
}

/* Each may be as long as the document. */
static bool check_ids(const char *id, size_t *length, GError **error)
{
    *length += id ? strlen(id) : 0;
    if (*length <= DW_MAX_BYTES)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                "The ids of the devices that are edited are longer than %d bytes in all; edit "
                "fewer at once, or name them by position.",
                DW_MAX_BYTES);
    return false;
}

static bool apply_all(DwEditContext *context, const GPtrArray *edits, char **ids, GError **error)
{
    size_t length = 0;

    context->edits = edits;
    for (guint i = 0; i < edits->len; i++) {
        GError *fault = NULL;
        context->edit = edits->pdata[i];
        context->number = number_of(context, i + 1);
        if (!edit_apply(context, context->edit, &ids[i], &fault) &&
            !edit_fault(context, context->edit->kind, "", NULL, fault, error))
            return false;
        if (!check_ids(ids[i], &length, error))
            return false;
        if (!ids[i])
            ids[i] = g_strdup("");
    }
    context->edit = edits->len > 0 ? edits->pdata[0] : NULL;
    context->number = 0;
    return true;
}

static const DwHost unknown_host;

static void context_init(DwEditContext *context, DwDocument *document, DwApplyFlags flags,
                         const DwHost *host)
{
    *context =
        (DwEditContext){.document = document,
                        .host = host ? host : &unknown_host,
                        .flags = flags,
                        .problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free),
                        .skipped = g_ptr_array_new_with_free_func(g_free),
                        .faults = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free)};
}

/* The text must go on being a document within the limits. */
static bool check_outcome(const DwDocument *document, GError **error)
{
    size_t length;
    const char *text = dw_document_text(document, &length);

#ifdef NDEBUG
    /* No element or attribute is shorter than four bytes: a short text cannot have too many. */
    if (length < 4 * DW_MAX_NODES)
        return true;
#endif
    GError *fault = NULL;
    if (text_check(text, length, "domain", &fault))
        return true;
    g_assert(fault->code == DW_ERROR_LIMIT_EXCEEDED);
    g_propagate_error(error, fault);
    return false;
}

static void context_clear(DwEditContext *context)
{
    g_clear_pointer(&context->moved, g_hash_table_unref);
    g_clear_pointer(&context->gone, g_hash_table_unref);
    g_clear_pointer(&context->problems, g_ptr_array_unref);
    g_clear_pointer(&context->skipped, g_ptr_array_unref);
    g_clear_pointer(&context->faults, g_ptr_array_unref);
}

static void result_take(DwResult *result, DwEditContext *context, char **ids, bool changed)
{
    *result = (DwResult){.changed = changed,
                         .ids = ids,
                         .problems = g_steal_pointer(&context->problems),
                         .skipped = g_steal_pointer(&context->skipped)};
    context_clear(context);
}

void dw_result_clear(DwResult *result)
{
    g_strfreev(result->ids);
    g_clear_pointer(&result->problems, g_ptr_array_unref);
    g_clear_pointer(&result->skipped, g_ptr_array_unref);
    *result = (DwResult){0};
}

bool dw_apply(DwDocument *document, const GPtrArray *edits, DwApplyFlags flags, const DwHost *host,
              DwResult *ret_result, GError **error)
{
    g_autoptr(DwDocument) before = dw_document_copy(document);
    char **ids = g_new0(char *, edits->len + 1);
    size_t mark = document_mark(document);
    DwEditContext context;

    context_init(&context, document, flags, host);
    if (!apply_all(&context, edits, ids, error) || !check_outcome(document, error) ||
        !judge(&context, before, edits, ids, error)) {
        document_rollback(document, mark);
        for (guint i = 0; i < edits->len; i++)
            g_free(ids[i]);
        g_free(ids);
        context_clear(&context);
        return false;
    }
    document_forget(document);
    DwResult result;
    result_take(&result, &context, ids,
                strcmp(dw_document_text(before, NULL), dw_document_text(document, NULL)) != 0);
    if (ret_result)
        *ret_result = result;
    else
        dw_result_clear(&result);
    return true;
}

/* ---- Building ---- */

static GPtrArray *edits_for_building(const DwSettings *settings, const GPtrArray *devices,
                                     const char *preset)
{
    GPtrArray *edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwEdit *set = dw_edit_new(DW_VERB_SET, "", "", dw_settings_copy(settings), NULL);

    g_ptr_array_add(edits, set);
    if (preset && *preset) {
        /* What is asked for by name goes over the preset. */
        g_ptr_array_add(edits, dw_edit_new(DW_VERB_PRESET, "", preset, NULL, NULL));
        g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", dw_settings_copy(settings), NULL));
    }
    for (guint i = 0; devices && i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        g_ptr_array_add(edits, dw_edit_new(DW_VERB_ADD, device->kind, "",
                                           dw_settings_copy(device->properties), NULL));
    }
    return edits;
}

DwDocument *dw_build(const DwSettings *settings, const GPtrArray *devices, const char *preset,
                     DwApplyFlags flags, const DwHost *host, DwResult *ret_result, GError **error)
{
    g_autoptr(DwDocument) document = dw_document_new();
    g_autoptr(GPtrArray) edits = edits_for_building(settings, devices, preset);
    char **ids = g_new0(char *, edits->len + 1);
    DwEditContext context;

    context_init(&context, document, flags | DW_APPLY_NEW, host);
    context.unnumbered = edits->len - (devices ? devices->len : 0);
    bool built = apply_all(&context, edits, ids, error) &&
                 preset_complete(&context, preset, error) && check_outcome(document, error) &&
                 judge(&context, NULL, edits, ids, error);
    DwResult result;
    for (guint i = 0; i < edits->len; i++)
        if (!ids[i])
            ids[i] = g_strdup("");
    result_take(&result, &context, ids, true);
    if (built && ret_result)
        *ret_result = result;
    else
        dw_result_clear(&result);
    if (!built)
        return NULL;
    document_forget(document);
    return g_steal_pointer(&document);
}
