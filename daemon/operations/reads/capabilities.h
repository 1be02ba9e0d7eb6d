/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host can do, as libvirt says it or as settings. */
#pragma once

#include "operations/operation.h"

typedef enum {
    CAPABILITIES_XML,        /* the host's own -> xml */
    CAPABILITIES_DOMAIN,     /* of the machine in the options -> settings */
    CAPABILITIES_DOMAIN_XML, /* the same -> xml */
} CapabilitiesWhat;

typedef struct {
    Operation base;
    CapabilitiesWhat what;
    /* results */
    DwSettings *settings;
    char *xml;
} CapabilitiesOperation;

CapabilitiesOperation *capabilities_operation_new(CapabilitiesWhat what);
