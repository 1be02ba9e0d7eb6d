/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns questions about keys, which DescribeKeys answers: nothing about a key is compiled in, so
 * that the client never disagrees with the daemon it talks to. Verbs, edits and completion ask.
 * Main thread.
 */
#include "bus/keys.h"

#include <inttypes.h>
#include <string.h>

#include "bus/bus.h"
#include "common/nearest.h"
#include "text/hints.h"

int keys_describe(const char *kind, const char *prefix, sd_bus_error *error, Rows *keys)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r = bus_call(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "DescribeKeys", error, &reply,
                     "ssa{sv}", kind, prefix, 0);

    return r < 0 ? r : rows_read(reply, keys);
}

/* Does a row's key stand for this key, or for one of this group, such as "hyperv.*"? A number is
 * spelt N there and a name NAME, which may have dots of its own: "cpu.feature.sse4.1.policy". */
static bool key_fits(const char *row, const char *key)
{
    for (; *row && *key && strcmp(key, "*") != 0; row++, key++) {
        size_t length = strncmp(row, "NAME", 4) == 0 ? 4 : 1;
        bool index = *row == 'N' && (row[length] == '.' || row[length] == '\0');

        for (const char *after = key + 1; index && after[-1]; after++)
            if (key_fits(row + length, after))
                return true;
        if (*row != *key)
            return false;
    }
    return *row == *key || strcmp(key, "*") == 0;
}

int keys_kinds(Strings *kinds)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows keys = {0};
    const char *last = "";
    int r = bus_call(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "DescribeKeys", NULL, &reply,
                     "ssa{sv}", "*", "", 1, "names", "b", 1);

    if (r >= 0)
        r = rows_read(reply, &keys);
    for (size_t i = 0; r >= 0 && i < keys.count; i++) {
        const char *kind = values_get(&keys.items[i], "kind");

        if (kind && strcmp(kind, last) != 0)
            strings_add(kinds, last = kind);
    }
    return r;
}

const Values *keys_find(const Rows *keys, const char *kind, const char *key)
{
    for (size_t i = 0; i < keys->count; i++) {
        const char *row_key = values_get(&keys->items[i], "key");
        const char *row_kind = values_get(&keys->items[i], "kind");

        if (row_key && row_kind && strcmp(row_kind, kind) == 0 && key_fits(row_key, key))
            return &keys->items[i];
    }
    return NULL;
}

char *keys_guess(const Rows *keys, const char *kind, const char *key)
{
    _cleanup_free_ const char **names = grow_array(NULL, keys->count + 1, sizeof(char *));
    const char *hint = hint_for_unknown(kind, key), *likely[MOST_LIKELY];
    char guess[512];
    size_t count;
    bool more;

    if (hint)
        return format_string(". %s", hint);
    for (size_t i = 0; i < keys->count; i++)
        names[i] = values_get(&keys->items[i], "key") ?: "";
    names[keys->count] = NULL;
    count = likely_keys(key, names, likely, &more);
    write_guess(guess, sizeof(guess), likely, count, more);
    return count ? format_string("; %s", guess) : copy_string(".");
}

/* What the row of a key says under this name; NULL for a key that is not there, which is the
 * daemon's to refuse: it knows the nearest. */
static char *key_says(const char *kind, const char *key, const char *name)
{
    _cleanup_rows_ Rows keys = {0};
    size_t first = strcspn(key, ".");
    _cleanup_free_ char *prefix = copy_bytes(key, first + (key[first] == '.'));
    const Values *row;
    const char *said;

    if (keys_describe(kind, prefix, NULL, &keys) < 0)
        return NULL;
    row = keys_find(&keys, kind, key);
    said = row ? values_get(row, name) : NULL;
    return said ? copy_string(said) : NULL;
}

bool key_has_form(const char *kind, const char *key, const char *form)
{
    _cleanup_free_ char *said = key_says(kind, key, "form");

    return said && strcmp(said, form) == 0;
}

bool key_is_secret(const char *kind, const char *key)
{
    _cleanup_free_ char *said = key_says(kind, key, "secret");

    return said && strcmp(said, "yes") == 0;
}

bool key_may_be_secret(const char *key)
{
    const char *dot = strrchr(key, '.'), *last = dot ? dot + 1 : key;

    return strcmp(last, "passwd") == 0 || strcmp(last, "password") == 0 ||
           strcmp(last, "secret") == 0;
}

/* Bytes with the largest unit that keeps them exact: "4GiB". */
static char *size_with_unit(const char *bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    uint64_t size = strtoull(bytes, NULL, 10);
    size_t unit = 0;

    while (size && size % 1024 == 0 && unit + 1 < sizeof(units) / sizeof(*units)) {
        size /= 1024;
        unit++;
    }
    return format_string("%" PRIu64 "%s", size, units[unit]);
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

char *keys_show_value(Rows *keys, const char *kind, const Value *value)
{
    const Values *row;
    const char *form;

    if (value->type != 't')
        return copy_string(value->text);
    if (!has_kind(keys, kind))
        keys_describe(kind, "", NULL, keys);
    row = keys_find(keys, kind, value->name);
    form = row ? values_get(row, "form") : NULL;
    return form && strcmp(form, "size") == 0 ? size_with_unit(value->text)
                                             : copy_string(value->text);
}
