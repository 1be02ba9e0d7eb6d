/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* org.domwright1.Draft: handlers, properties and table. The editing of a draft is config.c's. Main
 * thread. */
#include <string.h>

#include "api/interfaces.h"
#include "base/error.h"
#include "calls/call.h"
#include "calls/server.h"
#include "drafts/drafts.h"
#include "inventory/domain-path.h"
#include "operations/define.h"
#include "operations/edits/edit.h"
#include "operations/reads/diff.h"
#include "operations/rebase.h"

static void reply_diff(Writer *reply, const Outcome *outcome)
{
    writer_basic(reply, 's', ((const DiffOperation *)outcome->operation)->diff);
}

/* The domain a draft came from; false when it is gone. */
static bool find_base(Request *request, const Draft *draft, Domain **ret_base, GError **error)
{
    *ret_base = NULL;
    if (strcmp(draft->base, "/") == 0)
        return true;
    Host *host = hosts_find(request->server->hosts, draft->host);
    *ret_base = host ? inventory_at_path(host->inventory, draft->base) : NULL;
    if (!*ret_base)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_CONFLICT,
                    "The domain this draft was made from is gone.");
    return *ret_base != NULL;
}

static bool method_diff(Request *request, Object *object, GError **error)
{
    Draft *draft = (Draft *)object;
    g_auto(Options) options = {0};
    Domain *base;
    if (!options_read(request->message, OPTIONS_NONE, &options, error) ||
        !find_base(request, draft, &base, error))
        return false;
    Operation *operation = &diff_operation_new(draft->text)->base;
    draft_touch(draft);
    if (base)
        return call_on_object(request, &base->object, operation, reply_diff, error);
    return call_without_host(request, 0, operation, reply_diff, error);
}

static Host *commit_host(Request *request, const Draft *draft, const Options *options,
                         GError **error)
{
    const char *name = options->host ? options->host : draft->host;
    if (options->host && *draft->host && strcmp(options->host, draft->host) != 0) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "Option host: the draft is for host %s, not %s.", draft->host, options->host);
        return NULL;
    }
    if (!*name) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "The draft has no host; pass the host option.");
        return NULL;
    }
    return hosts_find_or_error(request->server->hosts, name, error);
}

/* An edit that puts the draft in the place of the domain it came from, or a new domain. Takes the
 * options. */
static Operation *commit_operation(const Draft *draft, const Domain *base, Options *options)
{
    Operation *operation;
    if (base) {
        EditOperation *edit = edit_operation_new(EDIT_REPLACE);
        edit->xml = g_strdup(draft->text);
        edit->of_draft = true;
        operation = &edit->change.base;
        options->expected_revision = g_strdup(draft->base_revision);
    } else {
        DefineOperation *define = define_operation_new();
        define->xml = g_strdup(draft->text);
        define->fill = !*draft->host;
        define->clone_rows = draft->clone_rows ? g_ptr_array_ref(draft->clone_rows) : NULL;
        operation = &define->change.base;
    }
    operation->options = *options;
    *options = (Options){0};
    return operation;
}

/* Nobody else may be at the draft's document. */
static bool check_idle(Request *request, const Draft *draft, const char *what, GError **error)
{
    if (!draft_check_available(draft, error))
        return false;
    if (!task_pool_key_busy(request->server->document_pool, draft->id))
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                "The draft is being edited; %s it when that has been answered.", what);
    return false;
}

/* A domain that is new has one side only. */
static bool choose_affect(const Domain *base, ChangeOperation *change, GError **error)
{
    const Options *options = &change->base.options;
    if (!base)
        return options_check_affect(options, error);
    return options_affect(options, &change->affect, error) &&
           change_choose_affect(change, base->persistent, domain_active(base), error);
}

static bool method_commit(Request *request, Object *object, GError **error)
{
    Draft *draft = (Draft *)object;
    g_auto(Options) options = {0};
    Domain *base;
    if (!options_read(request->message, "dry-run diff host " OPTIONS_AFFECT, &options, error))
        return false;
    Host *host = commit_host(request, draft, &options, error);
    if (!host || !find_base(request, draft, &base, error) ||
        !check_idle(request, draft, "commit", error))
        return false;
    g_autoptr(Operation) operation = commit_operation(draft, base, &options);
    if (!choose_affect(base, operation_change(operation), error))
        return false;
    draft_touch(draft);
    return call_holding(request, draft, DRAFT_COMMITTED, host, base, g_steal_pointer(&operation),
                        reply_path_and_result, error);
}

static Host *host_of_commit(const Request *request)
{
    const char *path = sd_bus_message_get_path(request->message);
    const Draft *draft =
        g_str_has_prefix(path, DOMWRIGHT_DRAFT_PREFIX)
            ? drafts_find(request->server->drafts, path + strlen(DOMWRIGHT_DRAFT_PREFIX))
            : NULL;
    const char *name = draft ? draft->host : "";
    if (*name == '\0' && !options_peek_host(request->message, &name))
        return NULL;
    return hosts_find(request->server->hosts, name);
}

static bool method_rebase(Request *request, Object *object, GError **error)
{
    Draft *draft = (Draft *)object;
    g_auto(Options) options = {0};
    DwPrefer prefer;
    Domain *base;
    if (!options_read(request->message, "prefer dry-run diff", &options, error) ||
        !options_prefer(&options, &prefer, error) || !find_base(request, draft, &base, error) ||
        !check_idle(request, draft, "rebase", error))
        return false;
    if (!base || !*draft->base_text) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    base ? "The draft was made by an earlier version, which did not keep what it "
                           "was made from; make another one."
                         : "The draft was not made from a domain, so there is nothing to bring it "
                           "onto.");
        return false;
    }
    RebaseOperation *rebase = rebase_operation_new(draft->base_text, draft->text);
    Operation *operation = &rebase->change.base;
    rebase->prefer = prefer;
    operation->options = options;
    options = (Options){0};
    draft_touch(draft);
    return call_holding(request, draft, DRAFT_REBASED, base->inventory->host, base, operation,
                        reply_result, error);
}

static bool method_discard(Request *request, Object *object, GError **error)
{
    Draft *draft = (Draft *)object;
    g_auto(Options) options = {0};
    if (!options_read(request->message, OPTIONS_NONE, &options, error))
        return false;
    if (!draft_check_available(draft, error))
        return false;
    drafts_remove(request->server->drafts, draft);
    request_done(request);
    return true;
}

/* ---- Properties ---- */

static int property_get_base(sd_bus *bus, const char *path, const char *interface,
                             const char *property, sd_bus_message *reply, void *userdata,
                             sd_bus_error *error)
{
    return sd_bus_message_append(reply, "o", ((const Draft *)userdata)->base);
}

static int property_get_base_revision(sd_bus *bus, const char *path, const char *interface,
                                      const char *property, sd_bus_message *reply, void *userdata,
                                      sd_bus_error *error)
{
    return sd_bus_message_append(reply, "s", ((const Draft *)userdata)->base_revision);
}

static int property_get_host(sd_bus *bus, const char *path, const char *interface,
                             const char *property, sd_bus_message *reply, void *userdata,
                             sd_bus_error *error)
{
    const Draft *draft = userdata;
    g_autofree char *host =
        *draft->host ? g_strconcat(DOMWRIGHT_HOST_PREFIX, draft->host, NULL) : g_strdup("/");
    return sd_bus_message_append(reply, "o", host);
}

static int property_get_owner(sd_bus *bus, const char *path, const char *interface,
                              const char *property, sd_bus_message *reply, void *userdata,
                              sd_bus_error *error)
{
    return sd_bus_message_append(reply, "u", (uint32_t)((const Draft *)userdata)->owner);
}

static int property_get_created(sd_bus *bus, const char *path, const char *interface,
                                const char *property, sd_bus_message *reply, void *userdata,
                                sd_bus_error *error)
{
    return sd_bus_message_append(reply, "t", ((const Draft *)userdata)->created);
}

static int property_get_modified(sd_bus *bus, const char *path, const char *interface,
                                 const char *property, sd_bus_message *reply, void *userdata,
                                 sd_bus_error *error)
{
    return sd_bus_message_append(reply, "t", ((const Draft *)userdata)->modified);
}

static int property_get_stale(sd_bus *bus, const char *path, const char *interface,
                              const char *property, sd_bus_message *reply, void *userdata,
                              sd_bus_error *error)
{
    return sd_bus_message_append(reply, "b", (int)((const Draft *)userdata)->stale);
}

/* ---- The interface ---- */

static const Method methods[] = {
    {METHOD("Diff", ("a{sv}", options), ("s", diff)), ACCESS_OWN, method_diff},
    {METHOD("Commit", ("a{sv}", options), ("o", domain, "a{sv}", result)), ACCESS_CHANGE,
     method_commit, METHOD_NEEDS_CAPABILITIES, host_of_commit},
    {METHOD("Rebase", ("a{sv}", options), ("a{sv}", result)), ACCESS_READ, method_rebase,
     METHOD_NEEDS_CAPABILITIES, host_of_commit},
    {METHOD("Discard", ("a{sv}", options), (NULL)), ACCESS_OWN, method_discard},
};

static const sd_bus_vtable others[] = {
    CONSTANT("Base", "o", property_get_base),
    CHANGING("BaseRevision", "s", property_get_base_revision),
    CONSTANT("Host", "o", property_get_host),
    CONSTANT("Owner", "u", property_get_owner),
    CONSTANT("Created", "t", property_get_created),
    CHANGING("Modified", "t", property_get_modified),
    CHANGING("Stale", "b", property_get_stale),
    SD_BUS_VTABLE_END,
};

const Interface draft_interface = {DOMWRIGHT_DRAFT_INTERFACE, methods, G_N_ELEMENTS(methods),
                                   others};
