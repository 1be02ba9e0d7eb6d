/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The element table that follows an edit of the text is the one that reading the new text gives:
 * elements and attributes are put in everywhere, in one's own documents and, where they are at
 * hand, in libvirt's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "corpus.h"
#include "document/document-private.h"

static unsigned insertions;

static void expect_same_span(const DwSpan *kept, const DwSpan *read, guint at, const char *text)
{
    if (kept->start != read->start || kept->tag_end != read->tag_end ||
        kept->content_end != read->content_end || kept->end != read->end ||
        kept->parent != read->parent || kept->first_child != read->first_child ||
        kept->next != read->next || kept->name_length != read->name_length ||
        kept->foreign != read->foreign || kept->self_closed != read->self_closed)
        fail_msg("element %u at %u (read at %u) of\n%s", at, kept->start, read->start, text);
}

static void expect_true_table(DwDocument *document)
{
    g_autoptr(GError) error = NULL;
    const char *text = document->text->str;
    g_autoptr(DwDocument) read = dw_document_parse(text, document->text->len, &error);

    if (!read)
        fail_msg("%s: %s", error->message, text);
    document_span(document, 0); /* makes a table that is stale */
    document_span(read, 0);
    assert_int_equal(document->spans->len, read->spans->len);
    for (guint i = 0; i < read->spans->len; i++)
        expect_same_span(&g_array_index(document->spans, DwSpan, i),
                         &g_array_index(read->spans, DwSpan, i), i, text);
    insertions++;
}

/* An element of that name, then an attribute of it, into the node. */
static void put_in(const DwDocument *original, DwNode node, const char *name)
{
    g_autoptr(DwDocument) document = dw_document_copy(original);
    DwNode made = node_add_child(document, node, name);
    size_t length;
    const char *raw = node_raw_name(document, made, &length);

    assert_int_equal(length, strlen(name));
    assert_memory_equal(raw, name, length);
    assert_int_equal(node_parent(document, made), node);
    expect_true_table(document);
    node_set_attribute(document, made, "a", "<\"'>");
    expect_true_table(document);
    node_add_child(document, node, name);
    expect_true_table(document);
}

static void put_everywhere(const DwDocument *document)
{
    guint n = (document_span(document, 0), document->spans->len);

    for (guint node = 0; node < n; node++) {
        DwNode child = node_first_child(document, (DwNode)node);
        put_in(document, (DwNode)node, "zzz");
        if (child == DW_NODE_NONE)
            continue;
        g_autofree char *first = node_name(document, child);
        const char *colon = strchr(first, ':');
        g_autofree char *uri =
            colon ? node_prefix_uri(document, (DwNode)node, first, (size_t)(colon - first)) : NULL;
        if (!colon || uri)
            put_in(document, (DwNode)node, first);
    }
}

static void test_spellings(void **state)
{
    static const char *const documents[] = {
        "<domain type='qemu'><name>a</name></domain>",
        "<domain type='qemu'>\n  <name>a</name>\n  <devices>\n    <rng/>\n  "
        "</devices>\n</domain>\n",
        "<domain type='qemu'><!-- <a/> --><name>a</name> <!-- b --></domain>",
        "<domain type='qemu'>\r\n\t<name>a</name> <!-- b -->\r\n\t<os/></domain>",
        "<!-- a --><domain type='qemu'>text<name>a</name><![CDATA[<b/>]]><os></os>more</domain>",
        "<domain><a xmlns='urn:a'><b>a</b><os xmlns=''><type/></os><c/></a><d/></domain>",
        "<domain xmlns:q='urn:a'><q:a xmlns='urn:b'><q:b>a</q:b><os><c/></os></q:a></domain>",
        "<domain xmlns:q='urn:a'><q:a><q:b>a</q:b><os><q:a/><c/></os></q:a></domain>",
        "<domain xmlns:q='urn:a'><q:a xmlns='urn:b'><b><c/></b></q:a><d><e/></d></domain>",
        "<domain><a><b><c/></b></a><a><b/><b/></a><b><a/></b></domain>",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_autoptr(DwDocument) document =
            dw_document_parse(documents[i], strlen(documents[i]), NULL);
        if (!document)
            fail_msg("%s", documents[i]);
        put_everywhere(document);
    }
    assert_true(insertions > 100);
}

/* One in a few: what is put in is the same in all. */
static void test_corpus(void **state)
{
    char *directory = corpus_open("libvirt-9.0-domains.tar.xz", "qemuxml2argvdata");
    g_autoptr(GDir) entries = directory ? g_dir_open(directory, 0, NULL) : NULL;
    const char *entry;
    unsigned n = 0;

    if (!directory)
        skip();
    assert_non_null(entries);
    while ((entry = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(directory, entry, NULL), *text = NULL;
        g_autoptr(DwDocument) document = NULL;
        gsize length;
        if (g_file_get_contents(path, &text, &length, NULL) && n++ % 8 == 0)
            document = dw_document_parse(text, length, NULL);
        if (document)
            put_everywhere(document);
    }
    corpus_close(directory);
    print_message("%u insertions\n", insertions);
    assert_true(insertions > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_corpus),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
