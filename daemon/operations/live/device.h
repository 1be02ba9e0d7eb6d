/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking up devices while live changes are planned and compared; workers. */
#pragma once

#include <domwright/model.h>

/* Whether both are one id: addresses of interfaces may be written in either case. */
bool live_device_is_id(const char *kind, const char *id, const char *other);
/* The one of kind and id in an array of DwDevice, or NULL. */
const DwDevice *live_device_find(const GPtrArray *devices, const char *kind, const char *id);
/* The text of a key; "" when it has none. */
const char *live_device_text(const DwDevice *device, const char *key);
/* The number that the text of a key is, such as "0x1f" of an address; 0 when it has none. */
uint64_t live_device_number(const DwDevice *device, const char *key);
