/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tries, from inside a service's sandbox, what an intruder would try first, and prints what came of
 * each: a name and "done" or the error. What should have come of it is the test's business.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void report(const char *what, const char *detail, long result)
{
    const char *outcome = result >= 0 ? "done" : strerrorname_np(errno);
    printf("%s%s%s %s\n", what, *detail ? ":" : "", detail, outcome);
    fflush(stdout);
}

/* ---- Running programs ---- */

static void try_exec(const char *what, const char *detail, const char *path)
{
    int fds[2], failure = 0;
    if (pipe2(fds, O_CLOEXEC) < 0)
        return;
    pid_t child = fork();
    if (child == 0) {
        execle(path, path, "--version", NULL, (char *[]){NULL});
        failure = errno;
        (void)!write(fds[1], &failure, sizeof failure);
        _exit(1);
    }
    close(fds[1]);
    (void)!read(fds[0], &failure, sizeof failure);
    close(fds[0]);
    waitpid(child, NULL, 0);
    errno = failure;
    report(what, detail, failure ? -1 : 0);
}

static int copy_self(const char *path)
{
    char buffer[65536];
    ssize_t length;
    int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    while (in >= 0 && out >= 0 && (length = read(in, buffer, sizeof buffer)) > 0)
        (void)!write(out, buffer, length);
    close(in);
    return out < 0 ? -1 : close(out);
}

static void try_own_program(const char *directory)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/program", directory);
    int written = copy_self(path);
    report("write", directory, written);
    if (written == 0)
        try_exec("run-own", directory, path);
    unlink(path);
}

/* ---- Reaching out ---- */

static void try_socket(const char *name, int family, int type)
{
    int fd = socket(family, type | SOCK_CLOEXEC, 0);
    report("socket", name, fd);
    if (fd >= 0)
        close(fd);
}

static void try_read(const char *path)
{
    char byte;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    report("read", path, fd < 0 ? -1 : read(fd, &byte, 1));
    if (fd >= 0)
        close(fd);
}

/* The names in a directory, or why it cannot be read. */
static void try_list(const char *path)
{
    DIR *directory = opendir(path);
    if (!directory) {
        report("list", path, -1);
        return;
    }
    int count = 0;
    struct dirent *entry;
    while ((entry = readdir(directory)))
        count += entry->d_name[0] != '.';
    closedir(directory);
    printf("list:%s %d\n", path, count);
}

static void count_processes(void)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    int others = 0;
    while (directory && (entry = readdir(directory))) {
        int pid = atoi(entry->d_name);
        others += pid > 0 && pid != getpid();
    }
    if (directory)
        closedir(directory);
    printf("other-processes %d\n", others);
}

/* ---- Gaining ---- */

static void try_privileges(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {0};
    syscall(SYS_capget, &header, data);
    printf("capabilities %x%x%x\n", data[0].effective | data[1].effective,
           data[0].permitted | data[1].permitted, data[0].inheritable | data[1].inheritable);
    report("setuid", "", setuid(0));
    report("chown", "", chown("/proc/self", 0, 0));
    report("unshare", "user", unshare(CLONE_NEWUSER));
    report("unshare", "net", unshare(CLONE_NEWNET));
    report("unshare", "mount", unshare(CLONE_NEWNS));
    report("mount", "", mount("none", "/tmp", "tmpfs", 0, NULL));
    report("ptrace", "", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    report("keyctl", "", syscall(SYS_keyctl, 0, -3, 0));
    report("bpf", "", syscall(SYS_bpf, 0, NULL, 0));
    report("perf_event_open", "", syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
    report("personality", "", personality(ADDR_NO_RANDOMIZE));
    report("settimeofday", "", settimeofday(&(struct timeval){1, 0}, NULL));
    report("sethostname", "", sethostname("x", 1));
    report("memfd_create", "", syscall(SYS_memfd_create, "x", 0));
    report("setrlimit", "core", setrlimit(RLIMIT_CORE, &(struct rlimit){1, 1}));
    void *memory =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    report("writable-code", "", memory == MAP_FAILED ? -1 : 0);
    report("setuid-file", "", open("/tmp/setuid", O_CREAT | O_WRONLY | O_CLOEXEC, 04755));
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return 0; /* a copy of itself that should not have been run */
    static const char *const programs[] = {"/bin/true",
                                           "/bin/sh",
                                           "/usr/bin/busctl",
                                           "/usr/lib/systemd/systemd",
                                           "/usr/bin/virsh",
                                           "/usr/sbin/libvirtd",
                                           "/usr/libexec/domwrightd"};
    static const char *const files[] = {"/etc/shadow", "/proc/1/environ", "/proc/kcore",
                                        "/dev/kvm",    "/dev/mem",        "/etc/passwd"};
    static const char *const directories[] = {
        "/var/lib/libvirt",    "/etc/libvirt/qemu", "/home", "/root", "/srv", "/boot",
        "/run/systemd/private"};
    static const char *const writable[] = {
        "/etc",         "/usr", "/var",     "/run",     "/",
        "/run/libvirt", "/tmp", "/var/tmp", "/dev/shm", "/run/domwright-probe"};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        try_exec("run", programs[i], programs[i]);
    for (size_t i = 0; i < sizeof writable / sizeof *writable; i++)
        try_own_program(writable[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        try_read(files[i]);
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        try_list(directories[i]);
    try_socket("unix", AF_UNIX, SOCK_STREAM);
    try_socket("inet", AF_INET, SOCK_STREAM);
    try_socket("inet6", AF_INET6, SOCK_DGRAM);
    try_socket("netlink", AF_NETLINK, SOCK_RAW);
    try_socket("packet", AF_PACKET, SOCK_RAW);
    count_processes();
    try_privileges();
    return 0;
}
