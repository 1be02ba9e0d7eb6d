/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* polkit's text agent, which asks for passwords on the terminal while this program waits. */
#pragma once

#include <stdbool.h>

/* False when there is none; then a desktop's agent or nobody answers. Once it returns, it listens.
 */
bool agent_start(void);
void agent_stop(void);
