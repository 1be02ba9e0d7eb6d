/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The common head of what is an object on the bus: a handler is given one and reads its kind. */
#pragma once

#include <stdint.h>

typedef enum { OBJECT_MANAGER, OBJECT_HOST, OBJECT_DOMAIN, OBJECT_DRAFT } ObjectKind;

/* First member of each. */
typedef struct Object {
    uint8_t kind;
} Object;
