/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that run a domain: start, shutdown, … are methods of the same name; and autostart. */
#include <string.h>

#include "arguments.h"
#include "bus.h"
#include "inventory.h"
#include "report.h"
#include "targets.h"
#include "terminal.h"
#include "verbs.h"

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
    return targets_each(words[0], TARGET_DOMAIN | TARGET_GLOB, control, member);
}

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
    return targets_each(words[0], TARGET_DOMAIN | TARGET_GLOB, set_autostart, &on);
}
