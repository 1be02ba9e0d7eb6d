# SPDX-License-Identifier: LGPL-2.1-or-later
"""Secrets of domains stay with those who may read them, and in the domains.

Owns the hunt for them in everything the service lets out, and the ways to have a guess confirmed.
"""

import os

import rig
from rig import HOST, INTERACTIVE, MANAGER, Refused, machine, settings
from scene import ROWS, Scene
from support import tap

PLACEHOLDER = "(unchanged secret)"

# alice may do everything but read secrets; bob may only read; oper may do everything.
RULES = {"10-test.rules": """
polkit.addRule(function(action, subject) {
    if (action.id.indexOf("org.domwright1.") != 0)
        return polkit.Result.NOT_HANDLED;
    if (subject.user == "oper" ||
        (subject.user == "alice" && action.id != "org.domwright1.read-secrets"))
        return polkit.Result.YES;
    return polkit.Result.NOT_HANDLED;
});
"""}
CANARY = "cnry6f1d"  # as long as a password of VNC may be
# Methods, or notes of sample calls, that take a secret out or put another in its place.
TAKES_SECRETS = {"RemoveDevice", "RemoveDisk", "ChangeMedia", "DefineXML", "a secret, with a diff",
                 "of four edits", "affect both, a medium", "affect auto, a medium"}


def with_options(row, arguments):
    """The arguments of a row with every option that could bring out more."""
    if row.interface != "Config" and row.label not in ("Draft.Commit edited", "Host.DefineXML host"):
        return
    *first, options = arguments
    for more in ({"diff": True}, {"dry-run": True, "diff": True}, {"live": True},
                 {"live": True, "secrets": True}, {"secrets": True},
                 {"expected-revision": "0" * 32}):
        yield [*first, {**options, **settings(more)}]


class Canary(rig.Case):
    @classmethod
    def setUpClass(cls):
        cls.journal = cls.enterClassContext(machine.Journal())
        cls.world = cls.enterClassContext(rig.World(RULES, journal=cls.journal))

    def files(self):
        """All that the service has written down."""
        for folder, _, names in os.walk(self.world.daemon.directory):
            for name in names:
                with open(os.path.join(folder, name), errors="replace") as file:
                    yield os.path.join(folder, name), file.read()

    def scan(self, person, watcher):
        said = {"replies and errors": person.raw, "signals": watcher.raw,
                "polkitd": [self.world.polkitd.log], "journal": self.journal.read()}
        said.update((name, [text]) for name, text in self.files())
        with open(f"/proc/{self.world.daemon.process.pid}/cmdline") as file:
            said["command line"] = [file.read()]
        for where, texts in said.items():
            self.assertEqual([], [text for text in texts if CANARY in text], where)

    def call(self, person, where, row, arguments):
        try:
            person.call(where, row.interface, row.method, row.signature, *arguments)
        except Refused as refusal:
            return refusal.name
        return "ok"

    def try_row(self, person, row):
        scene = Scene(self.world, person, row.state, CANARY)
        outcomes = []
        try:
            where = scene.object(row.object)
            for arguments in with_options(row, row.arguments_in(scene)):
                outcomes.append(self.call(person, where, row, arguments))
            outcomes.append(self.call(person, where, row, row.arguments_in(scene)))
            return outcomes
        finally:
            kept = self.world.state(scene.domain) if scene.domain else None
            scene.end()
            if kept and not {row.method, row.note} & TAKES_SECRETS:
                self.assertEqual(2, kept[0].count(CANARY), row.label)

    def test_hunt(self):
        """Every method with every option, by somebody who may do all but read secrets."""
        person, watcher = self.person("alice"), self.person("bob")
        for row in ROWS:
            with self.subTest(row.label):
                outcomes = self.try_row(person, row)
                self.assertTrue({row.done, INTERACTIVE} & set(outcomes), outcomes)
        self.scan(person, watcher)
        self.assertTrue(any("DOMWRIGHT_METHOD=Modify" in entry for entry in self.journal.read()))
        self.assertTrue(watcher.signals)

    def test_those_who_may_read_them_do(self):
        """Or the hunt would prove nothing."""
        person = self.person("oper")
        path = self.world.new_domain(secret=CANARY)
        self.assertEqual(2, person.plain(path, "Config", "GetXML", secrets=True).count(CANARY))
        self.assertEqual(0, person.plain(path, "Config", "GetXML").count(CANARY))
        devices = person.call(path, "Config", "GetDevices", "(sa{sv})", "graphics",
                              settings({"secrets": True}))
        self.assertEqual(CANARY, devices[0][2]["passwd"])

    def test_edits_keep_them(self):
        person = self.person("alice")
        path = self.world.new_domain(secret=CANARY)
        person.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "graphics", "vnc",
                    settings({"passwd": PLACEHOLDER, "keymap": "de"}), [], {})
        draft = person.plain(path, "Domain", "Edit")
        person.modify(draft, {"title": "by a draft"})
        person.plain(draft, "Draft", "Commit")
        shown = person.plain(path, "Config", "GetXML")
        person.call(HOST, "Host", "DefineXML", "(sa{sv})", shown.replace("by a draft", "by a document"),
                    settings({"expected-revision": self.world.property(path, "Config", "Revision")}))
        text = self.world.root.plain(path, "Config", "GetXML", secrets=True)
        self.assertEqual(2, text.count(CANARY))
        self.assertIn("keymap='de'", text)
        self.assertIn("by a document", text)

    def test_they_do_not_move(self):
        """The placeholder brings back the secret of its own place, nowhere else."""
        person = self.person("alice")
        path = self.world.new_domain(secret=CANARY)
        before = self.world.state(path)
        tries = [
            [("set", "", "", settings({"title": PLACEHOLDER}), [])],
            [("add", "graphics", "", settings({"type": "spice", "passwd": PLACEHOLDER,
                                               "autoport": True}), [])],
        ]
        for edits in tries:
            person.outcome(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, {})
            self.assertEqual(2, self.world.state(path)[0].count(CANARY))
        shown = person.plain(path, "Config", "GetXML")
        self.assertEqual(0, shown.count(CANARY))
        self.assertNotEqual(before, self.world.state(path))


class Clones(rig.Case):
    """Secrets go into a clone for who may read them; for others each is a question."""

    RULES = RULES

    def clone(self, person, path, name):
        draft = person.call(path, "Domain", "Edit", "(a{sv})", settings({"clone": True, "name": name}))
        rows = [(row["rule"], row["severity"], row["kind"], row["id"], row["key"], row["value"])
                for row in person.plain(draft, "Config", "Validate") if row["rule"] == "clone.secret"]
        return draft, rows, person.plain(draft, "Config", "GetXML", secrets=True).count(CANARY)

    def test_without_the_right(self):
        path = self.world.new_domain(secret=CANARY)
        for user in ("alice", "bob"):
            person = self.person(user)
            draft, rows, count = self.clone(person, path, f"clone-of-{user}")
            self.assertEqual(
                ([("clone.secret", "error", "disk", "sdc", "source.cookies.cookie.session", PLACEHOLDER),
                  ("clone.secret", "error", "graphics", "vnc", "passwd", PLACEHOLDER)], 0),
                (rows, count), user)
            self.assertFalse(any(CANARY in text for text in person.raw), user)
        person = self.person("alice")
        draft, _, _ = self.clone(person, path, "clone-without")
        with self.assertRaises(Refused) as refused:
            person.plain(draft, "Draft", "Commit")
        self.assertEqual("Invalid", refused.exception.name)

    def test_with_the_right(self):
        path = self.world.new_domain(secret=CANARY)
        draft, rows, count = self.clone(self.person("oper"), path, "clone-with")
        self.assertEqual(([], 2), (rows, count))


class Guesses(rig.Case):
    """What is answered to a right guess is what is answered to a wrong one."""

    RULES = RULES

    def answers(self, person, path, guess):
        def outcome(call, *arguments):
            try:
                return call(*arguments)
            except Refused as refusal:
                return refusal.name, refusal.message

        revision = self.world.property(path, "Config", "Revision", person)
        shown = person.plain(path, "Config", "GetXML").replace(PLACEHOLDER, guess)
        edit = [("modify", "graphics", "vnc", settings({"passwd": guess}), [])]
        dry = {"dry-run": True, "diff": True}
        yield outcome(person.call, path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "graphics",
                      "vnc", edit[0][3], [], settings(dry))
        yield outcome(person.call, path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edit, settings(dry))
        yield outcome(person.call, HOST, "Host", "DefineXML", "(sa{sv})", shown,
                      settings({**dry, "expected-revision": revision}))
        yield outcome(person.call, HOST, "Host", "DefineXML", "(sa{sv})", shown, settings(dry))
        draft = person.plain(path, "Domain", "Edit")
        result = person.call(draft, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edit,
                             settings({"diff": True}))[1]
        yield result["revision"] == revision, result["changed"], result["diff"]
        yield self.world.property(draft, "Draft", "Stale", person)
        yield outcome(person.plain, draft, "Draft", "Diff")
        yield outcome(lambda: person.plain(draft, "Draft", "Commit", dry_run=True, diff=True))
        whole = person.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", shown, {})
        yield self.world.property(whole, "Config", "Revision", person) == revision
        yield person.plain(whole, "Config", "Describe")[2] == revision
        for made in (draft, whole):
            person.plain(made, "Draft", "Discard")

    def test_guesses(self):
        for user in ("bob", "alice"):
            person = self.person(user)
            path = self.world.new_domain(secret="right")
            before = self.world.state(path)
            right = list(self.answers(person, path, "right"))
            wrong = list(self.answers(person, path, "wrong"))
            self.assertEqual(wrong, right, user)
            self.assertEqual(before, self.world.state(path))

    def test_same_text_on_another_host(self):
        """What a dry run of a definition tells is not the revision of a domain either."""
        person = self.person("bob")
        path = self.world.new_domain(secret="right")
        revision = self.world.property(path, "Config", "Revision", person)
        text = self.world.root.plain(path, "Config", "GetXML", secrets=True)
        self.world.remove(path)
        _, result = person.call(HOST, "Host", "DefineXML", "(sa{sv})", text,
                                settings({"dry-run": True}))
        self.assertNotEqual(revision, result["revision"])


if __name__ == "__main__":
    tap.main()
