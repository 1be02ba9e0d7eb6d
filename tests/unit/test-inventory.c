/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inventory with events and snapshots made up here: state, signals, and which events are our
 * own. Its caches are test-caches.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "inventory/domain-path.h"
#include "inventory/inventory.h"

#define ONE   "8a7c3e10-5b42-4d8f-9c21-0f6e5d4c3b2a"
#define OTHER "0c5b2a91-7d3e-4f60-8a1b-2c3d4e5f6071"
#define PATH  "/org/domwright1/host/local"

/* Of libvirt's room, which is not in this program. */
void virt_domain_free(VirtDomain *domain)
{
    g_free(domain);
}

VirtDomain *virt_domain_get(Virt *virt, const char *uuid, GError **error)
{
    return NULL;
}

char *virt_domain_xml(Virt *virt, const char *uuid, bool live, GError **error)
{
    return NULL;
}

const char *virt_uri(const Virt *virt)
{
    return "test:///default";
}

/* ---- What listeners are told, as one text ---- */

static GString *told;
static Inventory *inventory;

static void on_added(const Domain *domain, void *data)
{
    g_string_append_printf(told, "added %s; ", domain->name);
}

static void on_removed(const Domain *domain, void *data)
{
    assert_null(inventory_find(inventory, &domain->uuid));
    g_string_append_printf(told, "removed %s; ", domain->name);
}

static void on_properties(const Domain *domain, const char *const *names, void *data)
{
    g_autofree char *joined = g_strjoinv(",", (char **)names);
    g_string_append_printf(told, "%s: %s; ", domain->name, joined);
}

static void on_document(const Domain *domain, bool first, const DwChanges *changes,
                        const char *revision, void *data)
{
    char known[REVISION_TEXT];
    revision_text(&domain->revision, known);
    assert_string_equal(known, revision);
    g_string_append_printf(told, "%s %s; ", domain->name, first ? "first" : "document");
}

static void on_live(const Domain *domain, const DwChanges *changes, const char *revision,
                    void *data)
{
    g_string_append_printf(told, "%s live; ", domain->name);
}

static void check_told(const char *expected)
{
    assert_string_equal(told->str, expected);
    g_string_truncate(told, 0);
}

static GArray *listeners;

static int setup(void **state)
{
    static const InventoryListener all = {NULL,          on_added,    on_removed,
                                          on_properties, on_document, on_live},
                                   none = {0};
    told = g_string_new(NULL);
    listeners = g_array_new(FALSE, FALSE, sizeof(InventoryListener));
    g_array_append_val(listeners, none);
    g_array_append_val(listeners, all);
    inventory = inventory_new(NULL, PATH, listeners);
    return revision_load(NULL, NULL, NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    inventory_free(inventory);
    g_array_unref(listeners);
    g_string_free(told, TRUE);
    return 0;
}

/* ---- What happens ---- */

static Domain *find(const char *text)
{
    Uuid uuid;
    assert_true(uuid_parse(text, &uuid));
    return inventory_find_any(inventory, &uuid);
}

static void event(const char *uuid, VirtEventType type, int id)
{
    VirtEvent event = {.type = type, .name = (char *)"web", .id = id};
    g_strlcpy(event.uuid, uuid, sizeof event.uuid);
    inventory_event(inventory, &event);
}

static void fill(DomainSnapshot *snapshot, VirtDomain *domain, const char *text)
{
    *snapshot = (DomainSnapshot){
        .domain = domain, .text = (char *)text, .parses = text && g_str_has_suffix(text, ">")};
    if (text)
        revision_of("test:///default", text, strlen(text), snapshot->revision);
}

static VirtDomain described(const char *uuid, const char *name, int id)
{
    VirtDomain domain = {.name = (char *)name,
                         .id = id,
                         .state = id < 0 ? VIRT_SHUTOFF : VIRT_RUNNING,
                         .persistent = true,
                         .knows_state = true,
                         .knows_persistent = true,
                         .knows_autostart = true};
    g_strlcpy(domain.uuid, uuid, sizeof domain.uuid);
    return domain;
}

static void have_read(const char *uuid, const char *name, int id, const char *text)
{
    VirtDomain domain = described(uuid, name, id);
    DomainSnapshot snapshot;
    fill(&snapshot, &domain, text);
    inventory_update(inventory, &snapshot, NULL);
}

/* As the reader does: it takes what is doubtful and hands in what it read. */
static void read_doubtful(const char *text)
{
    Domain *domain;
    while ((domain = g_queue_peek_head(&inventory->doubtful))) {
        char uuid[UUID_TEXT];
        uuid_format(&domain->uuid, uuid);
        inventory_unmark(domain, false);
        have_read(uuid, domain->name, domain->id, text);
    }
}

static void edit_ends(const char *text)
{
    DomainSnapshot snapshot;
    fill(&snapshot, NULL, text);
    EditResult result = {.stored = &snapshot};
    inventory_edit_ends(find(ONE), &result);
}

/* A domain that is known, on a host that sends DEFINED events. */
static void have_domain(void)
{
    event(ONE, VIRT_EVENT_DEFINED, -1);
    read_doubtful("<domain/>");
    g_string_truncate(told, 0);
}

/* ---- State and signals ---- */

static void test_resync(void **state)
{
    VirtDomain one = described(ONE, "one", -1), other = described(OTHER, "other", 3);
    g_autoptr(GPtrArray) domains = g_ptr_array_new();
    g_ptr_array_add(domains, &one);
    g_ptr_array_add(domains, &other);
    inventory_resync(inventory, domains, true);
    check_told("");
    assert_int_equal(inventory->doubtful.length, 2);
    assert_int_equal(inventory->live_doubtful.length, 1);
    g_ptr_array_remove(domains, &other);
    one.name = (char *)"new";
    inventory_resync(inventory, domains, false);
    check_told("new: Name; removed other; ");
    assert_int_equal(inventory->doubtful.length, 1);
    assert_null(inventory_find_word(inventory, "one"));
    assert_ptr_equal(inventory_find_word(inventory, "new"), find(ONE));
    assert_ptr_equal(inventory_find_word(inventory, ONE), find(ONE));
}

/* A name heard of in an event is nobody's domain before it has been read. */
static void test_hidden(void **state)
{
    event(ONE, VIRT_EVENT_DEFINED, -1);
    check_told("");
    assert_null(inventory_find_word(inventory, "web"));
    assert_non_null(find(ONE));
    read_doubtful("<domain/>");
    check_told("added web; web first; ");
    event(ONE, VIRT_EVENT_UNDEFINED, -1);
    check_told("removed web; ");
    event(OTHER, VIRT_EVENT_DEFINED, -1);
    event(OTHER, VIRT_EVENT_UNDEFINED, -1);
    check_told("");
    assert_int_equal(g_hash_table_size(inventory->domains), 0);
    assert_int_equal(g_hash_table_size(inventory->names), 0);
    assert_int_equal(inventory->doubtful.length, 0);
}

static void test_running(void **state)
{
    have_domain();
    event(ONE, VIRT_EVENT_STARTED, 7);
    check_told("web: Id,State,Active,StartedAt; ");
    assert_int_equal(inventory->live_doubtful.length, 1);
    event(ONE, VIRT_EVENT_UNDEFINED, 7);
    check_told("web: Persistent; ");
    event(ONE, VIRT_EVENT_STOPPED, -1);
    check_told("removed web; ");
    assert_int_equal(inventory->live_doubtful.length, 0);
}

static void test_document(void **state)
{
    have_domain();
    have_read(ONE, "web", -1, "<domain/>");
    check_told("");
    have_read(ONE, "web", -1, "<domain type='kvm'/>");
    check_told("web document; ");
    const Uuid *uuid = &find(ONE)->uuid;
    assert_string_equal(document_cache_get(inventory->documents, uuid), "<domain type='kvm'/>");
    have_read(ONE, "web", -1, "<domain"); /* which does not parse */
    assert_null(document_cache_get(inventory->documents, uuid));
}

/* What ran right after a start is the baseline, unless something has changed since. */
static void test_started_document(void **state)
{
    have_domain();
    Domain *domain = find(ONE);
    event(ONE, VIRT_EVENT_STARTED, 7);
    inventory_started(domain, 6, g_strdup("<earlier/>"));
    assert_null(document_cache_get(inventory->live_documents, &domain->uuid));
    inventory_started(domain, 7, g_strdup("<running/>"));
    assert_string_equal(document_cache_get(inventory->live_documents, &domain->uuid), "<running/>");
    inventory_unmark(domain, true);
    event(ONE, VIRT_EVENT_STARTED, 7);
    assert_int_equal(inventory->live_doubtful.length, 0);
    event(ONE, VIRT_EVENT_STARTED, 8);
    assert_int_equal(inventory->live_doubtful.length, 1);
    event(ONE, VIRT_EVENT_LIVE, 8);
    inventory_started(domain, 8, g_strdup("<late/>"));
    assert_null(document_cache_get(inventory->live_documents, &domain->uuid));
}

static void test_paths(void **state)
{
    have_domain();
    g_autofree char *path = domain_path(find(ONE));
    g_autofree char *other = inventory_path_of(inventory, OTHER);
    assert_string_equal(path, PATH "/domain/_8a7c3e10_5b42_4d8f_9c21_0f6e5d4c3b2a");
    assert_string_equal(other, PATH "/domain/_0c5b2a91_7d3e_4f60_8a1b_2c3d4e5f6071");
    assert_null(inventory_path_of(inventory, "web"));
    assert_ptr_equal(inventory_at_path(inventory, path), find(ONE));
    assert_null(inventory_at_path(inventory, other));
    assert_null(inventory_at_path(inventory, PATH "/domain/_" ONE));
    assert_null(inventory_at_path(inventory, PATH "/domain/_8A7C3E10_5b42_4d8f_9c21_0f6e5d4c3b2a"));
    assert_null(inventory_at_path(inventory, "/_8a7c3e10_5b42_4d8f_9c21_0f6e5d4c3b2a"));
    assert_null(inventory_at_path(inventory, "/"));
}

/* ---- The cases of our own edits and their events; see inventory.h ---- */

static void check_pending(unsigned pending, unsigned doubtful)
{
    assert_int_equal(find(ONE)->own_events_pending[EDIT_EVENT_DEFINED], pending);
    assert_int_equal(inventory->doubtful.length, doubtful);
}

static void test_result_before_event(void **state)
{
    have_domain();
    inventory_edit_begins(find(ONE));
    edit_ends("<domain type='kvm'/>");
    check_told("web document; ");
    check_pending(1, 0);
    event(ONE, VIRT_EVENT_DEFINED, -1);
    check_pending(0, 0);
    event(ONE, VIRT_EVENT_DEFINED, -1); /* another program's */
    check_pending(0, 1);
}

static void test_event_before_result(void **state)
{
    have_domain();
    inventory_edit_begins(find(ONE));
    event(ONE, VIRT_EVENT_DEFINED, -1);
    check_pending(0, 1);
    edit_ends("<domain type='kvm'/>");
    check_pending(0, 0);
}

static void test_another_program_between(void **state)
{
    have_domain();
    inventory_edit_begins(find(ONE));
    event(ONE, VIRT_EVENT_DEFINED, -1);
    event(ONE, VIRT_EVENT_METADATA, -1);
    edit_ends("<domain type='kvm'/>");
    check_pending(0, 1);
}

/* Which of the two events is taken for ours does not matter. */
static void test_another_program_after(void **state)
{
    have_domain();
    inventory_edit_begins(find(ONE));
    edit_ends("<domain type='kvm'/>");
    event(ONE, VIRT_EVENT_DEFINED, -1);
    check_pending(0, 0);
    event(ONE, VIRT_EVENT_DEFINED, -1);
    check_pending(0, 1);
}

static void test_no_defined_events(void **state)
{
    have_read(ONE, "web", -1, "<domain/>");
    inventory_edit_begins(find(ONE));
    edit_ends("<domain type='kvm'/>");
    check_pending(0, 0);
}

static void test_pending_has_a_limit(void **state)
{
    VirtDomain one = described(ONE, "web", -1);
    g_autoptr(GPtrArray) domains = g_ptr_array_new();
    g_ptr_array_add(domains, &one);
    have_domain();
    for (int i = 0; i < 20; i++) {
        g_autofree char *text = g_strdup_printf("<domain id='%d'/>", i);
        inventory_edit_begins(find(ONE));
        edit_ends(text);
    }
    check_pending(8, 0);
    inventory_resync(inventory, domains, false);
    check_pending(0, 1);
}

static void define(const char *text)
{
    VirtDomain domain = described(ONE, "web", -1);
    DomainSnapshot snapshot;
    fill(&snapshot, &domain, text);
    inventory_defined(inventory, &snapshot);
}

/* Undefined and defined again by us, while the events of both are still on their way. */
static void test_defined_before_it_is_told_gone(void **state)
{
    have_domain();
    inventory_remove(find(ONE));
    define("<domain type='kvm'/>");
    check_told("removed web; added web; web first; ");
    event(ONE, VIRT_EVENT_UNDEFINED, -1);
    check_told("");
    check_pending(1, 1);
    event(ONE, VIRT_EVENT_DEFINED, -1);
    check_pending(0, 1);
    read_doubtful("<domain type='kvm'/>");
    check_told("");
    event(ONE, VIRT_EVENT_UNDEFINED, -1);
    check_told("removed web; ");
}

static void test_told_before_the_definition_ends(void **state)
{
    have_domain();
    event(ONE, VIRT_EVENT_UNDEFINED, -1);
    event(ONE, VIRT_EVENT_DEFINED, -1);
    define("<domain/>");
    check_pending(0, 1);
    event(ONE, VIRT_EVENT_UNDEFINED, -1);
    assert_null(find(ONE));
}

/* ---- The same of a running domain's title, description and metadata ---- */

#define BEFORE "<domain id='4'/>"
#define AFTER  "<domain id='4'><title>x</title></domain>"

/* A running domain whose documents are known, on a host that sends METADATA events. */
static void have_running(void)
{
    have_read(ONE, "web", 4, "<domain/>");
    event(ONE, VIRT_EVENT_METADATA, 4);
    read_doubtful("<domain/>");
    inventory_unmark(find(ONE), true);
    DomainSnapshot read = {.text = g_strdup(BEFORE), .revision = "r"};
    inventory_live_document(find(ONE), &read, false, NULL);
    g_string_truncate(told, 0);
}

/* It has been given the title, and this was read back; NULL: nothing. */
static void live_edit_ends(const char *before, const char *text)
{
    DomainSnapshot running;
    fill(&running, NULL, g_strdup(text));
    EditResult result = {.metadata_calls = 1, .running = &running, .running_before = before};
    inventory_edit_ends(find(ONE), &result);
    domain_snapshot_clear(&running);
}

static void check_doubtful(unsigned persistent, unsigned live)
{
    assert_int_equal(inventory->doubtful.length, persistent);
    assert_int_equal(inventory->live_doubtful.length, live);
}

static void test_title_before_its_event(void **state)
{
    have_running();
    inventory_edit_begins(find(ONE));
    live_edit_ends(BEFORE, AFTER);
    check_told("web live; ");
    check_doubtful(0, 0);
    event(ONE, VIRT_EVENT_METADATA, 4);
    check_doubtful(0, 0);
    event(ONE, VIRT_EVENT_METADATA, 4); /* another program's */
    check_doubtful(1, 1);
}

static void test_title_after_its_event(void **state)
{
    have_running();
    inventory_edit_begins(find(ONE));
    event(ONE, VIRT_EVENT_METADATA, 4);
    check_doubtful(1, 1);
    live_edit_ends(BEFORE, AFTER);
    check_told("web live; ");
    check_doubtful(0, 0);
    assert_string_equal(document_cache_get(inventory->live_documents, &find(ONE)->uuid), AFTER);
}

static void test_title_of_another_program_too(void **state)
{
    have_running();
    inventory_edit_begins(find(ONE));
    event(ONE, VIRT_EVENT_METADATA, 4);
    event(ONE, VIRT_EVENT_METADATA, 4);
    live_edit_ends(BEFORE, AFTER);
    check_doubtful(1, 1);
}

/* What is known to be doubtful for another reason stays so. */
static void test_title_of_a_doubtful_domain(void **state)
{
    have_running();
    inventory_mark_doubtful(find(ONE));
    inventory_edit_begins(find(ONE));
    event(ONE, VIRT_EVENT_METADATA, 4);
    live_edit_ends(BEFORE, AFTER);
    check_doubtful(1, 0);
}

static void test_device_of_another_program_too(void **state)
{
    have_running();
    inventory_edit_begins(find(ONE));
    event(ONE, VIRT_EVENT_METADATA, 4);
    event(ONE, VIRT_EVENT_LIVE, 4);
    live_edit_ends(BEFORE, AFTER);
    check_doubtful(0, 1);
}

/* Not what was changed; or nothing could be read back. */
static void test_unknown_running_document(void **state)
{
    have_running();
    live_edit_ends("<domain id='4'><title>y</title></domain>", AFTER);
    check_told("");
    check_doubtful(0, 1);
    inventory_unmark(find(ONE), true);
    live_edit_ends(BEFORE, NULL);
    check_told("");
    check_doubtful(0, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_resync),
        TEST(test_hidden),
        TEST(test_running),
        TEST(test_document),
        TEST(test_started_document),
        TEST(test_paths),
        TEST(test_result_before_event),
        TEST(test_event_before_result),
        TEST(test_another_program_between),
        TEST(test_another_program_after),
        TEST(test_no_defined_events),
        TEST(test_pending_has_a_limit),
        TEST(test_defined_before_it_is_told_gone),
        TEST(test_told_before_the_definition_ends),
        TEST(test_title_before_its_event),
        TEST(test_title_after_its_event),
        TEST(test_title_of_another_program_too),
        TEST(test_title_of_a_doubtful_domain),
        TEST(test_device_of_another_program_too),
        TEST(test_unknown_running_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
