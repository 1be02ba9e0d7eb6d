/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Problems: what rules, edits and the schema have to say about a document. Made, freed and joined
 * here only. Any thread.
 */
#include "problems/problems.h"

#include <string.h>

void dw_problem_free(DwProblem *problem)
{
    if (!problem)
        return;
    g_free(problem->rule);
    g_free(problem->key);
    g_free(problem->kind);
    g_free(problem->id);
    g_free(problem->value);
    g_free(problem->message);
    g_strfreev(problem->allowed);
    g_free(problem);
}

const char *dw_severity_name(DwSeverity severity)
{
    switch (severity) {
    case DW_SEVERITY_ERROR:
        return "error";
    case DW_SEVERITY_WARNING:
        return "warning";
    case DW_SEVERITY_INFO:
        return "info";
    }
    return "error";
}

/* Texts of a document are as long as it, and a problem for each of its elements may quote them. */
static char *cut(const char *text, size_t most, const char *end)
{
    if (strlen(text) <= most)
        return g_strdup(text);
    g_autofree char *kept = g_strndup(text, g_utf8_find_prev_char(text, text + most) - text);
    return g_strconcat(kept, end, NULL);
}

char *problem_shown(const char *text)
{
    enum { MOST = 256 };

    g_autofree char *valid =
        g_utf8_make_valid(text ? text : "", text ? (gssize)strnlen(text, 2 * MOST) : 0);
    return cut(valid, MOST, "…");
}

/* Values are shown as they are found, but a sentence must stay one. Many begin with the key they
 * are about, whose spelling is fixed: what is shown begins with a capital all the same. Takes it.
 */
static char *sentence(char *message)
{
    enum { MOST = 600 };
    g_autofree char *whole = g_strconcat(g_ascii_islower(*message) ? "Key " : "", message, NULL);

    g_autofree char *valid = g_utf8_make_valid(whole, -1);

    g_free(message);
    return cut(valid, MOST, "….");
}

void problems_add(GPtrArray *problems, const char *rule, DwSeverity severity, const char *kind,
                  const char *id, const char *key, const char *value, const char *const *allowed,
                  char *message)
{
    DwProblem *problem = g_new0(DwProblem, 1);

    problem->rule = g_strdup(rule);
    problem->severity = severity;
    problem->kind = problem_shown(kind);
    problem->id = problem_shown(id);
    problem->key = problem_shown(key);
    problem->value = problem_shown(value);
    problem->allowed = allowed ? g_strdupv((char **)allowed) : g_new0(char *, 1);
    problem->message = sentence(message);
    g_ptr_array_add(problems, problem);
}

void dw_problems_add(GPtrArray *problems, const char *rule, DwSeverity severity,
                     const char *message)
{
    problems_add(problems, rule, severity, NULL, NULL, NULL, NULL, NULL, g_strdup(message));
}

/* With the device, which a row names in fields of its own. */
static void append_problem(GString *message, const DwProblem *problem)
{
    if (message->len > 0)
        g_string_append_c(message, '\n');
    if (*problem->kind)
        g_string_append_printf(message, "%s%s%s: ", problem->kind, *problem->id ? "/" : "",
                               problem->id);
    g_string_append(message, problem->message);
}

char *dw_problems_join(const GPtrArray *problems)
{
    enum { MOST = 50 };
    GString *message = g_string_new(NULL);
    unsigned n = 0;

    for (guint i = 0; i < problems->len; i++) {
        const DwProblem *problem = problems->pdata[i];

        if (problem->severity == DW_SEVERITY_ERROR && n++ < MOST)
            append_problem(message, problem);
    }
    if (n > MOST)
        g_string_append_printf(message, "\nAnd %u more errors.", n - MOST);
    return g_string_free(message, FALSE);
}

DwProblem *dw_problems_rest(const GPtrArray *problems, guint shown)
{
    DwSeverity worst = DW_SEVERITY_INFO;

    for (guint i = shown; i < problems->len; i++)
        worst = MIN(worst, ((DwProblem *)problems->pdata[i])->severity);
    g_autoptr(GPtrArray) rest = g_ptr_array_new();
    problems_add(rest, "more-problems", worst, NULL, NULL, NULL, NULL, NULL,
                 g_strdup_printf("And %u more problems.", problems->len - shown));
    return rest->pdata[0];
}
