# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemon tells: domains that come, change and go, documents that change, drafts, hosts.

Owns the signals; what the calls that cause them answer is in the other programs.
"""

import rig
from rig import HOST, MANAGER, NOTHING, TEST
from support import tap
from support.client import settings


class Signals(rig.Case):
    def setUp(self):
        super().setUp()
        # Answered once the host has said what it can do; that is told, too.
        self.plain(HOST, "Host", "GetCapabilities")
        self.signals = rig.Signals(self.client)

    def test_coming_and_going(self):
        path, _ = self.client.define({"name": "web", "title": "a web server", "memory": "1GiB"})
        _, interfaces = self.signals.wait(
            lambda where, name, arguments: (where, name) == (HOST, "ObjectManager.InterfacesAdded")
            and arguments[0] == path)[2]
        self.assertEqual(("web", "a web server", False),
                         tuple(interfaces["org.domwright1.Domain"][name]
                               for name in ("Name", "Title", "Active")))
        self.assertEqual({}, interfaces["org.domwright1.Config"])
        self.client.domain(path, "Undefine")
        removed = self.signals.wait_named(HOST, "ObjectManager.InterfacesRemoved")
        self.assertEqual((path, {"org.domwright1.Domain", "org.domwright1.Config"}),
                         (removed[0], set(removed[1])))
        self.signals.settle()
        told = [name for where, name, _ in self.signals.told
                if where == HOST and name.startswith("ObjectManager.")]
        self.assertEqual(["ObjectManager.InterfacesAdded", "ObjectManager.InterfacesRemoved"], told)

    def test_state(self):
        for method, state, active in [("Suspend", "paused", True), ("Resume", "running", True),
                                      ("Destroy", "shutoff", False), ("Start", "running", True)]:
            self.signals.told.clear()
            self.client.domain(TEST, method)
            self.signals.wait_property(TEST, "State", state)
            if method in ("Destroy", "Start"):
                self.signals.wait_property(TEST, "Active", active)

    def test_properties(self):
        self.call(TEST, "Domain", "SetAutostart", "(ba{sv})", True, {})
        self.signals.wait_property(TEST, "Autostart", True)
        self.client.modify(TEST, {"title": "new"})
        self.signals.wait_property(TEST, "Title", "new")
        self.client.domain(TEST, "Undefine")
        self.signals.wait_property(TEST, "Persistent", False)

    def test_changed(self):
        result = self.client.modify(TEST, {"memory": "16GiB", "title": "new"})
        live, keys, devices, revision = self.signals.wait_named(TEST, "Config.Changed")
        self.assertEqual((False, {"memory", "title"}, [], result["revision"]),
                         (live, set(keys), devices, revision))
        self.signals.wait(lambda path, name, arguments: path == TEST
                          and name == "Properties.PropertiesChanged"
                          and arguments == ("org.domwright1.Config", {}, ["Revision"]))
        self.signals.told.clear()
        self.client.add_disk(TEST, {"source.file": NOTHING + "/b.raw", "driver.type": "raw",
                                    "target.bus": "virtio"})
        self.assertEqual([("disk", "vdb")], self.signals.wait_named(TEST, "Config.Changed")[2])
        self.signals.settle()
        self.assertEqual(1, self.signals.names(TEST).count("Config.Changed"))

    def test_quiet(self):
        """What changes nothing, or fails, tells nothing."""
        self.client.modify(TEST, {"memory": "8GiB"}, options={"dry-run": True})
        self.client.modify(TEST, {"memory": "8GiB"})
        with self.refused("UnknownKey"):
            self.client.modify(TEST, {"memry": "9GiB"})
        self.client.get_xml(TEST)
        self.signals.settle()
        self.assertEqual([], self.signals.told)

    def test_drafts(self):
        path = self.plain(TEST, "Domain", "Edit")
        result = self.client.modify(path, {"title": "x"})
        self.assertEqual((False, ["title"], [], result["revision"]),
                         self.signals.wait_named(path, "Config.Changed"))
        self.signals.wait_property(path, "Modified",
                                   self.client.property(path, "Draft", "Modified"))
        self.client.modify(TEST, {"title": "y"})
        self.signals.wait_property(path, "Stale", True)

    def test_order(self):
        """Many changes of one domain are told one by one, in their order."""
        revisions = [self.client.modify(TEST, {"title": f"title {number}"})["revision"]
                     for number in range(50)]
        self.signals.wait(lambda path, name, arguments: name == "Config.Changed"
                          and arguments[3] == revisions[-1])
        told = [arguments[3] for path, name, arguments in self.signals.told
                if (path, name) == (TEST, "Config.Changed")]
        self.assertEqual(revisions, told)
        titles = [arguments[1]["Title"] for path, name, arguments in self.signals.told
                  if path == TEST and name == "Properties.PropertiesChanged"
                  and "Title" in arguments[1]]
        self.assertEqual([f"title {number}" for number in range(50)], titles)

    def test_managed_objects(self):
        objects = self.call(HOST, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        self.assertEqual([TEST], list(objects))
        self.assertEqual("test", objects[TEST]["org.domwright1.Domain"]["Name"])
        self.assertEqual({}, objects[TEST]["org.domwright1.Config"])

    def test_a_draft_has_no_object_manager(self):
        self.call(MANAGER, "Manager", "NewDraft", "(a{sv}a(sa{sv})a{sv})",
                  settings({"name": "web"}), [], {})
        self.signals.settle()
        self.assertEqual([], [name for _, name, _ in self.signals.told
                              if name.startswith("ObjectManager")])


if __name__ == "__main__":
    tap.main()
