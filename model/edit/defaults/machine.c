/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A PC with PCI becomes one with PCI Express, or the other way round: the controllers of the old
 * board go, its watchdog, and with them the places on it, of which libvirt finds new ones; IDE
 * disks become SATA disks. What the new machine cannot have at all is left to the rules. Used by
 * domain.c. One document, one thread.
 */
#include "edit/defaults/machine.h"

#include <string.h>

#include "keys/devices.h"

#define RULE "machine-takes"

typedef enum { BOARD_OTHER, BOARD_PC, BOARD_Q35 } Board;

static Board board_of(const char *machine)
{
    if (!machine)
        return BOARD_OTHER;
    if (strstr(machine, "q35"))
        return BOARD_Q35;
    return strcmp(machine, "pc") == 0 || g_str_has_prefix(machine, "pc-") ? BOARD_PC : BOARD_OTHER;
}

/* A controller or watchdog that only the old board has; libvirt makes those of the new one. */
static bool is_of_old_board(const DwDocument *document, DwNode node, Board board)
{
    g_autofree char *model = node_attribute(document, node, "model");

    if (node_is(document, node, "watchdog"))
        return board == BOARD_PC && g_strcmp0(model, "itco") == 0;
    if (!node_is(document, node, "controller"))
        return false;
    if (node_attribute_is(document, node, "type", "pci"))
        return true;
    if (board == BOARD_Q35 && node_attribute_is(document, node, "type", "ide"))
        return true;
    return node_attribute_is(document, node, "type", "usb") && model &&
           g_str_has_prefix(model, board == BOARD_Q35 ? "piix" : "ich9-");
}

/* Removals renumber what follows: the search begins anew after each. */
static void remove_parts(const DwDefaults *defaults, const char *kind, Board board)
{
    DwDocument *document = defaults->context->document;
    DwNode node = device_next(document, kind, DW_NODE_NONE);

    while (node != DW_NODE_NONE) {
        if (!is_of_old_board(document, node, board)) {
            node = device_next(document, kind, node);
            continue;
        }
        g_autofree char *id = device_id(document, node);
        edit_note(defaults->context, RULE, DW_SEVERITY_INFO, kind, id, "",
                  "The %s %s is dropped: it is of the old machine, and libvirt makes those of the "
                  "new one.",
                  kind, id);
        node_remove(document, node);
        node = device_next(document, kind, DW_NODE_NONE);
    }
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
    if (!defaults->context->moved)
        defaults->context->moved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(defaults->context->moved, g_strdup(old), g_strdup(name));
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
    return lens_is(document, node, "address/@type", "pci") ||
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

void defaults_for_machine(const DwDefaults *defaults)
{
    if (!defaults_asked(defaults, "os.machine"))
        return;
    DwDocument *document = defaults->context->document;
    g_autofree char *old =
        defaults_document_text(document, "", document_root(document), "os.machine");
    g_autofree char *new = defaults_text(defaults, "os.machine");
    Board from = board_of(old), to = board_of(new);

    if (from == BOARD_OTHER || to == BOARD_OTHER || from == to || !defaults_for_qemu(defaults))
        return;
    remove_parts(defaults, "controller", to);
    remove_parts(defaults, "watchdog", to);
    remove_places(defaults, to);
    for (DwNode node = device_next(document, "disk", DW_NODE_NONE);
         to == BOARD_Q35 && node != DW_NODE_NONE; node = device_next(document, "disk", node))
        if (is_ide(document, node))
            move_disk(defaults, node);
}
