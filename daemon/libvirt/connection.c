/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening and closing connections, what the host says of itself, and libvirt's errors as ours. Used
 * by the connector and the connection pool, on threads that may wait.
 */
#include "libvirt/connection.h"

#include <string.h>

#include "base/error.h"
#include "libvirt/event-loop.h"
#include "libvirt/private.h"

/* Silence of this many seconds, twice, ends a connection to a remote libvirtd. */
#define KEEPALIVE_SECONDS 3
#define KEEPALIVE_COUNT   2

static void ignore_error(void *userdata, virErrorPtr error)
{
}

bool virt_start(GError **error)
{
    virSetErrorFunc(NULL, ignore_error);
    if (virInitialize() == 0)
        return virt_loop_start(error);
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Cannot start libvirt.");
    return false;
}

void virt_stop(void)
{
    virt_loop_stop();
}

/* ---- Errors ---- */

static GQuark quark_for(int code, int *ret_code)
{
    switch (code) {
    case VIR_ERR_NO_DOMAIN:
    case VIR_ERR_NO_STORAGE_POOL:
        *ret_code = DW_ERROR_NOT_FOUND;
        return DW_ERROR;
    case VIR_ERR_INVALID_ARG: /* a word for what it does not know, such as an architecture */
        *ret_code = DW_ERROR_INVALID_VALUE;
        return DW_ERROR;
    case VIR_ERR_XML_INVALID_SCHEMA:
        *ret_code = DW_ERROR_INVALID;
        return DW_ERROR;
    case VIR_ERR_DOM_EXIST:
        *ret_code = DW_ERROR_ALREADY_EXISTS;
        return DW_ERROR;
    case VIR_ERR_NO_SUPPORT:
    case VIR_ERR_CONFIG_UNSUPPORTED:
    case VIR_ERR_OPERATION_UNSUPPORTED:
        *ret_code = DW_ERROR_UNSUPPORTED;
        return DW_ERROR;
    default:
        *ret_code = DAEMON_ERROR_LIBVIRT;
        return DAEMON_ERROR;
    }
}

/* Some of libvirt's sentences, and what it passes on of QEMU's, have an end of their own. */
static void strip_end(char *text)
{
    for (size_t length = strlen(text); length && strchr(". \t\r\n", text[length - 1]); length--)
        text[length - 1] = '\0';
}

void virt_set_error(Virt *virt, bool changing, GError **error)
{
    /* Every call into libvirt forgets the error before it. */
    const virError *last = virGetLastError();
    g_autofree char *text = g_strdup(last && last->message ? last->message : "no reason given");
    strip_end(text);
    int code = last ? last->code : 0, domain = last ? last->domain : 0;
    if (virConnectIsAlive(virt->connection) != 1) {
        g_set_error(error, DAEMON_ERROR,
                    changing ? DAEMON_ERROR_OUTCOME_UNKNOWN : DAEMON_ERROR_HOST_UNAVAILABLE,
                    "The connection to libvirt was lost%s: %s.",
                    changing ? " while it worked; whether the change was made is not known" : "",
                    text);
        return;
    }
    int error_code;
    GQuark quark = quark_for(code, &error_code);
    g_set_error(error, quark, error_code, "Libvirt reported: %s (libvirt error %d, domain %d).",
                text, code, domain);
}

/* ---- Connections ---- */

/* A server that is shutting down may close a connection as soon as it has accepted it. If the event
 * loop reports that while libvirt 9.0 is still opening, libvirt leaks memory and often a
 * descriptor; figures in event-loop.c. */
static virConnectPtr open_connection(const char *uri)
{
    virt_loop_hold();
    virConnectPtr connection = virConnectOpen(uri);
    virt_loop_release();
    return connection;
}

static void free_handle(void *domain)
{
    virDomainFree(domain);
}

Virt *virt_open(const char *uri, VirtEventFunc func, void *userdata, GDestroyNotify free_userdata,
                GError **error)
{
    virConnectPtr connection = open_connection(uri);
    if (!connection) {
        virErrorPtr last = virGetLastError();
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE, "%s",
                    last && last->message ? last->message : "cannot connect");
        if (func)
            free_userdata(userdata);
        return NULL;
    }
    Virt *virt = g_new0(Virt, 1);
    virt->connection = connection;
    virt->uri = g_strdup(uri);
    virt->handles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_handle);
    virConnectSetKeepAlive(connection, KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
    if (func)
        virt_subscribe(virt, func, userdata, free_userdata);
    return virt;
}

void virt_close(Virt *virt)
{
    if (!virt)
        return;
    virt_unsubscribe(virt);
    g_hash_table_unref(virt->handles);
    virConnectClose(virt->connection);
    g_free(virt->uri);
    g_free(virt);
}

bool virt_is_alive(Virt *virt)
{
    return virConnectIsAlive(virt->connection) == 1;
}

const char *virt_uri(const Virt *virt)
{
    return virt->uri;
}

bool virt_uri_is_session(const char *uri)
{
    const char *host = strstr(uri, "://");
    const char *path = host ? strchr(host + strlen("://"), '/') : NULL;
    return path && g_str_has_prefix(path, "/session");
}

bool virt_is_qemu(const Virt *virt)
{
    size_t length = strcspn(virt->uri, "+:");
    return length == strlen("qemu") && strncmp(virt->uri, "qemu", length) == 0;
}

unsigned virt_generation(const Virt *virt)
{
    return virt->generation;
}

void virt_set_generation(Virt *virt, unsigned generation)
{
    virt->generation = generation;
}

char *virt_hostname(Virt *virt)
{
    char *text = virConnectGetHostname(virt->connection);
    char *hostname = g_strdup(text ? text : "");
    free(text);
    return hostname;
}

uint64_t virt_version(Virt *virt)
{
    unsigned long version = 0;
    return virConnectGetLibVersion(virt->connection, &version) == 0 ? version : 0;
}

uint64_t virt_hypervisor_version(Virt *virt)
{
    unsigned long version = 0;
    return virConnectGetVersion(virt->connection, &version) == 0 ? version : 0;
}

uint64_t virt_library_version(void)
{
    unsigned long version = 0;
    return virGetVersion(&version, NULL, NULL) == 0 ? version : 0;
}

char *virt_take_text(Virt *virt, char *text, GError **error)
{
    if (!text) {
        virt_set_error(virt, false, error);
        return NULL;
    }
    char *copy = g_strdup(text);
    free(text);
    return copy;
}

char *virt_capabilities(Virt *virt, GError **error)
{
    return virt_take_text(virt, virConnectGetCapabilities(virt->connection), error);
}

char *virt_domain_capabilities(Virt *virt, const char *emulator, const char *arch,
                               const char *machine, const char *type, GError **error)
{
    return virt_take_text(
        virt, virConnectGetDomainCapabilities(virt->connection, emulator, arch, machine, type, 0),
        error);
}
