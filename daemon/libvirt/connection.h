/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connections to libvirt, for the rest of the daemon: plain data in, plain data out. Only this
 * folder includes libvirt's headers. Except for virt_start and virt_stop every function may block
 * and is called from workers only.
 *
 * Errors: HOST_UNAVAILABLE (connection gone), OUTCOME_UNKNOWN (gone while something was changed),
 * NOT_FOUND, ALREADY_EXISTS, UNSUPPORTED, or LIBVIRT with libvirt's code, domain and text.
 */
#pragma once

#include <domwright/model.h>

#include "libvirt/domain-events.h"
#include "libvirt/domain.h"

/* Starts and ends the thread that runs libvirt's event loop. */
bool virt_start(GError **error);
void virt_stop(void);

/* func NULL: no events. userdata is freed once no event can come any more. */
Virt *virt_open(const char *uri, VirtEventFunc func, void *userdata, GDestroyNotify free_userdata,
                GError **error);
void virt_close(Virt *virt);
bool virt_is_alive(Virt *virt);
/* As it was opened. */
const char *virt_uri(const Virt *virt);
/* Such as qemu:///session: libvirt of a user's session, which has no control groups. */
bool virt_uri_is_session(const char *uri);
/* Its hypervisor is libvirt's QEMU driver, here or elsewhere. */
bool virt_is_qemu(const Virt *virt);
/* A number for whoever keeps connections. */
unsigned virt_generation(const Virt *virt);
void virt_set_generation(Virt *virt, unsigned generation);

/* What the host calls itself, or "". */
char *virt_hostname(Virt *virt);
/* 9000000 is 9.0.0; 0: not known. Asking for the hypervisor's may make libvirt look at emulators,
 * which can take seconds. */
uint64_t virt_version(Virt *virt);
uint64_t virt_hypervisor_version(Virt *virt);
/* The version of the libvirt this program uses, and so of the schema installed beside it. */
uint64_t virt_library_version(void);

char *virt_capabilities(Virt *virt, GError **error);
/* NULL arguments: libvirt chooses. An emulator is executed by libvirt: never pass a caller's. */
char *virt_domain_capabilities(Virt *virt, const char *emulator, const char *arch,
                               const char *machine, const char *type, GError **error);
