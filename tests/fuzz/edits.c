/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sequences of edits through the whole of dw_apply on a document of the input's choice: all or
 * nothing, the outcome parses, and what an edit says it changed it changed.
 */
#include "input.h"

#include "document.h"

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
static const char *const kinds[] = {"disk", "channel", "interface", "nothing", ""};
static const char *const ids[] = {"vda",     "vdb",   "sda",         "#1", "#2",
                                  "windows", "linux", "recommended", ""};

static DwValue any_value(Input *input)
{
    switch (input_number(input, 5)) {
    case 0:
        return dw_value_bool(input_number(input, 2));
    case 1:
        return dw_value_uint(input_number(input, 65536));
    case 2: {
        char *string = input_string(input);
        return (DwValue){.type = DW_VALUE_STRING, .s = string};
    }
    default:
        return dw_value_string(words[input_number(input, G_N_ELEMENTS(words))]);
    }
}

static char *any_key(Input *input, const GPtrArray *keys)
{
    const DwKey *key = keys->pdata[input_number(input, keys->len)];
    g_auto(GStrv) parts = g_strsplit(key->key, "N", -1);

    if (input_number(input, 16) == 0)
        return input_string(input);
    return g_strjoinv(input_number(input, 4) ? "1" : "2", parts);
}

static DwEdit *any_edit(Input *input)
{
    static GPtrArray *by_kind[2];
    DwVerb verb = input_number(input, 6);
    const char *kind = verb == DW_VERB_SET ? "" : kinds[input_number(input, G_N_ELEMENTS(kinds))];
    const GPtrArray *keys;
    DwSettings *values = dw_settings_new();
    char *unset[2] = {NULL, NULL};

    if (!by_kind[0]) {
        by_kind[0] = dw_keys_describe("", "", NULL);
        by_kind[1] = dw_keys_describe("disk", "", NULL);
    }
    keys = by_kind[*kind != 0];
    for (unsigned n = input_number(input, VALUES_AT_MOST + 1); n > 0; n--) {
        g_autofree char *key = any_key(input, keys);
        dw_settings_add(values,
                        verb == DW_VERB_HYPERV && g_str_has_prefix(key, "hyperv.") ? key + 7 : key,
                        any_value(input), NULL);
    }
    if (input_number(input, 3) == 0)
        unset[0] = any_key(input, keys);
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
