# SPDX-License-Identifier: LGPL-2.1-or-later
"""Drafts: made, edited, compared, committed, thrown away; whose they are, how many, how long.

Owns what Manager and Draft promise, and Config where drafts differ from domains.
"""

import os
import re
import shutil
import stat
import time

from gi.repository import GLib

import rig
from rig import HOST, MANAGER, NOTHING, TEST
from support import client, services, tap
from support.client import device, settings

XML = "<domain type='test'>\n\t<name>odd</name> <!-- kept -->\n\t<memory>1024</memory>" \
      "<os><type>hvm</type></os>\n</domain>\n"


class Drafts(rig.Case):
    def drafts(self):
        return self.plain(MANAGER, "Manager", "ListDrafts")

    def commit(self, path, **options):
        return self.plain(path, "Draft", "Commit", **options)

    def about(self, path):
        return self.call(path, "org.freedesktop.DBus.Properties", "GetAll", "(s)",
                         "org.domwright1.Draft")

    def test_from_nothing_to_a_domain(self):
        before = int(time.time() * 1000000) - 1000000
        path = self.draft(devices=[device("disk", source__file=NOTHING + "/a.qcow2")])
        about = self.about(path)
        self.assertEqual(("/", "", HOST, os.getuid(), False),
                         tuple(about[name] for name in ("Base", "BaseRevision", "Host", "Owner", "Stale")))
        self.assertGreater(about["Created"], before)
        self.assertEqual([path], self.drafts())
        first = self.revision(path)
        result = self.client.modify(path, {"memory": "2GiB"}, options={"diff": True})
        self.assertIn("+  <memory unit='KiB'>2097152</memory>", result["diff"])
        self.assertNotEqual(first, self.revision(path))
        self.assertEqual(result["revision"], self.revision(path))
        self.assertIn("+  <name>web</name>", self.plain(path, "Draft", "Diff"))
        domain, result = self.commit(path)
        self.assertEqual(domain, self.domains()["web"])
        self.assertEqual(self.revision(domain), result["revision"])
        self.assertEqual([], self.drafts())
        with self.refused("org.freedesktop.DBus.Error.UnknownObject"):
            self.client.get_xml(path)

    def test_build_makes_nothing(self):
        xml = self.call(MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})",
                        settings({"name": "web", "memory": "1GiB"}), [], {})
        self.assertIn("<name>web</name>", xml)
        self.assertIn("<domain type='test'>", xml)
        self.assertEqual(([], {"test": TEST}), (self.drafts(), self.domains()))
        bare = self.call(MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})",
                         settings({"name": "web"}), [], settings({"host": ""}))
        self.assertNotIn("emulator", bare)
        with self.refused("NotFound", "moon", "local"):
            self.call(MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})", {}, [],
                      settings({"host": "moon"}))

    def test_parse(self):
        values, devices = self.call(MANAGER, "Manager", "Parse", "(sa{sv})", XML, {})
        self.assertEqual("odd", values["name"])
        self.assertEqual([], devices)
        with self.refused("InvalidXML"):
            self.call(MANAGER, "Manager", "Parse", "(sa{sv})", "<domain>", {})
        with self.refused("LimitExceeded"):
            self.call(MANAGER, "Manager", "Parse", "(sa{sv})", XML + " " * 2 ** 20, {})

    def test_import_keeps_every_byte(self):
        path = self.import_draft(XML)
        self.assertEqual(XML, self.client.get_xml(path))
        self.client.modify(path, {"title": "x"})
        self.client.modify(path, {}, ["title"])
        self.assertEqual(XML, self.client.get_xml(path))
        for text in ["", "<domain", "<network/>", "<!DOCTYPE domain><domain/>"]:
            with self.subTest(text=text), self.refused("InvalidXML"):
                self.import_draft(text)

    def test_an_inverse_edit_restores_the_bytes(self):
        text = XML.replace("<os>", "<features></features><clock  offset = \"&#117;tc\" id='1'/><os>")
        path = self.import_draft(text)
        for key, value, back in (("features.acpi", "yes", None), ("hyperv.relaxed", "on", None),
                                 ("clock.offset", "localtime", "utc"), ("memory", "1000", "1MiB"),
                                 ("emulator", "/a", None), ("name", "even", "odd")):
            self.client.modify(path, {key: value})
            self.assertNotEqual(text, self.client.get_xml(path))
            self.client.modify(path, {key: back} if back else {}, [] if back else [key])
            self.assertEqual(text, self.client.get_xml(path), key)

    def test_large(self):
        """Too large for the main thread: worked on elsewhere, one edit after the other."""
        text = XML.replace("<memory>", "<description>" + "x" * 300000 + "</description><memory>")
        path = self.import_draft(text)
        for number in range(3):
            self.client.modify(path, {"title": f"title {number}"})
        self.assertEqual({"title": "title 2"}, self.client.get_settings(path, "title"))
        self.assertEqual(text, self.client.get_xml(path).replace("<title>title 2</title>\n\t", ""))

    def test_edit_of_a_domain(self):
        path = self.plain(TEST, "Domain", "Edit")
        about = self.about(path)
        self.assertEqual((TEST, self.revision(TEST), HOST),
                         (about["Base"], about["BaseRevision"], about["Host"]))
        self.assertEqual("", self.plain(path, "Draft", "Diff"))
        self.client.modify(path, {"memory": "4GiB"})
        self.assertIn("+  <memory unit='KiB'>4194304</memory>", self.plain(path, "Draft", "Diff"))
        domain, result = self.commit(path)
        self.assertEqual((TEST, True, True), (domain, result["changed"], result["restart-needed"]))
        self.assertEqual({"memory": 2 ** 32}, self.client.get_settings(TEST, "memory"))

    def test_stale(self):
        path = self.plain(TEST, "Domain", "Edit")
        self.client.modify(path, {"memory": "4GiB"})
        self.client.modify(TEST, {"title": "elsewhere"})
        self.assertTrue(self.about(path)["Stale"])
        with self.refused("Conflict", "Rebase brings the draft onto that"):
            self.commit(path)
        self.assertEqual([path], self.drafts())
        self.client.modify(TEST, {}, ["title"])
        self.assertFalse(self.about(path)["Stale"])
        self.commit(path)

    def test_import_over_a_draft(self):
        path = self.plain(TEST, "Domain", "Edit")
        text = self.client.get_xml(path).replace("<name>", "<title>by hand</title>\n  <name>")
        over = self.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text, settings({"draft": path}))
        self.assertEqual((path, text, TEST), (over, self.client.get_xml(path), self.about(path)["Base"]))
        for options in ({"draft": "/x"}, {"draft": path, "host": "local"}):
            with self.refused("InvalidValue", "draft"):
                self.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text, settings(options))
        with self.refused("InvalidXML"):
            self.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", "<domain>", settings({"draft": path}))
        self.commit(path)
        self.assertEqual("by hand", self.client.property(TEST, "Domain", "Title"))

    def rebase(self, path, **options):
        return self.plain(path, "Draft", "Rebase", **options)

    def test_rebase(self):
        path = self.plain(TEST, "Domain", "Edit")
        self.client.modify(path, {"memory": "4GiB"})
        self.client.modify(TEST, {"title": "elsewhere"})
        self.assertTrue(self.about(path)["Stale"])
        before = self.client.get_xml(path)
        planned = self.rebase(path, dry_run=True)
        self.assertIn("+  <title>elsewhere</title>", planned["diff"])
        self.assertEqual((True, before, True), (planned["changed"], self.client.get_xml(path),
                                                self.about(path)["Stale"]))
        signals = rig.Signals(self.client)
        result = self.rebase(path, diff=True)
        self.assertEqual((planned["revision"], planned["diff"], True, []),
                         (result["revision"], result["diff"], result["changed"], result["problems"]))
        self.assertEqual(result["revision"], self.revision(path))
        self.assertEqual([False, ["title"], [], result["revision"]],
                         list(signals.wait_named(path, "Config.Changed")))
        signals.wait(lambda at, name, arguments: at == path and name == "Properties.PropertiesChanged"
                     and arguments[1] == {"BaseRevision": self.revision(TEST), "Stale": False}, "rebased")
        about = self.about(path)
        self.assertEqual((self.revision(TEST), False), (about["BaseRevision"], about["Stale"]))
        self.assertEqual({"memory": 2 ** 32, "title": "elsewhere"},
                         self.client.get_settings(path, "memory", "title"))
        again = self.rebase(path)
        self.assertEqual((False, result["revision"]), (again["changed"], again["revision"]))
        self.commit(path)
        self.assertEqual({"memory": 2 ** 32, "title": "elsewhere"},
                         self.client.get_settings(TEST, "memory", "title"))

    def test_rebase_conflicts(self):
        path = self.plain(TEST, "Domain", "Edit")
        self.client.modify(path, {"memory": "4GiB", "title": "mine"})
        self.client.modify(TEST, {"memory": "3GiB", "description": "theirs"})
        before = self.client.get_xml(path), self.about(path), self.revision(path)
        for options in ({}, {"dry_run": True}):
            result = self.rebase(path, **options)
            self.assertEqual((False, before[2]), (result["changed"], result["revision"]))
            self.assertEqual([("rebase-conflict", "error", "memory", "", "", str(2 ** 32))],
                             [tuple(row[name] for name in ("rule", "severity", "key", "kind", "id", "value"))
                              for row in result["problems"]])
            self.assertIn(f'"{3 * 2 ** 30}"', result["problems"][0]["message"])
        self.assertEqual(before, (self.client.get_xml(path), self.about(path), self.revision(path)))
        result = self.rebase(path, prefer="theirs", dry_run=True)
        self.assertEqual(["warning"], [row["severity"] for row in result["problems"]])
        result = self.rebase(path, prefer="mine")
        self.assertEqual(["warning"], [row["severity"] for row in result["problems"]])
        self.assertEqual({"memory": 2 ** 32, "title": "mine", "description": "theirs"},
                         self.client.get_settings(path, "memory", "title", "description"))
        self.commit(path)

    def test_rebase_keeps_what_is_unknown(self):
        """To the byte: what one side changed and what both left alone, with or without a row."""
        namespace = "<x:y xmlns:x=\"urn:x\"  a='&#49;'><!-- c --><x:z/></x:y>"
        self.call(TEST, "Config", "SetMetadata", "(ssa{sv})", "urn:x", namespace, {})
        path = self.plain(TEST, "Domain", "Edit")
        self.call(path, "Config", "SetMetadata", "(ssa{sv})", "urn:own", "<o xmlns='urn:own' >o</o>", {})
        self.call(TEST, "Config", "SetMetadata", "(ssa{sv})", "urn:other", "<p xmlns='urn:other'/>", {})
        stored = self.client.get_xml(TEST)
        self.rebase(path)
        text = self.client.get_xml(path)
        self.assertIn("<o xmlns='urn:own' >o</o>", text)
        at = text.index("<o xmlns='urn:own'")
        begin = text.rindex("\n", 0, at)
        self.assertEqual(stored, text[:begin] + text[text.index("\n", at):])

    def test_rebase_secrets(self):
        """The domain's are neither told nor lost, and what the owner typed stays."""
        self.call(TEST, "Config", "AddDevice", "(sa{sv}a{sv})", "graphics",
                  settings({"type": "vnc", "passwd": "theirs1"}), {})
        path = self.plain(TEST, "Domain", "Edit")
        self.client.modify(path, {"title": "mine"})
        self.call(TEST, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "graphics", "vnc",
                  settings({"passwd": "theirs2"}), [], {})
        self.assertNotIn("theirs", str(self.rebase(path, diff=True)))
        secrets = settings({"secrets": True})
        self.assertNotIn("theirs", self.call(path, "Config", "GetXML", "(a{sv})", secrets))
        self.commit(path)
        self.assertIn("theirs2", self.call(TEST, "Config", "GetXML", "(a{sv})", secrets))

    def test_rebase_broken_rules(self):
        """What fits on neither side is told, and is Commit's to refuse."""
        for name in ("vdw", "vdx", "vdy"):
            self.client.add_disk(TEST, {"source.file": f"{NOTHING}/{name}.qcow2", "target.dev": name})
        self.call(TEST, "Config", "SetBootOrder", "(a(ss)a{sv})", [("disk", "vdw")], {})
        path = self.plain(TEST, "Domain", "Edit")
        for place, name in ((path, "vdx"), (TEST, "vdy")):
            self.call(place, "Config", "ModifyDisk", "(sa{sv}asa{sv})", name,
                      settings({"boot.order": 2}), [], {})
        result = self.rebase(path)
        self.assertTrue(result["changed"])
        self.assertEqual({("boot-order-unique", "error")},
                         {(row["rule"], row["severity"]) for row in result["problems"]})
        with self.refused("Invalid", "boot.order"):
            self.commit(path)

    def test_rebase_refusals(self):
        with self.refused("Unsupported", "not made from a domain"):
            self.rebase(self.draft())
        path = self.plain(TEST, "Domain", "Edit")
        with self.refused("InvalidValue", "prefer", "mine, theirs"):
            self.rebase(path, prefer="ours")
        with self.refused("InvalidValue", "prefer, dry-run, diff"):
            self.rebase(path, force=True)
        self.client.domain(TEST, "Destroy")
        self.client.domain(TEST, "Undefine")
        services.wait_for(lambda: self.about(path)["Stale"], "the draft is stale")
        with self.refused("Conflict", "gone"):
            self.rebase(path)

    def test_rebase_large(self):
        """Worked on elsewhere than on the main thread, and kept over a restart."""
        path = self.plain(TEST, "Domain", "Edit")
        self.client.modify(path, {"description": "x" * 300000})
        self.daemon.stop()
        self.daemon.start()
        self.client = self.new_client()
        self.client.modify(TEST, {"title": "elsewhere"})
        self.assertTrue(self.rebase(path)["changed"])
        self.assertEqual({"title": "elsewhere", "description": "x" * 300000},
                         self.client.get_settings(path, "title", "description"))
        self.assertFalse(self.about(path)["Stale"])

    def test_base_is_gone(self):
        path = self.plain(TEST, "Domain", "Edit")
        self.client.domain(TEST, "Destroy")
        self.client.domain(TEST, "Undefine")
        # When the end of Destroy is told late, the end of the domain is what its own event tells.
        services.wait_for(lambda: self.about(path)["Stale"], "the draft is stale")
        with self.refused("Conflict", "gone"):
            self.commit(path)

    def test_identity_of_a_draft(self):
        path = self.plain(TEST, "Domain", "Edit")
        self.client.modify(path, {"name": "other"})
        with self.refused("Invalid", "other"):
            self.commit(path)
        self.assertEqual({"test": TEST}, self.domains())

    def test_commit_is_checked(self):
        path = self.import_draft(XML.replace("odd", "test"))
        with self.refused("AlreadyExists", "test"):
            self.commit(path)
        path = self.import_draft("<domain type='test'><name>bad</name><memory>1024</memory>"
                                 "<os><type>hvm</type></os><nonsense/></domain>")
        with self.refused("Invalid", "nonsense"):
            self.commit(path)
        _, result = self.commit(path, dry_run=True)
        self.assertIn("error", [problem["severity"] for problem in result["problems"]])
        self.assertEqual({"test": TEST}, self.domains())
        self.assertEqual(2, len(self.drafts()))

    def test_without_a_host(self):
        path = self.draft(host="")
        self.assertEqual("/", self.about(path)["Host"])
        with self.refused("InvalidValue", "host"):
            self.commit(path)
        with self.refused("NotFound", "moon"):
            self.commit(path, host="moon")
        domain, _ = self.commit(path, host="local")
        self.assertEqual("test", self.client.get_settings(domain, "type")["type"])

    def test_discard(self):
        path = self.draft()
        self.plain(path, "Draft", "Discard")
        self.assertEqual([], self.drafts())

    def test_no_live(self):
        with self.refused("Unsupported", "live"):
            self.client.get_xml(self.draft(), {"live": True})

    def test_errors_change_nothing(self):
        path = self.draft()
        before = self.client.get_xml(path)
        for changes, name in [({"memroy": 1}, "UnknownKey"), ({"memory": "x"}, "InvalidValue"),
                              ({"vcpu": 0}, "InvalidValue")]:
            with self.subTest(changes=changes), self.refused(name):
                self.client.modify(path, changes)
        with self.refused("NotFound", "vdz"):
            self.call(path, "Config", "RemoveDisk", "(sa{sv})", "vdz", {})
        self.assertEqual(before, self.client.get_xml(path))

    def test_number(self):
        for _ in range(16):
            self.draft()
        with self.refused("LimitExceeded", "16"):
            self.draft()
        self.plain(self.drafts()[0], "Draft", "Discard")
        self.draft()

    def test_size(self):
        text = XML.replace("<memory>", "<description>" + "x" * 1000000 + "</description><memory>")
        paths = [self.import_draft(text) for _ in range(4)]
        with self.refused("LimitExceeded"):
            self.import_draft(text)
        with self.refused("LimitExceeded"):
            self.client.modify(paths[0], {"title": "y" * 2 ** 16})
        self.assertEqual(text, self.client.get_xml(paths[0]))

    def test_configured_limits(self):
        path = os.path.join(self.daemon.directory, "limits.conf")
        with open(path, "w") as file:
            file.write("[limits]\ndrafts-per-user=2\ndraft-bytes-per-user=1K\n")
        self.daemon.stop()
        self.daemon.arguments += ("--config", path)
        self.daemon.start()
        self.draft()
        with self.refused("LimitExceeded", "one user"):
            self.import_draft(XML.replace("<memory>", "<title>" + "x" * 1024 + "</title><memory>"))
        self.draft()
        with self.refused("LimitExceeded", "Too many drafts (limit 2 per user)"):
            self.draft()

    def test_restart(self):
        mine = self.draft()
        based = self.plain(TEST, "Domain", "Edit")
        self.client.modify(based, {"title": "kept"})
        before = [(self.about(path), self.client.get_xml(path), self.revision(path))
                  for path in (mine, based)]
        folder = os.path.join(self.daemon.directory, "drafts")
        for name in os.listdir(folder):
            mode = os.stat(os.path.join(folder, name)).st_mode
            self.assertEqual(0o600, stat.S_IMODE(mode), name)
        self.assertEqual(0o700, stat.S_IMODE(os.stat(folder).st_mode))
        revision = self.revision(TEST)
        for end in (self.daemon.stop, self.kill):
            end()
            self.daemon.start()
            self.client = self.new_client()
            self.assertEqual([mine, based], self.drafts())
            self.assertEqual(before, [(self.about(path), self.client.get_xml(path),
                                       self.revision(path)) for path in (mine, based)])
            self.assertEqual(revision, self.revision(TEST))
        self.commit(based)
        self.assertEqual("kept", self.client.property(TEST, "Domain", "Title"))

    def test_a_day_unused(self):
        old, new = self.draft(), self.draft()
        self.daemon.stop()
        folder = os.path.join(self.daemon.directory, "drafts")
        file = os.path.join(folder, old.rsplit("/", 1)[1])
        with open(file) as stored:
            text = stored.read()
        day = 24 * 3600 * 1000000
        with open(file, "w") as stored:
            stored.write(re.sub("^used .*$", f"used {time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000 - day}", text,
                                flags=re.M))
        self.daemon.start()
        self.client = self.new_client()
        self.assertEqual([new], self.drafts())
        self.assertEqual([new.rsplit("/", 1)[1]], os.listdir(folder))

    def kill(self):
        self.daemon.process.kill()
        self.daemon.process.wait()


@rig.needs_root
class Ownership(rig.Case):
    """The daemon runs as somebody; root sees that user's drafts, that user not root's."""

    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(NobodysDaemon(self.bus, "--host", "local=test:///default"))
        self.client = self.new_client()

    def test_owner(self):
        roots = self.draft()
        done = self.as_nobody("--json=short", "call", "org.domwright1", MANAGER,
                              "org.domwright1.Manager", "NewDraft", "a{sv}a(sa{sv})a{sv}",
                              "1", "name", "s", "theirs", "0", "0")
        self.assertEqual(0, done.returncode, done.stderr)
        theirs = done.stdout.split('"')[-2]
        self.assertEqual([roots], self.plain(MANAGER, "Manager", "ListDrafts"))
        self.assertEqual(rig.NOBODY, self.client.property(theirs, "Draft", "Owner"))
        self.assertIn("theirs", self.client.get_xml(theirs))
        self.client.modify(theirs, {"title": "by root"})
        self.assertEqual(rig.NOBODY, self.client.property(theirs, "Draft", "Owner"))
        for words in [("org.domwright1.Config", "GetXML", "a{sv}", "0"),
                      ("org.domwright1.Draft", "Discard", "a{sv}", "0"),
                      ("org.domwright1.Draft", "Commit", "a{sv}", "0"),
                      ("org.freedesktop.DBus.Properties", "GetAll", "s", "org.domwright1.Draft"),
                      ("org.freedesktop.DBus.Properties", "Get", "ss", "org.domwright1.Config",
                       "Revision"),
                      ("org.freedesktop.DBus.Introspectable", "Introspect")]:
            with self.subTest(words=words):
                done = self.as_nobody("call", "org.domwright1", roots, *words)
                self.assertNotEqual(0, done.returncode)
                self.assertIn("Unknown object", done.stderr)
        tree = self.as_nobody("tree", "--list", "org.domwright1").stdout.split()
        self.assertIn(theirs, tree)
        self.assertNotIn(roots, tree)
        self.assertEqual(theirs, self.as_nobody(
            "--json=short", "call", "org.domwright1", MANAGER, "org.domwright1.Manager",
            "ListDrafts", "a{sv}", "0").stdout.split('"')[-2])

    def test_signals_are_private(self):
        roots = self.draft()
        other = client.Client(self.bus.address)
        self.addCleanup(other.close)
        own = rig.Signals(other)
        self.client.modify(roots, {"title": "x"})
        self.assertEqual([False, ["title"], [], self.revision(roots)],
                         list(own.wait_named(roots, "Config.Changed")))
        own.wait(lambda path, name, arguments: name == "Properties.PropertiesChanged"
                 and path == roots and "Modified" in arguments[1], "Modified")
        own.wait(lambda path, name, arguments: name == "Properties.PropertiesChanged"
                 and path == roots and arguments[2] == ["Revision"], "Revision")
        # What reaches a connection of another user is seen by a monitor of its own messages only:
        # the daemon addresses these signals, so each has a destination.
        self.assertEqual({other.connection.get_unique_name()}, own.destinations(roots))


class NobodysDaemon(services.Daemon):
    def spawn(self, argv, **options):
        # The build may lie where nobody may not go.
        program = shutil.copy(services.DAEMON, self.directory)
        argv = [program if word == services.DAEMON else word for word in argv]
        os.chown(self.directory, rig.NOBODY, rig.NOBODY)
        return super().spawn(argv, user=rig.NOBODY, group=rig.NOBODY, extra_groups=[], **options)


if __name__ == "__main__":
    tap.main()
