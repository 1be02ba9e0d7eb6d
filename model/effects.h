/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of judging what a change lets the guest reach, for effects*.c only. */
#pragma once

#include "document.h"
#include "lens.h"

typedef enum {
    SAFETY_NO,
    SAFETY_WHOLE, /* in a device that is safe as a whole */
    SAFETY_YES,
} Safety;

/* ---- effects-cover.c: the table as a tree, to be walked along with a document. ---- */

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
    size_t length;     /* of the name */
    char *key, *value; /* only the element with this attribute, or NULL */
    bool repeats;      /* there may be several */
    Safety presence;   /* of the element by itself */
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

/* effects-host.c: does the host offer the value to every domain? */
bool host_offers(const Facts *facts, const CoverRow *covered, const char *value);

/* ---- effects-paths.c ---- */

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

/* ---- effects-device.c ---- */

/* Is the device safe as a whole, if each part of it is? If not, *ret_culprit is the key that is to
 * blame, or NULL. *ret_image is a path that would have to be in a directory of images, when that is
 * all there is to blame. */
bool device_is_safe(const Facts *facts, DwNode node, const DwGroup *group, char **ret_culprit,
                    char **ret_image);

/* ---- effects-walk.c: a part of a document taken apart. ---- */

typedef struct {
    CoverRow covered;
    unsigned indices[DW_MAX_INDICES];
    unsigned n_indices;
    char *where; /* for what no row covers */
    char *value;
    Safety safety;
} Token;

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
    GArray
        *tokens; /* of Token: in a part that is reach all that is not safe by itself; else none */
    GPtrArray *paths;   /* of char *: what of the host it names */
    GString *signature; /* of tokens: same signature, same reach; empty when there is none */
    char *culprit;      /* the key to blame, where it is not the tokens */
    char *image;        /* the image file that is all there is to allow, or NULL */
} Part;

void part_clear(Part *part);
void part_judge(const Facts *facts, Part *part);
/* "driver.type", "source/@index" */
char *token_where(const Token *token);
/* One spelling of an element with all that is in it; comments and white space leave no trace. */
void element_print_tag(GString *out, const DwDocument *document, DwNode node);
void element_print(GString *out, const DwDocument *document, DwNode node);

/* effects-reasons.c: of parts that are reach and that the other side has not. */
char **reasons_of(const GPtrArray *before, const GPtrArray *after);
