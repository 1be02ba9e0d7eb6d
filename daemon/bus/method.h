/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The row of a method: what is published of it, who may call it, which function does it, and what
 * has to be known before that function is called. Rows stand in api/, one table an interface,
 * beside their handlers; constant data.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <systemd/sd-bus.h>

struct Host;
struct Object;
struct Request;

/* What a call needs to be granted, where there is a policy. On a draft of the caller's own nothing
 * is needed but for Diff and Commit. */
typedef enum {
    ACCESS_OWN,      /* nothing: it reaches only the caller's own memory here */
    ACCESS_READ,     /* read, and read-secrets when they are asked for */
    ACCESS_CHANGE,   /* read; then, by its effect, define or modify, and use-host-resources */
    ACCESS_CONTROL,  /* control */
    ACCESS_UNDEFINE, /* undefine */
} MethodAccess;

typedef enum {
    /* Answered from memory: the right to read is asked for before the handler is called. */
    METHOD_FROM_MEMORY = 1 << 0,
    /* Uses what the host can do: waits until that is known. */
    METHOD_NEEDS_CAPABILITIES = 1 << 1,
    /* The answer is long: callers other than root take turns. */
    METHOD_LONG_ANSWER = 1 << 2,
    /* The answer is long where the host has many domains: then all callers take turns. */
    METHOD_LISTS_DOMAINS = 1 << 3,
} MethodFlags;

/* See request.h; the object is the one the call was made on. */
typedef bool (*MethodFunc)(struct Request *request, struct Object *object, GError **error);
/* The host a call is about, as far as its arguments tell; NULL: none that it could wait for. */
typedef struct Host *(*MethodHostFunc)(const struct Request *request);

typedef struct Method {
    sd_bus_vtable entry; /* made with METHOD */
    MethodAccess access;
    MethodFunc call; /* NULL: sd-bus answers */
    MethodFlags flags;
    MethodHostFunc host_of; /* NULL: the host its object belongs to */
} Method;

/* Arguments and results in parentheses: type, name, type, name, … */
#define METHOD(name, arguments, results)                                                           \
    SD_BUS_METHOD_WITH_ARGS(name, SD_BUS_ARGS arguments, SD_BUS_RESULT results, request_dispatch,  \
                            SD_BUS_VTABLE_UNPRIVILEGED)

/* One that sd-bus answers. */
#define STANDARD_METHOD(name) SD_BUS_METHOD(name, "", "", NULL, 0)
/* Properties: one that never changes, and one whose changes are signalled. */
#define CONSTANT(name, type, getter)                                                               \
    SD_BUS_PROPERTY(name, type, getter, 0, SD_BUS_VTABLE_PROPERTY_CONST)
#define CHANGING(name, type, getter)                                                               \
    SD_BUS_PROPERTY(name, type, getter, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

typedef struct {
    const char *name;
    const Method *methods;
    gsize method_count;
    const sd_bus_vtable *others; /* signals and properties, to SD_BUS_VTABLE_END */
} Interface;

/* The table for sd-bus; free it when the interface is not registered any more. */
sd_bus_vtable *interface_vtable(const Interface *interface);
const Method *interface_find(const Interface *interface, const char *member);
