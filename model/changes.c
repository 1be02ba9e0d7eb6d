/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What differs between two documents, in the table's terms: keys, devices, and whether anything
 * without a row does. Spelling is no difference: white space, quotes, comments, the order of
 * attributes. It only reads.
 */
#include <string.h>

#include "devices.h"

typedef struct {
    const DwDocument *document;
    GHashTable
        *covered; /* DwNode + 1 -> GPtrArray: the attributes rows speak for; "" is the text */
    GString *out;
} Printer;

/* ---- What rows speak for ---- */

static void names_free(void *names)
{
    g_ptr_array_unref(names);
}

/* The attribute's name has to last as long as the printer. */
static void cover(Printer *printer, DwNode node, const char *attribute)
{
    GPtrArray *names = g_hash_table_lookup(printer->covered, GINT_TO_POINTER(node + 1));

    if (!names) {
        names = g_ptr_array_new();
        g_hash_table_insert(printer->covered, GINT_TO_POINTER(node + 1), names);
    }
    g_ptr_array_add(names, (char *)attribute);
}

static bool is_covered(const Printer *printer, DwNode node, const char *attribute)
{
    const GPtrArray *names =
        printer->covered ? g_hash_table_lookup(printer->covered, GINT_TO_POINTER(node + 1)) : NULL;

    for (guint i = 0; names && i < names->len; i++)
        if (strcmp(names->pdata[i], attribute) == 0)
            return true;
    return false;
}

/* In "timer[@name='rtc']", @name belongs to the key. */
static void cover_selectors(Printer *printer, DwNode base, const char *path,
                            const unsigned *indices)
{
    for (const char *at = path; (at = strstr(at, "[@")); at++) {
        const char *end = strchr(at, ']') + 1;
        g_autofree char *to_here = g_strndup(path, (gsize)(end - path));
        g_autofree char *attribute = g_strndup(at + 2, strcspn(at + 2, "="));
        DwNode node = lens_find(printer->document, base, to_here, indices);

        if (node != DW_NODE_NONE)
            cover(printer, node, g_intern_string(attribute));
    }
}

static void cover_row(Printer *printer, DwNode base, const DwRow *row)
{
    const char *at = strrchr(row->path, '@');
    const char *attribute = at && !strchr(at, ']') ? at + 1 : "";
    DwNode node = lens_find(printer->document, base, row->path, NULL);

    cover_selectors(printer, base, row->path, NULL);
    if (node == DW_NODE_NONE)
        return;
    cover(printer, node, attribute);
    if (row->form == DW_FORM_SIZE)
        cover(printer, node, "unit");
    for (; row->form == DW_FORM_LIST && node != DW_NODE_NONE;
         node = node_next_same(printer->document, node))
        cover(printer, node, attribute);
}

/* Elements that merely hold what rows speak for are covered too. */
static void cover_domain(Printer *printer)
{
    DwNode root = document_root(printer->document), base;
    DwPlace place = {0};

    cover(printer, devices_node(printer->document), "");
    while (place_next_section(printer->document, root, table_group(""), &place, &base)) {
        if (base != root)
            cover(printer, base, "");
        cover_selectors(printer, root, place.section->path, place.indices);
        for (const DwRow *row = place.section->rows; row->key; row++)
            cover_row(printer, base, row);
    }
}

/* ---- Elements in one spelling ---- */

/* No document can hold the character that ends a string here. */
static void print_string(GString *out, char mark, const char *text)
{
    g_string_append_c(out, mark);
    g_string_append(out, text);
    g_string_append_c(out, '\1');
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* False when there are none at all. */
static bool print_attributes(Printer *printer, DwNode node)
{
    g_auto(GStrv) names = node_attribute_names(printer->document, node);
    bool some = false;

    qsort(names, g_strv_length(names), sizeof *names, compare_names);
    for (char **name = names; *name; name++) {
        bool declares = strcmp(*name, "xmlns") == 0 || g_str_has_prefix(*name, "xmlns:");
        some = some || !declares;
        if (declares || is_covered(printer, node, *name))
            continue;
        g_autofree char *value = node_attribute(printer->document, node, *name);
        print_string(printer->out, '@', *name);
        print_string(printer->out, '=', value ? value : "");
    }
    return some;
}

/* Text counts as it is where it stands alone, and without white space around between elements. */
static void print_text(Printer *printer, DwNode node, bool alone)
{
    g_autofree char *text = node_text(printer->document, node);

    if (is_covered(printer, node, ""))
        return;
    if (!alone)
        g_strstrip(text);
    if (*text)
        print_string(printer->out, '#', text);
}

/* What rows speak for leaves no trace, nor do elements that only lead there. An element without
 * anything in it is something by being there. */
static void print_element(Printer *printer, DwNode node)
{
    DwNode child = node_first_child(printer->document, node);
    bool leaf = child == DW_NODE_NONE, empty;
    g_autofree char *name = node_name(printer->document, node);
    g_autofree char *uri = node_namespace(printer->document, node);
    const char *colon = strchr(name, ':');
    size_t start = printer->out->len, content;

    print_string(printer->out, '<', uri ? uri : "");
    print_string(printer->out, ' ', colon ? colon + 1 : name);
    content = printer->out->len;
    empty = !print_attributes(printer, node) && leaf;
    print_text(printer, node, leaf);
    for (; child != DW_NODE_NONE; child = node_next(printer->document, child))
        print_element(printer, child);
    if (printer->covered && printer->out->len == content &&
        (!empty || is_covered(printer, node, "")))
        g_string_truncate(printer->out, start);
    else
        g_string_append_c(printer->out, '>');
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

/* All devices in order. */
static GArray *list_devices(const DwDocument *document)
{
    GArray *devices = g_array_new(FALSE, FALSE, sizeof(Device));
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) positions = device_counts_new();

    g_array_set_clear_func(devices, device_clear);
    for (DwNode node = device_next(document, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "", node)) {
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

static bool same_bytes(const DwDocument *document, DwNode node, const DwDocument *other,
                       DwNode other_node)
{
    size_t length, other_length;
    const char *bytes = node_bytes(document, node, &length);
    const char *other_bytes = node_bytes(other, other_node, &other_length);

    return length == other_length && memcmp(bytes, other_bytes, length) == 0;
}

static char *print_device(const Device *device)
{
    Printer printer = {.document = device->document, .out = g_string_new(NULL)};

    print_element(&printer, device->node);
    return g_string_free(printer.out, FALSE);
}

static bool same_device(const Device *device, const Device *other)
{
    if (same_bytes(device->document, device->node, other->document, other->node))
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
static void compare_devices(GPtrArray *changes, const GArray *devices, const GArray *others,
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
        if (!other || (!only_missing && !same_device(device, other)))
            add_device(changes, device);
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

/* ---- Outside the devices ---- */

static const char *raw_name(const DwDocument *document, DwNode node, size_t *ret_length)
{
    const char *tag = node_tag(document, node, ret_length) + 1;

    *ret_length = strcspn(tag, " \t\r\n/>");
    return tag;
}

static bool same_name(const DwDocument *document, DwNode node, const DwDocument *other,
                      DwNode other_node)
{
    size_t length, other_length;
    const char *name = raw_name(document, node, &length);
    const char *other_name = raw_name(other, other_node, &other_length);

    return length == other_length && memcmp(name, other_name, length) == 0;
}

/* Of the elements from `at` on the first one called as node is in `document`. */
static DwNode find_same(const DwDocument *document, DwNode node, const DwDocument *other, DwNode at)
{
    while (at != DW_NODE_NONE && !same_name(document, node, other, at))
        at = node_next(other, at);
    return at;
}

static DwNode first_element(const DwDocument *document)
{
    return node_first_child(document, document_root(document));
}

/* The next from `node` on whose name the other has, too. */
static DwNode next_common(const DwDocument *document, DwNode node, const DwDocument *other)
{
    while (node != DW_NODE_NONE &&
           find_same(document, node, other, first_element(other)) == DW_NODE_NONE)
        node = node_next(document, node);
    return node;
}

/* What is looked for one by one must not be many. */
#define MAX_FRAME 128

static bool is_small(const DwDocument *document)
{
    unsigned count = 0;

    for (DwNode node = first_element(document); node != DW_NODE_NONE && count <= MAX_FRAME;
         node = node_next(document, node))
        count++;
    return count <= MAX_FRAME;
}

/* Do both say the same of the names in force, and what both have in the same order? */
static bool same_frame(const DwDocument *before, const DwDocument *after)
{
    size_t length, other_length;

    if (!is_small(before) || !is_small(after))
        return false;
    const char *tag = node_tag(before, document_root(before), &length);
    const char *other_tag = node_tag(after, document_root(after), &other_length);
    DwNode node = next_common(before, first_element(before), after);
    DwNode other = next_common(after, first_element(after), before);

    while (node != DW_NODE_NONE && other != DW_NODE_NONE && same_name(before, node, after, other)) {
        node = next_common(before, node_next(before, node), after);
        other = next_common(after, node_next(after, other), before);
    }
    return node == DW_NODE_NONE && other == DW_NODE_NONE && length == other_length &&
           memcmp(tag, other_tag, length) == 0;
}

/* Are all elements of node's name, byte for byte, in both? */
static bool is_same(const DwDocument *document, DwNode node, const DwDocument *other)
{
    DwNode at = find_same(document, node, document, first_element(document));
    DwNode other_at = find_same(document, node, other, first_element(other));

    while (at != DW_NODE_NONE && other_at != DW_NODE_NONE &&
           same_bytes(document, at, other, other_at)) {
        at = find_same(document, node, document, node_next(document, at));
        other_at = find_same(document, node, other, node_next(other, other_at));
    }
    return at == DW_NODE_NONE && other_at == DW_NODE_NONE;
}

/* The document without its devices and, in the same frame, without what the other has as well. The
 * first element stays: that there is one shows. */
static DwDocument *make_rest(const DwDocument *document, const DwDocument *other, bool framed)
{
    g_autoptr(GArray) left_out = g_array_new(FALSE, FALSE, sizeof(DwNode));
    DwNode devices = devices_node(document), first = first_element(document);

    for (DwNode node = first; node != DW_NODE_NONE; node = node_next(document, node)) {
        bool keep = !framed || same_name(document, first, document, node) ||
                    (first_element(other) != DW_NODE_NONE &&
                     same_name(other, first_element(other), document, node));
        if (!keep && is_same(document, node, other)) {
            g_array_append_val(left_out, node);
            continue;
        }
        for (DwNode device = device_next(document, "", DW_NODE_NONE);
             node == devices && device != DW_NODE_NONE; device = device_next(document, "", device))
            g_array_append_val(left_out, device);
    }
    return document_without(document, left_out);
}

static char *print_rest(const DwDocument *rest)
{
    g_autoptr(GHashTable) covered = g_hash_table_new_full(NULL, NULL, NULL, names_free);
    Printer printer = {rest, covered, g_string_new(NULL)};

    cover_domain(&printer);
    print_element(&printer, document_root(rest));
    return g_string_free(printer.out, FALSE);
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

void dw_changes_clear(DwChanges *changes)
{
    g_clear_pointer(&changes->keys, g_strfreev);
    g_clear_pointer(&changes->devices, g_ptr_array_unref);
    changes->other = false;
}

void dw_changes_between(const DwDocument *before, const DwDocument *after, DwChanges *ret_changes)
{
    g_autoptr(GStrvBuilder) keys = g_strv_builder_new();
    DwChanges changes = {
        .devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free),
    };

    if (strcmp(dw_document_text(before, NULL), dw_document_text(after, NULL)) != 0) {
        bool framed = same_frame(before, after);
        g_autoptr(DwDocument) old = make_rest(before, after, framed);
        g_autoptr(DwDocument) new = make_rest(after, before, framed);
        g_autoptr(GArray) old_devices = list_devices(before);
        g_autoptr(GArray) new_devices = list_devices(after);
        g_autoptr(DwSettings) old_settings = dw_get_settings(old, NULL, true, NULL);
        g_autoptr(DwSettings) new_settings = dw_get_settings(new, NULL, true, NULL);
        g_autofree char *old_rest = print_rest(old);
        g_autofree char *new_rest = print_rest(new);

        compare_settings(keys, new_settings, old_settings, false);
        compare_settings(keys, old_settings, new_settings, true);
        compare_devices(changes.devices, new_devices, old_devices, false);
        compare_devices(changes.devices, old_devices, new_devices, true);
        changes.other = !g_str_equal(old_rest, new_rest) ||
                        (changes.devices->len == 0 && !same_order(old_devices, new_devices));
    }
    changes.keys = g_strv_builder_end(keys);
    *ret_changes = changes;
}
