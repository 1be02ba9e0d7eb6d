/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building new documents. Nothing is read from or made on a host but its capabilities. On workers.
 */
#include "operations/build.h"
#include "operations/validation.h"

void build_input_clear(BuildInput *input)
{
    g_clear_pointer(&input->settings, dw_settings_free);
    g_clear_pointer(&input->devices, g_ptr_array_unref);
}

DwDocument *build_document(const Operation *operation, const BuildInput *input, Virt *virt,
                           DwResult *result, GError **error)
{
    const DwSettings *settings = input->settings;
    MachineKey machine = {settings_text(settings, "type"), settings_text(settings, "os.arch"),
                          settings_text(settings, "os.machine"),
                          settings_text(settings, "emulator")};
    g_auto(HostView) known = {0}, view = {0};
    host_view_fill(operation->capabilities, NULL, NULL, &known);
    if (known.host.capabilities)
        dw_capabilities_fill(known.host.capabilities, &machine.type, &machine.arch,
                             &machine.machine);
    host_view_fill(operation->capabilities, virt, &machine, &view);
    validation_fill(&view.host);
    DwApplyFlags flags = (operation->options.dry_run ? DW_APPLY_DRY : 0) |
                         (input->incomplete || !operation->capabilities ? DW_APPLY_DRAFT : 0);
    return dw_build(settings, input->devices, operation->options.preset, flags, &view.host, result,
                    error);
}

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    BuildOperation *build = (BuildOperation *)operation;
    g_autoptr(DwDocument) document =
        build_document(operation, &build->input, virt, &build->result, error);
    build->xml =
        document ? operation_answer(g_strdup(dw_document_text(document, NULL)), error) : NULL;
    return build->xml != NULL;
}

static const char *text(const Operation *operation)
{
    return ((const BuildOperation *)operation)->xml;
}

static void clear(Operation *operation)
{
    BuildOperation *build = (BuildOperation *)operation;
    build_input_clear(&build->input);
    dw_result_clear(&build->result);
    secret_text_free(build->xml);
}

static const OperationType build_type = {
    .name = "build",
    .size = sizeof(BuildOperation),
    .run = run,
    .clear = clear,
    .text = text,
    .first = GRANT_NOTHING,
    .connection = CONNECTION_NEVER,
    .timeout = OPERATION_TIMEOUT,
};

BuildOperation *build_operation_new(void)
{
    return operation_new(&build_type);
}
