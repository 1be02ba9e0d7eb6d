/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the verbs that read settings: show, for people, in the words that set takes; get, for
 * programs, the bare values. Main thread.
 */
#include "verbs/show.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "bus/keys.h"
#include "bus/values.h"
#include "bus/waiting.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/edit-args.h"
#include "text/json.h"
#include "verbs/targets.h"

typedef struct {
    Values settings;
    Devices devices;
} Description;

static void description_clear(Description *description)
{
    values_clear(&description->settings);
    devices_clear(&description->devices);
}

static int call_read(const Target *target, const char *member, sd_bus_message **ret_reply)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    Writer call = bus_begin(target->path, DOMWRIGHT_CONFIG_INTERFACE, member);
    int r;

    append_read_options(&call);
    r = bus_finish(&call, &error, ret_reply);
    return r < 0 ? report_bus_error(target->name, r, &error) : STATUS_FINE;
}

static int describe(const Target *target, Description *description)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    int status = call_read(target, "Describe", &reply), r;

    if (status != STATUS_FINE)
        return status;
    r = values_read(reply, &description->settings);
    if (r >= 0)
        r = devices_read(reply, &description->devices);
    return r < 0 ? report_bad_answer(target->name, r) : STATUS_FINE;
}

/* ---- show ---- */

typedef struct {
    const char *prefix;
    size_t shown; /* settings and devices of the domain */
    Rows keys;    /* asked for once, when there is a number that may be a size */
    Rows waiting; /* of the domain that is shown, to people */
} Show;

static bool has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* What waits of the value, or of the device, that has just been printed. */
static void show_waiting(Show *show, const char *name)
{
    FILE *out = terminal_out();

    for (size_t i = 0; i < show->waiting.count; i++) {
        const Values *row = &show->waiting.items[i];
        _cleanup_free_ char *place = waiting_name(row), *text = NULL;
        const char *waits = values_get(row, "waits");
        bool lost = waits && strcmp(waits, "lost") == 0;

        if (strcmp(place, name) != 0)
            continue;
        text = waiting_side(row, arg_live ? "config" : "live", &show->keys);
        fprintf(out, "  %s(%s: ", terminal_colour(COLOUR_FAINT),
                arg_live ? "at the next start"
                : lost   ? "until it stops"
                         : "waits for the next start; runs with");
        print_text(out, text ? text : "nothing");
        fprintf(out, ")%s", terminal_colour(COLOUR_NONE));
        return;
    }
}

static void show_values(Show *show, const char *prefix, const char *kind, const char *place,
                        const Values *values)
{
    FILE *out = terminal_out();
    size_t width = 0;

    for (size_t i = 0; i < values->count; i++)
        if (strlen(values->items[i].name) > width)
            width = strlen(values->items[i].name);
    for (size_t i = 0; i < values->count; i++) {
        const Value *value = &values->items[i];
        _cleanup_free_ char *name = format_string("%s%s", place, value->name);
        _cleanup_free_ char *text = NULL;

        if (!has_prefix(name, prefix))
            continue;
        show->shown++;
        text = keys_show_value(&show->keys, kind, value);
        if (terminal_is_person())
            fprintf(out, "%s%-*s  ", *place ? "  " : "", (int)width, value->name);
        else
            fprintf(out, "%s=", name);
        print_text(out, text);
        show_waiting(show, name);
        fputc('\n', out);
    }
}

static bool device_is_shown(const Device *device, const char *place, const char *prefix)
{
    if (has_prefix(place, prefix))
        return true;
    for (size_t i = 0; i < device->properties.count; i++) {
        _cleanup_free_ char *name = format_string("%s%s", place, device->properties.items[i].name);

        if (has_prefix(name, prefix))
            return true;
    }
    return false;
}

static void show_device_waiting(Show *show, const Device *device)
{
    _cleanup_free_ char *name = format_string("%s/%s", device->kind, device->id);

    show_waiting(show, name);
}

/* The prefix in the device's own words where it names the n-th of its kind: "controller/#2". */
static char *prefix_for(const char *prefix, const Device *device, unsigned n)
{
    _cleanup_free_ char *position = format_string("%s/#%u", device->kind, n);
    const char *rest = prefix + strlen(position);

    if (!has_prefix(prefix, position) || (*rest && *rest != '/'))
        return copy_string(prefix);
    return format_string("%s/%s%s", device->kind, device->id, *rest ? rest : "/");
}

/* device: the n-th of its kind. */
static void show_device(Show *show, const Device *device, unsigned n)
{
    _cleanup_free_ char *place = format_string("%s/%s/", device->kind, device->id);
    _cleanup_free_ char *prefix = prefix_for(show->prefix, device, n);
    FILE *out = terminal_out();

    if (!device_is_shown(device, place, prefix))
        return;
    show->shown++;
    if (terminal_is_person()) {
        fputs(terminal_colour(COLOUR_STRONG), out);
        fprintf(out, "%s ", device->kind);
        print_text(out, device->id);
        fputs(terminal_colour(COLOUR_NONE), out);
        show_device_waiting(show, device);
        fputc('\n', out);
    } else if (device->properties.count == 0) {
        print_text(out, place);
        fputc('\n', out);
    }
    show_values(show, prefix, device->kind, place, &device->properties);
}

static int show_json(const Target *target)
{
    static const char *const names[] = {"settings", "devices:kind,id,properties", "revision", NULL};
    _cleanup_message_ sd_bus_message *reply = NULL;
    int status = call_read(target, "Describe", &reply), r;

    if (status != STATUS_FINE)
        return status;
    r = json_message(terminal_out(), reply, names);
    return r < 0 ? report_bad_answer(target->name, r) : STATUS_FINE;
}

/* Of the device at index among those of its kind, from 1 on. */
static unsigned position_of(const Devices *devices, size_t index)
{
    unsigned n = 1;

    for (size_t i = 0; i < index; i++)
        n += strcmp(devices->items[i].kind, devices->items[index].kind) == 0;
    return n;
}

static void say_nothing_is_shown(const Target *target, const char *prefix)
{
    _cleanup_free_ char *sentence =
        format_string("Nothing that is set, and no device, begins with \"%s\".", prefix);

    report_note(target->name, "info", sentence);
}

static int show_target(const Target *target, void *data)
{
    _cleanup_(description_clear) Description description = {0};
    Show *show = data;
    FILE *out;
    int status;

    if (arg_json)
        return show_json(target);
    status = describe(target, &description);
    if (status != STATUS_FINE)
        return status;
    show->shown = 0;
    rows_clear(&show->waiting);
    if (terminal_is_person() && target->type == TARGET_DOMAIN)
        waiting_read(target->path, &show->waiting, NULL);
    out = terminal_out();
    if (target->one_of_many) {
        print_heading(out, target->name);
    }
    show_values(show, show->prefix, "", "", &description.settings);
    for (size_t i = 0; i < description.devices.count; i++)
        show_device(show, &description.devices.items[i], position_of(&description.devices, i));
    if (show->shown == 0)
        say_nothing_is_shown(target, show->prefix);
    return STATUS_FINE;
}

int run_show(const Verb *verb, char *words[], int count)
{
    Show show = {.prefix = count > 1 ? words[1] : ""};
    int status;

    if (arg_json && *show.prefix)
        return report_usage("--json shows everything; leave out \"%s\".", show.prefix);
    status = targets_each(words[0], TARGET_CONFIG, show_target, &show);
    rows_clear(&show.keys);
    rows_clear(&show.waiting);
    return status;
}

int run_draft_show(const Verb *verb, char *words[], int count)
{
    Show show = {.prefix = count > 1 ? words[1] : ""};
    int status = targets_each(words[0], TARGET_DRAFT, show_target, &show);

    rows_clear(&show.keys);
    return status;
}

/* ---- get ---- */

typedef struct {
    const char *pattern; /* or the domain */
    char **words;
    int count;
    size_t found; /* of all domains */
    bool checked; /* whether the words are keys, and they are not */
    bool wrong;
} Get;

static int get_settings(const Target *target, char *const *words, int count,
                        sd_bus_message **ret_reply)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    Writer call = bus_begin(target->path, DOMWRIGHT_CONFIG_INTERFACE, "GetSettings");
    int r;

    writer_open(&call, 'a', "s");
    for (int i = 0; i < count; i++)
        if (!strchr(words[i], '/'))
            writer_append(&call, "s", words[i]);
    writer_close(&call);
    append_read_options(&call);
    r = bus_finish(&call, &error, ret_reply);
    return r < 0 ? report_bus_error(target->name, r, &error) : STATUS_FINE;
}

static bool is_group(const char *word)
{
    size_t length = strlen(word);

    return length && word[length - 1] == '*';
}

/* May it name several values, or none? */
static bool is_open(const char *word)
{
    _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL;

    return is_group(word) ||
           (split_place(word, strlen(word), &kind, &id, &key) && word_is_glob(id));
}

static bool fits(const char *pattern, const char *key)
{
    return is_group(pattern) ? strncmp(pattern, key, strlen(pattern) - 1) == 0
                             : strcmp(pattern, key) == 0;
}

/* Is this the device, the n-th of its kind, that an id names? "#2" is the second, "*" all. */
static bool names_device(const char *id, const Device *device, unsigned n)
{
    if (strcmp(device->id, id) == 0)
        return true;
    if (*id == '#')
        return strtoul(id + 1, NULL, 10) == n && id[1 + strspn(id + 1, "0123456789")] == '\0';
    return word_is_glob(id) && fnmatch(id, device->id, 0) == 0;
}

/* What one word names among the devices' properties. */
static size_t take_device_values(const Devices *devices, const char *word, Values *found)
{
    _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL;
    size_t before = found->count;
    unsigned n = 0;

    if (!split_place(word, strlen(word), &kind, &id, &key))
        return 0;
    for (size_t i = 0; i < devices->count; i++) {
        const Device *device = &devices->items[i];

        if (strcmp(device->kind, kind) != 0 || !names_device(id, device, ++n))
            continue;
        for (size_t j = 0; j < device->properties.count; j++) {
            const Value *value = &device->properties.items[j];
            _cleanup_free_ char *name = format_string("%s/%s/%s", kind, device->id, value->name);

            if (fits(key, value->name))
                values_add_copy(found, name, value);
        }
    }
    return found->count - before;
}

static size_t take_settings(const Values *settings, const char *word, Values *found)
{
    size_t before = found->count;

    for (size_t i = 0; i < settings->count; i++)
        if (fits(word, settings->items[i].name))
            values_add_copy(found, settings->items[i].name, &settings->items[i]);
    return found->count - before;
}

static void print_found(const Target *target, const Values *found, bool bare)
{
    FILE *out = terminal_out();

    if (arg_json)
        fputc('{', out);
    for (size_t i = 0; i < found->count; i++) {
        const Value *value = &found->items[i];

        if (arg_json) {
            if (i)
                fputc(',', out);
            json_string(out, value->name);
            fputc(':', out);
            fputs(value->json, out);
            continue;
        }
        if (target->one_of_many) {
            print_text(out, target->name);
            fputc('\t', out);
        }
        if (!bare)
            fprintf(out, "%s=", value->name);
        if (bare && !target->one_of_many)
            print_exact(out, value->text);
        else
            print_text(out, value->text);
        fputc('\n', out);
    }
    if (arg_json)
        fputs("}\n", out);
}

/* A column of the list of domains. Those that have the name of a key, too, may be shortened. */
static bool is_property(const char *word)
{
    for (size_t i = 0; inventory_columns[i]; i++)
        if (strcmp(word, inventory_columns[i]) == 0)
            return true;
    return false;
}

/* Can the list of domains say it, under the name it is to be printed with? */
static bool is_column(const char *word)
{
    _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL;

    return !is_open(word) && !is_property(word) &&
           split_place(word, strlen(word), &kind, &id, &key) && !(id && *id == '#');
}

/* The columns that say it all, with the name; none where there are no such. */
static Strings columns_of(const Get *get)
{
    Strings columns = {0};

    strings_add(&columns, "name");
    for (int i = 0; i < get->count; i++) {
        if (arg_live || arg_secrets || !is_column(get->words[i])) {
            strings_clear(&columns);
            break;
        }
        strings_add(&columns, get->words[i]);
    }
    return columns;
}

/* False when something is absent: it is not set, or secret. */
static bool take_columns(const Target *target, const Get *get, Values *found)
{
    for (int i = 0; target->columns && i < get->count; i++)
        if (take_settings(target->columns, get->words[i], found) == 0)
            return false;
    return target->columns;
}

static bool has_device(const Devices *devices, const char *kind, const char *id)
{
    unsigned n = 0;

    for (size_t i = 0; i < devices->count; i++)
        if (strcmp(devices->items[i].kind, kind) == 0 && names_device(id, &devices->items[i], ++n))
            return true;
    return false;
}

/* "No disk "vdz". There are: vda, vdb." */
static int report_no_device(const Target *target, const Devices *devices, const char *kind,
                            const char *id)
{
    _cleanup_free_ char *there = copy_string(""), *message = NULL;

    for (size_t i = 0; i < devices->count; i++) {
        char *longer;

        if (strcmp(devices->items[i].kind, kind) != 0)
            continue;
        longer = format_string("%s%s%s", there, *there ? ", " : "", devices->items[i].id);
        free(there);
        there = longer;
    }
    message = *there ? format_string("No %s \"%s\". There are: %s.", kind, id, there)
                     : format_string("No %s \"%s\". There is no %s.", kind, id, kind);
    return report_named_error(target->name, DOMWRIGHT_ERROR_NOT_FOUND, message);
}

/* Groups of the domain's settings are the daemon's to find: they end behind a dot. */
static bool is_askable(const char *kind, const char *key)
{
    size_t length = strlen(key);

    return *kind || length < 2 || !is_group(key) || key[length - 2] == '.';
}

/* Complains about a kind or a key that there is none of. */
static int check_key(const char *subject, const char *word)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL, *guess = NULL, *message = NULL;
    _cleanup_rows_ Rows keys = {0};
    int r;

    if (!split_place(word, strlen(word), &kind, &id, &key))
        return STATUS_FINE;
    r = keys_describe(kind, "", &error, &keys);
    if (r < 0)
        return report_bus_error(subject, r, &error);
    if (is_askable(kind, key) && keys_find(&keys, kind, key))
        return STATUS_FINE;
    guess = keys_guess(&keys, kind, key);
    message = format_string("%s%s%s%sUnknown key \"%s\"%s", kind, *kind ? "/" : "", id,
                            *kind ? ": " : "", key, guess);
    return report_named_error(subject, DOMWRIGHT_ERROR_UNKNOWN_KEY, message);
}

/* What is wrong with a device's key of which nothing was found; fine where it is only not set. */
static int check_device_key(const Target *target, const Devices *devices, const char *word)
{
    _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL;
    int status;

    if (!split_place(word, strlen(word), &kind, &id, &key) || !*kind)
        return STATUS_FINE;
    status = check_key(target->name, word);
    if (status != STATUS_FINE || is_open(word) || has_device(devices, kind, id))
        return status;
    return report_no_device(target, devices, kind, id);
}

static int report_absent(const Target *target, const Devices *devices, const char *word)
{
    int status = check_device_key(target, devices, word);

    if (status != STATUS_FINE || is_open(word))
        return status;
    return report_error(target->name,
                        "%s is not set; \"domwright show\" lists what is, "
                        "\"domwright keys\" what can be.",
                        word);
}

/* A word that is no key is told once, not of each domain; in JSON each has its error. */
static bool words_are_wrong(const Target *target, Get *get)
{
    if (!get->checked && !target->columns && target->one_of_many && !arg_json) {
        get->checked = true;
        for (int i = 0; i < get->count; i++)
            get->wrong = check_key(get->pattern, get->words[i]) != STATUS_FINE || get->wrong;
    }
    return get->wrong;
}

static int get_target(const Target *target, void *data)
{
    Get *get = data;
    _cleanup_(description_clear) Description description = {0};
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_values_ Values found = {0};
    bool devices = false, settings = false;
    int status = STATUS_FINE, r = 0;

    if (words_are_wrong(target, get))
        return report_trouble();
    if (take_columns(target, get, &found)) {
        get->found += found.count;
        print_found(target, &found, get->count == 1);
        return STATUS_FINE;
    }
    values_clear(&found);
    for (int i = 0; i < get->count; i++)
        *(strchr(get->words[i], '/') ? &devices : &settings) = true;
    if (settings)
        status = get_settings(target, get->words, get->count, &reply);
    if (status == STATUS_FINE && settings)
        r = values_read(reply, &description.settings);
    if (status == STATUS_FINE && devices) {
        values_clear(&description.settings);
        status = describe(target, &description);
    }
    if (status != STATUS_FINE)
        return status;
    if (r < 0)
        return report_bad_answer(target->name, r);
    for (int i = 0; i < get->count; i++) {
        const char *word = get->words[i];
        size_t n = strchr(word, '/') ? take_device_values(&description.devices, word, &found)
                                     : take_settings(&description.settings, word, &found);

        if (n == 0 && report_absent(target, &description.devices, word) != STATUS_FINE)
            status = report_trouble();
    }
    get->found += found.count;
    print_found(target, &found, get->count == 1 && !is_open(get->words[0]));
    return status;
}

int run_get(const Verb *verb, char *words[], int count)
{
    Get get = {.pattern = words[0], .words = words + 1, .count = count - 1};
    _cleanup_strings_ Strings columns = {0};
    int status;

    for (int i = 1; i < count; i++) {
        _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL;

        if (!split_place(words[i], strlen(words[i]), &kind, &id, &key))
            return report_usage(
                "\"%s\" is not a key; write KEY for the domain's, KIND/ID/KEY for a "
                "device's.",
                words[i]);
        if (word_is_glob(kind))
            return report_usage(
                "\"%s\" names no kind of device; write one, as in disk/*/target.dev.", words[i]);
    }
    columns = columns_of(&get);
    status = targets_each_listed(words[0], TARGET_CONFIG, columns.count ? &columns : NULL,
                                 get_target, &get);
    if (status == STATUS_FINE && get.found == 0)
        report_note(words[0], "info", "Nothing is set that has such a key.");
    return status;
}
