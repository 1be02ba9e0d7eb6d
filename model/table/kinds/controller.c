/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of controllers; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_GUEST, "fdc ide scsi sata virtio-serial ccid usb pci xenbus isa nvme@11.5.0", .doc = "Bus the controller provides."},
    {"index", "@index", DW_FORM_UINT, SAFE_GUEST, .max = 255, .flags = DW_ROW_LAX, .doc = "Number of the controller among those of its type."},
    {"model", "@model", DW_FORM_STRING, SAFE_GUEST, .doc = "Controller the guest sees, such as virtio-scsi or qemu-xhci."},
    {"ports", "@ports", DW_FORM_UINT, SAFE_GUEST, .max = 255, .flags = DW_ROW_LAX, .doc = "Ports of a USB or virtio-serial controller."},
    {"vectors", "@vectors", DW_FORM_UINT, SAFE_GUEST, .doc = "Interrupt vectors of a virtio-serial controller."},
    {"maxGrantFrames", "@maxGrantFrames", DW_FORM_UINT, SAFE_GUEST, .doc = "Grant frames of a xenbus controller."},
    {"maxEventChannels", "@maxEventChannels", DW_FORM_UINT, SAFE_GUEST, .since = "6.3.0", .doc = "Event channels of a xenbus controller."},
    {"driver.queues", "driver/@queues", DW_FORM_UINT, SAFE_GUEST, .doc = "Queues of a SCSI controller."},
    {"driver.cmd_per_lun", "driver/@cmd_per_lun", DW_FORM_UINT, SAFE_GUEST, .doc = "Commands in flight for one SCSI device."},
    {"driver.max_sectors", "driver/@max_sectors", DW_FORM_UINT, SAFE_GUEST, .doc = "Sectors that one SCSI command moves at most."},
    {"driver.ioeventfd", "driver/@ioeventfd", DW_FORM_ONOFF, SAFE_GUEST, .doc = "I/O of a SCSI controller in a thread of its own."},
    {"driver.iothread", "driver/@iothread", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .flags = DW_ROW_LAX, .doc = "I/O thread that serves a SCSI controller."},
    {"model.name", "model/@name", DW_FORM_STRING, SAFE_GUEST, .doc = "Exact PCI controller, such as pcie-root-port or ioh3420."},
    {"target.chassisNr", "target/@chassisNr", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = 255, .doc = "Chassis of a PCI bridge."},
    {"target.chassis", "target/@chassis", DW_FORM_UINT, SAFE_GUEST, .max = 255, .doc = "Chassis of a PCI Express port."},
    {"target.port", "target/@port", DW_FORM_STRING, SAFE_GUEST, .doc = "Number of a PCI Express port, such as 0x10."},
    {"target.busNr", "target/@busNr", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = 254, .doc = "Bus of a PCI expander."},
    {"target.index", "target/@index", DW_FORM_UINT, SAFE_GUEST, .max = 30, .doc = "Index of a pSeries PCI host bridge."},
    {"target.hotplug", "target/@hotplug", DW_FORM_ONOFF, SAFE_GUEST, .since = "6.3.0", .usual = "on", .doc = "Whether devices can be plugged into a PCI Express port."},
    {"target.node", "target/node", DW_FORM_UINT, SAFE_GUEST, .doc = "NUMA node of the guest a PCI expander is near."},
    {"pcihole64", "pcihole64", DW_FORM_SIZE, SAFE_GUEST, .unit = "bytes", .doc = "Address space for PCI devices above 4 GiB."},
    ALIAS,
    {"target.memReserve", "target/@memReserve", DW_FORM_UINT64, SAFE_GUEST, .min = 1, .unit = "KiB", .since = "10.3.0", .doc = "Memory space that the firmware reserves behind a PCI Express port."},
    {"master.startport", "master/@startport", DW_FORM_UINT, SAFE_GUEST, .doc = "First port of the USB 2 controller that this USB 1 companion serves."},
    {"serial", "serial", DW_FORM_STRING, SAFE_GUEST, .since = "11.5.0", .doc = "Serial number of a NVMe controller that the guest sees."},
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"driver.iothreads.iothread.N.", "driver/iothreads/iothread[@id=N]", NULL, dw_iothread_rows, "11.2.0"},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_controller_group = {"controller", NULL, sections, SAFE_GUEST};
/* clang-format on */
