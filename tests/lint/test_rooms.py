# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rooms of the tree: in which order folders may include one another, and that nothing goes in a ring.

Owns the order of the folders and the list of exceptions. An include is written from the folder's root,
so it names the room it enters. A file may include its own room and those before it.
"""

import os
import re
import unittest

from support import tap

ROOT = os.environ["SOURCE_ROOT"]

# Lowest first. What stands in the root of a folder (main.c, service.c) is above all its rooms.
ROOMS = {
    "daemon": ["base", "config", "libvirt", "tasks", "history", "state", "inventory", "host",
               "operations", "operations/reads", "operations/live", "operations/edits", "drafts", "policy",
               "bus", "calls", "api"],
    "model": ["document", "table", "table/kinds", "keys", "host", "guest", "problems", "rules",
              "rules/domain", "rules/devices", "rules/disk", "rules/places",
              "edit/write", "edit/defaults", "edit", "compare", "merge", "clone", "effects", "schema"],
    "client": ["terminal", "text", "bus", "verbs"],
}
# Headers in the root of a folder that every room may include.
BELOW_ALL = {"alloc.h", "arguments.h"}
# A second stem: these rooms meet the others only in `calls` and `api`.
APART = {("daemon", room): {"libvirt", "tasks", "inventory", "host", "operations",
                             "operations/reads", "operations/live", "operations/edits", "drafts",
                             "history"}
         for room in ("policy", "bus")}

# (file, header it includes): why. Each is to go.
UPWARD = {
}
# Rings of includes among the headers and sources of one folder, as sets of stems: why.
RINGS = {
    frozenset({
        "model/document/document", "model/document/document-private",
    }): "a pair with one private header",
    frozenset({
        "model/keys/key-path", "model/keys/lens",
    }): "a pair with one private header",
    frozenset({
        "model/table/table", "model/table/value-form",
    }): "the table's rows and the forms of their values",
}


def sources(folder):
    for path, _, names in os.walk(os.path.join(ROOT, folder)):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                yield os.path.relpath(os.path.join(path, name), os.path.join(ROOT, folder))


def includes(folder, name):
    with open(os.path.join(ROOT, folder, name), encoding="utf-8") as file:
        return re.findall(r'^#\s*include\s*"([^"]+)"', file.read(), re.M)


def stem(name):
    return re.sub(r"\.[ch]$", "", name)


def rings(edges):
    """Strongly connected components of more than one node (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in edges.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            ring = set()
            while node not in ring:
                ring.add(stack.pop())
            if len(ring) > 1:
                found.append(frozenset(ring))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


def upward(folder):
    order = ROOMS[folder]
    for name in sources(folder):
        room = os.path.dirname(name)
        for header in includes(folder, name):
            other = os.path.dirname(header)
            if not room or room == other or other == "common" or header in BELOW_ALL:
                continue
            allowed = other in order and order.index(other) < order.index(room)
            if not allowed or other in APART.get((folder, room), ()):
                yield f"{folder}/{name}", header


def ring_list(folder):
    edges = {}
    for name in sources(folder):
        targets = {stem(header) for header in includes(folder, name)} - {stem(name)}
        edges.setdefault(stem(name), set()).update(targets)
    return [frozenset(f"{folder}/{name}" for name in ring) for ring in rings(edges)]


class Rooms(unittest.TestCase):
    maxDiff = None

    def test_every_file_is_in_a_room(self):
        for folder, order in ROOMS.items():
            rooms = {os.path.dirname(name) for name in sources(folder)} - {""}
            self.assertLessEqual(rooms, set(order), folder)

    def test_rooms_include_what_is_below(self):
        found = {edge for folder in ROOMS for edge in upward(folder)}
        self.assertEqual(set(), found - set(UPWARD), "these point upward")
        self.assertEqual(set(), set(UPWARD) - found, "these exceptions are not needed any more")

    def test_no_rings(self):
        found = {ring for folder in ROOMS for ring in ring_list(folder)}
        self.assertEqual(set(), found - set(RINGS), "these include one another")
        self.assertEqual(set(), set(RINGS) - found, "these exceptions are not needed any more")


if __name__ == "__main__":
    tap.main()
