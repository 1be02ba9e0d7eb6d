/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a target's document. */
#pragma once

#include "targets.h"

/* Complains; with secrets when --secrets was given. Returns a status. */
int get_xml(const Target *target, char **ret_text);
