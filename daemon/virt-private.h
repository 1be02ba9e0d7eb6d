/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by daemon/virt*.c only: the one header that shows libvirt's types. */
#pragma once

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdatomic.h>

#include "virt.h"

#define VIRT_MAX_EVENTS 16

/* What libvirt's callbacks hold on to; lives until the last of them is gone. */
typedef struct {
    atomic_uint references;
    VirtEventFunc func;
    void *userdata;
    GDestroyNotify free_userdata;
} Subscription;

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
/* Asks the host, so that name and id are of now. */
virDomainPtr virt_lookup(Virt *virt, const char *uuid, GError **error);

/* virt-loop.c */
bool virt_loop_start(GError **error);
void virt_loop_stop(void);
/* What libvirt has watched on this thread from here on is not told of before virt_loop_release. */
void virt_loop_hold(void);
void virt_loop_release(void);

/* virt-events.c */
void virt_unsubscribe(Virt *virt);
void virt_subscribe(Virt *virt, VirtEventFunc func, void *userdata, GDestroyNotify free_userdata);

typedef virDomainPtr VirtDomainHandle;
static inline void virt_domain_handle_clear(VirtDomainHandle *domain)
{
    if (*domain)
        virDomainFree(*domain);
}
#define _cleanup_domain_ __attribute__((cleanup(virt_domain_handle_clear)))
