# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes that other programs make and libvirt has no event for, on a private libvirtd with QEMU.

Owns that they are found without anybody asking, and at once by whoever does; and what follows from
that: signals, drafts, the history, what waits.
"""

import unittest

from support import client, services, tap
from support.client import settings
from support.watch import Signals

MISSING = services.Libvirtd.missing()


@unittest.skipIf(MISSING, MISSING)
class Silent(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.libvirtd = self.enterContext(services.Libvirtd())
        self.bus = self.enterContext(services.Bus())
        self.daemon = services.Daemon(self.bus, "--host", "local=" + self.libvirtd.uri)
        self.enterContext(self.daemon).wait_connected()
        self.client = client.Client(self.bus.address)
        self.addCleanup(self.client.close)
        self.path, _ = self.client.define({"name": "web", "type": "qemu", "memory": "64MiB", "vcpu": 4,
                                           "vcpu.current": 2, "os.arch": "x86_64", "os.machine": "q35"})
        self.client.domain(self.path, "Start")
        self.draft = self.client.domain(self.path, "Edit")
        services.wait_for(lambda: self.client.property(self.path, "Domain", "StartedAt"), "the start")
        self.client.get_xml(self.path, {"live": True})
        self.signals = Signals(self.client)

    def silently(self, *words):
        """What virsh does now, and that it is really silent."""
        self.libvirtd.virsh(*words)
        self.signals.settle()
        self.assertEqual([], self.changes())

    def changes(self):
        return [arguments for path, name, arguments in self.signals.told
                if (path, name) == (self.path, "Config.Changed")]

    def await_change(self, live, keys):
        self.signals.wait(lambda path, name, arguments: (path, name) == (self.path, "Config.Changed")
                          and (arguments[0], arguments[1]) == (live, keys), f"Changed {live} {keys}")

    def check_config_side(self):
        """What follows from a change of vcpu.current from 2 to 3."""
        self.await_change(False, ["vcpu.current"])
        self.signals.wait_property(self.path, "Pending", True)
        services.wait_for(lambda: self.client.property(self.draft, "Draft", "Stale"), "Stale")
        [row] = self.client.domain(self.path, "ListHistory")
        self.assertEqual(("external", ["vcpu.current"]), (row["origin"], row["keys"]))
        self.assertEqual([("vcpu.current", 2, 3, "now")],
                         [(row["key"], row["live"], row["config"], row["waits"])
                          for row in self.client.domain(self.path, "ListPending")])

    def test_found_by_itself(self):
        self.silently("setvcpus", "web", "3", "--config")
        self.check_config_side()

    def test_running_side_found_by_itself(self):
        self.silently("set-lifecycle-action", "web", "reboot", "destroy", "--live")
        self.await_change(True, ["on_reboot"])
        self.signals.wait_property(self.path, "Pending", True)
        [row] = self.client.domain(self.path, "ListPending")
        self.assertEqual(("on_reboot", "destroy", "restart", "lost"),
                         (row["key"], row["live"], row["config"], row["waits"]))

    def test_found_by_reading(self):
        for name, call in (
                ("GetXML", lambda: self.client.get_xml(self.path)),
                ("GetSettings", lambda: self.client.get_settings(self.path, "vcpu")),
                ("Revision", lambda: self.client.property(self.path, "Config", "Revision")),
                ("Edit", lambda: self.client.domain(self.path, "Edit")),
                ("dry run", lambda: self.client.modify(self.path, {"title": "x"},
                                                       options={"dry-run": True})),
                ("ListPending", lambda: self.client.domain(self.path, "ListPending"))):
            with self.subTest(name):
                self.signals.told.clear()
                number = "3" if self.libvirtd.virsh(
                    "vcpucount", "web", "--config", "--current").stdout.strip() == "2" else "2"
                self.libvirtd.virsh("setvcpus", "web", number, "--config")
                call()
                self.signals.settle()
                self.await_change(False, ["vcpu.current"])

    def test_found_by_editing(self):
        self.silently("setvcpus", "web", "3", "--config")
        self.client.modify(self.path, {"title": "x"})
        self.await_change(False, ["title", "vcpu.current"])
        rows = self.client.domain(self.path, "ListHistory")
        self.assertEqual([("domwright", ["title"]), ("external", ["vcpu.current"])],
                         [(row["origin"], row["keys"]) for row in rows])

    def test_running_side_found_by_editing(self):
        """A change that needs nothing of what the domain has else looks at that afterwards."""
        def modify(values):
            return self.client.modify(self.path, values, options={"affect": "live"})

        self.silently("set-lifecycle-action", "web", "reboot", "destroy", "--live")
        self.silently("setvcpus", "web", "3", "--config")
        modify({"title": "x"})
        self.await_change(True, ["title"])
        self.await_change(True, ["on_reboot"])
        self.await_change(False, ["vcpu.current"])
        # What is asked for seems to be what it is, and is not.
        self.libvirtd.virsh("set-lifecycle-action", "web", "reboot", "restart", "--live")
        result = modify({"on_reboot": "destroy"})
        self.assertEqual((True, "live"), (result["changed"], result["applied"]))
        self.assertEqual("destroy", self.client.call(
            self.path, "Config", "GetSettings", "(asa{sv})", ["on_reboot"],
            settings({"live": True}))["on_reboot"])
        self.assertNotIn("applied", modify({"on_reboot": "destroy"}))

    def test_running_side_found_by_reading(self):
        affect = {"affect": "live"}
        for name, action, call in (
                ("GetSettings", "destroy", lambda: self.client.call(
                    self.path, "Config", "GetSettings", "(asa{sv})", ["on_reboot"],
                    settings({"live": True}))),
                ("dry run", "restart", lambda: self.client.modify(
                    self.path, {"title": "x"}, options={"dry-run": True, **affect})),
                ("nothing to do", "destroy", lambda: self.client.modify(
                    self.path, {"on_poweroff": "destroy"}, options=affect))):
            with self.subTest(name):
                self.signals.told.clear()
                self.silently("set-lifecycle-action", "web", "reboot", action, "--live")
                call()
                self.signals.settle()
                self.await_change(True, ["on_reboot"])


if __name__ == "__main__":
    tap.main()
