/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded before libvirt: one of the functions the daemon calls fails, or does not return. The
 * file LIBVIRT_FAULT names it: "virDomainCreate CODE DOMAIN", or "virDomainCreate hang", which
 * lasts until the file says something else; every call is a line of the file LIBVIRT_CALLS. Whether
 * failing is right it does not know.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_INTERVAL 20000

static void note(const char *name)
{
    const char *path = getenv("LIBVIRT_CALLS");
    int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;

    if (fd < 0)
        return;
    dprintf(fd, "%s\n", name);
    close(fd);
}

/* What is ordered of this function: the rest of the line. */
static bool ordered(const char *name, char *rest, size_t size)
{
    const char *path = getenv("LIBVIRT_FAULT");
    char line[256];
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t length = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
    size_t n = strlen(name);

    if (fd >= 0)
        close(fd);
    if (length <= 0)
        return false;
    line[length] = '\0';
    if (strncmp(line, name, n) != 0 || line[n] != ' ')
        return false;
    snprintf(rest, size, "%s", line + n + 1);
    return true;
}

/* The error of the last call of this thread, if it was made to fail. */
static __thread virError failure;
static __thread char failure_text[128];

static bool fails(const char *name)
{
    char rest[128];
    int code, domain;

    note(name);
    failure.code = VIR_ERR_OK;
    if (!ordered(name, rest, sizeof rest))
        return false;
    while (strncmp(rest, "hang", 4) == 0) {
        usleep(LOOK_INTERVAL);
        if (!ordered(name, rest, sizeof rest))
            return false;
    }
    if (sscanf(rest, "%d %d", &code, &domain) != 2)
        return false;
    /* libvirt quotes what it was given, and cuts it where it likes. */
    snprintf(failure_text, sizeof failure_text, "made to fail: %s \xE2\x82.\n", name);
    failure =
        (virError){.code = code, .domain = domain, .message = failure_text, .level = VIR_ERR_ERROR};
    return true;
}

virErrorPtr virGetLastError(void)
{
    virErrorPtr (*next)(void) = dlsym(RTLD_NEXT, "virGetLastError");

    return failure.code == VIR_ERR_OK ? next() : &failure;
}

int virGetLastErrorCode(void)
{
    int (*next)(void) = dlsym(RTLD_NEXT, "virGetLastErrorCode");

    return failure.code == VIR_ERR_OK ? next() : failure.code;
}

#define FAKE(type, failed, name, parameters, arguments)                                            \
    type name parameters                                                                           \
    {                                                                                              \
        type(*next) parameters = dlsym(RTLD_NEXT, #name);                                          \
        return fails(#name) ? failed : next arguments;                                             \
    }

FAKE(virConnectPtr, NULL, virConnectOpen, (const char *uri), (uri))
FAKE(int, -1, virConnectSetKeepAlive, (virConnectPtr c, int interval, unsigned count),
     (c, interval, count))
FAKE(int, -1, virConnectDomainEventRegisterAny,
     (virConnectPtr c, virDomainPtr d, int id, virConnectDomainEventGenericCallback callback,
      void *data, virFreeCallback release),
     (c, d, id, callback, data, release))
FAKE(int, -1, virConnectRegisterCloseCallback,
     (virConnectPtr c, virConnectCloseFunc callback, void *data, virFreeCallback release),
     (c, callback, data, release))
FAKE(char *, NULL, virConnectGetHostname, (virConnectPtr c), (c))
FAKE(int, -1, virConnectGetLibVersion, (virConnectPtr c, unsigned long *version), (c, version))
FAKE(int, -1, virConnectGetVersion, (virConnectPtr c, unsigned long *version), (c, version))
FAKE(char *, NULL, virConnectGetCapabilities, (virConnectPtr c), (c))
FAKE(char *, NULL, virConnectGetDomainCapabilities,
     (virConnectPtr c, const char *emulator, const char *arch, const char *machine,
      const char *type, unsigned flags),
     (c, emulator, arch, machine, type, flags))
FAKE(int, -1, virConnectListAllDomains, (virConnectPtr c, virDomainPtr **list, unsigned flags),
     (c, list, flags))
FAKE(int, -1, virConnectListAllNetworks, (virConnectPtr c, virNetworkPtr **list, unsigned flags),
     (c, list, flags))
FAKE(int, -1, virConnectListAllStoragePools,
     (virConnectPtr c, virStoragePoolPtr **list, unsigned flags), (c, list, flags))
FAKE(int, -1, virConnectListAllNodeDevices,
     (virConnectPtr c, virNodeDevicePtr **list, unsigned flags), (c, list, flags))
FAKE(virDomainPtr, NULL, virDomainLookupByUUIDString, (virConnectPtr c, const char *uuid),
     (c, uuid))
FAKE(virDomainPtr, NULL, virDomainLookupByName, (virConnectPtr c, const char *name), (c, name))
FAKE(int, -1, virDomainGetState, (virDomainPtr d, int *state, int *reason, unsigned flags),
     (d, state, reason, flags))
FAKE(int, -1, virDomainGetAutostart, (virDomainPtr d, int *autostart), (d, autostart))
FAKE(int, -1, virDomainIsPersistent, (virDomainPtr d), (d))
FAKE(int, -1, virDomainIsActive, (virDomainPtr d), (d))
FAKE(char *, NULL, virDomainGetXMLDesc, (virDomainPtr d, unsigned flags), (d, flags))
FAKE(virDomainPtr, NULL, virDomainDefineXMLFlags,
     (virConnectPtr c, const char *xml, unsigned flags), (c, xml, flags))
FAKE(int, -1, virDomainCreate, (virDomainPtr d), (d))
FAKE(int, -1, virDomainShutdown, (virDomainPtr d), (d))
FAKE(int, -1, virDomainDestroy, (virDomainPtr d), (d))
FAKE(int, -1, virDomainReboot, (virDomainPtr d, unsigned flags), (d, flags))
FAKE(int, -1, virDomainReset, (virDomainPtr d, unsigned flags), (d, flags))
FAKE(int, -1, virDomainSuspend, (virDomainPtr d), (d))
FAKE(int, -1, virDomainResume, (virDomainPtr d), (d))
FAKE(int, -1, virDomainSetAutostart, (virDomainPtr d, int autostart), (d, autostart))
FAKE(int, -1, virDomainUndefineFlags, (virDomainPtr d, unsigned flags), (d, flags))
FAKE(int, -1, virDomainSetMetadata,
     (virDomainPtr d, int type, const char *text, const char *key, const char *uri, unsigned flags),
     (d, type, text, key, uri, flags))
FAKE(int, -1, virDomainSetMemoryFlags, (virDomainPtr d, unsigned long kib, unsigned flags),
     (d, kib, flags))
FAKE(int, -1, virDomainSetLifecycleAction,
     (virDomainPtr d, unsigned type, unsigned action, unsigned flags), (d, type, action, flags))
FAKE(int, -1, virDomainSetMemoryParameters,
     (virDomainPtr d, virTypedParameterPtr list, int count, unsigned flags),
     (d, list, count, flags))
FAKE(int, -1, virDomainSetBlockIoTune,
     (virDomainPtr d, const char *disk, virTypedParameterPtr list, int count, unsigned flags),
     (d, disk, list, count, flags))
FAKE(int, -1, virDomainSetVcpusFlags, (virDomainPtr d, unsigned number, unsigned flags),
     (d, number, flags))
FAKE(int, -1, virDomainPinVcpuFlags,
     (virDomainPtr d, unsigned number, unsigned char *map, int length, unsigned flags),
     (d, number, map, length, flags))
FAKE(int, -1, virDomainPinEmulator,
     (virDomainPtr d, unsigned char *map, int length, unsigned flags), (d, map, length, flags))
FAKE(int, -1, virDomainAddIOThread, (virDomainPtr d, unsigned number, unsigned flags),
     (d, number, flags))
FAKE(int, -1, virDomainDelIOThread, (virDomainPtr d, unsigned number, unsigned flags),
     (d, number, flags))
FAKE(int, -1, virDomainPinIOThread,
     (virDomainPtr d, unsigned number, unsigned char *map, int length, unsigned flags),
     (d, number, map, length, flags))
FAKE(int, -1, virDomainSetIOThreadParams,
     (virDomainPtr d, unsigned number, virTypedParameterPtr list, int count, unsigned flags),
     (d, number, list, count, flags))
FAKE(int, -1, virDomainSetSchedulerParametersFlags,
     (virDomainPtr d, virTypedParameterPtr list, int count, unsigned flags),
     (d, list, count, flags))
FAKE(int, -1, virDomainSetNumaParameters,
     (virDomainPtr d, virTypedParameterPtr list, int count, unsigned flags),
     (d, list, count, flags))
FAKE(int, -1, virDomainSetBlkioParameters,
     (virDomainPtr d, virTypedParameterPtr list, int count, unsigned flags),
     (d, list, count, flags))
FAKE(int, -1, virDomainSetMemoryStatsPeriod, (virDomainPtr d, int seconds, unsigned flags),
     (d, seconds, flags))
FAKE(int, -1, virDomainDetachDeviceAlias, (virDomainPtr d, const char *alias, unsigned flags),
     (d, alias, flags))
FAKE(int, -1, virDomainDetachDeviceFlags, (virDomainPtr d, const char *xml, unsigned flags),
     (d, xml, flags))
FAKE(int, -1, virDomainUpdateDeviceFlags, (virDomainPtr d, const char *xml, unsigned flags),
     (d, xml, flags))
FAKE(int, -1, virDomainAttachDeviceFlags, (virDomainPtr d, const char *xml, unsigned flags),
     (d, xml, flags))
FAKE(virStoragePoolPtr, NULL, virStoragePoolLookupByName, (virConnectPtr c, const char *name),
     (c, name))
FAKE(int, -1, virStoragePoolListAllVolumes,
     (virStoragePoolPtr pool, virStorageVolPtr **list, unsigned flags), (pool, list, flags))
FAKE(int, -1, virStoragePoolGetInfo, (virStoragePoolPtr pool, virStoragePoolInfoPtr info),
     (pool, info))
FAKE(int, -1, virStorageVolGetInfo, (virStorageVolPtr volume, virStorageVolInfoPtr info),
     (volume, info))
FAKE(char *, NULL, virStorageVolGetPath, (virStorageVolPtr volume), (volume))
FAKE(char *, NULL, virNetworkGetBridgeName, (virNetworkPtr network), (network))
FAKE(char *, NULL, virNodeDeviceGetXMLDesc, (virNodeDevicePtr device, unsigned flags),
     (device, flags))
