/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an emulator offers guests, from libvirt's <domainCapabilities>, told under the names of the
 * keys it is for. Elements this file has never heard of are told too, under names made from theirs.
 */
#include "host/capabilities.h"

#include <string.h>

#include "document/xml-tree.h"

struct DwDomainCapabilities {
    DwSettings *settings;
};

/* Enumerations whose key is not simply the section and the words of the enumeration's name. */
static const struct {
    const char *section, *name, *key;
} enum_keys[] = {
    {"disk", "diskDevice", "disk.device"},
    {"disk", "bus", "disk.target.bus"},
    {"video", "modelType", "video.model"},
    {"hostdev", "subsysType", "hostdev.type"},
    {"hostdev", "startupPolicy", "hostdev.source.startupPolicy"},
    {"hostdev", "pciBackend", "hostdev.driver.name"},
    {"tpm", "backendModel", "tpm.backend.type"},
    {"hyperv", "features", "hyperv"},
    {"launchSecurity", "sectype", "launchSecurity.type"},
    {"cpu.host-passthrough", "hostPassthroughMigratable", "cpu.host-passthrough.migratable"},
    {"cpu.maximum", "maximumMigratable", "cpu.maximum.migratable"},
};

/* Children of <features> that a domain has under its own <features>; the rest stand elsewhere. */
static const char *const domain_features[] = {"gic", "vmcoreinfo", "async-teardown", "ps2", NULL};

/* "backendModel" of "rng" is "rng.backend.model". */
static char *enum_key(const char *section, const char *name)
{
    GString *key;

    for (size_t i = 0; i < G_N_ELEMENTS(enum_keys); i++)
        if (g_str_equal(enum_keys[i].section, section) && g_str_equal(enum_keys[i].name, name))
            return g_strdup(enum_keys[i].key);

    key = g_string_new(section);
    g_string_append_c(key, '.');
    for (; *name; name++) {
        if (g_ascii_isupper(*name))
            g_string_append_c(key, '.');
        g_string_append_c(key, g_ascii_tolower(*name));
    }
    return g_string_free(key, FALSE);
}

static void put_list(DwSettings *settings, const char *key, GStrvBuilder *builder)
{
    g_auto(GStrv) values = g_strv_builder_end(builder);

    dw_settings_put(settings, key, dw_value_strings((const char *const *)values));
}

static void put_values(DwSettings *settings, const char *key, const xmlNode *parent)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (xmlNode *node = tree_child(parent, "value"); node; node = tree_next(node, "value")) {
        g_autofree char *text = tree_text(node);
        if (text)
            g_strv_builder_add(builder, text);
    }
    put_list(settings, key, builder);
}

/* As what it looks like: yes or no, a number, a size when there is a unit, else text. */
static void put_guessed(DwSettings *settings, const char *key, const char *text, const char *unit)
{
    guint64 number;

    if (g_str_equal(text, "yes") || g_str_equal(text, "no"))
        dw_settings_put(settings, key, dw_value_bool(*text == 'y'));
    else if (!g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, &number, NULL))
        dw_settings_put(settings, key, dw_value_string(text));
    else if (unit && g_str_equal(unit, "KiB") && number <= UINT64_MAX / 1024)
        dw_settings_put(settings, key, dw_value_uint64(number * 1024));
    else if (number <= UINT32_MAX)
        dw_settings_put(settings, key, dw_value_uint((uint32_t)number));
    else
        dw_settings_put(settings, key, dw_value_uint64(number));
}

static void describe_sgx_sections(DwSettings *settings, const xmlNode *sections)
{
    unsigned n = 0;

    for (xmlNode *node = tree_child(sections, "section"); node; node = tree_next(node, "section")) {
        g_autofree char *cell = tree_attribute(node, "node");
        g_autofree char *size = tree_attribute(node, "size");
        g_autofree char *unit = tree_attribute(node, "unit");
        g_autofree char *cell_key = g_strdup_printf("sgx.section.%u.node", ++n);
        g_autofree char *size_key = g_strdup_printf("sgx.section.%u.size", n);

        if (cell)
            put_guessed(settings, cell_key, cell, NULL);
        if (size)
            put_guessed(settings, size_key, size, unit);
    }
}

static void describe_section(DwSettings *settings, const xmlNode *section, const char *name)
{
    g_autofree char *supported = tree_attribute(section, "supported");

    if (supported) {
        g_autofree char *key = g_strconcat(name, ".supported", NULL);
        dw_settings_put(settings, key, dw_value_bool(g_str_equal(supported, "yes")));
    }
    if (tree_child(section, "value"))
        put_values(settings, name, section);

    for (xmlNode *node = tree_child(section, NULL); node; node = tree_next(node, NULL)) {
        g_autofree char *key = g_strconcat(name, ".", node->name, NULL);

        if (tree_is(node, "enum")) {
            g_autofree char *of = tree_attribute(node, "name");
            g_autofree char *list_key = of ? enum_key(name, of) : NULL;
            if (list_key)
                put_values(settings, list_key, node);
            if (g_strcmp0(list_key, "video.model") == 0) /* the short name, and the key's own */
                put_values(settings, "video.model.type", node);
        } else if (tree_is(node, "sections")) {
            describe_sgx_sections(settings, node);
        } else if (tree_is(node, "value")) {
            continue;
        } else if (tree_child(node, NULL) || xmlHasProp(node, BAD_CAST "supported")) {
            describe_section(settings, node, key);
        } else {
            g_autofree char *text = tree_text(node);
            g_autofree char *unit = tree_attribute(node, "unit");
            if (text)
                put_guessed(settings, key, text, unit);
        }
    }
}

static void describe_host_model(DwSettings *settings, const xmlNode *mode)
{
    g_autoptr(GStrvBuilder) require = g_strv_builder_new(), disable = g_strv_builder_new();
    g_autofree char *model = tree_text(tree_child(mode, "model"));
    g_autofree char *fallback = tree_attribute(tree_child(mode, "model"), "fallback");
    g_autofree char *vendor = tree_text(tree_child(mode, "vendor"));

    if (!model)
        return;
    dw_settings_put(settings, "cpu.host-model.model", dw_value_string(model));
    if (fallback)
        dw_settings_put(settings, "cpu.host-model.fallback", dw_value_string(fallback));
    if (vendor)
        dw_settings_put(settings, "cpu.host-model.vendor", dw_value_string(vendor));

    for (xmlNode *node = tree_child(mode, "feature"); node; node = tree_next(node, "feature")) {
        g_autofree char *name = tree_attribute(node, "name");
        g_autofree char *policy = tree_attribute(node, "policy");
        if (name)
            g_strv_builder_add(g_strcmp0(policy, "disable") == 0 ? disable : require, name);
    }
    put_list(settings, "cpu.host-model.require", require);
    put_list(settings, "cpu.host-model.disable", disable);
}

/* The models whose attribute has that value. */
static void put_models(DwSettings *settings, const char *key, const xmlNode *mode,
                       const char *attribute, const char *wanted)
{
    g_autoptr(GStrvBuilder) models = g_strv_builder_new();

    for (xmlNode *node = tree_child(mode, "model"); node; node = tree_next(node, "model")) {
        g_autofree char *name = tree_text(node);
        g_autofree char *value = tree_attribute(node, attribute);

        if (name && g_strcmp0(value, wanted) == 0)
            g_strv_builder_add(models, name);
    }
    put_list(settings, key, models);
}

static void describe_custom_models(DwSettings *settings, const xmlNode *mode)
{
    g_autoptr(GStrvBuilder) usable = g_strv_builder_new();

    if (!tree_child(mode, "model"))
        return;
    for (xmlNode *node = tree_child(mode, "model"); node; node = tree_next(node, "model")) {
        g_autofree char *name = tree_text(node);
        g_autofree char *is_usable = tree_attribute(node, "usable");
        g_autofree char *vendor = tree_attribute(node, "vendor");
        g_autofree char *key = g_strconcat("cpu.model.vendor.", vendor, NULL);

        /* usable="unknown" is for the host to find out. */
        if (name && g_strcmp0(is_usable, "no") != 0)
            g_strv_builder_add(usable, name);
        if (vendor && !dw_settings_get(settings, key))
            put_models(settings, key, mode, "vendor", vendor);
    }
    put_list(settings, "cpu.model", usable);
    put_models(settings, "cpu.model.unknown", mode, "usable", "unknown");
    put_models(settings, "cpu.model.unusable", mode, "usable", "no");
    put_models(settings, "cpu.model.deprecated", mode, "deprecated", "yes");
}

static void describe_cpu(DwSettings *settings, const xmlNode *cpu)
{
    g_autoptr(GStrvBuilder) modes = g_strv_builder_new();

    for (xmlNode *mode = tree_child(cpu, "mode"); mode; mode = tree_next(mode, "mode")) {
        g_autofree char *name = tree_attribute(mode, "name");
        g_autofree char *supported = tree_attribute(mode, "supported");

        if (!name || g_strcmp0(supported, "yes") != 0)
            continue;
        g_strv_builder_add(modes, name);
        if (g_str_equal(name, "host-model")) {
            describe_host_model(settings, mode);
        } else if (g_str_equal(name, "custom")) {
            describe_custom_models(settings, mode);
        } else {
            g_autofree char *section = g_strconcat("cpu.", name, NULL);
            describe_section(settings, mode, section);
        }
    }
    if (tree_child(cpu, "mode"))
        put_list(settings, "cpu.mode", modes);
}

static void describe_features(DwSettings *settings, const xmlNode *features)
{
    for (xmlNode *node = tree_child(features, NULL); node; node = tree_next(node, NULL)) {
        const char *name = (const char *)node->name;
        bool of_domain = g_strv_contains(domain_features, name);
        g_autofree char *section = g_strconcat(of_domain ? "features." : "", name, NULL);

        describe_section(settings, node, section);
    }
}

static void describe_root(DwSettings *settings, const xmlNode *root)
{
    static const char *const told_apart[] = {"path", "domain",  "machine",  "arch", "vcpu",
                                             "cpu",  "devices", "features", NULL};
    static const struct {
        const char *element, *key;
    } texts[] = {
        {"domain", "type"}, {"arch", "arch"}, {"machine", "machine"}, {"path", "emulator"}};
    g_autofree char *max_vcpus = tree_attribute(tree_child(root, "vcpu"), "max");
    guint64 number;

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = tree_text(tree_child(root, texts[i].element));
        if (text)
            dw_settings_put(settings, texts[i].key, dw_value_string(text));
    }
    if (max_vcpus && g_ascii_string_to_unsigned(max_vcpus, 10, 1, UINT32_MAX, &number, NULL))
        dw_settings_put(settings, "vcpu.max", dw_value_uint((uint32_t)number));

    for (xmlNode *node = tree_child(root, NULL); node; node = tree_next(node, NULL)) {
        const char *name = (const char *)node->name;
        if (!g_strv_contains(told_apart, name))
            describe_section(settings, node, name);
    }
    describe_cpu(settings, tree_child(root, "cpu"));

    const xmlNode *devices = tree_child(root, "devices");
    for (xmlNode *node = tree_child(devices, NULL); node; node = tree_next(node, NULL))
        describe_section(settings, node, (const char *)node->name);
    describe_features(settings, tree_child(root, "features"));
}

DwDomainCapabilities *dw_domain_capabilities_parse(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) tree = tree_parse(xml, "domainCapabilities", error);
    DwDomainCapabilities *capabilities;

    if (!tree)
        return NULL;
    capabilities = g_new0(DwDomainCapabilities, 1);
    capabilities->settings = dw_settings_new();
    describe_root(capabilities->settings, xmlDocGetRootElement(tree));
    return capabilities;
}

void dw_domain_capabilities_free(DwDomainCapabilities *capabilities)
{
    if (!capabilities)
        return;
    dw_settings_free(capabilities->settings);
    g_free(capabilities);
}

DwSettings *dw_domain_capabilities_describe(const DwDomainCapabilities *capabilities)
{
    return dw_settings_copy(capabilities->settings);
}

const char *const *domain_capabilities_values(const DwDomainCapabilities *capabilities,
                                              const char *key)
{
    const DwValue *value = dw_settings_get(capabilities->settings, key);

    return value && value->type == DW_VALUE_STRINGS ? (const char *const *)value->v : NULL;
}

const char *domain_capabilities_text(const DwDomainCapabilities *capabilities, const char *key)
{
    const DwValue *value = dw_settings_get(capabilities->settings, key);

    return value && value->type == DW_VALUE_STRING ? value->s : NULL;
}

bool domain_capabilities_lack(const DwDomainCapabilities *capabilities, const char *section)
{
    g_autofree char *key = g_strconcat(section, ".supported", NULL);
    const DwValue *value = dw_settings_get(capabilities->settings, key);

    return value && value->type == DW_VALUE_BOOL && !value->b;
}

uint32_t domain_capabilities_max_vcpus(const DwDomainCapabilities *capabilities)
{
    const DwValue *value = dw_settings_get(capabilities->settings, "vcpu.max");

    return value ? (uint32_t)value->u : 0;
}

/* Domain capabilities are of one type, architecture and machine; do they speak of this document? */
bool domain_capabilities_concern(const DwDomainCapabilities *offers,
                                 const DwCapabilities *capabilities, const DwDocument *document)
{
    const char *machine = domain_capabilities_text(offers, "machine");
    g_autofree char *type = dw_get_string(document, "type");
    g_autofree char *arch = dw_get_string(document, "os.arch");
    g_autofree char *asked = dw_get_string(document, "os.machine");
    const DwGuest *guest = capabilities ? capabilities_find_guest(capabilities, arch, type) : NULL;
    const char *canonical = guest && asked ? guest_canonical_machine(guest, asked) : asked;

    return (!type || g_strcmp0(domain_capabilities_text(offers, "type"), type) == 0) &&
           (!arch || g_strcmp0(domain_capabilities_text(offers, "arch"), arch) == 0) &&
           (asked ? g_strcmp0(machine, asked) == 0 || g_strcmp0(machine, canonical) == 0
                  : !machine || !g_str_has_prefix(machine, "pc-q35"));
}
