/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The documents of running domains as they were when their runs began: one file a domain, named by
 * its UUID, mode 0600, in a directory of a host's own. Documents are stored as given: the caller
 * replaces secrets by the placeholder first. Used on workers; all functions are thread-safe.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int32_t id;          /* libvirt's number of the running domain */
    uint64_t started_at; /* µs since 1970 */
    char *config, *live;
} Baseline;

void baseline_clear(Baseline *baseline);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Baseline, baseline_clear)

typedef struct Baselines Baselines;

/* directory: made when something is stored. era: numbers of runs of another era mean nothing. */
Baselines *baselines_new(const char *directory, const char *era);
Baselines *baselines_ref(Baselines *baselines);
/* NULL-safe. */
void baselines_unref(Baselines *baselines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Baselines, baselines_unref)

/* Stores it unless one of the same run is there. */
bool baselines_add(const Baselines *baselines, const char *uuid, const Baseline *baseline,
                   GError **error);
/* False: none of the run with this id is there. */
bool baselines_get(const Baselines *baselines, const char *uuid, int32_t id,
                   Baseline *ret_baseline);
void baselines_remove(const Baselines *baselines, const char *uuid);
/* Removes those of domains that are not in the set of UUIDs. */
void baselines_retain(const Baselines *baselines, GHashTable *uuids);
