/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which devices of an edited document have to be asked about again. */
#pragma once

#include "document/document.h"

/* The devices (DwNode) that are not what they were before, in their order, where nothing else has
 * changed and no rule about another device asks about them (facts_are_of()); otherwise NULL. */
GArray *changed_devices(const DwDocument *document, const DwDocument *before);
/* Do these differ from what they were in nothing that a rule about the domain or about another
 * device reads? */
bool changed_own_only(const GArray *changed, const DwDocument *document, const DwDocument *before);
