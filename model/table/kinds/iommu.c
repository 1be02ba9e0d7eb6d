/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of IOMMUs; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"model", "@model", DW_FORM_ENUM, 0, "intel smmuv3 virtio@8.3.0 amd@11.5.0", .doc = "IOMMU the guest sees."},
    {"driver.intremap", "driver/@intremap", DW_FORM_ONOFF, 0, .doc = "Remapping of interrupts, intel and amd only."},
    {"driver.caching_mode", "driver/@caching_mode", DW_FORM_ONOFF, 0, .doc = "Caching mode, intel only; needed for assigned devices."},
    {"driver.eim", "driver/@eim", DW_FORM_ONOFF, 0, .doc = "Extended interrupts, intel only; needed beyond 255 processors."},
    {"driver.iotlb", "driver/@iotlb", DW_FORM_ONOFF, 0, .doc = "Translation cache of devices, intel and amd only."},
    {"driver.aw_bits", "driver/@aw_bits", DW_FORM_UINT, 0, .min = 1, .max = 255, .since = "6.5.0", .flags = DW_ROW_LAX, .doc = "Width of addresses, intel only; with newer libvirt virtio, too."},
    ALIAS,
    {"driver.dma_translation", "driver/@dma_translation", DW_FORM_ONOFF, 0, .since = "10.7.0", .doc = "Translation of addresses, intel only; off leaves the remapping of interrupts alone."},
    {"driver.xtsup", "driver/@xtsup", DW_FORM_ONOFF, 0, .since = "11.5.0", .doc = "Extended interrupts, amd and virtio only; needed beyond 255 processors."},
    {"driver.passthrough", "driver/@passthrough", DW_FORM_ONOFF, 0, .since = "11.5.0", .doc = "Whether devices may do without translation, amd and virtio only."},
    {"driver.pciBus", "driver/@pciBus", DW_FORM_UINT, 0, .since = "11.10.0", .doc = "Index of the PCI controller whose devices are served, smmuv3 only."},
    {"driver.granule.mode", "driver/granule/@mode", DW_FORM_ENUM, 0, "host", .since = "12.1.0", .doc = "Take the size of pages from the host, virtio only."},
    {"driver.granule.size", "driver/granule/@size", DW_FORM_SIZE, 0, .unit = "bytes", .since = "12.1.0", .doc = "Size of the pages that are translated, virtio only."},
    {"driver.accel", "driver/@accel", DW_FORM_ONOFF, 0, .since = "12.8.0", .doc = "Whether the host translates for devices handed to the guest, smmuv3 only."},
    {"driver.ats", "driver/@ats", DW_FORM_ONOFF, 0, .since = "12.8.0", .doc = "Address translation services, smmuv3 with accel only."},
    {"driver.ril", "driver/@ril", DW_FORM_ONOFF, 0, .since = "12.8.0", .doc = "Invalidation of ranges, smmuv3 with accel only."},
    {"driver.cmdqv", "driver/@cmdqv", DW_FORM_ONOFF, 0, .since = "12.8.0", .doc = "Command queues in hardware, smmuv3 with accel only."},
    {"driver.oas", "driver/@oas", DW_FORM_UINT, 0, .since = "12.8.0", .doc = "Width of the addresses that come out, smmuv3 with accel only."},
    {"driver.ssidsize", "driver/@ssidsize", DW_FORM_UINT, 0, .since = "12.8.0", .doc = "Width of the numbers of address spaces, smmuv3 with accel only."},
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_iommu_group = {"iommu", NULL, sections};
/* clang-format on */
