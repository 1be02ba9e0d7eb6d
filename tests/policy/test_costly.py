# SPDX-License-Identifier: LGPL-2.1-or-later
"""One user's costly documents, all that one user may have under way: another's calls are served.

Owns the documents, near the limits of size and number, and what another user does meanwhile. What
the model's operations cost is in unit/test-budget.c.
"""

import contextlib

import rig
from rig import HOST, MANAGER, Person, settings
from support import tap

CONNECTIONS, CALLS = 8, 4  # all of 32

HEAD = """<domain type='test'>
  <name>costly</name>
  <uuid>00000000-0000-4000-8000-00000000c057</uuid>
  <memory unit='KiB'>1048576</memory>
  <os>
    <type arch='i686'>hvm</type>
  </os>
"""
DISK = "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/>"
DOCUMENTS = {
    "secrets": "<devices>" + "<disk type='network'><source protocol='http'><cookies>" +
               "<cookie name='a'>b</cookie>" * 9000 + "</cookies></source></disk></devices>",
    "faults": "<devices>" + "<disk type='x' device='y'><target dev='1' bus='9'/></disk>" * 2800
              + "</devices>",
    "equal disks": "<devices>" + (DISK + "<target dev='vda' bus='virtio'/></disk>") * 1700
                   + "</devices>",
    "levels": "<a>" * 240 + "</a>" * 240,
    "a long value": "<devices><disk type='" + "x" * 900_000 + "'/></devices>",
}


class Costly(rig.Case):
    def served(self, person, path, number):
        """What another user does: a read, an edit, and a draft of a domain of his own."""
        person.plain(path, "Config", "GetXML")
        person.call(path, "Config", "Modify", "(a{sv}asa{sv})",
                    settings({"title": f"title {number}"}), [], {})
        draft = person.plain(path, "Domain", "Edit")
        person.call(draft, "Config", "Modify", "(a{sv}asa{sv})", settings({"vcpu": 1}), [], {})
        person.plain(draft, "Draft", "Discard")

    def attack(self, people, xml):
        """Each has so many dry runs and drafts under way; the numbers of the calls."""
        dry = settings({"dry-run": True, "diff": True})
        return [(person, person.begin(HOST, "Host", "DefineXML", "(sa{sv})", xml, dry)
                 if call % 2 else
                 person.begin(MANAGER, "Manager", "Parse", "(sa{sv})", xml, {}))
                for person in people for call in range(CALLS)]

    def test_others_are_served(self):
        """While the calls are at work, and while threads are that have outlived their callers."""
        daemon = self.world.daemon.process
        other = self.person("oper")
        path = self.world.new_domain()
        for number, (shape, body) in enumerate(DOCUMENTS.items()):
            with self.subTest(shape), contextlib.ExitStack() as stack:
                people = [stack.enter_context(Person("bob")) for _ in range(CONNECTIONS)]
                calls = self.attack(people, HEAD + body + "</domain>")
                self.served(other, path, number)
                self.answered(*calls[0])
                self.served(other, path, f"{number} again")
        self.served(other, path, "at the end")
        self.assertIsNone(daemon.poll())

    def answered(self, person, call):
        """With a result, or an error that says what is the matter; Busy while threads of the attack
        before are still charged to the user."""
        try:
            person.end(call)
        except rig.Refused as refusal:
            self.assertIn(refusal.name,
                          ("Invalid", "InvalidXML", "LimitExceeded", "Libvirt", "Busy"))


if __name__ == "__main__":
    tap.main()
