/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starting a domain with a document that is made from its configuration for this once. libvirt has
 * no call for that, but a domain that is not running may be started from any document of its name
 * and UUID: what it has defined stays as it is, and counts again when the domain has stopped. With
 * a saved memory image libvirt would leave the image behind, and its later restore would meet disks
 * that have changed: so that is refused. Where it is not known what the host can do, nothing is
 * refused for its sake, as starting does not wait for that. On workers; constructor and settle() on
 * the main thread.
 */
#include "operations/start-once.h"

#include <string.h>

#include "base/error.h"
#include "host/host.h"
#include "operations/power.h"
#include "operations/validation.h"

#define START_TIMEOUT (30 * OPERATION_SECOND)

/* ---- Options as edits ---- */

static bool take_until(const Options *options, DwSettings *settings, GError **error)
{
    const char *until = options->until;
    if (!until || strcmp(until, "stop") == 0)
        return true;
    if (strcmp(until, "reboot") == 0)
        return dw_settings_add(settings, "on_reboot", dw_value_string("destroy"), error);
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Option until: \"%.64s\" is none of stop, reboot.", until);
    return false;
}

/* The edit of a device, which is made for its first key. */
static DwEdit *edit_of(GPtrArray *edits, const char *kind, const char *id)
{
    for (guint i = 0; i < edits->len; i++) {
        DwEdit *edit = edits->pdata[i];
        if (strcmp(edit->kind, kind) == 0 && strcmp(edit->id, id) == 0)
            return edit;
    }
    DwEdit *edit = dw_edit_new(*kind ? DW_VERB_MODIFY : DW_VERB_SET, kind, id, NULL, NULL);
    g_ptr_array_add(edits, edit);
    return edit;
}

/* KEY or KIND/ID/KEY; an id may have slashes, kinds and keys have none. */
static bool take_setting(GPtrArray *edits, const char *name, const DwValue *value, GError **error)
{
    const char *first = strchr(name, '/'), *last = strrchr(name, '/');
    if (first && first == last) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "Option settings: \"%.64s\" is neither KEY nor KIND/ID/KEY.", name);
        return false;
    }
    g_autofree char *kind = g_strndup(name, first ? first - name : 0);
    g_autofree char *id = first < last ? g_strndup(first + 1, last - first - 1) : g_strdup("");
    return dw_settings_add(edit_of(edits, kind, id)->values, last ? last + 1 : name,
                           dw_value_copy(value), error);
}

static bool take_settings(const DwSettings *settings, GPtrArray *edits, GError **error)
{
    for (size_t i = 0; settings && i < dw_settings_count(settings); i++)
        if (!take_setting(edits, dw_settings_key(settings, i), dw_settings_value(settings, i),
                          error))
            return false;
    return true;
}

static GPtrArray *edits_for(const Options *options, GError **error)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    if (!take_settings(options->settings, edits, error) ||
        !take_until(options, edit_of(edits, "", "")->values, error))
        return NULL;
    if (options->boot) {
        DwSettings *values = dw_settings_new();
        dw_settings_put(values, "devices", dw_value_strings((const char *const *)options->boot));
        g_ptr_array_add(edits, dw_edit_new(DW_VERB_BOOT, "", "", values, NULL));
    }
    return g_steal_pointer(&edits);
}

/* ---- The plan ---- */

static bool check_saved(const StartOperation *start, Virt *virt, GError **error)
{
    if (!virt_has_managed_save(virt, start->change.base.uuid))
        return true;
    g_set_error(
        error, DW_ERROR, DW_ERROR_INVALID,
        "The domain has a saved memory image, which only a start without options continues; "
        "start it so, or remove the image first.");
    return false;
}

static bool apply(StartOperation *start, Virt *virt, GError **error)
{
    ChangeOperation *change = &start->change;
    DocumentChange *config = &change->plan->config;
    g_auto(HostView) view = {0};
    operation_view(&change->base, virt, config->before, &view);
    change->gives_secret = dw_edits_give_secret(start->edits);
    if (!dw_apply(config->after, start->edits, DW_APPLY_DOMAIN, &view.host, &change->result, error))
        return false;
    change_take_problems(change);
    change->plan->schema_checked = validation_schema(config->before, config->after,
                                                     view.host.libvirt_version, change->problems);
    return validation_check(change->problems, error);
}

static bool plan(StartOperation *start, Virt *virt, GError **error)
{
    ChangeOperation *change = &start->change;
    const DocumentSource none = {0};
    if (change->step == STEP_ACT)
        return true;
    change->plan = g_new0(ChangePlan, 1);
    DocumentChange *config = &change->plan->config;
    config->before = operation_document(&change->base, &none, virt, error);
    if (!config->before)
        return false;
    operation_revision(&change->base, virt, config->before, config->revision);
    config->after = dw_document_copy(config->before);
    if (!apply(start, virt, error))
        return false;
    change->changed = true; /* whether it runs is what changes */
    plan_complete(change, virt);
    return true;
}

/* ---- The act ---- */

static bool check_base(const StartOperation *start, Virt *virt, GError **error)
{
    const DocumentChange *config = &start->change.plan->config;
    g_autofree char *now = virt_domain_xml(virt, start->change.base.uuid, false, error);
    if (!now)
        return false;
    if (strcmp(now, dw_document_text(config->before, NULL)) == 0)
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
                "The configuration was changed by another program at the same time; try again.");
    return false;
}

static bool act(StartOperation *start, Task *task, Virt *virt, GError **error)
{
    ChangeOperation *change = &start->change;
    const ChangePlan *plan = change->plan;
    const char *uuid = change->base.uuid;
    if (!plan_check(change, error) || !check_base(start, virt, error) ||
        !operation_commits(&change->base, task, error) ||
        !virt_start_xml(virt, dw_document_body(plan->config.after), change->base.options.paused,
                        !plan->schema_checked, error))
        return false;
    change->stored.domain = virt_domain_get(virt, uuid, NULL);
    start->running = start_read_running(virt, start->baselines, uuid);
    return true;
}

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    StartOperation *start = (StartOperation *)operation;
    if (!check_saved(start, virt, error) || !plan(start, virt, error))
        return false;
    return start->change.step == STEP_PLAN || act(start, task, virt, error);
}

/* ---- Main thread ---- */

/* Also where nothing is different, it is to be started. */
static OperationNext next(const Operation *operation)
{
    return operation_change_const(operation)->step == STEP_PLAN ? NEXT_AUTHORIZE : NEXT_DONE;
}

static void settle(Operation *operation, Host *host, Domain *domain, bool superseded)
{
    StartOperation *start = (StartOperation *)operation;
    if (domain)
        start_settle(host, domain, &start->change.stored, g_steal_pointer(&start->running),
                     superseded);
}

static void prepare(Operation *operation, Host *host, Domain *domain)
{
    StartOperation *start = (StartOperation *)operation;
    if (!start->baselines)
        start->baselines = pending_keeper_baselines(host->pending);
}

static void clear(Operation *operation)
{
    StartOperation *start = (StartOperation *)operation;
    baselines_unref(start->baselines);
    change_operation_clear(&start->change);
    secret_text_free(start->running);
    g_clear_pointer(&start->edits, g_ptr_array_unref);
}

static const OperationType start_type = {
    .name = "start-once",
    .size = sizeof(StartOperation),
    .run = run,
    .clear = clear,
    .prepare = prepare,
    .next = next,
    .settle = settle,
    .first = GRANT_READ,
    .change = CHANGE_CONTROL,
    .timeout = START_TIMEOUT,
    .defines = true,
    .serialised = true,
};

StartOperation *start_operation_new(Options *options, GError **error)
{
    GPtrArray *edits = edits_for(options, error);
    if (!edits)
        return NULL;
    StartOperation *start = change_operation_new(&start_type);
    start->edits = edits;
    start->change.base.options = *options;
    *options = (Options){0};
    return start;
}
