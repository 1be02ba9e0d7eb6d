/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the command line and the configuration file say. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { BUS_SYSTEM, BUS_SESSION, BUS_ADDRESS } BusKind;

typedef struct {
    char *name, *uri;
} HostEntry;

/* What one user, or all together, may have. */
typedef struct {
    uint64_t drafts_per_user, draft_bytes_per_user, draft_bytes;
    uint64_t calls_per_user; /* under way; not for root */
} Limits;

/* What is kept of earlier definitions; see history/history.h. */
typedef struct {
    bool required;    /* a change is not made when the earlier definition cannot be kept */
    uint64_t entries; /* changes of a domain */
    uint64_t days;    /* 0: no limit */
    uint64_t domain_bytes, total_bytes;
} HistorySettings;

typedef struct {
    BusKind bus;
    char *address;                /* BUS_ADDRESS */
    char *file;                   /* the configuration file */
    bool file_required;           /* it was named on the command line */
    bool check;                   /* only say whether the file is right */
    char *runtime_directory;      /* drafts: lost at reboot; NULL: not kept over a restart */
    char *state_directory;        /* history and the revision key; NULL: not kept */
    GPtrArray *given;             /* of HostEntry, from the command line */
    GPtrArray *hosts;             /* of HostEntry, in force */
    GPtrArray *image_directories; /* of DwImageDirectory, or NULL */
    Limits limits;
    HistorySettings history;
} Configuration;

Configuration *configuration_new(void);
void configuration_free(Configuration *configuration);
/* Reads the file and settles what is in force; on failure all of that stays. */
bool configuration_load(Configuration *configuration, GError **error);
/* Checks the name; a host given twice is an error. */
bool configuration_add_host(GPtrArray *hosts, const char *name, const char *uri, GError **error);
