/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store of drafts. What is in their files is draft-file.c's. */
#include "drafts/drafts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret-text.h"
#include "drafts/draft-file.h"
#include "inventory/domain-path.h"
#include "inventory/inventory.h"

/* Texts up to this length are kept as documents, too. */
#define DOCUMENT_KEPT (64 * 1024)

struct Drafts {
    const Limits *limits;
    DraftListener listener;
    GHashTable *table; /* id -> Draft */
    char *directory;   /* NULL: nothing is kept */
};

static uint64_t now(void)
{
    return g_get_real_time();
}

static bool save(const Drafts *drafts, const Draft *draft, GError **error)
{
    return !drafts->directory || draft_file_write(drafts->directory, draft, error);
}

/* ---- Life of the store ---- */

static bool is_id(const char *name)
{
    sd_id128_t id;
    char text[SD_ID128_STRING_MAX];
    return sd_id128_from_string(name, &id) >= 0 && strcmp(sd_id128_to_string(id, text), name) == 0;
}

/* What is not a whole draft is removed: the rest of a write that was cut short, or another's. */
static void load(Drafts *drafts)
{
    g_autoptr(GDir) directory = g_dir_open(drafts->directory, 0, NULL);
    const char *name;
    while (directory && (name = g_dir_read_name(directory))) {
        Draft *draft = is_id(name) ? draft_file_read(drafts->directory, name) : NULL;
        if (draft) {
            draft->drafts = drafts;
            g_hash_table_insert(drafts->table, draft->id, draft);
        } else {
            draft_file_remove(drafts->directory, name);
        }
    }
}

Drafts *drafts_new(const char *runtime_directory, const Limits *limits,
                   const DraftListener *listener)
{
    Drafts *drafts = g_new0(Drafts, 1);
    drafts->limits = limits;
    drafts->listener = *listener;
    drafts->table = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, draft_free);
    if (!runtime_directory)
        return drafts;
    drafts->directory = g_build_filename(runtime_directory, "drafts", NULL);
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

/* The path of a draft is no secret, but not to be guessed either. */
static Draft *new_draft(Drafts *drafts, GError **error)
{
    char text[SD_ID128_STRING_MAX];
    sd_id128_t id;
    if (sd_id128_randomize(&id) < 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "There are no random numbers.");
        return NULL;
    }
    Draft *draft = draft_new(sd_id128_to_string(id, text));
    draft->drafts = drafts;
    return draft;
}

/* length: of all that is to be kept. */
static bool check_room(Drafts *drafts, uid_t owner, gsize length, const Draft *replaced,
                       GError **error)
{
    const Limits *limits = drafts->limits;
    unsigned count = replaced ? 0 : 1;
    gsize own = length, all = length;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, drafts->table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Draft *draft = value;
        gsize size = strlen(draft->base_text) + (draft == replaced ? 0 : draft->length);
        all += size;
        if (draft->owner != owner)
            continue;
        own += size;
        count++;
    }
    if (count > limits->drafts_per_user)
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "Too many drafts (limit %" G_GUINT64_FORMAT
                    " per user); commit or discard one.",
                    limits->drafts_per_user);
    else if (own > limits->draft_bytes_per_user || all > limits->draft_bytes)
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "Drafts take more memory than is allowed for %s; commit or discard one.",
                    own > limits->draft_bytes_per_user ? "one user" : "all users");
    else
        return true;
    return false;
}

bool drafts_check_room(Drafts *drafts, uid_t owner, gsize length, const Draft *replaced,
                       GError **error)
{
    return check_length("The document", length, error) &&
           check_room(drafts, owner, length, replaced, error);
}

Draft *drafts_add(Drafts *drafts, uid_t owner, const char *text, const DraftOrigin *origin,
                  GError **error)
{
    gsize length = strlen(text);
    if (!check_length("The document", length, error) ||
        !check_room(drafts, owner, origin->base ? 2 * length : length, NULL, error))
        return NULL;
    Draft *draft = new_draft(drafts, error);
    if (!draft)
        return NULL;
    draft->owner = owner;
    draft->text = g_strdup(text);
    draft->length = length;
    draft->host = g_strdup(origin->host);
    draft->base = g_strdup(origin->base ? origin->base : "/");
    draft->base_revision = g_strdup(origin->base_revision ? origin->base_revision : "");
    draft->base_text = g_strdup(origin->base ? text : "");
    draft->clone_rows = origin->clone_rows ? g_ptr_array_ref(origin->clone_rows) : NULL;
    draft->created = draft->modified = now();
    draft_touch(draft);
    if (!save(drafts, draft, error)) {
        draft_free(draft);
        return NULL;
    }
    g_hash_table_insert(drafts->table, draft->id, draft);
    return draft;
}

static bool set_text(Draft *draft, const char *text, GError **error)
{
    Drafts *drafts = draft->drafts;
    if (!drafts_check_room(drafts, draft->owner, strlen(text), draft, error))
        return false;
    char *before = draft->text;
    uint64_t modified = draft->modified;
    draft->text = g_strdup(text);
    draft->modified = now();
    draft_touch(draft);
    if (!save(drafts, draft, error)) {
        secret_text_free(draft->text);
        draft->text = before;
        draft->modified = modified;
        return false;
    }
    draft->length = strlen(text);
    secret_text_free(before);
    return true;
}

bool draft_edit(Draft *draft, const char *text, DwDocument *document, const DwChanges *changes,
                const char *revision, GError **error)
{
    const DraftListener *listener = &draft->drafts->listener;
    g_autoptr(DwDocument) own = document;
    if (!set_text(draft, text, error))
        return false;
    g_clear_pointer(&draft->document, dw_document_free);
    if (draft->length <= DOCUMENT_KEPT)
        draft->document = g_steal_pointer(&own);
    if (listener->edited)
        listener->edited(draft, changes, revision, listener->data);
    return true;
}

/* Puts these in the place of what the draft has, and leaves that in theirs. */
static void swap_base(Draft *draft, char **text, char **revision, bool *stale)
{
    char *own_text = draft->base_text, *own_revision = draft->base_revision;
    bool own_stale = draft->stale;
    draft->base_text = *text;
    draft->base_revision = *revision;
    draft->stale = *stale;
    *text = own_text;
    *revision = own_revision;
    *stale = own_stale;
}

bool draft_rebase(Draft *draft, const DraftBase *base, const char *text, DwDocument *document,
                  const DwChanges *changes, const char *revision, GError **error)
{
    const DraftListener *listener = &draft->drafts->listener;
    char *base_text = g_strdup(base->text), *base_revision = g_strdup(base->revision);
    bool stale = base->stale;
    swap_base(draft, &base_text, &base_revision, &stale);
    bool kept = draft_edit(draft, text, document, changes, revision, error);
    if (!kept)
        swap_base(draft, &base_text, &base_revision, &stale);
    else if (listener->rebased)
        listener->rebased(draft, listener->data);
    secret_text_free(base_text);
    g_free(base_revision);
    return kept;
}

void drafts_remove(Drafts *drafts, Draft *draft)
{
    if (drafts->directory)
        draft_file_remove(drafts->directory, draft->id);
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

static gboolean is_expired(gpointer key, gpointer value, gpointer userdata)
{
    const Draft *draft = value;
    Drafts *drafts = userdata;
    if (draft->used + DRAFT_LIFETIME > draft_clock())
        return FALSE;
    if (drafts->directory)
        draft_file_remove(drafts->directory, draft->id);
    return TRUE;
}

void drafts_expire(Drafts *drafts)
{
    g_hash_table_foreach_remove(drafts->table, is_expired, drafts);
}

/* A domain's persistent document is now of this revision; NULL: it is gone. */
static void base_changed(Drafts *drafts, const char *base, const char *revision)
{
    const DraftListener *listener = &drafts->listener;
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
        if (listener->stale)
            listener->stale(draft, listener->data);
    }
}

static void on_removed(const Domain *domain, void *userdata)
{
    g_autofree char *path = domain_path(domain);
    base_changed(userdata, path, NULL);
}

static void on_document(const Domain *domain, bool first, const DwChanges *changes,
                        const char *revision, void *userdata)
{
    g_autofree char *path = domain_path(domain);
    base_changed(userdata, path, revision);
}

InventoryListener drafts_inventory_listener(Drafts *drafts)
{
    return (InventoryListener){
        .data = drafts, .removed = on_removed, .document_changed = on_document};
}
