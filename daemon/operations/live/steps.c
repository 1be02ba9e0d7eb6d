/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Maps the differences of two running documents to libvirt's calls. A setting of the domain is a
 * row of `setting_calls`; a device's setting has one where the table of keys says that it applies
 * to a running domain. What neither knows is refused before anything is touched, since libvirt
 * takes some changes for done that it did not make. Run by workers.
 */
#include "operations/live/steps.h"

#include <string.h>

#include "operations/live/device.h"
#include "operations/live/iothreads.h"
#include "operations/live/medium.h"
#include "operations/live/network.h"
#include "operations/live/pairs.h"
#include "operations/live/plug.h"
#include "operations/live/problem.h"
#include "operations/live/tuning.h"

/* ---- What cannot be done ---- */

#define NOT_POSSIBLE "live.not-possible"
#define USE_CONFIG   LIVE_USE_CONFIG

/* What of it can change while the domain runs. */
static const char *changeable_part(const char *key)
{
    return strcmp(key, "memory") == 0 ? ", only currentMemory, up to it"
           : strcmp(key, "vcpu") == 0 ? ", only vcpu.current, up to it"
                                      : "";
}

static void refuse_setting(GPtrArray *impossible, const char *key, bool unset)
{
    g_autofree char *message =
        g_strdup_printf("Key %s cannot be %s in a running domain%s; " USE_CONFIG, key,
                        unset ? "unset" : "changed so", changeable_part(key));
    live_refuse(impossible, NOT_POSSIBLE, "", "", key, message);
}

/* QEMU asks for one all the time or never: which of it, is said when it is started. libvirt would
 * take a password out of the document alone. */
static bool is_password(const char *kind, const char *key)
{
    return g_str_equal(kind, "graphics") && g_str_equal(key, "passwd");
}

static void refuse_first_password(GPtrArray *impossible, const DwDevice *device, const char *key)
{
    g_autofree char *message =
        g_strdup_printf("Key %s of %s \"%s\" cannot be set in a running domain that was started "
                        "without one, or with the default of the host, which is not "
                        "seen; " USE_CONFIG,
                        key, device->kind, device->id);
    live_refuse(impossible, NOT_POSSIBLE, device->kind, device->id, key, message);
}

static void refuse_device_key(GPtrArray *impossible, const DwDevice *device, const char *key,
                              const DwKey *row)
{
    bool plug = row && row->applies == DW_APPLIES_PLUG;
    bool unset = !dw_settings_get(device->properties, key);
    g_autofree char *message =
        g_strdup_printf("Key %s of %s \"%s\" cannot be %s in a running domain%s; " USE_CONFIG, key,
                        device->kind, device->id, unset ? "unset" : "changed",
                        plug ? ", only by removing the device and adding it anew" : "");
    live_refuse(impossible, plug ? "live.plug" : NOT_POSSIBLE, device->kind, device->id, key,
                message);
}

static void refuse_device(GPtrArray *impossible, const DwDevice *device, const char *what)
{
    g_autofree char *message =
        g_strdup_printf("%s of %s \"%s\" is not made in a running domain; " USE_CONFIG, what,
                        device->kind, device->id);
    live_refuse(impossible, NOT_POSSIBLE, device->kind, device->id, "", message);
}

/* ---- Settings of the domain ---- */

static const DwValue *value_of(const DwDevice *device, const char *key)
{
    return dw_settings_get(device->properties, key);
}

static const struct {
    const char *key;
    VirtLiveCall call;
    bool removable;
} setting_calls[] = {
    {"title", VIRT_LIVE_TITLE, true},    {"description", VIRT_LIVE_DESCRIPTION, true},
    {"currentMemory", VIRT_LIVE_MEMORY}, {"on_poweroff", VIRT_LIVE_LIFECYCLE},
    {"on_reboot", VIRT_LIVE_LIFECYCLE},  {"on_crash", VIRT_LIVE_LIFECYCLE},
};

static void fill(VirtLiveChange *change, const char *key, const DwValue *value)
{
    change->name = g_strdup(key);
    if (value && value->type == DW_VALUE_STRING)
        change->text = g_strdup(value->s);
    else if (value)
        change->number = value->u;
}

/* Its row of setting_calls, or their number. */
static gsize call_of(const char *key)
{
    gsize i = 0;
    while (i < G_N_ELEMENTS(setting_calls) && strcmp(setting_calls[i].key, key) != 0)
        i++;
    return i;
}

/* What the guest can be given: what the domain was started with, and modules that were plugged
 * since, but for those that have a size of their own. */
static uint64_t most_memory(const DwDocument *running)
{
    static const char *const keys[] = {"memory", NULL};
    g_autoptr(DwSettings) settings = dw_get_settings(running, keys, false, NULL);
    g_autoptr(GPtrArray) modules = dw_get_devices(running, "memory", false, NULL);
    const DwValue *memory = settings ? dw_settings_get(settings, "memory") : NULL;
    uint64_t most = memory ? memory->u : UINT64_MAX;
    for (guint i = 0; modules && i < modules->len; i++) {
        const DwValue *size = value_of(modules->pdata[i], "target.size");
        if (g_str_equal(live_device_text(modules->pdata[i], "model"), "virtio-mem") && size)
            most -= MIN(most, size->u);
    }
    return most;
}

/* False, and refused: there is no more for the guest. */
static bool check_memory(const DwDocument *running, const char *key, const DwValue *new,
                         GPtrArray *impossible)
{
    uint64_t most = g_str_equal(key, "currentMemory") && new ? most_memory(running) : UINT64_MAX;
    if (most == UINT64_MAX || new->u <= most)
        return true;
    g_autofree char *message =
        g_strdup_printf("Key %s cannot be more than %" G_GUINT64_FORMAT
                        " bytes in the running domain, which has no more memory; " USE_CONFIG,
                        key, most);
    live_refuse(impossible, NOT_POSSIBLE, "", "", key, message);
    return false;
}

static void add_setting(GPtrArray *steps, const char *key, LiveTuning *tuning,
                        GPtrArray *impossible)
{
    const DwValue *old = dw_settings_get(tuning->old, key),
                  *new = dw_settings_get(tuning->new, key);
    if (live_tuning_refuse(key, tuning->old, tuning->new, impossible) ||
        live_tuning_add(tuning, steps, key) || !check_memory(tuning->before, key, new, impossible))
        return;
    gsize i = call_of(key);
    if (i == G_N_ELEMENTS(setting_calls) || (!setting_calls[i].removable && (!old || !new))) {
        refuse_setting(impossible, key, !new);
        return;
    }
    LiveStep *step = live_step_add_for(steps, setting_calls[i].call, "", "", key);
    fill(&step->change, key, new);
    fill(&step->undo, key, old);
}

/* ---- Devices ---- */

typedef struct {
    const DwDocument *before, *after;
    const DwDevice *old, *new;
    bool force;
    uint64_t libvirt_version;
    GPtrArray *steps, *impossible;
} DeviceChange;

static bool is_type(const DwDevice *device, const char *types)
{
    const DwValue *type = value_of(device, "type");
    g_auto(GStrv) list = g_strsplit(types, " ", -1);
    return type && g_strv_contains((const char *const *)list, type->s);
}

/* Tags of a port are an Open vSwitch's to change, and since 11.0 a bridge's as well. */
static bool fits_vlan(const DwDevice *running, uint64_t libvirt_version)
{
    const char *port = live_device_text(running, "virtualport.type");
    return *port ? g_str_equal(port, "openvswitch")
                 : is_type(running, "bridge") && libvirt_version >= 11000000;
}

/* What is behind an interface decides what of it can change. libvirt would have to connect a port
 * of a switch anew, and does not; and it answers that it set trustGuestRxFilters where it left it
 * out.
 */
static bool fits_interface(const DwDevice *running, const char *key, uint64_t libvirt_version)
{
    if (is_type(running, "hostdev vdpa vhostuser null") || g_str_has_prefix(key, "virtualport."))
        return false;
    if (g_str_has_prefix(key, "vlan."))
        return fits_vlan(running, libvirt_version);
    if (g_str_equal(key, "trustGuestRxFilters"))
        return is_type(running, "direct");
    return !is_type(running, "user") || g_str_has_prefix(key, "link.") ||
           g_str_has_prefix(key, "filterref.");
}

static bool applies_to_interface(const DeviceChange *change, const char *key, const DwKey *row)
{
    if (g_str_equal(key, "type"))
        return is_type(change->old, "network bridge") && is_type(change->new, "network bridge");
    return row->applies == DW_APPLIES_LIVE &&
           fits_interface(change->old, key, change->libvirt_version);
}

/* libvirt alone writes it, and anew; as that nothing is behind a medium. A tray that is to be open
 * is another matter. */
static bool is_runtime(const DeviceChange *change, const char *key)
{
    const DwDevice *device = change->old;
    if (g_str_equal(key, "backing.none") && live_medium_is(device))
        return true;
    DwKey *row = dw_key_find(device->kind, key);
    bool runtime =
        row && row->applies == DW_APPLIES_RUNTIME && (row->output || !value_of(change->new, key));
    dw_key_free(row);
    return runtime;
}

/* Keys whose values differ, in the order of the documents. */
static GPtrArray *differing_keys(const DeviceChange *change, bool *ret_runtime)
{
    *ret_runtime = false;
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    const DwDevice *const sides[] = {change->new, change->old};
    for (guint side = 0; side < G_N_ELEMENTS(sides); side++) {
        for (size_t i = 0; i < dw_settings_count(sides[side]->properties); i++) {
            const char *key = dw_settings_key(sides[side]->properties, i);
            const DwValue *other = value_of(sides[1 - side], key);
            bool same =
                other && dw_value_equal(other, dw_settings_value(sides[side]->properties, i));
            if (same)
                continue;
            if (is_runtime(change, key))
                *ret_runtime = true;
            else
                live_add_text(keys, key);
        }
    }
    return keys;
}

/* Whether the keys say what is behind a device. */
static bool choose_source(const GPtrArray *keys)
{
    bool choose = false;
    for (guint i = 0; i < keys->len; i++)
        choose |=
            g_str_has_prefix(keys->pdata[i], "source.") || g_str_equal(keys->pdata[i], "type");
    return choose;
}

static bool is_elsewhere(const DeviceChange *change)
{
    bool runtime, elsewhere = false;
    g_autoptr(GPtrArray) keys = differing_keys(change, &runtime);
    for (guint i = 0; i < keys->len; i++)
        elsewhere |= live_medium_is_place(keys->pdata[i]);
    return elsewhere;
}

static bool applies_to_medium(const DeviceChange *change, const char *key)
{
    return live_medium_is(change->old) && (!live_medium_is_read_with(key) || is_elsewhere(change));
}

static bool applies(const DeviceChange *change, const char *key, const DwKey *row)
{
    if (is_password(change->old->kind, key) &&
        (!value_of(change->old, key) || !value_of(change->new, key)))
        return false;
    if (row && g_str_equal(change->old->kind, "interface"))
        return applies_to_interface(change, key, row);
    return row && (row->applies == DW_APPLIES_LIVE ||
                   (row->applies == DW_APPLIES_MEDIA && applies_to_medium(change, key)));
}

static char **names_of(const DeviceChange *change, const GPtrArray *keys)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint i = 0; i < keys->len; i++) {
        g_autofree char *name = live_name(change->new->kind, change->new->id, keys->pdata[i]);
        g_strv_builder_add(names, name);
    }
    return g_strv_builder_end(names);
}

#define IOTUNE     "iotune."
#define GROUP_NAME IOTUNE "group_name"

/* Limits that are not there are given as none. Of a group all are given: libvirt takes what is not
 * for what the group has, and that is for all its disks. */
static DwSettings *limits_of(const DwDevice *device, const GPtrArray *keys)
{
    DwSettings *limits = dw_settings_new();
    const DwValue *group = value_of(device, GROUP_NAME);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = keys->pdata[i];
        const DwValue *value = value_of(device, key);
        if (!g_str_equal(key, GROUP_NAME))
            dw_settings_put(limits, key + strlen(IOTUNE), dw_value_uint64(value ? value->u : 0));
    }
    if (group)
        dw_settings_put(limits, GROUP_NAME + strlen(IOTUNE), dw_value_copy(group));
    return limits;
}

static void add_limits(const DeviceChange *change, const GPtrArray *keys)
{
    LiveStep *step = live_step_add(change->steps, VIRT_LIVE_BLOCK_IO, names_of(change, keys));
    step->change.name = g_strdup(change->new->id);
    step->change.parameters = limits_of(change->new, keys);
    step->undo.name = g_strdup(change->new->id);
    step->undo.parameters = limits_of(change->old, keys);
}

static void add_period(const DeviceChange *change, const GPtrArray *keys)
{
    const char *key = keys->pdata[0];
    LiveStep *step = live_step_add(change->steps, VIRT_LIVE_STATS_PERIOD, names_of(change, keys));
    fill(&step->change, key, value_of(change->new, key));
    fill(&step->undo, key, value_of(change->old, key));
}

/* The link is taken up or down by a command of its own to QEMU. */
static bool is_sure(const DeviceChange *change, const GPtrArray *keys)
{
    return keys->len == 1 && g_str_equal(change->new->kind, "interface") &&
           g_str_equal(keys->pdata[0], "link.state") && value_of(change->new, keys->pdata[0]) &&
           !live_network_has(change->old);
}

static void add_update(const DeviceChange *change, const GPtrArray *keys)
{
    LiveStep *step = live_step_add(change->steps, VIRT_LIVE_UPDATE, names_of(change, keys));
    step->class = live_medium_is(change->old) ? LIVE_GUEST : LIVE_EXACT;
    step->change.text = live_network_text(change->after, change->new, choose_source(keys));
    step->undo.text = live_network_text(change->before, change->old, false);
    step->change.force = step->undo.force = change->force;
    step->sure = is_sure(change, keys);
    if (!live_medium_is_in(change->old))
        return;
    step->kind = g_strdup(change->old->kind);
    step->id = g_strdup(change->old->id);
    step->emptied = live_medium_emptied(change->before, change->old);
}

/* libvirt changes nothing where the medium is the one that it knows of. */
static void add_reinsertion(const DeviceChange *change)
{
    LiveStep *step = live_step_add_for(change->steps, VIRT_LIVE_UPDATE, change->old->kind,
                                       change->old->id, "target.tray");
    step->class = LIVE_GUEST;
    step->change.text = dw_device_text(change->after, change->new->kind, change->new->id);
    step->undo.text = g_strdup(step->change.text);
    step->kind = g_strdup(change->old->kind);
    step->id = g_strdup(change->old->id);
    step->emptied = live_medium_emptied(change->before, change->old);
    step->reinserts = true;
}

/* An update sends the whole device, so that all of its other keys have to be possible. */
static void add_device_steps(const DeviceChange *change)
{
    bool runtime;
    g_autoptr(GPtrArray) keys = differing_keys(change, &runtime);
    g_autoptr(GPtrArray) limits = g_ptr_array_new(), rest = g_ptr_array_new();
    guint refused = change->impossible->len;
    for (guint i = 0; i < keys->len; i++) {
        const char *key = keys->pdata[i];
        DwKey *row = dw_key_find(change->new->kind, key);
        if (is_password(change->new->kind, key) && !value_of(change->old, key))
            refuse_first_password(change->impossible, change->new, key);
        else if (!applies(change, key, row))
            refuse_device_key(change->impossible, change->new, key, row);
        else
            g_ptr_array_add(g_str_has_prefix(key, IOTUNE) ? limits : rest, keys->pdata[i]);
        dw_key_free(row);
    }
    if (keys->len == 0 && live_medium_is(change->old) && live_medium_is_open(change->old) &&
        !live_medium_is_open(change->new))
        add_reinsertion(change);
    else if (keys->len == 0 && !runtime) /* or the drive is empty already */
        refuse_device(change->impossible, change->new, "A change");
    /* libvirt has no way to say that a disk leaves its group. */
    if (limits->len > 0 && value_of(change->old, GROUP_NAME) && !value_of(change->new, GROUP_NAME))
        refuse_device_key(change->impossible, change->new, GROUP_NAME, NULL);
    else if (limits->len > 0)
        add_limits(change, limits);
    if (rest->len > 0 && change->impossible->len > refused)
        for (guint i = 0; i < rest->len; i++)
            live_hold_back(change->impossible, change->new->kind, change->new->id, rest->pdata[i]);
    else if (rest->len > 0 && g_str_equal(change->new->kind, "memballoon"))
        add_period(change, rest);
    else if (rest->len > 0)
        add_update(change, rest);
}

/* ---- Adding and removing devices ---- */

static LiveStep *add_plug(const DeviceChange *change, const DwDevice *device, VirtLiveCall call)
{
    LiveStep *step = live_step_add_for(change->steps, call, device->kind, device->id, "");
    step->kind = g_strdup(device->kind);
    step->id = g_strdup(device->id);
    return step;
}

/* The host's alone: no guest lets go of it, and libvirt has no alias for it. */
static bool is_of_host(const DwDevice *device)
{
    return g_str_equal(device->kind, "lease");
}

static void add_of_host(const DeviceChange *change, const DwDevice *device, bool adding)
{
    LiveStep *step = add_plug(change, device, adding ? VIRT_LIVE_ATTACH : VIRT_LIVE_REMOVE);
    step->class = LIVE_EXACT;
    step->undo.call = adding ? VIRT_LIVE_REMOVE : VIRT_LIVE_ATTACH;
    step->change.text =
        dw_device_text(adding ? change->after : change->before, device->kind, device->id);
    step->undo.text = g_strdup(step->change.text);
}

static void add_attach(const DeviceChange *change)
{
    const DwDevice *device = change->new;
    if (is_of_host(device)) {
        add_of_host(change, device, true);
        return;
    }
    LiveStep *step = add_plug(change, device, VIRT_LIVE_ATTACH);
    step->class = LIVE_PLUG;
    step->change.text = dw_device_text(change->after, device->kind, device->id);
    step->undo.call = VIRT_LIVE_DETACH;
}

static void add_detach(const DeviceChange *change)
{
    const DwDevice *device = change->old;
    const DwValue *alias = value_of(device, "alias");
    if (!live_plug_check(device, false, change->libvirt_version, change->impossible) ||
        !live_plug_check_free(change->after, device, change->impossible))
        return;
    if (is_of_host(device)) {
        add_of_host(change, device, false);
        return;
    }
    if (!alias) {
        g_autofree char *message = g_strdup_printf(
            "Device %s \"%s\" cannot be removed from a running domain: libvirt has no "
            "alias for it; " USE_CONFIG,
            device->kind, device->id);
        live_refuse(change->impossible, "live.alias", device->kind, device->id, "", message);
        return;
    }
    LiveStep *step = add_plug(change, device, VIRT_LIVE_DETACH);
    step->class = LIVE_FINAL;
    step->change.name = g_strdup(alias->s);
}

/* The devices of the kinds that differ, since reading one takes time. */
static GPtrArray *devices_of_kinds(const DwDocument *document, const GPtrArray *differing)
{
    GPtrArray *devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    g_autoptr(GHashTable) kinds = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < differing->len; i++) {
        const DwDevice *device = differing->pdata[i];
        g_autoptr(GPtrArray) some = g_hash_table_add(kinds, device->kind)
                                        ? dw_get_devices(document, device->kind, true, NULL)
                                        : NULL;
        while (some && some->len > 0)
            g_ptr_array_add(devices, g_ptr_array_steal_index(some, 0));
    }
    return devices;
}

static void add_devices(DeviceChange *change, const DwChanges *differences)
{
    g_autoptr(GPtrArray) old = devices_of_kinds(change->before, differences->devices);
    g_autoptr(GPtrArray) new = devices_of_kinds(change->after, differences->devices);
    g_autoptr(GPtrArray) added = g_ptr_array_new();
    g_autoptr(GArray) pairs =
        live_pairs_of(change->before, change->after, old, new, differences->devices);
    for (guint i = 0; i < pairs->len; i++) {
        const LivePair *pair = &g_array_index(pairs, LivePair, i);
        change->old = pair->old;
        change->new = pair->new;
        if (change->old && change->new) {
            add_device_steps(change);
        } else if (!change->new) {
            add_detach(change);
        } else if (live_plug_check(change->new, true, change->libvirt_version,
                                   change->impossible)) {
            g_ptr_array_add(added, (void *)change->new);
        }
    }
    live_plug_check_slots(change->before, added, change->impossible);
    for (guint i = 0; i < added->len; i++) {
        change->new = added->pdata[i];
        add_attach(change);
    }
}

/* ---- All differences ---- */

/* What is needed for the keys that differ; tuning.h looks at others, too. NULL: nothing. */
static DwSettings *settings_for(const DwDocument *document, const char *const *keys)
{
    bool tunes = false;
    for (const char *const *key = keys; *key; key++)
        tunes |= call_of(*key) == G_N_ELEMENTS(setting_calls);
    return *keys ? dw_get_settings(document, tunes ? NULL : keys, true, NULL) : NULL;
}

GPtrArray *live_steps_between(const LiveDifference *difference, const DwChanges *changes,
                              GPtrArray *impossible)
{
    const DwDocument *before = difference->before, *after = difference->after;
    GPtrArray *steps = g_ptr_array_new_with_free_func(live_step_free);
    const char *const *keys = (const char *const *)changes->keys;
    g_autoptr(DwSettings) old = settings_for(before, keys);
    g_autoptr(DwSettings) new = settings_for(after, keys);
    LiveTuning tuning = {before, after, old, new};
    for (; *keys; keys++)
        add_setting(steps, *keys, &tuning, impossible);
    live_iothreads_free(tuning.threads);
    if (changes->devices->len > 0) {
        DeviceChange change = {.before = before, .after = after, .force = difference->force};
        change.libvirt_version = difference->libvirt_version;
        change.steps = steps;
        change.impossible = impossible;
        add_devices(&change, changes);
    }
    live_iothreads_check(before, steps, impossible);
    if (changes->other)
        live_refuse(impossible, NOT_POSSIBLE, "", "", "",
                    "What has no key cannot be changed in a running domain; " USE_CONFIG);
    live_steps_sort(steps);
    return steps;
}

GPtrArray *live_steps_of(const LiveDifference *difference, GPtrArray *impossible)
{
    DwChanges changes;
    dw_changes_between(difference->before, difference->after, &changes);
    GPtrArray *steps = live_steps_between(difference, &changes, impossible);
    dw_changes_clear(&changes);
    return steps;
}

GPtrArray *live_steps_metadata(const DwDocument *before, const char *uri, const char *xml)
{
    GPtrArray *steps = g_ptr_array_new_with_free_func(live_step_free);
    g_autofree char *old = dw_metadata_get(before, uri);
    if (g_str_equal(old, xml))
        return steps;
    LiveStep *step = live_step_add(steps, VIRT_LIVE_METADATA, g_new0(char *, 2));
    step->names[0] = g_strdup("metadata");
    step->change.name = g_strdup(uri);
    step->change.text = *xml ? g_strdup(xml) : NULL;
    step->undo.name = g_strdup(uri);
    step->undo.text = *old ? g_strdup(old) : NULL;
    return steps;
}
