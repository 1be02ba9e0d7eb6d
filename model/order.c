/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order in which libvirt writes the children of an element. Data only: a new child is put
 * behind the last one that comes before it here. What is not listed goes to the end.
 */
#include <string.h>

#include "document-private.h"

static const struct {
    const char *parent;
    const char *children; /* separated by single blanks, with one at either end */
} orders[] = {
    {"domain",
     " name uuid genid title description metadata maxMemory memory currentMemory blkiotune memtune "
     "memoryBacking vcpu vcpus iothreads iothreadids defaultiothread throttlegroups cputune "
     "numatune "
     "resource sysinfo bootloader bootloader_args os idmap features cpu clock on_poweroff "
     "on_reboot "
     "on_crash on_lockfailure pm perf devices seclabel keywrap launchSecurity "},
    {"os",
     " type init initarg initenv initdir inituser initgroup firmware loader nvram kernel initrd "
     "cmdline shim dtb acpi boot bootmenu bios smbios "},
    {"features",
     " acpi apic pae hap viridian privnet hyperv kvm pvspinlock pmu vmport gic smm ioapic "
     "capabilities vmcoreinfo hpt htm nested-hv msrs ccf-assist xen cfpc sbbc ibs tcg "
     "async-teardown "
     "ras ps2 aia "},
    {"hyperv", " relaxed vapic spinlocks vpindex runtime synic stimer reset vendor_id frequencies "
               "reenlightenment tlbflush ipi evmcs avic emsr_bitmap xmm_input "},
    {"tlbflush", " direct extended "},
    {"kvm", " hidden hint-dedicated poll-control pv-ipi dirty-ring "},
    {"cpu", " model vendor topology cache maxphysaddr feature numa "},
    {"devices", " emulator disk controller lease filesystem interface smartcard serial parallel "
                "console channel "
                "input tpm graphics sound audio video hostdev redirdev redirfilter hub watchdog "
                "memballoon rng "
                "nvram panic shmem memory iommu vsock crypto pstore "},
    {"disk", " driver auth source backingStore backenddomain geometry blockio mirror target "
             "throttlefilters "
             "iotune readonly shareable transient serial wwn vendor product encryption boot alias "
             "address "},
    {"source",
     " host snapshot config auth encryption reservations initiator address cookies ssl readahead "
     "timeout identity slices reconnect seclabel "},
    {"backingStore", " format source backingStore "},
    {"iotune",
     " total_bytes_sec read_bytes_sec write_bytes_sec total_iops_sec read_iops_sec write_iops_sec "
     "total_bytes_sec_max read_bytes_sec_max write_bytes_sec_max total_iops_sec_max "
     "read_iops_sec_max write_iops_sec_max size_iops_sec group_name total_bytes_sec_max_length "
     "read_bytes_sec_max_length write_bytes_sec_max_length total_iops_sec_max_length "
     "read_iops_sec_max_length write_iops_sec_max_length "},
    {"channel", " source protocol target log alias address "},
    {"interface",
     " mac source virtualport script backenddomain target guest model driver boot bandwidth vlan "
     "port mtu coalesce teaming filterref link ip route tune rom acpi alias address "},
};

const char *order_of(const char *parent, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++)
        if (strlen(orders[i].parent) == length && memcmp(orders[i].parent, parent, length) == 0)
            return orders[i].children;
    return NULL;
}

int order_rank(const char *order, const char *child, size_t length)
{
    for (const char *p = order ? order + 1 : ""; *p; p = strchr(p, ' ') + 1)
        if (*p == *child && strncmp(p, child, length) == 0 && p[length] == ' ')
            return p - order;
    return -1;
}
