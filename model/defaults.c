/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a person expects to be filled in or carried along: for the domain and for channels; disks
 * and other devices have files of their own. Every default that is taken is reported, as a warning
 * where it could expose or lose data. It opens no file and asks no host: what is known of one is in
 * the context.
 */
#include "defaults.h"

#include <string.h>

#include "capabilities.h"
#include "forms.h"
#include "rules.h"

/* ---- What all defaults need ---- */

/* A key's value in the document as text, or NULL. */
static char *document_text(const DwDocument *document, const char *kind, DwNode node,
                           const char *key)
{
    DwPlace place;
    DwValue value;

    if (!place_find(kind, key, &place) || !place_get(document, node, &place, &value))
        return NULL;
    char *text = dw_value_to_text(&value);
    dw_value_clear(&value);
    return text;
}

char *defaults_text(const DwDefaults *defaults, const char *key)
{
    const DwValue *value = dw_settings_get(defaults->values, key);

    if (value)
        return dw_value_to_text(value);
    return defaults->device == DW_NODE_NONE
               ? NULL
               : document_text(defaults->context->document, defaults->kind, defaults->device, key);
}

bool defaults_is(const DwDefaults *defaults, const char *key, const char *value)
{
    g_autofree char *text = defaults_text(defaults, key);

    return g_strcmp0(text, value) == 0;
}

bool defaults_asked(const DwDefaults *defaults, const char *key)
{
    return dw_settings_get(defaults->values, key) != NULL;
}

bool defaults_changed(const DwDefaults *defaults, const char *key)
{
    g_autofree char *old = NULL;
    g_autofree char *new = NULL;

    if (!defaults_asked(defaults, key))
        return false;
    if (defaults->device == DW_NODE_NONE)
        return true;
    old = document_text(defaults->context->document, defaults->kind, defaults->device, key);
    new = defaults_text(defaults, key);
    return g_strcmp0(old, new) != 0;
}

bool defaults_asked_true(const DwDefaults *defaults, const char *key)
{
    static const DwRow row = {.form = DW_FORM_ONOFF};
    const DwValue *value = dw_settings_get(defaults->values, key);
    DwValue coerced;

    return value && form_coerce(&row, key, value, &coerced, NULL) && coerced.b;
}

bool defaults_asked_any(const DwDefaults *defaults, const char *prefix)
{
    for (size_t i = 0; i < dw_settings_count(defaults->values); i++)
        if (g_str_has_prefix(dw_settings_key(defaults->values, i), prefix))
            return true;
    return false;
}

/* The id a device has or is about to get. */
static char *current_id(const DwDefaults *defaults)
{
    const DwGroup *group = table_group(defaults->kind);
    char *id = NULL;

    if (!*defaults->kind)
        return g_strdup("");
    if (defaults->device != DW_NODE_NONE)
        return device_id(defaults->context->document, defaults->device);
    if (group && group->id_path) {
        g_autofree char *key = g_strdup(group->id_path);
        char *out = key;

        for (const char *in = group->id_path; *in; in++)
            if (*in != '@')
                *out++ = *in == '/' ? '.' : *in;
        *out = 0;
        id = defaults_text(defaults, key);
    }
    return id ? id : g_strdup("");
}

static void say(const DwDefaults *defaults, const char *rule, DwSeverity severity, const char *key,
                const char *message)
{
    g_autofree char *id = current_id(defaults);

    edit_note(defaults->context, rule, severity, defaults->kind, id, key, "%s", message);
}

void defaults_say(const DwDefaults *defaults, const char *rule, DwSeverity severity,
                  const char *key, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    say(defaults, rule, severity, key, message);
}

void defaults_take(const DwDefaults *defaults, const char *rule, DwSeverity severity,
                   const char *key, DwValue value, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    dw_settings_put(defaults->values, key, value);
    say(defaults, rule, severity, key, message);
}

bool defaults_for_qemu(const DwDefaults *defaults)
{
    static const char *const others[] = {"xen",  "lxc",  "uml", "openvz", "vz",    "parallels",
                                         "vbox", "phyp", "esx", "vmware", "bhyve", NULL};
    const DwDocument *document = defaults->context->document;
    g_autofree char *type = node_attribute(document, document_root(document), "type");

    return !type || !g_strv_contains(others, type);
}

/* ---- Channels ---- */

#define SPICE_AGENT "com.redhat.spice.0"

static void default_channel(const DwDefaults *defaults)
{
    static const char *const spice[] = {"spicevmc", "qemu-vdagent", NULL};
    g_autofree char *name = defaults_text(defaults, "target.name");
    g_autofree char *type = defaults_text(defaults, "type");

    if (defaults->device == DW_NODE_NONE && !type)
        defaults_take(defaults, "channel-type-default", DW_SEVERITY_INFO, "type",
                      dw_value_string(g_strcmp0(name, SPICE_AGENT) == 0 ? "spicevmc" : "unix"),
                      "type is %s by default for %s.",
                      g_strcmp0(name, SPICE_AGENT) == 0 ? "spicevmc" : "unix",
                      name ? name : "a channel");
    if (defaults->device == DW_NODE_NONE && !defaults_asked(defaults, "target.type"))
        defaults_take(defaults, "channel-target-default", DW_SEVERITY_INFO, "target.type",
                      dw_value_string("virtio"), "target.type is virtio by default.");
    if (defaults->device == DW_NODE_NONE && !name && type && g_strv_contains(spice, type))
        defaults_take(defaults, "channel-name-default", DW_SEVERITY_INFO, "target.name",
                      dw_value_string(SPICE_AGENT),
                      "target.name is " SPICE_AGENT ", where SPICE's agent looks for it.");
    if (defaults_changed(defaults, "source.path") && defaults_is(defaults, "type", "unix")) {
        g_autofree char *mode = defaults_text(defaults, "source.mode");

        if (!mode)
            defaults_take(defaults, "channel-mode-default", DW_SEVERITY_INFO, "source.mode",
                          dw_value_string("bind"),
                          "source.mode is bind by default: the host's socket listens.");
    }
}

/* What was said before the device had its name is about the device of that name, too. */
static void name_notes(const DwDefaults *defaults, guint first)
{
    g_autofree char *id = current_id(defaults);

    for (guint i = first; i < defaults->context->problems->len; i++) {
        DwProblem *problem = defaults->context->problems->pdata[i];

        if (!*problem->id) {
            g_free(problem->id);
            problem->id = g_strdup(id);
        }
    }
}

bool defaults_for_device(DwEditContext *context, const char *kind, DwNode device,
                         DwSettings *values, GError **error)
{
    const DwDefaults defaults = {context, kind, device, values};
    guint first = context->problems->len;
    bool fine = true;

    if (g_str_equal(kind, "disk"))
        fine = defaults_for_disk(&defaults, error);
    else if (g_str_equal(kind, "channel"))
        default_channel(&defaults);
    else if (device == DW_NODE_NONE)
        fine = defaults_for_new_device(&defaults, error);
    name_notes(&defaults, first);
    return fine;
}

/* ---- The domain: what a change brings with it ---- */

static bool unset(const DwDefaults *defaults, const char *const *keys, GError **error)
{
    return edit_unset(defaults->context, "", document_root(defaults->context->document), keys,
                      error);
}

/* Unsets a key that is there and not asked for, and says why. */
static bool drop(const DwDefaults *defaults, const char *rule, DwSeverity severity, const char *key,
                 const char *why, GError **error)
{
    const char *const keys[] = {key, NULL};
    g_autofree char *value = document_text(defaults->context->document, "",
                                           document_root(defaults->context->document), key);

    if (!value || defaults_asked(defaults, key))
        return true;
    if (!unset(defaults, keys, error))
        return false;
    defaults_say(defaults, rule, severity, key, "%s was %s and is dropped: %s.", key, value, why);
    return true;
}

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
                     "cpu.feature entries (%s) are dropped: %s.", names->str, why);
}

static bool change_cpu_mode(const DwDefaults *defaults, GError **error)
{
    static const char *const belong[] = {"cpu.model.fallback", "cpu.model", "cpu.match",
                                         "cpu.vendor"};
    g_autofree char *mode = defaults_text(defaults, "cpu.mode");
    g_autofree char *old = dw_get_string(defaults->context->document, "cpu.mode");
    g_autofree char *why = g_strdup_printf("it belongs to cpu.mode %s", old ? old : "custom");

    if (!defaults_asked(defaults, "cpu.mode") || g_strcmp0(mode, old ? old : "custom") == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(belong); i++)
        if (!drop(defaults, "cpu-mode-drops", DW_SEVERITY_INFO, belong[i], why, error))
            return false;
    drop_cpu_features(defaults, why);
    if (g_strcmp0(mode, "host-passthrough") != 0 && g_strcmp0(mode, "maximum") != 0)
        return drop(defaults, "cpu-mode-drops", DW_SEVERITY_INFO, "cpu.migratable", why, error);
    return true;
}

static bool drop_all(const DwDefaults *defaults, const char *rule, DwSeverity severity,
                     const char *const *keys, const char *why, GError **error)
{
    for (; *keys; keys++)
        if (!drop(defaults, rule, severity, *keys, why, error))
            return false;
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
    if (defaults_changed(defaults, "os.loader") && !defaults_asked(defaults, "os.firmware"))
        return drop_all(defaults, "loader-drops", DW_SEVERITY_INFO, automatic,
                        "os.loader names the firmware", error);
    return true;
}

static bool change_clock(const DwDefaults *defaults, GError **error)
{
    static const char *const names[] = {"timezone", "basis", "start", "adjustment"};
    g_autofree char *offset = defaults_text(defaults, "clock.offset");
    g_autofree char *old = dw_get_string(defaults->context->document, "clock.offset");
    g_autofree char *why = g_strdup_printf("it belongs to clock.offset %s", old ? old : "");

    if (!defaults_asked(defaults, "clock.offset") || g_strcmp0(old, offset) == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *key = g_strconcat("clock.", names[i], NULL);
        g_autofree char *value = defaults_text(defaults, key);
        bool stays = clock_offset_takes(offset, names[i]) &&
                     (!g_str_equal(names[i], "adjustment") || g_strcmp0(value, "reset") == 0);

        if (!stays && !drop(defaults, "clock-offset-drops", DW_SEVERITY_INFO, key, why, error))
            return false;
    }
    return true;
}

static void add_retries(const DwDefaults *defaults)
{
    g_autofree char *retries = defaults_text(defaults, "hyperv.spinlocks.retries");

    if (!retries && defaults_asked_true(defaults, "hyperv.spinlocks"))
        defaults_take(defaults, "hyperv-spinlocks-default", DW_SEVERITY_INFO,
                      "hyperv.spinlocks.retries", dw_value_uint(DW_HYPERV_RETRIES),
                      "hyperv.spinlocks.retries is %u, as is usual.", DW_HYPERV_RETRIES);
}

/* ---- The domain: what a new one is made of ---- */

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
    if (!change_cpu_mode(&defaults, error) || !change_firmware(&defaults, error) ||
        !change_clock(&defaults, error))
        return false;
    add_retries(&defaults);
    return true;
}
