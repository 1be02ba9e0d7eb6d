/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What differs between two documents, in the table's terms: keys, devices, and whether anything
 * without a row does. Spelling is no difference: white space, quotes, comments, the order of
 * attributes. Used by the daemon for Changed signals and drafts. Any thread.
 */
#include <string.h>

#include "compare/device-span.h"
#include "document/canonical.h"
#include "keys/devices.h"
#include "keys/key-path.h"

/* What the rows speak for. */
typedef struct {
    const DwDocument *document;
    GHashTable *nodes; /* DwNode + 1 -> GPtrArray of attributes; "" is the text */
} Covered;

/* ---- What rows speak for ---- */

static void names_free(void *names)
{
    g_ptr_array_unref(names);
}

/* The attribute's name has to last as long. */
static void cover(Covered *covered, DwNode node, const char *attribute)
{
    GPtrArray *names = g_hash_table_lookup(covered->nodes, GINT_TO_POINTER(node + 1));

    if (!names) {
        names = g_ptr_array_new();
        g_hash_table_insert(covered->nodes, GINT_TO_POINTER(node + 1), names);
    }
    g_ptr_array_add(names, (char *)attribute);
}

static bool is_covered(DwNode node, const char *attribute, size_t length, const void *data)
{
    const Covered *covered = data;
    const GPtrArray *names = g_hash_table_lookup(covered->nodes, GINT_TO_POINTER(node + 1));

    for (guint i = 0; names && i < names->len; i++)
        if (strncmp(names->pdata[i], attribute, length) == 0 &&
            ((const char *)names->pdata[i])[length] == 0)
            return true;
    return false;
}

/* In "timer[@name='rtc']", @name belongs to the key. */
static void cover_selectors(Covered *covered, DwNode base, const char *path,
                            const DwIndices *indices)
{
    for (const char *at = path; (at = strstr(at, "[@")); at++) {
        const char *end = strchr(at, ']') + 1;
        g_autofree char *to_here = g_strndup(path, (gsize)(end - path));
        g_autofree char *attribute = g_strndup(at + 2, strcspn(at + 2, "="));
        DwNode node = lens_find(covered->document, base, to_here, indices);

        if (node != DW_NODE_NONE)
            cover(covered, node, g_intern_string(attribute));
    }
}

static void cover_row(Covered *covered, DwNode base, const DwRow *row)
{
    const char *at = strrchr(row->path, '@');
    const char *attribute = at && !strchr(at, ']') ? at + 1 : "";
    DwNode node = lens_find(covered->document, base, row->path, NULL);
    DwStep last;

    cover_selectors(covered, base, row->path, NULL);
    if (node == DW_NODE_NONE)
        return;
    cover(covered, node, attribute);
    if (row->form == DW_FORM_SIZE)
        cover(covered, node, "unit");
    if (row->form != DW_FORM_LIST)
        return;
    path_last_element(row->path, &last);
    while ((node = step_next(covered->document, node, &last)) != DW_NODE_NONE)
        cover(covered, node, attribute);
}

/* Elements that merely hold what rows speak for are covered too. */
static void cover_domain(Covered *covered)
{
    DwNode root = document_root(covered->document), base;
    DwPlace place = {0};

    cover(covered, devices_node(covered->document), "");
    while (place_next_section(covered->document, root, table_group(""), &place, &base)) {
        if (base != root)
            cover(covered, base, "");
        cover_selectors(covered, root, place.section->path, &place.indices);
        uint64_t beginnings = node_beginnings(covered->document, base);
        for (const DwRow *row = place.section->rows; row->key; row++)
            if (path_may_begin(beginnings, row->path))
                cover_row(covered, base, row);
    }
}

/* ---- Comparing ---- */

typedef struct {
    const DwDocument *document;
    DwNode node;
    char *kind, *id, *name; /* name is both, and which one of several that share them */
} Device;

static void device_clear(void *data)
{
    Device *device = data;

    g_free(device->kind);
    g_free(device->id);
    g_free(device->name);
}

/* In order, those that may differ or have another name. */
static GArray *list_devices(const DeviceSpan *span)
{
    GArray *devices = g_array_new(FALSE, FALSE, sizeof(Device));
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) positions = device_counts_new();

    g_array_set_clear_func(devices, device_clear);
    for (guint i = 0; i < span->nodes->len; i++) {
        const DwDocument *document = span->document;
        DwNode node = device_span_node(span, i);

        if (device_span_passes(span, i)) {
            device_count(document, node, positions);
            continue;
        }
        Device device = {document, node, node_name(document, node),
                         device_id_counted(document, node, positions)};

        char *both = g_strconcat(device.kind, " ", device.id, NULL);
        unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, both)) + 1;
        device.name = g_strdup_printf("%u %s", n, both);
        g_hash_table_insert(counts, both, GUINT_TO_POINTER(n));
        g_array_append_val(devices, device);
    }
    return devices;
}

/* All of them, as they are written. */
static bool same_devices(const DwDocument *document, const DwDocument *other)
{
    DwNode devices = devices_node(document), others = devices_node(other);

    return devices != DW_NODE_NONE && others != DW_NODE_NONE &&
           node_same_bytes(document, devices, other, others);
}

static char *print_device(const Device *device)
{
    GString *out = g_string_new(NULL);

    canonical_element(out, device->document, device->node);
    return g_string_free(out, FALSE);
}

static bool same_device(const Device *device, const Device *other)
{
    if (node_same_bytes(device->document, device->node, other->document, other->node))
        return true;
    g_autofree char *content = print_device(device), *other_content = print_device(other);
    return g_str_equal(content, other_content);
}

static void add_device(GPtrArray *devices, const Device *device)
{
    DwDevice *change = g_new0(DwDevice, 1);

    change->kind = g_strdup(device->kind);
    change->id = g_strdup(device->id);
    change->properties = dw_settings_new();
    g_ptr_array_add(devices, change);
}

/* Devices of `devices` that `others` has not or, unless only_missing, has otherwise. Where two
 * share a name, which must not be, only the last counts. */
static void compare_devices(DwChanges *changes, const GArray *devices, const GArray *others,
                            bool only_missing)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < others->len; i++) {
        Device *other = &g_array_index(others, Device, i);
        g_hash_table_replace(known, other->name, other);
    }
    for (guint i = 0; i < devices->len; i++) {
        const Device *device = &g_array_index(devices, Device, i);
        const Device *other = g_hash_table_lookup(known, device->name);
        if (other && (only_missing || same_device(device, other)))
            continue;
        add_device(changes->devices, device);
        g_string_append_c(changes->ways, other ? '~' : only_missing ? '-' : '+');
    }
}

static bool same_order(const GArray *devices, const GArray *others)
{
    if (devices->len != others->len)
        return false;
    for (guint i = 0; i < devices->len; i++)
        if (!g_str_equal(g_array_index(devices, Device, i).name,
                         g_array_index(others, Device, i).name))
            return false;
    return true;
}

/* False: some are in another order. */
static bool list_changes(DwChanges *changes, const DwDocument *before, const DwDocument *after)
{
    DeviceSpan spans[] = {{before}, {after}};

    device_spans_fill(spans, G_N_ELEMENTS(spans));
    g_autoptr(GArray) olds = list_devices(&spans[0]);
    g_autoptr(GArray) news = list_devices(&spans[1]);
    device_spans_clear(spans, G_N_ELEMENTS(spans));
    compare_devices(changes, news, olds, false);
    compare_devices(changes, olds, news, true);
    return same_order(olds, news);
}

/* ---- Outside the devices ---- */

/* What is looked for one by one must not be many. */
#define MAX_FRAME 128

/* An element of the root: its name as written is what it begins with. */
typedef struct {
    DwNode node;
    const char *name, *bytes;
    size_t name_length, length;
} Element;

static DwNode first_element(const DwDocument *document)
{
    return node_first_child(document, document_root(document));
}

/* False when there are too many. */
static bool list_elements(const DwDocument *document, GArray *elements)
{
    for (DwNode node = first_element(document); node != DW_NODE_NONE;
         node = node_next(document, node)) {
        Element element = {.node = node};
        element.bytes = node_bytes(document, node, &element.length);
        element.name = element.bytes + 1;
        element.name_length = strcspn(element.name, " \t\r\n/>");
        g_array_append_val(elements, element);
        if (elements->len > MAX_FRAME)
            return false;
    }
    return true;
}

/* The first element from `at` on that is called so; elements->len: none. */
static guint find_name(const GArray *elements, guint at, const Element *like)
{
    for (; at < elements->len; at++) {
        const Element *element = &g_array_index(elements, Element, at);
        if (element->name_length == like->name_length &&
            memcmp(element->name, like->name, like->name_length) == 0)
            break;
    }
    return at;
}

/* The next from `at` on whose name the others have, too. */
static guint next_common(const GArray *elements, guint at, const GArray *others)
{
    while (at < elements->len &&
           find_name(others, 0, &g_array_index(elements, Element, at)) == others->len)
        at++;
    return at;
}

/* Do both say the same of the names in force, and what both have in the same order? */
static bool same_frame(const DwDocument *before, const GArray *old, const DwDocument *after,
                       const GArray *others)
{
    guint i = next_common(old, 0, others), j = next_common(others, 0, old);

    while (i < old->len && j < others->len) {
        if (find_name(others, j, &g_array_index(old, Element, i)) != j)
            return false;
        i = next_common(old, i + 1, others);
        j = next_common(others, j + 1, old);
    }
    return i == old->len && j == others->len &&
           node_same_tag(before, document_root(before), after, document_root(after));
}

/* Are all elements of that name, byte for byte, in both? */
static bool is_same(const GArray *elements, const GArray *others, const Element *like)
{
    guint i = find_name(elements, 0, like), j = find_name(others, 0, like);

    while (i < elements->len && j < others->len) {
        const Element *one = &g_array_index(elements, Element, i);
        const Element *other = &g_array_index(others, Element, j);
        if (one->length != other->length || memcmp(one->bytes, other->bytes, one->length) != 0)
            return false;
        i = find_name(elements, i + 1, like);
        j = find_name(others, j + 1, like);
    }
    return i == elements->len && j == others->len;
}

static void add_devices(const DwDocument *document, GArray *nodes)
{
    for (DwNode device = device_next(document, "", DW_NODE_NONE); device != DW_NODE_NONE;
         device = device_next(document, "", device))
        g_array_append_val(nodes, device);
}

/* The document without its devices and, in the same frame, without what the other has as well. The
 * first element stays: that there is one shows. */
static DwDocument *make_rest(const DwDocument *document, const GArray *elements,
                             const GArray *others, bool framed)
{
    g_autoptr(GArray) left_out = g_array_new(FALSE, FALSE, sizeof(DwNode));
    DwNode devices = devices_node(document);

    if (!framed)
        add_devices(document, left_out);
    for (guint i = 0; framed && i < elements->len; i++) {
        const Element *element = &g_array_index(elements, Element, i);
        bool first = find_name(elements, 0, element) == 0 || find_name(others, 0, element) == 0;
        if (!first && is_same(elements, others, element))
            g_array_append_val(left_out, element->node);
        else if (element->node == devices)
            add_devices(document, left_out);
    }
    return document_without(document, left_out);
}

static char *print_rest(const DwDocument *rest)
{
    g_autoptr(GHashTable) nodes = g_hash_table_new_full(NULL, NULL, NULL, names_free);
    Covered covered = {rest, nodes};
    const DwCanonicalFilter filter = {is_covered, &covered};
    GString *out = g_string_new(NULL);

    cover_domain(&covered);
    canonical_filtered(out, rest, document_root(rest), &filter);
    return g_string_free(out, FALSE);
}

/* Keys of `settings` that `others` has not or, unless only_missing, has with another value. */
static void compare_settings(GStrvBuilder *keys, const DwSettings *settings,
                             const DwSettings *others, bool only_missing)
{
    for (size_t i = 0; i < dw_settings_count(settings); i++) {
        const char *key = dw_settings_key(settings, i);
        const DwValue *other = dw_settings_get(others, key);

        if (!other || (!only_missing && !dw_value_equal(dw_settings_value(settings, i), other)))
            g_strv_builder_add(keys, key);
    }
}

/* False: devices are in another order. */
static bool compare_all(DwChanges *changes, const DwDocument *before, const DwDocument *after,
                        GStrvBuilder *keys)
{
    g_autoptr(GArray) old_elements = g_array_new(FALSE, FALSE, sizeof(Element));
    g_autoptr(GArray) new_elements = g_array_new(FALSE, FALSE, sizeof(Element));
    bool framed = list_elements(before, old_elements) && list_elements(after, new_elements) &&
                  same_frame(before, old_elements, after, new_elements);
    g_autoptr(DwDocument) old = make_rest(before, old_elements, new_elements, framed);
    g_autoptr(DwDocument) new = make_rest(after, new_elements, old_elements, framed);
    g_autoptr(DwSettings) old_settings = dw_get_settings(old, NULL, true, NULL);
    g_autoptr(DwSettings) new_settings = dw_get_settings(new, NULL, true, NULL);
    g_autofree char *old_rest = print_rest(old);
    g_autofree char *new_rest = print_rest(new);

    compare_settings(keys, new_settings, old_settings, false);
    compare_settings(keys, old_settings, new_settings, true);
    changes->other = !g_str_equal(old_rest, new_rest);
    return (framed && same_devices(before, after)) || list_changes(changes, before, after);
}

void dw_changes_clear(DwChanges *changes)
{
    g_clear_pointer(&changes->keys, g_strfreev);
    g_clear_pointer(&changes->devices, g_ptr_array_unref);
    if (changes->ways)
        g_string_free(changes->ways, TRUE);
    changes->ways = NULL;
    changes->other = changes->reordered = false;
}

void dw_changes_between(const DwDocument *before, const DwDocument *after, DwChanges *ret_changes)
{
    g_autoptr(GStrvBuilder) keys = g_strv_builder_new();
    DwChanges changes = {
        .devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free),
        .ways = g_string_new(NULL),
    };

    if (strcmp(dw_document_text(before, NULL), dw_document_text(after, NULL)) != 0) {
        bool ordered = same_but_devices(before, after) ? list_changes(&changes, before, after)
                                                       : compare_all(&changes, before, after, keys);
        changes.reordered = !changes.other && changes.devices->len == 0 && !ordered;
        changes.other |= changes.reordered;
    }
    changes.keys = g_strv_builder_end(keys);
    *ret_changes = changes;
}
