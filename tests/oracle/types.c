/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a change of type takes along: of each kind, for each word that says what a device is, makes
 * a device of that word with as many settings as libvirt takes, unsets the word, and changes it to
 * every other one, with what the other needs. libvirt has to define what an edit makes of it, and
 * an edit is refused only where libvirt would not take a new device of that word, or without one,
 * either. The words and settings come from the table; what types cannot do without is told below.
 * `types ROOT SEED COUNT [KIND]`: COUNT words, of all kinds at random or of one kind in their
 * order; another seed has the settings in another order, too. Exit status 1: a change went wrong;
 * 77: there is no such libvirt here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <domwright/model.h>

#include "judge.h"
#include "needs.h"
#include "parts.h"
#include "reasons.h"

static GRand *order;

/* Why an edit cannot be, with ret_after NULL; or NULL and what it makes. */
static char *edit_without(const DwDocument *before, DwVerb verb, const char *kind, const char *id,
                          const DwSettings *values, const char *unset, DwDocument **ret_after,
                          char **ret_id)
{
    const char *const keys[] = {unset, NULL};
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_autoptr(DwDocument) after = dw_document_copy(before);
    g_autoptr(GError) error = NULL;
    g_auto(DwResult) result = {0};

    *ret_after = NULL;
    g_ptr_array_add(edits, dw_edit_new(verb, kind, id, dw_settings_copy(values), keys));
    if (!dw_apply(after, edits, DW_APPLY_DOMAIN, &host, &result, &error))
        return g_strdup(error->message);
    if (!schema_takes(before, after)) {
        g_autofree char *words = schema_words(after);

        if (*words)
            return g_strconcat("schema: ", words, NULL);
    }
    if (ret_id)
        *ret_id = g_strdup(result.ids[0]);
    *ret_after = g_steal_pointer(&after);
    return NULL;
}

static char *edit(const DwDocument *before, DwVerb verb, const char *kind, const char *id,
                  const DwSettings *values, DwDocument **ret_after, char **ret_id)
{
    return edit_without(before, verb, kind, id, values, NULL, ret_after, ret_id);
}

/* ---- Devices with much ---- */

static const char *const domain_text =
    "<domain type='qemu'><name>types</name><maxMemory slots='4' unit='GiB'>16</maxMemory>"
    "<memory unit='GiB'>4</memory><memoryBacking><source type='memfd'/><access mode='shared'/>"
    "</memoryBacking><vcpu>4</vcpu><iothreads>2</iothreads>"
    "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"
    "<features><acpi/><apic/><ioapic driver='qemu'/></features>"
    "<cpu><numa><cell id='0' cpus='0-3' memory='4' unit='GiB'/></numa></cpu><devices>"
    "<controller type='usb' index='9' model='qemu-xhci'/>%s</devices></domain>";

static DwDocument *make_domain(const char *kind)
{
    bool has_spice = strcmp(kind, "graphics") != 0;
    g_autofree char *text = g_strdup_printf(
        domain_text,
        has_spice ? "<graphics type='spice' autoport='yes'/><audio id='1' type='none'/>" : "");
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);

    return store(document);
}

static void shuffle(GPtrArray *keys)
{
    for (guint i = keys->len; i > 1; i--) {
        guint j = below(order, i);
        void *key = keys->pdata[i - 1];

        keys->pdata[i - 1] = keys->pdata[j];
        keys->pdata[j] = key;
    }
}

static bool is_kept(const char *key)
{
    return g_str_has_prefix(key, "address.") || strcmp(key, "alias") == 0;
}

static char *value_of(const DwDocument *document, const char *kind, const char *id, const char *key)
{
    g_autoptr(GPtrArray) devices = dw_get_devices(document, kind, false, NULL);

    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        const DwValue *value = dw_settings_get(device->properties, key);

        if (strcmp(device->id, id) == 0 && value)
            return dw_value_to_text(value);
    }
    return NULL;
}

/* A setting may be the wish for another device. */
static bool is_still(const DwDocument *document, const char *kind, const char *id,
                     const DwSettings *values)
{
    for (size_t i = 0; i < dw_settings_count(values); i++) {
        g_autofree char *is = value_of(document, kind, id, dw_settings_key(values, i));
        g_autofree char *was = dw_value_to_text(dw_settings_value(values, i));

        if (g_strcmp0(is, was) != 0)
            return false;
    }
    return true;
}

/* A device of the word with each setting that libvirt takes beside those before, in a document as
 * libvirt stored it; NULL: libvirt takes no such device. */
static DwDocument *make_rich(const char *kind, const char *selector, const char *word,
                             char **ret_id)
{
    g_autoptr(DwDocument) empty = make_domain(kind), rich = NULL;
    g_autoptr(DwSettings) least_values = least(kind, selector, word);
    g_autoptr(DwSettings) word_values = dw_settings_new();
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, "", NULL);
    g_autofree char *no = edit(empty, DW_VERB_ADD, kind, "", least_values, &rich, ret_id);
    g_autofree char *refusal = rich ? ask_libvirt(rich) : NULL;

    if (no || refusal) {
        if (getenv("TYPES_SHOW"))
            printf("no %s %s=%s: %s\n", kind, selector, word, no ? no : refusal);
        return NULL;
    }
    const DwValue *type = dw_settings_get(least_values, "type");

    put_text(word_values, selector, word);
    if (type)
        put_text(word_values, "type", type->s);
    g_ptr_array_set_free_func(keys, (GDestroyNotify)dw_key_free);
    shuffle(keys);
    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        g_autofree char *name = key_instance(key);
        g_auto(GStrv) values = make_values(key);
        bool taken = is_kept(name) || key->output || dw_settings_get(least_values, name);

        for (guint j = 0; values[j] && !taken; j++) {
            g_autoptr(DwSettings) one = dw_settings_new();
            g_autoptr(DwDocument) after = NULL;
            g_autofree char *id = NULL;

            put_text(one, name, values[j]);
            g_free(edit(rich, DW_VERB_MODIFY, kind, *ret_id, one, &after, &id));
            g_autofree char *why = after ? ask_libvirt(after) : NULL;
            if (!after || why || !is_still(after, kind, id, word_values))
                continue;
            taken = true;
            g_free(*ret_id);
            *ret_id = g_steal_pointer(&id);
            dw_document_free(rich);
            rich = g_steal_pointer(&after);
        }
    }
    /* It stores some things that it does not take again. */
    g_autoptr(DwDocument) stored = store(rich);
    g_autofree char *unfit = stored ? ask_libvirt(stored) : NULL;
    return unfit ? NULL : g_steal_pointer(&stored);
}

/* ---- Changing ---- */

static guint changes, refused, wrong;

static char *print_values(const DwSettings *values)
{
    GString *out = g_string_new("");

    for (size_t i = 0; i < dw_settings_count(values); i++) {
        g_autofree char *value = dw_value_to_text(dw_settings_value(values, i));

        g_string_append_printf(out, " %s=%s", dw_settings_key(values, i), value);
    }
    return g_string_free(out, FALSE);
}

/* Refusals that people are to decide about. */
static bool is_for_people(const char *no)
{
    /* The guest could write to it from then on; the disk would have another name; it is the type
     * that does not have the model. */
    return strstr(no, "readonly is set") || strstr(no, "a floppy's must begin with fd") ||
           strstr(no, "of type vdpa takes virtio only");
}

/* must: a new device of these is one that libvirt takes. unset: a key, or NULL. */
static void try_change(const DwDocument *rich, const char *kind, const char *id,
                       const DwSettings *values, const char *unset, bool must)
{
    g_autoptr(DwDocument) after = NULL;
    g_autofree char *no = edit_without(rich, DW_VERB_MODIFY, kind, id, values, unset, &after, NULL);
    g_autofree char *refusal = after ? ask_libvirt(after) : NULL;
    g_autofree char *text = unset ? g_strconcat(" without ", unset, NULL) : print_values(values);
    g_autofree char *element = dw_device_text(after ? after : rich, kind, id);

    changes++;
    refused += no != NULL;
    if (refusal && !reasons_have(refusal)) {
        wrong++;
        printf("libvirt refuses: %s%s\n  %s\n  %s\n", kind, text, refusal, element);
    } else if (no && must && !is_for_people(no)) {
        wrong++;
        printf("not taken along: %s%s\n  %s\n  %s\n", kind, text, no, element);
    } else if (no && getenv("TYPES_SHOW")) {
        printf("refused: %s%s\n  %s\n", kind, text, no);
    }
}

typedef struct {
    const char *kind;
    char *key, *word;
    int taken; /* libvirt takes a device of it; -1: not asked yet */
} Word;

static void word_free(void *data)
{
    Word *word = data;

    g_free(word->key);
    g_free(word->word);
    g_free(word);
}

static void add_word(GPtrArray *words, const char *kind, const char *key, const char *text)
{
    Word *word = g_new0(Word, 1);

    *word = (Word){kind, g_strdup(key), g_strdup(text), -1};
    g_ptr_array_add(words, word);
}

static bool is_taken(Word *word)
{
    if (word->taken >= 0)
        return word->taken;
    g_autoptr(DwSettings) values = least(word->kind, word->key, word->word);
    g_autoptr(DwDocument) empty = make_domain(word->kind), after = NULL;
    g_autofree char *no = edit(empty, DW_VERB_ADD, word->kind, "", values, &after, NULL);
    g_autofree char *refusal = after ? ask_libvirt(after) : NULL;

    word->taken = !no && !refusal;
    return word->taken;
}

/* The words that say what a device of the kind is. */
static GPtrArray *words_of(const char *kind)
{
    /* Free text in the table. */
    static const char *const cards[] = {
        "virtio", "virtio-transitional", "e1000", "e1000e", "rtl8139", "vmxnet3", "pcnet"};
    GPtrArray *words = g_ptr_array_new_with_free_func(word_free);
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, "", NULL);

    g_ptr_array_set_free_func(keys, (GDestroyNotify)dw_key_free);
    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        g_autofree char *name = key_instance(key);
        const char *last = strrchr(name, '.') ? strrchr(name, '.') + 1 : name;
        bool is_backing = g_str_has_prefix(name, "backing.") || g_str_has_prefix(name, "mirror.") ||
                          g_str_has_prefix(name, "address.");

        if (has_word("type model mode bus device protocol name", last) && !is_backing)
            for (char **value = key->values; *value; value++)
                add_word(words, kind, name, *value);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(cards) && strcmp(kind, "interface") == 0; i++)
        add_word(words, kind, "model.type", cards[i]);
    return words;
}

/* Does the key belong to a device by the other? */
static bool belongs_by(const DwKey *key, const char *by)
{
    size_t length = strlen(by);

    for (char **text = key->belongs; *text; text++)
        if (strncmp(*text, by, length) == 0 && (*text)[length] == '=')
            return true;
    return false;
}

/* What does not belong to devices by the key. */
static DwSettings *leave_out(const char *kind, const DwSettings *values, const char *by)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, "", NULL);
    DwSettings *left = dw_settings_new();

    g_ptr_array_set_free_func(keys, (GDestroyNotify)dw_key_free);
    for (guint i = 0; i < keys->len; i++) {
        g_autofree char *name = key_instance(keys->pdata[i]);
        const DwValue *value = dw_settings_get(values, name);

        if (value && strcmp(name, by) != 0 && !belongs_by(keys->pdata[i], by))
            dw_settings_put(left, name, dw_value_copy(value));
    }
    return left;
}

/* Does libvirt take a device without the word, and without what belongs to devices by it? */
static bool may_lack(const Word *word)
{
    g_autoptr(DwSettings) values = least(word->kind, word->key, word->word);
    g_autoptr(DwSettings) left = leave_out(word->kind, values, word->key);
    g_autoptr(DwDocument) empty = make_domain(word->kind), after = NULL;
    g_autofree char *id = NULL;
    g_autofree char *no = edit(empty, DW_VERB_ADD, word->kind, "", left, &after, &id);
    g_autofree char *filled = after ? value_of(after, word->kind, id, word->key) : NULL;
    g_autofree char *refusal = after ? ask_libvirt(after) : NULL;

    return !no && !filled && !refusal;
}

/* From one word to all, and to none. */
static void try_word(const GPtrArray *words, Word *from)
{
    const char *kind = from->kind;
    g_autofree char *id = NULL;
    g_autoptr(DwDocument) rich =
        is_taken(from) ? make_rich(kind, from->key, from->word, &id) : NULL;

    if (rich) {
        g_autoptr(DwSettings) none = dw_settings_new();

        try_change(rich, kind, id, none, from->key, may_lack(from));
    }
    for (guint i = 0; rich && i < words->len; i++) {
        Word *to = words->pdata[i];
        g_autofree char *is = value_of(rich, kind, id, to->key);
        g_autoptr(DwSettings) bare = dw_settings_new(), whole = least(kind, to->key, to->word);

        if (g_strcmp0(is, to->word) == 0)
            continue;
        put_text(bare, to->key, to->word);
        try_change(rich, kind, id, bare, NULL, false);
        try_change(rich, kind, id, whole, NULL, is_taken(to));
    }
}

/* Kind -> its words. */
static const GPtrArray *known_words(const char *kind)
{
    static GHashTable *all;

    if (!all)
        all = g_hash_table_new(g_str_hash, g_str_equal);
    if (!g_hash_table_contains(all, kind))
        g_hash_table_insert(all, (char *)kind, words_of(kind));
    return g_hash_table_lookup(all, kind);
}

/* One of all words of a kind, both at random; of that kind all when it is given. */
static void try_some(guint count, const char *wanted)
{
    const char *const *kinds = dw_kinds() + 1; /* but the domain's own settings */
    guint n = g_strv_length((char **)kinds);

    for (guint turn = 0; turn < count; turn++) {
        const char *kind = wanted ? wanted : kinds[below(order, n)];
        const GPtrArray *words = known_words(kind);

        if (wanted && turn == words->len)
            return;
        if (words->len > 0)
            try_word(words, words->pdata[wanted ? turn : below(order, words->len)]);
    }
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: types ROOT SEED COUNT [KIND]\n");
        return 2;
    }
    dw_end_without_memory();
    if (!judge_open(argv[1]))
        return 77;
    setvbuf(stdout, NULL, _IOLBF, 0);
    first_machine();
    order = g_rand_new_with_seed((guint32)strtoul(argv[2], NULL, 10));
    try_some((guint)strtoul(argv[3], NULL, 10), argv[4]);
    printf("%u changes, %u refused, %u wrong\n", changes, refused, wrong);
    reasons_print();
    judge_close();
    return wrong > 0;
}
