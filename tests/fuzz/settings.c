/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any strings in any keys of a new document: each is refused, or stands in the document as it was
 * given, and the shape of the document is what it is with a harmless value in the same place.
 */
#include "input.h"

#include "devices.h"
#include "forms.h"

#define KEYS_AT_MOST 12

static const char base[] =
    "<domain type='kvm'>\n  <name>a</name>\n  <devices>\n    <disk>\n"
    "      <target dev='vda'/>\n    </disk>\n    <channel/>\n    <console/>\n    <controller/>\n"
    "    <filesystem/>\n    <graphics/>\n    <hostdev/>\n    <input/>\n    <interface/>\n"
    "    <iommu/>\n    <memballoon/>\n    <panic/>\n    <redirdev/>\n    <rng/>\n    <serial/>\n"
    "    <sound/>\n    <tpm/>\n    <video/>\n    <vsock/>\n    <watchdog/>\n"
    "  </devices>\n</domain>";

static unsigned count_elements(const DwDocument *document, DwNode node)
{
    unsigned n = 1;

    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child))
        n += count_elements(document, child);
    return n;
}

/* The key as a caller would spell it: indices from the input. */
static char *spelt(Input *input, const char *key)
{
    GString *out = g_string_new(NULL);

    for (const char *p = key; *p; p++)
        if (*p == 'N' && p[1] == '.')
            g_string_append_printf(out, "%u", 1 + input_number(input, 3));
        else
            g_string_append_c(out, *p);
    return g_string_free(out, FALSE);
}

static void check_shape(const char *kind, const DwDocument *before, DwNode node,
                        const DwPlace *place, const char *key, const DwDocument *after)
{
    g_autoptr(DwDocument) plain = dw_document_copy(before);
    DwValue harmless = dw_value_string("x");

    if (place->row->form == DW_FORM_STRING && place_set(plain, node, place, key, &harmless, NULL))
        insist(count_elements(plain, 0) == count_elements(after, 0));
    dw_value_clear(&harmless);
}

static void set_one(Input *input, DwDocument *document, const GPtrArray *keys)
{
    const DwKey *row = keys->pdata[input_number(input, keys->len)];
    g_autofree char *key = spelt(input, row->key);
    g_autofree char *string = input_string(input);
    g_autoptr(DwDocument) before = dw_document_copy(document);
    g_autoptr(GError) error = NULL;
    DwValue value = dw_value_string(string), wanted, found;
    DwNode node =
        *row->kind ? device_next(document, row->kind, DW_NODE_NONE) : document_root(document);
    DwPlace place;
    size_t mark = document_mark(document);

    insist(place_find(row->kind, key, &place));
    if (place_set(document, node, &place, key, &value, &error)) {
        insist(form_coerce(place.row, key, &value, &wanted, NULL));
        bool there = place_get(document, node, &place, &found);
        bool gone = wanted.type == DW_VALUE_BOOL ? !wanted.b
                                                 : wanted.type == DW_VALUE_STRINGS && !*wanted.v;
        /* Blanks beside attributes are no text: <model fallback='allow'> </model>. */
        bool blank = !string[strspn(string, " \t\r\n")];
        insist(there ? dw_value_equal(&wanted, &found) : gone || blank);
        check_shape(row->kind, before, node, &place, key, document);
        if (there)
            dw_value_clear(&found);
        dw_value_clear(&wanted);
    } else {
        insist(error && g_utf8_validate(error->message, -1, NULL));
        document_rollback(document, mark);
        insist(strcmp(dw_document_text(document, NULL), dw_document_text(before, NULL)) == 0);
    }
    dw_value_clear(&value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static GPtrArray *keys;
    Input input = {data, size};
    g_autoptr(DwDocument) document = dw_document_parse(base, strlen(base), NULL);

    if (!keys)
        keys = dw_keys_describe("*", "", NULL);
    for (unsigned i = 0; i < KEYS_AT_MOST && input.size > 0; i++)
        set_one(&input, document, keys);
    size_t length;
    const char *text = dw_document_text(document, &length);
    insist(text_check(text, length, "domain", NULL));
    document_rollback(document, 0);
    insist(strcmp(dw_document_text(document, NULL), base) == 0);
    return 0;
}
