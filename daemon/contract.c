/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names, signatures and properties of the five interfaces. Every method goes through
 * request_dispatch: whether it may be called, and who does it, is in methods.c.
 */
#include "contract.h"

#include <domwright/names.h>
#include <errno.h>

#include "domain-values.h"
#include "drafts.h"
#include "host.h"
#include "request.h"

/* Arguments and results in parentheses: type, name, type, name, … */
#define METHOD(name, arguments, results)                                                           \
    SD_BUS_METHOD_WITH_ARGS(name, SD_BUS_ARGS arguments, SD_BUS_RESULT results, request_dispatch,  \
                            SD_BUS_VTABLE_UNPRIVILEGED)
#define CONSTANT(name, type, getter)                                                               \
    SD_BUS_PROPERTY(name, type, getter, 0, SD_BUS_VTABLE_PROPERTY_CONST)
#define CHANGING(name, type, getter)                                                               \
    SD_BUS_PROPERTY(name, type, getter, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

/* ---- Getters; each sees the object its vtable was registered with ---- */

#define GETTER(name)                                                                               \
    static int name(sd_bus *bus, const char *path, const char *interface, const char *property,    \
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)

GETTER(get_version)
{
    return sd_bus_message_append(reply, "s", DOMWRIGHT_VERSION);
}

GETTER(get_hosts)
{
    const Server *server = userdata;
    int r = sd_bus_message_open_container(reply, 'a', "o");
    for (guint i = 0; r >= 0 && i < server->hosts->len; i++)
        r = sd_bus_message_append(reply, "o", ((Host *)server->hosts->pdata[i])->path);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

GETTER(get_host_text)
{
    const Host *host = userdata;
    const struct {
        const char *property, *text;
    } texts[] = {
        {"Name", host->name},
        {"Uri", host->uri},
        {"Hostname", host->hostname},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (g_strcmp0(texts[i].property, property) == 0)
            return sd_bus_message_append(reply, "s", texts[i].text ? texts[i].text : "");
    }
    return -ENOENT;
}

GETTER(get_host_version)
{
    const Host *host = userdata;
    uint64_t version =
        g_strcmp0(property, "LibvirtVersion") == 0 ? host->libvirt : host->hypervisor;
    char text[32] = "";
    if (version > 0)
        g_snprintf(text, sizeof text, "%u.%u.%u", (unsigned)(version / 1000000),
                   (unsigned)(version / 1000 % 1000), (unsigned)(version % 1000));
    return sd_bus_message_append(reply, "s", text);
}

GETTER(get_connected)
{
    const Host *host = userdata;
    return sd_bus_message_append(reply, "b", (int)(host->state == HOST_CONNECTED));
}

GETTER(get_domain)
{
    int number = domain_property(property);
    return number < 0 ? -ENOENT : domain_append_value(reply, userdata, number);
}

GETTER(get_draft_base)
{
    return sd_bus_message_append(reply, "o", ((const Draft *)userdata)->base);
}

GETTER(get_draft_base_revision)
{
    return sd_bus_message_append(reply, "s", ((const Draft *)userdata)->base_revision);
}

GETTER(get_draft_host)
{
    const Draft *draft = userdata;
    g_autofree char *host =
        *draft->host ? g_strconcat(DOMWRIGHT_HOST_PREFIX, draft->host, NULL) : g_strdup("/");
    return sd_bus_message_append(reply, "o", host);
}

GETTER(get_draft_owner)
{
    return sd_bus_message_append(reply, "u", (uint32_t)((const Draft *)userdata)->owner);
}

GETTER(get_draft_created)
{
    return sd_bus_message_append(reply, "t", ((const Draft *)userdata)->created);
}

GETTER(get_draft_modified)
{
    return sd_bus_message_append(reply, "t", ((const Draft *)userdata)->modified);
}

GETTER(get_draft_stale)
{
    return sd_bus_message_append(reply, "b", (int)((const Draft *)userdata)->stale);
}

/* Only reached where properties.c finds no object, and then there is none. */
GETTER(get_revision)
{
    return sd_bus_error_set(error, SD_BUS_ERROR_UNKNOWN_OBJECT, "no such object");
}

/* ---- The interfaces ---- */

const sd_bus_vtable contract_manager[] = {
    SD_BUS_VTABLE_START(0),
    METHOD("Build", ("a{sv}", settings, "a(sa{sv})", devices, "a{sv}", options), ("s", xml)),
    METHOD("Parse", ("s", xml, "a{sv}", options), ("a{sv}", settings, "a(ssa{sv})", devices)),
    METHOD("NewDraft", ("a{sv}", settings, "a(sa{sv})", devices, "a{sv}", options), ("o", draft)),
    METHOD("ImportDraft", ("s", xml, "a{sv}", options), ("o", draft)),
    METHOD("ListDrafts", ("a{sv}", options), ("ao", drafts)),
    METHOD("FindDomain", ("s", name_or_uuid, "a{sv}", options), ("o", domain)),
    METHOD("DescribeKeys", ("s", kind, "s", prefix, "a{sv}", options), ("aa{sv}", keys)),
    CONSTANT("Version", "s", get_version),
    CHANGING("Hosts", "ao", get_hosts),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable contract_host[] = {
    SD_BUS_VTABLE_START(0),
    METHOD("Define", ("a{sv}", settings, "a(sa{sv})", devices, "a{sv}", options),
           ("o", domain, "a{sv}", result)),
    METHOD("DefineXML", ("s", xml, "a{sv}", options), ("o", domain, "a{sv}", result)),
    METHOD("ListDomains", ("a{sv}", options), ("a(oa{sv})", domains)),
    METHOD("GetCapabilities", ("a{sv}", options), ("a{sv}", capabilities)),
    METHOD("GetDomainCapabilities", ("a{sv}", options), ("a{sv}", capabilities)),
    METHOD("ListChoices", ("s", kind, "s", key, "a{sv}", options), ("aa{sv}", choices)),
    METHOD("GetCapabilitiesXML", ("a{sv}", options), ("s", xml)),
    METHOD("GetDomainCapabilitiesXML", ("a{sv}", options), ("s", xml)),
    CONSTANT("Name", "s", get_host_text),
    CONSTANT("Uri", "s", get_host_text),
    CHANGING("Connected", "b", get_connected),
    CHANGING("Hostname", "s", get_host_text),
    CHANGING("LibvirtVersion", "s", get_host_version),
    CHANGING("HypervisorVersion", "s", get_host_version),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable contract_config[] = {
    SD_BUS_VTABLE_START(0),
    METHOD("Describe", ("a{sv}", options),
           ("a{sv}", settings, "a(ssa{sv})", devices, "s", revision)),
    METHOD("GetSettings", ("as", keys, "a{sv}", options), ("a{sv}", settings)),
    METHOD("GetDevices", ("s", kind, "a{sv}", options), ("a(ssa{sv})", devices)),
    METHOD("Modify", ("a{sv}", changes, "as", unset, "a{sv}", options), ("a{sv}", result)),
    METHOD("AddDevice", ("s", kind, "a{sv}", properties, "a{sv}", options),
           ("s", id, "a{sv}", result)),
    METHOD("ModifyDevice", ("s", kind, "s", id, "a{sv}", changes, "as", unset, "a{sv}", options),
           ("a{sv}", result)),
    METHOD("RemoveDevice", ("s", kind, "s", id, "a{sv}", options), ("a{sv}", result)),
    METHOD("AddDisk", ("a{sv}", properties, "a{sv}", options), ("s", target, "a{sv}", result)),
    METHOD("ModifyDisk", ("s", target, "a{sv}", changes, "as", unset, "a{sv}", options),
           ("a{sv}", result)),
    METHOD("RemoveDisk", ("s", target, "a{sv}", options), ("a{sv}", result)),
    METHOD("SetHyperV", ("a{sv}", features, "a{sv}", options), ("a{sv}", result)),
    METHOD("SetBootOrder", ("a(ss)", devices, "a{sv}", options), ("a{sv}", result)),
    METHOD("ApplyPreset", ("s", name, "a{sv}", options), ("a{sv}", result)),
    METHOD("Apply", ("a(sssa{sv}as)", edits, "a{sv}", options), ("as", ids, "a{sv}", result)),
    METHOD("Validate", ("a{sv}", options), ("aa{sv}", problems)),
    METHOD("GetXML", ("a{sv}", options), ("s", xml)),
    METHOD("GetMetadata", ("s", uri, "a{sv}", options), ("s", xml)),
    METHOD("SetMetadata", ("s", uri, "s", xml, "a{sv}", options), ("a{sv}", result)),
    SD_BUS_SIGNAL_WITH_ARGS("Changed",
                            SD_BUS_ARGS("b", live, "as", keys, "a(ss)", devices, "s", revision), 0),
    SD_BUS_PROPERTY("Revision", "s", get_revision, 0,
                    SD_BUS_VTABLE_PROPERTY_EMITS_INVALIDATION | SD_BUS_VTABLE_PROPERTY_EXPLICIT),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable contract_draft[] = {
    SD_BUS_VTABLE_START(0),
    METHOD("Diff", ("a{sv}", options), ("s", diff)),
    METHOD("Commit", ("a{sv}", options), ("o", domain, "a{sv}", result)),
    METHOD("Discard", ("a{sv}", options), (NULL)),
    CONSTANT("Base", "o", get_draft_base),
    CONSTANT("BaseRevision", "s", get_draft_base_revision),
    CONSTANT("Host", "o", get_draft_host),
    CONSTANT("Owner", "u", get_draft_owner),
    CONSTANT("Created", "t", get_draft_created),
    CHANGING("Modified", "t", get_draft_modified),
    CHANGING("Stale", "b", get_draft_stale),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable contract_domain[] = {
    SD_BUS_VTABLE_START(0),
    METHOD("Edit", ("a{sv}", options), ("o", draft)),
    METHOD("SetAutostart", ("b", autostart, "a{sv}", options), (NULL)),
    METHOD("Undefine", ("a{sv}", options), (NULL)),
    METHOD("Start", ("a{sv}", options), (NULL)),
    METHOD("Shutdown", ("a{sv}", options), (NULL)),
    METHOD("Destroy", ("a{sv}", options), (NULL)),
    METHOD("Reboot", ("a{sv}", options), (NULL)),
    METHOD("Reset", ("a{sv}", options), (NULL)),
    METHOD("Suspend", ("a{sv}", options), (NULL)),
    METHOD("Resume", ("a{sv}", options), (NULL)),
    METHOD("ListHistory", ("a{sv}", options), ("aa{sv}", history)),
    METHOD("Restore", ("s", revision, "a{sv}", options), ("a{sv}", result)),
    CHANGING("Name", "s", get_domain),
    CONSTANT("UUID", "s", get_domain),
    CHANGING("Id", "i", get_domain),
    CHANGING("State", "s", get_domain),
    CHANGING("Active", "b", get_domain),
    CHANGING("Persistent", "b", get_domain),
    CHANGING("Autostart", "b", get_domain),
    CHANGING("Title", "s", get_domain),
    CONSTANT("Host", "o", get_domain),
    SD_BUS_VTABLE_END,
};
