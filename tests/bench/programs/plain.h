/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The floor of an edit: a domain document changed with plain libxml2 and nothing else. It
 * checks nothing and keeps only what libxml2's serialiser keeps.
 */
#pragma once

#include <libxml/tree.h>
#include <stdbool.h>

/* The disk both sides of every comparison add. */
#define PLAIN_DISK_FILE   "/srv/vm/bench-extra.qcow2"
#define PLAIN_DISK_TYPE   "qcow2"
#define PLAIN_DISK_TARGET "vdzy"
#define PLAIN_DISK_BUS    "virtio"
#define PLAIN_TITLE       "measured"

/* NULL when it is not a domain with devices. The caller frees with xmlFreeDoc(). */
xmlDoc *plain_parse(const char *text, int length);
typedef void (*PlainEdit)(xmlDoc *document);
void plain_add_disk(xmlDoc *document);
void plain_set_title(xmlDoc *document);
/* The caller frees with xmlFree(). */
xmlChar *plain_export(xmlDoc *document, int *ret_length);
/* Parse, edit, export: the new document or NULL; freed with xmlFree(). edit NULL: none. */
xmlChar *plain_edit(const char *text, PlainEdit edit);
