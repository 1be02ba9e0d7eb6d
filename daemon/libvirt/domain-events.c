/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Translates libvirt's events, on libvirt's own thread, without asking the host anything. */
#include "libvirt/domain-events.h"

#include <stdatomic.h>

#include "libvirt/private.h"

/* What libvirt's callbacks hold on to; lives until the last of them is gone. */
struct Subscription {
    atomic_uint references;
    VirtEventFunc func;
    void *userdata;
    GDestroyNotify free_userdata;
};

void virt_event_free(VirtEvent *event)
{
    if (!event)
        return;
    g_free(event->name);
    g_free(event->alias);
    g_free(event);
}

static void subscription_unref(void *userdata)
{
    Subscription *subscription = userdata;
    if (atomic_fetch_sub(&subscription->references, 1) != 1)
        return;
    subscription->free_userdata(subscription->userdata);
    g_free(subscription);
}

static void post_about(Subscription *subscription, virDomainPtr domain, VirtEventType type,
                       VirtState state, const char *alias)
{
    VirtEvent *event = g_new0(VirtEvent, 1);
    event->type = type;
    event->id = -1;
    event->state = state;
    event->alias = g_strdup(alias);
    if (domain) {
        virDomainGetUUIDString(domain, event->uuid);
        event->name = g_strdup(virDomainGetName(domain));
        unsigned id = virDomainGetID(domain);
        event->id = id == (unsigned)-1 ? -1 : (int)id;
    }
    subscription->func(event, subscription->userdata);
}

static void post(Subscription *subscription, virDomainPtr domain, VirtEventType type,
                 VirtState state)
{
    post_about(subscription, domain, type, state, NULL);
}

static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail,
                        void *userdata)
{
    static const struct {
        VirtEventType type;
        VirtState state;
    } meaning[] = {
        [VIR_DOMAIN_EVENT_DEFINED] = {VIRT_EVENT_DEFINED, VIRT_NOSTATE},
        [VIR_DOMAIN_EVENT_UNDEFINED] = {VIRT_EVENT_UNDEFINED, VIRT_NOSTATE},
        [VIR_DOMAIN_EVENT_STARTED] = {VIRT_EVENT_STARTED, VIRT_RUNNING},
        [VIR_DOMAIN_EVENT_SUSPENDED] = {VIRT_EVENT_STATE, VIRT_PAUSED},
        [VIR_DOMAIN_EVENT_RESUMED] = {VIRT_EVENT_STATE, VIRT_RUNNING},
        [VIR_DOMAIN_EVENT_STOPPED] = {VIRT_EVENT_STOPPED, VIRT_SHUTOFF},
        [VIR_DOMAIN_EVENT_SHUTDOWN] = {VIRT_EVENT_STATE, VIRT_SHUTDOWN},
        [VIR_DOMAIN_EVENT_PMSUSPENDED] = {VIRT_EVENT_STATE, VIRT_PMSUSPENDED},
        [VIR_DOMAIN_EVENT_CRASHED] = {VIRT_EVENT_STATE, VIRT_CRASHED},
    };
    if (event < 0 || (gsize)event >= G_N_ELEMENTS(meaning))
        return 0;
    /* The first half of a rename: the second names the domain anew. */
    if (event == VIR_DOMAIN_EVENT_UNDEFINED && detail == VIR_DOMAIN_EVENT_UNDEFINED_RENAMED)
        return 0;
    post(userdata, domain, meaning[event].type, meaning[event].state);
    return 0;
}

static void on_metadata(virConnectPtr connection, virDomainPtr domain, int type, const char *uri,
                        void *userdata)
{
    post(userdata, domain, VIRT_EVENT_METADATA, VIRT_NOSTATE);
}

static void on_balloon(virConnectPtr connection, virDomainPtr domain, unsigned long long actual,
                       void *userdata)
{
    post(userdata, domain, VIRT_EVENT_LIVE, VIRT_NOSTATE);
}

static void on_device(virConnectPtr connection, virDomainPtr domain, const char *alias,
                      void *userdata)
{
    post(userdata, domain, VIRT_EVENT_LIVE, VIRT_NOSTATE);
}

static void on_removed(virConnectPtr connection, virDomainPtr domain, const char *alias,
                       void *userdata)
{
    post_about(userdata, domain, VIRT_EVENT_DEVICE_REMOVED, VIRT_NOSTATE, alias);
}

static void on_removal_failed(virConnectPtr connection, virDomainPtr domain, const char *alias,
                              void *userdata)
{
    post_about(userdata, domain, VIRT_EVENT_REMOVAL_REFUSED, VIRT_NOSTATE, alias);
}

static void on_tray(virConnectPtr connection, virDomainPtr domain, const char *alias, int reason,
                    void *userdata)
{
    post(userdata, domain, VIRT_EVENT_LIVE, VIRT_NOSTATE);
}

static void on_disk(virConnectPtr connection, virDomainPtr domain, const char *old_source,
                    const char *new_source, const char *alias, int reason, void *userdata)
{
    post(userdata, domain, VIRT_EVENT_LIVE, VIRT_NOSTATE);
}

static void on_block_job(virConnectPtr connection, virDomainPtr domain, const char *disk, int type,
                         int status, void *userdata)
{
    post(userdata, domain, VIRT_EVENT_LIVE, VIRT_NOSTATE);
}

static void on_tunable(virConnectPtr connection, virDomainPtr domain, virTypedParameterPtr params,
                       int n_params, void *userdata)
{
    post(userdata, domain, VIRT_EVENT_LIVE, VIRT_NOSTATE);
}

static void on_agent(virConnectPtr connection, virDomainPtr domain, int state, int reason,
                     void *userdata)
{
    post(userdata, domain, VIRT_EVENT_LIVE, VIRT_NOSTATE);
}

static void on_clock(virConnectPtr connection, virDomainPtr domain, long long offset,
                     void *userdata)
{
    post(userdata, domain, VIRT_EVENT_LIVE, VIRT_NOSTATE);
}

static void on_memory_device(virConnectPtr connection, virDomainPtr domain, const char *alias,
                             unsigned long long size, void *userdata)
{
    post(userdata, domain, VIRT_EVENT_LIVE, VIRT_NOSTATE);
}

static void on_close(virConnectPtr connection, int reason, void *userdata)
{
    post(userdata, NULL, VIRT_EVENT_CLOSED, VIRT_NOSTATE);
}

void virt_subscribe(Virt *virt, VirtEventFunc func, void *userdata, GDestroyNotify free_userdata)
{
    static const struct {
        int event;
        virConnectDomainEventGenericCallback callback;
    } events[] = {
        {VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle)},
        {VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_metadata)},
        {VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_balloon)},
        {VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(on_device)},
        {VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(on_removed)},
        {VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, VIR_DOMAIN_EVENT_CALLBACK(on_removal_failed)},
        {VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_tray)},
        {VIR_DOMAIN_EVENT_ID_DISK_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_disk)},
        {VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, VIR_DOMAIN_EVENT_CALLBACK(on_block_job)},
        {VIR_DOMAIN_EVENT_ID_TUNABLE, VIR_DOMAIN_EVENT_CALLBACK(on_tunable)},
        {VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_agent)},
        {VIR_DOMAIN_EVENT_ID_RTC_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_clock)},
        {VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE,
         VIR_DOMAIN_EVENT_CALLBACK(on_memory_device)},
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(events) <= VIRT_MAX_EVENTS);
    Subscription *subscription = g_new0(Subscription, 1);
    *subscription =
        (Subscription){.func = func, .userdata = userdata, .free_userdata = free_userdata};
    atomic_init(&subscription->references, 1 + 1 + G_N_ELEMENTS(events));
    for (gsize i = 0; i < G_N_ELEMENTS(events); i++) {
        int id =
            virConnectDomainEventRegisterAny(virt->connection, NULL, events[i].event,
                                             events[i].callback, subscription, subscription_unref);
        if (id >= 0)
            virt->callbacks[virt->n_callbacks++] = id;
        else
            subscription_unref(subscription);
    }
    /* A driver without such a callback (test) reports success and forgets to free. */
    if (virConnectRegisterCloseCallback(virt->connection, on_close, subscription, NULL) == 0)
        virt->watches_close = subscription;
    else
        subscription_unref(subscription);
    subscription_unref(subscription);
}

void virt_unsubscribe(Virt *virt)
{
    for (int i = 0; i < virt->n_callbacks; i++)
        virConnectDomainEventDeregisterAny(virt->connection, virt->callbacks[i]);
    virt->n_callbacks = 0;
    if (!virt->watches_close)
        return;
    virConnectUnregisterCloseCallback(virt->connection, on_close);
    subscription_unref(virt->watches_close);
    virt->watches_close = NULL;
}
