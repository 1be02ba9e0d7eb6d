/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any strings in any keys of a new document: each is refused, or stands in the document as it was
 * given, and the shape of the document is what it is with a harmless value in the same place. Then
 * the same keys in new devices, which are written on their own before they are put in.
 */
#include "input.h"

#include "keys/devices.h"
#include "table/value-form.h"

#define KEYS_AT_MOST 12

static const char base[] =
    "<domain type='kvm'>\n  <name>a</name>\n  <devices>\n    <disk>\n"
    "      <target dev='vda'/>\n    </disk>\n    <channel/>\n    <console/>\n    <controller/>\n"
    "    <filesystem/>\n    <graphics/>\n    <hostdev/>\n    <input/>\n    <interface/>\n"
    "    <iommu/>\n    <memballoon/>\n    <panic/>\n    <redirdev/>\n    <rng/>\n    <serial/>\n"
    "    <sound/>\n    <tpm/>\n    <video/>\n    <vsock/>\n    <watchdog/>\n    <audio/>\n"
    "    <crypto/>\n    <hub/>\n    <lease/>\n    <memory/>\n    <nvram/>\n    <parallel/>\n"
    "    <pstore/>\n    <redirfilter/>\n    <shmem/>\n    <smartcard/>\n"
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
        if (*p == 'N' && (p[1] == '.' || !p[1]) && p > key && p[-1] == '.')
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

/* Some keys have no first one: source.2.host stands beside source.host. */
static bool find_place(const DwKey *row, const char *key, DwPlace *ret_place)
{
    bool found = place_find(row->kind, key, ret_place);

    insist(found || strstr(row->key, "N."));
    return found;
}

static void set_one(Input *input, DwDocument *document, const GPtrArray *keys)
{
    const DwKey *row = keys->pdata[input_number(input, keys->len)];
    g_autofree char *key = spelt(input, row->key);
    g_autofree char *string = input_value(input, row);
    g_autoptr(DwDocument) before = dw_document_copy(document);
    g_autoptr(GError) error = NULL;
    DwValue value = dw_value_string(string), wanted, found;
    DwNode node =
        *row->kind ? device_next(document, row->kind, DW_NODE_NONE) : document_root(document);
    DwPlace place;
    size_t mark = document_mark(document);

    if (!find_place(row, key, &place)) {
        dw_value_clear(&value);
        return;
    }
    if (place_set(document, node, &place, key, &value, &error)) {
        insist(dw_key_value(row->kind, key, &value, &wanted, NULL));
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

static void set_one_in_new(Input *input, DwDocument *fragment, const GPtrArray *keys)
{
    const DwKey *row = keys->pdata[input_number(input, keys->len)];
    g_autofree char *key = spelt(input, row->key);
    g_autofree char *string = input_value(input, row);
    DwValue value = dw_value_string(string);
    DwPlace place;
    size_t length;

    if (!find_place(row, key, &place)) {
        dw_value_clear(&value);
        return;
    }
    tell_key(row->kind, key);
    if (!fuzz_gives_key)
        place_set(fragment, document_root(fragment), &place, key, &value, NULL);
    const char *text = dw_document_text(fragment, &length);
    insist(text_check(text, length, row->kind, NULL));
    dw_value_clear(&value);
}

static void set_all_in_new(Input input, const DwDocument *document, const char *kind,
                           const GPtrArray *keys)
{
    DwNode node = device_next(document, kind, DW_NODE_NONE);
    g_autoptr(DwDocument) fragment =
        document_new_fragment(document, node_parent(document, node), kind);

    tell_device();
    for (unsigned i = 0; i < KEYS_AT_MOST && input.size > 0; i++)
        set_one_in_new(&input, fragment, keys);
}

/* The keys of a kind, or of all. */
static const GPtrArray *keys_of(const char *kind)
{
    static GHashTable *by_kind;
    GPtrArray *keys;

    if (!by_kind)
        by_kind = g_hash_table_new(g_str_hash, g_str_equal);
    keys = g_hash_table_lookup(by_kind, kind);
    if (!keys) {
        keys = dw_keys_describe(kind, "", NULL);
        g_hash_table_insert(by_kind, (char *)kind, keys);
    }
    return keys;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *const *kinds = dw_kinds();
    unsigned n = g_strv_length((char **)kinds);
    Input input = {data, size};
    unsigned which = input_number(&input, n + 1);
    const char *kind = which < n ? kinds[which] : "*";
    const GPtrArray *keys = keys_of(kind);
    g_autoptr(DwDocument) document = dw_document_parse(base, strlen(base), NULL);

    if (which > 0 && which < n)
        set_all_in_new(input, document, kind, keys);
    if (fuzz_gives_key)
        return 0; /* what is searched for is in the keys */
    for (unsigned i = 0; i < KEYS_AT_MOST && input.size > 0; i++)
        set_one(&input, document, keys);
    size_t length;
    const char *text = dw_document_text(document, &length);
    insist(text_check(text, length, "domain", NULL));
    document_rollback(document, 0);
    insist(strcmp(dw_document_text(document, NULL), base) == 0);
    return 0;
}
