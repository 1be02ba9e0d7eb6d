/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks that anyone may use who may change the domain: directories of images, what "%n" and "%u"
 * stand for, formats and chains, and the one path that a rule may allow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "effects-support.h"

#define CHAIN(format, file, below)                                                                 \
    "<backingStore type='file'><format type='" format "'/><source file='" file "'/>" below         \
    "</backingStore>"
#define END "<backingStore/>"

static const char *const BEFORE =
    "<domain type='kvm'><name>dev-a</name><os><type arch='x86_64'>hvm</type></os><devices>"
    "</devices></domain>";

static char *with_disk(const char *disk)
{
    return replaced(BEFORE, "<devices>", disk);
}

static char *disk_of(const char *format, const char *file, const char *rest)
{
    g_autofree char *disk =
        g_strdup_printf("<devices><disk type='file' device='disk'><driver name='qemu' type='%s'/>"
                        "<source file='%s'/>%s<target dev='vda' bus='virtio'/></disk>",
                        format, file, rest);

    return with_disk(disk);
}

/* ---- Paths ---- */

static void test_paths(void **state)
{
    static const struct {
        const char *file, *rest;
        bool reach;
    } cases[] = {
        {"/srv/vm/dev-a/a.img", "", false},
        {"/srv/vm/dev-a/b/c.img", "", false},
        {"/srv/vm/dev-a/...", "", false},
        {"/srv/vm/dev-a/.hidden", "", false},
        {"/home/ann/images/a b%n", "", false},
        {"/srv/iso/a.iso", "<readonly/>", false},
        {"/srv/iso/a.iso", "", true},
        {"/srv/vm/dev-a", "", true},
        {"/srv/vm/dev-a/", "", true},
        {"/srv/vm/dev-ab/a.img", "", true},
        {"/srv/vm/dev-/a.img", "", true},
        {"/srv/vm/dev-b/a.img", "", true},
        {"/srv/vm/%n/a.img", "", true},
        {"/srv/vm/a.img", "", true},
        {"/srv/vm/dev-a/../dev-b/a.img", "", true},
        {"/srv/vm/dev-a/..", "", true},
        {"/srv/vm/dev-a/./a.img", "", true},
        {"/srv/vm/dev-a//a.img", "", true},
        {"//srv/vm/dev-a/a.img", "", true},
        {"srv/vm/dev-a/a.img", "", true},
        {"/srv/vm/dev-a/a.img/", "", true},
        {"/srv/vm/dev-a/a&#10;/etc/shadow", "", true},
        {"/srv/vm/dev-a/a&#9;b", "", true},
        {"/SRV/vm/dev-a/a.img", "", true},
        {" /srv/vm/dev-a/a.img", "", true},
        {"file:/srv/vm/dev-a/a.img", "", true},
        {"json:{/srv/vm/dev-a/a.img}", "", true},
        {"/home/ann/images", "", true},
        {"/home/bob/images/a.img", "", true},
        {"/home/%u/images/a.img", "", true},
        {"/dev/sda", "", true},
        {"", "", true},
        {"/", "", true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = disk_of("raw", cases[i].file, cases[i].rest);
        g_auto(DwEffects) effects = effects_of(BEFORE, text);

        if (effects.reach != cases[i].reach)
            fail_msg("%s: reach is %d", cases[i].file, effects.reach);
        assert_words(effects.kinds, "disk", cases[i].file);
    }
}

/* A path is what its characters mean, however they are spelt. */
static void test_spellings_of_a_path(void **state)
{
    g_autofree char *safe = disk_of("raw", "/srv/vm/&#100;ev-a/&lt;&amp;.img", "");
    g_autofree char *unsafe = disk_of("raw", "/srv/vm/dev-a/&#46;./x", "");
    g_auto(DwEffects) first = effects_of(BEFORE, safe), second = effects_of(BEFORE, unsafe);

    assert_false(first.reach);
    assert_words(first.paths, "/srv/vm/dev-a/<&.img", "paths");
    assert_true(second.reach);
}

/* The name of the domain stands in a path as one part or not at all. */
static void test_names(void **state)
{
    static const struct {
        const char *name, *file;
        bool reach;
    } cases[] = {
        {"a b", "/srv/vm/a b/x", false},
        {"%u", "/srv/vm/%u/x", false},
        {"..", "/srv/x", true},
        {"..", "/srv/vm/../x", true},
        {".", "/srv/vm/x", true},
        {"a/..", "/srv/vm/x", true},
        {"a/b", "/srv/vm/a/b/x", true},
        {"", "/srv/vm/x", true},
        {"../../etc", "/etc/shadow", true},
        {"a\n", "/srv/vm/a/x", true},
        {"a</name><name>b", "/srv/vm/a/x", true},
        {"a</name><name>b", "/srv/vm/b/x", true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strdup_printf("<name>%s</name>", cases[i].name);
        g_autofree char *disk = disk_of("raw", cases[i].file, "");
        g_autofree char *before = replaced(BEFORE, "<name>dev-a</name>", name);
        g_autofree char *after = replaced(disk, "<name>dev-a</name>", name);
        g_auto(DwEffects) effects = effects_of(before, after);

        if (effects.reach != cases[i].reach)
            fail_msg("%s, %s: reach is %d", cases[i].name, cases[i].file, effects.reach);
    }
}

/* A domain that is renamed has another directory; the image it has is then in none. */
static void test_a_new_name_is_another_directory(void **state)
{
    g_autofree char *disk = disk_of("raw", "/srv/vm/dev-b/a.img", "");
    g_autofree char *renamed = replaced(disk, "dev-a", "dev-b");
    g_auto(DwEffects) rename = effects_of(disk, renamed), both = effects_of(BEFORE, renamed);

    assert_true(rename.reach);
    assert_true(both.reach);
    assert_null(both.path);
}

static void test_users(void **state)
{
    static const char *const users[] = {NULL, "", ".", "..", "a/b", "../../etc", "bob"};
    g_autofree char *text = disk_of("raw", "/home/ann/images/a.img", "");

    for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
        g_auto(Place) place = place_new("/home/%u/images;/%u");
        place.context.user = users[i];
        g_auto(DwEffects) effects = effects_at(&place, BEFORE, text);
        assert_true(effects.reach);
    }
}

static void test_without_directories(void **state)
{
    g_autofree char *text = disk_of("raw", "/srv/vm/dev-a/a.img", "");
    g_autoptr(DwDocument) before = parse_text(BEFORE), after = parse_text(text);
    g_auto(DwEffects) effects = {0};

    dw_effects_between(before, after, &(DwReachContext){0}, &effects);
    assert_true(effects.reach);
    assert_string_equal(effects.path, "/srv/vm/dev-a/a.img");
    dw_effects_clear(&effects);
    dw_effects_between(before, after, NULL, &effects);
    assert_true(effects.reach);
}

/* ---- Formats ---- */

#define OWN    "/srv/vm/dev-a/a.img"
#define LAYERS "/srv/vm/dev-a/a.qcow2"

static void test_formats_and_chains(void **state)
{
    static const struct {
        const char *format, *rest;
        const char *reasons;
    } cases[] = {
        {"raw", "", ""},
        {"raw", END, ""},
        {"qcow2", END, ""},
        {"qcow2", CHAIN("raw", "/srv/vm/dev-a/b", ""), ""},
        {"qcow2", CHAIN("raw", "/srv/vm/dev-a/b", END), ""},
        {"qcow2",
         CHAIN("qcow2", "/srv/vm/dev-a/b.qcow2", CHAIN("qcow2", "/srv/vm/dev-a/c.qcow2", END)), ""},
        {"qcow2", "<readonly/>" CHAIN("raw", "/srv/iso/b", ""), ""},
        {"qcow2", "", "disk vda: driver.type"},
        {"", "", "disk vda: driver.type"},
        {"vmdk", END, "disk vda: driver.type"},
        {"luks", END, "disk vda: driver.type"},
        {"RAW", "", "disk vda: driver.type"},
        {"raw ", "", "disk vda: driver.type"},
        {"raw", CHAIN("raw", "/srv/vm/dev-a/b", ""), "disk vda: backing.1"},
        {"qcow2", CHAIN("qcow2", "/srv/vm/dev-a/b.qcow2", ""), "disk vda: backing.2"},
        {"qcow2", CHAIN("qcow2", "/srv/vm/dev-a/b", END), "disk vda: backing.1.format"},
        {"qcow2", CHAIN("raw", "/srv/vm/dev-a/b.qcow2", END), "disk vda: backing.1.format"},
        {"qcow2", CHAIN("raw", "/etc/shadow", ""), "disk vda: backing.1.source.file"},
        {"qcow2", CHAIN("raw", "/srv/vm/dev-b/b", END), "disk vda: backing.1.source.file"},
        {"qcow2", CHAIN("raw", "/srv/iso/b", ""), "disk vda: backing.1.source.file"},
        {"qcow2", CHAIN("qcow2", "/srv/vm/dev-a/b.qcow2", CHAIN("raw", "/etc/shadow", "")),
         "disk vda: backing.2.source.file"},
        {"qcow2", CHAIN("vmdk", "/srv/vm/dev-a/b", END), "disk vda: backing.1.format"},
        {"qcow2", "<backingStore type='file'><source file='" OWN "'/></backingStore>",
         "disk vda: backing.1.format"},
        {"qcow2", "<backingStore><format type='raw'/><source file='" OWN "'/></backingStore>",
         "disk vda: backing.1"},
        {"qcow2",
         "<backingStore type='block'><format type='raw'/><source dev='/dev/sda'/></backingStore>",
         "disk vda: backing.1.type, disk vda: backing.1.source.dev"},
        {"qcow2", "<backingStore type='file'/>", "disk vda: backing.1.format"},
        {"qcow2", END END, "disk vda: backingStore"},
        {"qcow2", "<backingStore><!-- the end --></backingStore>", "disk vda: backing.1.format"},
        {"qcow2", END CHAIN("raw", "/etc/shadow", ""), "disk vda: backingStore"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool is_raw = strcmp(cases[i].format, "raw") == 0;
        g_autofree char *text = disk_of(cases[i].format, is_raw ? OWN : LAYERS, cases[i].rest);
        g_autofree char *what = g_strconcat(cases[i].format, " ", cases[i].rest, NULL);
        g_auto(DwEffects) effects = effects_of(BEFORE, text);

        assert_words(effects.reasons, cases[i].reasons, what);
        assert_int_equal(effects.reach, *cases[i].reasons != 0);
    }
}

/* What the type does not go with is not what is read. */
static void test_types(void **state)
{
    static const char *const types[] = {"block", "dir", "network", "volume", ""};
    g_autofree char *text = disk_of("raw", OWN, "");

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *type = g_strdup_printf("type='%s' device", types[i]);
        g_autofree char *other = replaced(text, "type='file' device", type);
        g_auto(DwEffects) effects = effects_of(BEFORE, other);
        assert_true(effects.reach);
        assert_null(effects.path);
    }
}

/* The guest can write whatever header it likes into its raw image. */
static void test_raw_becomes_qcow2(void **state)
{
    g_autofree char *raw = disk_of("raw", OWN, ""), *open = disk_of("qcow2", OWN, "");
    g_autofree char *closed = disk_of("qcow2", OWN, END);
    g_autofree char *other = disk_of("raw", "/data/a.img", "");
    g_autofree char *other_closed = disk_of("qcow2", "/data/a.img", END);
    g_auto(DwEffects) first = effects_of(raw, open), second = effects_of(raw, closed),
                      third = effects_of(other, other_closed), fourth = effects_of(closed, open);

    assert_words(first.reasons, "disk vda: driver.type", "raw to qcow2");
    assert_null(first.path);
    assert_words(second.reasons, "disk vda: driver.type", "raw to qcow2, its chain stated");
    assert_null(second.path);
    assert_true(third.reach);
    assert_null(third.path);
    assert_true(fourth.reach);
}

/* A qcow2 header names a file of data too, which nothing in the domain's text says: QEMU opens it
 * although no backing file is allowed. So the two formats are told apart by the file's name, or one
 * could have been the other a change before. */
static void test_formats_have_names(void **state)
{
    static const struct {
        const char *format, *file, *rest;
        bool reach;
    } cases[] = {
        {"raw", "/srv/vm/dev-a/a.img", "", false},
        {"raw", "/srv/vm/dev-a/a", "", false},
        {"raw", "/srv/vm/dev-a/qcow2", "", false},
        {"raw", "/srv/vm/dev-a/a.qcow2", "", true},
        {"raw", "/srv/vm/dev-a/a.qcow2", END, true},
        {"raw", "/data/a.qcow2", "", true},
        {"qcow2", "/srv/vm/dev-a/a.img", END, true},
        {"qcow2", "/srv/vm/dev-a/a", END, true},
        {"qcow2", "/srv/vm/dev-a/qcow2", END, true},
        {"qcow2", "/srv/vm/dev-a/a.QCOW2", END, true},
        {"qcow2", "/srv/vm/dev-a/a.qcow", END, true},
        {"qcow2", "/srv/vm/dev-a/a.qcow2", END, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = disk_of(cases[i].format, cases[i].file, cases[i].rest);
        g_auto(DwEffects) effects = effects_of(BEFORE, text), taken = effects_of(text, BEFORE);

        if (effects.reach != cases[i].reach || taken.reach != cases[i].reach)
            fail_msg("%s %s: reach is %d", cases[i].format, cases[i].file, effects.reach);
        assert_null(effects.path);
    }
}

/* Where the end of a chain is not stated any more, headers decide what is opened. */
static void test_the_end_of_a_chain(void **state)
{
    g_autofree char *closed = disk_of("qcow2", "/data/a.img", END);
    g_autofree char *open = disk_of("qcow2", "/data/a.img", "");
    g_auto(DwEffects) there = effects_of(closed, open), back = effects_of(open, closed);

    assert_words(there.reasons, "disk vda: backingStore", "opened");
    assert_words(back.reasons, "disk vda: backingStore", "closed");
}

/* ---- The one path ---- */

#define RAW(dev, file, rest)                                                                       \
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='" file "'/>"    \
    "<target dev='" dev "' bus='virtio'/>" rest "</disk>"

static void test_the_one_path(void **state)
{
    static const struct {
        const char *devices, *path, *paths;
    } cases[] = {
        {RAW("vda", "/data/a", ""), "/data/a", "/data/a"},
        {RAW("vda", "/data/a", "<readonly/><serial>s</serial>"), "/data/a", "/data/a"},
        {RAW("vda", "/data/a", "") RAW("vdb", OWN, ""), "/data/a", "/data/a, " OWN},
        {RAW("vda", OWN, "") RAW("vdb", "/data/a", ""), "/data/a", "/data/a, " OWN},
        {RAW("vda", "/data/a", "") "<memballoon model='virtio'/>", "/data/a", "/data/a"},
        {RAW("vda", "/data/a", END), "/data/a", "/data/a"},
        {RAW("vda", OWN, ""), NULL, OWN},
        {RAW("vda", "/data/a", "") RAW("vdb", "/data/b", ""), NULL, "/data/a, /data/b"},
        {RAW("vda", "/data/a", "<shareable/>"), NULL, "/data/a"},
        {RAW("vda", "/data/a", "<mirror file='/data/b'/>"), NULL, "/data/a, /data/b"},
        {RAW("vda", "/data/a", "") "<hostdev/>", NULL, "/data/a"},
        {RAW("vda", "/data/../a", ""), NULL, "/data/../a"},
        {RAW("vda", "/data/a&#10;b", ""), NULL, "/data/a\\012b"},
        {"<disk type='block' device='disk'><driver type='raw'/><source dev='/dev/sda'/></disk>",
         NULL, "/dev/sda"},
        {"<disk type='file' device='disk'><driver type='qcow2'/><source file='/data/a'/></disk>",
         NULL, "/data/a"},
        {"<disk type='file' device='disk'><driver type='qcow2'/><source file='/data/a'/>"
         "<backingStore/></disk>",
         NULL, "/data/a"},
        {"<disk type='file' device='disk'><driver type='qcow2'/><source file='/data/a.qcow2'/>"
         "<backingStore/></disk>",
         "/data/a.qcow2", "/data/a.qcow2"},
        {"<disk type='file' device='disk'><driver type='qcow2'/><source "
         "file='/data/a.qcow2'/>" CHAIN("raw", "/data/b", "") "</disk>",
         NULL, "/data/a.qcow2, /data/b"},
        {"<disk type='file' device='disk'><driver type='qcow2'/><source file='" LAYERS
         "'/>" CHAIN("raw", "/data/b", "") "</disk>",
         "/data/b", "/data/b, " LAYERS},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *devices = g_strconcat("<devices>", cases[i].devices, NULL);
        g_autofree char *text = with_disk(devices);
        g_auto(DwEffects) effects = effects_of(BEFORE, text);

        if (g_strcmp0(effects.path, cases[i].path) != 0)
            fail_msg("%s: path is %s", cases[i].devices, effects.path);
        assert_words(effects.paths, cases[i].paths, cases[i].devices);
    }
}

/* A path is new only where nothing else goes with it: what was there before counts, too. */
static void test_the_one_path_of_a_change(void **state)
{
    g_autofree char *one = disk_of("raw", "/data/a", ""), *other = disk_of("raw", "/data/b", "");
    g_autofree char *own = disk_of("raw", OWN, ""), *other_host = NULL;
    g_auto(DwEffects) changed = effects_of(one, other), added = effects_of(own, other),
                      taken = effects_of(one, own);

    assert_true(changed.reach && added.reach && taken.reach);
    assert_null(changed.path);
    assert_words(changed.paths, "/data/a, /data/b", "changed");
    assert_string_equal(added.path, "/data/b");
    assert_null(taken.path);

    other_host = replaced(other, "x86_64", "ppc64");
    g_auto(DwEffects) more = effects_of(own, other_host);
    assert_null(more.path);
}

static void test_the_one_path_of_a_new_domain(void **state)
{
    g_autofree char *text = disk_of("raw", "/data/a", "");
    g_autofree char *elsewhere = replaced(text, "kvm", "lxc");
    g_auto(DwEffects) effects = effects_of(NULL, text), more = effects_of(NULL, elsewhere);

    assert_words(effects.reasons, "disk vda: source.file", "reasons");
    assert_string_equal(effects.path, "/data/a");
    assert_words(effects.kinds, "disk, domain", "kinds");
    assert_null(more.path);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_spellings_of_a_path),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_a_new_name_is_another_directory),
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_without_directories),
        cmocka_unit_test(test_formats_and_chains),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_raw_becomes_qcow2),
        cmocka_unit_test(test_formats_have_names),
        cmocka_unit_test(test_the_end_of_a_chain),
        cmocka_unit_test(test_the_one_path),
        cmocka_unit_test(test_the_one_path_of_a_change),
        cmocka_unit_test(test_the_one_path_of_a_new_domain),
    };

    return cmocka_run_group_tests_name("effects-disk", tests, NULL, NULL);
}
