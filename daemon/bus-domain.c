/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* org.domwright1.Domain and org.domwright1.Draft: everything about one domain but its
 * configuration. */
#include <string.h>

#include "calls.h"
#include "drafts.h"
#include "errors.h"
#include "handlers.h"
#include "wire.h"

static bool submit_action(Request *request, Object *object, VirtAction action, GError **error)
{
    Options options = {0};
    if (!options_read(request->message, OPTIONS_NONE, &options, error))
        return false;
    Work *work = work_new(WORK_ACT);
    work->action = action;
    return call_on_object(request, object, work, fill_nothing, error);
}

HANDLER(domain_start)
{
    return submit_action(request, object, VIRT_START, error);
}

HANDLER(domain_shutdown)
{
    return submit_action(request, object, VIRT_SHUT_DOWN, error);
}

HANDLER(domain_destroy)
{
    return submit_action(request, object, VIRT_DESTROY, error);
}

HANDLER(domain_reboot)
{
    return submit_action(request, object, VIRT_REBOOT, error);
}

HANDLER(domain_reset)
{
    return submit_action(request, object, VIRT_RESET, error);
}

HANDLER(domain_suspend)
{
    return submit_action(request, object, VIRT_SUSPEND, error);
}

HANDLER(domain_resume)
{
    return submit_action(request, object, VIRT_RESUME, error);
}

HANDLER(domain_set_autostart)
{
    int autostart;
    if (sd_bus_message_read_basic(request->message, 'b', &autostart) < 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "malformed message");
        return false;
    }
    return submit_action(request, object, autostart ? VIRT_AUTOSTART_ON : VIRT_AUTOSTART_OFF,
                         error);
}

HANDLER(domain_undefine)
{
    g_auto(Options) options = {0};
    if (!options_read(request->message, "nvram managed-save snapshots-metadata", &options, error))
        return false;
    Work *work = work_new(WORK_ACT);
    work->action = VIRT_UNDEFINE;
    work->undefine = (options.nvram == CHOICE_YES ? VIRT_UNDEFINE_NVRAM : 0) |
                     (options.nvram == CHOICE_NO ? VIRT_UNDEFINE_KEEP_NVRAM : 0) |
                     (options.managed_save == CHOICE_YES ? VIRT_UNDEFINE_MANAGED_SAVE : 0) |
                     (options.snapshots_metadata == CHOICE_YES ? VIRT_UNDEFINE_SNAPSHOTS : 0);
    return call_on_object(request, object, work, fill_nothing, error);
}

HANDLER(domain_edit)
{
    const Domain *domain = (const Domain *)object;
    g_auto(Options) options = {0};
    return options_read(request->message, OPTIONS_NONE, &options, error) &&
           call_for_draft(request, domain->host, domain, domain->host->name, work_new(WORK_COPY),
                          error);
}

static bool not_yet(Request *request, const char *what, GError **error)
{
    Options options = {0};
    if (options_read(request->message, OPTIONS_NONE, &options, error))
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED, "%s is not supported by this version",
                    what);
    return false;
}

HANDLER(domain_list_history)
{
    return not_yet(request, "the history of a domain", error);
}

HANDLER(domain_restore)
{
    const char *revision;
    return wire_read_string(request->message, &revision, error) &&
           not_yet(request, "restoring an earlier revision", error);
}

/* ---- Drafts ---- */

static int fill_diff(sd_bus_message *reply, const Work *work)
{
    return sd_bus_message_append(reply, "s", work->diff);
}

/* The domain a draft came from; false when it is gone. */
static bool find_base(Request *request, const Draft *draft, Domain **ret_base, GError **error)
{
    *ret_base = NULL;
    if (strcmp(draft->base, "/") == 0)
        return true;
    Host *host = server_host(request->server, draft->host);
    *ret_base = host ? domain_at(host, draft->base) : NULL;
    if (!*ret_base)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
                    "the domain this draft was made from is gone");
    return *ret_base != NULL;
}

HANDLER(draft_diff)
{
    Draft *draft = (Draft *)object;
    g_auto(Options) options = {0};
    Domain *base;
    if (!options_read(request->message, OPTIONS_NONE, &options, error) ||
        !find_base(request, draft, &base, error))
        return false;
    Work *work = work_new(WORK_DIFF);
    work->xml = g_strdup(draft->text);
    draft_touch(draft);
    if (base)
        return call_on_object(request, &base->object, work, fill_diff, error);
    return call_on_desk(request, work, fill_diff, error);
}

static Host *commit_host(Request *request, const Draft *draft, const Options *options,
                         GError **error)
{
    const char *name = options->host ? options->host : draft->host;
    if (options->host && *draft->host && strcmp(options->host, draft->host) != 0) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "option host: the draft is for host %s, not %s", draft->host, options->host);
        return NULL;
    }
    if (!*name) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "the draft is for no host: name one with the option host");
        return NULL;
    }
    return server_host_or_error(request->server, name, error);
}

HANDLER(draft_commit)
{
    Draft *draft = (Draft *)object;
    g_autoptr(Work) work = work_new(WORK_DEFINE);
    Domain *base;
    if (!options_read(request->message, "dry-run diff affect host", &work->options, error) ||
        !check_affect(&work->options, error))
        return false;
    Host *host = commit_host(request, draft, &work->options, error);
    if (!host || !find_base(request, draft, &base, error))
        return false;
    if (draft->committing) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY, "the draft is being committed");
        return false;
    }
    if (job_pool_key_busy(request->server->desk, draft->id)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                    "the draft is being edited; commit it when that has been answered");
        return false;
    }
    work->xml = g_strdup(draft->text);
    work->fill = !*draft->host;
    if (base) {
        work->verb = WORK_REPLACE;
        work->options.expected_revision = g_strdup(draft->base_revision);
    }
    draft_touch(draft);
    return call_commit(request, draft, host, base, g_steal_pointer(&work), fill_domain_and_result,
                       error);
}

HANDLER(draft_discard)
{
    Draft *draft = (Draft *)object;
    g_auto(Options) options = {0};
    if (!options_read(request->message, OPTIONS_NONE, &options, error))
        return false;
    if (draft->committing) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY, "the draft is being committed");
        return false;
    }
    drafts_remove(request->server->drafts, draft);
    request_done(request);
    return true;
}
