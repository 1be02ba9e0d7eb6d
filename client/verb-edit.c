/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit: a document in the person's editor, and back where it came from if nobody else has changed
 * it there. What the person wrote is not lost when that fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "arguments.h"
#include "bus.h"
#include "define.h"
#include "document.h"
#include "inventory.h"
#include "memory.h"
#include "report.h"
#include "results.h"
#include "targets.h"
#include "terminal.h"
#include "verbs.h"

/* Where an edited text goes; returns a status. */
typedef int (*PutFunction)(const Target *target, const char *text, void *data);

/* ---- The editor ---- */

static bool run_editor(const char *file)
{
    const char *editor = getenv("VISUAL");
    _cleanup_free_ char *command = NULL;
    int status = 0;
    pid_t child;

    if (!editor || !*editor)
        editor = getenv("EDITOR");
    command = format_string("%s \"$1\"", editor && *editor ? editor : "editor");
    fflush(stdout);
    child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, "sh", file, (char *)NULL);
        _exit(127);
    }
    if (child > 0) {
        /* Keys that interrupt are the editor's while it runs. */
        void (*interrupt)(int) = signal(SIGINT, SIG_IGN);
        void (*quit)(int) = signal(SIGQUIT, SIG_IGN);

        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
        signal(SIGINT, interrupt);
        signal(SIGQUIT, quit);
    }
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    report_error(NULL, "The editor \"%s\" has failed; $VISUAL or $EDITOR names another.",
                 editor && *editor ? editor : "editor");
    return false;
}

/* Documents may hold passwords: only the person reads it, and in memory where there is such a
 * place. */
static char *write_temporary(const char *text)
{
    const char *directory = getenv("XDG_RUNTIME_DIR");
    _cleanup_close_ int fd = -1;
    char *name;

    if (!directory || access(directory, W_OK) != 0)
        directory = getenv("TMPDIR");
    name = format_string("%s/domwright-XXXXXX.xml", directory && *directory ? directory : "/tmp");
    fd = mkostemps(name, (int)strlen(".xml"), O_CLOEXEC);
    if (fd >= 0 && write_all(fd, text, strlen(text)))
        return name;
    report_error(NULL, "%s cannot be written: %s.", name, strerror(errno));
    free(name);
    return NULL;
}

static char *read_temporary(const char *name)
{
    _cleanup_close_ int fd = open(name, O_RDONLY | O_CLOEXEC);
    size_t length;
    char *text = fd >= 0 ? read_all(fd, &length) : NULL;

    if (!text)
        report_error(NULL, "%s cannot be read: %s.", name, strerror(errno));
    return text;
}

static bool ask_again(void)
{
    char answer[16];

    if (!terminal_can_ask())
        return false;
    fputs("Edit again? [Y/n] ", stderr);
    return fgets(answer, sizeof(answer), stdin) && *answer != 'n' && *answer != 'N';
}

static int edit_in(const char *file, const Target *target, const char *before, PutFunction put,
                   void *data)
{
    int status = report_trouble();

    do {
        _cleanup_free_ char *after = run_editor(file) ? read_temporary(file) : NULL;

        if (!after)
            break;
        if (strcmp(before, after) == 0) {
            report_note(target->name, "info", "Nothing was changed.");
            status = STATUS_FINE;
        } else {
            status = put(target, after, data);
        }
        if (status == STATUS_FINE || (arg_dry_run && status == STATUS_DIFFERS)) {
            unlink(file);
            return status;
        }
    } while (ask_again());
    report_error(target->name, "Your text is kept in %s.", file);
    return status;
}

static int edit_text(const Target *target, const char *text, PutFunction put, void *data)
{
    _cleanup_free_ char *file = write_temporary(text);

    return file ? edit_in(file, target, text, put, data) : report_trouble();
}

/* ---- Files ---- */

static int check_draft(const Target *target, const char *path)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows problems = {0};
    int r = bus_call(path, DOMWRIGHT_CONFIG_INTERFACE, "Validate", &error, &reply, "a{sv}", 0);

    if (r < 0)
        return report_bus_error(target->name, r, &error);
    r = rows_read(reply, &problems);
    if (r < 0)
        return report_bad_answer(target->name, r);
    for (size_t i = 0; i < problems.count; i++) {
        const char *severity = values_get(&problems.items[i], "severity");
        const char *message = values_get(&problems.items[i], "message");

        report_note(target->name, severity ?: "", message ?: "");
    }
    return problems_have_errors(&problems) ? report_trouble() : STATUS_FINE;
}

static int put_file(const Target *target, const char *text, void *data)
{
    _cleanup_free_ char *path = import_document(target->name, text, arg_host);
    int status;

    if (!path)
        return report_trouble();
    status = check_draft(target, path);
    bus_call(path, DOMWRIGHT_DRAFT_INTERFACE, "Discard", NULL, NULL, "a{sv}", 0);
    if (status != STATUS_FINE)
        return status;
    if (arg_dry_run)
        return STATUS_DIFFERS;
    return file_write(target->file, text) ? STATUS_FINE : report_trouble();
}

static int edit_file(const char *word)
{
    _cleanup_file_ File *file = NULL;
    Target target;

    if (strcmp(word, "-") == 0)
        return report_usage("Standard input is the editor's; name a file.");
    file = file_read(word);
    if (!file)
        return report_trouble();
    target = (Target){TARGET_FILE, word, NULL, file, false};
    return edit_text(&target, file->text, put_file, NULL);
}

/* ---- Domains ---- */

static int put_domain(const Target *target, const char *text, void *data)
{
    return define_text(target->name, data, text, false);
}

static int edit_domain(const Target *target)
{
    _cleanup_free_ char *revision = NULL, *host = NULL, *text = NULL;
    int status;

    /* The revision first: if the domain changes before the text is read, the edit fails, and
     * nothing is overwritten. With secrets, for a document that takes another's place has none but
     * its own. */
    revision = bus_property(target->path, DOMWRIGHT_CONFIG_INTERFACE, "Revision");
    host = bus_property(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Host");
    if (!revision || !host)
        return report_error(target->name, "It is not there any more, or may not be read.");
    arg_expect = revision;
    arg_secrets = true;
    status = get_xml(target, &text);
    if (status == STATUS_FINE)
        status = edit_text(target, text, put_domain, host);
    arg_expect = NULL;
    return status;
}

/* ---- Drafts ---- */

static int put_draft(const Target *target, const char *text, void *data)
{
    const char *host = data;
    _cleanup_free_ char *path = import_document(target->name, text, *host ? host : NULL);

    if (!path)
        return report_trouble();
    bus_call(arg_dry_run ? path : target->path, DOMWRIGHT_DRAFT_INTERFACE, "Discard", NULL, NULL,
             "a{sv}", 0);
    return arg_dry_run ? STATUS_DIFFERS : print_draft(path);
}

/* The bus has no call to replace a draft's text, so another draft takes its place. */
static int edit_draft(const Target *target)
{
    _cleanup_free_ char *base = bus_property(target->path, DOMWRIGHT_DRAFT_INTERFACE, "Base");
    _cleanup_free_ char *host = bus_property(target->path, DOMWRIGHT_DRAFT_INTERFACE, "Host");
    _cleanup_free_ char *text = NULL;
    int status;

    if (base && strcmp(base, "/") != 0)
        return report_error(target->name, "This draft is of a domain and would lose it; use "
                                          "\"domwright set\" on the draft, or edit the domain.");
    arg_secrets = true;
    status = get_xml(target, &text);
    return status == STATUS_FINE
               ? edit_text(target, text, put_draft, (char *)path_tail(host ? host : "/"))
               : status;
}

static int edit_target(const Target *target, void *data)
{
    return target->type == TARGET_DRAFT ? edit_draft(target) : edit_domain(target);
}

int run_edit(const Verb *verb, char *words[], int count)
{
    if (!bus_get())
        return report_trouble();
    if (word_is_file(words[0]))
        return edit_file(words[0]);
    return targets_each(words[0], TARGET_DOMAIN | TARGET_DRAFT, edit_target, NULL);
}
