/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host can do, kept so that libvirt is not asked twice: its capabilities and the domain
 * capabilities of each emulator, architecture, machine and type met. Thread-safe.
 */
#pragma once

#include <domwright/model.h>

#include "virt.h"

typedef struct Facts Facts;

Facts *facts_new(void);
Facts *facts_ref(Facts *facts);
void facts_unref(Facts *facts);
/* Forgets everything and asks the host anew; worker only. */
void facts_load(Facts *facts, Virt *virt);
/* Asks again and replaces what is no longer so: a host's emulators come, go and are upgraded.
 * Forgets machines that nobody asked about since the last time. Worker only. */
void facts_renew(Facts *facts, Virt *virt);

/* The key of domain capabilities; members may be NULL: the host's own choice. */
typedef struct {
    const char *type, *arch, *machine, *emulator;
} FactsMachine;

/* A hold on facts; `host` is good until facts_view_clear. */
typedef struct {
    DwHost host;
    void *capabilities, *domain_capabilities;
} FactsView;

/* machine NULL: no domain capabilities. They are fetched when not known yet and virt is not NULL.
 * An emulator the host's capabilities do not name is not passed on: the view then has none. */
void facts_view(Facts *facts, Virt *virt, const FactsMachine *machine, FactsView *ret_view);
void facts_view_clear(FactsView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FactsView, facts_view_clear)

/* UNSUPPORTED when the machine's emulator is not one that the host's capabilities name. */
bool facts_check_emulator(Facts *facts, const char *emulator, GError **error);
/* Fills a view like facts_view, but says why when libvirt refuses. */
bool facts_ask(Facts *facts, Virt *virt, const FactsMachine *machine, FactsView *ret_view,
               GError **error);
