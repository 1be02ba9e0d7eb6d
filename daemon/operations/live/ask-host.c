/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A step that libvirt would refuse for what the host has, or for what the domain is at, is refused
 * before anything is touched. */
#include "operations/live/ask-host.h"

#include <string.h>

#include "operations/live/problem.h"

#define NOT_POSSIBLE "live.not-possible"

static bool is_tuning(VirtLiveCall call)
{
    return call >= VIRT_LIVE_SCHEDULER && call <= VIRT_LIVE_NUMA;
}

static bool is_pin(VirtLiveCall call)
{
    return call >= VIRT_LIVE_PIN_VCPU && call <= VIRT_LIVE_PIN_IOTHREAD;
}

static bool refuse_tuning(const LiveStep *step, const GError *failure, GPtrArray *impossible)
{
    gsize length = strlen(failure->message);
    length -= length > 0 && failure->message[length - 1] == '.';
    for (char **name = step->names; *name; name++) {
        g_autofree char *message = g_strdup_printf(
            "Key %s cannot be changed in a running domain of this host: %.*s; " LIVE_USE_CONFIG,
            *name, (int)length, failure->message);
        live_refuse(impossible, "live.session", "", "", *name, message);
    }
    return true;
}

static bool refuse_pin(const LiveStep *step, GPtrArray *impossible)
{
    const char *key = step->names[0];
    g_autofree char *message =
        g_strdup_printf("Key %s is %s, which names processors that this host has not; name others, "
                        "or " LIVE_USE_CONFIG,
                        key, step->change.text);
    live_refuse(impossible, NOT_POSSIBLE, "", "", key, message);
    return true;
}

static bool refuse_removal(const LiveStep *step, GPtrArray *impossible)
{
    g_autofree char *message =
        g_strdup_printf("Device disk \"%s\" cannot be removed from the running domain as long as a "
                        "block job, such as a copy or a commit, runs on it; wait until that has "
                        "ended or end it, or " LIVE_USE_CONFIG,
                        step->id);
    live_refuse(impossible, NOT_POSSIBLE, "disk", step->id, "", message);
    return true;
}

static bool takes_disk(const LiveStep *step)
{
    return step->class == LIVE_FINAL && strcmp(step->kind, "disk") == 0;
}

/* True: it is refused. */
static bool refuse(Virt *virt, const char *uuid, const LiveStep *step, GPtrArray *impossible)
{
    g_autoptr(GError) failure = NULL;
    if (is_tuning(step->change.call) && !virt_check_tuning(virt, uuid, step->change.call, &failure))
        return refuse_tuning(step, failure, impossible);
    if (is_pin(step->change.call) && !virt_has_processors(virt, &step->change))
        return refuse_pin(step, impossible);
    return takes_disk(step) && virt_has_block_job(virt, uuid, step->id) &&
           refuse_removal(step, impossible);
}

void live_ask_host(Virt *virt, const char *uuid, GPtrArray *steps, GPtrArray *impossible)
{
    for (guint i = steps->len; i-- > 0;)
        if (refuse(virt, uuid, steps->pdata[i], impossible))
            g_ptr_array_remove_index(steps, i);
}
