/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-history TURNS SECONDS ADDRESS ADDRESS-WITHOUT SYNC TYPE [FIGURE...]: what it costs that
 * definitions are kept. On the first bus a daemon that keeps them, which synchronises them while
 * the first byte of the file SYNC is not 0 (shim-sync.c); on the second one that keeps none. Each
 * has a libvirtd of its own, or each would read what the other one changes.
 */
#include "caller.h"
#include "guest.h"
#include "measure.h"

#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define REST_US 2000

typedef struct {
    sd_bus *bus;
    char *path;
} Side;

typedef struct {
    Side with, without;
    char *sync;
} Bench;

static void edit(const Side *side)
{
    guest_set_title_ours(side->bus, side->path);
}

static void undo(const Side *side)
{
    guest_unset_title_ours(side->bus, side->path);
    usleep(REST_US);
}

static void with(void *data)
{
    const Bench *bench = data;

    edit(&bench->with);
}

static void with_sync(void *data)
{
    const Bench *bench = data;

    *bench->sync = 1;
    edit(&bench->with);
    *bench->sync = 0;
}

static void without(void *data)
{
    const Bench *bench = data;

    edit(&bench->without);
}

static void undo_with(void *data)
{
    const Bench *bench = data;

    undo(&bench->with);
}

static void undo_without(void *data)
{
    const Bench *bench = data;

    undo(&bench->without);
}

static void read_with(void *data)
{
    const Bench *bench = data;

    guest_get_ours(bench->with.bus, bench->with.path);
}

static void read_without(void *data)
{
    const Bench *bench = data;

    guest_get_ours(bench->without.bus, bench->without.path);
}

static const Pair pairs[] = {
    {"history", with, without, undo_with, undo_without},
    {"history-read", read_with, read_without, NULL, NULL},
    {"history-sync", with_sync, with, undo_with, undo_with},
};

static void open_side(Side *side, const char *address, const char *type)
{
    side->bus = caller_open(address);
    side->path = guest_define_ours(side->bus, type, "history");
}

static void close_side(Side *side)
{
    guest_undefine_ours(side->bus, side->path);
    sd_bus_flush_close_unref(side->bus);
    g_free(side->path);
}

int main(int argc, char **argv)
{
    Bench bench = {0};
    Effort effort;
    int fd;

    if (argc < 7) {
        fprintf(stderr, "usage: bench-history TURNS SECONDS ADDRESS ADDRESS-WITHOUT SYNC TYPE "
                        "[FIGURE...]\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    effort.names = (const char *const *)argv + 7;
    fd = open(argv[5], O_RDWR | O_CLOEXEC);
    bench.sync = fd < 0 ? MAP_FAILED : mmap(NULL, 1, PROT_WRITE, MAP_SHARED, fd, 0);
    if (bench.sync == MAP_FAILED)
        die("%s: %m", argv[5]);
    open_side(&bench.with, argv[3], argv[6]);
    open_side(&bench.without, argv[4], argv[6]);
    pairs_measure(pairs, G_N_ELEMENTS(pairs), &effort, &bench);
    close_side(&bench.with);
    close_side(&bench.without);
    munmap(bench.sync, 1);
    close(fd);
    return 0;
}
