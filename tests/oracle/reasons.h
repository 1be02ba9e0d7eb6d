/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Refusals of libvirt's that the rules cannot foresee, each with the reason. One thread. */
#pragma once

#include <stdbool.h>

/* Is it such a refusal? It is counted. */
bool reasons_have(const char *message);
/* The reasons that were met, and how often each. */
void reasons_print(void);
