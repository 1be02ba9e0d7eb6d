/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows that share the host out: limits of memory, processor time, pins, schedulers, caches, NUMA
 * placement, block I/O and throttle groups; data only. Their sections are in domain.c. What the
 * fields mean is in table.h.
 */
#include "table/kinds/domain-tuning.h"

/* clang-format off */
#define LIMIT(name, what) {name, name, DW_FORM_SIZE, SAFE_SHARE, .max = MOST_MEMORY, .unit = "bytes", .flags = DW_ROW_LIVE, .doc = what}
const DwRow dw_memtune_rows[] = {
    LIMIT("hard_limit", "Memory of the host that the domain can use at most; too little kills it."),
    LIMIT("soft_limit", "Memory kept to when the host is short of it."),
    {"min_guarantee", "min_guarantee", DW_FORM_SIZE, SAFE_SHARE, .max = MOST_MEMORY, .unit = "bytes", .doc = "Memory the domain is sure to have."},
    LIMIT("swap_hard_limit", "Memory and swap space together at most."),
    {NULL},
};

#define PERIOD(name, what) {name "period", name "period", DW_FORM_UINT, SAFE_SHARE, .min = 1000, .max = 1000000, .unit = "microseconds", .flags = DW_ROW_LIVE, .doc = "Period over which the quota of " what " holds."}
#define QUOTA(name, what) {name "quota", name "quota", DW_FORM_INT, SAFE_SHARE, .min = (uint64_t)-1, .max = INT32_MAX, .unit = "microseconds", .flags = DW_ROW_LIVE | DW_ROW_LAX, .doc = "Processor time of " what " in a period, at least 1000; -1 or 0 is no limit."}
#define SCHEDULER(what) \
    {"scheduler", "@scheduler", DW_FORM_ENUM, 0, "batch idle fifo rr", .doc = "How the host's kernel schedules " what "."}, \
    {"priority", "@priority", DW_FORM_UINT, 0, .max = UINT16_MAX, .doc = "Priority, for schedulers fifo and rr."}
const DwRow dw_cputune_rows[] = {
    {"shares", "shares", DW_FORM_UINT, SAFE_SHARE, .max = 262144, .flags = DW_ROW_LIVE, .doc = "Weight against other domains when processors are short."},
    PERIOD("global_", "the whole domain"),
    QUOTA("global_", "the whole domain"),
    PERIOD("", "each virtual processor"),
    QUOTA("", "each virtual processor"),
    PERIOD("emulator_", "the emulator"),
    QUOTA("emulator_", "the emulator"),
    PERIOD("iothread_", "each I/O thread"),
    QUOTA("iothread_", "each I/O thread"),
    {"emulatorpin.cpuset", "emulatorpin/@cpuset", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "Host processors the emulator may run on, such as 0-3,^2."},
    {NULL},
};

const DwRow dw_emulator_scheduler_rows[] = {SCHEDULER("the emulator"), {NULL}};

const DwRow dw_pin_rows[] = {
    {"cpuset", "@cpuset", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "Host processors that the one of this number may run on, such as 0-3,^2."},
    {NULL},
};

const DwRow dw_vcpu_scheduler_rows[] = {
    {"vcpus", "@vcpus", DW_FORM_STRING, 0, .doc = "Virtual processors that are meant, such as 0-3,^2."},
    SCHEDULER("these virtual processors"),
    {NULL},
};

const DwRow dw_iothread_scheduler_rows[] = {
    {"iothreads", "@iothreads", DW_FORM_STRING, 0, .doc = "I/O threads that are meant, such as 1-3,^2."},
    SCHEDULER("these I/O threads"),
    {NULL},
};

#define VCPUS {"vcpus", "@vcpus", DW_FORM_STRING, 0, .doc = "Virtual processors that are meant, such as 0-3,^2."}
#define GROUP_ID {"id", "@id", DW_FORM_STRING, 0, .flags = DW_ROW_OUTPUT, .doc = "Name of the group of a running domain at the host."}
const DwRow dw_cachetune_rows[] = {
    VCPUS,
    GROUP_ID,
    {NULL},
};

const DwRow dw_cachetune_cache_rows[] = {
    {"id", "@id", DW_FORM_UINT, 0, .doc = "Cache of the host that a part is set aside of."},
    {"level", "@level", DW_FORM_UINT, 0, .doc = "Level of that cache."},
    {"type", "@type", DW_FORM_ENUM, 0, "both code data", .doc = "What the part is for."},
    {"size", "@size", DW_FORM_SIZE, 0, .unit = "bytes", .doc = "Size of the part."},
    {NULL},
};

const DwRow dw_cache_monitor_rows[] = {
    {"level", "@level", DW_FORM_UINT, 0, .doc = "Level of the cache whose use is counted."},
    VCPUS,
    {NULL},
};

const DwRow dw_vcpus_rows[] = {VCPUS, {NULL}};

const DwRow dw_node_bandwidth_rows[] = {
    {"bandwidth", "@bandwidth", DW_FORM_UINT, 0, .max = 100, .unit = "percent", .doc = "Share of the bandwidth to the memory of this node of the host."},
    {NULL},
};

const DwRow dw_energytune_rows[] = {
    VCPUS,
    GROUP_ID,
    {NULL},
};

const DwRow dw_numatune_rows[] = {
    {"memory.mode", "memory/@mode", DW_FORM_ENUM, SAFE_SHARE, "strict preferred interleave restrictive@7.9.0", .doc = "How strictly memory comes from the nodes given."},
    {"memory.nodeset", "memory/@nodeset", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "NUMA nodes of the host that memory comes from, such as 0-1."},
    {"memory.placement", "memory/@placement", DW_FORM_ENUM, SAFE_SHARE, "static auto", .safe_values = "static", .usual = "static", .doc = "Whether the nodes are given or chosen by numad."},
    {NULL},
};

const DwRow dw_memnode_rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, 0, "strict preferred interleave restrictive@7.9.0", .doc = "How strictly memory of the cell of this number comes from the nodes given."},
    {"nodeset", "@nodeset", DW_FORM_STRING, 0, .doc = "NUMA nodes of the host that the cell's memory comes from, such as 0-1."},
    {NULL},
};

const DwRow dw_blkiotune_rows[] = {
    {"weight", "weight", DW_FORM_UINT, SAFE_SHARE, .min = 10, .max = 1000, .flags = DW_ROW_LIVE, .doc = "Weight against other domains when disks are busy."},
    {NULL},
};

const DwRow dw_blkiotune_device_rows[] = {
    {"path", "path", DW_FORM_STRING, 0, .flags = DW_ROW_HOST | DW_ROW_LIVE, .doc = "Disk of the host that the limits are for; * is any, bhyve only."},
    {"weight", "weight", DW_FORM_UINT, 0, .min = 10, .max = 1000, .flags = DW_ROW_LIVE, .doc = "Weight against other domains when that disk is busy."},
    {"read_bytes_sec", "read_bytes_sec", DW_FORM_UINT64, 0, .unit = "bytes/s", .flags = DW_ROW_LIVE, .doc = "Limit of bytes read from that disk."},
    {"write_bytes_sec", "write_bytes_sec", DW_FORM_UINT64, 0, .unit = "bytes/s", .flags = DW_ROW_LIVE, .doc = "Limit of bytes written to that disk."},
    {"read_iops_sec", "read_iops_sec", DW_FORM_UINT, 0, .unit = "operations/s", .flags = DW_ROW_LIVE, .doc = "Limit of read operations on that disk."},
    {"write_iops_sec", "write_iops_sec", DW_FORM_UINT, 0, .unit = "operations/s", .flags = DW_ROW_LIVE, .doc = "Limit of write operations on that disk."},
    {NULL},
};

#define THROTTLE(name, measure, what) {name, name, DW_FORM_UINT64, SAFE_SHARE, .max = 1000000000000000, .unit = measure, .since = "11.2.0", .doc = what}
const DwRow dw_throttle_rows[] = {
    {"group_name", "group_name", DW_FORM_STRING, SAFE_SHARE, .since = "11.2.0", .doc = "Name of the group, by which disks ask for its limits."},
    THROTTLE("total_bytes_sec", "bytes/s", "Limit of bytes read and written; excludes the separate ones."),
    THROTTLE("read_bytes_sec", "bytes/s", "Limit of bytes read."),
    THROTTLE("write_bytes_sec", "bytes/s", "Limit of bytes written."),
    THROTTLE("total_iops_sec", "operations/s", "Limit of operations; excludes the separate ones."),
    THROTTLE("read_iops_sec", "operations/s", "Limit of read operations."),
    THROTTLE("write_iops_sec", "operations/s", "Limit of write operations."),
    THROTTLE("total_bytes_sec_max", "bytes/s", "Burst limit of bytes read and written."),
    THROTTLE("read_bytes_sec_max", "bytes/s", "Burst limit of bytes read."),
    THROTTLE("write_bytes_sec_max", "bytes/s", "Burst limit of bytes written."),
    THROTTLE("total_iops_sec_max", "operations/s", "Burst limit of operations."),
    THROTTLE("read_iops_sec_max", "operations/s", "Burst limit of read operations."),
    THROTTLE("write_iops_sec_max", "operations/s", "Burst limit of write operations."),
    THROTTLE("size_iops_sec", "bytes", "Size of one operation in counting."),
    THROTTLE("total_bytes_sec_max_length", "s", "How long a burst of bytes may last."),
    THROTTLE("read_bytes_sec_max_length", "s", "How long a burst of reads may last."),
    THROTTLE("write_bytes_sec_max_length", "s", "How long a burst of writes may last."),
    THROTTLE("total_iops_sec_max_length", "s", "How long a burst of operations may last."),
    THROTTLE("read_iops_sec_max_length", "s", "How long a burst of read operations may last."),
    THROTTLE("write_iops_sec_max_length", "s", "How long a burst of write operations may last."),
    {NULL},
};
/* clang-format on */
