/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on processors' caches, features of the machine and labels. Run once for each document.
 */
#include <string.h>

#include "rules/tables.h"
#include "table/value-form.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

#define BLANKS " \t\n\v\f\r"

/* ---- The processor's caches and addresses ---- */

static void rule_cpu_cache(DwRuleContext *context)
{
    g_autofree char *mode = rule_text(context, context->node, "cpu/cache/@mode");
    g_autofree char *level = rule_text(context, context->node, "cpu/cache/@level");
    g_autofree char *cpu = rule_text(context, context->node, "cpu/@mode");

    if (mode && context->guest.is_qemu && context->guest.is_other)
        rule_report(context, "cpu-cache-arch", ERROR, "cpu.cache.mode", mode, NULL,
                    "cpu.cache.mode is %s, which only machines of x86 have; unset cpu.cache.*.",
                    mode);
    if (!mode || !context->guest.is_qemu)
        return;
    if (g_str_equal(mode, "emulate") && g_strcmp0(level, "3") != 0)
        rule_report(context, "cpu-cache", ERROR, "cpu.cache.mode", mode, NULL,
                    "cpu.cache.mode is emulate, which needs cpu.cache.level 3.");
    if (g_str_equal(mode, "passthrough") && level)
        rule_report(context, "cpu-cache", ERROR, "cpu.cache.level", level, NULL,
                    "cpu.cache.level is %s, but cpu.cache.mode passthrough takes none; unset it.",
                    level);
    if (g_str_equal(mode, "passthrough") && g_strcmp0(cpu, "host-passthrough") != 0 &&
        g_strcmp0(cpu, "maximum") != 0)
        rule_report(
            context, "cpu-cache-mode", ERROR, "cpu.cache.mode", mode, NULL,
            "cpu.cache.mode is passthrough, which needs cpu.mode host-passthrough or maximum.");
}

static void rule_physical_bits(DwRuleContext *context)
{
    g_autofree char *mode = rule_text(context, context->node, "cpu/maxphysaddr/@mode");
    g_autofree char *bits = rule_text(context, context->node, "cpu/maxphysaddr/@bits");

    if (!mode || !context->guest.is_qemu)
        return;
    if (context->guest.is_other)
        rule_report(context, "cpu-address-arch", ERROR, "cpu.maxphysaddr.mode", mode, NULL,
                    "cpu.maxphysaddr.mode is %s, which only machines of x86 have; unset "
                    "cpu.maxphysaddr.*.",
                    mode);
    if (g_str_equal(mode, "emulate") && !bits && rule_is_before(context, 9008000))
        rule_report(context, "cpu-address-bits", rule_is_before(context, 9001000) ? ERROR : WARNING,
                    "cpu.maxphysaddr.bits", NULL, NULL,
                    "cpu.maxphysaddr.bits is missing; cpu.maxphysaddr.mode emulate needs it.");
    if (g_str_equal(mode, "passthrough") && bits)
        rule_report(context, "cpu-address-bits", ERROR, "cpu.maxphysaddr.bits", bits, NULL,
                    "cpu.maxphysaddr.bits is %s, but cpu.maxphysaddr.mode passthrough takes the "
                    "host's; unset it.",
                    bits);
}

/* ---- Features of machines ---- */

/* A page table that says nothing, or pages of size 0, is none to libvirt. */
static bool is_no_table(const DwRuleContext *context, DwNode table)
{
    g_autofree char *size = rule_text(context, table, "maxpagesize");

    return !rule_has(context, table, "resizing") && (!size || !size[strspn(size, "0")]);
}

/* One that only machines of some architecture have, though the guest's is another. */
static void check_features(DwRuleContext *context, const char *const *names, const char *arch)
{
    DwNode features = node_child(context->document, context->node, "features");

    for (; features != DW_NODE_NONE && *names; names++) {
        DwNode feature = node_child(context->document, features, *names);
        if (feature == DW_NODE_NONE ||
            (g_str_equal(*names, "hpt") && is_no_table(context, feature)))
            continue;
        g_autofree char *key = g_strconcat("features.", *names, NULL);
        rule_report(context, "features-arch", ERROR, key, NULL, NULL,
                    "%s is set, which only machines of %s have; unset it.", key, arch);
    }
}

/* What is on a PS/2 controller, where there is to be none. */
static void rule_no_ps2(DwRuleContext *context)
{
    static const char off[] = "features.ps2 is off";

    if (!context->guest.is_qemu || !rule_is(context, context->node, "features/ps2/@state", "off"))
        return;
    if (rule_is(context, context->node, "features/vmport/@state", "on"))
        rule_report(context, "features-ps2", ERROR, "features.vmport", "on", NULL,
                    "features.vmport is on, but %s; turn that on or unset this.", off);
    for (DwNode node = rule_device(context, "input", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "input", node)) {
        if (!rule_is(context, node, "@bus", "ps2"))
            continue;
        rule_look_at(context, "input", node);
        rule_report(context, "input-bus", ERROR, "bus", "ps2", NULL,
                    "bus is ps2, but %s; turn that on or use usb.", off);
        rule_look_back(context);
    }
}

static void rule_features(DwRuleContext *context)
{
    static const char *const ppc[] = {"hpt",  "htm",  "nested-hv", "ccf-assist",
                                      "cfpc", "sbbc", "ibs",       NULL};
    static const char *const x86[] = {"ioapic", "pvspinlock", "vmport", NULL};

    if (context->guest.is_qemu && (context->guest.is_x86 || context->guest.is_other) &&
        !context->guest.is_pseries)
        check_features(context, ppc, "ppc64");
    if (context->guest.is_qemu && context->guest.is_other)
        check_features(context, x86, "x86");
    if (context->guest.is_qemu && (context->guest.is_pseries || context->guest.is_s390) &&
        !rule_is(context, context->node, "features/vmcoreinfo/@state", "off"))
        check_features(context, (const char *const[]){"vmcoreinfo", NULL}, "x86, ARM and RISC-V");
    if (context->guest.is_qemu && !context->guest.is_arm &&
        (context->guest.is_x86 || context->guest.is_other))
        check_features(context, (const char *const[]){"ras", "virtualization", NULL}, "ARM");
    if (context->guest.is_qemu && (!context->guest.is_virt || context->guest.is_arm) &&
        (context->guest.is_x86 || context->guest.is_other))
        check_features(context, (const char *const[]){"aia", NULL}, "RISC-V");
    if (context->guest.is_pseries && rule_is(context, context->node, "features/pmu/@state", "off"))
        rule_report(context, "features-pmu", ERROR, "features.pmu", "off", NULL,
                    "features.pmu is off, but machines of ppc64 have it always; unset it.");
}

/* Lengths of the vectors that an ARM processor without vectors is to have. */
static void rule_vectors(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode feature = lens_find(document, context->node, "cpu/feature", NULL);
    bool is_off = false, has_lengths = false;

    for (; feature != DW_NODE_NONE; feature = node_next_same(document, feature)) {
        g_autofree char *name = node_attribute(document, feature, "name");

        if (g_strcmp0(name, "sve") == 0)
            is_off = node_attribute_is(document, feature, "policy", "disable") ||
                     node_attribute_is(document, feature, "policy", "forbid");
        else if (name && g_str_has_prefix(name, "sve"))
            has_lengths |= g_ascii_isdigit(name[3]);
    }
    if (context->guest.is_arm && is_off && has_lengths)
        rule_report(
            context, "cpu-feature-vectors", ERROR, "cpu.feature.sve.policy", NULL, NULL,
            "cpu.feature.sve.policy turns vectors off, but cpu.feature has lengths of them; "
            "unset one.");
}

/* Memory of the host for what emulation has translated. */
static void rule_translation(DwRuleContext *context)
{
    uint64_t size;

    if (!context->guest.is_qemu ||
        !rule_size_at(context, context->node, "features/tcg/tb-cache", KIB, &size) ||
        size / KIB % KIB == 0)
        return;
    g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, size);
    rule_report(context, "features-translation", ERROR, "features.tcg.tb-cache", value, NULL,
                "features.tcg.tb-cache is %s bytes, which is not a whole number of MiB; round it.",
                value);
}

/* 0 is as if nothing were said. */
static void rule_guarantee(DwRuleContext *context)
{
    uint64_t size;

    if (rule_size_at(context, context->node, "memtune/min_guarantee", KIB, &size) && size == 0)
        return;
    if (context->guest.is_qemu && !context->guest.is_test &&
        rule_there(context, context->node, "memtune/min_guarantee"))
        rule_report(context, "memory-guarantee", ERROR, "memtune.min_guarantee", NULL, NULL,
                    "memtune.min_guarantee is set, which QEMU has not; use memoryBacking.locked or "
                    "unset it.");
}

static void rule_environment(DwRuleContext *context)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    const DwDocument *document = context->document;
    DwNode env = lens_find(document, context->node, "qemu:commandline/qemu:env", NULL);

    for (; env != DW_NODE_NONE; env = node_next_same(document, env)) {
        g_autofree char *name = node_attribute(document, env, "name");

        if (!name || (*name && !g_ascii_isdigit(*name) && !name[strspn(name, letters)]))
            continue;
        g_autofree char *key = g_strdup_printf("qemu.commandline.env.%s", name);
        rule_report(context, "domain-environment", ERROR, key, NULL, NULL,
                    "%s is no name of a variable; write letters, digits and underscores, and no "
                    "digit first.",
                    key);
    }
}

/* Only the interrupt controller of x86 has such messages to leave out. */
static void rule_eoi(DwRuleContext *context)
{
    g_autofree char *value = rule_text(context, context->node, "features/apic/@eoi");

    if (value && context->guest.is_qemu && context->guest.is_other)
        rule_report(context, "features-apic", ERROR, "features.apic.eoi", value, NULL,
                    "features.apic.eoi is %s, which only machines of x86 have; unset it.", value);
}

/* libvirt asks QEMU's program for the device that sleeps, and finds it in those of PowerPC and
 * MIPS, though their machines have not got it. */
static DwSeverity severity_of_sleep(const DwRuleContext *context)
{
    g_autofree char *arch = rule_text(context, context->node, "os/type/@arch");

    return arch && (g_str_has_prefix(arch, "ppc") || g_str_has_prefix(arch, "mips")) ? WARNING
                                                                                     : ERROR;
}

static void rule_sleep(DwRuleContext *context)
{
    static const char *const names[] = {"suspend-to-mem", "suspend-to-disk"};

    for (size_t i = 0; i < G_N_ELEMENTS(names) && context->guest.is_other; i++) {
        g_autofree char *path = g_strdup_printf("pm/%s/@enabled", names[i]);
        g_autofree char *key = g_strdup_printf("pm.%s", names[i]);
        g_autofree char *value = rule_text(context, context->node, path);

        if (value && context->guest.is_qemu)
            rule_report(context, "features-sleep",
                        context->host->libvirt_version >= 11003000 ? ERROR
                                                                   : severity_of_sleep(context),
                        key, value, NULL, "%s is %s, which only machines of x86 have; unset it.",
                        key, value);
    }
}

/* libvirt refuses ACPI on ARM without firmware that could read the tables. */
static void rule_acpi_firmware(DwRuleContext *context)
{
    g_autofree char *arch = rule_text(context, context->node, "os/type/@arch");

    if (!context->guest.is_qemu || !arch || !g_str_equal(arch, "aarch64") ||
        !rule_there(context, context->node, "features/acpi") ||
        rule_is(context, context->node, "os/@firmware", "efi") ||
        rule_is(context, context->node, "os/loader/@type", "pflash"))
        return;
    rule_report(
        context, "features-acpi-firmware", ERROR, "features.acpi", NULL, NULL,
        "features.acpi is set, which needs UEFI on aarch64; set os.firmware to efi or unset "
        "this.");
}

static void rule_gic(DwRuleContext *context)
{
    if (rule_there(context, context->node, "features/gic") && context->guest.is_qemu &&
        (context->guest.is_x86 || (context->guest.is_other && !context->guest.is_arm)))
        rule_report(context, "features-gic", ERROR, "features.gic", NULL, NULL,
                    "features.gic is set, which only machine virt of ARM has; unset it.");
}

static void rule_tseg(DwRuleContext *context)
{
    DwNode tseg = lens_find(context->document, context->node, "features/smm/tseg", NULL);
    uint64_t size;

    if (tseg == DW_NODE_NONE || !context->guest.is_qemu ||
        rule_is(context, context->node, "features/smm/@state", "off"))
        return;
    if (context->guest.is_pc || context->guest.is_bare || context->guest.is_other)
        rule_report(context, "features-tseg-machine", ERROR, "features.smm.tseg", NULL, NULL,
                    "features.smm.tseg is set, which only q35 machines have; unset it.");
    if (rule_size_at(context, context->node, "features/smm/tseg", MIB, &size) && size % MIB != 0)
        rule_report(context, "features-tseg-size", ERROR, "features.smm.tseg", NULL, NULL,
                    "features.smm.tseg is not a whole number of MiB.");
}

static void rule_labels(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode label = node_child(document, context->node, "seclabel");
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (; label != DW_NODE_NONE; label = node_next_same(document, label)) {
        g_autofree char *model = node_attribute(document, label, "model");

        if (model && !g_hash_table_add(seen, g_strdup(model)))
            rule_report(context, "seclabel-unique", ERROR, "seclabel", model, NULL,
                        "seclabel is there twice for model %s; remove one.", model);
    }
}

/* ---- What the firmware tells ---- */

/* Of 32 digits, wherever there are dashes between them. */
static bool is_same_uuid(const char *a, const char *b)
{
    unsigned digits = 0;

    a += strspn(a, BLANKS);
    b += strspn(b, BLANKS);
    for (; digits < 32; digits++) {
        a += strspn(a, "-");
        b += strspn(b, "-");
        if (!g_ascii_isxdigit(*a) || g_ascii_tolower(*a++) != g_ascii_tolower(*b++))
            return false;
    }
    return !a[strspn(a, BLANKS)] && !b[strspn(b, BLANKS)];
}

static void rule_smbios(DwRuleContext *context)
{
    g_autofree char *own = rule_text(context, context->node, "uuid");
    g_autofree char *told =
        rule_text(context, context->node, "sysinfo[@type='smbios']/system/entry[@name='uuid']");
    g_autofree char *date =
        rule_text(context, context->node, "sysinfo[@type='smbios']/bios/entry[@name='date']");

    if (told && *told && !is_same_uuid(told, told))
        rule_report(context, "sysinfo-uuid", ERROR, "sysinfo.system.uuid", told, NULL,
                    "sysinfo.system.uuid is \"%s\", which is no UUID; unset it.", told);
    else if (own && told && *told && !is_same_uuid(own, told))
        rule_report(context, "sysinfo-uuid", ERROR, "sysinfo.system.uuid", told, NULL,
                    "sysinfo.system.uuid is %s, but uuid is %s; they must be equal.", told, own);
    if (date && *date &&
        !g_regex_match_simple("^[0-9]{1,2}/[0-9]{1,2}/([0-9]{2}|[0-9]{4})$", date, 0, 0))
        rule_report(context, "sysinfo-date", ERROR, "sysinfo.bios.date", date, NULL,
                    "sysinfo.bios.date is \"%s\"; write it as MM/DD/YYYY.", date);
}

/* Without text it is none. */
static bool has_base(const DwRuleContext *context, DwNode label)
{
    g_autofree char *base = rule_text(context, label, "baselabel");

    return base && *base;
}

/* libvirt takes the host's own model for a single label that leaves all to it; newer ones take one
 * without a type as such. */
static void rule_label_models(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode first = node_child(document, context->node, "seclabel");
    bool alone = first != DW_NODE_NONE && node_next_same(document, first) == DW_NODE_NONE;

    for (DwNode label = first; context->guest.is_qemu && label != DW_NODE_NONE;
         label = node_next_same(document, label)) {
        bool is_plain = !rule_has(context, label, "type") && !rule_is_before(context, 11004000);
        bool leaves = node_attribute_is(document, label, "type", "none") ||
                      ((node_attribute_is(document, label, "type", "dynamic") || is_plain) &&
                       !has_base(context, label));

        if (!rule_has(context, label, "model") && !(alone && leaves))
            rule_report(context, "seclabel-model", ERROR, "seclabel", NULL, NULL,
                        "seclabel has no model; only one that is alone, of type none, or dynamic "
                        "without baselabel, does without. Set seclabel.N.model.");
    }
}

static void rule_fwcfg(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode entry = lens_find(document, context->node, "sysinfo[@type='fwcfg']/entry", NULL);

    for (; entry != DW_NODE_NONE; entry = node_next_same(document, entry)) {
        g_autofree char *name = node_attribute(document, entry, "name");

        if (!node_has_text(document, entry) && !rule_has(context, entry, "file"))
            rule_report(context, "sysinfo-fwcfg", ERROR, "sysinfo.fwcfg.entry", name, NULL,
                        "sysinfo.fwcfg.entry %s has neither a value nor a file; give it one.",
                        name ? name : "");
        if (!name || !context->guest.is_qemu || context->guest.is_test)
            continue;
        if (!g_str_has_prefix(name, "opt/") || g_str_has_prefix(name, "opt/ovmf/") ||
            g_str_has_prefix(name, "opt/org.qemu/"))
            rule_report(context, "sysinfo-fwcfg-name", ERROR, "sysinfo.fwcfg.entry", name, NULL,
                        "sysinfo.fwcfg.entry %s must begin with opt/, but not with opt/ovmf/ or "
                        "opt/org.qemu/, which are reserved.",
                        name);
    }
}

/* Microseconds of each period; a negative number is no limit. */
static void rule_quotas(DwRuleContext *context)
{
    static const char *const names[] = {"quota", "global_quota", "emulator_quota",
                                        "iothread_quota"};
    const uint64_t least = 1000, most = UINT64_C(17592186044415);

    for (size_t i = 0; i < G_N_ELEMENTS(names) && context->guest.is_qemu; i++) {
        g_autofree char *path = g_strconcat("cputune/", names[i], NULL);
        g_autofree char *key = g_strconcat("cputune.", names[i], NULL);
        g_autofree char *text = rule_text(context, context->node, path);
        uint64_t quota;

        if (text && lens_number(context->document, context->node, path, &quota) && quota > 0 &&
            (quota < least || quota > most))
            rule_report(
                context, "cputune-quota", ERROR, key, text, NULL,
                "%s is %s; it must be from 1000 to 17592186044415, or negative for no limit.", key,
                text);
    }
}

/* 0 is as if nothing were said. What the host's control groups take is not asked any more since. */
static void rule_cpu_shares(DwRuleContext *context)
{
    uint64_t shares;

    if (context->guest.is_qemu &&
        lens_number(context->document, context->node, "cputune/shares", &shares) && shares == 1)
        rule_report(context, "cputune-shares", rule_is_before(context, 9001000) ? ERROR : WARNING,
                    "cputune.shares", "1", NULL,
                    "cputune.shares is 1, which is too little; set 2 to 262144.");
}

const DwRule rules_tune[] = {
    {rule_cpu_cache, {"cache"}},
    {rule_physical_bits, {"maxphysaddr"}},
    {rule_features, {"features"}},
    {rule_no_ps2, {"ps2"}},
    {rule_acpi_firmware, {"acpi"}},
    {rule_gic, {"gic"}},
    {rule_eoi, {"eoi"}},
    {rule_sleep, {"pm"}},
    {rule_tseg, {"tseg"}},
    {rule_guarantee, {"min_guarantee"}},
    {rule_environment, {"env"}},
    {rule_smbios, {"sysinfo"}},
    {rule_fwcfg, {"sysinfo"}},
    {rule_quotas, {"cputune"}},
    {rule_cpu_shares, {"shares"}},
    {rule_labels, {"seclabel"}},
    {rule_label_models, {"seclabel"}},
    {rule_translation, {"tb-cache"}},
    {rule_vectors, {"feature"}},
    {NULL},
};
