/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sources on the network: what each protocol needs and takes, servers, and who logs in there.
 */
#include "rules/disk/source-facts.h"

#include <string.h>

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

/* What each protocol takes; ssh and nfs are known to libvirt's schema only since later. */
static const struct {
    const char *name;
    bool needs_name, single_host, many_hosts, auth, http, ssl, timeout, initiator;
} protocols[] = {
    {.name = "nbd", .single_host = true},
    {.name = "iscsi", .needs_name = true, .single_host = true, .auth = true, .initiator = true},
    {.name = "rbd", .needs_name = true, .auth = true},
    {.name = "gluster", .needs_name = true, .many_hosts = true},
    {.name = "http",
     .needs_name = true,
     .single_host = true,
     .auth = true,
     .http = true,
     .timeout = true},
    {.name = "https",
     .needs_name = true,
     .single_host = true,
     .auth = true,
     .http = true,
     .ssl = true,
     .timeout = true},
    {.name = "ftp", .needs_name = true, .single_host = true, .auth = true, .timeout = true},
    {.name = "ftps",
     .needs_name = true,
     .single_host = true,
     .auth = true,
     .ssl = true,
     .timeout = true},
    {.name = "nfs", .needs_name = true, .single_host = true},
    {.name = "ssh", .needs_name = true, .single_host = true, .auth = true},
    {.name = "vxhs", .needs_name = true, .single_host = true},
    {.name = "sheepdog", .needs_name = true},
    {.name = "tftp", .needs_name = true, .single_host = true, .timeout = true},
};

/* Those that QEMU no longer has, and since which libvirt it refuses them (0: always). */
static const struct {
    const char *name, *instead;
    uint64_t since;
} removed[] = {
    {"sheepdog", "rbd or gluster", 11003000},
    {"tftp", "http", 0},
    {"vxhs", "nbd", UINT64_MAX},
};

void source_find_protocol(DwSource *source)
{
    g_autofree char *name =
        source_is(source, "network") ? source_attribute(source, "protocol") : NULL;

    for (size_t i = 0; name && i < G_N_ELEMENTS(protocols); i++)
        if (g_str_equal(protocols[i].name, name))
            source->protocol = i;
}

static void rule_network_name(DwSource *source)
{
    int index = source->protocol;
    g_autofree char *name = source_attribute(source, "name");
    const char *slash = name ? strchr(name, '/') : NULL;
    const char *what;

    what = protocols[index].name;
    if (!name || !*name) {
        if (protocols[index].needs_name)
            source_report(source, "disk-network-name", ERROR, "source.name", name, NULL,
                          "source.name is missing; source.protocol %s needs it.", what);
    } else if (g_str_equal(what, "rbd") || g_str_equal(what, "gluster")) {
        if (!slash || slash == name || !slash[1])
            source_report(source, "disk-network-image", !slash || slash == name ? ERROR : WARNING,
                          "source.name", name, NULL,
                          "source.name is \"%s\"; for source.protocol %s it must be \"%s\".", name,
                          what, g_str_equal(what, "rbd") ? "POOL/IMAGE" : "VOLUME/PATH");
    } else if (g_str_equal(what, "iscsi") && !slash) {
        source_report(source, "disk-iscsi-lun", WARNING, "source.name", name, NULL,
                      "source.name is \"%s\", without a unit; libvirt makes it \"%s/0\".", name,
                      name);
    }
}

static void rule_network_removed(DwSource *source)
{
    const char *name = protocols[source->protocol].name;

    if (!source->context->guest.is_qemu || source->context->guest.is_test)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(removed); i++)
        if (g_str_equal(removed[i].name, name))
            source_report(source, "disk-network-removed",
                          rule_since(source->context, removed[i].since), "source.protocol", name,
                          NULL, "source.protocol is %s, which QEMU no longer has; use %s.", name,
                          removed[i].instead);
}

static void rule_host_count(DwSource *source)
{
    int index = source->protocol;
    unsigned n = 0;

    for (DwNode host = source_child(source, "host"); host != DW_NODE_NONE;
         host = node_next_same(source->context->document, host))
        n++;
    if ((protocols[index].single_host && n != 1) || (protocols[index].many_hosts && n == 0)) {
        g_autofree char *found = g_strdup_printf("%u", n);

        source_report(source, "disk-host-count", ERROR, "source.host", found, NULL,
                      "source.host has %u entries; source.protocol %s needs %s.", n,
                      protocols[index].name,
                      protocols[index].single_host ? "exactly one" : "at least one");
    }
}

static bool transport_fits(const char *protocol_name, const char *transport)
{
    if (g_str_equal(transport, "tcp"))
        return true;
    if (g_str_equal(transport, "unix"))
        return g_str_equal(protocol_name, "nbd") || g_str_equal(protocol_name, "gluster");
    return g_str_equal(protocol_name, "gluster");
}

static void check_host(DwSource *source, DwNode host, unsigned number, const char *protocol_name)
{
    const DwDocument *document = source->context->document;
    g_autofree char *transport = node_attribute(document, host, "transport");
    g_autofree char *name = node_attribute(document, host, "name");
    g_autofree char *socket = node_attribute(document, host, "socket");
    g_autofree char *port = node_attribute(document, host, "port");
    g_autofree char *key = g_strdup_printf("source.host.%u.", number);
    g_autofree char *name_key = g_strconcat(key, "name", NULL);
    g_autofree char *socket_key = g_strconcat(key, "socket", NULL);
    bool is_unix = transport && g_str_equal(transport, "unix");

    if (transport && !transport_fits(protocol_name, transport)) {
        g_autofree char *transport_key = g_strconcat(key, "transport", NULL);

        bool is_nfs = g_str_equal(protocol_name, "nfs") && source->context->guest.is_qemu;
        source_report(source, "disk-host-transport", is_nfs ? ERROR : WARNING, transport_key,
                      transport, NULL, "%s is %s, which source.protocol %s cannot use; use tcp.",
                      transport_key, transport, protocol_name);
    }
    if (is_unix && (!socket || !*socket))
        source_report(source, "disk-host-socket", ERROR, socket_key, NULL, NULL,
                      "%s is missing; transport unix needs its path.", socket_key);
    if (!is_unix && socket)
        source_report(source, "disk-host-socket", ERROR, socket_key, socket, NULL,
                      "%s is set, but only transport unix uses it; unset it or the transport.",
                      socket_key);
    if (is_unix && name)
        source_report(source, "disk-host-name", ERROR, name_key, name, NULL,
                      "%s is set, but transport unix has a socket only; unset it.", name_key);
    if (!is_unix && (!name || !*name))
        source_report(source, "disk-host-name", ERROR, name_key, NULL, NULL,
                      "%s is missing; give the server's name or address.", name_key);
    if (port && g_ascii_strtoull(port, NULL, 10) != 0 && g_str_equal(protocol_name, "nfs")) {
        g_autofree char *port_key = g_strconcat(key, "port", NULL);

        source_report(source, "disk-host-port", ERROR, port_key, port, NULL,
                      "%s is set, but source.protocol nfs has no port; unset it.", port_key);
    }
}

static void rule_hosts(DwSource *source)
{
    int index = source->protocol;
    unsigned number = 0;

    for (DwNode host = source_child(source, "host"); host != DW_NODE_NONE;
         host = node_next_same(source->context->document, host))
        check_host(source, host, ++number, protocols[index].name);
}

/* Over ssh since libvirt 9.8. */
static bool takes_identity(const DwSource *source)
{
    uint64_t version = source->context->host->libvirt_version;

    return g_str_equal(protocols[source->protocol].name, "ssh") && (!version || version >= 9008000);
}

/* Things that belong to some protocols only; libvirt's parser takes them anywhere and drops them.
 */
static void rule_network_extras(DwSource *source)
{
    int index = source->protocol;
    g_autofree char *query = source_attribute(source, "query");

    const struct {
        const char *element, *key;
        bool fits;
    } extras[] = {
        {"ssl", "source.ssl.verify", protocols[index].ssl},
        {"cookies", "source.cookies", protocols[index].http},
        {"readahead", "source.readahead.size", protocols[index].timeout || takes_identity(source)},
        {"timeout", "source.timeout.seconds", protocols[index].timeout || takes_identity(source)},
        {"identity", "source.identity.user",
         g_str_equal(protocols[index].name, "nfs") || takes_identity(source)},
        {"initiator", "source.initiator", protocols[index].initiator},
    };

    if (query && !protocols[index].http)
        source_report(source, "disk-network-extra", ERROR, "source.query", query, NULL,
                      "source.query is set, but source.protocol %s has none; unset it.",
                      protocols[index].name);
    for (size_t i = 0; i < G_N_ELEMENTS(extras); i++)
        if (!extras[i].fits && source_child(source, extras[i].element) != DW_NODE_NONE)
            source_report(source, "disk-network-extra", ERROR, extras[i].key, NULL, NULL,
                          "%s is set, but source.protocol %s has none; unset it.", extras[i].key,
                          protocols[index].name);
}

static void rule_initiator(DwSource *source)
{
    DwNode initiator = source_child(source, "initiator");
    g_autofree char *iqn = initiator == DW_NODE_NONE
                               ? NULL
                               : lens_text(source->context->document, initiator, "iqn/@name", NULL);

    if (initiator == DW_NODE_NONE)
        return;
    if (!iqn || !g_regex_match_simple("^(iqn\\.[0-9]{4}-[0-9]{2}\\.[^\\s]+|eui\\.[0-9A-Fa-f]{16}|"
                                      "naa\\.([0-9A-Fa-f]{16}|[0-9A-Fa-f]{32}))$",
                                      iqn, 0, 0))
        source_report(source, "disk-iscsi-initiator", WARNING, "source.initiator", iqn, NULL,
                      "source.initiator is \"%s\"; it must be an iSCSI name such as "
                      "\"iqn.2024-01.org.example:client\".",
                      iqn ? iqn : "");
}

static void check_secret(DwSource *source, DwNode auth)
{
    const DwRuleContext *context = source->context;
    DwNode secret = node_child(context->document, auth, "secret");
    int index = source->protocol;
    g_autofree char *type =
        secret == DW_NODE_NONE ? NULL : node_attribute(context->document, secret, "type");
    bool uuid = secret != DW_NODE_NONE && rule_has(context, secret, "uuid");
    bool usage = secret != DW_NODE_NONE && rule_has(context, secret, "usage");
    const char *wanted = NULL;

    if (!type)
        source_report(source, "disk-auth-secret-type", ERROR, "source.auth.secret.type", NULL, NULL,
                      "source.auth.secret.type is missing; use iscsi or ceph.");
    if (index >= 0 && g_str_equal(protocols[index].name, "iscsi"))
        wanted = "iscsi";
    else if (index >= 0 && g_str_equal(protocols[index].name, "rbd"))
        wanted = "ceph";
    if (type && wanted && !g_str_equal(type, wanted)) {
        const char *const allowed[] = {wanted, NULL};

        source_report(source, "disk-auth-secret-type", ERROR, "source.auth.secret.type", type,
                      allowed, "source.auth.secret.type is %s; source.protocol %s needs %s.", type,
                      protocols[index].name, wanted);
    }
    if (uuid == usage)
        source_report(
            source, "disk-auth-secret", ERROR,
            uuid ? "source.auth.secret.usage" : "source.auth.secret.uuid", NULL, NULL,
            "source.auth.secret.uuid and source.auth.secret.usage are both %s; give exactly one.",
            uuid ? "set" : "missing");
}

void source_rule_auth(DwSource *source)
{
    const DwDocument *document = source->context->document;
    DwNode inner = source_child(source, "auth");
    DwNode outer = node_child(document, source->holder, "auth");
    DwNode auth = inner != DW_NODE_NONE ? inner : outer;
    int index = source->protocol;
    g_autofree char *user = NULL;

    if (auth == DW_NODE_NONE)
        return;
    if (inner != DW_NODE_NONE && outer != DW_NODE_NONE)
        source_report(
            source, "disk-auth-once", ERROR, "source.auth.username", NULL, NULL,
            "source.auth.username and the rest are given twice, in the source and beside it; "
            "keep one.");
    if (!source_is(source, "network") || (index >= 0 && !protocols[index].auth)) {
        /* Beside the source of a local disk it is dropped without a word. */
        source_report(source, "disk-auth-protocol",
                      index < 0 && inner == DW_NODE_NONE ? WARNING : ERROR, "source.auth.username",
                      NULL, NULL,
                      "source.auth.username is set, but %s %s takes none; unset source.auth.*.",
                      index < 0 ? "type" : "source.protocol",
                      index < 0 ? source->type : protocols[index].name);
        return;
    }
    user = node_attribute(document, auth, "username");
    if (!user || !*user)
        source_report(source, "disk-auth-username", ERROR, "source.auth.username", user, NULL,
                      "source.auth.username is missing.");
    check_secret(source, auth);
}

void (*const source_network_rules[])(DwSource *) = {
    rule_network_name,
    rule_network_removed,
    rule_host_count,
    rule_hosts,
    rule_network_extras,
    rule_initiator,
    NULL,
};
