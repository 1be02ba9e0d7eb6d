/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * search DIRECTORY RUNS: shows that a fuzz target can find a fault that two keys make together. One
 * pair that once ended the service is planted: the target has found it when one of its inputs gives
 * both keys to one device. Inputs are made from the target's corpus by a generator that always
 * begins alike and learns nothing, so a fuzzer that learns needs no more runs than this.
 */
#include <stdio.h>

#include "input.h"

#define LONGEST 4096

static const char kind[] = "hostdev";
static const char *const pair[] = {"source.address", "source.address.bus"};
static unsigned seen;
static unsigned long runs_made;

void fuzz_device_begins(void)
{
    seen = 0;
}

void fuzz_gives_key(const char *of, const char *key)
{
    static const unsigned both = 3;

    for (unsigned i = 0; i < G_N_ELEMENTS(pair); i++)
        if (seen != both && strcmp(of, kind) == 0 && strcmp(key, pair[i]) == 0)
            seen |= 1u << i;
    if (seen != both)
        return;
    printf("ok 1 - the pair is found in run %lu\n1..1\n", runs_made);
    exit(0);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *read_corpus(const char *path)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    GPtrArray *corpus = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (const char *name; directory && (name = g_dir_read_name(directory));)
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        char *data;
        gsize size;
        if (g_file_get_contents(names->pdata[i], &data, &size, NULL))
            g_ptr_array_add(corpus, g_bytes_new_take(data, size));
    }
    return corpus;
}

/* A byte changed, some put in, or some taken out. */
static void mutate(GByteArray *input, GRand *random)
{
    guint at = input->len ? (guint)g_rand_int_range(random, 0, (gint32)input->len) : 0;
    guint8 byte = (guint8)g_rand_int_range(random, 0, 256);

    switch (g_rand_int_range(random, 0, 3)) {
    case 0:
        if (input->len)
            input->data[at] = byte;
        break;
    case 1:
        g_byte_array_append(input, &byte, 1);
        memmove(input->data + at + 1, input->data + at, input->len - at - 1);
        input->data[at] = byte;
        break;
    default:
        if (input->len)
            g_byte_array_remove_range(
                input, at, (guint)g_rand_int_range(random, 1, (gint32)(input->len - at) + 1));
    }
}

static void run_once(const GPtrArray *corpus, GRand *random)
{
    g_autoptr(GByteArray) input = g_byte_array_new();
    GBytes *seed = corpus->pdata[g_rand_int_range(random, 0, (gint32)corpus->len)];
    gsize size;
    const guint8 *data = g_bytes_get_data(seed, &size);

    g_byte_array_append(input, data, (guint)MIN(size, LONGEST));
    for (int n = g_rand_int_range(random, 1, 16); n > 0; n--)
        mutate(input, random);
    seen = 0;
    LLVMFuzzerTestOneInput(input->data, input->len);
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) corpus = read_corpus(argv[1]);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    unsigned long runs = strtoul(argv[argc - 1], NULL, 10);

    setvbuf(stdout, NULL, _IOLBF, 0);
    while (runs_made < runs && corpus->len > 0) {
        runs_made++;
        run_once(corpus, random);
    }
    printf("not ok 1 - the pair is not found in %lu runs\n1..1\n", runs);
    return 1;
}
