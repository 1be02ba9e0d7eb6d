/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of a host's domains a call is about: by what the inventory knows of them, and by values of
 * keys, which are read first. Used by ListDomains and ApplyAll; main thread.
 */
#pragma once

#include "base/options.h"
#include "host/host.h"

/* Nothing in it: all domains. */
typedef struct {
    const char *pattern; /* a glob of names, or NULL; see domain_filter_check() */
    OptionChoice active;
    const GArray *uuids; /* of Uuid: only these are selected; NULL: all */
} DomainFilter;

/* LIMIT_EXCEEDED when the pattern is longer than any name can need. */
bool domain_filter_check(const DomainFilter *filter, GError **error);
/* By name and state. */
bool domain_filter_fits(const DomainFilter *filter, const Domain *domain);
/* Those that fit, sorted by name: array of Domain. */
GPtrArray *domain_filter_select(const DomainFilter *filter, const Host *host);

/* Keys and the values that they have to have. */
typedef struct {
    GPtrArray *columns; /* of KeyColumn */
    GArray *values;     /* of DwValue, of the keys' own types */
} ValueFilter;

ValueFilter *value_filter_new(void);
void value_filter_free(ValueFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ValueFilter, value_filter_free)
/* name: a key or KIND/ID/KEY, "*" as the id is any device. INVALID_VALUE for one that is not known,
 * or secret, or cannot have the value; LIMIT_EXCEEDED when there are too many. */
bool value_filter_add(ValueFilter *filter, const char *name, const DwValue *value, GError **error);
/* values: as ColumnsOperation reads them, by the names of the columns. */
bool value_filter_fits(const ValueFilter *filter, const DwSettings *values);
