/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of kinds: the domain's own settings first, then devices by name. Any thread. */
#include "table/kinds/rows.h"

static const DwGroup *const groups[] = {
    &dw_domain_group,     &dw_disk_group,        &dw_channel_group,
    &dw_audio_group,      &dw_console_group,     &dw_controller_group,
    &dw_crypto_group,     &dw_filesystem_group,  &dw_graphics_group,
    &dw_hostdev_group,    &dw_hub_group,         &dw_input_group,
    &dw_interface_group,  &dw_iommu_group,       &dw_lease_group,
    &dw_memballoon_group, &dw_memory_group,      &dw_nvram_group,
    &dw_panic_group,      &dw_parallel_group,    &dw_pstore_group,
    &dw_redirdev_group,   &dw_redirfilter_group, &dw_rng_group,
    &dw_serial_group,     &dw_shmem_group,       &dw_smartcard_group,
    &dw_sound_group,      &dw_tpm_group,         &dw_video_group,
    &dw_vsock_group,      &dw_watchdog_group,    NULL,
};

const DwGroup *const *table_groups(void)
{
    return groups;
}
