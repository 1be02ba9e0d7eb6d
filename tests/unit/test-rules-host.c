/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host cannot do is refused by what its capabilities say; what they do not say is no fault.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apply-support.h"
#include "rules-support.h"

static const char capabilities_xml[] =
    "<capabilities><host><cpu><arch>x86_64</arch><vendor>AMD</vendor></cpu></host>"
    "<guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize>"
    "<emulator>/usr/bin/qemu-system-x86_64</emulator>"
    "<machine>pc-i440fx-7.2</machine><machine canonical='pc-i440fx-7.2'>pc</machine>"
    "<machine>pc-q35-7.2</machine><machine canonical='pc-q35-7.2'>q35</machine>"
    "<domain type='qemu'/><domain type='kvm'/></arch></guest>"
    "<guest><os_type>hvm</os_type><arch name='aarch64'><wordsize>64</wordsize>"
    "<emulator>/usr/bin/qemu-system-aarch64</emulator>"
    "<machine>virt-7.2</machine><machine canonical='virt-7.2'>virt</machine>"
    "<domain type='qemu'/></arch></guest></capabilities>";

static const char offers_xml[] =
    "<domainCapabilities><domain>kvm</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch>"
    "<vcpu max='288'/>"
    "<os supported='yes'><enum name='firmware'><value>bios</value></enum>"
    "<loader supported='yes'><value>/usr/share/OVMF/OVMF_CODE.fd</value></loader></os>"
    "<cpu><mode name='host-passthrough' supported='yes'/><mode name='maximum' supported='no'/>"
    "<mode name='custom' supported='yes'><model usable='yes'>qemu64</model>"
    "<model usable='no'>EPYC</model></mode></cpu>"
    "<devices><disk supported='yes'>"
    "<enum name='diskDevice'><value>disk</value><value>cdrom</value></enum>"
    "<enum name='bus'><value>virtio</value><value>sata</value></enum>"
    "<enum name='model'><value>virtio</value></enum></disk>"
    "<graphics supported='yes'><enum name='type'><value>vnc</value></enum></graphics>"
    "<tpm supported='yes'><enum name='model'><value>tpm-tis</value></enum>"
    "<enum name='backendModel'><value>passthrough</value></enum></tpm>"
    "<redirdev supported='no'/><rng supported='yes'/>"
    "<video supported='yes'><enum name='modelType'><value>vga</value></enum></video></devices>"
    "<features><genid supported='no'/><sgx supported='no'/><hyperv supported='yes'><enum "
    "name='features'><value>relaxed</value></enum></hyperv>"
    "</features></domainCapabilities>";

#define DOMAIN(type, arch, machine, rest)                                                          \
    "<domain type='" type "'><name>t</name><memory>1024</memory><os><type arch='" arch             \
    "' machine='" machine "'>hvm</type></os><features><acpi/></features>" rest "</domain>"
#define IMPLIED(arch, root)                                                                        \
    "<domain type='qemu'><name>t</name><memory>1024</memory><os><type arch='" arch                 \
    "'>hvm</type></os><devices><controller type='pci' index='0' model='" root                      \
    "'/></devices></domain>"
#define HERE(rest) DOMAIN("kvm", "x86_64", "q35", rest)
#define DISK(attributes, target)                                                                   \
    HERE("<devices><disk type='file' " attributes "><driver name='qemu' type='raw'/>"              \
         "<source file='/a'/><target " target "/></disk></devices>")

#define REDIRECTION                                                                                \
    "<controller type='usb' model='qemu-xhci'/><redirdev bus='usb' type='tcp'>"                    \
    "<source mode='connect' host='h' service='1'/></redirdev>"
#define CELL                                                                                       \
    "<maxMemory slots='2' unit='GiB'>1</maxMemory><cpu><numa><cell id='0' cpus='0' "               \
    "memory='1024'/></numa></cpu>"
#define MEMORY(model, node)                                                                        \
    "<memory model='" model "'><target><size unit='MiB'>128</size>" node "</target></memory>"

static const Edge edges[] = {
    {"host-type", ERROR, "type", DOMAIN("hvf", "x86_64", "q35", ""), HERE("")},
    {"host-arch", ERROR, "os.arch", DOMAIN("kvm", "aarch64", "virt", ""),
     DOMAIN("qemu", "aarch64", "virt", "")},
    {"host-machine", ERROR, "os.machine", DOMAIN("kvm", "x86_64", "pc-q35-99.0", ""),
     DOMAIN("kvm", "x86_64", "pc", "")},
    {"host-machine", ERROR, "os.machine", DOMAIN("qemu", "aarch64", "q35", ""),
     DOMAIN("qemu", "aarch64", "virt-7.2", "")},
    {"host-vcpu", ERROR, "vcpu", HERE("<vcpu>289</vcpu>"), HERE("<vcpu>288</vcpu>")},
    /* The machine that libvirt takes where none is named. */
    {"controller-root-machine", ERROR, "model", IMPLIED("x86_64", "pcie-root"),
     IMPLIED("x86_64", "pci-root")},
    {"controller-root-machine", ERROR, "model", IMPLIED("x86_64", "pcie-root"),
     IMPLIED("aarch64", "pcie-root")},
    {"host-cpu-mode", WARNING, "cpu.mode", HERE("<cpu mode='host-model'/>"),
     HERE("<cpu mode='host-passthrough'/>")},
    {"host-cpu-mode", ERROR, "cpu.mode", HERE("<cpu mode='maximum'/>"),
     HERE("<cpu mode='host-passthrough'/>")},
    {"host-cpu-model", WARNING, "cpu.model", HERE("<cpu><model>EPYC</model></cpu>"),
     HERE("<cpu><model>qemu64</model></cpu>")},
    {"host-firmware", WARNING, "os.firmware",
     "<domain type='kvm'><name>t</name><memory>1</memory><os firmware='efi'>"
     "<type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features></domain>",
     "<domain type='kvm'><name>t</name><memory>1</memory><os firmware='bios'>"
     "<type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features></domain>"},
    {"host-loader", WARNING, "os.loader",
     "<domain type='kvm'><name>t</name><memory>1</memory><os><type arch='x86_64' machine='q35'>hvm"
     "</type><loader readonly='yes' type='pflash'>/none.fd</loader></os></domain>",
     "<domain type='kvm'><name>t</name><memory>1</memory><os><type arch='x86_64' machine='q35'>hvm"
     "</type><loader readonly='yes' "
     "type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader></os></domain>"},
    {"host-os-type", ERROR, "os.type",
     "<domain type='kvm'><name>t</name><memory>1</memory><os><type arch='x86_64' "
     "machine='q35'>linux</type></os></domain>",
     "<domain type='kvm'><name>t</name><memory>1</memory><os><type arch='x86_64' "
     "machine='q35'> hvm </type></os></domain>"},
    {"host-emulator", WARNING, "emulator",
     HERE("<devices><emulator>/usr/bin/q</emulator></devices>"),
     HERE("<devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>")},
    {"host-hyperv", ERROR, "hyperv.vapic",
     "<domain type='kvm'><name>t</name><memory>1</memory><os><type arch='x86_64' machine='q35'>hvm"
     "</type></os><features><hyperv><vapic state='on'/></hyperv></features></domain>",
     "<domain type='kvm'><name>t</name><memory>1</memory><os><type arch='x86_64' machine='q35'>hvm"
     "</type></os><features><hyperv><relaxed state='on'/></hyperv></features></domain>"},
    {"host-disk-bus", ERROR, "target.bus", DISK("device='disk'", "dev='sda' bus='usb'"),
     DISK("device='disk'", "dev='sda' bus='sata'")},
    {"host-disk-device", WARNING, "device", DISK("device='floppy'", "dev='fda' bus='fdc'"),
     DISK("device='cdrom'", "dev='sda' bus='sata'")},
    {"host-disk-model", ERROR, "model",
     DISK("device='disk' model='virtio-transitional'", "dev='vda' bus='virtio'"),
     DISK("device='disk' model='virtio'", "dev='vda' bus='virtio'")},
    {"host-video", ERROR, "model.type",
     HERE("<devices><video><model type='qxl'/></video></devices>"),
     HERE("<devices><video><model type='vga'/></video></devices>")},
    {"host-graphics", ERROR, "type", HERE("<devices><graphics type='spice'/></devices>"),
     HERE("<devices><graphics type='vnc'/></devices>")},
    {"host-tpm", ERROR, "model",
     HERE("<devices><tpm model='tpm-spapr'><backend type='passthrough'/></tpm></devices>"),
     HERE("<devices><tpm model='tpm-tis'><backend type='passthrough'/></tpm></devices>")},
    {"host-tpm", ERROR, "backend.type",
     HERE("<devices><tpm model='tpm-tis'><backend type='emulator'/></tpm></devices>"),
     HERE("<devices><tpm model='tpm-tis'><backend type='passthrough'/></tpm></devices>")},
    {"host-part", ERROR, "", HERE("<devices>" REDIRECTION "</devices>"),
     DOMAIN("qemu", "x86_64", "q35", "<devices>" REDIRECTION "</devices>")},
    {"host-part", ERROR, "genid", HERE("<genid/>"), HERE("")},
    {"host-part", ERROR, "", HERE(CELL "<devices>" MEMORY("sgx-epc", "") "</devices>"),
     HERE(CELL "<devices>" MEMORY("dimm", "<node>0</node>") "</devices>")},
    {"host-version", ERROR, "cpu.topology.clusters",
     HERE("<vcpu>2</vcpu><cpu><topology sockets='1' clusters='1' cores='2' threads='1'/></cpu>"),
     HERE("<vcpu>2</vcpu><cpu><topology sockets='1' dies='1' cores='2' threads='1'/></cpu>")},
    {"host-version", ERROR, "",
     HERE("<devices><crypto model='virtio' type='qemu'><backend model='builtin'/>"
          "<alias name='ua-c'/></crypto></devices>"),
     NULL},
    {"host-version", ERROR, "target.bus",
     HERE("<devices><disk type='file' device='disk'><driver name='qemu' type='raw'/>"
          "<source file='/a'/><target dev='nvme0n1' "
          "bus='nvme'/><serial>1</serial></disk></devices>"),
     NULL},
};

typedef struct {
    DwCapabilities *capabilities;
    DwDomainCapabilities *offers;
    DwHost host;
} Fixture;

static int setup(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    fixture->capabilities = dw_capabilities_parse(capabilities_xml, NULL);
    fixture->offers = dw_domain_capabilities_parse(offers_xml, NULL);
    fixture->host = (DwHost){fixture->capabilities, fixture->offers, 9000000};
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;

    dw_capabilities_free(fixture->capabilities);
    dw_domain_capabilities_free(fixture->offers);
    g_free(fixture);
    return 0;
}

static void test_edges(void **state)
{
    Fixture *fixture = *state;

    check_edges(edges, G_N_ELEMENTS(edges), "", "", &fixture->host);
}

/* A user's session has no control groups. */
static void test_session(void **state)
{
    static const Edge tuned[] = {
        {"host-session", WARNING, "cputune.shares", HERE("<cputune><shares>9</shares></cputune>"),
         HERE("<vcpu>2</vcpu><cputune><vcpupin vcpu='0' cpuset='0'/></cputune>")},
        {"host-session", WARNING, "memtune.hard_limit",
         HERE("<memtune><hard_limit>9999999</hard_limit></memtune>"), HERE("")},
        {"host-session", WARNING, "blkiotune.weight",
         HERE("<blkiotune><weight>500</weight></blkiotune>"), HERE("")},
    };
    const Fixture *fixture = *state;
    DwHost session = fixture->host;

    session.is_session = true;
    check_edges(tuned, G_N_ELEMENTS(tuned), "", "", &session);
    for (size_t i = 0; i < G_N_ELEMENTS(tuned); i++) {
        g_autoptr(GPtrArray) system = problems_of(tuned[i].bad, &fixture->host);
        assert_int_equal(count_rule(system, "host-session"), 0);
    }
}

/* From 9.2 on libvirt looks for firmware when it is given the document, unless that names it. */
static void test_firmware(void **state)
{
    static const char *const loaders[] = {"", "<loader secure='yes'/>", "<loader>/f.fd</loader>"};
    const Fixture *fixture = *state;
    const DwHost newer = {fixture->capabilities, fixture->offers, 9002000};

    for (size_t i = 0; i < G_N_ELEMENTS(loaders); i++) {
        g_autofree char *xml = g_strdup_printf(
            "<domain type='kvm'><name>t</name><memory>1</memory><os firmware='efi'><type "
            "arch='x86_64' machine='q35'>hvm</type>%s</os><features><acpi/></features></domain>",
            loaders[i]);
        g_autoptr(GPtrArray) old = problems_of(xml, &fixture->host), new = problems_of(xml, &newer);

        assert_int_equal(find_rule(old, "host-firmware")->severity, WARNING);
        assert_int_equal(find_rule(new, "host-firmware")->severity, i < 2 ? ERROR : WARNING);
        assert_int_equal(count_rule(new, "host-loader"), i < 2 ? 0 : 1);
    }
}

/* The machine of ARM that is taken where none is named. */
static void test_implied_machine(void **state)
{
    static const char xml[] = "<domain type='qemu'><name>t</name><memory>1024</memory><os><type "
                              "arch='aarch64'>hvm</type></os><features><gic/></features></domain>";
    const Fixture *fixture = *state;
    const DwHost old = {fixture->capabilities, NULL, 9002000};
    const DwHost new = {fixture->capabilities, NULL, 9003000};
    g_autoptr(GPtrArray) refused = problems_of(xml, &old), taken = problems_of(xml, &new);

    assert_non_null(find_rule(refused, "features-gic"));
    assert_null(find_rule(taken, "features-gic"));
}

/* A display that QEMU has not in any release is told of once, by another rule. */
static void test_rdp(void **state)
{
    Fixture *fixture = *state;
    static const Edge edge = {"host-graphics", ERROR, "type",
                              HERE("<devices><graphics type='rdp'/></devices>"), NULL};
    DwHost next = {fixture->capabilities, fixture->offers, 11001000};
    g_autoptr(GPtrArray) old = problems_of(edge.bad, &fixture->host);

    check_edge(&edge, edge.bad, NULL, &next);
    assert_null(find_rule(old, "host-graphics"));
    assert_non_null(find_rule(old, "graphics-type"));
}

static void test_says_what_there_is(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) problems =
        problems_of(DISK("device='disk'", "dev='sda' bus='scsi'"), &fixture->host);
    const DwProblem *problem = find_rule(problems, "host-disk-bus");

    assert_string_equal(
        problem->message,
        "Key target.bus is scsi, which this host cannot do; it offers: virtio, sata.");
    assert_string_equal(problem->allowed[0], "virtio");
    assert_string_equal(problem->allowed[1], "sata");
    assert_null(problem->allowed[2]);
    assert_string_equal(problem->id, "sda");
}

/* Of many that is named which one may have meant. */
static void test_says_few_of_many(void **state)
{
    g_autoptr(GString) xml = g_string_new("<capabilities><host/><guest><os_type>hvm</os_type>"
                                          "<arch name='x86_64'><wordsize>64</wordsize>"
                                          "<emulator>/usr/bin/qemu</emulator>");
    for (unsigned i = 10; i < 44; i++)
        g_string_append_printf(xml, "<machine>pc-q35-%u.0</machine>", i);
    g_string_append(xml, "<domain type='kvm'/></arch></guest></capabilities>");
    g_autoptr(DwCapabilities) capabilities = dw_capabilities_parse(xml->str, NULL);
    DwHost host = {.capabilities = capabilities};
    g_autoptr(GPtrArray) near = problems_of(DOMAIN("kvm", "x86_64", "pc-q35-443.0", ""), &host);
    g_autoptr(GPtrArray) other = problems_of(DOMAIN("kvm", "x86_64", "board", ""), &host);

    assert_string_equal(
        find_rule(other, "host-machine")->message,
        "Key os.machine is board, which this host cannot do; it offers: pc-q35-10.0, "
        "pc-q35-11.0, pc-q35-12.0, pc-q35-13.0, pc-q35-14.0, pc-q35-15.0, "
        "pc-q35-16.0, pc-q35-17.0 and 26 more.");
    assert_true(g_str_has_suffix(find_rule(near, "host-machine")->message,
                                 " and 26 more; the nearest is pc-q35-43.0."));
    assert_int_equal(g_strv_length(find_rule(near, "host-machine")->allowed), 34);
}

/* Nothing is known of a host, of another machine, or of what is not mentioned. */
static void test_unknown_is_no_fault(void **state)
{
    Fixture *fixture = *state;
    static const char scsi[] =
        DOMAIN("kvm", "x86_64", "pc",
               "<cpu mode='maximum'/><devices><disk type='file' device='disk'>"
               "<driver name='qemu' type='raw'/><source file='/a'/>"
               "<target dev='sda' bus='scsi'/></disk></devices>");
    g_autoptr(GPtrArray) nowhere = problems_of(scsi, NULL);
    g_autoptr(GPtrArray) elsewhere = problems_of(scsi, &fixture->host);
    g_autoptr(GPtrArray) unsaid = problems_of(HERE("<cpu mode='host-model'/>"), &fixture->host);

    assert_int_equal(nowhere->len, 0);
    assert_int_equal(elsewhere->len, 0);
    assert_int_equal(count_rule(unsaid, "host-cpu-mode"), 1); /* modes not listed are not there */
}

static void test_refusal_is_unsupported(void **state)
{
    Fixture *fixture = *state;
    g_auto(Outcome) host =
        edit_text(HERE(""), DW_VERB_SET, "", "", "os.machine=pc-q35-99.0", 0, &fixture->host);
    g_auto(Outcome) both =
        edit_text(HERE(""), DW_VERB_SET, "", "", "os.machine=pc-q35-99.0;cpu.topology.sockets=1", 0,
                  &fixture->host);

    assert_refused(&host, DW_ERROR_UNSUPPORTED, "os.machine is pc-q35-99.0");
    assert_refused(&both, DW_ERROR_INVALID, "cpu.topology");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_session),
        cmocka_unit_test(test_firmware),
        cmocka_unit_test(test_implied_machine),
        cmocka_unit_test(test_rdp),
        cmocka_unit_test(test_says_what_there_is),
        cmocka_unit_test(test_says_few_of_many),
        cmocka_unit_test(test_unknown_is_no_fault),
        cmocka_unit_test(test_refusal_is_unsupported),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
