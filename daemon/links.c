/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stack of idle connections under a lock. It does not know what they are used for. */
#include "links.h"

#include <pthread.h>

/* After a link died its server is given this long to be gone, too: one that is just ending may take
 * a connection, but does nothing with it. */
#define MOURNING (G_USEC_PER_SEC / 10)

struct Links {
    char *uri;
    pthread_mutex_t lock;
    GPtrArray *idle; /* of Virt; taken from the end, so that the first are those least needed */
    guint unneeded;  /* how many of them nobody has taken since the last sweep */
    gint64 died;     /* when a link was last found dead */
    bool open;
    unsigned generation; /* a link of an earlier one is not kept */
};

Links *links_new(const char *uri)
{
    Links *links = g_new0(Links, 1);
    links->uri = g_strdup(uri);
    links->idle = g_ptr_array_new();
    pthread_mutex_init(&links->lock, NULL);
    return links;
}

void links_free(Links *links)
{
    for (guint i = 0; i < links->idle->len; i++)
        virt_close(links->idle->pdata[i]);
    g_ptr_array_unref(links->idle);
    pthread_mutex_destroy(&links->lock);
    g_free(links->uri);
    g_free(links);
}

/* From what is kept, or NULL; and may one be opened, of what generation, after what time? */
static Virt *take_idle(Links *links, bool *ret_open, unsigned *ret_generation, gint64 *ret_wait)
{
    Virt *virt = NULL;
    pthread_mutex_lock(&links->lock);
    *ret_open = links->open;
    *ret_generation = links->generation;
    *ret_wait = links->died ? links->died + MOURNING - g_get_monotonic_time() : 0;
    if (links->idle->len > 0)
        virt = g_ptr_array_steal_index_fast(links->idle, links->idle->len - 1);
    links->unneeded = MIN(links->unneeded, links->idle->len);
    pthread_mutex_unlock(&links->lock);
    return virt;
}

void *links_take(void *userdata)
{
    Links *links = userdata;
    bool open;
    unsigned generation;
    gint64 wait;
    Virt *virt = take_idle(links, &open, &generation, &wait);
    if (!virt && open && wait > 0) {
        g_usleep((gulong)wait);
        virt = take_idle(links, &open, &generation, &wait);
    }
    if (!open)
        return NULL;
    if (!virt)
        virt = virt_open(links->uri, NULL, NULL, NULL, NULL);
    if (virt)
        virt_set_generation(virt, generation);
    return virt;
}

void links_give_back(void *userdata, void *virt)
{
    Links *links = userdata;
    bool alive = virt_is_alive(virt);
    pthread_mutex_lock(&links->lock);
    if (!alive)
        links->died = g_get_monotonic_time();
    bool kept = alive && links->open && virt_generation(virt) == links->generation;
    if (kept)
        g_ptr_array_add(links->idle, virt);
    pthread_mutex_unlock(&links->lock);
    if (!kept)
        virt_close(virt);
}

void links_open(Links *links)
{
    pthread_mutex_lock(&links->lock);
    links->open = true;
    pthread_mutex_unlock(&links->lock);
}

GPtrArray *links_sweep(Links *links)
{
    GPtrArray *unneeded = g_ptr_array_new();
    pthread_mutex_lock(&links->lock);
    for (guint i = 0; i < links->unneeded; i++)
        g_ptr_array_add(unneeded, links->idle->pdata[i]);
    if (links->unneeded > 0)
        g_ptr_array_remove_range(links->idle, 0, links->unneeded);
    links->unneeded = links->idle->len;
    pthread_mutex_unlock(&links->lock);
    return unneeded;
}

GPtrArray *links_close(Links *links)
{
    GPtrArray *idle = g_ptr_array_new();
    pthread_mutex_lock(&links->lock);
    GPtrArray *kept = links->idle;
    links->idle = idle;
    links->unneeded = 0;
    links->open = false;
    links->generation++;
    pthread_mutex_unlock(&links->lock);
    return kept;
}
