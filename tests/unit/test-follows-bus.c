/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the name of a disk is when its bus changes: on virtio, usb and sd libvirt tells disks from
 * each other by the number in that, whatever its beginning.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apply-support.h"

#define DISK(file, target, more)                                                                   \
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='" file          \
    "'/><target " target "/>" more "</disk>"
#define TWO(first, second, more) Q35_GUEST(DISK("/a", first, "") DISK("/b", second, more))
#define VDA                      "dev='vda' bus='virtio'"
#define OWN                      "<alias name='ua-b'/>"

static Outcome modify(const char *xml, const char *id, const char *values)
{
    return edit_text(xml, DW_VERB_MODIFY, "disk", id, values, 0, NULL);
}

/* A disk of whose number the new bus has one. */
static void test_renamed(void **state)
{
    g_auto(Outcome) virtio =
        modify(TWO(VDA, "dev='sda' bus='sata'", ""), "sda", "target.bus=virtio");
    g_auto(Outcome) usb =
        modify(TWO("dev='sda' bus='usb'", "dev='hda' bus='sata'", ""), "hda", "target.bus=usb");

    assert_text(&virtio, TWO(VDA, "dev='vdb' bus='virtio'", ""));
    assert_note(&virtio, "disk-target-follows", "target.dev", DW_SEVERITY_INFO);
    assert_null(outcome_note(&virtio, "disk-alias-unique", "target.dev"));
    assert_text(&usb, TWO("dev='sda' bus='usb'", "dev='sdb' bus='usb'", ""));
}

/* Another number, an alias of its owner's, a bus whose disks have places,: libvirt tells them
 * apart. A name that is asked for is taken, with a warning. */
static void test_kept(void **state)
{
    g_auto(Outcome) number =
        modify(TWO(VDA, "dev='sdb' bus='sata'", ""), "sdb", "target.bus=virtio");
    g_auto(Outcome) own = modify(TWO(VDA, "dev='sda' bus='sata'", OWN), "sda", "target.bus=virtio");
    g_auto(Outcome) place = modify(TWO(VDA, "dev='sda' bus='usb'", ""), "sda", "target.bus=sata");
    g_auto(Outcome) asked =
        modify(TWO(VDA, "dev='sda' bus='sata'", ""), "sda", "target.bus=virtio;target.dev=sda");

    assert_text(&number, TWO(VDA, "dev='sdb' bus='virtio'", ""));
    assert_text(&own, TWO(VDA, "dev='sda' bus='virtio'", OWN));
    assert_text(&place, TWO(VDA, "dev='sda' bus='sata'", ""));
    assert_text(&asked, TWO(VDA, "dev='sda' bus='virtio'", ""));
    assert_note(&asked, "disk-alias-unique", "target.dev", DW_SEVERITY_WARNING);
}

/* A place that another disk has is told of the disk that is edited, wherever it stands, with what
 * helps. */
static void test_place_is_taken(void **state)
{
#define UNIT(unit) "<address type='drive' controller='0' bus='0' target='0' unit='" unit "'/>"
#define SDA(unit)  DISK("/b", "dev='sda' bus='sata'", UNIT(unit))
#define SDB(unit)  DISK("/c", "dev='sdb' bus='sata'", UNIT(unit))
#define FIRST      DISK("/a", VDA, "")
#define NAME_HELPS                                                                                 \
    "target.dev is vda, which is at sata:0:0:0:0 by that; disk sda is there, too. Give another "   \
    "target.dev, such as sdb."
    static const char to_sata[] = "target.bus=sata", *const documents[] = {
                                                         Q35_GUEST(FIRST SDA("0")),
                                                         Q35_GUEST(SDA("0") FIRST)};

    for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_auto(Outcome) taken = modify(documents[i], "vda", to_sata);
        g_auto(Outcome) helped = modify(documents[i], "vda", "target.bus=sata;target.dev=sdb");

        assert_refused(&taken, DW_ERROR_INVALID, "disk/vda: Key " NAME_HELPS);
        assert_non_null(helped.text);
    }
    g_auto(Outcome) first = modify(Q35_GUEST(SDA("0") SDB("1")), "sda", "address.unit=1");
    g_auto(Outcome) second = modify(Q35_GUEST(SDA("0") SDB("1")), "sdb", "address.unit=0");
    g_auto(Outcome) full = modify(Q35_GUEST(SDA("1") SDB("0")), "sdb", "address.unit=1");

    assert_refused(&first, DW_ERROR_INVALID, "disk/sda: Key address.unit");
    assert_refused(&first, DW_ERROR_INVALID, "of disk sdb, too; unset address.*.");
    assert_refused(&second, DW_ERROR_INVALID, "disk/sdb: Key address.unit");
    assert_refused(&full, DW_ERROR_INVALID,
                   "unset address.* and give another target.dev, such as sdc.");
}

/* The first free name is none whose number a disk of another name has. */
static void test_free_number(void **state)
{
    g_auto(Outcome) added = edit_text(Q35_GUEST(DISK("/a", "dev='sda' bus='virtio'", "")),
                                      DW_VERB_ADD, "disk", "", "source.file=/b", 0, NULL);

    assert_text(&added, TWO("dev='sda' bus='virtio'", "dev='vdb' bus='virtio'", ""));
}

/* Later edits of the call may know the disk by the name it had. */
static void test_known_by_both(void **state)
{
    static const char text[] = TWO(VDA, "dev='sda' bus='sata'", "");
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_auto(DwResult) result = {0};

    g_ptr_array_add(
        edits, dw_edit_new(DW_VERB_MODIFY, "disk", "sda", settings_of("target.bus=virtio"), NULL));
    g_ptr_array_add(edits,
                    dw_edit_new(DW_VERB_MODIFY, "disk", "sda", settings_of("serial=a"), NULL));
    assert_true(dw_apply(document, edits, 0, NULL, &result, NULL));
    assert_string_equal(result.ids[0], "vdb");
    assert_string_equal(result.ids[1], "vdb");
    assert_string_equal(dw_document_text(document, NULL),
                        TWO(VDA, "dev='vdb' bus='virtio'", "<serial>a</serial>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_renamed),        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_place_is_taken), cmocka_unit_test(test_free_number),
        cmocka_unit_test(test_known_by_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
