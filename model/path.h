/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths step by step (grammar: lens.h), and what reading, writing and unsetting share. */
#pragma once

#include "lens.h"

typedef struct {
    char name[64];
    char key[32], value[64]; /* name[@key='value'] */
    char mode;               /* 0, '[' for name[N], '^' for name^N, '@' for an attribute */
} DwStep;

/* Reads one step and gives what follows it; NULL at the end. */
const char *path_next_step(const char *path, DwStep *step);
/* The element a step leads to; consumes an index where the step has one. */
DwNode path_follow(const DwDocument *document, DwNode node, const DwStep *step,
                   const unsigned **indices);
/* The element at path; *ret_attribute is the name of its last step when that is an attribute. */
DwNode path_find(const DwDocument *document, DwNode node, const char *path, const unsigned *indices,
                 char ret_attribute[64]);
/* The n-th child of that name, from 1. */
DwNode path_nth_child(const DwDocument *document, DwNode node, const char *name, unsigned n);

/* The element a place's section stands for, by its path or the alternative one. */
DwNode place_base(const DwDocument *document, DwNode node, const DwPlace *place);
/* An empty <backingStore/>, where a chain ends; and the deepest one there is, or the disk. */
bool chain_is_terminator(const DwDocument *document, DwNode node);
DwNode chain_end(const DwDocument *document, DwNode disk);

typedef struct {
    const char *name;
    int digits; /* as libvirt writes it, in hexadecimal */
} DwPciAttribute;
extern const DwPciAttribute lens_pci_attributes[4];
