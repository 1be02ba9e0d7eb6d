/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host's own devices are called under the keys that name one, from libvirt's <device>
 * documents. It does not know how they are listed, nor which of them can be given away.
 */
#include <string.h>

#include "document/xml-tree.h"

/* Where a device of some capability says what a key is set to. */
typedef struct {
    const char *kind, *key, *capability;
    const char *element;   /* child of <capability>; NULL: the PCI address made from several */
    const char *attribute; /* of the element; NULL: its text */
    const char *prefix;    /* before what is found there, or NULL */
} Place;

static const Place places[] = {
    {"hostdev", "source.address", "pci", NULL, NULL, NULL},
    {"hostdev", "source.vendor", "usb_device", "vendor", "id", NULL},
    {"hostdev", "source.product", "usb_device", "product", "id", NULL},
    {"hostdev", "source.address.bus", "usb_device", "bus", NULL, NULL},
    {"hostdev", "source.address.device", "usb_device", "device", NULL, NULL},
    {"hostdev", "source.address.uuid", "mdev", "uuid", NULL, NULL},
    {"hostdev", "source.adapter.name", "scsi_host", "host", NULL, "scsi_host"},
    {"hostdev", "source.address.target", "scsi", "target", NULL, NULL},
    {"hostdev", "source.address.unit", "scsi", "lun", NULL, NULL},
    {"hostdev", "source.block", "storage", "block", NULL, NULL},
    {"hostdev", "source.interface", "net", "interface", NULL, NULL},
    {"disk", "source.dev", "storage", "block", NULL, NULL},
    {"interface", "source.dev", "net", "interface", NULL, NULL},
};

static const Place *find_place(const char *kind, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        if (g_str_equal(places[i].kind, kind) && g_str_equal(places[i].key, key))
            return &places[i];
    return NULL;
}

const char *dw_host_device_capability(const char *kind, const char *key)
{
    const Place *place = find_place(kind, key);

    return place ? place->capability : NULL;
}

void dw_choice_free(DwChoice *choice)
{
    if (!choice)
        return;
    g_free(choice->value);
    g_free(choice->doc);
    g_free(choice);
}

/* "0000:00:1f.2" */
static char *pci_address(const xmlNode *capability)
{
    static const char *const names[] = {"domain", "bus", "slot", "function"};
    guint64 parts[4];

    for (int i = 0; i < 4; i++) {
        g_autofree char *text = tree_text(tree_child(capability, names[i]));
        if (!text || !g_ascii_string_to_unsigned(text, 10, 0, UINT16_MAX, &parts[i], NULL))
            return NULL;
    }
    return g_strdup_printf("%04x:%02x:%02x.%x", (unsigned)parts[0], (unsigned)parts[1],
                           (unsigned)parts[2], (unsigned)parts[3]);
}

static char *value_at(const Place *place, const xmlNode *capability)
{
    if (!place->element)
        return pci_address(capability);

    const xmlNode *node = tree_child(capability, place->element);
    g_autofree char *text =
        place->attribute ? tree_attribute(node, place->attribute) : tree_text(node);

    return text ? g_strconcat(place->prefix ? place->prefix : "", text, NULL) : NULL;
}

static void add_word(GString *words, const char *before, const char *word)
{
    if (word)
        g_string_append_printf(words, "%s%s%s", words->len > 0 ? ", " : "", before, word);
}

/* The name of <vendor> or <product>, or its number where it has none. */
static char *name_or_id(const xmlNode *node)
{
    char *name = tree_text(node);

    return name ? name : tree_attribute(node, "id");
}

/* What people tell such devices apart by. */
static char *describe(const xmlNode *device, const xmlNode *capability)
{
    static const struct {
        const char *element, *attribute, *before;
    } details[] = {
        {"model", NULL, ""},         {"type", "id", ""},
        {"drive_type", NULL, ""},    {"address", NULL, ""},
        {"link", "state", "link "},  {"bus", NULL, "bus "},
        {"device", NULL, "device "}, {"iommuGroup", "number", "IOMMU group "},
        {"serial", NULL, "serial "},
    };
    const xmlNode *product = tree_child(capability, "product");
    g_autofree char *vendor = name_or_id(tree_child(capability, "vendor"));
    g_autofree char *name = name_or_id(product);
    g_autofree char *driver = tree_text(tree_child(tree_child(device, "driver"), "name"));
    g_autofree char *type = tree_attribute(capability, "type");
    bool is_pci = g_strcmp0(type, "pci") == 0;
    GString *words = g_string_new(NULL);

    add_word(words, "", vendor);
    add_word(words, "", name);
    for (size_t i = 0; i < G_N_ELEMENTS(details); i++) {
        const xmlNode *node = tree_child(capability, details[i].element);
        g_autofree char *text =
            details[i].attribute ? tree_attribute(node, details[i].attribute) : tree_text(node);

        /* Of a PCI device these are in its address. */
        if (!is_pci || !g_str_has_prefix(details[i].before, "bus"))
            add_word(words, details[i].before, text);
    }
    add_word(words, "driver ", driver);
    return g_string_free(words, FALSE);
}

DwChoice *dw_host_device_choice(const char *xml, const char *kind, const char *key, GError **error)
{
    const Place *place = find_place(kind, key);
    g_autoptr(xmlDoc) tree = tree_parse(xml, "device", error);

    if (!tree || !place)
        return NULL;

    const xmlNode *device = xmlDocGetRootElement(tree);
    for (const xmlNode *node = tree_child(device, "capability"); node;
         node = tree_next(node, "capability")) {
        g_autofree char *type = tree_attribute(node, "type");
        char *value = g_strcmp0(type, place->capability) == 0 ? value_at(place, node) : NULL;

        if (value) {
            DwChoice *choice = g_new0(DwChoice, 1);
            choice->value = value;
            choice->doc = describe(device, node);
            return choice;
        }
    }
    return NULL;
}
