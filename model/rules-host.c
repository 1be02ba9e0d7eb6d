/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host at hand cannot do, by its own capabilities. What they do not mention is unknown and
 * no fault. Ids begin with "host-", so that a refusal can say that it is the host's.
 */
#include "rules.h"

#include <string.h>

#include "capabilities.h"

#define ERROR DW_SEVERITY_ERROR

static void report_lack(DwRuleContext *context, const char *rule, DwSeverity severity,
                        const char *key, const char *value, const char *const *allowed)
{
    g_autofree char *list = g_strjoinv(", ", (char **)allowed);

    rule_report(context, rule, severity, key, value, allowed,
                "%s is %s, which this host cannot do; it offers: %s.", key, value,
                *list ? list : "nothing");
}

static void refuse(DwRuleContext *context, const char *rule, const char *key, const char *value,
                   const char *const *allowed)
{
    report_lack(context, rule, ERROR, key, value, allowed);
}

static char *text(const DwRuleContext *context, const char *path)
{
    return lens_text(context->document, context->node, path, NULL);
}

/* offer is the name under which the capabilities list what they accept for key. */
static void check_choice(DwRuleContext *context, const char *rule, const char *offer,
                         const char *key, const char *value)
{
    const char *const *allowed =
        value && context->offers ? domain_capabilities_values(context->offers, offer) : NULL;

    if (allowed && !g_strv_contains(allowed, value))
        refuse(context, rule, key, value, allowed);
}

/* Domain capabilities are of one type, architecture and machine; do they speak of this document? */
bool host_offers_concern(const DwDomainCapabilities *offers, const DwCapabilities *capabilities,
                         const DwDocument *document)
{
    const char *machine = domain_capabilities_text(offers, "machine");
    g_autofree char *type = dw_get_string(document, "type");
    g_autofree char *arch = dw_get_string(document, "os.arch");
    g_autofree char *asked = dw_get_string(document, "os.machine");
    const DwGuest *guest = capabilities ? capabilities_find_guest(capabilities, arch, type) : NULL;
    const char *canonical = guest && asked ? guest_canonical_machine(guest, asked) : asked;

    return (!type || g_strcmp0(domain_capabilities_text(offers, "type"), type) == 0) &&
           (!arch || g_strcmp0(domain_capabilities_text(offers, "arch"), arch) == 0) &&
           (!asked || g_strcmp0(machine, asked) == 0 || g_strcmp0(machine, canonical) == 0);
}

static bool guest_fits(const DwGuest *guest, const char *type, const char *arch)
{
    return (!type || g_strv_contains((const char *const *)guest->types, type)) &&
           (!arch || g_str_equal(guest->arch, arch));
}

static void add_once(GPtrArray *list, const char *word)
{
    if (!g_ptr_array_find_with_equal_func(list, word, g_str_equal, NULL))
        g_ptr_array_add(list, (char *)word);
}

/* Type, architecture and machine, each among what fits those before it. */
static void check_guest(DwRuleContext *context)
{
    const GPtrArray *guests =
        context->host->capabilities ? dw_capabilities_guests(context->host->capabilities) : NULL;
    g_autofree char *type = text(context, "@type");
    g_autofree char *arch = text(context, "os/type/@arch");
    g_autofree char *machine = text(context, "os/type/@machine");
    g_autoptr(GPtrArray) types = g_ptr_array_new();
    g_autoptr(GPtrArray) arches = g_ptr_array_new();
    g_autoptr(GPtrArray) machines = g_ptr_array_new();
    bool has_type = false, has_arch = false, has_machine = false;

    for (guint i = 0; guests && i < guests->len; i++) {
        const DwGuest *guest = guests->pdata[i];

        for (char **name = guest->types; *name; name++)
            add_once(types, *name);
        has_type |= guest_fits(guest, type, NULL);
        if (!guest_fits(guest, type, NULL))
            continue;
        add_once(arches, guest->arch);
        if (!guest_fits(guest, type, arch))
            continue;
        has_arch = true;
        for (char **name = guest->machines; *name; name++)
            add_once(machines, *name);
        has_machine |= machine && (g_strv_contains((const char *const *)guest->machines, machine) ||
                                   g_hash_table_contains(guest->aliases, machine));
    }
    g_ptr_array_add(types, NULL);
    g_ptr_array_add(arches, NULL);
    g_ptr_array_add(machines, NULL);
    if (!guests || guests->len == 0)
        return;
    if (type && !has_type)
        refuse(context, "host-type", "type", type, (const char *const *)types->pdata);
    else if (arch && !has_arch)
        refuse(context, "host-arch", "os.arch", arch, (const char *const *)arches->pdata);
    else if (machine && !has_machine && machines->len > 1)
        refuse(context, "host-machine", "os.machine", machine,
               (const char *const *)machines->pdata);
}

static void rule_guest(DwRuleContext *context)
{
    if (context->host->capabilities)
        check_guest(context);
}

static void check_choices(DwRuleContext *context)
{
    g_autofree char *mode = text(context, "cpu/@mode");
    g_autofree char *model = text(context, "cpu/model");
    g_autofree char *firmware = text(context, "os/@firmware");

    check_choice(context, "host-cpu-mode", "cpu.mode", "cpu.mode", mode);
    if (model && (!mode || g_str_equal(mode, "custom")))
        check_choice(context, "host-cpu-model", "cpu.model", "cpu.model", g_strstrip(model));
    check_choice(context, "host-firmware", "os.firmware", "os.firmware", firmware);
}

static void rule_choices(DwRuleContext *context)
{
    if (context->offers)
        check_choices(context);
}

static void rule_vcpus(DwRuleContext *context)
{
    uint32_t most = context->offers ? domain_capabilities_max_vcpus(context->offers) : 0;
    uint64_t vcpus;

    if (most && lens_number(context->document, context->node, "vcpu", &vcpus) && vcpus > most) {
        g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, vcpus);

        rule_report(context, "host-vcpu", ERROR, "vcpu", value, NULL,
                    "vcpu is %s, but this host can give such a domain %u at most.", value, most);
    }
}

static void rule_hyperv(DwRuleContext *context)
{
    const char *const *allowed =
        context->offers ? domain_capabilities_values(context->offers, "hyperv") : NULL;
    g_autofree char *type = text(context, "@type");
    /* Emulation runs with features libvirt lists for KVM only, and libvirt defines them all. */
    DwSeverity severity = g_strcmp0(type, "qemu") == 0 ? DW_SEVERITY_WARNING : ERROR;

    if (!allowed ||
        lens_find(context->document, context->node, "features/hyperv", NULL) == DW_NODE_NONE)
        return;
    for (const DwHypervFeature *feature = hyperv_features; feature->name; feature++) {
        g_autofree char *key = g_strconcat("hyperv.", feature->name, NULL);

        /* The list names features; their details (stimer.direct) come with them. */
        if (!strchr(feature->name, '.') && hyperv_is_on(context->document, feature->name) &&
            !g_strv_contains(allowed, feature->name))
            report_lack(context, "host-hyperv", severity, key, "yes", allowed);
    }
}

static void check_disk_choices(DwRuleContext *context)
{
    g_autofree char *device = text(context, "@device");
    g_autofree char *model = text(context, "@model");
    const char *bus = context->bus;

    check_choice(context, "host-disk-device", "disk.device", "device", device);
    check_choice(context, "host-disk-bus", "disk.target.bus", "target.bus",
                 bus && *bus ? bus : NULL);
    check_choice(context, "host-disk-model", "disk.model", "model", model);
}

static void rule_disk_choices(DwRuleContext *context)
{
    if (context->offers)
        check_disk_choices(context);
}

const DwRule rules_host[] = {
    {rule_guest}, {rule_choices}, {rule_vcpus}, {rule_hyperv}, {NULL},
};
const DwRule rules_disk_host[] = {
    {rule_disk_choices},
    {NULL},
};
