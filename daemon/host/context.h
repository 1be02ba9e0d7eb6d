/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all hosts share. Owned by Hosts (hosts.h), main thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/mailbox.h"
#include "base/uuid.h"
#include "history/history.h"

typedef struct {
    sd_event *event;
    Mailbox *mailbox;
    char *state_directory;   /* NULL: there is none */
    char *history_directory; /* NULL: no history is kept */
    char run[UUID_TEXT];     /* an id of this run of the program */
    HistoryLimits history_limits;
    GArray *host_listeners;      /* of HostListener */
    GArray *inventory_listeners; /* of InventoryListener */
    unsigned connecting;         /* threads that open or close connections */
    bool stopping;
} HostContext;

#define USEC_PER_SEC UINT64_C(1000000)
