/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Building new documents and defining new domains. A define here never meets a domain that exists:
 * the document always has a uuid, which is looked up first.
 */
#include <string.h>

#include "errors.h"
#include "verdict.h"
#include "work.h"

static DwDocument *build(Work *work, Virt *virt, GError **error)
{
    FactsMachine machine = {work_text(work->settings, "type"), work_text(work->settings, "os.arch"),
                            work_text(work->settings, "os.machine"),
                            work_text(work->settings, "emulator")};
    g_auto(FactsView) known = {0}, view = {0};
    facts_view(work->facts, NULL, NULL, &known);
    if (known.host.capabilities)
        dw_capabilities_fill(known.host.capabilities, &machine.type, &machine.arch,
                             &machine.machine);
    facts_view(work->facts, virt, &machine, &view);
    DwApplyFlags flags = (work->options.dry_run ? DW_APPLY_DRY : 0) |
                         (work->incomplete || !work->facts ? DW_APPLY_DRAFT : 0);
    return dw_build(work->settings, work->devices, work->options.preset, flags, &view.host,
                    &work->result, error);
}

bool work_build(Work *work, Virt *virt, GError **error)
{
    g_autoptr(DwDocument) document = build(work, virt, error);
    work->xml = document ? work_answer(g_strdup(dw_document_text(document, NULL)), error) : NULL;
    return work->xml != NULL;
}

/* ---- Defining ---- */

/* Sets the uuid, and, with DW_APPLY_NEW, what the host knows of new documents. */
static bool complete(DwDocument *document, const char *uuid, const DwHost *host, DwApplyFlags flags,
                     GError **error)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    if (uuid)
        dw_settings_put(values, "uuid", dw_value_string(uuid));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", values, NULL));
    g_auto(DwResult) result = {0};
    return dw_apply(document, edits, flags | DW_APPLY_DRY, host, &result, error);
}

static DwDocument *new_document(Work *work, Virt *virt, GError **error)
{
    if (work->settings)
        return build(work, virt, error);
    g_autoptr(DwDocument) document = dw_document_parse(work->xml, strlen(work->xml), error);
    if (!document)
        return NULL;
    g_auto(FactsView) view = {0};
    if (work->fill) {
        work_view(work, virt, document, &view);
        if (!complete(document, NULL, &view.host, DW_APPLY_NEW, error))
            return NULL;
    }
    return g_steal_pointer(&document);
}

static bool check_new(Virt *virt, const char *name, const char *uuid, GError **error)
{
    GError *failure = NULL;
    bool has_uuid = virt_has_uuid(virt, uuid, &failure);
    g_autofree char *other = failure || has_uuid ? NULL : virt_find_name(virt, name, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return false;
    }
    if (has_uuid)
        g_set_error(error, DW_ERROR, DW_ERROR_ALREADY_EXISTS, "a domain of uuid %s exists already",
                    uuid);
    else if (other)
        g_set_error(error, DW_ERROR, DW_ERROR_ALREADY_EXISTS,
                    "a domain named \"%s\" exists already", name);
    return !has_uuid && !other;
}

static bool define(Work *work, Job *job, Virt *virt, GError **error)
{
    const WorkPlan *plan = work->plan;
    if (work->step == STEP_ACT &&
        (!work_check_plan(work, error) || !check_new(virt, plan->name, plan->uuid, error)))
        return false;
    if (!work_commits(work, job, error))
        return false;
    GError *failure = NULL;
    g_autofree char *uuid = work_put(plan, virt, &failure);
    if (!uuid) {
        /* Somebody else may have taken the name since it was looked up. */
        g_autofree char *other = virt_find_name(virt, plan->name, NULL);
        if (other && g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_LIBVIRT)) {
            g_error_free(failure);
            g_set_error(error, DW_ERROR, DW_ERROR_ALREADY_EXISTS,
                        "a domain named \"%s\" exists already", plan->name);
        } else {
            g_propagate_error(error, failure);
        }
        return false;
    }
    g_strlcpy(work->uuid, uuid, sizeof work->uuid);
    char *text = work_read_back(virt, uuid, error);
    if (!text)
        return false;
    dw_document_free(domain_news_take_text(&work->news, virt, text, NULL));
    memcpy(work->revision, work->news.revision, sizeof work->revision);
    VirtDomain *domain = g_new0(VirtDomain, 1);
    *domain = (VirtDomain){.id = -1,
                           .state = VIRT_SHUTOFF,
                           .persistent = true,
                           .knows_state = true,
                           .knows_persistent = true};
    g_strlcpy(domain->uuid, uuid, sizeof domain->uuid);
    domain->name = g_strdup(plan->name);
    work->news.domain = domain;
    return true;
}

static bool examine(Work *work, const DwDocument *document, const DwHost *host, GError **error)
{
    while (work->result.problems && work->result.problems->len > 0)
        g_ptr_array_add(work->problems, g_ptr_array_steal_index(work->result.problems, 0));
    if (!work->settings)
        verdict_rules(NULL, document, host, work->problems);
    work->plan->checked = verdict_schema(NULL, document, host->libvirt_version, work->problems);
    if (work->options.dry_run || work->options.diff) {
        g_autofree char *text = dw_document_redacted(document);
        work->diff = work_answer(dw_diff("", text), error);
        if (!work->diff)
            return false;
    }
    return work->options.dry_run || verdict_check(work->problems, error);
}

static bool plan_define(Work *work, Virt *virt, GError **error)
{
    WorkPlan *plan = work->plan = g_new0(WorkPlan, 1);
    DwDocument *document = plan->after = new_document(work, virt, error);
    if (!document)
        return false;
    g_auto(FactsView) view = {0};
    work_view(work, virt, document, &view);
    g_autofree char *uuid = dw_get_string(document, "uuid");
    if (!uuid) {
        uuid = g_uuid_string_random();
        if (!complete(document, uuid, &view.host, 0, error))
            return false;
    }
    if (!examine(work, document, &view.host, error))
        return false;
    g_autofree char *name = dw_get_string(document, "name");
    if (!name) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID, "name: a domain has to have a name");
        return false;
    }
    if (!check_new(virt, name, uuid, error) || !dw_document_keep_secrets(document, NULL, error))
        return false;
    work->changed = true;
    work_plan_made(work, virt);
    return true;
}

bool work_define(Work *work, Job *job, Virt *virt, GError **error)
{
    if (work->step != STEP_ACT && !plan_define(work, virt, error))
        return false;
    if (work->step == STEP_PLAN)
        return true;
    if (!work->options.dry_run)
        return define(work, job, virt, error);
    size_t length;
    const char *text = dw_document_text(work->plan->after, &length);
    revision_of(NULL, text, length, work->revision);
    return true;
}
