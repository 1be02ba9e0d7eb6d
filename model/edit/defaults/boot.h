/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The boot order is that of the domain or that of its devices. */
#pragma once

#include "edit/defaults/defaults.h"

/* After a device has got a place in the order: os.boot goes, unless the edits set that as well.
 * Nodes are stale afterwards. */
bool boot_follows(DwEditContext *context, GError **error);
/* os.boot is set: the devices' places go, unless the edits set one as well. */
bool defaults_for_os_boot(const DwDefaults *defaults, GError **error);
