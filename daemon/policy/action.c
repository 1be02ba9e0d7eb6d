/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One row an action. Used by polkit, by authorization and by the audit record. */
#include "policy/action.h"

#include <glib.h>

#define PREFIX "org.domwright1."

static const char *const ids[ACTION_COUNT] = {
    [ACTION_READ] = PREFIX "read",
    [ACTION_READ_SECRETS] = PREFIX "read-secrets",
    [ACTION_DEFINE] = PREFIX "define",
    [ACTION_MODIFY] = PREFIX "modify",
    [ACTION_CONTROL] = PREFIX "control",
    [ACTION_UNDEFINE] = PREFIX "undefine",
    [ACTION_USE_HOST_RESOURCES] = PREFIX "use-host-resources",
};

#define IS_REQUIRED "Authentication is required to change "

const char *action_set_message(Action action)
{
    switch (action) {
    case ACTION_MODIFY:
        return IS_REQUIRED "the configuration of $(set)";
    case ACTION_USE_HOST_RESOURCES:
        return IS_REQUIRED "what $(set) can reach on their host, which can give them the powers of "
                           "root there: $(reach)";
    default:
        return NULL;
    }
}

const char *action_id(Action action)
{
    return ids[action];
}

const char *action_name(Action action)
{
    return ids[action] + sizeof PREFIX - 1;
}

char *action_names(unsigned actions)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (Action action = 0; action < ACTION_COUNT; action++) {
        if (actions & ACTION_BIT(action))
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", action_name(action));
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}
