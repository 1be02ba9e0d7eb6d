# SPDX-License-Identifier: LGPL-2.1-or-later
"""`meson install` puts each file where distributions want it.

Owns the list of what is installed; a packager can read it here.
"""

import json
import os
import subprocess
import tempfile
import unittest

from support import tap

SOURCE = os.environ["SOURCE_ROOT"]
BUILD = os.environ["BUILD_ROOT"]

# With --prefix=/usr, as distributions build.
EXPECTED = [
    "/etc/domwright/domwright.conf",
    "/usr/bin/domwright",
    "/usr/include/domwright/model.h",
    "/usr/include/domwright/names.h",
    "/usr/lib/systemd/system/domwrightd.service",
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
    "/usr/share/doc/domwright/examples/storage.rules",
    "/usr/share/man/man1/domwright.1",
    "/usr/share/man/man7/domwright-keys.7",
    "/usr/share/man/man7/domwright-polkit.7",
    "/usr/share/man/man7/domwright-presets.7",
    "/usr/share/man/man7/domwright-reach.7",
    "/usr/share/man/man7/domwright-rules.7",
    "/usr/share/man/man8/domwrightd.8",
    "/usr/share/polkit-1/actions/org.domwright1.policy",
    "/usr/share/polkit-1/rules.d/domwright.rules",
]


def installed(build):
    said = subprocess.run(["meson", "introspect", "--installed", build], check=True,
                          capture_output=True, text=True).stdout
    return sorted(json.loads(said).values())


class Install(unittest.TestCase):
    maxDiff = None

    def test_places(self):
        with tempfile.TemporaryDirectory() as build:
            subprocess.run(["meson", "setup", "--prefix=/usr", build, SOURCE], check=True,
                           capture_output=True)
            self.assertEqual(EXPECTED, installed(build))

    def test_destdir(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", folder],
                           check=True, capture_output=True)
            found = sorted("/" + os.path.relpath(os.path.join(place, name), folder)
                           for place, _, names in os.walk(folder) for name in names)
            self.assertEqual(installed(BUILD), found)


if __name__ == "__main__":
    tap.main()
