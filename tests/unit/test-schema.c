/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt's schema as it is installed: documents it takes, and for documents it does not take the
 * place, the value, what would be accepted, and the words. Also documents of the greatest size and
 * depth, on a small stack.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "corpus.h"
#include <domwright/model.h>

#define SCHEMAS "/usr/share/libvirt/schemas"

#define HEAD            "<domain type='kvm'><name>a</name><memory>1048576</memory><os><type>hvm</type></os>"
#define DOMAIN(inside)  HEAD inside "</domain>"
#define DEVICES(inside) HEAD "<devices>" inside "</devices></domain>"
#define DISK(inside)                                                                               \
    DEVICES("<disk type='file'><source file='/a'/><target dev='vda'/>" inside "</disk>")

static DwSchema *schema;

static int load_schema(void **state)
{
    if (g_file_test(SCHEMAS "/domain.rng", G_FILE_TEST_EXISTS))
        schema = dw_schema_load(SCHEMAS, NULL);
    return 0;
}

static int free_schema(void **state)
{
    g_clear_pointer(&schema, dw_schema_free);
    return 0;
}

/* One line a problem: "kind id|key|value|allowed|message". */
static char *validate(const char *xml)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DwDocument) document = dw_document_parse(xml, strlen(xml), &error);
    g_autoptr(GString) out = g_string_new(NULL);

    if (!schema)
        skip();
    assert_null(error);
    g_autoptr(GPtrArray) problems = dw_schema_validate(schema, document);
    for (guint i = 0; i < problems->len; i++) {
        const DwProblem *problem = problems->pdata[i];
        g_autofree char *allowed = g_strjoinv(",", problem->allowed);

        assert_string_equal(problem->rule, "schema");
        assert_int_equal(problem->severity, DW_SEVERITY_ERROR);
        g_string_append_printf(out, "%s%s %s|%s|%s|%s|%s", i ? "\n" : "", problem->kind,
                               problem->id, problem->key, problem->value, allowed,
                               problem->message);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void assert_problems(const char *xml, const char *expected)
{
    g_autofree char *found = validate(xml);
    assert_string_equal(found, expected);
}

static void test_valid(void **state)
{
    assert_problems(DOMAIN(""), "");
    assert_problems(DISK(""), "");
    assert_problems("<?xml version='1.0' encoding='UTF-16'?>" DOMAIN("<title>\xc3\xa9</title>"),
                    "");
    assert_problems(DOMAIN("<metadata><a:b xmlns:a='urn:a'/></metadata>"), "");
}

static void test_value_of_attribute(void **state)
{
    assert_problems(DEVICES("<disk type='file'><source file='/a'/>"
                            "<target dev='vda' tray='ajar'/></disk>"),
                    "disk vda|target.tray|ajar|open,closed|"
                    "The value \"ajar\" of target.tray is not accepted by libvirt's "
                    "schema; accepted here: open, closed.");
    assert_problems(DEVICES("<disk type='filex'><source file='/a'/><target dev='vda'/></disk>"),
                    "disk vda|type|filex|file|The value \"filex\" of type is not accepted "
                    "by libvirt's schema; accepted here: file.");
    assert_problems(DEVICES("<disk type='file'><source file='a'/><target dev='vda'/></disk>"),
                    "disk vda|source.file|a||The value \"a\" of source.file is not "
                    "accepted by libvirt's schema.");
    assert_problems(DISK("<boot order='0'/>"),
                    "disk vda|boot.order|0||The value \"0\" of boot.order is not accepted "
                    "by libvirt's schema.");
    assert_problems(DOMAIN("<vcpu current='0'>2</vcpu>"),
                    " |vcpu.current|0||The value \"0\" of vcpu.current is not accepted by "
                    "libvirt's schema.");
    assert_problems(DOMAIN("<features><hyperv><relaxed state='maybe'/></hyperv></features>"),
                    " |hyperv.relaxed|maybe||The value \"maybe\" of hyperv.relaxed is not "
                    "accepted by libvirt's schema.");
    assert_problems(DOMAIN("<clock offset='utc'><timer name='rtc' tickpolicy='x'/></clock>"),
                    " |clock.timer.rtc.tickpolicy|x|delay,catchup,merge,discard|The value "
                    "\"x\" of clock.timer.rtc.tickpolicy is not accepted by libvirt's schema; "
                    "accepted here: delay, catchup, merge, discard.");
}

/* A word that is right elsewhere is not what is wrong. */
static void test_value_beside_others(void **state)
{
    assert_problems(DOMAIN("<seclabel type='static'/>"),
                    " |seclabel.1.label|||Key seclabel.1.label is missing, which libvirt's schema "
                    "demands.");
    assert_problems(DEVICES("<channel type='pty'><target type='guestfwd'/></channel>"),
                    "channel #1|target.type|guestfwd|virtio,xen|The value \"guestfwd\" of "
                    "target.type does not go with what is beside it, or something that it needs is "
                    "missing, by libvirt's schema; what is there goes with: virtio, xen.");
    assert_problems(
        DOMAIN("<seclabel type='none'><label>a</label></seclabel>"),
        " |seclabel.1.label|||Key seclabel.1.label and seclabel.1.type are not accepted "
        "together by libvirt's schema.");
}

static void test_value_of_text(void **state)
{
    assert_problems(DOMAIN("<vcpu>0</vcpu>"),
                    " |vcpu|0||The value \"0\" of vcpu is not accepted by libvirt's schema.");
    assert_problems(DOMAIN("<title/>"), " |title|||The value \"\" of title is not accepted by "
                                        "libvirt's schema; unset it to have none.");
    assert_problems(DOMAIN("<uuid>zzz</uuid>"), " |uuid|zzz||The value \"zzz\" of uuid is "
                                                "not accepted by libvirt's schema.");
    assert_problems(DEVICES("<emulator>qemu</emulator>"),
                    " |emulator|qemu||The value \"qemu\" of emulator is not accepted by "
                    "libvirt's schema.");
}

static void test_unexpected(void **state)
{
    assert_problems(DISK("<foo/>"), "disk vda||||<foo> is not accepted here by libvirt's "
                                    "schema, or not as it stands.");
    assert_problems(DISK("<readonly>yes</readonly>"),
                    "disk vda|readonly|||Key readonly is not accepted here by libvirt's "
                    "schema, or not as it stands.");
    assert_problems(DEVICES("<foo a='1'/>"),
                    "foo #1||||<foo> is not accepted here by libvirt's schema, or not as it "
                    "stands.");
    assert_problems(DOMAIN("<foo/>"), " ||||<foo> is not accepted here by libvirt's schema, "
                                      "or not as it stands.");
    assert_problems(HEAD "<devices a='1'/></domain>",
                    " ||||Attribute \"a\" of <devices> is not accepted here by libvirt's "
                    "schema.");
    assert_problems("<domain type='kvm' a='1'><name>a</name><os><type>hvm</type></os></domain>",
                    " ||||Attribute \"a\" of <domain> is not accepted here by libvirt's "
                    "schema.");
    assert_problems(DOMAIN("<cpu><topology sockets='1' cores='1'/></cpu>"),
                    " |cpu.topology.threads|||Key cpu.topology.threads is missing, which "
                    "libvirt's schema demands.");
    assert_problems(DOMAIN("<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
                           "<q:foo/></q:commandline>"),
                    " ||||<q:foo> is not accepted here by libvirt's schema, or not as it "
                    "stands.");
}

static void test_conflict(void **state)
{
    assert_problems(DISK("<iotune><total_bytes_sec>1</total_bytes_sec>"
                         "<read_bytes_sec>1</read_bytes_sec></iotune>"),
                    "disk vda|iotune.total_bytes_sec|||Key iotune.total_bytes_sec and "
                    "iotune.read_bytes_sec are not accepted together by libvirt's schema.");
    assert_problems(DOMAIN("<title>a</title><title>b</title>"),
                    " |title|||Key title is given more than once.");
    assert_problems(DEVICES("<memballoon model='none'/><memballoon model='none'/>"),
                    " ||||<memballoon> is given more than once.");
}

static void test_missing(void **state)
{
    assert_problems(DEVICES("<disk type='file'><source file='/a'/></disk>"),
                    "disk #1|target.dev|||Key target.dev is missing, which libvirt's schema "
                    "demands.");
    assert_problems(DEVICES("<disk type='network'><source protocol='iscsi' name='a/1'/>"
                            "<target dev='vda'/></disk>"),
                    "disk vda|source.host.1.name|||Key source.host.1.name is missing, which "
                    "libvirt's schema demands.");
    assert_problems("<domain><name>a</name><os><type>hvm</type></os></domain>",
                    " |type|||Key type is missing, which libvirt's schema demands.");
    assert_problems("<domain type='kvm'><os><type>hvm</type></os></domain>",
                    " |name|||Key name is missing, which libvirt's schema demands.");
    assert_problems(DOMAIN("<launchSecurity type='sev'/>"),
                    " |launchSecurity.policy|||Key launchSecurity.policy is missing, which "
                    "libvirt's schema demands.");
    assert_problems(DOMAIN("<launchSecurity type='sev'><cbitpos>47</cbitpos></launchSecurity>"),
                    " |launchSecurity.policy|||Key launchSecurity.policy is missing, which "
                    "libvirt's schema demands.");
    /* Later ones have more words. */
    g_autofree char *wrong =
        validate(DOMAIN("<launchSecurity type='sve'><policy>0x1</policy></launchSecurity>"));
    const char *expected = " |launchSecurity.type|sve|sev";
    assert_memory_equal(wrong, expected, strlen(expected));
    assert_non_null(strstr(wrong, "The value \"sve\" of launchSecurity.type is not accepted by "
                                  "libvirt's schema; accepted here: sev"));
}

static void test_several(void **state)
{
    assert_problems(
        DISK("<foo/><driver cache='fast'/>"),
        "disk vda||||<foo> is not accepted here by libvirt's schema, or not as "
        "it stands.\n"
        "disk vda|driver.cache|fast|default,none,writethrough,writeback,directsync,unsafe"
        "|The value \"fast\" of driver.cache is not accepted by libvirt's "
        "schema; accepted here: default, none, writethrough, writeback, directsync, "
        "unsafe.");
    assert_problems(DISK("<foo/><bar/><baz/>"),
                    "disk vda||||<foo> is not accepted here by libvirt's schema, or not as it "
                    "stands.");
    assert_problems("<domain type='kvm' a='1'><name>a</name>"
                    "<os><type>hvm</type><boot dev='usb'/></os><devices><emulator>/a</emulator>"
                    "<disk type='file'><target dev='vda'/><serial>\xc3\xa9</serial></disk>"
                    "<graphics type='vnc' passwd='secret' port='x'/></devices></domain>",
                    " ||||Attribute \"a\" of <domain> is not accepted here by libvirt's "
                    "schema.\n"
                    " |os.boot|usb|fd,hd,cdrom,network|The value \"usb\" of os.boot is not "
                    "accepted by libvirt's schema; accepted here: fd, hd, cdrom, network.\n"
                    "disk vda|serial|\xc3\xa9||The value \"\xc3\xa9\" of serial is not "
                    "accepted by libvirt's schema.\n"
                    "graphics vnc|port|x||The value \"x\" of port is "
                    "not accepted by libvirt's schema.");
}

/* One thing dropped, renamed or doubled: the message names it, and not what is right. */
static void test_single_faults(void **state)
{
    static const struct {
        const char *inside, *expected[2];
    } faults[] = {
        {"<clock offsetx='utc'/>", {"\"offsetx\" of <clock>", "clock.offset is missing"}},
        {"<memory unitx='KiB'>1024</memory>", {"\"unitx\""}},
        {"<cputune><vcpupin cpuset='0'/></cputune>", {"\"vcpu\" of <vcpupin> is missing"}},
        {"<cpu><model>a</model><model>a</model></cpu>", {"cpu.model is given more than once"}},
        {"<numatune><memory mode='strict' mode2='x'/></numatune>", {"\"mode2\" of <memory>"}},
        {"<cpu><numa><cellx id='0' memory='1'/></numa></cpu>", {"<cellx> is not accepted"}},
        {"<devices><disk type='file'><targetx dev='vda'/></disk></devices>",
         {"<targetx>", "target.dev is missing"}},
        {"<devices><interface type='user'><mac/></interface></devices>",
         {"mac.address is missing"}},
        {"<devices><controller type='pci' index='1' "
         "model='pcie-root-port'><model/></controller></devices>",
         {"model.name is missing"}},
        {"<devices><graphics typex='vnc'/></devices>", {"\"typex\"", "type is missing"}},
        {"<devicesx><disk type='file'><target dev='vda'/></disk></devicesx>", {"<devicesx>"}},
        {"<features><acpi/><acpi/></features>", {"features.acpi is given more than once"}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *xml =
            g_strconcat("<domain type='kvm'><name>a</name><os><type>hvm</type></os>",
                        faults[i].inside, "</domain>", NULL);
        g_autoptr(DwDocument) document = dw_document_parse(xml, strlen(xml), NULL);
        g_autoptr(GPtrArray) problems = dw_schema_validate(schema, document);

        if (problems->len != 1 + (faults[i].expected[1] != NULL))
            fail_msg("%u problems: %s", problems->len, xml);
        for (guint j = 0; j < problems->len; j++) {
            const DwProblem *problem = problems->pdata[j];

            if (!strstr(problem->message, faults[i].expected[j]))
                fail_msg("%s: %s", xml, problem->message);
        }
    }
}

static void test_type_of_domain(void **state)
{
    g_autofree char *found =
        validate("<domain type='x'><name>a</name><os><type>hvm</type></os></domain>");
    assert_true(g_str_has_prefix(found, " |type|x|qemu,kvm,xen,lxc,test,"));
}

static void test_devices_twice(void **state)
{
    g_autofree char *found =
        validate(HEAD "<devices/><devices><disk type='file'><foo/><target dev='vda'/></disk>"
                      "</devices></domain>");
    assert_string_equal(found, " ||||<foo> is not accepted here by libvirt's schema, or not "
                               "as it stands.");
}

/* A chain of that many levels, the deepest with this file. */
static char *chain(unsigned levels, const char *file)
{
    GString *text = g_string_new(HEAD "<devices><disk type='file'><source file='/a'/>");

    for (unsigned i = 1; i <= levels; i++)
        g_string_append_printf(text,
                               "<backingStore type='file'><format type='qcow2'/>"
                               "<source file='%s'/>",
                               i == levels ? file : "/b");
    g_string_append(text, "<backingStore/>");
    for (unsigned i = 0; i < levels; i++)
        g_string_append(text, "</backingStore>");
    g_string_append(text, "<target dev='vda'/></disk></devices></domain>");
    return g_string_free(text, FALSE);
}

static char *repeat(const char *head, const char *item, size_t times, const char *tail)
{
    GString *text = g_string_new(head);

    for (size_t i = 0; i < times; i++)
        g_string_append(text, item);
    g_string_append(text, tail);
    return g_string_free(text, FALSE);
}

static char *large_found[6];

static void *validate_large(void *data)
{
    g_autofree char *good = chain(DW_MAX_CHAIN, "/b"), *bad = chain(DW_MAX_CHAIN, "b");
    g_autofree char *wide =
        repeat(HEAD "<metadata>", "<a:b xmlns:a='urn:a'/>", 9000, "</metadata></domain>");
    g_autofree char *titles = repeat(HEAD, "<title>a</title>", 19000, "</domain>");
    g_autofree char *attributes =
        repeat(HEAD "<cpu>", "<feature name='a' policy='x'/>", 6600, "</cpu></domain>");
    g_autofree char *disks =
        repeat(HEAD "<devices>", "<disk type='file'><target dev='vda' bus='x'/></disk>", 3900,
               "</devices></domain>");
    const char *documents[] = {good, bad, wide, titles, attributes, disks};

    for (size_t i = 0; i < G_N_ELEMENTS(documents); i++)
        large_found[i] = validate(documents[i]);
    return NULL;
}

static void test_large_on_a_small_stack(void **state)
{
    pthread_attr_t attributes;
    pthread_t thread;

    if (!schema)
        skip();
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 2 * 1024 * 1024);
    assert_int_equal(pthread_create(&thread, &attributes, validate_large, NULL), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);

    assert_string_equal(large_found[0], "");
    assert_string_equal(large_found[1],
                        "disk vda|backing.200.source.file|b||The value \"b\" of "
                        "backing.200.source.file is not accepted by libvirt's schema.");
    assert_string_equal(large_found[2], "");
    assert_string_equal(large_found[3], " |title|||Key title is given more than once.");
    assert_true(g_str_has_prefix(large_found[4], " |cpu|||Something in cpu is missing"));
    assert_true(g_str_has_prefix(large_found[5], "disk vda|target.bus|x|"));
    for (size_t i = 0; i < G_N_ELEMENTS(large_found); i++)
        g_clear_pointer(&large_found[i], g_free);
}

static void *load_and_validate(void *data)
{
    static const char xml[] = DISK("<foo/>");
    g_autoptr(DwSchema) own = dw_schema_load(SCHEMAS, NULL);
    g_autoptr(DwDocument) document = dw_document_parse(xml, strlen(xml), NULL);
    size_t n = 0;

    for (unsigned i = 0; i < 100; i++) {
        g_autoptr(GPtrArray) problems = dw_schema_validate(own, document);
        n += problems->len;
    }
    return GSIZE_TO_POINTER(n);
}

static void test_a_schema_a_thread(void **state)
{
    pthread_t threads[4];

    if (!schema)
        skip();
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, load_and_validate, NULL), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
        void *n;
        pthread_join(threads[i], &n);
        assert_int_equal(GPOINTER_TO_SIZE(n), 100);
    }
}

static void test_no_schema(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = g_dir_make_tmp("domwright-schema-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "domain.rng", NULL);

    assert_null(dw_schema_load("/nonexistent", &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_UNSUPPORTED));
    assert_string_equal(error->message,
                        "There is no schema domain.rng in \"/nonexistent\"; libvirt installs it.");
    g_clear_error(&error);
    assert_null(dw_schema_load(".", &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_UNSUPPORTED));
    g_clear_error(&error);

    assert_true(g_file_set_contents(file, "<grammar", -1, NULL));
    assert_null(dw_schema_load(directory, &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_UNSUPPORTED));
    g_clear_error(&error);
    assert_true(g_file_set_contents(file,
                                    "<grammar xmlns='http://relaxng.org/ns/structure/1.0'>"
                                    "<include href='absent.rng'/></grammar>",
                                    -1, NULL));
    assert_null(dw_schema_load(directory, &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_UNSUPPORTED));
    g_unlink(file);
    g_rmdir(directory);
}

/* What the schema says of libvirt's own test documents: each invalid one has at least one problem
 * with a message, and asking leaves the schema as it was. */
static void test_libvirts_own(void **state)
{
    char *path = corpus_open("libvirt-9.0-domains.tar.xz", "qemuxml2argvdata");
    g_autoptr(GDir) directory = path && schema ? g_dir_open(path, 0, NULL) : NULL;
    size_t n_valid = 0, n_invalid = 0, n_unclear = 0;
    const char *name;

    while (directory && (name = g_dir_read_name(directory))) {
        g_autofree char *file = g_build_filename(path, name, NULL), *xml = NULL;
        gsize length;

        assert_true(g_file_get_contents(file, &xml, &length, NULL));
        g_autoptr(DwDocument) document = dw_document_parse(xml, length, NULL);
        if (!document)
            continue;
        g_autoptr(GPtrArray) problems = dw_schema_validate(schema, document);
        n_valid += problems->len == 0;
        n_invalid += problems->len > 0;
        for (guint i = 0; i < problems->len; i++)
            n_unclear += strstr(((DwProblem *)problems->pdata[i])->message, "something in") != NULL;
    }
    corpus_close(path);
    if (!directory)
        skip();
    assert_true(n_valid > 900);
    assert_true(n_unclear * 10 <= n_invalid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_value_of_attribute),
        cmocka_unit_test(test_value_beside_others),
        cmocka_unit_test(test_value_of_text),
        cmocka_unit_test(test_unexpected),
        cmocka_unit_test(test_conflict),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_single_faults),
        cmocka_unit_test(test_type_of_domain),
        cmocka_unit_test(test_devices_twice),
        cmocka_unit_test(test_large_on_a_small_stack),
        cmocka_unit_test(test_a_schema_a_thread),
        cmocka_unit_test(test_no_schema),
        cmocka_unit_test(test_libvirts_own),
    };
    return cmocka_run_group_tests(tests, load_schema, free_schema);
}
