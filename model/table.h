/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The shape of the table of keys, and looking keys up in it. The rows themselves are in rows-*.c:
 * data only, one line a libvirt setting.
 */
#pragma once

#include <domwright/model.h>

/* How a setting is written; each has one entry in forms.c. */
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
    DW_ROW_WHOLE = 1 << 2, /* unsetting removes the element with all that is in it */
    DW_ROW_HOST = 1 << 3,  /* names something on the host or its network, as paths always do */
} DwRowFlags;

/* values: separated by blanks; "value@8.2.0" is one that libvirt has had only since then. */
typedef struct {
    const char *key;
    const char *path; /* relative to the section's; "" is the section's own element */
    DwForm form;
    const char *safe; /* why it does not alter what the guest can reach on the host; NULL: it may */
    const char *values;
    DwSafeIf safe_if;
    const char *safe_values; /* the only ones it is safe with, separated by blanks; NULL: all */
    DwRowFlags flags;
    uint64_t min, max;
    const char *unit;
    const char *since;
    const char *doc;
} DwRow;

/* Rows that share a prefix of key and path: {"backing.N.source.", "backingStore^N/source", …}. */
typedef struct {
    const char *key;         /* "" or ending in '.' */
    const char *path;        /* "" or the element the rows' paths start from */
    const char *alternative; /* read and edited instead of path where it exists, or NULL */
    const DwRow *rows;       /* ends with a row whose key is NULL */
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
/* All groups, "" first; the last has kind NULL. */
const DwGroup *table_groups(void);
