/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading one document. One function for each thing that can be read; on workers, and for small
 * drafts on the main thread. */
#include "operations/reads/read.h"

#include <string.h>

#include "host/host.h"
#include "operations/references.h"
#include "operations/validation.h"

typedef bool (*ReadFunc)(ReadOperation *read, Virt *virt, const DwDocument *document,
                         GError **error);

static bool read_all(ReadOperation *read, Virt *virt, const DwDocument *document, GError **error)
{
    bool secrets = read->base.options.secrets;
    operation_revision(&read->base, virt, document, read->revision);
    read->settings = dw_get_settings(document, NULL, secrets, error);
    read->devices = dw_get_devices(document, "", secrets, error);
    dw_devices_tell_apart(read->devices);
    return read->settings && read->devices;
}

static bool read_settings(ReadOperation *read, Virt *virt, const DwDocument *document,
                          GError **error)
{
    const char *const *keys = (const char *const *)read->keys;
    read->settings = dw_get_settings(document, keys, read->base.options.secrets, error);
    return read->settings != NULL;
}

static bool read_devices(ReadOperation *read, Virt *virt, const DwDocument *document,
                         GError **error)
{
    read->devices = dw_get_devices(document, read->kind, read->base.options.secrets, error);
    dw_devices_tell_apart(read->devices);
    return read->devices != NULL;
}

static bool read_metadata(ReadOperation *read, Virt *virt, const DwDocument *document,
                          GError **error)
{
    read->xml = operation_answer(dw_metadata_get(document, read->uri), error);
    return read->xml != NULL;
}

/* libvirt does not keep to its own schema in all that it stores; what it has stored it takes. */
static void downgrade_stored(GPtrArray *problems, guint first)
{
    for (guint i = first; i < problems->len; i++) {
        DwProblem *problem = problems->pdata[i];
        if (problem->severity == DW_SEVERITY_ERROR && strcmp(problem->rule, "schema") == 0)
            problem->severity = DW_SEVERITY_WARNING;
    }
}

static bool read_problems(ReadOperation *read, Virt *virt, const DwDocument *document,
                          GError **error)
{
    g_auto(HostView) view = {0};
    operation_view(&read->base, virt, document, &view);
    if (operation_defer(&read->base, &view))
        return true;
    read->problems = dw_validate(document, &view.host);
    operation_tell_silence(&read->base, &view, read->problems);
    if (read->source.clone_rows)
        dw_clone_hold(document, read->source.clone_rows, read->problems);
    guint first = read->problems->len;
    validation_schema(NULL, document, view.host.libvirt_version, read->problems);
    if (virt && !read->source.text) {
        downgrade_stored(read->problems, first);
        references_check(virt, NULL, document, read->problems);
    }
    return true;
}

static bool read_revision(ReadOperation *read, Virt *virt, const DwDocument *document,
                          GError **error)
{
    operation_revision(&read->base, virt, document, read->revision);
    return true;
}

/* Secrets stay with the domain; its placeholders bring them back at Commit. */
static bool read_for_draft(ReadOperation *read, Virt *virt, const DwDocument *document,
                           GError **error)
{
    operation_revision(&read->base, virt, document, read->revision);
    read->xml = dw_document_redacted(document);
    return true;
}

/* The document's text; another program may have changed it without an event. */
static char *read_text(ReadOperation *read, Virt *virt, GError **error)
{
    char *text = operation_text(&read->base, &read->source, virt, error);
    read->news = text && read->known && strcmp(text, read->known) != 0;
    return text;
}

static DwDocument *read_document(ReadOperation *read, Virt *virt, GError **error)
{
    if (operation_on_draft(&read->base))
        return operation_document(&read->base, &read->source, virt, error);
    g_autofree char *text = read_text(read, virt, error);
    return text ? dw_document_parse(text, strlen(text), error) : NULL;
}

/* A text in which a search for the names of secrets finds nothing is answered without being
 * parsed. */
static bool read_xml(ReadOperation *read, Virt *virt, GError **error)
{
    g_autofree char *text = read_text(read, virt, error);
    if (!text)
        return false;
    if (read->base.options.secrets || !dw_text_may_hold_secret(text)) {
        read->xml = operation_answer(g_steal_pointer(&text), error);
    } else {
        g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), error);
        read->xml = document ? operation_answer(dw_document_redacted(document), error) : NULL;
    }
    return read->xml != NULL;
}

static const ReadFunc functions[] = {
    [READ_ALL] = read_all,
    [READ_SETTINGS] = read_settings,
    [READ_DEVICES] = read_devices,
    [READ_METADATA] = read_metadata,
    [READ_PROBLEMS] = read_problems,
    [READ_REVISION] = read_revision,
    [READ_FOR_DRAFT] = read_for_draft,
};

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    ReadOperation *read = (ReadOperation *)operation;
    if (read->what == READ_XML)
        return read_xml(read, virt, error);
    g_autoptr(DwDocument) document = read_document(read, virt, error);
    return document && functions[read->what](read, virt, document, error);
}

static void prepare(Operation *operation, Host *host, Domain *domain)
{
    ReadOperation *read = (ReadOperation *)operation;
    bool live = operation->options.live;
    DocumentCache *cache = live ? host->inventory->live_documents : host->inventory->documents;
    if (domain && (live || domain->revision_known))
        read->known = g_strdup(document_cache_get(cache, &domain->uuid));
}

/* What differs is found out as after an event. */
static void settle(Operation *operation, Host *host, Domain *domain, bool superseded)
{
    if (!domain || !((const ReadOperation *)operation)->news)
        return;
    if (operation->options.live)
        inventory_mark_live_doubtful(domain, false);
    else
        inventory_mark_doubtful(domain);
}

static DocumentSource *source(Operation *operation)
{
    return &((ReadOperation *)operation)->source;
}

static const char *text(const Operation *operation)
{
    return ((const ReadOperation *)operation)->xml;
}

static void clear(Operation *operation)
{
    ReadOperation *read = (ReadOperation *)operation;
    document_source_clear(&read->source);
    secret_text_free(read->known);
    g_strfreev(read->keys);
    g_free(read->kind);
    g_free(read->uri);
    dw_settings_free(read->settings);
    g_clear_pointer(&read->devices, g_ptr_array_unref);
    g_clear_pointer(&read->problems, g_ptr_array_unref);
    secret_text_free(read->xml);
}

static const OperationType read_type = {
    .name = "read",
    .size = sizeof(ReadOperation),
    .run = run,
    .clear = clear,
    .source = source,
    .text = text,
    .prepare = prepare,
    .settle = settle,
    .first = GRANT_READ,
    .connection = CONNECTION_FOR_DOMAINS,
    .timeout = OPERATION_TIMEOUT,
};

ReadOperation *read_operation_new(ReadWhat what)
{
    ReadOperation *read = operation_new(&read_type);
    read->what = what;
    return read;
}
