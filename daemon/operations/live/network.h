/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt is sent of a running interface; workers. */
#pragma once

#include <domwright/model.h>

/* Whether a virtual network says what is behind it. */
bool live_network_has(const DwDevice *running);

/* The text of a device for libvirt to change it by. chosen: the edit says what is behind it. */
char *live_network_text(const DwDocument *running, const DwDevice *device, bool chosen);

/* Whether it is of what the network puts behind the interface: planned is the document as it was to
 * be. */
bool live_network_says(const DwDocument *planned, const DwProblem *problem);
