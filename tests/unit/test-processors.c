/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is greedy, and turns of those who are. Built so that nothing charged is ever forgotten and
 * nobody looks whether those at work stand still: a slow machine changes nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/types.h>

#include "tasks/processors.h"

static gpointer owner_of(uid_t uid)
{
    return GUINT_TO_POINTER(uid);
}

/* As if it had taken so long; the clock is unsigned and may have begun before zero. */
static void work(uid_t uid, uint64_t usec)
{
    ProcessorTurn turn;
    processors_begin(&turn, owner_of(uid));
    turn.begun -= usec;
    processors_end(&turn);
}

static void test_long_tasks_make_greedy(void **state)
{
    assert_false(processors_is_greedy(owner_of(1000)));
    work(1000, 250000);
    assert_true(processors_is_greedy(owner_of(1000)));
    assert_false(processors_is_greedy(owner_of(1001)));
    work(1001, 100000);
    assert_false(processors_is_greedy(owner_of(1001)));
    work(1001, 150000);
    assert_true(processors_is_greedy(owner_of(1001)));
}

static void test_short_ones_do_not(void **state)
{
    for (int i = 0; i < 400; i++) /* two seconds' worth of what is free */
        work(1002, 1000);
    assert_false(processors_is_greedy(owner_of(1002)));
}

static void test_root_and_nobody_are_not(void **state)
{
    work(0, 250000);
    work((uid_t)-1, 250000);
    assert_false(processors_is_greedy(owner_of(0)));
    assert_false(processors_is_greedy(owner_of((uid_t)-1)));
}

/* ---- Turns ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static unsigned begun, may_end;

static void *greedy_thread(void *data)
{
    ProcessorTurn turn;
    processors_begin(&turn, data);
    pthread_mutex_lock(&lock);
    unsigned number = ++begun;
    pthread_cond_broadcast(&moved);
    while (may_end < number)
        pthread_cond_wait(&moved, &lock);
    pthread_mutex_unlock(&lock);
    processors_end(&turn);
    return NULL;
}

static void await_begun(unsigned count)
{
    pthread_mutex_lock(&lock);
    while (begun < count)
        pthread_cond_wait(&moved, &lock);
    pthread_mutex_unlock(&lock);
}

static void let_end(unsigned count)
{
    pthread_mutex_lock(&lock);
    may_end = count;
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&lock);
}

/* Of two users' tasks so many run at once as there are processors but one; others' run at once. */
static void test_turns(void **state)
{
    const unsigned most = MAX(g_get_num_processors(), 2) - 1, all = most + 2;
    g_autofree pthread_t *threads = g_new(pthread_t, all);
    work(1003, 250000);
    work(1004, 250000);
    for (unsigned i = 0; i < all; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, greedy_thread, owner_of(1003 + i % 2)),
                         0);
    await_begun(most);
    g_usleep(50000); /* for one more to begin, if it wrongly would */
    pthread_mutex_lock(&lock);
    assert_int_equal(begun, most);
    pthread_mutex_unlock(&lock);
    for (unsigned i = most; i <= all; i++) {
        await_begun(i);
        let_end(i - most + 1);
    }
    let_end(all);
    for (unsigned i = 0; i < all; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(begun, all);
    begun = may_end = 0;
}

static void work_greedily(uid_t uid, uint64_t usec)
{
    assert_true(processors_is_greedy(owner_of(uid)));
    work(uid, usec);
}

/* Who is alone does not rest, not even for tasks of his own from before he was greedy. The first
 * test: nobody else has been there. A short task does not end the rest that a long one earned. */
static void test_alone_no_rest(void **state)
{
    work(1007, 250000);
    work_greedily(1007, 1000000);
    work_greedily(1007, 0);
    work((uid_t)-1, 0);
    assert_int_equal(processors_rest(owner_of(1007)), 0);
    work(1008, 0);
    assert_true(processors_rest(owner_of(1007)) > 100000);
}

/* After a long task the greedy rest while others have tasks, and only then. */
static void test_rest(void **state)
{
    pthread_t thread;
    may_end = 2;
    work(1005, 250000);
    work_greedily(1005, 1000000);
    work(1006, 0);
    assert_int_equal(pthread_create(&thread, NULL, greedy_thread, owner_of(1005)), 0);
    g_usleep(50000); /* for it to begin, if it wrongly would */
    pthread_mutex_lock(&lock);
    assert_int_equal(begun, 0);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    assert_int_equal(begun, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alone_no_rest),
        cmocka_unit_test(test_long_tasks_make_greedy),
        cmocka_unit_test(test_short_ones_do_not),
        cmocka_unit_test(test_root_and_nobody_are_not),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
