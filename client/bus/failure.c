/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the translation of D-Bus errors into messages. Verbs report failed calls with it. The
 * daemon's sentences are passed on; what only the client knows (which host was named, that nobody
 * could be asked for a password, that the service did not start) is said here. Main thread.
 */
#include "bus/failure.h"

#include <stdbool.h>
#include <string.h>

#include "alloc.h"
#include "arguments.h"
#include "terminal/report.h"

#define NOT_ON_THE_BUS(user, other)                                                                \
    "domwrightd is not on this bus; start it with \"systemctl " user                               \
    "start domwrightd\", or name "                                                                 \
    "another bus with " other "."
#define SEE_SERVICE(user)                                                                          \
    "domwrightd could not be started; \"systemctl " user                                           \
    "status domwrightd\" and \"journalctl " user "-u domwrightd\" say why."

#define HAS_ENDED(user)                                                                            \
    "domwrightd ended before it answered; \"domwright show\" tells whether the work was done, "    \
    "and "                                                                                         \
    "\"journalctl " user "-u domwrightd\" why it ended."

#define SEE_GRANTS "domwright-polkit(7) explains how rights are granted."

static const char not_on_the_bus[] = NOT_ON_THE_BUS("", "--session or --address"),
                  not_on_the_session[] = NOT_ON_THE_BUS("--user ", "--address"),
                  see_service[] = SEE_SERVICE(""), see_session[] = SEE_SERVICE("--user "),
                  has_ended[] = HAS_ENDED(""), session_has_ended[] = HAS_ENDED("--user ");

/* name ending with '.': all errors that begin so */
static const struct {
    const char *name, *remedy, *of_session;
} remedies[] = {
    {SD_BUS_ERROR_SERVICE_UNKNOWN, not_on_the_bus, not_on_the_session},
    {SD_BUS_ERROR_NAME_HAS_NO_OWNER, not_on_the_bus, not_on_the_session},
    {"org.freedesktop.DBus.Error.Spawn.", see_service, see_session},
    {"org.freedesktop.systemd1.", see_service, see_session},
    {"org.freedesktop.DBus.Error.TimedOut", see_service, see_session},
    {SD_BUS_ERROR_NO_REPLY,
     "domwrightd did not answer in time; whether the work was done can be seen with \"domwright "
     "show\".",
     NULL},
};

/* The bus answers so for who leaves it, dbus-daemon in the first words and dbus-broker in the
 * others; what took too long has the same name. */
bool error_is_of_end(const sd_bus_error *error)
{
    return sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY) &&
           (strstr(error->message ?: "", "recipient disconnected") ||
            strstr(error->message ?: "", "peer disconnected"));
}

static const char *remedy_for(const sd_bus_error *error)
{
    const char *name = error->name;

    if (error_is_of_end(error))
        return arg_session ? session_has_ended : has_ended;
    for (size_t i = 0; i < sizeof(remedies) / sizeof(*remedies); i++) {
        const char *known = remedies[i].name;
        size_t length = strlen(known);

        if (known[length - 1] == '.' ? strncmp(name, known, length) == 0 : strcmp(name, known) == 0)
            return arg_session && remedies[i].of_session ? remedies[i].of_session
                                                         : remedies[i].remedy;
    }
    return NULL;
}

/* Objects that are not there because the host named on the command line, or "local", is not. */
static bool is_missing_host(const sd_bus_error *error)
{
    return (arg_host || strstr(error->message ?: "", "/host/local'")) &&
           (sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_OBJECT) ||
            sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_METHOD));
}

/* Options of the bus, in the words of the command line. */
static const struct {
    const char *daemon, *client;
} translations[] = {
    {"Option affect: \"live\" needs a running domain, and this one is not; use affect \"config\".",
     "--live needs a running domain, and this one is not."},
    {"Option affect: \"both\" needs a running domain, and this one is not; use affect \"config\".",
     "--now needs a running domain, and this one is not; without it the change takes effect at the "
     "next start."},
    {"Option affect: this method does not take \"live\"; a change to \"config\" takes",
     "--live has no place here; without it the change takes"},
    {"Option affect: this method does not take \"both\"; a change to \"config\" takes",
     "--now has no place here; without it the change takes"},
    {"use affect \"config\", which takes effect when it is started next.",
     "leave out --now and --live, and it takes effect at the next start."},
    {"use affect \"live\"", "use --live"},
    {"use affect \"config\"", "leave out --now and --live"},
    {"Rebase brings the draft", "\"domwright draft rebase\" brings the draft"},
    {"option cascade", "--cascade"},
    {"option timeout", "--timeout"},
    {"option force", "--force"},
    {"Option columns: ", "-o: "},
    {"pass the host option", "name one of them with -H"},
    {"Option disks: ", ""},
    {"Unknown option ", "Unknown name "},
    {"this method takes", "this takes"},
};

/* Takes message, which may have a line for each problem. */
static char *translated(char *message)
{
    for (size_t i = 0; i < sizeof(translations) / sizeof(*translations); i++) {
        const char *daemon = translations[i].daemon, *client = translations[i].client;

        for (char *found = strstr(message, daemon); found;) {
            size_t done = (size_t)(found - message) + strlen(client);
            char *longer = format_string("%.*s%s%s", (int)(found - message), message, client,
                                         found + strlen(daemon));

            free(message);
            message = longer;
            found = strstr(message + done, daemon);
        }
    }
    return message;
}

/* Libvirt's numbers are for programs and --verbose. */
static char *without_codes(const char *message)
{
    const char *codes = strstr(message, " (libvirt error "),
               *end = codes ? strchr(codes, ')') : NULL;

    if (!end || arg_verbose || arg_json)
        return copy_string(message);
    return format_string("%.*s%s", (int)(codes - message), message, end + 1);
}

char *in_words_of_options(const char *message)
{
    return translated(without_codes(message));
}

/* The daemon's sentence with a full stop, and what follows from it. */
static char *with_remedy(const char *message, const char *remedy)
{
    size_t length = strlen(message);

    return format_string("%s%s %s", message,
                         length && strchr(".!?", message[length - 1]) ? "" : ".", remedy);
}

char *failure_text(const sd_bus_error *error)
{
    const char *message = error->message ? error->message : error->name;
    const char *remedy = remedy_for(error);

    if (is_missing_host(error) && !arg_host)
        return copy_string("There are several hosts, and none is called local; name one with -H. "
                           "\"domwright hosts\" lists them.");
    if (is_missing_host(error))
        return format_string(
            "There is no host \"%s\"; \"domwright hosts\" lists those that -H can name.", arg_host);
    if (strncmp(error->name, "org.freedesktop.systemd1.", 25) == 0 ||
        strncmp(error->name, "org.freedesktop.DBus.Error.Spawn.", 33) == 0)
        return with_remedy(message, remedy);
    if (remedy)
        return copy_string(remedy);
    if (sd_bus_error_has_name(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
        return with_remedy(message, "Run it from a terminal, where you can be asked for a "
                                    "password, or as root. " SEE_GRANTS);
    /* The bus itself, not the daemon. */
    if (sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED) &&
        strncmp(message, "Rejected send message", 21) == 0)
        return copy_string("The bus does not let you call domwrightd: its bus policy is missing or "
                           "was not loaded; \"systemctl reload dbus\" loads it.");
    if (sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED) &&
        strstr(message, "org.domwright1."))
        return with_remedy(message, SEE_GRANTS);
    return in_words_of_options(message);
}

int report_bus_error(const char *subject, int r, const sd_bus_error *error)
{
    _cleanup_free_ char *message = NULL;

    if (!sd_bus_error_is_set(error))
        return report_error(subject, "%s.", strerror(r < 0 ? -r : r));
    message = failure_text(error);
    return report_named_error(subject, error->name, message);
}

int report_bad_answer(const char *subject, int r)
{
    return report_error(
        subject,
        "The daemon's answer cannot be read (%s); domwright and domwrightd may be of "
        "different versions.",
        strerror(-r));
}
