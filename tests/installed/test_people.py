# SPDX-License-Identifier: LGPL-2.1-or-later
"""What people who are not root do where domwright is installed, with libvirt and QEMU of a Debian.

Owns a service of a user's own on the session bus, and the README's sample policy for developers.
"""

import os
import re
import shlex
import unittest

import container
from support import tap

UNIT = "domwrightd.service"
NETWORK = """<network><name>default</name><forward mode='bridge'/><bridge name='virbr0'/></network>
"""
CONFIGURATION = "[policy]\nimage-directories=/srv/vm/%n;/srv/iso:ro\n"

machine = None


def setUpModule():
    global machine
    machine = container.installed()


class Session(unittest.TestCase):
    """domwright --session, with no step before it but a login."""

    @classmethod
    def setUpClass(cls):
        machine.run("useradd", "--create-home", "alice")
        uid = machine.run("id", "-u", "alice").stdout.strip()
        machine.run("systemctl", "start", f"user@{uid}.service")
        cls.addClassCleanup(machine.run, "systemctl", "stop", f"user@{uid}.service")
        runtime = f"/run/user/{uid}"
        cls.uid, cls.environment = uid, (
            "env", "HOME=/home/alice", f"XDG_RUNTIME_DIR={runtime}",
            f"DBUS_SESSION_BUS_ADDRESS=unix:path={runtime}/bus")

    def alice(self, *words, check=True):
        return machine.run(*self.environment, *words, user="alice", check=check)

    def domwright(self, *words):
        return self.alice("domwright", "--session", *words).stdout

    def show(self, name):
        return self.alice("systemctl", "--user", "show", "--value", "-p", name, UNIT).stdout.strip()

    def test_a_guest_of_ones_own(self):
        """The first call starts the service; the guest is made, changed, run and removed."""
        self.alice("systemctl", "--user", "stop", UNIT)
        self.assertEqual("", self.domwright("list"))
        self.assertEqual("active", self.show("ActiveState"))
        status = machine.run("cat", f"/proc/{self.show('MainPID')}/status").stdout
        self.assertEqual(self.uid, re.search(r"^Uid:\t(\d+)", status, re.M)[1])
        self.domwright("create", "mine", "type=qemu", "memory=64MiB", "vcpu=1")
        self.domwright("set", "mine", "title=Of alice")
        self.domwright("start", "mine")
        session = ("virsh", "-c", "qemu:///session")
        self.assertEqual("mine", self.alice(*session, "list", "--name").stdout.strip())
        self.assertEqual("", machine.run("virsh", "list", "--all", "--name").stdout.strip())
        self.alice("systemctl", "--user", "restart", UNIT)
        self.assertIn("running", self.domwright("list"))
        self.domwright("destroy", "mine")
        self.domwright("undefine", "mine")
        self.assertEqual("", self.alice(*session, "list", "--all", "--name").stdout.strip())

    def test_reload(self):
        """The configuration is the user's own; one that is refused fails the reload."""
        folder = "/home/alice/.config/domwright"
        self.alice("mkdir", "-p", folder)

        def configure(text):
            self.alice("sh", "-c", f"printf %s {shlex.quote(text)} >{folder}/domwright.conf")
            return self.alice("systemctl", "--user", "reload", UNIT, check=False)

        self.domwright("list")
        before = self.show("MainPID")
        done = configure("[hosts]\nlocal=qemu:///session\nother=test:///default\n")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn("other", self.domwright("hosts"))
        self.assertNotEqual(0, configure("[nonsense]\n").returncode)
        self.assertEqual(before, self.show("MainPID"))
        self.alice("rm", f"{folder}/domwright.conf")

    def test_nobody_else(self):
        """A user's bus is the user's."""
        machine.run("useradd", "mallory")
        done = machine.run(*self.environment, "domwright", "--session", "list", user="mallory",
                           check=False)
        self.assertNotEqual(0, done.returncode)


class Developers(unittest.TestCase):
    """The README's sample: an administrator's two files, then a member's own guests."""

    @classmethod
    def setUpClass(cls):
        machine.run("groupadd", "developers")
        machine.run("useradd", "--user-group", "--groups=developers", "dev")
        machine.run("cp", "/usr/share/doc/domwright/examples/developers.rules",
                    "/etc/polkit-1/rules.d/")
        machine.write("/etc/domwright/domwright.conf", CONFIGURATION)
        machine.run("ip", "link", "add", "virbr0", "up", "type", "bridge")
        machine.write("/tmp/network.xml", NETWORK)
        for step in ("net-destroy", "net-undefine"):  # Debian's own, which wants dnsmasq
            machine.run("virsh", step, "default", check=False)
        machine.run("virsh", "net-define", "/tmp/network.xml")
        machine.run("virsh", "net-start", "default")
        machine.run("mkdir", "-p", "/srv/vm/dev-1")
        machine.run("qemu-img", "create", "-q", "-f", "qcow2", "/srv/vm/dev-1/disk.qcow2", "1G")
        machine.run("systemctl", "restart", "polkit", UNIT)

    def dev(self, *words, check=True):
        return machine.run(*words, user="dev", check=check)

    def test_sample(self):
        """The README's command as it stands there, but for KVM."""
        with open(os.path.join(container.SOURCE, "README.md"), encoding="utf-8") as file:
            command = re.search(r"^domwright create dev-1 (?:.*\\\n)+.*$", file.read(), re.M)[0]
        words = shlex.split(command.replace("\\\n", ""))
        self.assertEqual("dev-1", self.dev(*words[:3], "type=qemu", *words[3:]).stdout.strip())
        self.dev("domwright", "set", "dev-1", "vcpu=1")
        self.dev("domwright", "start", "dev-1")
        self.assertEqual("running", machine.run("virsh", "domstate", "dev-1").stdout.strip())
        self.assertRegex(machine.run("virsh", "domiflist", "dev-1").stdout, r"default +virtio")
        self.assertRegex(machine.run("virsh", "domdisplay", "dev-1").stdout, "vnc://")
        self.dev("domwright", "destroy", "dev-1")
        self.dev("domwright", "undefine", "dev-1")
        self.assertEqual("", machine.run("virsh", "list", "--all", "--name").stdout.strip())

    def test_nothing_else(self):
        """A refusal says which right is missing, and what would do without it."""
        for words, sentence in (
                (("create", "prod-1", "type=qemu", "memory=64MiB", "vcpu=1"), "org.domwright1.define"),
                (("create", "dev-2", "type=qemu", "memory=64MiB", "vcpu=1", "disk",
                  "source.file=/srv/vm/dev-1/disk.qcow2", "driver.type=qcow2", "backing.none=yes",
                  "target.bus=virtio"), "org.domwright1.use-host-resources"),
                (("create", "dev-2", "type=qemu", "memory=64MiB", "vcpu=1", "disk",
                  "source.file=/srv/vm/dev-2/disk.qcow2", "driver.type=qcow2", "target.bus=virtio"),
                 "backing.none=yes")):
            with self.subTest(words):
                done = self.dev("domwright", *words, check=False)
                self.assertNotEqual(0, done.returncode)
                self.assertIn(sentence, done.stderr)
        self.assertEqual("", machine.run("virsh", "list", "--all", "--name").stdout.strip())


if __name__ == "__main__":
    os.umask(0o022)
    tap.main()
