/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handing a planned document to libvirt. Where the schema that is installed here is authoritative
 * for the host's libvirt it was asked while planning, and libvirt need not load its own for each
 * document. Where it is not, as on a remote host of another release, the host's own libvirt is
 * asked to validate; faults that it finds and that the old document has, too, do not refuse the
 * change. Used by edit.c and define.c, on workers.
 */
#include "operations/define-on-host.h"

#include "base/error.h"

/* A hypervisor of libvirt's schema for which libvirt has no driver any more. */
#define UNDRIVEN_TYPE "phyp"

/*
 * Does the host's libvirt find a document valid? There is no call that only validates, so libvirt
 * is asked to define the document for a hypervisor that it has no driver for, which always fails.
 * This relies on the order of steps in virDomainDefineXMLFlags(VIR_DOMAIN_DEFINE_VALIDATE): libvirt
 * validates the text against domain.rng while parsing it (virXMLParse():
 * VIR_ERR_XML_INVALID_SCHEMA), and only afterwards, in the driver's post-parse and validation
 * callbacks, looks whether the driver takes the type (CONFIG_UNSUPPORTED or INVALID_ARG). So
 * INVALID is a fault that the schema found. With another order, faults that were there before would
 * refuse every change; tests/bus/test_hosts.py (NoSchema.test_old_fault) has such a domain.
 */
static bool is_valid_there(Virt *virt, const DwDocument *document)
{
    g_autoptr(DwDocument) copy = dw_document_copy(document);
    g_autoptr(GError) error = NULL;
    if (!document_set(copy, "type", UNDRIVEN_TYPE, &(DwHost){0}, 0, NULL))
        return true;
    g_free(virt_define(virt, dw_document_body(copy), true, &error));
    return !g_error_matches(error, DW_ERROR, DW_ERROR_INVALID);
}

char *define_on_host(const ChangePlan *plan, Virt *virt, GError **error)
{
    const DocumentChange *config = &plan->config;
    const char *xml = dw_document_body(config->after);
    if (plan->schema_checked)
        return virt_define(virt, xml, false, error);
    g_autoptr(GError) failure = NULL;
    char *uuid = virt_define(virt, xml, true, &failure);
    if (uuid)
        return uuid;
    bool invalid = g_error_matches(failure, DW_ERROR, DW_ERROR_INVALID);
    if (g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_OUTCOME_UNKNOWN) ||
        (invalid && (!config->before || is_valid_there(virt, config->before)))) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    /* The old document has faults, too, or libvirt has no schema. */
    return virt_define(virt, xml, false, error);
}

char *read_back(Virt *virt, const char *uuid, GError **error)
{
    g_autoptr(GError) failure = NULL;
    char *text = virt_domain_xml(virt, uuid, false, &failure);
    if (!text)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_OUTCOME_UNKNOWN,
                    "The change was made, but could not be read back: %s", failure->message);
    return text;
}

void set_name_taken(const char *name, GError **error)
{
    g_set_error(error, DW_ERROR, DW_ERROR_ALREADY_EXISTS, "A domain named \"%s\" exists already.",
                name);
}
