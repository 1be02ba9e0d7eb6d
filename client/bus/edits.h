/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits before they are sent, and in the messages that come back. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "text/edit-args.h"

/* Puts passwords in the place of "@-" and "@FILE" where a key is secret, and complains about sizes
 * without a unit: false. */
bool edits_prepare(const Edits *edits);
/* An edit as the person wrote it, "disk/vda" or "disk source.file=/srv/b.raw"; NULL for the
 * domain's settings and for numbers that are none. number: from 1. */
char *edit_name(const Edits *edits, unsigned number);
/* Whether they mean the same when they were made before: what was added would be added once more,
 * and what was removed is not there to be removed. */
bool edits_can_repeat(const Edits *edits);
bool edits_remove_only(const Edits *edits);
/* The sentences of an error, a line for each thing that is wrong, with the names of edits and with
 * what strangers' words are called here. */
char *edit_error_text(const sd_bus_error *error, const Edits *edits);
/* Reports an error, which has a line for each thing that is wrong, with the names of edits and with
 * what strangers' words are called here; returns the status. */
int report_edit_error(const char *subject, int r, const sd_bus_error *error, const Edits *edits);
