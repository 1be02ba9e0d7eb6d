/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages as JSON, by their signature: a{s…} is an object, other arrays and structs are arrays, a
 * variant is what it holds. Numbers keep all their digits.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <systemd/sd-bus.h>

/* The next value of the message. fields names the members of structs in it, which then are objects:
 * "kind,id,properties"; "*" puts the members of a dictionary among them. NULL: arrays. */
int json_value(FILE *file, sd_bus_message *message, const char *fields);
/* The members of the dictionary that is next, without braces; first: no comma before the first. */
int json_members(FILE *file, sd_bus_message *message, bool first);
/* All values of a message as one object; nothing when that fails. Each name may carry the fields of
 * its structs after a colon: "devices:kind,id,properties"; "*" as above. One name "=" prints a
 * single value bare ("=:fields"). */
int json_message(FILE *file, sd_bus_message *message, const char *const *names);
