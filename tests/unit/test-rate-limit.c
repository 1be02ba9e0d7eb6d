/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Debts of users who pass large messages, and answers and refusals that wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/error.h"
#include "bus-support.h"
#include "bus/rate-limit.h"

#define QUIET (20 * 1000)
/* The largest messages here but for those that are held wait for 10 ms. */
#define RATE 20000000

typedef struct {
    BusPair pair;
    ByteLimit *bytes;
    RateLimit *limit;
    sd_bus_message *call; /* from :1.7 */
    GString *log;         /* what became of answers that waited */
} World;

static int set_up(void **state)
{
    World *world = g_new0(World, 1);
    *state = world;
    bus_pair_open(&world->pair);
    world->bytes = byte_limit_new(RATE, 0);
    world->limit = rate_limit_new(world->pair.service, world->pair.event, world->bytes);
    assert_non_null(world->limit);
    world->log = g_string_new(NULL);
    assert_true(sd_bus_message_new_method_call(world->pair.service, &world->call, NULL, "/test",
                                               "test.Interface", "Note") >= 0);
    assert_true(sd_bus_message_set_sender(world->call, ":1.7") >= 0);
    assert_true(sd_bus_message_seal(world->call, 1, 0) >= 0);
    bus_pair_settle(&world->pair, QUIET);
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;
    sd_bus_message_unref(world->call);
    rate_limit_free(world->limit);
    byte_limit_free(world->bytes);
    bus_pair_close(&world->pair);
    g_string_free(world->log, TRUE);
    g_free(world);
    return 0;
}

static void release(void *data, bool send)
{
    g_string_append(data, send ? "sent " : "dropped ");
}

static void test_debts(void **state)
{
    World *world = *state;
    ByteLimit *limit = world->bytes;
    byte_limit_charge(limit, 7, RATE);
    assert_int_equal(0, byte_limit_delay(limit, 7)); /* nobody else is there */
    byte_limit_seen(limit, 7);
    assert_int_equal(0, byte_limit_delay(limit, 7));
    byte_limit_seen(limit, 8);
    byte_limit_seen(limit, 7);
    uint64_t delay = byte_limit_delay(limit, 7);
    assert_true(delay >= 1 && delay <= G_USEC_PER_SEC + 1);
    byte_limit_charge(limit, 8, BYTE_LIMIT_LARGE - 1);
    assert_int_equal(0, byte_limit_delay(limit, 8));
    for (int i = 0; i < 30; i++) {
        byte_limit_charge(limit, 0, RATE);
        byte_limit_charge(limit, 7, RATE);
    }
    assert_int_equal(0, byte_limit_delay(limit, 0));
    delay = byte_limit_delay(limit, 7);
    assert_true(delay >= 1 && delay <= 10 * G_USEC_PER_SEC + 1);
    assert_int_equal(0, byte_limit_delay(NULL, 7));
    ByteLimit *generous = byte_limit_new(RATE, RATE);
    byte_limit_seen(generous, 8);
    byte_limit_charge(generous, 7, RATE);
    assert_int_equal(0, byte_limit_delay(generous, 7));
    byte_limit_charge(generous, 7, RATE);
    assert_true(byte_limit_delay(generous, 7) > 0);
    byte_limit_free(generous);
}

static void test_rate_limit(void **state)
{
    World *world = *state;
    RateLimit *limit = world->limit;
    GString *log = world->log;
    g_autoptr(GError) busy = g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, "Too many.");
    /* Whom nothing was refused is answered at once. */
    assert_false(rate_limit_queue(limit, world->call, 7, 0, release, log));
    for (int i = 0; i < 2; i++)
        rate_limit_refuse(limit, world->call, 7, busy);
    assert_true(rate_limit_queue(limit, world->call, 7, 0, release, log));
    assert_false(rate_limit_queue(limit, world->call, 8, 0, release, log));
    assert_string_equal("", log->str);
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal("sent ", log->str);
    for (int i = 0; i < 2; i++)
        rate_limit_refuse(limit, world->call, 7, busy);
    assert_true(rate_limit_queue(limit, world->call, 7, 0, release, log));
    rate_limit_forget(limit, ":1.7");
    assert_string_equal("sent dropped ", log->str);
    rate_limit_flush(limit);
    rate_limit_refuse(limit, world->call, 7, busy);
    assert_false(rate_limit_queue(limit, world->call, 7, 0, release, log));
}

/* A large answer that waits behind a refusal is charged when it is sent. */
static void test_late_answers_are_charged(void **state)
{
    World *world = *state;
    ByteLimit *slow = byte_limit_new(BYTE_LIMIT_LARGE, 0);
    RateLimit *limit = rate_limit_new(world->pair.service, world->pair.event, slow);
    g_autoptr(GError) busy = g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, "Too many.");
    byte_limit_seen(slow, 8);
    for (int i = 0; i < 2; i++)
        rate_limit_refuse(limit, world->call, 7, busy);
    assert_true(rate_limit_queue(limit, world->call, 7, 5 * BYTE_LIMIT_LARGE, release, world->log));
    assert_int_equal(byte_limit_delay(slow, 7), 0);
    while (world->log->len == 0)
        assert_true(sd_event_run(world->pair.event, QUIET) >= 0);
    assert_string_equal("sent ", world->log->str);
    assert_true(byte_limit_delay(slow, 7) > 0);
    rate_limit_free(limit);
    byte_limit_free(slow);
}

/* While others call, a user's large answers wait for his debt; small ones pass. */
static void test_large_answers(void **state)
{
    World *world = *state;
    RateLimit *limit = world->limit;
    ByteLimit *bytes = world->bytes;
    GString *log = world->log;
    byte_limit_charge(bytes, 7, RATE / 100);
    assert_false(rate_limit_queue(limit, world->call, 7, RATE / 100, release, log));
    byte_limit_seen(bytes, 8);
    assert_true(rate_limit_queue(limit, world->call, 7, RATE / 100, release, log));
    assert_true(rate_limit_queue(limit, world->call, 7, RATE / 100, release, log));
    assert_false(rate_limit_queue(limit, world->call, 7, 100, release, log));
    assert_false(rate_limit_queue(limit, world->call, 8, RATE / 100, release, log));
    assert_string_equal("", log->str);
    while (log->len < strlen("sent sent "))
        assert_true(sd_event_run(world->pair.event, QUIET) >= 0);
    /* No more than 4 MiB are held. */
    byte_limit_charge(bytes, 7, RATE);
    for (int i = 0; i < 2; i++)
        assert_true(rate_limit_queue(limit, world->call, 7, 3 << 20, release, log));
    assert_string_equal("sent sent sent ", log->str);
    rate_limit_forget(limit, ":1.7");
    assert_string_equal("sent sent sent dropped ", log->str);
    assert_true(rate_limit_queue(limit, world->call, 7, 3 << 20, release, log));
    rate_limit_flush(limit);
    assert_string_equal("sent sent sent dropped sent ", log->str);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_debts),
        TEST(test_rate_limit),
        TEST(test_late_answers_are_charged),
        TEST(test_large_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
