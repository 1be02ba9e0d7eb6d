# SPDX-License-Identifier: LGPL-2.1-or-later
"""The polkit actions are those of the contract, with its defaults, and can be asked about.

Owns the file org.domwright1.policy as text; that polkitd takes it and obeys it is tests/policy.
"""

import os
import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

from support import rows, tap

ROOT = os.environ["SOURCE_ROOT"]
POLICY = os.path.join(ROOT, "dbus", "org.domwright1.policy")
RULES = os.path.join(ROOT, "dbus", "examples")
OWNER = "org.freedesktop.policykit.owner"

# allow_any, allow_inactive, allow_active
DEFAULTS = {
    "org.domwright1.read": ("yes", "yes", "yes"),
    "org.domwright1.read-secrets": ("auth_admin", "auth_admin", "auth_admin"),
    "org.domwright1.define": ("auth_admin", "auth_admin", "auth_admin"),
    "org.domwright1.modify": ("auth_admin", "auth_admin", "auth_admin_keep"),
    "org.domwright1.control": ("auth_admin", "auth_admin", "auth_admin_keep"),
    "org.domwright1.undefine": ("auth_admin", "auth_admin", "auth_admin"),
    "org.domwright1.use-host-resources": ("auth_admin", "auth_admin", "auth_admin"),
}
# What a message may name: polkit shows "$(reach)" as it is where the check has no such detail.
ALWAYS = {action: {"host", "operation", "domain", "uuid"} for action in DEFAULTS}
ALWAYS["org.domwright1.read"] = {"operation"}
ALWAYS["org.domwright1.use-host-resources"] |= {"kinds", "reach"}
DETAILS = {"host", "domain", "domains", "set", "uuid", "operation", "kinds", "paths", "path", "reach"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Policy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.actions = ElementTree.parse(POLICY).getroot().findall("action")

    def test_actions_and_defaults(self):
        found = {action.get("id"): tuple(action.findtext("defaults/allow_" + who)
                                         for who in ("any", "inactive", "active"))
                 for action in self.actions}
        self.assertEqual(DEFAULTS, found)
        self.assertEqual(len(DEFAULTS), len(self.actions))

    def test_the_service_may_ask(self):
        users = re.findall(r"^u (\S+)", read(os.path.join(ROOT, "systemd/domwright.sysusers")), re.M)
        for action in self.actions:
            with self.subTest(action=action.get("id")):
                self.assertEqual([(OWNER, "unix-user:" + users[0])],
                                 [(note.get("key"), note.text) for note in action.findall("annotate")])

    def test_texts(self):
        said = []
        for action in self.actions:
            with self.subTest(action=action.get("id")):
                message = action.findtext("message")
                self.assertRegex(message, r"^Authentication is required to ")
                self.assertRegex(action.findtext("description"), r"^[A-Z].*[a-z]$")
                self.assertLessEqual(set(re.findall(r"\$\((.*?)\)", message)),
                                     ALWAYS[action.get("id")])
                said += [message, action.findtext("description")]
        self.assertEqual(len(said), len(set(said)))

    @unittest.skipUnless(shutil.which("xmllint"), "needs xmllint")
    def test_well_formed(self):
        done = subprocess.run(["xmllint", "--nonet", "--noout", POLICY], capture_output=True, text=True)
        self.assertEqual((0, ""), (done.returncode, done.stderr))


class Page(unittest.TestCase):
    """domwright-polkit(7) tells of every action, method, detail and sample, each in its place."""

    # The access in the rows of daemon/api, and the heading under which the page has the method.
    PLACES = {"ACCESS_OWN": "nothing", "ACCESS_READ": "read",
              "ACCESS_CHANGE": "modify", "ACCESS_CONTROL": "control", "ACCESS_UNDEFINE": "undefine"}

    @classmethod
    def setUpClass(cls):
        text = read(os.path.join(ROOT, "docs", "domwright-polkit.7")).replace("\\-", "-")
        cls.sections = dict(re.findall(r"^\.SH ([A-Z ]+)\n(.*?)(?=^\.SH |\Z)", text, re.M | re.S))

    def test_actions(self):
        self.assertEqual(list(DEFAULTS),
                         re.findall(r"^\.B (org\.domwright1\.[a-z-]+)$", self.sections["ACTIONS"], re.M))

    def test_methods(self):
        table = [(row.method, row.access) for row in rows.method_rows()]
        self.assertGreater(len(table), 40)
        places = {}
        for block in self.sections["METHODS"].split("\n.TP\n")[1:]:
            heading, body = block.split("\n", 1)
            place = re.search(r"[a-z]{4,}", heading)[0]
            places[place] = set(re.findall(r"\b[A-Z]\w+\b", body))
        self.assertEqual(set(self.PLACES.values()), set(places))
        for method, need in table:
            self.assertIn(method, places[self.PLACES[need]], need)
        self.assertLessEqual({word for words in places.values() for word in words},
                             {method for method, _ in table}
                             | {"With", "Where", "BR", "B", "I", "Config", "Revision"})

    def test_details(self):
        self.assertEqual(DETAILS, set(re.findall(r"^\\fB(\w+)\\fR\|", self.sections["DETAILS"], re.M)))

    def test_samples(self):
        self.assertEqual(sorted(os.listdir(RULES)),
                         re.findall(r"^\.I (\w+\.rules)$", self.sections["RULES"], re.M))

    @unittest.skipUnless(shutil.which("mandoc"), "needs mandoc")
    def test_is_well_formed(self):
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning",
                               os.path.join(ROOT, "docs", "domwright-polkit.7")],
                              capture_output=True, text=True)
        said = [line for line in done.stdout.splitlines() if "missing date" not in line]
        self.assertEqual([], said)


class Rules(unittest.TestCase):
    """The examples speak of actions, details and operations there are."""

    def test_names(self):
        names = set(re.findall(r'<method name="(\w+)"', "".join(
            read(os.path.join(ROOT, "dbus", name)) for name in os.listdir(os.path.join(ROOT, "dbus"))
            if name.endswith(".xml"))))
        for name in sorted(os.listdir(RULES)):
            with self.subTest(name=name):
                text = read(os.path.join(RULES, name))
                actions = set(re.findall(r'"(org\.domwright1\.[a-z-]+)"', text))
                self.assertTrue(actions)
                self.assertLessEqual(actions, set(DEFAULTS))
                self.assertLessEqual(set(re.findall(r'lookup\("(\w+)"\)', text)), DETAILS)
                operations = set(re.findall(r'lookup\("operation"\) [!=]= "(\w+)"', text))
                self.assertLessEqual(operations, names)


if __name__ == "__main__":
    tap.main()
