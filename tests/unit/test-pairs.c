/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every pair of keys of a kind, and of the domain, set one after the other in both orders: in a new
 * device, in a document, and through whole edits. Two rows may stand for one element in two ways;
 * whatever comes of that is a document or an error. The same for each document there is, read as
 * settings and devices and built anew from them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "corpus.h"
#include "keys/devices.h"
#include "table/value-form.h"

typedef struct {
    const DwRow *row;
    char *key;
    char *element; /* the path of the one it is in */
    DwPlace place;
    DwValue values[3]; /* two that the form takes, one that it may not */
} Key;

static void key_clear(void *data)
{
    Key *key = data;

    g_free(key->key);
    g_free(key->element);
    for (size_t i = 0; i < G_N_ELEMENTS(key->values); i++)
        dw_value_clear(&key->values[i]);
}

static DwValue list_of(const char *word)
{
    const char *words[] = {word, NULL};

    return dw_value_strings(words);
}

static DwValue right_value(const DwRow *row, unsigned which)
{
    g_auto(GStrv) words = row_values(row);
    unsigned n = g_strv_length(words);

    switch (row->form) {
    case DW_FORM_ENUM:
        return dw_value_string(words[which ? n - 1 : 0]);
    case DW_FORM_LIST:
        return list_of(n == 0 ? "a" : words[which ? n - 1 : 0]);
    case DW_FORM_PATH:
        return dw_value_string(which ? "/b" : "/a");
    case DW_FORM_UUID:
        return dw_value_string(which ? "c7a5fdbd-edaf-9455-926a-d65c16db1809"
                                     : "11111111-edaf-9455-926a-d65c16db1809");
    case DW_FORM_YESNO:
    case DW_FORM_ONOFF:
    case DW_FORM_PRESENCE:
    case DW_FORM_CHAIN_END:
        return dw_value_bool(!which);
    case DW_FORM_PCI:
        return dw_value_string(which ? "0000:00:00.0" : "0001:01:02.3");
    case DW_FORM_SIZE:
        return dw_value_uint64(which ? 1000001 : UINT64_C(4) << 30);
    case DW_FORM_INT:
        return dw_value_int64(which ? (int64_t)row->min : 7);
    case DW_FORM_UINT:
    case DW_FORM_UINT64:
        return dw_value_uint64(which && row->max ? row->max : row->min + 1);
    default:
        return dw_value_string(which ? "0" : "a");
    }
}

static char *element_of(const DwSection *section, const DwRow *row)
{
    g_autofree char *path = g_strconcat(section->path, "/", row->path, NULL);
    const char *begin = path + strspn(path, "/"), *attribute = strchr(begin, '@');

    while (attribute && attribute > begin && attribute[-1] == '[')
        attribute = strchr(attribute + 1, '@');
    size_t length = attribute ? (size_t)(attribute - begin) : strlen(begin);
    while (length > 0 && begin[length - 1] == '/')
        length--;
    return g_strndup(begin, length);
}

/* Rows that are in several sections are tried in the first. */
static bool is_repeated(const DwGroup *group, const DwSection *section)
{
    for (const DwSection *before = group->sections; before < section; before++)
        if (before->rows == section->rows)
            return true;
    return false;
}

static GArray *keys_of(const DwGroup *group)
{
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(Key));

    g_array_set_clear_func(keys, key_clear);
    for (const DwSection *section = group->sections; section && section->key; section++)
        for (const DwRow *row = section->rows; row->key && !is_repeated(group, section); row++) {
            if (row->flags & DW_ROW_OUTPUT)
                continue;
            DwPlace place = {row, section, {{MAX(1, section->first), 1, 1, 1}, "a"}};
            Key key = {.row = row, .key = place_key(&place)};

            key.element = element_of(section, row);
            key.values[0] = right_value(row, 0);
            key.values[1] = right_value(row, 1);
            key.values[2] = dw_value_string("no such value");
            assert_true(place_find(group->kind, key.key, &key.place));
            g_array_append_val(keys, key);
        }
    return keys;
}

/* ---- One place after the other ---- */

static bool is_absence(const DwValue *value)
{
    return value->type == DW_VALUE_BOOL && !value->b;
}

/* What the first of two accepted keys says is there still, whatever the second one is. */
static void check_kept(const DwDocument *document, DwNode node, const Key *a, unsigned va,
                       const Key *b)
{
    DwValue wanted, found;

    assert_true(form_coerce(a->row, a->key, &a->values[va], &wanted, NULL));
    bool there = place_get(document, node, &a->place, &found);
    if (!is_absence(&wanted) && (!there || !dw_value_equal(&found, &wanted)))
        fail_msg("%s is lost by %s: %s", a->key, b->key, dw_document_text(document, NULL));
    if (there)
        dw_value_clear(&found);
    dw_value_clear(&wanted);
}

static void set_each(DwDocument *document, DwNode node, const Key *a, unsigned va, const Key *b,
                     unsigned vb)
{
    const Key *both[] = {a, b};
    const unsigned values[] = {va, vb};

    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        g_autoptr(GError) error = NULL;
        bool set = place_set(document, node, &both[i]->place, both[i]->key,
                             &both[i]->values[values[i]], &error);
        assert_true(set == !error);
        if (!set)
            return;
    }
    bool removes = b->row->form == DW_FORM_PRESENCE && is_absence(&b->values[vb]);
    if (strcmp(a->key, b->key) != 0 && !removes)
        check_kept(document, node, a, va, b);
}

static void check_text(const DwDocument *document, const char *root, const Key *a, const Key *b)
{
    g_autoptr(GError) error = NULL;
    size_t length;
    const char *text = dw_document_text(document, &length);

    if (!text_check(text, length, root, &error))
        fail_msg("%s, then %s: %s\n%s", a->key, b->key, error->message, text);
}

static void set_pair(DwDocument *document, const char *kind, const Key *a, unsigned va,
                     const Key *b, unsigned vb)
{
    DwNode node = *kind ? device_next(document, kind, DW_NODE_NONE) : document_root(document);
    g_autofree char *before = g_strdup(dw_document_text(document, NULL));

    set_each(document, node, a, va, b, vb);
    check_text(document, "domain", a, b);
    document_rollback(document, 0);
    assert_string_equal(dw_document_text(document, NULL), before);
    if (!*kind)
        return;
    g_autoptr(DwDocument) fragment =
        document_new_fragment(document, node_parent(document, node), kind);
    set_each(fragment, document_root(fragment), a, va, b, vb);
    check_text(fragment, kind, a, b);
}

static bool is_within(const char *element, const char *other)
{
    size_t length = strlen(other);

    return strncmp(element, other, length) == 0 &&
           (length == 0 || !element[length] || element[length] == '/');
}

static size_t length_above(const char *element)
{
    const char *slash = strrchr(element, '/');

    return slash ? (size_t)(slash - element) : 0;
}

/* Keys can only meet in an element that one of them is in, or where what one leaves empty ends. */
static bool may_meet(const Key *a, const Key *b)
{
    size_t length = length_above(a->element);

    return is_within(a->element, b->element) || is_within(b->element, a->element) ||
           (length == length_above(b->element) && strncmp(a->element, b->element, length) == 0);
}

typedef void (*PairFunction)(const char *kind, const Key *a, const Key *b);

static void for_each_pair(PairFunction function)
{
    for (const DwGroup *const *g = table_groups(); *g; g++) {
        g_autoptr(GArray) keys = keys_of(*g);

        for (guint i = 0; i < keys->len; i++)
            for (guint j = 0; j < keys->len; j++) {
                const Key *a = &g_array_index(keys, Key, i), *b = &g_array_index(keys, Key, j);
                if (may_meet(a, b))
                    function((*g)->kind, a, b);
            }
    }
}

static DwDocument *document_of(const char *kind)
{
    g_autofree char *text =
        *kind ? g_strdup_printf("<domain type='kvm'>\n  <name>a</name>\n  <devices>\n    <%s/>\n"
                                "  </devices>\n</domain>\n",
                                kind)
              : g_strdup("<domain type='kvm'>\n  <name>a</name>\n</domain>\n");

    return dw_document_parse(text, strlen(text), NULL);
}

static void set_in_every_way(const char *kind, const Key *a, const Key *b)
{
    static DwDocument *document;
    static const char *of;

    if (of != kind) {
        dw_document_free(document);
        document = document_of(kind);
        of = kind;
    }
    for (unsigned va = 0; va < 2; va++)
        for (unsigned vb = 0; vb < 3; vb++)
            set_pair(document, kind, a, va, b, vb);
}

static void test_places(void **state)
{
    for_each_pair(set_in_every_way);
}

/* ---- Whole edits ---- */

static DwSettings *settings_with(const Key *a, unsigned va, const Key *b, unsigned vb)
{
    DwSettings *settings = dw_settings_new();

    dw_settings_add(settings, a->key, dw_value_copy(&a->values[va]), NULL);
    if (b)
        dw_settings_add(settings, b->key, dw_value_copy(&b->values[vb]), NULL);
    return settings;
}

static void build_both(const char *kind, const Key *a, const Key *b)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    g_autoptr(DwSettings) settings = NULL;

    if (a > b)
        return; /* keys of one edit are written in the table's order, however they come */
    for (unsigned which = 0; which < 2; which++) {
        g_autoptr(GError) error = NULL;
        g_clear_pointer(&settings, dw_settings_free);
        g_ptr_array_set_size(devices, 0);
        settings = *kind ? dw_settings_new() : settings_with(a, which, b, which);
        if (*kind) {
            DwDevice *device = g_new0(DwDevice, 1);
            device->kind = g_strdup(kind);
            device->properties = settings_with(a, which, b, which);
            g_ptr_array_add(devices, device);
        }
        g_autoptr(DwDocument) built =
            dw_build(settings, devices, NULL, DW_APPLY_DRY, NULL, NULL, &error);
        assert_true(!built == !!error);
    }
}

static void edit_both(const char *kind, const Key *a, const Key *b)
{
    g_autoptr(DwDocument) document = document_of(kind);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_autoptr(GError) error = NULL;
    g_auto(DwResult) result = {0};
    DwVerb verb = *kind ? DW_VERB_MODIFY : DW_VERB_SET;
    const char *unset[] = {a->key, NULL};
    g_autofree char *before = g_strdup(dw_document_text(document, NULL));

    g_ptr_array_add(edits,
                    dw_edit_new(verb, kind, *kind ? "#1" : "", settings_with(a, 0, NULL, 0), NULL));
    g_ptr_array_add(edits,
                    dw_edit_new(verb, kind, *kind ? "#1" : "", settings_with(b, 1, NULL, 0), NULL));
    g_ptr_array_add(edits, dw_edit_new(verb, kind, *kind ? "#1" : "", NULL, unset));
    if (dw_apply(document, edits, DW_APPLY_DRY, NULL, &result, &error))
        return;
    assert_non_null(error);
    assert_string_equal(dw_document_text(document, NULL), before);
}

static void test_builds(void **state)
{
    for_each_pair(build_both);
}

static void test_edits(void **state)
{
    for_each_pair(edit_both);
}

/* ---- Documents that exist ---- */

static void rebuild(const char *name, const char *text, size_t length)
{
    g_autoptr(DwDocument) document = dw_document_parse(text, length, NULL);

    if (!document)
        return;
    g_autoptr(DwSettings) settings = dw_get_settings(document, NULL, true, NULL);
    g_autoptr(GPtrArray) devices = dw_get_devices(document, "", true, NULL);
    for (unsigned draft = 0; draft < 2; draft++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(DwDocument) built = dw_build(
            settings, devices, NULL, draft ? DW_APPLY_DRAFT : DW_APPLY_DRY, NULL, NULL, &error);
        if (!built == !error)
            fail_msg("%s: neither a document nor an error", name);
    }
}

static unsigned rebuild_all(const char *directory)
{
    g_autoptr(GDir) listing = g_dir_open(directory, 0, NULL);
    unsigned n = 0;

    for (const char *name; listing && (name = g_dir_read_name(listing));) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_autofree char *text = NULL;
        gsize length;

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            n += rebuild_all(path);
        } else if (g_str_has_suffix(name, ".xml") &&
                   g_file_get_contents(path, &text, &length, NULL)) {
            rebuild(name, text, length);
            n++;
        }
    }
    return n;
}

static void test_documents(void **state)
{
    assert_int_not_equal(rebuild_all(TEST_ROOT "/tests/data/documents"), 0);
}

static void test_corpus(void **state)
{
    char *directory = corpus_open("libvirt-9.0-domains.tar.xz", ".");

    if (!directory)
        skip();
    unsigned n = rebuild_all(directory);
    corpus_close(directory);
    assert_true(n > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places), cmocka_unit_test(test_builds),
        cmocka_unit_test(test_edits),  cmocka_unit_test(test_documents),
        cmocka_unit_test(test_corpus),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
