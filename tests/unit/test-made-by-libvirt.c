/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt makes by itself where nothing is said: chosen by an edit, or said beforehand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "apply-support.h"

#define INFO   DW_SEVERITY_INFO
#define DOMAIN Q35_GUEST

/* libvirt makes a balloon where there is none, and a fifth port on ISA, which it does not take. */
static void test_what_libvirt_makes(void **state)
{
#define PORT "<serial type='pty'/>"
    g_auto(Outcome) none = edit_text(
        DOMAIN("<memballoon model='virtio'><stats period='3'/><address type='pci' slot='3'/>"
               "</memballoon>"),
        DW_VERB_REMOVE, "memballoon", "#1", "", 0, NULL);
    g_auto(Outcome) fourth =
        edit_text(DOMAIN(PORT PORT PORT), DW_VERB_ADD, "serial", "", "alias=ua-a", 0, NULL);
    g_auto(Outcome) fifth =
        edit_text(DOMAIN(PORT PORT PORT PORT), DW_VERB_ADD, "serial", "", "alias=ua-a", 0, NULL);

    assert_text(&none, DOMAIN("<memballoon model='none'></memballoon>"));
    assert_note(&none, "memballoon-none", "model", INFO);
    assert_null(outcome_note(&fourth, "device-default", "target.type"));
    assert_note(&fifth, "device-default", "target.type", INFO);
    assert_non_null(strstr(fifth.text, "<target type='usb-serial'/>"));
}

/* What says that there is none of what libvirt gives to every guest is not to be removed. */
static void test_none_stays(void **state)
{
#define NO_CARD "<video><model type='none'/></video>"
    static const struct {
        const char *kind, *id, *devices;
    } none[] = {
        {"memballoon", "#1", "<memballoon model='none'/>"},
        {"memballoon", "ua-b", "<memballoon model='none'><alias name='ua-b'/></memballoon>"},
        {"controller", "usb0", "<controller type='usb' index='0' model='none'/>"},
        {"video", "#1", "<graphics type='vnc'/>" NO_CARD},
        {"audio", "1", "<audio id='1' type='none'/>"},
    };
    g_auto(Outcome) unseen = edit_text(DOMAIN(NO_CARD), DW_VERB_REMOVE, "video", "#1", "", 0, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autofree char *text =
            g_strconcat(Q35_HEAD "<devices>", none[i].devices, "</devices></domain>", NULL);
        g_auto(Outcome) kept =
            edit_text(text, DW_VERB_REMOVE, none[i].kind, none[i].id, "", 0, NULL);

        assert_text(&kept, text);
        assert_false(kept.result.changed);
        assert_note(&kept, "device-stays", "", INFO);
    }
    assert_text(&unseen, DOMAIN(""));
}

/* Of several audio devices one may go; the last one is that of type none then. */
static void test_audio(void **state)
{
#define SOUND "<audio id='2' type='oss'><input tryPoll='yes'/></audio>"
    g_auto(Outcome) one = edit_text(DOMAIN("<audio id='1' type='none'/>" SOUND), DW_VERB_REMOVE,
                                    "audio", "1", "", 0, NULL);
    g_auto(Outcome) last = edit_text(DOMAIN(SOUND), DW_VERB_REMOVE, "audio", "2", "", 0, NULL);

    assert_text(&one, DOMAIN(SOUND));
    assert_text(&last, DOMAIN("<audio type='none' id='1'></audio>"));
    assert_note(&last, "audio-none", "type", INFO);
}

/* Nor is what another takes the place of in the same call. */
static void test_none_is_replaced(void **state)
{
    static const char text[] = DOMAIN("<memballoon model='none'/>");
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_auto(Outcome) outcome = {0};

    g_ptr_array_add(edits, dw_edit_new(DW_VERB_REMOVE, "memballoon", "#1", NULL, NULL));
    g_ptr_array_add(edits,
                    dw_edit_new(DW_VERB_ADD, "memballoon", "", settings_of("model=virtio"), NULL));
    assert_true(dw_apply(document, edits, 0, NULL, &outcome.result, &outcome.error));
    assert_non_null(strstr(dw_document_text(document, NULL), "<memballoon model='virtio'"));
    assert_null(strstr(dw_document_text(document, NULL), "none"));
}

/* A card without a model is said to be an old one, unless the others say which the guest knows. */
static void test_card(void **state)
{
#define NIC(model) "<interface type='user'><mac address='52:54:00:00:00:01'/>" model "</interface>"
    g_auto(Outcome) first =
        edit_text(DOMAIN(""), DW_VERB_ADD, "interface", "", "source.bridge=br0", 0, NULL);
    g_auto(Outcome) old = edit_text(DOMAIN(NIC("<model type='e1000'/>")), DW_VERB_ADD, "interface",
                                    "", "source.bridge=br0", 0, NULL);
    g_auto(Outcome) driven = edit_text(DOMAIN(""), DW_VERB_ADD, "interface", "",
                                       "source.bridge=br0;driver.queues=4", 0, NULL);
    g_auto(Outcome) set =
        edit_text(DOMAIN(NIC("")), DW_VERB_MODIFY, "interface", "#1", "driver.queues=4", 0, NULL);
    g_auto(Outcome) next = edit_text(DOMAIN(NIC("<model type='virtio'/>")), DW_VERB_ADD,
                                     "interface", "", "source.bridge=br0", 0, NULL);

    assert_note(&first, "interface-model-missing", "model.type", INFO);
    assert_note(&old, "interface-model-missing", "model.type", INFO);
    assert_non_null(strstr(driven.text, "<model type='virtio'/><driver queues='4'/>"));
    assert_refused(&set, DW_ERROR_INVALID_VALUE, "and model.type is rtl8139");
    assert_null(outcome_note(&next, "interface-model-missing", "model.type"));
    assert_note(&next, "device-default", "model.type", INFO);
    assert_non_null(strstr(next.text, "<source bridge='br0'/><model type='virtio'/>"));
}

/* libvirt's own model of shared memory is one that QEMU has no longer. */
static void test_shared_memory(void **state)
{
    g_auto(Outcome) plain = edit_text(DOMAIN(""), DW_VERB_ADD, "shmem", "", "name=a", 0, NULL);
    g_auto(Outcome) served =
        edit_text(DOMAIN(""), DW_VERB_ADD, "shmem", "", "name=a;server.path=/srv/s", 0, NULL);
    g_auto(Outcome) own =
        edit_text(DOMAIN(""), DW_VERB_ADD, "shmem", "", "name=a;model.type=ivshmem", 0, NULL);

    assert_note(&plain, "device-default", "model.type", INFO);
    assert_non_null(strstr(plain.text, "<model type='ivshmem-plain'/>"));
    assert_note(&served, "device-default", "model.type", INFO);
    assert_non_null(strstr(served.text, "<model type='ivshmem-doorbell'/>"));
    assert_non_null(strstr(own.text, "<model type='ivshmem'/>"));
}

/* What libvirt makes again is said before it does. */
static void test_controllers_come_back(void **state)
{
#define PORTS(more)                                                                                \
    DOMAIN("<controller type='pci' index='1' model='pcie-root-port'/><controller type='usb' "      \
           "index='0' model='qemu-xhci'/>" more)
    g_auto(Outcome) used =
        edit_text(PORTS("<sound model='ac97'><alias name='ua-s'/><address type='pci' "
                        "domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></sound>"),
                  DW_VERB_REMOVE, "controller", "pci1", "", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) of_host = edit_text(
        PORTS("<controller type='scsi' index='1' model='virtio-scsi'/><hostdev mode='subsystem' "
              "type='scsi'><source><adapter name='scsi_host0'/><address bus='0' target='0' "
              "unit='0'/></source><address type='drive' controller='1' bus='0' target='0' "
              "unit='0'/></hostdev>"),
        DW_VERB_REMOVE, "controller", "scsi1", "", DW_APPLY_UNCHECKED, NULL);
    g_auto(Outcome) spare = edit_text(PORTS(""), DW_VERB_REMOVE, "controller", "pci1", "", 0, NULL);
    g_auto(Outcome) last = edit_text(PORTS(""), DW_VERB_REMOVE, "controller", "usb0", "", 0, NULL);
    g_auto(Outcome) second =
        edit_text(PORTS("<controller type='usb' index='1' model='qemu-xhci'/>"), DW_VERB_REMOVE,
                  "controller", "usb1", "", 0, NULL);

    assert_note(&used, "controller-returns", "", DW_SEVERITY_WARNING);
    assert_non_null(strstr(outcome_note(&used, "controller-returns", "")->message, "sound/ua-s"));
    assert_note(&of_host, "controller-returns", "", DW_SEVERITY_WARNING);
    assert_int_equal(spare.result.problems->len, 0);
    assert_note(&last, "controller-returns", "model", DW_SEVERITY_WARNING);
    assert_int_equal(second.result.problems->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_libvirt_makes),
        cmocka_unit_test(test_none_stays),
        cmocka_unit_test(test_audio),
        cmocka_unit_test(test_none_is_replaced),
        cmocka_unit_test(test_card),
        cmocka_unit_test(test_shared_memory),
        cmocka_unit_test(test_controllers_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
