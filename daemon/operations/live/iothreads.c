/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which threads there are differs as a whole, whatever keys say so: their number, or one of them.
 * What is said of a thread goes with it; what one is to be comes after it.
 */
#include "operations/live/iothreads.h"

#include <string.h>

#include "operations/live/problem.h"

#define COUNT    "iothreads"
#define THREAD   "iothreadids.iothread."
#define PIN      "cputune.iothreadpin."
#define SCHEDULE "cputune.iothreadsched."

struct LiveIothreads {
    const DwDocument *before, *after;
    const DwSettings *old, *new;
    GHashTable *had, *has; /* sets of numbers */
    GHashTable *settings;  /* number → LiveStep of the thread's parameters */
    bool counted;          /* the steps for those that come and go are there */
};

LiveIothreads *live_iothreads_new(const DwDocument *before, const DwDocument *after,
                                  const DwSettings *old, const DwSettings *new)
{
    LiveIothreads *threads = g_new0(LiveIothreads, 1);
    *threads = (LiveIothreads){before, after, old, new};
    threads->had = dw_iothreads(before);
    threads->has = dw_iothreads(after);
    threads->settings = g_hash_table_new(NULL, NULL);
    return threads;
}

void live_iothreads_free(LiveIothreads *threads)
{
    if (!threads)
        return;
    g_hash_table_unref(threads->had);
    g_hash_table_unref(threads->has);
    g_hash_table_unref(threads->settings);
    g_free(threads);
}

/* ---- Threads that come and go ---- */

static int compare_numbers(const void *a, const void *b)
{
    unsigned one = *(const unsigned *)a, other = *(const unsigned *)b;
    return (one > other) - (one < other);
}

/* Sorted. */
static GArray *numbers_besides(GHashTable *numbers, GHashTable *others)
{
    GArray *besides = g_array_new(FALSE, FALSE, sizeof(unsigned));
    GHashTableIter iter;
    void *number;
    g_hash_table_iter_init(&iter, numbers);
    while (g_hash_table_iter_next(&iter, &number, NULL)) {
        unsigned found = GPOINTER_TO_UINT(number);
        if (!g_hash_table_contains(others, number))
            g_array_append_val(besides, found);
    }
    g_array_sort(besides, compare_numbers);
    return besides;
}

static bool differs(const LiveIothreads *threads, const char *key)
{
    const DwValue *old = dw_settings_get(threads->old, key),
                  *new = dw_settings_get(threads->new, key);
    return (old || new) && !(old && new &&dw_value_equal(old, new));
}

/* The key that says so is their number, unless that stays. */
static void add_thread(const LiveIothreads *threads, GPtrArray *steps, unsigned number, bool adding)
{
    g_autofree char *own = g_strdup_printf(THREAD "%u", number);
    const char *key = differs(threads, COUNT) ? COUNT : own;
    LiveStep *step = live_step_add_for(
        steps, adding ? VIRT_LIVE_ADD_IOTHREAD : VIRT_LIVE_DELETE_IOTHREAD, "", "", key);
    step->undo.call = adding ? VIRT_LIVE_DELETE_IOTHREAD : VIRT_LIVE_ADD_IOTHREAD;
    step->change.number = step->undo.number = number;
}

static void count(LiveIothreads *threads, GPtrArray *steps)
{
    if (threads->counted)
        return;
    threads->counted = true;
    g_autoptr(GArray) come = numbers_besides(threads->has, threads->had);
    g_autoptr(GArray) gone = numbers_besides(threads->had, threads->has);
    for (guint i = 0; i < come->len; i++)
        add_thread(threads, steps, g_array_index(come, unsigned, i), true);
    for (guint i = gone->len; i > 0; i--)
        add_thread(threads, steps, g_array_index(gone, unsigned, i - 1), false);
}

static bool has_gone(const LiveIothreads *threads, unsigned number)
{
    return g_hash_table_contains(threads->had, GUINT_TO_POINTER(number)) &&
           !g_hash_table_contains(threads->has, GUINT_TO_POINTER(number));
}

/* ---- What they are to be ---- */

/* What QEMU has where nothing is set: libvirt cannot unset a parameter of a running thread. */
static const struct {
    const char *key, *name;
    DwValueType type;
    uint64_t usual;
} parameters[] = {
    {"thread_pool_min", "thread_pool_min", DW_VALUE_INT, 0},
    {"thread_pool_max", "thread_pool_max", DW_VALUE_INT, 64},
    {"poll.max", "poll_max_ns", DW_VALUE_UINT64, 32768},
    {"poll.grow", "poll_grow", DW_VALUE_UINT, 0},
    {"poll.shrink", "poll_shrink", DW_VALUE_UINT, 0},
};

static DwValue parameter(gsize row, const DwValue *value)
{
    DwValue typed = dw_value_uint64(value ? value->u : parameters[row].usual);
    typed.type = parameters[row].type;
    return typed;
}

static LiveStep *step_of(LiveIothreads *threads, GPtrArray *steps, unsigned number)
{
    LiveStep *step = g_hash_table_lookup(threads->settings, GUINT_TO_POINTER(number));
    if (step)
        return step;
    step = live_step_add(steps, VIRT_LIVE_IOTHREAD, g_new0(char *, 1));
    step->change.number = step->undo.number = number;
    step->change.parameters = dw_settings_new();
    step->undo.parameters = dw_settings_new();
    g_hash_table_insert(threads->settings, GUINT_TO_POINTER(number), step);
    return step;
}

static bool add_parameter(LiveIothreads *threads, GPtrArray *steps, const char *key,
                          unsigned number, const char *what)
{
    const DwValue *old = dw_settings_get(threads->old, key),
                  *new = dw_settings_get(threads->new, key);
    gsize row = 0;
    while (row < G_N_ELEMENTS(parameters) && strcmp(what, parameters[row].key) != 0)
        row++;
    if (!new || row == G_N_ELEMENTS(parameters))
        return false;
    LiveStep *step = step_of(threads, steps, number);
    live_step_add_name(step, key);
    dw_settings_put(step->change.parameters, parameters[row].name, parameter(row, new));
    dw_settings_put(step->undo.parameters, parameters[row].name, parameter(row, old));
    return true;
}

/* ---- Keys ---- */

/* 0: the key is of no thread. */
static unsigned number_in(const char *key, const char *before, const char **ret_rest)
{
    char *rest = NULL;
    uint64_t number =
        g_str_has_prefix(key, before) ? g_ascii_strtoull(key + strlen(before), &rest, 10) : 0;
    *ret_rest = rest;
    return (unsigned)MIN(number, UINT_MAX);
}

bool live_iothreads_may_take(const char *key)
{
    return g_str_has_prefix(key, SCHEDULE);
}

bool live_iothreads_add(LiveIothreads *threads, GPtrArray *steps, const char *key)
{
    const char *rest;
    bool counts = strcmp(key, COUNT) == 0, pins = g_str_has_prefix(key, PIN);
    if (!counts && !pins && !g_str_has_prefix(key, THREAD) && !g_str_has_prefix(key, SCHEDULE))
        return false;
    count(threads, steps);
    if (counts)
        return true;
    if (g_str_has_prefix(key, SCHEDULE))
        return dw_iothreads_keep_schedulers(threads->before, threads->after);
    unsigned number = number_in(key, pins ? PIN : THREAD, &rest);
    if (!dw_settings_get(threads->new, key) && has_gone(threads, number))
        return true;
    if (pins || number == 0)
        return false;
    return *rest ? add_parameter(threads, steps, key, number, rest + 1) : true;
}

/* ---- Threads in use ---- */

/* Number -> the first device that uses the thread. */
static GHashTable *users_of(const GPtrArray *devices)
{
    GHashTable *users = g_hash_table_new(NULL, NULL);
    for (guint i = devices->len; i-- > 0;) {
        const DwDevice *device = devices->pdata[i];
        const DwValue *thread = dw_settings_get(device->properties, "driver.iothread");
        if (thread && thread->type != DW_VALUE_STRING)
            g_hash_table_replace(users, GUINT_TO_POINTER(thread->u), (void *)device);
    }
    return users;
}

static bool refuse_used(const LiveStep *step, const DwDevice *device, GPtrArray *impossible)
{
    if (!device)
        return false;
    g_autofree char *message =
        g_strdup_printf("I/O thread %" G_GUINT64_FORMAT " cannot be taken from the running domain "
                        "as long as it has %s \"%s\", which uses it; remove that first, "
                        "or " LIVE_USE_CONFIG,
                        step->change.number, device->kind, device->id);
    live_refuse(impossible, "live.not-possible", "", "", step->names[0], message);
    return true;
}

static bool take_threads(const GPtrArray *steps)
{
    bool take = false;
    for (guint i = 0; i < steps->len; i++)
        take |= ((const LiveStep *)steps->pdata[i])->change.call == VIRT_LIVE_DELETE_IOTHREAD;
    return take;
}

void live_iothreads_check(const DwDocument *before, GPtrArray *steps, GPtrArray *impossible)
{
    g_autoptr(GPtrArray) devices =
        take_threads(steps) ? dw_get_devices(before, "", false, NULL) : NULL;
    g_autoptr(GHashTable) users = devices ? users_of(devices) : NULL;
    for (guint i = steps->len; users && i-- > 0;) {
        const LiveStep *step = steps->pdata[i];
        if (step->change.call == VIRT_LIVE_DELETE_IOTHREAD &&
            refuse_used(step, g_hash_table_lookup(users, GUINT_TO_POINTER(step->change.number)),
                        impossible))
            g_ptr_array_remove_index(steps, i);
    }
}
