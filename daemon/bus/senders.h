/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Senders of messages and the users they run as. The bus is asked asynchronously when a sender is
 * first heard, and the answer is kept until the sender leaves the bus. Used by the filter, and by
 * signals that only some users may see; main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

typedef struct Senders Senders;

/* known: the bus has said which user it is; false: it does not. */
typedef void (*SenderKnownFunc)(const char *sender, bool known, void *data);
typedef void (*SenderLeftFunc)(const char *sender, void *data);

Senders *senders_new(sd_bus *bus, int *ret_error);
void senders_free(Senders *senders);
/* Called once for each senders_ask, unless the sender leaves before. */
void senders_on_known(Senders *senders, SenderKnownFunc func, void *data);
/* Called when a sender has left, in the order in which they were added. */
void senders_on_left(Senders *senders, SenderLeftFunc func, void *data);
/* Asks which user a sender runs as; nothing to do when that is known or asked already. */
int senders_ask(Senders *senders, const char *sender);
/* False when it is not known (any more). */
bool senders_uid(const Senders *senders, const char *sender, uid_t *ret_uid);
/* Unique names of known connections of this user and of root: array of char *. */
GPtrArray *senders_names(const Senders *senders, uid_t uid);
