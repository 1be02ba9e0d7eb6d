# SPDX-License-Identifier: LGPL-2.1-or-later
"""domwright as it is installed: systemd, the system bus, polkit and libvirt of a Debian in a container.

Owns what only a booted system shows: activation, the sandbox, the watchdog, restarts, upgrades.
"""

import json
import os
import re
import shlex
import unittest

import container
from support import services, tap

NAME, MANAGER = "org.domwright1", "/org/domwright1"
HOST = MANAGER + "/host/local"
UNIT = "domwrightd.service"
DROP_INS = "/run/systemd/system/domwrightd.service.d/"
GUEST = ("type", "s", "qemu", "os.arch", "s", "x86_64", "memory", "s", "64MiB")
USERS = {"domwright": [], "alice": [], "dev": ["developers"]}

machine = None


def setUpModule():
    global machine
    machine = container.installed()
    machine.run("groupadd", "developers")
    for user, groups in USERS.items():
        if user != "domwright":
            machine.run("useradd", "--user-group", "--groups=" + ",".join(groups), user)


def methods(path, interface, method, *arguments, user="root"):
    return machine.busctl("call", NAME, path, f"{NAME}.{interface}", method, *arguments,
                          user=user)


def refusal(path, interface, method, *arguments, user):
    """The words busctl has for an error."""
    done = machine.run("busctl", "call", NAME, path, f"{NAME}.{interface}", method, *arguments,
                       user=user, check=False)
    assert done.returncode != 0, done.stdout
    return done.stderr.strip()


def modify(domain, title, user):
    return (domain, "Config", "Modify", "a{sv}asa{sv}", "1", "title", "s", title, "0", "0")


class Installed(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.addCleanup(self.be_plain)

    def be_plain(self):
        """As it was installed, and at rest."""
        machine.run("rm", "-rf", DROP_INS)
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "stop", UNIT)
        machine.run("systemctl", "reset-failed")

    def add_drop_in(self, text, unit=""):
        machine.write(DROP_INS + "test.conf", f"[Unit]\n{unit}[Service]\n{text}")
        machine.run("systemctl", "daemon-reload")

    def pid(self):
        return int(machine.show("MainPID"))

    def define(self, name):
        found = machine.run("virsh", "-c", "qemu:///system", "list", "--all", "--name").stdout
        if name in found.split():
            return methods(MANAGER, "Manager", "FindDomain", "sa{sv}", name, "0")[0]
        return methods(HOST, "Host", "Define", "a{sv}a(sa{sv})a{sv}", "4", "name", "s", name, *GUEST,
                       "0", "0")[0]

    def title(self, path):
        settings = methods(path, "Config", "GetSettings", "asa{sv}", "1", "title", "0")[0]
        return settings.get("title", {}).get("data")

    def new_draft(self, user):
        return methods(MANAGER, "Manager", "NewDraft", "a{sv}a(sa{sv})a{sv}", "1", "name", "s", "x",
                       "0", "1", "host", "s", "", user=user)[0]

    # ---- The bus ----

    def test_first_call_starts_it(self):
        self.assertEqual("inactive", machine.show("ActiveState"))
        version = machine.busctl("get-property", NAME, MANAGER, NAME + ".Manager", "Version",
                                 user="alice")
        self.assertRegex(version, r"^\d+\.\d+\.\d+$")
        self.assertEqual("active", machine.show("ActiveState"))
        self.assertEqual(self.pid(), self.owner())

    def test_the_name_cannot_be_taken(self):
        done = machine.run("busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus",
                           "org.freedesktop.DBus", "RequestName", "su", NAME, "0", user="alice",
                           check=False)
        self.assertNotEqual(0, done.returncode)
        self.assertIn("Access denied", done.stderr)

    # ---- Who may do what ----

    def test_unprivileged(self):
        path = self.define("web")
        listed = methods(HOST, "Host", "ListDomains", "a{sv}", "0", user="alice")[0]
        self.assertIn("web", [row["name"]["data"] for _, row in listed])
        xml = methods(path, "Config", "GetXML", "a{sv}", "0", user="alice")[0]
        self.assertIn("<name>web</name>", xml)
        for call in (modify(path, "mine", "alice"), (path, "Domain", "Start", "a{sv}", "0"),
                     (path, "Domain", "Undefine", "a{sv}", "0"),
                     (path, "Config", "GetXML", "a{sv}", "1", "secrets", "b", "true")):
            with self.subTest(call=call[2]):
                self.assertRegex(refusal(*call, user="alice"), "Access denied")
        self.assertNotIn("mine", machine.run("virsh", "dumpxml", "web").stdout)
        self.assertEqual("shut off", machine.run("virsh", "domstate", "web").stdout.strip())

    def test_rule_of_an_administrator(self):
        machine.run("cp", "/usr/share/doc/domwright/examples/developers.rules",
                    "/etc/polkit-1/rules.d/50-developers.rules")
        self.addCleanup(machine.run, "rm", "/etc/polkit-1/rules.d/50-developers.rules")
        machine.run("systemctl", "restart", "polkit")
        theirs, others = self.define("dev-a"), self.define("prod-a")
        methods(*modify(theirs, "by dev", "dev"), user="dev")
        self.assertEqual("by dev", self.title(theirs))
        self.assertRegex(refusal(*modify(others, "by dev", "dev"), user="dev"),
                         "Access denied")
        self.assertRegex(refusal(*modify(theirs, "by alice", "alice"), user="alice"),
                         "Access denied")
        reach = (theirs, "Config", "AddDisk", "a{sv}a{sv}", "2", "source.file", "s", "/etc/shadow",
                 "driver.type", "s", "raw", "0")
        self.assertRegex(refusal(*reach, user="dev"), "Access denied")
        self.assertEqual((None, "by dev"), (self.title(others), self.title(theirs)))
        machine.run("journalctl", "--sync")
        logged = machine.run("journalctl", "-u", UNIT, "-o", "cat").stdout
        self.assertRegex(logged, r"dev-a")

    # ---- The sandbox ----

    def test_process(self):
        machine.run("systemctl", "start", UNIT)
        pid, uid = self.pid(), machine.run("id", "-u", "domwright").stdout.strip()
        status = dict(line.split(":\t", 1) for line in machine.run(
            "cat", f"/proc/{pid}/status").stdout.splitlines() if ":\t" in line)
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual("0" * 16, status[name], name)
        self.assertEqual([uid] * 4, status["Uid"].split())
        self.assertEqual(("1", "2"), (status["NoNewPrivs"], status["Seccomp"]))
        for name in ("net", "mnt", "user", "ipc", "uts"):
            ours, init = (machine.run("readlink", f"/proc/{who}/ns/{name}").stdout
                          for who in (pid, 1))
            self.assertNotEqual(init, ours, name)
        limits = machine.run("cat", f"/proc/{pid}/limits").stdout
        for name, value in (("Max core file size", "0"), ("Max open files", "4096"),
                            ("Max locked memory", "0")):
            self.assertRegex(limits, rf"(?m)^{name}\s+{value}\s+{value}\s")
        for name, value in (("MemoryMax", str(256 << 20)), ("MemorySwapMax", "0"),
                            ("TasksMax", "64"), ("WatchdogUSec", "30s"), ("NotifyAccess", "main")):
            self.assertEqual(value, machine.show(name), name)
        self.assertEqual("700 domwright domwright\n",
                         machine.run("stat", "-c", "%a %U %G", "/run/domwright").stdout)

    def probe(self, drop_in=""):
        """What came of each attempt of the probe in a unit of the same directives."""
        unit = machine.run("cat", "/usr/lib/systemd/system/domwrightd.service").stdout
        unit = re.sub(r"^(BusName|ExecReload|Restart|RestartSec|WatchdogSec|NotifyAccess)=.*\n",
                      "", unit, flags=re.M)
        unit = unit.replace("Type=notify", "Type=oneshot").replace("domwrightd --system",
                                                                   "domwright-probe")
        unit = unit.replace("libexec/domwrightd", "libexec/domwright-probe")
        unit = unit.replace("/run/domwright\n", "/run/domwright-probe\n")
        unit = unit.replace("RuntimeDirectory=domwright\n", "RuntimeDirectory=domwright-probe\n")
        machine.write("/run/systemd/system/domwright-probe.service", unit + drop_in)
        machine.run("systemctl", "daemon-reload")
        since = machine.run("date", "+%s.%N").stdout.strip()
        machine.run("systemctl", "start", "domwright-probe.service")
        machine.run("journalctl", "--sync")
        said = machine.run("journalctl", "--since=@" + since, "-t", "domwright-probe", "-o",
                           "cat").stdout
        return dict(line.rsplit(" ", 1) for line in said.splitlines())

    def test_inside(self):
        found = self.probe()
        # By the filter of system calls, or by the kernel's own flag, which systemd prefers since 253.
        self.assertIn(found.pop("writable-code"), ("EPERM", "EACCES"))
        expected = {
            # No program but itself, wherever it comes from.
            **{"run:" + path: "EACCES" for path in
               ("/bin/true", "/bin/sh", "/usr/bin/busctl", "/usr/lib/systemd/systemd",
                "/usr/bin/virsh", "/usr/sbin/libvirtd", "/usr/libexec/domwrightd")},
            **{"write:" + path: "EROFS" for path in ("/etc", "/usr", "/var", "/run", "/",
                                                     "/run/libvirt")},
            **{what + path: outcome for path in ("/tmp", "/var/tmp", "/dev/shm",
                                                 "/run/domwright-probe")
               for what, outcome in (("write:", "done"), ("run-own:", "EACCES"))},
            "memfd_create": "EPERM", "setuid-file": "EPERM",
            # No secrets, no other processes, no machines' files.
            "read:/etc/shadow": "EACCES", "read:/etc/passwd": "done",
            "read:/proc/1/environ": "ENOENT", "read:/proc/kcore": "ENOENT",
            "read:/dev/kvm": "ENOENT", "read:/dev/mem": "ENOENT",
            "list:/var/lib/libvirt": "ENOENT", "list:/etc/libvirt/qemu": "EACCES",
            "list:/home": "EACCES", "list:/root": "EACCES", "list:/srv": "0", "list:/boot": "0",
            "list:/run/systemd/private": "ENOENT", "other-processes": "0",
            # No network.
            "socket:unix": "done", "socket:inet": "EAFNOSUPPORT", "socket:inet6": "EAFNOSUPPORT",
            "socket:netlink": "EAFNOSUPPORT", "socket:packet": "EAFNOSUPPORT",
            # No privileges, and no way to any.
            "capabilities": "000",
            **{name: "EPERM" for name in
               ("setuid", "chown", "unshare:user", "unshare:net", "unshare:mount", "mount", "ptrace",
                "keyctl", "bpf", "perf_event_open", "personality", "settimeofday", "sethostname",
                "setrlimit:core")},
        }
        self.assertEqual(expected, found)

    def test_inside_with_network(self):
        drop_in = machine.run("cat", "/usr/share/doc/domwright/examples/network.conf").stdout
        alone, opened = self.probe(), self.probe(drop_in)
        self.assertEqual({"socket:inet": "done", "socket:inet6": "done"},
                         {name: value for name, value in opened.items() if alone[name] != value})

    def test_exposure(self):
        done = machine.run("systemd-analyze", "security", "--threshold=4", UNIT, check=False)
        self.assertEqual(0, done.returncode, done.stdout[-2000:])

    # ---- Ends and beginnings ----

    def test_watchdog(self):
        """A main loop that hangs is ended and the service started again."""
        self.add_drop_in("WatchdogSec=2\n")
        machine.run("systemctl", "start", UNIT)
        before = self.pid()
        draft = self.new_draft("alice")
        machine.run("kill", "-STOP", str(before))
        services.wait_for(lambda: self.pid() not in (0, before), "another process")
        self.assertEqual("1", machine.show("NRestarts"))
        listed = methods(MANAGER, "Manager", "ListDrafts", "a{sv}", "0", user="alice")
        self.assertEqual([[draft]], listed)
        methods(draft, "Draft", "Discard", "a{sv}", "0", user="alice")

    def owner(self):
        """The process that owns the name; 0: none."""
        done = machine.run("busctl", "--json=short", "call", "org.freedesktop.DBus",
                           "/org/freedesktop/DBus", "org.freedesktop.DBus",
                           "GetConnectionUnixProcessID", "s", NAME, check=False)
        return json.loads(done.stdout)["data"][0] if done.returncode == 0 else 0

    def test_killed(self):
        """The first call after an end finds the service, whether systemd or the bus starts it."""
        machine.run("systemctl", "start", UNIT)
        for _ in range(10):
            before = self.pid()
            machine.run("kill", "-KILL", str(before))
            services.wait_for(lambda: self.owner() != before, "the end")
            self.assertRegex(machine.busctl("get-property", NAME, MANAGER, NAME + ".Manager",
                                            "Version"), r"^\d")

    def test_crash_loop(self):
        """While systemd starts it again drafts are kept and calls are answered; once it has given up
        calls fail, until the time of the limit has passed or an administrator resets it."""
        self.add_drop_in("", unit="StartLimitIntervalSec=600\nStartLimitBurst=4\n")
        draft = self.new_draft("alice")
        for _ in range(3):
            before = self.pid()
            machine.run("kill", "-KILL", str(before))
            services.wait_for(lambda: self.owner() not in (0, before), "another process")
            self.assertEqual([[draft]], methods(MANAGER, "Manager", "ListDrafts", "a{sv}", "0",
                                                user="alice"))
        machine.run("kill", "-KILL", str(self.pid()))
        services.wait_for(lambda: machine.show("ActiveState") == "failed", "systemd has given up")
        self.assertEqual(0, self.owner())
        self.assertTrue(refusal(MANAGER, "Manager", "ListDrafts", "a{sv}", "0", user="alice"))
        machine.run("systemctl", "reset-failed", UNIT)
        listed = methods(MANAGER, "Manager", "ListDrafts", "a{sv}", "0", user="alice")
        self.assertEqual([[]], listed)  # with the runtime directory, when systemd gave up

    def test_a_service_that_cannot_start(self):
        """The command line names the commands that show what the service said of it."""
        name = "/etc/domwright/domwright.conf"
        self.addCleanup(machine.run, "cp", "/image" + name, name)
        machine.write(name, "[nonsense]\n")
        done = machine.run("domwright", "list", check=False)
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertIn('"systemctl status domwrightd" and "journalctl -u domwrightd" say why.',
                      done.stderr)
        machine.run("journalctl", "--sync")
        said = machine.run("journalctl", "-u", UNIT, "-o", "cat").stdout
        self.assertRegex(said, r"(?m)^.*domwright\.conf: .*nonsense")
        self.assertEqual("0", machine.show("NRestarts"))

    def test_restart_keeps_drafts(self):
        draft = self.new_draft("alice")
        before = self.pid()
        machine.run("systemctl", "restart", UNIT)
        self.assertNotEqual(before, self.pid())
        xml = methods(draft, "Config", "GetXML", "a{sv}", "0", user="alice")[0]
        self.assertIn("<name>x</name>", xml)
        self.assertIn("Unknown object", refusal(draft, "Config", "GetXML", "a{sv}", "0", user="dev"))
        methods(draft, "Draft", "Discard", "a{sv}", "0", user="alice")
        self.assertEqual("success", machine.show("Result"))

    def test_upgrade(self):
        """New files, then a restart, while a job is in libvirt's hands: it ends well, and what was
        there before is there after."""
        path = self.define("web")
        draft = self.new_draft("alice")
        libvirtd = machine.show("MainPID", "libvirtd.service")
        machine.run("kill", "-STOP", libvirtd)
        self.addCleanup(machine.run, "kill", "-CONT", libvirtd)
        words = ["busctl", "--json=short", "call", NAME, path, NAME + ".Config", "Modify",
                 "a{sv}asa{sv}", "1", "title", "s", "upgraded", "0", "0"]
        call = machine.popen("sh", "-c", "echo begun; exec " + shlex.join(words))
        self.assertEqual("begun\n", call.stdout.readline())
        services.wait_for(lambda: self.in_hand(), "a job under way")
        before = self.pid()
        program = "/proc/{}/exe".format(before)
        machine.install()
        self.assertIn("(deleted)", machine.run("readlink", program).stdout)
        restart = machine.popen("systemctl", "restart", UNIT)
        services.wait_for(lambda: machine.show("ActiveState") == "deactivating", "stopping")
        machine.run("kill", "-CONT", libvirtd)
        said, complaint = call.communicate(timeout=60)
        self.assertEqual((0, ""), (call.returncode, complaint))
        self.assertIn('"changed":{"type":"b","data":true}', said)
        restart.communicate(timeout=60)
        self.assertEqual(0, restart.returncode)
        self.assertNotIn(self.pid(), (0, before))
        self.assertEqual("upgraded", self.title(path))
        self.assertEqual([[draft]],
                         methods(MANAGER, "Manager", "ListDrafts", "a{sv}", "0", user="alice"))
        methods(draft, "Draft", "Discard", "a{sv}", "0", user="alice")

    def in_hand(self):
        """Whether a thread of the service waits for libvirt."""
        waiting = machine.run("sh", "-c", f"cat /proc/{self.pid()}/task/*/syscall", check=False)
        return len(waiting.stdout.splitlines()) > 2


if __name__ == "__main__":
    os.umask(0o022)
    tap.main()
