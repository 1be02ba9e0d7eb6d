/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parts of the daemon, as service.c puts them together and the handlers of all interfaces use
 * them. Main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "base/mailbox.h"
#include "base/object.h"
#include "bus/bulk-queue.h"
#include "bus/filter.h"
#include "bus/large-queue.h"
#include "config/configuration.h"
#include "host/hosts.h"
#include "tasks/task-pool.h"

typedef struct Drafts Drafts;
typedef struct StartupHold StartupHold;
typedef struct Audit Audit;

typedef struct Server {
    Object object; /* the manager */
    sd_event *event;
    sd_bus *bus;
    Mailbox *mailbox;
    Configuration *configuration;
    Senders *senders;
    Requests requests;
    Requeue *requeue;
    BulkQueue *bulk_queue;
    LargeQueue *large_queue;
    Filter *filter;
    Drafts *drafts;
    Hosts *hosts;
    StartupHold *startup_hold;
    Audit *audit;
    GHashTable *host_slots;  /* Host -> its registrations on the bus; object-tree.c */
    TaskPool *document_pool; /* for documents too large for the main thread; no libvirt */
    GQueue calls;            /* requests that are at work on documents or domains; call-life.c */
    GQueue waits;            /* of Wait; wait.c */
    GQueue groups;           /* requests that are at work on many domains; group.c */
    bool stopping;
    bool released; /* the name, on the way out */
    uint64_t stop_deadline;
    sd_event_source *idle_timer, *stop_timer;
    sd_bus_slot *slots[8];
} Server;
