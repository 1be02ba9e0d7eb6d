/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows that several kinds of device share. */
#pragma once

#include "table.h"

extern const DwRow dw_address_rows[]; /* <address>; rows-channel.c */
