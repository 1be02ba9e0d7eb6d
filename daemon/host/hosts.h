/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hosts of the configuration, and what they share: event loop, mailbox, listeners. Made by
 * service.c; main thread.
 */
#pragma once

#include "base/mailbox.h"
#include "config/configuration.h"
#include "host/host.h"

typedef struct Hosts {
    HostContext context;
    GPtrArray *list;    /* of Host, in the order of the configuration */
    GPtrArray *retired; /* of Host: no longer configured, still ending */
} Hosts;

Hosts *hosts_new(sd_event *event, Mailbox *mailbox);
/* Where earlier definitions are kept (NULL: nowhere) and within which limits; again after a reload.
 */
void hosts_set_history(Hosts *hosts, const char *directory, const HistorySettings *settings);
/* Before any host is there; the listener is copied. */
void hosts_add_listener(Hosts *hosts, const HostListener *listener);
void hosts_add_inventory_listener(Hosts *hosts, const InventoryListener *listener);
/* Retires hosts that are no longer in entries, an array of HostEntry, and adds new ones. */
bool hosts_load(Hosts *hosts, const GPtrArray *entries, GError **error);
/* Once in a while: background work of each host; frees retired hosts that have ended. */
void hosts_idle(Hosts *hosts);
/* Polls each host, and frees retired hosts that have ended. */
void hosts_poll(Hosts *hosts);
/* What waits for a host is let through or cancelled; nothing reconnects any more. */
void hosts_cancel_waiting(Hosts *hosts);
/* False when a thread is stuck in libvirt: then nothing may be freed. */
bool hosts_stop(Hosts *hosts);
/* After hosts_stop. NULL-safe. */
void hosts_free(Hosts *hosts);

Host *hosts_find(const Hosts *hosts, const char *name);
/* NOT_FOUND, naming the hosts there are. */
Host *hosts_find_or_error(const Hosts *hosts, const char *name, GError **error);
/* Where documents are built for when the caller names no host: "local", or the only one; may be
 * NULL. */
Host *hosts_default(const Hosts *hosts);
