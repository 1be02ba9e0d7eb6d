/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding devices and naming them. Reads only. */
#include <string.h>

#include "keys/devices.h"

DwNode devices_node(const DwDocument *document)
{
    return node_child(document, document_root(document), "devices");
}

bool device_is(const DwDocument *document, DwNode node, const char *kind)
{
    if (*kind)
        return node_is(document, node, kind);
    return !node_is_foreign(document, node) && !node_is(document, node, "emulator");
}

DwNode device_next(const DwDocument *document, const char *kind, DwNode node)
{
    if (node != DW_NODE_NONE && *kind)
        return node_next_named(document, node, kind);
    if (node == DW_NODE_NONE) {
        DwNode devices = devices_node(document);
        node = devices == DW_NODE_NONE ? devices : node_first_child(document, devices);
    } else {
        node = node_next(document, node);
    }
    while (node != DW_NODE_NONE && !device_is(document, node, kind))
        node = node_next(document, node);
    return node;
}

/* The next from node on that is no device. */
static DwNode other_element(const DwDocument *document, DwNode node)
{
    while (node != DW_NODE_NONE && device_is(document, node, ""))
        node = node_next(document, node);
    return node;
}

/* Of <devices>: what is no device. */
static bool same_other_elements(const DwDocument *document, DwNode devices, const DwDocument *other,
                                DwNode others)
{
    DwNode one = other_element(document, node_first_child(document, devices));
    DwNode two = other_element(other, node_first_child(other, others));

    while (one != DW_NODE_NONE && two != DW_NODE_NONE) {
        if (!node_same_bytes(document, one, other, two))
            return false;
        one = other_element(document, node_next(document, one));
        two = other_element(other, node_next(other, two));
    }
    return one == two;
}

bool same_but_devices(const DwDocument *document, const DwDocument *other)
{
    DwNode devices = devices_node(document), others = devices_node(other);
    size_t lengths[2], inside[2];
    const char *texts[] = {dw_document_text(document, &lengths[0]),
                           dw_document_text(other, &lengths[1])};

    if (devices == DW_NODE_NONE || others == DW_NODE_NONE)
        return false;
    const char *bytes[] = {node_bytes(document, devices, &inside[0]),
                           node_bytes(other, others, &inside[1])};
    size_t head = (size_t)(bytes[0] - texts[0]), tail = lengths[0] - head - inside[0];
    return head == (size_t)(bytes[1] - texts[1]) && tail == lengths[1] - head - inside[1] &&
           memcmp(texts[0], texts[1], head) == 0 &&
           memcmp(bytes[0] + inside[0], bytes[1] + inside[1], tail) == 0 &&
           node_same_tag(document, devices, other, others) &&
           same_other_elements(document, devices, other, others);
}

/* A host device by where it is: "0000:01:00.0", "1234:5678", "usb-1.4", a
 * mediated device's UUID, or NULL. */
static char *hostdev_id(const DwDocument *document, DwNode node)
{
    static const DwRow pci = {.path = "source/address", .form = DW_FORM_PCI};
    DwValue value;

    if (node_attribute_is(document, node, "type", "pci") && row_get(document, node, &pci, &value))
        return value.s;
    if (node_attribute_is(document, node, "type", "mdev"))
        return lens_text(document, node, "source/address/@uuid", NULL);
    if (!node_attribute_is(document, node, "type", "usb"))
        return NULL;
    g_autofree char *vendor = lens_text(document, node, "source/vendor/@id", NULL);
    g_autofree char *product = lens_text(document, node, "source/product/@id", NULL);
    if (vendor && product)
        return g_strdup_printf("%s:%s", vendor, product);
    g_autofree char *bus = lens_text(document, node, "source/address/@bus", NULL);
    g_autofree char *device = lens_text(document, node, "source/address/@device", NULL);
    return bus && device ? g_strdup_printf("usb-%s.%s", bus, device) : NULL;
}

/* "scsi0": libvirt's own name for it. */
static char *controller_id(const DwDocument *document, DwNode node)
{
    g_autofree char *type = node_attribute(document, node, "type");
    g_autofree char *index = node_attribute(document, node, "index");

    return type && index ? g_strconcat(type, index, NULL) : NULL;
}

char *device_natural_id(const DwDocument *document, DwNode node)
{
    g_autofree char *kind = node_name(document, node);
    const DwGroup *group = table_group(kind);
    char *id = NULL;

    if (group && group->id_path)
        id = lens_text(document, node, group->id_path, NULL);
    else if (strcmp(kind, "hostdev") == 0)
        id = hostdev_id(document, node);
    else if (strcmp(kind, "controller") == 0)
        id = controller_id(document, node);
    if (id && *id && *id != '#') /* which would be a position */
        return id;
    g_free(id);
    id = lens_text(document, node, "alias/@name", NULL);
    if (id && g_str_has_prefix(id, "ua-"))
        return id;
    g_free(id);
    return NULL;
}

/* Counts among the node's own siblings: it need not be in the first <devices>, or in any. */
char *device_id(const DwDocument *document, DwNode node)
{
    char *id = device_natural_id(document, node);

    if (id)
        return id;
    return g_strdup_printf("#%u", node_position(document, node));
}

GHashTable *device_counts_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

unsigned device_count(const DwDocument *document, DwNode node, GHashTable *counts)
{
    char *kind = node_name(document, node);
    unsigned position = GPOINTER_TO_UINT(g_hash_table_lookup(counts, kind)) + 1;

    g_hash_table_insert(counts, kind, GUINT_TO_POINTER(position));
    return position;
}

char *device_id_counted(const DwDocument *document, DwNode node, GHashTable *counts)
{
    unsigned position = device_count(document, node, counts);
    char *id = device_natural_id(document, node);

    return id ? id : g_strdup_printf("#%u", position);
}

static DwNode find_by_position(const DwDocument *document, const char *kind, const char *id)
{
    guint64 position;
    DwNode node = DW_NODE_NONE;

    if (*id != '#' || !g_ascii_string_to_unsigned(id + 1, 10, 1, DW_MAX_NODES, &position, NULL))
        return DW_NODE_NONE;
    while (position-- > 0) {
        node = device_next(document, kind, node);
        if (node == DW_NODE_NONE)
            break;
    }
    return node;
}

/* "It has vda, vdb." */
static char *list_ids(const DwDocument *document, const char *kind)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

    for (DwNode node = device_next(document, kind, DW_NODE_NONE);
         node != DW_NODE_NONE && ids->len < 32; node = device_next(document, kind, node))
        g_ptr_array_add(ids, device_id(document, node));
    if (ids->len == 0)
        return g_strdup_printf("There is no %s.", kind);
    g_ptr_array_add(ids, NULL);
    g_autofree char *all = g_strjoinv(", ", (char **)ids->pdata);
    return g_strdup_printf("There are: %s.", all);
}

DwNode device_find(const DwDocument *document, const char *kind, const char *id, GError **error)
{
    DwNode found = find_by_position(document, kind, id);

    if (found != DW_NODE_NONE)
        return found;
    for (DwNode node = device_next(document, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, kind, node)) {
        g_autofree char *natural = device_natural_id(document, node);
        if (!natural || g_ascii_strcasecmp(natural, id) != 0 ||
            (strcmp(kind, "interface") != 0 && strcmp(natural, id) != 0))
            continue;
        if (found != DW_NODE_NONE) {
            g_set_error(error, DW_ERROR, DW_ERROR_INVALID,
                        "The id \"%s\" fits more than one %s; name it by position, as \"#1\".", id,
                        kind);
            return DW_NODE_NONE;
        }
        found = node;
    }
    if (found == DW_NODE_NONE) {
        g_autofree char *there = list_ids(document, kind);
        g_set_error(error, DW_ERROR, DW_ERROR_NOT_FOUND, "No %s \"%.128s\". %s", kind,
                    text_is_valid(id) ? id : "", there);
    }
    return found;
}
