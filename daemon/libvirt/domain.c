/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls about domains, on the worker that holds the connection. */
#include "libvirt/domain.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/secret-text.h"
#include "base/uuid.h"
#include "libvirt/private.h"

const char *virt_state_name(VirtState state)
{
    static const char *const names[] = {"nostate",  "running", "blocked", "paused",
                                        "shutdown", "shutoff", "crashed", "pmsuspended"};
    return (gsize)state < G_N_ELEMENTS(names) ? names[state] : "nostate";
}

void virt_domain_free(VirtDomain *domain)
{
    if (!domain)
        return;
    g_free(domain->name);
    g_free(domain);
}

virDomainPtr virt_lookup(Virt *virt, const char *uuid, GError **error)
{
    virDomainPtr domain = virDomainLookupByUUIDString(virt->connection, uuid);
    if (!domain)
        virt_set_error(virt, false, error);
    return domain;
}

/* Handle cache. Cleared when full: an LRU would cost more than it saves. */
#define MAX_HANDLES 32

/* For calls that only carry the uuid: name and id may be of an earlier time. It is the table's, as
 * nobody else uses this connection meanwhile; each reference would cost libvirt a line for its log,
 * which is written whether there is one or not. */
virDomainPtr virt_handle(Virt *virt, const char *uuid, GError **error)
{
    virDomainPtr domain = g_hash_table_lookup(virt->handles, uuid);
    if (!domain) {
        domain = virt_lookup(virt, uuid, error);
        if (!domain)
            return NULL;
        if (g_hash_table_size(virt->handles) >= MAX_HANDLES)
            g_hash_table_remove_all(virt->handles);
        g_hash_table_insert(virt->handles, g_strdup(uuid), domain);
    }
    return domain;
}

/* ---- Listing: a few calls for all domains instead of a few for each ---- */

/* libvirt's own text of it costs as much as the rest of a row in a long list. */
static void take_uuid(virDomainPtr handle, char ret_text[static UUID_TEXT])
{
    Uuid uuid = SD_ID128_NULL;
    virDomainGetUUID(handle, uuid.bytes);
    uuid_format(&uuid, ret_text);
}

static VirtDomain *describe(virDomainPtr handle)
{
    VirtDomain *domain = g_new0(VirtDomain, 1);
    domain->asked_at = g_get_monotonic_time();
    take_uuid(handle, domain->uuid);
    domain->name = g_strdup(virDomainGetName(handle));
    unsigned id = virDomainGetID(handle);
    domain->id = id == (unsigned)-1 ? -1 : (int)id;
    return domain;
}

static int list_some(Virt *virt, unsigned flags, virDomainPtr **ret_handles, GError **error)
{
    int count = virConnectListAllDomains(virt->connection, ret_handles, flags);
    if (count < 0)
        virt_set_error(virt, false, error);
    return count;
}

static void free_handles(virDomainPtr *handles, int count)
{
    for (int i = 0; i < count; i++)
        virDomainFree(handles[i]);
    free(handles);
}

typedef void (*Mark)(VirtDomain *domain, virDomainPtr handle);

static void mark_transient(VirtDomain *domain, virDomainPtr handle)
{
    domain->persistent = false;
}

static void mark_autostart(VirtDomain *domain, virDomainPtr handle)
{
    domain->autostart = true;
}

static void mark_paused(VirtDomain *domain, virDomainPtr handle)
{
    domain->state = VIRT_PAUSED;
}

static void mark_other(VirtDomain *domain, virDomainPtr handle)
{
    int state;
    if (virDomainGetState(handle, &state, NULL, 0) == 0)
        domain->state = state;
}

/* Marks all whom libvirt lists with these flags. */
static bool mark_some(Virt *virt, unsigned flags, Mark mark, GHashTable *by_uuid, GError **error)
{
    virDomainPtr *handles = NULL;
    int count = list_some(virt, flags, &handles, error);
    if (count < 0)
        return false;
    for (int i = 0; i < count; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN];
        take_uuid(handles[i], uuid);
        VirtDomain *domain = g_hash_table_lookup(by_uuid, uuid);
        if (domain)
            mark(domain, handles[i]);
    }
    free_handles(handles, count);
    return true;
}

/* What most domains are is taken for granted, so that one list only is long. */
static VirtDomain *suppose(virDomainPtr handle)
{
    VirtDomain *domain = describe(handle);
    domain->state = domain->id < 0 ? VIRT_SHUTOFF : VIRT_RUNNING;
    domain->persistent = true;
    domain->knows_state = domain->knows_persistent = domain->knows_autostart = true;
    return domain;
}

GPtrArray *virt_list(Virt *virt, GError **error)
{
    static const struct {
        unsigned flags;
        bool active; /* only these can be */
        Mark mark;
    } exceptions[] = {
        {VIR_CONNECT_LIST_DOMAINS_TRANSIENT, true, mark_transient},
        {VIR_CONNECT_LIST_DOMAINS_AUTOSTART, false, mark_autostart},
        {VIR_CONNECT_LIST_DOMAINS_PAUSED, true, mark_paused},
        {VIR_CONNECT_LIST_DOMAINS_OTHER, true, mark_other},
    };
    bool any_active = false;
    virDomainPtr *handles = NULL;
    int count = list_some(virt, 0, &handles, error);
    if (count < 0)
        return NULL;
    g_autoptr(GPtrArray) domains = g_ptr_array_new_full(count, (GDestroyNotify)virt_domain_free);
    g_autoptr(GHashTable) by_uuid = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 0; i < count; i++) {
        VirtDomain *domain = suppose(handles[i]);
        any_active |= domain->id >= 0;
        g_ptr_array_add(domains, domain);
        g_hash_table_insert(by_uuid, domain->uuid, domain);
    }
    free_handles(handles, count);
    for (gsize i = 0; i < G_N_ELEMENTS(exceptions); i++) {
        if ((any_active || !exceptions[i].active) &&
            !mark_some(virt, exceptions[i].flags, exceptions[i].mark, by_uuid, error))
            return NULL;
    }
    return g_steal_pointer(&domains);
}

GPtrArray *virt_autostarts(Virt *virt, GError **error)
{
    virDomainPtr *handles = NULL;
    int count = list_some(virt, VIR_CONNECT_LIST_DOMAINS_AUTOSTART, &handles, error);
    if (count < 0)
        return NULL;
    GPtrArray *uuids = g_ptr_array_new_full(count, g_free);
    for (int i = 0; i < count; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN];
        take_uuid(handles[i], uuid);
        g_ptr_array_add(uuids, g_strdup(uuid));
    }
    free_handles(handles, count);
    return uuids;
}

/* As its state tells as long as nobody has paused or resumed it. libvirt is still bringing the
 * memory back when a domain is starting up, paused, in the middle of a call. */
static bool is_restored(int state, int reason)
{
    return state == VIR_DOMAIN_RUNNING
               ? reason == VIR_DOMAIN_RUNNING_RESTORED ||
                     reason == VIR_DOMAIN_RUNNING_FROM_SNAPSHOT ||
                     reason == VIR_DOMAIN_RUNNING_MIGRATED || reason == VIR_DOMAIN_RUNNING_POSTCOPY
               : state == VIR_DOMAIN_PAUSED && (reason == VIR_DOMAIN_PAUSED_STARTING_UP ||
                                                reason == VIR_DOMAIN_PAUSED_FROM_SNAPSHOT ||
                                                reason == VIR_DOMAIN_PAUSED_MIGRATION ||
                                                reason == VIR_DOMAIN_PAUSED_POSTCOPY);
}

VirtDomain *virt_domain_get(Virt *virt, const char *uuid, GError **error)
{
    _cleanup_domain_ virDomainPtr handle = virt_lookup(virt, uuid, error);
    if (!handle)
        return NULL;
    VirtDomain *domain = describe(handle);
    int state = VIRT_NOSTATE, reason = 0, autostart = 0;
    domain->knows_state = virDomainGetState(handle, &state, &reason, 0) == 0;
    domain->restored = domain->knows_state && is_restored(state, reason);
    domain->knows_autostart = virDomainGetAutostart(handle, &autostart) == 0;
    int persistent = virDomainIsPersistent(handle);
    domain->knows_persistent = persistent >= 0;
    domain->state = state;
    domain->autostart = autostart != 0;
    domain->persistent = persistent == 1;
    return domain;
}

char *virt_find_name(Virt *virt, const char *name, GError **error)
{
    _cleanup_domain_ virDomainPtr handle = virDomainLookupByName(virt->connection, name);
    if (!handle) {
        if (virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
            virt_set_error(virt, false, error);
        return NULL;
    }
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    take_uuid(handle, uuid);
    return g_strdup(uuid);
}

bool virt_has_uuid(Virt *virt, const char *uuid, GError **error)
{
    _cleanup_domain_ virDomainPtr handle = virDomainLookupByUUIDString(virt->connection, uuid);
    if (!handle && virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
        virt_set_error(virt, false, error);
    return handle != NULL;
}

/* ---- Documents ---- */

/* The root of a running domain's document has its number. */
static bool has_number(const char *text)
{
    const char *end = strchr(text, '>');
    const char *number = strstr(text, " id=");
    return end && number && number < end;
}

/* libvirt answers with the persistent document where there is no running one. */
static bool is_of_running(virDomainPtr domain, const char *text, GError **error)
{
    if (has_number(text) || virDomainIsActive(domain) != 0)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID,
                "The domain is not running, so it has no live configuration.");
    return false;
}

char *virt_domain_xml(Virt *virt, const char *uuid, bool live, GError **error)
{
    virDomainPtr domain = virt_handle(virt, uuid, error);
    if (!domain)
        return NULL;
    unsigned flags = VIR_DOMAIN_XML_SECURE | (live ? 0 : VIR_DOMAIN_XML_INACTIVE);
    char *text = virt_take_text(virt, virDomainGetXMLDesc(domain, flags), error);
    if (text && live && !is_of_running(domain, text, error))
        g_clear_pointer(&text, secret_text_free);
    return text;
}

char *virt_define(Virt *virt, const char *xml, bool validate, GError **error)
{
    unsigned flags = validate ? VIR_DOMAIN_DEFINE_VALIDATE : 0;
    _cleanup_domain_ virDomainPtr domain = virDomainDefineXMLFlags(virt->connection, xml, flags);
    if (!domain) {
        virt_set_error(virt, true, error);
        return NULL;
    }
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    take_uuid(domain, uuid);
    return g_strdup(uuid);
}

bool virt_start_xml(Virt *virt, const char *xml, bool paused, bool validate, GError **error)
{
    unsigned flags =
        (paused ? VIR_DOMAIN_START_PAUSED : 0) | (validate ? VIR_DOMAIN_START_VALIDATE : 0);
    _cleanup_domain_ virDomainPtr domain = virDomainCreateXML(virt->connection, xml, flags);
    if (!domain)
        virt_set_error(virt, true, error);
    return domain != NULL;
}

bool virt_rename(Virt *virt, const char *uuid, const char *name, GError **error)
{
    virDomainPtr domain = virt_handle(virt, uuid, error);
    if (!domain)
        return false;
    if (virDomainRename(domain, name, 0) < 0) {
        virt_set_error(virt, true, error);
        return false;
    }
    return true;
}

bool virt_has_managed_save(Virt *virt, const char *uuid)
{
    virDomainPtr domain = virt_handle(virt, uuid, NULL);
    return domain && virDomainHasManagedSaveImage(domain, 0) == 1;
}

/* ---- Actions ---- */

static unsigned undefine_flags(VirtUndefineFlags flags)
{
    return (flags & VIRT_UNDEFINE_NVRAM ? VIR_DOMAIN_UNDEFINE_NVRAM : 0) |
           (flags & VIRT_UNDEFINE_KEEP_NVRAM ? VIR_DOMAIN_UNDEFINE_KEEP_NVRAM : 0) |
           (flags & VIRT_UNDEFINE_MANAGED_SAVE ? VIR_DOMAIN_UNDEFINE_MANAGED_SAVE : 0) |
           (flags & VIRT_UNDEFINE_SNAPSHOTS ? VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA : 0);
}

static int act(virDomainPtr domain, VirtAction action, VirtUndefineFlags flags)
{
    switch (action) {
    case VIRT_START:
        return virDomainCreate(domain);
    case VIRT_START_PAUSED:
        return virDomainCreateWithFlags(domain, VIR_DOMAIN_START_PAUSED);
    case VIRT_SHUT_DOWN:
        return virDomainShutdown(domain);
    case VIRT_DESTROY:
        return virDomainDestroy(domain);
    case VIRT_REBOOT:
        return virDomainReboot(domain, 0);
    case VIRT_RESET:
        return virDomainReset(domain, 0);
    case VIRT_SUSPEND:
        return virDomainSuspend(domain);
    case VIRT_RESUME:
        return virDomainResume(domain);
    case VIRT_AUTOSTART_ON:
        return virDomainSetAutostart(domain, 1);
    case VIRT_AUTOSTART_OFF:
        return virDomainSetAutostart(domain, 0);
    case VIRT_UNDEFINE:
        return virDomainUndefineFlags(domain, undefine_flags(flags));
    }
    return -1;
}

bool virt_domain_act(Virt *virt, const char *uuid, VirtAction action, VirtUndefineFlags flags,
                     GError **error)
{
    virDomainPtr domain = virt_handle(virt, uuid, error);
    if (!domain)
        return false;
    if (act(domain, action, flags) < 0) {
        virt_set_error(virt, true, error);
        return false;
    }
    return true;
}
