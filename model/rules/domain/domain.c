/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on the domain's identity, processors and memory. Run once for each document; devices have
 * rules of their own.
 */
#include "rules/tables.h"

#include <string.h>

#include "guest/memory.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING
#define INFO    DW_SEVERITY_INFO

/* A domain's files are named NAME.xml.new at their longest, in 255 bytes. */
#define LONGEST_NAME 247

static void rule_type(DwRuleContext *context)
{
    g_autofree char *type = node_attribute(context->document, context->node, "type");

    if (!type || !*type)
        rule_report(context, "domain-type-required", ERROR, "type", type, NULL,
                    "type is missing; say what runs the domain, such as kvm or qemu.");
}

static bool is_blank(const char *name)
{
    return name[strspn(name, " \t\r\n")] == '\0';
}

static void rule_name(DwRuleContext *context)
{
    g_autofree char *name = rule_text(context, context->node, "name");

    if (!name || !*name)
        rule_report(context, "domain-name-required", ERROR, "name", name, NULL,
                    "name is missing; give the domain a name.");
    else if (is_blank(name))
        rule_report(context, "domain-name", ERROR, "name", name, NULL,
                    "name is blank; give the domain a name that can be seen.");
    else if (g_str_equal(name, ".") || g_str_equal(name, ".."))
        rule_report(context, "domain-name", ERROR, "name", name, NULL,
                    "name is \"%s\", which is a directory's; choose another.", name);
    /* libvirt stores a carriage return as it is, and reads it again as a line break. */
    else if (strpbrk(name, "/\r\n"))
        rule_report(context, "domain-name", ERROR, "name", name, NULL,
                    "name is \"%s\"; it must not hold a slash or a line break.", name);
    else if (strlen(name) > LONGEST_NAME)
        rule_report(context, "domain-name-length", ERROR, "name", name, NULL,
                    "name has %zu bytes; libvirt cannot store more than %d.", strlen(name),
                    LONGEST_NAME);
}

static void rule_uuid(DwRuleContext *context)
{
    g_autofree char *uuid = rule_text(context, context->node, "uuid");
    unsigned digits = 0;
    char first = 0;

    for (const char *at = uuid; at && *at; at++) {
        if (!g_ascii_isxdigit(*at))
            continue;
        if (!first)
            first = g_ascii_tolower(*at);
        if (g_ascii_tolower(*at) != first)
            return;
        digits++;
    }
    if (digits == 32 && first != '0')
        rule_report(context, "domain-uuid", ERROR, "uuid", uuid, NULL,
                    "uuid is %s, which names nothing; leave it out to get a new one.", uuid);
}

static void rule_title(DwRuleContext *context)
{
    g_autofree char *title = rule_text(context, context->node, "title");

    if (title && strpbrk(title, "\r\n"))
        rule_report(context, "domain-title", ERROR, "title", title, NULL,
                    "title has more than one line; put the rest into description.");
}

/* libvirt reads the first of two and drops the other. */
static void rule_once(DwRuleContext *context)
{
    static const char *const once[] = {
        "name", "uuid",     "title", "description", "memory",   "vcpu",          "os",
        "cpu",  "features", "clock", "devices",     "metadata", "currentMemory", "iothreads"};

    for (size_t i = 0; i < G_N_ELEMENTS(once); i++) {
        DwNode first = node_child(context->document, context->node, once[i]);

        if (first != DW_NODE_NONE && node_next_same(context->document, first) != DW_NODE_NONE)
            rule_report(context, "domain-once", ERROR, once[i], NULL, NULL,
                        "%s is there twice; libvirt reads the first only. Remove one.", once[i]);
    }
}

static void rule_current_vcpu(DwRuleContext *context)
{
    uint64_t most, current;

    if (lens_number(context->document, context->node, "vcpu", &most) &&
        lens_number(context->document, context->node, "vcpu/@current", &current) &&
        current > most) {
        g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, current);

        /* The list outranks it. */
        bool is_listed = rule_there(context, context->node, "vcpus/vcpu");
        rule_report(context, "vcpu-current", is_listed ? WARNING : ERROR, "vcpu.current", value,
                    NULL,
                    "vcpu.current is %s, more than vcpu (%" G_GUINT64_FORMAT "); lower it or raise "
                    "vcpu.",
                    value, most);
    }
}

static void rule_cpuset(DwRuleContext *context)
{
    g_autofree char *cpuset = rule_text(context, context->node, "vcpu/@cpuset");

    if (!cpuset)
        return;
    if (!rule_is_list(cpuset) || rule_is_no_list(cpuset))
        rule_report(context, "vcpu-cpuset", ERROR, "vcpu.cpuset", cpuset, NULL,
                    "vcpu.cpuset is \"%s\"; write processors such as \"0-3,^2,7\".", cpuset);
    if (rule_is(context, context->node, "vcpu/@placement", "auto"))
        rule_report(
            context, "vcpu-cpuset-placement", WARNING, "vcpu.cpuset", cpuset, NULL,
            "vcpu.cpuset is set, but vcpu.placement auto makes libvirt drop it; unset one.");
}

/* Above 255 a guest needs an interrupt remapping device that can name the processors. */
static void rule_many_vcpus(DwRuleContext *context)
{
    uint64_t version = context->host->libvirt_version;
    uint64_t most;

    if (!context->guest.is_x86 || !context->guest.is_qemu ||
        !lens_number(context->document, context->node, "vcpu", &most) || most <= 255)
        return;
    /* libvirt 10.10 adds one by itself. */
    if (!rule_is(context, context->node, "devices/iommu/driver/@eim", "on") && version < 10010000) {
        g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, most);

        rule_report(
            context, "vcpu-iommu", version ? ERROR : WARNING, "vcpu", value, NULL,
            "vcpu is %s; more than 255 need an iommu device with driver.eim on (and machine "
            "q35).",
            value);
    }
}

static void rule_numa(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode cell = lens_find(document, context->node, "cpu/numa/cell", NULL);
    uint64_t most = 1, number;

    lens_number(context->document, context->node, "vcpu", &most);
    for (; cell != DW_NODE_NONE; cell = node_next_same(document, cell)) {
        g_autofree char *cpus = node_attribute(document, cell, "cpus");

        if (!cpus || !rule_is_list(cpus) || !rule_list_last(cpus, &number) || number < most)
            continue;
        g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, most);
        rule_report(context, "cpu-numa-vcpus", ERROR, "vcpu", value, NULL,
                    "vcpu is %s, but a NUMA cell has processor %" G_GUINT64_FORMAT
                    ", counted from 0; raise vcpu or take it out of the cell.",
                    value, number);
        return;
    }
}

/* pSeries plugs the threads of a core together. */
static void check_threads(DwRuleContext *context)
{
    uint64_t threads = 0, vcpus = 0;

    if (!context->guest.is_pseries ||
        !lens_number(context->document, context->node, "cpu/topology/@threads", &threads) ||
        threads == 0 ||
        (!lens_number(context->document, context->node, "vcpu/@current", &vcpus) &&
         !lens_number(context->document, context->node, "vcpu", &vcpus)) ||
        vcpus % threads == 0 || rule_there(context, context->node, "vcpus"))
        return;
    g_autofree char *value = g_strdup_printf("%u", (unsigned)vcpus);
    rule_report(context, "vcpu-threads", ERROR, "vcpu.current", value, NULL,
                "vcpu.current is %s, but must be a multiple of cpu.topology.threads (%u) on this "
                "machine.",
                value, (unsigned)threads);
}

static void rule_topology(DwRuleContext *context)
{
    static const char *const needed[] = {"sockets", "cores", "threads"};
    static const char *const parts[] = {"sockets", "dies", "clusters", "cores", "threads"};
    DwNode topology = lens_find(context->document, context->node, "cpu/topology", NULL);
    uint64_t product = 1, most = 1, part;
    bool complete = true;

    check_threads(context);
    if (topology == DW_NODE_NONE)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
        if (!rule_has(context, topology, needed[i])) {
            g_autofree char *key = g_strconcat("cpu.topology.", needed[i], NULL);

            complete = false;
            rule_report(context, "cpu-topology-complete", ERROR, key, NULL, NULL,
                        "%s is missing; a topology needs sockets, cores and threads.", key);
        }
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_strconcat("@", parts[i], NULL);

        if (lens_number(context->document, topology, path, &part) &&
            __builtin_mul_overflow(product, part, &product))
            product = UINT64_MAX;
    }
    lens_number(context->document, context->node, "vcpu", &most);
    if (complete && context->guest.is_qemu && product != most) {
        g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, most);

        rule_report(context, "cpu-topology-product", ERROR, "cpu.topology", value, NULL,
                    "cpu.topology makes %" G_GUINT64_FORMAT
                    " processors, but vcpu is %s; change one "
                    "of them.",
                    product, value);
    }
}

static void rule_memory(DwRuleContext *context)
{
    uint64_t memory = 0, current = 0, devices = 0;
    bool has_cells = rule_there(context, context->node, "cpu/numa/cell");

    if (!has_cells && !rule_there(context, context->node, "memory"))
        rule_report(context, "memory-required", ERROR, "memory", NULL, NULL,
                    "memory is missing; say how much the domain gets.");
    /* With NUMA cells libvirt takes the sum of theirs and of the devices'. */
    bool is_known = has_cells ? guest_cell_memory(context->document, &memory, &devices) &&
                                    !__builtin_add_overflow(memory, devices, &memory)
                              : rule_size(context, "memory", &memory);
    if (!is_known || memory == 0 || !rule_size(context, "currentMemory", &current))
        return;
    if ((current + 1023) / 1024 > (memory + 1023) / 1024) {
        g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, current);

        if (has_cells) {
            rule_report(context, "memory-current", WARNING, "currentMemory", value, NULL,
                        "currentMemory is %s bytes, more than the NUMA cells have together "
                        "(%" G_GUINT64_FORMAT
                        "), and libvirt lowers it; set cpu.numa.cell.N.memory.",
                        value, memory);
            return;
        }
        rule_report(context, "memory-current", ERROR, "currentMemory", value, NULL,
                    "currentMemory is %s bytes, more than memory (%" G_GUINT64_FORMAT "); libvirt "
                    "would lower it. Lower it, or raise memory.",
                    value, memory);
    }
}

/* How grave it is to check a processor without a model: libvirt refuses it where it knows of none
 * that the machine has by default, 9.0 of RISC-V and 12.8 of ARM, and else checks nothing. */
static DwSeverity check_severity(const DwRuleContext *context, const char *check)
{
    g_autofree char *arch = rule_text(context, context->node, "os/type/@arch");
    DwSeverity otherwise = g_str_equal(check, "none") ? DW_SEVERITY_INFO : WARNING;

    if (!arch || !context->guest.is_qemu)
        return otherwise;
    if (g_str_has_prefix(arch, "riscv"))
        return rule_is_before(context, 11003000) ? ERROR : otherwise;
    if (g_str_equal(arch, "aarch64") || g_str_equal(arch, "armv7l"))
        return context->host->libvirt_version >= 12008000 ? ERROR : otherwise;
    return g_str_equal(arch, "ppc") ? ERROR : otherwise;
}

/* What <cpu> says that libvirt would drop or replace. */
static void rule_cpu_model(DwRuleContext *context)
{
    DwNode cpu = node_child(context->document, context->node, "cpu");
    g_autofree char *mode =
        cpu == DW_NODE_NONE ? NULL : node_attribute(context->document, cpu, "mode");
    g_autofree char *model = rule_text(context, context->node, "cpu/model");
    g_autofree char *match = rule_text(context, context->node, "cpu/@match");
    bool custom = !mode || g_str_equal(mode, "custom");
    bool has_model = model && !is_blank(model);

    if (cpu == DW_NODE_NONE)
        return;
    if (!custom && has_model && !g_str_equal(mode, "host-model"))
        rule_report(context, "cpu-model-mode", WARNING, "cpu.model", model, NULL,
                    "cpu.model is %s, but cpu.mode %s makes libvirt drop it; unset one.", model,
                    mode);
    if (!custom && match)
        rule_report(context, "cpu-match-mode", WARNING, "cpu.match", match, NULL,
                    "cpu.match is %s, but cpu.mode %s makes libvirt drop it; unset one.", match,
                    mode);
    if (custom && !has_model) {
        g_autofree char *check = rule_text(context, context->node, "cpu/@check");

        DwSeverity severity = check ? check_severity(context, check) : DW_SEVERITY_INFO;

        if (severity != DW_SEVERITY_INFO)
            rule_report(context, "cpu-check-model", severity, "cpu.check", check, NULL,
                        "cpu.check is %s, but no cpu.model is given, and libvirt checks nothing or "
                        "refuses it; set cpu.model.",
                        check);
        if (match)
            rule_report(context, "cpu-match-model", WARNING, "cpu.match", match, NULL,
                        "cpu.match is %s, but no cpu.model is given; set it or unset cpu.match.",
                        match);
    }
    g_autofree char *vendor = rule_text(context, context->node, "cpu/vendor");
    if (!has_model && vendor && *vendor)
        rule_report(context, "cpu-vendor-model", ERROR, "cpu.vendor", NULL, NULL,
                    "cpu.vendor is set without cpu.model; set cpu.model or unset cpu.vendor.");
}

static void rule_cpu_features(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode cpu = node_child(document, context->node, "cpu");
    g_autoptr(GHashTable) seen = NULL;
    g_autofree char *mode = NULL;
    DwNode feature;

    if (cpu == DW_NODE_NONE || (feature = node_child(document, cpu, "feature")) == DW_NODE_NONE)
        return;
    mode = node_attribute(document, cpu, "mode");
    if ((!mode || g_str_equal(mode, "custom")) && !rule_there(context, context->node, "cpu/model"))
        rule_report(context, "cpu-feature-model", ERROR, "cpu.feature", NULL, NULL,
                    "cpu.feature is set without cpu.model; set cpu.model, or another cpu.mode.");
    seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; feature != DW_NODE_NONE; feature = node_next_same(document, feature)) {
        char *name = node_attribute(document, feature, "name");
        g_autofree char *key = g_strconcat("cpu.feature.", name ? name : "", NULL);

        if (name && !g_hash_table_add(seen, name))
            rule_report(context, "cpu-feature-unique", ERROR, key, NULL, NULL,
                        "%s is there twice; remove one.", key);
    }
}

static void rule_cpu_migratable(DwRuleContext *context)
{
    g_autofree char *migratable = rule_text(context, context->node, "cpu/@migratable");
    g_autofree char *mode = rule_text(context, context->node, "cpu/@mode");

    if (migratable &&
        (!mode || (!g_str_equal(mode, "host-passthrough") && !g_str_equal(mode, "maximum"))))
        rule_report(context, "cpu-migratable", ERROR, "cpu.migratable", migratable, NULL,
                    "cpu.migratable is %s, but only cpu.mode host-passthrough and maximum have it; "
                    "unset it.",
                    migratable);
}

/* QEMU's own emulation has no host processor to pass on; it defines, but does not start. */
static void rule_cpu_accelerated(DwRuleContext *context)
{
    g_autofree char *mode = rule_text(context, context->node, "cpu/@mode");

    if (mode && node_attribute_is(context->document, context->node, "type", "qemu") &&
        (g_str_equal(mode, "host-passthrough") || g_str_equal(mode, "host-model")))
        rule_report(context, "cpu-mode-emulated", WARNING, "cpu.mode", mode, NULL,
                    "cpu.mode is %s, which needs type kvm to start; use maximum, or type kvm.",
                    mode);
}

static void rule_lifecycle(DwRuleContext *context)
{
    static const struct {
        const char *key;
        const char *refused[5];
    } actions[] = {
        {"on_poweroff", {"preserve", "rename-restart", "coredump-destroy", "coredump-restart"}},
        {"on_reboot", {"preserve", "rename-restart", "coredump-destroy", "coredump-restart"}},
        {"on_crash", {"rename-restart"}},
    };

    for (size_t i = 0; context->guest.is_qemu && i < G_N_ELEMENTS(actions); i++) {
        g_autofree char *action = rule_text(context, context->node, actions[i].key);

        if (action && g_strv_contains(actions[i].refused, action))
            rule_report(context, "domain-lifecycle", ERROR, actions[i].key, action, NULL,
                        "%s is %s, which QEMU cannot do; use destroy or restart.", actions[i].key,
                        action);
    }
    if (context->guest.is_qemu && rule_is(context, context->node, "on_poweroff", "restart") &&
        rule_is(context, context->node, "on_reboot", "destroy"))
        rule_report(context, "domain-lifecycle", ERROR, "on_poweroff", "restart", NULL,
                    "on_poweroff is restart, which QEMU cannot do beside on_reboot destroy; change "
                    "one of them.");
}

static void rule_dirty_ring(DwRuleContext *context)
{
    DwNode ring = lens_find(context->document, context->node, "features/kvm/dirty-ring", NULL);
    g_autofree char *size = NULL;
    uint64_t entries = 0;

    if (ring == DW_NODE_NONE || !node_attribute_is(context->document, ring, "state", "on"))
        return;
    size = node_attribute(context->document, ring, "size");
    lens_number(context->document, ring, "@size", &entries);
    if (!size || entries < 1024 || entries > 65536 || (entries & (entries - 1)))
        rule_report(
            context, "features-dirty-ring", ERROR, "features.kvm.dirty-ring.size", size, NULL,
            "features.kvm.dirty-ring.size is %s; it must be a power of two from 1024 to 65536.",
            size ? size : "missing");
}

static void rule_hint_dedicated(DwRuleContext *context)
{
    if (rule_is(context, context->node, "features/kvm/hint-dedicated/@state", "on") &&
        !rule_is(context, context->node, "cpu/@mode", "host-passthrough"))
        rule_report(context, "features-hint-dedicated", WARNING, "features.kvm.hint-dedicated",
                    "yes", NULL,
                    "features.kvm.hint-dedicated is on, which needs cpu.mode host-passthrough; set "
                    "that or unset it.");
}

/* Each is a part of one architecture's processors. */
static void rule_launch_security(DwRuleContext *context)
{
    g_autofree char *type = rule_text(context, context->node, "launchSecurity/@type");
    g_autofree char *arch = rule_text(context, context->node, "os/type/@arch");
    static const char *const x86[] = {"sev", "sev-snp", "tdx", NULL};

    if (!type || !arch || !context->guest.is_qemu ||
        (g_str_equal(type, "s390-pv") ? g_str_equal(arch, "s390x")
                                      : g_str_equal(arch, "x86_64") || !g_strv_contains(x86, type)))
        return;
    rule_report(context, "launch-security-arch", ERROR, "launchSecurity.type", type, NULL,
                "launchSecurity.type is %s, which machines of %s do not have; s390-pv is of s390x, "
                "the others are of x86_64.",
                type, arch);
}

static void rule_idmap(DwRuleContext *context)
{
    bool users = rule_there(context, context->node, "idmap/uid");
    bool groups = rule_there(context, context->node, "idmap/gid");

    if (users != groups)
        rule_report(context, "domain-idmap", ERROR, users ? "idmap.gid" : "idmap.uid", NULL, NULL,
                    "idmap.%s is missing; users and groups are mapped both or not at all.",
                    users ? "gid" : "uid");
}

const DwRule rules_domain[] = {
    {rule_idmap, {"idmap"}},
    {rule_launch_security, {"launchSecurity"}},
    {rule_type},
    {rule_name},
    {rule_uuid, {"uuid"}},
    {rule_title, {"title"}},
    {rule_once},
    {rule_current_vcpu, {"current"}},
    {rule_cpuset, {"cpuset"}},
    {rule_many_vcpus},
    {rule_topology, {"topology"}},
    {rule_numa, {"numa"}},
    {rule_memory},
    {rule_cpu_model, {"cpu"}},
    {rule_cpu_features, {"feature"}},
    {rule_cpu_migratable, {"migratable"}},
    {rule_cpu_accelerated, {"cpu"}},
    {rule_lifecycle},
    {rule_dirty_ring, {"dirty-ring"}},
    {rule_hint_dedicated, {"hint-dedicated"}},
    {NULL},
};
