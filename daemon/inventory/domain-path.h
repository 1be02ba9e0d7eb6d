/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object paths of domains. Main thread. */
#pragma once

#include "inventory/domain.h"

char *domain_path(const Domain *domain);
/* The domain an object path names, or NULL. */
Domain *inventory_at_path(const Inventory *inventory, const char *path);
/* The path a domain with this uuid has; NULL: the text is no uuid. */
char *inventory_path_of(const Inventory *inventory, const char *uuid_text);
