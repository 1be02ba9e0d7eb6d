/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words that libvirt's schema has and the table has not: no error, and they can be set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <glib/gstdio.h>

#include "apply-support.h"
#include "host/schema-words.h"
#include "rules-support.h"

static char *directory;
static DwSchemaWords *words;

static int setup(void **state)
{
    static const char text[] =
        "<grammar xmlns='http://relaxng.org/ns/structure/1.0'><start><element name='a'><choice>"
        "<value>brandnew</value><value> spaced </value><value>on</value></choice></element></start>"
        "</grammar>";

    directory = g_dir_make_tmp("domwright-words-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "domaincommon.rng", NULL);
    return directory && g_file_set_contents(path, text, -1, NULL) &&
                   (words = dw_schema_words_load(directory, NULL))
               ? 0
               : -1;
}

static int teardown(void **state)
{
    g_autofree char *path = g_build_filename(directory, "domaincommon.rng", NULL);

    g_remove(path);
    g_rmdir(directory);
    g_free(directory);
    dw_schema_words_free(words);
    return 0;
}

static void test_load(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_true(schema_words_have(words, "brandnew"));
    assert_true(schema_words_have(words, "spaced"));
    assert_false(schema_words_have(words, "brand"));
    assert_false(schema_words_have(NULL, "brandnew"));
    assert_null(dw_schema_words_load("/nonexistent", &error));
    assert_int_equal(error->code, DW_ERROR_UNSUPPORTED);
}

#define GUEST(cache)                                                                               \
    HEAD("kvm", "pc-q35-7.2")                                                                      \
    "<devices><disk type='file' device='disk'><driver name='qemu' type='raw' cache='" cache "'/>"  \
    "<source file='/a'/><target dev='vda' bus='virtio'/></disk></devices></domain>"

static void test_documents(void **state)
{
    const DwHost host = {.schema_words = words}, none = {0};
    const Edge info = {"value", INFO, "driver.cache", GUEST("brandnew"), GUEST("none")};
    const Edge error = {"value", ERROR, "driver.cache", GUEST("brandnew"), GUEST("none")};
    const Edge other = {"value", ERROR, "driver.cache", GUEST("nonsense"), GUEST("none")};

    check_edges(&info, 1, "", "", &host);
    check_edges(&error, 1, "", "", &none);
    check_edges(&other, 1, "", "", &host);
}

static void test_edits(void **state)
{
    const DwHost host = {.schema_words = words};
    g_auto(Outcome) new =
        edit_text(GUEST("none"), DW_VERB_MODIFY, "disk", "vda", "driver.cache=brandnew", 0, &host);
    g_auto(Outcome) misplaced =
        edit_text(GUEST("none"), DW_VERB_MODIFY, "disk", "vda", "driver.cache=on", 0, &host);
    g_auto(Outcome) unknown =
        edit_text(GUEST("none"), DW_VERB_MODIFY, "disk", "vda", "driver.cache=brandnew", 0, NULL);

    assert_text(&new, GUEST("brandnew"));
    assert_note(&new, "value", "driver.cache", INFO);
    assert_refused(&misplaced, DW_ERROR_INVALID_VALUE, "driver.cache");
    assert_refused(&unknown, DW_ERROR_INVALID_VALUE, "driver.cache");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_edits),
    };

    dw_end_without_memory();
    return cmocka_run_group_tests(tests, setup, teardown);
}
