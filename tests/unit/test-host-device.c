/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of the host as choices for the keys that name one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <domwright/model.h>

static void assert_choice(const char *xml, const char *kind, const char *key, const char *value,
                          const char *doc)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DwChoice) choice = dw_host_device_choice(xml, kind, key, &error);

    assert_null(error);
    if (!value) {
        assert_null(choice);
        return;
    }
    assert_non_null(choice);
    assert_string_equal(choice->value, value);
    assert_string_equal(choice->doc, doc);
}

static void test_pci(void **state)
{
    static const char xml[] =
        "<device><name>pci_0000_00_1f_2</name><path>/sys/devices/x</path><parent>computer</parent>"
        "<driver><name>ahci</name></driver><capability type='pci'><class>0x010601</class>"
        "<domain>1</domain><bus>10</bus><slot>31</slot><function>2</function>"
        "<product id='0x2922'>6 port SATA Controller</product>"
        "<vendor id='0x8086'>Intel Corporation</vendor>"
        "<iommuGroup number='8'><address domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/>"
        "</iommuGroup></capability></device>";

    assert_choice(xml, "hostdev", "source.address", "0001:0a:1f.2",
                  "Intel Corporation, 6 port SATA Controller, IOMMU group 8, driver ahci");
    assert_choice(xml, "hostdev", "source.vendor", NULL, NULL);
    assert_choice("<device><capability type='pci'><domain>0</domain><bus>x</bus></capability>"
                  "</device>",
                  "hostdev", "source.address", NULL, NULL);
    assert_choice("<device><capability type='pci'><domain>0</domain><bus>0</bus><slot>0</slot>"
                  "<function>0</function><product id='0x0d57'/><vendor id='0x8086'>Intel</vendor>"
                  "</capability></device>",
                  "hostdev", "source.address", "0000:00:00.0", "Intel, 0x0d57");
}

static void test_usb(void **state)
{
    static const char xml[] =
        "<device><name>usb_1_4</name><driver><name>usb</name></driver>"
        "<capability type='usb_device'><bus>1</bus><device>7</device>"
        "<product id='0xc52b'>Unifying Receiver</product><vendor id='0x046d'>Logitech</vendor>"
        "</capability></device>";
    static const char doc[] = "Logitech, Unifying Receiver, bus 1, device 7, driver usb";

    assert_choice(xml, "hostdev", "source.vendor", "0x046d", doc);
    assert_choice(xml, "hostdev", "source.product", "0xc52b", doc);
    assert_choice(xml, "hostdev", "source.address.bus", "1", doc);
    assert_choice(xml, "hostdev", "source.address.device", "7", doc);
}

static void test_others(void **state)
{
    static const char net[] = "<device><capability type='net'><interface>eth0</interface>"
                              "<address>02:fc:00:00:00:01</address><link speed='1000' state='up'/>"
                              "<capability type='80203'/></capability></device>";
    static const char storage[] =
        "<device><capability type='storage'><block>/dev/sda</block><drive_type>disk</drive_type>"
        "<model>SSD 860</model><vendor>Samsung</vendor><serial>S1</serial><size>274877906944</size>"
        "</capability></device>";

    assert_choice(net, "interface", "source.dev", "eth0", "02:fc:00:00:00:01, link up");
    assert_choice(net, "hostdev", "source.interface", "eth0", "02:fc:00:00:00:01, link up");
    assert_choice(net, "disk", "source.dev", NULL, NULL);
    assert_choice(storage, "disk", "source.dev", "/dev/sda", "Samsung, SSD 860, disk, serial S1");
    assert_choice(storage, "hostdev", "source.block", "/dev/sda",
                  "Samsung, SSD 860, disk, serial S1");
    assert_choice("<device><parent>pci_0000_02_00_0</parent><driver><name>vfio_mdev</name></driver>"
                  "<capability type='mdev'><type id='nvidia-11'/>"
                  "<uuid>4b20d080-1b54-4048-85b3-a6a62d165c01</uuid><iommuGroup number='12'/>"
                  "</capability></device>",
                  "hostdev", "source.address.uuid", "4b20d080-1b54-4048-85b3-a6a62d165c01",
                  "nvidia-11, IOMMU group 12, driver vfio_mdev");
    assert_choice("<device><capability type='scsi_host'><host>2</host></capability></device>",
                  "hostdev", "source.adapter.name", "scsi_host2", "");
    assert_choice("<device><capability type='scsi'><host>1</host><bus>0</bus><target>3</target>"
                  "<lun>5</lun></capability></device>",
                  "hostdev", "source.address.unit", "5", "bus 0");
}

static void test_keys(void **state)
{
    assert_string_equal(dw_host_device_capability("hostdev", "source.address"), "pci");
    assert_string_equal(dw_host_device_capability("disk", "source.dev"), "storage");
    assert_null(dw_host_device_capability("disk", "source.file"));
    assert_null(dw_host_device_capability("", "name"));
}

static void test_refused(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(dw_host_device_choice("<pool/>", "hostdev", "source.address", &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_INVALID_XML));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pci),  cmocka_unit_test(test_usb),     cmocka_unit_test(test_others),
        cmocka_unit_test(test_keys), cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
