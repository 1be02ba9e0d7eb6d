/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Identity of callers, and the filter every message passes before any object sees it. sd-bus's own
 * credential queries block and are not used.
 */
#include "access.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "errors.h"
#include "fleet.h"
#include "host.h"
#include "long-calls.h"
#include "pace.h"
#include "policy.h"
#include "properties.h"
#include "request.h"
#include "wire.h"

/* Messages that wait for their sender to be known, from all senders and from each. */
#define MAX_WAITING            16384
#define MAX_WAITING_PER_SENDER 1024
/* A document of the largest size, and room for the rest; for all but root. */
#define MAX_MESSAGE (DW_MAX_BYTES + 64 * 1024)

typedef struct {
    Access *access;
    char *name;
    bool known;
    uid_t uid;
    GPtrArray *waiting; /* of sd_bus_message, until the sender is known */
    GQueue replay;      /* the same, on their way through the bus's queue a second time */
    sd_bus_slot *slot;
} Sender;

struct Access {
    Server *server;
    uid_t own;
    GHashTable *senders; /* unique name -> Sender */
    GHashTable *calls;   /* uid -> number of calls under way */
    unsigned waiting;
};

static void unref_message(void *message)
{
    sd_bus_message_unref(message);
}

static void sender_free(void *userdata)
{
    Sender *sender = userdata;
    sender->access->waiting -= sender->waiting->len;
    g_ptr_array_unref(sender->waiting);
    g_queue_clear(&sender->replay);
    sd_bus_slot_unref(sender->slot);
    g_free(sender->name);
    g_free(sender);
}

static int on_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    Access *access = userdata;
    const char *name, *before, *after;
    if (sd_bus_message_read(message, "sss", &name, &before, &after) < 0 || after[0] != '\0' ||
        !g_hash_table_remove(access->senders, name))
        return 0;
    calls_forget(access->server, name);
    long_calls_forget(access->server->long_calls, name);
    pace_forget(access->server->pace, name);
    if (access->server->policy)
        policy_forget(access->server->policy, name);
    return 0;
}

static int refuse(sd_bus_message *message, const char *reason)
{
    need_memory(sd_bus_reply_method_errorf(message, SD_BUS_ERROR_ACCESS_DENIED, "%s", reason));
    return 1;
}

static void replay(Sender *sender, sd_bus_message *message)
{
    if (sd_bus_enqueue_for_read(sender->access->server->bus, message) >= 0)
        g_queue_push_tail(&sender->replay, message);
    else
        refuse(message, "too many calls at once");
}

static int on_uid(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    Sender *sender = userdata;
    Access *access = sender->access;
    uint32_t uid;
    sender->slot = sd_bus_slot_unref(sender->slot);
    if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read(reply, "u", &uid) < 0) {
        for (guint i = 0; i < sender->waiting->len; i++)
            refuse(sender->waiting->pdata[i], "the bus does not say who is calling");
        g_hash_table_remove(access->senders, sender->name);
        return 0;
    }
    sender->known = true;
    sender->uid = uid;
    for (guint i = 0; i < sender->waiting->len; i++)
        replay(sender, sender->waiting->pdata[i]);
    access->waiting -= sender->waiting->len;
    g_ptr_array_set_size(sender->waiting, 0);
    return 0;
}

/* The sender's entry; asks the bus who it is when it is new. */
static Sender *sender_get(Access *access, const char *name)
{
    Sender *sender = g_hash_table_lookup(access->senders, name);
    if (sender)
        return sender;
    sender = g_new0(Sender, 1);
    *sender = (Sender){.access = access, .name = g_strdup(name)};
    sender->waiting = g_ptr_array_new_with_free_func(unref_message);
    if (sd_bus_call_method_async(access->server->bus, &sender->slot, "org.freedesktop.DBus",
                                 "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                 "GetConnectionUnixUser", on_uid, sender, "s", name) < 0) {
        sender_free(sender);
        return NULL;
    }
    g_hash_table_insert(access->senders, sender->name, sender);
    return sender;
}

/* What sd-bus itself answers, on any path. */
static bool is_standard(const char *interface)
{
    return g_str_has_prefix(interface, "org.freedesktop.DBus.");
}

/* Long messages are dropped before they can gather here. */
static bool is_too_long(const Access *access, const Sender *sender, sd_bus_message *message)
{
    if (!access->server->policy || (sender->known && sender->uid == 0) ||
        wire_is_within(message, MAX_MESSAGE))
        return false;
    need_memory(sd_bus_reply_method_errorf(message, DOMWRIGHT_ERROR_LIMIT_EXCEEDED,
                                           "the message is malformed or longer than %d bytes",
                                           MAX_MESSAGE));
    return true;
}

/* The identity of the sender is known. */
static int admit(Access *access, const Sender *sender, sd_bus_message *message)
{
    const char *interface = sd_bus_message_get_interface(message);
    const char *member = sd_bus_message_get_member(message);
    const Method *method = method_find(interface, member);
    if (!method && !is_standard(interface))
        return 0; /* no such method: sd-bus says so */
    if (!access_allows(access, sender->uid))
        return refuse(message, "only root and the user this service runs as may call it");
    if (access->server->stopping) {
        need_memory(
            sd_bus_reply_method_errorf(message, DOMWRIGHT_ERROR_BUSY, "domwrightd is stopping"));
        return 1;
    }
    if (hosts_hold(access->server, message) ||
        long_calls_hold(access->server->long_calls, message, sender->uid) ||
        fleet_intercept(access->server, message, sender->uid))
        return 1;
    return properties_intercept(access->server, message, sender->uid);
}

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    Access *access = userdata;
    uint8_t type;
    if (sd_bus_message_get_type(message, &type) < 0 || type != SD_BUS_MESSAGE_METHOD_CALL)
        return 0;
    const char *interface = sd_bus_message_get_interface(message);
    const char *name = sd_bus_message_get_sender(message);
    if (!interface || !name)
        return refuse(message, "a call has to name its interface");
    if (strcmp(interface, "org.freedesktop.DBus.Peer") == 0)
        return 0;
    Sender *sender = sender_get(access, name);
    if (!sender)
        return refuse(message, "the bus cannot be asked who is calling");
    if (is_too_long(access, sender, message))
        return 1;
    if (sender->known) {
        if (g_queue_is_empty(&sender->replay))
            return admit(access, sender, message);
        if (g_queue_peek_head(&sender->replay) == message) {
            g_queue_pop_head(&sender->replay);
            return admit(access, sender, message);
        }
        replay(sender, message); /* it came after those that waited: it stays behind them */
        return 1;
    }
    if (access->waiting >= MAX_WAITING || sender->waiting->len >= MAX_WAITING_PER_SENDER)
        return refuse(message, "too many calls at once");
    access->waiting++;
    g_ptr_array_add(sender->waiting, sd_bus_message_ref(message));
    return 1;
}

Access *access_new(Server *server, int *ret_error)
{
    Access *access = g_new0(Access, 1);
    access->server = server;
    access->own = getuid();
    access->senders = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, sender_free);
    access->calls = g_hash_table_new(NULL, NULL);
    int r = sd_bus_add_filter(server->bus, NULL, on_message, access);
    if (r >= 0)
        r = sd_bus_add_match_async(server->bus, NULL,
                                   "type='signal',sender='org.freedesktop.DBus',"
                                   "interface='org.freedesktop.DBus',"
                                   "member='NameOwnerChanged',arg2=''",
                                   on_owner_changed, NULL, access);
    if (r >= 0)
        return access;
    *ret_error = r;
    access_free(access);
    return NULL;
}

void access_free(Access *access)
{
    if (!access)
        return;
    g_hash_table_unref(access->senders);
    g_hash_table_unref(access->calls);
    g_free(access);
}

bool access_waiting(const Access *access)
{
    return access->waiting > 0;
}

bool access_uid(Access *access, const char *name, uid_t *ret_uid)
{
    const Sender *sender = name ? g_hash_table_lookup(access->senders, name) : NULL;
    if (!sender || !sender->known)
        return false;
    *ret_uid = sender->uid;
    return true;
}

bool access_allows(const Access *access, uid_t uid)
{
    return access->server->policy || uid == 0 || uid == access->own;
}

bool access_begin(Access *access, uid_t uid, GError **error)
{
    unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(access->calls, GUINT_TO_POINTER(uid)));
    if (access->server->policy && uid != 0 &&
        count >= access->server->configuration->limits.calls_per_user) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                    "you have %u calls under way, the most one user may have; try again later",
                    count);
        return false;
    }
    g_hash_table_insert(access->calls, GUINT_TO_POINTER(uid), GUINT_TO_POINTER(count + 1));
    return true;
}

void access_end(Access *access, uid_t uid)
{
    unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(access->calls, GUINT_TO_POINTER(uid)));
    if (count > 1)
        g_hash_table_insert(access->calls, GUINT_TO_POINTER(uid), GUINT_TO_POINTER(count - 1));
    else
        g_hash_table_remove(access->calls, GUINT_TO_POINTER(uid));
}

GPtrArray *access_names(Access *access, uid_t uid)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, access->senders);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Sender *sender = value;
        if (sender->known && (sender->uid == uid || sender->uid == 0))
            g_ptr_array_add(names, g_strdup(sender->name));
    }
    return names;
}
