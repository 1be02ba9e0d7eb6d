/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What brings a running domain from one document to another: its differences as steps, each a call
 * of libvirt with the call that takes it back. Made while planning from two documents alone, done
 * by act.c after the persistent side. Workers.
 */
#pragma once

#include "operations/live/step.h"

typedef struct {
    const DwDocument *before, *after;
    bool force;               /* media is changed also where the guest has locked the tray */
    uint64_t libvirt_version; /* of the host; 0: not known */
} LiveDifference;

/* Array of LiveStep, in the order in which they are to be done. What has no step is added to
 * impossible, an array of DwProblem, with a rule "live.…". changes: what differs. */
GPtrArray *live_steps_between(const LiveDifference *difference, const DwChanges *changes,
                              GPtrArray *impossible);
/* The same where nobody has compared the documents. */
GPtrArray *live_steps_of(const LiveDifference *difference, GPtrArray *impossible);
/* The one step that sets the metadata of a namespace; "" removes it. */
GPtrArray *live_steps_metadata(const DwDocument *before, const char *uri, const char *xml);
