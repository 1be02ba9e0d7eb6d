/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The undo frame round a set of edits, and the judgement of its outcome by the rules: an edit
 * answers for the errors it causes or leaves in what it touches, not for older ones.
 */
#include <string.h>

#include "edit.h"
#include "rules.h"

static bool same_problem(const DwProblem *a, const DwProblem *b)
{
    return strcmp(a->rule, b->rule) == 0 && strcmp(a->kind, b->kind) == 0 &&
           strcmp(a->id, b->id) == 0 && strcmp(a->key, b->key) == 0 &&
           strcmp(a->value, b->value) == 0;
}

static bool is_touched(const DwProblem *problem, const GPtrArray *edits, char **ids)
{
    for (guint i = 0; i < edits->len; i++) {
        const DwEdit *edit = edits->pdata[i];
        if (*problem->kind && strcmp(problem->kind, edit->kind) == 0 &&
            (strcmp(problem->id, edit->id) == 0 || strcmp(problem->id, ids[i]) == 0))
            return true;
        if (!*problem->kind && *problem->key && edit->verb == DW_VERB_SET &&
            dw_settings_get(edit->values, problem->key))
            return true;
    }
    return false;
}

static bool contains_problem(const GPtrArray *problems, const DwProblem *problem)
{
    for (guint i = 0; i < problems->len; i++)
        if (same_problem(problems->pdata[i], problem))
            return true;
    return false;
}

/* A draft may still lack what a domain needs. */
static bool is_tolerated(const DwProblem *problem, DwApplyFlags flags)
{
    return (flags & DW_APPLY_DRAFT) && g_str_has_suffix(problem->rule, "-required");
}

static bool refuse_problems(const GPtrArray *errors, GError **error)
{
    GString *message = g_string_new(NULL);
    bool host_only = true;

    for (guint i = 0; i < errors->len; i++) {
        const DwProblem *problem = errors->pdata[i];
        host_only &= g_str_has_prefix(problem->rule, "host-");
        g_string_append_printf(message, "%s%s", i ? "\n" : "", problem->message);
    }
    g_set_error_literal(error, DW_ERROR, host_only ? DW_ERROR_UNSUPPORTED : DW_ERROR_INVALID,
                        message->str);
    g_string_free(message, TRUE);
    return false;
}

/* Moves to context->problems what the result is to say; false when the edit must be refused. */
static bool judge(DwEditContext *context, const DwDocument *before, const GPtrArray *edits,
                  char **ids, GError **error)
{
    g_autoptr(GPtrArray) reporters = g_ptr_array_new();
    g_autoptr(GPtrArray) after = rules_validate(context->document, context->host, reporters, NULL);
    g_autoptr(GPtrArray) old = NULL;
    g_autoptr(GPtrArray) errors = g_ptr_array_new();
    bool dry = context->flags & DW_APPLY_DRY;

    for (guint i = 0; i < after->len; i++) {
        DwProblem *problem = after->pdata[i];
        if (!old && before)
            old = rules_validate(before, context->host, NULL, reporters);
        bool own = !old || !contains_problem(old, problem) || is_touched(problem, edits, ids);
        if (own && problem->severity == DW_SEVERITY_ERROR && !dry &&
            !is_tolerated(problem, context->flags))
            g_ptr_array_add(errors, problem);
        if (!own && problem->severity == DW_SEVERITY_ERROR && !dry)
            problem->severity = DW_SEVERITY_WARNING;
        else if (!own && !dry)
            continue;
        g_ptr_array_add(context->problems, problem);
        after->pdata[i] = NULL;
    }
    bool fine = errors->len == 0 || refuse_problems(errors, error);
    for (guint i = 0; i < after->len; i++)
        if (after->pdata[i])
            dw_problem_free(after->pdata[i]);
    g_ptr_array_set_free_func(after, NULL);
    return fine;
}

static bool apply_all(DwEditContext *context, const GPtrArray *edits, char **ids, GError **error)
{
    for (guint i = 0; i < edits->len; i++) {
        GError *fault = NULL;
        if (!edit_apply(context, edits->pdata[i], &ids[i], &fault)) {
            if (edits->len > 1)
                g_prefix_error(&fault, "Edit %u: ", i + 1);
            g_propagate_error(error, fault);
            return false;
        }
        if (!ids[i])
            ids[i] = g_strdup("");
    }
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
                        .skipped = g_ptr_array_new_with_free_func(g_free)};
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

static void result_take(DwResult *result, DwEditContext *context, char **ids, bool changed)
{
    *result = (DwResult){.changed = changed,
                         .ids = ids,
                         .problems = g_steal_pointer(&context->problems),
                         .skipped = g_steal_pointer(&context->skipped)};
}

static void context_clear(DwEditContext *context)
{
    g_clear_pointer(&context->problems, g_ptr_array_unref);
    g_clear_pointer(&context->skipped, g_ptr_array_unref);
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
    bool built = apply_all(&context, edits, ids, error) && check_outcome(document, error) &&
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
