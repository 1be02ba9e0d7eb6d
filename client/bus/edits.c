/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns what is done to edits between the words of a person and a call: units of sizes, passwords
 * that are not on the command line; and the way back, from the number of an edit in a message to
 * the words. The verbs that change something use it. Main thread.
 */
#include "bus/edits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <domwright/names.h>

#include "bus/failure.h"
#include "bus/keys.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/hints.h"

/* ---- Sizes ---- */

/* "4096", which may be bytes, KiB or MiB. */
static bool unit_is_missing(const char *value)
{
    size_t digits = strspn(value, "0123456789");

    return digits && value[digits] == '\0' && value[strspn(value, "0")] != '\0';
}

static bool check_size(const char *kind, const char *key, const char *value)
{
    if (!unit_is_missing(value) || !key_has_form(kind, key, "size"))
        return true;
    report_usage("%s needs a unit: %s=%sMiB, %s=%sGiB, or %s=%sB for bytes.", key, key, value, key,
                 value, key, value);
    return false;
}

/* ---- Passwords ---- */

static bool read_line(int fd, char **ret_line)
{
    char buffer[1024];
    size_t used = 0;
    ssize_t got = 0;

    /* A byte at a time: what follows the line is left to whoever reads standard input next. */
    while (used < sizeof(buffer) - 1 && (got = read(fd, buffer + used, 1)) > 0 &&
           buffer[used] != '\n')
        used++;
    if (got < 0 || (got == 0 && used == 0))
        return false;
    if (used && buffer[used - 1] == '\r')
        used--;
    *ret_line = copy_bytes(buffer, used);
    explicit_bzero(buffer, sizeof(buffer));
    return true;
}

static bool ask(const char *place, char **ret_line)
{
    struct termios before, silent;
    bool read;

    if (tcgetattr(STDIN_FILENO, &before) < 0)
        return false;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    fputs("Value of ", stderr);
    print_text(stderr, place);
    fputs(": ", stderr);
    read = read_line(STDIN_FILENO, ret_line);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return read;
}

static bool read_secret(const char *place, const char *source, char **ret_line)
{
    _cleanup_close_ int fd = -1;

    errno = 0;
    if (strcmp(source, "-") == 0) {
        if (terminal_can_ask() ? ask(place, ret_line) : read_line(STDIN_FILENO, ret_line))
            return true;
        report_usage("There is no line for %s on standard input.", place);
        return false;
    }
    fd = open(source, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0 && read_line(fd, ret_line))
        return true;
    report_usage("%s cannot be read from %s: %s.", place, source,
                 errno ? strerror(errno) : "it is empty");
    return false;
}

static bool take_secret(const Edit *edit, Assignment *value)
{
    _cleanup_free_ char *place = NULL;
    char *line = NULL;

    if (value->value[0] != '@' && *value->value && terminal_can_ask() &&
        key_may_be_secret(value->key))
        report_note(
            NULL, "warning",
            "A password on the command line can be read by other users; with @- in its place you "
            "are asked for it.");
    if (value->value[0] != '@' || !value->value[1] || !key_is_secret(edit->kind, value->key))
        return true;
    place = format_string("%s%s%s%s%s", edit->kind, *edit->id ? "/" : "", edit->id,
                          *edit->kind ? "/" : "", value->key);
    if (!read_secret(place, value->value + 1, &line))
        return false;
    free(value->value);
    value->value = line;
    return true;
}

bool edits_prepare(const Edits *edits)
{
    bool fine = true;

    for (size_t i = 0; i < edits->count; i++) {
        const Edit *edit = &edits->items[i];

        if (strcmp(edit->verb, "hyperv") == 0)
            continue;
        for (size_t j = 0; j < edit->n_values; j++) {
            const Assignment *value = &edit->values[j];

            fine = check_size(edit->kind, value->key, value->value) && fine;
        }
    }
    for (size_t i = 0; fine && i < edits->count; i++)
        for (size_t j = 0; fine && j < edits->items[i].n_values; j++)
            fine = take_secret(&edits->items[i], &edits->items[i].values[j]);
    return fine;
}

/* ---- Running domains ---- */

bool edits_can_repeat(const Edits *edits)
{
    for (size_t i = 0; i < edits->count; i++)
        if (strcmp(edits->items[i].verb, "add") == 0 || strcmp(edits->items[i].verb, "remove") == 0)
            return false;
    return true;
}

bool edits_remove_only(const Edits *edits)
{
    for (size_t i = 0; i < edits->count; i++)
        if (strcmp(edits->items[i].verb, "remove") != 0)
            return false;
    return true;
}

/* ---- Messages ---- */

char *edit_name(const Edits *edits, unsigned number)
{
    const Edit *edit = number > 0 && number <= edits->count ? &edits->items[number - 1] : NULL;

    if (!edit || !*edit->kind)
        return NULL;
    if (*edit->id)
        return format_string("%s/%s", edit->kind, edit->id);
    if (edit->n_values == 0)
        return copy_string(edit->kind);
    return format_string("%s %s=%s", edit->kind, edit->values[0].key,
                         key_may_be_secret(edit->values[0].key) ? "..." : edit->values[0].value);
}

/* What follows the device that a line names by what the edit would have made its id. */
static const char *after_new_id(const char *line, const Edit *edit)
{
    size_t kind = strlen(edit->kind);
    const char *id = line + kind + 1;

    if (strncmp(line, edit->kind, kind) != 0 || line[kind] != '/')
        return line;
    for (size_t i = 0; i < edit->n_values; i++) {
        const char *value = edit->values[i].value;
        size_t length = strlen(value);

        if (length && strncmp(id, value, length) == 0 && strncmp(id + length, ": ", 2) == 0)
            return id + length + 2;
    }
    return line;
}

/* The device of an edit that is alone is named, as the person has named it, where the message does
 * not. Takes line. */
static char *with_name(char *line, const Edits *edits)
{
    char *name, *named;

    if (edits->count != 1 || !*edits->items[0].id || strstr(line, edits->items[0].id))
        return line;
    name = edit_name(edits, 1);
    named = name ? format_string("%s: %s", name, after_new_id(line, &edits->items[0]))
                 : copy_string(line);
    free(name);
    free(line);
    return named;
}

static bool is_quoted(const char *line, const char *word)
{
    _cleanup_free_ char *quoted = format_string("\"%s\"", word);

    return strstr(line, quoted);
}

/* What to write instead of the kind or the key that the line does not know; NULL: no idea. */
static const char *find_hint(const char *line, const Edits *edits)
{
    for (size_t i = 0; i < edits->count; i++) {
        const Edit *edit = &edits->items[i];
        const char *hint = is_quoted(line, edit->kind) ? hint_for_kind(edit->kind) : NULL;

        for (size_t j = 0; !hint && j < edit->n_values; j++)
            if (is_quoted(line, edit->values[j].key))
                hint = hint_for_unknown(edit->kind, edit->values[j].key);
        for (size_t j = 0; !hint && j < edit->unset.count; j++)
            if (is_quoted(line, edit->unset.items[j]))
                hint = hint_for_unknown(edit->kind, edit->unset.items[j]);
        if (hint)
            return hint;
    }
    return NULL;
}

/* Takes line. */
static char *with_hints(char *line, const Edits *edits)
{
    char *message = with_name(line, edits);
    const char *hint = NULL;

    if (strstr(message, "Unknown k"))
        hint = find_hint(message, edits);
    else if (strncmp(message, "Key \"name\" of a defined", 22) == 0)
        hint = "\"domwright rename DOMAIN NAME\" does.";
    return message_with_hint(message, hint);
}

char *edit_error_text(const sd_bus_error *error, const Edits *edits)
{
    _cleanup_free_ char *text = failure_text(error);
    char *whole = NULL;

    for (char *line = text, *end; line; line = end ? end + 1 : NULL) {
        _cleanup_free_ char *message = NULL;
        char *longer;

        end = strchr(line, '\n');
        if (end)
            *end = 0;
        message = with_hints(copy_string(line), edits);
        longer = format_string("%s%s%s", whole ? whole : "", whole ? "\n" : "", message);
        free(whole);
        whole = longer;
    }
    return whole;
}

int report_edit_error(const char *subject, int r, const sd_bus_error *error, const Edits *edits)
{
    _cleanup_free_ char *text = NULL;

    if (!sd_bus_error_is_set(error))
        return report_bus_error(subject, r, error);
    text = edit_error_text(error, edits);
    return report_named_error(subject, error->name, text);
}
