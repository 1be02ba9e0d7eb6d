/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ways an attacker would try to change a domain he may change, without the right to use the host's
 * resources: each is an edit of a domain that has some of them, with a sentence on what it would
 * give him.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "effects-support.h"

static const char *const DOMAIN =
    "<domain type='kvm'>\n"
    "  <name>dev-a</name>\n"
    "  <memory unit='KiB'>1048576</memory>\n"
    "  <vcpu>2</vcpu>\n"
    "  <os><type arch='x86_64' machine='q35'>hvm</type></os>\n"
    "  <cpu mode='custom'><model>qemu64</model></cpu>\n"
    "  <devices>\n"
    "    <disk type='file' device='disk'><driver name='qemu' type='raw'/>"
    "<source file='/srv/vm/dev-a/a.img'/><target dev='vda' bus='virtio'/></disk>\n"
    "    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
    "<source file='/srv/vm/dev-a/b.qcow2'/><backingStore/><target dev='vdb' bus='virtio'/></disk>\n"
    "    <disk type='block' device='lun'><driver name='qemu' type='raw'/>"
    "<source dev='/dev/sdx'/><target dev='sda' bus='virtio'/></disk>\n"
    "    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
    "<source file='/data/c'/><backingStore/><target dev='vdd' bus='virtio'/></disk>\n"
    "    <disk type='file' device='cdrom'><target dev='sdb' bus='sata'/></disk>\n"
    "    <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/>"
    "<model type='virtio'/></interface>\n"
    "    <graphics type='vnc' passwd='x'><listen type='socket'/></graphics>\n"
    "    <unheard><p><a>t</a></p><c>u></c></unheard>\n"
    "  </devices>\n"
    "</domain>\n";

#define A "type='raw'/><source file='/srv/vm/dev-a/a.img'/>"
#define B "type='qcow2'/><source file='/srv/vm/dev-a/b.qcow2'/><backingStore/>"

static const struct {
    const char *what, *find, *with;
} attacks[] = {
    {"a guest's raw image is read as qcow2, whose header names a file of data", A,
     "type='qcow2'/><source file='/srv/vm/dev-a/a.img'/><backingStore/>"},
    {"so that its header can be written, a qcow2 image is given to the guest as raw", B,
     "type='raw'/><source file='/srv/vm/dev-a/b.qcow2'/>"},
    {"the same, by another disk", "    <interface",
     "<disk type='file'><driver type='raw'/><source file='/srv/vm/dev-a/b.qcow2'/>"
     "<target dev='vde'/></disk><interface"},
    {"a raw image becomes the backing file of one with a chain", B,
     "type='qcow2'/><source file='/srv/vm/dev-a/b.qcow2'/><backingStore type='file'>"
     "<format type='qcow2'/><source file='/srv/vm/dev-a/a.img'/><backingStore/></backingStore>"},
    {"on an SD card QEMU reads the chain from the header",
     "<backingStore/><target dev='vdb' bus='virtio'/>",
     "<backingStore/><target dev='vdb' bus='sd'/>"},
    {"the same, of a disk that is not in a directory of images", "dev='vdd' bus='virtio'",
     "dev='vdd' bus='sd'"},
    {"Xen's disks have their chains read, too", "dev='vdd' bus='virtio'", "dev='vdd' bus='xen'"},
    {"a lun takes any SCSI command when it is on a SCSI bus", "dev='sda' bus='virtio'",
     "dev='sda' bus='scsi'"},
    {"the same, by a name alone", "dev='sda' bus='virtio'", "dev='sda'"},
    {"text that looks like structure", "<a>t</a></p><c>u></c>", "<a>t></a></p><c>u</c>"},
    {"a part is moved out of another", "<p><a>t</a></p>", "<p/><a>t</a>"},
    {"order within what nobody knows", "<p><a>t</a></p><c>u></c>", "<c>u></c><p><a>t</a></p>"},
    {"a file at the end of an attribute's white space", "/srv/vm/dev-a/a.img",
     "/srv/vm/dev-a/&#10;/etc/shadow"},
    {"a reference spells the dots", "/srv/vm/dev-a/a.img", "/srv/vm/dev-a/.&#46;/b"},
    {"a reference spells the slash", "/srv/vm/dev-a/a.img", "/srv/vm/dev-a/..&#x2f;b"},
    {"the name of the directory only begins alike", "/srv/vm/dev-a/a.img", "/srv/vm/dev-ab/a.img"},
    {"a format that is a reference", "type='raw'/><source file='/srv",
     "type='&#118;mdk'/><source file='/srv"},
    {"a slice of a host's disk", "/srv/vm/dev-a/a.img'/>",
     "/srv/vm/dev-a/a.img'><slices><slice type='storage' offset='0' size='1'/></slices></source>"},
    {"an encrypted image, with a secret of the host", "/srv/vm/dev-a/a.img'/>",
     "/srv/vm/dev-a/a.img'><encryption format='luks'><secret type='passphrase' usage='u'/>"
     "</encryption></source>"},
    {"the same in the older place", "<target dev='vda'",
     "<encryption format='luks'/><target dev='vda'"},
    {"a label of the image's own", "/srv/vm/dev-a/a.img'/>",
     "/srv/vm/dev-a/a.img'><seclabel relabel='no'/></source>"},
    {"a reservation's helper", "/srv/vm/dev-a/a.img'/>",
     "/srv/vm/dev-a/a.img'><reservations managed='yes'/></source>"},
    {"a file of data, as new libvirts have it", "/srv/vm/dev-a/b.qcow2'/>",
     "/srv/vm/dev-a/b.qcow2'><dataStore type='file'><format type='raw'/><source "
     "file='/etc/shadow'/>"
     "</dataStore></source>"},
    {"what libvirt keeps for itself", "<target dev='vda'",
     "<privateData><nodenames/></privateData><target dev='vda'"},
    {"a copy to elsewhere", "<target dev='vda'",
     "<mirror type='file' file='/etc/cron.d/a' format='raw' job='copy'/><target dev='vda'"},
    {"filters of throughput", "<target dev='vda'",
     "<throttlefilters><throttlefilter group='g'/></throttlefilters><target dev='vda'"},
    {"a cache of metadata in the driver", "<driver name='qemu' type='raw'/><source file='/srv",
     "<driver name='qemu' type='raw'><metadata_cache/></driver><source file='/srv"},
    {"several I/O threads", "<driver name='qemu' type='raw'/><source file='/srv",
     "<driver name='qemu' type='raw'><iothreads><iothread id='1'/></iothreads></driver>"
     "<source file='/srv"},
    {"a medium by volume", "<disk type='file' device='cdrom'>",
     "<disk type='volume' device='cdrom'><source pool='p' volume='v'/>"},
    {"a medium with a label", "<disk type='file' device='cdrom'>",
     "<disk type='file' device='cdrom'><source><seclabel/></source>"},
    {"a medium that is a folder", "<disk type='file' device='cdrom'>",
     "<disk type='dir' device='cdrom'>"},
    {"a card of the host's instead of an emulated one", "<model type='virtio'/>",
     "<model type='virtio'/><driver name='vfio'/>"},
    {"packets of others", "<model type='virtio'/>", "<model type='virtio'/><link state='up'/>"},
    {"the address of another machine", "52:54:00:00:00:01", "52:54:00:00:00:02"},
    {"another network, said by a second source", "<source bridge='br0'/>",
     "<source bridge='br0'/><source bridge='br1'/>"},
    {"a port of an Open vSwitch", "<source bridge='br0'/>",
     "<source bridge='br0'/><virtualport type='openvswitch'/>"},
    {"a guaranteed rate of a network", "<source bridge='br0'/>",
     "<source bridge='br0'/><bandwidth><inbound average='1' floor='1'/></bandwidth>"},
    {"the host's routes", "<source bridge='br0'/>",
     "<source bridge='br0'/><route address='0.0.0.0' prefix='0' gateway='10.0.0.1'/>"},
    {"the password of the display is taken away", " passwd='x'", ""},
    {"the display listens on a network's address", "<listen type='socket'/>",
     "<listen type='network' network='default'/>"},
    {"the display listens where a second element says", "<listen type='socket'/>",
     "<listen type='socket'/><listen type='address' address='0.0.0.0'/>"},
    {"the display's socket is made where others look for one", "<listen type='socket'/>",
     "<listen type='socket' socket='/run/x'/>"},
    {"a table of keys that is a file", "<listen type='socket'/>",
     "<listen type='socket'/></graphics><graphics type='vnc' keymap='../../etc/shadow'>"
     "<listen type='none'/>"},
    {"processors of the host's choice", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><cputune><vcpupin vcpu='0' cpuset='3'/></cputune>"},
    {"the cache of the host's processors", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><cputune><cachetune vcpus='0'/></cputune>"},
    {"a realtime scheduler", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><cputune><vcpusched vcpus='0' scheduler='fifo' priority='1'/></cputune>"},
    {"weights of the host's devices", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><blkiotune><device><path>/dev/sda</path><weight>1000</weight></device></"
     "blkiotune>"},
    {"events of the host's processors", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><perf><event name='cmt' enabled='yes'/></perf>"},
    {"memory in a file of the host's", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><memoryBacking><source type='file'/></memoryBacking>"},
    {"memory that other processes share", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><memoryBacking><access mode='shared'/></memoryBacking>"},
    {"memory that is never swapped out", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><memoryBacking><locked/></memoryBacking>"},
    {"nodes of the guest on memory of the host's", "<model>qemu64</model>",
     "<model>qemu64</model><numa><cell id='0' memory='1' memAccess='shared'/></numa>"},
    {"a table of ACPI from a file", "<os>",
     "<os><acpi><table type='slic'>/etc/shadow</table></acpi>"},
    {"firmware that libvirt chooses, and variables it makes", "<os>", "<os firmware='efi'>"},
    {"firmware's variables on another's disk", "<os>",
     "<os><nvram type='file'><source file='/etc/shadow'/></nvram>"},
    {"the host's own words about itself", "<os>", "<os><smbios mode='host'/>"},
    {"keys of the host's", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><keywrap><cipher name='aes' state='on'/></keywrap>"},
    {"a launch by another's certificates", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><launchSecurity type='sev'><dhCert>x</dhCert></launchSecurity>"},
    {"a group of the host's control", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><resource><partition>/system</partition></resource>"},
    {"the name of a Fibre Channel's domain", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><resource><fibrechannel appid='a'/></resource>"},
    {"text about a host, from a file", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><sysinfo type='smbios'><bios><entry name='vendor' file='/etc/shadow'>a</entry>"
     "</bios></sysinfo>"},
    {"strings of the maker's", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><sysinfo type='smbios'><oemStrings><entry>a</entry></oemStrings></sysinfo>"},
    {"a clock of the host's files", "<vcpu>2</vcpu>",
     "<vcpu>2</vcpu><clock offset='timezone' timezone=':/etc/shadow'/>"},
    {"a name of the processor's that is more than one", "<model>qemu64</model>",
     "<model>qemu64,+x</model>"},
    {"a channel that connects", "    <interface",
     "<channel type='unix'><source mode='connect'/><target type='virtio' "
     "name='a'/></channel><interface"},
    {"a channel by the address of a host", "    <interface",
     "<channel type='unix'><target type='guestfwd' address='10.0.2.1' "
     "port='1'/></channel><interface"},
    {"a channel to the host's clipboard", "    <interface",
     "<channel type='qemu-vdagent'><target type='virtio' name='a'/></channel><interface"},
    {"a channel whose file is elsewhere", "    <interface",
     "<channel type='unix'><target type='virtio' name='a/../../b'/></channel><interface"},
    {"a channel with a label of its own", "    <interface",
     "<channel type='unix'><source><seclabel model='dac' relabel='no'/></source>"
     "<target type='virtio' name='a'/></channel><interface"},
    {"a terminal of the host's, by the older spelling", "    <interface",
     "<console type='pty' tty='/dev/pts/1'/><interface"},
    {"a parallel port", "    <interface", "<parallel type='pty'/><interface"},
    {"a smart card of the host's", "    <interface", "<smartcard mode='host'/><interface"},
    {"devices of whoever looks at the display", "    <interface",
     "<redirdev bus='usb' type='spicevmc'/><interface"},
    {"what of these may be redirected", "    <interface",
     "<redirfilter><usbdev allow='yes'/></redirfilter><interface"},
    {"memory shared with others by name", "    <interface", "<shmem name='a'/><interface"},
    {"memory that is a file", "    <interface",
     "<memory model='nvdimm'><source><path>/etc/shadow</path></source></memory><interface"},
    {"the host's enclave memory", "    <interface", "<memory model='sgx-epc'/><interface"},
    {"a socket between guest and host", "    <interface",
     "<vsock model='virtio'><cid auto='yes'/></vsock><interface"},
    {"a lease of a lock", "    <interface",
     "<lease><lockspace>a</lockspace><key>b</key><target path='/x'/></lease><interface"},
    {"a crypto device", "    <interface",
     "<crypto model='virtio' type='qemu'><backend model='builtin'/></crypto><interface"},
    {"random numbers from a device of the host", "    <interface",
     "<rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng><interface"},
    {"the same, in pieces", "    <interface",
     "<rng model='virtio'><backend model='random'>/dev/<!-- -->hwrng</backend></rng><interface"},
    {"the host's sound", "    <interface", "<audio id='1' type='alsa'/><interface"},
    {"a graphics card drawn by another program", "    <interface",
     "<video><driver name='vhostuser'/><model type='virtio'/></video><interface"},
    {"the host's graphics card", "    <interface",
     "<video><model type='virtio'><acceleration accel3d='yes'/></model></video><interface"},
    {"a watchdog that writes the guest's memory to the host", "    <interface",
     "<watchdog model='i6300esb' action='dump'/><interface"},
    {"a parameter for the machine of s390 in a parameter", "<target dev='vda'",
     "<boot order='1' loadparm='a,b=c'/><target dev='vda'"},
};

static void test_attacks(void **state)
{
    unsigned n_wrong = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(attacks); i++) {
        g_autofree char *text = replaced(DOMAIN, attacks[i].find, attacks[i].with);
        g_auto(DwEffects) there = effects_of(DOMAIN, text), back = effects_of(text, DOMAIN);

        if (there.reach && back.reach && *there.reasons && *back.reasons)
            continue;
        print_error("%s: reach is %d, and %d back\n", attacks[i].what, there.reach, back.reach);
        n_wrong++;
    }
    assert_int_equal(n_wrong, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_attacks)};

    return cmocka_run_group_tests_name("effects-attacks", tests, NULL, NULL);
}
