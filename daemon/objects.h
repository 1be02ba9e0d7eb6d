/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects on the bus: their common head, their paths, and how sd-bus finds them. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

typedef enum { OBJECT_MANAGER, OBJECT_HOST, OBJECT_DOMAIN, OBJECT_DRAFT } ObjectKind;

/* First member of each. */
typedef struct Object {
    uint8_t kind;
} Object;

struct Server;
struct Host;
struct Domain;

struct Server *object_server(const Object *object);

/* A uuid as 16 bytes, which is how the inventory keeps it. */
typedef struct {
    uint8_t bytes[16];
} Uuid;

bool uuid_parse(const char *text, Uuid *ret);
void uuid_format(const Uuid *uuid, char ret_text[static 37]);
guint uuid_hash(const void *uuid);
gboolean uuid_equal(const void *a, const void *b);

char *domain_path(const struct Domain *domain);
char *domain_path_of(const struct Host *host, const char *uuid_text);
/* The domain a path names, or NULL. */
struct Domain *domain_at(const struct Host *host, const char *path);

/* Registers the manager and the drafts; hosts register themselves. */
int objects_register(struct Server *server);
/* Fills slots with what has to be unreffed to take the host off the bus. */
int objects_register_host(struct Host *host);
