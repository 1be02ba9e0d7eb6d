/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes, loses and regains the connection that listens for a host's events. It knows neither the
 * inventory nor the queue: its listener, the Host, does. Main thread, with the blocking parts on
 * threads of their own.
 */
#pragma once

#include "host/context.h"
#include "host/definition-watch.h"
#include "host/removal-watch.h"

typedef struct Connector Connector;

typedef struct {
    void *data;
    /* domains: of VirtDomain, all the host has. first: nobody has seen this host before. */
    void (*connected)(const GPtrArray *domains, bool first, void *data);
    /* The events that came before the list of domains have been passed on, too. */
    void (*caught_up)(guint domain_count, bool first, void *data);
    /* Connections to be closed, of Virt, may be added to closing. */
    void (*lost)(bool was_connected, GPtrArray *closing, void *data);
    /* The first connection has taken as long as calls may wait for it. */
    void (*late)(void *data);
    void (*event)(const VirtEvent *event, void *data);
} ConnectorListener;

/* NULL: out of memory. The first attempt is made by connector_start. */
Connector *connector_new(HostContext *context, const char *uri, DefinitionWatch *watch,
                         RemovalWatch *removals, const ConnectorListener *listener);
void connector_start(Connector *connector);
/* Is not connected any more and does not connect again; the connection is added to closing. */
void connector_stop(Connector *connector, GPtrArray *closing);
/* After connector_stop. NULL-safe. */
void connector_free(Connector *connector);

bool connector_is_connected(const Connector *connector);
/* Why it is not connected. */
const char *connector_reason(const Connector *connector);
/* What the host calls itself, or "". */
const char *connector_hostname(const Connector *connector);
/* The version of the libvirt there; 0: not known. */
uint64_t connector_version(const Connector *connector);

/* Closes connections, an array of Virt it takes, on a thread of its own. */
void connections_close(HostContext *context, GPtrArray *connections);
