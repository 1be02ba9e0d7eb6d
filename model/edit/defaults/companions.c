/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices that cannot be without another: what SPICE carries goes with the last SPICE display, and
 * sound through it goes nowhere; the console that shows the serial port goes with that, or libvirt
 * would make the port anew. Used by apply-edit.c. One document, one thread.
 */
#include "edit/defaults/companions.h"

#include <string.h>

#include "guest/machine.h"
#include "keys/devices.h"
#include "keys/lens.h"

static DwNode next(const DwEditContext *context, const char *kind, DwNode node)
{
    return device_next(context->document, kind, node);
}

static bool has_spice(const DwEditContext *context)
{
    for (DwNode node = next(context, "graphics", DW_NODE_NONE); node != DW_NODE_NONE;
         node = next(context, "graphics", node))
        if (node_attribute_is(context->document, node, "type", "spice"))
            return true;
    return false;
}

/* What was there before an edit of the call that waits for later ones is so still. */
DwCompany companions_before(const DwEditContext *context)
{
    const char *kind = context->edit->kind;

    return (DwCompany){
        .has_spice = strcmp(kind, "graphics") == 0 && (context->had_spice || has_spice(context)),
        .has_serial = strcmp(kind, "serial") == 0,
    };
}

/* Is it the last edit of devices of its kind? */
static bool is_last(const DwEditContext *context)
{
    for (guint i = context->edits->len; i > 0; i--) {
        const DwEdit *edit = context->edits->pdata[i - 1];
        if (strcmp(edit->kind, context->edit->kind) == 0)
            return edit == context->edit;
    }
    return true;
}

/* Who edits devices of the kind as well says what becomes of them. */
static bool is_edited(const DwEditContext *context, const char *kind)
{
    for (guint i = 0; i < context->edits->len; i++) {
        const DwEdit *edit = context->edits->pdata[i];
        if (edit != context->edit && strcmp(edit->kind, kind) == 0)
            return true;
    }
    return false;
}

static void silence_audio(DwEditContext *context)
{
    DwDocument *document = context->document;

    for (DwNode node = next(context, "audio", DW_NODE_NONE); node != DW_NODE_NONE;
         node = next(context, "audio", node)) {
        if (!node_attribute_is(document, node, "type", "spice"))
            continue;
        g_autofree char *id = device_id(document, node);
        node_set_attribute(document, node, "type", "none");
        edit_note(context, "graphics-audio-follows", DW_SEVERITY_INFO, "audio", id, "type",
                  "type is none: the domain has no SPICE any more.");
    }
}

static bool is_carried(const DwDocument *document, DwNode node)
{
    return node_attribute_is(document, node, "type", "spicevmc") ||
           node_attribute_is(document, node, "type", "spiceport");
}

/* Told in order, and taken away from the last on: what is gone moves those behind it. */
static void drop_carried(DwEditContext *context, const char *kind)
{
    DwDocument *document = context->document;
    g_autoptr(GArray) carried = g_array_new(FALSE, FALSE, sizeof(DwNode));

    for (DwNode node = next(context, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = next(context, kind, node)) {
        if (!is_carried(document, node))
            continue;
        g_autofree char *id = device_id(document, node);
        g_autofree char *type = node_attribute(document, node, "type");
        g_array_append_val(carried, node);
        edit_note(context, "graphics-device-follows", DW_SEVERITY_INFO, kind, id, "",
                  "The %s is dropped: it is of type %s, and the domain has no SPICE any more.",
                  kind, type);
    }
    for (guint i = carried->len; i > 0; i--)
        node_remove(document, g_array_index(carried, DwNode, i - 1));
}

static void drop_console(DwEditContext *context)
{
    DwDocument *document = context->document;
    DwNode console = next(context, "console", DW_NODE_NONE);
    DwMachine machine;

    guest_machine_read(document, NULL, &machine);
    if (!machine.is_qemu || console == DW_NODE_NONE || is_edited(context, "console") ||
        next(context, "serial", DW_NODE_NONE) != DW_NODE_NONE)
        return;
    g_autofree char *target = lens_text(document, console, "target/@type", NULL);
    if (target && strcmp(target, "serial") != 0)
        return;
    g_autofree char *id = device_id(document, console);
    node_remove(document, console);
    edit_note(context, "serial-console-follows", DW_SEVERITY_INFO, "console", id, "",
              "The console is dropped: it was the serial port in another form.");
}

void companions_follow(DwEditContext *context, DwCompany before)
{
    static const char *const kinds[] = {"channel", "redirdev", "smartcard"};

    /* Of a running domain's libvirt takes out what is one device itself, and SPICE stays. */
    if (context->flags & DW_APPLY_RUNNING)
        return;
    context->had_spice |= before.has_spice;
    if (before.has_spice && !has_spice(context) && is_last(context)) {
        if (!is_edited(context, "audio"))
            silence_audio(context);
        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
            if (!is_edited(context, kinds[i]))
                drop_carried(context, kinds[i]);
    }
    if (before.has_serial && !is_edited(context, "serial"))
        drop_console(context);
}
