/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the verbs that explain what can be set and on which host: keys, choices, capabilities. Main
 * thread. */
#include "verbs/explain.h"

#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "bus/keys.h"
#include "terminal/columns.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/edit-args.h"
#include "text/json.h"

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
    const char *type = values_get(row, "type"), *unit = values_get(row, "unit");

    if (values && *values)
        return copy_string(values);
    if (type && strcmp(type, "b") == 0)
        return copy_string("yes,no");
    if (unit && *unit && !(form && strcmp(form, "size") == 0))
        return format_string("%s (%s)", form ? form : "", unit);
    return copy_string(form ? form : "");
}

/* "bus=virtio,type=mouse,tablet" -> "bus=virtio and type=mouse,tablet". */
static char *join_conditions(const char *belongs)
{
    char *text = copy_string("");

    for (const char *word = belongs ? belongs : ""; *word;) {
        size_t length = strcspn(word, ",");
        bool begins = memchr(word, '=', length) != NULL;
        char *longer = format_string("%s%s%.*s", text,
                                     !*text   ? ""
                                     : begins ? " and "
                                              : ",",
                                     (int)length, word);

        free(text);
        text = longer;
        word += length + (word[length] == ',');
    }
    return text;
}

/* What a key is, and which devices need or have it. */
static char *meaning_of(const Values *row)
{
    const char *doc = values_get(row, "doc");
    _cleanup_free_ char *belongs = join_conditions(values_get(row, "belongs"));
    const char *required = values_get(row, "required"), *index = values_get(row, "index");
    bool indexed = index && *index;

    return format_string(
        "%s%s%s%s%s%s%s%s", doc ? doc : "", *belongs ? " Belongs to " : "", belongs,
        *belongs ? "." : "", required && strcmp(required, "yes") == 0 ? " Required." : "",
        indexed ? " N stands for: " : "", indexed ? index : "", indexed ? "." : "");
}

/* What is asked for: kinds with a prefix of their keys. */
typedef struct {
    const char *kinds[2], *prefixes[2];
    size_t count;
} Request;

static void request_add(Request *request, const char *kind, const char *prefix)
{
    request->kinds[request->count] = kind;
    request->prefixes[request->count++] = prefix;
}

static bool is_among(const Strings *strings, const char *string)
{
    for (size_t i = 0; i < strings->count; i++)
        if (strcmp(strings->items[i], string) == 0)
            return true;
    return false;
}

/* A single word is a kind or the beginning of the domain's keys; "memory" is both. */
static int read_request(char *words[], int count, Request *request)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_strings_ Strings kinds = {0};
    _cleanup_rows_ Rows keys = {0};
    size_t length = count > 0 ? strlen(words[count - 1]) : 0;
    int r;

    if (count == 1 && strcmp(words[0], "*") == 0) {
        request_add(request, "*", "");
        return STATUS_FINE;
    }
    /* "cpu.*" is "cpu.", as for get. */
    if (length && words[count - 1][length - 1] == '*')
        words[count - 1][length - 1] = '\0';
    if (count != 1) {
        request_add(request, count ? words[0] : "", count ? words[1] : "");
        return STATUS_FINE;
    }
    r = keys_describe("", words[0], &error, &keys);
    if (r >= 0)
        r = keys_kinds(&kinds);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    bool is_kind = is_among(&kinds, words[0]);
    if (!is_kind || keys.count > 0)
        request_add(request, "", words[0]);
    if (is_kind)
        request_add(request, words[0], "");
    return STATUS_FINE;
}

static void print_keys(const Rows *keys, bool several_kinds)
{
    _cleanup_columns_ Columns columns = {{"KEY", "TAKES", "MEANING"}, 3};

    for (size_t i = 0; i < keys->count; i++) {
        const Values *row = &keys->items[i];
        const char *kind = values_get(row, "kind");
        _cleanup_free_ char *key =
            format_string("%s%s%s", several_kinds && kind ? kind : "",
                          several_kinds && kind && *kind ? "/" : "", values_get(row, "key") ?: "");
        _cleanup_free_ char *taken = takes(row), *meaning = meaning_of(row);

        columns_add(&columns, key);
        columns_add(&columns, taken);
        columns_add(&columns, meaning);
    }
    columns_print(&columns, "No keys.");
}

static int keys_as_json(sd_bus_message *const *replies, size_t count)
{
    static const char *const names[] = {"=", NULL};
    _cleanup_free_ char *whole = copy_string("");

    for (size_t i = 0; i < count; i++) {
        char *buffer = NULL, *longer;
        size_t length;
        FILE *file = open_buffer(&buffer, &length);
        int r = json_message(file, replies[i], names);

        fclose(file);
        if (r < 0) {
            free(buffer);
            return report_bad_answer(NULL, r);
        }
        /* "[...]\n" */
        longer = format_string("%s%s%.*s", whole, i ? "," : "", (int)length - 3, buffer + 1);
        free(buffer);
        free(whole);
        whole = longer;
    }
    fprintf(terminal_out(), "[%s]\n", whole);
    return STATUS_FINE;
}

/* Nothing begins with the prefix. */
static int report_no_keys(const Request *request)
{
    _cleanup_rows_ Rows keys = {0};
    _cleanup_free_ char *guess = NULL;
    const char *kind = request->kinds[0], *prefix = request->prefixes[0];

    keys_describe(kind, "", NULL, &keys);
    guess = keys_guess(&keys, kind, prefix);
    return report_error(NULL, "No key%s%s%s begins with \"%s\"%s \"domwright keys %s\" lists all.",
                        *kind ? " of kind \"" : "", kind, *kind ? "\"" : "", prefix, guess,
                        *kind ? kind : "'*'");
}

static int keys_as_text(sd_bus_message *const *replies, const Request *request)
{
    _cleanup_rows_ Rows keys = {0};
    int r = 0;

    for (size_t i = 0; r >= 0 && i < request->count; i++)
        r = rows_read(replies[i], &keys);
    if (r < 0)
        return report_bad_answer(NULL, r);
    print_keys(&keys, request->count > 1 || strcmp(request->kinds[0], "*") == 0);
    return STATUS_FINE;
}

static bool has_keys(sd_bus_message *const *replies, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool has = sd_bus_message_enter_container(replies[i], 'a', "a{sv}") > 0 &&
                   sd_bus_message_at_end(replies[i], false) == 0;

        if (sd_bus_message_rewind(replies[i], true) < 0 || has)
            return true;
    }
    return false;
}

int run_keys(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *first = NULL, *second = NULL;
    sd_bus_message **replies[] = {&first, &second};
    Request request = {.count = 0};
    int status, r = 0;

    if (!bus_get())
        return report_trouble();
    status = read_request(words, count, &request);
    if (status != STATUS_FINE)
        return status;
    for (size_t i = 0; r >= 0 && i < request.count; i++)
        r = bus_call(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "DescribeKeys", &error,
                     replies[i], "ssa{sv}", request.kinds[i], request.prefixes[i], 0);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    if (!has_keys((sd_bus_message *[]){first, second}, request.count))
        return report_no_keys(&request);
    return arg_json ? keys_as_json((sd_bus_message *[]){first, second}, request.count)
                    : keys_as_text((sd_bus_message *[]){first, second}, &request);
}

/* ---- NAME=VALUE for the service's options ---- */

static void append_assignments(Writer *call, char *words[], int count)
{
    writer_open(call, 'a', "{sv}");
    for (int i = 0; i < count; i++) {
        _cleanup_free_ char *name = copy_bytes(words[i], strcspn(words[i], "="));

        if (word_is_assignment(words[i]))
            writer_option(call, name, strchr(words[i], '=') + 1);
    }
    writer_close(call);
}

/* ---- choices ---- */

static int call_choices(const char *host, char *words[], int keys, int count, sd_bus_error *error,
                        sd_bus_message **ret_reply)
{
    Writer call = bus_begin(host, DOMWRIGHT_HOST_INTERFACE, "ListChoices");

    writer_append(&call, "ss", keys > 1 ? words[0] : "", words[keys - 1]);
    append_assignments(&call, words + keys, count - keys);
    return bus_finish(&call, error, ret_reply);
}

static const char *default_of(const Values *choice)
{
    const char *is_default = values_get(choice, "default");

    return is_default && strcmp(is_default, "yes") == 0 ? "default" : "";
}

/* A column that would be empty is left out. */
static void print_choices(const Rows *rows)
{
    _cleanup_columns_ Columns columns = {{"VALUE"}, 1};
    bool with_default = false, with_meaning = false;

    for (size_t i = 0; i < rows->count; i++) {
        with_default |= *default_of(&rows->items[i]) != '\0';
        with_meaning |= *(values_get(&rows->items[i], "doc") ?: "") != '\0';
    }
    if (with_default)
        columns.headings[columns.n_columns++] = "DEFAULT";
    if (with_meaning)
        columns.headings[columns.n_columns++] = "MEANING";
    for (size_t i = 0; i < rows->count; i++) {
        columns_add(&columns, values_get(&rows->items[i], "value"));
        if (with_default)
            columns_add(&columns, default_of(&rows->items[i]));
        if (with_meaning)
            columns_add(&columns, values_get(&rows->items[i], "doc"));
    }
    columns_print(&columns, "No choices.");
}

int run_choices(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_free_ char *host = NULL;
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
    host = host_path();
    r = call_choices(host, words, keys, count, &error, &reply);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    if (arg_json)
        return reply_as_json(reply);
    r = rows_read(reply, &rows);
    if (r < 0)
        return report_bad_answer(NULL, r);
    print_choices(&rows);
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
    Writer call = bus_begin(host, DOMWRIGHT_HOST_INTERFACE,
                            count > 0 ? "GetDomainCapabilities" : "GetCapabilities");

    append_assignments(&call, words, count);
    return bus_finish(&call, error, ret_reply);
}

int run_capabilities(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_columns_ Columns columns = {{"NAME", "VALUE"}, 2};
    _cleanup_free_ char *host = NULL;
    _cleanup_values_ Values values = {0};
    int r;

    if (!filters_are_valid(words, count))
        return STATUS_USAGE;
    if (!bus_get())
        return report_trouble();
    host = host_path();
    r = call_capabilities(host, words, count, &error, &reply);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    if (arg_json)
        return reply_as_json(reply);
    r = values_read(reply, &values);
    if (r < 0)
        return report_bad_answer(NULL, r);
    for (size_t i = 0; i < values.count; i++) {
        columns_add(&columns, values.items[i].name);
        columns_add(&columns, values.items[i].text);
    }
    columns_print(&columns, "No capabilities.");
    return STATUS_FINE;
}
