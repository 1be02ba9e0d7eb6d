/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the presets add to a domain that is built, and what they leave alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apply-support.h"

static void add(GPtrArray *devices, const char *kind, const char *values)
{
    DwDevice *device = g_new0(DwDevice, 1);

    device->kind = g_strdup(kind);
    device->id = g_strdup("");
    device->properties = settings_of(values);
    g_ptr_array_add(devices, device);
}

static GPtrArray *devices_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
}

static DwDocument *build_on(const char *settings, const GPtrArray *devices, const char *preset,
                            const DwHost *host)
{
    g_autoptr(DwSettings) values = settings_of(settings);
    g_autoptr(GError) error = NULL;
    DwDocument *document = dw_build(values, devices, preset, 0, host, NULL, &error);

    if (!document)
        fail_msg("%s", error->message);
    return document;
}

static DwDocument *build(const char *settings, const GPtrArray *devices, const char *preset)
{
    return build_on(settings, devices, preset, NULL);
}

/* "KIND KEY=VALUE" of the kind's devices, one a line. */
static char *values_of(const DwDocument *document, const char *kind, const char *key)
{
    g_autoptr(GPtrArray) devices = dw_get_devices(document, kind, false, NULL);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < devices->len; i++) {
        const DwValue *value = dw_settings_get(((DwDevice *)devices->pdata[i])->properties, key);
        g_autofree char *text = value ? dw_value_to_text(value) : g_strdup("-");

        g_string_append_printf(out, "%s%s", i ? " " : "", text);
    }
    return g_string_free(out, FALSE);
}

static void assert_values(const DwDocument *document, const char *kind, const char *key,
                          const char *expected)
{
    g_autofree char *values = values_of(document, kind, key);

    if (strcmp(values, expected) != 0)
        fail_msg("%s %s: \"%s\", not \"%s\"", kind, key, values, expected);
}

#define PORTS_14                                                                                   \
    "pcie-root-port pcie-root-port pcie-root-port pcie-root-port pcie-root-port pcie-root-port "   \
    "pcie-root-port pcie-root-port pcie-root-port pcie-root-port pcie-root-port pcie-root-port "   \
    "pcie-root-port pcie-root-port"
#define Q35 "name=a;type=kvm;memory=1GiB;os.arch=x86_64;os.machine=pc-q35-7.2"
#define PC  "name=a;type=kvm;memory=1GiB;os.arch=x86_64;os.machine=pc-i440fx-7.2"

static void test_linux(void **state)
{
    g_autoptr(GPtrArray) devices = devices_new();

    add(devices, "disk", "source.file=/a.qcow2");
    add(devices, "interface", "source.network=default");
    add(devices, "graphics", "type=spice");
    g_autoptr(DwDocument) document = build(Q35, devices, "linux");
    assert_values(document, "disk", "target.bus", "virtio");
    assert_values(document, "interface", "model.type", "virtio");
    assert_values(document, "video", "model.type", "virtio");
    assert_values(document, "input", "type", "tablet");
    assert_values(document, "console", "type", "pty");
    assert_values(document, "channel", "target.name", "com.redhat.spice.0 org.qemu.guest_agent.0");
    assert_values(document, "rng", "backend.model", "random");
    assert_values(document, "controller", "model", PORTS_14);
}

static void test_what_is_asked_for_stays(void **state)
{
    g_autoptr(GPtrArray) devices = devices_new();

    add(devices, "interface", "source.network=default;model.type=e1000e");
    add(devices, "graphics", "type=vnc");
    add(devices, "video", "model.type=vga");
    add(devices, "input", "type=tablet;bus=usb");
    add(devices, "serial", "type=pty");
    add(devices, "channel", "target.name=org.qemu.guest_agent.0;type=unix");
    add(devices, "rng", "backend.model=builtin");
    add(devices, "controller", "type=pci;model=pcie-root-port");
    g_autoptr(DwDocument) document = build(Q35, devices, "linux");
    assert_values(document, "interface", "model.type", "e1000e");
    assert_values(document, "video", "model.type", "vga");
    assert_values(document, "input", "type", "tablet");
    assert_values(document, "console", "type", "");
    assert_values(document, "channel", "target.name", "org.qemu.guest_agent.0");
    assert_values(document, "rng", "backend.model", "builtin");
    assert_values(document, "controller", "model", "pcie-root-port");
}

static void test_without_display_and_elsewhere(void **state)
{
    g_autoptr(DwDocument) headless = build(Q35, NULL, "linux");
    g_autoptr(DwDocument) old = build(PC, NULL, "linux");
    g_autoptr(DwDocument) windows = build(Q35, NULL, "windows");
    g_autoptr(DwDocument) container =
        build("name=a;type=lxc;memory=1GiB;os.type=exe", NULL, "linux");

    assert_values(headless, "video", "model.type", "");
    assert_values(headless, "input", "type", "");
    assert_values(headless, "console", "type", "pty");
    assert_values(old, "controller", "model", "");
    assert_values(old, "rng", "backend.model", "random");
    assert_values(windows, "console", "type", "");
    assert_values(container, "console", "type", "");
}

/* As virt-install makes them on machines of other architectures. */
static void test_other_architectures(void **state)
{
    static const struct {
        const char *machine, *console, *ports;
    } machines[] = {
        {"os.arch=riscv64;os.machine=virt", "-", PORTS_14},
        {"os.arch=aarch64;os.machine=virt", "-", PORTS_14},
        {"os.arch=ppc64;os.machine=pseries", "-", ""},
        {"os.arch=s390x;os.machine=s390-ccw-virtio", "sclp", ""},
        {"os.arch=mips;os.machine=malta", "", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(machines); i++) {
        g_autofree char *settings =
            g_strconcat("name=a;type=qemu;memory=1GiB;", machines[i].machine, NULL);
        g_autoptr(GPtrArray) devices = devices_new();
        bool is_known = *machines[i].console;

        add(devices, "interface", "source.network=default");
        g_autoptr(DwDocument) document = build(settings, devices, "linux");
        assert_values(document, "interface", "model.type", is_known ? "virtio" : "-");
        assert_values(document, "console", "target.type", machines[i].console);
        assert_values(document, "rng", "backend.model", is_known ? "random" : "");
        assert_values(document, "controller", "model", machines[i].ports);
    }
}

static void test_windows(void **state)
{
    g_autoptr(GPtrArray) devices = devices_new();

    add(devices, "disk", "source.file=/a.qcow2");
    add(devices, "disk", "source.file=/b.qcow2;target.bus=virtio");
    add(devices, "interface", "source.network=default");
    add(devices, "graphics", "type=spice");
    g_autoptr(DwDocument) document = build(Q35, devices, "windows");
    assert_values(document, "disk", "target.bus", "sata virtio");
    assert_values(document, "interface", "model.type", "e1000e");
    assert_values(document, "video", "model.type", "vga");
    assert_values(document, "input", "type", "tablet");
    assert_values(document, "channel", "target.name", "com.redhat.spice.0");
    assert_values(document, "rng", "backend.model", "");
    assert_values(document, "controller", "model", PORTS_14);
    g_autoptr(DwDocument) old = build(PC, devices, "windows");
    assert_values(old, "disk", "target.bus", "ide virtio");
    assert_values(old, "interface", "model.type", "e1000");
}

#define OFFERS                                                                                     \
    "<domainCapabilities><domain>%s</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch>"      \
    "<cpu><mode name='host-passthrough' supported='%s'/></cpu></domainCapabilities>"

/* cpu.mode of a domain with the settings on a host that offers the processor or not, or NULL. */
static char *mode_on(const char *type, const char *offered, const char *settings,
                     const char *preset)
{
    g_autofree char *text = g_strdup_printf(OFFERS, type, offered);
    g_autofree char *all = g_strdup_printf(
        "name=a;type=%s;memory=1GiB;os.arch=x86_64;os.machine=pc-q35-7.2%s", type, settings);
    g_autoptr(DwDomainCapabilities) capabilities = dw_domain_capabilities_parse(text, NULL);
    DwHost host = {.domain_capabilities = capabilities};
    g_autoptr(DwDocument) document = build_on(all, NULL, preset, &host);

    return dw_get_string(document, "cpu.mode");
}

static void assert_mode(const char *type, const char *offered, const char *settings,
                        const char *preset, const char *expected)
{
    g_autofree char *mode = mode_on(type, offered, settings, preset);

    assert_string_equal(mode ? mode : "", expected);
}

static void test_processor(void **state)
{
    assert_mode("kvm", "yes", "", "linux", "host-passthrough");
    assert_mode("kvm", "yes", "", "windows", "host-passthrough");
    assert_mode("kvm", "yes", "", NULL, "");
    assert_mode("kvm", "no", "", "linux", "");
    assert_mode("kvm", "yes", ";cpu.mode=host-model", "linux", "host-model");
    assert_mode("qemu", "yes", "", "linux", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linux),
        cmocka_unit_test(test_what_is_asked_for_stays),
        cmocka_unit_test(test_without_display_and_elsewhere),
        cmocka_unit_test(test_other_architectures),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_processor),
    };

    dw_end_without_memory();
    return cmocka_run_group_tests_name("preset-devices", tests, NULL, NULL);
}
