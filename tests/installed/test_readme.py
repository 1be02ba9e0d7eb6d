# SPDX-License-Identifier: LGPL-2.1-or-later
"""The README's way to install: `./dev install` in a Debian that was just booted, and `./dev uninstall`.

Owns what an administrator finds who does both twice; which files they are is in tests/lint.
"""

import os
import subprocess
import tempfile
import unittest

import container
from support import tap

UNIT = "domwrightd.service"
CONFIGURATION = "/etc/domwright/domwright.conf"
STATE = "/var/lib/domwright"
TREE = container.TREE + "-build"
BUILD_SECONDS = 1500

folder = None


def setUpModule():
    global folder
    try:
        container.prepare(image=False, tree=TREE, more=container.build_packages())
    except container.Missing as reason:
        raise unittest.SkipTest(str(reason)) from None
    folder = unittest.enterModuleContext(tempfile.TemporaryDirectory())
    files = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           cwd=container.SOURCE, check=True, capture_output=True).stdout
    subprocess.run(["xargs", "-0", "cp", "--parents", "-t", folder], input=files, check=True,
                   cwd=container.SOURCE)


class Readme(unittest.TestCase):
    def dev(self, command):
        return self.machine.run("/root/domwright/dev", command, seconds=BUILD_SECONDS)

    def found(self):
        """What there is of it outside of the sources."""
        return self.machine.run("find", "/etc", "/usr", "/var/lib", "/run", "-xdev", "-name",
                                "*domwright*", "-not", "-path", "*/systemd/*").stdout.split()

    def test_twice(self):
        self.machine = self.enterContext(container.Container(TREE, sources=folder))
        self.machine.run("cp", "-a", "/sources", "/root/domwright")
        said = self.dev("install")
        self.check_first_call(said)
        self.check_again()
        self.check_away()

    def check_first_call(self, said):
        """What it says to type next works, and nothing of compilers is said."""
        self.assertIn("\n  domwright list  ", said.stdout)
        self.assertNotIn("[1/", said.stdout + said.stderr)
        self.assertEqual("", self.machine.run("domwright", "list").stdout)
        self.assertEqual("active", self.machine.show("ActiveState"))
        self.machine.run("domwright", "create", "web", "type=qemu", "memory=64MiB", "vcpu=1")
        self.assertEqual("web", self.machine.run("virsh", "list", "--all", "--name").stdout.strip())
        self.assertIn("domwright", self.machine.run("id", "domwright").stdout)

    def check_again(self):
        """An edited configuration stays in force, with the new one beside it, and the new program runs."""
        self.machine.run("sh", "-c", f"echo '# Ours.' >>{CONFIGURATION}")
        before = self.machine.show("MainPID")
        self.dev("install")
        self.assertNotIn(self.machine.show("MainPID"), ("0", before))
        self.assertTrue(self.machine.run("cat", CONFIGURATION).stdout.endswith("# Ours.\n"))
        self.assertNotIn("Ours", self.machine.run("cat", CONFIGURATION + ".new").stdout)
        self.assertIn("web", self.machine.run("domwright", "list").stdout)

    def check_away(self):
        """What is left is named; what was never edited goes as well."""
        said = self.dev("uninstall").stderr
        self.assertEqual("inactive", self.machine.show("ActiveState"))
        self.assertEqual(sorted([os.path.dirname(CONFIGURATION), CONFIGURATION, STATE]),
                         sorted(self.found()))
        for left in (CONFIGURATION, STATE, "the user domwright"):
            self.assertIn(f"left: {left}\n", said)
        self.assertEqual("web", self.machine.run("virsh", "list", "--all", "--name").stdout.strip())
        self.dev("uninstall")
        self.machine.run("rm", "-r", os.path.dirname(CONFIGURATION))
        self.dev("install")
        self.assertIn("web", self.machine.run("domwright", "list").stdout)
        self.dev("uninstall")
        self.assertEqual([STATE], self.found())


if __name__ == "__main__":
    os.umask(0o022)
    tap.main()
