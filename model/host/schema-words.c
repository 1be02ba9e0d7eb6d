/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of libvirt's own schema: a value that the table does not know, but the host's libvirt
 * does, is none of ours to refuse. A word counts in its place only, which is an attribute or the
 * text of an element below a parent: "disk/driver/@cache=none". Whether it may stand beside the
 * rest is asked of the schema itself, later. Read once; any thread.
 */
#include "host/schema-words.h"

#include <string.h>

#include "document/xml-tree.h"

struct DwSchemaWords {
    GHashTable *words; /* set of "driver/@cache=none" with the parent before it */
};

/* The files that domain.rng includes. */
static const char *const files[] = {
    "domaincommon.rng",    "basictypes.rng",  "cputypes.rng",
    "storagecommon.rng",   "domain.rng",      "networkcommon.rng",
    "nwfilter_params.rng", "privatedata.rng", "domainoverrides.rng"};

/* ---- Patterns ---- */

typedef struct {
    GPtrArray *trees;    /* of xmlDoc */
    GHashTable *defines; /* name -> GPtrArray of xmlNode */
    GPtrArray *elements; /* of xmlNode: all patterns of elements */
} Grammar;

/* What a walk gathers: all patterns of that name in the content of one, whatever refers to them. */
typedef struct {
    const Grammar *grammar;
    const char *wanted;
    GPtrArray *found;    /* of xmlNode */
    GHashTable *entered; /* set of the defines that were walked */
} Walk;

static void walk_content(Walk *walk, const xmlNode *pattern);

static void walk_pattern(Walk *walk, xmlNode *pattern)
{
    const char *type = (const char *)pattern->name;

    if (strcmp(type, walk->wanted) == 0) {
        g_ptr_array_add(walk->found, pattern);
    } else if (strcmp(type, "ref") == 0) {
        char *name = tree_attribute(pattern, "name");
        const GPtrArray *defines = name ? g_hash_table_lookup(walk->grammar->defines, name) : NULL;

        if (!name || !g_hash_table_add(walk->entered, name))
            return;
        for (guint i = 0; defines && i < defines->len; i++)
            walk_content(walk, defines->pdata[i]);
    } else if (strcmp(type, "element") != 0 && strcmp(type, "attribute") != 0) {
        walk_content(walk, pattern);
    }
}

static void walk_content(Walk *walk, const xmlNode *pattern)
{
    for (xmlNode *child = pattern->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            walk_pattern(walk, child);
}

static GPtrArray *content_of(const Grammar *grammar, const xmlNode *pattern, const char *wanted)
{
    g_autoptr(GHashTable) entered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Walk walk = {grammar, wanted, g_ptr_array_new(), entered};

    walk_content(&walk, pattern);
    return walk.found;
}

/* The names that an element or attribute may have. */
static char **names_of(const Grammar *grammar, const xmlNode *pattern)
{
    GStrvBuilder *names = g_strv_builder_new();
    g_autofree char *name = tree_attribute(pattern, "name");
    g_autoptr(GPtrArray) found = name ? NULL : content_of(grammar, pattern, "name");

    if (name)
        g_strv_builder_add(names, name);
    for (guint i = 0; found && i < found->len; i++) {
        g_autofree char *text = tree_text(found->pdata[i]);
        if (text)
            g_strv_builder_add(names, text);
    }
    char **ret = g_strv_builder_end(names);
    g_strv_builder_unref(names);
    return ret;
}

/* ---- Words ---- */

static void add_words(const Grammar *grammar, const xmlNode *pattern, const char *place,
                      GPtrArray *words)
{
    g_autoptr(GPtrArray) values = content_of(grammar, pattern, "value");

    for (guint i = 0; i < values->len; i++) {
        g_autofree char *text = tree_text(values->pdata[i]);
        if (text)
            g_ptr_array_add(words, g_strconcat(place, "=", text, NULL));
    }
}

/* "driver/@cache=none", and "on_crash=destroy" of text. */
static GPtrArray *words_of(const Grammar *grammar, const xmlNode *element)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) attributes = content_of(grammar, element, "attribute");
    g_auto(GStrv) names = names_of(grammar, element);

    for (char **name = names; *name; name++) {
        add_words(grammar, element, *name, words);
        for (guint i = 0; i < attributes->len; i++) {
            g_auto(GStrv) keys = names_of(grammar, attributes->pdata[i]);
            for (char **key = keys; *key; key++) {
                g_autofree char *place = g_strconcat(*name, "/@", *key, NULL);
                add_words(grammar, attributes->pdata[i], place, words);
            }
        }
    }
    return words;
}

static void add_below(DwSchemaWords *words, const char *parent, const GPtrArray *own)
{
    for (guint i = 0; own && i < own->len; i++)
        g_hash_table_add(words->words, g_strconcat(parent, "/", (char *)own->pdata[i], NULL));
}

static void collect(DwSchemaWords *words, const Grammar *grammar)
{
    g_autoptr(GHashTable) own =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < grammar->elements->len; i++) {
        xmlNode *element = grammar->elements->pdata[i];
        GPtrArray *found = words_of(grammar, element);
        g_autofree char *name = tree_attribute(element, "name");

        g_hash_table_insert(own, element, found);
        if (g_strcmp0(name, "domain") == 0)
            add_below(words, "", found);
    }
    for (guint i = 0; i < grammar->elements->len; i++) {
        const xmlNode *element = grammar->elements->pdata[i];
        g_autoptr(GPtrArray) inner = content_of(grammar, element, "element");
        g_auto(GStrv) names = names_of(grammar, element);

        for (char **name = names; *name; name++)
            for (guint j = 0; j < inner->len; j++)
                add_below(words, *name, g_hash_table_lookup(own, inner->pdata[j]));
    }
}

/* ---- Reading ---- */

static void note_patterns(Grammar *grammar, xmlNode *pattern)
{
    bool is_define = strcmp((const char *)pattern->name, "define") == 0;
    char *name = is_define ? tree_attribute(pattern, "name") : NULL;

    if (name) {
        GPtrArray *defines = g_hash_table_lookup(grammar->defines, name);

        if (!defines)
            g_hash_table_insert(grammar->defines, g_strdup(name), defines = g_ptr_array_new());
        g_ptr_array_add(defines, pattern);
        g_free(name);
    }
    if (strcmp((const char *)pattern->name, "element") == 0)
        g_ptr_array_add(grammar->elements, pattern);
    for (xmlNode *child = pattern->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            note_patterns(grammar, child);
}

static bool read_file(Grammar *grammar, const char *directory, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, error))
        return false;
    xmlDoc *tree = xmlReadDoc((const xmlChar *)text, NULL, NULL,
                              XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!tree)
        return true;
    g_ptr_array_add(grammar->trees, tree);
    if (xmlDocGetRootElement(tree))
        note_patterns(grammar, xmlDocGetRootElement(tree));
    return true;
}

DwSchemaWords *dw_schema_words_load(const char *directory, GError **error)
{
    g_autoptr(GPtrArray) trees = g_ptr_array_new_with_free_func((GDestroyNotify)xmlFreeDoc);
    g_autoptr(GPtrArray) elements = g_ptr_array_new();
    g_autoptr(GHashTable) defines =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    Grammar grammar = {trees, defines, elements};
    g_autoptr(GError) fault = NULL;

    if (!read_file(&grammar, directory, files[0], &fault)) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED, "%s", fault->message);
        return NULL;
    }
    for (size_t i = 1; i < G_N_ELEMENTS(files); i++)
        read_file(&grammar, directory, files[i], NULL);
    DwSchemaWords *words = g_new0(DwSchemaWords, 1);
    words->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    collect(words, &grammar);
    return words;
}

void dw_schema_words_free(DwSchemaWords *words)
{
    if (!words)
        return;
    g_hash_table_unref(words->words);
    g_free(words);
}

/* ---- Asking ---- */

/* Appends "/disk/driver/@cache": a path without what tells elements of one name apart. */
static void append_path(GString *full, const char *path)
{
    if (*path)
        g_string_append_c(full, '/');
    while (*path) {
        size_t length = strcspn(path, "[^");

        g_string_append_len(full, path, (gssize)length);
        path += length;
        path += *path == '[' ? strcspn(path, "]") + 1 : *path == '^' ? 2 : 0;
    }
}

static bool have_at(const DwSchemaWords *words, const char *kind, const char *section,
                    const char *path, const char *word)
{
    g_autoptr(GString) full = g_string_new(*kind ? "/domain/devices" : "/domain");

    append_path(full, kind);
    append_path(full, section);
    append_path(full, path);
    const char *place = full->str + full->len;
    unsigned slashes = strchr(full->str, '@') ? 3 : 2;
    while (place > full->str && slashes > 0)
        slashes -= *--place == '/';
    g_autofree char *entry = g_strconcat(slashes ? place : place + 1, "=", word, NULL);
    return g_hash_table_contains(words->words, entry);
}

bool schema_words_have(const DwSchemaWords *words, const char *kind, const DwSection *section,
                       const DwRow *row, const char *word)
{
    bool is_word = row->form == DW_FORM_ENUM || row->form == DW_FORM_LIST ||
                   row->form == DW_FORM_YESNO || row->form == DW_FORM_ONOFF;

    return words && is_word &&
           (have_at(words, kind, section->path, row->path, word) ||
            (section->alternative && have_at(words, kind, section->alternative, row->path, word)));
}
