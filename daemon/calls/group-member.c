/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a domain to an edit of it, and from its end to a row of the answer. Main thread. */
#include "calls/group-member.h"

#include <string.h>

#include "base/error.h"
#include "calls/needed-actions.h"
#include "calls/reply.h"
#include "calls/server.h"
#include "inventory/domain-path.h"
#include "policy/action.h"

void group_change_clear(GroupChange *change)
{
    g_clear_pointer(&change->edits, g_ptr_array_unref);
    g_clear_pointer(&change->expected, dw_settings_free);
    options_clear(&change->options);
}

Operation *member_operation(const Member *member)
{
    return member->edit ? &member->edit->change.base : NULL;
}

static bool check_expected(Member *member, const GroupChange *change)
{
    const DwValue *expected =
        change->expected ? dw_settings_get(change->expected, member->subject.uuid) : NULL;
    if (expected)
        member->edit->change.base.options.expected_revision = g_strdup(expected->s);
    if (!change->expected || expected)
        return true;
    g_set_error(&member->error, DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
                "Option expected does not name this domain, so it was not among those that were "
                "looked at.");
    return false;
}

static EditOperation *edit_new(const Member *member, const GroupChange *change)
{
    EditOperation *edit = edit_operation_new(EDIT_APPLY);
    Operation *operation = &edit->change.base;
    const Options *options = &change->options;
    edit->edits = g_ptr_array_ref(change->edits);
    edit->change.affect = change->affect;
    operation->options = (Options){
        .dry_run = options->dry_run,
        .diff = options->diff,
        .cascade = options->cascade,
        .force = options->force,
        .keep = options->keep,
        .timeout = options->timeout,
    };
    operation->uid = member->request->uid;
    operation->guarded = !member->request->trusted;
    operation->capabilities = capabilities_cache_ref(member->subject.host->capabilities);
    g_strlcpy(operation->uuid, member->subject.uuid, sizeof operation->uuid);
    return edit;
}

void member_init(Member *member, struct Group *group, Request *request, const GroupChange *change,
                 const Domain *domain)
{
    Subject *subject = &member->subject;
    *member = (Member){.group = group, .request = request, .path = domain_path(domain)};
    member->dry_run = change->options.dry_run;
    subject->host = domain->inventory->host;
    uuid_format(&domain->uuid, subject->uuid);
    subject->generation = domain->change_count;
    subject->name = g_strdup(domain->name);
    member->edit = edit_new(member, change);
    if (!check_expected(member, change) ||
        !change_choose_affect(&member->edit->change, domain->persistent, domain_active(domain),
                              &member->error))
        member->state = MEMBER_ENDED;
}

void member_clear(Member *member)
{
    wait_free(member->wait);
    if (member->edit)
        operation_unref(member->edit);
    subject_clear(&member->subject);
    outcome_clear(&member->outcome);
    g_clear_error(&member->error);
    g_free(member->path);
}

unsigned member_effects(const Member *member)
{
    const ChangeOperation *change = operation_change_const(member_operation(member));
    if (member->dry_run)
        return 0;
    return ACTION_BIT(ACTION_MODIFY) | (change ? actions_of_plan(change) : 0);
}

void member_fail(Member *member, GError *error, bool acted)
{
    if (acted)
        outcome_failed(&member->subject, member_operation(member));
    outcome_record(&member->subject, member->request, member_operation(member),
                   member_effects(member), error);
    member->error = error;
    member->state = MEMBER_ENDED;
}

void member_succeed(Member *member)
{
    GError *error = NULL;
    Operation *operation = member_operation(member);
    if (!outcome_settle(&member->subject, member->request->server->drafts, operation,
                        &member->outcome, &error)) {
        member_fail(member, error, true);
        return;
    }
    outcome_record(&member->subject, member->request, operation, member_effects(member), NULL);
    change_forget_documents(&member->edit->change);
    member->state = MEMBER_ENDED;
}

/* ---- The row ---- */

/* Characters of an error where there is no room for all of it. */
#define SHORT_MESSAGE 200

gsize member_details(const Member *member)
{
    const ChangeOperation *change = operation_change_const(member_operation(member));
    if (member->error)
        return strlen(member->error->message);
    gsize size = change->diff ? strlen(change->diff) : 0;
    for (guint i = 0; i < change->waiting->len; i++)
        size += strlen(change->waiting->pdata[i]) + 8;
    for (guint i = 0; i < change->problems->len; i++) {
        const DwProblem *problem = change->problems->pdata[i];
        size += strlen(problem->message) + strlen(problem->value) + 256;
    }
    return size;
}

static void leave_out_details(Member *member)
{
    ChangeOperation *change = &member->edit->change;
    g_clear_pointer(&change->diff, g_free);
    g_ptr_array_set_size(change->problems, 0);
    g_ptr_array_set_size(change->waiting, 0);
    dw_problems_add(change->problems, "details-left-out", DW_SEVERITY_INFO,
                    "What else is to be told of this domain is left out, because the answer would "
                    "be too large; ask about fewer domains at once.");
}

static void write_error(const GError *error, Writer *reply, bool details)
{
    g_autofree char *message = error_text(error);
    if (!details && g_utf8_strlen(message, -1) > SHORT_MESSAGE)
        *g_utf8_offset_to_pointer(message, SHORT_MESSAGE) = '\0';
    writer_append(reply, "{sv}{sv}", "error", "s", error_name(error), "message", "s", message);
}

void member_write(Member *member, Writer *reply, bool details)
{
    writer_open(reply, 'r', "oa{sv}");
    writer_basic(reply, 'o', member->path);
    writer_open(reply, 'a', "{sv}");
    writer_append(reply, "{sv}", "name", "s", member->subject.name);
    if (member->error) {
        write_error(member->error, reply, details);
    } else {
        if (!details)
            leave_out_details(member);
        reply_result_members(reply, &member->outcome);
    }
    writer_close(reply);
    writer_close(reply);
    g_clear_pointer(&member->edit, operation_unref);
}
