/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a finished document must keep to, beyond what a single key can say. Each rule is one small
 * function with a stable id; it only looks. Reports go through rule_report.
 *
 * Severity: an error is what libvirt or QEMU refuses, or what would silently become something else
 * than was asked for; a warning is a setting without effect, or one that exposes or loses data; an
 * info is worth knowing.
 */
#pragma once

#include "guest/machine.h"
#include "keys/lens.h"

typedef struct {
    const DwDocument *document;
    const DwHost *host; /* never NULL; zeroed = nothing known */
    GPtrArray *problems;
    struct DwFacts *facts; /* facts.h */
    /* What is being looked at: "" and "" for the domain itself. */
    const char *kind, *id; /* id NULL: rule_report finds it when it is needed */
    DwNode node;           /* the device, or the root */
    char *found_id;
    DwMachine guest; /* what many rules ask */
    /* Of a disk: its bus (see disk_bus) and device type ("disk" when it says nothing). */
    const char *bus, *device;
    /* The names in the device; of the domain, those outside <devices>; for rules_between and
     * rules_places, those inside. */
    const DwNameFilter *names;
    bool unfiltered; /* any name may be there */
    GArray *changed; /* of DwNode: what is asked of one device is asked of these; NULL: of all */
    bool own_only;   /* and nothing is asked of the domain */
    const DwDocument *before; /* what it was before the edit, or NULL */
    DwNode first_device;      /* the first child of <devices>, or DW_NODE_NONE */
    /* The host's domain capabilities when they are about such a domain, else NULL. */
    const DwDomainCapabilities *offers;
    /* The rule that is being asked; those that reported something, or NULL; if not NULL, the only
     * ones to be asked. */
    const struct DwRule *rule;
    GPtrArray *reporters;
    const GPtrArray *only;
} DwRuleContext;

/* key "" when the problem is about the whole thing; value NULL or what was found; allowed NULL or a
 * NULL-terminated list. */
void rule_report(DwRuleContext *context, const char *rule, DwSeverity severity, const char *key,
                 const char *value, const char *const *allowed, const char *format, ...)
    G_GNUC_PRINTF(7, 8);

/* Reading: is the attribute there at all, and the first child's attribute (NULL: child or attribute
 * is not there). */
bool rule_has(const DwRuleContext *context, DwNode node, const char *attribute);
char *rule_attribute(const DwRuleContext *context, DwNode node, const char *child,
                     const char *attribute);
#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
/* The size in bytes that the element at a path says; factor: of one without a unit. False: absent
 * or not a size. */
bool rule_size_at(const DwRuleContext *context, DwNode node, const char *path, uint64_t factor,
                  uint64_t *ret_bytes);
/* Of the domain itself, where memory without a unit is in KiB. */
bool rule_size(const DwRuleContext *context, const char *element, uint64_t *ret_bytes);

/* By a path without indices from node: the text (NULL: not there), whether it is exactly value, and
 * whether the element is there. */
char *rule_text(const DwRuleContext *context, DwNode node, const char *path);
bool rule_is(const DwRuleContext *context, DwNode node, const char *path, const char *value);
bool rule_there(const DwRuleContext *context, DwNode node, const char *path);
/* How grave is what libvirt refuses from a version on, and QEMU before: an error on such a host,
 * otherwise a warning. */
DwSeverity rule_since(const DwRuleContext *context, uint64_t version);
/* Is the host's libvirt known to be older than that? */
bool rule_is_before(const DwRuleContext *context, uint64_t version);
/* Is it the balloon that is none, of which libvirt reads no more? */
bool rule_is_unread(const DwRuleContext *context, DwNode device);
/* The model of a device; of a panic device that does not say, what libvirt takes on the machine. */
char *rule_device_model(const DwRuleContext *context);
/* Is PCI Express nothing that the machine has? Looks through the controllers. */
bool rule_lacks_express(const DwRuleContext *context);
/* Is it a network card of which libvirt makes one of virtio's when no model is said, on any
 * machine? */
bool rule_is_virtio_card(const DwRuleContext *context);
/* Part of an address, decimal or, with 0x, hexadecimal; 0 when it is not there. */
uint64_t rule_attribute_number(const DwNodeAttribute *attribute);
uint64_t rule_address_part(const DwRuleContext *context, DwNode address, const char *attribute);
/* Turns back to the domain after rule_look_at. */
void rule_look_back(DwRuleContext *context);
/* Is number in a list such as "0-3,^2,7"? */
bool rule_in_list(const char *list, uint64_t number);
/* The highest that is in it, of those that a list can have; false: there is none. */
bool rule_list_last(const char *list, uint64_t *ret_number);
/* The same of all numbers below n at once. */
void rule_read_list(const char *list, bool *ret_in, size_t n);
/* "0,^0", a list of none, "16384", of what no host has, or "3-1": libvirt reads none of them. */
bool rule_is_no_list(const char *list);
/* Is it written as "0-3,^2,7" is? */
bool rule_is_list(const char *list);

/* As device_next. */
DwNode rule_device(const DwRuleContext *context, const char *kind, DwNode node);
/* Are there two devices of that kind at least? */
bool rule_has_two(const DwRuleContext *context, const char *kind);
/* Turns to another device (or, with kind "", the domain): what is reported from now on is about it.
 */
void rule_look_at(DwRuleContext *context, const char *kind, DwNode node);

/* "target/@busNr" is key "target.busNr". */
char *rule_key(const char *path);

/* May there be an attribute or element of that name in what is looked at? */
bool rule_may(const DwRuleContext *context, const char *name);
/* The same of what a path without indices ends with. */
bool rule_may_be(const DwRuleContext *context, const char *path);

typedef struct DwRule {
    void (*run)(DwRuleContext *context);
    /* Names of which one must be there, or the rule has nothing to say; none: it always runs. */
    const char *triggers[11]; /* ends with NULL */
} DwRule;
