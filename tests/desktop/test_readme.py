# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples of README.md do what it says, word for word.

Each fenced block named `sh`, `python` or `javascript` below the heading "From a program" is run as it
stands on a private bus that takes the system bus's place, with a domain `web` to work on. Each must
print the same line of the same diff. Of the commands below "A session" each must say what is shown
there, in that order; what it says beyond that is its own affair. Those of "Ten tasks" must be ten, and
do, one after the other; so must those of "Where others stop" that name no REVISION. The picture is as its script draws it.
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
    return re.findall(r"^```(\w+)\n(.*?)^```$", section(heading), re.M | re.S)


def section(heading):
    with open(README, encoding="utf-8") as file:
        sections = re.split(r"^## ", file.read(), flags=re.M)
    [text] = [part for part in sections if part.startswith(heading + "\n")]
    return text


def tasks(heading):
    """The first command in the second column of each row of the table."""
    return re.findall(r"^\| [^|]+ \| `(domwright [^|`]+)`", section(heading), re.M)


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


class Picture(unittest.TestCase):
    def test_it_shows_what_is_printed(self):
        source, build = os.environ["SOURCE_ROOT"], os.environ["BUILD_ROOT"]
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as file:
            subprocess.run([os.path.join(source, "tests", "picture"), build, file.name], check=True)
            with open(os.path.join(source, "docs", "domwright.svg"), encoding="utf-8") as kept:
                self.assertEqual(kept.read(), file.read(), "tests/picture build draws it anew")


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

    def shell(self):
        """Runs a command where a private bus is the system's; its status and what it says."""
        bus = self.enterContext(services.Bus())
        self.enterContext(services.Daemon(bus, "--host", "local=test:///default"))
        path = os.path.dirname(os.path.abspath(services.CLIENT))
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus.address,
                       "PATH": path + ":/usr/bin:/bin"}

        def run(command):
            done = subprocess.run(["sh", "-c", command], env=environment, text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
            return done.returncode, done.stdout

        return run

    def test_session(self):
        run = self.shell()
        for command, shown in session():
            output = run(command)[1]
            said = iter(output.splitlines())
            with self.subTest(command=command):
                for line in shown:
                    self.assertIn(line, said, output)

    def test_tasks(self):
        run = self.shell()
        commands = tasks("Ten tasks")
        self.assertEqual(10, len(commands))
        for command in commands:
            with self.subTest(command=command):
                status, output = run(command)
                self.assertEqual(1 if " -n " in command else 0, status, output)
        self.assertEqual((0, "none\n"), run("domwright get db disk/vda/driver.cache"))
        self.assertEqual((0, "yes\n"), run("domwright get db hyperv.vapic"))
        self.assertEqual(1, run("domwright get db title")[0])
        self.assertEqual(0, run("domwright start db")[0])
        beyond = tasks("Where others stop")
        self.assertEqual(7, len(beyond))
        for command in beyond:
            with self.subTest(command=command):
                status, output = run(command)
                self.assertEqual(0, status, output)
        self.assertEqual((0, "Database\n"), run("domwright get db title --live"))
        self.assertIn("db2", run("domwright list")[1])

    def test_policy(self):
        """What the developer does; that he may is tested with the sample rule."""
        run = self.shell()
        [(_, command)] = blocks("Who may do what")
        status, output = run(command)
        self.assertEqual((0, "dev-1"), (status, output.splitlines()[-1]))


if __name__ == "__main__":
    tap.main()
