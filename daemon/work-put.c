/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handing a finished document to libvirt. Where the schema at hand speaks for the host's libvirt it
 * has been asked before, and libvirt need not load its own for each document. Where it does not, as
 * on a remote host of another release, the host's own libvirt is asked to validate; what it then
 * says of faults that were there before is, as elsewhere, no reason to refuse a change.
 */
#include <string.h>

#include "errors.h"
#include "work.h"

/* A hypervisor that libvirt's schema knows and no driver of libvirt takes. */
#define NOBODYS_TYPE "phyp"

/* Would the host's libvirt find the document valid? It is asked to define it for a hypervisor it
 * does not have, which it refuses, but only after the schema has been asked. */
static bool is_valid_there(Virt *virt, const DwDocument *document)
{
    g_autoptr(DwDocument) copy = dw_document_copy(document);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    dw_settings_put(values, "type", dw_value_string(NOBODYS_TYPE));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", values, NULL));
    g_auto(DwResult) result = {0};
    g_autoptr(GError) error = NULL;
    if (!dw_apply(copy, edits, DW_APPLY_DRY, &(DwHost){0}, &result, NULL))
        return true;
    g_free(virt_define(virt, dw_document_body(copy), true, &error));
    return !g_error_matches(error, DW_ERROR, DW_ERROR_INVALID);
}

char *work_put(const WorkPlan *plan, Virt *virt, GError **error)
{
    const char *xml = dw_document_body(plan->after);
    if (plan->checked)
        return virt_define(virt, xml, false, error);
    g_autoptr(GError) failure = NULL;
    char *uuid = virt_define(virt, xml, true, &failure);
    if (uuid)
        return uuid;
    bool invalid = g_error_matches(failure, DW_ERROR, DW_ERROR_INVALID);
    if (g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_OUTCOME_UNKNOWN) ||
        (invalid && (!plan->before || is_valid_there(virt, plan->before)))) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    /* An old fault, or a libvirt that has no schema either. */
    return virt_define(virt, xml, false, error);
}
