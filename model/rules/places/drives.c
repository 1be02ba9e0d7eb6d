/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rule on two disks that are on one place of a drive. Run once for each document. */
#include <string.h>

#include "guest/disk.h"
#include "keys/devices.h"
#include "rules/tables.h"

#define ERROR DW_SEVERITY_ERROR

/* What is asked for each of two disks on one place, read once: there may be thousands. */
typedef struct {
    DwRuleContext *context;
    GHashTable *before;     /* the disks before the edit by their ids, empty without one */
    GHashTable *places;     /* that are taken */
    GHashTable *free_names; /* a bus -> the first free name on it */
} Clashes;

static void clashes_begin(Clashes *clashes, DwRuleContext *context)
{
    const DwDocument *before = context->before;

    if (clashes->context)
        return;
    clashes->context = context;
    clashes->before = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (DwNode disk = before ? device_next(before, "disk", DW_NODE_NONE) : DW_NODE_NONE;
         disk != DW_NODE_NONE; disk = device_next(before, "disk", disk))
        g_hash_table_insert(clashes->before, device_id(before, disk), GINT_TO_POINTER(disk));
    clashes->places = disk_places(context->document);
    clashes->free_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static void clashes_end(Clashes *clashes)
{
    g_clear_pointer(&clashes->before, g_hash_table_unref);
    g_clear_pointer(&clashes->places, g_hash_table_unref);
    g_clear_pointer(&clashes->free_names, g_hash_table_unref);
}

static const char *free_name_on(const Clashes *clashes, const char *bus)
{
    const DwRuleContext *context = clashes->context;
    char *name = g_hash_table_lookup(clashes->free_names, bus);

    if (!name) {
        name = disk_free_name(context->document, context->host->running, bus);
        g_hash_table_insert(clashes->free_names, g_strdup(bus), name);
    }
    return name;
}

/* Has the edit, if any, left the disk as it was? */
static bool is_as_before(const Clashes *clashes, DwNode disk)
{
    const DwRuleContext *context = clashes->context;
    g_autofree char *id = device_id(context->document, disk);
    gpointer old;

    return g_hash_table_lookup_extended(clashes->before, id, NULL, &old) &&
           node_same_bytes(context->document, disk, context->before, GPOINTER_TO_INT(old));
}

/* Of two disks on one place: the one that the edit has put there; else the one that is there by its
 * name, which another name helps; else the second. */
static bool is_first_wrong(const Clashes *clashes, DwNode first, DwNode second)
{
    const DwRuleContext *context = clashes->context;
    bool is_old = is_as_before(clashes, first);

    if (is_old != is_as_before(clashes, second))
        return !is_old;
    return !rule_there(context, first, "address") && rule_there(context, second, "address");
}

static void report_place(const Clashes *clashes, DwNode disk, DwNode other, const char *place)
{
    DwRuleContext *context = clashes->context;
    const DwDocument *document = context->document;
    g_autofree char *other_id = device_id(document, other);
    g_autofree char *name = lens_text(document, disk, "target/@dev", NULL);
    const char *bus = disk_bus(document, disk), *free_name = free_name_on(clashes, bus);
    g_autofree char *own = name ? disk_place_of_name(document, bus, name) : NULL;

    rule_look_at(context, "disk", disk);
    if (!rule_there(context, disk, "address"))
        rule_report(context, "disk-address-unique", ERROR, "target.dev", name, NULL,
                    "target.dev is %s, which is at %s by that; disk %s is there, too. Give another "
                    "target.dev, such as %s.",
                    name, place, other_id, free_name);
    else if (own && !g_hash_table_contains(clashes->places, own))
        rule_report(context, "disk-address-unique", ERROR, "address.unit", NULL, NULL,
                    "address.unit and the rest (%s) are those of disk %s, too; unset address.*.",
                    place, other_id);
    else
        rule_report(context, "disk-address-unique", ERROR, "address.unit", NULL, NULL,
                    "address.unit and the rest (%s) are those of disk %s, too; unset address.* and "
                    "give another target.dev, such as %s.",
                    place, other_id, free_name);
}

static void rule_drives_unique(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) seen = NULL;
    Clashes clashes = {NULL};

    if (!context->guest.is_qemu || !rule_has_two(context, "disk"))
        return;
    seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (DwNode disk = rule_device(context, "disk", DW_NODE_NONE); disk != DW_NODE_NONE;
         disk = rule_device(context, "disk", disk)) {
        g_autofree char *place = disk_place(document, disk);
        gpointer first;

        if (!place)
            continue;
        if (!g_hash_table_lookup_extended(seen, place, NULL, &first)) {
            g_hash_table_insert(seen, g_steal_pointer(&place), GINT_TO_POINTER(disk));
            continue;
        }
        DwNode other = GPOINTER_TO_INT(first);
        clashes_begin(&clashes, context);
        if (is_first_wrong(&clashes, other, disk))
            report_place(&clashes, other, disk, place);
        else
            report_place(&clashes, disk, other, place);
    }
    clashes_end(&clashes);
    rule_look_at(context, "", document_root(document));
}

const DwRule rules_drives[] = {
    {rule_drives_unique},
    {NULL},
};
