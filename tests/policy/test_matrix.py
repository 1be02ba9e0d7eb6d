# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may do what: every method, called by everybody, against a real polkitd.

The table is support/sample_calls.py; a method that is on the bus and not in the table fails.
"""

import rig
from rig import DENIED, HOST, INTERACTIVE, MANAGER, Agent, methods_of
from scene import ROWS, Scene
from support import machine, tap
from support.sample_calls import AFFECTS, takes_affect


class Matrix(rig.Case):
    """Each test is one column; each row is tried on a domain of its own, by a new connection."""

    def try_row(self, row, person):
        """What polkit was asked, what the call ended with, and whether anything was changed."""
        scene = Scene(self.world, person, row.state)
        try:
            where = scene.object(row.object)
            arguments = row.arguments_in(scene)
            before = self.world.all_states()
            person.reconnect()  # what was answered before is forgotten
            with self.world.watched() as checks:
                outcome = person.outcome(where, row.interface, row.method, row.signature, *arguments)
            changed = self.world.all_states() != before
        finally:
            scene.end()
        return [action for _, action, _ in checks], outcome, changed

    def column(self, person, expected):
        """expected(row): the actions asked for, and the error if there is one."""
        for row in ROWS:
            with self.subTest(row.label):
                asked, outcome, changed = self.try_row(row, person)
                actions, refused = expected(row)
                self.assertEqual((actions, refused or row.done), (asked, outcome))
                if refused:
                    self.assertFalse(changed)

    @staticmethod
    def until_authentication(row, error):
        """Reading is everybody's; the first action that needs a password ends it with this error.
        Where nobody would be asked for one, all are asked at once; else one after the other. The same
        action for a second name is asked for when the first has been granted."""
        wanted = [action for action in row.asks if action != "read"]
        if error != INTERACTIVE and wanted:
            return row.asks[:row.asks.index(wanted[0]) + 1], error
        return list(dict.fromkeys(row.asks)), error if wanted else None

    def test_every_method_is_in_the_table(self):
        person = self.person("root")
        found = set()
        scene = Scene(self.world, person)
        for kind in ("manager", "host", "domain", "draft"):
            found |= methods_of(person.call(scene.object(kind), "org.freedesktop.DBus.Introspectable",
                                            "Introspect"))
        scene.end()
        self.assertEqual(found, {(row.interface, row.method) for row in ROWS})

    def test_every_side_is_in_the_table(self):
        """Of each method that changes a document: a running one, both, and what can be."""
        found = {(row.interface, row.method, affect) for row in ROWS for affect in AFFECTS
                 if row.note.startswith("affect " + affect)}
        wanted = {(*method, affect) for method in takes_affect() for affect in AFFECTS}
        self.assertEqual(wanted, found)

    def test_root(self):
        self.column(self.person("root"), lambda row: ([], None))

    def test_member_of_a_granted_group(self):
        self.column(self.person("oper"), lambda row: (row.asks, None))

    def test_administrator(self):
        person = self.person("admin", interactive=True)
        with Agent(person):
            self.column(person, lambda row: (row.asks, None))

    def test_administrator_with_a_wrong_password(self):
        person = self.person("admin", interactive=True)
        with Agent(person, "wrong"):
            self.column(person, lambda row: self.until_authentication(row, DENIED))

    def test_administrator_without_agent(self):
        self.column(self.person("admin", interactive=True),
                    lambda row: self.until_authentication(row, DENIED))

    def test_administrator_not_interactive(self):
        """There is an agent, but the caller did not say that it may be used."""
        person = self.person("admin")
        with Agent(person) as agent:
            self.column(person, lambda row: self.until_authentication(row, INTERACTIVE))
            self.assertEqual("", agent.text)

    def test_nobody(self):
        self.column(self.person("bob"), lambda row: self.until_authentication(row, INTERACTIVE))

    def test_somebody_who_may_not_even_read(self):
        person = self.person("mallory")
        for row in ROWS:
            if row.object in ("edited", "reaching"):
                continue  # has nothing to begin with: see below
            with self.subTest(row.label):
                asked, outcome, changed = self.try_row(row, person)
                refused = DENIED if row.asks else None
                first = [action for action in row.asks if action in ("read", "read-secrets")]
                self.assertEqual((first or row.asks[:1], refused or row.done), (asked, outcome))
                self.assertFalse(refused and changed)


class Record(rig.Case):
    """One line in the journal for each change that was made or refused, and for nothing else."""

    @classmethod
    def setUpClass(cls):
        cls.journal = cls.enterClassContext(machine.Journal())
        cls.world = cls.enterClassContext(rig.World(rig.RULES, journal=cls.journal))

    def entries_of(self, person):
        """The fields of the entries about this connection, in order."""
        found = []
        for entry in self.journal.read():
            fields = dict(line.split("=", 1) for line in entry.splitlines() if "=" in line)
            if fields.get("DOMWRIGHT_SENDER") == person.name:
                found.append(fields)
        return found

    def try_row(self, row, person):
        scene = Scene(self.world, person, row.state)
        try:
            where = scene.object(row.object)
            arguments = row.arguments_in(scene)
            name = scene.domain and self.world.property(scene.domain, "Domain", "Name")
            person.reconnect()
            person.outcome(where, row.interface, row.method, row.signature, *arguments)
            return name, self.entries_of(person)
        finally:
            scene.end()

    def check(self, user, refusal=None):
        """refusal: what every call ends with, unless it is granted."""
        person = self.person(user)
        for row in ROWS:
            effects = [action for action in row.asks if action not in ("read", "read-secrets")]
            with self.subTest(row.label, user=user):
                name, entries = self.try_row(row, person)
                if not effects:
                    self.assertEqual([], entries)
                    continue
                self.assertEqual(1, len(entries), entries)
                fields = entries[0]
                outcome = refusal or ("done" if row.done == "ok" else row.done)
                self.assertEqual(
                    (str(machine.USERS[user][0]), row.method, "local", outcome),
                    tuple(fields["DOMWRIGHT_" + part] for part in ("UID", "METHOD", "HOST", "OUTCOME")))
                self.assertLessEqual(set(effects), set(fields["DOMWRIGHT_EFFECTS"].split(", ")))
                if name:
                    self.assertEqual(name, fields["DOMWRIGHT_DOMAIN"])

    def test_changes_made(self):
        self.check("oper")

    def test_changes_refused(self):
        self.check("bob", "InteractiveAuthorizationRequired")


class Foreign(rig.Case):
    """Another's draft is as if it did not exist, for everybody but root."""

    def test_drafts_of_others(self):
        owner = self.person("alice")
        scene = Scene(self.world, owner)
        draft = scene.object("draft")
        unknown = MANAGER + "/draft/none"
        for user in ("bob", "oper", "admin"):
            person = self.person(user)
            for row in ROWS:
                if row.interface not in ("Config", "Draft"):
                    continue
                with self.subTest(user=user, row=row.label):
                    arguments = row.arguments_in(Scene(self.world, person))
                    said = []
                    for path in (draft, unknown):
                        with self.assertRaises(rig.Refused) as caught:
                            person.call(path, row.interface, row.method, row.signature, *arguments)
                        said.append((caught.exception.name,
                                     caught.exception.message.replace(path, "PATH")))
                    self.assertEqual(said[0], said[1])
            self.assertEqual([], person.plain(MANAGER, "Manager", "ListDrafts"))
        self.assertEqual([draft], owner.plain(MANAGER, "Manager", "ListDrafts"))
        scene.end()

    def test_standard_interfaces(self):
        """What sd-bus answers is public, and says what the documentation says."""
        person = self.person("mallory")
        domain = self.world.new_domain("public")
        for path in (MANAGER, HOST, domain):
            self.assertTrue(methods_of(person.call(path, "org.freedesktop.DBus.Introspectable",
                                                   "Introspect")))
        self.assertEqual("shutoff", self.world.property(domain, "Domain", "State", person))


if __name__ == "__main__":
    tap.main()
