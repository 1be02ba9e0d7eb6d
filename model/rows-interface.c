/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys of network interfaces; data only. What the fields mean is in table.h. Whatever decides what
 * the guest can reach of the network has no reason to be safe (rows.h).
 */
#include "rows.h"

/* clang-format off */
static const DwRow interface_rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, "network bridge user ethernet direct hostdev internal server client mcast udp vhostuser vdpa@6.9.0 null@8.7.0 vds@8.7.0", .doc = "What the host's end is connected to; inferred from the source that is given."},
    {"managed", "@managed", DW_FORM_YESNO, 0, .doc = "Whether libvirt detaches a host device from the host by itself."},
    {"trustGuestRxFilters", "@trustGuestRxFilters", DW_FORM_YESNO, 0, .doc = "Whether the guest may change the filters of the host's end."},
    {"mac.address", "mac/@address", DW_FORM_STRING, 0, .doc = "MAC address in the guest; made by domwright when it is not given."},
    {"mac.check", "mac/@check", DW_FORM_YESNO, 0, .doc = "Whether the address is checked to be outside VMware's own range."},
    {"target.dev", "target/@dev", DW_FORM_STRING, 0, .doc = "Name of the network device made on the host."},
    {"target.managed", "target/@managed", DW_FORM_YESNO, 0, .doc = "Whether libvirt makes and removes the network device of type ethernet."},
    {"guest.dev", "guest/@dev", DW_FORM_STRING, SAFE_GUEST, .safe_if = DW_SAFE_NAME, .doc = "Name of the network device in a container."},
    {"script.path", "script/@path", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Program run on the host to set the interface up."},
    {"downscript.path", "downscript/@path", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Program run on the host to take the interface down."},
    {"backenddomain.name", "backenddomain/@name", DW_FORM_STRING, 0, .doc = "Xen domain that drives the host's end."},
    {"model.type", "model/@type", DW_FORM_STRING, SAFE_GUEST, .safe_values = "virtio virtio-transitional virtio-non-transitional e1000 e1000e igb rtl8139 ne2k_pci pcnet vmxnet3 usb-net spapr-vlan", .doc = "Network card the guest sees, such as virtio or e1000e."},
    {"backend.type", "backend/@type", DW_FORM_ENUM, 0, "passt@9.0.0", .doc = "Program that does the networking of type user."},
    {"backend.tap", "backend/@tap", DW_FORM_PATH, 0, .doc = "Device on the host that makes network devices."},
    {"backend.vhost", "backend/@vhost", DW_FORM_PATH, 0, .doc = "Device on the host that moves packets."},
    {"backend.logFile", "backend/@logFile", DW_FORM_PATH, 0, .since = "9.0.0", .doc = "File on the host that the backend logs to."},
    {"virtualport.type", "virtualport/@type", DW_FORM_ENUM, 0, "802.1Qbg 802.1Qbh openvswitch midonet", .doc = "How the host's switch knows the port."},
    {"virtualport.interfaceid", "virtualport/parameters/@interfaceid", DW_FORM_UUID, 0, .doc = "Id of the port, for openvswitch and midonet."},
    {"virtualport.profileid", "virtualport/parameters/@profileid", DW_FORM_STRING, 0, .doc = "Profile of the port, for openvswitch and 802.1Qbh."},
    {"virtualport.managerid", "virtualport/parameters/@managerid", DW_FORM_STRING, 0, .doc = "Manager of the port's type, for 802.1Qbg."},
    {"virtualport.typeid", "virtualport/parameters/@typeid", DW_FORM_STRING, 0, .doc = "Type of the port, for 802.1Qbg."},
    {"virtualport.typeidversion", "virtualport/parameters/@typeidversion", DW_FORM_STRING, 0, .doc = "Version of the port's type, for 802.1Qbg."},
    {"virtualport.instanceid", "virtualport/parameters/@instanceid", DW_FORM_UUID, 0, .doc = "Instance of the port's type, for 802.1Qbg."},
    {"filterref.filter", "filterref/@filter", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Network filter of the host that applies."},
    {"coalesce.rx.frames.max", "coalesce/rx/frames/@max", DW_FORM_UINT, SAFE_SPEED, .doc = "Packets received at most before the host is told."},
    {"tune.sndbuf", "tune/sndbuf", DW_FORM_UINT, SAFE_SHARE, .unit = "bytes", .doc = "Size of the host's send buffer."},
    {"link.state", "link/@state", DW_FORM_ENUM, 0, "up down", .flags = DW_ROW_LIVE, .doc = "Whether the guest's cable is plugged in."},
    {"mtu.size", "mtu/@size", DW_FORM_UINT, 0, .min = 68, .max = 65535, .unit = "bytes", .doc = "Largest packet."},
    {"port.isolated", "port/@isolated", DW_FORM_YESNO, 0, .since = "6.1.0", .doc = "Whether isolated ports of the bridge are kept from each other."},
    {"teaming.type", "teaming/@type", DW_FORM_ENUM, 0, "persistent transient", .since = "6.1.0", .doc = "Part the interface has in a team of a virtio and a host device."},
    {"teaming.persistent", "teaming/@persistent", DW_FORM_STRING, 0, .since = "6.1.0", .doc = "Alias of the persistent interface of the team."},
    BOOT_ORDER,
    ROM_ROWS,
    ALIAS,
    ACPI_INDEX,
    {NULL},
};

static const DwRow source_rows[] = {
    {"network", "@network", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Virtual network of the host, for type network."},
    {"portgroup", "@portgroup", DW_FORM_STRING, 0, .doc = "Group of ports of the virtual network."},
    {"portid", "@portid", DW_FORM_UUID, 0, .doc = "Port of the virtual network; given by libvirt."},
    {"bridge", "@bridge", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Bridge on the host, for type bridge."},
    {"macTableManager", "@macTableManager", DW_FORM_ENUM, 0, "kernel libvirt", .doc = "Who fills the bridge's table of addresses."},
    {"dev", "@dev", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Network device on the host, for types direct and vdpa."},
    {"mode", "@mode", DW_FORM_ENUM, 0, "vepa bridge private passthrough server client", .doc = "How a direct interface shares the host's device; server or client of a vhostuser socket."},
    {"name", "@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Internal network of type internal."},
    {"type", "@type", DW_FORM_ENUM, 0, "unix", .doc = "Kind of socket of type vhostuser."},
    {"path", "@path", DW_FORM_PATH, 0, .doc = "Socket of type vhostuser."},
    {"address", "@address", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Address of types mcast, server, client and udp."},
    {"port", "@port", DW_FORM_UINT, 0, .max = 65535, .doc = "Port of types mcast, server, client and udp."},
    {"local.address", "local/@address", DW_FORM_STRING, 0, .doc = "Own address of type udp."},
    {"local.port", "local/@port", DW_FORM_UINT, 0, .max = 65535, .doc = "Own port of type udp."},
    {"reconnect.enabled", "reconnect/@enabled", DW_FORM_YESNO, 0, .doc = "Whether a client of type vhostuser connects again."},
    {"reconnect.timeout", "reconnect/@timeout", DW_FORM_UINT, 0, .unit = "s", .doc = "How long it waits before it does."},
    {NULL},
};

static const DwRow driver_rows[] = {
    {"name", "@name", DW_FORM_ENUM, 0, "vhost qemu kvm vfio xen", .doc = "Who moves the packets."},
    {"queues", "@queues", DW_FORM_UINT, SAFE_SPEED, .min = 1, .max = 256, .doc = "Number of virtio queues."},
    {"rx_queue_size", "@rx_queue_size", DW_FORM_UINT, SAFE_SPEED, .min = 1, .max = UINT32_MAX, .doc = "Size of a receiving virtio queue, a power of two."},
    {"tx_queue_size", "@tx_queue_size", DW_FORM_UINT, SAFE_SPEED, .min = 1, .max = UINT32_MAX, .doc = "Size of a sending virtio queue, a power of two."},
    {"txmode", "@txmode", DW_FORM_ENUM, SAFE_SPEED, "iothread timer", .doc = "How packets are sent."},
    {"ioeventfd", "@ioeventfd", DW_FORM_ONOFF, SAFE_SPEED, .doc = "I/O in a thread of its own, virtio only."},
    {"event_idx", "@event_idx", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Fewer interrupts, virtio only."},
    {"rss", "@rss", DW_FORM_ONOFF, 0, .since = "8.3.0", .doc = "Receive-side scaling, virtio only."},
    {"rss_hash_report", "@rss_hash_report", DW_FORM_ONOFF, SAFE_SPEED, .since = "8.3.0", .doc = "Hash of receive-side scaling told to the guest, virtio only."},
    {"host.csum", "host/@csum", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Checksum offload of the host's end."},
    {"host.gso", "host/@gso", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Generic segmentation offload of the host's end."},
    {"host.tso4", "host/@tso4", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Segmentation offload for IPv4 of the host's end."},
    {"host.tso6", "host/@tso6", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Segmentation offload for IPv6 of the host's end."},
    {"host.ecn", "host/@ecn", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Congestion notification of the host's end."},
    {"host.ufo", "host/@ufo", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Fragmentation offload for UDP of the host's end."},
    {"host.mrg_rxbuf", "host/@mrg_rxbuf", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Mergeable receive buffers of the host's end."},
    {"guest.csum", "guest/@csum", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Checksum offload of the guest's end."},
    {"guest.tso4", "guest/@tso4", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Segmentation offload for IPv4 of the guest's end."},
    {"guest.tso6", "guest/@tso6", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Segmentation offload for IPv6 of the guest's end."},
    {"guest.ecn", "guest/@ecn", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Congestion notification of the guest's end."},
    {"guest.ufo", "guest/@ufo", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Fragmentation offload for UDP of the guest's end."},
    {NULL},
};

static const DwRow bandwidth_rows[] = {
    {"average", "@average", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .unit = "KiB/s", .flags = DW_ROW_LIVE, .doc = "Rate in the long run."},
    {"peak", "@peak", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .unit = "KiB/s", .flags = DW_ROW_LIVE, .doc = "Highest rate of a burst."},
    {"burst", "@burst", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .unit = "KiB", .flags = DW_ROW_LIVE, .doc = "What may go at the highest rate."},
    {"floor", "@floor", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .unit = "KiB/s", .flags = DW_ROW_LIVE, .doc = "Rate guaranteed by a virtual network, inbound only."},
    {NULL},
};

/* What a container, or a guest of type user, is told. */
static const DwRow ip_rows[] = {
    {"address", "@address", DW_FORM_STRING, 0, .doc = "Address of the guest."},
    {"family", "@family", DW_FORM_ENUM, 0, "ipv4 ipv6", .doc = "Whether it is IPv4 or IPv6."},
    {"prefix", "@prefix", DW_FORM_UINT, 0, .max = 128, .doc = "Length of the network's part."},
    {"peer", "@peer", DW_FORM_STRING, 0, .doc = "Address at the other end."},
    {NULL},
};

static const DwRow vlan_rows[] = {
    {"id", "@id", DW_FORM_UINT, 0, .max = 4095, .doc = "VLAN the guest's packets are in."},
    {"nativeMode", "@nativeMode", DW_FORM_ENUM, 0, "tagged untagged", .doc = "How packets without a tag are treated in this VLAN."},
    {NULL},
};

const DwSection dw_interface_sections[] = {
    {"", "", NULL, interface_rows},
    {"source.", "source", NULL, source_rows},
    {"driver.", "driver", NULL, driver_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"vlan.tag.N.", "vlan/tag[N]", NULL, vlan_rows},
    {"ip.N.", "ip[N]", NULL, ip_rows},
    {"bandwidth.inbound.", "bandwidth/inbound", NULL, bandwidth_rows},
    {"bandwidth.outbound.", "bandwidth/outbound", NULL, bandwidth_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};
/* clang-format on */
