/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The thread that runs libvirt's event loop. Thread-safe. */
#pragma once

#include <glib.h>
#include <stdbool.h>

bool virt_loop_start(GError **error);
void virt_loop_stop(void);
/* Waits until the events that have arrived by now have been passed on. */
void virt_catch_up(void);
/* What libvirt wants watched by this thread from here on is not watched before virt_loop_release.
 */
void virt_loop_hold(void);
void virt_loop_release(void);
