# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing is left of what the machine has to give: room on disk, open files.

Owns the promises that a call then fails by name, changes nothing, and works again once there is more.
"""

import os
import resource
import subprocess
import unittest

from gi.repository import GLib

import rig
from support import client, machine, services, tap
from support.client import HOST, MANAGER, settings

GUEST = {"type": "qemu", "memory": "64MiB", "os.arch": "x86_64"}
ERROR = client.NAME + ".Error."
FAILED = "org.freedesktop.DBus.Error.Failed"


def mount_small(path):
    """A file system of 256 KiB."""
    os.makedirs(path, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "small", path], check=True)


def fill(path):
    """Leaves no room there; the file to remove."""
    name = os.path.join(path, "filler")
    with open(name, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    return name


class SmallLibvirtd(services.Libvirtd):
    """With little room for domains."""

    def start(self):
        self.store = os.path.join(self.directory, "config", "libvirt", "qemu")
        mount_small(self.store)
        identity = self._as_user()
        for folder in (self.store, os.path.dirname(self.store)):
            os.chown(folder, identity["user"], identity["group"])
        super().start()

    def stop(self):
        super().stop()
        subprocess.run(["umount", "-l", self.store], check=True)


class SmallDaemon(services.Daemon):
    """With little room for drafts; `full` from the start."""

    def __init__(self, bus, *arguments, full=False):
        super().__init__(bus, *arguments)
        self.full = full

    def start(self):
        self.store = os.path.join(self.directory, "state")
        mount_small(self.store)
        self.filler = fill(self.store) if self.full else None
        self.process = self.spawn([*services.WRAPPER, services.DAEMON, "--address=" +
                                   self.bus.address, "--state-directory", self.store,
                                   *self.arguments])
        self.await_ready(self.process, lambda: self.bus.has_owner(client.NAME))

    def stop(self):
        super().stop()
        subprocess.run(["umount", "-l", self.store], check=True)


class Case(unittest.TestCase):
    def refused(self, names, call, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            call(*arguments)
        self.assertIn(client.error_name(caught.exception).removeprefix(ERROR), names,
                      caught.exception.message)
        return caught.exception.message

    def new_draft(self, name="x"):
        return self.client.call(MANAGER, "Manager", "NewDraft", "(a{sv}a(sa{sv})a{sv})",
                                settings({"name": name}), [], settings({"host": ""}))


@unittest.skipIf(machine.missing(), machine.missing())
class Disk(Case):
    @classmethod
    def setUpClass(cls):
        machine.own_mounts()

    @unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
    def test_of_libvirt(self):
        """libvirt's own words come through; the old definition stays, in memory and on disk."""
        libvirtd = self.enterContext(SmallLibvirtd())
        bus = self.enterContext(services.Bus())
        daemon = self.enterContext(services.Daemon(bus, "--host", "local=" + libvirtd.uri))
        daemon.wait_connected()
        self.client = rig.connect(self, bus)
        path, _ = self.client.define({**GUEST, "name": "web"})
        before = self.client.get_xml(path)
        filler = fill(libvirtd.store)
        said = self.refused(["Libvirt"], self.client.modify, path, {"title": "x" * 8000})
        self.assertIn("No space left on device", said)
        self.assertRegex(said, r"libvirt error \d+, domain \d+")
        self.refused(["Libvirt"], self.client.define, {**GUEST, "name": "more"})
        self.assertEqual(before, self.client.get_xml(path))
        self.assertEqual(["web.xml"], [name for name in os.listdir(libvirtd.store)
                                       if ".xml" in name])
        os.unlink(filler)
        self.client.modify(path, {"title": "x" * 8000})
        self.client.define({**GUEST, "name": "more"})

    def test_of_drafts(self):
        bus = self.enterContext(services.Bus())
        daemon = self.enterContext(SmallDaemon(bus, "--host", "local=test:///default"))
        daemon.wait_connected()
        self.client = rig.connect(self, bus)
        draft = self.new_draft()
        before = self.client.get_xml(draft)
        filler = fill(daemon.store)
        self.assertIn("No space left on device", self.refused(
            [FAILED], self.client.modify, draft, {"title": "x" * 8000}))
        self.refused([FAILED], self.new_draft)
        self.assertEqual(before, self.client.get_xml(draft))
        self.assertEqual([draft], self.client.call(MANAGER, "Manager", "ListDrafts", "(a{sv})", {}))
        self.assertEqual([os.path.basename(draft)],
                         os.listdir(os.path.join(daemon.store, "drafts")))
        os.unlink(filler)
        self.client.modify(draft, {"title": "x" * 8000})
        self.new_draft()

    def test_from_the_start(self):
        """Nowhere to keep anything: it serves, says that it keeps nothing, and changes nothing whose
        earlier definition it would have to keep."""
        bus = self.enterContext(services.Bus())
        daemon = self.enterContext(SmallDaemon(bus, "--host", "local=test:///default", full=True))
        daemon.wait_connected()
        self.client = rig.connect(self, bus)
        path, _ = self.client.define({"name": "x", "memory": "64MiB"})
        before = self.client.get_xml(path)
        self.assertIn("best-effort", self.refused([FAILED], self.client.modify, path, {"title": "x"}))
        self.assertEqual(before, self.client.get_xml(path))
        self.assertIn("Revisions will not survive a restart", daemon.log)
        self.refused([FAILED], self.new_draft)
        os.unlink(daemon.filler)
        self.new_draft()
        self.assertTrue(self.client.modify(path, {"title": "x"})["changed"])


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Files(Case):
    def setUp(self):
        self.libvirtd = self.enterContext(services.Libvirtd())
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(
            services.Daemon(self.bus, "--host", "local=" + self.libvirtd.uri))
        self.daemon.wait_connected()
        self.client = rig.connect(self, self.bus)
        self.path, _ = self.client.define({**GUEST, "name": "web"})
        self.limits = resource.prlimit(self.daemon.process.pid, resource.RLIMIT_NOFILE)

    def allow(self, count):
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_NOFILE, (count, self.limits[1]))

    def used(self):
        return len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))

    def test_exhausted(self):
        """No file can be opened: what needs one fails, what does not goes on, and all comes back."""
        draft = self.new_draft()
        for _ in range(rig.times(300)):
            before = self.used()
            self.allow(3)
            self.assertIn("Too many open files", self.refused(
                [FAILED], self.client.modify, draft, {"title": "x"}))
            self.refused([FAILED], self.new_draft)
            self.assertEqual("web", self.client.property(self.path, "Domain", "Name"))
            self.client.call(MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})",
                             settings({"name": "y"}), [], settings({"host": ""}))
            calls = rig.Calls(self.client)
            for number in range(20):
                calls.send(number, self.path, "Config", "GetXML", "(a{sv})", {})
            calls.wait_all()
            self.assertLessEqual(set(calls.outcomes.values()), {"done", ERROR + "HostUnavailable"})
            self.allow(self.limits[0])
            self.client.modify(self.path, {"title": "again"})
            self.client.modify(draft, {"title": "again"})
            self.client.modify(draft, {}, ["title"])
            services.wait_for(lambda: self.used() <= before + 8, "files to be closed")

    def test_lost_meanwhile(self):
        """libvirt goes and comes while no file can be opened: it is found once one can."""
        connected = lambda: self.client.property(HOST, "Host", "Connected")
        self.allow(3)
        self.libvirtd.kill()
        services.wait_for(lambda: not connected(), "the loss of the connection")
        self.libvirtd.start()
        self.refused(["HostUnavailable"], self.client.get_xml, self.path)
        self.allow(self.limits[0])
        services.wait_for(connected, "a connection")
        self.client.modify(self.path, {"title": "again"})


if __name__ == "__main__":
    tap.main()
