/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The interfaces as sd-bus serves them; dbus/org.domwright1.*.xml say the same, with words. */
#pragma once

#include <systemd/sd-bus.h>

extern const sd_bus_vtable contract_manager[];
extern const sd_bus_vtable contract_host[];
extern const sd_bus_vtable contract_config[];
extern const sd_bus_vtable contract_draft[];
extern const sd_bus_vtable contract_domain[];
