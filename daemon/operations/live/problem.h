/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a running domain cannot be changed as asked; for the files that plan such changes. */
#pragma once

#include <domwright/model.h>

#define LIVE_USE_CONFIG "use affect \"config\", which takes effect when it is started next."

/* Adds a problem; kind, id, key: "" where it has none. */
void live_tell(GPtrArray *problems, DwSeverity severity, const char *rule, const char *kind,
               const char *id, const char *key, const char *message);
/* The same: an error. */
void live_refuse(GPtrArray *impossible, const char *rule, const char *kind, const char *id,
                 const char *key, const char *message);
/* Adds a key of a device that could be changed, but for another of it that cannot: info. */
void live_hold_back(GPtrArray *impossible, const char *kind, const char *id, const char *key);
bool live_is_held_back(const DwProblem *problem);
/* Where something that edits name is impossible, takes away what is so only along with it, as the
 * places of all devices with the machine. ids: of their devices, or NULL. */
void live_keep_causes(GPtrArray *impossible, const GPtrArray *edits, char **ids);
/* Adds to found, as errors, what of a disk's limits or of the host's nodes, where edits are of
 * some, a running domain does not take: in a configuration, which may be completed until it is
 * started, it is a warning. */
void live_find_limits(const GPtrArray *edits, const DwDocument *before, const DwDocument *after,
                      const DwHost *host, GPtrArray *found);
/* Whether there is none. INVALID. */
bool live_check_limits(const GPtrArray *edits, const DwDocument *before, const DwDocument *after,
                       const DwHost *host, GError **error);
