/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fewer processors or I/O threads: what names those that go goes as well. Used by domain.c. One
 * document, one thread.
 */
#include "edit/defaults/counts.h"

#include "edit/defaults/processors.h"
#include "keys/lens.h"
#include "rules/context.h"

/* What a number may not reach any more: its elements, what tells them apart, and their keys. */
typedef struct {
    const char *path, *attribute, *key; /* "cputune.vcpupin.N.cpuset" */
} Numbered;

static const Numbered thread_pins = {"cputune/iothreadpin", "iothread",
                                     "cputune.iothreadpin.N.cpuset"};
static const Numbered thread_ids = {"iothreadids/iothread", "id", "iothreadids.iothread.N"};

/* The numbers, from limit on, of the elements that are there. */
static GArray *numbers_from(const DwDocument *document, const Numbered *numbered, unsigned limit)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(unsigned));
    DwNode node = lens_find(document, document_root(document), numbered->path, NULL);

    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        g_autofree char *path = g_strconcat("@", numbered->attribute, NULL);
        uint64_t number;

        if (lens_number(document, node, path, &number) && number >= limit && number <= UINT_MAX) {
            unsigned found = (unsigned)number;
            g_array_append_val(numbers, found);
        }
    }
    return numbers;
}

static char *key_of(const Numbered *numbered, unsigned number)
{
    g_auto(GStrv) parts = g_strsplit(numbered->key, "N", 2);

    return g_strdup_printf("%s%u%s", parts[0], number, parts[1]);
}

/* Those of these numbers that the edit does not ask for, in the document's order. */
static GArray *elements_of(const DwDefaults *defaults, const Numbered *numbered,
                           GHashTable *numbers)
{
    const DwDocument *document = defaults->context->document;
    GArray *elements = g_array_new(FALSE, FALSE, sizeof(DwNode));
    DwNode node = lens_find(document, document_root(document), numbered->path, NULL);

    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        g_autofree char *text = node_attribute(document, node, numbered->attribute);
        unsigned number = text ? (unsigned)g_ascii_strtoull(text, NULL, 10) : 0;
        g_autofree char *key = key_of(numbered, number);

        if (text && g_hash_table_contains(numbers, GUINT_TO_POINTER(number)) &&
            !defaults_asked(defaults, key))
            g_array_append_val(elements, node);
    }
    return elements;
}

/* The last one first: what stands before it is not stale, and there may be thousands. The first
 * goes by its key, which takes along what is empty then. */
static bool drop_elements(const DwDefaults *defaults, const char *rule, const Numbered *numbered,
                          GHashTable *numbers, const char *why, GError **error)
{
    DwDocument *document = defaults->context->document;
    g_autoptr(GArray) elements = elements_of(defaults, numbered, numbers);

    for (guint i = elements->len; i > 0; i--) {
        DwNode node = g_array_index(elements, DwNode, i - 1);
        g_autofree char *text = node_attribute(document, node, numbered->attribute);
        g_autofree char *key = key_of(numbered, (unsigned)g_ascii_strtoull(text, NULL, 10));

        if (i == 1)
            return defaults_drop(defaults, rule, DW_SEVERITY_INFO, key, why, error);
        g_autofree char *value = node_attribute(document, node, strrchr(key, '.') + 1);
        node_remove(document, node);
        defaults_say(defaults, rule, DW_SEVERITY_INFO, key, "%s was %s and is dropped: %s.", key,
                     value ? value : "yes", why);
    }
    return true;
}

static bool drop_from(const DwDefaults *defaults, const char *rule, const Numbered *numbered,
                      unsigned limit, const char *why, GError **error)
{
    g_autoptr(GArray) numbers = numbers_from(defaults->context->document, numbered, limit);
    g_autoptr(GHashTable) gone = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < numbers->len; i++)
        g_hash_table_add(gone, GUINT_TO_POINTER(g_array_index(numbers, unsigned, i)));
    return drop_elements(defaults, rule, numbered, gone, why, error);
}

/* Was it lowered by this edit? To what, then. */
static bool is_lowered(const DwDefaults *defaults, const char *key, uint64_t *ret_now)
{
    const DwDocument *document = defaults->context->document;

    if (!defaults_asked(defaults, key))
        return false;
    g_autofree char *old = defaults_document_text(document, "", document_root(document), key);
    g_autofree char *now = defaults_text(defaults, key);
    return old && now && g_ascii_string_to_unsigned(now, 10, 0, UINT16_MAX, ret_now, NULL) &&
           g_ascii_strtoull(old, NULL, 10) > *ret_now;
}

/* Numbers from limit on leave the lists of what schedules them; an empty list takes the element
 * along. */
static void shorten(const DwDefaults *defaults, const char *rule, const char *name,
                    const char *attribute, unsigned limit, const char *why)
{
    DwDocument *document = defaults->context->document;
    g_autofree char *path = g_strconcat("cputune/", name, NULL);
    DwNode node = lens_find(document, document_root(document), path, NULL);

    for (unsigned i = 1, gone = 0; node != DW_NODE_NONE; i++) {
        g_autofree char *old = node_attribute(document, node, attribute);
        g_autofree char *key = g_strdup_printf("cputune.%s.%u.%s", name, i + gone, attribute);
        bool in[MOST_LISTED];

        rule_read_list(old ? old : "", in, MOST_LISTED);
        g_autofree char *now = processors_print(in, MIN(limit, MOST_LISTED));
        g_autofree char *all = processors_print(in, MOST_LISTED);
        bool stays = g_str_equal(now, all) || defaults_asked(defaults, key);

        if (!stays)
            defaults_say(defaults, rule, DW_SEVERITY_INFO, key, "%s was %s and is %s: %s.", key,
                         old, *now ? now : "dropped", why);
        if (!stays && *now)
            node_set_attribute(document, node, attribute, now);
        if (stays || *now) {
            node = node_next_same(document, node);
            continue;
        }
        node_remove(document, node);
        node = lens_find(document, document_root(document), path, NULL);
        for (unsigned passed = 1; passed < i; passed++)
            node = node_next_same(document, node);
        i--;
        gone++;
    }
}

/* What names an I/O thread, from limit on. */
static bool drop_threads(const DwDefaults *defaults, unsigned limit, const char *why,
                         GError **error)
{
    shorten(defaults, "iothreads-drops", "iothreadsched", "iothreads", limit, why);
    return drop_from(defaults, "iothreads-drops", &thread_pins, limit, why, error);
}

/* The number of a thread, and whether the edit says that it goes (-1) or has it stay (1). */
typedef struct {
    unsigned number;
    int wish;
} Thread;

#define THREAD "iothreadids.iothread."

static unsigned number_in(const char *key)
{
    return g_str_has_prefix(key, THREAD)
               ? (unsigned)g_ascii_strtoull(key + strlen(THREAD), NULL, 10)
               : 0;
}

/* Is it the thread itself, of which there is a number, and nothing of it? */
static bool is_whole(const char *key)
{
    return number_in(key) > 0 && !strchr(key + strlen(THREAD), '.');
}

/* Number → what the edit says of it. */
static GHashTable *wishes_of(const DwDefaults *defaults)
{
    GHashTable *wishes = g_hash_table_new(NULL, NULL);

    for (char *const *key = defaults->context->edit->unset; *key; key++)
        if (is_whole(*key))
            g_hash_table_insert(wishes, GUINT_TO_POINTER(number_in(*key)), GINT_TO_POINTER(-1));
    for (size_t i = 0; i < dw_settings_count(defaults->values); i++) {
        const char *key = dw_settings_key(defaults->values, i);
        unsigned number = number_in(key);
        bool goes = is_whole(key) && !defaults_asked_true(defaults, key);
        if (number > 0)
            g_hash_table_insert(wishes, GUINT_TO_POINTER(number), GINT_TO_POINTER(goes ? -1 : 1));
    }
    return wishes;
}

static bool has_listed_threads(const DwDefaults *defaults)
{
    const DwDocument *document = defaults->context->document;

    return lens_find(document, document_root(document), thread_ids.path, NULL) != DW_NODE_NONE;
}

/* Those that are listed; the others of `count` have the lowest numbers that are free. */
static GArray *threads_of(const DwDefaults *defaults, GHashTable *wishes, uint64_t count)
{
    g_autoptr(GArray) numbers = numbers_from(defaults->context->document, &thread_ids, 0);
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    GArray *threads = g_array_new(FALSE, FALSE, sizeof(Thread));

    for (guint i = 0; i < numbers->len; i++)
        g_hash_table_add(known, GUINT_TO_POINTER(g_array_index(numbers, unsigned, i)));
    for (unsigned number = 1; numbers->len < MIN(count, UINT16_MAX); number++)
        if (g_hash_table_add(known, GUINT_TO_POINTER(number)))
            g_array_append_val(numbers, number);
    for (guint i = 0; i < numbers->len; i++) {
        Thread thread = {.number = g_array_index(numbers, unsigned, i)};
        thread.wish = GPOINTER_TO_INT(g_hash_table_lookup(wishes, GUINT_TO_POINTER(thread.number)));
        g_array_append_val(threads, thread);
    }
    return threads;
}

/* What the edit says comes before the numbers, of which the highest is first. */
static int compare_threads(const void *a, const void *b)
{
    const Thread *one = a, *other = b;

    if (one->wish != other->wish)
        return one->wish - other->wish;
    return (one->number < other->number) - (one->number > other->number);
}

/* What is not listed would have the lowest numbers. */
static void list_thread(const DwDefaults *defaults, unsigned number, const char *why)
{
    g_autofree char *key = key_of(&thread_ids, number);

    if (!defaults_asked(defaults, key))
        defaults_take(defaults, "iothreads-drops", DW_SEVERITY_INFO, key, dw_value_bool(true),
                      "%s is set, which stays: %s.", key, why);
}

/* Threads with numbers of their own are as many as there are numbers: the highest ones go, since
 * the order of the list is libvirt's, and another one in the running domain. */
static bool drop_numbers(const DwDefaults *defaults, GHashTable *wishes, uint64_t before,
                         uint64_t now, const char *why, GError **error)
{
    g_autoptr(GArray) threads = threads_of(defaults, wishes, before);
    g_autoptr(GHashTable) gone = g_hash_table_new(NULL, NULL);
    bool listed = has_listed_threads(defaults);

    g_array_sort(threads, compare_threads);
    for (guint i = 0; i < threads->len; i++) {
        unsigned number = g_array_index(threads, Thread, i).number;
        if (i + now < threads->len)
            g_hash_table_add(gone, GUINT_TO_POINTER(number));
        else if (!listed)
            list_thread(defaults, number, why);
    }
    return drop_elements(defaults, "iothreads-drops", &thread_ids, gone, why, error) &&
           drop_elements(defaults, "iothreads-drops", &thread_pins, gone, why, error);
}

/* Is it fewer threads that the edit asks for? None, where it unsets their number. */
static bool has_fewer_threads(const DwDefaults *defaults, uint64_t *ret_now)
{
    const char *const *unset = (const char *const *)defaults->context->edit->unset;

    if (is_lowered(defaults, "iothreads", ret_now))
        return true;
    *ret_now = 0;
    return !defaults_asked(defaults, "iothreads") &&
           !defaults_asked_any(defaults, "iothreadids.") && g_strv_contains(unset, "iothreads");
}

static bool change_threads(const DwDefaults *defaults, GError **error)
{
    const DwDocument *document = defaults->context->document;
    uint64_t before = 0, now;

    if (!has_fewer_threads(defaults, &now))
        return true;
    g_autofree char *why = g_strdup_printf("iothreads is %u now", (unsigned)now);
    g_autoptr(GHashTable) wishes = wishes_of(defaults);
    if (!has_listed_threads(defaults) && g_hash_table_size(wishes) == 0)
        return drop_threads(defaults, (unsigned)now + 1, why, error);
    lens_number(document, document_root(document), "iothreads", &before);
    return drop_numbers(defaults, wishes, before, now, why, error);
}

static bool change_vcpus(const DwDefaults *defaults, GError **error)
{
    static const Numbered of_vcpus[] = {
        {"cputune/vcpupin", "vcpu", "cputune.vcpupin.N.cpuset"},
        {"vcpus/vcpu", "id", "vcpus.vcpu.N.order"},
        {"vcpus/vcpu", "id", "vcpus.vcpu.N.hotpluggable"},
        {"vcpus/vcpu", "id", "vcpus.vcpu.N.enabled"},
    };
    uint64_t now;

    if (!is_lowered(defaults, "vcpu", &now))
        return true;
    g_autofree char *why = g_strdup_printf("vcpu is %u now, counted from 0", (unsigned)now);
    for (size_t i = 0; i < G_N_ELEMENTS(of_vcpus); i++)
        if (!drop_from(defaults, "vcpu-drops", &of_vcpus[i], (unsigned)now, why, error))
            return false;
    shorten(defaults, "vcpu-drops", "vcpusched", "vcpus", (unsigned)now, why);
    return true;
}

bool defaults_for_counts(const DwDefaults *defaults, GError **error)
{
    if (!change_vcpus(defaults, error))
        return false;
    defaults_for_processors(defaults);
    return change_threads(defaults, error);
}
