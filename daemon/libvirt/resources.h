/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host has that keys can name. Used by operations on workers; may block. */
#pragma once

#include "libvirt/connection.h"

/* What the host has under a key that names networks, pools, volumes or devices: array of DwChoice,
 * by value. ret_choices is NULL, and the answer true, for any other key. INVALID_VALUE when volumes
 * are asked for and pool is NULL. */
bool virt_choices(Virt *virt, const char *kind, const char *key, const char *pool,
                  GPtrArray **ret_choices, GError **error);

/* Does the host lack what is named? False as well where it cannot tell. */
bool virt_lacks(Virt *virt, const DwReference *reference);
