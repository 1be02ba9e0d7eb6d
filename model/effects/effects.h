/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of judging what a change lets the guest reach, for the files of this folder only. */
#pragma once

#include "document/document.h"
#include "keys/key-path.h"

typedef enum {
    SAFETY_NO,
    SAFETY_WHOLE, /* in a device that is safe as a whole */
    SAFETY_YES,
} Safety;

/* ---- coverage.c: the table as a tree, to be walked along with a document. ---- */

typedef struct {
    const DwRow *row; /* NULL: none */
    const DwSection *section;
} CoverRow;

typedef struct {
    char *name;
    size_t length;
    CoverRow covered;
    bool is_unit; /* of a size */
} CoverAttribute;

typedef struct Cover Cover;
struct Cover {
    char *name;
    size_t length;      /* of the name */
    char *key, *value;  /* only the element with this attribute, or NULL; of a key alone each stands
                           for itself */
    const char *uri;    /* of the element's namespace, or NULL */
    const DwStep *step; /* by which its index is found, or NULL */
    bool repeats;       /* there may be several */
    Safety presence;    /* of the element by itself */
    CoverRow text, here;
    GArray *attributes;  /* of CoverAttribute */
    GPtrArray *children; /* of Cover; itself where it nests */
};

/* What rows say of a kind ("" = the domain), or NULL. */
const Cover *cover_of_kind(const char *kind);
const CoverAttribute *cover_attribute(const Cover *cover, const char *name, size_t length);
/* The index among the cover's children of what covers the element, or -1. */
int cover_match(const Cover *cover, const DwDocument *document, DwNode child);

/* May there be one in another of its kind, level by level? */
bool cover_nests(const Cover *cover);
/* What a row is at best. */
Safety cover_row_safety(CoverRow covered);

/* ---- What a document says that judging a part of it depends on. ---- */

typedef struct {
    const DwDocument *document;
    const DwReachContext *context;
    bool is_new;   /* there was none before */
    bool refers;   /* has what only the hypervisor reads, which may name devices by alias */
    bool is_heard; /* has a sound backend other than the display's */
    char *name, *type, *os_type, *arch; /* NULL: not said */
    GPtrArray *directories;             /* of DwImageDirectory, for this domain and user */
} Facts;

/* host.c: does the host offer the value to every domain? */
bool host_offers(const Facts *facts, const CoverRow *covered, const char *value);

/* ---- paths.c ---- */

/* Absolute, every part of it a name, no control characters. */
bool path_is_plain(const char *path);
/* One part of a path. */
bool path_is_part(const char *part);
/* The directories that are good for a domain and a user; an array of DwImageDirectory. */
GPtrArray *image_directories_expand(const GPtrArray *directories, const char *name,
                                    const char *user);
/* Of a plain path. */
bool image_directories_contain(const GPtrArray *directories, const char *path, bool readonly);
/* As it may stand among other paths, one a line. */
char *path_for_list(const char *path);

/* ---- device.c ---- */

/* Is the device safe as a whole, if each part of it is? If not, *ret_unsafe_key is the key that
 * makes it unsafe, or NULL. *ret_image is a path that would have to be in a directory of images,
 * when that is all that makes it so. */
bool device_is_safe(const Facts *facts, DwNode node, const DwGroup *group, char **ret_unsafe_key,
                    char **ret_image);

/* ---- section.c: a part of a document taken apart. ---- */

/* An attribute or a text, with the row that covers it. */
typedef struct {
    CoverRow covered;
    unsigned indices[DW_MAX_INDICES];
    unsigned n_indices;
    char *name;  /* what stands at NAME, or NULL */
    char *where; /* for what no row covers */
    char *value;
    Safety safety;
} ReachItem;

typedef enum {
    PART_TAG,      /* an element's attributes and text, without its children */
    PART_METADATA, /* that of the domain, which nobody but its writer reads */
    PART_SETTING,  /* an element of the domain */
    PART_DEVICE,
} PartType;

typedef struct {
    DwNode node;
    PartType type;
    const Cover *cover; /* NULL: no row covers it, or there is another where there may be one */
    bool changed;       /* the other document has no such part, or elsewhere */
    /* What follows comes from part_judge. */
    char *kind, *id; /* id of devices, and only where it is asked for */
    GArray *
        items; /* of ReachItem: in a part that is reach all that is not safe by itself; else none */
    GPtrArray *paths; /* of char *: what of the host it names */
    char *unsafe_key; /* the key that makes it reach, where it is not the items */
    char *image;      /* the image file that is all there is to allow, or NULL */
} DocumentPart;

void part_clear(DocumentPart *part);
void part_judge(const Facts *facts, DocumentPart *part);
/* Is what of both is not safe the same? */
bool part_same_reach(const DocumentPart *a, const DocumentPart *b);
/* "driver.type", "source/@index" */
char *reach_item_where(const ReachItem *item);

/* reasons.c: of parts that are reach and that the other side has not. */
char **reasons_of(const GPtrArray *before, const GPtrArray *after);
