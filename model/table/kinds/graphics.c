/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of displays; data only. What the fields mean is in table.h. Who may look at the guest, and
 * what of the host it draws with, has no reason to be safe (rows.h). */
#include "table/kinds/rows.h"

/* clang-format off */
#define PORT(reason, ...) DW_FORM_INT, reason, .min = (uint64_t)-1, .max = 65535, __VA_ARGS__
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_DISPLAY, "vnc spice sdl rdp desktop egl-headless dbus@8.4.0", .safe_if = DW_SAFE_WHOLE, .safe_values = "vnc spice", .doc = "Protocol of the display."},
    {"port", "@port", PORT(SAFE_DISPLAY, .safe_if = DW_SAFE_WHOLE, .safe_values = "-1", .doc = "TCP port; -1 with autoport.")},
    {"tlsPort", "@tlsPort", PORT(SAFE_DISPLAY, .safe_if = DW_SAFE_WHOLE, .safe_values = "-1", .doc = "TCP port for TLS, spice only; -1 with autoport.")},
    {"autoport", "@autoport", DW_FORM_YESNO, SAFE_DISPLAY, .safe_if = DW_SAFE_WHOLE, .safe_values = "yes", .doc = "Whether libvirt chooses the ports."},
    {"websocket", "@websocket", PORT(0, .doc = "TCP port of websockets, vnc only; -1 is chosen by libvirt.")},
    {"listen", "@listen", DW_FORM_STRING, SAFE_DISPLAY, .safe_if = DW_SAFE_WHOLE, .safe_values = "127.0.0.1 ::1 localhost", .flags = DW_ROW_HOST, .doc = "Address the display listens on, in the older spelling."},
    {"socket", "@socket", DW_FORM_PATH, 0, .doc = "Socket the display listens on, vnc only."},
    {"keymap", "@keymap", DW_FORM_STRING, "It is one of the emulator's own tables of keys; it would open any other as a file.", .safe_values = "ar bepo cz da de de-ch en-gb en-us es et fi fo fr fr-be fr-ca fr-ch hr hu is it ja lt lv mk nl no pl pt pt-br ru sl sv th tr", .doc = "Keyboard layout."},
    {"passwd", "@passwd", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE | DW_ROW_SECRET, .doc = "Password of the display."},
    {"passwdValidTo", "@passwdValidTo", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "When the password ends, as 2030-01-31T12:00:00 in UTC."},
    {"connected", "@connected", DW_FORM_ENUM, 0, "fail disconnect keep", .flags = DW_ROW_LIVE, .usual = "keep", .doc = "What becomes of clients when the password changes; vnc has keep only."},
    {"defaultMode", "@defaultMode", DW_FORM_ENUM, 0, "any secure insecure", .doc = "Whether channels are encrypted, spice only."},
    {"sharePolicy", "@sharePolicy", DW_FORM_ENUM, 0, "allow-exclusive force-shared ignore", .doc = "Whether clients share the display, vnc only."},
    {"powerControl", "@powerControl", DW_FORM_YESNO, 0, .since = "7.1.0", .doc = "Whether clients may switch the machine off, vnc only."},
    {"display", "@display", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Display of the host, sdl and desktop only."},
    {"xauth", "@xauth", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "File with the rights to the host's display, sdl only."},
    {"fullscreen", "@fullscreen", DW_FORM_YESNO, SAFE_LOOK, .doc = "Whether the window fills the screen, sdl and desktop only."},
    {"replaceUser", "@replaceUser", DW_FORM_YESNO, 0, .doc = "Whether a new client takes the place of the old, rdp only."},
    {"multiUser", "@multiUser", DW_FORM_YESNO, 0, .doc = "Whether there may be several clients, rdp only."},
    {"address", "@address", DW_FORM_STRING, 0, .since = "8.4.0", .flags = DW_ROW_HOST, .doc = "Address of the bus, dbus only."},
    {"p2p", "@p2p", DW_FORM_YESNO, 0, .since = "8.4.0", .doc = "Whether clients connect without a bus, dbus only."},
    {"image.compression", "image/@compression", DW_FORM_ENUM, SAFE_LOOK, "auto_glz auto_lz quic glz lz off", .doc = "Compression of images, spice only."},
    {"jpeg.compression", "jpeg/@compression", DW_FORM_ENUM, SAFE_LOOK, "auto never always", .doc = "JPEG on slow lines, spice only."},
    {"zlib.compression", "zlib/@compression", DW_FORM_ENUM, SAFE_LOOK, "auto never always", .doc = "Further compression on slow lines, spice only."},
    {"playback.compression", "playback/@compression", DW_FORM_ONOFF, SAFE_LOOK, .doc = "Compression of sound, spice only."},
    {"streaming.mode", "streaming/@mode", DW_FORM_ENUM, SAFE_LOOK, "filter all off", .doc = "What is taken for a video stream, spice only."},
    {"clipboard.copypaste", "clipboard/@copypaste", DW_FORM_YESNO, 0, .usual = "yes", .doc = "Whether guest and client share the clipboard, spice only."},
    {"mouse.mode", "mouse/@mode", DW_FORM_ENUM, SAFE_LOOK, "server client", .doc = "Who draws the mouse, spice only."},
    {"filetransfer.enable", "filetransfer/@enable", DW_FORM_YESNO, 0, .usual = "yes", .doc = "Whether the client may put files into the guest, spice only."},
    {"gl.enable", "gl/@enable", DW_FORM_YESNO, 0, .usual = "no", .doc = "Whether the display is accelerated."},
    {"gl.rendernode", "gl/@rendernode", DW_FORM_PATH, 0, .doc = "Device on the host that accelerates."},
    {"audio.id", "audio/@id", DW_FORM_UINT, 0, .min = 1, .max = 255, .since = "7.2.0", .doc = "Audio backend of the display, vnc and dbus only."},
    {"username", "@username", DW_FORM_STRING, 0, .since = "11.2.0", .doc = "User who may connect, rdp only."},
    {"wait", "@wait", DW_FORM_YESNO, 0, .since = "11.10.0", .doc = "Whether the guest waits for a first client, vnc of bhyve only."},
    {NULL},
};

static const DwRow listen_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_DISPLAY, "address network socket none", .safe_if = DW_SAFE_WHOLE, .safe_values = "address socket none", .usual = "address", .doc = "What the display listens on."},
    {"address", "@address", DW_FORM_STRING, SAFE_DISPLAY, .safe_if = DW_SAFE_WHOLE, .safe_values = "127.0.0.1 ::1 localhost", .flags = DW_ROW_HOST, .doc = "Address, for type address."},
    {"network", "@network", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Virtual network, for type network."},
    {"socket", "@socket", DW_FORM_PATH, 0, .doc = "Socket, for type socket."},
    {NULL},
};

#define CHANNEL(name) {"channel." name ".mode", "channel[@name='" name "']/@mode", DW_FORM_ENUM, 0, "any secure insecure", .doc = "Whether this channel is encrypted, spice only."}
static const DwRow spice_channel_rows[] = {
    CHANNEL("main"), CHANNEL("display"), CHANNEL("inputs"), CHANNEL("cursor"), CHANNEL("playback"), CHANNEL("record"), CHANNEL("smartcard"), CHANNEL("usbredir"),
    {NULL},
};

/* libvirt gives graphics no alias. */
static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"listen.N.", "listen[N]", NULL, listen_rows},
    {"", "", NULL, spice_channel_rows},
    {NULL},
};

const DwGroup dw_graphics_group = {"graphics", "@type", sections, SAFE_DISPLAY, "@type"};
/* clang-format on */
