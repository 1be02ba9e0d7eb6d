/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host is and which guests it can run, from libvirt's <capabilities>. Knows that document's
 * shape; what an emulator offers guests is domain-capabilities.c's.
 */
#include "host/capabilities.h"

#include "document/xml-tree.h"

struct DwCapabilities {
    DwSettings *settings;
    uint32_t processors, nodes; /* one more than the greatest number; 0: unknown */
    GPtrArray *guests;          /* of DwGuest */
    GHashTable *emulators;      /* set of paths */
};

static void guest_free(void *data)
{
    DwGuest *guest = data;

    g_free(guest->arch);
    g_free(guest->os_type);
    g_free(guest->emulator);
    g_strfreev(guest->types);
    g_strfreev(guest->machines);
    g_clear_pointer(&guest->aliases, g_hash_table_unref);
    g_clear_pointer(&guest->vcpus, g_hash_table_unref);
    g_free(guest);
}

void dw_capabilities_free(DwCapabilities *capabilities)
{
    if (!capabilities)
        return;
    dw_settings_free(capabilities->settings);
    g_ptr_array_unref(capabilities->guests);
    g_hash_table_unref(capabilities->emulators);
    g_free(capabilities);
}

static void put_string(DwSettings *settings, const char *key, const char *text)
{
    if (text)
        dw_settings_put(settings, key, dw_value_string(text));
}

static void put_uint(DwSettings *settings, const char *key, const char *text)
{
    guint64 number;

    if (text && g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &number, NULL))
        dw_settings_put(settings, key, dw_value_uint((uint32_t)number));
}

static void describe_cpu(DwSettings *settings, const xmlNode *cpu)
{
    const xmlNode *topology = tree_child(cpu, "topology");
    g_autofree char *arch = tree_text(tree_child(cpu, "arch"));
    g_autofree char *model = tree_text(tree_child(cpu, "model"));
    g_autofree char *vendor = tree_text(tree_child(cpu, "vendor"));

    put_string(settings, "host.arch", arch);
    put_string(settings, "host.cpu.model", model);
    put_string(settings, "host.cpu.vendor", vendor);

    for (const char *const *name =
             (const char *[]){"sockets", "dies", "clusters", "cores", "threads", NULL};
         *name; name++) {
        g_autofree char *key = g_strconcat("host.cpu.", *name, NULL);
        g_autofree char *number = tree_attribute(topology, *name);
        put_uint(settings, key, number);
    }
}

/* The host's memory and processors are told by NUMA cell only. */
static void describe_cells(DwSettings *settings, const xmlNode *cells)
{
    uint64_t memory = 0;
    uint32_t cpus = 0;

    for (xmlNode *cell = tree_child(cells, "cell"); cell; cell = tree_next(cell, "cell")) {
        g_autofree char *kib = tree_text(tree_child(cell, "memory"));
        g_autofree char *n_cpus = tree_attribute(tree_child(cell, "cpus"), "num");
        guint64 number;

        if (kib && g_ascii_string_to_unsigned(kib, 10, 0, UINT64_MAX >> 20, &number, NULL))
            memory += number * 1024;
        if (n_cpus && g_ascii_string_to_unsigned(n_cpus, 10, 0, UINT16_MAX, &number, NULL))
            cpus += (uint32_t)number;
    }
    if (memory > 0)
        dw_settings_put(settings, "host.memory", dw_value_uint64(memory));
    if (cpus > 0)
        dw_settings_put(settings, "host.cpus", dw_value_uint(cpus));
}

/* Raises *end beyond the number that an attribute has. */
static void raise_end(const xmlNode *node, uint32_t *end)
{
    g_autofree char *text = tree_attribute(node, "id");
    guint64 number;

    if (text && g_ascii_string_to_unsigned(text, 10, 0, UINT16_MAX, &number, NULL))
        *end = MAX(*end, (uint32_t)number + 1);
}

static void count_processors(DwCapabilities *capabilities, const xmlNode *cells)
{
    for (xmlNode *cell = tree_child(cells, "cell"); cell; cell = tree_next(cell, "cell")) {
        raise_end(cell, &capabilities->nodes);
        for (xmlNode *cpu = tree_child(tree_child(cell, "cpus"), "cpu"); cpu;
             cpu = tree_next(cpu, "cpu"))
            raise_end(cpu, &capabilities->processors);
    }
}

static void describe_host(DwSettings *settings, const xmlNode *host)
{
    g_autofree char *uuid = tree_text(tree_child(host, "uuid"));
    g_autofree char *iommu = tree_attribute(tree_child(host, "iommu"), "support");
    g_autoptr(GPtrArray) secmodels = g_ptr_array_new_with_free_func(g_free);

    put_string(settings, "host.uuid", uuid);
    describe_cpu(settings, tree_child(host, "cpu"));
    describe_cells(settings, tree_child(tree_child(host, "topology"), "cells"));
    if (iommu)
        dw_settings_put(settings, "host.iommu", dw_value_bool(g_str_equal(iommu, "yes")));

    for (xmlNode *node = tree_child(host, "secmodel"); node; node = tree_next(node, "secmodel")) {
        char *model = tree_text(tree_child(node, "model"));
        if (model)
            g_ptr_array_add(secmodels, model);
    }
    if (secmodels->len > 0) {
        g_ptr_array_add(secmodels, NULL);
        dw_settings_put(settings, "host.secmodel",
                        dw_value_strings((const char *const *)secmodels->pdata));
    }
}

static void add_once(GStrvBuilder *builder, GHashTable *seen, const char *name)
{
    if (g_hash_table_add(seen, g_strdup(name)))
        g_strv_builder_add(builder, name);
}

/* Machines stand under the architecture, those of one domain type only under that. */
static void collect_machines(const xmlNode *parent, GStrvBuilder *machines, GHashTable *seen,
                             DwGuest *guest)
{
    for (xmlNode *node = tree_child(parent, "machine"); node; node = tree_next(node, "machine")) {
        g_autofree char *name = tree_text(node);
        g_autofree char *canonical = tree_attribute(node, "canonical");
        g_autofree char *most = tree_attribute(node, "maxCpus");
        guint64 vcpus;

        if (!name)
            continue;
        if (most && g_ascii_string_to_unsigned(most, 10, 1, INT32_MAX, &vcpus, NULL))
            g_hash_table_insert(guest->vcpus, g_strdup(canonical ? canonical : name),
                                GUINT_TO_POINTER((guint)vcpus));
        add_once(machines, seen, canonical ? canonical : name);
        if (canonical && !g_str_equal(canonical, name))
            g_hash_table_insert(guest->aliases, g_steal_pointer(&name),
                                g_steal_pointer(&canonical));
    }
}

static DwGuest *guest_new(const char *os_type, const xmlNode *arch, GHashTable *emulators)
{
    g_autoptr(GStrvBuilder) types = g_strv_builder_new(), machines = g_strv_builder_new();
    g_autoptr(GHashTable) seen_types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *wordsize = tree_text(tree_child(arch, "wordsize"));
    DwGuest *guest = g_new0(DwGuest, 1);
    guint64 bits;

    guest->os_type = g_strdup(os_type ? os_type : "");
    guest->arch = tree_attribute(arch, "name");
    guest->emulator = tree_text(tree_child(arch, "emulator"));
    guest->aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    guest->vcpus = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (wordsize && g_ascii_string_to_unsigned(wordsize, 10, 0, 1024, &bits, NULL))
        guest->wordsize = (uint32_t)bits;
    collect_machines(arch, machines, seen, guest);

    for (xmlNode *node = tree_child(arch, "domain"); node; node = tree_next(node, "domain")) {
        g_autofree char *type = tree_attribute(node, "type");
        g_autofree char *emulator = tree_text(tree_child(node, "emulator"));

        if (type)
            add_once(types, seen_types, type);
        collect_machines(node, machines, seen, guest);
        if (emulator && !guest->emulator)
            guest->emulator = g_strdup(emulator);
        if (emulator)
            g_hash_table_add(emulators, g_steal_pointer(&emulator));
    }

    if (!guest->arch)
        guest->arch = g_strdup("");
    if (guest->emulator)
        g_hash_table_add(emulators, g_strdup(guest->emulator));
    else
        guest->emulator = g_strdup("");
    guest->types = g_strv_builder_end(types);
    guest->machines = g_strv_builder_end(machines);
    return guest;
}

DwCapabilities *dw_capabilities_parse(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) tree = tree_parse(xml, "capabilities", error);
    DwCapabilities *capabilities;

    if (!tree)
        return NULL;

    capabilities = g_new0(DwCapabilities, 1);
    capabilities->settings = dw_settings_new();
    capabilities->guests = g_ptr_array_new_with_free_func(guest_free);
    capabilities->emulators = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    const xmlNode *root = xmlDocGetRootElement(tree);
    describe_host(capabilities->settings, tree_child(root, "host"));
    count_processors(capabilities,
                     tree_child(tree_child(tree_child(root, "host"), "topology"), "cells"));
    for (xmlNode *node = tree_child(root, "guest"); node; node = tree_next(node, "guest")) {
        g_autofree char *os_type = tree_text(tree_child(node, "os_type"));
        for (xmlNode *arch = tree_child(node, "arch"); arch; arch = tree_next(arch, "arch"))
            g_ptr_array_add(capabilities->guests,
                            guest_new(os_type, arch, capabilities->emulators));
    }
    return capabilities;
}

DwSettings *dw_capabilities_describe(const DwCapabilities *capabilities)
{
    return dw_settings_copy(capabilities->settings);
}

const GPtrArray *dw_capabilities_guests(const DwCapabilities *capabilities)
{
    return capabilities->guests;
}

const char *capabilities_host_arch(const DwCapabilities *capabilities)
{
    const DwValue *arch = dw_settings_get(capabilities->settings, "host.arch");

    return arch ? arch->s : NULL;
}

uint64_t capabilities_memory(const DwCapabilities *capabilities)
{
    const DwValue *memory = dw_settings_get(capabilities->settings, "host.memory");

    return memory ? memory->u : 0;
}

uint32_t capabilities_processors(const DwCapabilities *capabilities)
{
    return capabilities->processors;
}

uint32_t capabilities_nodes(const DwCapabilities *capabilities)
{
    return capabilities->nodes;
}

bool capabilities_have_emulator(const DwCapabilities *capabilities, const char *path)
{
    return g_hash_table_contains(capabilities->emulators, path);
}

/* Greater fits better; negative does not fit. */
static int guest_fit(const DwGuest *guest, const char *host_arch, const char *arch,
                     const char *type)
{
    if (arch && !g_str_equal(guest->arch, arch))
        return -1;
    if (type && !g_strv_contains((const char *const *)guest->types, type))
        return -1;
    return 2 * (g_strcmp0(guest->arch, host_arch) == 0) + g_str_equal(guest->os_type, "hvm");
}

const DwGuest *capabilities_find_guest(const DwCapabilities *capabilities, const char *arch,
                                       const char *type)
{
    const char *host_arch = capabilities_host_arch(capabilities);
    const DwGuest *best = NULL;
    int best_fit = -1;

    for (guint i = 0; i < capabilities->guests->len; i++) {
        const DwGuest *guest = capabilities->guests->pdata[i];
        int fit = guest_fit(guest, host_arch, arch, type);
        if (fit > best_fit) {
            best = guest;
            best_fit = fit;
        }
    }
    return best;
}

const char *guest_default_type(const DwGuest *guest)
{
    const char *const *types = (const char *const *)guest->types;

    if (g_strv_contains(types, "kvm"))
        return "kvm";
    return g_strv_contains(types, "qemu") ? "qemu" : types[0];
}

void dw_capabilities_fill(const DwCapabilities *capabilities, const char **type, const char **arch,
                          const char **machine)
{
    const DwGuest *guest = capabilities_find_guest(capabilities, *arch, *type);

    if (!guest)
        return;
    if (!*type)
        *type = guest_default_type(guest);
    if (!*arch)
        *arch = guest->arch;
    if (!*machine)
        *machine = guest_default_machine(guest);
}

const char *guest_canonical_machine(const DwGuest *guest, const char *machine)
{
    const char *canonical = g_hash_table_lookup(guest->aliases, machine);

    for (char **name = guest->machines; !canonical && *name; name++)
        if (g_str_equal(*name, machine))
            canonical = *name;
    return canonical;
}

static const char *find_machine(const DwGuest *guest, const char *const *names)
{
    const char *canonical = NULL;

    for (; *names && !canonical; names++)
        canonical = guest_canonical_machine(guest, *names);
    return canonical;
}

const char *guest_default_machine(const DwGuest *guest)
{
    static const char *const usual[] = {"q35", "virt", "pseries", "s390-ccw-virtio", NULL};
    const char *canonical = find_machine(guest, usual);

    return canonical ? canonical : guest->machines ? guest->machines[0] : NULL;
}

const char *guest_implied_machine(const DwGuest *guest, uint64_t libvirt_version)
{
    /* Before 9.3 those of ARM and RISC-V were other ones. */
    static const char *const preferred[] = {"pc", "pseries", "s390-ccw-virtio", "virt", NULL};
    static const char *const old[] = {"pc", "pseries", "s390-ccw-virtio", NULL};

    return find_machine(guest, libvirt_version >= 9003000 ? preferred : old);
}
