/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Speaks the journal's own protocol: sd_journal_sendv() waits in sendmsg() while the journal takes
 * nothing, takes no flags and does not tell its socket, so only a sendto() of our own can say
 * MSG_DONTWAIT, and the main loop must not wait. The thread is there only while something waits.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CLOSE_SECONDS 2

static int journal = -1;
static struct sockaddr_un address = {.sun_family = AF_UNIX};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t emptied = PTHREAD_COND_INITIALIZER;
static GQueue waiting = G_QUEUE_INIT; /* of GString; the thread is at work on the first */
static unsigned lost;

/* systemd tells the device and inode of the stream it has given us. */
static bool is_given(const char *stream)
{
    struct stat status;
    if (!stream || fstat(STDERR_FILENO, &status) < 0)
        return false;
    g_autofree char *own =
        g_strdup_printf("%lu:%lu", (unsigned long)status.st_dev, (unsigned long)status.st_ino);
    return strcmp(own, stream) == 0;
}

void log_open(const char *path)
{
    if (!is_given(g_getenv("JOURNAL_STREAM")))
        return;
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    /* What libraries write there is lost rather than waited for. */
    fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
}

bool log_has_journal(void)
{
    return journal >= 0;
}

/* ---- Handing over ---- */

/* Addressed each time, as the journal may have been started again. False: it takes nothing now. An
 * entry that it refuses, or for which it is not there, is not kept. */
static bool hand_over(const GString *entry, int flags)
{
    ssize_t sent;
    do
        sent = sendto(journal, entry->str, entry->len, flags | MSG_NOSIGNAL,
                      (const struct sockaddr *)&address, sizeof address);
    while (sent < 0 && errno == EINTR);
    return sent >= 0 || errno != EAGAIN;
}

static void free_entry(GString *entry)
{
    g_string_free(entry, TRUE);
}

static GString *line_entry(const char *line)
{
    GString *entry = g_string_new("SYSLOG_IDENTIFIER=domwrightd\nPRIORITY=4\nMESSAGE=");
    for (const char *c = line; *c; c++)
        g_string_append_c(entry, *c == '\n' ? ' ' : *c);
    return g_string_append_c(entry, '\n');
}

static GString *lost_entry(unsigned count)
{
    g_autofree char *line =
        g_strdup_printf("%u lines were lost while the journal took none.", count);
    return line_entry(line);
}

static void *hand_over_all(void *unused)
{
    pthread_mutex_lock(&lock);
    while (!g_queue_is_empty(&waiting)) {
        GString *entry = g_queue_peek_head(&waiting);
        pthread_mutex_unlock(&lock);
        hand_over(entry, 0);
        pthread_mutex_lock(&lock);
        free_entry(g_queue_pop_head(&waiting));
        if (lost > 0 && g_queue_is_empty(&waiting)) {
            g_queue_push_tail(&waiting, lost_entry(lost));
            lost = 0;
        }
    }
    pthread_cond_signal(&emptied);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Under the lock. Without a thread the entry that waits is lost. */
static void start_thread(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, hand_over_all, NULL) != 0) {
        free_entry(g_queue_pop_head(&waiting));
        lost++;
    }
    pthread_attr_destroy(&attributes);
}

/* Takes the entry. */
static void send_entry(GString *entry)
{
    pthread_mutex_lock(&lock);
    bool waits = !g_queue_is_empty(&waiting);
    if (!waits && hand_over(entry, MSG_DONTWAIT)) {
        free_entry(entry);
    } else if (waiting.length >= LOG_MAX_WAITING) {
        free_entry(entry);
        lost++;
    } else {
        g_queue_push_tail(&waiting, entry);
        if (!waits)
            start_thread();
    }
    pthread_mutex_unlock(&lock);
}

void log_close(void)
{
    struct timespec end;
    int r = 0;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += CLOSE_SECONDS;
    pthread_mutex_lock(&lock);
    while (!g_queue_is_empty(&waiting) && r == 0)
        r = pthread_cond_timedwait(&emptied, &lock, &end);
    pthread_mutex_unlock(&lock);
}

/* ---- What is written ---- */

void log_entry(char **fields)
{
    GString *entry = g_string_new(NULL);
    for (; *fields; fields++)
        g_string_append_printf(entry, "%s\n", *fields);
    send_entry(entry);
}

void log_line(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (log_has_journal())
        send_entry(line_entry(line));
    else
        g_printerr("domwrightd: %s\n", line);
}
