/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of defaults share. Each default that is taken is put into values and reported. */
#pragma once

#include "edit.h"

typedef struct {
    DwEditContext *context;
    const char *kind;
    DwNode device; /* DW_NODE_NONE: it is being added */
    DwSettings *values;
} DwDefaults;

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
/* Is the domain QEMU's, as far as is known? */
bool defaults_for_qemu(const DwDefaults *defaults);

/* defaults-disk.c, defaults-target.c */
bool defaults_for_disk(const DwDefaults *defaults, GError **error);
void defaults_for_target(const DwDefaults *defaults);
/* defaults-device.c: a device that is being added, of a kind other than those. */
bool defaults_for_new_device(const DwDefaults *defaults, GError **error);
