/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits are parameters of libvirt's, several to a call, because it checks them against one
 * another. A limit that is unset is set to the value that means none, where there is one: libvirt
 * would take a 0 and leave the old limit in force.
 */
#include "operations/live/tuning.h"

#include <string.h>

#include "operations/live/problem.h"

/* ---- Limits ---- */

typedef enum { AS_UINT64, AS_INT64, AS_UINT, AS_KIB, AS_TEXT } ParameterForm;

/* libvirt's VIR_DOMAIN_MEMORY_PARAM_UNLIMITED, in KiB. */
#define UNLIMITED UINT64_C(9007199254740991)

static const struct {
    const char *key, *name;
    VirtLiveCall call;
    ParameterForm form;
} parameters[] = {
    {"cputune.shares", "cpu_shares", VIRT_LIVE_SCHEDULER},
    {"cputune.period", "vcpu_period", VIRT_LIVE_SCHEDULER},
    {"cputune.quota", "vcpu_quota", VIRT_LIVE_SCHEDULER, AS_INT64},
    {"cputune.global_period", "global_period", VIRT_LIVE_SCHEDULER},
    {"cputune.global_quota", "global_quota", VIRT_LIVE_SCHEDULER, AS_INT64},
    {"cputune.emulator_period", "emulator_period", VIRT_LIVE_SCHEDULER},
    {"cputune.emulator_quota", "emulator_quota", VIRT_LIVE_SCHEDULER, AS_INT64},
    {"cputune.iothread_period", "iothread_period", VIRT_LIVE_SCHEDULER},
    {"cputune.iothread_quota", "iothread_quota", VIRT_LIVE_SCHEDULER, AS_INT64},
    {"memtune.hard_limit", "hard_limit", VIRT_LIVE_MEMORY_LIMITS, AS_KIB},
    {"memtune.soft_limit", "soft_limit", VIRT_LIVE_MEMORY_LIMITS, AS_KIB},
    {"memtune.swap_hard_limit", "swap_hard_limit", VIRT_LIVE_MEMORY_LIMITS, AS_KIB},
    {"blkiotune.weight", "weight", VIRT_LIVE_BLOCK_WEIGHTS, AS_UINT},
    {"numatune.memory.nodeset", "numa_nodeset", VIRT_LIVE_NUMA, AS_TEXT},
};

/* False: there is no value that stands for none. */
static bool parameter_of(ParameterForm form, const DwValue *value, DwValue *ret_value)
{
    if (!value && form == AS_KIB)
        *ret_value = dw_value_uint64(UNLIMITED);
    else if (!value && form == AS_INT64)
        *ret_value = dw_value_int64(-1);
    else if (!value)
        return false;
    else if (form == AS_KIB)
        *ret_value = dw_value_uint64(value->u / 1024);
    else if (form == AS_INT64)
        *ret_value = dw_value_int64(value->i);
    else if (form == AS_UINT64)
        *ret_value = dw_value_uint64(value->u);
    else
        *ret_value = dw_value_copy(value);
    return true;
}

static LiveStep *step_of_call(GPtrArray *steps, VirtLiveCall call)
{
    for (guint i = 0; i < steps->len; i++) {
        LiveStep *step = steps->pdata[i];
        if (step->change.call == call)
            return step;
    }
    LiveStep *step = live_step_add(steps, call, g_new0(char *, 1));
    step->change.parameters = dw_settings_new();
    step->undo.parameters = dw_settings_new();
    return step;
}

static bool add_parameter(GPtrArray *steps, gsize row, const DwValue *old, const DwValue *new)
{
    DwValue value, before;
    if (!parameter_of(parameters[row].form, new, &value))
        return false;
    LiveStep *step = step_of_call(steps, parameters[row].call);
    live_step_add_name(step, parameters[row].key);
    dw_settings_put(step->change.parameters, parameters[row].name, value);
    if (parameter_of(parameters[row].form, old, &before))
        dw_settings_put(step->undo.parameters, parameters[row].name, before);
    return true;
}

/* ---- Pins ---- */

static const struct {
    const char *before, *after; /* the key, round the number */
    VirtLiveCall call;
} pins[] = {
    {"cputune.vcpupin.", ".cpuset", VIRT_LIVE_PIN_VCPU},
    {"cputune.iothreadpin.", ".cpuset", VIRT_LIVE_PIN_IOTHREAD},
    {"cputune.emulatorpin.cpuset", "", VIRT_LIVE_PIN_EMULATOR},
};

static bool add_pin(GPtrArray *steps, const char *key, const DwSettings *before,
                    const DwSettings *after)
{
    const DwValue *old = dw_settings_get(before, key), *new = dw_settings_get(after, key);
    const DwValue *vcpus = dw_settings_get(before, "vcpu");
    for (gsize i = 0; new &&i < G_N_ELEMENTS(pins); i++) {
        if (!g_str_has_prefix(key, pins[i].before))
            continue;
        uint64_t number = g_ascii_strtoull(key + strlen(pins[i].before), NULL, 10);
        if (pins[i].call == VIRT_LIVE_PIN_VCPU && vcpus && number >= vcpus->u)
            return false;
        LiveStep *step = live_step_add_for(steps, pins[i].call, "", "", key);
        step->change.number = step->undo.number = number;
        step->change.text = g_strdup(new->s);
        step->undo.text = old ? g_strdup(old->s) : NULL;
        return true;
    }
    return false;
}

/* ---- Disks of the host ---- */

#define BLOCK_DEVICE "blkiotune.device."

static const struct {
    const char *key, *name;
} device_limits[] = {
    {"weight", "device_weight"},
    {"read_bytes_sec", "device_read_bytes_sec"},
    {"write_bytes_sec", "device_write_bytes_sec"},
    {"read_iops_sec", "device_read_iops_sec"},
    {"write_iops_sec", "device_write_iops_sec"},
};

/* path → DwValue of one limit; borrowed. */
static GHashTable *device_limit(const DwSettings *settings, const char *limit)
{
    GHashTable *values = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < dw_settings_count(settings); i++) {
        const char *key = dw_settings_key(settings, i), *end = strrchr(key, '.');
        if (!g_str_has_prefix(key, BLOCK_DEVICE) || strcmp(end, ".path") != 0)
            continue;
        g_autofree char *other = g_strdup_printf("%.*s.%s", (int)(end - key), key, limit);
        const DwValue *value = dw_settings_get(settings, other);
        if (value)
            g_hash_table_insert(values, dw_settings_value(settings, i)->s, (void *)value);
    }
    return values;
}

static void add_entry(GString *text, const char *path, const DwValue *value)
{
    g_string_append_printf(text, "%s%s,%" G_GUINT64_FORMAT, text->len > 0 ? "," : "", path,
                           value ? value->u : 0);
}

/* What differs of one limit, as libvirt's list of path,value; without a limit the value is 0. */
static void add_device_limit(LiveStep *step, gsize row, const DwSettings *before,
                             const DwSettings *after)
{
    g_autoptr(GHashTable) old = device_limit(before, device_limits[row].key);
    g_autoptr(GHashTable) new = device_limit(after, device_limits[row].key);
    g_autoptr(GString) change = g_string_new(NULL), undo = g_string_new(NULL);
    GHashTable *const sides[] = {new, old};
    for (gsize side = 0; side < G_N_ELEMENTS(sides); side++) {
        GHashTableIter iter;
        const char *path;
        g_hash_table_iter_init(&iter, sides[side]);
        while (g_hash_table_iter_next(&iter, (void **)&path, NULL)) {
            const DwValue *was = g_hash_table_lookup(old, path),
                          *is = g_hash_table_lookup(new, path);
            if ((side > 0 && is) || (was && is && dw_value_equal(was, is)))
                continue;
            add_entry(change, path, is);
            add_entry(undo, path, was);
        }
    }
    if (change->len == 0)
        return;
    const char *name = device_limits[row].name;
    dw_settings_put(step->change.parameters, name, dw_value_string(change->str));
    dw_settings_put(step->undo.parameters, name, dw_value_string(undo->str));
}

static bool add_block_device(GPtrArray *steps, const char *key, const DwSettings *before,
                             const DwSettings *after)
{
    if (!g_str_has_prefix(key, BLOCK_DEVICE))
        return false;
    LiveStep *step = step_of_call(steps, VIRT_LIVE_BLOCK_WEIGHTS);
    live_step_add_name(step, key);
    for (gsize row = 0; row < G_N_ELEMENTS(device_limits); row++)
        add_device_limit(step, row, before, after);
    return true;
}

/* ---- Processors ---- */

#define VCPUS "vcpu.current"

/* All of them, where no number is said. */
static uint64_t vcpus_of(const DwSettings *settings)
{
    const DwValue *current = dw_settings_get(settings, VCPUS);
    const DwValue *all = dw_settings_get(settings, "vcpu");
    return current ? current->u : all ? all->u : 0;
}

static bool is_yes(const DwSettings *settings, const char *key)
{
    const DwValue *value = dw_settings_get(settings, key);
    return value && value->type == DW_VALUE_BOOL && value->b;
}

/* How many QEMU must keep: libvirt takes out those that its list calls hotpluggable, and has no
 * list where none was plugged. */
static uint64_t fewest_vcpus(const DwSettings *running)
{
    static const char list[] = "vcpus.vcpu.", end[] = ".hotpluggable";
    const DwValue *type = dw_settings_get(running, "type");
    uint64_t fewest = vcpus_of(running);
    if (!type || !g_strv_contains((const char *const[]){"qemu", "kvm", "hvf", NULL}, type->s))
        return 0;
    for (size_t i = 0; fewest > 0 && i < dw_settings_count(running); i++) {
        const char *key = dw_settings_key(running, i);
        if (!g_str_has_prefix(key, list) || !g_str_has_suffix(key, end) || !is_yes(running, key))
            continue;
        g_autofree char *enabled =
            g_strdup_printf("%.*s.enabled", (int)(strlen(key) - strlen(end)), key);
        fewest -= is_yes(running, enabled);
    }
    return fewest;
}

#define HARD_LIMIT "memtune.hard_limit"
#define SWAP_LIMIT "memtune.swap_hard_limit"

/* In a configuration it may be so, and that starts. */
static bool refuse_swap_limit(const char *key, const DwSettings *after, GPtrArray *impossible)
{
    const DwValue *hard = dw_settings_get(after, HARD_LIMIT),
                  *swap = dw_settings_get(after, SWAP_LIMIT);
    bool limits = strcmp(key, HARD_LIMIT) == 0 || strcmp(key, SWAP_LIMIT) == 0;
    if (!limits || !swap || (hard && hard->u <= swap->u))
        return false;
    g_autofree char *message = g_strdup_printf(
        "Key " HARD_LIMIT " cannot be unset, or more than " SWAP_LIMIT " (%" G_GUINT64_FORMAT
        " bytes), in a running domain; set both, or " LIVE_USE_CONFIG,
        swap->u);
    live_refuse(impossible, "live.not-possible", "", "", key, message);
    return true;
}

bool live_tuning_refuse(const char *key, const DwSettings *before, const DwSettings *after,
                        GPtrArray *impossible)
{
    if (strcmp(key, VCPUS) != 0)
        return refuse_swap_limit(key, after, impossible);
    uint64_t wanted = vcpus_of(after), fewest = fewest_vcpus(before);
    const DwValue *most = dw_settings_get(before, "vcpu");
    if (most && wanted > most->u) { /* more come with the next start */
        g_autofree char *text = g_strdup_printf(
            "Key " VCPUS " cannot go above %" G_GUINT64_FORMAT
            " in the running domain, which was started with that many; " LIVE_USE_CONFIG,
            most->u);
        live_refuse(impossible, "live.not-possible", "", "", key, text);
        return true;
    }
    if (wanted >= vcpus_of(before) || wanted >= fewest)
        return false;
    g_autofree char *message =
        g_strdup_printf("Key " VCPUS " cannot go below %" G_GUINT64_FORMAT
                        " in the running domain: only processors that were plugged while it runs "
                        "can be unplugged; " LIVE_USE_CONFIG,
                        fewest);
    live_refuse(impossible, "live.vcpus", "", "", key, message);
    return true;
}

static bool add_vcpus(GPtrArray *steps, const char *key, const DwSettings *before,
                      const DwSettings *after)
{
    const DwValue *old = dw_settings_get(before, key), *new = dw_settings_get(after, key);
    old = old ? old : dw_settings_get(before, "vcpu");
    new = new ? new : dw_settings_get(after, "vcpu");
    if (!old || !new)
        return false;
    if (old->u == new->u) /* all of them, said or not */
        return true;
    LiveStep *step = live_step_add_for(steps, VIRT_LIVE_VCPUS, "", "", key);
    step->class = new->u < old->u ? LIVE_GUEST : LIVE_EXACT;
    step->change.number = new->u;
    step->undo.number = old->u;
    return true;
}

/* ---- All ---- */

bool live_tuning_add(LiveTuning *tuning, GPtrArray *steps, const char *key)
{
    const DwSettings *before = tuning->old, *after = tuning->new;
    const DwValue *old = dw_settings_get(before, key), *new = dw_settings_get(after, key);
    if (strcmp(key, VCPUS) == 0)
        return add_vcpus(steps, key, before, after);
    for (gsize i = 0; i < G_N_ELEMENTS(parameters); i++)
        if (strcmp(parameters[i].key, key) == 0)
            return add_parameter(steps, i, old, new);
    if (!tuning->threads)
        tuning->threads = live_iothreads_new(tuning->before, tuning->after, before, after);
    return live_iothreads_add(tuning->threads, steps, key) || add_pin(steps, key, before, after) ||
           add_block_device(steps, key, before, after);
}

/* What the guest was asked to go to, and has not. */
static void tell_asked(const char *kind, const char *id, const char *key, uint64_t has,
                       const char *driver, GPtrArray *problems)
{
    g_autofree char *message = g_strdup_printf(
        "The guest was asked for that and has %" G_GUINT64_FORMAT " MiB now; it follows in its own "
        "time, and not at all without a driver of %s.",
        has >> 20, driver);
    live_tell(problems, DW_SEVERITY_INFO, "live.asked", kind, id, key, message);
    DwProblem *problem = problems->pdata[problems->len - 1];
    g_free(problem->value);
    problem->value = g_strdup_printf("%" G_GUINT64_FORMAT, has);
}

/* Memory of model virtio-mem that a step asked the guest to take or give. */
static void tell_of_modules(const LiveStep *step, const GPtrArray *modules, GPtrArray *problems)
{
    static const char key[] = "target.requested";
    for (guint i = 0; i < modules->len; i++) {
        const DwDevice *module = modules->pdata[i];
        g_autofree char *name = live_name("memory", module->id, key);
        const DwValue *asked = dw_settings_get(module->properties, key),
                      *has = dw_settings_get(module->properties, "target.current");
        if (asked && has && has->u != asked->u &&
            g_strv_contains((const char *const *)step->names, name))
            tell_asked("memory", module->id, key, has->u, "virtio-mem", problems);
    }
}

static bool ask_for_memory(const GPtrArray *steps)
{
    bool ask = false;
    for (guint i = 0; i < steps->len; i++) {
        const LiveStep *step = steps->pdata[i];
        ask |= step->change.call == VIRT_LIVE_MEMORY || g_str_has_prefix(step->names[0], "memory/");
    }
    return ask;
}

void live_tuning_tell(const GPtrArray *steps, const DwDocument *running, GPtrArray *problems)
{
    static const char *const keys[] = {"currentMemory", NULL};
    if (!ask_for_memory(steps))
        return;
    g_autoptr(DwSettings) settings = dw_get_settings(running, keys, false, NULL);
    const DwValue *has = dw_settings_get(settings, keys[0]);
    g_autoptr(GPtrArray) modules = dw_get_devices(running, "memory", false, NULL);
    for (guint i = 0; i < steps->len; i++) {
        const LiveStep *step = steps->pdata[i];
        if (modules)
            tell_of_modules(step, modules, problems);
        if (step->change.call == VIRT_LIVE_MEMORY && has && has->u != step->change.number)
            tell_asked("", "", keys[0], has->u, "the balloon", problems);
    }
}
