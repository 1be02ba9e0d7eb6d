/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostile ADDRESS CALLS SEED: calls every method and property that introspection shows, with what
 * hostile-values.c makes, many at a time, and counts the answers. It fails when a call is not
 * answered or the service is gone; what the answers should be it does not know.
 */
#include <domwright/names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile.h"

#define WINDOW      16
#define WALK_EVERY  1000
#define LEAVE_EVERY 900
#define TIMEOUT     (400 * UINT64_C(1000000))
#define MAX_OBJECTS 64
/* Domains beyond these are undefined by those who may. */
#define MAX_DOMAINS 24
#define RECENT      (2 * WINDOW)

typedef struct {
    char *path, *interface, *member, *signature;
    char **names;
} Method;

typedef struct {
    const char *address;
    sd_bus *bus;
    Maker *maker;
    GPtrArray *methods;  /* of Method */
    GHashTable *answers; /* name of error, or "ok" -> how often */
    unsigned long sent, answered, quiet, left, unmade, unanswered, expelled;
    GHashTable *waiting; /* of Waiting */
    bool gone;
    char *recent[RECENT];
} Fuzzer;

/* A call that is to be answered. */
typedef struct {
    Fuzzer *fuzzer;
    char *what;
} Waiting;

static Waiting *waiting_new(Fuzzer *fuzzer, const char *what)
{
    Waiting *waiting = g_new(Waiting, 1);

    *waiting = (Waiting){fuzzer, g_strdup(what)};
    g_hash_table_add(fuzzer->waiting, waiting);
    return waiting;
}

static void waiting_free(void *data)
{
    Waiting *waiting = data;

    g_free(waiting->what);
    g_free(waiting);
}

static void method_free(void *data)
{
    Method *method = data;

    g_free(method->path);
    g_free(method->interface);
    g_free(method->member);
    g_free(method->signature);
    g_strfreev(method->names);
    g_free(method);
}

/* ---- What there is ---- */

typedef struct {
    Fuzzer *fuzzer;
    const char *path;
    GQueue *found; /* paths of children */
    char *interface;
    Method *method;
    GPtrArray *names;
} Reading;

static const char *attribute(const char **names, const char **values, const char *name)
{
    for (; *names; names++, values++)
        if (strcmp(*names, name) == 0)
            return *values;
    return "";
}

static void on_element(GMarkupParseContext *context, const char *element, const char **names,
                       const char **values, void *data, GError **error)
{
    Reading *reading = data;
    Maker *maker = reading->fuzzer->maker;
    const char *name = attribute(names, values, "name");

    if (strcmp(element, "interface") == 0) {
        g_free(reading->interface);
        reading->interface = g_strdup(name);
        maker_add_word(maker, name);
    } else if (strcmp(element, "method") == 0) {
        reading->method = g_new0(Method, 1);
        *reading->method = (Method){g_strdup(reading->path), g_strdup(reading->interface),
                                    g_strdup(name), g_strdup(""), NULL};
        reading->names = g_ptr_array_new();
    } else if (strcmp(element, "arg") == 0 && reading->method) {
        if (strcmp(attribute(names, values, "direction"), "out") == 0)
            return;
        char *longer =
            g_strconcat(reading->method->signature, attribute(names, values, "type"), NULL);
        g_free(reading->method->signature);
        reading->method->signature = longer;
        g_ptr_array_add(reading->names, g_strdup(name));
    } else if (strcmp(element, "property") == 0) {
        maker_add_word(maker, name);
    } else if (strcmp(element, "node") == 0 && *name && *name != '/') {
        g_queue_push_tail(
            reading->found,
            g_strconcat(strcmp(reading->path, "/") == 0 ? "" : reading->path, "/", name, NULL));
    }
}

static void on_element_end(GMarkupParseContext *context, const char *element, void *data,
                           GError **error)
{
    Reading *reading = data;

    if (strcmp(element, "method") != 0 || !reading->method)
        return;
    g_ptr_array_add(reading->names, NULL);
    reading->method->names = (char **)g_ptr_array_free(reading->names, FALSE);
    g_ptr_array_add(reading->fuzzer->methods, reading->method);
    reading->method = NULL;
}

static int on_answer(sd_bus_message *reply, void *data, sd_bus_error *error);

static void send_plain(Fuzzer *fuzzer, const char *path, const char *interface, const char *member)
{
    Waiting *waiting = waiting_new(fuzzer, member);

    if (sd_bus_call_method_async(fuzzer->bus, NULL, DOMWRIGHT_BUS_NAME, path, interface, member,
                                 on_answer, waiting, "a{sv}", 0) >= 0)
        fuzzer->sent++;
    else
        g_hash_table_remove(fuzzer->waiting, waiting);
}

/* Few domains keep the calls about them short. */
static void prune(Fuzzer *fuzzer, const char *path, const GQueue *children)
{
    if (!g_str_has_suffix(path, "/domain"))
        return;
    guint place = 0;
    for (const GList *link = children->head; link; link = link->next, place++) {
        if (place < MAX_DOMAINS || !g_str_has_prefix(link->data, path))
            continue;
        send_plain(fuzzer, link->data, DOMWRIGHT_DOMAIN_INTERFACE, "Destroy");
        send_plain(fuzzer, link->data, DOMWRIGHT_DOMAIN_INTERFACE, "Undefine");
    }
}

static void read_object(Fuzzer *fuzzer, const char *path, GQueue *found)
{
    static const GMarkupParser parser = {on_element, on_element_end, NULL, NULL, NULL};
    sd_bus_message *reply = NULL;
    const char *text = NULL;
    Reading reading = {fuzzer, path, found, NULL, NULL, NULL};

    maker_add_word(fuzzer->maker, path);
    if (sd_bus_call_method(fuzzer->bus, DOMWRIGHT_BUS_NAME, path,
                           "org.freedesktop.DBus.Introspectable", "Introspect", NULL, &reply,
                           NULL) >= 0 &&
        sd_bus_message_read(reply, "s", &text) >= 0) {
        GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, &reading, NULL);
        g_markup_parse_context_parse(context, text, -1, NULL);
        g_markup_parse_context_free(context);
    }
    g_free(reading.interface);
    sd_bus_message_unref(reply);
}

/* Methods of objects met before stay, whether the objects do or not. */
static void walk(Fuzzer *fuzzer)
{
    GQueue paths = G_QUEUE_INIT;
    guint before = fuzzer->methods->len;

    g_queue_push_tail(&paths, g_strdup("/"));
    for (unsigned count = 0; count < MAX_OBJECTS && paths.length > 0; count++) {
        g_autofree char *path = g_queue_pop_head(&paths);
        guint known = paths.length;
        GQueue children = G_QUEUE_INIT;
        read_object(fuzzer, path, &children);
        prune(fuzzer, path, &children);
        while (children.length > 0)
            g_queue_push_tail(&paths, g_queue_pop_head(&children));
        if (known > MAX_OBJECTS)
            break;
    }
    g_queue_clear_full(&paths, g_free);
    /* A few calls on vanished objects are enough. */
    if (fuzzer->methods->len > before)
        g_ptr_array_remove_range(fuzzer->methods, 0, before - MIN(before, 30));
}

static int read_key(Fuzzer *fuzzer, sd_bus_message *reply)
{
    const char *name, *kind = "", *key = "", *type = "s", *contents;
    char **values = NULL;
    int r;

    while ((r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
        if ((r = sd_bus_message_read(reply, "s", &name)) < 0 ||
            (r = sd_bus_message_peek_type(reply, NULL, &contents)) < 0)
            return r;
        if (strcmp(name, "kind") == 0)
            r = sd_bus_message_read(reply, "v", "s", &kind);
        else if (strcmp(name, "key") == 0)
            r = sd_bus_message_read(reply, "v", "s", &key);
        else if (strcmp(name, "type") == 0)
            r = sd_bus_message_read(reply, "v", "s", &type);
        else if (strcmp(name, "values") == 0 && strcmp(contents, "as") == 0 &&
                 (r = sd_bus_message_enter_container(reply, 'v', "as")) >= 0 &&
                 (r = sd_bus_message_read_strv(reply, &values)) >= 0)
            r = sd_bus_message_exit_container(reply);
        else
            r = sd_bus_message_skip(reply, "v");
        if (r < 0 || (r = sd_bus_message_exit_container(reply)) < 0)
            return r;
    }
    maker_add_key(fuzzer->maker, kind, key, type, values ? g_strdupv(values) : g_new0(char *, 1));
    for (char **value = values; value && *value; value++)
        free(*value);
    free(values);
    return r;
}

static void read_keys(Fuzzer *fuzzer)
{
    sd_bus_message *reply = NULL;

    if (sd_bus_call_method(fuzzer->bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH,
                           DOMWRIGHT_MANAGER_INTERFACE, "DescribeKeys", NULL, &reply, "ssa{sv}",
                           "*", "", 0) >= 0 &&
        sd_bus_message_enter_container(reply, 'a', "a{sv}") >= 0) {
        while (sd_bus_message_enter_container(reply, 'a', "{sv}") > 0 &&
               read_key(fuzzer, reply) >= 0)
            sd_bus_message_exit_container(reply);
    }
    sd_bus_message_unref(reply);
}

/* ---- Calls ---- */

static void note_answer(Fuzzer *fuzzer, const char *what, const char *name)
{
    static const char *const lost[] = {"org.freedesktop.DBus.Error.NoReply",
                                       "org.freedesktop.DBus.Error.Timeout",
                                       "org.freedesktop.DBus.Error.Disconnected", NULL};
    gpointer count = g_hash_table_lookup(fuzzer->answers, name);

    g_hash_table_insert(fuzzer->answers, g_strdup(name),
                        GUINT_TO_POINTER(GPOINTER_TO_UINT(count) + 1));
    /* A bus that takes offence at a message ends the connection. */
    if (g_strv_contains(lost, name) && sd_bus_is_open(fuzzer->bus) > 0) {
        fuzzer->unanswered++;
        printf("not answered: %s\n", what);
    }
    if (strcmp(name, "org.freedesktop.DBus.Error.ServiceUnknown") == 0 ||
        strcmp(name, "org.freedesktop.DBus.Error.NameHasNoOwner") == 0)
        fuzzer->gone = true;
}

static int on_answer(sd_bus_message *reply, void *data, sd_bus_error *error)
{
    Waiting *waiting = data;
    Fuzzer *fuzzer = waiting->fuzzer;
    const sd_bus_error *fault = sd_bus_message_get_error(reply);
    const char *text;

    fuzzer->answered++;
    note_answer(fuzzer, waiting->what, fault ? fault->name : "ok");
    g_hash_table_remove(fuzzer->waiting, waiting);
    if (!fault && g_strcmp0(sd_bus_message_get_signature(reply, true), "s") == 0 &&
        sd_bus_message_read(reply, "s", &text) >= 0 && g_str_has_prefix(text, "<domain"))
        maker_add_text(fuzzer->maker, text);
    return 0;
}

static char *odd_path(Maker *maker)
{
    static const char *const paths[] = {"/",
                                        "/org",
                                        "/org/domwright1/host",
                                        "/org/domwright1/host/local/domain",
                                        "/org/domwright1/host/local/domain/_",
                                        "/org/domwright1/host/nonexistent",
                                        "/org/domwright1/draft/1",
                                        "/org/domwright1/draft/_2e_2e",
                                        "/org/domwright1/host/local/domain/"
                                        "_00000000_0000_4000_8000_000000000001/x",
                                        "/a"};

    return g_strdup(paths[maker_below(maker, G_N_ELEMENTS(paths))]);
}

/* NULL: sd-bus would not make it. */
static sd_bus_message *make_call(Fuzzer *fuzzer, const Method *method, const char *signature)
{
    Maker *maker = fuzzer->maker;
    sd_bus_message *call = NULL;
    g_autofree char *path = maker_once_in(maker, 48) ? odd_path(maker) : g_strdup(method->path);
    const char *interface = maker_once_in(maker, 60) ? "org.domwright1.Nothing" : method->interface;
    const char *member = maker_once_in(maker, 60) ? "Nothing" : method->member;

    if (sd_bus_message_new_method_call(fuzzer->bus, &call, DOMWRIGHT_BUS_NAME, path,
                                       maker_once_in(maker, 100) ? NULL : interface, member) < 0)
        return NULL;
    sd_bus_message_set_auto_start(call, false);
    if (maker_once_in(maker, 4))
        sd_bus_message_set_allow_interactive_authorization(call, true);
    if (maker_once_in(maker, 16))
        sd_bus_message_set_expect_reply(call, false);
    if (maker_append(maker, call, signature, method->names) < 0)
        call = sd_bus_message_unref(call);
    return call;
}

static char *choose_signature(Fuzzer *fuzzer, const Method *method)
{
    Maker *maker = fuzzer->maker;
    const Method *other = fuzzer->methods->pdata[maker_below(maker, fuzzer->methods->len)];
    g_autofree char *any = maker_signature(maker);

    switch (maker_below(maker, 40)) {
    case 0:
        return g_strdup(other->signature);
    case 1:
        return g_strdup(any);
    case 2:
        return g_strconcat(method->signature, any, NULL);
    case 3:
        return g_strconcat(any, method->signature, NULL);
    default:
        return g_strdup(method->signature);
    }
}

/* What ends objects is called seldom, or there would be none to call. */
static const Method *choose_method(Fuzzer *fuzzer)
{
    static const char *const endings[] = {"Undefine", "Discard", "Commit", NULL};
    const Method *method;

    do {
        method = fuzzer->methods->pdata[maker_below(fuzzer->maker, fuzzer->methods->len)];
    } while (g_strv_contains(endings, method->member) && !maker_once_in(fuzzer->maker, 8));
    return method;
}

static void call_method(Fuzzer *fuzzer)
{
    const Method *method = choose_method(fuzzer);
    g_autofree char *signature = choose_signature(fuzzer, method);
    sd_bus_message *call = make_call(fuzzer, method, signature);
    char **recent = &fuzzer->recent[fuzzer->sent % RECENT];
    int r;

    g_free(*recent);
    *recent =
        g_strdup_printf("%s %s.%s(%s)", method->path, method->interface, method->member, signature);
    if (!call) {
        fuzzer->unmade++;
        return;
    }
    if (sd_bus_message_get_expect_reply(call) > 0) {
        Waiting *waiting = waiting_new(fuzzer, *recent);
        r = sd_bus_call_async(fuzzer->bus, NULL, call, on_answer, waiting, TIMEOUT);
        if (r < 0)
            g_hash_table_remove(fuzzer->waiting, waiting);
    } else {
        r = sd_bus_send(fuzzer->bus, call, NULL);
        fuzzer->quiet += r >= 0;
    }
    fuzzer->sent += r >= 0;
    fuzzer->unmade += r < 0;
    sd_bus_message_unref(call);
}

/* ---- The run ---- */

static void join(Fuzzer *fuzzer)
{
    int r = sd_bus_new(&fuzzer->bus);

    if (r >= 0)
        r = sd_bus_set_address(fuzzer->bus, fuzzer->address);
    if (r >= 0)
        r = sd_bus_set_bus_client(fuzzer->bus, true);
    if (r >= 0)
        r = sd_bus_negotiate_fds(fuzzer->bus, true);
    if (r >= 0)
        r = sd_bus_start(fuzzer->bus);
    if (r < 0) {
        fprintf(stderr, "hostile: %s\n", g_strerror(-r));
        exit(2);
    }
}

/* Goes without waiting for what it has asked. */
static void leave(Fuzzer *fuzzer)
{
    fuzzer->left += g_hash_table_size(fuzzer->waiting);
    sd_bus_close(fuzzer->bus);
    fuzzer->bus = sd_bus_unref(fuzzer->bus);
    g_hash_table_remove_all(fuzzer->waiting);
}

/* Waits until at most so many answers are due. */
static bool settle(Fuzzer *fuzzer, unsigned most)
{
    while (g_hash_table_size(fuzzer->waiting) > most && !fuzzer->gone) {
        int r = sd_bus_process(fuzzer->bus, NULL);
        if (r == 0)
            r = sd_bus_wait(fuzzer->bus, UINT64_MAX);
        if (r < 0 || sd_bus_is_open(fuzzer->bus) <= 0) {
            fuzzer->expelled++;
            leave(fuzzer);
            join(fuzzer);
        }
    }
    return !fuzzer->gone;
}

static bool run(Fuzzer *fuzzer, unsigned long calls)
{
    unsigned long next_walk = 0;

    join(fuzzer);
    read_keys(fuzzer);
    while (fuzzer->sent < calls) {
        if (fuzzer->sent >= next_walk) {
            if (!settle(fuzzer, 0))
                return false;
            walk(fuzzer);
            next_walk = fuzzer->sent + WALK_EVERY;
            if (fuzzer->methods->len == 0)
                return false;
        }
        call_method(fuzzer);
        if (!settle(fuzzer, WINDOW - 1))
            return false;
        if (maker_once_in(fuzzer->maker, LEAVE_EVERY)) {
            leave(fuzzer);
            join(fuzzer);
        }
    }
    return settle(fuzzer, 0) && fuzzer->unanswered == 0;
}

static void report(Fuzzer *fuzzer, guint32 seed, bool well)
{
    GHashTableIter iter;
    gpointer name, count;

    g_hash_table_iter_init(&iter, fuzzer->answers);
    while (g_hash_table_iter_next(&iter, &name, &count))
        printf("%10u %s\n", GPOINTER_TO_UINT(count), (const char *)name);
    printf("seed %u: %lu sent, %lu answered, %lu without wish for an answer, %lu left behind, "
           "%lu unanswered, %lu not made, expelled %lu times%s\n",
           seed, fuzzer->sent, fuzzer->answered, fuzzer->quiet, fuzzer->left, fuzzer->unanswered,
           fuzzer->unmade, fuzzer->expelled, fuzzer->gone ? ", the service is gone" : "");
    for (unsigned i = 0; !well && i < RECENT; i++)
        printf("  %s\n", fuzzer->recent[(fuzzer->sent + i) % RECENT]);
}

int main(int argc, char **argv)
{
    Fuzzer fuzzer = {0};

    if (argc != 4) {
        fprintf(stderr, "usage: hostile ADDRESS CALLS SEED\n");
        return 2;
    }
    guint32 seed = strtoul(argv[3], NULL, 10);
    fuzzer.address = argv[1];
    fuzzer.maker = maker_new(seed);
    fuzzer.methods = g_ptr_array_new_with_free_func(method_free);
    fuzzer.waiting = g_hash_table_new_full(NULL, NULL, waiting_free, NULL);
    fuzzer.answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool well = run(&fuzzer, strtoul(argv[2], NULL, 10));
    report(&fuzzer, seed, well);
    sd_bus_close_unref(fuzzer.bus);
    for (unsigned i = 0; i < RECENT; i++)
        g_free(fuzzer.recent[i]);
    g_hash_table_unref(fuzzer.waiting);
    g_hash_table_unref(fuzzer.answers);
    g_ptr_array_unref(fuzzer.methods);
    maker_free(fuzzer.maker);
    return well ? 0 : 1;
}
