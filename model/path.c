/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Following paths through a document. Reads only; knows no rows. */
#include <string.h>

#include "path.h"

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

/* Reads one step and gives what follows it; NULL at the end. */
const char *path_next_step(const char *path, DwStep *step)
{
    if (!path || !*path)
        return NULL;
    step->mode = *step->name = *step->key = *step->value = 0;
    if (*path == '@') {
        step->mode = '@';
        return copy_until(path + 1, 0, 0, step->name, sizeof step->name);
    }
    path = copy_until(path, '/', '[', step->name, sizeof step->name);
    if (*path == '^') {
        step->mode = '^';
        path += 2;
    } else if (strncmp(path, "[N]", 3) == 0) {
        step->mode = '[';
        path += 3;
    } else if (*path == '[') {
        path = copy_until(path + 2, '=', 0, step->key, sizeof step->key);
        path = copy_until(path + 2, '\'', 0, step->value, sizeof step->value) + 2;
    }
    return *path == '/' ? path + 1 : path;
}

DwNode path_nth_child(const DwDocument *document, DwNode node, const char *name, unsigned n)
{
    DwNode child = node_child(document, node, name);

    while (child != DW_NODE_NONE && --n > 0)
        child = node_next_same(document, child);
    return child;
}

DwNode path_follow(const DwDocument *document, DwNode node, const DwStep *step,
                   const unsigned **indices)
{
    unsigned index = step->mode ? *(*indices)++ : 1;

    if (step->mode == '^') {
        while (node != DW_NODE_NONE && index-- > 0)
            node = node_child(document, node, step->name);
        return node;
    }
    if (step->mode == '[')
        return path_nth_child(document, node, step->name, index);
    node = node_child(document, node, step->name);
    while (node != DW_NODE_NONE && *step->key &&
           !node_attribute_is(document, node, step->key, step->value))
        node = node_next_same(document, node);
    return node;
}

/* The length of a step that is a name and nothing else; 0 when it is more. */
static size_t plain_step(const char *path)
{
    size_t length = 0;

    while (path[length] && path[length] != '/')
        if (strchr("@[^", path[length++]))
            return 0;
    return length;
}

/* The element at path; *ret_attribute is the name of its last step when that is an attribute. */
DwNode path_find(const DwDocument *document, DwNode node, const char *path, const unsigned *indices,
                 char ret_attribute[64])
{
    DwStep step;

    *ret_attribute = 0;
    while (node != DW_NODE_NONE && *path) {
        size_t length = plain_step(path);
        if (length) {
            node = node_child_named(document, node, path, length);
            path += length + (path[length] == '/');
            continue;
        }
        path = path_next_step(path, &step);
        if (step.mode == '@')
            strcpy(ret_attribute, step.name);
        else
            node = path_follow(document, node, &step, &indices);
    }
    return node;
}

DwNode lens_find(const DwDocument *document, DwNode node, const char *path, const unsigned *indices)
{
    char attribute[64];

    return path_find(document, node, path, indices, attribute);
}
