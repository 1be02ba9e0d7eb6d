# SPDX-License-Identifier: LGPL-2.1-or-later
"""./dev where a machine lacks what it needs: it says what, and ends.

Owns its words; the tools of Debian that it calls are stood in for here.
"""

import os
import subprocess
import tempfile
import unittest

from support import tap

SOURCE = os.environ["SOURCE_ROOT"]


class Archive(unittest.TestCase):
    """All packages of this machine are there; of another machine there are none."""

    def dev(self, apt_get, *words):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("dpkg-query", "for word; do case $word in *:s390x) ;; *) "
                                              "printf 'installed:%s ' \"$word\" ;; esac; done"),
                               ("dpkg", f"echo \"$@\" >>{folder}/dpkg.log"), ("id", "echo 0"),
                               ("apt-get", apt_get)):
                with open(os.path.join(folder, name), "w") as file:
                    file.write("#!/bin/sh\n" + text + "\n")
                os.chmod(file.name, 0o755)
            done = subprocess.run([os.path.join(SOURCE, "dev"), *words], text=True, capture_output=True,
                                  env={**os.environ, "PATH": folder + ":" + os.environ["PATH"]})
            with open(f"{folder}/dpkg.log") as file:
                return done, file.read().splitlines()

    def test_no_list_of_another_machine(self):
        """The architecture does not stay, or no list would be had any more."""
        done, dpkg = self.dev("exit 100", "test", "--in", "/nonexistent/build", "--machine", "s390x",
                              "unit")
        self.assertEqual((1, "dev: the archive that apt is configured with has no packages for s390x; "
                             "another release may: --on\n"), (done.returncode, done.stderr))
        self.assertEqual(["--add-architecture s390x", "--remove-architecture s390x"], dpkg[1:])

    def test_no_packages_of_another_machine(self):
        done, _ = self.dev('case "$*" in *install*) echo "404  Not Found" >&2; exit 100 ;; esac',
                           "test", "--in", "/nonexistent/build", "--machine", "s390x", "unit")
        self.assertEqual(1, done.returncode)
        self.assertTrue(done.stderr.endswith(
            "404  Not Found\ndev: the archive that apt is configured with has not all packages for "
            "s390x; another release may: --on\n"), done.stderr)


class Help(unittest.TestCase):
    def test_of_a_command(self):
        """It is told, and nothing is done."""
        said = [subprocess.run([os.path.join(SOURCE, "dev"), *words], check=True, capture_output=True, text=True,
                               stdin=subprocess.DEVNULL).stdout
                for words in (["help"], ["--help"], ["test", "--help"], ["uninstall", "-h"])]
        self.assertIn("usage: ./dev COMMAND", said[0])
        self.assertEqual({said[0]}, set(said))


if __name__ == "__main__":
    tap.main()
