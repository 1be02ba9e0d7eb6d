/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a domain and its clone would both use besides disks, and whether a row about that still
 * holds after the clone was edited: two tables and the function that goes by them. Used by clone.c
 * and by the daemon.
 */
#include <string.h>

#include "clone/clone.h"
#include "problems/problems.h"

#define CHARACTERS "serial parallel console channel rng smartcard redirdev"

/* Of devices of these kinds (NULL: of the domain), where `when` is one of the words. */
static const struct {
    const char *kinds, *key, *when, *words;
    const char *unless; /* a key that, where it says yes, makes it harmless */
    const char *rule;   /* clone.path: its file or socket; clone.port: its port */
} questions[] = {
    {CHARACTERS, "source.path", "type", "file pipe unix", NULL, "clone.path"},
    {CHARACTERS, "source.master", "type", "nmdm", NULL, "clone.path"},
    {CHARACTERS, "source.slave", "type", "nmdm", NULL, "clone.path"},
    {CHARACTERS, "source.service", "source.mode", "bind", NULL, "clone.port"},
    {CHARACTERS, "log.file", NULL, NULL, NULL, "clone.path"},
    {"graphics", "socket", NULL, NULL, NULL, "clone.path"},
    {"graphics", "listen.1.socket", NULL, NULL, NULL, "clone.path"},
    {"interface", "source.path", "source.mode", "server", NULL, "clone.path"},
    {"interface", "source.port", "type", "server", NULL, "clone.port"},
    {"interface", "backend.logFile", NULL, NULL, NULL, "clone.path"},
    {"audio", "path", "type", "file", NULL, "clone.path"},
    {"memory", "source.path", "model", "nvdimm virtio-pmem", "target.readonly", "clone.path"},
    {"pstore", "path", NULL, NULL, NULL, "clone.path"},
    {"tpm", "backend.source.path", NULL, NULL, NULL, "clone.path"},
    {"filesystem", "source.socket", NULL, NULL, NULL, "clone.path"},
    {NULL, "os.loader", "os.loader.readonly", "no", NULL, "clone.path"},
};

#define NOT_BOTH "is the host's own: not both domains can run with it at once."

static const struct {
    const char *kinds, *key, *when, *words, *unless;
    const char *rule, *message;
} warnings[] = {
    {"hostdev", "", NULL, NULL, NULL, "clone.hostdev", "The device " NOT_BOTH},
    {"interface", "", "type", "hostdev vdpa", NULL, "clone.hostdev", "The device " NOT_BOTH},
    {CHARACTERS, "source.path", "type", "dev", NULL, "clone.hostdev", "The device " NOT_BOTH},
    {"input", "", "type", "passthrough evdev", NULL, "clone.hostdev", "The device " NOT_BOTH},
    {"tpm", "", "backend.type", "passthrough", NULL, "clone.hostdev", "The TPM " NOT_BOTH},
    {"tpm", "", "backend.type", "emulator", NULL, "clone.tpm",
     "The clone gets a new TPM: keys in the other one, as for BitLocker or LUKS, do not come "
     "along."},
    {"filesystem", "", NULL, NULL, "readonly", "clone.filesystem",
     "Both domains write to this filesystem."},
    {"shmem", "name", NULL, NULL, NULL, "clone.shmem", "Both domains share this memory."},
    {"lease", "key", NULL, NULL, NULL, "clone.lease",
     "Both domains take this lease: not both can run at once."},
    {"disk", "source.initiator", NULL, NULL, NULL, "clone.initiator",
     "Both domains tell the server this name."},
    {"hostdev", "source.initiator", NULL, NULL, NULL, "clone.initiator",
     "Both domains tell the server this name."},
    {NULL, "qemu.commandline.arg", NULL, NULL, NULL, "clone.commandline",
     "Arguments for QEMU come along as they are; check what of them both cannot have."},
};

static bool is_among(const char *word, const char *words)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);

    return g_strv_contains((const char *const *)list, word);
}

static const DwSettings *settings_of(const CloneDevice *at)
{
    return at->device ? at->device->properties : at->clone->settings;
}

static bool applies(const CloneDevice *at, const char *kinds, const char *when, const char *words,
                    const char *unless)
{
    const DwSettings *settings = settings_of(at);
    g_autofree char *found = when ? clone_text(settings, when) : NULL;

    if (!kinds != !at->device || (kinds && !is_among(at->device->kind, kinds)))
        return false;
    if (when && (!found || !is_among(found, words)))
        return false;
    return !unless || !clone_says(settings, unless, "yes");
}

/* In a directory of libvirt's own: it makes another one for the clone. */
static bool is_made(const char *path)
{
    return strstr(path, "/libvirt/qemu/") != NULL;
}

/* libvirt writes the first serial port a second time, as a console. */
static bool is_mirror(const CloneDevice *at)
{
    if (!at->device || strcmp(at->device->kind, "console") != 0 || at->position != 1)
        return false;
    for (guint i = 0; i < at->clone->devices->len; i++)
        if (strcmp(((DwDevice *)at->clone->devices->pdata[i])->kind, "serial") == 0)
            return true;
    return false;
}

static void find_questions(CloneDevice *at)
{
    const DwSettings *settings = settings_of(at);

    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
        g_autofree char *value = clone_text(settings, questions[i].key);
        if (!value || !applies(at, questions[i].kinds, questions[i].when, questions[i].words,
                               questions[i].unless))
            continue;
        if (at->device && strcmp(questions[i].key, "log.file") != 0 && is_made(value)) {
            g_ptr_array_add(at->unset, (char *)questions[i].key);
            if (strcmp(questions[i].key, "source.path") == 0 &&
                dw_settings_get(settings, "source.mode"))
                g_ptr_array_add(at->unset, (char *)"source.mode"); /* libvirt's choice as well */
            continue;
        }
        g_autofree char *message =
            g_strdup_printf("%s is %s, which %s uses; give the clone another one.",
                            questions[i].key, value, at->clone->source);
        clone_ask(at->clone, questions[i].rule, at->device, questions[i].key, value, NULL, message);
    }
}

static void find_warnings(CloneDevice *at)
{
    for (gsize i = 0; i < G_N_ELEMENTS(warnings); i++) {
        const char *key = warnings[i].key;
        g_autofree char *value = *key ? clone_text(settings_of(at), key) : g_strdup("");
        if (value &&
            applies(at, warnings[i].kinds, warnings[i].when, warnings[i].words, warnings[i].unless))
            clone_warn(at->clone, warnings[i].rule, at->device, key, value, warnings[i].message);
    }
}

void clone_find_shared(CloneDevice *at)
{
    if (is_mirror(at))
        return;
    find_questions(at);
    find_warnings(at);
}

/* ---- Secrets ---- */

static void ask_for_secrets(const Clone *clone, const DwDevice *device, const DwSettings *settings)
{
    const char *kind = device ? device->kind : "";

    for (size_t i = 0; i < dw_settings_count(settings); i++) {
        const char *name = dw_settings_key(settings, i);
        DwKey *key = dw_key_find(kind, name);
        if (key && key->secret)
            clone_ask(clone, "clone.secret", device, name, DW_SECRET_PLACEHOLDER, NULL,
                      "This secret may not be read by who clones, and does not come along; give "
                      "the clone one, or unset the key.");
        dw_key_free(key);
    }
}

char *dw_clone_redacted(const DwDocument *document, GPtrArray *rows)
{
    g_autoptr(DwSettings) settings = dw_get_settings(document, NULL, false, NULL);
    g_autoptr(GPtrArray) devices = dw_get_devices(document, "", false, NULL);
    const Clone clone = {.rows = rows};

    ask_for_secrets(&clone, NULL, settings);
    for (guint i = 0; i < devices->len; i++)
        ask_for_secrets(&clone, devices->pdata[i], ((DwDevice *)devices->pdata[i])->properties);
    return dw_document_redacted(document);
}

/* ---- Whether a row still holds ---- */

/* Rows show long texts cut. */
static bool is_shown(const char *text, const char *shown)
{
    g_autofree char *cut = text ? problem_shown(text) : NULL;

    return g_strcmp0(cut, shown) == 0;
}

/* What a row of a rule, with a value or without, asks of a device, as rows show it; NULL: nothing.
 */
static char *device_shows(const DwDevice *device, const DwProblem *row)
{
    const char *key;
    g_autofree char *text = NULL;

    if (strcmp(row->rule, "clone.disk") == 0) {
        /* A disk that has become readonly or shareable is no question any more. */
        if (!clone_disk_asks(device->properties, &key, &text) || strcmp(key, row->key) != 0)
            return NULL;
    } else if (!*row->value) {
        return problem_shown(device->id);
    } else if (*row->key) {
        text = clone_text(device->properties, row->key);
    }
    return text ? problem_shown(text) : NULL;
}

/* What devices of a kind show of what rows of one rule and key ask about. */
typedef struct {
    GHashTable *devices; /* what is shown -> GQueue of those that show it */
    GHashTable *itself;  /* what is shown and the id -> the device */
    GHashTable *taken;   /* devices that are a row's */
} Shown;

static void shown_free(void *data)
{
    Shown *shown = data;

    g_hash_table_unref(shown->devices);
    g_hash_table_unref(shown->itself);
    g_hash_table_unref(shown->taken);
    g_free(shown);
}

static void queue_free(void *queue)
{
    g_queue_free(queue);
}

static char *with_id(const char *text, const char *id)
{
    return g_strconcat(text, "\1", id, NULL);
}

static Shown *shown_new(const GPtrArray *devices, const DwProblem *row)
{
    Shown *shown = g_new0(Shown, 1);

    shown->devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, queue_free);
    shown->itself = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    shown->taken = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < devices->len; i++) {
        DwDevice *device = devices->pdata[i];
        char *text = strcmp(device->kind, row->kind) == 0 ? device_shows(device, row) : NULL;
        if (!text)
            continue;
        g_hash_table_insert(shown->itself, with_id(text, device->id), device);
        GQueue *queue = g_hash_table_lookup(shown->devices, text);
        if (!queue) {
            queue = g_queue_new();
            g_hash_table_insert(shown->devices, g_strdup(text), queue);
        }
        g_queue_push_tail(queue, device);
        g_free(text);
    }
    return shown;
}

static bool asks_by_value(const DwProblem *row)
{
    return strcmp(row->rule, "clone.disk") == 0 || *row->value;
}

/* Rows of one rule and key share it, or each would look at all devices. */
static Shown *shown_of(GHashTable *lists, const GPtrArray *devices, const DwProblem *row)
{
    g_autofree char *name =
        g_strdup_printf("%s\1%s\1%s", row->rule, row->kind, asks_by_value(row) ? row->key : "");
    Shown *shown = g_hash_table_lookup(lists, name);

    if (!shown) {
        shown = shown_new(devices, row);
        g_hash_table_insert(lists, g_steal_pointer(&name), shown);
    }
    return shown;
}

/* The device that was asked about, under the name it had. */
static const DwDevice *find_itself(Shown *shown, const DwProblem *row)
{
    g_autofree char *name = with_id(asks_by_value(row) ? row->value : row->id, row->id);
    DwDevice *device = g_hash_table_lookup(shown->itself, name);

    if (device)
        g_hash_table_add(shown->taken, device);
    return device;
}

/* One that shows the same and is no other row's: it may have another name now. */
static const DwDevice *find_other(Shown *shown, const DwProblem *row)
{
    GQueue *queue = g_hash_table_lookup(shown->devices, asks_by_value(row) ? row->value : row->id);
    const DwDevice *device = NULL;

    while (queue && (device = g_queue_pop_head(queue)) &&
           g_hash_table_contains(shown->taken, device))
        ;
    return device;
}

static bool domain_holds(const DwSettings *settings, const DwProblem *row)
{
    const char *key = row->key;
    g_autofree char *value = *key ? clone_text(settings, key) : NULL;

    if (strcmp(row->rule, "clone.nvram") == 0 && strcmp(key, "os.nvram") != 0) {
        g_clear_pointer(&value, g_free);
        return clone_storage(settings, "os.nvram.", &key, &value) && strcmp(key, row->key) == 0 &&
               is_shown(value, row->value);
    }
    return !*row->value || is_shown(value, row->value);
}

static void add_copy(GPtrArray *problems, const DwProblem *row, const char *id)
{
    problems_add(problems, row->rule, row->severity, row->kind, id, row->key, row->value,
                 (const char *const *)row->allowed, g_strdup(row->message));
}

void dw_clone_hold(const DwDocument *document, const GPtrArray *rows, GPtrArray *problems)
{
    g_autoptr(DwSettings) settings = NULL;
    g_autoptr(GPtrArray) devices = NULL;
    g_autoptr(GHashTable) lists =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, shown_free);
    g_autofree const DwDevice **holders = g_new0(const DwDevice *, rows->len);

    if (rows->len == 0)
        return;
    settings = dw_get_settings(document, NULL, true, NULL);
    devices = dw_get_devices(document, "", true, NULL);
    for (guint i = 0; i < rows->len; i++) {
        const DwProblem *row = rows->pdata[i];
        holders[i] = *row->kind ? find_itself(shown_of(lists, devices, row), row) : NULL;
    }
    for (guint i = 0; i < rows->len; i++) {
        const DwProblem *row = rows->pdata[i];
        if (*row->kind && !holders[i])
            holders[i] = find_other(shown_of(lists, devices, row), row);
        if (holders[i])
            add_copy(problems, row, holders[i]->id);
        else if (!*row->kind && domain_holds(settings, row))
            add_copy(problems, row, "");
    }
}
