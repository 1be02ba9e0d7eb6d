/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drives whose media can be changed: cdrom and floppy. Used by steps.c; workers. */
#pragma once

#include <domwright/model.h>

bool live_medium_is(const DwDevice *drive);
bool live_medium_is_open(const DwDevice *drive);
/* There is a medium, in a tray that is closed. */
bool live_medium_is_in(const DwDevice *drive);

/* What libvirt reads of a medium when it is put in; of one that stays it takes another value
 * without a word, and does nothing. */
bool live_medium_is_read_with(const char *key);
/* Where the medium is: libvirt puts in what is somewhere else. */
bool live_medium_is_place(const char *key);

/* The drive of this document without its medium, or NULL. */
char *live_medium_emptied(const DwDocument *document, const DwDevice *drive);
