/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The children of <metadata>, each in a namespace of its own: text in, text out. */
#include <string.h>

#include "document/document.h"

static DwNode find_metadata(const DwDocument *document, const char *uri)
{
    DwNode metadata = node_child(document, document_root(document), "metadata");
    DwNode node = metadata == DW_NODE_NONE ? metadata : node_first_child(document, metadata);

    for (; node != DW_NODE_NONE; node = node_next(document, node)) {
        g_autofree char *own = node_namespace(document, node);
        if (g_strcmp0(own, uri) == 0)
            return node;
    }
    return DW_NODE_NONE;
}

/* Declarations in force on node that its own tag does not make, for text that is to stand alone. */
static char *outer_declarations(const DwDocument *document, DwNode node)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool own = true;

    for (; node != DW_NODE_NONE; node = node_parent(document, node), own = false) {
        g_auto(GStrv) names = node_attribute_names(document, node);
        for (char **name = names; *name; name++) {
            if (strcmp(*name, "xmlns") != 0 && !g_str_has_prefix(*name, "xmlns:"))
                continue;
            g_autofree char *uri = node_attribute(document, node, *name);
            g_autofree char *value = g_markup_escape_text(uri, -1);
            if (g_hash_table_add(seen, g_strdup(*name)) && !own)
                g_string_append_printf(out, " %s=\"%s\"", *name, value);
        }
    }
    return g_string_free(out, FALSE);
}

char *dw_metadata_get(const DwDocument *document, const char *uri)
{
    DwNode node = find_metadata(document, uri);

    if (node == DW_NODE_NONE)
        return g_strdup("");
    g_autofree char *xml = node_xml(document, node);
    g_autofree char *name = node_name(document, node);
    g_autofree char *declarations = outer_declarations(document, node);
    return g_strdup_printf("<%s%s%s", name, declarations, xml + 1 + strlen(name));
}

/* One element of that namespace, declared by itself. */
static bool check_metadata(const char *uri, const char *xml, GError **error)
{
    g_autofree char *wrapped = g_strconcat("<domain>", xml, "</domain>", NULL);
    g_autoptr(DwDocument) document = dw_document_parse(wrapped, strlen(wrapped), error);

    if (!document)
        return false;
    DwNode root = document_root(document), node = node_first_child(document, root);
    g_autofree char *own = node == DW_NODE_NONE ? NULL : node_namespace(document, node);
    g_autofree char *around = node_text(document, root);
    if (node != DW_NODE_NONE && node_next(document, node) == DW_NODE_NONE &&
        g_strcmp0(own, uri) == 0 && strspn(around, " \t\r\n") == strlen(around))
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_XML,
                "The metadata must be one element of namespace \"%s\".", uri);
    return false;
}

bool dw_metadata_set(DwDocument *document, const char *uri, const char *xml, GError **error)
{
    if (!*uri || !text_is_valid(uri)) {
        g_set_error_literal(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                            "The namespace of metadata must be a URI.");
        return false;
    }
    g_autofree char *element = g_strstrip(g_strdup(xml));
    if (*element && !check_metadata(uri, element, error))
        return false;
    size_t mark = document_mark(document), length;
    DwNode there = find_metadata(document, uri);
    if (there != DW_NODE_NONE && *element) {
        node_replace(document, there, element);
    } else if (there != DW_NODE_NONE) {
        DwNode metadata = node_parent(document, there);
        node_remove(document, there);
        if (node_is_blank(document, metadata) && node_origin(document, metadata) != DW_ORIGIN_EMPTY)
            node_remove(document, metadata);
    } else if (*element) {
        DwNode root = document_root(document), metadata = node_child(document, root, "metadata");
        if (metadata == DW_NODE_NONE)
            metadata = node_add_child(document, root, "metadata");
        node_insert_xml(document, metadata, element);
    }
    const char *text = dw_document_text(document, &length);
    if (text_check(text, length, "domain", error))
        return true;
    document_rollback(document, mark);
    return false;
}
