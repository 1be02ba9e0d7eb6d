# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tree's own rules: what may be included, sizes, formatting, licence lines, leftovers, scripts.

Owns what can be read off the source text; what the programs do is the other tests' business.
"""

import os
import re
import shutil
import subprocess
import unittest

from support import tap

ROOT = os.environ["SOURCE_ROOT"]

MAX_FILE_LINES = 600
KINDS = "model/table/kinds/"  # tables of rows: any length, and columns of their own
MAX_FUNCTION_LINES = 80
CLANG_FORMAT = 14  # others differ in small things

# Beyond the C library: what each folder may include. A quoted include is written from the folder's root,
# one of common/ from the tree's.
ALLOWED = {
    "common": [],
    "client": [r"systemd/", r"domwright/names\.h$"],
    "model": [r"glib(/|\.h|-)", r"libxml/", r"domwright/"],
    "daemon": [r"glib(/|\.h|-)", r"systemd/", r"gnutls/", r"domwright/"],
    "include": [r"glib\.h$", r"domwright/"],
}
ALLOWED_FILES = {r"daemon/libvirt/[^/]*\.[ch]$": [r"libvirt/"]}
USES_COMMON = {"common", "client", "daemon", "model"}
C_LIBRARY = r"(sys/|netinet/|arpa/|linux/)?(?!glib|gio|lib)[a-z0-9_]+\.h$"

MARKS = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
# cmocka 2 has others, which cmocka 1 has not: say assert_true(a <= n && n <= b).
DEPRECATED = re.compile(r"\bassert_(not_)?in_(range|set)\(")
OUTSIDE = re.compile(r"[.]{2}/shared(?!/corpus)")


def source_files():
    done = subprocess.run(["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z", "--cached",
                           "--others", "--exclude-standard"], capture_output=True, text=True)
    if done.returncode == 0:
        return sorted(name for name in done.stdout.split("\0")
                      if name and os.path.isfile(os.path.join(ROOT, name)))
    return sorted(os.path.relpath(os.path.join(folder, name), ROOT)
                  for folder, _, names in os.walk(ROOT) for name in names
                  if not os.path.relpath(folder, ROOT).startswith("build"))


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


FILES = source_files()
C_FILES = [name for name in FILES if name.endswith((".c", ".h"))]
PYTHON = [name for name in FILES if name.endswith(".py")]
DATA = re.compile(r"^tests/(.*/)?(data|corpus|corpora)/")
TEXTS = [name for name in FILES if name != "LICENSE" and not DATA.match(name)]


def shebang(name):
    with open(os.path.join(ROOT, name), "rb") as file:
        line = file.readline(80)
    return line.decode("ascii", "replace") if line.startswith(b"#!") else ""


def is_shell(name):
    return re.search(r"\b(sh|bash)$", shebang(name).strip()) is not None


class Layout(unittest.TestCase):
    maxDiff = None

    def check_none(self, found):
        self.assertEqual([], found)

    def test_includes_point_one_way(self):
        wrong = []
        for name in C_FILES:
            folder = name.split("/")[0]
            if folder not in ALLOWED:
                continue
            allowed = ALLOWED[folder] + [C_LIBRARY]
            for pattern, more in ALLOWED_FILES.items():
                if re.match(pattern, name):
                    allowed = allowed + more
            for kind, header in re.findall(r'^#\s*include\s*([<"])([^>"]+)[>"]', read(name), re.M):
                if kind == '"':
                    fine = (f"{folder}/{header}" in FILES if not header.startswith("common/")
                            else header in FILES and folder in USES_COMMON)
                else:
                    fine = any(re.match(rule, header) for rule in allowed)
                if not fine:
                    wrong.append(f"{name} includes {header}")
        self.check_none(wrong)

    def test_files_are_short(self):
        self.check_none([f"{name}: {count} lines" for name in C_FILES + PYTHON
                         if not name.startswith(KINDS)
                         and (count := read(name).count("\n")) > MAX_FILE_LINES])

    @unittest.skipUnless(shutil.which("ctags"), "needs universal-ctags")
    def test_functions_are_short(self):
        sources = [name for name in C_FILES if name.endswith(".c")]
        listed = subprocess.run(
            ["ctags", "-f", "-", "--languages=C", "--kinds-C=f", "--fields=+ne", *sources],
            cwd=ROOT, capture_output=True, text=True, check=True).stdout
        self.assertIn("end:", listed)
        wrong = []
        for line in listed.splitlines():
            function, name = line.split("\t")[:2]
            first, last = (re.search(rf"\b{word}:(\d+)", line) for word in ("line", "end"))
            if last and int(last[1]) - int(first[1]) + 1 > MAX_FUNCTION_LINES:
                wrong.append(f"{name}: {function}(): {int(last[1]) - int(first[1]) + 1} lines")
        self.check_none(wrong)

    def test_formatting(self):
        if not shutil.which("clang-format"):
            self.skipTest("needs clang-format")
        said = subprocess.run(["clang-format", "--version"], capture_output=True, text=True).stdout
        version = int(re.search(r"version (\d+)", said)[1])
        if version != CLANG_FORMAT:
            self.skipTest(f"needs clang-format {CLANG_FORMAT}, this is {version}")
        files = [name for name in C_FILES if not name.startswith(KINDS)]
        done = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], cwd=ROOT,
                              capture_output=True, text=True)
        places = sorted({line.split(":")[0] for line in done.stderr.splitlines() if ": error:" in line})
        self.check_none([f"{name}: run clang-format -i" for name in places])
        self.assertEqual(0, done.returncode)

    def test_licence_and_purpose_on_top(self):
        wrong = []
        for name in C_FILES + [name for name in TEXTS if name.endswith(".py") or shebang(name)]:
            lines = read(name).split("\n")
            if shebang(name):
                lines.pop(0)
            if "SPDX-License-Identifier: LGPL-2.1-or-later" not in lines[0]:
                wrong.append(f"{name}: no licence line")
            if not re.match(r'/\*|"""|#( |$)', lines[1]):
                wrong.append(f"{name}: does not say what it owns")
        self.check_none(wrong)

    def test_nothing_is_left_over(self):
        wrong = []
        for name in TEXTS:
            for number, line in enumerate(read(name).splitlines(), 1):
                if MARKS.search(line):
                    wrong.append(f"{name}:{number}: a mark of unfinished work")
                if OUTSIDE.search(line):
                    wrong.append(f"{name}:{number}: a path outside the tree")
                if DEPRECATED.search(line) and name in C_FILES:
                    wrong.append(f"{name}:{number}: what cmocka 2 deprecates")
        self.check_none(wrong)

    def test_white_space(self):
        wrong = []
        for name in TEXTS:
            text = read(name)
            if re.search(r"[ \t\r]+$", text, re.M):
                wrong.append(f"{name}: white space at the end of a line")
            if "\t" in text and not name.endswith((".1", "debian/rules")):
                wrong.append(f"{name}: a tab")
            if text and not text.endswith("\n"):
                wrong.append(f"{name}: no newline at the end")
        self.check_none(wrong)

    @unittest.skipUnless(shutil.which("shellcheck"), "needs shellcheck")
    def test_shell_scripts(self):
        scripts = [name for name in TEXTS if is_shell(name)]
        self.assertIn("dev", scripts)
        done = subprocess.run(["shellcheck", *scripts], cwd=ROOT, capture_output=True, text=True)
        self.assertEqual("", done.stdout + done.stderr)

    def test_python_compiles(self):
        scripts = PYTHON + [name for name in TEXTS if "python" in shebang(name)]
        for name in scripts:
            with self.subTest(name=name):
                compile(read(name), name, "exec")


if __name__ == "__main__":
    tap.main()
