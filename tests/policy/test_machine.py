# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service on a system bus as it is installed: polkit knows its actions, the bus its policy, the
command line asks on the terminal, and a real libvirt hears of no program a caller names.

Owns what needs the outside of the service; who may do what is in the matrix.
"""

import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import rig
from rig import DENIED, HOST, INTERACTIVE, MANAGER, Refused, machine, settings
from support import services, tap
from support.client import NAME
from support.users import Terminal

STANDARD = "org.freedesktop.DBus."


class Installed(rig.Case):
    def test_polkit_takes_the_actions(self):
        said = subprocess.run(["pkaction", "--verbose"], capture_output=True, text=True, check=True,
                              env={**os.environ, "LC_ALL": "C"}).stdout
        found = {}
        for block in said.split("\n\n"):
            fields = dict(re.findall(r"^ +([a-z ]+?): +(\S.*?)\s*$", block, re.M))
            if block.strip():
                found[block.split(":")[0].strip()] = fields
        wanted = ElementTree.parse(os.path.join(machine.SOURCE, "dbus/org.domwright1.policy")).getroot()
        self.assertEqual({action.get("id") for action in wanted.findall("action")}, set(found))
        for action in wanted.findall("action"):
            fields = found[action.get("id")]
            for who in ("any", "inactive", "active"):
                self.assertEqual(action.findtext("defaults/allow_" + who), fields["implicit " + who])
            self.assertEqual(action.findtext("message"), fields["message"])
            self.assertEqual("org.freedesktop.policykit.owner -> unix-user:domwright",
                             fields["annotation"])

    def test_who_may_own_the_name(self):
        for user in ("alice", "oper", "admin"):
            with self.refused(DENIED):
                self.person(user).call("/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                                       "(su)", NAME, 0, destination="org.freedesktop.DBus")

    def test_what_may_be_sent(self):
        """Everybody may call the interfaces there are; nothing else arrives."""
        person = self.person("mallory")
        person.call(MANAGER, STANDARD + "Peer", "Ping")
        person.call(MANAGER, STANDARD + "Introspectable", "Introspect")
        person.call(HOST, STANDARD + "ObjectManager", "GetManagedObjects")
        person.call(MANAGER, STANDARD + "Properties", "GetAll", "(s)", NAME + ".Manager")
        for interface in ("org.freedesktop.systemd1.Manager", NAME + ".Other", NAME,
                          "org.freedesktop.DBus.Monitoring"):
            self.assertEqual(DENIED, person.outcome(MANAGER, interface, "Anything"))
        for path in (MANAGER, HOST, self.world.new_domain()):
            with self.assertRaises(Refused):
                person.call(path, STANDARD + "Properties", "Set", "(ssv)", NAME + ".Manager", "Version",
                            settings({"x": "y"})["x"])

    def test_messages_on_a_terminal(self):
        """What is at stake, in words, with the name of the machine."""
        person = self.person("admin", interactive=True)
        path = self.world.new_domain()
        name = self.world.property(path, "Domain", "Name")
        with rig.Agent(person) as agent:
            person.call(path, "Config", "AddDisk", "(a{sv}a{sv})",
                        settings({"source.file": "/srv/x.img", "driver.type": "raw",
                                  "target.bus": "virtio"}), {})
            self.assertIn(f"to change the configuration of the virtual machine {name}", agent.text)
            self.assertRegex(agent.text, rf"to change what the virtual machine {name} can reach on its "
                             r"host, which can give it the powers of root there: disk vdb: source.file")
            self.assertNotIn("$(", agent.text)


class Public(rig.Case):
    """What everybody sees without being asked for anything, and nothing more."""

    def test_properties(self):
        person = self.person("mallory")
        path = self.world.new_domain()
        with self.world.watched() as checks:
            shown = person.call(path, STANDARD + "Properties", "GetAll", "(s)", NAME + ".Domain")
            host = person.call(HOST, STANDARD + "Properties", "GetAll", "(s)", NAME + ".Host")
            manager = person.call(MANAGER, STANDARD + "Properties", "GetAll", "(s)", NAME + ".Manager")
            objects = person.call(HOST, STANDARD + "ObjectManager", "GetManagedObjects")
        self.assertEqual([], checks)
        self.assertEqual({"Name", "UUID", "Id", "State", "Active", "Persistent", "Autostart", "Title",
                          "Host", "StartedAt", "Pending"}, set(shown))
        self.assertEqual({"Name", "Uri", "Connected", "Hostname", "LibvirtVersion",
                          "HypervisorVersion"}, set(host))
        self.assertEqual({"Version", "Hosts"}, set(manager))
        self.assertEqual(DENIED, person.outcome(path, STANDARD + "Properties", "GetAll", "(s)",
                                                NAME + ".Config"))
        self.assertEqual({NAME + ".Domain", NAME + ".Config"}, {
            interface for interface in objects[path] if not interface.startswith(STANDARD)})
        self.assertEqual({}, objects[path][NAME + ".Config"])

    def test_signals(self):
        """Of changes, the names of keys and devices; never a value."""
        watcher = self.person("mallory")
        path = self.world.new_domain()
        self.world.root.modify(path, {"title": "seen", "description": "value-of-description"})
        self.world.root.call(path, "Config", "AddDisk", "(a{sv}a{sv})",
                             settings({"source.file": "/srv/value-of-path", "driver.type": "raw",
                                       "target.bus": "virtio"}), {})
        services.wait_for(lambda: any("vdb" in str(signal) for signal in watcher.signals), "signals")
        self.assertTrue(any("description" in str(signal) for signal in watcher.signals))
        self.assertNotIn("value-of", str(watcher.signals))

    def test_drafts(self):
        owner, watcher = self.person("alice"), self.person("bob")
        path = self.world.new_domain()
        draft = owner.plain(path, "Domain", "Edit")
        owner.modify(draft, {"title": "x"})
        for method, signature, arguments in (("Get", "(ss)", (NAME + ".Draft", "Base")),
                                             ("GetAll", "(s)", (NAME + ".Draft",))):
            with self.refused("org.freedesktop.DBus.Error.UnknownObject"):
                watcher.call(draft, STANDARD + "Properties", method, signature, *arguments)
        self.assertNotIn(draft.split("/")[-1], watcher.call(
            MANAGER, STANDARD + "Introspectable", "Introspect"))
        self.assertFalse([signal for signal in watcher.signals if signal[0] == draft])
        self.assertTrue([signal for signal in owner.signals if signal[0] == draft])


class CommandLine(rig.Case):
    """domwright starts polkit's text agent by itself."""

    def run_client(self, user, *arguments, password=None):
        terminal = Terminal(user, [machine.CLIENT, *arguments], password)
        self.addCleanup(terminal.close)
        status = terminal.wait()
        return status, terminal.output

    def title(self, path):
        return self.world.property(path, "Domain", "Title")

    def test_right_password(self):
        path = self.world.new_domain("cli")
        name = self.world.property(path, "Domain", "Name")
        status, said = self.run_client("admin", "set", name, "title=by a person",
                                       password=machine.PASSWORD)
        self.assertEqual(0, status, said)
        self.assertIn("AUTHENTICATION COMPLETE", said)
        self.assertEqual("by a person", self.title(path))

    def test_wrong_password(self):
        path = self.world.new_domain("cli")
        name = self.world.property(path, "Domain", "Name")
        status, said = self.run_client("admin", "set", name, "title=x", password="wrong")
        self.assertEqual(1, status, said)
        self.assertIn("AUTHENTICATION FAILED", said)
        self.assertEqual("", self.title(path))

    def test_two_questions(self):
        """A change of reach is asked about in words of its own."""
        path = self.world.new_domain("cli")
        name = self.world.property(path, "Domain", "Name")
        status, said = self.run_client("admin", "add", name, "disk", "source.file=/srv/x.img",
                                       "driver.type=raw", "target.bus=virtio",
                                       password=machine.PASSWORD)
        self.assertEqual(0, status, said)
        self.assertEqual(2, said.count("AUTHENTICATION COMPLETE"), said)
        self.assertIn("powers of root", said)

    def test_reading_asks_nothing(self):
        path = self.world.new_domain("cli")
        name = self.world.property(path, "Domain", "Name")
        status, said = self.run_client("bob", "--no-pager", "show", name, password="x")
        self.assertEqual(0, status, said)
        self.assertNotIn("AUTHENTICAT", said)

    def test_without_terminal(self):
        """A script is not asked, and is told what is missing."""
        path = self.world.new_domain("cli")
        name = self.world.property(path, "Domain", "Name")
        done = subprocess.run([machine.CLIENT, "set", name, "title=x"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, cwd="/",
                              env={"PATH": os.environ["PATH"]}, **machine.identity("admin"))
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertIn("where you can be asked for a password, or as root. domwright-polkit(7)", done.stderr)
        self.assertEqual("", self.title(path))

    def test_secret_of_a_clone(self):
        """A password that does not come along is asked for, and is no word of the command line."""
        path = self.world.new_domain("cli", secret="cnry6f1d")
        name = self.world.property(path, "Domain", "Name")
        done = subprocess.run([machine.CLIENT, "clone", name, "copy"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, cwd="/",
                              env={"PATH": os.environ["PATH"]}, **machine.identity("bob"))
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertIn(" graphics/vnc/passwd=@- (or graphics/vnc/passwd-)", done.stderr)


class OwnLibvirtd(services.Libvirtd):
    """libvirtd of the user the service runs as."""

    def _as_user(self):
        return machine.identity("domwright")


class Emulator(rig.Case):
    """libvirt runs a program as soon as it is asked what it can do: only the host's own get there."""

    @classmethod
    def setUpClass(cls):
        if missing := services.Libvirtd.missing():
            raise cls.skipTest(cls, missing)
        cls.libvirtd = cls.enterClassContext(OwnLibvirtd())
        cls.world = cls.enterClassContext(rig.World(hosts=f"[hosts]\nlocal={cls.libvirtd.uri}\n"))

    def setUp(self):
        self.folder = os.path.join("/run/files", "emulator")
        os.makedirs(self.folder, exist_ok=True)
        os.chmod(self.folder, 0o777)
        self.mark = os.path.join(self.folder, "ran")
        self.program = os.path.join(self.folder, "emulator")
        with open(self.program, "w") as file:
            file.write(f"#!/bin/sh\ntouch {self.mark}\nexec /usr/bin/qemu-system-x86_64 \"$@\"\n")
        os.chmod(self.program, 0o755)

    def outcomes(self, person):
        new = {"name": "evil", "memory": "64MiB", "vcpu": 1, "type": "qemu", "emulator": self.program}
        xml = ("<domain type='qemu'><name>evil</name><memory>65536</memory><os><type arch='x86_64' "
               f"machine='pc'>hvm</type></os><devices><emulator>{self.program}</emulator></devices>"
               "</domain>")
        named = settings({"emulator": self.program})
        define = "(a{sv}a(sa{sv})a{sv})"
        yield person.outcome(HOST, "Host", "GetDomainCapabilities", "(a{sv})", named)
        yield person.outcome(HOST, "Host", "GetDomainCapabilitiesXML", "(a{sv})", named)
        yield person.outcome(HOST, "Host", "ListChoices", "(ssa{sv})", "disk", "target.bus", named)
        for method in ("Build", "NewDraft"):
            yield person.outcome(MANAGER, "Manager", method, define, settings(new), [], {})
        yield person.outcome(HOST, "Host", "Define", define, settings(new), [], {})
        yield person.outcome(HOST, "Host", "Define", define, settings(new), [], settings({"dry-run": True}))
        yield person.outcome(HOST, "Host", "DefineXML", "(sa{sv})", xml, {})
        yield person.outcome(HOST, "Host", "DefineXML", "(sa{sv})", xml, settings({"dry-run": True}))
        yield person.outcome(MANAGER, "Manager", "Parse", "(sa{sv})", xml, {})
        draft = person.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", xml, {})
        yield person.plain(draft, "Config", "Validate") and "ok"
        yield person.outcome(draft, "Draft", "Commit", "(a{sv})", settings({"host": "local"}))

    def test_it_is_not_run(self):
        person = self.person("bob")
        outcomes = list(self.outcomes(person))
        self.assertFalse(os.path.exists(self.mark), outcomes)
        self.assertEqual(["Unsupported"] * 3, outcomes[:3])
        self.assertIn(INTERACTIVE, outcomes)
        self.assertNotIn("Libvirt", outcomes)

    def test_on_a_domain(self):
        person = self.person("bob")
        path, _ = self.world.root.call(HOST, "Host", "Define", "(a{sv}a(sa{sv})a{sv})",
                                       settings({"name": "plain", "memory": "64MiB", "vcpu": 1,
                                                 "type": "qemu"}), [], {})
        change = path, "Config", "Modify", "(a{sv}asa{sv})", settings({"emulator": self.program}), []
        self.assertEqual(INTERACTIVE, person.outcome(*change, {}))
        self.assertEqual("ok", person.outcome(*change, settings({"dry-run": True})))
        self.assertFalse(os.path.exists(self.mark))

    def test_with_a_grant_it_is(self):
        """Or the tests above would prove nothing."""
        person = self.person("oper")
        outcomes = list(self.outcomes(person))
        self.assertTrue(os.path.exists(self.mark), outcomes)
        os.unlink(self.mark)


if __name__ == "__main__":
    tap.main()
