/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Presets: what a kind of guest runs best with, as data.
 *
 * windows   the recommended Hyper-V features the host offers, the clock in local time, timers rtc
 *           (tickpolicy catchup), pit (delay) and hypervclock on, hpet off; acpi and apic.
 * linux     the clock in UTC, timers rtc (tickpolicy catchup) and pit (delay), hpet off; acpi and
 * apic.
 *
 * On other architectures than x86 the timers and apic do not exist and are left out; the Hyper-V
 * features are left out where the domain is emulated, because they need KVM.
 */
#include "edit/presets.h"

#include <string.h>

#include "edit/defaults/domain.h"
#include "edit/hyperv.h"
#include "guest/machine.h"
#include "host/capabilities.h"

typedef struct {
    const char *key, *value;
    bool x86_only, hyperv; /* hyperv: only together with the Hyper-V features */
} Setting;

static const Setting windows_settings[] = {
    {"features.acpi", "yes"},
    {"features.apic", "yes", true},
    {"clock.offset", "localtime"},
    {"clock.timer.rtc.tickpolicy", "catchup", true},
    {"clock.timer.pit.tickpolicy", "delay", true},
    {"clock.timer.hpet.present", "no", true},
    {"clock.timer.hypervclock.present", "yes", true, true},
    {NULL},
};

static const Setting linux_settings[] = {
    {"features.acpi", "yes"},
    {"features.apic", "yes", true},
    {"clock.offset", "utc"},
    {"clock.timer.rtc.tickpolicy", "catchup", true},
    {"clock.timer.pit.tickpolicy", "delay", true},
    {"clock.timer.hpet.present", "no", true},
    {NULL},
};

static const struct {
    const char *name;
    const Setting *settings;
    bool hyperv;
} presets[] = {{"windows", windows_settings, true}, {"linux", linux_settings, false}};

static void skip(DwEditContext *context, const char *name, const char *reason)
{
    g_ptr_array_add(context->skipped, g_strdup(name));
    g_ptr_array_add(context->skipped, g_strdup(reason));
}

/* Of a domain that does not say what it is, the usual is assumed. */
static bool is_x86(const DwDocument *document)
{
    DwMachine machine;

    guest_machine_read(document, NULL, &machine);
    return !machine.is_other;
}

/* Why the domain cannot have Hyper-V features, or NULL. */
static const char *without_hyperv(const DwDocument *document)
{
    g_autofree char *type = dw_get_string(document, "type");

    if (!is_x86(document))
        return "only x86 machines have the features";
    return type && g_str_equal(type, "qemu") ? "the features need type kvm" : NULL;
}

static bool apply_hyperv(DwEditContext *context, GError **error)
{
    g_autoptr(DwSettings) features = dw_settings_new();
    const char *reason = without_hyperv(context->document);

    if (reason) {
        skip(context, "hyperv", reason);
        return true;
    }
    dw_settings_put(features, "recommended", dw_value_bool(true));
    return hyperv_apply(context, features, error);
}

/* ACPI tables reach a guest of ARM through UEFI only, and libvirt insists on it. False: the host
 * has no such firmware. */
static bool add_firmware(DwEditContext *context, DwSettings *values)
{
    const DwHost *host = context->host;
    g_autofree char *arch = dw_get_string(context->document, "os.arch");
    g_autofree char *firmware = dw_get_string(context->document, "os.firmware");
    g_autofree char *loader = dw_get_string(context->document, "os.loader");
    const char *const *offered = NULL;

    if (g_strcmp0(arch, "aarch64") != 0 || firmware || loader)
        return true;
    if (host->domain_capabilities &&
        domain_capabilities_concern(host->domain_capabilities, host->capabilities,
                                    context->document))
        offered = domain_capabilities_values(host->domain_capabilities, "os.firmware");
    if (offered && !g_strv_contains(offered, "efi"))
        return false;
    dw_settings_put(values, "os.firmware", dw_value_string("efi"));
    return true;
}

static bool apply_settings(DwEditContext *context, const Setting *settings, GError **error)
{
    g_autoptr(DwSettings) values = dw_settings_new();
    const char *reason = without_hyperv(context->document);
    bool x86 = is_x86(context->document);

    for (; settings->key; settings++) {
        if (settings->x86_only && !x86)
            skip(context, settings->key, "only x86 machines have it");
        else if (settings->hyperv && reason)
            skip(context, settings->key, reason);
        else if (g_str_equal(settings->key, "features.acpi") && !add_firmware(context, values))
            skip(context, settings->key,
                 "it needs UEFI, and this host has none for the architecture");
        else
            dw_settings_put(values, settings->key, dw_value_string(settings->value));
    }
    return defaults_for_domain(context, values, error) &&
           edit_write(context, "", document_root(context->document), values, error);
}

bool preset_apply(DwEditContext *context, const char *name, GError **error)
{
    const char *names[G_N_ELEMENTS(presets) + 1] = {NULL};
    g_autofree char *all = NULL;
    const char *nearest;

    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++) {
        names[i] = presets[i].name;
        if (!g_str_equal(presets[i].name, name))
            continue;
        return apply_settings(context, presets[i].settings, error) &&
               (!presets[i].hyperv || apply_hyperv(context, error));
    }
    nearest = dw_nearest(name, names);
    all = g_strjoinv(" and ", (char **)names);
    g_set_error(error, DW_ERROR, DW_ERROR_UNKNOWN_KEY, "Unknown preset \"%.32s\"; %s%s%s",
                text_is_valid(name) ? name : "", nearest ? "did you mean \"" : "there are ",
                nearest ? nearest : all, nearest ? "\"?" : ".");
    return false;
}
