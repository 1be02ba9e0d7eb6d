/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Validating documents against libvirt's own RELAX NG schema, and telling in the table's words what
 * it objects to. The schema as a whole gives the verdict; then each part of a document it refuses
 * (an element of the domain, a device) is tried alone in an otherwise empty domain, and what is
 * wrong in it is probe.c's to find.
 */
#include <pthread.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlschemastypes.h>

#include "keys/devices.h"
#include "rules/context.h"
#include "schema/probe.h"
#include "table/value-form.h"

/* Nodes to look at in search of faults: some tenths of a second. */
#define BUDGET 200000

/* More faults help nobody. */
#define MAX_FAULTS 50

/* Of elements that are there so often, no more are looked at one by one. */
#define MAX_ALIKE 100

/* Changes are taken back and made again: so many are remembered. */
#define MAX_ACCEPTED 256

struct DwSchema {
    xmlRelaxNG *grammar;
    GHashTable *accepted; /* what was found valid: sums of texts, which may hold secrets */
};

/* A document taken apart: only what is being looked at is linked into its tree. */
typedef struct {
    SchemaProbe probe;
    DwRuleContext context;
    xmlNode *root;
    GPtrArray *children; /* the root's, in order */
    GPtrArray *skeleton; /* what a domain cannot do without */
} Inspection;

/* ---- Loading ---- */

/* Keeps the first. */
static void collect_error(void *data, TreeError *error)
{
    char **ret_message = data;

    if (!*ret_message && error->message)
        *ret_message = g_strchomp(g_strdup(error->message));
}

/* libxml2 sets up its types at the first schema, which two threads must not do at once. */
static void init_types(void)
{
    xmlInitParser();
    xmlSchemaInitTypes();
    xmlRelaxNGInitTypes();
}

DwSchema *dw_schema_load(const char *directory, GError **error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    g_autofree char *path = g_build_filename(directory, "domain.rng", NULL);
    g_autofree char *message = NULL;
    xmlRelaxNG *grammar = NULL;

    if (!g_path_is_absolute(directory) || !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "There is no schema domain.rng in \"%s\"; libvirt installs it.", directory);
        return NULL;
    }

    pthread_once(&once, init_types);

    /* Included files are read without a context of ours: what libxml2 says of them would go to the
     * standard error. The handler is the thread's own. */
    xmlStructuredErrorFunc old_handler = xmlStructuredError;
    void *old_data = xmlStructuredErrorContext;
    xmlSetStructuredErrorFunc(&message, collect_error);
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(path);
    if (parser) {
        xmlRelaxNGSetParserStructuredErrors(parser, collect_error, &message);
        grammar = xmlRelaxNGParse(parser);
        xmlRelaxNGFreeParserCtxt(parser);
    }
    xmlSetStructuredErrorFunc(old_data, old_handler);

    if (!grammar) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "The schema in \"%s\" cannot be read: %s.", directory,
                    message ? message : "not a RELAX NG schema");
        return NULL;
    }
    DwSchema *schema = g_new0(DwSchema, 1);
    schema->grammar = grammar;
    schema->accepted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return schema;
}

void dw_schema_free(DwSchema *schema)
{
    if (!schema)
        return;
    xmlRelaxNGFree(schema->grammar);
    g_hash_table_unref(schema->accepted);
    g_free(schema);
}

static bool fits(const DwSchema *schema, xmlDoc *tree)
{
    SchemaProbe probe = {.grammar = schema->grammar, .tree = tree, .budget = SIZE_MAX};

    return schema_probe_fits(&probe);
}

bool schema_accepts_text(DwSchema *schema, const char *text)
{
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    if (g_hash_table_contains(schema->accepted, sum))
        return true;
    g_autoptr(xmlDoc) tree = tree_parse(text, "domain", NULL);
    if (!tree || !fits(schema, tree))
        return false;
    if (g_hash_table_size(schema->accepted) >= MAX_ACCEPTED)
        g_hash_table_remove_all(schema->accepted);
    g_hash_table_add(schema->accepted, g_steal_pointer(&sum));
    return true;
}

/* ---- Words ---- */

/* "target.bus", "attribute \"foo\" of <source>", "<foo>". */
static char *spot_words(const DwDocument *document, const SchemaSpot *spot)
{
    if (*spot->key)
        return g_strdup(spot->key);
    g_autofree char *name =
        spot->element == DW_NODE_NONE ? g_strdup("domain") : node_name(document, spot->element);
    return spot->attribute ? g_strdup_printf("attribute \"%s\" of <%s>", spot->attribute, name)
                           : g_strdup_printf("<%s>", name);
}

/* The value at a spot the table knows; nothing of what may be a secret. */
static char *spot_value(const DwDocument *document, const SchemaSpot *spot)
{
    if (!spot->row || spot->row->form == DW_FORM_PRESENCE || spot->element == DW_NODE_NONE)
        return g_strdup("");
    if (spot->row->flags & DW_ROW_SECRET)
        return g_strdup(DW_SECRET_PLACEHOLDER);
    char *value = spot->attribute ? node_attribute(document, spot->element, spot->attribute)
                                  : node_text(document, spot->element);
    return value ? value : g_strdup("");
}

/* A word that the table lists and libvirt has always had is none that the schema does not know. */
static bool is_old_word(const DwRow *row, const char *word)
{
    if (!row || row->form != DW_FORM_ENUM)
        return false;
    g_auto(GStrv) words = row_values(row);
    g_auto(GStrv) versions = row_values_since(row);
    for (unsigned i = 0; words[i]; i++)
        if (g_str_equal(words[i], word))
            return !*versions[i];
    return false;
}

static char *value_words(const SchemaFault *fault, const char *what, const char *value)
{
    g_autofree char *allowed = g_strjoinv(", ", fault->allowed);
    bool empty = fault->spot.row && fault->spot.row->form != DW_FORM_PRESENCE && !*value;

    if (is_old_word(fault->spot.row, value))
        return g_strdup_printf("The value \"%s\" of %s does not go with what is beside it, or "
                               "something that it needs is missing, by libvirt's schema%s%s",
                               value, what, *allowed ? "; what is there goes with: " : "", allowed);
    return g_strdup_printf("The value %s%s%sof %s is not accepted by libvirt's schema%s%s",
                           *value || empty ? "\"" : "", value, *value || empty ? "\" " : "", what,
                           *allowed ? "; accepted here: "
                           : empty  ? "; unset it to have none"
                                    : "",
                           allowed);
}

static char *fault_words(const SchemaFault *fault, const char *what, const char *other,
                         const char *value)
{
    const char *since = fault->spot.row ? fault->spot.row->since : NULL;

    switch (fault->type) {
    case FAULT_VALUE:
        return value_words(fault, what, value);
    case FAULT_UNEXPECTED:
        return g_strdup_printf("%s is not accepted here by libvirt's schema%s%s%s", what,
                               fault->spot.attribute ? "" : ", or not as it stands",
                               since ? "; libvirt has it since " : "", since ? since : "");
    case FAULT_CONFLICT:
        if (g_str_equal(what, other))
            return g_strdup_printf("%s is given more than once", what);
        return g_strdup_printf("%s and %s are not accepted together by libvirt's schema", what,
                               other);
    case FAULT_MISSING:
        return g_strdup_printf("%s is missing, which libvirt's schema demands", what);
    default:
        return g_strdup_printf("Something in %s is missing, misplaced or not accepted by libvirt's "
                               "schema",
                               what);
    }
}

static void report(Inspection *inspection, const SchemaFault *fault)
{
    DwRuleContext *context = &inspection->context;
    const DwDocument *document = context->document;
    bool has_value = fault->type == FAULT_VALUE || fault->type == FAULT_UNEXPECTED;
    g_autofree char *what = spot_words(document, &fault->spot);
    g_autofree char *other =
        fault->type == FAULT_CONFLICT ? spot_words(document, &fault->other) : g_strdup("");
    g_autofree char *value = has_value ? spot_value(document, &fault->spot) : g_strdup("");
    g_autofree char *words = fault_words(fault, what, other, value);

    if (!*fault->spot.key)
        *words = g_ascii_toupper(*words);
    rule_report(context, "schema", DW_SEVERITY_ERROR, fault->spot.key, value,
                (const char *const *)fault->allowed, "%s.", words);
}

static void report_all(Inspection *inspection, const GPtrArray *faults)
{
    for (guint i = 0; i < faults->len; i++)
        report(inspection, faults->pdata[i]);
}

/* ---- Taking a document apart ---- */

/* Gives each element of the tree the document's node. */
static void mirror(const DwDocument *document, DwNode node, xmlNode *element)
{
    DwNode child = node_first_child(document, node);

    element->_private = GINT_TO_POINTER(node + 1);
    for (xmlNode *at = xmlFirstElementChild(element); at && child != DW_NODE_NONE;
         at = xmlNextElementSibling(at)) {
        mirror(document, child, at);
        child = node_next(document, child);
    }
}

/* The search reads each value many times, and libxml2 copies a wrong one into every message that it
 * makes. What is wrong about a value shows in its beginning. */
static void shorten(const xmlNode *text)
{
    enum { MOST = 4096 };

    for (; text; text = text->next) {
        char *content = (char *)text->content;
        if (text->type != XML_TEXT_NODE || strlen(content) <= MOST ||
            xmlDictOwns(text->doc->dict, text->content))
            continue;
        *g_utf8_find_prev_char(content, content + MOST) = '\0';
    }
}

static void shorten_values(const xmlNode *element)
{
    for (const xmlAttr *attribute = element->properties; attribute; attribute = attribute->next)
        shorten(attribute->children);
    shorten(element->children);
    for (xmlNode *child = xmlFirstElementChild((xmlNode *)element); child;
         child = xmlNextElementSibling(child))
        shorten_values(child);
}

static GPtrArray *list_children(const xmlNode *element)
{
    GPtrArray *children = g_ptr_array_new();

    for (xmlNode *child = element->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            g_ptr_array_add(children, child);
    return children;
}

static void unlink_children(xmlNode *element)
{
    g_autoptr(GPtrArray) children = list_children(element);

    for (guint i = 0; i < children->len; i++)
        schema_probe_put(children->pdata[i], NULL, NULL);
}

static GPtrArray *make_skeleton(xmlDoc *tree)
{
    GPtrArray *skeleton = g_ptr_array_new_with_free_func((GDestroyNotify)xmlFreeNode);
    xmlNode *name = xmlNewDocNode(tree, NULL, BAD_CAST "name", BAD_CAST "a");
    xmlNode *os = xmlNewDocNode(tree, NULL, BAD_CAST "os", NULL);

    xmlNewTextChild(os, NULL, BAD_CAST "type", BAD_CAST "hvm");
    g_ptr_array_add(skeleton, name);
    g_ptr_array_add(skeleton, os);
    return skeleton;
}

/* Elements that take each other's place count as one part. */
static const char *part_name(const xmlNode *element)
{
    const char *name = (const char *)element->name;

    return g_str_has_prefix(name, "bootloader") ? "os" : name;
}

static bool same_part(const xmlNode *a, const xmlNode *b)
{
    return g_str_equal(part_name(a), part_name(b)) && !a->ns == !b->ns;
}

/* Makes the domain nothing but these elements and what they cannot do without. */
static void stage(Inspection *inspection, xmlNode **elements, size_t n_elements)
{
    unlink_children(inspection->root);
    for (size_t i = 0; i < n_elements; i++)
        schema_probe_put(elements[i], inspection->root, NULL);
    for (guint i = 0; i < inspection->skeleton->len; i++) {
        bool given = false;
        for (size_t j = 0; j < n_elements; j++)
            given = given || same_part(inspection->skeleton->pdata[i], elements[j]);
        if (!given)
            schema_probe_put(inspection->skeleton->pdata[i], inspection->root, NULL);
    }
}

static void unstage(Inspection *inspection)
{
    unlink_children(inspection->root);
    for (guint i = 0; i < inspection->children->len; i++)
        schema_probe_put(inspection->children->pdata[i], inspection->root, NULL);
}

/* ---- Looking at the parts ---- */

static bool exhausted(const Inspection *inspection)
{
    return inspection->probe.budget == 0 || inspection->context.problems->len >= MAX_FAULTS;
}

/* Reports what is wrong with an element as staged, if anything is. */
static void inspect_staged(Inspection *inspection, xmlNode *element)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)schema_fault_free);

    if (exhausted(inspection) || schema_probe_fits(&inspection->probe) || exhausted(inspection))
        return;
    schema_probe_search(&inspection->probe, element, faults);
    report_all(inspection, faults);
}

/* The domain's own attributes. Faulty ones are set right for what comes after. */
static void inspect_root(Inspection *inspection)
{
    guint before = inspection->context.problems->len;

    stage(inspection, NULL, 0);
    inspect_staged(inspection, inspection->root);
    if (inspection->context.problems->len > before) {
        while (inspection->root->properties)
            xmlRemoveProp(inspection->root->properties);
        xmlNewProp(inspection->root, BAD_CAST "type", BAD_CAST "kvm");
    }
}

static void inspect_device(Inspection *inspection, xmlNode *devices, xmlNode *element)
{
    DwRuleContext *context = &inspection->context;
    DwNode node = GPOINTER_TO_INT(element->_private) - 1;
    g_autofree char *kind = NULL, *id = NULL;

    /* Only what is a device to the rest of the model has an id. */
    if (tree_is(element, NULL) && !tree_is(element, "emulator") &&
        node_parent(context->document, node) == devices_node(context->document)) {
        kind = node_name(context->document, node);
        id = device_id(context->document, node);
        context->kind = inspection->probe.kind = kind;
        context->id = id;
        context->node = inspection->probe.node = node;
    }
    schema_probe_put(element, devices, NULL);
    inspect_staged(inspection, element);
    schema_probe_put(element, NULL, NULL);
    context->kind = context->id = inspection->probe.kind = "";
    context->node = inspection->probe.node = document_root(context->document);
}

/* Halves that are valid need no closer look. */
static void inspect_some(Inspection *inspection, xmlNode *devices, xmlNode **elements, guint n)
{
    if (n == 1)
        inspect_device(inspection, devices, *elements);
    if (n <= 1 || exhausted(inspection))
        return;
    for (guint i = 0; i < n; i++)
        schema_probe_put(elements[i], devices, NULL);
    bool fits = schema_probe_fits(&inspection->probe);
    unlink_children(devices);
    if (fits)
        return;
    inspect_some(inspection, devices, elements, n / 2);
    inspect_some(inspection, devices, elements + n / 2, n - n / 2);
}

static void inspect_devices(Inspection *inspection, xmlNode *devices)
{
    g_autoptr(GPtrArray) children = list_children(devices);

    stage(inspection, &devices, 1);
    unlink_children(devices);
    inspect_staged(inspection, devices);

    inspect_some(inspection, devices, (xmlNode **)children->pdata, children->len);
    for (guint i = 0; i < children->len; i++)
        schema_probe_put(children->pdata[i], devices, NULL);
}

/* Those of a bootloader and <os> are one thing. */
static bool has_bootloader(const GPtrArray *alike)
{
    for (guint i = 0; i < alike->len; i++)
        if (g_str_has_prefix((const char *)((xmlNode *)alike->pdata[i])->name, "bootloader"))
            return true;
    return false;
}

/* Elements of one name: each alone, then together. */
static void inspect_alike(Inspection *inspection, GPtrArray *alike)
{
    xmlNode **elements = (xmlNode **)alike->pdata;
    guint before = inspection->context.problems->len;
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)schema_fault_free);

    stage(inspection, elements, alike->len);
    if (alike->len == 1 || has_bootloader(alike)) {
        inspect_staged(inspection, elements[0]);
        return;
    }
    if (exhausted(inspection) || schema_probe_fits(&inspection->probe))
        return;
    for (guint i = 0; i < MIN(alike->len, MAX_ALIKE); i++) {
        stage(inspection, elements + i, 1);
        inspect_staged(inspection, elements[i]);
    }
    if (inspection->context.problems->len == before && !exhausted(inspection)) {
        schema_probe_repeated(&inspection->probe, elements[0], faults);
        report_all(inspection, faults);
    }
}

static void inspect_parts(Inspection *inspection)
{
    g_autoptr(GHashTable) parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < inspection->children->len; i++) {
        xmlNode *element = inspection->children->pdata[i];
        g_autofree char *name = g_strconcat(element->ns ? ":" : "", part_name(element), NULL);
        GPtrArray *alike = g_hash_table_lookup(parts, name);

        if (!alike) {
            alike = g_ptr_array_new();
            g_hash_table_insert(parts, g_steal_pointer(&name), alike);
            g_ptr_array_add(order, alike);
        }
        g_ptr_array_add(alike, element);
    }
    for (guint i = 0; i < order->len; i++) {
        GPtrArray *alike = order->pdata[i];
        if (tree_is(alike->pdata[0], "devices") && alike->len == 1)
            inspect_devices(inspection, alike->pdata[0]);
        else
            inspect_alike(inspection, alike);
    }
}

/* ---- Looking at the whole ---- */

static void report_missing(Inspection *inspection)
{
    SchemaProbe *probe = &inspection->probe;
    g_autoptr(GPtrArray) added = g_ptr_array_new();

    for (guint i = 0; i < inspection->skeleton->len; i++) {
        xmlNode *element = inspection->skeleton->pdata[i];
        bool given = false;
        for (guint j = 0; j < inspection->children->len; j++)
            given = given || same_part(element, inspection->children->pdata[j]);
        if (given)
            continue;
        schema_probe_put(element, inspection->root, NULL);
        g_ptr_array_add(added, element);
    }
    bool helps = schema_probe_fits(probe);
    for (guint i = 0; i < added->len; i++) {
        xmlNode *element = added->pdata[i];
        if (helps && !schema_probe_without(probe, element)) {
            SchemaFault fault = {.type = FAULT_MISSING,
                                 .spot = {.element = DW_NODE_NONE, .key = (char *)element->name},
                                 .allowed = (char *[]){NULL}};
            report(inspection, &fault);
        }
        schema_probe_put(element, inspection->root, NULL);
    }
    for (guint i = 0; i < added->len; i++)
        schema_probe_put(added->pdata[i], NULL, NULL);
}

/* Each part does alone: something is missing, or what is there does not go together. */
static void inspect_whole(Inspection *inspection)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)schema_fault_free);

    unstage(inspection);
    report_missing(inspection);
    if (inspection->context.problems->len > 0)
        return;
    schema_probe_search(&inspection->probe, inspection->root, faults);
    report_all(inspection, faults);
}

GPtrArray *dw_schema_validate(DwSchema *schema, const DwDocument *document)
{
    static const DwHost nothing_known;
    GPtrArray *problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(xmlDoc) tree = tree_parse(dw_document_body(document), "domain", &error);
    DwNode root = document_root(document);
    Inspection inspection = {
        .probe = {schema->grammar, document, tree, SIZE_MAX, "", root},
        .context = {.document = document,
                    .host = &nothing_known,
                    .problems = problems,
                    .kind = "",
                    .id = "",
                    .node = root},
    };

    if (!tree) {
        rule_report(&inspection.context, "schema", DW_SEVERITY_ERROR, "", NULL, NULL, "%s",
                    error->message);
        return problems;
    }
    if (schema_probe_fits(&inspection.probe))
        return problems;

    inspection.probe.budget = BUDGET;
    inspection.probe.named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    inspection.root = xmlDocGetRootElement(tree);
    shorten_values(inspection.root);
    inspection.children = list_children(inspection.root);
    inspection.skeleton = make_skeleton(tree);
    mirror(document, root, inspection.root);
    inspect_root(&inspection);
    inspect_parts(&inspection);
    if (problems->len == 0)
        inspect_whole(&inspection);
    unstage(&inspection);
    g_ptr_array_unref(inspection.children);
    g_ptr_array_unref(inspection.skeleton);
    g_hash_table_unref(inspection.probe.named);
    return problems;
}
