/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the verb watch: prints what happens to domains, one line per event, until interrupted. Main
 * thread.
 */
#include "verbs/watch.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/json.h"

typedef struct {
    const char *pattern; /* NULL: all */
    Domains domains;     /* to know the name of one that has gone */
    bool back;           /* the service has been away, and is there again */
} Watch;

static const char *name_in(const Domains *domains, const char *path)
{
    for (size_t i = 0; i < domains->count; i++)
        if (strcmp(domains->items[i].path, path) == 0)
            return values_get(&domains->items[i].columns, "name");
    return NULL;
}

/* A domain that is new is asked for its name, which never changes. */
static const char *name_for(Watch *watch, const char *path)
{
    const char *known = name_in(&watch->domains, path);
    char *name = known ? NULL : bus_property(path, DOMWRIGHT_DOMAIN_INTERFACE, "Name");

    if (known || !name)
        return known ? known : path_tail(path);
    domains_add(&watch->domains, path, name);
    free(name);
    return name_in(&watch->domains, path);
}

static bool is_wanted(const Watch *watch, const char *name)
{
    return !watch->pattern || fnmatch(watch->pattern, name, 0) == 0;
}

typedef struct {
    const char *path, *event;
    const char *side; /* "live" or "config"; NULL: neither */
    const char *detail;
    const char *json; /* members */
} Event;

static void print_event(Watch *watch, const Event *event)
{
    const char *name = name_for(watch, event->path);
    FILE *out = terminal_out();

    if (!is_wanted(watch, name))
        return;
    if (arg_json) {
        fputs("{\"domain\":", out);
        json_string(out, name);
        fputs(",\"path\":", out);
        json_string(out, event->path);
        fprintf(out, ",\"event\":\"%s\"%s%s}\n", event->event, *event->json ? "," : "",
                event->json);
    } else {
        print_text(out, name);
        fprintf(out, "\t%s%s%s%s", event->event, event->side ? "\t" : "",
                event->side ? event->side : "", *event->detail ? "\t" : "");
        print_text(out, event->detail);
        fputc('\n', out);
    }
    fflush(out);
}

/* On which side, and what changed, as show would name it. */
static int read_changed(sd_bus_message *message, bool *ret_live, FILE *file)
{
    const char *word, *kind, *id, *comma = "";
    int live = 0, r = sd_bus_message_read_basic(message, 'b', &live);

    *ret_live = live;

    if (r >= 0)
        r = sd_bus_message_enter_container(message, 'a', "s");
    while (r >= 0 && (r = sd_bus_message_read_basic(message, 's', &word)) > 0) {
        fprintf(file, "%s%s", comma, word);
        comma = ", ";
    }
    if (r >= 0)
        r = sd_bus_message_exit_container(message);
    if (r >= 0)
        r = sd_bus_message_enter_container(message, 'a', "(ss)");
    while (r >= 0 && (r = sd_bus_message_read(message, "(ss)", &kind, &id)) > 0) {
        fprintf(file, "%s%s/%s", comma, kind, id);
        comma = ", ";
    }
    return r;
}

static void on_changed(Watch *watch, sd_bus_message *message)
{
    static const char *const names[] = {"live", "keys", "devices:kind,id", "revision", NULL};
    _cleanup_free_ char *detail = NULL, *json = NULL;
    size_t detail_length, json_length;
    FILE *details = open_buffer(&detail, &detail_length), *jsons = open_buffer(&json, &json_length);
    bool live;
    int r = read_changed(message, &live, details);

    if (r >= 0)
        r = json_message(jsons, message, names);
    fclose(details);
    fclose(jsons);
    if (r < 0 || json_length < 3)
        return;
    json[json_length - 2] = '\0'; /* the members without "{" and "}\n" */
    print_event(watch, &(Event){sd_bus_message_get_path(message), "changed",
                                live ? "live" : "config", detail, json + 1});
}

static void on_properties(Watch *watch, sd_bus_message *message)
{
    _cleanup_values_ Values changed = {0};
    const char *interface;
    int r = sd_bus_message_read_basic(message, 's', &interface);

    if (r < 0 || strcmp(interface, DOMWRIGHT_DOMAIN_INTERFACE) != 0 ||
        values_read(message, &changed) < 0)
        return;
    for (size_t i = 0; i < changed.count; i++) {
        const Value *value = &changed.items[i];
        _cleanup_free_ char *detail = format_string("%s=%s", value->name, value->text);
        _cleanup_free_ char *json =
            format_string("\"property\":\"%s\",\"value\":%s", value->name, value->json);

        print_event(watch,
                    &(Event){sd_bus_message_get_path(message), "property", NULL, detail, json});
    }
}

static void on_object(Watch *watch, sd_bus_message *message, const char *event)
{
    const char *path;

    if (sd_bus_message_read_basic(message, 'o', &path) >= 0 && strstr(path, "/domain/"))
        print_event(watch, &(Event){path, event, NULL, "", ""});
}

static int on_message(sd_bus_message *message, void *data, sd_bus_error *error)
{
    const char *member = sd_bus_message_get_member(message);
    Watch *watch = data;

    if (!member || !sd_bus_message_get_path(message))
        return 0;
    if (strcmp(member, "Changed") == 0)
        on_changed(watch, message);
    else if (strcmp(member, "PropertiesChanged") == 0)
        on_properties(watch, message);
    else if (strcmp(member, "InterfacesAdded") == 0)
        on_object(watch, message, "added");
    else if (strcmp(member, "InterfacesRemoved") == 0)
        on_object(watch, message, "removed");
    return 0;
}

static int on_owner(sd_bus_message *message, void *data, sd_bus_error *error)
{
    Watch *watch = data;
    const char *name, *before, *after;

    if (sd_bus_message_read(message, "sss", &name, &before, &after) < 0)
        return 0;
    if (*after)
        watch->back = true;
    else
        report_error(NULL, "domwrightd has left the bus; waiting for it to come back.");
    return 0;
}

static void print_those(Watch *watch, const Domains *domains, const Domains *others,
                        const char *event)
{
    for (size_t i = 0; i < domains->count; i++)
        if (!name_in(others, domains->items[i].path))
            print_event(watch, &(Event){domains->items[i].path, event, NULL, "", ""});
}

/* Domains that came and went while nobody told of them. */
static void catch_up(Watch *watch)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    Domains now = {0}, before;
    int r = inventory_domains(NULL, NULL, &error, &now);

    watch->back = false;
    if (r < 0) {
        report_bus_error(NULL, r, &error);
        domains_clear(&now);
        return;
    }
    print_those(watch, &watch->domains, &now, "removed");
    before = watch->domains;
    watch->domains = now;
    print_those(watch, &watch->domains, &before, "added");
    domains_clear(&before);
}

static int subscribe(Watch *watch)
{
    static const char match[] =
        "type='signal',sender='" DOMWRIGHT_BUS_NAME "',path_namespace='" DOMWRIGHT_PATH "'";
    static const char owner[] = "type='signal',sender='org.freedesktop.DBus',"
                                "member='NameOwnerChanged',arg0='" DOMWRIGHT_BUS_NAME "'";
    int r = bus_listen(match, on_message, watch);

    return r < 0 ? r : bus_listen(owner, on_owner, watch);
}

/* Somebody who mistyped a name would wait for ever. */
static void say_nothing_fits(const Watch *watch)
{
    for (size_t i = 0; i < watch->domains.count; i++) {
        const char *name = values_get(&watch->domains.items[i].columns, "name");

        if (name && is_wanted(watch, name))
            return;
    }
    if (watch->pattern)
        report_note(watch->pattern, "info",
                    "No domain has a name like this; one that gets it is watched.");
}

int run_watch(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    Watch watch = {.pattern = count > 0 ? words[0] : NULL};
    int r;

    if (!bus_get())
        return report_trouble();
    /* Is there somebody to listen to? Later on nobody looks how long an answer takes. */
    r = bus_call(DOMWRIGHT_PATH, "org.freedesktop.DBus.Peer", "Ping", &error, NULL, "");
    if (r >= 0)
        r = subscribe(&watch);
    if (r >= 0)
        r = inventory_domains(NULL, NULL, &error, &watch.domains);
    if (r < 0 && watch.domains.count) { /* a host is away; the others can be watched */
        report_bus_error(NULL, r, &error);
        r = 0;
    }
    if (r >= 0)
        say_nothing_fits(&watch);
    while (r >= 0) {
        if (watch.back)
            catch_up(&watch);
        r = sd_bus_process(bus_get(), NULL);
        if (r == 0)
            r = sd_bus_wait(bus_get(), UINT64_MAX);
        if (r == -EINTR)
            r = 0;
    }
    domains_clear(&watch.domains);
    return report_bus_error(NULL, r, &error);
}
