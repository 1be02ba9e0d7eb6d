/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is not said: the keys that an edit unsets, and the words that libvirt takes where a document
 * has none: the table's usual ones, and here those that depend on more than the key. Used where
 * what is unset takes other things along. One document, one thread.
 */
#include "edit/defaults/unsaid.h"

#include <string.h>

#include "guest/disk.h"
#include "guest/machine.h"

const char *defaults_gone(const DwDefaults *defaults, const char *key)
{
    GHashTable *gone = defaults->context->gone;

    return gone && !defaults_asked(defaults, key) ? g_hash_table_lookup(gone, key) : NULL;
}

bool defaults_turned(const DwDefaults *defaults, const char *key)
{
    return defaults_gone(defaults, key) || defaults_changed(defaults, key);
}

static const char *card_of(const DwMachine *machine)
{
    if (machine->is_s390 || machine->is_arm || machine->is_virt)
        return "virtio";
    return machine->is_x86 ? "rtl8139" : NULL;
}

static const char *bus_of_input(const DwDefaults *defaults, const DwMachine *machine)
{
    bool is_ps2 =
        defaults_is(defaults, "type", "mouse") || defaults_is(defaults, "type", "keyboard");

    return machine->is_s390 ? "virtio" : machine->is_x86 && is_ps2 ? "ps2" : "usb";
}

/* What depends on the machine, or on other keys. */
static const char *word_here(const DwDefaults *defaults, const char *key)
{
    const DwDocument *document = defaults->context->document;
    bool is_card = strcmp(defaults->kind, "interface") == 0 && strcmp(key, "model.type") == 0;
    bool is_input = strcmp(defaults->kind, "input") == 0 && strcmp(key, "bus") == 0;
    bool is_disk = strcmp(defaults->kind, "disk") == 0 && strcmp(key, "target.bus") == 0;
    DwMachine machine;

    if (!is_card && !is_input && !is_disk)
        return NULL;
    guest_machine_read(document, defaults->context->host, &machine);
    if (!machine.is_qemu)
        return NULL;
    return is_card    ? card_of(&machine)
           : is_input ? bus_of_input(defaults, &machine)
                      : disk_bus(document, defaults->device);
}

char *defaults_word(const DwDefaults *defaults, const char *key)
{
    char *text = defaults_text(defaults, key);
    DwPlace place;

    if (text)
        return text;
    if (place_find(defaults->kind, key, &place) && place.row->usual)
        return g_strdup(place.row->usual);
    return defaults->device == DW_NODE_NONE ? NULL : g_strdup(word_here(defaults, key));
}
