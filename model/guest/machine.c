/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which machine a guest is: whether QEMU runs it, its architecture and the family of its machine
 * type. Used by rules, defaults, presets and effects. Any thread.
 */
#include "guest/machine.h"

#include <string.h>

#include "common/words.h"
#include "host/capabilities.h"
#include "keys/lens.h"

static bool is_qemu(const DwDocument *document)
{
    static const char *const others[] = {"xen",       "lxc",    "uml", "openvz", "vz",
                                         "parallels", "vmware", "esx", "vbox",   "bhyve",
                                         "phyp",      "user",   "exe", "nlxc",   NULL};
    DwNode root = document_root(document);
    g_autofree char *type = node_attribute(document, root, "type");

    /* Hyper-V itself; with an emulator it is QEMU on Hyper-V. */
    if (type && g_str_equal(type, "hyperv"))
        return lens_find(document, root, "devices/emulator", NULL) != DW_NODE_NONE;
    return !type || !g_strv_contains(others, type);
}

bool guest_type_is_known(const char *type)
{
    static const char *const types[] = {"kvm", "qemu", "hvf", "test", NULL};

    return type && g_strv_contains(types, type);
}

static const char *implied_machine(const DwDocument *document, const DwHost *host, const char *arch)
{
    g_autofree char *type = node_attribute(document, document_root(document), "type");
    const DwGuest *guest = host && host->capabilities && arch
                               ? capabilities_find_guest(host->capabilities, arch, type)
                               : NULL;

    return guest && lens_find(document, document_root(document), "os/type", NULL) != DW_NODE_NONE
               ? guest_implied_machine(guest, host->libvirt_version)
               : NULL;
}

bool guest_has_no_pci(const char *arch)
{
    return words_have("m68k cris microblaze microblazeel xtensa xtensaeb", arch);
}

/* Some boards got a root in between: 11.3 has that of versatilepb, 12.8 those of realview-eb. */
static DwBoard board_of(const char *arch, const char *name, uint64_t version)
{
    bool is_arm = g_str_equal(arch, "aarch64") || g_str_has_prefix(arch, "arm");
    bool is_old_arm = g_str_equal(arch, "armv6l");

    if (guest_has_no_pci(arch) ||
        (is_old_arm && (g_str_equal(name, "virt") || g_str_has_prefix(name, "virt-"))))
        return BOARD_ROOTLESS;
    if (g_str_has_prefix(arch, "ppc"))
        return g_str_has_prefix(name, "pseries") ? BOARD_UNKNOWN : BOARD_PCI;
    if ((!is_arm && !g_str_has_prefix(arch, "riscv")) || g_str_equal(name, "virt") ||
        g_str_has_prefix(name, "virt-"))
        return BOARD_UNKNOWN;
    if (g_str_equal(name, "versatilepb"))
        return is_old_arm || version >= 11003000 ? BOARD_PCI : BOARD_ROOTLESS;
    return version >= 12008000 && g_str_has_prefix(name, "realview-eb") ? BOARD_PCI : BOARD_BARE;
}

/* The names QEMU gives: "pc-q35-7.2", "pc-i440fx-7.2", "pc", "virt-7.2". */
void guest_machine_read(const DwDocument *document, const DwHost *host, DwMachine *ret_machine)
{
    const DwCapabilities *capabilities = host ? host->capabilities : NULL;
    DwNode root = document_root(document);
    g_autofree char *written = lens_text(document, root, "os/type/@machine", NULL);
    g_autofree char *stated = lens_text(document, root, "os/type/@arch", NULL);
    const char *arch = stated ? stated : capabilities ? capabilities_host_arch(capabilities) : NULL;
    DwMachine machine = {.is_qemu = is_qemu(document),
                         .is_test = node_attribute_is(document, root, "type", "test")};

    const char *name = written ? written : implied_machine(document, host, arch);
    machine.is_x86 = arch && (g_str_equal(arch, "x86_64") || g_str_equal(arch, "i686"));
    machine.is_other = arch && !machine.is_x86;
    machine.is_s390 = arch && g_str_has_prefix(arch, "s390");
    if (name && machine.is_qemu) {
        machine.is_pseries = g_str_has_prefix(name, "pseries");
        machine.is_q35 = strstr(name, "q35") != NULL;
        machine.is_pc = g_str_equal(name, "pc") || g_str_has_prefix(name, "pc-i440fx") ||
                        g_str_has_prefix(name, "pc-0.") || g_str_has_prefix(name, "pc-1.");
        machine.is_x86 |= machine.is_q35 || machine.is_pc;
        machine.is_bare =
            machine.is_x86 && (g_str_equal(name, "isapc") || g_str_has_prefix(name, "microvm"));
        machine.board = machine.is_other ? board_of(arch, name, host ? host->libvirt_version : 0)
                                         : BOARD_UNKNOWN;
        machine.is_virt = machine.is_other && machine.board != BOARD_ROOTLESS &&
                          (g_str_equal(name, "virt") || g_str_has_prefix(name, "virt-"));
        machine.is_arm = (!arch || g_str_equal(arch, "aarch64") || g_str_has_prefix(arch, "arm")) &&
                         (g_str_equal(name, "virt") || g_str_has_prefix(name, "virt-"));
    }
    *ret_machine = machine;
}

/* The names of QEMU's programs after "qemu-system-", and what guests they run. */
bool guest_program_runs(const char *path, const char *arch)
{
    static const struct {
        const char *program, *architectures;
    } programs[] = {
        {"x86_64", "x86_64 i686"},
        {"i386", "i686"},
        {"aarch64", "aarch64 armv7l"},
        {"arm", "armv7l armv6l"},
        {"ppc64", "ppc64 ppc64le"},
        {"ppc64le", "ppc64 ppc64le"},
        {"ppc", "ppc"},
        {"riscv64", "riscv64"},
        {"riscv32", "riscv32"},
        {"s390x", "s390x"},
    };
    const char *name = strrchr(path, '/');

    if (!name || !g_str_has_prefix(name, "/qemu-system-"))
        return true;
    name += strlen("/qemu-system-");
    for (size_t i = 0; i < G_N_ELEMENTS(programs); i++)
        if (g_str_equal(programs[i].program, name))
            return words_have(programs[i].architectures, arch);
    return true;
}

const char *guest_family(const char *arch)
{
    static const char *const families[][2] = {
        {"x86", "x86_64 i686"}, {"arm", "aarch64 armv7l armv6l"}, {"ppc64", "ppc64 ppc64le"}};

    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        if (words_have(families[i][1], arch))
            return families[i][0];
    return arch;
}
