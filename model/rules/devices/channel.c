/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on channels between guest and host. Run for each channel.
 */
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "rules/facts.h"
#include "rules/tables.h"

#include "common/words.h"
#include "keys/devices.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

#define LAST_PORT 30

static bool is_type(const DwRuleContext *context, const char *type)
{
    return node_attribute_is(context->document, context->node, "type", type);
}

static void rule_type(DwRuleContext *context)
{
    if (!rule_has(context, context->node, "type"))
        rule_report(context, "channel-type", ERROR, "type", NULL, NULL,
                    "type is missing; use unix, or spicevmc for SPICE's agent.");
}

static void rule_target(DwRuleContext *context)
{
    g_autofree char *type = rule_attribute(context, context->node, "target", "type");
    g_autofree char *name = rule_attribute(context, context->node, "target", "name");

    if (!type)
        rule_report(context, "channel-target-type", ERROR, "target.type", NULL, NULL,
                    "target.type is missing; use virtio.");
    else if (g_str_equal(type, "virtio") && !(name && *name) && !is_type(context, "spicevmc"))
        rule_report(context, "channel-name", WARNING, "target.name", name, NULL,
                    "target.name is missing; the guest finds the channel by its name only.");
    g_autofree char *path = rule_attribute(context, context->node, "source", "path");
    if (type && g_str_equal(type, "guestfwd") && is_type(context, "unix") && !path)
        rule_report(context, "device-source-missing", ERROR, "source.path", NULL, NULL,
                    "source.path is missing; libvirt makes the socket of target.type virtio only.");
}

/* As libvirt reads it: numbers, but also fewer than four of them. */
static bool is_address(const char *text)
{
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_flags = AI_NUMERICHOST};
    struct addrinfo *found = NULL;
    bool is = *text && getaddrinfo(text, NULL, &hints, &found) == 0;

    if (found)
        freeaddrinfo(found);
    return is;
}

static void rule_forward(DwRuleContext *context)
{
    g_autofree char *type = rule_attribute(context, context->node, "target", "type");
    g_autofree char *address = rule_attribute(context, context->node, "target", "address");

    if (type && g_str_equal(type, "guestfwd") && address && !is_address(address))
        rule_report(context, "channel-forward-address", ERROR, "target.address", address, NULL,
                    "target.address is \"%s\", which is no address of IPv4; write it as 10.0.2.1.",
                    address);
}

static void rule_spice(DwRuleContext *context)
{
    g_autofree char *target = rule_attribute(context, context->node, "target", "type");
    g_autofree char *type = node_attribute(context->document, context->node, "type");

    if (!type || !words_have("spicevmc spiceport", type) || !context->guest.is_qemu)
        return;
    if (is_type(context, "spicevmc") && target && !g_str_equal(target, "virtio"))
        rule_report(context, "channel-spice-target", ERROR, "target.type", target, NULL,
                    "target.type is %s, but type spicevmc needs virtio; set that or another type.",
                    target);
    if (rule_has_type(context, "graphics", "spice"))
        return;
    rule_report(context, "channel-spice-graphics", ERROR, "type", type, NULL,
                "type is %s, but the domain has no graphics of type spice; add that or remove "
                "the channel.",
                type);
}

static void rule_port(DwRuleContext *context)
{
    DwNode address = node_child(context->document, context->node, "address");
    g_autofree char *text = NULL;
    uint64_t port;

    if (address == DW_NODE_NONE || !context->guest.is_qemu ||
        !node_attribute_is(context->document, address, "type", "virtio-serial") ||
        !lens_number(context->document, address, "@port", &port) ||
        (port >= 1 && port <= LAST_PORT))
        return;
    text = node_attribute(context->document, address, "port");
    rule_report(context, "channel-port", WARNING, "address.port", text, NULL,
                "address.port is %s; a channel's is 1 to %d (0 is reserved for a console). Unset "
                "address.* and libvirt finds one.",
                text, LAST_PORT);
}

const DwRule rules_channel[] = {
    {rule_type},  {rule_target},         {rule_forward, {"address"}},
    {rule_spice}, {rule_port, {"port"}}, {NULL},
};
