/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stack of idle connections under a lock. Any thread; only take and give_back may block. */
#include "libvirt/connection-pool.h"

#include <pthread.h>

/* After a link last_failure its server is given this long to be gone, too: one that is just ending
 * may take a connection, but does nothing with it. */
#define REOPEN_DELAY (G_USEC_PER_SEC / 10)

struct ConnectionPool {
    char *uri;
    pthread_mutex_t lock;
    GPtrArray *idle;     /* of Virt; taken from the end, so that the first are those least needed */
    guint unused;        /* how many of them, from the first, nobody has taken since take_unused */
    gint64 last_failure; /* when a connection was last found broken; µs, 0 = never */
    bool open;
    unsigned generation; /* a connection of an earlier one is not kept */
};

ConnectionPool *connection_pool_new(const char *uri)
{
    ConnectionPool *pool = g_new0(ConnectionPool, 1);
    pool->uri = g_strdup(uri);
    pool->idle = g_ptr_array_new();
    pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

void connection_pool_free(ConnectionPool *pool)
{
    for (guint i = 0; i < pool->idle->len; i++)
        virt_close(pool->idle->pdata[i]);
    g_ptr_array_unref(pool->idle);
    pthread_mutex_destroy(&pool->lock);
    g_free(pool->uri);
    g_free(pool);
}

/* From what is kept, or NULL; and may one be opened, of what generation, after what time? */
static Virt *take_idle(ConnectionPool *pool, bool *ret_open, unsigned *ret_generation,
                       gint64 *ret_wait)
{
    Virt *virt = NULL;
    pthread_mutex_lock(&pool->lock);
    *ret_open = pool->open;
    *ret_generation = pool->generation;
    *ret_wait = pool->last_failure ? pool->last_failure + REOPEN_DELAY - g_get_monotonic_time() : 0;
    if (pool->idle->len > 0)
        virt = g_ptr_array_steal_index_fast(pool->idle, pool->idle->len - 1);
    pool->unused = MIN(pool->unused, pool->idle->len);
    pthread_mutex_unlock(&pool->lock);
    return virt;
}

void *connection_pool_take(void *userdata)
{
    ConnectionPool *pool = userdata;
    bool open;
    unsigned generation;
    gint64 wait;
    Virt *virt = take_idle(pool, &open, &generation, &wait);
    if (!virt && open && wait > 0) {
        g_usleep((gulong)wait);
        virt = take_idle(pool, &open, &generation, &wait);
    }
    if (!open)
        return NULL;
    if (!virt)
        virt = virt_open(pool->uri, NULL, NULL, NULL, NULL);
    if (virt)
        virt_set_generation(virt, generation);
    return virt;
}

void connection_pool_give_back(void *userdata, void *virt)
{
    ConnectionPool *pool = userdata;
    bool alive = virt_is_alive(virt);
    pthread_mutex_lock(&pool->lock);
    if (!alive)
        pool->last_failure = g_get_monotonic_time();
    bool kept = alive && pool->open && virt_generation(virt) == pool->generation;
    if (kept)
        g_ptr_array_add(pool->idle, virt);
    pthread_mutex_unlock(&pool->lock);
    if (!kept)
        virt_close(virt);
}

void connection_pool_open(ConnectionPool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->open = true;
    pthread_mutex_unlock(&pool->lock);
}

GPtrArray *connection_pool_take_unused(ConnectionPool *pool)
{
    GPtrArray *unused = g_ptr_array_new();
    pthread_mutex_lock(&pool->lock);
    for (guint i = 0; i < pool->unused; i++)
        g_ptr_array_add(unused, pool->idle->pdata[i]);
    if (pool->unused > 0)
        g_ptr_array_remove_range(pool->idle, 0, pool->unused);
    pool->unused = pool->idle->len;
    pthread_mutex_unlock(&pool->lock);
    return unused;
}

GPtrArray *connection_pool_close(ConnectionPool *pool)
{
    GPtrArray *idle = g_ptr_array_new();
    pthread_mutex_lock(&pool->lock);
    GPtrArray *kept = pool->idle;
    pool->idle = idle;
    pool->unused = 0;
    pool->open = false;
    pool->generation++;
    pthread_mutex_unlock(&pool->lock);
    return kept;
}
