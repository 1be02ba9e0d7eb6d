/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The conversation with polkit. Few checks are out at a time, in all and for each sender: the bus
 * lets a connection wait for 128 answers and no more, and one caller's checks must not keep others
 * from theirs. The rest wait here.
 */
#include "policy/polkit.h"

#include <string.h>

#include "base/error.h"
#include "base/writer.h"

#define POLKIT           "org.freedesktop.PolicyKit1"
#define POLKIT_PATH      "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"

#define MAX_OUT            64
#define MAX_OUT_PERSONS    48 /* of which a person may let wait as long as he likes */
#define MAX_OUT_PER_SENDER 4
#define MAX_OUT_PER_USER   16
#define MAX_WAITING        1024

/* From being asked for, waiting included. A person may have to be found and type a password;
 * without one polkit answers at once. */
#define PERSON_TIMEOUT  (300 * UINT64_C(1000000))
#define MACHINE_TIMEOUT (20 * UINT64_C(1000000))

/* The longest text that a prompt shows of what a caller wrote, in characters. */
#define SHOWN 128

enum { FLAG_NONE, FLAG_INTERACTION };

struct PolicyCheck {
    Policy *policy;
    char *sender;
    uid_t uid;
    Action action;
    char *host; /* "" for none */
    bool interactive;
    char *id; /* for cancelling */
    sd_bus_message *call;
    sd_bus_slot *slot; /* NULL: still waiting */
    sd_event_source *timer;
    unsigned epoch; /* of the policy, when it was asked */
    AnswerFunc func;
    void *userdata;
    GList link;
};

struct Policy {
    sd_bus *bus;
    sd_event *event;
    GQueue out, waiting;
    GHashTable *readers; /* "sender host" of those who may read */
    unsigned epoch;      /* counts what may have changed polkit's mind */
    uint64_t last_id;
    sd_bus_slot *slots[2];
    sd_event_source *defer; /* ends checks outside of the call that caused their end */
};

/* ---- Details ---- */

static bool is_shown(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return false;
    default:
        return true;
    }
}

/* Text a caller may have written, fit for a prompt. */
static char *shown(const char *text, glong most)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (; *text && most > 0; text = g_utf8_next_char(text), most--) {
        gunichar c = g_utf8_get_char(text);
        g_string_append_unichar(out, is_shown(c) ? c : '?');
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void append_text(Writer *call, const char *name, const char *text)
{
    if (!text || *text == '\0')
        return;
    g_autofree char *clean = shown(text, SHOWN);
    writer_append(call, "{ss}", name, clean);
}

/* What rules decide by is exact, or not there. */
static void append_exact(Writer *call, const char *name, const char *text)
{
    g_autofree char *clean = text ? shown(text, SHOWN) : NULL;
    if (text && *text && strcmp(clean, text) == 0)
        writer_append(call, "{ss}", name, text);
}

static void append_list(Writer *call, const char *name, char **words)
{
    if (!words || !words[0])
        return;
    g_autoptr(GString) lines = g_string_new(NULL);
    for (char **word = words; *word; word++) {
        g_autofree char *clean = shown(*word, G_MAXLONG);
        g_string_append_printf(lines, "%s%s", lines->len > 0 ? "\n" : "", clean);
    }
    writer_append(call, "{ss}", name, lines->str);
}

/* All of them exact, or none is there. */
static void append_exact_list(Writer *call, const char *name, char **words)
{
    for (char **word = words; word && *word; word++) {
        g_autofree char *clean = shown(*word, G_MAXLONG);
        if (strcmp(clean, *word) != 0)
            return;
    }
    append_list(call, name, words);
}

/* A path is exact or not there: rules decide by it. */
static void append_path(Writer *call, const char *path)
{
    g_autofree char *clean = path ? shown(path, G_MAXLONG) : NULL;
    if (path && strcmp(clean, path) == 0)
        writer_append(call, "{ss}", "path", path);
}

/* "3 virtual machines (a, b, c)", for people. */
static char *words_for_set(char **names)
{
    g_autofree char *list = g_strjoinv(", ", names);
    g_autofree char *cut = shown(list, SHOWN);
    return g_strdup_printf("%u virtual machines (%s%s)", g_strv_length(names), cut,
                           strlen(cut) < strlen(list) ? "…" : "");
}

/* The usual prompt names the one domain that there is. */
static void append_set(Writer *call, Action action, char **names)
{
    const char *message = action_set_message(action);
    if (!message || !names || !names[0] || !names[1])
        return;
    g_autofree char *set = words_for_set(names);
    writer_append(call, "{ss}{ss}", "polkit.message", message, "set", set);
}

static void append_details(Writer *call, Action action, const PolicyDetails *details)
{
    writer_open(call, 'a', "{ss}");
    append_text(call, "host", details->host);
    append_exact(call, "domain", details->domain);
    append_exact_list(call, "domains", details->domains);
    append_set(call, action, details->domains);
    append_text(call, "uuid", details->uuid);
    append_text(call, "operation", details->operation);
    append_list(call, "kinds", details->kinds);
    append_list(call, "paths", details->paths);
    append_path(call, details->path);
    append_list(call, "reach", details->reach);
    writer_close(call);
}

/* ---- Checks ---- */

static void check_free(PolicyCheck *check)
{
    sd_bus_slot_unref(check->slot);
    sd_event_source_unref(check->timer);
    sd_bus_message_unref(check->call);
    g_free(check->sender);
    g_free(check->host);
    g_free(check->id);
    g_free(check);
}

static char *reader(const char *sender, const char *host)
{
    return g_strconcat(sender, " ", host, NULL);
}

static void note_answer(const PolicyCheck *check, Answer answer)
{
    Policy *policy = check->policy;
    if (check->action == ACTION_READ && answer == ANSWER_YES && check->epoch == policy->epoch)
        g_hash_table_add(policy->readers, reader(check->sender, check->host));
}

static void check_end(PolicyCheck *check, Answer answer)
{
    g_queue_unlink(check->slot ? &check->policy->out : &check->policy->waiting, &check->link);
    note_answer(check, answer);
    AnswerFunc func = check->func;
    void *userdata = check->userdata;
    check_free(check);
    func(answer, userdata);
}

static void start_waiting(Policy *policy);

/* A challenge to a caller who allowed to be asked means that there was nobody to ask. */
static Answer read_answer(const PolicyCheck *check, sd_bus_message *reply)
{
    int authorized, challenge;
    if (sd_bus_message_is_method_error(reply, NULL) ||
        sd_bus_message_enter_container(reply, 'r', "bba{ss}") <= 0 ||
        sd_bus_message_read(reply, "bb", &authorized, &challenge) < 0)
        return ANSWER_ERROR;
    return authorized                         ? ANSWER_YES
           : challenge && !check->interactive ? ANSWER_CHALLENGE
                                              : ANSWER_NO;
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    PolicyCheck *check = userdata;
    Policy *policy = check->policy;
    check_end(check, read_answer(check, reply));
    start_waiting(policy);
    return 0;
}

static bool may_start(const PolicyCheck *check)
{
    unsigned of_sender = 0, of_user = 0, of_persons = 0;
    for (const GList *link = check->policy->out.head; link; link = link->next) {
        const PolicyCheck *other = link->data;
        of_sender += strcmp(other->sender, check->sender) == 0;
        of_user += other->uid == check->uid;
        of_persons += other->interactive;
    }
    return of_sender < MAX_OUT_PER_SENDER && of_user < MAX_OUT_PER_USER &&
           (!check->interactive || of_persons < MAX_OUT_PERSONS);
}

static bool check_start(PolicyCheck *check)
{
    Policy *policy = check->policy;
    check->epoch = policy->epoch;
    if (sd_bus_call_async(policy->bus, &check->slot, check->call, on_reply, check, UINT64_MAX) < 0)
        return false;
    g_queue_unlink(&policy->waiting, &check->link);
    g_queue_push_tail_link(&policy->out, &check->link);
    return true;
}

static void start_waiting(Policy *policy)
{
    GList *link = policy->waiting.head;
    while (link && policy->out.length < MAX_OUT) {
        PolicyCheck *check = link->data;
        link = link->next;
        if (may_start(check) && !check_start(check)) {
            check_end(check, ANSWER_ERROR);
            link = policy->waiting.head; /* that may have ended others */
        }
    }
}

static int on_defer(sd_event_source *source, void *userdata)
{
    start_waiting(userdata);
    return 0;
}

static void tell_polkit(const PolicyCheck *check)
{
    if (check->slot)
        sd_bus_call_method_async(check->policy->bus, NULL, POLKIT, POLKIT_PATH, POLKIT_INTERFACE,
                                 "CancelCheckAuthorization", NULL, NULL, "s", check->id);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
    PolicyCheck *check = userdata;
    Policy *policy = check->policy;
    tell_polkit(check);
    check_end(check, ANSWER_ERROR);
    start_waiting(policy);
    return 0;
}

/* The call, complete but for being sent. A yes to reading is kept for the host, so that is all
 * rules see of it. */
static int make_call(PolicyCheck *check, const PolicyDetails *details)
{
    PolicyDetails of_reading = {.host = details->host, .operation = details->operation};
    if (check->action == ACTION_READ)
        details = &of_reading;
    int r = sd_bus_message_new_method_call(check->policy->bus, &check->call, POLKIT, POLKIT_PATH,
                                           POLKIT_INTERFACE, "CheckAuthorization");
    Writer call = writer_on(check->call, r);
    writer_append(&call, "(sa{sv})s", "system-bus-name", 1, "name", "s", check->sender,
                  action_id(check->action));
    append_details(&call, check->action, details);
    writer_append(&call, "us", check->interactive ? FLAG_INTERACTION : FLAG_NONE, check->id);
    return call.error;
}

PolicyCheck *policy_ask(Policy *policy, const PolicySubject *subject, Action action,
                        const PolicyDetails *details, AnswerFunc func, void *userdata,
                        GError **error)
{
    if (policy->waiting.length >= MAX_WAITING) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                    "Too many calls are waiting for polkit (limit %d); try again later.",
                    MAX_WAITING);
        return NULL;
    }
    PolicyCheck *check = g_new0(PolicyCheck, 1);
    *check = (PolicyCheck){.policy = policy,
                           .sender = g_strdup(subject->sender),
                           .uid = subject->uid,
                           .interactive = subject->interactive,
                           .action = action,
                           .host = g_strdup(details->host ? details->host : ""),
                           .id = g_strdup_printf("domwright-%" G_GUINT64_FORMAT, ++policy->last_id),
                           .func = func,
                           .userdata = userdata};
    check->link.data = check;
    if (make_call(check, details) < 0 ||
        sd_event_add_time_relative(policy->event, &check->timer, CLOCK_MONOTONIC,
                                   check->interactive ? PERSON_TIMEOUT : MACHINE_TIMEOUT, 0,
                                   on_timeout, check) < 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Polkit cannot be asked.");
        check_free(check);
        return NULL;
    }
    g_queue_push_tail_link(&policy->waiting, &check->link);
    sd_event_source_set_enabled(policy->defer, SD_EVENT_ONESHOT);
    return check;
}

void policy_cancel(PolicyCheck *check)
{
    if (!check)
        return;
    Policy *policy = check->policy;
    tell_polkit(check);
    g_queue_unlink(check->slot ? &policy->out : &policy->waiting, &check->link);
    check_free(check);
    sd_event_source_set_enabled(policy->defer, SD_EVENT_ONESHOT);
}

/* The end of one check may end others, so the queue is looked at anew after each. */
static PolicyCheck *find_of(GQueue *queue, const char *sender)
{
    for (GList *link = queue->head; link; link = link->next) {
        PolicyCheck *check = link->data;
        if (!sender || strcmp(check->sender, sender) == 0)
            return check;
    }
    return NULL;
}

static gboolean is_of_sender(gpointer key, gpointer value, gpointer sender)
{
    gsize length = strlen(sender);
    return strncmp(key, sender, length) == 0 && ((const char *)key)[length] == ' ';
}

void policy_forget(Policy *policy, const char *sender)
{
    PolicyCheck *check;
    while ((check = find_of(&policy->waiting, sender)) || (check = find_of(&policy->out, sender))) {
        tell_polkit(check);
        check_end(check, ANSWER_GONE);
    }
    if (sender)
        g_hash_table_foreach_remove(policy->readers, is_of_sender, (gpointer)sender);
    sd_event_source_set_enabled(policy->defer, SD_EVENT_ONESHOT);
}

bool policy_may_read(const Policy *policy, const char *sender, const char *host)
{
    g_autofree char *key = reader(sender, host);
    return g_hash_table_contains(policy->readers, key);
}

/* ---- Life ---- */

/* Other rules, other groups, another polkit: what was answered before need not be so any more. */
static int on_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    Policy *policy = userdata;
    policy->epoch++;
    g_hash_table_remove_all(policy->readers);
    return 0;
}

Policy *policy_new(sd_bus *bus, sd_event *event, GError **error)
{
    Policy *policy = g_new0(Policy, 1);
    policy->bus = bus;
    policy->event = event;
    policy->readers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    int r = sd_event_add_defer(event, &policy->defer, on_defer, policy);
    if (r >= 0)
        r = sd_event_source_set_enabled(policy->defer, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_bus_match_signal_async(bus, &policy->slots[0], POLKIT, POLKIT_PATH, POLKIT_INTERFACE,
                                      "Changed", on_changed, NULL, policy);
    if (r >= 0)
        r = sd_bus_add_match_async(bus, &policy->slots[1],
                                   "type='signal',sender='org.freedesktop.DBus',"
                                   "interface='org.freedesktop.DBus',"
                                   "member='NameOwnerChanged',arg0='" POLKIT "'",
                                   on_changed, NULL, policy);
    if (r >= 0)
        return policy;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Cannot listen to polkit: %s.",
                g_strerror(-r));
    policy_free(policy);
    return NULL;
}

void policy_free(Policy *policy)
{
    if (!policy)
        return;
    PolicyCheck *check;
    while ((check = find_of(&policy->waiting, NULL)) || (check = find_of(&policy->out, NULL))) {
        g_queue_unlink(check->slot ? &policy->out : &policy->waiting, &check->link);
        check_free(check);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(policy->slots); i++)
        sd_bus_slot_unref(policy->slots[i]);
    sd_event_source_unref(policy->defer);
    g_hash_table_unref(policy->readers);
    g_free(policy);
}
