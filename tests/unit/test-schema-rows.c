/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table against libvirt's schema, as it is installed and those of other releases that are at
 * hand: every row's path is one the schema has, if it is not too old, every path of the schema has
 * a row, and every row's sample, every value of every enumeration, makes a valid document
 * somewhere. With --report it prints how much of the schema the table covers, and the paths that
 * have no row.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/relaxng.h>

#include "corpus.h"
#include "document/xml-tree.h"
#include "keys/devices.h"
#include "schema-contexts.h"
#include "schema-paths.h"
#include "schema-row-paths.h"
#include "table/value-form.h"

/* The attributes that select elements, as in timer[@name='rtc']. */
static void add_selectors(GHashTable *covered, const DwGroup *group, const char *path)
{
    for (const char *at = path; (at = strstr(at, "[@")); at++) {
        g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *element = g_strndup(path, (gsize)(at - path));
        g_autofree char *attribute = g_strndup(at + 1, strcspn(at + 1, "="));

        add_path(paths, group->kind, element, attribute);
        g_hash_table_add(covered, g_strdup(paths->pdata[0]));
    }
}

/* ---- Versions ---- */

/* Of the schema that is looked at. */
static const char *version = LIBVIRT_VERSION;
static const char *schemas = "/usr/share/libvirt/schemas";

static bool is_newer(const char *since)
{
    return since && version_number(since) > version_number(version);
}

/* "value" or "value@8.2.0"; the version is cut off. */
static bool word_is_newer(char *word)
{
    char *at = strchr(word, '@');

    if (at)
        *at = '\0';
    return at && is_newer(at + 1);
}

/* ---- Exceptions ---- */

/* What the table has although the schema does not take it; value NULL is any. */
static const struct {
    const char *kind, *key, *value;
} exceptions[] = {
    /* libvirt takes them, its schema forgot them. */
    {"", "type", "parallels"},
    {"", "os.type", "uml"},
    {"", "blkiotune.weight", "10"},
    {"", "blkiotune.device.1.weight", "10"},
    {"", "os.bios.rebootTimeout", "65535"},
    {"disk", "source.protocol", "ssh"},
    {"disk", "backing.1.source.protocol", "ssh"},
    {"", "os.nvram.source.protocol", "ssh"},
    /* A data store has the rows of every source. */
    {"disk", "source.dataStore.source.slices.slice.offset", NULL},
    {"disk", "source.dataStore.source.slices.slice.size", NULL},
    {"disk", "source.dataStore.source.index", NULL},
    /* Every timer has these keys; which timer may have which is a rule. */
    {"", "clock.timer.rtc.mode", NULL},
    {"", "clock.timer.pit.mode", NULL},
    {"", "clock.timer.pit.track", NULL},
    {"", "clock.timer.hpet.mode", NULL},
    {"", "clock.timer.hpet.track", NULL},
    {"", "clock.timer.tsc.track", NULL},
    {"", "clock.timer.kvmclock.tickpolicy", NULL},
    {"", "clock.timer.kvmclock.track", NULL},
    {"", "clock.timer.kvmclock.mode", NULL},
    {"", "clock.timer.hypervclock.tickpolicy", NULL},
    {"", "clock.timer.hypervclock.track", NULL},
    {"", "clock.timer.hypervclock.mode", NULL},
    {"", "clock.timer.armvtimer.track", NULL},
    {"", "clock.timer.armvtimer.mode", NULL},
    {"", "clock.timer.platform.mode", NULL},
    {"", "clock.timer.rtc.frequency", NULL},
    {"", "clock.timer.pit.frequency", NULL},
    {"", "clock.timer.hpet.frequency", NULL},
    {"", "clock.timer.kvmclock.frequency", NULL},
    {"", "clock.timer.hypervclock.frequency", NULL},
    {"", "clock.timer.armvtimer.frequency", NULL},
    {"", "clock.timer.platform.frequency", NULL},
};

static bool is_excepted(const char *kind, const char *key, const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(exceptions); i++)
        if (g_str_equal(exceptions[i].kind, kind) && g_str_equal(exceptions[i].key, key) &&
            (!exceptions[i].value || g_str_equal(exceptions[i].value, word)))
            return true;
    return false;
}

/* ---- Paths of rows ---- */

static bool need_schema(void)
{
    g_autofree char *grammar = g_build_filename(schemas, "domain.rng", NULL);

    if (g_file_test(grammar, G_FILE_TEST_EXISTS))
        return true;
    skip();
    return false;
}

/* Namespaces are not walked, and a source in a source is not followed everywhere. */
static bool is_unseen(const char *path)
{
    return strchr(path, ':') || strstr(path, "nvram/source/dataStore/") ||
           strstr(path, "backingStore/source/dataStore/");
}

static unsigned n_unknown;

static void check_path(const DwGroup *group, const DwSection *section, const DwRow *row, void *data)
{
    g_autoptr(GPtrArray) paths = row_paths(group, section, row);
    g_autofree char *key = g_strconcat(section->key, row->key, NULL);

    if (is_newer(row_since(section, row)) || is_excepted(group->kind, key, "") ||
        is_unseen(paths->pdata[0]) || g_hash_table_contains(data, paths->pdata[0]))
        return;
    print_error("%s %s%s: the schema of libvirt %s has no %s\n", group->kind, section->key,
                row->key, version, (char *)paths->pdata[0]);
    n_unknown++;
}

static unsigned count_unknown(void)
{
    g_autoptr(GHashTable) elements = NULL;
    g_autoptr(GHashTable) paths = schema_paths(schemas, &elements);
    GHashTableIter iter;
    void *element;

    /* A presence row is for an element that may also hold more. */
    g_hash_table_iter_init(&iter, elements);
    while (g_hash_table_iter_next(&iter, &element, NULL))
        g_hash_table_add(paths, g_strdup(element));
    n_unknown = 0;
    for_each_row(check_path, paths);
    return n_unknown;
}

static void test_every_row_is_in_the_schema(void **state)
{
    if (need_schema())
        assert_int_equal(count_unknown(), 0);
}

/* ---- Samples ---- */

static xmlRelaxNG *grammar;

static void ignore_error(void *data, TreeError *error)
{
}

static bool is_valid(const char *text)
{
    g_autoptr(xmlDoc) tree = tree_parse(text, "domain", NULL);
    xmlRelaxNGValidCtxt *validator = xmlRelaxNGNewValidCtxt(grammar);

    xmlRelaxNGSetValidStructuredErrors(validator, ignore_error, NULL);
    int verdict = xmlRelaxNGValidateDoc(validator, tree);
    xmlRelaxNGFreeValidCtxt(validator);
    return verdict == 0;
}

/* Values that must all be accepted somewhere (ret_all), or of which one must. */
static char **samples(const DwRow *row, bool *ret_all)
{
    *ret_all = true;
    if (row->values)
        return g_strsplit(row->values, " ", -1);
    switch (row->form) {
    case DW_FORM_YESNO:
    case DW_FORM_ONOFF:
        return g_strsplit("yes no", " ", -1);
    case DW_FORM_PRESENCE:
    case DW_FORM_CHAIN_END:
        return g_strsplit("yes", " ", -1);
    case DW_FORM_PATH:
        return g_strsplit("/a", " ", -1);
    case DW_FORM_UUID:
        return g_strsplit("c7a5fdbd-edaf-9455-926a-d65c16db1809", " ", -1);
    case DW_FORM_PCI:
        return g_strsplit("0000:01:00.0", " ", -1);
    case DW_FORM_INT:
    case DW_FORM_UINT:
    case DW_FORM_UINT64: {
        g_autofree char *ends = g_strdup_printf(row->max ? "%" G_GINT64_FORMAT " %" G_GUINT64_FORMAT
                                                         : "%" G_GINT64_FORMAT,
                                                (gint64)row->min, (guint64)row->max);
        return g_strsplit(ends, " ", -1);
    }
    default:
        *ret_all = false;
        return g_strsplit(
            "1 a /a a,b,c 127 vdb 4096 0x1 0x0001 0xfe iqn.2000-01.a:b 0123456789abcdef "
            "host 0-3 x86_64 1024 500 52:54:00:00:00:01 127.0.0.1 2030-01-31T12:00:00 "
            "ua-a naa.5123456789abcde0 0755 virtio-scsi pcie-root-port isa-serial "
            "raw unix:path=/a 01/31/2020 KiB " UUID,
            " ", -1);
    }
}

/* Sets a key on the first device of that kind, or the domain, and asks the schema. */
static bool is_valid_with(const char *text, const char *kind, const char *key, const char *word)
{
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    DwNode node = *kind ? device_next(document, kind, DW_NODE_NONE) : document_root(document);
    DwValue value = dw_value_string(word);
    DwPlace place;

    assert_true(place_find(kind, key, &place));
    bool set = place_set(document, node, &place, key, &value, NULL);
    dw_value_clear(&value);
    return set && is_valid(dw_document_body(document));
}

static bool is_valid_in(const char *kind, const char *before, const char *const *contexts,
                        const char *after, const char *key, const char *word)
{
    for (; *contexts; contexts++) {
        g_autofree char *text = g_strconcat(before, *contexts, after, NULL);
        if (is_valid_with(text, kind, key, word))
            return true;
    }
    return false;
}

#define DEVICES     HEAD OS "<devices>"
#define END         "</devices></domain>"
#define DISK_END    "<target dev='vda'/></disk>" END
#define BACKING_END "<format type='raw'/></backingStore>" DISK_END
#define NVRAM       HEAD "<os><type>hvm</type><loader>/a</loader><nvram "
#define NVRAM_END   "</nvram></os></domain>"
#define STORE       "type='file'><source file='/a'><dataStore "
#define STORE_END   "<format type='raw'/></dataStore></source>"

static bool is_valid_somewhere(const char *kind, const char *key, const char *word)
{
    if (!*kind)
        return is_valid_in("", "", domains, "", key, word) ||
               is_valid_in("", "", newer_domains, "", key, word) ||
               (g_str_has_prefix(key, "os.nvram.") &&
                (is_valid_in("", NVRAM, sources, NVRAM_END, key, word) ||
                 is_valid_in("", NVRAM STORE, sources, STORE_END NVRAM_END, key, word)));
    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++)
        if (g_str_equal(kind, devices[i].kind)) {
            g_autofree char *before = g_strconcat(DEVICES "<", kind, " ", NULL);
            g_autofree char *after = g_strconcat("</", kind, ">" END, NULL);
            return is_valid_in(kind, before, devices[i].contexts, after, key, word);
        }
    return is_valid_in(kind, DEVICES "<disk ", sources, DISK_END, key, word) ||
           is_valid_in(kind, DEVICES "<disk ", disks, DISK_END, key, word) ||
           is_valid_in(kind, DEVICES "<disk type='file'><backingStore ", sources, BACKING_END, key,
                       word) ||
           (strstr(key, "dataStore.") &&
            (is_valid_in(kind, DEVICES "<disk " STORE, sources, STORE_END DISK_END, key, word) ||
             is_valid_in(kind, DEVICES "<disk type='file'><backingStore " STORE, sources,
                         STORE_END BACKING_END, key, word)));
}

static void check_samples(const DwGroup *group, const DwSection *section, const DwRow *row,
                          void *data)
{
    DwPlace place = {row, section, {{MAX(1, section->first), 1, 1, 1}, "a"}};
    g_autofree char *key = place_key(&place);
    GString *refused = data;
    bool all, some = false;
    g_auto(GStrv) words = samples(row, &all);

    if (is_newer(row_since(section, row)) || row->flags & DW_ROW_OUTPUT)
        return;
    for (char **word = words; *word && (all || !some); word++) {
        /* Rows of addresses are shared: what they are for is tried on disks. */
        const char *kind = section->rows == dw_address_rows ? "disk" : group->kind;

        if (word_is_newer(*word) || is_excepted(kind, key, *word) ||
            is_valid_somewhere(kind, key, *word))
            some = true;
        else if (all)
            g_string_append_printf(refused, "%s %s \"%s\"\n", group->kind, key, *word);
    }
    if (!all && !some)
        g_string_append_printf(refused, "%s %s, any sample\n", group->kind, key);
}

static unsigned count_refused(void)
{
    g_autoptr(GString) refused = g_string_new(NULL);

    g_autofree char *rng = g_build_filename(schemas, "domain.rng", NULL);
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(rng);
    grammar = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    for (size_t i = 0; domains[i]; i++)
        assert_true(is_valid(domains[i]));
    for_each_row(check_samples, refused);
    xmlRelaxNGFree(grammar);
    g_auto(GStrv) lines = g_strsplit(refused->str, "\n", -1);
    for (char **line = lines; *line && **line; line++)
        print_error("libvirt %s, accepted nowhere: %s\n", version, *line);
    return refused->len;
}

static void test_every_value_is_valid_somewhere(void **state)
{
    if (need_schema())
        assert_int_equal(count_refused(), 0);
}

/* ---- The report ---- */

static void cover_row(const DwGroup *group, const DwSection *section, const DwRow *row, void *data)
{
    g_autoptr(GPtrArray) paths = row_paths(group, section, row);
    g_autofree char *path = g_strconcat(section->path, *section->path ? "/" : "", row->path, NULL);

    for (guint i = 0; i < paths->len; i++)
        g_hash_table_add(data, g_strdup(paths->pdata[i]));
    add_selectors(data, group, path);
}

/* Paths of the schema that no row is for. */
static unsigned count_missing(void)
{
    g_autoptr(GHashTable) elements = NULL;
    g_autoptr(GHashTable) paths = schema_paths(schemas, &elements);
    g_autoptr(GHashTable) covered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    void *path;
    unsigned n = 0;

    for_each_row(cover_row, covered);
    g_hash_table_iter_init(&iter, paths);
    while (g_hash_table_iter_next(&iter, &path, NULL))
        if (!g_hash_table_contains(covered, path)) {
            print_error("libvirt %s, no row: %s\n", version, (char *)path);
            n++;
        }
    print_message("# libvirt %s: %u paths, %u missing\n", version, g_hash_table_size(paths), n);
    return n;
}

static void test_every_path_has_a_row(void **state)
{
    if (need_schema())
        assert_int_equal(count_missing(), 0);
}

/* The same of releases that are not installed. */
static void check_release(const char *archive, const char *of)
{
    char *directory = corpus_open(archive, "schemas");
    const char *installed = schemas, *own = version;

    if (!directory) {
        skip();
        return;
    }
    schemas = directory;
    version = of;
    unsigned unknown = count_unknown(), missing = count_missing(), refused = count_refused();
    schemas = installed;
    version = own;
    corpus_close(directory);
    assert_int_equal(unknown, 0);
    assert_int_equal(missing, 0);
    assert_int_equal(refused, 0);
}

static void test_libvirt_11_3(void **state)
{
    check_release("libvirt-11.3-schemas.tar.xz", "11.3.0");
}

static void test_libvirt_12_8(void **state)
{
    check_release("libvirt-12.8-schemas.tar.xz", "12.8.0");
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "devices/disk" for what is in a device, "domain" for the rest. */
static char *part_of(const char *path)
{
    const char *kind = g_str_has_prefix(path, "devices/") ? path + strlen("devices/") : NULL;

    return kind ? g_strdup_printf("devices/%.*s", (int)strcspn(kind, "/"), kind)
                : g_strdup("domain");
}

static void report(void)
{
    g_autoptr(GHashTable) elements = NULL;
    g_autoptr(GHashTable) paths = schema_paths(schemas, &elements);
    g_autoptr(GHashTable) covered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char **names = (char **)g_hash_table_get_keys_as_array(paths, NULL);
    size_t n = g_hash_table_size(paths), n_covered = 0;

    for_each_row(cover_row, covered);
    qsort(names, n, sizeof *names, compare_paths);
    puts("Paths of the schema without a row:");
    for (size_t i = 0; i < n; i++) {
        if (g_hash_table_contains(covered, names[i]))
            n_covered++;
        else
            printf("  %s\n", names[i]);
    }

    puts("Paths with a row:");
    for (size_t i = 0; i < n; i++) {
        g_autofree char *part = part_of(names[i]);
        size_t all = 0, with_row = 0;

        if (!g_hash_table_add(parts, g_strdup(part)))
            continue;
        for (size_t j = i; j < n; j++) {
            g_autofree char *other = part_of(names[j]);
            bool same = g_str_equal(part, other);
            all += same;
            with_row += same && g_hash_table_contains(covered, names[j]);
        }
        printf("  %-24s %4zu of %4zu\n", part, with_row, all);
    }
    printf("  %-24s %4zu of %4zu\n", "in all", n_covered, n);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_is_in_the_schema),
        cmocka_unit_test(test_every_path_has_a_row),
        cmocka_unit_test(test_libvirt_11_3),
        cmocka_unit_test(test_libvirt_12_8),
        cmocka_unit_test(test_every_value_is_valid_somewhere),
    };

    if (argc == 2 && strcmp(argv[1], "--report") == 0) {
        report();
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
