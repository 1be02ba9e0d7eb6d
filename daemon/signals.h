/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals of the contract beyond what sd-bus makes by itself. */
#pragma once

#include <domwright/model.h>

#include "drafts.h"
#include "server.h"

/* Config.Changed for a domain, to everybody; for the persistent side also the invalidation of
 * Revision. changes NULL: it is not known what differs. */
void signal_config_changed(Server *server, const char *path, bool live, const DwChanges *changes,
                           const char *revision);
/* The same for a draft's document, and its Modified; only to connections of its owner and root. */
void signal_draft_edited(const Draft *draft, const DwChanges *changes, const char *revision);
void signal_draft_stale(const Draft *draft);
