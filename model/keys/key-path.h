/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths step by step (grammar: lens.h), and what reading, writing and unsetting share. */
#pragma once

#include "keys/lens.h"

typedef enum {
    DW_STEP_CHILD,
    DW_STEP_ATTRIBUTE, /* @name */
    DW_STEP_POSITION,  /* name[N] */
    DW_STEP_LEVEL,     /* name^N */
    DW_STEP_NUMBER,    /* name[@key=N] */
    DW_STEP_NAME,      /* name[@key=NAME] */
} DwStepMode;

typedef struct {
    const char *uri;         /* of the prefix, or NULL: libvirt's own elements */
    char name[64];           /* without prefix */
    char key[32], value[64]; /* name[@key='value']; value is empty where it comes from the key */
    DwStepMode mode;
} DwStep;

/* Where in the indices following a path has come to. */
typedef struct {
    const DwIndices *indices;
    unsigned used;
} DwIndexCursor;

/* Reads one step and gives what follows it; NULL at the end. */
const char *path_next_step(const char *path, DwStep *step);
/* Does the step stand for several elements, one an index? */
bool step_has_index(const DwStep *step);
/* The children of node, or the levels below it, that a step may stand for. */
DwNode step_first(const DwDocument *document, DwNode node, const DwStep *step);
DwNode step_next(const DwDocument *document, DwNode node, const DwStep *step);
/* What a child stands for in a key; position is its place among those, from 0. False when nothing:
 * its attribute is no number, or a name too long. */
bool step_index_of(const DwDocument *document, DwNode child, const DwStep *step, unsigned position,
                   unsigned *ret_number, char ret_name[DW_MAX_NAME]);
/* The element a step leads to; consumes an index where the step has one. */
DwNode path_follow(const DwDocument *document, DwNode node, const DwStep *step,
                   DwIndexCursor *cursor);
/* A new child for a step, at the end of its like; names it by its selector. */
DwNode step_make(DwDocument *document, DwNode node, const DwStep *step, const DwIndices *indices,
                 unsigned number);
/* The element at path; *ret_attribute is the name of its last step when that is an attribute, else
 * "". */
DwNode path_find(const DwDocument *document, DwNode node, const char *path,
                 const DwIndices *indices, const char **ret_attribute);
/* May there be anything at path, by how the names below the node that it starts from begin? */
bool path_may_begin(uint64_t beginnings, const char *path);
/* The bits of beginnings of which one has to be there for that. */
uint64_t path_beginning(const char *path);
/* The last step that is an element; false when the path is an attribute alone, or empty. */
bool path_last_element(const char *path, DwStep *ret_step);
/* The n-th child of that name, from 1. */
DwNode path_nth_child(const DwDocument *document, DwNode node, const char *name, unsigned n);

/* The element a place's section stands for, by its path or the alternative one. */
DwNode place_base(const DwDocument *document, DwNode node, const DwPlace *place);
/* An empty <backingStore/>, where a chain ends; and the deepest one there is, or the disk. */
bool chain_is_terminator(const DwDocument *document, DwNode node);
DwNode chain_end(const DwDocument *document, DwNode disk);

/* Of one of the rows of a place's key. */
void row_unset(DwDocument *document, DwNode node, const DwPlace *place, const DwRow *row);

typedef struct {
    const char *name;
    int digits; /* as libvirt writes it, in hexadecimal */
} DwPciAttribute;
extern const DwPciAttribute lens_pci_attributes[4];
/* Is the element a PCI address? And is the attribute there a part of one, though the row is for the
 * addresses of other buses? */
bool lens_is_pci(const DwDocument *document, DwNode node);
bool lens_is_part_of_pci(const DwDocument *document, DwNode node, const DwRow *row,
                         const char *attribute);
