/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Questions the model and the daemon put to a host's capabilities. What libvirt's documents do not
 * mention is unknown, never "no": every answer has a way to say so.
 */
#pragma once

#include <domwright/model.h>

/* The host's own architecture, or NULL. */
const char *capabilities_host_arch(const DwCapabilities *capabilities);
/* The bytes of memory the host has; one more than the greatest number of its processors, and of its
 * NUMA nodes. 0: unknown. */
uint64_t capabilities_memory(const DwCapabilities *capabilities);
uint32_t capabilities_processors(const DwCapabilities *capabilities);
uint32_t capabilities_nodes(const DwCapabilities *capabilities);
/* Is it one of the programs that they name for guests? */
bool capabilities_have_emulator(const DwCapabilities *capabilities, const char *path);
/* The guest of that architecture and domain type, the one of os type "hvm" first; NULL for either
 * means any, for the architecture the host's own first. NULL when there is none. */
const DwGuest *capabilities_find_guest(const DwCapabilities *capabilities, const char *arch,
                                       const char *type);

/* "kvm" where offered, else "qemu", else the first type; NULL when the guest names none. */
const char *guest_default_type(const DwGuest *guest);
/* The machine virtual machines are usually made of, where the guest has it; else its first, or
 * NULL. */
const char *guest_default_machine(const DwGuest *guest);
/* The machine that such a libvirt (0: any) takes where a document names none, or NULL where that is
 * not known. */
const char *guest_implied_machine(const DwGuest *guest, uint64_t libvirt_version);
/* The canonical name of a machine or alias, or NULL when the guest does not list it. */
const char *guest_canonical_machine(const DwGuest *guest, const char *machine);

/* What the host accepts under a key ("disk.target.bus", "cpu.model", "hyperv"), or NULL = unknown.
 * An empty list means that libvirt says there is nothing it accepts. */
const char *const *domain_capabilities_values(const DwDomainCapabilities *capabilities,
                                              const char *key);
/* Do they say that the section of that name ("sev") is not supported? */
bool domain_capabilities_lack(const DwDomainCapabilities *capabilities, const char *section);
/* One of "type", "arch", "machine", "emulator": what these capabilities are about; or NULL. */
const char *domain_capabilities_text(const DwDomainCapabilities *capabilities, const char *key);
/* The greatest number of vcpus, or 0 = unknown. */
uint32_t domain_capabilities_max_vcpus(const DwDomainCapabilities *capabilities);
/* Domain capabilities are of one type, architecture and machine; are they about a domain like this
 * one? */
bool domain_capabilities_concern(const DwDomainCapabilities *offers,
                                 const DwCapabilities *capabilities, const DwDocument *document);
