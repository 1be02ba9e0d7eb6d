/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finding what a schema objects to. A RELAX NG validator's own words do not help ("Extra element
 * devices in interleave"), so the question is turned round: what has to be left out, altered or
 * added for the document to be valid?
 *
 * The tree mirrors a document: each element's _private is its DwNode + 1, or NULL for elements that
 * are not the document's.
 */
#pragma once

#include <libxml/relaxng.h>

#include "document/xml-tree.h"
#include "keys/lens.h"

typedef struct {
    xmlRelaxNG *grammar;
    const DwDocument *document;
    xmlDoc *tree;
    size_t budget; /* nodes that may still be looked at; the search ends with what it has by then */
    /* What the keys of the elements at hand are relative to. */
    const char *kind;
    DwNode node;
    GHashTable *named; /* path of names -> what the table has of it; for the search */
} SchemaProbe;

typedef enum {
    FAULT_VALUE,      /* the attribute or text may be here, with another value */
    FAULT_UNEXPECTED, /* the attribute or element may not be here, or not as it stands */
    FAULT_CONFLICT,   /* it and `other` may not be here together */
    FAULT_MISSING,    /* key is what is missing */
    FAULT_UNCLEAR,
} SchemaFaultType;

/* A place in a document. */
typedef struct {
    DwNode element;
    char *attribute;  /* NULL: the element, or its text */
    char *key;        /* "" where the table has none */
    const DwRow *row; /* or NULL */
} SchemaSpot;

typedef struct {
    SchemaFaultType type;
    SchemaSpot spot, other;
    char **allowed; /* for VALUE: what of the row's values would be accepted; may be empty */
} SchemaFault;

void schema_fault_free(SchemaFault *fault);

/* What the table calls an attribute of an element, the element, or (is_text) its text. */
SchemaSpot schema_spot(const SchemaProbe *probe, DwNode element, const char *attribute,
                       bool is_text);

/* One of these suits most places that take text; ends with NULL. */
extern const char *const schema_samples[];
/* Does the table have an element of that name somewhere in the kind? */
bool schema_names_element(const char *kind, const char *name);
/* Are elements of the kind told apart by an attribute of that name? */
bool schema_selects_by(const char *kind, const char *name);

/* A key that makes the tree valid when it is added: anywhere in the element, or (in) as an
 * attribute of it. NULL: there is none. */
SchemaFault *schema_missing(SchemaProbe *probe, xmlNode *element);
SchemaFault *schema_missing_in(SchemaProbe *probe, xmlNode *element);

/* Is the tree as it stands valid? Takes from the budget; false once that is used up. */
bool schema_probe_fits(SchemaProbe *probe);
/* Adds what is wrong in the element, which is in the tree and not valid as it stands; at least one
 * fault. The tree is left as it was. */
void schema_probe_search(SchemaProbe *probe, xmlNode *element, GPtrArray *faults);
/* Adds that the element is there more often than it may be. */
void schema_probe_repeated(SchemaProbe *probe, xmlNode *element, GPtrArray *faults);
/* Is the tree valid without this element? */
bool schema_probe_without(SchemaProbe *probe, xmlNode *element);
/* Takes an element out of the tree, and puts it back there: before next, or last in parent. */
void schema_probe_put(xmlNode *element, xmlNode *parent, xmlNode *next);

/* schema.c: is the text valid? One that was is not looked at again. */
bool schema_accepts_text(DwSchema *schema, const char *text);
