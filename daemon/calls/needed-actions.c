/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By the rows of the operations. Main thread. */
#include "calls/needed-actions.h"

#include "policy/action.h"

/* By HostChange. */
static const unsigned change_actions[] = {
    [CHANGE_NOTHING] = 0,
    [CHANGE_DEFINE] = ACTION_BIT(ACTION_DEFINE),
    [CHANGE_MODIFY] = ACTION_BIT(ACTION_MODIFY),
    [CHANGE_CONTROL] = ACTION_BIT(ACTION_CONTROL),
    [CHANGE_UNDEFINE] = ACTION_BIT(ACTION_UNDEFINE),
};

unsigned actions_of_change(const Operation *operation)
{
    return operation->options.dry_run ? 0 : change_actions[operation->type->change];
}

/* What is started with another configuration than the one defined needs what defining that would.
 */
unsigned actions_of_plan(const ChangeOperation *change)
{
    const DwEffects *effects = &change->effects;
    bool differs = effects->kinds && effects->kinds[0];
    bool starts = change->base.type->change == CHANGE_CONTROL;
    return (starts && differs ? ACTION_BIT(ACTION_MODIFY) : 0) |
           (effects->reach ? ACTION_BIT(ACTION_USE_HOST_RESOURCES) : 0);
}

unsigned actions_first(const Operation *operation, unsigned change)
{
    switch (operation->type->first) {
    case GRANT_CHANGE:
        return change;
    case GRANT_READ:
        return ACTION_BIT(ACTION_READ) |
               (operation->options.secrets ? ACTION_BIT(ACTION_READ_SECRETS) : 0);
    default:
        return 0;
    }
}
