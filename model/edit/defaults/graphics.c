/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a change of a display takes along: libvirt writes the place where it listens twice, as an
 * attribute and as a <listen> element, and wants both to be equal; a fixed port means that libvirt
 * is not to choose one; and sound goes through SPICE as long as there is SPICE. Used by device.c.
 * One document, one thread.
 */
#include "edit/defaults/graphics.h"

#include <string.h>

#include "keys/devices.h"

/* Where one of the two spellings is set and the other is there, that follows. */
static void pair(const DwDefaults *defaults, const char *key, const char *other)
{
    g_autofree char *value = defaults_text(defaults, key);
    g_autofree char *present = NULL;

    if (!defaults_changed(defaults, key) || defaults_asked(defaults, other) || !value)
        return;
    present = defaults_text(defaults, other);
    if (present && strcmp(present, value) != 0)
        defaults_take(defaults, "graphics-listen-follows", DW_SEVERITY_INFO, other,
                      dw_value_string(value), "%s is %s, too: it is another spelling of %s.", other,
                      value, key);
}

static void fix_port(const DwDefaults *defaults)
{
    g_autofree char *port = defaults_text(defaults, "port");

    if (!defaults_changed(defaults, "port") || !port || *port == '-' ||
        defaults_asked(defaults, "autoport") || !defaults_is(defaults, "autoport", "yes"))
        return;
    defaults_take(defaults, "graphics-port-fixed", DW_SEVERITY_INFO, "autoport",
                  dw_value_bool(false), "autoport is no: port is fixed at %s.", port);
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

/* libvirt gives VNC a port by itself; SPICE without one is for who asks libvirt for a connection.
 */
static void warn_of_no_port(const DwDefaults *defaults)
{
    if (defaults_is(defaults, "type", "spice") && !asked_place(defaults) &&
        !defaults_asked_any(defaults, "listen") && !defaults_asked(defaults, "socket") &&
        !defaults_asked(defaults, "autoport"))
        defaults_say(defaults, "graphics-port-missing", DW_SEVERITY_WARNING, "autoport",
                     "autoport is not set, so SPICE gets no port and viewers find no display; set "
                     "autoport or port.");
}

static bool has_other_spice(const DwDefaults *defaults)
{
    const DwDocument *document = defaults->context->document;

    for (DwNode node = device_next(document, "graphics", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "graphics", node))
        if (node != defaults->device && node_attribute_is(document, node, "type", "spice"))
            return true;
    return false;
}

static void take_audio(const DwDefaults *defaults)
{
    DwDocument *document = defaults->context->document;

    if (!node_attribute_is(document, defaults->device, "type", "spice") ||
        !defaults_changed(defaults, "type") || has_other_spice(defaults))
        return;
    for (DwNode node = device_next(document, "audio", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "audio", node)) {
        if (!node_attribute_is(document, node, "type", "spice"))
            continue;
        g_autofree char *id = device_id(document, node);
        node_set_attribute(document, node, "type", "none");
        edit_note(defaults->context, "graphics-audio-follows", DW_SEVERITY_INFO, "audio", id,
                  "type", "type is none: the domain has no SPICE any more.");
    }
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
    if (defaults->device == DW_NODE_NONE) {
        warn_of_no_port(defaults);
        return true;
    }
    take_audio(defaults);
    open_display(defaults);
    pair(defaults, "listen", "listen.1.address");
    pair(defaults, "listen.1.address", "listen");
    pair(defaults, "socket", "listen.1.socket");
    pair(defaults, "listen.1.socket", "socket");
    fix_port(defaults);
    return drop_unfit(defaults, error);
}
