/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Settings that only devices of some model or type have, and that libvirt refuses with others. Data
 * first; run for each device. What libvirt drops without a word is told after the definition
 * (compare/stored).
 */
#include <string.h>

#include "common/words.h"
#include "rules/facts.h"
#include "rules/tables.h"
#include "table/value-form.h"

#define ERROR DW_SEVERITY_ERROR

#define VIRTIO_SCSI "virtio-scsi virtio-transitional virtio-non-transitional"
#define EXPANDERS   "pci-expander-bus pcie-expander-bus"
#define PORTS       "pcie-root-port pcie-switch-downstream-port"
#define ROOTS       "pci-root pcie-root"

/* Devices of kind have what stands at path (value: only that value of it) where their text at `by`
 * is one of the words, or of those that libvirt takes only since a later version; without that text
 * they have not. Of rows of one path the first that is not kept is reported. */
static const struct {
    const char *kind, *path, *value, *by, *words, *later;
    uint64_t since; /* of the later ones */
} options[] = {
    {"controller", "driver/@queues", NULL, "@model", VIRTIO_SCSI},
    {"controller", "driver/@cmd_per_lun", NULL, "@model", VIRTIO_SCSI},
    {"controller", "driver/@max_sectors", NULL, "@model", VIRTIO_SCSI},
    {"controller", "driver/@ioeventfd", NULL, "@model", VIRTIO_SCSI},
    {"controller", "driver/iothreads", NULL, "@model", VIRTIO_SCSI},
    {"controller", "target/@memReserve", NULL, "@model", "pcie-root-port pci-bridge"},
    {"controller", "target/@chassisNr", NULL, "@model", "pci-bridge"},
    {"controller", "target/@busNr", NULL, "@model", EXPANDERS},
    {"controller", "target/node", NULL, "@model", EXPANDERS " pci-root"},
    {"controller", "target/@chassis", NULL, "@model", PORTS},
    {"controller", "target/@port", NULL, "@model", PORTS},
    {"controller", "target/@hotplug", NULL, "@model", PORTS " pci-root"},
    {"controller", "target/@index", NULL, "@model", "pci-root"},
    {"controller", "pcihole64", NULL, "@model", ROOTS},
    {"audio", "input/@fixedSettings", "yes", "input/@mixingEngine", "yes"},
    {"audio", "output/@fixedSettings", "yes", "output/@mixingEngine", "yes"},
    {"audio", "input/settings", NULL, "input/@fixedSettings", "yes"},
    {"audio", "output/settings", NULL, "output/@fixedSettings", "yes"},
    {"iommu", "driver/@intremap", NULL, "@model", "intel amd"},
    {"iommu", "driver/@iotlb", NULL, "@model", "intel amd"},
    {"iommu", "driver/@caching_mode", NULL, "@model", "intel"},
    {"iommu", "driver/@eim", NULL, "@model", "intel"},
    {"iommu", "driver/@aw_bits", NULL, "@model", "intel", "virtio", 11004000},
    {"iommu", "driver/@dma_translation", NULL, "@model", "intel"},
    {"iommu", "driver/@passthrough", NULL, "@model", "amd virtio"},
    {"iommu", "driver/@xtsup", NULL, "@model", "amd virtio"},
    {"iommu", "driver/@accel", NULL, "@model", "smmuv3"},
    {"iommu", "driver/@ats", NULL, "@model", "smmuv3"},
    {"iommu", "driver/@ats", NULL, "driver/@accel", "on"},
    {"iommu", "driver/@ril", NULL, "@model", "smmuv3"},
    {"iommu", "driver/@ril", NULL, "driver/@accel", "on"},
    {"iommu", "driver/@oas", NULL, "@model", "smmuv3"},
    {"iommu", "driver/@oas", NULL, "driver/@accel", "on"},
    {"iommu", "driver/@ssidsize", NULL, "@model", "smmuv3"},
    {"iommu", "driver/@ssidsize", NULL, "driver/@accel", "on"},
    {"iommu", "driver/@cmdqv", NULL, "@model", "smmuv3"},
    {"iommu", "driver/@cmdqv", NULL, "driver/@accel", "on"},
    {"iommu", "driver/granule", NULL, "@model", "virtio"},
    {"iommu", "driver/@pciBus", NULL, "@model", "smmuv3"},
    {"video", "model/@edid", NULL, "model/@type", "vga virtio bochs none"},
    {"video", "model/@blob", NULL, "model/@type", "virtio"},
    {"video", "driver/@name", "vhostuser", "model/@type", "virtio none"},
    {"interface", "bandwidth/inbound/@floor", NULL, "@type", "network"},
    {"interface", "port/@isolated", "yes", "@type", "network bridge"},
    {"input", "@model", NULL, "@bus", "virtio"},
    {"filesystem", "boot/@order", NULL, "driver/@type", "virtiofs"},
    {"interface", "target/@managed", "no", "@type", "ethernet"},
    {"interface", "mtu/@size", NULL, "@type", "network bridge ethernet vhostuser"},
    {"interface", "teaming/@type", "persistent", "model/@type", "virtio"},
    {"interface", "teaming/@type", "transient", "@type", "hostdev network"},
    {"interface", "coalesce/rx/frames/@max", NULL, "@type", "network bridge"},
    {"hostdev", "teaming/@type", "transient", "@type", "pci"},
};

/* No queues, commands or bits at all is as if nothing were said. */
static bool is_none(const char *path, const char *text)
{
    return g_str_equal(text, "0") && words_have("driver/@queues driver/@cmd_per_lun "
                                                "driver/@max_sectors driver/@aw_bits",
                                                path);
}

static bool is_set(const DwRuleContext *context, const char *path, const char *value)
{
    if (!rule_may_be(context, path))
        return false;
    if (!strchr(path, '@'))
        return rule_there(context, context->node, path);
    g_autofree char *text = rule_text(context, context->node, path);

    return text && (!value || g_str_equal(text, value)) && !is_none(path, text);
}

/* Cards of machines that are neither x86's nor pSeries are virtio's where nothing is said; those of
 * the host have no model then. */
static bool is_virtio_card(const DwRuleContext *context, const char *by)
{
    if (!g_str_equal(by, "model/@type"))
        return false;
    if (rule_is_virtio_card(context))
        return true;
    if (node_attribute_is(context->document, context->node, "type", "hostdev"))
        return false;
    return context->guest.is_other && !context->guest.is_pseries;
}

/* Is the option at home on the device? */
static bool is_kept(const DwRuleContext *context, size_t i)
{
    g_autofree char *has = rule_text(context, context->node, options[i].by);

    if (!has)
        return is_virtio_card(context, options[i].by);
    return words_have(options[i].words, has) ||
           (options[i].later && words_have(options[i].later, has) &&
            !rule_is_before(context, options[i].since));
}

static void report_option(DwRuleContext *context, size_t i)
{
    const char *value = options[i].value;
    g_autofree char *key = rule_key(options[i].path), *by = rule_key(options[i].by);
    g_auto(GStrv) words = g_strsplit(options[i].words, " ", -1);
    g_autofree char *all = g_strjoinv(", ", words);

    rule_report(context, "device-option", ERROR, key, value, NULL,
                "%s is %s, which needs %s %s; set that or unset this.", key, value ? value : "set",
                by, all);
}

static void rule_options(DwRuleContext *context)
{
    const char *kind = context->kind, *done = NULL; /* the path that a row spoke of already */
    const char first = *kind;

    if (!context->guest.is_qemu)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (*options[i].kind != first || !g_str_equal(options[i].kind, kind) ||
            (done && g_str_equal(done, options[i].path)) ||
            !is_set(context, options[i].path, options[i].value) || is_kept(context, i))
            continue;
        report_option(context, i);
        done = options[i].path;
    }
}

/* What libvirt makes a serial port that does not say, or says what x86 has, as it does for old
 * documents; NULL: the machine has no such rule. */
static const char *default_port(const DwMachine *guest)
{
    return guest->is_x86                     ? "isa-serial"
           : guest->is_s390                  ? "sclp-serial"
           : guest->is_arm || guest->is_virt ? "system-serial"
                                             : NULL;
}

/* NULL: it is not known. */
static const char *port_without_type(const DwRuleContext *context)
{
    const DwMachine *guest = &context->guest;
    const char *port = guest->is_pseries ? "spapr-vio-serial" : default_port(guest);
    g_autofree char *machine =
        rule_text(context, document_root(context->document), "os/type/@machine");
    bool is_known = machine || context->host->capabilities;

    return port ? port : guest->is_other && is_known ? "none" : NULL;
}

/* Each machine "virt" has one port of its own; other machines have none that libvirt knows. */
static void check_system_port(DwRuleContext *context, const char *model)
{
    const DwMachine *guest = &context->guest;
    bool is_arms = g_str_equal(model, "pl011");
    g_autofree char *machine =
        rule_text(context, document_root(context->document), "os/type/@machine");
    bool is_known = machine || context->host->capabilities;

    if (!is_known || !guest->is_other || (!is_arms && !g_str_equal(model, "16550a")) ||
        (is_arms ? guest->is_arm : guest->is_virt && !guest->is_arm))
        return;
    rule_report(context, "serial-target-arch", ERROR, "target.model", model, NULL,
                "target.model is %s, which only machines virt of %s have; unset target.model.",
                model, is_arms ? "ARM" : "RISC-V and LoongArch");
}

/* Each model is of one type of port; libvirt takes a model that it does not know as none. */
static void rule_serial_model(DwRuleContext *context)
{
    static const struct {
        const char *model, *type;
    } models[] = {
        {"isa-serial", "isa-serial"},   {"usb-serial", "usb-serial"},
        {"pci-serial", "pci-serial"},   {"spapr-vty", "spapr-vio-serial"},
        {"pl011", "system-serial"},     {"16550a", "system-serial"},
        {"sclpconsole", "sclp-serial"}, {"sclplmconsole", "sclp-serial"},
        {"isa-debugcon", "isa-debug"},
    };

    if (!g_str_equal(context->kind, "serial") || !context->guest.is_qemu)
        return;
    g_autofree char *model = rule_text(context, context->node, "target/model/@name");
    g_autofree char *type = rule_text(context, context->node, "target/@type");
    if (!type || g_str_equal(type, "isa-serial")) {
        g_free(type);
        type = g_strdup(port_without_type(context));
    }
    for (size_t i = 0; model && type && i < G_N_ELEMENTS(models); i++)
        if (g_str_equal(models[i].model, model) && !g_str_equal(models[i].type, type))
            rule_report(context, "serial-target-model", ERROR, "target.model", model, NULL,
                        "target.model is %s, which is of target.type %s, not %s; unset it.", model,
                        models[i].type, type);
    if (model && g_strcmp0(type, "system-serial") == 0)
        check_system_port(context, model);
}

/* Words of other hypervisors: guests of QEMU have no such thing; since: from that libvirt on they
 * have. */
static const struct {
    const char *kind, *path, *words, *instead;
    uint64_t since;
} foreign[] = {
    {"disk", "driver/@type", "cow dir", "unset it", 0},
    {"disk", "driver/@type", "iso", "use raw", 0},
    {"sound", "@model", "ich7", "use ich9", 0},
    {"memballoon", "@model", "xen", "use virtio", 0},
    {"filesystem", "driver/@type", "loop nbd ploop", "use path or virtiofs", 0},
    {"hostdev", "source/@writeFiltering", "yes no", "unset it", 0},
};

static void rule_foreign(DwRuleContext *context)
{
    uint64_t version = context->host->libvirt_version;

    for (size_t i = 0; i < G_N_ELEMENTS(foreign) && context->guest.is_qemu; i++) {
        if (!g_str_equal(foreign[i].kind, context->kind) ||
            (foreign[i].since && (!version || version >= foreign[i].since)))
            continue;
        g_autofree char *word = rule_text(context, context->node, foreign[i].path);
        if (!word || !words_have(foreign[i].words, word))
            continue;
        g_autofree char *key = rule_key(foreign[i].path);
        rule_report(context, "device-foreign", ERROR, key, word, NULL,
                    "%s is %s, which guests of QEMU have not; %s.", key, word, foreign[i].instead);
    }
}

/* ---- Serial ports ---- */

/* A port of its own bus is on that bus only; that of the machine is on none, and pSeries takes any
 * address and has it its own way. */
static void rule_serial_address(DwRuleContext *context)
{
    static const char *const ports[][2] = {{"isa-serial", "isa"},
                                           {"usb-serial", "usb"},
                                           {"pci-serial", "pci"},
                                           {"sclp-serial", NULL},
                                           {"system-serial", NULL}};
    bool is_console = g_str_equal(context->kind, "console");

    if (!context->guest.is_qemu || !(is_console || g_str_equal(context->kind, "serial")))
        return;
    g_autofree char *target = rule_text(context, context->node, "target/@type");
    g_autofree char *type = rule_text(context, context->node, "address/@type");
    if (!type)
        return;
    /* Without a serial port the first console is one. */
    if (is_console && ((target && !g_str_equal(target, "serial")) || rule_has_serial_port(context)))
        return;
    bool is_plain = !target || is_console || g_str_equal(target, "isa-serial");
    const char *port = is_plain ? default_port(&context->guest) : target;
    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++)
        if (g_strcmp0(ports[i][0], port) == 0 && g_strcmp0(ports[i][1], type) != 0)
            rule_report(context, "serial-address", ERROR, "address.type", type, NULL,
                        "address.type is %s, but a port of target.type %s is on %s; unset "
                        "address.*.",
                        type, port, ports[i][1] ? ports[i][1] : "no bus");
}

/* Ports on ISA. libvirt counts those only that say that they are, but writes it for all. */
static void rule_serial_ports(DwRuleContext *context)
{
    g_autofree char *type = rule_text(context, context->node, "target/@type");
    uint64_t port = 0;

    if (!context->guest.is_qemu || !g_str_equal(context->kind, "serial") ||
        (type ? !g_str_equal(type, "isa-serial") : !context->guest.is_x86))
        return;
    bool is_surplus = rule_is_surplus_port(context, context->node);
    if (!type && is_surplus)
        rule_report(context, "serial-ports", DW_SEVERITY_WARNING, "target.type", NULL, NULL,
                    "target.type is not set, and libvirt makes it isa-serial, of which there are "
                    "%u: it takes no change of the domain afterwards. Set another type.",
                    ISA_PORTS);
    if (!type)
        return;
    lens_number(context->document, context->node, "target/@port", &port);
    if (is_surplus || port >= ISA_PORTS)
        rule_report(context, "serial-ports", ERROR, "target.type", "isa-serial", NULL,
                    "target.type is isa-serial, of which there are %u, numbered from 0; %s.",
                    ISA_PORTS, is_surplus ? "use another type" : "set another target.port");
}

/* ---- What only devices on PCI have ---- */

/* Of devices that libvirt puts elsewhere than on PCI unless told otherwise, what says so; words
 * NULL: all of the kind are. */
static const struct {
    const char *kind, *path, *words;
} elsewhere[] = {
    {"input", "@bus", "usb"},
    {"sound", "model/@type", "usb"},
    {"sound", "@model", "usb"},
    {"hostdev", "@type", "usb scsi"},
    {"hostdev", "@model", "vfio-ccw"},
    {"controller", "@type", "ccid"},
    {"smartcard", NULL, NULL},
    {"memory", "@model", "dimm nvdimm sgx-epc"},
    {"serial", "target/@type", "usb-serial"},
    {"interface", "model/@type", "spapr-vlan usb-net"},
};

/* The same of machines of s390x, where what is virtio's is on CCW. */
static const struct {
    const char *kind, *path, *words; /* path NULL: all are; a device without it is */
} channelled[] = {
    {"rng"},
    {"memballoon"},
    {"vsock"},
    {"filesystem"},
    {"hostdev", "@type", "scsi_host"},
    {"memory", "@model", "virtio-mem"},
    {"controller", "@type", "scsi virtio-serial"},
    {"disk", "target/@bus", "virtio"},
    {"input", "@bus", "virtio"},
    {"interface", "model/@type", "virtio virtio-transitional virtio-non-transitional"},
    {"video", "model/@type", "virtio"},
};

static bool is_channelled(const DwRuleContext *context)
{
    for (size_t i = 0; i < G_N_ELEMENTS(channelled); i++) {
        if (!g_str_equal(channelled[i].kind, context->kind))
            continue;
        g_autofree char *text =
            channelled[i].path ? rule_text(context, context->node, channelled[i].path) : NULL;
        return (!text || words_have(channelled[i].words, text)) &&
               !node_attribute_is(context->document, context->node, "type", "hostdev");
    }
    return false;
}

static bool is_elsewhere(const DwRuleContext *context)
{
    g_autofree char *type = rule_text(context, context->node, "address/@type");

    if (type)
        return !g_str_equal(type, "pci");
    if ((context->guest.is_s390 && is_channelled(context)) || (rule_is_virtual_io(context)) ||
        rule_is_usb_input(context, context->node))
        return true;
    if (g_str_equal(context->kind, "disk"))
        return context->bus && words_have("fdc ide sata scsi usb nvme", context->bus);
    for (size_t i = 0; i < G_N_ELEMENTS(elsewhere); i++) {
        if (!g_str_equal(elsewhere[i].kind, context->kind))
            continue;
        g_autofree char *text =
            elsewhere[i].path ? rule_text(context, context->node, elsewhere[i].path) : NULL;
        if (!elsewhere[i].path || (text && words_have(elsewhere[i].words, text)))
            return true;
    }
    return false;
}

/* The number that the firmware's tables give a device, and its own firmware. */
static void rule_pci_only(DwRuleContext *context)
{
    static const char *const rom[][2] = {
        {"rom/@bar", "rom.bar"}, {"rom/@file", "rom.file"}, {"rom/@enabled", "rom.enabled"}};
    g_autofree char *index = rule_text(context, context->node, "acpi/@index");

    if (!context->guest.is_qemu || (!index && !rule_there(context, context->node, "rom")) ||
        !is_elsewhere(context) || rule_is_unread(context, context->node))
        return;
    if (index)
        rule_report(context, "device-acpi-index", ERROR, "acpi.index", index, NULL,
                    "acpi.index is %s, which only devices on PCI have; unset it.", index);
    for (size_t i = 0; i < G_N_ELEMENTS(rom); i++) {
        g_autofree char *value = rule_text(context, context->node, rom[i][0]);

        if (value)
            rule_report(context, "device-rom", ERROR, rom[i][1], value, NULL,
                        "%s is %s, which only devices on PCI have; unset rom.*.", rom[i][1], value);
    }
}

/* ---- The IOMMU ---- */

/* Pages that QEMU can translate; libvirt rounds up to whole KiB and takes 0 as nothing said. */
static void rule_granule(DwRuleContext *context)
{
    g_autofree char *unit = rule_text(context, context->node, "driver/granule/@unit");
    uint64_t factor = unit ? unit_factor(unit) : KIB, size;

    if (!g_str_equal(context->kind, "iommu") || !context->guest.is_qemu ||
        !lens_number(context->document, context->node, "driver/granule/@size", &size) || !factor ||
        __builtin_mul_overflow(size, factor, &size))
        return;
    uint64_t kib = size / KIB + (size % KIB != 0);
    if (kib == 0 || kib == 4 || kib == 8 || kib == 16 || kib == 64)
        return;
    g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, size);
    rule_report(context, "iommu-granule", ERROR, "driver.granule.size", value, NULL,
                "driver.granule.size is %s bytes; it must be 4, 8, 16 or 64 KiB.", value);
}

#define MOST_WITHOUT_EIM 255

/* Since 10.9 libvirt sets by itself what is missing for the IOMMU. False: it does. */
static bool has_to_be_set(const DwRuleContext *context, const char *text, DwSeverity *ret_severity)
{
    uint64_t version = context->host->libvirt_version;

    *ret_severity = text || version ? ERROR : DW_SEVERITY_WARNING;
    return text || version < 10009000;
}

static void rule_remapping(DwRuleContext *context)
{
    DwNode root = document_root(context->document);
    DwSeverity severity = ERROR;
    uint64_t processors = 0;

    if (!g_str_equal(context->kind, "iommu") || !context->guest.is_qemu)
        return;
    g_autofree char *ioapic = rule_text(context, root, "features/ioapic/@driver");
    g_autofree char *remaps = rule_text(context, context->node, "driver/@intremap");
    bool on = g_strcmp0(remaps, "on") == 0;

    if (on && g_strcmp0(ioapic, "qemu") != 0 && has_to_be_set(context, ioapic, &severity))
        rule_report(context, "iommu-ioapic", severity, "driver.intremap", "on", NULL,
                    "driver.intremap is on, which needs features.ioapic.driver qemu; set that.");
    lens_number(context->document, root, "vcpu", &processors);
    /* Remapping only where there are more processors than do without. */
    if (processors <= MOST_WITHOUT_EIM)
        severity = ERROR;
    if (rule_is(context, context->node, "driver/@eim", "on") && !on &&
        (processors <= MOST_WITHOUT_EIM || has_to_be_set(context, remaps, &severity)))
        rule_report(context, "iommu-eim", severity, "driver.eim", "on", NULL,
                    "driver.eim is on, which needs driver.intremap on; set that.");
}

const DwRule rules_options[] = {
    {rule_options}, /* kinds are passed by their first letter */
    {rule_serial_model, {"model"}},
    {rule_foreign, {"disk", "graphics", "sound", "memballoon", "filesystem", "writeFiltering"}},
    {rule_serial_address, {"serial", "console"}},
    {rule_serial_ports, {"serial"}},
    {rule_pci_only, {"acpi", "rom"}},
    {rule_granule, {"granule"}},
    {rule_remapping, {"intremap", "eim"}},
    {NULL},
};
