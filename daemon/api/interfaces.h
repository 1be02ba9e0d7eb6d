/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The interfaces of the contract, one a file of this folder: methods with their handlers, signals
 * and properties. dbus/org.domwright1.*.xml publish the same, with words. Constant data, used by
 * the object tree and the filter.
 */
#pragma once

#include "bus/method.h"

extern const Interface manager_interface;
extern const Interface host_interface;
extern const Interface config_interface;
extern const Interface draft_interface;
extern const Interface domain_interface;
