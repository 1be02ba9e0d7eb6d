/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The verbs that read settings: show, for people, in the words set takes; get, for programs, the
 * bare values.
 */
#include <errno.h>
#include <string.h>

#include "arguments.h"
#include "bus.h"
#include "json.h"
#include "keys.h"
#include "report.h"
#include "targets.h"
#include "terminal.h"
#include "values.h"
#include "verbs.h"

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
    _cleanup_message_ sd_bus_message *message = NULL;
    int r = bus_prepare(target->path, DOMWRIGHT_CONFIG_INTERFACE, member, &message);

    if (r >= 0)
        r = append_read_options(message);
    if (r >= 0)
        r = bus_send(message, &error, ret_reply);
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
    Rows keys; /* asked for once, when there is a number that may be a size */
    bool asked;
} Show;

static char *text_for_people(Show *show, const char *kind, const Value *value)
{
    const Values *row;
    const char *form;

    if (value->type != 't')
        return copy_string(value->text);
    if (!show->asked) {
        show->asked = true;
        keys_describe("*", "", NULL, &show->keys);
    }
    row = keys_find(&show->keys, kind, value->name);
    form = row ? values_get(row, "form") : NULL;
    return form && strcmp(form, "size") == 0 ? size_with_unit(value->text)
                                             : copy_string(value->text);
}

static bool has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void show_values(Show *show, const char *kind, const char *place, const Values *values)
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

        if (!has_prefix(name, show->prefix))
            continue;
        text = text_for_people(show, kind, value);
        if (terminal_is_person())
            fprintf(out, "%s%-*s  ", *place ? "  " : "", (int)width, value->name);
        else
            fprintf(out, "%s=", name);
        print_text(out, text);
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

static void show_device(Show *show, const Device *device)
{
    _cleanup_free_ char *place = format_string("%s/%s/", device->kind, device->id);
    FILE *out = terminal_out();

    if (!device_is_shown(device, place, show->prefix))
        return;
    if (terminal_is_person()) {
        fputs(terminal_colour(COLOUR_STRONG), out);
        fprintf(out, "%s ", device->kind);
        print_text(out, device->id);
        fprintf(out, "%s\n", terminal_colour(COLOUR_NONE));
    } else if (device->properties.count == 0) {
        print_text(out, place);
        fputc('\n', out);
    }
    show_values(show, device->kind, place, &device->properties);
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
    out = terminal_out();
    if (target->one_of_many) {
        fputs(terminal_is_person() ? terminal_colour(COLOUR_STRONG) : "# ", out);
        print_text(out, target->name);
        fprintf(out, "%s\n", terminal_is_person() ? terminal_colour(COLOUR_NONE) : "");
    }
    show_values(show, "", "", &description.settings);
    for (size_t i = 0; i < description.devices.count; i++)
        show_device(show, &description.devices.items[i]);
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
    char **words;
    int count;
} Get;

static int get_settings(const Target *target, char *const *words, int count,
                        sd_bus_message **ret_reply)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *message = NULL;
    int r = bus_prepare(target->path, DOMWRIGHT_CONFIG_INTERFACE, "GetSettings", &message);

    if (r >= 0)
        r = sd_bus_message_open_container(message, 'a', "s");
    for (int i = 0; r >= 0 && i < count; i++)
        if (!strchr(words[i], '/'))
            r = sd_bus_message_append_basic(message, 's', words[i]);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    if (r >= 0)
        r = append_read_options(message);
    if (r >= 0)
        r = bus_send(message, &error, ret_reply);
    return r < 0 ? report_bus_error(target->name, r, &error) : STATUS_FINE;
}

static bool is_group(const char *word)
{
    size_t length = strlen(word);

    return length && word[length - 1] == '*';
}

static bool fits(const char *pattern, const char *key)
{
    return is_group(pattern) ? strncmp(pattern, key, strlen(pattern) - 1) == 0
                             : strcmp(pattern, key) == 0;
}

/* What one word names among the device's properties. */
static size_t take_device_values(const Devices *devices, const char *word, Values *found)
{
    _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL;
    size_t before = found->count;

    if (!split_place(word, strlen(word), &kind, &id, &key))
        return 0;
    for (size_t i = 0; i < devices->count; i++) {
        const Device *device = &devices->items[i];

        if (strcmp(device->kind, kind) != 0 || strcmp(device->id, id) != 0)
            continue;
        for (size_t j = 0; j < device->properties.count; j++) {
            const Value *value = &device->properties.items[j];
            _cleanup_free_ char *name = format_string("%s/%s/%s", kind, id, value->name);

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
        print_block(out, value->text);
        fputc('\n', out);
    }
    if (arg_json)
        fputs("}\n", out);
}

static int get_target(const Target *target, void *data)
{
    const Get *get = data;
    _cleanup_(description_clear) Description description = {0};
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_values_ Values found = {0};
    bool devices = false, settings = false;
    int status = STATUS_FINE, r = 0;

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

        if (n == 0 && !is_group(word))
            status = report_error(target->name,
                                  "%s is not set; \"domwright show\" lists what is, "
                                  "\"domwright keys\" what can be.",
                                  word);
    }
    print_found(target, &found, get->count == 1 && !is_group(get->words[0]));
    return status;
}

int run_get(const Verb *verb, char *words[], int count)
{
    Get get = {words + 1, count - 1};

    for (int i = 1; i < count; i++) {
        _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL;

        if (!split_place(words[i], strlen(words[i]), &kind, &id, &key))
            return report_usage(
                "\"%s\" is not a key; write KEY for the domain's, KIND/ID/KEY for a "
                "device's.",
                words[i]);
    }
    return targets_each(words[0], TARGET_CONFIG, get_target, &get);
}
