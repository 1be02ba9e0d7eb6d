# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hostile messages by three users at once: each is answered, and the daemon lives as if nothing was.

HOSTILE_SEED repeats a run; the seed is printed. What is sent is hostile.c's business.
"""

import os
import random
import shutil
import subprocess
import unittest

import rig
from support import machine, services, tap
from support.client import HOST, MANAGER, settings
from support.users import Person

machine.enter()

# (user, share of the calls): root may do all, oper what the rules grant, mallory nothing.
USERS = (("root", 40), ("oper", 40), ("mallory", 20))
CALLS = 1000000
RULES = {"10-test.rules": """
polkit.addRule(function(action, subject) {
    if (action.id.indexOf("org.domwright1.") != 0)
        return polkit.Result.NOT_HANDLED;
    return subject.isInGroup("operators") ? polkit.Result.YES : polkit.Result.NO;
});
"""}
CONFIGURATION = """[hosts]
local=test:///default
other=test:///default

[policy]
image-directories=/srv/images/%n;/srv/iso:ro
"""


class Hostile(unittest.TestCase):
    def setUp(self):
        shutil.copy(os.environ["HOSTILE"], machine.PROGRAMS)
        place = "/run/files/domwright.conf"
        with open(place, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        self.bus = self.enterContext(machine.SystemBus())
        self.enterContext(machine.Polkitd(self.bus, RULES))
        self.daemon = self.enterContext(machine.SystemDaemon(self.bus, "--config", place))
        self.daemon.wait_connected()
        self.root = self.enterContext(Person("root"))

    def start(self, user, share, seed):
        argv = [machine.PROGRAMS + "/hostile", machine.ADDRESS,
                str(rig.times(CALLS) * share // 100), str(seed)]
        return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                stderr=subprocess.STDOUT, cwd="/",
                                preexec_fn=services.die_with_parent, **machine.identity(user))

    def test_hostile(self):
        seed = int(os.environ.get("HOSTILE_SEED") or random.randrange(2 ** 31))
        print(f"# HOSTILE_SEED={seed}", flush=True)
        running = [(user, self.start(user, share, seed + number))
                   for number, (user, share) in enumerate(USERS)]
        for user, process in running:
            with self.subTest(user):
                said = process.communicate()[0]
                print("".join(f"# {user}: {line}\n" for line in said.splitlines()), end="")
                self.assertEqual(0, process.returncode, said)
        self.assertIsNone(self.daemon.process.poll(), self.daemon.log[-20000:])
        self.assertEqual([], rig.reports(self.daemon))
        # It serves as before.
        xml = self.root.call(MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})",
                             settings({"name": "x", "memory": "1GiB"}), [], {})
        self.assertIn("<domain", xml)
        self.assertIsInstance(self.root.plain(HOST, "Host", "ListDomains"), list)


if __name__ == "__main__":
    tap.main()
