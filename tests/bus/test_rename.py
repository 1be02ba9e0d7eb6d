# SPDX-License-Identifier: LGPL-2.1-or-later
"""Renaming domains: what goes along, what is told of it, and what is refused.

Owns Domain.Rename; who may do it is the policy tests' business.
"""

import os
import unittest

import rig
from rig import MANAGER, TEST
from support import services, tap
from support.client import settings

GUEST = {"name": "web", "memory": "1GiB", "vcpu": 2}
QEMU = {**GUEST, "type": "qemu", "os.arch": "x86_64", "memory": "64MiB"}


# Without firmware on the host libvirt defines it all the same.
EFI = """<domain type='qemu'><name>web</name><memory unit='MiB'>64</memory>
<os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features></domain>"""


class Case(rig.Case):
    def rename(self, path, name, **options):
        options = {key.replace("_", "-"): value for key, value in options.items()}
        return self.call(path, "Domain", "Rename", "(sa{sv})", name, settings(options))

    def name(self, path):
        return self.client.property(path, "Domain", "Name")


class Rename(Case):
    def setUp(self):
        super().setUp()
        self.web = self.client.define(GUEST)[0]

    def test_name(self):
        before = self.revision(self.web)
        result = self.rename(self.web, "shop")
        self.assertEqual((True, []), (result["changed"], result["problems"]))
        self.assertNotEqual(before, result["revision"])
        self.assertEqual(result["revision"], self.revision(self.web))
        self.assertEqual("shop", self.name(self.web))
        self.assertEqual("shop", self.client.get_settings(self.web, "name")["name"])
        self.assertEqual({"test": TEST, "shop": self.web}, self.domains())
        self.assertEqual(self.web, self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "shop", {}))
        with self.refused("NotFound", "web"):
            self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "web", {})
        self.client.define(GUEST)  # the old name is free
        self.client.modify(self.web, {"vcpu": 3})
        self.rename(self.web, "back")
        self.assertEqual("back", self.name(self.web))

    def test_signals(self):
        signals = rig.Signals(self.client)
        result = self.rename(self.web, "shop")
        signals.wait_property(self.web, "Name", "shop")
        changed = signals.wait_named(self.web, "Config.Changed")
        self.assertEqual((False, ["name"], [], result["revision"]), changed)

    def test_dry(self):
        result = self.rename(self.web, "shop", dry_run=True)
        self.assertEqual(True, result["changed"])
        self.assertIn("-  <name>web</name>\n+  <name>shop</name>\n", result["diff"])
        self.assertEqual("web", self.name(self.web))
        self.assertEqual(False, self.rename(self.web, "web")["changed"])

    def test_revision(self):
        old = self.revision(self.web)
        self.client.modify(self.web, {"vcpu": 1})
        with self.refused("Conflict"):
            self.rename(self.web, "shop", expected_revision=old)
        self.rename(self.web, "shop", expected_revision=self.revision(self.web))
        self.assertEqual("shop", self.name(self.web))

    def test_refused(self):
        self.client.define({**GUEST, "name": "shop"})
        for name, error in (("shop", "AlreadyExists"), ("a/b", "Invalid"), ("", "Invalid"), ("..", "Invalid")):
            with self.subTest(name), self.refused(error):
                self.rename(self.web, name)
        with self.refused("Invalid", "shut it down"):
            self.rename(TEST, "shop2")
        with self.refused("Unsupported", "affect"):
            self.rename(self.web, "shop2", affect="live")
        self.client.domain(TEST, "Undefine")
        with self.refused("Unsupported", "transient: it keeps its name"):
            self.rename(TEST, "shop2")
        self.assertEqual("web", self.name(self.web))

    def test_history_and_drafts_follow(self):
        draft = self.plain(self.web, "Domain", "Edit")
        self.rename(self.web, "shop")
        self.assertEqual(self.web, self.client.property(draft, "Draft", "Base"))
        self.assertTrue(self.client.property(draft, "Draft", "Stale"))
        rows = self.plain(self.web, "Domain", "ListHistory")
        self.assertEqual([["name"]], [row["keys"] for row in rows][:1])


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Guest(Case):
    """On a libvirtd with QEMU."""

    @classmethod
    def setUpClass(cls):
        cls.libvirtd = cls.enterClassContext(services.Libvirtd())

    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(
            self.bus, "--host", f"local={self.libvirtd.uri}"))
        self.client = self.new_client()

    def test_rename(self):
        path = self.client.define(QEMU)[0]
        self.assertEqual(True, self.rename(path, "shop")["changed"])
        self.assertEqual({"shop": path}, self.domains())
        self.assertEqual(["shop"], self.libvirtd.virsh("list --all --name").stdout.split())
        self.assertEqual("shop", self.client.get_settings(path, "name")["name"])
        self.plain(path, "Domain", "Undefine")

    def test_variables(self):
        """Where they are is implied by the name, and this libvirt keeps its files where nobody can tell:
        better no other name than a guest that finds its variables empty."""
        file = os.path.join(self.libvirtd.directory, "web.xml")
        with open(file, "w") as document:
            document.write(EFI)
        try:
            self.libvirtd.virsh(f"define {file}")
        except AssertionError as refused:
            self.assertIn("Unable to find 'efi' firmware", str(refused))
            self.skipTest("this libvirt wants firmware that is there")
        self.addCleanup(self.libvirtd.virsh, "undefine web --keep-nvram")
        path = services.wait_for(lambda: self.domains().get("web"), "the domain")
        if self.client.get_settings(path, "os.nvram"):
            self.skipTest("this libvirt writes the path down itself")
        for options in ({}, {"dry_run": True}):
            with self.refused("Unsupported", "os.nvram"):
                self.rename(path, "shop", **options)
        self.assertEqual({"web": path}, self.domains())

    def test_saved_state(self):
        path = self.client.define(QEMU)[0]
        self.plain(path, "Domain", "Start")
        with self.refused("Invalid", "shut it down"):
            self.rename(path, "shop")
        self.libvirtd.virsh("managedsave web")
        services.wait_for(lambda: not self.client.property(path, "Domain", "Active"), "its end")
        with self.refused("Invalid", "saved state"):
            self.rename(path, "shop")
        self.libvirtd.virsh("managedsave-remove web")
        self.rename(path, "shop")
        self.assertEqual({"shop": path}, self.domains())
        self.plain(path, "Domain", "Undefine")


if __name__ == "__main__":
    tap.main()
