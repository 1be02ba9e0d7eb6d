/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts about controllers that edits and defaults share. */
#pragma once

#include "document/document.h"

/* Is there a controller of that type and index, besides `but`? index NULL: any. */
bool controller_exists(const DwDocument *document, const char *type, const char *index, DwNode but);
