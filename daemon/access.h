/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who may call what. The one table of methods is here: a method without a row cannot be called. Who
 * a caller is is asked of the bus asynchronously when a sender is first heard, and kept until it
 * leaves; its messages wait meanwhile.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "objects.h"
#include "server.h"

/* What a call needs; the effect of an edit may need more. */
typedef enum {
    ACCESS_OPEN, /* says nothing about anybody: Ping */
    ACCESS_OWN,  /* reaches nothing but the caller's own memory here: Build, drafts */
    ACCESS_READ,
    ACCESS_DEFINE,
    ACCESS_MODIFY,
    ACCESS_CONTROL,
    ACCESS_UNDEFINE,
} AccessNeed;

/* See request.h; the object is the one the call was made on. */
struct Request;
typedef bool (*MethodFunc)(struct Request *request, struct Object *object, GError **error);

typedef struct Method {
    const char *interface, *member;
    AccessNeed access;
    MethodFunc call; /* NULL: answered by sd-bus itself */
} Method;

/* methods.c */
const Method *method_find(const char *interface, const char *member);

Access *access_new(Server *server, int *ret_error);
void access_free(Access *access);
/* False when the sender is not known (any more). */
bool access_uid(Access *access, const char *sender, uid_t *ret_uid);
bool access_allows(Access *access, uid_t uid, AccessNeed need);
/* Unique names of known connections of this user and of root: array of char *. */
GPtrArray *access_names(Access *access, uid_t uid);
