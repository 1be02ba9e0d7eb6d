/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A canary in every place of secrets: nothing the model says about a document, with whatever else
 * is wrong in it, has the canary in it: no message, value, difference or reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "document/xml-tree.h"
#include "keys/devices.h"
#include "keys/lens.h"

#define CANARY  "/canary/CANARY"
#define SCHEMAS "/usr/share/libvirt/schemas"

static const char *const DOMAIN =
    "<domain type='kvm'><name>a</name><devices>"
    "<disk type='network' device='disk'><driver name='qemu' type='raw'/>"
    "<source protocol='https' name='a'><host name='h'/>"
    "<cookies><cookie name='c'>" CANARY "</cookie><cookie name='c'>" CANARY "</cookie>"
    "<cookie>" CANARY "</cookie></cookies></source><target dev='vda' bus='virtio'/></disk>"
    "<graphics type='vnc' autoport='yes' passwd='" CANARY "'/>"
    "<graphics type='spice' passwd='" CANARY "'/>"
    "</devices></domain>";

static void refuse_canary(const char *text, const char *what)
{
    if (text && strstr(text, "CANARY"))
        fail_msg("%s: %s", what, text);
}

static void check_problems(const GPtrArray *problems, const char *what)
{
    for (guint i = 0; problems && i < problems->len; i++) {
        const DwProblem *problem = problems->pdata[i];

        refuse_canary(problem->message, what);
        refuse_canary(problem->value, what);
        refuse_canary(problem->id, what);
        for (char **word = problem->allowed; *word; word++)
            refuse_canary(*word, what);
    }
}

static void check_words(char *const *words, const char *what)
{
    for (; *words; words++)
        refuse_canary(*words, what);
}

static void check_effects(const DwDocument *before, const DwDocument *after, const char *what)
{
    g_auto(DwEffects) effects = {0};

    dw_effects_between(before, after, NULL, &effects);
    check_words(effects.kinds, what);
    check_words(effects.paths, what);
    check_words(effects.reasons, what);
    refuse_canary(effects.path, what);
}

static void check_changes(const DwDocument *before, const DwDocument *after, const char *what)
{
    DwChanges changes;

    dw_changes_between(before, after, &changes);
    check_words(changes.keys, what);
    for (guint i = 0; i < changes.devices->len; i++)
        refuse_canary(((DwDevice *)changes.devices->pdata[i])->id, what);
    dw_changes_clear(&changes);
}

static void check_reading(const DwDocument *document, const char *what)
{
    g_autoptr(GPtrArray) devices = dw_get_devices(document, "", false, NULL);

    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        refuse_canary(device->id, what);
        for (size_t j = 0; j < dw_settings_count(device->properties); j++) {
            g_autofree char *text = dw_value_to_text(dw_settings_value(device->properties, j));
            refuse_canary(text, what);
        }
    }
}

/* All that is said of a document, and of how it differs from another. */
static void check_document(const DwDocument *document, DwSchema *schema, const char *what)
{
    static const char other[] = "<domain><devices/></domain>";
    g_autoptr(DwDocument) none = dw_document_parse(other, strlen(other), NULL);
    g_autoptr(GPtrArray) problems = dw_validate(document, NULL);
    g_autoptr(GPtrArray) faults = schema ? dw_schema_validate(schema, document) : NULL;
    g_autofree char *shown = dw_document_redacted(document), *empty = dw_document_redacted(none);
    g_autofree char *diff = dw_diff(empty, shown), *back = dw_diff(shown, empty);

    check_problems(problems, what);
    check_problems(faults, what);
    refuse_canary(diff, what);
    refuse_canary(back, what);
    check_effects(none, document, what);
    check_effects(document, none, what);
    check_effects(NULL, document, what);
    check_changes(none, document, what);
    check_reading(document, what);
}

static DwDocument *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    DwDocument *document = dw_document_parse(text, strlen(text), &error);

    if (!document)
        fail_msg("%s", error->message);
    return document;
}

static DwSchema *load_schema(void)
{
    return g_file_test(SCHEMAS "/domain.rng", G_FILE_TEST_EXISTS) ? dw_schema_load(SCHEMAS, NULL)
                                                                  : NULL;
}

/* Every key of both kinds set to odd values, one after the other, in the text itself. */
static void test_with_every_other_fault(void **state)
{
    static const char *const odd[] = {"odd", "", "-1", "/odd/..", "yes"};
    g_autoptr(DwSchema) schema = load_schema();

    for (const char *const *kind = (const char *const[]){"disk", "graphics", NULL}; *kind; kind++) {
        g_autoptr(GPtrArray) keys = dw_keys_describe(*kind, "", NULL);
        for (guint i = 0; i < keys->len; i++) {
            const DwKey *key = keys->pdata[i];
            g_auto(GStrv) parts = g_strsplit(key->key, "N", -1);
            g_autofree char *name = g_strjoinv("1", parts);
            for (size_t j = 0; !key->secret && j < G_N_ELEMENTS(odd); j++) {
                g_autoptr(DwDocument) document = parse(DOMAIN);
                DwValue value = dw_value_string(odd[j]);
                DwPlace place;
                assert_true(place_find(*kind, name, &place));
                if (place_set(document, device_next(document, *kind, DW_NODE_NONE), &place, name,
                              &value, NULL))
                    check_document(document, j == 0 ? schema : NULL, name);
                dw_value_clear(&value);
            }
        }
    }
}

/* Faults at the secrets themselves. */
static void test_in_faulty_places(void **state)
{
    static const char *const devices[] = {
        "<graphics type='vnc' passwd='" CANARY "' passwdValidTo='never' connected='no'/>",
        "<graphics passwd='" CANARY "'/>",
        "<graphics type='odd' passwd='" CANARY "'/>",
        "<graphics type='sdl' passwd='" CANARY "'/>",
        "<graphics type='vnc' passwd='" CANARY "'>" CANARY "</graphics>",
        "<graphics type='vnc'><listen passwd='" CANARY "'/></graphics>",
        "<x:graphics xmlns:x='http://x' passwd='" CANARY "'/>",
        "<graphics xmlns:x='http://x' x:passwd='" CANARY "'/>",
        "<disk><cookies><cookie name='a b;c'>" CANARY "</cookie></cookies></disk>",
        "<disk type='file'><source file='/a'><cookies><cookie name='a'>" CANARY
        "</cookie></cookies></source><target dev='vda'/></disk>",
        "<disk type='file'><source file='/a'/><target dev='vda'/><mirror><source><cookies>"
        "<cookie name='a'>" CANARY "</cookie></cookies></source></mirror></disk>",
        "<disk type='network'><source protocol='rbd' name='a/b'><cookies><cookie/><cookie "
        "name='b'>" CANARY "&#34;</cookie></cookies></source></disk>",
    };
    g_autoptr(DwSchema) schema = load_schema();

    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++) {
        g_autofree char *text =
            g_strconcat("<domain><name>a</name><devices>", devices[i], "</devices></domain>", NULL);
        g_autoptr(DwDocument) document = parse(text);
        if (!strstr(devices[i], ">" CANARY "</graphics>") && !strstr(devices[i], "<listen"))
            check_document(document, schema, devices[i]);
    }
}

static DwValue wrong_value(unsigned i)
{
    static const char *const words[] = {CANARY, NULL};

    switch (i) {
    case 0:
        return dw_value_string(CANARY "\1");
    case 1:
        return dw_value_string(CANARY "\xff");
    case 2:
        return dw_value_string(CANARY "\xef\xbf\xbe");
    default:
        return dw_value_strings(words);
    }
}

static void test_values_that_are_refused(void **state)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe("*", "", NULL);
    unsigned n = 0, secrets = 0;

    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        secrets += key->secret;
        for (unsigned j = 0; key->secret && j < 4; j++) {
            g_autoptr(DwDocument) document = parse(DOMAIN);
            g_autoptr(GPtrArray) edits =
                g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
            DwSettings *values = dw_settings_new();
            g_autoptr(GError) error = NULL;

            g_autoptr(GString) name = g_string_new(key->key);
            g_string_replace(name, ".N", ".1", 0);
            dw_settings_add(values, name->str, wrong_value(j), NULL);
            /* The domain has graphics; what it has not is added. */
            bool is_there = strcmp(key->kind, "graphics") == 0;
            g_ptr_array_add(edits, dw_edit_new(is_there ? DW_VERB_MODIFY : DW_VERB_ADD, key->kind,
                                               is_there ? "vnc" : "", values, NULL));
            assert_false(dw_apply(document, edits, 0, NULL, NULL, &error));
            refuse_canary(error->message, key->key);
            n++;
        }
    }
    assert_int_equal(secrets, 7);
    assert_int_equal(n, 4 * secrets);
}

/* Text that stops being XML somewhere near a secret. */
static void test_text_cut_short(void **state)
{
    for (size_t length = 0; length < strlen(DOMAIN); length++) {
        g_autoptr(GError) error = NULL;

        assert_null(dw_document_parse(DOMAIN, length, &error));
        refuse_canary(error->message, "cut short");
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_with_every_other_fault),
        cmocka_unit_test(test_in_faulty_places),
        cmocka_unit_test(test_values_that_are_refused),
        cmocka_unit_test(test_text_cut_short),
    };

    return cmocka_run_group_tests_name("secrets-canary", tests, NULL, NULL);
}
