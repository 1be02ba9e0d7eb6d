/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls that change a running domain; a row of `calls` each. Workers. */
#include "libvirt/live-changes.h"

#include <string.h>

#include "base/error.h"
#include "libvirt/connection.h"
#include "libvirt/private.h"

/* What an element of metadata is called by libvirt, which renames its prefix to this. */
#define METADATA_PREFIX "domwright"

void virt_live_change_clear(VirtLiveChange *change)
{
    g_free(change->name);
    g_free(change->text);
    dw_settings_free(change->parameters);
    *change = (VirtLiveChange){0};
}

bool virt_live_is_plain(VirtLiveCall call)
{
    return call == VIRT_LIVE_TITLE || call == VIRT_LIVE_DESCRIPTION || call == VIRT_LIVE_METADATA ||
           call == VIRT_LIVE_LIFECYCLE;
}

static int set_title(virDomainPtr domain, const VirtLiveChange *change)
{
    return virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_TITLE, change->text, NULL, NULL,
                                VIR_DOMAIN_AFFECT_LIVE);
}

static int set_description(virDomainPtr domain, const VirtLiveChange *change)
{
    return virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_DESCRIPTION, change->text, NULL, NULL,
                                VIR_DOMAIN_AFFECT_LIVE);
}

static int set_metadata(virDomainPtr domain, const VirtLiveChange *change)
{
    return virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, change->text,
                                change->text ? METADATA_PREFIX : NULL, change->name,
                                VIR_DOMAIN_AFFECT_LIVE);
}

static int set_memory(virDomainPtr domain, const VirtLiveChange *change)
{
    return virDomainSetMemoryFlags(domain, change->number / 1024, VIR_DOMAIN_AFFECT_LIVE);
}

static int set_stats_period(virDomainPtr domain, const VirtLiveChange *change)
{
    return virDomainSetMemoryStatsPeriod(domain, (int)change->number, VIR_DOMAIN_AFFECT_LIVE);
}

static unsigned lifecycle_of(const char *key)
{
    return strcmp(key, "on_poweroff") == 0 ? VIR_DOMAIN_LIFECYCLE_POWEROFF
           : strcmp(key, "on_reboot") == 0 ? VIR_DOMAIN_LIFECYCLE_REBOOT
                                           : VIR_DOMAIN_LIFECYCLE_CRASH;
}

static int set_lifecycle(virDomainPtr domain, const VirtLiveChange *change)
{
    static const char *const actions[] = {
        [VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY] = "destroy",
        [VIR_DOMAIN_LIFECYCLE_ACTION_RESTART] = "restart",
        [VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME] = "rename-restart",
        [VIR_DOMAIN_LIFECYCLE_ACTION_PRESERVE] = "preserve",
        [VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY] = "coredump-destroy",
        [VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_RESTART] = "coredump-restart",
    };
    unsigned action = 0;
    /* An action that libvirt has not, it refuses itself. */
    while (action < G_N_ELEMENTS(actions) && strcmp(actions[action], change->text) != 0)
        action++;
    return virDomainSetLifecycleAction(domain, lifecycle_of(change->name), action,
                                       VIR_DOMAIN_AFFECT_LIVE);
}

typedef struct {
    virTypedParameterPtr list;
    int count, room;
} Parameters;

static int add_parameter(Parameters *to, const char *name, const DwValue *value)
{
    switch (value->type) {
    case DW_VALUE_STRING:
        return virTypedParamsAddString(&to->list, &to->count, &to->room, name, value->s);
    case DW_VALUE_UINT:
        return virTypedParamsAddUInt(&to->list, &to->count, &to->room, name, (unsigned)value->u);
    case DW_VALUE_INT:
        return virTypedParamsAddInt(&to->list, &to->count, &to->room, name, (int)value->i);
    case DW_VALUE_INT64:
        return virTypedParamsAddLLong(&to->list, &to->count, &to->room, name, value->i);
    default:
        return virTypedParamsAddULLong(&to->list, &to->count, &to->room, name, value->u);
    }
}

static int set_with(virDomainPtr domain, const VirtLiveChange *change, const Parameters *with)
{
    unsigned live = VIR_DOMAIN_AFFECT_LIVE;
    switch (change->call) {
    case VIRT_LIVE_BLOCK_IO:
        return virDomainSetBlockIoTune(domain, change->name, with->list, with->count, live);
    case VIRT_LIVE_SCHEDULER:
        return virDomainSetSchedulerParametersFlags(domain, with->list, with->count, live);
    case VIRT_LIVE_MEMORY_LIMITS:
        return virDomainSetMemoryParameters(domain, with->list, with->count, live);
    case VIRT_LIVE_IOTHREAD:
        return virDomainSetIOThreadParams(domain, (unsigned)change->number, with->list, with->count,
                                          live);
    case VIRT_LIVE_BLOCK_WEIGHTS:
        return virDomainSetBlkioParameters(domain, with->list, with->count, live);
    default:
        return virDomainSetNumaParameters(domain, with->list, with->count, live);
    }
}

static int set_parameters(virDomainPtr domain, const VirtLiveChange *change)
{
    Parameters with = {0};
    int result = 0;
    for (size_t i = 0; i < dw_settings_count(change->parameters) && result == 0; i++)
        result = add_parameter(&with, dw_settings_key(change->parameters, i),
                               dw_settings_value(change->parameters, i));
    if (result == 0)
        result = set_with(domain, change, &with);
    virTypedParamsFree(with.list, with.count);
    return result;
}

/* ---- Processors and threads ---- */

/* In the place of libvirt's -1. */
#define GUEST_IS_SLOW (-2)

/* libvirt stops waiting for a processor after five seconds. The guest may have let go of it since,
 * or of others before, which are then not asked for again; one that does not move is not waited
 * for. */
static int set_vcpus(virDomainPtr domain, const VirtLiveChange *change)
{
    int number = (int)change->number;
    int before = virDomainGetVcpusFlags(domain, VIR_DOMAIN_AFFECT_LIVE);
    for (;;) {
        int result = virDomainSetVcpusFlags(domain, (unsigned)number, VIR_DOMAIN_AFFECT_LIVE);
        if (result == 0 || virGetLastErrorCode() != VIR_ERR_OPERATION_TIMEOUT)
            return result;
        int now = virDomainGetVcpusFlags(domain, VIR_DOMAIN_AFFECT_LIVE);
        if (now == number)
            return 0;
        if (now < 0 || now >= before)
            return GUEST_IS_SLOW;
        before = now;
    }
}

/* The processors of a list such as "0-3,^2", as libvirt takes them; the length in bytes. */
static int cpu_map(const char *cpuset, unsigned char *map, size_t size)
{
    g_auto(GStrv) parts = g_strsplit(cpuset, ",", -1);
    memset(map, 0, size);
    for (char **part = parts; *part; part++) {
        char *word = g_strstrip(*part), *end;
        bool without = *word == '^';
        uint64_t first = g_ascii_strtoull(word + without, &end, 10), last = first;
        if (*end == '-')
            last = g_ascii_strtoull(end + 1, NULL, 10);
        for (uint64_t cpu = first; cpu <= last && cpu < size * 8; cpu++) {
            if (without)
                VIR_UNUSE_CPU(map, cpu);
            else
                VIR_USE_CPU(map, cpu);
        }
    }
    return (int)size;
}

/* More processors than any host of libvirt's has. */
#define MAX_CPUS 16384

static int pin(virDomainPtr domain, const VirtLiveChange *change)
{
    unsigned char map[MAX_CPUS / 8];
    if (!change->text)
        return -1;
    int length = cpu_map(change->text, map, sizeof map);
    unsigned live = VIR_DOMAIN_AFFECT_LIVE, number = (unsigned)change->number;
    /* libvirt wants no more than the host has. */
    while (length > 1 && map[length - 1] == 0)
        length--;
    if (change->call == VIRT_LIVE_PIN_VCPU)
        return virDomainPinVcpuFlags(domain, number, map, length, live);
    return change->call == VIRT_LIVE_PIN_EMULATOR
               ? virDomainPinEmulator(domain, map, length, live)
               : virDomainPinIOThread(domain, number, map, length, live);
}

bool virt_has_processors(Virt *virt, const VirtLiveChange *change)
{
    unsigned char map[MAX_CPUS / 8], *online = NULL;
    int length = change->text ? cpu_map(change->text, map, sizeof map) : 0;
    int host = length > 0 && virt_is_qemu(virt)
                   ? virNodeGetCPUMap(virt->connection, &online, NULL, 0)
                   : -1;
    bool any = false, all = true;
    for (int cpu = 0; host >= 0 && cpu < MAX_CPUS; cpu++) {
        bool has = cpu < host && VIR_CPU_USED(online, cpu);
        any |= has && VIR_CPU_USED(map, cpu);
        all &= has || !VIR_CPU_USED(map, cpu);
    }
    free(online);
    /* A control group takes no list with one that is not there; without groups the rest will do. */
    return host < 0 || all || (any && virt_uri_is_session(virt->uri));
}

static int add_iothread(virDomainPtr domain, const VirtLiveChange *change)
{
    return virDomainAddIOThread(domain, (unsigned)change->number, VIR_DOMAIN_AFFECT_LIVE);
}

static int delete_iothread(virDomainPtr domain, const VirtLiveChange *change)
{
    return virDomainDelIOThread(domain, (unsigned)change->number, VIR_DOMAIN_AFFECT_LIVE);
}

/* ---- Devices ---- */

static int update_device(virDomainPtr domain, const VirtLiveChange *change)
{
    unsigned force = change->force ? VIR_DOMAIN_DEVICE_MODIFY_FORCE : 0;
    return virDomainUpdateDeviceFlags(domain, change->text, VIR_DOMAIN_AFFECT_LIVE | force);
}

static int attach_device(virDomainPtr domain, const VirtLiveChange *change)
{
    return virDomainAttachDeviceFlags(domain, change->text, VIR_DOMAIN_AFFECT_LIVE);
}

static int detach_device(virDomainPtr domain, const VirtLiveChange *change)
{
    return virDomainDetachDeviceAlias(domain, change->name, VIR_DOMAIN_AFFECT_LIVE);
}

static int remove_device(virDomainPtr domain, const VirtLiveChange *change)
{
    return virDomainDetachDeviceFlags(domain, change->text, VIR_DOMAIN_AFFECT_LIVE);
}

static int (*const calls[])(virDomainPtr domain, const VirtLiveChange *change) = {
    [VIRT_LIVE_TITLE] = set_title,
    [VIRT_LIVE_DESCRIPTION] = set_description,
    [VIRT_LIVE_METADATA] = set_metadata,
    [VIRT_LIVE_MEMORY] = set_memory,
    [VIRT_LIVE_STATS_PERIOD] = set_stats_period,
    [VIRT_LIVE_LIFECYCLE] = set_lifecycle,
    [VIRT_LIVE_BLOCK_IO] = set_parameters,
    [VIRT_LIVE_SCHEDULER] = set_parameters,
    [VIRT_LIVE_MEMORY_LIMITS] = set_parameters,
    [VIRT_LIVE_BLOCK_WEIGHTS] = set_parameters,
    [VIRT_LIVE_NUMA] = set_parameters,
    [VIRT_LIVE_VCPUS] = set_vcpus,
    [VIRT_LIVE_PIN_VCPU] = pin,
    [VIRT_LIVE_PIN_EMULATOR] = pin,
    [VIRT_LIVE_PIN_IOTHREAD] = pin,
    [VIRT_LIVE_ADD_IOTHREAD] = add_iothread,
    [VIRT_LIVE_DELETE_IOTHREAD] = delete_iothread,
    [VIRT_LIVE_IOTHREAD] = set_parameters,
    [VIRT_LIVE_UPDATE] = update_device,
    [VIRT_LIVE_ATTACH] = attach_device,
    [VIRT_LIVE_DETACH] = detach_device,
    [VIRT_LIVE_REMOVE] = remove_device,
};

bool virt_check_tuning(Virt *virt, const char *uuid, VirtLiveCall call, GError **error)
{
    virDomainPtr domain = virt_handle(virt, uuid, error);
    unsigned live = VIR_DOMAIN_AFFECT_LIVE;
    int count = 0, result = 0;
    if (!domain)
        return false;
    /* Asking how many there are needs what setting them needs. */
    if (call == VIRT_LIVE_MEMORY_LIMITS) {
        result = virDomainGetMemoryParameters(domain, NULL, &count, live);
    } else if (call == VIRT_LIVE_BLOCK_WEIGHTS) {
        result = virDomainGetBlkioParameters(domain, NULL, &count, live);
    } else if (call == VIRT_LIVE_SCHEDULER) {
        char *type = virDomainGetSchedulerType(domain, &count);
        result = type ? 0 : -1;
        free(type);
    } else if (virt_uri_is_session(virt->uri)) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "A session of libvirt has no control groups.");
        return false;
    }
    if (result < 0)
        virt_set_error(virt, false, error);
    return result == 0;
}

bool virt_has_block_job(Virt *virt, const char *uuid, const char *target)
{
    virDomainPtr domain = virt_handle(virt, uuid, NULL);
    virDomainBlockJobInfo info;
    return domain && virDomainGetBlockJobInfo(domain, target, &info, 0) == 1;
}

bool virt_change_live(Virt *virt, const char *uuid, const VirtLiveChange *change, GError **error)
{
    virDomainPtr domain = virt_handle(virt, uuid, error);
    if (!domain)
        return false;
    int result = calls[change->call](domain, change);
    if (result >= 0)
        return true;
    if (result == GUEST_IS_SLOW)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                    "The guest has not given up the processors in time; it may still do so.");
    else
        virt_set_error(virt, true, error);
    return false;
}
