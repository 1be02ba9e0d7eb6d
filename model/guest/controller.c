/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which controllers a domain has, for edits and defaults. Any thread. */
#include "guest/controller.h"

#include "keys/devices.h"

bool controller_exists(const DwDocument *document, const char *type, const char *index, DwNode but)
{
    for (DwNode node = device_next(document, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "controller", node))
        if (node != but && node_attribute_is(document, node, "type", type) &&
            (!index || node_attribute_is(document, node, "index", index)))
            return true;
    return false;
}
