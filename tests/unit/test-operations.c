/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations against libvirt's test driver, without the bus: their steps, what is refused between
 * them, and what the inventory is told. Run by a real task pool with a real connection.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "history/describe.h"
#include "host/host.h"
#include "operations/build.h"
#include "operations/define.h"
#include "operations/edits/edit.h"
#include "operations/edits/rename.h"
#include "operations/power.h"
#include "operations/reads/parse.h"
#include "operations/reads/read.h"
#include "operations/validation.h"

static sd_event *event;
static Mailbox *mailbox;
static TaskPool *pool;
static Virt *connection;
static Host host;

/* ---- The rig ---- */

static void *take(void *source)
{
    return connection;
}

static void give_back(void *source, void *link)
{
}

static int set_up(void **state)
{
    static const TaskSource source = {take, give_back, NULL};
    GArray *listeners = g_array_new(FALSE, FALSE, sizeof(InventoryListener));
    GError *error = NULL;
    validation_init("/nonexistent"); /* the host's libvirt validates */
    assert_true(revision_load(NULL, NULL, &error));
    assert_true(sd_event_new(&event) >= 0);
    assert_true(mailbox_new(event, &mailbox) >= 0);
    pool = task_pool_new(event, mailbox, 1, 8, &source);
    assert_true(virt_start(&error));
    connection = virt_open("test:///default", NULL, NULL, NULL, &error);
    assert_non_null(connection);
    host.capabilities = capabilities_cache_new("test:///default");
    host.watch = definition_watch_new();
    host.removals = removal_watch_new();
    host.inventory = inventory_new(&host, "/host", listeners);
    return 0;
}

static int tear_down(void **state)
{
    const GArray *listeners = host.inventory->listeners;
    assert_true(task_pool_stop(pool));
    mailbox_drain(mailbox);
    task_pool_free(pool);
    inventory_free(host.inventory);
    definition_watch_unref(host.watch);
    removal_watch_unref(host.removals);
    capabilities_cache_unref(host.capabilities);
    virt_close(connection);
    virt_stop();
    mailbox_free(mailbox);
    sd_event_unref(event);
    validation_free();
    g_array_unref((GArray *)listeners);
    return 0;
}

static void on_done(TaskEnd end, void *data, void *context)
{
    assert_int_equal(end, TASK_DONE);
    *(bool *)context = true;
}

static Domain *find(const Operation *operation)
{
    Uuid uuid;
    return uuid_parse(operation->uuid, &uuid) ? inventory_find(host.inventory, &uuid) : NULL;
}

/* One step on a worker, as a call has it done. */
static void step(Operation *operation)
{
    static const TaskType type = {NULL, operation_run, on_done, operation_unref, NULL};
    bool done = false;
    g_clear_error(&operation->error);
    if (operation->type->prepare && !operation_on_draft(operation))
        operation->type->prepare(operation, &host, find(operation));
    assert_true(task_submit(pool, &type, NULL, 60 * OPERATION_SECOND, operation_ref(operation),
                            &done, NULL));
    while (!done)
        assert_true(sd_event_run(event, UINT64_MAX) >= 0);
}

static void settle(Operation *operation)
{
    operation->type->settle(operation, &host, find(operation), false);
}

static void succeed(Operation *operation)
{
    step(operation);
    if (operation->error)
        fail_msg("%s", operation->error->message);
}

static void fail_with(Operation *operation, GQuark domain, int code)
{
    step(operation);
    assert_non_null(operation->error);
    if (!g_error_matches(operation->error, domain, code))
        fail_msg("%s", operation->error->message);
}

/* Takes what is on a host, on which the operation is. */
static void put_on_host(Operation *operation, const char *uuid)
{
    operation->capabilities = capabilities_cache_ref(host.capabilities);
    g_strlcpy(operation->uuid, uuid, sizeof operation->uuid);
}

static DefineOperation *define_named(const char *name)
{
    DefineOperation *define = define_operation_new();
    define->xml = g_strdup_printf("<domain type='test'><name>%s</name><memory>65536</memory>"
                                  "<os><type>hvm</type></os></domain>",
                                  name);
    put_on_host(&define->change.base, "");
    return define;
}

/* Defines a domain and adds it to the inventory; its uuid. */
static char *new_domain(const char *name)
{
    DefineOperation *define = define_named(name);
    g_autoptr(Operation) operation = &define->change.base;
    succeed(operation);
    settle(operation);
    assert_non_null(find(operation));
    return g_strdup(operation->uuid);
}

static EditOperation *set_title(const char *uuid, const char *title)
{
    EditOperation *edit = edit_operation_new(EDIT_APPLY);
    DwSettings *values = dw_settings_new();
    dw_settings_put(values, "title", dw_value_string(title));
    edit->edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_ptr_array_add(edit->edits, dw_edit_new(DW_VERB_SET, "", "", values, NULL));
    put_on_host(&edit->change.base, uuid);
    return edit;
}

static char *title_of(const char *uuid)
{
    g_autofree char *xml = virt_domain_xml(connection, uuid, false, NULL);
    g_autoptr(DwDocument) document = dw_document_parse(xml, strlen(xml), NULL);
    return dw_get_string(document, "title");
}

static void check_title(const char *uuid, const char *expected)
{
    g_autofree char *title = title_of(uuid);
    assert_string_equal(title ? title : "", expected);
}

/* As another program would. */
static void define_elsewhere(const char *uuid)
{
    g_autofree char *xml = virt_domain_xml(connection, uuid, false, NULL);
    g_autoptr(GString) text = g_string_new(xml);
    g_string_replace(text, "<memory", "<title>theirs</title>\n  <memory", 1);
    g_autofree char *defined = virt_define(connection, text->str, false, NULL);
    assert_string_equal(defined, uuid);
}

/* ---- Definitions ---- */

static void test_define(void **state)
{
    g_autofree char *uuid = new_domain("defined");
    DefineOperation *again = define_named("defined");
    g_autoptr(Operation) operation = &again->change.base;
    fail_with(operation, DW_ERROR, DW_ERROR_ALREADY_EXISTS);
    assert_string_equal(operation->error->message, "A domain named \"defined\" exists already.");
}

/* Between the plan and the act another has taken the name. */
static void test_define_late(void **state)
{
    DefineOperation *define = define_named("late");
    g_autoptr(Operation) operation = &define->change.base;
    change_plan_first(&define->change, NULL);
    succeed(operation);
    assert_int_equal(operation->type->next(operation), NEXT_AUTHORIZE);
    g_autofree char *other = new_domain("late");
    change_act(&define->change);
    fail_with(operation, DW_ERROR, DW_ERROR_ALREADY_EXISTS);
}

/* ---- Edits ---- */

static void test_edit_whole(void **state)
{
    g_autofree char *uuid = new_domain("whole");
    EditOperation *edit = set_title(uuid, "one");
    g_autoptr(Operation) operation = &edit->change.base;
    succeed(operation);
    assert_int_equal(operation->type->next(operation), NEXT_DONE);
    assert_true(edit->change.changed);
    assert_true(edit->compared);
    assert_string_equal(edit->differences.keys[0], "title");
    check_title(uuid, "one");
    settle(operation);
    assert_string_equal(find(operation)->title, "one");
}

static void test_edit_in_two_steps(void **state)
{
    g_autofree char *uuid = new_domain("steps");
    EditOperation *edit = set_title(uuid, "two");
    g_autoptr(Operation) operation = &edit->change.base;
    change_plan_first(&edit->change, NULL);
    succeed(operation);
    assert_int_equal(operation->type->next(operation), NEXT_AUTHORIZE);
    assert_string_equal(edit->change.plan->name, "steps");
    assert_string_equal(edit->change.plan->uuid, uuid);
    assert_false(edit->change.effects.reach);
    check_title(uuid, "");
    change_act(&edit->change);
    succeed(operation);
    assert_int_equal(operation->type->next(operation), NEXT_DONE);
    check_title(uuid, "two");
}

/* What changes nothing needs no second step. */
static void test_edit_unchanged(void **state)
{
    g_autofree char *uuid = new_domain("same");
    EditOperation *first = set_title(uuid, "same"), *edit = set_title(uuid, "same");
    g_autoptr(Operation) before = &first->change.base, operation = &edit->change.base;
    succeed(before);
    change_plan_first(&edit->change, NULL);
    succeed(operation);
    assert_false(edit->change.changed);
    assert_int_equal(operation->type->next(operation), NEXT_DONE);
}

static void test_changed_between_steps(void **state)
{
    g_autofree char *uuid = new_domain("between");
    EditOperation *edit = set_title(uuid, "ours");
    g_autoptr(Operation) operation = &edit->change.base;
    change_plan_first(&edit->change, NULL);
    succeed(operation);
    define_elsewhere(uuid);
    change_act(&edit->change);
    fail_with(operation, DAEMON_ERROR, DAEMON_ERROR_CONFLICT);
    check_title(uuid, "theirs");
}

/* The inventory's document is an old one: the plan is made again from what libvirt has. */
static void test_known_is_old(void **state)
{
    g_autofree char *uuid = new_domain("old");
    EditOperation *edit = edit_operation_new(EDIT_SET_METADATA);
    g_autoptr(Operation) operation = &edit->change.base;
    edit->uri = g_strdup("urn:a");
    edit->xml = g_strdup("<a:a xmlns:a='urn:a'/>");
    put_on_host(operation, uuid);
    define_elsewhere(uuid);
    succeed(operation);
    check_title(uuid, "theirs");
    assert_non_null(strstr(edit->change.stored.text, "urn:a"));
    /* What is reported includes what the other program changed. */
    assert_true(g_strv_contains((const char *const *)edit->differences.keys, "title"));
}

static void test_revision(void **state)
{
    g_autofree char *uuid = new_domain("revision");
    EditOperation *edit = set_title(uuid, "x");
    g_autoptr(Operation) operation = &edit->change.base;
    operation->options.expected_revision = g_strdup("0");
    fail_with(operation, DAEMON_ERROR, DAEMON_ERROR_CONFLICT);
    check_title(uuid, "");
}

/* What is done is what was authorised, to the byte. */
static void test_other_plan(void **state)
{
    g_autofree char *uuid = new_domain("other");
    EditOperation *edit = set_title(uuid, "x");
    g_autoptr(Operation) operation = &edit->change.base;
    change_plan_first(&edit->change, NULL);
    succeed(operation);
    assert_true(
        dw_metadata_set(edit->change.plan->config.after, "urn:b", "<b:b xmlns:b='urn:b'/>", NULL));
    change_act(&edit->change);
    fail_with(operation, DAEMON_ERROR, DAEMON_ERROR_FAILED);
    assert_string_equal(operation->error->message,
                        "What was authorised is not what would be done.");
    check_title(uuid, "");
}

static void test_unwanted(void **state)
{
    g_autofree char *uuid = new_domain("unwanted");
    EditOperation *edit = set_title(uuid, "x");
    PowerOperation *power = power_operation_new(VIRT_START, 0);
    g_autoptr(Operation) operation = &edit->change.base, start = &power->base;
    put_on_host(start, uuid);
    operation_set_unwanted(operation);
    operation_set_unwanted(start);
    fail_with(operation, DAEMON_ERROR, DAEMON_ERROR_FAILED);
    fail_with(start, DAEMON_ERROR, DAEMON_ERROR_FAILED);
    check_title(uuid, "");
    assert_int_equal(find(start)->id, -1);
}

static void test_draft(void **state)
{
    static const char xml[] = "<domain type='test'><name>d</name></domain>";
    EditOperation *edit = set_title("", "draft");
    g_autoptr(Operation) operation = &edit->change.base;
    operation->type->source(operation)->text = g_strdup(xml);
    operation_run(NULL, NULL, operation); /* no connection is needed */
    assert_null(operation->error);
    assert_non_null(strstr(edit->source.text, "<title>draft</title>"));
    assert_non_null(edit->source.document);
    assert_string_equal(edit->differences.keys[0], "title");
}

/* ---- Others ---- */

static void test_power(void **state)
{
    g_autofree char *uuid = new_domain("power");
    PowerOperation *power = power_operation_new(VIRT_START, 0);
    PowerOperation *autostart = power_operation_new(VIRT_AUTOSTART_ON, 0);
    PowerOperation *destroy = power_operation_new(VIRT_DESTROY, 0);
    PowerOperation *undefine = power_operation_new(VIRT_UNDEFINE, 0);
    g_autoptr(Operation) start = &power->base, on = &autostart->base, off = &destroy->base,
                         end = &undefine->base;
    Operation *all[] = {start, on, off, end};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        put_on_host(all[i], uuid);
    succeed(start);
    assert_non_null(power->running);
    settle(start);
    assert_true(domain_active(find(start)));
    assert_false(start->type->serialised);
    succeed(on);
    settle(on);
    assert_true(find(on)->autostart);
    assert_true(on->type->serialised);
    succeed(off);
    settle(off);
    assert_false(domain_active(find(off)));
    succeed(end);
    assert_true(undefine->gone);
    assert_int_equal(end->type->change, CHANGE_UNDEFINE);
    settle(end);
    assert_null(find(end));
}

/* An event that came meanwhile knows more than what was read after the action. */
static void test_superseded(void **state)
{
    g_autofree char *uuid = new_domain("superseded");
    PowerOperation *power = power_operation_new(VIRT_UNDEFINE, 0);
    g_autoptr(Operation) operation = &power->base;
    put_on_host(operation, uuid);
    succeed(operation);
    operation->type->settle(operation, &host, find(operation), true);
    assert_non_null(find(operation));
}

/* Of what came before a start an event knows less, and of the end of that run more. */
static void test_started_late(void **state)
{
    g_autofree char *uuid = new_domain("started-late");
    PowerOperation *power = power_operation_new(VIRT_START, 0);
    PowerOperation *destroy = power_operation_new(VIRT_DESTROY, 0);
    g_autoptr(Operation) start = &power->base, off = &destroy->base;
    VirtEvent stopped = {.type = VIRT_EVENT_STOPPED, .id = -1};
    g_strlcpy(stopped.uuid, uuid, sizeof stopped.uuid);
    put_on_host(start, uuid);
    put_on_host(off, uuid);
    succeed(start);
    start->type->settle(start, &host, find(start), true);
    assert_true(domain_active(find(start)));
    succeed(off);
    inventory_event(host.inventory, &stopped);
    start->type->settle(start, &host, find(start), true);
    assert_false(domain_active(find(start)));
}

static void test_read(void **state)
{
    g_autofree char *uuid = new_domain("read");
    ReadOperation *read = read_operation_new(READ_ALL), *xml = read_operation_new(READ_XML);
    g_autoptr(Operation) operation = &read->base, text = &xml->base;
    put_on_host(operation, uuid);
    put_on_host(text, uuid);
    succeed(operation);
    assert_string_equal(settings_text(read->settings, "name"), "read");
    assert_int_equal(strlen(read->revision), REVISION_TEXT - 1);
    succeed(text);
    assert_ptr_equal(text->type->text(text), xml->xml);
    assert_non_null(strstr(xml->xml, uuid));
}

static void test_connection(void **state)
{
    ReadOperation *of_domain = read_operation_new(READ_XML),
                  *of_draft = read_operation_new(READ_XML);
    BuildOperation *build = build_operation_new();
    ParseOperation *import = import_operation_new("<domain/>");
    g_autoptr(Operation) first = &of_domain->base, second = &of_draft->base, third = &build->base,
                         fourth = &import->base;
    put_on_host(first, "00000000-0000-0000-0000-000000000001");
    operation_run(NULL, NULL, first);
    assert_true(g_error_matches(first->error, DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE));
    of_draft->source.text = g_strdup("<domain/>");
    operation_run(NULL, NULL, second);
    assert_null(second->error);
    assert_string_equal(second->type->text(second), "<domain/>");
    build->input.settings = dw_settings_new();
    build->input.devices = g_ptr_array_new();
    dw_settings_put(build->input.settings, "name", dw_value_string("b"));
    build->input.incomplete = true;
    operation_run(NULL, NULL, third);
    assert_null(third->error);
    assert_non_null(strstr(third->type->text(third), "<name>b</name>"));
    operation_run(NULL, NULL, fourth);
    assert_null(fourth->error);
    assert_string_equal(fourth->type->text(fourth), "<domain/>");
}

/* ---- Renaming ---- */

#define EFI(more)                                                                                  \
    "<domain type='kvm'><name>web</name><os firmware='efi'><type arch='x86_64'>hvm</type>" more    \
    "</os><features><acpi/></features></domain>"

/* What the plan says of the firmware's variables: under the old name, and under the new one. NULL:
 * nothing has to be defined under the old name. */
static void check_variables(const char *xml, const char *uri, uint64_t version, const char *settled,
                            const char *after)
{
    EditOperation *edit = edit_operation_new(EDIT_RENAME);
    g_autoptr(Operation) operation = &edit->change.base;
    ChangePlan *plan = edit->change.plan = g_new0(ChangePlan, 1);
    const DwHost on = {.libvirt_version = version};
    GError *error = NULL;
    plan->config.before = dw_document_parse(xml, strlen(xml), &error);
    plan->config.after = dw_document_copy(plan->config.before);
    assert_true(rename_plan(&edit->change, uri, "shop", &on, &error));
    g_autofree char *name = dw_get_string(plan->config.after, "name");
    g_autofree char *new_path = dw_get_string(plan->config.after, "os.nvram");
    g_autofree char *old_path = plan->settled ? dw_get_string(plan->settled, "os.nvram") : NULL;
    assert_string_equal(name, "shop");
    assert_string_equal(plan->old_name, "web");
    assert_int_equal(g_strcmp0(old_path, settled), 0);
    assert_int_equal(g_strcmp0(new_path, after), 0);
    if (plan->settled) {
        g_autofree char *old_name = dw_get_string(plan->settled, "name");
        assert_string_equal(old_name, "web");
    }
}

/* Libvirt before 9.2 derives their path from the name, so the one they have is written down. */
static void test_rename_variables(void **state)
{
    static const char path[] = "/var/lib/libvirt/qemu/nvram/web_VARS.fd";
    g_autofree char *own =
        g_build_filename(g_get_user_config_dir(), "libvirt/qemu/nvram/web_VARS.fd", NULL);
    check_variables(EFI(""), "qemu:///system", 9000000, path, path);
    check_variables(EFI(""), "qemu+ssh://root@far/system?mode=direct", 9001999, path, path);
    check_variables(EFI(""), "qemu:///session", 9000000, own, own);
    check_variables(EFI(""), "qemu:///system", 9002000, NULL, NULL);
    check_variables(EFI("<nvram>/x/own.fd</nvram>"), "qemu:///system", 9000000, NULL, "/x/own.fd");
    check_variables(EFI("<loader stateless='yes'/>"), "qemu:///system", 9000000, NULL, NULL);
    check_variables("<domain type='kvm'><name>web</name></domain>", "qemu:///system", 9000000, NULL,
                    NULL);
    check_variables("<domain type='xen'><name>web</name><os firmware='efi'/></domain>",
                    "xen:///system", 9000000, NULL, NULL);
}

/* Where they are is not known: then the guest would lose them. */
static void test_rename_variables_unknown(void **state)
{
    static const char *const uris[] = {"qemu+unix:///session?socket=/run/s",
                                       "qemu+ssh://far/session", "qemu:///embed?root=/x"};
    for (gsize i = 0; i < G_N_ELEMENTS(uris); i++) {
        EditOperation *edit = edit_operation_new(EDIT_RENAME);
        g_autoptr(Operation) operation = &edit->change.base;
        ChangePlan *plan = edit->change.plan = g_new0(ChangePlan, 1);
        g_autoptr(GError) error = NULL;
        plan->config.before = dw_document_parse(EFI(""), strlen(EFI("")), NULL);
        plan->config.after = dw_document_copy(plan->config.before);
        assert_false(rename_plan(&edit->change, uris[i], "shop",
                                 &(DwHost){.libvirt_version = 9000000}, &error));
        assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_UNSUPPORTED));
    }
}

/* Of what was done, and of what may not have been. */
static void test_summaries(void **state)
{
#define NODE(kind, id) "<" kind "><source path='/" id "'/><target name='" id "'/></" kind ">"
    static const struct {
        const char *before, *after, *done, *plan;
    } changes[] = {
        {"<title>a</title>", "<title>b</title>", "Changed title.", "Was to change title."},
        {"", "<devices>" NODE("channel", "a") NODE("channel", "b") "</devices>",
         "Added channel a and channel b.", "Was to add channel a and channel b."},
        {"<title>a</title><devices>" NODE("channel", "a") "</devices>",
         "<title>b</title><devices>" NODE("channel", "b") "</devices>",
         "Changed title, added channel b, removed channel a.",
         "Was to change title, to add channel b, to remove channel a."},
        {"", "", "Changed nothing.", "Changed nothing."},
        {"", "<other/>", "Changed what has no key.", "Changed what has no key."},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *before = g_strconcat("<domain>", changes[i].before, "</domain>", NULL);
        g_autofree char *after = g_strconcat("<domain>", changes[i].after, "</domain>", NULL);
        g_autoptr(DwDocument) old = dw_document_parse(before, strlen(before), NULL);
        g_autoptr(DwDocument) new = dw_document_parse(after, strlen(after), NULL);
        DwChanges found = {0};
        HistoryChange done = {0}, plan = {0};
        dw_changes_between(old, new, &found);
        history_describe(&found, &done);
        history_describe_plan(&found, &plan);
        assert_string_equal(done.summary, changes[i].done);
        assert_string_equal(plan.summary, changes[i].plan);
        history_description_clear(&done);
        history_description_clear(&plan);
        dw_changes_clear(&found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summaries),
        cmocka_unit_test(test_define),
        cmocka_unit_test(test_define_late),
        cmocka_unit_test(test_edit_whole),
        cmocka_unit_test(test_edit_in_two_steps),
        cmocka_unit_test(test_edit_unchanged),
        cmocka_unit_test(test_changed_between_steps),
        cmocka_unit_test(test_known_is_old),
        cmocka_unit_test(test_revision),
        cmocka_unit_test(test_other_plan),
        cmocka_unit_test(test_unwanted),
        cmocka_unit_test(test_draft),
        cmocka_unit_test(test_power),
        cmocka_unit_test(test_superseded),
        cmocka_unit_test(test_started_late),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_connection),
        cmocka_unit_test(test_rename_variables),
        cmocka_unit_test(test_rename_variables_unknown),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
