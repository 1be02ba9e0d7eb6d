/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rule on controllers of USB 2 and their companions, which share a slot of PCI. */
#include "keys/devices.h"
#include "rules/facts.h"
#include "rules/tables.h"

/* A controller of USB 2 or a companion of it, which libvirt puts into the slot of the others of its
 * index, each at a function of its own. */
typedef struct {
    DwNode node;
    uint64_t index, slot; /* slot: not of PCI, but one number for each */
    unsigned function;
    bool placed;
} SharedPart;

/* More than one machine has; each is compared with all. */
#define MOST_PARTS 256

#define CHOSEN_SLOT (UINT64_C(1) << 48) /* behind all that a document can name */

/* False: another model, or one whose index is left to libvirt. */
static bool read_part(const DwRuleContext *context, DwNode node, SharedPart *ret_part)
{
    static const struct {
        const char *model;
        unsigned function;
    } functions[] = {{"ich9-uhci1", 0}, {"ich9-uhci2", 1}, {"ich9-uhci3", 2}, {"ich9-ehci1", 7}};

    *ret_part = (SharedPart){.node = node};
    if (!node_attribute_is(context->document, node, "type", "usb"))
        return false;
    if (!lens_number(context->document, node, "@index", &ret_part->index))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++)
        if (node_attribute_is(context->document, node, "model", functions[i].model)) {
            ret_part->function = functions[i].function;
            return true;
        }
    return false;
}

/* What says where it is is there; of the others, q35 has places for the first two of model
 * ich9-uhci1. */
static GArray *list_parts(const DwRuleContext *context)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(SharedPart));
    const GArray *places = rule_pci_devices(context);
    guint at = 0, own = context->guest.is_q35 ? 2 : 0;
    SharedPart part;

    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        if (!read_part(context, node, &part))
            continue;
        while (at < places->len && g_array_index(places, DwPciDevice, at).node < node)
            at++;
        const DwPciDevice *device =
            at < places->len ? &g_array_index(places, DwPciDevice, at) : NULL;
        if (device && device->node == node) {
            const DwPciPlace *place = &device->place;
            part.placed = true;
            part.slot = ((uint64_t)(place->domain & 0xffff) << 32) |
                        ((uint64_t)(place->bus & 0xffff) << 16) | (place->slot & 0xffff);
            part.function = place->function;
        } else if (part.function == 0 && own > 0) {
            part.placed = true;
            part.slot = CHOSEN_SLOT + own--;
        }
        g_array_append_val(parts, part);
    }
    return parts;
}

/* Where libvirt puts it, which is marked; false: that place is taken. */
static bool place_part(GArray *parts, SharedPart *part)
{
    bool is_free = true;
    uint64_t slot = CHOSEN_SLOT * 2 + (uint64_t)part->node;

    for (guint i = 0; i < parts->len; i++) {
        const SharedPart *other = &g_array_index(parts, SharedPart, i);
        if (other->placed && other->index == part->index) {
            slot = other->slot;
            break;
        }
    }
    for (guint i = 0; i < parts->len; i++) {
        const SharedPart *other = &g_array_index(parts, SharedPart, i);
        is_free &= !other->placed || other->slot != slot || other->function != part->function;
    }
    part->placed = true;
    part->slot = slot;
    return is_free;
}

static void rule_shared_slot(DwRuleContext *context)
{
    if (!context->guest.is_qemu)
        return;
    g_autoptr(GArray) parts = list_parts(context);
    for (guint i = 0; i < parts->len && i < MOST_PARTS; i++) {
        SharedPart *part = &g_array_index(parts, SharedPart, i);

        if (part->placed || place_part(parts, part))
            continue;
        rule_look_at(context, "controller", part->node);
        rule_report(context, "usb-controller-slot", DW_SEVERITY_ERROR, "index", NULL, NULL,
                    "index is %u, and libvirt puts the controllers of one index into one slot of "
                    "PCI, where another of this model is; set another index, or address.*.",
                    (unsigned)part->index);
        rule_look_back(context);
    }
}

const DwRule rules_usb_slots[] = {
    {rule_shared_slot, {"controller"}},
    {NULL},
};
