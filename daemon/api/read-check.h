/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The right to read, for calls that are answered from memory: they wait until it has been granted,
 * and then come to their handlers as if they had just arrived. A step of the filter, the last one;
 * main thread.
 */
#pragma once

#include "bus/requeue.h"

/* FilterStepFunc; requeue: where they go when they may be answered. */
bool read_check_step(Request *request, void *requeue);
