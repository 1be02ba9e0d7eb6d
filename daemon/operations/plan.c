/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of a ChangeOperation and its plan: what of it is authorised, and its effects on what the
 * guest can reach. Used by edit.c and define.c on workers, and by calls/call on the main thread. It
 * neither reads nor changes anything on the host.
 */
#include "operations/plan.h"

#include <string.h>

#include "base/error.h"
#include "base/user-name.h"

/* ---- Life ---- */

ChangeOperation *operation_change(Operation *operation)
{
    return operation->type->defines ? (ChangeOperation *)operation : NULL;
}

const ChangeOperation *operation_change_const(const Operation *operation)
{
    return operation && operation->type->defines ? (const ChangeOperation *)operation : NULL;
}

void *change_operation_new(const OperationType *type)
{
    ChangeOperation *change = operation_new(type);
    change->problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    change->waiting = g_ptr_array_new_with_free_func(g_free);
    change->removing = g_ptr_array_new_with_free_func(g_free);
    change->not_undone = g_ptr_array_new_with_free_func(g_free);
    return change;
}

static void document_change_clear(DocumentChange *document)
{
    dw_document_free(document->before);
    dw_document_free(document->after);
}

static void plan_free(ChangePlan *plan)
{
    if (!plan)
        return;
    document_change_clear(&plan->config);
    document_change_clear(&plan->live);
    g_clear_pointer(&plan->steps, g_ptr_array_unref);
    if (plan->live_compared)
        dw_changes_clear(&plan->live_changes);
    dw_document_free(plan->settled);
    g_free(plan->old_name);
    g_free(plan->name);
    g_free(plan->uuid);
    g_free(plan);
}

void plan_forget(ChangeOperation *change)
{
    g_clear_pointer(&change->plan, plan_free);
    dw_effects_clear(&change->effects);
    dw_result_clear(&change->result);
    g_ptr_array_set_size(change->problems, 0);
    g_ptr_array_set_size(change->waiting, 0);
    g_clear_pointer(&change->diff, g_free);
    change->changed = change->config_changed = change->gives_secret = change->in_force = false;
    change->applied = NULL;
}

void change_forget_documents(ChangeOperation *change)
{
    g_clear_pointer(&change->plan, plan_free);
    domain_snapshot_clear(&change->stored);
    change->stored = (DomainSnapshot){0};
}

static gsize length_of(const DwDocument *document)
{
    size_t length = 0;
    if (document)
        dw_document_text(document, &length);
    return length;
}

gsize change_plan_size(const ChangeOperation *change)
{
    const ChangePlan *plan = change->plan;
    return length_of(plan->config.before) + length_of(plan->config.after) +
           length_of(plan->live.before) + length_of(plan->live.after) +
           (change->diff ? strlen(change->diff) : 0);
}

void change_operation_clear(ChangeOperation *change)
{
    plan_forget(change);
    g_clear_pointer(&change->image_directories, g_ptr_array_unref);
    g_clear_pointer(&change->problems, g_ptr_array_unref);
    g_clear_pointer(&change->waiting, g_ptr_array_unref);
    g_clear_pointer(&change->removing, g_ptr_array_unref);
    g_clear_pointer(&change->not_undone, g_ptr_array_unref);
    domain_snapshot_clear(&change->stored);
}

/* ---- Sides ---- */

bool change_choose_affect(ChangeOperation *change, bool persistent, bool active, GError **error)
{
    Affect affect = change->affect;
    change->transient = !persistent;
    if (affect == AFFECT_AUTO && !(persistent && active))
        affect = change->affect = persistent ? AFFECT_CONFIG : AFFECT_LIVE;
    if (!persistent && affect != AFFECT_LIVE) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "The domain is transient: it has no persistent configuration to change; use "
                    "affect \"live\".");
        return false;
    }
    if (!active && affect != AFFECT_CONFIG) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "Option affect: \"%s\" needs a running domain, and this one is not; use affect "
                    "\"config\".",
                    affect_name(affect));
        return false;
    }
    return true;
}

/* ---- Steps ---- */

void change_plan_first(ChangeOperation *change, GPtrArray *image_directories)
{
    change->step = STEP_PLAN;
    change->image_directories = image_directories ? g_ptr_array_ref(image_directories) : NULL;
}

void change_act(ChangeOperation *change)
{
    change->step = STEP_ACT;
}

OperationNext change_next(const Operation *operation)
{
    const ChangeOperation *change = operation_change_const(operation);
    return change->step == STEP_PLAN && change->changed ? NEXT_AUTHORIZE : NEXT_DONE;
}

/* ---- Effects ---- */

/* Whether entries of image-directories have "%u" or "%n". */
static bool uses(const GPtrArray *directories, const char *what)
{
    for (guint i = 0; directories && i < directories->len; i++) {
        const DwImageDirectory *directory = directories->pdata[i];
        if (strstr(directory->path, what))
            return true;
    }
    return false;
}

/* Nothing of what the guest reaches changes, unless the name says what it may reach. */
static void find_effects_of_rename(ChangeOperation *change)
{
    DwEffects *effects = &change->effects;
    effects->kinds = g_strsplit("domain", " ", -1);
    effects->reach = uses(change->image_directories, "%n");
    if (effects->reach)
        effects->reasons = g_strsplit("name: image-directories go by it", "\n", -1);
}

/* Rules, prompts and agents of the caller see what is asked for, so it must neither depend on
 * whether a password was guessed nor hold one. */
static void judge(const ChangeOperation *change, const DocumentChange *document,
                  const DwReachContext *context, DwEffects *ret_effects)
{
    g_autoptr(DwDocument) before =
        document->before ? dw_document_veiled(document->before, false) : NULL;
    g_autoptr(DwDocument) after = dw_document_veiled(document->after, change->gives_secret);
    dw_effects_between(before, after, context, ret_effects);
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Both lists, sorted, each word once. Takes the first. */
static char **join_words(char **words, char **more)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_auto(GStrv) owned = words;
    for (guint list = 0; list < 2; list++)
        for (char **word = list == 0 ? words : more; word && *word; word++)
            g_ptr_array_add(all, *word);
    g_ptr_array_sort(all, compare_words);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < all->len; i++)
        if (i == 0 || strcmp(all->pdata[i - 1], all->pdata[i]) != 0)
            g_strv_builder_add(builder, all->pdata[i]);
    return g_strv_builder_end(builder);
}

/* One path alone may be asked for only if it is all there is to allow on both sides. */
static void join_effects(DwEffects *effects, const DwEffects *more)
{
    if (!effects->reach) {
        g_free(effects->path);
        effects->path = g_strdup(more->path);
    } else if (more->reach && g_strcmp0(effects->path, more->path) != 0) {
        g_clear_pointer(&effects->path, g_free);
    }
    effects->reach |= more->reach;
    effects->kinds = join_words(effects->kinds, more->kinds);
    effects->paths = join_words(effects->paths, more->paths);
    effects->reasons = join_words(effects->reasons, more->reasons);
}

static void find_effects(ChangeOperation *change, Virt *virt)
{
    const ChangePlan *plan = change->plan;
    g_auto(HostView) view = {0};
    g_autofree char *user =
        uses(change->image_directories, "%u") ? user_name(change->base.uid) : NULL;
    host_view_fill(change->base.capabilities, virt, NULL, &view);
    DwReachContext context = {
        .image_directories = change->image_directories,
        .user = user,
        .capabilities = view.host.capabilities,
    };
    judge(change, &plan->config, &context, &change->effects);
    if (!plan->live.after)
        return;
    g_auto(DwEffects) live = {0};
    judge(change, &plan->live, &context, &live);
    join_effects(&change->effects, &live);
}

static void digest(const DwDocument *document, char ret_digest[static REVISION_TEXT])
{
    size_t length;
    const char *text = dw_document_text(document, &length);
    revision_of(NULL, text, length, ret_digest);
}

void plan_complete(ChangeOperation *change, Virt *virt)
{
    ChangePlan *plan = change->plan;
    plan->name = dw_get_string(plan->config.after, "name");
    plan->uuid = dw_get_string(plan->config.after, "uuid");
    if (change->step != STEP_PLAN || !change->changed)
        return;
    digest(plan->config.after, plan->config.digest);
    if (plan->live.after)
        digest(plan->live.after, plan->live.digest);
    if (plan->old_name)
        find_effects_of_rename(change);
    else
        find_effects(change, virt);
}

static bool is_authorized(const DocumentChange *document)
{
    char now[REVISION_TEXT];
    if (!document->after)
        return true;
    digest(document->after, now);
    return strcmp(now, document->digest) == 0;
}

bool plan_check(const ChangeOperation *change, GError **error)
{
    if (change->step != STEP_ACT ||
        (is_authorized(&change->plan->config) && is_authorized(&change->plan->live)))
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                "What was authorised is not what would be done.");
    return false;
}

void change_take_problems(ChangeOperation *change)
{
    if (change->result.problems)
        g_ptr_array_extend_and_steal(change->problems, g_steal_pointer(&change->result.problems));
}

bool document_set(DwDocument *document, const char *key, const char *value, const DwHost *host,
                  DwApplyFlags flags, GError **error)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    if (key)
        dw_settings_put(values, key, dw_value_string(value));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", values, NULL));
    g_auto(DwResult) result = {0};
    return dw_apply(document, edits, flags | DW_APPLY_UNCHECKED, host, &result, error);
}
