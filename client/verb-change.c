/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The verbs that change a configuration: set, add, remove, hyperv, preset, boot. All but the last
 * are words turned into edits for one Apply, so that what a person writes happens whole or not at
 * all.
 */
#include <string.h>

#include "arguments.h"
#include "bus.h"
#include "json.h"
#include "keys.h"
#include "report.h"
#include "results.h"
#include "targets.h"
#include "terminal.h"
#include "verbs.h"

typedef struct {
    Edits edits;
    bool print_ids;
} Change;

static void change_clear(Change *change)
{
    edits_clear(&change->edits);
}
#define _cleanup_change_ _cleanup_(change_clear)

static int report_json(const Target *target, sd_bus_message *reply, const char *const *names)
{
    int r = json_message(terminal_out(), reply, names);

    return r < 0 ? report_bad_answer(target->name, r) : STATUS_FINE;
}

static int read_ids(const Target *target, sd_bus_message *reply, bool print)
{
    const char *id;
    int r = sd_bus_message_enter_container(reply, 'a', "s");

    while (r >= 0 && (r = sd_bus_message_read_basic(reply, 's', &id)) > 0) {
        if (!print)
            continue;
        if (target->one_of_many)
            fprintf(terminal_out(), "%s\t", target->name);
        print_text(terminal_out(), id);
        fputc('\n', terminal_out());
    }
    if (r >= 0)
        r = sd_bus_message_exit_container(reply);
    return r < 0 ? report_bad_answer(target->name, r) : STATUS_FINE;
}

static int apply(const Target *target, void *data)
{
    static const char *const names[] = {"ids", "*", NULL};
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *message = NULL, *reply = NULL;
    const Change *change = data;
    /* With "-" standard output is the document's. */
    bool print = change->print_ids && !arg_dry_run && !arg_json && strcmp(target->name, "-") != 0;
    int status = STATUS_FINE;
    int r = bus_prepare(target->path, DOMWRIGHT_CONFIG_INTERFACE, "Apply", &message);

    if (r >= 0)
        r = append_edits(message, &change->edits);
    if (r >= 0)
        r = append_change_options(message);
    if (r >= 0)
        r = bus_send(message, &error, &reply);
    if (r < 0)
        return report_bus_error(target->name, r, &error);
    if (arg_json)
        status = report_json(target, reply, names);
    if (status == STATUS_FINE)
        status = read_ids(target, reply, print);
    return status == STATUS_FINE ? result_report(target->name, reply) : status;
}

static int apply_to(const char *word, Change *change)
{
    if (word_is_glob(word) && arg_expect)
        return report_usage("--expect is about one revision; name one domain.");
    if (!bus_get())
        return report_trouble();
    if (!sizes_have_units(&change->edits))
        return STATUS_USAGE;
    return targets_each(word, TARGET_CONFIG | TARGET_EDITED, apply, change);
}

int run_set(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};

    for (int i = 1; i < count; i++)
        if (!edits_add_change(&change.edits, words[i]))
            return STATUS_USAGE;
    return apply_to(words[0], &change);
}

int run_add(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {.print_ids = true};
    Edit *edit;

    if (strchr(words[1], '=') || strchr(words[1], '/'))
        return report_usage("\"%s\" is not a kind of device; write KIND before its properties, for "
                            "example disk.",
                            words[1]);
    edit = edits_add(&change.edits, "add", words[1], "");
    for (int i = 2; i < count; i++)
        if (!edit_add_property(edit, words[i]))
            return STATUS_USAGE;
    return apply_to(words[0], &change);
}

int run_remove(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};
    bool joined = strchr(words[1], '/');

    if (!joined && count < 3)
        return report_usage("Which %s? Write %s/ID; \"domwright show %s %s\" lists them.", words[1],
                            words[1], words[0], words[1]);
    for (int i = joined ? 1 : 2; i < count; i++) {
        _cleanup_free_ char *kind = NULL, *id = NULL;

        if (!joined)
            edits_add(&change.edits, "remove", words[1], words[i]);
        else if (split_device(words[i], &kind, &id))
            edits_add(&change.edits, "remove", kind, id);
        else
            return STATUS_USAGE;
    }
    return apply_to(words[0], &change);
}

int run_hyperv(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};
    Edit *edit = edits_add(&change.edits, "hyperv", "", "");

    for (int i = 1; i < count; i++)
        if (!edit_add_feature(edit, words[i]))
            return STATUS_USAGE;
    return apply_to(words[0], &change);
}

int run_preset(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};

    edits_add(&change.edits, "preset", "", words[1]);
    return apply_to(words[0], &change);
}

/* ---- boot ---- */

typedef struct {
    char **words;
    int count;
} Order;

static int append_order(sd_bus_message *message, const Order *order)
{
    int r = sd_bus_message_open_container(message, 'a', "(ss)");

    for (int i = 0; r >= 0 && i < order->count; i++) {
        _cleanup_free_ char *kind = NULL, *id = NULL;

        split_device(order->words[i], &kind, &id);
        r = sd_bus_message_append(message, "(ss)", kind, id);
    }
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int set_order(const Target *target, void *data)
{
    static const char *const names[] = {"=", NULL};
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *message = NULL, *reply = NULL;
    int status = STATUS_FINE;
    int r = bus_prepare(target->path, DOMWRIGHT_CONFIG_INTERFACE, "SetBootOrder", &message);

    if (r >= 0)
        r = append_order(message, data);
    if (r >= 0)
        r = append_change_options(message);
    if (r >= 0)
        r = bus_send(message, &error, &reply);
    if (r < 0)
        return report_bus_error(target->name, r, &error);
    if (arg_json)
        status = report_json(target, reply, names);
    return status == STATUS_FINE ? result_report(target->name, reply) : status;
}

int run_boot(const Verb *verb, char *words[], int count)
{
    Order order = {words + 1, count - 1};

    if (count == 2 && strcmp(words[1], "none") == 0)
        order.count = 0;
    for (int i = 0; i < order.count; i++) {
        _cleanup_free_ char *kind = NULL, *id = NULL;

        if (!split_device(order.words[i], &kind, &id))
            return STATUS_USAGE;
    }
    if (word_is_glob(words[0]) && arg_expect)
        return report_usage("--expect is about one revision; name one domain.");
    return targets_each(words[0], TARGET_CONFIG | TARGET_EDITED, set_order, &order);
}
