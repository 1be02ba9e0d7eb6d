# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples of README.md do what it says, word for word.

Each fenced block named `sh`, `python` or `javascript` below the heading "From a program" is run as it
stands on a private bus that takes the system bus's place, with a domain `web` to work on. Each must
print the same line of the same diff.
"""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from support import client, services, tap

README = os.path.join(os.environ["SOURCE_ROOT"], "README.md")
INTERPRETERS = {"sh": ["sh", "-eu"], "python": ["/usr/bin/python3"], "javascript": ["gjs"]}
WANTED = "<source file='/srv/vm/data.qcow2'/>"


def examples():
    with open(README, encoding="utf-8") as file:
        section = re.split(r"^## ", file.read(), flags=re.M)
    [text] = [part for part in section if part.startswith("From a program")]
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S)


class Readme(unittest.TestCase):
    def run_example(self, language):
        [code] = [code for name, code in examples() if name == language]
        if not shutil.which(INTERPRETERS[language][0]):
            self.skipTest("needs " + INTERPRETERS[language][0])
        with services.Bus() as bus, services.Daemon(bus, "--host", "local=test:///default"), \
                tempfile.NamedTemporaryFile("w", suffix=".js") as file:
            caller = client.Client(bus.address)
            path, _ = caller.define({"name": "web", "memory": "1GiB", "vcpu": 1})
            file.write(code)
            file.flush()
            done = subprocess.run([*INTERPRETERS[language], file.name], capture_output=True,
                                  text=True, stdin=subprocess.DEVNULL,
                                  env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus.address})
            self.assertEqual(0, done.returncode, done.stderr)
            self.assertIn(WANTED, done.stdout)
            self.assertIn(WANTED, caller.get_xml(path))
            caller.close()

    def test_sh(self):
        self.run_example("sh")

    def test_python(self):
        self.run_example("python")

    def test_javascript(self):
        self.run_example("javascript")

    def test_there_is_one_example_each(self):
        self.assertEqual(["javascript", "python", "sh"], sorted(name for name, _ in examples()))


if __name__ == "__main__":
    tap.main()
