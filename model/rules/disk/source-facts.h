/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rules on a disk's sources share: the same hold for every level of a backing chain. */
#pragma once

#include "rules/context.h"

/* A source with the element that holds it: the disk (level 0) or a <backingStore>. */
typedef struct {
    DwRuleContext *context;
    DwNode holder, source; /* source may be DW_NODE_NONE */
    unsigned level;
    int protocol; /* in the table of network.c; -1: not on the network, or unknown */
    char *type;   /* of the holder; of a disk that says nothing, "file" */
} DwSource;

/* As rule_report; puts "backing.N." before the key, and before the sentence, which begins with it.
 */
void source_report(DwSource *source, const char *rule, DwSeverity severity, const char *key,
                   const char *value, const char *const *allowed, const char *format, ...)
    G_GNUC_PRINTF(7, 8);
/* An attribute or child of the source itself. */
char *source_attribute(const DwSource *source, const char *name);
DwNode source_child(const DwSource *source, const char *name);
bool source_is(const DwSource *source, const char *type);

/* network.c; the list ends with NULL. */
void source_find_protocol(DwSource *source);
void source_rule_auth(DwSource *source);
extern void (*const source_network_rules[])(DwSource *);

/* image.c; the list ends with NULL. */
extern void (*const source_image_rules[])(DwSource *);
