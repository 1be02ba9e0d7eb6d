/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking libvirt what a host, or a machine on it, can do. On workers. */
#include "operations/reads/capabilities.h"

static bool domain_settings(CapabilitiesOperation *capabilities, Virt *virt,
                            const MachineKey *machine, GError **error)
{
    g_auto(HostView) view = {0};
    if (!host_view_ask(capabilities->base.capabilities, virt, machine, &view, error))
        return false;
    capabilities->settings = dw_domain_capabilities_describe(view.host.domain_capabilities);
    return true;
}

static char *domain_xml(Virt *virt, const MachineKey *machine, GError **error)
{
    return operation_answer(virt_domain_capabilities(virt, machine->emulator, machine->arch,
                                                     machine->machine, machine->type, error),
                            error);
}

/* The emulator is checked first, as libvirt executes what it is asked about. */
static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    CapabilitiesOperation *capabilities = (CapabilitiesOperation *)operation;
    const Options *options = &operation->options;
    MachineKey machine = {options->type, options->arch, options->machine, options->emulator};
    if (capabilities->what == CAPABILITIES_XML) {
        capabilities->xml = operation_answer(virt_capabilities(virt, error), error);
        return capabilities->xml != NULL;
    }
    if (!capabilities_cache_check_machine(operation->capabilities, &machine, error))
        return false;
    if (capabilities->what == CAPABILITIES_DOMAIN)
        return domain_settings(capabilities, virt, &machine, error);
    capabilities->xml = domain_xml(virt, &machine, error);
    return capabilities->xml != NULL;
}

static const char *text(const Operation *operation)
{
    return ((const CapabilitiesOperation *)operation)->xml;
}

static void clear(Operation *operation)
{
    CapabilitiesOperation *capabilities = (CapabilitiesOperation *)operation;
    dw_settings_free(capabilities->settings);
    g_free(capabilities->xml);
}

static const OperationType capabilities_type = {
    .name = "capabilities",
    .size = sizeof(CapabilitiesOperation),
    .run = run,
    .clear = clear,
    .text = text,
    .first = GRANT_READ,
    .timeout = OPERATION_TIMEOUT,
};

CapabilitiesOperation *capabilities_operation_new(CapabilitiesWhat what)
{
    CapabilitiesOperation *capabilities = operation_new(&capabilities_type);
    capabilities->what = what;
    return capabilities;
}
