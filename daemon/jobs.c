/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Queues, threads and deadlines. It knows neither libvirt nor the bus. The lock covers the queue,
 * the link and the counters; keys, chains and timers belong to the main thread alone.
 */
#include "jobs.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "errors.h"

/* A thread with nothing to do for this long ends. */
#define IDLE_SECONDS 10

struct Job {
    JobPool *pool;
    const JobType *type;
    void *data;
    void *context;
    char *key;
    gpointer owner;
    uint64_t deadline; /* monotonic */
    bool answered;
    atomic_bool committed;
    atomic_bool abandoned;
    GList link;    /* in the queue or a chain */
    GList pending; /* in the pool's, until it is answered */
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

struct JobPool {
    sd_event *event;
    Mailbox *mailbox;
    unsigned max_threads, max_queue;
    JobSource source;
    GHashTable *chains; /* key -> GQueue of jobs waiting behind the one that has its turn */
    GQueue waiting;     /* jobs in chains */
    GQueue pending;     /* submitted and not answered */
    sd_event_source *timer;
    uint64_t alarm; /* when it rings: not later than the first deadline */
    pthread_mutex_t lock;
    pthread_cond_t ended;
    GQueue queue;
    GHashTable *running; /* owner -> jobs running */
    Worker *workers;     /* max_threads */
    Worker *idle;
    unsigned threads, unfinished;
    bool stopping;
};

typedef struct {
    JobPool *pool;
    Worker *worker;
} ThreadStart;

static void *run_thread(void *userdata);

JobPool *job_pool_new(sd_event *event, Mailbox *mailbox, unsigned max_threads, unsigned max_queue,
                      const JobSource *source)
{
    JobPool *pool = g_new0(JobPool, 1);
    pool->event = sd_event_ref(event);
    pool->mailbox = mailbox;
    pool->max_threads = max_threads;
    pool->max_queue = max_queue;
    if (source)
        pool->source = *source;
    pool->chains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    pool->running = g_hash_table_new(NULL, NULL);
    pool->alarm = UINT64_MAX;
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

static void job_free(Job *job)
{
    job->type->free(job->data);
    g_free(job->key);
    g_free(job);
}

static void job_answer(Job *job, JobEnd end)
{
    if (job->answered)
        return;
    job->answered = true;
    g_queue_unlink(&job->pool->pending, &job->pending);
    job->type->done(end, end == JOB_DONE ? job->data : NULL, job->context);
}

/* ---- The queue and its threads ---- */

static struct timespec idle_end(void)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += IDLE_SECONDS;
    return end;
}

static unsigned count_running(const JobPool *pool, gpointer owner)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(pool->running, owner));
}

static void add_running(JobPool *pool, gpointer owner, int change)
{
    unsigned count = count_running(pool, owner) + change;
    if (count > 0)
        g_hash_table_insert(pool->running, owner, GUINT_TO_POINTER(count));
    else
        g_hash_table_remove(pool->running, owner);
}

/* The oldest job of those whose owner has the fewest at work. */
static GList *choose(JobPool *pool)
{
    GList *best = NULL;
    unsigned least = UINT_MAX;
    for (GList *link = pool->queue.head; link && least > 0; link = link->next) {
        unsigned count = count_running(pool, ((const Job *)link->data)->owner);
        if (count < least) {
            best = link;
            least = count;
        }
    }
    g_queue_unlink(&pool->queue, best);
    add_running(pool, ((const Job *)best->data)->owner, 1);
    return best;
}

static void become_idle(JobPool *pool, Worker *worker)
{
    worker->is_called = false;
    worker->next = pool->idle;
    pool->idle = worker;
}

static void leave_idle(JobPool *pool, Worker *worker)
{
    for (Worker **at = &pool->idle; *at; at = &(*at)->next) {
        if (*at == worker) {
            *at = worker->next;
            return;
        }
    }
}

/* The worker is among the idle ones, or has been called from there. */
static Job *next_job(JobPool *pool, Worker *worker)
{
    struct timespec end = idle_end();
    int r = 0;
    while (!pool->stopping && !worker->dismissed && pool->queue.length == 0 && r == 0) {
        if (worker->is_called)
            become_idle(pool, worker); /* somebody else was faster */
        r = pthread_cond_timedwait(&worker->called, &pool->lock, &end);
    }
    if (!worker->is_called)
        leave_idle(pool, worker);
    worker->is_called = true;
    if (pool->stopping || pool->queue.length == 0)
        return NULL;
    pool->unfinished++;
    return choose(pool)->data;
}

static void on_finished(void *data);

static void run_job(JobPool *pool, Job *job)
{
    const JobSource *source = &pool->source;
    void *link = source->take ? source->take(source->source) : NULL;
    job->type->run(job, link, job->data);
    if (link)
        source->give_back(source->source, link);
}

static void *run_thread(void *userdata)
{
    g_autofree ThreadStart *start = userdata;
    JobPool *pool = start->pool;
    Worker *worker = start->worker;
    pthread_mutex_lock(&pool->lock);
    for (Job *job = next_job(pool, worker); job; job = next_job(pool, worker)) {
        gpointer owner = job->owner;
        pthread_mutex_unlock(&pool->lock);
        run_job(pool, job);
        pthread_mutex_lock(&pool->lock);
        pool->unfinished--;
        add_running(pool, owner, -1);
        become_idle(pool, worker);
        pthread_mutex_unlock(&pool->lock);
        mailbox_post(pool->mailbox, on_finished, job); /* and with that it is not ours any more */
        pthread_mutex_lock(&pool->lock);
    }
    worker->used = worker->dismissed = false;
    pool->threads--;
    pthread_cond_broadcast(&pool->ended);
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void add_thread(JobPool *pool)
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
static Worker *call_worker(JobPool *pool)
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

/* ---- Turns: one job of a key at a time ---- */

static void start(Job *job);

static void end_turn(JobPool *pool, const char *key)
{
    GQueue *chain = key ? g_hash_table_lookup(pool->chains, key) : NULL;
    if (!chain)
        return;
    Job *next = g_queue_pop_head(chain);
    if (next) {
        g_queue_unlink(&pool->waiting, &next->link);
        start(next);
    } else {
        g_queue_free(chain);
        g_hash_table_remove(pool->chains, key);
    }
}

static void finish(Job *job)
{
    JobPool *pool = job->pool;
    g_autofree char *key = g_steal_pointer(&job->key);
    job_answer(job, JOB_DONE);
    job_free(job);
    end_turn(pool, key);
}

static void on_finished(void *data)
{
    finish(data);
}

static void cancel(Job *job, JobEnd end)
{
    JobPool *pool = job->pool;
    g_autofree char *key = g_steal_pointer(&job->key);
    job_answer(job, end);
    job_free(job);
    end_turn(pool, key);
}

/* The job's turn has come. */
static void start(Job *job)
{
    JobPool *pool = job->pool;
    if (job->type->prepare && !job->type->prepare(job->data, job->context)) {
        cancel(job, JOB_CANCELLED);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    g_queue_push_tail_link(&pool->queue, &job->link);
    Worker *worker = call_worker(pool);
    pthread_mutex_unlock(&pool->lock);
    if (worker)
        pthread_cond_signal(&worker->called);
}

/* True when the job had not started, and now never will. */
static bool withdraw(Job *job)
{
    JobPool *pool = job->pool;
    GQueue *chain = job->key ? g_hash_table_lookup(pool->chains, job->key) : NULL;
    if (chain && g_queue_remove(chain, job)) {
        g_queue_unlink(&pool->waiting, &job->link);
        g_clear_pointer(&job->key, g_free); /* it never had its turn, so there is none to end */
        return true;
    }
    pthread_mutex_lock(&pool->lock);
    bool queued = g_queue_find(&pool->queue, job) != NULL;
    if (queued)
        g_queue_unlink(&pool->queue, &job->link);
    pthread_mutex_unlock(&pool->lock);
    return queued;
}

static void expire(Job *job)
{
    if (withdraw(job)) {
        cancel(job, JOB_TIMEOUT);
        return;
    }
    atomic_store(&job->abandoned, true);
    job_answer(job, atomic_load(&job->committed) ? JOB_UNCERTAIN : JOB_TIMEOUT);
}

static Job *find_first(const JobPool *pool)
{
    Job *first = NULL;
    for (GList *link = pool->pending.head; link; link = link->next) {
        Job *job = link->data;
        if (!first || job->deadline < first->deadline)
            first = job;
    }
    return first;
}

/* One timer for all jobs, and it is left alone when a job is done: most are long before. */
static int set_alarm(JobPool *pool, uint64_t deadline)
{
    if (deadline >= pool->alarm)
        return 0;
    int r = sd_event_source_set_time(pool->timer, deadline);
    if (r >= 0)
        r = sd_event_source_set_enabled(pool->timer, SD_EVENT_ONESHOT);
    if (r >= 0)
        pool->alarm = deadline;
    return r;
}

static int on_alarm(sd_event_source *source, uint64_t usec, void *userdata)
{
    JobPool *pool = userdata;
    uint64_t now;
    sd_event_now(pool->event, CLOCK_MONOTONIC, &now);
    pool->alarm = UINT64_MAX;
    /* The end of one job may be that of others. */
    Job *first;
    while ((first = find_first(pool)) && first->deadline <= now)
        expire(first);
    if (first)
        need_memory(set_alarm(pool, first->deadline));
    return 0;
}

static int set_deadline(Job *job, uint64_t timeout_usec)
{
    JobPool *pool = job->pool;
    int r = sd_event_now(pool->event, CLOCK_MONOTONIC, &job->deadline);
    if (r < 0)
        return r;
    job->deadline += timeout_usec;
    if (!pool->timer)
        r = sd_event_add_time(pool->event, &pool->timer, CLOCK_MONOTONIC, UINT64_MAX, 0, on_alarm,
                              pool);
    return r < 0 ? r : set_alarm(pool, job->deadline);
}

/* ---- Interface ---- */

static Job *job_new(JobPool *pool, const JobType *type, const char *key, uint64_t timeout_usec,
                    void *data, void *context, GError **error)
{
    pthread_mutex_lock(&pool->lock);
    unsigned queued = pool->queue.length;
    pthread_mutex_unlock(&pool->lock);
    if (queued + pool->waiting.length >= pool->max_queue) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                    "%u calls are waiting already; try again later", pool->max_queue);
        type->free(data);
        return NULL;
    }
    Job *job = g_new0(Job, 1);
    *job = (Job){.pool = pool, .type = type, .data = data, .context = context};
    job->key = g_strdup(key);
    job->owner = GUINT_TO_POINTER(type->owner ? type->owner(data) : (uid_t)-1);
    job->link.data = job->pending.data = job;
    if (set_deadline(job, timeout_usec) < 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY, "cannot set a timer");
        job_free(job);
        return NULL;
    }
    g_queue_push_tail_link(&pool->pending, &job->pending);
    return job;
}

/* False when the job has to wait behind another of its key. */
static bool take_turn(Job *job)
{
    if (!job->key)
        return true;
    GQueue *chain = g_hash_table_lookup(job->pool->chains, job->key);
    if (chain) {
        g_queue_push_tail(chain, job);
        g_queue_push_tail_link(&job->pool->waiting, &job->link);
        return false;
    }
    g_hash_table_insert(job->pool->chains, g_strdup(job->key), g_queue_new());
    return true;
}

bool job_submit(JobPool *pool, const JobType *type, const char *key, uint64_t timeout_usec,
                void *data, void *context, GError **error)
{
    Job *job = job_new(pool, type, key, timeout_usec, data, context, error);
    if (!job)
        return false;
    if (take_turn(job))
        start(job);
    return true;
}

bool job_submit_small(JobPool *pool, const JobType *type, const char *key, uint64_t timeout_usec,
                      void *data, void *context, GError **error)
{
    Job *job = job_new(pool, type, key, timeout_usec, data, context, error);
    if (!job)
        return false;
    if (!take_turn(job))
        return true;
    if (type->prepare && !type->prepare(job->data, job->context)) {
        cancel(job, JOB_CANCELLED);
        return true;
    }
    type->run(job, NULL, data);
    finish(job);
    return true;
}

void job_set_committed(Job *job)
{
    atomic_store(&job->committed, true);
}

bool job_is_abandoned(Job *job)
{
    return atomic_load(&job->abandoned);
}

void job_pool_cancel_waiting(JobPool *pool)
{
    GList *link;
    while ((link = pool->waiting.head)) {
        Job *job = link->data;
        withdraw(job);
        cancel(job, JOB_CANCELLED);
    }
    for (;;) {
        pthread_mutex_lock(&pool->lock);
        link = g_queue_pop_head_link(&pool->queue);
        pthread_mutex_unlock(&pool->lock);
        if (!link)
            return;
        cancel(link->data, JOB_CANCELLED);
    }
}

unsigned job_pool_count(const JobPool *pool)
{
    return pool->pending.length;
}

bool job_pool_key_busy(const JobPool *pool, const char *key)
{
    return g_hash_table_contains(pool->chains, key);
}

void job_pool_dismiss(JobPool *pool)
{
    pthread_mutex_lock(&pool->lock);
    for (unsigned i = 0; i < pool->max_threads; i++) {
        pool->workers[i].dismissed = pool->workers[i].used;
        pthread_cond_signal(&pool->workers[i].called);
    }
    pthread_mutex_unlock(&pool->lock);
}

bool job_pool_stop(JobPool *pool)
{
    job_pool_cancel_waiting(pool);
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

void job_pool_free(JobPool *pool)
{
    if (!pool)
        return;
    job_pool_cancel_waiting(pool);
    for (unsigned i = 0; i < pool->max_threads; i++)
        pthread_cond_destroy(&pool->workers[i].called);
    g_free(pool->workers);
    sd_event_source_unref(pool->timer);
    pthread_cond_destroy(&pool->ended);
    pthread_mutex_destroy(&pool->lock);
    g_hash_table_unref(pool->chains);
    g_hash_table_unref(pool->running);
    sd_event_unref(pool->event);
    g_free(pool);
}
