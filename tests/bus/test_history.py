# SPDX-License-Identifier: LGPL-2.1-or-later
"""Earlier definitions: what each change leaves, bringing one back, and domains that are gone.

Owns what ListHistory, GetHistoryXML, DiffHistory, Restore, ListRecoverable and Recover promise. The
store itself has a unit test.
"""

import os
import resource
import shutil
import signal

import rig
from rig import HOST, TEST
from support import services, tap
from support.client import device, settings

FAILED = "org.freedesktop.DBus.Error.Failed"
VNC = device("graphics", type="vnc", passwd="hunter2")


class History(rig.Case):
    def setUp(self):
        super().setUp()
        self.path, _ = self.client.define({"name": "web", "memory": "1GiB", "vcpu": 2}, [VNC])
        self.uuid = self.client.property(self.path, "Domain", "UUID")

    def rows(self, path=None, **options):
        return self.plain(path or self.path, "Domain", "ListHistory", **options)

    def restore(self, revision, **options):
        options = {key.replace("_", "-"): value for key, value in options.items()}
        return self.call(self.path, "Domain", "Restore", "(sa{sv})", revision, settings(options))

    def history_xml(self, revision):
        return self.call(self.path, "Domain", "GetHistoryXML", "(sa{sv})", revision, {})

    def stored(self):
        """All that the state directory holds of histories, as bytes."""
        found = b""
        for folder, _, names in os.walk(os.path.join(self.daemon.directory, "history")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    found += file.read()
        return found

    def test_each_change_has_a_row(self):
        self.assertEqual([], self.rows())
        first = self.revision(self.path)
        self.client.modify(self.path, {"memory": "2GiB"})
        second = self.revision(self.path)
        self.client.modify(self.path, {"title": "x", "vcpu": 4})
        newest, oldest = self.rows()
        self.assertEqual((first, second), (oldest["revision"], newest["revision"]))
        self.assertEqual((os.getuid(), "domwright", "config", False),
                         tuple(newest[key] for key in ("uid", "origin", "affect", "undone")))
        self.assertEqual({"title", "vcpu"}, set(newest["keys"]))
        self.assertLess(oldest["time"], newest["time"])
        self.assertIn("memory", oldest["summary"])
        self.assertEqual([newest], self.rows(limit=1))
        self.assertEqual([oldest], self.rows(before=newest["time"]))

    def test_devices_are_named(self):
        self.client.add_disk(self.path, {"source.file": "/nonexistent/a.img", "driver.type": "raw",
                                         "target.dev": "vdb"})
        self.assertEqual([("disk", "vdb")], self.rows()[0]["devices"])

    def test_dry_runs_and_refusals_have_none(self):
        self.client.modify(self.path, {"memory": "2GiB"}, options={"dry-run": True})
        with self.refused("InvalidValue"):
            self.client.modify(self.path, {"memory": "much"})
        self.client.modify(self.path, {"memory": "1GiB"})
        self.assertEqual([], self.rows())

    def test_restore_is_an_edit_and_can_be_taken_back(self):
        before = self.client.get_xml(self.path, {"secrets": True})
        first = self.revision(self.path)
        self.client.modify(self.path, {"memory": "2GiB", "currentMemory": "2GiB"})
        second = self.revision(self.path)
        changed = self.client.get_xml(self.path, {"secrets": True})
        dry = self.restore(first, dry_run=True)
        self.assertIn("-  <memory unit='KiB'>2097152</memory>", dry["diff"])
        self.assertEqual(second, self.revision(self.path))
        with self.refused("Conflict"):
            self.restore(first, expected_revision=first)
        result = self.restore(first, expected_revision=second)
        self.assertEqual((True, first), (result["changed"], result["revision"]))
        self.assertEqual(before, self.client.get_xml(self.path, {"secrets": True}))
        self.assertEqual("restore", self.rows()[0]["origin"])
        self.restore(second)
        self.assertEqual(changed, self.client.get_xml(self.path, {"secrets": True}))

    def test_texts_and_differences(self):
        before = self.client.get_xml(self.path)
        first = self.revision(self.path)
        self.client.modify(self.path, {"title": "x"})
        self.assertEqual(before, self.history_xml(first))
        diff = self.call(self.path, "Domain", "DiffHistory", "(ssa{sv})", first, "", {})
        self.assertIn("+  <title>x</title>", diff)
        self.assertEqual("", self.call(self.path, "Domain", "DiffHistory", "(ssa{sv})", "", "", {}))
        for call in (lambda: self.history_xml("f" * 32), lambda: self.restore("f" * 32)):
            with self.refused("NotFound", "f" * 32):
                call()

    def test_secrets_are_not_stored(self):
        first = self.revision(self.path)
        self.client.modify(self.path, {"title": "x"})
        self.assertIn(b"(unchanged secret)", self.stored())
        self.assertNotIn(b"hunter2", self.stored())
        self.assertIn("(unchanged secret)", self.history_xml(first))
        # The domain's own secret stays; one that is nowhere any more is empty, and that is said.
        self.call(self.path, "Config", "RemoveDevice", "(ssa{sv})", "graphics", "vnc", {})
        result = self.restore(first)
        self.assertIn("secret-lost", [row["rule"] for row in result["problems"]])
        xml = self.client.get_xml(self.path, {"secrets": True})
        self.assertIn("passwd=''", xml)
        self.assertNotIn("(unchanged secret)", xml)

    def test_files_are_private(self):
        folder = os.path.join(self.daemon.directory, "history", "local")
        self.assertEqual(0o700, os.stat(folder).st_mode & 0o777)
        self.assertIn(self.uuid, os.listdir(folder))
        for name in os.listdir(folder):
            self.assertEqual(0o600, os.stat(os.path.join(folder, name)).st_mode & 0o777)

    def test_gone_and_recovered(self):
        xml = self.client.get_xml(self.path)
        self.client.domain(self.path, "Undefine")
        row, = self.plain(HOST, "Host", "ListRecoverable")
        self.assertEqual((self.uuid, "web", "undefine", os.getuid()),
                         tuple(row[key] for key in ("uuid", "name", "origin", "uid")))
        path, result = self.call(HOST, "Host", "Recover", "(sa{sv})", self.uuid,
                                 settings({"dry-run": True}))
        self.assertIn("+  <name>web</name>", result["diff"])
        self.assertNotIn("web", self.domains())
        path, result = self.call(HOST, "Host", "Recover", "(sa{sv})", self.uuid, {})
        self.assertEqual(self.path, path)
        self.assertIn("secret-lost", [found["rule"] for found in result["problems"]])
        self.assertEqual(xml.replace("(unchanged secret)", ""),
                         self.client.get_xml(path, {"secrets": True}))
        self.assertEqual([], self.plain(HOST, "Host", "ListRecoverable"))
        with self.refused("AlreadyExists"):
            self.call(HOST, "Host", "Recover", "(sa{sv})", self.uuid, {})
        self.assertEqual(("undefine", "Undefined."),
                         (self.rows()[0]["origin"], self.rows()[0]["summary"]))

    def test_definition_of_what_still_runs_is_gone(self):
        self.client.domain(self.path, "Start")
        self.client.domain(self.path, "Undefine")
        for title in ("a", "b", "c"):  # after each its documents are read again
            self.client.modify(self.path, {"title": title}, options={"affect": "live"})
            self.client.domain(self.path, "Suspend")
            self.client.domain(self.path, "Resume")
        self.assertEqual([self.uuid], [row["uuid"] for row in self.plain(HOST, "Host", "ListRecoverable")])
        with self.refused("AlreadyExists", "still runs", "once it is off"):
            self.call(HOST, "Host", "Recover", "(sa{sv})", self.uuid, {})
        self.client.domain(self.path, "Destroy")
        self.call(HOST, "Host", "Recover", "(sa{sv})", self.uuid, {})

    def test_what_is_transient_is_not_kept_by_a_refusal(self):
        """The last definition stays what can be recovered; the document that runs is none."""
        self.client.domain(self.path, "Start")
        self.client.domain(self.path, "Undefine")
        before = self.plain(HOST, "Host", "ListRecoverable")
        self.client.modify(self.path, {"title": "running"}, options={"affect": "live"})
        with self.refused("Unsupported", "transient: it has no definition to remove"):
            self.client.domain(self.path, "Undefine")
        self.assertEqual(before, self.plain(HOST, "Host", "ListRecoverable"))

    def test_recovered_under_another_name(self):
        self.client.domain(self.path, "Undefine")
        self.client.define({"name": "web", "memory": "1GiB"})
        with self.refused("AlreadyExists", "web"):
            self.call(HOST, "Host", "Recover", "(sa{sv})", self.uuid, {})
        path, _ = self.call(HOST, "Host", "Recover", "(sa{sv})", self.uuid,
                            settings({"name": "web-2"}))
        self.assertEqual("web-2", self.client.property(path, "Domain", "Name"))
        for uuid, error in (("5e0f5a3c-0000-4000-8000-00000000dead", "NotFound"),
                            ("nonsense", "InvalidValue")):
            with self.refused(error):
                self.call(HOST, "Host", "Recover", "(sa{sv})", uuid, {})

    def test_unwritable_history_refuses_the_change(self):
        before = self.client.get_xml(self.path)
        self.limit_files(0)
        with self.refused(FAILED, "earlier definition", "best-effort"):
            self.client.modify(self.path, {"title": "x"})
        with self.refused(FAILED, "earlier definition"):
            self.client.domain(self.path, "Undefine")
        self.assertEqual(before, self.client.get_xml(self.path))
        self.limit_files(resource.RLIM_INFINITY)
        self.client.modify(self.path, {"title": "x"})
        self.assertEqual(1, len(self.rows()))

    def limit_files(self, size):
        """No file may grow beyond this from now on, as if the disk was full."""
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE,
                         (size, resource.RLIM_INFINITY))

    def test_removed_directory_is_made_again(self):
        self.client.modify(self.path, {"title": "x"})
        history = os.path.join(self.daemon.directory, "history")

        def is_removed():  # the daemon may be writing in it
            shutil.rmtree(history, ignore_errors=True)
            return not os.path.exists(history)
        services.wait_for(is_removed, "the history is removed")
        self.assertEqual([], self.rows())
        self.client.modify(self.path, {"title": "y"})
        self.assertEqual(1, len(self.rows()))

    def test_survives_a_restart(self):
        first = self.revision(self.path)
        self.client.modify(self.path, {"title": "x"})
        rows = self.rows()
        self.daemon.process.send_signal(signal.SIGKILL)
        self.daemon.process.wait()
        self.daemon.start()
        self.client = self.new_client()
        # The test driver forgets its domains with the process: it is gone, and that is seen.
        services.wait_for(lambda: self.plain(HOST, "Host", "ListRecoverable"), "the end is seen")
        row, = self.plain(HOST, "Host", "ListRecoverable")
        self.assertEqual((self.uuid, "external"), (row["uuid"], row["origin"]))
        self.call(HOST, "Host", "Recover", "(sa{sv})", self.uuid, {})
        self.assertEqual(rows, self.rows()[1:])
        self.restore(first)


class BestEffort(rig.Case):
    def test_change_is_made_with_a_warning(self):
        config = os.path.join(self.bus.directory, "domwright.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("[history]\nmode=best-effort\n")
        daemon = self.enterContext(services.Daemon(
            self.enterContext(services.Bus()), *self.HOSTS, "--config", config))
        made = rig.client.Client(daemon.bus.address)
        self.addCleanup(self.close, made)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        result = made.modify(TEST, {"title": "x"})
        self.assertIn("history-not-kept", [row["rule"] for row in result["problems"]])
        self.assertIn("<title>x</title>", made.get_xml(TEST))


if __name__ == "__main__":
    tap.main()
