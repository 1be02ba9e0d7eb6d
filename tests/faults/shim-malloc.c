/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded before all else: one allocation fails. The file MALLOC_FAULT is shared memory with the
 * test: which library's allocations count, how many are still to be had (0: all), how many there
 * were. Whether failing is right it does not know.
 */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *memory, size_t size);

/* As the test packs it. */
struct order {
    _Atomic int64_t library; /* of names, from 1; 0: nobody's */
    _Atomic int64_t left;
    _Atomic int64_t seen;
    _Atomic int64_t failed;
};

static const char *const names[] = {"/libsystemd.so", "/libxml2.so", "/libglib-2.0.so",
                                    "/libvirt.so", "/domwrightd"};
#define LIBRARIES (sizeof names / sizeof *names)

static struct {
    uintptr_t start, end;
} ranges[LIBRARIES];
static struct order *order;

static int note_range(struct dl_phdr_info *info, size_t size, void *data)
{
    const char *name = info->dlpi_name && *info->dlpi_name ? info->dlpi_name : "/domwrightd";

    for (size_t i = 0; i < LIBRARIES; i++)
        for (int j = 0; strstr(name, names[i]) && j < info->dlpi_phnum; j++) {
            const ElfW(Phdr) *part = &info->dlpi_phdr[j];
            if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
                continue;
            ranges[i].start = info->dlpi_addr + part->p_vaddr;
            ranges[i].end = ranges[i].start + part->p_memsz;
        }
    return 0;
}

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv("MALLOC_FAULT");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

    if (fd < 0)
        return;
    dl_iterate_phdr(note_range, NULL);
    void *shared = mmap(NULL, sizeof *order, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED)
        order = shared;
}

static bool fails(const void *caller)
{
    int64_t library = order ? atomic_load(&order->library) : 0;
    uintptr_t at = (uintptr_t)caller;

    if (library <= 0 || library > (int64_t)LIBRARIES || at < ranges[library - 1].start ||
        at >= ranges[library - 1].end)
        return false;
    atomic_fetch_add(&order->seen, 1);
    if (atomic_load(&order->left) <= 0 || atomic_fetch_sub(&order->left, 1) != 1)
        return false;
    atomic_fetch_add(&order->failed, 1);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}
