/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration in force: its defaults and its hosts. The command line is read by arguments.c,
 * the file by configuration-file.c. Main thread.
 */
#include "config/configuration.h"

#include <string.h>

#include "base/error.h"
#include "common/words.h"

static void host_entry_free(HostEntry *entry)
{
    g_free(entry->name);
    g_free(entry->uri);
    g_free(entry);
}

static GPtrArray *host_entries_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)host_entry_free);
}

Configuration *configuration_new(void)
{
    Configuration *configuration = g_new0(Configuration, 1);
    configuration->given = host_entries_new();
    configuration->hosts = host_entries_new();
    configuration->limits = (Limits){
        .drafts_per_user = 16,
        .draft_bytes_per_user = 4 * 1024 * 1024,
        .draft_bytes = 64 * 1024 * 1024,
        .calls_per_user = 32,
    };
    configuration->history = (HistorySettings){
        .required = true,
        .entries = 100,
        .days = 365,
        .domain_bytes = 4 * 1024 * 1024,
        .total_bytes = 512 * 1024 * 1024,
    };
    return configuration;
}

void configuration_free(Configuration *configuration)
{
    if (!configuration)
        return;
    g_free(configuration->address);
    g_free(configuration->file);
    g_free(configuration->runtime_directory);
    g_free(configuration->state_directory);
    g_ptr_array_unref(configuration->given);
    g_ptr_array_unref(configuration->hosts);
    g_clear_pointer(&configuration->image_directories, g_ptr_array_unref);
    g_free(configuration);
}

bool configuration_add_host(GPtrArray *hosts, const char *name, const char *uri, GError **error)
{
    if (!host_name_is_valid(name)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                    "Host name \"%s\": only letters, digits and _ are possible.", name);
        return false;
    }
    if (*uri == '\0') {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Host %s has no URI.", name);
        return false;
    }
    for (guint i = 0; i < hosts->len; i++) {
        if (strcmp(((HostEntry *)hosts->pdata[i])->name, name) == 0) {
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Host %s is given twice.", name);
            return false;
        }
    }
    HostEntry *entry = g_new(HostEntry, 1);
    *entry = (HostEntry){g_strdup(name), g_strdup(uri)};
    g_ptr_array_add(hosts, entry);
    return true;
}
