# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reading keys of many domains by a pattern.

Owns that one call does where the list of domains can say it, and that what is printed is the same where
it cannot.
"""

import unittest

import rig
from gi.repository import GLib

from support import client, services, tap

MISSING = services.Libvirtd.missing()
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
        """Those so far but for the list of hosts and whether a domain has just this name; a list of
        drafts marks the end, as calls are seen in order."""
        self.ok("draft", "list")
        rig.services.wait_for(lambda: "ListDrafts" in self.monitor.calls, "the last call")
        calls = [call for call in self.monitor.calls if call not in ("Get", "FindDomain", "ListDrafts")]
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

    def test_a_wrong_key_is_told_once(self):
        self.assertEqual('domwright: web*: disk/*: Unknown key "source.fil"; did you mean "source.file"?\n'
                         'domwright: web*: Unknown key "vcpus". The number of processors is written vcpu.\n',
                         self.ends(1, "get", "web*", "disk/*/source.fil", "vcpus", "memory").err)
        self.assertEqual('domwright: web*: Unknown kind of device "frob".\n',
                         self.ends(1, "get", "web*", "frob/*/x").err)
        self.assertEqual('domwright: web*: Unknown key "foo.*".\n'
                         'domwright: web*: disk/*: Unknown key "foo*".\n'
                         'domwright: web*: Unknown key "os*".\n',
                         self.ends(1, "get", "web*", "foo.*", "disk/*/foo*", "os*").err)
        self.assertIn('"*/*/type" names no kind of device;', self.ends(2, "get", "web1", "*/*/type").err)
        for group in ("*", "hyperv.*", "disk/*/backing.1.*", "disk/*/sour*", "cpu.feature.avx.*"):
            self.ok("get", "web*", group)
        self.assertEqual(["web1", "web2"], list(self.ends(1, "get", "web*", "foo", "--json").json))

    def test_json_of_what_failed_in_part(self):
        self.said("set", "web1", "title=x")
        answer = self.ends(1, "get", "web*", "vcpu", "title", "--json")
        self.assertEqual({"vcpu": 1, "title": "x"}, answer.json["web1"])
        self.assertEqual(["vcpu", "error", "message"], list(answer.json["web2"]))
        self.assertIn("title is not set", answer.json["web2"]["message"])
        answer = self.ends(1, "get", "web*", "description", "--json")
        self.assertEqual([{"error", "message"}] * 2, [set(said) for said in answer.json.values()])

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

    def test_verbs_that_take_one_domain(self):
        self.assertEqual('domwright: "web*" may name several domains; this verb takes one.\n',
                         self.ends(2, "undefine", "web*").err)
        self.assertEqual("domwright: --expect is about one revision; name one domain.\n",
                         self.ends(2, "set", "--expect=x", "web*", "vcpu=1").err)


class Names(rig.Live):
    """Names that look like patterns, and match others."""

    def test_a_name_goes_before_the_pattern(self):
        for name in ("web[1]", "web?", "web*"):
            with self.subTest(name):
                self.ok("create", name, "memory=64MiB")
                self.ok("set", name, "title=mine")
                for other in ("web1", "web2"):
                    self.ends(1, "get", other, "title")
                self.assertEqual("mine", self.get(name, "title"))
                self.assertEqual(self.ok("get", name, "uuid").out.strip().replace("-", "_"),
                                 self.ok("path", name).out.strip().rpartition("/_")[2])
                self.assertIn(f"<name>{name}</name>", self.ok("xml", name).out)
                self.ok("history", name)
                self.ok("set", "--expect=" + self.ok("show", name, "--json").json["revision"], name, "vcpu=2")
                self.ok("start", name)
                self.ok("pending", name)
                self.ok("destroy", name)
                self.ok("undefine", name)
        self.assertEqual(["web1", "web2"], sorted(self.ok("get", "web?", "name", "--json").json))

    def test_a_backslash_takes_the_character_as_it_is(self):
        self.ok("create", "web[1]", "memory=64MiB")
        self.assertEqual(["web[1]"], list(self.ok("get", r"web\[1\]", "name", "--json").json))


@unittest.skipIf(MISSING, MISSING)
class SeveralHosts(rig.Live):
    @classmethod
    def setUpClass(cls):
        # The test driver of a libvirtd: in this daemon's process each connection to a driver that is
        # not the default one has domains of its own.
        libvirtd = cls.enter(services.Libvirtd())
        cls.HOSTS = (*rig.Live.HOSTS, "--host", f"other=test+unix:///default?socket={libvirtd.socket}")
        super().setUpClass()

    def test_domains_of_one_name_are_told_apart(self):
        """Of two hosts, where the name is a key of JSON, in headings and before messages."""
        for host in ("local", "other"):
            self.ok("-H", host, "create", "twin", "memory=64MiB")
            self.ok("-H", host, "start", "twin")
        try:
            self.check_twins(["local/twin", "other/twin"])
        finally:
            self.ok("-H", "other", "destroy", "twin")
            self.ok("-H", "other", "undefine", "twin")

    def check_twins(self, both):
        self.assertEqual(both, list(self.ok("get", "twi?", "vcpu", "--json").json))
        self.assertEqual([f"{name}\t1" for name in both], self.said("get", "twi?", "vcpu").splitlines())
        self.assertEqual(both, list(self.run_client("-n", "set", "twi?", "vcpu=3", "--json").json))
        self.assertEqual([f"# {name}" for name in both], [
            line for line in self.run_client("-n", "set", "twi?", "vcpu=3").out.splitlines() if line[0] == "#"])
        self.assertEqual(both, list(self.ok("pending", "twi?", "--json").json))
        self.assertEqual(["twin"], list(self.ok("-H", "other", "get", "twi?", "vcpu", "--json").json))
        self.assertEqual(["web1", "web2"], list(self.ok("get", "web?", "vcpu", "--json").json))
        for name in both:
            self.assertIn(f"domwright: {name}: title is not set", self.ends(1, "get", "twi?", "title").err)
        self.assertIn("No domain has a name like this", self.ends(1, "pending", "zz*").err)

    def test_a_name_of_two_hosts(self):
        for host in ("local", "other"):
            self.ok("-H", host, "create", "web[1]", "memory=64MiB")
        try:
            self.assertIn("is on hosts local and other", self.ends(1, "set", "web[1]", "title=x").err)
            self.ends(1, "get", "web1", "title")
            self.ok("-H", "other", "set", "web[1]", "title=x")
            self.ends(1, "-H", "local", "get", "web[1]", "title")
        finally:
            self.ok("-H", "other", "undefine", "web[1]")


if __name__ == "__main__":
    tap.main()
