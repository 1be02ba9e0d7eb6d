/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking up and describing keys. The rows are in rows-*.c. */
#include <pthread.h>
#include <string.h>

#include "forms.h"
#include "lens.h"
#include "rows.h"

/* Kinds without sections are found, named and removed, not built. */
static const DwGroup groups[] = {
    {"", NULL, dw_domain_sections},
    {"disk", "target/@dev", dw_disk_sections, SAFE_IMAGE, NULL},
    {"channel", "target/@name", dw_channel_sections, SAFE_CHANNEL, "@type"},
    {"audio", "@id", NULL},
    {"console", NULL, dw_console_sections, SAFE_TERMINAL, "@type"},
    {"controller", NULL, dw_controller_sections, SAFE_GUEST, NULL},
    {"crypto", NULL, NULL},
    {"filesystem", "target/@dir", dw_filesystem_sections},
    {"graphics", "@type", dw_graphics_sections, SAFE_DISPLAY, "@type"},
    {"hostdev", NULL, dw_hostdev_sections},
    {"hub", NULL, NULL},
    {"input", NULL, dw_input_sections, SAFE_GUEST, "@type"},
    {"interface", "mac/@address", dw_interface_sections},
    {"iommu", NULL, dw_iommu_sections},
    {"lease", "key", NULL},
    {"memballoon", NULL, dw_memballoon_sections, SAFE_GUEST, NULL},
    {"memory", NULL, NULL},
    {"nvram", NULL, NULL},
    {"panic", NULL, dw_panic_sections, SAFE_GUEST, NULL},
    {"parallel", NULL, NULL},
    {"redirdev", NULL, dw_redirdev_sections},
    {"redirfilter", NULL, NULL},
    {"rng", NULL, dw_rng_sections, SAFE_RANDOM, "backend/@model"},
    {"serial", NULL, dw_serial_sections, SAFE_TERMINAL, "@type"},
    {"shmem", "@name", NULL},
    {"smartcard", NULL, NULL},
    {"sound", NULL, dw_sound_sections,
     "The emulated card plays to the domain's display or to nobody.", NULL},
    {"tpm", NULL, dw_tpm_sections},
    {"video", NULL, dw_video_sections, SAFE_GUEST, NULL},
    {"vsock", NULL, dw_vsock_sections},
    {"watchdog", NULL, dw_watchdog_sections, SAFE_GUEST, NULL},
    {NULL},
};

const DwGroup *table_groups(void)
{
    return groups;
}

const DwGroup *table_group(const char *kind)
{
    for (const DwGroup *group = groups; group->kind; group++)
        if (strcmp(group->kind, kind) == 0)
            return group;
    return NULL;
}

const char *dw_kind_safe(const char *kind)
{
    const DwGroup *group = table_group(kind);

    return group ? group->safe : NULL;
}

static const char *kinds[G_N_ELEMENTS(groups) + 1];

static void list_kinds(void)
{
    size_t n = 0;

    for (const DwGroup *group = groups; group->kind; group++)
        if (group->sections)
            kinds[n++] = group->kind;
}

const char *const *dw_kinds(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, list_kinds);
    return kinds;
}

/* Matches a section's "backing.N." at the start of key; gives what follows, or NULL. */
static const char *match_prefix(const char *pattern, const char *key, DwPlace *place)
{
    place->n_indices = 0;
    for (const char *p = pattern; *p; p++) {
        if (*p != 'N') {
            if (*key++ != *p)
                return NULL;
            continue;
        }
        size_t digits = strspn(key, "0123456789");
        if (digits == 0 || digits > 5 || *key == '0' || place->n_indices == DW_MAX_INDICES)
            return NULL;
        place->indices[place->n_indices++] = strtoul(key, NULL, 10);
        key += digits;
    }
    return key;
}

bool place_find(const char *kind, const char *key, DwPlace *ret_place)
{
    const DwGroup *group = table_group(kind);

    for (const DwSection *section = group ? group->sections : NULL; section && section->key;
         section++) {
        const char *rest = match_prefix(section->key, key, ret_place);
        for (const DwRow *row = section->rows; rest && row->key; row++)
            if (strcmp(row->key, rest) == 0) {
                ret_place->section = section;
                ret_place->row = row;
                return true;
            }
    }
    return false;
}

char *place_key(const DwPlace *place)
{
    GString *key = g_string_new(NULL);
    unsigned used = 0;

    for (const char *p = place->section->key; *p; p++)
        if (*p == 'N')
            g_string_append_printf(key, "%u", place->indices[used++]);
        else
            g_string_append_c(key, *p);
    g_string_append(key, place->row->key);
    return g_string_free(key, FALSE);
}

/* ---- Nearest words ---- */

static unsigned distance(const char *a, const char *b)
{
    size_t n = strlen(b);
    g_autofree unsigned *row = g_new(unsigned, n + 1);

    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        unsigned corner = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            unsigned change = corner + (a[i] != b[j]);
            corner = row[j + 1];
            row[j + 1] = MIN(change, MIN(corner, row[j]) + 1);
        }
    }
    return row[n];
}

const char *dw_nearest(const char *word, const char *const *candidates)
{
    size_t length = strlen(word);
    const char *best = NULL;
    unsigned least = MIN(length / 3 + 1, 4) + 1;

    if (length > 64)
        return NULL;
    for (const char *const *c = candidates; *c; c++) {
        unsigned d = distance(word, *c);
        if (d < least && d < strlen(*c)) {
            least = d;
            best = *c;
        }
    }
    return best;
}

char *key_pattern(const char *key)
{
    GString *out = g_string_new(NULL);

    for (const char *p = key; *p; p++) {
        bool begins = p > key && p[-1] == '.';
        size_t digits = begins ? strspn(p, "0123456789") : 0;
        if (digits && p[digits] == '.') {
            g_string_append_c(out, 'N');
            p += digits - 1;
        } else {
            g_string_append_c(out, *p);
        }
    }
    return g_string_free(out, FALSE);
}

bool place_unknown(const char *kind, const char *key, GError **error)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, "", NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *pattern = key_pattern(key);
    const char *end;
    g_autofree char *shown =
        g_utf8_validate(key, -1, &end) ? g_strndup(key, 128) : g_strndup(key, MIN(end - key, 128));

    for (guint i = 0; keys && i < keys->len; i++)
        g_ptr_array_add(names, ((DwKey *)keys->pdata[i])->key);
    g_ptr_array_add(names, NULL);
    const char *near = dw_nearest(pattern, (const char *const *)names->pdata);
    g_set_error(error, DW_ERROR, DW_ERROR_UNKNOWN_KEY, "Unknown key \"%s\"%s%s%s%s%s%s", shown,
                *kind ? " of kind \"" : "", kind, *kind ? "\"" : "",
                near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : ".");
    return false;
}

bool row_begins(const DwSection *section, const DwRow *row, const char *pattern)
{
    size_t length = strlen(section->key);

    if (strncmp(section->key, pattern, length) == 0)
        return g_str_has_prefix(row->key, pattern + length);
    return g_str_has_prefix(section->key, pattern);
}

bool key_is_group(const char *key)
{
    return strcmp(key, "*") == 0 || g_str_has_suffix(key, ".*");
}

char *key_group_prefix(const char *kind, const char *key, GError **error)
{
    g_autofree char *prefix = g_strndup(key, strlen(key) - 1);
    g_autofree char *pattern = key_pattern(prefix);
    const DwGroup *group = table_group(kind);

    for (const DwSection *section = group ? group->sections : NULL; section && section->key;
         section++)
        for (const DwRow *row = section->rows; row->key; row++)
            if (row_begins(section, row, pattern))
                return g_steal_pointer(&prefix);
    place_unknown(kind, key, error);
    return NULL;
}

bool kind_unknown(const char *kind, GError **error)
{
    const char *names[G_N_ELEMENTS(groups)];
    size_t n = 0;

    for (const DwGroup *group = groups + 1; group->kind; group++)
        names[n++] = group->kind;
    names[n] = NULL;
    const char *near = dw_nearest(kind, names);
    g_set_error(error, DW_ERROR, DW_ERROR_UNKNOWN_KEY, "Unknown kind of device \"%.64s\"%s%s%s",
                text_is_valid(kind) ? kind : "", near ? "; did you mean \"" : "", near ? near : "",
                near ? "\"?" : ".");
    return false;
}

/* ---- Describing ---- */

static const char *const conditions[] = {
    [DW_SAFE_ALWAYS] = "",
    [DW_SAFE_NAME] = " Only where it is a name: letters, digits and \"._+-\", no dot first.",
    [DW_SAFE_NAMES] = " Only where it is such names with slashes between: letters, digits and "
                      "\"._+-\", no dot first.",
    [DW_SAFE_ALIAS] =
        " Only where it is a name, and nothing in the domain is in another namespace.",
    [DW_SAFE_NEW] = " Only in a new domain.",
    [DW_SAFE_HOST] = " Only where they have it for machines of the domain's type and architecture.",
    [DW_SAFE_WHOLE] = " Only in a device that is safe as a whole.",
};

/* Why a row is safe, and on what that depends. */
static char *explain(const DwRow *row)
{
    if (!row->safe)
        return NULL;
    if (!row->safe_values)
        return g_strconcat(row->safe, conditions[row->safe_if], NULL);
    g_auto(GStrv) words = g_strsplit(row->safe_values, " ", -1);
    g_autofree char *all = g_strjoinv(", ", words);
    return g_strconcat(row->safe, " Only with ", all, ".", conditions[row->safe_if], NULL);
}

static DwKey *describe(const DwGroup *group, const DwSection *section, const DwRow *row)
{
    DwKey *key = g_new0(DwKey, 1);

    key->key = g_strconcat(section->key, row->key, NULL);
    key->kind = group->kind;
    key->type = form_signature(row->form);
    key->form = form_name(row->form);
    key->values = row_values(row);
    key->min = row->min;
    key->max = row->max;
    key->unit = row->unit ? row->unit : "";
    key->since = row->since ? row->since : "";
    key->live = row->flags & DW_ROW_LIVE;
    key->safe = explain(row);
    key->reach = !row->safe || row->safe_if != DW_SAFE_ALWAYS || row->safe_values;
    key->secret = row->flags & DW_ROW_SECRET;
    key->doc = row->doc;
    return key;
}

void dw_key_free(DwKey *key)
{
    if (!key)
        return;
    g_free(key->key);
    g_strfreev(key->values);
    g_free(key->safe);
    g_free(key);
}

static void describe_group(GPtrArray *keys, const DwGroup *group, const char *prefix)
{
    for (const DwSection *section = group->sections; section && section->key; section++)
        for (const DwRow *row = section->rows; row->key; row++)
            if (row_begins(section, row, prefix))
                g_ptr_array_add(keys, describe(group, section, row));
}

GPtrArray *dw_keys_describe(const char *kind, const char *prefix, GError **error)
{
    bool all = strcmp(kind, "*") == 0;

    if (!all && !table_group(kind)) {
        kind_unknown(kind, error);
        return NULL;
    }
    GPtrArray *keys = g_ptr_array_new_with_free_func((GDestroyNotify)dw_key_free);
    for (const DwGroup *group = groups; group->kind; group++)
        if (all || strcmp(group->kind, kind) == 0)
            describe_group(keys, group, prefix);
    return keys;
}

DwKey *dw_key_find(const char *kind, const char *key)
{
    DwPlace place;

    return place_find(kind, key, &place) ? describe(table_group(kind), place.section, place.row)
                                         : NULL;
}
