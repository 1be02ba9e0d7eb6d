/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Secrets hidden and kept: what is shown, what comes back, and when there is nothing to keep.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "corpus.h"
#include "effects-support.h"

#define HIDDEN DW_SECRET_PLACEHOLDER

static const char *const WHOLE =
    "<domain type='kvm'><title>(unchanged secret)</title><devices>"
    "<disk type='network'><source protocol='https' name='a'><cookies>"
    "<cookie name='one'>1</cookie><cookie name='two'>2</cookie></cookies></source>"
    "<target dev='vda' bus='virtio'/></disk>"
    "<graphics type='vnc' passwd='a&amp;b'/>"
    "</devices></domain>";

static DwDocument *parse(const char *text)
{
    DwDocument *document = dw_document_parse(text, strlen(text), NULL);

    assert_non_null(document);
    return document;
}

static void test_hidden_and_kept(void **state)
{
    g_autoptr(DwDocument) base = parse(WHOLE);
    g_autofree char *shown = dw_document_redacted(base);
    g_autoptr(DwDocument) document = parse(shown);

    assert_null(strstr(shown, "a&amp;b"));
    assert_non_null(strstr(shown, "passwd='" HIDDEN "'"));
    assert_non_null(strstr(shown, "<cookie name='one'>" HIDDEN "</cookie>"));
    assert_true(dw_document_keep_secrets(document, base, NULL));
    assert_string_equal(WHOLE, dw_document_text(document, NULL));
}

/* As libvirt's own document without secrets: domwright-polkit(7) says that these are shown. */
static void test_shown_as_libvirt_shows_it(void **state)
{
    static const char shown[] =
        "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
        "<metadata><a xmlns='urn:a' token='m'/></metadata>"
        "<sysinfo type='fwcfg'><entry name='opt/a'>f</entry></sysinfo>"
        "<sysinfo type='smbios'><oemStrings><entry>o</entry></oemStrings></sysinfo>"
        "<launchSecurity type='sev'><session>s</session></launchSecurity>"
        "<qemu:commandline><qemu:arg value='a'/><qemu:env name='E' value='e'/></qemu:commandline>"
        "</domain>";
    g_autoptr(DwDocument) document = parse(shown);
    g_autofree char *text = dw_document_redacted(document);

    assert_string_equal(shown, text);
}

/* What is inside a secret is hidden, and comes back, with it. */
static void test_secrets_inside_secrets(void **state)
{
    static const char inner[] =
        "<domain><devices><disk><cookie>a<cookie>b</cookie><!-- c --></cookie><x/><cookie/>"
        "</disk><graphics passwd='d' a:passwd='e' xmlns:a='u'/></devices></domain>";
    g_autoptr(DwDocument) base = parse(inner);
    g_autofree char *shown = dw_document_redacted(base);

    assert_string_equal(shown,
                        "<domain><devices><disk><cookie>" HIDDEN "</cookie><x/><cookie>" HIDDEN
                        "</cookie></disk><graphics passwd='" HIDDEN "' a:passwd='" HIDDEN
                        "' xmlns:a='u'/></devices></domain>");
}

static void test_what_is_new_stays(void **state)
{
    g_autoptr(DwDocument) base = parse(WHOLE);
    g_autoptr(DwDocument) document =
        parse("<domain><devices><graphics type='vnc' passwd='other'/></devices></domain>");
    g_autofree char *before = g_strdup(dw_document_text(document, NULL));

    assert_true(dw_document_keep_secrets(document, base, NULL));
    assert_string_equal(before, dw_document_text(document, NULL));
}

/* Each has a placeholder for which WHOLE holds nothing. */
static void test_nothing_to_keep(void **state)
{
    static const char *const faults[] = {
        "<disk><source><cookies><cookie name='three'>" HIDDEN "</cookie></cookies></source>"
        "<target dev='vda'/></disk>",
        "<disk><source><cookies><cookie name='one'>" HIDDEN "</cookie></cookies></source>"
        "<target dev='vdb'/></disk>",
        "<graphics type='spice' passwd='x'/><graphics type='spice' passwd='" HIDDEN "'/>",
    };
    g_autoptr(DwDocument) base = parse(WHOLE);

    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *text =
            g_strconcat("<domain><devices>", faults[i], "</devices></domain>", NULL);
        g_autoptr(DwDocument) document = parse(text);
        g_autoptr(GError) error = NULL;

        assert_false(dw_document_keep_secrets(document, base, &error));
        assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_INVALID));
    }
}

static void test_without_a_base(void **state)
{
    g_autoptr(DwDocument) plain = parse("<domain><title>" HIDDEN "</title></domain>");
    g_autoptr(DwDocument) document = parse(WHOLE);
    g_autofree char *shown = dw_document_redacted(document);
    g_autoptr(DwDocument) hidden = parse(shown);
    g_autoptr(GError) error = NULL;

    assert_true(dw_document_keep_secrets(plain, NULL, NULL));
    assert_true(dw_document_keep_secrets(document, NULL, NULL));
    assert_false(dw_document_keep_secrets(hidden, NULL, &error));
    assert_string_equal(error->message,
                        "\"" HIDDEN "\" in a device of kind \"disk\" stands for a secret that "
                        "is kept, and here there is none to keep; give the secret itself.");
}

#define VNC(passwd)      "<graphics type='vnc' passwd='" passwd "'/>"
#define COOKIE(value)    "<cookies><cookie name='c'>" value "</cookie></cookies>"
#define DEVICES(devices) "<domain><devices>" devices "</devices></domain>"

/* However a secret is spelt, and wherever libvirt's readers would find it. */
static void test_every_spelling_is_hidden(void **state)
{
    static const char *const texts[] = {
        DEVICES("<graphics type='vnc' passwd=\"canary\"/>"),
        DEVICES("<graphics type='vnc' passwd='&#99;anary'/>"),
        DEVICES("<graphics\n passwd = 'canary'\n type='spice'></graphics>"),
        DEVICES(VNC("canary") VNC("canary")),
        DEVICES("<graphics passwd='a' xmlns:x='http://x' x:passwd='canary'/>"),
        DEVICES("<x:graphics xmlns:x='http://x' passwd='canary'/>"),
        DEVICES("<graphics xmlns='http://x' passwd='canary'/>"),
        "<domain><devices/><devices>" VNC("canary") "</devices></domain>",
        DEVICES("<disk><source>" COOKIE("<![CDATA[canary]]>") "</source></disk>"),
        DEVICES("<disk><source>" COOKIE("can<!-- -->ary") "</source></disk>"),
        DEVICES("<disk><source>" COOKIE("can&#97;ry") COOKIE("canary") "</source></disk>"),
        DEVICES("<disk><backingStore><source>" COOKIE("canary") "</source></backingStore></disk>"),
        DEVICES("<disk><mirror><source>" COOKIE("canary") "</source></mirror></disk>"),
        DEVICES("<disk><x:cookie xmlns:x='http://x'>canary</x:cookie></disk>"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(DwDocument) document = parse(texts[i]);
        g_autofree char *shown = dw_document_redacted(document);
        g_autoptr(DwDocument) again = parse(shown);
        g_autofree char *meaning = dw_document_redacted(again);

        for (const char *const *part = (const char *const[]){"canary", "anary", "can", "ary", NULL};
             *part; part++)
            if (strstr(shown, *part))
                fail_msg("%s: %s", texts[i], shown);
        assert_string_equal(shown, meaning);
        assert_true(dw_text_may_hold_secret(texts[i]));
        assert_true(dw_document_gives_secret(document));
        assert_false(dw_document_gives_secret(again));
        assert_true(dw_document_keep_secrets(again, document, NULL));
        g_autofree char *hidden = dw_document_redacted(again);
        assert_string_equal(shown, hidden);
        assert_true(dw_document_gives_secret(again));
    }
}

/* Each placeholder brings back the secret of its own place. */
static void test_secrets_are_not_mixed_up(void **state)
{
    static const char text[] = DEVICES(VNC("one") VNC("two") "<disk><source>" COOKIE(
        "three") "</"
                 "source><backingStore><source>" COOKIE("four") "</source></"
                                                                "backingStore><target "
                                                                "dev='vda'/></"
                                                                "disk><disk><"
                                                                "source>" COOKIE("five") "<"
                                                                                         "/"
                                                                                         "s"
                                                                                         "o"
                                                                                         "u"
                                                                                         "r"
                                                                                         "c"
                                                                                         "e"
                                                                                         ">"
                                                                                         "<"
                                                                                         "t"
                                                                                         "a"
                                                                                         "r"
                                                                                         "g"
                                                                                         "e"
                                                                                         "t"
                                                                                         " "
                                                                                         "d"
                                                                                         "e"
                                                                                         "v"
                                                                                         "="
                                                                                         "'"
                                                                                         "v"
                                                                                         "d"
                                                                                         "b"
                                                                                         "'"
                                                                                         "/"
                                                                                         ">"
                                                                                         "<"
                                                                                         "/"
                                                                                         "d"
                                                                                         "i"
                                                                                         "s"
                                                                                         "k"
                                                                                         ">");
    g_autoptr(DwDocument) base = parse(text);
    g_autofree char *shown = dw_document_redacted(base);
    g_autoptr(DwDocument) document = parse(shown);
    g_autoptr(DwDocument) swapped = parse(DEVICES("<disk><source>" COOKIE(
        HIDDEN) "</source><target dev='vdb'/></disk>"
                "<disk><source/><backingStore><source>" COOKIE(
                    HIDDEN) "</source></backingStore><target dev='vda'/></disk>"));

    assert_true(dw_document_keep_secrets(document, base, NULL));
    assert_string_equal(dw_document_text(document, NULL), text);
    assert_true(dw_document_keep_secrets(swapped, base, NULL));
    assert_string_equal(
        dw_document_text(swapped, NULL),
        DEVICES("<disk><source>" COOKIE(
            "five") "</source><target dev='vdb'/></disk>"
                    "<disk><source/><backingStore><source>" COOKIE(
                        "four") "</source></backingStore><target dev='vda'/></disk>"));
}

static bool edit_gives(DwVerb verb, const char *kind, const char *key, DwValue value)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();

    assert_true(dw_settings_add(values, key, value, NULL));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_REMOVE, "disk", "vda", NULL, NULL));
    g_ptr_array_add(edits, dw_edit_new(verb, kind, "", values, NULL));
    return dw_edits_give_secret(edits);
}

static void test_what_gives_a_secret(void **state)
{
    g_autoptr(DwDocument) none = parse(DEVICES("<graphics type='vnc'/><input passwd='p'/>"));

    assert_true(edit_gives(DW_VERB_MODIFY, "graphics", "passwd", dw_value_string("p")));
    assert_true(edit_gives(DW_VERB_ADD, "graphics", "passwd", dw_value_string("")));
    assert_true(edit_gives(DW_VERB_ADD, "graphics", "passwd", dw_value_uint(1)));
    assert_false(edit_gives(DW_VERB_ADD, "graphics", "passwd", dw_value_string(HIDDEN)));
    assert_false(edit_gives(DW_VERB_ADD, "graphics", "keymap", dw_value_string("de")));
    assert_false(edit_gives(DW_VERB_SET, "", "passwd", dw_value_string("p")));
    assert_false(edit_gives(DW_VERB_ADD, "nothing", "passwd", dw_value_string("p")));
    assert_false(dw_document_gives_secret(none));
}

/* Those that an edit has given are told apart from those that stay, whatever they are. */
static void test_what_was_given_is_shown(void **state)
{
    static const struct {
        DwVerb verb;
        const char *kind, *id, *key, *value, *made;
    } cases[] = {
        {DW_VERB_MODIFY, "graphics", "vnc", "passwd", "p", "g1"},
        {DW_VERB_MODIFY, "graphics", "vnc", "passwd", "q", "g1"},
        {DW_VERB_MODIFY, "graphics", "vnc", "passwd", HIDDEN, ""},
        {DW_VERB_MODIFY, "graphics", "vnc", "keymap", "de", ""},
        {DW_VERB_ADD, "graphics", "", "passwd", "q", "g2"},
        {DW_VERB_MODIFY, "disk", "vda", "source.cookies.cookie.b", "2", "c"},
    };
    g_autoptr(DwDocument) document = parse(
        DEVICES("<graphics type='vnc' passwd='p'/><graphics type='spice' passwd='s'/>"
                "<disk><source><cookies><cookie name='a'>1</cookie><cookie name='b'>2</cookie>"
                "</cookies></source><target dev='vda'/></disk>"));

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
        DwSettings *values = dw_settings_new();
        char *ids[] = {(char *)(cases[i].verb == DW_VERB_ADD ? "spice" : ""), NULL};
        const char *made = cases[i].made;

        assert_true(dw_settings_add(values, cases[i].key, dw_value_string(cases[i].value), NULL));
        g_ptr_array_add(edits,
                        dw_edit_new(cases[i].verb, cases[i].kind, cases[i].id, values, NULL));
        g_autofree char *shown = dw_document_redacted_after(document, edits, ids);
        g_autofree char *expected = g_strdup_printf(
            DEVICES("<graphics type='vnc' passwd='%s'/><graphics type='spice' passwd='%s'/>"
                    "<disk><source><cookies><cookie name='a'>" HIDDEN "</cookie>"
                    "<cookie name='b'>%s</cookie></cookies></source><target dev='vda'/></disk>"),
            strcmp(made, "g1") == 0 ? DW_SECRET_NEW : HIDDEN,
            strcmp(made, "g2") == 0 ? DW_SECRET_NEW : HIDDEN,
            strcmp(made, "c") == 0 ? DW_SECRET_NEW : HIDDEN);
        assert_string_equal(shown, expected);
    }
}

/* Giving a secret is a change whether or not it is the one that is there, and none of its text is
 * among what rules, prompts and agents see. */
static void test_effects_tell_no_secret(void **state)
{
    static const struct {
        const char *find, *with;
        bool given;
        const char *reasons;
    } cases[] = {
        {"a&amp;b", "a&amp;b", true,
         "disk vda: source.cookies.cookie.one, disk vda: source.cookies.cookie.two, graphics vnc: "
         "passwd"},
        {"a&amp;b", "guess", true,
         "disk vda: source.cookies.cookie.one, disk vda: source.cookies.cookie.two, graphics vnc: "
         "passwd"},
        {"a&amp;b", "a&amp;b", false, ""},
        {" passwd='a&amp;b'", "", false, "graphics vnc: passwd"},
        {"<cookie name='two'>/two/2</cookie>", "", false, "disk vda: source.cookies.cookie.two"},
    };
    g_autofree char *text = replaced(WHOLE, ">2<", ">/two/2<");

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *changed = replaced(text, cases[i].find, cases[i].with);
        g_autoptr(DwDocument) old = parse(text), new = parse(changed);
        g_autoptr(DwDocument) before = dw_document_veiled(old, false);
        g_autoptr(DwDocument) after = dw_document_veiled(new, cases[i].given);
        g_auto(DwEffects) effects = {0};

        dw_effects_between(before, after, NULL, &effects);
        assert_words(effects.reasons, cases[i].reasons, changed);
        for (char **path = effects.paths; *path; path++)
            assert_null(strstr(*path, "two"));
        assert_null(effects.path);
    }
}

static void test_what_cannot_hold_a_secret(void **state)
{
    assert_false(dw_text_may_hold_secret(DEVICES("<graphics type='vnc'/><disk/>")));
    assert_false(dw_text_may_hold_secret("<domain/>"));
    assert_true(dw_text_may_hold_secret(DEVICES("<input passwd='p'/>")));
    assert_true(dw_text_may_hold_secret(DEVICES("<graphics x:passwd='p'/>")));
    assert_true(dw_text_may_hold_secret(DEVICES("<x:cookie/>")));
    /* What an entity is spelt like need not be found, nor need a name in another encoding. */
    assert_true(dw_text_may_hold_secret("<!DOCTYPE domain [<!ENTITY a '&#60;&#99;ookie/>'>]>"
                                        "<domain>&a;</domain>"));
    assert_true(dw_text_may_hold_secret("<?xml version='1.0' encoding='utf-7'?><domain/>"));
    assert_true(dw_text_may_hold_secret("\xEF\xBB\xBF<domain/>"));
    assert_true(dw_text_may_hold_secret(" <domain/>"));
}

/* Over whatever documents there are. */
static void test_what_is_not_read_is_not_hidden(void **state)
{
    g_autofree char *folder = corpus_open("libvirt-9.0-domains.tar.xz", "qemuxml2argvdata");
    g_autoptr(GDir) directory = folder ? g_dir_open(folder, 0, NULL) : NULL;
    unsigned hiding = 0, others = 0;

    if (!directory)
        skip();
    for (const char *name; (name = g_dir_read_name(directory));) {
        g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;
        gsize length;
        if (!g_file_get_contents(path, &text, &length, NULL))
            continue;
        g_autoptr(DwDocument) document = dw_document_parse(text, length, NULL);
        g_autofree char *shown = document ? dw_document_redacted(document) : NULL;
        bool hides = shown && strcmp(shown, text) != 0;
        hiding += hides;
        others += shown && !dw_text_may_hold_secret(text);
        if (hides && !dw_text_may_hold_secret(text))
            fail_msg("%s", name);
    }
    assert_true(hiding > 0 && others > hiding);
    corpus_close(g_steal_pointer(&folder));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hidden_and_kept),
        cmocka_unit_test(test_shown_as_libvirt_shows_it),
        cmocka_unit_test(test_secrets_inside_secrets),
        cmocka_unit_test(test_what_is_new_stays),
        cmocka_unit_test(test_nothing_to_keep),
        cmocka_unit_test(test_without_a_base),
        cmocka_unit_test(test_every_spelling_is_hidden),
        cmocka_unit_test(test_secrets_are_not_mixed_up),
        cmocka_unit_test(test_what_gives_a_secret),
        cmocka_unit_test(test_what_was_given_is_shown),
        cmocka_unit_test(test_effects_tell_no_secret),
        cmocka_unit_test(test_what_cannot_hold_a_secret),
        cmocka_unit_test(test_what_is_not_read_is_not_hidden),
    };

    return cmocka_run_group_tests_name("secrets", tests, NULL, NULL);
}
