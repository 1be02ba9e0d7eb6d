/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the documents, and of what is of interest only. Used by pending.c; any thread. */
#include "compare/pending-things.h"

#include <string.h>

#include "document/canonical.h"
#include "table/value-form.h"

/* ---- What they say ---- */

#define IOTHREAD_IDS "iothreadids."
#define IOTHREAD     IOTHREAD_IDS "iothread."

bool thing_states(const DwDevice *thing, const char *prefix)
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
    return counted && !thing_states(domain, IOTHREAD_IDS) ? &there : NULL;
}

/* As it is meant: once there was a limit, libvirt writes a number where there is none; and a guest
 * has all the processors it can have unless it says how many. */
const DwValue *thing_value(const DwDevice *thing, const char *key)
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

const char *thing_text(const DwDevice *thing, const char *key)
{
    const DwValue *value = thing_value(thing, key);
    return value && value->type == DW_VALUE_STRING ? value->s : "";
}

/* Is it the same as none? */
static bool is_usual(const char *kind, const char *key, const DwValue *value)
{
    DwPlace place;
    DwValue usual;
    if (!place_find(kind, key, &place) || !place.row->usual)
        return false;
    form_parse(place.row, place.row->usual, &usual);
    bool is = dw_value_equal(value, &usual);
    dw_value_clear(&usual);
    return is;
}

bool thing_differs(const Thing *thing, const char *key)
{
    const DwValue *config = thing_value(thing->on[CONFIG], key),
                  *live = thing_value(thing->on[LIVE], key);
    if (config && live)
        return !dw_value_equal(config, live);
    return config != live && !is_usual(thing_device(thing)->kind, key, config ? config : live);
}

bool thing_is_medium(const DwDevice *thing)
{
    const char *form = thing_text(thing, "device");
    return g_str_equal(form, "cdrom") || g_str_equal(form, "floppy");
}

bool thing_is_address(const char *key)
{
    return g_str_has_prefix(key, "address") && (key[7] == '\0' || key[7] == '.');
}

/* ---- Reading ---- */

/* Where a module of memory begins is known of the running domain alone. */
static bool is_place(const char *key)
{
    return thing_is_address(key) && !g_str_equal(key, "address.base");
}

/* A device that has no id of its own goes by its address, which stays when those before it go, or
 * else by its place among those that have none either; an input of the machine, which libvirt puts
 * back at the end when it is taken out, by what it is. */
static char *name_of(const DwDevice *device)
{
    GString *name = g_string_new(device->kind);
    g_string_append_c(name, '\1');
    gsize length = name->len;
    for (size_t i = 0; *device->id == '#' && i < dw_settings_count(device->properties); i++) {
        const char *key = dw_settings_key(device->properties, i);
        if (!is_place(key))
            continue;
        g_autofree char *text = dw_value_to_text(dw_settings_value(device->properties, i));
        g_string_append_printf(name, "%s=%s\1", key, text);
    }
    if (name->len == length)
        g_string_append(name, *device->id == '#' ? "#" : device->id);
    if (*device->id == '#' && g_str_equal(device->kind, "input"))
        g_string_append_printf(name, "\1%s\1%s", thing_text(device, "type"),
                               thing_text(device, "bus"));
    return g_string_free(name, FALSE);
}

/* Takes the device. Of several of one name each has its number. */
static void add_thing(Things *things, Side *side, DwDevice *device)
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
    if (!g_hash_table_contains(things->seen, name)) {
        g_ptr_array_add(things->names, g_strdup(name));
        g_hash_table_add(things->seen, g_ptr_array_index(things->names, things->names->len - 1));
    }
    g_hash_table_insert(side->things, name, device);
}

static DwDevice *new_thing(const char *kind, char *id, DwSettings *properties)
{
    DwDevice *thing = g_new0(DwDevice, 1);
    thing->kind = g_strdup(kind);
    thing->id = id;
    thing->properties = properties;
    return thing;
}

/* An element of metadata is a thing, and its namespace the id. */
static void add_metadata(Things *things, Side *side, const DwDocument *document)
{
    DwNode metadata = node_child(document, document_root(document), METADATA);
    DwNode node = metadata == DW_NODE_NONE ? metadata : node_first_child(document, metadata);
    for (; node != DW_NODE_NONE; node = node_next(document, node)) {
        GString *content = g_string_new(NULL);
        char *uri = node_namespace(document, node);
        DwDevice *thing = new_thing(METADATA, uri ? uri : g_strdup(""), dw_settings_new());
        canonical_element(content, document, node);
        dw_settings_put(thing->properties, METADATA_CONTENT,
                        (DwValue){.type = DW_VALUE_STRING, .s = g_string_free(content, FALSE)});
        add_thing(things, side, thing);
    }
}

/* What is of interest of the domain's own, and what says what that means; NULL: all. */
static DwSettings *read_settings(const Things *things, const DwDocument *document)
{
    static const char *const context[] = {"vcpu",      "vcpu.placement", "vcpus.*",
                                          "iothreads", "iothreadids.*",  "os.firmware"};
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    if (!things->changes)
        return dw_get_settings(document, NULL, false, NULL);
    for (char **key = things->changes->keys; *key; key++)
        g_ptr_array_add(keys, *key);
    for (gsize i = 0; i < G_N_ELEMENTS(context); i++)
        if (!g_ptr_array_find_with_equal_func(keys, context[i], g_str_equal, NULL))
            g_ptr_array_add(keys, (char *)context[i]);
    g_ptr_array_add(keys, NULL);
    return dw_get_settings(document, (const char *const *)keys->pdata, false, NULL);
}

static void add_devices(Things *things, Side *side, const DwDocument *document, const char *kind)
{
    g_autoptr(GPtrArray) devices = dw_get_devices(document, kind, false, NULL);
    for (guint i = 0; devices && i < devices->len; i++)
        add_thing(things, side, devices->pdata[i]);
    if (devices)
        g_ptr_array_set_free_func(devices, NULL); /* they are the side's now */
}

static void add_devices_of_interest(Things *things, Side *side, const DwDocument *document)
{
    g_autoptr(GHashTable) kinds = g_hash_table_new(g_str_hash, g_str_equal);
    const GPtrArray *devices = things->changes->devices;
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        if (g_hash_table_add(kinds, device->kind))
            add_devices(things, side, document, device->kind);
    }
}

/* document NULL: nothing. */
static void read_side(Things *things, Side *side, const DwDocument *document)
{
    side->things = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    side->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    side->devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    if (!document)
        return;
    DwSettings *settings = read_settings(things, document);
    add_thing(things, side, new_thing("", g_strdup(""), settings));
    if (!things->changes || things->changes->other)
        add_metadata(things, side, document);
    if (things->changes)
        add_devices_of_interest(things, side, document);
    else
        add_devices(things, side, document, "");
}

static void side_clear(Side *side)
{
    g_hash_table_unref(side->things);
    g_hash_table_unref(side->counts);
    g_ptr_array_unref(side->devices);
}

/* ---- Interface ---- */

void things_read(Things *things, const DwDocument *const documents[N_SIDES],
                 const DwChanges *changes)
{
    *things = (Things){.changes = changes};
    things->names = g_ptr_array_new_with_free_func(g_free);
    things->seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (int side = 0; side < N_SIDES; side++)
        read_side(things, &things->sides[side], documents[side]);
}

void things_clear(Things *things)
{
    for (int side = 0; side < N_SIDES; side++)
        side_clear(&things->sides[side]);
    g_hash_table_unref(things->seen);
    g_ptr_array_unref(things->names);
}

Thing things_get(const Things *things, guint number)
{
    Thing thing;
    for (int side = 0; side < N_SIDES; side++)
        thing.on[side] =
            g_hash_table_lookup(things->sides[side].things, things->names->pdata[number]);
    return thing;
}

guint things_add_name(Things *things, guint number)
{
    const char *name = things->names->pdata[number];
    char *more = g_strdup_printf("%s\1\1", name);
    g_ptr_array_add(things->names, more);
    g_hash_table_add(things->seen, more);
    return things->names->len - 1;
}

void things_rename(Things *things, int side, guint from, guint to)
{
    GHashTable *table = things->sides[side].things;
    const char *old = things->names->pdata[from], *new = things->names->pdata[to];
    g_hash_table_insert(table, g_strdup(new), g_hash_table_lookup(table, old));
    g_hash_table_remove(table, old);
}

const DwDevice *thing_device(const Thing *thing)
{
    const DwDevice *device = NULL;
    for (int side = 0; side < N_SIDES && !device; side++)
        device = thing->on[side];
    return device;
}

bool thing_is_metadata(const Thing *thing)
{
    return g_str_equal(thing_device(thing)->kind, METADATA);
}
