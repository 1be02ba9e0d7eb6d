/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Libvirt can not define a domain only if it is still what it was. So whoever redefines one listens
 * meanwhile: each definition has an event, and one more than our own is somebody else's, which ours
 * may have overwritten. One book a host; any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "virt.h"

typedef struct Witnesses Witnesses;

typedef struct Witness {
    struct Witness *next;
    char uuid[UUID_TEXT];
    unsigned definitions; /* heard of since it began */
} Witness;

Witnesses *witnesses_new(void);
Witnesses *witnesses_ref(Witnesses *witnesses);
/* NULL-safe. */
void witnesses_unref(Witnesses *witnesses);
/* Libvirt has an event about the document of a domain. */
void witnesses_tell(Witnesses *witnesses, const char *uuid);

/* Listens until the end; the witness is the caller's. */
void witness_begin(Witnesses *witnesses, Witness *witness, const char *uuid);
/* defined: waits a moment for the event of our own definition, where the host has any. True when
 * there was another. */
bool witness_end(Witnesses *witnesses, Witness *witness, bool defined);
