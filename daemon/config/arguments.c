/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns what the command line of domwrightd may say, and where drafts and history are kept when it
 * says nothing. Used by main.c, before any thread starts.
 */
#include "config/arguments.h"

#include <string.h>

#include "base/error.h"

#define FILE_NAME    "domwright/domwright.conf"
#define DEFAULT_FILE SYSCONFDIR "/" FILE_NAME

typedef struct {
    gboolean on_system, on_session, check, version, help;
    char **hosts;
    char *address, *file, *runtime_directory, *state_directory;
} Arguments;

static void arguments_clear(Arguments *arguments)
{
    g_strfreev(arguments->hosts);
    g_free(arguments->address);
    g_free(arguments->file);
    g_free(arguments->runtime_directory);
    g_free(arguments->state_directory);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static bool parse(Arguments *arguments, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"system", 0, 0, G_OPTION_ARG_NONE, &arguments->on_system,
         "serve on the system bus (default)", NULL},
        {"session", 0, 0, G_OPTION_ARG_NONE, &arguments->on_session, "serve on the session bus",
         NULL},
        {"address", 0, 0, G_OPTION_ARG_STRING, &arguments->address,
         "serve on the bus at this D-Bus address", "ADDRESS"},
        {"host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments->hosts,
         "a libvirt connection; repeatable; instead of the configured ones", "NAME=URI"},
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &arguments->file,
         "configuration file (" DEFAULT_FILE "; of a session: ~/.config/" FILE_NAME ")", "FILE"},
        {"runtime-directory", 0, 0, G_OPTION_ARG_FILENAME, &arguments->runtime_directory,
         "where drafts survive a restart", "DIR"},
        {"state-directory", 0, 0, G_OPTION_ARG_FILENAME, &arguments->state_directory,
         "where history and the revision key are kept", "DIR"},
        {"check", 0, 0, G_OPTION_ARG_NONE, &arguments->check,
         "read the configuration file, say what is wrong with it, and end", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version, "print the version", NULL},
        {"help", 0, 0, G_OPTION_ARG_NONE, &arguments->help, "print this", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_summary(context, "Builds, edits and defines libvirt domains over D-Bus.");
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) failure = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &failure)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "%s; see domwrightd --help.",
                    failure->message);
        return false;
    }
    if (argc > 1) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Unexpected argument \"%s\".",
                    argv[1]);
        return false;
    }
    g_autofree char *help = arguments->help ? g_option_context_get_help(context, TRUE, NULL) : NULL;
    if (help)
        g_print("%s", help);
    return true;
}

static bool add_hosts(Configuration *configuration, char **hosts, GError **error)
{
    for (char **host = hosts; host && *host; host++) {
        const char *equals = strchr(*host, '=');
        if (!equals) {
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                        "Option --host takes NAME=URI, not \"%s\".", *host);
            return false;
        }
        g_autofree char *name = g_strndup(*host, equals - *host);
        if (!configuration_add_host(configuration->given, name, equals + 1, error))
            return false;
    }
    return true;
}

/* A user's own service has a user's own hosts. */
static char *default_file(BusKind bus)
{
    return bus == BUS_SESSION ? g_build_filename(g_get_user_config_dir(), FILE_NAME, NULL)
                              : g_strdup(DEFAULT_FILE);
}

/* The first of the directories systemd has made for the service; NULL: it did not start us. */
static char *given_by_systemd(const char *variable)
{
    const char *directories = g_getenv(variable);
    return directories ? g_strndup(directories, strcspn(directories, ":")) : NULL;
}

static char *default_runtime_directory(BusKind bus)
{
    char *given = given_by_systemd("RUNTIME_DIRECTORY");
    const char *session = g_getenv("XDG_RUNTIME_DIR");
    if (given)
        return given;
    if (bus == BUS_SYSTEM)
        return g_strdup("/run/domwright");
    return bus == BUS_SESSION && session ? g_build_filename(session, "domwright", NULL) : NULL;
}

static char *default_state_directory(BusKind bus)
{
    char *given = given_by_systemd("STATE_DIRECTORY");
    if (given)
        return given;
    if (bus == BUS_SYSTEM)
        return g_strdup("/var/lib/domwright");
    return bus == BUS_SESSION ? g_build_filename(g_get_user_state_dir(), "domwright", NULL) : NULL;
}

/* A state directory that was named serves for both unless the other was named, too. */
static void set_directories(Configuration *configuration, Arguments *arguments)
{
    configuration->state_directory = g_steal_pointer(&arguments->state_directory);
    configuration->runtime_directory = g_steal_pointer(&arguments->runtime_directory);
    if (!configuration->runtime_directory)
        configuration->runtime_directory = configuration->state_directory
                                               ? g_strdup(configuration->state_directory)
                                               : default_runtime_directory(configuration->bus);
    if (!configuration->state_directory)
        configuration->state_directory = default_state_directory(configuration->bus);
}

ArgumentsResult arguments_read(Configuration *configuration, int argc, char **argv, GError **error)
{
    g_auto(Arguments) arguments = {0};
    if (!parse(&arguments, argc, argv, error))
        return ARGUMENTS_WRONG;
    if (arguments.version)
        g_print("domwrightd " DOMWRIGHT_VERSION "\n");
    if (arguments.version || arguments.help)
        return ARGUMENTS_DONE;
    if (arguments.on_system + arguments.on_session + (arguments.address != NULL) > 1) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                    "Only one of --system, --session and --address can be given.");
        return ARGUMENTS_WRONG;
    }
    configuration->bus = arguments.address      ? BUS_ADDRESS
                         : arguments.on_session ? BUS_SESSION
                                                : BUS_SYSTEM;
    configuration->address = g_steal_pointer(&arguments.address);
    configuration->check = arguments.check;
    configuration->file_required = arguments.file != NULL;
    configuration->file =
        arguments.file ? g_steal_pointer(&arguments.file) : default_file(configuration->bus);
    set_directories(configuration, &arguments);
    return add_hosts(configuration, arguments.hosts, error) ? ARGUMENTS_RUN : ARGUMENTS_WRONG;
}
