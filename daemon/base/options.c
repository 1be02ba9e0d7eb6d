/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names and forms of options, and where each is kept. Plain data, any thread. */
#include "base/options.h"

#include <string.h>

typedef enum {
    OPTION_FLAG,
    OPTION_CHOICE,
    OPTION_TEXT,
    OPTION_LIST,
    OPTION_NUMBER,
    OPTION_WAIT,
    OPTION_DEVICES,
    OPTION_TEXTS,
    OPTION_SETTINGS,
} OptionForm;

#define DEFAULT_WAIT 10000            /* ms */
#define LONGEST_WAIT (60 * 60 * 1000) /* ms */

static const struct {
    const char *name;
    OptionForm form;
    gsize offset;
} table[] = {
    {"clone", OPTION_FLAG, offsetof(Options, clone)},
    {"new-serials", OPTION_FLAG, offsetof(Options, new_serials)},
    {"drop-hostdevs", OPTION_FLAG, offsetof(Options, drop_hostdevs)},
    {"live", OPTION_FLAG, offsetof(Options, live)},
    {"secrets", OPTION_FLAG, offsetof(Options, secrets)},
    {"dry-run", OPTION_FLAG, offsetof(Options, dry_run)},
    {"diff", OPTION_FLAG, offsetof(Options, diff)},
    {"cascade", OPTION_FLAG, offsetof(Options, cascade)},
    {"force", OPTION_FLAG, offsetof(Options, force)},
    {"keep", OPTION_FLAG, offsetof(Options, keep)},
    {"stop-on-error", OPTION_FLAG, offsetof(Options, stop_on_error)},
    {"paused", OPTION_FLAG, offsetof(Options, paused)},
    {"names", OPTION_FLAG, offsetof(Options, names)},
    {"incomplete", OPTION_FLAG, offsetof(Options, incomplete)},
    {"active", OPTION_CHOICE, offsetof(Options, active)},
    {"nvram", OPTION_CHOICE, offsetof(Options, nvram)},
    {"managed-save", OPTION_CHOICE, offsetof(Options, managed_save)},
    {"snapshots-metadata", OPTION_CHOICE, offsetof(Options, snapshots_metadata)},
    {"expected-revision", OPTION_TEXT, offsetof(Options, expected_revision)},
    {"until", OPTION_TEXT, offsetof(Options, until)},
    {"affect", OPTION_TEXT, offsetof(Options, affect)},
    {"host", OPTION_TEXT, offsetof(Options, host)},
    {"preset", OPTION_TEXT, offsetof(Options, preset)},
    {"name", OPTION_TEXT, offsetof(Options, name)},
    {"draft", OPTION_TEXT, offsetof(Options, draft)},
    {"prefer", OPTION_TEXT, offsetof(Options, prefer)},
    {"arch", OPTION_TEXT, offsetof(Options, arch)},
    {"machine", OPTION_TEXT, offsetof(Options, machine)},
    {"type", OPTION_TEXT, offsetof(Options, type)},
    {"emulator", OPTION_TEXT, offsetof(Options, emulator)},
    {"pool", OPTION_TEXT, offsetof(Options, pool)},
    {"columns", OPTION_LIST, offsetof(Options, columns)},
    {"boot", OPTION_DEVICES, offsetof(Options, boot)},
    {"expected", OPTION_TEXTS, offsetof(Options, expected)},
    {"disks", OPTION_TEXTS, offsetof(Options, disks)},
    {"settings", OPTION_SETTINGS, offsetof(Options, settings)},
    {"limit", OPTION_NUMBER, offsetof(Options, limit)},
    {"before", OPTION_NUMBER, offsetof(Options, before)},
    {"timeout", OPTION_WAIT, offsetof(Options, timeout)},
};

static const struct {
    DwValueType type;
    const char *words;
    const char *nested;
} forms[] = {
    [OPTION_FLAG] = {DW_VALUE_BOOL, "a boolean (b)"},
    [OPTION_CHOICE] = {DW_VALUE_BOOL, "a boolean (b)"},
    [OPTION_TEXT] = {DW_VALUE_STRING, "a string (s)"},
    [OPTION_LIST] = {DW_VALUE_STRINGS, "an array of strings (as)"},
    [OPTION_NUMBER] = {DW_VALUE_UINT64, "a number (u or t)"},
    [OPTION_WAIT] = {DW_VALUE_UINT64, "a number of milliseconds (u) up to an hour"},
    [OPTION_DEVICES] = {0, "a list of kinds and ids of devices (a(ss))", "a(ss)"},
    [OPTION_TEXTS] = {0, "a dictionary of strings (a{ss})", "a{ss}"},
    [OPTION_SETTINGS] = {0, "a dictionary of values (a{sv})", "a{sv}"},
};

void options_clear(Options *options)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        void *member = (char *)options + table[i].offset;
        if (table[i].form == OPTION_TEXT)
            g_free(*(char **)member);
        else if (table[i].form == OPTION_LIST || table[i].form == OPTION_DEVICES)
            g_strfreev(*(char ***)member);
        else if (table[i].form == OPTION_TEXTS || table[i].form == OPTION_SETTINGS)
            dw_settings_free(*(DwSettings **)member);
    }
    *options = (Options){0};
}

static bool unknown(const char *name, char **known, GError **error)
{
    const char *nearest = dw_nearest(name, (const char *const *)known);
    if (!known[0]) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "Unknown option \"%s\": this method takes none.", name);
    } else {
        g_autofree char *list = g_strjoinv(", ", known);
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "Unknown option \"%s\"%s%s%s; this method takes %s.", name,
                    nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"" : "",
                    list);
    }
    return false;
}

static uint64_t number_of(const DwValue *value)
{
    return value->type == DW_VALUE_INT64 ? (uint64_t)value->i : value->u;
}

/* Numbers may come in any integer type; what is nested comes another way. */
static bool is_of_form(const DwValue *value, OptionForm form)
{
    if (form > OPTION_WAIT)
        return false;
    if (form < OPTION_NUMBER)
        return value->type == forms[form].type;
    return (value->type == DW_VALUE_UINT || value->type == DW_VALUE_UINT64 ||
            (value->type == DW_VALUE_INT64 && value->i >= 0)) &&
           (form == OPTION_NUMBER || number_of(value) <= LONGEST_WAIT);
}

static bool store(const char *name, const DwValue *value, Options *options, GError **error)
{
    gsize i = 0;
    while (strcmp(table[i].name, name) != 0)
        i++;
    if (!is_of_form(value, table[i].form)) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "Option \"%s\" has to be %s.", name,
                    forms[table[i].form].words);
        return false;
    }
    void *member = (char *)options + table[i].offset;
    switch (table[i].form) {
    case OPTION_FLAG:
        *(bool *)member = value->b;
        break;
    case OPTION_CHOICE:
        *(OptionChoice *)member = value->b ? CHOICE_YES : CHOICE_NO;
        break;
    case OPTION_TEXT:
        *(char **)member = g_strdup(value->s);
        break;
    case OPTION_LIST:
        *(char ***)member = g_strdupv(value->v);
        break;
    case OPTION_NUMBER:
        *(uint64_t *)member = number_of(value);
        break;
    case OPTION_WAIT:
        *(OptionWait *)member = (OptionWait){true, number_of(value)};
        break;
    default:
        break;
    }
    return true;
}

static int find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return (int)i;
    return -1;
}

const char *options_nested_type(const char *name)
{
    int i = find(name);
    return i < 0 ? NULL : forms[table[i].form].nested;
}

void *options_nested(Options *options, const char *name)
{
    return (char *)options + table[find(name)].offset;
}

bool options_take(const DwSettings *settings, const char *known, Options *ret_options,
                  GError **error)
{
    size_t count = dw_settings_count(settings);
    if (count == 0)
        return true;
    g_auto(GStrv) names = g_strsplit(known, " ", -1);
    for (size_t i = 0; i < count; i++) {
        const char *name = dw_settings_key(settings, i);
        if (!g_strv_contains((const char *const *)names, name))
            return unknown(name, names, error);
        if (!store(name, dw_settings_value(settings, i), ret_options, error))
            return false;
    }
    return true;
}

static const char *const affects[] = {
    [AFFECT_CONFIG] = "config",
    [AFFECT_LIVE] = "live",
    [AFFECT_BOTH] = "both",
    [AFFECT_AUTO] = "auto",
};

const char *affect_name(Affect affect)
{
    return affects[affect];
}

bool options_affect(const Options *options, Affect *ret_affect, GError **error)
{
    *ret_affect = AFFECT_CONFIG;
    if (!options->affect)
        return true;
    for (gsize i = 0; i < G_N_ELEMENTS(affects); i++) {
        if (strcmp(options->affect, affects[i]) == 0) {
            *ret_affect = i;
            return true;
        }
    }
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Option affect: \"%s\" is none of config, live, both, auto.", options->affect);
    return false;
}

bool options_check_affect(const Options *options, GError **error)
{
    Affect affect;
    if (!options_affect(options, &affect, error))
        return false;
    if (affect == AFFECT_CONFIG)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                "Option affect: this method does not take \"%s\"; a change to \"config\" takes "
                "effect when the domain is started next.",
                affects[affect]);
    return false;
}

uint64_t options_timeout(const Options *options)
{
    uint64_t milliseconds = options->timeout.given ? options->timeout.milliseconds : DEFAULT_WAIT;
    return milliseconds * 1000;
}
