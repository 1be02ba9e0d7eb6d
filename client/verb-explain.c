/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that explain what can be set and on which host: keys, choices, capabilities. */
#include <string.h>

#include "arguments.h"
#include "bus.h"
#include "json.h"
#include "keys.h"
#include "report.h"
#include "table.h"
#include "terminal.h"
#include "verbs.h"

static int reply_as_json(sd_bus_message *reply)
{
    static const char *const names[] = {"=", NULL};
    int r = json_message(terminal_out(), reply, names);

    return r < 0 ? report_bad_answer(NULL, r) : STATUS_FINE;
}

/* ---- keys ---- */

/* What a key takes, in a word or two. */
static char *takes(const Values *row)
{
    const char *values = values_get(row, "values"), *form = values_get(row, "form");
    const char *type = values_get(row, "type");

    if (values && *values)
        return copy_string(values);
    if (type && strcmp(type, "b") == 0)
        return copy_string("yes,no");
    return copy_string(form ? form : "");
}

static bool has_kind(const Rows *keys, const char *kind)
{
    for (size_t i = 0; i < keys->count; i++) {
        const char *row = values_get(&keys->items[i], "kind");

        if (row && strcmp(row, kind) == 0)
            return true;
    }
    return false;
}

/* A single word is a kind where there is one of that name, else the beginning of the domain's keys.
 */
static int find_kind(char *words[], int count, const char **ret_kind, const char **ret_prefix)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_rows_ Rows keys = {0};
    int r;

    *ret_kind = count > 1 ? words[0] : "";
    *ret_prefix = count > 1 ? words[1] : "";
    if (count != 1)
        return STATUS_FINE;
    if (strcmp(words[0], "*") == 0) {
        *ret_kind = words[0];
        return STATUS_FINE;
    }
    r = keys_describe("*", "", &error, &keys);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    *(has_kind(&keys, words[0]) ? ret_kind : ret_prefix) = words[0];
    return STATUS_FINE;
}

static void print_keys(const Rows *keys, bool several_kinds)
{
    _cleanup_table_ Table table = {{"KEY", "TAKES", "MEANING"}, 3};

    for (size_t i = 0; i < keys->count; i++) {
        const Values *row = &keys->items[i];
        const char *kind = values_get(row, "kind");
        _cleanup_free_ char *key =
            format_string("%s%s%s", several_kinds && kind ? kind : "",
                          several_kinds && kind && *kind ? "/" : "", values_get(row, "key") ?: "");
        _cleanup_free_ char *taken = takes(row);

        table_add(&table, key);
        table_add(&table, taken);
        table_add(&table, values_get(row, "doc"));
    }
    table_print(&table);
}

int run_keys(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows keys = {0};
    const char *kind, *prefix;
    int status, r;

    if (!bus_get())
        return report_trouble();
    status = find_kind(words, count, &kind, &prefix);
    if (status != STATUS_FINE)
        return status;
    r = bus_call(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "DescribeKeys", &error, &reply,
                 "ssa{sv}", kind, prefix, 0);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    if (arg_json)
        return reply_as_json(reply);
    r = rows_read(reply, &keys);
    if (r < 0)
        return report_bad_answer(NULL, r);
    if (keys.count == 0)
        return report_error(NULL, "No key begins with \"%s\"; \"domwright keys '*'\" lists all.",
                            prefix);
    print_keys(&keys, strcmp(kind, "*") == 0);
    return STATUS_FINE;
}

/* ---- NAME=VALUE for the service's options ---- */

static int append_assignments(sd_bus_message *message, char *words[], int count)
{
    int r = sd_bus_message_open_container(message, 'a', "{sv}");

    for (int i = 0; r >= 0 && i < count; i++) {
        _cleanup_free_ char *name = copy_bytes(words[i], strcspn(words[i], "="));

        if (word_is_assignment(words[i]))
            r = append_string_option(message, name, strchr(words[i], '=') + 1);
    }
    return r < 0 ? r : sd_bus_message_close_container(message);
}

/* ---- choices ---- */

static int call_choices(const char *host, char *words[], int keys, int count, sd_bus_error *error,
                        sd_bus_message **ret_reply)
{
    _cleanup_message_ sd_bus_message *message = NULL;
    int r = bus_prepare(host, DOMWRIGHT_HOST_INTERFACE, "ListChoices", &message);

    if (r >= 0)
        r = sd_bus_message_append(message, "ss", keys > 1 ? words[0] : "", words[keys - 1]);
    if (r >= 0)
        r = append_assignments(message, words + keys, count - keys);
    return r < 0 ? r : bus_send(message, error, ret_reply);
}

int run_choices(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_table_ Table table = {{"VALUE", "DEFAULT", "MEANING"}, 3};
    _cleanup_free_ char *host = host_path();
    _cleanup_rows_ Rows rows = {0};
    int r, keys = 0;

    while (keys < count && !word_is_assignment(words[keys]))
        keys++;
    for (int i = keys; i < count; i++)
        if (keys < 1 || keys > 2 || !word_is_assignment(words[i]))
            keys = 0;
    if (keys < 1 || keys > 2)
        return report_usage("choices takes KEY or KIND KEY, and then NAME=VALUE.");
    if (!bus_get())
        return report_trouble();
    r = call_choices(host, words, keys, count, &error, &reply);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    if (arg_json)
        return reply_as_json(reply);
    r = rows_read(reply, &rows);
    if (r < 0)
        return report_bad_answer(NULL, r);
    for (size_t i = 0; i < rows.count; i++) {
        const char *is_default = values_get(&rows.items[i], "default");

        table_add(&table, values_get(&rows.items[i], "value"));
        table_add(&table, is_default && strcmp(is_default, "yes") == 0 ? "default" : "");
        table_add(&table, values_get(&rows.items[i], "doc"));
    }
    table_print(&table);
    return STATUS_FINE;
}

/* ---- capabilities ---- */

static bool filters_are_valid(char *words[], int count)
{
    for (int i = 0; i < count; i++) {
        if (word_is_assignment(words[i]) || (i == 0 && strcmp(words[i], "domain") == 0))
            continue;
        report_usage("\"%s\" is not NAME=VALUE; NAME is arch, machine, type or emulator.",
                     words[i]);
        return false;
    }
    return true;
}

static int call_capabilities(const char *host, char *words[], int count, sd_bus_error *error,
                             sd_bus_message **ret_reply)
{
    _cleanup_message_ sd_bus_message *message = NULL;
    int r = bus_prepare(host, DOMWRIGHT_HOST_INTERFACE,
                        count > 0 ? "GetDomainCapabilities" : "GetCapabilities", &message);

    if (r >= 0)
        r = append_assignments(message, words, count);
    return r < 0 ? r : bus_send(message, error, ret_reply);
}

int run_capabilities(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_table_ Table table = {{"NAME", "VALUE"}, 2};
    _cleanup_free_ char *host = host_path();
    _cleanup_values_ Values values = {0};
    int r;

    if (!filters_are_valid(words, count))
        return STATUS_USAGE;
    if (!bus_get())
        return report_trouble();
    r = call_capabilities(host, words, count, &error, &reply);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    if (arg_json)
        return reply_as_json(reply);
    r = values_read(reply, &values);
    if (r < 0)
        return report_bad_answer(NULL, r);
    for (size_t i = 0; i < values.count; i++) {
        table_add(&table, values.items[i].name);
        table_add(&table, values.items[i].text);
    }
    table_print(&table);
    return STATUS_FINE;
}
