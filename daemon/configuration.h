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

typedef struct {
    BusKind bus;
    char *address;                /* BUS_ADDRESS */
    char *file;                   /* the configuration file */
    bool file_required;           /* it was named on the command line */
    char *state_directory;        /* NULL: nothing is kept */
    GPtrArray *given;             /* of HostEntry, from the command line */
    GPtrArray *hosts;             /* of HostEntry, in force */
    GPtrArray *image_directories; /* of DwImageDirectory, or NULL */
    Limits limits;
} Configuration;

typedef enum { ARGUMENTS_RUN, ARGUMENTS_DONE, ARGUMENTS_WRONG } ArgumentsResult;

Configuration *configuration_new(void);
void configuration_free(Configuration *configuration);
/* DONE: --help or --version were answered. WRONG: a sentence is in error. */
ArgumentsResult configuration_arguments(Configuration *configuration, int argc, char **argv,
                                        GError **error);
/* Reads the file and settles what is in force; on failure all of that stays. */
bool configuration_load(Configuration *configuration, GError **error);
/* Checks the name; a host given twice is an error. */
bool configuration_add_host(GPtrArray *hosts, const char *name, const char *uri, GError **error);
