/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's table of keys, asked for when something about a key has to be known. */
#pragma once

#include <stdbool.h>

#include "bus/values.h"

/* Rows of key, kind, type, form, values, … as DescribeKeys names them; without a complaint. */
int keys_describe(const char *kind, const char *prefix, sd_bus_error *error, Rows *keys);
/* The kinds of device that have keys. */
int keys_kinds(Strings *kinds);
/* The row of a key as it is spelt in a document ("source.host.3.port"), the first of a group
 * ("source.host.*"), or NULL. */
const Values *keys_find(const Rows *keys, const char *kind, const char *key);

/* The end of a sentence about a key that is not among the rows, with what one may have meant. The
 * caller's. */
char *keys_guess(const Rows *keys, const char *kind, const char *key);

bool key_has_form(const char *kind, const char *key, const char *form);
bool key_is_secret(const char *kind, const char *key);
/* By its name alone: for remarks, where the daemon is not to be asked. */
bool key_may_be_secret(const char *key);
/* A value for people: sizes with their unit. keys is filled in with all keys when it is empty and a
 * size is possible. The caller's. */
char *keys_show_value(Rows *keys, const char *kind, const Value *value);
