/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an edit unsets, and what libvirt takes instead. */
#pragma once

#include "edit/defaults/defaults.h"

/* What the key was that the edit unsets and does not set; NULL: that is not so. */
const char *defaults_gone(const DwDefaults *defaults, const char *key);
/* Is the key changed, or unset? */
bool defaults_turned(const DwDefaults *defaults, const char *key);
/* What the key is after the edit: what it says, or what libvirt takes where it says nothing. NULL:
 * that is not known, or there is nothing it could be. */
char *defaults_word(const DwDefaults *defaults, const char *key);
