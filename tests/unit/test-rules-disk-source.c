/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on where a disk's bytes come from and how it is driven, each at both sides of its edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules-support.h"

#define VDA                          "<target dev='vda' bus='virtio'/>"
#define SDA                          "<target dev='sda' bus='scsi'/>"
#define SLICES                       "<slices><slice type='storage' offset='0' size='512'/></slices>"
#define RAW                          "<driver name='qemu' type='raw'/>"
#define FAT                          "<driver name='qemu' type='fat'/>"
#define A                            "<source file='/a'/>"
#define DISK(type, inside)           "<disk type='" type "' device='disk'>" inside "</disk>"
#define DEVICE(device, type, inside) "<disk type='" type "' device='" device "'>" inside "</disk>"
#define DRIVER(attributes)           DISK("file", "<driver name='qemu' " attributes "/>" A VDA)
#define DRIVER_SCSI(attributes)      DISK("file", "<driver name='qemu' " attributes "/>" A SDA)
#define NET(attributes, inside)                                                                    \
    DISK("network", RAW "<source " attributes ">" inside "</source>" VDA)
#define HOST          "<host name='h'/>"
#define ISCSI(inside) NET("protocol='iscsi' name='iqn.2013-07.com.example:t/1'", HOST inside)
#define RBD(inside)   NET("protocol='rbd' name='p/i'", HOST inside)
#define AUTH(secret)  "<auth username='u'>" secret "</auth>"
#define UUID          "uuid='0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'"
#define NVME(attributes, address)                                                                  \
    DISK("nvme", RAW "<source " attributes ">" address "</source>" VDA)
#define PCI "<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>"

static const Edge source_edges[] = {
    {"disk-source-missing", ERROR, "source.file", DISK("file", RAW VDA), DISK("file", RAW A VDA)},
    {"disk-source-missing", ERROR, "source.file", DISK("file", RAW "<source file=''/>" VDA),
     DEVICE("cdrom", "file", SDA)},
    {"disk-source-missing", ERROR, "source.volume", DISK("volume", RAW "<source pool='p'/>" VDA),
     DISK("volume", RAW "<source pool='p' volume='v'/>" VDA)},
    {"disk-source-type", ERROR, "source.dev", DISK("file", RAW "<source file='/a' dev='/b'/>" VDA),
     DISK("block", RAW "<source dev='/b'/>" VDA)},
    {"disk-startup-policy", ERROR, "source.startupPolicy",
     DISK("file", RAW "<source file='/a' startupPolicy='requisite'/>" VDA),
     DISK("file", RAW "<source file='/a' startupPolicy='optional'/>" VDA)},
    {"disk-startup-policy", ERROR, "source.startupPolicy",
     NET("protocol='nbd' startupPolicy='optional'", HOST),
     DEVICE("cdrom", "file", "<source file='/a' startupPolicy='requisite'/>" SDA)},
    {"disk-dir-format", ERROR, "driver.type",
     DISK("dir", RAW "<source dir='/a'/>" VDA "<readonly/>"),
     DISK("dir", FAT "<source dir='/a'/>" VDA "<readonly/>")},
    {"disk-dir-format", ERROR, "driver.type", DISK("dir", "<source dir='/a'/>" VDA "<readonly/>"),
     NULL},
    {"disk-dir-readonly", ERROR, "readonly", DISK("dir", FAT "<source dir='/a'/>" VDA),
     DISK("dir", FAT "<source dir='/a'/>" VDA "<readonly/>")},
    {"disk-nvme-type", ERROR, "source.type", NVME("namespace='1' managed='yes'", PCI),
     NVME("type='pci' namespace='1' managed='yes'", PCI)},
    {"disk-nvme-type", ERROR, "source.type", DEVICE("cdrom", "nvme", "<source namespace='1'/>" SDA),
     DEVICE("cdrom", "nvme", SDA)},
    {"disk-nvme-namespace", ERROR, "source.namespace", NVME("type='pci'", PCI),
     NVME("type='pci' namespace='1'", PCI)},
    {"disk-nvme-address", ERROR, "source.address", NVME("type='pci' namespace='1'", ""),
     NVME("type='pci' namespace='1'", PCI)},
    {"disk-nvme-managed", WARNING, "source.managed", NVME("type='pci' namespace='1'", PCI),
     NVME("type='pci' namespace='1' managed='no'", PCI)},
    {"disk-lun-source", ERROR, "type", DEVICE("lun", "file", RAW A VDA),
     DEVICE("lun", "block", RAW "<source dev='/a'/>" VDA)},
    {"disk-lun-source", ERROR, "type",
     DEVICE("lun", "network", RAW "<source protocol='nbd'>" HOST "</source>" VDA),
     DEVICE("lun", "network", RAW "<source protocol='iscsi' name='a/0'>" HOST "</source>" VDA)},
    {"disk-lun-format", ERROR, "driver.type",
     DEVICE("lun", "block", "<driver name='qemu' type='qcow2'/><source dev='/a'/>" VDA),
     DEVICE("lun", "block", RAW "<source dev='/a'/>" VDA)},
    {"disk-lun-format", ERROR, "driver.type",
     DEVICE("lun", "block", "<driver name='qemu' type='qcow2'/><source dev='/a'/>" VDA),
     DEVICE("lun", "block", "<driver name='qemu' type='aio'/><source dev='/a'/>" VDA)},
    {"disk-reservations-source", ERROR, "source.reservations.managed",
     DEVICE("lun", "block", RAW "<source dev='/a'><reservations managed='no'/></source>" VDA),
     DEVICE("lun", "block",
            RAW "<source dev='/a'><reservations managed='no'><source type='unix' path='/s' "
                "mode='client'/></reservations></source>" VDA)},
    {"disk-lun-encryption", ERROR, "device",
     DEVICE("lun", "block", RAW "<source dev='/a'><encryption format='luks'/></source>" VDA),
     DISK("block", RAW "<source dev='/a'><encryption format='luks'/></source>" VDA)},
    {"disk-lun-slice", ERROR, "source.slices",
     DEVICE("lun", "block", RAW "<source dev='/a'>" SLICES "</source>" VDA),
     DISK("block", RAW "<source dev='/a'>" SLICES "</source>" VDA)},
};

static const Edge network_edges[] = {
    {"disk-network-name", ERROR, "source.name", NET("protocol='http'", HOST),
     NET("protocol='nbd'", HOST)},
    {"disk-network-image", ERROR, "source.name", NET("protocol='rbd' name='a'", ""),
     NET("protocol='rbd' name='a/b'", "")},
    {"disk-network-image", ERROR, "source.name", NET("protocol='gluster' name='/b'", HOST),
     NET("protocol='gluster' name='a/b/c'", HOST)},
    {"disk-network-image", WARNING, "source.name", NET("protocol='rbd' name='a/'", ""), NULL},
    {"disk-iscsi-lun", WARNING, "source.name", NET("protocol='iscsi' name='iqn.x'", HOST),
     NET("protocol='iscsi' name='iqn.x/0'", HOST)},
    {"disk-network-removed", WARNING, "source.protocol", NET("protocol='vxhs' name='a'", HOST),
     NET("protocol='nbd' name='a'", HOST)},
    {"disk-network-removed", ERROR, "source.protocol", NET("protocol='tftp' name='a'", HOST),
     NET("protocol='ftp' name='a'", HOST)},
    {"disk-auth-protocol", ERROR, "source.auth.username",
     NET("protocol='sheepdog' name='a'", HOST AUTH("<secret type='ceph' " UUID "/>")),
     RBD(AUTH("<secret type='ceph' " UUID "/>"))},
    {"disk-host-count", ERROR, "source.host", NET("protocol='nbd'", ""),
     NET("protocol='nbd'", HOST)},
    {"disk-host-count", ERROR, "source.host", NET("protocol='https' name='a'", HOST HOST),
     NET("protocol='rbd' name='p/i'", HOST HOST)},
    {"disk-host-count", ERROR, "source.host", NET("protocol='gluster' name='v/p'", ""),
     NET("protocol='gluster' name='v/p'", HOST HOST)},
    {"disk-host-transport", WARNING, "source.host.1.transport",
     NET("protocol='nbd'", "<host transport='rdma' name='h'/>"),
     NET("protocol='gluster' name='v/p'", "<host transport='rdma' name='h'/>")},
    {"disk-host-transport", WARNING, "source.host.1.transport",
     NET("protocol='http' name='a'", "<host transport='unix' socket='/s'/>"),
     NET("protocol='nbd'", "<host transport='unix' socket='/s'/>")},
    {"disk-host-socket", ERROR, "source.host.1.socket",
     NET("protocol='nbd'", "<host transport='unix'/>"),
     NET("protocol='nbd'", "<host transport='unix' socket='/s'/>")},
    {"disk-host-socket", ERROR, "source.host.1.socket",
     NET("protocol='nbd'", "<host name='h' socket='/s'/>"), NULL},
    {"disk-host-name", ERROR, "source.host.1.name", NET("protocol='nbd'", "<host port='1'/>"),
     NET("protocol='nbd'", HOST)},
    {"disk-host-name", ERROR, "source.host.2.name",
     NET("protocol='rbd' name='p/i'", HOST "<host transport='unix' socket='/s' name='h'/>"), NULL},
    {"disk-host-port", ERROR, "source.host.1.port",
     NET("protocol='nfs' name='a'", "<host name='h' port='1'/>"),
     NET("protocol='nfs' name='a'", HOST)},
    {"disk-network-extra", ERROR, "source.query", NET("protocol='ftp' name='a' query='b'", HOST),
     NET("protocol='https' name='a' query='b'", HOST)},
    {"disk-network-extra", ERROR, "source.identity.user",
     NET("protocol='nbd'", HOST "<identity user='u'/>"),
     NET("protocol='nfs' name='a'", HOST "<identity user='u'/>")},
    {"disk-network-extra", ERROR, "source.readahead.size",
     NET("protocol='nbd'", HOST "<readahead size='1'/>"),
     NET("protocol='http' name='a'", HOST "<readahead size='1'/>")},
    {"disk-network-extra", ERROR, "source.timeout.seconds",
     NET("protocol='nbd'", HOST "<timeout seconds='1'/>"),
     NET("protocol='ftp' name='a'", HOST "<timeout seconds='1'/>")},
    {"disk-network-extra", ERROR, "source.ssl.verify",
     NET("protocol='http' name='a'", HOST "<ssl verify='no'/>"),
     NET("protocol='ftps' name='a'", HOST "<ssl verify='no'/>")},
    {"disk-network-extra", ERROR, "source.initiator",
     NET("protocol='nbd'", HOST "<initiator><iqn name='iqn.2017-12.com:x'/></initiator>"),
     ISCSI("<initiator><iqn name='iqn.2017-12.com:x'/></initiator>")},
    {"disk-iscsi-initiator", WARNING, "source.initiator",
     ISCSI("<initiator><iqn name='x'/></initiator>"),
     ISCSI("<initiator><iqn name='eui.0123456789abcdef'/></initiator>")},
    {"disk-auth-protocol", ERROR, "source.auth.username",
     NET("protocol='nbd'", HOST AUTH("<secret type='iscsi' usage='x'/>")),
     ISCSI(AUTH("<secret type='iscsi' usage='x'/>"))},
    {"disk-auth-protocol", WARNING, "source.auth.username",
     DISK("file", RAW AUTH("<secret type='iscsi' usage='x'/>") A VDA), NULL},
    {"disk-auth-once", ERROR, "source.auth.username",
     DISK("network",
          RAW AUTH("<secret type='iscsi' usage='x'/>") "<source protocol='iscsi' name='a/0'>" HOST
              AUTH("<secret type='iscsi' usage='x'/>") "</source>" VDA),
     DISK("network",
          RAW AUTH("<secret type='iscsi' usage='x'/>") "<source protocol='iscsi' name='a/0'>" HOST
                                                       "</source>" VDA)},
    {"disk-auth-username", ERROR, "source.auth.username",
     RBD("<auth><secret type='ceph' usage='x'/></auth>"),
     RBD(AUTH("<secret type='ceph' usage='x'/>"))},
    {"disk-auth-secret-type", ERROR, "source.auth.secret.type",
     RBD(AUTH("<secret type='iscsi' usage='x'/>")), RBD(AUTH("<secret type='ceph' usage='x'/>"))},
    {"disk-auth-secret-type", ERROR, "source.auth.secret.type", RBD(AUTH("<secret usage='x'/>")),
     NULL},
    {"disk-auth-secret", ERROR, "source.auth.secret.uuid", RBD(AUTH("<secret type='ceph'/>")),
     RBD(AUTH("<secret type='ceph' " UUID "/>"))},
    {"disk-auth-secret", ERROR, "source.auth.secret.usage",
     RBD(AUTH("<secret type='ceph' usage='x' " UUID "/>")), NULL},
};

#define QCOW2(rest)   DISK("file", "<driver name='qemu' type='qcow2'/>" A rest VDA)
#define LEVEL(inside) "<backingStore type='file'>" inside "</backingStore>"

static const Edge backing_edges[] = {
    {"disk-backing-type", ERROR, "backing.1.type",
     QCOW2("<backingStore><format type='raw'/><source file='/b'/></backingStore>"),
     QCOW2("<backingStore/>")},
    {"disk-backing-format", ERROR, "backing.1.format", QCOW2(LEVEL("<source file='/b'/>")),
     QCOW2(LEVEL("<format type='raw'/><source file='/b'/>"))},
    {"disk-backing-format", ERROR, "backing.1.format",
     QCOW2(LEVEL("<format type='luks'/><source file='/b'/>")),
     QCOW2(LEVEL("<format type='raw'/><source file='/b'/>"))},
    {"disk-backing-format", ERROR, "backing.1.format",
     QCOW2(LEVEL("<format type='fat'/><source file='/b'/>")),
     QCOW2(LEVEL("<format type='qcow2'/><source file='/b'/>"))},
    {"disk-backing-source", ERROR, "backing.1.source", QCOW2(LEVEL("<format type='raw'/>")),
     QCOW2(LEVEL("<format type='raw'/><source file='/b'/><backingStore/>"))},
    {"disk-backing-raw", WARNING, "backing.1.source",
     DISK("file", RAW A LEVEL("<format type='raw'/><source file='/b'/>") VDA),
     DISK("file", RAW A "<backingStore/>" VDA)},
    {"disk-backing-raw", WARNING, "backing.2.source",
     QCOW2(LEVEL("<format type='raw'/><source file='/b'/>" LEVEL(
         "<format type='raw'/><source file='/c'/>"))),
     QCOW2(LEVEL("<format type='qcow2'/><source file='/b'/>" LEVEL(
         "<format type='raw'/><source file='/c'/>")))},
    {"disk-source-missing", ERROR, "backing.1.source.file",
     QCOW2(LEVEL("<format type='raw'/><source dev='/b'/>")), NULL},
    {"disk-source-type", ERROR, "backing.1.source.dev",
     QCOW2(LEVEL("<format type='raw'/><source dev='/b'/>")), NULL},
    {"disk-host-count", ERROR, "backing.1.source.host",
     QCOW2("<backingStore type='network'><format type='raw'/><source "
           "protocol='nbd'/></backingStore>"),
     QCOW2("<backingStore type='network'><format type='raw'/><source protocol='nbd'>" HOST
           "</source></backingStore>")},
};

#define ENCRYPTED(type, encryption)                                                                \
    DISK("file",                                                                                   \
         "<driver name='qemu' type='" type "'/><source file='/a'>" encryption "</source>" VDA)

#define SECRET         "<secret type='passphrase' " UUID "/>"
#define CIPHER         "<cipher name='aes' size='256'/><ivgen name='plain64'/>"
#define LIBRBD(inside) RBD("<encryption format='luks2' engine='librbd'>" inside "</encryption>")

static const Edge driver_edges[] = {
    {"disk-encryption-cipher", ERROR, "source.encryption.cipher.name",
     ENCRYPTED("raw", "<encryption format='luks'>" SECRET CIPHER "</encryption>"),
     ENCRYPTED("raw", "<encryption format='luks'>" SECRET "</encryption>")},
    {"disk-encryption-cipher", ERROR, "backing.1.source.encryption.cipher.name",
     QCOW2(LEVEL("<format type='qcow2'/><source file='/b'><encryption format='luks'>" SECRET CIPHER
                 "</encryption></source>")),
     LIBRBD(SECRET CIPHER)},
    {"disk-driver-name", ERROR, "driver.name",
     DISK("file", "<driver name='tap' type='raw'/>" A VDA), DRIVER("type='raw'")},
    {"value", ERROR, "source.file",
     DISK("file", "<driver name='qemu' type='raw'/><source file='C:\\a'/>" VDA),
     DRIVER("type='raw'")},
    {"value", ERROR, "driver.type", DRIVER("type='nonsense'"), DRIVER("type='raw'")},
    {"disk-format", ERROR, "driver.type", DRIVER("type='luks'"), DRIVER("type='qcow2'")},
    {"disk-format", ERROR, "driver.type", DRIVER("type='fat'"), DRIVER("type='vhd'")},
    {"disk-format-stated", WARNING, "driver.type", DISK("file", "<driver name='qemu'/>" A VDA),
     DRIVER("type='raw'")},
    {"disk-io-cache", ERROR, "driver.cache", DRIVER("type='raw' io='native'"),
     DRIVER("type='raw' io='native' cache='none'")},
    {"disk-io-cache", ERROR, "driver.cache", DRIVER("type='raw' io='native' cache='writeback'"),
     DRIVER("type='raw' io='native' cache='directsync'")},
    {"disk-cache-unsafe", WARNING, "driver.cache", DRIVER("type='raw' cache='unsafe'"),
     DRIVER("type='raw' cache='writeback'")},
    {"value", ERROR, "driver.rerror_policy", DRIVER("type='raw' rerror_policy='enospace'"),
     DRIVER("type='raw' error_policy='enospace' rerror_policy='stop'")},
    {"disk-virtio-option", ERROR, "driver.queues", DRIVER_SCSI("type='raw' queues='4'"),
     DRIVER("type='raw' queues='4'")},
    {"disk-virtio-option", ERROR, "driver.event_idx", DRIVER_SCSI("type='raw' event_idx='on'"),
     DRIVER("type='raw' event_idx='on'")},
    {"disk-queue-size", WARNING, "driver.queue_size", DRIVER("type='raw' queue_size='100'"),
     DRIVER("type='raw' queue_size='128'")},
    {"disk-queue-size", WARNING, "driver.queue_size", DRIVER("type='raw' queue_size='2'"),
     DRIVER("type='raw' queue_size='4'")},
    {"disk-queue-size", WARNING, "driver.queue_size", DRIVER("type='raw' queue_size='2048'"),
     DRIVER("type='raw' queue_size='1024'")},
    {"disk-queue-size-bus", WARNING, "driver.queue_size",
     DRIVER_SCSI("type='raw' queue_size='128'"), DRIVER("type='raw' queue_size='128'")},
    {"disk-copy-on-read", ERROR, "driver.copy_on_read",
     DISK("file", "<driver name='qemu' type='qcow2' copy_on_read='on'/>" A VDA "<readonly/>"),
     DRIVER("type='qcow2' copy_on_read='on'")},
    {"disk-copy-on-read", ERROR, "driver.copy_on_read",
     DEVICE("lun", "block",
            "<driver name='qemu' type='raw' copy_on_read='on'/><source dev='/a'/>" VDA),
     DEVICE("lun", "block",
            "<driver name='qemu' type='raw' copy_on_read='off'/><source dev='/a'/>" VDA)},
    {"disk-discard-no-unref", ERROR, "driver.discard_no_unref",
     DRIVER("type='raw' discard_no_unref='on'"), DRIVER("type='qcow2' discard_no_unref='on'")},
    {"disk-detect-zeroes", WARNING, "driver.detect_zeroes",
     DRIVER("type='raw' detect_zeroes='unmap'"),
     DRIVER("type='raw' detect_zeroes='unmap' discard='unmap'")},
    {"disk-iothread", ERROR, "driver.iothread", DRIVER("type='raw' iothread='3'"),
     DRIVER("type='raw' iothread='2'")},
    {"disk-iothread-bus", ERROR, "driver.iothread", DRIVER_SCSI("type='raw' iothread='1'"),
     DRIVER("type='raw' iothread='1'")},
    {"disk-metadata-cache", ERROR, "driver.metadata_cache.max_size",
     DISK("file", "<driver name='qemu' type='raw'><metadata_cache><max_size>1</max_size>"
                  "</metadata_cache></driver>" A VDA),
     DISK("file", "<driver name='qemu' type='qcow2'><metadata_cache><max_size>1</max_size>"
                  "</metadata_cache></driver>" A VDA)},
    {"disk-encryption-qcow", ERROR, "source.encryption.format",
     ENCRYPTED("qcow2", "<encryption format='qcow'/>"),
     ENCRYPTED("qcow2", "<encryption format='luks'/>")},
    {"disk-encryption-format", ERROR, "driver.type",
     ENCRYPTED("vdi", "<encryption format='luks'/>"),
     ENCRYPTED("vmdk", "<encryption format='luks' engine='librbd'/>")},
    {"disk-encryption-once", ERROR, "source.encryption.format",
     DISK("file", RAW "<source file='/a'><encryption format='luks'/></source>" VDA
                      "<encryption format='luks'/>"),
     DISK("file", RAW A VDA "<encryption format='luks'/>")},
};

#define TUNE(inside)    DISK("file", RAW A VDA "<iotune>" inside "</iotune>")
#define N(name, number) "<" name ">" number "</" name ">"

static const Edge iotune_edges[] = {
    {"iotune-total", ERROR, "iotune.read_bytes_sec",
     TUNE(N("total_bytes_sec", "9") N("read_bytes_sec", "5")),
     TUNE(N("read_bytes_sec", "9") N("write_bytes_sec", "5"))},
    {"iotune-total", ERROR, "iotune.write_iops_sec",
     TUNE(N("total_iops_sec", "9") N("write_iops_sec", "5")),
     TUNE(N("total_iops_sec", "9") N("write_bytes_sec", "5"))},
    {"iotune-total", ERROR, "iotune.write_bytes_sec",
     TUNE(N("total_bytes_sec", "9") N("write_bytes_sec", "0")), NULL},
    {"iotune-total", ERROR, "iotune.read_bytes_sec_max",
     TUNE(N("read_bytes_sec", "1") N("total_bytes_sec_max", "9") N("read_bytes_sec_max", "9")),
     NULL},
    {"value", ERROR, "iotune.read_bytes_sec", TUNE(N("read_bytes_sec", "1000000000000001")),
     TUNE(N("read_bytes_sec", "1000000000000000"))},
    {"value", WARNING, "iotune.read_bytes_sec_max_length",
     TUNE(N("read_bytes_sec", "1") N("read_bytes_sec_max", "2")
              N("read_bytes_sec_max_length", "1000000000000001")),
     TUNE(N("read_bytes_sec", "1") N("read_bytes_sec_max", "2")
              N("read_bytes_sec_max_length", "1000000000000000"))},
    {"iotune-zero", WARNING, "iotune.read_bytes_sec", TUNE(N("read_bytes_sec", "0")),
     TUNE(N("read_bytes_sec", "1"))},
    {"iotune-max-base", WARNING, "iotune.read_bytes_sec_max", TUNE(N("read_bytes_sec_max", "5")),
     TUNE(N("read_bytes_sec", "5") N("read_bytes_sec_max", "5"))},
    {"iotune-max-base", WARNING, "iotune.read_bytes_sec_max",
     TUNE(N("total_bytes_sec", "5") N("read_bytes_sec_max", "5")),
     TUNE(N("total_bytes_sec", "5") N("total_bytes_sec_max", "5"))},
    {"iotune-max-low", WARNING, "iotune.write_iops_sec_max",
     TUNE(N("write_iops_sec", "5") N("write_iops_sec_max", "4")),
     TUNE(N("write_iops_sec", "5") N("write_iops_sec_max", "5"))},
    {"iotune-length-max", WARNING, "iotune.read_iops_sec_max_length",
     TUNE(N("read_iops_sec", "5") N("read_iops_sec_max_length", "5")),
     TUNE(N("read_iops_sec", "5") N("read_iops_sec_max", "6") N("read_iops_sec_max_length", "5"))},
    {"iotune-size-iops", WARNING, "iotune.size_iops_sec",
     TUNE(N("read_bytes_sec", "5") N("size_iops_sec", "5")),
     TUNE(N("read_iops_sec", "5") N("size_iops_sec", "5"))},
    {"iotune-filters", ERROR, "iotune",
     DISK("file", RAW A VDA "<iotune><read_bytes_sec>1</read_bytes_sec></iotune>"
                            "<throttlefilters><throttlefilter group='g'/></throttlefilters>"),
     DISK("file", RAW A VDA "<throttlefilters><throttlefilter group='g'/></throttlefilters>")},
    {"iotune-group", ERROR, "iotune.group_name", TUNE(N("group_name", "g")),
     TUNE(N("group_name", "g") N("read_bytes_sec", "1"))},
};

#define START      HEAD("kvm", "pc-q35-7.2") "<iothreads>2</iothreads><devices>"
#define RUN(edges) check_edges(edges, G_N_ELEMENTS(edges), START, TAIL, NULL)

static void test_source(void **state)
{
    RUN(source_edges);
}

static void test_network(void **state)
{
    RUN(network_edges);
}

static void test_backing(void **state)
{
    RUN(backing_edges);
}

static void test_driver(void **state)
{
    RUN(driver_edges);
}

static void test_iotune(void **state)
{
    RUN(iotune_edges);
}

static char *chain(unsigned levels, const char *end)
{
    GString *xml = g_string_new(START "<disk type='file' device='disk'>"
                                      "<driver name='qemu' type='qcow2'/>" A VDA);

    for (unsigned i = 0; i < levels; i++)
        g_string_append(xml, "<backingStore type='file'><format type='qcow2'/><source file='/b'/>");
    g_string_append(xml, end);
    for (unsigned i = 0; i < levels; i++)
        g_string_append(xml, "</backingStore>");
    g_string_append(xml, "</disk>" TAIL);
    return g_string_free(xml, FALSE);
}

static void test_depth(void **state)
{
    g_autofree char *most = chain(DW_MAX_CHAIN, "<backingStore/>");
    g_autofree char *more = chain(DW_MAX_CHAIN + 1, "");
    g_autoptr(GPtrArray) none = problems_of(most, NULL);
    g_autoptr(GPtrArray) one = problems_of(more, NULL);

    assert_int_equal(none->len, 0);
    assert_int_equal(one->len, 1);
    assert_string_equal(((DwProblem *)one->pdata[0])->rule, "disk-backing-depth");
    assert_string_equal(((DwProblem *)one->pdata[0])->id, "vda");
}

static void test_vhostuser(void **state)
{
    static const char head[] = HEAD("kvm", "pc-q35-7.2");
    static const char shared[] =
        HEAD("kvm", "pc-q35-7.2") "<memoryBacking><source type='memfd'/><access mode='shared'/>"
                                  "</memoryBacking>";
#define VHOST(attributes, options, target, rest)                                                   \
    "<devices><disk type='vhostuser' device='disk'" attributes                                     \
    "><driver name='qemu' type='raw'" options "/><source type='unix' path='/s'/><target " target   \
    "/>" rest "</disk></devices></domain>"
#define ON_VIRTIO "dev='vda' bus='virtio'"
    static const Edge plain = {"disk-vhostuser-memory", ERROR, "type", NULL, NULL};
    static const Edge edges[] = {
        {"disk-vhostuser-bus", ERROR, "target.bus", VHOST("", "", "dev='sda' bus='scsi'", ""),
         VHOST("", "", ON_VIRTIO, "")},
        {"disk-vhostuser-snapshot", ERROR, "snapshot",
         VHOST(" snapshot='external'", "", ON_VIRTIO, ""),
         VHOST(" snapshot='no'", "", ON_VIRTIO, "")},
        {"disk-vhostuser-setting", ERROR, "driver.cache", VHOST("", " cache='none'", ON_VIRTIO, ""),
         VHOST("", " cache='default'", ON_VIRTIO, "")},
        {"disk-vhostuser-setting", ERROR, "driver.io", VHOST("", " io='threads'", ON_VIRTIO, ""),
         VHOST("", " queues='2'", ON_VIRTIO, "")},
        {"disk-vhostuser-setting", ERROR, "serial", VHOST("", "", ON_VIRTIO, "<serial>1</serial>"),
         VHOST("", "", ON_VIRTIO, "<boot order='1'/>")},
    };
    g_autofree char *bad = g_strconcat(head, VHOST("", "", ON_VIRTIO, ""), NULL);
    g_autofree char *good = g_strconcat(shared, VHOST("", "", ON_VIRTIO, ""), NULL);

    g_autofree char *partly = g_strconcat(
        head,
        "<cpu><numa><cell id='0' cpus='0' memory='1' memAccess='shared'/><cell id='1' cpus='1' "
        "memory='1'/></numa></cpu>",
        VHOST("", "", ON_VIRTIO, ""), NULL);

    check_edge(&plain, bad, good, NULL);
    check_edge(&plain, partly, NULL, NULL);
    check_edges(edges, G_N_ELEMENTS(edges), shared, "", NULL);
}

/* Of threads with numbers of their own only those are known, up to the count. */
static void test_iothread_numbers(void **state)
{
    static const Edge edges[] = {
        {"disk-iothread", ERROR, "driver.iothread", DRIVER("type='raw' iothread='3'"),
         DRIVER("type='raw' iothread='7'")},
    };

    check_edges(edges, 1,
                HEAD("kvm", "pc-q35-7.2") "<iothreads>2</iothreads><iothreadids><iothread id='7'/>"
                                          "</iothreadids><devices>",
                TAIL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_source),    cmocka_unit_test(test_network),
        cmocka_unit_test(test_backing),   cmocka_unit_test(test_driver),
        cmocka_unit_test(test_iotune),    cmocka_unit_test(test_depth),
        cmocka_unit_test(test_vhostuser), cmocka_unit_test(test_iothread_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
