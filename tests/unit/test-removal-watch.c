/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices on their way out: who is told of the guest's answer, and for how long it is known. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "host/removal-watch.h"

#define UUID  "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
#define OTHER "4dea22b3-1d52-d8f3-2516-782e98ab3fa1"

static const char *const values[] = {"virtio", "VDA", NULL};

static bool is_leaving(RemovalWatch *watch, const char *uuid, const char *kind)
{
    g_autofree char *id = removal_find(watch, uuid, kind, values);
    return id != NULL;
}

static void test_answer_is_kept_until_the_end(void **state)
{
    RemovalWatch *watch = removal_watch_new();
    for (int refused = 0; refused < 2; refused++) {
        removal_begin(watch, UUID, "disk1", "disk", "vda");
        assert_int_equal(removal_state(watch, UUID, "disk1"), REMOVAL_ASKED);
        removal_answered(watch, OTHER, "disk1", false);
        removal_answered(watch, UUID, "disk2", false);
        assert_int_equal(removal_state(watch, UUID, "disk1"), REMOVAL_ASKED);
        removal_answered(watch, UUID, "disk1", refused);
        assert_int_equal(removal_state(watch, UUID, "disk1"),
                         refused ? REMOVAL_REFUSED : REMOVAL_DONE);
        removal_end(watch, UUID, "disk1");
        assert_int_equal(removal_state(watch, UUID, "disk1"), REMOVAL_UNKNOWN);
    }
    removal_watch_unref(watch);
}

static void test_leaving_after_the_end(void **state)
{
    RemovalWatch *watch = removal_watch_new();
    removal_begin(watch, UUID, "disk1", "disk", "vda");
    removal_end(watch, UUID, "disk1");
    assert_true(is_leaving(watch, UUID, "disk"));
    assert_false(is_leaving(watch, UUID, "rng"));
    assert_false(is_leaving(watch, OTHER, "disk"));
    removal_answered(watch, UUID, "disk1", false);
    assert_false(is_leaving(watch, UUID, "disk"));
    assert_int_equal(removal_state(watch, UUID, "disk1"), REMOVAL_UNKNOWN);
    removal_watch_unref(watch);
}

static void test_stop_of_the_domain(void **state)
{
    RemovalWatch *watch = removal_watch_new();
    removal_begin(watch, UUID, "a", "disk", "vda");
    removal_begin(watch, UUID, "b", "disk", "vdb");
    removal_begin(watch, OTHER, "a", "disk", "vda");
    removal_end(watch, UUID, "b");
    removal_all_gone(watch, UUID);
    assert_int_equal(removal_state(watch, UUID, "a"), REMOVAL_DONE);
    assert_int_equal(removal_state(watch, UUID, "b"), REMOVAL_UNKNOWN);
    assert_int_equal(removal_state(watch, OTHER, "a"), REMOVAL_ASKED);
    removal_withdraw(watch, OTHER, "a");
    assert_int_equal(removal_state(watch, OTHER, "a"), REMOVAL_UNKNOWN);
    removal_watch_unref(watch);
}

static void *answer(void *watch)
{
    removal_answered(watch, UUID, "a", false);
    return NULL;
}

static void test_await(void **state)
{
    RemovalWatch *watch = removal_watch_new();
    pthread_t thread;
    removal_begin(watch, UUID, "a", "disk", "vda");
    assert_int_equal(removal_await(watch, UUID, "a", 1000), REMOVAL_ASKED);
    assert_int_equal(pthread_create(&thread, NULL, answer, watch), 0);
    assert_int_equal(removal_await(watch, UUID, "a", 60 * G_USEC_PER_SEC), REMOVAL_DONE);
    pthread_join(thread, NULL);
    removal_watch_unref(removal_watch_ref(watch));
    removal_watch_unref(watch);
    removal_watch_unref(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_is_kept_until_the_end),
        cmocka_unit_test(test_leaving_after_the_end),
        cmocka_unit_test(test_stop_of_the_domain),
        cmocka_unit_test(test_await),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
