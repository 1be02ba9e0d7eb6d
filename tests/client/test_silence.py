# SPDX-License-Identifier: LGPL-2.1-or-later
"""A daemon that does not answer: the client says so after a while and ends by itself, and it does not
take one that works on something for one.

Owns the stopped daemon and the slow one; what other failures are called is in test_messages.py.
"""

import json
import signal
import subprocess
import threading
import unittest

from gi.repository import Gio, GLib

import rig
from support import services, tap

NOTICE = "domwright: domwrightd does not answer; waiting 20 seconds more.\n"
ERROR = "domwrightd does not answer; it may be stopped or stuck"
ENDED = ('domwrightd ended before it answered; "domwright show" tells whether the work was done, and '
         '"journalctl -u domwrightd" why it ended.')
TIMEOUT = "org.freedesktop.DBus.Error.Timeout"
SLOW = 8  # seconds: longer than until a silent daemon is told of
INTERFACE = """<node><interface name='org.domwright1.Manager'>
  <method name='ListDrafts'><arg type='a{sv}' direction='in'/><arg type='ao' direction='out'/></method>
</interface></node>"""


def begin(bus, *words):
    return subprocess.Popen([rig.CLIENT, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True,
                            env={**rig.BARE, "DBUS_SYSTEM_BUS_ADDRESS": bus.address})


class Stopped(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(self.bus, "--host", "local=test:///default"))
        self.daemon.wait_connected()
        self.daemon.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.daemon.process.send_signal, signal.SIGCONT)

    def test_is_told_and_ends(self):
        clients = [begin(self.bus, *words)
                   for words in (["list"], ["set", "test", "title=x"], ["watch"], ["list", "--json"])]
        for client in clients[:3]:
            _, said = client.communicate(timeout=60)
            with self.subTest(client.args):
                self.assertEqual(1, client.returncode)
                self.assertTrue(said.startswith(NOTICE + "domwright: "), said)
                self.assertEqual(2, said.count("\n"))
                self.assertIn(ERROR, said)
        _, said = clients[3].communicate(timeout=60)
        self.assertEqual((1, TIMEOUT), (clients[3].returncode, json.loads(said)["error"]))

    def test_wakes_up(self):
        client = begin(self.bus, "list")
        self.assertEqual(NOTICE, client.stderr.readline())
        self.daemon.process.send_signal(signal.SIGCONT)
        listed, said = client.communicate(timeout=60)
        self.assertEqual((0, ""), (client.returncode, said))
        self.assertIn("test", listed)

    def test_ends(self):
        """The bus answers for it, also to the Ping that is under way."""
        client, asked = begin(self.bus, "set", "test", "title=x"), begin(self.bus, "list", "--json")
        self.assertEqual(NOTICE, client.stderr.readline())
        self.daemon.process.kill()
        self.daemon.process.wait()
        self.daemon.start()
        _, said = client.communicate(timeout=60)
        self.assertEqual((1, f"domwright: test: {ENDED}\n"), (client.returncode, said))
        _, said = asked.communicate(timeout=60)
        self.assertEqual((1, ENDED), (asked.returncode, json.loads(said.removeprefix(NOTICE))["message"]))


class Slow(unittest.TestCase):
    """A service that answers Pings at once and a call when it is through."""

    def serve(self, bus):
        context, ready = GLib.MainContext.new(), threading.Event()
        loop = GLib.MainLoop.new(context, False)

        def on_call(connection, sender, path, interface, method, arguments, invocation):
            source = GLib.timeout_source_new_seconds(SLOW)
            source.set_callback(lambda *_: invocation.return_value(GLib.Variant("(ao)", ([],))))
            source.attach(context)

        def run():
            context.push_thread_default()
            connection = Gio.DBusConnection.new_for_address_sync(
                bus.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
            connection.register_object("/org/domwright1",
                                       Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], on_call)
            Gio.bus_own_name_on_connection(connection, "org.domwright1", 0, lambda *_: ready.set(), None)
            loop.run()
            connection.close_sync(None)

        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(loop.quit)
        self.assertTrue(ready.wait(30))

    def test_is_waited_for(self):
        bus = self.enterContext(services.Bus())
        self.serve(bus)
        client = begin(bus, "draft", "list", "--json")
        listed, said = client.communicate(timeout=60)
        self.assertEqual((0, [], ""), (client.returncode, json.loads(listed), said))
        client = begin(bus, "draft", "list")
        _, said = client.communicate(timeout=60)
        self.assertNotIn("answer", said)
        self.assertEqual(0, client.returncode)


if __name__ == "__main__":
    tap.main()
