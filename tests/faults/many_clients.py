# SPDX-License-Identifier: LGPL-2.1-or-later
"""many_clients.py ADDRESS DOMAIN CONNECTIONS CALLS AT-ONCE: one user's many connections to the bus.

Each connection makes so many calls, as many at once over all of them as said; prints how many ended
how, as JSON. CONNECTIONS 0: one that sends calls and never reads an answer, until its input ends.
Runs as another user, from where that user can read it: needs nothing of this tree.
"""

import collections
import itertools
import json
import os
import socket
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.domwright1"
BUILD = ("/org/domwright1", "Manager", "Build",
         GLib.Variant("(a{sv}a(sa{sv})a{sv})", ({"name": GLib.Variant("s", "x")}, [],
                                                {"host": GLib.Variant("s", "")})))


def main():
    address, domain, connections, calls, at_once = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
    read = (domain, "Config", "GetXML", GLib.Variant("(a{sv})", ({},)))
    if connections == 0:
        be_deaf(address, read, calls)
        return
    flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
             | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
    crowd = [Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
             for _ in range(connections)]
    ended = collections.Counter()
    todo = itertools.islice(zip(itertools.cycle(crowd), itertools.cycle((BUILD, read))),
                            connections * calls)
    loop = GLib.MainLoop()

    def send():
        connection, (path, interface, method, body) = next(todo, (None, (None,) * 4))
        if connection:
            connection.call(NAME, path, f"{NAME}.{interface}", method, body, None,
                            Gio.DBusCallFlags.NONE, 120000, None, on_done)

    def on_done(connection, done):
        try:
            connection.call_finish(done)
            ended["done"] += 1
        except GLib.Error as error:
            ended[Gio.DBusError.get_remote_error(error) or error.message] += 1
        send()
        if ended.total() == connections * calls:
            loop.quit()

    for _ in range(at_once):
        send()
    loop.run()
    print(json.dumps(ended))


def be_deaf(address, read, calls):
    """Sends by hand: a library would read."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.connect(address.removeprefix("unix:path="))
        link.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
        link.recv(4096)
        link.sendall(b"BEGIN\r\n")
        hello = ("/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", None)
        path, interface, method, body = read
        sent = [hello] + [(path, f"{NAME}.{interface}", method, body)] * calls
        for serial, (where, what, member, arguments) in enumerate(sent, 1):
            name = NAME if arguments else "org.freedesktop.DBus"
            message = Gio.DBusMessage.new_method_call(name, where, what, member)
            if arguments:
                message.set_body(arguments)
            message.set_serial(serial)
            link.sendall(message.to_blob(Gio.DBusCapabilityFlags.NONE))
        print("sent", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
