/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of org.domwright1.Domain, which are also ListDomains' columns. */
#pragma once

#include "base/writer.h"
#include "host/host.h"

/* A column ("name") or a property ("Name") by its name: its number, or -1. */
int domain_column(const char *name);
int domain_property(const char *name);
/* All names of columns, NULL at the end. */
const char *const *domain_columns(void);
/* The value itself, as the property's type. */
void domain_append_value(Writer *writer, const Domain *domain, int number);
/* An entry {sv}: named as a column or as a property. */
void domain_append_column(Writer *writer, const Domain *domain, int number);
/* All properties as entries {sv}. */
void domain_append_properties(Writer *writer, const Domain *domain);
