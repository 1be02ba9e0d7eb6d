/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of one method call that needs an operation. Main thread; operations run on workers.
 *
 *             call_start()
 *                  |  its change has to be granted before anything is begun
 *                  +------------------------------> CALL_ASKING_FIRST --------+
 *                  |                                                          | granted
 *                  v                                                          |
 *             CALL_RUNNING  the operation runs, whole or as a plan;           |
 *                  |        the right to read is asked for meanwhile          |
 *                  |                                                          |
 *                  +-- type->next(): NEXT_AUTHORIZE --> CALL_ASKING_EFFECT ---+
 *                  |                                                          | granted
 *                  | NEXT_DONE                                                v
 *                  |                         a rename: CALL_ASKING_OLD_NAME, then
 *                  |                                                     CALL_ACTING <--+
 *                  |                                                          |          |
 *                  |        type->next(): NEXT_WAIT --> CALL_WAITING ---------|----------+
 *                  v                                    for the domain        |
 *             call_end() <----------------------------------------------------+
 *
 * A call leaves a state when neither a task nor an authorization is pending: advance() is the one
 * place where that is decided. A refusal in any state ends the call. A request about many domains
 * is none of these: see group.c.
 */
#include "calls/call-life.h"

#include <string.h>

#include "base/error.h"
#include "calls/long-reply.h"
#include "calls/needed-actions.h"
#include "calls/server.h"
#include "operations/plan.h"
#include "operations/validation.h"

static void call_free(Call *call)
{
    g_queue_unlink(&call->server->calls, &call->link);
    if (call->subject.host)
        call->subject.host->calls--;
    authorization_cancel(call->authorization);
    wait_free(call->wait);
    question_free(call->question);
    if (call->operation)
        operation_unref(call->operation);
    g_clear_error(&call->refusal);
    subject_clear(&call->subject);
    g_free(call->key);
    g_free(call);
}

/* ---- The end ---- */

static GError *lost_error(const Call *call)
{
    const Subject *subject = &call->subject;
    if (subject->host)
        return host_queue_error(subject->host->queue, call->end, subject->name);
    if (subject->draft && !subject_draft(subject, call->server->drafts))
        return draft_gone_error();
    return g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, "The operation did not end in time.");
}

/* Takes the error. The request is freed. */
static void fail(Call *call, GError *error)
{
    outcome_failed(&call->subject, call->operation);
    outcome_record(&call->subject, call->request, call->operation, call->effects, error);
    request_fail(call->request, error);
}

static void answer(Call *call)
{
    g_auto(Outcome) outcome = {0};
    GError *error = NULL;
    if (!outcome_settle(&call->subject, call->server->drafts, call->operation, &outcome, &error)) {
        fail(call, error);
        return;
    }
    outcome_record(&call->subject, call->request, call->operation, call->effects, NULL);
    if (call->take_over) {
        call->take_over(call->request, call->subject.host, call->operation);
        return;
    }
    reply_begin(call->request, call->reply, &outcome);
}

/* What made the call fail, or NULL. */
static GError *take_failure(Call *call)
{
    if (call->refusal)
        return g_steal_pointer(&call->refusal);
    if (call->end != TASK_DONE)
        return lost_error(call);
    return g_steal_pointer(&call->operation->error);
}

static void call_end(Call *call)
{
    Host *host = call->subject.host;
    bool dry_run = call->operation && call->operation->options.dry_run;
    GError *failure = take_failure(call);
    outcome_release_draft(&call->subject, call->server->drafts, !failure && !dry_run);
    if (failure)
        fail(call, failure);
    else
        answer(call);
    call_free(call);
    if (host)
        host_read(host);
}

/* ---- Tasks ---- */

static void advance(Call *call);

static void on_task_done(TaskEnd end, void *data, void *context)
{
    Call *call = context;
    call->task_pending = false;
    call->end = end;
    g_clear_pointer(&call->question, question_free);
    if (!data) /* a thread may still be at it */
        g_clear_pointer(&call->operation, operation_unref);
    advance(call);
}

/* The task's turn has come. Only now is taken what the operation starts from: those before it in
 * the lane may have changed it. False: there is nothing to start from. */
static bool prepare(void *data, void *context)
{
    Operation *operation = data;
    const OperationType *type = operation->type;
    const Call *call = context;
    const Subject *subject = &call->subject;
    if (subject->role == DRAFT_WORKED_ON) {
        const Draft *draft = subject_draft(subject, call->server->drafts);
        if (!draft)
            return false;
        draft_fill_source(draft, type->source(operation));
    } else if (subject->host && type->prepare) {
        type->prepare(operation, subject->host, subject_domain(subject));
    }
    return !operation_is_unwanted(operation);
}

static uid_t owner(const void *data)
{
    return ((const Operation *)data)->uid;
}

static void on_host_asked(void *data)
{
    Call *call = data;
    g_clear_pointer(&call->question, question_free);
    task_resume(call->task);
}

/* A draft is worked on without its host, until that is to be asked what it can do. */
static bool again(Task *task, void *data, void *context)
{
    Operation *operation = data;
    Call *call = context;
    g_autofree char *unasked = g_steal_pointer(&operation->unasked);
    if (!unasked)
        return false;
    Server *server = call->server;
    const Draft *draft = subject_draft(&call->subject, server->drafts);
    const Host *host = draft ? hosts_find(server->hosts, draft->host) : NULL;
    operation->asked = true;
    call->task = task;
    call->question =
        question_ask(host ? host->questions : NULL, unasked, server->event, on_host_asked, call);
    return true;
}

static const TaskType task_type = {prepare,         operation_run, on_task_done,
                                   operation_unref, owner,         again};

/* Queues a step of the operation, which belongs to the task from here on. A small document may be
 * worked on at once: the call may have ended when this returns true. On failure it has not. */
static bool submit(Call *call, CallState state, GError **error)
{
    Operation *operation = operation_ref(call->operation);
    Host *host = call->subject.host;
    TaskPool *pool = call->server->document_pool;
    uint64_t timeout = operation->type->timeout;
    /* The main thread is for those who are trusted not to keep it busy. */
    bool small = !host && call->size <= SMALL_DOCUMENT && !operation->guarded;
    call->state = state;
    call->task_pending = true;
    bool submitted =
        host
            ? host_queue_submit(host->queue, &task_type, call->key, timeout, operation, call, error)
        : small ? task_submit_small(pool, &task_type, call->key, timeout, operation, call, error)
                : task_submit(pool, &task_type, call->key, timeout, operation, call, error);
    if (!submitted)
        call->task_pending = false;
    return submitted;
}

/* ---- Authorization ---- */

static void on_authorized(GError *denied, void *userdata)
{
    Call *call = userdata;
    call->authorization = NULL;
    call->refusal = denied;
    advance(call);
}

/* Leaves an authorization pending, or a refusal when nothing more can be asked for. */
static void ask(Call *call, unsigned actions)
{
    call->authorization = authorization_begin(&call->request->grants, actions, &call->details,
                                              on_authorized, call, &call->refusal);
}

/* What the plan would do to the host has to be granted before it is done. */
static unsigned planned_actions(Call *call)
{
    const ChangeOperation *change = operation_change(call->operation);
    const DwEffects *effects = &change->effects;
    call->effects |= actions_of_plan(change);
    call->details.domain = change->plan->name;
    call->details.uuid = change->plan->uuid;
    call->details.kinds = effects->kinds;
    call->details.paths = effects->paths;
    call->details.path = effects->path;
    call->details.reach = effects->reasons;
    return grants_missing(&call->request->grants, call->effects, call->subject.host->name);
}

/* ---- From state to state ---- */

static GError *check_stopping(const Call *call)
{
    return call->server->stopping ? g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, STOPPING_MESSAGE)
                                  : NULL;
}

/* Rules may match on the domain's name, so what was granted is good for that name only. */
static GError *check_name(const Call *call)
{
    const Domain *domain = subject_domain(&call->subject);
    const char *name = call->subject.name;
    if (call->operation->type->first != GRANT_CHANGE ||
        !connector_is_connected(call->subject.host->connector) ||
        (domain && strcmp(domain->name, name) == 0))
        return NULL;
    return g_error_new(
        DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
        "The domain was renamed (it was \"%s\") while the request was being authorised; try again.",
        name);
}

/* What was asked for has been granted. */
static void act(Call *call)
{
    if (!call->refusal)
        call->refusal = check_stopping(call);
    if (!call->refusal)
        call->refusal = check_name(call);
    if (call->refusal || !submit(call, CALL_ACTING, &call->refusal))
        call_end(call);
}

/* Two definitions of the same new domain must not look it up at the same time. */
static char *define_key(const char *uuid)
{
    GString *key = g_string_new(NULL);
    for (; *uuid; uuid++) {
        if (g_ascii_isxdigit(*uuid))
            g_string_append_c(key, g_ascii_tolower(*uuid));
    }
    return g_string_free(key, FALSE);
}

/* Rules match on names: whoever renames a domain needs to be allowed to change the one of the old
 * name as well as the one of the new. True: an answer is pending. */
static bool ask_old_name(Call *call)
{
    const ChangePlan *plan = operation_change(call->operation)->plan;
    Grants *grants = &call->request->grants;
    unsigned modify = ACTION_BIT(ACTION_MODIFY);
    if (call->refusal || !plan->old_name)
        return false;
    call->state = CALL_ASKING_OLD_NAME;
    call->details.domain = plan->old_name;
    grants->granted &= ~modify;
    unsigned missing = grants_missing(grants, modify, call->subject.host->name);
    if (missing)
        ask(call, missing);
    return call->authorization != NULL;
}

static void authorize_plan(Call *call)
{
    ChangeOperation *change = operation_change(call->operation);
    call->refusal = check_stopping(call);
    if (!call->refusal) {
        call->state = CALL_ASKING_EFFECT;
        change_act(change);
        if (!call->key)
            call->key = define_key(change->plan->uuid);
        unsigned missing = planned_actions(call);
        if (missing)
            ask(call, missing);
    }
    if (!call->authorization && !ask_old_name(call))
        act(call);
}

static bool has_arrived(const void *data)
{
    const Call *call = data;
    return call->operation->type->wait->arrived(call->operation, subject_domain(&call->subject));
}

static void on_wait_over(void *data)
{
    Call *call = data;
    g_clear_pointer(&call->wait, wait_free);
    advance(call);
}

static void wait_for_domain(Call *call)
{
    Operation *operation = call->operation;
    call->state = CALL_WAITING;
    operation->begun = true;
    call->wait = wait_new(call->server, operation->type->wait->patience(operation), has_arrived,
                          on_wait_over, call);
}

/* What the next step makes of the domain is compared with what it is now. */
static void go_on(Call *call)
{
    const Domain *domain = subject_domain(&call->subject);
    if (domain)
        call->subject.generation = domain->change_count;
    if (!call->operation->type->wait->go_on(call->operation, domain, call->server->stopping,
                                            &call->refusal) ||
        !submit(call, CALL_ACTING, &call->refusal))
        call_end(call);
}

static OperationNext next_of(const Call *call)
{
    const Operation *operation = call->operation;
    if (call->refusal || call->end != TASK_DONE || operation->error || !operation->type->next)
        return NEXT_DONE;
    return operation->type->next(operation);
}

static void end_step(Call *call)
{
    OperationNext next = next_of(call);
    if (next == NEXT_AUTHORIZE)
        authorize_plan(call);
    else if (next == NEXT_WAIT)
        wait_for_domain(call);
    else
        call_end(call);
}

/* Called whenever something that the call waited for has come. */
static void advance(Call *call)
{
    if (call->task_pending || call->authorization || call->wait)
        return;
    switch (call->state) {
    case CALL_ASKING_EFFECT:
        if (!ask_old_name(call))
            act(call);
        break;
    case CALL_ASKING_FIRST:
    case CALL_ASKING_OLD_NAME:
        act(call);
        break;
    case CALL_RUNNING:
    case CALL_ACTING:
        end_step(call);
        break;
    case CALL_WAITING:
        go_on(call);
        break;
    }
}

/* ---- Starting ---- */

static void set_details(Call *call)
{
    call->details = (PolicyDetails){
        .host = call->subject.host->name,
        .domain = call->subject.name,
        .uuid = call->subject.uuid,
        .operation = sd_bus_message_get_member(call->request->message),
    };
}

static void start_on_host(Call *call)
{
    Operation *operation = call->operation;
    Host *host = call->subject.host;
    ChangeOperation *change = operation_change(operation);
    operation->capabilities = capabilities_cache_ref(host->capabilities);
    call->effects = actions_of_change(operation);
    set_details(call);
    unsigned missing =
        grants_missing(&call->request->grants, actions_first(operation, call->effects), host->name);
    if (call->effects && change && operation->guarded)
        change_plan_first(change, call->server->configuration->image_directories);
    if (missing)
        ask(call, missing);
}

bool call_start(Call *call, const char *key, GError **error)
{
    Operation *operation = call->operation;
    operation->uid = call->request->uid;
    operation->guarded = !call->request->trusted;
    call->key = g_strdup(key);
    if (call->subject.host)
        start_on_host(call);
    if (call->authorization && operation->type->first == GRANT_CHANGE) {
        call->state = CALL_ASKING_FIRST;
        return true;
    }
    GError *failure = g_steal_pointer(&call->refusal);
    if (!failure && submit(call, CALL_RUNNING, &failure))
        return true;
    g_propagate_error(error, failure);
    call_free(call);
    return false;
}

void calls_forget(Server *server, const char *sender)
{
    for (GList *link = server->calls.head; link; link = link->next) {
        Call *call = link->data;
        if (call->operation && !call->operation->begun &&
            strcmp(sd_bus_message_get_sender(call->request->message), sender) == 0)
            operation_set_unwanted(call->operation);
    }
}
