# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client of the bus for tests, on GDBus: plain Python values in, plain Python values out.

Owns the turning of Python values into the contract's signatures. It has no opinion of the answers:
errors come as GLib.Error, whose D-Bus name error_name() tells.
"""

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.domwright1"
MANAGER = "/org/domwright1"
HOST = "/org/domwright1/host/local"
TIMEOUT_MS = 120 * 1000


def variant(value):
    """bool b, int t (x when negative), str s, list as; a GLib.Variant stays what it is."""
    if isinstance(value, GLib.Variant):
        return value
    if isinstance(value, bool):
        return GLib.Variant("b", value)
    if isinstance(value, int):
        return GLib.Variant("t" if value >= 0 else "x", value)
    if isinstance(value, str):
        return GLib.Variant("s", value)
    return GLib.Variant("as", value)


def settings(values):
    """A dict as a{sv}."""
    return {key: variant(value) for key, value in values.items()}


def device(kind, **values):
    """One device of a(sa{sv}); keys are written with __ for the dot: device("disk", source__file=…)."""
    return (kind, settings({key.replace("__", "."): value for key, value in values.items()}))


def error_name(error):
    """The D-Bus name of a GLib.Error."""
    return Gio.DBusError.get_remote_error(error)


class Client:
    def __init__(self, address):
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                 | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self.connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)

    def close(self):
        self.connection.close_sync(None)

    def call(self, path, interface, method, signature="()", *arguments):
        """The answer's arguments as a tuple; a single one as itself. Interface: "Host", "Config", …"""
        if "." not in interface:
            interface = NAME + "." + interface
        answer = self.connection.call_sync(
            NAME, path, interface, method, GLib.Variant(signature, arguments), None,
            Gio.DBusCallFlags.NO_AUTO_START, TIMEOUT_MS, None).unpack()
        return answer[0] if len(answer) == 1 else answer

    def property(self, path, interface, name):
        return self.call(path, "org.freedesktop.DBus.Properties", "Get", "(ss)",
                         NAME + "." + interface, name)

    # What most tests call; options are a dict.

    def define(self, values, devices=(), options=None):
        return self.call(HOST, "Host", "Define", "(a{sv}a(sa{sv})a{sv})", settings(values),
                         list(devices), settings(options or {}))

    def get_settings(self, path, *keys):
        return self.call(path, "Config", "GetSettings", "(asa{sv})", list(keys), {})

    def modify(self, path, values, unset=(), options=None):
        return self.call(path, "Config", "Modify", "(a{sv}asa{sv})", settings(values), list(unset),
                         settings(options or {}))

    def add_disk(self, path, values, options=None):
        return self.call(path, "Config", "AddDisk", "(a{sv}a{sv})", settings(values),
                         settings(options or {}))

    def set_hyperv(self, path, values, options=None):
        return self.call(path, "Config", "SetHyperV", "(a{sv}a{sv})", settings(values),
                         settings(options or {}))

    def get_xml(self, path, options=None):
        return self.call(path, "Config", "GetXML", "(a{sv})", settings(options or {}))

    def domain(self, path, method):
        """Start, Shutdown, Destroy, Undefine, …"""
        return self.call(path, "Domain", method, "(a{sv})", {})
