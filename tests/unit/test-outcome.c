/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Outcomes of operations: what becomes of drafts, which path is answered, and what is recorded. The
 * operations are made up, as if they had been run; records are caught here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "calls/audit.h"
#include "calls/outcome.h"
#include "host/host.h"
#include "operations/define.h"
#include "operations/edits/edit.h"
#include "operations/power.h"
#include "operations/reads/read.h"

#define XML  "<domain><name>web</name></domain>"
#define UUID "4dea22b3-1d52-48f3-8516-782e98ab3fa0"
#define PATH "/host/domain/_4dea22b3_1d52_48f3_8516_782e98ab3fa0"

static Limits limits = {.drafts_per_user = 2, .draft_bytes_per_user = 1000, .draft_bytes = 1000};
static Drafts *drafts;
static Host host = {.name = (char *)"local"};
static GArray *listeners;
static unsigned n_edited, n_records;
static AuditRecord record;

void audit(const Request *request, const AuditRecord *new_record)
{
    record = *new_record;
    n_records++;
}

static void on_edited(const Draft *draft, const DwChanges *changes, const char *revision,
                      void *data)
{
    n_edited++;
}

static int set_up(void **state)
{
    static const DraftListener listener = {.edited = on_edited};
    n_edited = n_records = 0;
    drafts = drafts_new(NULL, &limits, &listener);
    listeners = g_array_new(FALSE, FALSE, sizeof(InventoryListener));
    host.inventory = inventory_new(&host, "/host", listeners);
    return 0;
}

static int tear_down(void **state)
{
    inventory_free(host.inventory);
    g_array_unref(listeners);
    drafts_free(drafts);
    return 0;
}

/* A domain of the inventory, running as id or not (-1). */
static Domain *add_domain(int id)
{
    VirtDomain *domain = g_new0(VirtDomain, 1);
    *domain = (VirtDomain){.id = id, .persistent = true};
    domain->knows_state = domain->knows_persistent = true;
    domain->name = g_strdup("web");
    g_strlcpy(domain->uuid, UUID, sizeof domain->uuid);
    DomainSnapshot snapshot = {.domain = domain};
    inventory_update(host.inventory, &snapshot, NULL);
    domain_snapshot_clear(&snapshot);
    Uuid uuid;
    assert_true(uuid_parse(UUID, &uuid));
    return inventory_find(host.inventory, &uuid);
}

static Draft *add_draft(void)
{
    return drafts_add(drafts, 7, XML, &(DraftOrigin){.host = "local"}, NULL);
}

/* An edit as it is after its last step. */
static EditOperation *done_edit(bool changed, bool dry_run)
{
    EditOperation *edit = edit_operation_new(EDIT_APPLY);
    edit->source.text = g_strdup("new");
    edit->change.changed = changed;
    edit->change.base.options.dry_run = dry_run;
    return edit;
}

/* ---- Drafts ---- */

static void check_draft_edit(bool changed, bool dry_run, const char *expected)
{
    Draft *draft = add_draft();
    Subject subject = {.role = DRAFT_WORKED_ON, .draft = draft->id};
    g_autoptr(Operation) operation = &done_edit(changed, dry_run)->change.base;
    g_auto(Outcome) outcome = {0};
    assert_true(outcome_settle(&subject, drafts, operation, &outcome, NULL));
    assert_string_equal(draft->text, expected);
    assert_string_equal(outcome.path, draft->path);
    drafts_remove(drafts, draft);
}

static void test_draft_edited(void **state)
{
    check_draft_edit(true, false, "new");
    check_draft_edit(true, true, XML);
    check_draft_edit(false, false, XML);
    assert_int_equal(n_edited, 1);
}

static void test_draft_gone(void **state)
{
    Draft *draft = add_draft();
    Subject subject = {.role = DRAFT_WORKED_ON, .draft = g_strdup(draft->id)};
    g_autoptr(Operation) operation = &done_edit(true, false)->change.base;
    g_auto(Outcome) outcome = {0};
    g_autoptr(GError) error = NULL;
    drafts_remove(drafts, draft);
    assert_false(outcome_settle(&subject, drafts, operation, &outcome, &error));
    assert_true(g_error_matches(error, DAEMON_ERROR, DAEMON_ERROR_UNKNOWN_OBJECT));
    subject_clear(&subject);
}

static void test_draft_wanted(void **state)
{
    Subject subject = {
        .role = DRAFT_WANTED, .draft_base = (char *)PATH, .draft_host = (char *)"local"};
    ReadOperation *read = read_operation_new(READ_FOR_DRAFT);
    g_autoptr(Operation) operation = &read->base;
    g_auto(Outcome) outcome = {0}, second = {0}, third = {0};
    g_autoptr(GError) error = NULL;
    read->xml = g_strdup(XML);
    g_strlcpy(read->revision, "r1", sizeof read->revision);
    operation->uid = 7;
    assert_true(outcome_settle(&subject, drafts, operation, &outcome, NULL));
    const Draft *draft = drafts_at(drafts, outcome.path, 7);
    assert_string_equal(draft->text, XML);
    assert_string_equal(draft->base, PATH);
    assert_string_equal(draft->base_revision, "r1");
    assert_true(outcome_settle(&subject, drafts, operation, &second, NULL));
    assert_false(outcome_settle(&subject, drafts, operation, &third, &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED));
}

static void test_commit(void **state)
{
    Draft *kept = add_draft(), *gone = add_draft();
    g_autofree char *id = g_strdup(gone->id);
    Subject failed = {.role = DRAFT_COMMITTED, .draft = kept->id};
    Subject done = {.role = DRAFT_COMMITTED, .draft = id};
    kept->held = gone->held = true;
    outcome_release_draft(&failed, drafts, false);
    assert_false(kept->held);
    outcome_release_draft(&done, drafts, true);
    assert_null(drafts_find(drafts, id));
    outcome_release_draft(&done, drafts, true);
    /* Other roles leave it alone. */
    failed.role = DRAFT_WORKED_ON;
    outcome_release_draft(&failed, drafts, true);
    assert_ptr_equal(drafts_find(drafts, kept->id), kept);
}

/* ---- Context of the answer ---- */

static void check_restart(int id, bool changed, bool dry_run, bool waits, bool expected)
{
    Domain *domain = add_domain(id);
    Subject subject = {.host = &host, .uuid = UUID, .generation = domain->change_count};
    EditOperation *edit = done_edit(changed, dry_run);
    g_autoptr(Operation) operation = &edit->change.base;
    g_auto(Outcome) outcome = {0};
    if (waits)
        g_ptr_array_add(edit->change.waiting, g_strdup("vcpu"));
    assert_true(outcome_settle(&subject, drafts, operation, &outcome, NULL));
    assert_int_equal(outcome.restart_needed, expected);
    assert_string_equal(outcome.path, PATH);
    inventory_remove(domain);
}

static void test_restart_needed(void **state)
{
    check_restart(3, true, false, false, true);
    check_restart(-1, true, false, false, false);
    check_restart(3, false, false, false, false);
    /* It waits also where the configuration has it already. */
    check_restart(3, false, false, true, true);
    /* A dry run tells the same. */
    check_restart(3, true, true, false, true);
    check_restart(3, false, true, true, true);
    check_restart(3, false, true, false, false);
}

static void test_new_domain(void **state)
{
    Subject subject = {.host = &host};
    Operation *operation = &define_operation_new()->change.base;
    g_auto(Outcome) outcome = {0}, dry = {0};
    operation->options.dry_run = true;
    assert_true(outcome_settle(&subject, drafts, operation, &dry, NULL));
    assert_null(dry.path);
    operation->options.dry_run = false;
    g_strlcpy(operation->uuid, UUID, sizeof operation->uuid);
    assert_true(outcome_settle(&subject, drafts, operation, &outcome, NULL));
    assert_string_equal(outcome.path, PATH);
    assert_false(outcome.restart_needed);
    operation_unref(operation);
}

/* A failed edit may have been made all the same: its document is read again. */
static void test_failed(void **state)
{
    Domain *domain = add_domain(-1);
    Subject subject = {.host = &host, .uuid = UUID};
    g_autoptr(Operation) edit = &done_edit(true, false)->change.base;
    g_autoptr(Operation) power = &power_operation_new(VIRT_START, 0)->base;
    inventory_unmark(domain, false);
    outcome_failed(&subject, power);
    outcome_failed(&subject, NULL);
    assert_null(domain->doubtful);
    outcome_failed(&subject, edit);
    assert_non_null(domain->doubtful);
}

/* ---- The record ---- */

static void test_recorded(void **state)
{
    Subject subject = {.host = &host, .uuid = UUID, .name = (char *)"web"};
    EditOperation *edit = done_edit(true, false);
    g_autoptr(Operation) operation = &edit->change.base;
    g_autoptr(Operation) power = &power_operation_new(VIRT_START, 0)->base;
    g_strlcpy(edit->change.revision, "r2", sizeof edit->change.revision);
    edit->change.overwrote = true;
    edit->change.plan = g_new0(ChangePlan, 1);
    edit->change.plan->name = g_strdup("web");
    edit->change.plan->uuid = g_strdup(UUID);
    g_strlcpy(edit->change.plan->config.revision, "r1", REVISION_TEXT);
    outcome_record(&subject, NULL, operation, 1, NULL);
    assert_int_equal(n_records, 1);
    assert_string_equal(record.host, "local");
    assert_string_equal(record.before, "r1");
    assert_string_equal(record.after, "r2");
    assert_true(record.overwrote);
    g_autoptr(GError) failure = g_error_new(DAEMON_ERROR, DAEMON_ERROR_CONFLICT, "x");
    outcome_record(&subject, NULL, operation, 1, failure);
    assert_string_equal(record.after, "");
    assert_false(record.overwrote);
    outcome_record(&subject, NULL, power, 1, NULL);
    assert_string_equal(record.domain, "web");
    outcome_record(&subject, NULL, NULL, 1, failure);
    assert_ptr_equal(record.error, failure);
    assert_int_equal(n_records, 4);
}

/* What changes nothing is no record, but that it was denied is one. */
static void test_not_recorded(void **state)
{
    Subject subject = {.host = &host};
    g_autoptr(Operation) operation = &done_edit(false, false)->change.base;
    g_autoptr(GError) invalid = g_error_new(DW_ERROR, DW_ERROR_INVALID, "x");
    g_autoptr(GError) denied = g_error_new(DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED, "x");
    outcome_record(&subject, NULL, operation, 1, NULL);
    outcome_record(&subject, NULL, operation, 1, invalid);
    outcome_record(&subject, NULL, operation, 0, denied);
    assert_int_equal(n_records, 0);
    outcome_record(&subject, NULL, operation, 1, denied);
    assert_int_equal(n_records, 1);
}

/* An edit that read the running document and left it alone. */
static bool makes_doubtful(Domain *domain, const char *seen)
{
    Subject subject = {.host = &host, .uuid = UUID};
    EditOperation *edit = done_edit(false, true);
    g_autoptr(Operation) operation = &edit->change.base;
    g_auto(Outcome) outcome = {0};
    edit->change.affect = AFFECT_LIVE;
    edit->change.plan = g_new0(ChangePlan, 1);
    edit->change.plan->live.before = seen ? dw_document_parse(seen, strlen(seen), NULL) : NULL;
    assert_true(outcome_settle(&subject, drafts, operation, &outcome, NULL));
    bool doubtful = domain->live_doubtful != NULL;
    inventory_unmark(domain, true);
    return doubtful;
}

/* What another program changed of it, and a dry run saw, is read again at once. */
static void test_running_side_seen(void **state)
{
    Domain *domain = add_domain(1);
    DomainSnapshot read = {.text = g_strdup(XML)};
    assert_false(makes_doubtful(domain, XML)); /* it is being read for the first time */
    inventory_live_document(domain, &read, false, NULL);
    assert_false(makes_doubtful(domain, NULL));
    assert_false(makes_doubtful(domain, XML));
    assert_true(makes_doubtful(domain, "<domain><name>web</name><title>t</title></domain>"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_draft_edited),   CASE(test_draft_gone),
        CASE(test_draft_wanted),   CASE(test_commit),
        CASE(test_restart_needed), CASE(test_new_domain),
        CASE(test_failed),         CASE(test_recorded),
        CASE(test_not_recorded),   CASE(test_running_side_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
