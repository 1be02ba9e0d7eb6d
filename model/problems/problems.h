/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Problems: made in one place, joined in one place. */
#pragma once

#include <domwright/model.h>

/* Adds a problem to an array of DwProblem. Strings that are NULL count as ""; allowed is NULL or a
 * NULL-terminated list. Takes the message and keeps it to the length of a sentence; other
 * texts are cut for show. */
void problems_add(GPtrArray *problems, const char *rule, DwSeverity severity, const char *kind,
                  const char *id, const char *key, const char *value, const char *const *allowed,
                  char *message);
/* A text of a document, such as an id, as a problem has it. */
char *problem_shown(const char *text);
