/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which keys only some devices of a kind have, and which a device cannot be made without. */
#pragma once

#include <domwright/model.h>

typedef struct {
    char by[48];        /* another key of the device: "type", "listen.2.type" */
    const char *values; /* with which values of that, separated by blanks */
    const char *of;     /* only this value of the key, of_length long; NULL: all */
    size_t of_length;
    bool leaves; /* it goes with a change of that; setting it is not refused for it */
} DwBelonging;

/* The next of those that a key has to fit, all of them; false: no more. *at is 0 at first. */
bool belonging_next(const char *kind, const char *key, unsigned *at, DwBelonging *ret_belonging);
/* Is it about the key with this value? */
bool belonging_concerns(const DwBelonging *belonging, const char *value);
bool belonging_allows(const DwBelonging *belonging, const char *value);

/* Means another thing after a change of the key *ret_by. */
bool belonging_is_renewed(const char *kind, const char *key, const char **ret_by);

/* Does it depend on this key whether others belong? */
bool belonging_is_by(const char *kind, const char *key);

/* "type=bridge,network" each; none for a key that belongs to all. */
char **belonging_texts(const char *kind, const char *key);

/* An example of the value, or NULL when the key is not required; and the kind's required key, or
 * NULL. */
const char *required_example(const char *kind, const char *key);
const char *required_key(const char *kind);
