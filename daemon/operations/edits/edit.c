/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing one document. The plan says what the document would be; the act makes it so after
 * reading the document once more, to see that it is still the one the plan was made from. Between
 * the two a caller may have to be authorised for what the plan would do (plan.h).
 *
 * A new way to edit is a row of `ways` and the function it names. Run by workers, for small drafts
 * by the main thread; prepare() and settle() are for the main thread.
 */
#include "operations/edits/edit.h"

#include <string.h>

#include "base/error.h"
#include "host/host.h"
#include "operations/define-on-host.h"
#include "operations/edits/edit-live.h"
#include "operations/edits/edit-machine.h"
#include "operations/edits/edit-settle.h"
#include "operations/edits/edit-sides.h"
#include "operations/edits/edit-stored.h"
#include "operations/edits/rename.h"
#include "operations/history-entry.h"
#include "operations/history-read.h"
#include "operations/references.h"
#include "operations/stored.h"
#include "operations/validation.h"

static bool same_text(const DwDocument *a, const DwDocument *b)
{
    size_t a_length, b_length;
    const char *a_text = dw_document_text(a, &a_length);
    const char *b_text = dw_document_text(b, &b_length);
    return a_length == b_length && memcmp(a_text, b_text, a_length) == 0;
}

static bool on_draft(const EditOperation *edit)
{
    return operation_on_draft(&edit->change.base);
}

/* ---- Ways to make the new document ---- */

static DwApplyFlags flags_of(const EditOperation *edit)
{
    const Options *options = &edit->change.base.options;
    return (options->dry_run ? DW_APPLY_DRY : 0) | (options->cascade ? DW_APPLY_CASCADE : 0) |
           (on_draft(edit) ? DW_APPLY_DRAFT : DW_APPLY_DOMAIN);
}

static bool make_applied(EditOperation *edit, DocumentChange *config, const DwHost *host,
                         GError **error)
{
    DwApplyFlags flags =
        flags_of(edit) | (config == &edit->change.plan->live ? DW_APPLY_RUNNING : 0);
    edit->change.gives_secret = dw_edits_give_secret(edit->edits);
    return dw_apply(config->after, edit->edits, flags, host, &edit->change.result, error);
}

static bool make_metadata(EditOperation *edit, DocumentChange *config, const DwHost *host,
                          GError **error)
{
    return dw_metadata_set(config->after, edit->uri, edit->xml, error);
}

static bool make_replaced(EditOperation *edit, DocumentChange *config, const DwHost *host,
                          GError **error)
{
    dw_document_free(config->after);
    config->after = dw_document_parse(edit->xml, strlen(edit->xml), error);
    edit->change.gives_secret = config->after && dw_document_gives_secret(config->after);
    return config->after && dw_document_keep_secrets(config->after, config->before, error);
}

static bool make_imported(EditOperation *edit, DocumentChange *config, const DwHost *host,
                          GError **error)
{
    dw_document_free(config->after);
    config->after = dw_document_parse(edit->xml, strlen(edit->xml), error);
    return config->after != NULL;
}

/* A domain that was renamed since keeps its name, and its secrets are those it has now. */
static bool make_restored(EditOperation *edit, DocumentChange *config, const DwHost *host,
                          GError **error)
{
    GPtrArray *problems = edit->change.problems;
    g_autofree char *text =
        history_read_text(&edit->change.base, edit->history, edit->restored, error);
    DwDocument *restored = text ? dw_document_parse(text, strlen(text), error) : NULL;
    if (!restored)
        return false;
    dw_document_free(config->after);
    config->after = restored;
    g_autofree char *name = dw_get_string(config->before, "name");
    g_autofree char *earlier = dw_get_string(restored, "name");
    if (g_strcmp0(name, earlier) != 0) {
        if (!document_set(restored, "name", name, host, 0, error))
            return false;
        validation_warn(problems, "restore-name", "The domain keeps the name it has now.");
    }
    g_autoptr(GPtrArray) lost = dw_document_recover_secrets(restored, config->before);
    warn_of_lost_secrets(lost, problems);
    return true;
}

static bool make_renamed(EditOperation *edit, DocumentChange *config, const DwHost *host,
                         GError **error)
{
    return rename_plan(&edit->change, edit->uri, edit->name, host, error);
}

typedef struct {
    EditMake *make;
    bool checks_rules; /* make() does not check the model's rules; it may change the machine */
    bool unjudged;     /* nobody does, so what the host can do does not matter */
    bool renames;
} Way;

static const Way ways[] = {
    [EDIT_APPLY] = {make_applied},
    [EDIT_SET_METADATA] = {make_metadata, .unjudged = true},
    [EDIT_REPLACE] = {make_replaced, .checks_rules = true},
    [EDIT_IMPORT] = {make_imported, .unjudged = true},
    [EDIT_RENAME] = {make_renamed, .renames = true},
    [EDIT_RESTORE] = {make_restored, .checks_rules = true},
};

/* ---- The plan ---- */

static bool check_revision(const EditOperation *edit, const char *revision, GError **error)
{
    const char *expected = edit->change.base.options.expected_revision;
    if (!expected || strcmp(expected, revision) == 0)
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
                "The configuration was changed: its revision is %s, not %s; %s.", revision,
                expected, edit->of_draft ? "Rebase brings the draft onto that" : "read it again");
    return false;
}

static void check_rules(EditOperation *edit, Virt *virt)
{
    const DocumentChange *config = &edit->change.plan->config;
    g_auto(HostView) view = {0};
    operation_view(&edit->change.base, virt, config->after, &view);
    validation_rules(config->before, config->after, &view.host, edit->change.problems);
}

static void check_document(EditOperation *edit, Virt *virt, const DwHost *host)
{
    ChangePlan *plan = edit->change.plan;
    const DocumentChange *config = &plan->config;
    GPtrArray *problems = edit->change.problems;
    guint first = problems->len;
    if (ways[edit->way].checks_rules)
        check_rules(edit, virt);
    if (on_draft(edit))
        return;
    plan->schema_checked =
        validation_schema(config->before, config->after, host->libvirt_version, problems);
    if (edit->way == EDIT_APPLY)
        dw_problems_assign(problems, first, edit->edits, edit->change.result.ids,
                           !edit->change.base.options.dry_run);
    references_check(virt, config->before, config->after, problems);
}

/* Of a running domain in which nothing is to be done there is no later document. */
static bool add_diff(EditOperation *edit, const DocumentChange *config, GError **error)
{
    ChangeOperation *change = &edit->change;
    if (!change->base.options.dry_run && !change->base.options.diff)
        return true;
    if (!config->after) {
        change->diff = g_strdup("");
        return true;
    }
    change->diff = operation_answer(
        stored_diff(change, config, config->after, edit->way == EDIT_APPLY ? edit->edits : NULL),
        error);
    return change->diff != NULL;
}

static bool is_changed(const EditOperation *edit, const DocumentChange *config)
{
    return !same_text(config->before, config->after) || edit_is_veiled(edit);
}

static bool plan_config(EditOperation *edit, const DwHost *host, GError **error)
{
    DocumentChange *config = &edit->change.plan->config;
    if (edit->change.affect == AFFECT_LIVE)
        return true;
    return ways[edit->way].make(edit, config, host, error) &&
           (on_draft(edit) || ways[edit->way].renames ||
            validation_identity(config->before, config->after, edit->change.problems,
                                edit->change.base.options.dry_run, error));
}

/* Takes before. */
static bool make_plan(EditOperation *edit, Virt *virt, DwDocument *before, const char *revision,
                      GError **error)
{
    ChangeOperation *change = &edit->change;
    bool dry_run = change->base.options.dry_run;
    change->plan = g_new0(ChangePlan, 1);
    DocumentChange *config = &change->plan->config;
    config->before = before;
    g_strlcpy(config->revision, revision, sizeof config->revision);
    if (!check_revision(edit, config->revision, error))
        return false;
    config->after = dw_document_copy(config->before);
    g_auto(HostView) view = {0};
    edit_machine_view(edit, virt, config->before, flags_of(edit), &view);
    if (!ways[edit->way].unjudged && operation_defer(&change->base, &view)) {
        plan_forget(change);
        return true;
    }
    if (edit_live_adds(edit) && !edit_live_read(edit, virt, error))
        return false;
    view.host.running = change->plan->live.before;
    if (!plan_config(edit, &view.host, error) ||
        (change->affect != AFFECT_CONFIG &&
         !edit_live_plan(edit, ways[edit->way].make, virt, &view.host, error)))
        return false;
    change_take_problems(change);
    if (!ways[edit->way].unjudged)
        operation_tell_silence(&change->base, &view, change->problems);
    change->config_changed = change->affect != AFFECT_LIVE && is_changed(edit, config);
    if (change->config_changed)
        check_document(edit, virt, &view.host);
    const DocumentChange *shown = change->affect == AFFECT_LIVE ? &change->plan->live : config;
    if (!add_diff(edit, shown, error) || (!dry_run && !validation_check(change->problems, error)))
        return false;
    change->changed = change->config_changed || edit_live_changes(change);
    if (dry_run)
        edit_foresee(edit, virt);
    plan_complete(change, virt);
    memcpy(change->revision, config->revision, sizeof change->revision);
    return true;
}

/* From what the document is now. */
static bool plan_from_current(EditOperation *edit, Virt *virt, DwDocument *before, GError **error)
{
    char revision[REVISION_TEXT];
    if (!before)
        return false;
    operation_revision(&edit->change.base, virt, before, revision);
    return make_plan(edit, virt, before, revision, error);
}

static bool plan_from_text(EditOperation *edit, Virt *virt, GError **error)
{
    char revision[REVISION_TEXT];
    DwDocument *before = dw_document_parse_again(edit->known, strlen(edit->known));
    revision_text(&edit->known_mark, revision);
    return make_plan(edit, virt, before, revision, error);
}

/* From what the documents were when they were last read; the running one is read now unless the
 * plan is one for which that does not matter. */
static bool plan_from_known(EditOperation *edit, Virt *virt, GError **error)
{
    if (edit->known_running) {
        if (plan_from_text(edit, virt, NULL) && edit_live_is_plain(edit))
            return true;
        plan_forget(&edit->change);
        g_clear_pointer(&edit->known_running, secret_text_free);
    }
    return plan_from_text(edit, virt, error);
}

/* The configuration is not to change, so it is what it is known to be, unless that does not do. */
static bool plan_running_only(EditOperation *edit, Virt *virt, GError **error)
{
    if (plan_from_known(edit, virt, NULL))
        return true;
    plan_forget(&edit->change);
    DwDocument *before = operation_document(&edit->change.base, &edit->source, virt, error);
    return plan_from_current(edit, virt, before, error);
}

/* ---- The act ---- */

static bool act_on_draft(EditOperation *edit)
{
    DocumentChange *config = &edit->change.plan->config;
    size_t length;
    const char *text = dw_document_text(config->after, &length);
    revision_of(NULL, text, length, edit->change.revision);
    edit_note_differences(edit, config->before, config->after);
    g_free(edit->source.text);
    edit->source.text = g_strdup(text);
    dw_document_free(edit->source.document);
    edit->source.document = g_steal_pointer(&config->after);
    return true;
}

static bool is_to_act(const EditOperation *edit)
{
    return edit->change.changed && !edit->change.base.options.dry_run &&
           edit->change.step != STEP_PLAN;
}

/* Reads the document once more, as late as can be: libvirt cannot define a domain on the condition
 * that it is still what it was. The disk writes the history meanwhile. Unless this fails,
 * definitions are being counted from here on. */
static char *read_base(EditOperation *edit, Virt *virt, Redefinition *redefinition, GError **error)
{
    const char *uuid = edit->change.base.uuid;
    if (is_to_act(edit) && edit->change.config_changed) {
        const DocumentChange *config = &edit->change.plan->config;
        edit->ahead = history_entry_ahead(edit->history, &edit->change.base, edit->origin,
                                          config->revision, config->before);
    }
    redefinition_begin(edit->watch, redefinition, uuid);
    char *text = virt_domain_xml(virt, uuid, false, error);
    if (!text) {
        redefinition_end(edit->watch, redefinition, false);
        g_clear_pointer(&edit->ahead, history_ahead_cancel);
    }
    return text;
}

static bool check_base(const EditOperation *edit, const char *now, GError **error)
{
    if (strcmp(now, dw_document_text(edit->change.plan->config.before, NULL)) == 0)
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
                "The configuration was changed by another program at the same time; try again.");
    return false;
}

/* Has libvirt do what was planned; the domain's uuid. */
static char *commit(EditOperation *edit, Task *task, Virt *virt, GError **error)
{
    const ChangePlan *plan = edit->change.plan;
    if (!operation_commits(&edit->change.base, task, error))
        return NULL;
    return ways[edit->way].renames ? rename_on_host(plan, virt, error)
                                   : define_on_host(plan, virt, error);
}

static bool keep_before(EditOperation *edit, HistoryEntry *entry, GError **error)
{
    const Operation *base = &edit->change.base;
    const DocumentChange *config = &edit->change.plan->config;
    GPtrArray *problems = edit->change.problems;
    return edit->ahead ? history_entry_join(entry, edit->history, base,
                                            g_steal_pointer(&edit->ahead), problems, error)
                       : history_entry_begin(entry, edit->history, base, edit->origin,
                                             config->revision, config->before, problems, error);
}

/* Defines what was planned and reads it back. */
static char *redefine(EditOperation *edit, Task *task, Virt *virt, HistoryEntry *entry,
                      GError **error)
{
    const Operation *base = &edit->change.base;
    if (!plan_check(&edit->change, error) || !keep_before(edit, entry, error))
        return NULL;
    GError *failure = NULL;
    g_autofree char *uuid = commit(edit, task, virt, &failure);
    char *text = uuid ? read_back(virt, base->uuid, &failure) : NULL;
    if (failure) {
        history_entry_failed(entry, base, failure);
        g_propagate_error(error, failure);
    }
    return text;
}

static bool act_on_running_only(EditOperation *edit, Task *task, Virt *virt, GError **error)
{
    memcpy(edit->change.revision, edit->change.plan->config.revision, REVISION_TEXT);
    return plan_check(&edit->change, error) && operation_commits(&edit->change.base, task, error) &&
           edit_live_act(edit, virt, NULL, NULL, error);
}

/* now: the document as read_base() read it; ends the counting of definitions. */
static bool act_on_domain(EditOperation *edit, Task *task, Virt *virt, const char *now,
                          Redefinition *redefinition, GError **error)
{
    ChangeOperation *change = &edit->change;
    HistoryEntry entry = {0};
    char *text = check_base(edit, now, error) ? redefine(edit, task, virt, &entry, error) : NULL;
    bool overwrote = redefinition_end(edit->watch, redefinition, text != NULL);
    change->overwrote = overwrote && !change->plan->settled; /* that is a definition of ours, too */
    if (!text)
        return false;
    if (change->overwrote)
        validation_warn(change->problems, "overwritten",
                        "another program redefined the domain at the same moment; what it changed "
                        "may have been overwritten");
    change->applied = affect_name(AFFECT_CONFIG);
    bool restored = false;
    if (edit_live_changes(change) && !edit_live_act(edit, virt, text, &restored, error)) {
        if (restored)
            history_entry_undone(&entry, change->plan->config.revision,
                                 change->plan->config.before);
        else
            history_entry_interrupted(&entry, &change->base);
        g_free(text);
        return false;
    }
    edit_take_stored(edit, virt, text, &entry);
    return true;
}

/* The plan is made from the known document, and reading the document before the act shows whether
 * it is still that one: if not, the plan is made again. ret_now: for act_on_domain(), or NULL. */
static bool plan_known(EditOperation *edit, Virt *virt, char **ret_now, Redefinition *redefinition,
                       GError **error)
{
    g_autoptr(GError) failure = NULL;
    bool planned = plan_from_known(edit, virt, &failure);
    g_autofree char *now = read_base(edit, virt, redefinition, error);
    if (!now)
        return false;
    if (strcmp(now, edit->known) == 0 && planned && is_to_act(edit) &&
        edit->change.config_changed) {
        *ret_now = g_steal_pointer(&now);
        return true;
    }
    g_clear_pointer(&edit->ahead, history_ahead_cancel);
    redefinition_end(edit->watch, redefinition, false);
    if (strcmp(now, edit->known) == 0) {
        if (!planned)
            g_propagate_error(error, g_steal_pointer(&failure));
        return planned;
    }
    plan_forget(&edit->change);
    g_clear_pointer(&edit->known_running, secret_text_free);
    return plan_from_current(edit, virt, dw_document_parse(now, strlen(now), error), error);
}

static bool plan(EditOperation *edit, Virt *virt, char **ret_now, Redefinition *redefinition,
                 GError **error)
{
    if (edit->change.step == STEP_ACT)
        return true;
    if (edit->known && edit->change.affect == AFFECT_LIVE)
        return plan_running_only(edit, virt, error);
    if (edit->known)
        return plan_known(edit, virt, ret_now, redefinition, error);
    DwDocument *before = operation_document(&edit->change.base, &edit->source, virt, error);
    return plan_from_current(edit, virt, before, error);
}

/* The guest was asked to let devices go, and has answered or is not waited for any longer. The
 * domain's lane was free meanwhile: another edit may have followed. */
static bool finish(EditOperation *edit, Virt *virt, GError **error)
{
    const Operation *base = &edit->change.base;
    bool restored = false;
    if (!edit_live_finish(edit, virt, &restored, error)) {
        HistoryEntry entry = {edit->history, base->uuid, restored && edit->history};
        const DocumentChange *config = &edit->change.plan->config;
        history_entry_undone(&entry, config->revision, config->before);
        return false;
    }
    g_autofree char *now = edit->ours ? virt_domain_xml(virt, base->uuid, false, NULL) : NULL;
    if (edit->ours && g_strcmp0(now, edit->ours) != 0)
        domain_snapshot_clear(&edit->change.stored);
    return true;
}

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    EditOperation *edit = (EditOperation *)operation;
    g_autofree char *now = NULL;
    Redefinition redefinition;
    if (edit->answers)
        return finish(edit, virt, error);
    if (ways[edit->way].renames && edit->change.step != STEP_ACT &&
        !rename_check(virt, operation->uuid, edit->name, error))
        return false;
    GError *refusal = NULL;
    bool planned = plan(edit, virt, &now, &redefinition, &refusal);
    edit_sides_tell(edit, virt, refusal);
    if (refusal)
        g_propagate_error(error, refusal);
    if (!planned || !is_to_act(edit))
        return planned;
    if (on_draft(edit))
        return act_on_draft(edit);
    if (!edit->change.config_changed)
        return act_on_running_only(edit, task, virt, error);
    if (!now)
        now = read_base(edit, virt, &redefinition, error);
    bool done = now && act_on_domain(edit, task, virt, now, &redefinition, error);
    g_clear_pointer(&edit->ahead, history_ahead_cancel);
    return done;
}

/* ---- Main thread ---- */

static OperationNext next(const Operation *operation)
{
    const EditOperation *edit = (const EditOperation *)operation;
    return edit->asked && !edit->answers ? NEXT_WAIT : change_next(operation);
}

static bool has_answered(const Operation *operation, const Domain *domain)
{
    return edit_live_answered((const EditOperation *)operation);
}

static uint64_t patience(const Operation *operation)
{
    return options_timeout(&operation->options);
}

static bool go_on(Operation *operation, const Domain *domain, bool stopping, GError **error)
{
    ((EditOperation *)operation)->answers = true;
    return true;
}

static const OperationWait edit_wait = {has_answered, patience, go_on};

static DocumentSource *source(Operation *operation)
{
    return &((EditOperation *)operation)->source;
}

static void clear(Operation *operation)
{
    EditOperation *edit = (EditOperation *)operation;
    change_operation_clear(&edit->change);
    document_source_clear(&edit->source);
    domain_snapshot_clear(&edit->running);
    definition_watch_unref(edit->watch);
    removal_watch_unref(edit->removals);
    g_clear_pointer(&edit->baselines, baselines_unref);
    secret_text_free(edit->ours);
    history_clear(edit->history);
    secret_text_free(edit->known);
    secret_text_free(edit->known_running);
    g_clear_pointer(&edit->edits, g_ptr_array_unref);
    g_free(edit->uri);
    g_free(edit->restored);
    secret_text_free(edit->xml);
    g_free(edit->name);
    if (edit->compared)
        dw_changes_clear(&edit->differences);
}

static const OperationType edit_type = {
    .name = "edit",
    .size = sizeof(EditOperation),
    .run = run,
    .clear = clear,
    .source = source,
    .prepare = edit_prepare,
    .next = next,
    .wait = &edit_wait,
    .settle = edit_settle,
    .first = GRANT_READ,
    .change = CHANGE_MODIFY,
    .connection = CONNECTION_FOR_DOMAINS,
    .timeout = OPERATION_TIMEOUT,
    .defines = true,
    .serialised = true,
};

EditOperation *edit_operation_new(EditWay way)
{
    EditOperation *edit = change_operation_new(&edit_type);
    edit->way = way;
    edit->run_id = -1;
    edit->origin = way == EDIT_RESTORE ? HISTORY_RESTORE : HISTORY_DOMWRIGHT;
    return edit;
}
