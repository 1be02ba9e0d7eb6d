/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on any single device: what it cannot do without, and settings that only devices of another
 * type or model have. Data first; run for each device.
 */
#include <string.h>

#include "common/words.h"
#include "rules/facts.h"
#include "rules/tables.h"
#include "table/value-form.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

/* ---- What a device needs to be one ---- */

/* A device of kind whose text at path is one of values (NULL: any device of the kind) needs the
 * attribute or element at needs. */
static const struct {
    const char *kind, *path, *values, *needs, *key;
} needed[] = {
    {"interface", "@type", "bridge", "source/@bridge", "source.bridge"},
    {"interface", "@type", "network", "source/@network", "source.network"},
    {"interface", "@type", "direct vdpa", "source/@dev", "source.dev"},
    {"interface", "@type", "internal", "source/@name", "source.name"},
    {"interface", "@type", "vhostuser", "source/@path", "source.path"},
    {"interface", "@type", "vhostuser", "source/@mode", "source.mode"},
    {"interface", "@type", "mcast server client udp", "source/@port", "source.port"},
    {"interface", "@type", "mcast client", "source/@address", "source.address"},
    {"interface", "@type", "hostdev", "source/address", "source.address"},
    {"hostdev", "@type", "pci", "source/address", "source.address"},
    {"hostdev", "@type", "mdev", "source/address/@uuid", "source.address.uuid"},
    {"hostdev", "@type", "scsi_host", "source/@wwpn", "source.wwpn"},
    {"hostdev", "@type", "scsi", "source/adapter/@name", "source.adapter.name"},
    {"hostdev", "teaming/@type", "transient", "teaming/@persistent", "teaming.persistent"},
    {"input", "@type", "passthrough", "source/@evdev", "source.evdev"},
    {"input", "@type", "evdev", "source/@dev", "source.dev"},
    {"filesystem", NULL, NULL, "target/@dir", "target.dir"},
    {"filesystem", NULL, NULL, "source", "source.dir"},
    {"graphics", NULL, NULL, "@type", "type"},
    {"controller", NULL, NULL, "@type", "type"},
    {"tpm", "backend/@type", "external", "backend/source", "backend.source.path"},
    {"serial", "@type", "dev file pipe unix", "source/@path", "source.path"},
    {"parallel", "@type", "dev file pipe unix", "source/@path", "source.path"},
    {"console", "@type", "dev file pipe unix", "source/@path", "source.path"},
    {"channel", "@type", "dev file pipe", "source/@path", "source.path"},
    {"redirdev", "@type", "dev file pipe unix", "source/@path", "source.path"},
    {"smartcard", "@type", "dev file pipe unix", "source/@path", "source.path"},
    {"rng", "backend/@type", "dev file pipe unix", "backend/source/@path", "backend.source.path"},
    {"serial", "@type", "tcp", "source/@host", "source.host"},
    {"parallel", "@type", "tcp", "source/@host", "source.host"},
    {"console", "@type", "tcp", "source/@host", "source.host"},
    {"channel", "@type", "tcp", "source/@host", "source.host"},
    {"redirdev", "@type", "tcp", "source/@host", "source.host"},
    {"smartcard", "@type", "tcp", "source/@host", "source.host"},
    {"rng", "backend/@type", "tcp", "backend/source/@host", "backend.source.host"},
    {"rng", "backend/@type", "tcp", "backend/source/@service", "backend.source.service"},
    {"serial", "@type", "tcp", "source/@service", "source.service"},
    {"serial", "@type", "udp", "source", "source.service"},
    {"parallel", "@type", "tcp", "source/@service", "source.service"},
    {"parallel", "@type", "udp", "source", "source.service"},
    {"console", "@type", "tcp", "source/@service", "source.service"},
    {"console", "@type", "udp", "source", "source.service"},
    {"channel", "@type", "tcp", "source/@service", "source.service"},
    {"channel", "@type", "udp", "source", "source.service"},
    {"redirdev", "@type", "tcp", "source/@service", "source.service"},
    {"redirdev", "@type", "udp", "source", "source.service"},
    {"smartcard", "@type", "tcp", "source/@service", "source.service"},
    {"smartcard", "@type", "udp", "source", "source.service"},
    {"serial", "@type", "spiceport dbus", "source/@channel", "source.channel"},
    {"parallel", "@type", "spiceport dbus", "source/@channel", "source.channel"},
    {"console", "@type", "spiceport dbus", "source/@channel", "source.channel"},
    {"channel", "@type", "spiceport dbus", "source/@channel", "source.channel"},
    {"redirdev", "@type", "spiceport", "source/@channel", "source.channel"},
    {"smartcard", "@type", "spiceport dbus", "source/@channel", "source.channel"},
    {"rng", "backend/@type", "spiceport dbus", "backend/source/@channel", "backend.source.channel"},
};

static bool is_missing(const DwRuleContext *context, const char *path)
{
    if (!strchr(path, '@'))
        return !rule_there(context, context->node, path);
    g_autofree char *text = rule_text(context, context->node, path);
    return !text || !*text;
}

/* Of a character device libvirt takes what is there and says nothing. */
static bool is_blank(const DwRuleContext *context, const char *path)
{
    static const char kinds[] = "serial parallel console channel redirdev smartcard rng";
    g_autofree char *text = rule_text(context, context->node, path);

    return text && !*text && words_have(kinds, context->kind);
}

/* A card whose socket libvirt makes, for a program it starts; iSCSI, which is on no adapter. */
static bool is_reached(const DwRuleContext *context)
{
    if (g_str_equal(context->kind, "hostdev"))
        return rule_is(context, context->node, "source/@protocol", "iscsi");
    return g_str_equal(context->kind, "interface") &&
           rule_is(context, context->node, "@type", "vhostuser") &&
           rule_is(context, context->node, "backend/@type", "passt");
}

static void rule_needed(DwRuleContext *context)
{
    /* libvirt writes the first serial port over such a console. */
    DwSeverity severity = rule_is_mirror(context, context->node) ? WARNING : ERROR;
    const char *path = NULL;
    g_autofree char *value = NULL; /* at path: most rows of a kind are about the same */

    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (*needed[i].kind != *context->kind || !g_str_equal(needed[i].kind, context->kind))
            continue;
        if (g_strcmp0(path, needed[i].path) != 0) {
            g_free(value);
            path = needed[i].path;
            value = path ? rule_text(context, context->node, path) : NULL;
        }
        if ((needed[i].path && (!value || !words_have(needed[i].values, value))) ||
            !is_missing(context, needed[i].needs) || is_reached(context))
            continue;
        rule_report(context, "device-source-missing",
                    is_blank(context, needed[i].needs) ? WARNING : severity, needed[i].key, NULL,
                    NULL, "%s is missing; %s%s%s needs it.", needed[i].key, context->kind,
                    value ? " of type " : "", value ? value : "");
    }
}

/* ---- Options of virtio devices ---- */

/* Where a device says its model, and with which words it is virtio's; models NULL: it always is. */
static const struct {
    const char *kind, *path, *models;
} virtio_kinds[] = {
    {"interface", "model/@type", "virtio virtio-transitional virtio-non-transitional"},
    {"video", "model/@type", "virtio"},
    {"input", "@bus", "virtio"},
};

/* libvirt refuses them but for those of inputs, which it drops for QEMU. */
static void rule_virtio_options(DwRuleContext *context)
{
    static const char *const options[] = {"iommu", "ats", "packed", "page_per_vq"};
    DwNode driver = node_child(context->document, context->node, "driver");

    if (driver == DW_NODE_NONE || !context->guest.is_qemu)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(virtio_kinds); i++) {
        if (!g_str_equal(virtio_kinds[i].kind, context->kind))
            continue;
        g_autofree char *model = rule_text(context, context->node, virtio_kinds[i].path);
        /* The machine's own mouse and keyboard are not looked at, and the card of other machines
         * than x86's and pSeries is virtio's where nothing is said. */
        bool is_input = g_str_equal(context->kind, "input");
        bool is_virtio = rule_is_virtio_card(context) ||
                         (context->guest.is_other && !context->guest.is_pseries &&
                          !node_attribute_is(context->document, context->node, "type", "hostdev"));
        if (model ? words_have(virtio_kinds[i].models, model) : is_virtio || is_input)
            continue;
        for (size_t j = 0; j < G_N_ELEMENTS(options); j++) {
            g_autofree char *value = node_attribute(context->document, driver, options[j]);
            g_autofree char *key = g_strconcat("driver.", options[j], NULL);

            if (value)
                rule_report(context, "device-virtio-option", is_input ? WARNING : ERROR, key, value,
                            NULL, "%s is %s, which only virtio devices have; unset it.", key,
                            value);
        }
    }
}

/* ---- Character devices ---- */

/* Does libvirt make the socket of a channel? Where there is no path or, for 9.0, one that it once
 * made. */
static bool is_socket_made(const DwRuleContext *context, DwNode source)
{
    g_autofree char *path = node_attribute(context->document, source, "path");
    g_autofree char *name = rule_text(context, context->node, "target/@name");
    g_autofree char *end = g_strconcat("/", name ? name : "", NULL);

    return g_str_equal(context->kind, "channel") &&
           rule_is(context, context->node, "@type", "unix") &&
           rule_is(context, context->node, "target/@type", "virtio") &&
           (!path || (rule_is_before(context, 9001000) && strstr(path, "/domain-") &&
                      g_str_has_suffix(path, end)));
}

static void rule_reconnect(DwRuleContext *context)
{
    bool is_rng = g_str_equal(context->kind, "rng");
    const char *prefix = is_rng ? "backend/source" : "source";
    DwNode source = lens_find(context->document, context->node, prefix, NULL);
    DwNode reconnect =
        source == DW_NODE_NONE ? source : node_child(context->document, source, "reconnect");
    g_autofree char *key = g_strconcat(is_rng ? "backend." : "", "source.reconnect.enabled", NULL);
    g_autofree char *timeout = NULL;

    if (reconnect == DW_NODE_NONE)
        return;
    g_autofree char *enabled = node_attribute(context->document, reconnect, "enabled");
    /* Disks and interfaces have it as it is written. */
    bool is_plain = words_have("interface disk", context->kind);
    /* Connecting is what is done where nothing is said. */
    bool is_made = enabled && is_socket_made(context, source);
    if (is_made)
        rule_report(context, "device-reconnect-mode", ERROR, key, enabled, NULL,
                    "%s is set, but libvirt listens on a socket that it makes itself; set "
                    "source.path, and source.mode to connect.",
                    key);
    if (!is_plain && !is_made && enabled &&
        node_attribute_is(context->document, source, "mode", "bind"))
        rule_report(context, "device-reconnect-mode", ERROR, key, enabled, NULL,
                    "%s is %s, which needs source.mode connect; set that or unset this.", key,
                    enabled);
    if (!enabled || !g_str_equal(enabled, "yes"))
        return;
    timeout = node_attribute(context->document, reconnect, "timeout");
    if (!timeout || (!is_plain && g_ascii_strtoull(timeout, NULL, 10) == 0))
        rule_report(context, "device-reconnect-timeout", ERROR, key, "yes", NULL,
                    "%s is on, which needs a source.reconnect.timeout of 1 second or more.", key);
}

/* Both ends or, as libvirt has it, none. */
static void rule_null_modem(DwRuleContext *context)
{
    DwNode source = node_child(context->document, context->node, "source");

    if (source == DW_NODE_NONE || !rule_is(context, context->node, "@type", "nmdm"))
        return;
    bool master = rule_has(context, source, "master"), slave = rule_has(context, source, "slave");
    const char *key = master ? "source.slave" : "source.master";
    if (master != slave)
        rule_report(context, "device-source-missing", ERROR, key, NULL, NULL,
                    "%s is missing; %s of type nmdm needs both ends.", key, context->kind);
}

/* Only type udp has two ends on the host; what it sends to has to be one of them. */
static void rule_sources(DwRuleContext *context)
{
    if (!words_have("serial parallel console channel redirdev smartcard rng", context->kind))
        return;
    bool is_rng = g_str_equal(context->kind, "rng");
    const char *key = is_rng ? "backend.source" : "source";
    g_autofree char *type = rule_text(context, context->node, is_rng ? "backend/@type" : "@type");
    bool is_udp = g_strcmp0(type, "udp") == 0, sends = false;
    DwNode source =
        lens_find(context->document, context->node, is_rng ? "backend/source" : "source", NULL);
    unsigned n = 0;

    for (; source != DW_NODE_NONE; source = node_next_same(context->document, source), n++)
        sends |= !node_attribute_is(context->document, source, "mode", "bind") &&
                 rule_has(context, source, "service");
    if (n > (is_udp ? 2 : 1)) {
        g_autofree char *last = g_strdup_printf("%s.%u.mode", key, n);

        rule_report(context, "device-sources", ERROR, last, NULL, NULL,
                    "%s is one source too many: type %s has %s; unset %s.%u.*.", last,
                    type ? type : "pty", is_udp ? "two" : "one", key, n);
    } else if (n > 0 && is_udp && !sends) {
        bool binds = rule_is(context, context->node,
                             is_rng ? "backend/source/@mode" : "source/@mode", "bind");
        g_autofree char *what = g_strconcat(key, binds ? ".mode" : ".service", NULL);

        rule_report(context, "device-udp-connect", ERROR, what, binds ? "bind" : NULL, NULL,
                    "%s is %s, but type udp needs somewhere to send to: a source of mode connect "
                    "with a service.",
                    what, binds ? "bind" : "missing");
    }
}

/* QEMU has neither: libvirt starts such a guest without, and since 11.3 refuses it. */
static void rule_protocol(DwRuleContext *context)
{
    bool is_rng = g_str_equal(context->kind, "rng");
    const char *path = is_rng ? "backend/protocol/@type" : "protocol/@type";
    g_autofree char *protocol = rule_text(context, context->node, path);

    if (!protocol || !words_have("telnets tls", protocol) || !context->guest.is_qemu ||
        !rule_is(context, context->node, is_rng ? "backend/@type" : "@type", "tcp"))
        return;
    const char *key = is_rng ? "backend.protocol.type" : "protocol.type";
    rule_report(context, "device-protocol", rule_since(context, 11003000), key, protocol, NULL,
                "%s is %s, which QEMU has not; use raw or telnet, and source.tls.", key, protocol);
}

/* ---- Single kinds ---- */

/* What libvirt makes of a TPM that does not say its model. */
static char *tpm_model(const DwRuleContext *context)
{
    char *model = rule_text(context, context->node, "@model");

    if (model)
        return model;
    g_autofree char *arch = rule_text(context, document_root(context->document), "os/type/@arch");
    return g_strdup(arch && g_str_has_prefix(arch, "ppc64") ? "tpm-spapr" : "tpm-tis");
}

/* Is a TPM that does not say of version 2.0? */
static bool is_newer_tpm(const DwRuleContext *context)
{
    g_autofree char *model = tpm_model(context);

    return context->guest.is_arm || words_have("tpm-crb tpm-spapr", model);
}

/* An older TPM is one of x86 only; 9.0 says so of some other machines, 11.3 of all. */
static void check_older_tpm(DwRuleContext *context)
{
    if (!rule_is(context, context->node, "backend/@version", "1.2") ||
        !rule_is(context, context->node, "backend/@type", "emulator"))
        return;
    g_autofree char *model = tpm_model(context);
    if (context->guest.is_other && !g_str_equal(model, "tpm-spapr"))
        rule_report(context, "tpm-version-arch",
                    context->guest.is_arm ? ERROR : rule_since(context, 11003000),
                    "backend.version", "1.2", NULL,
                    "backend.version is 1.2, which only machines of x86 have; use 2.0.");
    if (!g_str_equal(model, "tpm-tis"))
        rule_report(context, "tpm-version-model", ERROR, "backend.version", "1.2", NULL,
                    "backend.version is 1.2, which model %s has not; use 2.0%s.", model,
                    context->guest.is_x86 ? ", or model tpm-tis" : "");
}

/* Before 10.0 libvirt asks for the version before it takes its own. */
static void check_banks(DwRuleContext *context)
{
    g_autofree char *version = rule_text(context, context->node, "backend/@version");
    uint64_t libvirt = context->host->libvirt_version;

    if (!rule_there(context, context->node, "backend/active_pcr_banks") ||
        (version ? g_str_equal(version, "2.0") : is_newer_tpm(context)))
        return;
    rule_report(context, "tpm-banks", version || (libvirt && libvirt < 10000000) ? ERROR : WARNING,
                "backend.version", version, NULL,
                "backend.version is %s, but backend.active_pcr_banks.* needs 2.0; set that.",
                version ? version : "not set");
}

static void rule_tpm(DwRuleContext *context)
{
    if (!g_str_equal(context->kind, "tpm") || !context->guest.is_qemu)
        return;
    check_banks(context);
    check_older_tpm(context);
    g_autofree char *model = rule_text(context, context->node, "@model");
    if (g_strcmp0(model, "spapr-tpm-proxy") == 0 &&
        !rule_is(context, context->node, "backend/@type", "passthrough"))
        rule_report(context, "tpm-proxy", ERROR, "model", model, NULL,
                    "model is spapr-tpm-proxy, which passes on the host's; set backend.type to "
                    "passthrough or use tpm-spapr.");
    if (!context->guest.is_x86)
        return;
    if (model && g_str_has_prefix(model, "tpm-spapr"))
        rule_report(context, "tpm-model-arch", ERROR, "model", model, NULL,
                    "model is %s, which only machines of ppc64 have; use tpm-crb or tpm-tis.",
                    model);
}

/* Of model virtio; older ones do not take it at all. */
static void check_address_width(DwRuleContext *context)
{
    g_autofree char *text = rule_text(context, context->node, "driver/@aw_bits");
    uint64_t bits;

    if (lens_number(context->document, context->node, "driver/@aw_bits", &bits) && bits != 0 &&
        (bits < 32 || bits > 64))
        rule_report(context, "iommu-address-width", rule_since(context, 12008000), "driver.aw_bits",
                    text, NULL,
                    "driver.aw_bits is %s, but model virtio has from 32 to 64; set another.", text);
}

static void rule_iommu(DwRuleContext *context)
{
    if (!g_str_equal(context->kind, "iommu") || !context->guest.is_qemu)
        return;
    g_autofree char *model = rule_text(context, context->node, "@model");
    g_autofree char *machine =
        rule_text(context, document_root(context->document), "os/type/@machine");

    if (!model || (!machine && !context->guest.is_x86))
        return;
    if (!machine)
        machine = g_strdup("pc"); /* as libvirt has it */
    if ((g_str_equal(model, "intel") || g_str_equal(model, "amd")) && !context->guest.is_q35)
        rule_report(context, "iommu-machine", ERROR, "model", model, NULL,
                    "model is %s, which only q35 machines have; os.machine is %s.", model, machine);
    if (!g_str_equal(model, "virtio"))
        return;
    check_address_width(context);
    if (!context->guest.is_q35 && !context->guest.is_arm)
        rule_report(context, "iommu-machine", ERROR, "model", model, NULL,
                    "model is virtio, which only machines q35 and virt have; os.machine is %s.",
                    machine);
    else if (!rule_there(context, document_root(context->document), "features/acpi"))
        rule_report(context, "iommu-acpi", ERROR, "model", model, NULL,
                    "model is virtio, which needs features.acpi; set that.");
}

/* Which machines have which serial ports. */
static void rule_serial(DwRuleContext *context)
{
    const DwMachine *guest = &context->guest;
    const struct {
        const char *type;
        bool fits;
    } ports[] = {
        {"spapr-vio-serial", guest->is_pseries},
        {"sclp-serial", guest->is_s390},
        {"system-serial", !guest->is_x86},
    };

    if (!g_str_equal(context->kind, "serial") || !guest->is_qemu ||
        (!guest->is_x86 && !guest->is_other))
        return;
    g_autofree char *type = rule_text(context, context->node, "target/@type");
    /* libvirt looks at the model of such a port, which it does not find for x86. */
    bool is_defined = type && g_str_equal(type, "system-serial") &&
                      !rule_there(context, context->node, "target/model");
    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++)
        if (!ports[i].fits && g_strcmp0(ports[i].type, type) == 0)
            rule_report(
                context, "serial-target-arch", is_defined ? WARNING : ERROR, "target.type", type,
                NULL,
                "target.type is %s, which this machine has not; unset target.*, and libvirt "
                "takes what it has.",
                type);
}

/* What SPICE carries needs a SPICE display; channels have a rule of their own. */
static void rule_spice(DwRuleContext *context)
{
    static const char *const kinds[] = {"redirdev", "smartcard", "serial", "parallel",
                                        "console",  "rng",       NULL};

    if (!context->guest.is_qemu || !g_strv_contains(kinds, context->kind))
        return;
    bool is_rng = g_str_equal(context->kind, "rng");
    g_autofree char *type = rule_text(context, context->node, is_rng ? "backend/@type" : "@type");
    if (!type || !words_have("spicevmc spiceport", type))
        return;
    if (g_str_equal(type, "spicevmc") && words_have("serial parallel console", context->kind) &&
        !rule_is(context, context->node, "target/@type", "usb-serial"))
        rule_report(context, "device-spice-kind", ERROR, "type", "spicevmc", NULL,
                    "type is spicevmc, which a %s cannot be, only a channel; use another type.",
                    context->kind);
    if (rule_has_type(context, "graphics", "spice"))
        return;
    const char *key = is_rng ? "backend.type" : "type";
    rule_report(context, "device-spice-graphics", ERROR, key, type, NULL,
                "%s is %s, but the domain has no graphics of type spice; add that or use "
                "another type.",
                key, type);
}

/* The name of a channel of SPICE's or of D-Bus. */
static void rule_channel_name(DwRuleContext *context)
{
    static const char letters[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.";
    bool is_rng = g_str_equal(context->kind, "rng");
    g_autofree char *type = rule_text(context, context->node, is_rng ? "backend/@type" : "@type");
    g_autofree char *name =
        rule_text(context, context->node, is_rng ? "backend/source/@channel" : "source/@channel");
    const char *key = is_rng ? "backend.source.channel" : "source.channel";

    if (context->guest.is_qemu && type && words_have("spiceport dbus", type) && name &&
        name[strspn(name, letters)])
        rule_report(context, "device-channel-name", ERROR, key, name, NULL,
                    "%s is \"%s\"; it can have letters, digits and _-. only.", key, name);
}

/* Kinds and models that machines of x86 have not. */
static void rule_architecture(DwRuleContext *context)
{
    const DwMachine *guest = &context->guest;
    const struct {
        const char *kind, *value;
        bool fits;
        const char *machines;
    } owned[] = {
        {"nvram", NULL, guest->is_pseries, "ppc64"},
        {"iommu", "smmuv3", guest->is_arm, "ARM"},
        {"panic", "isa", guest->is_x86, "x86"},
        {"panic", "pseries", guest->is_pseries, "ppc64"},
        {"panic", "s390", guest->is_s390, "s390x"},
        {"panic", "hyperv", guest->is_x86, "x86"},
        {"watchdog", "diag288", guest->is_s390, "s390x"},
        {"watchdog", "itco", guest->is_q35, "x86 with PCI Express (q35)"},
        {"parallel", NULL, !guest->is_pseries && !guest->is_s390, "x86 and ARM"},
        {"memballoon", "xen", false, "Xen"},
        {"sound", "ich7", false, "bhyve"},
        {"memory", "virtio-mem", !guest->is_s390 || !rule_is_before(context, 11001000),
         "x86, ARM and ppc64"},
        {"memory", "virtio-pmem", !guest->is_s390, "x86, ARM and ppc64"},
        {"pstore", NULL, !guest->is_s390, "x86, ARM, RISC-V and ppc64"},
        {"hostdev", "vfio-ap", guest->is_s390, "s390x"},
        {"hostdev", "vfio-ccw", guest->is_s390, "s390x"},
    };

    if (!guest->is_qemu || (!guest->is_x86 && !guest->is_other))
        return;
    g_autofree char *model = rule_device_model(context);
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++) {
        const char *value = owned[i].value;

        if (!g_str_equal(owned[i].kind, context->kind) || owned[i].fits ||
            (value && g_strcmp0(value, model) != 0))
            continue;
        rule_report(context, "device-arch", ERROR, value ? "model" : "", value, NULL,
                    "%s%s%s is nothing that this machine has, only those of %s; remove it.",
                    context->kind, value ? " of model " : "", value ? value : "",
                    owned[i].machines);
    }
}

/* The first console is the first serial port seen again; the others need a target of their own. */
static void rule_console(DwRuleContext *context)
{
    static const char *const foreign[] = {"xen", "lxc", "uml", "openvz", NULL};

    if (!g_str_equal(context->kind, "console") || !context->guest.is_qemu)
        return;
    g_autofree char *target = rule_text(context, context->node, "target/@type");
    if (target && g_strv_contains(foreign, target))
        rule_report(context, "device-console-target", ERROR, "target.type", target, NULL,
                    "target.type is %s, which guests of QEMU have not; use serial or virtio.",
                    target);
    if (target && words_have("sclp sclplm", target) && !context->guest.is_s390 &&
        (context->guest.is_x86 || context->guest.is_other))
        rule_report(context, "device-console-target", ERROR, "target.type", target, NULL,
                    "target.type is %s, which only machines of s390x have; use serial or virtio.",
                    target);
    if (rule_device(context, "console", DW_NODE_NONE) != context->node &&
        (!target || g_str_equal(target, "serial")))
        rule_report(context, "device-console-serial", ERROR, "target.type", target, NULL,
                    "target.type is serial, which only the first console can be; use virtio.");
}

static void check_input_bus(DwRuleContext *context, const char *type)
{
    g_autofree char *bus = rule_text(context, context->node, "@bus");

    if (bus && words_have("xen parallels", bus))
        rule_report(context, "input-bus", ERROR, "bus", bus, NULL,
                    "bus is %s, which guests of QEMU have not; use usb or virtio.", bus);
    g_autofree char *arch =
        g_strcmp0(bus, "ps2") == 0
            ? rule_text(context, document_root(context->document), "os/type/@arch")
            : NULL;
    if (arch && words_have("aarch64 armv6l armv7l riscv32 riscv64 s390x sh4", arch))
        rule_report(context, "input-bus", ERROR, "bus", bus, NULL,
                    "bus is ps2, which machines of %s have not; use usb or virtio, or remove it.",
                    arch);
    if (g_strcmp0(bus, "ps2") == 0 && g_strcmp0(type, "tablet") == 0)
        rule_report(context, "input-bus", ERROR, "bus", bus, NULL,
                    "bus is ps2, which has no tablets; use usb or virtio.");
    /* Whatever does not say is virtio's there, and this type is on no bus. */
    if (!bus && context->guest.is_s390 && g_strcmp0(type, "evdev") == 0)
        rule_report(context, "input-bus", ERROR, "bus", NULL, NULL,
                    "bus is not set, and type evdev is nothing that libvirt gives machines of "
                    "s390x; use passthrough.");
}

static void rule_input(DwRuleContext *context)
{
    static const char *const plain[] = {"keyboard", "mouse", "tablet", NULL};

    if (!g_str_equal(context->kind, "input") || !context->guest.is_qemu)
        return;
    g_autofree char *type = rule_text(context, context->node, "@type");
    g_autofree char *model = rule_text(context, context->node, "@model");
    if (type && model && g_strv_contains(plain, type) && g_str_has_prefix(model, "virtio-"))
        rule_report(context, "input-model", ERROR, "model", model, NULL,
                    "model is %s, which input of type %s cannot be; use virtio.", model, type);
    check_input_bus(context, type);
}

const DwRule rules_device[] = {
    {rule_needed},
    {rule_virtio_options, {"iommu", "ats", "packed", "page_per_vq"}},
    {rule_reconnect, {"reconnect"}},
    {rule_null_modem, {"master", "slave"}},
    {rule_sources, {"source"}},
    {rule_protocol, {"protocol"}},
    {rule_tpm, {"tpm"}},
    {rule_iommu, {"iommu"}},
    {rule_serial, {"serial"}},
    {rule_input, {"input"}},
    {rule_console, {"console"}},
    {rule_spice, {"redirdev", "smartcard", "serial", "console", "parallel", "rng"}},
    {rule_channel_name, {"channel"}},
    {rule_architecture,
     {"nvram", "iommu", "panic", "watchdog", "hostdev", "parallel", "memballoon", "sound", "memory",
      "pstore"}},
    {NULL},
};
