/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bit for each question with yes or no, and tables of what is asked for by name or number. */
#include "rules/facts.h"

#include <string.h>

#include "common/words.h"
#include "rules/number-table.h"

typedef enum {
    FACT_USB_OFF,
    FACT_NVME_SERIAL,
    FACT_PCI_BRIDGE,
    FACT_SERIAL_PORT,
    FACT_SHARED_MEMORY,
    FACTS
} Fact;

static const char *const typed_kinds[] = {"controller", "graphics"};

struct DwFacts {
    bool known[FACTS], is[FACTS];
    GHashTable *types[G_N_ELEMENTS(typed_kinds)]; /* sets of texts; NULL: not looked up yet */
    bool has_ports;
    DwNode surplus; /* the first serial port on ISA that is one too many, or DW_NODE_NONE */
    DwNumberTable *cells;
    uint64_t cell_count;
    GHashTable *threads;
    DwNumberTable *scsi; /* of bool: the controllers by their index; is it lsilogic? */
    GArray *pci_devices;
};

struct DwFacts *facts_new(void)
{
    return g_new0(struct DwFacts, 1);
}

void facts_free(struct DwFacts *facts)
{
    for (size_t i = 0; i < G_N_ELEMENTS(facts->types); i++)
        if (facts->types[i])
            g_hash_table_unref(facts->types[i]);
    number_table_free(facts->cells);
    g_clear_pointer(&facts->threads, g_hash_table_unref);
    number_table_free(facts->scsi);
    g_clear_pointer(&facts->pci_devices, g_array_unref);
    g_free(facts);
}

bool facts_are_of(const char *kind)
{
    return words_have("console controller graphics hostdev serial", kind);
}

/* ---- Yes or no ---- */

static bool any_controller(const DwRuleContext *context,
                           bool (*is)(const DwDocument *document, DwNode node))
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node))
        if (is(context->document, node))
            return true;
    return false;
}

static bool is_no_usb(const DwDocument *document, DwNode node)
{
    return node_attribute_is(document, node, "type", "usb") &&
           node_attribute_is(document, node, "model", "none");
}

static bool is_nvme_with_serial(const DwDocument *document, DwNode node)
{
    return node_attribute_is(document, node, "type", "nvme") &&
           node_child(document, node, "serial") != DW_NODE_NONE;
}

static bool is_pci_bridge(const DwDocument *document, DwNode node)
{
    return node_attribute_is(document, node, "model", "pcie-to-pci-bridge") ||
           node_attribute_is(document, node, "model", "dmi-to-pci-bridge");
}

static bool is_memory_shared(const DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode root = document_root(document);
    DwNode cell = lens_find(document, root, "cpu/numa/cell", NULL);
    bool shared = rule_is(context, root, "memoryBacking/access/@mode", "shared"), all = true;

    if (cell == DW_NODE_NONE)
        return shared;
    for (; cell != DW_NODE_NONE && all; cell = node_next_same(document, cell)) {
        g_autofree char *access = node_attribute(document, cell, "memAccess");

        all = access ? g_str_equal(access, "shared") : shared;
    }
    return all;
}

static bool look_up(const DwRuleContext *context, Fact fact)
{
    switch (fact) {
    case FACT_USB_OFF:
        return any_controller(context, is_no_usb);
    case FACT_NVME_SERIAL:
        return any_controller(context, is_nvme_with_serial);
    case FACT_PCI_BRIDGE:
        return any_controller(context, is_pci_bridge);
    case FACT_SERIAL_PORT:
        return rule_device(context, "serial", DW_NODE_NONE) != DW_NODE_NONE;
    default:
        return is_memory_shared(context);
    }
}

static bool is_fact(const DwRuleContext *context, Fact fact)
{
    struct DwFacts *facts = context->facts;

    if (!facts->known[fact])
        facts->is[fact] = look_up(context, fact);
    facts->known[fact] = true;
    return facts->is[fact];
}

bool rule_is_usb_off(const DwRuleContext *context)
{
    return is_fact(context, FACT_USB_OFF);
}

bool rule_has_nvme_serial(const DwRuleContext *context)
{
    return is_fact(context, FACT_NVME_SERIAL);
}

bool rule_has_pci_bridge(const DwRuleContext *context)
{
    return is_fact(context, FACT_PCI_BRIDGE);
}

bool rule_has_serial_port(const DwRuleContext *context)
{
    return is_fact(context, FACT_SERIAL_PORT);
}

bool rule_memory_is_shared(const DwRuleContext *context)
{
    return is_fact(context, FACT_SHARED_MEMORY);
}

/* ---- Consoles ---- */

bool rule_is_virtual_io(const DwRuleContext *context)
{
    if (!context->guest.is_pseries)
        return false;
    if (g_str_equal(context->kind, "controller")) {
        g_autofree char *model = rule_text(context, context->node, "@model");

        return rule_is(context, context->node, "@type", "scsi") &&
               (!model || g_str_equal(model, "ibmvscsi"));
    }
    g_autofree char *target = rule_text(context, context->node, "target/@type");
    if (g_str_equal(context->kind, "console"))
        return (!target || g_str_equal(target, "serial")) && !rule_has_serial_port(context);
    return g_str_equal(context->kind, "serial") &&
           (!target || words_have("isa-serial spapr-vio-serial", target));
}

/* A tablet that does not say is on the USB, and a mouse or a keyboard where the machine is none of
 * x86, but on s390x they are virtio's; evdev and passthrough are on no bus or virtio's. */
bool rule_is_usb_input(const DwRuleContext *context, DwNode device)
{
    if (!node_is(context->document, device, "input"))
        return false;
    g_autofree char *bus = node_attribute(context->document, device, "bus");
    g_autofree char *type = node_attribute(context->document, device, "type");
    if (bus)
        return g_str_equal(bus, "usb");
    return type && !context->guest.is_s390 &&
           (g_str_equal(type, "tablet") ||
            (context->guest.is_other && words_have("mouse keyboard", type)));
}

bool rule_is_mirror(const DwRuleContext *context, DwNode device)
{
    g_autofree char *target = NULL;

    if (!node_is(context->document, device, "console") ||
        rule_device(context, "console", DW_NODE_NONE) != device || !rule_has_serial_port(context))
        return false;
    target = rule_text(context, device, "target/@type");
    return !target || g_str_equal(target, "serial");
}

/* ---- By type ---- */

static GHashTable *read_types(const DwRuleContext *context, const char *kind)
{
    GHashTable *types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (DwNode node = rule_device(context, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, kind, node)) {
        char *type = node_attribute(context->document, node, "type");

        if (type)
            g_hash_table_add(types, type);
    }
    return types;
}

bool rule_has_type(const DwRuleContext *context, const char *kind, const char *type)
{
    GHashTable **types = context->facts->types;
    size_t i = 0;

    while (i < G_N_ELEMENTS(typed_kinds) - 1 && !g_str_equal(typed_kinds[i], kind))
        i++;
    g_assert(g_str_equal(typed_kinds[i], kind));
    if (!types[i])
        types[i] = read_types(context, kind);
    return g_hash_table_contains(types[i], type);
}

/* ---- Serial ports ---- */

/* A port that does not say is one on ISA with x86. */
static bool is_on_isa(const DwRuleContext *context, DwNode port)
{
    return rule_is(context, port, "target/@type", "isa-serial") ||
           (context->guest.is_x86 && !rule_there(context, port, "target/@type"));
}

static DwNode find_surplus_port(const DwRuleContext *context)
{
    unsigned n = 0;

    for (DwNode node = rule_device(context, "serial", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "serial", node))
        if (is_on_isa(context, node) && ++n > ISA_PORTS)
            return node;
    return DW_NODE_NONE;
}

bool rule_is_surplus_port(const DwRuleContext *context, DwNode port)
{
    struct DwFacts *facts = context->facts;

    if (!facts->has_ports)
        facts->surplus = find_surplus_port(context);
    facts->has_ports = true;
    return facts->surplus != DW_NODE_NONE && port >= facts->surplus;
}

/* ---- By number ---- */

static struct DwFacts *with_cells(const DwRuleContext *context)
{
    const DwDocument *document = context->document;
    struct DwFacts *facts = context->facts;

    if (facts->cells)
        return facts;
    facts->cells = number_table_new(0);
    for (DwNode cell = lens_find(document, document_root(document), "cpu/numa/cell", NULL);
         cell != DW_NODE_NONE; cell = node_next_same(document, cell)) {
        uint64_t id = facts->cell_count++;

        lens_number(document, cell, "@id", &id);
        number_table_add(facts->cells, id);
    }
    return facts;
}

uint64_t rule_cell_count(const DwRuleContext *context)
{
    return with_cells(context)->cell_count;
}

bool rule_has_cell(const DwRuleContext *context, uint64_t id)
{
    return number_table_find(with_cells(context)->cells, id);
}

bool rule_has_iothread(const DwRuleContext *context, uint64_t number)
{
    struct DwFacts *facts = context->facts;

    if (!facts->threads)
        facts->threads = dw_iothreads(context->document);
    return number <= UINT_MAX &&
           g_hash_table_contains(facts->threads, GUINT_TO_POINTER((unsigned)number));
}

/* ---- SCSI controllers ---- */

/* Is it the model that libvirt takes by itself? QEMU of RHEL has none; 12.8 takes it on x86 only.
 */
static bool is_lsilogic_usual(const DwRuleContext *context)
{
    g_autofree char *machine =
        rule_text(context, document_root(context->document), "os/type/@machine");
    bool is_old = context->guest.is_arm && rule_is_before(context, 11004000);

    return (context->guest.is_x86 || is_old) && !context->guest.is_test &&
           (!machine || !strstr(machine, "rhel"));
}

/* Those that say their index, or those that do not, which get the first that is free. */
static void add_scsi(const DwRuleContext *context, DwNumberTable *controllers, bool stated)
{
    uint64_t next = 0;

    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        uint64_t index = 0;

        if (!node_attribute_is(context->document, node, "type", "scsi") ||
            lens_number(context->document, node, "@index", &index) != stated)
            continue;
        while (!stated && number_table_find(controllers, next))
            next++;
        g_autofree char *model = node_attribute(context->document, node, "model");
        bool *is = number_table_add(controllers, stated ? index : next);
        *is = model && !g_str_equal(model, "auto") ? g_str_equal(model, "lsilogic")
                                                   : is_lsilogic_usual(context);
    }
}

/* Before 11.4 libvirt makes those that units of the host sit on before it numbers what has no
 * index, of its own model. */
static void add_hosts_scsi(const DwRuleContext *context, DwNumberTable *controllers)
{
    for (DwNode node = rule_device(context, "hostdev", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "hostdev", node)) {
        uint64_t index;

        if (node_attribute_is(context->document, node, "type", "scsi") &&
            lens_number(context->document, node, "address/@controller", &index) &&
            !number_table_find(controllers, index)) {
            bool *is = number_table_add(controllers, index);
            *is = is_lsilogic_usual(context);
        }
    }
}

bool rule_is_lsilogic(const DwRuleContext *context, uint64_t index)
{
    struct DwFacts *facts = context->facts;

    if (!facts->scsi) {
        facts->scsi = number_table_new(sizeof(bool));
        add_scsi(context, facts->scsi, true);
        if (rule_is_before(context, 11004000))
            add_hosts_scsi(context, facts->scsi);
        add_scsi(context, facts->scsi, false);
    }
    const bool *is = number_table_find(facts->scsi, index);
    if (is)
        return *is;
    /* 12.8 adds one like those that are there. */
    return (number_table_is_empty(facts->scsi) || rule_is_before(context, 11004000)) &&
           is_lsilogic_usual(context);
}

/* ---- Devices of plain PCI ---- */

/* Of devices of a kind, or of one type of them, those of plain PCI: with one of these models, or
 * with none where that is said; NULL: all of them. */
static const struct {
    const char *kind, *type, *path, *models;
    bool bare;
} plain_devices[] = {
    {"sound", NULL, NULL, NULL, true},
    {"watchdog", NULL, NULL, NULL, true},
    {"shmem", NULL, NULL, NULL, true},
    {"interface", NULL, "model/@type", "rtl8139 e1000 vmxnet3 virtio-transitional", true},
    {"video", NULL, "model/@type", "vga qxl cirrus vmvga", false},
    {"disk", NULL, "target/@bus", "sd", false}, /* which is on no PCI, unless it says so */
    {"controller", "sata", NULL, NULL, true},
    {"controller", "ide", NULL, NULL, true},
    {"controller", "scsi", "@model",
     "lsilogic lsisas1068 lsisas1078 am53c974 dc390 buslogic vmpvscsi", false},
    {"controller", "usb", "@model",
     "piix3-uhci piix4-uhci ehci ich9-ehci1 ich9-uhci1 ich9-uhci2 ich9-uhci3 vt82c686b-uhci "
     "pci-ohci",
     false},
    {"", NULL, "@model", "virtio-transitional", false},
};

bool rule_is_plain_pci(const DwRuleContext *context, DwNode node)
{
    g_autofree char *kind = node_name(context->document, node),
                    *type = node_attribute(context->document, node, "type");

    for (size_t i = 0; i < G_N_ELEMENTS(plain_devices); i++) {
        const char *path = plain_devices[i].path;

        if ((*plain_devices[i].kind && !g_str_equal(plain_devices[i].kind, kind)) ||
            (plain_devices[i].type && g_strcmp0(plain_devices[i].type, type) != 0))
            continue;
        g_autofree char *model = path ? rule_text(context, node, path) : NULL;
        if (!plain_devices[i].models || (model ? words_have(plain_devices[i].models, model)
                                               : plain_devices[i].bare && context->guest.is_x86 &&
                                                     g_strcmp0(type, "hostdev") != 0))
            return true;
    }
    return false;
}

/* ---- PCI ---- */

bool rule_pci_place(const DwRuleContext *context, DwNode device, DwPciPlace *ret_place)
{
    static const char *const parts[] = {"domain", "bus", "slot", "function"};
    DwNode address = node_child(context->document, device, "address");
    uint64_t numbers[G_N_ELEMENTS(parts)] = {0};
    DwNodeAttribute at = {0};

    if (address == DW_NODE_NONE || !node_attribute_is(context->document, address, "type", "pci"))
        return false;
    while (node_next_attribute(context->document, address, &at))
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
            if (*at.name == *parts[i] && strncmp(at.name, parts[i], at.name_length) == 0 &&
                !parts[i][at.name_length])
                numbers[i] = rule_attribute_number(&at);
    *ret_place = (DwPciPlace){(unsigned)numbers[0], (unsigned)numbers[1], (unsigned)numbers[2],
                              (unsigned)numbers[3]};
    /* All zero, whatever the function: libvirt is to choose. */
    return numbers[0] | numbers[1] | numbers[2];
}

const GArray *rule_pci_devices(const DwRuleContext *context)
{
    struct DwFacts *facts = context->facts;

    if (facts->pci_devices)
        return facts->pci_devices;
    facts->pci_devices = g_array_new(false, false, sizeof(DwPciDevice));
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        DwPciDevice device = {.node = node};

        if (rule_pci_place(context, node, &device.place))
            g_array_append_val(facts->pci_devices, device);
    }
    return facts->pci_devices;
}
