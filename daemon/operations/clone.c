/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the domain and, for the addresses of network interfaces that are in use, all others of its
 * host, one after the other; changes nothing there. On workers.
 */
#include "operations/clone.h"

#include <string.h>

#include "operations/define-on-host.h"

/* For a host of 10,000 domains. */
#define CLONE_TIMEOUT (60 * OPERATION_SECOND)

/* Looks for the text: whole documents need not be parsed for it. */
static void add_macs(const char *text, GHashTable *macs)
{
    static const char tag[] = "<mac address=";
    while ((text = strstr(text, tag))) {
        text += strlen(tag);
        const char *end = *text ? strchr(text + 1, *text) : NULL;
        if (!end)
            return;
        g_autofree char *mac = g_strndup(text + 1, end - text - 1);
        g_hash_table_add(macs, g_ascii_strdown(mac, -1));
        text = end;
    }
}

/* One that goes meanwhile uses none. */
static GHashTable *macs_in_use(const Operation *operation, Virt *virt, GError **error)
{
    g_autoptr(GPtrArray) domains = virt_list(virt, error);
    if (!domains)
        return NULL;
    GHashTable *macs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < domains->len && !operation_is_unwanted(operation); i++) {
        const VirtDomain *domain = domains->pdata[i];
        char *text = virt_domain_xml(virt, domain->uuid, false, NULL);
        if (text)
            add_macs(text, macs);
        secret_text_free(text);
    }
    return macs;
}

static bool check_name(Virt *virt, const char *name, GError **error)
{
    GError *failure = NULL;
    g_autofree char *other = virt_find_name(virt, name, &failure);
    if (failure)
        g_propagate_error(error, failure);
    else if (other)
        set_name_taken(name, error);
    return !failure && !other;
}

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    CloneOperation *clone = (CloneOperation *)operation;
    const Options *options = &operation->options;
    g_autoptr(DwDocument) source = operation_document(operation, NULL, virt, error);
    g_autoptr(GHashTable) macs = source ? macs_in_use(operation, virt, error) : NULL;
    if (!macs)
        return false;
    g_auto(HostView) view = {0};
    operation_view(operation, virt, source, &view);
    const DwCloneOptions wanted = {
        .name = options->name,
        .disks = options->disks,
        .new_serials = options->new_serials,
        .drop_hostdevs = options->drop_hostdevs,
        .macs = macs,
    };
    g_autoptr(DwDocument) document = dw_clone(source, &wanted, &view.host, clone->rows, error);
    g_autofree char *name = document ? dw_get_string(document, "name") : NULL;
    if (!document || !check_name(virt, name, error))
        return false;
    clone->xml = g_strdup(dw_document_text(document, NULL));
    if (!dw_text_may_hold_secret(clone->xml))
        return true;
    clone->redacted = dw_clone_redacted(document, clone->secret_rows);
    if (strcmp(clone->xml, clone->redacted) == 0)
        g_clear_pointer(&clone->redacted, g_free);
    return true;
}

static void clear(Operation *operation)
{
    CloneOperation *clone = (CloneOperation *)operation;
    secret_text_free(clone->xml);
    g_free(clone->redacted);
    g_clear_pointer(&clone->rows, g_ptr_array_unref);
    g_clear_pointer(&clone->secret_rows, g_ptr_array_unref);
}

static const OperationType clone_type = {
    .name = "clone",
    .size = sizeof(CloneOperation),
    .run = run,
    .clear = clear,
    .first = GRANT_READ,
    .connection = CONNECTION_ALWAYS,
    .timeout = CLONE_TIMEOUT,
};

CloneOperation *clone_operation_new(void)
{
    CloneOperation *clone = operation_new(&clone_type);
    clone->rows = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    clone->secret_rows = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    return clone;
}
