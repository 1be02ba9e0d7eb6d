/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading documents and hosts; changing is in work-edit.c and work-define.c. */
#include "work.h"

#include <string.h>

#include "errors.h"
#include "verdict.h"

Work *work_new(WorkVerb verb)
{
    Work *work = g_new0(Work, 1);
    work->references = 1;
    atomic_init(&work->unwanted, false);
    work->verb = verb;
    work->problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    return work;
}

static void wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

Work *work_ref(Work *work)
{
    work->references++;
    return work;
}

static void plan_free(WorkPlan *plan)
{
    if (!plan)
        return;
    dw_document_free(plan->before);
    dw_document_free(plan->after);
    g_free(plan->name);
    g_free(plan->uuid);
    g_free(plan);
}

void work_forget_plan(Work *work)
{
    g_clear_pointer(&work->plan, plan_free);
    dw_effects_clear(&work->effects);
    dw_result_clear(&work->result);
    g_ptr_array_set_size(work->problems, 0);
    g_clear_pointer(&work->diff, g_free);
    work->changed = work->gives_secret = false;
}

void work_unref(void *data)
{
    Work *work = data;
    if (--work->references > 0)
        return;
    work_forget_plan(work);
    g_clear_pointer(&work->image_directories, g_ptr_array_unref);
    options_clear(&work->options);
    wipe(work->known);
    wipe(work->text);
    dw_document_free(work->document);
    wipe(work->xml);
    facts_unref(work->facts);
    witnesses_unref(work->witnesses);
    g_strfreev(work->keys);
    g_strfreev(work->pairs);
    g_free(work->kind);
    g_free(work->uri);
    g_clear_pointer(&work->edits, g_ptr_array_unref);
    g_clear_pointer(&work->devices, g_ptr_array_unref);
    g_clear_pointer(&work->settings, dw_settings_free);
    g_clear_error(&work->error);
    g_clear_pointer(&work->problems, g_ptr_array_unref);
    if (work->compared)
        dw_changes_clear(&work->changes);
    domain_news_clear(&work->news);
    wipe(work->running);
    g_clear_pointer(&work->choices, g_ptr_array_unref);
    g_free(work->chosen);
    g_free(work->path);
    g_free(work);
}

void work_plan_first(Work *work, GPtrArray *image_directories)
{
    work->step = STEP_PLAN;
    work->image_directories = image_directories ? g_ptr_array_ref(image_directories) : NULL;
}

void work_set_unwanted(Work *work)
{
    atomic_store(&work->unwanted, true);
}

bool work_is_unwanted(const Work *work)
{
    return atomic_load(&work->unwanted);
}

bool work_commits(const Work *work, Job *job, GError **error)
{
    if (work_is_unwanted(work)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "the caller has left");
        return false;
    }
    job_set_committed(job);
    return true;
}

bool work_changes(WorkVerb verb)
{
    switch (verb) {
    case WORK_EDIT:
    case WORK_BOOT_ORDER:
    case WORK_SET_METADATA:
    case WORK_REPLACE:
    case WORK_DEFINE:
        return true;
    default:
        return false;
    }
}

static char *source_text(const Work *work, Virt *virt, GError **error)
{
    if (!*work->uuid && work->text)
        return g_strdup(work->text);
    return virt_domain_xml(virt, work->uuid, work->options.live, error);
}

DwDocument *work_source(const Work *work, Virt *virt, GError **error)
{
    if (!*work->uuid && work->document)
        return dw_document_copy(work->document);
    g_autofree char *text = source_text(work, virt, error);
    return text ? dw_document_parse(text, strlen(text), error) : NULL;
}

char *work_read_back(Virt *virt, const char *uuid, GError **error)
{
    g_autoptr(GError) failure = NULL;
    char *text = virt_domain_xml(virt, uuid, false, &failure);
    if (!text)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_OUTCOME_UNKNOWN,
                    "the change was made, but could not be read back: %s", failure->message);
    return text;
}

void work_view(const Work *work, Virt *virt, const DwDocument *document, FactsView *ret_view)
{
    g_autofree char *type = dw_get_string(document, "type");
    g_autofree char *arch = dw_get_string(document, "os.arch");
    g_autofree char *machine = dw_get_string(document, "os.machine");
    g_autofree char *emulator = dw_get_string(document, "emulator");
    FactsMachine wanted = {type, arch, machine, emulator};
    facts_view(work->facts, virt, &wanted, ret_view);
}

const char *work_text(const DwSettings *settings, const char *key)
{
    const DwValue *value = dw_settings_get(settings, key);
    return value && value->type == DW_VALUE_STRING ? value->s : NULL;
}

char *work_answer(char *text, GError **error)
{
    if (text && strlen(text) > DW_MAX_BYTES) {
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "the answer is longer than %d bytes, the most that is passed on", DW_MAX_BYTES);
        g_clear_pointer(&text, g_free);
    }
    return text;
}

bool work_on_draft(const Work *work)
{
    return *work->uuid == '\0';
}

void work_revision(const Work *work, const Virt *virt, const DwDocument *document,
                   char ret_revision[static REVISION_TEXT])
{
    size_t length;
    const char *text = dw_document_text(document, &length);
    revision_of(work_on_draft(work) ? NULL : virt_uri(virt), text, length, ret_revision);
}

static bool validate(Work *work, Virt *virt, const DwDocument *document)
{
    g_auto(FactsView) view = {0};
    work_view(work, virt, document, &view);
    g_ptr_array_unref(work->problems);
    work->problems = dw_validate(document, &view.host);
    verdict_schema(NULL, document, view.host.libvirt_version, work->problems);
    return true;
}

/* The text is answered as it is when there is nothing in it to hide, which is seen without reading
 * it. */
static bool read_xml(Work *work, Virt *virt, GError **error)
{
    g_autofree char *text = source_text(work, virt, error);
    if (!text)
        return false;
    if (work->options.secrets || !dw_text_may_hold_secret(text)) {
        work->xml = work_answer(g_steal_pointer(&text), error);
    } else {
        g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), error);
        work->xml = document ? work_answer(dw_document_redacted(document), error) : NULL;
    }
    return work->xml != NULL;
}

/* Work on one document that leaves it alone. */
static bool read_document(Work *work, Virt *virt, GError **error)
{
    g_autoptr(DwDocument) document = work_source(work, virt, error);
    if (!document)
        return false;
    bool secrets = work->options.secrets;
    switch (work->verb) {
    case WORK_DESCRIBE:
        work_revision(work, virt, document, work->revision);
        work->settings = dw_get_settings(document, NULL, secrets, error);
        work->devices = dw_get_devices(document, "", secrets, error);
        return work->settings && work->devices;
    case WORK_SETTINGS:
        work->settings = dw_get_settings(document, (const char *const *)work->keys, secrets, error);
        return work->settings != NULL;
    case WORK_DEVICES:
        work->devices = dw_get_devices(document, work->kind, secrets, error);
        return work->devices != NULL;
    case WORK_METADATA:
        work->xml = work_answer(dw_metadata_get(document, work->uri), error);
        return work->xml != NULL;
    case WORK_COPY:
        /* Secrets stay with the domain; its placeholders bring them back at Commit. */
        work_revision(work, virt, document, work->revision);
        work->xml = dw_document_redacted(document);
        return true;
    case WORK_VALIDATE:
        return validate(work, virt, document);
    default:
        work_revision(work, virt, document, work->revision);
        return true;
    }
}

static bool parse(Work *work, GError **error)
{
    g_autoptr(DwDocument) document = dw_document_parse(work->text, strlen(work->text), error);
    if (!document)
        return false;
    if (work->verb == WORK_IMPORT) {
        work->xml = g_steal_pointer(&work->text);
        return true;
    }
    work->settings = dw_get_settings(document, NULL, true, error);
    work->devices = dw_get_devices(document, "", true, error);
    return work->settings && work->devices;
}

static bool diff(Work *work, Virt *virt, GError **error)
{
    g_autoptr(DwDocument) before = *work->uuid ? work_source(work, virt, error) : NULL;
    if (*work->uuid && !before)
        return false;
    g_autoptr(DwDocument) after = dw_document_parse(work->xml, strlen(work->xml), error);
    if (!after)
        return false;
    g_autofree char *old = before ? dw_document_redacted(before) : g_strdup("");
    g_autofree char *new = dw_document_redacted(after);
    work->diff = work_answer(dw_diff(old, new), error);
    return work->diff != NULL;
}

/* ---- What hosts can do ---- */

static bool domain_capabilities(Work *work, Virt *virt, GError **error)
{
    const Options *options = &work->options;
    FactsMachine machine = {options->type, options->arch, options->machine, options->emulator};
    if (!facts_check_emulator(work->facts, machine.emulator, error))
        return false;
    if (work->verb == WORK_DOMAIN_CAPABILITIES_XML) {
        work->xml = work_answer(virt_domain_capabilities(virt, machine.emulator, machine.arch,
                                                         machine.machine, machine.type, error),
                                error);
        return work->xml != NULL;
    }
    g_auto(FactsView) view = {0};
    if (!facts_ask(work->facts, virt, &machine, &view, error))
        return false;
    work->settings = dw_domain_capabilities_describe(view.host.domain_capabilities);
    return true;
}

static bool act(Work *work, Job *job, Virt *virt, GError **error)
{
    if (!work_commits(work, job, error) ||
        !virt_domain_act(virt, work->uuid, work->action, work->undefine, error))
        return false;
    g_autoptr(GError) failure = NULL;
    work->news.domain = virt_domain_get(virt, work->uuid, &failure);
    work->gone = g_error_matches(failure, DW_ERROR, DW_ERROR_NOT_FOUND);
    if (work->action == VIRT_START)
        work->running = virt_domain_xml(virt, work->uuid, true, NULL);
    return true;
}

static bool run(Work *work, Job *job, Virt *virt, GError **error)
{
    switch (work->verb) {
    case WORK_IMPORT:
    case WORK_PARSE:
        return parse(work, error);
    case WORK_DIFF:
        return diff(work, virt, error);
    case WORK_BUILD:
        return work_build(work, virt, error);
    case WORK_EDIT:
    case WORK_BOOT_ORDER:
    case WORK_SET_METADATA:
    case WORK_REPLACE:
        return work_edit(work, job, virt, error);
    case WORK_DEFINE:
        return work_define(work, job, virt, error);
    case WORK_ACT:
        return act(work, job, virt, error);
    case WORK_CAPABILITIES_XML:
        work->xml = work_answer(virt_capabilities(virt, error), error);
        return work->xml != NULL;
    case WORK_DOMAIN_CAPABILITIES:
    case WORK_DOMAIN_CAPABILITIES_XML:
        return domain_capabilities(work, virt, error);
    case WORK_CHOICES:
        return work_choices(work, virt, error);
    case WORK_XML:
        return read_xml(work, virt, error);
    default:
        return read_document(work, virt, error);
    }
}

static bool needs_libvirt(const Work *work)
{
    switch (work->verb) {
    case WORK_IMPORT:
    case WORK_PARSE:
    case WORK_BUILD:
        return false;
    case WORK_DIFF:
        return *work->uuid != '\0';
    default:
        return !work->text;
    }
}

void work_run(Job *job, void *link, void *data)
{
    Work *work = data;
    if (!link && needs_libvirt(work)) {
        g_set_error(&work->error, DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE,
                    "the connection to libvirt was lost");
        return;
    }
    if (!run(work, job, link, &work->error) && !work->error)
        g_set_error(&work->error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "no reason given");
}
