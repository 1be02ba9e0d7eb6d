/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is filled in for a channel: its type, target and mode. One document, one thread. */
#include "edit/defaults/channel.h"

#include <string.h>

#define SPICE_AGENT "com.redhat.spice.0"

void defaults_for_channel(const DwDefaults *defaults)
{
    static const char *const spice[] = {"spicevmc", "qemu-vdagent", NULL};
    g_autofree char *name = defaults_text(defaults, "target.name");
    g_autofree char *type = defaults_text(defaults, "type");

    if (defaults->device == DW_NODE_NONE && !type)
        defaults_take(defaults, "channel-type-default", DW_SEVERITY_INFO, "type",
                      dw_value_string(g_strcmp0(name, SPICE_AGENT) == 0 ? "spicevmc" : "unix"),
                      "type is %s by default for %s.",
                      g_strcmp0(name, SPICE_AGENT) == 0 ? "spicevmc" : "unix",
                      name ? name : "a channel");
    if (defaults->device == DW_NODE_NONE && !defaults_asked(defaults, "target.type"))
        defaults_take(defaults, "channel-target-default", DW_SEVERITY_INFO, "target.type",
                      dw_value_string("virtio"), "target.type is virtio by default.");
    if (defaults->device == DW_NODE_NONE && !name && type && g_strv_contains(spice, type))
        defaults_take(defaults, "channel-name-default", DW_SEVERITY_INFO, "target.name",
                      dw_value_string(SPICE_AGENT),
                      "target.name is " SPICE_AGENT ", where SPICE's agent looks for it.");
    if (defaults_changed(defaults, "source.path") && defaults_is(defaults, "type", "unix")) {
        g_autofree char *mode = defaults_text(defaults, "source.mode");

        if (!mode)
            defaults_take(defaults, "channel-mode-default", DW_SEVERITY_INFO, "source.mode",
                          dw_value_string("bind"),
                          "source.mode is bind by default: the host's socket listens.");
    }
}
