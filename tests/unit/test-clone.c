/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clones: what is new in them, what is asked about, what is said, and when a question is answered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <domwright/model.h>

#define UUID "11111111-2222-3333-4444-555555555555"
#define DOMAIN(settings, devices)                                                                  \
    "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"                \
    "  <name>web</name>\n  <uuid>" UUID "</uuid>\n" settings "  <devices>\n" devices               \
    "  </devices>\n</domain>\n"
#define DEVICES(devices) DOMAIN("", devices)
#define DISK(name, more)                                                                           \
    "    <disk type='file' device='disk'>\n      <driver name='qemu' type='raw'/>\n"               \
    "      <source file='/srv/" name ".img'/>\n      <target dev='" name "' bus='virtio'/>\n" more \
    "    </disk>\n"

static DwDocument *parse(const char *xml)
{
    g_autoptr(GError) error = NULL;
    DwDocument *document = dw_document_parse(xml, strlen(xml), &error);

    assert_null(error);
    return document;
}

static GPtrArray *rows_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
}

/* "severity rule kind id key=value", a line each. */
static char *told(const GPtrArray *rows)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < rows->len; i++) {
        const DwProblem *row = rows->pdata[i];
        assert_true(g_ascii_isupper(*row->message) && g_str_has_suffix(row->message, "."));
        g_string_append_printf(text, "%s%s %s %s %s %s=%s", i ? "\n" : "",
                               dw_severity_name(row->severity), row->rule, row->kind, row->id,
                               row->key, row->value);
    }
    return g_string_free(text, FALSE);
}

static DwDocument *clone_with(const char *xml, const DwCloneOptions *options, GPtrArray *rows)
{
    g_autoptr(DwDocument) source = parse(xml);
    g_autoptr(GError) error = NULL;
    DwDocument *clone = dw_clone(source, options, NULL, rows, &error);

    assert_null(error);
    assert_string_equal(dw_document_text(source, NULL), xml);
    return clone;
}

static DwDocument *clone_of(const char *xml, GPtrArray *rows)
{
    return clone_with(xml, &(DwCloneOptions){.name = "web2"}, rows);
}

static void assert_rows(const char *xml, const char *expected)
{
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(DwDocument) clone = clone_of(xml, rows);
    g_autofree char *text = told(rows);

    assert_string_equal(text, expected);
}

/* The value of a key: of the domain, or "KIND/ID/KEY"; "" when it is not there. */
static char *get(const DwDocument *document, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "|", 3);
    const DwSettings *settings = NULL;
    g_autoptr(DwSettings) own = NULL;
    g_autoptr(GPtrArray) devices = NULL;
    const char *key = name;

    if (parts[1]) {
        devices = dw_get_devices(document, parts[0], true, NULL);
        key = parts[2];
        for (guint i = 0; i < devices->len; i++) {
            const DwDevice *device = devices->pdata[i];
            if (strcmp(device->id, parts[1]) == 0 || strcmp(parts[1], "*") == 0)
                settings = device->properties;
        }
        assert_non_null(settings);
    } else {
        settings = own = dw_get_settings(document, NULL, true, NULL);
    }
    const DwValue *value = dw_settings_get(settings, key);
    return value ? dw_value_to_text(value) : g_strdup("");
}

static void assert_value(const DwDocument *document, const char *name, const char *expected)
{
    g_autofree char *value = get(document, name);

    assert_string_equal(value, expected);
}

static void test_identity(void **state)
{
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(DwDocument) clone = clone_of(
        DOMAIN("  <genid>" UUID "</genid>\n  <title>t</title>\n  <description>d</description>\n"
               "  <metadata><x:y xmlns:x='urn:x'  a='1'/></metadata>\n"
               "  <sysinfo type='smbios'>\n    <system>\n      <entry name='uuid'>" UUID
               "</entry>\n      <entry name='serial'>S</entry>\n    </system>\n  </sysinfo>\n",
               ""),
        rows);
    g_autofree char *uuid = get(clone, "uuid"), *text = told(rows);

    assert_value(clone, "name", "web2");
    assert_true(g_uuid_string_is_valid(uuid));
    assert_string_not_equal(uuid, UUID);
    assert_value(clone, "sysinfo.system.uuid", uuid);
    g_autofree char *genid = get(clone, "genid");
    assert_true(g_uuid_string_is_valid(genid));
    assert_string_not_equal(genid, UUID);
    assert_value(clone, "title", "");
    assert_value(clone, "description", "d");
    assert_non_null(strstr(dw_document_text(clone, NULL), "<x:y xmlns:x='urn:x'  a='1'/>"));
    assert_string_equal(text, "warning clone.serial   sysinfo.system.serial=S");
    g_autoptr(DwDocument) unnamed = clone_with(DEVICES(""), &(DwCloneOptions){0}, rows);
    assert_value(unnamed, "name", "web-clone");
    assert_value(unnamed, "genid", "");
}

static void test_interfaces(void **state)
{
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(GHashTable) used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned i = 0; i < 200; i++) {
        const DwCloneOptions options = {.name = "web2", .macs = used};
        g_autoptr(DwDocument) clone = clone_with(
            DEVICES("    <interface type='user'>\n      <mac address='52:54:00:00:00:01'/>\n"
                    "      <target dev='tap7'/>\n    </interface>\n"
                    "    <interface type='user'/>\n"),
            &options, rows);
        g_autoptr(GPtrArray) devices = dw_get_devices(clone, "interface", false, NULL);
        assert_int_equal(devices->len, 2);
        for (guint n = 0; n < 2; n++) {
            const DwDevice *device = devices->pdata[n];
            assert_true(g_str_has_prefix(device->id, "52:54:00:"));
            assert_null(dw_settings_get(device->properties, "target.dev"));
            assert_true(g_hash_table_add(used, g_strdup(device->id)));
        }
    }
    g_autoptr(DwDocument) xen = clone_of(
        DEVICES("    <interface type='user'><mac address='00:16:3E:00:00:01'/></interface>\n"),
        rows);
    g_autofree char *mac = get(xen, "interface|*|mac.address");
    assert_true(g_str_has_prefix(mac, "00:16:3e:"));
    assert_int_equal(rows->len, 0);
}

static void test_ports(void **state)
{
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(DwDocument) clone =
        clone_of(DEVICES("    <graphics type='vnc' port='5901' autoport='no' websocket='5700'/>\n"
                         "    <graphics type='spice' port='5902' tlsPort='5903'/>\n"
                         "    <graphics type='rdp' autoport='yes'/>\n"
                         "    <vsock model='virtio'><cid auto='no' address='7'/></vsock>\n"),
                 rows);
    g_autofree char *text = told(rows);

    assert_string_equal(text, "warning clone.port-free graphics vnc port=\n"
                              "warning clone.port-free graphics vnc websocket=\n"
                              "warning clone.port-free graphics spice port=\n"
                              "warning clone.port-free graphics spice tlsPort=");
    assert_value(clone, "graphics|vnc|port", "");
    assert_value(clone, "graphics|vnc|autoport", "yes");
    assert_value(clone, "graphics|vnc|websocket", "-1");
    assert_value(clone, "graphics|spice|tlsPort", "");
    assert_value(clone, "vsock|#1|cid.auto", "yes");
    assert_value(clone, "vsock|#1|cid.address", "");
}

/* The document of a transient domain is that of its run: what libvirt made up is not asked for
 * again. */
static void test_of_a_run(void **state)
{
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(DwDocument) clone = clone_of(
        DEVICES("    <controller type='usb' index='0'><alias name='usb'/></controller>\n"
                "    <rng model='virtio'><backend model='random'/><alias name='ua-r'/></rng>\n"
                "    <channel type='unix'><source mode='bind' path='/run/libvirt/qemu/channel/c'/>"
                "<target type='virtio' name='c'/></channel>\n"
                "    <graphics type='spice' port='5901' tlsPort='5902' autoport='yes'/>\n"),
        rows);
    g_autofree char *text = told(rows);

    assert_string_equal(text, "");
    assert_value(clone, "controller|usb0|alias", "");
    assert_value(clone, "rng|ua-r|alias", "ua-r");
    assert_value(clone, "channel|c|source.path", "");
    assert_value(clone, "channel|c|source.mode", "");
    assert_value(clone, "graphics|spice|port", "");
    assert_value(clone, "graphics|spice|tlsPort", "");
    assert_value(clone, "graphics|spice|autoport", "yes");
}

static DwSettings *answers_new(const char *first, ...)
{
    DwSettings *answers = dw_settings_new();
    va_list more;

    va_start(more, first);
    for (const char *target = first; target; target = va_arg(more, const char *))
        dw_settings_put(answers, target, dw_value_string(va_arg(more, const char *)));
    va_end(more);
    return answers;
}

static void test_disks(void **state)
{
    const char *xml = DEVICES(DISK("vda", "") DISK("vdb", "      <readonly/>\n") DISK(
        "vdc",
        "      <shareable/>\n") "    <disk type='file' device='cdrom'>\n      <source "
                                "file='/srv/cd.iso'/>\n"
                                "      <target dev='sda' bus='sata'/>\n      <readonly/>\n    "
                                "</disk>\n"
                                "    <disk type='file' device='cdrom'>\n      <target dev='sdb' "
                                "bus='sata'/>\n"
                                "      <readonly/>\n    </disk>\n" DISK("vdd", "") DISK(
                                    "vde",
                                    "") "    <disk type='volume' device='disk'>\n      <source "
                                        "pool='p' volume='v'/>\n"
                                        "      <target dev='vdf' bus='virtio'/>\n    </disk>\n");
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(DwSettings) answers =
        answers_new("vda", "/srv/web2.img", "vdd", "omit", "vde", "pool/vol", NULL);
    const DwCloneOptions options = {.name = "web2", .disks = answers};

    assert_rows(xml, "error clone.disk disk vda source.file=/srv/vda.img\n"
                     "error clone.disk disk vdd source.file=/srv/vdd.img\n"
                     "error clone.disk disk vde source.file=/srv/vde.img\n"
                     "error clone.disk disk vdf source.volume=p/v");
    dw_settings_put(answers, "vdf", dw_value_string("share"));
    g_autoptr(DwDocument) clone = clone_with(xml, &options, rows);
    g_autofree char *text = told(rows);
    assert_string_equal(text, "warning clone.share disk vdf =");
    assert_value(clone, "disk|vda|source.file", "/srv/web2.img");
    assert_value(clone, "disk|vda|driver.type", "raw");
    assert_value(clone, "disk|vde|type", "volume");
    assert_value(clone, "disk|vde|source.pool", "pool");
    assert_value(clone, "disk|vde|source.volume", "vol");
    assert_value(clone, "disk|vde|source.file", "");
    assert_null(dw_device_text(clone, "disk", "vdd"));
    dw_settings_put(answers, "vda", dw_value_string("/dev/vg/web2"));
    g_autoptr(DwDocument) block = clone_with(xml, &options, rows);
    assert_value(block, "disk|vda|type", "block");
    assert_value(block, "disk|vda|source.dev", "/dev/vg/web2");
    assert_value(block, "disk|vda|source.file", "");
}

static void test_wrong_answers(void **state)
{
    static const struct {
        const char *target, *answer, *words;
    } cases[] = {
        {"vdz", "share", "web has no disk \"vdz\""},
        {"vda", "copy", "none of share, omit, an absolute path, POOL/VOLUME"},
        {"vda", "a/b/c", "none of share"},
        {"vda", "pool/", "none of share"},
        {"vda", "", "none of share"},
        {"vda", "/srv/vda.img", "say \"share\""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(DwSettings) answers = answers_new(cases[i].target, cases[i].answer, NULL);
        g_autoptr(GPtrArray) rows = rows_new();
        g_autoptr(DwDocument) source = parse(DEVICES(DISK("vda", "")));
        g_autoptr(GError) error = NULL;
        assert_null(dw_clone(source, &(DwCloneOptions){.disks = answers}, NULL, rows, &error));
        assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_INVALID_VALUE));
        assert_non_null(strstr(error->message, cases[i].words));
    }
}

static void test_serials(void **state)
{
    const char *xml = DEVICES(DISK("vda", "      <readonly/>\n      <serial>S</serial>\n"
                                          "      <wwn>5000c50015ea71ab</wwn>\n"));
    const DwCloneOptions options = {.name = "web2", .new_serials = true};
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(DwDocument) kept = clone_of(xml, rows), changed = clone_with(xml, &options, rows);

    assert_value(kept, "disk|vda|serial", "S");
    assert_value(kept, "disk|vda|wwn", "5000c50015ea71ab");
    g_autofree char *serial = get(changed, "disk|vda|serial");
    g_autofree char *wwn = get(changed, "disk|vda|wwn");
    assert_int_equal(strlen(serial), 16);
    assert_int_equal(strlen(wwn), 16);
    assert_int_equal(*wwn, '5');
    assert_string_not_equal(wwn, "5000c50015ea71ab");
}

static void test_variables(void **state)
{
    static const struct {
        const char *os, *path, *rows;
    } cases[] = {
        {"", "", ""},
        {" firmware='efi'", "", "warning nvram.content   os.nvram="},
        {"><loader type='pflash' readonly='yes'>/f.fd</loader><nvram>/n/web_VARS.fd</nvram",
         "/n/web2_VARS.fd", "warning nvram.content   os.nvram="},
        {"><nvram format='qcow2'>/n/x.qcow2</nvram", "/n/web2_VARS.qcow2",
         "warning nvram.content   os.nvram="},
        {" firmware='efi'><loader stateless='yes'/", "", ""},
        {"><nvram type='block'><source dev='/dev/vg/n'/></nvram", "",
         "error clone.nvram   os.nvram.source.dev=/dev/vg/n"},
        {"><nvram>/n/web2_VARS.fd</nvram", "/n/web2_VARS.fd",
         "error clone.nvram   os.nvram=/n/web2_VARS.fd"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *xml =
            g_strdup_printf("<domain type='kvm'><name>web</name><os%s></os></domain>", cases[i].os);
        g_autoptr(GPtrArray) rows = rows_new();
        g_autoptr(DwDocument) clone = clone_of(xml, rows);
        g_autofree char *text = told(rows);
        assert_string_equal(text, cases[i].rows);
        assert_value(clone, "os.nvram", cases[i].path);
    }
}

static void test_shared(void **state)
{
    assert_rows(
        DEVICES(
            "    <serial type='file'><source path='/log/a'/><log file='/log/b'/></serial>\n"
            "    <console type='file'><source path='/log/a'/><target type='serial'/></console>\n"
            "    <serial type='tcp'><source mode='bind' host='h' service='99'/></serial>\n"
            "    <serial type='tcp'><source mode='connect' host='h' service='99'/></serial>\n"
            "    <serial type='nmdm'><source master='/dev/nmdm0A' slave='/dev/nmdm0B'/></serial>\n"
            "    <serial type='dev'><source path='/dev/ttyS0'/></serial>\n"
            "    <serial type='pty'/>\n"
            "    <channel type='unix'><source mode='bind' path='/run/own'/>"
            "<target type='virtio' name='a'/></channel>\n"),
        "error clone.path serial #1 source.path=/log/a\n"
        "error clone.path serial #1 log.file=/log/b\n"
        "error clone.port serial #2 source.service=99\n"
        "error clone.path serial #4 source.master=/dev/nmdm0A\n"
        "error clone.path serial #4 source.slave=/dev/nmdm0B\n"
        "warning clone.hostdev serial #5 source.path=/dev/ttyS0\n"
        "error clone.path channel a source.path=/run/own");
    assert_rows(
        DOMAIN("  <os><loader readonly='no' type='rom'>/srv/rom</loader></os>\n"
               "  <seclabel type='static' model='dac'><label>a:b</label></seclabel>\n",
               "    <filesystem type='mount'><source dir='/a'/><target dir='a'/></filesystem>\n"
               "    <filesystem type='mount'><source dir='/b'/><target dir='b'/><readonly/>"
               "</filesystem>\n"
               "    <lease><lockspace>l</lockspace><key>k</key><target path='/x'/></lease>\n"
               "    <tpm model='tpm-tis'><backend type='emulator'/></tpm>\n"
               "    <shmem name='s'/>\n"
               "    <memory model='nvdimm'><source><path>/nv</path></source></memory>\n"),
        "warning clone.seclabel   =\n"
        "error clone.path   os.loader=/srv/rom\n"
        "warning clone.filesystem filesystem a =\n"
        "warning clone.lease lease k key=k\n"
        "warning clone.tpm tpm #1 =\n"
        "warning clone.shmem shmem s name=s\n"
        "error clone.path memory #1 source.path=/nv");
}

static void test_labels(void **state)
{
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(DwDocument) clone =
        clone_of("<domain><name>web</name><seclabel type='static' model='a'><label>x</label>"
                 "</seclabel><seclabel type='dynamic' model='b'/>"
                 "<seclabel type='static' model='c'><label>y</label></seclabel></domain>",
                 rows);

    assert_value(clone, "seclabel.1.model", "b");
    assert_value(clone, "seclabel.2.model", "");
}

/* What libvirt makes by itself is its own to make again. */
static void test_made_paths(void **state)
{
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(DwDocument) clone =
        clone_of(DEVICES("    <channel type='unix'><source mode='bind' "
                         "path='/var/lib/libvirt/qemu/channel/target/web.a'/>"
                         "<target type='virtio' name='a'/></channel>\n"
                         "    <graphics type='vnc' socket='/var/lib/libvirt/qemu/web.sock'/>\n"),
                 rows);

    assert_int_equal(rows->len, 0);
    assert_value(clone, "channel|a|source.path", "");
    assert_value(clone, "graphics|vnc|socket", "");
}

static void test_host_devices(void **state)
{
    const char *xml =
        DEVICES("    <interface type='hostdev'><source><address type='pci' domain='0' bus='1' "
                "slot='0' function='0'/></source></interface>\n"
                "    <interface type='user'/>\n"
                "    <hostdev mode='subsystem' type='mdev' model='vfio-pci'><source>"
                "<address uuid='" UUID "'/></source></hostdev>\n");
    const DwCloneOptions options = {.name = "web2", .drop_hostdevs = true};
    g_autoptr(GPtrArray) rows = rows_new(), none = rows_new(), held = rows_new();
    g_autoptr(DwDocument) kept = clone_of(xml, rows), dropped = clone_with(xml, &options, none);
    g_autoptr(GPtrArray) interfaces = dw_get_devices(dropped, "interface", false, NULL);
    g_autoptr(GPtrArray) devices = dw_get_devices(dropped, "hostdev", false, NULL);

    assert_int_equal(rows->len, 2);
    assert_string_equal(((DwProblem *)rows->pdata[0])->rule, "clone.hostdev");
    assert_string_equal(((DwProblem *)rows->pdata[1])->id, UUID);
    dw_clone_hold(kept, rows, held);
    assert_int_equal(held->len, 2);
    assert_int_equal(none->len, 0);
    assert_int_equal(interfaces->len, 1);
    assert_int_equal(devices->len, 0);
}

/* ---- Answering ---- */

static void edit(DwDocument *document, DwVerb verb, const char *kind, const char *id,
                 const char *key, const char *value)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    const char *unset[] = {value ? NULL : key, NULL};
    g_autoptr(GError) error = NULL;

    if (value)
        dw_settings_put(values, key, dw_value_string(value));
    g_ptr_array_add(edits, dw_edit_new(verb, kind, id, values, unset));
    assert_true(dw_apply(document, edits, DW_APPLY_DRY, NULL, NULL, &error));
}

static guint open_rows(const DwDocument *document, const GPtrArray *rows)
{
    g_autoptr(GPtrArray) held = rows_new();

    dw_clone_hold(document, rows, held);
    return held->len;
}

static void test_answers_by_editing(void **state)
{
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(DwDocument) clone =
        clone_of(DEVICES(DISK("vda", "") DISK("vdb", "") DISK(
                     "vdc", "") "    <serial type='file'><source path='/log/a'/></serial>\n"),
                 rows);

    assert_int_equal(open_rows(clone, rows), 4);
    edit(clone, DW_VERB_MODIFY, "disk", "vda", "source.file", "/srv/other.img");
    assert_int_equal(open_rows(clone, rows), 3);
    edit(clone, DW_VERB_MODIFY, "disk", "vdb", "shareable", "yes");
    assert_int_equal(open_rows(clone, rows), 2);
    /* Another name does not answer it. */
    edit(clone, DW_VERB_MODIFY, "disk", "vdc", "target.dev", "vdx");
    assert_int_equal(open_rows(clone, rows), 2);
    edit(clone, DW_VERB_REMOVE, "disk", "vdx", NULL, NULL);
    assert_int_equal(open_rows(clone, rows), 1);
}

/* Two disks on one image, and one of another name: each row is of its own disk. */
static void test_disks_on_one_image(void **state)
{
#define SAME(name)                                                                                 \
    "    <disk type='file' device='disk'>\n      <source file='/srv/same.img'/>\n"                 \
    "      <target dev='" name "' bus='virtio'/>\n    </disk>\n"
    g_autoptr(GPtrArray) rows = rows_new(), held = rows_new(), renamed = rows_new();
    g_autoptr(DwDocument) clone = clone_of(DEVICES(SAME("vda") SAME("vdb") SAME("vdc")), rows);
    static const char row[] = "error clone.disk disk vda source.file=/srv/same.img\n"
                              "error clone.disk disk vdb source.file=/srv/same.img\n"
                              "error clone.disk disk vdc source.file=/srv/same.img";

    dw_clone_hold(clone, rows, held);
    g_autofree char *text = told(held);
    assert_string_equal(text, row);
    edit(clone, DW_VERB_MODIFY, "disk", "vda", "source.file", "/srv/other.img");
    assert_int_equal(open_rows(clone, rows), 2);
    edit(clone, DW_VERB_MODIFY, "disk", "vdb", "target.dev", "vdx");
    dw_clone_hold(clone, rows, renamed);
    g_autofree char *later = told(renamed);
    assert_string_equal(later, "error clone.disk disk vdx source.file=/srv/same.img\n"
                               "error clone.disk disk vdc source.file=/srv/same.img");
}

static void test_secrets(void **state)
{
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(DwDocument) clone =
        clone_of(DEVICES("    <graphics type='vnc' autoport='yes' passwd='hush'/>\n"), rows);

    assert_int_equal(rows->len, 0);
    assert_non_null(strstr(dw_document_text(clone, NULL), "hush"));
    g_autofree char *text = dw_clone_redacted(clone, rows);
    g_autofree char *found = told(rows);
    assert_null(strstr(text, "hush"));
    assert_string_equal(found, "error clone.secret graphics vnc passwd=" DW_SECRET_PLACEHOLDER);
    g_autoptr(DwDocument) redacted = parse(text);
    assert_int_equal(open_rows(redacted, rows), 1);
    edit(redacted, DW_VERB_MODIFY, "graphics", "vnc", "passwd", NULL);
    assert_int_equal(open_rows(redacted, rows), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_interfaces),
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_of_a_run),
        cmocka_unit_test(test_disks),
        cmocka_unit_test(test_wrong_answers),
        cmocka_unit_test(test_serials),
        cmocka_unit_test(test_variables),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_made_paths),
        cmocka_unit_test(test_host_devices),
        cmocka_unit_test(test_answers_by_editing),
        cmocka_unit_test(test_disks_on_one_image),
        cmocka_unit_test(test_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
