/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The task pool with real threads and a real event loop, and its parts: lanes and deadlines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "base/error.h"
#include "tasks/deadlines.h"
#include "tasks/lanes.h"
#include "tasks/processors.h"
#include "tasks/task-pool.h"

#define SECOND   UINT64_C(1000000)
#define PATIENCE (60 * SECOND)

/* ---- Lanes ---- */

static void test_lanes(void **state)
{
    Lanes *lanes = lanes_new();
    LaneTicket tickets[4];
    int items[4];
    for (int i = 0; i < 4; i++)
        lane_ticket_init(&tickets[i], i < 3 ? "a" : "b", &items[i]);

    assert_true(lane_enter(lanes, &tickets[0]));
    assert_false(lane_enter(lanes, &tickets[1]));
    assert_false(lane_enter(lanes, &tickets[2]));
    assert_true(lane_enter(lanes, &tickets[3]));
    assert_int_equal(lanes_waiting(lanes), 2);
    assert_ptr_equal(lanes_oldest_waiting(lanes), &items[1]);
    assert_true(lanes_is_busy(lanes, "b"));
    assert_null(lane_leave(lanes, "b"));
    assert_false(lanes_is_busy(lanes, "b"));
    assert_true(lane_withdraw(lanes, &tickets[1]));
    assert_false(lane_withdraw(lanes, &tickets[1]));
    assert_false(lane_withdraw(lanes, &tickets[0]));
    assert_ptr_equal(lane_leave(lanes, "a"), &items[2]);
    assert_int_equal(lanes_waiting(lanes), 0);
    assert_true(lanes_is_busy(lanes, "a"));
    assert_null(lane_leave(lanes, "a"));
    assert_false(lanes_is_busy(lanes, "a"));
    for (int i = 0; i < 4; i++)
        lane_ticket_clear(&tickets[i]);
    lanes_free(lanes);
}

static void test_no_lane(void **state)
{
    Lanes *lanes = lanes_new();
    LaneTicket one, other;
    lane_ticket_init(&one, NULL, NULL);
    lane_ticket_init(&other, NULL, NULL);
    assert_true(lane_enter(lanes, &one));
    assert_true(lane_enter(lanes, &other));
    assert_null(lane_leave(lanes, NULL));
    assert_false(lane_withdraw(lanes, &one));
    lanes_free(lanes);
}

/* ---- Deadlines ---- */

static Deadlines *deadlines;
static GString *expired;

typedef struct {
    Deadline deadline;
    const char *name;
} Timed;

static void on_timed(void *item)
{
    Timed *timed = item;
    deadlines_remove(deadlines, &timed->deadline);
    g_string_append(expired, timed->name);
}

static void test_deadlines(void **state)
{
    sd_event *event = NULL;
    assert_true(sd_event_new(&event) >= 0);
    Timed far = {.name = "far"}, late = {.name = "late "}, soon = {.name = "soon "}, gone = {0};
    expired = g_string_new(NULL);
    deadlines = deadlines_new(event, on_timed);
    assert_true(deadlines_add(deadlines, &far.deadline, 3600 * SECOND, &far) >= 0);
    assert_true(deadlines_add(deadlines, &late.deadline, 2000, &late) >= 0);
    assert_true(deadlines_add(deadlines, &soon.deadline, 1000, &soon) >= 0);
    assert_true(deadlines_add(deadlines, &gone.deadline, 0, &gone) >= 0);
    deadlines_remove(deadlines, &gone.deadline);
    while (expired->len < strlen("soon late "))
        assert_true(sd_event_run(event, PATIENCE) > 0);
    assert_string_equal(expired->str, "soon late ");
    deadlines_remove(deadlines, &far.deadline);
    deadlines_free(deadlines);
    sd_event_unref(event);
    g_string_free(expired, TRUE);
}

/* ---- The pool ---- */

/* A task that waits at a gate, on its thread, until the test opens that one. */
typedef struct {
    const char *name;
    uid_t owner;
    bool refused;   /* by prepare */
    bool commits;   /* before the gate */
    unsigned gate;  /* a bit; 0: none */
    bool abandoned; /* as run saw it, after the gate */
    unsigned runs;  /* once more, as often */
    unsigned *freed;
} Work;

static sd_event *event;
static Mailbox *mailbox;
static GString *story; /* main thread */
static unsigned n_done;
static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_moved = PTHREAD_COND_INITIALIZER;
static unsigned open_gates;
static unsigned n_running; /* at the gate */

static bool prepare(void *data, void *context)
{
    return !((Work *)data)->refused;
}

static void run(Task *task, void *link, void *data)
{
    Work *work = data;
    if (work->commits)
        task_set_committed(task);
    pthread_mutex_lock(&gate_lock);
    n_running++;
    pthread_cond_broadcast(&gate_moved);
    while (work->gate & ~open_gates)
        pthread_cond_wait(&gate_moved, &gate_lock);
    pthread_mutex_unlock(&gate_lock);
    work->abandoned = task_is_abandoned(task);
}

static void done(TaskEnd end, void *data, void *context)
{
    static const char *const ends[] = {"done", "timeout", "uncertain", "cancelled"};
    g_string_append_printf(story, "%s %s; ", (const char *)context, ends[end]);
    assert_int_equal(end == TASK_DONE, data != NULL);
    n_done++;
}

static void free_work(void *data)
{
    Work *work = data;
    if (work->freed)
        ++*work->freed;
    g_free(work);
}

static uid_t owner(const void *data)
{
    return ((const Work *)data)->owner;
}

static Task *parked;

static bool again(Task *task, void *data, void *context)
{
    Work *work = data;
    if (work->runs == 0)
        return false;
    work->runs--;
    parked = task;
    g_string_append_printf(story, "%s parked; ", work->name);
    return true;
}

static const TaskType type = {prepare, run, done, free_work, owner, again};

static bool submit(TaskPool *pool, const char *key, uint64_t timeout, Work work)
{
    return task_submit(pool, &type, key, timeout, g_memdup2(&work, sizeof work), (void *)work.name,
                       NULL);
}

static void await_running(unsigned count)
{
    pthread_mutex_lock(&gate_lock);
    while (n_running < count)
        pthread_cond_wait(&gate_moved, &gate_lock);
    pthread_mutex_unlock(&gate_lock);
}

static void open_gate(unsigned gate)
{
    pthread_mutex_lock(&gate_lock);
    open_gates |= gate;
    pthread_cond_broadcast(&gate_moved);
    pthread_mutex_unlock(&gate_lock);
}

static void await_done(unsigned count)
{
    while (n_done < count)
        assert_true(sd_event_run(event, PATIENCE) > 0);
}

static void await_free(TaskPool *pool, const char *key)
{
    while (task_pool_key_busy(pool, key))
        assert_true(sd_event_run(event, PATIENCE) > 0);
}

static int setup(void **state)
{
    open_gates = 0;
    n_running = n_done = 0;
    story = g_string_new(NULL);
    return sd_event_new(&event) < 0 || mailbox_new(event, &mailbox) < 0;
}

static int teardown(void **state)
{
    mailbox_free(mailbox);
    event = sd_event_unref(event);
    g_string_free(story, TRUE);
    return 0;
}

/* Nothing is at work any more. */
static void finish(TaskPool *pool)
{
    assert_true(task_pool_stop(pool));
    mailbox_drain(mailbox);
    task_pool_free(pool);
}

static void test_one_key(void **state)
{
    TaskPool *pool = task_pool_new(event, mailbox, 4, 16, NULL);
    assert_true(submit(pool, "a", PATIENCE, (Work){.name = "one", .gate = 1}));
    assert_true(submit(pool, "a", PATIENCE, (Work){.name = "two"}));
    assert_true(submit(pool, "b", PATIENCE, (Work){.name = "other"}));
    await_done(1);
    assert_string_equal(story->str, "other done; ");
    assert_true(task_pool_key_busy(pool, "a"));
    assert_false(task_pool_key_busy(pool, "b"));
    open_gate(1);
    await_done(3);
    assert_string_equal(story->str, "other done; one done; two done; ");
    assert_false(task_pool_key_busy(pool, "a"));
    finish(pool);
}

/* Of those waiting, the oldest of the user with the fewest at work comes first. */
static void test_users_take_turns(void **state)
{
    TaskPool *pool = task_pool_new(event, mailbox, 3, 16, NULL);
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "a1", .owner = 1, .gate = 2}));
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "d1", .owner = 4, .gate = 2}));
    await_running(2);
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "b1", .owner = 2, .gate = 1}));
    await_running(3);
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "a2", .owner = 1}));
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "b2", .owner = 2}));
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "c1", .owner = 3}));
    open_gate(1);
    await_done(4);
    assert_string_equal(story->str, "b1 done; b2 done; c1 done; a2 done; ");
    open_gate(2);
    await_done(6);
    finish(pool);
}

/* One thread is left to others, also when the deadlines of the user's tasks have passed. */
static void test_one_user_has_not_all_threads(void **state)
{
    TaskPool *pool = task_pool_new(event, mailbox, 3, 16, NULL);
    assert_true(submit(pool, NULL, 1, (Work){.name = "a1", .owner = 1, .gate = 1}));
    assert_true(submit(pool, NULL, 1, (Work){.name = "a2", .owner = 1, .gate = 2}));
    await_running(2);
    await_done(2);
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "a3", .owner = 1}));
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "a4", .owner = 1}));
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "b1", .owner = 2}));
    await_done(3);
    assert_string_equal(story->str, "a1 timeout; a2 timeout; b1 done; ");
    open_gate(1);
    await_done(5);
    assert_string_equal(story->str, "a1 timeout; a2 timeout; b1 done; a3 done; a4 done; ");
    open_gate(2);
    while (!task_pool_stop(pool))
        g_usleep(1000);
    mailbox_drain(mailbox);
    task_pool_free(pool);
}

/* As if a long task of the user had ended a moment ago; for some fifteen seconds. */
static void make_greedy(uid_t uid)
{
    ProcessorTurn turn;
    processors_begin(&turn, GUINT_TO_POINTER(uid));
    turn.begun -= SECOND; /* of processor time, before it was born or not */
    processors_end(&turn);
    assert_true(processors_is_greedy(GUINT_TO_POINTER(uid)));
}

/* One thread is left by all together who keep the processors busy; of these, one that stands still
 * does not keep the others from their turns. */
static void test_greedy_have_not_all_threads(void **state)
{
    TaskPool *pool = task_pool_new(event, mailbox, 4, 16, NULL);
    make_greedy(11);
    make_greedy(12);
    for (int i = 0; i < 3; i++) {
        assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "a", .owner = 11, .gate = 1}));
        assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "b", .owner = 12, .gate = 1}));
    }
    await_running(3);
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "c", .owner = 13}));
    await_done(1);
    assert_string_equal(story->str, "c done; ");
    open_gate(1);
    await_done(7);
    finish(pool);
}

static void test_full(void **state)
{
    g_autoptr(GError) error = NULL;
    unsigned freed = 0;
    TaskPool *pool = task_pool_new(event, mailbox, 1, 2, NULL);
    assert_true(submit(pool, "a", PATIENCE, (Work){.name = "runs", .gate = 1}));
    await_running(1);
    assert_true(submit(pool, "a", PATIENCE, (Work){.name = "in its lane"}));
    assert_true(submit(pool, "b", PATIENCE, (Work){.name = "queued"}));
    Work work = {.name = "refused", .freed = &freed};
    assert_false(
        task_submit(pool, &type, "c", PATIENCE, g_memdup2(&work, sizeof work), NULL, &error));
    assert_true(g_error_matches(error, DAEMON_ERROR, DAEMON_ERROR_BUSY));
    assert_int_equal(freed, 1);
    task_pool_cancel_waiting(pool);
    assert_string_equal(story->str, "in its lane cancelled; queued cancelled; ");
    open_gate(1);
    await_done(3);
    assert_string_equal(story->str, "in its lane cancelled; queued cancelled; runs done; ");
    finish(pool);
}

/* Past its deadline the caller goes on; data is freed, and the lane free, when the thread ends. */
static void test_deadline(void **state)
{
    unsigned freed = 0;
    TaskPool *pool = task_pool_new(event, mailbox, 1, 16, NULL);
    assert_true(submit(pool, "a", 1000, (Work){.name = "runs", .gate = 1, .freed = &freed}));
    await_running(1);
    assert_true(submit(pool, "a", 2000, (Work){.name = "in its lane", .freed = &freed}));
    assert_true(submit(pool, "b", 3000, (Work){.name = "queued", .freed = &freed}));
    await_done(3);
    assert_string_equal(story->str, "runs timeout; in its lane timeout; queued timeout; ");
    assert_int_equal(freed, 2);
    assert_true(task_pool_key_busy(pool, "a"));
    assert_false(task_pool_stop(pool)); /* its thread is stuck */
    open_gate(1);
    await_free(pool, "a");
    assert_int_equal(freed, 3);
    assert_int_equal(n_done, 3);
    finish(pool);
}

static void test_uncertain(void **state)
{
    TaskPool *pool = task_pool_new(event, mailbox, 1, 16, NULL);
    assert_true(submit(pool, "a", 1000, (Work){.name = "runs", .gate = 1, .commits = true}));
    await_running(1);
    await_done(1);
    assert_string_equal(story->str, "runs uncertain; ");
    open_gate(1);
    await_free(pool, "a");
    finish(pool);
}

static void test_prepare_refuses(void **state)
{
    TaskPool *pool = task_pool_new(event, mailbox, 1, 16, NULL);
    assert_true(submit(pool, "a", PATIENCE, (Work){.name = "refused", .refused = true}));
    assert_string_equal(story->str, "refused cancelled; ");
    assert_int_equal(n_running, 0);
    assert_false(task_pool_key_busy(pool, "a"));
    finish(pool);
}

/* On the main thread, unless its lane is taken. */
static void test_small(void **state)
{
    TaskPool *pool = task_pool_new(event, mailbox, 1, 16, NULL);
    Work work = {.name = "here"}, later = {.name = "later"};
    assert_true(task_submit_small(pool, &type, "a", PATIENCE, g_memdup2(&work, sizeof work),
                                  (void *)work.name, NULL));
    assert_string_equal(story->str, "here done; ");
    assert_true(submit(pool, "a", PATIENCE, (Work){.name = "runs", .gate = 1}));
    assert_true(task_submit_small(pool, &type, "a", PATIENCE, g_memdup2(&later, sizeof later),
                                  (void *)later.name, NULL));
    assert_int_equal(n_done, 1);
    open_gate(1);
    await_done(3);
    assert_string_equal(story->str, "here done; runs done; later done; ");
    finish(pool);
}

static void await_parked(void)
{
    while (!parked)
        assert_true(sd_event_run(event, PATIENCE) > 0);
}

/* Between its runs a task has no thread, and keeps its lane. */
static void test_again(void **state)
{
    TaskPool *pool = task_pool_new(event, mailbox, 1, 16, NULL);
    parked = NULL;
    assert_true(submit(pool, "a", PATIENCE, (Work){.name = "twice", .runs = 1}));
    assert_true(submit(pool, "a", PATIENCE, (Work){.name = "next"}));
    await_parked();
    assert_true(submit(pool, "b", PATIENCE, (Work){.name = "other"}));
    await_done(1);
    assert_string_equal(story->str, "twice parked; other done; ");
    assert_true(task_pool_key_busy(pool, "a"));
    task_resume(parked);
    await_done(3);
    assert_string_equal(story->str, "twice parked; other done; twice done; next done; ");
    finish(pool);
}

/* Its first run was on the main thread; parked it counts among those waiting. */
static void test_small_again(void **state)
{
    TaskPool *pool = task_pool_new(event, mailbox, 1, 1, NULL);
    Work work = {.name = "here", .runs = 2};
    parked = NULL;
    assert_true(task_submit_small(pool, &type, "a", PATIENCE, g_memdup2(&work, sizeof work),
                                  (void *)work.name, NULL));
    assert_string_equal(story->str, "here parked; ");
    assert_false(submit(pool, "b", PATIENCE, (Work){.name = "too many"}));
    for (Task *task = parked; task; task = parked) {
        parked = NULL;
        task_resume(task);
        while (!parked && n_done == 0)
            assert_true(sd_event_run(event, PATIENCE) > 0);
    }
    assert_string_equal(story->str, "here parked; here parked; here done; ");
    finish(pool);
}

/* What is parked ends by its deadline or with the pool, and is freed. */
static void test_never_again(void **state)
{
    unsigned freed = 0;
    TaskPool *pool = task_pool_new(event, mailbox, 1, 16, NULL);
    parked = NULL;
    assert_true(submit(pool, "a", 1000, (Work){.name = "late", .runs = 1, .freed = &freed}));
    await_done(1);
    assert_int_equal(freed, 1);
    assert_false(task_pool_key_busy(pool, "a"));
    g_string_truncate(story, 0);
    parked = NULL;
    assert_true(submit(pool, "a", PATIENCE, (Work){.name = "parks", .runs = 1, .freed = &freed}));
    await_parked();
    task_pool_cancel_waiting(pool);
    assert_string_equal(story->str, "parks parked; parks cancelled; ");
    assert_int_equal(freed, 2);
    assert_false(task_pool_key_busy(pool, "a"));
    finish(pool);
}

static void *take(void *source)
{
    return ++*(int *)source % 2 ? source : NULL;
}

static void give_back(void *source, void *link)
{
    assert_ptr_equal(source, link);
    *(int *)source += 10;
}

static void test_source(void **state)
{
    int calls = 0;
    TaskSource source = {take, give_back, &calls};
    TaskPool *pool = task_pool_new(event, mailbox, 1, 16, &source);
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "with"}));
    await_done(1);
    assert_true(submit(pool, NULL, PATIENCE, (Work){.name = "without"}));
    await_done(2);
    assert_int_equal(calls, 12); /* taken twice, given back once */
    finish(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_no_lane),
        cmocka_unit_test(test_deadlines),
        cmocka_unit_test_setup_teardown(test_one_key, setup, teardown),
        cmocka_unit_test_setup_teardown(test_users_take_turns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_user_has_not_all_threads, setup, teardown),
        cmocka_unit_test_setup_teardown(test_greedy_have_not_all_threads, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deadline, setup, teardown),
        cmocka_unit_test_setup_teardown(test_uncertain, setup, teardown),
        cmocka_unit_test_setup_teardown(test_prepare_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_small, setup, teardown),
        cmocka_unit_test_setup_teardown(test_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_small_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_never_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_source, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
