/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of audio backends; data only. What the fields mean is in table.h. What of the host is heard
 * or played on has no reason to be safe (rows.h). */
#include "table/kinds/rows.h"

/* clang-format off */
#define SAFE_SILENT "It plays to nobody, or to who looks at the display; nothing of the host is heard."

static const DwRow rows[] = {
    {"id", "@id", DW_FORM_UINT, SAFE_SILENT, .safe_if = DW_SAFE_WHOLE, .min = 1, .max = 255, .doc = "Number by which sound cards and displays name the backend."},
    {"type", "@type", DW_FORM_ENUM, SAFE_SILENT, "none alsa coreaudio dbus@8.4.0 file jack oss pulseaudio pipewire@9.10.0 sdl spice", .safe_if = DW_SAFE_WHOLE, .safe_values = "none spice", .doc = "Where sound is played and recorded."},
    {"driver", "@driver", DW_FORM_ENUM, 0, "alsa arts esd pulseaudio", .since = "7.2.0", .doc = "Driver that type sdl plays on."},
    {"path", "@path", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .since = "7.2.0", .doc = "File on the host that type file records to."},
    {"serverName", "@serverName", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .since = "7.2.0", .doc = "Sound server, for type pulseaudio."},
    {"runtimeDir", "@runtimeDir", DW_FORM_PATH, 0, .since = "9.10.0", .doc = "Directory on the host with the sockets of type pipewire."},
    {"timerPeriod", "@timerPeriod", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .unit = "microseconds", .since = "7.2.0", .doc = "How often the emulator turns to sound."},
    {"tryMMap", "@tryMMap", DW_FORM_YESNO, 0, .since = "7.2.0", .doc = "Whether type oss maps the device's memory."},
    {"exclusive", "@exclusive", DW_FORM_YESNO, 0, .since = "7.2.0", .doc = "Whether type oss has the device for itself."},
    {"dspPolicy", "@dspPolicy", DW_FORM_INT, 0, .max = 10, .since = "7.2.0", .flags = DW_ROW_LAX, .doc = "Timing policy of type oss, from 0 to 10."},
    {NULL},
};

/* Of input and output. */
static const DwRow stream_rows[] = {
    {"mixingEngine", "@mixingEngine", DW_FORM_YESNO, 0, .since = "7.2.0", .doc = "Whether the emulator mixes and converts the sound by itself."},
    {"fixedSettings", "@fixedSettings", DW_FORM_YESNO, 0, .since = "7.2.0", .doc = "Whether the host's end has the settings given, not those of the guest."},
    {"voices", "@voices", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .since = "7.2.0", .doc = "Number of voices."},
    {"bufferLength", "@bufferLength", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .unit = "microseconds", .since = "7.2.0", .doc = "Length of the buffer."},
    {"bufferCount", "@bufferCount", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .since = "7.2.0", .flags = DW_ROW_LAX, .doc = "Number of buffers, for types coreaudio, oss and sdl."},
    {"tryPoll", "@tryPoll", DW_FORM_YESNO, 0, .since = "7.2.0", .doc = "Whether the device is polled, for types alsa and oss."},
    {"dev", "@dev", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Device on the host, for types alsa and oss."},
    {"name", "@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .since = "7.2.0", .doc = "Sink or source on the host, for types pulseaudio and pipewire."},
    {"streamName", "@streamName", DW_FORM_STRING, 0, .since = "7.2.0", .doc = "How the stream is called for people, for types pulseaudio and pipewire."},
    {"serverName", "@serverName", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .since = "7.2.0", .doc = "Sound server, for type jack."},
    {"clientName", "@clientName", DW_FORM_STRING, 0, .since = "7.2.0", .doc = "How the domain is called at the server, for type jack."},
    {"connectPorts", "@connectPorts", DW_FORM_STRING, 0, .since = "7.2.0", .doc = "Ports of the server it is connected to, as a regular expression, for type jack."},
    {"exactName", "@exactName", DW_FORM_YESNO, 0, .since = "7.2.0", .doc = "Whether the name at the server must be exactly clientName, for type jack."},
    {"latency", "@latency", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .unit = "microseconds", .since = "7.2.0", .flags = DW_ROW_LAX, .doc = "Delay aimed at, for types pulseaudio and pipewire."},
    {"settings.frequency", "settings/@frequency", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .unit = "Hz", .since = "7.2.0", .doc = "Samples in a second, with fixedSettings."},
    {"settings.channels", "settings/@channels", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .since = "7.2.0", .doc = "Channels, with fixedSettings."},
    {"settings.format", "settings/@format", DW_FORM_ENUM, 0, "s8 u8 s16 u16 s32 u32 f32", .since = "7.2.0", .doc = "Form of a sample, with fixedSettings."},
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"input.", "input", NULL, stream_rows},
    {"output.", "output", NULL, stream_rows},
    {NULL},
};

const DwGroup dw_audio_group = {"audio", "@id", sections, SAFE_SILENT, "@type"};
/* clang-format on */
