/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of libvirt's own schema. */
#pragma once

#include <domwright/model.h>

/* Does the schema have that word anywhere? words NULL: no. */
bool schema_words_have(const DwSchemaWords *words, const char *word);
