/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether what libvirt stored means what was asked for. */
#pragma once

#include "table/table.h"

/* Two values of one key, asked for and as libvirt wrote it. arch: of the domain, or NULL. */
bool same_value(const DwRow *row, const char *key, const DwValue *asked, const DwValue *stored,
                const DwCapabilities *capabilities, const char *arch);
