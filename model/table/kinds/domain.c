/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys of the domain itself: identity, memory, processors, boot, features, clock, and what only one
 * hypervisor knows, with the sections of all; data only. How it is tuned is in domain-tuning.c.
 * What the fields mean is in table.h. Rows are in libvirt's own order.
 */
#include "table/kinds/domain-tuning.h"
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow identity_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_HOST, "qemu kvm xen lxc test vmware hyperv vbox phyp parallels bhyve vz hvf@8.1.0 openvz uml kqemu", .safe_if = DW_SAFE_HOST, .doc = "Hypervisor type."},
    {"name", "name", DW_FORM_STRING, "A new domain has to be called something; that of another is refused, and a change of it is reach.", .safe_if = DW_SAFE_NEW, .doc = "Name of the domain, unique on its host; no slash or newline."},
    {"uuid", "uuid", DW_FORM_UUID, "A new domain has to have one; that of another is refused, and a change of it is reach.", .safe_if = DW_SAFE_NEW, .doc = "UUID of the domain; made by domwright when it is not given."},
    {"genid", "genid", DW_FORM_UUID, SAFE_GUEST, .bare = "", .doc = "Generation the guest sees, by which it knows that it was copied or restored; libvirt makes one where it is empty."},
    {"title", "title", DW_FORM_STRING, SAFE_WORDS, .flags = DW_ROW_LIVE, .doc = "Short text for people, one line."},
    {"description", "description", DW_FORM_STRING, SAFE_WORDS, .flags = DW_ROW_LIVE, .doc = "Free text for people."},
    {"maxMemory", "maxMemory", DW_FORM_SIZE, SAFE_SHARE, .min = 1, .max = MOST_MEMORY, .unit = "bytes", .flags = DW_ROW_LAX, .doc = "Memory the domain can be extended to by plugging in more."},
    {"maxMemory.slots", "maxMemory/@slots", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .flags = DW_ROW_LAX, .doc = "Slots into which memory can be plugged."},
    {"memory", "memory", DW_FORM_SIZE, SAFE_SHARE, .min = 1, .max = MOST_MEMORY, .unit = "bytes", .doc = "Memory the domain can have at most; kept to whole KiB."},
    {"memory.dumpCore", "memory/@dumpCore", DW_FORM_ONOFF, 0, .doc = "Whether the guest's memory is part of a core dump of the emulator."},
    {"currentMemory", "currentMemory", DW_FORM_SIZE, SAFE_SHARE, .min = 1, .max = MOST_MEMORY, .unit = "bytes", .flags = DW_ROW_LIVE | DW_ROW_LAX, .doc = "Memory the domain has now, at most memory."},
    {"vcpu", "vcpu", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT16_MAX, .doc = "Number of virtual processors at most."},
    {"vcpu.placement", "vcpu/@placement", DW_FORM_ENUM, SAFE_SHARE, "static auto", .safe_values = "static", .usual = "static", .doc = "How virtual processors are placed on the host's; auto asks numad."},
    {"vcpu.cpuset", "vcpu/@cpuset", DW_FORM_STRING, 0, .doc = "Host processors the virtual ones may run on, such as 0-3,^2."},
    {"vcpu.current", "vcpu/@current", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT16_MAX, .flags = DW_ROW_LIVE, .doc = "Number of virtual processors switched on, at most vcpu."},
    {"iothreads", "iothreads", DW_FORM_UINT, SAFE_SHARE, .max = 4096, .flags = DW_ROW_LIVE | DW_ROW_LAX, .doc = "Number of I/O threads."},
    {"defaultiothread.thread_pool_min", "defaultiothread/@thread_pool_min", DW_FORM_UINT, SAFE_SHARE, .since = "8.5.0", .doc = "Threads that the emulator's own loop keeps at least."},
    {"defaultiothread.thread_pool_max", "defaultiothread/@thread_pool_max", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = INT32_MAX, .since = "8.5.0", .doc = "Threads that the emulator's own loop has at most."},
    {"resource.partition", "resource/partition", DW_FORM_PATH, 0, .doc = "Control group of the host that the domain is put in."},
    {"bootloader", "bootloader", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Program run on the host to find what to boot."},
    {"bootloader_args", "bootloader_args", DW_FORM_STRING, 0, .doc = "Arguments of that program."},
    {"on_poweroff", "on_poweroff", DW_FORM_ENUM, SAFE_RUN, "destroy restart preserve rename-restart", .safe_values = "destroy restart preserve", .flags = DW_ROW_LIVE, .usual = "destroy", .doc = "What happens when the guest powers off."},
    {"on_reboot", "on_reboot", DW_FORM_ENUM, SAFE_RUN, "destroy restart preserve rename-restart", .safe_values = "destroy restart preserve", .flags = DW_ROW_LIVE, .usual = "restart", .doc = "What happens when the guest reboots."},
    {"on_crash", "on_crash", DW_FORM_ENUM, SAFE_RUN, "destroy restart preserve rename-restart coredump-destroy coredump-restart preserve-running@12.8.0", .safe_values = "destroy restart preserve", .flags = DW_ROW_LIVE, .usual = "destroy", .doc = "What happens when the guest crashes; coredump writes its memory to the host."},
    {"on_lockfailure", "on_lockfailure", DW_FORM_ENUM, SAFE_RUN, "poweroff restart pause ignore", .safe_values = "poweroff restart pause", .doc = "What happens when the lock manager loses the domain's locks."},
    {"pm.suspend-to-mem", "pm/suspend-to-mem/@enabled", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether the guest is told that it can suspend to memory."},
    {"pm.suspend-to-disk", "pm/suspend-to-disk/@enabled", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether the guest is told that it can suspend to disk."},
    {"emulator", "devices/emulator", DW_FORM_PATH, "It is what this host's own capabilities name; any other program would be run as soon as libvirt hears of it.", .safe_if = DW_SAFE_HOST, .doc = "Program that runs the domain."},
    {"id", "@id", DW_FORM_UINT, 0, .flags = DW_ROW_OUTPUT, .doc = "Number of a running domain on its host."},
    {"hwuuid", "hwuuid", DW_FORM_UUID, 0, .since = "11.7.0", .doc = "UUID the guest sees in its hardware, where it differs from the domain's."},
    {"resource.fibrechannel.appid", "resource/fibrechannel/@appid", DW_FORM_STRING, 0, .since = "7.7.0", .doc = "By what a Fibre Channel fabric knows the domain's traffic."},
    {"keywrap.cipher.aes", "keywrap/cipher[@name='aes']/@state", DW_FORM_ONOFF, 0, .doc = "Whether a guest of s390 can protect AES keys."},
    {"keywrap.cipher.dea", "keywrap/cipher[@name='dea']/@state", DW_FORM_ONOFF, 0, .doc = "Whether a guest of s390 can protect DEA keys."},
    {"iommufd.enabled", "iommufd/@enabled", DW_FORM_YESNO, 0, .since = "12.2.0", .doc = "Whether host devices are handed over through iommufd."},
    {"iommufd.fdgroup", "iommufd/@fdgroup", DW_FORM_STRING, 0, .since = "12.2.0", .doc = "File descriptor for iommufd that was handed to libvirt."},
    {NULL},
};

#define EVENT(name) {"event." name, "event[@name='" name "']/@enabled", DW_FORM_YESNO, 0, .usual = "no", .doc = "Whether the host counts " name " for the domain."}
static const DwRow perf_rows[] = {
    EVENT("cmt"), EVENT("mbmt"), EVENT("mbml"), EVENT("cpu_cycles"),
    EVENT("instructions"), EVENT("cache_references"), EVENT("cache_misses"), EVENT("branch_instructions"),
    EVENT("branch_misses"), EVENT("bus_cycles"), EVENT("stalled_cycles_frontend"), EVENT("stalled_cycles_backend"),
    EVENT("ref_cpu_cycles"), EVENT("cpu_clock"), EVENT("task_clock"), EVENT("page_faults"),
    EVENT("context_switches"), EVENT("cpu_migrations"), EVENT("page_faults_min"), EVENT("page_faults_maj"),
    EVENT("alignment_faults"), EVENT("emulation_faults"),
    {NULL},
};

static const DwRow seclabel_rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, "dynamic static none", .usual = "dynamic", .doc = "Who chooses the label that confines the domain: libvirt, the caller or nobody."},
    {"model", "@model", DW_FORM_STRING, 0, .doc = "Security driver the label is for, such as selinux, apparmor or dac."},
    {"relabel", "@relabel", DW_FORM_YESNO, 0, .doc = "Whether what the domain uses is labelled, too."},
    {"label", "label", DW_FORM_STRING, 0, .doc = "Label of the domain, for type static."},
    {"baselabel", "baselabel", DW_FORM_STRING, 0, .doc = "What a label is made from, for type dynamic."},
    {"imagelabel", "imagelabel", DW_FORM_STRING, 0, .flags = DW_ROW_OUTPUT, .doc = "Label of what a running domain uses."},
    {NULL},
};

static const DwRow security_rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, "sev sev-snp@10.5.0 tdx@11.6.0 s390-pv@7.6.0", .doc = "How the guest's memory is kept from the host."},
    {"kernelHashes", "@kernelHashes", DW_FORM_YESNO, 0, .since = "8.0.0", .doc = "Whether a kernel booted directly is part of what is measured, sev and sev-snp only."},
    {"authorKey", "@authorKey", DW_FORM_YESNO, 0, .since = "10.5.0", .doc = "Whether idAuth has the key of an author, sev-snp only."},
    {"vcek", "@vcek", DW_FORM_YESNO, 0, .since = "10.5.0", .doc = "Whether the key of the chip signs what is attested, sev-snp only."},
    {"cbitpos", "cbitpos", DW_FORM_UINT, 0, .doc = "Bit of an address that says that a page is encrypted, sev and sev-snp only."},
    {"reducedPhysBits", "reducedPhysBits", DW_FORM_UINT, 0, .doc = "Bits of an address that encryption takes, sev and sev-snp only."},
    {"policy", "policy", DW_FORM_STRING, 0, .doc = "What the guest's owner demands of the host, in hexadecimal."},
    {"handle", "handle", DW_FORM_UINT, 0, .flags = DW_ROW_OUTPUT, .doc = "Number of a running domain at the host's firmware, sev only."},
    {"dhCert", "dhCert", DW_FORM_STRING, 0, .doc = "Key of the guest's owner in base64, sev only."},
    {"session", "session", DW_FORM_STRING, 0, .doc = "Session of the guest's owner in base64, sev only."},
    {"guestVisibleWorkarounds", "guestVisibleWorkarounds", DW_FORM_STRING, 0, .since = "10.5.0", .doc = "What the hypervisor tells the guest of itself, in base64, sev-snp only."},
    {"idBlock", "idBlock", DW_FORM_STRING, 0, .since = "10.5.0", .doc = "What the guest must be, in base64, sev-snp only."},
    {"idAuth", "idAuth", DW_FORM_STRING, 0, .since = "10.5.0", .doc = "Signature of idBlock in base64, sev-snp only."},
    {"hostData", "hostData", DW_FORM_STRING, 0, .since = "10.5.0", .doc = "What the host adds to what is attested, in base64, sev-snp only."},
    {"mrConfigId", "mrConfigId", DW_FORM_STRING, 0, .since = "11.6.0", .doc = "Id of the guest's configuration in base64, tdx only."},
    {"mrOwner", "mrOwner", DW_FORM_STRING, 0, .since = "11.6.0", .doc = "Id of the guest's owner in base64, tdx only."},
    {"mrOwnerConfig", "mrOwnerConfig", DW_FORM_STRING, 0, .since = "11.6.0", .doc = "Id of the owner's configuration in base64, tdx only."},
    {"quoteGenerationService", "quoteGenerationService", DW_FORM_PRESENCE, 0, .since = "11.6.0", .doc = "A service of the host attests the guest, tdx only; libvirt chooses its socket where no path is given."},
    {"quoteGenerationService.path", "quoteGenerationService/@path", DW_FORM_PATH, 0, .since = "11.6.0", .doc = "Socket on the host of the service that attests, tdx only."},
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
    {"bios.useserial", "bios/@useserial", DW_FORM_YESNO, SAFE_GUEST, .usual = "no", .doc = "Whether the BIOS writes to the serial console."},
    {"bios.rebootTimeout", "bios/@rebootTimeout", DW_FORM_INT, SAFE_GUEST, .min = (uint64_t)-1, .max = 65535, .unit = "ms", .doc = "How long after a failed boot the guest starts again; -1 is never."},
    {"smbios.mode", "smbios/@mode", DW_FORM_ENUM, SAFE_GUEST, "emulate host sysinfo", .safe_values = "emulate sysinfo", .usual = "emulate", .doc = "What the guest sees in SMBIOS."},
    {"loader.format", "loader/@format", DW_FORM_ENUM, 0, "raw qcow2", .since = "9.2.0", .doc = "Format of the firmware file."},
    {"nvram.type", "nvram/@type", DW_FORM_ENUM, 0, STORAGE_TYPES, .since = "8.5.0", .doc = "Where the firmware's variables are, with os.nvram.source."},
    {"nvram.format", "nvram/@format", DW_FORM_ENUM, 0, "raw qcow2", .since = "9.2.0", .doc = "Format of the file of variables."},
    {"nvram.templateFormat", "nvram/@templateFormat", DW_FORM_ENUM, 0, "raw qcow2", .since = "10.10.0", .doc = "Format of the file from which the variables are first copied."},
    {"varstore", "varstore", DW_FORM_PRESENCE, 0, .since = "12.1.0", .doc = "The firmware keeps its variables without flash memory; libvirt chooses the file where no path is given."},
    {"varstore.template", "varstore/@template", DW_FORM_PATH, 0, .since = "12.1.0", .doc = "File from which the variables of a firmware without flash memory are first made."},
    {"varstore.path", "varstore/@path", DW_FORM_PATH, 0, .since = "12.1.0", .doc = "File of the variables of a firmware without flash memory."},
    {"shim", "shim", DW_FORM_PATH, 0, .since = "11.2.0", .doc = "First boot loader of a kernel booted directly with Secure Boot."},
    {"root", "root", DW_FORM_PATH, 0, .doc = "Root device of a kernel booted directly."},
    {"acpi.table.slic", "acpi/table[@type='slic']", DW_FORM_PATH, 0, .doc = "File with the ACPI table of a software licence."},
    {"acpi.table.msdm", "acpi/table[@type='msdm']", DW_FORM_PATH, 0, .since = "11.2.0", .doc = "File with the ACPI table of a licence of Windows."},
    {"acpi.table.raw", "acpi/table[@type='raw']", DW_FORM_PATH, 0, .since = "11.2.0", .doc = "File with one ACPI table."},
    {"acpi.table.rawset", "acpi/table[@type='rawset']", DW_FORM_PATH, 0, .since = "11.2.0", .doc = "File with several ACPI tables."},
    {"initarg", "initarg", DW_FORM_LIST, 0, .doc = "Arguments of the first program of a container."},
    {NULL},
};

static const DwRow initenv_rows[] = {
    {"", "", DW_FORM_STRING, 0, .bare = "", .doc = "Value of this variable of the environment of a container's first program."},
    {NULL},
};

static const DwRow cpu_rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, SAFE_GUEST, "custom host-model host-passthrough maximum@7.1.0", .usual = "custom", .doc = "How the guest's processor relates to the host's."},
    {"match", "@match", DW_FORM_ENUM, SAFE_GUEST, "minimum exact strict", .usual = "exact", .doc = "How strictly a custom processor is provided."},
    {"check", "@check", DW_FORM_ENUM, SAFE_GUEST, "none partial full", .doc = "How the provided processor is checked at start."},
    {"migratable", "@migratable", DW_FORM_ONOFF, SAFE_GUEST, .since = "6.5.0", .doc = "Whether features that hinder migration are left out; host-passthrough and maximum only."},
    {"model", "model", DW_FORM_STRING, SAFE_GUEST, .safe_if = DW_SAFE_NAME, .doc = "Model of a custom processor."},
    {"model.vendor_id", "model/@vendor_id", DW_FORM_STRING, SAFE_GUEST, .doc = "Vendor the guest sees, 12 characters."},
    {"model.fallback", "model/@fallback", DW_FORM_ENUM, SAFE_GUEST, "allow forbid", .usual = "allow", .doc = "Whether a nearby model may take the place of one the host cannot do."},
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
    {"maxphysaddr.limit", "maxphysaddr/@limit", DW_FORM_UINT, SAFE_GUEST, .since = "9.3.0", .doc = "Width of physical addresses at most, for mode passthrough."},
    {"deprecated_features", "@deprecated_features", DW_FORM_ONOFF, SAFE_GUEST, .since = "11.0.0", .doc = "Whether features that are to go away are on, s390 only."},
    {NULL},
};

static const DwRow feature_rows[] = {
    {"policy", "@policy", DW_FORM_ENUM, SAFE_GUEST, "force require optional disable forbid", .bare = "require", .doc = "Whether the guest's processor has this feature, and what if the host's has not."},
    {NULL},
};

static const DwRow cell_rows[] = {
    {"cpus", "@cpus", DW_FORM_STRING, SAFE_GUEST, .doc = "Virtual processors of the cell, such as 0-3,^2."},
    {"memory", "@memory", DW_FORM_SIZE, SAFE_SHARE, .max = MOST_MEMORY, .unit = "bytes", .doc = "Memory of the cell; the cells together have the domain's."},
    {"memAccess", "@memAccess", DW_FORM_ENUM, 0, "shared private", .doc = "Whether other processes of the host may share the cell's memory."},
    {"discard", "@discard", DW_FORM_YESNO, SAFE_SPEED, .doc = "Whether what the memory held is thrown away when the domain ends, not written out."},
    {NULL},
};

static const DwRow sibling_rows[] = {
    {"value", "@value", DW_FORM_UINT, SAFE_GUEST, .min = 10, .max = 255, .doc = "Distance to the cell of this number; 10 is its own."},
    {NULL},
};

static const DwRow cell_cache_rows[] = {
    {"associativity", "@associativity", DW_FORM_ENUM, SAFE_GUEST, "none direct full", .since = "6.6.0", .doc = "How the cache of this level is organised."},
    {"policy", "@policy", DW_FORM_ENUM, SAFE_GUEST, "none writeback writethrough", .since = "6.6.0", .doc = "How the cache of this level writes."},
    {"size", "size/@value", DW_FORM_SIZE, SAFE_GUEST, .max = MOST_MEMORY, .unit = "bytes", .since = "6.6.0", .doc = "Size of the cache of this level."},
    {"line", "line/@value", DW_FORM_SIZE, SAFE_GUEST, .unit = "bytes", .since = "6.6.0", .doc = "Size of a line of the cache of this level."},
    {NULL},
};

#define BETWEEN_CELLS \
    {"initiator", "@initiator", DW_FORM_UINT, SAFE_GUEST, .since = "6.6.0", .doc = "Cell that reads and writes."}, \
    {"target", "@target", DW_FORM_UINT, SAFE_GUEST, .since = "6.6.0", .doc = "Cell whose memory is read and written."}, \
    {"cache", "@cache", DW_FORM_UINT, SAFE_GUEST, .since = "6.6.0", .doc = "Level of the target's cache that is meant; its memory when it is not given."}, \
    {"type", "@type", DW_FORM_ENUM, SAFE_GUEST, "access read write", .since = "6.6.0", .doc = "What the value is for."}

static const DwRow latency_rows[] = {
    BETWEEN_CELLS,
    {"value", "@value", DW_FORM_UINT, SAFE_GUEST, .unit = "nanoseconds", .since = "6.6.0", .doc = "Latency the guest is told of."},
    {NULL},
};

static const DwRow bandwidth_rows[] = {
    BETWEEN_CELLS,
    {"value", "@value", DW_FORM_SIZE, SAFE_GUEST, .max = MOST_MEMORY, .unit = "bytes/s", .since = "6.6.0", .doc = "Bandwidth the guest is told of."},
    {NULL},
};

static const DwRow vcpu_rows[] = {
    {"enabled", "@enabled", DW_FORM_YESNO, SAFE_SHARE, .doc = "Whether this virtual processor is switched on."},
    {"hotpluggable", "@hotpluggable", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether this virtual processor can be plugged and unplugged."},
    {"order", "@order", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT16_MAX, .doc = "When this virtual processor was switched on, among the others."},
    {NULL},
};

static const DwRow iothread_rows[] = {
    {"", "", DW_FORM_PRESENCE, SAFE_SHARE, .flags = DW_ROW_LIVE, .doc = "Whether there is an I/O thread of this number."},
    {"thread_pool_min", "@thread_pool_min", DW_FORM_UINT, SAFE_SHARE, .since = "8.5.0", .flags = DW_ROW_LIVE, .doc = "Threads that this I/O thread keeps at least."},
    {"thread_pool_max", "@thread_pool_max", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = INT32_MAX, .since = "8.5.0", .flags = DW_ROW_LIVE, .doc = "Threads that this I/O thread has at most."},
    {"poll.max", "poll/@max", DW_FORM_UINT64, SAFE_SHARE, .unit = "nanoseconds", .since = "9.4.0", .flags = DW_ROW_LIVE, .doc = "How long this I/O thread polls at most; 0 is not at all."},
    {"poll.grow", "poll/@grow", DW_FORM_UINT64, SAFE_SHARE, .since = "9.4.0", .flags = DW_ROW_LIVE, .doc = "Factor by which polling grows."},
    {"poll.shrink", "poll/@shrink", DW_FORM_UINT64, SAFE_SHARE, .since = "9.4.0", .flags = DW_ROW_LIVE, .doc = "Divisor by which polling shrinks."},
    {"poll.weight", "poll/@weight", DW_FORM_UINT, SAFE_SHARE, .max = 63, .since = "12.7.0", .doc = "How much the last wait counts for the next; 0 is the emulator's own choice."},
    {NULL},
};

/* Where the guest's memory lies is the host's business; how it is filled is not. */
static const DwRow memory_rows[] = {
    {"hugepages", "hugepages", DW_FORM_PRESENCE, 0, .doc = "Memory from the host's huge pages."},
    {"nosharepages", "nosharepages", DW_FORM_PRESENCE, SAFE_SHARE, .doc = "Pages are not merged with those of other domains."},
    {"locked", "locked", DW_FORM_PRESENCE, 0, .doc = "Pages are never swapped out."},
    {"source.type", "source/@type", DW_FORM_ENUM, 0, "file anonymous memfd", .doc = "What the memory is made of."},
    {"access.mode", "access/@mode", DW_FORM_ENUM, 0, "shared private", .doc = "Whether other processes of the host may share the memory; virtiofs and vhostuser need it."},
    {"allocation.mode", "allocation/@mode", DW_FORM_ENUM, SAFE_SHARE, "immediate ondemand", .usual = "ondemand", .doc = "When the memory is allocated."},
    {"allocation.threads", "allocation/@threads", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .since = "8.2.0", .flags = DW_ROW_LAX, .doc = "Threads that allocate it."},
    {"discard", "discard", DW_FORM_PRESENCE, SAFE_SPEED, .doc = "What the memory held is thrown away when the domain ends, not written out."},
    {NULL},
};

static const DwRow page_rows[] = {
    {"size", "@size", DW_FORM_SIZE, 0, .min = 1, .max = MOST_MEMORY, .unit = "bytes", .doc = "Size of the host's huge pages."},
    {"nodeset", "@nodeset", DW_FORM_STRING, 0, .doc = "NUMA cells of the guest that have such pages, such as 0-1; all others when it is not given."},
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
    ENTRY("chassis", "manufacturer", "Manufacturer of the chassis."),
    ENTRY("chassis", "version", "Version of the chassis."),
    ENTRY("chassis", "serial", "Serial number of the chassis."),
    ENTRY("chassis", "asset", "Asset tag of the chassis."),
    ENTRY("chassis", "sku", "Stock number of the chassis."),
    {"oemStrings", "oemStrings/entry", DW_FORM_LIST, 0, .doc = "Texts of the maker that the guest sees in SMBIOS."},
    {NULL},
};

#define BOARD(name, what) {name, "entry[@name='" name "']", DW_FORM_STRING, SAFE_GUEST, .doc = what}
static const DwRow board_rows[] = {
    BOARD("manufacturer", "Manufacturer of the board."),
    BOARD("product", "Product name of the board."),
    BOARD("version", "Version of the board."),
    BOARD("serial", "Serial number of the board."),
    BOARD("asset", "Asset tag of the board."),
    BOARD("location", "Place of the board in the chassis."),
    {NULL},
};

static const DwRow fwcfg_rows[] = {
    {"name", "@name", DW_FORM_STRING, 0, .since = "6.5.0", .doc = "Name by which the guest finds the entry, such as opt/com.example/a."},
    {"value", "", DW_FORM_STRING, 0, .since = "6.5.0", .doc = "Text of the entry."},
    {"file", "@file", DW_FORM_PATH, 0, .since = "6.5.0", .doc = "File on the host with the content of the entry."},
    {NULL},
};

static const DwRow features_rows[] = {
    {"acpi", "acpi", DW_FORM_PRESENCE, SAFE_GUEST, .doc = "ACPI; needed for a graceful shutdown."},
    {"apic", "apic", DW_FORM_PRESENCE, SAFE_GUEST, .doc = "APIC."},
    {"apic.eoi", "apic/@eoi", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Paravirtual end of interrupt."},
    {"pae", "pae", DW_FORM_PRESENCE, SAFE_GUEST, .doc = "Physical address extension for 32-bit guests."},
    {"hap", "hap/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .doc = "Hardware assisted paging."},
    {"viridian", "viridian", DW_FORM_PRESENCE, SAFE_GUEST, .doc = "Viridian extensions of Xen for Windows."},
    {"privnet", "privnet", DW_FORM_PRESENCE, 0, .doc = "Private network namespace of a container."},
    {"kvm.hidden", "kvm/hidden/@state", DW_FORM_ONOFF, SAFE_GUEST, .usual = "off", .doc = "Hide KVM from the guest."},
    {"kvm.hint-dedicated", "kvm/hint-dedicated/@state", DW_FORM_ONOFF, SAFE_GUEST, .usual = "off", .doc = "Tell the guest that its processors are its own; needs cpu.mode host-passthrough."},
    {"kvm.poll-control", "kvm/poll-control/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = "6.10.0", .usual = "off", .doc = "Let the guest control polling on halt."},
    {"kvm.pv-ipi", "kvm/pv-ipi/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = "7.10.0", .usual = "on", .doc = "Paravirtual interrupts between processors."},
    {"kvm.dirty-ring", "kvm/dirty-ring/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = "8.0.0", .usual = "off", .doc = "Dirty ring for tracking written pages."},
    {"kvm.dirty-ring.size", "kvm/dirty-ring/@size", DW_FORM_UINT, SAFE_GUEST, .min = 1024, .max = 65536, .since = "8.0.0", .flags = DW_ROW_LAX, .doc = "Entries of the dirty ring, a power of two."},
    {"pvspinlock", "pvspinlock/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .doc = "Paravirtual spinlocks."},
    {"pmu", "pmu/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .doc = "Performance monitoring unit."},
    {"vmport", "vmport/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .doc = "VMware I/O port."},
    {"gic", "gic", DW_FORM_PRESENCE, SAFE_GUEST, .doc = "The ARM interrupt controller, of the host's version where none is given."},
    {"gic.version", "gic/@version", DW_FORM_STRING, SAFE_GUEST, .safe_if = DW_SAFE_NAME, .doc = "Version of the ARM interrupt controller."},
    {"smm", "smm/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .flags = DW_ROW_WHOLE, .doc = "System management mode."},
    {"ioapic.driver", "ioapic/@driver", DW_FORM_ENUM, SAFE_GUEST, "kvm qemu", .doc = "Who emulates the I/O APIC."},
    {"vmcoreinfo", "vmcoreinfo/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .usual = "off", .doc = "Let the guest describe its kernel for dumps."},
    {"htm", "htm/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .doc = "Hardware transactional memory of pSeries."},
    {"nested-hv", "nested-hv/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .doc = "Nested virtualisation of pSeries."},
    {"ccf-assist", "ccf-assist/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .doc = "Count cache flush assist of pSeries."},
    {"cfpc", "cfpc/@value", DW_FORM_ENUM, SAFE_GUEST, "broken workaround fixed", .since = "6.3.0", .doc = "Cache flush on privilege change of pSeries."},
    {"sbbc", "sbbc/@value", DW_FORM_ENUM, SAFE_GUEST, "broken workaround fixed", .since = "6.3.0", .doc = "Speculation barrier bounds checking of pSeries."},
    {"ibs", "ibs/@value", DW_FORM_ENUM, SAFE_GUEST, "broken workaround fixed-ibs fixed-ccd fixed-na", .since = "6.3.0", .doc = "Indirect branch speculation of pSeries."},
    {"hpt.resizing", "hpt/@resizing", DW_FORM_ENUM, SAFE_GUEST, "enabled disabled required", .doc = "Resizing of the page table of pSeries."},
    {"msrs.unknown", "msrs/@unknown", DW_FORM_ENUM, SAFE_GUEST, "ignore fault", .doc = "What becomes of accesses to unknown model-specific registers."},
    {"xen.e820_host", "xen/e820_host/@state", DW_FORM_ONOFF, 0, .since = "6.3.0", .doc = "Show the host's memory map to a paravirtual guest."},
    {"xen.passthrough", "xen/passthrough/@state", DW_FORM_ONOFF, 0, .since = "6.3.0", .doc = "Let PCI devices of the host be plugged in."},
    {"xen.passthrough.mode", "xen/passthrough/@mode", DW_FORM_ENUM, 0, "sync_pt share_pt", .since = "6.3.0", .doc = "How the page tables of IOMMU and guest relate."},
    {"async-teardown", "async-teardown/@enabled", DW_FORM_YESNO, SAFE_GUEST, .since = "9.6.0", .doc = "Release the guest's memory in the background when it stops."},
    {"smm.tseg", "smm/tseg", DW_FORM_SIZE, SAFE_GUEST, .unit = "bytes", .bare_unit = "MiB", .doc = "Memory for system management mode, q35 only."},
    {"hpt.maxpagesize", "hpt/maxpagesize", DW_FORM_SIZE, SAFE_GUEST, .unit = "bytes", .doc = "Size of the largest page a guest of pSeries can use."},
    {"tcg.tb-cache", "tcg/tb-cache", DW_FORM_SIZE, 0, .max = MOST_MEMORY, .unit = "bytes", .since = "8.0.0", .doc = "Memory of the host for translated code, without hardware virtualization only."},
    {"ras", "ras/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .since = "10.4.0", .doc = "Whether a guest of ARM is told of errors of the host's memory."},
    {"ps2", "ps2/@state", DW_FORM_ONOFF, SAFE_GUEST, .bare = "on", .since = "10.7.0", .doc = "Whether there is a PS/2 controller."},
    {"aia", "aia/@value", DW_FORM_ENUM, SAFE_GUEST, "none aplic aplic-imsic", .since = "11.1.0", .doc = "Interrupt architecture of RISC-V."},
    {"virtualization", "virtualization", DW_FORM_PRESENCE, 0, .since = "12.1.0", .doc = "The guest of ARM can itself run guests."},
    {NULL},
};

#define CAPABILITY(name) {name, name "/@state", DW_FORM_ONOFF, 0, .doc = "Whether a container has the capability " name " of the host's kernel."}
static const DwRow capability_rows[] = {
    {"policy", "@policy", DW_FORM_ENUM, 0, "default allow deny", .doc = "Which capabilities of the host's kernel a container has that are not named."},
    CAPABILITY("audit_control"), CAPABILITY("audit_write"), CAPABILITY("block_suspend"), CAPABILITY("chown"), CAPABILITY("dac_override"),
    CAPABILITY("dac_read_search"), CAPABILITY("fowner"), CAPABILITY("fsetid"), CAPABILITY("ipc_lock"), CAPABILITY("ipc_owner"),
    CAPABILITY("kill"), CAPABILITY("lease"), CAPABILITY("linux_immutable"), CAPABILITY("mac_admin"), CAPABILITY("mac_override"),
    CAPABILITY("mknod"), CAPABILITY("net_admin"), CAPABILITY("net_bind_service"), CAPABILITY("net_broadcast"), CAPABILITY("net_raw"),
    CAPABILITY("setgid"), CAPABILITY("setfcap"), CAPABILITY("setpcap"), CAPABILITY("setuid"), CAPABILITY("sys_admin"),
    CAPABILITY("sys_boot"), CAPABILITY("sys_chroot"), CAPABILITY("sys_module"), CAPABILITY("sys_nice"), CAPABILITY("sys_pacct"),
    CAPABILITY("sys_ptrace"), CAPABILITY("sys_rawio"), CAPABILITY("sys_resource"), CAPABILITY("sys_time"), CAPABILITY("sys_tty_config"),
    CAPABILITY("syslog"), CAPABILITY("wake_alarm"),
    {NULL},
};

#define FEATURE(name, version, what) {name, name "/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = version, .flags = DW_ROW_WHOLE, .usual = "off", .doc = what}
static const DwRow hyperv_rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, SAFE_GUEST, "custom passthrough@8.0.0 host-model@11.9.0", .since = "8.0.0", .usual = "custom", .doc = "Whether features are listed or taken from the host."},
    FEATURE("relaxed", NULL, "Relaxed timing: no watchdog bluescreens on busy hosts."),
    FEATURE("vapic", NULL, "Virtual APIC."),
    FEATURE("spinlocks", NULL, "Tell the hypervisor of long spins."),
    {"spinlocks.retries", "spinlocks/@retries", DW_FORM_UINT, SAFE_GUEST, .min = 4095, .max = UINT32_MAX, .flags = DW_ROW_LAX, .doc = "Attempts before the hypervisor is told."},
    FEATURE("vpindex", NULL, "Virtual processor index."),
    FEATURE("runtime", NULL, "Processor time spent on the guest."),
    FEATURE("synic", NULL, "Synthetic interrupt controller; needs vpindex."),
    FEATURE("stimer", NULL, "Synthetic timers; need synic, vpindex and the hypervclock timer."),
    {"stimer.direct", "stimer/direct/@state", DW_FORM_ONOFF, SAFE_GUEST, .usual = "off", .doc = "Direct mode of the synthetic timers."},
    FEATURE("reset", NULL, "Reset through the hypervisor."),
    FEATURE("vendor_id", NULL, "A hypervisor vendor of one's own."),
    {"vendor_id.value", "vendor_id/@value", DW_FORM_STRING, SAFE_GUEST, .doc = "The vendor, at most 12 bytes without comma."},
    FEATURE("frequencies", NULL, "Frequency registers."),
    FEATURE("reenlightenment", NULL, "Tell nested hypervisors of migration."),
    FEATURE("tlbflush", NULL, "Paravirtual flush of TLBs; needs vpindex."),
    {"tlbflush.direct", "tlbflush/direct/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = "11.0.0", .usual = "off", .doc = "Direct flush for nested guests."},
    {"tlbflush.extended", "tlbflush/extended/@state", DW_FORM_ONOFF, SAFE_GUEST, .since = "11.0.0", .usual = "off", .doc = "Flush of address ranges."},
    FEATURE("ipi", NULL, "Paravirtual interrupts between processors; needs vpindex."),
    FEATURE("evmcs", NULL, "Enlightened VMCS for nested guests, Intel only; needs vapic."),
    FEATURE("avic", "8.10.0", "Interrupt virtualisation by the hardware."),
    FEATURE("emsr_bitmap", "10.7.0", "Enlightened MSR bitmap for nested guests."),
    FEATURE("xmm_input", "10.7.0", "Hypercall arguments in XMM registers."),
    {NULL},
};

static const DwRow clock_rows[] = {
    {"offset", "@offset", DW_FORM_ENUM, SAFE_GUEST, "utc localtime timezone variable absolute@8.4.0", .usual = "utc", .doc = "What the guest's clock is set to at start."},
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

static const DwRow timer_rows[] = {
    PRESENT, TICKPOLICY, TRACK, MODE,
    {"frequency", "@frequency", DW_FORM_UINT64, SAFE_GUEST, .min = 1, .max = UINT64_MAX, .unit = "Hz", .flags = DW_ROW_LAX, .doc = "Frequency of the counter, tsc only."},
    {NULL},
};

static const DwRow catchup_rows[] = {
    {"threshold", "@threshold", DW_FORM_UINT, SAFE_GUEST, .doc = "Ticks missed before catching up begins."},
    {"slew", "@slew", DW_FORM_UINT, SAFE_GUEST, .doc = "How fast ticks are caught up."},
    {"limit", "@limit", DW_FORM_UINT, SAFE_GUEST, .doc = "Ticks caught up at most."},
    {NULL},
};

/* ---- What only one hypervisor knows, in namespaces of their own ---- */

static const DwRow qemu_rows[] = {
    {"commandline.arg", "qemu:commandline/qemu:arg/@value", DW_FORM_LIST, 0, .doc = "Arguments that libvirt adds to QEMU's own, in order."},
    {"capabilities.add", "qemu:capabilities/qemu:add/@capability", DW_FORM_LIST, 0, .doc = "Capabilities that libvirt takes QEMU to have."},
    {"capabilities.del", "qemu:capabilities/qemu:del/@capability", DW_FORM_LIST, 0, .doc = "Capabilities that libvirt takes QEMU not to have."},
    {"deprecation.behavior", "qemu:deprecation/@behavior", DW_FORM_ENUM, 0, "none omit reject crash", .since = "7.1.0", .usual = "none", .doc = "What QEMU does when it is asked for something that is to go away."},
    {NULL},
};

static const DwRow qemu_env_rows[] = {
    {"", "@value", DW_FORM_STRING, 0, .bare = "", .doc = "Value of this variable of QEMU's environment."},
    {NULL},
};

static const DwRow qemu_device_rows[] = {
    {"alias", "@alias", DW_FORM_STRING, 0, .since = "8.2.0", .doc = "Alias of the device whose properties libvirt changes."},
    {NULL},
};

static const DwRow qemu_property_rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, "string signed unsigned bool remove", .since = "8.2.0", .doc = "What the value of this property is; remove leaves the property out."},
    {"value", "@value", DW_FORM_STRING, 0, .since = "8.2.0", .doc = "Value of this property of QEMU's device."},
    {NULL},
};

static const DwRow arguments_rows[] = {
    {"xen.commandline.arg", "xen:commandline/xen:arg/@value", DW_FORM_LIST, 0, .since = "6.7.0", .doc = "Arguments that libvirt adds to those of the emulator of Xen, in order."},
    {"bhyve.commandline.arg", "bhyve:commandline/bhyve:arg/@value", DW_FORM_LIST, 0, .doc = "Arguments that libvirt adds to bhyve's own, in order."},
    {"vmware.datacenterpath", "vmware:datacenterpath", DW_FORM_STRING, 0, .doc = "Folder of the server's inventory that the machine is in."},
    {NULL},
};

#define SHARED(name, types, what) \
    {name ".type", "lxc:" name "/@type", DW_FORM_ENUM, 0, types, .doc = "By what another container is named whose " what " is shared."}, \
    {name ".value", "lxc:" name "/@value", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "The other container whose " what " is shared."}
static const DwRow lxc_rows[] = {
    SHARED("sharenet", "name pid netns", "network"),
    SHARED("shareipc", "name pid", "communication between processes"),
    SHARED("shareuts", "name pid", "host name"),
    {NULL},
};

#define CATCHUP(name) {"clock.timer." name ".catchup.", "clock/timer[@name='" name "']/catchup", NULL, catchup_rows}
#define TIMER(name) {"clock.timer." name ".", "clock/timer[@name='" name "']", NULL, timer_rows}
static const DwSection sections[] = {
    {"", "", NULL, identity_rows},
    {"vcpus.vcpu.N.", "vcpus/vcpu[@id=N]", NULL, vcpu_rows},
    {"iothreadids.iothread.N.", "iothreadids/iothread[@id=N]", NULL, iothread_rows},
    {"throttlegroups.throttlegroup.N.", "throttlegroups/throttlegroup[N]", NULL, dw_throttle_rows},
    {"memoryBacking.", "memoryBacking", NULL, memory_rows},
    {"memoryBacking.hugepages.page.N.", "memoryBacking/hugepages/page[N]", NULL, page_rows},
    {"blkiotune.", "blkiotune", NULL, dw_blkiotune_rows},
    {"blkiotune.device.N.", "blkiotune/device[N]", NULL, dw_blkiotune_device_rows},
    {"memtune.", "memtune", NULL, dw_memtune_rows},
    {"cputune.", "cputune", NULL, dw_cputune_rows},
    {"cputune.vcpupin.N.", "cputune/vcpupin[@vcpu=N]", NULL, dw_pin_rows},
    {"cputune.iothreadpin.N.", "cputune/iothreadpin[@iothread=N]", NULL, dw_pin_rows},
    {"cputune.emulatorsched.", "cputune/emulatorsched", NULL, dw_emulator_scheduler_rows},
    {"cputune.vcpusched.N.", "cputune/vcpusched[N]", NULL, dw_vcpu_scheduler_rows},
    {"cputune.iothreadsched.N.", "cputune/iothreadsched[N]", NULL, dw_iothread_scheduler_rows},
    {"cputune.cachetune.N.", "cputune/cachetune[N]", NULL, dw_cachetune_rows},
    {"cputune.cachetune.N.cache.N.", "cputune/cachetune[N]/cache[N]", NULL, dw_cachetune_cache_rows},
    {"cputune.cachetune.N.monitor.N.", "cputune/cachetune[N]/monitor[N]", NULL, dw_cache_monitor_rows},
    {"cputune.memorytune.N.", "cputune/memorytune[N]", NULL, dw_vcpus_rows},
    {"cputune.memorytune.N.node.N.", "cputune/memorytune[N]/node[@id=N]", NULL, dw_node_bandwidth_rows},
    {"cputune.memorytune.N.monitor.N.", "cputune/memorytune[N]/monitor[N]", NULL, dw_vcpus_rows},
    {"cputune.energytune.N.", "cputune/energytune[N]", NULL, dw_energytune_rows, "12.4.0"},
    {"cputune.energytune.N.monitor.N.", "cputune/energytune[N]/monitor[N]", NULL, dw_vcpus_rows, "12.4.0"},
    {"numatune.", "numatune", NULL, dw_numatune_rows},
    {"numatune.memnode.N.", "numatune/memnode[@cellid=N]", NULL, dw_memnode_rows},
    {"sysinfo.", "sysinfo[@type='smbios']", NULL, sysinfo_rows},
    {"sysinfo.baseBoard.", "sysinfo[@type='smbios']/baseBoard", NULL, board_rows},
    {"sysinfo.baseBoard.N.", "sysinfo[@type='smbios']/baseBoard[N]", NULL, board_rows, .first = 2},
    {"sysinfo.fwcfg.entry.N.", "sysinfo[@type='fwcfg']/entry[N]", NULL, fwcfg_rows},
    {"os.", "os", NULL, os_rows},
    {"os.initenv.NAME.", "os/initenv[@name=NAME]", NULL, initenv_rows},
    {"os.nvram.source.", "os/nvram/source", NULL, dw_source_rows, "8.5.0", true},
    SOURCE_PARTS("os.nvram.source.", "os/nvram/source", NULL, NULL, NULL, "8.5.0"),
    DATA_STORE_SECTIONS("os.nvram.source.dataStore.", "os/nvram/source/dataStore"),
    {"idmap.uid.N.", "idmap/uid[N]", NULL, dw_idmap_rows},
    {"idmap.gid.N.", "idmap/gid[N]", NULL, dw_idmap_rows},
    {"features.", "features", NULL, features_rows},
    {"features.capabilities.", "features/capabilities", NULL, capability_rows},
    {"hyperv.", "features/hyperv", NULL, hyperv_rows},
    {"cpu.", "cpu", NULL, cpu_rows},
    {"cpu.feature.NAME.", "cpu/feature[@name=NAME]", NULL, feature_rows},
    {"cpu.numa.cell.N.", "cpu/numa/cell[@id=N]", NULL, cell_rows},
    {"cpu.numa.cell.N.distances.sibling.N.", "cpu/numa/cell[@id=N]/distances/sibling[@id=N]", NULL, sibling_rows},
    {"cpu.numa.cell.N.cache.N.", "cpu/numa/cell[@id=N]/cache[@level=N]", NULL, cell_cache_rows},
    {"cpu.numa.interconnects.latency.N.", "cpu/numa/interconnects/latency[N]", NULL, latency_rows},
    {"cpu.numa.interconnects.bandwidth.N.", "cpu/numa/interconnects/bandwidth[N]", NULL, bandwidth_rows},
    {"clock.", "clock", NULL, clock_rows},
    TIMER("rtc"),
    CATCHUP("rtc"),
    TIMER("pit"),
    CATCHUP("pit"),
    TIMER("hpet"),
    CATCHUP("hpet"),
    TIMER("tsc"),
    CATCHUP("tsc"),
    TIMER("kvmclock"),
    TIMER("hypervclock"),
    {"clock.timer.armvtimer.", "clock/timer[@name='armvtimer']", NULL, timer_rows, "6.1.0"},
    TIMER("platform"),
    CATCHUP("platform"),
    {"perf.", "perf", NULL, perf_rows},
    {"seclabel.N.", "seclabel[N]", NULL, seclabel_rows},
    {"launchSecurity.", "launchSecurity", NULL, security_rows},
    {"qemu.", "", NULL, qemu_rows},
    {"qemu.commandline.env.NAME.", "qemu:commandline/qemu:env[@name=NAME]", NULL, qemu_env_rows},
    {"qemu.override.device.N.", "qemu:override/qemu:device[N]", NULL, qemu_device_rows},
    {"qemu.override.device.N.frontend.property.NAME.", "qemu:override/qemu:device[N]/qemu:frontend/qemu:property[@name=NAME]", NULL, qemu_property_rows},
    {"", "", NULL, arguments_rows},
    {"lxc.namespace.", "lxc:namespace", NULL, lxc_rows},
    {NULL},
};

const DwGroup dw_domain_group = {"", NULL, sections};
/* clang-format on */
