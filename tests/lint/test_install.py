# SPDX-License-Identifier: LGPL-2.1-or-later
"""`meson install` puts each file where distributions want it.

Owns the list of what is installed; a packager can read it here.
"""

import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
import unittest

from support import tap

SOURCE = os.environ["SOURCE_ROOT"]
BUILD = os.environ["BUILD_ROOT"]

# Of this architecture.
LIBRARIES = "/usr/lib/" + sysconfig.get_config_var("MULTIARCH")

# As it is built by default, and as distributions build.
EXPECTED = [
    "/usr/bin/domwright",
    "/usr/include/domwright/model.h",
    "/usr/include/domwright/names.h",
    *(f"{LIBRARIES}/libdomwright.so{version}" for version in ("", ".0", ".0.1.0")),
    f"{LIBRARIES}/pkgconfig/libdomwright.pc",
    "/usr/lib/systemd/system/domwrightd.service",
    "/usr/lib/systemd/user/domwrightd.service",
    "/usr/lib/sysusers.d/domwright.conf",
    "/usr/libexec/domwrightd",
    "/usr/share/bash-completion/completions/domwright",
    "/usr/share/dbus-1/interfaces/org.domwright1.Config.xml",
    "/usr/share/dbus-1/interfaces/org.domwright1.Domain.xml",
    "/usr/share/dbus-1/interfaces/org.domwright1.Draft.xml",
    "/usr/share/dbus-1/interfaces/org.domwright1.Host.xml",
    "/usr/share/dbus-1/interfaces/org.domwright1.Manager.xml",
    "/usr/share/dbus-1/services/org.domwright1.service",
    "/usr/share/dbus-1/system-services/org.domwright1.service",
    "/usr/share/dbus-1/system.d/org.domwright1.conf",
    "/usr/share/doc/domwright/examples/developers.rules",
    "/usr/share/doc/domwright/examples/helpdesk.rules",
    "/usr/share/doc/domwright/examples/network.conf",
    "/usr/share/doc/domwright/examples/set-memory.c",
    "/usr/share/doc/domwright/examples/storage.rules",
    "/usr/share/fish/vendor_completions.d/domwright.fish",
    "/usr/share/man/man1/domwright.1",
    "/usr/share/man/man7/domwright-keys.7",
    "/usr/share/man/man7/domwright-polkit.7",
    "/usr/share/man/man7/domwright-presets.7",
    "/usr/share/man/man7/domwright-reach.7",
    "/usr/share/man/man7/domwright-rules.7",
    "/usr/share/man/man8/domwrightd.8",
    "/usr/share/polkit-1/actions/org.domwright1.policy",
    "/usr/share/polkit-1/rules.d/domwright.rules",
    "/usr/share/zsh/vendor-completions/_domwright",
]


def installed(build):
    said = subprocess.run(["meson", "introspect", "--installed", build], check=True,
                          capture_output=True, text=True).stdout
    return sorted(json.loads(said).values())


def install(folder):
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", folder],
                   check=True, capture_output=True)


def files_in(folder):
    return sorted("/" + os.path.relpath(os.path.join(place, name), folder)
                  for place, _, names in os.walk(folder) for name in names)


def configuration():
    """Where it is; not in meson's list, as a step that leaves an edited one alone installs it."""
    said = subprocess.run(["meson", "introspect", "--buildoptions", BUILD], check=True,
                          capture_output=True, text=True).stdout
    value = {option["name"]: option["value"] for option in json.loads(said)}
    return os.path.join(value["prefix"], value["sysconfdir"], "domwright", "domwright.conf")


class Install(unittest.TestCase):
    maxDiff = None

    def test_places(self):
        with tempfile.TemporaryDirectory() as build:
            subprocess.run(["meson", "setup", build, SOURCE], check=True,
                           capture_output=True)
            self.assertEqual(sorted(EXPECTED), installed(build))

    def test_destdir(self):
        with tempfile.TemporaryDirectory() as folder:
            install(folder)
            self.assertEqual(sorted([*installed(BUILD), configuration()]), files_in(folder))

    def test_edited_configuration(self):
        """It stays, with the new one beside it; taking all away leaves it, and nothing else."""
        with tempfile.TemporaryDirectory() as folder:
            install(folder)
            install(folder)
            ours = folder + configuration()
            self.assertFalse(os.path.exists(ours + ".new"))
            with open(ours) as file:
                shipped = file.read()
            with open(ours, "a") as file:
                file.write("[limits]\ncalls-per-user=8\n")
            install(folder)
            with open(ours) as file, open(ours + ".new") as new:
                self.assertEqual((shipped + "[limits]\ncalls-per-user=8\n", shipped),
                                 (file.read(), new.read()))
            done = self.uninstall(folder)
            self.assertEqual([configuration()], files_in(folder))
            self.assertIn(ours, done.stderr)

    def test_uninstall(self):
        with tempfile.TemporaryDirectory() as folder:
            install(folder)
            self.uninstall(folder)
            self.assertEqual([], os.listdir(folder))

    def uninstall(self, folder):
        """`./dev uninstall` is for ./build; a copy of it beside a link to ours is the same."""
        with tempfile.TemporaryDirectory() as place:
            shutil.copy(os.path.join(SOURCE, "dev"), place)
            os.symlink(BUILD, os.path.join(place, "build"))
            os.symlink(os.path.join(SOURCE, "systemd"), os.path.join(place, "systemd"))
            return subprocess.run([os.path.join(place, "dev"), "uninstall"], check=True, text=True,
                                  capture_output=True, env={**os.environ, "DESTDIR": folder})


if __name__ == "__main__":
    tap.main()
