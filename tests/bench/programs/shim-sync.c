/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Put before the C library of a daemon (LD_PRELOAD): its fdatasync() does nothing while the first
 * byte of the file BENCH_SYNC is 0. Whoever measures has that file mapped, too.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const volatile char *wanted;
static int (*real)(int);

__attribute__((constructor)) static void prepare(void)
{
    int fd = open(getenv("BENCH_SYNC"), O_RDONLY | O_CLOEXEC);
    void *page = fd < 0 ? MAP_FAILED : mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);

    if (page == MAP_FAILED)
        abort();
    close(fd);
    wanted = page;
    *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
}

int fdatasync(int fd)
{
    return *wanted ? real(fd) : 0;
}
