/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes that are written to a history before it is certain that they are made (daemon/history).
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "history/store.h"

#define UUID "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"

static const HistoryLimits limits = {100, 0, 1 << 24, 1 << 28};

typedef struct {
    char *directory, *path;
    History *history;
} Store;

static int set_up(void **state)
{
    Store *store = g_new0(Store, 1);
    store->directory = g_dir_make_tmp("domwright-history-XXXXXX", NULL);
    store->path = g_build_filename(store->directory, UUID, NULL);
    store->history = history_new(store->directory, "first", &limits, false);
    *state = store;
    return history_saw(store->history, UUID, "web", "a", "<a/>", NULL, NULL, NULL) ? 0 : -1;
}

static int set_up_slow(void **state)
{
    int r = set_up(state);
    Store *store = *state;
    store->history->sync_time = G_USEC_PER_SEC;
    return r;
}

static int tear_down(void **state)
{
    Store *store = *state;
    history_unref(store->history);
    g_unlink(store->path);
    g_rmdir(store->directory);
    g_free(store->path);
    g_free(store->directory);
    g_free(store);
    return 0;
}

static char *contents(const Store *store)
{
    char *text;
    assert_true(g_file_get_contents(store->path, &text, NULL, NULL));
    return text;
}

static HistoryAhead *begin(Store *store, const char *revision)
{
    g_autoptr(HistoryChange) change = g_new0(HistoryChange, 1);
    *change = (HistoryChange){.revision = g_strdup(revision), .name = g_strdup("web"), .time = 10};
    return history_begin_ahead(store->history, UUID, change);
}

static void assert_list(Store *store, const char *expected)
{
    g_autoptr(GPtrArray) rows = history_list(store->history, UUID, 0, 0, NULL);
    g_autoptr(GString) found = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++)
        g_string_append(found, ((const HistoryChange *)rows->pdata[i])->revision);
    assert_string_equal(found->str, expected);
}

static void test_made(void **state)
{
    Store *store = *state;
    HistoryAhead *ahead = begin(store, "a");
    assert_non_null(ahead);
    assert_true(history_ahead_join(ahead, NULL));
    assert_list(store, "");
    const HistoryResult result = {"b", "web", "<b/>", "Changed title.", NULL, NULL};
    assert_true(history_end(store->history, UUID, HISTORY_MADE, &result, NULL));
    assert_list(store, "a");
    /* The result is the last record, so the next one can be begun ahead, too. */
    ahead = begin(store, "b");
    assert_non_null(ahead);
    history_ahead_cancel(ahead);
    assert_list(store, "a");
}

static void test_cancelled(void **state)
{
    Store *store = *state;
    g_autofree char *before = contents(store);
    history_ahead_cancel(NULL);
    history_ahead_cancel(begin(store, "a"));
    g_autofree char *after = contents(store);
    assert_string_equal(before, after);
    /* Nothing is under way: what another program does is seen. */
    bool external = false;
    assert_true(history_saw(store->history, UUID, "web", "b", "<b/>", NULL, &external, NULL));
    assert_true(external);
}

/* Another definition is known, or none: the caller has to look first. */
static void test_not_the_last(void **state)
{
    Store *store = *state;
    g_autofree char *before = contents(store);
    assert_null(begin(store, "b"));
    g_autofree char *after = contents(store);
    assert_string_equal(before, after);
    g_unlink(store->path);
    assert_null(begin(store, "a"));
    assert_false(g_file_test(store->path, G_FILE_TEST_EXISTS));
}

/* As if the disk had room for so many bytes more; returns what to give to give_room(). */
static struct rlimit take_room(const Store *store, int left)
{
    struct rlimit old;
    struct stat status;
    assert_int_equal(g_stat(store->path, &status), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {status.st_size + left, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    return old;
}

static void give_room(struct rlimit old)
{
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
}

static void test_disk_full(void **state)
{
    Store *store = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *before = contents(store);
    struct rlimit old = take_room(store, 100);
    bool done = history_ahead_join(begin(store, "a"), &error);
    give_room(old);
    assert_false(done);
    assert_non_null(strstr(error->message, store->path));
    g_autofree char *after = contents(store);
    assert_string_equal(before, after);
}

/* A change of which the outcome finds so much room. */
static void change(Store *store, int left, bool *ret_done)
{
    assert_true(history_ahead_join(begin(store, "a"), NULL));
    g_autofree char *text = g_strnfill(2000, ' ');
    const HistoryResult result = {"b", "web", text, "Changed title.", NULL, NULL};
    struct rlimit old = take_room(store, left);
    *ret_done = history_end(store->history, UUID, HISTORY_MADE, &result, NULL);
    give_room(old);
}

static void saw(Store *store, const char *revision, bool expected)
{
    bool external;
    assert_true(
        history_saw(store->history, UUID, "web", revision, revision, NULL, &external, NULL));
    assert_int_equal(external, expected);
}

static void test_room_for_the_outcome_only(void **state)
{
    Store *store = *state;
    bool done;
    change(store, 200, &done);
    assert_false(done);
    g_autoptr(GPtrArray) rows = history_list(store->history, UUID, 0, 0, NULL);
    assert_int_equal(rows->len, 1);
    assert_string_equal(((const HistoryChange *)rows->pdata[0])->summary, "Changed title.");
    saw(store, "b", false);
    saw(store, "c", true);
}

static void test_no_room_for_the_outcome(void **state)
{
    Store *store = *state;
    bool done;
    change(store, 10, &done);
    assert_false(done);
    saw(store, "b", false);
    assert_list(store, "a");
    saw(store, "c", true);
    assert_list(store, "ba");
    /* The next change is under way, as any other. */
    HistoryAhead *ahead = begin(store, "c");
    assert_true(history_ahead_join(ahead, NULL));
    saw(store, "d", false);
    assert_list(store, "ba");
}

/* libvirt may keep the one who began it waiting: others can read meanwhile. */
static void test_is_unlocked(void **state)
{
    Store *store = *state;
    HistoryAhead *ahead = begin(store, "a");
    int fd = open(store->path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    close(fd);
    assert_true(history_ahead_join(ahead, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_the_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_disk_full, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_room_for_the_outcome_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_room_for_the_outcome, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_is_unlocked, set_up, tear_down),
        {"made_slow", test_made, set_up_slow, tear_down, NULL},
        {"cancelled_slow", test_cancelled, set_up_slow, tear_down, NULL},
        {"disk_full_slow", test_disk_full, set_up_slow, tear_down, NULL},
        {"is_unlocked_slow", test_is_unlocked, set_up_slow, tear_down, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
