/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an edit takes from the inventory and gives to it: prepare and settle of edit.c's type. Main
 * thread. */
#pragma once

#include "operations/edits/edit-operation.h"

void edit_prepare(Operation *operation, Host *host, Domain *domain);
void edit_settle(Operation *operation, Host *host, Domain *domain, bool superseded);
