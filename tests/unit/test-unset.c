/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What goes with a word that is unset: what belonged to it, and not to what libvirt takes instead.
 * Each was tried on libvirt 9.0, which defines what is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "apply-support.h"

#define INFO DW_SEVERITY_INFO

#define DOMAIN                                                                                     \
    "<domain type='qemu'><name>t</name><memory unit='KiB'>1048576</memory><vcpu>2</vcpu><os>%s"    \
    "</os>%s<devices>%s</devices></domain>"
#define Q35   "<type arch='x86_64' machine='pc-q35-7.2'>hvm</type>"
#define VIRT  "<type arch='aarch64' machine='virt-7.2'>hvm</type>"
#define MAC   "52:54:00:aa:bb:01"
#define PLACE "<address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>"
#define CARD(type, model, driver)                                                                  \
    "<interface type='" type "'><mac address='" MAC "'/><source network='default'/>" model driver  \
    "</interface>"

static char *domain_with(const char *machine, const char *devices)
{
    const char *features = strcmp(machine, Q35) == 0 ? "<features><acpi/></features>" : "";

    return g_strdup_printf(DOMAIN, machine, features, devices);
}

/* The device before, what is unset, the device after, and a key that a note is about. */
static const struct {
    const char *machine, *kind, *id, *before, *change, *after, *rule, *dropped;
} devices[] = {
    {Q35, "graphics", "vnc",
     "<graphics type='vnc' autoport='yes'><listen type='socket' socket='/run/x'/></graphics>",
     "listen.1.type-", "<graphics type='vnc' autoport='yes'></graphics>", "device-drops",
     "listen.1.socket"},
    {Q35, "graphics", "vnc",
     "<graphics type='vnc' port='5901' listen='0.0.0.0'><listen type='address' address='0.0.0.0'/>"
     "</graphics>",
     "listen.1.type-", "<graphics type='vnc' port='5901' listen='0.0.0.0'></graphics>",
     "device-drops", "listen.1.address"},
    {Q35, "input", "#1",
     "<input type='tablet' bus='virtio' model='virtio'><driver iommu='on'/>" PLACE "</input>",
     "bus-", "<input type='tablet'></input>", "device-drops", "address.type"},
    {Q35, "input", "#1",
     "<input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>", "bus-",
     "<input type='tablet'><address type='usb' bus='0' port='1'/></input>", NULL, NULL},
    {Q35, "interface", MAC,
     CARD("network", "<model type='virtio'/>", "<driver name='vhost' queues='2'/>" PLACE),
     "model.type-", CARD("network", "", PLACE), "device-drops", "driver.queues"},
    {VIRT, "interface", MAC, CARD("network", "<model type='virtio'/>", "<driver queues='2'/>"),
     "model.type-", CARD("network", "", "<driver queues='2'/>"), NULL, NULL},
    {Q35, "interface", MAC,
     CARD("network", "<virtualport type='openvswitch'><parameters profileid='p'/></virtualport>",
          ""),
     "virtualport.type-", CARD("network", "", ""), "device-drops", "virtualport.profileid"},
    {Q35, "interface", MAC,
     CARD("network", "<virtualport><parameters profileid='p'/></virtualport>", ""),
     "source.bridge=b",
     "<interface type='bridge'><mac address='" MAC "'/><source bridge='b'/></interface>",
     "device-drops", "virtualport"},
    {Q35, "disk", "vda",
     "<disk type='file' device='disk'><driver name='qemu' type='raw' queues='2'/><source "
     "file='/a'/><target dev='vda' bus='scsi'/><address type='drive' unit='1'/></disk>",
     "target.bus-",
     "<disk type='file' device='disk'><driver name='qemu' type='raw' queues='2'/><source "
     "file='/a'/><target dev='vda'/></disk>",
     "disk-address-drops", "address.type"},
    {Q35, "disk", "sda",
     "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/a'/>"
     "<target dev='sda' bus='scsi'/><address type='drive' unit='1'/></disk>",
     "target.bus-",
     "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/a'/>"
     "<target dev='sda'/><address type='drive' unit='1'/></disk>",
     NULL, NULL},
    {Q35, "disk", "vda",
     "<disk type='file' device='disk'><driver name='qemu' type='qcow2'><metadata_cache><max_size "
     "unit='KiB'>64</max_size></metadata_cache></driver><source file='/a'/><target dev='vda' "
     "bus='virtio'/></disk>",
     "driver.type-",
     "<disk type='file' device='disk'><driver name='qemu'></driver><source file='/a'/><target "
     "dev='vda' bus='virtio'/></disk>",
     "device-drops", "driver.metadata_cache.max_size"},
};

static void test_devices(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++) {
        g_autofree char *before = domain_with(devices[i].machine, devices[i].before);
        g_autofree char *after = domain_with(devices[i].machine, devices[i].after);
        g_auto(Outcome) outcome = edit_text(before, DW_VERB_MODIFY, devices[i].kind, devices[i].id,
                                            devices[i].change, 0, NULL);

        assert_text(&outcome, after);
        if (devices[i].rule)
            assert_note(&outcome, devices[i].rule, devices[i].dropped, INFO);
        else
            assert_int_equal(outcome.result.problems->len, 0);
    }
}

/* The same of settings of the domain, with the rule of the note. */
static const struct {
    const char *before, *change, *after, *rule, *dropped;
} settings[] = {
#define PASSED "<cpu mode='host-passthrough' check='none' migratable='on'>"
#define MODEL  "<model fallback='forbid'>qemu64</model><feature policy='disable' name='vmx'/></cpu>"
    {PASSED "<cache mode='passthrough'/></cpu>", "cpu.mode-", "<cpu check='none'></cpu>",
     "cpu-mode-drops", "cpu.migratable"},
    {PASSED "<feature policy='disable' name='vmx'/></cpu>", "cpu.mode-", "<cpu check='none'></cpu>",
     "cpu-mode-drops", "cpu.feature"},
    {"<cpu mode='custom' match='exact'>" MODEL, "cpu.mode-", "<cpu match='exact'>" MODEL, NULL,
     NULL},
    {"<cpu mode='custom' match='exact' check='partial'>" MODEL, "cpu.model-",
     "<cpu mode='custom'></cpu>", "cpu-mode-drops", "cpu.match"},
    {"<clock offset='timezone' timezone='Europe/Paris'><timer name='rtc'/></clock>",
     "clock.offset-", "<clock offset='utc'><timer name='rtc'/></clock>", "clock-offset-drops",
     "clock.timezone"},
    {"<clock offset='variable' basis='utc' adjustment='30'/>", "clock.offset-", "",
     "clock-offset-drops", "clock.adjustment"},
    {"<vcpu placement='static' cpuset='0'>2</vcpu>", "vcpu.placement-", "<vcpu cpuset='0'>2</vcpu>",
     NULL, NULL},
    {"<vcpu placement='auto'>2</vcpu><numatune><memory mode='strict' placement='auto'/></numatune>",
     "vcpu.placement-", "<vcpu>2</vcpu>", "placement-follows", "numatune.memory.mode"},
    {"<numatune><memory mode='strict' nodeset='0'/></numatune>", "numatune.memory.nodeset-", "",
     "placement-follows", "numatune.memory.mode"},
    {"<launchSecurity type='sev'><cbitpos>47</cbitpos><policy>0x1</policy></launchSecurity>",
     "launchSecurity.type-", "", "domain-drops", "launchSecurity.policy"},
    {"<os firmware='efi'><firmware><feature enabled='yes' name='secure-boot'/></firmware></os>",
     "os.firmware-", "", "domain-drops", "os.firmware.feature.secure-boot"},
    {"<os><loader type='pflash'>/c</loader><nvram template='/t'>/n</nvram></os>", "os.loader-", "",
     "loader-drops", "os.nvram"},
    {"<cputune><vcpusched vcpus='0' scheduler='fifo' priority='1'/></cputune>",
     "cputune.vcpusched.1.scheduler=batch",
     "<cputune><vcpusched vcpus='0' scheduler='batch'/></cputune>", "domain-drops",
     "cputune.vcpusched.1.priority"},
    {"<clock offset='utc'><timer name='rtc' tickpolicy='catchup'><catchup slew='1'/></timer>"
     "</clock>",
     "clock.timer.rtc.tickpolicy=delay",
     "<clock offset='utc'><timer name='rtc' tickpolicy='delay'></timer></clock>", "domain-drops",
     "clock.timer.rtc.catchup.slew"},
    {"<features><smm state='on'><tseg unit='MiB'>8</tseg></smm></features>", "features.smm=no",
     "<features><smm state='off'></smm></features>", "domain-drops", "features.smm.tseg"},
    /* What is missing, and is meant by what is set. */
    {"<os><bios useserial='no'/></os>", "os.bootmenu.timeout=300",
     "<os><bootmenu enable='yes' timeout='300'/><bios useserial='no'/></os>", "setting-follows",
     "os.bootmenu"},
    {"<os><bootmenu enable='no'/></os>", "os.bootmenu.timeout=300",
     "<os><bootmenu enable='no' timeout='300'/></os>", NULL, NULL},
    {"<clock><timer name='pit' tickpolicy='delay'/></clock>", "clock.timer.pit.tickpolicy=discard",
     "<clock offset='utc'><timer name='pit' tickpolicy='discard'/></clock>", "clock-offset-default",
     "clock.offset"},
};

static void test_settings(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        g_autofree char *before =
            g_strdup_printf("<domain type='kvm'>%s</domain>", settings[i].before);
        g_autofree char *after =
            g_strdup_printf("<domain type='kvm'>%s</domain>", settings[i].after);
        g_auto(Outcome) outcome =
            edit_text(before, DW_VERB_SET, "", "", settings[i].change, DW_APPLY_UNCHECKED, NULL);

        assert_text(&outcome, after);
        if (settings[i].rule)
            assert_note(&outcome, settings[i].rule, settings[i].dropped, INFO);
        else
            assert_int_equal(outcome.result.problems->len, 0);
    }
}

/* A detail turns on what it is of. */
static void test_details(void **state)
{
    static const char *const details[][3] = {
        {"features.smm.tseg=8MiB", "features.smm", "<smm state='on'>"},
        {"features.kvm.dirty-ring.size=4096", "features.kvm.dirty-ring",
         "<dirty-ring state='on' size='4096'/>"},
        {"hyperv.spinlocks.retries=8191", "hyperv.spinlocks",
         "<spinlocks state='on' retries='8191'/>"},
        {"hyperv.vendor_id.value=x", "hyperv.vendor_id", "<vendor_id state='on' value='x'/>"},
        {"os.firmware.feature.secure-boot=no", "os.firmware", "<os firmware='efi'>"},
        {"os.firmware.feature.enrolled-keys=no", "os.firmware", "<os firmware='efi'>"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(details); i++) {
        g_auto(Outcome) outcome = edit_text("<domain type='kvm'></domain>", DW_VERB_SET, "", "",
                                            details[i][0], DW_APPLY_UNCHECKED, NULL);

        assert_note(&outcome, "setting-follows", details[i][1], INFO);
        assert_non_null(strstr(outcome.text, details[i][2]));
    }
}

/* What is not there, or is set again, takes nothing along. */
static void test_nothing_goes(void **state)
{
    g_autofree char *before =
        domain_with(Q35, CARD("network", "<model type='virtio'/>", "<driver queues='2'/>"));
    g_auto(Outcome) again = edit_text(before, DW_VERB_MODIFY, "interface", MAC,
                                      "model.type-;model.type=virtio", 0, NULL);
    g_autofree char *bare = domain_with(Q35, CARD("network", "", "<driver queues='2'/>"));
    g_auto(Outcome) absent =
        edit_text(bare, DW_VERB_MODIFY, "interface", MAC, "model.type-", DW_APPLY_UNCHECKED, NULL);

    assert_text(&again, before);
    assert_text(&absent, bare);
}

/* A directory is shown as a FAT disk, and nothing else is; a drive has what its type needs. */
static void test_disk_types(void **state)
{
    static const char disk[] =
        "<disk type='%s' device='disk'><driver name='qemu' type='%s'/>%s<target dev='vda' "
        "bus='virtio'/>%s</disk>";
    g_autofree char *file = g_strdup_printf(disk, "file", "raw", "<source file='/a'/>", "");
    g_autofree char *before = domain_with(Q35, file);
    g_auto(Outcome) dir =
        edit_text(before, DW_VERB_MODIFY, "disk", "vda", "source.dir=/d", 0, NULL);
    g_auto(Outcome) nvme =
        edit_text(before, DW_VERB_MODIFY, "disk", "vda", "source.address=0000:03:00.0", 0, NULL);

    assert_non_null(strstr(dir.text, "type='fat'/><source dir='/d'/>"));
    assert_note(&dir, "disk-format-default", "driver.type", INFO);
    assert_non_null(strstr(nvme.text, "<source type='pci' managed='yes' namespace='1'>"));
    g_auto(Outcome) back =
        edit_text(dir.text, DW_VERB_MODIFY, "disk", "vda", "source.file=/a;readonly-", 0, NULL);
    assert_text(&back, before);
}

/* An image below a disk changes its type by its source as the disk does. */
static void test_image_below(void **state)
{
    static const char disk[] =
        "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/a'/>"
        "<backingStore type='%s'><format type='raw'/>%s</backingStore><target dev='vda' "
        "bus='virtio'/></disk>";
    g_autofree char *file = g_strdup_printf(disk, "file", "<source file='/b'/>");
    g_autofree char *before = domain_with(Q35, file);
    g_autofree char *block = g_strdup_printf(disk, "block", "<source dev='/dev/b'/>");
    g_autofree char *after = domain_with(Q35, block);
    g_auto(Outcome) changed =
        edit_text(before, DW_VERB_MODIFY, "disk", "vda", "backing.1.source.dev=/dev/b", 0, NULL);
    DwKey *key = dw_key_find("disk", "backing.1.source.file");

    assert_text(&changed, after);
    assert_note(&changed, "disk-type-default", "backing.1.type", INFO);
    assert_note(&changed, "device-drops", "backing.1.source.file", INFO);
    assert_string_equal(key->belongs[0], "backing.N.type=file");
    dw_key_free(key);
}

/* A controller of another type has a number of that type's. */
static void test_index(void **state)
{
    g_autofree char *before =
        domain_with(Q35, "<controller type='sata' index='0'/><controller type='scsi' index='0'/>");
    g_autofree char *after =
        domain_with(Q35, "<controller type='sata' index='0'/><controller type='sata' index='1'/>");
    g_auto(Outcome) outcome =
        edit_text(before, DW_VERB_MODIFY, "controller", "scsi0", "type=sata", 0, NULL);

    assert_text(&outcome, after);
    assert_note(&outcome, "device-default", "index", INFO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices),    cmocka_unit_test(test_settings),
        cmocka_unit_test(test_details),    cmocka_unit_test(test_nothing_goes),
        cmocka_unit_test(test_disk_types), cmocka_unit_test(test_image_below),
        cmocka_unit_test(test_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
