/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a change reaches: every way in that is known, each an edit of a domain that has much of the
 * host already; and what is no way in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "effects-support.h"

static const char *const DOMAIN =
    "<domain type='kvm'>\n"
    "  <name>web</name>\n"
    "  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>\n"
    "  <metadata><a:b xmlns:a='http://a'/></metadata>\n"
    "  <memory unit='KiB'>1048576</memory>\n"
    "  <vcpu>2</vcpu>\n"
    "  <os>\n    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n    <boot dev='hd'/>\n"
    "    <loader type='pflash'>/usr/share/code.fd</loader>\n  </os>\n"
    "  <features>\n    <acpi/>\n  </features>\n"
    "  <on_crash>destroy</on_crash>\n"
    "  <devices>\n"
    "    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
    "    <disk type='file' device='disk'>\n      <driver name='qemu' type='raw'/>\n"
    "      <source file='/data/a.img'/>\n      <target dev='vda' bus='virtio'/>\n    </disk>\n"
    "    <disk type='block' device='disk'>\n      <driver name='qemu' type='qcow2'/>\n"
    "      <source dev='/dev/sdb'>\n        <encryption format='luks'>\n"
    "          <secret type='passphrase' uuid='0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'/>\n"
    "        </encryption>\n      </source>\n"
    "      <target dev='vdb' bus='virtio'/>\n      <readonly/>\n    </disk>\n"
    "    <disk type='file' device='disk'>\n      <driver name='qemu' type='raw'/>\n"
    "      <source file='/srv/vm/web/own.img'/>\n      <target dev='vdc' bus='virtio'/>\n"
    "    </disk>\n"
    "    <disk type='file' device='cdrom'>\n      <target dev='sda' bus='sata'/>\n"
    "      <readonly/>\n    </disk>\n"
    "    <interface type='network'>\n      <mac address='52:54:00:12:34:56'/>\n"
    "      <source network='default'/>\n      <model type='virtio'/>\n"
    "      <filterref filter='clean'><parameter name='IP' value='10.0.0.1'/></filterref>\n"
    "    </interface>\n"
    "    <channel type='unix'>\n      <target type='virtio' name='org.qemu.guest_agent.0'/>\n"
    "    </channel>\n"
    "    <graphics type='vnc' autoport='yes' passwd='hush'>\n"
    "      <listen type='address' address='127.0.0.1'/>\n    </graphics>\n"
    "    <video><model type='virtio'/></video>\n"
    "    <hostdev mode='subsystem' type='pci' managed='yes'>\n"
    "      <source><address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source>\n"
    "      <address type='unassigned'/>\n    </hostdev>\n"
    "    <memballoon model='virtio'/>\n"
    "  </devices>\n"
    "  <seclabel type='dynamic' model='apparmor' relabel='yes'/>\n"
    "</domain>\n";

typedef struct {
    const char *find, *with;
    const char *reasons; /* "": it is not reach */
} Case;

/* ---- Safe ---- */

static const Case safe[] = {
    {"<vcpu>2</vcpu>", "<vcpu>4</vcpu>", ""},
    {"<vcpu>2</vcpu>", "<vcpu placement='static' current='1'>4</vcpu>", ""},
    {"<memory unit='KiB'>1048576", "<memory unit='GiB'>4", ""},
    {"<memory unit='KiB'>1048576</memory>",
     "<title>t</title><memory unit='KiB'>1048576</memory><!-- more -->", ""},
    {"<a:b xmlns:a='http://a'/>", "<c xmlns='http://c' path='/etc/shadow'>x</c>", ""},
    {"  <metadata><a:b xmlns:a='http://a'/></metadata>\n", "", ""},
    {"<boot dev='hd'/>", "<boot dev='network'/><boot dev='hd'/><bootmenu enable='yes'/>", ""},
    {"<acpi/>", "<acpi/><hyperv><relaxed state='on'/></hyperv>", ""},
    {"<on_crash>destroy</on_crash>", "<on_crash>restart</on_crash>", ""},
    {"  <on_crash>destroy</on_crash>\n", "", ""},
    {"<target dev='vda' bus='virtio'/>", "<target dev='vda' bus='virtio'/><serial>S</serial>", ""},
    {"name='qemu' type='qcow2'", "cache='none' name='qemu' type='qcow2'", ""},
    {"<target dev='vdb'",
     "<iotune><read_iops_sec>100</read_iops_sec></iotune><boot order='1'/><target dev='vdb'", ""},
    {"own.img", "other.img", ""},
    {"own.img'/>", "own.img'/><backingStore/>", ""},
    {"device='cdrom'>\n", "device='cdrom'><source file='/srv/iso/a.iso'/><driver type='raw'/>", ""},
    {"device='cdrom'>\n", "device='cdrom'><source/>\n", ""},
    {"    <memballoon model='virtio'/>\n", "", ""},
    {"    <memballoon model='virtio'/>\n",
     "<controller type='usb' index='0'/><memballoon model='none'/>", ""},
    {"<model type='virtio'/>\n      <filterref", "<model type='e1000e'/>\n      <filterref", ""},
    {"<target type='virtio' name='org.qemu.guest_agent.0'/>",
     "<source mode='bind'/><target type='virtio' name='org.qemu.guest_agent.1'/>", ""},
    {"<video>", "<channel type='spicevmc'><target type='virtio' name='a'/></channel><video>", ""},
    {"<video>", "<video><driver name='qemu'/>", ""},
    {"<video>", "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng><video>",
     ""},
    {"<video>", "<rng model='virtio'><backend model='builtin'/></rng><video>", ""},
    {"<video>", "<watchdog model='i6300esb' action='reset'/><sound model='ich9'/><video>", ""},
    {"<video>", "<audio id='1' type='none'/><video>", ""},
    {"<video>", "<audio id='1' type='spice'/><video>", ""},
    {"<video>", "<audio id='1' type='alsa'/><video>", "audio 1: type"},
    {"<video>", "<input type='tablet' bus='usb'/><serial type='pty'/><console type='pty'/><video>",
     ""},
    {"<video>",
     "<graphics type='spice' autoport='yes'><listen type='address' address='127.0.0.1'/>"
     "<image compression='off'/></graphics><video>",
     ""},
    {"<video>", "<graphics type='spice'><listen type='none'/></graphics><video>", ""},
    {"<video>", "<graphics type='vnc' port='-1'><listen type='socket'/></graphics><video>", ""},
    {"<video>", "<panic model='isa'/><video>", ""},
};

/* ---- Reach ---- */

static const Case settings[] = {
    {"type='kvm'", "type='xen'",
     "type, os.arch, os.machine, os.type, emulator, disk vdc, disk sda, "
     "channel org.qemu.guest_agent.0, video #1, memballoon #1"},
    {"<name>web", "<name>db", "name, disk vdc: source.file"},
    {"4dea22b3", "5dea22b3", "uuid"},
    {"  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>\n", "", "uuid"},
    {"<memory unit='KiB'>", "<memory dumpCore='on' unit='KiB'>", "memory.dumpCore"},
    {"<memory unit='KiB'>", "<memory unit='/etc'>", "memory"},
    {"1048576", "much", "memory"},
    {"<vcpu>", "<vcpu cpuset='3'>", "vcpu.cpuset"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><vcpu>4</vcpu>", "vcpu"},
    {"<vcpu>2</vcpu>", "<vcpu>2<thing/></vcpu>", "vcpu/thing"},
    {"<vcpu>2</vcpu>", "<vcpu more='1'>2</vcpu>", "vcpu/@more"},
    {"<acpi/>", "text", "features/text"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu>text", "text"},
    {"arch='x86_64'", "arch='aarch64'", "type, os.arch, os.machine, os.type, emulator"},
    {"pc-q35-7.2", "pc-q35-99.9", "os.machine"},
    {"<loader type='pflash'>/usr/share/code.fd</loader>", "", "os.loader.type, os.loader"},
    {"/usr/share/code.fd", "/etc/shadow", "os.loader"},
    {"<boot dev='hd'/>", "<kernel>/etc/shadow</kernel><boot dev='hd'/>", "os.kernel"},
    {"<boot dev='hd'/>", "<boot dev='hd'/><nvram template='/a'>/b</nvram>",
     "os.nvram.template, os.nvram"},
    {"<boot dev='hd'/>", "<boot dev='/hd'/>", "os.boot"},
    {"<boot dev='hd'/>", "<boot dev='hd'/><smbios mode='host'/>", "os.smbios.mode"},
    {"<boot dev='hd'/>", "<boot dev='hd'/><acpi><table type='slic'>/etc/shadow</table></acpi>",
     "os.acpi.table.slic"},
    {"<acpi/>", "<acpi/><privnet/>", "features.privnet"},
    {"destroy</on_crash>", "coredump-destroy</on_crash>", "on_crash"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><on_lockfailure>ignore</on_lockfailure>", "on_lockfailure"},
    {"<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><sysinfo type='fwcfg'><entry name='a' file='/etc/shadow'/></sysinfo>",
     "sysinfo.fwcfg.entry.1.name, sysinfo.fwcfg.entry.1.file"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><memoryBacking><source type='file'/></memoryBacking>",
     "memoryBacking.source.type"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><clock offset='timezone' timezone='/dev/st0'/>",
     "clock.timezone"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><clock offset='timezone' timezone='../../../dev/st0'/>",
     "clock.timezone"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><clock timezone='Europe/'/>", "clock.timezone"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><clock timezone=''/>", "clock.timezone"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><launchSecurity type='sev'/>", "launchSecurity.type"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><idmap/>", "idmap"},
    {"<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
     "<q:arg value='-fw_cfg'/></q:commandline>",
     "qemu.commandline.arg"},
    {"<vcpu>2</vcpu>", "<vcpu xmlns='http://x'>2</vcpu>", "vcpu"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><xml:a/>", "xml:a"},
    {"<vcpu>2</vcpu>", "<vcpu xml:lang='a'>2</vcpu>", "vcpu/@xml:lang"},
    {"<vcpu>2</vcpu>", "<vcpu>2</vcpu><metadata/>", "metadata"},
    {"<domain type='kvm'>", "<domain type='kvm' xmlns:qemu='http://a'>", "@xmlns:qemu"},
    {"<domain type='kvm'>", "<domain type='kvm' xmlns:q='http://a' q:type='xen'>",
     "@xmlns:q, @q:type"},
    {"<emulator>/usr/bin/qemu-system-x86_64", "<emulator>/tmp/evil", "emulator"},
    {"<emulator>/usr/bin/qemu-system-x86_64", "<emulator>/usr/bin/qemu-system-aarch64", "emulator"},
    {"<emulator>/usr/bin/qemu-system-x86_64", "<emulator>/usr/lib/libvirt/libvirt_lxc", "emulator"},
    {"<emulator>/usr/bin/qemu-system-x86_64</emulator>",
     "<emulator>/usr/bin/qemu-system-x86_64</emulator><emulator>/a</emulator>", "emulator"},
    {"<emulator>/usr/bin/qemu-system-x86_64</emulator>",
     "<emulator>/usr/bin/qemu-system-x86_64</emulator>"
     "<emulator>/usr/bin/qemu-system-x86_64</emulator>",
     "emulator"},
    {"<devices>", "<devices><emulator>/tmp/evil</emulator></devices><devices>",
     "devices, disk vda: removed, disk vdb: removed, interface 52:54:00:12:34:56: removed, "
     "graphics vnc: removed, hostdev 0000:01:00.0: removed"},
    {"  <seclabel type='dynamic' model='apparmor' relabel='yes'/>\n", "",
     "seclabel.1.type, seclabel.1.model, seclabel.1.relabel"},
    {"type='dynamic' model", "type='none' model", "seclabel.1.type"},
};

static const Case devices[] = {
    /* Disks. */
    {"type='raw'/>\n      <source file='/data", "type='qcow2'/>\n      <source file='/data",
     "disk vda: driver.type"},
    {"type='raw'/>\n      <source file='/srv", "type='qcow2'/>\n      <source file='/srv",
     "disk vdc: driver.type"},
    {" type='raw'/>\n      <source file='/srv", "/>\n      <source file='/srv", NULL},
    {"own.img", "../../etc/shadow", "disk vdc: source.file"},
    {"/srv/vm/web/own.img", "/srv/vm/db/own.img", "disk vdc: source.file"},
    {"/data/a.img", "/data/b.img", "disk vda: source.file"},
    {"/data/a.img", "/srv/vm/web/a.img", "disk vda: removed"},
    {"<disk type='block' device='disk'>", "<disk type='block' device='lun'>",
     "disk vdb: device, disk vdb: target.dev, disk vdb: target.bus"},
    {"<readonly/>\n    </disk>\n    <disk type='file' device='disk'>",
     "</disk>\n    <disk type='file' device='disk'>", "disk vdb: readonly"},
    {"<target dev='vdb' bus='virtio'/>", "<target dev='vdb' bus='virtio'/><shareable/>",
     "disk vdb: shareable"},
    {"<target dev='vdc' bus='virtio'/>", "<target dev='vdc' bus='virtio'/><shareable/>",
     "disk vdc: shareable"},
    {"<target dev='vdc' bus='virtio'/>", "<target dev='vdc' bus='virtio'/><transient/>",
     "disk vdc: transient"},
    {"<source dev='/dev/sdb'>\n        <encryption format='luks'>\n"
     "          <secret type='passphrase' uuid='0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'/>\n"
     "        </encryption>\n      </source>",
     "<source dev='/dev/sdb'/>",
     "disk vdb: source.encryption.format, disk vdb: source.encryption.secret.1.type, disk vdb: "
     "source.encryption.secret.1.uuid"},
    {"<source dev='/dev/sdb'>", "<source dev='/dev/sdb' startupPolicy='optional'>",
     "disk vdb: source.startupPolicy"},
    {"own.img'/>", "own.img'/><source file='/etc/shadow'/>", "disk vdc: source"},
    {"own.img'/>", "own.img'/><driver name='qemu' type='qcow2'/>", "disk vdc: driver"},
    {"own.img'/>", "own.img' dev='/dev/sda'/>", "disk vdc: source.dev"},
    {"own.img'/>", "own.img'><slices/></source>", "disk vdc: source/slices"},
    {"own.img'/>", "own.img'/><mirror/>", "disk vdc: mirror"},
    {"own.img'/>", "own.img'/><x:source xmlns:x='http://x' file='/etc/shadow'/>",
     "disk vdc: x:source"},
    {"own.img'/>", "own.img' xmlns:x='http://x' x:file='/etc/shadow'/>",
     "disk vdc: source/@xmlns:x, disk vdc: source/@x:file"},
    {"device='cdrom'>\n", "device='cdrom'><source file='/srv/iso/a.iso'/>\n",
     "disk sda: driver.type"},
    {"device='cdrom'>\n", "device='cdrom'><source startupPolicy='optional'/>\n",
     "disk sda: source.startupPolicy"},
    {"device='cdrom'>\n", "device='cdrom'><driver type='qcow2'/>\n", "disk sda: driver.type"},
    {"device='cdrom'>\n", "device='disk'>\n", "disk sda: driver.type"},
    {"<disk type='file' device='cdrom'>\n",
     "<disk type='network' device='cdrom'><source protocol='https' name='a'/>",
     "disk sda: type, disk sda: source.protocol, disk sda: source.name"},
    /* Interfaces. */
    {"<source network='default'/>", "<source network='other'/>",
     "interface 52:54:00:12:34:56: source.network"},
    {"<filterref filter='clean'><parameter name='IP' value='10.0.0.1'/></filterref>\n", "",
     "interface 52:54:00:12:34:56: filterref.filter, interface 52:54:00:12:34:56: "
     "filterref.parameter.1.name, interface 52:54:00:12:34:56: filterref.parameter.1.value"},
    {"value='10.0.0.1'", "value='10.0.0.2'", NULL},
    {"<model type='virtio'/>\n      <filterref", "<model type='vfio-pci'/>\n      <filterref",
     "interface 52:54:00:12:34:56: model.type"},
    {"<model type='virtio'/>\n      <filterref",
     "<model type='virtio'/><mtu size='68'/>\n      <filterref",
     "interface 52:54:00:12:34:56: mtu.size"},
    {"<video>", "<interface type='ethernet'><script path='/tmp/evil'/></interface><video>",
     "interface #2: type, interface #2: script.path"},
    /* Character devices. */
    {"<channel type='unix'>", "<channel>", NULL},
    {"<channel type='unix'>", "<channel type='unix'><source path='/tmp/a'/>", NULL},
    {"<channel type='unix'>", "<channel type='unix'><source mode='connect'/>", NULL},
    {"<channel type='unix'>", "<channel type='file'><source path='/etc/cron.d/a'/>", NULL},
    {"<channel type='unix'>", "<channel type='unix'><log file='/etc/cron.d/a'/>", NULL},
    {"org.qemu.guest_agent.0", "../../../../etc/a", NULL},
    {"<video>", "<serial type='unix'><source mode='bind'/></serial><video>", NULL},
    {"<video>", "<serial type='stdio'/><video>", NULL},
    {"<video>", "<redirdev bus='usb' type='spicevmc'/><video>", NULL},
    /* Displays. */
    {"address='127.0.0.1'", "address='0.0.0.0'", NULL},
    {"      <listen type='address' address='127.0.0.1'/>\n", "", NULL},
    {"type='address' address", "type='network' network='a' address", NULL},
    {" passwd='hush'", "", NULL},
    {" passwd='hush'", " passwd='hush' keymap='/etc/shadow'", NULL},
    {" passwd='hush'", " passwd='hush' websocket='5700'", NULL},
    {"<video>", "<graphics type='egl-headless'/><video>", NULL},
    {"<video>", "<graphics type='spice' autoport='yes'/><video>", "graphics spice: listen"},
    {"<video>", "<graphics type='spice' port='5900'><listen type='none'/></graphics><video>",
     "graphics spice: port"},
    {"<video>", "<graphics type='vnc'><listen type='socket' socket='/tmp/a'/></graphics><video>",
     NULL},
    {"<video>", "<graphics type='spice'><listen type='address'/></graphics><video>",
     "graphics spice: listen"},
    {"<video>", "<graphics type='spice'><listen/></graphics><video>", "graphics spice: listen"},
    {"<video>", "<video><driver name='vhostuser'/>", NULL},
    {"<video>", "<video xmlns='http://x'/><video>", NULL},
    {"<video>", "<panic><alias name=''/></panic><video>", "panic #1: alias"},
    {"<video><model type='virtio'/>",
     "<video><model type='virtio'><acceleration accel3d='yes'/></model>", NULL},
    {"<video>", "<audio id='1' type='file' path='/etc/a'/><sound model='ich9'/><video>", NULL},
    /* Others. */
    {"<address type='unassigned'/>", "", NULL},
    {"<address type='unassigned'/>",
     "<address type='pci' domain='0' bus='1' slot='0' function='0'/>", NULL},
    {"bus='0x01'", "bus='0x02'", NULL},
    {"<video>", "<filesystem><source dir='/'/><target dir='a'/></filesystem><video>", NULL},
    {"<video>", "<input type='evdev'><source dev='/dev/input/event0'/></input><video>", NULL},
    {"<video>", "<rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng><video>",
     NULL},
    {"<video>", "<rng model='virtio'><backend model='egd' type='tcp'/></rng><video>", NULL},
    {"<video>", "<tpm model='tpm-crb'><backend type='emulator'/></tpm><video>", NULL},
    {"<video>", "<iommu model='intel'/><video>", "iommu #1: model"},
    {"<video>", "<vsock model='virtio'/><video>", "vsock #1"},
    {"<video>", "<shmem name='a'/><video>", NULL},
    {"<video>", "<hub type='usb'/><video>", NULL},
    {"<video>", "<memory model='nvdimm'><source><path>/etc/shadow</path></source></memory><video>",
     NULL},
    {"<video>", "<watchdog model='i6300esb' action='dump'/><video>", "watchdog #1: action"},
    {"<video>", "<x:video xmlns:x='http://x'/><video>", NULL},
    {"<video>", "<unheard/><video>", "unheard #1: unheard"},
    {"<video>", "<rng><!-- no backend --></rng><video>", "rng #1"},
};

static void check_cases(const Case *cases, size_t n)
{
    unsigned n_wrong = 0;

    for (size_t i = 0; i < n; i++) {
        g_autofree char *text = replaced(DOMAIN, cases[i].find, cases[i].with);
        g_auto(DwEffects) there = effects_of(DOMAIN, text), back = effects_of(text, DOMAIN);
        bool expected = !cases[i].reasons || *cases[i].reasons;
        g_autofree char *reasons = g_strjoinv(", ", there.reasons);

        if (there.reach == expected && back.reach == expected &&
            (!cases[i].reasons || strcmp(cases[i].reasons, reasons) == 0) &&
            (*there.reasons != NULL) == there.reach)
            continue;
        print_error("%s -> %s: reach is %d, and %d back: \"%s\", not \"%s\"\n", cases[i].find,
                    cases[i].with, there.reach, back.reach, reasons, cases[i].reasons);
        n_wrong++;
    }
    assert_int_equal(n_wrong, 0);
}

static void test_what_is_safe(void **state)
{
    check_cases(safe, G_N_ELEMENTS(safe));
}

static void test_settings_that_reach(void **state)
{
    check_cases(settings, G_N_ELEMENTS(settings));
}

static void test_devices_that_reach(void **state)
{
    check_cases(devices, G_N_ELEMENTS(devices));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_safe),
        cmocka_unit_test(test_settings_that_reach),
        cmocka_unit_test(test_devices_that_reach),
    };

    return cmocka_run_group_tests_name("effects", tests, NULL, NULL);
}
