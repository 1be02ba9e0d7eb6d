/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Following paths through a document. Reads only; knows no rows. */
#include <string.h>

#include "keys/key-path.h"

/* Names are a few letters long: looking at each is faster than strcspn. */
static const char *copy_until(const char *path, char stop, char other, char *out, size_t size)
{
    const char *end = out + size - 1;

    while (*path && *path != stop && *path != other && *path != '^') {
        g_assert(out < end);
        *out++ = *path++;
    }
    *out = 0;
    return path;
}

/* The namespaces of what only one hypervisor knows. */
static const struct {
    const char *prefix, *uri;
} namespaces[] = {
    {"qemu", "http://libvirt.org/schemas/domain/qemu/1.0"},
    {"lxc", "http://libvirt.org/schemas/domain/lxc/1.0"},
    {"bhyve", "http://libvirt.org/schemas/domain/bhyve/1.0"},
    {"xen", "http://libvirt.org/schemas/domain/xen/1.0"},
    {"vmware", "http://libvirt.org/schemas/domain/vmware/1.0"},
};

/* Takes the prefix off a name. */
static void split_prefix(DwStep *step)
{
    char *colon = strchr(step->name, ':');

    step->uri = NULL;
    if (!colon)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(namespaces); i++)
        if (strncmp(namespaces[i].prefix, step->name, colon - step->name) == 0 &&
            !namespaces[i].prefix[colon - step->name])
            step->uri = namespaces[i].uri;
    g_assert(step->uri);
    memmove(step->name, colon + 1, strlen(colon));
}

static const char *prefix_of(const char *uri)
{
    for (size_t i = 0; i < G_N_ELEMENTS(namespaces); i++)
        if (strcmp(namespaces[i].uri, uri) == 0)
            return namespaces[i].prefix;
    return NULL;
}

/* What stands in brackets: "N]", "@k='v']", "@k=N]" or "@k=NAME]". */
static const char *read_selector(const char *path, DwStep *step)
{
    if (*path == 'N') {
        step->mode = DW_STEP_POSITION;
        return path + 2;
    }
    path = copy_until(path + 1, '=', 0, step->key, sizeof step->key) + 1;
    if (*path == '\'')
        return copy_until(path + 1, '\'', 0, step->value, sizeof step->value) + 2;
    step->mode = path[1] == ']' ? DW_STEP_NUMBER : DW_STEP_NAME;
    return strchr(path, ']') + 1;
}

const char *path_next_step(const char *path, DwStep *step)
{
    if (!path || !*path)
        return NULL;
    step->mode = DW_STEP_CHILD;
    *step->name = *step->key = *step->value = 0;
    step->uri = NULL;
    if (*path == '@') {
        step->mode = DW_STEP_ATTRIBUTE;
        return copy_until(path + 1, 0, 0, step->name, sizeof step->name);
    }
    path = copy_until(path, '/', '[', step->name, sizeof step->name);
    split_prefix(step);
    if (*path == '^') {
        step->mode = DW_STEP_LEVEL;
        path += 2;
    } else if (*path == '[') {
        path = read_selector(path + 1, step);
    }
    return *path == '/' ? path + 1 : path;
}

bool step_has_index(const DwStep *step)
{
    return step->mode >= DW_STEP_POSITION;
}

bool path_last_element(const char *path, DwStep *ret_step)
{
    bool found = false;
    DwStep step;

    while ((path = path_next_step(path, &step)))
        if (step.mode != DW_STEP_ATTRIBUTE) {
            *ret_step = step;
            found = true;
        }
    return found;
}

DwNode path_nth_child(const DwDocument *document, DwNode node, const char *name, unsigned n)
{
    DwNode child = node_child(document, node, name);

    while (child != DW_NODE_NONE && --n > 0)
        child = node_next_same(document, child);
    return child;
}

static DwNode skip_others(const DwDocument *document, DwNode node, const DwStep *step)
{
    while (node != DW_NODE_NONE && !node_is_in(document, node, step->uri, step->name))
        node = node_next(document, node);
    return node;
}

DwNode step_first(const DwDocument *document, DwNode node, const DwStep *step)
{
    return step->uri ? skip_others(document, node_first_child(document, node), step)
                     : node_child(document, node, step->name);
}

DwNode step_next(const DwDocument *document, DwNode node, const DwStep *step)
{
    if (step->mode == DW_STEP_LEVEL)
        return step_first(document, node, step);
    return step->uri ? skip_others(document, node_next(document, node), step)
                     : node_next_same(document, node);
}

bool step_index_of(const DwDocument *document, DwNode child, const DwStep *step, unsigned position,
                   unsigned *ret_number, char ret_name[DW_MAX_NAME])
{
    bool numbered;

    *ret_number = step->mode == DW_STEP_NUMBER ? position : position + 1;
    if (step->mode == DW_STEP_NUMBER)
        return node_attribute_number(document, child, step->key, &numbered, ret_number) ||
               !numbered;
    if (step->mode != DW_STEP_NAME)
        return true;
    g_autofree char *value = node_attribute(document, child, step->key);
    *ret_number = 0;
    return value && *value && g_strlcpy(ret_name, value, DW_MAX_NAME) < DW_MAX_NAME;
}

static bool is_chosen(const DwDocument *document, DwNode child, const DwStep *step,
                      unsigned position, unsigned number, const DwIndices *indices)
{
    char name[DW_MAX_NAME];
    unsigned own;

    switch (step->mode) {
    case DW_STEP_POSITION:
    case DW_STEP_LEVEL:
        return position + 1 == number;
    case DW_STEP_NUMBER:
        return step_index_of(document, child, step, position, &own, name) && own == number;
    case DW_STEP_NAME:
        return node_attribute_is(document, child, step->key, indices->name);
    default:
        return !*step->key || node_attribute_is(document, child, step->key, step->value);
    }
}

DwNode path_follow(const DwDocument *document, DwNode node, const DwStep *step,
                   DwIndexCursor *cursor)
{
    const DwIndices *indices = cursor->indices;
    unsigned number = step_has_index(step) ? indices->numbers[cursor->used++] : 0, position = 0;
    DwNode child = step_first(document, node, step);

    if (step->mode == DW_STEP_LEVEL && number == 0)
        return node;
    while (child != DW_NODE_NONE && !is_chosen(document, child, step, position++, number, indices))
        child = step_next(document, child, step);
    return child;
}

/* The name an element of a namespace is written with below node: with the prefix that is bound to
 * it there, or with libvirt's own, which then has to be declared. */
static char *qualified_name(const DwDocument *document, DwNode node, const DwStep *step,
                            bool *ret_declare)
{
    g_autofree char *bound = node_prefix_of(document, node, step->uri);

    *ret_declare = !bound;
    return g_strconcat(bound ? bound : prefix_of(step->uri), ":", step->name, NULL);
}

DwNode step_make(DwDocument *document, DwNode node, const DwStep *step, const DwIndices *indices,
                 unsigned number)
{
    bool declare = false;
    g_autofree char *name = step->uri ? qualified_name(document, node, step, &declare) : NULL;
    DwNode made = node_add_child(document, node, name ? name : step->name);

    if (declare) {
        g_autofree char *declaration = g_strconcat("xmlns:", prefix_of(step->uri), NULL);
        node_set_attribute(document, made, declaration, step->uri);
    }
    if (step->mode == DW_STEP_NUMBER) {
        g_autofree char *digits = g_strdup_printf("%u", number);
        node_set_attribute(document, made, step->key, digits);
    } else if (*step->key) {
        node_set_attribute(document, made, step->key,
                           step->mode == DW_STEP_NAME ? indices->name : step->value);
    }
    return made;
}

/* The length of a step that is a name and nothing else; 0 when it is more. */
static size_t plain_step(const char *path)
{
    static const bool is_more[256] = {['@'] = true, ['['] = true, ['^'] = true, [':'] = true};
    size_t length = 0;

    while (path[length] && path[length] != '/')
        if (is_more[(unsigned char)path[length++]])
            return 0;
    return length;
}

DwNode path_find(const DwDocument *document, DwNode node, const char *path,
                 const DwIndices *indices, const char **ret_attribute)
{
    DwIndexCursor cursor = {indices, 0};
    DwStep step;

    *ret_attribute = "";
    while (node != DW_NODE_NONE && *path) {
        if (*path == '@') {
            *ret_attribute = path + 1;
            break;
        }
        size_t length = plain_step(path);
        if (length) {
            node = node_child_named(document, node, path, length);
            path += length + (path[length] == '/');
            continue;
        }
        path = path_next_step(path, &step);
        node = path_follow(document, node, &step, &cursor);
    }
    return node;
}

DwNode lens_find(const DwDocument *document, DwNode node, const char *path,
                 const DwIndices *indices)
{
    const char *attribute;

    return path_find(document, node, path, indices, &attribute);
}
