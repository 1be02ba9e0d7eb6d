# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvirt being slow, hung, killed, absent, or used by somebody else at the same time.

Owns what the daemon promises whatever libvirt does. Runs on a private libvirtd; no guest is started.
"""

import signal
import unittest

from gi.repository import GLib

import rig
from rig import ERROR, HOST, MANAGER
from support import client, features, services, tap
from support.client import settings

GUEST = {"name": "web", "type": "qemu", "memory": "64MiB", "os.arch": "x86_64"}
AWAY = MANAGER + "/host/away"
UNUSED = "5dea22b3-1d52-d8f3-2516-782e98ab3fa0"


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Libvirt(rig.Case):
    def setUp(self):
        self.libvirtd = self.enterContext(services.Libvirtd())
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(
            self.bus, "--host", f"local={self.libvirtd.uri}",
            "--host", f"away=qemu+unix:///session?socket={self.libvirtd.directory}/nothing"))
        self.client = self.new_client()
        self.path, _ = self.client.define(GUEST)
        self.signals = rig.Signals(self.client)

    def connected(self):
        return self.client.property(HOST, "Host", "Connected")

    def start_again(self):
        self.libvirtd.start()
        services.wait_for(self.connected, "a connection")

    def others_answer(self):
        """Everything that does not need libvirt."""
        self.call(MANAGER, "org.freedesktop.DBus.Peer", "Ping")
        self.assertEqual({"web": self.path}, self.domains())
        self.assertEqual(self.path, self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "web", {}))
        self.assertEqual("shutoff", self.client.property(self.path, "Domain", "State"))
        draft = self.import_draft("<domain><name>x</name></domain>")
        self.client.modify(draft, {"title": "x"})
        self.assertIn("<title>x</title>", self.client.get_xml(draft))
        self.plain(draft, "Draft", "Discard")
        self.call(MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})", settings({"name": "y"}), [],
                  settings({"host": ""}))

    def test_hung(self):
        self.libvirtd.pause()
        stuck = [rig.Pending(self.client, self.path, "Config", "GetXML", "(a{sv})", {})
                 for _ in range(20)]
        stuck += [rig.Pending(self.client, self.path, "Config", "Modify", "(a{sv}asa{sv})",
                          settings({"title": f"{number}"}), [], {}) for number in range(5)]
        for _ in range(3):
            self.others_answer()
        self.assertEqual([None] * 25, [call.outcome for call in stuck])
        outcomes = {call.wait() for call in stuck}
        self.assertEqual({ERROR + "HostUnavailable"}, outcomes)
        services.wait_for(lambda: not self.connected(), "the loss of the connection")
        with self.refused("HostUnavailable", "local"):
            self.client.get_xml(self.path)
        self.libvirtd.resume()
        services.wait_for(self.connected, "a connection")
        self.assertIn("<name>web</name>", self.client.get_xml(self.path))
        self.signals.wait_property(HOST, "Connected", False)
        self.signals.wait_property(HOST, "Connected", True)

    def judged(self, draft):
        return [row["rule"] for row in self.plain(draft, "Config", "Validate")
                if row["rule"].startswith("host-")]

    def many_vcpus(self, machine, host="local"):
        return self.import_draft(f"<domain type='qemu'><name>x</name><memory>65536</memory><vcpu>300</vcpu><os>"
                                 f"<type arch='x86_64' machine='{machine}'>hvm</type></os></domain>", host=host)

    def test_drafts_are_judged_by_the_host(self):
        """The first time that anybody asks about such a machine, whatever comes first."""
        services.wait_for(lambda: self.plain(HOST, "Host", "GetCapabilities"), "what the host can do")
        self.assertEqual(["host-vcpu"], self.judged(self.many_vcpus("pc-i440fx-7.0")))
        draft = self.many_vcpus("pc-i440fx-6.0")
        for machine, said in (("pc-i440fx-6.2", {"vcpu": 299}), ("pc-i440fx-6.1", {})):
            result = self.client.modify(draft, {"os.machine": machine, **said}, options={"dry-run": True})
            self.assertIn("host-vcpu", [row["rule"] for row in result["problems"]])
        with self.refused_many_vcpus("255 at most"):
            self.client.modify(draft, {"os.machine": "pc-i440fx-5.2", "vcpu": 298})
        with self.refused_many_vcpus("255 at most"):
            self.client.modify(self.many_vcpus("pc-i440fx-5.1"), {"vcpu": 297})
        opened = self.plain(self.path, "Domain", "Edit")
        with self.refused_many_vcpus("255 at most"):
            self.client.modify(opened, {"os.machine": "pc-i440fx-5.0", "vcpu": 297})
        self.assertEqual(["host-silent"], self.judged(self.many_vcpus("pc", "away")))
        self.assertEqual([], self.judged(self.many_vcpus("pc", "")))

    def test_drafts_beside_a_hung_host(self):
        """It says nothing, and nobody takes that for a yes; edits keep their order."""
        services.wait_for(lambda: self.plain(HOST, "Host", "GetCapabilities"), "what the host can do")
        self.libvirtd.pause()
        draft = self.many_vcpus("pc-i440fx-7.1")
        edits = [rig.Pending(self.client, draft, "Config", "Modify", "(a{sv}asa{sv})",
                             settings({"title": title}), [], {}) for title in "abc"]
        self.assertEqual({("host-silent", "info")},
                         {(row["rule"], row["severity"]) for edit in edits for row in edit.wait()[0]["problems"]
                          if row["rule"].startswith("host-")})
        self.assertIn("<title>c</title>", self.client.get_xml(draft))
        note = self.call(draft, "Config", "SetMetadata", "(ssa{sv})", "urn:note",
                         "<note xmlns='urn:note'/>", {})
        self.assertEqual([], note["problems"], "nothing of it is judged by the host")
        self.assertEqual(["host-silent"], self.judged(draft))
        self.libvirtd.resume()
        services.wait_for(lambda: self.connected() and self.judged(draft) == ["host-vcpu"], "the host's word")

    def test_killed(self):
        for _ in range(3):
            before = self.revision(self.path)
            self.libvirtd.kill()
            services.wait_for(lambda: not self.connected(), "the loss of the connection")
            with self.refused("HostUnavailable", "local"):
                self.client.modify(self.path, {"title": "x"})
            with self.refused("HostUnavailable"):
                self.plain(HOST, "Host", "ListDomains")
            with self.refused("HostUnavailable"):
                self.revision(self.path)
            self.assertEqual("web", self.client.property(self.path, "Domain", "Name"))
            self.start_again()
            self.assertEqual(before, self.revision(self.path))
        self.client.modify(self.path, {"title": "after"})

    def test_killed_in_the_middle(self):
        """An edit whose connection dies is done or not; it never says it failed when it was done."""
        for number in range(4):
            calls = [rig.Pending(self.client, self.path, "Config", "Modify", "(a{sv}asa{sv})",
                             settings({"title": f"{number}.{step}"}), [], {}) for step in range(20)]
            services.wait_for(lambda: GLib.MainContext.default().iteration(False) and False
                              or calls[number].outcome, "the first answers")
            self.libvirtd.kill()
            outcomes = [call.wait() for call in calls]
            self.start_again()
            title = self.client.get_settings(self.path, "title").get("title")
            done = [step for step, outcome in enumerate(outcomes) if not isinstance(outcome, str)]
            failed = {outcome for outcome in outcomes if isinstance(outcome, str)}
            self.assertLessEqual(failed, {ERROR + "HostUnavailable", ERROR + "OutcomeUnknown",
                                          ERROR + "Libvirt"})
            last = int(title.split(".")[1])
            self.assertTrue(title.startswith(f"{number}."), title)
            if last != done[-1]:
                self.assertEqual(ERROR + "OutcomeUnknown", outcomes[last])

    def redefine(self, name, old, new):
        """As virsh edit does. (libvirt has no event for virsh's changes with --config.)"""
        file = f"{self.libvirtd.directory}/redefined.xml"
        xml = self.libvirtd.virsh("dumpxml", "--inactive", name).stdout
        self.assertIn(old, xml)
        with open(file, "w") as out:
            out.write(xml.replace(old, new))
        self.libvirtd.virsh("define", file)

    def test_changes_by_others(self):
        virsh = self.libvirtd.virsh
        changed = lambda: self.signals.wait_named(self.path, "Config.Changed")
        virsh("desc", "web", "--config", "--title", "--new-desc", "by virsh")
        self.signals.wait_property(self.path, "Title", "by virsh")
        self.assertEqual((False, ["title"], [], self.revision(self.path)), changed())
        self.signals.told.clear()
        self.redefine("web", "</devices>", "<disk type='file'><source file='/nonexistent/b.raw'/>"
                      "<target dev='vdb' bus='virtio'/></disk></devices>")
        self.assertEqual([("disk", "vdb")], changed()[2])
        self.signals.told.clear()
        virsh("domrename", "web", "renamed")
        self.signals.wait_property(self.path, "Name", "renamed")
        self.assertEqual({"renamed": self.path}, self.domains())
        self.assertIn("name", changed()[1])
        draft = self.plain(self.path, "Domain", "Edit")
        self.redefine("renamed", "</memory>", "</memory><currentMemory>32768</currentMemory>")
        self.signals.wait_property(draft, "Stale", True)
        virsh("undefine", "renamed")
        removed = self.signals.wait_named(HOST, "ObjectManager.InterfacesRemoved")
        self.assertEqual(self.path, removed[0])
        self.assertEqual({}, self.domains())

    def test_changes_by_others_after_our_own(self):
        """Their event and ours come one after the other, and only ours says what is known already."""
        for turn in range(8):
            self.client.modify(self.path, {"description": f"ours {turn}", "title": f"ours {turn}"})
            self.redefine("web", f"<title>ours {turn}", f"<title>theirs {turn}")
            if turn % 2:
                self.client.modify(self.path, {"description": f"ours again {turn}"})
            self.signals.wait_property(self.path, "Title", f"theirs {turn}")

    def test_changes_nobody_tells_of(self):
        """libvirt 9.0 has no event for what is attached to the persistent side (11.3 has): an edit
        sees it all the same, though it starts from what is known."""
        disk = ("attach-disk", "web", "/nonexistent/a.raw", "vdb", "--config", "--subdriver", "raw")
        self.client.modify(self.path, {"title": "known"})
        revision = self.revision(self.path)
        self.signals.wait_property(self.path, "Title", "known")
        self.signals.settle()
        before = len(self.signals.told)
        self.libvirtd.virsh(*disk)
        with self.refused("Conflict"):
            self.client.modify(self.path, {"title": "late"}, options={"expected-revision": revision})
        revision = self.client.modify(self.path, {"title": "kept"})["revision"]
        self.assertIn("/nonexistent/a.raw", self.client.get_xml(self.path))
        self.signals.wait(lambda path, name, arguments: name == "Config.Changed"
                          and arguments[3] == revision)
        told = [arguments for _, name, arguments in self.signals.told[before:]
                if name == "Config.Changed"]
        self.assertEqual([("disk", "vdb")], [device for said in told for device in said[2]])
        self.assertEqual(["title"], [key for said in told for key in said[1]])
        self.libvirtd.virsh("detach-disk", "web", "vdb", "--config")
        with self.refused("NotFound", "vdb"):
            self.call(self.path, "Config", "RemoveDisk", "(sa{sv})", "vdb", {})
        self.libvirtd.virsh(*disk)
        self.call(self.path, "Config", "ModifyDisk", "(sa{sv}asa{sv})", "vdb",
                  settings({"serial": "A"}), [], {})
        self.libvirtd.virsh("detach-disk", "web", "vdb", "--config")
        result = self.client.modify(self.path, {"title": "kept"})
        self.assertFalse(result["changed"])
        self.assertEqual(self.revision(self.path), result["revision"])
        self.assertNotIn("vdb", self.client.get_xml(self.path))

    @unittest.skipIf(features.schema_has("ssh"), "the schema of this libvirt has what was a fault of it")
    def test_old_faults_by_the_schema(self):
        """libvirt's parser takes and keeps what its schema refuses: here a protocol."""
        fault = "<disk type='network' device='disk'><driver name='qemu' type='raw'/>" \
                "<source protocol='ssh' name='a'><host name='h' port='22'/></source>" \
                "<target dev='vdz' bus='virtio'/></disk></devices>"
        text = self.client.get_xml(self.path).replace("</devices>", fault)
        new = text.replace("<name>web<", "<name>new<").replace(text.split("uuid>")[1][:36], UNUSED)
        with self.refused("Invalid", "vdz", "schema"):
            self.call(HOST, "Host", "DefineXML", "(sa{sv})", new, {})
        self.redefine("web", "</devices>", fault)
        services.wait_for(lambda: "ssh" in self.client.get_xml(self.path), "the fault")
        result = self.client.modify(self.path, {"title": "still editable"})
        self.assertTrue(result["changed"])

        def severities(problems):
            return {problem["severity"] for problem in problems if problem["rule"] == "schema"}

        # An edit is judged by what it alters, and there only by what it made worse.
        self.assertEqual(set(), severities(result["problems"]))
        result = self.call(self.path, "Config", "ModifyDisk", "(sa{sv}asa{sv})", "vdz",
                           settings({"driver.cache": "none"}), [], {})
        self.assertEqual({"warning"}, severities(result["problems"]))
        self.assertEqual({"warning"}, severities(self.plain(self.path, "Config", "Validate")))
        self.assertIn("protocol='ssh'", self.client.get_xml(self.path))

    def test_changes_while_away(self):
        """What happened while there was no connection is told when there is one again."""
        self.client.define({**GUEST, "name": "other"})
        self.libvirtd.kill()
        services.wait_for(lambda: not self.connected(), "the loss of the connection")
        self.daemon.process.send_signal(signal.SIGSTOP)
        self.libvirtd.start()
        self.libvirtd.virsh("desc", "web", "--config", "--title", "--new-desc", "meanwhile")
        self.libvirtd.virsh("undefine", "other")
        self.daemon.process.send_signal(signal.SIGCONT)
        self.signals.wait_property(self.path, "Title", "meanwhile")
        self.signals.wait_named(HOST, "ObjectManager.InterfacesRemoved")
        self.assertEqual((False, ["title"]),
                         self.signals.wait_named(self.path, "Config.Changed")[:2])

    def test_absent(self):
        self.assertFalse(self.client.property(AWAY, "Host", "Connected"))
        with self.refused("HostUnavailable", "away"):
            self.plain(AWAY, "Host", "ListDomains")
        with self.refused("HostUnavailable", "away"):
            self.call(AWAY, "Host", "Define", "(a{sv}a(sa{sv})a{sv})", settings(GUEST), [], {})
        with self.refused("HostUnavailable", "away"):
            self.draft(host="away")

    def test_capabilities(self):
        have = self.plain(HOST, "Host", "GetDomainCapabilities", type="qemu", arch="x86_64")
        self.assertEqual(("qemu", "x86_64"), (have["type"], have["arch"]))
        self.assertIn("virtio", have["disk.target.bus"])
        guests = self.plain(HOST, "Host", "GetCapabilities")["guests"]
        guest = next(guest for guest in guests if guest["arch"] == "x86_64")
        self.assertIn(guest["aliases"]["q35"], guest["machines"])
        choices = self.call(HOST, "Host", "ListChoices", "(ssa{sv})", "disk", "target.bus",
                            settings({"type": "qemu", "arch": "x86_64"}))
        values = [choice["value"] for choice in choices]
        self.assertIn("virtio", values)
        self.assertNotIn("xen", values)

    def test_many_events(self):
        """Domains defined by somebody else in a burst: each is told, in order."""
        xml = self.client.get_xml(self.path)
        uuid = self.client.property(self.path, "Domain", "UUID")
        names = [f"burst-{number:03}" for number in range(1000)]
        commands = []
        for number, name in enumerate(names):
            file = f"{self.libvirtd.directory}/{name}.xml"
            with open(file, "w") as out:
                out.write(xml.replace(uuid, UNUSED[:-3] + f"{number:03}").replace(">web<", f">{name}<"))
            commands.append(f"define {file}")
        self.libvirtd.virsh("; ".join(commands))
        self.signals.wait(lambda path, name, arguments: name == "ObjectManager.InterfacesAdded"
                          and arguments[1]["org.domwright1.Domain"]["Name"] == names[-1],
                          "the last domain")
        told = [arguments[1]["org.domwright1.Domain"]["Name"]
                for _, name, arguments in self.signals.told if name == "ObjectManager.InterfacesAdded"]
        self.assertEqual(names, told)
        self.assertEqual({"web", *names}, set(self.domains()))

    def test_terminate_while_hung(self):
        self.libvirtd.pause()
        rig.Pending(self.client, self.path, "Config", "GetXML", "(a{sv})", {})
        self.client.property(HOST, "Host", "Connected")
        self.daemon.process.terminate()
        self.assertEqual(0, self.daemon.process.wait(60))
        self.libvirtd.resume()


if __name__ == "__main__":
    tap.main()
