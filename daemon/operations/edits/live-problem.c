/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One form for all that a running domain refuses before it is touched. */
#include "operations/edits/live-problem.h"

void live_refuse(GPtrArray *impossible, const char *rule, const char *kind, const char *id,
                 const char *key, const char *message)
{
    DwProblem *problem = g_new0(DwProblem, 1);
    *problem = (DwProblem){.rule = g_strdup(rule), .severity = DW_SEVERITY_ERROR};
    problem->kind = g_strdup(kind);
    problem->id = g_strdup(id);
    problem->key = g_strdup(key);
    problem->value = g_strdup("");
    problem->message = g_strdup(message);
    problem->allowed = g_new0(char *, 1);
    g_ptr_array_add(impossible, problem);
}
