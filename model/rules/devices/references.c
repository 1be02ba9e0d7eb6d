/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a document names that its host has to have: networks, bridges, storage. The model cannot
 * look; it lists the names, and puts into words which of them are not there. Used by the daemon,
 * which asks libvirt. Any thread.
 */
#include <string.h>

#include "keys/devices.h"
#include "keys/lens.h"
#include "problems/problems.h"

static const struct {
    const char *kind, *type, *attribute, *key;
    DwReferenceTarget target;
} named[] = {
    {"interface", "network", "network", "source.network", DW_REFERENCE_NETWORK},
    {"interface", "bridge", "bridge", "source.bridge", DW_REFERENCE_BRIDGE},
    {"interface", "direct", "dev", "source.dev", DW_REFERENCE_NIC},
    {"disk", "volume", "pool", "source.pool", DW_REFERENCE_POOL},
    {"disk", "volume", "volume", "source.volume", DW_REFERENCE_VOLUME},
};

static void reference_free(void *data)
{
    DwReference *reference = data;

    g_free(reference->id);
    g_free(reference->value);
    g_free(reference->pool);
    g_free(reference);
}

static void add_references(const DwDocument *document, DwNode device, GPtrArray *references)
{
    DwNode source = node_child(document, device, "source");

    for (size_t i = 0; i < G_N_ELEMENTS(named) && source != DW_NODE_NONE; i++) {
        if (!node_is(document, device, named[i].kind) ||
            !node_attribute_is(document, device, "type", named[i].type))
            continue;
        g_autofree char *value = node_attribute(document, source, named[i].attribute);
        if (!value || !*value)
            continue;
        DwReference *reference = g_new0(DwReference, 1);
        reference->target = named[i].target;
        reference->kind = named[i].kind;
        reference->key = named[i].key;
        reference->id = device_id(document, device);
        reference->value = g_steal_pointer(&value);
        if (reference->target == DW_REFERENCE_VOLUME)
            reference->pool = node_attribute(document, source, "pool");
        g_ptr_array_add(references, reference);
    }
}

GPtrArray *dw_references(const DwDocument *document)
{
    GPtrArray *references = g_ptr_array_new_with_free_func(reference_free);
    DwNode devices = devices_node(document);
    DwNode device = devices == DW_NODE_NONE ? devices : node_first_child(document, devices);

    for (; device != DW_NODE_NONE; device = node_next(document, device))
        add_references(document, device, references);
    return references;
}

bool dw_references_have(const GPtrArray *references, const DwReference *wanted)
{
    for (guint i = 0; i < references->len; i++) {
        const DwReference *reference = references->pdata[i];

        if (reference->target == wanted->target && g_str_equal(reference->value, wanted->value) &&
            g_strcmp0(reference->pool, wanted->pool) == 0)
            return true;
    }
    return false;
}

static void report_absent(GPtrArray *problems, const char *rule, const DwReference *reference,
                          const char *what, const char *remedy)
{
    problems_add(problems, rule, DW_SEVERITY_WARNING, reference->kind, reference->id,
                 reference->key, reference->value, NULL,
                 g_strdup_printf("%s is %s, but this host has no %s of that name%s; %s, or the "
                                 "guest will not start.",
                                 reference->key, reference->value, what,
                                 reference->pool ? " in the pool" : "", remedy));
}

void dw_reference_report(const DwReference *reference, GPtrArray *problems)
{
    switch (reference->target) {
    case DW_REFERENCE_NETWORK:
        report_absent(problems, "host-network", reference, "network", "define it or name another");
        break;
    case DW_REFERENCE_BRIDGE:
        report_absent(problems, "host-bridge", reference, "bridge", "make it or name another");
        break;
    case DW_REFERENCE_NIC:
        report_absent(problems, "host-nic", reference, "network card", "name another");
        break;
    case DW_REFERENCE_POOL:
        report_absent(problems, "host-pool", reference, "storage pool",
                      "define it or name another");
        break;
    default:
        report_absent(problems, "host-volume", reference, "volume", "make it or name another");
    }
}
