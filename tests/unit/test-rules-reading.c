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
    PLAIN_HEAD(arch, machine, before) "<devices>" devices TAIL
#define Q35(before)   GUEST("x86_64", "pc-q35-7.2", "<vcpu>3</vcpu>" before, "")
#define HAS(devices)  GUEST("x86_64", "pc-q35-7.2", "", devices)
#define S390(devices) GUEST("s390x", "s390-ccw-virtio-7.2", "", devices)
#define ARM(devices)  GUEST("aarch64", "virt-7.2", "", devices)

/* ---- Numbers ---- */

#define VALUE(severity, key) "value", severity, key
#define RING(attributes)     Q35("<features><kvm><dirty-ring " attributes "/></kvm></features>")
#define LOCKS(attributes)    Q35("<features><hyperv><spinlocks " attributes "/></hyperv></features>")
#define BLOCKS(size)                                                                               \
    HAS("<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target dev='vda'/>" \
        "<blockio logical_block_size='" size "'/></disk>")
#define BLOCK(path)                                                                                \
    HAS("<disk type='block'><driver name='qemu' type='raw'/><source dev='" path "'/><target "      \
        "dev='vda'/></disk>")
#define AUDIO(attributes) HAS("<audio id='1' type='oss'" attributes "/>")
#define VNC(port)         HAS("<graphics type='vnc' port='" port "'/>")
#define PORT_OF(index)    HAS("<controller type='pci' model='pcie-root-port' index='" index "'/>")
#define PAGE(size)                                                                                 \
    Q35("<memoryBacking><hugepages><page size='" size "'/></hugepages></memoryBacking>")
#define AT(parts)                                                                                  \
    HAS("<rng model='virtio'><backend model='random'/><address type='pci' " parts "/></rng>")

#define BALLOON(model, inside) HAS("<memballoon model='" model "'>" inside "</memballoon>")
#define CARD(port)                                                                                 \
    HAS("<graphics type='spice'/><smartcard mode='passthrough' type='spicevmc'><target "           \
        "port='" port "'/></smartcard>")
#define CARD_OF(model, queues)                                                                     \
    HAS("<interface type='bridge'><source bridge='b'/><model type='" model                         \
        "'/><driver queues='" queues "'/></interface>")
#define LEASE(key, path)                                                                           \
    HAS("<lease><lockspace>l</lockspace><key>" key "</key><target path='" path "'/></lease>")
#define SHARE(type, threads)                                                                       \
    GUEST("x86_64", "pc-q35-7.2", "<memoryBacking><access mode='shared'/></memoryBacking>",        \
          "<filesystem type='mount'><driver type='" type "'/><binary><thread_pool size='" threads  \
          "'/></binary><source dir='/srv'/><target dir='t'/></filesystem>")
#define ADAPTER(name)                                                                              \
    HAS("<hostdev mode='subsystem' type='scsi'><source><adapter name='" name "'/><address "        \
        "bus='0' target='0' unit='0'/></source></hostdev>")
#define TABLE_PAGES(size)                                                                          \
    Q35("<features><hpt><maxpagesize unit='b'>" size "</maxpagesize></hpt></features>")

static const Edge number_edges[] = {
    {VALUE(WARNING, "currentMemory"), Q35("<currentMemory>0</currentMemory>"),
     Q35("<currentMemory>1</currentMemory>")},
    {VALUE(WARNING, "iothreads"), Q35("<iothreads>65536</iothreads>"),
     Q35("<iothreads>4096</iothreads>")},
    {VALUE(ERROR, "iothreads"), Q35("<iothreads>1 </iothreads>"), Q35("<iothreads>+1</iothreads>")},
    {VALUE(WARNING, "cputune.quota"), Q35("<cputune><quota>4294967296</quota></cputune>"),
     Q35("<cputune><quota>1000</quota></cputune>")},
    {VALUE(WARNING, "features.kvm.dirty-ring.size"), RING("state='off' size='1000'"),
     RING("state='off' size='1024'")},
    {"features-dirty-ring", ERROR, "features.kvm.dirty-ring.size", RING("state='on' size='512'"),
     RING("state='off' size='512'")},
    {"hyperv-spinlocks-retries", ERROR, "hyperv.spinlocks.retries",
     LOCKS("state='on' retries='4094'"), LOCKS("state='off' retries='4094'")},
    {"hyperv-spinlocks-retries", ERROR, "hyperv.spinlocks.retries",
     LOCKS("state='on' retries='4294967296'"), LOCKS("state='on' retries='4294967295'")},
    {VALUE(WARNING, "blockio.logical_block_size"), BLOCKS("256"), BLOCKS(" 512")},
    {VALUE(ERROR, "blockio.logical_block_size"), BLOCKS("512 "), BLOCKS("512")},
    {VALUE(ERROR, "blockio.logical_block_size"), BLOCKS("4294967296"), BLOCKS("4294967295")},
    {VALUE(ERROR, "driver.queues"), CARD_OF("virtio", "4294967296"), CARD_OF("virtio", "256")},
    {VALUE(WARNING, "driver.queues"), CARD_OF("e1000", "4294967296"), CARD_OF("e1000", "256")},
    {VALUE(WARNING, "driver.queues"), CARD_OF("virtio", "1000"), CARD_OF("virtio", "4")},
    {VALUE(WARNING, "maxMemory.slots"), Q35("<maxMemory slots='0'>4194304</maxMemory>"),
     Q35("<maxMemory slots='1'>4194304</maxMemory>")},
    {VALUE(WARNING, "clock.timer.tsc.frequency"),
     Q35("<clock><timer name='tsc' frequency='0'/></clock>"),
     Q35("<clock><timer name='tsc' frequency='1'/></clock>")},
    {"clock-adjustment", ERROR, "clock.adjustment",
     Q35("<clock offset='utc' adjustment='9223372036854775808'/>"),
     Q35("<clock offset='utc' adjustment='-9223372036854775807'/>")},
    {"clock-adjustment", ERROR, "clock.adjustment",
     Q35("<clock offset='variable' adjustment='-'/>"),
     Q35("<clock offset='variable' adjustment='9223372036854775808'/>")},
    {"memory-maximum-slots", ERROR, "maxMemory", Q35("<maxMemory slots='1'>0</maxMemory>"),
     Q35("<maxMemory slots='1'>4194304</maxMemory>")},
    {VALUE(WARNING, "source.dev"), BLOCK("sda"), BLOCK("/dev/sda")},
    {VALUE(ERROR, "dspPolicy"), AUDIO(" dspPolicy='-1'"), AUDIO(" dspPolicy='0'")},
    {VALUE(WARNING, "dspPolicy"), AUDIO(" dspPolicy='11'"), AUDIO(" dspPolicy='10'")},
    {VALUE(ERROR, "port"), VNC("5901 "), VNC(" 5901")},
    {VALUE(ERROR, "memoryBacking.hugepages.page.1.size"), PAGE("0"), PAGE("2048")},
    {VALUE(WARNING, "acpi.index"), BALLOON("none", "<acpi index='0'/>"),
     BALLOON("none", "<acpi index='1'/>")},
    {VALUE(ERROR, "acpi.index"), BALLOON("virtio", "<acpi index='0'/>"), NULL},
    {VALUE(ERROR, "stats.period"), BALLOON("none", "<stats period='4294967296'/>"), NULL},
    {VALUE(WARNING, "target.port"), CARD("a"), CARD("1")},
    {VALUE(WARNING, "target.path"), LEASE("k", "a"), LEASE("k", "/a")},
    {"device-source-missing", ERROR, "key", LEASE("", "/a"), LEASE("k", "/a")},
    {VALUE(ERROR, "binary.thread_pool.size"), SHARE("virtiofs", "2147483648"),
     SHARE("virtiofs", "-1")},
    {VALUE(WARNING, "binary.thread_pool.size"), SHARE("path", "2147483648"), NULL},
    {"device-source-missing", ERROR, "source.adapter.name", ADAPTER(""), ADAPTER("scsi_host0")},
    {"features-arch", ERROR, "features.hpt", TABLE_PAGES("1"), TABLE_PAGES("00")},
    {"controller-index", ERROR, "index", PORT_OF("256"), PORT_OF("1")},
    {"device-address-number", ERROR, "address.slot", AT("bus='1' slot='a'"),
     AT("bus='1' slot='0xa'")},
    {"device-address-number", ERROR, "address.slot", AT("bus='1' slot='09'"),
     AT("bus='1' slot='011'")},
    {"device-address-number", ERROR, "address.zpci.uid",
     S390("<rng model='virtio'><backend model='random'/><address type='pci'><zpci uid='a'/>"
          "</address></rng>"),
     S390("<rng model='virtio'><backend model='random'/><address type='pci'><zpci uid='0xa'/>"
          "</address></rng>")},
};

/* ---- Lists ---- */

#define TUNED(memory, nodes, inside)                                                               \
    Q35("<numatune>" memory "<memnode cellid='0' mode='strict' nodeset='" nodes "'/></numatune>"   \
        "<cpu><numa><cell id='0' cpus='0-2' memory='1048576'/></numa></cpu>" inside)
#define PLACED(memory)                                                                             \
    GUEST("x86_64", "pc-q35-7.2",                                                                  \
          "<vcpu placement='auto'>3</vcpu><numatune>" memory                                       \
          "<memnode cellid='0' mode='strict' nodeset='0'/></numatune><cpu><numa><cell id='0' "     \
          "cpus='0-2' memory='1048576'/></numa></cpu>",                                            \
          "")
#define PAGES(nodes)                                                                               \
    TUNED("", "0",                                                                                 \
          "<memoryBacking><hugepages><page size='2048' nodeset='" nodes                            \
          "'/></hugepages></memoryBacking>")
#define MASKED(nodes)                                                                              \
    GUEST("x86_64", "pc-q35-7.2",                                                                  \
          "<maxMemory slots='4'>4194304</maxMemory><cpu><numa><cell id='0' cpus='0' "              \
          "memory='1048576'/></numa></cpu>",                                                       \
          "<memory model='dimm'><source><nodemask>" nodes "</nodemask></source><target><size>"     \
          "65536</size><node>0</node></target></memory>")
#define VCPUS(one, two)                                                                            \
    Q35("<vcpus><vcpu id='0' enabled='yes' " one "/><vcpu id='1' " two                             \
        "/><vcpu id='2' enabled='no'/></vcpus>")
#define VCPU "vcpu-order", ERROR, "vcpus.vcpu"

static const Edge list_edges[] = {
    {"vcpu-cpuset", ERROR, "vcpu.cpuset",
     GUEST("x86_64", "pc-q35-7.2", "<vcpu cpuset='0-16384'>3</vcpu>", ""),
     GUEST("x86_64", "pc-q35-7.2", "<vcpu cpuset='0-16383'>3</vcpu>", "")},
    {"numa-nodeset", ERROR, "numatune.memory.nodeset",
     Q35("<numatune><memory mode='strict' nodeset='16384'/></numatune>"),
     Q35("<numatune><memory mode='strict' nodeset='16383'/></numatune>")},
    {"numa-nodeset", ERROR, "numatune.memnode", TUNED("", "16384", ""), TUNED("", "1", "")},
    {"cputune-list", ERROR, "cputune.emulatorpin.cpuset",
     Q35("<cputune><emulatorpin cpuset='16384'/></cputune>"),
     Q35("<cputune><emulatorpin cpuset='16383'/></cputune>")},
    {"memory-page-nodeset", ERROR, "memoryBacking.hugepages.page", PAGES("16384"), PAGES("0")},
    {"memory-page-nodeset", ERROR, "memoryBacking.hugepages.page", PAGES("0,500"), PAGES("0")},
    {"memory-device-nodes", ERROR, "source.nodemask", MASKED("16384"), MASKED("1")},
    {"numa-memnode-auto", ERROR, "numatune.memory.placement", PLACED(""),
     PLACED("<memory mode='strict' nodeset='0'/>")},
    {"numa-memnode-auto", ERROR, "numatune.memory.placement", PLACED("<memory mode='strict'/>"),
     TUNED("", "0", "")},
    {"vcpu-current", WARNING, "vcpu.current",
     GUEST("x86_64", "pc-q35-7.2",
           "<vcpu current='3'>2</vcpu><vcpus><vcpu id='0' enabled='yes'/></vcpus>", ""),
     GUEST("x86_64", "pc-q35-7.2",
           "<vcpu current='2'>2</vcpu><vcpus><vcpu id='0' enabled='yes'/></vcpus>", "")},
    {"vcpu-current", ERROR, "vcpu.current",
     GUEST("x86_64", "pc-q35-7.2", "<vcpu current='3'>2</vcpu>", ""), NULL},
    {"vcpu-first", ERROR, "vcpus.vcpu", VCPUS("hotpluggable='yes'", "enabled='yes'"),
     VCPUS("hotpluggable='no'", "enabled='yes'")},
    {"vcpu-first", ERROR, "vcpus.vcpu", VCPUS("order='2'", "enabled='yes' order='1'"),
     VCPUS("order='1'", "enabled='yes' order='2'")},
    {"vcpu-first", ERROR, "vcpus.vcpu",
     Q35("<vcpus><vcpu id='0' enabled='yes'/><vcpu id='0' enabled='no'/></vcpus>"),
     Q35("<vcpus><vcpu id='0' enabled='no'/><vcpu id='0' enabled='yes'/></vcpus>")},
    {VCPU, VCPUS("", "enabled='no' hotpluggable='no'"),
     VCPUS("", "enabled='yes' hotpluggable='no'")},
    {VCPU, VCPUS("order='1'", "enabled='yes'"), VCPUS("order='1'", "enabled='no'")},
    {VCPU, VCPUS("", "enabled='yes' order='2'"), VCPUS("", "enabled='no' order='2'")},
    {VCPU,
     Q35("<vcpus><vcpu id='0' enabled='yes'/><vcpu id='1' enabled='yes' hotpluggable='yes'/><vcpu "
         "id='2' enabled='yes' hotpluggable='no'/></vcpus>"),
     Q35("<vcpus><vcpu id='0' enabled='yes'/><vcpu id='1' enabled='yes'/><vcpu id='2' "
         "enabled='yes' hotpluggable='no'/></vcpus>")},
    {VCPU,
     Q35("<vcpus><vcpu id='0' enabled='yes' order='1'/><vcpu id='1' enabled='yes' order='3' "
         "hotpluggable='no'/><vcpu id='2' enabled='yes' hotpluggable='no' order='2'/></vcpus>"),
     Q35("<vcpus><vcpu id='0' enabled='yes' order='1'/><vcpu id='1' enabled='yes' order='3'/><vcpu "
         "id='2' enabled='yes' order='2'/></vcpus>")},
};

/* ---- Places ---- */

#define SERIAL_AT(controller, port)                                                                \
    "<address type='virtio-serial' controller='" controller "' bus='0' port='" port "'/>"
#define CHANNEL(target, place)                                                                     \
    "<channel type='unix'><target type='" target "' name='a'/>" place "</channel>"
#define CONSOLE(place) "<console type='pty'><target type='virtio'/>" place "</console>"
#define HUB(ports)     "<controller type='virtio-serial' index='0'" ports "/>"
#define PLACE          "device-port", ERROR
#define VLAN(reg)                                                                                  \
    "<interface type='user'><model type='spapr-vlan'/><address type='spapr-vio' reg='" reg         \
    "'/></interface>"
#define ROOT_PORT(place)                                                                           \
    "<controller type='pci' index='3' model='pcie-root-port'>" place "</controller>"
#define BUS_0 "<address type='pci' domain='0' bus='0' slot='0x10' function='0'/>"
#define UHCI(model, more)                                                                          \
    "<controller type='usb' index='1'" model "><master startport='0'/></controller>"               \
    "<controller type='usb' index='1' model='ich9-ehci1'/>" more

static const Edge place_edges[] = {
    {PLACE, "address.port", HAS(CHANNEL("virtio", SERIAL_AT("0", "31"))),
     HAS(CHANNEL("virtio", SERIAL_AT("0", "30")))},
    {PLACE, "address.port", HAS(HUB(" ports='4'") CHANNEL("virtio", SERIAL_AT("0", "4"))),
     HAS(HUB(" ports='4'") CHANNEL("virtio", SERIAL_AT("0", "3")))},
    {PLACE, "address.port", HAS(CONSOLE(SERIAL_AT("0", "31"))), HAS(CONSOLE(SERIAL_AT("0", "0")))},
    {PLACE, "address.controller", HAS(CHANNEL("xen", SERIAL_AT("0", "1"))),
     HAS(HUB("") CHANNEL("xen", SERIAL_AT("0", "1")))},
    {PLACE, "address.controller", HAS(CHANNEL("xen", SERIAL_AT("1", "1")) CONSOLE("")),
     HAS(CHANNEL("xen", SERIAL_AT("0", "1")) CONSOLE(""))},
    {PLACE, "address.controller", HAS(CHANNEL("xen", SERIAL_AT("2", "1"))),
     HAS("<controller type='virtio-serial' index='2'/>" CHANNEL("xen", SERIAL_AT("2", "1")))},
    {PLACE, "address.controller",
     HAS("<controller type='virtio-serial'/>" CHANNEL("xen", SERIAL_AT("2", "1"))),
     HAS("<controller type='virtio-serial'/><controller type='virtio-serial' index='0'/>"
         "<controller type='virtio-serial'/>" CHANNEL("xen", SERIAL_AT("2", "1")))},
    {"channel-port-unique", ERROR, "address.port",
     HAS(CHANNEL("virtio", SERIAL_AT("0", "3")) CONSOLE(SERIAL_AT("0", "3"))),
     HAS(CHANNEL("virtio", SERIAL_AT("0", "3")) CONSOLE(SERIAL_AT("1", "3")))},
    {"device-address-unique", ERROR, "address.type", HAS(VLAN("0x1000") VLAN("0x1000")),
     HAS(VLAN("0x1000") VLAN("0x2000"))},
    {"controller-model-machine", ERROR, "model", S390(ROOT_PORT(BUS_0)), HAS(ROOT_PORT(BUS_0))},
    {"controller-model-machine", ERROR, "model",
     GUEST("ppc64", "pseries-7.2", "", ROOT_PORT(BUS_0)), ARM(ROOT_PORT(BUS_0))},
    {"controller-model-machine", ERROR, "model", GUEST("x86_64", "microvm", "", ROOT_PORT(BUS_0)),
     GUEST("x86_64", "microvm", "",
           "<controller type='pci' index='0' model='pcie-root'/>" ROOT_PORT(BUS_0))},
    {"controller-index-unique", ERROR, "index", HAS(UHCI("", "")),
     HAS(UHCI(" model='ich9-uhci1'", ""))},
    {"controller-index-unique", ERROR, "index",
     HAS(UHCI(" model='ich9-uhci1'", "<controller type='usb' index='1' model='ich9-ehci1'/>")),
     HAS(UHCI(" model='ich9-uhci1'", "<controller type='usb' index='2' model='ich9-ehci1'/>"))},
    {"controller-index-unique", ERROR, "index", HAS(UHCI("", "")), S390(UHCI("", ""))},
    {"usb-disabled", ERROR, "type", S390(UHCI(" model='none'", "")), S390(UHCI("", ""))},
};

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

/* ---- Machines, and what is not said ---- */

#define SMM(state) "<features><smm state='" state "'><tseg unit='MiB'>48</tseg></smm></features>"
#define FIRMWARE(firmware, inside)                                                                 \
    "<domain type='qemu'><name>t</name><memory>1048576</memory><os" firmware                       \
    "><type arch='x86_64' machine='pc-q35-7.2'>hvm</type>" inside                                  \
    "</os><features><acpi/></features></domain>"
#define SECURE(arch, machine)                                                                      \
    "<domain type='qemu'><name>t</name><memory>1048576</memory><os firmware='efi'><type "          \
    "arch='" arch "' machine='" machine                                                            \
    "'>hvm</type><loader secure='yes'/></os><features><acpi/></features></domain>"
#define NVME(inside)                                                                               \
    HAS("<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target "            \
        "dev='nvme0n1' bus='nvme'/><serial>s</serial>" inside "</disk>")
#define OF_DISK(inside)                                                                            \
    HAS("<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target "            \
        "dev='vda'/>" inside "</disk>")
#define SYSTEM_PORT(model)                                                                         \
    "<serial type='pty'><target type='system-serial'><model name='" model "'/></target></serial>"
#define TPM(model) "<tpm" model "><backend type='emulator' version='1.2'/></tpm>"
#define SMBIOS(own, inside)                                                                        \
    "<domain type='qemu'><name>t</name>" own                                                       \
    "<memory>1048576</memory><sysinfo type='smbios'>" inside "</sysinfo></domain>"
#define UUID_ENTRY(uuid) "<system><entry name='uuid'>" uuid "</entry></system>"
#define OWN              "<uuid>11111111-2222-3333-4444-555555555555</uuid>"

static const Edge machine_edges[] = {
    {"features-tseg-machine", ERROR, "features.smm.tseg",
     GUEST("x86_64", "pc-i440fx-7.2", SMM("on"), ""),
     GUEST("x86_64", "pc-i440fx-7.2", SMM("off"), "")},
    {"disk-address-mmio", ERROR, "address.type",
     S390("<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target dev='vda' "
          "bus='virtio'/><address type='virtio-mmio'/></disk>"),
     S390("<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/><target dev='sda' "
          "bus='sd'/><address type='virtio-mmio'/></disk>")},
    {"disk-address-type", ERROR, "address.type", NVME("<address type='pci'/>"),
     NVME("<address type='drive'/>")},
    {"device-acpi-index", ERROR, "acpi.index", NVME("<acpi index='3'/>"),
     OF_DISK("<acpi index='3'/>")},
    {"device-pci", ERROR, "",
     GUEST("x86_64", "isapc", "",
           "<memballoon model='none'/><disk type='file'><driver name='qemu' type='raw'/><source "
           "file='/a'/><target dev='nvme0n1' bus='nvme'/><serial>s</serial></disk>"),
     GUEST("x86_64", "isapc", "",
           "<memballoon model='none'/><disk type='file'><driver name='qemu' type='raw'/><source "
           "file='/a'/><target dev='hda' bus='ide'/></disk>")},
    {"features-tseg-machine", ERROR, "features.smm.tseg",
     GUEST("aarch64", "virt-7.2", SMM("on"), ""), GUEST("aarch64", "virt-7.2", SMM("off"), "")},
    {"os-secure-machine", ERROR, "os.loader.secure", SECURE("riscv64", "virt"),
     SECURE("x86_64", "pc-q35-7.2")},
    {"os-secure-machine", ERROR, "os.loader.secure", SECURE("i686", "pc-q35-7.2"),
     SECURE("x86_64", "pc-q35-7.2")},
    {"os-secure-machine", ERROR, "os.loader.secure", SECURE("x86_64", "pc-i440fx-7.2"), NULL},
    {"os-nvram-bios", ERROR, "os.nvram", FIRMWARE(" firmware='bios'", "<nvram>/n</nvram>"),
     FIRMWARE(" firmware='bios'", "<nvram><source startupPolicy='optional'/></nvram>")},
    {"os-nvram-stateless", ERROR, "os.nvram",
     FIRMWARE("", "<loader type='pflash' stateless='yes'>/l</loader><nvram>/n</nvram>"),
     FIRMWARE("", "<loader type='pflash' stateless='yes'>/l</loader><nvram/>")},
    {"os-nvram-stateless", ERROR, "os.nvram.template",
     FIRMWARE("", "<loader type='pflash' stateless='yes'>/l</loader><nvram template='/n'/>"),
     FIRMWARE("", "<loader type='pflash' stateless='no'>/l</loader><nvram template='/n'/>")},
    {"value", ERROR, "os.nvram", FIRMWARE("", "<loader type='rom'>/l</loader><nvram>n</nvram>"),
     FIRMWARE("", "<loader type='rom'>/l</loader><nvram/>")},
    {"serial-target-arch", ERROR, "target.model",
     GUEST("riscv64", "virt", "", SYSTEM_PORT("pl011")),
     GUEST("riscv64", "virt", "", SYSTEM_PORT("16550a"))},
    {"serial-target-arch", ERROR, "target.model", ARM(SYSTEM_PORT("16550a")),
     ARM(SYSTEM_PORT("pl011"))},
    {"serial-target-arch", ERROR, "target.model",
     GUEST("riscv64", "spike", "", SYSTEM_PORT("16550a")),
     "<domain type='qemu'><name>t</name><os><type "
     "arch='riscv64'>hvm</type></os><devices>" SYSTEM_PORT("16550a") "</devices></domain>"},
    {"tpm-version-model", ERROR, "backend.version", GUEST("ppc64", "powernv9", "", TPM("")),
     GUEST("ppc64", "powernv9", "", TPM(" model='tpm-tis'"))},
    {"tpm-version-arch", WARNING, "backend.version", GUEST("riscv64", "virt", "", TPM("")),
     HAS(TPM(""))},
    {"sysinfo-uuid", ERROR, "sysinfo.system.uuid", SMBIOS("", UUID_ENTRY("1111")),
     SMBIOS(OWN, UUID_ENTRY(" 11111111222233334444555555555555"))},
    {"sysinfo-uuid", ERROR, "sysinfo.system.uuid",
     SMBIOS(OWN, UUID_ENTRY("11111111-2222-3333-4444-555555555556")), SMBIOS(OWN, UUID_ENTRY(""))},
    {"sysinfo-date", ERROR, "sysinfo.bios.date",
     SMBIOS("", "<bios><entry name='date'>yesterday</entry></bios>"),
     SMBIOS("", "<bios><entry name='date'></entry></bios>")},
};

/* ---- Words, and what says nothing ---- */

#define SPICE(channel)                                                                             \
    HAS("<graphics type='spice'/><serial type='spiceport'><source channel='" channel "'/></"       \
        "serial>")
#define TCP(host)                                                                                  \
    HAS("<serial type='tcp'><source mode='connect' host='" host "' service='1'/></serial>")
#define USB_DEVICE(vendor, product)                                                                \
    HAS("<hostdev mode='subsystem' type='usb'><source><vendor id='" vendor                         \
        "'/><product id='" product "'/></source></hostdev>")
#define FILTER(vendor) HAS("<redirfilter><usbdev vendor='" vendor "' allow='yes'/></redirfilter>")
#define TABLET(port)                                                                               \
    HAS("<input type='tablet' bus='usb'><address type='usb' bus='0' port='" port "'/></input>")
#define MDEV_OF(model, attributes, inside)                                                         \
    S390("<hostdev mode='subsystem' type='mdev' model='" model "'" attributes "><source><address " \
         "uuid='11111111-2222-3333-4444-555555555555'/></source>" inside "</hostdev>")
#define NFS_PORT(port) "port='" port "'"

static const Edge word_edges[] = {
    {"device-channel-name", ERROR, "source.channel", SPICE("a b"), SPICE("org.a-b_c.0")},
    {"device-channel-name", ERROR, "source.channel",
     HAS("<graphics type='dbus'/><channel type='dbus'><source channel='a/b'/><target "
         "type='virtio'/></channel>"),
     HAS("<channel type='unix'><source path='/a' channel='a/b'/><target type='virtio'/>"
         "</channel>")},
    {"device-source-missing", WARNING, "source.host", TCP(""), TCP("h")},
    {"hostdev-usb-id", ERROR, "source.vendor", USB_DEVICE("0x0", "0x1"), USB_DEVICE("0x1", "0x0")},
    {"hostdev-usb-decimal", WARNING, "source.product", USB_DEVICE("0x1", "0x0"),
     USB_DEVICE("0x1", "0x1")},
    {"device-address-number", ERROR, "usbdev.1.vendor", FILTER("ab"), FILTER("0xab")},
    {"device-address-number", ERROR, "usbdev.1.vendor", FILTER("0xg"), FILTER("-1")},
    {"device-address-number", ERROR, "address.port", TABLET("a"), TABLET("1")},
    {"device-acpi-index", ERROR, "acpi.index", MDEV_OF("vfio-ccw", "", "<acpi index='3'/>"),
     MDEV_OF("vfio-ap", "", "<acpi index='3'/>")},
    {"hostdev-display-graphics", ERROR, "display", MDEV_OF("vfio-pci", " display='on'", ""),
     MDEV_OF("vfio-ap", " display='on'", "")},
    {"disk-host-port", ERROR, "source.host.1.port", NFS(NFS_PORT("1")), NFS(NFS_PORT("0"))},
    {"memory-guarantee", ERROR, "memtune.min_guarantee",
     Q35("<memtune><min_guarantee>1</min_guarantee></memtune>"),
     Q35("<memtune><min_guarantee>0</min_guarantee></memtune>")},
    {"cpu-vendor-model", ERROR, "cpu.vendor", Q35("<cpu><vendor>Intel</vendor></cpu>"),
     Q35("<cpu><vendor></vendor></cpu>")},
    {"iotune-group", ERROR, "iotune.group_name",
     OF_DISK("<iotune><group_name>g</group_name></iotune>"),
     OF_DISK("<iotune><group_name></group_name></iotune>")},
    {"disk-inquiry-bus", ERROR, "product", OF_DISK("<product>p</product>"),
     OF_DISK("<product></product>")},
    {"audio-reference", ERROR, "audio.id",
     HAS("<audio id='2' type='none'/><sound model='ich9'><audio id='01'/></sound>"),
     HAS("<audio id='+2' type='none'/><sound model='ich9'><audio id='02'/></sound>")},
    {"value", WARNING, "driver.aw_bits", HAS("<iommu model='intel'><driver aw_bits='0'/></iommu>"),
     HAS("<iommu model='intel'><driver aw_bits='48'/></iommu>")},
};

#define RUN(edges) check_edges(edges, G_N_ELEMENTS(edges), "", "", NULL)

static void test_reading(void **state)
{
    RUN(number_edges);
    RUN(list_edges);
    RUN(place_edges);
    RUN(image_edges);
    RUN(machine_edges);
    RUN(word_edges);
}

/* ---- Slots that controllers share ---- */

#define USB_2(index, model, more)                                                                  \
    "<controller type='usb' index='" #index "' model='ich9-" model "'>" more "</controller>"
#define NUMBERED(model) "<controller type='usb' model='ich9-" model "'/>" /* by libvirt */
#define USB_2_AT(slot, function)                                                                   \
    "<address type='pci' domain='0' bus='0' slot='" #slot "' function='" #function "'/>"
#define USB_2_TWICE(more) USB_2(0, "ehci1", "") USB_2(0, "uhci1", "") USB_2(0, "uhci1", more)

/* q35 has places for two of model ich9-uhci1, others none. */
static const Edge slot_edges[] = {
    {"usb-controller-slot", ERROR, "index", USB_2(0, "ehci1", "") USB_2(0, "ehci1", ""),
     USB_2(0, "ehci1", "") USB_2(1, "ehci1", "")},
    {"usb-controller-slot", ERROR, "index",
     USB_2(0, "ehci1", "") USB_2(0, "uhci3", "") USB_2(0, "uhci3", ""), USB_2_TWICE("")},
    {"usb-controller-slot", ERROR, "index",
     USB_2(0, "ehci1", "") USB_2(0, "uhci3", "") USB_2(0, "uhci3", ""),
     NUMBERED("ehci1") NUMBERED("uhci3") NUMBERED("uhci3")},
};
static const Edge pc_slot_edges[] = {
    {"usb-controller-slot", ERROR, "index", USB_2_TWICE(""),
     USB_2(0, "ehci1", "") USB_2(0, "uhci1", "") USB_2(0, "uhci2", "")},
    {"usb-controller-slot", ERROR, "index", USB_2_TWICE(USB_2_AT(6, 0)),
     USB_2(0, "ehci1", "") USB_2(0, "uhci1", USB_2_AT(5, 0)) USB_2(0, "uhci1", USB_2_AT(6, 0))},
};

#define RUN_ON(machine, edges)                                                                     \
    check_edges(edges, G_N_ELEMENTS(edges), PLAIN_HEAD("x86_64", machine, "") "<devices>", TAIL,   \
                NULL)

static void test_shared_slots(void **state)
{
    RUN_ON("pc-q35-7.2", slot_edges);
    RUN_ON("pc-i440fx-7.2", pc_slot_edges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared_slots),
        cmocka_unit_test(test_reading),
    };

    dw_end_without_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
