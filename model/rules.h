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

#include "lens.h"

typedef struct {
    const DwDocument *document;
    const DwHost *host; /* never NULL; zeroed = nothing known */
    GPtrArray *problems;
    /* What is being looked at: "" and "" for the domain itself. */
    const char *kind, *id; /* id NULL: rule_report finds it when it is needed */
    DwNode node;           /* the device, or the root */
    char *found_id;
    /* What many rules ask. Of a document that does not say, and a host
     * that is unknown, only the first is true. */
    bool is_qemu; /* not a hypervisor of which we know that it is none of QEMU's */
    bool is_x86;
    bool is_other; /* of an architecture that is not x86 */
    bool is_q35;
    bool is_pc;  /* i440fx */
    bool is_arm; /* machine "virt" of arm */
    /* Of a disk: its bus (see disk_bus) and device type ("disk" when it says nothing). */
    const char *bus, *device;
    /* The names in the device; of the domain, those outside <devices>; for rules_between and
     * rules_places, those inside. */
    const DwNames *names;
    DwNode first_device; /* the first child of <devices>, or DW_NODE_NONE */
    /* The host's domain capabilities when they are about such a domain, else NULL. */
    const DwDomainCapabilities *offers;
    /* The rule that is being asked; those that reported something, or NULL; if not NULL, the only
     * ones to be asked. */
    const struct DwRule *rule;
    GPtrArray *reporters;
    const GPtrArray *only;
} DwRuleContext;

/* As dw_validate. reporters (of DwRule) gets the rules that had something to say; with only no
 * others are asked, which is enough to know whether another document has the same problems. */
GPtrArray *rules_validate(const DwDocument *document, const DwHost *host, GPtrArray *reporters,
                          const GPtrArray *only);

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
/* The size in bytes that an element of the domain says. False: absent or not a size. */
bool rule_size(const DwRuleContext *context, const char *element, uint64_t *ret_bytes);

/* As device_next. */
DwNode rule_device(const DwRuleContext *context, const char *kind, DwNode node);
/* Are there two devices of that kind at least? */
bool rule_has_two(const DwRuleContext *context, const char *kind);
/* Turns to another device (or, with kind "", the domain): what is reported from now on is about it.
 */
void rule_look_at(DwRuleContext *context, const char *kind, DwNode node);

/* May there be an attribute or element of that name in what is looked at? */
bool rule_may(const DwRuleContext *context, const char *name);

typedef struct DwRule {
    void (*run)(DwRuleContext *context);
    /* Names of which one must be there, or the rule has nothing to say; none: it always runs. */
    const char *triggers[4];
} DwRule;

/* Each ends with an empty one. Run once a document … */
extern const DwRule rules_domain[]; /* rules-domain.c: identity, processors, memory */
extern const DwRule rules_os[];     /* rules-os.c: boot and firmware */
extern const DwRule rules_clock[];  /* rules-clock.c */
extern const DwRule rules_hyperv[]; /* rules-hyperv.c */
extern const DwRule
    rules_between[]; /* rules-between.c: devices that must not get in each other's way */
extern const DwRule rules_places[]; /* rules-address.c: addresses two devices claim */
extern const DwRule rules_host[];   /* rules-host.c: what the host cannot do */
/* … and once a device of the kind. */
extern const DwRule rules_disk[];        /* rules-disk.c: device, bus, target */
extern const DwRule rules_disk_source[]; /* rules-disk-source.c: source and backing chain */
extern const DwRule rules_disk_driver[]; /* rules-disk-driver.c */
extern const DwRule rules_iotune[];      /* rules-iotune.c */
extern const DwRule rules_address[];     /* rules-address.c */
extern const DwRule rules_disk_host[];   /* rules-host.c */
extern const DwRule rules_channel[];     /* rules-channel.c */
/* Run on the domain and on every device of a kind the table knows. */
extern const DwRule rules_value[]; /* rules-value.c */

/* The bus of a disk: as written, or as libvirt takes it from the target's name; NULL when neither
 * says. Static. */
const char *disk_bus(const DwDocument *document, DwNode disk);
/* The number libvirt gives a disk of that name on its bus: "vda" 0, "sdaa" 26; -1 when the name is
 * not a prefix of libvirt's and lower-case letters. */
int disk_index(const char *name);
/* Can a disk on bus have an address of type? */
bool disk_address_fits(const char *bus, const char *type);
/* The drive addresses that disks have or get by their names, as texts that are equal when the
 * places are; the value is the first such disk. And the one a name would get, or NULL. */
GHashTable *disk_places(const DwDocument *document);
char *disk_place_of_name(const char *bus, const char *name);
bool disk_is_readonly(const DwDocument *document, DwNode disk);

/* Are these domain capabilities about a domain like this one? */
bool host_offers_concern(const DwDomainCapabilities *offers, const DwCapabilities *capabilities,
                         const DwDocument *document);

/* Does a clock of that offset take "timezone", "basis", "start" or "adjustment"? */
bool clock_offset_takes(const char *offset, const char *name);

/* Hyper-V's features, for rules and edits (hyperv.c). */
typedef struct {
    const char *name;
    const char *needs[4]; /* other features, "hypervclock" for the timer; ends with NULL */
    const char *detail;   /* a key below it that has no meaning while it is off, or NULL */
    bool recommended;
} DwHypervFeature;
extern const DwHypervFeature hyperv_features[]; /* ends with name NULL */
/* Attempts a spinlock makes before the hypervisor is told, when nobody says otherwise. */
#define DW_HYPERV_RETRIES 8191u
/* Is a feature ("stimer", "stimer.direct", "hypervclock") switched on? */
bool hyperv_is_on(const DwDocument *document, const char *feature);
