/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of methods: which are known, their forms, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/options.h"

/* Takes the value. */
static bool take(const char *name, DwValue value, const char *known, Options *options,
                 GError **error)
{
    DwSettings *settings = dw_settings_new();
    dw_settings_put(settings, name, value);
    bool taken = options_take(settings, known, options, error);
    dw_settings_free(settings);
    return taken;
}

static void refuse(const char *name, DwValue value, const char *known, const char *message)
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;
    assert_false(take(name, value, known, &options, &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_INVALID_VALUE));
    assert_string_equal(error->message, message);
}

static void test_forms(void **state)
{
    g_auto(Options) options = {0};
    const char *columns[] = {"name", "uuid", NULL};

    assert_true(take("live", dw_value_bool(true), OPTIONS_READ, &options, NULL));
    assert_true(options.live);
    assert_false(options.secrets);
    assert_int_equal(options.nvram, CHOICE_ABSENT);
    assert_true(take("nvram", dw_value_bool(false), "nvram", &options, NULL));
    assert_int_equal(options.nvram, CHOICE_NO);
    assert_true(take("active", dw_value_bool(true), "active nvram", &options, NULL));
    assert_int_equal(options.active, CHOICE_YES);
    assert_true(take("expected-revision", dw_value_string("12"), OPTIONS_EDIT, &options, NULL));
    assert_string_equal(options.expected_revision, "12");
    assert_true(take("columns", dw_value_strings(columns), "columns", &options, NULL));
    assert_string_equal(options.columns[1], "uuid");
    assert_null(options.columns[2]);
}

static void test_cleared(void **state)
{
    Options options = {0};
    assert_true(take("host", dw_value_string("local"), "host", &options, NULL));
    options_clear(&options);
    assert_null(options.host);
    options_clear(&options);
}

static void test_refused(void **state)
{
    refuse("secrets", dw_value_bool(true), "",
           "Unknown option \"secrets\": this method takes none.");
    refuse(
        "secrest", dw_value_bool(true), OPTIONS_READ,
        "Unknown option \"secrest\", did you mean \"secrets\"; this method takes live, secrets.");
    refuse("x", dw_value_bool(true), "host", "Unknown option \"x\"; this method takes host.");
    refuse("live", dw_value_string("yes"), OPTIONS_READ,
           "Option \"live\" has to be a boolean (b).");
    refuse("nvram", dw_value_uint(1), "nvram", "Option \"nvram\" has to be a boolean (b).");
    refuse("host", dw_value_bool(true), "host", "Option \"host\" has to be a string (s).");
    refuse("columns", dw_value_string("name"), "columns",
           "Option \"columns\" has to be an array of strings (as).");
    refuse("expected", dw_value_string("r"), "expected",
           "Option \"expected\" has to be a dictionary of strings (a{ss}).");
    refuse("boot", dw_value_bool(true), "settings boot",
           "Option \"boot\" has to be a list of kinds and ids of devices (a(ss)).");
}

/* What the reader of messages puts into its place itself. */
static void test_nested(void **state)
{
    Options options = {0};
    assert_string_equal(options_nested_type("expected"), "a{ss}");
    assert_string_equal(options_nested_type("settings"), "a{sv}");
    assert_string_equal(options_nested_type("boot"), "a(ss)");
    assert_null(options_nested_type("live"));
    assert_null(options_nested_type("nothing"));
    assert_ptr_equal(options_nested(&options, "expected"), &options.expected);
    options.expected = dw_settings_new();
    options.settings = dw_settings_new();
    options_clear(&options);
    assert_null(options.settings);
}

static void test_affect(void **state)
{
    Options options = {0};
    g_autoptr(GError) error = NULL;
    assert_true(options_check_affect(&options, NULL));
    options.affect = (char *)"config";
    assert_true(options_check_affect(&options, NULL));
    Affect affect;
    options.affect = (char *)"auto";
    assert_true(options_affect(&options, &affect, NULL));
    assert_int_equal(affect, AFFECT_AUTO);
    assert_string_equal(affect_name(affect), "auto");
    options.affect = (char *)"both";
    assert_false(options_check_affect(&options, &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_UNSUPPORTED));
    g_clear_error(&error);
    options.affect = (char *)"all";
    assert_false(options_check_affect(&options, &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_INVALID_VALUE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms), cmocka_unit_test(test_cleared),
                                       cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_nested),
                                       cmocka_unit_test(test_affect)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
