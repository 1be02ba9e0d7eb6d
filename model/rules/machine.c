/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on what a machine has not: PCI where it is one of x86 without, the extension of PCI that
 * only s390x has, and kinds of devices that QEMU has nowhere. Run once for each document.
 */
#include <string.h>

#include "common/words.h"
#include "host/capabilities.h"
#include "keys/devices.h"
#include "rules/facts.h"
#include "rules/tables.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

/* ---- Machines without PCI ---- */

/* Devices that are on PCI: if their text at path is one of the words or, with `but`, none of them;
 * without a text only if `but`. Those of a carrier are on a controller of that type, and it is on
 * PCI where libvirt has to add it. */
static const struct {
    const char *kind, *path, *words;
    bool but;
    const char *carrier;
} on_pci[] = {
    {"controller", "@type", "virtio-serial scsi sata usb ide nvme"},
    {"disk", "target/@bus", "virtio"},
    {"disk", "target/@bus", "scsi", false, "scsi"},
    {"disk", "target/@bus", "sata", false, "sata"},
    {"disk", "target/@bus", "nvme", false, "nvme"},
    {"interface", "model/@type", "", true},
    {"video", "model/@type", "none ramfb", true},
    {"sound", "@model", "sb16 pcspk usb", true},
    {"input", "@bus", "virtio"},
    {"hostdev", "@type", "pci scsi_host mdev"},
    {"hostdev", "@type", "scsi", false, "scsi"},
    {"channel", "target/@type", "virtio", false, "virtio-serial"},
    {"console", "target/@type", "virtio", false, "virtio-serial"},
    {"serial", "target/@type", "pci-serial"},
    {"watchdog", "@model", "i6300esb"},
    {"memballoon", "@model", "none", true},
    {"iommu", "@model", "virtio"},
    {"rng", "@model", "", true},
    {"vsock", "@model", "", true},
    {"shmem", "@name", "", true},
    {"filesystem", "@type", "", true},
    {"memory", "@model", "virtio-mem virtio-pmem"},
    {"crypto", "@model", "", true},
    {"pstore", "@backend", "", true},
    {"panic", "@model", "pvpanic"},
};

static DwNode find_controller(const DwRuleContext *context, const char *type)
{
    DwNode node = rule_device(context, "controller", DW_NODE_NONE);

    while (node != DW_NODE_NONE && !node_attribute_is(context->document, node, "type", type))
        node = rule_device(context, "controller", node);
    return node;
}

/* Is it a controller of which libvirt does not care where it is said to be? */
static bool is_anywhere(const DwRuleContext *context, DwNode node)
{
    return node_attribute_is(context->document, node, "type", "ide") ||
           (context->host->libvirt_version >= 12008000 &&
            node_attribute_is(context->document, node, "type", "usb"));
}

static bool is_on_pci(const DwRuleContext *context, DwNode node)
{
    g_autofree char *kind = node_name(context->document, node);
    g_autofree char *address = rule_attribute(context, node, "address", "type");
    bool is_placed = address && !g_str_equal(address, "pci") &&
                     !(g_str_equal(kind, "controller") && is_anywhere(context, node));

    /* The USB that is none. */
    if (g_str_equal(kind, "controller") &&
        node_attribute_is(context->document, node, "model", "none"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(on_pci); i++) {
        if (!g_str_equal(on_pci[i].kind, kind))
            continue;
        g_autofree char *text = rule_text(context, node, on_pci[i].path);
        if ((text && words_have(on_pci[i].words, text)) != on_pci[i].but)
            return on_pci[i].carrier ? !rule_has_type(context, "controller", on_pci[i].carrier)
                                     : !is_placed;
    }
    return false;
}

/* Is it at a place on PCI that the document says? */
static bool has_place(const DwRuleContext *context, DwNode node)
{
    DwPciPlace place;

    return rule_pci_place(context, node, &place) && !rule_is_unread(context, node);
}

/* What libvirt adds by itself. is_spare: the video device only; is_refused: and does not define. */
static void check_defaults(DwRuleContext *context, const char *machine, bool is_spare,
                           bool is_refused)
{
    const char *kind = NULL, *without = NULL;

    if (!is_spare && rule_device(context, "memballoon", DW_NODE_NONE) == DW_NODE_NONE) {
        kind = "memballoon";
        without = "memballoon of model none";
    } else if (!is_spare && !g_str_equal(machine, "isapc") &&
               !rule_has_type(context, "controller", "usb")) {
        kind = "USB controller";
        without = "controller of type usb and model none";
    } else if (rule_device(context, "graphics", DW_NODE_NONE) != DW_NODE_NONE &&
               rule_device(context, "video", DW_NODE_NONE) == DW_NODE_NONE) {
        kind = "video device";
        without = "video of model.type none";
    }
    if (kind)
        rule_report(context, "device-pci", is_refused ? ERROR : WARNING, "os.machine", machine,
                    NULL,
                    "os.machine is %s, which has no PCI for the %s that libvirt adds; add a %s.",
                    machine, kind, without);
}

/* A video device that says that there is none, whose place 12.8 does not look at. */
static bool is_no_card(const DwRuleContext *context, DwNode node)
{
    return context->host->libvirt_version >= 12008000 &&
           node_is(context->document, node, "video") &&
           rule_is(context, node, "model/@type", "none");
}

static void rule_pci(DwRuleContext *context)
{
    DwNode bus = find_controller(context, "pci");

    if (!context->guest.is_qemu || !context->guest.is_bare)
        return;
    g_autofree char *machine =
        rule_text(context, document_root(context->document), "os/type/@machine");
    /* With a root older ones believe that there is PCI. */
    if (bus != DW_NODE_NONE) {
        rule_look_at(context, "controller", bus);
        rule_report(context, "device-pci", rule_since(context, 12008000), "type", "pci", NULL,
                    "type is pci, which a machine %s has not; remove the controller.", machine);
        rule_look_back(context);
        return;
    }
    /* 11.3 adds all of it. */
    check_defaults(context, machine, context->host->libvirt_version >= 11004000,
                   context->host->libvirt_version);
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        if (!is_on_pci(context, node) && (!has_place(context, node) || is_no_card(context, node)))
            continue;
        g_autofree char *kind = node_name(context->document, node);
        rule_look_at(context, kind, node);
        rule_report(context, "device-pci", ERROR, "", NULL, NULL,
                    "The device needs PCI, which a machine %s has not; remove it.", machine);
        rule_look_back(context);
    }
}

/* ---- Boards of other architectures ---- */

/* Virtio is on a bus of the board's own, where it has one. */
static bool is_virtio(const DwRuleContext *context, DwNode node)
{
    static const char *const kinds = "rng vsock memballoon crypto filesystem";
    static const char *const paths[] = {"@model", "model/@type",  "target/@bus",
                                        "@bus",   "target/@type", "@type"};
    g_autofree char *kind = node_name(context->document, node);

    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *text = rule_text(context, node, paths[i]);
        if (text && g_str_has_prefix(text, "virtio"))
            return true;
    }
    return words_have(kinds, kind);
}

typedef struct {
    const char *name;
    bool is_riscv;
    bool is_without;  /* of an architecture without PCI, which libvirt does not know */
    bool is_old_arm;  /* armv6l: only what is virtio's has a bus on its machine virt */
    bool is_rootless; /* BOARD_ROOTLESS */
    bool is_refused;  /* what is on PCI is refused; otherwise the guest does not start */
} Board;

static Board read_board(const DwRuleContext *context, const char *machine)
{
    g_autofree char *arch = rule_text(context, document_root(context->document), "os/type/@arch");
    uint64_t version = context->host->libvirt_version;
    Board board = {.name = machine,
                   .is_riscv = arch && g_str_has_prefix(arch, "riscv"),
                   .is_without = arch && guest_has_no_pci(arch),
                   .is_old_arm = g_strcmp0(arch, "armv6l") == 0,
                   .is_rootless = context->guest.board == BOARD_ROOTLESS};

    board.is_refused = board.is_rootless
                           ? board.is_without || board.is_old_arm || (version && version < 9001000)
                           : version >= 12008000;
    return board;
}

/* Is it on PCI by itself? */
static bool is_on_board_pci(const DwRuleContext *context, const Board *board, DwNode node)
{
    /* The card of the board, where none is said. */
    bool is_own = !board->is_rootless && !board->is_riscv &&
                  node_is(context->document, node, "interface") &&
                  !rule_there(context, node, "model/@type");

    return !is_own && is_on_pci(context, node);
}

/* Does libvirt need a port for something that it puts on PCI Express? */
static bool needs_port(const DwRuleContext *context, const Board *board)
{
    uint64_t version = context->host->libvirt_version;

    if (board->is_riscv && rule_device(context, "memballoon", DW_NODE_NONE) == DW_NODE_NONE)
        return true;
    if (version >= 11003000 && g_str_has_prefix(board->name, "realview-") &&
        !rule_has_type(context, "controller", "usb"))
        return true;
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node))
        if (is_on_board_pci(context, board, node) && !has_place(context, node))
            return true;
    return false;
}

/* Is it a port of a root that is there, of which libvirt has to find nothing? */
static bool is_whole_port(const DwRuleContext *context, DwNode node)
{
    DwNode root = rule_device(context, "controller", DW_NODE_NONE);

    while (root != DW_NODE_NONE &&
           !node_attribute_is(context->document, root, "model", "pcie-root"))
        root = rule_device(context, "controller", root);
    g_autofree char *name = rule_attribute(context, node, "model", "name");
    g_autofree char *chassis = rule_attribute(context, node, "target", "chassis");
    g_autofree char *port = rule_attribute(context, node, "target", "port");
    return root != DW_NODE_NONE && name && chassis && port &&
           node_attribute_is(context->document, node, "model", "pcie-root-port");
}

/* A root makes older ones believe that there is PCI, but not what is behind it. */
static void check_board_controllers(DwRuleContext *context, const Board *board)
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        if (!node_attribute_is(context->document, node, "type", "pci"))
            continue;
        bool is_express = node_attribute_is(context->document, node, "model", "pcie-root");
        bool is_root =
            is_express || node_attribute_is(context->document, node, "model", "pci-root");
        bool is_refused = board->is_refused || (is_express && needs_port(context, board)) ||
                          (!is_root && !is_whole_port(context, node));
        rule_look_at(context, "controller", node);
        rule_report(context, "device-pci", is_refused ? ERROR : WARNING, "type", "pci", NULL,
                    "type is pci, which a machine %s has not; remove the controller.", board->name);
        rule_look_back(context);
    }
}

/* Where what is virtio's has a bus of the board's own, libvirt has that for all controllers of
 * SCSI, whatever their model. */
static bool is_scsi(const DwRuleContext *context, DwNode node)
{
    return node_attribute_is(context->document, node, "type", "scsi") ||
           lens_is(context->document, node, "target/@bus", "scsi");
}

static void check_board_devices(DwRuleContext *context, const Board *board)
{
    bool is_old_virt = board->is_rootless && board->is_old_arm;
    bool has_virtio = is_old_virt || g_str_has_prefix(board->name, "vexpress-");

    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        bool is_placed = has_place(context, node);

        if (!is_placed &&
            (!is_on_board_pci(context, board, node) || (has_virtio && is_virtio(context, node)) ||
             (is_old_virt && is_scsi(context, node))))
            continue;
        bool is_refused = board->is_refused || (is_placed && !board->is_rootless);
        g_autofree char *kind = node_name(context->document, node);
        rule_look_at(context, kind, node);
        rule_report(context, "device-pci", is_refused ? ERROR : WARNING, "", NULL, NULL,
                    "The device needs PCI, which a machine %s has not by itself; remove it%s.",
                    board->name,
                    board->is_without || board->is_old_arm ? "" : ", or use machine virt");
        rule_look_back(context);
    }
}

static void rule_board(DwRuleContext *context)
{
    DwBoard of = context->guest.board;

    if (of != BOARD_ROOTLESS && of != BOARD_BARE)
        return;
    g_autofree char *machine =
        rule_text(context, document_root(context->document), "os/type/@machine");
    if (!machine)
        return;
    Board board = read_board(context, machine);
    if (find_controller(context, "pci") == DW_NODE_NONE) {
        /* For those without PCI 9.0 adds all of it. */
        bool is_spare = !board.is_without || !rule_is_before(context, 9001000);
        check_defaults(context, board.name, is_spare, board.is_refused);
        check_board_devices(context, &board);
    } else if (of == BOARD_BARE) {
        check_board_controllers(context, &board);
    }
}

/* QEMU gives the old machine one processor; a host that is known tells it itself. */
static void rule_processors(DwRuleContext *context)
{
    DwNode root = document_root(context->document);
    uint64_t processors = 0;

    if ((context->offers && domain_capabilities_max_vcpus(context->offers)) ||
        !context->guest.is_qemu || !context->guest.is_bare ||
        !rule_is(context, root, "os/type/@machine", "isapc") ||
        !lens_number(context->document, root, "vcpu", &processors) || processors <= 1)
        return;
    g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, processors);
    rule_report(context, "vcpu-machine", ERROR, "vcpu", value, NULL,
                "vcpu is %s, but a machine isapc has one processor; set vcpu to 1.", value);
}

/* ---- The program ---- */

static void rule_emulator(DwRuleContext *context)
{
    DwNode root = document_root(context->document);
    g_autofree char *path = rule_text(context, root, "devices/emulator");
    g_autofree char *stated = rule_text(context, root, "os/type/@arch");
    const char *arch = stated ? stated
                       : context->host->capabilities
                           ? capabilities_host_arch(context->host->capabilities)
                           : NULL;

    if (context->guest.is_qemu && !context->guest.is_test && arch && path &&
        !guest_program_runs(path, arch))
        rule_report(context, "domain-emulator", ERROR, "emulator", path, NULL,
                    "emulator is %s, which does not run guests of os.arch %s; set os.arch, or "
                    "unset emulator and libvirt finds one.",
                    path, arch);
}

/* ---- zPCI ---- */

/* Where one of the two numbers is said, libvirt gives the other at once: the first that is free of
 * what comes before. */
static void take_free(GHashTable *seen, const char *name, unsigned first)
{
    for (unsigned number = first;; number++)
        if (g_hash_table_add(seen, g_strdup_printf("%s %x", name, number)))
            return;
}

static void check_zpci(DwRuleContext *context, DwNode zpci, GHashTable *seen)
{
    static const char *const names[] = {"uid", "fid"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *key = g_strconcat("address.zpci.", names[i], NULL);
        g_autofree char *value = node_attribute(context->document, zpci, names[i]);

        if (!value && rule_has(context, zpci, names[!i]) && context->guest.is_s390)
            take_free(seen, names[i], i == 0);
        if (!value)
            continue;
        uint64_t number = rule_address_part(context, zpci, names[i]);
        if (!context->guest.is_s390)
            rule_report(context, "pci-zpci-arch", ERROR, key, value, NULL,
                        "%s is %s, which only machines of s390x have; unset address.zpci.*.", key,
                        value);
        else if (i == 0 && number == 0)
            rule_report(context, "pci-zpci-uid", ERROR, key, value, NULL,
                        "%s is %s; it is from 1 to 65535. Unset it and libvirt finds one.", key,
                        value);
        else if (!g_hash_table_add(seen, g_strdup_printf("%s %x", names[i], (unsigned)number)))
            rule_report(context, "pci-zpci-unique", ERROR, key, value, NULL,
                        "%s %s belongs to two devices, or libvirt has given it to one before "
                        "that names only the other number; unset it and libvirt finds another.",
                        key, value);
    }
}

static void rule_zpci(DwRuleContext *context)
{
    if (!context->guest.is_qemu || (!context->guest.is_x86 && !context->guest.is_other))
        return;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        DwNode zpci = lens_find(context->document, node, "address/zpci", NULL);

        if (zpci == DW_NODE_NONE)
            continue;
        g_autofree char *kind = node_name(context->document, node);
        rule_look_at(context, kind, node);
        check_zpci(context, zpci, seen);
        rule_look_back(context);
    }
}

/* ---- What QEMU has nowhere ---- */

static void rule_controllers(DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        g_autofree char *type = node_attribute(context->document, node, "type");

        bool is_sata = context->guest.is_s390 && g_strcmp0(type, "sata") == 0;

        if (!context->guest.is_qemu || !type || !(words_have("isa xenbus", type) || is_sata))
            continue;
        rule_look_at(context, "controller", node);
        rule_report(context, "controller-type", ERROR, "type", type, NULL,
                    "type is %s, which %s have not; remove the controller.", type,
                    is_sata ? "machines of s390x" : "guests of QEMU");
        rule_look_back(context);
    }
}

static void rule_nvme(DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        if (!node_attribute_is(context->document, node, "type", "nvme") ||
            !context->guest.is_qemu || rule_there(context, node, "serial"))
            continue;
        rule_look_at(context, "controller", node);
        rule_report(context, "controller-nvme-serial", ERROR, "serial", NULL, NULL,
                    "serial is missing; a controller of type nvme needs one.");
        rule_look_back(context);
    }
}

/* Before 10.4 libvirt looks for a place on PCI, which the device has not. */
static void rule_usb_net(DwRuleContext *context)
{
    uint64_t version = context->host->libvirt_version;

    for (DwNode node = rule_device(context, "interface", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "interface", node)) {
        g_autofree char *address = rule_attribute(context, node, "address", "type");

        if (!context->guest.is_qemu || !rule_is(context, node, "model/@type", "usb-net") ||
            g_strcmp0(address, "usb") == 0 || version >= 10004000)
            continue;
        rule_look_at(context, "interface", node);
        rule_report(context, "interface-usb-net", version ? ERROR : WARNING, "model.type",
                    "usb-net", NULL,
                    "model.type is usb-net, for which libvirt finds no place; set address.type to "
                    "usb, address.bus and address.port, or use virtio.");
        rule_look_back(context);
    }
}

const DwRule rules_machine[] = {
    {rule_pci},
    {rule_board},
    {rule_processors},
    {rule_emulator},
    {rule_zpci, {"zpci"}},
    {rule_controllers, {"controller"}},
    {rule_nvme, {"controller"}},
    {rule_usb_net, {"interface"}},
    {NULL},
};
