/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Renaming. libvirt moves the configuration and its metadata of snapshots, but not the file of the
 * firmware's variables. Before 9.2 libvirt derives its path from the domain's name each time a
 * domain whose firmware it chooses is started, so that a renamed guest would find its variables
 * empty. So that path is written into the configuration before the name changes. On workers.
 */
#include "operations/edits/rename.h"

#include <string.h>

#include "base/error.h"
#include "operations/define-on-host.h"

/* The first libvirt that writes the path into the configuration by itself. */
#define LIBVIRT_WRITES_NVRAM 9002000

#define SYSTEM_NVRAM "/var/lib/libvirt/qemu/nvram"

bool rename_check(Virt *virt, const char *uuid, const char *name, GError **error)
{
    VirtDomain *domain = virt_domain_get(virt, uuid, error);
    if (!domain)
        return false;
    bool active = domain->id >= 0;
    virt_domain_free(domain);
    if (active) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID,
                    "A running domain cannot be renamed; shut it down first.");
        return false;
    }
    if (virt_has_managed_save(virt, uuid)) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID,
                    "The domain has a saved state, which goes by its name; start the domain or "
                    "remove the saved state, then rename it.");
        return false;
    }
    GError *failure = NULL;
    g_autofree char *other = virt_find_name(virt, name, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return false;
    }
    if (other && g_ascii_strcasecmp(other, uuid) != 0) {
        set_name_taken(name, error);
        return false;
    }
    return true;
}

/* ---- The firmware's variables ---- */

static bool is_text(const DwDocument *document, const char *key, const char *text)
{
    g_autofree char *found = dw_get_string(document, key);
    return g_strcmp0(found, text) == 0;
}

static bool implies_nvram(const DwDocument *document, const DwHost *host)
{
    g_autofree char *nvram = dw_get_string(document, "os.nvram");
    return !nvram && host->libvirt_version < LIBVIRT_WRITES_NVRAM &&
           (is_text(document, "type", "kvm") || is_text(document, "type", "qemu")) &&
           is_text(document, "os.firmware", "efi") &&
           !is_text(document, "os.loader.stateless", "yes");
}

/* Where libvirt's driver for QEMU keeps them; NULL: not known. */
static char *nvram_directory(const char *uri)
{
    g_autofree char *path = g_strndup(uri, strcspn(uri, "?"));
    if (g_str_has_suffix(path, "/system"))
        return g_strdup(SYSTEM_NVRAM);
    if (strcmp(path, "qemu:///session") == 0)
        return g_build_filename(g_get_user_config_dir(), "libvirt/qemu/nvram", NULL);
    return NULL;
}

static bool set_text(DwDocument *document, const char *key, const char *text, const DwHost *host,
                     DwApplyFlags flags, DwResult *result, GError **error)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    dw_settings_put(values, key, dw_value_string(text));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", values, NULL));
    return dw_apply(document, edits, flags, host, result, error);
}

/* Writes the path that the old name implies. */
static bool settle_nvram(ChangePlan *plan, const char *uri, const DwHost *host, GError **error)
{
    g_auto(DwResult) result = {0};
    g_autofree char *directory = nvram_directory(uri);
    if (!directory) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "Libvirt keeps the firmware's variables of this domain under its name, in a "
                    "directory that is not known; set os.nvram to their file, then rename it.");
        return false;
    }
    g_autofree char *path = g_strdup_printf("%s/%s_VARS.fd", directory, plan->old_name);
    plan->settled = dw_document_copy(plan->config.before);
    return set_text(plan->settled, "os.nvram", path, host, 0, &result, error) &&
           set_text(plan->config.after, "os.nvram", path, host, 0, NULL, error);
}

/* ---- Plan and act ---- */

bool rename_plan(ChangeOperation *change, const char *uri, const char *name, const DwHost *host,
                 GError **error)
{
    ChangePlan *plan = change->plan;
    DocumentChange *config = &plan->config;
    plan->old_name = dw_get_string(config->before, "name");
    if (g_strcmp0(plan->old_name, name) == 0)
        return true;
    if (implies_nvram(config->before, host) && !settle_nvram(plan, uri, host, error))
        return false;
    return set_text(config->after, "name", name, host,
                    change->base.options.dry_run ? DW_APPLY_DRY : 0, &change->result, error);
}

char *rename_on_host(const ChangePlan *plan, Virt *virt, GError **error)
{
    if (plan->settled) {
        g_autofree char *uuid = virt_define(virt, dw_document_body(plan->settled), false, error);
        if (!uuid)
            return NULL;
    }
    return virt_rename(virt, plan->uuid, plan->name, error) ? g_strdup(plan->uuid) : NULL;
}
