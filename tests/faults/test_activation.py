# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fifty first calls at once, again and again, and the service killed between and among them.

Owns the promise that a call to a service that is not there is answered by one that is.
"""

import os
import signal
import unittest

import rig
from support import client, services, tap
from support.client import MANAGER

CALLERS = 50
NO_REPLY = "org.freedesktop.DBus.Error.NoReply"


class ActivatingBus(services.Bus):
    """Starts the daemon when it is called."""

    def start(self):
        folder = os.path.join(self.directory, "services")
        os.mkdir(folder)
        address = "unix:path=" + os.path.join(self.directory, "socket")
        with open(os.path.join(folder, client.NAME + ".service"), "w") as file:
            file.write(f"[D-BUS Service]\nName={client.NAME}\nExec={services.DAEMON} "
                       f"--address={address} --host local=test:///default "
                       f"--state-directory {self.directory}/state\n")
        self.CONFIG = self.CONFIG.replace("<auth>", f"<servicedir>{folder}</servicedir><auth>")
        super().start()


class Activation(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(ActivatingBus())
        self.callers = [rig.Calls(rig.connect(self, self.bus)) for _ in range(CALLERS)]
        self.observer = self.callers[0].connection

    def ask_bus(self, method):
        return self.observer.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
            client.GLib.Variant("(s)", (client.NAME,)), None, 0, client.TIMEOUT_MS, None).unpack()[0]

    def kill(self):
        os.kill(self.ask_bus("GetConnectionUnixProcessID"), signal.SIGKILL)

    def all_call(self, key):
        for caller in self.callers:
            caller.send(key, MANAGER, "Manager", "ListDrafts", "(a{sv})", {})

    def answers(self):
        """How all calls since the last time ended."""
        for caller in self.callers:
            caller.wait_all()
        ended = {outcome for caller in self.callers for outcome in caller.outcomes.values()}
        for caller in self.callers:
            caller.sent = 0
            caller.outcomes.clear()
        return ended

    def test_storm(self):
        for _ in range(rig.times(5000)):
            self.all_call(0)
            self.assertEqual({"done"}, self.answers())
            self.kill()
            services.wait_for(lambda: not self.ask_bus("NameHasOwner"), "the end")

    def test_storm_upon_storm(self):
        """Killed among the calls: each is answered or known not to be, and after that all are."""
        for number in range(rig.times(5000)):
            self.all_call(0)
            self.callers[0].pass_time((number % 50) / 1000)
            if self.ask_bus("NameHasOwner"):
                self.kill()
            self.all_call(1)
            self.assertLessEqual(self.answers(), {"done", NO_REPLY})
            services.wait_for(self.is_settled, "one that stays")
            self.all_call(2)
            self.assertEqual({"done"}, self.answers())

    def is_settled(self):
        """Whoever answers is not the one that was killed."""
        self.all_call(3)
        return self.answers() == {"done"}


if __name__ == "__main__":
    tap.main()
