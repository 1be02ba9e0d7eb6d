/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parsing text that others wrote into a libxml2 tree, and walking it. Knows no element by name. */
#include <libxml/threads.h>

#include "document/xml-tree.h"

#include <string.h>

#include <libxml/parser.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlParserCtxt, xmlFreeParserCtxt)

/* Left alone libxml2 frees twice then, takes documents for valid or invalid that are not, and
 * leaves out parts of what it reads. */
void dw_end_without_memory(void)
{
    xmlMemSetup(g_free, g_malloc, g_realloc, g_strdup);
}

#define OPTIONS                                                                                    \
    (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS |              \
     XML_PARSE_NOCDATA | XML_PARSE_IGNORE_ENC | XML_PARSE_BIG_LINES)

xmlParserCtxt *tree_parser_new(void)
{
#if LIBXML_VERSION < 21200
    if (!xmlGetGlobalState())
        g_error("no memory for libxml2");
#endif
    xmlParserCtxt *parser = xmlNewParserCtxt();
    if (!parser)
        g_error("no memory for a parser");
    return parser;
}

xmlDoc *tree_parse(const char *text, const char *root, GError **error)
{
    size_t length = strlen(text);

    if (length > TREE_MAX_BYTES) {
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "The text has %zu bytes; at most %d are taken.", length, TREE_MAX_BYTES);
        return NULL;
    }
    if (strstr(text, "<!DOCTYPE")) {
        g_set_error_literal(error, DW_ERROR, DW_ERROR_INVALID_XML,
                            "The text has a document type declaration, which is not taken.");
        return NULL;
    }

    g_autoptr(xmlParserCtxt) parser = tree_parser_new();
    g_autoptr(xmlDoc) tree = xmlCtxtReadMemory(parser, text, (int)length, NULL, "UTF-8", OPTIONS);
    if (!tree) {
        const xmlError *cause = xmlCtxtGetLastError(parser);
        g_autofree char *words = g_strdup(cause && cause->message ? cause->message : "no text");
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_XML, "The text is not XML: line %d: %s.",
                    cause ? cause->line : 1, g_strchomp(words));
        return NULL;
    }
    if (!tree_is(xmlDocGetRootElement(tree), root)) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_XML, "The text's root is not <%s>.", root);
        return NULL;
    }
    return g_steal_pointer(&tree);
}

bool tree_is(const xmlNode *node, const char *name)
{
    return node && node->type == XML_ELEMENT_NODE && !node->ns &&
           (!name || strcmp((const char *)node->name, name) == 0);
}

xmlNode *tree_next(const xmlNode *node, const char *name)
{
    xmlNode *next = node ? node->next : NULL;

    while (next && !tree_is(next, name))
        next = next->next;
    return next;
}

xmlNode *tree_child(const xmlNode *node, const char *name)
{
    xmlNode *child = node ? node->children : NULL;

    return child && !tree_is(child, name) ? tree_next(child, name) : child;
}

/* Takes and frees libxml2's string. */
static char *take_stripped(xmlChar *string)
{
    char *copy = string ? g_strdup((const char *)string) : NULL;

    xmlFree(string);
    return copy ? g_strstrip(copy) : NULL;
}

char *tree_attribute(const xmlNode *node, const char *name)
{
    return node ? take_stripped(xmlGetNoNsProp(node, BAD_CAST name)) : NULL;
}

char *tree_text(const xmlNode *node)
{
    char *text = node ? take_stripped(xmlNodeGetContent(node)) : NULL;

    if (text && *text == '\0')
        g_clear_pointer(&text, g_free);
    return text;
}
