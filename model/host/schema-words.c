/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of libvirt's own schema: a value that the table does not know, but the host's libvirt
 * does, is none of ours to refuse. Where a word may stand is asked of the schema itself, later.
 * Read once; any thread.
 */
#include "host/schema-words.h"

#include <string.h>

#include "document/xml-tree.h"

struct DwSchemaWords {
    GHashTable *words;
};

/* The files that domain.rng includes. */
static const char *const files[] = {"domaincommon.rng",    "basictypes.rng", "cputypes.rng",
                                    "storagecommon.rng",   "domain.rng",     "networkcommon.rng",
                                    "nwfilter_params.rng", "privatedata.rng"};

static void collect(DwSchemaWords *words, const xmlNode *node)
{
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        if (strcmp((const char *)child->name, "value") == 0) {
            xmlChar *text = xmlNodeGetContent(child);

            if (text)
                g_hash_table_add(words->words, g_strstrip(g_strdup((const char *)text)));
            xmlFree(text);
        } else {
            collect(words, child);
        }
    }
}

static bool read_file(DwSchemaWords *words, const char *directory, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *text = NULL;
    g_autoptr(xmlDoc) tree = NULL;

    if (!g_file_get_contents(path, &text, NULL, error))
        return false;
    tree = xmlReadDoc((const xmlChar *)text, NULL, NULL,
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (tree && xmlDocGetRootElement(tree))
        collect(words, xmlDocGetRootElement(tree));
    return true;
}

DwSchemaWords *dw_schema_words_load(const char *directory, GError **error)
{
    DwSchemaWords *words = g_new0(DwSchemaWords, 1);
    GError *fault = NULL;

    words->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!read_file(words, directory, files[0], &fault)) {
        dw_schema_words_free(words);
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED, "%s", fault->message);
        g_error_free(fault);
        return NULL;
    }
    for (size_t i = 1; i < G_N_ELEMENTS(files); i++)
        read_file(words, directory, files[i], NULL);
    return words;
}

void dw_schema_words_free(DwSchemaWords *words)
{
    if (!words)
        return;
    g_hash_table_unref(words->words);
    g_free(words);
}

bool schema_words_have(const DwSchemaWords *words, const char *word)
{
    return words && g_hash_table_contains(words->words, word);
}
