/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of rules, one or two a file of this folder. */
#pragma once

#include "rules/context.h"

/* Each ends with an empty one. Run once a document … */
extern const DwRule rules_domain[];  /* domain.c: identity, processors, memory */
extern const DwRule rules_os[];      /* os.c: boot and firmware */
extern const DwRule rules_clock[];   /* clock.c */
extern const DwRule rules_hyperv[];  /* hyperv.c */
extern const DwRule rules_between[]; /* between.c: devices that must not get in each other's way */
extern const DwRule rules_places[];  /* addresses.c: addresses two devices claim */
extern const DwRule rules_pci[];     /* pci.c: addresses and controllers */
extern const DwRule rules_usb[];     /* usb.c */
extern const DwRule rules_usb_slots[]; /* usb-slots.c */
extern const DwRule rules_machine[];   /* machine.c: what a machine has not */
extern const DwRule rules_display[];   /* display.c: graphics, video, audio */
extern const DwRule
    rules_hostdev[]; /* hostdev.c: devices of the host, and those of which there is one */
extern const DwRule rules_numa[];         /* numa.c: cells, huge pages */
extern const DwRule rules_cells[];        /* cells.c: what cells say of each other */
extern const DwRule rules_memory[];       /* memory.c: memory devices */
extern const DwRule rules_pins[];         /* pins.c: what names virtual processors */
extern const DwRule rules_tune[];         /* tune.c: features, labels */
extern const DwRule rules_threads[];      /* threads.c: I/O threads, throttle groups … */
extern const DwRule rules_thread_users[]; /* … and the devices that use them */
extern const DwRule rules_host[];         /* host.c: what the host cannot do */
/* … and once a device of the kind. */
extern const DwRule rules_disk[];        /* disk.c: device, bus, target */
extern const DwRule rules_disk_source[]; /* disk-source.c: source and backing chain */
extern const DwRule rules_disk_driver[]; /* disk-driver.c */
extern const DwRule rules_iotune[];      /* iotune.c */
extern const DwRule rules_address[];     /* addresses.c */
extern const DwRule rules_disk_host[];   /* host.c */
extern const DwRule rules_video_host[];
extern const DwRule rules_graphics_host[];
extern const DwRule rules_tpm_host[];
extern const DwRule rules_interface[]; /* network.c */
extern const DwRule rules_channel[];   /* channel.c */
/* Run on every device of whatever kind. */
extern const DwRule rules_device_address[]; /* addresses.c */
extern const DwRule rules_device[];         /* device.c */
extern const DwRule rules_options[];        /* options.c: what only some models and types have */
extern const DwRule rules_choices[];        /* choices.c: words that only some of them take */
/* Run on the domain and on every device of a kind the table knows. */
extern const DwRule rules_value[]; /* value.c */
