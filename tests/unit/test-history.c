/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Histories of domains on disk: what is kept, what readers see, and what a crash or a full disk
 * leaves. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "history/history.h"
#include "history/record.h"

#define UUID  "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
#define OTHER "4dea22b3-1d52-d8f3-2516-782e98ab3fa1"
#define DAY   (24 * 3600 * UINT64_C(1000000))

static const HistoryLimits wide = {100, 0, 1 << 24, 1 << 28};

typedef struct {
    char *directory;
    History *history;
} Store;

static int set_up(void **state)
{
    Store *store = g_new0(Store, 1);
    store->directory = g_dir_make_tmp("domwright-history-XXXXXX", NULL);
    store->history = history_new(store->directory, "first", &wide, false);
    *state = store;
    return 0;
}

static void remove_all(const char *directory)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_unlink(path);
    }
    g_rmdir(directory);
}

static int tear_down(void **state)
{
    Store *store = *state;
    history_unref(store->history);
    remove_all(store->directory);
    g_free(store->directory);
    g_free(store);
    return 0;
}

/* As another run of the program, or with other limits. */
static void reopen(Store *store, const char *run, const HistoryLimits *limits)
{
    history_unref(store->history);
    store->history = history_new(store->directory, run, limits, false);
}

static char *text_of(const char *revision)
{
    return g_strdup_printf("<domain><name>%s</name></domain>", revision);
}

static void saw(Store *store, const char *revision, bool external)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = text_of(revision);
    bool was_external;
    history_saw(store->history, UUID, "web", revision, text, NULL, &was_external, &error);
    assert_null(error);
    assert_int_equal(was_external, external);
}

static HistoryChange *new_change(const char *revision, uint64_t time)
{
    HistoryChange *change = g_new0(HistoryChange, 1);
    *change = (HistoryChange){
        .revision = g_strdup(revision),
        .name = g_strdup("web"),
        .time = time,
        .uid = 1000,
        .user = g_strdup("anna"),
        .origin = HISTORY_DOMWRIGHT,
        .affect = g_strdup("config"),
    };
    return change;
}

static bool begin(Store *store, const char *revision, uint64_t time, GError **error)
{
    g_autoptr(HistoryChange) change = new_change(revision, time);
    g_autofree char *text = text_of(revision);
    return history_begin(store->history, UUID, change, text, NULL, error);
}

static void end(Store *store, HistoryOutcome outcome, const char *revision)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = revision ? text_of(revision) : NULL;
    static const char *const keys[] = {"memory", "line\nbreak", NULL};
    static const char *const devices[] = {"disk", "vda", NULL};
    HistoryResult result = {revision, "web", text, "memory changed", keys, devices};
    history_end(store->history, UUID, outcome, revision ? &result : NULL, &error);
    assert_null(error);
}

static void change(Store *store, const char *from, const char *to, uint64_t time)
{
    g_autoptr(GError) error = NULL;
    begin(store, from, time, &error);
    assert_null(error);
    end(store, HISTORY_MADE, to);
}

static void change_many(Store *store, int count)
{
    for (int i = 0; i < count; i++) {
        g_autofree char *from = g_strdup_printf("r%d", i), *to = g_strdup_printf("r%d", i + 1);
        change(store, from, to, 10 + i);
    }
}

/* The list as "revision:origin[!] …", newest first; ! = undone. */
static char *list(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = history_list(store->history, UUID, 0, 0, &error);
    assert_null(error);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        const HistoryChange *row = rows->pdata[i];
        g_string_append_printf(text, "%s%s:%s%s", i > 0 ? " " : "", row->revision,
                               history_origin_name(row->origin), row->undone ? "!" : "");
    }
    return g_string_free(text, FALSE);
}

static void assert_list(Store *store, const char *expected)
{
    g_autofree char *found = list(store);
    assert_string_equal(found, expected);
}

static void assert_text(Store *store, const char *revision, bool kept)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *expected = text_of(revision);
    g_autofree char *text = history_text(store->history, UUID, revision, &error);
    if (kept)
        assert_string_equal(text, expected);
    else
        assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
}

static off_t size_of_file(const Store *store)
{
    g_autofree char *path = g_build_filename(store->directory, UUID, NULL);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_size;
}

/* Begins a change with a plan. */
static void intend(Store *store, const char *revision, uint64_t time)
{
    g_autoptr(HistoryChange) plan = new_change(revision, time);
    g_autoptr(GError) error = NULL;
    g_free(plan->affect);
    plan->affect = g_strdup("both");
    plan->summary = g_strdup("Changed title.");
    plan->keys = g_strsplit("title", " ", -1);
    g_autofree char *text = text_of(revision);
    assert_true(history_begin(store->history, UUID, plan, text, NULL, &error));
    assert_true(history_intend(store->history, UUID, plan, &error));
}

static void settle(Store *store, const char *run)
{
    reopen(store, run, &wide);
    assert_true(history_settle_intents(store->history, NULL));
    g_autofree char *path = g_build_filename(store->directory, "intents", UUID, NULL);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_interrupted_plans(void **state)
{
    Store *store = *state;
    g_autofree char *path = g_build_filename(store->directory, "intents", UUID, NULL);
    intend(store, "a", 10);
    assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    assert_true(history_settle_intents(store->history, NULL)); /* it is under way */
    assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    settle(store, "second");
    saw(store, "a", false); /* had not begun, or was taken back by hand */
    assert_list(store, "a:interrupted");
    /* The machine took the plan's file with it. The result is no other program's. */
    intend(store, "a", 20);
    assert_true(g_file_set_contents(path, "", 0, NULL));
    settle(store, "third");
    saw(store, "b", false);
    assert_list(store, "a:interrupted a:interrupted");
    g_autoptr(GPtrArray) rows = history_list(store->history, UUID, 0, 0, NULL);
    const HistoryChange *row = rows->pdata[0];
    assert_string_equal(row->keys[0], "title");
    assert_string_equal(row->affect, "both");
    /* Its outcome was known. */
    intend(store, "b", 30);
    end(store, HISTORY_MADE, "c");
    settle(store, "fourth");
    assert_list(store, "b:domwright a:interrupted a:interrupted");
    /* Only the plan is there. */
    intend(store, "c", 40);
    g_autofree char *file = g_build_filename(store->directory, UUID, NULL);
    unlink(file);
    settle(store, "fifth");
    assert_list(store, "c:interrupted");
}

static void test_changes(void **state)
{
    Store *store = *state;
    assert_list(store, "");
    saw(store, "a", false);
    saw(store, "a", false);
    assert_list(store, "");
    change(store, "a", "b", 10);
    saw(store, "b", false);
    change(store, "b", "c", 20);
    assert_list(store, "b:domwright a:domwright");
    assert_text(store, "a", true);
    assert_text(store, "b", true);
    assert_text(store, "c", true);
    assert_text(store, "d", false);

    g_autoptr(GPtrArray) rows = history_list(store->history, UUID, 0, 20, NULL);
    assert_int_equal(rows->len, 1);
    const HistoryChange *row = rows->pdata[0];
    assert_string_equal(row->revision, "a");
    assert_string_equal(row->name, "web");
    assert_int_equal(row->time, 10);
    assert_int_equal(row->uid, 1000);
    assert_string_equal(row->user, "anna");
    assert_string_equal(row->summary, "memory changed");
    assert_string_equal(row->affect, "config");
    assert_int_equal(g_strv_length(row->keys), 2);
    assert_string_equal(row->keys[1], "line\nbreak");
    assert_string_equal(row->devices[1], "vda");
    g_autoptr(GPtrArray) newest = history_list(store->history, UUID, 1, 0, NULL);
    assert_int_equal(newest->len, 1);
    assert_string_equal(((HistoryChange *)newest->pdata[0])->revision, "b");
    /* Another program's change that nobody saw before ours. */
    change(store, "d", "e", 30);
    assert_list(store, "d:domwright c:external b:domwright a:domwright");
}

static void test_failed_and_undone(void **state)
{
    Store *store = *state;
    g_autoptr(GError) error = NULL;
    assert_true(begin(store, "a", 10, &error));
    assert_list(store, "");
    end(store, HISTORY_FAILED, NULL);
    assert_list(store, "");
    assert_true(begin(store, "a", 20, &error));
    end(store, HISTORY_UNDONE, "a");
    assert_list(store, "a:domwright!");
    saw(store, "a", false);
    assert_list(store, "a:domwright!");
}

/* What came to nothing takes no room, and nothing that is kept goes for it. */
static void test_many_without_effect(void **state)
{
    Store *store = *state;
    static const HistoryLimits few = {2, 0, 1 << 24, 1 << 28};
    reopen(store, "later", &few);
    change(store, "a", "b", 10);
    off_t size = size_of_file(store);
    for (int i = 0; i < 10; i++) {
        assert_true(begin(store, "b", 20 + i, NULL));
        end(store, HISTORY_FAILED, NULL);
    }
    assert_int_equal(size_of_file(store), size);
    /* Ended by a crash each time, they are cut off like others. */
    for (int i = 0; i < 20; i++) {
        g_autofree char *run = g_strdup_printf("run %d", i);
        reopen(store, run, &few);
        assert_true(begin(store, "b", 100 + i, NULL));
    }
    change(store, "b", "c", 300);
    assert_list(store, "b:domwright");
    assert_true(size_of_file(store) >= size && size_of_file(store) <= 6 * size);
}

static void describe(const char *before, const char *after, HistoryChange *change)
{
    change->summary = g_strdup_printf("%s -> %s", before, after);
}

static void test_external(void **state)
{
    Store *store = *state;
    g_autoptr(GError) error = NULL;
    saw(store, "a", false);
    bool external;
    assert_true(history_saw(store->history, UUID, "web", "b", "B", describe, &external, &error));
    assert_true(external);
    g_autoptr(GPtrArray) rows = history_list(store->history, UUID, 0, 0, NULL);
    assert_int_equal(rows->len, 1);
    const HistoryChange *row = rows->pdata[0];
    assert_string_equal(row->summary, "<domain><name>a</name></domain> -> B");
    assert_int_equal(row->uid, HISTORY_NO_USER);
    assert_list(store, "a:external");
    /* What is read while a change of ours is under way is that change. */
    assert_true(begin(store, "b", 0, &error));
    saw(store, "c", false);
    end(store, HISTORY_MADE, "c");
    saw(store, "c", false);
    assert_list(store, "b:domwright a:external");
}

static void test_interrupted(void **state)
{
    Store *store = *state;
    g_autoptr(GError) error = NULL;
    assert_true(begin(store, "a", 10, &error));
    assert_list(store, "");
    reopen(store, "second", &wide);
    assert_list(store, "a:interrupted");
    saw(store, "b", false);
    assert_list(store, "a:interrupted");
    /* Without effect: nothing was changed before the end. */
    assert_true(begin(store, "b", 20, &error));
    reopen(store, "third", &wide);
    saw(store, "b", false);
    assert_list(store, "a:interrupted");
    change(store, "b", "c", 30);
    assert_list(store, "b:domwright a:interrupted");
}

static void test_gone(void **state)
{
    Store *store = *state;
    g_autoptr(GError) error = NULL;
    assert_true(history_gone(store->history, UUID, &error));
    saw(store, "a", false);
    assert_true(history_gone(store->history, UUID, &error));
    assert_true(history_gone(store->history, UUID, &error));
    assert_list(store, "a:external");
    g_autoptr(GPtrArray) lost = history_lost_list(store->history, &error);
    assert_int_equal(lost->len, 1);
    const HistoryLost *row = lost->pdata[0];
    assert_string_equal(row->uuid, UUID);
    assert_string_equal(row->change->name, "web");
    assert_string_equal(row->change->revision, "a");
    /* It is defined again, elsewhere or by us: the history goes on. */
    saw(store, "b", false);
    assert_list(store, "a:external");
    g_autoptr(GPtrArray) none = history_lost_list(store->history, &error);
    assert_int_equal(none->len, 0);
    assert_true(begin(store, "b", 0, &error));
    end(store, HISTORY_REMOVED, NULL);
    assert_list(store, "b:domwright a:external");
    g_autoptr(GPtrArray) again = history_lost_list(store->history, &error);
    assert_int_equal(again->len, 1);
}

static void test_present(void **state)
{
    Store *store = *state;
    g_autoptr(GError) error = NULL;
    uint64_t future = g_get_real_time() + 2 * G_USEC_PER_SEC;
    g_autoptr(GHashTable) uuids = g_hash_table_new(g_str_hash, g_str_equal);
    saw(store, "a", false);
    g_hash_table_add(uuids, (char *)UUID);
    assert_true(history_present(store->history, uuids, future, &error));
    assert_list(store, "");
    g_hash_table_remove_all(uuids);
    assert_true(history_present(store->history, uuids, future - 10 * G_USEC_PER_SEC, &error));
    assert_list(store, "");
    assert_true(history_present(store->history, uuids, future, &error));
    assert_list(store, "a:external");
}

/* Cut off after any byte, the file has the changes that were complete, and goes on from there. */
static void test_torn(void **state)
{
    Store *store = *state;
    saw(store, "a", false);
    change(store, "a", "b", 10);
    g_autofree char *path = g_build_filename(store->directory, UUID, NULL);
    g_autofree char *whole = NULL;
    gsize length, first = size_of_file(store);
    change(store, "b", "c", 20);
    assert_true(g_file_get_contents(path, &whole, &length, NULL));
    for (gsize cut = first; cut < length; cut++) {
        assert_true(g_file_set_contents(path, whole, cut, NULL));
        reopen(store, "later", &wide);
        g_autofree char *found = list(store);
        assert_true(g_str_equal(found, "a:domwright") ||
                    g_str_equal(found, "b:interrupted a:domwright") ||
                    g_str_equal(found, "b:domwright a:domwright"));
        assert_text(store, "b", true);
        saw(store, "x", g_str_equal(found, "a:domwright"));
        assert_text(store, "x", true);
    }
}

static void test_damaged(void **state)
{
    Store *store = *state;
    saw(store, "a", false);
    change(store, "a", "b", 10);
    change(store, "b", "c", 20);
    g_autofree char *path = g_build_filename(store->directory, UUID, NULL);
    g_autofree char *whole = NULL;
    gsize length;
    assert_true(g_file_get_contents(path, &whole, &length, NULL));
    g_autofree char *text = text_of("z");
    for (gsize place = 0; place < length; place += 7) {
        g_autofree char *damaged = g_memdup2(whole, length);
        damaged[place] ^= 0x20;
        assert_true(g_file_set_contents(path, damaged, length, NULL));
        g_autofree char *found = list(store);
        assert_non_null(found);
        assert_true(history_saw(store->history, UUID, "web", "z", text, NULL, NULL, NULL));
        assert_text(store, "z", true);
    }
}

static void test_disk_full(void **state)
{
    Store *store = *state;
    saw(store, "a", false);
    change(store, "a", "b", 10);
    g_autofree char *path = g_build_filename(store->directory, UUID, NULL);
    off_t size = size_of_file(store);
    struct rlimit old, limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    limit = (struct rlimit){size + 100, old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    g_autoptr(GError) error = NULL;
    bool begun = begin(store, "b", 20, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(begun);
    assert_int_equal(error->domain, G_FILE_ERROR);
    assert_non_null(strstr(error->message, path));
    assert_int_equal(size_of_file(store), size);
    assert_list(store, "a:domwright");
    change(store, "b", "c", 30);
    assert_list(store, "b:domwright a:domwright");
}

static void test_directory_removed(void **state)
{
    Store *store = *state;
    change(store, "a", "b", 10);
    remove_all(store->directory);
    assert_list(store, "");
    change(store, "b", "c", 20);
    assert_list(store, "b:domwright");
    assert_text(store, "b", true);
}

static void test_bounds_of_a_domain(void **state)
{
    Store *store = *state;
    static const HistoryLimits few = {8, 0, 1 << 24, 1 << 28};
    reopen(store, "later", &few);
    change_many(store, 100);
    assert_list(store, "r99:domwright r98:domwright r97:domwright r96:domwright r95:domwright "
                       "r94:domwright r93:domwright r92:domwright");
    for (int i = 92; i <= 100; i++) {
        g_autofree char *revision = g_strdup_printf("r%d", i);
        assert_text(store, revision, true);
    }
    assert_text(store, "r50", false);
    static const HistoryLimits small = {100, 0, 1, 1 << 28};
    reopen(store, "later", &small);
    change(store, "r100", "r101", 200);
    assert_list(store, "r100:domwright");
    assert_text(store, "r101", true);
}

/* A file at its limit is not written anew with each change. */
static void test_full_file_is_rewritten_seldom(void **state)
{
    Store *store = *state;
    static const HistoryLimits bytes = {1000, 0, 20000, 1 << 28};
    g_autofree char *path = g_build_filename(store->directory, UUID, NULL);
    unsigned rewritten = 0;
    ino_t inode = 0;
    reopen(store, "later", &bytes);
    for (int i = 0; i < 300; i++) {
        g_autofree char *from = g_strdup_printf("r%d", i), *to = g_strdup_printf("r%d", i + 1);
        struct stat status;
        change(store, from, to, 10 + i);
        assert_int_equal(stat(path, &status), 0);
        assert_true(status.st_size <= 20000);
        rewritten += status.st_ino != inode;
        inode = status.st_ino;
    }
    assert_true(rewritten >= 3 && rewritten <= 30);
}

static void test_days_and_total(void **state)
{
    Store *store = *state;
    g_autoptr(GError) error = NULL;
    static const HistoryLimits month = {100, 30, 1 << 24, 1 << 28};
    reopen(store, "later", &month);
    change(store, "a", "b", 10 * DAY);
    change(store, "b", "c", 50 * DAY);
    assert_true(history_prune(store->history, 60 * DAY, &error));
    assert_list(store, "b:domwright");
    assert_true(history_prune(store->history, 100 * DAY, &error));
    assert_list(store, "");
    assert_text(store, "c", true);
    assert_true(begin(store, "c", 110 * DAY, &error));
    end(store, HISTORY_REMOVED, NULL);
    assert_true(history_prune(store->history, 120 * DAY, &error));
    assert_text(store, "c", true);
    assert_true(history_prune(store->history, 200 * DAY, &error));
    assert_text(store, "c", false);

    static const HistoryLimits tight = {100, 0, 1 << 24, 4000};
    reopen(store, "later", &tight);
    change_many(store, 50);
    assert_true(history_prune(store->history, 300 * DAY, &error));
    assert_true(size_of_file(store) > 0 && size_of_file(store) <= 4000);
    assert_text(store, "r50", true);
}

typedef struct {
    Store *store;
    const char *uuid;
} Writer;

static void *write_many(void *data)
{
    Writer *writer = data;
    for (int i = 0; i < 50; i++) {
        g_autofree char *revision = g_strdup_printf("%d", i), *next = g_strdup_printf("%d", i + 1);
        g_autoptr(HistoryChange) change = new_change(revision, 0);
        if (!history_begin(writer->store->history, writer->uuid, change, revision, NULL, NULL) ||
            !history_end(writer->store->history, writer->uuid, HISTORY_MADE,
                         &(HistoryResult){.revision = next, .name = "w", .text = next}, NULL))
            return writer;
    }
    return NULL;
}

static void test_threads(void **state)
{
    Store *store = *state;
    Writer writers[] = {{store, UUID}, {store, OTHER}};
    GThread *threads[2];
    for (int i = 0; i < 2; i++)
        threads[i] = g_thread_new("writer", write_many, &writers[i]);
    for (int i = 0; i < 2; i++)
        assert_null(g_thread_join(threads[i]));
    for (int i = 0; i < 2; i++) {
        g_autoptr(GPtrArray) rows = history_list(store->history, writers[i].uuid, 0, 0, NULL);
        assert_int_equal(rows->len, 50);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_interrupted_plans, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failed_and_undone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_without_effect, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_external, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_interrupted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_present, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_torn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damaged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_disk_full, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_directory_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bounds_of_a_domain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_file_is_rewritten_seldom, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_days_and_total, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_threads, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
