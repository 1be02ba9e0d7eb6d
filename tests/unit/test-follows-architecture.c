/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a change of os.arch takes along: the program, the board with the places on it, and what the
 * processor is. What other changes take along is test-follows' business.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apply-support.h"

#define INFO DW_SEVERITY_INFO

#define BOARD(arch, machine, inside)                                                               \
    "<domain type='qemu'><name>t</name><memory unit='KiB'>1048576</memory><vcpu>2</vcpu><os>"      \
    "<type arch='" arch "' machine='" machine "'>hvm</type></os><devices>" inside                  \
    "</devices></domain>"
#define PROGRAM(name) "<emulator>/usr/bin/qemu-system-" name "</emulator>"
#define NIC(address)                                                                               \
    "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/>" address      \
    "</interface>"
#define ON_PCI     "<address type='pci' domain='0' bus='0' slot='3' function='0'/>"
#define ON_CCW     "<address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0001'/>"
#define TABLET     "<input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>"
#define CONTROLLER "<controller type='usb' index='0' model='qemu-xhci'/>"
#define OF_PC                                                                                      \
    "<controller type='pci' index='0' model='pcie-root'/><input type='mouse' bus='ps2'/>"          \
    "<input type='keyboard' bus='ps2'/>"

static void test_architecture(void **state)
{
    static const char capabilities_xml[] =
        "<capabilities><host/><guest><os_type>hvm</os_type><arch name='aarch64'>"
        "<emulator>/usr/libexec/arm</emulator><machine>virt-7.2</machine><machine "
        "canonical='virt-7.2'>virt</machine><domain type='qemu'/></arch></guest></capabilities>";
    g_autoptr(DwCapabilities) capabilities = dw_capabilities_parse(capabilities_xml, NULL);
    const DwHost host = {.capabilities = capabilities};
    static const char q35[] =
        BOARD("x86_64", "pc-q35-7.2", PROGRAM("x86_64") CONTROLLER OF_PC NIC(ON_PCI) TABLET);
    g_auto(Outcome) known = edit_text(q35, DW_VERB_SET, "", "", "os.arch=aarch64", 0, &host);
    g_auto(Outcome) nowhere =
        edit_text(q35, DW_VERB_SET, "", "", "os.arch=aarch64;os.machine=virt", 0, NULL);
    g_auto(Outcome) own = edit_text(
        q35, DW_VERB_SET, "", "",
        "os.arch=aarch64;os.machine=virt;emulator=/usr/bin/qemu-system-aarch64", 0, &host);
    g_auto(Outcome) s390 =
        edit_text(BOARD("s390x", "s390-ccw-virtio", NIC(ON_CCW) "<panic model='s390'/>"),
                  DW_VERB_SET, "", "", "os.arch=x86_64;os.machine=q35", 0, NULL);

    assert_note(&known, "machine-takes", "os.machine", INFO);
    assert_note(&known, "machine-takes", "emulator", INFO);
    assert_text(&known, BOARD("aarch64", "virt-7.2",
                              "<emulator>/usr/libexec/arm</emulator>" CONTROLLER NIC("") TABLET));
    assert_note(&nowhere, "machine-takes", "emulator", INFO);
    assert_text(&nowhere, BOARD("aarch64", "virt", CONTROLLER NIC("") TABLET));
    assert_text(&own, BOARD("aarch64", "virt", PROGRAM("aarch64") CONTROLLER NIC("") TABLET));
    assert_text(&s390, BOARD("x86_64", "q35", NIC("")));
}

/* What a processor is goes with its architecture, how many there are does not. */
static void test_processor_of_architecture(void **state)
{
#define OF(arch, machine, cpu)                                                                     \
    "<domain type='qemu'><vcpu>2</vcpu><os><type arch='" arch "' machine='" machine                \
    "'>hvm</type></os>" cpu "</domain>"
#define CORES "<topology sockets='1' cores='2' threads='1'/>"
#define NEHALEM                                                                                    \
    "<cpu mode='custom' match='exact' check='none'><model fallback='allow'>Nehalem</model>" CORES  \
    "<feature policy='disable' name='vmx'/></cpu>"
    g_auto(Outcome) other = edit_text(OF("x86_64", "q35", NEHALEM), DW_VERB_SET, "", "",
                                      "os.arch=aarch64;os.machine=virt", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) named =
        edit_text(OF("x86_64", "q35", NEHALEM), DW_VERB_SET, "", "",
                  "os.arch=aarch64;os.machine=virt;cpu.model=cortex-a57", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) host =
        edit_text(OF("x86_64", "q35", "<cpu mode='host-passthrough'/>"), DW_VERB_SET, "", "",
                  "os.arch=aarch64;os.machine=virt", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) narrow = edit_text(OF("x86_64", "q35", NEHALEM), DW_VERB_SET, "", "",
                                       "os.arch=i686", DW_APPLY_UNCHECKED, NULL);

    assert_text(&other, OF("aarch64", "virt", "<cpu>" CORES "</cpu>"));
    assert_note(&other, "cpu-mode-drops", "cpu.model", INFO);
    assert_note(&other, "cpu-mode-drops", "cpu.feature", INFO);
    assert_text(&named, OF("aarch64", "virt",
                           "<cpu mode='custom' match='exact' check='none'><model "
                           "fallback='allow'>cortex-a57</model>" CORES "</cpu>"));
    assert_text(&host, OF("aarch64", "virt", "<cpu mode='host-passthrough'/>"));
    assert_text(&narrow, OF("i686", "q35", NEHALEM));
}

/* Those that go are told as they were known, though each moves those behind it. */
static void test_names_of_parts(void **state)
{
    g_auto(Outcome) outcome =
        edit_text(BOARD("x86_64", "q35", CONTROLLER TABLET OF_PC), DW_VERB_SET, "", "",
                  "os.arch=aarch64;os.machine=virt", 0, NULL);
    g_autoptr(GString) told = g_string_new(NULL);

    for (guint i = 0; outcome.text && i < outcome.result.problems->len; i++) {
        const DwProblem *problem = outcome.result.problems->pdata[i];

        if (strcmp(problem->kind, "input") == 0)
            g_string_append_printf(told, "%s: %s ", problem->id, problem->message);
    }
    assert_string_equal(told->str, "#2: The input #2 is dropped: it is of the old machine. "
                                   "#3: The input #3 is dropped: it is of the old machine. ");
    assert_text(&outcome, BOARD("aarch64", "virt", CONTROLLER TABLET));
}

#define WITH(arch, machine, settings, inside)                                                      \
    "<domain type='qemu'><name>t</name><memory unit='KiB'>1048576</memory><vcpu>2</vcpu><os>"      \
    "<type arch='" arch "' machine='" machine "'>hvm</type></os>" settings "<devices>" inside      \
    "</devices></domain>"
#define ROOT             "<controller type='pci' index='0' model='pcie-root'/>"
#define FEATURES(inside) "<features>" inside "</features>"
#define PORT(target)     "<serial type='pty'><target" target "</serial>"

/* What only the machine had; keys: those of its settings that are told. */
static const struct {
    const char *before, *change, *after, *keys;
} changes[] = {
    {WITH("aarch64", "virt", FEATURES("<gic version='2'/><pmu state='on'/>"), ""),
     "os.arch=x86_64;os.machine=q35", WITH("x86_64", "q35", FEATURES("<pmu state='on'/>"), ""),
     "features.gic"},
    {WITH("aarch64", "virt", FEATURES("<gic/>"), ""), "os.machine=raspi3b",
     WITH("aarch64", "raspi3b", "", ""), "features.gic"},
    {WITH("aarch64", "virt-7.2", "", ROOT NIC(ON_PCI)), "os.machine=raspi3b",
     WITH("aarch64", "raspi3b", "", NIC("")), ""},
    {WITH("aarch64", "virt-7.2", "", ROOT NIC(ON_PCI)), "os.machine=virt-6.0",
     WITH("aarch64", "virt-6.0", "", ROOT NIC(ON_PCI)), ""},
    {WITH("ppc64", "pseries", FEATURES("<htm state='on'/><acpi/>"), ""),
     "os.arch=x86_64;os.machine=q35", WITH("x86_64", "q35", FEATURES("<acpi/>"), ""),
     "features.htm"},
    {WITH("x86_64", "q35",
          FEATURES(
              "<apic eoi='on'/><vmport state='off'/>") "<clock offset='utc'><timer name='rtc' "
                                                       "tickpolicy='catchup'/><timer "
                                                       "name='kvmclock' present='yes'/></clock>",
          ""),
     "os.arch=riscv64;os.machine=virt",
     WITH("riscv64", "virt",
          FEATURES("<apic/>") "<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/>"
                              "</clock>",
          ""),
     "clock.timer.kvmclock.present features.vmport features.apic.eoi"},
    {WITH("x86_64", "q35", "",
          PORT(" type='isa-serial' port='0'><model name='isa-serial'/></target>")),
     "os.arch=ppc64;os.machine=pseries", WITH("ppc64", "pseries", "", PORT(" port='0'></target>")),
     "target.model target.type"},
    {WITH("aarch64", "virt", "", PORT(" type='system-serial'><model name='pl011'/></target>")),
     "os.arch=x86_64;os.machine=q35", WITH("x86_64", "q35", "", "<serial type='pty'></serial>"),
     "target.model target.type"},
    {WITH("s390x", "s390-ccw-virtio", "", "<console type='pty'><target type='sclp'/></console>"),
     "os.arch=x86_64;os.machine=q35", WITH("x86_64", "q35", "", "<console type='pty'></console>"),
     "target.type"},
    {WITH("x86_64", "q35", "", "<controller type='sata' index='0'/>"),
     "os.arch=s390x;os.machine=s390-ccw-virtio", WITH("s390x", "s390-ccw-virtio", "", ""), ""},
    {WITH("aarch64", "virt", "", "<controller type='scsi' index='0' model='lsilogic'/>"),
     "os.arch=s390x;os.machine=s390-ccw-virtio",
     WITH("s390x", "s390-ccw-virtio", "", "<controller type='scsi' index='0'/>"), "model"},
    {WITH("ppc64", "pseries", "", "<controller type='scsi' index='0' model='ibmvscsi'/>"),
     "os.arch=x86_64;os.machine=q35",
     WITH("x86_64", "q35", "", "<controller type='scsi' index='0'/>"), "model"},
    {WITH("x86_64", "q35", "", CONTROLLER TABLET), "os.arch=armv7l;os.machine=virt",
     WITH("armv7l", "virt", "", CONTROLLER TABLET), ""},
    {WITH("x86_64", "q35", "", CONTROLLER), "os.arch=armv6l;os.machine=virt",
     WITH("armv6l", "virt", "", ""), ""},
};

/* What only the machine had goes, unless the edit asks for it. */
static void test_settings_of_machine(void **state)
{
    g_auto(Outcome) asked =
        edit_text(WITH("aarch64", "virt", FEATURES("<gic version='2'/>"), ""), DW_VERB_SET, "", "",
                  "os.arch=x86_64;os.machine=q35;features.gic.version=3", 0, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_auto(Outcome) outcome =
            edit_text(changes[i].before, DW_VERB_SET, "", "", changes[i].change, 0, NULL);
        g_autoptr(GString) keys = g_string_new(NULL);

        assert_text(&outcome, changes[i].after);
        for (guint j = 0; j < outcome.result.problems->len; j++) {
            const DwProblem *problem = outcome.result.problems->pdata[j];

            if (strcmp(problem->rule, "machine-takes") == 0 && *problem->key &&
                strcmp(problem->key, "os.machine") != 0)
                g_string_append_printf(keys, "%s%s", keys->len ? " " : "", problem->key);
        }
        assert_string_equal(keys->str, changes[i].keys);
    }
    assert_refused(&asked, DW_ERROR_INVALID, "features.gic is set");
}

/* Its sibling has the same board, and the program may run both. */
static void test_sibling_architecture(void **state)
{
    static const char place[] = CONTROLLER OF_PC NIC(ON_PCI);
    g_auto(Outcome) narrow =
        edit_text(BOARD("x86_64", "q35", PROGRAM("x86_64") CONTROLLER OF_PC NIC(ON_PCI)),
                  DW_VERB_SET, "", "", "os.arch=i686", 0, NULL);
    g_auto(Outcome) wide =
        edit_text(BOARD("i686", "q35", PROGRAM("i386") CONTROLLER OF_PC NIC(ON_PCI)), DW_VERB_SET,
                  "", "", "os.arch=x86_64", 0, NULL);

    assert_non_null(strstr(narrow.text, PROGRAM("x86_64")));
    assert_non_null(strstr(narrow.text, place));
    assert_null(strstr(wide.text, "emulator"));
    assert_non_null(strstr(wide.text, place));
}

/* libvirt takes a pc where the machine is unset, if the host is known to have one. */
static void test_machine_unset(void **state)
{
#define UNNAMED(inside)                                                                            \
    "<domain type='qemu'><name>t</name><memory unit='KiB'>1048576</memory><vcpu>2</vcpu><os>"      \
    "<type arch='x86_64'>hvm</type></os><devices>" inside "</devices></domain>"
    static const char capabilities_xml[] =
        "<capabilities><host/><guest><os_type>hvm</os_type><arch name='x86_64'>"
        "<emulator>/usr/bin/qemu-system-x86_64</emulator><machine canonical='pc-i440fx-7.2'>pc"
        "</machine><machine canonical='pc-q35-7.2'>q35</machine><domain type='qemu'/></arch>"
        "</guest></capabilities>";
    g_autoptr(DwCapabilities) capabilities = dw_capabilities_parse(capabilities_xml, NULL);
    const DwHost host = {.capabilities = capabilities};
    static const char q35[] = BOARD(
        "x86_64", "pc-q35-7.2", "<controller type='pci' index='0' model='pcie-root'/>" NIC(ON_PCI));
    g_auto(Outcome) known = edit_text(q35, DW_VERB_SET, "", "", "os.machine-", 0, &host);
    g_auto(Outcome) nowhere = edit_text(q35, DW_VERB_SET, "", "", "os.machine-", 0, NULL);
    g_auto(Outcome) pc = edit_text(BOARD("x86_64", "pc-i440fx-7.2", NIC(ON_PCI)), DW_VERB_SET, "",
                                   "", "os.machine-", 0, &host);

    assert_text(&known, UNNAMED(NIC("")));
    assert_note(&known, "machine-takes", "os.machine", INFO);
    assert_text(&nowhere,
                UNNAMED("<controller type='pci' index='0' model='pcie-root'/>" NIC(ON_PCI)));
    assert_text(&pc, UNNAMED(NIC(ON_PCI)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_architecture),
        cmocka_unit_test(test_processor_of_architecture),
        cmocka_unit_test(test_names_of_parts),
        cmocka_unit_test(test_settings_of_machine),
        cmocka_unit_test(test_sibling_architecture),
        cmocka_unit_test(test_machine_unset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
