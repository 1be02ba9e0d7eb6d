/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cache of capabilities. Parsed documents are immutable and counted, so that a worker can go on
 * using one that was replaced meanwhile.
 */
#include "host/capabilities-cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/error.h"

/* Different machines asked for are few in practice; a caller's whim must not fill memory. */
#define MAX_MACHINES 64
#define MAX_WORD     1024 /* bytes of a type, architecture, machine or emulator */

typedef struct {
    atomic_uint references;
    void *parsed; /* NULL: the host does not tell */
    void (*free)(void *parsed);
    char *digest; /* of the document */
    bool used;    /* since it was last asked for again; under the lock of its cache */
} CachedDocument;

struct CapabilitiesCache {
    atomic_uint references;
    pthread_mutex_t lock;
    CachedDocument *capabilities; /* of DwCapabilities */
    uint64_t libvirt;
    bool is_session;
    unsigned generation;
    GHashTable *machines; /* text of a MachineKey -> CachedDocument of DwDomainCapabilities */
};

static char *digest_of(const char *xml)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, xml, -1);
}

static CachedDocument *cached_document_new(const char *xml, void *parsed,
                                           void (*free_parsed)(void *))
{
    CachedDocument *cached = g_new0(CachedDocument, 1);
    atomic_init(&cached->references, 1);
    cached->digest = digest_of(xml);
    cached->used = true;
    cached->parsed = parsed;
    cached->free = free_parsed;
    return cached;
}

static CachedDocument *cached_document_ref(CachedDocument *cached)
{
    if (cached)
        atomic_fetch_add(&cached->references, 1);
    return cached;
}

static void cached_document_unref(void *userdata)
{
    CachedDocument *cached = userdata;
    if (!cached || atomic_fetch_sub(&cached->references, 1) != 1)
        return;
    cached->free(cached->parsed);
    g_free(cached->digest);
    g_free(cached);
}

static void free_capabilities(void *parsed)
{
    dw_capabilities_free(parsed);
}

static void free_domain_capabilities(void *parsed)
{
    dw_domain_capabilities_free(parsed);
}

CapabilitiesCache *capabilities_cache_new(const char *uri)
{
    CapabilitiesCache *cache = g_new0(CapabilitiesCache, 1);
    cache->is_session = virt_uri_is_session(uri);
    atomic_init(&cache->references, 1);
    pthread_mutex_init(&cache->lock, NULL);
    cache->machines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, cached_document_unref);
    return cache;
}

CapabilitiesCache *capabilities_cache_ref(CapabilitiesCache *cache)
{
    if (cache)
        atomic_fetch_add(&cache->references, 1);
    return cache;
}

void capabilities_cache_unref(CapabilitiesCache *cache)
{
    if (!cache || atomic_fetch_sub(&cache->references, 1) != 1)
        return;
    cached_document_unref(cache->capabilities);
    g_hash_table_unref(cache->machines);
    pthread_mutex_destroy(&cache->lock);
    g_free(cache);
}

static bool names_emulator(const CachedDocument *capabilities, const char *emulator)
{
    const GPtrArray *guests = capabilities ? dw_capabilities_guests(capabilities->parsed) : NULL;
    for (guint i = 0; guests && i < guests->len; i++) {
        const DwGuest *guest = guests->pdata[i];
        if (g_strcmp0(guest->emulator, emulator) == 0)
            return true;
    }
    return false;
}

static char *machine_text(const MachineKey *machine)
{
    return g_strjoin("\n", machine->type ? machine->type : "", machine->arch ? machine->arch : "",
                     machine->machine ? machine->machine : "",
                     machine->emulator ? machine->emulator : "", NULL);
}

/* A document may have anything there. What machine_parts() would take for several is none: libvirt
 * would execute the rest as an emulator that nobody has checked. */
static bool is_word(const char *text)
{
    return !text || (strlen(text) <= MAX_WORD && !strchr(text, '\n'));
}

static bool has_words(const MachineKey *machine)
{
    return is_word(machine->type) && is_word(machine->arch) && is_word(machine->machine) &&
           is_word(machine->emulator);
}

static const char *none_if_empty(const char *text)
{
    return *text ? text : NULL;
}

/* The opposite; the strings are the answer's. */
static char **machine_parts(const char *text, MachineKey *ret_machine)
{
    char **parts = g_strsplit(text, "\n", 4);
    *ret_machine = (MachineKey){none_if_empty(parts[0]), none_if_empty(parts[1]),
                                none_if_empty(parts[2]), none_if_empty(parts[3])};
    return parts;
}

static char *ask_libvirt(Virt *virt, const MachineKey *machine, GError **error)
{
    return virt_domain_capabilities(virt, machine->emulator, machine->arch, machine->machine,
                                    machine->type, error);
}

static CachedDocument *refusal_new(void)
{
    return cached_document_new("", NULL, free_domain_capabilities);
}

static CachedDocument *parse_machine(const char *xml, GError **error)
{
    DwDomainCapabilities *parsed = dw_domain_capabilities_parse(xml, error);
    return parsed ? cached_document_new(xml, parsed, free_domain_capabilities) : NULL;
}

/* cached NULL: what was known is no longer true. */
static void keep(CapabilitiesCache *cache, const char *text, CachedDocument *cached,
                 unsigned generation)
{
    pthread_mutex_lock(&cache->lock);
    if (generation == cache->generation) {
        if (g_hash_table_size(cache->machines) >= MAX_MACHINES)
            g_hash_table_remove_all(cache->machines);
        if (cached)
            g_hash_table_insert(cache->machines, g_strdup(text), cached_document_ref(cached));
        else
            g_hash_table_remove(cache->machines, text);
    }
    pthread_mutex_unlock(&cache->lock);
}

/* That the host refuses to tell is an answer, too; that it is gone is none. NULL with error. */
static CachedDocument *fetch(CapabilitiesCache *cache, Virt *virt, const MachineKey *machine,
                             const char *text, unsigned generation, GError **error)
{
    GError *failure = NULL;
    g_autofree char *xml = ask_libvirt(virt, machine, &failure);
    CachedDocument *cached = xml ? parse_machine(xml, &failure) : NULL;
    bool gone = g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE);
    CachedDocument *kept = cached ? cached_document_ref(cached) : gone ? NULL : refusal_new();
    if (kept)
        keep(cache, text, kept, generation);
    cached_document_unref(kept);
    if (failure)
        g_propagate_error(error, failure);
    return cached;
}

/* ---- Loading ---- */

static void take_capabilities(CapabilitiesCache *cache, const char *xml, uint64_t version)
{
    DwCapabilities *parsed = xml ? dw_capabilities_parse(xml, NULL) : NULL;
    CachedDocument *latest = parsed ? cached_document_new(xml, parsed, free_capabilities) : NULL;
    pthread_mutex_lock(&cache->lock);
    CachedDocument *replaced = cache->capabilities;
    cache->capabilities = latest;
    cache->libvirt = version;
    cache->generation++;
    g_hash_table_remove_all(cache->machines);
    pthread_mutex_unlock(&cache->lock);
    cached_document_unref(replaced);
}

/* Is that what is known already? Most often it is, and then need not be read. */
static bool same_capabilities(CapabilitiesCache *cache, const char *xml, uint64_t version)
{
    g_autofree char *digest = digest_of(xml);
    pthread_mutex_lock(&cache->lock);
    const CachedDocument *old = cache->capabilities;
    bool same = old && strcmp(digest, old->digest) == 0 && cache->libvirt == version;
    pthread_mutex_unlock(&cache->lock);
    return same;
}

void capabilities_cache_load(CapabilitiesCache *cache, Virt *virt)
{
    g_autofree char *xml = virt_capabilities(virt, NULL);
    take_capabilities(cache, xml, virt_version(virt));
}

/* Takes away those nobody needed since the last time; texts of the rest. */
static char **drop_unused(CapabilitiesCache *cache, unsigned *ret_generation)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    GHashTableIter iter;
    gpointer text, value;
    pthread_mutex_lock(&cache->lock);
    *ret_generation = cache->generation;
    g_hash_table_iter_init(&iter, cache->machines);
    while (g_hash_table_iter_next(&iter, &text, &value)) {
        CachedDocument *cached = value;
        if (!cached->used) {
            g_hash_table_iter_remove(&iter);
            continue;
        }
        g_strv_builder_add(builder, text);
        cached->used = false;
    }
    pthread_mutex_unlock(&cache->lock);
    return g_strv_builder_end(builder);
}

/* Is the document what is known already? */
static bool is_known(CapabilitiesCache *cache, const char *text, const char *xml)
{
    g_autofree char *digest = digest_of(xml);
    pthread_mutex_lock(&cache->lock);
    const CachedDocument *cached = g_hash_table_lookup(cache->machines, text);
    bool same = cached && strcmp(cached->digest, digest) == 0;
    pthread_mutex_unlock(&cache->lock);
    return same;
}

static void renew(CapabilitiesCache *cache, Virt *virt, const char *text, unsigned generation)
{
    MachineKey machine;
    g_auto(GStrv) parts = machine_parts(text, &machine);
    g_autofree char *xml = ask_libvirt(virt, &machine, NULL);
    if (xml && is_known(cache, text, xml))
        return;
    CachedDocument *cached = xml ? parse_machine(xml, NULL) : NULL;
    if (cached)
        cached->used = false;
    keep(cache, text, cached, generation);
    cached_document_unref(cached);
}

void capabilities_cache_renew(CapabilitiesCache *cache, Virt *virt)
{
    g_autofree char *xml = virt_capabilities(virt, NULL);
    uint64_t version = virt_version(virt);
    unsigned generation;
    if (!xml)
        return;
    if (!same_capabilities(cache, xml, version)) {
        take_capabilities(cache, xml, version);
        return;
    }
    g_auto(GStrv) texts = drop_unused(cache, &generation);
    for (char **text = texts; *text; text++)
        renew(cache, virt, *text, generation);
}

/* ---- Asking ---- */

/* What is known without asking, into the view; text: of a machine, or NULL. The document it has of
 * that one. */
static CachedDocument *look_up(CapabilitiesCache *cache, const char *text, HostView *view,
                               unsigned *ret_generation)
{
    pthread_mutex_lock(&cache->lock);
    CachedDocument *capabilities = cached_document_ref(cache->capabilities);
    view->host.libvirt_version = cache->libvirt;
    view->host.is_session = cache->is_session;
    *ret_generation = cache->generation;
    CachedDocument *domain =
        text ? cached_document_ref(g_hash_table_lookup(cache->machines, text)) : NULL;
    if (domain)
        domain->used = true;
    pthread_mutex_unlock(&cache->lock);
    view->capabilities = capabilities;
    view->host.capabilities = capabilities ? capabilities->parsed : NULL;
    return domain;
}

bool host_view_ask(CapabilitiesCache *cache, Virt *virt, const MachineKey *machine,
                   HostView *ret_view, GError **error)
{
    *ret_view = (HostView){0};
    if (!cache)
        return true;
    unsigned generation;
    g_autofree char *text = machine ? machine_text(machine) : NULL;
    CachedDocument *domain = look_up(cache, text, ret_view, &generation);
    if (!machine)
        return true;
    if (!has_words(machine)) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "A machine's type, architecture, name and emulator are of one line and of %d "
                    "bytes at most.",
                    MAX_WORD);
        return false;
    }
    bool nothing_known = !ret_view->capabilities && !virt;
    if (!nothing_known && machine->emulator &&
        !names_emulator(ret_view->capabilities, machine->emulator)) {
        cached_document_unref(domain);
        return capabilities_cache_check_machine(cache, machine, error);
    }
    bool wants_reason = error && domain && !domain->parsed;
    if (virt && (!domain || wants_reason)) {
        cached_document_unref(domain);
        domain = fetch(cache, virt, machine, text, generation, error);
    } else if (!domain) {
        ret_view->unasked = g_steal_pointer(&text);
    }
    ret_view->domain_capabilities = domain;
    ret_view->host.domain_capabilities = domain ? domain->parsed : NULL;
    return domain || !virt;
}

void capabilities_cache_ask(CapabilitiesCache *cache, Virt *virt, const char *unasked)
{
    MachineKey machine;
    g_auto(GStrv) parts = machine_parts(unasked, &machine);
    g_auto(HostView) view = {0};
    host_view_fill(cache, virt, &machine, &view);
}

void host_view_fill(CapabilitiesCache *cache, Virt *virt, const MachineKey *machine,
                    HostView *ret_view)
{
    host_view_ask(cache, virt, machine, ret_view, NULL);
}

void host_view_clear(HostView *view)
{
    cached_document_unref(view->capabilities);
    cached_document_unref(view->domain_capabilities);
    g_free(view->unasked);
    *view = (HostView){0};
}

static void add_word(GPtrArray *words, char *word)
{
    if (!g_ptr_array_find_with_equal_func(words, word, g_str_equal, NULL))
        g_ptr_array_add(words, word);
}

static void add_words(GPtrArray *words, char **list)
{
    for (; *list; list++)
        add_word(words, *list);
}

/* What the host has instead: few words are listed, of many the nearest is named. */
static char *alternative_to(const char *word, GPtrArray *words)
{
    enum { FEW = 32 }; /* all architectures of QEMU */
    bool few = words->len <= FEW;
    g_ptr_array_add(words, NULL);
    if (few) {
        g_autofree char *all = g_strjoinv(", ", (char **)words->pdata);
        return g_strconcat("it has ", all, NULL);
    }
    const char *near = dw_nearest(word, (const char *const *)words->pdata);
    return near ? g_strconcat("the nearest that it has is ", near, NULL)
                : g_strdup("ListChoices has those of os.machine");
}

/* Is the word among those of the host, where it tells some? */
static bool has_word(const char *what, const char *word, GPtrArray *words, GError **error)
{
    if (!word || words->len == 0 ||
        g_ptr_array_find_with_equal_func(words, word, g_str_equal, NULL))
        return true;
    g_autofree char *cut = g_utf8_make_valid(word, (gssize)strnlen(word, 64));
    g_autofree char *alternative = alternative_to(word, words);
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "This host has no %s \"%s\"; %s.", what,
                cut, alternative);
    return false;
}

/* By name and alias. */
static void add_machines(GPtrArray *machines, const DwGuest *guest)
{
    GHashTableIter iter;
    gpointer alias;
    add_words(machines, guest->machines);
    g_hash_table_iter_init(&iter, guest->aliases);
    while (g_hash_table_iter_next(&iter, &alias, NULL))
        add_word(machines, alias);
}

/* Architecture, type and machine. */
static bool has_machine(const CachedDocument *capabilities, const MachineKey *machine,
                        GError **error)
{
    const GPtrArray *guests = capabilities ? dw_capabilities_guests(capabilities->parsed) : NULL;
    g_autoptr(GPtrArray) archs = g_ptr_array_new(), types = g_ptr_array_new(),
                         machines = g_ptr_array_new();
    for (guint i = 0; guests && i < guests->len; i++) {
        const DwGuest *guest = guests->pdata[i];
        add_word(archs, guest->arch);
        if (machine->arch && g_strcmp0(machine->arch, guest->arch) != 0)
            continue;
        add_words(types, guest->types);
        if (machine->machine)
            add_machines(machines, guest);
    }
    return has_word("architecture", machine->arch, archs, error) &&
           has_word("type", machine->type, types, error) &&
           has_word("machine", machine->machine, machines, error);
}

bool capabilities_cache_check_machine(CapabilitiesCache *cache, const MachineKey *machine,
                                      GError **error)
{
    pthread_mutex_lock(&cache->lock);
    CachedDocument *capabilities = cached_document_ref(cache->capabilities);
    pthread_mutex_unlock(&cache->lock);
    bool known = !machine->emulator || names_emulator(capabilities, machine->emulator);
    if (!known)
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "Emulator %s is not one that this host's capabilities name.",
                    machine->emulator);
    bool fine = known && has_machine(capabilities, machine, error);
    cached_document_unref(capabilities);
    return fine;
}

bool capabilities_cache_is_filled(CapabilitiesCache *cache)
{
    pthread_mutex_lock(&cache->lock);
    bool known = cache->capabilities != NULL;
    pthread_mutex_unlock(&cache->lock);
    return known;
}
