/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices without ids of their own, which are at another address on the other side. */
#pragma once

#include "compare/pending-things.h"

/* Those that are the same but for what libvirt filled in have one name afterwards. */
void pending_pair(Things *things);
