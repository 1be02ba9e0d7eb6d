/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of a clone until it is a draft: its document is made on a worker (call-life.c, with the
 * right to read), then the right to read secrets is asked for if it has any, and a refusal means
 * only that they stay where they are. Main thread.
 */
#include "api/clone.h"

#include "base/error.h"
#include "calls/call.h"
#include "calls/server.h"
#include "drafts/drafts.h"
#include "operations/clone.h"
#include "policy/authorization.h"

typedef struct {
    Request *request;
    Host *host;
    CloneOperation *operation;
    char *name; /* of the domain that is cloned, or NULL: it has gone */
    PolicyDetails details;
} Cloning;

static void cloning_free(Cloning *cloning)
{
    cloning->host->calls--;
    operation_unref(cloning->operation);
    g_free(cloning->name);
    g_free(cloning);
}

/* Ends with an answer. */
static void finish(Cloning *cloning, bool secrets)
{
    Request *request = cloning->request;
    CloneOperation *clone = cloning->operation;
    GError *error = NULL;
    if (!secrets)
        g_ptr_array_extend_and_steal(clone->rows, g_steal_pointer(&clone->secret_rows));
    DraftOrigin origin = {.host = cloning->host->name, .clone_rows = clone->rows};
    const Draft *draft = drafts_add(request->server->drafts, request->uid,
                                    secrets ? clone->xml : clone->redacted, &origin, &error);
    if (draft) {
        Writer reply = request_reply(request);
        writer_basic(&reply, 'o', draft->path);
        request_send(request, &reply);
    } else {
        request_fail(request, error);
    }
    cloning_free(cloning);
}

static void on_asked(GError *denied, void *userdata)
{
    Cloning *cloning = userdata;
    Request *request = cloning->request;
    uid_t uid;
    if (request->server->stopping ||
        !senders_uid(request->server->senders, request->sender, &uid)) {
        request_fail(request, denied
                                  ? denied
                                  : g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, STOPPING_MESSAGE));
        cloning_free(cloning);
        return;
    }
    /* The answer does not have them. */
    if (denied)
        request->grants.needs &= ~ACTION_BIT(ACTION_READ_SECRETS);
    finish(cloning, !denied);
    g_clear_error(&denied);
}

static void ask(Cloning *cloning)
{
    Grants *grants = &cloning->request->grants;
    unsigned missing = grants_missing(grants, ACTION_BIT(ACTION_READ_SECRETS), cloning->host->name);
    GError *error = NULL;
    if (!missing)
        finish(cloning, true);
    else if (!authorization_begin(grants, missing, &cloning->details, on_asked, cloning, &error))
        on_asked(error, cloning);
}

static void on_cloned(Request *request, Host *host, Operation *operation)
{
    Cloning *cloning = g_new0(Cloning, 1);
    Uuid uuid;
    const Domain *domain =
        uuid_parse(operation->uuid, &uuid) ? inventory_find(host->inventory, &uuid) : NULL;
    *cloning = (Cloning){.request = request, .host = host};
    cloning->operation = (CloneOperation *)operation_ref(operation);
    cloning->name = domain ? g_strdup(domain->name) : NULL;
    cloning->details = (PolicyDetails){
        .host = host->name,
        .domain = cloning->name,
        .uuid = operation->uuid,
        .operation = sd_bus_message_get_member(request->message),
    };
    host->calls++;
    if (cloning->operation->redacted)
        ask(cloning);
    else
        finish(cloning, true);
}

bool clone_check_options(const Options *options, GError **error)
{
    const char *given = options->name            ? "name"
                        : options->disks         ? "disks"
                        : options->new_serials   ? "new-serials"
                        : options->drop_hostdevs ? "drop-hostdevs"
                                                 : NULL;
    if (options->clone || !given)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Option %s is for clones; set option clone as well.", given);
    return false;
}

bool clone_start(Request *request, const Domain *domain, Options *options, GError **error)
{
    CloneOperation *clone = clone_operation_new();
    clone->base.options = *options;
    *options = (Options){0};
    return call_then(request, domain->inventory->host, domain, &clone->base, on_cloned, error);
}
