/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrival of messages: from a message to a request whose sender and method are known. Main thread.
 */
#include "bus/filter.h"

#include <domwright/model.h>
#include <domwright/names.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "bus/wire.h"

/* Requests that wait for their sender to be known, from all senders and from each. */
#define MAX_WAITING            16384
#define MAX_WAITING_PER_SENDER 1024
/* A document of the largest size, and room for the rest; for all but root. */
#define MAX_MESSAGE (DW_MAX_BYTES + 64 * 1024)

typedef struct {
    FilterStepFunc func;
    void *data;
} Step;

struct Filter {
    Requests *requests;
    Senders *senders;
    Requeue *requeue;
    uid_t own;
    bool stopping;
    sd_bus_slot *slot;
    GPtrArray *interfaces; /* of const Interface */
    GArray *steps;         /* of Step */
    GHashTable *waiting;   /* sender -> GPtrArray of Request, until its user is known */
    unsigned waiting_count;
};

static int refuse(sd_bus_message *message, const char *error_name, const char *reason)
{
    need_memory(sd_bus_reply_method_errorf(message, error_name, "%s", reason));
    return 1;
}

/* ---- Waiting for the sender ---- */

static void free_waiting(void *userdata)
{
    GPtrArray *requests = userdata;
    for (guint i = 0; i < requests->len; i++)
        request_drop(requests->pdata[i]);
    g_ptr_array_unref(requests);
}

static GPtrArray *steal_waiting(Filter *filter, const char *sender)
{
    gpointer name = NULL, requests = NULL;
    g_hash_table_steal_extended(filter->waiting, sender, &name, &requests);
    g_free(name);
    if (requests)
        filter->waiting_count -= ((GPtrArray *)requests)->len;
    return requests;
}

static void on_known(const char *sender, bool known, void *userdata)
{
    Filter *filter = userdata;
    uid_t uid;
    g_autoptr(GPtrArray) requests = steal_waiting(filter, sender);
    for (guint i = 0; requests && i < requests->len; i++) {
        Request *request = requests->pdata[i];
        if (known && senders_uid(filter->senders, sender, &uid)) {
            request_set_user(request, uid);
            requeue_add(filter->requeue, request);
        } else {
            request_refuse(request, SD_BUS_ERROR_ACCESS_DENIED,
                           "The bus does not say who is calling.");
        }
    }
}

static void on_left(const char *sender, void *userdata)
{
    Filter *filter = userdata;
    g_autoptr(GPtrArray) requests = steal_waiting(filter, sender);
    for (guint i = 0; requests && i < requests->len; i++)
        request_drop(requests->pdata[i]);
    requeue_forget(filter->requeue, sender);
}

static int await_sender(Filter *filter, Request *request)
{
    GPtrArray *requests = g_hash_table_lookup(filter->waiting, request->sender);
    if (filter->waiting_count >= MAX_WAITING ||
        (requests && requests->len >= MAX_WAITING_PER_SENDER)) {
        request_refuse(request, SD_BUS_ERROR_ACCESS_DENIED,
                       "Too many calls wait for their sender to be known; try again later.");
        return 1;
    }
    if (!requests) {
        requests = g_ptr_array_new();
        g_hash_table_insert(filter->waiting, g_strdup(request->sender), requests);
    }
    g_ptr_array_add(requests, request);
    filter->waiting_count++;
    return 1;
}

/* ---- Passing ---- */

static bool may_call(const Filter *filter, uid_t uid)
{
    return filter->requests->policy || uid == 0 || uid == filter->own;
}

static int pass(Filter *filter, Request *request)
{
    uid_t uid;
    const char *denied = !senders_uid(filter->senders, request->sender, &uid)
                             ? "The bus does not say who is calling."
                         : !may_call(filter, uid)
                             ? "Only root and the user this service runs as may call it."
                             : NULL;
    if (denied || filter->stopping) {
        request_refuse(request, denied ? SD_BUS_ERROR_ACCESS_DENIED : DOMWRIGHT_ERROR_BUSY,
                       denied ? denied : STOPPING_MESSAGE);
        return 1;
    }
    for (; request->step < filter->steps->len; request->step++) {
        const Step *step = &g_array_index(filter->steps, Step, request->step);
        if (step->func(request, step->data))
            return 1;
    }
    request_admit(request);
    return 0;
}

/* ---- Arrival ---- */

/* What sd-bus itself answers, on any path. */
static bool is_standard(const char *interface)
{
    return g_str_has_prefix(interface, "org.freedesktop.DBus.");
}

static const Method *find_method(const Filter *filter, const char *interface, const char *member)
{
    for (guint i = 0; i < filter->interfaces->len; i++) {
        const Interface *candidate = filter->interfaces->pdata[i];
        if (strcmp(candidate->name, interface) == 0)
            return interface_find(candidate, member);
    }
    return NULL;
}

/* Long messages are dropped before they can gather here. */
static bool is_too_long(const Filter *filter, const char *sender, sd_bus_message *message,
                        gsize *ret_size)
{
    uid_t uid;
    *ret_size = 0;
    return filter->requests->policy && !(senders_uid(filter->senders, sender, &uid) && uid == 0) &&
           wire_measure(message, MAX_MESSAGE, ret_size) < 0;
}

static int refuse_length(sd_bus_message *message)
{
    need_memory(sd_bus_reply_method_errorf(
        message, DOMWRIGHT_ERROR_LIMIT_EXCEEDED,
        "The message is malformed or longer than %d bytes, the maximum.", MAX_MESSAGE));
    return 1;
}

static int arrive(Filter *filter, sd_bus_message *message)
{
    const char *interface = sd_bus_message_get_interface(message);
    const char *sender = sd_bus_message_get_sender(message);
    uid_t uid;
    gsize size;
    if (!interface || !sender)
        return refuse(message, SD_BUS_ERROR_ACCESS_DENIED, "A call has to name its interface.");
    if (strcmp(interface, "org.freedesktop.DBus.Peer") == 0)
        return 0;
    if (senders_ask(filter->senders, sender) < 0)
        return refuse(message, SD_BUS_ERROR_ACCESS_DENIED,
                      "The bus cannot be asked who is calling.");
    if (is_too_long(filter, sender, message, &size))
        return refuse_length(message);
    const Method *method = find_method(filter, interface, sd_bus_message_get_member(message));
    if (!method && !is_standard(interface))
        return 0; /* no such method: sd-bus says so */
    Request *request = request_new(filter->requests, message, method);
    request->size = size;
    if (!senders_uid(filter->senders, sender, &uid))
        return await_sender(filter, request);
    request_set_user(request, uid);
    if (!requeue_has(filter->requeue, sender))
        return pass(filter, request);
    requeue_add(filter->requeue, request);
    return 1;
}

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    Filter *filter = userdata;
    uint8_t type;
    bool later;
    if (sd_bus_message_get_type(message, &type) < 0 || type != SD_BUS_MESSAGE_METHOD_CALL)
        return 0;
    Request *request = requeue_take(filter->requeue, message, &later);
    if (request)
        return pass(filter, request);
    return later ? 1 : arrive(filter, message);
}

/* ---- Life ---- */

void filter_add_interface(Filter *filter, const Interface *interface)
{
    g_ptr_array_add(filter->interfaces, (gpointer)interface);
}

void filter_add_step(Filter *filter, FilterStepFunc func, void *data)
{
    Step step = {func, data};
    g_array_append_val(filter->steps, step);
}

void filter_stop(Filter *filter)
{
    filter->stopping = true;
}

Filter *filter_new(sd_bus *bus, Requests *requests, Senders *senders, Requeue *requeue,
                   int *ret_error)
{
    Filter *filter = g_new0(Filter, 1);
    *filter =
        (Filter){.requests = requests, .senders = senders, .requeue = requeue, .own = getuid()};
    filter->interfaces = g_ptr_array_new();
    filter->steps = g_array_new(FALSE, FALSE, sizeof(Step));
    filter->waiting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_waiting);
    senders_on_known(senders, on_known, filter);
    senders_on_left(senders, on_left, filter);
    int r = sd_bus_add_filter(bus, &filter->slot, on_message, filter);
    if (r >= 0)
        return filter;
    *ret_error = r;
    filter_free(filter);
    return NULL;
}

void filter_free(Filter *filter)
{
    if (!filter)
        return;
    request_admit(NULL);
    sd_bus_slot_unref(filter->slot);
    g_hash_table_unref(filter->waiting);
    g_ptr_array_unref(filter->interfaces);
    g_array_unref(filter->steps);
    g_free(filter);
}
