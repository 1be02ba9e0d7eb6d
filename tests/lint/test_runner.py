# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/run on a small project of its own: what it counts, what it tries again, and how it ends."""

import os
import shutil
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


# Suite -> what its tests do, of which each is named after suite and place.
SUITES = {"fine": ["first", "first"], "shaky": ["second"], "bad": ["never"], "many": ["second"] * 4}


class Runner(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.marks = os.path.join(cls.place, "marks")
        cls.build = os.path.join(cls.place, "build")
        lines = ["project('small')"]
        for suite, kinds in SUITES.items():
            for number, kind in enumerate(kinds):
                name = f"{suite}-{number}"
                lines.append(f"test('{name}', find_program('python3'), protocol: 'tap', suite: '{suite}',"
                             f" args: [files('program.py'), '{cls.marks}/{name}', '{kind}'])")
        for name, text in (("meson.build", "\n".join(lines)), ("program.py", textwrap.dedent(PROGRAM))):
            with open(os.path.join(cls.place, name), "w", encoding="utf-8") as file:
                file.write(text)
        subprocess.run(["meson", "setup", cls.build, cls.place], check=True, stdout=subprocess.DEVNULL)

    def setUp(self):
        os.mkdir(self.marks)
        self.addCleanup(shutil.rmtree, self.marks)

    def check(self, words, status, passed, failed, unsteady=()):
        """Runs the tests that words name; what the last line and the exit status say."""
        done = subprocess.run([os.path.join(SOURCE, "tests/run"), self.build, *words.split()],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = done.stdout.splitlines()
        self.assertEqual((status, f"{passed} passed, {failed} failed, 0 skipped"),
                         (done.returncode, lines[-1]), lines)
        self.assertEqual(list(unsteady), [line.split()[1] for line in lines if line.startswith("unsteady:")])
        return lines

    def test_words(self):
        """A name after its suite is that test alone, after another suite one more."""
        for words, tests in (("fine", 2), ("fine 0", 1), ("fine-1", 1)):
            with self.subTest(words):
                self.check(words, 0, 2 * tests, 0)

    def test_suite_and_one_more(self):
        self.check("fine bad-0", 1, 5, 1)

    def test_without_again(self):
        self.check("shaky", 1, 1, 1)

    def test_unsteady(self):
        lines = self.check("--again fine shaky", 0, 6, 0, ["shaky-0"])
        self.assertIn("not ok 2 - second", lines)

    def test_failing(self):
        self.check("--again shaky bad", 1, 3, 1, ["shaky-0"])

    def test_wrong_words(self):
        for word, hint in (("fien", "; did you mean fine or fine-1 or fine-0?"),
                           ("0123", "; the suites are bad, fine, many, shaky.")):
            done = subprocess.run([os.path.join(SOURCE, "tests/run"), self.build, word], capture_output=True,
                                  text=True)
            self.assertEqual((1, f"There is no suite or test {word!r}{hint}\n"), (done.returncode, done.stderr))

    def test_many_are_not_tried_again(self):
        self.check("--again many", 1, 4, 4)


if __name__ == "__main__":
    tap.main()
