/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of a group: an edit for each domain, begun a few at a time on the host's queue, where
 * each waits for others on its domain. Main thread; edits run on workers.
 *
 *     group_begin()
 *        |  the right to read is asked for, where it is needed
 *        v
 *     GROUP_PLANNING   guarded calls: all edits are planned, then one question is asked for each
 *        |             action that any of them needs; a no ends the call, and nothing was done
 *        v
 *     GROUP_ACTING     what was planned is done; where nothing has to be asked, the edits are
 *        |             planned and done at once. Rows are written as they come, in order
 *        v
 *     group_end()
 *
 * advance() is the one place where a group goes from state to state: whenever no edit is at work
 * and no authorization is pending.
 */
#include "calls/group.h"

#include <string.h>

#include "base/error.h"
#include "bus/wire.h"
#include "calls/server.h"
#include "policy/authorization.h"

/* Edits at work: enough that no thread of the host waits for the next one. */
#define MAX_AT_WORK 8
/* Ended edits wait for their row behind one that has not; their documents are in memory. */
#define MAX_AHEAD 64
/* All plans of one user that wait for an authorization. */
#define MAX_PLANS (64 * 1024 * 1024)
/* Differences and problems in one answer; the rest of the rows does without. */
#define MAX_DETAILS (WIRE_MAX_MESSAGE / 2)

typedef enum { GROUP_ASKING_TO_READ, GROUP_PLANNING, GROUP_ASKING, GROUP_ACTING } GroupState;

typedef struct Group {
    Request *request;
    Host *host;
    GroupState state;
    bool dry_run, stop_on_error;
    bool beginning; /* edits are being begun: what ends at once must not begin others */
    bool left;      /* the sender has */
    Member *members;
    guint count;
    guint next;    /* the member to be looked at next in this state */
    guint written; /* rows */
    guint at_work;
    guint waiting;        /* for their guests */
    gsize plans, details; /* bytes */
    unsigned effects;     /* ACTION_BITs */
    Authorization *authorization;
    PolicyDetails asked;
    GError *refusal; /* of the whole call */
    Writer reply;
    GList link; /* in the server's groups */
} Group;

/* ---- Plans ---- */

/* What those wait for whom it is planned is in memory until all have been authorised. */
static void member_planned(Member *member)
{
    Group *group = member->group;
    gsize plans = 0;
    member->state = MEMBER_PLANNED;
    group->plans += change_plan_size(&member->edit->change);
    for (GList *link = group->request->server->groups.head; link; link = link->next) {
        const Group *other = link->data;
        if (other->request->uid == group->request->uid)
            plans += other->plans;
    }
    if (plans > MAX_PLANS && !group->refusal)
        group->refusal = g_error_new(DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                                     "The documents of all %u domains are longer than %d MiB "
                                     "together; change fewer at once.",
                                     group->count, MAX_PLANS / (1024 * 1024));
}

/* ---- Rows ---- */

/* Changes may have been made, so there has to be an answer, and it must not be too large. */
static void write_rows(Group *group)
{
    while (group->written < group->count && group->members[group->written].state == MEMBER_ENDED) {
        Member *member = &group->members[group->written++];
        group->details += member_details(member);
        member_write(member, &group->reply, group->details <= MAX_DETAILS);
    }
}

/* ---- The end ---- */

static void group_free(Group *group)
{
    g_queue_unlink(&group->request->server->groups, &group->link);
    authorization_cancel(group->authorization);
    group->host->calls--;
    for (guint i = 0; i < group->count; i++)
        member_clear(&group->members[i]);
    g_free(group->members);
    g_strfreev(group->asked.domains);
    g_strfreev(group->asked.kinds);
    g_strfreev(group->asked.paths);
    g_strfreev(group->asked.reach);
    sd_bus_message_unref(group->reply.message);
    g_clear_error(&group->refusal);
    g_free(group);
}

/* Nothing was done: what was planned is recorded as refused. */
static void refuse(Group *group)
{
    Request *request = group->request;
    GError *refusal = g_steal_pointer(&group->refusal);
    for (guint i = 0; i < group->count; i++) {
        const Member *member = &group->members[i];
        if (member->state == MEMBER_PLANNED)
            outcome_record(&member->subject, request, member_operation(member),
                           member_effects(member), refusal);
    }
    group_free(group);
    request_fail(request, refusal);
}

static void group_end(Group *group)
{
    Request *request = group->request;
    Host *host = group->host;
    if (group->refusal) {
        refuse(group);
    } else {
        writer_close(&group->reply);
        Writer reply = group->reply;
        group->reply.message = NULL;
        group_free(group);
        request_send(request, &reply);
    }
    host_read(host);
}

/* ---- Tasks ---- */

static void advance(Group *group);

static bool submit(Member *member, GError **error);

static bool has_answered(const void *data)
{
    const Member *member = data;
    const Operation *operation = member_operation(member);
    return operation->type->wait->arrived(operation, subject_domain(&member->subject));
}

/* What the next step makes of the domain is compared with what it is now. */
static void on_wait_over(void *data)
{
    Member *member = data;
    Group *group = member->group;
    Operation *operation = member_operation(member);
    const Domain *domain = subject_domain(&member->subject);
    GError *error = NULL;
    g_clear_pointer(&member->wait, wait_free);
    group->waiting--;
    if (domain)
        member->subject.generation = domain->change_count;
    group->beginning = true;
    if (!operation->type->wait->go_on(operation, domain, group->request->server->stopping,
                                      &error) ||
        !submit(member, &error))
        member_fail(member, error, true);
    group->beginning = false;
    advance(group);
}

/* No worker is held meanwhile. */
static void wait_for_guest(Member *member)
{
    Group *group = member->group;
    Operation *operation = member_operation(member);
    member->state = MEMBER_WAITING;
    group->waiting++;
    operation->begun = true;
    member->wait = wait_new(group->request->server, operation->type->wait->patience(operation),
                            has_answered, on_wait_over, member);
}

/* A step has succeeded. */
static void end_step(Member *member)
{
    const Operation *operation = member_operation(member);
    OperationNext next = operation->type->next(operation);
    if (next == NEXT_AUTHORIZE)
        member_planned(member);
    else if (next == NEXT_WAIT)
        wait_for_guest(member);
    else
        member_succeed(member);
}

static void on_task_done(TaskEnd end, void *data, void *context)
{
    Member *member = context;
    Group *group = member->group;
    Operation *operation = member_operation(member);
    GError *error = NULL;
    group->at_work--;
    if (end != TASK_DONE)
        error = host_queue_error(group->host->queue, end, member->subject.name);
    else
        error = g_steal_pointer(&operation->error);
    if (!data) /* a thread may still be at it */
        g_clear_pointer(&member->edit, operation_unref);
    if (error)
        member_fail(member, error, group->state == GROUP_ACTING);
    else
        end_step(member);
    advance(group);
}

static bool prepare(void *data, void *context)
{
    Operation *operation = data;
    const Member *member = context;
    operation->type->prepare(operation, member->group->host, subject_domain(&member->subject));
    return !operation_is_unwanted(operation);
}

static uid_t owner(const void *data)
{
    return ((const Operation *)data)->uid;
}

static const TaskType task_type = {prepare, operation_run, on_task_done, operation_unref, owner};

static bool submit(Member *member, GError **error)
{
    Group *group = member->group;
    Operation *operation = member_operation(member);
    member->state = MEMBER_AT_WORK;
    group->at_work++;
    bool submitted =
        host_queue_submit(group->host->queue, &task_type, member->subject.uuid,
                          operation->type->timeout, operation_ref(operation), member, error);
    if (!submitted)
        group->at_work--;
    return submitted;
}

static void member_begin(Member *member)
{
    const Group *group = member->group;
    GError *error = NULL;
    if (group->state == GROUP_PLANNING)
        change_plan_first(&member->edit->change,
                          group->request->server->configuration->image_directories);
    else if (member->state == MEMBER_PLANNED)
        change_act(&member->edit->change);
    if (!submit(member, &error))
        member_fail(member, error, false);
}

/* Why nothing more is begun, or NULL. */
static GError *reason_to_stop(const Group *group)
{
    if (group->request->server->stopping)
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, STOPPING_MESSAGE);
    if (group->left)
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_FAILED, "The caller has left.");
    return NULL;
}

static void cancel_rest(Group *group)
{
    for (; group->next < group->count; group->next++) {
        Member *member = &group->members[group->next];
        GError *reason = reason_to_stop(group);
        if (!reason)
            reason = g_error_new(DAEMON_ERROR, DAEMON_ERROR_CANCELLED,
                                 "Not begun: another domain failed before it.");
        g_clear_error(&member->error);
        member_fail(member, reason, false);
    }
}

static bool is_to_stop(const Group *group)
{
    const Member *last = group->next > 0 ? &group->members[group->next - 1] : NULL;
    return group->left || group->request->server->stopping ||
           (group->stop_on_error && last && last->error);
}

static void begin_plans(Group *group)
{
    while (group->next < group->count && group->at_work < MAX_AT_WORK && !group->refusal &&
           !group->left) {
        Member *member = &group->members[group->next++];
        if (member->state == MEMBER_NEW)
            member_begin(member);
    }
}

/* Those that wait for their guests keep nobody else from the host's threads. */
static guint begun(const Group *group)
{
    return group->at_work + (group->stop_on_error ? group->waiting : 0);
}

/* Where the first error ends it, they are done one after the other. */
static void begin_acts(Group *group)
{
    guint most = group->stop_on_error ? 1 : MAX_AT_WORK;
    while (group->next < group->count && begun(group) < most &&
           group->next < group->written + MAX_AHEAD) {
        if (is_to_stop(group)) {
            cancel_rest(group);
            return;
        }
        Member *member = &group->members[group->next++];
        if (member->state != MEMBER_ENDED)
            member_begin(member);
        write_rows(group);
    }
}

/* ---- Authorization ---- */

static void on_authorized(GError *denied, void *userdata)
{
    Group *group = userdata;
    group->authorization = NULL;
    group->refusal = denied;
    advance(group);
}

/* Leaves an authorization pending, or a refusal when nothing more can be asked for. */
static void ask(Group *group, unsigned actions)
{
    Grants *grants = &group->request->grants;
    unsigned missing = grants_missing(grants, actions, group->host->name);
    if (missing)
        group->authorization = authorization_begin(grants, missing, &group->asked, on_authorized,
                                                   group, &group->refusal);
}

static void add_words(GHashTable *set, char **words)
{
    for (char **word = words; word && *word; word++)
        g_hash_table_add(set, *word);
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **sorted_words(GHashTable *set)
{
    guint count;
    g_autofree gpointer *words = g_hash_table_get_keys_as_array(set, &count);
    qsort(words, count, sizeof *words, compare_words);
    return g_strdupv((char **)words);
}

/* One path alone may be asked for only if it is all there is to allow for all domains. */
static void join_path(Group *group, const DwEffects *effects, bool first)
{
    if (first)
        group->asked.path = effects->path;
    else if (g_strcmp0(group->asked.path, effects->path) != 0)
        group->asked.path = NULL;
}

/* What all plans together amount to. Returns how many there are. */
static guint join_effects(Group *group)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GHashTable) kinds = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) reach = g_hash_table_new(g_str_hash, g_str_equal);
    PolicyDetails *asked = &group->asked;
    for (guint i = 0; i < group->count; i++) {
        const Member *member = &group->members[i];
        if (member->state != MEMBER_PLANNED)
            continue;
        const DwEffects *effects = &member->edit->change.effects;
        if (effects->reach)
            join_path(group, effects, !(group->effects & ACTION_BIT(ACTION_USE_HOST_RESOURCES)));
        group->effects |= member_effects(member);
        add_words(kinds, effects->kinds);
        add_words(paths, effects->paths);
        add_words(reach, effects->reasons);
        g_ptr_array_add(names, member->edit->change.plan->name);
        asked->uuid = member->subject.uuid;
    }
    guint count = names->len;
    g_ptr_array_add(names, NULL);
    asked->domains = g_strdupv((char **)names->pdata);
    asked->domain = count == 1 ? asked->domains[0] : NULL;
    asked->uuid = count == 1 ? asked->uuid : NULL;
    asked->kinds = sorted_words(kinds);
    asked->paths = sorted_words(paths);
    asked->reach = sorted_words(reach);
    return count;
}

/* With stop-on-error what comes after the first error is not done, and so is not asked for. */
static void forget_behind_error(Group *group)
{
    group->next = 0;
    while (group->next < group->count && !group->members[group->next].error)
        group->next++;
    group->next++;
    if (group->stop_on_error)
        cancel_rest(group);
}

static void authorize_plans(Group *group)
{
    group->state = GROUP_ASKING;
    forget_behind_error(group);
    if (join_effects(group) > 0)
        ask(group, group->effects);
}

/* ---- From state to state ---- */

static void act(Group *group)
{
    group->state = GROUP_ACTING;
    group->next = 0;
    group->reply = request_reply(group->request);
    writer_open(&group->reply, 'a', "(oa{sv})");
}

/* The next state, where all of this one has been done. */
static void go_on(Group *group)
{
    bool plans = !group->request->trusted && !group->dry_run;
    if (group->state == GROUP_ASKING_TO_READ && plans)
        group->state = GROUP_PLANNING;
    else if (group->state == GROUP_PLANNING)
        authorize_plans(group);
    else
        act(group);
}

static void begin(Group *group)
{
    group->beginning = true;
    if (group->state == GROUP_PLANNING)
        begin_plans(group);
    else if (group->state == GROUP_ACTING)
        begin_acts(group);
    group->beginning = false;
}

static bool has_more(const Group *group)
{
    return (group->state == GROUP_PLANNING || group->state == GROUP_ACTING) &&
           group->next < group->count;
}

/* Called whenever something that the group waited for has come. */
static void advance(Group *group)
{
    if (group->beginning)
        return;
    for (;;) {
        begin(group);
        if (group->state == GROUP_ACTING)
            write_rows(group);
        if (group->at_work > 0 || group->waiting > 0 || group->authorization)
            return;
        if (!group->refusal && group->state != GROUP_ACTING)
            group->refusal = reason_to_stop(group);
        if (group->refusal)
            break;
        if (has_more(group)) /* all that was begun has ended at once */
            continue;
        if (group->state == GROUP_ACTING)
            break;
        go_on(group);
    }
    group_end(group);
}

/* ---- Starting ---- */

void group_begin(Request *request, Host *host, const GPtrArray *domains, const GroupChange *change)
{
    Group *group = g_new0(Group, 1);
    *group = (Group){
        .request = request,
        .host = host,
        .count = domains->len,
        .dry_run = change->options.dry_run,
        .stop_on_error = change->options.stop_on_error,
        .asked = {.host = host->name, .operation = sd_bus_message_get_member(request->message)},
    };
    group->link.data = group;
    g_queue_push_tail_link(&request->server->groups, &group->link);
    host->calls++;
    group->members = g_new0(Member, domains->len);
    for (guint i = 0; i < domains->len; i++)
        member_init(&group->members[i], group, request, change, domains->pdata[i]);
    ask(group, ACTION_BIT(ACTION_READ));
    advance(group);
}

/* What has been begun goes on. */
static void forget(const Member *member)
{
    Operation *operation = member_operation(member);
    if (member->state == MEMBER_AT_WORK && operation && !operation->begun)
        operation_set_unwanted(operation);
}

void groups_forget(Server *server, const char *sender)
{
    for (GList *link = server->groups.head; link; link = link->next) {
        Group *group = link->data;
        if (strcmp(group->request->sender, sender) != 0)
            continue;
        group->left = true;
        for (guint i = 0; i < group->count; i++)
            forget(&group->members[i]);
    }
}
