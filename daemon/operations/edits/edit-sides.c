/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device that an edit names and one side of the domain does not have, but the other does: a
 * refusal says so, and which side to ask for. The other side is read for that alone. Used by
 * edit.c, on workers.
 */
#include "operations/edits/edit-sides.h"

#include <string.h>

#include "operations/live/device.h"

typedef struct {
    EditOperation *edit;
    Virt *virt;
    GPtrArray *devices[2]; /* of the configuration, of what runs; NULL before they are wanted */
    bool read[2];
} Sides;

/* The devices of one side; NULL: there is none. */
static const GPtrArray *devices_of(Sides *sides, bool live)
{
    if (sides->read[live])
        return sides->devices[live];
    sides->read[live] = true;
    char *text = virt_domain_xml(sides->virt, sides->edit->change.base.uuid, live, NULL);
    g_autoptr(DwDocument) document = text ? dw_document_parse(text, strlen(text), NULL) : NULL;
    secret_text_free(text);
    if (document)
        sides->devices[live] = dw_get_devices(document, "", false, NULL);
    return sides->devices[live];
}

/* Takes message, which is one line. */
static char *tell(Sides *sides, char *message)
{
    const GPtrArray *edits = sides->edit->edits;
    bool of_running = sides->edit->change.affect == AFFECT_LIVE || strstr(message, IN_RUNNING),
         live = !of_running; /* the other side */
    for (guint i = 0; i < edits->len; i++) {
        const DwEdit *given = edits->pdata[i];
        g_autofree char *lacks = g_strdup_printf("No %s \"%s\". ", given->kind, given->id);
        if (!*given->id || !strstr(message, lacks))
            continue;
        const GPtrArray *devices = devices_of(sides, live);
        if (!devices || !live_device_find(devices, given->kind, given->id))
            return message;
        char *longer = g_strconcat(message,
                                   live ? " The running domain has it; use affect \"live\"."
                                        : " The configuration has it; use affect \"config\".",
                                   NULL);
        g_free(message);
        return longer;
    }
    return message;
}

static void tell_failure(Sides *sides, GError *failure)
{
    g_auto(GStrv) lines = g_strsplit(failure->message, "\n", -1);
    for (char **line = lines; *line; line++)
        *line = tell(sides, *line);
    g_free(failure->message);
    failure->message = g_strjoinv("\n", lines);
}

void edit_sides_tell(EditOperation *edit, Virt *virt, GError *failure)
{
    Sides sides = {edit, virt, {NULL}, {false}};
    const GPtrArray *problems = edit->change.problems;
    if (edit->way != EDIT_APPLY || edit->change.transient || operation_on_draft(&edit->change.base))
        return;
    if (failure)
        tell_failure(&sides, failure);
    for (guint i = 0; !failure && problems && i < problems->len; i++) {
        DwProblem *problem = problems->pdata[i];
        if (problem->severity == DW_SEVERITY_ERROR)
            problem->message = tell(&sides, problem->message);
    }
    for (int live = 0; live < 2; live++)
        if (sides.devices[live])
            g_ptr_array_unref(sides.devices[live]);
}
