/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order in which libvirt writes the children of an element: data, and looking it up. A new
 * child is put behind the last one that comes before it here; what is not listed goes to the end.
 * Used by splice.c.
 */
#include <string.h>

#include "document/document-private.h"

/* Where the parent's name alone means several things, `in` is the name of what it is in; type
 * narrows it to elements with that attribute. These count before a name alone. children: separated
 * by single blanks, with one at either end. */
static const struct {
    const char *parent, *children, *type, *in;
} orders[] = {
    {"domain",
     " name uuid hwuuid genid title description metadata maxMemory memory currentMemory "
     "blkiotune memtune memoryBacking vcpu vcpus iothreads iothreadids defaultiothread "
     "throttlegroups cputune numatune resource sysinfo bootloader bootloader_args os idmap "
     "features cpu clock on_poweroff on_reboot on_crash on_lockfailure pm perf iommufd devices "
     "seclabel keywrap launchSecurity "},
    {"os", " type init initarg initenv initdir inituser initgroup firmware loader nvram varstore "
           "kernel initrd cmdline shim root dtb acpi boot bootmenu bios smbios "},
    {"features",
     " acpi apic pae hap viridian privnet hyperv kvm pvspinlock pmu vmport gic smm ioapic "
     "capabilities hpt vmcoreinfo htm nested-hv msrs ccf-assist xen cfpc sbbc ibs tcg "
     "async-teardown ras ps2 aia virtualization "},
    {"hyperv", " relaxed vapic spinlocks vpindex runtime synic stimer reset vendor_id frequencies "
               "reenlightenment tlbflush ipi evmcs avic emsr_bitmap xmm_input "},
    {"tlbflush", " direct extended "},
    {"kvm", " hidden hint-dedicated poll-control pv-ipi dirty-ring "},
    {"cpu", " model vendor topology cache maxphysaddr feature numa ", .in = "domain"},
    {"numa", " cell interconnects "},
    {"cell", " distances cache "},
    {"cache", " size line ", .in = "cell"},
    {"interconnects", " latency bandwidth "},
    {"cputune",
     " shares period quota global_period global_quota emulator_period emulator_quota "
     "iothread_period iothread_quota vcpupin emulatorpin iothreadpin emulatorsched vcpusched "
     "iothreadsched cachetune memorytune energytune "},
    {"cachetune", " cache monitor "},
    {"memorytune", " node monitor "},
    {"memoryBacking", " hugepages nosharepages locked source access allocation discard "},
    {"memtune", " hard_limit soft_limit min_guarantee swap_hard_limit "},
    {"blkiotune", " weight device "},
    {"device", " path weight read_iops_sec write_iops_sec read_bytes_sec write_bytes_sec ",
     .in = "blkiotune"},
    {"numatune", " memory memnode "},
    {"resource", " partition fibrechannel "},
    {"sysinfo", " bios system baseBoard chassis oemStrings entry "},
    {"idmap", " uid gid "},
    {"pm", " suspend-to-mem suspend-to-disk "},
    {"seclabel", " label imagelabel baselabel "},
    {"launchSecurity",
     " cbitpos reducedPhysBits policy guestVisibleWorkarounds idBlock idAuth hostData "
     "mrConfigId mrOwner mrOwnerConfig dhCert session quoteGenerationService "},
    {"devices",
     " emulator disk controller lease filesystem interface smartcard serial parallel console "
     "channel input tpm graphics sound audio video hostdev redirdev redirfilter hub watchdog "
     "memballoon rng nvram panic shmem memory iommu vsock crypto pstore "},
    {"disk",
     " driver auth source backingStore backenddomain geometry blockio mirror target "
     "throttlefilters iotune readonly shareable transient serial wwn vendor product encryption "
     "boot alias rom acpi address "},
    {"driver", " metadata_cache iothreads statistics ", .in = "disk"},
    {"source",
     " host snapshot config initiator ssl cookies readahead timeout identity knownHosts reconnect "
     "clipboard mouse seclabel slices dataStore auth encryption reservations "},
    {"source",
     " address host snapshot config initiator ssl cookies readahead timeout identity knownHosts "
     "reconnect seclabel slices dataStore auth encryption reservations ",
     .in = "disk"},
    {"source",
     " address host snapshot config initiator ssl cookies readahead timeout identity knownHosts "
     "reconnect seclabel slices dataStore auth encryption reservations ",
     .in = "backingStore"},
    {"source", " adapter vendor product address host auth initiator block char interface ip route ",
     .in = "hostdev"},
    {"source", " vendor product address local reconnect ip route ", .in = "interface"},
    {"source", " path nodemask pagesize alignsize pmem ", .in = "memory"},
    {"target", " size node block requested label readonly address ", .in = "memory"},
    {"backingStore", " format source backingStore "},
    {"mirror", " format source backingStore "},
    {"iotune", " total_bytes_sec read_bytes_sec write_bytes_sec total_iops_sec read_iops_sec "
               "write_iops_sec total_bytes_sec_max read_bytes_sec_max write_bytes_sec_max "
               "total_iops_sec_max read_iops_sec_max write_iops_sec_max size_iops_sec group_name "
               "total_bytes_sec_max_length read_bytes_sec_max_length write_bytes_sec_max_length "
               "total_iops_sec_max_length read_iops_sec_max_length write_iops_sec_max_length "},
    {"controller", " driver serial model target alias master acpi pcihole64 address "},
    {"channel", " source protocol log target alias acpi address "},
    {"serial", " source protocol log target alias acpi address "},
    {"parallel", " source protocol log target alias acpi address "},
    {"console", " source protocol log target alias acpi address "},
    {"target", " model ", .in = "serial"},
    {"smartcard", " certificate database source protocol log alias acpi address "},
    {"redirdev", " source protocol log boot alias acpi address "},
    {"filesystem",
     " driver binary idmap source target readonly space_hard_limit space_soft_limit boot alias "
     "acpi address "},
    {"binary", " cache sandbox lock thread_pool openfiles "},
    {"interface",
     " mac driver source vlan virtualport ip route bandwidth port portForward script downscript "
     "backenddomain target guest model backend filterref tune link mtu coalesce teaming boot "
     "alias rom acpi address ",
     .type = "hostdev"},
    {"interface",
     " mac source vlan virtualport ip route bandwidth port portForward script downscript "
     "backenddomain target guest model driver backend filterref tune link mtu coalesce teaming "
     "boot alias rom acpi address "},
    {"driver", " host guest ", .in = "interface"},
    {"bandwidth", " inbound outbound "},
    {"hostdev", " driver source teaming readonly shareable boot alias master rom acpi address "},
    {"graphics",
     " listen channel image jpeg zlib playback streaming mouse clipboard filetransfer gl audio "},
    {"video", " driver model alias acpi address "},
    {"model", " acceleration resolution ", .in = "video"},
    {"sound", " codec audio driver alias acpi address "},
    {"audio", " input output "},
    {"input", " driver source alias acpi address "},
    {"tpm", " backend alias acpi address "},
    {"backend", " profile device encryption active_pcr_banks source protocol log "},
    {"active_pcr_banks", " sha1 sha256 sha384 sha512 "},
    {"rng", " rate backend driver alias acpi address "},
    {"watchdog", " alias acpi address "},
    {"memballoon", " stats alias acpi address driver "},
    {"memory", " uuid source target driver alias acpi address "},
    {"shmem", " model size server msi alias acpi address "},
    {"vsock", " cid driver alias acpi address "},
    {"iommu", " driver alias acpi address "},
    {"panic", " alias acpi address "},
    {"hub", " alias acpi address "},
    {"nvram", " alias acpi address "},
    {"crypto", " backend driver alias acpi address "},
    {"qemu:commandline", " qemu:arg qemu:env "},
    {"qemu:capabilities", " qemu:add qemu:del "},
    {"lease", " lockspace key target "},
    {"pstore", " path size alias acpi address "},
};

static bool is_in(const DwDocument *document, DwNode node, const char *name)
{
    DwNode parent = node_parent(document, node);
    size_t length;
    const char *own = parent == DW_NODE_NONE ? "" : node_raw_name(document, parent, &length);

    return *own && strncmp(own, name, length) == 0 && !name[length];
}

const char *order_of(const DwDocument *document, DwNode parent)
{
    const char *found = NULL;
    size_t length;
    const char *name = node_raw_name(document, parent, &length);

    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        const char *other = orders[i].parent, *in = orders[i].in, *type = orders[i].type;

        if (*other != *name || strncmp(other, name, length) != 0 || other[length] ||
            (in && !is_in(document, parent, in)) ||
            (type && !node_attribute_is(document, parent, "type", type)))
            continue;
        if (in || type)
            return orders[i].children;
        found = found ? found : orders[i].children;
    }
    return found;
}

int order_rank(const char *order, const char *child, size_t length)
{
    for (const char *p = order ? order + 1 : ""; *p; p = strchr(p, ' ') + 1)
        if (*p == *child && strncmp(p, child, length) == 0 && p[length] == ' ')
            return p - order;
    return -1;
}
