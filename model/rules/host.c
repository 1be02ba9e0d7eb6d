/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on what the host at hand cannot do, by its own capabilities. What they do not mention is
 * unknown and no fault. Ids begin with "host-", so that a refusal can say that it is the host's.
 */
#include "rules/tables.h"

#include <string.h>

#include "common/words.h"
#include "guest/hyperv-features.h"
#include "host/capabilities.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

/* All of few; of many the first, and the one that may have been meant. */
static char *list_words(const char *value, const char *const *allowed)
{
    enum { MOST = 32, FIRST = 8 }; /* all architectures of QEMU */
    guint count = g_strv_length((char **)allowed);
    const char *near = count > MOST ? dw_nearest(value, allowed) : NULL;
    GString *list = g_string_new(count == 0 ? "nothing" : NULL);

    for (guint i = 0; i < (count > MOST ? FIRST : count); i++)
        g_string_append_printf(list, "%s%s", i ? ", " : "", allowed[i]);
    if (count > MOST)
        g_string_append_printf(list, " and %u more", count - FIRST);
    if (near)
        g_string_append_printf(list, "; the nearest is %s", near);
    return g_string_free(list, FALSE);
}

static void report_lack(DwRuleContext *context, const char *rule, DwSeverity severity,
                        const char *key, const char *value, const char *const *allowed)
{
    g_autofree char *list = list_words(value, allowed);

    rule_report(context, rule, severity, key, value, allowed,
                "%s is %s, which this host cannot do; it offers: %s.", key, value, list);
}

static void refuse(DwRuleContext *context, const char *rule, const char *key, const char *value,
                   const char *const *allowed)
{
    report_lack(context, rule, ERROR, key, value, allowed);
}

/* offer is the name under which the capabilities list what they accept for key. */
static void check_choice(DwRuleContext *context, const char *rule, DwSeverity severity,
                         const char *offer, const char *key, const char *value)
{
    const char *const *allowed =
        value && context->offers ? domain_capabilities_values(context->offers, offer) : NULL;

    if (allowed && !g_strv_contains(allowed, value))
        report_lack(context, rule, severity, key, value, allowed);
}

/* Before libvirt 10.5 there is a word on each kind alone. */
static void check_launch_security(DwRuleContext *context)
{
    static const char *const nothing[] = {NULL};
    g_autofree char *type = rule_text(context, context->node, "launchSecurity/@type");

    if (type && g_str_equal(type, "sev") && context->offers &&
        domain_capabilities_lack(context->offers, "sev"))
        report_lack(context, "host-launch-security", ERROR, "launchSecurity.type", type, nothing);
    else
        check_choice(context, "host-launch-security", ERROR, "launchSecurity.type",
                     "launchSecurity.type", type);
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

static void check_os_type(DwRuleContext *context, const GPtrArray *guests)
{
    g_autofree char *os_type = rule_text(context, context->node, "os/type");
    g_autoptr(GPtrArray) os_types = g_ptr_array_new();

    for (guint i = 0; i < guests->len; i++)
        add_once(os_types, ((const DwGuest *)guests->pdata[i])->os_type);
    g_ptr_array_add(os_types, NULL);
    const char *const *known = (const char *const *)os_types->pdata;
    if (os_type && *g_strstrip(os_type) && !g_strv_contains(known, os_type))
        refuse(context, "host-os-type", "os.type", os_type, known);
}

static bool has_machine(const DwGuest *guest, const char *machine)
{
    return g_strv_contains((const char *const *)guest->machines, machine) ||
           g_hash_table_contains(guest->aliases, machine);
}

static void add_all(GPtrArray *list, char *const *words)
{
    for (; *words; words++)
        add_once(list, *words);
}

/* What there is of what does not fit: types; architectures of the type; machines of both. Ends with
 * NULL. */
static GPtrArray *list_others(const GPtrArray *guests, bool fits_type, const char *type,
                              bool fits_arch, const char *arch)
{
    GPtrArray *offers = g_ptr_array_new();

    for (guint i = 0; i < guests->len; i++) {
        const DwGuest *guest = guests->pdata[i];

        if (!fits_type)
            add_all(offers, guest->types);
        else if (!fits_arch && guest_fits(guest, type, NULL))
            add_once(offers, guest->arch);
        else if (fits_arch && guest_fits(guest, type, arch))
            add_all(offers, guest->machines);
    }
    g_ptr_array_add(offers, NULL);
    return offers;
}

/* Type, architecture and machine, each among what fits those before it. */
static void check_guest(DwRuleContext *context)
{
    const GPtrArray *guests = dw_capabilities_guests(context->host->capabilities);
    g_autofree char *type = rule_text(context, context->node, "@type");
    g_autofree char *arch = rule_text(context, context->node, "os/type/@arch");
    g_autofree char *machine = rule_text(context, context->node, "os/type/@machine");
    bool fits_type = !type, fits_arch = !arch, fits = !machine;

    for (guint i = 0; guests && i < guests->len; i++) {
        const DwGuest *guest = guests->pdata[i];

        fits_type |= guest_fits(guest, type, NULL);
        if (!guest_fits(guest, type, arch))
            continue;
        fits_arch = true;
        fits = fits || has_machine(guest, machine);
    }
    if (!guests || guests->len == 0)
        return;
    check_os_type(context, guests);
    if (fits_type && fits_arch && fits)
        return;
    g_autoptr(GPtrArray) offers = list_others(guests, fits_type, type, fits_arch, arch);
    const char *const *words = (const char *const *)offers->pdata;
    if (!fits_type)
        refuse(context, "host-type", "type", type, words);
    else if (!fits_arch)
        refuse(context, "host-arch", "os.arch", arch, words);
    else if (offers->len > 1)
        refuse(context, "host-machine", "os.machine", machine, words);
}

static void rule_guest(DwRuleContext *context)
{
    if (context->host->capabilities)
        check_guest(context);
}

/* What processor and firmware there is libvirt looks at the start only. */
static void check_choices(DwRuleContext *context)
{
    g_autofree char *mode = rule_text(context, context->node, "cpu/@mode");
    g_autofree char *model = rule_text(context, context->node, "cpu/model");
    g_autofree char *firmware = rule_text(context, context->node, "os/@firmware");

    /* This one libvirt looks at before. */
    check_choice(context, "host-cpu-mode", g_strcmp0(mode, "maximum") == 0 ? ERROR : WARNING,
                 "cpu.mode", "cpu.mode", mode);
    if (model && (!mode || g_str_equal(mode, "custom")))
        check_choice(context, "host-cpu-model", WARNING, "cpu.model", "cpu.model",
                     g_strstrip(model));
    /* Newer libvirt chooses it when it is given the document, unless that says which file. */
    g_autofree char *loader = rule_text(context, context->node, "os/loader");
    bool is_chosen = context->host->libvirt_version >= 9002000 && !(loader && *g_strstrip(loader));
    check_choice(context, "host-firmware", is_chosen ? ERROR : WARNING, "os.firmware",
                 "os.firmware", firmware);
    check_launch_security(context);
}

/* A file of one's own may be there as well: nobody can look. */
static void rule_loader(DwRuleContext *context)
{
    g_autofree char *path = context->offers ? rule_text(context, context->node, "os/loader") : NULL;
    const char *const *known =
        path ? domain_capabilities_values(context->offers, "os.loader") : NULL;

    if (!known || !*g_strstrip(path) || g_strv_contains(known, path))
        return;
    g_autofree char *list = g_strjoinv(", ", (char **)known);
    rule_report(context, "host-loader", WARNING, "os.loader", path, known,
                "os.loader is %s, which is none of the files that libvirt knows on this host: %s. "
                "If it is not there, the guest will not start.",
                path, list);
}

/* The same of a program: libvirt looks for it when it is given the document. */
static void rule_emulator(DwRuleContext *context)
{
    const DwCapabilities *capabilities = context->host->capabilities;
    g_autofree char *path = capabilities && context->guest.is_qemu && !context->guest.is_test
                                ? rule_text(context, context->node, "devices/emulator")
                                : NULL;
    g_autofree char *arch = path ? rule_text(context, context->node, "os/type/@arch") : NULL;
    const DwGuest *guest = path ? capabilities_find_guest(capabilities, arch, NULL) : NULL;

    if (!guest || !*guest->emulator || capabilities_have_emulator(capabilities, path))
        return;
    const char *const known[] = {guest->emulator, NULL};
    rule_report(context, "host-emulator", WARNING, "emulator", path, known,
                "emulator is %s, which is none of the programs that libvirt knows on this host; "
                "that for the domain is %s. If it is not there, libvirt refuses the domain.",
                path, guest->emulator);
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

/* ---- What the host has ---- */

static void rule_memory(DwRuleContext *context)
{
    uint64_t has =
        context->host->capabilities ? capabilities_memory(context->host->capabilities) : 0;
    uint64_t memory;

    if (!has || !rule_size(context, "memory", &memory) || memory <= has)
        return;
    g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, memory);
    rule_report(context, "host-memory", WARNING, "memory", value, NULL,
                "memory is %s bytes, but this host has %" G_GUINT64_FORMAT
                "; the guest may not start. Set less.",
                value, has);
}

/* The greatest number in a list such as "0-3,^2,7"; excluded ones are not looked at. */
static uint64_t greatest(const char *list)
{
    uint64_t most = 0;

    for (const char *at = list; *at;) {
        if (*at == '^') {
            at += strcspn(at, ",");
        } else if (!g_ascii_isdigit(*at)) {
            at++;
        } else {
            char *end;

            most = MAX(most, g_ascii_strtoull(at, &end, 10));
            at = end;
        }
    }
    return most;
}

/* end: one more than the greatest number that the host has. */
static void check_set(DwRuleContext *context, const char *rule, const char *key, const char *list,
                      uint32_t end, const char *what)
{
    if (list && end && greatest(list) >= end)
        rule_report(context, rule, WARNING, key, list, NULL,
                    "%s is %s, but the last %s of this host is %u; name others, or the guest will "
                    "not start.",
                    key, list, what, end - 1);
}

static void rule_processors(DwRuleContext *context)
{
    static const char *const pins[][2] = {{"vcpupin", "vcpu"}, {"iothreadpin", "iothread"}};
    const DwDocument *document = context->document;
    uint32_t end =
        context->host->capabilities ? capabilities_processors(context->host->capabilities) : 0;
    g_autofree char *list = rule_text(context, context->node, "vcpu/@cpuset");
    g_autofree char *emulator = rule_text(context, context->node, "cputune/emulatorpin/@cpuset");

    check_set(context, "host-processors", "vcpu.cpuset", list, end, "processor");
    check_set(context, "host-processors", "cputune.emulatorpin.cpuset", emulator, end, "processor");
    for (size_t i = 0; i < G_N_ELEMENTS(pins) && end; i++) {
        g_autofree char *path = g_strconcat("cputune/", pins[i][0], NULL);
        DwNode pin = lens_find(document, context->node, path, NULL);

        for (; pin != DW_NODE_NONE; pin = node_next_same(document, pin)) {
            g_autofree char *set = node_attribute(document, pin, "cpuset");
            g_autofree char *number = node_attribute(document, pin, pins[i][1]);
            g_autofree char *key =
                g_strdup_printf("cputune.%s.%s.cpuset", pins[i][0], number ? number : "");

            check_set(context, "host-processors", key, set, end, "processor");
        }
    }
}

static void check_nodes(DwRuleContext *context, const char *key, const char *list)
{
    uint32_t end =
        context->host->capabilities ? capabilities_nodes(context->host->capabilities) : 0;

    check_set(context, "host-nodes", key, list, end, "NUMA node");
}

static void rule_nodes(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autofree char *list = rule_text(context, context->node, "numatune/memory/@nodeset");
    DwNode cell = lens_find(document, context->node, "numatune/memnode", NULL);

    check_nodes(context, "numatune.memory.nodeset", list);
    for (; cell != DW_NODE_NONE; cell = node_next_same(document, cell)) {
        g_autofree char *set = node_attribute(document, cell, "nodeset");
        g_autofree char *number = node_attribute(document, cell, "cellid");
        g_autofree char *key = g_strdup_printf("numatune.memnode.%s.nodeset", number ? number : "");

        check_nodes(context, key, set);
    }
}

static void rule_memory_nodes(DwRuleContext *context)
{
    g_autofree char *list = rule_text(context, context->node, "source/nodemask");

    check_nodes(context, "source.nodemask", list);
}

static void rule_hyperv(DwRuleContext *context)
{
    const char *const *allowed =
        context->offers ? domain_capabilities_values(context->offers, "hyperv") : NULL;
    g_autofree char *type = rule_text(context, context->node, "@type");
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
    g_autofree char *device = rule_text(context, context->node, "@device");
    g_autofree char *model = rule_text(context, context->node, "@model");
    const char *bus = context->bus;

    check_choice(context, "host-disk-device", g_strcmp0(device, "floppy") == 0 ? WARNING : ERROR,
                 "disk.device", "device", device);
    /* Of these libvirt leaves it to the start. */
    bool is_taken = bus && words_have("xen uml sd fdc", bus);
    check_choice(context, "host-disk-bus", is_taken ? WARNING : ERROR, "disk.target.bus",
                 "target.bus", bus && *bus ? bus : NULL);
    /* What libvirt lists there are virtio's variants. */
    if (model && g_str_has_prefix(model, "virtio"))
        check_choice(context, "host-disk-model", ERROR, "disk.model", "model", model);
}

static void rule_disk_choices(DwRuleContext *context)
{
    if (context->offers)
        check_disk_choices(context);
}

static void rule_video_choices(DwRuleContext *context)
{
    g_autofree char *model =
        context->offers ? rule_text(context, context->node, "model/@type") : NULL;

    check_choice(context, "host-video", ERROR, "video.model", "model.type", model);
}

/* What no guest of QEMU is shown by, display.c tells. */
static void rule_graphics_choices(DwRuleContext *context)
{
    g_autofree char *type = context->offers ? rule_text(context, context->node, "@type") : NULL;

    if (type && !words_have(rule_is_before(context, 11001000) ? "rdp desktop" : "desktop", type))
        check_choice(context, "host-graphics", ERROR, "graphics.type", "type", type);
}

static void rule_tpm_choices(DwRuleContext *context)
{
    if (!context->offers)
        return;
    g_autofree char *model = rule_text(context, context->node, "@model");
    g_autofree char *type = rule_text(context, context->node, "backend/@type");
    check_choice(context, "host-tpm", ERROR, "tpm.model", "model", model);
    check_choice(context, "host-tpm", ERROR, "tpm.backend.type", "backend.type", type);
}

/* Which devices, or which key of the domain, a section of the capabilities is about. */
static const struct {
    const char *section, *kind, *model, *key;
} parts[] = {
    {"genid", "", NULL, "genid"},           {"tpm", "tpm", NULL, ""},
    {"redirdev", "redirdev", NULL, ""},     {"rng", "rng", NULL, ""},
    {"filesystem", "filesystem", NULL, ""}, {"crypto", "crypto", NULL, ""},
    {"sgx", "memory", "sgx-epc", ""},
};

static void report_part(DwRuleContext *context, const char *name, const char *key)
{
    rule_report(context, "host-part", ERROR, key, NULL, NULL,
                "This host can give such a domain no %s; leave it out.", name);
}

/* What a section is silent about, and what there is no section of, is unknown. */
static void rule_parts(DwRuleContext *context)
{
    for (size_t i = 0; context->offers && i < G_N_ELEMENTS(parts); i++) {
        const char *kind = parts[i].kind, *model = parts[i].model, *key = parts[i].key;
        DwNode node = *kind ? rule_device(context, kind, DW_NODE_NONE) : DW_NODE_NONE;
        bool there = *kind ? node != DW_NODE_NONE : rule_there(context, context->node, key);

        if (!there || !domain_capabilities_lack(context->offers, parts[i].section))
            continue;
        if (!*kind)
            report_part(context, key, key);
        for (; node != DW_NODE_NONE; node = rule_device(context, kind, node)) {
            if (model && !node_attribute_is(context->document, node, "model", model))
                continue;
            rule_look_at(context, kind, node);
            report_part(context, model ? model : kind, "");
            rule_look_back(context);
        }
    }
}

/* What takes control groups: libvirt of a session defines it and starts no guest with it. */
static void rule_session(DwRuleContext *context)
{
    static const char *const paths[] = {
        "cputune/shares",         "cputune/period",          "cputune/quota",
        "cputune/global_period",  "cputune/global_quota",    "cputune/emulator_period",
        "cputune/emulator_quota", "cputune/iothread_period", "cputune/iothread_quota",
        "memtune/hard_limit",     "memtune/soft_limit",      "memtune/swap_hard_limit",
        "blkiotune/weight",
    };

    for (size_t i = 0; context->host->is_session && i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *key = rule_key(paths[i]);

        if (context->guest.is_qemu && rule_there(context, context->node, paths[i]))
            rule_report(context, "host-session", WARNING, key, NULL, NULL,
                        "%s is set, which a session of libvirt cannot do: it starts no guest with "
                        "it. Unset it, or define the domain at the system's libvirt.",
                        key);
    }
}

const DwRule rules_host[] = {
    {rule_guest},
    {rule_choices},
    {rule_loader},
    {rule_emulator},
    {rule_vcpus},
    {rule_memory},
    {rule_processors, {"cpuset"}},
    {rule_nodes, {"nodeset"}},
    {rule_hyperv},
    {rule_session, {"cputune", "memtune", "blkiotune"}},
    {rule_parts},
    {NULL},
};
const DwRule rules_disk_host[] = {
    {rule_disk_choices},
    {NULL},
};
const DwRule rules_video_host[] = {
    {rule_video_choices},
    {NULL},
};
const DwRule rules_graphics_host[] = {
    {rule_graphics_choices},
    {NULL},
};
const DwRule rules_memory_host[] = {
    {rule_memory_nodes, {"nodemask"}},
    {NULL},
};
const DwRule rules_tpm_host[] = {
    {rule_tpm_choices},
    {NULL},
};
