/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lost updates. libvirt cannot define a domain only if it is still what it was, so an edit listens
 * while it redefines one: each definition has an event, and one more than its own is somebody
 * else's, which the edit may have overwritten. One object per host; used by the edits on workers
 * and by the reader of libvirt's events; any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "libvirt/connection.h"

typedef struct DefinitionWatch DefinitionWatch;

typedef struct Redefinition {
    struct Redefinition *next;
    char uuid[UUID_TEXT];
    unsigned definitions; /* events since it began */
} Redefinition;

DefinitionWatch *definition_watch_new(void);
DefinitionWatch *definition_watch_ref(DefinitionWatch *watch);
/* NULL-safe. */
void definition_watch_unref(DefinitionWatch *watch);
/* libvirt has sent an event about the definition of a domain. */
void definition_watch_count(DefinitionWatch *watch, const char *uuid);

/* Counts from now on; the memory is the caller's until the end. */
void redefinition_begin(DefinitionWatch *watch, Redefinition *redefinition, const char *uuid);
/* With `defined`, waits up to 50 ms for the event of the caller's own definition, where the host
 * sends events. True when there was another definition meanwhile. */
bool redefinition_end(DefinitionWatch *watch, Redefinition *redefinition, bool defined);
