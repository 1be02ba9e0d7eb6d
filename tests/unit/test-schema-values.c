/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The facts of the table's rows against libvirt's schemas, as installed and of other releases that
 * are at hand: every word that a schema allows is one of the row's, and every word of a row is in
 * the schemas from the release on that it says it came with, and in none before. The same for when
 * the settings themselves came. What is otherwise is listed, with the reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "corpus.h"
#include "host/schema-words.h"
#include "schema-paths.h"
#include "schema-row-paths.h"
#include "table/value-form.h"

typedef struct {
    const char *archive; /* NULL: installed */
    const char *version;
    GHashTable *words;
    DwSchemaWords *read; /* by the model */
} Release;

static Release releases[] = {
    {NULL, LIBVIRT_VERSION},
    {"libvirt-11.3-schemas.tar.xz", "11.3.0"},
    {"libvirt-12.8-schemas.tar.xz", "12.8.0"},
};

/* ---- What is otherwise, and why ---- */

/* Words of rows that the schemas do not have: libvirt takes them, its schema forgot them. */
static const struct {
    const char *key, *word;
} forgotten[] = {
    {"type", "parallels"}, {"os.type", "uml"}, {"source.protocol", "ssh"}, /* before 9.8 */
};

/* Words of schemas that the rows have not. */
static const struct {
    const char *kind, *key, *words;
} foreign[] = {
    /* libvirt takes a client only */
    {NULL, "reservations.source.mode", "server"},
    /* of serial ports: the schema has one list for all character devices */
    {"console", "target.type",
     "isa-serial usb-serial sclp-serial isa-debug pci-serial spapr-vio-serial system-serial"},
};

/* Numbers that schemas name and rows do not take; by the ends of keys. */
static const struct {
    const char *keys, *bound;
} bounds[] = {
    /* libvirt refuses them */
    {"source.namespace audio.id", "0"},
    {"id timerPeriod voices bufferLength bufferCount latency settings.frequency settings.channels",
     "0"},
    {"target.chassisNr target.busNr", "0"},
    {"target.busNr target.index", "255"},
    /* to libvirt they are as if nothing were said */
    {"mtu.size driver.aw_bits", "0"},
    /* a port that is chosen, which only displays have */
    {"source.host.N.port source.port source.local.port", "-1"},
    {"range.N.start range.N.end range.N.to", "-1"},
    /* 32 bits are half an hour of each second, and 4 TiB a second */
    {"cputune.quota global_quota emulator_quota iothread_quota", "17592186044415"},
    {"bound.average bound.peak bound.floor", "18014398509481984"},
};

static bool has_word(const char *words, const char *word)
{
    g_auto(GStrv) all = g_strsplit(words, " ", -1);

    return g_strv_contains((const char *const *)all, word);
}

static bool is_forgotten(const char *key, const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(forgotten); i++)
        if (g_str_has_suffix(key, forgotten[i].key) && strcmp(forgotten[i].word, word) == 0)
            return true;
    return false;
}

static bool is_foreign(const char *kind, const char *key, const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++)
        if ((!foreign[i].kind || strcmp(foreign[i].kind, kind) == 0) &&
            g_str_has_suffix(key, foreign[i].key) && has_word(foreign[i].words, word))
            return true;
    return false;
}

static bool is_no_bound(const char *key, const char *bound)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++) {
        g_auto(GStrv) ends = g_strsplit(bounds[i].keys, " ", -1);
        for (char **end = ends; *end; end++)
            if (g_str_has_suffix(key, *end) && strcmp(bounds[i].bound, bound) == 0)
                return true;
    }
    return false;
}

/* A schema has one path for what a row has some of, as table[@type='msdm']. */
static bool is_part(const DwRow *row)
{
    return strstr(row->path, "[@");
}

/* ---- Words ---- */

static unsigned wrong;

static void G_GNUC_PRINTF(1, 2) complain(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vprint_error(format, arguments);
    va_end(arguments);
    wrong++;
}

static char **words_of(const DwRow *row)
{
    const char *words = row->form == DW_FORM_YESNO   ? "yes no"
                        : row->form == DW_FORM_ONOFF ? "on off"
                        : row->values                ? row->values
                                                     : "";

    return g_strsplit(words, " ", -1);
}

/* Cuts the release off "value@8.2.0" and gives its number; 0: none. */
static uint64_t cut_since(char *word)
{
    char *at = strchr(word, '@');

    if (!at)
        return 0;
    *at = '\0';
    return version_number(at + 1);
}

/* The model reads each word in its place. */
static void check_read(const Release *release, const DwGroup *group, const DwSection *section,
                       const DwRow *row, GHashTable *allowed)
{
    GHashTableIter iter;
    void *word;

    g_hash_table_iter_init(&iter, allowed);
    while (g_hash_table_iter_next(&iter, &word, NULL))
        if (!strchr("*#", *(char *)word) &&
            !schema_words_have(release->read, group->kind, section, row, word))
            complain("of libvirt %s %s %s%s=%s is not read\n", release->version, group->kind,
                     section->key, row->key, (char *)word);
}

static void check_words(const Release *release, const char *kind, const char *key, char **words,
                        GHashTable *allowed)
{
    bool any = g_hash_table_contains(allowed, "*");
    GHashTableIter iter;
    void *word;

    for (char **own = words; *own; own++) {
        bool due = cut_since(*own) <= version_number(release->version);
        bool there = g_hash_table_contains(allowed, *own);
        if (due && !any && !there && !is_forgotten(key, *own))
            complain("libvirt %s has no %s %s=%s\n", release->version, kind, key, *own);
        if (!due && there)
            complain("libvirt %s has %s %s=%s already\n", release->version, kind, key, *own);
    }
    g_hash_table_iter_init(&iter, allowed);
    while (g_hash_table_iter_next(&iter, &word, NULL))
        if (!strchr("*#", *(char *)word) && !g_strv_contains((const char *const *)words, word) &&
            !is_foreign(kind, key, word))
            complain("libvirt %s has %s %s=%s, the row has not\n", release->version, kind, key,
                     (char *)word);
}

static bool is_number(const DwRow *row)
{
    return row->form == DW_FORM_INT || row->form == DW_FORM_UINT || row->form == DW_FORM_UINT64;
}

/* What a row does not take that a schema names as the least or the greatest. */
static void check_bounds(const Release *release, const char *kind, const char *key,
                         const DwRow *row, GHashTable *allowed)
{
    GHashTableIter iter;
    void *word;

    g_hash_table_iter_init(&iter, allowed);
    while (g_hash_table_iter_next(&iter, &word, NULL)) {
        if (*(char *)word != '#')
            continue;
        DwValue bound = dw_value_string((char *)word + 1), taken;
        if (form_coerce(row, key, &bound, &taken, NULL))
            dw_value_clear(&taken);
        else if (!is_no_bound(key, bound.s))
            complain("libvirt %s takes %s %s=%s, the row does not\n", release->version, kind, key,
                     bound.s);
        dw_value_clear(&bound);
    }
}

static void check_row(const DwGroup *group, const DwSection *section, const DwRow *row, void *data)
{
    const Release *release = data;
    g_autoptr(GPtrArray) paths = row_paths(group, section, row);
    g_auto(GStrv) words = words_of(row);
    g_autofree char *key = g_strconcat(section->key, row->key, NULL);
    GHashTable *allowed = g_hash_table_lookup(release->words, paths->pdata[0]);
    const char *since = row_since(section, row);

    if (!allowed)
        return;
    if (since && !is_part(row) && version_number(since) > version_number(release->version))
        complain("libvirt %s has %s %s already\n", release->version, group->kind, key);
    if (*words)
        check_words(release, group->kind, key, words, allowed);
    if (*words)
        check_read(release, group, section, row, allowed);
    else if (is_number(row))
        check_bounds(release, group->kind, key, row, allowed);
}

static void check_release(Release *release)
{
    char *directory = release->archive ? corpus_open(release->archive, "schemas")
                                       : g_strdup("/usr/share/libvirt/schemas");
    g_autofree char *grammar =
        directory ? g_build_filename(directory, "domain.rng", NULL) : g_strdup("");

    if (!g_file_test(grammar, G_FILE_TEST_EXISTS)) {
        g_free(directory);
        skip();
    }
    release->words = schema_words(directory);
    release->read = dw_schema_words_load(directory, NULL);
    assert_non_null(release->read);
    if (release->archive)
        corpus_close(directory);
    else
        g_free(directory);
    wrong = 0;
    for_each_row(check_row, release);
    g_hash_table_unref(release->words);
    dw_schema_words_free(release->read);
    assert_int_equal(wrong, 0);
}

static void test_installed(void **state)
{
    check_release(&releases[0]);
}

static void test_11_3(void **state)
{
    check_release(&releases[1]);
}

static void test_12_8(void **state)
{
    check_release(&releases[2]);
}

/* ---- Releases of settings ---- */

static GHashTable *read_first_releases(void)
{
    g_autofree char *path =
        g_build_filename(TEST_ROOT, "..", "shared", "corpus", "paths.tsv", NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return NULL;
    GHashTable *first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, "\t", -1);
        if (**line != '#' && g_strv_length(fields) >= 2)
            g_hash_table_insert(first, g_strdup(fields[0]), g_strdup(fields[1]));
    }
    return first;
}

/* "<=9.0.0": the first schema at hand has it. */
static void check_since(const DwGroup *group, const DwSection *section, const DwRow *row,
                        void *data)
{
    g_autoptr(GPtrArray) paths = row_paths(group, section, row);
    g_autofree char *key = g_strconcat(section->key, row->key, NULL);
    const char *first = g_hash_table_lookup(data, paths->pdata[0]);
    const char *own = row_since(section, row);

    if (!first || is_part(row))
        return;
    bool is_bound = g_str_has_prefix(first, "<=");
    uint64_t since = own ? version_number(own) : 0;
    uint64_t known = version_number(first + (is_bound ? 2 : 0));
    uint64_t before = known <= version_number("9.0.0") ? 0 : version_number("9.0.1");
    if (is_bound ? since > known || since < before : since != known)
        complain("%s %s is of libvirt %s, not %s\n", group->kind, key, first, own ? own : "any");
}

static void test_since(void **state)
{
    g_autoptr(GHashTable) first = read_first_releases();

    if (!first)
        skip();
    wrong = 0;
    for_each_row(check_since, first);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_installed),
        cmocka_unit_test(test_11_3),
        cmocka_unit_test(test_12_8),
        cmocka_unit_test(test_since),
    };

    return cmocka_run_group_tests_name("schema-values", tests, NULL, NULL);
}
