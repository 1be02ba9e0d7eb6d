# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon ends while it works, in every way: told to, killed, without a bus; and it stands still.

Owns the promise that what was acknowledged is there afterwards, and that nothing is half done.
"""

import os
import random
import re
import signal
import unittest

import rig
from support import client, services, tap
from support.client import HOST, MANAGER, settings

ERROR = client.NAME + ".Error."
GUEST = {"type": "qemu", "memory": "64MiB", "os.arch": "x86_64"}
DOMAINS = 4
EDITS = 6  # of each domain, on their way at once
HOST_LOST = {ERROR + "HostUnavailable", ERROR + "OutcomeUnknown"}
TITLE = re.compile(r"<title>(\d+)\.(\d+)</title>\s*")


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Ends(unittest.TestCase):
    """A storm of edits and definitions; the daemon ends somewhere in it."""

    maxDiff = None

    def setUp(self):
        self.random = random.Random(4)
        self.libvirtd = self.enterContext(services.Libvirtd())
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(
            self.bus, "--host", "local=" + self.libvirtd.uri, "--config", self.configuration()))
        self.client = rig.connect(self, self.bus)
        self.daemon.wait_connected()
        self.names = [f"d{number}" for number in range(DOMAINS)]
        self.paths = [self.client.define({**GUEST, "name": name})[0] for name in self.names]
        self.draft = self.client.call(MANAGER, "Manager", "NewDraft", "(a{sv}a(sa{sv})a{sv})",
                                      settings({"name": "x", **GUEST}), [], {})
        self.plain = self.documents()
        self.titles = [None] * DOMAINS
        self.late = {}  # place -> edits of the round before that libvirt may still have in hand
        self.crashes = 0
        self.losses = 0  # rounds whose connection to libvirtd was lost: that, or the machine was too busy

    def configuration(self):
        """Histories are full all the time, so that they are shortened between the edits."""
        config = os.path.join(self.bus.directory, "domwright.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"[history]\nentries={3 * EDITS}\n")
        return config

    def libvirtd_is_back(self):
        """libvirtd 9.0 dies by SIGSEGV, in free(), once in a few hundred times that a client goes in the
        middle of its calls. Whether it has; if so it is there again."""
        status = self.libvirtd.process.poll()
        if status is None:
            return False
        self.assertEqual(-signal.SIGSEGV, status, self.libvirtd.log)
        self.crashes += 1
        self.libvirtd.start()
        return True

    def virsh(self, *arguments):
        """Its output; of another try where libvirtd had crashed."""
        done = self.libvirtd.virsh(*arguments, check=False)
        if done.returncode != 0:
            services.wait_for(self.libvirtd_is_back, f"a reason for: {done.stderr}", 10)
            done = self.libvirtd.virsh(*arguments)
        return done.stdout

    def documents(self):
        """What libvirt has, by libvirt itself; each domain's lock is taken, so nothing is under way."""
        said = self.virsh("; ".join(f"dumpxml --inactive {name}" for name in self.names))
        return [text.strip() + "</domain>" for text in said.split("</domain>")[:DOMAINS]]

    def storm(self, number):
        """Sends it all; the outcomes, of which the first may be waited for."""
        calls = rig.Calls(self.client)
        for step in range(EDITS):
            for place, path in enumerate(self.paths):
                calls.send((place, step), path, "Config", "Modify", "(a{sv}asa{sv})",
                           settings({"title": f"{number}.{step}"}), [], {})
            calls.send(("draft", step), self.draft, "Config", "Modify", "(a{sv}asa{sv})",
                       settings({"title": f"{number}.{step}"}), [], {})
        calls.send("define", HOST, "Host", "Define", "(a{sv}a(sa{sv})a{sv})",
                   settings({**GUEST, "name": "new"}), [], {})
        return calls

    def strike(self, number, what):
        """One round; the outcomes by name of call."""
        calls = self.storm(number)
        if self.random.random() < 0.8:
            calls.wait(self.random.randrange(1, EDITS * DOMAINS))
        calls.pass_time(self.random.uniform(0, 0.02))
        self.daemon.process.send_signal(what)
        calls.wait_all()
        self.daemon.process.wait(30)
        return calls.outcomes

    def check_domains(self, number, outcomes, exact):
        for place, (text, plain) in enumerate(zip(self.documents(), self.plain, strict=True)):
            self.assertEqual(plain, TITLE.sub("", text))
            with open(os.path.join(self.libvirtd.directory, "config/libvirt/qemu",
                                   self.names[place] + ".xml")) as file:
                stored = TITLE.search(file.read())
            found = TITLE.search(text)
            self.assertEqual(found and found[0].strip(), stored and stored[0].strip())
            now = (int(found[1]), int(found[2])) if found else None
            self.check_title(number, place, outcomes, now, exact)
            self.titles[place] = now

    def check_title(self, number, place, outcomes, now, exact):
        """It is of the edit acknowledged last, or of one whose fate is not known."""
        done = [key[1] for key, outcome in outcomes.items() if key[0] == place and outcome == "done"]
        allowed = {(number, done[-1])} if done else {self.titles[place], *self.late.get(place, ())}
        if not exact:
            self.late[place] = {(number, step) for step in range(EDITS) if step not in done}
            allowed |= self.late[place]
        self.assertIn(now, allowed, outcomes)

    def check_new(self, outcomes, exact):
        there = "new" in self.virsh("list", "--all", "--name").split()
        if exact or outcomes["define"] == "done":
            self.assertEqual(outcomes["define"] == "done", there)
        if there:
            self.assertIn("<name>new</name>", self.virsh("dumpxml", "new"))
            self.virsh("undefine", "new")

    def check_files(self):
        """No half written file, neither libvirt's nor ours, once we are there again."""
        folder = os.path.join(self.libvirtd.directory, "config/libvirt/qemu")
        self.assertEqual(sorted(name + ".xml" for name in self.names),
                         sorted(name for name in os.listdir(folder)
                                if os.path.isfile(os.path.join(folder, name))))
        self.assertEqual(["drafts", "history", "log", "revision-key"],
                         sorted(os.listdir(self.daemon.directory)))
        self.assertEqual([os.path.basename(self.draft)],
                         os.listdir(os.path.join(self.daemon.directory, "drafts")))

    def check_draft(self, number, outcomes):
        done = [step for step in range(EDITS) if outcomes["draft", step] == "done"]
        title = TITLE.search(self.client.get_xml(self.draft))
        if done:
            self.assertEqual((number, True), (int(title[1]), int(title[2]) >= done[-1]))

    def check_history(self, number, outcomes, exact):
        """It can be read, and what was acknowledged is in it or is what the domain is now."""
        for place, path in enumerate(self.paths):
            rows = self.client.call(path, "Domain", "ListHistory", "(a{sv})",
                                    settings({"limit": 3 * EDITS}))
            texts = [self.client.call(path, "Domain", "GetHistoryXML", "(sa{sv})", row["revision"], {})
                     for row in rows] + [self.client.get_xml(path)]
            titles = {TITLE.search(text) and TITLE.search(text)[0].strip() for text in texts}
            done = {f"<title>{number}.{step}</title>" for step in range(EDITS)
                    if outcomes[place, step] == "done"}
            self.assertLessEqual(done, titles)
            self.assertLessEqual({row["origin"] for row in rows},
                                 {"domwright"} if exact else {"domwright", "external", "interrupted"})

    def rounds(self, what, allowed, exact):
        ended = set()
        for number in range(rig.times(1000)):
            outcomes = self.strike(number, what)
            ended |= set(outcomes.values())
            lost = HOST_LOST & set(outcomes.values())
            if lost:
                self.losses += 1
                self.libvirtd_is_back()
            self.assertLessEqual(set(outcomes.values()), {"done", *allowed, *lost}, number)
            status = self.daemon.process.returncode
            self.assertEqual(0 if what == signal.SIGTERM else -what, status, self.daemon.log)
            self.check_domains(number, outcomes, exact and not lost)
            self.check_new(outcomes, exact and not lost)
            self.daemon.start()
            self.check_draft(number, outcomes)
            self.check_history(number, outcomes, exact)
            self.check_files()
        print(f"# {rig.times(1000)} rounds, {self.crashes} crashes of libvirtd, {self.losses} losses of it")
        self.assertLessEqual(self.losses, 1 + rig.times(1000) // 100)
        self.assertEqual([], rig.reports(self.daemon))
        self.assertIn("done", ended)

    def test_order(self):
        """Edits sent before the daemon has found libvirt are made in the order they were sent."""
        for number in range(rig.times(1000)):
            self.daemon.stop()
            self.daemon.start()
            calls = self.storm(number)
            calls.wait_all()
            for place in (*range(DOMAINS), "draft"):
                self.assertEqual([(place, step) for step in range(EDITS)],
                                 [key for key in calls.outcomes if key[0] == place])
            self.check_domains(number, calls.outcomes, exact=True)
            self.check_new(calls.outcomes, exact=True)

    def test_terminated(self):
        """What is in hand is finished and answered, the rest refused."""
        self.rounds(signal.SIGTERM, {ERROR + "Busy"}, exact=True)

    def test_killed(self):
        """Every domain is as before or as asked, and what was acknowledged is there."""
        self.rounds(signal.SIGKILL, {"org.freedesktop.DBus.Error.NoReply"}, exact=False)

    def test_bus_dies(self):
        """The call in libvirt's hands is finished, then the daemon ends as failed."""
        for number in range(rig.times(200)):
            calls = self.storm(number)
            calls.wait(self.random.randrange(1, EDITS))
            self.bus.process.kill()
            calls.wait_all()
            self.assertEqual(1, self.daemon.process.wait(30), self.daemon.log)
            self.bus.end(self.bus.process)
            done = {**calls.outcomes}
            self.check_domains(number, done, exact=False)
            self.check_new(done, exact=False)
            os.unlink(os.path.join(self.bus.directory, "socket"))
            self.bus.start()
            self.daemon.start()
            self.client = rig.connect(self, self.bus)
            self.check_draft(number, done)
            self.check_files()


class Stands(unittest.TestCase):
    def test_stands_still(self):
        """Suspended and woken: calls sent meanwhile are answered, nothing has timed out."""
        with services.Bus() as bus, services.Daemon(bus, "--host", "local=test:///default") as daemon:
            caller = rig.connect(self, bus)
            daemon.wait_connected()
            path, _ = caller.define({"name": "x", "memory": "64MiB"})
            for number in range(rig.times(300)):
                calls = rig.Calls(caller)
                for step in range(10):
                    calls.send(step, path, "Config", "Modify", "(a{sv}asa{sv})",
                               settings({"title": f"{number}.{step}"}), [], {})
                daemon.process.send_signal(signal.SIGSTOP)
                for step in range(10, 20):
                    calls.send(step, path, "Config", "Modify", "(a{sv}asa{sv})",
                               settings({"title": f"{number}.{step}"}), [], {})
                calls.pass_time(0.3)
                daemon.process.send_signal(signal.SIGCONT)
                calls.wait_all()
                self.assertEqual({"done"}, set(calls.outcomes.values()))
                self.assertEqual({"title": f"{number}.19"}, caller.get_settings(path, "title"))


if __name__ == "__main__":
    tap.main()
