/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a change of a display takes along: libvirt writes the place where it listens twice, as an
 * attribute and as a <listen> element, and wants both to be equal; and a fixed port means that
 * libvirt is not to choose one. Used by device.c. One document, one thread.
 */
#include "edit/defaults/graphics.h"

#include <string.h>

#include "keys/devices.h"

/* Where one of the two spellings is set, or unset, and the other is there, that follows. */
static bool pair(const DwDefaults *defaults, const char *key, const char *other, GError **error)
{
    const char *const *unset = (const char *const *)defaults->context->edit->unset;
    g_autofree char *value = defaults_text(defaults, key);
    g_autofree char *present = defaults_text(defaults, other);

    if (defaults_asked(defaults, other) || !present)
        return true;
    if (!value && g_strv_contains(unset, key)) {
        g_autofree char *why = g_strdup_printf("it is another spelling of %s, which is unset", key);
        return defaults_drop(defaults, "graphics-listen-follows", DW_SEVERITY_INFO, other, why,
                             error);
    }
    if (defaults_changed(defaults, key) && value && strcmp(present, value) != 0)
        defaults_take(defaults, "graphics-listen-follows", DW_SEVERITY_INFO, other,
                      dw_value_string(value), "%s is %s, too: it is another spelling of %s.", other,
                      value, key);
    return true;
}

/* The older spelling of a socket is the wish to listen there, and nowhere else. */
static void move_to_socket(const DwDefaults *defaults)
{
    g_autofree char *socket = defaults_text(defaults, "socket");
    g_autofree char *type = defaults_text(defaults, "listen.1.type");

    if (!defaults_changed(defaults, "socket") || !type || strcmp(type, "socket") == 0 ||
        defaults_asked_any(defaults, "listen"))
        return;
    defaults_take(defaults, "graphics-listen-follows", DW_SEVERITY_INFO, "listen.1.type",
                  dw_value_string("socket"), "listen.1.type is socket, as socket is given.");
    dw_settings_put(defaults->values, "listen.1.socket", dw_value_string(socket));
}

/* A fixed port among those that libvirt would choose. */
static void fix_port(const DwDefaults *defaults, const char *key)
{
    g_autofree char *port = defaults_text(defaults, key);

    if (!defaults_changed(defaults, key) || !port || port[strspn(port, "0123456789")] ||
        defaults_asked(defaults, "autoport") || !defaults_is(defaults, "autoport", "yes"))
        return;
    defaults_take(defaults, "graphics-port-fixed", DW_SEVERITY_INFO, "autoport",
                  dw_value_bool(false), "autoport is no: %s is fixed at %s.", key, port);
}

/* The plain port is chosen beside a fixed one for TLS, as it was before. */
static void keep_choosing(const DwDefaults *defaults)
{
    g_autofree char *port = defaults_text(defaults, "port");

    if (defaults_changed(defaults, "tlsPort") && !port && defaults_changed(defaults, "autoport") &&
        !defaults_asked_true(defaults, "autoport"))
        defaults_take(defaults, "graphics-port-follows", DW_SEVERITY_INFO, "port",
                      dw_value_int64(-1), "port is -1: libvirt still chooses it.");
}

/* Who has libvirt choose does not keep a port. */
static bool free_ports(const DwDefaults *defaults, GError **error)
{
    static const char *const keys[] = {"port", "tlsPort"};

    if (!defaults_changed(defaults, "autoport") || !defaults_asked_true(defaults, "autoport"))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *port = defaults_text(defaults, keys[i]);
        if (port && *port != '-' &&
            !defaults_drop(defaults, "graphics-port-follows", DW_SEVERITY_INFO, keys[i],
                           "autoport is yes, and libvirt chooses", error))
            return false;
    }
    return true;
}

/* Is there a place to listen at, or a port, among what is asked for? */
static const char *asked_place(const DwDefaults *defaults)
{
    static const char *const keys[] = {"listen", "listen.1.address", "port", "tlsPort"};

    if (defaults_asked_true(defaults, "autoport"))
        return "autoport";
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (defaults_asked(defaults, keys[i]))
            return keys[i];
    return NULL;
}

/* Of a display that listens nowhere libvirt drops ports and addresses without a word. */
static void open_display(const DwDefaults *defaults)
{
    const char *asked = asked_place(defaults);
    g_autofree char *port = defaults_text(defaults, "port");
    g_autofree char *tls_port = defaults_text(defaults, "tlsPort");
    g_autofree char *automatic = defaults_text(defaults, "autoport");

    if (!asked || defaults_asked(defaults, "listen.1.type") ||
        !defaults_is(defaults, "listen.1.type", "none"))
        return;
    defaults_take(defaults, "graphics-listen-follows", DW_SEVERITY_INFO, "listen.1.type",
                  dw_value_string("address"), "listen.1.type is address: type none has no %s.",
                  asked);
    if (!port && !tls_port && !automatic)
        defaults_take(defaults, "graphics-port-follows", DW_SEVERITY_INFO, "autoport",
                      dw_value_bool(true), "autoport is yes: it had no port.");
}

/* libvirt gives VNC a port by itself, but SPICE none, which only programs find that ask libvirt for
 * a connection. OpenGL works without a port only. */
static void give_port(const DwDefaults *defaults)
{
    static const char *const ports[] = {"port", "tlsPort", "autoport", "socket"};

    if (!defaults_is(defaults, "type", "spice") || defaults_asked_true(defaults, "gl.enable") ||
        (defaults_asked(defaults, "listen.1.type") &&
         !defaults_is(defaults, "listen.1.type", "address")))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++)
        if (defaults_asked(defaults, ports[i]))
            return;
    defaults_take(defaults, "device-default", DW_SEVERITY_INFO, "autoport", dw_value_bool(true),
                  "autoport is yes: SPICE gets no port otherwise, and viewers find no display.");
}

/* Why it cannot have the audio device that it names, or NULL. */
static const char *why_no_audio(const DwDefaults *defaults)
{
    const DwDocument *document = defaults->context->document;
    g_autofree char *id = defaults_text(defaults, "audio.id");
    DwNode first = device_next(document, "audio", DW_NODE_NONE), audio = first;

    while (audio != DW_NODE_NONE && !(id && node_attribute_is(document, audio, "id", id)))
        audio = device_next(document, "audio", audio);
    if (defaults_is(defaults, "type", "dbus"))
        return node_attribute_is(document, audio, "type", "dbus")
                   ? NULL
                   : "that audio device is not of type dbus";
    /* Without any, libvirt adds one of number 1. */
    bool is_made = g_strcmp0(id, "1") == 0 && first == DW_NODE_NONE;
    return audio == DW_NODE_NONE && !is_made ? "there is no such audio device" : NULL;
}

/* What all types have, but not with the same values. */
static bool drop_unfit(const DwDefaults *defaults, GError **error)
{
    g_autofree char *enabled = defaults_text(defaults, "gl.enable");

    if (!defaults_changed(defaults, "type"))
        return true;
    if (!enabled && !defaults_is(defaults, "type", "egl-headless") &&
        !defaults_drop(defaults, "device-drops", DW_SEVERITY_INFO, "gl.rendernode",
                       "gl.enable is not set", error))
        return false;
    const char *why = why_no_audio(defaults);
    return !why ||
           defaults_drop(defaults, "device-drops", DW_SEVERITY_INFO, "audio.id", why, error);
}

bool defaults_for_graphics(const DwDefaults *defaults, GError **error)
{
    static const char *const spellings[][2] = {{"listen", "listen.1.address"},
                                               {"socket", "listen.1.socket"}};

    if (defaults->device == DW_NODE_NONE) {
        give_port(defaults);
        return true;
    }
    move_to_socket(defaults);
    open_display(defaults);
    for (size_t i = 0; i < G_N_ELEMENTS(spellings); i++)
        if (!pair(defaults, spellings[i][0], spellings[i][1], error) ||
            !pair(defaults, spellings[i][1], spellings[i][0], error))
            return false;
    fix_port(defaults, "port");
    fix_port(defaults, "tlsPort");
    keep_choosing(defaults);
    return free_ports(defaults, error) && drop_unfit(defaults, error);
}
