# SPDX-License-Identifier: LGPL-2.1-or-later
"""polkit that is gone, dead or stuck, callers that leave, prompts that stay open: never a yes.

Owns what happens around a check; what is asked in which case is in test_matrix.py.
"""

import contextlib
import os
import random
import re
import signal
import subprocess

import rig
from rig import DENIED, HOST, INTERACTIVE, MANAGER, Agent, Person, Refused, machine, settings
from support import services, tap

# How often a caller leaves, and the longest it stays first, in seconds; a call takes less.
TIMES = int(os.environ.get("DOMWRIGHT_TEST_TIMES", "50"))
LONGEST = 0.008
TITLE = "(a{sv}asa{sv})", settings({"title": "changed"}), [], {}


class Failures(rig.Case):
    """Each test has a world of its own: it is broken on purpose."""

    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        self.world = self.enterContext(rig.World())
        self.path = self.world.new_domain()
        self.before = self.world.state(self.path)

    def begin_change(self, person, **options):
        return person.begin(self.path, "Config", "Modify", *TITLE, **options)

    def check_unchanged(self):
        self.assertEqual(self.before, self.world.state(self.path))

    def settle(self, *people):
        """Waits until the daemon has dealt with all that was sent before."""
        for person in people or [self.world.root]:
            person.plain(MANAGER, "Manager", "ListDrafts")

    # polkit

    def test_polkitd_stopped_and_back(self):
        person = self.person("oper")
        self.world.polkitd.stop()
        for _ in range(2):
            with self.refused(DENIED, "org.domwright1.read"):
                person.modify(self.path, {"title": "x"})
            with self.refused(DENIED, "org.domwright1.control"):
                person.plain(self.path, "Domain", "Start")
        self.check_unchanged()
        self.assertEqual("ok", self.world.root.outcome(self.path, "Config", "Modify", *TITLE))
        self.world.polkitd.start()
        person.modify(self.path, {"title": "x"})

    def test_kept_answer_does_not_outlive_polkitd(self):
        person = self.person("bob")
        person.plain(self.path, "Config", "GetXML")
        self.world.polkitd.stop()
        with self.refused(DENIED, "org.domwright1.read"):
            person.plain(self.path, "Config", "GetXML")

    def test_kept_answer_does_not_outlive_the_rules(self):
        person = self.person("bob")
        person.plain(self.path, "Config", "GetXML")
        with self.world.watched() as checks:
            person.plain(self.path, "Config", "GetXML")
            person.plain(HOST, "Host", "ListDomains")
        self.assertEqual([], checks)
        rule = os.path.join(machine.RULES, "20-no.rules")
        with open(rule, "w", encoding="utf-8") as file:
            file.write('polkit.addRule(function(action, subject) { return polkit.Result.NO; });')
        services.wait_for(lambda: not self.world.ask_polkit(person, "read", {})[0], "rules are read")
        self.settle()  # polkit has told of them before it answered by them
        for interface, method, where in (("Config", "GetXML", self.path), ("Host", "ListDomains", HOST)):
            with self.refused(DENIED, "org.domwright1.read"):
                person.plain(where, interface, method)

    def test_kept_answer_is_of_one_sender_and_one_host(self):
        person, other = self.person("bob"), self.person("bob")
        with self.world.watched() as checks:
            for who in (person, other, person):
                who.plain(self.path, "Config", "GetXML")
                who.plain(HOST, "Host", "ListDomains")
            person.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "test", {})
            person.reconnect()
            person.plain(self.path, "Config", "GetXML")
        self.assertEqual(
            [{"host": "local", "operation": "GetXML"}] * 2 + [{"operation": "FindDomain"}]
            + [{"host": "local", "operation": "GetXML"}], [details for _, _, details in checks])

    def test_polkitd_killed_during_a_check(self):
        person = self.person("oper")
        self.world.polkitd.process.send_signal(signal.SIGSTOP)
        changes = [self.begin_change(person) for _ in range(3)]
        starts = [person.begin(self.path, "Domain", "Start", "(a{sv})", {}) for _ in range(3)]
        self.settle(person)
        self.world.polkitd.process.kill()
        self.world.polkitd.process.wait()
        for number in changes + starts:
            with self.refused(DENIED, "org.domwright1."):
                person.end(number)
        self.check_unchanged()

    def test_polkitd_hung(self):
        person = self.person("oper")
        self.world.polkitd.process.send_signal(signal.SIGSTOP)
        change = self.begin_change(person)
        start = person.begin(self.path, "Domain", "Start", "(a{sv})", {})
        # What needs no answer is not held up.
        self.settle(person, self.world.root)
        self.assertTrue(self.world.root.plain(HOST, "Host", "ListDomains"))
        for number in (change, start):
            with self.refused(DENIED, "Polkit"):
                person.end(number)
        self.world.polkitd.process.send_signal(signal.SIGCONT)
        self.check_unchanged()
        person.modify(self.path, {"title": "x"})

    def test_polkitd_from_the_start(self):
        """The service starts without polkit, and finds it."""
        self.world.daemon.stop()
        self.world.polkitd.stop()
        self.world.daemon.start()
        self.world.daemon.wait_connected()
        person = self.person("oper")
        path = f"{HOST}/domain/_6695eb01_f6a4_8304_79aa_97f2502e193f"
        with self.refused(DENIED):
            person.modify(path, {"title": "x"})
        self.world.polkitd.start()
        person.modify(path, {"title": "x"})

    def test_name_of_polkit_is_not_for_everybody(self):
        self.world.polkitd.stop()
        for user in ("mallory", "domwright"):
            person = self.person(user)
            with self.assertRaises(Refused) as caught:
                person.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName", "(su)",
                            rig.POLKIT, 0, destination="org.freedesktop.DBus")
            self.assertEqual(DENIED, caught.exception.name)

    # Callers that leave

    def test_caller_leaves_at_any_moment(self):
        """With a grant and without: what is done is done by those only who were granted it."""
        chosen = random.Random(1)
        for user in ("bob", "oper"):
            person = self.person(user, interactive=user == "bob")
            for number in range(TIMES):
                for _ in range(2):
                    person.begin(self.path, "Config", "Modify", "(a{sv}asa{sv})",
                                 settings({"title": f"{user} {number}"}), [], {})
                person.leave(chosen.random() * LONGEST)
            self.settle()
            if user == "bob":
                self.check_unchanged()
        self.assertIsNone(self.world.daemon.process.poll())
        self.assertRegex(self.world.property(self.path, "Domain", "Title"), "^(oper [0-9]+)?$")

    def test_caller_leaves_while_polkit_thinks(self):
        """Who is gone is not taken for somebody else, least of all for root."""
        people = [Person("oper").__enter__() for _ in range(6)]
        self.world.polkitd.process.send_signal(signal.SIGSTOP)
        for person in people:
            for _ in range(4):
                self.begin_change(person)
            self.begin_change(person, interactive=True)
        self.settle(*people)
        for person in people:
            person.__exit__()
        self.settle()
        self.world.polkitd.process.send_signal(signal.SIGCONT)
        self.world.ask_polkit(self.world.root, "read", {})
        self.settle()
        self.check_unchanged()

    def test_leaving_ends_the_prompt(self):
        person = Person("admin", interactive=True).__enter__()
        with Agent(person, None) as agent:
            self.begin_change(person)
            self.assertTrue(agent.asked.wait(30))
            person.reconnect()
            services.wait_for(lambda: "FAILED to authenticate" in self.world.polkitd.log
                              or "cancel" in self.world.polkitd.log.lower(), "the prompt is gone")
        person.__exit__()
        self.check_unchanged()

    # Prompts

    def prompt(self):
        person = self.person("admin", interactive=True)
        agent = self.enterContext(Agent(person, None))
        number = self.begin_change(person)
        self.assertTrue(agent.asked.wait(30))
        return person, agent, number

    def test_prompt_answered_late(self):
        person, agent, number = self.prompt()
        self.settle(self.person("bob"), self.world.root)
        agent.terminal.answer(machine.PASSWORD)
        person.end(number)
        self.assertNotEqual(self.before, self.world.state(self.path))

    def test_prompt_cancelled(self):
        person, agent, number = self.prompt()
        agent.terminal.close()
        with self.refused(DENIED, "org.domwright1.modify"):
            person.end(number)
        self.check_unchanged()

    def test_changed_while_the_prompt_is_open(self):
        person, agent, number = self.prompt()
        self.world.root.modify(self.path, {"description": "meanwhile"})
        after = self.world.state(self.path)
        agent.terminal.answer(machine.PASSWORD)
        with self.refused("Conflict"):
            person.end(number)
        self.assertEqual(after, self.world.state(self.path))

    def test_gone_while_the_prompt_is_open(self):
        person, agent, number = self.prompt()
        self.world.remove(self.path)
        agent.terminal.answer(machine.PASSWORD)
        with self.assertRaises(Refused) as caught:
            person.end(number)
        self.assertIn(caught.exception.name, ("Conflict", "NotFound",
                                              "org.freedesktop.DBus.Error.UnknownObject"))
        self.assertIsNone(self.world.state(self.path))

    def test_another_in_its_place_while_the_prompt_is_open(self):
        person, agent, number = self.prompt()
        text, count = re.subn(r"(<vcpu[^>]*>)2", r"\g<1>3", self.before[0])
        self.assertEqual(1, count)
        self.world.remove(self.path)
        self.world.root.call(HOST, "Host", "DefineXML", "(sa{sv})", text, {})
        after = self.world.state(self.path)
        agent.terminal.answer(machine.PASSWORD)
        with self.refused("Conflict"):
            person.end(number)
        self.assertEqual(after, self.world.state(self.path))

    def test_draft_while_the_prompt_is_open(self):
        """What was asked for is committed, not what the draft has become since."""
        person = self.person("admin", interactive=True)
        draft = person.plain(self.path, "Domain", "Edit")
        person.modify(draft, {"title": "asked"})
        with Agent(person, None) as agent:
            number = person.begin(draft, "Draft", "Commit", "(a{sv})", {})
            self.assertTrue(agent.asked.wait(30))
            with self.refused("Busy"):
                person.modify(draft, {"title": "sneaked in"})
            agent.terminal.answer(machine.PASSWORD)
            person.end(number)
        shown = self.world.root.call(self.path, "Config", "GetSettings", "(asa{sv})", ["title"], {})
        self.assertEqual({"title": "asked"}, shown)

    def test_stopping_with_an_open_prompt(self):
        person, _, number = self.prompt()
        self.world.daemon.process.terminate()
        with self.assertRaises(Refused):
            person.end(number)
        self.assertEqual(0, self.world.daemon.process.wait(30))

    # Bounds

    def test_calls_of_one_user(self):
        """The thirty-third call under way is Busy; another user does not notice."""
        self.world.polkitd.process.send_signal(signal.SIGSTOP)
        people = [self.person("oper") for _ in range(4)]
        numbers = [(person, person.begin(self.path, "Domain", "Start", "(a{sv})", {}))
                   for person in people for _ in range(8)]
        for person in people:  # all have arrived once a later one is answered
            person.outcome(MANAGER, "Manager", "ListDrafts", "(a{sv})", {})
        for person in people:
            self.assertEqual("Busy", person.outcome(self.path, "Domain", "Start", "(a{sv})", {}))
        self.settle(self.person("bob"))
        self.world.polkitd.process.send_signal(signal.SIGCONT)
        outcomes = []
        for person, number in numbers:
            try:
                person.end(number)
                outcomes.append("ok")
            except Refused as refusal:
                outcomes.append(refusal.name)
        self.assertEqual(1, outcomes.count("ok"))
        self.assertEqual({"ok", "Libvirt"}, set(outcomes))

    def hold_checks(self, count, interactive):
        """Many calls by many while polkit hangs, of which so many are being asked for: who asks, by
        name on the bus, the monitor, and the calls."""
        users = ("alice", "bob", "oper", "dev", "desk")
        self.people = [self.person(user) for user in users for _ in range(5)]
        watcher = self.enterContext(self.watch_bus())
        self.world.polkitd.process.send_signal(signal.SIGSTOP)
        numbers = [(person, person.begin(self.path, "Domain", "Start", "(a{sv})", {},
                                         interactive=interactive))
                   for person in self.people for _ in range(6)]
        for person in self.people:
            person.outcome(MANAGER, "Manager", "ListDrafts", "(a{sv})", {})
        self.settle()
        found = services.wait_for(lambda: len(self.checks_of(watcher)) >= count and
                                  self.checks_of(watcher), "checks are out")
        self.assertEqual(count, len(found))
        return found, watcher, numbers

    def end_checks(self, numbers):
        self.world.polkitd.process.send_signal(signal.SIGCONT)
        for person, number in numbers:
            with self.assertRaises(Refused) if person.user != "oper" else contextlib.suppress(Refused):
                person.end(number)

    def test_checks_out_at_once(self):
        """Few enough that the bus does not run out of answers for the service, whoever asks."""
        found, _, numbers = self.hold_checks(64, interactive=False)
        self.assertEqual(4, max(found.count(name) for name in found))
        by_user = {}
        for person in self.people:
            by_user[person.user] = by_user.get(person.user, 0) + found.count(person.name)
        self.assertEqual(16, max(by_user.values()))
        self.end_checks(numbers)

    def test_prompts_leave_room(self):
        """However many people let their prompts stand, there is room to ask for those who need none."""
        _, watcher, numbers = self.hold_checks(48, interactive=True)
        other = self.person("mallory")
        numbers.append((other, other.begin(self.path, "Domain", "Start", "(a{sv})", {})))
        services.wait_for(lambda: other.name in self.checks_of(watcher), "another is asked for")
        self.end_checks(numbers)

    @contextlib.contextmanager
    def watch_bus(self):
        """The name of a file to which all calls of CheckAuthorization are written."""
        place = os.path.join("/run/files", "monitor")
        with open(place, "w") as file:
            monitor = subprocess.Popen(
                ["dbus-monitor", "--address", machine.ADDRESS, "member=CheckAuthorization"],
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.DEVNULL,
                preexec_fn=services.die_with_parent)
        try:
            services.wait_for(lambda: os.path.getsize(place) > 0, "the monitor runs")
            yield place
        finally:
            monitor.terminate()
            monitor.wait()

    @staticmethod
    def checks_of(place):
        """The subjects of the checks so far, by their names on the bus."""
        with open(place) as file:
            return re.findall(r'string "name"\s+variant\s+string "(:[0-9.]+)"', file.read())

    def test_many_prompts_of_one_sender(self):
        """Prompts of one sender wait for each other; nobody else waits for them."""
        person = self.person("admin", interactive=True)
        with Agent(person, None) as agent:
            numbers = [self.begin_change(person) for _ in range(8)]
            self.assertTrue(agent.asked.wait(30))
            other = self.person("oper")
            path = self.world.new_domain()
            other.modify(path, {"title": "x"})
            self.assertEqual("ok", other.outcome(path, "Domain", "Start", "(a{sv})", {}))
        for number in numbers:
            with self.refused(DENIED):
                person.end(number)
        self.check_unchanged()

    def test_interactive_is_asked_of_the_caller_alone(self):
        """An agent of another connection of the same user does not answer for it."""
        person, watched = self.person("admin", interactive=True), self.person("admin", interactive=True)
        with Agent(watched) as agent:
            with self.refused(DENIED):
                person.modify(self.path, {"title": "x"})
            self.assertEqual("", agent.text)
        self.check_unchanged()
        with self.refused(INTERACTIVE, "org.domwright1.modify"):
            person.modify(self.path, {"title": "x"}, interactive=False)


if __name__ == "__main__":
    tap.main()
