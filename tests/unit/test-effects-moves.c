/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Things that change places: devices, and values between devices; and what is told of a change,
 * kinds and paths, whether it is reach or not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apply-support.h"
#include "effects-support.h"

#define DOMAIN(devices) "<domain type='kvm'><name>a</name><devices>" devices "</devices></domain>"
#define DISK(dev, file, rest)                                                                      \
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='" file "'/>"    \
    "<target dev='" dev "' bus='virtio'/>" rest "</disk>"
#define OWN(dev, rest) DISK(dev, "/srv/vm/a/" dev, rest)
#define NETWORK(mac)   "<interface type='network'><mac address='" mac "'/></interface>"
#define VNC(rest)                                                                                  \
    "<graphics type='vnc'" rest "><listen type='address' address='127.0.0.1'/></graphics>"
#define SPICE(rest) "<graphics type='spice'" rest "><listen type='none'/></graphics>"

typedef struct {
    const char *before, *after;
    const char *reasons, *kinds, *paths;
} Case;

static const Case cases[] = {
    /* Values that change places. */
    {DOMAIN(DISK("vda", "/x", "") DISK("vdb", "/y", "")),
     DOMAIN(DISK("vda", "/y", "") DISK("vdb", "/x", "")),
     "disk vda: source.file, disk vdb: source.file", "disk", "/x, /y"},
    {DOMAIN(DISK("vda", "/x", "") DISK("vdb", "/y", "")),
     DOMAIN(DISK("vdb", "/x", "") DISK("vda", "/y", "")), "", "disk", "/x, /y"},
    {DOMAIN(DISK("vda", "/x", "") DISK("vdb", "/y", "")),
     DOMAIN(DISK("vdb", "/y", "") DISK("vda", "/x", "")), "disk vdb: moved", "disk", "/x, /y"},
    {DOMAIN(DISK("vda", "/x", "") DISK("vdb", "/y", "")),
     DOMAIN(DISK("vdc", "/x", "") DISK("vdd", "/z", "")),
     "disk vdd: source.file, disk vdb: removed", "disk", "/x, /y, /z"},
    {DOMAIN(DISK("vda", "/x", "") DISK("vda", "/y", "")),
     DOMAIN(DISK("vda", "/y", "") DISK("vda", "/x", "")), "disk vda: moved", "disk", "/x, /y"},
    {DOMAIN(DISK("vda", "/x", "<readonly/>") DISK("vdb", "/y", "")),
     DOMAIN(DISK("vda", "/x", "") DISK("vdb", "/y", "<readonly/>")),
     "disk vdb: readonly, disk vda: readonly", "disk", "/x, /y"},
    {DOMAIN(OWN("vda", "<shareable/>") OWN("vdb", "")),
     DOMAIN(OWN("vda", "") OWN("vdb", "<shareable/>")), "disk vdb: shareable, disk vda: removed",
     "disk", "/srv/vm/a/vda, /srv/vm/a/vdb"},
    {DOMAIN(OWN("vda", "<thing/>") OWN("vdb", "")), DOMAIN(OWN("vda", "") OWN("vdb", "<thing/>")),
     "disk vdb: thing, disk vda: removed", "disk", "/srv/vm/a/vda, /srv/vm/a/vdb"},
    {DOMAIN(OWN("vda", "") OWN("vdb", "")),
     DOMAIN(DISK("vda", "/srv/vm/a/vdb", "") DISK("vdb", "/srv/vm/a/vda", "")), "", "disk",
     "/srv/vm/a/vda, /srv/vm/a/vdb"},
    {DOMAIN(VNC(" passwd='p'") SPICE("")), DOMAIN(VNC("") SPICE(" passwd='p'")),
     "graphics spice: passwd, graphics vnc: removed", "graphics", "127.0.0.1"},
    {DOMAIN("<serial type='pty'><log file='/l'/></serial><serial type='null'/>"),
     DOMAIN("<serial type='pty'/><serial type='null'><log file='/l'/></serial>"),
     "serial #2: log.file, serial #1: removed", "serial", "/l"},
    {DOMAIN("<hostdev mode='subsystem' type='usb'/><interface type='user'/>"),
     DOMAIN("<hostdev mode='subsystem' type='user'/><interface type='usb'/>"),
     "hostdev #1: type, interface #1: type", "hostdev, interface", "type=usb, type=user"},
    /* Devices that change places. */
    {DOMAIN(NETWORK("52:54:00:00:00:01") NETWORK("52:54:00:00:00:02")),
     DOMAIN(NETWORK("52:54:00:00:00:02") NETWORK("52:54:00:00:00:01")),
     "interface 52:54:00:00:00:02: moved", "interface", ""},
    {DOMAIN("<memballoon model='none'/>" DISK("vda", "/x", "")),
     DOMAIN(DISK("vda", "/x", "") "<memballoon model='none'/>"), "", "disk, memballoon", "/x"},
    {DOMAIN(OWN("vda", "") OWN("vdb", "")), DOMAIN(OWN("vdb", "") OWN("vda", "")), "", "disk",
     "/srv/vm/a/vda, /srv/vm/a/vdb"},
    {DOMAIN(DISK("vda", "/x", "") "<interface type='user'/>"),
     DOMAIN("<interface type='user'/>" DISK("vda", "/x", "")), "interface #1: moved",
     "disk, interface", "/x, type=user"},
    {"<domain><name>a</name><devices>" DISK("vda", "/x", "") "</devices></domain>",
     "<domain><name>a</name>" DISK("vda", "/x", "") "<devices></devices></domain>",
     "disk, disk vda: removed", "disk, domain", "/x"},
    {"<domain><name>a</name><os><kernel>/k</kernel><initrd>/i</initrd></os></domain>",
     "<domain><name>a</name><os><kernel>/i</kernel><initrd>/k</initrd></os></domain>",
     "os.kernel, os.initrd", "domain", ""},
    {"<domain><name>a</name><os><kernel>/k</kernel></os><vcpu>1</vcpu></domain>",
     "<domain><name>a</name><vcpu>1</vcpu><os><kernel>/k</kernel></os></domain>", "", "domain", ""},
    /* Of a part of the domain only those paths count that change. */
    {"<domain><name>a</name><os><kernel>/k</kernel><boot dev='hd'/></os></domain>",
     "<domain><name>a</name><os><kernel>/k</kernel><boot dev='fd'/></os></domain>", "", "domain",
     ""},
    {"<domain><name>a</name><os><kernel>/k</kernel><dtb>/d</dtb></os></domain>",
     "<domain><name>a</name><os><kernel>/l</kernel><dtb>/d</dtb></os></domain>", "os.kernel",
     "domain", "/k, /l"},
    /* Text where no row has any, foreign kinds, and paths nobody knows the meaning of. */
    {DOMAIN(""), DOMAIN("<shmem name='s' role='/r'><server path='/p'/>x/y</shmem>"),
     "shmem s: name, shmem s: role, shmem s: text, shmem s: server, shmem s: server.path", "shmem",
     "/p, s, x/y"},
    {DOMAIN(""), DOMAIN("<x:y xmlns:x='http://x' z='/z'/>"), "x:y #1: x:y", "x:y", "/z"},
    {DOMAIN(""),
     DOMAIN("<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x2'/>"
            "</source></hostdev>"),
     "hostdev 0x1:0x2: mode, hostdev 0x1:0x2: type, hostdev 0x1:0x2: source.vendor, "
     "hostdev 0x1:0x2: source.product",
     "hostdev", "0x1:0x2"},
    {DOMAIN(""), DOMAIN("<interface type='network'><source network='n'/></interface>"),
     "interface #1: type, interface #1: source.network", "interface", "n"},
    /* What is merely spelt otherwise. */
    {DOMAIN(DISK("vda", "/x", "<serial>s</serial>")),
     "<?xml version='1.0'?>\n<!-- c --><domain  type=\"kvm\" >\n  <name><![CDATA[a]]></name>\n"
     "<devices>\n <!-- c --><?p i?>" DISK("vda", "&#47;x",
                                          "<serial>&#115;</serial>\n\n") "</devices>\n</domain>\n",
     "", "", ""},
};

static void test_what_changes_places(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(DwEffects) effects = effects_of(cases[i].before, cases[i].after);
        g_auto(DwEffects) back = effects_of(cases[i].after, cases[i].before);

        assert_words(effects.reasons, cases[i].reasons, cases[i].after);
        assert_words(effects.kinds, cases[i].kinds, cases[i].after);
        assert_words(effects.paths, cases[i].paths, cases[i].after);
        assert_words(back.kinds, cases[i].kinds, cases[i].after);
        assert_words(back.paths, cases[i].paths, cases[i].after);
        assert_int_equal(effects.reach, *cases[i].reasons != 0);
        assert_int_equal(back.reach, effects.reach);
        assert_null(effects.path);
    }
}

static void test_nothing_changes(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(DwEffects) effects = effects_of(cases[i].after, cases[i].after);

        assert_false(effects.reach);
        assert_words(effects.kinds, "", cases[i].after);
        assert_words(effects.paths, "", cases[i].after);
        assert_words(effects.reasons, "", cases[i].after);
    }
}

/* What else is in the document can make reach of what stays as it is. */
static void test_a_backend_that_is_heard(void **state)
{
    const char *quiet = DOMAIN("<sound model='ich9'/><audio id='1' type='spice'/>");
    const char *heard = DOMAIN("<sound model='ich9'/><audio id='1' type='alsa'/>");
    const char *more =
        DOMAIN("<sound model='ich9'/><sound model='ac97'/><audio id='1' type='alsa'/>");
    g_auto(DwEffects) first = effects_of(quiet, heard), second = effects_of(heard, more),
                      third = effects_of(DOMAIN(""), DOMAIN("<sound model='ac97'/>"));

    assert_words(first.reasons, "sound #1, audio 1: type", "heard");
    assert_words(second.reasons, "sound #2", "more");
    assert_false(third.reach);
}

/* An alias is a name until something else uses it to find the device. */
static void test_aliases(void **state)
{
#define BALLOON(alias) "<memballoon model='none'><alias name='" alias "'/></memballoon>"
#define OVERRIDE                                                                                   \
    "<q:override xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:device alias='ua-b'/>"    \
    "</q:override>"
    g_auto(DwEffects) alone = effects_of(DOMAIN(BALLOON("ua-a")), DOMAIN(BALLOON("ua-b")));
    g_auto(DwEffects) used = effects_of(
        "<domain><name>a</name><devices>" BALLOON("ua-a") "</devices>" OVERRIDE "</domain>",
        "<domain><name>a</name><devices>" BALLOON("ua-b") "</devices>" OVERRIDE "</domain>");
    g_auto(DwEffects) odd = effects_of(DOMAIN(BALLOON("ua-a")), DOMAIN(BALLOON("ua-a,b=c")));

    assert_false(alone.reach);
    assert_words(used.reasons, "memballoon ua-b: alias, memballoon ua-a: removed", "used");
    assert_true(odd.reach);
}

/* The same on documents that edits were made in, whose text has moved. */
static void test_after_edits(void **state)
{
    static const char before[] =
        "<domain type='kvm'>\n  <name>a</name>\n  <memory unit='KiB'>1048576"
        "</memory>\n  <devices>\n    " DISK("vda", "/x", "") "\n  </devices>\n</domain>\n";
    g_auto(Outcome) cache =
        edit_text(before, DW_VERB_MODIFY, "disk", "vda", "driver.cache=none", 0, NULL);
    g_auto(Outcome) file =
        edit_text(before, DW_VERB_MODIFY, "disk", "vda", "source.file=/y", 0, NULL);
    g_auto(Outcome) added = edit_text(before, DW_VERB_ADD, "disk", "",
                                      "source.file=/srv/vm/a/b;"
                                      "driver.type=raw;target.dev=vdb",
                                      0, NULL);
    g_auto(DwEffects) first = effects_of(before, cache.text),
                      second = effects_of(before, file.text),
                      third = effects_of(before, added.text);

    assert_false(first.reach);
    assert_words(first.kinds, "disk", "cache");
    assert_words(second.reasons, "disk vda: source.file", "file");
    assert_words(third.reasons, "", "added");
    assert_words(third.paths, "/srv/vm/a/b", "added");
}

static void test_a_new_domain(void **state)
{
    g_auto(DwEffects) small = effects_of(NULL, "<domain type='kvm'><name>a</name></domain>");
    g_auto(DwEffects) more = effects_of(NULL, DOMAIN(DISK("vda", "/x", "") "<rng/>"));
    g_auto(DwEffects) machine = effects_of(
        NULL,
        "<domain type='qemu'><name>a</name><uuid>0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f</uuid><os>"
        "<type arch='x86_64' machine='q35'>hvm</type></os><devices>"
        "<emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>");
    g_auto(DwEffects) container = effects_of(
        NULL, "<domain type='lxc'><name>a</name><os><type arch='x86_64'>exe</type></os></domain>");

    g_auto(DwEffects) mixed = effects_of(
        NULL, "<domain type='lxc'><name>a</name><os><type arch='x86_64'>hvm</type></os></domain>");
    g_auto(DwEffects) named = effects_of(NULL, "<domain type='kvm'><name>a/b</name></domain>");

    assert_words(small.reasons, "type", "small");
    assert_words(more.kinds, "disk, domain, rng", "more");
    assert_words(more.paths, "/x", "more");
    assert_words(machine.reasons, "", "machine");
    assert_words(machine.paths, "/usr/bin/qemu-system-x86_64", "machine");
    assert_true(container.reach);
    assert_words(mixed.reasons, "type, os.arch, os.type", "mixed");
    assert_words(named.reasons, "type, name", "named");
}

/* The same words mean other things to other hypervisors. */
static void test_other_hypervisors(void **state)
{
    static const char *const types[] = {"lxc", "xen", "vmware", "bhyve", "", "KVM"};

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *before = g_strdup_printf(
            "<domain type='%s'><name>a</name><devices></devices></domain>", types[i]);
        g_autofree char *after = replaced(before, "<devices>", "<devices>" OWN("vda", ""));
        g_auto(DwEffects) effects = effects_of(before, after);

        assert_true(effects.reach);
        assert_null(effects.path);
    }
}

/* Long documents that differ all over take no longer than they are. */
static void test_long_documents(void **state)
{
    static const char *const forms[] = {"<a/>", "<a b='1'/>", "<vcpu>1</vcpu>", "<os/>",
                                        "<!-- -->"};
    static const char *const devices[] = {"<disk/>", "<hostdev type='usb'/>", "<thing/>",
                                          "<disk><source/></disk>"};

    for (size_t i = 0; i < G_N_ELEMENTS(forms) + G_N_ELEMENTS(devices); i++) {
        bool inside = i >= G_N_ELEMENTS(forms);
        const char *form = inside ? devices[i - G_N_ELEMENTS(forms)] : forms[i];
        g_autoptr(GString) text = g_string_new(inside ? "<domain><devices>" : "<domain>");
        for (unsigned j = 0; j < 9000; j++)
            g_string_append(text, form);
        g_string_append(text, inside ? "</devices></domain>" : "</domain>");
        g_autofree char *other = g_strdup(text->str);
        for (char *p = strstr(other, "<a"); p; p = strstr(p, "<a"))
            p[1] = 'b';
        g_auto(DwEffects) all = effects_of(NULL, text->str),
                          none = effects_of(text->str, text->str);
        g_auto(DwEffects) half = effects_of(other, text->str);

        assert_false(none.reach);
        assert_int_equal(half.reach, strcmp(other, text->str) != 0);
        assert_int_equal(all.reach, strcmp(form, "<!-- -->") != 0);
    }
}

/* A domain that is all foreign text has reasons enough; only some are told. */
static void test_reasons_are_few(void **state)
{
    g_autoptr(GString) text = g_string_new("<domain><name>a</name>");

    for (unsigned i = 0; i < 1000; i++)
        g_string_append_printf(text, "<thing%u/>", i);
    g_string_append(text, "</domain>");
    g_auto(DwEffects) effects = effects_of("<domain><name>a</name></domain>", text->str);
    assert_true(effects.reach);
    assert_int_equal(g_strv_length(effects.reasons), 32);
    assert_string_equal(effects.reasons[31], "and more");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_changes_places),
        cmocka_unit_test(test_nothing_changes),
        cmocka_unit_test(test_a_backend_that_is_heard),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_after_edits),
        cmocka_unit_test(test_a_new_domain),
        cmocka_unit_test(test_other_hypervisors),
        cmocka_unit_test(test_long_documents),
        cmocka_unit_test(test_reasons_are_few),
    };

    return cmocka_run_group_tests_name("effects-moves", tests, NULL, NULL);
}
