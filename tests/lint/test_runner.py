# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/run on a small project of its own: what it counts, what it tries again, and how it ends."""

import os
import subprocess
import tempfile
import textwrap
import unittest

from support import tap

SOURCE = os.environ["SOURCE_ROOT"]

PROGRAM = """\
    import os, sys
    mark, kind = sys.argv[1:]
    first = not os.path.exists(mark)
    open(mark, "a").close()
    print("ok 1 - always")
    print(("not ok" if kind == "never" or kind == "second" and first else "ok") + " 2 - " + kind)
    print("1..2")
    sys.exit(kind == "never" or kind == "second" and first)
    """


class Runner(unittest.TestCase):
    def project(self, *kinds):
        """A configured build of a project with one test of each kind."""
        place = self.enterContext(tempfile.TemporaryDirectory())
        lines = ["project('small')"]
        for number, kind in enumerate(kinds):
            mark = os.path.join(place, f"mark{number}")
            lines.append(f"test('{kind}{number}', find_program('python3'), protocol: 'tap', suite: 'all',"
                         f" args: [files('program.py'), '{mark}', '{kind}'])")
        for name, text in (("meson.build", "\n".join(lines)), ("program.py", textwrap.dedent(PROGRAM))):
            with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                file.write(text)
        build = os.path.join(place, "build")
        subprocess.run(["meson", "setup", build, place], check=True, stdout=subprocess.DEVNULL)
        return build

    def run_tests(self, build, *options):
        """(exit status, last line, all lines)."""
        done = subprocess.run([os.path.join(SOURCE, "tests/run"), build, *options, "all"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = done.stdout.splitlines()
        return done.returncode, lines[-1], lines

    def test_steady(self):
        status, last, _ = self.run_tests(self.project("first", "first"), "--again")
        self.assertEqual((0, "4 passed, 0 failed, 0 skipped"), (status, last))

    def test_without_again(self):
        status, last, _ = self.run_tests(self.project("second"))
        self.assertEqual((1, "1 passed, 1 failed, 0 skipped"), (status, last))

    def test_unsteady(self):
        status, last, lines = self.run_tests(self.project("first", "second"), "--again")
        self.assertEqual((0, "4 passed, 0 failed, 0 skipped"), (status, last))
        self.assertIn("not ok 2 - second", lines)
        self.assertTrue(any(line.startswith("unsteady: second1 ") for line in lines), lines)

    def test_failing(self):
        status, last, lines = self.run_tests(self.project("second", "never"), "--again")
        self.assertEqual((1, "3 passed, 1 failed, 0 skipped"), (status, last))
        self.assertTrue(any(line.startswith("unsteady: second0 ") for line in lines), lines)

    def test_many_are_not_tried_again(self):
        status, last, lines = self.run_tests(self.project(*["second"] * 4), "--again")
        self.assertEqual((1, "4 passed, 4 failed, 0 skipped"), (status, last))
        self.assertFalse(any(line.startswith("unsteady:") for line in lines), lines)


if __name__ == "__main__":
    tap.main()
