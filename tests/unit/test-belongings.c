/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys that belong to some types only: refused where they are set in vain, taken along where the
 * type changes; and no document that libvirt stored says otherwise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "apply-support.h"
#include "table/belongs.h"
#include "table/table.h"

#define INFO   DW_SEVERITY_INFO
#define DOMAIN Q35_GUEST
#define MAC    "52:54:00:aa:bb:01"

typedef struct {
    const char *kind, *id, *before, *change, *after;
    const char *dropped; /* a key that a note is about */
} Change;

/* What is set on the left makes the device the one on the right. */
static const Change changes[] = {
    {"graphics", "spice",
     "<graphics type='spice' autoport='yes'><listen type='address'/><image compression='off'/>"
     "<gl enable='no'/></graphics>",
     "type=vnc", "<graphics type='vnc' autoport='yes'><listen type='address'/></graphics>",
     "image.compression"},
    {"video", "#1", "<video><model type='qxl' ram='65536' vram='65536' vgamem='16384'/></video>",
     "model.type=virtio", "<video><model type='virtio' vram='65536'/></video>", "model.vgamem"},
    {"controller", "scsi0",
     "<controller type='scsi' index='0' model='virtio-scsi'><driver queues='4' iommu='on'/>"
     "</controller>",
     "model=lsilogic", "<controller type='scsi' index='0' model='lsilogic'></controller>",
     "driver.queues"},
    {"controller", "usb0", "<controller type='usb' index='0' model='qemu-xhci' ports='8'/>",
     "model=ich9-ehci1", "<controller type='usb' index='0' model='ich9-ehci1'/>", "ports"},
    {"watchdog", "#1",
     "<watchdog model='i6300esb' action='reset'><address type='pci' domain='0x0000' bus='0x04' "
     "slot='0x01' function='0x0'/></watchdog>",
     "model=ib700", "<watchdog model='ib700' action='reset'></watchdog>", "address.slot"},
    {"input", "#1",
     "<input type='tablet' bus='virtio'><address type='pci' domain='0x0000' bus='0x04' "
     "slot='0x00' function='0x0'/></input>",
     "bus=usb", "<input type='tablet' bus='usb'></input>", "address.type"},
    {"sound", "#1",
     "<sound model='ich9'><address type='pci' domain='0x0000' bus='0x00' slot='0x1b' "
     "function='0x0'/></sound>",
     "model=usb", "<sound model='usb'></sound>", "address.type"},
    {"sound", "#1", "<sound model='ich6'><address type='pci' slot='0x1b'/></sound>", "model=ac97",
     "<sound model='ac97'><address type='pci' slot='0x1b'/></sound>", NULL},
    {"interface", MAC,
     "<interface type='user'><mac address='" MAC "'/><ip address='10.0.2.9' family='ipv4' "
     "prefix='24'/></interface>",
     "source.bridge=br0",
     "<interface type='bridge'><mac address='" MAC "'/><source bridge='br0'/></interface>",
     "ip.1.address"},
    {"disk", "vda",
     "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/a'/><target "
     "dev='vda' bus='virtio'/><transient/></disk>",
     "source.dev=/dev/b",
     "<disk type='block' device='disk'><driver name='qemu' type='raw'/><source dev='/dev/b'/>"
     "<target dev='vda' bus='virtio'/></disk>",
     "transient"},
    {"interface", MAC,
     "<interface type='network'><mac address='" MAC "'/><source network='default'/>"
     "<model type='virtio'/></interface>",
     "source.bridge=br0",
     "<interface type='bridge'><mac address='" MAC "'/><source bridge='br0'/>"
     "<model type='virtio'/></interface>",
     "source.network"},
    {"interface", MAC,
     "<interface type='bridge'><mac address='" MAC "'/><source bridge='br0'/></interface>",
     "source.dev=eth0",
     "<interface type='direct'><mac address='" MAC "'/><source dev='eth0'/></interface>",
     "source.bridge"},
    {"interface", MAC,
     "<interface type='user'><mac address='" MAC "'/><model type='virtio'/>"
     "<driver name='vhost' queues='4' iommu='on'/></interface>",
     "model.type=e1000e",
     "<interface type='user'><mac address='" MAC "'/><model type='e1000e'/></interface>",
     "driver.iommu"},
    {"disk", "sda",
     "<disk type='network' device='cdrom'><driver name='qemu' type='raw'/><source protocol='https' "
     "name='/x.iso'><host name='example.org'/></source><target dev='sda' bus='sata'/><readonly/>"
     "</disk>",
     "source.file=/srv/a.iso",
     "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='/srv/a.iso'/>"
     "<target dev='sda' bus='sata'/><readonly/></disk>",
     "source.host.1.name"},
    {"tpm", "#1", "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>",
     "backend.type=passthrough;backend.device.path=/dev/tpm0",
     "<tpm model='tpm-crb'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>",
     "backend.version"},
    {"rng", "#1",
     "<rng model='virtio'><backend model='egd' type='tcp'><source mode='connect' host='h' "
     "service='1'/></backend></rng>",
     "backend.model=random;backend=/dev/urandom",
     "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>", "backend.type"},
    {"serial", "#1",
     "<serial type='tcp'><source mode='bind' host='h' service='1'/><protocol type='raw'/></serial>",
     "type=pty", "<serial type='pty'></serial>", "source.host"},
    {"graphics", "vnc",
     "<graphics type='vnc' socket='/s'><listen type='socket' socket='/s'/></graphics>",
     "listen.1.type=address", "<graphics type='vnc'><listen type='address'/></graphics>",
     "listen.1.socket"},
    {"graphics", "vnc",
     "<graphics type='vnc'><audio id='1'/></graphics><audio id='1' type='none'/>", "type=dbus",
     "<graphics type='dbus'></graphics><audio id='1' type='none'/>", "audio.id"},
    {"graphics", "dbus", "<graphics type='dbus' p2p='yes'><audio id='1'/></graphics>", "type=vnc",
     "<graphics type='vnc'><audio id='1'/></graphics>", "p2p"},
    {"graphics", "dbus", "<graphics type='dbus'><audio id='2'/></graphics>", "type=vnc",
     "<graphics type='vnc'></graphics>", "audio.id"},
    {"graphics", "egl-headless", "<graphics type='egl-headless'><gl rendernode='/r'/></graphics>",
     "type=spice;autoport=yes", "<graphics type='spice' autoport='yes'></graphics>",
     "gl.rendernode"},
    {"video", "#1",
     "<video><driver name='vhostuser'/><model type='virtio'><acceleration accel3d='yes' "
     "rendernode='/r'/></model></video>",
     "model.type=qxl", "<video><model type='qxl'></model></video>", "driver.name"},
    {"interface", MAC,
     "<interface type='network'><mac address='" MAC "'/><source network='n'/>"
     "<model type='virtio'/><teaming type='persistent'/></interface>",
     "model.type=e1000e",
     "<interface type='network'><mac address='" MAC "'/><source network='n'/>"
     "<model type='e1000e'/></interface>",
     "teaming.type"},
    {"interface", MAC,
     "<interface type='direct'><mac address='" MAC "'/><source dev='eth0' mode='bridge'/>"
     "<model type='virtio'/></interface>",
     "source.path=/v.sock;source.mode=server",
     "<interface type='vhostuser'><mac address='" MAC "'/><source mode='server' type='unix' "
     "path='/v.sock'/><model type='virtio'/></interface>",
     "source.dev"},
    {"hostdev", "0x1234:0x5678",
     "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0x5678'/>"
     "<address bus='1' device='2'/></source><address type='usb' bus='0' port='1'/></hostdev>",
     "type=scsi;source.adapter.name=scsi_host0;source.address.bus=0;source.address.target=0;"
     "source.address.unit=0",
     "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/><address bus='0' "
     "target='0' unit='0'/></source></hostdev>",
     "address.type"},
    {"channel", "a",
     "<channel type='pty'><target type='virtio' name='a'/><address type='virtio-serial' "
     "controller='0' bus='0' port='1'/></channel>",
     "type=unix;source.path=/s;target.type=guestfwd;target.address=10.0.2.1;target.port=46",
     "<channel type='unix'><source mode='bind' path='/s'/><target type='guestfwd' "
     "address='10.0.2.1' "
     "port='46'/></channel>",
     "target.name"},
    {"rng", "#1",
     "<rng model='virtio'><backend model='egd' type='tcp'><source mode='connect' host='h' "
     "service='1'/><log file='/l'/></backend></rng>",
     "backend.model=builtin", "<rng model='virtio'><backend model='builtin'></backend></rng>",
     "backend.log.file"},
    {"console", "#1",
     "<console type='pty'><target type='serial' port='0'/><alias name='ua-c'/></console>"
     "<serial type='pty'><target type='isa-serial' port='0'/><alias name='ua-c'/></serial>",
     "target.type=virtio",
     "<console type='pty'><target type='virtio' port='0'/></console><serial type='pty'>"
     "<target type='isa-serial' port='0'/><alias name='ua-c'/></serial>",
     "alias"},
    {"smartcard", "#1",
     "<smartcard mode='passthrough' type='tcp'><source mode='bind' host='h' service='1'/>"
     "<protocol type='raw'/></smartcard>",
     "mode=host", "<smartcard mode='host'></smartcard>", "type"},
    {"shmem", "a",
     "<shmem name='a'><model type='ivshmem-doorbell'/><server path='/s'/><msi "
     "vectors='2'/></shmem>",
     "model.type=ivshmem-plain", "<shmem name='a'><model type='ivshmem-plain'/></shmem>",
     "server.path"},
    {"audio", "1",
     "<audio id='1' type='oss' exclusive='yes'><input dev='/dev/dsp' tryPoll='yes' voices='2'/>"
     "</audio>",
     "type=pulseaudio", "<audio id='1' type='pulseaudio'><input voices='2'/></audio>", "input.dev"},
    {"input", "#1",
     "<input type='tablet' bus='virtio' model='virtio'><driver iommu='on'/>"
     "<address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/></input>",
     "bus=usb", "<input type='tablet' bus='usb'></input>", "model"},
    {"input", "#1", "<input type='evdev'><source dev='/dev/input/event1' grab='all'/></input>",
     "type=passthrough;bus=virtio;source.evdev=/dev/input/event1",
     "<input type='passthrough' bus='virtio'><source evdev='/dev/input/event1'/></input>",
     "source.grab"},
    /* An element that means something where it is empty, in another place. */
    {"video", "#1", "<video><model type='vga'/><acpi index='3'/></video>", "acpi.index-",
     "<video><model type='vga'/></video>", NULL},
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
        if (change->dropped)
            assert_note(&outcome, "device-drops", change->dropped, INFO);
        else
            assert_int_equal(outcome.result.problems->len, 0);
    }
}

static const struct {
    const char *kind, *id, *device, *change, *words;
} refusals[] = {
    {"graphics", "vnc", "<graphics type='vnc'/>", "image.compression=off",
     "Key \"image.compression\" belongs to type spice, and type is vnc."},
    {"interface", MAC,
     "<interface type='user'><mac address='" MAC "'/><model type='e1000e'/></interface>",
     "driver.queues=4", "model.type is e1000e"},
    {"disk", "vda",
     "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/a'/>"
     "<target dev='vda' bus='virtio'/></disk>",
     "target.tray=open", "belongs to device cdrom or floppy, and device is disk"},
    {"hostdev", "0000:03:00.0",
     "<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x03' slot='0x00' "
     "function='0x0'/></source></hostdev>",
     "source.address.bus=4", "belongs to type usb or scsi, and type is pci"},
    {"disk", "vda",
     "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/a'/>"
     "<target dev='vda' bus='virtio'/></disk>",
     "source.host.1.prot=1", "Unknown key"},
};

static void test_refusals(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *before = g_strdup_printf(DOMAIN("%s"), refusals[i].device);
        g_auto(Outcome) outcome = edit_text(before, DW_VERB_MODIFY, refusals[i].kind,
                                            refusals[i].id, refusals[i].change, 0, NULL);

        if (outcome.text || !strstr(outcome.error->message, refusals[i].words))
            fail_msg("%s: %s", refusals[i].change,
                     outcome.text ? outcome.text : outcome.error->message);
    }
}

/* Two spellings of one setting follow each other; a fixed port ends the choosing. */
static void test_displays(void **state)
{
    static const char both[] =
        DOMAIN("<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'>"
               "<listen type='address' address='127.0.0.1'/></graphics>");
    g_auto(Outcome) outer =
        edit_text(both, DW_VERB_MODIFY, "graphics", "vnc", "listen=0.0.0.0", 0, NULL);
    g_auto(Outcome) inner =
        edit_text(both, DW_VERB_MODIFY, "graphics", "vnc", "listen.1.address=0.0.0.0", 0, NULL);
    g_auto(Outcome) port = edit_text(both, DW_VERB_MODIFY, "graphics", "vnc", "port=5901", 0, NULL);
    static const char all[] =
        DOMAIN("<graphics type='vnc' port='-1' autoport='yes' listen='0.0.0.0'>"
               "<listen type='address' address='0.0.0.0'/></graphics>");

    assert_text(&outer, all);
    assert_note(&outer, "graphics-listen-follows", "listen.1.address", INFO);
    assert_text(&inner, all);
    assert_note(&inner, "graphics-listen-follows", "listen", INFO);
    assert_text(&port, DOMAIN("<graphics type='vnc' port='5901' autoport='no' listen='127.0.0.1'>"
                              "<listen type='address' address='127.0.0.1'/></graphics>"));
    assert_note(&port, "graphics-port-fixed", "autoport", INFO);
}

#define WITH_MEMORY(memory, current)                                                               \
    "<domain type='qemu'><name>t</name><memory unit='KiB'>" memory "</memory>"                     \
    "<currentMemory unit='KiB'>" current "</currentMemory><os><type>hvm</type></os></domain>"

static void test_memory_follows(void **state)
{
    g_auto(Outcome) equal =
        edit_text(WITH_MEMORY("1048576", "1048576"), DW_VERB_SET, "", "", "memory=2GiB", 0, NULL);
    g_auto(Outcome) less =
        edit_text(WITH_MEMORY("1048576", "524288"), DW_VERB_SET, "", "", "memory=2GiB", 0, NULL);

    assert_text(&equal, WITH_MEMORY("2097152", "2097152"));
    assert_note(&equal, "memory-current-follows", "currentMemory", INFO);
    assert_text(&less, WITH_MEMORY("2097152", "524288"));
    assert_note(&less, "memory-current-stays", "currentMemory", INFO);
}

#define PINNED(count, pins)                                                                        \
    "<domain type='qemu'><name>t</name><memory>1048576</memory><vcpu>" count "</vcpu>"             \
    "<iothreads>" count "</iothreads><cputune>" pins "</cputune>"                                  \
    "<os><type>hvm</type></os></domain>"
#define VCPUPIN(n)   "<vcpupin vcpu='" n "' cpuset='0'/>"
#define THREADPIN(n) "<iothreadpin iothread='" n "' cpuset='0'/>"

static void test_pins_go_along(void **state)
{
    static const char all[] = PINNED("4", VCPUPIN("0") VCPUPIN("1") VCPUPIN("2") VCPUPIN("3")
                                              THREADPIN("2") THREADPIN("3"));
    g_auto(Outcome) fewer = edit_text(all, DW_VERB_SET, "", "", "vcpu=2;iothreads=2", 0, NULL);
    g_auto(Outcome) more = edit_text(all, DW_VERB_SET, "", "", "vcpu=5;iothreads=5", 0, NULL);

    assert_text(&fewer, PINNED("2", VCPUPIN("0") VCPUPIN("1") THREADPIN("2")));
    assert_note(&fewer, "vcpu-drops", "cputune.vcpupin.2.cpuset", INFO);
    assert_note(&fewer, "vcpu-drops", "cputune.vcpupin.3.cpuset", INFO);
    assert_note(&fewer, "iothreads-drops", "cputune.iothreadpin.3.cpuset", INFO);
    assert_null(outcome_note(&more, "vcpu-drops", "cputune.vcpupin.3.cpuset"));
    assert_non_null(strstr(more.text, VCPUPIN("3")));
}

static void test_listed_vcpus_go_along(void **state)
{
    static const char all[] =
        "<domain type='qemu'><name>t</name><memory>1048576</memory><vcpu>3</vcpu><vcpus>"
        "<vcpu id='0' enabled='yes' hotpluggable='no'/><vcpu id='1' enabled='yes'/>"
        "<vcpu id='2' enabled='yes' order='3'/></vcpus><os><type>hvm</type></os></domain>";
    g_auto(Outcome) fewer = edit_text(all, DW_VERB_SET, "", "", "vcpu=2", 0, NULL);

    assert_note(&fewer, "vcpu-drops", "vcpus.vcpu.2.enabled", INFO);
    assert_null(strstr(fewer.text, "id='2'"));
    assert_non_null(strstr(fewer.text, "id='1'"));
}

static void test_cpu_features_stay(void **state)
{
    static const char xml[] = "<domain type='kvm'><name>t</name><memory>1048576</memory><os><type "
                              "arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><cpu "
                              "mode='%s' check='none'><feature policy='disable' name='vmx'/></cpu>"
                              "</domain>";
    g_autofree char *before = g_strdup_printf(xml, "host-passthrough");
    g_autofree char *after = g_strdup_printf(xml, "host-model");
    g_auto(Outcome) outcome =
        edit_text(before, DW_VERB_SET, "", "", "cpu.mode=host-model", 0, NULL);

    assert_text(&outcome, after);
}

static void test_cpu_cache_goes_along(void **state)
{
    static const char xml[] =
        "<domain type='kvm'><name>t</name><memory>1048576</memory><os><type "
        "arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><cpu "
        "mode='%s' check='none'>%s<feature policy='disable' name='vmx'/></cpu>"
        "</domain>";
    g_autofree char *before = g_strdup_printf(
        xml, "host-passthrough", "<cache mode='passthrough'/><maxphysaddr mode='passthrough'/>");
    g_autofree char *after = g_strdup_printf(xml, "host-model", "");
    g_auto(Outcome) outcome =
        edit_text(before, DW_VERB_SET, "", "", "cpu.mode=host-model", 0, NULL);

    assert_text(&outcome, after);
    assert_note(&outcome, "cpu-mode-drops", "cpu.cache.mode", INFO);
    assert_note(&outcome, "cpu-mode-drops", "cpu.maxphysaddr.mode", INFO);
}

#define SCHEDULED(count, rows)                                                                     \
    "<domain type='qemu'><name>t</name><memory>1048576</memory><vcpu>" count                       \
    "</vcpu><cputune>" rows "</cputune><os><type>hvm</type></os></domain>"
#define SCHEDULER(list) "<vcpusched vcpus='" list "' scheduler='batch'/>"

static void test_schedulers_go_along(void **state)
{
    g_auto(Outcome) fewer =
        edit_text(SCHEDULED("6", SCHEDULER("4-5") SCHEDULER("0-1,3") SCHEDULER("2")), DW_VERB_SET,
                  "", "", "vcpu=3", 0, NULL);

    assert_text(&fewer, SCHEDULED("3", SCHEDULER("0-1") SCHEDULER("2")));
    assert_note(&fewer, "vcpu-drops", "cputune.vcpusched.1.vcpus", INFO);
}

static void test_described(void **state)
{
    DwKey *bridge = dw_key_find("interface", "source.bridge");
    DwKey *type = dw_key_find("hostdev", "type"), *cache = dw_key_find("disk", "driver.cache");

    assert_string_equal(bridge->belongs[0], "type=bridge");
    assert_null(bridge->belongs[1]);
    assert_false(bridge->required);
    assert_true(type->required);
    assert_null(cache->belongs[0]);
    dw_key_free(bridge);
    dw_key_free(type);
    dw_key_free(cache);
}

static unsigned seen;

static void check_devices(const DwDocument *document, const char *name)
{
    g_autoptr(GPtrArray) devices = dw_get_devices(document, "", false, NULL);

    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];

        for (size_t j = 0; j < dw_settings_count(device->properties); j++) {
            const char *key = dw_settings_key(device->properties, j);
            g_autofree char *value = dw_value_to_text(dw_settings_value(device->properties, j));
            DwBelonging belonging;

            for (unsigned at = 0; belonging_next(device->kind, key, &at, &belonging);) {
                const DwValue *by = dw_settings_get(device->properties, belonging.by);

                seen += by != NULL;
                if (by && by->type == DW_VALUE_STRING && !belonging_allows(&belonging, by->s) &&
                    belonging_concerns(&belonging, value))
                    fail_msg("%s: %s %s has %s, but %s is %s", name, device->kind, device->id, key,
                             belonging.by, by->s);
            }
        }
    }
}

static void check_file(const char *path, const char *name)
{
    g_autofree char *text = NULL;
    g_autoptr(DwDocument) document = NULL;
    size_t length;

    if (g_file_get_contents(path, &text, &length, NULL))
        document = dw_document_parse(text, length, NULL);
    if (document)
        check_devices(document, name);
}

/* DOMWRIGHT_STORED names a directory of documents as a libvirt stored them. */
static void check_directory(const char *directory)
{
    GDir *files = directory ? g_dir_open(directory, 0, NULL) : NULL;
    const char *name;

    while (files && (name = g_dir_read_name(files))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);

        check_file(path, name);
    }
    if (files)
        g_dir_close(files);
}

static void test_documents(void **state)
{
    const char *stored = g_getenv("DOMWRIGHT_STORED");
    g_autofree char *own =
        g_build_filename(TEST_ROOT, "tests", "data", "documents", "libvirt-like.xml", NULL);

    check_file(own, "libvirt-like.xml");
    assert_true(seen > 5);
    if (stored)
        check_directory(stored);
}

/* Every key that the table of belongings names is one, so that a misspelt one is found. */
static void test_keys_are_there(void **state)
{
    static const struct {
        const char *kind, *key, *by;
    } keys[] = {{"graphics", "image.compression", "type"},
                {"interface", "driver.queues", "model.type"},
                {"controller", "target.chassis", "type"},
                {"tpm", "backend.active_pcr_banks.sha256", "backend.type"}};

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        DwKey *key = dw_key_find(keys[i].kind, keys[i].key);
        DwBelonging belonging;
        unsigned at = 0;

        assert_non_null(key);
        dw_key_free(key);
        assert_true(belonging_next(keys[i].kind, keys[i].key, &at, &belonging));
        assert_string_equal(belonging.by, keys[i].by);
        key = dw_key_find(keys[i].kind, belonging.by);
        assert_non_null(key);
        dw_key_free(key);
    }
    assert_false(belonging_next("disk", "driver.cache", &(unsigned){0}, &(DwBelonging){0}));
}

#define IMAGES(loader, nvram)                                                                      \
    "<domain type='kvm'><name>t</name><memory>1024</memory><os>"                                   \
    "<type arch='x86_64' machine='q35'>hvm</type><loader readonly='yes' type='pflash'" loader      \
    "</loader><nvram" nvram "</nvram></os></domain>"

/* The format of an image does not stay for another one. */
static void test_image_formats_go_along(void **state)
{
    static const struct {
        const char *before, *values, *after, *rule, *key;
    } cases[] = {
        {IMAGES(" format='qcow2'>/l.qcow2", " format='qcow2'>/n.qcow2"),
         "os.loader=/l.fd;os.nvram=/n.fd", IMAGES(">/l.fd", ">/n.fd"), "firmware-format-drops",
         "os.nvram.format"},
        {IMAGES(" format='qcow2'>/l.qcow2", ">/n"), "os.loader=/l.fd", IMAGES(">/l.fd", ">/n"),
         "firmware-format-drops", "os.loader.format"},
        {IMAGES(">/l", " template='/t.qcow2' templateFormat='qcow2'>/n"), "os.nvram.template=/t",
         IMAGES(">/l", " template='/t'>/n"), "firmware-format-drops", "os.nvram.templateFormat"},
        {IMAGES(" format='raw'>/l.fd", ">/n"), "os.loader=/l.qcow2",
         IMAGES(" format='qcow2'>/l.qcow2", ">/n"), "firmware-format-follows", "os.loader.format"},
        {IMAGES(" format='qcow2'>/l.qcow2", ">/n"), "os.loader=/m.qcow2",
         IMAGES(" format='qcow2'>/m.qcow2", ">/n"), NULL, NULL},
        {IMAGES(" format='qcow2'>/l.qcow2", ">/n"), "os.loader=/m;os.loader.format=qcow2",
         IMAGES(" format='qcow2'>/m", ">/n"), NULL, NULL},
        {IMAGES(" format='qcow2'>/l", ">/n"), "os.loader=/l", IMAGES(" format='qcow2'>/l", ">/n"),
         NULL, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Outcome) outcome =
            edit_text(cases[i].before, DW_VERB_SET, "", "", cases[i].values, 0, NULL);

        assert_text(&outcome, cases[i].after);
        if (cases[i].rule)
            assert_note(&outcome, cases[i].rule, cases[i].key, INFO);
    }
}

#define SPICE(attributes, listen)                                                                  \
    DOMAIN("<graphics type='spice'" attributes "><listen type='" listen "'/></graphics>")

/* libvirt drops what a display that listens nowhere cannot have. */
static void test_displays_are_opened(void **state)
{
    static const struct {
        const char *before, *values, *after, *rule;
    } cases[] = {
        {SPICE("", "none"), "autoport=yes", SPICE(" autoport='yes'", "address"),
         "graphics-listen-follows"},
        {SPICE("", "none"), "port=5930", SPICE(" port='5930'", "address"),
         "graphics-listen-follows"},
        {SPICE("", "none"), "listen=0.0.0.0", SPICE(" autoport='yes' listen='0.0.0.0'", "address"),
         "graphics-port-follows"},
        {SPICE("", "none"), "listen.1.type=none;autoport=yes", SPICE(" autoport='yes'", "none"),
         NULL},
        {SPICE("", "none"), "defaultMode=secure", SPICE(" defaultMode='secure'", "none"), NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Outcome) outcome = edit_text(cases[i].before, DW_VERB_MODIFY, "graphics", "spice",
                                            cases[i].values, DW_APPLY_UNCHECKED, NULL);

        assert_text(&outcome, cases[i].after);
        if (cases[i].rule)
            assert_non_null(
                outcome_note(&outcome, cases[i].rule, i == 2 ? "autoport" : "listen.1.type"));
    }
}

/* What a value that is no size stands for is not told a second time. */
static void test_wrong_memory_goes_nowhere(void **state)
{
    g_auto(Outcome) outcome =
        edit_text("<domain type='kvm'><name>t</name><memory>1024</memory><currentMemory>1024"
                  "</currentMemory></domain>",
                  DW_VERB_SET, "", "", "memory=y", DW_APPLY_DRY, NULL);

    assert_non_null(outcome_note(&outcome, "invalid-value", "memory"));
    assert_null(outcome_note(&outcome, "invalid-value", "currentMemory"));
    assert_null(outcome_note(&outcome, "memory-current-follows", "currentMemory"));
}

/* What it is called in its firmware is said of a PCI device only. */
static void test_places_go_along(void **state)
{
    g_auto(Outcome) outcome =
        edit_text("<domain type='kvm'><devices><sound model='ich9'><acpi index='3'/>"
                  "<address type='pci' slot='0x05'/></sound></devices></domain>",
                  DW_VERB_MODIFY, "sound", "#1", "model=usb", DW_APPLY_UNCHECKED, NULL);

    assert_note(&outcome, "device-drops", "address.type", INFO);
    assert_note(&outcome, "device-drops", "acpi.index", INFO);
    assert_null(strstr(outcome.text, "index"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_keys_are_there),
        cmocka_unit_test(test_displays),
        cmocka_unit_test(test_memory_follows),
        cmocka_unit_test(test_cpu_features_stay),
        cmocka_unit_test(test_cpu_cache_goes_along),
        cmocka_unit_test(test_schedulers_go_along),
        cmocka_unit_test(test_described),
        cmocka_unit_test(test_pins_go_along),
        cmocka_unit_test(test_listed_vcpus_go_along),
        cmocka_unit_test(test_image_formats_go_along),
        cmocka_unit_test(test_displays_are_opened),
        cmocka_unit_test(test_wrong_memory_goes_nowhere),
        cmocka_unit_test(test_places_go_along),
    };

    dw_end_without_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
