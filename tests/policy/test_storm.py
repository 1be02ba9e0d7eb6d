# SPDX-License-Identifier: LGPL-2.1-or-later
"""What changes while polkit thinks: the domain, its name, the draft, the hosts, the callers, the daemon.

Owns orders of events; what a single failure means is in test_failures.py.
"""

import os
import random
import re
import signal

import rig
from rig import HOST, MANAGER, Person, Refused, settings
from support import services, tap

UNDER_WAY = 32  # calls of one user
BUS = "org.freedesktop.DBus"
HOSTS = rig.CONFIGURATION + "other=test:///default\n"


class Storm(rig.Case):
    """Each test has a world of its own: it is shaken."""

    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        self.world = self.enterContext(rig.World(hosts=HOSTS))

    def freeze(self):
        self.world.polkitd.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.world.polkitd.process.send_signal(signal.SIGCONT)

    def settle(self, *people):
        """Waits until the daemon has dealt with all that was sent before."""
        for person in people or [self.world.root]:
            person.plain(MANAGER, "Manager", "ListDrafts")

    def end(self, person, number):
        try:
            person.end(number)
            return "ok"
        except Refused as refusal:
            return refusal.name

    def rename(self, path, name):
        """As `virsh domrename` does it: another name for the same UUID."""
        root = self.world.root
        text = root.plain(path, "Config", "GetXML", secrets=True)
        root.plain(path, "Domain", "Undefine")
        root.call(HOST, "Host", "DefineXML", "(sa{sv})",
                  re.sub("<name>[^<]*</name>", f"<name>{name}</name>", text), {})

    # What was asked for has to be there still.

    def test_another_name_while_asked(self):
        """A rule that goes by the name said yes to the old one."""
        person = self.person("oper")
        for method in ("Start", "Undefine"):
            path = self.world.new_domain("dev")
            person.plain(path, "Config", "GetXML")
            self.freeze()
            number = person.begin(path, "Domain", method, "(a{sv})", {})
            self.settle(person)
            self.rename(path, "prod-" + method)
            before = self.world.state(path)
            self.thaw()
            with self.subTest(method):
                self.assertEqual("Conflict", self.end(person, number))
                self.assertEqual(before, self.world.state(path))

    def test_two_new_domains_of_one_uuid(self):
        """The later would be a change of the first, by somebody who may define only."""
        person = self.person("oper")
        person.plain(HOST, "Host", "ListDomains")
        for spelling in (str.lower, str.upper, lambda uuid: uuid.replace("-", "")):
            self.world.number += 1
            number = self.world.number
            text = rig.document(f"twice-{number}", number)
            other = text.replace(rig.uuid_of(number), spelling(rig.uuid_of(number)))
            self.freeze()
            calls = [person.begin(HOST, "Host", "DefineXML", "(sa{sv})",
                                  document.replace("<memory", f"<title>{title}</title><memory"), {})
                     for title, document in (("one", text), ("two", other))]
            self.settle(person)
            self.thaw()
            outcomes = sorted(self.end(person, call) for call in calls)
            self.assertEqual("ok", outcomes[-1])
            self.assertIn(outcomes[0], ("AlreadyExists", "Invalid"))

    def test_commit_during_an_edit(self):
        """An edit that was answered is in what was committed, or in the draft."""
        person = self.person("oper")
        path = self.world.new_domain()
        for number in range(20):
            draft = person.plain(path, "Domain", "Edit")
            edit = person.begin(draft, "Config", "Modify", "(a{sv}asa{sv})",
                                settings({"title": f"title {number}"}), [], {})
            commit = person.begin(draft, "Draft", "Commit", "(a{sv})", {})
            self.assertEqual("ok", self.end(person, edit))
            outcome = self.end(person, commit)
            self.assertIn(outcome, ("ok", "Busy"))
            if outcome != "ok":
                person.plain(draft, "Draft", "Commit")
            self.assertEqual({"title": f"title {number}"},
                             person.call(path, "Config", "GetSettings", "(asa{sv})", ["title"], {}))

    def test_draft_discarded_while_its_commit_is_asked(self):
        person, other = self.person("oper"), self.person("oper")
        path = self.world.new_domain()
        draft = person.plain(path, "Domain", "Edit")
        person.call(draft, "Config", "Modify", "(a{sv}asa{sv})", settings({"title": "t"}), [], {})
        self.freeze()
        commit = person.begin(draft, "Draft", "Commit", "(a{sv})", {})
        self.settle(person)
        self.assertEqual("Busy", other.outcome(draft, "Draft", "Discard", "(a{sv})", {}))
        person.__exit__()
        self.settle()
        self.thaw()
        # A thread may still be looking what the commit would do: the commit ends with that.
        outcomes = []
        services.wait_for(lambda: outcomes.append(
            other.outcome(draft, "Draft", "Discard", "(a{sv})", {})) or outcomes[-1] != "Busy",
            "the commit's end")
        self.assertEqual("ok", outcomes[-1])
        self.assertNotIn("<title>", self.world.root.plain(path, "Config", "GetXML"))
        del commit

    def test_host_taken_away_while_asked(self):
        person = self.person("oper")
        path = self.world.new_domain()
        other = path.replace("/host/local/", "/host/other/")
        services.wait_for(lambda: self.world.state(other), "the other connection has heard of it")
        self.freeze()
        calls = [person.begin(other, "Config", "Modify", "(a{sv}asa{sv})", settings({"title": "t"}), [],
                              {}) for _ in range(3)]
        calls += [person.begin(other, "Domain", "Start", "(a{sv})", {}) for _ in range(3)]
        self.settle(person)
        with open("/run/files/domwright.conf", "w", encoding="utf-8") as file:
            file.write(rig.CONFIGURATION)
        self.world.daemon.process.send_signal(signal.SIGHUP)
        services.wait_for(lambda: HOST.replace("local", "other") not in
                          self.world.property(MANAGER, "Manager", "Hosts"), "the host is gone")
        self.thaw()
        for number in calls:
            self.assertEqual("HostUnavailable", self.end(person, number))
        self.assertEqual("ok", person.outcome(path, "Domain", "Start", "(a{sv})", {}))

    def test_a_line_is_one_line_to_rules(self):
        person = self.person("oper")
        path = self.world.new_domain()
        with self.world.watched() as checks:
            person.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", "disk",
                        settings({"source.file": "/srv/a\u2028/etc/b", "driver.type": "raw",
                                  "target.bus": "virtio"}), {})
        details = dict((action, details) for _, action, details in checks)["use-host-resources"]
        self.assertNotIn("path", details)
        self.assertEqual("/srv/a?/etc/b", details["paths"])

    # Too much at once: who asks for that is answered at a pace.

    def overdo(self, person):
        """Calls, of which the later ones are too many as long as polkit does not answer."""
        path = self.world.new_domain()
        self.freeze()
        calls = [person.begin(path, "Config", "GetXML", "(a{sv})", {}) for _ in range(120)]
        # The bus has taken all of them in when it answers one that comes after them.
        person.call("/org/freedesktop/DBus", BUS, "GetId", "()", destination=BUS)
        self.assertEqual("Busy", self.end(person, calls[UNDER_WAY]))
        return calls[:UNDER_WAY], calls[UNDER_WAY + 1:]

    def test_everybody_is_told(self):
        person = self.person("bob")
        kept, refused = self.overdo(person)
        self.assertEqual({"Busy"}, {self.end(person, call) for call in refused})
        self.thaw()
        self.assertEqual({"ok"}, {self.end(person, call) for call in kept})

    def test_everybody_is_told_before_the_end(self):
        person = self.person("bob")
        kept, refused = self.overdo(person)
        self.world.daemon.stop()
        self.assertEqual({"Busy"}, {self.end(person, call) for call in refused})
        self.assertEqual({rig.DENIED}, {self.end(person, call) for call in kept})

    def test_others_are_heard_meanwhile(self):
        person, other = self.person("bob"), self.person("alice")
        self.overdo(person)
        self.settle(other)
        person.leave(0)
        self.thaw()
        self.settle(other)
        services.wait_for(lambda: person.outcome(MANAGER, "Manager", "ListDrafts", "(a{sv})", {}) == "ok",
                          "the calls of who has left have ended")

    # All at once.

    def throw(self, chosen, person, path, draft):
        """One call of many kinds, whose answer nobody waits for."""
        title = settings({"title": f"t{chosen.randrange(100)}"})
        number = chosen.randrange(1000, 2000)
        calls = [
            (path, "Config", "Modify", "(a{sv}asa{sv})", title, [], {}),
            (path, "Config", "AddDevice", "(sa{sv}a{sv})", "disk",
             settings({"source.file": "/etc/shadow", "driver.type": "raw", "target.bus": "virtio"}),
             settings({"dry-run": chosen.random() < 0.5})),
            (path, "Config", "GetXML", "(a{sv})", settings({"secrets": chosen.random() < 0.5})),
            (path, "Config", "Describe", "(a{sv})", {}),
            (path, "Domain", chosen.choice(["Start", "Destroy", "Suspend"]), "(a{sv})", {}),
            (path, "Domain", "Edit", "(a{sv})", {}),
            (HOST, "Host", "DefineXML", "(sa{sv})", rig.document(f"s{number}", number), {}),
            (HOST, "Host", "ListDomains", "(a{sv})", {}),
            (MANAGER, "Manager", "FindDomain", "(sa{sv})", "test", {}),
            (draft, "Config", "Modify", "(a{sv}asa{sv})", title, [], {}),
            (draft, "Draft", chosen.choice(["Commit", "Commit", "Diff", "Discard"]), "(a{sv})", {}),
            (path, "org.freedesktop.DBus.Properties", "Get", "(ss)", "org.domwright1.Config",
             "Revision"),
        ]
        person.begin(*chosen.choice(calls), interactive=chosen.random() < 0.3)

    def shake(self, chosen, step):
        if step % 7 == 3:
            self.freeze()
        elif step % 7 == 5:
            self.thaw()
        if step % 10 == 9:
            with open("/run/files/domwright.conf", "w", encoding="utf-8") as file:
                file.write(chosen.choice([rig.CONFIGURATION, HOSTS]))
            self.world.daemon.process.send_signal(signal.SIGHUP)

    def test_storm(self):
        """Callers come, ask for anything and leave before it is answered; polkit stops and goes on,
        hosts come and go. What nobody was granted is not done, and nothing is left over."""
        chosen = random.Random(5)
        path = self.world.new_domain()
        for step in range(int(os.environ.get("STORM", "60"))):
            self.shake(chosen, step)
            with Person(chosen.choice(["oper", "bob", "mallory", "alice"])) as person:
                try:
                    draft = person.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})",
                                        rig.document("draft", 999), {})
                except Refused:  # there are too many
                    draft = path
                for _ in range(chosen.randrange(1, 12)):
                    self.throw(chosen, person, path, draft)
                if chosen.random() < 0.5:
                    self.settle(person)
        self.thaw()
        self.assertIsNone(self.world.daemon.process.poll())
        person = self.person("oper")
        self.assertEqual("ok", person.outcome(path, "Config", "Modify", "(a{sv}asa{sv})",
                                              settings({"title": "after"}), [], {}))
        text = self.world.root.plain(path, "Config", "GetXML")
        self.assertIn("<title>after</title>", text)
        for draft in person.plain(MANAGER, "Manager", "ListDrafts"):
            person.plain(draft, "Draft", "Discard")
        self.world.daemon.stop()  # and says so when it does not end well


if __name__ == "__main__":
    tap.main()
