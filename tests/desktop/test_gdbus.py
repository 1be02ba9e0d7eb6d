# SPDX-License-Identifier: LGPL-2.1-or-later
"""The main job as a desktop program does it: GDBus, and an object manager that watches the host.

Owns the proof that GLib's own client machinery (proxies, cached properties, signals) works with the
daemon unaided. Runs on libvirt's test driver.
"""

import time
import unittest

from gi.repository import Gio, GLib

from support import client, services, tap
from support.client import settings

SECONDS = 30


class Watched:
    """A host's domains as Gio.DBusObjectManagerClient sees them, with everything it told."""

    def __init__(self, connection):
        self.told = []
        self.manager = Gio.DBusObjectManagerClient.new_sync(
            connection, Gio.DBusObjectManagerClientFlags.NONE, client.NAME, client.HOST,
            None, None, None)
        self.manager.connect("object-added", lambda _, o: self.told.append(("added", o.get_object_path())))
        self.manager.connect("object-removed", lambda _, o: self.told.append(("removed", o.get_object_path())))
        self.manager.connect("interface-proxy-properties-changed", self._changed)

    def _changed(self, _manager, item, _proxy, changed, _invalidated):
        for name, value in changed.unpack().items():
            self.told.append(("changed", item.get_object_path(), name, value))

    def cached(self, path, name):
        proxy = self.manager.get_interface(path, "org.domwright1.Domain")
        return proxy.get_cached_property(name).unpack()

    def paths(self):
        return [item.get_object_path() for item in self.manager.get_objects()]

    def wait(self, what):
        context = GLib.MainContext.default()
        end = time.monotonic() + SECONDS
        while what not in self.told:
            if time.monotonic() > end:
                raise AssertionError(f"never told {what}, only {self.told}")
            if not context.iteration(False):
                time.sleep(0.01)


class Desktop(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.enterContext(services.Daemon(self.bus, "--host", "local=test:///default"))
        self.client = client.Client(self.bus.address)
        self.addCleanup(self.client.close)
        self.watched = Watched(self.client.connection)

    def draft(self):
        call = self.client.call
        path = call(client.MANAGER, "Manager", "NewDraft", "(a{sv}a(sa{sv})a{sv})", settings({
            "name": "win11", "memory": "4GiB", "vcpu": 4, "cpu.topology.sockets": 1,
            "cpu.topology.cores": 2, "cpu.topology.threads": 2, "clock.offset": "localtime"}), [], {})
        self.client.add_disk(path, {"source.file": "/srv/vm/win11.qcow2", "driver.type": "qcow2",
                                    "target.bus": "virtio"})
        self.client.add_disk(path, {"device": "cdrom", "source.file": "/srv/iso/win11.iso",
                                    "driver.type": "raw", "target.bus": "sata"})
        self.client.add_disk(path, {
            "source.protocol": "iscsi", "source.name": "iqn.2026-01.com.example:storage/1",
            "source.host.1.name": "192.0.2.10", "source.host.1.port": 3260,
            "source.initiator": "iqn.2026-01.com.example:win11", "driver.type": "raw",
            "target.bus": "virtio"})
        self.client.set_hyperv(path, {"relaxed": True, "vapic": True, "spinlocks": True,
                                      "spinlocks.retries": 8191})
        self.client.set_hyperv(path, {"vapic": False})
        channel, _ = call(path, "Config", "AddDevice", "(sa{sv}a{sv})", "channel",
                          settings({"target.name": "org.qemu.guest_agent.0"}), {})
        self.assertEqual("org.qemu.guest_agent.0", channel)
        return path

    def test_domain_comes_changes_and_goes(self):
        watched, call = self.watched, self.client.call
        before = watched.paths()
        self.assertEqual(1, len(before))
        self.assertEqual("test", watched.cached(before[0], "Name"))

        draft = self.draft()
        self.assertEqual([], [problem for problem in call(draft, "Config", "Validate", "(a{sv})", {})
                              if problem["severity"] == "error"])
        path, _ = call(draft, "Draft", "Commit", "(a{sv})", {})
        watched.wait(("added", path))
        self.assertEqual(["win11", "shutoff", False, -1],
                         [watched.cached(path, name) for name in ("Name", "State", "Active", "Id")])
        self.assertEqual([("disk", "vda"), ("disk", "sda"), ("disk", "vdb")], sorted(
            ((kind, ident) for kind, ident, _ in
             call(path, "Config", "GetDevices", "(sa{sv})", "disk", {})),
            key=lambda one: ["vda", "sda", "vdb"].index(one[1])))

        self.client.modify(path, {"title": "Windows 11"})
        watched.wait(("changed", path, "Title", "Windows 11"))
        self.client.domain(path, "Start")
        watched.wait(("changed", path, "Active", True))
        watched.wait(("changed", path, "State", "running"))
        self.assertTrue(watched.cached(path, "Active"))
        self.client.domain(path, "Destroy")
        watched.wait(("changed", path, "State", "shutoff"))
        self.client.domain(path, "Undefine")
        watched.wait(("removed", path))
        self.assertEqual(before, watched.paths())

    def test_changed_names_keys_and_devices(self):
        path, _ = self.client.define({"name": "told", "memory": "1GiB", "vcpu": 1})
        seen = []
        self.client.connection.signal_subscribe(
            client.NAME, "org.domwright1.Config", "Changed", path, None, Gio.DBusSignalFlags.NONE,
            lambda *words: seen.append(words[5].unpack()))
        _, added = self.client.add_disk(path, {"source.file": "/srv/vm/a.qcow2",
                                               "driver.type": "qcow2", "target.bus": "virtio"})
        modified = self.client.modify(path, {"memory": "2GiB", "currentMemory": "2GiB"})
        self.assertNotEqual(added["revision"], modified["revision"])
        context = GLib.MainContext.default()
        services.wait_for(lambda: context.iteration(False) or len(seen) >= 2, "two signals", SECONDS)
        self.assertEqual([(False, [], [("disk", "vda")], added["revision"]),
                          (False, ["currentMemory", "memory"], [], modified["revision"])],
                         [(live, sorted(keys), devices, revision)
                          for live, keys, devices, revision in seen])

    def test_proxy_from_introspection(self):
        proxy = Gio.DBusProxy.new_sync(self.client.connection, Gio.DBusProxyFlags.NONE, None,
                                       client.NAME, client.MANAGER, "org.domwright1.Manager", None)
        self.assertEqual([client.HOST], proxy.get_cached_property("Hosts").unpack())
        xml = proxy.Build("(a{sv}a(sa{sv})a{sv})", settings({"name": "built", "type": "kvm", "memory": "1GiB"}), [],
                          settings({"host": ""}))
        self.assertIn("<name>built</name>", xml)


if __name__ == "__main__":
    tap.main()
