# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every key that a rule, a message, a table beside the rows or a page names is one of the table's.

The table's keys are read from the printed page of them. What looks like a key begins like one and has a dot in it.
"""

import glob
import os
import re
import unittest

from support import tap

ROOT = os.environ["SOURCE_ROOT"]
PAGE = os.path.join(os.environ["BUILD_ROOT"], "docs/domwright-keys.7")
# Dotted words that begin like keys and are none: what a host's capabilities tell, other programs' words.
OTHERS = set("""
cpu.host-model.disable cpu.host-model.fallback cpu.host-model.model cpu.host-model.require cpu.host-model.vendor
cpu.host-passthrough cpu.host-passthrough.migratable cpu.maximum cpu.maximum.migratable cpu.model.deprecated
cpu.model.unknown cpu.model.unusable cpu.model.vendor vcpu.max
bus.call_sync action.id action.lookup
hyperv.relaxed.state hyperv.spinlocks.state hyperv.vapic.state driver.cahce
""".split())
# Where other programs' names are translated.
TRANSLATIONS = {"client/text/hints.c"}


def table():
    with open(PAGE, encoding="utf-8") as file:
        return [key.replace("\\-", "-").replace("\\&", "") for key in re.findall(r"^\.It Sy (\S+) Pq", file.read(), re.M)]


def fits(part, name):
    """Is part a format, as "%s_max", of which the name may come?"""
    return "%" in part and re.fullmatch(re.sub(r"%[a-z]*", ".*", part), name) is not None


class Keys:
    def __init__(self, keys):
        self.firsts = {key.split(".")[0] for key in keys}
        self.tree = {}
        for key in keys:
            node = self.tree
            for part in key.split("."):
                node = node.setdefault(part, {})

    def has(self, parts, node=None):
        """Are these the parts of a key or of what several begin with?"""
        node = self.tree if node is None else node
        if not parts or parts == ["*"] or parts == [""]:
            return True
        part, rest = parts[0], parts[1:]
        for name, below in node.items():
            if name == part or (name == "N" and re.fullmatch(r"[0-9]+|N", part)) or fits(part, name):
                if self.has(rest, below):
                    return True
            # A name may hold dots.
            if name == "NAME" and any(self.has(parts[i:], below) for i in range(1, len(parts) + 1)):
                return True
        return False

    def unknown(self, text):
        found = set()
        for word in re.findall(r"(?<![\w./@-])(?:[a-z]+/[\w:-]+/)?([A-Za-z_][\w-]*(?:\.[\w*%-]+)+)", text):
            word = word.rstrip("-")
            parts = word.split(".")
            is_file = parts[-1] in ("c", "h", "py", "rng")
            if parts[0] in self.firsts and not is_file and not self.has(parts) and word not in OTHERS:
                found.add(word)
        return found


def strings(path):
    """The string literals of a C file, those that follow each other in one."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r'"\s*\n\s*"', "", file.read())
    text = re.sub(r"^#include.*$", "", text, flags=re.M)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return "\n".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', text))


class KeyNames(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.keys = Keys(table())

    def check(self, texts):
        wrong = {name: sorted(found) for name, text in texts.items() if (found := self.keys.unknown(text))}
        self.assertEqual({}, wrong)

    def test_they_are_told_apart(self):
        self.assertEqual(set(), self.keys.unknown("disk/vda/source.host.2.name and cpu.feature.sse4.1.policy, cpu.*"))
        self.assertEqual({"source.host.2.nmae", "cpu.featre.vmx"},
                         self.keys.unknown("source.host.2.nmae; cpu.featre.vmx"))

    def test_of_the_model(self):
        paths = [path for path in glob.glob(os.path.join(ROOT, "model", "**", "*.c"), recursive=True)
                 if "/kinds/" not in path]
        self.assertTrue(paths)
        self.check({os.path.relpath(path, ROOT): strings(path) for path in paths})

    def test_of_daemon_and_client(self):
        paths = [path for folder in ("daemon", "client", "common")
                 for path in glob.glob(os.path.join(ROOT, folder, "**", "*.c"), recursive=True)]
        texts = {os.path.relpath(path, ROOT): strings(path) for path in paths}
        self.check({path: text for path, text in texts.items() if path not in TRANSLATIONS})

    def test_of_pages(self):
        texts = {}
        for pattern in ("*.md", "docs/*.[0-9]", "docs/*.md", "client/*.1", "dbus/*.xml", "dbus/*.policy*"):
            for path in glob.glob(os.path.join(ROOT, pattern)):
                with open(path, encoding="utf-8") as file:
                    texts[os.path.relpath(path, ROOT)] = file.read().replace("\\-", "-").replace("\\&", "")
        self.check(texts)

    def test_of_examples(self):
        texts = {}
        for path in glob.glob(os.path.join(ROOT, "docs/examples/*")) + glob.glob(os.path.join(ROOT, "client/*complet*")):
            if os.path.isfile(path):
                with open(path, encoding="utf-8") as file:
                    texts[os.path.relpath(path, ROOT)] = file.read()
        self.check(texts)


def literals(path):
    """The strings of a file of C as the compiler joins them."""
    with open(path, encoding="utf-8") as file:
        return re.sub(r'"\s*\n\s*"', "", file.read()).replace('\\"', '"')


def said():
    """What the daemon and the model say."""
    return "\n".join(literals(path) for folder in ("daemon", "model")
                     for path in glob.glob(os.path.join(ROOT, folder, "**/*.c"), recursive=True))


class Sentences(unittest.TestCase):
    def test_of_hints(self):
        """What the client's hints look for in a message is still part of one."""
        sought = re.findall(r'strstr\(message, "(.*?)"\)', literals(os.path.join(ROOT, "client/text/hints.c")))
        self.assertIn("is a kind of device.", sought)
        text = said()
        for words in sought:
            with self.subTest(words):
                self.assertIn(words, text)

    def test_of_options(self):
        """What the client translates into its own options the daemon or the model still says."""
        rows = re.search(r"translations\[\] = \{\n(.*?)\n\};", literals(os.path.join(ROOT, "client/bus/failure.c")), re.S)
        translated = re.findall(r'^    \{"(.*?)",\s', rows[1], re.M)
        self.assertGreater(len(translated), 8)
        text = said()
        for sentence in translated:
            with self.subTest(sentence):
                self.assertRegex(text, re.sub('"(live|both|config)"', r'"(\1|%s)"', re.escape(sentence)))


if __name__ == "__main__":
    tap.main()
