/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded before all else: one allocation fails. The file MALLOC_FAULT is shared memory with the
 * test: which library's allocations count, how many are still to be had (0: all), how many there
 * were of each. Whether failing is right it does not know.
 *
 * What the C library allocates for a caller (strdup, asprintf, …) is that caller's.
 */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *memory, size_t size);
void *reallocarray(void *memory, size_t count, size_t size);
int posix_memalign(void **ret, size_t alignment, size_t size);
char *strdup(const char *text);
char *strndup(const char *text, size_t length);
int __vasprintf_chk(char **ret, int flag, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
int __asprintf_chk(char **ret, int flag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static const char *const names[] = {"/libsystemd.so", "/libxml2.so", "/libglib-2.0.so",
                                    "/libvirt.so", "/domwrightd"};
#define LIBRARIES (sizeof names / sizeof *names)

/* As the test packs it. */
struct order {
    _Atomic int64_t library; /* of names, from 1; 0: nobody's, and nothing is counted */
    _Atomic int64_t left;
    _Atomic int64_t failed;
    _Atomic int64_t seen[LIBRARIES];
};

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
    size_t i = 0;

    if (library == 0)
        return false;
    while (i < LIBRARIES && (at < ranges[i].start || at >= ranges[i].end))
        i++;
    if (i == LIBRARIES)
        return false;
    atomic_fetch_add(&order->seen[i], 1);
    if (library != (int64_t)i + 1 || atomic_load(&order->left) <= 0 ||
        atomic_fetch_sub(&order->left, 1) != 1)
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

void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t all;

    if (__builtin_mul_overflow(count, size, &all)) {
        errno = ENOMEM;
        return NULL;
    }
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, all);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
    *ret = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
    return *ret ? 0 : ENOMEM;
}

/* ---- Text ---- */

static char *copy(const char *text, size_t length)
{
    char *made = __libc_malloc(length + 1);

    if (!made)
        return NULL;
    memcpy(made, text, length);
    made[length] = '\0';
    return made;
}

char *strdup(const char *text)
{
    return fails(__builtin_return_address(0)) ? NULL : copy(text, strlen(text));
}

char *strndup(const char *text, size_t length)
{
    return fails(__builtin_return_address(0)) ? NULL : copy(text, strnlen(text, length));
}

__attribute__((format(printf, 2, 0))) static int print(char **ret, const char *format,
                                                       va_list arguments)
{
    va_list again;

    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    *ret = length < 0 ? NULL : __libc_malloc((size_t)length + 1);
    return *ret ? vsnprintf(*ret, (size_t)length + 1, format, arguments) : -1;
}

int __vasprintf_chk(char **ret, int flag, const char *format, va_list arguments)
{
    return fails(__builtin_return_address(0)) ? -1 : print(ret, format, arguments);
}

int __asprintf_chk(char **ret, int flag, const char *format, ...)
{
    va_list arguments;

    if (fails(__builtin_return_address(0)))
        return -1;
    va_start(arguments, format);
    int length = print(ret, format, arguments);
    va_end(arguments);
    return length;
}
