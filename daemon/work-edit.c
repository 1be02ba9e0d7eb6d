/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing one document in two steps: the plan says what the document would be, the act makes it so
 * after a last look that the base is still the one the plan was made from. Between them is the
 * place where a caller may have to be authorised for what the plan would do.
 */
#include <string.h>

#include "errors.h"
#include "verdict.h"
#include "work.h"

static bool same_text(const DwDocument *a, const DwDocument *b)
{
    size_t a_length, b_length;
    const char *a_text = dw_document_text(a, &a_length);
    const char *b_text = dw_document_text(b, &b_length);
    return a_length == b_length && memcmp(a_text, b_text, a_length) == 0;
}

static bool check_revision(const Work *work, const char *revision, GError **error)
{
    const char *expected = work->options.expected_revision;
    if (!expected || strcmp(expected, revision) == 0)
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
                "the configuration was changed: its revision is %s, not %s; read it again",
                revision, expected);
    return false;
}

/* ---- Boot order, as edits ---- */

static void add_modify(GPtrArray *edits, const char *kind, const char *id, uint32_t order)
{
    static const char *const unset[] = {"boot.order", NULL};
    DwSettings *values = NULL;
    if (order > 0) {
        values = dw_settings_new();
        dw_settings_put(values, "boot.order", dw_value_uint(order));
    }
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, kind, id, values, order > 0 ? NULL : unset));
}

static bool has_order(const char *kind)
{
    DwKey *key = dw_key_find(kind, "boot.order");
    bool found = key != NULL;
    dw_key_free(key);
    return found;
}

static GPtrArray *boot_edits(const Work *work, const DwDocument *document, GError **error)
{
    static const char *const unset[] = {"os.boot", NULL};
    g_autoptr(GPtrArray) devices = dw_get_devices(document, "", false, error);
    if (!devices)
        return NULL;
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", NULL, unset));
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        if (dw_settings_get(device->properties, "boot.order"))
            add_modify(edits, device->kind, device->id, 0);
    }
    for (guint i = 0; work->pairs[i]; i += 2) {
        const char *kind = work->pairs[i], *id = work->pairs[i + 1];
        if (!has_order(kind)) {
            g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                        "%s %s: the boot order of devices of kind \"%s\" cannot be set", kind, id,
                        kind);
            return NULL;
        }
        add_modify(edits, kind, id, i / 2 + 1);
    }
    return g_steal_pointer(&edits);
}

/* ---- The plan ---- */

static bool apply(Work *work, const GPtrArray *edits, DwDocument *document, const DwHost *host,
                  GError **error)
{
    DwApplyFlags flags = (work->options.dry_run ? DW_APPLY_DRY : 0) |
                         (work->options.cascade ? DW_APPLY_CASCADE : 0) |
                         (work_on_draft(work) ? DW_APPLY_DRAFT : DW_APPLY_DOMAIN);
    return dw_apply(document, edits, flags, host, &work->result, error);
}

static bool change(Work *work, WorkPlan *plan, const DwHost *host, GError **error)
{
    switch (work->verb) {
    case WORK_EDIT:
        work->gives_secret = dw_edits_give_secret(work->edits);
        return apply(work, work->edits, plan->after, host, error);
    case WORK_BOOT_ORDER: {
        g_autoptr(GPtrArray) edits = boot_edits(work, plan->before, error);
        return edits && apply(work, edits, plan->after, host, error);
    }
    case WORK_SET_METADATA:
        return dw_metadata_set(plan->after, work->uri, work->xml, error);
    default:
        dw_document_free(plan->after);
        plan->after = dw_document_parse(work->xml, strlen(work->xml), error);
        work->gives_secret = plan->after && dw_document_gives_secret(plan->after);
        return plan->after && dw_document_keep_secrets(plan->after, plan->before, error);
    }
}

static void take_problems(Work *work)
{
    while (work->result.problems && work->result.problems->len > 0)
        g_ptr_array_add(work->problems, g_ptr_array_steal_index(work->result.problems, 0));
}

static void check_document(Work *work, WorkPlan *plan, const DwHost *host)
{
    if (work->verb == WORK_REPLACE)
        verdict_rules(plan->before, plan->after, host, work->problems);
    if (!work_on_draft(work))
        plan->checked =
            verdict_schema(plan->before, plan->after, host->libvirt_version, work->problems);
}

static bool check_identity(const WorkPlan *plan, GError **error)
{
    static const char *const keys[] = {"name", "uuid"};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *before = dw_get_string(plan->before, keys[i]);
        g_autofree char *after = dw_get_string(plan->after, keys[i]);
        if (g_strcmp0(before, after) != 0) {
            g_set_error(error, DW_ERROR, DW_ERROR_INVALID,
                        "%s: a domain keeps its %s; it is \"%s\", not \"%s\"", keys[i], keys[i],
                        before ? before : "", after ? after : "");
            return false;
        }
    }
    return true;
}

static bool add_diff(Work *work, const WorkPlan *plan, GError **error)
{
    if (!work->options.dry_run && !work->options.diff)
        return true;
    g_autofree char *before = dw_document_redacted(plan->before);
    g_autofree char *after = dw_document_redacted(plan->after);
    work->diff = work_answer(dw_diff(before, after), error);
    return work->diff != NULL;
}

/* A caller who may not see the secrets does not learn either that a guess was right. */
static bool is_changed(const Work *work, const WorkPlan *plan)
{
    return !same_text(plan->before, plan->after) ||
           (work->guarded && work->gives_secret && !work_on_draft(work));
}

/* Takes before. */
static bool make_plan(Work *work, Virt *virt, DwDocument *before, const char *revision,
                      GError **error)
{
    WorkPlan *plan = work->plan = g_new0(WorkPlan, 1);
    plan->before = before;
    g_strlcpy(plan->revision, revision, sizeof plan->revision);
    if (!check_revision(work, plan->revision, error))
        return false;
    plan->after = dw_document_copy(plan->before);
    g_auto(FactsView) view = {0};
    work_view(work, virt, plan->before, &view);
    if (!change(work, plan, &view.host, error) ||
        (!work_on_draft(work) && !check_identity(plan, error)))
        return false;
    take_problems(work);
    bool changed = is_changed(work, plan);
    if (changed)
        check_document(work, plan, &view.host);
    if (!add_diff(work, plan, error) ||
        (!work->options.dry_run && !verdict_check(work->problems, error)))
        return false;
    work->changed = changed;
    work_plan_made(work, virt);
    memcpy(work->revision, plan->revision, sizeof work->revision);
    return true;
}

/* From what the document is now. */
static bool plan_anew(Work *work, Virt *virt, DwDocument *before, GError **error)
{
    char revision[REVISION_TEXT];
    if (!before)
        return false;
    work_revision(work, virt, before, revision);
    return make_plan(work, virt, before, revision, error);
}

/* From what it was when it was last read. */
static bool plan_ahead(Work *work, Virt *virt, GError **error)
{
    char revision[REVISION_TEXT];
    DwDocument *before = dw_document_parse(work->known, strlen(work->known), error);
    if (!before)
        return false;
    revision_text(&work->known_mark, revision);
    return make_plan(work, virt, before, revision, error);
}

/* ---- The act ---- */

static void note_changes(Work *work, const DwDocument *before, const DwDocument *after)
{
    dw_changes_between(before, after, &work->changes);
    work->compared = true;
}

static bool act_on_draft(Work *work)
{
    WorkPlan *plan = work->plan;
    size_t length;
    const char *text = dw_document_text(plan->after, &length);
    revision_of(NULL, text, length, work->revision);
    note_changes(work, plan->before, plan->after);
    g_free(work->text);
    work->text = g_strdup(text);
    dw_document_free(work->document);
    work->document = g_steal_pointer(&plan->after);
    return true;
}

/* The document once more, as late as can be: libvirt has no way to define a domain only if it is
 * still what it was. The witness has begun unless this fails. */
static char *look(const Work *work, Virt *virt, Witness *witness, GError **error)
{
    witness_begin(work->witnesses, witness, work->uuid);
    char *text = virt_domain_xml(virt, work->uuid, false, error);
    if (!text)
        witness_end(work->witnesses, witness, false);
    return text;
}

static bool check_base(const WorkPlan *plan, const char *now, GError **error)
{
    if (strcmp(now, dw_document_text(plan->before, NULL)) == 0)
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
                "the configuration was changed by somebody else at the same time; try again");
    return false;
}

/* Defines what was planned and reads it back. */
static char *redefine(const Work *work, Job *job, Virt *virt, GError **error)
{
    if (!work_check_plan(work, error) || !work_commits(work, job, error))
        return NULL;
    g_autofree char *uuid = work_put(work->plan, virt, error);
    return uuid ? work_read_back(virt, work->uuid, error) : NULL;
}

/* What others know of the domain; there may be more that differs from that than what we changed. */
static DwDocument *known_otherwise(const Work *work)
{
    const char *before = dw_document_text(work->plan->before, NULL);
    if (!work->known || strcmp(work->known, before) == 0)
        return NULL;
    return dw_document_parse(work->known, strlen(work->known), NULL);
}

/* What libvirt made of it, which mostly is what it was given. */
static void take_back(Work *work, const Virt *virt, char *text)
{
    WorkPlan *plan = work->plan;
    bool same = strcmp(text, dw_document_text(plan->after, NULL)) == 0;
    g_autoptr(DwDocument) after =
        domain_news_take_text(&work->news, virt, text, same ? plan->after : NULL);
    if (same)
        plan->after = NULL;
    memcpy(work->revision, work->news.revision, sizeof work->revision);
    g_autoptr(DwDocument) known = known_otherwise(work);
    if (after)
        note_changes(work, known ? known : plan->before, after);
}

/* now: what it is at the last look; ends the witness. */
static bool act_on_domain(Work *work, Job *job, Virt *virt, const char *now, Witness *witness,
                          GError **error)
{
    char *text = check_base(work->plan, now, error) ? redefine(work, job, virt, error) : NULL;
    work->overwrote = witness_end(work->witnesses, witness, text != NULL);
    if (!text)
        return false;
    if (work->overwrote)
        verdict_warn(work->problems, "overwritten",
                     "another program redefined the domain at the same moment; what it changed may "
                     "have been overwritten");
    take_back(work, virt, text);
    return true;
}

static bool is_to_act(const Work *work)
{
    return work->changed && !work->options.dry_run && work->step != STEP_PLAN;
}

/* The plan is made from what is known, and the look before the act tells whether that is still so:
 * if not, whatever came of it is forgotten. ret_now: as act_on_domain() wants it, or NULL. */
static bool plan_known(Work *work, Virt *virt, char **ret_now, Witness *witness, GError **error)
{
    g_autoptr(GError) failure = NULL;
    bool planned = plan_ahead(work, virt, &failure);
    g_autofree char *now = look(work, virt, witness, error);
    if (!now)
        return false;
    if (strcmp(now, work->known) == 0 && planned && is_to_act(work)) {
        *ret_now = g_steal_pointer(&now);
        return true;
    }
    witness_end(work->witnesses, witness, false);
    if (strcmp(now, work->known) == 0) {
        if (!planned)
            g_propagate_error(error, g_steal_pointer(&failure));
        return planned;
    }
    work_forget_plan(work);
    return plan_anew(work, virt, dw_document_parse(now, strlen(now), error), error);
}

bool work_edit(Work *work, Job *job, Virt *virt, GError **error)
{
    g_autofree char *now = NULL;
    Witness witness;
    bool planned = work->step == STEP_ACT ? true
                   : work->known          ? plan_known(work, virt, &now, &witness, error)
                                 : plan_anew(work, virt, work_source(work, virt, error), error);
    if (!planned || !is_to_act(work))
        return planned;
    if (work_on_draft(work))
        return act_on_draft(work);
    if (!now)
        now = look(work, virt, &witness, error);
    return now && act_on_domain(work, job, virt, now, &witness, error);
}
