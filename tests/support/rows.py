# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rows of methods as the sources have them: interface, method, access, flags.

Owns how a row is read; what has to be in it is said by the tests that use it.
"""

import dataclasses
import os
import re

INTERFACES = ("manager", "host", "config", "draft", "domain")


@dataclasses.dataclass(frozen=True)
class MethodRow:
    interface: str  # "Config"
    method: str
    access: str  # "ACCESS_READ"
    function: str
    flags: frozenset  # "METHOD_NEEDS_CAPABILITIES", …


def source(interface):
    path = os.path.join(os.environ["SOURCE_ROOT"], "daemon", "api", interface + ".c")
    with open(path, encoding="utf-8") as file:
        return file.read()


def method_rows():
    """All rows, in the order of the interfaces and of their tables."""
    found = []
    for interface in INTERFACES:
        for name, access, function, rest in re.findall(
                r'\{METHOD\("(\w+)".*?(ACCESS_\w+),\s*(\w+)(.*?)\},\n', source(interface), re.S):
            found.append(MethodRow(interface.capitalize(), name, access, function,
                                   frozenset(re.findall(r"METHOD_\w+", rest))))
    return found
