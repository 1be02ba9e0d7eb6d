/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The store of drafts and its files. One file a draft: lines of name and value, an empty line, the
 * document. Documents may hold secrets: the directory is private and memory is wiped.
 */
#include "drafts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"
#include "files.h"
#include "signals.h"

#define ID_LENGTH 13
/* Texts up to this length are kept as documents too. */
#define DOCUMENT_KEPT (64 * 1024)

#define HEADER "domwright-draft 1"

struct Drafts {
    Server *server;
    GHashTable *table; /* id -> Draft */
    char *directory;   /* NULL: nothing is kept */
};

static uint64_t now(void)
{
    return g_get_real_time();
}

/* Not the clock on the wall, which may jump by years when it is set. */
static int64_t since_boot(void)
{
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

static void free_text(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

static void draft_free(void *userdata)
{
    Draft *draft = userdata;
    free_text(draft->text);
    dw_document_free(draft->document);
    g_free(draft->id);
    g_free(draft->path);
    g_free(draft->base);
    g_free(draft->base_revision);
    g_free(draft->host);
    g_free(draft);
}

/* ---- Files ---- */

static char *draft_file(const Drafts *drafts, const char *id)
{
    return g_build_filename(drafts->directory, id, NULL);
}

static bool save(const Drafts *drafts, const Draft *draft, GError **error)
{
    if (!drafts->directory)
        return true;
    g_autofree char *path = draft_file(drafts, draft->id);
    char *content = g_strdup_printf(
        HEADER
        "\nowner %u\nhost %s\nbase %s\nbase-revision %s\nstale %d\ncreated %" G_GUINT64_FORMAT
        "\nmodified %" G_GUINT64_FORMAT "\nused %" G_GINT64_FORMAT "\n\n%s",
        (unsigned)draft->owner, draft->host, draft->base, draft->base_revision, draft->stale,
        draft->created, draft->modified, draft->used, draft->text);
    bool saved = file_write(path, content, strlen(content), error);
    free_text(content);
    return saved;
}

static void read_field(Draft *draft, const char *name, const char *value)
{
    if (strcmp(name, "owner") == 0)
        draft->owner = strtoul(value, NULL, 10);
    else if (strcmp(name, "host") == 0)
        draft->host = g_strdup(value);
    else if (strcmp(name, "base") == 0)
        draft->base = g_strdup(value);
    else if (strcmp(name, "base-revision") == 0)
        draft->base_revision = g_strdup(value);
    else if (strcmp(name, "stale") == 0)
        draft->stale = strcmp(value, "1") == 0;
    else if (strcmp(name, "created") == 0)
        draft->created = g_ascii_strtoull(value, NULL, 10);
    else if (strcmp(name, "modified") == 0)
        draft->modified = g_ascii_strtoull(value, NULL, 10);
    else if (strcmp(name, "used") == 0)
        draft->used = MIN(g_ascii_strtoll(value, NULL, 10), since_boot()); /* of an earlier boot */
}

static bool is_id(const char *name)
{
    return strlen(name) == ID_LENGTH &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz234567") == ID_LENGTH;
}

static Draft *parse_file(Server *server, const char *id, char *content)
{
    char *text = strstr(content, "\n\n");
    if (!text || !g_str_has_prefix(content, HEADER "\n"))
        return NULL;
    *text = '\0';
    text += 2;
    Draft *draft = g_new0(Draft, 1);
    *draft = (Draft){.object = {OBJECT_DRAFT}, .server = server};
    g_auto(GStrv) lines = g_strsplit(content, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *space = strchr(*line, ' ');
        if (!space)
            continue;
        *space = '\0';
        read_field(draft, *line, space + 1);
    }
    draft->text = g_strdup(text);
    draft->length = strlen(text);
    draft->id = g_strdup(id);
    draft->path = g_strconcat(DOMWRIGHT_DRAFT_PREFIX, id, NULL);
    if (draft->host && draft->base && draft->base_revision && draft->created)
        return draft;
    draft_free(draft);
    return NULL;
}

static void load(Drafts *drafts)
{
    g_autoptr(GDir) directory = g_dir_open(drafts->directory, 0, NULL);
    const char *name;
    while (directory && (name = g_dir_read_name(directory))) {
        g_autofree char *path = draft_file(drafts, name);
        char *content = NULL;
        Draft *draft = NULL;
        if (is_id(name) && g_file_get_contents(path, &content, NULL, NULL))
            draft = parse_file(drafts->server, name, content);
        free_text(content);
        if (draft)
            g_hash_table_insert(drafts->table, draft->id, draft);
        else
            unlink(path);
    }
}

Drafts *drafts_new(Server *server)
{
    Drafts *drafts = g_new0(Drafts, 1);
    drafts->server = server;
    drafts->table = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, draft_free);
    const char *state = server->configuration->state_directory;
    if (!state)
        return drafts;
    drafts->directory = g_build_filename(state, "drafts", NULL);
    if (mkdir(drafts->directory, 0700) < 0 && errno != EEXIST)
        g_clear_pointer(&drafts->directory, g_free);
    else
        load(drafts);
    drafts_expire(drafts);
    return drafts;
}

void drafts_free(Drafts *drafts)
{
    if (!drafts)
        return;
    g_hash_table_unref(drafts->table);
    g_free(drafts->directory);
    g_free(drafts);
}

/* ---- Making and changing ---- */

static char *new_id(const Drafts *drafts)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint64_t random;
    char id[ID_LENGTH + 1] = "";
    do {
        if (getrandom(&random, sizeof random, 0) != sizeof random)
            return NULL;
        for (int i = 0; i < ID_LENGTH; i++, random /= 32)
            id[i] = alphabet[random % 32];
    } while (g_hash_table_contains(drafts->table, id));
    return g_strdup(id);
}

bool drafts_check_room(Drafts *drafts, uid_t owner, gsize length, const Draft *replaced,
                       GError **error)
{
    const Limits *limits = &drafts->server->configuration->limits;
    unsigned count = replaced ? 0 : 1;
    gsize own = length, all = length;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, drafts->table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Draft *draft = value;
        gsize size = draft == replaced ? 0 : draft->length;
        all += size;
        if (draft->owner != owner)
            continue;
        own += size;
        count++;
    }
    if (length > DW_MAX_BYTES)
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "the document is longer than %d bytes", DW_MAX_BYTES);
    else if (count > limits->drafts_per_user)
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "you have %u drafts, the most that are kept; commit or discard one", count - 1);
    else if (own > limits->draft_bytes_per_user || all > limits->draft_bytes)
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "drafts take more memory than is allowed for %s; commit or discard one",
                    own > limits->draft_bytes_per_user ? "one user" : "all users");
    else
        return true;
    return false;
}

Draft *drafts_add(Drafts *drafts, uid_t owner, const char *text, const char *host, const char *base,
                  const char *base_revision, GError **error)
{
    if (!drafts_check_room(drafts, owner, strlen(text), NULL, error))
        return NULL;
    char *id = new_id(drafts);
    if (!id) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "no random numbers");
        return NULL;
    }
    Draft *draft = g_new0(Draft, 1);
    *draft = (Draft){.object = {OBJECT_DRAFT}, .server = drafts->server, .id = id, .owner = owner};
    draft->path = g_strconcat(DOMWRIGHT_DRAFT_PREFIX, id, NULL);
    draft->text = g_strdup(text);
    draft->length = strlen(text);
    draft->host = g_strdup(host);
    draft->base = g_strdup(base ? base : "/");
    draft->base_revision = g_strdup(base_revision ? base_revision : "");
    draft->created = draft->modified = now();
    draft->used = since_boot();
    if (!save(drafts, draft, error)) {
        draft_free(draft);
        return NULL;
    }
    g_hash_table_insert(drafts->table, draft->id, draft);
    return draft;
}

bool draft_set_text(Draft *draft, const char *text, GError **error)
{
    Drafts *drafts = draft->server->drafts;
    if (!drafts_check_room(drafts, draft->owner, strlen(text), draft, error))
        return false;
    char *before = draft->text;
    uint64_t modified = draft->modified;
    draft->text = g_strdup(text);
    draft->modified = now();
    draft->used = since_boot();
    if (!save(drafts, draft, error)) {
        free_text(draft->text);
        draft->text = before;
        draft->modified = modified;
        return false;
    }
    draft->length = strlen(text);
    g_clear_pointer(&draft->document, dw_document_free);
    free_text(before);
    return true;
}

void draft_keep_document(Draft *draft, DwDocument *document)
{
    g_clear_pointer(&draft->document, dw_document_free);
    if (document && draft->length <= DOCUMENT_KEPT)
        draft->document = document;
    else
        dw_document_free(document);
}

void drafts_remove(Drafts *drafts, Draft *draft)
{
    if (drafts->directory) {
        g_autofree char *path = draft_file(drafts, draft->id);
        unlink(path);
    }
    g_hash_table_remove(drafts->table, draft->id);
}

/* ---- Finding ---- */

Draft *drafts_find(Drafts *drafts, const char *id)
{
    return g_hash_table_lookup(drafts->table, id);
}

Draft *drafts_at(Drafts *drafts, const char *path, uid_t uid)
{
    if (!g_str_has_prefix(path, DOMWRIGHT_DRAFT_PREFIX))
        return NULL;
    Draft *draft = drafts_find(drafts, path + strlen(DOMWRIGHT_DRAFT_PREFIX));
    return draft && (uid == 0 || uid == draft->owner) ? draft : NULL;
}

static int compare_age(const void *a, const void *b)
{
    const Draft *first = *(Draft *const *)a, *second = *(Draft *const *)b;
    return (first->created > second->created) - (first->created < second->created);
}

char **drafts_list(Drafts *drafts, uid_t owner)
{
    g_autoptr(GPtrArray) own = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, drafts->table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((Draft *)value)->owner == owner)
            g_ptr_array_add(own, value);
    }
    g_ptr_array_sort(own, compare_age);
    for (guint i = 0; i < own->len; i++)
        own->pdata[i] = g_strdup(((Draft *)own->pdata[i])->path);
    g_ptr_array_add(own, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&own), FALSE);
}

/* ---- Passing of time ---- */

void draft_touch(Draft *draft)
{
    draft->used = since_boot();
}

static gboolean is_expired(gpointer key, gpointer value, gpointer userdata)
{
    const Draft *draft = value;
    Drafts *drafts = userdata;
    if (draft->used + DRAFT_LIFETIME > since_boot())
        return FALSE;
    if (drafts->directory) {
        g_autofree char *path = draft_file(drafts, draft->id);
        unlink(path);
    }
    return TRUE;
}

void drafts_expire(Drafts *drafts)
{
    g_hash_table_foreach_remove(drafts->table, is_expired, drafts);
}

void drafts_base_changed(Drafts *drafts, const char *base, const char *revision)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, drafts->table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Draft *draft = value;
        bool stale = !revision || strcmp(draft->base_revision, revision) != 0;
        if (strcmp(draft->base, base) != 0 || draft->stale == stale)
            continue;
        draft->stale = stale;
        save(drafts, draft, NULL);
        signal_draft_stale(draft);
    }
}
