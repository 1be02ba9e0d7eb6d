/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a finished document must keep to, beyond what a single key can say. Each rule is one small
 * function with a stable id; it only looks. Reports go through rule_report.
 */
#pragma once

#include "lens.h"

typedef struct {
    const DwDocument *document;
    const DwHost *host; /* never NULL; zeroed = nothing known */
    GPtrArray *problems;
    /* What is being looked at: "" and "" for the domain itself. */
    const char *kind, *id;
    DwNode node; /* the device, or the root */
} DwRuleContext;

/* key "" when the problem is about the whole thing; value NULL or what was found; allowed NULL or a
 * NULL-terminated list. */
void rule_report(DwRuleContext *context, const char *rule, DwSeverity severity, const char *key,
                 const char *value, const char *const *allowed, const char *format, ...)
    G_GNUC_PRINTF(7, 8);

typedef void (*DwRule)(DwRuleContext *context);

/* Each ends with NULL; run once a document, resp. once a device of the kind. */
extern const DwRule dw_domain_rules[]; /* rules-domain.c, rules-hyperv.c: see rules.c */
extern const DwRule dw_disk_rules[];   /* rules-disk.c */
