/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Holds the one loaded schema under a lock, and weighs what it says. */
#include "verdict.h"

#include <pthread.h>
#include <string.h>

#include "virt.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *directory;
static DwSchema *schema;
static char *failure; /* why it could not be loaded */
static bool used;

void verdict_init(const char *schema_directory)
{
    directory = g_strdup(schema_directory);
}

void verdict_idle(void)
{
    pthread_mutex_lock(&lock);
    if (!used) {
        g_clear_pointer(&schema, dw_schema_free);
        g_clear_pointer(&failure, g_free);
    }
    used = false;
    pthread_mutex_unlock(&lock);
}

void verdict_free(void)
{
    pthread_mutex_lock(&lock);
    g_clear_pointer(&schema, dw_schema_free);
    g_clear_pointer(&failure, g_free);
    g_clear_pointer(&directory, g_free);
    pthread_mutex_unlock(&lock);
}

void verdict_warn(GPtrArray *problems, const char *rule, const char *message)
{
    DwProblem *problem = g_new0(DwProblem, 1);
    problem->rule = g_strdup(rule);
    problem->severity = DW_SEVERITY_WARNING;
    problem->key = g_strdup("");
    problem->kind = g_strdup("");
    problem->id = g_strdup("");
    problem->value = g_strdup("");
    problem->message = g_strdup(message);
    problem->allowed = g_new0(char *, 1);
    g_ptr_array_add(problems, problem);
}

static void warn_of_absence(GPtrArray *problems)
{
    g_autofree char *message = g_strdup_printf("libvirt's schema was not checked: %s", failure);
    verdict_warn(problems, "schema-missing", message);
}

static bool load(void)
{
    used = true;
    if (!schema && !failure) {
        g_autoptr(GError) error = NULL;
        schema = dw_schema_load(directory, &error);
        failure = schema ? NULL : g_strdup(error->message);
    }
    return schema != NULL;
}

/* What is wrong with after, and, where anything is, with before. */
static void ask(const DwDocument *before, const DwDocument *after, GPtrArray **ret_found,
                GPtrArray **ret_old)
{
    if (before && dw_schema_accepts_change(schema, before, after)) {
        *ret_found = g_ptr_array_new();
        return;
    }
    *ret_found = dw_schema_validate(schema, after);
    if (before && (*ret_found)->len > 0)
        *ret_old = dw_schema_validate(schema, before);
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

/* Moves problems over; errors that are not binding, or not new, become warnings. */
static void weigh(GPtrArray *found, const GPtrArray *old, bool binding, GPtrArray *problems)
{
    while (found->len > 0) {
        DwProblem *problem = g_ptr_array_steal_index(found, 0);
        bool excused = !binding || is_among(problem, old);
        if (problem->severity == DW_SEVERITY_ERROR && excused)
            problem->severity = DW_SEVERITY_WARNING;
        g_ptr_array_add(problems, problem);
    }
}

bool verdict_schema(const DwDocument *before, const DwDocument *after, uint64_t host_libvirt,
                    GPtrArray *problems)
{
    g_autoptr(GPtrArray) found = NULL, old = NULL;
    pthread_mutex_lock(&lock);
    if (load())
        ask(before, after, &found, &old);
    else
        warn_of_absence(problems);
    pthread_mutex_unlock(&lock);
    bool binding = host_libvirt == 0 || same_release(host_libvirt, virt_library_version());
    if (found)
        weigh(found, old, binding, problems);
    return found && binding;
}

void verdict_rules(const DwDocument *before, const DwDocument *after, const DwHost *host,
                   GPtrArray *problems)
{
    g_autoptr(GPtrArray) found = dw_validate(after, host);
    g_autoptr(GPtrArray) old = before && found->len > 0 ? dw_validate(before, host) : NULL;
    weigh(found, old, true, problems);
}

bool verdict_check(const GPtrArray *problems, GError **error)
{
    g_autoptr(GString) message = g_string_new(NULL);
    for (guint i = 0; i < problems->len; i++) {
        const DwProblem *problem = problems->pdata[i];
        if (problem->severity == DW_SEVERITY_ERROR)
            g_string_append_printf(message, "%s%s", message->len > 0 ? "\n" : "", problem->message);
    }
    if (message->len == 0)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID, "%s", message->str);
    return false;
}
