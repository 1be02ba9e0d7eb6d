/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Completion of a command line, for the shell. What a word may become is told by the verb's letters
 * in the table of verbs; names come from the bus. Errors are silence: a person is in the middle of
 * a word.
 */
#include <getopt.h>
#include <string.h>

#include "arguments.h"
#include "bus.h"
#include "inventory.h"
#include "keys.h"
#include "report.h"
#include "targets.h"
#include "values.h"
#include "verbs.h"

typedef struct {
    const char *word; /* unfinished */
    char **words;     /* after the verb, before the unfinished one */
    int count;
} Line;

static void offer(const Line *line, const char *candidate)
{
    size_t length = strlen(line->word);
    /* What would only stand for itself leaves the way to what follows. */
    bool same = strcmp(candidate, line->word) == 0 && length && candidate[length - 1] == '/';

    if (strncmp(candidate, line->word, length) == 0 && !same && !strchr(candidate, '\n'))
        puts(candidate);
}

static void offer_words(const Line *line, const char *const *words)
{
    for (; *words; words++)
        offer(line, *words);
}

/* ---- Things on the bus ---- */

static void offer_domains(const Line *line)
{
    _cleanup_domains_ Domains domains = {0};

    inventory_domains(NULL, NULL, &domains);
    for (size_t i = 0; i < domains.count; i++)
        offer(line, values_get(&domains.items[i].columns, "name") ?: "");
}

static void offer_drafts(const Line *line)
{
    _cleanup_strings_ Strings drafts = {0};

    inventory_drafts(NULL, &drafts);
    for (size_t i = 0; i < drafts.count; i++)
        offer(line, *line->word == '/' ? drafts.items[i] : path_tail(drafts.items[i]));
}

static void offer_hosts(const Line *line)
{
    _cleanup_strings_ Strings hosts = {0};

    inventory_hosts(NULL, &hosts);
    for (size_t i = 0; i < hosts.count; i++)
        offer(line, path_tail(hosts.items[i]));
}

/* Devices and settings of the domain the line is about; nothing for a file. */
static void read_target(const Line *line, Values *settings, Devices *devices)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_free_ char *path = NULL;

    if (line->count < 1 || word_is_file(line->words[0]) || word_is_glob(line->words[0]))
        return;
    path = target_path(line->words[0], TARGET_DOMAIN | TARGET_DRAFT);
    if (path &&
        bus_call(path, DOMWRIGHT_CONFIG_INTERFACE, "Describe", NULL, &reply, "a{sv}", 0) >= 0 &&
        values_read(reply, settings) >= 0)
        devices_read(reply, devices);
}

static void offer_devices(const Line *line, const char *tail)
{
    _cleanup_devices_ Devices devices = {0};
    _cleanup_values_ Values settings = {0};

    read_target(line, &settings, &devices);
    for (size_t i = 0; i < devices.count; i++) {
        _cleanup_free_ char *place =
            format_string("%s/%s%s", devices.items[i].kind, devices.items[i].id, tail);

        offer(line, place);
    }
}

static void offer_ids(const Line *line, const char *kind)
{
    _cleanup_devices_ Devices devices = {0};
    _cleanup_values_ Values settings = {0};

    read_target(line, &settings, &devices);
    for (size_t i = 0; i < devices.count; i++)
        if (strcmp(devices.items[i].kind, kind) == 0)
            offer(line, devices.items[i].id);
}

static void offer_kinds(const Line *line)
{
    _cleanup_rows_ Rows keys = {0};
    const char *last = "";

    keys_describe("*", "", NULL, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const char *kind = values_get(&keys.items[i], "kind");

        if (kind && strcmp(kind, last) != 0)
            offer(line, last = kind);
    }
}

/* ---- Keys and their values ---- */

static void offer_keys(const Line *line, const char *kind, const char *place, const char *tail)
{
    _cleanup_rows_ Rows keys = {0};

    keys_describe(kind, "", NULL, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        _cleanup_free_ char *word =
            format_string("%s%s%s", place, values_get(&keys.items[i], "key") ?: "", tail);
        char *index = strstr(word + strlen(place), ".N.");

        /* Any index will do to begin with. */
        for (; index; index = strstr(index, ".N."))
            index[1] = '1';
        offer(line, word);
    }
}

/* What the local host accepts, or else what the table has. */
static bool offer_choices(const Line *line, const char *kind, const char *key, const char *before)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_free_ char *host = host_path();
    _cleanup_rows_ Rows rows = {0};

    if (bus_call(host, DOMWRIGHT_HOST_INTERFACE, "ListChoices", NULL, &reply, "ssa{sv}", kind, key,
                 0) < 0 ||
        rows_read(reply, &rows) < 0)
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        _cleanup_free_ char *word =
            format_string("%s%s", before, values_get(&rows.items[i], "value") ?: "");

        offer(line, word);
    }
    return rows.count > 0;
}

static void offer_values(const Line *line, const char *kind, const char *key)
{
    _cleanup_free_ char *before = copy_bytes(line->word, strcspn(line->word, "=") + 1);
    _cleanup_free_ char *prefix = copy_bytes(key, strcspn(key, "0123456789"));
    _cleanup_rows_ Rows keys = {0};
    const Values *row;
    const char *values, *type;

    if (offer_choices(line, kind, key, before) || keys_describe(kind, prefix, NULL, &keys) < 0)
        return;
    row = keys_find(&keys, kind, key);
    values = row ? values_get(row, "values") : NULL;
    type = row ? values_get(row, "type") : NULL;
    if (type && strcmp(type, "b") == 0)
        values = "yes,no";
    while (values && *values) {
        size_t length = strcspn(values, ",");
        _cleanup_free_ char *word = format_string("%s%.*s", before, (int)length, values);

        offer(line, word);
        values += length + (values[length] == ',');
    }
}

static void offer_changes(const Line *line)
{
    _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL;
    const char *word = line->word, *sign = strchr(word, '=');
    const char *last = strrchr(word, '/');

    if (sign) {
        if (split_place(word, (size_t)(sign - word), &kind, &id, &key))
            offer_values(line, kind, key);
        return;
    }
    if (last && strchr(word, '/') != last) { /* KIND/ID/ and perhaps some of KEY; or ID has a '/' */
        _cleanup_free_ char *place = copy_bytes(word, (size_t)(last - word) + 1);

        kind = copy_bytes(word, strcspn(word, "/"));
        offer_keys(line, kind, place, "=");
    }
    offer_devices(line, "/");
    if (!last)
        offer_keys(line, "", "", "=");
}

static void offer_properties(const Line *line, const char *kind)
{
    const char *sign = strchr(line->word, '=');

    if (sign) {
        _cleanup_free_ char *key = copy_bytes(line->word, (size_t)(sign - line->word));

        offer_values(line, kind, key);
    } else {
        offer_keys(line, kind, "", "=");
    }
}

/* The device the words of create have begun, "" before the first. */
static const char *begun_kind(const Line *line)
{
    for (int i = line->count - 1; i > 0; i--)
        if (!strchr(line->words[i], '='))
            return line->words[i];
    return "";
}

static void offer_present(const Line *line)
{
    _cleanup_devices_ Devices devices = {0};
    _cleanup_values_ Values settings = {0};

    read_target(line, &settings, &devices);
    for (size_t i = 0; i < settings.count; i++)
        offer(line, settings.items[i].name);
    for (size_t i = 0; i < devices.count; i++) {
        const Device *device = &devices.items[i];

        for (size_t j = 0; j < device->properties.count; j++) {
            _cleanup_free_ char *name = format_string("%s/%s/%s", device->kind, device->id,
                                                      device->properties.items[j].name);

            offer(line, name);
        }
    }
}

static void offer_features(const Line *line)
{
    static const char *const words[] = {"recommended", "all=off", NULL};
    static const char group[] = "hyperv.";
    _cleanup_rows_ Rows keys = {0};
    const char *sign = strchr(line->word, '=');

    if (sign) {
        _cleanup_free_ char *key =
            format_string("%s%.*s", group, (int)(sign - line->word), line->word);

        offer_values(line, "", key);
        return;
    }
    offer_words(line, words);
    keys_describe("", group, NULL, &keys);
    for (size_t i = 0; i < keys.count; i++)
        offer(line, (values_get(&keys.items[i], "key") ?: group) + strlen(group));
}

/* ---- The line ---- */

static void offer_option(const Line *line, unsigned accepted)
{
    for (size_t i = 0; i < n_options; i++) {
        _cleanup_free_ char *name =
            format_string("--%s%s", options[i].name, options[i].argument ? "=" : "");

        if (!options[i].verbs || (options[i].verbs & accepted))
            offer(line, name);
    }
}

static const char *first_argument(const Line *line)
{
    return line->count > 1 ? line->words[1] : "";
}

static void offer_targets(const Line *line)
{
    offer_domains(line);
    offer_drafts(line);
    puts("=files");
}

static void offer_files(const Line *line)
{
    puts("=files");
}

static void offer_removable(const Line *line)
{
    offer_devices(line, "");
    if (line->count == 1 && !strchr(line->word, '/'))
        offer_kinds(line);
}

static void offer_more_removable(const Line *line)
{
    if (strchr(first_argument(line), '/'))
        offer_devices(line, "");
    else
        offer_ids(line, first_argument(line));
}

static void offer_added(const Line *line)
{
    offer_properties(line, first_argument(line));
}

static void offer_build(const Line *line)
{
    offer_properties(line, begun_kind(line));
    if (!strchr(line->word, '='))
        offer_kinds(line);
}

static void offer_presets(const Line *line)
{
    offer_words(line, (const char *const[]){"windows", "linux", NULL});
}

static void offer_switch(const Line *line)
{
    offer_words(line, (const char *const[]){"on", "off", NULL});
}

static void offer_place(const Line *line)
{
    if (line->count == 0)
        offer_kinds(line);
    offer_keys(line, line->count > 0 ? line->words[0] : "", "", "");
}

static void offer_filters(const Line *line)
{
    offer_words(line,
                (const char *const[]){"domain", "arch=", "machine=", "type=", "emulator=", NULL});
}

static const struct {
    char letter; /* as in Verb.words */
    void (*offer)(const Line *line);
} arguments[] = {
    {'d', offer_domains},   {'t', offer_targets},        {'r', offer_drafts},
    {'f', offer_files},     {'a', offer_changes},        {'k', offer_kinds},
    {'D', offer_removable}, {'i', offer_more_removable}, {'p', offer_added},
    {'g', offer_present},   {'s', offer_present},        {'b', offer_build},
    {'h', offer_features},  {'P', offer_presets},        {'o', offer_switch},
    {'K', offer_place},     {'c', offer_place},          {'C', offer_filters},
};

static void offer_argument(const Line *line, const Verb *verb)
{
    size_t letters = strlen(verb->words), at = (size_t)line->count;

    if (letters == 0)
        return;
    if (at >= letters && verb->max >= 0 && line->count >= verb->max)
        return;
    for (size_t i = 0; i < sizeof(arguments) / sizeof(*arguments); i++)
        if (arguments[i].letter == verb->words[at < letters ? at : letters - 1])
            arguments[i].offer(line);
}

/* Verbs, or after "draft" the second half of those of drafts. */
static void offer_verbs(const Line *line, const char *first)
{
    size_t length = strlen(first);
    const char *last = "";

    for (size_t i = 0; i < n_verbs; i++) {
        const char *name = verbs[i].name;
        const char *space = strchr(name, ' ');
        _cleanup_free_ char *begin = copy_bytes(name, strcspn(name, " "));

        if (verbs[i].flags & VERB_HIDDEN)
            continue;
        if (length && space && strncmp(name, first, length) == 0 && name[length] == ' ')
            offer(line, space + 1);
        else if (!length && strncmp(last, name, strlen(begin) + (space != NULL)) != 0)
            offer(line, begin);
        last = name;
    }
}

/* The value of an option that is being written, "--host=NAME" or "-H NAME". */
static bool offer_option_value(const Line *line, const char *before)
{
    const char *sign = strchr(line->word, '=');
    size_t skip = sign ? (size_t)(sign + 1 - line->word) : 0;
    _cleanup_free_ char *option = copy_bytes(line->word, skip ? skip - 1 : 0);
    Line value = {line->word + skip, NULL, 0};

    if (!skip) {
        free(option);
        option = copy_string(before);
    }
    if (strcmp(option, "--host") == 0 || strcmp(option, "-H") == 0)
        offer_hosts(&value);
    else if (strcmp(option, "--preset") == 0)
        offer_presets(&value);
    else
        return *option == '-' && skip;
    return true;
}

int run_complete(const Verb *verb, char *words[], int count)
{
    _cleanup_free_ char **copy = grow_array(NULL, (size_t)count + 2, sizeof(char *));
    Line line = {count > 0 ? words[count - 1] : "", NULL, 0};
    static char program[] = "domwright";
    int first, used = 0;

    if (!freopen("/dev/null", "w", stderr))
        return report_trouble();
    copy[0] = program;
    for (int i = 1; i < count; i++)
        copy[i] = words[i - 1];
    copy[count > 0 ? count : 1] = NULL;
    optind = 0; /* a second command line */
    if (offer_option_value(&line, count > 1 ? words[count - 2] : ""))
        return STATUS_FINE;
    first = arguments_parse(count > 0 ? count : 1, copy);
    if (first < 0 || (first == count && *line.word != '-')) {
        offer_verbs(&line, "");
        return STATUS_FINE;
    }
    if (first + 1 == count && strcmp(copy[first], "draft") == 0 && *line.word != '-') {
        offer_verbs(&line, copy[first]);
        return STATUS_FINE;
    }
    bus_be_impatient();
    verb = first < count ? verb_find(copy + first, count - first, &used) : NULL;
    line.words = copy + first + used;
    line.count = count - first - used;
    if (*line.word == '-' && line.word[1])
        offer_option(&line, verb ? verb->options : 0);
    else if (verb)
        offer_argument(&line, verb);
    return STATUS_FINE;
}
