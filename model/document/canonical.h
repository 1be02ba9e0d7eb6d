/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Elements in one spelling, so that two that mean the same are equal as strings. */
#pragma once

#include "document/document.h"

/* What is left out of the spelling: an attribute of that name, or, with name "", the text. */
typedef struct {
    bool (*leaves_out)(DwNode node, const char *name, size_t length, const void *data);
    const void *data;
} DwCanonicalFilter;

/* Name, attributes and text of an element; or, all that is in it as well. White space between
 * elements, comments, quotes, prefixes and the order of attributes leave no trace. */
void canonical_tag(GString *out, const DwDocument *document, DwNode node);
void canonical_element(GString *out, const DwDocument *document, DwNode node);
/* The same without what the filter leaves out, nor elements that only lead there. */
void canonical_filtered(GString *out, const DwDocument *document, DwNode node,
                        const DwCanonicalFilter *filter);
