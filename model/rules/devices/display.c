/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on displays and sound: graphics, video cards, audio backends and who refers to them. Run
 * once for each document.
 */
#include <string.h>

#include "common/words.h"
#include "keys/devices.h"
#include "rules/facts.h"
#include "rules/tables.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

#define LONGEST_VNC    8
#define LEAST_VNC_PORT 5900

static DwNode next(const DwRuleContext *context, const char *kind, DwNode node)
{
    return rule_device(context, kind, node);
}

/* ---- Graphics ---- */

static void check_password(DwRuleContext *context, DwNode node)
{
    g_autofree char *password = node_attribute(context->document, node, "passwd");

    if (password && strlen(password) > LONGEST_VNC &&
        strcmp(password, DW_SECRET_PLACEHOLDER) != 0 && context->guest.is_qemu &&
        node_attribute_is(context->document, node, "type", "vnc"))
        rule_report(context, "graphics-vnc-password", ERROR, "passwd", DW_SECRET_PLACEHOLDER, NULL,
                    "passwd has %zu characters; VNC takes %d at most.", strlen(password),
                    LONGEST_VNC);
}

/* "2030-12-31T23:59:59", of a day that there is. */
static bool is_time(const char *text)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    size_t i = 0;

    while (text[i] && form[i] && (form[i] == 'd' ? g_ascii_isdigit(text[i]) : text[i] == form[i]))
        i++;
    if (text[i] || form[i])
        return false;
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, utc);
    return time != NULL;
}

static void check_time(DwRuleContext *context, DwNode node)
{
    g_autofree char *until = node_attribute(context->document, node, "passwdValidTo");

    if (until && !is_time(until))
        rule_report(context, "graphics-password-time", ERROR, "passwdValidTo", until, NULL,
                    "passwdValidTo is %s, which is no time; write it like 2030-12-31T23:59:59.",
                    until);
}

/* Has it a <listen> of one of the types, or the attribute that says the same? */
static bool listens(const DwRuleContext *context, DwNode node, const char *types,
                    const char *attribute)
{
    const DwDocument *document = context->document;

    if (rule_has(context, node, attribute))
        return true;
    for (DwNode listen = node_child(document, node, "listen"); listen != DW_NODE_NONE;
         listen = node_next_same(document, listen)) {
        g_autofree char *type = node_attribute(document, listen, "type");
        if (type && words_have(types, type))
            return true;
    }
    return false;
}

/* libvirt finds a port where it is asked to and, but for SPICE, where nothing is said; VNC's begin
 * at 5900. */
static void check_port(DwRuleContext *context, DwNode node, const char *type)
{
    g_autofree char *text = node_attribute(context->document, node, "port");
    g_autofree char *automatic = node_attribute(context->document, node, "autoport");
    guint64 port = text ? g_ascii_strtoull(text, NULL, 10) : 0;
    bool is_fixed = text && *text != '-', is_off = g_strcmp0(automatic, "no") == 0;

    if (!context->guest.is_qemu || g_strcmp0(automatic, "yes") == 0)
        return;
    if (g_strcmp0(type, "vnc") == 0 && (is_fixed ? port < LEAST_VNC_PORT : is_off) &&
        !listens(context, node, "socket none", "socket"))
        rule_report(context, "graphics-port", WARNING, "port", text, NULL,
                    "port is %s, and autoport is not on: the guest will not start. VNC's ports "
                    "begin at %d; set one, or autoport.",
                    text ? text : "not set", LEAST_VNC_PORT);
    if (g_strcmp0(type, "spice") == 0 && (!text || (is_fixed && port == 0)) &&
        !rule_has(context, node, "tlsPort") && listens(context, node, "address network", "listen"))
        rule_report(context, "graphics-port", WARNING, "listen", NULL, NULL,
                    "listen is set, but SPICE has no port, and libvirt drops it; set port or "
                    "autoport.");
}

/* The older attribute and the first <listen> say the same thing twice. */
static void check_listen(DwRuleContext *context, DwNode node)
{
    static const struct {
        const char *attribute, *type, *inner;
    } pairs[] = {{"listen", "address", "address"}, {"socket", "socket", "socket"}};
    DwNode listen = node_child(context->document, node, "listen");

    for (size_t i = 0; listen != DW_NODE_NONE && i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *outer = node_attribute(context->document, node, pairs[i].attribute);
        g_autofree char *inner = node_attribute(context->document, listen, pairs[i].inner);
        g_autofree char *key = g_strconcat("listen.1.", pairs[i].inner, NULL);

        if (outer && inner && strcmp(outer, inner) != 0 &&
            node_attribute_is(context->document, listen, "type", pairs[i].type))
            rule_report(context, "graphics-listen", ERROR, pairs[i].attribute, outer, NULL,
                        "%s is %s, but %s is %s; they are one setting and must be equal.",
                        pairs[i].attribute, outer, key, inner);
    }
}

/* More than one way in was never served; libvirt 11.3 still takes what 12.8 refuses. */
static void check_ways(DwRuleContext *context, DwNode node)
{
    DwNode listen = node_child(context->document, node, "listen");

    if (listen == DW_NODE_NONE || node_next_same(context->document, listen) == DW_NODE_NONE)
        return;
    rule_report(
        context, "graphics-listen-several", rule_since(context, 12008000), "listen.2.type", NULL,
        NULL,
        "listen.2.type is set, but a display listens in one way only, the first; unset it, or "
        "add another display.");
}

/* Words that people write for every address; libvirt looks for a host of that name, at start. */
static void check_everywhere(DwRuleContext *context, DwNode node)
{
    static const char *const words[] = {"any", "all", "*", NULL};
    DwNode listen = node_child(context->document, node, "listen");
    g_autofree char *outer = node_attribute(context->document, node, "listen");
    g_autofree char *inner =
        listen != DW_NODE_NONE ? node_attribute(context->document, listen, "address") : NULL;
    const char *key = outer ? "listen" : "listen.1.address", *value = outer ? outer : inner;

    if (value && g_strv_contains(words, value))
        rule_report(context, "graphics-listen-name", WARNING, key, value, NULL,
                    "%s is %s, which is taken for the name of a host; every address is 0.0.0.0, or "
                    "with IPv6 ::, this host alone 127.0.0.1.",
                    key, value);
}

/* What QEMU shows a guest with; a program for RDP beside it libvirt has since 11.1. */
static void check_type(DwRuleContext *context, const char *type)
{
    uint64_t version = context->host->libvirt_version;
    bool lacks = g_strcmp0(type, "desktop") == 0 ||
                 (g_strcmp0(type, "rdp") == 0 && version && version < 11001000);

    if (lacks && context->guest.is_qemu && !context->guest.is_test)
        rule_report(context, "graphics-type", ERROR, "type", type, NULL,
                    "type is %s, which guests of QEMU have not; use vnc or spice.", type);
}

static void rule_graphics(DwRuleContext *context)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (DwNode node = next(context, "graphics", DW_NODE_NONE); node != DW_NODE_NONE;
         node = next(context, "graphics", node)) {
        g_autofree char *type = node_attribute(context->document, node, "type");

        rule_look_at(context, "graphics", node);
        check_password(context, node);
        check_time(context, node);
        check_port(context, node, type);
        check_listen(context, node);
        check_everywhere(context, node);
        check_ways(context, node);
        check_type(context, type);
        if (type && context->guest.is_qemu && !g_hash_table_add(seen, g_strdup(type)))
            rule_report(
                context, "graphics-type-unique", WARNING, "type", type, NULL,
                "type %s belongs to two graphics devices; QEMU starts one of each type. Remove "
                "one.",
                type);
        if (g_strcmp0(type, "egl-headless") == 0 && context->guest.is_qemu &&
            rule_has_two(context, "graphics") && !rule_has_type(context, "graphics", "vnc") &&
            !rule_has_type(context, "graphics", "spice"))
            rule_report(
                context, "graphics-egl-alone", ERROR, "type", type, NULL,
                "type is egl-headless, which goes with graphics of type vnc or spice only; change "
                "the other one.");
    }
    rule_look_back(context);
}

/* The number at path as digits, whichever way it is written; NULL: there is none. */
static char *audio_number(const DwRuleContext *context, DwNode node, const char *path)
{
    uint64_t number;

    return lens_number(context->document, node, path, &number)
               ? g_strdup_printf("%u", (unsigned)number)
               : rule_text(context, node, path);
}

/* Number -> the first audio device that has it. */
static GHashTable *read_audio(const DwRuleContext *context)
{
    GHashTable *audio = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (DwNode node = next(context, "audio", DW_NODE_NONE); node != DW_NODE_NONE;
         node = next(context, "audio", node)) {
        char *id = audio_number(context, node, "@id");

        if (id && !g_hash_table_contains(audio, id))
            g_hash_table_insert(audio, id, GINT_TO_POINTER(node));
        else
            g_free(id);
    }
    return audio;
}

static DwNode find_audio(GHashTable *audio, const char *id)
{
    gpointer node;

    return g_hash_table_lookup_extended(audio, id, NULL, &node) ? GPOINTER_TO_INT(node)
                                                                : DW_NODE_NONE;
}

/* A display on D-Bus plays through D-Bus or not at all. */
static void rule_dbus_audio(DwRuleContext *context)
{
    g_autoptr(GHashTable) all = read_audio(context);

    for (DwNode node = next(context, "graphics", DW_NODE_NONE);
         node != DW_NODE_NONE && context->guest.is_qemu; node = next(context, "graphics", node)) {
        g_autofree char *id = audio_number(context, node, "audio/@id");
        DwNode audio = id ? find_audio(all, id) : DW_NODE_NONE;

        if (!node_attribute_is(context->document, node, "type", "dbus"))
            continue;
        if (audio == DW_NODE_NONE || node_attribute_is(context->document, audio, "type", "dbus"))
            continue;
        rule_look_at(context, "graphics", node);
        rule_report(context, "graphics-dbus-audio", ERROR, "audio.id", id, NULL,
                    "audio.id is %s, but that audio device is not of type dbus, which graphics of "
                    "type dbus needs; unset it or name another.",
                    id);
        rule_look_back(context);
    }
}

static void rule_opengl(DwRuleContext *context)
{
    DwNode first = DW_NODE_NONE;

    for (DwNode node = next(context, "graphics", DW_NODE_NONE); node != DW_NODE_NONE;
         node = next(context, "graphics", node)) {
        bool has = node_attribute_is(context->document, node, "type", "egl-headless") ||
                   rule_is(context, node, "gl/@enable", "yes");

        if (has && first != DW_NODE_NONE && context->guest.is_qemu) {
            rule_look_at(context, "graphics", node);
            rule_report(context, "graphics-opengl-unique", ERROR, "gl.enable", "yes", NULL,
                        "gl.enable is on for two displays (egl-headless has it always); QEMU has "
                        "one with OpenGL. Turn one off.");
            rule_look_back(context);
        }
        first = has ? node : first;
    }
}

/* ---- Video ---- */

/* The frame buffer in memory is on no bus. */
static void check_card(DwRuleContext *context, DwNode node)
{
    if (!context->guest.is_qemu || !rule_is(context, node, "model/@type", "ramfb") ||
        !rule_there(context, node, "address"))
        return;
    rule_look_at(context, "video", node);
    rule_report(context, "video-ramfb-address", ERROR, "address.type", NULL, NULL,
                "address.type is set, but a video device of model.type ramfb has no address; unset "
                "address.*.");
    rule_look_back(context);
}

/* The primary is the one that says so, or the first. */
static void check_secondary(DwRuleContext *context, unsigned count)
{
    DwNode primary = next(context, "video", DW_NODE_NONE);

    for (DwNode node = primary; node != DW_NODE_NONE && count > 1;
         node = next(context, "video", node))
        if (rule_is(context, node, "model/@primary", "yes")) {
            primary = node;
            break;
        }
    for (DwNode node = next(context, "video", DW_NODE_NONE);
         node != DW_NODE_NONE && count > 1 && context->guest.is_qemu;
         node = next(context, "video", node)) {
        g_autofree char *model = rule_text(context, node, "model/@type");

        if (node == primary || (model ? words_have("qxl virtio none", model)
                                      : !context->guest.is_x86 && !context->guest.is_pseries))
            continue;
        rule_look_at(context, "video", node);
        rule_report(context, "video-secondary", ERROR, "model.type", model, NULL,
                    "model.type is %s, but only qxl and virtio can be beside the first; use one of "
                    "them.",
                    model ? model : "not set, which is cirrus or vga");
        rule_look_back(context);
    }
}

/* What a card of that model has not. */
static void check_abilities(DwRuleContext *context, DwNode node)
{
    const DwDocument *document = context->document;
    g_autofree char *model = rule_text(context, node, "model/@type");
    bool is_virtio = g_strcmp0(model, "virtio") == 0, is_qxl = g_strcmp0(model, "qxl") == 0;
    bool is_none = g_strcmp0(model, "none") == 0;
    bool is_vhostuser = rule_is(context, node, "driver/@name", "vhostuser");
    uint64_t heads = 1, vgamem = 0;

    if (!is_none && rule_is(context, node, "model/acceleration/@accel2d", "yes"))
        rule_report(
            context, "video-acceleration", ERROR, "model.acceleration.accel2d", "yes", NULL,
            "model.acceleration.accel2d is on, which guests of QEMU have not; turn it off.");
    if (rule_is(context, node, "model/acceleration/@accel3d", "yes") && !is_virtio &&
        !is_vhostuser && !is_none)
        rule_report(context, "video-acceleration", ERROR, "model.acceleration.accel3d", "yes", NULL,
                    "model.acceleration.accel3d is on, which only model.type virtio has; use that "
                    "or turn it off.");
    if (rule_there(context, node, "model/acceleration") && !is_vhostuser) {
        g_autofree char *render = rule_text(context, node, "model/acceleration/@rendernode");

        if (render)
            rule_report(context, "video-acceleration", ERROR, "model.acceleration.rendernode",
                        render, NULL,
                        "model.acceleration.rendernode is set, which only driver.name vhostuser "
                        "has; set that or unset this.");
    }
    if (is_virtio && rule_is(context, node, "model/@blob", "on") &&
        !rule_is(context, document_root(document), "memoryBacking/source/@type", "memfd"))
        rule_report(context, "video-blob", ERROR, "model.blob", "on", NULL,
                    "model.blob is on, which needs memoryBacking.source.type memfd; set that.");
    if (model && !is_qxl && !is_virtio && !is_none &&
        lens_number(document, node, "model/@heads", &heads) && heads != 1)
        rule_report(context, "video-heads", ERROR, "model.heads", NULL, NULL,
                    "model.heads is %u, but model.type %s has one; use virtio or qxl.",
                    (unsigned)heads, model);
    if (is_qxl && lens_number(document, node, "model/@vgamem", &vgamem) && vgamem > 0 &&
        (vgamem < 1024 || (vgamem & (vgamem - 1))))
        rule_report(context, "video-memory", ERROR, "model.vgamem", NULL, NULL,
                    "model.vgamem is %" G_GUINT64_FORMAT " KiB; it must be a power of two from "
                    "1024 on.",
                    (guint64)vgamem);
    if ((g_strcmp0(model, "vga") == 0 || g_strcmp0(model, "vmvga") == 0) &&
        lens_number(document, node, "model/@vram", &vgamem) && vgamem > 0 && vgamem < 1024)
        rule_report(context, "video-memory", ERROR, "model.vram", NULL, NULL,
                    "model.vram is %" G_GUINT64_FORMAT " KiB; it must be 1024 at least.",
                    (guint64)vgamem);
}

/* The exact device says who draws, and how. */
static void check_exact(DwRuleContext *context, DwNode node)
{
    g_autofree char *device = rule_attribute(context, node, "model", "device");
    const char *wanted = NULL;

    if (!device)
        return;
    bool is_served = g_str_has_prefix(device, "vhost-user");
    if (g_str_has_suffix(device, "-gl") &&
        !rule_is(context, node, "model/acceleration/@accel3d", "yes"))
        wanted = "model.acceleration.accel3d on";
    else if (is_served && !rule_is(context, node, "driver/@name", "vhostuser"))
        wanted = "driver.name vhostuser";
    else if (!is_served && rule_is(context, node, "driver/@name", "vhostuser"))
        wanted = "driver.name qemu";
    if (wanted)
        rule_report(context, "video-device", ERROR, "model.device", device, NULL,
                    "model.device is %s, which needs %s; set that or unset this.", device, wanted);
}

static void rule_cards(DwRuleContext *context)
{
    for (DwNode node = next(context, "video", DW_NODE_NONE);
         node != DW_NODE_NONE && context->guest.is_qemu; node = next(context, "video", node)) {
        rule_look_at(context, "video", node);
        check_abilities(context, node);
        check_exact(context, node);
    }
    rule_look_back(context);
}

static void rule_video(DwRuleContext *context)
{
    unsigned count = 0, primaries = 0;
    bool none = false;

    for (DwNode node = next(context, "video", DW_NODE_NONE); node != DW_NODE_NONE;
         node = next(context, "video", node)) {
        count++;
        none |= rule_is(context, node, "model/@type", "none");
        check_card(context, node);
        if (!rule_is(context, node, "model/@primary", "yes") || ++primaries != 2)
            continue;
        rule_look_at(context, "video", node);
        rule_report(context, "video-primary-unique", ERROR, "model.primary", "yes", NULL,
                    "model.primary is on for two video devices; turn one off.");
        rule_look_back(context);
    }
    check_secondary(context, count);
    if (none && count > 1)
        rule_report(context, "video-none-alone", ERROR, "video", NULL, NULL,
                    "A video device of model.type none stands beside another; remove one of them.");
}

/* ---- Sound ---- */

static void check_reference(DwRuleContext *context, GHashTable *audio, const char *kind,
                            DwNode node)
{
    g_autofree char *id = audio_number(context, node, "audio/@id");

    if (!id || find_audio(audio, id) != DW_NODE_NONE)
        return;
    /* Without any, libvirt adds one of number 1. */
    if (g_str_equal(id, "1") && next(context, "audio", DW_NODE_NONE) == DW_NODE_NONE)
        return;
    rule_look_at(context, kind, node);
    rule_report(
        context, "audio-reference",
        node_attribute_is(context->document, node, "type", "dbus") ? DW_SEVERITY_WARNING : ERROR,
        "audio.id", id, NULL,
        "audio.id is %s, but the domain has no audio device of that number; add one or unset "
        "this.",
        id);
    rule_look_back(context);
}

static void rule_audio_references(DwRuleContext *context)
{
    static const char *const kinds[] = {"sound", "graphics"};
    g_autoptr(GHashTable) audio = read_audio(context);

    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && context->guest.is_qemu; i++)
        for (DwNode node = next(context, kinds[i], DW_NODE_NONE); node != DW_NODE_NONE;
             node = next(context, kinds[i], node))
            check_reference(context, audio, kinds[i], node);
}

static void rule_audio(DwRuleContext *context)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (DwNode node = next(context, "audio", DW_NODE_NONE); node != DW_NODE_NONE;
         node = next(context, "audio", node)) {
        g_autofree char *id = node_attribute(context->document, node, "id");

        rule_look_at(context, "audio", node);
        if (node_attribute_is(context->document, node, "type", "spice") && context->guest.is_qemu &&
            !rule_has_type(context, "graphics", "spice"))
            rule_report(
                context, "audio-spice-graphics", ERROR, "type", "spice", NULL,
                "type is spice, but the domain has no graphics of type spice; use type none, "
                "or remove the audio device.");
        if (id && !g_hash_table_add(seen, g_strdup(id)))
            rule_report(context, "audio-id-unique", ERROR, "id", id, NULL,
                        "id %s belongs to two audio devices; give one of them another.", id);
    }
    rule_look_back(context);
}

const DwRule rules_display[] = {
    {rule_graphics, {"graphics"}},
    {rule_opengl, {"graphics"}},
    {rule_dbus_audio, {"graphics"}},
    {rule_video, {"video"}},
    {rule_cards, {"acceleration", "heads", "vgamem", "vram", "blob", "device"}},
    {rule_audio_references, {"audio"}},
    {rule_audio, {"audio"}},
    {NULL},
};
