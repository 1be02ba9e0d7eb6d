/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of memory devices; data only. What the fields mean is in table.h. What memory of the host is
 * behind them has no reason to be safe (rows.h). */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"model", "@model", DW_FORM_ENUM, 0, "dimm nvdimm virtio-pmem@7.1.0 virtio-mem@7.9.0 sgx-epc@8.10.0", .doc = "Memory device the guest sees."},
    {"access", "@access", DW_FORM_ENUM, 0, "shared private", .doc = "Whether other processes of the host may share the memory."},
    {"discard", "@discard", DW_FORM_YESNO, 0, .doc = "What the memory held is thrown away when it is unplugged."},
    {"uuid", "uuid", DW_FORM_UUID, 0, .since = "6.2.0", .doc = "UUID of a nvdimm of pSeries."},
    {"source.path", "source/path", DW_FORM_PATH, 0, .doc = "File or device on the host with the content, for models nvdimm and virtio-pmem."},
    {"source.alignsize", "source/alignsize", DW_FORM_SIZE, 0, .max = MOST_MEMORY, .unit = "bytes", .doc = "Boundary the file is mapped to, for model nvdimm."},
    {"source.pmem", "source/pmem", DW_FORM_PRESENCE, 0, .doc = "The file is on persistent memory, for model nvdimm."},
    {"source.pagesize", "source/pagesize", DW_FORM_SIZE, 0, .max = MOST_MEMORY, .unit = "bytes", .doc = "Size of the host's pages that the memory is made of."},
    {"source.nodemask", "source/nodemask", DW_FORM_STRING, 0, .doc = "NUMA nodes of the host that the memory comes from, such as 0-1."},
    {"target.dynamicMemslots", "target/@dynamicMemslots", DW_FORM_YESNO, 0, .since = "10.1.0", .doc = "Whether slots of the hypervisor are taken only as needed, for model virtio-mem."},
    {"target.size", "target/size", DW_FORM_SIZE, 0, .max = MOST_MEMORY, .unit = "bytes", .doc = "Size of the device."},
    {"target.node", "target/node", DW_FORM_UINT, 0, .doc = "NUMA cell of the guest that the memory is part of."},
    {"target.block", "target/block", DW_FORM_SIZE, 0, .max = MOST_MEMORY, .unit = "bytes", .since = "7.9.0", .doc = "Size of the pieces that are plugged, for model virtio-mem."},
    {"target.requested", "target/requested", DW_FORM_SIZE, 0, .max = MOST_MEMORY, .unit = "bytes", .since = "7.9.0", .flags = DW_ROW_LIVE, .doc = "How much the guest is to have of it, for model virtio-mem."},
    {"target.current", "target/current", DW_FORM_SIZE, 0, .max = MOST_MEMORY, .unit = "bytes", .since = "7.9.0", .flags = DW_ROW_OUTPUT, .doc = "How much the guest of a running domain has of it, for model virtio-mem."},
    {"target.label.size", "target/label/size", DW_FORM_SIZE, 0, .max = MOST_MEMORY, .unit = "bytes", .doc = "Size of the label area, for model nvdimm."},
    {"target.readonly", "target/readonly", DW_FORM_PRESENCE, 0, .doc = "The guest cannot write to it, for model nvdimm."},
    {"target.address.base", "target/address/@base", DW_FORM_STRING, 0, .since = "9.4.0", .doc = "Where in the guest's memory it begins, for models virtio-mem and virtio-pmem."},
    ALIAS,
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"driver.", "driver", NULL, dw_virtio_rows, "11.9.0"},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_memory_group = {"memory", NULL, sections};
/* clang-format on */
