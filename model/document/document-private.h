/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The inside of a document, for the files of this folder only. The element table is derived
 * from the text and made anew after a change that adds or removes elements.
 */
#pragma once

#include "document/document.h"

/* One element; offsets into the text. */
typedef struct {
    uint32_t start;       /* of '<' */
    uint32_t tag_end;     /* behind the start tag's '>' */
    uint32_t content_end; /* of "</"; equal to end in <a/> */
    uint32_t end;         /* behind the element */
    DwNode parent, first_child, next;
    uint32_t name_length : 30;
    bool foreign : 1;     /* in a namespace */
    bool self_closed : 1; /* <a/> */
} DwSpan;

/* What was spelt how before an edit put something into an element. */
typedef struct {
    uint32_t start; /* of the element, kept up to date by every splice */
    DwOrigin origin;
    char *tail; /* from the start tag's "/>" or ">" to the end of the element; NULL in a fragment */
    size_t mark;
} DwOriginalElement;

/* How a value was spelt before an edit changed or removed it: setting it back brings this back. */
typedef struct {
    uint32_t start; /* of the element, kept up to date by every splice */
    char *name;     /* of the attribute, or "" for the text */
    char *raw;      /* between the quotes, or the whole content; with blanks and name when removed;
                       NULL when there was none */
    char *after;    /* the attribute before it, or "", when it was removed; else NULL */
    size_t mark;
} DwOriginalValue;

typedef struct {
    uint32_t position;
    uint32_t inserted;
    char *removed;
    uint32_t removed_length;
} DwSplice;

struct DwDocument {
    GString *text;
    GString *scratch;          /* for what is about to be put in */
    GArray *spans;             /* of DwSpan; [0] is the root */
    bool stale;                /* spans do not fit the text */
    uint32_t *positions;       /* of the elements of spans, or NULL; position.c */
    GArray *log;               /* of DwSplice; like the next two NULL as long as it is empty */
    GArray *original_elements; /* of DwOriginalElement */
    GArray *original_values;   /* of DwOriginalValue */
    /* For fragments: how the place they go to is written. */
    bool fragment, is_inline;
    char quote;
    char *indent, *unit, *eol;
};

/* An attribute as found in a start tag. */
typedef struct {
    uint32_t name, name_length;
    uint32_t value, value_length; /* between the quotes */
    uint32_t end;                 /* behind the closing quote */
} DwAttribute;

void document_tokenize(DwDocument *document);
/* Replaces bytes and records the inverse; the element table is stale then. */
void document_splice(DwDocument *document, uint32_t position, uint32_t removed, const char *text,
                     size_t length);

/* What was put in at a position, with what stands before the element in it. */
typedef struct {
    uint32_t position, length;
    uint32_t start; /* of the element */
} DwInsertion;

/* element-table.c: after a splice inside a start tag. No element comes or goes, and none begins or
 * ends there: each of their edges is either before it or behind it. */
void table_shift(DwDocument *document, uint32_t position, int64_t delta);
/* Whether a child of that name is in a namespace; false when only reading the text would tell. */
bool table_knows_foreign(const DwDocument *document, DwNode parent, const char *name,
                         bool *ret_foreign);
/* After <name/> was put into parent, which has children, behind anchor or, with NONE, in front. */
DwNode table_insert(DwDocument *document, DwNode parent, DwNode anchor, size_t name_length,
                    bool foreign, const DwInsertion *inserted);

static inline const DwSpan *document_span(const DwDocument *document, DwNode node)
{
    if (document->stale)
        document_tokenize((DwDocument *)document);
    g_assert(node >= 0 && (guint)node < document->spans->len);
    return &g_array_index(document->spans, DwSpan, node);
}

/* Begins at offset 0: *ret_attribute zeroed. False at the end of the tag. */
bool span_next_attribute(const DwDocument *document, const DwSpan *span, DwAttribute *attribute);
bool span_find_attribute(const DwDocument *document, const DwSpan *span, const char *name,
                         DwAttribute *ret_attribute);

/* spelling.c: what is remembered of an element, NULL when nothing. */
DwOriginalElement *original_element_find(const DwDocument *document, DwNode node);
void original_element_add(DwDocument *document, DwNode node, DwOrigin origin);
DwOriginalValue *original_value_find(const DwDocument *document, DwNode node, const char *name);
/* Remembers the first spelling only; takes raw and after. */
void original_value_add(DwDocument *document, DwNode node, const char *name, char *raw,
                        char *after);
void originals_copy(DwDocument *to, const DwDocument *from);
/* Follows a splice; forgets what is later than a mark; makes all count as old. */
void originals_shift(DwDocument *document, uint32_t position, uint32_t removed, int64_t delta);
void originals_rollback(DwDocument *document, size_t mark);
void originals_settle(DwDocument *document);
void originals_free(DwDocument *document);
/* From the start tag's "/>" or ">" on. */
uint32_t tail_start(const DwSpan *span);

/* character-data.c: where mark ends at or after `from`, else end; and does it stand at position? */
size_t text_skip_to(const char *text, size_t end, size_t from, const char *mark);
bool text_is_at(const char *text, size_t end, size_t position, const char *mark);
/* Decoding and encoding. */
char *text_decode(const char *raw, size_t length, bool is_attribute);
/* Writes value escaped for an attribute in that quote, or for content with quote 0. */
void text_encode(GString *out, const char *value, char quote);
/* Text and CDATA of mixed content, markup left out, decoded. */
char *text_decode_content(const char *raw, size_t length);
/* The next run of character data in content, from *position on: false when there is none. */
bool text_next_run(const char *text, size_t content_end, size_t *position, size_t *ret_length);

/* How a new child of parent is to be written: its quote (also for a new attribute of parent), and
 * whether on a line of its own, with what indent, unit of indent and line end. */
char place_quote(const DwDocument *document, DwNode parent);
void place_style(const DwDocument *document, DwNode parent, bool *ret_inline, char **ret_indent,
                 char **ret_unit, char **ret_eol);

/* The children libvirt writes into `parent`, in order, or NULL; and the place of `child` there, or
 * -1. */
const char *order_of(const DwDocument *document, DwNode parent);
int order_rank(const char *order, const char *child, size_t length);
