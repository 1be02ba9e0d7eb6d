/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The oracle: makes domains from the table of keys at random, asks the rules and asks a real
 * libvirt (qemu:///embed in a directory of its own, with validation), and prints where they
 * disagree, as small as it gets. What both take is edited at random, in what libvirt made of it,
 * and asked about again. `oracle ROOT SEED COUNT`; the same seed makes the same domains. Exit
 * status 1: a disagreement; 77: there is no such libvirt here.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <domwright/model.h>

#include "embed.h"
#include "reasons.h"

/* ---- What is made ---- */

typedef struct {
    char *kind;               /* "" = the domain's settings */
    GPtrArray *keys, *values; /* of char * */
    guint fixed;              /* so many of the first stay: without them nothing is a domain */
} Part;

static void part_free(void *data)
{
    Part *part = data;

    g_free(part->kind);
    g_ptr_array_unref(part->keys);
    g_ptr_array_unref(part->values);
    g_free(part);
}

static Part *part_new(const char *kind)
{
    Part *part = g_new0(Part, 1);

    part->kind = g_strdup(kind);
    part->keys = g_ptr_array_new_with_free_func(g_free);
    part->values = g_ptr_array_new_with_free_func(g_free);
    return part;
}

static void part_set(Part *part, const char *key, const char *value)
{
    for (guint i = 0; i < part->keys->len; i++)
        if (strcmp(part->keys->pdata[i], key) == 0)
            return;
    g_ptr_array_add(part->keys, g_strdup(key));
    g_ptr_array_add(part->values, g_strdup(value));
}

static guint below(GRand *rand, guint n)
{
    return (guint)g_rand_int_range(rand, 0, (gint32)n);
}

/* What free text has to look like, by the end of the key. */
static const struct {
    const char *ending, *value;
} texts[] = {
    {"mac.address", "52:54:00:12:34:56"},
    {"source.network", "default"},
    {"source.bridge", "br0"},
    {"source.dev", "/dev/null"},
    {"source.file", "/srv/a.raw"},
    {"source.path", "/srv/a.sock"},
    {"source.dir", "/srv"},
    {"target.dir", "share"},
    {"target.dev", "vda"},
    {"alias", "ua-a"},
    {"address", "127.0.0.1"},
    {"cpuset", "0"},
    {"nodeset", "0"},
    {"source.host", "127.0.0.1"},
    {"source.service", "4000"},
    {"uuid", "11111111-2222-3333-4444-555555555555"},
    {"source.address", "0000:03:00.0"},
    {"source.vendor", "0x1234"},
    {"source.product", "0x1"},
    {"model.type", "virtio"},
    {"driver.name", "qemu"},
    {"target.name", "org.example.0"},
    {"keymap", "de"},
    {"passwd", "secret"},
};

static char *make_text(GRand *rand, const DwKey *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (g_str_has_suffix(key->key, texts[i].ending))
            return g_strdup(texts[i].value);
    return g_strdup(strcmp(key->form, "path") == 0 ? "/srv/file" : "word");
}

static char *make_value(GRand *rand, const DwKey *key)
{
    if (key->values[0])
        return g_strdup(key->values[below(rand, g_strv_length(key->values))]);
    if (strcmp(key->type, "b") == 0)
        return g_strdup(below(rand, 2) ? "yes" : "no");
    if (strcmp(key->form, "size") == 0)
        return g_strdup("64MiB");
    if (strcmp(key->type, "u") == 0 || strcmp(key->type, "t") == 0 || strcmp(key->type, "i") == 0)
        return g_strdup_printf("%u", (unsigned)key->min + below(rand, 5));
    return make_text(rand, key);
}

/* "source.host.N.name" -> "source.host.1.name" */
static char *key_of(const DwKey *key)
{
    GString *name = g_string_new(key->key);

    for (char *at; (at = strstr(name->str, ".N"));)
        at[1] = '1';
    return g_string_free(name, FALSE);
}

static void add_keys(GRand *rand, Part *part, guint n)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe(part->kind, "", NULL);

    for (guint i = 0; i < n; i++) {
        const DwKey *key = keys->pdata[below(rand, keys->len)];
        g_autofree char *name = key_of(key), *value = make_value(rand, key);

        part_set(part, name, value);
    }
    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        g_autofree char *value = key->required ? make_value(rand, key) : NULL;

        if (value)
            part_set(part, key->key, value);
    }
}

/* The machines, those of x86 first; program NULL: the one every oracle has. */
static const struct {
    const char *arch, *machine, *program;
} machines[] = {
    {"x86_64", "pc-q35-7.2", NULL},
    {"x86_64", "pc-i440fx-7.2", NULL},
    {"aarch64", "virt-7.2", "qemu-system-aarch64"},
    {"ppc64", "pseries-7.2", "qemu-system-ppc64"},
    {"s390x", "s390-ccw-virtio-7.2", "qemu-system-s390x"},
    {"riscv64", "virt", "qemu-system-riscv64"},
    {"armv7l", "virt-7.2", "qemu-system-arm"},
    {"x86_64", "microvm", NULL},
    {"x86_64", "isapc", NULL},
};
#define N_X86 2

static virConnectPtr connection;
static DwHost host;

/* What libvirt says of a machine, asked once. */
static void know_machine(guint i)
{
    static DwDomainCapabilities *known[G_N_ELEMENTS(machines)];

    if (!known[i]) {
        char *xml = virConnectGetDomainCapabilities(connection, NULL, machines[i].arch,
                                                    machines[i].machine, "qemu", 0);

        known[i] = xml ? dw_domain_capabilities_parse(xml, NULL) : NULL;
        free(xml);
    }
    host.domain_capabilities = known[i];
}

/* Half of the domains are of x86, and all where nothing else is installed. */
static void choose_machine(GRand *rand, Part *domain)
{
    guint i = below(rand, 2) ? below(rand, N_X86) : below(rand, G_N_ELEMENTS(machines));
    g_autofree char *path =
        machines[i].program ? g_find_program_in_path(machines[i].program) : NULL;

    if (machines[i].program && !path)
        i = below(rand, N_X86);
    part_set(domain, "vcpu", strcmp(machines[i].machine, "isapc") == 0 ? "1" : "2");
    part_set(domain, "os.arch", machines[i].arch);
    part_set(domain, "os.machine", machines[i].machine);
    if (i < N_X86)
        part_set(domain, "features.acpi", "yes");
    know_machine(i);
}

static GPtrArray *make_domain(GRand *rand)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(part_free);
    Part *domain = part_new("");
    guint devices = 1 + below(rand, 3);

    part_set(domain, "name", "oracle");
    part_set(domain, "type", "qemu");
    part_set(domain, "memory", "1GiB");
    part_set(domain, "os.type", "hvm");
    choose_machine(rand, domain);
    domain->fixed = domain->keys->len;
    if (below(rand, 3) == 0)
        add_keys(rand, domain, 1 + below(rand, 2));
    g_ptr_array_add(parts, domain);
    for (guint i = 0; i < devices; i++) {
        guint n = g_strv_length((char **)dw_kinds());
        Part *device = part_new(dw_kinds()[1 + below(rand, n - 1)]);

        add_keys(rand, device, below(rand, 6));
        g_ptr_array_add(parts, device);
    }
    return parts;
}

/* ---- Who is asked ---- */

static DwSchema *schema;
static DwDocument *nothing; /* what every document is a change of */

static DwSettings *settings_of(const Part *part)
{
    DwSettings *settings = dw_settings_new();

    for (guint i = 0; i < part->keys->len; i++)
        dw_settings_put(settings, part->keys->pdata[i], dw_value_string(part->values->pdata[i]));
    return settings;
}

/* The document, or NULL where a value is refused. */
static DwDocument *build(const GPtrArray *parts)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    g_autoptr(DwSettings) settings = settings_of(parts->pdata[0]);

    for (guint i = 1; i < parts->len; i++) {
        DwDevice *device = g_new0(DwDevice, 1);

        device->kind = g_strdup(((Part *)parts->pdata[i])->kind);
        device->id = g_strdup("");
        device->properties = settings_of(parts->pdata[i]);
        g_ptr_array_add(devices, device);
    }
    return dw_build(settings, devices, NULL, DW_APPLY_UNCHECKED, &host, NULL, NULL);
}

/* Do the rules or the schema have anything against it? */
static bool is_clean(const DwDocument *document)
{
    g_autoptr(GPtrArray) problems = dw_validate(document, &host);
    g_autofree char *rules = dw_problems_join(problems);

    return !*rules && (!schema || dw_schema_accepts_change(schema, nothing, document));
}

/* What they have. */
static char *objections(const DwDocument *document)
{
    g_autoptr(GPtrArray) problems = dw_validate(document, &host);
    g_autoptr(GPtrArray) found = schema ? dw_schema_validate(schema, document) : g_ptr_array_new();
    g_autofree char *rules = dw_problems_join(problems);
    g_autofree char *faults = dw_problems_join(found);

    return g_strconcat(rules, *rules && *faults ? "\n" : "", faults, NULL);
}

/* Takes away a key, or a device without any, at random. */
static void forget(GRand *rand, GPtrArray *parts)
{
    guint i = below(rand, parts->len);
    Part *part = parts->pdata[i];

    if (part->keys->len > part->fixed) {
        guint j = part->fixed + below(rand, part->keys->len - part->fixed);

        g_ptr_array_remove_index(part->keys, j);
        g_ptr_array_remove_index(part->values, j);
    } else if (i > 0) {
        g_ptr_array_remove_index(parts, i);
    }
}

/* Most of what is made at random is nonsense: takes away from it until nobody here objects, so that
 * libvirt is asked about what we call clean. */
static void clean(GRand *rand, GPtrArray *parts)
{
    for (unsigned turn = 0; turn < 100; turn++) {
        g_autoptr(DwDocument) document = build(parts);

        if (document && is_clean(document))
            return;
        forget(rand, parts);
    }
}

/* libvirt's reason to refuse, or NULL. */
static char *ask_libvirt(const DwDocument *document)
{
    return embed_refusal(connection, dw_document_text(document, NULL));
}

/* Are all errors of the rules those that we stand by though libvirt defines such a domain? See
 * domwright-rules(7). */
static bool is_deliberate(const DwDocument *document)
{
    static const char *const rules[] = {"domain-name",       "domain-uuid",       "memory-current",
                                        "disk-backing-type", "hyperv-dependency", NULL};
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

typedef enum { AGREE, WE_REFUSE, LIBVIRT_REFUSES } Verdict;

static struct {
    guint taken, refused, unmade, edited;
} counts;

static Verdict judge(const GPtrArray *parts, char **ret_text, char **ret_words)
{
    g_autoptr(DwDocument) document = build(parts);
    g_autofree char *refusal = NULL;

    if (!document) {
        counts.unmade++;
        return AGREE;
    }
    bool clean = is_clean(document);
    refusal = ask_libvirt(document);
    if (clean && !refusal)
        counts.taken++;
    else if (!clean && refusal)
        counts.refused++;
    if (ret_text)
        *ret_text = g_strdup(dw_document_text(document, NULL));
    if (!clean && !refusal && !is_deliberate(document)) {
        if (ret_words)
            *ret_words = objections(document);
        return WE_REFUSE;
    }
    if (refusal && clean && !reasons_have(refusal)) {
        if (ret_words)
            *ret_words = g_steal_pointer(&refusal);
        return LIBVIRT_REFUSES;
    }
    return AGREE;
}

/* ---- Edits ---- */

/* What libvirt makes of it, or NULL. */
static DwDocument *store(const DwDocument *document)
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

static DwEdit *make_edit(GRand *rand, const DwDocument *document)
{
    g_autoptr(GPtrArray) devices = dw_get_devices(document, "", true, NULL);
    const DwDevice *device = devices->pdata[below(rand, devices->len)];
    guint kinds = g_strv_length((char **)dw_kinds());
    guint way = below(rand, 4);
    const char *kind = way == 0   ? ""
                       : way == 1 ? dw_kinds()[1 + below(rand, kinds - 1)]
                                  : device->kind;
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, "", NULL);
    Part *part = part_new(kind);
    DwEdit *edit;

    if (way == 3 || !keys || keys->len == 0) {
        edit = dw_edit_new(DW_VERB_REMOVE, device->kind, device->id, NULL, NULL);
    } else if (way == 1) {
        add_keys(rand, part, below(rand, 4));
        edit = dw_edit_new(DW_VERB_ADD, kind, "", settings_of(part), NULL);
    } else {
        const DwKey *key = keys->pdata[below(rand, keys->len)];
        g_autofree char *name = key_of(key), *value = make_value(rand, key);
        part_set(part, name, value);
        edit = dw_edit_new(way == 0 ? DW_VERB_SET : DW_VERB_MODIFY, kind,
                           way == 0 ? "" : device->id, settings_of(part), NULL);
    }
    part_free(part);
    return edit;
}

static char *print_edit(const DwEdit *edit)
{
    static const char *const verbs[] = {"set", "add", "modify", "remove"};
    GString *out = g_string_new(verbs[edit->verb]);

    g_string_append_printf(out, " %s %s", edit->kind, edit->id);
    for (size_t i = 0; i < dw_settings_count(edit->values); i++) {
        g_autofree char *value = dw_value_to_text(dw_settings_value(edit->values, i));
        g_string_append_printf(out, " %s=%s", dw_settings_key(edit->values, i), value);
    }
    return g_string_free(out, FALSE);
}

/* What the rules and the schema have against an edit, "" for nothing; NULL: it cannot be made. */
static char *refuse_edit(const DwDocument *before, const GPtrArray *edits, DwDocument **ret_after)
{
    DwDocument *after = *ret_after = dw_document_copy(before);
    g_autoptr(DwDocument) tried = dw_document_copy(before);
    g_autoptr(GError) error = NULL;

    if (!dw_apply(after, edits, DW_APPLY_DOMAIN | DW_APPLY_UNCHECKED, &host, NULL, NULL))
        return NULL;
    if (!dw_apply(tried, edits, DW_APPLY_DOMAIN, &host, NULL, &error))
        return g_strdup(error->message);
    if (!schema || dw_schema_accepts_change(schema, before, after))
        return g_strdup("");
    g_autoptr(GPtrArray) found = dw_schema_validate(schema, after);
    return dw_problems_join(found);
}

/* An edit of what libvirt took; true when both are of one mind. */
static bool try_edit(GRand *rand, const GPtrArray *parts, guint number)
{
    g_autoptr(DwDocument) document = build(parts), after = NULL;
    g_autoptr(DwDocument) before = document && is_clean(document) ? store(document) : NULL;

    if (!before)
        return true;
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_ptr_array_add(edits, make_edit(rand, before));
    g_autofree char *refused = refuse_edit(before, edits, &after);
    if (!refused)
        return true;
    g_autofree char *refusal = ask_libvirt(after);
    counts.edited++;
    if (!*refused == !refusal || (refusal ? reasons_have(refusal) : is_deliberate(after)))
        return true;
    g_autofree char *edit = print_edit(edits->pdata[0]);
    printf("%s %u: %s\n%s\n%s\n\n", refusal ? "libvirt refuses" : "libvirt takes", number, edit,
           refusal ? refusal : refused, dw_document_text(before, NULL));
    return false;
}

/* ---- Shrinking ---- */

/* Leaves out one device or key after the other as long as the verdict stays. */
static void shrink(GPtrArray *parts, Verdict verdict)
{
    for (guint i = parts->len - 1; i >= 1; i--) {
        Part *part = g_ptr_array_steal_index(parts, i);

        if (judge(parts, NULL, NULL) == verdict)
            part_free(part);
        else
            g_ptr_array_insert(parts, (gint)i, part);
    }
    for (guint i = 0; i < parts->len; i++) {
        Part *part = parts->pdata[i];

        for (guint j = part->keys->len; j-- > part->fixed;) {
            char *key = g_ptr_array_steal_index(part->keys, j);
            char *value = g_ptr_array_steal_index(part->values, j);

            if (judge(parts, NULL, NULL) == verdict) {
                g_free(key);
                g_free(value);
            } else {
                g_ptr_array_insert(part->keys, (gint)j, key);
                g_ptr_array_insert(part->values, (gint)j, value);
            }
        }
    }
}

static volatile sig_atomic_t is_over;

/* A long run can be ended with SIGTERM: it says what it has done. */
static void end(int number)
{
    is_over = 1;
}

static void report(GPtrArray *parts, Verdict verdict, guint number)
{
    g_autofree char *text = NULL, *words = NULL;

    shrink(parts, verdict);
    judge(parts, &text, &words);
    printf("%s %u: %s\n%s\n\n", verdict == WE_REFUSE ? "libvirt takes" : "libvirt refuses", number,
           words ? words : "", text ? text : "");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const char empty[] = "<domain/>";
    guint disagreements = 0;

    if (argc != 4) {
        fprintf(stderr, "usage: oracle ROOT SEED COUNT\n");
        return 2;
    }
    dw_end_without_memory();
    connection = embed_open(argv[1], &host.libvirt_version);
    if (!connection)
        return 77;
    char *xml = virConnectGetCapabilities(connection);
    g_autoptr(DwCapabilities) capabilities = xml ? dw_capabilities_parse(xml, NULL) : NULL;
    free(xml);
    host.capabilities = capabilities;
    schema = dw_schema_load(EMBED_SCHEMAS, NULL);
    nothing = dw_document_parse(empty, strlen(empty), NULL);
    guint32 seed = (guint32)strtoul(argv[2], NULL, 10);
    guint count = (guint)strtoul(argv[3], NULL, 10);
    guint i;
    signal(SIGTERM, end);
    for (i = 0; i < count && !is_over; i++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed + i);
        g_autoptr(GPtrArray) parts = make_domain(rand);
        /* One in four stays as it is: what we refuse, libvirt is to refuse as well. */
        if (i % 4 != 0)
            clean(rand, parts);
        Verdict verdict = judge(parts, NULL, NULL);

        if (verdict == AGREE) {
            disagreements += !try_edit(rand, parts, seed + i);
            continue;
        }
        disagreements++;
        report(parts, verdict, seed + i);
    }
    printf("%u domains, %u disagreements (both take %u, both refuse %u, not made %u, "
           "edited %u)\n",
           i, disagreements, counts.taken, counts.refused, counts.unmade, counts.edited);
    reasons_print();
    dw_schema_free(schema);
    dw_document_free(nothing);
    virConnectClose(connection);
    return disagreements > 0;
}
