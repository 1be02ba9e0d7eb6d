/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is filled in and carried along: exactly what, and that it is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apply-support.h"
#include "rules-support.h"

#define DOMAIN(type, machine, rest)                                                                \
    "<domain type='" type "'>\n"                                                                   \
    "  <name>t</name>\n"                                                                           \
    "  <memory unit='KiB'>1024</memory>\n"                                                         \
    "  <os>\n"                                                                                     \
    "    <type arch='x86_64' machine='" machine "'>hvm</type>\n"                                   \
    "  </os>\n" rest "</domain>\n"
#define DEVICES(devices) "  <devices>\n" devices "  </devices>\n"
#define Q35(devices)     DOMAIN("kvm", "pc-q35-7.2", DEVICES(devices))
#define PC(devices)      DOMAIN("kvm", "pc-i440fx-7.2", DEVICES(devices))
#define DISK(attributes, driver, source, target, rest)                                             \
    "    <disk " attributes ">\n      <driver " driver "/>\n" source "      <target " target       \
    "/>\n" rest "    </disk>\n"
#define PLAIN  "type='file' device='disk'"
#define CDROM  "type='file' device='cdrom'"
#define RAW    "name='qemu' type='raw'"
#define FILE_A "      <source file='/a.img'/>\n"
#define RO     "      <readonly/>\n"

static Outcome add(const char *xml, const char *kind, const char *values)
{
    return edit_text(xml, DW_VERB_ADD, kind, "", values, 0, NULL);
}

static Outcome modify(const char *xml, const char *id, const char *values)
{
    return edit_text(xml, DW_VERB_MODIFY, "disk", id, values, 0, NULL);
}

static Outcome set(const char *xml, const char *values)
{
    return edit_text(xml, DW_VERB_SET, "", "", values, 0, NULL);
}

static void test_disk_from_a_file(void **state)
{
    g_auto(Outcome) outcome = add(Q35(""), "disk", "source.file=/d/a.qcow2");

    assert_text(&outcome,
                Q35(DISK(PLAIN, "name='qemu' type='qcow2'", "      <source file='/d/a.qcow2'/>\n",
                         "dev='vda' bus='virtio'", "")));
    assert_note(&outcome, "disk-type-default", "type", INFO);
    assert_note(&outcome, "disk-device-default", "device", INFO);
    assert_note(&outcome, "disk-bus-default", "target.bus", INFO);
    assert_note(&outcome, "disk-target-default", "target.dev", INFO);
    assert_note(&outcome, "disk-driver-default", "driver.name", INFO);
    assert_note(&outcome, "disk-format-default", "driver.type", INFO);
    assert_int_equal(outcome.result.problems->len, 6);
    for (guint i = 0; i < 6; i++) {
        const DwProblem *problem = outcome.result.problems->pdata[i];
        assert_string_equal(problem->kind, "disk");
        assert_string_equal(problem->id, "vda");
        check_message(problem);
    }
}

static void test_type_from_source(void **state)
{
    static const struct {
        const char *values, *type;
    } cases[] = {
        {"source.file=/a.img", "file"},
        {"source.dev=/dev/a", "block"},
        {"source.dir=/d", "dir"},
        {"source.pool=p;source.volume=v.qcow2", "volume"},
        {"source.protocol=nbd;source.host.1.name=h", "network"},
        {"source.address=0000:01:00.0", "nvme"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *start = g_strdup_printf("<disk type='%s' device='disk'>", cases[i].type);
        g_auto(Outcome) outcome = add(Q35(""), "disk", cases[i].values);

        assert_note(&outcome, "disk-type-default", "type", INFO);
        assert_non_null(strstr(outcome.text, start));
    }
}

static void test_format_by_ending(void **state)
{
    static const struct {
        const char *name, *format, *rule;
        DwSeverity severity;
    } cases[] = {
        {"/a.qcow2", "qcow2", "disk-format-default", INFO},
        {"/a.QCOW2", "qcow2", "disk-format-default", INFO},
        {"/a.qed", "qed", "disk-format-default", INFO},
        {"/a.vmdk", "vmdk", "disk-format-default", INFO},
        {"/a.vdi", "vdi", "disk-format-default", INFO},
        {"/a.vhd", "vpc", "disk-format-default", INFO},
        {"/a.vpc", "vpc", "disk-format-default", INFO},
        {"/a.raw", "raw", "disk-format-default", INFO},
        {"/a.img", "raw", "disk-format-guessed", WARNING},
        {"/a.qcow2.bak", "raw", "disk-format-guessed", WARNING},
        {"/qcow2", "raw", "disk-format-guessed", WARNING},
        {"/.qcow2", "qcow2", "disk-format-default", INFO},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *values = g_strconcat("source.file=", cases[i].name, NULL);
        g_autofree char *driver =
            g_strdup_printf("<driver name='qemu' type='%s'/>", cases[i].format);
        g_auto(Outcome) outcome = add(Q35(""), "disk", values);

        assert_note(&outcome, cases[i].rule, "driver.type", cases[i].severity);
        assert_non_null(strstr(outcome.text, driver));
    }
}

/* What is asked for is taken as it is, and nothing is said of it. */
static void test_nothing_over_the_asked(void **state)
{
    g_auto(Outcome) outcome = add(Q35(""), "disk",
                                  "type=file;device=disk;source.file=/a.qcow2;driver.name=qemu;"
                                  "driver.type=raw;target.dev=vdx;target.bus=virtio");

    assert_text(&outcome, Q35(DISK(PLAIN, RAW, "      <source file='/a.qcow2'/>\n",
                                   "dev='vdx' bus='virtio'", "")));
    assert_int_equal(outcome.result.problems->len, 0);
}

static void test_cdrom(void **state)
{
    g_auto(Outcome) q35 = add(Q35(""), "disk", "device=cdrom;source.file=/a.iso");
    g_auto(Outcome) pc = add(PC(""), "disk", "device=cdrom");
    g_auto(Outcome) no = add(Q35(""), "disk", "device=cdrom;readonly=no");

    assert_text(
        &q35, Q35(DISK(CDROM, RAW, "      <source file='/a.iso'/>\n", "dev='sda' bus='sata'", RO)));
    assert_note(&q35, "disk-readonly-default", "readonly", INFO);
    assert_text(&pc, PC(DISK(CDROM, RAW, "", "dev='hda' bus='ide'", RO)));
    assert_text(&no, Q35(DISK(CDROM, RAW, "", "dev='sda' bus='sata'", RO)));
    assert_note(&no, "disk-readonly-default", "readonly", WARNING);
}

static void test_cdrom_where_ide_is_full(void **state)
{
#define HD(letter)                                                                                 \
    DISK(PLAIN, RAW, "      <source file='/" letter ".img'/>\n", "dev='hd" letter "' bus='ide'", "")
    g_auto(Outcome) outcome = add(PC(HD("a") HD("b") HD("c") HD("d")), "disk", "device=cdrom");

    assert_note(&outcome, "disk-bus-default", "target.bus", INFO);
    assert_non_null(strstr(outcome.text, "<target dev='sda' bus='sata'/>"));
}

static void test_iso_as_a_disk(void **state)
{
    g_auto(Outcome) outcome = add(Q35(""), "disk", "source.file=/a.iso");

    assert_note(&outcome, "disk-iso-device", "device", WARNING);
}

static void test_floppy_and_lun(void **state)
{
    g_auto(Outcome) floppy = add(PC(""), "disk", "device=floppy");
    g_auto(Outcome) lun = add(Q35("    <controller type='scsi' model='virtio-scsi'/>\n"), "disk",
                              "device=lun;source.dev=/dev/sg");

    assert_text(&floppy,
                PC(DISK("type='file' device='floppy'", RAW, "", "dev='fda' bus='fdc'", "")));
    assert_text(&lun, Q35(DISK("type='block' device='lun'", RAW, "      <source dev='/dev/sg'/>\n",
                               "dev='sda' bus='scsi'", "") "    <controller type='scsi' "
                                                           "model='virtio-scsi'/>\n"));
}

static void test_read_only_sources(void **state)
{
    g_auto(Outcome) dir = add(Q35(""), "disk", "source.dir=/d");
    g_auto(Outcome) web =
        add(Q35(""), "disk", "source.protocol=https;source.name=a.img;source.host.1.name=h");
    g_auto(Outcome) nbd =
        add(Q35(""), "disk", "source.protocol=nbd;source.name=a.img;source.host.1.name=h");

    assert_text(&dir, Q35(DISK("type='dir' device='disk'", "name='qemu' type='fat'",
                               "      <source dir='/d'/>\n", "dev='vda' bus='virtio'", RO)));
    assert_non_null(strstr(web.text, "<readonly/>"));
    assert_null(strstr(nbd.text, "<readonly/>"));
}

static void test_bus_from_name(void **state)
{
    static const struct {
        const char *dev, *bus;
    } cases[] = {{"vdc", "virtio"}, {"sdc", "scsi"}, {"hdc", "sata"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *values = g_strdup_printf("source.file=/a.img;target.dev=%s", cases[i].dev);
        g_autofree char *target =
            g_strdup_printf("<target dev='%s' bus='%s'/>", cases[i].dev, cases[i].bus);
        g_auto(Outcome) outcome = add(Q35(""), "disk", values);

        assert_note(&outcome, "disk-bus-default", "target.bus", INFO);
        assert_non_null(strstr(outcome.text, target));
    }
}

static void test_name_from_bus(void **state)
{
    static const struct {
        const char *bus, *dev;
    } cases[] = {
        {"virtio", "vda"}, {"scsi", "sda"}, {"sata", "sda"}, {"usb", "sda"}, {"ide", "hda"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *values = g_strdup_printf("source.file=/a.img;target.bus=%s", cases[i].bus);
        g_autofree char *target =
            g_strdup_printf("<target dev='%s' bus='%s'/>", cases[i].dev, cases[i].bus);
        g_auto(Outcome) outcome = add(PC(""), "disk", values);

        assert_note(&outcome, "disk-target-default", "target.dev", INFO);
        assert_non_null(strstr(outcome.text, target));
    }
}

/* The name is free in the whole domain, and so is the place it stands for. */
static void test_first_free_name(void **state)
{
#define SDA DISK(PLAIN, RAW, FILE_A, "dev='sda' bus='usb'", "")
#define SDC                                                                                        \
    DISK(PLAIN, RAW, "      <source file='/c.img'/>\n", "dev='sdc' bus='sata'",                    \
         "      <address type='drive' controller='0' bus='0' target='0' unit='1'/>\n")
    g_auto(Outcome) outcome = add(Q35(SDA SDC), "disk", "source.file=/d.img;target.bus=sata");

    assert_int_equal(outcome.error ? outcome.error->code : -1, -1);
    assert_non_null(strstr(outcome.text, "<target dev='sdd' bus='sata'/>"));
}

static void test_names_go_on_after_z(void **state)
{
    g_autoptr(GString) disks =
        g_string_new("<domain type='kvm'><name>t</name><memory>1</memory><os>"
                     "<type arch='x86_64' machine='q35'>hvm</type></os>"
                     "<devices>");

    for (char letter = 'a'; letter <= 'z'; letter++)
        g_string_append_printf(disks,
                               "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
                               "<source file='/%c'/><target dev='vd%c' bus='virtio'/></disk>",
                               letter, letter);
    g_string_append(disks, "</devices></domain>");
    g_auto(Outcome) outcome = add(disks->str, "disk", "source.file=/aa.img");

    assert_string_equal(outcome.result.ids[0], "vdaa");
}

static void test_scsi_controller(void **state)
{
    g_auto(Outcome) without = add(Q35(""), "disk", "source.file=/a.img;target.bus=scsi");
    g_auto(Outcome) with = add(Q35("    <controller type='scsi' model='lsilogic'/>\n"), "disk",
                               "source.file=/a.img;target.bus=scsi");

    assert_text(&without,
                Q35(DISK(PLAIN, RAW, FILE_A, "dev='sda' bus='scsi'",
                         "") "    <controller type='scsi' index='0' model='virtio-scsi'/>\n"));
    assert_note(&without, "disk-scsi-controller", "target.bus", INFO);
    assert_null(strstr(with.text, "virtio-scsi"));
}

/* Seven to a controller, and libvirt adds the next of its own model. */
static void test_more_scsi_controllers(void **state)
{
#define HAS(model) Q35("<controller type='scsi' index='0' model='" model "'/>")
#define SCSI       "source.file=/a;target.bus=scsi;target.dev="
    static const char *const trials[][3] = {
        {HAS("virtio-scsi"), "sdo", "index='2' model='virtio-scsi'/>"},
        {HAS("virtio-scsi"), "sdh;address.type=drive;address.unit=9", NULL},
        {HAS("lsilogic"), "sdh", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(trials); i++) {
        g_autofree char *values = g_strconcat(SCSI, trials[i][1], NULL);
        g_auto(Outcome) outcome = add(trials[i][0], "disk", values);
        assert_non_null(strstr(outcome.text, trials[i][2] ? trials[i][2] : "index='0'"));
        assert_true(trials[i][2] || !strstr(outcome.text, "index='1'"));
    }
}

static void test_nvme(void **state)
{
    g_auto(Outcome) outcome = add(Q35(""), "disk", "source.address=0000:01:00.0");

    assert_note(&outcome, "disk-nvme-default", "source.managed", WARNING);
    assert_note(&outcome, "disk-nvme-default", "source.namespace", INFO);
    assert_non_null(strstr(outcome.text, "<source type='pci' managed='yes' namespace='1'>"));
}

static void test_secret(void **state)
{
    g_auto(Outcome) outcome = add(Q35(""), "disk",
                                  "source.protocol=rbd;source.name=p/i.img;source.auth.username=u;"
                                  "source.auth.secret.usage=x");

    assert_note(&outcome, "disk-secret-default", "source.auth.secret.type", INFO);
    assert_non_null(strstr(outcome.text, "<secret type='ceph' usage='x'/>"));
}

static void test_backing(void **state)
{
    g_auto(Outcome) outcome = add(Q35(""), "disk",
                                  "source.file=/a.qcow2;backing.1.source.file=/b.qcow2;"
                                  "backing.2.source.dev=/dev/c");

    assert_note(&outcome, "disk-type-default", "backing.1.type", INFO);
    assert_note(&outcome, "disk-format-default", "backing.1.format", INFO);
    assert_note(&outcome, "disk-type-default", "backing.2.type", INFO);
    assert_note(&outcome, "disk-format-guessed", "backing.2.format", WARNING);
    assert_non_null(strstr(outcome.text, "<backingStore type='block'>\n"
                                         "          <format type='raw'/>\n"
                                         "          <source dev='/dev/c'/>\n"));
}

/* Other hypervisors have other drivers; nothing is said for them. */
static void test_other_hypervisor(void **state)
{
    g_auto(Outcome) outcome = add(
        "<domain type='xen'><name>t</name><memory>1</memory><os><type>linux</type></os></domain>",
        "disk", "source.file=/a.img");

    assert_text(&outcome,
                "<domain type='xen'><name>t</name><memory>1</memory><os><type>linux</type></os>"
                "<devices><disk type='file' device='disk'><source file='/a.img'/>"
                "<target dev='xvda' bus='xen'/></disk></devices></domain>");
}

/* ---- Changes ---- */

#define ADDRESSED(target)                                                                          \
    DISK(PLAIN, RAW, FILE_A, target,                                                               \
         "      <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>\n")

static void test_new_bus_drops_address(void **state)
{
    g_auto(Outcome) moved =
        modify(Q35(ADDRESSED("dev='vda' bus='virtio'")), "vda", "target.bus=sata");
    g_auto(Outcome) same = modify(Q35(ADDRESSED("dev='vda'")), "vda", "target.bus=virtio");

    assert_text(&moved, Q35(DISK(PLAIN, RAW, FILE_A, "dev='vda' bus='sata'", "")));
    assert_note(&moved, "disk-address-drops", "address.type", INFO);
    assert_text(&same, Q35(ADDRESSED("dev='vda' bus='virtio'")));
    assert_int_equal(same.result.problems->len, 0);
}

static void test_new_source_of_another_type(void **state)
{
    g_auto(Outcome) outcome = modify(Q35(DISK(PLAIN, RAW, FILE_A, "dev='vda' bus='virtio'", "")),
                                     "vda", "source.dev=/dev/b");

    assert_text(&outcome,
                Q35(DISK("type='block' device='disk'", RAW, "      <source dev='/dev/b'/>\n",
                         "dev='vda' bus='virtio'", "")));
    assert_note(&outcome, "disk-type-default", "type", INFO);
    assert_note(&outcome, "device-drops", "source.file", INFO);
}

/* The format of an image is its owner's to change: a guess could name any file of the host. */
static void test_new_image_keeps_format(void **state)
{
    g_auto(Outcome) other = modify(Q35(DISK(PLAIN, RAW, FILE_A, "dev='vda' bus='virtio'", "")),
                                   "vda", "source.file=/b.qcow2");
    g_auto(Outcome) like = modify(Q35(DISK(PLAIN, RAW, FILE_A, "dev='vda' bus='virtio'", "")),
                                  "vda", "source.file=/b.raw");

    assert_note(&other, "disk-format-kept", "driver.type", WARNING);
    assert_non_null(strstr(other.text, "<driver name='qemu' type='raw'/>"));
    assert_int_equal(like.result.problems->len, 0);
}

static void test_disk_becomes_cdrom(void **state)
{
    g_auto(Outcome) outcome =
        modify(Q35(DISK(PLAIN, RAW, FILE_A, "dev='sda' bus='sata'", "")), "sda", "device=cdrom");

    assert_text(&outcome, Q35(DISK(CDROM, RAW, FILE_A, "dev='sda' bus='sata'", RO)));
    assert_note(&outcome, "disk-readonly-follows", "readonly", INFO);
}

/* To set what is there already changes nothing, whatever it would bring with it. */
static void test_same_again_brings_nothing(void **state)
{
    static const char xml[] = Q35(DISK(CDROM, "name='qemu'", "      <source file='/a.qcow2'/>\n",
                                       "dev='sda' bus='sata'", ""));
    g_auto(Outcome) outcome =
        modify(xml, "sda", "device=cdrom;type=file;source.file=/a.qcow2;target.bus=sata");

    assert_text(&outcome, xml);
    assert_false(outcome.result.changed);
    assert_int_equal(outcome.result.problems->len, 0);
}

static void test_ordinary_change_brings_nothing(void **state)
{
    g_auto(Outcome) outcome = modify(Q35(DISK(PLAIN, RAW, FILE_A, "dev='vda' bus='virtio'", "")),
                                     "vda", "driver.cache=none");

    assert_int_equal(outcome.result.problems->len, 0);
}

/* ---- Channels ---- */

static void test_channels(void **state)
{
    g_auto(Outcome) agent = add(Q35(""), "channel", "target.name=org.qemu.guest_agent.0");
    g_auto(Outcome) spice =
        add(Q35("    <graphics type='spice'/>\n"), "channel", "target.name=com.redhat.spice.0");
    g_auto(Outcome) by_type =
        add(Q35("    <graphics type='spice'/>\n"), "channel", "type=spicevmc");
    g_auto(Outcome) path = add(Q35(""), "channel", "target.name=a;source.path=/run/a");

    assert_text(&agent, Q35("    <channel type='unix'>\n"
                            "      <target type='virtio' name='org.qemu.guest_agent.0'/>\n"
                            "    </channel>\n"));
    assert_note(&agent, "channel-type-default", "type", INFO);
    assert_note(&agent, "channel-target-default", "target.type", INFO);
    assert_text(&spice, Q35("    <channel type='spicevmc'>\n"
                            "      <target type='virtio' name='com.redhat.spice.0'/>\n"
                            "    </channel>\n"
                            "    <graphics type='spice'/>\n"));
    assert_non_null(strstr(by_type.text, "name='com.redhat.spice.0'"));
    assert_non_null(strstr(path.text, "<source mode='bind' path='/run/a'/>"));
}

/* ---- The domain ---- */

static void test_new_cpu_mode(void **state)
{
#define CPU(cpu) DOMAIN("kvm", "pc-q35-7.2", cpu)
    g_auto(Outcome) outcome = set(CPU("  <cpu mode='custom' match='exact'>\n"
                                      "    <model fallback='forbid'>qemu64</model>\n"
                                      "    <vendor>Intel</vendor>\n"
                                      "    <topology sockets='1' cores='1' threads='1'/>\n"
                                      "    <feature policy='require' name='vmx'/>\n"
                                      "  </cpu>\n"),
                                  "cpu.mode=host-passthrough");
    g_auto(Outcome) back = set(CPU("  <cpu mode='host-passthrough' migratable='on'/>\n"),
                               "cpu.mode=custom;cpu.model=qemu64");
    g_auto(Outcome) alone = set(CPU("  <cpu mode='host-passthrough'>\n"
                                    "    <feature policy='require' name='vmx'/>\n"
                                    "  </cpu>\n"),
                                "cpu.mode=custom");
    g_auto(Outcome) same =
        set(CPU("  <cpu match='exact'>\n    <model>qemu64</model>\n  </cpu>\n"), "cpu.mode=custom");

    assert_text(&outcome, CPU("  <cpu mode='host-passthrough'>\n"
                              "    <topology sockets='1' cores='1' threads='1'/>\n"
                              "    <feature policy='require' name='vmx'/>\n"
                              "  </cpu>\n"));
    assert_note(&outcome, "cpu-mode-drops", "cpu.model", INFO);
    assert_note(&outcome, "cpu-mode-drops", "cpu.model.fallback", INFO);
    assert_note(&outcome, "cpu-mode-drops", "cpu.match", INFO);
    assert_note(&outcome, "cpu-mode-drops", "cpu.vendor", INFO);
    assert_note(&alone, "cpu-mode-drops", "cpu.feature", INFO);
    assert_text(&back, CPU("  <cpu mode='custom'>\n    <model>qemu64</model>\n  </cpu>\n"));
    assert_text(&same,
                CPU("  <cpu match='exact' mode='custom'>\n    <model>qemu64</model>\n  </cpu>\n"));
    assert_int_equal(same.result.problems->len, 0);
}

#define OS(attributes, inside)                                                                     \
    "<domain type='kvm'>\n"                                                                        \
    "  <name>t</name>\n"                                                                           \
    "  <memory unit='KiB'>1024</memory>\n"                                                         \
    "  <os" attributes ">\n"                                                                       \
    "    <type arch='x86_64' machine='q35'>hvm</type>\n" inside "  </os>\n"                        \
    "  <features>\n"                                                                               \
    "    <acpi/>\n"                                                                                \
    "  </features>\n"                                                                              \
    "</domain>\n"
#define PFLASH "    <loader readonly='yes' type='pflash'>/l</loader>\n"

static void test_firmware(void **state)
{
    g_auto(Outcome) automatic =
        set(OS("", PFLASH "    <nvram template='/t'>/n</nvram>\n"), "os.firmware=efi");
    g_auto(Outcome) manual =
        set(OS(" firmware='efi'", ""), "os.loader=/l;os.loader.type=pflash;os.loader.readonly=yes");

    g_auto(Outcome) rest = set(OS("", "    <loader type='pflash' stateless='yes'>/l</loader>\n"
                                      "    <nvram type='file'>\n      <source file='/n'/>\n"
                                      "    </nvram>\n"),
                               "os.firmware=efi");
    g_auto(Outcome) same = set(OS(" firmware='efi'", "    <nvram>/n</nvram>\n"), "os.firmware=efi");

    assert_text(&rest, OS(" firmware='efi'", ""));
    assert_text(&same, OS(" firmware='efi'", "    <nvram>/n</nvram>\n"));
    assert_int_equal(same.result.problems->len, 0);
    assert_text(&automatic, OS(" firmware='efi'", ""));
    assert_note(&automatic, "firmware-drops", "os.loader", WARNING);
    assert_note(&automatic, "firmware-drops", "os.nvram", WARNING);
    assert_text(&manual, OS("", PFLASH));
    assert_note(&manual, "loader-drops", "os.firmware", INFO);
}

static void test_spinlocks_by_key(void **state)
{
    g_auto(Outcome) outcome = set(Q35(""), "hyperv.spinlocks=on");

    assert_note(&outcome, "hyperv-spinlocks-default", "hyperv.spinlocks.retries", INFO);
    assert_non_null(strstr(outcome.text, "<spinlocks state='on' retries='8191'/>"));
}

/* ---- Building ---- */

static const char capabilities_xml[] =
    "<capabilities><host><cpu><arch>x86_64</arch></cpu></host>"
    "<guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize>"
    "<emulator>/usr/bin/qemu-system-x86_64</emulator>"
    "<machine>pc-i440fx-7.2</machine><machine canonical='pc-i440fx-7.2'>pc</machine>"
    "<machine>pc-q35-7.2</machine><machine canonical='pc-q35-7.2'>q35</machine>"
    "<domain type='qemu'/><domain type='kvm'/></arch></guest></capabilities>";

static char *build(const char *values, const DwHost *host, DwResult *ret_result)
{
    g_autoptr(DwSettings) settings = settings_of(values);
    g_autoptr(GError) error = NULL;
    g_autoptr(DwDocument) document = dw_build(settings, NULL, NULL, 0, host, ret_result, &error);

    if (!document)
        fail_msg("%s", error->message);
    return g_strdup(dw_document_text(document, NULL));
}

static void test_build_from_host(void **state)
{
    g_autoptr(DwCapabilities) capabilities = dw_capabilities_parse(capabilities_xml, NULL);
    const DwHost host = {.capabilities = capabilities};
    g_auto(DwResult) result = {0};
    g_auto(DwResult) given_result = {0};
    g_autofree char *filled = build("name=t;memory=1MiB", &host, &result);
    g_autofree char *given =
        build("name=t;memory=1MiB;type=qemu;os.machine=pc", &host, &given_result);

    assert_non_null(strstr(filled, "<domain type='kvm'>"));
    assert_non_null(strstr(filled, "<type arch='x86_64' machine='pc-q35-7.2'>hvm</type>"));
    assert_non_null(strstr(filled, "<emulator>/usr/bin/qemu-system-x86_64</emulator>"));
    assert_null(strstr(filled, "<vcpu"));
    assert_null(strstr(filled, "<uuid"));
    assert_int_equal(count_rule(result.problems, "host-default"), 5);
    assert_non_null(strstr(given, "<domain type='qemu'>"));
    assert_non_null(strstr(given, "machine='pc-i440fx-7.2'"));
    assert_int_equal(count_rule(given_result.problems, "host-machine-canonical"), 1);
}

static void test_build_without_host(void **state)
{
    g_auto(DwResult) result = {0};
    g_autofree char *text = build("name=t;memory=1MiB;type=kvm", NULL, &result);

    assert_non_null(strstr(text, "<type>hvm</type>"));
    assert_null(strstr(text, "machine="));
    assert_null(strstr(text, "emulator"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disk_from_a_file),
        cmocka_unit_test(test_type_from_source),
        cmocka_unit_test(test_format_by_ending),
        cmocka_unit_test(test_nothing_over_the_asked),
        cmocka_unit_test(test_cdrom),
        cmocka_unit_test(test_cdrom_where_ide_is_full),
        cmocka_unit_test(test_iso_as_a_disk),
        cmocka_unit_test(test_floppy_and_lun),
        cmocka_unit_test(test_read_only_sources),
        cmocka_unit_test(test_bus_from_name),
        cmocka_unit_test(test_name_from_bus),
        cmocka_unit_test(test_first_free_name),
        cmocka_unit_test(test_names_go_on_after_z),
        cmocka_unit_test(test_scsi_controller),
        cmocka_unit_test(test_more_scsi_controllers),
        cmocka_unit_test(test_nvme),
        cmocka_unit_test(test_secret),
        cmocka_unit_test(test_backing),
        cmocka_unit_test(test_other_hypervisor),
        cmocka_unit_test(test_new_bus_drops_address),
        cmocka_unit_test(test_new_source_of_another_type),
        cmocka_unit_test(test_new_image_keeps_format),
        cmocka_unit_test(test_disk_becomes_cdrom),
        cmocka_unit_test(test_same_again_brings_nothing),
        cmocka_unit_test(test_ordinary_change_brings_nothing),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_new_cpu_mode),
        cmocka_unit_test(test_firmware),
        cmocka_unit_test(test_spinlocks_by_key),
        cmocka_unit_test(test_build_from_host),
        cmocka_unit_test(test_build_without_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
