/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of a running domain waits for its next start, read from libvirt and from what is kept of the
 * beginning of its run. Used by the pending keeper and by operations, on workers. baselines may be
 * NULL: none are kept.
 */
#pragma once

#include <domwright/model.h>

#include "inventory/revision.h"
#include "libvirt/domain.h"
#include "state/baseline.h"

/* The domain has just been started: keeps both its documents, unless that was done. One that was
 * restored runs with what was its configuration some time ago, which nobody keeps. live: the
 * running one, if the caller has it. */
void pending_begin(Virt *virt, Baselines *baselines, const char *uuid, const char *live);

typedef struct {
    int32_t id;          /* of the run; -1: it does not run */
    uint64_t started_at; /* 0: not known */
    GPtrArray *rows;     /* of DwPending */
    /* of the documents that were read, or "" */
    char revision[REVISION_TEXT], live_revision[REVISION_TEXT];
} PendingRows;

void pending_rows_clear(PendingRows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PendingRows, pending_rows_clear)
/* None for a domain that does not run or is transient. */
bool pending_read(Virt *virt, Baselines *baselines, const char *uuid, PendingRows *ret_rows,
                  GError **error);
/* Whether what these changes, since `before`, made of the configuration, which is `config` now,
 * waits for a start; id: of the run. True also when that cannot be told. */
bool pending_waits(Virt *virt, Baselines *baselines, const char *uuid, int32_t id,
                   const char *config, const DwDocument *before, const DwChanges *changes);
