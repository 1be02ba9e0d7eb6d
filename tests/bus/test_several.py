# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several hosts at once: one that is hung, gone, or never there is nothing to the others.

Owns what hosts owe each other, told by the order of answers and never by a clock. One of them is
reached through libvirt's remote transport.
"""

import os
import signal
import socket
import tempfile
import threading
import unittest

from gi.repository import GLib

import rig
from rig import ERROR, MANAGER
from support import services, tap
from support.client import settings

GUEST = {"name": "web", "type": "qemu", "memory": "64MiB", "os.arch": "x86_64"}
NEAR = MANAGER + "/host/near"
FAR = MANAGER + "/host/far"
MUTE = MANAGER + "/host/mute"


class Mute(services.Service):
    """Takes connections, and says nothing: a libvirtd that is hung from the start. `open` is how many
    there are; refuse() makes it end all of them, at once and from then on."""

    def __init__(self):
        super().__init__("mute")
        self.connections = []
        self.refusing = False
        self.refused = 0

    def start(self):
        place = os.path.join(self.directory, "socket")
        self.uri = "qemu+unix:///session?socket=" + place
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(place)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            if self.refusing:
                self.refused += 1
                connection.close()
            else:
                self.connections.append(connection)

    def refuse(self):
        self.refusing = True
        while self.connections:
            self.connections.pop().close()

    @property
    def open(self):
        return len(self.connections)

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.refuse()


class Case(rig.Case):
    def define(self, host):
        return self.call(host, "Host", "Define", "(a{sv}a(sa{sv})a{sv})", settings(GUEST), [], {})[0]

    def wait_connected(self, host):
        services.wait_for(lambda: self.client.property(host, "Host", "Connected"), "a connection")
        services.wait_for(lambda: self.can_define(host), "what the host can do")

    def can_define(self, host):
        try:
            self.call(host, "Host", "Define", "(a{sv}a(sa{sv})a{sv})",
                      settings({**GUEST, "name": "other"}), [], settings({"dry-run": True}))
        except GLib.Error as error:
            self.assertIn("HostUnavailable", str(error))
            return False
        return True

    def pending(self, path, interface, method):
        return rig.Pending(self.client, path, interface, method, "(a{sv})", {})

    def works(self, host, path, times):
        """Reading and changing the host's domain, and what needs no libvirt."""
        for number in range(times):
            self.client.modify(path, {"title": f"{number}"})
            self.assertIn(f"<title>{number}</title>", self.client.get_xml(path))
            self.assertEqual("shutoff", self.client.property(path, "Domain", "State"))
            self.assertEqual(1, len(self.plain(host, "Host", "ListDomains")))


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class TwoLibvirtds(Case):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.file = os.path.join(self.folder, "configuration")
        self.near = self.enterContext(services.Libvirtd())
        self.far = self.enterContext(services.Libvirtd(tcp=True))
        self.bus = self.enterContext(services.Bus())
        self.configure("near", "far")
        self.daemon = self.enterContext(services.Daemon(self.bus, "--config", self.file))
        self.client = self.new_client()
        self.wait_connected(NEAR)
        self.wait_connected(FAR)

    def configure(self, *names):
        uris = {"near": self.near.uri, "far": self.far.tcp_uri}
        with open(self.file, "w") as file:
            file.write("[hosts]\n" + "".join(f"{name}={uris[name]}\n" for name in names))

    def test_one_hung(self):
        paths = {NEAR: self.define(NEAR), FAR: self.define(FAR)}
        self.assertEqual({"qemu+unix", "qemu+tcp"}, {
            self.client.property(host, "Host", "Uri").split(":")[0] for host in paths})
        signals = rig.Signals(self.client)
        for hung, other, libvirtd in ((FAR, NEAR, self.far), (NEAR, FAR, self.near)):
            with self.subTest(hung=hung):
                signals.told.clear()
                libvirtd.pause()
                stuck = [self.pending(paths[hung], "Config", "GetXML") for _ in range(20)]
                self.works(other, paths[other], 25)
                self.assertEqual([None] * 20, [call.outcome for call in stuck])
                self.assertEqual({ERROR + "HostUnavailable"}, {call.wait() for call in stuck})
                signals.wait_property(hung, "Connected", False)
                self.works(other, paths[other], 5)
                libvirtd.resume()
                signals.wait_property(hung, "Connected", True)
                self.works(hung, paths[hung], 1)
                self.assertEqual([], [arguments for path, name, arguments in signals.told
                                      if path == other and "Connected" in str(arguments)])

    def test_one_gone(self):
        path = self.define(NEAR)
        self.far.kill()
        self.works(NEAR, path, 5)
        services.wait_for(lambda: not self.client.property(FAR, "Host", "Connected"), "the loss")
        with self.refused("HostUnavailable", "far"):
            self.plain(FAR, "Host", "ListDomains")
        self.assertEqual(path, self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "web", {}))
        self.far.start()
        self.wait_connected(FAR)

    def test_reload(self):
        """Hosts come and go while others work, even with calls stuck on the one that goes."""
        path = self.define(NEAR)
        signals = rig.Signals(self.client)
        self.far.pause()
        stuck = self.pending(FAR, "Host", "GetCapabilitiesXML")
        self.client.property(FAR, "Host", "Uri")  # the call before has been taken
        self.configure("near")
        self.daemon.process.send_signal(signal.SIGHUP)
        signals.wait_property(MANAGER, "Hosts", [NEAR])
        with self.refused("org.freedesktop.DBus.Error.UnknownObject"):
            self.plain(FAR, "Host", "ListDomains")
        self.works(NEAR, path, 3)
        self.configure("near", "far")
        self.daemon.process.send_signal(signal.SIGHUP)
        signals.wait_property(MANAGER, "Hosts", [NEAR, FAR])
        self.works(NEAR, path, 3)
        self.assertEqual(ERROR + "HostUnavailable", stuck.wait())
        self.far.resume()
        self.wait_connected(FAR)
        self.works(FAR, self.define(FAR), 1)


class NeverThere(Case):
    def setUp(self):
        self.mute = self.enterContext(Mute())
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(
            self.bus, "--host", "local=test:///default", "--host", "mute=" + self.mute.uri))
        self.client = self.new_client()

    def build(self, **options):
        return self.call(MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})",
                         settings({"name": "x", "memory": "1GiB"}), [], settings(options))

    def commit(self):
        draft = self.draft({"uuid": "5dea22b3-1d52-d8f3-2516-782e98ab3fa0"})
        path, _ = self.plain(draft, "Draft", "Commit")
        self.client.domain(path, "Undefine")

    def test_others_do_not_wait(self):
        """A host that is being connected keeps back calls about itself, and no others."""
        held = self.pending(MUTE, "Host", "ListDomains")
        for _ in range(3):
            self.assertIn("<domain type='test'", self.build(host="local"))
            self.assertIn("<domain type='test'", self.build())
            self.assertNotIn("type='test'", self.build(host=""))
            self.assertEqual(rig.TEST,
                             self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "test", {}))
            self.assertEqual({"test": rig.TEST}, self.domains())
            self.commit()
        self.assertIsNone(held.outcome)
        self.assertEqual(ERROR + "HostUnavailable", held.wait())
        with self.refused("HostUnavailable", "mute"):
            self.build(host="mute")
        with self.refused("HostUnavailable", "mute"):
            self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "nobody", {})
        with self.refused("HostUnavailable", "mute"):
            self.plain(MUTE + rig.TEST.removeprefix(rig.HOST), "Domain", "ListHistory")
        with self.refused("org.freedesktop.DBus.Error.UnknownObject"):
            self.plain(rig.TEST[:-1] + "0", "Domain", "ListHistory")

    def test_connections_do_not_pile_up(self):
        """However often it is called, a libvirtd that says nothing has one connection to bear."""
        self.assertEqual(ERROR + "HostUnavailable", self.pending(MUTE, "Host", "ListDomains").wait())
        for _ in range(50):
            with self.refused("HostUnavailable", "mute"):
                self.plain(MUTE, "Host", "GetCapabilitiesXML")
        self.assertEqual(1, self.mute.open)

    def test_refused(self):
        """A libvirtd that ends every connection is tried again, and costs nothing that lasts."""
        def used():
            return len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))

        self.assertEqual(ERROR + "HostUnavailable", self.pending(MUTE, "Host", "ListDomains").wait())
        self.mute.refuse()
        services.wait_for(lambda: self.mute.refused >= 2, "another attempt")
        before = used()
        services.wait_for(lambda: self.mute.refused >= 10, "more attempts")
        # Some are opened when they are needed first, but not one for each attempt.
        services.wait_for(lambda: used() <= before + 3, "the files of attempts to be closed")
        self.build(host="local")
        self.mute.refusing = False
        services.wait_for(lambda: self.mute.open == 1, "an attempt that is not refused")


if __name__ == "__main__":
    tap.main()
