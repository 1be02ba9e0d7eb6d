/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the verb edit: a document in the person's editor, and back where it came from. Where that
 * has changed meanwhile, what the person changed is brought onto it if the person agrees. What the
 * person wrote is kept when that fails. Main thread.
 */
#include "verbs/edit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "alloc.h"
#include "arguments.h"
#include "bus/bus.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "bus/result.h"
#include "common/write-file.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "verbs/define.h"
#include "verbs/document.h"
#include "verbs/targets.h"

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

/* What a person has not changed, or has removed, is not kept. */
static void say_what_is_kept(const Target *target, const char *file, const char *before)
{
    _cleanup_close_ int fd = open(file, O_RDONLY | O_CLOEXEC);
    size_t length;
    _cleanup_free_ char *text = fd >= 0 ? read_all(fd, &length) : NULL;

    if (text && strcmp(text, before) == 0)
        unlink(file);
    else if (fd >= 0)
        report_error(target->name, "Your text is kept in %s.", file);
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
    say_what_is_kept(target, file, before);
    return status;
}

static int edit_text(const Target *target, const char *text, PutFunction put, void *data)
{
    _cleanup_free_ char *file = write_temporary(text);

    return file ? edit_in(file, target, text, put, data) : report_trouble();
}

/* ---- Files ---- */

static int put_file(const Target *target, const char *text, void *data)
{
    _cleanup_free_ char *path = import_document(target->name, text, arg_host);
    int status;

    if (!path)
        return report_trouble();
    status = draft_check(target->name, path, NULL, true);
    bus_call(path, DOMWRIGHT_DRAFT_INTERFACE, "Discard", NULL, NULL, "a{sv}", 0);
    if (status != STATUS_FINE)
        return status;
    if (arg_dry_run)
        return STATUS_DIFFERS;
    return file_write(target->file, text) ? STATUS_FINE : report_trouble();
}

static int report_no_run(const char *what)
{
    return report_usage("%s does not run; leave out %s.", what, arg_now ? "--now" : "--live");
}

static int edit_file(const char *word)
{
    _cleanup_file_ File *file = NULL;
    Target target;

    if (strcmp(word, "-") == 0)
        return report_usage("Standard input is the editor's; name a file.");
    if (arg_now || arg_live)
        return report_no_run("A file");
    file = file_read(word);
    if (!file)
        return report_trouble();
    target = (Target){TARGET_FILE, word, NULL, file, false};
    return edit_text(&target, file->text, put_file, NULL);
}

/* ---- Domains ---- */

/* The draft gets the text. */
static int put_text(const Target *target, const char *draft, const char *text)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    int r = bus_call(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "ImportDraft", &error, NULL,
                     "sa{sv}", text, 1, "draft", "s", draft);

    return r < 0 ? report_bus_error(target->name, r, &error) : STATUS_FINE;
}

static bool offer_rebase(const Target *target)
{
    char answer[16];

    if (!terminal_can_ask())
        return false;
    fprintf(stderr, "%s has been changed meanwhile. Bring your changes onto what it is now? [Y/n] ",
            target->name);
    return fgets(answer, sizeof(answer), stdin) && *answer != 'n' && *answer != 'N';
}

static int rebase(const Target *target, const char *draft)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r = bus_call(draft, DOMWRIGHT_DRAFT_INTERFACE, "Rebase", &error, &reply, "a{sv}", 0);

    return r < 0 ? report_bus_error(target->name, r, &error)
                 : result_report(target->name, reply, NULL);
}

static int commit(const Target *target, const char *draft, bool may_rebase)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    Writer call = bus_begin(draft, DOMWRIGHT_DRAFT_INTERFACE, "Commit");
    int r, status;

    append_change_options(&call);
    r = bus_finish(&call, &error, &reply);
    if (r >= 0)
        return report_defined(target->name, reply, NULL, false);
    if (!sd_bus_error_has_name(&error, DOMWRIGHT_ERROR_CONFLICT))
        return report_bus_error(target->name, r, &error);
    /* The draft is not for the person to go on with. */
    if (!may_rebase || !offer_rebase(target))
        return report_named_error(target->name, error.name,
                                  "It has been changed meanwhile; edit it again.");
    status = rebase(target, draft);
    return status == STATUS_FINE ? commit(target, draft, false) : status;
}

static int put_domain(const Target *target, const char *text, void *data)
{
    int status = put_text(target, data, text);

    return status == STATUS_FINE ? commit(target, data, true) : status;
}

/* What --live says is about the commit. */
static int get_draft(const char *subject, const char *draft, char **ret_text)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    const char *text;
    int r = bus_call(draft, DOMWRIGHT_CONFIG_INTERFACE, "GetXML", &error, &reply, "a{sv}", 0);

    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 's', &text);
    if (r < 0)
        return report_bus_error(subject, r, &error);
    *ret_text = copy_string(text);
    return STATUS_FINE;
}

/* A draft knows what the domain was when the person began, so that nothing is overwritten, and what
 * was changed can be brought onto what the domain has become. */
static int edit_domain(const Target *target)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_free_ char *text = NULL;
    const char *draft;
    int status,
        r = bus_call(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Edit", &error, &reply, "a{sv}", 0);

    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 'o', &draft);
    if (r < 0)
        return report_bus_error(target->name, r, &error);
    status = get_draft(target->name, draft, &text);
    if (status == STATUS_FINE)
        status = edit_text(target, text, put_domain, (char *)draft);
    /* It is gone where it was committed. */
    bus_call(draft, DOMWRIGHT_DRAFT_INTERFACE, "Discard", NULL, NULL, "a{sv}", 0);
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
    return arg_dry_run ? STATUS_DIFFERS : print_path(path);
}

static int put_based(const Target *target, const char *text, void *data)
{
    int status = put_text(target, target->path, text);

    return status == STATUS_FINE ? print_path(target->path) : status;
}

/* A domain's draft stays that; in the place of another one comes a new one, which may be of any
 * text. */
static int edit_draft(const Target *target)
{
    _cleanup_free_ char *base = bus_property(target->path, DOMWRIGHT_DRAFT_INTERFACE, "Base");
    _cleanup_free_ char *host = bus_property(target->path, DOMWRIGHT_DRAFT_INTERFACE, "Host");
    _cleanup_free_ char *text = NULL;
    bool based = base && strcmp(base, "/") != 0;
    int status;

    if (arg_now || arg_live)
        return report_no_run("A draft");
    arg_secrets = true;
    status = get_xml(target, &text);
    if (status != STATUS_FINE)
        return status;
    return edit_text(target, text, based && !arg_dry_run ? put_based : put_draft,
                     (char *)path_tail(host ? host : "/"));
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
