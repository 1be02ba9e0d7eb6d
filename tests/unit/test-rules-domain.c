/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on the domain itself, each at both sides of its edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules-support.h"

/* A domain from its parts; one of them is the odd one. */
#define TYPE     "type='kvm'"
#define NAME     "<name>t</name>"
#define MEMORY   "<memory unit='KiB'>1024</memory>"
#define VCPU     "<vcpu>2</vcpu>"
#define OS_TYPE  "<type arch='x86_64' machine='pc-q35-7.2'>hvm</type>"
#define OS       "<os>" OS_TYPE "</os>"
#define FEATURES "<features><acpi/></features>"
#define MAKE(type, name, memory, vcpu, os, features, rest)                                         \
    "<domain " type ">" name memory vcpu os features rest "</domain>"
#define WITH_NAME(name)         MAKE(TYPE, name, MEMORY, VCPU, OS, FEATURES, "")
#define NAMED(name)             WITH_NAME("<name>" name "</name>")
#define WITH_MEMORY(memory)     MAKE(TYPE, NAME, memory, VCPU, OS, FEATURES, "")
#define WITH_VCPU(vcpu)         MAKE(TYPE, NAME, MEMORY, vcpu, OS, FEATURES, "")
#define WITH_OS(os)             MAKE(TYPE, NAME, MEMORY, VCPU, os, FEATURES, "")
#define IN_OS(inside)           WITH_OS("<os>" OS_TYPE inside "</os>")
#define AUTO(firmware, inside)  WITH_OS("<os firmware='" firmware "'>" OS_TYPE inside "</os>")
#define WITH_FEATURES(features) MAKE(TYPE, NAME, MEMORY, VCPU, OS, features, "")
#define WITH(rest)              MAKE(TYPE, NAME, MEMORY, VCPU, OS, FEATURES, rest)
#define WITH_CPU(vcpu, cpu)     MAKE(TYPE, NAME, MEMORY, vcpu, OS, FEATURES, cpu)
#define A16                     "aaaaaaaaaaaaaaaa"
#define A64                     A16 A16 A16 A16
#define A247                    A64 A64 A64 A16 A16 A16 "aaaaaaa"

static const Edge domain_edges[] = {
    {"domain-type-required", ERROR, "type", MAKE("", NAME, MEMORY, VCPU, OS, FEATURES, ""),
     WITH("")},
    {"domain-name-required", ERROR, "name", WITH_NAME(""), WITH("")},
    {"domain-name-required", ERROR, "name", NAMED(""), NAMED("a")},
    {"domain-name", ERROR, "name", NAMED(" "), NAMED(" a b")},
    {"domain-name", ERROR, "name", NAMED("a/b"), NAMED("a\\b")},
    {"domain-name", ERROR, "name", NAMED("a&#10;b"), NAMED("a b")},
    {"domain-name", ERROR, "name", NAMED("a&#13;b"), NAMED("a&#9;b")},
    {"domain-name", ERROR, "name", NAMED(".."), NAMED("...")},
    {"domain-name", ERROR, "name", NAMED("."), NAMED(".a")},
    {"domain-name-length", ERROR, "name", NAMED(A247 "a"), NAMED(A247)},
    {"domain-uuid", ERROR, "uuid", WITH("<uuid>11111111-1111-1111-1111-111111111111</uuid>"),
     WITH("<uuid>11111111-1111-1111-1111-111111111112</uuid>")},
    {"domain-title", ERROR, "title", WITH("<title>a\nb</title>"), WITH("<title>a b</title>")},
    {"domain-title", ERROR, "title", WITH("<title>a&#13;b</title>"), WITH("<title>a&#9;b</title>")},
    {"domain-once", ERROR, "description",
     WITH("<description>a</description><description>b</description>"),
     WITH("<description>a</description>")},
    {"domain-lifecycle", ERROR, "on_poweroff", WITH("<on_poweroff>preserve</on_poweroff>"),
     WITH("<on_poweroff>restart</on_poweroff>")},
    {"domain-lifecycle", ERROR, "on_poweroff",
     WITH("<on_poweroff>restart</on_poweroff><on_reboot>destroy</on_reboot>"),
     WITH("<on_poweroff>restart</on_poweroff><on_reboot>restart</on_reboot>")},
    {"domain-lifecycle", ERROR, "on_crash", WITH("<on_crash>rename-restart</on_crash>"),
     WITH("<on_crash>coredump-destroy</on_crash>")},
    {"memory-required", ERROR, "memory", WITH_MEMORY(""), WITH_MEMORY(MEMORY)},
    {"value", ERROR, "memory", WITH_MEMORY("<memory>0</memory>"),
     MAKE(TYPE, NAME, "", VCPU, OS, FEATURES,
          "<cpu><numa><cell id='0' cpus='0-1' memory='1024'/></numa></cpu>")},
    {"memory-current", ERROR, "currentMemory",
     WITH_MEMORY(MEMORY "<currentMemory unit='KiB'>1025</currentMemory>"),
     WITH_MEMORY(MEMORY "<currentMemory unit='MiB'>1</currentMemory>")},
    {"memory-current", ERROR, "currentMemory",
     WITH_MEMORY("<memory unit='b'>1024</memory><currentMemory unit='b'>1025</currentMemory>"),
     WITH_MEMORY("<memory unit='b'>1025</memory><currentMemory unit='b'>2048</currentMemory>")},
    {"vcpu-current", ERROR, "vcpu.current", WITH_VCPU("<vcpu current='3'>2</vcpu>"),
     WITH_VCPU("<vcpu current='2'>2</vcpu>")},
    {"vcpu-cpuset", ERROR, "vcpu.cpuset", WITH_VCPU("<vcpu cpuset='0-'>2</vcpu>"),
     WITH_VCPU("<vcpu cpuset='0-3,^2,7'>2</vcpu>")},
    {"vcpu-cpuset-placement", WARNING, "vcpu.cpuset",
     WITH_VCPU("<vcpu placement='auto' cpuset='0'>2</vcpu>"),
     WITH_VCPU("<vcpu placement='static' cpuset='0'>2</vcpu>")},
    {"vcpu-iommu", WARNING, "vcpu", WITH_VCPU("<vcpu>256</vcpu>"), WITH_VCPU("<vcpu>255</vcpu>")},
};

#define TOPOLOGY(attributes) WITH("<cpu><topology " attributes "/></cpu>")

static const Edge cpu_edges[] = {
    {"cpu-numa-vcpus", ERROR, "vcpu",
     WITH("<cpu><numa><cell id='0' cpus='0' memory='512'/><cell id='1' cpus='1-2' memory='512'/>"
          "</numa></cpu>"),
     WITH("<cpu><numa><cell id='0' cpus='0' memory='512'/><cell id='1' cpus='1-2,^2' memory='512'/>"
          "</numa></cpu>")},
    {"cpu-numa-vcpus", ERROR, "vcpu",
     WITH(
         "<cpu><numa><cell id='0' memory='512'/><cell id='1' cpus='2' memory='512'/></numa></cpu>"),
     WITH("<cpu><numa><cell id='0' memory='512'/><cell id='1' cpus='1' "
          "memory='512'/></numa></cpu>")},
    {"cpu-topology-complete", ERROR, "cpu.topology.threads", TOPOLOGY("sockets='1' cores='2'"),
     TOPOLOGY("sockets='1' cores='2' threads='1'")},
    {"cpu-topology-product", ERROR, "cpu.topology", TOPOLOGY("sockets='1' cores='2' threads='2'"),
     TOPOLOGY("sockets='1' dies='1' cores='1' threads='2'")},
    {"cpu-topology-product", ERROR, "cpu.topology",
     TOPOLOGY("sockets='1' dies='2' cores='2' threads='1'"),
     WITH_CPU("<vcpu current='1'>4</vcpu>",
              "<cpu><topology sockets='1' dies='2' cores='2' threads='1'/></cpu>")},
    {"cpu-topology-product", ERROR, "cpu.topology",
     TOPOLOGY("sockets='4294967295' cores='4294967295' threads='4294967295'"), NULL},
    {"cpu-model-mode", WARNING, "cpu.model",
     WITH("<cpu mode='maximum'><model>qemu64</model></cpu>"),
     WITH("<cpu mode='custom'><model>qemu64</model></cpu>")},
    {"cpu-model-mode", WARNING, "cpu.model",
     WITH("<cpu mode='host-passthrough'><model>qemu64</model></cpu>"),
     WITH("<cpu mode='host-model'><model fallback='allow'/></cpu>")},
    {"cpu-match-mode", WARNING, "cpu.match", WITH("<cpu mode='host-model' match='exact'/>"),
     WITH("<cpu match='exact'><model>qemu64</model></cpu>")},
    {"cpu-match-model", WARNING, "cpu.match", WITH("<cpu match='exact'/>"),
     WITH("<cpu match='exact'><model>qemu64</model></cpu>")},
    {"cpu-check-model", WARNING, "cpu.check", WITH("<cpu mode='custom' check='full'/>"),
     WITH("<cpu mode='custom' check='full'><model>qemu64</model></cpu>")},
    {"cpu-vendor-model", ERROR, "cpu.vendor",
     WITH("<cpu mode='maximum'><vendor>Intel</vendor></cpu>"),
     WITH("<cpu><model>qemu64</model><vendor>Intel</vendor></cpu>")},
    {"cpu-feature-model", ERROR, "cpu.feature",
     WITH("<cpu><feature policy='require' name='vmx'/></cpu>"),
     WITH("<cpu mode='host-model'><feature policy='require' name='vmx'/></cpu>")},
    {"cpu-feature-unique", ERROR, "cpu.feature.vmx",
     WITH("<cpu mode='host-model'><feature policy='require' name='vmx'/>"
          "<feature policy='disable' name='vmx'/></cpu>"),
     WITH("<cpu mode='host-model'><feature policy='require' name='vmx'/>"
          "<feature policy='disable' name='svm'/></cpu>")},
    {"cpu-migratable", ERROR, "cpu.migratable", WITH("<cpu mode='host-model' migratable='on'/>"),
     WITH("<cpu mode='maximum' migratable='on'/>")},
    {"cpu-mode-emulated", WARNING, "cpu.mode",
     MAKE("type='qemu'", NAME, MEMORY, VCPU, OS, FEATURES, "<cpu mode='host-passthrough'/>"),
     WITH("<cpu mode='host-passthrough'/>")},
    {"features-dirty-ring", ERROR, "features.kvm.dirty-ring.size",
     WITH_FEATURES("<features><kvm><dirty-ring state='on' size='3000'/></kvm></features>"),
     WITH_FEATURES("<features><kvm><dirty-ring state='on' size='1024'/></kvm></features>")},
    {"features-dirty-ring", ERROR, "features.kvm.dirty-ring.size",
     WITH_FEATURES("<features><kvm><dirty-ring state='on'/></kvm></features>"),
     WITH_FEATURES("<features><kvm><dirty-ring state='off'/></kvm></features>")},
    {"features-hint-dedicated", WARNING, "features.kvm.hint-dedicated",
     WITH_FEATURES("<features><kvm><hint-dedicated state='on'/></kvm></features>"),
     MAKE(TYPE, NAME, MEMORY, VCPU, OS,
          "<features><kvm><hint-dedicated state='on'/></kvm></features>",
          "<cpu mode='host-passthrough'/>")},
};

#define PFLASH "<loader readonly='yes' type='pflash'>/l</loader>"
#define VDA(rest)                                                                                  \
    "<devices><disk type='file' device='disk'><driver name='qemu' type='raw'/>"                    \
    "<source file='/a'/><target dev='vda' bus='virtio'/>" rest "</disk></devices>"

static const Edge os_edges[] = {
    {"os-type-required", ERROR, "os.type", WITH_OS(""), WITH_OS(OS)},
    {"os-machine-stated", WARNING, "os.machine", WITH_OS("<os><type arch='x86_64'>hvm</type></os>"),
     WITH_OS(OS)},
    {"os-machine-stated", WARNING, "os.arch", WITH_OS("<os><type machine='q35'>hvm</type></os>"),
     NULL},
    {"os-boot-unique", WARNING, "os.boot", IN_OS("<boot dev='hd'/><boot dev='hd'/>"),
     IN_OS("<boot dev='hd'/><boot dev='cdrom'/>")},
    {"os-boot-exclusive", ERROR, "os.boot",
     MAKE(TYPE, NAME, MEMORY, VCPU, "<os>" OS_TYPE "<boot dev='hd'/></os>", FEATURES,
          VDA("<boot order='1'/>")),
     WITH(VDA("<boot order='1'/>"))},
    {"os-boot-exclusive", ERROR, "os.boot",
     MAKE(TYPE, NAME, MEMORY, VCPU, "<os>" OS_TYPE "<boot dev='hd'/></os>", FEATURES,
          "<devices><interface type='user'><boot order='2'/></interface></devices>"),
     MAKE(TYPE, NAME, MEMORY, VCPU, "<os>" OS_TYPE "<boot dev='hd'/></os>", FEATURES, VDA(""))},
    {"os-bootmenu-timeout", WARNING, "os.bootmenu.timeout",
     IN_OS("<bootmenu enable='no' timeout='5'/>"), IN_OS("<bootmenu enable='yes' timeout='5'/>")},
    {"os-kernel-missing", WARNING, "os.initrd", IN_OS("<initrd>/i</initrd>"),
     IN_OS("<kernel>/k</kernel><initrd>/i</initrd>")},
    {"os-kernel-missing", WARNING, "os.cmdline", IN_OS("<cmdline>quiet</cmdline>"),
     IN_OS("<kernel>/k</kernel><cmdline>quiet</cmdline>")},
    {"os-kernel-boot", INFO, "os.boot", IN_OS("<kernel>/k</kernel><boot dev='cdrom'/>"),
     IN_OS("<kernel>/k</kernel><boot dev='hd'/>")},
    {"os-bios-serial", ERROR, "os.bios.useserial", IN_OS("<bios useserial='yes'/>"),
     MAKE(TYPE, NAME, MEMORY, VCPU, "<os>" OS_TYPE "<bios useserial='yes'/></os>", FEATURES,
          "<devices><serial type='pty'/></devices>")},
    {"os-firmware-automatic", WARNING, "os.loader.readonly",
     AUTO("efi", "<loader readonly='yes'/>"), AUTO("efi", "<loader secure='yes'/>")},
    {"os-firmware-automatic", WARNING, "os.loader.type", AUTO("efi", "<loader type='pflash'/>"),
     IN_OS(PFLASH)},
    {"os-firmware-automatic", WARNING, "os.loader.secure", AUTO("efi", "<loader secure='no'/>"),
     NULL},
    {"os-firmware-automatic", WARNING, "os.nvram.template", AUTO("efi", "<nvram template='/t'/>"),
     AUTO("efi", "<nvram>/n</nvram>")},
    {"os-firmware-loader", INFO, "os.loader", AUTO("efi", PFLASH), AUTO("efi", "")},
    {"os-loader-missing", ERROR, "os.loader", IN_OS("<nvram>/n</nvram>"),
     IN_OS(PFLASH "<nvram>/n</nvram>")},
    {"os-firmware-missing", ERROR, "os.firmware",
     IN_OS("<firmware><feature enabled='yes' name='secure-boot'/></firmware>"),
     AUTO("efi", "<firmware><feature enabled='yes' name='secure-boot'/></firmware>")},
    {"os-nvram-bios", ERROR, "os.nvram", AUTO("bios", "<nvram>/n</nvram>"), AUTO("bios", "")},
    {"os-nvram-stateless", ERROR, "os.nvram",
     IN_OS("<loader type='pflash' stateless='yes'>/l</loader><nvram>/n</nvram>"),
     IN_OS("<loader type='pflash' stateless='yes'>/l</loader>")},
    {"os-nvram-rom", WARNING, "os.nvram", IN_OS("<loader type='rom'>/l</loader><nvram>/n</nvram>"),
     IN_OS(PFLASH "<nvram>/n</nvram>")},
    {"os-nvram-rom", WARNING, "os.nvram",
     IN_OS("<loader>/l</loader><nvram template='/t'>/n</nvram>"),
     IN_OS(PFLASH "<nvram template='/t'>/n</nvram>")},
    {"os-loader-stateless", ERROR, "os.loader.stateless", AUTO("bios", "<loader stateless='no'/>"),
     AUTO("efi", "<loader stateless='no'/>")},
    {"os-efi-acpi", ERROR, "features.acpi",
     MAKE(TYPE, NAME, MEMORY, VCPU, "<os firmware='efi'>" OS_TYPE "</os>", "", ""),
     AUTO("efi", "")},
    {"os-secure-smm", ERROR, "features.smm",
     IN_OS("<loader type='pflash' secure='yes'>/l</loader>"),
     MAKE(TYPE, NAME, MEMORY, VCPU,
          "<os>" OS_TYPE "<loader type='pflash' secure='yes'>/l</loader></os>",
          "<features><acpi/><smm state='on'/></features>", "")},
    {"os-secure-machine", ERROR, "os.loader.secure",
     WITH_OS("<os><type arch='x86_64' machine='pc'>hvm</type>"
             "<loader type='pflash' secure='yes'>/l</loader></os>"),
     IN_OS("<loader type='pflash' secure='yes'>/l</loader>")},
    {"os-enrolled-keys", ERROR, "os.firmware.feature.enrolled-keys",
     AUTO("efi", "<firmware><feature enabled='yes' name='enrolled-keys'/>"
                 "<feature enabled='no' name='secure-boot'/></firmware>"),
     AUTO("efi", "<firmware><feature enabled='yes' name='enrolled-keys'/>"
                 "<feature enabled='yes' name='secure-boot'/></firmware>")},
};

#define CLOCK(attributes) WITH("<clock " attributes "/>")
#define TIMER(timers)     WITH("<clock offset='utc'>" timers "</clock>")

static const Edge clock_edges[] = {
    {"clock-incomplete", ERROR, "clock.timezone", CLOCK("offset='timezone'"),
     CLOCK("offset='timezone' timezone='Europe/Paris'")},
    {"clock-incomplete", ERROR, "clock.start", CLOCK("offset='absolute'"),
     CLOCK("offset='absolute' start='5'")},
    {"clock-offset", ERROR, "clock.timezone", CLOCK("offset='utc' timezone='Europe/Paris'"),
     CLOCK("offset='utc'")},
    {"clock-offset", ERROR, "clock.basis", CLOCK("offset='utc' basis='utc'"),
     CLOCK("offset='variable' basis='utc'")},
    {"clock-offset", ERROR, "clock.adjustment", CLOCK("offset='absolute' start='5' adjustment='6'"),
     CLOCK("offset='variable' adjustment='-6'")},
    {"clock-adjustment", ERROR, "clock.adjustment", CLOCK("offset='localtime' adjustment='abc'"),
     CLOCK("offset='localtime' adjustment='-3600'")},
    {"clock-adjustment", ERROR, "clock.adjustment", CLOCK("offset='variable' adjustment='reset'"),
     CLOCK("offset='utc' adjustment='reset'")},
    {"timer-unique", WARNING, "clock.timer.pit", TIMER("<timer name='pit'/><timer name='pit'/>"),
     TIMER("<timer name='pit'/><timer name='rtc'/>")},
    {"timer-name", ERROR, "clock.timer.platform.present", TIMER("<timer name='platform'/>"),
     TIMER("<timer name='tsc'/>")},
    {"timer-name", ERROR, "clock.timer.armvtimer.present", TIMER("<timer name='armvtimer'/>"),
     NULL},
    {"timer-tickpolicy", ERROR, "clock.timer.rtc.tickpolicy",
     TIMER("<timer name='rtc' tickpolicy='merge'/>"),
     TIMER("<timer name='rtc' tickpolicy='catchup'/>")},
    {"timer-tickpolicy", ERROR, "clock.timer.pit.tickpolicy",
     TIMER("<timer name='pit' tickpolicy='merge'/>"),
     TIMER("<timer name='pit' tickpolicy='discard'/>")},
    {"timer-tickpolicy", ERROR, "clock.timer.kvmclock.tickpolicy",
     TIMER("<timer name='kvmclock' tickpolicy='delay'/>"),
     TIMER("<timer name='kvmclock' present='yes'/>")},
    {"timer-tickpolicy", WARNING, "clock.timer.hpet.tickpolicy",
     TIMER("<timer name='hpet' tickpolicy='delay'/>"), TIMER("<timer name='hpet' present='no'/>")},
    {"timer-track", ERROR, "clock.timer.rtc.track", TIMER("<timer name='rtc' track='boot'/>"),
     TIMER("<timer name='rtc' track='realtime'/>")},
    {"timer-track", ERROR, "clock.timer.pit.track", TIMER("<timer name='pit' track='guest'/>"),
     TIMER("<timer name='rtc' track='guest'/>")},
    {"timer-mode", ERROR, "clock.timer.pit.mode", TIMER("<timer name='pit' mode='native'/>"),
     TIMER("<timer name='tsc' mode='native'/>")},
    {"timer-frequency", ERROR, "clock.timer.rtc.frequency",
     TIMER("<timer name='rtc' frequency='5'/>"), TIMER("<timer name='tsc' frequency='5'/>")},
    {"timer-catchup", ERROR, "clock.timer.rtc.tickpolicy",
     TIMER("<timer name='rtc' tickpolicy='delay'><catchup threshold='1'/></timer>"),
     TIMER("<timer name='rtc' tickpolicy='catchup'><catchup threshold='1'/></timer>")},
};

#define CHANNEL(attributes, inside)                                                                \
    WITH("<devices><channel " attributes ">" inside "</channel></devices>")
#define PORT(port)                                                                                 \
    CHANNEL("type='unix'",                                                                         \
            "<target type='virtio' name='a'/>"                                                     \
            "<address type='virtio-serial' controller='0' bus='0' port='" port "'/>")
#define TWO(a, b)                                                                                  \
    WITH("<devices><channel type='unix'><target type='virtio' name='a'/>" a "</channel>"           \
         "<channel type='unix'><target type='virtio' " b "</channel></devices>")
#define AT(port) "<address type='virtio-serial' controller='0' bus='0' port='" port "'/>"

static const Edge channel_edges[] = {
    {"channel-type", ERROR, "type", CHANNEL("", "<target type='virtio' name='a'/>"),
     CHANNEL("type='unix'", "<target type='virtio' name='a'/>")},
    {"channel-target-type", ERROR, "target.type", CHANNEL("type='unix'", "<target name='a'/>"),
     CHANNEL("type='unix'", "<target type='virtio' name='a'/>")},
    {"channel-forward-address", ERROR, "target.address",
     CHANNEL("type='pty'", "<target type='guestfwd' address='10.0.2-1' port='1'/>"),
     CHANNEL("type='pty'", "<target type='guestfwd' address='10.0.2.1' port='1'/>")},
    {"channel-name", WARNING, "target.name", CHANNEL("type='unix'", "<target type='virtio'/>"),
     CHANNEL("type='unix'", "<target type='xen'/>")},
    {"channel-spice-graphics", ERROR, "type",
     CHANNEL("type='spicevmc'", "<target type='virtio' name='com.redhat.spice.0'/>"),
     WITH("<devices><channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/>"
          "</channel><graphics type='spice'/></devices>")},
    {"channel-spice-target", ERROR, "target.type",
     CHANNEL("type='spicevmc'", "<target type='guestfwd' address='10.0.2.1' port='46'/>"),
     CHANNEL("type='spicevmc'", "<target type='virtio' name='com.redhat.spice.0'/>")},
    {"channel-port", WARNING, "address.port", PORT("31"), PORT("30")},
    {"channel-port", WARNING, "address.port", PORT("0"), PORT("1")},
    {"channel-name-unique", WARNING, "target.name", TWO("", "name='a'/>"), TWO("", "name='b'/>")},
    {"channel-port-unique", ERROR, "address.port", TWO(AT("2"), "name='b'/>" AT("2")),
     TWO(AT("2"), "name='b'/>" AT("3"))},
};

static const Edge value_edges[] = {
    {"value", ERROR, "vcpu", WITH_VCPU("<vcpu>x</vcpu>"), WITH_VCPU("<vcpu>1</vcpu>")},
    {"value", ERROR, "vcpu", WITH_VCPU("<vcpu>0</vcpu>"), WITH_VCPU("<vcpu>1</vcpu>")},
    {"value", ERROR, "memory", WITH_MEMORY("<memory unit='XB'>1</memory>"),
     WITH_MEMORY("<memory unit='GB'>1</memory>")},
    {"value", ERROR, "memory", WITH_MEMORY("<memory>9007199254740992</memory>"),
     WITH_MEMORY("<memory>9007199254740991</memory>")},
    {"value", ERROR, "uuid", WITH("<uuid>zz</uuid>"),
     WITH("<uuid>4dea22b31d52d8f32516782e98ab3fa0</uuid>")},
    {"value", ERROR, "genid", WITH("<genid>zz</genid>"), WITH("<genid/>")},
    {"value", ERROR, "os.kernel", IN_OS("<kernel>k</kernel>"), IN_OS("<kernel>/k</kernel>")},
    {"value", ERROR, "os.boot", IN_OS("<boot dev='foo'/>"), IN_OS("<boot dev='fd'/>")},
    {"value", ERROR, "os.bootmenu", IN_OS("<bootmenu enable='on'/>"),
     IN_OS("<bootmenu enable='yes'/>")},
    {"value", ERROR, "os.bootmenu.timeout", IN_OS("<bootmenu enable='yes' timeout='65536'/>"),
     IN_OS("<bootmenu enable='yes' timeout='65535'/>")},
    {"value", ERROR, "os.bios.rebootTimeout", IN_OS("<bios rebootTimeout='-2'/>"),
     IN_OS("<bios rebootTimeout='-1'/>")},
    {"value", ERROR, "cpu.mode", WITH("<cpu mode='fast'/>"), WITH("<cpu mode='maximum'/>")},
    {"value", ERROR, "features.pmu", WITH_FEATURES("<features><pmu state='yes'/></features>"),
     WITH_FEATURES("<features><pmu state='on'/></features>")},
    {"value", ERROR, "clock.offset", CLOCK("offset='foo'"), CLOCK("offset='utc'")},
};

static const Edge hyperv_value_edges[] = {
    {"value", ERROR, "hyperv.relaxed",
     WITH_FEATURES("<features><hyperv><relaxed state='yes'/></hyperv></features>"),
     WITH_FEATURES("<features><hyperv><relaxed state='on'/></hyperv></features>")},
};

static void test_domain(void **state)
{
    check_edges(domain_edges, G_N_ELEMENTS(domain_edges), "", "", NULL);
}

static void test_cpu(void **state)
{
    check_edges(cpu_edges, G_N_ELEMENTS(cpu_edges), "", "", NULL);
}

static void test_os(void **state)
{
    check_edges(os_edges, G_N_ELEMENTS(os_edges), "", "", NULL);
}

static void test_clock(void **state)
{
    check_edges(clock_edges, G_N_ELEMENTS(clock_edges), "", "", NULL);
}

static void test_channel(void **state)
{
    check_edges(channel_edges, G_N_ELEMENTS(channel_edges), "", "", NULL);
}

static void test_value(void **state)
{
    check_edges(value_edges, G_N_ELEMENTS(value_edges), "", "", NULL);
    check_edges(hyperv_value_edges, G_N_ELEMENTS(hyperv_value_edges), "", "", NULL);
}

/* More than four are dropped by libvirt; of four kinds, unique, there are none. */
static void test_boot_count(void **state)
{
    g_autoptr(GPtrArray) problems = problems_of(
        IN_OS("<boot dev='hd'/><boot dev='fd'/><boot dev='cdrom'/><boot dev='network'/>"), NULL);
    g_autoptr(GPtrArray) more =
        problems_of(IN_OS("<boot dev='hd'/><boot dev='fd'/><boot dev='cdrom'/><boot dev='network'/>"
                          "<boot dev='usb'/>"),
                    NULL);

    assert_int_equal(problems->len, 0);
    assert_int_equal(count_rule(more, "os-boot-count"), 1);
    assert_string_equal(find_rule(more, "os-boot-count")->value, "usb");
}

/* libvirt 9.2 and later write down the firmware they chose. */
static void test_chosen_firmware_by_version(void **state)
{
    static const struct {
        uint64_t version;
        unsigned automatic, loader;
    } cases[] = {{0, 0, 1}, {9000000, 3, 0}, {9001999, 3, 0}, {9002000, 0, 0}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const DwHost host = {.libvirt_version = cases[i].version};
        g_autoptr(GPtrArray) problems = problems_of(AUTO("efi", PFLASH), &host);

        assert_int_equal(count_rule(problems, "os-firmware-automatic"), cases[i].automatic);
        assert_int_equal(count_rule(problems, "os-firmware-loader"), cases[i].loader);
    }
}

static void test_good_domain_has_no_problem(void **state)
{
    g_autoptr(GPtrArray) problems = problems_of(
        MAKE(TYPE, NAME "<uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid><title>A title</title>",
             MEMORY "<currentMemory unit='KiB'>1024</currentMemory>",
             "<vcpu placement='static' current='1'>4</vcpu>",
             "<os>" OS_TYPE "<boot dev='hd'/></os>",
             "<features><acpi/><apic/><hyperv mode='custom'><relaxed "
             "state='on'/></hyperv></features>",
             "<cpu mode='host-passthrough' check='none' migratable='on'>"
             "<topology sockets='1' dies='1' cores='2' threads='2'/></cpu>"
             "<clock offset='localtime'><timer name='rtc' tickpolicy='catchup'/>"
             "<timer name='pit' tickpolicy='delay'/><timer name='hpet' present='no'/></clock>" VDA(
                 "")),
        NULL);

    assert_int_equal(problems->len, 0);
}

/* A sentence stays one, whatever is in the document; the value is cut for show. */
static void test_long_values(void **state)
{
    g_autofree char *name = g_strnfill(5000, 'a');
    g_autofree char *title = g_strjoin(NULL, "<title>", name, "\n\u4e2d</title>", NULL);
    g_autofree char *xml = g_strjoin(NULL, MAKE(TYPE, NAME, MEMORY, VCPU, OS, FEATURES, ""), NULL);
    g_autoptr(GString) text = g_string_new(xml);

    g_string_replace(text, "<name>t</name>", "", 1);
    g_string_replace(text, "</domain>", "", 1);
    g_string_append_printf(text, "<name>/%s\u4e2d</name>%s</domain>", name, title);
    g_autoptr(GPtrArray) problems = problems_of(text->str, NULL);
    const DwProblem *problem = find_rule(problems, "domain-name");

    assert_non_null(problem);
    assert_true(strlen(problem->message) < 700);
    assert_true(g_utf8_validate(problem->message, -1, NULL));
    assert_true(g_str_has_suffix(problem->message, "."));
    assert_int_equal(strlen(problem->value), 255 + strlen("…"));
    assert_true(g_str_has_suffix(problem->value, "a…"));
}

/* Every problem at once, in the same order each time. */
static void test_all_at_once(void **state)
{
    static const char xml[] =
        "<domain><vcpu current='3'>2</vcpu><clock offset='timezone'/></domain>";
    static const char *const expected[] = {"domain-type-required", "domain-name-required",
                                           "vcpu-current",         "memory-required",
                                           "os-type-required",     "clock-incomplete"};

    for (int run = 0; run < 2; run++) {
        g_autoptr(GPtrArray) problems = problems_of(xml, NULL);

        assert_int_equal(problems->len, G_N_ELEMENTS(expected));
        for (guint i = 0; i < problems->len; i++)
            assert_string_equal(((DwProblem *)problems->pdata[i])->rule, expected[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_domain),
        cmocka_unit_test(test_cpu),
        cmocka_unit_test(test_os),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_channel),
        cmocka_unit_test(test_value),
        cmocka_unit_test(test_boot_count),
        cmocka_unit_test(test_chosen_firmware_by_version),
        cmocka_unit_test(test_good_domain_has_no_problem),
        cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_all_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
