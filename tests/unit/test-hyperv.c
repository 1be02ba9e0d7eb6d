/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hyper-V: the rules at both sides of their edges, turning features on and off, and presets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apply-support.h"
#include "rules-support.h"

#define DOMAIN(type, machine, hyperv, clock)                                                       \
    "<domain type='" type "'>\n"                                                                   \
    "  <name>t</name>\n"                                                                           \
    "  <memory unit='KiB'>1024</memory>\n"                                                         \
    "  <os>\n"                                                                                     \
    "    <type arch='x86_64' machine='" machine "'>hvm</type>\n"                                   \
    "  </os>\n"                                                                                    \
    "  <features>\n"                                                                               \
    "    <acpi/>\n" hyperv "  </features>\n" clock "</domain>\n"
#define CLOCK       "  <clock offset='utc'/>\n"
#define EMPTY_CLOCK "  <clock offset='utc'>\n  </clock>\n"
#define TIMER                                                                                      \
    "  <clock offset='utc'>\n"                                                                     \
    "    <timer name='hypervclock' present='yes'/>\n"                                              \
    "  </clock>\n"
#define HYPERV(features)   "    <hyperv>\n" features "    </hyperv>\n"
#define F(name)            "      <" name " state='on'/>\n"
#define GUEST(features)    DOMAIN("kvm", "pc-q35-7.2", HYPERV(features), TIMER)
#define NO_TIMER(features) DOMAIN("kvm", "pc-q35-7.2", HYPERV(features), CLOCK)
#define PLAIN              DOMAIN("kvm", "pc-q35-7.2", "", CLOCK)
#define STIMER             F("vpindex") F("synic") F("stimer")

static const Edge edges[] = {
    {"hyperv-dependency", WARNING, "hyperv.synic", GUEST(F("synic")),
     GUEST(F("vpindex") F("synic"))},
    {"hyperv-dependency", WARNING, "hyperv.stimer", GUEST(F("vpindex") F("stimer")), GUEST(STIMER)},
    {"hyperv-dependency", WARNING, "hyperv.stimer", NO_TIMER(STIMER), GUEST(STIMER)},
    {"hyperv-dependency", WARNING, "hyperv.tlbflush", GUEST(F("tlbflush")),
     GUEST(F("vpindex") F("tlbflush"))},
    {"hyperv-dependency", WARNING, "hyperv.ipi", GUEST(F("ipi")), GUEST(F("vpindex") F("ipi"))},
    {"hyperv-dependency", WARNING, "hyperv.evmcs", GUEST(F("evmcs")), GUEST(F("vapic") F("evmcs"))},
    {"hyperv-dependency", WARNING, "hyperv.tlbflush.direct",
     GUEST(F("vpindex") "<tlbflush state='on'><direct state='on'/></tlbflush>"),
     GUEST(F("vapic") F("vpindex") "<tlbflush state='on'><direct state='on'/></tlbflush>")},
    {"hyperv-dependency", WARNING, "hyperv.synic",
     DOMAIN("kvm", "pc-i440fx-3.0", HYPERV(F("synic")), ""),
     DOMAIN("kvm", "pc-i440fx-3.0", HYPERV(F("vpindex") F("synic")), "")},
    {"hyperv-dependency", WARNING, "hyperv.synic",
     DOMAIN("kvm", "pc-i440fx-3.1", HYPERV(F("synic")), ""), NULL},
    {"hyperv-spinlocks-retries", ERROR, "hyperv.spinlocks.retries", GUEST(F("spinlocks")),
     GUEST("<spinlocks state='on' retries='4095'/>")},
    {"value", WARNING, "hyperv.spinlocks.retries", GUEST("<spinlocks state='on' retries='4094'/>"),
     GUEST("<spinlocks state='off'/>")},
    {"value", WARNING, "hyperv.spinlocks.retries",
     GUEST("<spinlocks state='on' retries='4294967296'/>"),
     GUEST("<spinlocks state='on' retries='4294967295'/>")},
    {"hyperv-spinlocks-off", WARNING, "hyperv.spinlocks.retries",
     GUEST("<spinlocks state='off' retries='8191'/>"),
     GUEST("<spinlocks state='on' retries='8191'/>")},
    {"hyperv-vendor-value", ERROR, "hyperv.vendor_id.value", GUEST(F("relaxed") F("vendor_id")),
     GUEST(F("relaxed") "<vendor_id state='off'/>")},
    {"hyperv-vendor-length", ERROR, "hyperv.vendor_id.value",
     GUEST(F("relaxed") "<vendor_id state='on' value='abcdefghijklm'/>"),
     GUEST(F("relaxed") "<vendor_id state='on' value='abcdefghijkl'/>")},
    {"hyperv-vendor-length", ERROR, "hyperv.vendor_id.value",
     GUEST(F("relaxed") "<vendor_id state='on' value='\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d'/>"),
     GUEST(F("relaxed") "<vendor_id state='on' value='\u4e2d\u4e2d\u4e2d\u4e2d'/>")},
    {"hyperv-vendor-comma", ERROR, "hyperv.vendor_id.value",
     GUEST(F("relaxed") "<vendor_id state='on' value='a,b'/>"),
     GUEST(F("relaxed") "<vendor_id state='on' value='a;b'/>")},
    {"hyperv-vendor-off", WARNING, "hyperv.vendor_id.value",
     GUEST(F("relaxed") "<vendor_id state='off' value='a'/>"),
     GUEST(F("relaxed") "<vendor_id state='off'/>")},
    {"hyperv-vendor-alone", WARNING, "hyperv.vendor_id", GUEST("<vendor_id state='on' value='a'/>"),
     GUEST(F("relaxed") "<vendor_id state='on' value='a'/>")},
    {"hyperv-mode-features", ERROR, "hyperv.mode",
     DOMAIN("kvm", "q35", "<hyperv mode='passthrough'>" F("relaxed") "</hyperv>", ""),
     DOMAIN("kvm", "q35", "<hyperv mode='passthrough'/>", "")},
    {"hyperv-mode-features", WARNING, "hyperv.mode",
     DOMAIN("kvm", "q35", "<hyperv mode='host-model'>" F("relaxed") "</hyperv>", ""),
     DOMAIN("kvm", "q35", "<hyperv mode='custom'>" F("relaxed") "</hyperv>", "")},
    {"hyperv-emulated", WARNING, "type", DOMAIN("qemu", "q35", HYPERV(F("relaxed")), ""),
     DOMAIN("kvm", "q35", HYPERV(F("relaxed")), "")},
    {"hyperv-state", ERROR, "hyperv.relaxed", GUEST("<relaxed/>"), GUEST(F("relaxed"))},
    {"hyperv-once", ERROR, "hyperv.relaxed", GUEST(F("relaxed") F("relaxed")), GUEST(F("relaxed"))},
    {"hyperv-parent-off", WARNING, "hyperv.stimer.direct",
     GUEST("<stimer state='off'><direct state='on'/></stimer>"), GUEST("<stimer state='off'/>")},
};

static void test_rules(void **state)
{
    static const Edge foreign[] = {
        {"hyperv-arch", ERROR, "hyperv",
         "<domain type='kvm'><name>t</name><memory>1</memory><os><type arch='s390x' "
         "machine='s390-ccw-virtio'>hvm</type></os><features><hyperv><relaxed state='on'/></hyperv>"
         "</features></domain>",
         "<domain type='kvm'><name>t</name><memory>1</memory><os><type arch='aarch64' "
         "machine='virt'>hvm</type></os><features><hyperv><relaxed state='on'/></hyperv>"
         "</features></domain>"},
    };

    check_edges(edges, G_N_ELEMENTS(edges), "", "", NULL);
    check_edges(foreign, 1, "", "", NULL);
}

static void test_rules_by_version(void **state)
{
    const DwHost old = {.libvirt_version = 11008000}, new = {.libvirt_version = 11009000};
    g_autoptr(GPtrArray) before = problems_of(GUEST(F("spinlocks")), &old);
    g_autoptr(GPtrArray) since = problems_of(GUEST(F("spinlocks")), &new);

    assert_int_equal(before->len, 1);
    assert_int_equal(since->len, 0);
}

/* What a feature needs libvirt asks for since 11.9, and of new machines. */
static void test_dependencies_by_version(void **state)
{
    static const Edge newer = {"hyperv-dependency", ERROR, "hyperv.synic", GUEST(F("synic")),
                               GUEST(F("vpindex") F("synic"))};
    static const char old_machine[] = DOMAIN("kvm", "pc-q35-3.0", HYPERV(F("synic")), TIMER);
    const DwHost old = {.libvirt_version = 11008000}, new = {.libvirt_version = 11009000};
    Edge older = newer, older_machine = newer;

    older.severity = older_machine.severity = WARNING;
    check_edges(&newer, 1, "", "", &new);
    check_edges(&older, 1, "", "", &old);
    older_machine.bad = old_machine;
    check_edges(&older_machine, 1, "", "", &new);
}

static Outcome set(const char *xml, const char *features, DwApplyFlags flags, const DwHost *host)
{
    return edit_text(xml, DW_VERB_HYPERV, "", "", features, flags, host);
}

static void test_on_brings_in_what_it_needs(void **state)
{
    g_auto(Outcome) outcome = set(PLAIN, "stimer=on", 0, NULL);

    assert_text(&outcome, GUEST(STIMER));
    assert_note(&outcome, "hyperv-brought-in", "hyperv.vpindex", INFO);
    assert_note(&outcome, "hyperv-brought-in", "hyperv.synic", INFO);
    assert_note(&outcome, "hyperv-brought-in", "clock.timer.hypervclock.present", INFO);
    assert_int_equal(outcome.result.problems->len, 3);
}

static void test_on_makes_a_clock(void **state)
{
    g_auto(Outcome) outcome =
        set(DOMAIN("kvm", "pc-q35-7.2", "", ""), "stimer.direct=yes", 0, NULL);

    assert_text(&outcome, GUEST(F("vpindex") F("synic") "      <stimer state='on'>\n"
                                                        "        <direct state='on'/>\n"
                                                        "      </stimer>\n"));
    assert_note(&outcome, "clock-offset-default", "clock.offset", INFO);
}

static void test_on_twice_changes_nothing(void **state)
{
    g_auto(Outcome) outcome = set(GUEST(STIMER), "stimer=on", 0, NULL);

    assert_text(&outcome, GUEST(STIMER));
    assert_false(outcome.result.changed);
    assert_int_equal(outcome.result.problems->len, 0);
}

static void test_spinlocks(void **state)
{
    g_auto(Outcome) usual = set(PLAIN, "spinlocks=on", 0, NULL);
    g_auto(Outcome) given = set(PLAIN, "spinlocks=on;spinlocks.retries=4095", 0, NULL);
    g_auto(Outcome) alone = set(PLAIN, "spinlocks.retries=5000", 0, NULL);
    g_auto(Outcome) low = set(PLAIN, "spinlocks=on;spinlocks.retries=4094", 0, NULL);
    g_auto(Outcome) off =
        set(GUEST("      <spinlocks state='on' retries='8191'/>\n"), "spinlocks=off", 0, NULL);

    assert_text(&usual, NO_TIMER("      <spinlocks state='on' retries='8191'/>\n"));
    assert_note(&usual, "hyperv-spinlocks-default", "hyperv.spinlocks.retries", INFO);
    assert_text(&given, NO_TIMER("      <spinlocks state='on' retries='4095'/>\n"));
    assert_text(&alone, NO_TIMER("      <spinlocks state='on' retries='5000'/>\n"));
    assert_note(&alone, "hyperv-brought-in", "hyperv.spinlocks", INFO);
    assert_refused(&low, DW_ERROR_INVALID_VALUE, "4095");
    assert_text(&off, GUEST("      <spinlocks state='off'/>\n"));
}

static void test_vendor(void **state)
{
    g_auto(Outcome) bare = set(PLAIN, "vendor_id=on", 0, NULL);
    g_auto(Outcome) good = set(PLAIN, "relaxed=on;vendor_id.value=Custom", 0, NULL);

    assert_refused(&bare, DW_ERROR_INVALID, "hyperv.vendor_id.value is missing");
    assert_text(&good, NO_TIMER(F("relaxed") "      <vendor_id state='on' value='Custom'/>\n"));
}

static void test_off_is_refused_while_needed(void **state)
{
    g_auto(Outcome) refused = set(GUEST(STIMER F("ipi")), "vpindex=off", 0, NULL);

    assert_refused(&refused, DW_ERROR_INVALID, "hyperv.vpindex cannot be turned off");
    assert_non_null(strstr(refused.error->message, "hyperv.synic, hyperv.stimer, hyperv.ipi"));
    assert_non_null(strstr(refused.error->message, "cascade"));
}

static void test_off_cascades(void **state)
{
    g_auto(Outcome) outcome = set(GUEST(STIMER F("ipi")), "vpindex=off", DW_APPLY_CASCADE, NULL);

    assert_text(&outcome, GUEST("      <vpindex state='off'/>\n      <synic state='off'/>\n"
                                "      <stimer state='off'/>\n      <ipi state='off'/>\n"));
    assert_note(&outcome, "hyperv-taken-along", "hyperv.synic", INFO);
    assert_note(&outcome, "hyperv-taken-along", "hyperv.stimer", INFO);
    assert_note(&outcome, "hyperv-taken-along", "hyperv.ipi", INFO);
    assert_int_equal(outcome.result.problems->len, 3);
}

static void test_off_takes_parts_along(void **state)
{
    g_auto(Outcome) outcome = set(GUEST(F("vpindex") F("synic") "      <stimer state='on'>\n"
                                                                "        <direct state='on'/>\n"
                                                                "      </stimer>\n"),
                                  "stimer=off", 0, NULL);

    assert_text(&outcome, GUEST(F("vpindex") F("synic") "      <stimer state='off'>\n"
                                                        "      </stimer>\n"));
}

static void test_contradictions(void **state)
{
    g_auto(Outcome) need_off = set(PLAIN, "synic=on;vpindex=off", 0, NULL);
    g_auto(Outcome) cascade = set(GUEST(STIMER), "synic=on;vpindex=off", DW_APPLY_CASCADE, NULL);
    g_auto(Outcome) both = set(GUEST(STIMER), "stimer=off;synic=off", 0, NULL);

    assert_refused(&need_off, DW_ERROR_INVALID, "hyperv.synic");
    assert_refused(&cascade, DW_ERROR_INVALID, "hyperv.synic");
    assert_text(&both,
                GUEST(F("vpindex") "      <synic state='off'/>\n      <stimer state='off'/>\n"));
}

static void test_unknown(void **state)
{
    g_auto(Outcome) unknown = set(PLAIN, "relaxd=on", 0, NULL);
    g_auto(Outcome) value = set(PLAIN, "relaxed=maybe", 0, NULL);
    g_auto(Outcome) no = set(PLAIN, "recommended=no", 0, NULL);

    assert_refused(&unknown, DW_ERROR_UNKNOWN_KEY, "hyperv.relaxed");
    assert_refused(&value, DW_ERROR_INVALID_VALUE, "maybe");
    assert_refused(&no, DW_ERROR_INVALID_VALUE, "recommended");
}

static void test_all_off(void **state)
{
    g_auto(Outcome) outcome =
        set(GUEST(STIMER "      <spinlocks state='on' retries='8191'/>\n"), "all=no", 0, NULL);
    g_auto(Outcome) but = set(GUEST(STIMER), "all=no;relaxed=on", 0, NULL);
    g_auto(Outcome) own = set(GUEST(F("relaxed")), "all=no", 0, NULL);
    g_auto(Outcome) again = set(GUEST(STIMER F("ipi")), "all=no;stimer=on", 0, NULL);

    assert_text(&outcome, DOMAIN("kvm", "pc-q35-7.2", "", EMPTY_CLOCK));
    assert_note(&outcome, "hyperv-taken-along", "clock.timer.hypervclock.present", INFO);
    assert_text(&but, DOMAIN("kvm", "pc-q35-7.2", HYPERV(F("relaxed")), EMPTY_CLOCK));
    assert_text(&own, DOMAIN("kvm", "pc-q35-7.2", "", TIMER));
    assert_text(&again, GUEST(STIMER));
}

#define RECOMMENDED                                                                                \
    F("relaxed")                                                                                   \
    F("vapic")                                                                                     \
    "      <spinlocks state='on' retries='8191'/>\n" F("vpindex") F("runtime")                     \
        F("synic") "      <stimer state='on'>\n"                                                   \
                   "        <direct state='on'/>\n"                                                \
                   "      </stimer>\n" F("frequencies") F("tlbflush") F("ipi")

static void test_recommended(void **state)
{
    g_auto(Outcome) outcome = set(PLAIN, "recommended=yes", 0, NULL);
    g_auto(Outcome) but = set(PLAIN, "recommended=yes;ipi=off;reset=on", 0, NULL);

    assert_text(&outcome, GUEST(RECOMMENDED));
    assert_non_null(strstr(outcome_skipped(&outcome, "evmcs"), "Intel"));
    assert_non_null(strstr(outcome_skipped(&outcome, "avic"), "features.apic"));
    assert_null(outcome_skipped(&outcome, "reset"));
    assert_int_equal(outcome.result.skipped->len, 4);
    assert_non_null(strstr(but.text, "<ipi state='off'/>"));
    assert_non_null(strstr(but.text, "<reset state='on'/>"));
}

static void test_all_on(void **state)
{
    g_auto(Outcome) outcome = set(PLAIN, "all=yes", 0, NULL);
    static const char *const on[] = {"relaxed", "vapic", "reset",
                                     "evmcs",   "avic",  "reenlightenment"};
    static const char *const skipped[] = {"vendor_id", "tlbflush.direct", "tlbflush.extended",
                                          "emsr_bitmap", "xmm_input"};

    for (size_t i = 0; i < G_N_ELEMENTS(on); i++) {
        g_autofree char *xml = g_strdup_printf("<%s state='on'/>", on[i]);
        assert_non_null(strstr(outcome.text, xml));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(skipped); i++)
        assert_non_null(outcome_skipped(&outcome, skipped[i]));
    assert_int_equal(outcome.result.skipped->len, 2 * G_N_ELEMENTS(skipped));
}

/* ---- Hosts ---- */

#define DOMCAPS(type, features)                                                                    \
    "<domainCapabilities><domain>" type "</domain><machine>pc-q35-7.2</machine>"                   \
    "<arch>x86_64</arch><features><hyperv supported='yes'><enum name='features'>" features         \
    "</enum></hyperv></features></domainCapabilities>"
#define V(name) "<value>" name "</value>"

static void test_host_offers(void **state)
{
    g_autoptr(DwDomainCapabilities) offers = dw_domain_capabilities_parse(
        DOMCAPS("kvm", V("relaxed") V("spinlocks") V("synic") V("vendor_id")), NULL);
    const DwHost host = {.domain_capabilities = offers, .libvirt_version = 9000000};
    g_auto(Outcome) outcome = set(PLAIN, "recommended=yes", 0, &host);
    g_auto(Outcome) named = set(PLAIN, "vapic=on", 0, &host);
    g_auto(Outcome) needs = set(PLAIN, "synic=on", 0, &host);
    g_auto(Outcome) off = set(PLAIN, "vapic=off", 0, &host);

    assert_text(&outcome, NO_TIMER(F("relaxed") "      <spinlocks state='on' retries='8191'/>\n"));
    assert_string_equal(outcome_skipped(&outcome, "vapic"),
                        "this host offers only: relaxed, spinlocks, synic, vendor_id");
    assert_non_null(outcome_skipped(&outcome, "synic"));
    assert_refused(&named, DW_ERROR_UNSUPPORTED, "relaxed, spinlocks, synic, vendor_id");
    assert_refused(&needs, DW_ERROR_UNSUPPORTED, "hyperv.synic");
    assert_text(&off, NO_TIMER("      <vapic state='off'/>\n"));
}

/* Capabilities of another kind of domain say nothing of this one. */
static void test_host_of_other_domain(void **state)
{
    g_autoptr(DwDomainCapabilities) offers =
        dw_domain_capabilities_parse(DOMCAPS("qemu", V("relaxed")), NULL);
    const DwHost host = {.domain_capabilities = offers};
    g_auto(Outcome) outcome = set(PLAIN, "vapic=on", 0, &host);

    assert_text(&outcome, NO_TIMER(F("vapic")));
}

/* Since libvirt 11 silence about an emulated guest means that it has nothing. */
static void test_silence_about_emulation(void **state)
{
    static const char capabilities[] =
        "<domainCapabilities><domain>qemu</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch>"
        "<features/></domainCapabilities>";
    static const char guest[] =
        "<domain type='qemu'><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os></domain>";
    g_autoptr(DwDomainCapabilities) offers = dw_domain_capabilities_parse(capabilities, NULL);
    const DwHost old = {.domain_capabilities = offers, .libvirt_version = 9000000};
    const DwHost new = {.domain_capabilities = offers, .libvirt_version = 12008000};
    g_auto(Outcome) unknown = set(guest, "all=yes", DW_APPLY_UNCHECKED, &old);
    g_auto(Outcome) nothing = set(guest, "all=yes", DW_APPLY_UNCHECKED, &new);

    assert_non_null(strstr(unknown.text, "<relaxed state='on'/>"));
    assert_null(strstr(nothing.text, "<relaxed"));
    assert_non_null(outcome_skipped(&nothing, "relaxed"));
}

static void test_host_version(void **state)
{
    const DwHost old = {.libvirt_version = 9000000}, new = {.libvirt_version = 11000000};
    g_auto(Outcome) refused = set(PLAIN, "xmm_input=on", 0, &old);
    g_auto(Outcome) taken = set(PLAIN, "xmm_input=on", 0, &new);
    g_auto(Outcome) mode = set(PLAIN, "mode=host-model", 0, &old);

    assert_refused(&refused, DW_ERROR_UNSUPPORTED, "10.7.0");
    assert_text(&taken, NO_TIMER(F("xmm_input")));
    assert_refused(&mode, DW_ERROR_UNSUPPORTED, "11.9.0");
}

static void test_mode(void **state)
{
    g_auto(Outcome) to = set(GUEST(STIMER), "mode=passthrough", 0, NULL);
    g_auto(Outcome) mixed = set(PLAIN, "mode=passthrough;relaxed=on", 0, NULL);
    g_auto(Outcome) from =
        set(DOMAIN("kvm", "pc-q35-7.2", "    <hyperv mode='passthrough'/>\n", TIMER),
            "recommended=on", 0, NULL);

    assert_text(&to, DOMAIN("kvm", "pc-q35-7.2", "    <hyperv mode='passthrough'/>\n", TIMER));
    assert_note(&to, "hyperv-mode-drops", "hyperv.mode", INFO);
    assert_refused(&mixed, DW_ERROR_INVALID, "hyperv.mode is passthrough");
    assert_text(&from, DOMAIN("kvm", "pc-q35-7.2",
                              "    <hyperv mode='custom'>\n" RECOMMENDED "    </hyperv>\n", TIMER));
    assert_note(&from, "hyperv-mode-custom", "hyperv.mode", INFO);
}

/* ---- Presets ---- */

static Outcome preset(const char *xml, const char *name)
{
    return edit_text(xml, DW_VERB_PRESET, "", name, "", 0, NULL);
}

#define TIMERS(offset, last)                                                                       \
    "  <clock offset='" offset "'>\n"                                                              \
    "    <timer name='rtc' tickpolicy='catchup'/>\n"                                               \
    "    <timer name='pit' tickpolicy='delay'/>\n"                                                 \
    "    <timer name='hpet' present='no'/>\n" last "  </clock>\n"

static void test_preset_windows(void **state)
{
    g_auto(Outcome) outcome = preset(PLAIN, "windows");

    assert_text(&outcome,
                DOMAIN("kvm", "pc-q35-7.2", "    <apic/>\n" HYPERV(RECOMMENDED F("avic")),
                       TIMERS("localtime", "    <timer name='hypervclock' present='yes'/>\n")));
    assert_int_equal(outcome.result.skipped->len, 2);
}

static void test_preset_windows_emulated(void **state)
{
    g_auto(Outcome) outcome = preset(DOMAIN("qemu", "pc-q35-7.2", "", CLOCK), "windows");

    assert_text(&outcome, DOMAIN("qemu", "pc-q35-7.2", "    <apic/>\n", TIMERS("localtime", "")));
    assert_string_equal(outcome_skipped(&outcome, "hyperv"), "the features need type kvm");
}

static void test_preset_linux(void **state)
{
    g_auto(Outcome) outcome =
        preset(DOMAIN("kvm", "pc-q35-7.2", "",
                      "  <clock offset='variable' adjustment='5' basis='utc'/>\n"),
               "linux");

    assert_text(&outcome, DOMAIN("kvm", "pc-q35-7.2", "    <apic/>\n", TIMERS("utc", "")));
    assert_note(&outcome, "clock-offset-drops", "clock.basis", INFO);
}

static void test_preset_elsewhere(void **state)
{
    g_auto(Outcome) outcome = preset("<domain type='kvm'><name>t</name><memory>1</memory><os>"
                                     "<type arch='aarch64' machine='virt'>hvm</type></os></domain>",
                                     "linux");

    assert_text(&outcome, "<domain type='kvm'><name>t</name><memory>1</memory><os firmware='efi'>"
                          "<type arch='aarch64' machine='virt'>hvm</type></os>"
                          "<features><acpi/></features><clock offset='utc'/></domain>");
    assert_non_null(outcome_skipped(&outcome, "clock.timer.pit.tickpolicy"));
}

/* What the manual says the presets set is what they set. */
static void test_manual(void **state)
{
    g_autofree char *path = g_build_filename(TEST_ROOT, "docs", "domwright-presets.7", NULL);
    g_autofree char *page = NULL;
    static const char *const presets[] = {"windows", "linux"};

    assert_true(g_file_get_contents(path, &page, NULL, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++) {
        g_auto(Outcome) outcome =
            preset(DOMAIN("kvm", "pc-q35-7.2", "", "  <clock offset='variable'/>\n"), presets[i]);
        g_autofree char *head = g_strconcat(".SS ", presets[i], "\n", NULL);
        g_autoptr(DwDocument) document =
            dw_document_parse(outcome.text, strlen(outcome.text), NULL);
        static const char *const keys[] = {"clock.*", NULL};
        g_autoptr(DwSettings) settings = dw_get_settings(document, keys, false, NULL);
        const char *section = strstr(page, head);

        assert_non_null(section);
        g_autofree char *part = g_strdup(section);
        char *end = strstr(part + 4, "\n.S");
        if (end)
            end[1] = 0;
        for (size_t k = 0; k < dw_settings_count(settings); k++) {
            g_autofree char *value = dw_value_to_text(dw_settings_value(settings, k));
            g_autofree char *entry =
                g_strconcat(".B ", dw_settings_key(settings, k), "\n", value, "\n", NULL);

            if (!strstr(part, entry))
                fail_msg("%s: not in the manual: %s", presets[i], entry);
        }
    }
}

static void test_preset_unknown(void **state)
{
    g_auto(Outcome) near = preset(PLAIN, "window");
    g_auto(Outcome) far = preset(PLAIN, "beos");

    assert_refused(&near, DW_ERROR_UNKNOWN_KEY, "did you mean \"windows\"?");
    assert_refused(&far, DW_ERROR_UNKNOWN_KEY, "windows and linux");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_rules_by_version),
        cmocka_unit_test(test_dependencies_by_version),
        cmocka_unit_test(test_on_brings_in_what_it_needs),
        cmocka_unit_test(test_on_makes_a_clock),
        cmocka_unit_test(test_on_twice_changes_nothing),
        cmocka_unit_test(test_spinlocks),
        cmocka_unit_test(test_vendor),
        cmocka_unit_test(test_off_is_refused_while_needed),
        cmocka_unit_test(test_off_cascades),
        cmocka_unit_test(test_off_takes_parts_along),
        cmocka_unit_test(test_contradictions),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_all_off),
        cmocka_unit_test(test_recommended),
        cmocka_unit_test(test_all_on),
        cmocka_unit_test(test_host_offers),
        cmocka_unit_test(test_host_of_other_domain),
        cmocka_unit_test(test_silence_about_emulation),
        cmocka_unit_test(test_host_version),
        cmocka_unit_test(test_mode),
        cmocka_unit_test(test_preset_windows),
        cmocka_unit_test(test_preset_windows_emulated),
        cmocka_unit_test(test_preset_linux),
        cmocka_unit_test(test_preset_elsewhere),
        cmocka_unit_test(test_manual),
        cmocka_unit_test(test_preset_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
