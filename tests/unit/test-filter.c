/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way of calls to their handlers: senders, filter steps, the order of what was kept, quota,
 * grants. The peer is bus daemon and callers at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <domwright/names.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "bus-support.h"
#include "bus/filter.h"
#include "bus/large-queue.h"
#include "bus/wire.h"

#define QUIET (20 * 1000)
/* Of large messages: the largest here waits for 5 ms. */
#define RATE 20000000

typedef struct {
    BusPair pair;
    uint64_t limit;
    Requests requests;
    Senders *senders;
    Requeue *requeue;
    Filter *filter;
    LargeQueue *large;
    sd_bus_vtable *vtable;
    GString *called;   /* texts of calls, in the order of their handlers */
    GString *answered; /* "." or the end of the error's name, in the order of answers */
    GPtrArray *kept;   /* requests, by the step */
    const char *keep;  /* calls whose texts begin so are kept by the step */
    GPtrArray *open;   /* requests not answered by their handler */
} World;

/* ---- The service ---- */

static bool method_note(Request *request, struct Object *object, GError **error)
{
    World *world = (World *)object;
    const char *text;
    if (!wire_read_string(request->message, &text, error))
        return false;
    g_string_append_printf(world->called, "%.8s ", text);
    if (g_str_has_prefix(text, "open"))
        g_ptr_array_add(world->open, request);
    else
        request_done(request);
    return true;
}

static const Method methods[] = {
    {METHOD("Note", ("s", text), (NULL)), ACCESS_OWN, method_note},
};
static const sd_bus_vtable others[] = {SD_BUS_VTABLE_END};
static const Interface interface = {"test.Interface", methods, G_N_ELEMENTS(methods), others};

static bool keeping_step(Request *request, void *userdata)
{
    World *world = userdata;
    const char *text;
    assert_true(sd_bus_message_read(request->message, "s", &text) > 0);
    sd_bus_message_rewind(request->message, true);
    if (!world->keep || !g_str_has_prefix(text, world->keep))
        return false;
    g_ptr_array_add(world->kept, request);
    return true;
}

/* ---- The peer ---- */

/* ":1.7" is of user 7. */
static int get_uid(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    const char *name;
    sd_bus_message_read(message, "s", &name);
    return sd_bus_reply_method_return(message, "u", (uint32_t)g_ascii_strtoull(name + 3, NULL, 10));
}

static const sd_bus_vtable daemon_vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetConnectionUnixUser", "s", "u", get_uid, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    World *world = userdata;
    const sd_bus_error *failure = sd_bus_message_get_error(reply);
    g_string_append(world->answered, failure ? strrchr(failure->name, '.') : ".");
    return 0;
}

static void send_note(World *world, const char *sender, const char *text)
{
    sd_bus_message *call = NULL;
    assert_true(sd_bus_message_new_method_call(world->pair.peer, &call, NULL, "/test",
                                               "test.Interface", "Note") >= 0);
    assert_true(sd_bus_message_set_sender(call, sender) >= 0);
    assert_true(sd_bus_message_append(call, "s", text) >= 0);
    assert_true(sd_bus_call_async(world->pair.peer, NULL, call, on_answer, world, 0) >= 0);
    sd_bus_message_unref(call);
}

static void leave(World *world, const char *sender)
{
    sd_bus_message *signal = NULL;
    assert_true(sd_bus_message_new_signal(world->pair.peer, &signal, "/org/freedesktop/DBus",
                                          "org.freedesktop.DBus", "NameOwnerChanged") >= 0);
    assert_true(sd_bus_message_set_sender(signal, "org.freedesktop.DBus") >= 0);
    assert_true(sd_bus_message_append(signal, "sss", sender, sender, "") >= 0);
    assert_true(sd_bus_send(world->pair.peer, signal, NULL) >= 0);
    sd_bus_message_unref(signal);
}

/* ---- Life ---- */

static int set_up(void **state)
{
    World *world = g_new0(World, 1);
    int r = 0;
    *state = world;
    bus_pair_open(&world->pair);
    world->limit = 2;
    world->called = g_string_new(NULL);
    world->answered = g_string_new(NULL);
    world->kept = g_ptr_array_new();
    world->open = g_ptr_array_new();
    assert_true(sd_bus_add_object_vtable(world->pair.peer, NULL, "/org/freedesktop/DBus",
                                         "org.freedesktop.DBus", daemon_vtable, NULL) >= 0);
    sd_bus *bus = world->pair.service;
    world->requests.quota = quota_new(&world->limit);
    world->requests.byte_limit = byte_limit_new(RATE, 0);
    world->requests.rate_limit = rate_limit_new(bus, world->pair.event, world->requests.byte_limit);
    /* Not asked for anything here: it lets users other than the test's own call at all. */
    world->requests.policy = policy_new(bus, world->pair.event, NULL);
    assert_non_null(world->requests.policy);
    world->requeue = requeue_new(bus);
    world->senders = senders_new(bus, &r);
    world->filter = filter_new(bus, &world->requests, world->senders, world->requeue, &r);
    assert_non_null(world->filter);
    filter_add_interface(world->filter, &interface);
    filter_add_step(world->filter, keeping_step, world);
    world->large = large_queue_new(world->pair.event, world->requests.byte_limit, world->requeue);
    assert_non_null(world->large);
    filter_add_step(world->filter, large_queue_step, world->large);
    world->vtable = interface_vtable(&interface);
    assert_true(
        sd_bus_add_object_vtable(bus, NULL, "/test", "test.Interface", world->vtable, world) >= 0);
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;
    large_queue_free(world->large);
    filter_free(world->filter);
    requeue_free(world->requeue);
    senders_free(world->senders);
    policy_free(world->requests.policy);
    rate_limit_free(world->requests.rate_limit);
    byte_limit_free(world->requests.byte_limit);
    quota_free(world->requests.quota);
    bus_pair_close(&world->pair);
    g_string_free(world->called, TRUE);
    g_string_free(world->answered, TRUE);
    g_ptr_array_unref(world->kept);
    g_ptr_array_unref(world->open);
    g_free(world->vtable);
    assert_int_equal(0, world->requests.pending);
    g_free(world);
    return 0;
}

static Request *take_kept(World *world)
{
    return g_ptr_array_steal_index(world->kept, 0);
}

/* ---- Tests ---- */

static void test_order_of_unknown_sender(void **state)
{
    World *world = *state;
    for (char text[] = "a"; *text < 'e'; (*text)++)
        send_note(world, ":1.7", text);
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal("a b c d ", world->called->str);
    assert_string_equal("....", world->answered->str);
}

/* What is put back in another order than it came is in order again, and what came after it and was
 * not kept itself stays behind it. */
static void test_order_of_kept(void **state)
{
    World *world = *state;
    world->keep = "k";
    send_note(world, ":1.7", "k1");
    send_note(world, ":1.7", "k2");
    send_note(world, ":1.7", "x");
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal("x ", world->called->str);
    world->keep = NULL;
    Request *first = take_kept(world), *second = take_kept(world);
    assert_true(first->serial < second->serial);
    send_note(world, ":1.7", "y");
    assert_true(sd_bus_flush(world->pair.peer) >= 0);
    requeue_add(world->requeue, second);
    requeue_add(world->requeue, first);
    assert_true(requeue_has(world->requeue, ":1.7"));
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal("x k1 k2 y ", world->called->str);
    assert_false(requeue_has(world->requeue, ":1.7"));
}

/* What is kept again comes before what was put back together with it. */
static void test_kept_again(void **state)
{
    World *world = *state;
    world->keep = "k";
    send_note(world, ":1.7", "k1");
    send_note(world, ":1.7", "k2");
    bus_pair_settle(&world->pair, QUIET);
    Request *first = take_kept(world), *second = take_kept(world);
    world->keep = "k1";
    requeue_add(world->requeue, first);
    requeue_add(world->requeue, second);
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal("k2 ", world->called->str);
    world->keep = NULL;
    requeue_add(world->requeue, take_kept(world));
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal("k2 k1 ", world->called->str);
}

static void test_sender_leaves(void **state)
{
    World *world = *state;
    uid_t uid;
    world->keep = "k";
    send_note(world, ":1.7", "k1");
    bus_pair_settle(&world->pair, QUIET);
    assert_true(senders_uid(world->senders, ":1.7", &uid));
    assert_int_equal(7, uid);
    requeue_add(world->requeue, take_kept(world));
    leave(world, ":1.7");
    assert_true(sd_bus_flush(world->pair.peer) >= 0);
    world->keep = NULL;
    requeue_forget(world->requeue, ":1.7");
    assert_int_equal(0, world->requests.pending);
    bus_pair_settle(&world->pair, QUIET);
    assert_false(requeue_has(world->requeue, ":1.7"));
}

static void test_stopping(void **state)
{
    World *world = *state;
    world->keep = "k";
    send_note(world, ":1.7", "k1");
    bus_pair_settle(&world->pair, QUIET);
    filter_stop(world->filter);
    requeue_add(world->requeue, take_kept(world));
    send_note(world, ":1.7", "x");
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal("", world->called->str);
    assert_string_equal(".Busy.Busy", world->answered->str);
}

/* Calls are counted for each user; the third at a time is refused, and answered one refusal at a
 * time, with what it is owed. */
static void test_quota(void **state)
{
    World *world = *state;
    send_note(world, ":1.7", "open1");
    send_note(world, ":1.7", "open2");
    send_note(world, ":1.8", "open3");
    for (int i = 0; i < 3; i++)
        send_note(world, ":1.7", "more");
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal(".Busy.Busy.Busy", world->answered->str);
    for (guint i = 0; i < world->open->len; i++)
        request_done(world->open->pdata[i]);
    g_ptr_array_set_size(world->open, 0);
    send_note(world, ":1.7", "again");
    bus_pair_settle(&world->pair, QUIET);
    assert_true(g_str_has_suffix(world->called->str, " again "));
    assert_string_equal(".Busy.Busy.Busy....", world->answered->str);
}

static void test_quota_of_root(void **state)
{
    World *world = *state;
    for (int i = 0; i < 4; i++)
        send_note(world, ":1.0", "open");
    bus_pair_settle(&world->pair, QUIET);
    assert_int_equal(4, world->open->len);
    for (guint i = 0; i < world->open->len; i++)
        request_done(world->open->pdata[i]);
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal("....", world->answered->str);
}

/* ---- Large calls ---- */

static void send_large(World *world, const char *sender, const char *name)
{
    g_autofree char *fill = g_strnfill(100000, 'x');
    g_autofree char *text = g_strdup_printf("%-8s%s", name, fill);
    send_note(world, sender, text);
}

/* What was sent arrives at once. */
static void arrive_together(World *world)
{
    bus_pair_settle(&world->pair, QUIET);
    world->keep = NULL;
    while (world->kept->len > 0)
        requeue_add(world->requeue, take_kept(world));
    bus_pair_settle(&world->pair, QUIET);
}

/* Users take turns, small calls of others pass, and a sender's own stay behind. */
static void test_large_calls(void **state)
{
    World *world = *state;
    world->limit = 8;
    world->keep = "";
    send_large(world, ":1.7", "a1");
    send_large(world, ":1.7", "a2");
    send_note(world, ":1.7", "a3");
    send_large(world, ":1.8", "b1");
    send_note(world, ":1.9", "c1");
    arrive_together(world);
    assert_string_equal("c1 a1       b1       a2       a3 ", world->called->str);
    assert_string_equal(".....", world->answered->str);
}

static void test_large_calls_are_counted(void **state)
{
    World *world = *state;
    world->keep = "";
    for (int i = 0; i < 3; i++)
        send_large(world, ":1.7", "open");
    arrive_together(world);
    assert_string_equal(".Busy", world->answered->str);
    for (guint i = 0; i < world->open->len; i++)
        request_done(world->open->pdata[i]);
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal(".Busy..", world->answered->str);
}

/* 4 MiB of one user wait. */
static void test_large_calls_are_bounded(void **state)
{
    World *world = *state;
    unsigned busy = 0;
    world->limit = 200;
    world->keep = "";
    for (int i = 0; i < 100; i++)
        send_large(world, ":1.7", "many");
    send_large(world, ":1.8", "other");
    arrive_together(world);
    for (const char *at = world->answered->str; (at = strstr(at, "Busy")) != NULL; at++)
        busy++;
    assert_true(busy >= 1 && busy <= 70);
    assert_non_null(strstr(world->called->str, "other"));
    assert_int_equal(world->answered->len, 101 + busy * strlen("Busy"));
}

/* Whoever is in debt is refused at once when the service stops. */
static void test_large_calls_at_the_end(void **state)
{
    World *world = *state;
    byte_limit_charge(world->requests.byte_limit, 7, 10 * (size_t)RATE);
    byte_limit_seen(world->requests.byte_limit, 8);
    send_large(world, ":1.7", "large");
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal("", world->answered->str);
    filter_stop(world->filter);
    large_queue_end(world->large);
    assert_int_equal(1, world->requests.pending);
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal(".Busy", world->answered->str);
    assert_int_equal(0, world->requests.pending);
}

static void test_sender_of_large_calls_leaves(void **state)
{
    World *world = *state;
    send_note(world, ":1.7", "first");
    bus_pair_settle(&world->pair, QUIET);
    g_string_truncate(world->called, 0);
    send_large(world, ":1.7", "large");
    send_note(world, ":1.7", "behind");
    while (world->requests.pending < 2)
        assert_true(sd_event_run(world->pair.event, QUIET) > 0);
    large_queue_forget(world->large, ":1.7");
    requeue_forget(world->requeue, ":1.7");
    assert_int_equal(0, world->requests.pending);
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal("", world->called->str);
}

/* Microseconds for which the user has to wait while another is there; 0: too little is charged. */
static uint64_t delay_beside_others(ByteLimit *limit, uid_t uid)
{
    byte_limit_seen(limit, 99);
    return byte_limit_delay(limit, uid);
}

/* A large call that has waited for its turn and is refused then is charged once, and one that need
 * not wait for a turn is, too. */
static void test_calls_are_charged_once(void **state)
{
    World *world = *state;
    ByteLimit *slow = byte_limit_new(100000, 120000), *usual = world->requests.byte_limit;
    g_autoptr(GError) busy = g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, "Too many.");
    g_autofree char *middle = g_strnfill(60000, 'm');
    world->requests.byte_limit = slow;
    world->keep = "x";
    send_large(world, ":1.7", "x");
    bus_pair_settle(&world->pair, QUIET);
    Request *request = take_kept(world);
    request_charge(request);
    request_refuse_busy(request, busy);
    assert_int_equal(delay_beside_others(slow, 7), 0);
    send_note(world, ":1.7", middle);
    while (world->called->len == 0)
        assert_true(sd_event_run(world->pair.event, QUIET) >= 0);
    assert_true(delay_beside_others(slow, 7) > 0);
    world->requests.byte_limit = usual;
    byte_limit_free(slow);
}

/* ---- Grants ---- */

static void test_grants(void **state)
{
    World *world = *state;
    Grants grants = {.policy = world->requests.policy, .subject = {":1.7", 7, false}};
    unsigned both = ACTION_BIT(ACTION_READ) | ACTION_BIT(ACTION_MODIFY);
    assert_int_equal(both, grants_missing(&grants, both, "local"));
    assert_int_equal(both, grants_unearned(&grants));
    grants.granted |= ACTION_BIT(ACTION_READ);
    assert_int_equal(ACTION_BIT(ACTION_MODIFY), grants_missing(&grants, both, "local"));
    grants.granted |= ACTION_BIT(ACTION_MODIFY);
    assert_int_equal(0, grants_unearned(&grants));
    g_autofree char *names = action_names(both);
    assert_string_equal("read, modify", names);
    Grants trusted = {.policy = NULL};
    assert_int_equal(0, grants_missing(&trusted, both, "local"));
    assert_int_equal(0, grants_unearned(&trusted));
}

/* A reply that needs what was not granted is not sent. */
static void test_unearned(void **state)
{
    World *world = *state;
    send_note(world, ":1.7", "open");
    bus_pair_settle(&world->pair, QUIET);
    Request *request = world->open->pdata[0];
    request->grants.needs = ACTION_BIT(ACTION_READ);
    request_done(request);
    bus_pair_settle(&world->pair, QUIET);
    assert_string_equal(".AccessDenied", world->answered->str);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_order_of_unknown_sender),
        TEST(test_order_of_kept),
        TEST(test_kept_again),
        TEST(test_sender_leaves),
        TEST(test_stopping),
        TEST(test_quota),
        TEST(test_quota_of_root),
        TEST(test_large_calls),
        TEST(test_large_calls_are_counted),
        TEST(test_large_calls_are_bounded),
        TEST(test_large_calls_at_the_end),
        TEST(test_sender_of_large_calls_leaves),
        TEST(test_calls_are_charged_once),
        TEST(test_grants),
        TEST(test_unearned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
