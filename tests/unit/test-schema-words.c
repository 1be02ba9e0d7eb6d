/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words that libvirt's schema has and the table has not: no error, and they can be set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <glib/gstdio.h>

#include "apply-support.h"
#include "corpus.h"
#include "host/schema-words.h"
#include "rules-support.h"

static char *directory;
static DwSchemaWords *words;

static int setup(void **state)
{
    static const char text[] =
        "<grammar xmlns='http://relaxng.org/ns/structure/1.0'>"
        "<start><ref name='domain'/></start>"
        "<define name='domain'><element name='domain'><interleave>"
        "<ref name='type'/><ref name='clock'/><ref name='crash'/>"
        "<element name='devices'><zeroOrMore><ref name='device'/></zeroOrMore></element>"
        "</interleave></element></define>"
        "<define name='type'><attribute name='type'><value>brandnew</value></attribute></define>"
        "<define name='clock'><element name='clock'><attribute name='offset'>"
        "<value>brandnew</value></attribute></element></define>"
        "<define name='crash'><optional><element name='on_crash'><choice><value>brandnew</value>"
        "<value> spaced </value></choice></element></optional></define>"
        "<define name='device'><choice>"
        "<element name='disk'><element name='driver'><interleave>"
        "<attribute name='cache'><ref name='caches'/></attribute>"
        "<attribute><choice><name>io</name><name>queues</name></choice><value>both</value>"
        "</attribute></interleave></element></element>"
        "<element name='interface'><ref name='type'/><element name='driver'>"
        "<attribute name='name'><value>elsewhere</value></attribute></element></element>"
        "<element name='iommu'><attribute "
        "name='model'><value>brandnew</value></attribute></element>"
        "</choice></define>"
        /* A definition of itself ends nowhere. */
        "<define name='caches'><choice><value>brandnew</value><ref "
        "name='caches'/></choice></define>"
        "</grammar>";

    directory = g_dir_make_tmp("domwright-words-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "domaincommon.rng", NULL);
    return directory && g_file_set_contents(path, text, -1, NULL) &&
                   (words = dw_schema_words_load(directory, NULL))
               ? 0
               : -1;
}

static int teardown(void **state)
{
    g_autofree char *path = g_build_filename(directory, "domaincommon.rng", NULL);

    g_remove(path);
    g_rmdir(directory);
    g_free(directory);
    dw_schema_words_free(words);
    return 0;
}

#define MACHINE(more)                                                                              \
    "<domain type='kvm'><name>t</name><memory>1048576</memory><os><type arch='x86_64' "            \
    "machine='q35'>hvm</type></os>" more "</domain>"
#define DEVICE(device) MACHINE("<devices>" device "</devices>")

static bool has_word(const DwSchemaWords *have, const char *kind, const char *key, const char *word)
{
    DwPlace place;

    assert_true(place_find(kind, key, &place));
    return schema_words_have(have, kind, place.section, place.row, word);
}

static void test_load(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_true(has_word(words, "disk", "driver.cache", "brandnew"));
    assert_true(has_word(words, "interface", "type", "brandnew"));
    assert_true(has_word(words, "", "type", "brandnew"));
    assert_true(has_word(words, "", "clock.offset", "brandnew"));
    assert_true(has_word(words, "", "on_crash", "spaced"));
    assert_false(has_word(words, "", "on_crash", "brand"));
    assert_false(has_word(NULL, "disk", "driver.cache", "brandnew"));
    assert_true(has_word(words, "disk", "driver.io", "both"));
    /* In its place only, and a number is no word. */
    assert_false(has_word(words, "disk", "driver.io", "brandnew"));
    assert_false(has_word(words, "disk", "type", "brandnew"));
    assert_false(has_word(words, "disk", "driver.name", "elsewhere"));
    assert_false(has_word(words, "disk", "driver.queues", "both"));
    assert_null(dw_schema_words_load("/nonexistent", &error));
    assert_int_equal(error->code, DW_ERROR_UNSUPPORTED);
}

#define GUEST(cache)                                                                               \
    HEAD("kvm", "pc-q35-7.2")                                                                      \
    "<devices><disk type='file' device='disk'><driver name='qemu' type='raw' cache='" cache "'/>"  \
    "<source file='/a'/><target dev='vda' bus='virtio'/></disk></devices></domain>"

static void test_documents(void **state)
{
    const DwHost host = {.schema_words = words}, none = {0};
    const Edge info = {"value", INFO, "driver.cache", GUEST("brandnew"), GUEST("none")};
    const Edge error = {"value", ERROR, "driver.cache", GUEST("brandnew"), GUEST("none")};
    const Edge other = {"value", ERROR, "driver.cache", GUEST("nonsense"), GUEST("none")};

    check_edges(&info, 1, "", "", &host);
    check_edges(&error, 1, "", "", &none);
    check_edges(&other, 1, "", "", &host);
}

static void test_edits(void **state)
{
    const DwHost host = {.schema_words = words};
    g_auto(Outcome) new =
        edit_text(GUEST("none"), DW_VERB_MODIFY, "disk", "vda", "driver.cache=brandnew", 0, &host);
    g_auto(Outcome) misplaced =
        edit_text(GUEST("none"), DW_VERB_MODIFY, "disk", "vda", "driver.cache=on", 0, &host);
    g_auto(Outcome) unknown =
        edit_text(GUEST("none"), DW_VERB_MODIFY, "disk", "vda", "driver.cache=brandnew", 0, NULL);

    assert_text(&new, GUEST("brandnew"));
    assert_note(&new, "value", "driver.cache", INFO);
    assert_refused(&misplaced, DW_ERROR_INVALID_VALUE, "driver.cache");
    assert_refused(&unknown, DW_ERROR_INVALID_VALUE, "driver.cache");
}

/* Of a device with such a word rules have no last word, and edits take nothing from it. */
static void test_judged_by_the_host(void **state)
{
#define IOMMU(model) DEVICE("<iommu model='" model "'><driver intremap='on'/></iommu>")
#define CARD(type)                                                                                 \
    DEVICE("<interface type='" type "'><mac address='52:54:00:aa:bb:01'/><source network='n'/>"    \
           "</interface>")
#define CLOCK(offset, timers) MACHINE("<clock offset='" offset "'>" timers "</clock>")
#define NEW_DISK                                                                                   \
    "<devices><disk type='file' device='disk'><driver name='qemu' type='raw' cache='brandnew'/>"   \
    "<source file='/a'/><target dev='vda' bus='virtio'/></disk></devices>"
    const DwHost host = {.schema_words = words};
    const Edge judged[] = {
        {"device-option", WARNING, "driver.intremap", IOMMU("brandnew"), IOMMU("intel")},
        {"device-option", ERROR, "driver.intremap", IOMMU("virtio"), IOMMU("intel")},
        /* A group of the domain's own; not what is beside it, nor of another device. */
        {"timer-name", WARNING, "clock.timer.platform.present",
         CLOCK("brandnew", "<timer name='platform'/>"), CLOCK("brandnew", "<timer name='rtc'/>")},
        {"timer-name", ERROR, "clock.timer.platform.present",
         MACHINE("<on_crash>brandnew</on_crash><clock><timer name='platform'/></clock>" NEW_DISK),
         NULL},
    };
    g_auto(Outcome) set = edit_text(IOMMU("brandnew"), DW_VERB_MODIFY, "iommu", "#1",
                                    "driver.caching_mode=on", 0, &host);
    g_auto(Outcome) kept =
        edit_text(CARD("network"), DW_VERB_MODIFY, "interface", "#1", "type=brandnew", 0, &host);

    check_edges(judged, G_N_ELEMENTS(judged), "", "", &host);
    assert_non_null(strstr(set.text, "caching_mode='on'"));
    assert_text(&kept, CARD("brandnew"));
}

/* What libvirt has learned since 9.0 and the older one refuses; or words that only a newer schema
 * has: none is an error where that libvirt is the host's. */
static void test_newer(void **state)
{
    static const struct {
        const char *archive;
        uint64_t version;
    } schemas[] = {{"libvirt-11.3-schemas.tar.xz", 11003000},
                   {"libvirt-12.8-schemas.tar.xz", 12008000}};
    static const struct {
        uint64_t since;
        const char *domain;
    } documents[] = {
        {12008000, DEVICE("<disk type='file' model='usb-storage'><source file='/a'/><target "
                          "dev='sda' bus='usb'/></disk>")},
        {12008000, DEVICE("<disk type='file' model='usb-bot'><source file='/a'/><target dev='sda' "
                          "bus='usb'/></disk>")},
        {12008000, DEVICE("<controller type='nvme' index='0'><serial>s</serial></controller>"
                          "<disk type='file'><source file='/a'/><target dev='nvme0n1' bus='nvme'/>"
                          "</disk>")},
        {12008000, DEVICE("<iommu model='amd'/>")},
        {12008000, MACHINE("<on_crash>preserve-running</on_crash>")},
        {11003000, DEVICE("<interface type='user'><backend type='default'/></interface>")},
        {11003000,
         DEVICE("<filesystem type='mount'><driver type='mtp'/><source dir='/srv'/><target "
                "dir='t'/></filesystem>")},
        {11003000,
         DEVICE("<tpm><backend type='emulator'><source type='dir' path='/srv/t'/></backend>"
                "</tpm>")},
        {11003000, DEVICE("<tpm><backend type='emulator'><source type='file' path='/srv/t'/>"
                          "</backend></tpm>")},
        {11003000, DEVICE("<disk type='network'><source protocol='ssh' name='a'><host name='h'/>"
                          "<identity username='u' keyfile='/k'/></source><target dev='vda' "
                          "bus='virtio'/></disk>")},
        {11003000, DEVICE("<disk type='file'><source file='/a'/><target dev='sda' bus='sata'/>"
                          "<product>p</product></disk>")},
        {11003000, "<domain type='kvm'><name>t</name><memory>1048576</memory><vcpu>288</vcpu><os>"
                   "<type arch='x86_64' machine='q35'>hvm</type></os></domain>"},
        {11003000,
         "<domain type='kvm'><name>t</name><memory>1048576</memory><os firmware='efi'>"
         "<type arch='x86_64' machine='q35'>hvm</type><loader secure='no'/></os><features>"
         "<acpi/></features></domain>"},
    };
    unsigned asked = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(schemas); i++) {
        char *folder = corpus_open(schemas[i].archive, "schemas");
        DwSchemaWords *have = folder ? dw_schema_words_load(folder, NULL) : NULL;
        const DwHost host = {.libvirt_version = schemas[i].version, .schema_words = have};

        for (size_t j = 0; have && j < G_N_ELEMENTS(documents); j++) {
            if (documents[j].since > schemas[i].version)
                continue;
            g_autoptr(GPtrArray) problems = problems_of(documents[j].domain, &host);
            g_autofree char *errors = dw_problems_join(problems);
            if (*errors)
                fail_msg("%s: %s", errors, documents[j].domain);
            asked++;
        }
        dw_schema_words_free(have);
        corpus_close(folder);
    }
    if (!asked)
        skip();
}

/* A word of another place is none here, in whatever release, and a number is none anywhere. */
static void test_elsewhere(void **state)
{
#define PORT(port) DEVICE("<serial type='pty'><target type='isa-serial' port='" port "'/></serial>")
#define MODE(mode)                                                                                 \
    DEVICE("<serial type='tcp'><source mode='" mode "' host='h' service='1'/></serial>")
#define DRIVER(name)                                                                               \
    DEVICE("<disk type='file'><driver name='" name "' type='raw'/><source file='/a'/>"             \
           "<target dev='vda' bus='virtio'/></disk>")
    static const char *const archives[] = {NULL, "libvirt-11.3-schemas.tar.xz",
                                           "libvirt-12.8-schemas.tar.xz"};
    static const Edge edges[] = {
        {"value", ERROR, "target.port", PORT("default"), PORT("1")},
        {"value", ERROR, "target.port", PORT("no"), PORT("1")},
        {"value", ERROR, "source.mode", MODE("host-model"), MODE("bind")},
        {"value", ERROR, "driver.name", DRIVER("raw"), DRIVER("qemu")},
        {"value", ERROR, "driver.name", DRIVER("default"), DRIVER("qemu")},
        {"value", ERROR, "driver.name", DRIVER("off"), DRIVER("qemu")},
    };
    unsigned asked = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(archives); i++) {
        char *folder = archives[i] ? corpus_open(archives[i], "schemas")
                                   : g_strdup("/usr/share/libvirt/schemas");
        g_autoptr(DwSchemaWords) have = folder ? dw_schema_words_load(folder, NULL) : NULL;
        const DwHost host = {.schema_words = have};

        if (have)
            check_edges(edges, G_N_ELEMENTS(edges), "", "", &host);
        asked += have != NULL;
        if (archives[i])
            corpus_close(folder);
        else
            g_free(folder);
    }
    if (!asked)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_newer),
        cmocka_unit_test(test_judged_by_the_host),
        cmocka_unit_test(test_elsewhere),
    };

    dw_end_without_memory();
    return cmocka_run_group_tests(tests, setup, teardown);
}
