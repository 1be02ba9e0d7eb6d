# SPDX-License-Identifier: LGPL-2.1-or-later
"""Restarting guests of a private libvirtd with QEMU. They have no system, so none of them ever shuts
down when it is asked to.

Owns what happens to a guest that does not go, and to a restart whose caller does.
"""

from gi.repository import GLib

import rig
from support import client, services, tap
from support.client import settings


class Restart(rig.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path, _ = cls.client.define({"name": "deaf", "type": "qemu", "memory": "32MiB",
                                         "os.arch": "x86_64", "features.acpi": True})

    def setUp(self):
        self.libvirtd.virsh("destroy", "deaf", check=False)
        self.client.domain(self.path, "Start")
        services.wait_for(lambda: self.property("StartedAt"), "the time of its start")
        self.run_id = self.property("Id")

    def property(self, name):
        return self.client.property(self.path, "Domain", name)

    def restart(self, **options):
        return self.client.call(self.path, "Domain", "Restart", "(a{sv})", settings(options))

    def ask(self, caller):
        """Asks with much patience, and goes on when the guest has been asked: a second call had its turn
        behind the first. Its answers, none so far."""
        answers = []

        def take(connection, done):
            try:
                answers.append(connection.call_finish(done).unpack())
            except GLib.Error as error:
                answers.append(error.message)

        arguments = [GLib.Variant("(a{sv})", (settings({"timeout": time}),)) for time in (100000, 0)]
        to = client.NAME, self.path, client.NAME + ".Domain", "Restart"
        caller.connection.call(*to, arguments[0], None, 0, 120000, None, take)
        with self.assertRaises(GLib.Error) as caught:
            caller.connection.call_sync(*to, arguments[1], None, 0, 120000, None)
        self.assertEqual("org.domwright1.Error.Busy", client.error_name(caught.exception))
        return answers

    @staticmethod
    def answer(answers):
        context = GLib.MainContext.default()
        services.wait_for(lambda: context.iteration(False) and False or answers, "an answer")
        return answers[0]

    def caller(self):
        caller = client.Client(self.bus.address)
        self.addCleanup(lambda: caller.connection.is_closed() or caller.close())
        return caller

    def test_guest_that_stays(self):
        with self.assertRaises(GLib.Error) as caught:
            self.restart(timeout=300)
        self.assertEqual("org.domwright1.Error.Busy", client.error_name(caught.exception))
        self.assertIn("within 0.3 s", caught.exception.message)
        self.assertEqual((True, self.run_id), (self.property("Active"), self.property("Id")))

    def test_force(self):
        before = self.property("StartedAt")
        self.restart(timeout=0, force=True)
        self.assertTrue(self.property("Active"))
        self.assertNotEqual(self.run_id, self.property("Id"))
        self.assertEqual("running", self.libvirtd.virsh("domstate", "deaf").stdout.strip())
        services.wait_for(lambda: self.property("StartedAt") > before, "the time of the second start")

    def test_paused(self):
        """Such a guest cannot be asked."""
        self.libvirtd.virsh("suspend", "deaf")
        with self.assertRaises(GLib.Error) as caught:
            self.restart(timeout=300)
        self.assertEqual("org.domwright1.Error.Unsupported", client.error_name(caught.exception))
        self.assertIn("paused", caught.exception.message)
        self.restart(timeout=300, force=True)
        self.assertEqual("running", self.libvirtd.virsh("domstate", "deaf").stdout.strip())
        self.assertNotEqual(self.run_id, self.property("Id"))

    def test_guest_that_starts_anew(self):
        """Shutting down does not end its run."""
        self.client.modify(self.path, {"on_poweroff": "restart"}, options={"affect": "live"})
        with self.assertRaises(GLib.Error) as caught:
            self.restart(timeout=300)
        self.assertEqual("org.domwright1.Error.Unsupported", client.error_name(caught.exception))
        self.assertIn("on_poweroff", caught.exception.message)
        self.restart(timeout=300, force=True)
        self.assertNotEqual(self.run_id, self.property("Id"))

    def test_guest_that_goes(self):
        """It is started as soon as it has stopped, long before the time is over; and others are served
        while the call waits."""
        answers = self.ask(self.caller())
        for _ in range(5):
            self.assertIn("<name>deaf</name>", self.client.get_xml(self.path))
        self.assertEqual([], answers)
        self.libvirtd.virsh("destroy", "deaf")
        self.assertEqual((), self.answer(answers))
        self.assertNotEqual(self.run_id, self.property("Id"))
        self.assertTrue(self.property("Active"))

    def test_caller_who_leaves(self):
        """What was begun is ended."""
        caller = self.caller()
        self.ask(caller)
        caller.close()
        self.assertEqual(self.run_id, self.property("Id"))
        self.libvirtd.virsh("destroy", "deaf")
        services.wait_for(lambda: self.property("Active") and self.property("Id") != self.run_id,
                          "another start")

    def test_service_that_stops(self):
        answers = self.ask(self.caller())
        started = self.property("StartedAt")
        self.daemon.stop()
        self.assertIn("is not started again", self.answer(answers))
        self.daemon.start()
        self.daemon.wait_connected()
        self.assertTrue(self.property("Active"))
        # As its baseline has it, which was written just after and is read when the documents have been.
        services.wait_for(lambda: self.property("StartedAt"), "StartedAt")
        self.assertAlmostEqual(started, self.property("StartedAt"), delta=10_000_000)


if __name__ == "__main__":
    tap.main()
