/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking up and describing keys. The rows are in kinds/. */
#include <pthread.h>
#include <string.h>

#include "common/nearest.h"
#include "table/applies.h"
#include "table/belongs.h"
#include "table/table.h"
#include "table/value-form.h"

const DwGroup *table_group(const char *kind)
{
    for (const DwGroup *const *group = table_groups(); *group; group++)
        if (strcmp((*group)->kind, kind) == 0)
            return *group;
    return NULL;
}

const char *row_since(const DwSection *section, const DwRow *row)
{
    if (!section->since ||
        (row->since && version_number(row->since) > version_number(section->since)))
        return row->since;
    return section->since;
}

const char *dw_kind_safe(const char *kind)
{
    const DwGroup *group = table_group(kind);

    return group ? group->safe : NULL;
}

/* More than there are. */
#define MAX_KINDS 64

static const char *kinds[MAX_KINDS];

static void list_kinds(void)
{
    size_t n = 0;

    for (const DwGroup *const *group = table_groups(); *group; group++)
        kinds[n++] = (*group)->kind;
    g_assert(n < MAX_KINDS);
}

const char *const *dw_kinds(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, list_kinds);
    return kinds;
}

static const DwRow *beside_pci[64];

/* Is the path of row an attribute of the element at address, and one that is no part of an address
 * of PCI? */
static bool is_attribute_of(const DwRow *row, const DwRow *address)
{
    size_t length = strlen(address->path);

    return strncmp(row->path, address->path, length) == 0 &&
           g_str_has_prefix(row->path + length, "/@") && !g_str_has_suffix(row->path, "/@type") &&
           !g_str_has_suffix(row->path, "/@multifunction");
}

static void add_rows_beside(const DwRow *rows, const DwRow *address, size_t *n)
{
    for (const DwRow *row = rows; row->key; row++)
        if (is_attribute_of(row, address)) {
            g_assert(*n + 1 < G_N_ELEMENTS(beside_pci));
            beside_pci[(*n)++] = row;
        }
}

static void list_beside_pci(void)
{
    size_t n = 0;

    for (const DwGroup *const *group = table_groups(); *group; group++)
        for (const DwSection *section = (*group)->sections; section->key; section++)
            for (const DwRow *row = section->rows; row->key; row++)
                if (row->form == DW_FORM_PCI)
                    add_rows_beside(section->rows, row, &n);
}

bool table_row_is_beside_pci(const DwRow *row)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const DwRow *const *at = beside_pci;

    pthread_once(&once, list_beside_pci);
    while (*at && *at != row)
        at++;
    return *at;
}

/* ---- Keys and patterns ---- */

/* Does the k-th index (from 0) of a section's path count elements? Others are an attribute's
 * value. */
static bool is_position(const char *path, unsigned k)
{
    for (const char *p = path; *p; p++) {
        bool counts = strncmp(p, "[N]", 3) == 0 || strncmp(p, "^N", 2) == 0;
        bool names = *p == '=' && p[1] == 'N';
        if ((counts || names) && k-- == 0)
            return counts;
    }
    return true;
}

static bool is_name(const char *pattern)
{
    return strncmp(pattern, "NAME", 4) == 0;
}

/* Reads an index: a position from 1, or a number. NULL when it is none. */
static const char *read_index(const char *key, bool position, unsigned *ret_index)
{
    size_t digits = strspn(key, "0123456789");

    if (digits == 0 || digits > (position ? 5 : 9) || (*key == '0' && (position || digits > 1)))
        return NULL;
    *ret_index = strtoul(key, NULL, 10);
    return key + digits;
}

/* The name in a key that ends with `after` and the row's key. It may hold dots. */
static bool read_name(const char *key, const char *after, const DwRow *row, char *ret_name)
{
    size_t length = strlen(key), rest = strlen(row->key) + (*row->key ? strlen(after) : 0);

    if (length <= rest || length - rest >= DW_MAX_NAME)
        return false;
    if (*row->key && (strncmp(key + length - rest, after, strlen(after)) != 0 ||
                      strcmp(key + length - strlen(row->key), row->key) != 0))
        return false;
    memcpy(ret_name, key, length - rest);
    ret_name[length - rest] = '\0';
    return text_is_valid(ret_name);
}

/* Matches a section's "backing.N." at the start of key; gives what follows, or NULL. *ret_after is
 * what the section's key goes on with after NAME, where it has that. */
static const char *match_prefix(const DwSection *section, const char *key, DwPlace *place,
                                const char **ret_after)
{
    const char *p = section->key;

    place->n_indices = 0;
    *ret_after = NULL;
    for (; *p; p++) {
        if (*p == 'N' && is_name(p)) {
            place->indices.numbers[place->n_indices++] = 0;
            *ret_after = p + strlen("NAME");
            return key;
        }
        if (*p == 'N') {
            unsigned k = place->n_indices++;
            key = read_index(key, is_position(section->path, k), &place->indices.numbers[k]);
            if (!key || place->indices.numbers[k] < section->first)
                return NULL;
        } else if (*p == '.' && !p[1] && !*key) {
            return key; /* the element itself */
        } else if (*key++ != *p) {
            return NULL;
        }
    }
    return *key ? key : NULL;
}

static bool match_row(const DwRow *row, const char *rest, const char *after, DwPlace *place)
{
    return after ? read_name(rest, after, row, place->indices.name) : strcmp(row->key, rest) == 0;
}

bool place_find(const char *kind, const char *key, DwPlace *ret_place)
{
    const DwGroup *group = table_group(kind);

    *ret_place = (DwPlace){0};
    for (const DwSection *section = group ? group->sections : NULL; section && section->key;
         section++) {
        const char *after, *rest = match_prefix(section, key, ret_place, &after);
        for (const DwRow *row = section->rows; rest && row->key; row++)
            if ((after || *row->key == *rest) && match_row(row, rest, after, ret_place)) {
                ret_place->section = section;
                ret_place->row = row;
                return true;
            }
    }
    return false;
}

/* Appends the row's key to its section's; that of the element itself has no dot at its end. */
static char *join_key(GString *section, const DwRow *row)
{
    if (*row->key)
        g_string_append(section, row->key);
    else if (section->len > 0)
        g_string_truncate(section, section->len - 1);
    return g_string_free(section, FALSE);
}

static void append_index(GString *key, unsigned index)
{
    if (index < 10)
        g_string_append_c(key, (char)('0' + index));
    else
        g_string_append_printf(key, "%u", index);
}

char *place_key(const DwPlace *place)
{
    GString *section = g_string_sized_new(64);
    const char *p = place->section->key;
    unsigned used = 0;

    for (const char *next; (next = strchr(p, 'N')); p = next + (is_name(next) ? 4 : 1)) {
        g_string_append_len(section, p, next - p);
        if (is_name(next))
            g_string_append(section, place->indices.name);
        else
            append_index(section, place->indices.numbers[used]);
        used++;
    }
    g_string_append(section, p);
    return join_key(section, place->row);
}

const DwRow *row_other(const DwRow *row)
{
    return row->flags & DW_ROW_OTHER ? row + 1 : NULL;
}

const char *row_safe(const DwSection *section, const DwRow *row)
{
    bool is_foreign = strchr(section->path, ':') || strchr(row->path, ':');

    return section->reach || is_foreign ? NULL : row->safe;
}

/* ---- Nearest words ---- */

const char *dw_nearest(const char *word, const char *const *candidates)
{
    return nearest_word(word, candidates);
}

char *key_pattern(const char *key)
{
    GString *out = g_string_new(NULL);

    for (const char *p = key; *p; p++) {
        bool begins = p > key && p[-1] == '.';
        size_t digits = begins ? strspn(p, "0123456789") : 0;
        if (digits && (p[digits] == '.' || !p[digits])) {
            g_string_append_c(out, 'N');
            p += digits - 1;
        } else {
            g_string_append_c(out, *p);
        }
    }
    return g_string_free(out, FALSE);
}

char *group_id_key(const DwGroup *group)
{
    char *key = g_strdup(group->id_path), *out = key;

    for (const char *in = group->id_path; in && *in; in++)
        if (*in != '@')
            *out++ = *in == '/' ? '.' : *in;
    if (key)
        *out = 0;
    return key;
}

/* As much of it as is text, and fits a sentence. */
static char *cut_key(const char *key)
{
    enum { MOST = 128 };
    const char *end;

    g_utf8_validate(key, (gssize)strnlen(key, MOST), &end);
    return g_strndup(key, (gsize)(end - key));
}

/* The table's spelling with the numbers of the key, "source.host.N.name" with those of
 * "source.host.3.nmae"; NULL where that is the key itself. */
static char *with_numbers(const char *pattern, const char *key)
{
    g_auto(GStrv) parts = g_strsplit(pattern, ".", -1), given = g_strsplit(key, ".", -1);
    char **number = given;

    for (char **part = parts; *part; part++) {
        if (strcmp(*part, "N") != 0)
            continue;
        while (*number && (!**number || strspn(*number, "0123456789") != strlen(*number)))
            number++;
        if (!*number)
            break;
        g_free(*part);
        *part = g_strdup(*number++);
    }
    char *whole = g_strjoinv(".", parts);
    if (strcmp(whole, key) == 0)
        g_clear_pointer(&whole, g_free);
    return whole;
}

/* What one may have meant by a key that there is none of, and can set; NULL when nobody can say. */
static char *guess_key(const char *kind, const char *key)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, "", NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new(), near = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *pattern = key_pattern(key), *first = g_strndup(key, strcspn(key, "./"));
    const char *likely[MOST_LIKELY];
    char guess[512];
    bool more;

    for (guint i = 0; keys && i < keys->len; i++)
        if (!((const DwKey *)keys->pdata[i])->output)
            g_ptr_array_add(names, ((const DwKey *)keys->pdata[i])->key);
    g_ptr_array_add(names, NULL);
    size_t count = likely_keys(pattern, (const char *const *)names->pdata, likely, &more);
    for (size_t i = 0; i < count; i++) {
        char *numbered = with_numbers(likely[i], key);
        if (numbered)
            g_ptr_array_add(near, numbered);
    }
    if (near->len == 0)
        return !*kind && *first && table_group(first)
                   ? g_strdup_printf("\"%s\" is a kind of device.", first)
                   : NULL;
    write_guess(guess, sizeof(guess), (const char *const *)near->pdata, near->len, more);
    return g_strdup(guess);
}

bool place_unknown(const char *kind, const char *key, GError **error)
{
    g_autofree char *shown = cut_key(key), *guess = guess_key(kind, shown);

    g_set_error(error, DW_ERROR, DW_ERROR_UNKNOWN_KEY, "Unknown key \"%s\"%s%s%s%s%s", shown,
                *kind ? " of kind \"" : "", kind, *kind ? "\"" : "", guess ? "; " : ".",
                guess ? guess : "");
    return false;
}

bool dw_key_unknown(const char *kind, const char *key, GError **error)
{
    return place_unknown(kind, key, error);
}

/* What is left of prefix behind a section's key; NULL when they differ. *ret_any: all that begins
 * like this may, because a name is part of it. */
static const char *skip_section(const char *section, const char *prefix, bool *ret_any)
{
    *ret_any = false;
    for (const char *p = section; *p && *prefix; p++) {
        if (*p == 'N' && is_name(p)) {
            *ret_any = true;
            return prefix;
        }
        if (*p == 'N' && g_ascii_isdigit(*prefix))
            prefix += strspn(prefix, "0123456789");
        else if (*prefix++ != *p)
            return NULL;
    }
    return prefix;
}

bool row_begins(const DwSection *section, const DwRow *row, const char *prefix)
{
    bool any;
    const char *rest = skip_section(section->key, prefix, &any);

    return rest && (any || g_str_has_prefix(row->key, rest));
}

bool key_is_group(const char *key)
{
    return strcmp(key, "*") == 0 || g_str_has_suffix(key, ".*");
}

char *key_group_prefix(const char *kind, const char *key, GError **error)
{
    g_autofree char *prefix = g_strndup(key, strlen(key) - 1);
    const DwGroup *group = table_group(kind);

    for (const DwSection *section = group ? group->sections : NULL; section && section->key;
         section++)
        for (const DwRow *row = section->rows; row->key; row++)
            if (row_begins(section, row, prefix))
                return g_steal_pointer(&prefix);
    place_unknown(kind, key, error);
    return NULL;
}

bool kind_unknown(const char *kind, GError **error)
{
    const char *names[MAX_KINDS];
    size_t n = 0;

    for (const DwGroup *const *group = table_groups() + 1; *group; group++)
        names[n++] = (*group)->kind;
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
    [DW_SAFE_NAMES] = (" Only where it is such names with slashes between: letters, digits and "
                       "\"._+-\", no dot first."),
    [DW_SAFE_ALIAS] =
        " Only where it is a name, and nothing in the domain is in another namespace.",
    [DW_SAFE_NEW] = " Only in a new domain.",
    [DW_SAFE_HOST] = " Only where they have it for machines of the domain's type and architecture.",
    [DW_SAFE_WHOLE] = " Only in a device that is safe as a whole.",
};

/* Why a row is safe, and on what that depends. */
static char *explain(const DwSection *section, const DwRow *row)
{
    if (!row_safe(section, row))
        return NULL;
    if (!row->safe_values)
        return g_strconcat(row->safe, conditions[row->safe_if], NULL);
    g_auto(GStrv) words = g_strsplit(row->safe_values, " ", -1);
    g_autofree char *all = g_strjoinv(", ", words);
    return g_strconcat(row->safe, " Only with ", all, ".", conditions[row->safe_if], NULL);
}

/* "position name": what each index of a section's path stands for. */
static char *describe_indices(const char *path)
{
    GString *out = g_string_new(NULL);

    for (const char *p = path; *p; p++) {
        const char *equals = *p == '[' && p[1] == '@' ? strchr(p, '=') : NULL;
        const char *blank = out->len ? " " : "";
        if (strncmp(p, "[N]", 3) == 0 || strncmp(p, "^N", 2) == 0)
            g_string_append_printf(out, "%sposition", blank);
        else if (equals && equals[1] == 'N')
            g_string_append_printf(out, "%s%.*s", blank, (int)(equals - p - 2), p + 2);
    }
    return g_string_free(out, FALSE);
}

static DwKey *describe(const DwGroup *group, const DwSection *section, const DwRow *row)
{
    DwKey *key = g_new0(DwKey, 1);

    key->key = join_key(g_string_new(section->key), row);
    key->index = describe_indices(section->path);
    key->kind = group->kind;
    key->type = form_signature(row->form);
    key->form = form_name(row->form);
    key->values = row_values(row);
    key->values_since = row_values_since(row);
    key->min = row->min;
    key->max = row->max;
    key->unit = row->unit ? row->unit : "";
    key->since = row_since(section, row) ? row_since(section, row) : "";
    key->applies =
        row_applies(group->kind, key->key, row->flags & DW_ROW_LIVE, row->flags & DW_ROW_OUTPUT);
    key->output = row->flags & DW_ROW_OUTPUT;
    key->safe = explain(section, row);
    key->reach = !key->safe || row->safe_if != DW_SAFE_ALWAYS || row->safe_values;
    key->secret = row->flags & DW_ROW_SECRET;
    key->belongs = belonging_texts(group->kind, key->key);
    key->required = required_example(group->kind, key->key) != NULL;
    key->doc = row->doc;
    return key;
}

void dw_key_free(DwKey *key)
{
    if (!key)
        return;
    g_free(key->key);
    g_free(key->index);
    g_strfreev(key->values);
    g_strfreev(key->values_since);
    g_free(key->safe);
    g_strfreev(key->belongs);
    g_free(key);
}

static void describe_group(GPtrArray *keys, const DwGroup *group, const char *prefix)
{
    for (const DwSection *section = group->sections; section && section->key; section++)
        for (const DwRow *row = section->rows; row->key; row++)
            if (row_begins(section, row, prefix) &&
                (row == section->rows || row_other(row - 1) != row))
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
    for (const DwGroup *const *group = table_groups(); *group; group++)
        if (all || strcmp((*group)->kind, kind) == 0)
            describe_group(keys, *group, prefix);
    return keys;
}

DwKey *dw_key_find(const char *kind, const char *key)
{
    DwPlace place;

    return place_find(kind, key, &place) ? describe(table_group(kind), place.section, place.row)
                                         : NULL;
}
