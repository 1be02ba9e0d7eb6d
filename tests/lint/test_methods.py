# SPDX-License-Identifier: LGPL-2.1-or-later
"""The flags in the rows of methods fit what their operations use.

Owns how the sources are followed from a row to its operation. That flagged calls really wait is
tests/faults/test_capabilities.py.
"""

import glob
import os
import re
import unittest

from support import rows, tap

ROOT = os.environ["SOURCE_ROOT"]
# Looks at what the host can do.
USES = re.compile(r"\b(operation_view|host_view_fill|host_view_ask|capabilities_cache_check_emulator)\(")
# Ways of a family that do not, though others of the family do.
WITHOUT = {"CAPABILITIES_XML": "it asks libvirt itself, without naming an emulator",
           "EDIT_IMPORT": "a draft gets a text, whatever is wrong with it"}

# What a handler gives to another file of api/, which makes operations of this family.
ELSEWHERE = {"apply_all_answer": ("edit", "EDIT_APPLY")}


def functions(text):
    """{name: text from its head to the end} of the functions defined in a source."""
    return {name: body for name, body in
            re.findall(r"^\w[^\n;#]*?\b\**(\w+)\([^;{]*?\)\n(\{\n.*?^\})", text, re.S | re.M)}


def reached(name, known):
    """The bodies of a function and of those of the same source that it calls."""
    seen, todo = {}, [name]
    while todo:
        current = todo.pop()
        if current in known and current not in seen:
            seen[current] = known[current]
            todo += re.findall(r"\b(\w+)\b", known[current])
    return "\n".join(seen.values())


def family(name):
    pattern = os.path.join(ROOT, "daemon", "operations", "**", name + ".c")
    texts = []
    for path in glob.glob(pattern, recursive=True):
        with open(path, encoding="utf-8") as file:
            texts.append(file.read())
    return "".join(texts)


def way_uses(name, way):
    """Whether operations of this family, made in this way, look at what the host can do."""
    text = family(name)
    function = re.search(r"\[%s\] = (\w+)" % way, text) if way else None
    if way in WITHOUT:
        return False
    if function and name == "read":
        return bool(USES.search(reached(function[1], functions(text))))
    if way and name == "read":
        return False  # it has no function of its own: the document is answered as it is
    return bool(USES.search(text))


def row_uses(row):
    body = reached(row.function, functions(rows.source(row.interface.lower())))
    made = re.findall(r"\b(\w+)_operation_new\((\w*)", body)
    made += [way for function, way in ELSEWHERE.items() if function + "(" in body]
    return bool(USES.search(body)) or any(
        way_uses(name, way if way.isupper() else "") for name, way in made)


class Methods(unittest.TestCase):
    maxDiff = None

    def test_rows(self):
        """Every method of the published interfaces has one row."""
        published = set()
        for interface in rows.INTERFACES:
            path = os.path.join(ROOT, "dbus", f"org.domwright1.{interface.capitalize()}.xml")
            with open(path, encoding="utf-8") as file:
                published |= {(interface.capitalize(), name)
                              for name in re.findall(r'<method name="(\w+)"', file.read())}
        found = [(row.interface, row.method) for row in rows.method_rows()]
        self.assertEqual(sorted(published), sorted(found))

    def test_capabilities(self):
        flagged = {(row.interface, row.method) for row in rows.method_rows()
                   if "METHOD_NEEDS_CAPABILITIES" in row.flags}
        used = {(row.interface, row.method) for row in rows.method_rows() if row_uses(row)}
        self.assertEqual(used, flagged)
        self.assertIn(("Config", "SetHyperV"), used)
        self.assertNotIn(("Config", "Describe"), used)


if __name__ == "__main__":
    tap.main()
