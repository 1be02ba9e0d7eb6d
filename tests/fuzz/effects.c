/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two documents, the second made of the first or of anything: what is no reach leaves both equal
 * when all that safe rows may cover is taken out of them, by a reading of the table that is simpler
 * than the one that judges; it is the same both ways; and nothing differs from itself.
 */
#include "input.h"

#include "document/document.h"
#include "table/table.h"

static const char *const parts[] = {
    "<name>a</name>",
    "<name>b</name>",
    "<memory unit='KiB'>1024</memory>",
    "<vcpu>1</vcpu>",
    "<os><type arch='x86_64'>hvm</type></os>",
    "<os><kernel>/k</kernel><boot dev='hd'/></os>",
    "<metadata><x:y xmlns:x='http://x'/></metadata>",
    "<seclabel type='none'/>",
    "<x:y xmlns:x='http://x'/>",
    "<devices/>",
    "<devices><emulator>/e</emulator></devices>",
    "<features><acpi/><hyperv><relaxed state='on'/></hyperv></features>",
};
static const char *const devices[] = {
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/i/a/x'/>"
    "<target dev='vda'/></disk>",
    "<disk type='file' device='disk'><driver type='qcow2' cache='none'/><source file='/x'/>"
    "<backingStore type='file'><format type='raw'/><source file='/y'/></backingStore></disk>",
    "<disk type='block'><source dev='/d'><encryption/></source><readonly/><shareable/></disk>",
    "<disk device='cdrom'><readonly/></disk>",
    "<interface type='network'><source network='n'/><filterref filter='f'/></interface>",
    "<graphics type='vnc' passwd='p'><listen type='address' address='127.0.0.1'/></graphics>",
    "<channel type='unix'><target name='t'/></channel>",
    "<channel type='unix'><source mode='bind' path='/s'/><target name='t'/></channel>",
    "<serial type='pty'><log file='/l'/></serial>",
    "<hostdev><source><address bus='1'/></source><address type='pci' bus='1'/></hostdev>",
    "<memballoon model='virtio'><alias name='ua-a'/></memballoon>",
    "<sound model='ac97'/>",
    "<audio id='1' type='file'/>",
    "<emulator>/e</emulator>",
    "<thing/>",
};
static const char *const names[] = {"source", "driver", "file",    "type",   "target",
                                    "dev",    "alias",  "listen",  "passwd", "path",
                                    "model",  "name",   "readonly"};
static const char *const values[] = {"/i/a/y", "/z",    "raw",  "qcow2",     "unix",
                                     "vda",    "block", "on",   "127.0.0.1", "0.0.0.0",
                                     "disk",   "cdrom", "bind", ""};

/* ---- What is left of a document ---- */

/* Selectors are left out: any element of the name will do. */
static char *plain_path(const DwGroup *group, const DwSection *section, const char *row)
{
    GString *path = g_string_new(group->kind);

    for (const char *const *part = (const char *const[]){section->path, row, NULL}; *part; part++) {
        if (**part)
            g_string_append_c(path, '/');
        for (const char *p = *part; *p; p++)
            if (*p == '[')
                p = strchr(p, ']');
            else if (*p == '^')
                p++;
            else
                g_string_append_c(path, *p);
    }
    return g_string_free(path, FALSE);
}

static GHashTable *safe, *leading; /* paths of safe rows, and of what is above them */

/* Takes path. */
static void add_safe(char *path)
{
    for (char *slash = strrchr(path, '/'); slash && slash > path; slash--)
        if (*slash == '/')
            g_hash_table_add(leading, g_strndup(path, slash - path));
    g_hash_table_add(safe, path);
}

static void list_safe(void)
{
    if (safe)
        return;
    safe = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    leading = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const DwGroup *const *g = table_groups(); *g; g++)
        for (const DwSection *section = (*g)->sections; section && section->key; section++)
            for (const DwRow *row = section->rows; row->key; row++) {
                if (!row_safe(section, row))
                    continue;
                char *path = plain_path(*g, section, row->path);
                if (row->form == DW_FORM_SIZE) {
                    size_t length = strcspn(path, "@");
                    add_safe(path[length] ? g_strdup_printf("%.*s@unit", (int)length, path)
                                          : g_strconcat(path, "/@unit", NULL));
                }
                add_safe(path);
            }
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_attributes(GString *out, const DwDocument *document, DwNode node,
                             const char *path)
{
    g_autoptr(GPtrArray) rest = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) all = node_attribute_names(document, node);

    for (char **name = all; *name; name++) {
        g_autofree char *value = node_attribute(document, node, *name);
        g_autofree char *place = g_strconcat(path, "/@", *name, NULL);
        bool selects = strcmp(*name, "name") == 0 || strcmp(path, "/sysinfo") == 0;
        if (!selects && !g_hash_table_contains(safe, place))
            g_ptr_array_add(rest, g_strdup_printf("@%s=%s\1", *name, value));
    }
    g_ptr_array_sort(rest, compare_strings);
    for (guint i = 0; i < rest->len; i++)
        g_string_append(out, rest->pdata[i]);
}

static void print_rest(GString *out, const DwDocument *document, DwNode node, const char *path)
{
    g_autofree char *name = node_name(document, node);
    bool leaf = node_first_child(document, node) == DW_NODE_NONE;
    size_t start = out->len, content;

    g_string_append_printf(out, "<%s", name);
    content = out->len;
    print_attributes(out, document, node, path);
    if (!g_hash_table_contains(safe, path)) {
        g_autofree char *text = node_text(document, node);
        g_string_append(out, leaf ? text : g_strstrip(text));
    }
    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child)) {
        g_autofree char *child_name = node_name(document, child);
        g_autofree char *below = g_strconcat(path, "/", child_name, NULL);
        bool device = strcmp(path, "/devices") == 0 && strcmp(child_name, "emulator") != 0;
        bool nested =
            g_str_has_suffix(path, "/backingStore") && strcmp(child_name, "backingStore") == 0;
        if (strcmp(below, "/metadata") != 0)
            print_rest(out, document, child, device ? child_name : nested ? path : below);
    }
    bool known =
        g_hash_table_contains(safe, path) || g_hash_table_contains(leading, path) || !*path;
    if (out->len == content && known)
        g_string_truncate(out, start);
    else
        g_string_append_c(out, '>');
}

static char *rest_of(const DwDocument *document)
{
    GString *out = g_string_new(NULL);

    list_safe();
    print_rest(out, document, document_root(document), "");
    return g_string_free(out, FALSE);
}

/* ---- Documents ---- */

#define PICK(input, list) list[input_number(input, G_N_ELEMENTS(list))]

static DwDocument *first_document(Input *input)
{
    g_autoptr(GString) text = g_string_new("<domain type='kvm'><name>a</name>");

    for (unsigned n = input_number(input, 4); n > 0; n--)
        g_string_append(text, PICK(input, parts));
    g_string_append(text, "<devices>");
    for (unsigned n = input_number(input, 5); n > 0; n--)
        g_string_append(text, PICK(input, devices));
    g_string_append(text, "</devices></domain>");
    return dw_document_parse(text->str, text->len, NULL);
}

static DwNode any_node(Input *input, const DwDocument *document)
{
    DwNode node = document_root(document);

    for (unsigned depth = input_number(input, 6); depth > 0; depth--) {
        DwNode child = node_first_child(document, node);
        for (unsigned skip = input_number(input, 8); child != DW_NODE_NONE && skip > 0; skip--)
            if (node_next(document, child) != DW_NODE_NONE)
                child = node_next(document, child);
        if (child == DW_NODE_NONE)
            break;
        node = child;
    }
    return node;
}

static void change(Input *input, DwDocument *document)
{
    DwNode node = any_node(input, document), other = any_node(input, document);
    g_autofree char *xml = node_xml(document, other);

    switch (input_number(input, 7)) {
    case 0:
        node_set_attribute(document, node, PICK(input, names), PICK(input, values));
        break;
    case 1:
        node_unset_attribute(document, node, PICK(input, names));
        break;
    case 2:
        node_insert_xml(document, node, PICK(input, devices));
        break;
    case 3:
        node_insert_xml(document, node, PICK(input, parts));
        break;
    case 4:
        if (node != document_root(document))
            node_remove(document, node);
        break;
    case 5:
        node_insert_xml(document, node, xml);
        break;
    default:
        node_add_child(document, node, PICK(input, names));
    }
}

static void check(const DwDocument *before, const DwDocument *after)
{
    g_autoptr(GPtrArray) directories = dw_image_directories_parse("/i/%n;/o:ro", NULL);
    DwReachContext context = {.image_directories = directories};
    g_auto(DwEffects) there = {0}, back = {0}, none = {0}, made = {0};
    g_autofree char *rest = rest_of(before), *other_rest = rest_of(after);

    dw_effects_between(before, after, &context, &there);
    dw_effects_between(after, before, &context, &back);
    dw_effects_between(after, after, &context, &none);
    dw_effects_between(NULL, after, &context, &made);
    insist(there.reach || strcmp(rest, other_rest) == 0);
    insist(there.reach == back.reach);
    insist((*there.reasons != NULL) == there.reach);
    insist(!there.path || (there.reach && g_strv_length(there.paths) > 0));
    insist(!none.reach && !*none.kinds && !*none.paths && !*none.reasons && !none.path);
    insist(*made.kinds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input = {data, size};
    g_autoptr(DwDocument) before = first_document(&input), after = NULL;

    if (!before)
        return 0;
    if (input_number(&input, 8) == 0)
        after = dw_document_parse((const char *)input.data, input.size, NULL);
    if (!after) {
        after = dw_document_copy(before);
        for (unsigned n = 1 + input_number(&input, 6); n > 0; n--)
            change(&input, after);
    }
    check(before, after);
    return 0;
}
