/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identity of senders, and listeners that learn when one leaves. sd-bus's own credential queries
 * block and are not used. Main thread. */
#include "bus/senders.h"

#include <errno.h>

typedef struct {
    Senders *senders;
    char *name;
    bool known;
    uid_t uid;
    sd_bus_slot *slot; /* of the question */
} Sender;

typedef struct {
    SenderLeftFunc func;
    void *data;
} LeftListener;

struct Senders {
    sd_bus *bus;
    sd_bus_slot *slot;
    GHashTable *table; /* unique name -> Sender */
    GArray *left;      /* of LeftListener */
    SenderKnownFunc known;
    void *known_data;
};

static void sender_free(void *userdata)
{
    Sender *sender = userdata;
    sd_bus_slot_unref(sender->slot);
    g_free(sender->name);
    g_free(sender);
}

static int on_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    Senders *senders = userdata;
    const char *name, *before, *after;
    if (sd_bus_message_read(message, "sss", &name, &before, &after) < 0 || after[0] != '\0' ||
        !g_hash_table_remove(senders->table, name))
        return 0;
    for (guint i = 0; i < senders->left->len; i++) {
        const LeftListener *listener = &g_array_index(senders->left, LeftListener, i);
        listener->func(name, listener->data);
    }
    return 0;
}

static int on_uid(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    Sender *sender = userdata;
    Senders *senders = sender->senders;
    g_autofree char *name = g_strdup(sender->name);
    uint32_t uid = 0;
    bool known =
        !sd_bus_message_is_method_error(reply, NULL) && sd_bus_message_read(reply, "u", &uid) >= 0;
    sender->slot = sd_bus_slot_unref(sender->slot);
    sender->known = known;
    sender->uid = uid;
    if (!known)
        g_hash_table_remove(senders->table, name);
    if (senders->known)
        senders->known(name, known, senders->known_data);
    return 0;
}

int senders_ask(Senders *senders, const char *name)
{
    if (g_hash_table_contains(senders->table, name))
        return 0;
    Sender *sender = g_new0(Sender, 1);
    *sender = (Sender){.senders = senders, .name = g_strdup(name)};
    int r = sd_bus_call_method_async(senders->bus, &sender->slot, "org.freedesktop.DBus",
                                     "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                     "GetConnectionUnixUser", on_uid, sender, "s", name);
    if (r < 0)
        sender_free(sender);
    else
        g_hash_table_insert(senders->table, sender->name, sender);
    return r;
}

bool senders_uid(const Senders *senders, const char *name, uid_t *ret_uid)
{
    const Sender *sender = name ? g_hash_table_lookup(senders->table, name) : NULL;
    if (!sender || !sender->known)
        return false;
    *ret_uid = sender->uid;
    return true;
}

GPtrArray *senders_names(const Senders *senders, uid_t uid)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, senders->table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Sender *sender = value;
        if (sender->known && (sender->uid == uid || sender->uid == 0))
            g_ptr_array_add(names, g_strdup(sender->name));
    }
    return names;
}

void senders_on_known(Senders *senders, SenderKnownFunc func, void *data)
{
    senders->known = func;
    senders->known_data = data;
}

void senders_on_left(Senders *senders, SenderLeftFunc func, void *data)
{
    LeftListener listener = {func, data};
    g_array_append_val(senders->left, listener);
}

Senders *senders_new(sd_bus *bus, int *ret_error)
{
    Senders *senders = g_new0(Senders, 1);
    *senders = (Senders){.bus = bus};
    senders->table = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, sender_free);
    senders->left = g_array_new(FALSE, FALSE, sizeof(LeftListener));
    int r = sd_bus_add_match_async(bus, &senders->slot,
                                   "type='signal',sender='org.freedesktop.DBus',"
                                   "interface='org.freedesktop.DBus',"
                                   "member='NameOwnerChanged',arg2=''",
                                   on_owner_changed, NULL, senders);
    if (r >= 0)
        return senders;
    *ret_error = r;
    senders_free(senders);
    return NULL;
}

void senders_free(Senders *senders)
{
    if (!senders)
        return;
    sd_bus_slot_unref(senders->slot);
    g_hash_table_unref(senders->table);
    g_array_unref(senders->left);
    g_free(senders);
}
