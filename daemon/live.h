/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What differs in running domains, told in Config.Changed with live = true. Main thread. */
#pragma once

#include "inventory.h"

/* The running side has to be read (again); told: libvirt said that something there changed. Nothing
 * for a domain that does not run. */
void live_mark(Domain *domain, bool told);
/* All that run: what happened while nobody listened will be told. */
void live_mark_all(Host *host);
/* It has been started as this id, and this is what ran right after; takes the text, or NULL. */
void live_started(Domain *domain, int32_t id, char *text);
/* What runs as this id is known, whatever event tells of its start now. */
bool live_knows(const Domain *domain, int32_t id);
/* It runs no more, or is gone. */
void live_forget(Domain *domain);
/* Reads in the background what is marked. */
void live_read(Host *host);
