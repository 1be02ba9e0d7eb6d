/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The queue and its worker threads, and the life of a task: submitted, in its lane, queued,
 * running, done. The lock covers the queue, the workers and the counters; lanes and deadlines
 * belong to the main thread alone.
 */
#include "tasks/task-pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/error.h"
#include "tasks/deadlines.h"
#include "tasks/lanes.h"
#include "tasks/processors.h"

/* A thread with nothing to do for this long ends. */
#define IDLE_SECONDS 10
/* The owner of the daemon's own tasks. */
#define NOBODY GUINT_TO_POINTER((uid_t)-1)

struct Task {
    TaskPool *pool;
    const TaskType *type;
    void *data;
    void *context;
    gpointer owner; /* a uid, or NOBODY */
    bool greedy;    /* it was when the task was chosen */
    LaneTicket lane;
    Deadline deadline; /* pending until it is answered */
    bool answered;
    bool parked; /* until it is to run again; main thread */
    atomic_bool committed;
    atomic_bool abandoned;
    GList link; /* in the queue, or among those parked */
};

/* A place for a thread. The one that became idle last is called first: its memory is still warm,
 * and the others come to their end. */
typedef struct Worker {
    struct Worker *next;
    pthread_cond_t called;
    bool is_called;
    bool used;      /* there is such a thread */
    bool dismissed; /* it ends when there is nothing left to do */
} Worker;

struct TaskPool {
    Mailbox *mailbox;
    unsigned max_threads, max_queue;
    TaskSource source;
    Lanes *lanes;
    Deadlines *deadlines;
    GQueue parked; /* tasks */
    pthread_mutex_t lock;
    pthread_cond_t ended;
    GQueue queue;
    GHashTable *running; /* owner -> tasks running */
    Worker *workers;     /* max_threads */
    Worker *idle;
    unsigned threads, unfinished, greedy; /* tasks of greedy owners at work */
    bool stopping;
};

typedef struct {
    TaskPool *pool;
    Worker *worker;
} ThreadStart;

static void *run_thread(void *userdata);
static void expire(void *item);

TaskPool *task_pool_new(sd_event *event, Mailbox *mailbox, unsigned max_threads, unsigned max_queue,
                        const TaskSource *source)
{
    TaskPool *pool = g_new0(TaskPool, 1);
    pool->mailbox = mailbox;
    pool->max_threads = max_threads;
    pool->max_queue = max_queue;
    if (source)
        pool->source = *source;
    pool->lanes = lanes_new();
    pool->deadlines = deadlines_new(event, expire);
    pool->running = g_hash_table_new(NULL, NULL);
    pool->workers = g_new0(Worker, max_threads);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    for (unsigned i = 0; i < max_threads; i++)
        pthread_cond_init(&pool->workers[i].called, &attributes);
    pthread_cond_init(&pool->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    return pool;
}

static void task_free(Task *task)
{
    task->type->free(task->data);
    lane_ticket_clear(&task->lane);
    g_free(task);
}

static void task_answer(Task *task, TaskEnd end)
{
    if (task->answered)
        return;
    task->answered = true;
    deadlines_remove(task->pool->deadlines, &task->deadline);
    task->type->done(end, end == TASK_DONE ? task->data : NULL, task->context);
}

/* ---- The queue and its threads ---- */

static struct timespec idle_end(void)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += IDLE_SECONDS;
    return end;
}

static unsigned count_running(const TaskPool *pool, gpointer owner)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(pool->running, owner));
}

static void add_running(TaskPool *pool, gpointer owner, int change)
{
    unsigned count = count_running(pool, owner) + change;
    if (count > 0)
        g_hash_table_insert(pool->running, owner, GUINT_TO_POINTER(count));
    else
        g_hash_table_remove(pool->running, owner);
}

/* One thread is left to others: tasks that have outlived their calls count until they end. */
static unsigned most_running(const TaskPool *pool, gpointer owner)
{
    return owner == NOBODY || pool->max_threads == 1 ? UINT_MAX : pool->max_threads - 1;
}

/* To those who are not greedy, one is left by all together who are. */
static bool may_run(const TaskPool *pool, Task *task)
{
    task->greedy = processors_is_greedy(task->owner);
    return !task->greedy || pool->max_threads == 1 || pool->greedy + 1 < pool->max_threads;
}

/* Takes the oldest task of those whose owner has the fewest at work, or NULL. */
static Task *choose(TaskPool *pool)
{
    Task *best = NULL;
    unsigned least = UINT_MAX;
    for (GList *link = pool->queue.head; link && least > 0; link = link->next) {
        Task *task = link->data;
        unsigned count = count_running(pool, task->owner);
        if (count < least && count < most_running(pool, task->owner) && may_run(pool, task)) {
            best = task;
            least = count;
        }
    }
    if (best) {
        g_queue_unlink(&pool->queue, &best->link);
        add_running(pool, best->owner, 1);
        pool->greedy += best->greedy;
    }
    return best;
}

static void become_idle(TaskPool *pool, Worker *worker)
{
    worker->is_called = false;
    worker->next = pool->idle;
    pool->idle = worker;
}

static void leave_idle(TaskPool *pool, Worker *worker)
{
    for (Worker **at = &pool->idle; *at; at = &(*at)->next) {
        if (*at == worker) {
            *at = worker->next;
            return;
        }
    }
}

/* The worker is among the idle ones, or has been called from there. */
static Task *next_task(TaskPool *pool, Worker *worker)
{
    struct timespec end = idle_end();
    Task *task = NULL;
    int r = 0;
    while (!pool->stopping && !(task = choose(pool)) && !worker->dismissed && r == 0) {
        if (worker->is_called)
            become_idle(pool, worker); /* somebody else was faster */
        r = pthread_cond_timedwait(&worker->called, &pool->lock, &end);
    }
    if (!worker->is_called)
        leave_idle(pool, worker);
    worker->is_called = true;
    if (task)
        pool->unfinished++;
    return task;
}

static void on_finished(void *data);

static void run_task(TaskPool *pool, Task *task)
{
    const TaskSource *source = &pool->source;
    ProcessorTurn turn;
    processors_begin(&turn, task->owner);
    if (!task_is_abandoned(task)) {
        void *link = source->take ? source->take(source->source) : NULL;
        task->type->run(task, link, task->data);
        if (link)
            source->give_back(source->source, link);
    }
    processors_end(&turn);
}

static void *run_thread(void *userdata)
{
    g_autofree ThreadStart *start = userdata;
    TaskPool *pool = start->pool;
    Worker *worker = start->worker;
    pthread_mutex_lock(&pool->lock);
    for (Task *task = next_task(pool, worker); task; task = next_task(pool, worker)) {
        gpointer owner = task->owner;
        bool greedy = task->greedy;
        pthread_mutex_unlock(&pool->lock);
        run_task(pool, task);
        pthread_mutex_lock(&pool->lock);
        pool->unfinished--;
        add_running(pool, owner, -1);
        pool->greedy -= greedy;
        become_idle(pool, worker);
        pthread_mutex_unlock(&pool->lock);
        mailbox_post(pool->mailbox, on_finished, task); /* and with that it is not ours any more */
        pthread_mutex_lock(&pool->lock);
    }
    worker->used = worker->dismissed = false;
    pool->threads--;
    pthread_cond_broadcast(&pool->ended);
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void add_thread(TaskPool *pool)
{
    ThreadStart *start = g_new(ThreadStart, 1);
    *start = (ThreadStart){pool, pool->workers};
    while (start->worker->used)
        start->worker++;
    start->worker->is_called = true;
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, run_thread, start) == 0) {
        start->worker->used = true;
        pool->threads++;
    } else {
        g_free(start);
    }
    pthread_attr_destroy(&attributes);
}

/* Who is to be told, once the lock is released, that there is work; NULL: nobody. */
static Worker *call_worker(TaskPool *pool)
{
    Worker *worker = pool->idle;
    if (worker) {
        pool->idle = worker->next;
        worker->is_called = true;
    } else if (pool->threads < pool->max_threads) {
        add_thread(pool);
    }
    return worker;
}

/* ---- From its lane to its end ---- */

static void start(Task *task);

/* The task is over for the pool; the next one of its lane starts. */
static void task_end(Task *task, TaskEnd how)
{
    TaskPool *pool = task->pool;
    g_autofree char *key = g_steal_pointer(&task->lane.key);
    task_answer(task, how);
    task_free(task);
    Task *next = lane_leave(pool->lanes, key);
    if (next)
        start(next);
}

/* It has run. */
static void finish(Task *task)
{
    const TaskType *type = task->type;
    if (!task->answered && type->again && type->again(task, task->data, task->context)) {
        task->parked = true;
        g_queue_push_tail_link(&task->pool->parked, &task->link);
    } else {
        task_end(task, TASK_DONE);
    }
}

static void on_finished(void *data)
{
    finish(data);
}

static bool prepare(Task *task)
{
    if (!task->type->prepare || task->type->prepare(task->data, task->context))
        return true;
    task_end(task, TASK_CANCELLED);
    return false;
}

static void enqueue(Task *task)
{
    TaskPool *pool = task->pool;
    pthread_mutex_lock(&pool->lock);
    g_queue_push_tail_link(&pool->queue, &task->link);
    Worker *worker = call_worker(pool);
    pthread_mutex_unlock(&pool->lock);
    if (worker)
        pthread_cond_signal(&worker->called);
}

/* The task's turn has come. */
static void start(Task *task)
{
    if (prepare(task))
        enqueue(task);
}

static void unpark(Task *task)
{
    task->parked = false;
    g_queue_unlink(&task->pool->parked, &task->link);
}

/* True when the task had not started, or not again, and now never will. */
static bool withdraw(Task *task)
{
    TaskPool *pool = task->pool;
    if (task->parked) {
        unpark(task);
        return true;
    }
    if (lane_withdraw(pool->lanes, &task->lane)) {
        lane_ticket_clear(&task->lane); /* it never had its turn, so there is none to end */
        return true;
    }
    pthread_mutex_lock(&pool->lock);
    bool queued = g_queue_find(&pool->queue, task) != NULL;
    if (queued)
        g_queue_unlink(&pool->queue, &task->link);
    pthread_mutex_unlock(&pool->lock);
    return queued;
}

static void expire(void *item)
{
    Task *task = item;
    if (withdraw(task)) {
        task_end(task, TASK_TIMEOUT);
        return;
    }
    atomic_store(&task->abandoned, true);
    task_answer(task, atomic_load(&task->committed) ? TASK_UNCERTAIN : TASK_TIMEOUT);
}

/* ---- Interface ---- */

static Task *task_new(TaskPool *pool, const TaskType *type, const char *key, uint64_t timeout_usec,
                      void *data, void *context, GError **error)
{
    pthread_mutex_lock(&pool->lock);
    unsigned queued = pool->queue.length;
    pthread_mutex_unlock(&pool->lock);
    if (queued + pool->parked.length + lanes_waiting(pool->lanes) >= pool->max_queue) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                    "%u calls are waiting already; try again later.", pool->max_queue);
        type->free(data);
        return NULL;
    }
    Task *task = g_new0(Task, 1);
    *task = (Task){.pool = pool, .type = type, .data = data, .context = context};
    lane_ticket_init(&task->lane, key, task);
    task->owner = type->owner ? GUINT_TO_POINTER(type->owner(data)) : NOBODY;
    task->link.data = task;
    if (deadlines_add(pool->deadlines, &task->deadline, timeout_usec, task) < 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY, "Cannot set a timer.");
        task_free(task);
        return NULL;
    }
    return task;
}

bool task_submit(TaskPool *pool, const TaskType *type, const char *key, uint64_t timeout_usec,
                 void *data, void *context, GError **error)
{
    Task *task = task_new(pool, type, key, timeout_usec, data, context, error);
    if (!task)
        return false;
    if (lane_enter(pool->lanes, &task->lane))
        start(task);
    return true;
}

bool task_submit_small(TaskPool *pool, const TaskType *type, const char *key, uint64_t timeout_usec,
                       void *data, void *context, GError **error)
{
    Task *task = task_new(pool, type, key, timeout_usec, data, context, error);
    if (!task)
        return false;
    if (!lane_enter(pool->lanes, &task->lane))
        return true;
    if (prepare(task)) {
        type->run(task, NULL, data);
        finish(task);
    }
    return true;
}

void task_resume(Task *task)
{
    unpark(task);
    enqueue(task);
}

void task_set_committed(Task *task)
{
    atomic_store(&task->committed, true);
}

bool task_is_abandoned(Task *task)
{
    return atomic_load(&task->abandoned);
}

void task_pool_cancel_waiting(TaskPool *pool)
{
    GList *link;
    Task *task;
    while ((task = lanes_oldest_waiting(pool->lanes))) {
        withdraw(task);
        task_end(task, TASK_CANCELLED);
    }
    while ((task = g_queue_peek_head(&pool->parked))) {
        withdraw(task);
        task_end(task, TASK_CANCELLED);
    }
    for (;;) {
        pthread_mutex_lock(&pool->lock);
        link = g_queue_pop_head_link(&pool->queue);
        pthread_mutex_unlock(&pool->lock);
        if (!link)
            return;
        task_end(link->data, TASK_CANCELLED);
    }
}

bool task_pool_key_busy(const TaskPool *pool, const char *key)
{
    return lanes_is_busy(pool->lanes, key);
}

void task_pool_dismiss(TaskPool *pool)
{
    pthread_mutex_lock(&pool->lock);
    for (unsigned i = 0; i < pool->max_threads; i++) {
        pool->workers[i].dismissed = pool->workers[i].used;
        pthread_cond_signal(&pool->workers[i].called);
    }
    pthread_mutex_unlock(&pool->lock);
}

bool task_pool_stop(TaskPool *pool)
{
    task_pool_cancel_waiting(pool);
    pthread_mutex_lock(&pool->lock);
    bool stuck = pool->unfinished > 0;
    pool->stopping = true;
    for (unsigned i = 0; i < pool->max_threads; i++)
        pthread_cond_signal(&pool->workers[i].called);
    while (!stuck && pool->threads > 0)
        pthread_cond_wait(&pool->ended, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    return !stuck;
}

void task_pool_free(TaskPool *pool)
{
    if (!pool)
        return;
    task_pool_cancel_waiting(pool);
    for (unsigned i = 0; i < pool->max_threads; i++)
        pthread_cond_destroy(&pool->workers[i].called);
    g_free(pool->workers);
    pthread_cond_destroy(&pool->ended);
    pthread_mutex_destroy(&pool->lock);
    lanes_free(pool->lanes);
    deadlines_free(pool->deadlines);
    g_hash_table_unref(pool->running);
    g_free(pool);
}
