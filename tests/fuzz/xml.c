/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a document: refused with a sentence, or kept to the byte and readable through and
 * through. */
#include "input.h"

#include "document/document.h"

static void read_all(const DwDocument *document)
{
    g_autoptr(GPtrArray) devices = dw_get_devices(document, "", false, NULL);
    g_autoptr(DwSettings) settings = dw_get_settings(document, NULL, false, NULL);
    g_autoptr(GPtrArray) problems = dw_validate(document, NULL);
    g_autofree char *redacted = dw_document_redacted(document);
    g_autoptr(DwDocument) again = dw_document_parse(redacted, strlen(redacted), NULL);
    g_autofree char *metadata = dw_metadata_get(document, "urn:a");

    insist(devices && settings && problems);
    insist(dw_text_may_hold_secret(dw_document_text(document, NULL)) ||
           strcmp(redacted, dw_document_text(document, NULL)) == 0);
    insist(again || strlen(redacted) > DW_MAX_BYTES);
    for (guint i = 0; i < problems->len; i++)
        insist(g_utf8_validate(((DwProblem *)problems->pdata[i])->message, -1, NULL));
    if (*metadata)
        insist(text_check(metadata, strlen(metadata), NULL, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DwDocument) document = dw_document_parse((const char *)data, size, &error);
    size_t length;

    if (!document) {
        insist(error && *error->message && g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    insist(memcmp(dw_document_text(document, &length), data, size) == 0 && length == size);
    read_all(document);
    g_autoptr(DwDocument) copy = dw_document_copy(document);
    insist(strcmp(dw_document_text(copy, NULL), dw_document_text(document, NULL)) == 0);
    return 0;
}
