/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys of the domain itself: identity, memory, processors, tuning, boot, features, clock; data only.
 * What the fields mean is in table.h. Rows are in libvirt's own order.
 */
#include "rows.h"

/* clang-format off */
static const DwRow identity_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_HOST, "qemu kvm xen lxc test vmware hyperv vbox phyp parallels bhyve vz hvf@8.1.0 openvz uml kqemu", .safe_if = DW_SAFE_HOST, .doc = "Hypervisor type."},
    {"name", "name", DW_FORM_STRING, "A new domain has to be called something; that of another is refused, and a change of it is reach.", .safe_if = DW_SAFE_NEW, .doc = "Name of the domain, unique on its host; no slash or newline."},
    {"uuid", "uuid", DW_FORM_UUID, "A new domain has to have one; that of another is refused, and a change of it is reach.", .safe_if = DW_SAFE_NEW, .doc = "UUID of the domain; made by domwright when it is not given."},
    {"genid", "genid", DW_FORM_UUID, SAFE_GUEST, .doc = "Generation the guest sees, by which it knows that it was copied or restored."},
    {"title", "title", DW_FORM_STRING, SAFE_WORDS, .flags = DW_ROW_LIVE, .doc = "Short text for people, one line."},
    {"description", "description", DW_FORM_STRING, SAFE_WORDS, .flags = DW_ROW_LIVE, .doc = "Free text for people."},
    {"maxMemory", "maxMemory", DW_FORM_SIZE, SAFE_SHARE, .min = 1, .max = UINT64_MAX, .unit = "bytes", .doc = "Memory the domain can be extended to by plugging in more."},
    {"maxMemory.slots", "maxMemory/@slots", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .doc = "Slots into which memory can be plugged."},
    {"memory", "memory", DW_FORM_SIZE, SAFE_SHARE, .min = 1, .max = UINT64_MAX, .unit = "bytes", .doc = "Memory the domain can have at most; kept to whole KiB."},
    {"memory.dumpCore", "memory/@dumpCore", DW_FORM_ONOFF, 0, .doc = "Whether the guest's memory is part of a core dump of the emulator."},
    {"currentMemory", "currentMemory", DW_FORM_SIZE, SAFE_SHARE, .min = 1, .max = UINT64_MAX, .unit = "bytes", .flags = DW_ROW_LIVE, .doc = "Memory the domain has now, at most memory."},
    {"vcpu", "vcpu", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT16_MAX, .doc = "Number of virtual processors at most."},
    {"vcpu.placement", "vcpu/@placement", DW_FORM_ENUM, SAFE_SHARE, "static auto", .safe_values = "static", .doc = "How virtual processors are placed on the host's; auto asks numad."},
    {"vcpu.cpuset", "vcpu/@cpuset", DW_FORM_STRING, 0, .doc = "Host processors the virtual ones may run on, such as 0-3,^2."},
    {"vcpu.current", "vcpu/@current", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT16_MAX, .flags = DW_ROW_LIVE, .doc = "Number of virtual processors switched on, at most vcpu."},
    {"iothreads", "iothreads", DW_FORM_UINT, SAFE_SHARE, .max = 4096, .doc = "Number of I/O threads."},
    {"defaultiothread.thread_pool_min", "defaultiothread/@thread_pool_min", DW_FORM_UINT, SAFE_SHARE, .since = "8.5.0", .doc = "Threads that the emulator's own loop keeps at least."},
    {"defaultiothread.thread_pool_max", "defaultiothread/@thread_pool_max", DW_FORM_UINT, SAFE_SHARE, .since = "8.5.0", .doc = "Threads that the emulator's own loop has at most."},
    {"resource.partition", "resource/partition", DW_FORM_PATH, 0, .doc = "Control group of the host that the domain is put in."},
    {"bootloader", "bootloader", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Program run on the host to find what to boot."},
    {"bootloader_args", "bootloader_args", DW_FORM_STRING, 0, .doc = "Arguments of that program."},
    {"on_poweroff", "on_poweroff", DW_FORM_ENUM, SAFE_RUN, "destroy restart preserve rename-restart", .safe_values = "destroy restart preserve", .doc = "What happens when the guest powers off."},
    {"on_reboot", "on_reboot", DW_FORM_ENUM, SAFE_RUN, "destroy restart preserve rename-restart", .safe_values = "destroy restart preserve", .doc = "What happens when the guest reboots."},
    {"on_crash", "on_crash", DW_FORM_ENUM, SAFE_RUN, "destroy restart preserve rename-restart coredump-destroy coredump-restart", .safe_values = "destroy restart preserve", .doc = "What happens when the guest crashes; coredump writes its memory to the host."},
    {"on_lockfailure", "on_lockfailure", DW_FORM_ENUM, SAFE_RUN, "poweroff restart pause ignore", .safe_values = "poweroff restart pause", .doc = "What happens when the lock manager loses the domain's locks."},
    {"pm.suspend-to-mem", "pm/suspend-to-mem/@enabled", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether the guest is told that it can suspend to memory."},
    {"pm.suspend-to-disk", "pm/suspend-to-disk/@enabled", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether the guest is told that it can suspend to disk."},
    {"emulator", "devices/emulator", DW_FORM_PATH, "It is what this host's own capabilities name; any other program would be run as soon as libvirt hears of it.", .safe_if = DW_SAFE_HOST, .doc = "Program that runs the domain."},
    {NULL},
};

static const DwRow os_rows[] = {
    {"firmware", "@firmware", DW_FORM_ENUM, 0, "bios efi", .doc = "Firmware that libvirt chooses by itself; excludes a loader of one's own."},
    {"type", "type", DW_FORM_ENUM, SAFE_HOST, "hvm xen linux xenpvh exe uml", .safe_if = DW_SAFE_HOST, .doc = "Kind of operating system interface."},
    {"arch", "type/@arch", DW_FORM_STRING, SAFE_HOST, .safe_if = DW_SAFE_HOST, .doc = "Architecture, such as x86_64."},
    {"machine", "type/@machine", DW_FORM_STRING, SAFE_HOST, .safe_if = DW_SAFE_HOST, .doc = "Machine type, such as pc-q35-7.2 or q35."},
    {"firmware.feature.secure-boot", "firmware/feature[@name='secure-boot']/@enabled", DW_FORM_YESNO, 0, .since = "7.2.0", .doc = "Whether the chosen firmware has Secure Boot."},
    {"firmware.feature.enrolled-keys", "firmware/feature[@name='enrolled-keys']/@enabled", DW_FORM_YESNO, 0, .since = "7.2.0", .doc = "Whether the chosen firmware has keys enrolled; needs secure-boot."},
    {"init", "init", DW_FORM_PATH, 0, .doc = "First program of a container."},
    {"initdir", "initdir", DW_FORM_PATH, 0, .doc = "Directory the first program of a container runs in."},
    {"inituser", "inituser", DW_FORM_STRING, 0, .doc = "User the first program of a container runs as."},
    {"initgroup", "initgroup", DW_FORM_STRING, 0, .doc = "Group the first program of a container runs as."},
    {"loader", "loader", DW_FORM_PATH, 0, .doc = "Firmware file."},
    {"loader.readonly", "loader/@readonly", DW_FORM_YESNO, 0, .doc = "Whether the firmware file is mapped read-only."},
    {"loader.secure", "loader/@secure", DW_FORM_YESNO, 0, .doc = "Whether the firmware supports Secure Boot."},
    {"loader.type", "loader/@type", DW_FORM_ENUM, 0, "rom pflash", .doc = "How the firmware file is mapped."},
    {"loader.stateless", "loader/@stateless", DW_FORM_YESNO, 0, .since = "8.6.0", .doc = "Whether the firmware does without a file of variables."},
    {"nvram", "nvram", DW_FORM_PATH, 0, .doc = "File of the firmware's variables."},
    {"nvram.template", "nvram/@template", DW_FORM_PATH, 0, .doc = "File from which the variables are first copied."},
    {"kernel", "kernel", DW_FORM_PATH, 0, .doc = "Kernel booted directly."},
    {"initrd", "initrd", DW_FORM_PATH, 0, .doc = "Initial RAM disk of a kernel booted directly."},
    {"cmdline", "cmdline", DW_FORM_STRING, 0, .doc = "Command line of a kernel booted directly."},
    {"dtb", "dtb", DW_FORM_PATH, 0, .doc = "Device tree of a kernel booted directly."},
    {"boot", "boot/@dev", DW_FORM_LIST, SAFE_BOOT, "fd hd cdrom network", .doc = "Boot devices in order; excludes boot.order of devices."},
    {"bootmenu", "bootmenu/@enable", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether the firmware shows a boot menu."},
    {"bootmenu.timeout", "bootmenu/@timeout", DW_FORM_UINT, SAFE_GUEST, .min = 0, .max = 65535, .unit = "ms", .doc = "How long the boot menu waits."},
    {"bios.useserial", "bios/@useserial", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether the BIOS writes to the serial console."},
    {"bios.rebootTimeout", "bios/@rebootTimeout", DW_FORM_INT, SAFE_GUEST, .min = (uint64_t)-1, .max = 65535, .unit = "ms", .doc = "How long after a failed boot the guest starts again; -1 is never."},
    {"smbios.mode", "smbios/@mode", DW_FORM_ENUM, SAFE_GUEST, "emulate host sysinfo", .safe_values = "emulate sysinfo", .doc = "What the guest sees in SMBIOS."},
    {NULL},
};

static const DwRow cpu_rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, SAFE_GUEST, "custom host-model host-passthrough maximum@7.1.0", .doc = "How the guest's processor relates to the host's."},
    {"match", "@match", DW_FORM_ENUM, SAFE_GUEST, "minimum exact strict", .doc = "How strictly a custom processor is provided."},
    {"check", "@check", DW_FORM_ENUM, SAFE_GUEST, "none partial full", .doc = "How the provided processor is checked at start."},
    {"migratable", "@migratable", DW_FORM_ONOFF, SAFE_GUEST, .since = "6.5.0", .doc = "Whether features that hinder migration are left out; host-passthrough and maximum only."},
    {"model", "model", DW_FORM_STRING, SAFE_GUEST, .safe_if = DW_SAFE_NAME, .doc = "Model of a custom processor."},
    {"model.vendor_id", "model/@vendor_id", DW_FORM_STRING, SAFE_GUEST, .doc = "Vendor the guest sees, 12 characters."},
    {"model.fallback", "model/@fallback", DW_FORM_ENUM, SAFE_GUEST, "allow forbid", .doc = "Whether a nearby model may take the place of one the host cannot do."},
    {"vendor", "vendor", DW_FORM_STRING, SAFE_GUEST, .safe_if = DW_SAFE_NAME, .doc = "Vendor the host's processor must be of."},
    {"topology.sockets", "topology/@sockets", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .doc = "Sockets; the product of the topology is vcpu."},
    {"topology.dies", "topology/@dies", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .since = "6.1.0", .doc = "Dies in a socket."},
    {"topology.clusters", "topology/@clusters", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .since = "10.1.0", .doc = "Clusters in a die."},
    {"topology.cores", "topology/@cores", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .doc = "Cores in a cluster or die."},
    {"topology.threads", "topology/@threads", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .doc = "Threads in a core."},
    {"cache.level", "cache/@level", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = 3, .doc = "Processor cache that cache.mode is about; all when it is not given."},
    {"cache.mode", "cache/@mode", DW_FORM_ENUM, SAFE_GUEST, "emulate passthrough disable", .doc = "Processor cache the guest sees."},
    {"maxphysaddr.mode", "maxphysaddr/@mode", DW_FORM_ENUM, SAFE_GUEST, "emulate passthrough", .since = "8.7.0", .doc = "Whether the width of physical addresses is the host's."},
    {"maxphysaddr.bits", "maxphysaddr/@bits", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = 64, .since = "8.7.0", .doc = "Width of physical addresses, for mode emulate."},
    {NULL},
};

/* Where the guest's memory lies is the host's business; how it is filled is not. */
static const DwRow memory_rows[] = {
    {"hugepages", "hugepages", DW_FORM_PRESENCE, 0, .doc = "Memory from the host's huge pages."},
    {"nosharepages", "nosharepages", DW_FORM_PRESENCE, SAFE_SHARE, .doc = "Pages are not merged with those of other domains."},
    {"locked", "locked", DW_FORM_PRESENCE, 0, .doc = "Pages are never swapped out."},
    {"source.type", "source/@type", DW_FORM_ENUM, 0, "file anonymous memfd", .doc = "What the memory is made of."},
    {"access.mode", "access/@mode", DW_FORM_ENUM, 0, "shared private", .doc = "Whether other processes of the host may share the memory; virtiofs and vhostuser need it."},
    {"allocation.mode", "allocation/@mode", DW_FORM_ENUM, SAFE_SHARE, "immediate ondemand", .doc = "When the memory is allocated."},
    {"allocation.threads", "allocation/@threads", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .since = "8.2.0", .doc = "Threads that allocate it."},
    {"discard", "discard", DW_FORM_PRESENCE, SAFE_SPEED, .doc = "What the memory held is thrown away when the domain ends, not written out."},
    {NULL},
};

#define LIMIT(name, what) {name, name, DW_FORM_SIZE, SAFE_SHARE, .unit = "bytes", .flags = DW_ROW_LIVE, .doc = what}
static const DwRow memtune_rows[] = {
    LIMIT("hard_limit", "Memory of the host that the domain can use at most; too little kills it."),
    LIMIT("soft_limit", "Memory kept to when the host is short of it."),
    LIMIT("min_guarantee", "Memory the domain is sure to have."),
    LIMIT("swap_hard_limit", "Memory and swap space together at most."),
    {NULL},
};

#define PERIOD(name, what) {name "period", name "period", DW_FORM_UINT, SAFE_SHARE, .min = 1000, .max = 1000000, .unit = "microseconds", .flags = DW_ROW_LIVE, .doc = "Period over which the quota of " what " holds."}
#define QUOTA(name, what) {name "quota", name "quota", DW_FORM_INT, SAFE_SHARE, .min = (uint64_t)-1, .max = INT32_MAX, .unit = "microseconds", .flags = DW_ROW_LIVE, .doc = "Processor time of " what " in a period, at least 1000; -1 or 0 is no limit."}
static const DwRow cputune_rows[] = {
    {"shares", "shares", DW_FORM_UINT, SAFE_SHARE, .max = 262144, .flags = DW_ROW_LIVE, .doc = "Weight against other domains when processors are short."},
    PERIOD("global_", "the whole domain"),
    QUOTA("global_", "the whole domain"),
    PERIOD("", "each virtual processor"),
    QUOTA("", "each virtual processor"),
    PERIOD("emulator_", "the emulator"),
    QUOTA("emulator_", "the emulator"),
    PERIOD("iothread_", "each I/O thread"),
    QUOTA("iothread_", "each I/O thread"),
    {"emulatorpin.cpuset", "emulatorpin/@cpuset", DW_FORM_STRING, 0, .flags = DW_ROW_LIVE, .doc = "Host processors the emulator may run on, such as 0-3,^2."},
    {NULL},
};

static const DwRow numatune_rows[] = {
    {"memory.mode", "memory/@mode", DW_FORM_ENUM, SAFE_SHARE, "strict preferred interleave restrictive@7.9.0", .doc = "How strictly memory comes from the nodes given."},
    {"memory.nodeset", "memory/@nodeset", DW_FORM_STRING, 0, .doc = "NUMA nodes of the host that memory comes from, such as 0-1."},
    {"memory.placement", "memory/@placement", DW_FORM_ENUM, SAFE_SHARE, "static auto", .safe_values = "static", .doc = "Whether the nodes are given or chosen by numad."},
    {NULL},
};

static const DwRow blkiotune_rows[] = {
    {"weight", "weight", DW_FORM_UINT, SAFE_SHARE, .min = 10, .max = 1000, .flags = DW_ROW_LIVE, .doc = "Weight against other domains when disks are busy."},
    {NULL},
};

#define ENTRY(table, name, what) {table "." name, table "/entry[@name='" name "']", DW_FORM_STRING, SAFE_GUEST, .doc = what}
static const DwRow sysinfo_rows[] = {
    ENTRY("bios", "vendor", "Vendor of the BIOS."),
    ENTRY("bios", "version", "Version of the BIOS."),
    ENTRY("bios", "date", "Date of the BIOS, as 01/31/2020."),
    ENTRY("bios", "release", "Release of the BIOS, as 2.10."),
    ENTRY("system", "manufacturer", "Manufacturer of the machine."),
    ENTRY("system", "product", "Product name of the machine."),
    ENTRY("system", "version", "Version of the machine."),
    ENTRY("system", "serial", "Serial number of the machine."),
    ENTRY("system", "uuid", "UUID of the machine; must be the domain's own."),
    ENTRY("system", "sku", "Stock number of the machine."),
    ENTRY("system", "family", "Family of machines."),
    ENTRY("baseBoard", "manufacturer", "Manufacturer of the board."),
    ENTRY("baseBoard", "product", "Product name of the board."),
    ENTRY("baseBoard", "version", "Version of the board."),
    ENTRY("baseBoard", "serial", "Serial number of the board."),
    ENTRY("baseBoard", "asset", "Asset tag of the board."),
    ENTRY("baseBoard", "location", "Place of the board in the chassis."),
    ENTRY("chassis", "manufacturer", "Manufacturer of the chassis."),
    ENTRY("chassis", "version", "Version of the chassis."),
    ENTRY("chassis", "serial", "Serial number of the chassis."),
    ENTRY("chassis", "asset", "Asset tag of the chassis."),
    ENTRY("chassis", "sku", "Stock number of the chassis."),
    {NULL},
};

static const DwRow features_rows[] = {
    {"acpi", "acpi", DW_FORM_PRESENCE, SAFE_GUEST, .doc = "ACPI; needed for a graceful shutdown."},
    {"apic", "apic", DW_FORM_PRESENCE, SAFE_GUEST, .doc = "APIC."},
    {"apic.eoi", "apic/@eoi", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Paravirtual end of interrupt."},
    {"pae", "pae", DW_FORM_PRESENCE, SAFE_GUEST, .doc = "Physical address extension for 32-bit guests."},
    {"hap", "hap", DW_FORM_PRESENCE, SAFE_GUEST, .doc = "Hardware assisted paging."},
    {"viridian", "viridian", DW_FORM_PRESENCE, SAFE_GUEST, .doc = "Viridian extensions of Xen for Windows."},
    {"privnet", "privnet", DW_FORM_PRESENCE, 0, .doc = "Private network namespace of a container."},
    {"kvm.hidden", "kvm/hidden/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Hide KVM from the guest."},
    {"kvm.hint-dedicated", "kvm/hint-dedicated/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Tell the guest that its processors are its own; needs cpu.mode host-passthrough."},
    {"kvm.poll-control", "kvm/poll-control/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = "6.10.0", .doc = "Let the guest control polling on halt."},
    {"kvm.pv-ipi", "kvm/pv-ipi/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = "7.10.0", .doc = "Paravirtual interrupts between processors."},
    {"kvm.dirty-ring", "kvm/dirty-ring/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = "8.0.0", .doc = "Dirty ring for tracking written pages."},
    {"kvm.dirty-ring.size", "kvm/dirty-ring/@size", DW_FORM_UINT, SAFE_GUEST, .min = 1024, .max = 65536, .since = "8.0.0", .doc = "Entries of the dirty ring, a power of two."},
    {"pvspinlock", "pvspinlock/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Paravirtual spinlocks."},
    {"pmu", "pmu/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Performance monitoring unit."},
    {"vmport", "vmport/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "VMware I/O port."},
    {"gic.version", "gic/@version", DW_FORM_STRING, SAFE_GUEST, .safe_if = DW_SAFE_NAME, .doc = "Version of the ARM interrupt controller."},
    {"smm", "smm/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "System management mode."},
    {"ioapic.driver", "ioapic/@driver", DW_FORM_ENUM, SAFE_GUEST, "kvm qemu", .doc = "Who emulates the I/O APIC."},
    {"vmcoreinfo", "vmcoreinfo/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Let the guest describe its kernel for dumps."},
    {"htm", "htm/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Hardware transactional memory of pSeries."},
    {"nested-hv", "nested-hv/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Nested virtualisation of pSeries."},
    {"ccf-assist", "ccf-assist/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Count cache flush assist of pSeries."},
    {"cfpc", "cfpc/@value", DW_FORM_ENUM, SAFE_GUEST, "broken workaround fixed", .since = "6.3.0", .doc = "Cache flush on privilege change of pSeries."},
    {"sbbc", "sbbc/@value", DW_FORM_ENUM, SAFE_GUEST, "broken workaround fixed", .since = "6.3.0", .doc = "Speculation barrier bounds checking of pSeries."},
    {"ibs", "ibs/@value", DW_FORM_ENUM, SAFE_GUEST, "broken workaround fixed-ibs fixed-ccd fixed-na", .since = "6.3.0", .doc = "Indirect branch speculation of pSeries."},
    {"hpt.resizing", "hpt/@resizing", DW_FORM_ENUM, SAFE_GUEST, "enabled disabled required", .doc = "Resizing of the page table of pSeries."},
    {"msrs.unknown", "msrs/@unknown", DW_FORM_ENUM, SAFE_GUEST, "ignore fault", .since = "6.9.0", .doc = "What becomes of accesses to unknown model-specific registers."},
    {"xen.e820_host", "xen/e820_host/@state", DW_FORM_ONOFF, 0, .since = "6.3.0", .doc = "Show the host's memory map to a paravirtual guest."},
    {"xen.passthrough", "xen/passthrough/@state", DW_FORM_ONOFF, 0, .since = "6.3.0", .doc = "Let PCI devices of the host be plugged in."},
    {"xen.passthrough.mode", "xen/passthrough/@mode", DW_FORM_ENUM, 0, "sync_pt share_pt", .since = "6.3.0", .doc = "How the page tables of IOMMU and guest relate."},
    {"async-teardown", "async-teardown/@enabled", DW_FORM_YESNO, SAFE_GUEST, .since = "9.6.0", .doc = "Release the guest's memory in the background when it stops."},
    {NULL},
};

#define FEATURE(name, version, what) {name, name "/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = version, .flags = DW_ROW_WHOLE, .doc = what}
static const DwRow hyperv_rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, SAFE_GUEST, "custom passthrough@8.0.0 host-model@11.9.0", .since = "8.0.0", .doc = "Whether features are listed or taken from the host."},
    FEATURE("relaxed", NULL, "Relaxed timing: no watchdog bluescreens on busy hosts."),
    FEATURE("vapic", NULL, "Virtual APIC."),
    FEATURE("spinlocks", NULL, "Tell the hypervisor of long spins."),
    {"spinlocks.retries", "spinlocks/@retries", DW_FORM_UINT, SAFE_GUEST, .min = 4095, .max = UINT32_MAX, .doc = "Attempts before the hypervisor is told."},
    FEATURE("vpindex", NULL, "Virtual processor index."),
    FEATURE("runtime", NULL, "Processor time spent on the guest."),
    FEATURE("synic", NULL, "Synthetic interrupt controller; needs vpindex."),
    FEATURE("stimer", NULL, "Synthetic timers; need synic, vpindex and the hypervclock timer."),
    {"stimer.direct", "stimer/direct/@state", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Direct mode of the synthetic timers."},
    FEATURE("reset", NULL, "Reset through the hypervisor."),
    FEATURE("vendor_id", NULL, "A hypervisor vendor of one's own."),
    {"vendor_id.value", "vendor_id/@value", DW_FORM_STRING, SAFE_GUEST, .doc = "The vendor, at most 12 bytes without comma."},
    FEATURE("frequencies", NULL, "Frequency registers."),
    FEATURE("reenlightenment", NULL, "Tell nested hypervisors of migration."),
    FEATURE("tlbflush", NULL, "Paravirtual flush of TLBs; needs vpindex."),
    {"tlbflush.direct", "tlbflush/direct/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = "11.0.0", .doc = "Direct flush for nested guests."},
    {"tlbflush.extended", "tlbflush/extended/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = "11.0.0", .doc = "Flush of address ranges."},
    FEATURE("ipi", NULL, "Paravirtual interrupts between processors; needs vpindex."),
    FEATURE("evmcs", NULL, "Enlightened VMCS for nested guests, Intel only; needs vapic."),
    FEATURE("avic", "8.10.0", "Interrupt virtualisation by the hardware."),
    FEATURE("emsr_bitmap", "10.7.0", "Enlightened MSR bitmap for nested guests."),
    FEATURE("xmm_input", "10.7.0", "Hypercall arguments in XMM registers."),
    {NULL},
};

static const DwRow clock_rows[] = {
    {"offset", "@offset", DW_FORM_ENUM, SAFE_GUEST, "utc localtime timezone variable absolute@8.4.0", .doc = "What the guest's clock is set to at start."},
    {"timezone", "@timezone", DW_FORM_STRING, "It names a file of time zones by a relative path, which the emulator looks for among the system's own.", .safe_if = DW_SAFE_NAMES, .doc = "Time zone for offset timezone."},
    {"basis", "@basis", DW_FORM_ENUM, SAFE_GUEST, "utc localtime", .doc = "What a variable offset is relative to."},
    {"adjustment", "@adjustment", DW_FORM_STRING, SAFE_GUEST, .doc = "Seconds of a variable offset, or reset."},
    {"start", "@start", DW_FORM_UINT64, SAFE_GUEST, .since = "8.4.0", .unit = "s", .doc = "Time at start for offset absolute, seconds since 1970."},
    {NULL},
};

#define PRESENT {"present", "@present", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether the guest has the timer."}
#define TICKPOLICY {"tickpolicy", "@tickpolicy", DW_FORM_ENUM, SAFE_GUEST, "delay catchup merge discard", .doc = "What becomes of ticks the guest missed."}
#define TRACK {"track", "@track", DW_FORM_ENUM, SAFE_GUEST, "boot guest wall realtime", .doc = "What the timer follows."}
#define MODE {"mode", "@mode", DW_FORM_ENUM, SAFE_GUEST, "auto native emulate paravirt smpsafe", .doc = "How the counter is provided."}

static const DwRow timer_rows[] = {PRESENT, TICKPOLICY, TRACK, MODE, {NULL}};

static const DwRow tsc_rows[] = {
    PRESENT, TICKPOLICY, TRACK, MODE,
    {"frequency", "@frequency", DW_FORM_UINT64, SAFE_GUEST, .min = 1, .max = UINT64_MAX, .unit = "Hz", .doc = "Frequency of the counter."},
    {NULL},
};

static const DwRow catchup_rows[] = {
    {"threshold", "@threshold", DW_FORM_UINT, SAFE_GUEST, .doc = "Ticks missed before catching up begins."},
    {"slew", "@slew", DW_FORM_UINT, SAFE_GUEST, .doc = "How fast ticks are caught up."},
    {"limit", "@limit", DW_FORM_UINT, SAFE_GUEST, .doc = "Ticks caught up at most."},
    {NULL},
};

#define TIMER(name, rows) {"clock.timer." name ".", "clock/timer[@name='" name "']", NULL, rows}
const DwSection dw_domain_sections[] = {
    {"", "", NULL, identity_rows},
    {"memoryBacking.", "memoryBacking", NULL, memory_rows},
    {"blkiotune.", "blkiotune", NULL, blkiotune_rows},
    {"memtune.", "memtune", NULL, memtune_rows},
    {"cputune.", "cputune", NULL, cputune_rows},
    {"numatune.", "numatune", NULL, numatune_rows},
    {"sysinfo.", "sysinfo[@type='smbios']", NULL, sysinfo_rows},
    {"os.", "os", NULL, os_rows},
    {"features.", "features", NULL, features_rows},
    {"hyperv.", "features/hyperv", NULL, hyperv_rows},
    {"cpu.", "cpu", NULL, cpu_rows},
    {"clock.", "clock", NULL, clock_rows},
    TIMER("rtc", timer_rows),
    {"clock.timer.rtc.catchup.", "clock/timer[@name='rtc']/catchup", NULL, catchup_rows},
    TIMER("pit", timer_rows),
    TIMER("hpet", timer_rows),
    TIMER("tsc", tsc_rows),
    TIMER("kvmclock", timer_rows),
    TIMER("hypervclock", timer_rows),
    TIMER("armvtimer", timer_rows),
    TIMER("platform", timer_rows),
    {NULL},
};
/* clang-format on */
