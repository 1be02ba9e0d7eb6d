/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The running side of an edit: the same edit in the running document gives the steps
 * (live/steps.h), which are done after the new configuration is defined, because that can be taken
 * back exactly and a running guest cannot always. Used by edit.c, on workers.
 */
#include "operations/edits/edit-live.h"

#include <string.h>

#include "base/error.h"
#include "operations/edits/edit-ids.h"
#include "operations/edits/edit-places.h"
#include "operations/edits/edit-refuse.h"
#include "operations/edits/edit-split.h"
#include "operations/edits/edit-whole.h"
#include "operations/live/act.h"
#include "operations/live/address.h"
#include "operations/live/ask-host.h"
#include "operations/live/device.h"
#include "operations/live/network.h"
#include "operations/live/problem.h"
#include "operations/live/steps.h"
#include "operations/live/tuning.h"
#include "operations/stored.h"
#include "operations/validation.h"

/* ---- The plan ---- */

/* The edit cannot be made in the running document, so all of it waits. */
static void all_waits(EditOperation *edit)
{
    DocumentChange *config = &edit->change.plan->config;
    g_autoptr(GPtrArray) impossible =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    LiveDifference difference = {.before = config->before, .after = config->after};
    g_autoptr(GPtrArray) steps = live_steps_of(&difference, impossible);
    live_add_step_names(edit->change.waiting, steps);
    edit_refuse_take(edit, impossible);
}

bool edit_live_adds(const EditOperation *edit)
{
    Affect affect = edit->change.affect;
    for (guint i = 0; edit->edits && i < edit->edits->len; i++)
        if (((const DwEdit *)edit->edits->pdata[i])->verb == DW_VERB_ADD)
            return affect == AFFECT_BOTH || affect == AFFECT_AUTO;
    return false;
}

/* What the configuration got by default, the running domain is to get as well: a device has one id,
 * and one address of an interface, on both sides. */
static GPtrArray *edits_as_made(const EditOperation *edit)
{
    const ChangeOperation *change = &edit->change;
    GPtrArray *edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_autoptr(GPtrArray) devices = dw_get_devices(change->plan->config.after, "", true, NULL);
    for (guint i = 0; i < edit->edits->len; i++) {
        const DwEdit *given = edit->edits->pdata[i];
        const DwDevice *made = given->verb == DW_VERB_ADD && change->result.ids
                                   ? live_device_find(devices, given->kind, change->result.ids[i])
                                   : NULL;
        const DwSettings *values = made ? made->properties : given->values;
        g_ptr_array_add(edits,
                        dw_edit_new(given->verb, given->kind, given->id, dw_settings_copy(values),
                                    (const char *const *)given->unset));
    }
    return edits;
}

/* ---- The running document ---- */

/* The same edit in the running document; its own result counts only where nothing else is edited.
 * edits: in the place of the edit's own. */
static bool make_running(EditOperation *edit, EditMake *make, GPtrArray *edits, const DwHost *host,
                         GPtrArray *impossible, GError **error)
{
    ChangeOperation *change = &edit->change;
    DocumentChange *live = &change->plan->live;
    DwResult result = change->result;
    GPtrArray *given = edit->edits;
    bool dry_run = change->base.options.dry_run;
    change->result = (DwResult){0};
    edit->edits = edits;
    /* What the configuration cannot take is told of that; here it counts whether all can be done.
     */
    change->base.options.dry_run = dry_run && change->affect == AFFECT_LIVE;
    bool made = edit_is_whole(edit)
                    ? edit_whole_merge(edit, make, host, impossible, error)
                    : make(edit, live, host, error) &&
                          live_check_limits(edits, live->before, live->after, host, error);
    change->base.options.dry_run = dry_run;
    edit->edits = given;
    if (change->affect == AFFECT_LIVE)
        return made;
    dw_result_clear(&change->result);
    change->result = result;
    return made;
}

/* What cannot be taken back is told beforehand where it could leave a half. */
static void warn_of_finals(ChangeOperation *change)
{
    guint finals = 0;
    for (guint i = 0; i < change->plan->steps->len; i++)
        finals += ((const LiveStep *)change->plan->steps->pdata[i])->class == LIVE_FINAL;
    if (finals > 1)
        validation_warn(change->problems, "live.final",
                        "More than one device is to be removed from the running domain: when its "
                        "guest lets one go and refuses another, the first is not put back.");
}

static void note_live_changes(ChangePlan *plan, const DwDocument *after)
{
    if (plan->live_compared)
        dw_changes_clear(&plan->live_changes);
    dw_changes_between(plan->live.before, after, &plan->live_changes);
    plan->live_compared = true;
}

static void find_steps(EditOperation *edit, Virt *virt, const DwHost *host, GPtrArray *impossible)
{
    ChangeOperation *change = &edit->change;
    ChangePlan *plan = change->plan;
    LiveDifference difference = {plan->live.before, plan->live.after, change->base.options.force,
                                 host->libvirt_version};
    note_live_changes(plan, plan->live.after);
    /* What libvirt writes of its own into metadata, a prefix, is no difference. */
    plan->steps = edit->way == EDIT_SET_METADATA && plan->live_changes.other
                      ? live_steps_metadata(plan->live.before, edit->uri, edit->xml)
                      : live_steps_between(&difference, &plan->live_changes, impossible);
    if (plan->steps->len == 0 &&
        impossible->len == 0) { /* what libvirt alone writes is no change */
        dw_document_free(plan->live.after);
        plan->live.after = dw_document_copy(plan->live.before);
    }
    live_ask_host(virt, change->base.uuid, plan->live.before, plan->live.after, plan->steps,
                  impossible);
    edit_refuse_take(edit, impossible);
    warn_of_finals(change);
}

static DwDocument *running_document(const EditOperation *edit, Virt *virt, GError **error)
{
    const char *known = edit->known_running;
    if (known && edit->known_parses)
        return dw_document_parse_again(known, strlen(known));
    g_autofree char *text =
        known ? g_strdup(known) : virt_domain_xml(virt, edit->change.base.uuid, true, error);
    return text ? dw_document_parse(text, strlen(text), error) : NULL;
}

bool edit_live_read(EditOperation *edit, Virt *virt, GError **error)
{
    DocumentChange *live = &edit->change.plan->live;
    if (live->before)
        return true;
    live->before = running_document(edit, virt, error);
    if (live->before)
        live->after = dw_document_copy(live->before);
    return live->before != NULL;
}

/* Nothing of it is done in the running domain. Where the configuration has it already, the edits
 * tell what waits. */
static void leave_running(EditOperation *edit, GPtrArray *impossible)
{
    ChangeOperation *change = &edit->change;
    g_clear_pointer(&change->plan->live.after, dw_document_free);
    edit_refuse_take(edit, impossible);
    if (change->affect == AFFECT_AUTO)
        all_waits(edit);
    if (change->affect == AFFECT_AUTO && change->waiting->len == 0 && edit->edits)
        edit_split_add_names(edit->edits, change->result.ids, change->waiting);
}

/* ---- Parts of it ---- */

typedef struct {
    EditOperation *edit;
    EditMake *make;
    const DwHost *host;
} Trial;

static void list_impossible(const EditOperation *edit, const DwHost *host, GPtrArray *impossible)
{
    const DocumentChange *live = &edit->change.plan->live;
    LiveDifference difference = {live->before, live->after, edit->change.base.options.force,
                                 host->libvirt_version};
    g_ptr_array_unref(live_steps_of(&difference, impossible));
}

static bool fits(GPtrArray *edits, void *data)
{
    Trial *trial = data;
    DocumentChange *live = &trial->edit->change.plan->live;
    g_autoptr(GPtrArray) impossible =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    dw_document_free(live->after);
    live->after = dw_document_copy(live->before);
    if (!make_running(trial->edit, trial->make, edits, trial->host, impossible, NULL))
        return false;
    list_impossible(trial->edit, trial->host, impossible);
    return impossible->len == 0;
}

/* With affect "auto": makes what can be made in the running document; the rest waits. False: that
 * is nothing, or all hangs together. */
static bool make_parts(Trial *trial, const GPtrArray *edits)
{
    ChangeOperation *change = &trial->edit->change;
    g_autoptr(GPtrArray) renamed = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    if (change->affect != AFFECT_AUTO || !edits || !edit_ids_check_kept(trial->edit, renamed))
        return false;
    g_autoptr(GPtrArray) parts =
        edit_split_fitting(edits, change->result.ids, fits, trial, change->waiting);
    return parts && fits(parts, trial);
}

/* A device is sent as a whole, with what it cannot have. */
static bool is_held_back(const Trial *trial, const GPtrArray *edits)
{
    g_autoptr(GPtrArray) impossible =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    bool held = false;
    if (trial->edit->change.affect != AFFECT_AUTO || !edits)
        return false;
    list_impossible(trial->edit, trial->host, impossible);
    for (guint i = 0; i < impossible->len; i++)
        held |= live_is_held_back(impossible->pdata[i]);
    return held;
}

bool edit_live_plan(EditOperation *edit, EditMake *make, Virt *virt, const DwHost *host,
                    GError **error)
{
    ChangeOperation *change = &edit->change;
    GError *failure = NULL;
    g_autoptr(GPtrArray) impossible =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    if (!edit_live_read(edit, virt, error))
        return false;
    bool as_given = edit->edits && !edit_live_adds(edit);
    g_autoptr(GPtrArray) made = !edit->edits ? NULL
                                : as_given   ? g_ptr_array_ref(edit->edits)
                                             : edits_as_made(edit);
    g_autoptr(GPtrArray) edits = made ? edit_places_in_running(edit, made, impossible) : NULL;
    Trial trial = {edit, make, host};
    if (impossible->len > 0 || !edit_ids_check_leaving(edit, edits, impossible)) {
        leave_running(edit, impossible);
    } else if (make_running(edit, make, edits, host, impossible, &failure)) {
        bool kept = impossible->len == 0 && edit_ids_check_kept(edit, impossible);
        if (kept && is_held_back(&trial, edits) && !make_parts(&trial, edits))
            fits(edits, &trial);
        if (kept)
            find_steps(edit, virt, host, impossible);
        else
            leave_running(edit, impossible);
    } else if (change->affect == AFFECT_AUTO) {
        g_error_free(failure);
        if (make_parts(&trial, edits))
            find_steps(edit, virt, host, impossible);
        else
            leave_running(edit, impossible);
    } else {
        bool told = edit_refuse_running(edit, make, edits, host, failure, error);
        g_clear_pointer(&change->plan->live.after, dw_document_free);
        return told;
    }
    return true;
}

bool edit_live_changes(const ChangeOperation *change)
{
    return change->plan->steps && change->plan->steps->len > 0;
}

bool edit_live_is_plain(const EditOperation *edit)
{
    const GPtrArray *steps = edit->change.plan->steps;
    return steps && steps->len == 1 &&
           virt_live_is_plain(((const LiveStep *)steps->pdata[0])->change.call);
}

/* ---- The act ---- */

/* Nobody has changed the running domain since it was planned, but for the balloon, which moves by
 * itself. */
static bool check_running(const EditOperation *edit, Virt *virt, GError **error)
{
    if (edit->change.step != STEP_ACT)
        return true;
    g_autofree char *text = virt_domain_xml(virt, edit->change.base.uuid, true, error);
    if (text && strcmp(text, dw_document_text(edit->change.plan->live.before, NULL)) == 0)
        return true;
    g_autoptr(DwDocument) now = text ? dw_document_parse(text, strlen(text), error) : NULL;
    if (!now)
        return false;
    DwChanges changes;
    dw_changes_between(edit->change.plan->live.before, now, &changes);
    bool same = !changes.other && changes.devices->len == 0;
    for (char **key = changes.keys; *key; key++)
        same &= strcmp(*key, "currentMemory") == 0;
    dw_changes_clear(&changes);
    if (!same)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
                    "The running domain was changed by another program at the same time; try "
                    "again.");
    return same;
}

/* Defines the earlier configuration unless it is not the one we have just defined. */
static bool restore_config(const EditOperation *edit, Virt *virt, const char *ours)
{
    const DocumentChange *config = &edit->change.plan->config;
    g_autofree char *now = virt_domain_xml(virt, edit->change.base.uuid, false, NULL);
    if (!now || strcmp(now, ours) != 0)
        return false;
    g_autofree char *uuid = virt_define(virt, dw_document_body(config->before), false, NULL);
    return uuid != NULL;
}

static void tell_undone(GError *failure, bool restored, const GPtrArray *not_undone, bool runs)
{
    g_autofree char *text = failure->message;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < not_undone->len; i++)
        g_ptr_array_add(names, not_undone->pdata[i]);
    g_ptr_array_add(names, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    failure->message = g_strconcat(
        text,
        restored ? " The configuration is what it was." : " The configuration keeps the change.",
        !runs                 ? " The domain does not run any more."
        : not_undone->len > 0 ? " In the running domain this could not be taken back: "
                              : " The running domain is what it was.",
        runs ? list : "", runs && not_undone->len > 0 ? "." : "", NULL);
}

/* libvirt waits for the guest to open the tray, and gives up. */
static void tell_of_tray(const ChangeOperation *change, GError *failure)
{
    bool medium = false;
    for (guint i = 0; i < change->plan->steps->len; i++)
        medium |= ((const LiveStep *)change->plan->steps->pdata[i])->class == LIVE_GUEST;
    if (!medium || change->base.options.force || !strstr(failure->message, "tray"))
        return;
    g_autofree char *text = failure->message;
    failure->message = g_strconcat(
        text, " The guest has locked it; option force changes the medium all the same.", NULL);
}

/* The configuration stays; in the running domain so does what kept names. */
static void tell_kept(EditOperation *edit, const GError *failure, GPtrArray *kept)
{
    ChangeOperation *change = &edit->change;
    g_autofree char *text = g_strdup_printf("The running domain was not changed%s: %s",
                                            kept->len > 0 ? " as a whole" : "", failure->message);
    validation_warn(change->problems, "live.failed", text);
    for (guint i = 0; i < change->plan->steps->len; i++) {
        const LiveStep *step = change->plan->steps->pdata[i];
        if (!g_ptr_array_find_with_equal_func(kept, step->names[0], g_str_equal, NULL))
            live_add_names_of(change->waiting, step);
    }
    change->applied = affect_name(kept->len > 0 ? AFFECT_BOTH : AFFECT_CONFIG);
    g_ptr_array_extend_and_steal(change->not_undone, g_ptr_array_ref(kept));
    change->kept = true;
}

/* Of what was done, which the balloon is not: it moves by itself. */
static bool is_done(const DwProblem *problem, GPtrArray *done)
{
    g_autoptr(GPtrArray) name = g_ptr_array_new_with_free_func(g_free);
    live_add_name(name, problem);
    return strcmp(problem->rule, "not-stored") == 0 && strcmp(problem->key, "currentMemory") != 0 &&
           name->len > 0 &&
           g_ptr_array_find_with_equal_func(done, name->pdata[0], g_str_equal, NULL);
}

/* What is to be done is not in the running document now. */
static void compare_stored(EditOperation *edit, const DwDocument *now)
{
    ChangeOperation *change = &edit->change;
    g_autoptr(GPtrArray) done = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < change->plan->steps->len; i++) {
        const LiveStep *step = change->plan->steps->pdata[i];
        if (step->class != LIVE_FINAL)
            live_add_names_of(done, step);
    }
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    stored_find(change, &change->plan->live, now, NULL, found);
    while (found->len > 0) {
        DwProblem *problem = g_ptr_array_steal_index(found, 0);
        if (!is_done(problem, done) || live_network_says(change->plan->live.after, problem)) {
            dw_problem_free(problem);
            continue;
        }
        char *message = g_strconcat(IN_RUNNING, problem->message, NULL);
        g_free(problem->message);
        problem->message = message;
        g_ptr_array_add(change->problems, problem);
    }
    if (change->affect == AFFECT_LIVE)
        stored_show(change, &change->plan->live, now, edit->way == EDIT_APPLY ? edit->edits : NULL);
}

/* The running document is what was planned. */
static void take_planned(EditOperation *edit, const Virt *virt)
{
    char *text = g_strdup(dw_document_text(edit->change.plan->live.after, NULL));
    domain_snapshot_take_live_text(&edit->running, virt, text);
    edit->running.parses = true;
}

/* libvirt takes some changes for done that it did not make: the running document tells, which
 * mostly is what was planned. config: the configuration, where devices were attached to both. */
static void check_stored(EditOperation *edit, Virt *virt, const DwDocument *config)
{
    ChangePlan *plan = edit->change.plan;
    char *text = virt_domain_xml(virt, edit->change.base.uuid, true, NULL);
    if (!text)
        return;
    domain_snapshot_take_live_text(&edit->running, virt, text);
    bool same = strcmp(text, dw_document_text(plan->live.after, NULL)) == 0;
    g_autoptr(DwDocument) now = same ? NULL : dw_document_parse(text, strlen(text), NULL);
    if (!same && !now) {
        domain_snapshot_clear(&edit->running);
        return;
    }
    edit->running.parses = true;
    if (now) {
        note_live_changes(plan, now);
        compare_stored(edit, now);
    }
    live_tuning_tell(plan->steps, same ? plan->live.after : now, edit->change.problems);
    if (config)
        live_address_compare(plan->steps, config, same ? plan->live.after : now,
                             edit->change.problems);
}

/* The running domain has refused; true when that is no failure. Takes failure. */
static bool end_refused(EditOperation *edit, Virt *virt, const char *ours, GError *failure,
                        GPtrArray *kept, bool *ret_restored, GError **error)
{
    bool unknown = g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_OUTCOME_UNKNOWN);
    tell_of_tray(&edit->change, failure);
    if (ours && edit->change.base.options.keep && !unknown) {
        tell_kept(edit, failure, kept);
        g_error_free(failure);
        return true;
    }
    bool restored = ours && restore_config(edit, virt, ours);
    if (ret_restored)
        *ret_restored = restored;
    VirtDomain *domain = virt_domain_get(virt, edit->change.base.uuid, NULL);
    tell_undone(failure, !ours || restored, kept, !domain || domain->id >= 0);
    virt_domain_free(domain);
    g_propagate_error(error, failure);
    return false;
}

static LiveActor actor_of(const EditOperation *edit, Virt *virt, const char *ours)
{
    return (LiveActor){virt, edit->change.base.uuid, edit->removals,
                       ours && edit->change.base.options.keep};
}

static bool asks_guest(const GPtrArray *steps)
{
    return steps->len > 0 && ((const LiveStep *)steps->pdata[steps->len - 1])->class == LIVE_FINAL;
}

bool edit_live_act(EditOperation *edit, Virt *virt, const char *ours, bool *ret_restored,
                   GError **error)
{
    ChangeOperation *change = &edit->change;
    const ChangePlan *plan = change->plan;
    GError *failure = NULL;
    LiveActor actor = actor_of(edit, virt, ours);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DwDocument) config = ours && live_address_matters(plan->steps)
                                       ? dw_document_parse(ours, strlen(ours), NULL)
                                       : NULL;
    if (config)
        live_address_take(plan->steps, config, plan->live.before, plan->live.after);
    if (!check_running(edit, virt, &failure) || !live_act(&actor, plan->steps, kept, &failure))
        return end_refused(edit, virt, ours, failure, kept, ret_restored, error);
    change->applied = affect_name(ours ? AFFECT_BOTH : AFFECT_LIVE);
    edit->asked = asks_guest(plan->steps);
    if (edit->asked)
        edit->ours = g_strdup(ours);
    if (edit->known_running || (virt_is_qemu(virt) && live_steps_are_sure(plan->steps)))
        take_planned(edit, virt);
    else
        check_stored(edit, virt, config);
    return true;
}

/* ---- The guest's answer ---- */

bool edit_live_answered(const EditOperation *edit)
{
    const GPtrArray *steps = edit->change.plan->steps;
    for (guint i = 0; i < steps->len; i++) {
        const LiveStep *step = steps->pdata[i];
        if (step->class == LIVE_FINAL && removal_state(edit->removals, edit->change.base.uuid,
                                                       step->change.name) == REMOVAL_ASKED)
            return false;
    }
    return true;
}

/* An event may have been lost with a connection: the document tells, too. */
static bool is_gone(const LiveStep *step, const char *running)
{
    g_autoptr(DwDocument) now = running ? dw_document_parse(running, strlen(running), NULL) : NULL;
    g_autoptr(GPtrArray) devices = now ? dw_get_devices(now, step->kind, false, NULL) : NULL;
    bool there = false;
    for (guint i = 0; devices && i < devices->len; i++)
        there |= strcmp(live_device_text(devices->pdata[i], "alias"), step->change.name) == 0;
    return now && !there;
}

/* Names of what the guest refused, and of what it let go. */
static void take_answers(EditOperation *edit, Virt *virt, GPtrArray *refused, GPtrArray *gone)
{
    ChangeOperation *change = &edit->change;
    const char *uuid = change->base.uuid;
    g_autofree char *running = virt_domain_xml(virt, uuid, true, NULL);
    for (guint i = 0; i < change->plan->steps->len; i++) {
        const LiveStep *step = change->plan->steps->pdata[i];
        if (step->class != LIVE_FINAL)
            continue;
        RemovalState state = removal_state(edit->removals, uuid, step->change.name);
        if (state == REMOVAL_ASKED && is_gone(step, running)) {
            removal_withdraw(edit->removals, uuid, step->change.name);
            state = REMOVAL_DONE;
        }
        removal_end(edit->removals, uuid, step->change.name);
        if (state == REMOVAL_ASKED) {
            g_ptr_array_add(change->removing, g_strdup(step->kind));
            g_ptr_array_add(change->removing, g_strdup(step->id));
        }
        live_add_names_of(state == REMOVAL_REFUSED ? refused : gone, step);
    }
}

/* What the guest was asked for alone is not done in the running domain. */
static void leave_out_asked(ChangeOperation *change)
{
    if (change->removing->len / 2 < change->plan->steps->len)
        return;
    change->changed = change->config_changed;
    change->applied = change->changed ? affect_name(AFFECT_CONFIG) : NULL;
}

bool edit_live_finish(EditOperation *edit, Virt *virt, bool *ret_restored, GError **error)
{
    ChangeOperation *change = &edit->change;
    g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    domain_snapshot_clear(&edit->running); /* the guest has answered since */
    take_answers(edit, virt, refused, kept);
    if (refused->len == 0) {
        leave_out_asked(change);
        return true;
    }
    LiveActor actor = actor_of(edit, virt, edit->ours);
    live_act_undo(&actor, change->plan->steps, kept);
    g_ptr_array_add(refused, NULL);
    g_autofree char *names = g_strjoinv(", ", (char **)refused->pdata);
    GError *failure =
        g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, "The guest refused to let go of %s.", names);
    return end_refused(edit, virt, edit->ours, failure, kept, ret_restored, error);
}
