# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reading keys of many domains by a pattern.

Owns that one call does where the list of domains can say it, and that what is printed is the same where
it cannot.
"""

import rig
from gi.repository import GLib

from support import client, tap

OURS = client.NAME


class Monitor:
    """The calls of the service that the bus has seen since."""

    def __init__(self, address):
        self.calls = []
        self.connection = client.Client(address).connection
        self.connection.add_filter(self.see)
        self.connection.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                  "org.freedesktop.DBus.Monitoring", "BecomeMonitor",
                                  GLib.Variant("(asu)", ([f"destination={OURS},type=method_call"], 0)),
                                  None, 0, client.TIMEOUT_MS, None)

    def see(self, connection, message, incoming):
        if incoming and message.get_destination() == OURS:
            self.calls.append(message.get_member())
            return None
        return message

    def close(self):
        self.connection.close_sync(None)


class Patterns(rig.Live):
    def setUp(self):
        super().setUp()
        self.monitor = Monitor(self.bus.address)
        self.addCleanup(self.monitor.close)

    def calls(self):
        """Those so far but for the list of hosts; `hosts` marks the end, as calls are seen in order."""
        self.ok("path", "web1")
        rig.services.wait_for(lambda: "FindDomain" in self.monitor.calls, "the last call")
        calls = [call for call in self.monitor.calls if call not in ("Get", "FindDomain")]
        self.monitor.calls.clear()
        return calls

    def test_keys_are_read_by_one_call(self):
        self.assertEqual("web1\t536870912\nweb2\t536870912\n", self.said("get", "web*", "memory"))
        self.assertEqual(["ListDomains"], self.calls())
        self.assertEqual("web1\tvcpu=1\nweb1\tdisk/vda/source.file=/srv/web1.qcow2\n"
                         "web2\tvcpu=1\nweb2\tdisk/vda/source.file=/srv/web2.qcow2\n",
                         self.said("get", "web*", "vcpu", "disk/vda/source.file"))
        self.assertEqual({"web1": {"memory": 536870912, "disk/vda/target.dev": "vda"},
                          "web2": {"memory": 536870912, "disk/vda/target.dev": "vda"}},
                         self.ok("get", "web*", "memory", "disk/vda/target.dev", "--json").json)
        self.assertEqual(["ListDomains", "ListDomains"], self.calls())

    def test_what_is_absent_is_asked_of_the_domain(self):
        self.ok("set", "web2", "description=two")
        self.calls()
        answer = self.ends(1, "get", "web*", "description", "memory")
        self.assertEqual("web1\tmemory=536870912\n"
                         "web2\tdescription=two\nweb2\tmemory=536870912\n", answer.out)
        self.assertIn("web1: description is not set", answer.err)
        self.assertEqual(["ListDomains", "GetSettings"], self.calls())

    def test_secrets_are_asked_of_the_domain(self):
        for name in ("web1", "web2"):
            self.ok("add", name, "graphics", "type=vnc", "passwd=hunter2")
        self.assertEqual("web1\thunter2\nweb2\thunter2\n",
                         self.said("get", "web*", "graphics/vnc/passwd", "--secrets"))
        self.assertEqual("web1\t(unchanged secret)\nweb2\t(unchanged secret)\n",
                         self.said("get", "web*", "graphics/vnc/passwd"))

    def test_columns_that_are_no_keys_are_none(self):
        self.assertIn("state", self.ends(1, "get", "web*", "state").err)
        self.ok("set", "web1", "title=" + 300 * "x")
        self.assertEqual("web1\t" + 300 * "x" + "\n", self.said("get", "web1*", "title"))

    def test_no_key(self):
        self.assertIn("memroy", self.ends(1, "get", "web*", "memroy").err)
        self.assertIn("No domain", self.ends(1, "get", "no*", "memory").err)


if __name__ == "__main__":
    tap.main()
