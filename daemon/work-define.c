/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Building new documents, defining new domains, and what a host accepts for a key. A define here
 * never meets a domain that exists: the document always has a uuid, which is looked up first.
 */
#include <string.h>

#include "errors.h"
#include "verdict.h"
#include "work.h"

static const char *text_setting(const DwSettings *settings, const char *key)
{
    const DwValue *value = dw_settings_get(settings, key);
    return value && value->type == DW_VALUE_STRING ? value->s : NULL;
}

static DwDocument *build(Work *work, Virt *virt, GError **error)
{
    FactsMachine machine = {
        text_setting(work->settings, "type"), text_setting(work->settings, "os.arch"),
        text_setting(work->settings, "os.machine"), text_setting(work->settings, "emulator")};
    g_auto(FactsView) view = {0};
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

static bool define(Work *work, Job *job, Virt *virt, const DwDocument *document, const char *name,
                   GError **error)
{
    job_set_committed(job);
    GError *failure = NULL;
    g_autofree char *uuid = virt_define(virt, dw_document_body(document), &failure);
    if (!uuid) {
        /* Somebody else may have taken the name since it was looked up. */
        g_autofree char *other = virt_find_name(virt, name, NULL);
        if (other && g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_LIBVIRT)) {
            g_error_free(failure);
            g_set_error(error, DW_ERROR, DW_ERROR_ALREADY_EXISTS,
                        "a domain named \"%s\" exists already", name);
        } else {
            g_propagate_error(error, failure);
        }
        return false;
    }
    g_strlcpy(work->uuid, uuid, sizeof work->uuid);
    g_autofree char *text = work_read_back(virt, uuid, error);
    if (!text)
        return false;
    domain_news_from_text(&work->news, text);
    memcpy(work->revision, work->news.revision, sizeof work->revision);
    VirtDomain *domain = g_new0(VirtDomain, 1);
    *domain = (VirtDomain){.id = -1, .state = VIRT_SHUTOFF, .persistent = true};
    g_strlcpy(domain->uuid, uuid, sizeof domain->uuid);
    domain->name = g_strdup(name);
    work->news.domain = domain;
    return true;
}

static bool examine(Work *work, const DwDocument *document, const DwHost *host, GError **error)
{
    while (work->result.problems && work->result.problems->len > 0)
        g_ptr_array_add(work->problems, g_ptr_array_steal_index(work->result.problems, 0));
    if (!work->settings)
        verdict_rules(NULL, document, host, work->problems);
    verdict_schema(NULL, document, host->libvirt_version, work->problems);
    if (work->options.dry_run || work->options.diff) {
        g_autofree char *text = dw_document_redacted(document);
        work->diff = work_answer(dw_diff("", text), error);
        if (!work->diff)
            return false;
    }
    return work->options.dry_run || verdict_check(work->problems, error);
}

bool work_define(Work *work, Job *job, Virt *virt, GError **error)
{
    g_autoptr(DwDocument) document = new_document(work, virt, error);
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
    if (!work->options.dry_run)
        return define(work, job, virt, document, name, error);
    size_t length;
    const char *text = dw_document_text(document, &length);
    revision_of(text, length, work->revision);
    return true;
}

/* ---- Choices ---- */

/* What the host's capabilities say of keys that are not among the domain capabilities. */
static GPtrArray *guest_choices(const Work *work, const DwHost *host, const char *key)
{
    const GPtrArray *guests =
        host->capabilities ? dw_capabilities_guests(host->capabilities) : NULL;
    if (!guests)
        return NULL;
    const char *arch = work->options.arch;
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (guint i = 0; i < guests->len; i++) {
        const DwGuest *guest = guests->pdata[i];
        bool wanted = !arch || g_strcmp0(arch, guest->arch) == 0;
        char *one[] = {NULL, NULL};
        char **many = one;
        if (strcmp(key, "os.arch") == 0)
            one[0] = guest->arch;
        else if (wanted && strcmp(key, "os.type") == 0)
            one[0] = guest->os_type;
        else if (wanted && strcmp(key, "emulator") == 0)
            one[0] = guest->emulator;
        else if (wanted && strcmp(key, "type") == 0)
            many = guest->types;
        else if (wanted && strcmp(key, "os.machine") == 0)
            many = guest->machines;
        for (; many && *many; many++) {
            if (!g_ptr_array_find_with_equal_func(words, *many, g_str_equal, NULL))
                g_ptr_array_add(words, *many);
        }
    }
    if (words->len == 0)
        return NULL;
    for (guint i = 0; i < words->len; i++)
        words->pdata[i] = g_strdup(words->pdata[i]);
    g_ptr_array_set_free_func(words, g_free);
    return g_steal_pointer(&words);
}

static char **narrow(const DwKey *row, const DwValue *offered)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    bool lists = row->values && row->values[0];
    for (char **value = lists ? row->values : offered->v; *value; value++) {
        if (!offered || g_strv_contains((const char *const *)offered->v, *value))
            g_ptr_array_add(words, g_strdup(*value));
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

static void choose_default(Work *work, const char *key, const DwSettings *offered)
{
    static const char *const own[][2] = {
        {"os.arch", "arch"}, {"os.machine", "machine"}, {"type", "type"}, {"emulator", "emulator"}};
    for (gsize i = 0; i < G_N_ELEMENTS(own); i++) {
        if (strcmp(key, own[i][0]) == 0)
            work->chosen = g_strdup(text_setting(offered, own[i][1]));
    }
}

bool work_choices(Work *work, Virt *virt, GError **error)
{
    const char *key = work->keys[0];
    const Options *options = &work->options;
    FactsMachine machine = {options->type, options->arch, options->machine, options->emulator};
    if (!facts_check_emulator(work->facts, machine.emulator, error))
        return false;
    g_auto(FactsView) view = {0};
    facts_view(work->facts, virt, &machine, &view);
    g_autoptr(DwSettings) offered =
        view.host.domain_capabilities
            ? dw_domain_capabilities_describe(view.host.domain_capabilities)
            : dw_settings_new();
    g_autofree char *name = *work->kind ? g_strconcat(work->kind, ".", key, NULL) : g_strdup(key);
    const DwValue *list = dw_settings_get(offered, name);
    if (list && list->type != DW_VALUE_STRINGS)
        list = NULL;
    DwKey *row = dw_key_find(work->kind, key);
    bool has_values = row->values && row->values[0];
    g_autoptr(GPtrArray) guests = *work->kind ? NULL : guest_choices(work, &view.host, key);
    if (guests) {
        g_ptr_array_add(guests, NULL);
        work->choices = g_strdupv((char **)guests->pdata);
    } else if (list || has_values) {
        work->choices = narrow(row, list);
    } else {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "%s: any %s is possible, there is no list", name, row->form);
    }
    dw_key_free(row);
    if (work->choices)
        choose_default(work, key, offered);
    return work->choices != NULL;
}
