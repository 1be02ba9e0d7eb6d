/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* domwrightd: from arguments to a running server, and out again. */
#include <malloc.h>
#include <signal.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "config/arguments.h"
#include "libvirt/connection.h"
#include "operations/validation.h"
#include "service.h"

static int complain(GError *error)
{
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    for (char **line = lines; *line; line++)
        g_printerr("domwrightd: %s\n", *line);
    g_error_free(error);
    return 1;
}

/* Before any thread starts: sd-event takes these signals, and only there. Writing to a libvirtd
 * that has died, or beyond the limit of a file's size, is an error like any other. */
static void prepare_signals(void)
{
    sigset_t signals;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
}

static void prepare_memory(void)
{
    mallopt(M_ARENA_MAX, 2);               /* a few threads with little to allocate each */
    mallopt(M_MMAP_THRESHOLD, 256 * 1024); /* a huge message leaves nothing behind */
    dw_end_without_memory();
}

int main(int argc, char **argv)
{
    umask(0077);
    prepare_memory();
    GError *error = NULL;
    Configuration *configuration = configuration_new();
    ArgumentsResult arguments = arguments_read(configuration, argc, argv, &error);
    bool loaded = arguments == ARGUMENTS_RUN && configuration_load(configuration, &error);
    if (!loaded || configuration->check) {
        configuration_free(configuration);
        if (arguments == ARGUMENTS_WRONG)
            return complain(error);
        /* systemd does not start it again until the file is mended. */
        return error ? complain(error), EX_CONFIG : 0;
    }
    prepare_signals();
    log_open(LOG_JOURNAL);
    validation_init(SCHEMA_DIRECTORY);
    Server *server = virt_start(&error) ? server_new(configuration) : NULL;
    if (!server)
        return complain(error);
    int status = server_start(server, &error) ? server_run(server) : complain(error);
    bool freed = server_free(server);
    log_close();
    /* Threads that libvirt does not return stay behind, with all they may still touch. */
    if (!freed)
        _exit(status);
    virt_stop();
    validation_free();
    configuration_free(configuration);
    return status;
}
