/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libvirt reads of a document and how: numbers out of the table's range, lists of processors
 * and nodes, ports and addresses, images below a disk, and what it takes as not said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules-support.h"

#define GUEST(arch, machine, before, devices)                                                      \
    "<domain type='qemu'><name>t</name><memory>1048576</memory>" before "<os><type arch='" arch    \
    "' machine='" machine "'>hvm</type></os><devices>" devices "</devices></domain>"
#define HAS(devices) GUEST("x86_64", "pc-q35-7.2", "", devices)

/* ---- Images below a disk ---- */

#define BELOW(type, format, inside)                                                                \
    HAS("<disk type='file'><driver name='qemu' type='qcow2'/><source file='/a'/><backingStore "    \
        "type='" type "'><format type='" format "</format>" inside "</backingStore><target "       \
        "dev='vda'/></disk>")
#define CACHE          "'><metadata_cache><max_size>9</max_size></metadata_cache>"
#define FILE_B(inside) "<source file='/b'>" inside "</source>"
#define NFS(host)                                                                                  \
    HAS("<disk type='network'><driver name='qemu' type='raw'/><source protocol='nfs' name='a'>"    \
        "<host name='h' " host "/><identity user='1' group='1'/></source><target dev='vda'/>"      \
        "</disk>")

static const Edge image_edges[] = {
    {"disk-backing-format", ERROR, "backing.1.format", BELOW("file", "iso\'>", FILE_B("")),
     BELOW("file", "raw\'>", FILE_B(""))},
    {"disk-metadata-cache", ERROR, "backing.1.format.metadata_cache.max_size",
     BELOW("file", "raw" CACHE, FILE_B("")), BELOW("file", "qcow2" CACHE, FILE_B(""))},
    {"disk-encryption-qcow", ERROR, "backing.1.source.encryption.format",
     BELOW("file", "raw\'>", FILE_B("<encryption format='qcow'/>")),
     BELOW("file", "raw\'>", FILE_B("<encryption format='luks'/>"))},
    {"disk-encryption-format", ERROR, "backing.1.format",
     BELOW("file", "vmdk\'>", FILE_B("<encryption format='luks'/>")),
     BELOW("file", "qcow2\'>", FILE_B("<encryption format='luks'/>"))},
    {"disk-startup-policy", ERROR, "source.startupPolicy",
     HAS("<disk type='file'><driver name='qemu' type='raw'/><source file='/a' "
         "startupPolicy='requisite'/><target dev='vda'/></disk>"),
     BELOW("file", "raw\'>", "<source file='/b' startupPolicy='requisite'/>")},
    {"disk-vhostuser-memory", ERROR, "type",
     HAS("<disk type='vhostuser' snapshot='no'><driver name='qemu' type='raw'/><source "
         "type='unix' path='/s'/><target dev='vda' bus='virtio'/></disk>"),
     BELOW("vhostuser", "raw\'>", "<source type='unix' path='/s'/>")},
    {"disk-host-transport", ERROR, "source.host.1.transport", NFS("transport='rdma'"),
     NFS("transport='tcp'")},
};

#define RUN(edges) check_edges(edges, G_N_ELEMENTS(edges), "", "", NULL)

static void test_reading(void **state)
{
    RUN(image_edges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
    };

    dw_end_without_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
