/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys that belong to some types only (table/belongs.h): refused where they are asked for in vain,
 * taken along where the type changes. Used by device.c for every kind, and by domain.c. One
 * document, one thread.
 */
#include "edit/defaults/belongings.h"

#include <pthread.h>
#include <string.h>

#include "edit/defaults/unsaid.h"
#include "host/schema-words.h"
#include "keys/lens.h"
#include "table/belongs.h"
#include "table/value-form.h"

/* "bridge or network" */
static char *join(const char *values)
{
    g_auto(GStrv) words = g_strsplit(values, " ", -1);

    return g_strjoinv(" or ", words);
}

static bool refuse(const DwDefaults *defaults, const char *key, const DwValue *value,
                   const DwBelonging *belonging, const char *is, GError **error)
{
    g_autofree char *wanted = join(belonging->values);
    g_autofree char *text = dw_value_to_text(value);
    g_autofree char *what = belonging->of
                                ? g_strdup_printf("The value \"%s\" of key \"%s\"", text, key)
                                : g_strdup_printf("Key \"%s\"", key);
    GError *fault =
        g_error_new(DW_ERROR, DW_ERROR_INVALID_VALUE, "%s belongs to %s %s, and %s is %s.", what,
                    belonging->by, wanted, belonging->by, is);

    return edit_fault(defaults->context, defaults->kind, key, value, fault, error);
}

/* A word that the host's libvirt has and the table has not: what belongs to it is not known. */
static bool is_news(const DwDefaults *defaults, const char *key, const char *word)
{
    DwPlace place;

    return word && place_find(defaults->kind, key, &place) && place.row->values &&
           !row_accepts(place.row, word) &&
           schema_words_have(defaults->context->host->schema_words, defaults->kind, place.section,
                             place.row, word);
}

/* The key that has changed so that this one does not belong any more; false: it stays. What belongs
 * to a value that goes itself goes with it. */
static bool is_foreign(const DwDefaults *defaults, const char *key, const char *value,
                       DwBelonging *ret_belonging)
{
    DwBelonging of_by;
    const char *by;

    if (defaults_asked(defaults, key))
        return false;
    for (unsigned at = 0; belonging_next(defaults->kind, key, &at, ret_belonging);) {
        bool turned = defaults_turned(defaults, ret_belonging->by);
        g_autofree char *is = turned ? defaults_word(defaults, ret_belonging->by)
                                     : defaults_text(defaults, ret_belonging->by);

        if (turned && !(is && belonging_allows(ret_belonging, is)) &&
            belonging_concerns(ret_belonging, value) && !is_news(defaults, ret_belonging->by, is))
            return true;
        if (is && belonging_concerns(ret_belonging, value) &&
            is_foreign(defaults, ret_belonging->by, is, &of_by)) {
            *ret_belonging = of_by;
            return true;
        }
    }
    if (!belonging_is_renewed(defaults->kind, key, &by) || !defaults_turned(defaults, by))
        return false;
    g_strlcpy(ret_belonging->by, by, sizeof(ret_belonging->by));
    return true;
}

static bool check_key(const DwDefaults *defaults, const char *key, const DwValue *value,
                      GError **error)
{
    DwBelonging belonging;
    DwPlace place;

    for (unsigned at = 0; belonging_next(defaults->kind, key, &at, &belonging);) {
        g_autofree char *is = belonging.leaves ? NULL : defaults_word(defaults, belonging.by);
        g_autofree char *text = dw_value_to_text(value);

        DwBelonging other;

        /* What is no key at all is said when it is written; what goes as well decides nothing. */
        if (is && !belonging_allows(&belonging, is) && belonging_concerns(&belonging, text) &&
            !is_foreign(defaults, belonging.by, is, &other) &&
            !is_news(defaults, belonging.by, is) && place_find(defaults->kind, key, &place))
            return refuse(defaults, key, value, &belonging, is, error);
    }
    return true;
}

bool belongings_check(const DwDefaults *defaults, GError **error)
{
    for (size_t i = 0; i < dw_settings_count(defaults->values); i++)
        if (!check_key(defaults, dw_settings_key(defaults->values, i),
                       dw_settings_value(defaults->values, i), error))
            return false;
    return true;
}

/* Some have a rule of their own. */
static const char *drop_rule(const DwDefaults *defaults, const char *by)
{
    if (*defaults->kind)
        return "device-drops";
    return strcmp(by, "cpu.mode") == 0       ? "cpu-mode-drops"
           : strcmp(by, "clock.offset") == 0 ? "clock-offset-drops"
                                             : "domain-drops";
}

static void say_drop(const DwDefaults *defaults, const char *key, const char *value,
                     const DwRow *row, const DwBelonging *belonging)
{
    g_autofree char *is = defaults_text(defaults, belonging->by);
    const char *was = defaults_gone(defaults, belonging->by);
    g_autofree char *why =
        was ? g_strdup_printf("it was for %s %s, which is unset", belonging->by, was)
            : g_strdup_printf("it does not belong to %s %s", belonging->by, is);

    defaults_say(defaults, drop_rule(defaults, belonging->by), DW_SEVERITY_INFO, key,
                 "%s was %s and is dropped: %s.", key,
                 row->flags & DW_ROW_SECRET ? DW_SECRET_PLACEHOLDER : value, why);
}

/* Set of rows that have a key, wherever, which belongs to some only or is renewed; made once. */
static GHashTable *rows;

static void find_rows(void)
{
    rows = g_hash_table_new(NULL, NULL);
    for (const DwGroup *const *group = table_groups(); *group; group++)
        for (const DwSection *section = (*group)->sections; section && section->key; section++)
            for (const DwRow *row = section->rows; row->key; row++) {
                g_autofree char *key = g_strconcat(section->key, row->key, NULL);
                DwBelonging belonging;
                unsigned at = 0;
                const char *by;

                if (belonging_next((*group)->kind, key, &at, &belonging) ||
                    belonging_is_renewed((*group)->kind, key, &by))
                    g_hash_table_add(rows, (gpointer)row);
            }
}

static bool may_be_foreign(const DwRow *row)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, find_rows);
    return g_hash_table_contains(rows, row);
}

/* The keys of the device that do not belong to what it will be; each is told. */
static GPtrArray *take_foreign(const DwDefaults *defaults)
{
    const DwDocument *document = defaults->context->document;
    const DwGroup *group = table_group(defaults->kind);
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    DwPlace place = {0};
    DwNode base;

    while (group && place_next_section(document, defaults->device, group, &place, &base))
        for (const DwRow *row = place.section->rows; row->key; row++) {
            DwBelonging belonging;
            DwValue value;

            if (!may_be_foreign(row) || !row_get(document, base, row, &value))
                continue;
            g_autofree char *text = dw_value_to_text(&value);
            dw_value_clear(&value);
            place.row = row;
            g_autofree char *key = place_key(&place);
            if (!is_foreign(defaults, key, text, &belonging))
                continue;
            say_drop(defaults, key, text, row, &belonging);
            g_ptr_array_add(keys, g_steal_pointer(&key));
        }
    return keys;
}

/* Does the edit turn a key that others belong to? */
static bool turns_any(const DwDefaults *defaults)
{
    GHashTable *gone = defaults->context->gone;
    GHashTableIter iter;
    gpointer key;

    for (size_t i = 0; i < dw_settings_count(defaults->values); i++)
        if (belonging_is_by(defaults->kind, dw_settings_key(defaults->values, i)))
            return true;
    if (!gone)
        return false;
    g_hash_table_iter_init(&iter, gone);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        if (belonging_is_by(defaults->kind, key))
            return true;
    return false;
}

bool belongings_drop(const DwDefaults *defaults, GError **error)
{
    if (!turns_any(defaults))
        return true;
    g_autoptr(GPtrArray) keys = take_foreign(defaults);
    g_ptr_array_add(keys, NULL);
    return edit_unset(defaults->context, defaults->kind, defaults->device,
                      (const char *const *)keys->pdata, error);
}
