/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking the schema about a change alone: what it accepts there it accepts in the whole. Every
 * element and attribute of whole documents is removed, doubled and spoilt in turn.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "corpus.h"
#include <domwright/model.h>

#define SCHEMAS "/usr/share/libvirt/schemas"

static DwSchema *schema;
static size_t n_accepted, n_refused;

static int load_schema(void **state)
{
    if (g_file_test(SCHEMAS "/domain.rng", G_FILE_TEST_EXISTS))
        schema = dw_schema_load(SCHEMAS, NULL);
    return 0;
}

static int free_schema(void **state)
{
    g_clear_pointer(&schema, dw_schema_free);
    return 0;
}

static DwDocument *parse(const char *text)
{
    return dw_document_parse(text, strlen(text), NULL);
}

static bool is_valid(const DwDocument *document)
{
    g_autoptr(GPtrArray) problems = dw_schema_validate(schema, document);

    return problems->len == 0;
}

/* The document is valid; after is what it would become. */
static void try_change(const DwDocument *document, const char *after)
{
    g_autoptr(DwDocument) changed = parse(after);

    if (!changed)
        return;
    bool accepted = dw_schema_accepts_change(schema, document, changed);
    n_accepted += accepted;
    n_refused += !accepted;
    if (accepted && !is_valid(changed))
        fail_msg("accepted as a change, but not valid:\n%s", after);
}

/* Text with length bytes at offset replaced. */
static void try_splice(const DwDocument *document, size_t offset, size_t length, const char *insert)
{
    const char *text = dw_document_text(document, NULL);
    g_autofree char *after =
        g_strdup_printf("%.*s%s%s", (int)offset, text, insert, text + offset + length);

    try_change(document, after);
}

/* The end of the element that begins at text, or NULL. */
static const char *element_end(const char *text)
{
    size_t depth = 0;

    for (const char *p = text; (p = strchr(p, '<')); p++) {
        const char *end = strchr(p, '>');
        if (!end || p[1] == '!' || p[1] == '?')
            return NULL;
        if (p[1] == '/')
            depth--;
        else if (end[-1] != '/')
            depth++;
        if (depth == 0)
            return end + 1;
    }
    return NULL;
}

static void mutate(const char *text)
{
    g_autoptr(DwDocument) document = parse(text);

    if (!document || !is_valid(document))
        return;
    for (const char *p = text; (p = strpbrk(p, "<'\"")); p++) {
        size_t at = p - text;
        if (*p != '<') {
            try_splice(document, at + 1, 0, "!");
            continue;
        }
        const char *end = element_end(p);
        if (!end)
            continue;
        g_autofree char *element = g_strndup(p, end - p);
        try_splice(document, at, end - p, "");
        try_splice(document, at, 0, element);
        try_splice(document, at, 0, "<foo/>");
        try_splice(document, at, 0, "x");
        try_splice(document, at + 1 + strcspn(p + 1, " />"), 0, " foo='1'");
    }
}

static void test_every_place(void **state)
{
    static const char *const names[] = {"by-hand.xml", "libvirt-like.xml", "one-line.xml"};

    if (!schema)
        skip();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path =
            g_build_filename(TEST_ROOT, "tests", "data", "documents", names[i], NULL);
        g_autofree char *text = NULL;
        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        mutate(text);
    }
    mutate("<domain type='kvm'><name>a</name><memory>1024</memory><os><type>hvm</type></os>"
           "<devices><emulator>/a</emulator><memballoon model='none'/><watchdog model='i6300esb'/>"
           "<disk type='file'><target dev='vda'/></disk></devices></domain>");
    assert_true(n_accepted > 20);
    assert_true(n_refused > 100);
}

static void assert_accepted(const char *before, const char *after, bool expected)
{
    g_autoptr(DwDocument) old = parse(before), new = parse(after);

    assert_int_equal(dw_schema_accepts_change(schema, old, new), expected);
}

#define HEAD          "<domain type='kvm'><name>a</name><os><type>hvm</type></os>"
#define WITH(devices) HEAD "<devices>" devices "</devices></domain>"
#define DISK(name)    "<disk type='file'><target dev='" name "'/></disk>"

static void test_known(void **state)
{
    if (!schema)
        skip();
    assert_accepted(WITH(DISK("vda")), WITH(DISK("vda")), true);
    assert_accepted(WITH(DISK("vda")), WITH(DISK("vda") DISK("vdb")), true);
    assert_accepted(WITH(DISK("vda")), WITH(DISK("vdb") DISK("vda")), true);
    assert_accepted(WITH(DISK("vda")), WITH(""), true);
    assert_accepted(HEAD "</domain>", WITH(DISK("vda")), true);
    assert_accepted(HEAD "</domain>", HEAD "<title>a</title></domain>", true);
    assert_accepted(HEAD "</domain>", HEAD "<title>a</title><title>b</title></domain>", false);
    assert_accepted(HEAD "<title>a</title></domain>",
                    HEAD "<title>a</title><title>a</title></domain>", false);
    assert_accepted(WITH("<emulator>/a</emulator>"),
                    WITH("<emulator>/a</emulator><emulator>/b</emulator>"), false);
    assert_accepted(WITH(""), HEAD "<devices/><devices/></domain>", false);
    assert_accepted(WITH(DISK("vda")), WITH("<disk><foo/></disk>"), false);
    assert_accepted(WITH(DISK("vda")), WITH(DISK("vda") "stray"), false);
    assert_accepted(HEAD "</domain>", "<domain type='zebra'><name>a</name></domain>", false);
    /* What was wrong before is not looked at. */
    assert_accepted(HEAD "<foo/></domain>", HEAD "<foo/><title>a</title></domain>", true);
}

static void test_libvirts_own(void **state)
{
    char *path = corpus_open("libvirt-9.0-domains.tar.xz", "qemuxml2argvdata");
    g_autoptr(GDir) directory = path && schema ? g_dir_open(path, 0, NULL) : NULL;
    const char *name;
    size_t n = 0;

    while (directory && (name = g_dir_read_name(directory))) {
        g_autofree char *file = g_build_filename(path, name, NULL), *text = NULL;
        /* A sample: each document is hundreds of changes. */
        if (g_str_hash(name) % 10 != 0)
            continue;
        assert_true(g_file_get_contents(file, &text, NULL, NULL));
        mutate(text);
        n++;
    }
    corpus_close(path);
    if (!directory)
        skip();
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_every_place),
        cmocka_unit_test(test_libvirts_own),
    };

    return cmocka_run_group_tests(tests, load_schema, free_schema);
}
