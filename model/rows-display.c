/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys of what people see and touch: graphics, video, sound and input; data only. What the fields
 * mean is in table.h. Who may look at the guest, and what of the host it draws or reads with, is
 * without a reason to be safe (rows.h).
 */
#include "rows.h"

#define PORT(safe, ...) DW_FORM_INT, safe, .min = (uint64_t)-1, .max = 65535, __VA_ARGS__

/* clang-format off */
static const DwRow graphics_rows[] = {
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
    {"connected", "@connected", DW_FORM_ENUM, 0, "fail disconnect keep", .flags = DW_ROW_LIVE, .doc = "What becomes of clients when the password changes; vnc has keep only."},
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
    {"clipboard.copypaste", "clipboard/@copypaste", DW_FORM_YESNO, 0, .doc = "Whether guest and client share the clipboard, spice only."},
    {"mouse.mode", "mouse/@mode", DW_FORM_ENUM, SAFE_LOOK, "server client", .doc = "Who draws the mouse, spice only."},
    {"filetransfer.enable", "filetransfer/@enable", DW_FORM_YESNO, 0, .doc = "Whether the client may put files into the guest, spice only."},
    {"gl.enable", "gl/@enable", DW_FORM_YESNO, 0, .doc = "Whether the display is accelerated."},
    {"gl.rendernode", "gl/@rendernode", DW_FORM_PATH, 0, .doc = "Device on the host that accelerates."},
    {"audio.id", "audio/@id", DW_FORM_UINT, 0, .min = 1, .max = 255, .doc = "Audio backend of the display, vnc and dbus only."},
    {NULL},
};

static const DwRow listen_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_DISPLAY, "address network socket none", .safe_if = DW_SAFE_WHOLE, .safe_values = "address socket none", .doc = "What the display listens on."},
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
const DwSection dw_graphics_sections[] = {
    {"", "", NULL, graphics_rows},
    {"listen.N.", "listen[N]", NULL, listen_rows},
    {"", "", NULL, spice_channel_rows},
    {NULL},
};

static const DwRow video_rows[] = {
    {"driver.name", "driver/@name", DW_FORM_ENUM, "The emulator itself draws; no other program does.", "qemu vhostuser", .safe_if = DW_SAFE_WHOLE, .safe_values = "qemu", .doc = "Who draws."},
    {"driver.vgaconf", "driver/@vgaconf", DW_FORM_ENUM, SAFE_GUEST, "io on off", .doc = "VGA resources, bhyve only."},
    {"model.type", "model/@type", DW_FORM_ENUM, SAFE_GUEST, "vga cirrus vmvga xen vbox virtio gop qxl bochs ramfb none", .doc = "Graphics card the guest sees."},
    {"model.heads", "model/@heads", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .doc = "Number of screens."},
    {"model.primary", "model/@primary", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether it is the first card."},
    {"model.ram", "model/@ram", DW_FORM_UINT, SAFE_GUEST, .unit = "KiB", .doc = "Size of the primary bar, qxl only."},
    {"model.vram", "model/@vram", DW_FORM_UINT, SAFE_GUEST, .unit = "KiB", .doc = "Memory of the card."},
    {"model.vram64", "model/@vram64", DW_FORM_UINT, SAFE_GUEST, .unit = "KiB", .doc = "Memory above 4 GiB, qxl only."},
    {"model.vgamem", "model/@vgamem", DW_FORM_UINT, SAFE_GUEST, .unit = "KiB", .doc = "Size of the framebuffer, qxl only."},
    {"model.blob", "model/@blob", DW_FORM_ONOFF, 0, .since = "9.2.0", .doc = "Memory shared with the host for drawing, virtio only."},
    {"model.acceleration.accel2d", "model/acceleration/@accel2d", DW_FORM_YESNO, 0, .doc = "Acceleration of two dimensions by the host."},
    {"model.acceleration.accel3d", "model/acceleration/@accel3d", DW_FORM_YESNO, 0, .doc = "Acceleration of three dimensions by the host."},
    {"model.acceleration.rendernode", "model/acceleration/@rendernode", DW_FORM_PATH, 0, .doc = "Device on the host that accelerates, vhostuser only."},
    {"model.resolution.x", "model/resolution/@x", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .doc = "Width of the screen at first."},
    {"model.resolution.y", "model/resolution/@y", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .doc = "Height of the screen at first."},
    ALIAS,
    {NULL},
};

const DwSection dw_video_sections[] = {
    {"", "", NULL, video_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow sound_rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, "sb16 es1370 pcspk ac97 ich6 ich7 ich9 usb virtio@10.4.0", .doc = "Sound card the guest sees."},
    {"audio.id", "audio/@id", DW_FORM_UINT, 0, .min = 1, .max = 255, .doc = "Audio backend the card plays on."},
    ALIAS,
    {NULL},
};

const DwSection dw_sound_sections[] = {
    {"", "", NULL, sound_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow input_rows[] = {
    {"type", "@type", DW_FORM_ENUM, "The device is emulated; what moves it comes from the display.", "tablet mouse keyboard passthrough evdev@7.4.0", .safe_if = DW_SAFE_WHOLE, .safe_values = "tablet mouse keyboard", .doc = "Kind of input device; passthrough and evdev are the host's own."},
    {"bus", "@bus", DW_FORM_ENUM, SAFE_GUEST, "ps2 usb xen virtio", .doc = "Bus the device is on."},
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS, .doc = "Variant of the virtio device."},
    {"source.evdev", "source/@evdev", DW_FORM_PATH, 0, .doc = "Device on the host, for type passthrough."},
    {"source.dev", "source/@dev", DW_FORM_PATH, 0, .since = "7.4.0", .doc = "Device on the host, for type evdev."},
    {"source.grab", "source/@grab", DW_FORM_ENUM, 0, "all", .since = "7.4.0", .doc = "Take all of the host's input devices, for type evdev."},
    {"source.grabToggle", "source/@grabToggle", DW_FORM_ENUM, 0, "ctrl-ctrl alt-alt shift-shift meta-meta scrolllock ctrl-scrolllock", .since = "7.6.0", .doc = "Keys that give the devices back to the host, for type evdev."},
    {"source.repeat", "source/@repeat", DW_FORM_ONOFF, 0, .since = "7.4.0", .doc = "Whether keys held down repeat, for type evdev."},
    ALIAS,
    {NULL},
};

const DwSection dw_input_sections[] = {
    {"", "", NULL, input_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};
/* clang-format on */
