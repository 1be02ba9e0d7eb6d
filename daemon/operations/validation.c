/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Holds the loaded schema, once for small documents and once for others and those of greedy users,
 * each under its lock: a schema serves one thread at a time, and who edits a small document must
 * not wait for another's large one, the main thread least of all. Decides which of the problems
 * found are errors: only those that a change brings in, as a guest with old faults has to stay
 * editable.
 */
#include "operations/validation.h"

#include <pthread.h>
#include <string.h>

#include "libvirt/connection.h"
#include "tasks/processors.h"

typedef struct {
    pthread_mutex_t lock;
    DwSchema *schema;
    char *failure; /* why it could not be loaded */
    bool used;
} Loaded;

static Loaded for_small = {PTHREAD_MUTEX_INITIALIZER, NULL, NULL, false};
static Loaded for_large = {PTHREAD_MUTEX_INITIALIZER, NULL, NULL, false};
static char *directory;

static pthread_mutex_t words_lock = PTHREAD_MUTEX_INITIALIZER;
static DwSchemaWords *words; /* kept once read: it is small */

void validation_init(const char *schema_directory)
{
    directory = g_strdup(schema_directory);
}

static void unload(Loaded *loaded)
{
    g_clear_pointer(&loaded->schema, dw_schema_free);
    g_clear_pointer(&loaded->failure, g_free);
}

/* The main thread does not wait for one that is at work. */
static void unload_unused(Loaded *loaded)
{
    if (pthread_mutex_trylock(&loaded->lock) != 0)
        return;
    if (!loaded->used)
        unload(loaded);
    loaded->used = false;
    pthread_mutex_unlock(&loaded->lock);
}

void validation_idle(void)
{
    unload_unused(&for_small);
    unload_unused(&for_large);
}

void validation_free(void)
{
    unload(&for_small);
    unload(&for_large);
    g_clear_pointer(&words, dw_schema_words_free);
    g_clear_pointer(&directory, g_free);
}

void validation_warn(GPtrArray *problems, const char *rule, const char *message)
{
    dw_problems_add(problems, rule, DW_SEVERITY_WARNING, message);
}

static void warn_of_absence(const Loaded *loaded, GPtrArray *problems)
{
    g_autofree char *message =
        g_strdup_printf("libvirt's schema was not checked: %s", loaded->failure);
    validation_warn(problems, "schema-missing", message);
}

static bool load(Loaded *loaded)
{
    loaded->used = true;
    if (!loaded->schema && !loaded->failure) {
        g_autoptr(GError) error = NULL;
        loaded->schema = dw_schema_load(directory, &error);
        loaded->failure = loaded->schema ? NULL : g_strdup(error->message);
    }
    return loaded->schema != NULL;
}

/* What is wrong with after, and, where anything is, with before. */
static void ask_schema(DwSchema *schema, const DwDocument *before, const DwDocument *after,
                       GPtrArray **ret_found, GPtrArray **ret_known)
{
    if (before && dw_schema_accepts_change(schema, before, after)) {
        *ret_found = g_ptr_array_new();
        return;
    }
    *ret_found = dw_schema_validate(schema, after);
    if (before && (*ret_found)->len > 0)
        *ret_known = dw_schema_validate(schema, before);
}

static bool is_among(const DwProblem *problem, const GPtrArray *others)
{
    for (guint i = 0; others && i < others->len; i++) {
        const DwProblem *other = others->pdata[i];
        if (strcmp(problem->message, other->message) == 0 && strcmp(problem->id, other->id) == 0)
            return true;
    }
    return false;
}

/* libvirt's schema changes with its minor releases. */
static bool same_release(uint64_t a, uint64_t b)
{
    return a / 1000 == b / 1000;
}

/* Has a rule an error there? It knows better what is wrong than what is left of the schema. */
static bool is_told(const DwProblem *problem, const GPtrArray *problems)
{
    for (guint i = 0; i < problems->len; i++) {
        const DwProblem *other = problems->pdata[i];
        if (other->severity == DW_SEVERITY_ERROR && strcmp(other->rule, "schema") != 0 &&
            strcmp(problem->kind, other->kind) == 0 && strcmp(problem->id, other->id) == 0 &&
            (*problem->kind || strcmp(problem->key, other->key) == 0))
            return true;
    }
    return false;
}

/* Moves the problems found to problems, but for what a rule has told of. Errors that are known, or
 * found by what is not authoritative, are downgraded to warnings. */
static void downgrade_known(GPtrArray *found, const GPtrArray *known, bool authoritative,
                            GPtrArray *problems)
{
    while (found->len > 0) {
        DwProblem *problem = g_ptr_array_steal_index(found, 0);
        bool downgraded = !authoritative || is_among(problem, known);
        if (strcmp(problem->rule, "schema") == 0 && is_told(problem, problems)) {
            dw_problem_free(problem);
            continue;
        }
        if (problem->severity == DW_SEVERITY_ERROR && downgraded)
            problem->severity = DW_SEVERITY_WARNING;
        g_ptr_array_add(problems, problem);
    }
}

static bool is_authoritative(uint64_t host_libvirt)
{
    return host_libvirt == 0 || same_release(host_libvirt, virt_library_version());
}

void validation_fill(DwHost *host)
{
    if (!is_authoritative(host->libvirt_version))
        return;
    pthread_mutex_lock(&words_lock);
    if (!words)
        words = dw_schema_words_load(directory, NULL);
    host->schema_words = words;
    pthread_mutex_unlock(&words_lock);
}

static bool is_small(const DwDocument *document)
{
    size_t length = 0;
    if (document)
        dw_document_text(document, &length);
    return length <= SMALL_DOCUMENT;
}

bool validation_schema(const DwDocument *before, const DwDocument *after, uint64_t host_libvirt,
                       GPtrArray *problems)
{
    g_autoptr(GPtrArray) found = NULL, known = NULL;
    bool quick = is_small(before) && is_small(after) && !processors_here_greedy();
    Loaded *loaded = quick ? &for_small : &for_large;
    pthread_mutex_lock(&loaded->lock);
    if (load(loaded))
        ask_schema(loaded->schema, before, after, &found, &known);
    else
        warn_of_absence(loaded, problems);
    pthread_mutex_unlock(&loaded->lock);
    bool authoritative = is_authoritative(host_libvirt);
    if (found)
        downgrade_known(found, known, authoritative, problems);
    return found && authoritative;
}

void validation_rules(const DwDocument *before, const DwDocument *after, const DwHost *host,
                      GPtrArray *problems)
{
    g_autoptr(GPtrArray) found = dw_validate(after, host);
    g_autoptr(GPtrArray) known = before && found->len > 0 ? dw_validate(before, host) : NULL;
    downgrade_known(found, known, true, problems);
}

bool validation_refuse(GPtrArray *problems, bool dry_run, const char *rule, GError *fault,
                       GError **error)
{
    if (!dry_run) {
        g_propagate_error(error, fault);
        return false;
    }
    dw_problems_add(problems, rule, DW_SEVERITY_ERROR, fault->message);
    g_error_free(fault);
    return true;
}

bool validation_identity(const DwDocument *before, const DwDocument *after, GPtrArray *problems,
                         bool dry_run, GError **error)
{
    static const char *const keys[] = {"name", "uuid"};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *old = dw_get_string(before, keys[i]);
        g_autofree char *new = dw_get_string(after, keys[i]);
        if (g_strcmp0(old, new) == 0)
            continue;
        GError *failure = g_error_new(DW_ERROR, DW_ERROR_INVALID,
                                      "A domain keeps its %s: it is \"%s\", not \"%s\".", keys[i],
                                      old ? old : "", new ? new : "");
        if (!validation_refuse(problems, dry_run, "domain-identity", failure, error))
            return false;
    }
    return true;
}

bool validation_check(const GPtrArray *problems, GError **error)
{
    g_autofree char *message = dw_problems_join(problems);

    if (!*message)
        return true;
    g_set_error_literal(error, DW_ERROR, DW_ERROR_INVALID, message);
    return false;
}
