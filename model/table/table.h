/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The shape of the table of keys, and looking keys up in it. The rows themselves are in kinds/, one
 * file a kind: data only, one line a libvirt setting.
 */
#pragma once

#include "document/document.h"

/* How a setting is written; each has one entry in value-form.c. */
typedef enum {
    DW_FORM_STRING,   /* s  any text */
    DW_FORM_ENUM,     /* s  one of values */
    DW_FORM_PATH,     /* s  an absolute path */
    DW_FORM_UUID,     /* s */
    DW_FORM_YESNO,    /* b  yes/no */
    DW_FORM_ONOFF,    /* b  on/off */
    DW_FORM_PRESENCE, /* b  the element is there */
    DW_FORM_INT,      /* i */
    DW_FORM_UINT,     /* u */
    DW_FORM_UINT64,   /* t */
    DW_FORM_SIZE,     /* t  bytes; element text with a unit attribute */
    DW_FORM_LIST,     /* as one element an item; values as for ENUM */
    DW_FORM_PCI,      /* s  "0000:01:00.0"; attributes domain, bus, slot, function */
    DW_FORM_CHAIN_END /* b  the backing chain ends in an empty <backingStore/> */
} DwForm;

/* On what else it depends that a row is safe. effects*.c judge it. */
typedef enum {
    DW_SAFE_ALWAYS,
    DW_SAFE_NAME,  /* as long as the value is a name: letters, digits and "._+-", no dot first */
    DW_SAFE_NAMES, /* such names with slashes between them */
    DW_SAFE_ALIAS, /* a name, and nothing in the domain that only the hypervisor reads refers to it
                    */
    DW_SAFE_NEW,   /* in a new domain */
    DW_SAFE_HOST,  /* where the host's capabilities offer the value */
    DW_SAFE_WHOLE, /* in a device that is safe as a whole */
} DwSafeIf;

typedef enum {
    DW_ROW_LIVE = 1 << 0, /* can be changed in a running domain */
    DW_ROW_SECRET = 1 << 1,
    DW_ROW_WHOLE = 1 << 2,  /* unsetting removes the element with all that is in it */
    DW_ROW_HOST = 1 << 3,   /* names something on the host or its network, as paths always do */
    DW_ROW_OUTPUT = 1 << 4, /* written by libvirt of a running domain; nobody sets it */
    DW_ROW_OTHER = 1 << 5,  /* the next row is of the same key, for values this one does not take */
    DW_ROW_DEVICE = 1 << 6, /* a path that may also be the name of a device, as Hyper-V has it */
    DW_ROW_LAX = 1 << 7,    /* libvirt takes other numbers or paths from a document … */
    DW_ROW_FREE = 1 << 8,   /* … and any text */
} DwRowFlags;

/* values: separated by blanks; "value@8.2.0" is one that libvirt has had only since then. */
typedef struct {
    const char *key;  /* "" for the element itself;
                       the row before's again where that says so */
    const char *path; /* relative to the section's; "" is the section's own element */
    DwForm form;
    const char *safe; /* why it does not alter what the guest can reach on the host; NULL: it may */
    const char *values;
    DwSafeIf safe_if;
    const char *safe_values; /* the only ones it is safe with, separated by blanks; NULL: all */
    DwRowFlags flags;
    uint64_t min, max;
    const char *unit;
    const char
        *bare; /* what an element says that is there without the attribute or text; NULL: nothing */
    const char *bare_unit; /* of a size that is written without one; NULL: KiB */
    const char *usual;     /* what it is where the document does not say; NULL: that depends */
    const char *since;
    const char *doc;
} DwRow;

/* libvirt counts most memory in KiB, and has a signed number of bytes for it. */
#define MOST_MEMORY ((UINT64_C(1) << 63) - 1024)

/* Rows that share a prefix of key and path: {"backing.N.source.", "backingStore^N/source", …}. */
typedef struct {
    const char *key;         /* "" or ending in '.' */
    const char *path;        /* "" or the element the rows' paths start from */
    const char *alternative; /* read and edited instead of path where it exists, or NULL */
    const DwRow *rows;       /* ends with a row whose key is NULL */
    const char *since;       /* libvirt version that all rows need at least, or NULL */
    bool reach;              /* none of the rows is safe here, whatever they say elsewhere */
    unsigned first;          /* position of the lowest index, when those before it have keys
                                without one; 0: from 1 */
} DwSection;

/* What repeats (devices), or, with kind "", the domain itself. */
typedef struct {
    const char *kind;          /* the device element's name */
    const char *id_path;       /* natural key, or NULL */
    const DwSection *sections; /* ends with a section whose key is NULL; may be NULL */
    const char
        *safe; /* why such a device may be there, if all that it has is safe; NULL: it may not */
    const char *safe_needs; /* path of what it has to have for that, or NULL */
} DwGroup;

/* NULL for a kind the table does not know. */
const DwGroup *table_group(const char *kind);
/* All groups, the domain's first; ends with NULL. */
const DwGroup *const *table_groups(void);
/* The key that a kind's devices are named by, or NULL. */
char *group_id_key(const DwGroup *group);
/* Another place of the row's key, or NULL. */
const DwRow *row_other(const DwRow *row);
/* The libvirt version that a row needs in its section, or NULL. */
const char *row_since(const DwSection *section, const DwRow *row);
/* Why a row is safe in its section, or NULL. What only the hypervisor reads, in a namespace of its
 * own, never is. */
const char *row_safe(const DwSection *section, const DwRow *row);
/* True for the row of one attribute of an element that another row takes as a whole PCI address. */
bool table_row_is_beside_pci(const DwRow *row);

/* ---- Keys ---- */

#define DW_MAX_INDICES 4
#define DW_MAX_NAME    256 /* bytes of a name in a key, with the NUL; longer ones have no key */

/* What stands at N and NAME in a key. */
typedef struct {
    unsigned numbers[DW_MAX_INDICES];
    char name[DW_MAX_NAME]; /* a key has one at most; its number is 0 */
} DwIndices;

/* One key of a device or of the domain: a row, where it is, and the indices its name carried. */
typedef struct {
    const DwRow *row;
    const DwSection *section;
    DwIndices indices;
    unsigned n_indices;
    /* Of place_next_section: the elements that stand for the indices, where they are among their
     * like (from 0), and which of the section's paths they are on. */
    DwNode at[DW_MAX_INDICES];
    unsigned positions[DW_MAX_INDICES];
    const char *path;
    uint64_t beginnings; /* of what is in the thing itself */
} DwPlace;

/* The place of a key as spelt by a caller; false when the table does not have it. */
bool place_find(const char *kind, const char *key, DwPlace *ret_place);
/* The inverse: "backing.2.source.file". */
char *place_key(const DwPlace *place);
/* "*" and "iotune.*"; and what their keys begin with, or NULL with UNKNOWN_KEY when there are none.
 */
bool key_is_group(const char *key);
char *key_group_prefix(const char *kind, const char *key, GError **error);
/* The spelling of the table, "source.host.3.prot" -> "source.host.N.prot"; and whether the key of a
 * row begins with that. */
char *key_pattern(const char *key);
bool row_begins(const DwSection *section, const DwRow *row, const char *pattern);
/* Fail with UNKNOWN_KEY, naming the nearest; always false. */
bool place_unknown(const char *kind, const char *key, GError **error);
bool kind_unknown(const char *kind, GError **error);
