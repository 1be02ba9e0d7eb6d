# SPDX-License-Identifier: LGPL-2.1-or-later
"""The published D-Bus interfaces can be used by other people's tools.

Owns the form of dbus/org.domwright1.*.xml; that they equal what the daemon serves is tests/bus.
"""

import glob
import os
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

from support import tap

ROOT = os.environ["SOURCE_ROOT"]
INTERFACES = sorted(glob.glob(os.path.join(ROOT, "dbus", "org.domwright1.*.xml")))
NAMES = ["Config", "Domain", "Draft", "Host", "Manager"]


class Interfaces(unittest.TestCase):
    def run_tool(self, *argv):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(argv, cwd=folder, capture_output=True, text=True)
            self.assertEqual(0, done.returncode, done.stderr)
            return done.stdout + done.stderr

    def test_all_are_published(self):
        found = [os.path.basename(path) for path in INTERFACES]
        self.assertEqual([f"org.domwright1.{name}.xml" for name in NAMES], found)

    def test_names_and_arguments(self):
        for path in INTERFACES:
            root = ElementTree.parse(path).getroot()
            self.assertEqual("node", root.tag)
            interface = root.find("interface")
            self.assertEqual(os.path.basename(path)[:-4], interface.get("name"))
            for method in interface.findall("method"):
                with self.subTest(interface=interface.get("name"), method=method.get("name")):
                    for argument in method.findall("arg"):
                        self.assertTrue(argument.get("name"))
                    taken = [(argument.get("name"), argument.get("type"))
                             for argument in method.findall("arg") if argument.get("direction") != "out"]
                    self.assertEqual(("options", "a{sv}"), taken[-1])

    @unittest.skipUnless(shutil.which("gdbus-codegen"), "needs gdbus-codegen")
    def test_gdbus_codegen(self):
        for path in INTERFACES:
            with self.subTest(path=os.path.basename(path)):
                self.run_tool("gdbus-codegen", "--generate-c-code", "out", "--c-namespace", "Dw", path)

    @unittest.skipUnless(shutil.which("qdbusxml2cpp"), "needs qdbusxml2cpp")
    def test_qdbusxml2cpp(self):
        for path in INTERFACES:
            with self.subTest(path=os.path.basename(path)):
                said = self.run_tool("qdbusxml2cpp", "-p", "proxy", path)
                self.assertNotIn("unknown type", said)


if __name__ == "__main__":
    tap.main()
