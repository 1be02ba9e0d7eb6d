/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verb boot: what it makes of a document, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "apply-support.h"

#define DISK(name, boot)                                                                           \
    "    <disk type='file' device='disk'>\n"                                                       \
    "      <source file='/a/" name "'/>\n"                                                         \
    "      <target dev='" name "' bus='virtio'/>\n" boot "    </disk>\n"
#define DOMAIN(boot, a, b)                                                                         \
    "<domain type='qemu'>\n"                                                                       \
    "  <name>a</name>\n"                                                                           \
    "  <memory>65536</memory>\n"                                                                   \
    "  <os>\n"                                                                                     \
    "    <type arch='x86_64' machine='q35'>hvm</type>\n" boot "  </os>\n"                          \
    "  <devices>\n" DISK("vda", a) DISK("vdb", b) "  </devices>\n"                                 \
                                                  "</domain>\n"
#define ORDER(n) "      <boot order='" n "'/>\n"

static char *edited(const char *xml, const char *const *devices, GError **error)
{
    g_autoptr(DwDocument) document = dw_document_parse(xml, strlen(xml), error);
    assert_non_null(document);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    dw_settings_put(values, "devices", dw_value_strings(devices));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_BOOT, "", "", values, NULL));
    g_auto(DwResult) result = {0};
    DwHost host = {0};
    if (!dw_apply(document, edits, DW_APPLY_DRAFT, &host, &result, error))
        return NULL;
    return g_strdup(dw_document_text(document, NULL));
}

static void check(const char *before, const char *const *devices, const char *after)
{
    GError *error = NULL;
    g_autofree char *text = edited(before, devices, &error);
    assert_null(error);
    assert_string_equal(text, after);
}

static void test_numbered(void **state)
{
    const char *devices[] = {"disk/vdb", "disk/vda", NULL};
    check(DOMAIN("", "", ""), devices, DOMAIN("", ORDER("2"), ORDER("1")));
}

static void test_replaces_older(void **state)
{
    const char *devices[] = {"disk/vdb", NULL}, *none[] = {NULL};
    check(DOMAIN("    <boot dev='hd'/>\n", "", ""), devices, DOMAIN("", "", ORDER("1")));
    check(DOMAIN("", ORDER("1"), ORDER("2")), devices, DOMAIN("", "", ORDER("1")));
    check(DOMAIN("", ORDER("1"), ORDER("2")), none, DOMAIN("", "", ""));
}

/* Only the number of one that keeps a place among them is written. */
static void test_keeps_spelling(void **state)
{
    const char *devices[] = {"disk/vdb", "disk/#1", NULL}, *same[] = {"disk/#2", NULL};
    check(DOMAIN("", "      <boot loadparm=\"2\" order=\"1\"/>\n", ""), devices,
          DOMAIN("", "      <boot loadparm=\"2\" order=\"2\"/>\n", ORDER("1")));
    check(DOMAIN("", "", "      <boot order = '1' />\n"), same,
          DOMAIN("", "", "      <boot order = '1' />\n"));
}

static void refuse(const char *const *devices, DwErrorCode code, const char *message)
{
    g_autoptr(GError) error = NULL;
    assert_null(edited(DOMAIN("", "", ""), devices, &error));
    assert_true(g_error_matches(error, DW_ERROR, code));
    assert_non_null(strstr(error->message, message));
}

static void test_refused(void **state)
{
    const char *sound[] = {"disk/vda", "sound/#1", NULL}, *gone[] = {"disk/vdz", NULL};
    const char *word[] = {"vda", NULL}, *setting[] = {"/memory", NULL};
    const char *twice[] = {"disk/vda", "disk/vda", NULL};
    refuse(sound, DW_ERROR_UNSUPPORTED,
           "The boot order of sound #1 cannot be set: devices of kind \"sound\" have none.");
    refuse(setting, DW_ERROR_UNSUPPORTED, "devices of kind \"\" have none");
    refuse(gone, DW_ERROR_NOT_FOUND, "vdz");
    refuse(word, DW_ERROR_INVALID_VALUE, "\"vda\" names no device");
    refuse(twice, DW_ERROR_INVALID_VALUE, "twice");
}

static void test_no_devices(void **state)
{
    g_autoptr(DwDocument) document =
        dw_document_parse(DOMAIN("", "", ""), strlen(DOMAIN("", "", "")), NULL);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_autoptr(GError) error = NULL;
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_BOOT, "", "", NULL, NULL));
    assert_false(dw_apply(document, edits, DW_APPLY_DRAFT, NULL, NULL, &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_INVALID_VALUE));
}

/* libvirt takes one of the two: the one that is set is meant. */
static void test_boot_list_or_orders(void **state)
{
    static const char with_list[] = DOMAIN("    <boot dev='hd'/>\n", "", "");
    static const char with_order[] = DOMAIN("", ORDER("1"), ORDER("2"));
    g_auto(Outcome) list = edit_text(with_order, DW_VERB_SET, "", "", "os.boot=hd", 0, NULL);
    g_auto(Outcome) order =
        edit_text(with_list, DW_VERB_MODIFY, "disk", "vda", "boot.order=1", 0, NULL);
    g_auto(Outcome) added =
        edit_text(with_list, DW_VERB_ADD, "interface", "",
                  "type=user;mac.address=52:54:00:aa:bb:01;boot.order=2", 0, NULL);

    assert_text(&list, with_list);
    assert_note(&list, "boot-follows", "boot.order", DW_SEVERITY_INFO);
    assert_text(&order, DOMAIN("", ORDER("1"), ""));
    assert_note(&order, "boot-follows", "os.boot", DW_SEVERITY_INFO);
    assert_note(&added, "boot-follows", "os.boot", DW_SEVERITY_INFO);
    assert_null(strstr(added.text, "<boot dev"));
}

/* Who sets both is told. */
static void test_boot_list_and_orders(void **state)
{
    static const char before[] = DOMAIN("", "", "");
    g_autoptr(DwDocument) document = dw_document_parse(before, strlen(before), NULL);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", settings_of("os.boot=hd"), NULL));
    g_ptr_array_add(edits,
                    dw_edit_new(DW_VERB_MODIFY, "disk", "vda", settings_of("boot.order=1"), NULL));
    assert_false(dw_apply(document, edits, 0, NULL, NULL, &error));
    assert_non_null(strstr(error->message, "os.boot is set, but disk vda has a boot.order"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbered),
                                       cmocka_unit_test(test_replaces_older),
                                       cmocka_unit_test(test_keeps_spelling),
                                       cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_no_devices),
                                       cmocka_unit_test(test_boot_list_or_orders),
                                       cmocka_unit_test(test_boot_list_and_orders)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
