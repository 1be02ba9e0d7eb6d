/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration and the command line. What the file says is in configuration-file.c. */
#include "configuration.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

#define DEFAULT_FILE "/etc/domwright/domwright.conf"

static const char usage[] =
    "usage: domwrightd [OPTION]...\n"
    "Builds, edits and defines libvirt domains over D-Bus.\n"
    "\n"
    "  --system               serve on the system bus (default)\n"
    "  --session              serve on the session bus\n"
    "  --address=ADDRESS      serve on the bus at this D-Bus address\n"
    "  --host NAME=URI        a libvirt connection; repeatable; instead of the configured ones\n"
    "  --config FILE          configuration file (" DEFAULT_FILE ")\n"
    "  --state-directory DIR  where drafts and the revision key survive a restart\n"
    "  --version              print the version\n"
    "  --help                 print this\n";

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
    return configuration;
}

void configuration_free(Configuration *configuration)
{
    if (!configuration)
        return;
    g_free(configuration->address);
    g_free(configuration->file);
    g_free(configuration->state_directory);
    g_ptr_array_unref(configuration->given);
    g_ptr_array_unref(configuration->hosts);
    g_clear_pointer(&configuration->image_directories, g_ptr_array_unref);
    g_free(configuration);
}

bool configuration_add_host(GPtrArray *hosts, const char *name, const char *uri, GError **error)
{
    bool valid = *name != '\0';
    for (const char *c = name; *c; c++)
        valid = valid && (g_ascii_isalnum(*c) || *c == '_');
    if (!valid) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                    "host name \"%s\": only letters, digits and _ are possible", name);
        return false;
    }
    if (*uri == '\0') {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "host %s has no URI", name);
        return false;
    }
    for (guint i = 0; i < hosts->len; i++) {
        if (strcmp(((HostEntry *)hosts->pdata[i])->name, name) == 0) {
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "host %s is given twice", name);
            return false;
        }
    }
    HostEntry *entry = g_new(HostEntry, 1);
    *entry = (HostEntry){g_strdup(name), g_strdup(uri)};
    g_ptr_array_add(hosts, entry);
    return true;
}

static bool add_host_argument(GPtrArray *hosts, const char *text, GError **error)
{
    const char *equals = strchr(text, '=');
    if (!equals) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "--host needs NAME=URI, not \"%s\"",
                    text);
        return false;
    }
    g_autofree char *name = g_strndup(text, equals - text);
    return configuration_add_host(hosts, name, equals + 1, error);
}

/* Where systemd or the session keeps what may be lost with the machine. */
static char *default_state_directory(BusKind bus)
{
    const char *runtime = g_getenv("RUNTIME_DIRECTORY");
    if (runtime)
        return g_strndup(runtime, strcspn(runtime, ":"));
    if (bus == BUS_SYSTEM)
        return g_strdup("/run/domwright");
    const char *session = g_getenv("XDG_RUNTIME_DIR");
    if (bus == BUS_SESSION && session)
        return g_build_filename(session, "domwright", NULL);
    return NULL;
}

ArgumentsResult configuration_arguments(Configuration *configuration, int argc, char **argv,
                                        GError **error)
{
    enum { SYSTEM = 256, SESSION, ADDRESS, HOST, CONFIG, STATE, VERSION, HELP };
    static const struct option options[] = {
        {"system", no_argument, NULL, SYSTEM},
        {"session", no_argument, NULL, SESSION},
        {"address", required_argument, NULL, ADDRESS},
        {"host", required_argument, NULL, HOST},
        {"config", required_argument, NULL, CONFIG},
        {"state-directory", required_argument, NULL, STATE},
        {"version", no_argument, NULL, VERSION},
        {"help", no_argument, NULL, HELP},
        {NULL},
    };
    int option;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case SYSTEM:
            configuration->bus = BUS_SYSTEM;
            break;
        case SESSION:
            configuration->bus = BUS_SESSION;
            break;
        case ADDRESS:
            configuration->bus = BUS_ADDRESS;
            g_free(configuration->address);
            configuration->address = g_strdup(optarg);
            break;
        case HOST:
            if (!add_host_argument(configuration->given, optarg, error))
                return ARGUMENTS_WRONG;
            break;
        case CONFIG:
            g_free(configuration->file);
            configuration->file = g_strdup(optarg);
            configuration->file_required = true;
            break;
        case STATE:
            g_free(configuration->state_directory);
            configuration->state_directory = g_strdup(optarg);
            break;
        case VERSION:
            puts("domwrightd " DOMWRIGHT_VERSION);
            return ARGUMENTS_DONE;
        case HELP:
        case 'h':
            fputs(usage, stdout);
            return ARGUMENTS_DONE;
        default:
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "see domwrightd --help");
            return ARGUMENTS_WRONG;
        }
    }
    if (optind < argc) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "unexpected argument \"%s\"",
                    argv[optind]);
        return ARGUMENTS_WRONG;
    }
    if (!configuration->file)
        configuration->file = g_strdup(DEFAULT_FILE);
    if (!configuration->state_directory)
        configuration->state_directory = default_state_directory(configuration->bus);
    return ARGUMENTS_RUN;
}
