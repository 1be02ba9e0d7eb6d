/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all objects of the daemon share; made by main, living on the main thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "configuration.h"
#include "jobs.h"
#include "mailbox.h"
#include "objects.h"

typedef struct Access Access;
typedef struct Drafts Drafts;
typedef struct Host Host;
typedef struct LongCalls LongCalls;
typedef struct Pace Pace;
typedef struct Policy Policy;

typedef struct Server {
    Object object; /* the manager */
    sd_event *event;
    sd_bus *bus;
    Mailbox *mailbox;
    Configuration *configuration;
    Access *access;
    LongCalls *long_calls;
    Pace *pace;
    Drafts *drafts;
    Policy *policy;      /* NULL: not on the system bus */
    GPtrArray *hosts;    /* of Host, in the order of the configuration */
    GPtrArray *retired;  /* of Host: no longer configured, still ending */
    JobPool *desk;       /* for documents too large for the main thread; no libvirt */
    unsigned requests;   /* calls not answered yet */
    GQueue calls;        /* those of them that are at work on documents or domains; calls.c */
    unsigned connecting; /* threads that open or close connections */
    bool stopping;
    bool released; /* the name, on the way out */
    uint64_t stop_deadline;
    sd_event_source *idle_timer, *stop_timer;
    sd_bus_slot *slots[8];
} Server;

Server *server_new(Configuration *configuration);
/* Connects to the bus and owns the name, starts to connect to hosts. */
bool server_start(Server *server, GError **error);
/* Serves until told to stop; the exit status. */
int server_run(Server *server);
/* False when a thread is stuck in libvirt: then nothing may be freed. */
bool server_free(Server *server);

Host *server_host(Server *server, const char *name);
/* NOT_FOUND, naming the hosts there are. */
Host *server_host_or_error(Server *server, const char *name, GError **error);
/* Where documents are built for when the caller names no host: "local", or the only one; may be
 * NULL. */
Host *server_default_host(Server *server);

/* Documents up to this size are worked on right on the main thread. */
#define SMALL_DOCUMENT (64 * 1024)
