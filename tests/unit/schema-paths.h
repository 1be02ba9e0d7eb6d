/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The paths of libvirt's domain schema, as it is installed, for tests that hold the table against
 * it. Reads the RELAX NG files as XML; recursion is followed once.
 */
#pragma once

#include <cmocka.h>
#include <string.h>

#include "tree.h"
#include <libxml/parser.h>

#define SCHEMAS "/usr/share/libvirt/schemas/"

typedef struct {
    GPtrArray *files;     /* of xmlDoc */
    GHashTable *defines;  /* name -> GPtrArray of xmlNode */
    GHashTable *paths;    /* set of "devices/disk/source/@file" */
    GHashTable *elements; /* set of all elements' paths */
    GHashTable *entered;  /* set of defines being walked: recursion stops there */
} Grammar;

static inline void read_file(Grammar *grammar, const char *name)
{
    g_autofree char *path = g_strconcat(SCHEMAS, name, NULL);
    xmlDoc *file = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);

    assert_non_null(file);
    for (guint i = 0; i < grammar->files->len; i++) {
        if (g_strcmp0((const char *)((xmlDoc *)grammar->files->pdata[i])->URL,
                      (const char *)file->URL) == 0) {
            xmlFreeDoc(file);
            return;
        }
    }
    g_ptr_array_add(grammar->files, file);
    for (xmlNode *node = xmlFirstElementChild(xmlDocGetRootElement(file)); node;
         node = xmlNextElementSibling(node)) {
        g_autofree char *define = tree_attribute(node, "name");
        g_autofree char *href = tree_attribute(node, "href");

        if (href)
            read_file(grammar, href);
        if (!define || strcmp((const char *)node->name, "define") != 0)
            continue;
        GPtrArray *nodes = g_hash_table_lookup(grammar->defines, define);
        if (!nodes) {
            nodes = g_ptr_array_new();
            g_hash_table_insert(grammar->defines, g_steal_pointer(&define), nodes);
        }
        g_ptr_array_add(nodes, node);
    }
}

/* The names a pattern is for: of the element or attribute itself, or of <name> children. */
static inline char **pattern_names(const xmlNode *pattern)
{
    GPtrArray *names = g_ptr_array_new();
    char *name = tree_attribute(pattern, "name");

    if (name)
        g_ptr_array_add(names, name);
    for (xmlNode *child = name ? NULL : xmlFirstElementChild((xmlNode *)pattern); child;
         child = xmlNextElementSibling(child)) {
        xmlNode *choice =
            strcmp((const char *)child->name, "choice") == 0 ? xmlFirstElementChild(child) : child;
        for (; choice; choice = choice == child ? NULL : xmlNextElementSibling(choice))
            if (strcmp((const char *)choice->name, "name") == 0)
                g_ptr_array_add(names, tree_text(choice));
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

static inline void walk(Grammar *grammar, const xmlNode *pattern, const char *path,
                        bool *ret_structured, bool *ret_text);

static inline void walk_children(Grammar *grammar, const xmlNode *pattern, const char *path,
                                 bool *ret_structured, bool *ret_text)
{
    for (xmlNode *child = xmlFirstElementChild((xmlNode *)pattern); child;
         child = xmlNextElementSibling(child))
        walk(grammar, child, path, ret_structured, ret_text);
}

static inline void walk_element(Grammar *grammar, const xmlNode *pattern, const char *path)
{
    g_auto(GStrv) names = pattern_names(pattern);

    for (char **name = names; *name; name++) {
        /* What libvirt tells of a running domain: nobody sets it. */
        if (g_str_equal(*name, "mirror") || g_str_equal(*name, "privateData"))
            continue;
        g_autofree char *inner = *path ? g_strconcat(path, "/", *name, NULL) : g_strdup(*name);
        bool structured = false, text = false;

        walk_children(grammar, pattern, inner, &structured, &text);
        /* An element is a setting where it has text, or says all by being there. */
        g_hash_table_add(grammar->elements, g_strdup(inner));
        if (text || !structured)
            g_hash_table_add(grammar->paths, g_steal_pointer(&inner));
    }
}

static inline void walk_ref(Grammar *grammar, const char *name, const char *path,
                            bool *ret_structured, bool *ret_text)
{
    const GPtrArray *nodes = g_hash_table_lookup(grammar->defines, name);

    if (!g_hash_table_add(grammar->entered, g_strdup(name))) {
        *ret_structured = true;
        return;
    }
    for (guint i = 0; nodes && i < nodes->len; i++)
        walk_children(grammar, nodes->pdata[i], path, ret_structured, ret_text);
    g_hash_table_remove(grammar->entered, name);
}

static inline void walk(Grammar *grammar, const xmlNode *pattern, const char *path,
                        bool *ret_structured, bool *ret_text)
{
    const char *kind = (const char *)pattern->name;
    bool foreign = xmlHasProp(pattern, BAD_CAST "ns");

    if (strcmp(kind, "element") == 0) {
        *ret_structured = true;
        if (!foreign)
            walk_element(grammar, pattern, path);
    } else if (strcmp(kind, "attribute") == 0) {
        g_auto(GStrv) names = pattern_names(pattern);
        *ret_structured = true;
        for (char **name = names; *name && !foreign; name++)
            g_hash_table_add(grammar->paths, g_strconcat(path, *path ? "/@" : "@", *name, NULL));
    } else if (strcmp(kind, "ref") == 0) {
        g_autofree char *name = tree_attribute(pattern, "name");
        walk_ref(grammar, name, path, ret_structured, ret_text);
    } else if (strcmp(kind, "text") == 0 || strcmp(kind, "data") == 0 ||
               strcmp(kind, "value") == 0 || strcmp(kind, "list") == 0) {
        *ret_text = true;
    } else if (strcmp(kind, "name") != 0) {
        walk_children(grammar, pattern, path, ret_structured, ret_text);
    }
}

static inline void free_file(void *file)
{
    xmlFreeDoc(file);
}

static inline void free_nodes(void *nodes)
{
    g_ptr_array_unref(nodes);
}

/* The set of paths of settings below <domain>, and that of all elements. */
static inline GHashTable *schema_paths(GHashTable **ret_elements)
{
    Grammar grammar = {
        .files = g_ptr_array_new_with_free_func(free_file),
        .defines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_nodes),
        .paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .elements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .entered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    bool structured, text;

    read_file(&grammar, "domain.rng");
    walk_ref(&grammar, "domaincontents", "", &structured, &text);
    g_ptr_array_unref(grammar.files);
    g_hash_table_unref(grammar.defines);
    g_hash_table_unref(grammar.entered);
    *ret_elements = grammar.elements;
    return grammar.paths;
}
