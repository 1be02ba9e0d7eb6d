/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What edits of a running domain's document answer for: what they touch, and nothing older. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "apply-support.h"

static const char broken[] = "<domain type='qemu'><name>a</name><memory>1024</memory>"
                             "<currentMemory>2048</currentMemory><vcpu current='3'>2</vcpu>"
                             "<os><type>hvm</type></os><on_crash>no</on_crash></domain>";

static void test_old_errors_are_not_told(void **state)
{
    static const char *const edits[] = {"title=t", "description=a\nb", "on_reboot=destroy"};

    for (size_t i = 0; i < G_N_ELEMENTS(edits); i++) {
        g_auto(Outcome) configured = edit_text(broken, DW_VERB_SET, "", "", edits[i], 0, NULL);
        g_auto(Outcome) running =
            edit_text(broken, DW_VERB_SET, "", "", edits[i], DW_APPLY_RUNNING, NULL);
        assert_non_null(configured.text);
        assert_non_null(running.text);
        assert_int_not_equal(configured.result.problems->len, 0);
        assert_int_equal(running.result.problems->len, 0);
    }
}

/* Of a domain's configuration neither, where only words for people change; a dry run tells all. */
static void test_words_alone_tell_of_themselves(void **state)
{
    static const struct {
        const char *edit;
        DwApplyFlags flags;
        bool tells;
    } cases[] = {
        {"title=t", DW_APPLY_DOMAIN, false},
        {"description=a", DW_APPLY_DOMAIN, false},
        {"on_reboot=destroy", DW_APPLY_DOMAIN, true},
        {"title=t", DW_APPLY_DOMAIN | DW_APPLY_DRY, true},
        {"title=t", DW_APPLY_DRAFT, true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Outcome) outcome =
            edit_text(broken, DW_VERB_SET, "", "", cases[i].edit, cases[i].flags, NULL);
        assert_non_null(outcome.text);
        assert_int_equal(outcome.result.problems->len > 0, cases[i].tells);
    }
    g_auto(Outcome) wrong =
        edit_text(broken, DW_VERB_SET, "", "", "title=a\nb", DW_APPLY_DOMAIN, NULL);
    assert_null(wrong.text);
}

static void test_own_errors_refuse(void **state)
{
    static const char *const edits[] = {"title=a\nb", "vcpu.current=3"};

    for (size_t i = 0; i < G_N_ELEMENTS(edits); i++) {
        g_auto(Outcome) running =
            edit_text(broken, DW_VERB_SET, "", "", edits[i], DW_APPLY_RUNNING, NULL);
        assert_null(running.text);
        assert_true(g_error_matches(running.error, DW_ERROR, DW_ERROR_INVALID));
    }
}

/* An edit of one device answers for what becomes wrong of others, too, whichever are looked at. */
static void test_a_device_answers_for_all(void **state)
{
    static const struct {
        const char *devices, *kind, *id, *edit, *word;
    } cases[] = {
        {"<interface type='user'><mac address='52:54:00:00:00:01'/></interface>", "interface",
         "52:54:00:00:00:01", "mtu.size=0", "mtu"},
        {"<interface type='user'><mac address='52:54:00:00:00:01'/><bandwidth><inbound "
         "average='9'/></bandwidth></interface>",
         "interface", "52:54:00:00:00:01", "bandwidth.inbound.floor=9", "floor"},
        {"<controller type='usb' index='0' model='qemu-xhci'/><input type='tablet' bus='usb'/>",
         "controller", "#1", "model=none", "input/#1"},
        {"<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk>"
         "<disk type='file'><source file='/b'/><target dev='vdb' bus='virtio'/></disk>",
         "disk", "vdb", "target.dev=vda", "vda"},
        {"<video><model type='vga' primary='yes'/></video><video><model type='virtio'/></video>",
         "video", "#2", "model.primary=yes", "primary"},
        {"<rng model='virtio'><backend model='random'>/dev/random</backend>"
         "<address type='pci' domain='0' bus='0' slot='5' function='0'/></rng>"
         "<sound model='ich9'><address type='pci' domain='0' bus='0' slot='6' function='0'/>"
         "</sound>",
         "sound", "#1", "address.slot=5", "slot"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strconcat(Q35_HEAD "<devices>", cases[i].devices, "</devices></domain>", NULL);
        g_auto(Outcome) outcome = edit_text(text, DW_VERB_MODIFY, cases[i].kind, cases[i].id,
                                            cases[i].edit, DW_APPLY_RUNNING, NULL);
        assert_null(outcome.text);
        print_message("%s\n", outcome.error->message);
    }
}

/* libvirt takes the console out with the port that it shows. */
static void test_twins_are_libvirts(void **state)
{
    static const char both[] =
        "<domain type='qemu'><devices><serial type='pty'/>"
        "<console type='pty'><target type='serial'/></console></devices></domain>";
    g_auto(Outcome) running = edit_text(both, DW_VERB_REMOVE, "serial", "#1", "",
                                        DW_APPLY_RUNNING | DW_APPLY_UNCHECKED, NULL);

    assert_text(&running, "<domain type='qemu'><devices><console type='pty'>"
                          "<target type='serial'/></console></devices></domain>");
}

/* The same threads go whatever order libvirt lists them in, and are said to. */
static void test_fewer_threads(void **state)
{
    static const char threads[] =
        "<domain type='qemu'><name>t</name><memory>1048576</memory>"
        "<iothreads>%s</iothreads>%s<cputune><iothreadpin iothread='1' cpuset='0'/>%s</cputune>"
        "</domain>";
    static const struct {
        const char *listed, *left;
    } cases[] = {
        {"<iothreadids><iothread id='2' thread_pool_max='8'/><iothread id='1'/></iothreadids>",
         "<iothreadids><iothread id='1'/></iothreadids>"},
        {"<iothreadids><iothread id='1'/><iothread id='2'><poll max='5'/></iothread></iothreadids>",
         "<iothreadids><iothread id='1'/></iothreadids>"},
        {"<iothreadids><iothread id='1'/></iothreadids>",
         "<iothreadids><iothread id='1'/></iothreadids>"},
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases) * 2; i++) {
        unsigned side = i % 2 ? DW_APPLY_RUNNING : 0;
        g_autofree char *before = g_strdup_printf(threads, "2", cases[i / 2].listed,
                                                  "<iothreadpin iothread='2' cpuset='0'/>");
        g_autofree char *after = g_strdup_printf(threads, "1", cases[i / 2].left, "");
        g_auto(Outcome) fewer =
            edit_text(before, DW_VERB_SET, "", "", "iothreads=1", side | DW_APPLY_UNCHECKED, NULL);
        assert_text(&fewer, after);
    }
}

#define COUNTED(n, listed, pins)                                                                   \
    "<domain type='qemu'><name>t</name><memory>1048576</memory><iothreads>" n                      \
    "</iothreads>" listed pins "</domain>"
#define LISTED(threads) "<iothreadids>" threads "</iothreadids>"
#define THREAD(id)      "<iothread id='" id "'/>"
#define SCHEDULED(list) "<cputune><iothreadsched iothreads='" list "' scheduler='batch'/></cputune>"
#define PINNED(id)      "<cputune><iothreadpin iothread='" id "' cpuset='0'/></cputune>"

/* What is asked for stays, and what is unset goes. */
static void test_threads_that_are_named(void **state)
{
    static const struct {
        const char *before, *change, *after;
    } cases[] = {
        {COUNTED("2", LISTED(THREAD("4") THREAD("2")), PINNED("2")),
         "iothreads=1;iothreadids.iothread.4.thread_pool_max=8",
         COUNTED("1", LISTED("<iothread id='4' thread_pool_max='8'/>"), "")},
        {COUNTED("2", "", PINNED("1")), "iothreads=1;iothreadids.iothread.2=yes",
         COUNTED("1", LISTED(THREAD("2")), "")},
        {COUNTED("3", "", PINNED("2")),
         "iothreads=1;iothreadids.iothread.1-;iothreadids.iothread.2-",
         COUNTED("1", LISTED(THREAD("3")), "")},
        {COUNTED("2", LISTED(THREAD("1") THREAD("2")), ""), "iothreads=1;iothreadids.iothread.1=no",
         COUNTED("1", LISTED(THREAD("2")), "")},
        {COUNTED("2", LISTED(THREAD("1") THREAD("2")), ""), "iothreads=1;iothreadids.iothread.1-",
         COUNTED("1", LISTED(THREAD("2")), "")},
        {COUNTED("2", LISTED(THREAD("1") THREAD("2")), ""),
         "iothreads=1;iothreadids.iothread.7=yes", COUNTED("1", LISTED(THREAD("7")), "")},
        /* Their number follows. */
        {COUNTED("2", LISTED(THREAD("2") THREAD("4")), PINNED("4")), "iothreadids.iothread.4-",
         COUNTED("1", LISTED(THREAD("2")), "")},
        {COUNTED("2", LISTED(THREAD("2") THREAD("4")), PINNED("2")), "iothreadids.iothread.2=no",
         COUNTED("1", LISTED(THREAD("4")), "")},
        {COUNTED("2", LISTED(THREAD("2")), ""), "iothreadids.iothread.7=yes",
         COUNTED("3", LISTED(THREAD("2") THREAD("1") THREAD("7")), "")},
        {COUNTED("2", "", ""), "iothreadids.iothread.1-", COUNTED("1", LISTED(THREAD("2")), "")},
        {COUNTED("2", "", PINNED("2")), "iothreadids.iothread.3.thread_pool_max=8",
         COUNTED("3", LISTED(THREAD("1") THREAD("2") "<iothread id='3' thread_pool_max='8'/>"),
                 PINNED("2"))},
        {COUNTED("2", "", ""), "iothreadids.iothread.1.thread_pool_max=8",
         COUNTED("2", LISTED("<iothread id='1' thread_pool_max='8'/>"), "")},
        /* Schedulers are of those that stay. */
        {COUNTED("3", "", SCHEDULED("1-3")), "iothreads=2", COUNTED("2", "", SCHEDULED("1-2"))},
        {COUNTED("2", LISTED(THREAD("2") THREAD("4")), SCHEDULED("2,4")), "iothreads=1",
         COUNTED("1", LISTED(THREAD("2")), SCHEDULED("2"))},
        {COUNTED("2", LISTED(THREAD("2") THREAD("4")), SCHEDULED("2,4")), "iothreadids.iothread.2-",
         COUNTED("1", LISTED(THREAD("4")), SCHEDULED("4"))},
        {COUNTED("2", LISTED(THREAD("2") THREAD("4")), SCHEDULED("4")), "iothreadids.iothread.4-",
         COUNTED("1", LISTED(THREAD("2")), "")},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases) * 2; i++) {
        unsigned side = i % 2 ? DW_APPLY_RUNNING : 0;
        g_auto(Outcome) fewer = edit_text(cases[i / 2].before, DW_VERB_SET, "", "",
                                          cases[i / 2].change, side | DW_APPLY_UNCHECKED, NULL);
        assert_text(&fewer, cases[i / 2].after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_old_errors_are_not_told),
        cmocka_unit_test(test_words_alone_tell_of_themselves),
        cmocka_unit_test(test_own_errors_refuse),
        cmocka_unit_test(test_a_device_answers_for_all),
        cmocka_unit_test(test_twins_are_libvirts),
        cmocka_unit_test(test_fewer_threads),
        cmocka_unit_test(test_threads_that_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
