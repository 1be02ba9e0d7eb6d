# SPDX-License-Identifier: LGPL-2.1-or-later
"""The program: its command line, its configuration file, being reloaded, stopped and left alone.

Owns what an administrator sees of domwrightd.
"""

import os
import signal
import socket
import subprocess
import tempfile
import unittest

from gi.repository import Gio, GLib

import rig
from rig import HOST, MANAGER, TEST
from support import client, services, tap
from support.client import settings


def run(*arguments, **options):
    return subprocess.run([services.DAEMON, *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, **options)


# What systemd does not start again until the configuration is mended.
REFUSED = 78

# A mistake a line, in the order of the file, with a word of what is said of each.
MISTAKES = """[hosts]
lo-cal=x
b=
local=test:///default
[hots]
a=b
[policy]
image-directories=/srv/vm/;/srv/iso:ro;srv;/srv/../etc
images=/srv
[limits]
drafts=3
draft-bytes=4X
[history]
mode=sometimes
days=0
keep=1
"""
SAID = ("lo-cal", "Host b", "[hots]; there are [hosts], [policy], [limits], [history].",
        '"/srv/vm/", "srv" and "/srv/../etc" are no directories of images', "images", "drafts", "draft-bytes",
        "mode", "days", "keep in [history]; there are mode, entries, days, ")


class Closed(services.Bus):
    """A bus on which nobody may own a name."""

    CONFIG = services.Bus.CONFIG.replace('<allow own="*"/>', "")


class Arguments(unittest.TestCase):
    def test_version(self):
        done = run("--version")
        self.assertEqual((0, "domwrightd 0.1.0\n", ""), (done.returncode, done.stdout, done.stderr))

    def test_help(self):
        done = run("--help")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        for option in ("--system", "--session", "--address=", "--host", "--config",
                       "--state-directory", "--version", "--help"):
            self.assertIn("  " + option, done.stdout)

    def test_wrong(self):
        for arguments, word in [(["--hots", "x"], "--help"), (["extra"], "extra"),
                                (["--host", "local"], "NAME=URI"),
                                (["--host", "lo-cal=test:///default"], "lo-cal"),
                                (["--host", "local="], "URI"),
                                (["--host", "a=b", "--host", "a=c"], "twice"),
                                (["--address=unix:path=/nonexistent/bus"], "bus")]:
            with self.subTest(arguments=arguments):
                done = run(*arguments)
                self.assertEqual((1, ""), (done.returncode, done.stdout))
                self.assertIn(word, done.stderr)

    def test_configuration_is_checked(self):
        for text, word in [("[hosts]\nlo-cal=x\n", "lo-cal"), ("[hots]\na=b\n", "hots"),
                           ("nonsense", "configuration"), ("[hosts]\na=\n", "URI"),
                           ("[policy]\nimage-directories=srv\n", "srv"),
                           ("[policy]\nimages=/srv\n", "image-directories"),
                           ("[limits]\ndrafts=3\n", "drafts-per-user"),
                           ("[limits]\ndrafts-per-user=0\n", "from 1 to 1024"),
                           ("[limits]\ndraft-bytes=4X\n", "4X"),
                           ("[limits]\ndraft-bytes=9G\n", "powers of 1024")]:
            with self.subTest(text=text), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "configuration")
                with open(path, "w") as file:
                    file.write(text)
                done = run("--config", path, "--address=unix:path=/nonexistent/bus")
                self.assertEqual(REFUSED, done.returncode)
                self.assertIn(word, done.stderr)
                checked = run("--config", path, "--check")
                self.assertEqual((REFUSED, "", done.stderr),
                                 (checked.returncode, checked.stdout, checked.stderr))
        done = run("--config", "/nonexistent/file")
        self.assertEqual(REFUSED, done.returncode)
        self.assertIn("/nonexistent/file", done.stderr)

    def test_all_mistakes_are_told(self):
        """A line each, as they stand in the file; also when the daemon is to run or to reload it."""
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(MISTAKES)
            file.flush()
            for arguments in (["--check"], ["--address=unix:path=/nonexistent/bus"]):
                done = run("--config", file.name, *arguments)
                lines = done.stderr.splitlines()
                self.assertEqual(REFUSED, done.returncode)
                self.assertEqual(len(SAID), len(lines))
                for word, line in zip(SAID, lines, strict=True):
                    self.assertTrue(line.startswith(f"domwrightd: {file.name}: "))
                    self.assertIn(word, line)

    def test_check(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("[hosts]\nlocal=test:///default\n")
            file.flush()
            done = run("--config", file.name, "--check")
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))

    def test_name_is_taken(self):
        with services.Bus() as bus, services.Daemon(bus, "--host", "local=test:///default"):
            done = run("--address=" + bus.address, "--host", "local=test:///default")
            self.assertEqual(1, done.returncode)
            self.assertIn("org.domwright1", done.stderr)

    def test_name_is_not_allowed(self):
        """As where the user was made after the bus had read its policies."""
        with Closed() as bus:
            done = run("--address=" + bus.address, "--host", "local=test:///default")
            self.assertEqual(1, done.returncode)
            self.assertIn("Cannot own org.domwright1", done.stderr)
            self.assertIn("systemctl reload dbus", done.stderr)


class Running(rig.Case):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.file = os.path.join(self.folder, "configuration")
        self.write("[hosts]\nlocal=test:///default\n")
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(self.bus, "--config", self.file))
        self.client = self.new_client()

    def write(self, text):
        with open(self.file, "w") as file:
            file.write(text)

    def hosts(self):
        return self.client.property(MANAGER, "Manager", "Hosts")

    def reload(self):
        self.daemon.process.send_signal(signal.SIGHUP)

    def test_reload(self):
        signals = rig.Signals(self.client)
        self.assertEqual([HOST], self.hosts())
        second = MANAGER + "/host/second"
        self.write("[hosts]\nlocal=test:///default\nsecond=test:///default\n")
        self.reload()
        signals.wait_property(MANAGER, "Hosts", [HOST, second])
        services.wait_for(lambda: self.client.property(second, "Host", "Connected"), "second is there")
        with self.refused("InvalidValue", "local", "second"):
            self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "test", {})
        self.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "test", settings({"host": "second"}))
        self.write("[hosts]\nsecond=test:///default\n")
        self.reload()
        signals.wait_property(MANAGER, "Hosts", [second])
        self.assertEqual(TEST, signals.wait_named(HOST, "ObjectManager.InterfacesRemoved")[0])
        with self.refused("org.freedesktop.DBus.Error.UnknownObject"):
            self.plain(HOST, "Host", "ListDomains")
        self.assertEqual(1, len(self.plain(second, "Host", "ListDomains")))

    def test_bad_reload_changes_nothing(self):
        self.write("[hosts]\nlo-cal=x\n")
        self.reload()
        services.wait_for(lambda: "lo-cal" in self.daemon.log, "a complaint")
        self.assertEqual([HOST], self.hosts())
        self.assertEqual("running", self.client.property(TEST, "Domain", "State"))

    def test_reload_tells_all_mistakes(self):
        """What is right in the file is not taken up either."""
        self.write(MISTAKES + "entries=7\n")
        self.reload()
        services.wait_for(lambda: SAID[-1] in self.daemon.log, "the last complaint")
        lines = [line for line in self.daemon.log.splitlines() if self.file in line]
        for word, line in zip(SAID, lines, strict=True):
            self.assertIn(word, line)
        self.assertEqual([HOST], self.hosts())
        self.write("[hosts]\nlocal=test:///default\nsecond=test:///default\n")
        self.reload()
        services.wait_for(lambda: len(self.hosts()) == 2, "the file as it was mended")

    def test_terminate(self):
        self.client.modify(TEST, {"title": "kept"})
        self.daemon.process.terminate()
        self.assertEqual(0, self.daemon.process.wait(30))
        said = [line for line in self.daemon.log.splitlines() if line.startswith("domwrightd: ")]
        self.assertEqual(1, len(said), said)  # libvirt may have its own to say
        self.assertRegex(said[0], r"^domwrightd: audit: uid 0 \S+ Modify of \"test\" \(6695eb01-\S+\) "
                                  r"on host local: done \[modify\] revision [0-9a-f]{32} -> [0-9a-f]{32}$")

    def test_terminate_finishes_what_runs(self):
        """Calls made before the end are answered, each done or refused, none half done."""
        outcomes = []

        def on_done(connection, done):
            try:
                connection.call_finish(done)
                outcomes.append("done")
            except GLib.Error as error:
                outcomes.append(client.error_name(error))

        for number in range(20):
            self.client.connection.call(
                client.NAME, TEST, client.NAME + ".Config", "Modify",
                GLib.Variant("(a{sv}asa{sv})", (settings({"title": f"{number}"}), [], {})), None, 0,
                60000, None, on_done)
        self.client.connection.flush_sync(None)
        context = GLib.MainContext.default()
        services.wait_for(lambda: not context.iteration(False) and outcomes, "the first answer")
        self.daemon.process.terminate()
        services.wait_for(lambda: not context.iteration(False) and len(outcomes) == 20, "answers")
        self.assertEqual(0, self.daemon.process.wait(30))
        self.assertEqual("done", outcomes[0])
        self.assertLessEqual(set(outcomes), {"done", rig.ERROR + "Busy"})

    def test_bus_goes_away(self):
        self.client.connection.set_exit_on_close(False)
        self.bus.process.kill()
        self.assertNotEqual(0, self.daemon.process.wait(30))
        self.daemon.process = None


class Turns(unittest.TestCase):
    """With many domains, lists are answered one at a time, and short calls between them."""

    DOMAINS = 300

    def fleet(self, folder):
        """A file that libvirt's test driver takes its domains from."""
        one = "<domain type='test'><name>fleet-{0}</name>" \
              "<uuid>00000000-0000-4000-8000-{0:012}</uuid>" \
              "<memory>1024</memory><os><type>hvm</type></os></domain>"
        path = os.path.join(folder, "node.xml")
        with open(path, "w") as file:
            file.write("<node>" + "".join(one.format(i) for i in range(self.DOMAINS)) + "</node>")
        return "test://" + path

    def test_short_calls_overtake_lists(self):
        with tempfile.TemporaryDirectory() as folder, services.Bus() as bus, \
                services.Daemon(bus, "--host", "local=" + self.fleet(folder)) as daemon:
            caller = client.Client(bus.address)
            answers = []

            def ask(path, interface, member, arguments):
                def on_done(connection, done):
                    answers.append((member, connection.call_finish(done).unpack()))

                caller.connection.call(client.NAME, path, interface, member, arguments, None,
                                       Gio.DBusCallFlags.NONE, 30000, None, on_done)

            caller.call(rig.HOST, "Host", "ListDomains", "(a{sv})", {})
            none = GLib.Variant("(a{sv})", ({},))
            daemon.process.send_signal(signal.SIGSTOP)  # until all calls are there
            for _ in range(3):
                ask(rig.HOST, client.NAME + ".Host", "ListDomains", none)
                ask(rig.HOST, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", None)
            ask(rig.MANAGER, client.NAME + ".Manager", "FindDomain",
                GLib.Variant("(sa{sv})", ("fleet-7", {})))
            # The bus answers in order: it has passed the calls on.
            caller.connection.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetId",
                                        None, None, Gio.DBusCallFlags.NONE, 30000, None)
            daemon.process.send_signal(signal.SIGCONT)
            context = GLib.MainContext.default()
            services.wait_for(lambda: not context.iteration(False) and len(answers) == 7, "answers")
            caller.close()
            self.assertIn("FindDomain", [member for member, _ in answers[:2]])
            lists = [member for member, _ in answers if member != "FindDomain"]
            self.assertEqual(["ListDomains", "GetManagedObjects"] * 3, lists)
            for member, (answer,) in answers:
                if member != "FindDomain":
                    self.assertEqual(self.DOMAINS, len(answer))

    def test_objects_are_what_they_are_in_a_small_fleet(self):
        with tempfile.TemporaryDirectory() as folder, services.Bus() as bus, \
                services.Daemon(bus, "--host", "local=" + self.fleet(folder),
                                "--host", "small=test:///default"):
            caller = client.Client(bus.address)

            def objects(host):
                return caller.call(host, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")

            def shape(interfaces):
                return {name: [(key, type(value)) for key, value in properties.items()]
                        for name, properties in interfaces.items()}

            caller.call(rig.HOST, "Host", "ListDomains", "(a{sv})", {})
            large, small = objects(rig.HOST), objects(rig.HOST.replace("local", "small"))
            self.assertEqual(self.DOMAINS, len(large))
            self.assertEqual([shape(*small.values())] * self.DOMAINS,
                             [shape(interfaces) for interfaces in large.values()])
            for path, interfaces in large.items():
                self.assertEqual(interfaces[client.NAME + ".Domain"], caller.call(
                    path, "org.freedesktop.DBus.Properties", "GetAll", "(s)", client.NAME + ".Domain"))
            caller.close()


class Notify(unittest.TestCase):
    def test_ready_and_stopping(self):
        """systemd is told when the name is owned, and kept fed."""
        with tempfile.TemporaryDirectory() as folder, services.Bus() as bus:
            path = os.path.join(folder, "notify")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
                listener.bind(path)
                listener.settimeout(30)
                process = subprocess.Popen(
                    [services.DAEMON, "--address=" + bus.address, "--host", "local=test:///default"],
                    env={**os.environ, "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"})
                try:
                    told = [listener.recv(4096).decode() for _ in range(4)]
                    self.assertEqual(["READY=1"] + ["WATCHDOG=1"] * 3,
                                     sorted(told, key=lambda text: text != "READY=1"))
                    self.assertTrue(bus.has_owner("org.domwright1"))
                    process.terminate()
                    while "STOPPING=1" not in told:
                        told.append(listener.recv(4096).decode())
                    self.assertEqual(0, process.wait(30))
                finally:
                    process.kill()
                    process.wait()


if __name__ == "__main__":
    tap.main()
