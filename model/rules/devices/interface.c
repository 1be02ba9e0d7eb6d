/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on network interfaces: address, model and driver. Run for each interface. */
#include <string.h>

#include "common/nearest.h"
#include "common/words.h"
#include "rules/tables.h"
#include "table/table.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

static bool is_mac(const char *text)
{
    for (int i = 0; i < 6; i++) {
        const char *at = text + 3 * i;

        if (!g_ascii_isxdigit(at[0]) || !g_ascii_isxdigit(at[1]) || at[2] != (i < 5 ? ':' : 0))
            return false;
    }
    return true;
}

static void rule_mac(DwRuleContext *context)
{
    g_autofree char *mac = rule_text(context, context->node, "mac/@address");

    if (!mac)
        return;
    if (!is_mac(mac))
        rule_report(context, "interface-mac", ERROR, "mac.address", mac, NULL,
                    "mac.address is \"%s\"; write six pairs of hexadecimal digits, such as "
                    "52:54:00:12:34:56.",
                    mac);
    else if (g_ascii_xdigit_value(mac[1]) % 2 == 1)
        rule_report(
            context, "interface-mac-multicast", ERROR, "mac.address", mac, NULL,
            "mac.address is %s, an address for groups; make the first pair even, such as 52.", mac);
}

static bool is_virtio(const DwRuleContext *context)
{
    g_autofree char *model = rule_text(context, context->node, "model/@type");

    return model && g_str_has_prefix(model, "virtio");
}

static void check_queue(DwRuleContext *context, const char *name)
{
    g_autofree char *path = g_strconcat("driver/@", name, NULL);
    g_autofree char *key = g_strconcat("driver.", name, NULL);
    g_autofree char *value = rule_text(context, context->node, path);
    uint64_t size;

    if (!value || !context->guest.is_qemu || !is_virtio(context) ||
        !lens_number(context->document, context->node, path, &size) || size == 0)
        return;
    if (size & (size - 1))
        rule_report(context, "interface-queue-size", ERROR, key, value, NULL,
                    "%s is %s; it must be a power of two.", key, value);
}

static void rule_queue_sizes(DwRuleContext *context)
{
    check_queue(context, "rx_queue_size");
    check_queue(context, "tx_queue_size");
}

/* libvirt drops these without a word when the model is another. */
static void rule_driver(DwRuleContext *context)
{
    static const char *const names[] = {"queues", "rx_queue_size", "tx_queue_size", "txmode"};
    DwNode driver = node_child(context->document, context->node, "driver");
    g_autofree char *model = rule_text(context, context->node, "model/@type");

    if (driver == DW_NODE_NONE || !context->guest.is_qemu || !model || is_virtio(context))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = node_attribute(context->document, driver, names[i]);
        g_autofree char *key = g_strconcat("driver.", names[i], NULL);

        if (value)
            rule_report(context, "interface-driver-model", WARNING, key, value, NULL,
                        "%s is %s, but model.type is %s, and only virtio has it: libvirt drops it. "
                        "Unset it.",
                        key, value, model);
    }
}

/* Any word may be a model; one that is nearly a known one is a slip. The guest would not start. */
static void rule_model(DwRuleContext *context)
{
    g_autofree char *model = rule_text(context, context->node, "model/@type");
    DwPlace place;

    if (!model || !context->guest.is_qemu || !place_find("interface", "model.type", &place) ||
        words_have(place.row->safe_values, model))
        return;
    g_auto(GStrv) known = g_strsplit(place.row->safe_values, " ", -1);
    const char *nearest = nearest_word(model, (const char *const *)known);
    if (nearest && word_distance(model, nearest) <= 2)
        rule_report(context, "interface-model", WARNING, "model.type", model,
                    (const char *const[]){nearest, NULL},
                    "model.type is \"%s\", which is no known model; write %s, if that is meant.",
                    model, nearest);
}

static void rule_forwards(DwRuleContext *context)
{
    uint64_t version = context->host->libvirt_version;

    if (rule_there(context, context->node, "portForward") &&
        !rule_is(context, context->node, "backend/@type", "passt"))
        rule_report(context, "interface-forward", version && version < 9002000 ? WARNING : ERROR,
                    "portForward", NULL, NULL,
                    "portForward is set, which only backend.type passt has; set that or unset "
                    "portForward.*.");
}

/* Refused from 11.3 on. */
static void rule_forwarded_ports(DwRuleContext *context)
{
    static const char *const names[] = {"start", "end", "to"};
    const DwDocument *document = context->document;
    DwNode forward = node_child(document, context->node, "portForward");

    for (unsigned n = 1; forward != DW_NODE_NONE;
         forward = node_next_same(document, forward), n++) {
        DwNode range = node_child(document, forward, "range");

        for (unsigned m = 1; range != DW_NODE_NONE; range = node_next_same(document, range), m++)
            for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *key =
                    g_strdup_printf("portForward.%u.range.%u.%s", n, m, names[i]);

                if (node_attribute_is(document, range, names[i], "0"))
                    rule_report(context, "interface-forward-port", rule_since(context, 11003000),
                                key, "0", NULL, "%s is 0, which is no port; change or unset it.",
                                key);
            }
    }
}

/* In KiB; more do not fit into 32 bits, and from 11.3 on libvirt says so. */
#define MOST_BURST 4194303

static void check_burst(DwRuleContext *context, DwNode node, const char *way)
{
    g_autofree char *key = g_strconcat("bandwidth.", way, ".burst", NULL);
    g_autofree char *text = node_attribute(context->document, node, "burst");

    if (text && g_ascii_strtoull(text, NULL, 10) > MOST_BURST)
        rule_report(context, "interface-bandwidth-burst", rule_since(context, 11003000), key, text,
                    NULL, "%s is %s; %d is the most.", key, text, MOST_BURST);
}

static void rule_bandwidth(DwRuleContext *context)
{
    static const char *const ways[] = {"inbound", "outbound"};

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *path = g_strconcat("bandwidth/", ways[i], NULL);
        g_autofree char *key = g_strconcat("bandwidth.", ways[i], ".average", NULL);
        DwNode node = lens_find(context->document, context->node, path, NULL);

        if (node != DW_NODE_NONE && !rule_has(context, node, "average") &&
            !rule_has(context, node, "floor"))
            rule_report(context, "interface-bandwidth", ERROR, key, NULL, NULL,
                        "%s is missing; the other limits need it.", key);
        if (node != DW_NODE_NONE)
            check_burst(context, node, ways[i]);
    }
}

static void rule_floor(DwRuleContext *context)
{
    g_autofree char *floor = rule_text(context, context->node, "bandwidth/outbound/@floor");

    if (floor)
        rule_report(context, "interface-floor", ERROR, "bandwidth.outbound.floor", floor, NULL,
                    "bandwidth.outbound.floor is %s, but only what comes in can have a floor; use "
                    "bandwidth.inbound.floor.",
                    floor);
}

/* A network may bring what is missing; nothing else does. */
static void rule_virtual_port(DwRuleContext *context)
{
    static const char *const parameters[][2] = {{"802.1Qbg", "managerid"},
                                                {"802.1Qbg", "typeid"},
                                                {"802.1Qbg", "typeidversion"},
                                                {"802.1Qbh", "profileid"},
                                                {"midonet", "interfaceid"}};
    g_autofree char *type = rule_text(context, context->node, "virtualport/@type");
    g_autofree char *kind = rule_text(context, context->node, "@type");

    if (!kind || !words_have("bridge direct hostdev", kind) ||
        !rule_there(context, context->node, "virtualport"))
        return;
    if (!type)
        rule_report(context, "interface-virtualport", ERROR, "virtualport.type", NULL, NULL,
                    "virtualport.type is missing; only the port of a network needs none.");
    for (size_t i = 0; type && i < G_N_ELEMENTS(parameters); i++) {
        g_autofree char *key = g_strconcat("virtualport.", parameters[i][1], NULL);
        g_autofree char *path = g_strconcat("virtualport/parameters/@", parameters[i][1], NULL);
        g_autofree char *value = rule_text(context, context->node, path);

        if (!value && g_str_equal(parameters[i][0], type))
            rule_report(context, "interface-virtualport", ERROR, key, NULL, NULL,
                        "%s is missing; virtualport.type %s needs it.", key, type);
    }
}

/* libvirt itself numbers classes of traffic, in networks. */
static void rule_class(DwRuleContext *context)
{
    g_autofree char *class = rule_text(context, context->node, "bandwidth/@classID");

    if (class)
        rule_report(context, "interface-bandwidth-class", ERROR, "bandwidth.classID", class, NULL,
                    "bandwidth.classID is %s, but only libvirt numbers classes; unset it.", class);
}

/* The parser of libvirt 9.0 refuses the word that its schema has; later ones have it for type user,
 * and since 11.1 for vhostuser. */
static void rule_backend(DwRuleContext *context)
{
    g_autofree char *type = rule_text(context, context->node, "@type");

    if (!rule_is(context, context->node, "backend/@type", "passt") || !context->guest.is_qemu)
        return;
    if (type && !g_str_equal(type, "user") &&
        (!g_str_equal(type, "vhostuser") || rule_is_before(context, 11001000)))
        rule_report(context, "interface-backend", ERROR, "backend.type", "passt", NULL,
                    "backend.type is passt, which an interface of type %s has not; use type user.",
                    type);
    else if (context->host->libvirt_version / 1000 == 9000)
        rule_report(context, "interface-backend", ERROR, "backend.type", "passt", NULL,
                    "backend.type is passt, which libvirt 9.0 does not take yet; unset it.");
}

/* Addresses of the guest are given by what carries its packets in the host's place. */
static void rule_guest_address(DwRuleContext *context)
{
    g_autofree char *type = rule_text(context, context->node, "@type");
    bool is_passed = type && g_str_equal(type, "vhostuser") &&
                     rule_is(context, context->node, "backend/@type", "passt");

    if (!type || g_str_equal(type, "user") || is_passed || !context->guest.is_qemu ||
        context->guest.is_test ||
        node_child(context->document, context->node, "ip") == DW_NODE_NONE)
        return;
    rule_report(context, "interface-guest-address",
                g_str_equal(type, "vdpa") ? rule_since(context, 11003000) : ERROR, "ip.1.address",
                NULL, NULL,
                "ip.1.address is set, which an interface of type %s has not; unset ip.*.", type);
}

/* Which of the host's devices can tag packets; a network's is known when the guest starts only. Of
 * a bridge without a port of its own since 11.0. */
static bool can_tag(const DwRuleContext *context, const char *type)
{
    g_autofree char *port = rule_text(context, context->node, "virtualport/@type");

    if (g_str_equal(type, "bridge"))
        return port ? g_str_equal(port, "openvswitch") : !rule_is_before(context, 11000000);
    return words_have("network hostdev", type) ||
           (g_str_equal(type, "direct") &&
            rule_is(context, context->node, "source/@mode", "passthrough"));
}

static void rule_vlan(DwRuleContext *context)
{
    g_autofree char *type = rule_text(context, context->node, "@type");

    if (type && context->guest.is_qemu && !context->guest.is_test &&
        rule_there(context, context->node, "vlan/tag") && !can_tag(context, type))
        rule_report(
            context, "interface-vlan", rule_since(context, 12008000), "vlan.tag.1.id", NULL, NULL,
            "vlan.tag.1.id is set, which an interface of type %s has not; unset vlan.*.", type);
}

/* A name for the guest is passt's to give. */
static void rule_backend_name(DwRuleContext *context)
{
    static const char *const names[][2] = {{"backend/@hostname", "backend.hostname"},
                                           {"backend/@fqdn", "backend.fqdn"}};

    if (rule_is(context, context->node, "backend/@type", "passt"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = rule_text(context, context->node, names[i][0]);

        if (value)
            rule_report(context, "interface-backend", ERROR, names[i][1], value, NULL,
                        "%s is %s, which only backend.type passt has; set that or unset this.",
                        names[i][1], value);
    }
}

/* Interrupts are gathered in a tap device of the host only. */
static void rule_coalesce(DwRuleContext *context)
{
    static const char *const taps[] = {"network", "bridge", "ethernet", "direct", NULL};
    g_autofree char *type = rule_text(context, context->node, "@type");

    if (rule_there(context, context->node, "coalesce") && context->guest.is_qemu && type &&
        !g_strv_contains(taps, type))
        rule_report(
            context, "interface-coalesce", ERROR, "coalesce.rx.frames.max", NULL, NULL,
            "coalesce.rx.frames.max is set, which an interface of type %s has not; unset it.",
            type);
}

/* The host's bridge keeps ports apart, and it has none where another switch does. */
static void rule_isolation(DwRuleContext *context)
{
    g_autofree char *port = rule_text(context, context->node, "virtualport/@type");

    if (port && context->guest.is_qemu && rule_is(context, context->node, "port/@isolated", "yes"))
        rule_report(context, "interface-isolated-port", ERROR, "port.isolated", "yes", NULL,
                    "port.isolated is yes, which virtualport.type %s has not; unset one of them.",
                    port);
}

/* One address that QEMU's own network gives the guest; counts: of IPv4 and of IPv6 so far. */
static void check_guest_address(DwRuleContext *context, DwNode node, unsigned n, unsigned counts[2])
{
    g_autofree char *address = node_attribute(context->document, node, "address");
    g_autofree char *whole = g_strdup_printf("ip.%u.address", n);
    g_autofree char *peer = g_strdup_printf("ip.%u.peer", n);
    g_autofree char *length = g_strdup_printf("ip.%u.prefix", n);
    bool is_v6 = address && strchr(address, ':');
    uint64_t prefix = 0;

    if (++counts[is_v6] == 2)
        rule_report(context, "interface-guest-address", ERROR, whole, address, NULL,
                    "%s is the second of %s; an interface of type user has one at most. Unset "
                    "ip.%u.*.",
                    whole, is_v6 ? "IPv6" : "IPv4", n);
    if (rule_has(context, node, "peer"))
        rule_report(context, "interface-guest-address", ERROR, peer, NULL, NULL,
                    "%s is set, which guests of QEMU have not; unset it.", peer);
    if (!lens_number(context->document, node, "@prefix", &prefix) || prefix == 0 ||
        (is_v6 ? prefix == 64 : prefix >= 4 && prefix <= 27))
        return;
    rule_report(context, "interface-guest-address", ERROR, length, NULL, NULL,
                "%s is %u; QEMU's network takes %s.", length, (unsigned)prefix,
                is_v6 ? "64 for IPv6" : "4 to 27 for IPv4");
}

/* passt is told of default routes alone, one of each family. */
static void check_route(DwRuleContext *context, DwNode node, unsigned n, unsigned counts[2])
{
    static const char *const others[] = {"address", "netmask", "prefix", "metric"};
    bool is_v6 = node_attribute_is(context->document, node, "family", "ipv6");
    size_t i = 0;

    while (i < G_N_ELEMENTS(others) && !rule_has(context, node, others[i]))
        i++;
    g_autofree char *key =
        g_strdup_printf("route.%u.%s", n, i < G_N_ELEMENTS(others) ? others[i] : "gateway");

    if (i < G_N_ELEMENTS(others))
        rule_report(context, "interface-guest-address", ERROR, key, NULL, NULL,
                    "%s is set, but a route of backend.type passt is the default one and has "
                    "gateway alone; unset it.",
                    key);
    else if (++counts[is_v6] == 2)
        rule_report(context, "interface-guest-address", ERROR, key, NULL, NULL,
                    "%s is the second of %s; backend.type passt takes one. Unset route.%u.*.", key,
                    is_v6 ? "IPv6" : "IPv4", n);
}

static void check_routes(DwRuleContext *context)
{
    DwNode route = node_child(context->document, context->node, "route");
    unsigned counts[2] = {0}, n = 0;

    for (; route != DW_NODE_NONE; route = node_next_same(context->document, route))
        check_route(context, route, ++n, counts);
}

static void rule_guest_addresses(DwRuleContext *context)
{
    DwNode address = node_child(context->document, context->node, "ip");
    unsigned counts[2] = {0}, n = 0;

    if (!context->guest.is_qemu || context->guest.is_test)
        return;
    if (rule_is(context, context->node, "backend/@type", "passt")) {
        check_routes(context);
        return;
    }
    if (node_child(context->document, context->node, "route") != DW_NODE_NONE)
        rule_report(context, "interface-guest-address", ERROR, "route.1.address", NULL, NULL,
                    "route.1.address is set, but QEMU gives guests no routes; unset route.*.");
    if (!rule_is(context, context->node, "@type", "user"))
        return;
    for (; address != DW_NODE_NONE; address = node_next_same(context->document, address))
        check_guest_address(context, address, ++n, counts);
}

/* Machines that are not x86's have such a card where nothing is said, and with newer libvirt, too,
 * those that are. */
static void rule_vhostuser(DwRuleContext *context)
{
    static const char *const allowed[] = {"virtio", "virtio-transitional",
                                          "virtio-non-transitional", NULL};
    g_autofree char *model = rule_text(context, context->node, "model/@type");

    if (!rule_is(context, context->node, "@type", "vhostuser") || !context->guest.is_qemu ||
        (model ? g_strv_contains(allowed, model)
               : !context->guest.is_x86 || rule_is_virtio_card(context)))
        return;
    rule_report(context, "interface-vhostuser-model", ERROR, "model.type", model, allowed,
                "model.type is %s, but an interface of type vhostuser needs virtio; set that.",
                model ? model : "missing");
}

static void rule_vdpa(DwRuleContext *context)
{
    static const char *const allowed[] = {"virtio", NULL};
    g_autofree char *model = rule_text(context, context->node, "model/@type");

    if (model && !g_str_equal(model, "virtio") && context->guest.is_qemu &&
        rule_is(context, context->node, "@type", "vdpa"))
        rule_report(context, "interface-vdpa-model", ERROR, "model.type", model, allowed,
                    "model.type is %s, but an interface of type vdpa takes virtio only; set that.",
                    model);
}

/* A card of virtio's is put on CCW there, and one of the host's is on PCI. */
static void rule_host_card(DwRuleContext *context)
{
    g_autofree char *model = rule_text(context, context->node, "model/@type");

    if (context->guest.is_s390 && context->guest.is_qemu &&
        rule_is(context, context->node, "@type", "hostdev") && g_strcmp0(model, "virtio") == 0 &&
        !rule_there(context, context->node, "address"))
        rule_report(context, "interface-hostdev-model", ERROR, "model.type", model, NULL,
                    "model.type is virtio, for which libvirt chooses no PCI on s390x, where a card "
                    "of the host has to be; unset it, or set address.type to pci.");
}

const DwRule rules_interface[] = {
    {rule_mac, {"mac"}},
    {rule_queue_sizes, {"rx_queue_size", "tx_queue_size"}},
    {rule_driver, {"driver"}},
    {rule_model, {"model"}},
    {rule_host_card, {"model"}},
    {rule_forwards, {"portForward"}},
    {rule_forwarded_ports, {"portForward"}},
    {rule_coalesce, {"coalesce"}},
    {rule_isolation, {"isolated"}},
    {rule_bandwidth, {"bandwidth"}},
    {rule_floor, {"floor"}},
    {rule_class, {"classID"}},
    {rule_virtual_port, {"virtualport"}},
    {rule_backend, {"backend"}},
    {rule_backend_name, {"hostname", "fqdn"}},
    {rule_guest_address, {"ip"}},
    {rule_guest_addresses, {"ip", "route"}},
    {rule_vlan, {"vlan"}},
    {rule_vhostuser},
    {rule_vdpa},
    {NULL},
};
