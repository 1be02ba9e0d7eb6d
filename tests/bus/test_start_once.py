# SPDX-License-Identifier: LGPL-2.1-or-later
"""Domain.Start with another configuration for this once: what runs, and that what is defined stays.

Owns the options of Start on libvirt's test driver; with a guest they are e2e's, who may is policy's.
"""

import unittest

from gi.repository import GLib

import rig
from rig import TEST
from support import tap
from support.client import device, settings

DISKS = [device("disk", source__file="/srv/vm/a.img", target__dev="vda", target__bus="virtio",
                boot__order=1),
         device("disk", device="cdrom", target__dev="sda", target__bus="sata")]


def once(**options):
    """Options of Start: settings as a dict, boot as a list of pairs."""
    if "settings" in options:
        options["settings"] = GLib.Variant("a{sv}", settings(options["settings"]))
    if "boot" in options:
        options["boot"] = GLib.Variant("a(ss)", options["boot"])
    return settings(options)


class StartOnce(rig.Case):
    def setUp(self):
        super().setUp()
        self.path, _ = self.client.define({"name": "web", "memory": "1GiB", "vcpu": 2}, DISKS)
        self.before = self.client.get_xml(self.path)

    def start(self, **options):
        return self.call(self.path, "Domain", "Start", "(a{sv})", once(**options))

    def live(self, *keys):
        return self.call(self.path, "Config", "GetSettings", "(asa{sv})", list(keys),
                         settings({"live": True}))

    def live_orders(self):
        disks = self.call(self.path, "Config", "GetDevices", "(sa{sv})", "disk", settings({"live": True}))
        return {id: have.get("boot.order") for _, id, have in disks}

    def check_defined(self):
        self.assertEqual(self.before, self.client.get_xml(self.path))

    def test_settings(self):
        revision = self.revision(self.path)
        self.start(settings={"vcpu": 1, "memory": "512MiB", "disk/sda/source.file": "/srv/iso/rescue.iso",
                             "disk/vda/readonly": True})
        self.assertEqual("running", self.client.property(self.path, "Domain", "State"))
        self.assertEqual({"vcpu": 1, "memory": 512 << 20}, self.live("vcpu", "memory"))
        disks = self.call(self.path, "Config", "GetDevices", "(sa{sv})", "disk", settings({"live": True}))
        self.assertEqual({"vda": (True, "/srv/vm/a.img"), "sda": (True, "/srv/iso/rescue.iso")},
                         {id: (have.get("readonly"), have.get("source.file")) for _, id, have in disks})
        self.check_defined()
        self.assertTrue(self.client.property(self.path, "Domain", "Persistent"))
        self.client.domain(self.path, "Destroy")
        self.check_defined()
        self.assertEqual(revision, self.revision(self.path))
        self.client.domain(self.path, "Start")
        self.assertEqual({"vcpu": 2}, self.live("vcpu"))

    def test_boot(self):
        self.start(boot=[("disk", "sda"), ("disk", "vda")])
        self.assertEqual({"sda": 1, "vda": 2}, self.live_orders())
        self.check_defined()

    def test_boot_of_none(self):
        self.start(boot=[])
        self.assertEqual({"sda": None, "vda": None}, self.live_orders())
        self.check_defined()

    def test_until_reboot(self):
        self.start(until="reboot")
        self.assertEqual({"on_reboot": "destroy"}, self.live("on_reboot"))
        self.check_defined()

    def test_until_stop(self):
        """Which is the usual: nothing is different."""
        self.start(until="stop")
        self.assertEqual("running", self.client.property(self.path, "Domain", "State"))
        self.assertNotEqual({"on_reboot": "destroy"}, self.live("on_reboot"))
        self.check_defined()

    def test_no_history(self):
        """What is started once was never the definition."""
        self.start(settings={"title": "once"})
        self.assertEqual([], self.plain(self.path, "Domain", "ListHistory"))

    def test_nothing_waits(self):
        """What is different this once is no change that waits for a restart; a change is."""
        self.start(settings={"vcpu": 1, "disk/vda/readonly": True}, boot=[("disk", "sda")], until="reboot")
        self.assertEqual([], self.plain(self.path, "Domain", "ListPending"))
        self.assertFalse(self.client.property(self.path, "Domain", "Pending"))
        self.client.modify(self.path, {"vcpu": 4})
        self.assertEqual([("vcpu", "restart")],
                         [(row["key"], row["waits"]) for row in self.plain(self.path, "Domain", "ListPending")])

    def test_signals(self):
        watcher = rig.Signals(self.client)
        self.start(settings={"vcpu": 1})
        watcher.wait_property(self.path, "State", "running")
        self.assertEqual([], [arguments for path, name, arguments in watcher.told
                              if name == "Config.Changed" and not arguments[0]])

    def test_refused(self):
        for options, name, words in (
                ({"settings": {"memroy": 1}}, "UnknownKey", ["memory"]),
                ({"settings": {"vcpu": 0}}, "InvalidValue", ["vcpu"]),
                ({"settings": {"disk/vdz/serial": "x"}}, "NotFound", ["vdz"]),
                ({"settings": {"disk/serial": "x"}}, "InvalidValue", ["KIND/ID/KEY"]),
                ({"settings": {"name": "other"}}, "InvalidValue", ["name"]),
                ({"settings": {"memory": "1GiB", "currentMemory": "2GiB"}}, "Invalid", ["currentMemory"]),
                ({"settings": {"on_reboot": "restart"}, "until": "reboot"}, "InvalidValue",
                 ["on_reboot", "twice"]),
                ({"boot": [("disk", "vdz")]}, "NotFound", ["vdz"]),
                ({"boot": [("sound", "#1")]}, "Unsupported", ["sound"]),
                ({"until": "sunday"}, "InvalidValue", ["until", "stop, reboot"]),
                ({"until": True}, "InvalidValue", ["until", "(s)"]),
                ({"dry-run": True}, "InvalidValue", ["paused, boot, settings, until"])):
            with self.subTest(options), self.refused(name, *words):
                self.start(**options)
        self.assertEqual("shutoff", self.client.property(self.path, "Domain", "State"))
        self.check_defined()

    def test_running(self):
        with self.refused("Libvirt", "test"):
            self.call(TEST, "Domain", "Start", "(a{sv})", once(settings={"vcpu": 1}))


if __name__ == "__main__":
    tap.main()
