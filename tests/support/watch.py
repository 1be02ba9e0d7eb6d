# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemon tells, for tests that wait for it.

Owns no expectations: what is waited for is the test's business.
"""

import time

from gi.repository import Gio, GLib

from support import client
from support.client import MANAGER

SECONDS = 30


class Signals:
    """Everything the daemon tells from now on, in order: (path, "Interface.Member", arguments)."""

    def __init__(self, bus_client):
        self.told = []
        self.addressed = []
        self.connection = bus_client.connection
        self.connection.add_filter(self._on_message)
        self.connection.signal_subscribe(client.NAME, None, None, None, None,
                                         Gio.DBusSignalFlags.NONE, self._on_signal)
        # The subscription is in force once the bus has answered something sent after it, and
        # the daemon tells of drafts only to those it knows.
        bus_client.call(MANAGER, "Manager", "ListDrafts", "(a{sv})", {})

    def _on_signal(self, _connection, _sender, path, interface, member, arguments):
        self.told.append((path, interface.split(".")[-1] + "." + member, arguments.unpack()))

    def _on_message(self, _connection, message, incoming):
        if incoming and message.get_message_type() == Gio.DBusMessageType.SIGNAL:
            self.addressed.append((message.get_path(), message.get_destination()))
        return message

    def destinations(self, path):
        return {destination for where, destination in self.addressed if where == path}

    def wait(self, wanted, what="a signal"):
        """The first signal, old or new, for which wanted(path, name, arguments) is true."""
        context = GLib.MainContext.default()
        end = time.monotonic() + SECONDS
        while True:
            for signal in self.told:
                if wanted(*signal):
                    return signal
            if time.monotonic() > end:
                raise AssertionError(f"never told {what}, only {self.told}")
            if not context.iteration(False):
                time.sleep(0.01)

    def wait_named(self, path, name):
        return self.wait(lambda p, n, _: (p, n) == (path, name), f"{name} of {path}")[2]

    def wait_property(self, path, name, value):
        self.wait(lambda p, n, a: p == path and n == "Properties.PropertiesChanged"
                  and a[1].get(name) == value, f"{name} = {value!r} of {path}")

    def settle(self):
        """Takes in what was sent before now."""
        context = GLib.MainContext.default()
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            if not context.iteration(False):
                time.sleep(0.01)

    def names(self, path):
        return [name for where, name, _ in self.told if where == path]
