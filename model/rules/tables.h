/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of rules, one or two a file of this folder and of those in it. */
#pragma once

#include "rules/context.h"

/* Each ends with an empty one. Run once a document … */
/* … on settings of the domain (domain/): */
extern const DwRule rules_domain[];       /* domain.c: identity, processors, memory */
extern const DwRule rules_os[];           /* os.c: boot and firmware */
extern const DwRule rules_clock[];        /* clock.c */
extern const DwRule rules_hyperv[];       /* hyperv.c */
extern const DwRule rules_numa[];         /* numa.c: cells, huge pages */
extern const DwRule rules_cells[];        /* cells.c: what cells say of each other */
extern const DwRule rules_memory[];       /* memory.c: memory devices */
extern const DwRule rules_pins[];         /* pins.c: what names virtual processors */
extern const DwRule rules_tune[];         /* tune.c: features, labels */
extern const DwRule rules_threads[];      /* threads.c: I/O threads, throttle groups … */
extern const DwRule rules_thread_users[]; /* … and the devices that use them */
/* … on where devices are (places/): */
extern const DwRule rules_places[];    /* addresses.c: addresses two devices claim */
extern const DwRule rules_drives[];    /* drives.c: … and those of drives */
extern const DwRule rules_pci[];       /* pci.c: addresses and controllers */
extern const DwRule rules_usb[];       /* usb.c */
extern const DwRule rules_usb_slots[]; /* usb-slots.c */
/* … on devices together (devices/): */
extern const DwRule rules_display[]; /* display.c: graphics, video, audio */
extern const DwRule rules_hostdev[]; /* hostdev.c: those of the host, and of which there is one */
/* … and on all of it (this folder). */
extern const DwRule rules_between[]; /* between.c: devices that must not get in each other's way */
extern const DwRule rules_machine[]; /* machine.c: what a machine has not */
extern const DwRule rules_host[];    /* host.c: what the host cannot do */

/* Run once a device of the kind: disks (disk/) … */
extern const DwRule rules_disk[];        /* disk.c: device, bus, target */
extern const DwRule rules_disk_source[]; /* source.c: source and backing chain */
extern const DwRule rules_disk_driver[]; /* driver.c */
extern const DwRule rules_iotune[];      /* iotune.c */
extern const DwRule rules_address[];     /* places/addresses.c */
extern const DwRule rules_disk_host[];   /* host.c */
/* … and others. */
extern const DwRule rules_interface[]; /* devices/interface.c */
extern const DwRule rules_channel[];   /* devices/channel.c */
extern const DwRule rules_memory_host[];
extern const DwRule rules_video_host[];
extern const DwRule rules_graphics_host[];
extern const DwRule rules_tpm_host[]; /* host.c */

/* Run on every device of whatever kind. */
extern const DwRule rules_device[];         /* devices/device.c */
extern const DwRule rules_options[];        /* devices/options.c: of some models and types only */
extern const DwRule rules_choices[];        /* devices/choices.c: words that some of them take */
extern const DwRule rules_device_address[]; /* places/addresses.c */
/* Run on the domain and on every device of a kind the table knows. */
extern const DwRule rules_value[]; /* value.c */
