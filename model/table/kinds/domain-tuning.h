/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of the domain's tuning, for the sections of domain.c; constant data. */
#pragma once

#include "table/kinds/rows.h"

extern const DwRow dw_memtune_rows[];
extern const DwRow dw_cputune_rows[];
extern const DwRow dw_emulator_scheduler_rows[];
extern const DwRow dw_pin_rows[];
extern const DwRow dw_vcpu_scheduler_rows[];
extern const DwRow dw_iothread_scheduler_rows[];
extern const DwRow dw_cachetune_rows[];
extern const DwRow dw_cachetune_cache_rows[];
extern const DwRow dw_cache_monitor_rows[];
extern const DwRow dw_vcpus_rows[];
extern const DwRow dw_node_bandwidth_rows[];
extern const DwRow dw_energytune_rows[];
extern const DwRow dw_numatune_rows[];
extern const DwRow dw_memnode_rows[];
extern const DwRow dw_blkiotune_rows[];
extern const DwRow dw_blkiotune_device_rows[];
extern const DwRow dw_throttle_rows[];
