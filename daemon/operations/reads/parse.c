/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a text that a caller sent: for Parse, and for a draft to be imported. On workers, and for
 * small texts on the main thread. */
#include "operations/reads/parse.h"

#include <string.h>

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    ParseOperation *parse = (ParseOperation *)operation;
    g_autoptr(DwDocument) document = dw_document_parse(parse->text, strlen(parse->text), error);
    if (!document)
        return false;
    if (parse->import) {
        parse->xml = g_steal_pointer(&parse->text);
        return true;
    }
    parse->settings = dw_get_settings(document, NULL, true, error);
    parse->devices = dw_get_devices(document, "", true, error);
    dw_devices_tell_apart(parse->devices);
    return parse->settings && parse->devices;
}

static const char *text(const Operation *operation)
{
    return ((const ParseOperation *)operation)->xml;
}

static void clear(Operation *operation)
{
    ParseOperation *parse = (ParseOperation *)operation;
    secret_text_free(parse->text);
    dw_settings_free(parse->settings);
    g_clear_pointer(&parse->devices, g_ptr_array_unref);
    secret_text_free(parse->xml);
}

static const OperationType parse_type = {
    .name = "parse",
    .size = sizeof(ParseOperation),
    .run = run,
    .clear = clear,
    .text = text,
    .first = GRANT_NOTHING,
    .connection = CONNECTION_NEVER,
    .timeout = OPERATION_TIMEOUT,
};

ParseOperation *parse_operation_new(const char *text)
{
    ParseOperation *parse = operation_new(&parse_type);
    parse->text = g_strdup(text);
    return parse;
}

ParseOperation *import_operation_new(const char *text)
{
    ParseOperation *parse = parse_operation_new(text);
    parse->import = true;
    return parse;
}
