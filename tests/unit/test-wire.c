/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the model in messages, and the writer's sticky error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/writer.h"
#include "bus-support.h"
#include "bus/wire.h"

static sd_bus_message *message_new(BusPair *pair)
{
    sd_bus_message *message = NULL;
    bus_pair_open(pair);
    assert_true(sd_bus_message_new_signal(pair->service, &message, "/", "a.b", "C") >= 0);
    return message;
}

static void message_end(BusPair *pair, sd_bus_message *message)
{
    sd_bus_message_unref(message);
    bus_pair_close(pair);
}

static void test_settings(void **state)
{
    BusPair pair;
    sd_bus_message *message = message_new(&pair);
    Writer writer = writer_on(message, 0);
    static const char *const words[] = {"hd", "cdrom", NULL};
    g_autoptr(DwSettings) settings = dw_settings_new(), back = NULL;
    g_autoptr(GError) error = NULL;
    dw_settings_put(settings, "on", dw_value_bool(true));
    dw_settings_put(settings, "size", dw_value_uint64(UINT64_MAX));
    dw_settings_put(settings, "name", dw_value_string("web"));
    dw_settings_put(settings, "boot", dw_value_strings(words));
    wire_append_settings(&writer, settings);
    assert_int_equal(0, writer.error);
    assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
    assert_true(wire_read_settings(message, &back, &error));
    assert_int_equal(4, dw_settings_count(back));
    assert_true(dw_settings_get(back, "on")->b);
    assert_true(dw_settings_get(back, "size")->u == UINT64_MAX);
    assert_string_equal("web", dw_settings_get(back, "name")->s);
    assert_string_equal("cdrom", dw_settings_get(back, "boot")->v[1]);
    message_end(&pair, message);
}

static void test_entry(void **state)
{
    BusPair pair;
    sd_bus_message *message = message_new(&pair);
    Writer writer = writer_on(message, 0);
    char a[] = "a", b[] = "b", *words[] = {a, b, NULL};
    const char *key, *first, *second;
    writer_open(&writer, 'a', "{sv}");
    writer_strings_entry(&writer, "values", words);
    writer_close(&writer);
    assert_int_equal(0, writer.error);
    assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
    assert_true(sd_bus_message_read(message, "a{sv}", 1, &key, "as", 2, &first, &second) > 0);
    assert_string_equal("values", key);
    assert_string_equal("b", second);
    message_end(&pair, message);
}

/* After the first failure nothing is appended, and its error stays. */
static void test_sticky(void **state)
{
    BusPair pair;
    sd_bus_message *message = message_new(&pair);
    Writer writer = writer_on(message, 0);
    writer_open(&writer, 'a', "not a type");
    assert_int_equal(-EINVAL, writer.error);
    writer_append(&writer, "s", "x");
    writer_basic(&writer, 's', "x");
    writer_close(&writer);
    assert_int_equal(-EINVAL, writer.error);
    assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
    assert_int_equal(1, sd_bus_message_is_empty(message));
    message_end(&pair, message);
}

static void test_no_message(void **state)
{
    Writer writer = writer_on(NULL, -ENOMEM);
    writer_append(&writer, "s", "x");
    writer_close_entry(&writer);
    assert_int_equal(-ENOMEM, writer.error);
}

static void test_within(void **state)
{
    BusPair pair;
    gsize size;
    sd_bus_message *message = message_new(&pair);
    assert_true(sd_bus_message_append(message, "ss", "12345678", "1234") >= 0);
    assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
    assert_int_equal(wire_measure(message, 28, &size), 0); /* the texts, and 8 for each */
    assert_int_equal(size, 28);
    assert_int_equal(wire_measure(message, 100, &size), 0);
    assert_int_equal(size, 28);
    assert_int_equal(wire_measure(message, 27, &size), -EMSGSIZE);
    message_end(&pair, message);
}

static void write_some(Writer *writer)
{
    char one[] = "one", three[] = "three", *strings[] = {one, three, NULL};
    writer_append(writer, "sbtv", "text", 1, UINT64_C(1), "s", "variant");
    writer_append(writer, "a{sv}as", 2, "a", "u", 1, "b", "as", 2, "x", "y", 0);
    writer_append(writer, "a(ss)(oi)", 1, "kind", "id", "/path", 1);
    writer_open(writer, 'a', "{sv}");
    writer_open_entry(writer, "key", "s");
    writer_basic(writer, 's', "value");
    writer_close_entry(writer);
    writer_strings_entry(writer, "strings", strings);
    writer_close(writer);
}

/* A writer counts what measuring the message afterwards finds, and without a message the same. */
static void test_counted(void **state)
{
    BusPair pair;
    gsize size;
    sd_bus_message *message = message_new(&pair);
    Writer writer = writer_on(message, 0), counting = writer_counting();
    write_some(&writer);
    write_some(&counting);
    assert_int_equal(writer.error, 0);
    assert_int_equal(counting.error, 0);
    assert_int_equal(counting.size, writer.size);
    assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
    assert_int_equal(wire_measure(message, writer.size, &size), 0);
    assert_int_equal(wire_measure(message, writer.size - 1, &size), -EMSGSIZE);
    message_end(&pair, message);
}

static void test_key_twice(void **state)
{
    BusPair pair;
    sd_bus_message *message = message_new(&pair);
    g_autoptr(DwSettings) settings = NULL;
    g_autoptr(GError) error = NULL;
    assert_true(sd_bus_message_append(message, "a{sv}", 2, "k", "s", "1", "k", "s", "2") >= 0);
    assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
    assert_false(wire_read_settings(message, &settings, &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_INVALID_VALUE));
    message_end(&pair, message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),  cmocka_unit_test(test_entry),
        cmocka_unit_test(test_sticky),    cmocka_unit_test(test_no_message),
        cmocka_unit_test(test_within),    cmocka_unit_test(test_counted),
        cmocka_unit_test(test_key_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
