/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What rules ask of the whole document for one device after another. Each is looked up once a
 * validation, when it is asked for first: there may be thousands of devices that ask.
 */
#pragma once

#include "rules/context.h"

/* Of one document; nothing is looked up yet. */
struct DwFacts *facts_new(void);
void facts_free(struct DwFacts *facts);

/* Do rules about other devices ask about devices of the kind? */
bool facts_are_of(const char *kind);

/* Is there a device of the kind, "controller" or "graphics", and type? */
bool rule_has_type(const DwRuleContext *context, const char *kind, const char *type);
/* Is there a controller of type usb and model none, so that there is no USB? */
bool rule_is_usb_off(const DwRuleContext *context);
/* Has a controller of type nvme a serial? */
bool rule_has_nvme_serial(const DwRuleContext *context);
/* Is there a bridge from PCI Express to PCI? */
bool rule_has_pci_bridge(const DwRuleContext *context);
bool rule_has_serial_port(const DwRuleContext *context);
/* Is it on the bus that only pSeries has, unless it says otherwise? */
bool rule_is_virtual_io(const DwRuleContext *context);
/* Is it an input device on the USB, said or not? */
bool rule_is_usb_input(const DwRuleContext *context, DwNode device);
/* Is it the console that libvirt writes as a second view of the first serial port, with its address
 * and alias? */
bool rule_is_mirror(const DwRuleContext *context, DwNode device);
/* Is the serial port on ISA one more than the machine has? */
#define ISA_PORTS 4
bool rule_is_surplus_port(const DwRuleContext *context, DwNode port);
/* Do the domain and, if there are any, all of its NUMA cells share their memory with others? */
bool rule_memory_is_shared(const DwRuleContext *context);
/* How many NUMA cells there are. */
uint64_t rule_cell_count(const DwRuleContext *context);
/* Is there a cell of that id? One that does not say has its position. */
bool rule_has_cell(const DwRuleContext *context, uint64_t id);
/* Is the SCSI controller of that index lsilogic? It is what libvirt takes where no model is said,
 * or adds where there is none. False: no, or that is not known. */
bool rule_is_lsilogic(const DwRuleContext *context, uint64_t index);
/* Is there an I/O thread of that number? Those without one get the lowest that are free. */
bool rule_has_iothread(const DwRuleContext *context, uint64_t number);

typedef struct {
    unsigned domain, bus, slot, function;
} DwPciPlace;

typedef struct {
    DwNode node;
    DwPciPlace place;
} DwPciDevice;

/* Where the device says that it is on PCI, of a slot whose function is not given at function 0;
 * false: it does not, or libvirt is to choose. */
bool rule_pci_place(const DwRuleContext *context, DwNode device, DwPciPlace *ret_place);
/* The devices that have an address of PCI, which libvirt is not to choose, in their order. */
const GArray *rule_pci_devices(const DwRuleContext *context);
/* Is it a device of plain PCI, for which libvirt adds another bus than for the others? */
bool rule_is_plain_pci(const DwRuleContext *context, DwNode node);
