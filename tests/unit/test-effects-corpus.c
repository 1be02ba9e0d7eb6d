/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Effects on real documents: none between a document and itself; and reach of every mutation that
 * no safe row covers, of which there are a great many. Without documents of libvirt's own those of
 * the project are used.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "corpus.h"
#include "document/document.h"
#include "effects-support.h"
#include "table/table.h"

/* ---- The table, read in another way ---- */

/* The places that safe rows, of whatever condition, speak of: "devices/disk/driver/@cache". */
static GHashTable *safe_places;

static void add_place(const char *kind, const char *section, const char *row)
{
    g_autofree char *path = g_strconcat("domain/", *kind ? "devices/" : "", kind, *kind ? "/" : "",
                                        section, *section && *row ? "/" : "", row, NULL);
    g_autoptr(GRegex) selectors = g_regex_new("\\[[^]]*\\]|\\^N", 0, 0, NULL);

    g_hash_table_add(safe_places, g_regex_replace_literal(selectors, path, -1, 0, "", 0, NULL));
}

/* The names of elements of which there may be several: "host" of "source/host[N]". */
static GHashTable *repeating;

static void add_repeating(const char *path)
{
    g_autoptr(GRegex) indices = g_regex_new("([\\w:-]+)(\\[N\\]|\\[@\\w+=N|\\^N)", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    for (g_regex_match(indices, path, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL))
        g_hash_table_add(repeating, g_match_info_fetch(match, 1));
}

static void add_list(const char *path)
{
    g_auto(GStrv) steps = g_strsplit(path, "/", -1);
    guint n = g_strv_length(steps);

    g_hash_table_add(repeating, g_strdup(steps[*steps[n - 1] == '@' ? n - 2 : n - 1]));
}

static void list_repeating(void)
{
    repeating = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const DwGroup *const *g = table_groups(); *g; g++)
        for (const DwSection *section = (*g)->sections; section->key; section++) {
            add_repeating(section->path);
            for (const DwRow *row = section->rows; row->key; row++)
                if (row->form == DW_FORM_LIST)
                    add_list(row->path);
        }
}

static void list_safe_places(void)
{
    safe_places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const DwGroup *const *g = table_groups(); *g; g++)
        for (const DwSection *section = (*g)->sections; section && section->key; section++)
            for (const DwRow *row = section->rows; row->key; row++)
                if (row_safe(section, row)) {
                    const char *at = strchr(row->path, '@');
                    g_autofree char *element = at ? g_strndup(row->path, (gsize)(at - row->path))
                                                  : g_strconcat(row->path, "/", NULL);
                    g_autofree char *unit = g_strconcat(element, "@unit", NULL);
                    add_place((*g)->kind, section->path, row->path);
                    if (row->form == DW_FORM_SIZE)
                        add_place((*g)->kind, section->path, unit);
                }
}

/* backingStore/backingStore is one place with backingStore. */
static char *path_of(const DwDocument *document, DwNode node)
{
    g_autofree char *name = node_name(document, node);
    DwNode parent = node_parent(document, node);

    if (node_is_foreign(document, node))
        return g_strconcat("foreign ", name, NULL);
    if (parent == DW_NODE_NONE)
        return g_steal_pointer(&name);
    g_autofree char *above = path_of(document, parent);
    if (g_str_has_suffix(above, "/backingStore") && strcmp(name, "backingStore") == 0)
        return g_steal_pointer(&above);
    return g_strconcat(above, "/", name, NULL);
}

static bool is_in_metadata(const DwDocument *document, DwNode node)
{
    for (; node != DW_NODE_NONE; node = node_parent(document, node))
        if (node_is(document, node, "metadata") &&
            node_parent(document, node) == document_root(document))
            return true;
    return false;
}

/* ---- Mutations ---- */

/* The attributes by which keys name elements: "cell/@id" of "cpu/numa/cell[@id=N]". */
static bool is_selector(const DwDocument *document, DwNode node, const char *attribute)
{
    g_autofree char *name = node_name(document, node);
    const char *colon = strchr(name, ':');
    g_autofree char *step = g_strdup_printf("%s[@%s=N", colon ? colon + 1 : name, attribute);

    for (const DwGroup *const *g = table_groups(); *g; g++)
        for (const DwSection *section = (*g)->sections; section->key; section++)
            if (strstr(section->path, step))
                return true;
    return false;
}

/* A part of one attribute's value, anywhere: true when that changed text and no safe row has it. */
static bool mutate_attribute(DwDocument *document, DwNode node)
{
    g_auto(GStrv) names = node_attribute_names(document, node);
    g_autofree char *path = path_of(document, node);
    bool unsafe = false;

    if (!*names)
        return false;
    const char *name = names[rand() % g_strv_length(names)];
    g_autofree char *place = g_strconcat(path, "/@", name, NULL);
    g_autofree char *value = node_attribute(document, node, name);
    g_autofree char *other = g_strconcat(value, "x", NULL);
    if (g_str_has_prefix(name, "xmlns") || strcmp(name, "name") == 0 ||
        is_selector(document, node, name))
        return false; /* it selects elements, and makes others of them */
    unsafe = !g_hash_table_contains(safe_places, place) && strcmp(place, "domain/sysinfo/@type");
    if (rand() % 2)
        node_set_attribute(document, node, name, other);
    else
        node_unset_attribute(document, node, name);
    return unsafe;
}

static bool add_attribute(DwDocument *document, DwNode node)
{
    node_set_attribute(document, node, "added", "1");
    return true;
}

static bool add_element(DwDocument *document, DwNode node)
{
    node_add_child(document, node, "added");
    return true;
}

static bool add_foreign(DwDocument *document, DwNode node)
{
    node_insert_xml(document, node, "<x:added xmlns:x='http://x'/>");
    return true;
}

static bool duplicate(DwDocument *document, DwNode node)
{
    DwNode parent = node_parent(document, node);
    g_autofree char *xml = node_xml(document, node);
    g_autofree char *name = node_name(document, node);

    if (parent == DW_NODE_NONE || node_is(document, parent, "devices") ||
        g_hash_table_contains(repeating, name))
        return false;
    node_insert_xml(document, parent, xml);
    return true;
}

static bool remove_element(DwDocument *document, DwNode node)
{
    DwNode parent = node_parent(document, node);
    g_autofree char *path = path_of(document, node);
    g_autoptr(GList) places = g_hash_table_get_keys(safe_places);
    bool unsafe = parent != DW_NODE_NONE && !node_is(document, parent, "devices");

    for (GList *at = places; unsafe && at; at = at->next)
        unsafe = !g_str_has_prefix(at->data, path);
    if (parent != DW_NODE_NONE && !node_is_foreign(document, node))
        node_remove(document, node);
    else
        unsafe = false;
    return unsafe;
}

static bool (*const mutations[])(DwDocument *, DwNode) = {
    mutate_attribute, add_attribute, add_element, add_foreign, duplicate, remove_element,
};

typedef struct {
    unsigned n_documents, n_unsafe, n_safe;
} Counts;

static DwNode any_node(const DwDocument *document)
{
    unsigned n = 0;

    for (DwNode node = 0; n < 100000; n++) {
        DwNode child = node_first_child(document, node);
        unsigned step = (unsigned)rand() % 4;
        if (child == DW_NODE_NONE || (node && step == 0))
            return node;
        for (unsigned skip = (unsigned)rand() % 24; skip > 0; skip--)
            if (node_next(document, child) != DW_NODE_NONE)
                child = node_next(document, child);
        node = child;
    }
    return 0;
}

static void mutate(const Place *place, const DwDocument *document, Counts *counts, const char *name)
{
    g_autoptr(DwDocument) copy = dw_document_copy(document);
    DwNode node = any_node(copy);
    g_auto(DwEffects) there = {0}, back = {0};

    if (is_in_metadata(copy, node))
        return;
    bool unsafe = mutations[(unsigned)rand() % G_N_ELEMENTS(mutations)](copy, node);
    if (strcmp(dw_document_text(copy, NULL), dw_document_text(document, NULL)) == 0)
        return;
    dw_effects_between(document, copy, &place->context, &there);
    dw_effects_between(copy, document, &place->context, &back);
    if (unsafe && !there.reach) {
        g_autofree char *diff =
            dw_diff(dw_document_text(document, NULL), dw_document_text(copy, NULL));
        fail_msg("%s:\n%s", name, diff);
    }
    assert_int_equal(there.reach, back.reach);
    assert_true(!there.reach || *there.kinds);
    assert_true(!there.path || g_strv_contains((const char *const *)there.paths, there.path));
    counts->n_unsafe += unsafe;
    counts->n_safe += !there.reach;
}

static void check_text(const char *name, const char *text, size_t length, Counts *counts)
{
    g_auto(Place) place = place_new(DIRECTORIES);
    g_autoptr(DwDocument) document = dw_document_parse(text, length, NULL);
    g_auto(DwEffects) none = {0}, whole = {0};

    if (!document)
        return;
    dw_effects_between(document, document, &place.context, &none);
    if (none.reach || *none.kinds || *none.paths || *none.reasons || none.path)
        fail_msg("%s has an effect on itself", name);
    dw_effects_between(NULL, document, &place.context, &whole);
    assert_true(g_strv_contains((const char *const *)whole.kinds, "domain"));
    counts->n_documents++;
    for (unsigned i = 0; i < 60; i++)
        mutate(&place, document, counts, name);
}

static void check_directory(const char *path, Counts *counts)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name;

    assert_non_null(directory);
    while ((name = g_dir_read_name(directory))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *text = NULL;
        gsize length;
        if (g_str_has_suffix(name, ".xml") && g_file_get_contents(file, &text, &length, NULL))
            check_text(name, text, length, counts);
    }
}

static void test_documents_of_the_project(void **state)
{
    g_autofree char *path = g_build_filename(TEST_ROOT, "tests", "data", "documents", NULL);
    Counts counts = {0};

    srand(1);
    for (unsigned i = 0; i < 10; i++)
        check_directory(path, &counts);
    assert_true(counts.n_documents >= 40);
    assert_true(counts.n_unsafe > 500);
    assert_true(counts.n_safe > 20);
}

static void test_documents_of_libvirt(void **state)
{
    char *directory = corpus_open("libvirt-9.0-domains.tar.xz", "qemuxml2argvdata");
    Counts counts = {0};

    if (!directory)
        skip();
    srand(2);
    check_directory(directory, &counts);
    corpus_close(directory);
    assert_true(counts.n_documents > 500);
    assert_true(counts.n_unsafe > 10000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents_of_the_project),
        cmocka_unit_test(test_documents_of_libvirt),
    };

    list_safe_places();
    list_repeating();
    int failed = cmocka_run_group_tests_name("effects-corpus", tests, NULL, NULL);
    g_hash_table_unref(safe_places);
    g_hash_table_unref(repeating);
    return failed;
}
