# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the bus contract share: a daemon on the test driver, errors by name, signals.

Owns no expectations: those are in the test programs.
"""

import contextlib
import os
import subprocess
import sys
import unittest

from gi.repository import Gio, GLib

from support import client, services
from support.client import MANAGER, HOST, settings
from support.watch import Signals  # noqa: F401

ERROR = "org.domwright1.Error."
TEST = HOST + "/domain/_6695eb01_f6a4_8304_79aa_97f2502e193f"  # the test driver's own domain
NOTHING = "/nonexistent"  # a directory that is not there
NOBODY = 65534


class Pending:
    """A call whose answer is taken later."""

    def __init__(self, bus_client, path, interface, method, signature, *arguments):
        self.outcome = None
        self.then = None
        bus_client.connection.call(
            client.NAME, path, client.NAME + "." + interface, method,
            GLib.Variant(signature, arguments), None, 0, 120000, None, self._on_done)

    def _on_done(self, connection, done):
        try:
            self.outcome = connection.call_finish(done).unpack()
        except GLib.Error as error:
            self.outcome = client.error_name(error)
        if self.then:
            self.then(self.outcome)

    def wait(self):
        context = GLib.MainContext.default()
        services.wait_for(lambda: context.iteration(False) and False or self.outcome is not None,
                          "an answer")
        return self.outcome


class Case(unittest.TestCase):
    """A bus and a daemon on the test driver, once for each test."""

    maxDiff = None
    HOSTS = ("--host", "local=test:///default")

    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(self.bus, *self.HOSTS))
        self.client = self.new_client()

    def new_client(self):
        made = client.Client(self.bus.address)
        self.addCleanup(self.close, made)
        return made

    @staticmethod
    def close(made):
        if not made.connection.is_closed():
            made.close()

    def call(self, *arguments):
        return self.client.call(*arguments)

    @contextlib.contextmanager
    def refused(self, name, *words):
        """The block fails with this error (short for the project's own) and these words in it."""
        with self.assertRaises(GLib.Error) as caught:
            yield caught
        full = name if "." in name else ERROR + name
        self.assertEqual(full, client.error_name(caught.exception), caught.exception.message)
        for word in words:
            self.assertIn(word, caught.exception.message)

    def libvirt_version(self):
        return tuple(map(int, self.client.property(HOST, "Host", "LibvirtVersion").split(".")))

    def refused_many_vcpus(self, *words):
        """More than the host can give; before libvirt 10.10 more than 255 are a fault of the document, too."""
        return self.refused("Unsupported" if self.libvirt_version() >= (10, 10) else "Invalid", *words)

    def draft(self, values=None, devices=(), **options):
        values = {"name": "web", "memory": "1GiB", "vcpu": 2, **(values or {})}
        return self.call(MANAGER, "Manager", "NewDraft", "(a{sv}a(sa{sv})a{sv})", settings(values),
                         list(devices), settings(options))

    def import_draft(self, xml, **options):
        return self.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", xml, settings(options))

    def plain(self, path, interface, method, **options):
        """A method that takes nothing but options."""
        options = {key.replace("_", "-"): value for key, value in options.items()}
        return self.call(path, interface, method, "(a{sv})", settings(options))

    def revision(self, path):
        return self.client.property(path, "Config", "Revision")

    def domains(self):
        return {row["name"]: path for path, row in self.plain(HOST, "Host", "ListDomains")}

    def as_nobody(self, *arguments):
        """busctl on this bus as another user; the finished process."""
        return subprocess.run(
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "busctl",
             "--address=" + self.bus.address, *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)


needs_root = unittest.skipUnless(os.geteuid() == 0, "needs root, to be somebody else")
assert sys.version_info >= (3, 11)
