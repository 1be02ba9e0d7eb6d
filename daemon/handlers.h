/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The methods of the contract, one function each; see request.h for how they take and answer calls.
 */
#pragma once

#include "options.h"
#include "request.h"

#define HANDLER(name) bool name(Request *request, Object *object, GError **error)

HANDLER(manager_build);
HANDLER(manager_parse);
HANDLER(manager_new_draft);
HANDLER(manager_import_draft);
HANDLER(manager_list_drafts);
HANDLER(manager_find_domain);
HANDLER(manager_describe_keys);

HANDLER(host_define);
HANDLER(host_define_xml);
HANDLER(host_list_domains);
HANDLER(host_get_capabilities);
HANDLER(host_get_domain_capabilities);
HANDLER(host_list_choices);
HANDLER(host_get_capabilities_xml);
HANDLER(host_get_domain_capabilities_xml);

HANDLER(config_describe);
HANDLER(config_get_settings);
HANDLER(config_get_devices);
HANDLER(config_modify);
HANDLER(config_add_device);
HANDLER(config_modify_device);
HANDLER(config_remove_device);
HANDLER(config_add_disk);
HANDLER(config_modify_disk);
HANDLER(config_remove_disk);
HANDLER(config_set_hyperv);
HANDLER(config_set_boot_order);
HANDLER(config_apply_preset);
HANDLER(config_apply);
HANDLER(config_validate);
HANDLER(config_get_xml);
HANDLER(config_get_metadata);
HANDLER(config_set_metadata);

HANDLER(draft_diff);
HANDLER(draft_commit);
HANDLER(draft_discard);

HANDLER(domain_edit);
HANDLER(domain_set_autostart);
HANDLER(domain_undefine);
HANDLER(domain_start);
HANDLER(domain_shutdown);
HANDLER(domain_destroy);
HANDLER(domain_reboot);
HANDLER(domain_reset);
HANDLER(domain_suspend);
HANDLER(domain_resume);
HANDLER(domain_list_history);
HANDLER(domain_restore);

/* INVALID_VALUE or UNSUPPORTED unless option affect asks for what can be done. */
bool check_affect(const Options *options, GError **error);
