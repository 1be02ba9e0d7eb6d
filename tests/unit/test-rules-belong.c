/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on settings that belong together: NUMA cells and what refers to them, memory devices and
 * their slots, processors and what names them, I/O threads and throttle groups and their users,
 * encryption, launch security. Each at both sides of its edge; tried with libvirt's QEMU driver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules-support.h"

#define DOMAIN(type, before, arch, after)                                                          \
    "<domain type='" type "'><name>t</name>" before "<memory unit='KiB'>1048576</memory>"          \
    "<vcpu>2</vcpu><os><type arch='" arch "' machine='pc-q35-7.2'>hvm</type></os>" after           \
    "</domain>"
#define AFTER(xml)      DOMAIN("qemu", "", "x86_64", xml)
#define KVM(xml)        DOMAIN("kvm", "", "x86_64", xml)
#define ROOM            "<maxMemory slots='2' unit='KiB'>4194304</maxMemory>"
#define CELL(id, rest)  "<cell id='" #id "' cpus='" #id "' memory='524288' unit='KiB'" rest
#define NUMA(xml)       "<cpu><numa>" xml "</numa></cpu>"
#define TWO             NUMA(CELL(0, "/>") CELL(1, "/>"))
#define SIBLING(xml)    "><distances><sibling " xml "/></distances></cell>"
#define AWAY(id, value) SIBLING("id='" #id "' value='" #value "'")
#define CACHE(level)                                                                               \
    "<cache level='" #level "' associativity='none' policy='none'><size value='8' unit='KiB'/>"    \
    "<line value='64' unit='B'/></cache>"
#define SPEEDS(xml)                                                                                \
    CELL(0, ">")                                                                                   \
    CACHE(1)                                                                                       \
    "</cell><cell id='1' memory='524288' unit='KiB'/>"                                             \
    "<interconnects>" xml "</interconnects>"
#define LATENCY(from, to)                                                                          \
    "<latency initiator='" #from "' target='" #to "' type='access' value='5'/>"
#define CACHED(level)                                                                              \
    "<latency initiator='0' target='0' cache='" #level "' type='access' value='5'/>"
#define MEMNODE(id) "<memnode cellid='" #id "' mode='strict' nodeset='0'/>"
#define TUNE(xml)   "<cputune>" xml "</cputune>"
#define SCHED(list) "<vcpusched vcpus='" list "' scheduler='batch'/>"
#define SHARE(list, more)                                                                          \
    "<cachetune vcpus='" list "'><cache id='0' level='3' type='both' size='3' unit='MiB'/>" more   \
    "</cachetune>"
#define MONITOR(list) "<monitor level='3' vcpus='" list "'/>"
#define THREADS(xml)  "<iothreads>2</iothreads>" xml
#define NAMED(xml)    THREADS("<iothreadids>" xml "</iothreadids>")
#define TSCHED(list)  "<iothreadsched iothreads='" list "' scheduler='batch'/>"

static const Edge domain_edges[] = {
    {"numa-cell-unique", ERROR, "cpu.numa.cell", AFTER(NUMA(CELL(0, "/>") CELL(0, "/>"))),
     AFTER(TWO)},
    {"numa-distance", ERROR, "cpu.numa.cell.0.distances.sibling.0.value",
     AFTER(NUMA(CELL(0, AWAY(0, 20)) CELL(1, "/>"))),
     AFTER(NUMA(CELL(0, AWAY(0, 10)) CELL(1, "/>")))},
    {"numa-distance", ERROR, "cpu.numa.cell.0.distances.sibling.1.value",
     AFTER(NUMA(CELL(0, AWAY(1, 10)) CELL(1, "/>"))),
     AFTER(NUMA(CELL(0, AWAY(1, 11)) CELL(1, "/>")))},
    {"numa-sibling", ERROR, "cpu.numa.cell",
     AFTER(NUMA(CELL(0, SIBLING("value='11'")) CELL(1, "/>"))),
     AFTER(NUMA(CELL(0, SIBLING("id='1' value='11'")) CELL(1, "/>")))},
    {"numa-sibling", ERROR, "cpu.numa.cell",
     AFTER(NUMA(CELL(0, SIBLING("id='x' value='11'")) CELL(1, "/>"))),
     AFTER(NUMA(CELL(0, SIBLING("id='1' value='11'")) CELL(1, "/>")))},
    {"numa-sibling", ERROR, "cpu.numa.cell",
     AFTER(NUMA(CELL(0, SIBLING("id='1 ' value='11'")) CELL(1, "/>"))),
     AFTER(NUMA(CELL(0, SIBLING("id=' +1' value='11'")) CELL(1, "/>")))},
    {"numa-sibling", ERROR, "cpu.numa.cell", AFTER(NUMA(CELL(0, SIBLING("id='1'")) CELL(1, "/>"))),
     AFTER(NUMA(CELL(0, SIBLING("id='1' value='11'")) CELL(1, "/>")))},
    {"numa-sibling", ERROR, "cpu.numa.cell",
     AFTER(NUMA(CELL(0, SIBLING("id='1' value='11 '")) CELL(1, "/>"))),
     AFTER(NUMA(CELL(0, SIBLING("id='1' value=' 11'")) CELL(1, "/>")))},
    {"numa-cache-unique", ERROR, "cpu.numa.cell.0.cache.1",
     AFTER(NUMA(CELL(0, ">") CACHE(1) CACHE(1) "</cell>" CELL(1, "/>"))),
     AFTER(NUMA(CELL(0, ">") CACHE(1) CACHE(2) "</cell>" CELL(1, "/>")))},
    {"numa-interconnect", ERROR, "cpu.numa.interconnects.latency.1",
     AFTER(NUMA(SPEEDS(LATENCY(0, 2)))), AFTER(NUMA(SPEEDS(LATENCY(0, 1))))},
    {"numa-interconnect", ERROR, "cpu.numa.interconnects.latency.1",
     AFTER(NUMA(SPEEDS(LATENCY(1, 0)))), AFTER(NUMA(SPEEDS(LATENCY(0, 0))))},
    {"numa-interconnect", ERROR, "cpu.numa.interconnects.latency.1", AFTER(NUMA(SPEEDS(CACHED(2)))),
     AFTER(NUMA(SPEEDS(CACHED(1))))},
    {"numa-interconnect", ERROR, "cpu.numa.interconnects.latency.2",
     AFTER(NUMA(SPEEDS(LATENCY(0, 1) LATENCY(0, 1)))),
     AFTER(NUMA(SPEEDS(LATENCY(0, 1) LATENCY(0, 0))))},
    {"numa-memnode-unique", ERROR, "numatune.memnode",
     AFTER("<numatune>" MEMNODE(0) MEMNODE(0) "</numatune>" TWO),
     AFTER("<numatune>" MEMNODE(0) MEMNODE(1) "</numatune>" TWO)},
    {"numa-memnode-auto", ERROR, "numatune.memory.placement",
     AFTER("<numatune><memory mode='strict' placement='auto'/>" MEMNODE(0) "</numatune>" TWO),
     AFTER("<numatune><memory mode='strict' nodeset='0'/>" MEMNODE(0) "</numatune>" TWO)},
    {"cputune-vcpusched-range", ERROR, "cputune.vcpusched.1.vcpus", AFTER(TUNE(SCHED("1-2"))),
     AFTER(TUNE(SCHED("0-1")))},
    {"cputune-list", ERROR, "cputune.vcpupin.1.cpuset",
     AFTER(TUNE("<vcpupin vcpu='1' cpuset='0,^0'/>")),
     AFTER(TUNE("<vcpupin vcpu='1' cpuset='0,1,^0'/>"))},
    {"cputune-list", ERROR, "cputune.emulatorpin.cpuset", AFTER(TUNE("<emulatorpin cpuset='^1'/>")),
     AFTER(TUNE("<emulatorpin cpuset='1'/>"))},
    {"cputune-list", ERROR, "cputune.vcpupin.1.cpuset",
     AFTER(TUNE("<vcpupin vcpu='1' cpuset='3-1'/>")),
     AFTER(TUNE("<vcpupin vcpu='1' cpuset='1-3,5-5'/>"))},
    {"cputune-list", ERROR, "cputune.emulatorpin.cpuset", AFTER(TUNE("<emulatorpin cpuset='x'/>")),
     AFTER(TUNE("<emulatorpin cpuset='0'/>"))},
    {"cputune-list", ERROR, "cputune.emulatorpin.cpuset",
     AFTER(TUNE("<emulatorpin cpuset='0-3,^1-2'/>")),
     AFTER(TUNE("<emulatorpin cpuset='0-3,^1,^2'/>"))},
    {"cputune-list", ERROR, "cputune.vcpusched.1.vcpus", AFTER(TUNE(SCHED("^0"))),
     AFTER(TUNE(SCHED("0")))},
    {"vcpu-cpuset", ERROR, "vcpu.cpuset",
     "<domain type='qemu'><name>t</name><memory>1048576</memory><vcpu cpuset='1,^1'>2</vcpu>"
     "<os><type>hvm</type></os></domain>",
     "<domain type='qemu'><name>t</name><memory>1048576</memory><vcpu cpuset='0-1,^1'>2</vcpu>"
     "<os><type>hvm</type></os></domain>"},
    {"cputune-pin-unique", ERROR, "cputune.vcpupin",
     AFTER(TUNE("<vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='0' cpuset='1'/>")),
     AFTER(TUNE("<vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='1' cpuset='0'/>"))},
    {"cputune-pin-unique", ERROR, "cputune.iothreadpin",
     AFTER(THREADS(
         TUNE("<iothreadpin iothread='1' cpuset='0'/><iothreadpin iothread='1' cpuset='1'/>"))),
     AFTER(THREADS(
         TUNE("<iothreadpin iothread='1' cpuset='0'/><iothreadpin iothread='2' cpuset='1'/>")))},
    {"cputune-kvm", ERROR, "cputune.energytune",
     AFTER("<cputune><energytune><monitor vcpus='0'/></energytune></cputune>"), NULL},
    {"cputune-overlap", ERROR, "cputune.cachetune.2", KVM(TUNE(SHARE("0", "") SHARE("0-1", ""))),
     KVM(TUNE(SHARE("0", "") SHARE("1", "")))},
    {"cputune-monitor", ERROR, "cputune.cachetune.1", KVM(TUNE(SHARE("0", MONITOR("1")))),
     KVM(TUNE(SHARE("0-1", MONITOR("1"))))},
    {"vcpu-list-range", ERROR, "vcpus.vcpu",
     AFTER("<vcpus><vcpu id='0' enabled='yes'/><vcpu id='2' enabled='yes'/></vcpus>"),
     AFTER("<vcpus><vcpu id='0' enabled='yes'/><vcpu id='1' enabled='yes'/></vcpus>")},
    {"domain-bootloader", ERROR, "bootloader", AFTER("<bootloader>/srv/b</bootloader>"),
     AFTER("<bootloader/>")},
    {"domain-bootloader", ERROR, "bootloader_args", AFTER("<bootloader_args>a</bootloader_args>"),
     NULL},
    {"sysinfo-fwcfg", ERROR, "sysinfo.fwcfg.entry",
     AFTER("<sysinfo type='fwcfg'><entry name='opt/a'/></sysinfo>"),
     AFTER("<sysinfo type='fwcfg'><entry name='opt/a'>b</entry></sysinfo>")},
    {"sysinfo-fwcfg-name", ERROR, "sysinfo.fwcfg.entry",
     AFTER("<sysinfo type='fwcfg'><entry name='a'>b</entry></sysinfo>"),
     AFTER("<sysinfo type='fwcfg'><entry name='opt/ovmf'>b</entry></sysinfo>")},
    {"sysinfo-fwcfg-name", ERROR, "sysinfo.fwcfg.entry",
     AFTER("<sysinfo type='fwcfg'><entry name='opt/org.qemu/a'>b</entry></sysinfo>"), NULL},
    {"sysinfo-fwcfg-name", ERROR, "sysinfo.fwcfg.entry",
     AFTER("<sysinfo type='fwcfg'><entry name='opt/ovmf/a'>b</entry></sysinfo>"), NULL},
    {"domain-idmap", ERROR, "idmap.gid",
     AFTER("<idmap><uid start='0' target='1000' count='10'/></idmap>"),
     AFTER("<idmap><uid start='0' target='1000' count='10'/><gid start='0' target='1000' "
           "count='10'/></idmap>")},
    {"memory-current", WARNING, "currentMemory",
     AFTER("<currentMemory>1048577</currentMemory><cpu><numa><cell id='0' cpus='0' "
           "memory='524288'/><cell id='1' cpus='1' memory='524288'/></numa></cpu>"),
     AFTER("<currentMemory>1048576</currentMemory><cpu><numa><cell id='0' cpus='0' "
           "memory='524288'/><cell id='1' cpus='1' memory='524288'/></numa></cpu>")},
    {"iothread-ids", ERROR, "iothreadids.iothread.1",
     AFTER(NAMED("<iothread id='1'/><iothread id='1'/>")),
     AFTER(NAMED("<iothread id='1'/><iothread id='2'/>"))},
    {"iothread-ids", ERROR, "iothreadids.iothread.0", AFTER(NAMED("<iothread id='0'/>")),
     AFTER(NAMED("<iothread id='5'/>"))},
    {"iothread-pool", ERROR, "iothreadids.iothread.1.thread_pool_min",
     AFTER(NAMED("<iothread id='1' thread_pool_min='8' thread_pool_max='4'/>")),
     AFTER(NAMED("<iothread id='1' thread_pool_min='4' thread_pool_max='4'/>"))},
    {"iothread-pool", ERROR, "defaultiothread.thread_pool_min",
     AFTER("<defaultiothread thread_pool_min='8' thread_pool_max='4'/>"),
     AFTER("<defaultiothread thread_pool_min='2' thread_pool_max='4'/>")},
    {"cputune-iothreadsched", ERROR, "cputune.iothreadsched",
     AFTER(THREADS(TUNE(TSCHED("1-2") TSCHED("2")))),
     AFTER(THREADS(TUNE(TSCHED("1") TSCHED("2"))))},
    {"throttle-group-name", ERROR, "throttlegroups.throttlegroup.2.group_name",
     AFTER("<throttlegroups><throttlegroup><group_name>a</group_name></throttlegroup>"
           "<throttlegroup><total_iops_sec>9</total_iops_sec></throttlegroup></throttlegroups>"),
     AFTER("<throttlegroups><throttlegroup><group_name>a</group_name><total_iops_sec>9"
           "</total_iops_sec></throttlegroup></throttlegroups>")},
    {"throttle-group-name", ERROR, "throttlegroups.throttlegroup.1.group_name",
     AFTER("<throttlegroups><throttlegroup><group_name/></throttlegroup></throttlegroups>"), NULL},
    {"throttle-group-unique", ERROR, "throttlegroups.throttlegroup.2.group_name",
     AFTER("<throttlegroups><throttlegroup><group_name>a</group_name></throttlegroup>"
           "<throttlegroup><group_name>a</group_name></throttlegroup></throttlegroups>"),
     AFTER("<throttlegroups><throttlegroup><group_name>a</group_name></throttlegroup>"
           "<throttlegroup><group_name>b</group_name></throttlegroup></throttlegroups>")},
    {"launch-security-arch", ERROR, "launchSecurity.type",
     AFTER("<launchSecurity type='s390-pv'/>"),
     DOMAIN("kvm", "", "s390x", "<launchSecurity type='s390-pv'/>")},
    {"launch-security-arch", ERROR, "launchSecurity.type",
     DOMAIN("kvm", "", "s390x", "<launchSecurity type='sev'><policy>0x1</policy></launchSecurity>"),
     AFTER("<launchSecurity type='sev'><policy>0x1</policy></launchSecurity>")},
};

/* ---- Devices ---- */

#define MEMORY(model, inside, rest) "<memory model='" model "'>" inside "</target>" rest "</memory>"
#define TARGET(size, rest)          "<target><size unit='KiB'>" #size "</size>" rest
#define NODE(id)                    "<node>" #id "</node>"
#define SLOT(n)                     "<address type='dimm' slot='" #n "'/>"
#define DIMM(rest)                  MEMORY("dimm", TARGET(131072, NODE(0)), rest)
#define WITH(xml)                   DOMAIN("qemu", ROOM, "x86_64", TWO "<devices>" xml "</devices>")
#define BLOCKS(block, requested)                                                                   \
    MEMORY("virtio-mem",                                                                           \
           TARGET(131072, NODE(0) "<block unit='KiB'>" #block                                      \
                                  "</block><requested unit='KiB'>" #requested "</requested>"),     \
           "")
#define PATH "<source><path>/n</path></source>"
#define LABEL(size)                                                                                \
    MEMORY("nvdimm",                                                                               \
           PATH TARGET(131072, NODE(0) "<label><size unit='KiB'>" #size "</size></label>"), "")
#define ON_THREAD(arch, attributes)                                                                \
    DOMAIN("qemu", "", arch,                                                                       \
           THREADS("<devices><controller index='0' " attributes                                    \
                   "><driver iothread='1'/></controller></devices>"))
#define SCSI(model) ON_THREAD("x86_64", "type='scsi' model='" model "'")
#define THROTTLED(group, rest)                                                                     \
    AFTER("<throttlegroups><throttlegroup><group_name>a</group_name></throttlegroup>"              \
          "</throttlegroups><devices><disk type='file'><driver name='qemu' type='raw'/>"           \
          "<source file='/a'/><target dev='vda' bus='virtio'/><throttlefilters>"                   \
          "<throttlefilter group='" group "'/></throttlefilters>" rest "</disk></devices>")
#define ENCRYPTED(source, encryption)                                                              \
    AFTER("<devices><disk " source encryption                                                      \
          "</source><driver name='qemu' type='raw'/><target dev='vda' bus='virtio'/></disk>"       \
          "</devices>")
#define FILE_A "type='file'><source file='/a'>"
#define IMAGE  "type='network'><source protocol='rbd' name='p/i'><host name='h'/>"

static const Edge device_edges[] = {
    {"memory-device-node", ERROR, "target.node", WITH(MEMORY("dimm", TARGET(131072, ""), "")),
     WITH(DIMM(""))},
    {"memory-device-node", ERROR, "target.node",
     WITH(MEMORY("virtio-pmem", PATH TARGET(131072, NODE(0)), "")),
     WITH(MEMORY("virtio-pmem", PATH TARGET(131072, ""), ""))},
    {"memory-device-slots", ERROR, "maxMemory.slots", WITH(DIMM("") DIMM("") DIMM("")),
     WITH(DIMM("") DIMM(""))},
    {"memory-device-slot", ERROR, "address.slot", WITH(DIMM(SLOT(0)) DIMM(SLOT(0))),
     WITH(DIMM(SLOT(0)) DIMM(SLOT(1)))},
    {"memory-device-slot", ERROR, "address.slot", WITH(DIMM(SLOT(2))), WITH(DIMM(SLOT(1)))},
    {"memory-room", ERROR, "maxMemory", WITH(MEMORY("dimm", TARGET(4194304, NODE(0)), "")),
     WITH(MEMORY("dimm", TARGET(3145728, NODE(0)), ""))},
    {"memory-device-block", ERROR, "target.block", WITH(BLOCKS(3000, 0)), WITH(BLOCKS(2048, 0))},
    {"memory-device-block", ERROR, "target.block",
     WITH(MEMORY("virtio-mem", TARGET(131072, NODE(0)), "")), WITH(BLOCKS(2048, 4096))},
    {"memory-device-block", ERROR, "target.block", WITH(BLOCKS(2048, 1000)),
     WITH(BLOCKS(2048, 4096))},
    {"memory-device-requested", ERROR, "target.requested", WITH(BLOCKS(2048, 262144)),
     WITH(BLOCKS(2048, 131072))},
    {"memory-device-label", ERROR, "target.label.size", WITH(LABEL(64)), WITH(LABEL(128))},
    {"memory-device-label", ERROR, "target.label.size", WITH(LABEL(131072)), WITH(LABEL(256))},
    {"memory-device-path", ERROR, "source.path",
     WITH(MEMORY("nvdimm", TARGET(131072, NODE(0)), "")),
     WITH(MEMORY("nvdimm", PATH TARGET(131072, NODE(0)), ""))},
    {"controller-iothread-model", ERROR, "driver.iothread", SCSI("lsilogic"), SCSI("virtio-scsi")},
    {"controller-iothread-model", ERROR, "driver.iothread", ON_THREAD("x86_64", "type='scsi'"),
     SCSI("virtio-non-transitional")},
    {"controller-iothread-model", ERROR, "driver.iothread",
     ON_THREAD("x86_64", "type='virtio-serial'"), SCSI("virtio-transitional")},
    {"controller-iothread-model", ERROR, "driver.iothread",
     ON_THREAD("x86_64", "type='usb' model='nec-xhci'"), NULL},
    {"throttle-group-missing", ERROR, "throttlefilters", THROTTLED("b", ""), THROTTLED("a", "")},
    {"disk-encryption-engine", ERROR, "source.encryption.format",
     ENCRYPTED(FILE_A, "<encryption format='luks2'/>"),
     ENCRYPTED(FILE_A, "<encryption format='luks'/>")},
    {"disk-encryption-engine", ERROR, "source.encryption.engine",
     ENCRYPTED(FILE_A, "<encryption format='luks2' engine='librbd'/>"),
     ENCRYPTED(IMAGE, "<encryption format='luks2' engine='librbd'/>")},
    {"disk-encryption-qcow", ERROR, "source.encryption.format",
     ENCRYPTED(FILE_A, "<encryption format='default'/>"),
     ENCRYPTED(FILE_A, "<encryption format='luks'/>")},
};

static void test_domain(void **state)
{
    check_edges(domain_edges, G_N_ELEMENTS(domain_edges), "", "", NULL);
}

static void test_devices(void **state)
{
    check_edges(device_edges, G_N_ELEMENTS(device_edges), "", "", NULL);
}

static const char no_sev[] =
    "<domainCapabilities><domain>qemu</domain><machine>pc-q35-7.2</machine>"
    "<arch>x86_64</arch><features><sev supported='%s'/></features>"
    "</domainCapabilities>";

static void test_host_without_sev(void **state)
{
    static const Edge edge = {"host-launch-security", ERROR, "launchSecurity.type", NULL, NULL};
    static const char xml[] =
        AFTER("<launchSecurity type='sev'><policy>0x1</policy></launchSecurity>");
    g_autofree char *no = g_strdup_printf(no_sev, "no"), *yes = g_strdup_printf(no_sev, "yes");
    g_autoptr(DwDomainCapabilities) without = dw_domain_capabilities_parse(no, NULL);
    g_autoptr(DwDomainCapabilities) with = dw_domain_capabilities_parse(yes, NULL);
    DwHost host = {.domain_capabilities = without}, other = {.domain_capabilities = with};
    g_autoptr(GPtrArray) none = problems_of(xml, &other);

    check_edge(&edge, xml, NULL, &host);
    assert_null(find_rule(none, "host-launch-security"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_domain),
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_host_without_sev),
    };

    return cmocka_run_group_tests_name("rules-belong", tests, NULL, NULL);
}
