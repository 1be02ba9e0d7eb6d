/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The devices a preset adds to a domain that is being built. */
#pragma once

#include "edit/write/edit.h"

/* After the devices that were asked for by name; name "" or NULL, and presets without devices, add
 * none. */
bool preset_complete(DwEditContext *context, const char *name, GError **error);
