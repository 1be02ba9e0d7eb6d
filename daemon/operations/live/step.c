/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of a step, and how results name what it changes. */
#include "operations/live/step.h"

void live_step_free(void *data)
{
    LiveStep *step = data;
    g_strfreev(step->names);
    g_free(step->kind);
    g_free(step->id);
    g_free(step->emptied);
    g_free(step->anywhere);
    virt_live_change_clear(&step->change);
    virt_live_change_clear(&step->undo);
    g_free(step);
}

LiveStep *live_step_add(GPtrArray *steps, VirtLiveCall call, char **names)
{
    LiveStep *step = g_new0(LiveStep, 1);
    step->names = names;
    step->change.call = step->undo.call = call;
    g_ptr_array_add(steps, step);
    return step;
}

LiveStep *live_step_add_for(GPtrArray *steps, VirtLiveCall call, const char *kind, const char *id,
                            const char *key)
{
    char **names = g_new0(char *, 2);
    names[0] = live_name(kind, id, key);
    return live_step_add(steps, call, names);
}

void live_step_add_name(LiveStep *step, const char *name)
{
    guint count = g_strv_length(step->names);
    step->names = g_renew(char *, step->names, count + 2);
    step->names[count] = g_strdup(name);
    step->names[count + 1] = NULL;
}

/* A controller comes before what is plugged into it, and goes after it. What libvirt finds a place
 * for would take that of others. */
static int rank_of(const LiveStep *step)
{
    bool controller = step->kind && g_str_equal(step->kind, "controller");
    int later = step->class == LIVE_FINAL                ? controller
                : step->class != LIVE_PLUG || controller ? 0
                : step->anywhere                         ? 1
                                                         : 2;
    return (int)step->class * 3 + later;
}

static int compare_ranks(const void *a, const void *b)
{
    return rank_of(*(const LiveStep *const *)a) - rank_of(*(const LiveStep *const *)b);
}

void live_steps_sort(GPtrArray *steps)
{
    g_ptr_array_sort(steps, compare_ranks);
}

bool live_steps_are_sure(const GPtrArray *steps)
{
    bool sure = true;
    for (guint i = 0; i < steps->len; i++)
        sure &= ((const LiveStep *)steps->pdata[i])->sure;
    return sure;
}

/* ---- Names ---- */

void live_add_text(GPtrArray *names, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

char *live_name(const char *kind, const char *id, const char *key)
{
    if (!*kind)
        return g_strdup(key);
    return *key ? g_strjoin("/", kind, id, key, NULL) : g_strjoin("/", kind, id, NULL);
}

void live_add_name(GPtrArray *names, const DwProblem *problem)
{
    /* Without a place for it a device waits as a whole. */
    bool whole = strcmp(problem->rule, "live.no-slot") == 0;
    g_autofree char *name = live_name(problem->kind, problem->id, whole ? "" : problem->key);
    if (*name)
        live_add_text(names, name);
}

void live_add_names_of(GPtrArray *names, const LiveStep *step)
{
    for (char **name = step->names; *name; name++)
        live_add_text(names, *name);
}

void live_add_step_names(GPtrArray *names, const GPtrArray *steps)
{
    for (guint i = 0; i < steps->len; i++)
        live_add_names_of(names, steps->pdata[i]);
}
