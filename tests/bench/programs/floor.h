/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the floor service is on the bus. It knows nothing of domwright's own names.
 */
#pragma once

#define FLOOR_NAME      "org.domwright.Floor"
#define FLOOR_PATH      "/org/domwright/Floor"
#define FLOOR_INTERFACE "org.domwright.Floor"
