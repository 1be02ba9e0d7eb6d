# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of policy share: the machine with its daemon, domains to be tried on, who asked what.

Owns no expectations: those are in the test programs.
"""

import contextlib
import os
import re
import unittest

from gi.repository import GLib

from support import machine, services
from support.client import HOST, MANAGER, NAME, settings  # noqa: F401
from support.guests import SECRET, document, path_of, uuid_of  # noqa: F401
from support.users import DENIED, INTERACTIVE, Agent, Person, Refused  # noqa: F401

machine.enter()

POLKIT = "org.freedesktop.PolicyKit1"
POLKIT_PATH = "/org/freedesktop/PolicyKit1/Authority"
ACTION = NAME + "."
ERROR = NAME + ".Error."
EXAMPLES = os.path.join(machine.SOURCE, "dbus", "examples")

# Members of "operators" may do everything, mallory nothing at all.
RULES = {"10-test.rules": """
polkit.addRule(function(action, subject) {
    if (action.id.indexOf("org.domwright1.") != 0)
        return polkit.Result.NOT_HANDLED;
    if (subject.isInGroup("operators"))
        return polkit.Result.YES;
    return subject.user == "mallory" ? polkit.Result.NO : polkit.Result.NOT_HANDLED;
});
"""}
CONFIGURATION = """[hosts]
local=test:///default
"""
IMAGES = """[policy]
image-directories=/srv/images/%n;/srv/iso:ro
"""

def with_name(value, name):
    """A GLib.Variant; text with the name where there is {name}."""
    if value.get_type_string() != "s":
        return value
    return GLib.Variant("s", value.get_string().replace("{name}", name))


class World(contextlib.ExitStack):
    """A bus, polkitd and the daemon on libvirt's test driver, and root, who is never asked."""

    def __init__(self, rules=None, policy="", hosts=CONFIGURATION, journal=None):
        super().__init__()
        self.journal = journal
        self.rules = RULES if rules is None else rules
        self.configuration = hosts + policy
        self.number = 0

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def start(self):
        self.bus = self.enter_context(machine.SystemBus())
        self.polkitd = self.enter_context(machine.Polkitd(self.bus, self.rules))
        place = os.path.join("/run/files", "domwright.conf")
        with open(place, "w", encoding="utf-8") as file:
            file.write(self.configuration)
        self.daemon = self.enter_context(machine.SystemDaemon(self.bus, "--config", place, journal=self.journal))
        self.daemon.wait_connected()
        self.root = self.enter_context(Person("root"))
        return self

    def person(self, user, **options):
        return self.enter_context(Person(user, **options))

    # Domains, as root makes and sees them.

    def new_domain(self, name=None, state="shutoff", secret=SECRET):
        """The path of a domain that was not there before; its name ends in its number."""
        self.number += 1
        name = f"{name or 'web'}-{self.number}"
        path, _ = self.root.call(HOST, "Host", "DefineXML", "(sa{sv})",
                                 document(name, self.number, secret), {})
        if state != "shutoff":
            self.root.plain(path, "Domain", "Start")
        if state == "paused":
            self.root.plain(path, "Domain", "Suspend")
        return path

    def remove(self, path):
        for method in ("Destroy", "Undefine"):
            with contextlib.suppress(Refused):
                self.root.plain(path, "Domain", method)

    def state(self, path):
        """Everything a call could have changed about a domain; None when it is not there."""
        try:
            return (self.root.plain(path, "Config", "GetXML", secrets=True),
                    self.property(path, "Domain", "State"),
                    self.property(path, "Domain", "Autostart"))
        except Refused:
            return None

    def all_states(self):
        hosts = self.property(MANAGER, "Manager", "Hosts")
        return {path: self.state(path) for host in hosts
                for path, _ in self.root.plain(host, "Host", "ListDomains")}

    def property(self, path, interface, name, person=None):
        return (person or self.root).call(path, "org.freedesktop.DBus.Properties", "Get", "(ss)",
                                          f"{NAME}.{interface}", name)

    # What polkit was asked.

    @contextlib.contextmanager
    def watched(self):
        """The checks made in the block: a list of (user, action without prefix, details)."""
        before = len(self.polkitd.checks())
        found = []
        yield found
        self.ask_polkit(self.root, "read", {})  # what was sent before is written down then
        found += [(user, action.removeprefix(ACTION), details)
                  for user, action, details in self.polkitd.checks(before)]

    def ask_polkit(self, subject, action, details):
        """What polkit says of a person, asked by root: (authorized, challenge)."""
        answer = self.root.call(
            POLKIT_PATH, POLKIT + ".Authority", "CheckAuthorization", "((sa{sv})sa{ss}us)",
            ("system-bus-name", settings({"name": subject.name})), ACTION + action, details, 0, "",
            destination=POLKIT)
        return answer[:2]


class Case(unittest.TestCase):
    """One world for all tests of a class; each test makes its own domains."""

    maxDiff = None
    RULES = RULES
    POLICY = ""  # the section of the configuration
    HOSTS = CONFIGURATION

    @classmethod
    def setUpClass(cls):
        cls.world = cls.enterClassContext(World(cls.RULES, cls.POLICY, cls.HOSTS))

    def person(self, user, **options):
        return self.enterContext(Person(user, **options))

    @contextlib.contextmanager
    def refused(self, name, *words):
        with self.assertRaises(Refused) as caught:
            yield caught
        self.assertEqual(name, caught.exception.name, caught.exception.message)
        for word in words:
            self.assertIn(word, caught.exception.message)


def methods_of(xml):
    """{(interface, method)} of ours in introspection data."""
    found = set()
    for name, body in re.findall(r'<interface name="org\.domwright1\.(\w+)">(.*?)</interface>', xml,
                                 re.S):
        found |= {(name, method) for method in re.findall(r'<method name="(\w+)"', body)}
    return found


assert services
