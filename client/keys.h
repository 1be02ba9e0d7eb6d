/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's table of keys, asked for when something about a key has to be known. */
#pragma once

#include <stdbool.h>

#include "values.h"
#include "words.h"

/* Rows of key, kind, type, form, values, … as DescribeKeys names them; without a complaint. */
int keys_describe(const char *kind, const char *prefix, sd_bus_error *error, Rows *keys);
/* The row of a key as it is spelt in a document ("source.host.3.port"), or NULL. */
const Values *keys_find(const Rows *keys, const char *kind, const char *key);

/* Complains about sizes without a unit: false. */
bool sizes_have_units(const Edits *edits);
/* Bytes with the largest unit that keeps them exact: "4GiB". */
char *size_with_unit(const char *bytes);
