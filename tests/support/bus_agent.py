# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls on the system bus for a test that is somebody else: orders on standard input, answers out.

Owns one connection at a time. Orders and answers are JSON lines, values are GVariant text. It runs
from a copy, alone: its user may not be able to enter the tree. See users.py, which speaks to it.
"""

import json
import sys
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

MAX_SECONDS = 120


def say(**answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


class Mouthpiece:
    def __init__(self):
        self.connect()
        self.loop = GLib.MainLoop()
        GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT,
                          GLib.IOCondition.IN | GLib.IOCondition.HUP, self.on_order)
        self.rest = b""

    def connect(self):
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                 | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self.connection = Gio.DBusConnection.new_for_address_sync(sys.argv[1], flags, None, None)
        self.connection.signal_subscribe("org.domwright1", None, None, None, None,
                                         Gio.DBusSignalFlags.NONE, self.on_signal)
        say(name=self.connection.get_unique_name())

    def on_signal(self, _connection, _sender, path, interface, member, arguments):
        say(signal=[path, interface, member, arguments.print_(True)])

    def on_order(self, *_):
        data = sys.stdin.buffer.raw.read(65536)
        if not data:
            self.loop.quit()
            return False
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if "reconnect" in order:
                time.sleep(order.get("after", 0))
                self.connection.close_sync(None)
                self.connect()
            else:
                self.call(order)
        return True

    def call(self, order):
        flags = Gio.DBusCallFlags.NO_AUTO_START
        if order["interactive"]:
            flags |= Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION
        body = GLib.Variant.parse(GLib.VariantType(order["signature"]), order["body"])
        self.connection.call(order["destination"], order["path"], order["interface"],
                             order["method"], body, None, flags, MAX_SECONDS * 1000, None,
                             self.on_answer, order["number"])

    def on_answer(self, connection, result, number):
        try:
            say(number=number, body=connection.call_finish(result).print_(True))
        except GLib.Error as error:
            name = Gio.DBusError.get_remote_error(error) or "local"
            Gio.DBusError.strip_remote_error(error)
            say(number=number, error=name, message=error.message)


Mouthpiece().loop.run()
