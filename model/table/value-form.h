/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each form of a setting accepts, how its text is read, and how a value is spelt. */
#pragma once

#include "table/table.h"

const char *form_name(DwForm form);      /* "enum", "size", … */
const char *form_signature(DwForm form); /* D-Bus type of the value that comes out */

/* False when text is not of this form; the value then is the text itself, a string. */
bool form_parse(const DwRow *row, const char *text, DwValue *ret_value);
/* A value as sent -> a value of the form's own type, checked against the row. INVALID_VALUE. */
bool form_coerce(const DwRow *row, const char *key, const DwValue *value, DwValue *ret_value,
                 GError **error);
/* The spelling of a coerced value; not for PRESENCE, LIST, SIZE, PCI and CHAIN_END. */
char *form_print(const DwRow *row, const DwValue *value);

/* The enum values of a row without their versions; NULL-terminated. */
char **row_values(const DwRow *row);
/* Since which libvirt each of them is, "" where that is not told. */
char **row_values_since(const DwRow *row);
/* Is word among the row's values? Rows without values take all. */
bool row_accepts(const DwRow *row, const char *word);
/* Bytes in one libvirt unit ("KiB", "MB", "b", …), 0 for what is none; NULL is libvirt's default.
 */
uint64_t unit_factor(const char *unit);
/* The same of a row's size as it is written: NULL is the row's own default. */
uint64_t row_unit_factor(const DwRow *row, const char *unit);
/* "10.1.0" -> 10001000, as libvirt counts versions. */
uint64_t version_number(const char *text);
