/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks and reads options. What they do is their methods' business. */
#include "options.h"

#include <string.h>

#include "errors.h"
#include "wire.h"

typedef enum { OPTION_FLAG, OPTION_CHOICE, OPTION_TEXT, OPTION_LIST } OptionForm;

static const struct {
    const char *name;
    OptionForm form;
    gsize offset;
} table[] = {
    {"live", OPTION_FLAG, offsetof(Options, live)},
    {"secrets", OPTION_FLAG, offsetof(Options, secrets)},
    {"dry-run", OPTION_FLAG, offsetof(Options, dry_run)},
    {"diff", OPTION_FLAG, offsetof(Options, diff)},
    {"cascade", OPTION_FLAG, offsetof(Options, cascade)},
    {"active", OPTION_CHOICE, offsetof(Options, active)},
    {"nvram", OPTION_CHOICE, offsetof(Options, nvram)},
    {"managed-save", OPTION_CHOICE, offsetof(Options, managed_save)},
    {"snapshots-metadata", OPTION_CHOICE, offsetof(Options, snapshots_metadata)},
    {"expected-revision", OPTION_TEXT, offsetof(Options, expected_revision)},
    {"affect", OPTION_TEXT, offsetof(Options, affect)},
    {"host", OPTION_TEXT, offsetof(Options, host)},
    {"preset", OPTION_TEXT, offsetof(Options, preset)},
    {"name", OPTION_TEXT, offsetof(Options, name)},
    {"arch", OPTION_TEXT, offsetof(Options, arch)},
    {"machine", OPTION_TEXT, offsetof(Options, machine)},
    {"type", OPTION_TEXT, offsetof(Options, type)},
    {"emulator", OPTION_TEXT, offsetof(Options, emulator)},
    {"pool", OPTION_TEXT, offsetof(Options, pool)},
    {"columns", OPTION_LIST, offsetof(Options, columns)},
};

static const struct {
    DwValueType type;
    const char *words;
} forms[] = {
    [OPTION_FLAG] = {DW_VALUE_BOOL, "a boolean (b)"},
    [OPTION_CHOICE] = {DW_VALUE_BOOL, "a boolean (b)"},
    [OPTION_TEXT] = {DW_VALUE_STRING, "a string (s)"},
    [OPTION_LIST] = {DW_VALUE_STRINGS, "an array of strings (as)"},
};

void options_clear(Options *options)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        void *member = (char *)options + table[i].offset;
        if (table[i].form == OPTION_TEXT)
            g_free(*(char **)member);
        else if (table[i].form == OPTION_LIST)
            g_strfreev(*(char ***)member);
    }
    *options = (Options){0};
}

static bool unknown(const char *name, char **known, GError **error)
{
    const char *nearest = dw_nearest(name, (const char *const *)known);
    if (!known[0]) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "unknown option \"%s\": this method takes none", name);
    } else {
        g_autofree char *list = g_strjoinv(", ", known);
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "unknown option \"%s\"%s%s%s; this method takes %s", name,
                    nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"" : "",
                    list);
    }
    return false;
}

static bool store(const char *name, const DwValue *value, Options *options, GError **error)
{
    gsize i = 0;
    while (strcmp(table[i].name, name) != 0)
        i++;
    if (value->type != forms[table[i].form].type) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "option \"%s\" has to be %s", name,
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
    }
    return true;
}

bool options_read(sd_bus_message *message, const char *known, Options *ret_options, GError **error)
{
    g_autoptr(DwSettings) settings = NULL;
    if (!wire_read_settings(message, &settings, error))
        return false;
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
