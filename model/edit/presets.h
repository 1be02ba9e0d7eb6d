/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Presets: what a kind of guest runs best with. */
#pragma once

#include "edit/write/edit.h"

bool preset_apply(DwEditContext *context, const char *name, GError **error);
