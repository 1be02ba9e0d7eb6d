/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices other than disks and channels: what they get when they are added, and that libvirt's
 * schema takes it; their ids; the secret that graphics have; addresses on the host; boot order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "apply-support.h"
#include "keys/devices.h"

#define SCHEMAS "/usr/share/libvirt/schemas"
#define UUID    "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define DOMAIN(devices)                                                                            \
    "<domain type='kvm'>\n  <name>t</name>\n  <memory unit='KiB'>1024</memory>\n"                  \
    "  <os>\n    <type arch='x86_64' machine='q35'>hvm</type>\n  </os>\n"                          \
    "  <devices>\n" devices "  </devices>\n</domain>\n"

static Outcome add(const char *devices, const char *kind, const char *values)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, DOMAIN("%s"), devices);
    /* QEMU shares directories only; containers have files and devices, too. */
    if (strcmp(kind, "filesystem") == 0 && !strstr(values, "source.dir="))
        g_string_replace(text, "type='kvm'", "type='lxc'", 1);
    g_autofree char *domain = g_string_free(text, FALSE);
    return edit_text(domain, DW_VERB_ADD, kind, "", values, 0, NULL);
}

/* ---- What a new device gets ---- */

/* The id is NULL where it is an alias; defaults are those reported, in order. */
static const struct {
    const char *kind, *values, *id, *defaults;
} added[] = {
    {"console", "", NULL, "type=pty"},
    {"serial", "", NULL, "type=pty"},
    {"serial", "type=unix;source.mode=bind;source.path=/s", NULL, ""},
    {"redirdev", "", NULL, "bus=usb type=spicevmc"},
    {"sound", "", NULL, "model=ich9"},
    {"watchdog", "", NULL, "model=i6300esb"},
    {"memballoon", "", NULL, "model=virtio"},
    {"panic", "", NULL, ""},
    {"video", "", NULL, ""},
    {"video", "model.type=qxl;model.ram=65536", NULL, ""},
    {"vsock", "", NULL, "cid.auto=yes"},
    {"vsock", "cid.address=5", NULL, ""},
    {"rng", "", NULL, "model=virtio backend.model=random backend=/dev/urandom"},
    {"rng", "backend.model=builtin", NULL, "model=virtio"},
    {"rng", "backend=/dev/hwrng", NULL, "model=virtio backend.model=random"},
    {"tpm", "", NULL, "backend.type=emulator"},
    {"tpm", "backend.device.path=/dev/tpm0", NULL, "backend.type=passthrough"},
    {"iommu", "model=intel", NULL, ""},
    {"input", "type=tablet", NULL, ""},
    {"input", "source.dev=/dev/input/event0", NULL, "type=evdev"},
    {"input", "source.evdev=/dev/input/event0;bus=virtio", NULL, "type=passthrough"},
    {"graphics", "type=vnc", "vnc", ""},
    {"graphics", "type=spice;channel.main.mode=secure", "spice", "autoport=yes"},
    {"graphics", "type=spice;listen=0.0.0.0", "spice", "autoport=yes"},
    {"graphics", "type=spice;port=5901", "spice", ""},
    {"graphics", "type=spice;listen.1.type=none", "spice", ""},
    {"graphics", "type=spice;gl.enable=yes", "spice", ""},
    {"filesystem", "target.dir=a;source.dir=/a", "a", ""},
    {"filesystem", "target.dir=a;source.file=/a", "a", "type=file"},
    {"filesystem", "target.dir=a;source.dev=/a", "a", "type=block"},
    {"filesystem", "target.dir=a;source.usage=64", "a", "type=ram"},
    {"controller", "type=scsi", "scsi0", "index=0"},
    {"controller", "type=pci;model=pcie-root-port", "pci1", "index=1"},
    {"controller", "type=pci;model=pcie-root", "pci0", "index=0"},
    {"controller", "type=usb;index=3", "usb3", ""},
    {"hostdev", "source.address=0000:01:00.0", "0000:01:00.0",
     "type=pci mode=subsystem managed=yes"},
    {"hostdev", "source.vendor=0x1;source.product=0x2", "0x1:0x2", "type=usb mode=subsystem"},
    {"hostdev", "source.address.bus=1;source.address.device=4", "usb-1.4",
     "type=usb mode=subsystem"},
    {"hostdev", "source.address.uuid=" UUID, UUID, "type=mdev mode=subsystem model=vfio-pci"},
    {"hostdev", "source.wwpn=naa.5123456789abcde0;source.protocol=vhost", NULL,
     "type=scsi_host mode=subsystem"},
    {"hostdev",
     "source.adapter.name=scsi_host0;source.address.bus=0;source.address.target=0;"
     "source.address.unit=0",
     NULL, "type=scsi mode=subsystem"},
#define MAC "mac.address=52:54:00:00:00:01"
    {"interface", MAC, "52:54:00:00:00:01", "type=user"},
    {"interface", MAC ";source.network=n", "52:54:00:00:00:01", "type=network"},
    {"interface", MAC ";source.bridge=b", "52:54:00:00:00:01", "type=bridge"},
    {"interface", MAC ";source.dev=e;source.mode=vepa", "52:54:00:00:00:01", "type=direct"},
    {"interface", MAC ";source.name=i", "52:54:00:00:00:01", "type=internal"},
    {"interface", MAC ";source.path=/s;source.mode=client", "52:54:00:00:00:01",
     "type=vhostuser source.type=unix model.type=virtio"},
};

/* "key=value key=value" of the defaults that were reported, each with the value it has. */
static char *reported(const Outcome *outcome, const DwSettings *properties)
{
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; i < outcome->result.problems->len; i++) {
        const DwProblem *problem = outcome->result.problems->pdata[i];
        const DwValue *value = dw_settings_get(properties, problem->key);

        if (strcmp(problem->rule, "device-default") != 0)
            continue;
        assert_int_equal(problem->severity, DW_SEVERITY_INFO);
        assert_non_null(value);
        g_autofree char *text = dw_value_to_text(value);
        g_string_append_printf(all, "%s%s=%s", all->len ? " " : "", problem->key, text);
        assert_non_null(strstr(problem->message, text));
    }
    return g_strdup(all->str);
}

static void expect_valid(DwSchema *schema, const DwDocument *document)
{
    g_autoptr(GPtrArray) problems = dw_schema_validate(schema, document);

    if (problems->len > 0)
        fail_msg("%s:\n%s", ((DwProblem *)problems->pdata[0])->message,
                 dw_document_text(document, NULL));
}

static void test_new_devices(void **state)
{
    g_autoptr(DwSchema) schema = dw_schema_load(SCHEMAS, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(added); i++) {
        /* What is carried by SPICE needs a display of it. */
        bool spice = strcmp(added[i].kind, "redirdev") == 0;
        g_auto(Outcome) outcome =
            add(spice ? "    <graphics type='spice'/>\n" : "", added[i].kind, added[i].values);

        if (!outcome.text)
            fail_msg("%s %s: %s", added[i].kind, added[i].values, outcome.error->message);
        g_autoptr(DwDocument) document =
            dw_document_parse(outcome.text, strlen(outcome.text), NULL);
        g_autoptr(GPtrArray) devices = dw_get_devices(document, added[i].kind, true, NULL);
        assert_int_equal(devices->len, 1);
        const DwDevice *device = devices->pdata[0];
        if (added[i].id)
            assert_string_equal(outcome.result.ids[0], added[i].id);
        else
            assert_true(g_str_has_prefix(outcome.result.ids[0], "ua-"));
        assert_string_equal(device->id, outcome.result.ids[0]);
        g_autofree char *defaults = reported(&outcome, device->properties);
        assert_string_equal(defaults, added[i].defaults);
        if (schema)
            expect_valid(schema, document);
    }
}

static void test_text_of_new_devices(void **state)
{
    g_auto(Outcome) rng = add("", "rng", "alias=ua-a;rate.bytes=1000");
    g_auto(Outcome) tpm = add("", "tpm", "alias=ua-a;model=tpm-crb;backend.version=2.0");

    assert_string_equal(rng.text, DOMAIN("    <rng model='virtio'>\n"
                                         "      <rate bytes='1000'/>\n"
                                         "      <backend model='random'>/dev/urandom</backend>\n"
                                         "      <alias name='ua-a'/>\n"
                                         "    </rng>\n"));
    assert_string_equal(tpm.text, DOMAIN("    <tpm model='tpm-crb'>\n"
                                         "      <backend type='emulator' version='2.0'/>\n"
                                         "      <alias name='ua-a'/>\n"
                                         "    </tpm>\n"));
}

static void test_what_must_be_given(void **state)
{
    static const struct {
        const char *kind, *key;
    } needed[] = {{"controller", "\"type\""}, {"filesystem", "\"target.dir\""},
                  {"graphics", "\"type\""},   {"hostdev", "\"type\""},
                  {"input", "\"type\""},      {"iommu", "\"model\""}};

    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        g_auto(Outcome) outcome = add("", needed[i].kind, "");
        assert_null(outcome.text);
        assert_int_equal(outcome.error->code, DW_ERROR_INVALID_VALUE);
        assert_non_null(strstr(outcome.error->message, needed[i].key));
    }
}

/* Nothing is filled in where a device is modified. */
static void test_modifying_brings_nothing_along(void **state)
{
    g_auto(Outcome) outcome = edit_text(DOMAIN("    <interface/>\n"), DW_VERB_MODIFY, "interface",
                                        "#1", "link.state=down", 0, NULL);

    assert_string_equal(outcome.text, DOMAIN("    <interface>\n      <link state='down'/>\n"
                                             "    </interface>\n"));
}

#define BOARD(machine, devices)                                                                    \
    "<domain type='kvm'><os><type arch='x86_64' machine='" machine                                 \
    "'>hvm</type></os><devices>\n" devices "</devices></domain>"

static void test_machine_takes_its_board(void **state)
{
    static const char pc[] = BOARD(
        "pc-i440fx-7.2",
        "<disk type='file'><target dev='hda' bus='ide'/><address type='drive' unit='1'/></disk>\n"
        "<disk type='file'><target dev='sda' bus='usb'/></disk>\n"
        "<controller type='pci' model='pci-root' index='0'/>\n"
        "<controller type='usb' model='piix3-uhci' index='0'/>\n"
        "<controller type='ide' index='0'/>\n"
        "<memballoon model='virtio'><address type='pci' slot='0x03'/></memballoon>\n");
    g_auto(Outcome) moved =
        edit_text(pc, DW_VERB_SET, "", "", "os.machine=pc-q35-7.2", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) stays =
        edit_text(pc, DW_VERB_SET, "", "", "os.machine=pc-i440fx-8.0", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) back =
        edit_text(BOARD("pc-q35-7.2", "<controller type='pci' model='pcie-root' index='0'/>\n"
                                      "<watchdog model='itco' action='reset'/>\n"
                                      "<watchdog model='i6300esb' action='reset'/>\n"
                                      "<controller type='usb' model='ich9-ehci1' index='0'/>\n"
                                      "<controller type='sata' index='0'/>\n"),
                  DW_VERB_SET, "", "", "os.machine=pc", DW_APPLY_UNCHECKED, NULL);

    assert_text(&moved,
                BOARD("pc-q35-7.2", "<disk type='file'><target dev='sdb' bus='sata'/></disk>\n"
                                    "<disk type='file'><target dev='sda' bus='usb'/></disk>\n"
                                    "<memballoon model='virtio'></memballoon>\n"));
    assert_int_equal(moved.result.problems->len, 5);
    assert_non_null(strstr(stays.text, "pci-root"));
    assert_text(&back, BOARD("pc", "<watchdog model='i6300esb' action='reset'/>\n"
                                   "<controller type='sata' index='0'/>\n"));
}

/* Later edits of the call may know a disk that has got another name by the one it had. */
static void test_name_before_the_machine(void **state)
{
    static const char pc[] =
        BOARD("pc", "<disk type='file'><target dev='hda' bus='ide'/></disk>\n"
                    "<disk type='file'><target dev='hdb' bus='ide'/></disk>\n");
    g_autoptr(DwDocument) document = dw_document_parse(pc, strlen(pc), NULL);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_auto(DwResult) result = {0};

    g_ptr_array_add(edits,
                    dw_edit_new(DW_VERB_SET, "", "", settings_of("os.machine=pc-q35-7.2"), NULL));
    g_ptr_array_add(edits,
                    dw_edit_new(DW_VERB_MODIFY, "disk", "hda", settings_of("serial=a"), NULL));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_REMOVE, "disk", "hdb", NULL, NULL));
    assert_true(dw_apply(document, edits, DW_APPLY_UNCHECKED, NULL, &result, NULL));
    assert_string_equal(result.ids[1], "sda");
    const char *text = dw_document_text(document, NULL);
    assert_non_null(strstr(text, "<target dev='sda' bus='sata'/>"));
    assert_non_null(strstr(text, "<serial>a</serial>"));
    assert_null(strstr(text, "sdb"));
}

static void test_audio_follows_spice(void **state)
{
    g_auto(Outcome) outcome =
        edit_text("<domain type='kvm'><devices><graphics type='spice'/><audio id='1' type='spice'/>"
                  "</devices></domain>",
                  DW_VERB_MODIFY, "graphics", "spice", "type=vnc", DW_APPLY_UNCHECKED, NULL);

    assert_non_null(strstr(outcome.text, "<audio id='1' type='none'/>"));
    assert_non_null(outcome_note(&outcome, "graphics-audio-follows", "type"));
}

#define USB                                                                                        \
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x0781'/><product id='0x5567'/>"     \
    "<address bus='1' device='8'/></source></hostdev>"

/* Told apart by its address alone. */
static void test_second_usb_device(void **state)
{
    static const char domain[] = "<domain type='kvm'><devices>" USB "</devices></domain>";
    const char *make = "source.vendor=0x0781;source.product=0x5567;source.address.bus=1;";
    g_autofree char *same = g_strconcat(make, "source.address.device=8", NULL);
    g_autofree char *other = g_strconcat(make, "source.address.device=9", NULL);
    g_auto(Outcome) second =
        edit_text(domain, DW_VERB_ADD, "hostdev", "", other, DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) refused =
        edit_text(domain, DW_VERB_ADD, "hostdev", "", same, DW_APPLY_UNCHECKED, NULL);

    assert_string_equal(second.result.ids[0], "#2");
    assert_refused(&refused, DW_ERROR_ALREADY_EXISTS, "0x0781:0x5567");
}

static void test_addresses_are_made(void **state)
{
    g_auto(Outcome) one = add("", "interface", ""), other = add("", "interface", "");
    const char *pattern = "^52:54:00(:[0-9a-f]{2}){3}$";

    assert_true(g_regex_match_simple(pattern, one.result.ids[0], 0, 0));
    assert_true(g_regex_match_simple(pattern, other.result.ids[0], 0, 0));
    assert_string_not_equal(one.result.ids[0], other.result.ids[0]);
    g_auto(Outcome) xen = edit_text("<domain type='xen'><name>a</name></domain>", DW_VERB_ADD,
                                    "interface", "", "", 0, NULL);
    assert_true(g_str_has_prefix(xen.result.ids[0], "00:16:3e:"));
}

static void test_indices_are_free_ones(void **state)
{
    g_auto(Outcome) outcome = add("    <controller type='scsi' index='0'/>\n"
                                  "    <controller type='usb' index='1'/>\n"
                                  "    <controller type='scsi' index='2'/>\n",
                                  "controller", "type=scsi");

    assert_string_equal(outcome.result.ids[0], "scsi1");
    g_auto(Outcome) twice =
        add("    <controller type='scsi' index='0'/>\n", "controller", "type=scsi;index=0");
    assert_int_equal(twice.error->code, DW_ERROR_ALREADY_EXISTS);
}

/* libvirt writes controllers behind the disks that hang on them. */
static void test_scsi_controller_that_comes_later(void **state)
{
    g_autoptr(DwDocument) document = dw_document_parse(DOMAIN(""), strlen(DOMAIN("")), NULL);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(edits, dw_edit_new(DW_VERB_ADD, "disk", "",
                                       settings_of("source.file=/a.img;target.bus=scsi"), NULL));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_ADD, "controller", "",
                                       settings_of("type=scsi;index=0;model=lsilogic"), NULL));
    bool done = dw_apply(document, edits, 0, NULL, NULL, &error);
    if (!done)
        fail_msg("%s", error->message);
    assert_null(strstr(dw_document_text(document, NULL), "virtio-scsi"));
    assert_non_null(strstr(dw_document_text(document, NULL), "lsilogic"));
}

/* An address is one interface's, unless they are to stand in for each other. */
static void test_addresses_of_a_team(void **state)
{
    static const char first[] = "    <interface type='user'><mac address='52:54:00:00:00:01'/>"
                                "<model type='virtio'/><teaming type='persistent'/>"
                                "<alias name='ua-a'/></interface>\n";
    g_auto(Outcome) twice = add(first, "interface", "type=user;mac.address=52:54:00:00:00:01");
    g_auto(Outcome) team =
        add(first, "interface",
            "type=hostdev;source.address=0000:01:00.0;mac.address=52:54:00:00:00:01;"
            "teaming.type=transient;teaming.persistent=ua-a");

    assert_int_equal(twice.error->code, DW_ERROR_ALREADY_EXISTS);
    if (!team.text)
        fail_msg("%s", team.error->message);
    assert_string_equal(team.result.ids[0], "#2");
}

/* ---- Ids ---- */

static void test_ids_in_one_pass(void **state)
{
    g_autoptr(GString) devices = g_string_new(NULL);

    for (unsigned i = 0; i < 300; i++)
        g_string_append(devices, i % 3 == 0   ? "<sound model='usb'/>"
                                 : i % 7 == 0 ? "<video><alias name='ua-x'/></video>"
                                              : "<video/><!-- --><x:y xmlns:x='u'/>");
    g_autofree char *text = g_strdup_printf(DOMAIN("%s"), devices->str);
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autoptr(GPtrArray) found = dw_get_devices(document, "", true, NULL);
    DwNode node = DW_NODE_NONE;
    for (guint i = 0; i < found->len; i++) {
        node = device_next(document, "", node);
        g_autofree char *id = device_id(document, node);
        assert_string_equal(((DwDevice *)found->pdata[i])->id, id);
    }
    assert_int_equal(found->len, 300);
    assert_string_equal(((DwDevice *)found->pdata[3])->id, "#2");
    assert_string_equal(((DwDevice *)found->pdata[7])->id, "ua-x");
}

/* The walk that counts positions ends for nodes that are no devices, too. */
static void test_ids_of_what_is_no_device(void **state)
{
    static const char text[] = "<domain><devices><emulator/><x:y xmlns:x='u'/></devices>"
                               "<devices><video/><sound/><video/></devices></domain>";
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    DwNode root = document_root(document);
    DwNode first = node_first_child(document, root), second = node_next(document, first);
    DwNode last = DW_NODE_NONE;

    for (DwNode at = node_first_child(document, second); at != DW_NODE_NONE;
         at = node_next(document, at))
        last = at;
    g_autofree char *of_root = device_id(document, root);
    g_autofree char *emulator = device_id(document, node_first_child(document, first));
    g_autofree char *foreign =
        device_id(document, node_next(document, node_first_child(document, first)));
    g_autofree char *video = device_id(document, last);
    assert_string_equal(of_root, "#1");
    assert_string_equal(emulator, "#1");
    assert_string_equal(foreign, "#1");
    assert_string_equal(video, "#2");
}

/* ---- The secret ---- */

static void test_secret_is_hidden_and_kept(void **state)
{
    static const char text[] = DOMAIN("    <graphics type='vnc' passwd='hush'/>\n");
    static const char none[] = DOMAIN("    <graphics type='vnc'/>\n");
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autoptr(GPtrArray) hidden = dw_get_devices(document, "graphics", false, NULL);
    g_autoptr(GPtrArray) shown = dw_get_devices(document, "graphics", true, NULL);

    assert_string_equal(dw_settings_get(((DwDevice *)hidden->pdata[0])->properties, "passwd")->s,
                        DW_SECRET_PLACEHOLDER);
    assert_string_equal(dw_settings_get(((DwDevice *)shown->pdata[0])->properties, "passwd")->s,
                        "hush");
    g_auto(Outcome) kept = edit_text(text, DW_VERB_MODIFY, "graphics", "vnc",
                                     "passwd=" DW_SECRET_PLACEHOLDER ";keymap=de", 0, NULL);
    assert_string_equal(kept.text,
                        DOMAIN("    <graphics type='vnc' passwd='hush' keymap='de'/>\n"));
    g_auto(Outcome) changed =
        edit_text(text, DW_VERB_MODIFY, "graphics", "vnc", "passwd=loud", 0, NULL);
    assert_string_equal(changed.text, DOMAIN("    <graphics type='vnc' passwd='loud'/>\n"));
    g_auto(Outcome) nothing = edit_text(none, DW_VERB_MODIFY, "graphics", "vnc",
                                        "passwd=" DW_SECRET_PLACEHOLDER, 0, NULL);
    assert_int_equal(nothing.error->code, DW_ERROR_INVALID_VALUE);
    assert_non_null(strstr(nothing.error->message, "\"passwd\""));
    g_auto(Outcome) new = add("", "graphics", "type=vnc;passwd=" DW_SECRET_PLACEHOLDER);
    assert_int_equal(new.error->code, DW_ERROR_INVALID_VALUE);
}

/* What the table calls secret is hidden in whole documents, too. */
static void test_every_secret_key_is_hidden_in_documents(void **state)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe("*", "", NULL);
    unsigned n = 0;

    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        g_autofree char *text =
            *key->kind ? g_strdup_printf(DOMAIN("<%s/>"), key->kind) : g_strdup(DOMAIN(""));
        g_autoptr(GString) one = g_string_new(key->key);
        g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
        DwValue value = dw_value_string("hush");
        DwPlace place;

        if (key->secret) {
            DwNode node = *key->kind ? device_next(document, key->kind, DW_NODE_NONE)
                                     : document_root(document);
            g_string_replace(one, ".N.", ".1.", 0);
            assert_true(place_find(key->kind, one->str, &place));
            assert_true(place_set(document, node, &place, one->str, &value, NULL));
            g_autofree char *redacted = dw_document_redacted(document);
            assert_null(strstr(redacted, "hush"));
            assert_non_null(strstr(redacted, DW_SECRET_PLACEHOLDER));
            n++;
        }
        dw_value_clear(&value);
    }
    assert_int_equal(n, 7);
}

/* ---- Marks ---- */

/* Of what is at the host's end, these only say how fast or how much. */
static bool is_harmless_source(const DwKey *key)
{
    return g_str_has_suffix(key->key, "readahead.size") ||
           g_str_has_suffix(key->key, "timeout.seconds") ||
           (strcmp(key->kind, "filesystem") == 0 &&
            (strcmp(key->key, "source.usage") == 0 || strcmp(key->key, "source.units") == 0));
}

static void test_what_is_the_hosts_is_reach(void **state)
{
    static const char *const prefixes[] = {"source.",    "listen.",  "backend.", "backing.",
                                           "gl.",        "channel.", "vlan.",    "virtualport.",
                                           "filterref.", "log.",     "rom.file", "link."};
    g_autoptr(GPtrArray) keys = dw_keys_describe("*", "", NULL);

    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        bool is_device = *key->kind;
        bool wanted = key->secret || strcmp(key->form, "path") == 0;

        for (size_t j = 0; is_device && j < G_N_ELEMENTS(prefixes); j++)
            wanted |= g_str_has_prefix(key->key, prefixes[j]) && !is_harmless_source(key);
        wanted |=
            is_device && strcmp(key->key, "type") == 0 && strcmp(key->kind, "controller") != 0;
        if (wanted && !key->reach)
            fail_msg("%s %s is marked safe", key->kind, key->key);
    }
}

/* ---- Reading and boot order ---- */

static void test_addresses_on_other_buses_are_not_pci(void **state)
{
    static const char text[] =
        DOMAIN("<hostdev type='usb'><source><address bus='1' device='4'/></source></hostdev>"
               "<hostdev type='pci'><source><address domain='0' bus='1' slot='2' function='3'/>"
               "</source></hostdev>");
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autoptr(GPtrArray) devices = dw_get_devices(document, "hostdev", true, NULL);
    const DwDevice *usb = devices->pdata[0], *pci = devices->pdata[1];

    assert_null(dw_settings_get(usb->properties, "source.address"));
    assert_string_equal(dw_settings_get(usb->properties, "source.address.device")->s, "4");
    assert_string_equal(dw_settings_get(pci->properties, "source.address")->s, "0000:01:02.3");
    assert_null(dw_settings_get(pci->properties, "source.address.bus"));
}

static const char one_pci[] = DOMAIN("    <hostdev mode='subsystem' type='pci'><source>"
                                     "<address bus='1' slot='2'/></source></hostdev>\n");
static const char one_usb[] = DOMAIN("    <hostdev mode='subsystem' type='usb'><source>"
                                     "<address bus='1' device='4'/></source></hostdev>\n");

/* Sets or, with value NULL, unsets a key of the first host device. */
static Outcome change_address(const char *text, const char *key, const char *value)
{
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    const char *unset[] = {value ? NULL : key, NULL};
    g_autofree char *values = value ? g_strconcat(key, "=", value, NULL) : g_strdup("");
    Outcome outcome = {0};

    g_ptr_array_add(edits,
                    dw_edit_new(DW_VERB_MODIFY, "hostdev", "#1", settings_of(values), unset));
    if (dw_apply(document, edits, 0, NULL, &outcome.result, &outcome.error))
        outcome.text = g_strdup(dw_document_text(document, NULL));
    return outcome;
}

static void test_an_address_keeps_its_bus(void **state)
{
    static const struct {
        const char *text, *key, *value; /* value NULL: unset, which changes nothing */
    } changes[] = {
        {one_pci, "source.address.bus", "0"},    {one_pci, "source.address.bus", NULL},
        {one_pci, "source.address.device", "4"}, {one_usb, "source.address", "0000:01:02.3"},
        {one_usb, "source.address", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_auto(Outcome) outcome = change_address(changes[i].text, changes[i].key, changes[i].value);

        if (changes[i].value)
            assert_refused(&outcome, DW_ERROR_INVALID_VALUE, "\"source.address");
        else
            assert_text(&outcome, changes[i].text);
    }
    g_auto(Outcome) both = add("", "hostdev", "source.address=0001:00:00.0;source.address.bus=0");
    assert_refused(&both, DW_ERROR_INVALID_VALUE, "\"source.address.bus\"");
}

static void test_boot_order(void **state)
{
    static const char *const kinds[] = {"disk", "filesystem", "hostdev", "interface", "redirdev"};
    g_auto(Outcome) outcome =
        edit_text(DOMAIN("    <interface type='user'>\n      <mac address='52:54:00:00:00:01'/>\n"
                         "    </interface>\n"),
                  DW_VERB_MODIFY, "interface", "52:54:00:00:00:01", "boot.order=1", 0, NULL);

    assert_string_equal(
        outcome.text,
        DOMAIN("    <interface type='user'>\n      <mac address='52:54:00:00:00:01'/>\n"
               "      <boot order='1'/>\n    </interface>\n"));
    for (const char *const *kind = dw_kinds(); *kind; kind++) {
        DwKey *key = dw_key_find(*kind, "boot.order");
        bool wanted = false;
        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
            wanted |= strcmp(kinds[i], *kind) == 0;
        assert_int_equal(key != NULL, wanted);
        dw_key_free(key);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_devices),
        cmocka_unit_test(test_text_of_new_devices),
        cmocka_unit_test(test_what_must_be_given),
        cmocka_unit_test(test_modifying_brings_nothing_along),
        cmocka_unit_test(test_machine_takes_its_board),
        cmocka_unit_test(test_name_before_the_machine),
        cmocka_unit_test(test_audio_follows_spice),
        cmocka_unit_test(test_second_usb_device),
        cmocka_unit_test(test_addresses_are_made),
        cmocka_unit_test(test_indices_are_free_ones),
        cmocka_unit_test(test_scsi_controller_that_comes_later),
        cmocka_unit_test(test_addresses_of_a_team),
        cmocka_unit_test(test_ids_in_one_pass),
        cmocka_unit_test(test_ids_of_what_is_no_device),
        cmocka_unit_test(test_secret_is_hidden_and_kept),
        cmocka_unit_test(test_every_secret_key_is_hidden_in_documents),
        cmocka_unit_test(test_what_is_the_hosts_is_reach),
        cmocka_unit_test(test_addresses_on_other_buses_are_not_pci),
        cmocka_unit_test(test_an_address_keeps_its_bus),
        cmocka_unit_test(test_boot_order),
    };

    return cmocka_run_group_tests_name("devices", tests, NULL, NULL);
}
