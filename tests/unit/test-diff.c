/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Differences: exact output for the shapes that matter, and, for texts made at random, that a diff
 * applied gives the new text and is as short as can be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include <domwright/model.h>

static void assert_diff(const char *before, const char *after, const char *expected)
{
    g_autofree char *diff = dw_diff(before, after);
    assert_string_equal(diff, expected);
}

static void test_equal(void **state)
{
    assert_diff("", "", "");
    assert_diff("a\nb\n", "a\nb\n", "");
    assert_diff("a", "a", "");
}

static void test_from_and_to_nothing(void **state)
{
    assert_diff("", "a\n", "@@ -0,0 +1 @@\n+a\n");
    assert_diff("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n");
    assert_diff("a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b\n");
}

static void test_one_line(void **state)
{
    assert_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
                "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
    assert_diff("1\n2\n3\n4\n5\n", "0\n1\n2\n3\n4\n5\n", "@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n");
    assert_diff("1\n2\n3\n4\n5\n", "1\n2\n3\n4\n", "@@ -2,4 +2,3 @@\n 2\n 3\n 4\n-5\n");
}

static void test_hunks_merge_up_to_six_lines_between(void **state)
{
    assert_diff("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
                "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
    assert_diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
                "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
                "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

static void test_last_line_without_end(void **state)
{
    assert_diff("a\nb", "a\nc",
                "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
                "+c\n\\ No newline at end of file\n");
    assert_diff("a\nb", "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
    assert_diff("a\nb\n", "a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n");
    assert_diff("a\nb", "c\nb", "@@ -1,2 +1,2 @@\n-a\n+c\n b\n\\ No newline at end of file\n");
}

static void test_carriage_returns_are_text(void **state)
{
    assert_diff("a\r\nb\r\n", "a\r\nb\n", "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+b\n");
}

static void test_added_element_is_whole(void **state)
{
    assert_diff("<d>\n <disk>\n  <a/>\n </disk>\n <video/>\n</d>\n",
                "<d>\n <disk>\n  <a/>\n </disk>\n <disk>\n  <b/>\n </disk>\n <video/>\n</d>\n",
                "@@ -2,5 +2,8 @@\n  <disk>\n   <a/>\n  </disk>\n"
                "+ <disk>\n+  <b/>\n+ </disk>\n  <video/>\n </d>\n");
    assert_diff("<d>\n <disk>\n  <a/>\n </disk>\n <disk>\n  <b/>\n </disk>\n <video/>\n</d>\n",
                "<d>\n <disk>\n  <a/>\n </disk>\n <video/>\n</d>\n",
                "@@ -2,8 +2,5 @@\n  <disk>\n   <a/>\n  </disk>\n"
                "- <disk>\n-  <b/>\n- </disk>\n  <video/>\n </d>\n");
}

/* Takes the text a diff's hunks stand for, and counts its changed lines. */
static char *apply(const char *before, const char *diff, size_t *ret_changed)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *old = before;
    size_t line = 1, changed = 0;

    for (const char *p = diff; *p; p = strchr(p, '\n') + 1) {
        size_t length = (size_t)(strchr(p, '\n') - p) + 1, start, count = 1;

        if (*p == '@') {
            assert_true(sscanf(p, "@@ -%zu,%zu", &start, &count) >= 1);
            for (; line < start + (count == 0); line++) {
                size_t n = (size_t)(strchr(old, '\n') - old) + 1;
                g_string_append_len(out, old, (gssize)n);
                old += n;
            }
            continue;
        }
        if (*p == '\\') {
            continue;
        }
        if (strchr(p, '\n')[1] == '\\')
            length--;
        if (*p != '+') {
            assert_memory_equal(old, p + 1, length - 1);
            old += length - 1;
            line++;
        }
        if (*p != '-')
            g_string_append_len(out, p + 1, (gssize)length - 1);
        changed += *p != ' ';
    }
    g_string_append(out, old);
    *ret_changed = changed;
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* The fewest lines to delete and insert, by the textbook table. Lines are single characters. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a) / 2, m = strlen(b) / 2;
    g_autofree size_t *row = g_new(size_t, m + 1);

    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t above = row[j];
            row[j] = a[2 * i - 2] == b[2 * j - 2] ? diagonal : 1 + MIN(above, row[j - 1]);
            diagonal = above;
        }
    }
    return row[m];
}

static char *random_text(GRand *random, int max_lines, int n_letters)
{
    GString *text = g_string_new(NULL);

    for (int i = g_rand_int_range(random, 0, max_lines + 1); i > 0; i--)
        g_string_append_printf(text, "%c\n", 'a' + g_rand_int_range(random, 0, n_letters));
    return g_string_free(text, FALSE);
}

static void test_random_is_right_and_shortest(void **state)
{
    GRand *random = g_rand_new_with_seed(1);

    for (int i = 0; i < 20000; i++) {
        int letters = 1 + i % 6;
        g_autofree char *before = random_text(random, 24, letters);
        g_autofree char *after = random_text(random, 24, letters);
        g_autofree char *diff = dw_diff(before, after);
        size_t changed;
        g_autofree char *applied = apply(before, diff, &changed);

        assert_string_equal(applied, after);
        assert_int_equal(changed, distance(before, after));
    }
    g_rand_free(random);
}

static void test_long_texts_are_right(void **state)
{
    GRand *random = g_rand_new_with_seed(2);

    for (int letters = 2; letters <= 26; letters += 8) {
        g_autofree char *before = random_text(random, 20000, letters);
        g_autofree char *after = random_text(random, 20000, letters);
        g_autofree char *diff = dw_diff(before, after);
        size_t changed;
        g_autofree char *applied = apply(before, diff, &changed);
        assert_string_equal(applied, after);
    }
    g_rand_free(random);
}

static void test_a_mebibyte_of_different_lines(void **state)
{
    g_autoptr(GString) before = g_string_new(NULL), after = g_string_new(NULL);
    size_t n = 0, changed;

    for (; before->len < DW_MAX_BYTES; n++) {
        g_string_append_printf(before, "%zx\n", n);
        g_string_append_printf(after, "x%zx\n", n);
    }
    g_autofree char *diff = dw_diff(before->str, after->str);
    g_autofree char *applied = apply(before->str, diff, &changed);
    assert_string_equal(applied, after->str);
    assert_int_equal(changed, 2 * n);
}

static void test_patch_applies_it(void **state)
{
    g_autofree char *patch = g_find_program_in_path("patch");
    g_autofree char *directory = g_dir_make_tmp("domwright-diff-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "file", NULL);
    g_autofree char *diff_file = g_build_filename(directory, "diff", NULL);
    GRand *random = g_rand_new_with_seed(3);

    for (int i = 0; patch && i < 50; i++) {
        g_autofree char *before = random_text(random, 60, 12);
        g_autofree char *after = random_text(random, 60, 12);
        const char *argv[] = {patch, "--quiet", "--fuzz=0", file, diff_file, NULL};
        g_autofree char *applied = NULL;
        int status;

        /* patch removes a file that becomes empty. */
        if (*before == '\0' || *after == '\0' || g_str_equal(before, after))
            continue;
        if (i % 2)
            after[strlen(after) - 1] = '\0';
        g_autofree char *diff = dw_diff(before, after);
        assert_true(g_file_set_contents(file, before, -1, NULL));
        assert_true(g_file_set_contents(diff_file, diff, -1, NULL));
        assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                                 &status, NULL));
        assert_int_equal(status, 0);
        assert_true(g_file_get_contents(file, &applied, NULL, NULL));
        assert_string_equal(applied, after);
    }

    g_rand_free(random);
    g_unlink(file);
    g_unlink(diff_file);
    g_rmdir(directory);
    if (!patch)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_from_and_to_nothing),
        cmocka_unit_test(test_one_line),
        cmocka_unit_test(test_hunks_merge_up_to_six_lines_between),
        cmocka_unit_test(test_last_line_without_end),
        cmocka_unit_test(test_carriage_returns_are_text),
        cmocka_unit_test(test_added_element_is_whole),
        cmocka_unit_test(test_random_is_right_and_shortest),
        cmocka_unit_test(test_long_texts_are_right),
        cmocka_unit_test(test_a_mebibyte_of_different_lines),
        cmocka_unit_test(test_patch_applies_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
