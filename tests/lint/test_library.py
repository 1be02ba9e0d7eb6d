# SPDX-License-Identifier: LGPL-2.1-or-later
"""libdomwright as other programs see it: found by pkg-config, with the functions of its header only.

Owns one program of another project's, the example, compiled against what is installed.
"""

import json
import os
import re
import subprocess
import tempfile
import unittest

from support import tap

SOURCE = os.environ["SOURCE_ROOT"]
BUILD = os.environ["BUILD_ROOT"]
DOCUMENT = """<domain type='kvm'>
  <name>web</name>  <!-- kept -->
  <memory unit="KiB">1048576</memory>
</domain>
"""


def run(*argv, **more):
    return subprocess.run(argv, check=True, capture_output=True, text=True, **more).stdout


class Library(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        run("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", cls.folder)
        places = json.loads(run("meson", "introspect", "--installed", BUILD)).values()
        cls.places = {os.path.basename(place): cls.folder + place for place in places}
        cls.environment = {
            **os.environ, "PKG_CONFIG_SYSROOT_DIR": cls.folder,
            "LD_LIBRARY_PATH": os.path.dirname(cls.places["libdomwright.so.0"]),
            "PKG_CONFIG_PATH": os.path.dirname(cls.places["libdomwright.pc"])}

    def test_only_what_is_declared(self):
        with open(self.places["model.h"]) as header:
            declared = set(re.findall(r"\b(dw_\w+)\(", header.read()))
        defined = run("nm", "-D", "--defined-only", "--without-symbol-versions",
                      self.places["libdomwright.so.0"])
        offered = {line.split()[2] for line in defined.splitlines()} - {"LIBDOMWRIGHT_0"}
        self.assertIn("dw_apply", offered)
        self.assertEqual(declared, offered)

    def test_costs_are_bounded(self):
        """What is done with a document is in the test of budgets, which has the worst documents."""
        with open(self.places["model.h"]) as header:
            code = re.sub(r"/\*.*?\*/", "", header.read(), flags=re.S)
        with open(os.path.join(SOURCE, "tests/unit/test-budget.c")) as test:
            called = set(re.findall(r"\b(dw_\w+)\b", test.read()))
        taking = {name for name, arguments in re.findall(r"\b(dw_\w+)\(([^;{]*)\)\s*;", code)
                  if re.search(r"DwDocument \*|DwRun|\*edits", arguments) or name == "dw_diff"}
        self.assertIn("dw_apply", taking)
        self.assertEqual(set(), taking - called)

    def test_symbols_of_the_package(self):
        """Each function by name, and nothing else, or a package would not say what it needs."""
        with open(os.path.join(SOURCE, "debian", "libdomwright0.symbols")) as file:
            lines = file.read().splitlines()
        self.assertEqual("libdomwright.so.0 libdomwright0 #MINVER#", lines[0])
        packaged = [re.fullmatch(r" (\w+@LIBDOMWRIGHT_0) \d+\.\d+\.\d+", line) for line in lines[2:]]
        self.assertNotIn(None, packaged, lines)
        defined = run("nm", "-D", "--defined-only", self.places["libdomwright.so.0"])
        offered = [line.split()[2].replace("@@", "@") for line in defined.splitlines()]
        offered[offered.index("LIBDOMWRIGHT_0")] += "@LIBDOMWRIGHT_0"
        self.assertEqual(sorted(offered), [match[1] for match in packaged])

    def test_soname(self):
        said = run("readelf", "-d", self.places["libdomwright.so.0"])
        self.assertIn("[libdomwright.so.0]", said)
        self.assertEqual(sorted(re.findall(r"NEEDED.*\[(.*?)\.so", said)),
                         ["libc", "libglib-2.0", "libxml2"])

    def test_example(self):
        """It compiles without a warning, and does what it says to every byte."""
        program = os.path.join(self.folder, "set-memory")
        flags = run("pkg-config", "--cflags", "--libs", "libdomwright", env=self.environment)
        # The system's own headers are not below the folder.
        flags = [flag.replace(self.folder + "/usr", "/usr")
                 if "glib" in flag and not os.path.exists(flag[2:]) else flag
                 for flag in flags.split()]
        run("cc", "-Wall", "-Wextra", "-Werror", "-o", program, self.places["set-memory.c"], *flags)
        document = os.path.join(self.folder, "web.xml")
        with open(document, "w") as file:
            file.write(DOCUMENT)
        said = run(program, document, "2GiB", env=self.environment)
        self.assertEqual(DOCUMENT.replace("1048576", "2097152"), said)
        refused = subprocess.run([program, document, "much"], env=self.environment, text=True,
                                 capture_output=True)
        self.assertEqual((1, ""), (refused.returncode, refused.stdout))
        self.assertIn("much", refused.stderr)


if __name__ == "__main__":
    tap.main()
