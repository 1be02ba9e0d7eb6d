/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys of sources of storage: of disks, of each level of their chains, of where their data is kept
 * apart, and of the firmware's variables; data only. What the fields mean is in table.h. Whatever
 * decides what the guest can read or write on the host is without a reason to be safe (rows.h).
 */
#include "table/kinds/rows.h"

#define PROTOCOLS "nbd iscsi rbd gluster http https ftp ftps tftp nfs@7.0.0 ssh vxhs sheepdog"

/* clang-format off */
const DwRow dw_source_rows[] = {
    {"file", "@file", DW_FORM_PATH, SAFE_IMAGE, .safe_if = DW_SAFE_WHOLE, .doc = "Image file on the host."},
    {"dev", "@dev", DW_FORM_PATH, 0, .flags = DW_ROW_DEVICE | DW_ROW_LAX, .doc = "Block device on the host, or vdpa device."},
    {"dir", "@dir", DW_FORM_PATH, 0, .doc = "Directory shown to the guest as a read-only FAT disk."},
    {"pool", "@pool", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Storage pool of the volume."},
    {"volume", "@volume", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Volume in the storage pool."},
    {"mode", "@mode", DW_FORM_ENUM, 0, "host direct", .doc = "How a volume of an iSCSI pool is reached."},
    {"protocol", "@protocol", DW_FORM_ENUM, 0, PROTOCOLS, .doc = "Network protocol."},
    {"name", "@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Name of the image on the server: target/LUN, pool/image, path."},
    {"query", "@query", DW_FORM_STRING, 0, .since = "6.2.0", .doc = "Query of a http or https source."},
    {"type", "@type", DW_FORM_ENUM, 0, "pci unix", .doc = "Kind of source: pci for nvme, unix for vhostuser."},
    {"managed", "@managed", DW_FORM_YESNO, 0, .doc = "Whether libvirt detaches the NVMe controller from the host by itself."},
    {"namespace", "@namespace", DW_FORM_UINT, 0, .min = 1, .doc = "NVMe namespace."},
    {"path", "@path", DW_FORM_PATH, 0, .since = "7.1.0", .doc = "Socket of a vhostuser disk."},
    {"startupPolicy", "@startupPolicy", DW_FORM_ENUM, 0, "mandatory requisite optional", .usual = "mandatory", .doc = "What happens when the source is missing at start."},
    {"fdgroup", "@fdgroup", DW_FORM_STRING, 0, .since = "9.0.0", .doc = "File descriptors that were handed to libvirt."},
    {"tls", "@tls", DW_FORM_YESNO, 0, .doc = "Whether a nbd or vxhs source is encrypted."},
    {"tlsHostname", "@tlsHostname", DW_FORM_STRING, 0, .since = "8.2.0", .doc = "Name that a nbd server's certificate must have."},
    {"snapshot.name", "snapshot/@name", DW_FORM_STRING, 0, .doc = "Snapshot of a rbd image."},
    {"config.file", "config/@file", DW_FORM_PATH, 0, .doc = "Configuration of the rbd client."},
    {"readahead.size", "readahead/@size", DW_FORM_UINT64, SAFE_SPEED, .min = 1, .max = UINT64_MAX, .unit = "bytes", .since = "6.2.0", .doc = "What is read ahead of a http, https, ftp or ftps source."},
    {"timeout.seconds", "timeout/@seconds", DW_FORM_UINT64, SAFE_SPEED, .min = 1, .max = UINT64_MAX, .unit = "s", .since = "6.2.0", .doc = "How long a http, https, ftp or ftps server may take."},
    {"identity.user", "identity/@user", DW_FORM_STRING, 0, .since = "7.0.0", .doc = "User at a nfs server; a number begins with +."},
    {"identity.group", "identity/@group", DW_FORM_STRING, 0, .since = "7.0.0", .doc = "Group at a nfs server; a number begins with +."},
    {"reservations.managed", "reservations/@managed", DW_FORM_YESNO, 0, .doc = "Whether libvirt runs the helper for persistent reservations."},
    {"reservations.source.type", "reservations/source/@type", DW_FORM_ENUM, 0, "unix", .doc = "Kind of socket of a helper of one's own."},
    {"reservations.source.path", "reservations/source/@path", DW_FORM_PATH, 0, .doc = "Socket of a helper of one's own."},
    {"reservations.source.mode", "reservations/source/@mode", DW_FORM_ENUM, 0, "client", .doc = "Side of the socket that the domain is on."},
    {"reconnect.enabled", "reconnect/@enabled", DW_FORM_YESNO, 0, .since = "7.1.0", .usual = "no", .doc = "Whether a vhostuser disk connects again."},
    {"reconnect.timeout", "reconnect/@timeout", DW_FORM_UINT, 0, .unit = "s", .since = "7.1.0", .doc = "How long it waits before it does."},
    {"initiator", "initiator/iqn/@name", DW_FORM_STRING, 0, .doc = "iSCSI name of the initiator (IQN)."},
    {"address", "address", DW_FORM_PCI, 0, .doc = "PCI address of the NVMe controller on the host."},
    {"ssl.verify", "ssl/@verify", DW_FORM_YESNO, 0, .since = "6.2.0", .doc = "Whether the certificate of a https or ftps server is checked."},
    {"address.multifunction", "address/@multifunction", DW_FORM_ENUM, 0, "on off", .doc = "Whether other PCI functions share the slot of the NVMe controller."},
    {"reservations.migration", "reservations/@migration", DW_FORM_YESNO, 0, .since = "12.1.0", .doc = "Whether persistent reservations move with the domain."},
    {"reservations.source.reconnect.enabled", "reservations/source/reconnect/@enabled", DW_FORM_YESNO, 0, .doc = "Whether the connection to a helper of one's own is made again."},
    {"reservations.source.reconnect.timeout", "reservations/source/reconnect/@timeout", DW_FORM_UINT, 0, .unit = "s", .doc = "How long it waits before it is."},
    {"reservations.source.reconnect.delay", "reservations/source/reconnect/@delay", DW_FORM_UINT, 0, .unit = "s", .since = "9.2.0", .doc = "How long it waits between two attempts."},
    {"reconnect.delay", "reconnect/@delay", DW_FORM_UINT, 0, .unit = "s", .since = "9.2.0", .doc = "How long a vhostuser disk waits between two attempts to connect."},
    {"identity.username", "identity/@username", DW_FORM_STRING, 0, .since = "9.8.0", .doc = "User at a ssh server."},
    {"identity.keyfile", "identity/@keyfile", DW_FORM_PATH, 0, .since = "9.8.0", .doc = "File on the host with the key for a ssh server."},
    {"identity.agentsock", "identity/@agentsock", DW_FORM_PATH, 0, .since = "9.8.0", .doc = "Socket on the host of the agent that has the key for a ssh server."},
    {"knownHosts.path", "knownHosts/@path", DW_FORM_PATH, 0, .since = "9.8.0", .doc = "File on the host with the ssh servers that are trusted."},
    {"slices.slice.offset", "slices/slice[@type='storage']/@offset", DW_FORM_UINT64, 0, .unit = "bytes", .since = "6.1.0", .doc = "Where in the source the image begins."},
    {"slices.slice.size", "slices/slice[@type='storage']/@size", DW_FORM_UINT64, 0, .min = 1, .max = UINT64_MAX, .unit = "bytes", .since = "6.1.0", .doc = "How much of the source the image takes."},
    {"index", "@index", DW_FORM_UINT, 0, .flags = DW_ROW_OUTPUT, .doc = "Number by which block jobs of a running domain name the source."},
    {NULL},
};

const DwRow dw_source_host_rows[] = {
    {"name", "@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Server's name or address."},
    {"port", "@port", DW_FORM_UINT, 0, .min = 0, .max = 65535, .doc = "Server's port."},
    {"transport", "@transport", DW_FORM_ENUM, 0, "tcp unix rdma", .doc = "Transport to the server."},
    {"socket", "@socket", DW_FORM_PATH, 0, .doc = "Socket of the unix transport."},
    {NULL},
};

const DwRow dw_source_auth_rows[] = {
    {"username", "@username", DW_FORM_STRING, 0, .doc = "User at the server."},
    {"secret.type", "secret/@type", DW_FORM_ENUM, 0, "ceph iscsi", .doc = "Kind of libvirt secret."},
    {"secret.usage", "secret/@usage", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Usage name of the libvirt secret."},
    {"secret.uuid", "secret/@uuid", DW_FORM_UUID, 0, .flags = DW_ROW_HOST, .doc = "UUID of the libvirt secret."},
    {NULL},
};

const DwRow dw_encryption_rows[] = {
    {"format", "@format", DW_FORM_ENUM, 0, "luks luks2@7.9.0 luks-any@9.2.0 qcow default", .doc = "How the image is encrypted."},
    {"engine", "@engine", DW_FORM_ENUM, 0, "qemu librbd", .since = "7.9.0", .doc = "Who does the encryption."},
    {"cipher.name", "cipher/@name", DW_FORM_STRING, 0, .doc = "Cipher of a new image, such as aes."},
    {"cipher.size", "cipher/@size", DW_FORM_UINT, 0, .unit = "bits", .doc = "Size of the cipher's key."},
    {"cipher.mode", "cipher/@mode", DW_FORM_STRING, 0, .doc = "Mode of the cipher, such as cbc."},
    {"cipher.hash", "cipher/@hash", DW_FORM_STRING, 0, .doc = "Hash of the cipher, such as sha256."},
    {"ivgen.name", "ivgen/@name", DW_FORM_STRING, 0, .doc = "How initialization vectors are made, such as plain64."},
    {"ivgen.hash", "ivgen/@hash", DW_FORM_STRING, 0, .doc = "Hash by which initialization vectors are made, such as sha256."},
    {NULL},
};

const DwRow dw_encryption_secret_rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, "passphrase", .doc = "Kind of libvirt secret."},
    {"uuid", "@uuid", DW_FORM_UUID, 0, .flags = DW_ROW_HOST, .doc = "UUID of the libvirt secret with the passphrase."},
    {"usage", "@usage", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Usage name of the libvirt secret with the passphrase."},
    {NULL},
};

const DwRow dw_cookie_rows[] = {
    {"", "", DW_FORM_STRING, 0, .since = "6.2.0", .flags = DW_ROW_SECRET, .doc = "Value of this cookie, sent to a http or https server."},
    {NULL},
};

const DwRow dw_data_store_rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, STORAGE_TYPES, .since = "10.10.0", .doc = "Where the data of an image with a data file of its own is."},
    {"format", "format/@type", DW_FORM_ENUM, 0, FORMATS, .since = "10.10.0", .doc = "Format of the data file; raw is all that QEMU takes."},
    {"format.metadata_cache.max_size", "format/metadata_cache/max_size", DW_FORM_SIZE, 0, .unit = "bytes", .bare_unit = "bytes", .since = "10.10.0", .doc = "Memory for the data file's tables at most."},
    {NULL},
};

#define RATE(name, what) {name, name, DW_FORM_UINT64, SAFE_SHARE, .max = 1000000000000000, .unit = "bytes/s", .flags = DW_ROW_LIVE, .doc = what}
#define OPERATIONS(name, what) {name, name, DW_FORM_UINT64, SAFE_SHARE, .max = 1000000000000000, .unit = "operations/s", .flags = DW_ROW_LIVE, .doc = what}
#define SECONDS(name, what) {name, name, DW_FORM_UINT64, SAFE_SHARE, .max = 1000000000000000, .unit = "s", .flags = DW_ROW_LIVE | DW_ROW_LAX, .doc = what}
const DwRow dw_iotune_rows[] = {
    RATE("total_bytes_sec", "Limit of bytes read and written; excludes the separate ones."),
    RATE("read_bytes_sec", "Limit of bytes read."),
    RATE("write_bytes_sec", "Limit of bytes written."),
    OPERATIONS("total_iops_sec", "Limit of operations; excludes the separate ones."),
    OPERATIONS("read_iops_sec", "Limit of read operations."),
    OPERATIONS("write_iops_sec", "Limit of write operations."),
    RATE("total_bytes_sec_max", "Burst limit of bytes read and written."),
    RATE("read_bytes_sec_max", "Burst limit of bytes read."),
    RATE("write_bytes_sec_max", "Burst limit of bytes written."),
    OPERATIONS("total_iops_sec_max", "Burst limit of operations."),
    OPERATIONS("read_iops_sec_max", "Burst limit of read operations."),
    OPERATIONS("write_iops_sec_max", "Burst limit of write operations."),
    {"size_iops_sec", "size_iops_sec", DW_FORM_UINT64, SAFE_SHARE, .max = 1000000000000000, .unit = "bytes", .flags = DW_ROW_LIVE, .doc = "Size of one operation in counting."},
    {"group_name", "group_name", DW_FORM_STRING, SAFE_SHARE, .flags = DW_ROW_LIVE, .doc = "Disks of the same group share their limits."},
    SECONDS("total_bytes_sec_max_length", "How long a burst of bytes may last."),
    SECONDS("read_bytes_sec_max_length", "How long a burst of reads may last."),
    SECONDS("write_bytes_sec_max_length", "How long a burst of writes may last."),
    SECONDS("total_iops_sec_max_length", "How long a burst of operations may last."),
    SECONDS("read_iops_sec_max_length", "How long a burst of read operations may last."),
    SECONDS("write_iops_sec_max_length", "How long a burst of write operations may last."),
    {NULL},
};
/* clang-format on */
