/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a machine takes along that becomes another one. A PC with PCI becomes one with PCI Express,
 * or the other way round: the controllers of the old board go, its watchdog, and with them the
 * places on it, of which libvirt finds new ones; IDE disks become SATA disks. A machine of another
 * architecture has another program, and nothing of the old board. What the new machine cannot have
 * at all is left to the rules. Used by domain.c. One document, one thread.
 */
#include "edit/defaults/machine.h"

#include <string.h>

#include "common/words.h"
#include "edit/defaults/unsaid.h"
#include "guest/machine.h"
#include "host/capabilities.h"
#include "keys/devices.h"

#define RULE "machine-takes"

/* BOARD_FOREIGN: of another architecture. */
typedef enum { BOARD_OTHER, BOARD_PC, BOARD_Q35, BOARD_FOREIGN } Board;

static Board board_of(const char *machine)
{
    if (!machine)
        return BOARD_OTHER;
    if (strstr(machine, "q35"))
        return BOARD_Q35;
    return strcmp(machine, "pc") == 0 || g_str_has_prefix(machine, "pc-") ? BOARD_PC : BOARD_OTHER;
}

/* A part that only the old board has; libvirt makes those of the new one. */
static bool is_of_old_board(const DwDocument *document, DwNode node, Board board)
{
    g_autofree char *model = node_attribute(document, node, "model");

    if (node_is(document, node, "input"))
        return board == BOARD_FOREIGN && node_attribute_is(document, node, "bus", "ps2");
    if (node_is(document, node, "panic") || node_is(document, node, "nvram"))
        return board == BOARD_FOREIGN;
    if (node_is(document, node, "watchdog"))
        return board == BOARD_PC && g_strcmp0(model, "itco") == 0;
    if (!node_is(document, node, "controller"))
        return false;
    if (node_attribute_is(document, node, "type", "pci"))
        return true;
    if (board != BOARD_PC && node_attribute_is(document, node, "type", "ide"))
        return true;
    if (board == BOARD_FOREIGN && node_attribute_is(document, node, "type", "sata"))
        return true;
    return node_attribute_is(document, node, "type", "usb") && model &&
           ((board != BOARD_PC && g_str_has_prefix(model, "piix")) ||
            (board != BOARD_Q35 && g_str_has_prefix(model, "ich9-")));
}

/* Told in order, and taken away from the last on: what is gone moves those behind it. */
static void remove_parts(const DwDefaults *defaults, const char *kind, Board board)
{
    DwDocument *document = defaults->context->document;
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(DwNode));

    for (DwNode node = device_next(document, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, kind, node)) {
        if (!is_of_old_board(document, node, board))
            continue;
        g_autofree char *id = device_id(document, node);
        bool is_made = strcmp(kind, "controller") == 0 || strcmp(kind, "watchdog") == 0;
        edit_note(defaults->context, RULE, DW_SEVERITY_INFO, kind, id, "",
                  "The %s %s is dropped: it is of the old machine%s.", kind, id,
                  is_made ? ", and libvirt makes those of the new one" : "");
        g_array_append_val(parts, node);
    }
    for (guint i = parts->len; i > 0; i--)
        node_remove(document, g_array_index(parts, DwNode, i - 1));
}

static bool has_target(const DwDocument *document, const char *target)
{
    for (DwNode node = device_next(document, "disk", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "disk", node)) {
        g_autofree char *other = lens_text(document, node, "target/@dev", NULL);
        if (g_strcmp0(target, other) == 0)
            return true;
    }
    return false;
}

static void move_disk(const DwDefaults *defaults, DwNode disk)
{
    DwDocument *document = defaults->context->document;
    g_autofree char *old = device_id(document, disk);
    char name[] = "sda";

    while (name[2] < 'z' && has_target(document, name))
        name[2]++;
    DwNode target = node_child(document, disk, "target");
    edit_move(defaults->context, old, name);
    node_set_attribute(document, target, "dev", name);
    node_set_attribute(document, target, "bus", "sata");
    edit_note(defaults->context, RULE, DW_SEVERITY_WARNING, "disk", name, "target.bus",
              "target.bus is sata, and the disk is %s instead of %s: the machine has no IDE. The "
              "guest needs a driver for it to boot.",
              name, old);
}

static bool is_ide(const DwDocument *document, DwNode node)
{
    return node_is(document, node, "disk") && lens_is(document, node, "target/@bus", "ide");
}

/* The places of the old board; of drives only those of disks that move. */
static bool has_old_place(const DwDocument *document, DwNode node, Board board)
{
    g_autofree char *type = lens_text(document, node, "address/@type", NULL);

    return (type && words_have(board == BOARD_FOREIGN ? "pci ccw spapr-vio isa" : "pci", type)) ||
           (board == BOARD_Q35 && is_ide(document, node) &&
            lens_find(document, node, "address", NULL) != DW_NODE_NONE);
}

static void remove_places(const DwDefaults *defaults, Board board)
{
    DwDocument *document = defaults->context->document;
    DwNode node = device_next(document, "", DW_NODE_NONE);
    unsigned removed = 0;

    while (node != DW_NODE_NONE) {
        if (!has_old_place(document, node, board)) {
            node = device_next(document, "", node);
            continue;
        }
        node_remove(document, node_child(document, node, "address"));
        node = device_next(document, "", DW_NODE_NONE);
        removed++;
    }
    if (removed > 0)
        defaults_say(defaults, RULE, DW_SEVERITY_INFO, "os.machine",
                     "The devices (%u) lose the places they had on the old machine; libvirt finds "
                     "new ones.",
                     removed);
}

/* The machine and the program that the host has for the architecture, where those that are there
 * are not for it. */
static bool change_program(const DwDefaults *defaults, const char *arch, GError **error)
{
    const DwCapabilities *capabilities = defaults->context->host->capabilities;
    g_autofree char *type = defaults_text(defaults, "type");
    g_autofree char *machine = defaults_text(defaults, "os.machine");
    g_autofree char *program = defaults_text(defaults, "emulator");
    const DwGuest *guest = capabilities ? capabilities_find_guest(capabilities, arch, type) : NULL;
    const char *usual = guest ? guest_default_machine(guest) : NULL;

    if (usual && machine && !defaults_asked(defaults, "os.machine") &&
        !guest_canonical_machine(guest, machine))
        defaults_take(defaults, RULE, DW_SEVERITY_INFO, "os.machine", dw_value_string(usual),
                      "os.machine is %s: %s is none of %s.", usual, machine, arch);
    if (!program || defaults_asked(defaults, "emulator") || guest_program_runs(program, arch))
        return true;
    if (!guest || !*guest->emulator)
        return defaults_drop(defaults, RULE, DW_SEVERITY_INFO, "emulator",
                             "it runs no guests of the new os.arch", error);
    defaults_take(defaults, RULE, DW_SEVERITY_INFO, "emulator", dw_value_string(guest->emulator),
                  "emulator is %s: %s runs no guests of %s.", guest->emulator, program, arch);
    return true;
}

static void leave_board(const DwDefaults *defaults)
{
    static const char *const parts[] = {"controller", "input", "panic", "nvram"};

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        remove_parts(defaults, parts[i], BOARD_FOREIGN);
    remove_places(defaults, BOARD_FOREIGN);
}

static bool change_architecture(const DwDefaults *defaults, GError **error)
{
    if (!defaults_changed(defaults, "os.arch") || !defaults_for_qemu(defaults))
        return true;
    g_autofree char *arch = defaults_text(defaults, "os.arch");
    g_autofree char *old = dw_get_string(defaults->context->document, "os.arch");
    if (!arch)
        return true;
    if (!change_program(defaults, arch, error))
        return false;
    if (old && !g_str_equal(guest_family(old), guest_family(arch)))
        leave_board(defaults);
    return true;
}

/* The length of a machine's name without its version: "virt" of "virt-7.2". */
static size_t length_of_name(const char *machine)
{
    const char *dash = strrchr(machine, '-');

    return dash && g_ascii_isdigit(dash[1]) ? (size_t)(dash - machine) : strlen(machine);
}

/* Of another architecture than x86 each has a board of its own. */
static bool is_other_board(const DwDefaults *defaults, const char *old)
{
    g_autofree char *new = defaults_text(defaults, "os.machine");
    DwMachine machine;

    guest_machine_read(defaults->context->document, defaults->context->host, &machine);
    return machine.is_other && old && new &&
           (length_of_name(old) != length_of_name(new) ||
            strncmp(old, new, length_of_name(old)) != 0);
}

/* The board of a machine that is not named is that of the one that libvirt takes. */
static Board board_after(const DwDefaults *defaults)
{
    g_autofree char *new = defaults_text(defaults, "os.machine");
    DwMachine machine;

    if (new)
        return board_of(new);
    guest_machine_read(defaults->context->document, defaults->context->host, &machine);
    return machine.is_q35 ? BOARD_Q35 : machine.is_pc ? BOARD_PC : BOARD_OTHER;
}

bool defaults_for_machine(const DwDefaults *defaults, GError **error)
{
    const char *gone = defaults_gone(defaults, "os.machine");

    if (!change_architecture(defaults, error))
        return false;
    if (!gone && !defaults_asked(defaults, "os.machine"))
        return true;
    DwDocument *document = defaults->context->document;
    g_autofree char *old =
        gone ? g_strdup(gone)
             : defaults_document_text(document, "", document_root(document), "os.machine");
    Board from = board_of(old), to = board_after(defaults);

    if (!defaults_for_qemu(defaults))
        return true;
    if (from == BOARD_OTHER && to == BOARD_OTHER && is_other_board(defaults, old))
        leave_board(defaults);
    if (from == BOARD_OTHER || to == BOARD_OTHER || from == to)
        return true;
    remove_parts(defaults, "controller", to);
    remove_parts(defaults, "watchdog", to);
    remove_places(defaults, to);
    for (DwNode node = device_next(document, "disk", DW_NODE_NONE);
         to == BOARD_Q35 && node != DW_NODE_NONE; node = device_next(document, "disk", node))
        if (is_ide(document, node))
            move_disk(defaults, node);
    return true;
}
