/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt's habits, as tables: what it fills into any domain, what it leaves out because it says
 * nothing, and why it does not keep some of what it is given. Found by setting every key of the
 * table on libvirt 9.0 (tests/oracle). Used by stored.c. Any thread.
 */
#include "compare/stored-reasons.h"

#include <string.h>

/* ---- What it fills in ---- */

/* Of domains; "cpu." stands for all keys that begin so. */
static const char *const filled_keys[] = {
    "uuid",     "currentMemory", "vcpu.placement", "on_poweroff", "on_reboot",
    "on_crash", "emulator",      "os.boot",        "os.machine",  "os.arch",
    "cpu.",     "clock.",        "hyperv.mode",    "iothreads",
};

/* Devices of any domain; a console and the serial port it shows are one thing. Since 9.1 a watchdog
 * is part of machines with PCI Express. */
static const char *const filled_kinds[] = {"controller", "input",  "audio",   "memballoon",
                                           "console",    "serial", "watchdog"};

static bool is_key(const char *key, const char *pattern)
{
    size_t length = strlen(pattern);

    if (*pattern == '*')
        return *key;
    return strncmp(key, pattern, length) == 0 && (pattern[length - 1] == '.' || !key[length]);
}

bool stored_is_filled(const char *kind, const char *key)
{
    if (*kind && *key)
        return false;
    for (size_t i = 0; *kind && i < G_N_ELEMENTS(filled_kinds); i++)
        if (strcmp(kind, filled_kinds[i]) == 0)
            return true;
    for (size_t i = 0; !*kind && i < G_N_ELEMENTS(filled_keys); i++)
        if (is_key(key, filled_keys[i]))
            return true;
    return false;
}

/* ---- What it leaves out ---- */

static const struct {
    const char *kind, *key, *value;
} nothings[] = {
    {"graphics", "channel.", "any"},
    {"graphics", "defaultMode", "any"},
    {"graphics", "port", "-1"},
    {"graphics", "tlsPort", "-1"},
    {"graphics", "autoport", "no"},
    {"graphics", "fullscreen", "no"},
    {"graphics", "p2p", "no"},
    {"disk", "target.tray", "closed"},
    {"disk", "transient.shareBacking", "no"},
    {"", "cputune.quota", "-1"},
    {"", "cputune.global_quota", "-1"},
    {"", "cputune.emulator_quota", "-1"},
    {"", "cputune.iothread_quota", "-1"},
};

bool stored_says_nothing(const char *kind, const char *key, const DwValue *value)
{
    g_autofree char *text = dw_value_to_text(value);

    /* "0" as text may be a set of one processor. */
    if (!*text || (strcmp(text, "0") == 0 && value->type != DW_VALUE_STRING) ||
        strcmp(text, "default") == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(nothings); i++)
        if (strcmp(kind, nothings[i].kind) == 0 && is_key(key, nothings[i].key) &&
            strcmp(text, nothings[i].value) == 0)
            return true;
    return false;
}

/* ---- Why ---- */

typedef struct {
    const char *key;
    const DwValue *asked;
    bool wanted; /* by who made the change: it was not so before */
    const DwSettings *domain, *device;
} Facts;

static bool has_prefix(const DwSettings *settings, const char *prefix)
{
    for (size_t i = 0; i < dw_settings_count(settings); i++)
        if (g_str_has_prefix(dw_settings_key(settings, i), prefix))
            return true;
    return false;
}

static bool is(const DwSettings *settings, const char *key, const char *text)
{
    const DwValue *value = dw_settings_get(settings, key);
    g_autofree char *found = value ? dw_value_to_text(value) : NULL;

    return g_strcmp0(found, text) == 0;
}

static bool chooses_ports(const Facts *facts)
{
    return is(facts->device, "autoport", "yes");
}

static bool has_cells(const Facts *facts)
{
    return has_prefix(facts->domain, "cpu.numa.cell.");
}

static bool lists_vcpus(const Facts *facts)
{
    return has_prefix(facts->domain, "vcpus.vcpu.");
}

/* The beginnings of the names that libvirt's drivers give to the host's end of an interface. */
static bool is_generated_name(const Facts *facts)
{
    static const char *const prefixes[] = {"vnet", "macvtap", "macvlan", "vif"};

    for (size_t i = 0;
         facts->asked && facts->asked->type == DW_VALUE_STRING && i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(facts->asked->s, prefixes[i]))
            return true;
    return false;
}

static bool is_no_virtio(const Facts *facts)
{
    const DwValue *model = dw_settings_get(facts->device, "model.type");

    return !model || model->type != DW_VALUE_STRING || !g_str_has_prefix(model->s, "virtio");
}

static bool has_no_filters(const Facts *facts)
{
    return is(facts->device, "type", "user") || is(facts->device, "type", "vhostuser") ||
           is(facts->device, "type", "hostdev") || is(facts->device, "type", "direct");
}

static bool is_of_network(const Facts *facts)
{
    return is(facts->device, "type", "network");
}

static bool has_no_password(const Facts *facts)
{
    return !dw_settings_get(facts->device, "passwd");
}

static bool is_empty(const Facts *facts)
{
    return !has_prefix(facts->device, "source.");
}

static bool is_wanted_empty(const Facts *facts)
{
    return facts->wanted && is_empty(facts);
}

static bool is_no_card(const Facts *facts)
{
    return is(facts->device, "model.type", "none");
}

static bool is_rounded(const Facts *facts)
{
    const DwValue *stored = dw_settings_get(facts->device, facts->key);

    return facts->asked && stored && stored->u > facts->asked->u &&
           (stored->u & (stored->u - 1)) == 0;
}

static bool is_usb(const Facts *facts)
{
    return is(facts->device, "type", "usb");
}

static bool is_ps2(const Facts *facts)
{
    return is(facts->device, "bus", "ps2");
}

static bool has_no_model(const Facts *facts)
{
    return !dw_settings_get(facts->domain, "cpu.model");
}

static bool has_adjustment(const Facts *facts)
{
    return is(facts->domain, "clock.offset", "variable");
}

/* The mode that libvirt takes for a policy without one. */
static bool has_policy(const Facts *facts)
{
    return !facts->asked && has_prefix(facts->domain, "numatune.memory.");
}

static bool is_placed(const Facts *facts)
{
    return is(facts->domain, "vcpu.placement", "auto");
}

/* "seclabel.2." of the key. */
static char *label_prefix(const Facts *facts)
{
    return g_strndup(facts->key,
                     strlen("seclabel.") + strcspn(facts->key + strlen("seclabel."), ".") + 1);
}

static bool has_no_label(const Facts *facts)
{
    g_autofree char *prefix = label_prefix(facts);

    return !has_prefix(facts->domain, prefix);
}

static bool makes_label(const Facts *facts)
{
    g_autofree char *prefix = label_prefix(facts);
    g_autofree char *type = g_strconcat(prefix, "type", NULL);

    return g_str_has_suffix(facts->key, ".label") && is(facts->domain, type, "dynamic");
}

static bool is_no_users_alias(const Facts *facts)
{
    return facts->asked && facts->asked->type == DW_VALUE_STRING &&
           !g_str_has_prefix(facts->asked->s, "ua-");
}

bool stored_is_none(const DwSettings *device)
{
    return is(device, "model", "none") || is(device, "model.type", "none");
}

/* Nothing but zeros: libvirt takes that as no place, and finds one. */
static bool is_no_place(const Facts *facts)
{
    g_autofree char *text = facts->asked ? dw_value_to_text(facts->asked) : NULL;

    return text && *text && !text[strspn(text, "0x")] && has_prefix(facts->device, "address.");
}

static bool is_mirror(const Facts *facts)
{
    return is(facts->device, "target.type", "serial");
}

static bool is_unset(const Facts *facts)
{
    return !facts->asked;
}

typedef bool Fits(const Facts *facts);

static const struct {
    const char *kind, *key; /* "*": any device, any key */
    Fits *fits;             /* NULL: always */
    const char *text;
} reasons[] = {
    {"", "memory", has_cells,
     "The memory of a guest with NUMA cells is what they have together: set "
     "cpu.numa.cell.N.memory."},
    {"", "currentMemory", has_cells,
     "It cannot be more than the NUMA cells have together: set cpu.numa.cell.N.memory."},
    {"", "vcpu.current", lists_vcpus,
     "It is the number of those that are enabled in the list of virtual processors: set "
     "vcpus.vcpu.N.enabled."},
    {"", "cputune.vcpupin.", NULL,
     "libvirt keeps the pins of virtual processors that are there, and no others."},
    {"", "cputune.iothreadpin.", NULL,
     "libvirt keeps the pins of I/O threads that are there, and no others."},
    {"", "vcpu.cpuset", is_placed, "vcpu.placement auto has the host choose: set that to static."},
    {"", "numatune.memory.placement", is_placed,
     "It is auto as long as vcpu.placement is: set that to static, or numatune.memory.nodeset."},
    {"", "numatune.memory.mode", has_policy,
     "It is strict as long as there is a nodeset or a placement: unset these as well."},
    {"", "cpu.match", has_no_model, "It is about a cpu.model: set that, and cpu.mode to custom."},
    {"", "cpu.model.", has_no_model, "It is about a cpu.model: set that, and cpu.mode to custom."},
    {"", "cpu.vendor", has_no_model, "It is about a cpu.model: set that, and cpu.mode to custom."},
    {"", "clock.offset", has_adjustment,
     "A clock with an adjustment in seconds is what libvirt calls variable: it means the same."},
    {"", "seclabel.", has_no_label, "The host does not use such a security model."},
    {"", "seclabel.", makes_label,
     "libvirt makes the label up as long as the type is dynamic: set that to static."},
    {"", "xen.", NULL, "It is for another hypervisor."},
    {"", "bhyve.", NULL, "It is for another hypervisor."},
    {"", "lxc.", NULL, "It is for another hypervisor."},
    {"", "vmware.", NULL, "It is for another hypervisor."},
    {"graphics", "port", chooses_ports,
     "libvirt chooses the ports as long as autoport is yes: set autoport to no as well."},
    {"graphics", "tlsPort", chooses_ports,
     "libvirt chooses the ports as long as autoport is yes: set autoport to no as well."},
    {"graphics", "passwdValidTo", has_no_password,
     "It is kept beside a password only: set passwd."},
    {"graphics", "connected", has_no_password, "It is kept beside a password only: set passwd."},
    {"interface", "mac.address", is_unset,
     "libvirt makes it up where none is given; the interface is known by it now."},
    {"interface", "target.dev", is_generated_name,
     "libvirt makes up names that begin so itself, and keeps none: choose one that begins "
     "otherwise."},
    {"interface", "driver.", is_no_virtio,
     "libvirt keeps it for virtio models only: set model.type to virtio."},
    {"interface", "backend.vhost", is_no_virtio,
     "libvirt keeps it for virtio models only: set model.type to virtio."},
    {"interface", "filterref.", has_no_filters, "Interfaces of this type have no filters."},
    {"interface", "source.bridge", is_of_network,
     "The network says which bridge it is: set type to bridge and unset source.network."},
    {"disk", "type", is_wanted_empty,
     "A drive without a medium is of type file: set a source as well."},
    {"disk", "type", is_empty, "A drive without a medium is of type file."},
    {"video", "model.", is_no_card, "A video device of model none has nothing but its model."},
    {"video", "model.primary", NULL, "The only video device is the primary one."},
    {"video", "model.ram", is_rounded, "libvirt rounds it up to a power of two."},
    {"video", "model.vram", is_rounded, "libvirt rounds it up to a power of two."},
    {"channel", "address.", NULL, "libvirt gives it a port of a virtio-serial controller."},
    {"memballoon", "", is_unset,
     "It gives one to every guest: set the model of the balloon to none instead."},
    {"controller", "", is_usb, "It gives one to every guest: set its model to none instead."},
    {"controller", "", is_unset, "The machine, or a device of the guest, needs it."},
    {"input", "", is_ps2, "The machine has it."},
    {"audio", "", is_unset, "It gives one to every guest with a sound card or a display."},
    {"video", "", is_unset,
     "It gives one to every guest with a display: set model.type to none instead, or remove the "
     "graphics."},
    {"console", "*", is_mirror,
     "It shows the first serial port and is as that is: change that instead."},
    {"console", "", is_unset, "It is the first serial port in another form: remove that."},
    {"serial", "", is_unset, "It is the first console in another form: remove that."},
    {"*", "alias", is_no_users_alias,
     "libvirt makes up aliases itself: it keeps those that begin with ua- only."},
    {"*", "address.", is_no_place,
     "A place of zeros alone is none for libvirt, which finds another: set the others as well."},
};

const char *stored_reason(const char *kind, const char *key, const DwValue *asked, bool wanted,
                          const DwSettings *domain, const DwSettings *device)
{
    const Facts facts = {key, asked, wanted, domain, device};

    for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
        if ((strcmp(kind, reasons[i].kind) == 0 || (*kind && *reasons[i].kind == '*')) &&
            (*reasons[i].key ? is_key(key, reasons[i].key) : !*key) &&
            (!reasons[i].fits || reasons[i].fits(&facts)))
            return reasons[i].text;
    return NULL;
}
