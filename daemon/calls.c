/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The main thread's half of every job that answers a call. */
#include "calls.h"

#include <errno.h>
#include <string.h>

#include "audit.h"
#include "authority.h"
#include "drafts.h"
#include "errors.h"
#include "live.h"
#include "signals.h"

typedef struct {
    Request *request;
    Host *host; /* NULL: none */
    CallFill fill;
    char uuid[UUID_TEXT]; /* the domain's, or "" */
    uint32_t generation;  /* of the domain, when the call was made */
    char *name;           /* of the domain, when the call was made, or NULL */
    char *draft;          /* id, or NULL */
    bool committing;      /* the draft ends with success */
    bool wants_draft;     /* the answer is a new draft … */
    char *base;           /* … made from this domain, or NULL */
    char *draft_host;     /* … for this host, or "" */
    char *key;            /* the job's */
    gsize size;           /* of the document, where there is no host */
    Work *work;           /* NULL: lost with a job that did not end in time */
    bool running;         /* a job is under way */
    bool held;            /* the job waits for what has been asked for */
    JobEnd end;
    Asking *asking; /* what is being asked for */
    PolicyDetails details;
    unsigned effects; /* ACTION_BITs of what the call changes */
    GError *denied;
    GList link; /* in the server's calls */
} Call;

static Call *call_new(Request *request, Host *host, CallFill fill)
{
    Call *call = g_new0(Call, 1);
    *call = (Call){.request = request, .host = host, .fill = fill};
    call->link.data = call;
    g_queue_push_tail_link(&request->server->calls, &call->link);
    if (host)
        host->calls++;
    return call;
}

static void call_free(Server *server, Call *call)
{
    g_queue_unlink(&server->calls, &call->link);
    if (call->host)
        call->host->calls--;
    authority_cancel(call->asking);
    if (call->work)
        work_unref(call->work);
    g_clear_error(&call->denied);
    g_free(call->name);
    g_free(call->draft);
    g_free(call->base);
    g_free(call->draft_host);
    g_free(call->key);
    g_free(call);
}

static Draft *call_draft(const Call *call)
{
    return call->draft ? drafts_find(call->request->server->drafts, call->draft) : NULL;
}

static Domain *call_domain(const Call *call)
{
    Uuid uuid;
    return call->host && uuid_parse(call->uuid, &uuid) ? inventory_find(call->host, &uuid) : NULL;
}

/* ---- What an outcome means here ---- */

static bool keep_draft(const Call *call, Work *work, GError **error)
{
    Draft *draft = call_draft(call);
    if (!draft) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_UNKNOWN_OBJECT, "the draft is gone");
        return false;
    }
    if (!work->changed || work->options.dry_run)
        return true;
    if (!draft_set_text(draft, work->text, error))
        return false;
    draft_keep_document(draft, g_steal_pointer(&work->document));
    signal_draft_edited(draft, &work->changes, work->revision);
    return true;
}

/* What libvirt's events have told meanwhile, they have told in order. */
static void note_action(const Call *call, Work *work)
{
    Domain *domain = call_domain(call);
    bool told = domain && domain->generation != call->generation;
    if (!domain)
        return;
    if (work->action == VIRT_AUTOSTART_ON || work->action == VIRT_AUTOSTART_OFF) {
        inventory_set_autostart(domain, work->action == VIRT_AUTOSTART_ON);
    } else if (work->gone) {
        if (!told)
            inventory_remove(domain);
    } else if (!work->news.domain) {
        host_mark_stale(call->host, domain);
    } else {
        if (!told)
            inventory_update(call->host, &work->news, NULL);
        live_started(domain, work->news.domain->id, g_steal_pointer(&work->running));
    }
}

static void end_commit(const Call *call)
{
    const Work *work = call->work;
    Draft *draft = call_draft(call);
    if (!call->committing || !draft)
        return;
    draft->committing = false;
    if (!call->denied && call->end == JOB_DONE && !work->error && !work->options.dry_run)
        drafts_remove(call->request->server->drafts, draft);
}

static bool settle(Call *call, Work *work, GError **error)
{
    if (work->verb == WORK_ACT)
        note_action(call, work);
    if (call->draft && !call->committing && work_changes(work->verb))
        return keep_draft(call, work, error);
    if (!work->news.text)
        return true;
    Domain *domain = call_domain(call);
    if (work->verb == WORK_DEFINE)
        inventory_update(call->host, &work->news, NULL);
    else if (domain)
        inventory_document(domain, &work->news, work->compared ? &work->changes : NULL);
    return true;
}

static int fill_new_draft(const Call *call, const Work *work, sd_bus_message *reply, GError **error)
{
    Server *server = call->request->server;
    Draft *draft = drafts_add(server->drafts, call->request->uid, work->xml, call->draft_host,
                              call->base, call->base ? work->revision : NULL, error);
    return draft ? sd_bus_message_append(reply, "o", draft->path) : -EIO;
}

static void add_context(const Call *call, Work *work)
{
    const Domain *domain = call_domain(call);
    work->restart_needed = domain && domain_active(domain) && work->changed &&
                           work->verb != WORK_DEFINE && !work->options.dry_run;
    if (work->verb == WORK_DEFINE && !work->options.dry_run)
        work->path = domain_path_of(call->host, work->uuid);
    else if (domain)
        work->path = domain_path(domain);
}

static GError *lost_error(const Call *call)
{
    if (call->host)
        return host_job_error(call->host, call->end);
    if (call->draft && !call_draft(call))
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_UNKNOWN_OBJECT, "the draft is gone");
    return g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, "the work could not be done in time");
}

/* ---- The record of changes ---- */

static bool is_denial(const GError *error)
{
    return g_error_matches(error, DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED) ||
           g_error_matches(error, DAEMON_ERROR, DAEMON_ERROR_AUTHENTICATION);
}

static void note_change(const Call *call, const GError *error)
{
    const Work *work = call->work;
    if (!call->effects || (work && work->verb != WORK_ACT && !work->changed && !is_denial(error)))
        return;
    const WorkPlan *plan = work ? work->plan : NULL;
    AuditRecord record = {
        .host = call->host->name,
        .domain = plan ? plan->name : call->name,
        .uuid = plan ? plan->uuid : call->uuid,
        .effects = call->effects,
        .reach = work ? work->effects.reasons : NULL,
        .error = error,
        .before = plan ? plan->revision : "",
        .after = !error && work ? work->revision : "",
        .overwrote = !error && work && work->overwrote,
    };
    audit(call->request, &record);
}

static void fail(Call *call, GError *error)
{
    Domain *domain = call_domain(call);
    if (domain && call->work && work_changes(call->work->verb))
        host_mark_stale(call->host, domain);
    note_change(call, error);
    request_fail(call->request, error);
}

static void answer(Call *call)
{
    Work *work = call->work;
    GError *error = NULL;
    if (work->error)
        error = g_steal_pointer(&work->error);
    else
        settle(call, work, &error);
    if (error) {
        fail(call, error);
        return;
    }
    note_change(call, NULL);
    add_context(call, work);
    sd_bus_message *reply = request_reply(call->request);
    int r = !reply              ? -ENOMEM
            : call->wants_draft ? fill_new_draft(call, work, reply, &error)
                                : call->fill(reply, work);
    if (error) {
        sd_bus_message_unref(reply);
        request_fail(call->request, error);
    } else {
        request_send(call->request, reply, r);
    }
}

static void call_end(Call *call)
{
    Server *server = call->request->server;
    Host *host = call->host;
    end_commit(call);
    if (call->denied)
        fail(call, g_steal_pointer(&call->denied));
    else if (call->end != JOB_DONE)
        fail(call, lost_error(call));
    else
        answer(call);
    call_free(server, call);
    if (host)
        host_refresh(host);
}

/* ---- From step to step ---- */

static void advance(Call *call);

static void on_asked(GError *denied, void *userdata)
{
    Call *call = userdata;
    call->asking = NULL;
    call->denied = denied;
    advance(call);
}

static void ask(Call *call, unsigned actions)
{
    call->asking =
        authority_ask(call->request, actions, &call->details, on_asked, call, &call->denied);
}

static void call_done(JobEnd end, void *data, void *context)
{
    Call *call = context;
    call->running = false;
    call->end = end;
    if (!data) /* a thread may still be at it */
        g_clear_pointer(&call->work, work_unref);
    advance(call);
}

/* Most likely the domain's document is what it was when it was last read. */
static void lend_known(Work *work, const Domain *domain)
{
    const char *text = domain->known && !work->options.dry_run
                           ? texts_get(domain->host->texts, &domain->uuid)
                           : NULL;
    work->known = g_strdup(text);
    work->known_mark = domain->mark;
}

/* Its turn has come. What it starts from is taken only now: work before it may have changed it. */
static bool prepare(void *data, void *context)
{
    Work *work = data;
    const Call *call = context;
    const Draft *draft = call->committing ? NULL : call_draft(call);
    Domain *domain = work_changes(work->verb) && work->step != STEP_PLAN ? call_domain(call) : NULL;
    if (draft) {
        work->text = g_strdup(draft->text);
        work->document = draft->document ? dw_document_copy(draft->document) : NULL;
    }
    if (domain) {
        inventory_edit_begins(domain);
        lend_known(work, domain);
    }
    return (!call->draft || call->committing || draft) && !work_is_unwanted(work);
}

static uid_t owner(const void *data)
{
    return ((const Work *)data)->uid;
}

static const JobType work_type = {prepare, work_run, call_done, work_unref, owner};

/* Puts the work into its queue; on failure the call goes on being the caller's. */
static bool submit(Call *call, GError **error)
{
    Work *work = work_ref(call->work);
    JobPool *desk = call->request->server->desk;
    uint64_t timeout = work->verb == WORK_ACT     ? POWER_TIMEOUT
                       : work_changes(work->verb) ? EDIT_TIMEOUT
                                                  : READ_TIMEOUT;
    /* The main thread is for those who are trusted not to keep it busy. */
    bool small = !call->host && call->size <= SMALL_DOCUMENT && !work->guarded;
    call->running = true;
    bool submitted =
        call->host ? host_submit(call->host, &work_type, call->key, timeout, work, call, error)
        : small    ? job_submit_small(desk, &work_type, call->key, READ_TIMEOUT, work, call, error)
                   : job_submit(desk, &work_type, call->key, READ_TIMEOUT, work, call, error);
    if (!submitted)
        call->running = false;
    return submitted;
}

/* What the plan would do to the host has to be granted before it is done. */
static unsigned planned_actions(Call *call)
{
    const Work *work = call->work;
    const WorkPlan *plan = work->plan;
    const DwEffects *effects = &work->effects;
    if (effects->reach)
        call->effects |= ACTION_BIT(ACTION_USE_HOST_RESOURCES);
    call->details.domain = plan->name;
    call->details.uuid = plan->uuid;
    call->details.kinds = effects->kinds;
    call->details.paths = effects->paths;
    call->details.path = effects->path;
    call->details.reach = effects->reasons;
    return authority_missing(call->request, call->effects, call->host->name);
}

static bool is_planned(const Call *call)
{
    return call->work && call->end == JOB_DONE && call->work->step == STEP_PLAN &&
           !call->work->error && call->work->changed;
}

/* Defining is looked up first, and must not meet another that was looked up at the same time. */
static char *define_key(const char *uuid)
{
    GString *key = g_string_new(NULL);
    for (; *uuid; uuid++) {
        if (g_ascii_isxdigit(*uuid))
            g_string_append_c(key, g_ascii_tolower(*uuid));
    }
    return g_string_free(key, FALSE);
}

/* Rules go by a domain's name, so it has to have it still. */
static GError *check_name(const Call *call)
{
    const Domain *domain = call_domain(call);
    if (call->work->verb != WORK_ACT || call->host->state != HOST_CONNECTED ||
        (domain && strcmp(domain->name, call->name) == 0))
        return NULL;
    return g_error_new(DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
                       "the domain was called \"%s\" when this was asked for, and is not any more",
                       call->name);
}

/* Called whenever something the call waited for has come. */
static void advance(Call *call)
{
    if (call->running || call->asking)
        return;
    bool next = !call->denied && (call->held || is_planned(call));
    if (next && call->request->server->stopping) {
        call->denied = g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, "domwrightd is stopping");
        next = false;
    }
    if (next && !call->held) {
        call->work->step = STEP_ACT;
        call->held = true;
        if (call->work->verb == WORK_DEFINE)
            call->key = define_key(call->work->plan->uuid);
        unsigned missing = planned_actions(call);
        if (missing)
            ask(call, missing);
        if (call->asking)
            return;
        next = !call->denied;
    }
    if (next)
        call->denied = check_name(call);
    if (!next || call->denied) {
        call_end(call);
        return;
    }
    call->held = false;
    if (!submit(call, &call->denied))
        call_end(call);
}

/* ---- Starting ---- */

static void set_details(Call *call)
{
    call->details = (PolicyDetails){
        .host = call->host->name,
        .domain = call->name,
        .uuid = call->uuid,
        .operation = sd_bus_message_get_member(call->request->message),
    };
}

/* What the call changes on its host, as far as that is known beforehand. */
static unsigned known_effects(const Work *work)
{
    if (work->verb == WORK_ACT)
        return ACTION_BIT(work->action == VIRT_UNDEFINE ? ACTION_UNDEFINE : ACTION_CONTROL);
    if (!work_changes(work->verb) || work->options.dry_run)
        return 0;
    return ACTION_BIT(work->verb == WORK_DEFINE ? ACTION_DEFINE : ACTION_MODIFY);
}

/* What has to be granted whatever the work turns out to do. */
static unsigned first_actions(const Work *work)
{
    if (work->verb == WORK_BUILD)
        return 0;
    if (work->verb == WORK_ACT)
        return known_effects(work);
    return ACTION_BIT(ACTION_READ) | (work->options.secrets ? ACTION_BIT(ACTION_READ_SECRETS) : 0);
}

/*
 * Takes work in every case, the request on success. What changes nothing runs while the right to
 * read is being asked for, and so does the making of a plan; the rest waits.
 */
static bool start(Call *call, Work *work, const char *key, GError **error)
{
    Request *request = call->request;
    unsigned missing = 0;
    call->work = work;
    call->key = g_strdup(key);
    work->uid = request->uid;
    work->guarded = !request->trusted;
    if (call->host) {
        work->facts = facts_ref(call->host->facts);
        work->witnesses = witnesses_ref(call->host->witnesses);
        call->effects = known_effects(work);
        set_details(call);
        missing = authority_missing(request, first_actions(work), call->host->name);
    }
    if (call->effects && work->verb != WORK_ACT && work->guarded)
        work_plan_first(work, request->server->configuration->image_directories);
    call->held = work->verb == WORK_ACT && missing;
    if (missing)
        ask(call, missing);
    GError *failure = g_steal_pointer(&call->denied);
    if (!failure && (call->held || submit(call, &failure)))
        return true;
    g_propagate_error(error, failure);
    call_free(request->server, call);
    return false;
}

static bool on_draft(Request *request, Draft *draft, Work *work, CallFill fill, GError **error)
{
    if (draft->committing) {
        work_unref(work);
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY, "the draft is being committed");
        return false;
    }
    if (work->options.live) {
        work_unref(work);
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "option live: a draft has no live configuration");
        return false;
    }
    draft_touch(draft);
    Host *host = server_host(request->server, draft->host);
    if (host)
        work->facts = facts_ref(host->facts);
    Call *call = call_new(request, NULL, fill);
    call->draft = g_strdup(draft->id);
    call->size = draft->length;
    return start(call, work, draft->id, error);
}

static Call *domain_call(Request *request, const Domain *domain, Work *work, CallFill fill)
{
    Call *call = call_new(request, domain->host, fill);
    uuid_format(&domain->uuid, call->uuid);
    g_strlcpy(work->uuid, call->uuid, sizeof work->uuid);
    call->generation = domain->generation;
    call->name = g_strdup(domain->name);
    return call;
}

/* Starting and stopping must not wait behind an edit, nor one of them behind another. */
static bool is_serialised(const Work *work)
{
    return work_changes(work->verb) ||
           (work->verb == WORK_ACT && work->action >= VIRT_AUTOSTART_ON);
}

bool call_on_object(Request *request, Object *object, Work *work, CallFill fill, GError **error)
{
    if (object->kind == OBJECT_DRAFT)
        return on_draft(request, (Draft *)object, work, fill, error);
    const Domain *domain = (const Domain *)object;
    if (work_changes(work->verb) && !domain->persistent) {
        work_unref(work);
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "the domain is transient: it has no persistent configuration to change");
        return false;
    }
    Call *call = domain_call(request, domain, work, fill);
    return start(call, work, is_serialised(work) ? call->uuid : NULL, error);
}

bool call_on_host(Request *request, Host *host, Work *work, CallFill fill, GError **error)
{
    return start(call_new(request, host, fill), work, NULL, error);
}

bool call_on_desk(Request *request, Work *work, CallFill fill, GError **error)
{
    Call *call = call_new(request, NULL, fill);
    call->size = work->text ? strlen(work->text) : 0;
    return start(call, work, NULL, error);
}

bool call_commit(Request *request, Draft *draft, Host *host, const Domain *base, Work *work,
                 CallFill fill, GError **error)
{
    Call *call = base ? domain_call(request, base, work, fill) : call_new(request, host, fill);
    call->draft = g_strdup(draft->id);
    call->committing = true;
    draft->committing = true;
    if (start(call, work, base ? call->uuid : NULL, error))
        return true;
    draft->committing = false;
    return false;
}

bool call_for_draft(Request *request, Host *host, const Domain *base, const char *host_name,
                    Work *work, GError **error)
{
    Call *call = base ? domain_call(request, base, work, NULL) : call_new(request, host, NULL);
    call->wants_draft = true;
    call->draft_host = g_strdup(host_name);
    call->base = base ? domain_path(base) : NULL;
    call->size = work->text ? strlen(work->text) : 0;
    return start(call, work, NULL, error);
}

void calls_forget(Server *server, const char *sender)
{
    for (GList *link = server->calls.head; link; link = link->next) {
        Call *call = link->data;
        if (call->work && strcmp(sd_bus_message_get_sender(call->request->message), sender) == 0)
            work_set_unwanted(call->work);
    }
}
