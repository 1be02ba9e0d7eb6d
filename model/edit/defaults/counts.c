/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fewer processors or I/O threads: what names those that go goes as well. Used by domain.c. One
 * document, one thread.
 */
#include "edit/defaults/counts.h"

#include "edit/defaults/processors.h"
#include "guest/threads.h"
#include "keys/lens.h"
#include "rules/context.h"

/* What a number may not reach any more: its elements, what tells them apart, and their keys. */
typedef struct {
    const char *path, *attribute, *key; /* "cputune.vcpupin.N.cpuset" */
} Numbered;

static const Numbered thread_pins = {"cputune/iothreadpin", "iothread",
                                     "cputune.iothreadpin.N.cpuset"};
static const Numbered thread_ids = {"iothreadids/iothread", "id", "iothreadids.iothread.N"};

static char *key_of(const Numbered *numbered, unsigned number)
{
    g_auto(GStrv) parts = g_strsplit(numbered->key, "N", 2);

    return g_strdup_printf("%s%u%s", parts[0], number, parts[1]);
}

/* Those with other numbers that the edit does not ask for, in the document's order. */
static GArray *elements_besides(const DwDefaults *defaults, const Numbered *numbered,
                                GHashTable *stay)
{
    const DwDocument *document = defaults->context->document;
    GArray *elements = g_array_new(FALSE, FALSE, sizeof(DwNode));
    DwNode node = lens_find(document, document_root(document), numbered->path, NULL);
    g_autofree char *path = g_strconcat("@", numbered->attribute, NULL);

    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        uint64_t number;

        if (!lens_number(document, node, path, &number) || number > UINT_MAX ||
            g_hash_table_contains(stay, GUINT_TO_POINTER((unsigned)number)))
            continue;
        g_autofree char *key = key_of(numbered, (unsigned)number);
        if (!defaults_asked(defaults, key))
            g_array_append_val(elements, node);
    }
    return elements;
}

/* The last one first: what stands before it is not stale, and there may be thousands. The first
 * goes by its key, which takes along what is empty then. */
static bool drop_besides(const DwDefaults *defaults, const char *rule, const Numbered *numbered,
                         GHashTable *stay, const char *why, GError **error)
{
    DwDocument *document = defaults->context->document;
    g_autoptr(GArray) elements = elements_besides(defaults, numbered, stay);

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

/* What goes leaves the lists of what schedules it; an empty list takes the element along. */
static bool shorten(const DwDefaults *defaults, const char *rule, const char *name,
                    const char *attribute, GHashTable *stay, const char *why, GError **error)
{
    DwDocument *document = defaults->context->document;
    g_autofree char *path = g_strconcat("cputune/", name, NULL);
    DwNode node = lens_find(document, document_root(document), path, NULL);

    for (unsigned i = 1, gone = 0; node != DW_NODE_NONE; i++) {
        g_autofree char *old = node_attribute(document, node, attribute);
        g_autofree char *key = g_strdup_printf("cputune.%s.%u.%s", name, i + gone, attribute);
        bool in[MOST_LISTED];

        rule_read_list(old ? old : "", in, MOST_LISTED);
        g_autofree char *all = processors_print(in, MOST_LISTED);
        for (unsigned number = 0; number < MOST_LISTED; number++)
            in[number] = in[number] && g_hash_table_contains(stay, GUINT_TO_POINTER(number));
        g_autofree char *now = processors_print(in, MOST_LISTED);
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
        g_autofree char *all_of_it = g_strdup_printf("cputune.%s.%u.*", name, i);
        const char *const keys[] = {all_of_it, NULL};
        if (!edit_unset(defaults->context, "", document_root(document), keys, error))
            return false;
        node = lens_find(document, document_root(document), path, NULL);
        for (unsigned passed = 1; passed < i; passed++)
            node = node_next_same(document, node);
        i--;
        gone++;
    }
    return true;
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

static GArray *threads_of(GHashTable *numbers, GHashTable *wishes)
{
    GArray *threads = g_array_new(FALSE, FALSE, sizeof(Thread));
    GHashTableIter iter;
    void *number;

    g_hash_table_iter_init(&iter, numbers);
    while (g_hash_table_iter_next(&iter, &number, NULL)) {
        Thread thread = {.number = GPOINTER_TO_UINT(number)};
        thread.wish = GPOINTER_TO_INT(g_hash_table_lookup(wishes, number));
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

/* Those that the edit makes. */
static guint count_new(GHashTable *wishes, GHashTable *there)
{
    GHashTableIter iter;
    void *number, *wish;
    guint n = 0;

    g_hash_table_iter_init(&iter, wishes);
    while (g_hash_table_iter_next(&iter, &number, &wish))
        n += GPOINTER_TO_INT(wish) > 0 && !g_hash_table_contains(there, number);
    return n;
}

/* Of those that are there the highest ones go, since the order of the list is libvirt's, and
 * another one in the running domain. Which stay is listed where they may not be the lowest. */
static GHashTable *threads_that_stay(const DwDefaults *defaults, uint64_t now, const char *why)
{
    GHashTable *stay = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) there = dw_iothreads(defaults->context->document);
    g_autoptr(GHashTable) wishes = wishes_of(defaults);
    g_autoptr(GArray) threads = threads_of(there, wishes);
    bool lists = g_hash_table_size(wishes) > 0 && !has_listed_threads(defaults);
    uint64_t left = now - MIN(now, count_new(wishes, there));

    g_array_sort(threads, compare_threads);
    for (guint i = threads->len - MIN(left, threads->len); i < threads->len; i++) {
        unsigned number = g_array_index(threads, Thread, i).number;

        g_hash_table_add(stay, GUINT_TO_POINTER(number));
        if (lists)
            list_thread(defaults, number, why);
    }
    return stay;
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

/* Does an edit of the call say how many there are to be? */
static bool says_number(const DwEditContext *context)
{
    for (guint i = 0; i < context->edits->len; i++) {
        const DwEdit *edit = context->edits->pdata[i];
        if (!*edit->kind && (dw_settings_get(edit->values, "iothreads") ||
                             g_strv_contains((const char *const *)edit->unset, "iothreads")))
            return true;
    }
    return false;
}

/* Would there be other threads, though nothing says how many? */
static bool changes_threads(GHashTable *wishes, GHashTable *there)
{
    GHashTableIter iter;
    void *number, *wish;

    g_hash_table_iter_init(&iter, wishes);
    while (g_hash_table_iter_next(&iter, &number, &wish))
        if ((GPOINTER_TO_INT(wish) > 0) != g_hash_table_contains(there, number))
            return true;
    return false;
}

bool counts_list_threads(DwEditContext *context, GError **error)
{
    DwDocument *document = context->document;
    const DwDefaults defaults = {context, "", document_root(document), context->edit->values};
    const DwValue yes = dw_value_bool(true);
    DwPlace place;

    if (context->edit->verb != DW_VERB_SET || says_number(context))
        return true;
    g_autoptr(GHashTable) wishes = wishes_of(&defaults);
    if (g_hash_table_size(wishes) == 0)
        return true;
    g_autoptr(GHashTable) there = dw_iothreads(document), listed = threads_listed(document);
    if (g_hash_table_size(listed) == g_hash_table_size(there) || !changes_threads(wishes, there))
        return true;
    for (unsigned number = 1; number <= g_hash_table_size(there); number++) {
        g_autofree char *key = key_of(&thread_ids, number);

        if (!g_hash_table_contains(there, GUINT_TO_POINTER(number)) ||
            g_hash_table_contains(listed, GUINT_TO_POINTER(number)))
            continue;
        if (!place_find("", key, &place) ||
            !place_set(document, document_root(document), &place, key, &yes, error))
            return false;
    }
    return true;
}

/* Those that the edit leaves of a list that is whole; NULL: it takes none. */
static GHashTable *threads_left(const DwDefaults *defaults)
{
    g_autoptr(GHashTable) wishes = wishes_of(defaults);
    g_autoptr(GHashTable) stay = threads_listed(defaults->context->document);
    GHashTableIter iter;
    void *number, *wish;
    bool takes = false;

    if (says_number(defaults->context))
        return NULL;
    g_hash_table_iter_init(&iter, wishes);
    while (g_hash_table_iter_next(&iter, &number, &wish)) {
        if (GPOINTER_TO_INT(wish) > 0)
            g_hash_table_add(stay, number);
        else
            g_hash_table_remove(stay, number);
        takes |= GPOINTER_TO_INT(wish) < 0;
    }
    return takes ? g_steal_pointer(&stay) : NULL;
}

static bool change_threads(const DwDefaults *defaults, GError **error)
{
    static const char rule[] = "iothreads-drops";
    uint64_t now = 0;
    bool fewer = has_fewer_threads(defaults, &now);
    g_autoptr(GHashTable) left = fewer ? NULL : threads_left(defaults);

    if (!fewer && !left)
        return true;
    g_autofree char *why =
        g_strdup_printf("iothreads is %u now", left ? g_hash_table_size(left) : (unsigned)now);
    g_autoptr(GHashTable) stay =
        left ? g_hash_table_ref(left) : threads_that_stay(defaults, now, why);
    return shorten(defaults, rule, "iothreadsched", "iothreads", stay, why, error) &&
           drop_besides(defaults, rule, &thread_ids, stay, why, error) &&
           drop_besides(defaults, rule, &thread_pins, stay, why, error);
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
    g_autoptr(GHashTable) stay = g_hash_table_new(NULL, NULL);
    for (unsigned number = 0; number < now; number++)
        g_hash_table_add(stay, GUINT_TO_POINTER(number));
    for (size_t i = 0; i < G_N_ELEMENTS(of_vcpus); i++)
        if (!drop_besides(defaults, "vcpu-drops", &of_vcpus[i], stay, why, error))
            return false;
    return shorten(defaults, "vcpu-drops", "vcpusched", "vcpus", stay, why, error);
}

bool defaults_for_counts(const DwDefaults *defaults, GError **error)
{
    if (!change_vcpus(defaults, error))
        return false;
    defaults_for_processors(defaults);
    return change_threads(defaults, error);
}
