/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt stored beside what it was given: what is told, and what means the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <domwright/model.h>

#include "random-devices.h"

#define DOMAIN(inside)  "<domain type='kvm'>" inside "</domain>"
#define DEVICES(inside) DOMAIN("<devices>" inside "</devices>")

static DwDocument *parse(const char *xml)
{
    g_autoptr(GError) error = NULL;
    DwDocument *document = xml ? dw_document_parse(xml, strlen(xml), &error) : NULL;

    assert_null(error);
    return document;
}

/* "rule kind id key value; …" of what is told. */
static char *compare(const char *before, const char *sent, const char *stored,
                     const GPtrArray *edits, char **ids)
{
    g_autoptr(DwDocument) old = parse(before), given = parse(sent), kept = parse(stored);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    GString *told = g_string_new(NULL);

    dw_stored_compare(old, given, kept, edits, ids, NULL, problems);
    for (guint i = 0; i < problems->len; i++) {
        const DwProblem *problem = problems->pdata[i];
        bool asked = strcmp(problem->rule, "not-stored") == 0;

        assert_int_equal(problem->severity, asked ? DW_SEVERITY_WARNING : DW_SEVERITY_INFO);
        g_string_append_printf(told, "%s%s %s %s %s %s", i ? "; " : "", problem->rule,
                               problem->kind, problem->id, problem->key, problem->value);
    }
    return g_string_free(told, FALSE);
}

static void assert_told(const char *before, const char *sent, const char *stored,
                        const char *expected)
{
    g_autofree char *told = compare(before, sent, stored, NULL, NULL);

    assert_string_equal(told, expected);
}

static void test_asked_and_not(void **state)
{
    const char *two = DOMAIN("<memory>1024</memory><vcpu>2</vcpu>");
    const char *four = DOMAIN("<memory>1024</memory><vcpu>4</vcpu>");
    const char *more = DOMAIN("<memory>2048</memory><vcpu>2</vcpu>");

    assert_told(two, four, four, "");
    assert_told(two, four, two, "not-stored   vcpu 2");
    assert_told(two, four, more, "stored-changed   memory 2097152; not-stored   vcpu 2");
    assert_told(two, two, four, "stored-changed   vcpu 4");
    assert_told(two, DOMAIN("<memory>1024</memory>"), two, "not-stored   vcpu 2");
    assert_told(two, two, DOMAIN("<memory>1024</memory>"), "stored-dropped   vcpu ");
    assert_told(NULL, four, two, "not-stored   vcpu 2");
    assert_told(NULL, DOMAIN("<memory>1024</memory>"),
                DOMAIN("<memory>1024</memory><vcpu>1</vcpu>"), "");
    const char *all = DOMAIN("<memory>1024</memory><vcpu current='2'>2</vcpu>");
    assert_told(two, all, two, "");
    assert_told(two, DOMAIN("<memory>1024</memory><vcpu current='1'>2</vcpu>"), two,
                "not-stored   vcpu.current ");
}

/* What an edit names was asked for even where it was so before. */
static void test_named(void **state)
{
    const char *before = DEVICES("<graphics type='vnc' port='5901'/>");
    const char *stored = DEVICES("<graphics type='vnc' port='-1'/>");
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    g_auto(GStrv) ids = g_strsplit("vnc", " ", 0);

    dw_settings_put(values, "port", dw_value_string("5901"));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, "graphics", "vnc", values, NULL));
    g_autofree char *named = compare(before, before, stored, edits, ids);
    assert_string_equal(named, "not-stored graphics vnc port -1");
    g_autofree char *other = compare(before, before, stored, NULL, NULL);
    assert_string_equal(other, "stored-changed graphics vnc port -1");
}

/* What libvirt fills into any domain is nobody's business, unless it was to go. */
static void test_unset(void **state)
{
    static const char *const keys[] = {"currentMemory", NULL};
    const char *before = DOMAIN("<memory>2048</memory><currentMemory>1024</currentMemory>");
    const char *sent = DOMAIN("<memory>2048</memory>");
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    char id[] = "";
    char *ids[] = {id, NULL};

    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", NULL, keys));
    g_autofree char *same = compare(before, sent, before, edits, ids);
    assert_string_equal(same, "not-stored   currentMemory 1048576");
    g_autofree char *other =
        compare(before, sent, DOMAIN("<memory>2048</memory><currentMemory>2048</currentMemory>"),
                edits, ids);
    assert_string_equal(other, "stored-default   currentMemory 2097152");
}

/* Of what was unset, libvirt's own value is told where it is another one, and of nothing else. */
static void test_unset_of_devices(void **state)
{
#define SOCKET(mode)                                                                               \
    DEVICES("<serial type='unix'><source" mode " path='/s'/><target port='0'/></serial>"           \
            "<console type='unix'><source" mode " path='/s'/><target type='serial'/></console>")
    static const struct {
        const char *kind, *id, *key, *before, *sent, *stored, *expected;
    } cases[] = {
        {"serial", "#1", "source.mode", SOCKET(" mode='bind'"), SOCKET(""),
         SOCKET(" mode='connect'"), "stored-default serial #1 source.mode connect"},
        {"serial", "#1", "source.mode", SOCKET(" mode='bind'"), SOCKET(""), SOCKET(""), ""},
        {"controller", "scsi0", "model",
         DEVICES("<controller type='scsi' index='0' model='virtio-scsi'/>"),
         DEVICES("<controller type='scsi' index='0'/>"),
         DEVICES("<controller type='scsi' index='0' model='lsilogic'/>"),
         "stored-default controller scsi0 model lsilogic"},
        {"video", "#1", "model.*", DEVICES("<video><model type='none'/></video>"),
         DEVICES("<video/>"),
         DEVICES("<video><model type='cirrus' vram='16384' heads='1'/></video>"),
         "stored-default video #1 model.type cirrus"},
        {"sound", "#1", "address.*",
         DEVICES("<sound model='ich9'><address type='pci' slot='0x04'/></sound>"),
         DEVICES("<sound model='ich9'/>"),
         DEVICES("<sound model='ich9'><address type='pci' slot='0x05'/></sound>"), ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const keys[] = {cases[i].key, NULL};
        g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
        g_auto(GStrv) ids = g_strsplit(cases[i].id, " ", 0);

        g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, cases[i].kind, cases[i].id, NULL, keys));
        g_autofree char *told =
            compare(cases[i].before, cases[i].sent, cases[i].stored, edits, ids);
        assert_string_equal(told, cases[i].expected);
        assert_string_equal(ids[0], cases[i].id);
    }
}

#define CARD(mac) "<interface type='user'>" mac "<model type='virtio'/></interface>"
#define FIRST     "<mac address='52:54:00:aa:00:01'/>"
#define SECOND    "<mac address='52:54:00:aa:00:02'/>"

/* The ids are those after the change. */
static void test_unset_id(void **state)
{
    static const char *const keys[] = {"mac.address", NULL};
    const char *first = "52:54:00:aa:00:01";
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_auto(GStrv) ids = g_strsplit("#1", " ", 0);

    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, "interface", first, NULL, keys));
    g_autofree char *told =
        compare(DEVICES(CARD(FIRST)), DEVICES(CARD("")), DEVICES(CARD(SECOND)), edits, ids);
    assert_string_equal(told, "stored-default interface #1 mac.address 52:54:00:aa:00:02");
    assert_string_equal(ids[0], "52:54:00:aa:00:02");
}

/* A whole document does not say what was unset: where nothing else is new, what is gone was. */
static void test_left_out(void **state)
{
    assert_told(DEVICES(CARD(FIRST)), DEVICES(CARD("")), DEVICES(CARD(SECOND)),
                "stored-default interface #1 mac.address 52:54:00:aa:00:02");
    assert_told(DEVICES("<video><model type='qxl' vram='65536'/></video>"),
                DEVICES("<video><model type='vga'/></video>"),
                DEVICES("<video><model type='vga' vram='16384'/></video>"), "");
}

static void test_same_meaning(void **state)
{
    static const struct {
        const char *sent, *stored;
    } pairs[] = {
        {DOMAIN("<memory unit='b'>1048577</memory>"), DOMAIN("<memory unit='KiB'>1025</memory>")},
        {DOMAIN("<cputune><vcpupin vcpu='0' cpuset='0,1,2,^1'/></cputune>"),
         DOMAIN("<cputune><vcpupin vcpu='0' cpuset='0,2'/></cputune>")},
        {DEVICES("<interface type='user'><mac address='52:54:00:AA:00:01'/></interface>"),
         DEVICES("<interface type='user'><mac address='52:54:00:aa:00:01'/></interface>")},
        {DEVICES("<hostdev type='usb' mode='subsystem'><source><vendor id='1921'/></source>"
                 "</hostdev>"),
         DEVICES("<hostdev type='usb' mode='subsystem'><source><vendor id='0x0781'/></source>"
                 "</hostdev>")},
        {DEVICES("<graphics type='spice' defaultMode='any'/>"),
         DEVICES("<graphics type='spice'/>")},
        {DEVICES("<graphics type='spice' autoport='yes' port='-1'/>"),
         DEVICES("<graphics type='spice' autoport='yes'/>")},
        {DEVICES("<disk type='file'><target dev='vda'/><iotune><read_iops_sec>0</read_iops_sec>"
                 "</iotune></disk>"),
         DEVICES("<disk type='file'><target dev='vda'/></disk>")},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        assert_told(NULL, pairs[i].sent, pairs[i].stored, "");
    assert_told(NULL, DOMAIN("<memory unit='b'>1048577</memory>"),
                DOMAIN("<memory unit='KiB'>1024</memory>"), "not-stored   memory 1048576");
    assert_told(NULL, DOMAIN("<cputune><vcpupin vcpu='0' cpuset='0-2'/></cputune>"),
                DOMAIN("<cputune><vcpupin vcpu='0' cpuset='0,2'/></cputune>"),
                "not-stored   cputune.vcpupin.0.cpuset 0,2");
}

static void test_completions(void **state)
{
    const char *plain = DEVICES("<sound model='ich9'/>");
    const char *whole =
        DOMAIN("<currentMemory>1</currentMemory><devices><sound model='ich9'><codec type='duplex'/>"
               "</sound><controller type='usb'/><memballoon model='virtio'/>"
               "<watchdog model='itco' action='reset'/></devices>");
    const char *coded = DEVICES("<sound model='ich9'><codec type='duplex'/></sound>");

    assert_told(NULL, plain, whole, "");
    assert_told(plain, plain, coded, "stored-added sound #1 codec.1.type duplex");
    assert_told(DEVICES("<sound model='ich6'/>"), plain, coded, "");
    assert_told(NULL, plain, DEVICES("<sound model='ich9'/><video/>"), "stored-added video #1  ");
}

static void test_devices(void **state)
{
    const char *both = DEVICES("<input type='tablet' bus='usb'/><memballoon model='virtio'/>");
    const char *tablet = DEVICES("<input type='tablet' bus='usb'/>");

    assert_told(both, tablet, both, "not-stored memballoon #1  ");
    assert_told(tablet, both, tablet, "not-stored memballoon #1  ");
    assert_told(both, both, tablet, "stored-dropped memballoon #1  ");
    /* libvirt makes the address, so the id is another. */
    assert_told(NULL, DEVICES("<interface type='user'/>"),
                DEVICES("<interface type='user'><mac address='52:54:00:aa:00:01'/></interface>"),
                "");
}

static void test_secret(void **state)
{
    const char *sent = DEVICES("<graphics type='vnc' passwd='one'/>");
    g_autofree char *told =
        compare(NULL, sent, DEVICES("<graphics type='vnc' passwd='two'/>"), NULL, NULL);

    assert_string_equal(told, "not-stored graphics vnc passwd " DW_SECRET_PLACEHOLDER);
}

/* The console that shows the serial port is as that is; only what an edit says of it counts. */
static void test_mirror(void **state)
{
#define CONSOLE(type) "<console type='" type "'><target type='serial'/></console>"
    const char *before = DEVICES("<serial type='pty'/>" CONSOLE("pty"));
    const char *sent = DEVICES("<serial type='null'/>" CONSOLE("pty"));
    const char *stored = DEVICES("<serial type='null'/>" CONSOLE("null"));
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    char first[] = "#1", second[] = "#1";
    char *ids[] = {first, second, NULL};

    dw_settings_put(values, "type", dw_value_string("null"));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, "serial", "#1", values, NULL));
    g_autofree char *other = compare(before, sent, stored, edits, ids);
    assert_string_equal(other, "");
    values = dw_settings_new();
    dw_settings_put(values, "type", dw_value_string("pty"));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, "console", "#1", values, NULL));
    g_autofree char *named = compare(before, sent, stored, edits, ids);
    assert_string_equal(named, "not-stored console #1 type null");
}

/* What an edit took along with a model may be the default of the other one. */
static void test_taken_along(void **state)
{
    static const char *const keys[] = {"model.heads", NULL};
    const char *before = DEVICES("<video><model type='qxl' ram='65536' heads='1'/></video>");
    const char *sent = DEVICES("<video><model type='vga'/></video>");
    const char *stored = DEVICES("<video><model type='vga' heads='1'/></video>");
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_autoptr(GPtrArray) asked = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    char first[] = "#1";
    char *ids[] = {first, NULL};

    for (int unset = 0; unset < 2; unset++) {
        DwSettings *values = dw_settings_new();
        dw_settings_put(values, "model.type", dw_value_string("vga"));
        g_ptr_array_add(unset ? asked : edits,
                        dw_edit_new(DW_VERB_MODIFY, "video", "#1", values, unset ? keys : NULL));
    }
    g_autofree char *told = compare(before, sent, stored, edits, ids);
    assert_string_equal(told, "");
    g_autofree char *named = compare(before, sent, stored, asked, ids);
    assert_string_equal(named, "not-stored video #1 model.heads 1");
    assert_told(before, sent, stored, "not-stored video #1 model.heads 1");
}

/* A controller that is to be none loses the place it had. */
static void test_place_of_none(void **state)
{
#define USB(model, place)                                                                          \
    DEVICES("<controller type='usb' index='0' model='" model "'>" place "</controller>")
#define PLACE "<address type='pci' bus='0x01'/>"
    assert_told(USB("qemu-xhci", PLACE), USB("none", PLACE), USB("none", ""), "");
    assert_told(USB("qemu-xhci", PLACE), USB("nec-xhci", PLACE), USB("nec-xhci", ""),
                "stored-dropped controller usb0 address.type ; stored-dropped controller usb0 "
                "address.bus ");
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    char first[] = "usb0";
    char *ids[] = {first, NULL};

    dw_settings_put(values, "address.bus", dw_value_string("0x01"));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, "controller", "usb0", values, NULL));
    g_autofree char *named =
        compare(USB("qemu-xhci", PLACE), USB("none", PLACE), USB("none", ""), edits, ids);
    assert_string_equal(named, "not-stored controller usb0 address.bus ");
#undef USB
#undef PLACE
}

/* What was unset and is there again is libvirt's choice. */
static void test_default_of_libvirt(void **state)
{
    g_autoptr(DwDocument) before = parse(DEVICES("<watchdog model='i6300esb' action='reset'/>"));
    g_autoptr(DwDocument) sent = parse(DEVICES("<watchdog model='i6300esb'/>"));
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);

    dw_stored_compare(before, sent, before, NULL, NULL, NULL, problems);
    assert_int_equal(problems->len, 1);
    assert_non_null(strstr(((DwProblem *)problems->pdata[0])->message, "where nothing is said"));
}

/* Why, and what to do instead. */
static void test_reasons(void **state)
{
    static const struct {
        const char *sent, *stored, *reason;
    } cases[] = {
        {DEVICES("<sound model='ich9'><alias name='mine'/></sound>"),
         DEVICES("<sound model='ich9'/>"), "begin with ua- only"},
        {DEVICES("<sound model='ich9'><address type='pci' bus='0x00'/></sound>"),
         DEVICES("<sound model='ich9'><address type='pci' bus='0x03'/></sound>"),
         "zeros alone is none"},
        {DEVICES("<console type='pty'><target type='serial'/></console>"),
         DEVICES("<console type='file'><target type='serial'/></console>"), "change that instead"},
        {DEVICES("<disk type='block' device='cdrom'><target dev='sda'/></disk>"),
         DEVICES("<disk type='file' device='cdrom'><target dev='sda'/></disk>"),
         "without a medium is of type file"},
        {DOMAIN("<cpu mode='maximum' match='exact'/>"), DOMAIN("<cpu mode='maximum'/>"),
         "about a cpu.model"},
        {DOMAIN("<clock offset='utc' adjustment='60'/>"),
         DOMAIN("<clock offset='variable' adjustment='60' basis='utc'/>"), "means the same"},
        {DOMAIN("<vcpu placement='auto' cpuset='0'>1</vcpu>"),
         DOMAIN("<vcpu placement='auto'>1</vcpu>"), "set that to static"},
        {DOMAIN("<seclabel type='dynamic' model='dac'><label>a</label></seclabel>"),
         DOMAIN("<seclabel type='dynamic' model='dac'/>"), "set that to static"},
        {DOMAIN("<seclabel type='static' model='x'><label>a</label></seclabel>"), DOMAIN(""),
         "does not use such a security model"},
        {DEVICES("<video><model type='none' vram='16384'/></video>"),
         DEVICES("<video><model type='none'/></video>"), "nothing but its model"},
        {DEVICES("<video><model type='none' primary='yes'/></video>"),
         DEVICES("<video><model type='none'/></video>"), "nothing but its model"},
        {DEVICES("<video><model type='vga' vram='10000'/></video>"),
         DEVICES("<video><model type='vga' vram='16384'/></video>"), "power of two"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(DwDocument) sent = parse(cases[i].sent), stored = parse(cases[i].stored);
        g_autoptr(GPtrArray) problems =
            g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);

        dw_stored_compare(NULL, sent, stored, NULL, NULL, NULL, problems);
        if (problems->len == 0)
            fail_msg("nothing is told of %s", cases[i].sent);
        const DwProblem *problem = problems->pdata[0];
        if (!strstr(problem->message, cases[i].reason))
            fail_msg("%s", problem->message);
    }
}

/* What nobody set needs no advice. */
static void test_ejected(void **state)
{
    g_autoptr(DwDocument) before = parse(
        DEVICES("<disk type='block' device='cdrom'><source dev='/dev/sr0'/><target dev='sda'/>"
                "</disk>"));
    g_autoptr(DwDocument) sent =
        parse(DEVICES("<disk type='block' device='cdrom'><target dev='sda'/></disk>"));
    g_autoptr(DwDocument) stored =
        parse(DEVICES("<disk type='file' device='cdrom'><target dev='sda'/></disk>"));
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);

    dw_stored_compare(before, sent, stored, NULL, NULL, NULL, problems);
    assert_int_equal(problems->len, 1);
    const char *message = ((DwProblem *)problems->pdata[0])->message;
    assert_true(g_str_has_suffix(message, "A drive without a medium is of type file."));
}

/* Parts of another machine may be called as those of the one before. */
static void test_new_machine(void **state)
{
#define ON(machine, devices)                                                                       \
    DOMAIN("<os><type machine='" machine "'>hvm</type></os><devices>" devices "</devices>")
#define CONTROLLER "<controller type='pci' index='0' model='pcie-root'/>"
    static const char told[] = "not-stored controller pci0  ";
    char *ids[] = {(char[]){""}, NULL};
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);

    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", NULL, NULL));
    g_autofree char *other =
        compare(ON("q35", CONTROLLER), ON("virt", ""), ON("virt", CONTROLLER), edits, ids);
    g_autofree char *same =
        compare(ON("q35", CONTROLLER), ON("q35", ""), ON("q35", CONTROLLER), edits, ids);
    g_ptr_array_set_size(edits, 0);
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_REMOVE, "controller", "pci0", NULL, NULL));
    g_autofree char *asked =
        compare(ON("q35", CONTROLLER), ON("virt", ""), ON("virt", CONTROLLER), edits, ids);
    assert_string_equal(other, "");
    assert_string_equal(same, told);
    assert_string_equal(asked, told);
}

/* What is told is the same where no device of one document is that of another to the byte. */
static void test_passed_devices(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(12);

    for (int round = 0; round < 3000; round++) {
        g_autoptr(GArray) devices = random_devices(random);
        g_autofree char *before = make_domain(devices, "");
        mutate(random, devices, 1 + round % 2);
        g_autofree char *sent = make_domain(devices, "");
        g_autofree char *sent_apart = make_domain(devices, " ");
        mutate(random, devices, round % 3);
        g_autofree char *stored = make_domain(devices, "");
        g_autofree char *stored_apart = make_domain(devices, "  ");
        g_autofree char *told = compare(before, sent, stored, NULL, NULL);
        g_autofree char *all = compare(before, sent_apart, stored_apart, NULL, NULL);

        if (!g_str_equal(told, all))
            fail_msg("%s, %s, %s: %s, not %s", before, sent, stored, told, all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passed_devices),
        cmocka_unit_test(test_asked_and_not),
        cmocka_unit_test(test_named),
        cmocka_unit_test(test_unset),
        cmocka_unit_test(test_unset_of_devices),
        cmocka_unit_test(test_unset_id),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_same_meaning),
        cmocka_unit_test(test_completions),
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_secret),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_ejected),
        cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_taken_along),
        cmocka_unit_test(test_new_machine),
        cmocka_unit_test(test_place_of_none),
        cmocka_unit_test(test_default_of_libvirt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
