/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pace of the sweep, with a clock, timers and a document reader made up here: how long a change
 * that nobody tells stays unseen, and what share of the time it costs to look for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "host/sweep.h"

#define SECOND ((int64_t)USEC_PER_SEC)
/* The reading of one document, by a libvirt that answers at once and by one that is busy. */
#define QUICK 300
#define SLOW  20000

/* ---- The clock and the timer ---- */

static int64_t now;
static uint64_t pause_usec;
static sd_event_time_handler_t handler;
static void *sweep_of_handler;

gint64 g_get_monotonic_time(void)
{
    return now;
}

int sd_event_add_time_relative(sd_event *event, sd_event_source **ret, clockid_t clock,
                               uint64_t usec, uint64_t accuracy, sd_event_time_handler_t callback,
                               void *userdata)
{
    pause_usec = usec;
    handler = callback;
    sweep_of_handler = userdata;
    return 0;
}

int sd_event_source_set_time_relative(sd_event_source *source, uint64_t usec)
{
    pause_usec = usec;
    return 0;
}

int sd_event_source_set_enabled(sd_event_source *source, int enabled)
{
    assert_int_equal(enabled, SD_EVENT_ONESHOT);
    return 0;
}

sd_event_source *sd_event_source_disable_unref(sd_event_source *source)
{
    return NULL;
}

/* ---- Rooms that are not in this program ---- */

void virt_domain_free(VirtDomain *domain)
{
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

/* ---- The reader ---- */

static Inventory *inventory;
static int64_t cost;               /* µs of one document */
static int64_t busy, busy_in_all;  /* µs of a worker */
static unsigned largest, in_batch; /* documents between two calls of the timer */
static GHashTable *read_at;        /* Uuid -> when, of the persistent side */
static int64_t longest;            /* between two readings of one domain */

static void note(const Domain *domain)
{
    int64_t *last = g_hash_table_lookup(read_at, &domain->uuid);
    longest = MAX(longest, now - *last);
    *last = now;
}

static bool read_all(GQueue *queue, bool live)
{
    bool any = queue->head != NULL;
    while (queue->head) {
        Domain *domain = queue->head->data;
        inventory_unmark(domain, live);
        if (!live)
            note(domain);
        busy += cost;
        busy_in_all += cost;
        in_batch++;
    }
    largest = MAX(largest, in_batch);
    return any;
}

bool document_reader_read(DocumentReader *reader)
{
    in_batch = 0;
    return read_all(&inventory->doubtful, false);
}

bool document_reader_read_live(DocumentReader *reader)
{
    return read_all(&inventory->live_doubtful, true);
}

int64_t document_reader_take_busy(DocumentReader *reader)
{
    int64_t taken = busy;
    busy = 0;
    return taken;
}

/* ---- The rig ---- */

static void add_domain(unsigned number, bool running)
{
    VirtDomain domain = {.name = NULL,
                         .id = running ? (int)number + 1 : -1,
                         .state = running ? VIRT_RUNNING : VIRT_SHUTOFF,
                         .persistent = true,
                         .knows_state = true,
                         .knows_persistent = true};
    DomainSnapshot snapshot = {.domain = &domain};
    domain.name = g_strdup_printf("web-%u", number);
    snprintf(domain.uuid, sizeof domain.uuid, "8a7c3e10-5b42-4d8f-9c21-%012x", number);
    inventory_update(inventory, &snapshot, NULL);
    g_free(domain.name);
}

/* Lets so many seconds pass with so many running domains. */
static void sweep_for(unsigned domains, unsigned seconds)
{
    HostContext context = {0};
    GHashTableIter iter;
    const Domain *domain;
    g_autoptr(GArray) listeners = g_array_new(FALSE, FALSE, sizeof(InventoryListener));
    inventory = inventory_new(NULL, "/host", listeners);
    for (unsigned i = 0; i < domains; i++)
        add_domain(i, true);
    now = 100 * SECOND;
    read_at = g_hash_table_new_full(uuid_hash, uuid_equal, NULL, g_free);
    g_hash_table_iter_init(&iter, inventory->domains);
    while ((domain = inventory_next(&iter)))
        g_hash_table_insert(read_at, (void *)&domain->uuid, g_memdup2(&now, sizeof now));
    busy = busy_in_all = longest = largest = 0;
    Sweep *sweep = sweep_new(&context, inventory, NULL);
    for (int64_t end = now + seconds * SECOND; now < end;) {
        now += (int64_t)pause_usec;
        handler(NULL, 0, sweep_of_handler);
    }
    g_hash_table_iter_init(&iter, inventory->domains);
    while ((domain = inventory_next(&iter)))
        note(domain);
    sweep_free(sweep);
    g_hash_table_unref(read_at);
    inventory_free(inventory);
}

/* ---- What has to be true ---- */

static void test_thousand_domains(void **state)
{
    cost = QUICK;
    sweep_for(1000, 600);
    assert_true(longest >= 1 && longest <= 60 * SECOND);
    /* Of all time, one worker's; there are four. */
    assert_true(busy_in_all * 50 <= 600 * SECOND);
    /* Never many at once: a caller who comes meanwhile waits for one of them at most. */
    assert_true(largest >= 1 && largest <= 64);
}

static void test_few_domains(void **state)
{
    cost = QUICK;
    sweep_for(3, 600);
    assert_true(longest >= 1 && longest <= 60 * SECOND);
    assert_true(busy_in_all * 1000 <= 600 * SECOND);
}

/* It takes longer then, as long as has to be, and goes on. */
static void test_slow_libvirt(void **state)
{
    cost = SLOW;
    sweep_for(1000, 6000);
    assert_true(busy_in_all >= 1 && busy_in_all <= 6000 * SECOND / 19);
    assert_true(longest >= 60 * SECOND && longest <= 1000 * SECOND);
}

static void test_no_domains(void **state)
{
    sweep_for(0, 600);
    assert_int_equal(busy_in_all, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thousand_domains),
        cmocka_unit_test(test_few_domains),
        cmocka_unit_test(test_slow_libvirt),
        cmocka_unit_test(test_no_domains),
    };
    return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
