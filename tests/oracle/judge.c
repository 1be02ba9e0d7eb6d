/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our rules and libvirt (qemu:///embed, with validation) about the same document. */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "embed.h"
#include "reasons.h"

DwHost host;
Counts counts;
static virConnectPtr connection;
static DwCapabilities *capabilities;
static DwSchema *schema;
static DwDocument *nothing; /* what every document is a change of */

bool judge_open(const char *root)
{
    static const char empty[] = "<domain/>";

    connection = embed_open(root, &host.libvirt_version);
    if (!connection)
        return false;
    char *xml = virConnectGetCapabilities(connection);
    capabilities = xml ? dw_capabilities_parse(xml, NULL) : NULL;
    free(xml);
    host.capabilities = capabilities;
    schema = dw_schema_load(EMBED_SCHEMAS, NULL);
    nothing = dw_document_parse(empty, strlen(empty), NULL);
    return true;
}

void judge_close(void)
{
    dw_schema_free(schema);
    dw_document_free(nothing);
    dw_capabilities_free(capabilities);
    virConnectClose(connection);
}

/* ---- Machines ---- */

/* Those of x86 first; program NULL: the one every oracle has. */
static const struct {
    const char *program, *settings[9];
} machines[] = {
    {NULL,
     {"os.arch", "x86_64", "os.machine", "pc-q35-7.2", "vcpu", "2", "features.acpi", "yes", NULL}},
    {NULL,
     {"os.arch", "x86_64", "os.machine", "pc-i440fx-7.2", "vcpu", "2", "features.acpi", "yes",
      NULL}},
    {"qemu-system-aarch64", {"os.arch", "aarch64", "os.machine", "virt-7.2", "vcpu", "2", NULL}},
    {"qemu-system-ppc64", {"os.arch", "ppc64", "os.machine", "pseries-7.2", "vcpu", "2", NULL}},
    {"qemu-system-s390x",
     {"os.arch", "s390x", "os.machine", "s390-ccw-virtio-7.2", "vcpu", "2", NULL}},
    {"qemu-system-riscv64", {"os.arch", "riscv64", "os.machine", "virt", "vcpu", "2", NULL}},
    {"qemu-system-arm", {"os.arch", "armv7l", "os.machine", "virt-7.2", "vcpu", "2", NULL}},
    {NULL, {"os.arch", "x86_64", "os.machine", "microvm", "vcpu", "2", NULL}},
    {NULL, {"os.arch", "x86_64", "os.machine", "isapc", "vcpu", "1", NULL}},
};
#define N_X86 2

/* What libvirt says of a machine, asked once. */
static const char *const *know_machine(guint i)
{
    static DwDomainCapabilities *known[G_N_ELEMENTS(machines)];
    const char *const *settings = machines[i].settings;

    if (!known[i]) {
        char *xml =
            virConnectGetDomainCapabilities(connection, NULL, settings[1], settings[3], "qemu", 0);

        known[i] = xml ? dw_domain_capabilities_parse(xml, NULL) : NULL;
        free(xml);
    }
    host.domain_capabilities = known[i];
    return settings;
}

const char *const *choose_machine(GRand *rand)
{
    gboolean is_x86 = g_rand_boolean(rand);
    guint i = (guint)g_rand_int_range(rand, 0, is_x86 ? N_X86 : (gint32)G_N_ELEMENTS(machines));
    g_autofree char *path =
        machines[i].program ? g_find_program_in_path(machines[i].program) : NULL;

    if (machines[i].program && !path)
        i = (guint)g_rand_int_range(rand, 0, N_X86);
    return know_machine(i);
}

const char *other_machine(GRand *rand, const char *arch)
{
    const char *names[G_N_ELEMENTS(machines)];
    gint32 n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(machines); i++)
        if (g_strcmp0(machines[i].settings[1], arch) == 0)
            names[n++] = machines[i].settings[3];
    return n ? names[g_rand_int_range(rand, 0, n)] : machines[0].settings[3];
}

const char *const *first_machine(void)
{
    return know_machine(0);
}

/* ---- Asking ---- */

bool schema_takes(const DwDocument *before, const DwDocument *after)
{
    return !schema || dw_schema_accepts_change(schema, before, after);
}

char *schema_words(const DwDocument *document)
{
    g_autoptr(GPtrArray) found = schema ? dw_schema_validate(schema, document) : g_ptr_array_new();

    return dw_problems_join(found);
}

/* A rule that is wrong on purpose, to show that such a one is found: its errors do not count, its
 * warnings do. */
static bool is_overturned(const DwProblem *problem)
{
    const char *rule = getenv("ORACLE_OVERTURN");

    return rule && strcmp(problem->rule, rule) == 0;
}

bool is_clean(const DwDocument *document)
{
    g_autoptr(GPtrArray) problems = dw_validate(document, &host);

    for (guint i = 0; i < problems->len; i++) {
        const DwProblem *problem = problems->pdata[i];

        if ((problem->severity == DW_SEVERITY_ERROR) != is_overturned(problem))
            return false;
    }
    return schema_takes(nothing, document);
}

char *objections(const DwDocument *document)
{
    g_autoptr(GPtrArray) problems = dw_validate(document, &host);
    g_autofree char *rules = dw_problems_join(problems);
    g_autofree char *faults = schema_words(document);

    return g_strconcat(rules, *rules && *faults ? "\n" : "", faults, NULL);
}

bool is_deliberate(const DwDocument *document)
{
    static const char *const rules[] = {"domain-name", "domain-uuid", "memory-current",
                                        "disk-backing-type", NULL};
    g_autoptr(GPtrArray) problems = dw_validate(document, &host);
    bool some = false;

    for (guint i = 0; i < problems->len; i++) {
        const DwProblem *problem = problems->pdata[i];

        if (problem->severity != DW_SEVERITY_ERROR)
            continue;
        if (!g_strv_contains(rules, problem->rule))
            return false;
        some = true;
    }
    return some;
}

char *ask_libvirt(const DwDocument *document)
{
    return embed_refusal(connection, dw_document_text(document, NULL));
}

DwDocument *store(const DwDocument *document)
{
    virDomainPtr domain = virDomainDefineXML(connection, dw_document_text(document, NULL));
    char *xml = domain
                    ? virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE)
                    : NULL;
    DwDocument *stored = xml ? dw_document_parse(xml, strlen(xml), NULL) : NULL;

    free(xml);
    if (domain) {
        virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_NVRAM);
        virDomainFree(domain);
    }
    return stored;
}

Verdict judge(const DwDocument *document, char **ret_words)
{
    bool clean = is_clean(document);
    g_autofree char *refusal = ask_libvirt(document);

    if (ret_words)
        *ret_words = NULL;
    if (clean && !refusal)
        counts.taken++;
    else if (!clean && refusal)
        counts.refused++;
    if (!clean && !refusal && !is_deliberate(document)) {
        if (ret_words)
            *ret_words = objections(document);
        return WE_REFUSE;
    }
    if (refusal && clean) {
        bool is_left = reasons_have(refusal);

        if (ret_words)
            *ret_words = g_steal_pointer(&refusal);
        return is_left ? LEFT : LIBVIRT_REFUSES;
    }
    return AGREE;
}
