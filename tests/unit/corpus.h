/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Documents that are not part of the project, for tests that can use them: archives beside the
 * source tree, in ../shared/corpus, unpacked for as long as the test runs. DOMWRIGHT_CORPUS names a
 * directory where they are unpacked already. Included after cmocka.h.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The directory `member` of an archive, or NULL when there is no such archive; one that cannot be
 * unpacked is a failure. End with corpus_close. */
static inline char *corpus_open(const char *archive, const char *member)
{
    const char *unpacked = g_getenv("DOMWRIGHT_CORPUS");
    g_autofree char *path = g_build_filename(TEST_ROOT, "..", "shared", "corpus", archive, NULL);
    g_autofree char *directory = NULL;

    if (unpacked) {
        directory = g_build_filename(unpacked, member, NULL);
        return g_file_test(directory, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&directory) : NULL;
    }
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;

    directory = g_dir_make_tmp("domwright-corpus-XXXXXX", NULL);
    const char *argv[] = {"tar", "-xJf", path, "-C", directory, NULL};
    int status;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                      &status, NULL) ||
        status != 0)
        fail_msg("tar -xJf %s: is xz there?", path);
    return g_build_filename(directory, member, NULL);
}

static inline void corpus_close(char *directory)
{
    g_autofree char *parent = directory ? g_path_get_dirname(directory) : NULL;
    const char *argv[] = {"rm", "-r", parent, NULL};

    if (directory && !g_getenv("DOMWRIGHT_CORPUS"))
        g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                     NULL);
    g_free(directory);
}
