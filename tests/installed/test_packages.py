# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Debian packages: made twice they are the same, and one lives with them from installation to purge.

Owns what apt and dpkg do with them in a booted Debian; what the service does is in test_installed.
"""

import filecmp
import os
import re
import subprocess
import tempfile
import unittest

import container
from support import tap

UNIT = "domwrightd.service"
PACKAGES = ["domwright", "domwrightd", "libdomwright-dev", "libdomwright0"]
PARTS = [name for name in PACKAGES if name != "libdomwright-dev"]
CONFIGURATION = "/etc/domwright/domwright.conf"
RULE = """
polkit.addRule(function(action, subject) {
    if (action.id == "org.domwright1.modify" && subject.user == "alice")
        return polkit.Result.YES;
});
"""

PREVIOUS = "0.0.9-1"

folder = None
packages = {}


def setUpModule():
    global folder, packages
    try:
        container.prepare(image=False)
    except container.Missing as reason:
        raise unittest.SkipTest(str(reason)) from None
    folder = unittest.enterModuleContext(tempfile.TemporaryDirectory())
    packages = container.make_packages(folder)


def make_previous(name):
    """The package as one of an earlier version, whose configuration file was another."""
    with tempfile.TemporaryDirectory() as place:
        tree = os.path.join(place, "tree")
        subprocess.run(["dpkg-deb", "-R", packages[name], tree], check=True)
        control = os.path.join(tree, "DEBIAN", "control")
        with open(control, encoding="utf-8") as file:
            text = file.read()
        with open(control, "w", encoding="utf-8") as file:
            file.write(re.sub(r"^Version: .*$", "Version: " + PREVIOUS, text, flags=re.M))
        if os.path.exists(tree + CONFIGURATION):
            with open(tree + CONFIGURATION, "a", encoding="utf-8") as file:
                file.write("# As it was.\n")
        subprocess.run(["dpkg-deb", "-b", tree, os.path.join(folder, f"previous-{name}.deb")],
                       check=True, capture_output=True)


class Packages(unittest.TestCase):
    maxDiff = None

    def test_what_is_made(self):
        self.assertEqual(PACKAGES, sorted(name for name in packages if "dbgsym" not in name))
        self.assertEqual([name + "-dbgsym" for name in PACKAGES if name != "libdomwright-dev"],
                         sorted(name for name in packages if "dbgsym" in name))

    def test_reproducible(self):
        """Made later, in another folder, time zone and language, by another home and umask, and compiled
        again: the same to the byte."""
        with tempfile.TemporaryDirectory(suffix="-elsewhere") as other:
            again = container.make_packages(other, umask=0o027, TZ="Pacific/Auckland", LC_ALL="C",
                                            HOME=other, CCACHE_DISABLE="1")
            self.assertEqual(sorted(packages), sorted(again))
            differing = [name for name, path in packages.items()
                         if not filecmp.cmp(path, again[name], shallow=False)]
            self.assertEqual([], differing)


class Life(unittest.TestCase):
    """One after the other, in one container: installed, used, upgraded, removed, purged."""

    def dpkg(self, *arguments):
        return self.machine.run("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", *arguments)

    def install(self):
        return self.dpkg("--install", "--force-confold", *(
            "/packages/" + os.path.basename(packages[name]) for name in PARTS))

    def install_previous(self):
        for name in PARTS:
            make_previous(name)
        self.dpkg("--install", *(f"/packages/previous-{name}.deb" for name in PARTS))

    def version(self):
        return self.machine.run("dpkg-query", "-W", "-f", "${Version}", "domwrightd").stdout

    def domwright(self, *words, user="root"):
        return self.machine.run("domwright", *words, user=user).stdout

    def test_life(self):
        self.machine = self.enterContext(container.Container(packages=folder))
        self.install_previous()
        self.check_first_call()
        self.check_edit_of_an_admin()
        self.check_upgrade()
        self.check_reload()
        self.check_removal()

    def check_first_call(self):
        self.machine.run("systemctl", "stop", UNIT)
        self.domwright("create", "web", "type=qemu", "memory=64MiB", "vcpu=1")
        self.assertEqual("active", self.machine.show("ActiveState"))
        self.assertEqual("web", self.machine.run("virsh", "list", "--all", "--name").stdout.strip())

    def check_edit_of_an_admin(self):
        self.machine.run("useradd", "--create-home", "alice")
        self.machine.write("/etc/polkit-1/rules.d/50-alice.rules", RULE)
        self.machine.run("systemctl", "restart", "polkit")
        self.domwright("set", "web", "title=Of alice", user="alice")
        self.assertIn("Of alice", self.domwright("get", "web", "title"))
        refused = self.machine.run("domwright", "undefine", "web", user="alice", check=False)
        self.assertNotEqual(0, refused.returncode)

    def check_upgrade(self):
        """From the version before: what was edited stays, and so does what was begun."""
        self.machine.run("sh", "-c", f"echo '#ours' >>{CONFIGURATION}")
        draft = self.domwright("draft", "open", "web", user="alice").split()[-1]
        before = self.machine.show("MainPID")
        self.assertEqual(PREVIOUS, self.version())
        self.install()
        self.assertNotEqual(PREVIOUS, self.version())
        self.assertNotEqual(before, self.machine.show("MainPID"))
        self.assertEqual("active", self.machine.show("ActiveState"))
        self.assertIn("#ours", self.machine.run("cat", CONFIGURATION).stdout)
        self.assertIn("Of alice", self.domwright("get", draft, "title", user="alice"))

    def check_reload(self):
        """A file that is refused fails the reload and says why; the service goes on."""
        before = self.machine.show("MainPID")
        done = self.machine.run("systemctl", "reload", UNIT, check=False)
        self.assertEqual(0, done.returncode, self.machine.run(
            "journalctl", "-u", UNIT, "-o", "cat", "-n", "20").stdout)
        self.machine.run("sh", "-c", f"echo '[nonsense]' >>{CONFIGURATION}")
        self.assertNotEqual(0, self.machine.run("systemctl", "reload", UNIT, check=False).returncode)
        self.machine.run("journalctl", "--sync")
        self.assertIn("nonsense", self.machine.run("journalctl", "-u", UNIT, "-o", "cat").stdout)
        self.assertEqual(before, self.machine.show("MainPID"))
        self.domwright("list")
        # Nor does it start, and it says so once.
        self.machine.run("systemctl", "restart", UNIT, check=False)
        self.assertEqual(("failed", "78", "0"), tuple(self.machine.show(name) for name in (
            "ActiveState", "ExecMainStatus", "NRestarts")))
        self.machine.run("sed", "-i", "/nonsense/d", CONFIGURATION)
        self.machine.run("systemctl", "restart", UNIT)

    def check_removal(self):
        self.dpkg("--remove", "domwrightd", "domwright", "libdomwright0")
        self.assertNotEqual(0, self.machine.run("test", "-e", "/usr/libexec/domwrightd",
                                                check=False).returncode)
        self.machine.run("test", "-e", CONFIGURATION)
        self.machine.run("test", "-d", "/var/lib/domwright")
        self.assertIn("web", self.machine.run("virsh", "list", "--all", "--name").stdout)
        said = self.dpkg("--purge", "domwrightd").stdout
        self.assertIn("/var/lib/domwright", said)
        left = self.machine.run("find", "/etc", "/usr", "/var/lib", "/run", "-name", "*domwright*",
                                "-not", "-path", "/var/lib/dpkg/*", check=False).stdout
        self.assertEqual("", re.sub(r".*/(systemd|deb-systemd[^/]*)/.*\n", "", left))


if __name__ == "__main__":
    os.umask(0o022)
    tap.main()
