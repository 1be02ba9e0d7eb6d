# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bash offers for unfinished command lines, words taken from the bus."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

import rig
from support import tap

SCRIPT = os.path.join(rig.SOURCE, "client", "completion.bash")
ASK = """
set -u
source "$1"
COMP_LINE=$2 COMP_POINT=${#COMP_LINE}
_domwright domwright domwright ''
[[ ${#COMPREPLY[@]} -gt 0 ]] && printf '%s\\n' "${COMPREPLY[@]}"
true
"""


class Completion(rig.Live):
    def setUp(self):
        super().setUp()
        self.said("set", "web1", "disk/vda/driver.cache=none")

    def offers(self, line):
        path = os.path.dirname(rig.CLIENT) + ":" + os.environ["PATH"]
        done = subprocess.run(["bash", "-c", ASK, "bash", SCRIPT, line], capture_output=True, text=True,
                              env={**rig.BARE, **self.env, "PATH": path}, cwd=self.folder)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return done.stdout.split("\n")[:-1]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        open(os.path.join(cls.folder, "web.xml"), "w").close()

    def test_verbs(self):
        self.assertEqual(["reboot", "recover", "remove", "rename", "reset", "restart", "restore", "resume"],
                         sorted(self.offers("domwright re")))
        self.assertNotIn("complete", self.offers("domwright "))
        self.assertEqual(1, self.offers("domwright ").count("draft"))
        self.assertEqual(["commit", "diff", "discard", "list", "new", "open", "rebase", "show"],
                         sorted(self.offers("domwright draft ")))
        self.assertEqual(["diff", "discard"], sorted(self.offers("domwright draft di")))

    def test_options(self):
        self.assertEqual(["--diff", "--dry-run"], sorted(self.offers("domwright set --d")))
        self.assertEqual([], self.offers("domwright list --d"))
        self.assertEqual(["local"], self.offers("domwright -H "))
        self.assertEqual(["local"], self.offers("domwright --host=l"))
        self.assertEqual(["linux", "windows"], sorted(self.offers("domwright create --preset=")))
        for line in ("domwright list -o name,aut", "domwright list --columns=name,aut"):
            self.assertEqual(["name,autostart"], self.offers(line))
        self.assertLessEqual({"memory", "memoryBacking.access.mode"}, set(
            self.offers("domwright list -o memory")))
        for option in ("--expect", "--address", "--timeout"):
            self.assertEqual([], self.offers(f"domwright start web1 {option} "))
        self.assertEqual(["disk/vda"], self.offers("domwright start web1 --boot d"))
        self.assertEqual(["disk/vda"], self.offers("domwright start web1 --boot=disk"))
        self.assertEqual(["disk/vda,disk/vda"], self.offers("domwright start -v web1 --boot=disk/vda,d"))
        self.assertEqual([], self.offers("domwright start --boot="))
        self.assertLessEqual({"--dry-run", "--diff"}, set(self.offers("domwright set -")))
        self.assertIn("--host=", self.offers("domwright -"))
        self.assertEqual(["mine", "theirs"], sorted(self.offers("domwright draft rebase --prefer=")))
        self.assertEqual(["reboot", "stop"], sorted(self.offers("domwright start web1 --until ")))
        self.assertEqual(["paused", "pmsuspended"], sorted(self.offers("domwright list --state=p")))

    def test_domains_drafts_and_files(self):
        self.assertEqual(["web.xml", "web1", "web2"], sorted(self.offers("domwright show w")))
        self.assertEqual(["web1", "web2"], sorted(self.offers("domwright start w")))
        self.assertEqual(["./web.xml"], self.offers("domwright set ./w"))
        self.assertEqual(["web1"], self.offers(f"domwright --address={self.bus.address} start web1"))
        draft = self.said("draft", "new", "x", "memory=1GiB").strip()
        name = draft.rpartition("/")[2]
        self.assertEqual([name], self.offers("domwright draft discard "))
        self.assertEqual([draft], self.offers("domwright xml /org/domwright1/draft/"))

    def test_files_as_values(self):
        for line in ("domwright set web1 disk/vda/source.file=./w", "domwright add web1 disk source.file=./w",
                     "domwright create web9 memory=1GiB os.loader=./w", "domwright clone web1 web9 vda=./w"):
            with self.subTest(line):
                self.assertEqual(["./web.xml"], self.offers(line))
        self.assertNotIn("web.xml", self.offers("domwright set web1 title="))

    def test_what_is_gone(self):
        for _ in range(2):
            self.said("create", "lost9", "memory=1GiB")
            self.assertNotIn("lost8", self.offers("domwright recover lost"))
            self.ok("undefine", "lost9")
            self.assertEqual(["lost9"], self.offers("domwright recover lost"))

    def test_answers_of_a_clone(self):
        self.assertEqual(["vcpu=", "vda="], [word for word in sorted(self.offers("domwright clone web1 web9 v"))
                                             if word in ("vcpu=", "vda=")])
        self.assertLessEqual({"omit", "share", "web.xml"}, set(self.offers("domwright clone web1 web9 vda=")))
        self.assertEqual([], self.offers("domwright clone web1 web9 vdz="))

    def test_context_of_choices(self):
        self.assertEqual(["arch="], self.offers("domwright choices disk target.bus ar"))
        self.assertEqual(["pool=default-pool"], [
            "pool=" + word for word in self.offers("domwright choices disk source.volume pool=default")])

    def test_keys(self):
        self.assertEqual(["title="], self.offers("domwright set web1 ti"))
        self.assertIn("driver.cache=", [word.removeprefix("disk/vda/") for word in
                                        self.offers("domwright set web1 disk/vda/driver.c")])
        self.assertIn("backing.1.format=", self.offers("domwright add web1 disk backing.1."))
        self.assertEqual(["title="], self.offers("domwright create web9 ti"))
        self.assertEqual(["target.bus="], self.offers("domwright create web9 memory=1GiB disk target.b"))
        self.assertEqual(["disk/vda/driver.cache"],
                         self.offers("domwright get web1 disk/vda/driver.c"))

    def test_values(self):
        for line in ("domwright set web1 disk/vda/driver.cache=write",
                     "domwright add web1 disk driver.cache=write",
                     "domwright create web9 disk driver.cache=write"):
            with self.subTest(line):
                self.assertEqual(["writeback", "writethrough"], sorted(self.offers(line)))
        self.assertEqual(["no", "yes"], sorted(self.offers("domwright hyperv web1 relaxed=")))
        self.assertEqual(["off", "on"], sorted(self.offers("domwright autostart web1 ")))

    def test_kinds_and_devices(self):
        self.assertLessEqual({"channel", "console", "controller"},
                             set(self.offers("domwright add web1 c")))
        self.assertEqual(["disk"], self.offers("domwright add web1 d"))
        self.assertEqual([], self.offers("domwright add web1 zzz"))
        self.assertEqual(["disk/vda/"], self.offers("domwright set web1 disk"))
        self.assertEqual(["disk", "disk/vda"], sorted(self.offers("domwright remove web1 di")))
        self.assertEqual(["vda"], self.offers("domwright remove web1 disk "))
        self.assertEqual(["disk/vda"], self.offers("domwright boot web1 disk/"))

    def test_ids_with_colons(self):
        """readline has split the word at the last colon and replaces only what follows it."""
        text = re.sub("<uuid>.*</uuid>", "", self.said("xml", "web1"))
        self.said("define", "-", stdin=text.replace("web1", "web3").replace(
            "</devices>", "<interface type='user'><mac address='52:54:00:aa:bb:cc'/></interface>"
                          "</devices>"))
        self.assertEqual(["54:00:aa:bb:cc"], self.offers("domwright boot web3 interface/52:5"))

    def test_revisions(self):
        revisions = [row["revision"] for row in self.ok("history", "web1", "--json").json]
        self.assertEqual(revisions, self.offers("domwright restore web1 "))
        self.assertEqual(revisions, self.offers("domwright history web1 "))
        self.assertEqual([], self.offers("domwright restore web1 zz"))

    def test_features(self):
        offered = self.offers("domwright hyperv web1 ")
        self.assertIn("recommended", offered)
        self.assertIn("spinlocks.retries", offered)

    def test_no_bus_is_silence(self):
        done = rig.run("complete", "--", "show", "w",
                       env={"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"})
        self.assertEqual((0, "=files\n", ""), (done.status, done.out, done.err))


class OtherShells(rig.Live):
    """zsh and fish ask the program the same question; here it is seen that they show the answer."""

    ZSH = """
compadd() {{ local -a suffix; local word=$PREFIX; [[ $1 == -S ]] && shift 2; [[ $1 == -a ]] && shift
             local answer; for answer in "${{(@P)1}}"; do [[ $answer == $word* ]] && print -r -- $answer; done }}
compset() {{ [[ $PREFIX == *=* ]] && print -r -- "${{PREFIX%%=*}}=" }}
_files() {{ print -r -- '=files' }}
words=({words}) CURRENT=$#words PREFIX=$words[-1]
source {script}
"""

    def environment(self):
        home = self.enterContext(tempfile.TemporaryDirectory())  # shells leave files at home
        return {**rig.BARE, **self.env, "PATH": os.path.dirname(rig.CLIENT) + ":" + os.environ["PATH"],
                **dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), home)}

    def script(self, shell):
        return os.path.join(rig.SOURCE, "client", "completion." + shell)

    @unittest.skipUnless(shutil.which("zsh"), "needs zsh")
    def test_zsh(self):
        for words, wanted in ((["sta"], ["start"]), (["start", "web"], ["web1", "web2"]),
                              (["set", "web1", "disk/vda/driver.ca"], ["disk/vda/driver.cache="]),
                              (["set", "web1", "disk/v"], ["disk/vda/"]), (["define", ""], ["=files"]),
                              (["create", "--preset=l"], ["--preset=linux"]),
                              (["set", "web1", "disk/vda/source.file=/x"], ["=files", "disk/vda/source.file="])):
            with self.subTest(words):
                text = self.ZSH.format(script=self.script("zsh"),
                                       words=" ".join(f"'{word}'" for word in ["domwright", *words]))
                done = subprocess.run(["zsh", "-f", "-c", text], capture_output=True, text=True,
                                      env=self.environment())
                self.assertEqual((wanted, ""), (sorted(done.stdout.split()), done.stderr))

    @unittest.skipUnless(shutil.which("fish"), "needs fish")
    def test_fish(self):
        for line, wanted in (("sta", ["start"]), ("start web", ["web1", "web2"]),
                             ("set web1 disk/vda/driver.ca", ["disk/vda/driver.cache="]),
                             ("set web1 disk/v", ["disk/vda/"]), ("define /etc/host", "/etc/hostname"),
                             ("create --preset=l", ["--preset=linux"]),
                             ("set web1 disk/vda/source.file=/etc/host", "disk/vda/source.file=/etc/hostname")):
            with self.subTest(line):
                done = subprocess.run(["fish", "--no-config", "-c",
                                       f"source {self.script('fish')}; complete -C 'domwright {line}'"],
                                      capture_output=True, text=True, env=self.environment())
                self.assertEqual("", done.stderr)
                if isinstance(wanted, str):
                    self.assertIn(wanted, done.stdout.split())
                else:
                    self.assertEqual(wanted, sorted(done.stdout.split()))


if __name__ == "__main__":
    tap.main()
