/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an edit works on, and writing and unsetting many keys at once. An edit goes: keys unset ->
 * defaults taken -> values written -> rules asked, all in one undo frame (edit/apply.c).
 */
#pragma once

#include "keys/devices.h"

typedef struct {
    DwDocument *document;
    const DwHost *host; /* never NULL */
    DwApplyFlags flags;
    GPtrArray *problems;    /* of DwProblem: what was done unasked, as info or warning */
    GPtrArray *skipped;     /* name, reason, … */
    GPtrArray *faults;      /* of DwProblem: what cannot be done of the edits */
    const GPtrArray *edits; /* all of the call */
    const DwEdit *edit;     /* the one at work */
    unsigned number;        /* its number, as problems have it */
    unsigned unnumbered;    /* edits before the first that the caller counts */
    bool had_spice;         /* a display of that type, before an earlier edit of the call */
    GHashTable *moved;      /* id of a disk -> the one it has got unasked; or NULL */
    GHashTable *gone;       /* key that the edit has unset -> what it was, as text; or NULL */
} DwEditContext;

/* The device that an edit means: by its id or, where an earlier edit of the call changed that
 * unasked, by the one it had. DW_NODE_NONE with NOT_FOUND. */
DwNode edit_find(const DwEditContext *context, const char *kind, const char *id, GError **error);

/* The disk old is now called so: later edits of the call may mean it by either. */
void edit_move(DwEditContext *context, const char *old, const char *now);

/* Notes that something of the edit cannot be done, so that the others can be found, too; takes the
 * fault. key "", value NULL: all of it. False, with the fault as the error, when nothing else is to
 * be looked for: LIMIT_EXCEEDED. */
bool edit_fault(DwEditContext *context, const char *kind, const char *key, const DwValue *value,
                GError *fault, GError **error);
/* Of the first of them. */
DwErrorCode edit_fault_code(const DwEditContext *context);
/* The id that a new device is given, or NULL. */
const DwValue *edit_given_id(const DwEdit *edit);
/* "disk/vda", or "disk source.file=/x" of one that has no id yet: as the person wrote it; NULL: it
 * is no device's. */
char *edit_name(const DwEdit *edit);
/* Writes values to a node's keys (kind "" = domain); what is no key, or no value of it, is a fault.
 * Nodes are stale afterwards. */
bool edit_write(DwEditContext *context, const char *kind, DwNode node, const DwSettings *values,
                GError **error);
bool edit_unset(DwEditContext *context, const char *kind, DwNode node, const char *const *unset,
                GError **error);
/* The keys that the edit itself unsets; context->gone has those that were there. */
bool edit_unset_asked(DwEditContext *context, DwNode node, GError **error);
/* An info or warning among the result's problems. */
void edit_note(DwEditContext *context, const char *rule, DwSeverity severity, const char *kind,
               const char *id, const char *key, const char *format, ...) G_GNUC_PRINTF(7, 8);
