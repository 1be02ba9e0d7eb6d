# SPDX-License-Identifier: LGPL-2.1-or-later
"""Earlier definitions on the command line: history, restore, recover."""

import datetime
import json
import os

import rig
from support import services, tap


class History(rig.Live):
    def setUp(self):
        super().setUp()
        self.said("set", "web1", "vcpu=2")
        self.said("set", "web1", "title=x", "disk/vda/driver.cache=none")

    def rows(self, name="web1"):
        return self.ok("history", name, "--json").json

    def test_history(self):
        rows = self.rows()
        self.assertEqual([["title"], ["vcpu"]], [row["keys"] for row in rows])
        lines = [line.split("\t") for line in self.said("history", "web1").splitlines()]
        self.assertEqual([[row["revision"], row["user"], row["summary"]] for row in rows],
                         [line[1:] for line in lines])
        self.assertRegex(lines[0][0], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
        self.assertEqual("No changes are kept.\n", self.ok("history", "web2").err)

    def test_what_was_done_to_devices(self):
        self.said("add", "web2", "disk", "source.file=/srv/b.raw", "target.bus=virtio")
        self.said("set", "web2", "disk/vdb/serial=B", "title=x")
        self.said("remove", "web2", "disk/vdb")
        self.said("set", "web2", "title-", "disk/vda/serial=A")
        self.assertEqual(["Changed title and disk vda.", "Removed disk vdb.", "Changed title and disk vdb.",
                          "Added disk vdb."], [row["summary"] for row in self.rows("web2")])
        text = self.said("xml", "web2")
        disk = text[text.index("    <disk"):text.index("</disk>") + 8]
        text = text.replace(disk, disk.replace("vda", "vdz").replace("/srv/web2", "/srv/z"))
        revision = self.ok("show", "web2", "--json").json["revision"]
        self.said("define", "--expect=" + revision, "-", stdin=text.replace("<os>", "<title>y</title><os>"))
        self.assertEqual("Changed title, added disk vdz, removed disk vda.", self.rows("web2")[0]["summary"])

    def test_what_was_undone(self):
        """No version of libvirt's test driver updates the devices of a running domain but media."""
        self.said("add", "web2", "interface", "type=user", "mac.address=52:54:00:00:00:01")
        self.ok("start", "web2")
        self.ends(1, "set", "web2", "interface/52:54:00:00:00:01/link.state=down", "--now")
        self.assertTrue(self.rows("web2")[0]["undone"])
        self.assertEqual(["Undone, since the running domain refused it.", "Added interface 52:54:00:00:00:01."],
                         [line.split("\t")[3] for line in self.said("history", "web2").splitlines()])

    def test_what_changed_since(self):
        since_last = self.ok("history", "web1", self.rows()[0]["revision"][:8]).out
        self.assertIn("\n+  <title>x</title>\n", since_last)
        self.assertNotIn("<vcpu placement='static'>1", since_last)
        since_first = self.ok("history", "web1", "2000-01-01").out
        self.assertIn("\n-  <vcpu placement='static'>1</vcpu>\n", since_first)
        self.assertEqual(since_first, self.ok("history", "web1", "2000-01-01", "--json").json)

    def test_restore(self):
        first, second = self.rows()[1]["revision"], self.rows()[0]["revision"]
        answer = self.ends(1, "-n", "restore", "web1", first)
        self.assertIn("\n+  <vcpu placement='static'>1</vcpu>\n", answer.out)
        self.assertEqual("x", self.get("web1", "title"))
        self.ok("restore", "web1", second[:12])
        self.assertEqual("2", self.get("web1", "vcpu"))
        self.ends(1, "get", "web1", "title")
        self.assertEqual("domwright: web1: info: The definition is that one already.\n",
                         self.ok("restore", "web1", second).err)
        told = self.ok("restore", "web1", "2000-01-01 12:00").err
        self.assertIn("The first change that is kept is later than 2000-01-01 12:00", told)
        self.assertEqual("1", self.get("web1", "vcpu"))
        self.assertEqual(4, len(self.rows()))

    def test_restored_but_not_in_what_runs(self):
        """The running domain follows what is restored, and nothing is."""
        self.ok("set", "test", "title=first", "--now")
        self.ok("set", "test", "title=second", "--now")
        first = json.loads(self.ok("history", "test", "--json").out)[0]["revision"]
        self.ok("restore", "test", first)
        self.assertEqual("domwright: test: info: The definition is that one already; \"domwright pending test\" "
                         "lists what the running domain has else.\n",
                         self.ok("restore", "test", first, "--now").err)
        self.ok("set", "test", "title-", "--now")

    def test_what_is_not_there(self):
        answer = self.ends(1, "restore", "web1", "zzz")
        self.assertEqual('domwright: web1: No revision begins with "zzz"; "domwright history" lists them.\n',
                         answer.err)
        answer = self.ends(1, "restore", "web1", "2100-01-01")
        self.assertTrue(answer.err.startswith("domwright: web1: 2100-01-01 has not come yet; "), answer.err)
        now = datetime.datetime.now().strftime("%Y-%m-%d %H:%M:%S")
        if self.rows()[0]["time"] < datetime.datetime.strptime(now, "%Y-%m-%d %H:%M:%S").timestamp() * 1e6:
            self.assertEqual(f"domwright: web1: Nothing that is kept has changed since {now}.\n",
                             self.ends(1, "restore", "web1", now).err)
        self.ends(1, "history", "nowhere")
        self.ends(1, "history", "web2", "2000-01-01")

    def test_clock_that_was_put_back(self):
        """The changes were made before now, whatever their time says."""
        back = {"LD_PRELOAD": services.preloaded(os.environ["SHIM_CLOCK"]), "CLOCK_BACK": "7200"}
        first = self.ok("history", "web1", "2000-01-01").out
        an_hour_ago = datetime.datetime.now() - datetime.timedelta(hours=3)
        answer = self.ok("history", "web1", an_hour_ago.strftime("%Y-%m-%d %H:%M:%S"), env=back)
        self.assertEqual((first, ""), (answer.out, answer.err))
        answer = self.ok("history", "web1", env=back)
        self.assertEqual(self.said("history", "web1"), answer.out)
        self.assertIn("web1: info: Times in the future are of a clock that has been put back", answer.err)
        soon = (datetime.datetime.now() - datetime.timedelta(minutes=30)).strftime("%Y-%m-%d %H:%M:%S")
        self.assertIn("has not come yet", self.ends(1, "restore", "web1", soon, env=back).err)

    def test_recover(self):
        uuid = self.get("web1", "uuid")
        answer = self.ok("undefine", "web1")
        self.assertEqual('domwright: web1: info: "domwright recover web1" brings the definition back.\n',
                         answer.err)
        self.ok("start", "web2")
        self.assertEqual('domwright: web2: info: Once it is off, "domwright recover web2" brings the '
                         "definition back.\n", self.ok("undefine", "web2").err)
        self.ok("destroy", "web2")
        [row] = [row for row in self.ok("recover", "--json").json if row["uuid"] == uuid]
        self.assertEqual("web1", row["name"])
        self.assertIn(f"web1\t{uuid}\t", self.said("recover"))
        self.ends(1, "-n", "recover", uuid)
        self.ends(1, "get", uuid, "name")
        self.assertEqual("web7\n", self.ok("recover", "web1", "web7").out)
        self.assertEqual(("x", uuid), (self.get("web7", "title"), self.get("web7", "uuid")))
        self.assertIn('"domwright recover" lists', self.ends(1, "recover", uuid).err)


if __name__ == "__main__":
    tap.main()
