/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The document reader with a queue and a libvirt made up here, so that what happens while a
 * document is being read happens exactly then: which changes of running domains are told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "history/describe.h"
#include "host/document-reader.h"

#define ONE "8a7c3e10-5b42-4d8f-9c21-0f6e5d4c3b2a"
#define RUN 4

static const char small[] = "<domain type='qemu'><name>web</name><memory>65536</memory></domain>";
static const char large[] = "<domain type='qemu'><name>web</name><memory>131072</memory></domain>";

/* ---- libvirt, the history and the queue ---- */

static const char *running_text; /* NULL: reading it fails */

void virt_domain_free(VirtDomain *domain)
{
}

VirtDomain *virt_domain_get(Virt *virt, const char *uuid, GError **error)
{
    return NULL;
}

char *virt_domain_xml(Virt *virt, const char *uuid, bool live, GError **error)
{
    assert_true(live);
    return g_strdup(running_text);
}

const char *virt_uri(const Virt *virt)
{
    return "test:///default";
}

History *history_keeper_history(const HistoryKeeper *keeper)
{
    return NULL;
}

void history_unref(History *history)
{
    assert_null(history);
}

void history_keep_text(History *history, const char *uuid, const char *name, const char *revision,
                       const char *text)
{
    fail();
}

bool task_is_abandoned(Task *task)
{
    return false;
}

bool host_queue_is_open(const HostQueue *queue)
{
    return true;
}

static bool edit_at_work;

bool host_queue_key_busy(const HostQueue *queue, const char *key)
{
    return edit_at_work;
}

/* The one task that is under way. */
static struct {
    const TaskType *type;
    void *data, *context;
} waiting;

bool host_queue_submit(HostQueue *queue, const TaskType *type, const char *key,
                       uint64_t timeout_usec, void *data, void *context, GError **error)
{
    assert_null(waiting.data);
    waiting.type = type;
    waiting.data = data;
    waiting.context = context;
    return true;
}

/* The worker's half and then the main thread's. */
static void read_document(void)
{
    waiting.type->run(NULL, &waiting, waiting.data);
}

static void take_document(void)
{
    void *data = waiting.data;
    waiting.data = NULL;
    waiting.type->done(TASK_DONE, data, waiting.context);
    waiting.type->free(data);
}

/* ---- The rig ---- */

static GString *told;
static GArray *listeners;
static Inventory *inventory;
static DocumentReader *reader;
static Domain *domain;

static void on_live(const Domain *changed, const DwChanges *changes, const char *revision,
                    void *data)
{
    g_autofree char *keys = changes ? g_strjoinv(",", changes->keys) : g_strdup("something");
    g_string_append_printf(told, "%s; ", keys);
}

static void on_caught_up(void *data)
{
}

static void event(VirtEventType type)
{
    VirtEvent event = {.type = type, .name = (char *)"web", .id = RUN, .uuid = ONE};
    inventory_event(inventory, &event);
    document_reader_read_live(reader);
}

static int set_up(void **state)
{
    static const InventoryListener listener = {.live_changed = on_live};
    VirtDomain shutoff = {
        .uuid = ONE, .name = (char *)"web", .id = -1, .persistent = true, .knows_persistent = true};
    DomainSnapshot snapshot = {.domain = &shutoff};
    Uuid uuid;
    told = g_string_new(NULL);
    listeners = g_array_new(FALSE, FALSE, sizeof(InventoryListener));
    g_array_append_val(listeners, listener);
    inventory = inventory_new(NULL, "/host", listeners);
    reader = document_reader_new(inventory, NULL, NULL, on_caught_up, NULL);
    inventory_update(inventory, &snapshot, NULL);
    domain = uuid_parse(ONE, &uuid) ? inventory_find(inventory, &uuid) : NULL;
    running_text = small;
    return domain && revision_load(NULL, NULL, NULL) ? 0 : -1;
}

static int tear_down(void **state)
{
    assert_null(waiting.data);
    document_reader_free(reader);
    inventory_free(inventory);
    g_array_unref(listeners);
    g_string_free(told, TRUE);
    return 0;
}

static void check_told(const char *expected)
{
    assert_string_equal(told->str, expected);
    g_string_truncate(told, 0);
}

/* ---- What happens ---- */

static void test_changes_are_told(void **state)
{
    event(VIRT_EVENT_STARTED);
    read_document();
    take_document();
    check_told("");
    running_text = large;
    event(VIRT_EVENT_LIVE);
    read_document();
    take_document();
    check_told("memory; ");
    event(VIRT_EVENT_LIVE);
    read_document();
    take_document();
    check_told("");
}

static void test_change_during_the_first_reading(void **state)
{
    event(VIRT_EVENT_STARTED);
    read_document();
    running_text = large;
    event(VIRT_EVENT_LIVE);
    take_document();
    check_told("");
    read_document();
    take_document();
    check_told("something; ");
}

/* The start's result and the first reading cross, and only the latter has the change. Its event
 * comes last. */
static void test_change_between_start_and_reading(void **state)
{
    event(VIRT_EVENT_STARTED);
    inventory_started(domain, RUN, g_strdup(small));
    running_text = large;
    read_document();
    take_document();
    check_told("");
    read_document();
    take_document();
    check_told("memory; ");
    event(VIRT_EVENT_LIVE);
    read_document();
    take_document();
    check_told("");
}

static void test_start_result_is_what_runs(void **state)
{
    event(VIRT_EVENT_STARTED);
    inventory_started(domain, RUN, g_strdup(small));
    read_document();
    take_document();
    check_told("");
    assert_true(domain->live_revision_known);
    assert_null(waiting.data);
}

/* An edit of ours has ended, this is what it read back. */
static void edit_ends(const char *before, const char *text)
{
    DomainSnapshot running = {.text = g_strdup(text)};
    EditResult result = {.running = &running, .running_before = before};
    revision_of("test:///default", text, strlen(text), running.revision);
    inventory_edit_ends(domain, &result);
    domain_snapshot_clear(&running);
}

/* The reading has what was there before the edit: it must not take that back. */
static void test_edit_while_reading(void **state)
{
    event(VIRT_EVENT_STARTED);
    read_document();
    take_document();
    event(VIRT_EVENT_LIVE);
    read_document();
    running_text = large;
    edit_ends(small, large);
    check_told("something; ");
    take_document();
    read_document();
    take_document();
    check_told("");
}

static void test_edit_at_work(void **state)
{
    event(VIRT_EVENT_STARTED);
    read_document();
    take_document();
    edit_at_work = true;
    event(VIRT_EVENT_LIVE);
    assert_null(waiting.data);
    edit_at_work = false;
    running_text = large;
    document_reader_read_live(reader);
    read_document();
    take_document();
    check_told("memory; ");
}

static void test_stopped_while_reading(void **state)
{
    event(VIRT_EVENT_STARTED);
    read_document();
    event(VIRT_EVENT_STOPPED);
    assert_int_equal(domain->id, -1);
    take_document();
    check_told("");
    Uuid uuid;
    assert_true(uuid_parse(ONE, &uuid));
    assert_null(document_cache_get(inventory->live_documents, &uuid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_changes_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_change_during_the_first_reading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_change_between_start_and_reading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_start_result_is_what_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_edit_while_reading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_edit_at_work, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stopped_while_reading, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("document-reader", tests, NULL, NULL);
}
