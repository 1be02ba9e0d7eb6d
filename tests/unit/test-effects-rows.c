/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The marks of the table's rows: which are safe, and that setting a key in a document is reach just
 * when its row is not. A mark that is to change changes tests/data/safe-keys.txt with it, which is
 * what --list prints.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "effects-support.h"
#include "keys/devices.h"
#include "keys/lens.h"
#include "table/value-form.h"

typedef void (*RowFunction)(const DwGroup *group, const DwPlace *place, void *data);

static void for_each_row(RowFunction function, void *data)
{
    for (const DwGroup *const *g = table_groups(); *g; g++)
        for (const DwSection *section = (*g)->sections; section && section->key; section++)
            for (const DwRow *row = section->rows; row->key; row++) {
                DwPlace place = {row, section, {{MAX(1, section->first), 1, 1, 1}, "a.b"}};
                for (const char *p = section->key; *p; p++)
                    place.n_indices += *p == 'N';
                function(*g, &place, data);
            }
}

/* ---- The list ---- */

static void list_row(const DwGroup *group, const DwPlace *place, void *data)
{
    static const char *const names[] = {"", "name", "names", "alias", "new", "host", "whole"};
    const DwRow *row = place->row;

    if (!row_safe(place->section, row))
        return;
    size_t length = strlen(place->section->key) - (*place->section->key && !*row->key);
    g_string_append_printf(data, "%s %.*s%s", *group->kind ? group->kind : "domain", (int)length,
                           place->section->key, row->key);
    if (row->safe_if)
        g_string_append_printf(data, ", if %s", names[row->safe_if]);
    if (row->safe_values)
        g_string_append_printf(data, ", with %s", row->safe_values);
    g_string_append_c(data, '\n');
}

static char *list_safe_keys(void)
{
    GString *list = g_string_new(NULL);

    for (const DwGroup *const *g = table_groups(); *g; g++)
        if ((*g)->safe)
            g_string_append_printf(list, "%s%s%s\n", (*g)->kind,
                                   (*g)->safe_needs ? ", having " : "",
                                   (*g)->safe_needs ? (*g)->safe_needs : "");
    for_each_row(list_row, list);
    return g_string_free(list, FALSE);
}

static void test_the_list_of_safe_keys(void **state)
{
    g_autofree char *path = g_build_filename(TEST_ROOT, "tests", "data", "safe-keys.txt", NULL);
    g_autofree char *list = list_safe_keys(), *expected = NULL;

    assert_true(g_file_get_contents(path, &expected, NULL, NULL));
    g_autofree char *difference = dw_diff(expected, list);
    if (*difference)
        fail_msg("%s differs from the table:\n%s", path, difference);
}

/* A reason is one sentence, and no more than conditions follow it. */
static void check_reason(const DwGroup *group, const DwPlace *place, void *data)
{
    const char *reason = place->row->safe;

    if (!reason) {
        if (place->row->safe_if || place->row->safe_values)
            fail_msg("%s %s has conditions for being safe, and no reason", group->kind,
                     place->row->key);
        return;
    }
    if (strlen(reason) < 20 || !g_ascii_isupper(*reason) == !g_str_has_prefix(reason, "libvirt") ||
        strchr(reason, '.') != reason + strlen(reason) - 1)
        fail_msg("%s %s: \"%s\"", group->kind, place->row->key, reason);
}

static void test_reasons_are_sentences(void **state)
{
    for_each_row(check_reason, NULL);
}

/* A key is told to be safe when it is with every value. */
static void test_keys_tell(void **state)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe("*", "", NULL);

    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        if (!key->reach && !key->safe)
            fail_msg("%s %s is safe without a reason", key->kind, key->key);
        if (!key->reach && strstr(key->safe, " Only "))
            fail_msg("%s %s: %s", key->kind, key->key, key->safe);
    }
    DwKey *key = dw_key_find("", "on_crash");
    assert_true(key->reach);
    assert_string_equal(key->safe, "It decides when the domain runs, not with what. Only with "
                                   "destroy, restart, preserve.");
    dw_key_free(key);
}

/* ---- Setting each key ---- */

/* A device of the kind that is safe as a whole, as far as there is one, or has the first of what
 * the table's rows are for the second of. */
static const struct {
    const char *kind, *xml;
} devices[] = {
    {"disk", "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
             "<source file='/srv/vm/a/a.qcow2'/><backingStore type='file'><format type='raw'/>"
             "<source file='/srv/vm/a/base.img'/></backingStore><target dev='vda'/></disk>"},
    {"channel", "<channel type='unix'/>"},
    {"console", "<console type='pty'/>"},
    {"serial", "<serial type='pty'/>"},
    {"parallel", "<parallel type='udp'><source mode='connect' service='1'/></parallel>"},
    {"input", "<input type='mouse'/>"},
    {"rng", "<rng><backend model='builtin'/></rng>"},
    {"graphics", "<graphics type='vnc'><listen type='address' address='127.0.0.1'/></graphics>"},
};

static char *document_with(const char *kind)
{
    const char *xml = NULL;
    g_autofree char *bare = g_strdup_printf("<%s/>", kind);

    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++)
        if (strcmp(devices[i].kind, kind) == 0)
            xml = devices[i].xml;
    return g_strdup_printf(
        "<domain type='kvm'><name>a</name><os><type arch='x86_64'>hvm</type></os>"
        "<devices>%s</devices></domain>",
        !*kind ? ""
        : xml  ? xml
               : bare);
}

static char *without_version(const char *word)
{
    return g_strndup(word, strcspn(word, "@"));
}

/* Two values of the row, neither of them what the devices above have. */
static char **samples(const DwRow *row)
{
    g_auto(GStrv) words = g_strsplit(row->values ? row->values : "", " ", -1);
    GStrvBuilder *builder = g_strv_builder_new();

    switch (row->form) {
    case DW_FORM_ENUM:
    case DW_FORM_LIST:
        for (char **word = words; *word; word++) {
            g_autofree char *value = without_version(*word);
            g_strv_builder_add(builder, value);
        }
        break;
    case DW_FORM_YESNO:
        g_strv_builder_add_many(builder, "yes", "no", NULL);
        break;
    case DW_FORM_ONOFF:
        g_strv_builder_add_many(builder, "on", "off", NULL);
        break;
    case DW_FORM_PRESENCE:
    case DW_FORM_CHAIN_END:
        g_strv_builder_add(builder, "yes");
        break;
    case DW_FORM_PATH:
        g_strv_builder_add_many(builder, "/etc/shadow", "/srv/vm/b/b.img", NULL);
        break;
    case DW_FORM_PCI:
        g_strv_builder_add(builder, "0000:01:00.0");
        break;
    case DW_FORM_UUID:
        g_strv_builder_add(builder, "0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f");
        break;
    case DW_FORM_STRING:
        g_strv_builder_add_many(builder, "plain", "b-1", "/etc/shadow", "../a", "a,b=c", NULL);
        break;
    default: {
        g_autofree char *low = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)row->min);
        g_autofree char *more = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)row->min + 7);
        g_strv_builder_add_many(builder, row->form == DW_FORM_INT ? low : more, more, NULL);
    }
    }
    char **all = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return all;
}

static bool is_name(const char *value)
{
    return !strpbrk(value, "/,=") && *value != '.';
}

/* By the conditions as they are written, none of the code that judges used. */
static bool is_expected_safe(const DwPlace *place, const char *value)
{
    const DwRow *row = place->row;
    g_auto(GStrv) words = g_strsplit(row->safe_values ? row->safe_values : value, " ", -1);

    if (!row_safe(place->section, row) ||
        (row->safe_values && !g_strv_contains((const char *const *)words, value)))
        return false;
    switch (row->safe_if) {
    case DW_SAFE_ALWAYS:
    case DW_SAFE_WHOLE:
        return true;
    case DW_SAFE_NAME:
    case DW_SAFE_ALIAS:
        return is_name(value);
    case DW_SAFE_NAMES:
        return is_name(value);
    case DW_SAFE_NEW:
    case DW_SAFE_HOST:
        return false;
    }
    return false;
}

/* A key that stands for more than itself: where this is set, others would have to be, too. */
static bool is_judged_elsewhere(const DwGroup *group, const DwRow *row)
{
    static const char *const alone[] = {"channel", "console", "serial", "input",
                                        "video",   "rng",     NULL};

    return row->safe_if == DW_SAFE_HOST ||
           (row->safe_if == DW_SAFE_WHOLE && !g_strv_contains(alone, group->kind));
}

typedef struct {
    unsigned n_safe, n_reach, n_wrong;
} Counts;

static void check_value(const DwGroup *group, const DwPlace *place, const char *value,
                        Counts *counts)
{
    g_autofree char *text = document_with(group->kind), *key = place_key(place);
    g_autoptr(DwDocument) before = parse_text(text), after = parse_text(text);
    DwNode node = *group->kind ? device_next(after, group->kind, DW_NODE_NONE) : 0;
    DwValue given = dw_value_string(value);
    g_autoptr(GError) error = NULL;
    g_auto(Place) host = place_new(DIRECTORIES);
    g_auto(DwEffects) effects = {0};
    bool done = place_set(after, node, place, key, &given, &error);

    dw_value_clear(&given);
    if (!done && row_accepts(place->row, value))
        return; /* not a value of this form */
    if (!done)
        fail_msg("%s %s=%s: %s", group->kind, key, value, error->message);
    dw_effects_between(before, after, &host.context, &effects);
    bool same = strcmp(dw_document_text(before, NULL), dw_document_text(after, NULL)) == 0;
    bool expected = !same && !is_expected_safe(place, value);
    g_autofree char *reasons = g_strjoinv(", ", effects.reasons);
    if (effects.reach != expected)
        print_error("%s %s=%s: reach is %d: %s\n%s\n", group->kind, key, value, effects.reach,
                    reasons, dw_document_text(after, NULL));
    counts->n_wrong += effects.reach != expected;
    counts->n_reach += expected;
    counts->n_safe += !expected && !same;
}

static void check_row(const DwGroup *group, const DwPlace *place, void *data)
{
    g_auto(GStrv) values = samples(place->row);

    if (place->row->flags & DW_ROW_OUTPUT)
        return;
    for (char **value = values; *value && !is_judged_elsewhere(group, place->row); value++)
        check_value(group, place, *value, data);
}

static void test_setting_a_key_is_reach_unless_its_row_is_safe(void **state)
{
    Counts counts = {0};

    for_each_row(check_row, &counts);
    assert_int_equal(counts.n_wrong, 0);
    assert_true(counts.n_safe > 600);
    assert_true(counts.n_reach > 600);
}

int main(int argc, char *argv[])
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_list_of_safe_keys),
        cmocka_unit_test(test_reasons_are_sentences),
        cmocka_unit_test(test_keys_tell),
        cmocka_unit_test(test_setting_a_key_is_reach_unless_its_row_is_safe),
    };

    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        g_autofree char *list = list_safe_keys();
        g_print("%s", list);
        return 0;
    }
    return cmocka_run_group_tests_name("effects-rows", tests, NULL, NULL);
}
