/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Translates errors to the names of the bus contract. It makes up no messages: the sentence is
 * written where the fault is found.
 */
#include "base/error.h"

#include <errno.h>
#include <string.h>

/* For threads, as in the model. */
GQuark daemon_error_quark(void)
{
    return g_quark_from_static_string("domwright-daemon-error-quark");
}

static const char *const model_names[] = {
    [DW_ERROR_UNKNOWN_KEY] = DOMWRIGHT_ERROR_UNKNOWN_KEY,
    [DW_ERROR_INVALID_VALUE] = DOMWRIGHT_ERROR_INVALID_VALUE,
    [DW_ERROR_INVALID_XML] = DOMWRIGHT_ERROR_INVALID_XML,
    [DW_ERROR_INVALID] = DOMWRIGHT_ERROR_INVALID,
    [DW_ERROR_NOT_FOUND] = DOMWRIGHT_ERROR_NOT_FOUND,
    [DW_ERROR_ALREADY_EXISTS] = DOMWRIGHT_ERROR_ALREADY_EXISTS,
    [DW_ERROR_UNSUPPORTED] = DOMWRIGHT_ERROR_UNSUPPORTED,
    [DW_ERROR_LIMIT_EXCEEDED] = DOMWRIGHT_ERROR_LIMIT_EXCEEDED,
};

static const char *const daemon_names[] = {
    [DAEMON_ERROR_CONFLICT] = DOMWRIGHT_ERROR_CONFLICT,
    [DAEMON_ERROR_HOST_UNAVAILABLE] = DOMWRIGHT_ERROR_HOST_UNAVAILABLE,
    [DAEMON_ERROR_OUTCOME_UNKNOWN] = DOMWRIGHT_ERROR_OUTCOME_UNKNOWN,
    [DAEMON_ERROR_BUSY] = DOMWRIGHT_ERROR_BUSY,
    [DAEMON_ERROR_CANCELLED] = DOMWRIGHT_ERROR_CANCELLED,
    [DAEMON_ERROR_LIBVIRT] = DOMWRIGHT_ERROR_LIBVIRT,
    [DAEMON_ERROR_ACCESS_DENIED] = SD_BUS_ERROR_ACCESS_DENIED,
    [DAEMON_ERROR_AUTHENTICATION] = SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
    [DAEMON_ERROR_UNKNOWN_OBJECT] = SD_BUS_ERROR_UNKNOWN_OBJECT,
    [DAEMON_ERROR_FAILED] = SD_BUS_ERROR_FAILED,
};

const char *error_name(const GError *error)
{
    if (error->domain == DW_ERROR && (gsize)error->code < G_N_ELEMENTS(model_names))
        return model_names[error->code];
    if (error->domain == DAEMON_ERROR && (gsize)error->code < G_N_ELEMENTS(daemon_names))
        return daemon_names[error->code];
    return SD_BUS_ERROR_FAILED;
}

bool check_length(const char *what, gsize length, GError **error)
{
    if (length <= DW_MAX_BYTES)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                "%s is longer than %d bytes, the maximum.", what, DW_MAX_BYTES);
    return false;
}

int need_memory(int r)
{
    if (r == -ENOMEM)
        g_error("Out of memory.");
    return r;
}

static bool is_noncharacter(gunichar c)
{
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

/* Of an error, in bytes. */
#define MAX_TEXT 65536

/* D-Bus passes on only valid UTF-8 without noncharacters. What an error quotes may be cut between
 * bytes, or come from libvirt, which promises no encoding. */
char *error_text(const GError *error)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    g_autofree char *valid = g_utf8_make_valid(error->message, strnlen(error->message, MAX_TEXT));
    g_autoptr(GString) out = g_string_new(NULL);
    for (const char *c = valid, *next; *c; c = next) {
        next = g_utf8_next_char(c);
        if (is_noncharacter(g_utf8_get_char(c)))
            g_string_append(out, replacement);
        else
            g_string_append_len(out, c, next - c);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

sd_bus_message *error_answer(sd_bus_message *call, const GError *error)
{
    g_autofree char *text = error_text(error);
    sd_bus_message *answer = NULL;
    if (sd_bus_message_get_expect_reply(call) != 0)
        need_memory(sd_bus_message_new_method_errorf(call, &answer, error_name(error), "%s", text));
    return answer;
}
