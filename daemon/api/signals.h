/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals of the contract beyond what sd-bus makes by itself. */
#pragma once

#include <domwright/model.h>

#include "calls/server.h"
#include "drafts/drafts.h"
#include "inventory/listener.h"

/* Changes of a host's properties; a domain's coming, going, properties and Config.Changed; for the
 * persistent side also the invalidation of Revision. To everybody. */
HostListener signals_host_listener(Server *server);
InventoryListener signals_inventory_listener(Server *server);
/* Config.Changed of a draft's document, its Modified and Stale; only to connections of its owner
 * and root. */
DraftListener signals_draft_listener(Server *server);
