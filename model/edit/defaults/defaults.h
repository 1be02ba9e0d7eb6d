/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of defaults share. Each default that is taken is put into values and reported. */
#pragma once

#include "edit/write/edit.h"

typedef struct {
    DwEditContext *context;
    const char *kind;
    DwNode device; /* DW_NODE_NONE: it is being added */
    DwSettings *values;
} DwDefaults;

/* A key's value in the document as text, or NULL. */
char *defaults_document_text(const DwDocument *document, const char *kind, DwNode node,
                             const char *key);
/* The id a device has or is about to get; "" when there is none yet. */
char *defaults_id(const DwDefaults *defaults);
/* What key will be after the edit, as text: what is asked for, else what is there; or NULL. */
char *defaults_text(const DwDefaults *defaults, const char *key);
bool defaults_is(const DwDefaults *defaults, const char *key, const char *value);
/* Is key among the values of this edit? */
bool defaults_asked(const DwDefaults *defaults, const char *key);
/* Is it, with another value than it has? */
bool defaults_changed(const DwDefaults *defaults, const char *key);
/* Is it, as something that means yes? */
bool defaults_asked_true(const DwDefaults *defaults, const char *key);
/* Is any key that begins with prefix? */
bool defaults_asked_any(const DwDefaults *defaults, const char *prefix);
/* Takes value for key and says so; the message is about the key, its value and why. */
void defaults_take(const DwDefaults *defaults, const char *rule, DwSeverity severity,
                   const char *key, DwValue value, const char *format, ...) G_GNUC_PRINTF(6, 7);
/* Says something without taking a value. */
void defaults_say(const DwDefaults *defaults, const char *rule, DwSeverity severity,
                  const char *key, const char *format, ...) G_GNUC_PRINTF(5, 6);
/* Unsets a key that is there and not asked for, and says why. */
bool defaults_drop(const DwDefaults *defaults, const char *rule, DwSeverity severity,
                   const char *key, const char *why, GError **error);
/* Is the domain QEMU's, as far as is known? */
bool defaults_for_qemu(const DwDefaults *defaults);
