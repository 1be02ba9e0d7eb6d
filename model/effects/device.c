/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a device taken as a whole is one that everybody may have who may change the domain: what
 * single rows cannot tell. Used by section.c after each part of the device was judged. Paths are
 * judged by their text.
 */
#include <string.h>

#include "effects/effects.h"
#include "guest/machine.h"
#include "keys/key-path.h"

/* ---- Disks ---- */

typedef struct {
    const Facts *facts;
    bool readonly;
    char **unsafe_key;
    char *image; /* the only path so far that is in no directory of images */
    bool several;
} Images;

static bool note_unsafe(Images *images, const char *key)
{
    if (!*images->unsafe_key)
        *images->unsafe_key = g_strdup(key);
    return false;
}

/* What a guest writes into a raw image can be the header of a qcow2 one, which may name any file of
 * the host for its data, whatever is stated of its chain. So by its name an image is always the one
 * or always the other. */
static bool is_named_for(const char *path, const char *format)
{
    return g_str_has_suffix(path, ".qcow2") == (strcmp(format, "qcow2") == 0);
}

/* True as long as the path could be good, which images->image then says. */
static bool check_image(Images *images, DwNode node, const char *key, const char *format,
                        const char *format_key)
{
    DwNode source = node_child(images->facts->document, node, "source");
    g_autofree char *path =
        source == DW_NODE_NONE ? NULL : node_attribute(images->facts->document, source, "file");

    if (!path || !path_is_plain(path))
        return note_unsafe(images, key);
    if (!is_named_for(path, format))
        return note_unsafe(images, format_key);
    if (image_directories_contain(images->facts->directories, path, images->readonly))
        return true;
    note_unsafe(images, key);
    images->several = images->several || (images->image && strcmp(images->image, path) != 0);
    if (!images->image)
        images->image = g_steal_pointer(&path);
    return true;
}

/* Formats of which it is known what else is opened: nothing, or what a chain states. */
static const char *known_format(const DwDocument *document, DwNode node, const char *path)
{
    return lens_is(document, node, path, "raw")     ? "raw"
           : lens_is(document, node, path, "qcow2") ? "qcow2"
                                                    : NULL;
}

/* Below a level of that format: nothing more for raw, which has nothing below it, and for others a
 * chain that is stated down to its end. */
static bool check_chain(Images *images, DwNode node, const char *format)
{
    const DwDocument *document = images->facts->document;

    for (unsigned level = 1;; level++) {
        DwNode below = node_child(document, node, "backingStore");
        g_autofree char *key = g_strdup_printf("backing.%u", level);
        bool is_raw = strcmp(format, "raw") == 0;

        if (below == DW_NODE_NONE)
            return is_raw || note_unsafe(images, level == 1 ? "driver.type" : key);
        if (chain_is_terminator(document, below))
            return true;
        if (is_raw)
            return note_unsafe(images, key);
        g_autofree char *format_key = g_strconcat(key, ".format", NULL);
        g_autofree char *source_key = g_strconcat(key, ".source.file", NULL);
        format = known_format(document, below, "format/@type");
        if (!format)
            return note_unsafe(images, format_key);
        if (!node_attribute_is(document, below, "type", "file"))
            return note_unsafe(images, key);
        if (!check_image(images, below, source_key, format, format_key))
            return false;
        node = below;
    }
}

/* A drive without a medium. What is put in later is judged then, with what stands here. */
static bool is_empty(const DwDocument *document, DwNode node)
{
    DwNode source = node_child(document, node, "source");
    DwNode below = node_child(document, node, "backingStore");

    return (source == DW_NODE_NONE || (!node_has_attributes(document, source) &&
                                       node_first_child(document, source) == DW_NODE_NONE)) &&
           (below == DW_NODE_NONE || chain_is_terminator(document, below));
}

static bool disk_is_safe(Images *images, DwNode node)
{
    const DwDocument *document = images->facts->document;
    g_autofree char *type = node_attribute(document, node, "type");
    g_autofree char *device = node_attribute(document, node, "device");
    const char *format = known_format(document, node, "driver/@type");
    g_autofree char *any = lens_text(document, node, "driver/@type", NULL);
    bool is_drive = g_strcmp0(device, "cdrom") == 0 || g_strcmp0(device, "floppy") == 0;

    if (is_drive && is_empty(document, node))
        return !any || (format && strcmp(format, "raw") == 0) || note_unsafe(images, "driver.type");
    if (type && strcmp(type, "file") != 0)
        return note_unsafe(images, "type");
    if (!format)
        return note_unsafe(images, "driver.type");
    images->readonly = node_child(document, node, "readonly") != DW_NODE_NONE;
    return check_image(images, node, "source.file", format, "driver.type") &&
           check_chain(images, node, format);
}

static bool check_disk(const Facts *facts, DwNode node, char **ret_unsafe_key, char **ret_image)
{
    Images images = {.facts = facts, .unsafe_key = ret_unsafe_key};
    bool could_be = disk_is_safe(&images, node);

    if (could_be && !images.image)
        return true;
    if (could_be && !images.several)
        *ret_image = g_steal_pointer(&images.image);
    g_free(images.image);
    return false;
}

/* ---- Other devices ---- */

/* Without an address of its own a display listens where the host's configuration says. */
static bool has_own_address(const DwDocument *document, DwNode node)
{
    DwNode listen = node_child(document, node, "listen");
    g_autofree char *older = node_attribute(document, node, "listen");

    if (listen == DW_NODE_NONE)
        return older != NULL;
    for (; listen != DW_NODE_NONE; listen = node_next_same(document, listen)) {
        g_autofree char *type = node_attribute(document, listen, "type");
        g_autofree char *address = node_attribute(document, listen, "address");
        if (!type || (strcmp(type, "address") == 0 && !address))
            return false;
    }
    return true;
}

bool device_is_safe(const Facts *facts, DwNode node, const DwGroup *group, char **ret_unsafe_key,
                    char **ret_image)
{
    const DwDocument *document = facts->document;

    if (!group || !group->safe || !guest_type_is_known(facts->type))
        return false;
    if (strcmp(group->kind, "disk") == 0)
        return check_disk(facts, node, ret_unsafe_key, ret_image);
    if (group->safe_needs) {
        g_autofree char *needed = lens_text(document, node, group->safe_needs, NULL);
        if (!needed)
            return false;
    }
    if (strcmp(group->kind, "graphics") == 0 && !has_own_address(document, node)) {
        *ret_unsafe_key = g_strdup("listen");
        return false;
    }
    if (strcmp(group->kind, "sound") == 0)
        return !facts->is_heard;
    return true;
}
