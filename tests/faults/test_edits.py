# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many edit the same domains at once, and some leave in the middle.

Owns the promise that an acknowledged edit is there in the end and that nobody's is overwritten unseen.
"""

import os
import re
import subprocess
import unittest

import rig
from support import client, services, tap
from support.client import settings

CONFLICT = client.NAME + ".Error.Conflict"
GUEST = {"type": "qemu", "memory": "64MiB", "os.arch": "x86_64"}
CLIENTS = 16
SIGNATURE = "(a{sv}asa{sv})"


def count(text):
    """{client: edits} of a description such as "0=3 5=1"."""
    return {int(who): int(many) for who, many in re.findall(r"(\d+)=(\d+)", text)}


class Editor:
    """One client that reads a domain, adds one to its own number in the description, and sends that for
    the revision it read; again and again, each time the other's edits before it were in."""

    def __init__(self, number, bus_client, paths, edits):
        self.number = number
        self.client = bus_client
        self.paths = paths
        self.left = edits
        self.acknowledged = dict.fromkeys(paths, 0)
        self.conflicts = 0
        self.errors = []
        self.read()

    def _call(self, method, signature, arguments, on_done):
        self.client.connection.call(client.NAME, self.path, client.NAME + ".Config", method,
                                    client.GLib.Variant(signature, arguments), None, 0,
                                    client.TIMEOUT_MS, None, on_done)

    def read(self):
        self.path = self.paths[self.left % len(self.paths)]
        self._call("Describe", "(a{sv})", ({},), self.on_read)

    def on_read(self, connection, done):
        try:
            values, _, revision = connection.call_finish(done).unpack()
        except client.GLib.Error as error:
            self.errors.append(error.message)
            self.left = 0
            return
        numbers = count(values.get("description", ""))
        numbers[self.number] = numbers.get(self.number, 0) + 1
        text = " ".join(f"{who}={many}" for who, many in sorted(numbers.items()))
        self._call("Modify", SIGNATURE, (settings({"description": text}), [],
                                         settings({"expected-revision": revision})), self.on_edited)

    def on_edited(self, connection, done):
        try:
            connection.call_finish(done)
            self.acknowledged[self.path] += 1
        except client.GLib.Error as error:
            if client.error_name(error) == CONFLICT:
                self.conflicts += 1
            else:
                self.errors.append(error.message)
        self.left -= 1
        if self.left > 0:
            self.read()


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Edits(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.libvirtd = self.enterContext(services.Libvirtd())
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(
            services.Daemon(self.bus, "--host", "local=" + self.libvirtd.uri))
        self.daemon.wait_connected()
        self.client = rig.connect(self, self.bus)

    def define(self, number):
        return self.client.define({**GUEST, "name": f"d{number}"})[0]

    def contend(self, domains):
        """16 editors with 1,000 edits each: of every one the number of edits that were acknowledged."""
        paths = [self.define(number) for number in range(domains)]
        edits = rig.times(1000)
        editors = [Editor(number, rig.connect(self, self.bus), paths, edits)
                   for number in range(CLIENTS)]
        rig.work(lambda: all(editor.left == 0 for editor in editors))
        self.assertEqual([[]] * CLIENTS, [editor.errors for editor in editors])
        for number, path in enumerate(paths):
            text = self.libvirtd.virsh("desc", "--config", f"d{number}").stdout
            self.assertEqual({editor.number: editor.acknowledged[path] for editor in editors
                              if editor.acknowledged[path]}, count(text))
        done = sum(sum(editor.acknowledged.values()) for editor in editors)
        conflicts = sum(editor.conflicts for editor in editors)
        self.assertEqual(CLIENTS * edits, done + conflicts)
        print(f"# {domains} domains: {done} edits done, {conflicts} conflicts, 0 lost")
        return done

    def test_one_domain(self):
        self.assertGreaterEqual(self.contend(1), rig.times(1000))

    def test_eight_domains(self):
        self.assertGreaterEqual(self.contend(8), rig.times(1000))

    def test_keys_of_ones_own(self):
        """Without a revision, edits of different keys never meet: all are done, all are there."""
        path = self.define(0)
        targets = [f"vd{chr(ord('a') + number)}" for number in range(CLIENTS)]
        for target in targets:
            self.client.add_disk(path, {"source.file": f"/nonexistent/{target}.raw",
                                        "target.dev": target, "target.bus": "virtio"})
        calls = [rig.Calls(rig.connect(self, self.bus)) for _ in targets]
        for step in range(rig.times(1000)):
            for target, sender in zip(targets, calls, strict=True):
                sender.send(step, path, "Config", "ModifyDisk", "(sa{sv}asa{sv})", target,
                            settings({"serial": f"{target}-{step}"}), [], {})
            for sender in calls:
                sender.wait_all()
        self.assertEqual([{"done"}] * CLIENTS, [set(sender.outcomes.values()) for sender in calls])
        xml = self.libvirtd.virsh("dumpxml", "--inactive", "d0").stdout
        self.assertEqual([f"{target}-{rig.times(1000) - 1}" for target in targets],
                         re.findall("<serial>(.*?)</serial>", xml))

    def test_beside_another_program(self):
        """It defines the domain, too, and does not look; what we overwrite of that is said."""
        path = self.define(0)
        self.client.modify(path, {"description": "0"})
        racer = subprocess.Popen([os.environ["RACER"], self.libvirtd.uri, "d0", f"{rig.times(10000)}"],
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(racer.kill)
        told = {}  # the number that was there before an edit -> whether an edit of that said something
        edits = conflicts = warnings = 0
        while racer.poll() is None:
            values, _, revision = self.client.call(path, "Config", "Describe", "(a{sv})", {})
            before = int(values["description"])
            try:
                result = self.client.modify(path, {"title": f"{edits}"},
                                            options={"expected-revision": revision})
            except client.GLib.Error as error:
                self.assertEqual(CONFLICT, client.error_name(error), error.message)
                conflicts += 1
                continue
            edits += 1
            said = any(problem["rule"] == "overwritten" for problem in result["problems"])
            warnings += said
            told[before] = said or told.get(before, False)
        lost = [int(line) for line in racer.stdout]
        self.assertEqual(0, racer.returncode)
        unsaid = [number for number in lost if not told[max(at for at in told if at < number)]]
        print(f"# {edits} edits done, {conflicts} conflicts; {len(lost)} of the other's overwritten, "
              f"{warnings} warnings, {len(unsaid)} unsaid")
        self.assertEqual([], unsaid)
        self.assertEqual(warnings, self.daemon.log.count(", perhaps over another program's change"))

    def test_leaving(self):
        """A sender that has left: what libvirt has in hand is finished, nothing else begins."""
        path = self.define(0)
        for number in range(rig.times(1000)):
            leaver = rig.connect(self, self.bus)
            calls = rig.Calls(leaver)
            for step in range(20):
                calls.send(step, path, "Config", "Modify", SIGNATURE,
                           settings({"title": f"{number}.{step}"}), [], {})
            calls.pass_time((number % 40) / 4000)
            leaver.close()
            name = leaver.connection.get_unique_name()
            services.wait_for(lambda: not self.bus.has_owner(name), "the sender has left")
            self.client.property(path, "Domain", "Name")  # the daemon has heard it, too
            seen = self.step_of(path, number)
            self.client.modify(path, {"description": f"{number}"})  # behind all that was waiting
            self.assertLessEqual(self.step_of(path, number), seen + 1)

    def step_of(self, path, number):
        """The last edit of this round that libvirt has; -1: none."""
        title = self.client.get_settings(path, "title").get("title", "")
        return int(title.split(".")[1]) if title.startswith(f"{number}.") else -1


if __name__ == "__main__":
    tap.main()
