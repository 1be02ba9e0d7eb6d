# SPDX-License-Identifier: LGPL-2.1-or-later
"""A thousand clients, a greedy one, one that never reads: the others are served, and memory is bounded.

Owns what is promised to users of one another's doing. Runs with polkit, as five users.
"""

import json
import os
import re
import shutil
import subprocess
import unittest

import rig
from support import machine, services, tap, users

machine.enter()
shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "many_clients.py"), machine.PROGRAMS)

DOMAIN = "/org/domwright1/host/local/domain/_6695eb01_f6a4_8304_79aa_97f2502e193f"
BUSY = "org.domwright1.Error.Busy"
USERS = ("alice", "bob", "oper", "dev", "desk")
CONNECTIONS = 200  # of each
MAX_MEMORY = 128 * 1024  # KiB
BIG = "x" * 500 * 1024


class Crowds(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(machine.SystemBus())
        self.enterContext(machine.Polkitd(self.bus))
        self.daemon = self.enterContext(
            machine.SystemDaemon(self.bus, "--host", "local=test:///default"))
        self.daemon.wait_connected()

    def tearDown(self):
        self.assertEqual([], rig.reports(self.daemon))

    def crowd(self, user, *numbers):
        return subprocess.Popen(
            ["/usr/bin/python3", machine.PROGRAMS + "/many_clients.py", machine.ADDRESS, DOMAIN,
             *map(str, numbers)], cwd="/", env={"PATH": os.environ["PATH"]}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=services.die_with_parent, **machine.identity(user))

    def outcomes(self, crowd):
        said, complaint = crowd.communicate(timeout=600)
        self.assertEqual(0, crowd.returncode, complaint)
        return json.loads(said)

    def check_memory(self):
        if not services.sanitizers():
            self.assertLess(self.peak(), MAX_MEMORY)

    def peak(self):
        with open(f"/proc/{self.daemon.process.pid}/status") as status:
            return int(re.search(r"^VmHWM:\s+(\d+)", status.read(), re.M)[1])

    def test_thousand_clients(self):
        calls = rig.times(300)
        crowds = [self.crowd(user, CONNECTIONS, calls, 16) for user in USERS]
        self.assertEqual([{"done": CONNECTIONS * calls}] * len(USERS),
                         [self.outcomes(crowd) for crowd in crowds])
        self.check_memory()

    def test_greedy_user(self):
        """Only the one who asks for everything at once is told to wait."""
        for _ in range(rig.times(100)):
            greedy = self.crowd("alice", 20, 100, 20 * 100)
            modest = self.crowd("bob", 1, 100, 1)
            self.assertEqual({"done": 100}, self.outcomes(modest))
            ended = self.outcomes(greedy)
            self.assertEqual(20 * 100, sum(ended.values()))
            self.assertLessEqual(set(ended), {"done", BUSY})
            self.assertIn("done", ended)
        self.check_memory()

    def test_slow_reader(self):
        """One that sends calls and reads no answers: those are the bus's to keep or to drop."""
        with users.Person("root") as root:
            root.modify(DOMAIN, {"description": BIG})
        for _ in range(rig.times(300)):
            deaf = self.crowd("alice", 0, 1000, 0)
            self.assertEqual("sent\n", deaf.stdout.readline())
            modest = self.crowd("bob", 1, 20, 1)
            self.assertEqual({"done": 20}, self.outcomes(modest))
            self.check_memory()
            deaf.communicate()
            self.assertEqual({"done": 2}, self.outcomes(self.crowd("alice", 1, 2, 1)))


if __name__ == "__main__":
    tap.main()
