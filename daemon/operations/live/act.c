/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The steps are in an order in which what can be taken back comes first. A device that was added is
 * taken back by asking the guest for it, as every device; that alone is waited for here.
 */
#include "operations/live/act.h"

#include <string.h>

#include "base/error.h"
#include "libvirt/domain.h"
#include "operations/live/device.h"

#define UNPLUG_USEC (5 * G_USEC_PER_SEC)

/* The text of a key of the step's device as it runs now; NULL: it has none. */
static char *running_text(const LiveActor *actor, const LiveStep *step, const char *key)
{
    g_autofree char *text = virt_domain_xml(actor->virt, actor->uuid, true, NULL);
    g_autoptr(DwDocument) running = text ? dw_document_parse(text, strlen(text), NULL) : NULL;
    g_autoptr(GPtrArray) devices =
        running ? dw_get_devices(running, step->kind, false, NULL) : NULL;
    const DwDevice *device = devices ? live_device_find(devices, step->kind, step->id) : NULL;
    const char *found = device ? live_device_text(device, key) : "";
    return *found ? g_strdup(found) : NULL;
}

static bool unplug(const LiveActor *actor, const LiveStep *step)
{
    g_autofree char *alias = running_text(actor, step, "alias");
    VirtLiveChange change = {.call = VIRT_LIVE_DETACH, .name = alias};
    if (!alias)
        return false;
    removal_begin(actor->removals, actor->uuid, alias, step->kind, step->id);
    bool asked = virt_change_live(actor->virt, actor->uuid, &change, NULL);
    if (!asked)
        removal_withdraw(actor->removals, actor->uuid, alias);
    bool gone =
        asked && removal_await(actor->removals, actor->uuid, alias, UNPLUG_USEC) == REMOVAL_DONE;
    removal_end(actor->removals, actor->uuid, alias);
    return gone;
}

static bool attach(const LiveActor *actor, const LiveStep *step, GError **error)
{
    VirtLiveChange anywhere = {.call = VIRT_LIVE_ATTACH, .text = step->anywhere};
    bool again = step->anywhere != NULL;
    return virt_change_live(actor->virt, actor->uuid, &step->change, again ? NULL : error) ||
           (again && virt_change_live(actor->virt, actor->uuid, &anywhere, error));
}

/* QEMU refuses to be asked twice for one device, which is still waited for then. */
static bool ask(const LiveActor *actor, const LiveStep *step, GError **error)
{
    const char *alias = step->change.name;
    bool again = removal_state(actor->removals, actor->uuid, alias) == REMOVAL_ASKED;
    GError *failure = NULL;
    removal_begin(actor->removals, actor->uuid, alias, step->kind, step->id);
    if (virt_change_live(actor->virt, actor->uuid, &step->change, &failure))
        return true;
    if (again) {
        g_error_free(failure);
        return true;
    }
    removal_withdraw(actor->removals, actor->uuid, alias);
    g_propagate_error(error, failure);
    return false;
}

static bool do_step(const LiveActor *actor, const LiveStep *step, GError **error)
{
    if (step->class == LIVE_FINAL)
        return ask(actor, step, error);
    if (step->class == LIVE_PLUG)
        return attach(actor, step, error);
    VirtLiveChange empty = {.call = VIRT_LIVE_UPDATE, .text = step->emptied, .force = true};
    return (!step->reinserts || virt_change_live(actor->virt, actor->uuid, &empty, error)) &&
           virt_change_live(actor->virt, actor->uuid, &step->change, error);
}

static bool undo_step(const LiveActor *actor, const LiveStep *step)
{
    if (step->class == LIVE_FINAL)
        return false;
    if (step->class == LIVE_PLUG)
        return unplug(actor, step);
    return virt_change_live(actor->virt, actor->uuid, &step->undo, NULL);
}

/* libvirt takes the old medium out before QEMU finds out that the new one cannot be used, and goes
 * on naming it; it puts it back only into a drive that it knows to be empty. */
static bool bring_medium_back(const LiveActor *actor, const LiveStep *step)
{
    VirtLiveChange empty = {.call = VIRT_LIVE_UPDATE, .text = step->emptied, .force = true};
    VirtLiveChange back = step->undo;
    g_autofree char *tray = step->emptied ? running_text(actor, step, "target.tray") : NULL;
    if (g_strcmp0(tray, "open") != 0)
        return true;
    back.force = true;
    return virt_change_live(actor->virt, actor->uuid, &empty, NULL) &&
           virt_change_live(actor->virt, actor->uuid, &back, NULL);
}

/* Of the first so many steps. */
static void undo(const LiveActor *actor, const GPtrArray *steps, guint done, GPtrArray *kept)
{
    while (done-- > 0) {
        const LiveStep *step = steps->pdata[done];
        if (actor->keep || !undo_step(actor, step))
            live_add_names_of(kept, step);
        if (step->class == LIVE_FINAL)
            removal_end(actor->removals, actor->uuid, step->change.name);
    }
}

/* A controller is busy until the guest has let go of what is plugged into it. */
static void await_free(const LiveActor *actor, const GPtrArray *steps, guint next)
{
    const LiveStep *step = steps->pdata[next];
    if (step->class != LIVE_FINAL || strcmp(step->kind, "controller") != 0)
        return;
    for (guint i = 0; i < next; i++) {
        const LiveStep *before = steps->pdata[i];
        if (before->class == LIVE_FINAL)
            removal_await(actor->removals, actor->uuid, before->change.name, UNPLUG_USEC);
    }
}

bool live_act(const LiveActor *actor, const GPtrArray *steps, GPtrArray *kept, GError **error)
{
    GError *failure = NULL;
    guint done = 0;
    while (done < steps->len) {
        await_free(actor, steps, done);
        if (!do_step(actor, steps->pdata[done], &failure))
            break;
        done++;
    }
    if (!failure)
        return true;
    if (g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_BUSY) ||
        g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_OUTCOME_UNKNOWN) ||
        !bring_medium_back(actor, steps->pdata[done]))
        live_add_names_of(kept, steps->pdata[done]);
    undo(actor, steps, done, kept);
    g_propagate_error(error, failure);
    return false;
}

void live_act_undo(const LiveActor *actor, const GPtrArray *steps, GPtrArray *kept)
{
    guint done = 0;
    while (done < steps->len && ((const LiveStep *)steps->pdata[done])->class != LIVE_FINAL)
        done++;
    undo(actor, steps, done, kept);
}
