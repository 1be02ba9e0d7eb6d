/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Applying edits, and the places where defaults, Hyper-V logic and presets hook in. An edit goes:
 * keys resolved -> unset -> values written (lens) -> defaults filled -> rules, all in one undo
 * frame.
 */
#pragma once

#include "devices.h"

typedef struct {
    DwDocument *document;
    const DwHost *host; /* never NULL */
    DwApplyFlags flags;
    GPtrArray *problems; /* of DwProblem: what was done unasked, as info or warning */
    GPtrArray *skipped;  /* name, reason, … */
} DwEditContext;

/* Writes values to a node's keys (kind "" = domain). Nodes are stale afterwards. */
bool edit_write(DwEditContext *context, const char *kind, DwNode node, const DwSettings *values,
                GError **error);
bool edit_unset(DwEditContext *context, const char *kind, DwNode node, const char *const *unset,
                GError **error);
/* One edit of whatever verb; *ret_id is the device's id after it, or NULL. verbs.c */
bool edit_apply(DwEditContext *context, const DwEdit *edit, char **ret_id, GError **error);
/* An info or warning among the result's problems. */
void edit_note(DwEditContext *context, const char *rule, DwSeverity severity, const char *kind,
               const char *id, const char *key, const char *format, ...) G_GNUC_PRINTF(7, 8);

/* defaults.c. Complete the properties of a device before it is written (device is NONE), or what
 * changes bring with them (values is the changes); may add to and remove from values. */
bool defaults_for_device(DwEditContext *context, const char *kind, DwNode device,
                         DwSettings *values, GError **error);
/* The same for domain settings; is_new: the document is being built. Both run before writing. */
bool defaults_for_domain(DwEditContext *context, DwSettings *values, GError **error);
/* hyperv.c */
bool hyperv_apply(DwEditContext *context, const DwSettings *features, GError **error);
/* presets.c */
bool preset_apply(DwEditContext *context, const char *name, GError **error);
