/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The paths of one of libvirt's domain schemas, for tests that hold the table against it. Reads the
 * RELAX NG files as XML; recursion is followed once.
 */
#pragma once

#include <cmocka.h>
#include <string.h>

#include "document/xml-tree.h"
#include <libxml/parser.h>

typedef struct {
    const char *directory;
    GPtrArray *files;     /* of xmlDoc */
    GHashTable *defines;  /* name -> GPtrArray of xmlNode */
    GHashTable *paths;    /* set of "devices/disk/source/@file" */
    GHashTable *elements; /* set of all elements' paths */
    GHashTable *entered;  /* set of defines being walked: recursion stops there */
    GHashTable *words;    /* path -> set of the words that may be there, "*" for any text, "#255" a
                             bound;    or NULL */
} Grammar;

static inline void read_file(Grammar *grammar, const char *name)
{
    g_autofree char *path = g_build_filename(grammar->directory, name, NULL);
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

/* Adds the least and the greatest number that a type names: "#0" and "#255". */
static inline void add_bounds(const xmlNode *data, GHashTable *words)
{
    for (xmlNode *child = xmlFirstElementChild((xmlNode *)data); child;
         child = xmlNextElementSibling(child)) {
        g_autofree char *name = tree_attribute(child, "name");
        g_autofree char *bound = tree_text(child);
        if (g_strcmp0(name, "minInclusive") == 0 || g_strcmp0(name, "maxInclusive") == 0)
            g_hash_table_add(words, g_strconcat("#", bound, NULL));
    }
}

/* Adds the words that a pattern allows as text of the element or attribute it is the content of. */
static inline void add_words(Grammar *grammar, const xmlNode *pattern, GHashTable *words)
{
    const char *kind = (const char *)pattern->name;

    if (strcmp(kind, "value") == 0) {
        g_autofree char *text = tree_text(pattern);
        g_hash_table_add(words, g_strdup(g_strstrip(text)));
    } else if (strcmp(kind, "data") == 0 || strcmp(kind, "text") == 0 ||
               strcmp(kind, "list") == 0) {
        g_hash_table_add(words, g_strdup("*"));
        add_bounds(pattern, words);
    } else if (strcmp(kind, "ref") == 0) {
        g_autofree char *name = tree_attribute(pattern, "name");
        const GPtrArray *nodes = g_hash_table_lookup(grammar->defines, name);
        for (guint i = 0; nodes && i < nodes->len; i++)
            for (xmlNode *child = xmlFirstElementChild(nodes->pdata[i]); child;
                 child = xmlNextElementSibling(child))
                add_words(grammar, child, words);
    } else if (strcmp(kind, "element") != 0 && strcmp(kind, "attribute") != 0) {
        for (xmlNode *child = xmlFirstElementChild((xmlNode *)pattern); child;
             child = xmlNextElementSibling(child))
            add_words(grammar, child, words);
    }
}

/* Of an element or attribute; one whose content is not said takes any text. */
static inline void note_words(Grammar *grammar, const xmlNode *pattern, const char *path)
{
    bool is_attribute = strcmp((const char *)pattern->name, "attribute") == 0, any = true;

    if (!grammar->words)
        return;
    GHashTable *words = g_hash_table_lookup(grammar->words, path);
    if (!words) {
        words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(grammar->words, g_strdup(path), words);
    }
    for (xmlNode *child = xmlFirstElementChild((xmlNode *)pattern); child;
         child = xmlNextElementSibling(child)) {
        any &= strcmp((const char *)child->name, "name") == 0;
        add_words(grammar, child, words);
    }
    if (any && is_attribute)
        g_hash_table_add(words, g_strdup("*"));
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

        note_words(grammar, pattern, inner);
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
        for (char **name = names; *name && !foreign; name++) {
            char *whole = g_strconcat(path, *path ? "/@" : "@", *name, NULL);
            note_words(grammar, pattern, whole);
            g_hash_table_add(grammar->paths, whole);
        }
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

static inline void free_words(void *words)
{
    g_hash_table_unref(words);
}

/* Reads the whole schema; words may be NULL. */
static inline void read_grammar(const char *directory, GHashTable *words, GHashTable **ret_paths,
                                GHashTable **ret_elements)
{
    Grammar grammar = {
        .directory = directory,
        .files = g_ptr_array_new_with_free_func(free_file),
        .defines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_nodes),
        .paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .elements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .entered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .words = words,
    };
    bool structured, text;

    read_file(&grammar, "domain.rng");
    walk_ref(&grammar, "domaincontents", "", &structured, &text);
    g_ptr_array_unref(grammar.files);
    g_hash_table_unref(grammar.defines);
    g_hash_table_unref(grammar.entered);
    *ret_paths = grammar.paths;
    *ret_elements = grammar.elements;
}

/* The set of paths of settings below <domain>, and that of all elements. */
static inline GHashTable *schema_paths(const char *directory, GHashTable **ret_elements)
{
    GHashTable *paths;

    read_grammar(directory, NULL, &paths, ret_elements);
    return paths;
}

/* Path -> set of the words that may be there; "*" stands for any text. */
static inline GHashTable *schema_words(const char *directory)
{
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_words);
    g_autoptr(GHashTable) paths = NULL, elements = NULL;

    read_grammar(directory, words, &paths, &elements);
    return words;
}
