/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is not said: the keys that an edit unsets, and the words that libvirt takes where a document
 * has none. Used where what is unset takes other things along. One document, one thread.
 */
#include "edit/defaults/unsaid.h"

#include <string.h>

#include "common/words.h"
#include "guest/disk.h"
#include "guest/machine.h"

#define CHARACTERS "serial console channel parallel redirdev smartcard"
#define DOMAIN     "domain" /* the kind of the domain's own keys */

/* N in a key stands for a number. */
static const struct {
    const char *kinds, *key, *word;
} words[] = {
    {DOMAIN, "clock.offset", "utc"},
    {DOMAIN, "cpu.mode", "custom"},
    {DOMAIN, "numatune.memory.placement", "static"},
    {DOMAIN, "seclabel.N.type", "dynamic"},
    {DOMAIN, "vcpu.placement", "static"},
    {"disk", "device", "disk"},
    {"disk", "type", "file"},
    {"filesystem", "driver.type", "path"},
    {"filesystem", "type", "mount"},
    {"graphics", "listen.N.type", "address"},
    {"shmem", "model.type", "ivshmem"},
    {"rng", "backend.source.mode", "connect"},
    {CHARACTERS, "source.mode", "connect"},
};

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
    DwMachine machine;

    guest_machine_read(document, defaults->context->host, &machine);
    if (!machine.is_qemu)
        return NULL;
    if (strcmp(defaults->kind, "interface") == 0 && strcmp(key, "model.type") == 0)
        return card_of(&machine);
    if (strcmp(defaults->kind, "input") == 0 && strcmp(key, "bus") == 0)
        return bus_of_input(defaults, &machine);
    return strcmp(defaults->kind, "disk") == 0 && strcmp(key, "target.bus") == 0
               ? disk_bus(document, defaults->device)
               : NULL;
}

char *defaults_word(const DwDefaults *defaults, const char *key)
{
    const char *kind = *defaults->kind ? defaults->kind : DOMAIN;
    char *text = defaults_text(defaults, key);
    g_autofree char *pattern = key_pattern(key);

    for (size_t i = 0; !text && i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].key, pattern) == 0 && words_have(words[i].kinds, kind))
            return g_strdup(words[i].word);
    return text || defaults->device == DW_NODE_NONE ? text : g_strdup(word_here(defaults, key));
}
