/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of this folder only: the one header that shows libvirt's types. */
#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdbool.h>

#define VIRT_MAX_EVENTS 16

typedef struct Subscription Subscription; /* domain-events.c */

typedef struct Virt Virt;

struct Virt {
    virConnectPtr connection;
    char *uri;
    unsigned generation;
    GHashTable *handles; /* uuid -> virDomainPtr, to save a round trip; good for calls by uuid */
    int callbacks[VIRT_MAX_EVENTS];
    int n_callbacks;
    Subscription *watches_close; /* a reference of ours: see virt_subscribe() */
};

/* Turns libvirt's last error of this thread into a GError. changing: the call may have had its
 * effect although it failed. */
void virt_set_error(Virt *virt, bool changing, GError **error);
/* libvirt's string, which it frees, as GLib's; NULL with libvirt's error when it is NULL. */
char *virt_take_text(Virt *virt, char *text, GError **error);
/* Asks the host, so that name and id are of now. */
virDomainPtr virt_lookup(Virt *virt, const char *uuid, GError **error);

/* Good for calls that only carry the uuid; the connection's, not to be freed. */
virDomainPtr virt_handle(Virt *virt, const char *uuid, GError **error);

typedef virDomainPtr VirtDomainHandle;
static inline void virt_domain_handle_clear(VirtDomainHandle *domain)
{
    if (*domain)
        virDomainFree(*domain);
}
#define _cleanup_domain_ __attribute__((cleanup(virt_domain_handle_clear)))
