/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A path has the uuid of its domain; one object, one path. */
#include "inventory/domain-path.h"

#include <string.h>

#include "inventory/inventory.h"

static char *join_path(const Inventory *inventory, const char *uuid_text)
{
    char text[UUID_TEXT];
    g_strlcpy(text, uuid_text, sizeof text);
    text[8] = text[13] = text[18] = text[23] = '_'; /* its dashes */
    return g_strconcat(inventory->path, "/domain/_", text, NULL);
}

char *domain_path(const Domain *domain)
{
    return join_path(domain->inventory, domain->uuid_text);
}

char *inventory_path_of(const Inventory *inventory, const char *uuid_text)
{
    char text[UUID_TEXT];
    Uuid uuid;
    if (!uuid_parse(uuid_text, &uuid))
        return NULL;
    uuid_format(&uuid, text);
    return join_path(inventory, text);
}

Domain *inventory_at_path(const Inventory *inventory, const char *path)
{
    const char *text = strrchr(path, '/');
    Uuid uuid;
    Domain *domain = text && text[1] == '_' && uuid_parse(text + 2, &uuid)
                         ? inventory_find(inventory, &uuid)
                         : NULL;
    if (!domain)
        return NULL;
    /* One object, one path: capitals and dashes are not accepted. */
    g_autofree char *canonical = domain_path(domain);
    return strcmp(path, canonical) == 0 ? domain : NULL;
}
