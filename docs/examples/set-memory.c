/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * set-memory FILE SIZE: prints the domain document in FILE with its memory set to SIZE, such as
 * 4GiB. An example for libdomwright: cc set-memory.c $(pkg-config --cflags --libs libdomwright)
 */
#include <stdio.h>

#include <domwright/model.h>

static bool set_memory(DwDocument *document, const char *size, GError **error)
{
    g_autoptr(DwSettings) settings = dw_settings_new();
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_auto(DwResult) result = {0};
    static const DwHost any_host = {0};

    dw_settings_put(settings, "memory", dw_value_string(size));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", g_steal_pointer(&settings), NULL));
    return dw_apply(document, edits, 0, &any_host, &result, error);
}

int main(int argc, char **argv)
{
    g_autofree char *text = NULL;
    g_autoptr(DwDocument) document = NULL;
    g_autoptr(GError) error = NULL;
    size_t length;

    if (argc != 3) {
        fprintf(stderr, "usage: set-memory FILE SIZE\n");
        return 2;
    }
    if (!g_file_get_contents(argv[1], &text, &length, &error) ||
        !(document = dw_document_parse(text, length, &error)) ||
        !set_memory(document, argv[2], &error)) {
        fprintf(stderr, "set-memory: %s\n", error->message);
        return 1;
    }
    fputs(dw_document_text(document, &length), stdout);
    return 0;
}
