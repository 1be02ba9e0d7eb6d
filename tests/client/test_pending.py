# SPDX-License-Identifier: LGPL-2.1-or-later
"""What waits for a restart, what does not with --now and --live, and the restart: how the verbs show it and
what they take."""

import re

import rig
from support import tap


class Waiting(rig.Live):
    def test_pending(self):
        self.assertEqual("", self.said("pending", "web1"))
        self.said("start", "web1")
        self.assertEqual("", self.said("pending"))
        self.said("set", "web1", "memory=1GiB", "vcpu=3")
        self.said("remove", "web1", "disk", "vda")
        self.assertEqual(["currentMemory\t512MiB\t1GiB\trestart", "disk/vda\tpresent\tabsent\trestart",
                          "memory\t512MiB\t1GiB\trestart", "vcpu\t1\t3\trestart"],
                         sorted(self.said("pending", "web1").splitlines()))
        self.assertIn("web1\tdisk/vda\tpresent", self.said("pending"))
        self.assertIn("web1\tdisk/vda\tpresent", self.said("pending", "web*"))
        [row] = [row for row in self.ok("pending", "web1", "--json").json if row["key"] == "vcpu"]
        self.assertEqual({"kind": "", "id": "", "key": "vcpu", "live": 1, "config": 3,
                          "waits": "restart", "sure": True}, row)
        self.assertEqual({"web1"}, set(self.ok("pending", "web*", "--json").json))
        self.assertIn("web1\tyes", self.said("list", "web1", "-o", "name,pending"))
        self.said("restart", "web1")
        self.assertEqual("", self.said("pending", "web1"))
        self.ends(1, "pending", "nothing")

    def test_now(self):
        self.said("start", "web1")
        now = "domwright: web1: info: It takes effect at the next start; --now does it at once as well.\n"
        self.assertIn(now, self.ends(1, "-n", "set", "web1", "title=later").err)
        self.assertIn("It takes effect at the next start.\n", self.ends(1, "-n", "set", "web1", "vcpu=2").err)
        self.assertEqual(now, self.ok("set", "web1", "title=later").err)
        self.ok("set", "web1", "title=now", "--now")
        self.assertEqual("now", self.get("web1", "title"))
        self.assertEqual("now\n", self.ok("get", "web1", "title", "--live").out)
        self.ok("set", "web1", "title=live", "--live")
        self.assertEqual("now", self.get("web1", "title"))
        self.assertIn("running domain", self.ends(1, "set", "web1", "vcpu=2", "--now").err)
        said = self.ends(1, "set", "web1", "vcpu=2", "memory=4GiB", "on_crash=preserve", "--now").err
        self.assertGreater(said.count("leave out --now"), 1, said)
        self.assertNotIn("affect", said)
        # A dry run says it in the same words.
        rows = self.ends(2, "-n", "--now", "set", "web1", "vcpu=2", "memory=4GiB", "on_crash=preserve").err
        self.assertIn("; leave out --now and --live, and it takes effect at the next start.", said)
        self.assertEqual(re.findall("; leave out .*", said), re.findall("; leave out .*", rows))
        self.assertNotIn("affect", rows)
        self.assertEqual("1", self.get("web1", "vcpu"))
        self.assertIn("give one", self.ends(2, "set", "web1", "title=x", "--now", "--live").err)
        self.ok("set", "web1", "title=y", "--now", "--timeout=5")
        self.assertIn("seconds up to 3600",
                      self.ends(2, "set", "web1", "title=x", "--now", "--timeout=4000").err)
        self.assertIn("running domain", self.ends(1, "set", "web2", "title=x", "--now").err)
        for words in (["set", "web1", "title=z", "--timeout=5"],
                      ["draft", "commit", "x", "--timeout=0"], ["eject", "web1", "hda", "--force"]):
            self.assertIn("--now or --live", self.ends(2, *words).err)
        self.assertEqual("y", self.get("web1", "title"))

    def test_now_of_documents(self):
        """Drafts, files and earlier definitions in the place of what runs."""
        self.said("start", "web1")
        draft = self.said("draft", "open", "web1").strip()
        self.ok("set", draft, "title=drafted")
        self.assertEqual("web1", self.said("draft", "commit", draft, "--now").strip())
        self.assertEqual("drafted\n", self.ok("get", "web1", "title", "--live").out)
        revision = self.ok("history", "web1", "--json").json[0]["revision"]
        self.ok("restore", "web1", revision, "--now")
        self.assertEqual("", self.said("pending", "web1"))
        self.ok("edit", "web1", "--live", env={"EDITOR": "sed -i 's,</uuid>,</uuid><title>edited</title>,'"})
        self.assertEqual("edited\n", self.ok("get", "web1", "title", "--live").out)
        self.assertIn("A file does not run", self.ends(2, "edit", "./x.xml", "--now").err)
        draft = self.said("draft", "open", "web1").strip()
        self.assertIn("A draft does not run", self.ends(2, "edit", draft, "--live").err)

    def test_restart(self):
        self.said("start", "web1")
        before = self.ok("list", "web1", "-o", "id,started-at", "--json").json[0]
        self.said("restart", "web1", "--timeout=20", "--force")
        after = self.ok("list", "web1", "-o", "id,started-at", "--json").json[0]
        self.assertNotEqual(before["id"], after["id"])
        self.assertGreater(after["started-at"], before["started-at"])
        self.assertIn("number of seconds", self.ends(2, "restart", "web1", "--timeout=1h").err)
        self.assertRegex(self.ends(1, "restart", "web2").err, "^domwright: web2: ")


if __name__ == "__main__":
    tap.main()
