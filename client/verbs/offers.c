/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns what each kind of argument may become: domains, keys, values, devices. The table of verbs
 * names these functions; names come from the bus. Errors are silent: a person is in the middle of a
 * word. Main thread.
 */
#include "verbs/offers.h"

#include <stdio.h>
#include <string.h>

#include "bus/bus.h"
#include "bus/inventory.h"
#include "bus/keys.h"
#include "bus/values.h"
#include "text/edit-args.h"
#include "verbs/targets.h"

void offer(const Line *line, const char *candidate)
{
    size_t length = strlen(line->word);
    /* What would only stand for itself leaves the way to what follows. */
    bool same = strcmp(candidate, line->word) == 0 && length && candidate[length - 1] == '/';

    if (strncmp(candidate, line->word, length) == 0 && !same && !strchr(candidate, '\n'))
        printf("%s%s\n", line->before ? line->before : "", candidate);
}

static void offer_words(const Line *line, const char *const *words)
{
    for (; *words; words++)
        offer(line, *words);
}

void offer_nothing(const Line *line)
{
}

/* The first words of verbs, or after "draft" the second ones. */
void offer_verbs(const Line *line)
{
    const char *first = line->count > 0 ? line->words[0] : "", *last = "";
    size_t length = strlen(first);

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

/* ---- Things on the bus ---- */

void offer_domains(const Line *line)
{
    _cleanup_domains_ Domains domains = {0};

    inventory_domains(NULL, NULL, NULL, &domains);
    for (size_t i = 0; i < domains.count; i++)
        offer(line, values_get(&domains.items[i].columns, "name") ?: "");
}

void offer_drafts(const Line *line)
{
    _cleanup_strings_ Strings drafts = {0};

    inventory_drafts(NULL, &drafts);
    for (size_t i = 0; i < drafts.count; i++)
        offer(line, *line->word == '/' ? drafts.items[i] : path_tail(drafts.items[i]));
}

void offer_hosts(const Line *line)
{
    _cleanup_strings_ Strings hosts = {0};

    inventory_hosts(NULL, &hosts);
    for (size_t i = 0; i < hosts.count; i++)
        offer(line, path_tail(hosts.items[i]));
}

static bool has_name(const Rows *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(values_get(&rows->items[i], "name") ?: "", name) == 0)
            return true;
    return false;
}

void offer_gone(const Line *line)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_free_ char *host = host_path();
    _cleanup_rows_ Rows rows = {0};

    if (bus_call(host, DOMWRIGHT_HOST_INTERFACE, "ListRecoverable", NULL, &reply, "a{sv}", 0) < 0 ||
        rows_read(reply, &rows) < 0)
        return;
    for (size_t i = 0; i < rows.count; i++) {
        const char *name = values_get(&rows.items[i], "name") ?: "";

        if (!has_name(&rows, i, name))
            offer(line, name);
    }
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

void offer_kinds(const Line *line)
{
    _cleanup_strings_ Strings kinds = {0};

    keys_kinds(&kinds);
    for (size_t i = 0; i < kinds.count; i++)
        offer(line, kinds.items[i]);
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
    if (row && strcmp(values_get(row, "form") ?: "", "path") == 0)
        puts("=files");
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

void offer_changes(const Line *line)
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

/* Those of a list that are written, with commas between them: the last one. */
/* What follows the last comma of the word; the rest stands before it. */
static Line last_of_list(const Line *line, char **ret_before)
{
    const char *comma = strrchr(line->word, ',');
    size_t written = comma ? (size_t)(comma + 1 - line->word) : 0;
    Line last = *line;

    *ret_before =
        format_string("%s%.*s", line->before ? line->before : "", (int)written, line->word);
    last.word += written;
    last.before = *ret_before;
    return last;
}

void offer_columns(const Line *line)
{
    _cleanup_free_ char *before = NULL;
    Line last = last_of_list(line, &before);

    offer_words(&last, inventory_columns);
    offer_keys(&last, "", "", "");
}

void offer_order_of(const Line *line)
{
    _cleanup_free_ char *before = NULL;
    Line last = last_of_list(line, &before);

    offer_devices(&last, "");
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

void offer_present(const Line *line)
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

void offer_features(const Line *line)
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

void offer_revisions(const Line *line)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_free_ char *path = line->count > 0 ? target_path(line->words[0], TARGET_DOMAIN) : NULL;
    _cleanup_rows_ Rows rows = {0};

    if (path &&
        bus_call(path, DOMWRIGHT_DOMAIN_INTERFACE, "ListHistory", NULL, &reply, "a{sv}", 0) >= 0)
        rows_read(reply, &rows);
    for (size_t i = 0; i < rows.count; i++)
        offer(line, values_get(&rows.items[i], "revision") ?: "");
}

/* ---- Arguments of verbs ---- */

static const char *first_argument(const Line *line)
{
    return line->count > 1 ? line->words[1] : "";
}

void offer_targets(const Line *line)
{
    offer_domains(line);
    offer_drafts(line);
    puts("=files");
}

void offer_files(const Line *line)
{
    puts("=files");
}

void offer_removable(const Line *line)
{
    offer_devices(line, "");
    if (line->count == 1 && !strchr(line->word, '/'))
        offer_kinds(line);
}

void offer_more_removable(const Line *line)
{
    if (strchr(first_argument(line), '/'))
        offer_devices(line, "");
    else
        offer_ids(line, first_argument(line));
}

void offer_drives(const Line *line)
{
    _cleanup_devices_ Devices devices = {0};
    _cleanup_values_ Values settings = {0};

    read_target(line, &settings, &devices);
    for (size_t i = 0; i < devices.count; i++) {
        const Device *device = &devices.items[i];
        const char *form = values_get(&device->properties, "device");

        if (strcmp(device->kind, "disk") == 0 && form &&
            (strcmp(form, "cdrom") == 0 || strcmp(form, "floppy") == 0))
            offer(line, device->id);
    }
}

void offer_answers(const Line *line)
{
    const char *sign = strchr(line->word, '=');
    _cleanup_free_ char *target = copy_bytes(line->word, strcspn(line->word, "=") + (sign != NULL));
    Line answer = {line->word + strlen(target), NULL, 0, target};
    _cleanup_devices_ Devices devices = {0};
    _cleanup_values_ Values settings = {0};

    offer_changes(line);
    read_target(line, &settings, &devices);
    for (size_t i = 0; i < devices.count; i++) {
        const char *id = devices.items[i].id;

        if (strcmp(devices.items[i].kind, "disk") != 0)
            continue;
        if (!sign) {
            _cleanup_free_ char *word = format_string("%s=", id);

            offer(line, word);
        } else if (strlen(id) + 1 == strlen(target) && strncmp(id, target, strlen(id)) == 0) {
            offer_words(&answer, (const char *const[]){"share", "omit", NULL});
            puts("=files");
        }
    }
}

void offer_added(const Line *line)
{
    offer_properties(line, first_argument(line));
}

void offer_build(const Line *line)
{
    offer_properties(line, begun_kind(line));
    if (!strchr(line->word, '='))
        offer_kinds(line);
}

void offer_presets(const Line *line)
{
    offer_words(line, (const char *const[]){"windows", "linux", NULL});
}

void offer_switch(const Line *line)
{
    offer_words(line, (const char *const[]){"on", "off", NULL});
}

void offer_place(const Line *line)
{
    if (line->count == 0)
        offer_kinds(line);
    offer_keys(line, line->count > 0 ? line->words[0] : "", "", "");
}

static const char *const filters[] = {"arch=", "machine=", "type=", "emulator=", NULL};

void offer_filters(const Line *line)
{
    offer_words(line, filters);
    if (line->count == 0)
        offer(line, "domain");
}

void offer_context(const Line *line)
{
    if (strncmp(line->word, "pool=", 5) == 0)
        offer_values(line, "disk", "source.pool");
    offer_words(line, filters);
    offer(line, "pool=");
    if (line->count == 1)
        offer_place(line);
}
