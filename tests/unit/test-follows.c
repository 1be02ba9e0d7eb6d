/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a change takes along: settings that do not belong to the new type, bus or place to listen,
 * and devices that cannot be without another. Each is told. Which keys belong to which types is
 * test-belongings' business.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apply-support.h"

#define INFO            DW_SEVERITY_INFO
#define DOMAIN          Q35_GUEST
#define LABELLED(label) Q35_HEAD "<devices></devices>" label "</domain>"
#define DISK(attributes, driver, target, more)                                                     \
    "<disk type='file' device='" attributes "'><driver name='qemu' type='qcow2'" driver            \
    "/><source file='/a'/><target dev='vda'" target "/>" more "</disk>"

typedef struct {
    const char *kind, *id, *before, *change, *after;
    const char *rule, *key; /* of the note */
} Change;

static const Change changes[] = {
    /* ---- Ports, and where a display listens ---- */
    {"graphics", "spice", "<graphics type='spice' autoport='yes'/>", "tlsPort=5902",
     "<graphics type='spice' autoport='no' port='-1' tlsPort='5902'/>", "graphics-port-fixed",
     "autoport"},
    {"graphics", "spice", "<graphics type='spice' port='5900' autoport='no'/>", "tlsPort=5902",
     "<graphics type='spice' port='5900' autoport='no' tlsPort='5902'/>", NULL, NULL},
    {"graphics", "vnc", "<graphics type='vnc' port='5900' autoport='no'/>", "autoport=yes",
     "<graphics type='vnc' autoport='yes'/>", "graphics-port-follows", "port"},
    {"graphics", "spice", "<graphics type='spice' port='5900' tlsPort='5901' autoport='no'/>",
     "autoport=yes", "<graphics type='spice' autoport='yes'/>", "graphics-port-follows", "tlsPort"},
    {"graphics", "vnc",
     "<graphics type='vnc' listen='0.0.0.0'><listen type='address' address='0.0.0.0'/></graphics>",
     "listen-", "<graphics type='vnc'><listen type='address'/></graphics>",
     "graphics-listen-follows", "listen.1.address"},
    {"graphics", "vnc",
     "<graphics type='vnc' listen='0.0.0.0'><listen type='address' address='0.0.0.0'/></graphics>",
     "listen.1.address-", "<graphics type='vnc'><listen type='address'/></graphics>",
     "graphics-listen-follows", "listen"},
    {"graphics", "vnc",
     "<graphics type='vnc' port='-1' autoport='yes' websocket='-1'><listen type='address'/>"
     "</graphics>",
     "socket=/s", "<graphics type='vnc' socket='/s'><listen type='socket' socket='/s'/></graphics>",
     "graphics-listen-follows", "listen.1.type"},
    {"graphics", "vnc",
     "<graphics type='vnc' port='-1' autoport='yes'><listen type='address'/></graphics>",
     "listen.1.type=socket", "<graphics type='vnc'><listen type='socket'/></graphics>",
     "device-drops", "autoport"},
    {"interface", "52:54:00:00:00:01",
     "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>", "source.dev=eth0",
     "<interface type='direct'><mac address='52:54:00:00:00:01'/><source dev='eth0'/></interface>",
     "device-default", "type"},
    {"interface", "52:54:00:00:00:01",
     "<interface type='user'><mac address='52:54:00:00:00:01'/><backend type='passt'/></interface>",
     "source.dev=eth0",
     "<interface type='user'><mac address='52:54:00:00:00:01'/><source dev='eth0'/><backend "
     "type='passt'/>"
     "</interface>",
     NULL, NULL},
    {"interface", "52:54:00:00:00:01",
     "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/>"
     "<filterref filter='f'><parameter name='IP' value='10.0.0.1'/></filterref></interface>",
     "source.dev=eth0",
     "<interface type='direct'><mac address='52:54:00:00:00:01'/><source dev='eth0'/></interface>",
     "device-drops", "filterref.parameter.1.name"},
    {"interface", "52:54:00:00:00:01",
     "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/>"
     "<model type='virtio'/><driver queues='4' ioeventfd='on'/><backend vhost='/v'/></interface>",
     "model.type=e1000",
     "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/>"
     "<model type='e1000'/></interface>",
     "device-drops", "backend.vhost"},
    {"rng", "#1",
     "<rng model='virtio'><backend model='egd' type='unix'><source mode='connect' path='/s'>"
     "<reconnect enabled='yes' timeout='1'/></source></backend></rng>",
     "backend.type=udp;backend.source.host=h;backend.source.service=1",
     "<rng model='virtio'><backend model='egd' type='udp'><source mode='connect' host='h' "
     "service='1'></source></backend></rng>",
     "device-drops", "backend.source.reconnect.timeout"},
    {"interface", "52:54:00:00:00:01",
     "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='e1000'/>"
     "<rom bar='on'/><address type='pci' slot='4'/></interface>",
     "model.type=spapr-vlan",
     "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='spapr-vlan'/>"
     "</interface>",
     "device-drops", "rom.bar"},
    {"disk", "sda",
     "<disk type='network' device='cdrom'><driver name='qemu' type='raw'/><source protocol='https' "
     "name='x.iso' query='a=b'><host name='h'/><ssl verify='no'/><cookies><cookie "
     "name='a'>b</cookie></cookies><readahead size='65536'/><timeout seconds='6'/></source>"
     "<target dev='sda' bus='sata'/><readonly/></disk>",
     "source.protocol=nbd",
     "<disk type='network' device='cdrom'><driver name='qemu' type='raw'/><source protocol='nbd' "
     "name='x.iso'><host name='h'/></source><target dev='sda' bus='sata'/><readonly/></disk>",
     "device-drops", "source.cookies.cookie.a"},
    {"disk", "vda",
     "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/a' "
     "startupPolicy='optional'/><target dev='vda' bus='virtio'/></disk>",
     "source.protocol=nbd;source.name=x;source.host.1.name=h",
     "<disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='nbd' "
     "name='x'><host name='h'/></source><target dev='vda' bus='virtio'/></disk>",
     "device-drops", "source.startupPolicy"},
    {"video", "#1", "<video><model type='vga'/><address type='pci' slot='4'/></video>",
     "model.type=ramfb", "<video><model type='ramfb'/></video>", "device-drops", "address.type"},
    /* ---- The bus of a disk, what kind of disk it is, and its image ---- */
    {"disk", "vda",
     DISK("disk", " queues='2' iothread='1'", " bus='virtio'", "<address type='pci' slot='4'/>"),
     "target.bus=sata", DISK("disk", "", " bus='sata'", ""), "device-drops", "driver.queues"},
    {"disk", "vda",
     DISK("disk", "", " bus='scsi' rotation_rate='1'", "<wwn>5000c50015ea71aa</wwn>"),
     "target.bus=virtio", DISK("disk", "", " bus='virtio'", ""), "device-drops", "wwn"},
    {"disk", "vda", DISK("disk", " copy_on_read='on'", " bus='sata' rotation_rate='7200'", ""),
     "device=cdrom", DISK("cdrom", "", " bus='sata'", "<readonly/>"), "device-drops",
     "driver.copy_on_read"},
    {"disk", "vda", DISK("cdrom", "", " bus='scsi' tray='open'", "<readonly/>"),
     "device=disk;readonly=yes", DISK("disk", "", " bus='scsi'", "<readonly/>"), "device-drops",
     "target.tray"},
    {"disk", "vda", DISK("disk", "", " bus='sata'", ""), "device=cdrom",
     DISK("cdrom", "", " bus='sata'", "<readonly/>"), "disk-readonly-follows", "readonly"},
    {"disk", "vda", DISK("cdrom", "", " bus='sata'", "<readonly/>"), "device=disk",
     DISK("disk", "", " bus='sata'", ""), "disk-readonly-drops", "readonly"},
    {"disk", "vda", DISK("cdrom", "", " bus='sata'", "<readonly/>"), "device-",
     "<disk type='file'><driver name='qemu' type='qcow2'/><source file='/a'/><target dev='vda' "
     "bus='sata'/></disk>",
     "disk-readonly-drops", "readonly"},
    {"disk", "vda", DISK("disk", "", " bus='virtio'", "<readonly/>"), "device=disk",
     DISK("disk", "", " bus='virtio'", "<readonly/>"), NULL, NULL},
    {"disk", "vda",
     DISK("disk", "", " bus='virtio'",
          "<backingStore type='file'><format type='raw'/><source file='/b'/></backingStore>"),
     "source.file=/a", /* the same */
     DISK("disk", "", " bus='virtio'",
          "<backingStore type='file'><format type='raw'/><source file='/b'/></backingStore>"),
     NULL, NULL},
    /* ---- What belongs to what goes ---- */
    {"controller", "scsi0",
     "<controller type='scsi' index='0' model='virtio-scsi'><driver queues='4' iothread='1'/>"
     "</controller>",
     "type=usb", "<controller type='usb' index='0'></controller>", "device-drops",
     "driver.iothread"},
    {"video", "#1", "<video><model type='qxl' heads='2'/></video>", "model.type=vga",
     "<video><model type='vga'/></video>", "device-drops", "model.heads"},
    {"audio", "1", "<audio id='1' type='oss'><input dev='/dev/dsp' tryPoll='yes'/></audio>",
     "type=alsa", "<audio id='1' type='alsa'></audio>", "device-drops", "input.tryPoll"},
    {"serial", "#1",
     "<serial type='pty'><target type='isa-serial'><model name='isa-serial'/></target></serial>",
     "target.type=pci-serial", "<serial type='pty'><target type='pci-serial'></target></serial>",
     "device-drops", "target.model"},
    {"filesystem", "t",
     "<filesystem type='mount' accessmode='mapped' fmode='0600'><source dir='/s'/><target "
     "dir='t'/></filesystem>",
     "accessmode=passthrough",
     "<filesystem type='mount' accessmode='passthrough'><source dir='/s'/><target "
     "dir='t'/></filesystem>",
     "device-drops", "fmode"},
    {"vsock", "#1", "<vsock model='virtio'><cid auto='yes' address='3'/></vsock>", "cid.address=4",
     "<vsock model='virtio'><cid auto='no' address='4'/></vsock>", "setting-follows", "cid.auto"},
    {"vsock", "#1", "<vsock model='virtio'><cid auto='yes' address='3'/></vsock>",
     "cid.address=4;cid.auto=yes", "<vsock model='virtio'><cid auto='yes' address='4'/></vsock>",
     NULL, NULL},
    {"interface", "52:54:00:00:00:01",
     "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='a'/>"
     "<virtualport/></interface>",
     "source.bridge=b",
     "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='b'/></interface>",
     "device-drops", "virtualport"},
    /* ---- Devices ---- */
    {"graphics", "spice",
     "<graphics type='spice'/><audio id='1' type='spice'/><channel type='spicevmc'>"
     "<target type='virtio' name='com.redhat.spice.0'/></channel><redirdev bus='usb' "
     "type='spicevmc'/><smartcard mode='passthrough' type='spicevmc'/><smartcard mode='host'/>",
     "type=vnc", "<graphics type='vnc'/><audio id='1' type='none'/><smartcard mode='host'/>",
     "graphics-device-follows", ""},
};

static void test_changes(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        const Change *change = &changes[i];
        g_autofree char *before = g_strdup_printf(DOMAIN("%s"), change->before);
        g_autofree char *after = g_strdup_printf(DOMAIN("%s"), change->after);
        g_auto(Outcome) outcome =
            edit_text(before, DW_VERB_MODIFY, change->kind, change->id, change->change, 0, NULL);

        assert_text(&outcome, after);
        if (change->rule)
            assert_note(&outcome, change->rule, change->key, INFO);
    }
}

/* Another image above what the old one was built upon: only the owner knows. */
static void test_other_image(void **state)
{
    static const char before[] = DOMAIN(
        DISK("disk", "", " bus='virtio'",
             "<backingStore type='file'><format type='raw'/><source file='/b'/></backingStore>"));
    g_auto(Outcome) outcome =
        edit_text(before, DW_VERB_MODIFY, "disk", "vda", "source.file=/c.qcow2", 0, NULL);
    g_auto(Outcome) told = edit_text(before, DW_VERB_MODIFY, "disk", "vda",
                                     "source.file=/c.qcow2;backing.1.source.file=/d", 0, NULL);

    assert_note(&outcome, "disk-backing-kept", "backing.1.source.file", DW_SEVERITY_WARNING);
    assert_non_null(told.text);
    assert_null(outcome_note(&told, "disk-backing-kept", "backing.1.source.file"));
}

/* ---- Settings of the domain ---- */

static const struct {
    const char *before, *change, *after, *key;
} settings[] = {
    {"<seclabel type='static' model='dac' relabel='yes'><label>+1:+1</label></seclabel>",
     "seclabel.1.type=none", "<seclabel type='none' model='dac'></seclabel>", "seclabel.1.label"},
    {"<seclabel type='dynamic' model='dac'><baselabel>a</baselabel></seclabel>",
     "seclabel.1.type=static;seclabel.1.label=+1:+1",
     "<seclabel type='static' model='dac'><label>+1:+1</label></seclabel>", "seclabel.1.baselabel"},
    {"<launchSecurity type='sev'><cbitpos>47</cbitpos><policy>0x1</policy></launchSecurity>",
     "launchSecurity.type=s390-pv", "<launchSecurity type='s390-pv'></launchSecurity>",
     "launchSecurity.policy"},
};

static void test_processors_and_places(void **state)
{
    g_auto(Outcome) placed =
        edit_text("<domain><vcpu placement='static' cpuset='0-1'>2</vcpu></domain>", DW_VERB_SET,
                  "", "", "vcpu.placement=auto", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) node =
        edit_text("<domain><numatune><memory mode='strict' nodeset='0'/></numatune></domain>",
                  DW_VERB_SET, "", "", "numatune.memory.placement=auto", DW_APPLY_UNCHECKED, NULL);
    static const char automatic[] =
        "<domain><vcpu placement='auto'>2</vcpu><numatune><memory mode='strict' placement='auto'/>"
        "</numatune></domain>";
    g_auto(Outcome) fixed = edit_text(automatic, DW_VERB_SET, "", "", "vcpu.placement=static",
                                      DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) named = edit_text(automatic, DW_VERB_SET, "", "", "numatune.memory.nodeset=0",
                                      DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) model =
        edit_text("<domain><cpu mode='maximum' migratable='on'/></domain>", DW_VERB_SET, "", "",
                  "cpu.model=qemu64", DW_APPLY_UNCHECKED, NULL);

    assert_text(&placed, "<domain><vcpu placement='auto'>2</vcpu></domain>");
    assert_note(&placed, "domain-drops", "vcpu.cpuset", INFO);
    assert_text(&node,
                "<domain><numatune><memory mode='strict' placement='auto'/></numatune></domain>");
    assert_note(&node, "domain-drops", "numatune.memory.nodeset", INFO);
    g_auto(Outcome) unset = edit_text(automatic, DW_VERB_SET, "", "", "numatune.memory.placement-",
                                      DW_APPLY_UNCHECKED, NULL);

    assert_text(&unset, "<domain><vcpu placement='auto'>2</vcpu><numatune><memory mode='strict'/>"
                        "</numatune></domain>");
    assert_note(&unset, "placement-follows", "numatune.memory.placement", DW_SEVERITY_WARNING);
    assert_text(&fixed, "<domain><vcpu placement='static'>2</vcpu></domain>");
    assert_note(&fixed, "placement-follows", "numatune.memory.mode", INFO);
    assert_non_null(strstr(named.text, "<memory mode='strict' nodeset='0'/>"));
    assert_note(&named, "placement-follows", "numatune.memory.placement", INFO);
    assert_text(&model, "<domain><cpu mode='custom'><model>qemu64</model></cpu></domain>");
    assert_note(&model, "cpu-mode-follows", "cpu.mode", INFO);
}

static void test_only_cell(void **state)
{
#define CELLS(memory, cells)                                                                       \
    "<domain><memory unit='KiB'>" memory "</memory><cpu><numa>" cells "</numa></cpu></domain>"
#define CELL(id, memory) "<cell id='" id "' cpus='" id "' memory='" memory "' unit='KiB'/>"
    g_auto(Outcome) one = edit_text(CELLS("1024", CELL("0", "1024")), DW_VERB_SET, "", "",
                                    "memory=2MiB", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) two = edit_text(CELLS("2048", CELL("0", "1024") CELL("1", "1024")), DW_VERB_SET,
                                    "", "", "memory=4MiB", DW_APPLY_UNCHECKED, NULL);

    /* Its processors do not say what memory it has, another cell may. */
    g_auto(Outcome) moved =
        edit_text(CELLS("1024", CELL("1", "1024")), DW_VERB_SET, "", "",
                  "memory=2MiB;cpu.numa.cell.1.cpus=1-2", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) more =
        edit_text(CELLS("1024", CELL("0", "1024")), DW_VERB_SET, "", "",
                  "memory=2MiB;cpu.numa.cell.1.memory=1MiB", DW_APPLY_UNCHECKED, NULL);

    assert_text(&moved, CELLS("2048", "<cell id='1' cpus='1-2' memory='2048' unit='KiB'/>"));
    assert_non_null(strstr(more.text, CELL("0", "1024")));
    assert_text(&one, CELLS("2048", CELL("0", "2048")));
    assert_note(&one, "memory-cell-follows", "cpu.numa.cell.0.memory", INFO);
    assert_text(&two, CELLS("4096", CELL("0", "1024") CELL("1", "1024")));
}

#define MODULES(memory, cell, modules) NUMA(memory, memory, cell, modules)
#define NUMA(memory, current, cell, modules)                                                       \
    "<domain><memory unit='KiB'>" memory "</memory><currentMemory unit='KiB'>" current             \
    "</currentMemory><cpu><numa>" CELL("0", cell) "</numa></cpu><devices>" modules "</devices>"    \
                                                  "</domain>"
#define MODULE "<memory model='dimm'><target><size>1024</size><node>0</node></target></memory>"

static void test_memory_modules(void **state)
{
    g_auto(Outcome) removed = edit_text(MODULES("3072", "2048", MODULE), DW_VERB_REMOVE, "memory",
                                        "#1", "", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) grown = edit_text(MODULES("3072", "2048", MODULE), DW_VERB_MODIFY, "memory",
                                      "#1", "target.size=2MiB", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) cell = edit_text(MODULES("3072", "2048", MODULE), DW_VERB_SET, "", "",
                                     "cpu.numa.cell.0.memory=4MiB", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) whole = edit_text(MODULES("3072", "2048", MODULE), DW_VERB_SET, "", "",
                                      "memory=4MiB", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) both =
        edit_text(MODULES("3072", "2048", MODULE), DW_VERB_SET, "", "",
                  "cpu.numa.cell.0.memory=4MiB;memory=8MiB", DW_APPLY_UNCHECKED, NULL);

    assert_text(&removed, MODULES("2048", "2048", ""));
    assert_note(&removed, "memory-cells-follow", "memory", INFO);
    assert_note(&removed, "memory-current-follows", "currentMemory", INFO);
    assert_non_null(strstr(grown.text, "<memory unit='KiB'>4096</memory>"));
    assert_text(&cell, MODULES("5120", "4096", MODULE));
    assert_text(&whole, MODULES("4096", "3072", MODULE));
    assert_note(&whole, "memory-cell-follows", "cpu.numa.cell.0.memory", INFO);
    /* All there is is what libvirt makes of it, not what is asked. */
    assert_text(&both, NUMA("8192", "5120", "4096", MODULE));
}

/* What cannot be is told, and nothing follows it. */
static void test_memory_of_modules(void **state)
{
    g_auto(Outcome) less = edit_text(MODULES("3072", "2048", MODULE), DW_VERB_SET, "", "",
                                     "memory=512KiB", DW_APPLY_DRY, NULL);
    g_auto(Outcome) refused = edit_text(MODULES("3072", "2048", MODULE), DW_VERB_SET, "", "",
                                        "memory=1MiB", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) least = edit_text(MODULES("3072", "2048", MODULE), DW_VERB_SET, "", "",
                                      "memory=1025KiB", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) beside =
        edit_text(MODULES("3072", "2048", MODULE), DW_VERB_SET, "", "",
                  "memory=512KiB;cpu.numa.cell.0.memory=2MiB", DW_APPLY_UNCHECKED, NULL);

    assert_note(&less, "invalid-value", "memory", DW_SEVERITY_ERROR);
    assert_null(outcome_note(&less, "memory-current-follows", "currentMemory"));
    assert_refused(&refused, DW_ERROR_INVALID_VALUE, "1048576 bytes");
    assert_text(&least, MODULES("1025", "1", MODULE));
    assert_text(&beside, NUMA("512", "3072", "2048", MODULE));
}

/* Before, what is set, after, and what is told. */
static const struct {
    const char *before, *change, *after, *rule, *key;
} counted[] = {
#define THREADS(n, ids) "<iothreads>" n "</iothreads><iothreadids>" ids "</iothreadids>"
#define PINNED(id)      "<cputune><iothreadpin iothread='" id "' cpuset='0'/></cputune>"
#define LISTED(current, third)                                                                     \
    "<vcpu current='" current "'>4</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/>"    \
    "<vcpu id='1' enabled='yes' hotpluggable='no'/><vcpu id='2' enabled='" third "'/>"             \
    "<vcpu id='3' enabled='no'/></vcpus>"
    {THREADS("2", "<iothread id='2'/><iothread id='4'/>") PINNED("4"), "iothreads=1",
     THREADS("1", "<iothread id='2'/>"), "iothreads-drops", "cputune.iothreadpin.4.cpuset"},
    {THREADS("2", "<iothread id='2'/><iothread id='4'/>"), "iothreads-", "", "iothreads-drops",
     "iothreadids.iothread.2"},
    {"<iothreads>2</iothreads>" PINNED("2"), "iothreads-", "", "iothreads-drops",
     "cputune.iothreadpin.2.cpuset"},
    {THREADS("2", "<iothread id='2'/><iothread id='4'/>"), "iothreadids.iothread.4-",
     THREADS("1", "<iothread id='2'/>"), "iothreads-follow", "iothreads"},
    {THREADS("1", "<iothread id='2'/>"), "iothreadids.iothread.2-", "", "iothreads-follow",
     "iothreads"},
    {"<cpu mode='custom' match='exact'><model fallback='forbid' vendor_id='GenuineIntel'>qemu64"
     "</model></cpu>",
     "cpu.mode=maximum", "<cpu mode='maximum'></cpu>", "cpu-mode-drops", "cpu.model.vendor_id"},
    {LISTED("2", "no"), "vcpus.vcpu.2.enabled=yes", LISTED("3", "yes"), "vcpu-current-follows",
     "vcpu.current"},
    {LISTED("2", "no"), "vcpus.vcpu.2.enabled=yes;vcpu.current=4", LISTED("4", "yes"), NULL, NULL},
    {LISTED("2", "no"), "vcpu.current=3", LISTED("3", "yes"), "vcpu-list-follows",
     "vcpus.vcpu.2.enabled"},
#define PLUGGED(current, one, two)                                                                 \
    "<vcpu current='" current "'>3</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no' "     \
    "order='1'/><vcpu id='1' enabled='" one "' hotpluggable='yes'/><vcpu id='2' enabled='" two     \
    "' hotpluggable='yes'/></vcpus>"
    {PLUGGED("2", "no", "yes"), "vcpu.current=1", PLUGGED("1", "no", "no"), "vcpu-list-follows",
     "vcpus.vcpu.2.enabled"},
    {"<vcpu current='2'>3</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no' order='1'/>"
     "<vcpu id='1' enabled='no' hotpluggable='yes'/><vcpu id='2' enabled='yes' hotpluggable='yes' "
     "order='2'/></vcpus>",
     "vcpu.current-",
     "<vcpu>3</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no' order='1'/>"
     "<vcpu id='1' enabled='yes' hotpluggable='yes' order='3'/><vcpu id='2' enabled='yes' "
     "hotpluggable='yes' order='2'/></vcpus>",
     "vcpu-list-follows", "vcpus.vcpu.1.order"},
#define NODES(n, first)                                                                            \
    "<vcpu>" n "</vcpu><cpu><numa><cell id='0' cpus='" first                                       \
    "' memory='1'/><cell id='1' cpus='1' memory='1'/></numa></cpu>"
    {NODES("2", "0"), "vcpu=4", NODES("4", "0,2-3"), "vcpu-cells-follow", "cpu.numa.cell.0.cpus"},
    {NODES("4", "0,2-3"), "vcpu=3", NODES("3", "0,2"), "vcpu-cells-follow", "cpu.numa.cell.0.cpus"},
    /* A cell would have none left: the rules tell. */
    {NODES("2", "0"), "vcpu=1",
     "<vcpu>1</vcpu><cpu><numa><cell id='0' cpus='0' memory='1'/>"
     "<cell id='1' cpus='1' memory='1'/></numa></cpu>",
     NULL, NULL},
    {NODES("4", "0,2-3"), "vcpu=2;cpu.numa.cell.0.cpus=0", NODES("2", "0"), NULL, NULL},
    {NODES("4", "0,2-3"), "vcpu=5;cpu.numa.cell.1.cpus=1,4",
     "<vcpu>5</vcpu><cpu><numa><cell id='0' cpus='0,2-3' memory='1'/><cell id='1' cpus='1,4' "
     "memory='1'/></numa></cpu>",
     NULL, NULL},
};

static void test_counted(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(counted); i++) {
        g_autofree char *before = g_strdup_printf("<domain>%s</domain>", counted[i].before);
        g_autofree char *after = *counted[i].after
                                     ? g_strdup_printf("<domain>%s</domain>", counted[i].after)
                                     : g_strdup("<domain></domain>");
        g_auto(Outcome) outcome =
            edit_text(before, DW_VERB_SET, "", "", counted[i].change, DW_APPLY_UNCHECKED, NULL);

        assert_text(&outcome, after);
        if (counted[i].rule)
            assert_note(&outcome, counted[i].rule, counted[i].key, INFO);
    }
}

/* A function of the host is made the guest's by libvirt, unless somebody says otherwise. */
static void test_function_of_host(void **state)
{
    g_auto(Outcome) card = edit_text(DOMAIN(""), DW_VERB_ADD, "interface", "",
                                     "source.address=0000:01:00.0", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) own =
        edit_text(DOMAIN(""), DW_VERB_ADD, "hostdev", "", "source.address=0000:01:00.0;managed=no",
                  DW_APPLY_UNCHECKED, NULL);

    assert_non_null(strstr(card.text, "<interface type='hostdev' managed='yes'>"));
    assert_note(&card, "device-default", "managed", INFO);
    assert_non_null(strstr(own.text, "managed='no'"));
}

/* Cards that stand in for each other have one address, others have not. */
static void test_shared_address(void **state)
{
#define CARD(last, more)                                                                           \
    "<interface type='user'><mac address='52:54:00:00:00:0" last "'/>" more "</interface>"
#define TEAM "<teaming type='transient' persistent='ua-a'/>"
    g_auto(Outcome) team =
        edit_text(DOMAIN(CARD("1", "") CARD("2", TEAM)), DW_VERB_MODIFY, "interface",
                  "52:54:00:00:00:02", "mac.address=52:54:00:00:00:01", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) other =
        edit_text(DOMAIN(CARD("1", "") CARD("2", "")), DW_VERB_MODIFY, "interface",
                  "52:54:00:00:00:02", "mac.address=52:54:00:00:00:01", DW_APPLY_UNCHECKED, NULL);

    assert_text(&team, DOMAIN(CARD("1", "") CARD("1", TEAM)));
    assert_string_equal(team.result.ids[0], "#2");
    assert_refused(&other, DW_ERROR_ALREADY_EXISTS, "There is an interface");
}

static void test_settings(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        g_autofree char *before = g_strdup_printf(LABELLED("%s"), settings[i].before);
        g_autofree char *after = g_strdup_printf(LABELLED("%s"), settings[i].after);
        g_auto(Outcome) outcome =
            edit_text(before, DW_VERB_SET, "", "", settings[i].change, DW_APPLY_UNCHECKED, NULL);

        assert_text(&outcome, after);
        assert_note(&outcome, "domain-drops", settings[i].key, INFO);
    }
}

static void test_setting_in_vain(void **state)
{
    static const char before[] = LABELLED("<seclabel type='none'/>");
    g_auto(Outcome) outcome =
        edit_text(before, DW_VERB_SET, "", "", "seclabel.1.baselabel=a", 0, NULL);

    assert_refused(&outcome, DW_ERROR_INVALID_VALUE,
                   "belongs to seclabel.1.type dynamic, and seclabel.1.type is none");
}

/* ---- Devices that cannot be without another ---- */

#define SPICE   "<graphics type='spice'/>"
#define REDIR   "<redirdev bus='usb' type='spicevmc'/>"
#define TCP     "<redirdev bus='usb' type='tcp'><source mode='connect' host='h' service='1'/>"
#define CONSOLE "<console type='pty'><target type='serial' port='0'/></console>"
#define SERIAL  "<serial type='pty'/>"

static void check_removal(const char *before, const char *kind, const char *id, const char *after)
{
    g_auto(Outcome) outcome = edit_text(before, DW_VERB_REMOVE, kind, id, "", 0, NULL);

    assert_text(&outcome, after);
}

static void test_removals(void **state)
{
    check_removal(DOMAIN(SPICE REDIR TCP "</redirdev>" REDIR), "graphics", "spice",
                  DOMAIN(TCP "</redirdev>"));
    check_removal(DOMAIN("<graphics type='vnc'/>" SPICE REDIR), "graphics", "vnc",
                  DOMAIN(SPICE REDIR));
    check_removal(DOMAIN(SERIAL CONSOLE), "serial", "#1", DOMAIN(""));
    check_removal(DOMAIN(SERIAL "<serial type='null'/>" CONSOLE), "serial", "#1",
                  DOMAIN("<serial type='null'/>" CONSOLE));
    check_removal(DOMAIN(SERIAL "<console type='pty'><target type='virtio'/></console>"), "serial",
                  "#1", DOMAIN("<console type='pty'><target type='virtio'/></console>"));
}

/* A display that takes the place of the last one of SPICE, before or behind it in the call. */
static void test_replaced_display(void **state)
{
    static const char before[] = DOMAIN(SPICE REDIR);
    static const char *const types[] = {"vnc", "spice"};

    for (unsigned i = 0; i < 3; i++) { /* a second of one type has the id of the first */
        g_autoptr(DwDocument) document = dw_document_parse(before, strlen(before), NULL);
        g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
        g_auto(DwResult) result = {0};
        DwSettings *values = dw_settings_new();

        dw_settings_put(values, "type", dw_value_string(types[i / 2]));
        g_ptr_array_add(edits, dw_edit_new(DW_VERB_ADD, "graphics", "", values, NULL));
        g_ptr_array_insert(edits, i % 2 ? 1 : 0,
                           dw_edit_new(DW_VERB_REMOVE, "graphics", "spice", NULL, NULL));
        assert_true(dw_apply(document, edits, 0, NULL, &result, NULL));
        assert_int_equal(!!strstr(dw_document_text(document, NULL), "<redirdev"), i / 2);
    }
}

static char *alias_of(const Outcome *outcome, const char *after)
{
    const char *begin =
        strstr(strstr(outcome->text, after), "alias name='") + strlen("alias name='");

    return g_strndup(begin, strcspn(begin, "'"));
}

/* A serial port and the console that shows it are one device, with one alias. */
static void test_twins(void **state)
{
    g_auto(Outcome) serial = edit_text(DOMAIN(""), DW_VERB_ADD, "serial", "", "", 0, NULL);
    g_auto(Outcome) console = edit_text(serial.text, DW_VERB_ADD, "console", "", "", 0, NULL);
    g_auto(Outcome) other =
        edit_text(serial.text, DW_VERB_ADD, "console", "", "target.type=virtio", 0, NULL);
    g_auto(Outcome) only = edit_text(DOMAIN(""), DW_VERB_ADD, "console", "", "", 0, NULL);
    g_auto(Outcome) after = edit_text(only.text, DW_VERB_ADD, "serial", "", "", 0, NULL);
    g_autofree char *of_serial = alias_of(&console, "<serial");
    g_autofree char *of_console = alias_of(&console, "<console");
    g_autofree char *of_other = alias_of(&other, "<console");
    g_autofree char *of_first = alias_of(&after, "<console");
    g_autofree char *of_second = alias_of(&after, "<serial");

    assert_string_equal(of_serial, of_console);
    assert_string_equal(of_first, of_second);
    assert_string_not_equal(of_serial, of_other);
}

/* A controller that is no more than its type gets a model for which few guests have a driver. */
static void test_scsi_controllers(void **state)
{
    g_auto(Outcome) plain =
        edit_text(DOMAIN(""), DW_VERB_ADD, "controller", "", "type=scsi", 0, NULL);
    g_auto(Outcome) named =
        edit_text(DOMAIN(""), DW_VERB_ADD, "controller", "", "type=scsi;model=lsilogic", 0, NULL);

    assert_note(&plain, "controller-model-missing", "model", DW_SEVERITY_WARNING);
    assert_non_null(named.text);
    assert_null(outcome_note(&named, "controller-model-missing", "model"));
}

/* An edit of the same call says what becomes of them. */
static void test_own_edits(void **state)
{
    static const char before[] = DOMAIN(SPICE REDIR);
    g_autoptr(DwDocument) document = dw_document_parse(before, strlen(before), NULL);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(
        edits, dw_edit_new(DW_VERB_MODIFY, "graphics", "spice", settings_of("type=vnc"), NULL));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, "redirdev", "#1",
                                       settings_of("type=tcp;source.host=h;source.service=1;"
                                                   "source.mode=connect"),
                                       NULL));
    assert_true(dw_apply(document, edits, 0, NULL, NULL, &error));
    assert_non_null(strstr(dw_document_text(document, NULL), TCP));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),           cmocka_unit_test(test_other_image),
        cmocka_unit_test(test_settings),          cmocka_unit_test(test_setting_in_vain),
        cmocka_unit_test(test_removals),          cmocka_unit_test(test_replaced_display),
        cmocka_unit_test(test_own_edits),         cmocka_unit_test(test_twins),
        cmocka_unit_test(test_only_cell),         cmocka_unit_test(test_memory_modules),
        cmocka_unit_test(test_memory_of_modules), cmocka_unit_test(test_counted),
        cmocka_unit_test(test_function_of_host),  cmocka_unit_test(test_shared_address),
        cmocka_unit_test(test_scsi_controllers),  cmocka_unit_test(test_processors_and_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
