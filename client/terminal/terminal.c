/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns standard output: whether it is a person's terminal, its colours and its pager. Everything
 * that prints asks it. Main thread.
 */
#include "terminal/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"

static bool pager_allowed;
static pid_t pager_pid;
static bool person, person_known;
static FILE *diverted;

bool terminal_is_person(void)
{
    if (!person_known) {
        person = isatty(STDOUT_FILENO);
        person_known = true;
    }
    return person;
}

bool terminal_can_ask(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

void terminal_allow_pager(void)
{
    pager_allowed = true;
}

void terminal_divert(FILE *file)
{
    diverted = file;
}

static const char *pager_command(void)
{
    const char *command = getenv("DOMWRIGHT_PAGER");

    if (!command)
        command = getenv("PAGER");
    if (!command)
        return access("/usr/bin/less", X_OK) == 0 ? "less" : NULL;
    return *command && strcmp(command, "cat") != 0 ? command : NULL;
}

static void start_pager(const char *command)
{
    int ends[2];

    if (pipe(ends) < 0)
        return;
    pager_pid = fork();
    if (pager_pid == 0) {
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        setenv("LESS", "FRX", 0);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    if (pager_pid > 0) {
        fflush(stdout);
        dup2(ends[1], STDOUT_FILENO);
        /* A person who quits the pager early has seen enough: no complaint about the pipe. */
        signal(SIGPIPE, SIG_DFL);
    }
    close(ends[0]);
    close(ends[1]);
}

FILE *terminal_out(void)
{
    if (diverted)
        return diverted;
    if (pager_allowed && terminal_is_person()) {
        const char *command = pager_command();

        pager_allowed = false;
        if (command)
            start_pager(command);
    }
    return stdout;
}

bool terminal_finish(void)
{
    bool written = fflush(stdout) == 0 && !ferror(stdout);

    if (pager_pid > 0) {
        close(STDOUT_FILENO);
        while (waitpid(pager_pid, NULL, 0) < 0 && errno == EINTR)
            ;
        pager_pid = 0;
    }
    return written;
}

const char *terminal_colour(Colour colour)
{
    static const char *const sequences[] = {
        [COLOUR_NONE] = "\033[0m",  [COLOUR_STRONG] = "\033[1m", [COLOUR_FAINT] = "\033[2m",
        [COLOUR_GOOD] = "\033[32m", [COLOUR_BAD] = "\033[31m",
    };
    static int wanted = -1;

    if (wanted < 0) {
        const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

        wanted = terminal_is_person() && !(no_color && *no_color) &&
                 !(term && strcmp(term, "dumb") == 0);
    }
    return wanted ? sequences[colour] : "";
}
