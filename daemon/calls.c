/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The main thread's half of every job that answers a call. */
#include "calls.h"

#include <errno.h>
#include <string.h>

#include "drafts.h"
#include "errors.h"
#include "signals.h"
#include "wire.h"

typedef struct {
    Request *request;
    Host *host; /* NULL: none */
    CallFill fill;
    char uuid[UUID_TEXT]; /* the domain's, or "" */
    uint32_t generation;  /* of the domain, when the call was made */
    char *draft;          /* id, or NULL */
    bool committing;      /* the draft ends with success */
    bool wants_draft;     /* the answer is a new draft … */
    char *base;           /* … made from this domain, or NULL */
    char *draft_host;     /* … for this host, or "" */
} Call;

static Call *call_new(Request *request, Host *host, CallFill fill)
{
    Call *call = g_new0(Call, 1);
    *call = (Call){.request = request, .host = host, .fill = fill};
    return call;
}

static void call_free(Call *call)
{
    g_free(call->draft);
    g_free(call->base);
    g_free(call->draft_host);
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

static void note_action(const Call *call, Work *work)
{
    Domain *domain = call_domain(call);
    if (!domain)
        return;
    if (work->action == VIRT_AUTOSTART_ON || work->action == VIRT_AUTOSTART_OFF)
        inventory_set_autostart(domain, work->action == VIRT_AUTOSTART_ON);
    else if (domain->generation != call->generation)
        return; /* libvirt's events have told it all, in order */
    else if (work->news.domain)
        inventory_update(call->host, &work->news, NULL);
    else
        inventory_remove(domain);
}

static void end_commit(const Call *call, const Work *work)
{
    Draft *draft = call_draft(call);
    if (!call->committing || !draft)
        return;
    draft->committing = false;
    if (work && !work->error && !work->options.dry_run)
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

static void answer(Call *call, Work *work)
{
    GError *error = NULL;
    if (work->error)
        error = g_steal_pointer(&work->error);
    else
        settle(call, work, &error);
    if (error) {
        Domain *domain = call_domain(call);
        if (domain && work_changes(work->verb))
            host_mark_stale(call->host, domain);
        request_fail(call->request, error);
        return;
    }
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

static GError *lost_error(const Call *call, JobEnd end)
{
    if (call->host)
        return host_job_error(call->host, end);
    if (call->draft && !call_draft(call))
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_UNKNOWN_OBJECT, "the draft is gone");
    return g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, "the work could not be done in time");
}

static void call_done(JobEnd end, void *data, void *context)
{
    Call *call = context;
    Work *work = data;
    end_commit(call, work);
    if (work)
        answer(call, work);
    else
        request_fail(call->request, lost_error(call, end));
    if (call->host)
        host_refresh(call->host);
    call_free(call);
}

/* ---- Starting ---- */

/* Its turn has come. A draft's text is taken only now: work before it may have changed it. */
static bool prepare(void *data, void *context)
{
    Work *work = data;
    const Call *call = context;
    const Draft *draft = call->committing ? NULL : call_draft(call);
    if (draft) {
        work->text = g_strdup(draft->text);
        work->document = draft->document ? dw_document_copy(draft->document) : NULL;
    }
    return !call->draft || call->committing || draft;
}

static const JobType work_type = {prepare, work_run, call_done, work_free};

static bool on_host(Call *call, Work *work, const char *key, GError **error)
{
    uint64_t timeout = work->verb == WORK_ACT     ? POWER_TIMEOUT
                       : work_changes(work->verb) ? EDIT_TIMEOUT
                                                  : READ_TIMEOUT;
    work->facts = facts_ref(call->host->facts);
    if (host_submit(call->host, &work_type, key, timeout, work, call, error))
        return true;
    call_free(call);
    return false;
}

static bool on_desk(Call *call, Work *work, const char *key, gsize size, GError **error)
{
    JobPool *desk = call->request->server->desk;
    bool submitted = size <= SMALL_DOCUMENT
                         ? job_submit_small(desk, &work_type, key, READ_TIMEOUT, work, call, error)
                         : job_submit(desk, &work_type, key, READ_TIMEOUT, work, call, error);
    if (!submitted)
        call_free(call);
    return submitted;
}

static bool on_draft(Request *request, Draft *draft, Work *work, CallFill fill, GError **error)
{
    if (draft->committing) {
        work_free(work);
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY, "the draft is being committed");
        return false;
    }
    if (work->options.live) {
        work_free(work);
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
    return on_desk(call, work, draft->id, draft->length, error);
}

static Call *domain_call(Request *request, const Domain *domain, Work *work, CallFill fill)
{
    Call *call = call_new(request, domain->host, fill);
    uuid_format(&domain->uuid, call->uuid);
    g_strlcpy(work->uuid, call->uuid, sizeof work->uuid);
    call->generation = domain->generation;
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
        work_free(work);
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "the domain is transient: it has no persistent configuration to change");
        return false;
    }
    Call *call = domain_call(request, domain, work, fill);
    return on_host(call, work, is_serialised(work) ? call->uuid : NULL, error);
}

bool call_on_host(Request *request, Host *host, Work *work, CallFill fill, GError **error)
{
    return on_host(call_new(request, host, fill), work, NULL, error);
}

bool call_on_desk(Request *request, Work *work, CallFill fill, GError **error)
{
    gsize size = work->text ? strlen(work->text) : 0;
    return on_desk(call_new(request, NULL, fill), work, NULL, size, error);
}

bool call_commit(Request *request, Draft *draft, Host *host, const Domain *base, Work *work,
                 CallFill fill, GError **error)
{
    Call *call = base ? domain_call(request, base, work, fill) : call_new(request, host, fill);
    call->draft = g_strdup(draft->id);
    call->committing = true;
    draft->committing = true;
    if (on_host(call, work, base ? call->uuid : NULL, error))
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
    if (host)
        return on_host(call, work, NULL, error);
    return on_desk(call, work, NULL, work->text ? strlen(work->text) : 0, error);
}

/* ---- Common answers ---- */

int fill_nothing(sd_bus_message *reply, const Work *work)
{
    return 0;
}

int fill_xml(sd_bus_message *reply, const Work *work)
{
    return sd_bus_message_append(reply, "s", work->xml);
}

static int append_skipped(sd_bus_message *reply, const GPtrArray *skipped)
{
    int r = sd_bus_message_open_container(reply, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append_basic(reply, 's', "skipped");
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'v', "a{ss}");
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'a', "{ss}");
    for (guint i = 0; r >= 0 && i + 1 < skipped->len; i += 2)
        r = sd_bus_message_append(reply, "{ss}", skipped->pdata[i], skipped->pdata[i + 1]);
    for (int i = 0; r >= 0 && i < 3; i++)
        r = sd_bus_message_close_container(reply);
    return r;
}

static int append_problems_entry(sd_bus_message *reply, const GPtrArray *problems)
{
    int r = sd_bus_message_open_container(reply, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append_basic(reply, 's', "problems");
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'v', "aa{sv}");
    if (r >= 0)
        r = wire_append_problems(reply, problems);
    for (int i = 0; r >= 0 && i < 2; i++)
        r = sd_bus_message_close_container(reply);
    return r;
}

int fill_result(sd_bus_message *reply, const Work *work)
{
    const char *id = work->result.ids && work->result.ids[0] ? work->result.ids[0] : "";
    int r = sd_bus_message_open_container(reply, 'a', "{sv}");
    if (r >= 0)
        r = sd_bus_message_append(reply, "{sv}{sv}{sv}", "revision", "s", work->revision, "changed",
                                  "b", (int)work->changed, "restart-needed", "b",
                                  (int)work->restart_needed);
    if (r >= 0 && *id && !work->result.ids[1])
        r = sd_bus_message_append(reply, "{sv}", "id", "s", id);
    if (r >= 0 && work->diff)
        r = sd_bus_message_append(reply, "{sv}", "diff", "s", work->diff);
    if (r >= 0)
        r = append_problems_entry(reply, work->problems);
    if (r >= 0 && work->result.skipped && work->result.skipped->len > 0)
        r = append_skipped(reply, work->result.skipped);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

int fill_id_and_result(sd_bus_message *reply, const Work *work)
{
    const char *id = work->result.ids && work->result.ids[0] ? work->result.ids[0] : "";
    int r = sd_bus_message_append(reply, "s", id);
    return r < 0 ? r : fill_result(reply, work);
}

int fill_domain_and_result(sd_bus_message *reply, const Work *work)
{
    int r = sd_bus_message_append(reply, "o", work->path ? work->path : "/");
    return r < 0 ? r : fill_result(reply, work);
}
