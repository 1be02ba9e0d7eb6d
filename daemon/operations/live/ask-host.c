/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A step that libvirt would refuse for what the host has, or for what the domain is at, is refused
 * before anything is touched. */
#include "operations/live/ask-host.h"

#include <string.h>

#include "libvirt/connection.h"
#include "operations/live/problem.h"
#include "operations/references.h"

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

/* ---- What devices name ---- */

/* Takes the steps that are about the problem's device out, which then waits as a whole where it was
 * to be added. False: there are none. */
static bool drop_steps(GPtrArray *steps, DwProblem *problem)
{
    g_autofree char *device = live_name(problem->kind, problem->id, "");
    gsize length = strlen(device);
    bool any = false;
    for (guint i = steps->len; i-- > 0;) {
        const LiveStep *step = steps->pdata[i];
        const char *name = step->names[0];
        if (!name || strncmp(name, device, length) != 0 || (name[length] && name[length] != '/'))
            continue;
        any = true;
        if (step->class == LIVE_PLUG)
            *problem->key = '\0';
        g_ptr_array_remove_index(steps, i);
    }
    return any;
}

/* What libvirt itself keeps; of the host's own it may see more than the daemon does. */
static bool is_kept_by_libvirt(const DwProblem *problem)
{
    static const char *const rules[] = {"host-network", "host-pool", "host-volume", NULL};
    return g_strv_contains(rules, problem->rule);
}

/* A configuration may name what is not there until it is started. */
static void ask_for_named(Virt *virt, const DwDocument *before, const DwDocument *after,
                          GPtrArray *steps, GPtrArray *impossible)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    references_check(virt, before, after, found);
    while (found->len > 0) {
        DwProblem *problem = g_ptr_array_steal_index(found, 0);
        if (!is_kept_by_libvirt(problem) || !drop_steps(steps, problem)) {
            dw_problem_free(problem);
            continue;
        }
        problem->severity = DW_SEVERITY_ERROR;
        g_ptr_array_add(impossible, problem);
    }
}

void live_ask_host(Virt *virt, const char *uuid, const DwDocument *before, const DwDocument *after,
                   GPtrArray *steps, GPtrArray *impossible)
{
    for (guint i = steps->len; i-- > 0;)
        if (refuse(virt, uuid, steps->pdata[i], impossible))
            g_ptr_array_remove_index(steps, i);
    if (steps->len > 0 && virt_is_qemu(virt))
        ask_for_named(virt, before, after, steps, impossible);
}
