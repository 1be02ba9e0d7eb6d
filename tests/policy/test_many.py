# SPDX-License-Identifier: LGPL-2.1-or-later
"""One change of many domains against polkit: asked once for all, and a no is a no for all.

Owns what is special about sets of domains; what one of them asks for is in the matrix.
"""

import rig
from rig import DENIED, HOST, INTERACTIVE, Agent, machine, settings, uuid_of
from support import tap

MANY = "(a{sv}a(sssa{sv}as)a{sv})"
TITLE = [("set", "", "", settings({"title": "changed"}), [])]
DISK = {"target.bus": "virtio", "driver.type": "raw", "backing.none": True}
RULES = {"10-test.rules": """
polkit.addRule(function(action, subject) {
    if (action.id.indexOf("org.domwright1.") != 0)
        return polkit.Result.NOT_HANDLED;
    if (subject.isInGroup("operators"))
        return polkit.Result.YES;
    if (subject.user == "alice" && action.lookup("domain") == "own-1")
        return polkit.Result.YES;
    if (subject.user == "bob" && action.id == "org.domwright1.modify" && action.lookup("domains")) {
        var names = action.lookup("domains").split("\\n");
        if (names.every(function(name) { return name.indexOf("dev-") == 0; }))
            return polkit.Result.YES;
    }
    return polkit.Result.NOT_HANDLED;
});
"""}


def disk(path):
    return [("add", "disk", "", settings({**DISK, "source.file": path}), [])]


class Many(rig.Case):
    RULES = RULES

    def define(self, *names):
        """Paths of domains of these names and no others; they go when the test ends."""
        paths = []
        for name in names:
            self.world.number += 1
            path, _ = self.world.root.call(HOST, "Host", "DefineXML", "(sa{sv})",
                                           rig.document(name, self.world.number), {})
            self.addCleanup(self.world.remove, path)
            paths.append(path)
        return paths

    def titles(self, paths):
        return [self.world.root.call(path, "Config", "GetSettings", "(asa{sv})", ["title"], {}).get("title")
                for path in paths]

    def apply(self, person, pattern, edits=TITLE, **options):
        return person.call(HOST, "Host", "ApplyAll", MANY, settings({"name": pattern}), edits,
                           settings({key.replace("_", "-"): value for key, value in options.items()}))

    def test_one_question(self):
        paths = self.define(*(f"set-{number}" for number in range(5)))
        with self.world.watched() as checks:
            rows = self.apply(self.person("oper"), "set-*", disk("/srv/b.img") + disk("/srv/a.img"))
        self.assertEqual([True] * 5, [row["changed"] for _, row in rows])
        self.assertEqual(sorted(paths), sorted(path for path, _ in rows))
        self.assertEqual(["read", "modify", "use-host-resources"], [action for _, action, _ in checks])
        self.assertEqual({"host": "local", "operation": "ApplyAll"}, checks[0][2])
        for _, _, details in checks[1:]:
            details = dict(details)
            self.assertIn("vdb", details.pop("reach"))
            self.assertEqual(
                {"set": "5 virtual machines (set-0, set-1, set-2, set-3, set-4)", "host": "local", "operation": "ApplyAll", "kinds": "disk",
                 "domains": "\n".join(f"set-{number}" for number in range(5)),
                 "paths": "/srv/a.img\n/srv/b.img"}, details)

    def test_details_of_one(self):
        self.define("alone")
        with self.world.watched() as checks:
            self.apply(self.person("oper"), "alone", disk("/srv/a.img"))
        details = checks[2][2]
        self.assertEqual(("alone", "alone", uuid_of(self.world.number), "/srv/a.img"),
                         tuple(details.get(key) for key in ("domain", "domains", "uuid", "path")))

    def test_path_only_where_it_is_all(self):
        """The same image for all is one path; with another of one of them there is none."""
        paths = self.define("p-1", "p-2")
        person = self.person("oper")
        with self.world.watched() as checks:
            self.apply(person, "p-*", disk("/srv/a.img"))
        self.assertEqual("/srv/a.img", checks[2][2]["path"])
        self.world.root.call(paths[1], "Config", "Apply", "(a(sssa{sv}as)a{sv})",
                             [("modify", "disk", "vdb", settings({"source.file": "/srv/c.img"}), [])], {})
        with self.world.watched() as checks:
            self.apply(person, "p-*", [("remove", "disk", "vdb", {}, [])])
        self.assertNotIn("path", checks[-1][2])

    def test_only_those_that_change(self):
        """A domain that has it already is not asked for."""
        paths = self.define("half-1", "half-2")
        self.world.root.modify(paths[0], {"title": "changed"})
        with self.world.watched() as checks:
            rows = self.apply(self.person("oper"), "half-*")
        self.assertEqual([False, True], [row["changed"] for _, row in rows])
        self.assertEqual("half-2", checks[1][2]["domain"])
        with self.world.watched() as checks:
            self.apply(self.person("oper"), "half-*")
        self.assertEqual(["read"], [action for _, action, _ in checks])

    def test_rule_for_one_domain(self):
        paths = self.define("own-1", "own-2")
        person = self.person("alice")
        self.assertEqual([True], [row["changed"] for _, row in self.apply(person, "own-1")])
        before = [self.world.state(path) for path in paths]
        with self.refused(INTERACTIVE):
            self.apply(person, "own-*", [("set", "", "", settings({"title": "again"}), [])])
        self.assertEqual(before, [self.world.state(path) for path in paths])

    def test_rule_for_a_set(self):
        paths = self.define("dev-1", "dev-2", "prod-1")
        person = self.person("bob")
        self.assertEqual([True, True], [row["changed"] for _, row in self.apply(person, "dev-*")])
        with self.refused(INTERACTIVE):
            self.apply(person, "*-1", [("set", "", "", settings({"title": "again"}), [])])
        with self.refused(INTERACTIVE):  # reach is more than that rule grants
            self.apply(person, "dev-*", disk("/srv/a.img"))
        self.assertEqual(["changed", "changed", None], self.titles(paths))

    def test_one_password(self):
        paths = self.define(*(f"ask-{number}" for number in range(20)))
        person = self.person("admin", interactive=True)
        with Agent(person) as agent, self.world.watched() as checks:
            self.apply(person, "ask-*")
        self.assertEqual(["read", "modify"], [action for _, action, _ in checks])
        self.assertEqual(1, agent.text.count("AUTHENTICATING"))
        self.assertIn("to change the configuration of 20 virtual machines (ask-0, ask-1, ask-10, ",
                      agent.text)
        self.assertNotIn("$(", agent.text)
        self.assertEqual(["changed"] * 20, self.titles(paths))

    def test_wrong_password(self):
        paths = self.define("ask-1", "ask-2")
        person = self.person("admin", interactive=True)
        with Agent(person, "wrong"), self.refused(DENIED, "org.domwright1.modify"):
            self.apply(person, "ask-*")
        self.assertEqual([None, None], self.titles(paths))

    def prompt(self, pattern, **options):
        person = self.person("admin", interactive=True)
        agent = self.enterContext(Agent(person, None))
        number = person.begin(HOST, "Host", "ApplyAll", MANY, settings({"name": pattern}), TITLE,
                              settings(options))
        self.assertTrue(agent.asked.wait(30))
        return person, agent, number

    def test_changed_meanwhile(self):
        """What another program changes while the prompt is open is a conflict, of that domain alone."""
        paths = self.define("then-1", "then-2", "then-3")
        person, agent, number = self.prompt("then-*")
        self.world.root.modify(paths[0], {"description": "meanwhile"})
        self.world.remove(paths[1])
        agent.terminal.answer(machine.PASSWORD)
        rows = person.end(number)
        self.assertEqual(["then-1", "then-2", "then-3"], [row["name"] for _, row in rows])
        self.assertEqual("org.domwright1.Error.Conflict", rows[0][1]["error"])
        self.assertIn(rows[1][1]["error"], ("org.domwright1.Error.NotFound",
                                            "org.domwright1.Error.Conflict"))
        self.assertTrue(rows[2][1]["changed"])
        self.assertEqual([None, "changed"], self.titles([paths[0], paths[2]]))

    def test_leaving_ends_the_prompt(self):
        paths = self.define("gone-1", "gone-2")
        person, agent, _ = self.prompt("gone-*")
        person.reconnect()
        agent.terminal.close()
        self.world.root.plain(HOST, "Host", "ListDomains")
        self.assertEqual([None, None], self.titles(paths))

    def test_stop_on_error(self):
        """What comes after the first error is not asked for."""
        paths = self.define("stop-1", "stop-2", "stop-3")
        self.world.root.call(paths[1], "Config", "Apply", "(a(sssa{sv}as)a{sv})", disk("/srv/a.img"), {})
        edits = [("add", "disk", "", settings({**DISK, "target.dev": "vdb", "source.file": "/b.img"}), [])]
        with self.world.watched() as checks:
            rows = self.apply(self.person("oper"), "stop-*", edits, stop_on_error=True)
        self.assertEqual([None, "AlreadyExists", "Cancelled"],
                         [row.get("error", "").rpartition(".")[2] or None for _, row in rows])
        self.assertEqual("stop-1", checks[1][2]["domains"])

    def test_names_are_whole_or_not_told(self):
        self.define("odd-1", "odd-\u202etxt")
        with self.world.watched() as checks:
            self.apply(self.person("oper"), "odd-*")
        self.assertNotIn("domains", checks[1][2])
        self.assertNotIn("domain", checks[1][2])

    def test_plans_are_bounded(self):
        """What waits for a password is kept in memory, but not without end."""
        paths = self.define(*(f"big-{number}" for number in range(70)))
        for path in paths:
            self.world.root.modify(path, {"description": "x" * 600000})
        with self.refused("LimitExceeded", "70 domains", "64 MiB"):
            self.apply(self.person("oper"), "big-*")
        self.assertEqual([None] * 70, self.titles(paths))


if __name__ == "__main__":
    tap.main()
