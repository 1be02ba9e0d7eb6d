/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A list under a lock and an eventfd that wakes sd-event. It knows nothing of what the letters say.
 * pthread locks throughout the daemon, not GLib's: thread checkers see through them.
 */
#include "base/mailbox.h"

#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Letters read before the bus gets its turn again, and for how long: a letter may be an answer of a
 * megabyte. */
#define BATCH      64
#define BATCH_USEC 500

typedef struct Letter {
    struct Letter *next;
    MailboxFunc func;
    void *data;
} Letter;

struct Mailbox {
    atomic_uint references; /* the owner, and those about to wake it */
    pthread_mutex_t lock;
    Letter *first, **last;
    int fd;
    sd_event_source *source;
};

static Letter *take(Mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    Letter *letter = mailbox->first;
    if (letter) {
        mailbox->first = letter->next;
        if (!mailbox->first)
            mailbox->last = &mailbox->first;
    }
    pthread_mutex_unlock(&mailbox->lock);
    return letter;
}

static int on_wake(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
    Mailbox *mailbox = userdata;
    eventfd_t count;
    (void)eventfd_read(fd, &count);
    int64_t end = g_get_monotonic_time() + BATCH_USEC;
    for (int i = 0; i < BATCH && (i == 0 || g_get_monotonic_time() < end); i++) {
        Letter *letter = take(mailbox);
        if (!letter)
            return 0;
        letter->func(letter->data);
        g_free(letter);
    }
    (void)eventfd_write(fd, 1);
    return 0;
}

static void mailbox_unref(Mailbox *mailbox)
{
    if (atomic_fetch_sub(&mailbox->references, 1) != 1)
        return;
    if (mailbox->fd >= 0)
        close(mailbox->fd);
    pthread_mutex_destroy(&mailbox->lock);
    g_free(mailbox);
}

int mailbox_new(sd_event *event, Mailbox **ret)
{
    Mailbox *mailbox = g_new0(Mailbox, 1);
    atomic_init(&mailbox->references, 1);
    pthread_mutex_init(&mailbox->lock, NULL);
    mailbox->last = &mailbox->first;
    mailbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int r = mailbox->fd < 0
                ? -errno
                : sd_event_add_io(event, &mailbox->source, mailbox->fd, EPOLLIN, on_wake, mailbox);
    if (r < 0) {
        mailbox_free(mailbox);
        return r;
    }
    *ret = mailbox;
    return 0;
}

void mailbox_post(Mailbox *mailbox, MailboxFunc func, void *data)
{
    Letter *letter = g_new(Letter, 1);
    *letter = (Letter){NULL, func, data};
    pthread_mutex_lock(&mailbox->lock);
    bool first = !mailbox->first;
    *mailbox->last = letter;
    mailbox->last = &letter->next;
    /* Once the letter can be taken, the mailbox may be freed. */
    if (first)
        atomic_fetch_add(&mailbox->references, 1);
    pthread_mutex_unlock(&mailbox->lock);
    if (!first)
        return; /* who put the first one there wakes the reader for all */
    (void)eventfd_write(mailbox->fd, 1);
    mailbox_unref(mailbox);
}

void mailbox_drain(Mailbox *mailbox)
{
    for (Letter *letter = take(mailbox); letter; letter = take(mailbox)) {
        letter->func(letter->data);
        g_free(letter);
    }
}

void mailbox_free(Mailbox *mailbox)
{
    if (!mailbox)
        return;
    mailbox_drain(mailbox);
    mailbox->source = sd_event_source_unref(mailbox->source);
    mailbox_unref(mailbox);
}
