/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt does by itself with the document of a domain that it starts and runs. */
#pragma once

#include "compare/pending-things.h"

/* What changes in a running domain although nobody changed it. */
bool pending_moves(const Thing *thing, const char *key);
/* What the network of an interface says of it in the running document. */
bool pending_is_of_network(const Thing *thing, const char *key);
/* What libvirt may have written otherwise into the document of the running domain, or filled in. */
bool pending_is_expanded(const Thing *thing, const char *key);
