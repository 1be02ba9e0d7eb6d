# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service, libvirtd or the guest killed at any moment of changes to both sides of a running guest.

Owns what is known afterwards: nothing is done again, the history says what was interrupted, and where
the two sides differ that waits. DOMWRIGHT_KILLS is how often; 12 otherwise.
"""

import os
import random
import signal
import threading
import time
import unittest

from gi.repository import GLib

from support import client, services, tap
from support.client import device, settings

MISSING = services.Libvirtd.missing()
KILLS = int(os.environ.get("DOMWRIGHT_KILLS", "12"))
VICTIMS = ("daemon", "libvirtd", "guest")


class Editor(threading.Thread):
    """Gives the guest one title after the other, on both sides, until that fails."""

    def __init__(self, test, state):
        super().__init__()
        self.client = client.Client(test.bus.address)
        self.test = test
        self.number = random.randrange(1 << 30)
        self.acknowledged = self.asked = state
        self.error = None

    def next(self):
        self.asked = f"t{self.number}"
        return [("set", "", "", settings({"title": self.asked}), [])]

    def run(self):
        try:
            while True:
                self.number += 1
                self.client.call(self.test.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", self.next(),
                                 settings({"affect": "both"}))
                self.acknowledged = self.asked
        except GLib.Error as error:
            self.error = error.message
            self.client.close()


class Plugger(Editor):
    """The same with a disk that comes with one title and goes with the next."""

    def next(self):
        title, there = f"t{self.number}", not self.acknowledged[1]
        self.asked = title, there
        return [("set", "", "", settings({"title": title}), []),
                ("add", "disk", "", settings({"source.file": self.test.image, "driver.type": "raw",
                                              "target.bus": "scsi", "target.dev": "sda"}), [])
                if there else ("remove", "disk", "sda", {}, [])]


@unittest.skipIf(MISSING, MISSING)
class Interrupted(unittest.TestCase):
    def setUp(self):
        self.libvirtd = self.enterContext(services.Libvirtd())
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(
            services.Daemon(self.bus, "--host", "local=" + self.libvirtd.uri))
        self.daemon.wait_connected()
        self.client = client.Client(self.bus.address)
        self.addCleanup(self.client.close)
        self.path, _ = self.client.define({"name": "web", "type": "qemu", "memory": "64MiB",
                                           "title": "t0", "os.arch": "x86_64", "os.machine": "q35"},
                                          [device("controller", type="scsi", model="virtio-scsi")])
        self.image = os.path.join(self.libvirtd.directory, "disk")
        with open(self.image, "w") as file:
            file.truncate(1 << 20)
        self.libvirtd.make_readable(self.image)
        self.client.domain(self.path, "Start")
        self.addCleanup(self.libvirtd.virsh, "destroy", "web", check=False)
        self.intents = os.path.join(self.daemon.directory, "history", "local", "intents")

    def title(self, side):
        return self.libvirtd.virsh("desc", "web", "--title", side).stdout.strip()

    def both(self, side):
        """The title, and whether the disk is there."""
        words = ["--inactive"] if side == "--config" else []
        return self.title(side), "sda" in self.libvirtd.virsh("domblklist", "web", *words).stdout

    def left(self):
        """The plans of changes that have no outcome yet."""
        names = os.listdir(self.intents) if os.path.isdir(self.intents) else []
        return [name for name in names if not name.endswith(".new")]

    def kill_daemon(self):
        self.daemon.process.kill()
        self.daemon.process.wait()

    def kill_guest(self):
        run = os.path.join(self.libvirtd.directory, "run", "libvirt", "qemu", "run", "web.pid")
        with open(run) as file:
            os.kill(int(file.read()), signal.SIGKILL)

    def back(self, victim):
        """Brings back what serves."""
        if victim == "daemon":
            self.daemon.start()
        elif victim == "libvirtd":
            self.libvirtd.start()

        def answers():
            try:
                active = self.client.property(self.path, "Domain", "Active")
                self.client.domain(self.path, "ListPending")
                return active == (victim != "guest")
            except GLib.Error:
                return False
        services.wait_for(answers, f"the service knows the guest after the end of {victim}")

    def kill(self, victim, editor):
        """Ends it while somebody edits; the editor, and the intents that were left then."""
        editor.start()
        time.sleep(random.uniform(0.05, 0.3))
        {"daemon": self.kill_daemon, "libvirtd": self.libvirtd.kill, "guest": self.kill_guest}[victim]()
        editor.join()
        left = self.left()
        self.back(victim)
        return editor, left

    def check(self, victim, editor, left):
        """Whether the history speaks of an interruption, and whether the two sides differ."""
        config = self.title("--config")
        live = config if victim == "guest" else self.title("--live")
        # Nothing was done again, nothing acknowledged is lost.
        self.assertLessEqual({config, live}, {editor.acknowledged, editor.asked})
        if "The configuration is what it was" in editor.error:
            self.assertEqual(editor.acknowledged, config)
        self.assertEqual([], self.left())
        rows = self.client.domain(self.path, "ListPending")
        self.assertEqual([("title", live, config)] if config != live else [],
                         [(row["key"], row["live"], row["config"]) for row in rows])
        history = self.client.domain(self.path, "ListHistory")
        if left:
            self.assertIn((history[0]["origin"], history[0]["keys"], history[0]["affect"]),
                          [("interrupted", ["title"], "both"), ("domwright", ["title"], "both")])
        if config != live:
            self.assertEqual(("interrupted", ["title"], "both", "Was to change title."),
                             tuple(history[0][name] for name in ("origin", "keys", "affect", "summary")))
        return history[0]["origin"] == "interrupted", config != live

    def test_kills(self):
        counts = {victim: [0, 0, 0] for victim in VICTIMS}
        for number in range(KILLS):
            victim = VICTIMS[number % len(VICTIMS)]
            with self.subTest(number, victim=victim):
                cut, differs = self.check(victim, *self.kill(victim, Editor(self, self.title("--config"))))
                counts[victim] = [a + b for a, b in zip(counts[victim], (1, cut, differs))]
                if victim == "guest":
                    self.client.domain(self.path, "Start")
                if differs:  # or the next one begins with a difference
                    self.client.modify(self.path, {"title": "again"}, options={"affect": "both"})
        for victim, (kills, interrupted, differing) in counts.items():
            print(f"# {victim}: {kills} kills, {interrupted} interrupted changes, "
                  f"{differing} with two titles")

    def check_both(self, victim, editor, left):
        """The same of two things: the running domain may have one of them. Whether it has."""
        config = self.both("--config")
        live = config if victim == "guest" else self.both("--live")
        self.assertIn(config, (editor.acknowledged, editor.asked))
        for number, value in enumerate(live):
            self.assertIn(value, (editor.acknowledged[number], editor.asked[number]))
        if "The configuration is what it was" in editor.error:
            self.assertEqual(editor.acknowledged, config)
        self.assertEqual([], self.left())
        rows = self.client.domain(self.path, "ListPending")
        self.assertEqual([name for name, here, there in zip((("", "title"), ("sda", "")), config, live)
                          if here != there], [(row["id"], row["key"]) for row in rows])
        if config != live:
            row = self.client.domain(self.path, "ListHistory")[0]
            self.assertEqual(("interrupted", "both"), (row["origin"], row["affect"]))
        return config != live

    def test_kills_amid_devices(self):
        differing = 0
        for number in range(KILLS):
            victim = VICTIMS[number % len(VICTIMS)]
            with self.subTest(number, victim=victim):
                differs = self.check_both(victim, *self.kill(victim, Plugger(self, self.both("--config"))))
                differing += differs
                if differs:
                    self.client.domain(self.path, "Destroy")
                if differs or victim == "guest":
                    self.client.domain(self.path, "Start")
        print(f"# {KILLS} kills, {differing} with two sides")

    def test_what_is_written(self):
        """Keys, never values."""
        self.client.modify(self.path, {"title": "Jalapeno"}, options={"affect": "both"})
        self.assertEqual([], os.listdir(self.intents))
        self.assertEqual(0o700, os.stat(self.intents).st_mode & 0o777)


if __name__ == "__main__":
    tap.main()
