/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on disks, each at both sides of its edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules-support.h"

#define DISK(attributes, driver, source, target, rest)                                             \
    "<disk " attributes ">" driver source "<target " target "/>" rest "</disk>"
#define RAW    "<driver name='qemu' type='raw'/>"
#define FILE_A "<source file='/a'/>"
/* An ordinary disk with one thing different. */
#define TARGET(target) DISK("type='file' device='disk'", RAW, FILE_A, target, "")
#define COUNTED                                                                                    \
    "<driver name='qemu' type='raw'><statistics><statistic interval='2'/></statistics></driver>"
#define REST(target, rest)     DISK("type='file' device='disk'", RAW, FILE_A, target, rest)
#define DEVICE(device, target) DISK("type='file' device='" device "'", RAW, FILE_A, target, "")
#define VDA                    "dev='vda' bus='virtio'"
#define SDA                    "dev='sda' bus='scsi'"
#define SATA                   "dev='sda' bus='sata'"
#define LUN(target, rest)                                                                          \
    DISK("type='block' device='lun'", RAW, "<source dev='/dev/a'/>", target, rest)

static const Edge disk_edges[] = {
    {"disk-target-required", ERROR, "target.dev", TARGET("bus='virtio'"), TARGET(VDA)},
    {"disk-target-name", ERROR, "target.dev", TARGET("dev='foo' bus='virtio'"), TARGET(VDA)},
    {"disk-target-name", ERROR, "target.dev", TARGET("dev='vdA' bus='virtio'"),
     TARGET("dev='vdzz' bus='virtio'")},
    {"disk-target-name", ERROR, "target.dev", TARGET("dev='sdzzzz' bus='scsi'"),
     TARGET("dev='sdzzz' bus='scsi'")},
    {"disk-target-name", ERROR, "target.dev", TARGET("dev='vd' bus='virtio'"),
     TARGET("dev='nvme0n1' bus='nvme'")},
    {"disk-target-partition", ERROR, "target.dev", TARGET("dev='vda1' bus='virtio'"), TARGET(VDA)},
    {"disk-target-device", ERROR, "target.dev", TARGET("dev='fda' bus='virtio'"),
     DEVICE("floppy", "dev='fda' bus='fdc'")},
    {"disk-target-device", ERROR, "target.dev", DEVICE("floppy", "dev='vda' bus='fdc'"),
     DEVICE("cdrom", "dev='fda' bus='scsi'")},
    {"disk-bus-device", ERROR, "target.bus", DEVICE("cdrom", VDA), DEVICE("cdrom", SATA)},
    {"disk-bus-device", ERROR, "target.bus", DEVICE("cdrom", "dev='sda' bus='sd'"),
     DEVICE("cdrom", SDA)},
    {"disk-bus-device", ERROR, "target.bus", DEVICE("floppy", "dev='fda' bus='sata'"),
     DEVICE("floppy", "dev='fda' bus='fdc'")},
    {"disk-bus-device", ERROR, "target.bus", DEVICE("disk", "dev='vda' bus='fdc'"),
     DEVICE("disk", "dev='vda' bus='usb'")},
    {"disk-bus-device", ERROR, "target.bus", LUN("dev='hda' bus='ide'", ""), LUN(SDA, "")},
    {"disk-bus-machine", ERROR, "target.bus", TARGET("dev='hda' bus='ide'"), TARGET(SATA)},
    {"disk-target-slot", ERROR, "target.dev", DEVICE("floppy", "dev='fdc' bus='fdc'"),
     DEVICE("floppy", "dev='fdb' bus='fdc'")},
    {"disk-usb-disabled", ERROR, "target.bus",
     TARGET("dev='sda' bus='usb'") "<controller type='usb' model='none'/>"
                                   "<controller type='usb' index='1' model='none'/>",
     TARGET("dev='sda' bus='usb'") "<controller type='usb' model='qemu-xhci'/>"},
    {"disk-readonly-bus", ERROR, "readonly", REST(SATA, "<readonly/>"), REST(SDA, "<readonly/>")},
    {"disk-readonly-bus", ERROR, "readonly", REST("dev='hda' bus='ide'", "<readonly/>"),
     DISK("type='file' device='cdrom'", RAW, FILE_A, SATA, "<readonly/>")},
    {"disk-tray", ERROR, "target.tray", TARGET("dev='sda' bus='scsi' tray='open'"),
     DEVICE("cdrom", "dev='sda' bus='scsi' tray='open'")},
    {"disk-tray", ERROR, "target.tray", TARGET("dev='sda' bus='scsi' tray='open'"),
     TARGET("dev='sda' bus='scsi' tray='closed'")},
    {"disk-tray-boot", WARNING, "target.tray",
     DISK("type='file' device='cdrom'", RAW, FILE_A, "dev='sda' bus='sata' tray='open'",
          "<boot order='1'/>"),
     DISK("type='file' device='cdrom'", RAW, FILE_A, "dev='sda' bus='sata' tray='closed'",
          "<boot order='1'/>")},
    {"disk-removable-bus", ERROR, "target.removable", TARGET("dev='sda' bus='sata' removable='on'"),
     TARGET("dev='sda' bus='usb' removable='on'")},
    {"disk-removable-bus", WARNING, "target.removable",
     TARGET("dev='sda' bus='scsi' removable='on'"), NULL},
    {"disk-rotation-bus", ERROR, "target.rotation_rate",
     TARGET("dev='vda' bus='virtio' rotation_rate='1'"),
     TARGET("dev='sda' bus='sata' rotation_rate='1'")},
    {"disk-rotation-bus", ERROR, "target.rotation_rate",
     DEVICE("cdrom", "dev='sda' bus='sata' rotation_rate='1'"), NULL},
    {"disk-rotation-value", WARNING, "target.rotation_rate",
     TARGET("dev='sda' bus='sata' rotation_rate='2'"),
     TARGET("dev='sda' bus='sata' rotation_rate='1'")},
    {"disk-rotation-value", WARNING, "target.rotation_rate",
     TARGET("dev='sda' bus='sata' rotation_rate='1024'"),
     TARGET("dev='sda' bus='sata' rotation_rate='1025'")},
    {"value", WARNING, "target.rotation_rate", TARGET("dev='sda' bus='sata' rotation_rate='65535'"),
     TARGET("dev='sda' bus='sata' rotation_rate='65534'")},
    {"disk-serial-characters", ERROR, "serial", REST(VDA, "<serial>a@b</serial>"),
     REST(VDA, "<serial>aZ 0_.+-</serial>")},
    {"disk-serial-bus", ERROR, "serial", REST("dev='sda' bus='sd'", "<serial>a</serial>"),
     REST(SDA, "<serial>a</serial>")},
    {"disk-serial-length", WARNING, "serial", REST(VDA, "<serial>123456789012345678901</serial>"),
     REST(VDA, "<serial>12345678901234567890</serial>")},
    {"disk-wwn-form", ERROR, "wwn", REST(SDA, "<wwn>5000c50015ea71a</wwn>"),
     REST(SDA, "<wwn>5000C50015ea71ad</wwn>")},
    {"disk-wwn-form", ERROR, "wwn", REST(SDA, "<wwn>5000c50015ea71ag</wwn>"),
     REST(SDA, "<wwn>0x5000c50015ea71ad</wwn>")},
    {"disk-wwn-bus", ERROR, "wwn", REST(SATA, "<wwn>5000c50015ea71ad</wwn>"),
     REST(SDA, "<wwn>5000c50015ea71ad</wwn>")},
    {"disk-inquiry-text", ERROR, "vendor", REST(SDA, "<vendor>a&#9;b</vendor>"),
     REST(SDA, "<vendor>a b</vendor>")},
    {"disk-inquiry-length", ERROR, "vendor", REST(SDA, "<vendor>123456789</vendor>"),
     REST(SDA, "<vendor>12345678</vendor>")},
    {"disk-inquiry-length", ERROR, "product", REST(SDA, "<product>12345678901234567</product>"),
     REST(SDA, "<product>1234567890123456</product>")},
    {"disk-inquiry-length", ERROR, "product",
     REST(SATA, "<product>12345678901234567890123456789012345678901</product>"),
     REST(SATA, "<product>1234567890123456789012345678901234567890</product>")},
    {"disk-inquiry-bus", ERROR, "vendor", REST(VDA, "<vendor>a</vendor>"),
     REST(SDA, "<vendor>a</vendor>")},
    {"disk-statistics-bus", ERROR, "driver.statistics.statistic",
     DISK("type='file' device='floppy'", COUNTED, FILE_A, "dev='fda' bus='fdc'", ""),
     DISK("type='file' device='disk'", COUNTED, FILE_A, SDA, "")},
    {"disk-lun-identity", ERROR, "serial", LUN(SDA, "<serial>1</serial>"),
     LUN(VDA, "<serial>1</serial>")},
    {"disk-lun-identity", ERROR, "wwn", LUN(SDA, "<wwn>5000c50015ea71ad</wwn>"), LUN(SDA, "")},
    {"disk-lun-identity", ERROR, "vendor", LUN(SDA, "<vendor>a</vendor>"), LUN(SDA, "<vendor/>")},
    {"disk-lun-only", ERROR, "rawio",
     DISK("type='file' device='disk' rawio='yes'", RAW, FILE_A, VDA, ""),
     DISK("type='block' device='lun' rawio='yes'", RAW, "<source dev='/a'/>", VDA, "")},
    {"disk-lun-only", ERROR, "source.reservations",
     DISK("type='block' device='disk'", RAW,
          "<source dev='/a'><reservations managed='yes'/></source>", VDA, ""),
     DISK("type='block' device='lun'", RAW,
          "<source dev='/a'><reservations managed='yes'/></source>", VDA, "")},
    {"disk-sgio-unfiltered", ERROR, "sgio",
     DISK("type='block' device='lun' sgio='unfiltered'", RAW, "<source dev='/a'/>", VDA, ""),
     DISK("type='block' device='lun' sgio='filtered'", RAW, "<source dev='/a'/>", VDA, "")},
    {"disk-shareable-format", ERROR, "shareable",
     DISK("type='file' device='disk'", "<driver name='qemu' type='qcow2'/>", FILE_A, VDA,
          "<shareable/>"),
     REST(VDA, "<shareable/>")},
    {"disk-shareable-format", ERROR, "shareable",
     DISK("type='file' device='disk'", "<driver name='qemu' type='qcow2'/>", FILE_A, VDA,
          "<shareable/>"),
     DISK("type='file' device='disk'", "<driver name='qemu' type='qcow2'/>", FILE_A, VDA,
          "<readonly/><shareable/>")},
    {"disk-transient", ERROR, "transient", REST(VDA, "<readonly/><transient/>"),
     REST(VDA, "<transient/>")},
    {"disk-transient", ERROR, "transient",
     DISK("type='block' device='disk'", RAW, "<source dev='/a'/>", VDA, "<transient/>"), NULL},
    {"disk-transient", ERROR, "transient",
     DISK("type='file' device='cdrom'", RAW, FILE_A, SATA, "<transient/>"), NULL},
    {"disk-transient-bus", ERROR, "target.bus", REST(SATA, "<transient shareBacking='yes'/>"),
     REST(SDA, "<transient shareBacking='yes'/>")},
    {"disk-model-bus", ERROR, "model",
     DISK("type='file' device='disk' model='virtio-transitional'", RAW, FILE_A, SDA, ""),
     DISK("type='file' device='disk' model='virtio-transitional'", RAW, FILE_A, VDA, "")},
    {"disk-geometry-bus", ERROR, "geometry.trans",
     REST(SATA, "<geometry cyls='1' heads='1' secs='1' trans='lba'/>"),
     REST(SATA, "<geometry cyls='1' heads='1' secs='1'/>")},
    {"disk-nvme-serial", ERROR, "serial", TARGET("dev='nvme0n1' bus='nvme'"),
     REST("dev='nvme0n1' bus='nvme'", "<serial>1</serial>")},
};

#define ADDRESS(target, address) REST(target, "<address " address "/>")
#define DRIVE(numbers)           "type='drive' " numbers
#define SCSI(model)              "<controller type='scsi' index='0' model='" model "'/>"
#define PASSED(numbers)                                                                            \
    "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/><address bus='0' "  \
    "target='0' unit='0'/></source><address type='drive' controller='0' " numbers                  \
    " unit='0'/></hostdev>"
#define GROUP(target, limits)                                                                      \
    REST("dev='" target "' bus='virtio'", "<iotune><group_name>g</group_name>" limits "</iotune>")
#define READ(bytes) "<read_bytes_sec>" bytes "</read_bytes_sec>"

static const Edge address_edges[] = {
    {"disk-address-type", ERROR, "address.type", ADDRESS(VDA, DRIVE("controller='0' unit='0'")),
     ADDRESS(VDA, "type='pci' domain='0x0' bus='0x0' slot='0x8' function='0x0'")},
    {"disk-address-type", ERROR, "address.type",
     ADDRESS(SDA, "type='pci' domain='0x0' bus='0x0' slot='0x8' function='0x0'"),
     ADDRESS(SDA, DRIVE("controller='0' bus='0' target='0' unit='0'"))},
    {"disk-address-type", ERROR, "address.type",
     ADDRESS("dev='sda' bus='usb'", DRIVE("controller='0' unit='0'")),
     ADDRESS("dev='sda' bus='usb'", "type='usb' bus='0' port='1'")},
    {"disk-address-drive", ERROR, "address.bus", ADDRESS(SATA, DRIVE("bus='1' unit='0'")),
     ADDRESS(SATA, DRIVE("controller='1' bus='0' target='0' unit='5'"))},
    {"disk-address-drive", ERROR, "address.target", ADDRESS(SATA, DRIVE("target='1' unit='0'")),
     ADDRESS(SDA, DRIVE("target='1' unit='0'")) SCSI("virtio-scsi")},
    {"disk-address-drive", ERROR, "address.target",
     ADDRESS(SDA, DRIVE("target='1' unit='0'")) SCSI("lsilogic"),
     ADDRESS(SDA, DRIVE("target='0' unit='1'")) SCSI("lsilogic")},
    {"disk-address-drive", ERROR, "address.target",
     ADDRESS(SDA, DRIVE("target='1' unit='0'")) SCSI("auto"),
     ADDRESS(SDA, DRIVE("target='1' unit='0'")) SCSI("am53c974")},
    {"disk-address-drive", ERROR, "address.target", ADDRESS(SDA, DRIVE("target='1' unit='0'")),
     NULL},
    {"disk-address-drive", ERROR, "address.bus", ADDRESS(SDA, DRIVE("bus='1' unit='0'")), NULL},
    {"disk-address-drive", ERROR, "address.target",
     ADDRESS(SDA, DRIVE("target='1' unit='0'")) "<controller type='scsi' model='lsilogic'/>",
     ADDRESS(SDA, DRIVE("target='1' unit='0'")) "<controller type='scsi' model='virtio-scsi'/>"},
    {"disk-address-drive", ERROR, "address.target", PASSED("bus='0' target='1'") SCSI("lsilogic"),
     PASSED("bus='0' target='1'") SCSI("virtio-scsi")},
    {"disk-address-drive", ERROR, "address.bus", PASSED("bus='1' target='0'"),
     PASSED("bus='0' target='0'")},
    {"disk-address-unique", ERROR, "target.dev", TARGET(SATA) TARGET("dev='hda' bus='sata'"),
     TARGET(SATA) TARGET("dev='hdb' bus='sata'")},
    {"disk-address-unique", ERROR, "address.unit",
     ADDRESS(SDA, DRIVE("controller='0' unit='3'"))
         ADDRESS("dev='sdb' bus='scsi'", DRIVE("controller='0' bus='0' target='0' unit='3'")),
     ADDRESS(SDA, DRIVE("controller='0' unit='3'"))
         ADDRESS("dev='sdb' bus='scsi'", DRIVE("controller='0' bus='0' target='0' unit='4'"))},
};

static const Edge scsi_edges[] = {
    {"disk-address-unique", ERROR, "target.dev", TARGET(SDA) TARGET("dev='hda' bus='scsi'"),
     TARGET(SDA) TARGET("dev='hdb' bus='scsi'")},
    {"disk-address-unique", ERROR, "target.dev",
     TARGET("dev='sdh' bus='scsi'")
         ADDRESS("dev='sdb' bus='scsi'", DRIVE("controller='1' bus='0' target='0' unit='0'")),
     TARGET("dev='sdg' bus='scsi'")
         ADDRESS("dev='sdb' bus='scsi'", DRIVE("controller='1' bus='0' target='0' unit='0'"))},
    {"disk-address-unique", ERROR, "target.dev",
     TARGET("dev='sdp' bus='scsi'")
         ADDRESS("dev='sdb' bus='scsi'", DRIVE("controller='2' bus='0' target='0' unit='1'")),
     TARGET("dev='sdo' bus='scsi'")
         ADDRESS("dev='sdb' bus='scsi'", DRIVE("controller='2' bus='0' target='0' unit='1'"))},
};

static const Edge between_edges[] = {
    {"disk-target-unique", ERROR, "target.dev", TARGET(VDA) TARGET("dev='vda' bus='scsi'"),
     TARGET(VDA) TARGET("dev='vdb' bus='virtio'")},
    /* On some buses libvirt tells disks from each other by the number in the name, whatever its
     * beginning; on others by the place. */
    {"disk-alias-unique", WARNING, "target.dev", TARGET(VDA) TARGET("dev='sda' bus='virtio'"),
     TARGET(VDA) TARGET("dev='sdb' bus='virtio'")},
    {"disk-alias-unique", WARNING, "target.dev",
     TARGET("dev='sda' bus='usb'") TARGET("dev='hda' bus='usb'"),
     TARGET("dev='sda' bus='usb'") TARGET("dev='hda' bus='sata'")},
    {"disk-alias-unique", WARNING, "target.dev",
     TARGET("dev='vda'") TARGET("dev='sda' bus='virtio'"),
     TARGET("dev='vda'") REST("dev='sda' bus='virtio'", "<alias name='ua-mine'/>")},
    {"disk-alias-unique", WARNING, "target.dev",
     TARGET(VDA) REST("dev='sda' bus='virtio'", "<alias name='virtio-disk9'/>"),
     TARGET(VDA) TARGET("dev='sda' bus='scsi'")},
    {"disk-source-unique", WARNING, "source.file", TARGET(VDA) TARGET("dev='vdb' bus='virtio'"),
     TARGET(VDA) REST("dev='vdb' bus='virtio'", "<readonly/>")},
    {"boot-order-unique", ERROR, "boot.order",
     REST(VDA, "<boot order='1'/>") "<interface type='user'><boot order='1'/></interface>",
     REST(VDA, "<boot order='1'/>") "<interface type='user'><boot order='3'/></interface>"},
    {"value", ERROR, "boot.order", REST(VDA, "<boot order='0'/>"), REST(VDA, "<boot order='1'/>")},
    {"alias-unique", ERROR, "alias",
     REST(VDA, "<alias name='ua-a'/>") "<rng model='virtio'><alias name='ua-a'/></rng>",
     REST(VDA, "<alias name='ua-a'/>") "<rng model='virtio'><alias name='ua-b'/></rng>"},
    {"iotune-group-equal", ERROR, "iotune.group_name",
     REST(VDA, "<iotune><read_bytes_sec>5</read_bytes_sec><group_name>g</group_name></iotune>")
         REST("dev='vdb' bus='virtio'",
              "<iotune><read_bytes_sec>6</read_bytes_sec><group_name>g</group_name></iotune>"),
     REST(VDA, "<iotune><read_bytes_sec>5</read_bytes_sec><group_name>g</group_name></iotune>")
         REST("dev='vdb' bus='virtio'",
              "<iotune><group_name>g</group_name><read_bytes_sec>5</read_bytes_sec></iotune>")},
    /* A disk without limits gets those of its group. */
    {"iotune-group", ERROR, "iotune.group_name", GROUP("vda", READ("0")),
     GROUP("vda", READ("0")) GROUP("vdb", READ("5"))},
    {"iotune-group-equal", ERROR, "iotune.group_name",
     GROUP("vda", READ("5")) GROUP("vdb", "") GROUP("vdc", READ("6")),
     GROUP("vda", READ("5")) GROUP("vdb", "") GROUP("vdc", READ("5"))},
};

#define Q35              HEAD("kvm", "pc-q35-7.2") "<devices>"
#define PC               HEAD("kvm", "pc-i440fx-7.2") "<devices>"
#define RUN(edges, head) check_edges(edges, G_N_ELEMENTS(edges), head, TAIL, NULL)

static void test_disk(void **state)
{
    RUN(disk_edges, Q35);
}

static void test_address(void **state)
{
    RUN(address_edges, Q35);
    RUN(scsi_edges, Q35);
}

static void test_between(void **state)
{
    RUN(between_edges, Q35);
}

static void test_ide(void **state)
{
    static const Edge edges[] = {
        {"disk-target-slot", ERROR, "target.dev", TARGET("dev='hde' bus='ide'"),
         TARGET("dev='hdd' bus='ide'")},
        {"disk-target-slot", ERROR, "target.dev", TARGET("dev='hde' bus='ide'"),
         ADDRESS("dev='hde' bus='ide'", DRIVE("controller='0' bus='1' unit='1'"))},
        {"disk-address-drive", ERROR, "address.controller",
         ADDRESS("dev='hda' bus='ide'", DRIVE("controller='1' bus='0' unit='0'")),
         ADDRESS("dev='hda' bus='ide'", DRIVE("controller='0' bus='1' unit='0'"))},
    };

    RUN(edges, PC);
}

/* The problem names the second device, and where the first is. */
static void test_names_the_device(void **state)
{
    g_autoptr(GPtrArray) problems = problems_of(
        Q35 REST(VDA, "<boot order='1'/>") REST("dev='vdb' bus='virtio'", "<boot order='1'/>") TAIL,
        NULL);
    const DwProblem *problem = find_rule(problems, "boot-order-unique");

    assert_non_null(problem);
    assert_string_equal(problem->kind, "disk");
    assert_string_equal(problem->id, "vdb");
    assert_string_equal(problem->value, "1");
    assert_string_equal(problem->message,
                        "Key boot.order 1 belongs to disk vda already; give another.");
}

/* Rules that are QEMU's do not bind others. */
static void test_other_hypervisors(void **state)
{
    g_autoptr(GPtrArray) problems = problems_of(
        "<domain type='xen'><name>t</name><memory>1</memory><os><type>linux</type></os><devices>"
        "<disk type='file' device='disk'><driver name='file'/><source file='/a'/>"
        "<target dev='xvda1' bus='xen'/></disk></devices></domain>",
        NULL);

    g_autoptr(GPtrArray) paths = problems_of(
        "<domain type='vmware'><name>t</name><memory>1</memory><os><type>hvm</type></os><devices>"
        "<disk type='file' device='disk'><source file='[storage] a.vmdk'/>"
        "<target dev='sda' bus='scsi'/></disk></devices></domain>",
        NULL);

    assert_int_equal(problems->len, 0);
    assert_int_equal(paths->len, 0);
}

/* scsi disks may be removable since some version between; usb ones always. */
static void test_removable_by_version(void **state)
{
    const struct {
        uint64_t version;
        unsigned count;
        DwSeverity severity;
    } cases[] = {{9000000, 1, ERROR}, {9001000, 1, WARNING}, {11003000, 0, ERROR}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const DwHost host = {.libvirt_version = cases[i].version};
        g_autoptr(GPtrArray) problems =
            problems_of(Q35 TARGET("dev='sda' bus='scsi' removable='on'") TAIL, &host);

        assert_int_equal(count_rule(problems, "disk-removable-bus"), cases[i].count);
        if (cases[i].count)
            assert_int_equal(find_rule(problems, "disk-removable-bus")->severity,
                             cases[i].severity);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disk),
        cmocka_unit_test(test_address),
        cmocka_unit_test(test_between),
        cmocka_unit_test(test_ide),
        cmocka_unit_test(test_names_the_device),
        cmocka_unit_test(test_other_hypervisors),
        cmocka_unit_test(test_removable_by_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
