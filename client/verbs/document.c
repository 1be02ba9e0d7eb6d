/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the verbs about whole documents: xml, diff, validate. They change nothing. Main thread. */
#include "verbs/document.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "alloc.h"
#include "arguments.h"
#include "bus/bus.h"
#include "bus/failure.h"
#include "bus/result.h"
#include "common/write-file.h"
#include "terminal/columns.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/json.h"
#include "verbs/targets.h"

int get_xml(const Target *target, char **ret_text)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    const char *text;
    Writer call = bus_begin(target->path, DOMWRIGHT_CONFIG_INTERFACE, "GetXML");
    int r;

    append_read_options(&call);
    r = bus_finish(&call, &error, &reply);
    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 's', &text);
    if (r < 0)
        return report_bus_error(target->name, r, &error);
    *ret_text = copy_string(text);
    return STATUS_FINE;
}

static int print_xml(const Target *target, void *data)
{
    _cleanup_free_ char *text = NULL;
    int status = get_xml(target, &text);

    if (status != STATUS_FINE)
        return status;
    if (arg_json) {
        json_string(terminal_out(), text);
        fputc('\n', terminal_out());
    } else {
        print_exact(terminal_out(), text);
    }
    if (!arg_secrets && strstr(text, "(unchanged secret)"))
        report_note(
            target->name, "info",
            "Passwords are left out; to define this text elsewhere, print it with --secrets.");
    return STATUS_FINE;
}

int run_xml(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_CONFIG, print_xml, NULL);
}

/* ---- validate ---- */

static void print_problems(const Target *target, const Rows *problems)
{
    _cleanup_columns_ Columns columns = {{"SEVERITY", "PLACE", "RULE", "PROBLEM"}, 4};

    if (target->one_of_many && problems->count) {
        print_heading(terminal_out(), target->name);
    }
    for (size_t i = 0; i < problems->count; i++) {
        const Values *problem = &problems->items[i];
        _cleanup_free_ char *place = problem_place(problem);

        columns_add(&columns, values_get(problem, "severity"));
        columns_add(&columns, place);
        columns_add(&columns, values_get(problem, "rule"));
        columns_add(&columns, values_get(problem, "message"));
    }
    if (problems->count || !target->one_of_many)
        columns_print(&columns, "No problems.");
}

static int validate(const Target *target, void *data)
{
    static const char *const names[] = {"=", NULL};
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows problems = {0};
    int status = problems_read(target->name, target->path, &problems, &reply), r;

    if (status != STATUS_FINE)
        return status;
    r = arg_json ? json_message(terminal_out(), reply, names) : 0;
    if (r < 0)
        return report_bad_answer(target->name, r);
    if (!arg_json)
        print_problems(target, &problems);
    return problems_have_errors(&problems) ? STATUS_DIFFERS : STATUS_FINE;
}

int run_validate(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_CONFIG, validate, NULL);
}

/* ---- diff ---- */

static int diff_draft(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r;

    if (target->type == TARGET_DOMAIN)
        return report_error(target->name, "A domain is compared with another document: "
                                          "\"domwright diff DOMAIN DOMAIN\"; \"domwright pending\" "
                                          "lists what waits until it is started again.");
    r = bus_call(target->path, DOMWRIGHT_DRAFT_INTERFACE, "Diff", &error, &reply, "a{sv}", 0);
    return result_print_diff(target->name, reply, r, &error, STATUS_DIFFERS);
}

int run_draft_diff(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DRAFT, diff_draft, NULL);
}

static int take_text(const Target *target, void *data)
{
    return get_xml(target, data);
}

/* A file of these bytes that only a child knows; inherited over exec. */
static int open_bytes(const char *text)
{
    int fd = memfd_create("domwright", 0);

    if (fd >= 0 && write_all(fd, text, strlen(text)) && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static char *run_diff_program(const char *const names[2], const int fds[2], int *ret_status)
{
    _cleanup_free_ char *first = format_string("/dev/fd/%d", fds[0]);
    _cleanup_free_ char *second = format_string("/dev/fd/%d", fds[1]);
    char *output;
    int ends[2], status = 0;
    size_t length;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return NULL;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execlp("diff", "diff", "-u", "--label", names[0], "--label", names[1], first, second,
               (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    output = child > 0 ? read_all(ends[0], &length) : NULL;
    close(ends[0]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 127;
    return output;
}

static int diff_texts(const char *const names[2], char *const texts[2])
{
    _cleanup_close_ int first = open_bytes(texts[0]), second = open_bytes(texts[1]);
    _cleanup_free_ char *output = NULL;
    int status = 127;

    if (first >= 0 && second >= 0)
        output = run_diff_program(names, (const int[]){first, second}, &status);
    if (!output || status > 1)
        return report_error(NULL, "diff(1) cannot be run; install diffutils.");
    if (arg_json) {
        json_string(terminal_out(), output);
        fputc('\n', terminal_out());
    } else {
        print_diff(terminal_out(), output);
    }
    return status ? STATUS_DIFFERS : STATUS_FINE;
}

int run_diff(const Verb *verb, char *words[], int count)
{
    char *texts[2] = {NULL, NULL};
    int status = STATUS_FINE;

    if (count == 1)
        return targets_each(words[0], TARGET_DOMAIN | TARGET_DRAFT, diff_draft, NULL);
    for (int i = 0; status == STATUS_FINE && i < 2; i++)
        status = targets_each(words[i], TARGET_ONE_CONFIG, take_text, &texts[i]);
    if (status == STATUS_FINE)
        status = diff_texts((const char *const[]){words[0], words[1]}, texts);
    free(texts[0]);
    free(texts[1]);
    return status;
}
