/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that come while a host is still being connected for the first time, or is still being asked
 * what it can do: they are kept back for a moment instead of being answered with what is not known
 * yet. Only calls about that very host are; for how long is host.c's to say.
 */
#include <string.h>

#include "drafts.h"
#include "errors.h"
#include "host.h"
#include "inventory.h"

/* Calls kept for one host. */
#define MAX_HELD 4096

/* The filter sees them again, and may keep them again. They come before those that have been
 * released and not seen since: of these, some may have been kept again. */
static void release(Host *host)
{
    int place = 0;
    for (guint i = 0; i < host->held->len; i++) {
        sd_bus_message *call = host->held->pdata[i];
        if (sd_bus_enqueue_for_read(host->server->bus, call) >= 0)
            g_queue_push_nth(&host->replay, call, place++);
        else
            need_memory(sd_bus_reply_method_errorf(call, DOMWRIGHT_ERROR_BUSY, "too many calls"));
    }
    g_ptr_array_set_size(host->held, 0);
}

void host_settle(Host *host)
{
    if (!host->settling)
        return;
    host->settling = false;
    host->first_timer = sd_event_source_unref(host->first_timer);
    release(host);
}

void host_learned(Host *host)
{
    if (!host->learning)
        return;
    host->learning = false;
    release(host);
}

/* ---- Which host a call is about ---- */

static bool is_below(const Host *host, const char *path)
{
    gsize length = strlen(host->path);
    return strncmp(path, host->path, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* Reads the option host of the options that are next; true when it is there. */
static bool read_host_option(sd_bus_message *message, const char **ret_name)
{
    const char *key, *type;
    if (sd_bus_message_enter_container(message, 'a', "{sv}") < 0)
        return false;
    while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
        if (sd_bus_message_read_basic(message, 's', &key) < 0 ||
            sd_bus_message_peek_type(message, NULL, &type) < 0)
            return false;
        if (strcmp(key, "host") == 0 && strcmp(type, "s") == 0)
            return sd_bus_message_read(message, "v", "s", ret_name) >= 0;
        if (sd_bus_message_skip(message, "v") < 0 || sd_bus_message_exit_container(message) < 0)
            return false;
    }
    return false;
}

static bool is_default(const Host *host)
{
    return server_default_host(host->server) == host;
}

/* Is it to be found without waiting for anybody? */
static bool is_known(const Server *server, const char *word)
{
    for (guint i = 0; i < server->hosts->len; i++) {
        const Host *host = server->hosts->pdata[i];
        if (!host->settling && inventory_find_word(host, word))
            return true;
    }
    return false;
}

static bool concerns_find(const Host *host, sd_bus_message *message)
{
    const char *word, *name;
    if (sd_bus_message_read_basic(message, 's', &word) < 0)
        return false;
    if (read_host_option(message, &name))
        return strcmp(name, host->name) == 0;
    return !is_known(host->server, word);
}

static bool concerns_new(const Host *host, sd_bus_message *message)
{
    const char *name;
    if (sd_bus_message_skip(message, "a{sv}a(sa{sv})") < 0)
        return false;
    return read_host_option(message, &name) ? strcmp(name, host->name) == 0 : is_default(host);
}

static bool concerns_commit(const Host *host, sd_bus_message *message, const char *path)
{
    const Draft *draft = drafts_find(host->server->drafts, path + strlen(DOMWRIGHT_DRAFT_PREFIX));
    const char *name = draft ? draft->host : "";
    if (*name == '\0' && !read_host_option(message, &name))
        return false;
    return strcmp(name, host->name) == 0;
}

static bool concerns(const Host *host, sd_bus_message *message)
{
    const char *path = sd_bus_message_get_path(message);
    const char *member = sd_bus_message_get_member(message);
    bool answer = false;
    if (g_str_has_prefix(path, DOMWRIGHT_DRAFT_PREFIX))
        answer = strcmp(member, "Commit") == 0 && concerns_commit(host, message, path);
    else if (strcmp(path, DOMWRIGHT_PATH) != 0)
        return is_below(host, path);
    else if (strcmp(member, "FindDomain") == 0)
        answer = concerns_find(host, message);
    else if (strcmp(member, "Build") == 0 || strcmp(member, "NewDraft") == 0)
        answer = concerns_new(host, message);
    sd_bus_message_rewind(message, true);
    return answer;
}

/* ---- Keeping ---- */

static bool has_to_wait(const Host *host, sd_bus_message *message)
{
    static const char *const about_facts[] = {
        "Build",       "NewDraft", "Commit", "Define", "GetCapabilities", "GetDomainCapabilities",
        "ListChoices", NULL};
    if (!host->settling &&
        !(host->learning && g_strv_contains(about_facts, sd_bus_message_get_member(message))))
        return false;
    return concerns(host, message);
}

/* A call that has been released takes its turn; one that was in the bus's queue before those stays
 * behind them. */
static bool stays_behind(Host *host, sd_bus_message *message)
{
    if (g_queue_is_empty(&host->replay))
        return false;
    if (g_queue_peek_head(&host->replay) == message) {
        g_queue_pop_head(&host->replay);
        return false;
    }
    bool known = g_queue_find(&host->replay, message) != NULL;
    if (!known && !concerns(host, message))
        return false;
    bool queued = sd_bus_enqueue_for_read(host->server->bus, message) >= 0;
    if (queued && !known)
        g_queue_push_tail(&host->replay, message);
    else if (!queued)
        g_queue_remove(&host->replay, message);
    return queued;
}

bool hosts_hold(Server *server, sd_bus_message *message)
{
    for (guint i = 0; i < server->hosts->len; i++) {
        Host *host = server->hosts->pdata[i];
        if (stays_behind(host, message))
            return true;
        if (host->held->len < MAX_HELD && has_to_wait(host, message)) {
            g_ptr_array_add(host->held, sd_bus_message_ref(message));
            return true;
        }
    }
    return false;
}
