/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks libvirt whether the networks, bridges, pools and volumes that a document names are there.
 * libvirt itself looks at the start only. On workers.
 */
#include "operations/references.h"

#include "libvirt/resources.h"

void references_check(Virt *virt, const DwDocument *before, const DwDocument *after,
                      GPtrArray *problems)
{
    g_autoptr(GPtrArray) named = dw_references(after);
    g_autoptr(GPtrArray) known = before && named->len > 0 ? dw_references(before) : NULL;
    for (guint i = 0; i < named->len; i++) {
        const DwReference *reference = named->pdata[i];
        if ((!known || !dw_references_have(known, reference)) && virt_lacks(virt, reference))
            dw_reference_report(reference, problems);
    }
}
