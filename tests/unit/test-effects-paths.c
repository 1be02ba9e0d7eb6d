/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories of images: what may be configured.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <domwright/model.h>

static void test_directories_are_read(void **state)
{
    static const struct {
        const char *path;
        bool readonly;
    } expected[] = {
        {"/srv/vm/%n", false}, {"/srv/iso", true}, {"/home/%u/a b", false}, {"/x%%y", false}};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) directories =
        dw_image_directories_parse("/srv/vm/%n; /srv/iso:ro;;/home/%u/a b ;/x%%y;", &error);

    assert_null(error);
    assert_int_equal(directories->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < directories->len; i++) {
        const DwImageDirectory *directory = directories->pdata[i];
        assert_string_equal(directory->path, expected[i].path);
        assert_int_equal(directory->readonly, expected[i].readonly);
    }
}

static void test_none(void **state)
{
    g_autoptr(GPtrArray) directories = dw_image_directories_parse(" ", NULL);

    assert_int_equal(directories->len, 0);
}

static void test_directories_that_are_refused(void **state)
{
    static const char *const entries[] = {
        "srv/vm",      "./vm",        "/",        "/srv//vm", "/srv/vm/",  "/srv/./vm",
        "/srv/../etc", "/srv/vm/..",  "//srv",    "/srv/%d",  "/srv/%",    "/srv/%%%",
        ":ro",         "/srv/vm/:ro", "/srv\nvm", "%n",       "/srv/\xff", "/srv/%N"};

    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        g_autofree char *text = g_strdup_printf("/srv/iso:ro;%s", entries[i]);
        g_autoptr(GError) error = NULL;

        assert_null(dw_image_directories_parse(text, &error));
        assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_INVALID_VALUE));
        assert_true(g_utf8_validate(error->message, -1, NULL));
        if (g_utf8_validate(entries[i], -1, NULL))
            assert_non_null(strstr(error->message, entries[i]));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_directories_are_read),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_directories_that_are_refused),
    };

    return cmocka_run_group_tests_name("effects-paths", tests, NULL, NULL);
}
