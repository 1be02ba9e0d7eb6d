/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is filled in for a new domain, and what a changed setting of the domain takes along. One
 * document, one thread; what is known of a host is in the context.
 */
#include "edit/defaults/domain.h"

#include <string.h>

#include "edit/defaults/belongings.h"
#include "edit/defaults/boot.h"
#include "edit/defaults/counts.h"
#include "edit/defaults/machine.h"
#include "edit/defaults/totals.h"
#include "edit/defaults/unsaid.h"
#include "guest/hyperv-features.h"
#include "guest/machine.h"
#include "guest/memory.h"
#include "host/capabilities.h"
#include "keys/devices.h"
#include "keys/lens.h"
#include "table/belongs.h"
#include "table/value-form.h"

/* ---- What a change brings with it ---- */

/* Each removal looks through the document anew; no processor has as many. */
#define MOST_FEATURES 1000

/* Elements of <cpu> that have no key but belong to the model. */
static void drop_cpu_features(const DwDefaults *defaults, const char *why)
{
    DwDocument *document = defaults->context->document;
    g_autoptr(GString) names = g_string_new(NULL);
    unsigned n = 0;
    DwNode node;

    while (n++ < MOST_FEATURES && (node = lens_find(document, document_root(document),
                                                    "cpu/feature", NULL)) != DW_NODE_NONE) {
        g_autofree char *name = node_attribute(document, node, "name");

        g_string_append_printf(names, "%s%s", names->len ? ", " : "", name ? name : "");
        node_remove(document, node);
    }
    if (names->len)
        defaults_say(defaults, "cpu-mode-drops", DW_SEVERITY_INFO, "cpu.feature",
                     "cpu.feature is dropped (%s): %s.", names->str, why);
}

/* A model is the wish for the only mode that has one. */
static void infer_cpu_mode(const DwDefaults *defaults)
{
    if (defaults_asked(defaults, "cpu.mode") || !defaults_changed(defaults, "cpu.model"))
        return;
    g_autofree char *mode = defaults_text(defaults, "cpu.mode");
    if (mode && strcmp(mode, "custom") != 0)
        defaults_take(defaults, "cpu-mode-follows", DW_SEVERITY_INFO, "cpu.mode",
                      dw_value_string("custom"),
                      "cpu.mode is custom, not %s any more: only that has a cpu.model.", mode);
}

static bool drop_all(const DwDefaults *defaults, const char *rule, DwSeverity severity,
                     const char *const *keys, const char *why, GError **error)
{
    for (; *keys; keys++)
        if (!defaults_drop(defaults, rule, severity, *keys, why, error))
            return false;
    return true;
}

/* Models and features are those of an architecture. */
static bool change_cpu_family(const DwDefaults *defaults, GError **error)
{
    static const char *const keys[] = {"cpu.model",
                                       "cpu.model.fallback",
                                       "cpu.model.vendor_id",
                                       "cpu.vendor",
                                       "cpu.match",
                                       "cpu.check",
                                       "cpu.mode",
                                       NULL};
    static const char why[] = "it is of the processors of the old os.arch";

    if (!defaults_changed(defaults, "os.arch") || !defaults_for_qemu(defaults))
        return true;
    g_autofree char *old = dw_get_string(defaults->context->document, "os.arch");
    g_autofree char *arch = defaults_text(defaults, "os.arch");
    if (!old || !arch || g_str_equal(guest_family(old), guest_family(arch)))
        return true;
    if (!defaults_asked_any(defaults, "cpu.feature."))
        drop_cpu_features(defaults, why);
    g_autofree char *model = defaults_text(defaults, "cpu.model");
    if (!model || defaults_asked(defaults, "cpu.model"))
        return true;
    return drop_all(defaults, "cpu-mode-drops", DW_SEVERITY_INFO, keys, why, error);
}

/* What belongs to a mode goes as the table has it, but for features: every mode takes those, only
 * custom not without a model. */
static bool change_cpu(const DwDefaults *defaults, GError **error)
{
    static const char *const of_model[] = {"cpu.model.fallback", "cpu.model.vendor_id", "cpu.match",
                                           "cpu.vendor",         "cpu.check",           NULL};
    bool is_gone = defaults_gone(defaults, "cpu.model") != NULL;

    if (is_gone && !drop_all(defaults, "cpu-mode-drops", DW_SEVERITY_INFO, of_model,
                             "it belongs to cpu.model, which is unset", error))
        return false;
    if (!is_gone && !defaults_turned(defaults, "cpu.mode"))
        return true;
    g_autofree char *mode = defaults_word(defaults, "cpu.mode");
    g_autofree char *model = defaults_text(defaults, "cpu.model");
    if (g_strcmp0(mode, "custom") == 0 && !model)
        drop_cpu_features(defaults, "cpu.mode custom has them beside a cpu.model only");
    return true;
}

/* The element with what it has besides its keys. */
static void drop_element(const DwDefaults *defaults, const char *prefix, const char *path)
{
    DwDocument *document = defaults->context->document;
    DwNode node = lens_find(document, document_root(document), path, NULL);

    if (node != DW_NODE_NONE && !defaults_asked_any(defaults, prefix))
        node_remove(document, node);
}

/* The format of an image goes with the image: of another one it is what its ending says, and raw,
 * which needs no word, where that says nothing. */
static bool change_image_formats(const DwDefaults *defaults, GError **error)
{
    static const struct {
        const char *image, *format;
    } images[] = {{"os.loader", "os.loader.format"},
                  {"os.nvram", "os.nvram.format"},
                  {"os.nvram.template", "os.nvram.templateFormat"}};

    for (size_t i = 0; i < G_N_ELEMENTS(images); i++) {
        if (!defaults_changed(defaults, images[i].image) ||
            defaults_asked(defaults, images[i].format))
            continue;
        g_autofree char *image = defaults_text(defaults, images[i].image);
        g_autofree char *format = defaults_text(defaults, images[i].format);
        bool is_qcow2 = image && g_str_has_suffix(image, ".qcow2");

        if (!format || is_qcow2 == g_str_equal(format, "qcow2"))
            continue;
        if (is_qcow2)
            defaults_take(defaults, "firmware-format-follows", DW_SEVERITY_INFO, images[i].format,
                          dw_value_string("qcow2"), "%s is qcow2, by the ending of %s.",
                          images[i].format, images[i].image);
        else if (!defaults_drop(defaults, "firmware-format-drops", DW_SEVERITY_INFO,
                                images[i].format, "it was that of the image before", error))
            return false;
    }
    return true;
}

static bool change_firmware(const DwDefaults *defaults, GError **error)
{
    static const char *const manual[] = {
        "os.nvram.template", "os.nvram", "os.loader.type", "os.loader.readonly", "os.loader.secure",
        "os.loader",         NULL};
    static const char *const automatic[] = {"os.firmware.feature.secure-boot",
                                            "os.firmware.feature.enrolled-keys", "os.firmware",
                                            NULL};

    if (defaults_changed(defaults, "os.firmware")) {
        if (!drop_all(
                defaults, "firmware-drops", DW_SEVERITY_WARNING, manual,
                "os.firmware has it chosen, and variables of the old firmware are not carried "
                "over",
                error))
            return false;
        drop_element(defaults, "os.loader", "os/loader");
        drop_element(defaults, "os.nvram", "os/nvram");
        return true;
    }
    if (defaults_gone(defaults, "os.loader") && !defaults_is(defaults, "os.firmware", "efi"))
        return drop_all(defaults, "loader-drops", DW_SEVERITY_INFO, manual,
                        "it belongs to os.loader, which is unset", error);
    if (!change_image_formats(defaults, error))
        return false;
    if (defaults_changed(defaults, "os.loader") && !defaults_asked(defaults, "os.firmware"))
        return drop_all(defaults, "loader-drops", DW_SEVERITY_INFO, automatic,
                        "os.loader names the firmware", error);
    return true;
}

/* An adjustment in seconds is that of the clock before; libvirt wants every clock to have an
 * offset. */
static bool change_clock(const DwDefaults *defaults, GError **error)
{
    const DwDocument *document = defaults->context->document;
    bool turned = defaults_turned(defaults, "clock.offset");
    if (!turned && !defaults_asked_any(defaults, "clock."))
        return true;
    g_autofree char *offset = defaults_text(defaults, "clock.offset");
    bool lacks = !offset && defaults_asked_any(defaults, "clock.");
    if (!lacks && !turned)
        return true;
    if (!lacks && !defaults_is(defaults, "clock.adjustment", "reset") &&
        !defaults_drop(defaults, "clock-offset-drops", DW_SEVERITY_INFO, "clock.adjustment",
                       "it was for another clock.offset", error))
        return false;
    if (lacks || (defaults_gone(defaults, "clock.offset") &&
                  lens_find(document, document_root(document), "clock", NULL) != DW_NODE_NONE))
        defaults_take(defaults, "clock-offset-default", DW_SEVERITY_INFO, "clock.offset",
                      dw_value_string("utc"),
                      "clock.offset is utc: that is what libvirt takes where nothing is said.");
    return true;
}

/* Did the edit unset what said on which nodes memory is? Then there is no mode of that, unless
 * libvirt places it as the processors. */
static bool is_unbound(const DwDefaults *defaults)
{
    bool was_auto = defaults_gone(defaults, "numatune.memory.placement") != NULL;

    if (!was_auto && !defaults_gone(defaults, "numatune.memory.nodeset"))
        return false;
    g_autofree char *nodes = defaults_text(defaults, "numatune.memory.nodeset");
    bool follows = !nodes && defaults_is(defaults, "vcpu.placement", "auto");
    if (follows && was_auto)
        defaults_say(defaults, "placement-follows", DW_SEVERITY_WARNING,
                     "numatune.memory.placement",
                     "numatune.memory.placement stays auto: libvirt makes it so as long as "
                     "vcpu.placement is auto. Set that to static, or numatune.memory.nodeset.");
    return !nodes && !follows && !defaults_is(defaults, "numatune.memory.placement", "auto") &&
           !defaults_asked(defaults, "numatune.memory.mode");
}

/* Automatic placement of processors and of memory are one to libvirt, and a place by name ends it.
 */
static bool change_placement(const DwDefaults *defaults, GError **error)
{
    static const char *const automatic[] = {"numatune.memory.placement", "numatune.memory.mode",
                                            NULL};
    bool names = defaults_asked(defaults, "numatune.memory.nodeset");
    g_autofree char *placement = defaults_turned(defaults, "vcpu.placement")
                                     ? defaults_word(defaults, "vcpu.placement")
                                     : NULL;
    bool is_static = g_strcmp0(placement, "static") == 0;

    if (is_unbound(defaults))
        return drop_all(defaults, "placement-follows", DW_SEVERITY_INFO, automatic,
                        "nothing says any more on which nodes", error);
    if ((!names && !is_static) || defaults_asked(defaults, automatic[0]) ||
        !defaults_is(defaults, automatic[0], "auto"))
        return true;
    if (names)
        return defaults_drop(defaults, "placement-follows", DW_SEVERITY_INFO, automatic[0],
                             "numatune.memory.nodeset is given", error);
    return drop_all(defaults, "placement-follows", DW_SEVERITY_INFO, automatic,
                    "vcpu.placement is static, and this makes it auto", error);
}

/* A guest that had all its memory is to have all of the new. */
static void follow_memory(const DwDefaults *defaults)
{
    const DwValue *memory = dw_settings_get(defaults->values, "memory");
    const DwDocument *document = defaults->context->document;
    DwNode root = document_root(document);
    g_autofree char *old = defaults_document_text(document, "", root, "memory");
    g_autofree char *current = defaults_document_text(document, "", root, "currentMemory");

    if (!current || defaults_asked(defaults, "currentMemory"))
        return;
    g_autofree char *text = dw_value_to_text(memory);
    if (g_strcmp0(old, current) == 0)
        defaults_take(defaults, "memory-current-follows", DW_SEVERITY_INFO, "currentMemory",
                      dw_value_copy(memory),
                      "currentMemory is %s, too: it was equal to memory, and the guest is to have "
                      "all of it.",
                      text);
    else
        defaults_say(defaults, "memory-current-stays", DW_SEVERITY_INFO, "currentMemory",
                     "currentMemory stays as it is: that is what the guest begins with.");
}

/* Is anything asked of a cell's memory, or of another cell than this (cpu.numa.cell.N.memory)? */
static bool asks_cells(const DwDefaults *defaults, const char *memory)
{
    size_t own = strlen(memory) - strlen("memory");

    for (size_t i = 0; i < dw_settings_count(defaults->values); i++) {
        const char *key = dw_settings_key(defaults->values, i);
        if (g_str_has_prefix(key, "cpu.numa.cell.") &&
            (strncmp(key, memory, own) != 0 || g_str_equal(key, memory)))
            return true;
    }
    return false;
}

static bool refuse_memory(const DwDefaults *defaults, const DwValue *memory, GError **error)
{
    g_autofree char *text = dw_value_to_text(memory);
    uint64_t cells = 0, devices = 0;

    guest_cell_memory(defaults->context->document, &cells, &devices);
    GError *fault = g_error_new(DW_ERROR, DW_ERROR_INVALID_VALUE,
                                "Key \"memory\" cannot be \"%s\": the memory devices alone have "
                                "%" G_GUINT64_FORMAT " bytes, and the NUMA cell needs some, too.",
                                text, devices);
    return edit_fault(defaults->context, "", "memory", memory, fault, error);
}

static void grow_only_cell(const DwDefaults *defaults, const DwValue *memory, const char *key,
                           uint64_t bytes, bool is_all)
{
    g_autofree char *text = dw_value_to_text(memory);

    if (is_all)
        defaults_take(defaults, "memory-cell-follows", DW_SEVERITY_INFO, key, dw_value_copy(memory),
                      "%s is %s, too: it is the only NUMA cell.", key, text);
    else
        defaults_take(defaults, "memory-cell-follows", DW_SEVERITY_INFO, key,
                      dw_value_uint64(bytes),
                      "%s is %" G_GUINT64_FORMAT
                      " bytes: the only NUMA cell has what memory devices have not.",
                      key, bytes);
}

/* The memory of a guest with NUMA cells is what they have: of one alone it is all that memory
 * devices have not. What several have stays as it is, and so does what libvirt takes as the memory;
 * where cells are asked for, totals.c sees what they make. */
static bool change_memory(const DwDefaults *defaults, GError **error)
{
    const DwDocument *document = defaults->context->document;
    const DwValue *memory = dw_settings_get(defaults->values, "memory");
    uint64_t bytes = 0;
    DwPlace place;
    DwValue size;

    if (!memory || !defaults_changed(defaults, "memory") || !place_find("", "memory", &place) ||
        !form_coerce(place.row, "memory", memory, &size, NULL))
        return true;
    if (lens_find(document, document_root(document), "cpu/numa/cell", NULL) != DW_NODE_NONE) {
        g_autofree char *key = totals_only_cell(document, size.u, &bytes);

        if (!key || asks_cells(defaults, key) || !place_find("", key, &place))
            return true;
        if (bytes == 0)
            return refuse_memory(defaults, memory, error);
        grow_only_cell(defaults, memory, key, bytes, bytes == size.u);
    }
    follow_memory(defaults); /* memory is stale: a value has been taken */
    return true;
}

/* A detail of what is neither on nor off is the wish for it. */
static void turn_on(const DwDefaults *defaults)
{
    static const struct {
        const char *detail, *key, *value;
    } details[] = {
        {"features.kvm.dirty-ring.size", "features.kvm.dirty-ring", "yes"},
        {"features.smm.tseg", "features.smm", "yes"},
        {"hyperv.spinlocks.retries", "hyperv.spinlocks", "yes"},
        {"hyperv.vendor_id.value", "hyperv.vendor_id", "yes"},
        {"os.bootmenu.timeout", "os.bootmenu", "yes"},
        {"os.firmware.feature.enrolled-keys", "os.firmware", "efi"},
        {"os.firmware.feature.secure-boot", "os.firmware", "efi"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(details); i++) {
        const char *key = details[i].key;

        if (!defaults_asked(defaults, details[i].detail))
            continue;
        g_autofree char *is = defaults_text(defaults, key);
        if (!is)
            defaults_take(defaults, "setting-follows", DW_SEVERITY_INFO, key,
                          dw_value_string(details[i].value), "%s is %s, as %s is given.", key,
                          details[i].value, details[i].detail);
    }
}

static void add_retries(const DwDefaults *defaults)
{
    if (!defaults_asked_true(defaults, "hyperv.spinlocks"))
        return;
    g_autofree char *retries = defaults_text(defaults, "hyperv.spinlocks.retries");
    if (!retries)
        defaults_take(defaults, "hyperv-spinlocks-default", DW_SEVERITY_INFO,
                      "hyperv.spinlocks.retries", dw_value_uint(DW_HYPERV_RETRIES),
                      "hyperv.spinlocks.retries is %u, as is usual.", DW_HYPERV_RETRIES);
}

/* ---- What a new one is made of ---- */

static void fill(const DwDefaults *defaults, const char *key, const char *value, const char *why)
{
    g_autofree char *present = defaults_text(defaults, key);

    if (!present && value && *value)
        defaults_take(defaults, "host-default", DW_SEVERITY_INFO, key, dw_value_string(value),
                      "%s is %s: %s.", key, value, why);
}

static void fill_machine(const DwDefaults *defaults, const DwGuest *guest)
{
    g_autofree char *machine = defaults_text(defaults, "os.machine");
    g_autofree char *present = dw_get_string(defaults->context->document, "os.machine");
    const char *canonical = machine ? guest_canonical_machine(guest, machine) : NULL;

    if (!machine)
        fill(defaults, "os.machine", guest_default_machine(guest),
             "this host's for the architecture");
    else if (canonical && g_strcmp0(canonical, present) == 0)
        dw_settings_put(defaults->values, "os.machine", dw_value_string(canonical));
    else if (canonical && !g_str_equal(canonical, machine))
        defaults_take(defaults, "host-machine-canonical", DW_SEVERITY_INFO, "os.machine",
                      dw_value_string(canonical), "os.machine is %s: that is what %s means here.",
                      canonical, machine);
}

static void fill_new(const DwDefaults *defaults)
{
    const DwCapabilities *capabilities = defaults->context->host->capabilities;
    g_autofree char *type = defaults_text(defaults, "type");
    g_autofree char *arch = defaults_text(defaults, "os.arch");
    const DwGuest *guest = capabilities ? capabilities_find_guest(capabilities, arch, type) : NULL;

    if (guest) {
        fill(defaults, "type", guest_default_type(guest), "the best this host offers");
        fill(defaults, "os.type", guest->os_type, "this host's");
        fill(defaults, "os.arch", guest->arch, "this host's");
        fill_machine(defaults, guest);
        fill(defaults, "emulator", guest->emulator, "this host's for the architecture");
    }
    fill(defaults, "os.type", g_strcmp0(type, "lxc") == 0 ? "exe" : "hvm", "what is usual");
}

bool defaults_for_domain(DwEditContext *context, DwSettings *values, GError **error)
{
    const DwDefaults defaults = {context, "", document_root(context->document), values};

    if (context->flags & DW_APPLY_NEW)
        fill_new(&defaults);
    infer_cpu_mode(&defaults);
    turn_on(&defaults);
    if (!belongings_check(&defaults, error) || !belongings_drop(&defaults, error))
        return false;
    if (!change_cpu_family(&defaults, error) || !change_cpu(&defaults, error) ||
        !change_firmware(&defaults, error) || !change_clock(&defaults, error) ||
        !defaults_for_counts(&defaults, error))
        return false;
    if (!change_placement(&defaults, error) || !defaults_for_os_boot(&defaults, error))
        return false;
    if (!change_memory(&defaults, error) || !defaults_for_machine(&defaults, error))
        return false;
    add_retries(&defaults);
    return true;
}
