/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which keys only some devices of a kind have, and which a device cannot be made without. */
#pragma once

#include <domwright/model.h>

typedef struct {
    const char *by;     /* another key of the device: "type", "model.type" */
    const char *values; /* with which values of that, separated by blanks */
} DwBelonging;

/* NULL: the key belongs to all devices of the kind. */
const DwBelonging *belonging_of(const char *kind, const char *key, DwBelonging *ret_belonging);
bool belonging_allows(const DwBelonging *belonging, const char *value);

/* "type=bridge,network", or "" for a key that belongs to all. */
char *belonging_text(const char *kind, const char *key);

/* An example of the value, or NULL when the key is not required; and the kind's required key, or
 * NULL. */
const char *required_example(const char *kind, const char *key);
const char *required_key(const char *kind);
