/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the words of a change: reads them into edits, and writes edits to a message. Values stay
 * strings, because the daemon knows their types. The verbs that change something use it. Main
 * thread.
 */
#include "text/edit-args.h"

#include <ctype.h>
#include <string.h>

#include "common/words.h"
#include "terminal/report.h"
#include "text/hints.h"

Edit *edits_add(Edits *edits, const char *verb, const char *kind, const char *id)
{
    Edit *edit;

    edits->items = grow_array(edits->items, edits->count + 1, sizeof(Edit));
    edit = &edits->items[edits->count++];
    *edit = (Edit){.verb = verb, .kind = copy_string(kind), .id = copy_string(id)};
    return edit;
}

static void assign(Edit *edit, const char *key, const char *value, bool is_switch)
{
    edit->values = grow_array(edit->values, edit->n_values + 1, sizeof(Assignment));
    edit->values[edit->n_values++] = (Assignment){copy_string(key), copy_string(value), is_switch};
}

void edit_assign(Edit *edit, const char *key, const char *value)
{
    assign(edit, key, value, false);
}

void edits_clear(Edits *edits)
{
    for (size_t i = 0; i < edits->count; i++) {
        Edit *edit = &edits->items[i];

        for (size_t j = 0; j < edit->n_values; j++) {
            free(edit->values[j].key);
            free(edit->values[j].value);
        }
        free(edit->values);
        free(edit->kind);
        free(edit->id);
        strings_clear(&edit->unset);
        strings_clear(&edit->devices);
    }
    free(edits->items);
    *edits = (Edits){0};
}

static bool is_key(const char *text, size_t length)
{
    static const char others[] = "._-*";

    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              strchr(others, c)))
            return false;
    }
    return length > 0;
}

static char *without_backslashes(const char *text, size_t length)
{
    char *copy = copy_bytes(text, length), *to = copy;

    for (const char *from = copy; *from; from++) {
        if (*from == '\\' && from[1])
            from++;
        *to++ = *from;
    }
    *to = '\0';
    return copy;
}

bool split_place(const char *word, size_t length, char **ret_kind, char **ret_id, char **ret_key)
{
    const char *first = memchr(word, '/', length), *last = memrchr(word, '/', length);
    const char *key = last ? last + 1 : word;

    if (first == word || (first && first == last) || (first && first + 1 == last))
        return false;
    if (!is_key(key, length - (size_t)(key - word)))
        return false;
    *ret_kind = first ? copy_bytes(word, (size_t)(first - word)) : copy_string("");
    *ret_id = first ? without_backslashes(first + 1, (size_t)(last - first - 1)) : copy_string("");
    *ret_key = copy_bytes(key, length - (size_t)(key - word));
    return true;
}

bool split_device(const char *word, char **ret_kind, char **ret_id)
{
    const char *slash = strchr(word, '/');

    if (!slash || slash == word || !slash[1]) {
        report_usage("\"%s\" does not name a device; write KIND/ID, for example disk/vda.", word);
        return false;
    }
    *ret_kind = copy_bytes(word, (size_t)(slash - word));
    *ret_id = copy_string(slash + 1);
    return true;
}

/* The '=' that ends the place: ids may hold others, after a backslash or where no place ends. */
static const char *assignment_sign(const char *word)
{
    for (const char *c = word; *c; c++) {
        _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL;

        if (*c == '\\' && c[1])
            c++;
        else if (*c == '=' && split_place(word, (size_t)(c - word), &kind, &id, &key))
            return c;
    }
    return NULL;
}

bool word_is_target(const char *word, size_t length)
{
    static const char *const prefixes[] = {"vd", "sd", "hd", "fd", "xvd", "ubd"};

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
        size_t at = strlen(prefixes[i]);

        if (strncmp(word, prefixes[i], at) != 0 || length <= at || length > at + 3)
            continue;
        while (at < length && islower((unsigned char)word[at]))
            at++;
        if (at == length)
            return true;
    }
    return false;
}

bool word_is_assignment(const char *word)
{
    const char *sign = strchr(word, '=');

    return sign && is_key(word, (size_t)(sign - word));
}

static Edit *edit_of(Edits *edits, const char *kind, const char *id)
{
    const char *verb = *kind ? "modify" : "set";

    for (size_t i = 0; i < edits->count; i++) {
        Edit *edit = &edits->items[i];

        if (edit->verb == verb && strcmp(edit->kind, kind) == 0 && strcmp(edit->id, id) == 0)
            return edit;
    }
    return edits_add(edits, verb, kind, id);
}

/* "KIND/ID", "KIND/ID/", "KIND/ID-": a device, but nothing of it. */
static char *device_alone(const char *word)
{
    size_t length = strlen(word), slash = strcspn(word, "/"), id;

    if (length && strchr("/-", word[length - 1]))
        length--;
    id = length > slash ? length - slash - 1 : 0;
    return is_key(word, slash) && id && !memchr(word + slash + 1, '/', id) &&
                   !memchr(word, '=', length)
               ? copy_bytes(word, length)
               : NULL;
}

static void report_no_change(const char *word)
{
    _cleanup_free_ char *device = device_alone(word);

    if (device)
        report_usage("\"%s\" is a device; write %s/KEY=VALUE to change it, or remove it with "
                     "\"domwright remove DOMAIN %s\".",
                     word, device, device);
    else
        report_usage("\"%s\" is not a change; write KEY=VALUE or KEY- for the domain, "
                     "KIND/ID/KEY=VALUE or KIND/ID/KEY- for a device.",
                     word);
}

bool edits_add_change(Edits *edits, const char *word)
{
    _cleanup_free_ char *kind = NULL, *id = NULL, *key = NULL;
    const char *sign = assignment_sign(word);
    size_t length = strlen(word);

    if (sign && split_place(word, (size_t)(sign - word), &kind, &id, &key)) {
        edit_assign(edit_of(edits, kind, id), key, sign + 1);
        return true;
    }
    if (length > 1 && word[length - 1] == '-' && split_place(word, length - 1, &kind, &id, &key)) {
        strings_add(&edit_of(edits, kind, id)->unset, key);
        return true;
    }
    if (strcmp(word, "-") != 0 && split_place(word, length, &kind, &id, &key))
        report_usage("\"%s\" says no value; write %s=VALUE to set it, or %s- to unset it.", word,
                     word, word);
    else
        report_no_change(word);
    return false;
}

bool edit_add_property(Edit *edit, const char *word)
{
    _cleanup_free_ char *key = NULL;

    if (!word_is_assignment(word)) {
        _cleanup_free_ char *hint = hint_for_property(edit->kind, word);

        if (!hint && !strchr(word, '='))
            hint = hint_for_bare_word(edit->kind, word);
        if (hint)
            report_usage("%s", hint);
        else if (hint_for_kind(edit->kind))
            report_usage("There is no kind of device \"%s\". %s", edit->kind,
                         hint_for_kind(edit->kind));
        else
            report_usage("\"%s\" is not KEY=VALUE, for example source.file=/srv/web.qcow2.", word);
        return false;
    }
    key = copy_bytes(word, strcspn(word, "="));
    edit_assign(edit, key, strchr(word, '=') + 1);
    return true;
}

bool edit_add_feature(Edit *edit, const char *word)
{
    _cleanup_free_ char *key = NULL;
    size_t length = strlen(word);

    if (word_is_assignment(word)) {
        const char *value = strchr(word, '=') + 1;

        key = copy_bytes(word, strcspn(word, "="));
        /* What is said of all features has no key whose type could be asked for. */
        if (truth_of_word(value) >= 0)
            assign(edit, key, truth_of_word(value) ? "yes" : "no", true);
        else
            edit_assign(edit, key, value);
        return true;
    }
    if (length > 1 && word[length - 1] == '-' && is_key(word, length - 1)) {
        key = copy_bytes(word, length - 1);
        assign(edit, key, "no", true);
        return true;
    }
    if (is_key(word, length)) {
        assign(edit, word, "yes", true);
        return true;
    }
    report_usage("\"%s\" is not a Hyper-V feature; write NAME, NAME=off or NAME=VALUE.", word);
    return false;
}

void append_devices(Writer *call, const Strings *devices)
{
    writer_open(call, 'a', "(ss)");
    for (size_t i = 0; i < devices->count; i++) {
        _cleanup_free_ char *kind = NULL, *id = NULL;

        split_device(devices->items[i], &kind, &id);
        writer_append(call, "(ss)", kind, id);
    }
    writer_close(call);
}

static void append_order(Writer *call, const Strings *devices)
{
    writer_open(call, 'e', "sv");
    writer_append(call, "s", "devices");
    writer_open(call, 'v', "a(ss)");
    append_devices(call, devices);
    writer_close(call);
    writer_close(call);
}

static void append_values(Writer *call, const Edit *edit)
{
    writer_open(call, 'a', "{sv}");
    if (strcmp(edit->verb, "boot") == 0)
        append_order(call, &edit->devices);
    for (size_t i = 0; i < edit->n_values; i++) {
        const Assignment *value = &edit->values[i];

        if (value->is_switch)
            writer_append(call, "{sv}", value->key, "b", strcmp(value->value, "yes") == 0);
        else
            writer_append(call, "{sv}", value->key, "s", value->value);
    }
    writer_close(call);
}

void append_edits(Writer *call, const Edits *edits)
{
    writer_open(call, 'a', "(sssa{sv}as)");
    for (size_t i = 0; i < edits->count; i++) {
        const Edit *edit = &edits->items[i];

        writer_open(call, 'r', "sssa{sv}as");
        writer_append(call, "sss", edit->verb, edit->kind, edit->id);
        append_values(call, edit);
        writer_strings(call, edit->unset.items);
        writer_close(call);
    }
    writer_close(call);
}

void append_build(Writer *call, const Edits *edits)
{
    append_values(call, &edits->items[0]);
    writer_open(call, 'a', "(sa{sv})");
    for (size_t i = 1; i < edits->count; i++) {
        writer_open(call, 'r', "sa{sv}");
        writer_append(call, "s", edits->items[i].kind);
        append_values(call, &edits->items[i]);
        writer_close(call);
    }
    writer_close(call);
}
