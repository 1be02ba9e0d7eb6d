/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Short-lived libxml2 trees of text that others wrote: capabilities, and documents while a schema
 * is asked about them. Only reading; documents themselves are never held or edited as trees.
 */
#pragma once

#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <domwright/model.h>

/* The longest text taken: the longest that libvirt's protocol carries. */
#define TREE_MAX_BYTES (4 * 1024 * 1024)

/* What a handler of errors is given; it may not change it since libxml2 2.12. */
#if LIBXML_VERSION >= 21200
typedef const xmlError TreeError;
#else
typedef xmlError TreeError;
#endif

/* A parser with what libxml2 keeps for each thread. Without memory for that the program ends, as
 * GLib would end it: libxml2 would end it by a fault. */
xmlParserCtxt *tree_parser_new(void);

/* UTF-8 whatever a declaration says; no network, no DTD. INVALID_XML, also for a root of another
 * name than `root`; LIMIT_EXCEEDED. */
xmlDoc *tree_parse(const char *text, const char *root, GError **error);

/* Elements of no namespace; `name` NULL is any. NULL where there is none, or node is NULL. */
xmlNode *tree_child(const xmlNode *node, const char *name);
xmlNode *tree_next(const xmlNode *node, const char *name);
bool tree_is(const xmlNode *node, const char *name);

/* Attribute and text, decoded and without white space around; NULL when absent resp. empty, or when
 * node is NULL. */
char *tree_attribute(const xmlNode *node, const char *name);
char *tree_text(const xmlNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)
