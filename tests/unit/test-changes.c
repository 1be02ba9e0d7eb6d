/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What differs between two documents: keys, devices, the rest; and what is no difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <domwright/model.h>

#include "random-devices.h"

#define DOMAIN(inside)   "<domain type='kvm'>" inside "</domain>"
#define DISK(name, more) "<disk type='file'><target dev='" name "'/>" more "</disk>"

static DwDocument *parse(const char *xml)
{
    g_autoptr(GError) error = NULL;
    DwDocument *document = dw_document_parse(xml, strlen(xml), &error);

    assert_null(error);
    return document;
}

/* "key key | kind id, kind id | other", or "order" at the end. */
static char *print_changes(const char *before, const char *after)
{
    g_autoptr(DwDocument) old = parse(before), new = parse(after);
    GString *found = g_string_new(NULL);
    DwChanges changes;

    dw_changes_between(old, new, &changes);
    g_autofree char *keys = g_strjoinv(" ", changes.keys);
    g_string_append_printf(found, "%s |", keys);
    for (guint i = 0; i < changes.devices->len; i++) {
        const DwDevice *device = changes.devices->pdata[i];
        g_string_append_printf(found, "%s %s %s", i ? "," : "", device->kind, device->id);
        assert_int_equal(dw_settings_count(device->properties), 0);
    }
    assert_true(changes.other || !changes.reordered);
    g_string_append(found, changes.reordered ? " | order" : changes.other ? " | other" : " |");
    dw_changes_clear(&changes);
    return g_string_free(found, FALSE);
}

static void assert_changes(const char *before, const char *after, const char *expected)
{
    g_autofree char *found = print_changes(before, after);

    assert_string_equal(found, expected);
}

/* Each device with what became of it. */
static void test_ways(void **state)
{
    g_autoptr(DwDocument) old =
        parse(DOMAIN("<devices>" DISK("vda", "<serial>1</serial>") DISK("vdb", "") "</devices>"));
    g_autoptr(DwDocument) new =
        parse(DOMAIN("<devices>" DISK("vda", "<serial>2</serial>") DISK("vdc", "") "</devices>"));
    g_autoptr(GString) found = g_string_new(NULL);
    DwChanges changes;

    dw_changes_between(old, new, &changes);
    for (guint i = 0; i < changes.devices->len; i++)
        g_string_append_printf(found, "%c%s ", changes.ways->str[i],
                               ((DwDevice *)changes.devices->pdata[i])->id);
    assert_int_equal(changes.ways->len, changes.devices->len);
    dw_changes_clear(&changes);
    assert_string_equal(found->str, "~vda +vdc -vdb ");
}

static void test_no_difference(void **state)
{
    assert_changes(DOMAIN("<name>a</name>"), DOMAIN("<name>a</name>"), " | |");
    assert_changes(DOMAIN("<name>a</name><features><acpi/></features>"),
                   "<domain  type=\"kvm\">\r\n <!-- c --><name>a</name><features ><acpi></acpi>"
                   "</features></domain>",
                   " | |");
    assert_changes(DOMAIN("<a x='1' y='2'> <b/> </a>"), DOMAIN("<a y='2' x='1'><b/></a>"), " | |");
    assert_changes(DOMAIN(""), DOMAIN("<features/><devices/>"), " | |");
    assert_changes(DOMAIN("<q:a xmlns:q='urn:q'/>"), DOMAIN("<r:a xmlns:r='urn:q'/>"), " | |");
    assert_changes(DOMAIN("<memory>1048576</memory>"), DOMAIN("<memory unit='GiB'>1</memory>"),
                   " | |");
    assert_changes(DOMAIN("<devices>" DISK("vda", "<serial>1</serial>") "</devices>"),
                   DOMAIN("<devices>\n  " DISK("vda", " <serial>1</serial>\n") "</devices>"),
                   " | |");
}

static void test_settings(void **state)
{
    assert_changes(DOMAIN("<name>a</name>"), DOMAIN("<name>b</name>"), "name | |");
    assert_changes(DOMAIN("<name>a</name>"), DOMAIN("<name>a</name><title>t</title>"), "title | |");
    assert_changes(DOMAIN("<name>a</name><title>t</title>"), DOMAIN("<name>a</name>"), "title | |");
    assert_changes(DOMAIN(""), "<domain type='qemu'/>", "type | |");
    assert_changes(DOMAIN("<features><acpi/></features>"), DOMAIN("<features><pae/></features>"),
                   "features.pae features.acpi | |");
    assert_changes(DOMAIN("<os><boot dev='hd'/></os>"),
                   DOMAIN("<os><boot dev='hd'/><boot dev='cdrom'/></os>"), "os.boot | |");
    assert_changes(DOMAIN("<clock><timer name='rtc' present='yes'/></clock>"),
                   DOMAIN("<clock><timer name='hpet' present='no'/></clock>"),
                   "clock.timer.hpet.present clock.timer.rtc.present | |");
    assert_changes(DOMAIN("<devices/>"), DOMAIN("<devices><emulator>/a</emulator></devices>"),
                   "emulator | |");
}

/* What stands among the devices and is none, beside one that changes. */
static void test_among_devices(void **state)
{
    static const struct {
        const char *before, *after, *expected;
    } cases[] = {
        {"<emulator>/a</emulator>", "<emulator>/b</emulator>", "emulator | disk vda |"},
        {"<emulator>/a</emulator>", "", "emulator | disk vda |"},
        {"<x:y xmlns:x='urn:a'/>", "<x:y xmlns:x='urn:a' b='1'/>", " | disk vda | other"},
        {"<!-- a -->", "<!-- b -->", " | disk vda |"},
        {"a", "b", " | disk vda |"},
        {"", "", " | disk vda |"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *before = g_strconcat(
            "<domain><devices>", cases[i].before,
            DISK("vda", "<serial>1</serial>") "</devices><cpu mode='maximum'/></domain>", NULL);
        g_autofree char *after = g_strconcat(
            "<domain><devices>", cases[i].after,
            DISK("vda", "<serial>2</serial>") "</devices><cpu mode='maximum'/></domain>", NULL);
        assert_changes(before, after, cases[i].expected);
    }
}

static void test_devices(void **state)
{
    assert_changes(DOMAIN("<devices>" DISK("vda", "") "</devices>"),
                   DOMAIN("<devices>" DISK("vda", "") DISK("vdb", "") "</devices>"),
                   " | disk vdb |");
    assert_changes(DOMAIN("<devices>" DISK("vda", "") DISK("vdb", "") "</devices>"),
                   DOMAIN("<devices>" DISK("vdb", "") "</devices>"), " | disk vda |");
    assert_changes(DOMAIN("<devices>" DISK("vda", "") DISK("vdb", "") "</devices>"),
                   DOMAIN("<devices>" DISK("vda", "<readonly/>") DISK("vdc", "") "</devices>"),
                   " | disk vda, disk vdc, disk vdb |");
    assert_changes(DOMAIN("<devices><rng model='virtio'/></devices>"),
                   DOMAIN("<devices><rng model='virtio'><rate bytes='1'/></rng></devices>"),
                   " | rng #1 |");
    assert_changes(DOMAIN("<devices>" DISK("vda", "<x:y xmlns:x='urn:a'/>") "</devices>"),
                   DOMAIN("<devices>" DISK("vda", "<x:y xmlns:x='urn:b'/>") "</devices>"),
                   " | disk vda |");
    assert_changes(DOMAIN("<devices>" DISK("vda", "") DISK("vda", "<readonly/>") "</devices>"),
                   DOMAIN("<devices>" DISK("vda", "") DISK("vda", "") "</devices>"),
                   " | disk vda |");
}

static void test_the_rest(void **state)
{
    assert_changes(DOMAIN(""), DOMAIN("<blah/>"), " | | other");
    assert_changes(DOMAIN("<a>1</a>"), DOMAIN("<a>2</a>"), " | | other");
    assert_changes(DOMAIN("<a b='1'/>"), DOMAIN("<a b='2'/>"), " | | other");
    assert_changes(DOMAIN("<a>12</a>"), DOMAIN("<a>1</a><a>2</a>"), " | | other");
    assert_changes(DOMAIN("<os><type foo='1'>hvm</type></os>"), DOMAIN("<os><type>hvm</type></os>"),
                   " | | other");
    assert_changes(DOMAIN("<name>a</name><b/>"), DOMAIN("<name>b</name>"), "name | | other");
    assert_changes(DOMAIN("<title>a</title>"), DOMAIN("<title>a</title><title>b</title>"),
                   " | | other");
    assert_changes(DOMAIN("<metadata><a xmlns='urn:a'>1</a></metadata>"),
                   DOMAIN("<metadata><a xmlns='urn:a'>2</a></metadata>"), " | | other");
    assert_changes(DOMAIN("<devices>" DISK("vda", "") DISK("vdb", "") "</devices>"),
                   DOMAIN("<devices>" DISK("vdb", "") DISK("vda", "") "</devices>"), " | | order");
    assert_changes(DOMAIN("<name>a</name><devices>" DISK("vda", "") DISK("vdb", "") "</devices>"),
                   DOMAIN("<name>b</name><devices>" DISK("vdb", "") DISK("vda", "") "</devices>"),
                   "name | | order");
    assert_changes(
        DOMAIN("<name>a</name><devices>" DISK("vda", "") DISK("vdb", "") "</devices>"),
        DOMAIN("<name>b</name><b/><devices>" DISK("vdb", "") DISK("vda", "") "</devices>"),
        "name | | other");
}

/* What is the same in both is not looked at, unless its place or the names in force are not. */
static void test_what_is_the_same(void **state)
{
    assert_changes(DOMAIN("<name>a</name><x>1</x><y/>"), DOMAIN("<name>b</name><x>1</x><y/>"),
                   "name | |");
    assert_changes(DOMAIN("<name>a</name><x>1</x><y/>"), DOMAIN("<name>b</name><y/><x>1</x>"),
                   "name | | other");
    assert_changes(DOMAIN("<x>1</x><name>a</name><y/>"),
                   DOMAIN("<x>1</x><name>a</name><title>t</title><y/>"), "title | |");
    assert_changes(DOMAIN("<name>a</name><x/><x>1</x>"), DOMAIN("<name>b</name><x>1</x><x/>"),
                   "name | | other");
    assert_changes(DOMAIN("<name>a</name><vcpu>1</vcpu><memory>1</memory>"),
                   DOMAIN("<memory>1</memory><vcpu>2</vcpu><name>a</name>"), "vcpu | |");
    assert_changes("<domain xmlns:q='urn:q'><name>a</name><q:x/></domain>",
                   "<domain xmlns:q='urn:r'><name>a</name><q:x/></domain>", " | | other");
    assert_changes(DOMAIN("<name>a</name> <vcpu>1</vcpu>"),
                   DOMAIN("<name>a</name>  <vcpu>2</vcpu>"), "vcpu | |");
    assert_changes(DOMAIN("<vcpu>1</vcpu><devices><a/>" DISK("vda", "") "<emulator>/a</emulator>"
                                                                        "</devices>"),
                   DOMAIN("<vcpu>2</vcpu><devices><a/>" DISK("vda", "") "<emulator>/a</emulator>"
                                                                        "</devices>"),
                   "vcpu | |");
    assert_changes(DOMAIN("<vcpu>1</vcpu><devices><q:a xmlns:q='urn:q'/></devices>"),
                   DOMAIN("<vcpu>1</vcpu><devices/>"), " | | other");
}

static void test_many_elements(void **state)
{
    g_autoptr(GString) before = g_string_new("<domain><name>a</name>");

    for (unsigned i = 0; i < 6000; i++)
        g_string_append_printf(before, "<x%u/>", i);
    g_autofree char *after = g_strdup_printf("%s<y/></domain>", before->str);
    g_string_append(before, "</domain>");
    assert_changes(before->str, after, " | | other");
}

/* Devices that are the same to the byte before and behind what changed are passed over: the answer
 * is that for documents in which none is. */
static void test_passed_devices(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(11);

    for (int round = 0; round < 3000; round++) {
        g_autoptr(GArray) devices = random_devices(random);
        g_autofree char *before = make_domain(devices, "");
        mutate(random, devices, 1 + round % 3);
        g_autofree char *after = make_domain(devices, "");
        g_autofree char *respaced = make_domain(devices, " ");
        g_autofree char *changes = print_changes(before, after);
        g_autofree char *all = print_changes(before, respaced);

        if (!g_str_equal(changes, all))
            fail_msg("%s and %s: %s, not %s", before, after, changes, all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passed_devices), cmocka_unit_test(test_no_difference),
        cmocka_unit_test(test_ways),           cmocka_unit_test(test_settings),
        cmocka_unit_test(test_among_devices),  cmocka_unit_test(test_devices),
        cmocka_unit_test(test_the_rest),       cmocka_unit_test(test_what_is_the_same),
        cmocka_unit_test(test_many_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
