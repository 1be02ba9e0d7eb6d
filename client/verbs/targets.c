/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the meaning of the word after a verb: finds its bus object, makes one of a file for as long
 * as the verb works on it, and goes through the domains of a pattern. All verbs with a DOMAIN use
 * it. Main thread.
 */
#include "verbs/targets.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "bus/result.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/json.h"

bool word_is_file(const char *word)
{
    return strcmp(word, "-") == 0 ||
           (strchr(word, '/') && strncmp(word, DOMWRIGHT_PATH "/", sizeof(DOMWRIGHT_PATH)) != 0);
}

bool word_is_glob(const char *word)
{
    return strpbrk(word, "*?[") && !strchr(word, '/');
}

static int find_domain(const char *word, sd_bus_error *error, char **ret_path)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    const char *path;
    Writer call = bus_begin(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "FindDomain");
    int r;

    writer_append(&call, "s", word);
    writer_open(&call, 'a', "{sv}");
    writer_option(&call, "host", arg_host);
    writer_close(&call);
    r = bus_finish(&call, error, &reply);
    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 'o', &path);
    if (r >= 0)
        *ret_path = copy_string(path);
    return r;
}

bool word_is_pattern(const char *word)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_free_ char *path = NULL;

    if (!word_is_glob(word))
        return false;
    if (!bus_get())
        return true;
    if (find_domain(word, &error, &path) >= 0)
        return false;
    return !sd_bus_error_has_name(&error, DOMWRIGHT_ERROR_INVALID_VALUE);
}

static char *find_draft(const char *id)
{
    _cleanup_strings_ Strings drafts = {0};

    if (inventory_drafts(NULL, &drafts) < 0)
        return NULL;
    for (size_t i = 0; i < drafts.count; i++)
        if (strcmp(path_tail(drafts.items[i]), id) == 0)
            return copy_string(drafts.items[i]);
    return NULL;
}

static int report_not_found(const char *word, TargetFlags accepted, int r,
                            const sd_bus_error *error)
{
    bool missing = sd_bus_error_has_name(error, DOMWRIGHT_ERROR_NOT_FOUND);
    struct stat status;

    if (missing && (accepted & TARGET_FILE) && stat(word, &status) == 0 && S_ISREG(status.st_mode))
        return report_error(word, "There is no domain of this name; for the file write ./%s.",
                            word);
    if (missing && !(accepted & TARGET_DOMAIN))
        return report_error(word, "There is no such draft; \"domwright draft list\" lists yours.");
    return report_bus_error(word, r, error);
}

/* The path and which of the two it is; 0 after a complaint. */
static TargetFlags find_object(const char *word, TargetFlags accepted, char **ret_path)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    bool is_path = strncmp(word, DOMWRIGHT_PATH "/", sizeof(DOMWRIGHT_PATH)) == 0;
    bool is_draft = strncmp(word, DOMWRIGHT_DRAFT_PREFIX, strlen(DOMWRIGHT_DRAFT_PREFIX)) == 0;
    int r = -ENOENT;

    if (!bus_get())
        return 0;
    if (is_path && (accepted & (is_draft ? TARGET_DRAFT : TARGET_DOMAIN)) &&
        sd_bus_object_path_is_valid(word) > 0) {
        *ret_path = copy_string(word);
        return is_draft ? TARGET_DRAFT : TARGET_DOMAIN;
    }
    if (accepted & TARGET_DOMAIN)
        r = find_domain(word, &error, ret_path);
    else
        sd_bus_error_set_const(&error, DOMWRIGHT_ERROR_NOT_FOUND, NULL);
    if (r >= 0)
        return TARGET_DOMAIN;
    if ((accepted & TARGET_DRAFT) && sd_bus_error_has_name(&error, DOMWRIGHT_ERROR_NOT_FOUND))
        *ret_path = find_draft(word);
    if (*ret_path)
        return TARGET_DRAFT;
    report_not_found(word, accepted, r, &error);
    return 0;
}

char *target_path(const char *word, TargetFlags accepted)
{
    char *path = NULL;

    return find_object(word, accepted, &path) ? path : NULL;
}

int print_path(const char *path)
{
    FILE *out = terminal_out();

    if (arg_json)
        json_string(out, path);
    else
        fputs(path, out);
    fputc('\n', out);
    return STATUS_FINE;
}

/* ---- Files ---- */

char *import_document(const char *subject, const char *text, const char *host)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    const char *path = NULL;
    int r = bus_call(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "ImportDraft", &error, &reply,
                     "sa{sv}", text, 1, "host", "s", host ? host : "");

    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 'o', &path);
    if (r >= 0)
        return copy_string(path);
    if (bus_get())
        report_bus_error(subject, r, &error);
    return NULL;
}

/* With the secrets of the file, or they would be lost on the way back. */
static int write_back(const File *file, const char *path)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    const char *text;
    int r = bus_call(path, DOMWRIGHT_CONFIG_INTERFACE, "GetXML", &error, &reply, "a{sv}", 1,
                     "secrets", "b", 1);

    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 's', &text);
    if (r < 0)
        return report_bus_error(file->name, r, &error);
    if (file->path && strcmp(text, file->text) == 0)
        return STATUS_FINE;
    return file_write(file, text) ? STATUS_FINE : report_trouble();
}

/* ---- What a file becomes ---- */

static bool is_known(const Values *problem, const Rows *known)
{
    static const char *const names[] = {"severity", "message", "kind", "id"};

    for (size_t i = 0; i < known->count; i++) {
        bool same = true;

        for (size_t j = 0; j < sizeof(names) / sizeof(*names); j++)
            same = same && strcmp(values_get(problem, names[j]) ?: "",
                                  values_get(&known->items[i], names[j]) ?: "") == 0;
        if (same)
            return true;
    }
    return false;
}

/* What is wrong with the text, without a word about it. */
static int read_known(const File *file, Rows *known)
{
    _cleanup_free_ char *path = import_document(file->name, file->text, arg_host);
    int status = path ? problems_read(file->name, path, known, NULL) : report_trouble();

    if (path)
        bus_call(path, DOMWRIGHT_DRAFT_INTERFACE, "Discard", NULL, NULL, "a{sv}", 0);
    return status;
}

int draft_check(const char *subject, const char *path, const File *file, bool says_warnings)
{
    _cleanup_rows_ Rows problems = {0}, known = {0};
    int status = problems_read(subject, path, &problems, NULL), checked = STATUS_FINE;

    if (status == STATUS_FINE && file && problems_have_errors(&problems))
        status = read_known(file, &known);
    for (size_t i = 0; status == STATUS_FINE && i < problems.count; i++) {
        const Values *problem = &problems.items[i];
        bool is_error = strcmp(values_get(problem, "severity") ?: "", "error") == 0;

        if (is_known(problem, &known) || (!is_error && !says_warnings))
            continue;
        problem_report(subject, problem);
        if (is_error)
            checked = report_trouble();
    }
    return status == STATUS_FINE ? checked : status;
}

/* What function prints is of a file that is written; of one that is not, nothing is printed. */
static int run_and_write(const Target *target, TargetFunction function, void *data)
{
    _cleanup_free_ char *printed = NULL;
    size_t length;
    FILE *held = open_buffer(&printed, &length);
    int status;

    terminal_divert(held);
    status = function(target, data);
    terminal_divert(NULL);
    fclose(held);
    if (status == STATUS_FINE)
        status = draft_check(target->name, target->path, target->file, false);
    if (status == STATUS_FINE)
        status = write_back(target->file, target->path);
    if (status == STATUS_FINE)
        fwrite(printed, 1, length, terminal_out());
    return status;
}

static int run_on_file(const char *word, TargetFlags flags, TargetFunction function, void *data)
{
    _cleanup_file_ File *file = NULL;
    _cleanup_free_ char *path = NULL;
    bool edited = (flags & TARGET_EDITED) && !arg_dry_run;
    Target target;
    int status;

    if (edited && (arg_json || arg_diff) && strcmp(word, "-") == 0)
        return report_usage("With \"-\" the document goes to standard output, so %s has no place "
                            "there.",
                            arg_json ? "--json" : "--diff");
    if (!bus_get())
        return report_trouble();
    file = file_read(word);
    if (!file)
        return report_trouble();
    path = import_document(file->name, file->text, arg_host);
    if (!path)
        return report_trouble();
    target = (Target){.type = TARGET_FILE, .name = word, .path = path, .file = file};
    status = edited ? run_and_write(&target, function, data) : function(&target, data);
    bus_call(path, DOMWRIGHT_DRAFT_INTERFACE, "Discard", NULL, NULL, "a{sv}", 0);
    return status;
}

/* ---- Globs ---- */

/* What went wrong goes along with what an object says. */
static void write_with_kept(FILE *out, const char *said, size_t length)
{
    _cleanup_free_ char *error = NULL;
    size_t error_length;
    FILE *file;

    if (!report_has_kept() || said[length - 1] != '}') {
        fputs(said, out);
        report_write_kept(NULL);
        return;
    }
    file = open_buffer(&error, &error_length);
    report_write_kept(file);
    fclose(file);
    fprintf(out, "%.*s%s%s", (int)length - 1, said, length > 2 ? "," : "", error + 1);
}

/* Every name of a glob has a member: what was said, or the error; null where there is neither. */
static int run_in_object(const Target *target, TargetFunction function, void *data, bool first)
{
    _cleanup_free_ char *buffer = NULL;
    size_t length;
    FILE *file = open_buffer(&buffer, &length);
    FILE *out = terminal_out();
    int status;

    terminal_divert(file);
    report_keep();
    status = function(target, data);
    terminal_divert(NULL);
    fclose(file);
    if (length && buffer[length - 1] == '\n')
        buffer[--length] = '\0';
    if (!first)
        fputc(',', out);
    json_string(out, target->name);
    fputc(':', out);
    if (length)
        write_with_kept(out, buffer, length);
    else
        report_write_kept(out);
    return status;
}

static void add_part(char **summary, size_t count, const char *what)
{
    char *longer;

    if (!count)
        return;
    longer =
        format_string("%s%s%zu %s", *summary ? *summary : "", *summary ? ", " : "", count, what);
    free(*summary);
    *summary = longer;
}

/* "12 domains: 11 done, 1 failed." */
static void report_summary(const char *word, TargetFlags flags, size_t count, size_t failed)
{
    _cleanup_free_ char *parts = NULL, *sentence = NULL;
    size_t done = count - failed;

    if (count < 2 || !(flags & TARGET_ACTED))
        return;
    add_part(&parts, done, "done");
    add_part(&parts, failed, "failed");
    sentence = format_string("%zu domains: %s.", count, parts);
    report_note(word, "info", sentence);
}

/* Where the columns cannot be had, function finds out for each domain what it is that is wrong. */
static int list_targets(const char *word, const Strings **columns, sd_bus_error *error,
                        Domains *domains)
{
    if (*columns && inventory_domains(word, *columns, NULL, domains) >= 0)
        return 0;
    *columns = NULL;
    domains_clear(domains);
    return inventory_domains(word, NULL, error, domains);
}

static int run_on_glob(const char *word, TargetFlags flags, const Strings *columns,
                       TargetFunction function, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_domains_ Domains domains = {0};
    int gravest = STATUS_FINE;
    size_t failed = 0;
    int r;

    if (!bus_get())
        return report_trouble();
    r = list_targets(word, &columns, &error, &domains);
    if (r < 0)
        gravest = report_bus_error(word, r, &error);
    if (domains.count == 0 && r >= 0)
        return report_error(word, "No domain has a name like this; \"domwright list\" lists them.");
    domains_tell_apart((Domains *const[]){&domains}, 1);
    if (arg_json)
        fputc('{', terminal_out());
    for (size_t i = 0; i < domains.count; i++) {
        const Domain *domain = &domains.items[i];
        Target target = {
            .type = TARGET_DOMAIN,
            .name = domain_label(domain),
            .path = domain->path,
            .one_of_many = true,
            .columns = columns ? &domain->columns : NULL,
        };
        int status =
            arg_json ? run_in_object(&target, function, data, i == 0) : function(&target, data);

        failed += status >= report_trouble();
        if (status > gravest)
            gravest = status;
    }
    if (arg_json)
        fputs("}\n", terminal_out());
    report_summary(word, flags, domains.count, failed);
    return gravest;
}

int targets_each(const char *word, TargetFlags accepted, TargetFunction function, void *data)
{
    return targets_each_listed(word, accepted, NULL, function, data);
}

int targets_each_listed(const char *word, TargetFlags accepted, const Strings *columns,
                        TargetFunction function, void *data)
{
    _cleanup_free_ char *path = NULL;
    Target target = {.name = word};
    bool pattern = word_is_pattern(word);

    if ((accepted & TARGET_FILE) && word_is_file(word))
        return run_on_file(word, accepted, function, data);
    if (pattern && (accepted & TARGET_GLOB))
        return run_on_glob(word, accepted, columns, function, data);
    if (pattern)
        return report_usage("\"%s\" may name several domains; this verb takes one.", word);
    if (word_is_file(word))
        return report_usage("\"%s\" is a file; this verb takes %s.", word,
                            accepted & TARGET_DOMAIN ? "a domain" : "a draft");
    target.type = find_object(word, accepted, &path);
    if (!target.type)
        return report_trouble();
    target.path = path;
    return function(&target, data);
}
