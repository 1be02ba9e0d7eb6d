/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cache of capabilities. Parsed documents are immutable and counted, so that a worker can go on
 * using one that was replaced meanwhile.
 */
#include "facts.h"

#include <pthread.h>
#include <stdatomic.h>

/* Different machines asked for are few in practice; a caller's whim must not fill memory. */
#define MAX_MACHINES 64

typedef struct {
    atomic_uint references;
    void *parsed;
    void (*free)(void *parsed);
} Shared;

struct Facts {
    atomic_uint references;
    pthread_mutex_t lock;
    Shared *capabilities; /* of DwCapabilities */
    uint64_t libvirt;
    unsigned generation;
    GHashTable *machines; /* text of a FactsMachine -> Shared of DwDomainCapabilities */
};

static Shared *shared_new(void *parsed, void (*free_parsed)(void *))
{
    Shared *shared = g_new0(Shared, 1);
    atomic_init(&shared->references, 1);
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

void facts_load(Facts *facts, Virt *virt)
{
    g_autofree char *xml = virt_capabilities(virt, NULL);
    DwCapabilities *parsed = xml ? dw_capabilities_parse(xml, NULL) : NULL;
    uint64_t version = virt_version(virt);
    pthread_mutex_lock(&facts->lock);
    shared_unref(facts->capabilities);
    facts->capabilities = parsed ? shared_new(parsed, free_capabilities) : NULL;
    facts->libvirt = version;
    facts->generation++;
    g_hash_table_remove_all(facts->machines);
    pthread_mutex_unlock(&facts->lock);
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

static Shared *fetch(Facts *facts, Virt *virt, const FactsMachine *machine, const char *text,
                     unsigned generation, GError **error)
{
    g_autofree char *xml = virt_domain_capabilities(virt, machine->emulator, machine->arch,
                                                    machine->machine, machine->type, error);
    DwDomainCapabilities *parsed = xml ? dw_domain_capabilities_parse(xml, error) : NULL;
    if (!parsed)
        return NULL;
    Shared *shared = shared_new(parsed, free_domain_capabilities);
    pthread_mutex_lock(&facts->lock);
    if (generation == facts->generation) {
        if (g_hash_table_size(facts->machines) >= MAX_MACHINES)
            g_hash_table_remove_all(facts->machines);
        g_hash_table_insert(facts->machines, g_strdup(text), shared_ref(shared));
    }
    pthread_mutex_unlock(&facts->lock);
    return shared;
}

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
