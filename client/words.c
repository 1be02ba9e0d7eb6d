/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the words of a change and writes them to a message. Values stay strings: what they mean is
 * for the daemon to say. No key is known here.
 */
#include "words.h"

#include <string.h>

#include "report.h"

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
    if (split_place(word, length, &kind, &id, &key))
        report_usage("\"%s\" says no value; write %s=VALUE to set it, or %s- to unset it.", word,
                     word, word);
    else
        report_usage("\"%s\" is not a change; write KEY=VALUE or KEY- for the domain, "
                     "KIND/ID/KEY=VALUE or KIND/ID/KEY- for a device.",
                     word);
    return false;
}

bool edit_add_property(Edit *edit, const char *word)
{
    _cleanup_free_ char *key = NULL;

    if (!word_is_assignment(word)) {
        report_usage("\"%s\" is not KEY=VALUE, for example source.file=/srv/web.qcow2.", word);
        return false;
    }
    key = copy_bytes(word, strcspn(word, "="));
    edit_assign(edit, key, strchr(word, '=') + 1);
    return true;
}

static const char *truth(const char *text)
{
    static const char *const yes[] = {"yes", "on", "true", NULL};
    static const char *const no[] = {"no", "off", "false", NULL};

    for (size_t i = 0; yes[i]; i++) {
        if (strcmp(text, yes[i]) == 0)
            return "yes";
        if (strcmp(text, no[i]) == 0)
            return "no";
    }
    return NULL;
}

bool edit_add_feature(Edit *edit, const char *word)
{
    _cleanup_free_ char *key = NULL;
    size_t length = strlen(word);

    if (word_is_assignment(word)) {
        const char *value = strchr(word, '=') + 1;

        key = copy_bytes(word, strcspn(word, "="));
        /* What is said of all features has no key whose type could be asked for. */
        if (truth(value))
            assign(edit, key, truth(value), true);
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

int append_edit_values(sd_bus_message *message, const Edit *edit)
{
    int r = sd_bus_message_open_container(message, 'a', "{sv}");

    for (size_t i = 0; r >= 0 && i < edit->n_values; i++) {
        const Assignment *value = &edit->values[i];

        if (value->is_switch)
            r = sd_bus_message_append(message, "{sv}", value->key, "b",
                                      strcmp(value->value, "yes") == 0);
        else
            r = sd_bus_message_append(message, "{sv}", value->key, "s", value->value);
    }
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int append_edits(sd_bus_message *message, const Edits *edits)
{
    int r = sd_bus_message_open_container(message, 'a', "(sssa{sv}as)");

    for (size_t i = 0; r >= 0 && i < edits->count; i++) {
        const Edit *edit = &edits->items[i];

        r = sd_bus_message_open_container(message, 'r', "sssa{sv}as");
        if (r >= 0)
            r = sd_bus_message_append(message, "sss", edit->verb, edit->kind, edit->id);
        if (r >= 0)
            r = append_edit_values(message, edit);
        if (r >= 0)
            r = sd_bus_message_append_strv(message, edit->unset.items);
        if (r >= 0)
            r = sd_bus_message_close_container(message);
    }
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int append_build(sd_bus_message *message, const Edits *edits)
{
    int r = append_edit_values(message, &edits->items[0]);

    if (r >= 0)
        r = sd_bus_message_open_container(message, 'a', "(sa{sv})");
    for (size_t i = 1; r >= 0 && i < edits->count; i++) {
        r = sd_bus_message_open_container(message, 'r', "sa{sv}");
        if (r >= 0)
            r = sd_bus_message_append(message, "s", edits->items[i].kind);
        if (r >= 0)
            r = append_edit_values(message, &edits->items[i]);
        if (r >= 0)
            r = sd_bus_message_close_container(message);
    }
    return r < 0 ? r : sd_bus_message_close_container(message);
}
