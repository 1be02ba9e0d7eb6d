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

/* What a call needs to be granted, where there is a policy. On a draft of the caller's own nothing
 * is needed but for Diff and Commit. */
typedef enum {
    ACCESS_OWN,      /* nothing: it reaches only the caller's own memory here */
    ACCESS_LOOK,     /* read, before it is answered from memory */
    ACCESS_READ,     /* read, and read-secrets when they are asked for */
    ACCESS_CHANGE,   /* read; then, by its effect, define or modify, and use-host-resources */
    ACCESS_CONTROL,  /* control */
    ACCESS_UNDEFINE, /* undefine */
} AccessNeed;

/* See request.h; the object is the one the call was made on. */
struct Request;
typedef bool (*MethodFunc)(struct Request *request, struct Object *object, GError **error);

typedef struct Method {
    const char *interface, *member;
    AccessNeed access;
    MethodFunc call;
} Method;

/* methods.c */
const Method *method_find(const char *interface, const char *member);

Access *access_new(Server *server, int *ret_error);
void access_free(Access *access);
/* Whether messages wait for their sender to be known. */
bool access_waiting(const Access *access);
/* False when the sender is not known (any more). */
bool access_uid(Access *access, const char *sender, uid_t *ret_uid);
/* Whether this user may call at all. */
bool access_allows(const Access *access, uid_t uid);
/* A call of this user begins; BUSY when it has too many under way. And one has ended. */
bool access_begin(Access *access, uid_t uid, GError **error);
void access_end(Access *access, uid_t uid);
/* Unique names of known connections of this user and of root: array of char *. */
GPtrArray *access_names(Access *access, uid_t uid);
