# SPDX-License-Identifier: LGPL-2.1-or-later
"""The systemd unit as it is installed: systemd understands all of it, and finds little to mend.

Owns what can be told without starting it; tests/installed starts it.
"""

import configparser
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from support import tap

SOURCE = os.environ["SOURCE_ROOT"]
BUILD = os.environ["BUILD_ROOT"]

# Of systemd's 0 to 100. What is left: it talks over AF_UNIX, in the machine's own file system.
EXPOSURE = 4
# The network costs this much more.
EXPOSURE_NETWORK = 13


class Directives(configparser.ConfigParser):
    def __init__(self, path):
        super().__init__(strict=False, interpolation=None, delimiters=("=",))
        self.optionxform = str
        self.read(path)


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", "--no-pager", *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True,
                          env={"XDG_RUNTIME_DIR": "/tmp", "HOME": "/tmp", **os.environ})


@unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
class Unit(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", self.folder],
                       check=True, capture_output=True)
        said = subprocess.run(["meson", "introspect", "--installed", BUILD], check=True,
                              capture_output=True, text=True).stdout
        self.places = {os.path.basename(place): self.folder + place
                       for place in json.loads(said).values() if "/systemd/user/" not in place}
        self.unit = self.places["domwrightd.service"]

    def security(self, threshold):
        return analyze("security", "--offline=yes", f"--threshold={threshold}", self.unit)

    def test_exposure(self):
        done = self.security(EXPOSURE)
        self.assertEqual(0, done.returncode, done.stdout)
        found = set(re.findall(r"^✗ (\S+)", done.stdout, re.M))
        self.assertLessEqual(found, {"RootDirectory=/RootImage=", "RestrictAddressFamilies=~AF_UNIX",
                                     "DeviceAllow="})

    def add_network(self):
        drop_ins = self.unit + ".d"
        os.mkdir(drop_ins)
        shutil.copy(self.places["network.conf"], drop_ins)

    def test_exposure_with_network(self):
        """The drop-in opens the network and nothing else. (systemd-analyze reads no drop-ins of
        files it is given, so they are put together here.)"""
        with open(self.unit) as unit, open(self.places["network.conf"]) as drop_in:
            text = unit.read() + drop_in.read()
        with open(self.unit, "w") as unit:
            unit.write(text)
        done = self.security(EXPOSURE_NETWORK)
        self.assertEqual(0, done.returncode, done.stdout)
        found = set(re.findall(r"^✗ (\S+)", done.stdout, re.M))
        self.assertEqual({"PrivateNetwork=", "IPAddressDeny=",
                          "RestrictAddressFamilies=~AF_(INET|INET6)"},
                         found - {"RootDirectory=/RootImage=", "RestrictAddressFamilies=~AF_UNIX",
                                  "DeviceAllow="})

    def find_program(self, unit):
        """The program of a unit is looked for where it is installed here."""
        with open(unit) as file:
            text = file.read()
        program = re.search(r"^ExecStart=(\S+)", text, re.M)[1]
        self.assertTrue(os.access(self.folder + program, os.X_OK), program)
        with open(unit, "w") as file:
            file.write(re.sub(r"^(Exec\w+=)" + program, r"\g<1>" + self.folder + program, text,
                              flags=re.M))

    def test_verify(self):
        self.find_program(self.unit)
        self.add_network()
        done = analyze("verify", "--man=no", "--recursive-errors=no", self.unit)
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))

    def test_verify_of_the_session(self):
        unit = self.unit.replace("/systemd/system/", "/systemd/user/")
        self.find_program(unit)
        done = analyze("--user", "verify", "--man=no", "--recursive-errors=no", unit)
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))
        service = Directives(unit)["Service"]
        activation = Directives(os.path.join(SOURCE, "dbus/session.service.in"))["D-BUS Service"]
        self.assertEqual((activation["Name"], activation["SystemdService"]),
                         (service["BusName"], os.path.basename(unit)))

    def test_agrees_with_the_rest(self):
        service = Directives(self.unit)["Service"]
        users = re.findall(r"^u (\S+)", self.read("domwright.sysusers"), re.M)
        self.assertEqual([service["User"]], users)
        self.assertNotIn("SupplementaryGroups", service)
        self.assertEqual("org.domwright1", service["BusName"])
        self.assertIn(f'subject.user == "{users[0]}"',
                      self.read("../dbus/domwright.rules"))
        activation = Directives(os.path.join(SOURCE, "dbus/system.service.in"))["D-BUS Service"]
        self.assertEqual(users[0], activation["User"])
        self.assertEqual(os.path.basename(self.unit), activation["SystemdService"])

    @staticmethod
    def read(name):
        with open(os.path.join(SOURCE, "systemd", name)) as file:
            return file.read()


if __name__ == "__main__":
    tap.main()
