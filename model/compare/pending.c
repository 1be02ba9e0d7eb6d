/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of a running domain's configuration waits for its next start, and what of the running domain
 * ends with it. libvirt expands a configuration when it starts a domain, so the two documents
 * differ in dozens of places although nothing waits. Each is therefore compared with what it was
 * when the run began, and only keys that changed since on one side or the other are compared
 * across. Where that is not known, what libvirt may have expanded is left out. Used by the daemon;
 * any thread.
 */
#include <domwright/model.h>
#include <string.h>

#include "document/canonical.h"
#include "document/document.h"

/* A document as things, which are devices and, with kind "", the domain itself. */
typedef struct {
    GHashTable *things; /* name -> DwDevice */
    GHashTable *counts; /* name before it was numbered -> things of it */
    GPtrArray *devices; /* owns them */
} Side;

enum { CONFIG, LIVE, FIRST_CONFIG, FIRST_LIVE, BEFORE, N_SIDES };

#define ALL_BUT_BEFORE ((1 << BEFORE) - 1)

typedef struct {
    Side sides[N_SIDES];
    GPtrArray *names;         /* of all things, in the documents' order */
    GHashTable *seen;         /* the same as a set */
    bool known;               /* how the run began */
    GPtrArray *rows;          /* of DwPending */
    const DwChanges *changes; /* of interest; NULL: everything */
} Comparison;

/* One thing on each side, or NULL. */
typedef struct {
    const DwDevice *on[N_SIDES];
} Thing;

void dw_pending_free(DwPending *row)
{
    if (!row)
        return;
    g_free(row->kind);
    g_free(row->id);
    g_free(row->key);
    dw_value_clear(&row->live);
    dw_value_clear(&row->config);
    dw_settings_free(row->properties);
    g_free(row);
}

const char *dw_waits_name(DwWaits waits)
{
    static const char *const names[] = {
        [DW_WAITS_RESTART] = "restart", [DW_WAITS_NOW] = "now", [DW_WAITS_LOST] = "lost"};
    return names[waits];
}

/* ---- Things ---- */

#define IOTHREAD_IDS "iothreadids."
#define IOTHREAD     IOTHREAD_IDS "iothread."

static bool states(const DwDevice *thing, const char *prefix)
{
    for (size_t i = 0; thing && i < dw_settings_count(thing->properties); i++)
        if (g_str_has_prefix(dw_settings_key(thing->properties, i), prefix))
            return true;
    return false;
}

/* I/O threads without numbers have those from 1. */
static const DwValue *numbered_thread(const DwDevice *domain, const char *key)
{
    static const DwValue there = {.type = DW_VALUE_BOOL, .b = true};
    const DwValue *count = dw_settings_get(domain->properties, "iothreads");
    char *end;
    uint64_t number = g_ascii_strtoull(key + strlen(IOTHREAD), &end, 10);
    bool counted = count && !*end && number > 0 && number <= count->u;
    return counted && !states(domain, IOTHREAD_IDS) ? &there : NULL;
}

/* As it is meant: once there was a limit, libvirt writes a number where there is none; and a guest
 * has all the processors it can have unless it says how many. */
static const DwValue *value_of(const DwDevice *thing, const char *key)
{
    const DwValue *value = thing ? dw_settings_get(thing->properties, key) : NULL;
    if (!thing || *thing->kind)
        return value;
    if (!value && g_str_equal(key, "vcpu.current"))
        return dw_settings_get(thing->properties, "vcpu");
    if (!value && g_str_has_prefix(key, IOTHREAD))
        return numbered_thread(thing, key);
    bool unlimited = value && value->type == DW_VALUE_INT && value->i <= 0;
    return unlimited && g_str_has_prefix(key, "cputune.") && g_str_has_suffix(key, "quota") ? NULL
                                                                                            : value;
}

static const char *text_of(const DwDevice *thing, const char *key)
{
    const DwValue *value = value_of(thing, key);
    return value && value->type == DW_VALUE_STRING ? value->s : "";
}

static bool is_address(const char *key)
{
    return g_str_has_prefix(key, "address") && (key[7] == '\0' || key[7] == '.');
}

/* A device that has no id of its own goes by its address, which stays when those before it go. */
static char *name_of(const DwDevice *device)
{
    GString *name = g_string_new(device->kind);
    g_string_append_c(name, '\1');
    gsize length = name->len;
    for (size_t i = 0; *device->id == '#' && i < dw_settings_count(device->properties); i++) {
        const char *key = dw_settings_key(device->properties, i);
        if (!is_address(key))
            continue;
        g_autofree char *text = dw_value_to_text(dw_settings_value(device->properties, i));
        g_string_append_printf(name, "%s=%s\1", key, text);
    }
    if (name->len == length)
        g_string_append(name, device->id);
    return g_string_free(name, FALSE);
}

/* Takes the device. Of several of one name each has its number. */
static void add_thing(Comparison *comparison, Side *side, DwDevice *device)
{
    char *name = *device->kind ? name_of(device) : g_strdup("");
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(side->counts, name)) + 1;
    g_hash_table_insert(side->counts, g_strdup(name), GUINT_TO_POINTER(n));
    if (n > 1) {
        char *numbered = g_strdup_printf("%s\1%u", name, n);
        g_free(name);
        name = numbered;
    }
    g_ptr_array_add(side->devices, device);
    if (!g_hash_table_contains(comparison->seen, name)) {
        g_ptr_array_add(comparison->names, g_strdup(name));
        g_hash_table_add(comparison->seen,
                         g_ptr_array_index(comparison->names, comparison->names->len - 1));
    }
    g_hash_table_insert(side->things, name, device);
}

#define METADATA "metadata"
#define CONTENT  "content"

static DwDevice *new_thing(const char *kind, char *id, DwSettings *properties)
{
    DwDevice *thing = g_new0(DwDevice, 1);
    thing->kind = g_strdup(kind);
    thing->id = id;
    thing->properties = properties;
    return thing;
}

/* An element of metadata is a thing, and its namespace the id. */
static void add_metadata(Comparison *comparison, Side *side, const DwDocument *document)
{
    DwNode metadata = node_child(document, document_root(document), METADATA);
    DwNode node = metadata == DW_NODE_NONE ? metadata : node_first_child(document, metadata);
    for (; node != DW_NODE_NONE; node = node_next(document, node)) {
        GString *content = g_string_new(NULL);
        char *uri = node_namespace(document, node);
        DwDevice *thing = new_thing(METADATA, uri ? uri : g_strdup(""), dw_settings_new());
        canonical_element(content, document, node);
        dw_settings_put(thing->properties, CONTENT,
                        (DwValue){.type = DW_VALUE_STRING, .s = g_string_free(content, FALSE)});
        add_thing(comparison, side, thing);
    }
}

/* What is of interest of the domain's own, and what says what that means; NULL: all. */
static DwSettings *read_settings(const Comparison *comparison, const DwDocument *document)
{
    static const char *const context[] = {"vcpu",      "vcpu.placement", "vcpus.*",
                                          "iothreads", "iothreadids.*",  "os.firmware"};
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    if (!comparison->changes)
        return dw_get_settings(document, NULL, false, NULL);
    for (char **key = comparison->changes->keys; *key; key++)
        g_ptr_array_add(keys, *key);
    for (gsize i = 0; i < G_N_ELEMENTS(context); i++)
        if (!g_ptr_array_find_with_equal_func(keys, context[i], g_str_equal, NULL))
            g_ptr_array_add(keys, (char *)context[i]);
    g_ptr_array_add(keys, NULL);
    return dw_get_settings(document, (const char *const *)keys->pdata, false, NULL);
}

static void add_devices(Comparison *comparison, Side *side, const DwDocument *document,
                        const char *kind)
{
    g_autoptr(GPtrArray) devices = dw_get_devices(document, kind, false, NULL);
    while (devices && devices->len > 0)
        add_thing(comparison, side, g_ptr_array_steal_index(devices, 0));
}

static void add_devices_of_interest(Comparison *comparison, Side *side, const DwDocument *document)
{
    g_autoptr(GHashTable) kinds = g_hash_table_new(g_str_hash, g_str_equal);
    const GPtrArray *devices = comparison->changes->devices;
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        if (g_hash_table_add(kinds, device->kind))
            add_devices(comparison, side, document, device->kind);
    }
}

/* document NULL: nothing. */
static void read_side(Comparison *comparison, Side *side, const DwDocument *document)
{
    side->things = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    side->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    side->devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    if (!document)
        return;
    DwSettings *settings = read_settings(comparison, document);
    add_thing(comparison, side, new_thing("", g_strdup(""), settings));
    if (!comparison->changes || comparison->changes->other)
        add_metadata(comparison, side, document);
    if (comparison->changes)
        add_devices_of_interest(comparison, side, document);
    else
        add_devices(comparison, side, document, "");
}

static void side_clear(Side *side)
{
    g_hash_table_unref(side->things);
    g_hash_table_unref(side->counts);
    g_ptr_array_unref(side->devices);
}

static bool is_metadata(const Thing *thing)
{
    for (int side = 0; side < N_SIDES; side++)
        if (thing->on[side])
            return g_str_equal(thing->on[side]->kind, METADATA);
    return false;
}

/* ---- Rows ---- */

static bool same(const DwValue *a, const DwValue *b)
{
    return a && b ? dw_value_equal(a, b) : a == b;
}

static void put_value(const DwValue *value, DwValue *ret_value, bool *ret_has)
{
    *ret_has = value != NULL;
    if (value)
        *ret_value = dw_value_copy(value);
}

/* Of the thing on the side where it is now, config first. */
static DwPending *add_row(Comparison *comparison, const Thing *thing, const char *key,
                          DwWaits waits)
{
    const DwDevice *device = NULL;
    for (int i = 0; i < N_SIDES && !device; i++)
        device = thing->on[i];
    DwPending *row = g_new0(DwPending, 1);
    row->kind = g_strdup(device->kind);
    row->id = g_strdup(device->id);
    row->key = g_strdup(key);
    row->waits = waits;
    row->sure = comparison->known;
    g_ptr_array_add(comparison->rows, row);
    return row;
}

static void add_device_row(Comparison *comparison, const Thing *thing, DwWaits waits)
{
    DwValue there = dw_value_bool(true);
    DwPending *row = add_row(comparison, thing, "", waits);
    const DwDevice *device = thing->on[CONFIG] ? thing->on[CONFIG] : thing->on[LIVE];
    if (*device->kind && !is_metadata(thing))
        row->properties = dw_settings_copy(device->properties);
    put_value(thing->on[LIVE] ? &there : NULL, &row->live, &row->has_live);
    put_value(thing->on[CONFIG] ? &there : NULL, &row->config, &row->has_config);
}

static bool is_medium(const DwDevice *device)
{
    const char *form = text_of(device, "device");
    return g_str_equal(form, "cdrom") || g_str_equal(form, "floppy");
}

static DwWaits waits_of(const Thing *thing, DwApplies applies)
{
    bool now =
        applies == DW_APPLIES_LIVE || (applies == DW_APPLIES_MEDIA && is_medium(thing->on[LIVE]));
    return now ? DW_WAITS_NOW : DW_WAITS_RESTART;
}

static DwApplies applies_of(const DwDevice *device, const char *key)
{
    DwKey *row = dw_key_find(device->kind, key);
    DwApplies applies = row ? row->applies : DW_APPLIES_RUNTIME;
    dw_key_free(row);
    return applies;
}

static void add_key_row(Comparison *comparison, const Thing *thing, const char *key, bool lost)
{
    const DwDevice *config = thing->on[CONFIG], *live = thing->on[LIVE];
    DwApplies applies = applies_of(config ? config : live, key);
    if (applies == DW_APPLIES_RUNTIME)
        return;
    DwPending *row =
        add_row(comparison, thing, key, lost ? DW_WAITS_LOST : waits_of(thing, applies));
    put_value(value_of(live, key), &row->live, &row->has_live);
    put_value(value_of(config, key), &row->config, &row->has_config);
}

/* ---- What libvirt does by itself ---- */

static bool begins(const char *key, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (g_str_has_prefix(key, *prefixes))
            return true;
    return false;
}

/* What changes in a running domain although nobody changed it: the balloon, addresses, names of
 * network devices; and what is below a thing that the configuration says nothing of. */
static bool moves_by_itself(const Thing *thing, const char *key)
{
    static const char *const below[] = {"backing.", "vcpus.vcpu.", NULL};
    static const char *const always[] = {"seclabel", "source.index", "mirror.", NULL};
    const DwDevice *live = thing->on[LIVE];
    if (!*live->kind && g_str_equal(key, "currentMemory"))
        return true;
    if (g_str_equal(live->kind, "interface") && g_str_equal(key, "target.dev"))
        return true;
    for (const char *const *prefix = below; *prefix; prefix++)
        if (g_str_has_prefix(key, *prefix) && !states(thing->on[CONFIG], *prefix))
            return true;
    return is_address(key) || begins(key, always);
}

/* The machine "pc" is one of several that the host names so. */
static bool is_alias(const char *config, const char *live)
{
    return !strchr(config, '-') && g_str_has_prefix(live, config);
}

static bool is_expanded_setting(const DwDevice *config, const DwDevice *live, const char *key)
{
    static const char *const processor[] = {"cpu.mode",     "cpu.check", "cpu.model",
                                            "cpu.feature.", "cpu.match", NULL};
    static const char *const firmware[] = {"os.loader", "os.nvram", "os.firmware", NULL};
    static const char *const placed[] = {"vcpu.cpuset", "numatune.", "cputune.", NULL};
    if (g_str_equal(key, "currentMemory") || begins(key, processor))
        return true;
    if (g_str_equal(key, "os.machine"))
        return is_alias(text_of(config, key), text_of(live, key));
    if (begins(key, firmware))
        return *text_of(config, "os.firmware") != '\0';
    return begins(key, placed) && g_str_equal(text_of(config, "vcpu.placement"), "auto");
}

static bool is_expanded_interface(const DwDevice *config, const char *key)
{
    static const char *const network[] = {"type", "source.", "virtualport", "target.", NULL};
    static const char *const own[] = {"target.", NULL};
    return begins(key, g_str_equal(text_of(config, "type"), "network") ? network : own);
}

static bool is_expanded_graphics(const DwDevice *config, const char *key)
{
    static const char *const ports[] = {"port", "tlsPort", "websocket", "autoport", NULL};
    static const char *const shown[] = {"listen", NULL};
    const DwValue *port = value_of(config, key);
    bool chosen = port && port->type == DW_VALUE_INT && port->i == -1;
    const DwValue *autoport = value_of(config, "autoport");
    return begins(key, shown) ||
           (begins(key, ports) &&
            (chosen || (autoport && autoport->type == DW_VALUE_BOOL && autoport->b)));
}

/* What libvirt writes otherwise into the document of the domain it starts. What only that document
 * says it may have filled in. */
static bool is_expanded(const Thing *thing, const char *key)
{
    static const char *const characters[] = {"serial", "console",  "channel", "parallel",
                                             "rng",    "redirdev", "tpm",     NULL};
    static const char *const ends[] = {"source.", "backend.", "tty", NULL};
    const DwDevice *config = thing->on[CONFIG], *live = thing->on[LIVE];
    if (!value_of(config, key) || moves_by_itself(thing, key))
        return true;
    if (!*config->kind)
        return is_expanded_setting(config, live, key);
    if (g_str_equal(config->kind, "interface"))
        return is_expanded_interface(config, key);
    if (g_str_equal(config->kind, "graphics"))
        return is_expanded_graphics(config, key);
    /* Of an empty drive libvirt keeps no format. */
    if (g_str_equal(config->kind, "disk") && is_medium(config) && !states(live, "source."))
        return g_str_has_prefix(key, "driver.");
    return g_strv_contains(characters, config->kind) && begins(key, ends);
}

/* ---- Comparing ---- */

static bool differs(const Thing *thing, int side, int first, const char *key)
{
    return !same(value_of(thing->on[side], key), value_of(thing->on[first], key));
}

static void compare_key(Comparison *comparison, const Thing *thing, const char *key)
{
    const DwDevice *config = thing->on[CONFIG], *live = thing->on[LIVE];
    if (same(value_of(config, key), value_of(live, key)) ||
        (comparison->changes && !differs(thing, CONFIG, BEFORE, key)))
        return;
    if (!comparison->known) {
        if (!is_expanded(thing, key))
            add_key_row(comparison, thing, key, false);
        return;
    }
    bool waits = differs(thing, CONFIG, FIRST_CONFIG, key);
    if (waits || (live && differs(thing, LIVE, FIRST_LIVE, key) && !moves_by_itself(thing, key)))
        add_key_row(comparison, thing, key, !waits);
}

/* Calls compare() for the keys of these sides, each once. */
static void compare_keys(Comparison *comparison, const Thing *thing, unsigned sides)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (int side = 0; side < N_SIDES; side++) {
        const DwSettings *settings =
            (sides & (1 << side)) && thing->on[side] ? thing->on[side]->properties : NULL;
        for (size_t i = 0; settings && i < dw_settings_count(settings); i++) {
            const char *key = dw_settings_key(settings, i);
            if (g_hash_table_add(seen, (char *)key))
                compare_key(comparison, thing, key);
        }
    }
}

/* A device added to both sides: of what libvirt filled in, the configuration has its own. */
static void compare_added(Comparison *comparison, const Thing *thing)
{
    const DwSettings *stated = thing->on[CONFIG]->properties;
    for (size_t i = 0; i < dw_settings_count(stated); i++) {
        const char *key = dw_settings_key(stated, i);
        if (differs(thing, CONFIG, LIVE, key) && !is_expanded(thing, key) &&
            (!comparison->changes || differs(thing, CONFIG, BEFORE, key)))
            add_key_row(comparison, thing, key, false);
    }
}

/* libvirt leaves it as it is. */
static void compare_metadata(Comparison *comparison, const Thing *thing)
{
    bool waits = !comparison->known || differs(thing, CONFIG, FIRST_CONFIG, CONTENT);
    if (differs(thing, CONFIG, LIVE, CONTENT) &&
        (!comparison->changes || differs(thing, CONFIG, BEFORE, CONTENT)))
        add_device_row(comparison, thing, waits ? DW_WAITS_NOW : DW_WAITS_LOST);
}

static void compare_thing(Comparison *comparison, const Thing *thing)
{
    bool config = thing->on[CONFIG], live = thing->on[LIVE];
    bool waits = config != !!thing->on[FIRST_CONFIG], ends = live != !!thing->on[FIRST_LIVE];
    if (!comparison->known)
        waits = config != live, ends = false;
    if (waits || ends) {
        if (config != live && (!comparison->changes || config != !!thing->on[BEFORE]))
            add_device_row(comparison, thing, waits ? DW_WAITS_RESTART : DW_WAITS_LOST);
        else if (config && live)
            compare_added(comparison, thing);
    } else if (config) {
        compare_keys(comparison, thing, comparison->known ? ALL_BUT_BEFORE : 1 << CONFIG);
    }
}

/* ---- What has no key ---- */

/* A device that may have been otherwise when the run began, though none of its keys was. What has
 * no id of its own may be another one. */
static bool is_otherwise(const Thing *thing)
{
    const DwDevice *now = thing->on[CONFIG], *first = thing->on[FIRST_CONFIG];
    if (!now || !first || !thing->on[LIVE] || *now->id == '#' || is_metadata(thing) ||
        dw_settings_count(now->properties) != dw_settings_count(first->properties))
        return false;
    for (size_t i = 0; i < dw_settings_count(now->properties); i++)
        if (differs(thing, CONFIG, FIRST_CONFIG, dw_settings_key(now->properties, i)))
            return false;
    return true;
}

static bool is_among(const GPtrArray *devices, const DwDevice *device)
{
    for (guint i = 0; device && i < devices->len; i++) {
        const DwDevice *each = devices->pdata[i];
        if (g_str_equal(each->kind, device->kind) &&
            (*each->id == '#' || g_str_equal(each->id, device->id)))
            return true;
    }
    return false;
}

static bool is_of_interest(const Comparison *comparison, const Thing *thing)
{
    const DwChanges *changes = comparison->changes;
    for (int side = 0; changes && side < N_SIDES; side++) {
        const DwDevice *device = thing->on[side];
        if (device && (!*device->kind || is_metadata(thing) || is_among(changes->devices, device)))
            return true;
    }
    return !changes;
}

static DwDocument *without_metadata(const DwDocument *document)
{
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(DwNode));
    DwNode metadata = node_child(document, document_root(document), METADATA);
    if (metadata != DW_NODE_NONE)
        g_array_append_val(nodes, metadata);
    return document_without(document, nodes);
}

/* Besides metadata, which are rows of their own. */
static bool rest_differs(const DwDocument *before, const DwDocument *after)
{
    g_autoptr(DwDocument) first = without_metadata(before), now = without_metadata(after);
    DwChanges changes;
    dw_changes_between(first, now, &changes);
    bool differs = changes.other && !changes.reordered;
    dw_changes_clear(&changes);
    return differs;
}

/* Whether the running domain is so, too, cannot be said: libvirt expands that as it does keys. */
static void compare_rest(Comparison *comparison, const DwRun *run, const GArray *things)
{
    DwChanges changes;
    dw_changes_between(run->first_config, run->config, &changes);
    for (guint i = 0; i < things->len; i++) {
        const Thing *thing = &g_array_index(things, Thing, i);
        if (is_otherwise(thing) && is_among(changes.devices, thing->on[CONFIG]))
            add_device_row(comparison, thing, DW_WAITS_RESTART);
    }
    if (changes.other && (!comparison->changes || comparison->changes->other) &&
        rest_differs(run->first_config, run->config))
        add_device_row(comparison, &g_array_index(things, Thing, 0), DW_WAITS_RESTART);
    dw_changes_clear(&changes);
}

static void compare_all(Comparison *comparison, const DwRun *run)
{
    g_autoptr(GArray) things = g_array_new(FALSE, FALSE, sizeof(Thing));
    for (guint i = 0; i < comparison->names->len; i++) {
        Thing thing;
        for (int side = 0; side < N_SIDES; side++)
            thing.on[side] =
                g_hash_table_lookup(comparison->sides[side].things, comparison->names->pdata[i]);
        if (!is_of_interest(comparison, &thing))
            continue;
        if (is_metadata(&thing))
            compare_metadata(comparison, &thing);
        else
            compare_thing(comparison, &thing);
        g_array_append_val(things, thing);
    }
    if (comparison->known)
        compare_rest(comparison, run, things);
}

GPtrArray *dw_pending(const DwRun *run)
{
    const DwDocument *const documents[] = {run->config, run->live, run->first_config,
                                           run->first_live, run->changes ? run->before : NULL};
    Comparison comparison = {.known = run->first_config && run->first_live,
                             .changes = run->changes};
    comparison.names = g_ptr_array_new_with_free_func(g_free);
    comparison.seen = g_hash_table_new(g_str_hash, g_str_equal);
    comparison.rows = g_ptr_array_new_with_free_func((GDestroyNotify)dw_pending_free);
    for (int side = 0; side < N_SIDES; side++)
        read_side(&comparison, &comparison.sides[side], documents[side]);
    compare_all(&comparison, run);
    for (int side = 0; side < N_SIDES; side++)
        side_clear(&comparison.sides[side]);
    g_hash_table_unref(comparison.seen);
    g_ptr_array_unref(comparison.names);
    return comparison.rows;
}
