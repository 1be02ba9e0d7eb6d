/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small devices of every kind and type, for what is tried on each. Data. */
#pragma once

/* "disk device=cdrom … | graphics type=spice": the device, and what it does not go without;
 * "domain" is the domain itself. Ends with NULL. */
extern const char *const bases[];
/* Character devices are each of the targets with each of the types. End with NULL. */
extern const char *const character_targets[];
extern const char *const character_types[];
