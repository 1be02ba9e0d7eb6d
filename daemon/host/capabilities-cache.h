/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host can do, kept so that libvirt is not asked twice: its capabilities and the domain
 * capabilities of each emulator, architecture, machine and type met. Thread-safe.
 */
#pragma once

#include <domwright/model.h>

#include "libvirt/connection.h"

typedef struct CapabilitiesCache CapabilitiesCache;

CapabilitiesCache *capabilities_cache_new(const char *uri);
CapabilitiesCache *capabilities_cache_ref(CapabilitiesCache *cache);
void capabilities_cache_unref(CapabilitiesCache *cache);
/* Forgets everything and asks the host anew; worker only. */
void capabilities_cache_load(CapabilitiesCache *cache, Virt *virt);
/* Asks again and replaces what is no longer so: a host's emulators come, go and are upgraded.
 * Forgets machines that nobody asked about since the last time. Worker only. */
void capabilities_cache_renew(CapabilitiesCache *cache, Virt *virt);

/* The key of domain capabilities; members may be NULL: the host's own choice. */
typedef struct {
    const char *type, *arch, *machine, *emulator;
} MachineKey;

/* A reference to what the cache has; `host` is valid until host_view_clear. */
typedef struct {
    DwHost host;
    void *capabilities, *domain_capabilities;
    char *unasked; /* the machine, where the host has yet to be asked about it; or NULL */
} HostView;

/* machine NULL: no domain capabilities. They are fetched when not known yet and virt is not NULL.
 * An emulator the host's capabilities do not name is not passed on: the view then has none. */
void host_view_fill(CapabilitiesCache *cache, Virt *virt, const MachineKey *machine,
                    HostView *ret_view);
void host_view_clear(HostView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HostView, host_view_clear)

/* Whether libvirt has said what the host can do. */
bool capabilities_cache_is_filled(CapabilitiesCache *cache);
/* UNSUPPORTED when the emulator is not one that the host's capabilities name, INVALID_VALUE when
 * architecture, type or machine are not. */
bool capabilities_cache_check_machine(CapabilitiesCache *cache, const MachineKey *machine,
                                      GError **error);
/* Fetches what a view was without, where the host tells it; worker only. */
void capabilities_cache_ask(CapabilitiesCache *cache, Virt *virt, const char *unasked);
/* Fills a view like host_view_fill, but says why when libvirt refuses. */
bool host_view_ask(CapabilitiesCache *cache, Virt *virt, const MachineKey *machine,
                   HostView *ret_view, GError **error);
