/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Properties that cannot be answered at once. sd-bus's getters are synchronous; Revision of a
 * domain needs libvirt. So Get and GetAll that ask for it are taken out of sd-bus's hands before it
 * sees them.
 */
#pragma once

#include "bus/request.h"

/* FilterStepFunc, without data. */
bool revision_property_step(Request *request, void *data);
