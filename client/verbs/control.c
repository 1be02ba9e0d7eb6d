/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the verbs that run a domain: shutdown and others, each the method of the same name; start,
 * restart and autostart, which take more than a domain. Main thread.
 */
#include "verbs/control.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/edits.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "verbs/targets.h"

static int control(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    int r = bus_call(target->path, DOMWRIGHT_DOMAIN_INTERFACE, data, &error, NULL, "a{sv}", 0);

    return r < 0 ? report_bus_error(target->name, r, &error) : STATUS_FINE;
}

int run_control(const Verb *verb, char *words[], int count)
{
    _cleanup_free_ char *member = copy_string(verb->name);

    member[0] = (char)(member[0] - 'a' + 'A');
    return targets_each(words[0], TARGET_DOMAIN | TARGET_GLOB | TARGET_ACTED, control, member);
}

/* ---- start ---- */

/* a{sv} of KEY or KIND/ID/KEY. */
static void append_settings(Writer *call, const Edits *edits)
{
    writer_open(call, 'a', "{sv}");
    for (size_t i = 0; i < edits->count; i++) {
        const Edit *edit = &edits->items[i];

        for (size_t j = 0; j < edit->n_values; j++) {
            const Assignment *value = &edit->values[j];
            _cleanup_free_ char *name =
                *edit->kind ? format_string("%s/%s/%s", edit->kind, edit->id, value->key)
                            : copy_string(value->key);

            writer_append(call, "{sv}", name, "s", value->value);
        }
    }
    writer_close(call);
}

static void append_nested(Writer *call, const char *name, const char *type, const Edits *edits)
{
    writer_open(call, 'e', "sv");
    writer_append(call, "s", name);
    writer_open(call, 'v', type);
    if (strcmp(type, "a{sv}") == 0)
        append_settings(call, edits);
    else
        append_devices(call, &edits->items[0].devices);
    writer_close(call);
    writer_close(call);
}

typedef struct {
    Edits settings;
    Edits boot; /* one edit, or none */
} Once;

static void once_clear(Once *once)
{
    edits_clear(&once->settings);
    edits_clear(&once->boot);
}

static int start(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    const Once *once = data;
    Writer call = bus_begin(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Start");
    int r;

    writer_open(&call, 'a', "{sv}");
    writer_flag(&call, "paused", arg_paused);
    writer_option(&call, "until", arg_until);
    if (once->settings.count)
        append_nested(&call, "settings", "a{sv}", &once->settings);
    if (once->boot.count)
        append_nested(&call, "boot", "a(ss)", &once->boot);
    writer_close(&call);
    r = bus_finish(&call, &error, NULL);
    return r < 0 ? report_edit_error(target->name, r, &error, &once->settings) : STATUS_FINE;
}

/* "disk/sda,disk/vda"; false after a complaint. */
static bool read_boot(Edits *boot)
{
    _cleanup_free_ char *words = arg_boot ? copy_string(arg_boot) : NULL;
    char *rest = words, *word;
    Edit *edit;

    if (!words)
        return true;
    edit = edits_add(boot, "boot", "", "");
    while ((word = strsep(&rest, ","))) {
        _cleanup_free_ char *kind = NULL, *id = NULL;

        if (!split_device(word, &kind, &id))
            return false;
        strings_add(&edit->devices, word);
    }
    return true;
}

static bool read_settings(char *words[], int count, Edits *settings)
{
    bool fine = true;

    for (int i = 0; i < count; i++)
        fine = edits_add_change(settings, words[i]) && fine;
    for (size_t i = 0; fine && i < settings->count; i++) {
        if (settings->items[i].unset.count == 0)
            continue;
        report_usage("Nothing can be unset for one time only; write KEY=VALUE.");
        return false;
    }
    return fine;
}

int run_start(const Verb *verb, char *words[], int count)
{
    _cleanup_(once_clear) Once once = {0};

    if (!read_boot(&once.boot) || !read_settings(words + 1, count - 1, &once.settings))
        return STATUS_USAGE;
    if (once.settings.count && !bus_get())
        return report_trouble();
    if (!edits_prepare(&once.settings))
        return STATUS_USAGE;
    return targets_each(words[0], TARGET_DOMAIN | TARGET_GLOB | TARGET_ACTED, start, &once);
}

/* ---- restart ---- */

#define DEFAULT_WAIT 60 /* seconds */

static int restart(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    uint32_t seconds = arg_timeout ? arg_seconds : DEFAULT_WAIT;
    Writer call = bus_begin(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Restart");
    int r;

    writer_open(&call, 'a', "{sv}");
    writer_append(&call, "{sv}", "timeout", "u", seconds * 1000);
    writer_flag(&call, "force", arg_force);
    writer_close(&call);
    bus_allow_wait(seconds);
    r = bus_finish(&call, &error, NULL);
    return r < 0 ? report_bus_error(target->name, r, &error) : STATUS_FINE;
}

int run_restart(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DOMAIN | TARGET_GLOB | TARGET_ACTED, restart, NULL);
}

/* ---- autostart ---- */

static int set_autostart(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    const bool *on = data;
    int r = bus_call(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "SetAutostart", &error, NULL,
                     "ba{sv}", *on, 0);

    return r < 0 ? report_bus_error(target->name, r, &error) : STATUS_FINE;
}

static int print_autostart(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_values_ Values properties = {0};
    FILE *out = terminal_out();
    int r = inventory_properties(target->path, DOMWRIGHT_DOMAIN_INTERFACE, &error, &properties);
    bool on;

    if (r < 0)
        return report_bus_error(target->name, r, &error);
    on = strcmp(values_get(&properties, "Autostart") ?: "no", "yes") == 0;
    if (arg_json) {
        fprintf(out, "%s\n", on ? "true" : "false");
        return STATUS_FINE;
    }
    if (target->one_of_many) {
        print_text(out, target->name);
        fputc('\t', out);
    }
    fprintf(out, "%s\n", on ? "on" : "off");
    return STATUS_FINE;
}

int run_autostart(const Verb *verb, char *words[], int count)
{
    bool on = count > 1 && strcmp(words[1], "on") == 0;

    if (count == 1)
        return targets_each(words[0], TARGET_DOMAIN | TARGET_GLOB, print_autostart, NULL);
    if (!on && strcmp(words[1], "off") != 0)
        return report_usage("\"%s\" is neither on nor off.", words[1]);
    return targets_each(words[0], TARGET_DOMAIN | TARGET_GLOB | TARGET_ACTED, set_autostart, &on);
}
