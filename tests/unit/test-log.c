/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines for the journal: whole and in order, whether it takes them at once or has been stuck for a
 * while; nobody waits for it, and what is lost is counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

static char *directory, *path;
static int journal;

/* As systemd starts a service, but that standard error is a file. */
static int set_up(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat status;
    directory = g_dir_make_tmp("domwright-log-XXXXXX", NULL);
    path = g_build_filename(directory, "socket", NULL);
    g_autofree char *log = g_build_filename(directory, "log", NULL);
    int file = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (dup2(file, STDERR_FILENO) < 0 || fstat(file, &status) < 0)
        return -1;
    close(file);
    g_autofree char *stream =
        g_strdup_printf("%lu:%lu", (unsigned long)status.st_dev, (unsigned long)status.st_ino);
    g_setenv("JOURNAL_STREAM", stream, TRUE);
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(journal, (struct sockaddr *)&address, sizeof address) < 0)
        return -1;
    log_open(path);
    return 0;
}

static int tear_down(void **state)
{
    g_autofree char *log = g_build_filename(directory, "log", NULL);
    close(journal);
    g_unlink(path);
    g_unlink(log);
    g_rmdir(directory);
    g_free(path);
    g_free(directory);
    return 0;
}

static char *next_entry(void)
{
    char buffer[4096];
    ssize_t length = recv(journal, buffer, sizeof buffer, 0);
    assert_true(length > 0);
    return g_strndup(buffer, (gsize)length);
}

static void expect_line(const char *line)
{
    g_autofree char *entry = next_entry();
    g_autofree char *wanted =
        g_strdup_printf("SYSLOG_IDENTIFIER=domwrightd\nPRIORITY=4\nMESSAGE=%s\n", line);
    assert_string_equal(entry, wanted);
}

static void test_entries(void **state)
{
    char *fields[] = {(char *)"MESSAGE=a", (char *)"DOMWRIGHT_UID=7", NULL};
    assert_true(log_has_journal());
    log_entry(fields);
    g_autofree char *entry = next_entry();
    assert_string_equal(entry, "MESSAGE=a\nDOMWRIGHT_UID=7\n");
    log_line("%s, %d", "two\nlines", 2);
    expect_line("two lines, 2");
}

static void write_numbers(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        log_line("line %u", i);
}

static void expect_numbers(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        g_autofree char *line = g_strdup_printf("line %u", i);
        expect_line(line);
    }
}

/* More than any socket takes. */
static void test_stuck(void **state)
{
    enum { COUNT = 3000 };
    write_numbers(COUNT);
    expect_numbers(COUNT);
    log_close();
    log_line("after");
    expect_line("after");
}

/* Of more than may wait the first are kept; how many are not is said behind them. */
static void test_too_many(void **state)
{
    enum { COUNT = 3 * LOG_MAX_WAITING };
    unsigned kept = 0, lost = 0;
    write_numbers(COUNT);
    while (lost == 0) {
        g_autofree char *entry = next_entry(), *line = g_strdup_printf("=line %u\n", kept);
        const char *message = strstr(entry, "MESSAGE=");
        assert_non_null(message);
        if (g_str_has_suffix(entry, line))
            kept++;
        else
            lost = (unsigned)g_ascii_strtoull(message + strlen("MESSAGE="), NULL, 10);
    }
    assert_true(kept >= LOG_MAX_WAITING);
    assert_int_equal(kept + lost, COUNT);
    log_close();
    log_line("after");
    expect_line("after");
}

/* Nobody waits for ever for one that stays stuck; one that is gone is no reason to wait at all. */
static void test_end(void **state)
{
    write_numbers(2000);
    log_close();
    close(journal);
    log_close();
    log_line("to nobody");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_stuck),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_end),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
