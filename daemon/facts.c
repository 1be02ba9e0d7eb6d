/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cache of capabilities. Parsed documents are immutable and counted, so that a worker can go on
 * using one that was replaced meanwhile.
 */
#include "facts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* Different machines asked for are few in practice; a caller's whim must not fill memory. */
#define MAX_MACHINES 64

typedef struct {
    atomic_uint references;
    void *parsed;
    void (*free)(void *parsed);
    char *digest; /* of the document */
    bool used;    /* since it was last asked for again; under the lock of its facts */
} Shared;

struct Facts {
    atomic_uint references;
    pthread_mutex_t lock;
    Shared *capabilities; /* of DwCapabilities */
    uint64_t libvirt;
    unsigned generation;
    GHashTable *machines; /* text of a FactsMachine -> Shared of DwDomainCapabilities */
};

static char *digest_of(const char *xml)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, xml, -1);
}

static Shared *shared_new(const char *xml, void *parsed, void (*free_parsed)(void *))
{
    Shared *shared = g_new0(Shared, 1);
    atomic_init(&shared->references, 1);
    shared->digest = digest_of(xml);
    shared->used = true;
    shared->parsed = parsed;
    shared->free = free_parsed;
    return shared;
}

static Shared *shared_ref(Shared *shared)
{
    if (shared)
        atomic_fetch_add(&shared->references, 1);
    return shared;
}

static void shared_unref(void *userdata)
{
    Shared *shared = userdata;
    if (!shared || atomic_fetch_sub(&shared->references, 1) != 1)
        return;
    shared->free(shared->parsed);
    g_free(shared->digest);
    g_free(shared);
}

static void free_capabilities(void *parsed)
{
    dw_capabilities_free(parsed);
}

static void free_domain_capabilities(void *parsed)
{
    dw_domain_capabilities_free(parsed);
}

Facts *facts_new(void)
{
    Facts *facts = g_new0(Facts, 1);
    atomic_init(&facts->references, 1);
    pthread_mutex_init(&facts->lock, NULL);
    facts->machines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, shared_unref);
    return facts;
}

Facts *facts_ref(Facts *facts)
{
    if (facts)
        atomic_fetch_add(&facts->references, 1);
    return facts;
}

void facts_unref(Facts *facts)
{
    if (!facts || atomic_fetch_sub(&facts->references, 1) != 1)
        return;
    shared_unref(facts->capabilities);
    g_hash_table_unref(facts->machines);
    pthread_mutex_destroy(&facts->lock);
    g_free(facts);
}

static bool names_emulator(const Shared *capabilities, const char *emulator)
{
    const GPtrArray *guests = capabilities ? dw_capabilities_guests(capabilities->parsed) : NULL;
    for (guint i = 0; guests && i < guests->len; i++) {
        const DwGuest *guest = guests->pdata[i];
        if (g_strcmp0(guest->emulator, emulator) == 0)
            return true;
    }
    return false;
}

static char *machine_text(const FactsMachine *machine)
{
    return g_strjoin("\n", machine->type ? machine->type : "", machine->arch ? machine->arch : "",
                     machine->machine ? machine->machine : "",
                     machine->emulator ? machine->emulator : "", NULL);
}

static const char *none_if_empty(const char *text)
{
    return *text ? text : NULL;
}

/* The opposite; the strings are the answer's. */
static char **machine_parts(const char *text, FactsMachine *ret_machine)
{
    char **parts = g_strsplit(text, "\n", 4);
    *ret_machine = (FactsMachine){none_if_empty(parts[0]), none_if_empty(parts[1]),
                                  none_if_empty(parts[2]), none_if_empty(parts[3])};
    return parts;
}

static char *ask_libvirt(Virt *virt, const FactsMachine *machine, GError **error)
{
    return virt_domain_capabilities(virt, machine->emulator, machine->arch, machine->machine,
                                    machine->type, error);
}

static Shared *parse_machine(const char *xml, GError **error)
{
    DwDomainCapabilities *parsed = dw_domain_capabilities_parse(xml, error);
    return parsed ? shared_new(xml, parsed, free_domain_capabilities) : NULL;
}

/* shared NULL: what was known is no longer true. */
static void keep(Facts *facts, const char *text, Shared *shared, unsigned generation)
{
    pthread_mutex_lock(&facts->lock);
    if (generation == facts->generation) {
        if (g_hash_table_size(facts->machines) >= MAX_MACHINES)
            g_hash_table_remove_all(facts->machines);
        if (shared)
            g_hash_table_insert(facts->machines, g_strdup(text), shared_ref(shared));
        else
            g_hash_table_remove(facts->machines, text);
    }
    pthread_mutex_unlock(&facts->lock);
}

static Shared *fetch(Facts *facts, Virt *virt, const FactsMachine *machine, const char *text,
                     unsigned generation, GError **error)
{
    g_autofree char *xml = ask_libvirt(virt, machine, error);
    Shared *shared = xml ? parse_machine(xml, error) : NULL;
    if (shared)
        keep(facts, text, shared, generation);
    return shared;
}

/* ---- Loading ---- */

static void take_capabilities(Facts *facts, const char *xml, uint64_t version)
{
    DwCapabilities *parsed = xml ? dw_capabilities_parse(xml, NULL) : NULL;
    Shared *latest = parsed ? shared_new(xml, parsed, free_capabilities) : NULL;
    pthread_mutex_lock(&facts->lock);
    Shared *gone = facts->capabilities;
    facts->capabilities = latest;
    facts->libvirt = version;
    facts->generation++;
    g_hash_table_remove_all(facts->machines);
    pthread_mutex_unlock(&facts->lock);
    shared_unref(gone);
}

/* Is that what is known already? Most often it is, and then need not be read. */
static bool same_capabilities(Facts *facts, const char *xml, uint64_t version)
{
    g_autofree char *digest = digest_of(xml);
    pthread_mutex_lock(&facts->lock);
    const Shared *old = facts->capabilities;
    bool same = old && strcmp(digest, old->digest) == 0 && facts->libvirt == version;
    pthread_mutex_unlock(&facts->lock);
    return same;
}

void facts_load(Facts *facts, Virt *virt)
{
    g_autofree char *xml = virt_capabilities(virt, NULL);
    take_capabilities(facts, xml, virt_version(virt));
}

/* Takes away those nobody needed since the last time; texts of the rest. */
static char **sort_out(Facts *facts, unsigned *ret_generation)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    GHashTableIter iter;
    gpointer text, value;
    pthread_mutex_lock(&facts->lock);
    *ret_generation = facts->generation;
    g_hash_table_iter_init(&iter, facts->machines);
    while (g_hash_table_iter_next(&iter, &text, &value)) {
        Shared *shared = value;
        if (!shared->used) {
            g_hash_table_iter_remove(&iter);
            continue;
        }
        g_strv_builder_add(builder, text);
        shared->used = false;
    }
    pthread_mutex_unlock(&facts->lock);
    return g_strv_builder_end(builder);
}

/* Is the document what is known already? */
static bool is_known(Facts *facts, const char *text, const char *xml)
{
    g_autofree char *digest = digest_of(xml);
    pthread_mutex_lock(&facts->lock);
    const Shared *shared = g_hash_table_lookup(facts->machines, text);
    bool same = shared && strcmp(shared->digest, digest) == 0;
    pthread_mutex_unlock(&facts->lock);
    return same;
}

static void renew(Facts *facts, Virt *virt, const char *text, unsigned generation)
{
    FactsMachine machine;
    g_auto(GStrv) parts = machine_parts(text, &machine);
    g_autofree char *xml = ask_libvirt(virt, &machine, NULL);
    if (xml && is_known(facts, text, xml))
        return;
    Shared *shared = xml ? parse_machine(xml, NULL) : NULL;
    if (shared)
        shared->used = false;
    keep(facts, text, shared, generation);
    shared_unref(shared);
}

void facts_renew(Facts *facts, Virt *virt)
{
    g_autofree char *xml = virt_capabilities(virt, NULL);
    uint64_t version = virt_version(virt);
    unsigned generation;
    if (!xml)
        return;
    if (!same_capabilities(facts, xml, version)) {
        take_capabilities(facts, xml, version);
        return;
    }
    g_auto(GStrv) texts = sort_out(facts, &generation);
    for (char **text = texts; *text; text++)
        renew(facts, virt, *text, generation);
}

/* ---- Asking ---- */

bool facts_ask(Facts *facts, Virt *virt, const FactsMachine *machine, FactsView *ret_view,
               GError **error)
{
    *ret_view = (FactsView){0};
    if (!facts)
        return true;
    g_autofree char *text = machine ? machine_text(machine) : NULL;
    pthread_mutex_lock(&facts->lock);
    Shared *capabilities = shared_ref(facts->capabilities);
    ret_view->host.libvirt_version = facts->libvirt;
    unsigned generation = facts->generation;
    Shared *domain = text ? shared_ref(g_hash_table_lookup(facts->machines, text)) : NULL;
    if (domain)
        domain->used = true;
    pthread_mutex_unlock(&facts->lock);

    ret_view->capabilities = capabilities;
    ret_view->host.capabilities = capabilities ? capabilities->parsed : NULL;
    bool allowed =
        machine && (!machine->emulator || names_emulator(capabilities, machine->emulator));
    if (machine && !allowed)
        return facts_check_emulator(facts, machine->emulator, error);
    bool fine = true;
    if (machine && !domain && virt)
        fine = (domain = fetch(facts, virt, machine, text, generation, error)) != NULL;
    ret_view->domain_capabilities = domain;
    ret_view->host.domain_capabilities = domain ? domain->parsed : NULL;
    return fine;
}

void facts_view(Facts *facts, Virt *virt, const FactsMachine *machine, FactsView *ret_view)
{
    facts_ask(facts, virt, machine, ret_view, NULL);
}

void facts_view_clear(FactsView *view)
{
    shared_unref(view->capabilities);
    shared_unref(view->domain_capabilities);
    *view = (FactsView){0};
}

bool facts_check_emulator(Facts *facts, const char *emulator, GError **error)
{
    pthread_mutex_lock(&facts->lock);
    Shared *capabilities = shared_ref(facts->capabilities);
    pthread_mutex_unlock(&facts->lock);
    bool known = !emulator || names_emulator(capabilities, emulator);
    shared_unref(capabilities);
    if (!known)
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "emulator %s is not one that this host's capabilities name", emulator);
    return known;
}
