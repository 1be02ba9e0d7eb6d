/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a new element goes: each key that occurs in a document is unset and set back, and the
 * elements must then stand where they stood, with libvirt's schema content as before; to the byte
 * where the element stayed, and in any case when it is undone. Documents of the project, and
 * libvirt's own where they are at hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <domwright/model.h>

#include "corpus.h"
#include "document/document-private.h"
#include "keys/devices.h"
#include "keys/key-path.h"

#define SCHEMAS "/usr/share/libvirt/schemas"
/* The same key is tried in as many documents. */
#define TRIALS 4

static DwSchema *schema;
static GHashTable *tried; /* "kind key" -> how often */
static unsigned trials, exact;

/* The names of all elements from node on, without prefixes, one a line, indented. */
static void print_names(GString *out, const DwDocument *document, DwNode node, unsigned depth)
{
    size_t length;
    const char *name = node_raw_name(document, node, &length);
    const char *colon = memchr(name, ':', length);

    if (colon) { /* what has its prefix declared itself may come back with another */
        length -= (size_t)(colon + 1 - name);
        name = colon + 1;
    }
    g_string_append_printf(out, "%*s%.*s\n", (int)depth, "", (int)length, name);
    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child))
        print_names(out, document, child, depth + 1);
}

static char *names_of(const DwDocument *document)
{
    GString *out = g_string_new(NULL);

    print_names(out, document, document_root(document), 0);
    return g_string_free(out, FALSE);
}

/* Are all children of node in the order libvirt writes? */
static bool is_ordered(const DwDocument *document, DwNode node)
{
    const char *order = order_of(document, node);
    int last = -1;

    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child)) {
        size_t length;
        const char *name = node_raw_name(document, child, &length);
        int rank = order_rank(order, name, length);

        if (node_is_foreign(document, child))
            continue;
        if ((node_next(document, child) != DW_NODE_NONE || last >= 0) && rank < last)
            return false;
        last = rank;
    }
    return true;
}

static bool is_all_ordered(const DwDocument *document, DwNode node)
{
    if (!is_ordered(document, node))
        return false;
    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child))
        if (!is_all_ordered(document, child))
            return false;
    return true;
}

static DwNode nth_child(const DwDocument *document, DwNode parent, unsigned n)
{
    DwNode node = node_first_child(document, parent);

    while (n-- > 0)
        node = node_next(document, node);
    return node;
}

/* The device at that position, or, with -1, the root. */
static DwNode thing_at(const DwDocument *document, int position)
{
    return position < 0 ? document_root(document)
                        : nth_child(document, devices_node(document), (unsigned)position);
}

static DwDocument *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    DwDocument *document = dw_document_parse(text, strlen(text), &error);

    if (!document)
        fail_msg("%s: %s", error->message, text);
    return document;
}

/* Is there a part behind the one whose index a key has? It would take that index meanwhile. */
static bool has_later(const DwDocument *document, DwNode node, const char *kind, const char *key)
{
    g_autoptr(GRegex) index = g_regex_new("^(.*\\.)([0-9]+)(\\..*)$", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    DwPlace place;

    if (!g_regex_match(index, key, 0, &match))
        return false;
    g_autofree char *head = g_match_info_fetch(match, 1), *number = g_match_info_fetch(match, 2);
    g_autofree char *tail = g_match_info_fetch(match, 3);
    g_autofree char *next =
        g_strdup_printf("%s%u%s", head, (unsigned)strtoul(number, NULL, 10) + 1, tail);
    return place_find(kind, next, &place) && place_base(document, node, &place) != DW_NODE_NONE;
}

/* Unsetting an element's text or presence takes along what else is in it. */
static bool holds_more(const DwDocument *document, DwNode base, const DwRow *row)
{
    DwNode node = lens_find(document, base, row->path, NULL);

    return !strchr(row->path, '@') && node != DW_NODE_NONE && row->form != DW_FORM_SIZE &&
           (node_has_attributes(document, node) ||
            node_first_child(document, node) != DW_NODE_NONE);
}

static void expect_text(const DwDocument *document, const DwDocument *original, const char *name,
                        const char *key, const char *when)
{
    const char *now = dw_document_text(document, NULL), *then = dw_document_text(original, NULL);

    if (strcmp(now, then) != 0) {
        g_autofree char *difference = dw_diff(then, now);
        fail_msg("%s: %s %s is not the same bytes:\n%s", name, key, when, difference);
    }
}

/* Set to what it is, unset and undone, unset and set back. An element that goes with its key takes
 * its own spelling along: quotes, units, the order of attributes. */
static void try_bytes(const DwDocument *original, const char *name, int position, const char *kind,
                      const DwPlace *place, const char *key)
{
    g_autoptr(DwDocument) document = dw_document_copy(original);
    size_t mark = document_mark(document);
    DwValue value;

    if (place->row->flags & DW_ROW_OUTPUT ||
        !place_get(document, thing_at(document, position), place, &value))
        return;
    if (place_set(document, thing_at(document, position), place, key, &value, NULL))
        expect_text(document, original, name, key, "set to what it is");
    bool moves = has_later(document, thing_at(document, position), kind, key);
    place_unset(document, thing_at(document, position), place);
    DwNode thing = thing_at(document, position);
    DwNode base = thing == DW_NODE_NONE ? thing : place_base(document, thing, place);
    bool stays = base != DW_NODE_NONE && !moves && strchr(place->row->path, '@') &&
                 lens_find(document, base, place->row->path, NULL) != DW_NODE_NONE;
    if (stays && place_set(document, thing, place, key, &value, NULL)) {
        expect_text(document, original, name, key, "unset and set back");
        exact++;
    }
    document_rollback(document, mark);
    expect_text(document, original, name, key, "unset and undone");
    dw_value_clear(&value);
}

static void try_key(const DwDocument *original, const char *name, int position, const char *kind,
                    const DwPlace *place)
{
    g_autofree char *key = place_key(place);
    g_autoptr(DwDocument) without = dw_document_copy(original);
    DwValue value;

    try_bytes(original, name, position, kind, place, key);
    if (place->row->flags & DW_ROW_WHOLE ||
        has_later(original, thing_at(original, position), kind, key) ||
        !place_get(original, thing_at(original, position), place, &value))
        return;
    place_unset(without, thing_at(without, position), place);
    g_autofree char *before = names_of(original);
    g_autoptr(DwDocument) again = NULL;
    /* An element of <devices> that has become empty is gone itself. */
    if (g_strcmp0(dw_document_text(without, NULL), dw_document_text(original, NULL)) != 0)
        again = parse(dw_document_text(without, NULL));
    if (again && thing_at(again, position) != DW_NODE_NONE &&
        place_set(again, thing_at(again, position), place, key, &value, NULL)) {
        g_autofree char *after = names_of(again);

        trials++;
        if (strcmp(before, after) != 0)
            fail_msg("%s: %s %s unset and set back:\n%s", name, kind, key, dw_diff(before, after));
        if (schema && !dw_schema_accepts_change(schema, original, again)) {
            g_autoptr(GPtrArray) problems = dw_schema_validate(schema, again);
            if (problems->len > 0)
                fail_msg("%s: %s %s: %s", name, kind, key,
                         ((DwProblem *)problems->pdata[0])->message);
        }
    }
    dw_value_clear(&value);
}

static void try_thing(const DwDocument *document, const char *name, int position, const char *kind)
{
    const DwGroup *group = table_group(kind);
    DwPlace place = {0};
    DwNode base;

    while (group &&
           place_next_section(document, thing_at(document, position), group, &place, &base))
        for (const DwRow *row = place.section->rows; row->key; row++) {
            char *pattern = g_strconcat(kind, " ", place.section->key, row->key, NULL);
            unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(tried, pattern));
            DwValue value;

            if (n < TRIALS && !holds_more(document, base, row) &&
                strcmp(row->key, "maxMemory") != 0 && row_get(document, base, row, &value)) {
                dw_value_clear(&value);
                g_hash_table_insert(tried, pattern, GUINT_TO_POINTER(n + 1));
                place.row = row;
                try_key(document, name, position, kind, &place);
            } else {
                g_free(pattern);
            }
        }
}

static void try_document(const char *path, const char *name)
{
    g_autofree char *text = NULL;
    g_autoptr(DwDocument) document = NULL;
    g_autoptr(GPtrArray) problems = NULL;
    size_t length;
    int position = 0;

    if (g_file_get_contents(path, &text, &length, NULL))
        document = dw_document_parse(text, length, NULL);
    if (!document || !is_all_ordered(document, document_root(document)))
        return;
    problems = schema ? dw_schema_validate(schema, document) : g_ptr_array_new();
    if (problems->len > 0)
        return;
    try_thing(document, name, -1, "");
    DwNode devices = devices_node(document);
    DwNode node = devices == DW_NODE_NONE ? devices : node_first_child(document, devices);
    for (; node != DW_NODE_NONE; node = node_next(document, node), position++) {
        g_autofree char *kind = node_name(document, node);

        if (table_group(kind))
            try_thing(document, name, position, kind);
    }
}

static void try_directory(const char *directory)
{
    GDir *files = directory ? g_dir_open(directory, 0, NULL) : NULL;
    const char *name;

    while (files && (name = g_dir_read_name(files))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);

        try_document(path, name);
    }
    if (files)
        g_dir_close(files);
}

static void test_set_back(void **state)
{
    g_autofree char *own = g_build_filename(TEST_ROOT, "tests", "data", "documents", NULL);
    char *corpus = corpus_open("libvirt-9.0-domains.tar.xz", "qemuxml2argvdata");

    if (g_file_test(SCHEMAS "/domain.rng", G_FILE_TEST_EXISTS))
        schema = dw_schema_load(SCHEMAS, NULL);
    tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    try_directory(own);
    try_directory(corpus);
    corpus_close(corpus);
    print_message("# %u keys unset and set back, %u of them to the byte\n", trials, exact);
    assert_true(trials > 20);
    assert_true(exact > 5);
    g_hash_table_unref(tried);
    dw_schema_free(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_back),
    };

    dw_end_without_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
