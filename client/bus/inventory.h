/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What there is: hosts, their domains, the caller's drafts. */
#pragma once

#include "alloc.h"
#include "bus/values.h"

typedef struct {
    char *path;
    char *host;
    char *label; /* NULL: the name tells it from the others */
    Values columns;
} Domain;

typedef struct {
    Domain *items;
    size_t count;
} Domains;

/* One of which only the path is known; its columns, to be filled in. */
Values *domains_append(Domains *domains, const char *path);
/* One of which only the name is known. */
void domains_add(Domains *domains, const char *path, const char *name);
void domains_clear(Domains *domains);
#define _cleanup_domains_ _cleanup_(domains_clear)

/* Gives domains of one name, which are on several hosts, labels: HOST/NAME. */
void domains_tell_apart(Domains *const *lists, size_t count);
/* The label, or the name. */
const char *domain_label(const Domain *domain);

/* The columns of a list of domains that are no keys, or have the name of one; ends with NULL. */
extern const char *const inventory_columns[];

/* These fill in what they find and return a negative errno, without a complaint. */
int inventory_hosts(sd_bus_error *error, Strings *paths);
/* The path of the host named by --host; without, of the only one there is, else of "local". */
char *host_path(void);
/* pattern: a glob, NULL for all; columns: what is wanted of each, NULL for the usual ones. Of the
 * host of --host, of all hosts without; when one of them fails, that is returned and the others'
 * domains are there all the same. Sorted by name, then by host. */
int inventory_domains(const char *pattern, const Strings *columns, sd_bus_error *error,
                      Domains *domains);
int inventory_drafts(sd_bus_error *error, Strings *paths);
/* All properties of an object's interface. */
int inventory_properties(const char *path, const char *interface, sd_bus_error *error,
                         Values *properties);
/* The last part of an object path. */
const char *path_tail(const char *path);
