/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of network interfaces; data only. What the fields mean is in table.h. Whatever decides what
 * the guest can reach of the network has no reason to be safe (rows.h). */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, "network bridge user ethernet direct hostdev internal server client mcast udp vhostuser vdpa@6.9.0 null@8.7.0 vds@8.7.0", .doc = "What the host's end is connected to; inferred from the source that is given."},
    {"managed", "@managed", DW_FORM_YESNO, 0, .doc = "Whether libvirt detaches a host device from the host by itself."},
    {"trustGuestRxFilters", "@trustGuestRxFilters", DW_FORM_YESNO, 0, .flags = DW_ROW_LIVE, .usual = "no", .doc = "Whether the guest may change the filters of the host's end."},
    {"mac.address", "mac/@address", DW_FORM_STRING, 0, .doc = "MAC address in the guest; made by domwright when it is not given."},
    {"mac.check", "mac/@check", DW_FORM_YESNO, 0, .doc = "Whether the address is checked to be outside VMware's own range."},
    {"target.dev", "target/@dev", DW_FORM_STRING, 0, .doc = "Name of the network device made on the host."},
    {"target.managed", "target/@managed", DW_FORM_YESNO, 0, .usual = "yes", .doc = "Whether libvirt makes and removes the network device of type ethernet."},
    {"guest.dev", "guest/@dev", DW_FORM_STRING, SAFE_GUEST, .safe_if = DW_SAFE_NAME, .doc = "Name of the network device in a container."},
    {"script.path", "script/@path", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Program run on the host to set the interface up."},
    {"downscript.path", "downscript/@path", DW_FORM_STRING, 0, .since = "6.4.0", .flags = DW_ROW_HOST, .doc = "Program run on the host to take the interface down."},
    {"backenddomain.name", "backenddomain/@name", DW_FORM_STRING, 0, .doc = "Xen domain that drives the host's end."},
    {"model.type", "model/@type", DW_FORM_STRING, SAFE_GUEST, .safe_values = "virtio virtio-transitional virtio-non-transitional e1000 e1000e igb rtl8139 ne2k_pci pcnet vmxnet3 usb-net spapr-vlan", .doc = "Network card the guest sees, such as virtio or e1000e."},
    {"backend.type", "backend/@type", DW_FORM_ENUM, 0, "passt@9.0.0 default@10.6.0", .doc = "Program that does the networking of type user."},
    {"backend.tap", "backend/@tap", DW_FORM_PATH, 0, .doc = "Device on the host that makes network devices."},
    {"backend.vhost", "backend/@vhost", DW_FORM_PATH, 0, .doc = "Device on the host that moves packets."},
    {"backend.logFile", "backend/@logFile", DW_FORM_PATH, 0, .since = "9.0.0", .doc = "File on the host that the backend logs to."},
    {"virtualport.type", "virtualport/@type", DW_FORM_ENUM, 0, "802.1Qbg 802.1Qbh openvswitch midonet", .flags = DW_ROW_LIVE, .doc = "How the host's switch knows the port."},
    {"virtualport.interfaceid", "virtualport/parameters/@interfaceid", DW_FORM_UUID, 0, .flags = DW_ROW_LIVE, .doc = "Id of the port, for openvswitch and midonet."},
    {"virtualport.profileid", "virtualport/parameters/@profileid", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "Profile of the port, for openvswitch and 802.1Qbh."},
    {"virtualport.managerid", "virtualport/parameters/@managerid", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "Manager of the port's type, for 802.1Qbg."},
    {"virtualport.typeid", "virtualport/parameters/@typeid", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "Type of the port, for 802.1Qbg."},
    {"virtualport.typeidversion", "virtualport/parameters/@typeidversion", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "Version of the port's type, for 802.1Qbg."},
    {"virtualport.instanceid", "virtualport/parameters/@instanceid", DW_FORM_UUID, 0, .flags = DW_ROW_LIVE, .doc = "Instance of the port's type, for 802.1Qbg."},
    {"filterref.filter", "filterref/@filter", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE | DW_ROW_HOST, .doc = "Network filter of the host that applies."},
    {"coalesce.rx.frames.max", "coalesce/rx/frames/@max", DW_FORM_UINT, SAFE_SPEED, .flags = DW_ROW_LIVE, .doc = "Packets received at most before the host is told."},
    {"tune.sndbuf", "tune/sndbuf", DW_FORM_UINT, SAFE_SHARE, .unit = "bytes", .doc = "Size of the host's send buffer."},
    {"link.state", "link/@state", DW_FORM_ENUM, 0, "up down", .flags = DW_ROW_LIVE, .usual = "up", .doc = "Whether the guest's cable is plugged in."},
    {"mtu.size", "mtu/@size", DW_FORM_UINT, 0, .min = 68, .max = 65535, .unit = "bytes", .flags = DW_ROW_LAX, .doc = "Largest packet."},
    {"port.isolated", "port/@isolated", DW_FORM_YESNO, 0, .since = "6.1.0", .flags = DW_ROW_LIVE, .usual = "no", .doc = "Whether isolated ports of the bridge are kept from each other."},
    {"teaming.type", "teaming/@type", DW_FORM_ENUM, 0, "persistent transient", .since = "6.1.0", .doc = "Part the interface has in a team of a virtio and a host device."},
    {"teaming.persistent", "teaming/@persistent", DW_FORM_STRING, 0, .since = "6.1.0", .doc = "Alias of the persistent interface of the team."},
    BOOT_ORDER,
    ROM_ROWS,
    ALIAS,
    ACPI_ROWS,
    {"mac.type", "mac/@type", DW_FORM_ENUM, 0, "generated static", .since = "6.6.0", .doc = "Whether VMware has made the address or somebody else."},
    {"mac.currentAddress", "mac/@currentAddress", DW_FORM_STRING, 0, .since = "11.2.0", .flags = DW_ROW_OUTPUT, .doc = "MAC address that the guest of a running domain has given itself."},
    {"guest.actual", "guest/@actual", DW_FORM_STRING, 0, .flags = DW_ROW_OUTPUT, .doc = "Name of the network device in a running container."},
    {"backend.hostname", "backend/@hostname", DW_FORM_STRING, 0, .since = "11.8.0", .doc = "Host name that the backend tells the guest, passt only."},
    {"backend.fqdn", "backend/@fqdn", DW_FORM_STRING, 0, .since = "11.8.0", .doc = "Full host name that the backend tells the guest, passt only."},
    {"bandwidth.classID", "bandwidth/@classID", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .doc = "Number of the interface's share of a virtual network; given by libvirt."},
    {"vlan.trunk", "vlan/@trunk", DW_FORM_ENUM, 0, "yes", .flags = DW_ROW_LIVE, .doc = "The guest's packets have tags of several VLANs."},
    {NULL},
};

/* What is no PCI address is written in the other place. */
static const DwRow source_rows[] = {
    {"network", "@network", DW_FORM_STRING, 0, .flags = DW_ROW_HOST | DW_ROW_LIVE, .doc = "Virtual network of the host, for type network."},
    {"portgroup", "@portgroup", DW_FORM_STRING, 0, .doc = "Group of ports of the virtual network."},
    {"portid", "@portid", DW_FORM_STRING, 0, .doc = "Port of the virtual network; given by libvirt."},
    {"bridge", "@bridge", DW_FORM_STRING, 0, .flags = DW_ROW_HOST | DW_ROW_LIVE, .doc = "Bridge on the host, for type bridge."},
    {"macTableManager", "@macTableManager", DW_FORM_ENUM, 0, "kernel libvirt", .flags = DW_ROW_OUTPUT, .doc = "Who fills the bridge's table of addresses."},
    {"dev", "@dev", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Network device on the host, for types direct and vdpa."},
    {"mode", "@mode", DW_FORM_ENUM, 0, "vepa bridge private passthrough server client", .doc = "How a direct interface shares the host's device; server or client of a vhostuser socket."},
    {"name", "@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Internal network of type internal."},
    {"type", "@type", DW_FORM_ENUM, 0, "unix", .doc = "Kind of socket of type vhostuser."},
    {"path", "@path", DW_FORM_PATH, 0, .doc = "Socket of type vhostuser."},
    {"address", "address", DW_FORM_PCI, 0, .flags = DW_ROW_OTHER, .doc = "PCI address of a network device of the host, for type hostdev; address of types mcast, server, client and udp."},
    {"address", "@address", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Address of types mcast, server, client and udp."},
    {"port", "@port", DW_FORM_UINT, 0, .max = 65535, .doc = "Port of types mcast, server, client and udp."},
    {"local.address", "local/@address", DW_FORM_STRING, 0, .doc = "Own address of type udp."},
    {"local.port", "local/@port", DW_FORM_UINT, 0, .max = 65535, .doc = "Own port of type udp."},
    {"reconnect.enabled", "reconnect/@enabled", DW_FORM_YESNO, 0, .usual = "no", .doc = "Whether a client of type vhostuser connects again."},
    {"reconnect.timeout", "reconnect/@timeout", DW_FORM_UINT, 0, .unit = "s", .doc = "How long it waits before it does."},
    {"address.type", "address/@type", DW_FORM_ENUM, 0, "pci usb", .doc = "Bus of a network device of the host, for type hostdev."},
    {"address.multifunction", "address/@multifunction", DW_FORM_ENUM, 0, "on off", .doc = "Whether other PCI functions share the slot on the host."},
    {"address.bus", "address/@bus", DW_FORM_STRING, 0, .doc = "Bus of a USB device on the host."},
    {"address.device", "address/@device", DW_FORM_STRING, 0, .doc = "Number of a USB device on its bus."},
    {"address.port", "address/@port", DW_FORM_STRING, 0, .since = "12.1.0", .doc = "Port of a USB device on the host's bus, such as 1.4."},
    {"vendor", "vendor/@id", DW_FORM_STRING, 0, .doc = "Vendor of a USB device, such as 0x1234."},
    {"product", "product/@id", DW_FORM_STRING, 0, .doc = "Product of a USB device, such as 0xbeef."},
    {"switchid", "@switchid", DW_FORM_UUID, 0, .flags = DW_ROW_HOST, .since = "8.7.0", .doc = "Distributed switch of VMware, for type vds."},
    {"portgroupid", "@portgroupid", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .since = "8.7.0", .doc = "Group of ports of that switch."},
    {"connectionid", "@connectionid", DW_FORM_INT, 0, .min = (uint64_t)INT32_MIN, .max = INT32_MAX, .since = "8.7.0", .doc = "Connection to that switch."},
    {"reconnect.delay", "reconnect/@delay", DW_FORM_UINT, 0, .unit = "s", .since = "9.2.0", .doc = "How long a client of type vhostuser waits between two attempts to connect."},
    {"missing", "@missing", DW_FORM_YESNO, 0, .flags = DW_ROW_OUTPUT, .doc = "Whether the host's end of a running domain is gone."},
    {NULL},
};

static const DwRow driver_rows[] = {
    {"name", "@name", DW_FORM_ENUM, 0, "vhost qemu kvm vfio xen", .doc = "Who moves the packets."},
    {"queues", "@queues", DW_FORM_UINT, SAFE_SPEED, .min = 1, .max = 256, .flags = DW_ROW_LAX, .doc = "Number of virtio queues."},
    {"rx_queue_size", "@rx_queue_size", DW_FORM_UINT, SAFE_SPEED, .min = 1, .max = UINT32_MAX, .flags = DW_ROW_LAX, .doc = "Size of a receiving virtio queue, a power of two."},
    {"tx_queue_size", "@tx_queue_size", DW_FORM_UINT, SAFE_SPEED, .min = 1, .max = UINT32_MAX, .flags = DW_ROW_LAX, .doc = "Size of a sending virtio queue, a power of two."},
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
    {"model", "@model", DW_FORM_STRING, 0, .since = "10.0.0", .doc = "Driver of the host's kernel, such as a variant of vfio-pci, for type hostdev."},
    {"iommufd", "@iommufd", DW_FORM_YESNO, 0, .since = "12.1.0", .doc = "Whether the device is handed over through iommufd, for type hostdev."},
    {NULL},
};

static const DwRow bandwidth_rows[] = {
    {"average", "@average", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .unit = "KiB/s", .flags = DW_ROW_LIVE, .doc = "Rate in the long run."},
    {"peak", "@peak", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .unit = "KiB/s", .flags = DW_ROW_LIVE, .doc = "Highest rate of a burst."},
    {"burst", "@burst", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .unit = "KiB", .flags = DW_ROW_LIVE, .doc = "What may go at the highest rate."},
    {"floor", "@floor", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .unit = "KiB/s", .flags = DW_ROW_LIVE, .doc = "Rate guaranteed by a virtual network, inbound only."},
    {NULL},
};

static const DwRow vlan_rows[] = {
    {"id", "@id", DW_FORM_UINT, 0, .max = 4095, .flags = DW_ROW_LIVE, .doc = "VLAN the guest's packets are in."},
    {"nativeMode", "@nativeMode", DW_FORM_ENUM, 0, "tagged untagged", .flags = DW_ROW_LIVE, .doc = "How packets without a tag are treated in this VLAN."},
    {NULL},
};

static const DwRow parameter_rows[] = {
    {"name", "@name", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "Variable of the network filter."},
    {"value", "@value", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "Value of this variable; a variable that is there twice has both."},
    {NULL},
};

static const DwRow forward_rows[] = {
    {"proto", "@proto", DW_FORM_ENUM, 0, "tcp udp", .since = "9.0.0", .doc = "Protocol whose ports are forwarded to the guest, passt only."},
    {"address", "@address", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .since = "9.0.0", .doc = "Address of the host that ports are forwarded from; any when it is not given."},
    {"dev", "@dev", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .since = "9.0.0", .doc = "Network device of the host that ports are forwarded from."},
    {NULL},
};

static const DwRow range_rows[] = {
    {"start", "@start", DW_FORM_UINT, 0, .max = 65535, .since = "9.0.0", .doc = "First port of the host."},
    {"end", "@end", DW_FORM_UINT, 0, .max = 65535, .since = "9.0.0", .doc = "Last port of the host; one port only when it is not given."},
    {"to", "@to", DW_FORM_UINT, 0, .max = 65535, .since = "9.0.0", .doc = "Port of the guest that the first one goes to; the same when it is not given."},
    {"exclude", "@exclude", DW_FORM_YESNO, 0, .since = "9.0.0", .doc = "Whether these ports are left out of those before."},
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"source.", "source", NULL, source_rows},
    {"source.ip.N.", "source/ip[N]", NULL, dw_ip_rows},
    {"source.route.N.", "source/route[N]", NULL, dw_route_rows},
    {"driver.", "driver", NULL, driver_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"filterref.parameter.N.", "filterref/parameter[N]", NULL, parameter_rows},
    {"portForward.N.", "portForward[N]", NULL, forward_rows},
    {"portForward.N.range.N.", "portForward[N]/range[N]", NULL, range_rows},
    {"vlan.tag.N.", "vlan/tag[N]", NULL, vlan_rows},
    {"ip.N.", "ip[N]", NULL, dw_ip_rows},
    {"route.N.", "route[N]", NULL, dw_route_rows},
    {"bandwidth.inbound.", "bandwidth/inbound", NULL, bandwidth_rows},
    {"bandwidth.outbound.", "bandwidth/outbound", NULL, bandwidth_rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_interface_group = {"interface", "mac/@address", sections};
/* clang-format on */
