/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one table of methods: what each needs, and who does it. What has no row cannot be called. */
#include <domwright/names.h>
#include <string.h>

#include "access.h"
#include "handlers.h"

#define MANAGER DOMWRIGHT_MANAGER_INTERFACE
#define HOST    DOMWRIGHT_HOST_INTERFACE
#define CONFIG  DOMWRIGHT_CONFIG_INTERFACE
#define DRAFT   DOMWRIGHT_DRAFT_INTERFACE
#define DOMAIN  DOMWRIGHT_DOMAIN_INTERFACE

/* clang-format off */
static const Method methods[] = {
    {MANAGER, "Build",                    ACCESS_OWN,      manager_build},
    {MANAGER, "Parse",                    ACCESS_OWN,      manager_parse},
    {MANAGER, "NewDraft",                 ACCESS_OWN,      manager_new_draft},
    {MANAGER, "ImportDraft",              ACCESS_OWN,      manager_import_draft},
    {MANAGER, "ListDrafts",               ACCESS_OWN,      manager_list_drafts},
    {MANAGER, "FindDomain",               ACCESS_LOOK,     manager_find_domain},
    {MANAGER, "DescribeKeys",             ACCESS_OWN,      manager_describe_keys},

    {HOST,    "Define",                   ACCESS_CHANGE,   host_define},
    {HOST,    "DefineXML",                ACCESS_CHANGE,   host_define_xml},
    {HOST,    "ListDomains",              ACCESS_LOOK,     host_list_domains},
    {HOST,    "GetCapabilities",          ACCESS_LOOK,     host_get_capabilities},
    {HOST,    "GetDomainCapabilities",    ACCESS_READ,     host_get_domain_capabilities},
    {HOST,    "ListChoices",              ACCESS_READ,     host_list_choices},
    {HOST,    "GetCapabilitiesXML",       ACCESS_READ,     host_get_capabilities_xml},
    {HOST,    "GetDomainCapabilitiesXML", ACCESS_READ,     host_get_domain_capabilities_xml},

    {CONFIG,  "Describe",                 ACCESS_READ,     config_describe},
    {CONFIG,  "GetSettings",              ACCESS_READ,     config_get_settings},
    {CONFIG,  "GetDevices",               ACCESS_READ,     config_get_devices},
    {CONFIG,  "Modify",                   ACCESS_CHANGE,   config_modify},
    {CONFIG,  "AddDevice",                ACCESS_CHANGE,   config_add_device},
    {CONFIG,  "ModifyDevice",             ACCESS_CHANGE,   config_modify_device},
    {CONFIG,  "RemoveDevice",             ACCESS_CHANGE,   config_remove_device},
    {CONFIG,  "AddDisk",                  ACCESS_CHANGE,   config_add_disk},
    {CONFIG,  "ModifyDisk",               ACCESS_CHANGE,   config_modify_disk},
    {CONFIG,  "RemoveDisk",               ACCESS_CHANGE,   config_remove_disk},
    {CONFIG,  "SetHyperV",                ACCESS_CHANGE,   config_set_hyperv},
    {CONFIG,  "SetBootOrder",             ACCESS_CHANGE,   config_set_boot_order},
    {CONFIG,  "ApplyPreset",              ACCESS_CHANGE,   config_apply_preset},
    {CONFIG,  "Apply",                    ACCESS_CHANGE,   config_apply},
    {CONFIG,  "Validate",                 ACCESS_READ,     config_validate},
    {CONFIG,  "GetXML",                   ACCESS_READ,     config_get_xml},
    {CONFIG,  "GetMetadata",              ACCESS_READ,     config_get_metadata},
    {CONFIG,  "SetMetadata",              ACCESS_CHANGE,   config_set_metadata},

    {DRAFT,   "Diff",                     ACCESS_OWN,      draft_diff},
    {DRAFT,   "Commit",                   ACCESS_CHANGE,   draft_commit},
    {DRAFT,   "Discard",                  ACCESS_OWN,      draft_discard},

    {DOMAIN,  "Edit",                     ACCESS_READ,     domain_edit},
    {DOMAIN,  "SetAutostart",             ACCESS_CONTROL,  domain_set_autostart},
    {DOMAIN,  "Undefine",                 ACCESS_UNDEFINE, domain_undefine},
    {DOMAIN,  "Start",                    ACCESS_CONTROL,  domain_start},
    {DOMAIN,  "Shutdown",                 ACCESS_CONTROL,  domain_shutdown},
    {DOMAIN,  "Destroy",                  ACCESS_CONTROL,  domain_destroy},
    {DOMAIN,  "Reboot",                   ACCESS_CONTROL,  domain_reboot},
    {DOMAIN,  "Reset",                    ACCESS_CONTROL,  domain_reset},
    {DOMAIN,  "Suspend",                  ACCESS_CONTROL,  domain_suspend},
    {DOMAIN,  "Resume",                   ACCESS_CONTROL,  domain_resume},
    {DOMAIN,  "ListHistory",              ACCESS_READ,     domain_list_history},
    {DOMAIN,  "Restore",                  ACCESS_CHANGE,   domain_restore},
};
/* clang-format on */

const Method *method_find(const char *interface, const char *member)
{
    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (strcmp(methods[i].member, member) == 0 && strcmp(methods[i].interface, interface) == 0)
            return &methods[i];
    }
    return NULL;
}
