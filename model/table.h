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

typedef enum {
    DW_ROW_SAFE = 1 << 0, /* does not alter what the guest can reach on the host */
    DW_ROW_LIVE = 1 << 1, /* can be changed in a running domain */
    DW_ROW_SECRET = 1 << 2,
    DW_ROW_WHOLE = 1 << 3, /* unsetting removes the element with all that is in it */
} DwRowFlags;

/* values: separated by blanks; "value@8.2.0" is one that libvirt has had only since then. */
typedef struct {
    const char *key;
    const char *path; /* relative to the section's; "" is the section's own element */
    DwForm form;
    DwRowFlags flags;
    const char *values;
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
} DwGroup;

/* NULL for a kind the table does not know. */
const DwGroup *table_group(const char *kind);
/* All groups, "" first; the last has kind NULL. */
const DwGroup *table_groups(void);
