/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sequences of edits through the whole of dw_apply on a document of the input's choice: all or
 * nothing, the outcome parses, and what an edit says it changed it changed.
 */
#include "input.h"

#include "document/document.h"

#define EDITS_AT_MOST  6
#define VALUES_AT_MOST 4

static const char *const documents[] = {
    "<domain type='kvm'><name>a</name></domain>",
    "<domain type='qemu'>\n  <name>b</name>\n  <memory unit='MiB'>512</memory>\n  <vcpu>2</vcpu>\n"
    "  <os><type arch='x86_64'>hvm</type><boot dev='hd'/></os>\n  <features>\n    <acpi/>\n    "
    "<hyperv>\n"
    "      <relaxed state='on'/>\n    </hyperv>\n  </features>\n  <clock offset='utc'/>\n  "
    "<devices>\n"
    "    <disk type='file' device='disk'>\n      <driver name='qemu' type='qcow2'/>\n"
    "      <source file='/a'/>\n      <backingStore type='file'>\n        <format type='raw'/>\n"
    "        <source file='/b'/>\n        <backingStore/>\n      </backingStore>\n"
    "      <target dev='vda' bus='virtio'/>\n    </disk>\n    <interface/>\n  "
    "</devices>\n</domain>\n",
    "<?xml version=\"1.0\"?>\r\n<domain\r\n\ttype=\"kvm\">\r\n\t<!-- c --><name>c</name>\r\n"
    "\t<features></features>\r\n\t<devices/>\r\n</domain>\r\n",
};

static const char *const words[] = {
    "",     "yes",    "no",     "on",  "virtio", "sata",    "vda",    "vdb", "sdb", "file",
    "/a",   "/b.iso", "qcow2",  "raw", "cdrom",  "network", "iscsi",  "1",   "4",   "8191",
    "4GiB", "utc",    "custom", "q35", "x86_64", "efi",     "native", "none"};
static const char *const ids[] = {"vda",     "vdb",   "sda",         "#1", "#2",
                                  "windows", "linux", "recommended", ""};

/* The table's, one that no table has, and none. */
static const char *any_kind(Input *input)
{
    const char *const *kinds = dw_kinds() + 1;
    unsigned n = g_strv_length((char **)kinds), which = input_number(input, n + 2);

    return which < n ? kinds[which] : which == n ? "nothing" : "";
}

/* Any, or one of those that follow the last one in the table: they often share an element. */
static const DwKey *any_key(Input *input, const GPtrArray *keys, unsigned *last)
{
    unsigned which = input_number(input, 2);

    *last = (which ? *last + input_number(input, 8) : input_number(input, keys->len)) % keys->len;
    return keys->pdata[*last];
}

static DwValue any_value(Input *input, const DwKey *key)
{
    switch (input_number(input, 8)) {
    case 0:
        return dw_value_bool(input_number(input, 2));
    case 1:
        return dw_value_uint(input_number(input, 65536));
    case 2: {
        char *string = input_string(input);
        return (DwValue){.type = DW_VALUE_STRING, .s = string};
    }
    case 3:
    case 4:
        return dw_value_string(words[input_number(input, G_N_ELEMENTS(words))]);
    default: {
        char *sample = input_sample(input, key);
        return (DwValue){.type = DW_VALUE_STRING, .s = sample};
    }
    }
}

static char *spelt(Input *input, const DwKey *key)
{
    g_auto(GStrv) parts = g_strsplit(key->key, "N", -1);

    if (input_number(input, 16) == 0)
        return input_string(input);
    return g_strjoinv(input_number(input, 4) ? "1" : "2", parts);
}

static DwEdit *any_edit(Input *input)
{
    static GHashTable *by_kind;
    DwVerb verb = input_number(input, 6);
    const char *kind = verb == DW_VERB_SET ? "" : any_kind(input);
    GPtrArray *keys;
    unsigned last = 0;
    DwSettings *values = dw_settings_new();
    char *unset[2] = {NULL, NULL};

    if (!by_kind)
        by_kind = g_hash_table_new(g_str_hash, g_str_equal);
    keys = g_hash_table_lookup(by_kind, kind);
    if (!keys) {
        keys = dw_keys_describe(strcmp(kind, "nothing") == 0 ? "disk" : kind, "", NULL);
        g_hash_table_insert(by_kind, (char *)kind, keys);
    }
    tell_device();
    for (unsigned n = input_number(input, VALUES_AT_MOST + 1); n > 0; n--) {
        const DwKey *row = any_key(input, keys, &last);
        g_autofree char *key = spelt(input, row);
        if (verb == DW_VERB_ADD || verb == DW_VERB_MODIFY)
            tell_key(kind, key);
        dw_settings_add(values,
                        verb == DW_VERB_HYPERV && g_str_has_prefix(key, "hyperv.") ? key + 7 : key,
                        any_value(input, row), NULL);
    }
    if (input_number(input, 3) == 0)
        unset[0] = spelt(input, any_key(input, keys, &last));
    DwEdit *edit = dw_edit_new(verb, kind, ids[input_number(input, G_N_ELEMENTS(ids))], values,
                               (const char *const *)unset);
    g_free(unset[0]);
    return edit;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input = {data, size};
    const char *text = documents[input_number(&input, G_N_ELEMENTS(documents))];
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwApplyFlags flags = input_number(&input, 32);
    g_autoptr(GError) error = NULL;
    g_auto(DwResult) result = {0};

    while (edits->len < EDITS_AT_MOST && input.size > 0)
        g_ptr_array_add(edits, any_edit(&input));
    if (fuzz_gives_key)
        return 0; /* what is searched for is in the edits */
    bool done = dw_apply(document, edits, flags, NULL, &result, &error);
    const char *after = dw_document_text(document, NULL);
    if (!done) {
        insist(error && g_utf8_validate(error->message, -1, NULL));
        insist(strcmp(after, text) == 0);
        return 0;
    }
    insist(result.changed == (strcmp(after, text) != 0));
    insist(text_check(after, strlen(after), "domain", NULL));
    insist(g_strv_length(result.ids) == edits->len);
    g_autofree char *diff = dw_diff(text, after);
    insist(result.changed == (*diff != 0));
    return 0;
}
