/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns pkttyagent, polkit's text agent, which runs beside this program while it waits for calls.
 * The agent says by a pipe when it is registered. In a session it stands behind the session's own
 * agent; without one it must not, or polkit would pass over it. bus.c starts it. Main thread.
 */
#include "bus/agent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "alloc.h"

static pid_t agent;

/* As polkit sees it: this process's, or for what the user's own systemd runs, the user's. */
static bool has_session(void)
{
    _cleanup_free_ char *session = NULL;

    return sd_pid_get_session(0, &session) >= 0 || sd_uid_get_display(getuid(), &session) >= 0;
}

static void run_agent(int notify, pid_t parent)
{
    char number[16];

    /* The agent must not outlive a program that was killed. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0);
    snprintf(number, sizeof(number), "%d", notify);
    execlp("pkttyagent", "pkttyagent", "--notify-fd", number, has_session() ? "--fallback" : NULL,
           (char *)NULL);
    _exit(127);
}

bool agent_start(void)
{
    pid_t self = getpid();
    int ends[2], status;

    if (pipe(ends) < 0)
        return false;
    agent = fork();
    if (agent == 0) {
        close(ends[0]);
        run_agent(ends[1], self);
    }
    close(ends[1]);
    if (agent > 0) {
        struct pollfd registered = {.fd = ends[0]};

        while (poll(&registered, 1, -1) < 0 && errno == EINTR)
            ;
    }
    close(ends[0]);
    /* Closing the pipe without staying means that it is not installed or has failed. */
    if (agent > 0 && waitpid(agent, &status, WNOHANG) == agent)
        agent = 0;
    return agent > 0;
}

void agent_stop(void)
{
    if (agent <= 0)
        return;
    kill(agent, SIGTERM);
    kill(agent, SIGCONT); /* it may be stopped, waiting for the terminal */
    while (waitpid(agent, NULL, 0) < 0 && errno == EINTR)
        ;
    agent = 0;
}
