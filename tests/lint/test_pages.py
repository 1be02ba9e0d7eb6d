# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon's manual page says what the program takes and answers: drift fails."""

import os
import re
import subprocess
import unittest

from support import tap

ROOT = os.environ["SOURCE_ROOT"]


def plain(page):
    """The page without requests, fonts and escapes."""
    done = subprocess.run(["mandoc", "-T", "ascii", page], check=True, stdout=subprocess.PIPE)
    return re.sub(".\b", "", done.stdout.decode())


def read(*parts):
    with open(os.path.join(ROOT, *parts), encoding="utf-8") as file:
        return file.read()


def section(text, name):
    return re.search(rf"^{name}$(.*?)(?=^\S|\Z)", text, re.M | re.S).group(1)


class DaemonPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = plain(os.path.join(ROOT, "docs/domwrightd.8"))

    def test_options(self):
        help_text = subprocess.run([os.path.join(os.environ["BUILD_ROOT"], "daemon/domwrightd"), "--help"], check=True,
                                   stdout=subprocess.PIPE).stdout.decode()
        taken = set(re.findall(r"^  (--[a-z-]+)", help_text, re.M))
        told = set(re.findall(r"^ +(--[a-z-]+)", section(self.page, "OPTIONS"), re.M))
        self.assertTrue(taken)
        self.assertEqual(taken, told)

    def test_errors(self):
        known = set(re.findall(r'DOMWRIGHT_ERROR_PREFIX "(\w+)"',
                               read("include/domwright/names.h")))
        told = set(re.findall(r"^ {5,8}([A-Z]\w+)(?:$|  )", section(self.page, "ERRORS"), re.M))
        self.assertTrue(known)
        self.assertEqual(known, told)

    def test_sections_of_the_configuration(self):
        known = set(re.findall(r'^    {"(\w+)", read_\w+},', read("daemon/config/configuration-file.c"), re.M))
        told = set(re.findall(r"^ +\[(\w+)\]$", section(self.page, "CONFIGURATION"), re.M))
        told.discard("Service")
        self.assertEqual(known, told)


if __name__ == "__main__":
    tap.main()
