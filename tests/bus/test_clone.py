# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clones: Domain.Edit with the option clone, the questions that are open in the draft, and their answers.

Owns what of a clone is the daemon's; what is new in its document is tests/unit/test-clone.c.
"""

import os

from gi.repository import GLib

import rig
from rig import HOST, MANAGER, NOTHING, TEST
from support import tap
from support.client import device, settings

RECORD = NOTHING + "/web.log"


def edit_options(disks=None, **options):
    values = {name.replace("_", "-"): value for name, value in options.items()}
    found = settings({"clone": True, **values})
    if disks is not None:
        found["disks"] = GLib.Variant("a{ss}", disks)
    return found


class Clone(rig.Case):
    def setUp(self):
        super().setUp()
        self.web, _ = self.client.define(
            {"name": "web", "memory": "1GiB", "title": "a title"},
            [device("disk", source__file=NOTHING + "/web.qcow2"),
             device("interface", type="user", mac__address="52:54:00:00:00:01")])

    def clone(self, path=None, **options):
        return self.call(path or self.web, "Domain", "Edit", "(a{sv})", edit_options(**options))

    def open_rows(self, path):
        rows = self.plain(path, "Config", "Validate")
        return [(row["rule"], row["severity"], row["kind"], row["id"], row["key"], row["value"])
                for row in rows if row["rule"].startswith(("clone.", "nvram."))]

    def commit(self, path, **options):
        return self.plain(path, "Draft", "Commit", **options)

    QUESTION = ("clone.disk", "error", "disk", "vda", "source.file", NOTHING + "/web.qcow2")

    def test_clone(self):
        path = self.clone(name="web2", disks={"vda": NOTHING + "/web2.qcow2"})
        about = self.call(path, "org.freedesktop.DBus.Properties", "GetAll", "(s)", "org.domwright1.Draft")
        self.assertEqual(("/", "", HOST, os.getuid(), False),
                         tuple(about[name] for name in ("Base", "BaseRevision", "Host", "Owner", "Stale")))
        self.assertEqual([], self.open_rows(path))
        domain, result = self.commit(path)
        self.assertEqual(domain, self.domains()["web2"])
        self.assertNotEqual(self.web, domain)
        self.assertEqual({"name": "web2", "memory": 2 ** 30}, self.client.get_settings(domain, "name", "memory", "title"))
        disk, = self.call(domain, "Config", "GetDevices", "(sa{sv})", "disk", {})
        self.assertEqual(NOTHING + "/web2.qcow2", disk[2]["source.file"])
        self.assertFalse(os.path.exists(NOTHING + "/web2.qcow2"))
        nic, = self.call(domain, "Config", "GetDevices", "(sa{sv})", "interface", {})
        self.assertNotEqual("52:54:00:00:00:01", nic[1])

    def test_questions(self):
        path = self.clone(name="web2")
        self.assertEqual([self.QUESTION], self.open_rows(path))
        with self.refused("Invalid", "web.qcow2", "share", "omit"):
            self.commit(path)
        _, result = self.commit(path, dry_run=True)
        self.assertIn(("clone.disk", "error", ["share", "omit", "PATH", "POOL/VOLUME"]),
                      [(row["rule"], row["severity"], row["allowed"]) for row in result["problems"]])
        self.assertNotIn("web2", self.domains())
        self.call(path, "Config", "ModifyDisk", "(sa{sv}asa{sv})", "vda",
                  settings({"source.file": NOTHING + "/web2.qcow2"}), [], {})
        self.assertEqual([], self.open_rows(path))
        self.commit(path)
        self.assertIn("web2", self.domains())

    def test_restart(self):
        path = self.clone()
        for end in (self.daemon.stop, self.kill):
            end()
            self.daemon.start()
            self.client = self.new_client()
            self.assertEqual([self.QUESTION], self.open_rows(path))
            with self.refused("Invalid", "web.qcow2"):
                self.commit(path)
        self.call(path, "Config", "RemoveDisk", "(sa{sv})", "vda", {})
        self.assertEqual([], self.open_rows(path))
        self.commit(path)
        self.assertIn("web-clone", self.domains())

    def kill(self):
        self.daemon.process.kill()
        self.daemon.process.wait()

    def test_shared_and_left_out(self):
        path = self.clone(name="web2", disks={"vda": "share"})
        self.assertEqual([("clone.share", "warning", "disk", "vda", "", "")], self.open_rows(path))
        self.commit(path)
        without = self.clone(name="web3", disks={"vda": "omit"})
        self.assertEqual([], self.call(without, "Config", "GetDevices", "(sa{sv})", "disk", {}))
        self.commit(without)

    def test_running(self):
        """The draft is made from what starts next; the guest goes on."""
        self.client.domain(self.web, "Start")
        path = self.clone(disks={"vda": "omit"})
        self.commit(path)
        self.assertEqual("running", self.client.property(self.web, "Domain", "State"))
        self.assertEqual("shutoff", self.client.property(self.domains()["web-clone"], "Domain", "State"))

    def test_macs(self):
        """Each clone has another address, those that are on their way included once they are defined."""
        found = {"52:54:00:00:00:01"}
        for number in range(5):
            domain, _ = self.commit(self.clone(name=f"web{number}", disks={"vda": "omit"}))
            nic, = self.call(domain, "Config", "GetDevices", "(sa{sv})", "interface", {})
            self.assertNotIn(nic[1], found)
            found.add(nic[1])

    def test_secrets(self):
        """Whoever may read them takes them along."""
        self.call(self.web, "Config", "AddDevice", "(sa{sv}a{sv})", "graphics",
                  settings({"type": "vnc", "passwd": "hush"}), {})
        domain, _ = self.commit(self.clone(disks={"vda": "omit"}))
        self.assertIn("hush", self.call(domain, "Config", "GetXML", "(a{sv})", settings({"secrets": True})))

    def test_refusals(self):
        with self.refused("AlreadyExists", "test"):
            self.clone(name="test")
        with self.refused("InvalidValue", "vdz"):
            self.clone(disks={"vdz": "omit"})
        with self.refused("InvalidValue", "share, omit"):
            self.clone(disks={"vda": "copy"})
        with self.refused("InvalidValue", "option clone"):
            self.plain(self.web, "Domain", "Edit", name="x")
        with self.refused("InvalidValue", "a{ss}"):
            self.call(self.web, "Domain", "Edit", "(a{sv})", settings({"clone": True, "disks": "x"}))
        self.assertEqual([], self.plain(MANAGER, "Manager", "ListDrafts"))

    def test_edit_without(self):
        path = self.call(TEST, "Domain", "Edit", "(a{sv})", settings({"clone": False}))
        self.assertEqual(TEST, self.client.property(path, "Draft", "Base"))


if __name__ == "__main__":
    tap.main()
