/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The base of all operations: references, the run of one step, and what several families do alike
 * with documents. Used by the families on workers and by calls/call on the main thread.
 */
#include "operations/operation.h"

#include <string.h>

#include "base/error.h"
#include "operations/validation.h"

void document_source_clear(DocumentSource *source)
{
    secret_text_free(source->text);
    dw_document_free(source->document);
    g_clear_pointer(&source->clone_rows, g_ptr_array_unref);
}

/* ---- Life ---- */

void *operation_new(const OperationType *type)
{
    Operation *operation = g_malloc0(type->size);
    operation->type = type;
    operation->references = 1;
    atomic_init(&operation->unwanted, false);
    return operation;
}

Operation *operation_ref(Operation *operation)
{
    operation->references++;
    return operation;
}

void operation_unref(void *data)
{
    Operation *operation = data;
    if (--operation->references > 0)
        return;
    if (operation->type->clear)
        operation->type->clear(operation);
    options_clear(&operation->options);
    capabilities_cache_unref(operation->capabilities);
    g_free(operation->unasked);
    g_clear_error(&operation->error);
    g_free(operation);
}

void operation_set_unwanted(Operation *operation)
{
    atomic_store(&operation->unwanted, true);
}

bool operation_is_unwanted(const Operation *operation)
{
    return atomic_load(&operation->unwanted);
}

/* ---- Running ---- */

static bool needs_connection(const Operation *operation)
{
    ConnectionNeed need = operation->type->connection;
    return need == CONNECTION_ALWAYS ||
           (need == CONNECTION_FOR_DOMAINS && !operation_on_draft(operation));
}

void operation_run(Task *task, void *connection, void *data)
{
    Operation *operation = data;
    if (!connection && needs_connection(operation)) {
        g_set_error(&operation->error, DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE,
                    "The connection to libvirt was lost.");
        return;
    }
    if (!operation->type->run(operation, task, connection, &operation->error) && !operation->error)
        g_set_error(&operation->error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                    "The operation \"%s\" failed without a reason.", operation->type->name);
}

bool operation_commits(const Operation *operation, Task *task, GError **error)
{
    if (operation_is_unwanted(operation)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "The caller has left.");
        return false;
    }
    task_set_committed(task);
    return true;
}

/* ---- Documents ---- */

bool operation_on_draft(const Operation *operation)
{
    return *operation->uuid == '\0';
}

char *operation_text(const Operation *operation, const DocumentSource *source, Virt *virt,
                     GError **error)
{
    if (operation_on_draft(operation))
        return g_strdup(source->text);
    return virt_domain_xml(virt, operation->uuid, operation->options.live, error);
}

DwDocument *operation_document(const Operation *operation, const DocumentSource *source, Virt *virt,
                               GError **error)
{
    if (operation_on_draft(operation) && source->document)
        return dw_document_copy(source->document);
    g_autofree char *text = operation_text(operation, source, virt, error);
    return text ? dw_document_parse(text, strlen(text), error) : NULL;
}

void operation_revision(const Operation *operation, const Virt *virt, const DwDocument *document,
                        char ret_revision[static REVISION_TEXT])
{
    size_t length;
    const char *text = dw_document_text(document, &length);
    revision_of(operation_on_draft(operation) ? NULL : virt_uri(virt), text, length, ret_revision);
}

void operation_view(const Operation *operation, Virt *virt, const DwDocument *document,
                    HostView *ret_view)
{
    g_autofree char *type = dw_get_string(document, "type");
    g_autofree char *arch = dw_get_string(document, "os.arch");
    g_autofree char *machine = dw_get_string(document, "os.machine");
    g_autofree char *emulator = dw_get_string(document, "emulator");
    MachineKey wanted = {type, arch, machine, emulator};
    host_view_fill(operation->capabilities, virt, &wanted, ret_view);
    validation_fill(&ret_view->host);
}

bool operation_defer(Operation *operation, HostView *view)
{
    if (operation->asked || !view->unasked)
        return false;
    operation->unasked = g_steal_pointer(&view->unasked);
    return true;
}

void operation_tell_silence(const Operation *operation, const HostView *view, GPtrArray *problems)
{
    if (operation->host_gone)
        dw_problems_add(problems, "host-silent", DW_SEVERITY_INFO,
                        "The draft's host is not configured any more, so what it lacks is not "
                        "among these problems.");
    else if (view->unasked)
        dw_problems_add(problems, "host-silent", DW_SEVERITY_INFO,
                        "The host has not said what it can do for such a domain, so what it lacks "
                        "is not among these problems.");
}

char *operation_answer(char *text, GError **error)
{
    if (!text || strlen(text) <= DW_MAX_BYTES)
        return text;
    g_set_error(
        error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
        "The answer is longer than %d bytes, the maximum; ask for less: without diff, or for "
        "some keys instead of the document.",
        DW_MAX_BYTES);
    g_free(text);
    return NULL;
}

const char *settings_text(const DwSettings *settings, const char *key)
{
    const DwValue *value = dw_settings_get(settings, key);
    return value && value->type == DW_VALUE_STRING ? value->s : NULL;
}
