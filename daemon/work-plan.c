/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a change to a host amounts to: the plan that is authorised, and its effects. It neither
 * reads nor changes anything on the host.
 */
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "errors.h"
#include "work.h"

#define MAX_PASSWD 65536

/* NULL when the name is not known, or could be taken for more than a name in a path. */
static char *user_name(uid_t uid)
{
    g_autofree char *buffer = g_malloc(MAX_PASSWD);
    struct passwd entry, *found = NULL;
    if (getpwuid_r(uid, &entry, buffer, MAX_PASSWD, &found) != 0 || !found)
        return NULL;
    return g_strdup(entry.pw_name);
}

static bool uses_user(const GPtrArray *directories)
{
    for (guint i = 0; directories && i < directories->len; i++) {
        const DwImageDirectory *directory = directories->pdata[i];
        if (strstr(directory->path, "%u"))
            return true;
    }
    return false;
}

/* What is asked for must not depend on whether a password was guessed, nor hold one: rules, prompts
 * and agents of the caller see it. */
static void find_effects(Work *work, Virt *virt, const WorkPlan *plan)
{
    g_auto(FactsView) view = {0};
    g_autofree char *user = uses_user(work->image_directories) ? user_name(work->uid) : NULL;
    facts_view(work->facts, virt, NULL, &view);
    DwReachContext context = {
        .image_directories = work->image_directories,
        .user = user,
        .capabilities = view.host.capabilities,
    };
    g_autoptr(DwDocument) before = plan->before ? dw_document_veiled(plan->before, false) : NULL;
    g_autoptr(DwDocument) after = dw_document_veiled(plan->after, work->gives_secret);
    dw_effects_between(before, after, &context, &work->effects);
}

static void digest(const DwDocument *document, char ret_digest[static REVISION_TEXT])
{
    size_t length;
    const char *text = dw_document_text(document, &length);
    revision_of(NULL, text, length, ret_digest);
}

void work_plan_made(Work *work, Virt *virt)
{
    WorkPlan *plan = work->plan;
    plan->name = dw_get_string(plan->after, "name");
    plan->uuid = dw_get_string(plan->after, "uuid");
    if (work->step != STEP_PLAN || !work->changed)
        return;
    digest(plan->after, plan->digest);
    find_effects(work, virt, plan);
}

bool work_check_plan(const Work *work, GError **error)
{
    char now[REVISION_TEXT];
    if (work->step != STEP_ACT)
        return true;
    digest(work->plan->after, now);
    if (strcmp(now, work->plan->digest) == 0)
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                "what was authorised is not what would be done");
    return false;
}
