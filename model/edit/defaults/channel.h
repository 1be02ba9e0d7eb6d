/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is filled in for a channel. */
#pragma once

#include "edit/defaults/defaults.h"

void defaults_for_channel(const DwDefaults *defaults);
