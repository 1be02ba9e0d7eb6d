/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bodies of replies that several methods have in common. */
#include "calls/reply.h"

#include "bus/wire.h"
#include "operations/plan.h"

void reply_nothing(Writer *reply, const Outcome *outcome)
{
}

void reply_path(Writer *reply, const Outcome *outcome)
{
    writer_basic(reply, 'o', outcome->path ? outcome->path : "/");
}

void reply_text(Writer *reply, const Outcome *outcome)
{
    const Operation *operation = outcome->operation;
    writer_basic(reply, 's', operation->type->text(operation));
}

/* ---- The result of a change ---- */

static void append_names(Writer *reply, const char *member, const GPtrArray *names)
{
    writer_open_entry(reply, member, "as");
    writer_open(reply, 'a', "s");
    for (guint i = 0; i < names->len; i++)
        writer_basic(reply, 's', names->pdata[i]);
    writer_close(reply);
    writer_close_entry(reply);
}

void reply_pairs(Writer *reply, const char *member, const char *pair, const GPtrArray *texts)
{
    g_autofree char *type = g_strconcat("a", pair, NULL);
    writer_open_entry(reply, member, type);
    writer_open(reply, 'a', pair);
    for (guint i = 0; i + 1 < texts->len; i += 2)
        writer_append(reply, pair, texts->pdata[i], texts->pdata[i + 1]);
    writer_close(reply);
    writer_close_entry(reply);
}

/* What became of the running side. */
static void append_live(Writer *reply, const ChangeOperation *change)
{
    if (change->applied)
        writer_append(reply, "{sv}", "applied", "s", change->applied);
    if (change->waiting->len > 0)
        append_names(reply, "waiting", change->waiting);
    if (change->removing->len > 0)
        reply_pairs(reply, "removing", "(ss)", change->removing);
    if (!change->kept)
        return;
    writer_append(reply, "{sv}", "undone", "b", 0);
    append_names(reply, "not-undone", change->not_undone);
}

/* The id of the first edit, or "". */
static const char *first_id(const ChangeOperation *change)
{
    char **ids = change->result.ids;
    return ids && ids[0] ? ids[0] : "";
}

void reply_result_members(Writer *reply, const Outcome *outcome)
{
    const ChangeOperation *change = operation_change_const(outcome->operation);
    const char *id = first_id(change);
    writer_append(reply, "{sv}{sv}{sv}", "revision", "s", change->revision, "changed", "b",
                  (int)change->changed, "restart-needed", "b", (int)outcome->restart_needed);
    if (*id && !change->result.ids[1])
        writer_append(reply, "{sv}", "id", "s", id);
    append_live(reply, change);
    if (change->diff)
        writer_append(reply, "{sv}", "diff", "s", change->diff);
    writer_open_entry(reply, "problems", "aa{sv}");
    wire_append_problems(reply, change->problems);
    writer_close_entry(reply);
    if (change->result.skipped && change->result.skipped->len > 0)
        reply_pairs(reply, "skipped", "{ss}", change->result.skipped);
}

void reply_result(Writer *reply, const Outcome *outcome)
{
    writer_open(reply, 'a', "{sv}");
    reply_result_members(reply, outcome);
    writer_close(reply);
}

void reply_id_and_result(Writer *reply, const Outcome *outcome)
{
    writer_basic(reply, 's', first_id(operation_change_const(outcome->operation)));
    reply_result(reply, outcome);
}

void reply_ids_and_result(Writer *reply, const Outcome *outcome)
{
    writer_strings(reply, operation_change_const(outcome->operation)->result.ids);
    reply_result(reply, outcome);
}

void reply_path_and_result(Writer *reply, const Outcome *outcome)
{
    reply_path(reply, outcome);
    reply_result(reply, outcome);
}
