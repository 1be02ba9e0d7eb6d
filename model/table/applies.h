/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a change of a key takes effect in a domain that runs; for table.c and edit/media.c. */
#pragma once

#include <domwright/model.h>

/* key: as DwKey has it; live, output: what its row says of itself. */
DwApplies row_applies(const char *kind, const char *key, bool live, bool output);
/* Of a disk: what is inside a drive, not the drive. */
bool key_is_of_medium(const char *kind, const char *key);
