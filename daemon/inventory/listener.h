/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host tells the rooms above it, which it does not know: the object tree, signals, drafts,
 * calls that wait for it. Main thread. Functions may be NULL.
 */
#pragma once

#include <domwright/model.h>

typedef struct Host Host;
typedef struct Domain Domain;

typedef enum {
    HOST_READY_CONNECTION,   /* its domains are known, or it did not connect in time */
    HOST_READY_CAPABILITIES, /* what it can do is known, or it does not say */
    HOST_NO_CAPABILITIES,    /* it has not said in time what it can do */
} HostReady;

typedef struct {
    void *data; /* passed to each function */
    /* It has just been made. Negative errno: then it is not kept. */
    int (*added)(Host *host, void *data);
    /* It is no longer configured; its domains are still in its inventory. */
    void (*removed)(Host *host, void *data);
    /* Again each time; listeners look for themselves whether anything waits. */
    void (*ready)(Host *host, HostReady what, void *data);
    /* names: NULL-terminated, as on the bus. */
    void (*properties_changed)(const Host *host, const char *const *names, void *data);
} HostListener;

typedef struct {
    void *data;
    void (*added)(const Domain *domain, void *data);
    /* It is not to be found any more and is freed afterwards. */
    void (*removed)(const Domain *domain, void *data);
    void (*properties_changed)(const Domain *domain, const char *const *names, void *data);
    /* The persistent document has this revision. changes NULL: it is not known what differs.
     * first: the document was not known before, so that nothing may have changed. */
    void (*document_changed)(const Domain *domain, bool first, const DwChanges *changes,
                             const char *revision, void *data);
    /* The document of the running domain. */
    void (*live_changed)(const Domain *domain, const DwChanges *changes, const char *revision,
                         void *data);
    /* A device has left the running domain, or its guest has refused to let it go. */
    void (*removal_answered)(const Domain *domain, void *data);
} InventoryListener;
