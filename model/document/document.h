/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A document as text, an index of its elements, and splices. Everything above this file reads and
 * edits through nodes; nobody else touches the text.
 *
 * A DwNode is an index into the element table. It is good until the next change that adds or
 * removes an element or an attribute list's bytes move it: after node_add_child, node_insert,
 * node_remove and document_rollback look nodes up again (what those functions return is fresh).
 * Setting or unsetting an attribute and setting text keep all nodes.
 */
#pragma once

#include <domwright/model.h>

/* DW_NODE_NONE reads as an element of no name, without attributes and content; it takes no changes.
 */
typedef int32_t DwNode;
#define DW_NODE_NONE (-1)

/* A fragment for building a device: a document whose root is <element/>, written in the style (line
 * ends, indent, quotes) of the children of `parent`, to be put there by node_insert. */
DwDocument *document_new_fragment(const DwDocument *like, DwNode parent, const char *element);

/* The document without these elements (DwNode, in their order, none inside another), for reading.
 */
DwDocument *document_without(const DwDocument *document, const GArray *nodes);

DwNode document_root(const DwDocument *document);
DwNode node_parent(const DwDocument *document, DwNode node);
DwNode node_first_child(const DwDocument *document, DwNode node); /* elements only */
DwNode node_next(const DwDocument *document, DwNode node);        /* next sibling element */
/* True for an element of no namespace with this local name. */
bool node_is(const DwDocument *document, DwNode node, const char *name);
/* True for an element in a namespace: not libvirt's own. */
bool node_is_foreign(const DwDocument *document, DwNode node);
/* The name without its prefix is this one: some of libvirt's readers look no further. */
bool node_has_local_name(const DwDocument *document, DwNode node, const char *name);
/* First child element of that name, and the next sibling of the same name as node. */
DwNode node_child(const DwDocument *document, DwNode node, const char *name);
DwNode node_child_named(const DwDocument *document, DwNode node, const char *name, size_t length);
DwNode node_next_same(const DwDocument *document, DwNode node);
/* The next sibling element of a name. */
DwNode node_next_named(const DwDocument *document, DwNode node, const char *name);
/* Its number, from 1, among its siblings of the same name; 1 in a namespace. */
unsigned node_position(const DwDocument *document, DwNode node);
/* As written, with its prefix. */
char *node_name(const DwDocument *document, DwNode node);
const char *node_raw_name(const DwDocument *document, DwNode node, size_t *ret_length);
/* The namespace in force for the element's own name, or NULL. */
char *node_namespace(const DwDocument *document, DwNode node);
/* True for an element of that namespace with this local name; uri NULL: of none. */
bool node_is_in(const DwDocument *document, DwNode node, const char *uri, const char *name);
/* A prefix that stands for the namespace inside node, or NULL. */
char *node_prefix_of(const DwDocument *document, DwNode node, const char *uri);
/* The namespace a prefix stands for at node, or NULL. */
char *node_prefix_uri(const DwDocument *document, DwNode node, const char *prefix, size_t length);
/* Decoded value of an attribute without prefix, or NULL. */
char *node_attribute(const DwDocument *document, DwNode node, const char *name);
/* Names of all attributes as written, namespace declarations included. */
char **node_attribute_names(const DwDocument *document, DwNode node);
/* One attribute after the other, nothing copied: begin with *attribute zeroed. False at the end. */
typedef struct {
    const char *name, *raw; /* into the text; raw is what stands between the quotes */
    size_t name_length, raw_length;
    uint32_t end;
} DwNodeAttribute;
bool node_next_attribute(const DwDocument *document, DwNode node, DwNodeAttribute *attribute);
char *attribute_value(const DwNodeAttribute *attribute);
bool node_has_attribute(const DwDocument *document, DwNode node, const char *name);
bool node_has_attributes(const DwDocument *document, DwNode node);
/* True when an attribute of that name is there and means exactly value: no copy. */
bool node_attribute_is(const DwDocument *document, DwNode node, const char *name,
                       const char *value);
/* Reads an attribute that is digits alone: no copy. False when there is none of that name, or, with
 * *ret_there, when it is something else or more than 32 bits hold. */
bool node_attribute_number(const DwDocument *document, DwNode node, const char *name,
                           bool *ret_there, unsigned *ret_number);
/* Decoded text directly inside the element: text and CDATA joined, comments left out. Never NULL.
 */
char *node_text(const DwDocument *document, DwNode node);
/* The start tag's bytes, where they are. */
const char *node_tag(const DwDocument *document, DwNode node, size_t *ret_length);
/* True when there is text directly inside the element other than white space. */
bool node_has_text(const DwDocument *document, DwNode node);
/* The bytes from the start tag to the end of the end tag: a copy, or where they are. */
const char *node_bytes(const DwDocument *document, DwNode node, size_t *ret_length);
/* Do both stand there in the same bytes, and do their start tags? */
bool node_same_bytes(const DwDocument *document, DwNode node, const DwDocument *other,
                     DwNode other_node);
bool node_same_tag(const DwDocument *document, DwNode node, const DwDocument *other,
                   DwNode other_node);
char *node_xml(const DwDocument *document, DwNode node);
/* True when the element holds nothing but white space: no element, comment or text. */
bool node_is_blank(const DwDocument *document, DwNode node);

/* A Bloom filter of the names of attributes and elements that occur somewhere: it may say yes where
 * there is none, never no where there is one. */
typedef struct {
    uint64_t bits[4];
} DwNameFilter;
/* Adds the names in node and below it, those of elements with a prefix without it, too;
 * name_filter_add_but leaves out the child of that name with all that is below it. */
void name_filter_add(const DwDocument *document, DwNode node, DwNameFilter *names);
void name_filter_add_but(const DwDocument *document, DwNode node, const char *but,
                         DwNameFilter *names);
bool name_filter_may_have(const DwNameFilter *names, const char *name, size_t length);
/* For a name that is asked for often: its bit, and whether a filter has that. */
unsigned name_filter_bit(const char *name, size_t length);
static inline bool name_filter_has_bit(const DwNameFilter *names, unsigned bit)
{
    return names->bits[bit / 64] >> bit % 64 & 1;
}
/* A filter of single names, to be asked for together: may one of both occur? */
void name_filter_add_name(DwNameFilter *names, const char *name);
static inline bool name_filters_meet(const DwNameFilter *names, const DwNameFilter *others)
{
    uint64_t common = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(names->bits); i++)
        common |= names->bits[i] & others->bits[i];
    return common != 0;
}
/* The same of the names of node's own attributes and children, by how they begin: cheaper still. */
uint64_t node_beginnings(const DwDocument *document, DwNode node);
/* The bit of all elements in a namespace, whose prefix a document may choose. */
#define DW_BEGINNING_FOREIGN (UINT64_C(1) << 63)
static inline uint64_t name_beginning(const char *name)
{
    return UINT64_C(1) << ((unsigned char)name[0] * 5 + (unsigned char)name[1]) % 63;
}
static inline bool beginnings_may_have(uint64_t beginnings, const char *name)
{
    return beginnings & name_beginning(name);
}

/* Changes. Each is recorded; values must be text XML can hold (text_is_valid). */
void node_set_attribute(DwDocument *document, DwNode node, const char *name, const char *value);
bool node_unset_attribute(DwDocument *document, DwNode node, const char *name);
/* What the attribute meant before edits changed it, or NULL. */
char *node_original_attribute(const DwDocument *document, DwNode node, const char *name);
/* True when an edit added the attribute. */
bool node_attribute_is_new(const DwDocument *document, DwNode node, const char *name);
void node_set_text(DwDocument *document, DwNode node, const char *value);
/* The value of an attribute, as node_next_attribute gave it, or, with attribute.name NULL, all that
 * is in the element. */
typedef struct {
    DwNode node;
    DwNodeAttribute attribute;
    const char *value;
} DwReplacement;
/* Puts in all values, given in the order of their places, in one pass. A place inside another one
 * goes with it. Nodes are stale afterwards. */
void document_replace(DwDocument *document, const GArray *replacements);
/* Adds an empty element where libvirt would write it; returns it. */
DwNode node_add_child(DwDocument *document, DwNode parent, const char *name);
/* Puts a fragment's root into parent where libvirt would write it. */
void node_insert(DwDocument *document, DwNode parent, const DwDocument *fragment);
/* Text of one element, known to be well-formed there, put behind parent's last child; or in the
 * place of node. */
void node_insert_xml(DwDocument *document, DwNode parent, const char *xml);
void node_replace(DwDocument *document, DwNode node, const char *xml);
/* Removes an element with the lines it stands on. A parent that was written as an empty element
 * before an edit filled it gets that spelling back. */
void node_remove(DwDocument *document, DwNode node);
/* What is known of how an element came to be there, for pruning it when it becomes empty. */
typedef enum {
    DW_ORIGIN_UNKNOWN, /* no edit has put anything into it */
    DW_ORIGIN_EMPTY,   /* it was there, empty, before an edit put something into it */
    DW_ORIGIN_CREATED, /* an edit made it, as a place for something else */
} DwOrigin;
DwOrigin node_origin(const DwDocument *document, DwNode node);
/* Makes a created element count as having been there: it was asked for by itself. */
void node_settle(DwDocument *document, DwNode node);

/* Undo: everything after a mark is taken back, to the byte. */
size_t document_mark(const DwDocument *document);
void document_rollback(DwDocument *document, size_t mark);
/* Gives up the possibility to undo what has been done so far. */
void document_forget(DwDocument *document);

/* Within DW_MAX_BYTES; else LIMIT_EXCEEDED. */
bool text_fits(size_t length, GError **error);
/* True when text, which ends in NUL, is one well-formed element (namespaces included) within the
 * limits; a DOCTYPE or a second root is not. root NULL: any name. */
bool text_check(const char *text, size_t length, const char *root, GError **error);
/* UTF-8 that XML 1.0 can hold. */
bool text_is_valid(const char *text);
