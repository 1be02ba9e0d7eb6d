# SPDX-License-Identifier: LGPL-2.1-or-later
"""`watch` while the service ends and begins anew: it waits, says so, and goes on.

What it prints of events is tests/client/test_verbs.py's.
"""

import os
import signal
import subprocess

import rig
from support import services, tap


class Watch(rig.Live):
    def watch(self, *words):
        self.process = subprocess.Popen([rig.CLIENT, "watch", *words], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env={**rig.BARE, **self.env})
        self.addCleanup(self.end)
        self.seen = {"stdout": "", "stderr": ""}
        for name in self.seen:
            os.set_blocking(getattr(self.process, name).fileno(), False)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def await_text(self, stream, text, action=lambda: None):
        """It says nothing of being ready, so that the action is repeated until the text is seen."""
        def seen():
            action()
            self.seen[stream] += (getattr(self.process, stream).read() or b"").decode()
            return text in self.seen[stream]
        services.wait_for(seen, f"{text!r}, after {self.seen}", 20)

    def change(self):
        count = len(self.seen["stdout"])
        self.said("set", "test", f"title={count} a")
        self.said("set", "test", f"title={count} b")

    def test_service_that_begins_anew(self):
        """The domains of the test driver end with it, but for its own."""
        self.watch()
        self.await_text("stdout", "test\tchanged\tconfig\ttitle\n", self.change)
        self.daemon.stop()
        self.await_text("stderr", "domwright: domwrightd has left the bus; waiting for it to come back.\n")
        self.assertIsNone(self.process.poll())
        self.daemon.start()
        self.await_text("stdout", "web1\tremoved\n")
        self.await_text("stdout", "web2\tremoved\n")
        self.seen["stdout"] = ""
        self.await_text("stdout", "test\tchanged\tconfig\ttitle\n", self.change)
        self.assertNotIn("added", self.seen["stdout"])

    def test_a_name_that_nobody_has(self):
        self.watch("web3")
        self.await_text("stderr", "domwright: web3: info: No domain has a name like this; one that gets it is watched.\n")
        self.ok("create", "web3", "memory=1GiB")
        self.await_text("stdout", "web3\tadded\n")
        self.assertEqual("", self.process.stderr.read() or "")


if __name__ == "__main__":
    tap.main()
