/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of a document's text: what stands where afterwards, to the byte, and that undo gives all
 * back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "keys/devices.h"

static DwDocument *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    DwDocument *document = dw_document_parse(text, strlen(text), &error);

    if (!document)
        fail_msg("%s: %s", error->message, text);
    return document;
}

static void assert_text(const DwDocument *document, const char *expected)
{
    assert_string_equal(dw_document_text(document, NULL), expected);
}

static void assert_whole(const DwDocument *document)
{
    g_autoptr(GError) error = NULL;
    size_t length;
    const char *text = dw_document_text(document, &length);

    if (!text_check(text, length, "domain", &error))
        fail_msg("%s: %s", error->message, text);
}

/* Sets a key of the domain (value NULL unsets it), and gives the text. */
static void set(DwDocument *document, const char *key, const char *value)
{
    g_autoptr(GError) error = NULL;
    DwPlace place;

    assert_true(place_find("", key, &place));
    if (value) {
        DwValue string = dw_value_string(value);
        if (!place_set(document, document_root(document), &place, key, &string, &error))
            fail_msg("%s", error->message);
        dw_value_clear(&string);
    } else {
        place_unset(document, document_root(document), &place);
    }
    assert_whole(document);
}

/* before --(key = value)--> after; and back, by undo and by the inverse edit. */
static void check_edit(const char *before, const char *key, const char *value, const char *after,
                       const char *inverse)
{
    g_autoptr(DwDocument) document = parse(before);
    size_t mark = document_mark(document);

    set(document, key, value);
    assert_text(document, after);
    document_rollback(document, mark);
    assert_text(document, before);
    set(document, key, value);
    set(document, key, inverse);
    assert_text(document, before);
}

static void test_attribute(void **state)
{
    check_edit("<domain type='kvm'/>", "type", "qemu", "<domain type='qemu'/>", "kvm");
    check_edit("<domain type=\"kvm\" />", "type", "qemu", "<domain type=\"qemu\" />", "kvm");
    check_edit("<domain a='1'\n   type = \"&#107;vm\" b='2'>\n</domain>", "type", "qemu",
               "<domain a='1'\n   type = \"qemu\" b='2'>\n</domain>", "kvm");
    check_edit("<domain a=\"1\" />", "type", "qemu", "<domain a=\"1\" type=\"qemu\" />", NULL);
    check_edit("<domain a='1' type='kvm' b='2'/>", "type", NULL, "<domain a='1' b='2'/>", "kvm");
    check_edit("<domain a='1'\n\ttype=\"kvm\"\n\tb='2'/>", "type", NULL, "<domain a='1'\n\tb='2'/>",
               "kvm");
}

static void test_escapes(void **state)
{
    check_edit("<domain><name>a</name></domain>", "name", "<&>'\"\r\n\t",
               "<domain><name>&lt;&amp;&gt;'\"&#13;\n\t</name></domain>", "a");
    check_edit("<domain><clock timezone='a'/></domain>", "clock.timezone", "<&>'\"\r\n\t",
               "<domain><clock timezone='&lt;&amp;&gt;&apos;\"&#13;&#10;&#9;'/></domain>", "a");
    check_edit("<domain><clock timezone=\"a\"/></domain>", "clock.timezone", "'\"",
               "<domain><clock timezone=\"'&quot;\"/></domain>", "a");
}

static void test_same_meaning_keeps_spelling(void **state)
{
    static const char text[] = "<domain><name>&#97;<![CDATA[b]]></name><clock offset=\"u&#x74;c\"/>"
                               "<memory unit='M'> 512</memory></domain>";
    g_autoptr(DwDocument) document = parse(text);

    set(document, "name", "ab");
    set(document, "clock.offset", "utc");
    set(document, "memory", "512MiB");
    assert_text(document, text);
}

static void test_text(void **state)
{
    check_edit("<domain>\n  <title/>\n</domain>", "title", "x",
               "<domain>\n  <title>x</title>\n</domain>", "");
    check_edit("<domain>\n  <title></title>\n</domain>", "title", "x",
               "<domain>\n  <title>x</title>\n</domain>", "");
    check_edit("<domain><name><!-- c -->old<![CDATA[er]]></name></domain>", "name", "new",
               "<domain><name><!-- c -->new</name></domain>", "older");
    check_edit("<domain><name>o<?p i?>ld</name></domain>", "name", "new",
               "<domain><name>new<?p i?></name></domain>", "old");
}

static void test_sizes(void **state)
{
    check_edit("<domain><memory unit='GiB'>2</memory></domain>", "memory", "4GiB",
               "<domain><memory unit='GiB'>4</memory></domain>", "2GiB");
    check_edit("<domain><memory unit='GiB'>2</memory></domain>", "memory", "1536MiB",
               "<domain><memory unit='KiB'>1572864</memory></domain>", "2GiB");
    check_edit("<domain><memory>1024</memory></domain>", "memory", "1000",
               "<domain><memory unit='bytes'>1000</memory></domain>", "1MiB");
    check_edit("<domain>\n</domain>", "memory", "1MiB",
               "<domain>\n  <memory unit='KiB'>1024</memory>\n</domain>", NULL);
}

static void test_new_children(void **state)
{
    /* Where libvirt writes them, on lines like their siblings'. */
    check_edit("<domain>\n\t<name>a</name>\n\t<devices/>\n</domain>\n", "vcpu", "2",
               "<domain>\n\t<name>a</name>\n\t<vcpu>2</vcpu>\n\t<devices/>\n</domain>\n", NULL);
    check_edit(
        "<domain>\r\n    <name>a</name> <!-- its name -->\r\n</domain>", "features.acpi", "yes",
        "<domain>\r\n    <name>a</name> <!-- its name -->\r\n    <features>\r\n        <acpi/>\r\n"
        "    </features>\r\n</domain>",
        NULL);
    check_edit("<domain>\n  <!-- first -->\n  <vcpu>1</vcpu>\n</domain>", "name", "a",
               "<domain>\n  <name>a</name>\n  <!-- first -->\n  <vcpu>1</vcpu>\n</domain>", NULL);
    check_edit("<domain><name>a</name><devices/></domain>", "clock.offset", "utc",
               "<domain><name>a</name><clock offset='utc'/><devices/></domain>", NULL);
    check_edit("<domain/>", "name", "a", "<domain>\n  <name>a</name>\n</domain>", NULL);
    check_edit("<domain>\n  <os><type>hvm</type></os>\n</domain>", "os.bootmenu", "yes",
               "<domain>\n  <os><type>hvm</type><bootmenu enable='yes'/></os>\n</domain>", NULL);
    check_edit("<domain>\n  <features> <!-- none --> </features>\n</domain>", "features.acpi",
               "yes", "<domain>\n  <features> <!-- none --> <acpi/></features>\n</domain>", NULL);
}

static void test_emptied_parents(void **state)
{
    check_edit("<domain>\n  <features></features>\n</domain>", "hyperv.relaxed", "on",
               "<domain>\n  <features>\n    <hyperv>\n      <relaxed state='on'/>\n    </hyperv>\n"
               "  </features>\n</domain>",
               NULL);
    check_edit("<domain>\n  <features  />\n</domain>", "features.pae", "yes",
               "<domain>\n  <features  >\n    <pae/>\n  </features>\n</domain>", NULL);
    check_edit(
        "<domain>\n  <clock offset='utc'/>\n</domain>", "clock.timer.rtc.catchup.slew", "5",
        "<domain>\n  <clock offset='utc'>\n    <timer name='rtc'>\n      <catchup slew='5'/>\n"
        "    </timer>\n  </clock>\n</domain>",
        NULL);
    check_edit("<domain>\n  <clock><timer name='rtc'/></clock>\n</domain>",
               "clock.timer.rtc.tickpolicy", "catchup",
               "<domain>\n  <clock><timer name='rtc' tickpolicy='catchup'/></clock>\n</domain>",
               NULL);
    check_edit("<domain><features><apic/></features></domain>", "features.apic.eoi", "on",
               "<domain><features><apic eoi='on'/></features></domain>", NULL);
}

static void test_presence_outlives_its_attributes(void **state)
{
    g_autoptr(DwDocument) document =
        parse("<domain><features><apic eoi='on'/></features></domain>");

    set(document, "features.apic.eoi", NULL);
    assert_text(document, "<domain><features><apic/></features></domain>");
    set(document, "features.apic", "no");
    assert_text(document, "<domain></domain>");
}

static void test_lists(void **state)
{
    check_edit(
        "<domain>\n  <os>\n    <boot dev='hd'/>\n    <boot dev='cdrom'/>\n  </os>\n</domain>",
        "os.boot", "network", "<domain>\n  <os>\n    <boot dev='network'/>\n  </os>\n</domain>",
        "hd,cdrom");
    check_edit("<domain>\n  <name>a</name>\n</domain>", "os.boot", "hd,cdrom",
               "<domain>\n  <name>a</name>\n  <os>\n    <boot dev='hd'/>\n    <boot dev='cdrom'/>\n"
               "  </os>\n</domain>",
               NULL);
}

static void test_foreign_elements_are_not_ours(void **state)
{
    static const char text[] = "<domain xmlns:x='urn:x'><x:name>a</x:name>"
                               "<name xmlns='urn:y'>b</name><name>c</name></domain>";
    g_autoptr(DwDocument) document = parse(text);
    g_autofree char *name = dw_get_string(document, "name");

    assert_string_equal(name, "c");
    set(document, "name", NULL);
    assert_null(dw_get_string(document, "name"));
    assert_text(document, "<domain xmlns:x='urn:x'><x:name>a</x:name>"
                          "<name xmlns='urn:y'>b</name></domain>");
}

static void add_and_remove(const char *before, const char *after)
{
    g_autoptr(DwDocument) document = parse(before);
    DwNode devices = devices_node(document);
    g_autoptr(DwDocument) disk = document_new_fragment(document, devices, "disk");

    node_set_attribute(disk, document_root(disk), "type", "file");
    node_set_attribute(disk, node_add_child(disk, document_root(disk), "target"), "dev", "vdz");
    node_set_attribute(disk, node_add_child(disk, document_root(disk), "source"), "file", "/a");
    node_insert(document, devices, disk);
    assert_text(document, after);
    assert_whole(document);
    node_remove(document, device_find(document, "disk", "vdz", NULL));
    assert_text(document, before);
    document_rollback(document, 0);
    assert_text(document, before);
}

static void test_devices(void **state)
{
    add_and_remove("<domain>\n  <devices/>\n</domain>",
                   "<domain>\n  <devices>\n    <disk type='file'>\n      <source file='/a'/>\n"
                   "      <target dev='vdz'/>\n    </disk>\n  </devices>\n</domain>");
    add_and_remove("<domain><devices><emulator/><tpm model=\"a\"/></devices></domain>",
                   "<domain><devices><emulator/><disk type=\"file\"><source file=\"/a\"/>"
                   "<target dev=\"vdz\"/></disk><tpm model=\"a\"/></devices></domain>");
    add_and_remove("<domain>\n\t<devices>\n\t\t<disk type='x'>\n\t\t</disk> <!-- one -->\n\n"
                   "\t\t<!-- tpm -->\n\t\t<tpm/>\n\t</devices>\n</domain>",
                   "<domain>\n\t<devices>\n\t\t<disk type='x'>\n\t\t</disk> <!-- one -->\n"
                   "\t\t<disk type='file'>\n\t\t\t<source file='/a'/>\n\t\t\t<target dev='vdz'/>\n"
                   "\t\t</disk>\n\n\t\t<!-- tpm -->\n\t\t<tpm/>\n\t</devices>\n</domain>");
    add_and_remove(
        "<domain>\r\n <devices>\r\n  <disk/>  \r\n </devices>\r\n</domain>",
        "<domain>\r\n <devices>\r\n  <disk/>  \r\n  <disk type='file'>\r\n"
        "   <source file='/a'/>\r\n   <target dev='vdz'/>\r\n  </disk>\r\n </devices>\r\n"
        "</domain>");
}

static void test_removal_leaves_no_blank_line(void **state)
{
    g_autoptr(DwDocument) document = parse(
        "<domain>\n  <devices>\n    <disk>\n      <target dev='vda'/>\n    </disk>\n    <disk/>\n"
        "  </devices>\n</domain>");

    node_remove(document, device_find(document, "disk", "vda", NULL));
    assert_text(document, "<domain>\n  <devices>\n    <disk/>\n  </devices>\n</domain>");
}

static void test_metadata(void **state)
{
    static const char text[] =
        "<domain>\n  <name>a</name>\n  <metadata>\n    <b:x xmlns:b='urn:b'/>\n"
        "  </metadata>\n</domain>";
    g_autoptr(DwDocument) document = parse(text);
    g_autoptr(GError) error = NULL;

    assert_true(dw_metadata_set(document, "urn:a", "<y xmlns='urn:a'>1</y>\n", &error));
    g_autofree char *got = dw_metadata_get(document, "urn:a");
    assert_string_equal(got, "<y xmlns='urn:a'>1</y>");
    assert_true(dw_metadata_set(document, "urn:a", "", &error));
    assert_text(document, text);
    assert_false(dw_metadata_set(document, "urn:a", "<y xmlns='urn:b'/>", &error));
    assert_int_equal(error->code, DW_ERROR_INVALID_XML);
    g_clear_error(&error);
    assert_false(dw_metadata_set(document, "urn:a", "<y xmlns='urn:a'/></domain>", &error));
    assert_int_equal(error->code, DW_ERROR_INVALID_XML);
    assert_text(document, text);
}

static void test_metadata_too_large(void **state)
{
    static const char text[] = "<domain><name>a</name></domain>";
    g_autofree char *filler = g_strnfill(DW_MAX_BYTES - 60, 'x');
    g_autofree char *xml = g_strdup_printf("<y xmlns='urn:a'>%s</y>", filler);
    g_autoptr(DwDocument) document = parse(text);
    g_autoptr(GError) error = NULL;

    assert_false(dw_metadata_set(document, "urn:a", xml, &error));
    assert_int_equal(error->code, DW_ERROR_LIMIT_EXCEEDED);
    assert_text(document, text);
}

static void test_metadata_stands_alone(void **state)
{
    g_autoptr(DwDocument) document =
        parse("<domain xmlns:q='urn:q'><metadata><q:x a='1'/></metadata></domain>");
    g_autofree char *got = dw_metadata_get(document, "urn:q");
    g_autofree char *none = dw_metadata_get(document, "urn:other");

    assert_string_equal(got, "<q:x xmlns:q=\"urn:q\" a='1'/>");
    assert_string_equal(none, "");
}

static void test_no_element(void **state)
{
    g_autoptr(DwDocument) document = parse("<domain type='qemu'>text</domain>");
    g_autofree char *name = node_name(document, DW_NODE_NONE);
    g_autofree char *text = node_text(document, DW_NODE_NONE);
    g_auto(GStrv) attributes = node_attribute_names(document, DW_NODE_NONE);

    assert_string_equal(name, "");
    assert_string_equal(text, "");
    assert_null(attributes[0]);
    assert_null(node_attribute(document, DW_NODE_NONE, "type"));
    assert_false(node_attribute_is(document, DW_NODE_NONE, "type", "qemu"));
    assert_false(node_has_attributes(document, DW_NODE_NONE));
    assert_false(node_has_text(document, DW_NODE_NONE));
    assert_false(node_is(document, DW_NODE_NONE, "domain"));
    assert_false(node_is(document, DW_NODE_NONE, ""));
    assert_int_equal(node_child(document, DW_NODE_NONE, "name"), DW_NODE_NONE);
    assert_int_equal(node_first_child(document, DW_NODE_NONE), DW_NODE_NONE);
    assert_int_equal(node_next(document, DW_NODE_NONE), DW_NODE_NONE);
    assert_int_equal(node_next_same(document, DW_NODE_NONE), DW_NODE_NONE);
    assert_int_equal(node_parent(document, DW_NODE_NONE), DW_NODE_NONE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_element),
        cmocka_unit_test(test_attribute),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_same_meaning_keeps_spelling),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_new_children),
        cmocka_unit_test(test_emptied_parents),
        cmocka_unit_test(test_presence_outlives_its_attributes),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_foreign_elements_are_not_ours),
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_removal_leaves_no_blank_line),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_metadata_too_large),
        cmocka_unit_test(test_metadata_stands_alone),
    };

    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
