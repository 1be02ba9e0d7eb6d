# SPDX-License-Identifier: LGPL-2.1-or-later
"""Domains that are started, paused, ended: what the client does, says and returns."""

import os
import re
import signal
import subprocess

import rig
from support import services, tap


class Running(rig.Live):
    def state(self, name):
        return self.ok("list", name, "--json").json[0]["state"]

    def test_life(self):
        for verb, state in (("start", "running"), ("suspend", "paused"), ("resume", "running"),
                            ("reboot", "running"), ("restart", "running"), ("shutdown", "shutoff"), ("start", "running"),
                            ("destroy", "shutoff")):
            with self.subTest(verb):
                self.said(verb, "web1")
                services.wait_for(lambda: self.state("web1") == state, state, 20)
        self.assertRegex(self.ends(1, "destroy", "web1").err, "^domwright: web1: ")

    def test_pattern(self):
        self.said("start", "web1")
        answer = self.ends(1, "start", "web*")
        self.assertRegex(answer.err, r"\Adomwright: web1: [^\n]*\ndomwright: web\*: info: 2 domains: "
                                     r"1 done, 1 failed\.\n\Z")
        self.assertEqual("running", self.state("web2"))

    def test_start_once(self):
        before = self.said("xml", "web1")
        self.said("start", "web1", "vcpu=2", "memory=64MiB", "currentMemory=64MiB",
                  "disk/vda/source.file=/srv/rescue.raw", "--boot=disk/vda", "--until=reboot")
        self.assertEqual("vcpu=2\nmemory=67108864\non_reboot=destroy\ndisk/vda/source.file=/srv/rescue.raw\n"
                         "disk/vda/boot.order=1\n",
                         self.ok("get", "web1", "vcpu", "memory", "on_reboot", "disk/vda/source.file",
                                 "disk/vda/boot.order", "--live").out)
        self.assertEqual(before, self.said("xml", "web1"))
        self.said("destroy", "web1")
        self.said("start", "web1")
        self.assertEqual("1\n", self.ok("get", "web1", "vcpu", "--live").out)

    def test_start_once_of_a_pattern(self):
        self.assertEqual("domwright: web*: info: 2 domains: 2 done.\n", self.ok("start", "web*", "vcpu=2").err)
        self.assertEqual("web1\t2\nweb2\t2\n", self.ok("get", "web*", "vcpu", "--live").out)

    def test_start_once_refused(self):
        for status, words, said in ((2, ["vcpu-"], "for one time only"), (2, ["vcpu"], "vcpu=VALUE"),
                                    (2, ["--boot=vda"], "KIND/ID"), (2, ["memory=4"], "unit"),
                                    (1, ["vcpuu=2"], "vcpu"), (1, ["--boot=disk/vdz"], "vdz"),
                                    (2, ["--until=sunday"], '--until: "sunday" is none of stop, reboot.')):
            with self.subTest(words):
                self.assertIn(said, self.ends(status, "start", "web1", *words).err)
        self.assertEqual("shutoff", self.state("web1"))
        self.assertIn("does not take --boot", self.ends(2, "destroy", "web1", "--boot=disk/vda").err)

    def test_reset(self):
        answer = self.run_client("reset", "test")
        self.assertIn((answer.status, "not supported" in answer.err or "Unsupported" in answer.err),
                      [(0, False), (1, True)])

    def test_change_of_a_running_domain_is_for_the_next_start(self):
        self.said("start", "web1")
        answer = self.ok("set", "web1", "vcpu=2")
        self.assertEqual("domwright: web1: info: It takes effect at the next start.\n", answer.err)

    def test_autostart(self):
        self.assertEqual("off\n", self.said("autostart", "web1"))
        self.said("autostart", "web1", "on")
        self.assertEqual("on\n", self.said("autostart", "web1"))
        self.assertIs(True, self.ok("autostart", "web1", "--json").json)
        self.assertEqual(["web1\ton", "web2\toff"],
                         sorted(self.said("autostart", "web*").splitlines()))
        self.said("autostart", "web1", "off")
        self.assertEqual("off\n", self.said("autostart", "web1"))

    def test_watch(self):
        for options, wanted in (([], r"web1\tchanged\tconfig\tvcpu\n"),
                                (["--json"], r'\{"domain":"web1",.*"event":"changed".*"vcpu".*\}\n')):
            with self.subTest(options):
                watch = subprocess.Popen([rig.CLIENT, *options, "watch", "web1"],
                                         stdout=subprocess.PIPE, env={**rig.BARE, **self.env})
                try:
                    self.change_until_seen(watch, wanted)
                finally:
                    watch.send_signal(signal.SIGINT)
                    watch.wait()
                    watch.stdout.close()

    def change_until_seen(self, watch, wanted):
        # It says nothing of being ready: changes are made until one is seen.
        os.set_blocking(watch.stdout.fileno(), False)
        seen, count = [""], [1]

        def changed():
            count[0] = 3 - count[0]
            self.said("set", "web1", f"vcpu={count[0]}")
            seen[0] += (watch.stdout.read() or b"").decode()
            return re.search(wanted, seen[0])

        services.wait_for(changed, wanted, 20)
        self.assertNotIn("web2", seen[0])


if __name__ == "__main__":
    tap.main()
