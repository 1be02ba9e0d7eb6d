/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words and elements that a key takes with some devices and not with others of the same kind. Data
 * first; run for each device of QEMU's.
 */
#include <string.h>

#include "common/words.h"
#include "rules/facts.h"
#include "rules/tables.h"
#include "table/value-form.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING
#define VIRTIO  "virtio virtio-transitional virtio-non-transitional"

/* Of devices of kind whose text at `by` is one of the words (NULL: of all) what stands at path is
 * one of those allowed. */
static const struct {
    const char *kind, *path, *by, *words, *allowed;
} choices[] = {
    {"smartcard", "address/@type", NULL, NULL, "ccid"},
    {"redirdev", "address/@type", NULL, NULL, "usb"},
    {"input", "address/@type", "@bus", "usb", "usb"}, /* see text_by */
    {"hostdev", "address/@type", "@type", "usb", "usb"},
    {"hostdev", "address/@type", "@type", "scsi", "drive"},
    {"hostdev", "address/@type", "@type", "pci", "pci unassigned"},
    {"hostdev", "address/@type", "@type", "scsi_host", "pci ccw"},
    {"hostdev", "address/@type", "@model", "vfio-pci", "pci"},
    {"hostdev", "address/@type", "@model", "vfio-ccw", "ccw"},
    {"hostdev", "@sgio", "@type", "scsi", "filtered"},
    {"hostdev", "teaming/@type", NULL, NULL, "transient"},
    {"memory", "address/@type", "@model", "virtio-pmem", "pci"},
    {"memory", "address/@type", "@model", "virtio-mem", "pci ccw"},
    {"memory", "@access", "@model", "virtio-pmem", "shared"},
    {"pstore", "address/@type", NULL, NULL, "pci"},
    {"interface", "address/@type", "@type", "hostdev", "pci"},
    {"interface", "driver/@name", "@type", "hostdev", "kvm vfio xen"},
    {"interface", "driver/@name", "model/@type", VIRTIO, "qemu vhost"},
    {"filesystem", "@accessmode", "driver/@type", "handle virtiofs mtp", "passthrough"},
    {"filesystem", "@multidevs", "driver/@type", "virtiofs", "default"},
};

/* A server of the person's own at a socket; what it does is its own matter. */
static bool has_server(const DwRuleContext *context)
{
    DwNode source = node_child(context->document, context->node, "source");

    return source != DW_NODE_NONE && rule_has(context, source, "socket");
}

/* What the choice depends on; of an input device that does not say, the bus that libvirt takes. */
static char *text_by(const DwRuleContext *context, const char *path)
{
    char *text = rule_text(context, context->node, path);

    return text || !rule_is_usb_input(context, context->node) ? text : g_strdup("usb");
}

/* Of what is not said 9.0 is sure before it looks at the address, 11.3 afterwards: it takes what
 * does not start. */
static DwSeverity choice_severity(const DwRuleContext *context, const char *by)
{
    g_autofree char *text = by ? rule_text(context, context->node, by) : NULL;

    return !by || text || rule_is_before(context, 9001000) ? ERROR : WARNING;
}

static void rule_choices(DwRuleContext *context)
{
    const char *done = NULL; /* the path that a row spoke of already */

    for (size_t i = 0; i < G_N_ELEMENTS(choices) && context->guest.is_qemu; i++) {
        const char *path = choices[i].path;

        if (*choices[i].kind != *context->kind || !g_str_equal(choices[i].kind, context->kind) ||
            (done && g_str_equal(done, path)) || !rule_may_be(context, path))
            continue;
        g_autofree char *value = rule_text(context, context->node, path);
        g_autofree char *has = value && choices[i].by ? text_by(context, choices[i].by) : NULL;
        if (!value || (choices[i].by && (!has || !words_have(choices[i].words, has))))
            continue;
        done = path;
        if (g_str_equal(path, "@accessmode") && has_server(context))
            continue;
        if (words_have(choices[i].allowed, value))
            continue;
        g_autofree char *key = rule_key(path);
        g_autofree char *by = choices[i].by ? rule_key(choices[i].by) : g_strdup("");
        g_auto(GStrv) allowed = g_strsplit(choices[i].allowed, " ", -1);
        g_autofree char *all = g_strjoinv(" or ", allowed);
        rule_report(context, "device-choice", choice_severity(context, choices[i].by), key, value,
                    (const char *const *)allowed,
                    "%s is %s, but a %s%s%s%s%s takes %s; set that or unset this.", key, value,
                    context->kind, has ? " of " : "", by, has ? " " : "", has ? has : "", all);
    }
}

static void rule_nodeset(DwRuleContext *context)
{
    g_autofree char *nodes = rule_text(context, context->node, "acpi/@nodeset");

    if (nodes && context->guest.is_qemu && rule_is_no_list(nodes))
        rule_report(context, "device-nodeset", ERROR, "acpi.nodeset", nodes, NULL,
                    "acpi.nodeset is %s, which are no NUMA cells; name some, such as 0-1.", nodes);
}

/* libvirt reads no text as no key. */
static void rule_lease(DwRuleContext *context)
{
    if (g_str_equal(context->kind, "lease") && rule_is(context, context->node, "key", ""))
        rule_report(context, "device-source-missing", ERROR, "key", NULL, NULL,
                    "key is missing; lease needs it.");
}

/* ---- Memory shared with other guests ---- */

static void rule_shmem(DwRuleContext *context)
{
    if (g_str_equal(context->kind, "shmem") && rule_there(context, context->node, "msi") &&
        !rule_there(context, context->node, "server"))
        rule_report(
            context, "shmem-msi", ERROR, "msi", NULL, NULL,
            "msi is set, which only a shmem with a server has; set server.path or unset msi.*.");
}

/* A file in a folder of the host's. */
static void rule_shmem_name(DwRuleContext *context)
{
    if (!g_str_equal(context->kind, "shmem") || !context->guest.is_qemu)
        return;
    g_autofree char *name = rule_text(context, context->node, "@name");
    if (name && words_have(". ..", name))
        rule_report(context, "shmem-name", ERROR, "name", name, NULL,
                    "name is %s, which is the name of a folder; give another.", name);
}

static bool is_power_of_two(uint64_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

static void rule_shmem_size(DwRuleContext *context)
{
    if (!g_str_equal(context->kind, "shmem") || !context->guest.is_qemu)
        return;
    uint64_t size;

    if (!rule_size_at(context, context->node, "size", MIB, &size))
        return;
    if (size < MIB || !is_power_of_two(size)) {
        g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, size);

        rule_report(context, "shmem-size", rule_since(context, 10005000), "size", value, NULL,
                    "size is %s bytes; it must be a power of two of 1 MiB or more.", value);
    }
}

static void rule_shmem_server(DwRuleContext *context)
{
    if (!g_str_equal(context->kind, "shmem") || !context->guest.is_qemu)
        return;
    g_autofree char *model = rule_text(context, context->node, "model/@type");
    bool has_server = rule_there(context, context->node, "server");

    if (!model || g_str_equal(model, "ivshmem"))
        rule_report(context, "shmem-model", rule_since(context, 9008000), "model.type", model, NULL,
                    "model.type is %s, which QEMU no longer has; use ivshmem-plain, or "
                    "ivshmem-doorbell with a server.",
                    model ? model : "not set");
    if (g_strcmp0(model, "ivshmem-doorbell") == 0 && !has_server)
        rule_report(context, "shmem-server", ERROR, "model.type", model, NULL,
                    "model.type is %s, which needs a server; set server.path.", model);
    else if (g_strcmp0(model, "ivshmem-plain") == 0 && has_server)
        rule_report(context, "shmem-server", ERROR, "model.type", model, NULL,
                    "model.type is %s, which has no server; unset server, or use "
                    "ivshmem-doorbell.",
                    model);
    else if (g_strcmp0(model, "ivshmem-doorbell") == 0 &&
             rule_there(context, context->node, "size"))
        rule_report(context, "shmem-server", ERROR, "size", NULL, NULL,
                    "size is set, but with model.type %s the server has the size; unset it.",
                    model);
}

/* ---- SCSI controllers ---- */

/* Only machines of other architectures have ncr53c90 built in, and only that of PowerPC ibmvscsi,
 * which libvirt defines for all; QEMU of s390x has none of the cards for PCI. */
static void rule_scsi_model(DwRuleContext *context)
{
    const DwMachine *guest = &context->guest;

    if (!g_str_equal(context->kind, "controller") || !guest->is_qemu || guest->is_test ||
        !rule_is(context, context->node, "@type", "scsi"))
        return;
    g_autofree char *model = rule_text(context, context->node, "@model");
    bool has_none = guest->is_x86 || guest->is_arm || guest->is_s390 || guest->is_pseries;
    bool is_foreign = g_strcmp0(model, "ibmvscsi") == 0 && has_none && !guest->is_pseries;
    if (is_foreign || g_strcmp0(model, "buslogic") == 0 ||
        (g_strcmp0(model, "ncr53c90") == 0 && has_none) ||
        (model && guest->is_s390 && words_have("lsilogic lsisas1068 lsisas1078 vmpvscsi", model)))
        rule_report(context, "controller-scsi-model", is_foreign ? WARNING : ERROR, "model", model,
                    NULL, "model is %s, which QEMU does not have here; use virtio-scsi.", model);
}

/* ---- Directories ---- */

static void rule_filesystem_type(DwRuleContext *context)
{
    g_autofree char *type = rule_text(context, context->node, "@type");

    if (g_str_equal(context->kind, "filesystem") && context->guest.is_qemu &&
        !context->guest.is_test && type && !g_str_equal(type, "mount"))
        rule_report(context, "filesystem-type", ERROR, "type", type, NULL,
                    "type is %s, but QEMU shares directories only; use type mount.", type);
}

static void rule_filesystem(DwRuleContext *context)
{
    if (!g_str_equal(context->kind, "filesystem") || !context->guest.is_qemu ||
        !rule_is(context, context->node, "driver/@type", "virtiofs"))
        return;
    if (!rule_memory_is_shared(context))
        rule_report(
            context, "filesystem-shared-memory", ERROR, "driver.type", "virtiofs", NULL,
            "driver.type is virtiofs, which needs shared memory; set memoryBacking.access.mode "
            "to shared and memoryBacking.source.type to memfd.");
    if (rule_there(context, context->node, "readonly") && has_server(context))
        rule_report(context, "filesystem-virtiofs-readonly", rule_since(context, 12008000),
                    "readonly", NULL, NULL,
                    "readonly is set, but the server at source.socket decides that; unset it.");
    else if (rule_there(context, context->node, "readonly"))
        rule_report(
            context, "filesystem-virtiofs-readonly",
            context->host->libvirt_version >= 11000000 ? WARNING : ERROR, "readonly", NULL, NULL,
            "readonly is set, which driver.type virtiofs cannot do before libvirt 11.0; unset "
            "it.");
}

/* The firmware finds it on PCI only, where it is not on machines of s390x, unless it says so. */
static void rule_filesystem_boot(DwRuleContext *context)
{
    if (!g_str_equal(context->kind, "filesystem") || !context->guest.is_qemu ||
        !rule_is(context, context->node, "driver/@type", "virtiofs"))
        return;
    g_autofree char *order = rule_text(context, context->node, "boot/@order");
    g_autofree char *address = rule_text(context, context->node, "address/@type");
    if (order && (address ? !g_str_equal(address, "pci") : context->guest.is_s390))
        rule_report(context, "filesystem-boot", rule_since(context, 11003000), "boot.order", order,
                    NULL,
                    "boot.order is %s, which a filesystem has on PCI only; set address.type to pci "
                    "or unset this.",
                    order);
}

/* Newer libvirt refuses what before it only the program at the other end would not get. */
static void rule_vhostuser(DwRuleContext *context)
{
    if (!g_str_equal(context->kind, "interface") || !context->guest.is_qemu ||
        !rule_is(context, context->node, "@type", "vhostuser") || rule_memory_is_shared(context))
        return;
    rule_report(context, "interface-vhostuser-memory",
                context->host->libvirt_version >= 11003000 ? ERROR : WARNING, "type", "vhostuser",
                NULL,
                "type is vhostuser, which needs shared memory; set memoryBacking.access.mode to "
                "shared and memoryBacking.source.type to memfd.");
}

/* QEMU has no such driver since 4.0, and libvirt says so since 12.2. */
static void rule_handle(DwRuleContext *context)
{
    if (g_str_equal(context->kind, "filesystem") && context->guest.is_qemu &&
        rule_is(context, context->node, "driver/@type", "handle"))
        rule_report(context, "filesystem-handle", rule_since(context, 12002000), "driver.type",
                    "handle", NULL,
                    "driver.type is handle, which QEMU no longer has; use path or virtiofs.");
}

/* No program of QEMU's has limits of space; libvirt dropped them before it refused them. */
static void rule_space(DwRuleContext *context)
{
    static const char *const names[] = {"space_hard_limit", "space_soft_limit"};

    for (size_t i = 0; i < G_N_ELEMENTS(names) && context->guest.is_qemu; i++)
        if (g_str_equal(context->kind, "filesystem") &&
            rule_there(context, context->node, names[i]))
            rule_report(context, "filesystem-space", rule_since(context, 9008000), names[i], NULL,
                        NULL, "%s is set, which guests of QEMU have not; unset it.", names[i]);
}

/* libvirt gives new files and directories modes with accessmode mapped only. */
static void rule_modes(DwRuleContext *context)
{
    static const char *const names[] = {"fmode", "dmode"};

    if (!g_str_equal(context->kind, "filesystem") || !context->guest.is_qemu ||
        rule_is(context, context->node, "@accessmode", "mapped"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *mode = node_attribute(context->document, context->node, names[i]);

        if (mode && strspn(mode, "0") < strlen(mode))
            rule_report(context, "filesystem-modes", ERROR, names[i], mode, NULL,
                        "%s is %s, which needs accessmode mapped; set that or unset this.",
                        names[i], mode);
    }
}

const DwRule rules_choices[] = {
    {rule_lease, {"key"}},
    {rule_nodeset, {"nodeset"}},
    {rule_choices}, /* kinds are passed by their first letter */
    {rule_scsi_model, {"controller"}},
    {rule_shmem, {"shmem"}},
    {rule_shmem_name, {"shmem"}},
    {rule_shmem_size, {"shmem"}},
    {rule_shmem_server, {"shmem"}},
    {rule_filesystem, {"filesystem"}},
    {rule_filesystem_type, {"filesystem"}},
    {rule_filesystem_boot, {"boot"}},
    {rule_vhostuser, {"interface"}},
    {rule_modes, {"fmode", "dmode"}},
    {rule_handle, {"filesystem"}},
    {rule_space, {"space_hard_limit", "space_soft_limit"}},
    {NULL},
};
