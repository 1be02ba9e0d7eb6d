/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of libvirt's own schema. */
#pragma once

#include "table/table.h"

/* Does the schema have that word where the row is written? words NULL: no. A number's row takes no
 * word. */
bool schema_words_have(const DwSchemaWords *words, const char *kind, const DwSection *section,
                       const DwRow *row, const char *word);
