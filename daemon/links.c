/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stack of idle connections under a lock. It does not know what they are used for. */
#include "links.h"

#include <pthread.h>

struct Links {
    char *uri;
    pthread_mutex_t lock;
    GPtrArray *idle; /* of Virt; taken from the end, so that the first are those least needed */
    guint unneeded;  /* how many of them nobody has taken since the last sweep */
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

void *links_take(void *userdata)
{
    Links *links = userdata;
    Virt *virt = NULL;
    pthread_mutex_lock(&links->lock);
    bool open = links->open;
    unsigned generation = links->generation;
    if (links->idle->len > 0)
        virt = g_ptr_array_steal_index_fast(links->idle, links->idle->len - 1);
    links->unneeded = MIN(links->unneeded, links->idle->len);
    pthread_mutex_unlock(&links->lock);
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
