# SPDX-License-Identifier: LGPL-2.1-or-later
"""An allocation fails, at one point after another of one method after another.

Each call is answered, or the daemon ends as programs end that have no memory (GLib's way, or
sd-event's), never by a fault of memory. What it acknowledged is so. The short form tries a sample of
the points.
"""

import mmap
import os
import signal
import struct
import tempfile
import unittest

from gi.repository import Gio, GLib

import rig
from support import client, services, tap
from support.client import HOST, MANAGER, device, settings

TEST = HOST + "/domain/_6695eb01_f6a4_8304_79aa_97f2502e193f"
LIBRARIES = {"libsystemd": 1, "libxml2": 2, "libglib": 3, "libvirt": 4, "domwrightd": 5}
POINTS = None if rig.FULL else 3  # of each method and library
# GLib's abort is one of these two, by version; else the daemon exits by itself.
CLEAN = {-signal.SIGABRT, -signal.SIGTRAP, 0, 1}
NEW = {"name": "new", "memory": "1GiB", "type": "test", "os.arch": "i686"}
XML = "<domain type='test'><name>odd</name><memory>1024</memory><os><type>hvm</type></os></domain>"

CALLS = {
    "Get": (TEST, "org.freedesktop.DBus.Properties", "(ss)", client.NAME + ".Config", "Revision"),
    "GetManagedObjects": (HOST, "org.freedesktop.DBus.ObjectManager", "()"),
    "ListDomains": (HOST, "Host", "(a{sv})", {}),
    "GetCapabilities": (HOST, "Host", "(a{sv})", {}),
    "FindDomain": (MANAGER, "Manager", "(sa{sv})", "test", {}),
    "DescribeKeys": (MANAGER, "Manager", "(ssa{sv})", "disk", "", {}),
    "Build": (MANAGER, "Manager", "(a{sv}a(sa{sv})a{sv})", settings(NEW), [device("disk", source__file="/x")], {}),
    "Parse": (MANAGER, "Manager", "(sa{sv})", XML, {}),
    "Describe": (TEST, "Config", "(a{sv})", {}),
    "GetXML": (TEST, "Config", "(a{sv})", {}),
    "Validate": (TEST, "Config", "(a{sv})", {}),
    "Modify": (TEST, "Config", "(a{sv}asa{sv})", settings({"title": "told"}), [], settings({"diff": True})),
    "AddDisk": (TEST, "Config", "(a{sv}a{sv})", settings({"source.file": "/x"}), settings({"dry-run": True})),
    "Define": (HOST, "Host", "(a{sv}a(sa{sv})a{sv})", settings(NEW), [], settings({"dry-run": True})),
    "Suspend": (TEST, "Domain", "(a{sv})", {}),
}


@unittest.skipIf(services.sanitizers(), "a sanitizer has the allocations")
class Memory(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        file = self.enterContext(tempfile.NamedTemporaryFile())
        file.truncate(mmap.PAGESIZE)
        self.order = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        self.addCleanup(self.order.close)
        wrapper = ["env", "LD_PRELOAD=" + os.environ["SHIM_MALLOC"], "MALLOC_FAULT=" + file.name]
        self.daemon = services.Daemon(self.bus, "--host", "local=test:///default", wrapper=wrapper)
        self.enterContext(self.daemon)
        self.caller = rig.connect(self, self.bus)
        self.ends = 0

    def arm(self, library, left):
        struct.pack_into("4q", self.order, 0, 0, left, 0, 0)
        struct.pack_into("q", self.order, 0, library)

    def disarm(self):
        """How many allocations there were since arm, and whether one failed."""
        struct.pack_into("q", self.order, 0, 0)
        return struct.unpack_from("2q", self.order, 16)

    def ask(self, member):
        """The error's name, "" for none; None when the daemon has ended instead."""
        path, interface, *arguments = CALLS[member]
        try:
            self.caller.call(path, interface, member, *arguments)
        except GLib.Error as error:
            if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT):
                self.fail(f"{member} was never answered:\n{self.daemon.log[-2000:]}")
            if self.ended(client.error_name(error)):
                return None
            return client.error_name(error) or str(error)
        return ""

    def ended(self, error):
        if error in ("org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.ServiceUnknown",
                     "org.freedesktop.DBus.Error.NameHasNoOwner"):
            self.daemon.process.wait(30)  # it has left the bus: it is ending
        return self.daemon.process.poll() is not None

    def lives(self):
        """Whether it does after all it had to do for the call, which may go on after the answer."""
        try:
            self.caller.call(HOST, "Host", "ListDomains", "(a{sv})", {})
        except GLib.Error as error:
            if not self.ended(client.error_name(error)):
                raise
        return self.daemon.process.poll() is None

    def revive(self, where):
        self.ends += 1
        self.assertIn(self.daemon.process.returncode, CLEAN, where + ":\n" + self.daemon.log[-2000:])
        self.daemon.process = None
        self.daemon.start()
        self.caller.call(HOST, "Host", "ListDomains", "(a{sv})", {})

    def reset(self):
        self.caller.modify(TEST, {"title": "before"})
        state = self.caller.property(TEST, "Domain", "State")
        if state == "paused":
            self.caller.domain(TEST, "Resume")

    def try_point(self, member, library, point):
        where = f"{member}, allocation {point} of {library}"
        self.reset()
        self.arm(LIBRARIES[library], point)
        outcome = self.ask(member)
        _, failed = self.disarm()
        if outcome is None or not self.lives():
            self.assertTrue(failed, where)
            self.revive(where)
        elif member == "Modify" and outcome == "":
            self.assertEqual("told", self.caller.get_settings(TEST, "title")["title"], where)
        self.assertEqual([], rig.reports(self.daemon), where)
        return failed

    def points(self, member, library):
        self.reset()
        self.arm(LIBRARIES[library], 0)
        self.assertEqual("", self.ask(member))
        count, _ = self.disarm()
        if POINTS is None or count <= POINTS:
            return range(1, count + 1)
        return sorted({1 + i * (count - 1) // (POINTS - 1) for i in range(POINTS)})

    def test_every_method(self):
        failed = 0
        for member in CALLS:
            for library in LIBRARIES:
                for point in self.points(member, library):
                    failed += self.try_point(member, library, point)
        print(f"# {failed} allocations failed, {self.ends} ends", flush=True)
        self.assertGreater(failed, len(CALLS))


if __name__ == "__main__":
    tap.main()
