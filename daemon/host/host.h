/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One hypervisor and what is known of it: puts its connector, queue, inventory, reader and poll
 * together and tells listeners. Owned by Hosts, used by api; main thread.
 */
#pragma once

#include "host/document-reader.h"
#include "host/pending-keeper.h"
#include "host/poll.h"
#include "host/questions.h"
#include "host/sweep.h"

struct Host {
    Object object;
    HostContext *context;
    char *name, *uri, *path;
    CapabilitiesCache *capabilities;
    DefinitionWatch *watch;
    RemovalWatch *removals;
    Connector *connector;
    HostQueue *queue;
    Inventory *inventory;
    HistoryKeeper *keeper;
    PendingKeeper *pending;
    DocumentReader *reader;
    Poll *poll;
    Questions *questions;
    Sweep *sweep;
    unsigned calls;               /* under way on it: it is not freed before they end */
    sd_event_source *read_source; /* on when documents are to be read soon */
    sd_event_source *rest_timer;  /* until reading begins after a connection was made */
};

Host *host_new(HostContext *context, const char *name, const char *uri, GError **error);
/* Once in a while: lets go of what has not been used, looks for what no event tells. */
void host_idle(Host *host);
/* Has documents read that may differ from what is known, when what is under way has come to its
 * end: a task that has just answered still has its domain's lane. */
void host_read(Host *host);
/* It is no longer configured: listeners are told, and it takes no tasks any more. */
void host_retire(Host *host);
/* Cancels tasks that have not started, and tells listeners not to wait for this host. */
void host_cancel_waiting(Host *host);
/* Ends its threads and gives its connections away; false when a thread is stuck. */
bool host_stop(Host *host);
/* After host_stop, and when the mailbox has been read. */
void host_free(Host *host);
