# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clones, other names, and drafts whose domains have changed, on the command line."""

import json

import rig
from support import tap


class Clone(rig.Live):
    def drafts(self):
        return self.ok("draft", "list", "--json").json

    def test_clone(self):
        self.assertEqual("web3\n", self.said("clone", "web1", "web3", "vda=/srv/web3.qcow2"))
        self.assertEqual("/srv/web3.qcow2", self.get("web3", "disk/vda/source.file"))
        self.assertEqual("/srv/web1.qcow2", self.get("web1", "disk/vda/source.file"))
        self.assertEqual([], self.drafts())

    def test_what_is_open(self):
        serial = self.said("add", "web1", "serial", "type=file", "source.path=/srv/log").strip()
        self.ok("set", "web1", "title=first")
        answer = self.ends(1, "clone", "web1", "web3")
        self.assertIn("disk/vda/source.file: ", answer.err)
        self.assertEqual(
            "domwright: web1: Nothing was defined. Answer what is open: domwright clone web1 web3 "
            f"vda=PATH|POOL/VOLUME|share|omit serial/{serial}/source.path=VALUE", answer.err.splitlines()[-1])
        said = json.loads(self.ends(1, "--json", "clone", "web1", "web3").err)
        self.assertEqual(("org.domwright1.Error.Invalid", "web1"), (said["error"], said["subject"]))
        lines = said["message"].split("\n")
        self.assertEqual(["disk/vda/source.file", f"serial/{serial}/source.path", "Nothing was defined. Answer what "
                          "is open"], [line.split(": ")[0] for line in lines])
        self.assertEqual([], self.drafts())
        self.ends(1, "get", "web3", "name")
        answer = self.ends(1, "clone", "--new-serials", "web1", "web 3", "vda=/srv/it's.qcow2", "title=third")
        self.assertEqual(
            "domwright clone --new-serials web1 'web 3' 'vda=/srv/it'\\''s.qcow2' title=third "
            f"serial/{serial}/source.path=VALUE", answer.err.splitlines()[-1].partition("open: ")[2],
            "what was answered stays in the command")
        answer = self.ends(1, "clone", "web1", "web3", "vda=omit", "graphics/vnc/passwd=typed")
        self.assertNotIn("typed", answer.err)
        self.assertEqual("web3\n", self.said("clone", "web1", "web3", "vda=omit",
                                             "serial/#1/source.path=/srv/log3", "title=third"))
        self.assertEqual("/srv/log3", self.get("web3", "serial/#1/source.path"))
        self.assertEqual("third", self.get("web3", "title"))
        self.ends(1, "get", "web3", "disk/vda/source.file")

    def test_share(self):
        answer = self.ok("clone", "web1", "web3", "vda=share")
        self.assertEqual("web3\n", answer.out)
        self.assertIn("must not run at the same time", answer.err)
        self.assertEqual("/srv/web1.qcow2", self.get("web3", "disk/vda/source.file"))

    def test_dry_run(self):
        answer = self.ends(1, "-n", "clone", "web1", "web3", "vda=omit")
        self.assertIn("+  <name>web3</name>\n", answer.out)
        self.assertEqual([], self.drafts())
        self.ends(1, "get", "web3", "name")

    def test_options(self):
        self.ok("set", "web1", "disk/vda/serial=S1")
        self.said("clone", "web1", "web3", "vda=/srv/3.raw")
        self.assertEqual("S1", self.get("web3", "disk/vda/serial"))
        self.said("clone", "--new-serials", "--drop-hostdevs", "web1", "web4", "vda=/srv/4.raw")
        self.assertNotEqual("S1", self.get("web4", "disk/vda/serial"))

    def test_refusals(self):
        self.assertIn('has no disk "vdz"', self.ends(1, "clone", "web1", "web3", "vdz=omit").err)
        self.assertIn('"web2" exists already', self.ends(1, "clone", "web1", "web2").err)
        self.assertIn("stands where the name", self.ends(2, "clone", "web1", "vda=omit").err)
        self.ends(1, "clone", "web1", "web3", "vda=omit", "memory=x")
        self.assertEqual([], self.drafts())


class Rename(rig.Live):
    def test_rename(self):
        self.assertEqual("", self.said("rename", "web1", "web3"))
        self.assertEqual("web3", self.get("web3", "name"))
        self.ends(1, "get", "web1", "name")
        answer = self.ends(1, "-n", "rename", "web3", "web4")
        self.assertIn("-  <name>web3</name>\n+  <name>web4</name>\n", answer.out)
        self.assertIn("running", self.ends(1, "rename", "test", "test2").err)
        self.assertIn("exists already", self.ends(1, "rename", "web3", "web2").err)


class Rebase(rig.Live):
    def open(self):
        return self.ok("draft", "open", "web1").out.strip()

    def test_rebase(self):
        draft = self.open()
        self.said("set", draft, "vcpu=3")
        self.said("set", "web1", "title=elsewhere")
        self.ends(1, "draft", "commit", draft)
        answer = self.ends(1, "-n", "draft", "rebase", draft)
        self.assertIn("+  <title>elsewhere</title>\n", answer.out)
        self.assertEqual("", self.said("draft", "rebase", draft))
        self.assertEqual("web1\n", self.ok("draft", "commit", draft).out)
        self.assertEqual("elsewhere", self.get("web1", "title"))
        self.assertEqual("3", self.get("web1", "vcpu"))

    def test_conflicts(self):
        draft = self.open()
        self.said("set", draft, "vcpu=3")
        self.said("set", "web1", "vcpu=2")
        answer = self.ends(1, "draft", "rebase", draft)
        self.assertIn('Key vcpu is "3" in the draft, and now "2" in the domain', answer.err)
        self.assertIn("--prefer mine or --prefer theirs", answer.err)
        self.assertIn("The draft's counts.", self.ok("draft", "rebase", "--prefer=mine", draft).err)
        self.assertEqual("3", self.get(draft, "vcpu"))
        self.ends(2, "draft", "rebase", "--prefer=ours", draft)


if __name__ == "__main__":
    tap.main()
