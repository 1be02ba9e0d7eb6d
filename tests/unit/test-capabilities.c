/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Capabilities as data: documents of a real QEMU, of libvirt's test driver and of a newer libvirt,
 * text that is none, and, where they are at hand, all domain capabilities of libvirt's own tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "corpus.h"
#include "document/xml-tree.h"
#include "host/capabilities.h"

#define TEST_DRIVER                                                                                \
    "<capabilities><host><cpu><arch>i686</arch></cpu><power_management/><iommu support='no'/>"     \
    "<topology><cells num='2'>"                                                                    \
    "<cell id='0'><memory unit='KiB'>2097152</memory><cpus num='8'/></cell>"                       \
    "<cell id='1'><memory unit='KiB'>4194304</memory><cpus num='8'/></cell>"                       \
    "</cells></topology><secmodel><model>testSecurity</model><doi></doi></secmodel></host>"        \
    "<guest><os_type>xen</os_type><arch name='i686'><wordsize>32</wordsize>"                       \
    "<emulator>/usr/bin/test-hv</emulator><domain type='test'/></arch></guest>"                    \
    "<guest><os_type>hvm</os_type><arch name='i686'><wordsize>32</wordsize>"                       \
    "<emulator>/usr/bin/test-hv</emulator><domain type='test'/></arch></guest></capabilities>"

static char *data_file(const char *name)
{
    g_autofree char *path =
        g_build_filename(TEST_ROOT, "tests", "data", "capabilities", name, NULL);
    char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static DwCapabilities *parse(const char *xml)
{
    g_autoptr(GError) error = NULL;
    DwCapabilities *capabilities = dw_capabilities_parse(xml, &error);

    assert_null(error);
    assert_non_null(capabilities);
    return capabilities;
}

static DwDomainCapabilities *parse_domain_file(const char *name)
{
    g_autofree char *xml = data_file(name);
    g_autoptr(GError) error = NULL;
    DwDomainCapabilities *capabilities = dw_domain_capabilities_parse(xml, &error);

    assert_null(error);
    assert_non_null(capabilities);
    return capabilities;
}

/* "type text", or "absent". */
static void assert_setting(const DwSettings *settings, const char *key, const char *expected)
{
    const DwValue *value = dw_settings_get(settings, key);
    g_autofree char *text = value ? dw_value_to_text(value) : NULL;
    g_autofree char *found =
        value ? g_strdup_printf("%c %s", (char)value->type, text) : g_strdup("absent");

    if (!g_str_equal(found, expected))
        print_error("%s:\n", key);
    assert_string_equal(found, expected);
}

static void assert_values(const DwDomainCapabilities *capabilities, const char *key,
                          const char *expected)
{
    const char *const *values = domain_capabilities_values(capabilities, key);
    g_autofree char *found = values ? g_strjoinv(",", (char **)values) : g_strdup("unknown");

    if (!g_str_equal(found, expected))
        print_error("%s:\n", key);
    assert_string_equal(found, expected);
}

static void test_host(void **state)
{
    g_autofree char *xml = data_file("qemu.xml");
    g_autoptr(DwCapabilities) capabilities = parse(xml);
    g_autoptr(DwSettings) settings = dw_capabilities_describe(capabilities);

    assert_setting(settings, "host.uuid", "s 4dea22b3-1d52-48f3-9516-782e98ab3fa0");
    assert_setting(settings, "host.arch", "s x86_64");
    assert_setting(settings, "host.cpu.model", "s kvm64");
    assert_setting(settings, "host.cpu.vendor", "s AMD");
    assert_setting(settings, "host.cpu.sockets", "u 1");
    assert_setting(settings, "host.cpu.dies", "u 1");
    assert_setting(settings, "host.cpu.clusters", "absent");
    assert_setting(settings, "host.cpu.cores", "u 2");
    assert_setting(settings, "host.cpu.threads", "u 1");
    assert_setting(settings, "host.cpus", "u 2");
    assert_setting(settings, "host.memory", "t 4926427136");
    assert_setting(settings, "host.iommu", "b no");
    assert_setting(settings, "host.secmodel", "a none");
}

static void test_guests(void **state)
{
    g_autofree char *xml = data_file("qemu.xml");
    g_autoptr(DwCapabilities) capabilities = parse(xml);
    const GPtrArray *guests = dw_capabilities_guests(capabilities);
    const DwGuest *guest = capabilities_find_guest(capabilities, "x86_64", "qemu");

    assert_int_equal(guests->len, 2);
    assert_ptr_equal(guest, guests->pdata[1]);
    assert_string_equal(guest->arch, "x86_64");
    assert_string_equal(guest->os_type, "hvm");
    assert_string_equal(guest->emulator, "/usr/bin/qemu-system-x86_64");
    assert_int_equal(guest->wordsize, 64);
    g_autofree char *types = g_strjoinv(",", guest->types);
    g_autofree char *machines = g_strjoinv(",", guest->machines);
    assert_string_equal(types, "qemu");
    assert_string_equal(machines, "pc-i440fx-7.2,pc-q35-7.1,pc-i440fx-7.1,x-remote,isapc,"
                                  "pc-q35-7.2,microvm");
    assert_int_equal(g_hash_table_size(guest->aliases), 2);
    assert_string_equal(g_hash_table_lookup(guest->aliases, "q35"), "pc-q35-7.2");

    assert_string_equal(guest_canonical_machine(guest, "pc"), "pc-i440fx-7.2");
    assert_string_equal(guest_canonical_machine(guest, "microvm"), "microvm");
    assert_null(guest_canonical_machine(guest, "virt"));
    assert_string_equal(guest_default_type(guest), "qemu");

    const char *type = NULL, *arch = NULL, *machine = NULL, *none = "s390x", *unknown = NULL;
    dw_capabilities_fill(capabilities, &type, &arch, &machine);
    assert_string_equal(type, "qemu");
    assert_string_equal(arch, "x86_64");
    assert_string_equal(machine, "pc-q35-7.2");
    dw_capabilities_fill(capabilities, &unknown, &none, &unknown);
    assert_string_equal(none, "s390x");
    assert_null(unknown);

    assert_ptr_equal(capabilities_find_guest(capabilities, NULL, NULL), guest);
    assert_ptr_equal(capabilities_find_guest(capabilities, "i686", NULL), guests->pdata[0]);
    assert_null(capabilities_find_guest(capabilities, "x86_64", "kvm"));
    assert_null(capabilities_find_guest(capabilities, "s390x", NULL));
}

static void test_test_driver(void **state)
{
    g_autoptr(DwCapabilities) capabilities = parse(TEST_DRIVER);
    g_autoptr(DwSettings) settings = dw_capabilities_describe(capabilities);
    const DwGuest *guest = capabilities_find_guest(capabilities, NULL, NULL);

    assert_setting(settings, "host.arch", "s i686");
    assert_setting(settings, "host.memory", "t 6442450944");
    assert_setting(settings, "host.cpus", "u 16");
    assert_setting(settings, "host.cpu.sockets", "absent");
    assert_setting(settings, "host.secmodel", "a testSecurity");
    assert_string_equal(guest->os_type, "hvm");
    assert_string_equal(guest_default_type(guest), "test");
    assert_null(guest->machines[0]);
}

static void test_machines_of_one_domain_type(void **state)
{
    g_autoptr(DwCapabilities) capabilities =
        parse("<capabilities><host/><guest><os_type>hvm</os_type><arch name='x86_64'>"
              "<emulator>/a</emulator><machine>one</machine><domain type='qemu'/>"
              "<domain type='kvm'><emulator>/b</emulator><machine>one</machine>"
              "<machine canonical='two'>second</machine></domain>"
              "</arch></guest></capabilities>");
    const DwGuest *guest = capabilities_find_guest(capabilities, NULL, "kvm");

    g_autofree char *machines = g_strjoinv(",", guest->machines);
    assert_string_equal(machines, "one,two");
    assert_string_equal(guest_canonical_machine(guest, "second"), "two");
    assert_string_equal(guest->emulator, "/a");
    assert_string_equal(guest_default_type(guest), "kvm");
    assert_null(capabilities_host_arch(capabilities));
}

static void test_domain_of_qemu(void **state)
{
    g_autoptr(DwDomainCapabilities) capabilities = parse_domain_file("qemu-q35-tcg.xml");
    g_autoptr(DwSettings) settings = dw_domain_capabilities_describe(capabilities);

    assert_setting(settings, "type", "s qemu");
    assert_setting(settings, "arch", "s x86_64");
    assert_setting(settings, "machine", "s pc-q35-7.2");
    assert_setting(settings, "emulator", "s /usr/bin/qemu-system-x86_64");
    assert_setting(settings, "vcpu.max", "u 288");
    assert_setting(settings, "iothreads.supported", "b yes");
    assert_setting(settings, "os.firmware", "a ");
    assert_setting(settings, "os.loader", "absent");
    assert_setting(settings, "os.loader.type", "a rom,pflash");
    assert_setting(settings, "os.loader.readonly", "a yes,no");
    assert_setting(settings, "os.loader.secure", "a no");
    assert_setting(settings, "cpu.mode", "a maximum,host-model,custom");
    assert_setting(settings, "cpu.model", "a qemu64,kvm64,Westmere,486");
    assert_setting(settings, "cpu.host-model.fallback", "s forbid");
    assert_setting(settings, "cpu.maximum.migratable", "a on,off");
    assert_setting(settings, "cpu.host-model.model", "s EPYC");
    assert_setting(settings, "cpu.host-model.require", "a hypervisor,erms");
    assert_setting(settings, "cpu.host-model.disable", "a xsavec,osvw");
    assert_setting(settings, "memoryBacking.source.type", "a file,anonymous,memfd");
    assert_setting(settings, "disk.supported", "b yes");
    assert_setting(settings, "disk.device", "a disk,cdrom,floppy,lun");
    assert_setting(settings, "disk.target.bus", "a fdc,scsi,virtio,usb,sata");
    assert_setting(settings, "disk.model", "a virtio,virtio-transitional,virtio-non-transitional");
    assert_setting(settings, "graphics.type", "a sdl,vnc,spice,egl-headless,dbus");
    assert_setting(settings, "video.model.type", "a vga,cirrus,vmvga,qxl,virtio,none,bochs,ramfb");
    assert_setting(settings, "video.model", "a vga,cirrus,vmvga,qxl,virtio,none,bochs,ramfb");
    assert_setting(settings, "hostdev.mode", "a subsystem");
    assert_setting(settings, "hostdev.type", "a usb,pci,scsi");
    assert_setting(settings, "hostdev.driver.name", "a ");
    assert_setting(settings, "rng.model", "a virtio,virtio-transitional,virtio-non-transitional");
    assert_setting(settings, "rng.backend.model", "a random,egd,builtin");
    assert_setting(settings, "filesystem.driver.type", "a path,handle,virtiofs");
    assert_setting(settings, "tpm.model", "a tpm-tis,tpm-crb");
    assert_setting(settings, "tpm.backend.type", "a passthrough");
    assert_setting(settings, "redirdev.bus", "a usb");
    assert_setting(settings, "channel.type", "a pty,unix,spicevmc");
    assert_setting(settings, "features.gic.supported", "b no");
    assert_setting(settings, "features.vmcoreinfo.supported", "b yes");
    assert_setting(settings, "genid.supported", "b yes");
    assert_setting(settings, "backup.supported", "b yes");
    assert_setting(settings, "sev.supported", "b no");
    assert_setting(settings, "hyperv", "a spinlocks,vendor_id");
    assert_setting(settings, "sgx.supported", "b no");
    assert_setting(settings, "tpm.supported", "b yes");
    assert_setting(settings, "panic.supported", "absent");
    assert_setting(settings, "crypto.supported", "absent");

    assert_values(capabilities, "hyperv", "spinlocks,vendor_id");
    assert_values(capabilities, "os.firmware", "");
    assert_values(capabilities, "panic.model", "unknown");
    assert_values(capabilities, "vcpu.max", "unknown");
    assert_int_equal(domain_capabilities_max_vcpus(capabilities), 288);
}

static void test_domain_of_newer_libvirt(void **state)
{
    g_autoptr(DwDomainCapabilities) capabilities = parse_domain_file("newer.xml");
    g_autoptr(DwSettings) settings = dw_domain_capabilities_describe(capabilities);

    assert_setting(settings, "os.firmware", "a efi");
    assert_setting(settings, "os.loader", "a /srv/firmware/code.fd,/srv/firmware/code.secure.fd");
    assert_setting(settings, "cpu.mode", "a host-passthrough,host-model,custom");
    assert_setting(settings, "cpu.host-passthrough.migratable", "a on,off");
    assert_setting(settings, "cpu.model", "a 486,max");
    assert_setting(settings, "cpu.model.deprecated", "a 486");
    assert_setting(settings, "tpm.backend.version", "a 1.2,2.0");
    assert_setting(settings, "crypto.backend.model", "a builtin,lkcf");
    assert_setting(settings, "interface.backend.type", "a default,passt");
    assert_setting(settings, "panic.supported", "b no");
    assert_setting(settings, "console.type", "a pty,null");
    assert_setting(settings, "features.gic.version", "a 3");
    assert_setting(settings, "features.async-teardown.supported", "b yes");
    assert_setting(settings, "s390-pv.supported", "b no");
    assert_setting(settings, "sev.cbitpos", "u 47");
    assert_setting(settings, "sev.maxGuests", "absent");
    assert_setting(settings, "sgx.flc", "b no");
    assert_setting(settings, "sgx.sgx1", "b yes");
    assert_setting(settings, "sgx.section_size", "t 536870912");
    assert_setting(settings, "sgx.section.2.node", "u 1");
    assert_setting(settings, "sgx.section.2.size", "t 268435456");
    assert_setting(settings, "hyperv", "a relaxed,spinlocks");
    assert_setting(settings, "hyperv.defaults.spinlocks", "u 4095");
    assert_setting(settings, "hyperv.defaults.stimer_direct", "s on");
    assert_setting(settings, "hyperv.defaults.vendor_id", "s Linux KVM Hv");
    assert_setting(settings, "launchSecurity.type", "a sev,tdx");
    assert_setting(settings, "disk.supported", "absent");
}

static void test_absence_is_unknown(void **state)
{
    g_autoptr(DwDomainCapabilities) capabilities = dw_domain_capabilities_parse(
        "<domainCapabilities><arch>x86_64</arch></domainCapabilities>", NULL);
    g_autoptr(DwSettings) settings = dw_domain_capabilities_describe(capabilities);

    assert_int_equal(dw_settings_count(settings), 1);
    assert_values(capabilities, "cpu.mode", "unknown");
    assert_values(capabilities, "hyperv", "unknown");
    assert_int_equal(domain_capabilities_max_vcpus(capabilities), 0);
}

static void assert_refused(const char *xml, int code)
{
    g_autoptr(GError) error = NULL, domain_error = NULL;

    assert_null(dw_capabilities_parse(xml, &error));
    assert_non_null(error);
    assert_int_equal(error->domain, DW_ERROR);
    assert_int_equal(error->code, code);
    assert_null(dw_domain_capabilities_parse(xml, &domain_error));
    assert_int_equal(domain_error->code, code);
}

static void test_refused(void **state)
{
    g_autofree char *long_text = g_strnfill(4 * 1024 * 1024 + 1, ' ');

    assert_refused("", DW_ERROR_INVALID_XML);
    assert_refused("text", DW_ERROR_INVALID_XML);
    assert_refused("<capabilities>", DW_ERROR_INVALID_XML);
    assert_refused("<domain/>", DW_ERROR_INVALID_XML);
    assert_refused("<x:capabilities xmlns:x='urn:x'/>", DW_ERROR_INVALID_XML);
    assert_refused("<!DOCTYPE capabilities [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
                   "<capabilities>&a;</capabilities>",
                   DW_ERROR_INVALID_XML);
    assert_refused(long_text, DW_ERROR_LIMIT_EXCEEDED);
}

static void test_odd_numbers_are_left_out(void **state)
{
    g_autoptr(DwCapabilities) capabilities =
        parse("<?xml version='1.0' encoding='UTF-16'?>"
              "<capabilities><host><cpu><model> </model><topology sockets='-1' cores='4294967296'"
              " threads='2x'/></cpu><topology><cells><cell><memory>99999999999999999999</memory>"
              "</cell></cells></topology></host><guest/></capabilities>");
    g_autoptr(DwSettings) settings = dw_capabilities_describe(capabilities);

    assert_int_equal(dw_settings_count(settings), 0);
    assert_int_equal(dw_capabilities_guests(capabilities)->len, 0);
}

/* ---- Is everything told? ---- */

static bool is_told_as(const DwValue *value, const char *text)
{
    guint64 number;

    switch (value->type) {
    case DW_VALUE_STRING:
        return g_str_equal(value->s, text);
    case DW_VALUE_STRINGS:
        return g_strv_contains((const char *const *)value->v, text);
    case DW_VALUE_BOOL:
        return g_str_equal(text, value->b ? "yes" : "no");
    case DW_VALUE_UINT:
        return g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &number, NULL) &&
               number == value->u;
    case DW_VALUE_UINT64: /* sizes are in KiB there */
        return g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, &number, NULL) &&
               (number * 1024 == value->u || number == value->u);
    default:
        return false;
    }
}

static void assert_told(const DwSettings *settings, const char *text, const char *where)
{
    for (size_t i = 0; i < dw_settings_count(settings); i++)
        if (is_told_as(dw_settings_value(settings, i), text))
            return;
    print_error("%s: \"%s\" is left out\n", where, text);
    fail();
}

/* Every text and every attribute is in the answer: as a value, or as a part of a key's name. */
static void assert_all_told(const DwSettings *settings, const xmlNode *node)
{
    static const char *const in_keys[] = {"supported", "unit",       "policy",
                                          "usable",    "deprecated", "vendor"};

    for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
        const char *name = (const char *)attribute->name;
        g_autofree char *text = tree_attribute(node, name);
        bool in_key = tree_is(node, "enum") || tree_is(node, "mode");

        for (size_t i = 0; i < G_N_ELEMENTS(in_keys); i++)
            in_key |= g_str_equal(in_keys[i], name);
        if (!in_key)
            assert_told(settings, text, name);
    }
    if (!tree_child(node, NULL)) {
        g_autofree char *text = tree_text(node);
        if (text)
            assert_told(settings, text, (const char *)node->name);
    }
    for (const xmlNode *child = tree_child(node, NULL); child; child = tree_next(child, NULL))
        assert_all_told(settings, child);
}

static void test_libvirts_own(void **state)
{
    char *path = corpus_open("libvirt-9.0-capabilities.tar.xz", "domaincapsdata");
    g_autoptr(GDir) directory = path ? g_dir_open(path, 0, NULL) : NULL;
    const char *name;
    size_t n = 0;

    if (!directory)
        skip();
    while ((name = g_dir_read_name(directory))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *xml = NULL;
        g_autoptr(GError) error = NULL;

        assert_true(g_file_get_contents(file, &xml, NULL, NULL));
        g_autoptr(DwDomainCapabilities) capabilities = dw_domain_capabilities_parse(xml, &error);
        g_autoptr(DwSettings) settings = dw_domain_capabilities_describe(capabilities);
        size_t n_enums = 0, n_lists = 0;

        for (const char *p = xml; (p = strstr(p, "<enum ")); p++)
            n_enums++;
        for (size_t i = 0; i < dw_settings_count(settings); i++)
            n_lists += dw_settings_value(settings, i)->type == DW_VALUE_STRINGS;
        /* Each enumeration has a key of its own. */
        assert_true(n_lists >= n_enums);
        assert_non_null(dw_settings_get(settings, "arch"));
        g_autoptr(xmlDoc) tree = tree_parse(xml, "domainCapabilities", NULL);
        assert_all_told(settings, xmlDocGetRootElement(tree));
        assert_non_null(domain_capabilities_values(capabilities, "cpu.mode"));
        for (size_t i = 0; i < dw_settings_count(settings); i++)
            assert_null(strpbrk(dw_settings_key(settings, i), "/ \n"));
        n++;
    }
    assert_int_equal(n, 61);
    corpus_close(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host),
        cmocka_unit_test(test_guests),
        cmocka_unit_test(test_test_driver),
        cmocka_unit_test(test_machines_of_one_domain_type),
        cmocka_unit_test(test_domain_of_qemu),
        cmocka_unit_test(test_domain_of_newer_libvirt),
        cmocka_unit_test(test_absence_is_unknown),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_odd_numbers_are_left_out),
        cmocka_unit_test(test_libvirts_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
