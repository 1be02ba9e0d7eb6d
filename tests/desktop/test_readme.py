# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples of README.md do what it says, word for word.

Each fenced block named `sh`, `python` or `javascript` below the heading "From a program" is run as it
stands on a private bus that takes the system bus's place, with a domain `web` to work on. Each must
print the same line of the same diff. Of the commands below "A session" each must say what is shown
there, in that order; what it says beyond that is its own affair.
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


def blocks(heading):
    """The fenced blocks below a heading: their languages and texts."""
    with open(README, encoding="utf-8") as file:
        sections = re.split(r"^## ", file.read(), flags=re.M)
    [text] = [part for part in sections if part.startswith(heading + "\n")]
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S)


def session():
    """Commands of the session, each with the lines it is shown to say."""
    [(language, text)] = blocks("A session")
    assert language == "console"
    commands = []
    for line in text.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        else:
            commands[-1][1].append(line)
    return commands


class Readme(unittest.TestCase):
    def run_example(self, language):
        [code] = [code for name, code in blocks("From a program") if name == language]
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
        self.assertEqual(["javascript", "python", "sh"],
                         sorted(name for name, _ in blocks("From a program")))

    def test_session(self):
        with services.Bus() as bus, services.Daemon(bus, "--host", "local=test:///default"):
            path = os.path.dirname(os.path.abspath(services.CLIENT))
            environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus.address,
                           "PATH": path + ":/usr/bin:/bin"}
            for command, shown in session():
                done = subprocess.run(["sh", "-c", command], env=environment, text=True,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT)
                said = iter(done.stdout.splitlines())
                with self.subTest(command=command):
                    for line in shown:
                        self.assertIn(line, said, done.stdout)


if __name__ == "__main__":
    tap.main()
