/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A rebase reads the domain as it is now and merges what the draft changed with what was changed
 * there. It keeps nothing itself: the draft gets its new document on the main thread, as a whole.
 * The domain's secrets are placeholders on all sides, so that they are neither seen nor compared.
 * On workers.
 */
#include "operations/rebase.h"

#include <string.h>

bool options_prefer(const Options *options, DwPrefer *ret_prefer, GError **error)
{
    static const char *const names[] = {
        [DW_PREFER_NEITHER] = "", [DW_PREFER_MINE] = "mine", [DW_PREFER_THEIRS] = "theirs"};
    *ret_prefer = DW_PREFER_NEITHER;
    for (DwPrefer prefer = DW_PREFER_MINE; options->prefer && prefer < G_N_ELEMENTS(names);
         prefer++) {
        if (strcmp(options->prefer, names[prefer]) == 0)
            *ret_prefer = prefer;
    }
    if (*ret_prefer || !options->prefer)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Option prefer: \"%s\" is none of mine, theirs.", options->prefer);
    return false;
}

static DwDocument *parse(const char *text, GError **error)
{
    return dw_document_parse(text, strlen(text), error);
}

static bool has_errors(const GPtrArray *problems)
{
    g_autofree char *messages = dw_problems_join(problems);
    return *messages != '\0';
}

static bool add_diff(ChangeOperation *change, const DwDocument *before, const DwDocument *after,
                     GError **error)
{
    if (!change->base.options.dry_run && !change->base.options.diff)
        return true;
    g_autofree char *old = dw_document_redacted(before);
    g_autofree char *new = dw_document_redacted(after);
    change->diff = operation_answer(dw_diff(old, new), error);
    return change->diff != NULL;
}

static void digest(const DwDocument *document, char ret_revision[static REVISION_TEXT])
{
    size_t length;
    const char *text = dw_document_text(document, &length);
    revision_of(NULL, text, length, ret_revision);
}

static bool is_among(const DwProblem *problem, const GPtrArray *others)
{
    for (guint i = 0; i < others->len; i++) {
        const DwProblem *other = others->pdata[i];
        if (strcmp(problem->rule, other->rule) == 0 && strcmp(problem->kind, other->kind) == 0 &&
            strcmp(problem->id, other->id) == 0 && strcmp(problem->key, other->key) == 0)
            return true;
    }
    return false;
}

/* Only what is wrong with neither side alone came of putting them together. */
static void add_broken_rules(RebaseOperation *rebase, const DwDocument *ours,
                             const DwDocument *theirs, const DwHost *host)
{
    g_autoptr(GPtrArray) found = dw_validate(rebase->document, host);
    g_autoptr(GPtrArray) own = dw_validate(ours, host), other = dw_validate(theirs, host);
    while (found->len > 0) {
        DwProblem *problem = g_ptr_array_steal_index(found, 0);
        if (is_among(problem, own) || is_among(problem, other))
            dw_problem_free(problem);
        else
            g_ptr_array_add(rebase->change.problems, problem);
    }
}

/* Takes merged. */
static bool finish(RebaseOperation *rebase, Virt *virt, const DwDocument *ours,
                   const DwDocument *theirs, DwDocument *merged, GError **error)
{
    ChangeOperation *change = &rebase->change;
    g_auto(HostView) view = {0};
    rebase->document = merged;
    operation_view(&change->base, virt, merged, &view);
    add_broken_rules(rebase, ours, theirs, &view.host);
    digest(merged, change->revision);
    dw_changes_between(ours, merged, &rebase->differences);
    rebase->compared = true;
    return add_diff(change, ours, merged, error);
}

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    RebaseOperation *rebase = (RebaseOperation *)operation;
    ChangeOperation *change = &rebase->change;
    g_autoptr(DwDocument) domain = operation_document(operation, NULL, virt, error);
    if (!domain)
        return false;
    operation_revision(operation, virt, domain, rebase->base_revision);
    g_autofree char *now = dw_document_redacted(domain);
    g_autoptr(DwDocument) theirs = parse(now, error);
    g_autoptr(DwDocument) base = theirs ? parse(rebase->base_text, error) : NULL;
    g_autoptr(DwDocument) ours = base ? parse(rebase->xml, error) : NULL;
    if (!ours)
        return false;
    g_autoptr(DwDocument) merged =
        dw_merge(base, ours, theirs, rebase->prefer, change->problems, error);
    if (!merged)
        return false;
    digest(ours, change->revision);
    if (!rebase->prefer && has_errors(change->problems))
        return true;
    change->changed = strcmp(rebase->xml, dw_document_text(merged, NULL)) != 0;
    rebase->new_base = g_steal_pointer(&now);
    return finish(rebase, virt, ours, theirs, g_steal_pointer(&merged), error);
}

static void clear(Operation *operation)
{
    RebaseOperation *rebase = (RebaseOperation *)operation;
    change_operation_clear(&rebase->change);
    secret_text_free(rebase->base_text);
    secret_text_free(rebase->xml);
    secret_text_free(rebase->new_base);
    dw_document_free(rebase->document);
    if (rebase->compared)
        dw_changes_clear(&rebase->differences);
}

static const OperationType rebase_type = {
    .name = "rebase",
    .size = sizeof(RebaseOperation),
    .run = run,
    .clear = clear,
    .first = GRANT_READ,
    .connection = CONNECTION_ALWAYS,
    .timeout = OPERATION_TIMEOUT,
    .defines = true,
};

RebaseOperation *rebase_operation_new(const char *base_text, const char *xml)
{
    RebaseOperation *rebase = change_operation_new(&rebase_type);
    rebase->base_text = g_strdup(base_text);
    rebase->xml = g_strdup(xml);
    return rebase;
}
